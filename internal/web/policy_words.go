package web

import (
	"strconv"
	"strings"

	"gezhi/internal/lang"
	"gezhi/internal/rules"
	"gezhi/internal/web/ui"
)

// wayName is how a policy item helps, in a word.
func wayName(l lang.Lang, w rules.Way) string {
	switch w {
	case "award":
		return l.T("奖励", "Award")
	case "grant":
		return l.T("补贴", "Grant")
	case "reduce":
		return l.T("减征", "Reduction")
	case "exempt":
		return l.T("免征", "Exemption")
	case "defer":
		return l.T("缓缴", "Deferral")
	case "interest":
		return l.T("贴息", "Interest")
	case "refund":
		return l.T("退还", "Refund")
	case "standing":
		return l.T("认定", "Standing")
	}
	return string(w)
}

// policyWays are the ways in the order in which they are offered.
func policyWays() []rules.Way {
	return []rules.Way{"award", "grant", "reduce", "exempt", "defer", "interest", "refund", "standing"}
}

func deliveryName(l lang.Lang, delivery string) string {
	switch delivery {
	case rules.Auto:
		return l.T("免申即享", "Comes by itself")
	case rules.Apply:
		return l.T("快申快享", "On application")
	}
	return l.T("申报享受", "When declaring")
}

func deliveryTone(delivery string) ui.Tone {
	switch delivery {
	case rules.Auto:
		return ui.Green
	case rules.Apply:
		return ui.Blue
	}
	return ui.Grey
}

// deliveryMeaning says what an enterprise has to do to get an item.
func deliveryMeaning(l lang.Lang, x *rules.Item) string {
	switch {
	case x.Delivery == rules.Auto:
		return l.T("不用申请，也不用交材料：系统按已有数据找到符合条件的企业，列入名单后兑付。", "Nothing to apply for and nothing to hand in: enterprises that qualify are found by the data, listed and paid.")
	case x.Delivery == rules.Apply && x.Promised > 0:
		return l.Tf("需要申请，承诺 %d 个工作日内审核办结。", "To be applied for; decided within %d working days.", x.Promised)
	case x.Delivery == rules.Apply:
		return l.T("需要申请，审核通过后兑付。", "To be applied for; paid once it is accepted.")
	}
	return l.T("在申报缴费、纳税时直接享受，不用另外申请。", "Enjoyed when contributions or taxes are declared; no application of its own.")
}

func onceName(l lang.Lang, once string) string {
	switch once {
	case rules.Ever:
		return l.T("一次性", "once")
	case rules.Monthly:
		return l.T("按月享受", "every month")
	}
	return l.T("按年享受", "every year")
}

// itemDays are the first and the last day of an item.
func itemDays(l lang.Lang, x *rules.Item) string {
	from := rules.FormatDay(x.From)
	if x.To == rules.LastDay {
		return l.Tf("自 %s 起，未定截止日期", "since %s, no end is set", from)
	}
	return l.Tf("%s 至 %s", "%s to %s", from, rules.FormatDay(x.To))
}

// itemEnd is till when an item can be had.
func itemEnd(l lang.Lang, x *rules.Item) string {
	if x.To == rules.LastDay {
		return l.T("未定截止日期", "no end is set")
	}
	return l.Tf("至 %s", "till %s", rules.FormatDay(x.To))
}

// money is an amount of 分 in words, exactly: 20 万元.
func money(l lang.Lang, fen int64) string {
	return rules.FormatValue(rules.Field{}, rules.Money, rules.Known(fen), l)
}

// yuan is an amount of 分 that was worked out, to the 分: 24,750.30 元.
func yuan(l lang.Lang, fen int64) string { return ui.Yuan(fen) + l.T(" 元", " yuan") }

// policyDay is today as rules count days.
func (v *visit) policyDay() int64 {
	n, err := rules.ParseDay(v.today())
	if err != nil {
		panic(err) // every day of the calendar is one of theirs
	}
	return n
}

// telling is the day whose numbers an item is told with: today, or the nearest day on which it was or will be in force.
func (v *visit) telling(x *rules.Item) int64 {
	return min(max(v.policyDay(), x.From), x.To)
}

// conditions are an item's conditions as a tree.
func (v *visit) conditions(x *rules.Item) rules.Clause {
	return x.When.Words(v.zone.Policies, v.telling(x), v.lang)
}

// mostBrief is how many conditions a line in a list names.
const mostBrief = 4

// toWhom is for whom an item is in one line: conditions that must all hold, the rest counted.
func (v *visit) toWhom(x *rules.Item) string {
	all := []*rules.Cond{x.When}
	if x.When.Kind == rules.All {
		all = x.When.Kids
	}
	var out []string
	for _, c := range all[:min(len(all), mostBrief)] {
		out = append(out, c.Sentence(v.zone.Policies, v.telling(x), v.lang))
	}
	words := strings.Join(out, v.lang.T("；", "; "))
	if len(all) > mostBrief {
		words += v.lang.Tf("；另有 %d 条", "; and %d more", len(all)-mostBrief)
	}
	return words
}

// gives is what an item gives in one line.
func (v *visit) gives(x *rules.Item) string {
	if x.Amount != nil {
		return x.Amount.Sentence(v.zone.Policies, v.telling(x), v.lang)
	}
	if x.Way == "standing" {
		return v.lang.T("认定资格，本身不兑付资金", "A standing; it pays nothing by itself")
	}
	return v.lang.T("按规定享受，这里不计算金额", "As the text says; no amount is worked out here")
}

// amountWords is what an item gives as a tree.
func (v *visit) amountWords(x *rules.Item) rules.Clause {
	if x.Amount == nil {
		return rules.Clause{Text: v.gives(x)}
	}
	return x.Amount.Words(v.zone.Policies, v.telling(x), v.lang)
}

// countLabel is a label with how many there are.
func countLabel(label string, n int) string { return label + " " + strconv.Itoa(n) }
