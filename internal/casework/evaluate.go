package casework

import (
	"strconv"
	"time"
)

// Period is a stretch of time [From, To).
type Period struct{ From, To time.Time }

func (p Period) has(t time.Time) bool { return !t.IsZero() && !t.Before(p.From) && t.Before(p.To) }

// Steps counts one kind of step. A step falls into the period in which it was done in time or, if
// it was not, in which its limit passed. So each step counts in one period only, and
// Should = OnTime + Late + Overdue.
type Steps struct {
	Should  int64 // 应…数
	OnTime  int64 // done within the limit
	Late    int64 // done after it
	Overdue int64 // not done, limit passed (超期待…)
}

// Done is how many were done, in time or not.
func (s Steps) Done() int64 { return s.OnTime + s.Late }

// Tally counts cases for the evaluation (综合评价). Tallies of disjoint sets of cases add up.
// Everything is seen as of the end of the period, or as of now when that comes first.
type Tally struct {
	Reported  int64 // 上报数: reported within the period
	Effective int64 // 有效上报数: of those, filed
	Open      int64 // 未结案数: of those, neither closed nor refused nor merged
	Accepted  int64 // 受理数: accepted within the period
	Filed     int64 // 立案数: filed within the period

	Verify   Steps // 核实
	Accept   Steps // 受理
	File     Steps // 立案
	Dispatch Steps // 派遣
	Handle   Steps // 处置; filed cases only, those handled on the spot left out for they have no limit
	Check    Steps // 核查
	Close    Steps // 结案: cases that fell into Handle, and those handled on the spot, in the period

	Extended  int64 // 延期数: of Handle.Should, cases that were given more time
	Reworked  int64 // 返工数: of Close.Should, cases sent back by verification at least once
	Returned  int64 // of Dispatch.Done, cases a unit returned: not dispatched accurately
	OnTheSpot int64 // 自办数: of Close.Should, handled without being dispatched
	Backlog   int64 // 存量超期: open cases whose handling limit has passed, whenever that was
	Rated     int64 // closed within the period and rated
	Satisfied int64 // of those, rated satisfied or better (4, 5)
}

// The measures a clock can have, as procedures name them.
const (
	measureVerify   = "verify"
	measureAccept   = "accept"
	measureFile     = "file"
	measureDispatch = "dispatch"
	measureHandle   = "handle"
	measureCheck    = "check"
)

// Tally is what one case counts for in a period, seen from now. It rests on the case's present facts:
// a step that was taken back, as handling is by rework, counts as not done. Steps cut short by a
// result that voids the case are left out.
func (p *Procedure) Tally(c Case, in Period, now time.Time) Tally {
	asOf := in.To
	if now.Before(asOf) {
		asOf = now
	}
	known := func(t time.Time) bool { return !t.IsZero() && !t.After(asOf) } // happened by asOf
	var t Tally
	if in.has(c.Opened) && known(c.Opened) {
		t.Reported = 1
		t.Effective = count(known(c.Filed))
		t.Open = count(!known(c.Closed))
	}
	t.Accepted = count(in.has(c.Accepted) && known(c.Accepted))
	t.Filed = count(in.has(c.Filed) && known(c.Filed))
	result, _ := p.Result(c.Result)
	dispatched := false
	for i := range p.Clocks {
		timer, ok := c.Clocks[p.Clocks[i].ID]
		if !ok || (result.Void && timer.Done.Equal(c.Closed)) {
			continue
		}
		if to := t.steps(p.Clocks[i].Measures); to != nil {
			to.add(steps(timer, in, asOf))
		}
		if p.Clocks[i].Measures == measureHandle {
			dispatched = true
			t.backlog(&c, timer, asOf, known)
		}
	}
	spot := !dispatched && known(c.Handled) && in.has(c.Handled)
	if !result.Void && (spot || t.Handle.Should > 0) {
		t.OnTheSpot = count(spot)
		t.closed(&c, known)
	}
	t.Extended = t.Handle.Should * count(c.Counts["extended"] > 0)
	t.Returned = t.Dispatch.Done() * count(c.Counts["returned"] > 0)
	if in.has(c.Closed) && known(c.Closed) && c.Rating > 0 {
		t.Rated, t.Satisfied = 1, count(c.Rating >= 4)
	}
	return t
}

// backlog counts a case that is overdue in handling as of the end, whenever it became so.
func (t *Tally) backlog(c *Case, timer Timer, asOf time.Time, known func(time.Time) bool) {
	due := deadline(timer)
	t.Backlog = count(!known(timer.Done) && !known(c.Closed) && !due.IsZero() && asOf.After(due))
}

// closed counts a case that should be closed, and what became of it. A case handled late was not
// closed in time even if verification was quick: the promise was about the handling.
func (t *Tally) closed(c *Case, known func(time.Time) bool) {
	t.Close.Should = 1
	t.Reworked = count(c.Counts["rework"] > 0)
	switch {
	case !known(c.Closed):
		t.Close.Overdue = 1
	case t.Handle.Late > 0:
		t.Close.Late = 1
	default:
		t.Close.OnTime = 1
	}
}

// deadline is the one a clock has, or had when it stopped.
func deadline(t Timer) time.Time {
	if !t.Done.IsZero() {
		return t.Due
	}
	return t.Clock.Due
}

// steps is what one clock counts for.
func steps(t Timer, in Period, asOf time.Time) Steps {
	done, due := !t.Done.IsZero() && !t.Done.After(asOf), deadline(t)
	late := t.Late || (!done && !due.IsZero() && asOf.After(due))
	switch {
	case done && !t.Late && in.has(t.Done):
		return Steps{Should: 1, OnTime: 1}
	case done && t.Late && in.has(due):
		return Steps{Should: 1, Late: 1}
	case !done && late && in.has(due) && asOf.After(due):
		return Steps{Should: 1, Overdue: 1}
	}
	return Steps{}
}

// steps is where a measure is counted; nil when it is not.
func (t *Tally) steps(measure string) *Steps {
	switch measure {
	case measureVerify:
		return &t.Verify
	case measureAccept:
		return &t.Accept
	case measureFile:
		return &t.File
	case measureDispatch:
		return &t.Dispatch
	case measureHandle:
		return &t.Handle
	case measureCheck:
		return &t.Check
	}
	return nil
}

func (s *Steps) add(o Steps) {
	s.Should += o.Should
	s.OnTime += o.OnTime
	s.Late += o.Late
	s.Overdue += o.Overdue
}

// Add sums two tallies of different cases.
func (t Tally) Add(o Tally) Tally {
	t.Reported += o.Reported
	t.Effective += o.Effective
	t.Open += o.Open
	t.Accepted += o.Accepted
	t.Filed += o.Filed
	t.Verify.add(o.Verify)
	t.Accept.add(o.Accept)
	t.File.add(o.File)
	t.Dispatch.add(o.Dispatch)
	t.Handle.add(o.Handle)
	t.Check.add(o.Check)
	t.Close.add(o.Close)
	t.Extended += o.Extended
	t.Reworked += o.Reworked
	t.Returned += o.Returned
	t.OnTheSpot += o.OnTheSpot
	t.Backlog += o.Backlog
	t.Rated += o.Rated
	t.Satisfied += o.Satisfied
	return t
}

func count(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// Rate is a share. A rate of nothing has no value: it is neither 0 % nor 100 %.
type Rate struct{ Part, Of int64 }

// Value is the rate in hundredths of a percent, rounded to the nearest; ok is false when there is
// nothing to take a share of.
func (r Rate) Value() (hundredths int64, ok bool) {
	if r.Of == 0 {
		return 0, false
	}
	return (r.Part*20000/r.Of + 1) / 2, true
}

// String is the rate with two decimals, such as 93.75%, or — when it has no value.
func (r Rate) String() string {
	v, ok := r.Value()
	if !ok {
		return "—"
	}
	frac := strconv.FormatInt(100+v%100, 10)[1:]
	return strconv.FormatInt(v/100, 10) + "." + frac + "%"
}
