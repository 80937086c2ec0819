package rules_test

import (
	"strings"
	"testing"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/rules"
)

// lines are a clause with what is below it, each deeper level behind one more dash.
func lines(c rules.Clause) string {
	out := c.Text
	if c.Cite != "" {
		out += "［" + c.Cite + "］"
	}
	for _, k := range c.Kids {
		out += "\n-" + strings.ReplaceAll(lines(k), "\n", "\n-")
	}
	return out
}

// worded is the second item of the sample with another condition and amount.
func worded(t *testing.T, when, amount string) (*rules.Book, *rules.Item) {
	t.Helper()
	src := strings.Replace(sample, "{field: founded, months_ago: 12}\n", when+"\n    amount: "+amount+"\n", 1)
	src = strings.Replace(src, "items:\n", "  price: {kind: money, values: [{from: 2020-01-01, value: 1500元}]}\n  part: {kind: rate, values: [{from: 2020-01-01, value: 12.5%}]}\nitems:\n", 1)
	src = strings.Replace(src, "  layoffs:", "  listed: {kind: flag, name: {zh: 已上市, en: Listed}}\n  layoffs:", 1)
	b, err := rules.Parse("a.yaml", []byte(src))
	if err != nil {
		t.Fatalf("%s %s: %v", when, amount, fault.Fields(err))
	}
	return b, b.Items[1]
}

func TestAConditionInWords(t *testing.T) {
	day, _ := rules.ParseDay("2024-05-01")
	for when, want := range map[string][2]string{
		"{field: revenue, at_least: 500万元}":                    {"营业收入不低于 500 万元", "Revenue: at least 5,000,000 yuan"},
		"{field: revenue, above: 2亿元}":                         {"营业收入超过 2 亿元", "Revenue: above 200,000,000 yuan"},
		"{field: revenue, below: 1234.5元}":                     {"营业收入不超过 1234.49 元", "Revenue: at most 1,234.49 yuan"},
		"{field: revenue, at_most: 12345600元}":                 {"营业收入不超过 1234.56 万元", "Revenue: at most 12,345,600 yuan"},
		"{field: revenue, above: 0元, at_most: 5000万元}":         {"营业收入超过 0 元、不超过 5000 万元", "Revenue: above 0 yuan and at most 50,000,000 yuan"},
		"{not: {field: revenue, above: 0元, at_most: 5000万元}}":  {"营业收入不超过 0 元或超过 5000 万元", "Revenue: at most 0 yuan or above 50,000,000 yuan"},
		"{not: {field: revenue, at_least: 500万元}}":             {"营业收入低于 500 万元", "Revenue: below 5,000,000 yuan"},
		"{not: {not: {field: revenue, at_least: 500万元}}}":      {"营业收入不低于 500 万元", "Revenue: at least 5,000,000 yuan"},
		"{field: staff, at_most: $few}":                        {"人数不超过 50", "Staff: at most 50"},
		"{field: staff, above: $few}":                          {"人数超过 50", "Staff: above 50"},
		"{not: {field: staff, is: 30}}":                        {"人数不是 30", "Staff: not 30"},
		"{field: layoffs, below: 5.5%}":                        {"裁员率不超过 5.49%", "Layoffs: at most 5.49%"},
		"{field: layoffs, below: 6%}":                          {"裁员率低于 6%", "Layoffs: below 6%"},
		"{field: revenue, at_least: 1234567元}":                 {"营业收入不低于 1234567 元", "Revenue: at least 1,234,567 yuan"},
		"{field: rd, of: revenue, at_least: 5.01%}":            {"研发费用占营业收入的比例不低于 5.01%", "R&D as a share of Revenue: at least 5.01%"},
		"{field: rd, of: revenue, at_least: 5%}":               {"研发费用占营业收入的比例不低于 5%", "R&D as a share of Revenue: at least 5%"},
		"{not: {field: rd, of: revenue, at_least: 5%}}":        {"研发费用占营业收入的比例低于 5%", "R&D as a share of Revenue: below 5%"},
		"{field: founded, months_ago: 12}":                     {"成立日期至今已满 12 个月", "Founded: at least 12 months ago"},
		"{not: {field: founded, months_ago: 12}}":              {"成立日期至今不满 12 个月", "Founded: less than 12 months ago"},
		"{field: founded, months_ago: 0}":                      {"成立日期已到", "Founded: has come"},
		"{field: founded, within_months: 6}":                   {"成立日期在最近 6 个月内", "Founded: within the last 6 months"},
		"{field: founded, at_least: 2020-01-01}":               {"成立日期不早于 2020-01-01", "Founded: not before 2020-01-01"},
		"{not: {field: founded, at_least: 2020-01-01}}":        {"成立日期早于 2020-01-01", "Founded: before 2020-01-01"},
		"{field: founded, is: 2020-01-01}":                     {"成立日期为 2020-01-01", "Founded: 2020-01-01"},
		"{field: industry, under: [C]}":                        {"行业以 C 开头", "Industry: begins with C"},
		"{not: {field: industry, under: [C13, F52, H]}}":       {"行业不以 C13、F52 或 H 开头", "Industry: does not begin with C13, F52 or H"},
		"{field: size, in: [small, large]}":                    {"规模为小型或大型", "Size: Small or Large"},
		"{not: {field: size, is: small}}":                      {"规模不是小型", "Size: not Small"},
		"{field: marks, has: [bad, good]}":                     {"记录有失信或守信", "Marks: Bad or Good"},
		"{not: {field: marks, has: [bad]}}":                    {"记录没有失信", "Marks: no Bad"},
		"{field: marks, has_all: [bad, good]}":                 {"记录同时有失信、守信", "Marks: all of Bad, Good"},
		"{field: listed, is: no}":                              {"已上市：否", "Listed: no"},
		"{not: {field: listed, is: no}}":                       {"已上市：是", "Listed: yes"},
		"{all: [{field: staff, is: 1, cite: 第三条}], cite: 第二条}": {"人数为 1［第三条］", "Staff: 1［第三条］"},
		"{all: [{field: staff, is: 1}], cite: 第二条}":            {"人数为 1［第二条］", "Staff: 1［第二条］"},
		"{all: [{field: staff, is: 1}, {any: [{field: staff, is: 2}, {field: staff, is: 3}]}]}": {"以下须全部满足：\n-人数为 1\n-以下满足任意一项即可：\n--人数为 2\n--人数为 3",
			"All of these:\n-Staff: 1\n-Any one of these:\n--Staff: 2\n--Staff: 3"},
		"{least: 2, of_these: [{field: staff, is: 1}, {field: listed, is: no}, {field: staff, is: 3}]}":      {"以下至少满足 2 项：\n-人数为 1\n-已上市：否\n-人数为 3", "At least 2 of these:\n-Staff: 1\n-Listed: no\n-Staff: 3"},
		"{not: {least: 2, of_these: [{field: staff, is: 1}, {field: staff, is: 2}, {field: staff, is: 3}]}}": {"以下满足的不到 2 项：\n-人数为 1\n-人数为 2\n-人数为 3", "Fewer than 2 of these:\n-Staff: 1\n-Staff: 2\n-Staff: 3"},
		"{not: {all: [{field: staff, is: 1}, {field: listed, is: no}]}}":                                     {"以下不全部满足：\n-人数为 1\n-已上市：否", "Not all of these:\n-Staff: 1\n-Listed: no"},
		"{not: {any: [{field: staff, is: 1}, {field: listed, is: no}]}}":                                     {"以下均不满足：\n-人数为 1\n-已上市：否", "None of these:\n-Staff: 1\n-Listed: no"},
	} {
		b, x := worded(t, when, "1元")
		if got := [2]string{lines(x.When.Words(b, day, lang.ZH)), lines(x.When.Words(b, day, lang.EN))}; got != want {
			t.Errorf("%s:\n%q, want\n%q", when, got, want)
		}
	}
	b, x := worded(t, "{field: staff, at_most: $few}", "1元")
	if got := x.When.Words(b, 0, lang.ZH).Text; got != "人数不超过 30" {
		t.Errorf("before the parameter's first day: %s", got)
	}
}

func TestAFormulaInWords(t *testing.T) {
	day, _ := rules.ParseDay("2024-05-01")
	for amount, want := range map[string][2]string{
		"10万元": {"10 万元", "100,000 yuan"},
		"{least: [50万元, {share: {field: revenue}, rate: 60%}]}":                           {"营业收入 × 60%，最多 50 万元", "Revenue × 60%, at most 500,000 yuan"},
		"{most: [{share: {field: revenue}, rate: $part}, 1000元]}":                         {"营业收入 × 12.5%，最低 1000 元", "Revenue × 12.5%, at least 1,000 yuan"},
		"{least: [{field: revenue}, {field: rd}, 5元]}":                                    {"营业收入、研发费用、5 元 中最低的一项", "the least of Revenue, R&D, 5 yuan"},
		"{each: $price, times: staff}":                                                    {"1500 元 × 人数", "1,500 yuan × Staff"},
		"{share: {sum: [{field: revenue}, {field: rd}]}, rate: 1/3, round: half_up}":      {"（营业收入 + 研发费用）× 1/3（四舍五入到分）", "(Revenue + R&D) × 1/3 (rounded to the 分)"},
		"{less: [{field: revenue}, {sum: [{field: rd}, 1元]}]}":                            {"营业收入 − （研发费用 + 1 元），低于 0 的按 0 计", "Revenue − (R&D + 1 yuan), not below 0"},
		"{share: {field: rd}, rate_field: layoffs}":                                       {"研发费用 × 裁员率", "R&D × Layoffs"},
		"{share: {least: [{field: rd}, 2亿元]}, rate: 5%}":                                  {"（研发费用，最多 2 亿元）× 5%", "(R&D, at most 200,000,000 yuan) × 5%"},
		"{cases: [{otherwise: 5元}]}":                                                      {"5 元", "5 yuan"},
		"{sum: [{cases: [{when: {field: listed, is: yes}, then: 2元}, {otherwise: 1元}]}]}": {"已上市：是的，按 2 元；其他的，按 1 元", "Listed: yes → 2 yuan; otherwise → 1 yuan"},
		"{cases: [{when: {any: [{field: size, is: large}, {all: [{field: staff, above: 300}, {not: {any: [{field: listed, is: yes}, {field: rd, is: 0元}]}}]}]}, then: 2万元}, {otherwise: 1万元}]}": {
			"按情形计算：\n-规模为大型，或（人数超过 300，且（已上市：否，且研发费用不是 0 元））：2 万元\n-其他情形：1 万元",
			"It depends:\n-Size: Large or (Staff: above 300 and (Listed: no and R&D: not 0 yuan)) → 20,000 yuan\n-otherwise → 10,000 yuan"},
	} {
		b, x := worded(t, "{field: staff, at_least: 1}", amount)
		if got := [2]string{lines(x.Amount.Words(b, day, lang.ZH)), lines(x.Amount.Words(b, day, lang.EN))}; got != want {
			t.Errorf("%s:\n%q, want\n%q", amount, got, want)
		}
	}
}

func TestAReasonSaysWhatWasAskedFor(t *testing.T) {
	b, _ := worded(t, "{not: {field: marks, has: [bad]}}", "1元")
	plan := b.AsOf(20_000)
	p := rules.Profile{Values: make([]rules.Value, len(b.Fields))}
	p.Values[b.Field("marks")] = rules.Known(1)
	v := plan.Decide(1, p)
	if got := plan.Words(v.Failed[0], lang.ZH); len(v.Failed) != 1 || got != "要求记录没有失信" {
		t.Errorf("%s %+v", got, v)
	}
}

func TestAConditionAndAFormulaInOneLine(t *testing.T) {
	b, x := worded(t, "{all: [{field: staff, is: 1}, {any: [{field: staff, is: 2}, {field: listed, is: no}]}]}", "{cases: [{when: {field: staff, is: 1}, then: 1元}, {otherwise: 2元}]}")
	for l, want := range map[lang.Lang][2]string{
		lang.ZH: {"人数为 1，且（人数为 2，或已上市：否）", "人数为 1 的，按 1 元；其他的，按 2 元"},
		lang.EN: {"Staff: 1 and (Staff: 2 or Listed: no)", "Staff: 1 → 1 yuan; otherwise → 2 yuan"},
	} {
		if got := [2]string{x.When.Sentence(b, 0, l), x.Amount.Sentence(b, 0, l)}; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
