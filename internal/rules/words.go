package rules

import (
	"fmt"
	"strconv"
	"strings"

	"gezhi/internal/lang"
)

// Words is what to tell an enterprise of a reason: the sentence that the file gives, or one made from the test.
func (p *Plan) Words(r Reason, l lang.Lang) string {
	if r.Cond == nil {
		for _, x := range p.Items {
			if x.ID == r.Other && x.InForce {
				return l.Tf("已符合“%s”，不重复享受", "“%s” comes first; not both", x.Name.In(l))
			}
		}
		return r.Other
	}
	if r.Cond.Say != (lang.Text{}) {
		return r.Cond.Say.In(l)
	}
	return p.testWords(r.Cond.Test, l)
}

// testWords is what a test asks for.
func (p *Plan) testWords(t Predicate, l lang.Lang) string {
	f := p.Book.Fields[t.Field]
	kind := f.Kind
	name := f.Name.In(l)
	if t.Verb == Share {
		kind = Rate
		name = l.Tf("%s占%s的比例", "%s as a share of %s", name, p.Book.Fields[t.Of].Name.In(l))
	}
	bound := func(o *Operand) string { return FormatValue(f, kind, Known(o.number(p.Book, p.AsOf, 0)), l) }
	switch t.Verb {
	case MonthsAgo:
		return l.Tf("要求%s已满 %d 个月", "%s must be at least %d months ago", name, t.Low.number(p.Book, p.AsOf, 0))
	case WithinMonth:
		return l.Tf("要求%s在 %d 个月之内", "%s must be within %d months", name, t.High.number(p.Book, p.AsOf, 0))
	case Under:
		return l.Tf("要求%s以 %s 开头", "%s must begin with %s", name, strings.Join(t.Codes, l.T("、", ", ")))
	case OneOf:
		return l.Tf("要求%s为：%s", "%s must be: %s", name, FormatValue(f, Set, Known(int64(t.Mask)), l))
	case HasAll:
		return l.Tf("要求%s同时有：%s", "%s must have all of: %s", name, FormatValue(f, Set, Known(int64(t.Mask)), l))
	}
	switch {
	case t.Low != nil && t.High != nil && *t.Low == *t.High:
		return l.Tf("要求%s为 %s", "%s must be %s", name, bound(t.Low))
	case t.High == nil:
		return l.Tf("要求%s不少于 %s", "%s must be at least %s", name, bound(t.Low))
	case t.Low == nil:
		return l.Tf("要求%s不超过 %s", "%s must be at most %s", name, bound(t.High))
	}
	return l.Tf("要求%s在 %s 与 %s 之间", "%s must be between %s and %s", name, bound(t.Low), bound(t.High))
}

// FormatValue is a value of a field in words; kind is that of the field, or Rate for a share, or Set for several choices.
func FormatValue(f Field, kind Kind, v Value, l lang.Lang) string {
	if !v.Known {
		return l.T("不详", "unknown")
	}
	switch kind {
	case Money:
		return FormatMoney(v.N) + l.T(" 元", " yuan")
	case Rate:
		return formatRate(v.N)
	case Day:
		return FormatDay(v.N)
	case Flag:
		if v.N == 1 {
			return l.T("是", "yes")
		}
		return l.T("否", "no")
	case Choice:
		return f.Choices[v.N].Name.In(l)
	case Set:
		var names []string
		for i, t := range f.Choices {
			if v.N>>i&1 == 1 {
				names = append(names, t.Name.In(l))
			}
		}
		if names == nil {
			return l.T("无", "none")
		}
		return strings.Join(names, l.T("、", ", "))
	case Code:
		return v.Code
	}
	return strconv.FormatInt(v.N, 10)
}

// formatRate is ten-thousandths in percent: 5.5%.
func formatRate(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	text := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d.%02d", n/100, n%100), "0"), ".")
	return sign + text + "%"
}
