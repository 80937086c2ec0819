package points

import (
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// Cap is a limit (上限) on what one earner gets within a period. Points or Times is more than zero, or both.
type Cap struct {
	Per    Period
	Points int64
	Times  int
}

// Period is what a cap counts over, by the calendar of Shanghai: a week begins on Monday.
type Period string

// The periods.
const (
	PerDay   Period = "day"
	PerWeek  Period = "week"
	PerMonth Period = "month"
	PerYear  Period = "year"
	Ever     Period = "ever"
)

var periods = map[Period]lang.Text{
	PerDay:   {ZH: "每天", EN: "a day"},
	PerWeek:  {ZH: "每周", EN: "a week"},
	PerMonth: {ZH: "每月", EN: "a month"},
	PerYear:  {ZH: "每年", EN: "a year"},
	Ever:     {ZH: "累计", EN: "in all"},
}

// Name is the period in words.
func (p Period) Name() lang.Text { return periods[p] }

// Around is the first and the last day of the period that holds the day; both zero for Ever.
func (p Period) Around(d calendar.Day) (first, last calendar.Day) {
	t := d.Start()
	switch p {
	case PerDay:
		return d, d
	case PerWeek:
		first = d - calendar.Day((int(d.Weekday())+6)%7)
		return first, first + 6
	case PerMonth:
		return calendar.Date(t.Year(), t.Month(), 1), calendar.Date(t.Year(), t.Month()+1, 1) - 1
	case PerYear:
		return calendar.Date(t.Year(), time.January, 1), calendar.Date(t.Year()+1, time.January, 1) - 1
	}
	return 0, 0
}

// Label is the cap in words: 每天 10 分、2 次.
func (c Cap) Label(l lang.Lang) string {
	s := c.Per.Name().In(l)
	switch {
	case c.Points > 0 && c.Times > 0:
		return l.Tf("%[1]s最多 %[2]d 分、%[3]d 次", "%[2]d points, %[3]d times %[1]s", s, c.Points, c.Times)
	case c.Points > 0:
		return l.Tf("%[1]s最多 %[2]d 分", "%[2]d points %[1]s", s, c.Points)
	}
	return l.Tf("%[1]s最多 %[2]d 次", "%[2]d times %[1]s", s, c.Times)
}

// Count is what one earner has had, or has under way, within a period.
type Count struct {
	Points int64
	Times  int
}

// Room refuses what would exceed a cap, given what counts already within its period; the sentence says which
// cap and what is left. item is what the cap is on, empty for all items together.
func (c Cap) Room(item lang.Text, had Count, points int64) error {
	if item.ZH == "" {
		item = lang.Text{ZH: "全部事项合计", EN: "All items together"}
	}
	per := c.Per.Name()
	if left := max(c.Points-had.Points, 0); c.Points > 0 && points > left {
		return fault.New(fault.Conflict, "超过上限：“%[1]s”%[2]s最多 %[5]d 分，已有 %[6]d 分（含在办），还可得 %[7]d 分，本次需 %[8]d 分。",
			"Over the limit: %[3]s brings at most %[5]d points %[4]s; there are %[6]d (those under way included), %[7]d are left and this takes %[8]d.",
			item.ZH, per.ZH, item.EN, per.EN, c.Points, had.Points, left, points)
	}
	if c.Times > 0 && had.Times >= c.Times {
		return fault.New(fault.Conflict, "超过上限：“%[1]s”%[2]s最多 %[5]d 次，已有 %[6]d 次（含在办），本期还可得 0 次。",
			"Over the limit: %[3]s counts at most %[5]d times %[4]s; there are %[6]d (those under way included), none is left.",
			item.ZH, per.ZH, item.EN, per.EN, c.Times, had.Times)
	}
	return nil
}

// Counter says what counts within days first to last; both zero mean ever. all counts every item, not only the rule's.
type Counter func(first, last calendar.Day, all bool) (Count, error)

// Within refuses an award that would exceed one of the rule's caps or one over all items.
func (r Rules) Within(rule Rule, day calendar.Day, points int64, count Counter) error {
	for _, part := range []struct {
		caps []Cap
		item lang.Text
		all  bool
	}{{rule.Caps, rule.Name, false}, {r.Overall, lang.Text{}, true}} {
		for _, c := range part.caps {
			first, last := c.Per.Around(day)
			had, err := count(first, last, part.all)
			if err != nil {
				return err
			}
			if err := c.Room(part.item, had, points); err != nil {
				return err
			}
		}
	}
	return nil
}
