package app

import (
	"context"
	"strconv"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/store"
)

// CasePage is everything a page about one case shows.
type CasePage struct {
	Case     casework.Case
	Proc     *casework.Procedure
	Matter   casework.Matter
	Standard casework.Standard // the one chosen, or the matter's first
	Path     string            // of the place: street, community, grid, micro-grid
	Holder   lang.Text         // whose turn it is
	Due      time.Time         // the deadline that matters now; zero when none runs
	Light    Light
	Deadline calendar.Deadline // how Due came about; Counted and Skipped are empty when no clock runs
	ClockID  string            // of the clock Due belongs to
	Steps    []Step
	Events   []EventLine
	Options  []casework.Option
	Reporter string // masked name; "" when unknown or not to be seen
	Rider    bool   // the reporter belonged to a riders' station then; desks alone are told
	Merged   []store.CaseLine
	Photos   []string // ids, in the order they came
}

// Light is how a case stands against its deadline.
type Light string

// The lights: green in time, yellow warned, red overdue, grey when no clock runs.
const (
	Green  Light = "green"
	Yellow Light = "yellow"
	Red    Light = "red"
	Grey   Light = "grey"
)

// LightOf is a case's light now.
func LightOf(due, closed time.Time, level int, now time.Time) Light {
	switch {
	case !closed.IsZero() || due.IsZero():
		return Grey
	case now.After(due):
		return Red
	case level > 0:
		return Yellow
	}
	return Green
}

// Step is one of the seven phases as a case has passed it.
type Step struct {
	Phase   casework.Phase
	Reached time.Time // when first entered; zero when not yet
	Now     bool
}

// EventLine is one line of history with names instead of numbers.
type EventLine struct {
	casework.Event
	Who    string    // the actor's name as this reader may see it
	For    string    // the name of the absent colleague in whose name; "" when in the actor's own
	Role   lang.Text // the actor's role
	Move   lang.Text
	Stage  lang.Text // the stage it led to
	Reason lang.Text
	Holder lang.Text // whose turn it became
	Fields []FieldLine
}

// FieldLine is one thing a move filled in.
type FieldLine struct {
	Label lang.Text
	Value lang.Text
}

// CasePage loads a case the viewer may see, with what the viewer may do.
func (a *App) CasePage(ctx context.Context, v Viewer, id casework.ID) (CasePage, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return CasePage{}, err
	}
	var p CasePage
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		p = CasePage{}
		if p.Case, err = r.Case(id, v.Scope()); err != nil {
			return err
		}
		if p.Proc = z.Version(p.Case.Procedure, p.Case.Version); p.Proc == nil {
			return fault.New(fault.Internal, "", "procedure %s version %d is missing", p.Case.Procedure, p.Case.Version)
		}
		p.describe(z, v, r.Now)
		events, err := r.Events(id)
		if err != nil {
			return err
		}
		if err := a.history(r, z, v, &p, events); err != nil {
			return err
		}
		if p.Rider, err = rider(r, v, p.Case); err != nil {
			return err
		}
		p.Merged, err = r.MergedInto(id)
		return err
	})
	return p, err
}

func (p *CasePage) describe(z *Zone, v Viewer, now time.Time) {
	c := p.Case
	env := z.Env(now)
	p.Matter, _ = z.Matters.Find(c.Matter)
	if s, ok := p.Matter.Standard(c.Standard); ok {
		p.Standard = s
	} else if len(p.Matter.Standards) > 0 {
		p.Standard = p.Matter.Standards[0]
	}
	p.Path = z.Tree.Path(c.Place.Area)
	p.Holder.ZH, p.Holder.EN = z.HolderName(c.Holder)
	p.Due = c.Due()
	p.Light = LightOf(p.Due, c.Closed, c.Standing(), now)
	for id, t := range c.Clocks {
		if t.Done.IsZero() && !p.Due.IsZero() && t.Clock.Due.Equal(p.Due) {
			p.ClockID, p.Deadline = id, t.Clock.Explain(z.Calendar)
		}
	}
	p.Options = p.Proc.Options(c, v.Actor(), env)
}

func (a *App) history(r *store.Reader, z *Zone, v Viewer, p *CasePage, events []casework.Event) error {
	ids := []casework.Person{}
	if p.Case.Reporter != 0 {
		ids = append(ids, p.Case.Reporter)
	}
	for _, e := range events {
		if e.Actor != 0 {
			ids = append(ids, e.Actor)
		}
		if e.For != 0 {
			ids = append(ids, e.For)
		}
	}
	names, err := a.names(r, v, ids)
	if err != nil {
		return err
	}
	p.Reporter = names[p.Case.Reporter]
	reached := map[casework.Phase]time.Time{}
	for _, e := range events {
		if s, ok := p.Proc.Stage(e.To); ok && reached[s.Phase].IsZero() {
			reached[s.Phase] = e.At
		}
		p.Events = append(p.Events, p.line(z, e, names))
		p.Photos = append(p.Photos, e.Photos...)
	}
	now, _ := p.Proc.Stage(p.Case.Stage)
	for ph := casework.PhaseCollect; ph <= casework.PhaseEvaluate; ph++ {
		p.Steps = append(p.Steps, Step{Phase: ph, Reached: reached[ph], Now: now.Phase == ph})
	}
	return nil
}

func (p *CasePage) line(z *Zone, e casework.Event, names map[casework.Person]string) EventLine {
	l := EventLine{Event: e, Who: names[e.Actor], For: names[e.For]}
	if r, ok := RoleOf(e.Duty.Role); ok {
		l.Role = r.Name
		if u, ok := z.Units[e.Duty.Unit]; ok {
			l.Role = lang.Text{ZH: u.Name.ZH + " " + r.Name.ZH, EN: r.Name.EN + ", " + u.Name.EN}
		}
	} else if e.Actor != 0 && e.Actor == p.Case.Reporter {
		l.Role = lang.Text{ZH: "反映人", EN: "Reporter"}
	} else if e.Actor == 0 {
		l.Role = lang.Text{ZH: "系统", EN: "System"}
	}
	l.Move = p.Proc.Label(e)
	if s, ok := p.Proc.Stage(e.To); ok {
		l.Stage = s.Name
	}
	l.Reason = reasonLabel(p.Proc, e.Reason)
	l.Holder.ZH, l.Holder.EN = z.HolderName(e.Holder)
	for _, f := range p.Proc.Fields {
		if value := e.Fields[f.ID]; value != "" {
			l.Fields = append(l.Fields, FieldLine{f.Label, p.fieldValue(z, f, value)})
		}
	}
	return l
}

// reasonLabel finds a reason among a procedure's lists.
func reasonLabel(p *casework.Procedure, id string) lang.Text {
	for _, list := range p.Reasons {
		for _, r := range list.Items {
			if r.ID == id {
				return r.Label
			}
		}
	}
	return lang.Text{}
}

// fieldValue puts a stored value into words.
func (p *CasePage) fieldValue(z *Zone, f casework.Field, value string) lang.Text {
	for _, c := range f.Choices {
		if c.ID == value {
			return c.Label
		}
	}
	switch f.Type {
	case casework.FieldLimit:
		if l, err := calendar.ParseLimit(value); err == nil {
			return lang.Text{ZH: l.Label(lang.ZH), EN: l.Label(lang.EN)}
		}
	case casework.FieldMatter:
		if m, ok := z.Matters.Find(value); ok {
			return m.Name
		}
	case casework.FieldStandard:
		if s, ok := p.Matter.Standard(value); ok {
			return s.File
		}
	case casework.FieldHolder:
		zh, en := z.HolderName(casework.ParseHolder(value))
		return lang.Text{ZH: zh, EN: en}
	}
	return lang.Text{ZH: value, EN: value}
}

// PhotoJPEG is a picture for somebody who may see its case or its award, or who uploaded it.
func (a *App) PhotoJPEG(ctx context.Context, v Viewer, id int64, thumb bool) ([]byte, error) {
	var out []byte
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		jpeg, c, by, err := r.PhotoJPEG(id, thumb)
		if err != nil {
			return err
		}
		if c != 0 {
			_, err = r.Case(c, v.Scope())
		} else if by != v.Person {
			ok, e := r.AwardWithPhoto(id, v.ownOrDuty())
			if e != nil {
				return e
			}
			if ok {
				out = jpeg
				return nil
			}
			err = fault.New(fault.NotFound, "没有这张照片。", "There is no such photo.")
		}
		out = jpeg
		return err
	})
	return out, err
}

// FindNumber finds the case with a number among those the viewer may see.
func (a *App) FindNumber(ctx context.Context, v Viewer, number string) (casework.ID, error) {
	var id casework.ID
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		c, err := r.CaseByNumber(number, v.Scope())
		id = c.ID
		return err
	})
	return id, err
}

// ParseCaseID reads a case id from an address.
func ParseCaseID(s string) (casework.ID, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, fault.New(fault.NotFound, "没有这件案件。", "There is no such case.")
	}
	return casework.ID(n), nil
}
