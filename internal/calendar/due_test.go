package calendar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gezhi/internal/calendar"
	"gezhi/internal/lang"
)

const usual = "09:00-12:00,13:30-17:30"

// clockTime reads 2026-02-13 16:00, or 16:00:30.5, in Asia/Shanghai.
func clockTime(t testing.TB, s string) time.Time {
	layout := "2006-01-02 15:04"
	if strings.Count(s, ":") == 2 {
		layout = time.DateTime
	}
	at, err := time.ParseInLocation(layout, s, calendar.Zone())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func limit(t testing.TB, s string) calendar.Limit {
	l, err := calendar.ParseLimit(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func day(t testing.TB, s string) calendar.Day {
	d, err := calendar.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDue(t *testing.T) {
	tests := map[string]struct{ from, limit, due string }{
		"three working days over Spring Festival begin on the make-up Saturday":    {"2026-02-13 16:00", "3work_day", "2026-02-25 17:30"},
		"one working day from a Friday before a make-up Saturday ends on Saturday": {"2026-02-13 09:00", "1work_day", "2026-02-14 17:30"},
		"a start on a holiday counts from the next working day":                    {"2026-02-18 10:00", "1work_day", "2026-02-24 17:30"},
		"a start on a make-up Saturday does not count that day":                    {"2026-02-28 08:00", "1work_day", "2026-03-02 17:30"},
		"a start at midnight belongs to the day that begins":                       {"2026-03-02 00:00", "1work_day", "2026-03-03 17:30"},
		"a start in the last second of a day belongs to that day":                  {"2026-03-02 23:59:59", "1work_day", "2026-03-03 17:30"},
		"working days pass the end of a year and New Year's Day":                   {"2025-12-31 10:00", "1work_day", "2026-01-04 17:30"},
		"working days pass from one year into the next":                            {"2024-12-30 10:00", "3work_day", "2025-01-03 17:30"},

		"working hours end exactly at closing time, not the next morning":   {"2026-03-02 14:30", "3work_hour", "2026-03-02 17:30"},
		"working hours end exactly at the noon break":                       {"2026-03-02 11:00", "1work_hour", "2026-03-02 12:00"},
		"working hours pass the noon break":                                 {"2026-03-02 11:30", "1work_hour", "2026-03-02 14:00"},
		"working hours that start in the break begin after it":              {"2026-03-02 12:10", "1work_hour", "2026-03-02 14:30"},
		"working hours that start before opening begin at opening":          {"2026-03-02 06:00", "1work_hour", "2026-03-02 10:00"},
		"working hours that start after closing begin the next working day": {"2026-03-06 17:30", "1work_hour", "2026-03-09 10:00"},
		"working hours that start a second before closing keep that second": {"2026-03-06 17:29:59", "1work_hour", "2026-03-09 09:59:59"},
		"a whole day of working hours from opening ends at closing":         {"2026-03-02 09:00", "7work_hour", "2026-03-02 17:30"},
		"working hours run on a make-up Saturday":                           {"2026-02-13 17:00", "1work_hour", "2026-02-14 09:30"},
		"working hours stand still over Spring Festival":                    {"2026-02-14 17:00", "1work_hour", "2026-02-24 09:30"},
		"working hours stand still on a weekday that is a holiday":          {"2025-12-31 17:30", "1work_hour", "2026-01-04 10:00"},

		"natural days end at 24:00 of the last":                             {"2026-03-02 10:00", "3natural_day", "2026-03-06 00:00"},
		"natural days whose last is a Saturday move past the weekend":       {"2026-03-02 10:00", "5natural_day", "2026-03-10 00:00"},
		"natural days whose last is a make-up Saturday end on it":           {"2026-02-12 10:00", "2natural_day", "2026-02-15 00:00"},
		"natural days whose last lies in Spring Festival move past it":      {"2026-02-10 10:00", "10natural_day", "2026-02-25 00:00"},
		"natural days told not to roll end on a day off":                    {"2026-02-10 10:00", "10natural_day!", "2026-02-21 00:00"},
		"natural days run through a weekend in the middle":                  {"2026-03-05 10:00", "4natural_day", "2026-03-10 00:00"},
		"one natural day from a Friday is Monday":                           {"2026-03-06 10:00", "1natural_day", "2026-03-10 00:00"},
		"natural days pass 29 February":                                     {"2024-02-26 10:00", "4natural_day", "2024-03-02 00:00"},
		"natural days whose last is New Year's Day move past it and beyond": {"2025-12-30 10:00", "2natural_day", "2026-01-05 00:00"},

		"urgent hours run through night and holiday": {"2026-02-16 23:00", "2urgent_hour", "2026-02-17 01:00"},
		"urgent hours pass the end of a year":        {"2025-12-31 23:30:30", "1urgent_hour", "2026-01-01 00:30:30"},
	}
	c := builtin(t, usual)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := c.Due(clockTime(t, test.from), limit(t, test.limit))
			if want := clockTime(t, test.due); !d.Due.Equal(want) || d.Provisional {
				t.Errorf("due %s (provisional %t), want %s", d.Due, d.Provisional, want)
			}
		})
	}
}

func TestDueExplainsItself(t *testing.T) {
	tests := map[string]struct{ from, limit, counted, skipped string }{
		"working days name the festival and leave out the day of starting": {
			"2026-02-13 16:00", "2work_day", "2026-02-14 2026-02-24",
			"2026-02-15 holiday 春节放假|2026-02-16 holiday 春节放假|2026-02-17 holiday 春节放假|2026-02-18 holiday 春节放假|2026-02-19 holiday 春节放假|" +
				"2026-02-20 holiday 春节调休放假|2026-02-21 holiday 春节放假|2026-02-22 holiday 春节放假|2026-02-23 holiday 春节调休放假"},
		"working days name the weekend": {
			"2026-03-06 10:00", "1work_day", "2026-03-09", "2026-03-07 weekend 周六|2026-03-08 weekend 周日"},
		"a start on a day off does not skip that day": {
			"2026-03-07 10:00", "1work_day", "2026-03-09", "2026-03-08 weekend 周日"},
		"working hours that start on a day off skip it": {
			"2026-03-07 10:00", "8work_hour", "2026-03-09 2026-03-10", "2026-03-07 weekend 周六|2026-03-08 weekend 周日"},
		"working hours that start after closing do not count that evening": {
			"2026-03-05 18:00", "1work_hour", "2026-03-06", ""},
		"natural days say why the last day moved": {
			"2026-03-05 10:00", "2natural_day", "2026-03-06 2026-03-09",
			"2026-03-07 rolled 周六，最后一日顺延|2026-03-08 rolled 周日，最后一日顺延"},
		"urgent hours count the days they touch": {"2026-03-06 23:00", "2urgent_hour", "2026-03-06 2026-03-07", ""},
	}
	c := builtin(t, usual)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := c.Due(clockTime(t, test.from), limit(t, test.limit))
			if diff := cmp.Diff(test.counted, spellDays(d.Counted)); diff != "" {
				t.Errorf("counted (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.skipped, spellSkips(d.Skipped)); diff != "" {
				t.Errorf("skipped (-want +got):\n%s", diff)
			}
		})
	}
}

func spellDays(days []calendar.Day) string {
	words := make([]string, len(days))
	for i, d := range days {
		words[i] = d.String()
	}
	return strings.Join(words, " ")
}

func spellSkips(skips []calendar.Skip) string {
	words := make([]string, len(skips))
	for i, s := range skips {
		words[i] = s.Day.String() + " " + string(s.Code) + " " + s.Reason.In(lang.ZH)
	}
	return strings.Join(words, "|")
}

func TestDueIsProvisionalOnlyWhereAnUnpublishedDayDecides(t *testing.T) {
	tests := map[string]struct {
		from, limit, due string
		provisional      bool
	}{
		"working days that reach an unpublished year":          {"2026-12-31 10:00", "1work_day", "2027-01-01 17:30", true},
		"working days that end on the last published day":      {"2026-12-30 10:00", "1work_day", "2026-12-31 17:30", false},
		"working hours that pass into an unpublished year":     {"2026-12-31 17:00", "1work_hour", "2027-01-01 09:30", true},
		"natural days whose last day is in a published year":   {"2026-12-29 10:00", "2natural_day", "2027-01-01 00:00", false},
		"natural days whose last day is in an unpublished one": {"2026-12-29 10:00", "3natural_day", "2027-01-02 00:00", true},
		"natural days that do not roll ask no calendar":        {"2026-12-29 10:00", "3natural_day!", "2027-01-02 00:00", false},
		"urgent hours ask no calendar":                         {"2027-05-01 10:00", "3urgent_hour", "2027-05-01 13:00", false},
		"a year before the first published":                    {"2003-05-07 10:00", "1work_day", "2003-05-08 17:30", true},
	}
	c := builtin(t, usual)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := c.Due(clockTime(t, test.from), limit(t, test.limit))
			if want := clockTime(t, test.due); !d.Due.Equal(want) || d.Provisional != test.provisional {
				t.Errorf("due %s, provisional %t; want %s, %t", d.Due, d.Provisional, want, test.provisional)
			}
		})
	}
}

func TestALimitThatMeansNothingIsDueAtOnce(t *testing.T) {
	c, from := builtin(t, usual), clockTime(t, "2026-03-02 10:00")
	for _, l := range []calendar.Limit{{}, {Unit: calendar.WorkDay}, {N: -3, Unit: calendar.WorkDay}, {N: -3, Unit: calendar.NaturalDay}} {
		if d := c.Due(from, l); !d.Due.Equal(from) || len(d.Counted) > 0 {
			t.Errorf("%v: due %s, counted %v", l, d.Due, d.Counted)
		}
	}
}

func TestTheLongestLimitEnds(t *testing.T) {
	c := builtin(t, usual)
	for _, unit := range []string{"urgent_hour", "work_hour", "work_day", "natural_day"} {
		d := c.Due(clockTime(t, "2026-03-02 10:00"), limit(t, "9999"+unit))
		if d.Due.Year() > 2070 || d.Due.Year() < 2027 {
			t.Errorf("9999%s is due %s", unit, d.Due)
		}
	}
}

func TestCalendarWithoutDataIsMondayToFridayAndProvisional(t *testing.T) {
	c := calendar.New(calendar.Days{}, calendar.Hours{})
	d := c.Due(clockTime(t, "2026-02-13 16:00"), limit(t, "3work_day"))
	if want := clockTime(t, "2026-02-18 17:30"); !d.Due.Equal(want) || !d.Provisional {
		t.Errorf("due %s, provisional %t", d.Due, d.Provisional)
	}
	if got := c.Hours().String(); got != usual {
		t.Errorf("no hours became %q", got)
	}
}

func TestYearsHaveAsManyWorkingDaysAsTheNoticesSay(t *testing.T) {
	tests := map[int]struct {
		working int
		makeUp  string
	}{
		2022: {249, "01-29 01-30 04-02 04-24 05-07 10-08 10-09"},
		2023: {249, "01-28 01-29 04-23 05-06 06-25 10-07 10-08"},
		2024: {251, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"},
		2025: {248, "01-26 02-08 04-27 09-28 10-11"},
		2026: {248, "01-04 02-14 02-28 05-09 09-20 10-10"},
	}
	c := builtin(t, usual)
	for number, want := range tests {
		y := c.Year(number)
		var makeUp []string
		for _, l := range y.MakeUp {
			makeUp = append(makeUp, l.Day.String()[5:])
		}
		if got := strings.Join(makeUp, " "); y.Working != want.working || got != want.makeUp || !y.Published {
			t.Errorf("%d: %d working days, make-up %s, published %t; want %d, %s", number, y.Working, got, y.Published, want.working, want.makeUp)
		}
	}
	if c.LatestYear() != 2026 || c.Year(2027).Published || len(c.Days().Published()) != 23 {
		t.Errorf("published: %v", c.Days().Published())
	}
	if w := c.Year(2027).Working; w != 261 {
		t.Errorf("2027 as Monday to Friday has %d working days, want 261", w)
	}
}

func TestWorkingSaysWhy(t *testing.T) {
	tests := map[string]struct {
		worked bool
		code   calendar.Code
		zh, en string
	}{
		"2026-02-13": {true, calendar.Weekday, "周五", "Friday"},
		"2026-02-14": {true, calendar.MakeUpDay, "春节调休上班", "working day in lieu for Spring Festival"},
		"2026-02-17": {false, calendar.Festival, "春节放假", "Spring Festival"},
		"2026-02-20": {false, calendar.Festival, "春节调休放假", "Spring Festival, day off in lieu"},
		"2026-03-01": {false, calendar.Weekend, "周日", "Sunday"},
		"2015-09-03": {false, calendar.Festival, "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日放假", "Anti-Fascist 70th Day"},
	}
	c := builtin(t, usual)
	for date, want := range tests {
		worked, r := c.Working(day(t, date))
		if worked != want.worked || r.Code != want.code || r.Text != (lang.Text{ZH: want.zh, EN: want.en}) {
			t.Errorf("%s: %t %+v", date, worked, r)
		}
	}
}

func TestSpellSaysMidnightAsTheLawDoes(t *testing.T) {
	for at, want := range map[string]lang.Text{
		"2026-03-10 00:00":    {ZH: "2026年3月9日24:00", EN: "9 March 2026, 24:00"},
		"2026-01-01 00:00":    {ZH: "2025年12月31日24:00", EN: "31 December 2025, 24:00"},
		"2026-03-09 17:30":    {ZH: "2026年3月9日17:30", EN: "9 March 2026, 17:30"},
		"2026-03-10 00:00:30": {ZH: "2026年3月10日00:00", EN: "10 March 2026, 00:00"},
	} {
		due := clockTime(t, at).UTC()
		if got := (lang.Text{ZH: calendar.Spell(due, lang.ZH), EN: calendar.Spell(due, lang.EN)}); got != want {
			t.Errorf("%s: %+v", at, got)
		}
	}
}

func TestDayBefore1970(t *testing.T) {
	at := clockTime(t, "1966-05-06 07:59")
	d := calendar.DayOf(at)
	if d.String() != "1966-05-06" || d.Weekday() != time.Friday || !d.Start().Equal(clockTime(t, "1966-05-06 00:00")) || d.Year() != 1966 {
		t.Errorf("%s is on %s, a %s", at, d, d.Weekday())
	}
	if due := calendar.New(calendar.Days{}, calendar.Hours{}).Due(at, limit(t, "1work_day")).Due; !due.Equal(clockTime(t, "1966-05-09 17:30")) {
		t.Errorf("due %s", due)
	}
}

func TestOpenIsHalfOpen(t *testing.T) {
	c := builtin(t, usual)
	for at, want := range map[string]bool{
		"2026-03-02 08:59:59": false, "2026-03-02 09:00": true, "2026-03-02 11:59:59": true, "2026-03-02 12:00": false,
		"2026-03-02 17:30": false, "2026-03-01 10:00": false, "2026-02-28 10:00": true,
	} {
		if got := c.Open(clockTime(t, at)); got != want {
			t.Errorf("open at %s: %t", at, got)
		}
	}
}

func BenchmarkDue(b *testing.B) {
	for _, l := range []string{"4work_hour", "3work_day", "20work_day", "60natural_day", "9999work_day"} {
		b.Run(l, func(b *testing.B) {
			c, l, from := builtin(b, usual), limit(b, l), clockTime(b, "2026-02-13 16:00")
			b.ReportAllocs()
			for b.Loop() {
				c.Due(from, l)
			}
		})
	}
}

func BenchmarkStart(b *testing.B) {
	c, l, from := builtin(b, usual), limit(b, "20work_day"), clockTime(b, "2026-02-13 16:00")
	b.ReportAllocs()
	for b.Loop() {
		calendar.Start(c, from, l)
	}
}
