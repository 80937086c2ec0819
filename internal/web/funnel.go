package web

import (
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/target"
	"gezhi/internal/web/ui"
)

// funnelPage is how far the cases of a procedure have come, phase by phase, and how far the year's goals are met.
type funnelPage struct {
	Page ui.Page
	V    *visit
	F    app.Funnel
}

func (s *Server) showFunnel(v *visit) error {
	f, err := s.app.Funnel(v.Context(), v.viewer, v.PathValue("procedure"))
	if err != nil {
		return err
	}
	return v.render(funnelView(funnelPage{Page: v.page(f.Proc.Name.In(v.lang), "funnel-"+f.Proc.ID), V: v, F: f}))
}

func (p funnelPage) cases() string { return p.V.to("desk", "cases") + "?procedure=" + p.F.Proc.ID }

// share is a share in percent with one decimal, “—” of nothing.
func share(part, whole int) string { return ui.Percent(part, whole) }

// behind says how a goal stands against the year's course (序时进度).
func (p funnelPage) behind(g app.GoalLine) string {
	l := p.Page.Lang
	if int64(g.Done) >= g.Due {
		return l.Tf("序时应完成 %d，已达到", "%d due by now: reached", g.Due)
	}
	return l.Tf("序时应完成 %d，差 %d", "%d due by now: %d short", g.Due, g.Due-int64(g.Done))
}

func (p funnelPage) chart() ui.ChartSpec {
	l := p.Page.Lang
	c := ui.ChartSpec{ID: "funnel", Title: l.T("各阶段累计到达数", "How many came so far"), Kind: ui.Lying, Unit: l.T("个", ""), Head: l.T("阶段", "Phase"),
		Series: []ui.Series{{Name: l.T("累计到达", "Came so far"), Tone: ui.Blue}}}
	for _, s := range p.F.Steps {
		c.Labels = append(c.Labels, s.Phase.In(l))
		c.Series[0].Values = append(c.Series[0].Values, ui.Values(float64(s.Reached))...)
	}
	return c
}

// step is a row of the table: a phase with the one before.
type funnelStep struct {
	app.FunnelStep
	Before int // that came to the phase before; 0 for the first phase
}

func (p funnelPage) steps() []funnelStep {
	var out []funnelStep
	before := 0
	for _, s := range p.F.Steps {
		out = append(out, funnelStep{s, before})
		before = s.Reached
	}
	return out
}

func (p funnelPage) sheet() ui.Sheet[funnelStep] {
	l := p.Page.Lang
	return ui.Sheet[funnelStep]{Caption: l.T("各阶段", "Phases"), Columns: []ui.Column[funnelStep]{
		ui.TextColumn(l.T("阶段", "Phase"), ui.Main, func(s funnelStep) string { return s.Phase.In(l) }),
		ui.TextColumn(l.T("在此阶段", "Now there"), ui.Figures, func(s funnelStep) string { return ui.Number(s.Now) }),
		ui.TextColumn(l.T("在此阶段的金额", "Their amount"), ui.Figures, func(s funnelStep) string { return amount(l, s.Amount) }),
		ui.TextColumn(l.T("累计到达", "Came so far"), ui.Figures, func(s funnelStep) string { return ui.Number(s.Reached) }),
		ui.TextColumn(l.T("累计金额", "Their amount"), ui.Figures, func(s funnelStep) string { return amount(l, s.Sum) }),
		ui.TextColumn(l.T("比上一阶段转化率", "Of the phase before"), ui.Figures, func(s funnelStep) string { return share(s.Reached, s.Before) }),
		ui.TextColumn(l.T("总转化率", "Of the first phase"), ui.Figures, func(s funnelStep) string { return share(s.Reached, p.F.Steps[0].Reached) }),
		ui.TextColumn(l.Tf("%d 年新增", "New in %d", p.F.Year), ui.Figures, func(s funnelStep) string { return ui.Number(s.Fresh) }),
	}}
}

// goalLight is a goal's light: green when the year's course is kept, yellow when it is not.
func goalLight(g app.GoalLine) target.Light {
	if int64(g.Done) >= g.Due {
		return target.Green
	}
	return target.Yellow
}

// showSame says, while a form is being filled in, that what it would enter is there already.
func (s *Server) showSame(v *visit) error {
	fields := map[string]string{}
	q := v.URL.Query()
	p := v.zone.Procedure(v.PathValue("procedure"))
	if p == nil {
		return errNoPage
	}
	for _, id := range p.Once {
		fields[id] = q.Get(fieldName(id))
	}
	found, err := s.app.Same(v.Context(), v.viewer, p.ID, q.Get("title"), fields)
	if err != nil {
		return err
	}
	return v.render(sameCase(v, found))
}

// onceFields are the form's names of what no two cases may have alike.
func onceFields(p filingPage) string {
	var out []string
	for _, id := range p.Proc.Once {
		if id != casework.FieldTitle {
			id = fieldName(id)
		}
		out = append(out, id)
	}
	return strings.Join(out, " ")
}
