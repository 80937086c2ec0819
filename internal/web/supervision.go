package web

import (
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// supervisionPage is the warned and overdue cases by rung.
type supervisionPage struct {
	app.Supervision
	Page ui.Page
	V    *visit
	Now  time.Time
	F    deskFilter
}

func (s *Server) showSupervision(v *visit) error {
	p := supervisionPage{Page: v.page(v.lang.T("督办", "Supervision"), "supervision"), V: v, Now: s.app.Now()}
	p.F = readSome(v.URL.Query(), "procedure", "matter", "area", "stage")
	var err error
	if p.Supervision, err = s.app.Supervision(v.Context(), v.viewer, p.F.CaseFilter); err != nil {
		return err
	}
	return v.render(supervision(p))
}

func (p supervisionPage) cards() []ui.StatCard {
	var out []ui.StatCard
	for _, r := range p.Rungs {
		c := ui.StatCard{Label: p.rungName(r), Value: ui.Number(r.Count), Unit: p.V.lang.T("件", ""), URL: "#rung-" + strconv.Itoa(r.At)}
		if r.Count > 0 {
			c.Tone = rungTone(r.At)
		}
		out = append(out, c)
	}
	return out
}

func (p supervisionPage) rungName(r app.Rung) string {
	return p.V.lang.Tf("%s（用时 %d%%）", "%s (%d%% of the limit)", r.Label.In(p.V.lang), r.At)
}

func rungTone(percent int) ui.Tone {
	if percent < 100 {
		return ui.Yellow
	}
	return ui.Red
}

func (p supervisionPage) sheet(r app.Rung) ui.Sheet[app.Warned] {
	l := p.V.lang
	clock := func(c app.Warned) string { // with the word of its procedure for the rung, when that is not the one of the page
		if c.Rung == r.Label {
			return c.Clock.In(l)
		}
		return l.Tf("%s（%s）", "%s (%s)", c.Clock.In(l), c.Rung.In(l))
	}
	return ui.Sheet[app.Warned]{Caption: p.rungName(r), Tone: func(app.Warned) ui.Tone { return rungTone(r.At) },
		Empty: ui.EmptyState{Icon: "circle-check", Title: l.T("没有这一级的案件", "No case stands on this rung")},
		Columns: []ui.Column[app.Warned]{
			{Head: l.T("时限", "Due"), Kind: ui.Brief, Cell: func(c app.Warned) templ.Component { return ui.Light(rungTone(r.At), ui.Due(l, p.Now, c.Due)) }},
			{Head: l.T("案件", "Case"), Kind: ui.Main, Cell: func(c app.Warned) templ.Component {
				return caseCell(p.V.to("case", strconv.FormatInt(int64(c.ID), 10)), c.Title, c.Number)
			}},
			ui.TextColumn(l.T("现由谁办理", "With"), ui.Words, func(c app.Warned) string { return c.Holder.In(l) }),
			{Head: l.T("环节与时限", "Stage and clock"), Cell: func(c app.Warned) templ.Component {
				return placeCell(p.V.stageName(store.CaseLine{Procedure: c.Procedure, Version: c.Version, Stage: c.Stage}), clock(c))
			}},
			{Head: l.T("地点", "Place"), Cell: func(c app.Warned) templ.Component {
				return placeCell(p.V.shortPath(c.Area), p.V.zone.KindName(c.Procedure, c.Version, c.Matter).In(p.V.lang))
			}},
			{Head: l.T("人工督办", "Urged"), Kind: ui.Figures, Cell: func(c app.Warned) templ.Component {
				if c.Urged == 0 {
					return ui.Text("—")
				}
				return ui.Text(p.V.lang.Tf("%d 次", "%d×", c.Urged))
			}},
		}}
}

// holders is the table of who holds how many.
func (p supervisionPage) holders() ui.Sheet[app.HolderLoad] {
	l := p.V.lang
	cols := []ui.Column[app.HolderLoad]{ui.TextColumn(l.T("承办单位或岗位", "Unit or post"), ui.Main, func(h app.HolderLoad) string { return h.Holder.In(l) })}
	for _, r := range p.Rungs {
		cols = append(cols, ui.TextColumn(l.Tf("%s %d%%", "%s %d%%", r.Label.In(l), r.At), ui.Figures, func(h app.HolderLoad) string {
			if n := h.ByRung[r.At]; n > 0 {
				return ui.Number(n)
			}
			return ""
		}))
	}
	cols = append(cols, ui.TextColumn(l.T("合计", "Sum"), ui.Figures, func(h app.HolderLoad) string { return ui.Number(h.Sum) }))
	return ui.Sheet[app.HolderLoad]{Caption: l.T("按承办单位或岗位", "By unit or post"), Columns: cols}
}
