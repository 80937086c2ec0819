package casework

import (
	"maps"
	"strconv"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/lang"
)

// The words an Event's Move has when no move of the procedure made it.
const (
	EventSupervised  = "supervised"
	EventReprojected = "reprojected"
	EventMergedIn    = "merged_in"
)

// Due is the nearest deadline of the clocks that run; zero when none does.
func (c Case) Due() time.Time {
	var due time.Time
	for _, t := range c.Clocks {
		if t.Done.IsZero() && t.Clock.Running() && (due.IsZero() || t.Clock.Due.Before(due)) {
			due = t.Clock.Due
		}
	}
	return due
}

// Standing is the rung of the supervision ladder that the clocks running now have reached: 0 none, then 1, 2, 3.
// What an earlier stage was warned for is past; Level remembers it.
func (c Case) Standing() int {
	n := 0
	for _, t := range c.Clocks {
		if t.Done.IsZero() && t.Clock.Running() {
			n = max(n, t.Warned)
		}
	}
	return n
}

// Reckoning says in a sentence how a deadline of the clock came about: 办理时限：15 个工作日，计入 15 天，跳过 6 天（周末、节假日）。
func (t Timing) Reckoning(k calendar.Clock, d calendar.Deadline, l lang.Lang) string {
	s := l.Tf("%s：%s，", "%s: %s; ", t.Label.In(l), k.Limit.Label(l))
	if k.Extra != nil {
		s += l.Tf("另批准延长%s，", "extended by %s; ", k.Extra.Label(l))
	}
	s += l.Tf("计入 %d 天", "%d days counted", len(d.Counted))
	if n := len(d.Skipped); n > 0 {
		s += l.Tf("，跳过 %d 天（周末、节假日）", ", %d skipped (weekends and holidays)", n)
	}
	if d.Provisional {
		s += l.T("；该年度放假安排尚未公布，日期为暂定", "; the year's holidays are not yet published, so the date is provisional")
	}
	return s + l.T("。", ".")
}

// turnClocks starts, resumes, pauses and stops the clocks as the stage just entered says.
func (p *Procedure) turnClocks(c *Case, stage int, env *Env) error {
	var fresh map[string]Timer
	for i := range p.Clocks {
		spec := &p.Clocks[i]
		act := p.table.clocks[stage*len(p.Clocks)+i]
		t, had := c.Clocks[spec.ID]
		if act != clockRun && (!had || !t.Done.IsZero()) {
			continue
		}
		turned, changed, err := p.turn(c, spec, act, t, had, env)
		if err != nil {
			return err
		}
		if !changed {
			continue
		}
		if fresh == nil {
			if fresh = maps.Clone(c.Clocks); fresh == nil {
				fresh = map[string]Timer{}
			}
		}
		fresh[spec.ID] = turned
	}
	if fresh != nil {
		c.Clocks = fresh
	}
	return nil
}

// turn does to one clock what a stage says.
func (p *Procedure) turn(c *Case, spec *Timing, act clockAct, t Timer, had bool, env *Env) (Timer, bool, error) {
	cal, now := env.Calendar, env.Now
	var err error
	switch {
	case act == clockRun && (!had || (spec.Restart && !t.Done.IsZero())):
		return Timer{Clock: p.start(c, spec, env)}, true, nil
	case act == clockRun && t.Clock.Running():
		return t, false, nil
	case act == clockRun:
		t.Done, t.Due, t.Late = time.Time{}, time.Time{}, false
		t.Clock, err = t.Clock.Resume(cal, now)
	case !t.Clock.Running() && act == clockPause:
		return t, false, nil
	default:
		if act == clockStop {
			// Not Clock.Stop: rework brings the work back on the same budget.
			t.Done, t.Due, t.Late = now, t.Clock.Due, t.Clock.Overdue(now)
		}
		if t.Clock.Running() {
			t.Clock, err = t.Clock.Pause(cal, now)
		}
	}
	return t, true, err
}

// start starts a clock. One that runs to a day that was agreed on is due when that day ends, whether it is a working
// day or not; a day that is past makes it late from the beginning.
func (p *Procedure) start(c *Case, spec *Timing, env *Env) calendar.Clock {
	if spec.ByField == "" { // most clocks
		return calendar.Start(env.Calendar, env.Now, p.limit(c, spec, env))
	}
	day, err := time.ParseInLocation(time.DateOnly, c.Fields[spec.ByField], calendar.Zone())
	if err != nil {
		return calendar.Start(env.Calendar, env.Now, p.limit(c, spec, env))
	}
	from := env.Now.In(calendar.Zone())
	today := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, calendar.Zone())
	days := int(day.Sub(today).Hours() / 24)
	if days < 1 {
		from, days = day.AddDate(0, 0, -1), 1
	}
	return calendar.Start(env.Calendar, from, calendar.Limit{N: min(days, calendar.MaxLimit), Unit: calendar.NaturalDay, NoRoll: true})
}

// limit is the budget a clock starts with.
func (p *Procedure) limit(c *Case, spec *Timing, env *Env) calendar.Limit {
	if spec.ByMatter && env.Matter != nil {
		if m, ok := env.Matter(c.Matter); ok {
			if s, ok := m.Standard(c.Standard); ok {
				return s.Limit
			}
		}
	}
	if spec.ByField != "" {
		if l, err := calendar.ParseLimit(c.Fields[spec.ByField]); err == nil {
			return l
		}
	}
	return spec.Limit
}

// rungs is how many rungs of the supervision ladder a percentage has reached.
func (p *Procedure) rungs(percent int) int {
	n := 0
	for _, w := range p.Supervision {
		if percent >= w.At {
			n++
		}
	}
	return n
}

// wakeAt is when the next rung or automatic move is due; zero when none is.
func (p *Procedure) wakeAt(c *Case, cal *calendar.Calendar) time.Time {
	var at time.Time
	sooner := func(t time.Time) {
		if !t.IsZero() && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	for i := range p.Clocks {
		spec := &p.Clocks[i]
		t, ok := c.Clocks[spec.ID]
		if !ok || !t.Done.IsZero() || !t.Clock.Running() {
			continue
		}
		if spec.Supervised && t.Warned < len(p.Supervision) {
			sooner(t.Clock.When(cal, p.Supervision[t.Warned].At))
		}
		if spec.Auto != "" {
			sooner(t.Clock.When(cal, 100))
		}
	}
	return at
}

// Wake does what has fallen due by now: rungs of supervision in their order, then automatic moves.
// When nothing has, the outcome has no events; its case may still carry a corrected Wake.
func (p *Procedure) Wake(c Case, env Env) (Outcome, error) {
	out := Outcome{Case: c}
	for i := range p.Clocks {
		p.supervise(&out, &p.Clocks[i], &env)
	}
	if len(out.Events) > 0 {
		out.Case.Revision++
	}
	for i := range p.Clocks {
		spec := &p.Clocks[i]
		t, ok := out.Case.Clocks[spec.ID]
		if spec.Auto == "" || !ok || !t.Done.IsZero() || !t.Clock.Running() || t.Clock.When(env.Calendar, 100).After(env.Now) {
			continue
		}
		made, err := p.Do(out.Case, System, Command{Move: spec.Auto}, env)
		if err != nil {
			return Outcome{}, err
		}
		out.Case = made.Case
		out.Events = append(out.Events, made.Events...)
		out.Effects = append(out.Effects, made.Effects...)
		out.Notices = append(out.Notices, made.Notices...)
	}
	out.Case.Wake = p.wakeAt(&out.Case, env.Calendar)
	return out, nil
}

// supervise takes the rungs of one clock that are due.
func (p *Procedure) supervise(out *Outcome, spec *Timing, env *Env) {
	c := &out.Case
	t, ok := c.Clocks[spec.ID]
	if !spec.Supervised || !ok || !t.Done.IsZero() || !t.Clock.Running() {
		return
	}
	taken := t.Warned
	for taken < len(p.Supervision) && !t.Clock.When(env.Calendar, p.Supervision[taken].At).After(env.Now) {
		w := p.Supervision[taken]
		taken++
		c.Level = max(c.Level, taken)
		c.Events++
		out.Events = append(out.Events, Event{
			Seq: c.Events, At: env.Now, Move: EventSupervised, From: c.Stage, To: c.Stage, Holder: c.Holder,
			Reason: supervisionID(w), Fields: map[string]string{"clock": spec.ID}, Due: t.Clock.Due,
		})
		for _, to := range w.Tell {
			n := Notice{Kind: EventSupervised, Case: c.ID, Due: t.Clock.Due, Text: lang.Text{
				ZH: w.Label.ZH + "：" + spec.Label.ZH, EN: w.Label.EN + ": " + spec.Label.EN,
			}}
			if p.address(&n, to, c) {
				out.Notices = append(out.Notices, n)
			}
		}
	}
	if taken != t.Warned {
		t.Warned = taken
		put(&c.Clocks, spec.ID, t)
	}
}

// supervisionID is how an event names the rung: its percentage.
func supervisionID(w Warning) string { return strconv.Itoa(w.At) }

// Reproject recomputes the clocks after the calendar changed. Each clock whose deadline moved gets an
// event with the clock, the old and the new deadline, and why as its note. The revision grows when
// anything in the case changed; without a change it stays, and there is nothing to save.
func (p *Procedure) Reproject(c Case, why string, env Env) (Outcome, error) {
	out, moved := Outcome{Case: c}, false
	for i := range p.Clocks {
		id := p.Clocks[i].ID
		t, ok := c.Clocks[id]
		if !ok || !t.Done.IsZero() {
			continue
		}
		old := t.Clock.Due
		var changed bool
		if t.Clock, changed = t.Clock.Reproject(env.Calendar, env.Now); !changed {
			continue
		}
		put(&out.Case.Clocks, id, t)
		moved = true
		if t.Clock.Due.Equal(old) {
			continue // only what is consumed changed, or whether it is provisional
		}
		out.Case.Events++
		out.Events = append(out.Events, Event{
			Seq: out.Case.Events, At: env.Now, Move: EventReprojected, From: c.Stage, To: c.Stage, Holder: c.Holder, Note: why,
			Fields: map[string]string{"clock": id, "old": old.UTC().Format(time.RFC3339), "new": t.Clock.Due.UTC().Format(time.RFC3339)},
			Due:    t.Clock.Due,
		})
	}
	if moved {
		out.Case.Revision++
	}
	out.Case.Wake = p.wakeAt(&out.Case, env.Calendar)
	return out, nil
}

// MergedIn notes in a case that another was merged into it, and counts it.
func (p *Procedure) MergedIn(c Case, from ID, by Actor, env Env) Outcome {
	put(&c.Counts, EventMergedIn, c.Counts[EventMergedIn]+1)
	c.Events++
	c.Revision++
	e := Event{
		Seq: c.Events, At: env.Now, Actor: by.Person, Move: EventMergedIn, From: c.Stage, To: c.Stage, Holder: c.Holder,
		Fields: map[string]string{"from": strconv.FormatInt(int64(from), 10)}, Due: c.Due(),
	}
	return Outcome{Case: c, Events: []Event{e}}
}
