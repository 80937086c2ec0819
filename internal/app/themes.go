package app

import (
	"slices"
	"strings"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/pack"
	"gezhi/internal/store"
	"gezhi/internal/theme"
)

// fieldItem is the field by which an item of a theme tells its sub-case what it is.
const fieldItem = "item"

// loadThemes reads every published version of the themes: an application keeps the one it was made under.
func (z *Zone) loadThemes(r *store.Reader) error {
	versions, err := published(r, z.documents, docThemes, theme.Parse)
	if err != nil {
		return err
	}
	for _, d := range versions {
		numbered := *d.Parsed
		numbered.Version = d.Version
		z.themes = append(z.themes, &numbered)
	}
	if z.themes == nil {
		c, err := pack.CommonThemes()
		if err != nil {
			return err
		}
		z.themes = append(z.themes, c)
	}
	return nil
}

// Themes is the version in force of the themes.
func (z *Zone) Themes() *theme.Catalog { return z.themes[len(z.themes)-1] }

// Theme finds a theme by what theme.Catalog.Ref wrote; without a version, the one in force.
func (z *Zone) Theme(ref string) (*theme.Theme, *theme.Catalog, bool) {
	id, version := theme.SplitRef(ref)
	c := z.Themes()
	if version != 0 {
		i := slices.IndexFunc(z.themes, func(c *theme.Catalog) bool { return c.Version == version })
		if i < 0 {
			return nil, nil, false
		}
		c = z.themes[i]
	}
	t, ok := c.Find(id)
	return t, c, ok
}

// idOf is the id of a procedure's first field of a type; "" when it has none.
func idOf(p *casework.Procedure, typ string) string {
	f, _ := p.Typed(typ)
	return f.ID
}

// parts is what an application consists of: an item of its theme for each that its answers need.
func (z *Zone) parts(c casework.Case, k casework.PartKind) ([]casework.PartSpec, error) {
	p := z.Version(c.Procedure, c.Version)
	t, _, ok := z.Theme(c.Fields[idOf(p, casework.FieldTheme)])
	if !ok {
		return nil, fault.New(fault.Conflict, "本件没有主题，不能分发事项。", "This case has no theme, so there is nothing to send out.")
	}
	var out []casework.PartSpec
	for _, x := range t.Needed(theme.ParseAnswers(c.Fields[idOf(p, casework.FieldAnswers)])) {
		if _, ok := z.Units[x.Unit]; !ok {
			return nil, fault.New(fault.Conflict, "事项“%[1]s”的审批部门 %[3]s 不存在，请管理员核对主题和单位。", "There is no unit %[3]s to decide “%[2]s”; an administrator should check themes and units.", x.Name.ZH, x.Name.EN, x.Unit)
		}
		out = append(out, casework.PartSpec{Key: x.ID, Title: x.Name, Holder: casework.Holder{Role: k.Role, Unit: x.Unit}, Limit: x.Promised, After: x.After,
			Fields: map[string]string{fieldItem: x.ID, casework.FieldStatutory: x.Statutory.String()}})
	}
	if out == nil {
		return nil, fault.New(fault.Conflict, "按所答情形没有需要办理的事项。", "With these answers there is nothing to apply for.")
	}
	return out, nil
}

// themed completes an application for a theme: the version in force, every question answered, the fields that the needed
// items ask for, and the promised limit of the whole. Faults carry the ids of questions as q.ID, and of fields.
func (z *Zone) themed(p *casework.Procedure, m casework.Move, d *casework.Draft) error {
	ref := idOf(p, casework.FieldTheme)
	if !slices.ContainsFunc(m.Fields, func(w casework.Want) bool { return w.Field.ID == ref }) {
		return nil
	}
	id, version := theme.SplitRef(d.Fields[ref])
	t, ok := z.Themes().Find(id)
	if !ok {
		return fault.Field(ref, "请先选择要办的事。", "Choose first what you want to do.")
	}
	if version != 0 && version != z.Themes().Version {
		return fault.New(fault.Conflict, "办事指南刚刚更新，请重新回答问题后再提交。", "The guide has just been changed; please answer the questions again.")
	}
	fields := map[string]string{}
	for k, v := range d.Fields {
		fields[k] = strings.TrimSpace(v)
	}
	answers := theme.ParseAnswers(fields[idOf(p, casework.FieldAnswers)])
	var bad fault.List
	for _, f := range fault.Fields(t.Check(answers)) {
		bad.Add("q."+f.Field, "%s", "%s", f.ZH)
		bad[len(bad)-1].EN = f.EN
	}
	if len(bad) > 0 {
		return bad
	}
	if len(t.Needed(answers)) == 0 {
		return fault.Field(ref, "按所答情形没有需要办理的事项。", "With these answers there is nothing to apply for.")
	}
	z.neededFields(&bad, p, t, answers, fields)
	if len(bad) > 0 {
		bad = append(bad, p.Misread(m, fields, z.Env(z.read))...)
	}
	fields[ref] = z.Themes().Ref(t)
	if days, _ := t.Path(answers); days > 0 {
		fields[casework.FieldPromised] = calendar.Limit{N: days, Unit: calendar.WorkDay}.String()
	}
	handed := idOf(p, casework.FieldHanded)
	fields[handed] = strings.Join(known(t, answers, strings.Split(fields[handed], ",")), ",")
	if d.Title == "" {
		d.Title = t.Name.ZH
	}
	d.Fields = fields
	return bad.Err()
}

// neededFields asks for what the needed items need, and drops what none of them does.
func (z *Zone) neededFields(bad *fault.List, p *casework.Procedure, t *theme.Theme, answers theme.Answers, fields map[string]string) {
	needed := t.Fields(answers)
	for _, x := range t.Items {
		for _, id := range x.Fields {
			f, _ := p.Field(id)
			switch {
			case !slices.Contains(needed, id):
				delete(fields, id)
			case fields[id] == "" && !slices.ContainsFunc(*bad, func(e *fault.Error) bool { return e.Field == id }):
				*bad = append(*bad, casework.Missing(f))
			}
		}
	}
}

// known keeps the ids of materials that somebody with the answers brings.
func known(t *theme.Theme, a theme.Answers, ids []string) []string {
	var out []string
	for _, w := range t.Wanted(a) {
		if w.Source == theme.Brought && slices.Contains(ids, w.ID) {
			out = append(out, w.ID)
		}
	}
	return out
}

// themeWords puts answers, or a list of materials, into words.
func (z *Zone) themeWords(ref string, f casework.Field, value string) lang.Text {
	t, _, ok := z.Theme(ref)
	if !ok {
		return lang.Text{ZH: value, EN: value}
	}
	var zh, en []string
	if f.Type == casework.FieldAnswers {
		for _, s := range situation(t, theme.ParseAnswers(value)) {
			zh, en = append(zh, s.ZH), append(en, s.EN)
		}
	} else {
		for _, id := range strings.Split(value, ",") {
			if m, ok := t.Material(id); ok {
				zh, en = append(zh, m.Name.ZH), append(en, m.Name.EN)
			}
		}
	}
	return lang.Text{ZH: strings.Join(zh, "；"), EN: strings.Join(en, "; ")}
}

// situation is what was answered, question by question.
func situation(t *theme.Theme, a theme.Answers) []lang.Text {
	var out []lang.Text
	for _, q := range t.Questions {
		for _, x := range q.Answers {
			if x.ID == a[q.ID] {
				out = append(out, lang.Text{ZH: q.Ask.ZH + x.Label.ZH, EN: q.Ask.EN + " " + x.Label.EN})
			}
		}
	}
	return out
}

// Applied is what an application for a theme asks for, as the page of its case, or of one of its items, shows it.
type Applied struct {
	Theme     *theme.Theme
	Item      string // of a sub-case: its item
	Situation []lang.Text
	Materials []MaterialLine
	Photos    []string // ids: what the applicant sent with the application, when this is one of its items
}

// MaterialLine is a material with whether it has been handed in.
type MaterialLine struct {
	theme.Wanted
	Handed bool
}

// applied describes the application a case is, or is a part of. The materials and pictures of an application are one set: who
// works on one of its items reads them there.
func (p *CasePage) applied(r *store.Reader, z *Zone) error {
	t, _, ok := z.Theme(p.Case.Fields[idOf(p.Proc, casework.FieldTheme)])
	if !ok || p.Case.Fields[idOf(p.Proc, casework.FieldTheme)] == "" {
		return nil
	}
	whole, proc := p.Case, p.Proc
	out := &Applied{Theme: t, Item: p.Case.Fields[fieldItem]}
	if p.Case.Parent != 0 {
		var events []casework.Event
		var err error
		if whole, events, err = r.History(p.Case.Parent, store.Everything); err != nil {
			return err
		}
		if proc = z.Version(whole.Procedure, whole.Version); proc.Confidential() {
			return nil
		}
		for _, e := range events {
			out.Photos = append(out.Photos, e.Photos...)
		}
	}
	answers := theme.ParseAnswers(whole.Fields[idOf(proc, casework.FieldAnswers)])
	handed := strings.Split(whole.Fields[idOf(proc, casework.FieldHanded)], ",")
	out.Situation = situation(t, answers)
	for _, w := range t.Wanted(answers) {
		if out.Item == "" || slices.ContainsFunc(w.Items, func(x theme.Item) bool { return x.ID == out.Item }) {
			out.Materials = append(out.Materials, MaterialLine{w, slices.Contains(handed, w.ID)})
		}
	}
	p.Applied = out
	return nil
}

// throughPart finds a case whose sub-case the viewer may see: they work with the same pictures. Of a confidential case they do not.
func throughPart(r *store.Reader, v Viewer, id casework.ID) (casework.Case, error) {
	none := fault.New(fault.NotFound, "没有这张照片。", "There is no such photo.")
	lines, err := r.SubCases(id)
	if err != nil {
		return casework.Case{}, err
	}
	for _, l := range lines {
		if _, err := r.Case(l.ID, v.Scope()); err == nil {
			c, err := r.Case(id, store.Everything)
			if err == nil && len(c.Sealed) > 0 {
				return casework.Case{}, none
			}
			return c, err
		} else if fault.KindOf(err) != fault.NotFound {
			return casework.Case{}, err
		}
	}
	return casework.Case{}, none
}
