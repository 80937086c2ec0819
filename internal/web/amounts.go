package web

import (
	"strconv"
	"strings"

	"gezhi/internal/lang"
	"gezhi/internal/target"
	"gezhi/internal/web/ui"
)

// amount is money given in 分 as officials write it: in 万元, from one hundred million yuan on in 亿元, with what decimals
// it has up to two, the rest cut off. In English it is whole yuan.
func amount(l lang.Lang, fen int64) string {
	if l == lang.EN {
		return "CNY " + strings.TrimSuffix(ui.Yuan(fen/100*100), ".00")
	}
	unit, word := int64(1_000_000), " 万元"
	if fen >= 10_000_000_000 || fen <= -10_000_000_000 {
		unit, word = 10_000_000_000, " 亿元"
	}
	whole, rest := fen/unit, fen%unit
	if rest < 0 {
		rest = -rest
	}
	sign := ""
	if fen < 0 && whole == 0 {
		sign = "-"
	}
	cents := strconv.FormatInt(100+rest*100/unit, 10)[1:]
	if cents = strings.TrimRight(cents, "0"); cents != "" {
		cents = "." + cents
	}
	return sign + ui.Number(whole) + cents + word
}

// wan is an amount in 万元 with two decimals, for tables and files whose heading names the unit.
func wan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	return sign + ui.Number(fen/1_000_000) + "." + strconv.FormatInt(100+fen%1_000_000/10_000, 10)[1:]
}

// deviation is actual ÷ plan − 1 in percent, “—” when nothing was planned.
func deviation(f target.Figures) string {
	d, ok := f.Deviation()
	if !ok {
		return "—"
	}
	sign := "+"
	if d < 0 {
		sign, d = "−", -d
	}
	return sign + strconv.FormatInt(d/10, 10) + "." + strconv.FormatInt(d%10, 10) + "%"
}

// monthOfYear is 2026 年 3 月 of 202603.
func monthOfYear(l lang.Lang, month int) string {
	return l.Tf("%d 年 %d 月", "%[1]d-%[2]02d", month/100, month%100)
}

// lampTone is the colour of a project's light.
func lampTone(light target.Light) ui.Tone {
	switch light {
	case target.Red:
		return ui.Red
	case target.Yellow:
		return ui.Yellow
	case target.Green:
		return ui.Green
	}
	return ui.Grey
}
