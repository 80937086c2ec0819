package ui

import (
	"math"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gezhi/internal/lang"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, shanghai)

func TestTimes(t *testing.T) {
	for name, c := range map[string]struct{ got, want string }{
		"this year":                    {When(lang.ZH, noon, noon.AddDate(0, 0, 2)), "11月24日 12:00"},
		"this year in English":         {When(lang.EN, noon, noon.AddDate(0, 0, 2)), "24 Nov, 12:00"},
		"today":                        {When(lang.ZH, noon, noon.Add(4*time.Hour+30*time.Minute)), "今天 16:30"},
		"the end of a day":             {DueTime(lang.ZH, noon.Add(12*time.Hour)), "2026年11月22日 24:00"},
		"the end of a day in English":  {DueTime(lang.EN, noon.Add(12*time.Hour)), "22 Nov 2026, 24:00"},
		"a deadline by day":            {DueTime(lang.ZH, noon), "2026年11月22日 12:00"},
		"another year":                 {When(lang.ZH, noon, noon.AddDate(1, 0, 0)), "2027年11月22日 12:00"},
		"the same day of another year": {When(lang.EN, noon, noon.AddDate(-1, 0, 0)), "22 Nov 2025, 12:00"},
		"UTC is shown in Shanghai":     {When(lang.ZH, noon, time.Date(2026, 11, 21, 16, 30, 0, 0, time.UTC)), "今天 00:30"},
		"no time":                      {When(lang.ZH, noon, time.Time{}), "—"},
		"a day":                        {Date(lang.ZH, noon), "2026年11月22日"},
		"left":                         {Due(lang.ZH, noon, noon.Add(51*time.Hour)), "还剩 2 天 3 小时"},
		"left in English":              {Due(lang.EN, noon, noon.Add(51*time.Hour)), "2 d 3 h left"},
		"days without hours":           {Due(lang.ZH, noon, noon.Add(48*time.Hour+59*time.Minute)), "还剩 2 天"},
		"hours and minutes":            {Due(lang.ZH, noon, noon.Add(61*time.Minute)), "还剩 1 小时 1 分钟"},
		"the last minute":              {Due(lang.ZH, noon, noon.Add(59*time.Second)), "还剩 不到 1 分钟"},
		"overdue":                      {Due(lang.ZH, noon, noon.Add(-25*time.Hour)), "已超期 1 天 1 小时"},
		"overdue in English":           {Due(lang.EN, noon, noon.Add(-25*time.Hour)), "overdue 1 d 1 h"},
		"no clock":                     {Due(lang.ZH, noon, time.Time{}), "不计时"},
		"ago":                          {Ago(lang.ZH, noon, noon.Add(-3*time.Hour)), "3 小时前"},
		"just now":                     {Ago(lang.EN, noon, noon.Add(-3*time.Second)), "just now"},
		"near":                         {Distance(lang.ZH, 254), "约 250 米"},
		"nearly a kilometre":           {Distance(lang.EN, 1249), "about 1.2 km"},
		"very near":                    {Distance(lang.ZH, 3), "10 米内"},
		"money":                        {Yuan(-123456), "-1,234.56"},
		"small money":                  {Yuan(-5), "-0.05"},
		"in 亿元":                        {Rounded(60_300_000_000, Yi), "6.03"},
		"in 万元":                        {Rounded(2_533_200_000_000, Wan), "2,533,200.00"},
		"just below half":              {Rounded(60_349_999_999, Yi), "6.03"},
		"half":                         {Rounded(60_350_000_000, Yi), "6.04"},
		"half, owed":                   {Rounded(-5_000, Wan), "-0.01"},
		"next to nothing":              {Rounded(-4_999, Wan), "0.00"},
		"most money in 亿元":             {Rounded(math.MinInt64, Yi), "-922,337,203.69"},
		"most money":                   {Yuan(math.MinInt64), "-92,233,720,368,547,758.08"},
		"megabytes":                    {Size(30 << 20), "30 MB"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
}

func TestDueTone(t *testing.T) {
	for name, c := range map[string]struct {
		due  time.Time
		want Tone
	}{
		"no clock":       {time.Time{}, Grey},
		"at the instant": {noon, Yellow},
		"just past":      {noon.Add(-1), Red},
		"a day left":     {noon.Add(24 * time.Hour), Yellow},
		"more than that": {noon.Add(24*time.Hour + 1), Green},
	} {
		if got := DueTone(noon, c.due); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", 1234567: "1,234,567", -999: "-999", math.MinInt64: "-9,223,372,036,854,775,808"} {
		if got := Number(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	if Percent(0, 0) != "—" || Percent(5, -1) != "—" || Percent(0, 7) != "0.0%" {
		t.Error("a rate of nothing is —, nothing of something is 0.0%")
	}
}

// The oracle rounds exact fractions with math/big.
func TestPercentRoundsHalfUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(1, 9e14).Draw(t, "whole")
		part := rapid.Int64Range(0, 4*whole).Draw(t, "part")
		r := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(part), big.NewInt(1000)), big.NewInt(whole))
		r.Add(r, big.NewRat(1, 2))
		tenths := new(big.Int).Quo(r.Num(), r.Denom())
		want := new(big.Rat).SetFrac(tenths, big.NewInt(10)).FloatString(1) + "%"
		if got := Percent(part, whole); got != want {
			t.Fatalf("%d of %d: %s, want %s", part, whole, got, want)
		}
	})
}
