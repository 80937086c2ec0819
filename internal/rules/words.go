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
	return l.T("要求", "required: ") + teller{p.Book, p.AsOf, l}.test(r.Cond.Test, !r.Not)
}

// FormatValue is a value of a field in words; kind is that of the field, or Rate for a share, or Set for several choices.
func FormatValue(f Field, kind Kind, v Value, l lang.Lang) string {
	if !v.Known {
		return l.T("不详", "unknown")
	}
	switch kind {
	case Money:
		return moneyWords(v.N, l)
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

// moneyWords is an amount of 分 as people read it, exactly: 500 万元, 7200.5 元; 5,000,000 yuan.
func moneyWords(fen int64, l lang.Lang) string {
	if l == lang.EN {
		return grouped(FormatMoney(fen)) + " yuan"
	}
	return moneyText(fen, " ")
}

// grouped puts commas between thousands.
func grouped(number string) string {
	whole, part, point := strings.Cut(number, ".")
	for at := len(whole) - 3; at > 0 && whole[at-1] != '-'; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if point {
		whole += "." + part
	}
	return whole
}
