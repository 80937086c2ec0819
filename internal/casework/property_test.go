package casework

import (
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"gezhi/internal/fault"
)

var cast = []string{"resident", "stranger", "mg_info", "grid_staff", "grid_leader", "community_desk", "street_desk", "district_desk",
	"acceptor", "shift_leader", "dispatcher", "verifier", "supervisor", "officer", "other_officer", "all_rounder", "stand_in"}

// filled is a command for the move with everything it needs.
func filled(p *Procedure, c Case, id string) Command {
	m, _ := p.Move(id)
	cmd := Command{Move: id, Revision: c.Revision, Fields: map[string]string{}}
	for _, w := range m.Fields {
		cmd.Fields[w.Field.ID] = map[string]string{
			"finding": "as_reported", "standard": "piles", "matter": "E0103", "into": "99", "result_text": "已清理",
			"extra": "2" + c.Clocks["handle"].Clock.Limit.Unit.String(), "extend_why": "雨天", "until": "2026-06-01", "rating": "2",
		}[w.Field.ID]
	}
	for i := range m.Photos {
		cmd.Photos = append(cmd.Photos, "photo"+strconv.Itoa(i))
	}
	if l, ok := p.Reason(m.Reason); ok {
		cmd.Reason = l.Items[0].ID
	}
	if m.Note == Required {
		cmd.Note = "说明"
	}
	return cmd
}

// deep copies a case so that no map or slice is shared.
func deep(c Case) Case {
	c.Clocks, c.Counts, c.Fields = maps.Clone(c.Clocks), maps.Clone(c.Counts), maps.Clone(c.Fields)
	c.DidFor = maps.Clone(c.DidFor)
	c.Did, c.Held, c.Asks = maps.Clone(c.Did), maps.Clone(c.Held), slices.Clone(c.Asks)
	for k, t := range c.Clocks {
		t.Clock.Runs = slices.Clone(t.Clock.Runs)
		c.Clocks[k] = t
	}
	return c
}

// TestRandomWalksKeepEveryRule plays random people making random moves at random times.
func TestRandomWalksKeepEveryRule(t *testing.T) {
	p, o := gridEvent(t), newOracle(t)
	for i := range 3 { // rapid's usual hundred walks reach the rarest rules only sometimes
		t.Run(strconv.Itoa(i), func(t *testing.T) { rapid.Check(t, walkAtRandom(p, o)) })
	}
}

func walkAtRandom(p *Procedure, o *oracle) func(*rapid.T) {
	return func(rt *rapid.T) {
		env := testEnv(beijing("2026-03-02 09:00"))
		c, history := begin(rt, p, env)
		for range rapid.IntRange(1, 70).Draw(rt, "steps") {
			env.Now = env.Now.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 1, 5, 5, 60, 240, 1500, 15000}).Draw(rt, "minutes")) * time.Minute)
			was := deep(c)
			out := turn(rt, p, o, c, env)
			if d := cmp.Diff(was, c); d != "" {
				rt.Fatalf("the case that was given changed:\n%s", d)
			}
			if len(out.Events) > 0 {
				history = append(history, out.Events...)
				if out.Case.Revision <= c.Revision {
					rt.Fatalf("events without a new revision: %d then %d", c.Revision, out.Case.Revision)
				}
			}
			c = out.Case
			holds(rt, p, o, c, history, env)
		}
		counted(rt, p, c)
	}
}

func begin(rt *rapid.T, p *Procedure, env Env) (Case, []Event) {
	start := rapid.SampledFrom([]string{"report", "record", "patrol", "on_the_spot"}).Draw(rt, "start")
	d := Draft{Zone: 330108, ID: 7, Start: start, Matter: "E0102", Title: "垃圾", Place: Place{Area: micro}, Photos: []string{"p"}}
	by := who("grid_staff")
	switch start {
	case "report":
		by, d.Source, d.Reporter = who("resident"), "resident", rapid.SampledFrom([]Person{0, 100}).Draw(rt, "reporter")
	case "record":
		by, d.Source, d.Reporter = who("acceptor"), "hotline", rapid.SampledFrom([]Person{0, 100}).Draw(rt, "reporter")
	default:
		d.Source, d.Reporter = "patrol", by.Person
	}
	if start == "on_the_spot" {
		d.Fields = map[string]string{"result_text": "已清理"}
	}
	out, err := p.Open(d, by, env)
	if err != nil {
		rt.Fatal(err)
	}
	return out.Case, out.Events
}

// turn makes one random attempt, or lets the system wake, and compares the answer with the oracle's.
func turn(rt *rapid.T, p *Procedure, o *oracle, c Case, env Env) Outcome {
	if rapid.IntRange(0, 5).Draw(rt, "wake") == 0 {
		out, err := p.Wake(c, env)
		if err != nil {
			rt.Fatal(err)
		}
		if !out.Case.Wake.IsZero() && !out.Case.Wake.After(env.Now) {
			rt.Fatalf("woken at %v, it wants to wake again at %v", env.Now, out.Case.Wake)
		}
		return out
	}
	able := cast
	if rapid.IntRange(0, 3).Draw(rt, "anybody") > 0 { // mostly somebody who can do something, so that walks get far
		able = slices.DeleteFunc(slices.Clone(cast), func(role string) bool { return len(p.Options(c, who(role), env)) == 0 })
		if len(able) == 0 {
			able = cast
		}
	}
	by := who(rapid.SampledFrom(able).Draw(rt, "who"))
	if rapid.IntRange(0, 20).Draw(rt, "system") == 0 {
		by = System
	}
	options := p.Options(c, by, env)
	var offered []string
	for _, op := range options {
		offered = append(offered, op.Move)
	}
	for _, m := range p.Moves {
		if (o.verdict(c, by, m.ID, env.Now) == "yes") != slices.Contains(offered, m.ID) {
			rt.Fatalf("%v at %s held by %q: the oracle says %q to %s, the options are %v", by, c.Stage, c.Holder.Key(), o.verdict(c, by, m.ID, env.Now), m.ID, offered)
		}
	}
	move := rapid.SampledFrom(p.Moves).Draw(rt, "move").ID
	if len(offered) > 0 && rapid.IntRange(0, 9).Draw(rt, "offered") > 0 {
		move = rapid.SampledFrom(offered).Draw(rt, "choice")
	}
	cmd := filled(p, c, move)
	if m, _ := p.Move(move); m.Holder.Kind == ToChoose && rapid.Bool().Draw(rt, "chooses") {
		cmd.Holder = Holder(who(rapid.SampledFrom([]string{"officer", "other_officer", "grid_leader"}).Draw(rt, "chosen")).Duties[0])
	}
	out, err := p.Do(c, by, cmd, env)
	want := o.verdict(c, by, move, env.Now)
	kinds := map[string]fault.Kind{"stage": fault.Conflict, "state": fault.Conflict, "person": fault.Forbidden}
	if (err == nil) != (want == "yes") || (err != nil && fault.KindOf(err) != kinds[want]) {
		rt.Fatalf("%s by %v at %s: the oracle says %q, Do says %v", move, by, c.Stage, want, err)
	}
	if err != nil {
		return Outcome{Case: c}
	}
	return out
}

// holds checks what must be true of a case after every step.
func holds(rt *rapid.T, p *Procedure, o *oracle, c Case, history []Event, env Env) {
	stage := o.stages[c.Stage]
	end := stage["end"] != nil
	tasks := 0
	for _, task := range p.Tasks(c) {
		if task.Kind == "case" {
			tasks++
		}
	}
	if (c.Holder == (Holder{})) != end || (tasks == 0) != end || tasks > 1 {
		rt.Fatalf("at %s the holder is %q with %d tasks of its own", c.Stage, c.Holder.Key(), tasks)
	}
	if c.Open() != (stage["end"] == nil && stage["closes"] == nil) {
		rt.Fatalf("at %s closed is %v", c.Stage, c.Closed)
	}
	for _, a := range c.Asks {
		if !slices.ContainsFunc(slices.Collect(maps.Values(o.moves)), func(m map[string]any) bool {
			return m["ask"] == a.Kind && slices.Contains(words(m["from"]), c.Stage)
		}) {
			rt.Fatalf("at %s a request for %s still waits", c.Stage, a.Kind)
		}
	}
	for id, timer := range c.Clocks {
		spec := o.clocks[id]
		runs, pauses := slices.Contains(words(spec["runs"]), c.Stage), slices.Contains(words(spec["pauses"]), c.Stage)
		if timer.Clock.Running() != runs || (timer.Done.IsZero() != (runs || pauses) && timer.Done.IsZero()) {
			rt.Fatalf("at %s clock %s runs: %v, done %v", c.Stage, id, timer.Clock.Running(), timer.Done)
		}
		later := env.Now.AddDate(0, 0, 30)
		if !runs && timer.Clock.Percent(env.Calendar, env.Now) != timer.Clock.Percent(env.Calendar, later) {
			rt.Fatalf("at %s clock %s consumes though it does not run", c.Stage, id)
		}
	}
	replay(rt, o, c, history)
}

// replay folds the history into the state by its own rules and compares.
func replay(rt *rapid.T, o *oracle, c Case, history []Event) {
	counts, fields, level := map[string]int{}, map[string]string{}, 0
	for i, e := range history {
		if e.Seq != i+1 {
			rt.Fatalf("event %d has the number %d", i+1, e.Seq)
		}
		if i > 0 && e.From != history[i-1].To {
			rt.Fatalf("event %d leaves %s but the one before led to %s", e.Seq, e.From, history[i-1].To)
		}
		if id, ok := o.moves[e.Move]["counts"].(string); ok {
			counts[id]++
		}
		if e.Move == "supervised" {
			level = max(level, map[string]int{"80": 1, "100": 2, "150": 3}[e.Reason])
		} else if o.moves[e.Move]["ask"] == nil {
			maps.Copy(fields, e.Fields)
		}
	}
	last := history[len(history)-1]
	rating, _ := strconv.Atoi(fields["rating"])
	type state struct {
		Stage, Holder, Standard string
		Events, Level, Rating   int
		Counts                  map[string]int
		Fields                  map[string]string
		Due                     time.Time
	}
	want := state{last.To, last.Holder.Key(), c.Standard, len(history), level, rating, counts, fields, last.Due}
	got := state{c.Stage, c.Holder.Key(), c.Standard, c.Events, c.Level, c.Rating, c.Counts, c.Fields, c.Due()}
	if last.Move == EventSupervised {
		want.Due = got.Due // the event shows the deadline of its own clock
	}
	for _, s := range []*state{&want, &got} {
		if len(s.Counts) == 0 {
			s.Counts = nil
		}
		if len(s.Fields) == 0 {
			s.Fields = nil
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		rt.Fatalf("the history does not give the state (-history +case):\n%s", d)
	}
}

// counted checks that evaluating day by day and all at once find the same steps.
func counted(rt *rapid.T, p *Procedure, c Case) {
	from, now := beijing("2026-03-01 00:00"), beijing("2027-06-01 00:00")
	whole, days := p.Tally(c, Period{from, now}, now), Tally{}
	for d := from; d.Before(now); d = d.AddDate(0, 0, 1) {
		days = days.Add(p.Tally(c, Period{d, d.AddDate(0, 0, 1)}, now))
	}
	for name, s := range map[string][2]Steps{"verify": {whole.Verify, days.Verify}, "handle": {whole.Handle, days.Handle},
		"dispatch": {whole.Dispatch, days.Dispatch}, "check": {whole.Check, days.Check}, "accept": {whole.Accept, days.Accept}} {
		if s[0].Should > 1 || s[0].Should != s[0].OnTime+s[0].Late+s[0].Overdue || s[0].Should != s[1].Should || s[0].OnTime != s[1].OnTime {
			rt.Fatalf("%s counts %+v as a whole but %+v by days", name, s[0], s[1])
		}
	}
}
