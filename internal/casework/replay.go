package casework

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Contradiction is one way in which a case and its history disagree.
type Contradiction struct {
	Rule   string // sequence, chain, state, dates, counts, revision, level
	Detail string
}

// Contradictions replays a history and compares what it makes with the case as it stands. Nothing is
// decided anew: which events there are is taken as given, only whether they add up is asked.
// calm says that no calendar was ever changed in the zone, so that every revision has its event.
func (p *Procedure) Contradictions(c Case, events []Event, calm bool) []Contradiction {
	r := replayed{p: p, c: c, counts: map[string]int{}, did: map[string]Person{}, didFor: map[string]Person{}, parts: map[string]SubCase{}}
	for i, e := range events {
		r.event(i, e)
	}
	if len(events) == 0 {
		r.wrong("sequence", "no events")
		return r.found
	}
	r.state(events[len(events)-1])
	r.results()
	if changes := r.revision; c.Revision < changes || (calm && c.Revision != changes) {
		r.wrong("revision", "revision %d after %d changes", c.Revision, changes)
	}
	return r.found
}

// replayed is what the events so far add up to.
type replayed struct {
	p     *Procedure
	c     Case
	found []Contradiction

	stage    string
	at       time.Time
	entered  time.Time
	counts   map[string]int
	did      map[string]Person
	didFor   map[string]Person
	level    int
	revision int64
	warned   time.Time // of the last supervision, which may be several events of one change
	accepted time.Time
	filed    time.Time
	handled  time.Time
	rating   int
	merged   ID
	parts    map[string]SubCase // by number, as far as the history tells
}

func (r *replayed) wrong(rule, format string, args ...any) {
	r.found = append(r.found, Contradiction{rule, fmt.Sprintf(format, args...)})
}

func (r *replayed) event(i int, e Event) {
	if e.Seq != i+1 {
		r.wrong("sequence", "event %d where %d belongs", e.Seq, i+1)
	}
	if e.At.Before(r.at) {
		r.wrong("sequence", "event %d is earlier than the one before", e.Seq)
	}
	if e.From != r.stage {
		r.wrong("chain", "event %d begins at %q, the one before ended at %q", e.Seq, e.From, r.stage)
	}
	r.part(e)
	switch e.Move {
	case EventSupervised:
		r.supervised(e)
	case EventReprojected, EventPartOpened:
	case EventPart, EventLinked, EventUnlinked:
		r.revision++
	case EventMergedIn:
		r.counts[EventMergedIn]++
		r.revision++
	default:
		r.move(i, e)
	}
	if e.From != e.To || i == 0 {
		r.entered = e.At
	}
	r.stage, r.at = e.To, e.At
}

func (r *replayed) supervised(e Event) {
	rung := slices.IndexFunc(r.p.Supervision, func(w Warning) bool { return supervisionID(w) == e.Reason })
	if rung < 0 {
		r.wrong("chain", "event %d takes a rung %q the ladder does not have", e.Seq, e.Reason)
	}
	r.level = max(r.level, rung+1)
	if !e.At.Equal(r.warned) {
		r.revision++
	}
	r.warned = e.At
}

// leads finds the move of the event at place i of a history and reports whether the table lets it lead where it led.
func (p *Procedure) leads(i int, e Event) (Move, bool) {
	m, ok := p.Move(e.Move)
	if e.Fields[FieldSigned] != "" {
		_, legal := p.Next(e.From, e.Move)
		return m, legal && m.Grant != "" && e.From == e.To
	}
	to := m.To
	if i > 0 && ok {
		to, ok = p.Next(e.From, e.Move)
	}
	s, known := p.Stage(to)
	return m, ok && known && (e.To == to || e.To == s.Else)
}

func (r *replayed) move(i int, e Event) {
	r.revision++
	r.warned = time.Time{}
	m, ok := r.p.leads(i, e)
	if !ok {
		r.wrong("chain", "event %d: %q does not lead from %q to %q", e.Seq, e.Move, e.From, e.To)
		return
	}
	if e.Actor != 0 {
		r.did[e.Move] = e.Actor
		if r.didFor[e.Move] = e.For; e.For == 0 {
			delete(r.didFor, e.Move)
		}
	}
	if e.Fields[FieldSigned] != "" {
		return // nothing else has come of it yet
	}
	if m.Counts != "" {
		r.counts[m.Counts]++
	}
	for _, what := range m.Sets {
		switch what {
		case "accepted":
			r.accepted = e.At
		case "filed":
			r.filed = e.At
		case "handled":
			r.handled = e.At
		case "unhandled":
			r.handled = time.Time{}
		case "rating":
			r.rating, _ = strconv.Atoi(e.Fields["rating"])
		case "merged":
			for _, w := range m.Fields {
				if w.Field.Type == FieldCase {
					n, _ := strconv.ParseInt(e.Fields[w.Field.ID], 10, 64)
					r.merged = ID(n)
				}
			}
		}
	}
}

// part notes what an event tells of a sub-case.
func (r *replayed) part(e Event) {
	x := r.parts[e.Fields["part"]]
	switch e.Move {
	case EventPartOpened:
		x = SubCase{Kind: e.Fields["kind"], Key: e.Fields["key"], Opened: e.At}
	case EventPart:
		x.Result = e.Fields["result"]
	default:
		return
	}
	r.parts[e.Fields["part"]] = x
}

// sameParts compares the sub-cases that were opened.
func (r *replayed) sameParts() {
	opened := 0
	for _, x := range r.c.Parts {
		if x.Case == 0 {
			continue
		}
		opened++
		if y := r.parts[x.Number]; y.Kind != x.Kind || y.Key != x.Key || !y.Opened.Equal(x.Opened) || y.Result != x.Result {
			r.wrong("parts", "sub-case %s (%s, %s) with the result %q, by its history %q", x.Number, x.Kind, x.Key, x.Result, y.Result)
		}
	}
	if opened != len(r.parts) {
		r.wrong("parts", "%d sub-cases, by its history %d", opened, len(r.parts))
	}
}

// state compares where the case stands with where its history ends.
func (r *replayed) state(last Event) {
	c := r.c
	if c.Stage != last.To {
		r.wrong("state", "it is at %q, its history ends at %q", c.Stage, last.To)
	}
	if c.Holder != last.Holder {
		r.wrong("state", "%q has it, by its history %q", c.Holder.Key(), last.Holder.Key())
	}
	if c.Events != last.Seq {
		r.wrong("sequence", "it counts %d events, its history has %d", c.Events, last.Seq)
	}
	s, ok := r.p.Stage(c.Stage)
	if ok && c.Open() != (s.Result == "") {
		r.wrong("state", "at %q it cannot have been closed at %v", c.Stage, c.Closed)
	}
	if ok && c.Result != s.Result {
		r.wrong("state", "its result is %q, its stage's %q", c.Result, s.Result)
	}
}

// results compares what moves have established.
func (r *replayed) results() {
	c := r.c
	for _, d := range []struct {
		name      string
		has, want time.Time
	}{{"accepted", c.Accepted, r.accepted}, {"filed", c.Filed, r.filed}, {"handled", c.Handled, r.handled}, {"entered", c.Entered, r.entered}} {
		if !d.has.Equal(d.want) {
			r.wrong("dates", "%s at %v, by its history %v", d.name, d.has, d.want)
		}
	}
	if !maps.Equal(c.Counts, r.counts) {
		r.wrong("counts", "it counts %v, its history %v", c.Counts, r.counts)
	}
	if !maps.Equal(c.Did, r.did) {
		r.wrong("counts", "last makers of moves %v, by its history %v", c.Did, r.did)
	}
	if !maps.Equal(c.DidFor, r.didFor) {
		r.wrong("counts", "made in the name of %v, by its history %v", c.DidFor, r.didFor)
	}
	if c.Level != r.level {
		r.wrong("level", "supervision level %d, by its history %d", c.Level, r.level)
	}
	r.sameParts()
	if c.Rating != r.rating || c.MergedTo != r.merged {
		r.wrong("state", "rated %d and merged into %d, by its history %d and %d", c.Rating, c.MergedTo, r.rating, r.merged)
	}
}
