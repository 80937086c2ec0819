package calendar

import "math"

const (
	minuteMillis = 60 * 1000
	forever      = math.MaxInt64
)

// meter says which instants consume a limit. Every unit is a budget of milliseconds and a rule
// that lets an instant either consume it at full rate or not at all; see doc.go.
type meter struct {
	c           *Calendar
	limit       Limit
	origin      Day   // the day of starting, which day units do not count
	budget      int64 // milliseconds
	provisional bool  // set once an unpublished day decided anything
}

func (c *Calendar) meter(started int64, l Limit, extra *Limit) meter {
	m := meter{c: c, limit: l, origin: dayOf(started)}
	n := int64(l.N)
	if extra != nil {
		n += int64(extra.N)
	}
	switch l.Unit {
	case WorkDay:
		m.budget = n * int64(c.hours.minutes) * minuteMillis
	case NaturalDay:
		m.budget = n * dayMillis
	default:
		m.budget = n * 60 * minuteMillis
	}
	return m
}

// run lets the clock run from one instant to another, or until target is consumed, whichever is
// first. used is what was consumed before. It returns what is consumed then, and when "then" is.
// visit, unless nil, is told of each day passed and what it consumed.
func (m *meter) run(from, to, used, target int64, visit func(Day, int64)) (int64, int64) {
	at := from
	for at < to && used < target {
		d := dayOf(at)
		midnight := d.millis()
		before := used
		for _, s := range m.spans(d) {
			lo := max(at, midnight+int64(s.Start)*minuteMillis)
			hi := min(to, midnight+int64(s.End)*minuteMillis)
			if lo >= hi {
				continue
			}
			n := m.within(d, used, min(hi-lo, target-used))
			used += n
			if used >= target {
				at = lo + n
				break
			}
		}
		if visit != nil {
			visit(d, used-before)
		}
		if used < target {
			at = min(to, midnight+dayMillis)
		}
	}
	return used, at
}

// spans are the parts of a day in which the limit's unit runs.
func (m *meter) spans(d Day) []Span {
	switch m.limit.Unit {
	case UrgentHour:
		return wholeDay
	case NaturalDay:
		if d > m.origin {
			return wholeDay
		}
		return nil
	case WorkDay:
		if d <= m.origin {
			return nil
		}
	}
	if !m.worked(d) {
		return nil
	}
	return m.c.hours.spans
}

// within cuts n, what a stretch of day d would consume, to what it may. Only natural days that
// roll are cut: the last day of the budget is consumed on working days alone.
func (m *meter) within(d Day, used, n int64) int64 {
	free := m.budget - dayMillis
	if m.limit.Unit != NaturalDay || m.limit.NoRoll || used >= m.budget || used+n <= free || m.worked(d) {
		return n
	}
	return max(0, free-used)
}

func (m *meter) worked(d Day) bool {
	e := m.c.at(d)
	if e&published == 0 {
		m.provisional = true
	}
	return e&working != 0
}
