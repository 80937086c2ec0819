package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/theme"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// thingsPage lists the themes, or leads through one of them.
type thingsPage struct {
	Page    ui.Page
	V       *visit
	Catalog *theme.Catalog
	Theme   *theme.Theme
	In      ui.Input
	Answers theme.Answers
	Done    bool // every question is answered
}

func (v *visit) thingsPage(title string) thingsPage {
	return thingsPage{Page: v.page(title, "things"), V: v, Catalog: v.zone.Themes(), In: ui.Input{Lang: v.lang}}
}

func (s *Server) showThings(v *visit) error {
	return v.render(thingsList(v.thingsPage(v.lang.T("一件事一次办", "One thing at a time"))))
}

// thing finds the theme an address names, and reads the answers in it.
func (v *visit) thing() (thingsPage, error) {
	t, ok := v.zone.Themes().Find(v.PathValue("theme"))
	if !ok {
		return thingsPage{}, errNoPage
	}
	p := v.thingsPage(t.Name.In(v.lang))
	p.Theme, p.Answers = t, theme.Answers{}
	for _, q := range t.Questions {
		if a := v.URL.Query().Get("q." + q.ID); a != "" {
			p.Answers[q.ID] = a
		}
	}
	return p, nil
}

// showThing asks the questions of a theme; once all are answered it says what is needed.
func (s *Server) showThing(v *visit) error {
	p, err := v.thing()
	if err != nil {
		return err
	}
	p.In.Values = v.URL.Query()
	asked := len(p.Answers) > 0 || p.In.Values.Has("go")
	if err = p.Theme.Check(p.Answers); err == nil && (asked || len(p.Theme.Questions) == 0) && !p.In.Values.Has("again") {
		p.Done = true
		return v.render(thingPage(p))
	}
	if asked && err != nil {
		p.In.Err = questionFaults(err)
		return v.again(p.In.Err, thingPage(p))
	}
	return v.render(thingPage(p))
}

// questionFaults names questions as the form does.
func questionFaults(err error) error {
	return fault.Rename(err, func(field string) string { return "q." + strings.TrimPrefix(field, "q.") })
}

// query is the answers as an address carries them.
func (p thingsPage) query() string {
	q := url.Values{}
	for id, a := range p.Answers {
		q.Set("q."+id, a)
	}
	return q.Encode()
}

// thingForm is the one form for everything that the answers need.
type thingForm struct {
	filingPage
	Thing thingsPage
	Wants []casework.Want
}

func (v *visit) thingForm(in ui.Input, photos []string) (thingForm, error) {
	t, err := v.thing()
	if err != nil {
		return thingForm{}, err
	}
	v.SetPathValue("procedure", t.Catalog.Procedure)
	f, err := v.filingPage("", in, photos)
	if err != nil {
		return thingForm{}, err
	}
	f.Page.Title = t.Page.Title
	p := thingForm{filingPage: f, Thing: t}
	needed := t.Theme.Fields(t.Answers)
	for _, w := range f.Form.Start.Fields {
		w.Required = w.Required || slices.Contains(needed, w.Field.ID)
		if w.Required && w.Field.Type != casework.FieldTheme {
			p.Wants = append(p.Wants, w)
		}
	}
	return p, nil
}

// showThingForm is the form; whoever has not answered every question answers them first.
func (s *Server) showThingForm(v *visit) error {
	if !v.viewer.Known() {
		return v.enterFirst("enter")
	}
	p, err := v.thingForm(ui.Input{Lang: v.lang}, nil)
	if err != nil {
		return err
	}
	if p.Thing.Theme.Check(p.Thing.Answers) != nil {
		return v.goTo(v.to("things", p.Thing.Theme.ID))
	}
	return v.render(thingApplyForm(p))
}

// applyFor files the application.
func (s *Server) applyFor(v *visit) error {
	if err := v.parseUpload(); err != nil {
		return err
	}
	p, err := v.thingForm(ui.Input{Lang: v.lang}, nil)
	if err != nil {
		return err
	}
	fields := v.fieldsIn(p.Proc, p.Form.Start.Fields)
	for _, f := range p.Proc.Fields {
		switch f.Type {
		case casework.FieldTheme:
			fields[f.ID] = p.Thing.Theme.ID + "/" + v.Form.Get("edition")
		case casework.FieldAnswers:
			fields[f.ID] = p.Thing.Answers.String()
		}
	}
	photos, err := v.photos()
	var out app.Filed
	if err == nil {
		out, err = s.app.File(v.Context(), v.viewer, app.Filing{Key: v.Form.Get(ui.KeyName), Procedure: p.Proc.ID, Start: p.Form.Start.Move,
			Title: v.Form.Get("title"), Text: v.Form.Get("text"), Fields: fields, Photos: photos})
	}
	if wrong(err) {
		if p, err1 := v.thingForm(v.input(filingFields(err)), photos); err1 == nil {
			return v.again(err, thingApplyForm(p))
		}
	}
	if err != nil {
		return err
	}
	v.draftDone("thing-" + p.Thing.Theme.ID)
	v.s.flash(v, ui.Green, v.lang.Tf("已提交，编号 %s。窗口五个工作日内受理或一次告知。", "Sent as %s. The window accepts it or tells you once what is missing, within five working days.", out.Case.Number))
	return v.goTo(v.to("case", strconv.FormatInt(int64(out.Case.ID), 10)))
}

// question is a question as a field of a form.
func (p thingsPage) question(q theme.Question) ui.Field {
	f := p.In.Field("q."+q.ID, q.Ask.In(p.Page.Lang))
	for _, a := range q.Answers {
		f.Options = append(f.Options, ui.Option{Value: a.ID, Label: a.Label.In(p.Page.Lang)})
	}
	return f
}

// saving is one line of the comparison of before and now.
type saving struct {
	What        string
	Before, Now int
	Unit        string
}

func (p thingsPage) savings() []saving {
	l := p.Page.Lang
	before, now := p.Theme.Compare(p.Answers)
	return []saving{
		{l.T("环节", "Steps"), before.Steps, now.Steps, l.T("个", "")},
		{l.T("材料", "Materials"), before.Materials, now.Materials, l.T("份", "")},
		{l.T("时间", "Time"), before.Days, now.Days, l.T("个工作日", " working days")},
		{l.T("跑动", "Visits"), before.Visits, now.Visits, l.T("次", "")},
	}
}

func (p thingsPage) savingColumns() ui.Sheet[saving] {
	l := p.Page.Lang
	n := func(f func(saving) int) func(saving) string {
		return func(s saving) string { return strconv.Itoa(f(s)) + s.Unit }
	}
	return ui.Sheet[saving]{Caption: l.T("四减对比", "What is saved"), Columns: []ui.Column[saving]{
		ui.TextColumn(l.T("项目", "What"), ui.Main, func(s saving) string { return s.What }),
		ui.TextColumn(l.T("逐项办", "One by one"), ui.Figures, n(func(s saving) int { return s.Before })),
		ui.TextColumn(l.T("一次办", "In one go"), ui.Figures, n(func(s saving) int { return s.Now })),
		ui.TextColumn(l.T("减少", "Less"), ui.Figures, n(func(s saving) int { return s.Before - s.Now })),
	}}
}

func (p thingsPage) itemColumns() ui.Sheet[theme.Item] {
	l := p.Page.Lang
	_, path := p.Theme.Path(p.Answers)
	name := func(id string) string { x, _ := p.Theme.Item(id); return x.Name.In(l) }
	return ui.Sheet[theme.Item]{Caption: l.T("办理事项", "Items"), Columns: []ui.Column[theme.Item]{
		ui.TextColumn(l.T("事项", "Item"), ui.Main, func(x theme.Item) string { return x.Name.In(l) }),
		ui.TextColumn(l.T("部门", "Department"), ui.Words, func(x theme.Item) string { return p.V.zone.Units[x.Unit].Name.In(l) }),
		ui.TextColumn(l.T("承诺（法定）时限", "Promised (statutory)"), ui.Words, func(x theme.Item) string {
			return l.Tf("%d（%d）个工作日", "%d (%d) working days", x.Promised.N, x.Statutory.N)
		}),
		ui.TextColumn(l.T("前置事项", "Waits for"), ui.Words, func(x theme.Item) string {
			var out []string
			for _, id := range x.After {
				out = append(out, name(id))
			}
			return strings.Join(out, l.T("、", ", "))
		}),
		{Head: l.T("关键路径", "Critical path"), Kind: ui.Brief, Cell: func(x theme.Item) templ.Component {
			if slices.Contains(path, x.ID) {
				return ui.Badge(ui.Yellow, l.T("关键路径", "critical path"))
			}
			return ui.Text("—")
		}},
	}}
}

// total says how long the whole takes and why.
func (p thingsPage) total() string {
	l := p.Page.Lang
	days, path := p.Theme.Path(p.Answers)
	var names []string
	for _, id := range path {
		x, _ := p.Theme.Item(id)
		names = append(names, x.Name.In(l))
	}
	return l.Tf("总时限 %d 个工作日，按最长的一条路径计算：%s。补正和听证、检验、检测、鉴定、专家评审的时间不计入。",
		"%d working days in all, by the longest chain: %s. Supplements, hearings, inspections, tests, appraisals and expert reviews are not counted.", days, strings.Join(names, " → "))
}

// sourceWord says where a material comes from.
func sourceWord(l lang.Lang, s theme.Source) string {
	switch s {
	case theme.Held:
		return l.T("电子证照，不用提交", "held electronically, not to be handed in")
	case theme.Made:
		return l.T("本次办理产生，内部流转", "made on the way, passed on inside")
	}
	return l.T("需要提交", "to be handed in")
}

// materialUse says what a material is for, and what to mind.
func materialUse(l lang.Lang, w theme.Wanted) string {
	use := l.Tf("用于%s", "for %s", itemNames(l, w.Items))
	if h := w.Hint.In(l); h != "" {
		use += l.T("；", "; ") + h
	}
	return use
}

func itemNames(l lang.Lang, items []theme.Item) string {
	var out []string
	for _, x := range items {
		out = append(out, x.Name.In(l))
	}
	return strings.Join(out, l.T("、", ", "))
}

// handedField offers the materials that the applicant brings, to be ticked off.
func handedField(l lang.Lang, f ui.Field, wanted []theme.Wanted) ui.Field {
	for _, w := range wanted {
		if w.Source == theme.Brought {
			f.Options = append(f.Options, ui.Option{Value: w.ID, Label: w.Name.In(l), Hint: w.Hint.In(l)})
		}
	}
	f.Optional = true
	return f
}

// handedOptions are the materials of the case the page is about, with those handed in already ticked.
func (p casePage) handedOptions(f ui.Field) ui.Field {
	if p.Applied == nil {
		return f
	}
	var wanted []theme.Wanted
	var have []string
	for _, m := range p.Applied.Materials {
		wanted = append(wanted, m.Wanted)
		if m.Handed {
			have = append(have, m.ID)
		}
	}
	if f.Values == nil && p.Move == "" {
		f.Values = have
	}
	return handedField(p.V.lang, f, wanted)
}
