package casework

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func march(day int) Period {
	from := beijing("2026-03-01 00:00").AddDate(0, 0, day-1)
	return Period{From: from, To: from.AddDate(0, 0, 1)}
}

func TestWhatACaseCountsFor(t *testing.T) {
	hours := func(n int) time.Duration { return time.Duration(n) * time.Hour }
	// All begin on Monday 2 March at 9:00 with a handling limit of four working hours: 14:30.
	onTime := newWalk(t, "report", "resident").toHandling().later(hours(1)).toRating()
	late := newWalk(t, "report", "resident").toHandling().later(hours(25)).toRating() // on the 3rd
	pending := newWalk(t, "report", "resident").toHandling()
	spot := newWalk(t, "on_the_spot", "grid_staff")
	spot.do("verifier", pass).do("shift_leader", closeIt)
	withdrawn := newWalk(t, "report", "resident").do("resident", Command{Move: "cancel"})
	reworked := newWalk(t, "report", "resident").toHandling().do("officer", done).do("dispatcher", toCheck).do("verifier", rework)
	reworked.later(hours(2)).toRating().do("resident", Command{Move: "rate", Fields: map[string]string{"rating": "4"}})

	one := Steps{Should: 1, OnTime: 1}
	upTo := Tally{Reported: 1, Effective: 1, Accepted: 1, Filed: 1, Verify: one, Accept: one, File: one, Dispatch: one}
	with := func(t Tally, f func(*Tally)) Tally { f(&t); return t }
	evening := beijing("2026-03-02 20:00")
	for name, c := range map[string]struct {
		c    Case
		day  int
		now  time.Time
		want Tally
	}{
		"handled and closed in time":            {onTime.c, 2, evening, with(upTo, func(t *Tally) { t.Handle, t.Check, t.Close = one, one, one })},
		"nothing of it falls into the next day": {onTime.c, 3, evening.AddDate(0, 0, 5), Tally{}},
		"overdue the evening it fell due": {late.c, 2, evening, with(upTo, func(t *Tally) {
			t.Open, t.Backlog, t.Handle, t.Close = 1, 1, Steps{Should: 1, Overdue: 1}, Steps{Should: 1, Overdue: 1}
		})},
		"the day after, seen after it was handled, the old day still shows it overdue at its end": {late.c, 2, evening.AddDate(0, 0, 1), with(upTo, func(t *Tally) {
			t.Open, t.Backlog, t.Handle, t.Close = 1, 1, Steps{Should: 1, Overdue: 1}, Steps{Should: 1, Overdue: 1}
		})},
		"its late handling belongs to the day it fell due, so the day of the handling has only its verification": {late.c, 3, evening.AddDate(0, 0, 1), Tally{Check: one}},
		"not yet due": {pending.c, 2, beijing("2026-03-02 14:30"), with(upTo, func(t *Tally) { t.Open = 1 })},
		"due a moment ago": {pending.c, 2, beijing("2026-03-02 14:31"), with(upTo, func(t *Tally) {
			t.Open, t.Backlog, t.Handle, t.Close = 1, 1, Steps{Should: 1, Overdue: 1}, Steps{Should: 1, Overdue: 1}
		})},
		"on the spot": {spot.c, 2, evening, Tally{Reported: 1, Effective: 1, Accepted: 1, Filed: 1, Check: one, Close: one, OnTheSpot: 1}},
		"withdrawn":   {withdrawn.c, 2, evening, Tally{Reported: 1}},
		"reworked and rated": {reworked.c, 2, evening, with(upTo, func(t *Tally) {
			t.Handle, t.Check, t.Close, t.Reworked, t.Rated, t.Satisfied = one, one, one, 1, 1, 1
		})},
		"seen over two days, late is late": {late.c, 0, evening.AddDate(0, 0, 1), with(upTo, func(t *Tally) {
			t.Handle, t.Check, t.Close = Steps{Should: 1, Late: 1}, one, Steps{Should: 1, Late: 1}
		})},
	} {
		in := march(c.day)
		if c.day == 0 {
			in = Period{From: beijing("2026-03-01 00:00"), To: beijing("2026-04-01 00:00")}
		}
		if d := cmp.Diff(c.want, onTime.p.Tally(c.c, in, c.now)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestRatesWithoutADenominatorHaveNoValue(t *testing.T) {
	for _, in := range Indicators() {
		if got := in.Of(Tally{}).String(); got != "—" {
			t.Errorf("%s of nothing is %s", in.ID, got)
		}
	}
	for r, want := range map[Rate]string{{1, 3}: "33.33%", {2, 3}: "66.67%", {0, 7}: "0.00%", {7, 7}: "100.00%", {1, 2000}: "0.05%"} {
		if got := r.String(); got != want {
			t.Errorf("%d of %d is %s, want %s", r.Part, r.Of, got, want)
		}
	}
}

func TestTheWeightedScoreOfJinniu(t *testing.T) {
	// 100 should be handled: 80 in time, 10 late, 10 overdue; 5 extended; of 80 to be closed 4 reworked.
	// 30 × 90 % + 20 × 80 % + 20 × 95 % + 20 × 90 % + 10 × 95 % = 27 + 16 + 19 + 18 + 9.5
	tally := Tally{Handle: Steps{100, 80, 10, 10}, Close: Steps{80, 70, 5, 5}, Reworked: 4, Extended: 5}
	if got := ScoreOf(tally, Jinniu()).String(); got != "89.50" {
		t.Errorf("the score is %s, want 89.50", got)
	}
	tally.Close = Steps{} // rework has no value: 70.5 of 80
	if got := ScoreOf(tally, Jinniu()).String(); got != "88.13" {
		t.Errorf("without rework the score is %s, want 88.13", got)
	}
	if got := ScoreOf(Tally{}, Jinniu()).String(); got != "—" {
		t.Errorf("nothing to do scores %s", got)
	}
}
