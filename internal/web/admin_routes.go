package web

import (
	"net/url"
	"slices"
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/lang"
	"gezhi/internal/territory"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// routesPage is the routing table.
type routesPage struct {
	office
	List   []territory.Route
	Filter url.Values
	Proof  territory.Proof
}

func (s *Server) showRoutes(v *visit) error { return v.untouched(v.routes) }

func (v *visit) routes(in ui.Input) (templ.Component, error) {
	q := v.URL.Query()
	list, err := v.s.app.Routes(v.Context(), v.viewer, q.Get("f_matter"), q.Get("f_area"), q.Get("f_owner"))
	if err != nil {
		return nil, err
	}
	proof, err := v.s.app.Prove(v.Context(), v.viewer)
	if err != nil {
		return nil, err
	}
	return routesView(routesPage{office: v.office(v.lang.T("派遣规则", "Routing"), "routes", in), List: list, Filter: q, Proof: proof}), nil
}

func (s *Server) addRoute(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	err := s.app.AddRoute(v.Context(), v.viewer, territory.Route{Matter: f.Get("matter"), Area: f.Get("area"), Stage: f.Get("stage"),
		Mode: territory.Mode(f.Get("mode")), Owner: f.Get("owner"), Note: f.Get("note")}, f.Get(ui.KeyName))
	return v.settle(err, v.routes, v.lang.T("已新增派遣规则，校验仍然成立。", "Row added; the proof holds."), v.admin("routes"))
}

func (s *Server) dropRoute(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	line, err := strconv.Atoi(v.PathValue("id"))
	if err != nil {
		return errNoPage
	}
	err = s.app.DropRoute(v.Context(), v.viewer, line, v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.routes, v.lang.T("已删除派遣规则，校验仍然成立。", "Row removed; the proof holds."), v.admin("routes"))
}

func (p routesPage) columns() ui.Sheet[territory.Route] {
	l := p.V.lang
	every := func(s string) string {
		if s == "" {
			return l.T("不限", "any")
		}
		return s
	}
	return ui.Sheet[territory.Route]{Caption: l.T("派遣规则", "Routing table"), Columns: []ui.Column[territory.Route]{
		ui.TextColumn(l.T("序号", "No."), ui.Figures, func(r territory.Route) string { return itoa(r.Line) }),
		ui.TextColumn(l.T("事项", "Matter"), ui.Main, func(r territory.Route) string { return p.V.routeMatter(r.Matter) }),
		ui.TextColumn(l.T("区域", "Area"), ui.Words, func(r territory.Route) string { return p.V.routeArea(r.Area) }),
		ui.TextColumn(l.T("环节", "Stage"), ui.Brief, func(r territory.Route) string { return every(p.V.stageOf(r.Stage)) }),
		ui.TextColumn(l.T("状态", "Mode"), ui.Brief, func(r territory.Route) string {
			if r.Mode == territory.AnyMode {
				return every("")
			}
			return r.Mode.Name().In(l)
		}),
		{Head: l.T("责任主体", "Owner"), Cell: func(r territory.Route) templ.Component { return routeOwner(p.V, r.Owner) }},
		ui.TextColumn(l.T("说明", "Note"), ui.Words, func(r territory.Route) string { return r.Note }),
		{Head: l.T("操作", "Actions"), Kind: ui.Buttons, Cell: func(r territory.Route) templ.Component {
			return oneButton(l, p.V.admin("routes", itoa(r.Line), "drop"), l.T("删除", "Remove"), l.T("会使校验不成立的删除不予保存。", "Not saved if the proof would fail."))
		}},
	}, Empty: ui.EmptyState{Icon: "route", Title: l.T("没有符合条件的规则", "No rows fit")}}
}

// routeMatter is what a matter prefix stands for.
func (v *visit) routeMatter(prefix string) string {
	if prefix == "" {
		return v.lang.T("全部事项", "every matter")
	}
	if m, ok := v.zone.Matters.Find(prefix); ok {
		return prefix + " " + m.Name.In(v.lang)
	}
	for _, c := range v.zone.Matters.Classes {
		if c.ID == prefix {
			return prefix + " " + c.Label.In(v.lang)
		}
	}
	return prefix
}

func (v *visit) routeArea(code string) string {
	if code == "" {
		return v.lang.T("全区", "the district")
	}
	for _, o := range v.zone.Overlays {
		if "@"+o.ID == code {
			return o.Name.In(v.lang)
		}
	}
	return v.areaNames([]string{code})
}

func (v *visit) stageOf(id string) string {
	if p := v.zone.Procedure(app.GridEvent); p != nil && id != "" {
		if s, ok := p.Stage(id); ok {
			return s.Name.In(v.lang)
		}
	}
	return id
}

// stageOptions are the stages that take their holder from the table.
func (v *visit) stageOptions() []ui.Option {
	out := []ui.Option{{Label: v.lang.T("不限", "any")}}
	for _, id := range v.zone.RoutedStages() {
		out = append(out, ui.Option{Value: id, Label: v.stageOf(id)})
	}
	return out
}

// unitCodes are the codes of the zone's units that serve more than a community, sorted.
func (v *visit) unitCodes() []string {
	var out []string
	for code, u := range v.zone.Units {
		if u.To.IsZero() && len(u.Area) <= 9 {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// tallyRow is one matter's part of the proof.
type tallyRow struct {
	Name string
	territory.Tally
}

func (p routesPage) tallies() []tallyRow {
	var out []tallyRow
	for _, t := range p.Proof.ByMatter {
		out = append(out, tallyRow{p.V.routeMatter(t.Matter), t.Tally})
	}
	return out
}

func (p routesPage) tallyColumns() ui.Sheet[tallyRow] {
	l := p.V.lang
	return ui.Sheet[tallyRow]{Caption: l.T("按事项", "By matter"), Columns: []ui.Column[tallyRow]{
		ui.TextColumn(l.T("事项", "Matter"), ui.Main, func(t tallyRow) string { return t.Name }),
		ui.TextColumn(l.T("恰好一个", "Exactly one"), ui.Figures, func(t tallyRow) string { return ui.Number(t.One) }),
		{Head: l.T("没有", "None"), Kind: ui.Figures, Cell: func(t tallyRow) templ.Component { return badCount(t.None) }},
		{Head: l.T("多个", "Several"), Kind: ui.Figures, Cell: func(t tallyRow) templ.Component { return badCount(t.Several) }},
	}}
}

func badCount(n int) templ.Component {
	if n == 0 {
		return ui.Text("0")
	}
	return ui.Badge(ui.Red, ui.Number(n))
}

func (s *Server) showProof(v *visit) error {
	proof, err := s.app.Prove(v.Context(), v.viewer)
	if err != nil {
		return err
	}
	return v.render(proofView(routesPage{office: v.office(v.lang.T("派遣规则校验", "Proof of the routing table"), "routes", v.blankInput()), Proof: proof}))
}

func (p routesPage) proofStats() []ui.StatCard {
	l := p.V.lang
	t := p.Proof.Leaves
	return []ui.StatCard{
		{Label: l.T("事项 × 微网格", "Matters × micro-grids"), Value: ui.Number(t.Sum()), Note: l.Tf("%d 类事项，%d 个环节", "%d matters, %d stages", p.Proof.Matters, p.Proof.Stages)},
		{Label: l.T("恰好一个责任主体", "Exactly one owner"), Value: ui.Number(t.One), Tone: ui.Green},
		{Label: l.T("没有责任主体", "None"), Value: ui.Number(t.None), Tone: problemTone(t.None)},
		{Label: l.T("多个责任主体", "Several"), Value: ui.Number(t.Several), Tone: problemTone(t.Several)},
	}
}

func (p routesPage) findingText(f territory.Finding) string {
	zh, en := p.V.zone.FindingText(f)
	return p.V.lang.T(zh, en)
}

func modeOptions(l lang.Lang) []ui.Option {
	return []ui.Option{{Label: l.T("平时与应急", "both")}, {Value: string(territory.Peace), Label: territory.Peace.Name().In(l)}, {Value: string(territory.Emergency), Label: territory.Emergency.Name().In(l)}}
}
