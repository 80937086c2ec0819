package web

import (
	"strconv"
	"strings"

	"gezhi/internal/lang"
	"gezhi/internal/target"
	"gezhi/internal/web/ui"
)

// amount is money given in 分 as officials write it: in 万元, from one hundred million yuan on in 亿元, with what decimals
// it has up to two. In English it is whole yuan.
func amount(l lang.Lang, fen int64) string {
	if l == lang.EN {
		return "CNY " + strings.TrimSuffix(ui.Yuan(fen/100*100), ".00")
	}
	value, unit := bigMoney(l, fen)
	return strings.TrimSuffix(strings.TrimRight(value, "0"), ".") + " " + unit
}

// wan is an amount in 万元 with two decimals, for tables and files whose heading names the unit.
func wan(fen int64) string { return ui.Rounded(fen, ui.Wan) }

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
