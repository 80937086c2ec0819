package calendar

import (
	"time"

	"gezhi/internal/lang"
)

// Calendar knows working days and working hours. It is immutable and safe for concurrent use.
type Calendar struct {
	hours  Hours
	days   Days
	named  map[Day]Listed
	first  Day    // day of table[0], a 1 January
	table  []byte // one for each day of the years from the first published to the last
	latest int    // last published year, 0 when none is
}

const (
	working   byte = 1 << iota // the day is worked
	published                  // the day's year is published
)

// wholeDay is when units that run on by night run.
var wholeDay = []Span{{0, 24 * 60}}

// New makes a calendar of published days and working hours; Hours without a span mean DefaultHours.
// A year that is not published counts as Monday to Friday and is provisional.
func New(days Days, hours Hours) *Calendar {
	if hours.IsZero() {
		hours = DefaultHours()
	}
	c := &Calendar{hours: hours, days: days, named: make(map[Day]Listed, days.Len())}
	if days.Len() == 0 {
		return c
	}
	c.first = Date(days.list[0].Day.Year(), time.January, 1)
	end := Date(days.list[days.Len()-1].Day.Year()+1, time.January, 1)
	c.table = make([]byte, end-c.first)
	for i := range c.table {
		if !weekend(c.first + Day(i)) {
			c.table[i] = working
		}
	}
	for _, l := range days.list {
		switch l.Kind {
		case Holiday:
			c.table[l.Day-c.first] = 0
		case MakeUp:
			c.table[l.Day-c.first] = working
		default:
			continue
		}
		c.named[l.Day] = l
	}
	for _, y := range days.Published() {
		for d := Date(y, time.January, 1); d < Date(y+1, time.January, 1); d++ {
			c.table[d-c.first] |= published
		}
		c.latest = y
	}
	return c
}

func weekend(d Day) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

// at is the table entry of a day; days outside it are Monday to Friday and unpublished.
func (c *Calendar) at(d Day) byte {
	if i := int(d) - int(c.first); i >= 0 && i < len(c.table) {
		return c.table[i]
	}
	if weekend(d) {
		return 0
	}
	return working
}

// Hours are the working hours of every working day.
func (c *Calendar) Hours() Hours { return c.hours }

// Days is the published data the calendar was made of.
func (c *Calendar) Days() Days { return c.days }

// LatestYear is the last published year, 0 when there is none.
func (c *Calendar) LatestYear() int { return c.latest }

// Provisional is true for a day of a year that is not published: whether it is worked may yet change.
func (c *Calendar) Provisional(d Day) bool { return c.at(d)&published == 0 }

// Working says whether a day is worked: Monday to Friday unless a holiday, and make-up days; and why.
func (c *Calendar) Working(d Day) (bool, Reason) {
	worked := c.at(d)&working != 0
	if l, ok := c.named[d]; ok {
		return worked, namedReason(l)
	}
	return worked, weekdayReason(d)
}

// Open says whether t lies in working hours.
func (c *Calendar) Open(t time.Time) bool {
	d := DayOf(t)
	if c.at(d)&working == 0 {
		return false
	}
	minute := int((t.UnixMilli() - d.millis()) / minuteMillis)
	for _, s := range c.hours.spans {
		if minute >= s.Start && minute < s.End {
			return true
		}
	}
	return false
}

// Year is one year of the calendar, for a page or a list.
type Year struct {
	Number    int      `json:"year"`
	Published bool     `json:"published"`
	Working   int      `json:"working_days"` // how many days of the year are worked
	Holidays  []Listed `json:"holidays"`
	MakeUp    []Listed `json:"make_up_days"`
}

// Year sums up one year.
func (c *Calendar) Year(number int) Year {
	y := Year{Number: number, Holidays: []Listed{}, MakeUp: []Listed{}}
	first, end := Date(number, time.January, 1), Date(number+1, time.January, 1)
	y.Published = !c.Provisional(first)
	for d := first; d < end; d++ {
		if c.at(d)&working != 0 {
			y.Working++
		}
		switch l := c.named[d]; l.Kind {
		case Holiday:
			y.Holidays = append(y.Holidays, l)
		case MakeUp:
			y.MakeUp = append(y.MakeUp, l)
		}
	}
	return y
}

// Code names a Reason for a program.
type Code string

const (
	Weekday   Code = "weekday"   // Monday to Friday, worked
	MakeUpDay Code = "make_up"   // 调休上班, worked
	Weekend   Code = "weekend"   // off
	Festival  Code = "holiday"   // off by notice
	Rolled    Code = "rolled"    // the last natural day was off, so another day became the last (民法典 203)
	Suspended Code = "suspended" // the clock stood still
)

// Reason is why a day is worked or not, counted or not.
type Reason struct {
	Code Code
	Text lang.Text
}

var zhWeekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

func weekdayReason(d Day) Reason {
	w := d.Weekday()
	r := Reason{Weekday, lang.Text{ZH: zhWeekdays[w], EN: w.String()}}
	if weekend(d) {
		r.Code = Weekend
	}
	return r
}

func namedReason(l Listed) Reason {
	name := l.Name
	if name == (lang.Text{}) {
		name = lang.Text{ZH: "节假日", EN: "public holiday"}
	}
	r := Reason{Festival, lang.Text{ZH: name.ZH + "放假", EN: name.EN}}
	switch {
	case l.Kind == MakeUp:
		r = Reason{MakeUpDay, lang.Text{ZH: name.ZH + "调休上班", EN: "working day in lieu for " + name.EN}}
	case l.InLieu:
		r.Text = lang.Text{ZH: name.ZH + "调休放假", EN: name.EN + ", day off in lieu"}
	}
	return r
}
