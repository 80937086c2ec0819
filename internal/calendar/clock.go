package calendar

import (
	"encoding/json"
	"slices"
	"time"

	"gezhi/internal/fault"
)

// Run is a stretch of time in which a clock ran: [From, To). A zero To means that it still runs.
type Run struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to,omitzero"`
}

// Clock is a limit that has started: a budget and when it ran. It is a value: every method returns
// a changed copy, and the Runs of a clock in hand are never written to. The zero Clock is no clock.
//
// A clock is running, paused or stopped; Running, Paused and Stopped tell from Runs and StoppedAt.
type Clock struct {
	Limit      Limit     `json:"limit"`
	Extra      *Limit    `json:"extra,omitempty"` // the one extension
	ExtendedAt time.Time `json:"extended_at,omitzero"`
	Started    time.Time `json:"started"`
	Runs       []Run     `json:"runs"` // in order, not overlapping, at least one
	StoppedAt  time.Time `json:"stopped_at,omitzero"`

	// Due is the first instant at which the budget is consumed. While the clock is paused it is
	// zero, unless it had passed already; nothing falls due while a clock stands still.
	// A clock stopped while running keeps the Due it had.
	Due         time.Time `json:"due,omitzero"`
	Provisional bool      `json:"provisional,omitzero"` // Due rests on a year that is not published

	// Consumed is how many milliseconds of the budget were consumed At; the budget of a working day
	// is its working hours. Both are for display: everything else is reckoned from Runs.
	Consumed int64     `json:"consumed_ms"`
	At       time.Time `json:"at"` // the clock's last event
}

// Start starts a clock.
func Start(c *Calendar, at time.Time, l Limit) Clock {
	at = round(at)
	k := Clock{Limit: l, Started: at, Runs: []Run{{From: at}}, At: at}
	return k.project(c)
}

// round cuts an instant to the milliseconds it is stored in.
func round(t time.Time) time.Time { return instant(t.UnixMilli()) }

// IsZero is true for no clock.
func (k Clock) IsZero() bool { return len(k.Runs) == 0 }

// Running is true from Start to Stop except while paused.
func (k Clock) Running() bool { return len(k.Runs) > 0 && k.last().To.IsZero() }

// Paused is true between Pause and Resume.
func (k Clock) Paused() bool { return len(k.Runs) > 0 && !k.Stopped() && !k.last().To.IsZero() }

// Stopped is true after Stop.
func (k Clock) Stopped() bool { return !k.StoppedAt.IsZero() }

// PausedAt is when a paused clock was paused, zero for any other.
func (k Clock) PausedAt() time.Time {
	if !k.Paused() {
		return time.Time{}
	}
	return k.last().To
}

// Deadline is Due, or what Due was when a clock that stands still last ran: had it not been paused, it would have been
// overdue from then on. Zero for no clock.
func (k Clock) Deadline(c *Calendar) time.Time {
	if !k.Due.IsZero() || k.IsZero() {
		return k.Due
	}
	k.Runs = slices.Clone(k.Runs)
	k.Runs[len(k.Runs)-1].To = time.Time{}
	m := k.meter(c)
	return k.reach(&m, m.budget)
}

func (k Clock) last() Run { return k.Runs[len(k.Runs)-1] }

// Overdue says whether the budget was consumed before at, or before the clock was stopped or
// paused if that came first. What ends exactly at Due is on time.
func (k Clock) Overdue(at time.Time) bool {
	if k.IsZero() || k.Due.IsZero() {
		return false
	}
	if end := k.last().To; !end.IsZero() && end.Before(at) {
		at = end
	}
	return at.After(k.Due)
}

// skew is how far an event may lie before the one before it: two machines' clocks differ a little.
// Such an event is taken to happen with the one before it.
const skew = 5 * time.Second

func (k Clock) next(at time.Time) (time.Time, error) {
	at = round(at)
	if at.Before(k.At.Add(-skew)) {
		return at, fault.New(fault.Invalid, "时间 %s 早于上一次计时变动 %s", "the time %s is before the clock's last event at %s",
			at.Format(time.DateTime), k.At.Format(time.DateTime))
	}
	if at.Before(k.At) {
		at = k.At
	}
	return at, nil
}

// Pause stops consumption from at on. It is a Conflict unless the clock is running.
func (k Clock) Pause(c *Calendar, at time.Time) (Clock, error) {
	if !k.Running() {
		return k, k.conflict("暂停", "paused")
	}
	at, err := k.next(at)
	if err != nil {
		return k, err
	}
	return k.end(at).project(c), nil
}

// Resume starts consumption again. It is a Conflict unless the clock is paused.
func (k Clock) Resume(c *Calendar, at time.Time) (Clock, error) {
	if !k.Paused() {
		return k, k.conflict("恢复", "resumed")
	}
	at, err := k.next(at)
	if err != nil {
		return k, err
	}
	k.Runs = append(slices.Clone(k.Runs), Run{From: at})
	k.At = at
	return k.project(c), nil
}

// Extend adds to the budget, once, whether the clock runs or is paused. The extension must be in
// the limit's own unit: days and hours have no common measure to add them in. Whether an extension
// may still be granted after Due is for the procedure to say.
func (k Clock) Extend(c *Calendar, at time.Time, extra Limit) (Clock, error) {
	if k.IsZero() || k.Stopped() {
		return k, k.conflict("延期", "extended")
	}
	if k.Extra != nil {
		return k, fault.New(fault.Conflict, "已延期一次，不能再次延期", "the limit has been extended once and cannot be extended again")
	}
	if err := extra.Check(); err != nil {
		return k, err
	}
	if extra.Unit != k.Limit.Unit || extra.NoRoll != k.Limit.NoRoll {
		return k, fault.Field("extra", "延期的单位（%[2]s）应与原时限（%[1]s）一致", "a limit of %s cannot be extended by %s: the units must be the same", k.Limit, extra)
	}
	at, err := k.next(at)
	if err != nil {
		return k, err
	}
	k.Extra, k.ExtendedAt, k.At = &extra, at, at
	return k.project(c), nil
}

// Stop ends the clock for good; on time or overdue as Overdue says. Stopping twice changes nothing.
func (k Clock) Stop(c *Calendar, at time.Time) Clock {
	if k.IsZero() || k.Stopped() {
		return k
	}
	at, err := k.next(at)
	if err != nil {
		at = k.At
	}
	due, provisional := k.Due, k.Provisional
	if k.Running() {
		k = k.end(at)
	}
	k.StoppedAt, k.At = at, at
	k = k.project(c)
	k.Due, k.Provisional = due, provisional
	return k
}

// end closes the open run.
func (k Clock) end(at time.Time) Clock {
	k.Runs = slices.Clone(k.Runs)
	k.Runs[len(k.Runs)-1].To = at
	k.At = at
	return k
}

func (k Clock) conflict(zh, en string) error {
	state, enState := "未开始", "has not started"
	switch {
	case k.Stopped():
		state, enState = "已结束", "has stopped"
	case k.Paused():
		state, enState = "已暂停", "is paused"
	case k.Running():
		state, enState = "正在计时", "is running"
	}
	return fault.New(fault.Conflict, "计时"+state+"，不能"+zh, "the clock "+enState+" and cannot be "+en)
}

// Reproject reckons the clock anew from its runs after the calendar has changed, as of at. changed is
// false, and the clock as it was, when the new calendar makes no difference to it. A stopped clock
// never changes: what was decided was decided by the calendar of that day.
func (k Clock) Reproject(c *Calendar, at time.Time) (now Clock, changed bool) {
	if k.IsZero() || k.Stopped() {
		return k, false
	}
	now = k.project(c)
	if now.Due.Equal(k.Due) && now.Provisional == k.Provisional && now.Consumed == k.Consumed {
		return k, false
	}
	if at = round(at); at.After(now.At) {
		now.At = at
	}
	return now.project(c), true
}

// project sets Due, Provisional and Consumed from the runs.
func (k Clock) project(c *Calendar) Clock {
	m := k.meter(c)
	k.Due = k.reach(&m, m.budget)
	k.Provisional = m.provisional
	k.Consumed = k.consumed(&m, k.At)
	return k
}

func (k Clock) meter(c *Calendar) meter { return c.meter(k.Started.UnixMilli(), k.Limit, k.Extra) }

// reach is the first instant at which target milliseconds are consumed, zero if the runs end before.
func (k Clock) reach(m *meter, target int64) time.Time {
	var used, at int64
	for _, r := range k.Runs {
		to := int64(forever)
		if !r.To.IsZero() {
			to = r.To.UnixMilli()
		}
		if used, at = m.run(r.From.UnixMilli(), to, used, target, nil); used >= target {
			return instant(at)
		}
	}
	return time.Time{}
}

// consumed is how much of the budget the runs had consumed at an instant.
func (k Clock) consumed(m *meter, at time.Time) (used int64) {
	end := at.UnixMilli()
	for _, r := range k.Runs {
		to := end
		if !r.To.IsZero() {
			to = min(end, r.To.UnixMilli())
		}
		used, _ = m.run(r.From.UnixMilli(), to, used, forever, nil)
	}
	return used
}

// Percent is the share of the budget consumed at an instant, in whole percent rounded down: 100 from
// Due on, and more as the clock runs on. See doc.go for what it measures in each unit.
func (k Clock) Percent(c *Calendar, at time.Time) int {
	m := k.meter(c)
	if m.budget == 0 {
		return 100
	}
	return int(k.consumed(&m, at) * 100 / m.budget)
}

// When is the first instant at which Percent reaches percent, if a running clock keeps running. It is
// zero when a paused or stopped clock did not get that far.
func (k Clock) When(c *Calendar, percent int) time.Time {
	m := k.meter(c)
	return k.reach(&m, m.budget/100*int64(percent)) // a budget is whole minutes, so nothing is cut off
}

// Remaining is the budget left at an instant, in time that consumes it: two working days are fourteen
// hours when a day is worked for seven. It is negative once overdue time has run.
func (k Clock) Remaining(c *Calendar, at time.Time) time.Duration {
	m := k.meter(c)
	return time.Duration(m.budget-k.consumed(&m, at)) * time.Millisecond
}

// UnmarshalJSON reads what encoding/json wrote, with every time in Asia/Shanghai as it was.
func (k *Clock) UnmarshalJSON(data []byte) error {
	type plain Clock
	var p plain
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	local := func(t *time.Time) {
		if !t.IsZero() {
			*t = t.In(shanghai)
		}
	}
	for _, t := range []*time.Time{&p.ExtendedAt, &p.Started, &p.StoppedAt, &p.Due, &p.At} {
		local(t)
	}
	for i := range p.Runs {
		local(&p.Runs[i].From)
		local(&p.Runs[i].To)
	}
	*k = Clock(p)
	return nil
}
