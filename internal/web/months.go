package web

import (
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
	"gezhi/internal/target"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// monthsPage is where lists of monthly figures are sent, and those the viewer has sent.
type monthsPage struct {
	office
	Procedure string
	Lists     []store.Import
}

// progressOffice is the frame of a page under a procedure's list of lights.
func (v *visit) progressOffice(title string, in ui.Input) (office, string, error) {
	id := v.PathValue("procedure")
	p := v.zone.Procedure(id)
	if p == nil || !p.Monthly {
		return office{}, "", errNoPage
	}
	return v.office(title, "progress-"+id, in), id, nil
}

func (p monthsPage) address(more ...string) string {
	return p.V.to(append([]string{"desk", "progress", p.Procedure}, more...)...)
}

func (s *Server) showMonthImports(v *visit) error { return v.untouched(v.monthImports) }

func (v *visit) monthImports(in ui.Input) (templ.Component, error) {
	o, id, err := v.progressOffice(v.lang.T("导入月度数字", "Import monthly figures"), in)
	if err != nil {
		return nil, err
	}
	lists, err := v.s.app.MonthImports(v.Context(), v.viewer)
	return monthImportsView(monthsPage{o, id, lists}), err
}

func (p monthsPage) columns() ui.Sheet[store.Import] {
	l := p.Page.Lang
	return ui.Sheet[store.Import]{Caption: l.T("我导入过的", "What I have sent"), ShowCaption: true, Columns: []ui.Column[store.Import]{
		ui.LinkColumn(l.T("文件", "File"), ui.Main, func(x store.Import) ui.Link { return ui.Link{Label: x.Name, URL: p.address("import", itoa(x.ID))} }),
		{Head: l.T("上传", "Sent"), Kind: ui.Brief, Cell: func(x store.Import) templ.Component { return ui.Clock(l, p.V.s.app.Now(), x.At) }},
		ui.TextColumn(l.T("结果", "Outcome"), ui.Words, func(x store.Import) string {
			if x.Done.IsZero() {
				return l.T("尚未导入", "not imported yet")
			}
			return x.Summary
		}),
	}, Empty: ui.EmptyState{Icon: "file-import", Title: l.T("还没有导入过", "Nothing yet")}}
}

func (s *Server) uploadMonths(v *visit) error {
	name, body, err := v.upload()
	if err != nil {
		return err
	}
	id, err := s.app.KeepMonths(v.Context(), v.viewer, v.PathValue("procedure"), name, body)
	return v.settle(err, v.monthImports, v.lang.T("已读取，请核对后确认导入。", "Read. Look at the check, then confirm."), v.to("desk", "progress", v.PathValue("procedure"), "import", itoa(id)))
}

func (s *Server) monthTemplate(v *visit) error {
	body, err := sheet.Template(app.MonthColumns(), []lang.Text{{ZH: "一行一个项目的一个月；金额以万元计。再报同一月份即为更正，原数留存。", EN: "One month of one project a row; amounts in 10,000 yuan. Reporting a month again corrects it."}}, v.lang)
	if err != nil {
		return err
	}
	return v.download(v.lang.T("项目月度数字模板.xlsx", "monthly figures template.xlsx"), xlsxType, body)
}

// monthCheckPage is one list: what importing it would do, or what became of it.
type monthCheckPage struct {
	monthsPage
	ID    int64
	Check app.MonthCheck
}

func (s *Server) showMonthCheck(v *visit) error { return v.untouched(v.monthCheck) }

func (v *visit) monthCheck(in ui.Input) (templ.Component, error) {
	id, err := v.importID()
	if err != nil {
		return nil, err
	}
	o, procedure, err := v.progressOffice(v.lang.T("导入前核对", "Check before importing"), in)
	if err != nil {
		return nil, err
	}
	check, err := v.s.app.CheckMonths(v.Context(), v.viewer, id)
	return monthCheckView(monthCheckPage{monthsPage{o, procedure, nil}, id, check}), err
}

func (p monthCheckPage) rows() ui.Sheet[app.MonthRow] {
	l := p.Page.Lang
	return ui.Sheet[app.MonthRow]{Caption: l.T("将导入", "To be imported"), ShowCaption: true, Columns: []ui.Column[app.MonthRow]{
		ui.TextColumn(l.T("行", "Row"), ui.Figures, func(x app.MonthRow) string { return strconv.Itoa(x.Row) }),
		ui.TextColumn(l.T("项目", "Project"), ui.Main, func(x app.MonthRow) string { return x.Case.Title }),
		ui.TextColumn(l.T("月份", "Month"), ui.Brief, func(x app.MonthRow) string { return monthOfYear(l, x.Month) }),
		ui.TextColumn(l.T("当月计划（万元）", "Planned (10k CNY)"), ui.Figures, func(x app.MonthRow) string {
			if x.Plan < 0 {
				return "—"
			}
			return wan(x.Plan)
		}),
		ui.TextColumn(l.T("当月完成（万元）", "Done (10k CNY)"), ui.Figures, func(x app.MonthRow) string { return wan(x.Actual) }),
	}}
}

func (p monthCheckPage) first() []app.MonthRow {
	return p.Check.Lines[:min(len(p.Check.Lines), listShown)]
}

func (s *Server) applyMonths(v *visit) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	err = s.app.ApplyMonths(v.Context(), v.viewer, id, v.shown("lines"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.monthCheck, v.lang.T("已导入。", "Imported."), v.to("desk", "progress", v.PathValue("procedure")))
}

func (s *Server) monthErrors(v *visit) error {
	return sendErrors(v, s.app.CheckMonths, v.lang.T("月度数字错误说明.xlsx", "monthly figures errors.xlsx"))
}

// rulesPage shows the rule sets of lights; an administrator chooses among them.
type rulesPage struct {
	office
	Procedure string
	Sets      target.Sets
}

func (s *Server) showLightRules(v *visit) error { return v.untouched(v.lightRules) }

func (v *visit) lightRules(in ui.Input) (templ.Component, error) {
	o, id, err := v.progressOffice(v.lang.T("亮灯规则", "Rules of lights"), in)
	return lightRulesView(rulesPage{o, id, v.zone.Lights}), err
}

func (p rulesPage) options() []ui.Option {
	var out []ui.Option
	for _, s := range p.Sets.List {
		out = append(out, ui.Option{Value: s.ID, Label: s.Name.In(p.Page.Lang), Hint: s.Source})
	}
	return out
}

func (p rulesPage) rules(s target.RuleSet) ui.Sheet[target.Rule] {
	l := p.Page.Lang
	return ui.Sheet[target.Rule]{Caption: s.Name.In(l), Columns: []ui.Column[target.Rule]{
		{Head: l.T("灯", "Light"), Kind: ui.Main, Cell: func(r target.Rule) templ.Component { return ui.Light(lampTone(r.Light), r.Light.Name().In(l)) }},
		ui.TextColumn(l.T("条件", "When"), ui.Words, func(r target.Rule) string { return r.Why.In(l) }),
		ui.TextColumn(l.T("措施", "What is done"), ui.Words, func(r target.Rule) string { return dash(s.Actions[r.Light].In(l)) }),
	}}
}

// ordered are the rules with the one that holds otherwise.
func (p rulesPage) ordered(s target.RuleSet) []target.Rule {
	return append(s.Rules[:len(s.Rules):len(s.Rules)], target.Rule{Light: target.Green, Why: s.Otherwise})
}

func (s *Server) useLightRules(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	err := s.app.UseLights(v.Context(), v.viewer, v.PostForm.Get("set"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.lightRules, v.lang.T("已改用这套规则，并留存为新版本。", "These rules are in use now, as a new version."), v.to("desk", "progress", v.PathValue("procedure"), "rules"))
}
