package rules

import (
	"fmt"
	"slices"

	"gezhi/internal/fault"
)

// Test runs the worked examples that stand beside the rules. The error is a fault.List: each one's Field is name:line.
func (b *Book) Test() error {
	var bad fault.List
	for i := range b.Items {
		for _, wrong := range b.Run(i) {
			if wrong != nil {
				bad = append(bad, wrong)
			}
		}
	}
	return bad.Err()
}

// Run works the examples of an item: for each what is wrong, as Test says it, nil when it comes out.
func (b *Book) Run(item int) []*fault.Error {
	out := make([]*fault.Error, len(b.Items[item].Examples))
	for i, e := range b.Items[item].Examples {
		plan := b.AsOf(e.AsOf)
		got := plan.Decide(item, plan.Derive(Profile{Values: e.Values}))
		place := fmt.Sprintf("%s:%d", b.File, e.line)
		switch {
		case got.State != e.Verdict:
			out[i] = fault.Field(place, "算例“%[1]s”应为 %[2]s，算出来是 %[3]s%[4]s。", "The example “%[1]s” says %[2]s; it comes to %[3]s%[4]s.", e.Name, string(e.Verdict), string(got.State), b.because(got))
		case e.Amount != nil && (!got.Known || got.Amount != *e.Amount):
			out[i] = fault.Field(place, "算例“%[1]s”的金额应为 %[2]s 元，算出来是 %[3]s 元。", "The example “%[1]s” says %[2]s 元; it comes to %[3]s.", e.Name, FormatMoney(*e.Amount), FormatMoney(got.Amount))
		}
	}
	return out
}

// because names the lines of the tests that failed, and the fields that were missing.
func (b *Book) because(v Verdict) string {
	out := ""
	for _, f := range v.Failed {
		if f.Cond != nil {
			out += fmt.Sprintf(" :%d", f.Cond.Line)
		} else {
			out += " → " + f.Other
		}
	}
	for _, f := range v.Missing {
		out += " ?" + b.Fields[f].ID
	}
	return out
}

// FormatMoney is an amount of 分 in 元: 1234.50, without a point where there are no 分.
func FormatMoney(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	if fen%100 == 0 {
		return fmt.Sprintf("%s%d", sign, fen/100)
	}
	return fmt.Sprintf("%s%d.%02d", sign, fen/100, fen%100)
}

// ItemIndex is the place of the version of an item that is in force on a day; -1 when none is.
func (b *Book) ItemIndex(id string, day int64) int {
	return slices.IndexFunc(b.Items, func(x *Item) bool { return x.ID == id && x.From <= day && day <= x.To })
}
