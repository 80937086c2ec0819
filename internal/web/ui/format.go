package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/lang"
)

// shanghai is the only time zone pages show. China has had no daylight saving since 1991; a
// fixed zone also works on machines without a zone database.
var shanghai = time.FixedZone("CST", 8*60*60)

// Date is a day: "2026年11月22日", "22 Nov 2026". The zero time is "—".
func Date(l lang.Lang, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(shanghai).Format(l.T("2006年1月2日", "2 Jan 2006"))
}

// DateTime is an instant in full: "2026年11月22日 16:30", "22 Nov 2026, 16:30".
func DateTime(l lang.Lang, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(shanghai).Format(l.T("2006年1月2日 15:04", "2 Jan 2006, 15:04"))
}

// DueTime is a deadline in full. One that ends with the day is told as that day's 24:00, not as the next day's beginning.
func DueTime(l lang.Lang, t time.Time) string {
	if at := t.In(shanghai); !t.IsZero() && at.Hour() == 0 && at.Minute() == 0 {
		return at.AddDate(0, 0, -1).Format(l.T("2006年1月2日", "2 Jan 2006,")) + " 24:00" // as part of a layout it would read “day, minute”
	}
	return DateTime(l, t)
}

// When is an instant as short as now allows: "今天 16:30", "11月22日 16:30"; with the year when
// it is not now's.
func When(l lang.Lang, now, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	n, at := now.In(shanghai), t.In(shanghai)
	switch {
	case n.Year() != at.Year():
		return DateTime(l, t)
	case n.YearDay() == at.YearDay():
		return at.Format(l.T("今天 15:04", "today 15:04"))
	default:
		return at.Format(l.T("1月2日 15:04", "2 Jan, 15:04"))
	}
}

// Span is a length of time in its two largest units, rounded down: "2 天 3 小时", "2 d 3 h".
// Under a minute it says so; the sign is ignored.
func Span(l lang.Lang, d time.Duration) string {
	d = d.Abs()
	minutes := int64(d / time.Minute)
	days, hours, rest := minutes/(24*60), minutes/60%24, minutes%60
	zh, en := make([]string, 0, 2), make([]string, 0, 2)
	add := func(n int64, unitZH, unitEN string) {
		if n > 0 {
			zh = append(zh, fmt.Sprintf("%d %s", n, unitZH))
			en = append(en, fmt.Sprintf("%d %s", n, unitEN))
		}
	}
	add(days, "天", "d")
	add(hours, "小时", "h")
	if days == 0 {
		add(rest, "分钟", "min")
	}
	if len(zh) == 0 {
		return l.T("不到 1 分钟", "under 1 min")
	}
	return l.T(strings.Join(zh, " "), strings.Join(en, " "))
}

// Due says how far a deadline is: "还剩 2 天 3 小时", "已超期 5 小时"; "不计时" for the zero time.
func Due(l lang.Lang, now, due time.Time) string {
	switch {
	case due.IsZero():
		return l.T("不计时", "no clock")
	case now.After(due):
		return l.T("已超期 ", "overdue ") + Span(l, now.Sub(due))
	default:
		return l.T("还剩 "+Span(l, due.Sub(now)), Span(l, due.Sub(now))+" left")
	}
}

// DueTone is the light of a deadline by the wall clock alone: Red past it, Yellow in its last
// day, Grey for the zero time. Where a procedure has its own ladder, use that instead.
func DueTone(now, due time.Time) Tone {
	switch {
	case due.IsZero():
		return Grey
	case now.After(due):
		return Red
	case due.Sub(now) <= 24*time.Hour:
		return Yellow
	default:
		return Green
	}
}

// Ago says how long something has been: "3 小时前", "3 h ago".
func Ago(l lang.Lang, now, t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	d := now.Sub(t)
	if d < time.Minute {
		return l.T("刚刚", "just now")
	}
	return l.T(Span(l, d)+"前", Span(l, d)+" ago")
}

// Number groups digits by thousands: 1,234,567.
func Number[N ~int | ~int32 | ~int64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

// Percent is part ÷ whole with one decimal, half rounded up; "—" when whole is zero or negative,
// because a rate of nothing is not 0 %. Part and whole stay below 9×10¹⁵.
func Percent[N ~int | ~int64](part, whole N) string {
	if whole <= 0 {
		return "—"
	}
	p, w := int64(part), int64(whole)
	sign := ""
	if p < 0 {
		sign, p = "-", -p
	}
	// p×1000 may overflow near the stated bound only, so the whole part is taken out first.
	tenths := p/w*1000 + (p%w*2000+w)/(2*w)
	return fmt.Sprintf("%s%d.%d%%", sign, tenths/10, tenths%10)
}

// Yuan is an amount of money given in 分: 1,234.50.
func Yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign = "-"
	}
	whole, rest := fen/100, fen%100
	if rest < 0 {
		rest = -rest
	}
	return sign + strings.TrimPrefix(Number(whole), "-") + fmt.Sprintf(".%02d", rest)
}

// The units in which officials write money, in 分.
const (
	Wan = 1_000_000      // 万元
	Yi  = 10_000_000_000 // 亿元
)

// Rounded is money given in 分 in a unit, with two decimals, half rounded up in size: 6.03. Parts may add up to a little more
// or less than their sum does.
func Rounded(fen, unit int64) string { return Yuan(Cents(fen, unit)) }

// Cents is Rounded in hundredths of the unit.
func Cents(fen, unit int64) int64 {
	cents, rest := fen/(unit/100), fen%(unit/100)
	switch {
	case 2*rest >= unit/100:
		cents++
	case -2*rest >= unit/100:
		cents--
	}
	return cents
}

// Distance is a length given in metres: "约 250 米", "约 1.2 公里".
func Distance(l lang.Lang, metres float64) string {
	switch {
	case metres < 10:
		return l.T("10 米内", "within 10 m")
	case metres < 1000:
		n := int(metres/10+0.5) * 10
		return l.Tf("约 %d 米", "about %d m", n)
	default:
		return l.Tf("约 %.1f 公里", "about %.1f km", metres/1000)
	}
}

// Size is a number of bytes: "512 KB", "30 MB". It rounds down.
func Size(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return strconv.FormatInt(bytes>>20, 10) + " MB"
	case bytes >= 1<<10:
		return strconv.FormatInt(bytes>>10, 10) + " KB"
	default:
		return strconv.FormatInt(bytes, 10) + " B"
	}
}
