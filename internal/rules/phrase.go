package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"gezhi/internal/lang"
)

// number is an operand on the teller's day; a parameter without a value yet is told with its first.
func (t teller) number(o *Operand) int64 {
	if o.Param >= 0 {
		if p := t.b.Params[o.Param]; len(p.Values) > 0 && p.Values[0].From > t.day {
			return p.Values[0].Value + o.N
		}
	}
	return o.number(t.b, t.day, 0)
}

// choose is one of two wordings.
func (t teller) choose(first bool, a, b lang.Text) string {
	if first {
		return t.T(a.ZH, a.EN)
	}
	return t.T(b.ZH, b.EN)
}

// glue joins parts with a space where a Chinese character meets a letter or a digit.
func glue(parts ...string) string {
	out := ""
	for _, p := range parts {
		before, _ := utf8.DecodeLastRuneInString(out)
		after, _ := utf8.DecodeRuneInString(p)
		if unicode.Is(unicode.Han, before) && latin(after) || latin(before) && unicode.Is(unicode.Han, after) {
			out += " "
		}
		out += p
	}
	return out
}

func latin(r rune) bool { return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// test is what a test asks for, or its opposite.
func (t teller) test(p Predicate, yes bool) string {
	f := t.b.Fields[p.Field]
	name := f.Name.In(t.Lang)
	switch p.Verb {
	case Share:
		return t.between(f, Rate, t.Tf("%s占%s的比例", "%s as a share of %s", name, t.field(p.Of)), p, yes)
	case Between:
		return t.between(f, f.Kind, name, p, yes)
	case MonthsAgo:
		return name + t.monthsAgo(t.number(p.Low), yes)
	case WithinMonth:
		return name + t.choose(yes, lang.Text{ZH: "在", EN: ": "}, lang.Text{ZH: "不在", EN: ": not "}) + t.Tf("最近 %d 个月内", "within the last %d months", t.number(p.High))
	case Under:
		return glue(name, t.choose(yes, lang.Text{ZH: "以", EN: ": begins with "}, lang.Text{ZH: "不以", EN: ": does not begin with "}), t.either(p.Codes), t.T("开头", ""))
	}
	var names []string
	for i, term := range f.Choices {
		if p.Mask>>i&1 == 1 {
			names = append(names, term.Name.In(t.Lang))
		}
	}
	switch {
	case p.Verb == HasAll:
		return glue(name, t.choose(yes, lang.Text{ZH: "同时有", EN: ": all of "}, lang.Text{ZH: "不同时有", EN: ": not all of "}), strings.Join(names, t.T("、", ", ")))
	case f.Kind == Set:
		return glue(name, t.choose(yes, lang.Text{ZH: "有", EN: ": "}, lang.Text{ZH: "没有", EN: ": no "}), t.either(names))
	}
	return glue(name, t.choose(yes, lang.Text{ZH: "为", EN: ": "}, lang.Text{ZH: "不是", EN: ": not "}), t.either(names))
}

// either joins words: 甲、乙或丙.
func (t teller) either(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return glue(strings.Join(words[:last], t.T("、", ", ")), t.T("或", " or "), words[last])
}

func (t teller) monthsAgo(months int64, yes bool) string {
	switch {
	case months == 0 && yes:
		return t.T("已到", ": has come")
	case months == 0:
		return t.T("未到", ": has not come")
	case yes:
		return t.Tf("至今已满 %d 个月", ": at least %d months ago", months)
	}
	return t.Tf("至今不满 %d 个月", ": less than %d months ago", months)
}

// between tells the bounds of a number.
func (t teller) between(f Field, kind Kind, name string, p Predicate, yes bool) string {
	low, high := "", ""
	if p.Low != nil {
		low = t.bound(kind, p, p.Low, 1, yes)
	}
	if p.High != nil {
		high = t.bound(kind, p, p.High, -1, yes)
	}
	head := name + t.T("", ": ")
	switch {
	case low == "" || high == "":
		return head + low + high
	case kind == Flag:
		is := (t.number(p.Low) == 1) == yes
		return name + t.T("：", ": ") + t.choose(is, lang.Text{ZH: "是", EN: "yes"}, lang.Text{ZH: "否", EN: "no"})
	case *p.Low == *p.High:
		return glue(head, t.choose(yes, lang.Text{ZH: "为", EN: ""}, lang.Text{ZH: "不是", EN: "not "}), FormatValue(f, kind, Known(t.number(p.Low)), t.Lang))
	case yes:
		return head + low + t.T("、", " and ") + high
	}
	return head + low + t.T("或", " or ") + high
}

// relation is how a value stands to a bound.
type relation struct{ atLeast, above, atMost, below lang.Text }

var (
	numbers = relation{lang.Text{ZH: "不低于", EN: "at least "}, lang.Text{ZH: "超过", EN: "above "}, lang.Text{ZH: "不超过", EN: "at most "}, lang.Text{ZH: "低于", EN: "below "}}
	days    = relation{lang.Text{ZH: "不早于", EN: "not before "}, lang.Text{ZH: "晚于", EN: "after "}, lang.Text{ZH: "不晚于", EN: "not after "}, lang.Text{ZH: "早于", EN: "before "}}
)

// beyond reports a bound that was written as the number one step before it, which is not included: a parameter with the step, or a number
// one step from a round one, such as at least 300,000.01 元, which is above 30 万元. A share is never asked above or below.
func (o *Operand) beyond(kind Kind, verb Verb, step int64) bool {
	n := o.N - step
	switch {
	case verb == Share:
		return false
	case o.Param >= 0:
		return n == 0
	case kind == Count:
		return n != 0 && n%10 == 0
	}
	return (kind == Money || kind == Rate) && n%100 == 0
}

// bound tells a lower bound (step 1) or an upper one (step -1), or its opposite.
func (t teller) bound(kind Kind, p Predicate, o *Operand, step int64, yes bool) string {
	n, open := t.number(o), o.beyond(kind, p.Verb, step)
	if open {
		n -= step
	}
	words := numbers
	if kind == Day {
		words = days
	}
	up, strict := (step > 0) == yes, open == yes
	word := words.atMost
	switch {
	case up && strict:
		word = words.above
	case up:
		word = words.atLeast
	case strict:
		word = words.below
	}
	return glue(word.In(t.Lang), FormatValue(Field{}, kind, Known(n), t.Lang))
}
