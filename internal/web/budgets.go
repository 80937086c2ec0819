package web

import (
	"strconv"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/idcode"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// budgetsPage is the district's budgets of points.
type budgetsPage struct {
	office
	app.BudgetPage
}

func (s *Server) showBudgets(v *visit) error { return v.untouched(v.budgets) }

func (v *visit) budgets(in ui.Input) (templ.Component, error) {
	p, err := v.s.app.PoolsPage(v.Context(), v.viewer)
	return budgetsView(budgetsPage{v.office(v.lang.T("积分预算", "Budgets of points"), "budgets", in), p}), err
}

func (s *Server) allot(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	n, _ := strconv.ParseInt(strings.TrimSpace(f.Get("points")), 10, 64)
	err := s.app.Allot(v.Context(), v.viewer, f.Get("area"), n, f.Get("document"), f.Get("note"), f.Get(ui.KeyName))
	return v.settle(err, v.budgets, v.lang.T("已下达，等待拨付的积分随即入账。", "Given; awards that waited for it are posted."), v.to("desk", "budgets"))
}

func (p budgetsPage) columns() ui.Sheet[app.Pool] {
	l := p.Page.Lang
	n := func(zh, en string, get func(app.Pool) int64) ui.Column[app.Pool] {
		return ui.TextColumn(l.T(zh, en), ui.Figures, func(x app.Pool) string { return ui.Number(get(x)) })
	}
	return ui.Sheet[app.Pool]{Caption: l.T("预算池", "Pools"), Columns: []ui.Column[app.Pool]{
		ui.TextColumn(l.T("预算池", "Pool"), ui.Main, func(x app.Pool) string { return x.Path }),
		n("已下达", "Given", func(x app.Pool) int64 { return x.Given }),
		n("已发放", "Paid out", func(x app.Pool) int64 { return x.Paid }),
		n("余额", "Balance", func(x app.Pool) int64 { return x.Balance }),
		ui.TextColumn(l.T("执行率", "Used"), ui.Figures, func(x app.Pool) string { return ui.Percent(x.Paid, x.Given) }),
		n("待拨付", "Waiting", func(x app.Pool) int64 { return x.Waiting }),
	}, Empty: ui.EmptyState{Icon: "report-money", Title: l.T("还没有下达预算", "No budget has been given yet")},
		Tone: func(x app.Pool) ui.Tone {
			if x.Waiting > 0 {
				return ui.Yellow
			}
			return ""
		}}
}

func (p budgetsPage) latest() ui.Sheet[app.AllotmentLine] {
	l := p.Page.Lang
	return ui.Sheet[app.AllotmentLine]{Caption: l.T("下达记录", "Allotments"), ShowCaption: true, Columns: []ui.Column[app.AllotmentLine]{
		ui.TextColumn(l.T("预算池", "Pool"), ui.Main, func(x app.AllotmentLine) string { return x.Path }),
		ui.TextColumn(l.T("积分", "Points"), ui.Figures, func(x app.AllotmentLine) string { return ui.Number(x.Points) }),
		ui.TextColumn(l.T("文号", "Document"), ui.Words, func(x app.AllotmentLine) string { return x.Document }),
		ui.TextColumn(l.T("备注", "Remark"), ui.Words, func(x app.AllotmentLine) string { return x.Note }),
		{Head: l.T("时间", "When"), Kind: ui.Brief, Cell: func(x app.AllotmentLine) templ.Component { return ui.Clock(l, p.V.s.app.Now(), x.At) }},
		ui.TextColumn(l.T("经办", "By"), ui.Brief, func(x app.AllotmentLine) string { return x.Who }),
	}, Empty: ui.EmptyState{Icon: "file-text", Title: l.T("没有下达记录", "Nothing has been given yet")}}
}

// poolOptions are the areas that have a pool: the district, streets, communities.
func (p budgetsPage) poolOptions() []ui.Option {
	out := p.V.areaOptions(itoa(p.V.zone.Code), idcode.Community)
	for i := range out {
		if out[i].Value == itoa(p.V.zone.Code) {
			out[i].Label = p.V.zone.Name.In(p.V.lang)
		}
	}
	return out
}
