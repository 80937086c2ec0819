package casework

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/lang"
)

// Trial says how cases of the past would have gone under another version of their procedure: which steps it would
// not have allowed, what it would have asked for, and which deadlines would have come out otherwise. What people
// did, and when, is taken as it was.
type Trial struct {
	Cases    int       // how many were tried
	Same     int       // of them, those for which nothing would have been different
	Findings []Finding // what would have been different about steps, the most frequent first
	Clocks   []ClockTrial

	next     *Procedure
	env      Env
	findings map[findingKey]*Finding
}

// The kinds of Finding.
const (
	NoStep   = "step"  // the step is not possible from there, or leads elsewhere; the case is not followed further
	NotThem  = "who"   // somebody else would have had to make it
	NeedMore = "needs" // something more would have been asked for
)

// Finding is one difference, with how many cases met it.
type Finding struct {
	Kind    string
	Move    lang.Text
	Stage   lang.Text // from which the step was made
	What    lang.Text // what more is asked for
	Cases   int
	Example string // number of the first case
}

type findingKey struct{ kind, move, stage, what string }

// ClockTrial compares one clock. Times are those of the clock's own version.
type ClockTrial struct {
	Label   lang.Text
	Ran     int // cases in which it ran under either version
	Was     int // late under the version they ran under
	Late    int // late under the other
	Earlier int // deadlines that come earlier, or exist only now
	Later   int // deadlines that come later, or exist no more
}

// NewTrial begins a trial of a procedure. env gives the calendar, the matters and the present.
func NewTrial(next *Procedure, env Env) *Trial {
	t := &Trial{next: next, env: env, findings: map[findingKey]*Finding{}}
	for _, c := range next.Clocks {
		t.Clocks = append(t.Clocks, ClockTrial{Label: c.Label})
	}
	return t
}

// Try adds a case with its whole history; was is the version it ran under.
func (t *Trial) Try(was *Procedure, c Case, events []Event) error {
	t.Cases++
	met := map[findingKey]bool{}
	now, then := newTrialWalk(t.next, c, t.env), newTrialWalk(was, c, t.env)
	followed := true
	for i, e := range events {
		if e.Move == EventSupervised || e.Move == EventReprojected || e.Move == EventMergedIn {
			continue
		}
		if followed {
			followed = t.look(&now, i, e, c.Number, met)
		}
		if followed {
			if err := now.step(i, e); err != nil {
				return fmt.Errorf("case %s event %d: %w", c.Number, e.Seq, err)
			}
		}
		if err := then.step(i, e); err != nil {
			return fmt.Errorf("case %s event %d: %w", c.Number, e.Seq, err)
		}
	}
	same := len(met) == 0
	if followed {
		same = t.compare(now.ends(t.env.Now), then.ends(t.env.Now)) && same
	}
	if same {
		t.Same++
	}
	return nil
}

// look notes what the other version would have said of a step; false when the case cannot be followed further.
func (t *Trial) look(w *trialWalk, i int, e Event, number string, met map[findingKey]bool) bool {
	p := t.next
	m, ok := p.Move(e.Move)
	to := m.To
	if i > 0 && ok {
		to, ok = p.Next(e.From, e.Move)
	}
	stage, known := p.Stage(to)
	if !ok || !known || (e.To != to && e.To != stage.Else) || !w.counted(&m) {
		move := m.Label
		if move == (lang.Text{}) {
			move = lang.Text{ZH: e.Move, EN: e.Move}
		}
		t.note(met, number, Finding{Kind: NoStep, Move: move, Stage: p.stageName(e.From)}, e.Move, e.From, "")
		return false
	}
	if !w.permitted(&m, e) {
		t.note(met, number, Finding{Kind: NotThem, Move: m.Label, Stage: p.stageName(e.From)}, e.Move, e.From, "")
	}
	for _, what := range missing(&m, e, w.c.Fields) {
		t.note(met, number, Finding{Kind: NeedMore, Move: m.Label, Stage: p.stageName(e.From), What: what}, e.Move, e.From, what.ZH)
	}
	return true
}

func (t *Trial) note(met map[findingKey]bool, number string, f Finding, move, stage, what string) {
	k := findingKey{f.Kind, move, stage, what}
	if met[k] {
		return
	}
	met[k] = true
	have := t.findings[k]
	if have == nil {
		f.Example = number
		have = &f
		t.findings[k] = have
	}
	have.Cases++
}

// missing is what a move asks for that did not come with the event, nor before.
func missing(m *Move, e Event, before map[string]string) []lang.Text {
	var out []lang.Text
	for _, f := range m.Fields {
		if f.Required && e.Fields[f.Field.ID] == "" && before[f.Field.ID] == "" {
			out = append(out, f.Field.Label)
		}
	}
	if m.Photos > len(e.Photos) {
		out = append(out, lang.Text{ZH: fmt.Sprintf("照片 %d 张", m.Photos), EN: fmt.Sprintf("%d photos", m.Photos)})
	}
	if m.Reason != "" && e.Reason == "" {
		out = append(out, lang.Text{ZH: "原因", EN: "a reason"})
	}
	if m.Note == Required && e.Note == "" {
		out = append(out, lang.Text{ZH: "说明", EN: "a note"})
	}
	return out
}

// compare adds one case's clocks and says whether they came out the same.
func (t *Trial) compare(now, then map[string]clockEnd) bool {
	same := true
	for i := range t.next.Clocks {
		id := t.next.Clocks[i].ID
		n, ran := now[id]
		w, had := then[id]
		if !ran && !had {
			continue
		}
		c := &t.Clocks[i]
		c.Ran++
		if w.late {
			c.Was++
		}
		if n.late {
			c.Late++
		}
		switch {
		case ran && (!had || n.due.Before(w.due)):
			c.Earlier++
		case !ran || n.due.After(w.due):
			c.Later++
		default:
			same = same && n.late == w.late
			continue
		}
		same = false
	}
	return same
}

// Done orders what was found. The trial takes no more cases.
func (t *Trial) Done() *Trial {
	for _, k := range slices.SortedFunc(maps.Keys(t.findings), func(a, b findingKey) int {
		return cmp.Or(cmp.Compare(t.findings[b].Cases, t.findings[a].Cases), cmp.Compare(a.kind, b.kind), cmp.Compare(a.move, b.move),
			cmp.Compare(a.stage, b.stage), cmp.Compare(a.what, b.what))
	}) {
		t.Findings = append(t.Findings, *t.findings[k])
	}
	return t
}

// trialWalk follows a case through one version as its history went.
type trialWalk struct {
	p    *Procedure
	c    Case
	env  Env
	asks map[string]map[string]string // fields of requests that wait, by kind
}

func newTrialWalk(p *Procedure, c Case, env Env) trialWalk {
	return trialWalk{p: p, env: env, asks: map[string]map[string]string{},
		c: Case{Zone: c.Zone, ID: c.ID, Matter: c.Matter, Source: c.Source, Place: c.Place, Reporter: c.Reporter}}
}

// counted reports whether the version's bounds on how often things may happen allow the move.
func (w *trialWalk) counted(m *Move) bool {
	for id, most := range m.Max {
		if w.c.Counts[id] >= most {
			return false
		}
	}
	for id, least := range m.Min {
		if w.c.Counts[id] < least {
			return false
		}
	}
	return len(m.Sources) == 0 || slices.Contains(m.Sources, w.c.Source)
}

// permitted reports whether the version lets whoever made the event make it. Who decides a request is not known any
// more and taken as right.
func (w *trialWalk) permitted(m *Move, e Event) bool {
	if slices.Contains(m.By, ByApprover) {
		return true
	}
	by := Actor{Person: e.Actor}
	if e.Duty != (Duty{}) {
		by.Duties = []Duty{e.Duty}
	}
	if _, ok := w.p.permitted(&w.c, m, by); !ok {
		return false
	}
	return !slices.ContainsFunc(m.NotBy, func(id string) bool { return e.Actor != 0 && w.c.Did[id] == e.Actor })
}

// step takes an event that the version allows, or of which it knows nothing.
func (w *trialWalk) step(i int, e Event) error {
	m, ok := w.p.Move(e.Move)
	if !ok {
		return nil
	}
	w.env.Now = e.At
	for id, v := range e.Fields {
		if m.Ask == "" {
			put(&w.c.Fields, id, v)
		}
	}
	s := step{p: w.p, m: &m, fields: e.Fields, env: &w.env, next: w.c}
	if slices.Contains(m.Sets, "standard") {
		w.c.Standard = s.valueOf(FieldStandard)
	}
	if slices.Contains(m.Sets, "matter") {
		w.c.Matter, w.c.Standard = s.valueOf(FieldMatter), ""
	}
	if m.Ask != "" {
		w.asks[m.Ask] = e.Fields
	}
	if fields, asked := w.asks[m.Grant]; asked && m.Grant != "" {
		delete(w.asks, m.Grant)
		if err := w.extend(&m, fields); err != nil {
			return err
		}
	}
	for _, id := range m.Restart {
		w.c.Clocks = maps.Clone(w.c.Clocks)
		delete(w.c.Clocks, id)
	}
	if to, ok := w.p.table.stage[e.To]; ok && (i == 0 || e.From != e.To) {
		if err := w.p.turnClocks(&w.c, to, &w.env); err != nil {
			return err
		}
	}
	w.c.Holder = e.Holder
	if m.Counts != "" {
		put(&w.c.Counts, m.Counts, w.c.Counts[m.Counts]+1)
	}
	if e.Actor != 0 {
		put(&w.c.Did, e.Move, e.Actor)
	}
	return nil
}

// extend gives a clock what was granted; a version in which that clock does not run gives nothing.
func (w *trialWalk) extend(m *Move, fields map[string]string) error {
	timer, ok := w.c.Clocks[m.Extend]
	if m.Extend == "" || !ok || !timer.Done.IsZero() {
		return nil
	}
	extra, err := calendar.ParseLimit(fields[m.Extra])
	if err != nil {
		return nil // the version asks for it in another field
	}
	if timer.Clock, err = timer.Clock.Extend(w.env.Calendar, w.env.Now, extra); err == nil {
		put(&w.c.Clocks, m.Extend, timer)
	}
	return nil // a limit in another unit cannot be extended by it
}

// clockEnd is how a clock came out.
type clockEnd struct {
	due  time.Time
	late bool
}

func (w *trialWalk) ends(now time.Time) map[string]clockEnd {
	out := map[string]clockEnd{}
	for id, t := range w.c.Clocks {
		switch {
		case !t.Done.IsZero():
			out[id] = clockEnd{t.Due, t.Late}
		case t.Clock.Running():
			out[id] = clockEnd{t.Clock.Due, t.Clock.Due.Before(now)}
		default:
			out[id] = clockEnd{}
		}
	}
	return out
}
