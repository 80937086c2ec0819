package web

import (
	"net/url"
	"strconv"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/sheet"
	"gezhi/internal/target"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// projectsPage lists the cases of a procedure with monthly figures, with their lights.
type projectsPage struct {
	Page ui.Page
	V    *visit
	F    app.ProjectFilter
	List app.ProjectList
	Set  target.RuleSet
}

func (v *visit) projectFilter() app.ProjectFilter {
	q := v.URL.Query()
	return app.ProjectFilter{Procedure: v.PathValue("procedure"), Light: target.Light(q.Get("light")), Category: q.Get("category"), Unit: q.Get("unit"), Stage: q.Get("stage"),
		Text: q.Get("q"), Closed: q.Get("closed") == "yes"}
}

func (s *Server) showProjects(v *visit) error {
	p := projectsPage{V: v, F: v.projectFilter(), Set: v.zone.Lights.InUse()}
	p.F.Limit = projectRows
	after, _ := strconv.ParseInt(v.URL.Query().Get("after"), 10, 64)
	p.F.After = casework.ID(after)
	var err error
	if p.List, err = s.app.Projects(v.Context(), v.viewer, p.F); err != nil {
		return err
	}
	p.Page = v.page(p.List.Proc.Name.In(v.lang), "progress-"+p.F.Procedure)
	return v.render(projectsView(p))
}

// projectRows is how many projects a page lists.
const projectRows = 50

// pages leads to the next page and back to the first one.
func (p projectsPage) pages() ui.Pages {
	q := p.V.URL.Query()
	q.Del("after")
	at := func(q url.Values) string { return p.address() + "?" + q.Encode() }
	var out ui.Pages
	if p.F.After != 0 {
		out.Previous = at(q)
	}
	if p.List.More {
		q.Set("after", strconv.FormatInt(int64(p.List.Lines[projectRows-1].Case.ID), 10))
		out.Next = at(q)
	}
	return out
}

// address is the list's own, with the part of an address after it.
func (p projectsPage) address(more ...string) string {
	return p.V.to(append([]string{"desk", "progress", p.F.Procedure}, more...)...)
}

// cards count projects per light; each leads to them.
func (p projectsPage) cards() []ui.StatCard {
	l := p.Page.Lang
	var out []ui.StatCard
	for _, light := range target.Lights() {
		out = append(out, ui.StatCard{Label: light.Name().In(l), Value: ui.Number(p.List.Counts[light]), Unit: l.T("个", ""), Tone: lampTone(light),
			Note: p.Set.Actions[light].In(l), URL: p.address() + "?light=" + string(light)})
	}
	return out
}

// select fields of the filter bar.
func (p projectsPage) fields() []ui.Field {
	l := p.Page.Lang
	any := ui.Option{Label: l.T("不限", "any")}
	lights, units, stages := []ui.Option{any}, []ui.Option{any}, []ui.Option{any}
	for _, x := range target.Lights() {
		lights = append(lights, ui.Option{Value: string(x), Label: x.Name().In(l)})
	}
	units = append(units, p.V.units()...)
	for _, s := range p.List.Proc.Stages {
		stages = append(stages, ui.Option{Value: s.ID, Label: s.Name.In(l)})
	}
	kinds := append([]ui.Option{any}, categoryFilter(p.V, p.List.Proc)...)
	in := ui.Input{Lang: l, Values: p.V.URL.Query()}
	return []ui.Field{
		in.Field("q", l.T("名称或编号", "Name or number")).Opt(),
		in.Field("light", l.T("灯", "Light")).From(lights).Opt(),
		in.Field("category", l.T("类别", "Kind")).From(kinds).Opt(),
		in.Field("unit", l.T("责任部门", "Unit in charge")).From(units).Opt(),
		in.Field("stage", l.T("阶段", "Stage")).From(stages).Opt(),
		in.Field("closed", l.T("范围", "Which")).From([]ui.Option{{Label: l.T("未办结的", "open ones")}, {Value: "yes", Label: l.T("含已办结", "closed ones too")}}).Opt(),
	}
}

func (p projectsPage) clear() string {
	if p.V.URL.RawQuery == "" {
		return ""
	}
	return p.address()
}

func (p projectsPage) export() string {
	if !p.V.viewer.Can(app.Export) {
		return ""
	}
	q := ""
	if p.V.URL.RawQuery != "" {
		q = "?" + p.V.URL.RawQuery
	}
	return p.address("export.xlsx") + q
}

func (p projectsPage) sheet() ui.Sheet[app.Project] {
	l := p.Page.Lang
	return ui.Sheet[app.Project]{Caption: p.Page.Title, Columns: []ui.Column[app.Project]{
		{Head: l.T("灯", "Light"), Kind: ui.Brief, Cell: func(x app.Project) templ.Component { return ui.Light(lampTone(x.Light), x.Light.Name().In(l)) }},
		ui.LinkColumn(l.T("项目", "Project"), ui.Main, func(x app.Project) ui.Link {
			return ui.Link{Label: x.Case.Title, URL: p.V.to("case", strconv.FormatInt(int64(x.Case.ID), 10))}
		}),
		ui.TextColumn(l.T("类别", "Kind"), ui.Brief, func(x app.Project) string { return x.Kind.In(l) }),
		ui.TextColumn(l.T("阶段、进展", "Stage, progress"), ui.Words, func(x app.Project) string { return joined(x.Stage.In(l), p.field(x, "state")) }),
		ui.TextColumn(l.T("责任部门", "Unit in charge"), ui.Words, func(x app.Project) string { return dash(x.Unit.In(l)) }),
		ui.TextColumn(l.T("包抓领导", "Leader"), ui.Words, func(x app.Project) string { return dash(x.Case.Fields["leader"]) }),
		ui.TextColumn(l.T("序时进度（万元）", "Plan to date (10k CNY)"), ui.Figures, func(x app.Project) string { return planned(x.Figures) }),
		ui.TextColumn(l.T("累计完成（万元）", "Done to date (10k CNY)"), ui.Figures, func(x app.Project) string { return wan(x.Figures.Actual) }),
		ui.TextColumn(l.T("偏差", "Deviation"), ui.Figures, func(x app.Project) string { return deviation(x.Figures) }),
		ui.TextColumn(l.T("亮灯原因", "Why"), ui.Words, func(x app.Project) string { return x.Why.In(l) }),
	}, Tone: func(x app.Project) ui.Tone { return lampTone(x.Light) },
		Empty: ui.EmptyState{Icon: "clipboard-list", Title: l.T("没有符合条件的项目", "No project is like that")}}
}

func planned(f target.Figures) string {
	if f.Plan == 0 {
		return "—"
	}
	return wan(f.Plan)
}

func dash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// field is a field of a project in words.
func (p projectsPage) field(x app.Project, id string) string {
	f, _ := x.Proc.Field(id)
	if x.Case.Fields[id] == "" {
		return ""
	}
	return app.FieldWords(p.V.zone, f, x.Case.Fields[id]).In(p.Page.Lang)
}

// exportProjects sends the list as a file.
func (s *Server) exportProjects(v *visit) error {
	f := v.projectFilter()
	words, _ := url.QueryUnescape(v.URL.RawQuery)
	list, err := s.app.ExportProjects(v.Context(), v.viewer, f, dash(words))
	if err != nil {
		return err
	}
	l, p := v.lang, projectsPage{V: v, F: f, List: list}
	p.Page.Lang = l
	heads := []sheet.Heading{{Name: l.T("编号", "Number"), Width: 22}, {Name: l.T("项目", "Project"), Width: 28}, {Name: l.T("类别", "Kind"), Width: 14}, {Name: l.T("灯", "Light"), Width: 8},
		{Name: l.T("亮灯原因", "Why"), Width: 30}, {Name: l.T("阶段", "Stage"), Width: 12}, {Name: l.T("进展", "Progress"), Width: 18}, {Name: l.T("责任部门", "Unit in charge"), Width: 20},
		{Name: l.T("包抓领导", "Leader"), Width: 18}, {Name: l.T("统计到", "Up to"), Width: 12}, {Name: l.T("年度计划（万元）", "Year's plan (10k CNY)"), Width: 16},
		{Name: l.T("序时进度（万元）", "Plan to date (10k CNY)"), Width: 16}, {Name: l.T("累计完成（万元）", "Done to date (10k CNY)"), Width: 16}, {Name: l.T("偏差", "Deviation"), Width: 10}}
	return v.sendFile("projects", list.Proc.Name.In(l), heads, dash(words), func(out fileRows) error {
		for _, x := range list.Lines {
			if err := out.Row(x.Case.Number, x.Case.Title, x.Kind.In(l), x.Light.Name().In(l), x.Why.In(l), x.Stage.In(l), p.field(x, "state"), x.Unit.In(l), x.Case.Fields["leader"],
				monthOfYear(l, x.Figures.Month), wan(x.Figures.Year), planned(x.Figures), wan(x.Figures.Actual), deviation(x.Figures)); err != nil {
				return err
			}
		}
		return nil
	})
}

// progressChart draws plan and actual to date.
func (p casePage) progressChart() ui.ChartSpec {
	l := p.V.lang
	c := ui.ChartSpec{ID: "progress", Title: l.T("序时进度与累计完成", "Plan and actual to date"), Kind: ui.Lines, Unit: l.T("万元", "10k CNY"), Head: l.T("月份", "Month"),
		Series: []ui.Series{{Name: l.T("序时进度", "Plan"), Tone: ui.Grey}, {Name: l.T("累计完成", "Actual"), Tone: ui.Blue}}}
	for _, m := range p.Progress.Months {
		c.Labels = append(c.Labels, l.Tf("%d 月", "%d", m.Month%100))
		plan, done := float64(m.Plan)/1e6, float64(m.Done)/1e6
		c.Series[0].Values = append(c.Series[0].Values, &plan)
		if m.Month <= p.Progress.Figures.Month {
			c.Series[1].Values = append(c.Series[1].Values, &done)
		} else {
			c.Series[1].Values = append(c.Series[1].Values, nil)
		}
	}
	return c
}

func (p casePage) monthSheet() ui.Sheet[app.MonthLine] {
	l := p.V.lang
	return ui.Sheet[app.MonthLine]{Caption: l.T("逐月", "Month by month"), Columns: []ui.Column[app.MonthLine]{
		ui.TextColumn(l.T("月份", "Month"), ui.Main, func(m app.MonthLine) string { return monthOfYear(l, m.Month) }),
		{Head: l.T("灯", "Light"), Kind: ui.Brief, Cell: func(m app.MonthLine) templ.Component {
			if m.Month > p.Progress.Figures.Month {
				return ui.Text("")
			}
			return ui.Light(lampTone(m.Light), m.Light.Name().In(l))
		}},
		ui.TextColumn(l.T("当月计划", "Planned"), ui.Figures, func(m app.MonthLine) string { return wan(m.Planned) }),
		ui.TextColumn(l.T("当月完成", "Done"), ui.Figures, func(m app.MonthLine) string {
			if !m.Reported() {
				return "—"
			}
			return wan(m.Actual)
		}),
		ui.TextColumn(l.T("序时进度", "Plan to date"), ui.Figures, func(m app.MonthLine) string { return wan(m.Plan) }),
		ui.TextColumn(l.T("累计完成", "Done to date"), ui.Figures, func(m app.MonthLine) string {
			if m.Month > p.Progress.Figures.Month {
				return ""
			}
			return wan(m.Done)
		}),
		ui.TextColumn(l.T("报送", "Reported"), ui.Words, func(m app.MonthLine) string {
			switch {
			case !m.Reported():
				return l.T("未报", "not yet")
			case m.Times > 1:
				return joined(ui.Date(l, m.At), l.Tf("更正 %d 次", "corrected %d time(s)", m.Times-1), m.Note)
			}
			return joined(ui.Date(l, m.At), m.Note)
		}),
	}}
}

// passing are fields that tell of one step only; the history and the table of months show them.
var passing = strings.Fields("year year_plan month plan actual started entered funds light light_month light_doc issue issue_kind issue_unit milestone milestone_due milestone_unit")

// lacking says in a sentence why a move that is the viewer's cannot be made yet.
func lacking(v *visit, r casework.Refusal) string { return sentence(r.Why, v.lang) }
