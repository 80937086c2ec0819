package calendar_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"gezhi/internal/calendar"
)

// The oracle counts minutes one by one and shares no code with the engine: its own reading of the
// file, its own idea of time. Minutes are counted from 2004-01-01T00:00+08:00.

var epoch = time.Date(2004, 1, 1, 0, 0, 0, 0, time.FixedZone("", 8*3600))

type oracle struct {
	dayWorked  []bool // by day
	openMinute []bool // by minute of the day
	perDay     int    // open minutes of a day
}

func newOracle(t testing.TB, hours string) *oracle {
	raw, err := os.ReadFile("data/chinese-days-1.5.7.json")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]map[string]string
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	o := &oracle{openMinute: make([]bool, 1440)}
	for d := epoch; d.Year() < 2030; d = d.AddDate(0, 0, 1) {
		key := d.Format("2006-01-02")
		_, off := file["holidays"][key]
		_, makeUp := file["workdays"][key]
		midweek := d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
		o.dayWorked = append(o.dayWorked, makeUp || midweek && !off)
	}
	for rest := hours; rest != ""; {
		var h1, m1, h2, m2 int
		if _, err := fmt.Sscanf(rest, "%d:%d-%d:%d", &h1, &m1, &h2, &m2); err != nil {
			t.Fatal(err)
		}
		for m := h1*60 + m1; m < h2*60+m2; m++ {
			o.openMinute[m] = true
			o.perDay++
		}
		if len(rest) < 12 {
			break
		}
		rest = rest[12:]
	}
	return o
}

func (o *oracle) worked(minute int) bool { return o.dayWorked[minute/1440] }
func (o *oracle) open(minute int) bool   { return o.worked(minute) && o.openMinute[minute%1440] }

// pause is a suspension, [from, to) in minutes.
type pause struct{ from, to int }

func suspended(pauses []pause, minute int) bool {
	for _, p := range pauses {
		if minute >= p.from && minute < p.to {
			return true
		}
	}
	return false
}

func (o *oracle) budget(l calendar.Limit) int {
	switch l.Unit {
	case calendar.WorkDay:
		return l.N * o.perDay
	case calendar.NaturalDay:
		return l.N * 1440
	}
	return l.N * 60
}

// ticks says whether a minute that is not suspended consumes the limit, used minutes being consumed.
func (o *oracle) ticks(start, minute, used int, l calendar.Limit) bool {
	laterDay := minute/1440 > start/1440
	switch l.Unit {
	case calendar.UrgentHour:
		return true
	case calendar.WorkHour:
		return o.open(minute)
	case calendar.WorkDay:
		return laterDay && o.open(minute)
	}
	lastDay := used >= (l.N-1)*1440 && used < l.N*1440
	return laterDay && (l.NoRoll || !lastDay || o.worked(minute))
}

// due counts until the budget is gone.
func (o *oracle) due(start int, l calendar.Limit, pauses []pause) int {
	budget, used, minute := o.budget(l), 0, start
	for ; used < budget; minute++ {
		if !suspended(pauses, minute) && o.ticks(start, minute, used, l) {
			used++
		}
	}
	return minute
}

// used counts what is consumed before a minute, also beyond the budget.
func (o *oracle) used(start int, l calendar.Limit, pauses []pause, until int) int {
	used := 0
	for minute := start; minute < until; minute++ {
		if !suspended(pauses, minute) && o.ticks(start, minute, used, l) {
			used++
		}
	}
	return used
}

// law is when a limit of days ends that is never suspended, by the words of the rule: it counts
// closing times and midnights, not consumption.
func (o *oracle) law(start int, l calendar.Limit) int {
	minute, left := (start/1440+1)*1440, l.N
	for ; ; minute++ {
		last := minute - 1
		if l.Unit == calendar.WorkDay {
			closing := o.open(last) && !anyOpen(o, minute, (last/1440+1)*1440)
			if closing && last/1440 > start/1440 {
				left--
			}
			if left == 0 {
				return minute
			}
			continue
		}
		if minute%1440 != 0 || last/1440 <= start/1440 {
			continue
		}
		left--
		if left <= 0 && (l.NoRoll || o.worked(last)) {
			return minute
		}
	}
}

func anyOpen(o *oracle, from, to int) bool {
	for m := from; m < to; m++ {
		if o.open(m) {
			return true
		}
	}
	return false
}

func at(minute int) time.Time { return epoch.Add(time.Duration(minute) * time.Minute) }

// triple is a random case: mostly short limits, as in life, some long ones.
func triple(r *rand.Rand) (start int, l calendar.Limit, pauses []pause) {
	start = r.IntN(23*365*1440 + 5*1440) // 2004 to the end of 2026
	l.Unit = calendar.Unit(1 + r.IntN(4))
	most := 4
	switch {
	case r.IntN(50) == 0:
		most = 25
	case r.IntN(4) == 0:
		most = 10
	}
	if l.Unit == calendar.UrgentHour || l.Unit == calendar.WorkHour {
		most *= 6
	}
	l.N = 1 + r.IntN(most)
	l.NoRoll = l.Unit == calendar.NaturalDay && r.IntN(4) == 0
	if r.IntN(3) == 0 { // the edges: on the hour and half hour, at opening and closing
		start -= start % 30
	}
	next := start
	for range r.IntN(4) {
		gap, length := 1+r.IntN(3000), 1+r.IntN(4000)
		if r.IntN(3) == 0 {
			gap, length = 1+r.IntN(120), 1+r.IntN(60)
		}
		pauses = append(pauses, pause{next + gap, next + gap + length})
		next += gap + length
	}
	return start, l, pauses
}

var officeHours = []string{"09:00-12:00,13:30-17:30", "08:00-12:00,14:00-18:00", "00:00-24:00"}

func TestDueAgainstMinuteOracle(t *testing.T) {
	total := 120_000
	if testing.Short() || raceEnabled {
		total = 12_000
	}
	for i, hours := range officeHours {
		t.Run(hours, func(t *testing.T) {
			o := newOracle(t, hours)
			c := builtin(t, hours)
			r := rand.New(rand.NewPCG(20260213, uint64(i)))
			for range total / len(officeHours) {
				start, l, pauses := triple(r)
				k := play(t, c, start, l, pauses)
				want := o.due(start, l, pauses)
				if !k.Due.Equal(at(want)) {
					t.Fatalf("%s from %s, suspended %v: due %s, the oracle counts %s", l, at(start), pauses, k.Due, at(want))
				}
				if l.Unit == calendar.WorkDay || l.Unit == calendar.NaturalDay {
					if d, law := c.Due(at(start), l), o.law(start, l); !d.Due.Equal(at(law)) {
						t.Fatalf("%s from %s: due %s, the law says %s", l, at(start), d.Due, at(law))
					}
				}
				if r.IntN(10) > 0 {
					continue
				}
				when := start + r.IntN(2*(want-start))
				share := o.used(start, l, pauses, when) * 100 / o.budget(l)
				if got := k.Percent(c, at(when)); got != share {
					t.Fatalf("%s from %s, suspended %v: %d%% at %s, the oracle counts %d%%", l, at(start), pauses, got, at(when), share)
				}
			}
		})
	}
}

// play starts a clock and suspends it as told; it ends running.
func play(t testing.TB, c *calendar.Calendar, start int, l calendar.Limit, pauses []pause) calendar.Clock {
	k := calendar.Start(c, at(start), l)
	var err error
	for _, p := range pauses {
		if k, err = k.Pause(c, at(p.from)); err != nil {
			t.Fatal(err)
		}
		if k, err = k.Resume(c, at(p.to)); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

func builtin(t testing.TB, hours string) *calendar.Calendar {
	h, err := calendar.ParseHours(hours)
	if err != nil {
		t.Fatal(err)
	}
	return calendar.Builtin(h)
}
