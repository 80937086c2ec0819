package calendar

import (
	"time"

	"gezhi/internal/lang"
)

// Deadline is when a limit ends and how that came about.
type Deadline struct {
	Due         time.Time `json:"due,omitzero"`
	Provisional bool      `json:"provisional"` // a day of a year that is not published decided it
	Counted     []Day     `json:"counted"`     // days that consumed some of the limit
	Skipped     []Skip    `json:"skipped"`     // days between that did not
}

// Skip is a day that was not counted, and why.
type Skip struct {
	Day    Day       `json:"day"`
	Code   Code      `json:"code"`
	Reason lang.Text `json:"reason"`
}

// Spell writes a due time as the law speaks of it: what falls due at 00:00 falls due at 24:00 of the day
// before. 2026年3月9日24:00; 9 March 2026, 24:00.
func Spell(due time.Time, in lang.Lang) string {
	due = due.In(shanghai)
	hour := due.Format("15:04")
	if due.Equal(DayOf(due).Start()) {
		due, hour = due.AddDate(0, 0, -1), "24:00"
	}
	return due.Format(in.T("2006年1月2日", "2 January 2006, ")) + hour
}

// Due is when a limit that starts at from ends if it is never suspended. The work is proportional to
// the days between. A limit that Check refuses is due at once.
func (c *Calendar) Due(from time.Time, l Limit) Deadline { return Start(c, from, l).Explain(c) }

// Explain returns the days the clock counted and is going to count until Due, and those it skipped.
// For a paused clock they end with the pause; for a stopped one they are those of the Due it kept.
func (k Clock) Explain(c *Calendar) Deadline {
	out := Deadline{Due: k.Due, Provisional: k.Provisional, Counted: []Day{}, Skipped: []Skip{}}
	m := k.meter(c)
	if k.IsZero() || m.budget == 0 {
		return out
	}
	first := m.origin
	if m.limit.Unit == WorkDay || m.limit.Unit == NaturalDay {
		first++ // 民法典 201: the day of starting is not counted, so it is not skipped either
	}
	for i, n := range k.daily(&m) {
		switch d := m.origin + Day(i); {
		case d < first:
		case n > 0:
			out.Counted = append(out.Counted, d)
		default:
			if r, ok := k.why(c, d); ok {
				out.Skipped = append(out.Skipped, Skip{d, r.Code, r.Text})
			}
		}
	}
	return out
}

// daily is what each day from the day of starting consumes until the budget is consumed or the runs end.
func (k Clock) daily(m *meter) []int64 {
	var days []int64
	var used int64
	for i, r := range k.Runs {
		to := int64(forever)
		cutByStop := i == len(k.Runs)-1 && r.To.Equal(k.StoppedAt) && !k.Due.IsZero()
		if !r.To.IsZero() && !cutByStop {
			to = r.To.UnixMilli()
		}
		used, _ = m.run(r.From.UnixMilli(), to, used, m.budget, func(d Day, n int64) {
			for len(days) <= int(d-m.origin) {
				days = append(days, 0)
			}
			days[d-m.origin] += n
		})
		if used >= m.budget {
			break
		}
	}
	return days
}

// why says for what reason a day consumed nothing; ok is false when there is nothing to say, as for
// the evening before the first working day.
func (k Clock) why(c *Calendar, d Day) (r Reason, ok bool) {
	worked, r := c.Working(d)
	allDays := k.Limit.Unit == UrgentHour || k.Limit.Unit == NaturalDay
	switch {
	case (worked || allDays) && k.stood(d):
		return Reason{Suspended, lang.Text{ZH: "暂停计时", EN: "the clock was suspended"}}, true
	case worked:
		return r, false
	case k.Limit.Unit == NaturalDay:
		return Reason{Rolled, lang.Text{ZH: r.Text.ZH + "，最后一日顺延", EN: r.Text.EN + "; the last day moves on"}}, true
	}
	return r, true
}

// stood says whether the clock was suspended on some part of the day.
func (k Clock) stood(d Day) bool {
	start, end := d.Start(), (d + 1).Start()
	for i := 1; i < len(k.Runs); i++ {
		if k.Runs[i-1].To.Before(end) && k.Runs[i].From.After(start) {
			return true
		}
	}
	return false
}
