package casework

import (
	"cmp"
	"fmt"
	"slices"
	"time"

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
	findings map[Difference]*Finding
}

// The kinds of Finding.
const (
	NoStep   = "step"  // the step is not possible from there, or leads elsewhere; the case is not followed further
	NotThem  = "who"   // somebody else would have had to make it
	NeedMore = "needs" // something more would have been asked for
)

// Finding is one difference, with how many cases met it.
type Finding struct {
	Difference
	Cases   int
	Example string // number of the first case
}

// Difference is what another version would have said of a step.
type Difference struct {
	Kind  string
	Move  lang.Text
	Stage lang.Text // from which the step was made
	What  lang.Text // what more is asked for
}

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
	t := &Trial{next: next, env: env, findings: map[Difference]*Finding{}}
	for _, c := range next.Clocks {
		t.Clocks = append(t.Clocks, ClockTrial{Label: c.Label})
	}
	return t
}

// Try adds a case with its whole history; was is the version it ran under.
func (t *Trial) Try(was *Procedure, c Case, events []Event) error {
	t.Cases++
	met := map[Difference]bool{}
	now, then := newTrialWalk(t.next, c, t.env), newTrialWalk(was, c, t.env)
	followed := true
	for i, e := range events {
		if bySystem(e.Move) {
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

// bySystem reports whether an event tells of something that is no move.
func bySystem(move string) bool {
	_, is := systemWords[move]
	return is
}

// look notes what the other version would have said of a step; false when the case cannot be followed further.
func (t *Trial) look(w *trialWalk, i int, e Event, number string, met map[Difference]bool) bool {
	m, ok := t.next.leads(i, e)
	d := Difference{Move: m.Label, Stage: t.next.stageName(e.From)}
	note := func(kind string, what lang.Text) {
		d.Kind, d.What = kind, what
		t.note(met, d, number)
	}
	if !ok || t.next.bounded(&w.c, &m) != nil {
		if d.Move == (lang.Text{}) {
			d.Move = lang.Text{ZH: e.Move, EN: e.Move}
		}
		note(NoStep, lang.Text{})
		return false
	}
	if !w.permitted(&m, e) {
		note(NotThem, lang.Text{})
	}
	for _, what := range missing(&m, e, w.c.Fields) {
		note(NeedMore, what)
	}
	return true
}

// note counts a difference once for each case.
func (t *Trial) note(met map[Difference]bool, d Difference, number string) {
	if met[d] {
		return
	}
	met[d] = true
	if t.findings[d] == nil {
		t.findings[d] = &Finding{Difference: d, Example: number}
	}
	t.findings[d].Cases++
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
	for _, f := range t.findings {
		t.Findings = append(t.Findings, *f)
	}
	slices.SortFunc(t.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(b.Cases, a.Cases), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Move.ZH, b.Move.ZH),
			cmp.Compare(a.Stage.ZH, b.Stage.ZH), cmp.Compare(a.What.ZH, b.What.ZH))
	})
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

// permitted reports whether the version lets whoever made the event make it. Who decides a request is not known any
// more and taken as right.
func (w *trialWalk) permitted(m *Move, e Event) bool {
	if slices.Contains(m.By, ByApprover) {
		return true
	}
	by := Actor{Person: e.Actor, For: e.For}
	if e.Duty != (Duty{}) {
		by.Duties = []Duty{e.Duty}
	}
	_, ok := w.p.permitted(&w.c, m, by)
	return ok && w.p.second(&w.c, m, by) == nil
}

// step takes an event that the version allows, or of which it knows nothing.
func (w *trialWalk) step(i int, e Event) error {
	m, ok := w.p.Move(e.Move)
	if !ok {
		return nil
	}
	w.env.Now = e.At
	if e.Fields[FieldSigned] != "" {
		return nil
	}
	s := step{p: w.p, m: &m, fields: e.Fields, env: &w.env, next: w.c}
	s.sets()
	s.count()
	if m.Ask != "" {
		w.asks[m.Ask] = e.Fields
	}
	if fields, asked := w.asks[m.Grant]; asked && m.Grant != "" {
		delete(w.asks, m.Grant)
		_ = s.extend(Ask{Fields: fields}) // a version that cannot give what was asked for gives nothing
	}
	s.restart()
	w.c = s.next
	if to, ok := w.p.table.stage[e.To]; ok && (i == 0 || e.From != e.To) {
		if err := w.p.turnClocks(&w.c, to, &w.env); err != nil {
			return err
		}
	}
	w.c.Holder = e.Holder
	w.c.did(e.Move, Actor{Person: e.Actor, For: e.For})
	return nil
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
			out[id] = clockEnd{t.Clock.Due, t.Clock.Overdue(now)}
		default:
			out[id] = clockEnd{}
		}
	}
	return out
}
