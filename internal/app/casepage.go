package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/catalogue"
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
	Photos   []string     // ids, in the order they came
	Secrets  []SecretLine // what the reporter of a confidential case wrote, for those who may know
	Knows    bool         // the viewer may know who reported it
	Parts    []PartLine
	Links    []LinkLine                // cases it is tied to that the viewer may see
	Named    map[string]store.CaseLine // by field: the case that it names
	Lacking  []casework.Refusal        // what the viewer could do if nothing were missing
	Progress *Progress                 // of a case with monthly figures
	Applied  *Applied                  // of an application for a theme, or a part of one
	Letters  []casework.Given          // those given so far that the viewer may have
	Licence  *catalogue.Item           // it applies for, as the list had it then
	Lead     *store.CaseLine           // the case this one is part of, when the viewer may see it

	files map[int64]store.File // its documents, by id
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

// Step is one of the procedure’s phases as a case has passed it.
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
	Files []store.File // of a document field, without their contents
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
		var events []casework.Event
		if p.Case, events, err = r.History(id, v.Scope()); err != nil {
			return err
		}
		if p.Proc = z.Version(p.Case.Procedure, p.Case.Version); p.Proc == nil {
			return fault.New(fault.Internal, "", "procedure %s version %d is missing", p.Case.Procedure, p.Case.Version)
		}
		p.describe(z, v, r.Now)
		if err := p.related(r, z, v); err != nil {
			return err
		}
		if err := a.history(r, z, v, &p, events); err != nil {
			return err
		}
		if err := p.parts(r, z); err != nil {
			return err
		}
		if err := p.applied(r, z); err != nil {
			return err
		}
		if err := p.licence(r); err != nil {
			return err
		}
		if p.Lead, err = a.leading(r, v, p.Case); err != nil {
			return err
		}
		if err := a.confidences(r, v, &p); err != nil {
			return err
		}
		if err := p.progress(r, z); err != nil {
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
	p.Lacking = p.Proc.Lacking(c, v.Actor(), env.Now)
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
	files, err := r.CaseFiles(p.Case.ID)
	if err != nil {
		return err
	}
	p.files = make(map[int64]store.File, len(files))
	for _, f := range files {
		secret, err := r.SealedFrom(p.Case, v.Scope(), f.By)
		if err != nil {
			return err
		}
		if secret {
			continue
		}
		p.files[f.ID] = f
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
	p.Letters = letters(v, p.Proc, p.Case, events)
	now, _ := p.Proc.Stage(p.Case.Stage)
	for i := range p.Proc.Phases {
		ph := casework.Phase(i + 1)
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
	} else if e.Actor == casework.Concealed || (e.Actor != 0 && e.Actor == p.Case.Reporter) {
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
			l.Fields = append(l.Fields, FieldLine{f.Label, p.fieldValue(z, f, value), p.fieldFiles(f, value)})
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

// fieldFiles are the documents a field names.
func (p *CasePage) fieldFiles(f casework.Field, value string) []store.File {
	if f.Type != casework.FieldDocument {
		return nil
	}
	var out []store.File
	ids, _ := casework.DocumentIDs(value)
	for _, id := range ids {
		if file, ok := p.files[id]; ok {
			out = append(out, file)
		}
	}
	return out
}

// fieldValue puts a stored value into words.
func (p *CasePage) fieldValue(z *Zone, f casework.Field, value string) lang.Text {
	if c, ok := p.Named[f.ID]; ok && f.Type == casework.FieldCase && value == p.Case.Fields[f.ID] {
		return lang.Text{ZH: strings.TrimSpace(c.Title + " " + c.Number), EN: strings.TrimSpace(c.Title + " " + c.Number)}
	}
	return z.valueWords(p.Proc, p.Case, f, value)
}

// valueWords puts the value of a field of a case into words; what it means may depend on the case's matter or theme.
func (z *Zone) valueWords(p *casework.Procedure, c casework.Case, f casework.Field, value string) lang.Text {
	ref := c.Fields[idOf(p, casework.FieldTheme)]
	switch {
	case f.Type == casework.FieldStandard:
		m, _ := z.Matters.Find(c.Matter)
		if s, ok := m.Standard(value); ok {
			return s.File
		}
	case f.ID == fieldItem:
		if t, _, ok := z.Theme(ref); ok {
			if x, ok := t.Item(value); ok {
				return x.Name
			}
		}
	case f.Type == casework.FieldAnswers || f.Type == casework.FieldHanded:
		return z.themeWords(ref, f, value)
	}
	return FieldWords(z, f, value)
}

// FieldWords puts the value of a field into words.
func FieldWords(z *Zone, f casework.Field, value string) lang.Text {
	for _, c := range f.Choices {
		if c.ID == value {
			return c.Label
		}
	}
	switch f.Type {
	case casework.FieldTheme:
		if t, _, ok := z.Theme(value); ok {
			return t.Name
		}
	case casework.FieldLicence:
		code, _ := catalogue.SplitRef(value)
		return lang.Text{ZH: z.Licences.Name(code), EN: z.Licences.Name(code)}
	case casework.FieldLimit:
		if l, err := calendar.ParseLimit(value); err == nil {
			return lang.Text{ZH: l.Label(lang.ZH), EN: l.Label(lang.EN)}
		}
	case casework.FieldMatter:
		if m, ok := z.Matters.Find(value); ok {
			return m.Name
		}
	case casework.FieldUnit, casework.FieldUnits:
		return z.unitNames(value)
	case casework.FieldOverlay:
		for _, o := range z.Overlays {
			if o.ID == value {
				return o.Name
			}
		}
	case casework.FieldMoney:
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			yuan := fmt.Sprintf("%s.%02d", grouped(n/100), n%100)
			return lang.Text{ZH: yuan + " 元", EN: "CNY " + yuan}
		}
	case casework.FieldChecklist:
		var zh, en []string
		points, _ := f.Ticked(value)
		for _, c := range points {
			zh, en = append(zh, c.Label.ZH), append(en, c.Label.EN)
		}
		return lang.Text{ZH: strings.Join(zh, "\n"), EN: strings.Join(en, "\n")}
	case casework.FieldHolder:
		zh, en := z.HolderName(casework.ParseHolder(value))
		return lang.Text{ZH: zh, EN: en}
	}
	return lang.Text{ZH: value, EN: value}
}

// grouped is a number with its digits grouped by thousands.
func grouped(n int64) string {
	if n < 0 {
		return "-" + grouped(-n)
	}
	s := strconv.FormatInt(n, 10)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// unitNames are units in words.
func (z *Zone) unitNames(codes string) lang.Text {
	var out lang.Text
	if codes == "" {
		return out
	}
	for i, code := range strings.Split(codes, ",") {
		if i > 0 {
			out.ZH, out.EN = out.ZH+"、", out.EN+", "
		}
		u, ok := z.Units[code]
		if !ok {
			u.Name = lang.Text{ZH: code, EN: code}
		}
		out.ZH, out.EN = out.ZH+u.Name.ZH, out.EN+u.Name.EN
	}
	return out
}

// confidences adds what is kept secret of a confidential case, when the viewer may know.
func (a *App) confidences(r *store.Reader, v Viewer, p *CasePage) error {
	if len(p.Case.Sealed) == 0 {
		return nil
	}
	var err error
	p.Secrets, err = a.secrets(r, v, p.Proc, p.Case, casework.SealDesk)
	if fault.KindOf(err) == fault.Forbidden && err != nil {
		return nil
	}
	p.Knows = err == nil
	return err
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
			var seen casework.Case
			seen, err = r.Case(c, v.Scope())
			if fault.KindOf(err) == fault.NotFound && err != nil {
				seen, err = throughPart(r, v, c)
			}
			if err == nil && len(seen.Sealed) > 0 {
				err = shown(r, v, c, id) // pictures of a confidential case may show who sent them
			}
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

// shown refuses a picture of a confidential case that is not in its history as the viewer may read it.
func shown(r *store.Reader, v Viewer, c casework.ID, photo int64) error {
	_, events, err := r.History(c, v.Scope())
	for _, e := range events {
		if slices.Contains(e.Photos, strconv.FormatInt(photo, 10)) {
			return nil
		}
	}
	return cmp.Or(err, error(fault.New(fault.NotFound, "没有这张照片。", "There is no such photo.")))
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

// ProcedureOf is the version of the procedure that a case the viewer may see runs under.
func (a *App) ProcedureOf(ctx context.Context, v Viewer, id casework.ID) (*casework.Procedure, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	var p *casework.Procedure
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		c, err := r.Case(id, v.Scope())
		if err != nil {
			return err
		}
		if p = z.Version(c.Procedure, c.Version); p == nil {
			return fault.New(fault.Internal, "", "procedure %s version %d is missing", c.Procedure, c.Version)
		}
		return nil
	})
	return p, err
}
