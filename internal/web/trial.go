package web

import (
	"slices"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/lang"
	"gezhi/internal/web/ui"
)

// trialPage shows what past cases would have met under a version of their procedure.
type trialPage struct {
	office
	Proc *casework.Procedure
	app.ProcedureTrial
}

func (p trialPage) address(more ...string) string {
	return p.V.admin(append([]string{"procedures", p.Proc.ID, itoa(p.Proc.Version)}, more...)...)
}

func (s *Server) startTrial(v *visit) error {
	n, err := v.version()
	if err != nil {
		return err
	}
	if err := s.app.TryProcedure(v.Context(), v.viewer, v.PathValue("id"), n); err != nil {
		return err
	}
	return v.goTo(v.admin("procedures", v.PathValue("id"), itoa(n), "trial"))
}

func (s *Server) showTrial(v *visit) error {
	n, err := v.version()
	if err != nil {
		return err
	}
	run, proc, err := s.app.TrialOf(v.Context(), v.viewer, v.PathValue("id"), n)
	if err != nil {
		return err
	}
	p := trialPage{office: v.office(v.lang.T("在过往案件上试算", "Trial on past cases"), "procedures", v.blankInput()), Proc: proc, ProcedureTrial: run}
	if v.Header.Get("X-Piece") != "" {
		return v.render(trialBar(p))
	}
	return v.render(trialView(p))
}

func (p trialPage) bar() ui.Work {
	l := p.V.lang
	w := ui.Work{Label: l.T("正在试算，案件不会有任何改变", "Trying; no case is changed"), Made: p.Made, Total: p.Total, Source: p.address("trial"), Done: p.Done}
	if p.Done {
		w.Label, w.Next = l.T("试算完成", "Done"), p.address("trial")
	}
	return w
}

func (p trialPage) cards() []ui.StatCard {
	l, t := p.V.lang, p.Result
	late, was := 0, 0
	for _, c := range t.Clocks {
		late, was = late+c.Late, was+c.Was
	}
	changed := ui.StatCard{Label: l.T("会有不同", "Would differ"), Value: ui.Number(int64(t.Cases - t.Same)), Unit: l.T("件", "cases")}
	if t.Cases > t.Same {
		changed.Tone = ui.Yellow
	}
	return []ui.StatCard{
		{Label: l.T("试算案件", "Cases tried"), Value: ui.Number(int64(t.Cases)), Unit: l.T("件", "cases"), Note: l.Tf("最近的案件，至多 %s 件", "The newest, at most %s", ui.Number(app.TrialCases))},
		{Label: l.T("完全一样", "Just the same"), Value: ui.Number(int64(t.Same)), Unit: l.T("件", "cases")},
		changed,
		{Label: l.T("超期的时限", "Deadlines missed"), Value: ui.Number(int64(late)), Unit: l.T("个", ""), Note: l.Tf("原版本 %s 个", "As it was: %s", ui.Number(int64(was)))},
	}
}

func (p trialPage) findings() ui.Sheet[casework.Finding] {
	l := p.V.lang
	return ui.Sheet[casework.Finding]{Caption: l.T("办理步骤的不同", "Steps that would differ"), ShowCaption: true, Columns: []ui.Column[casework.Finding]{
		ui.TextColumn(l.T("操作", "Move"), ui.Main, func(f casework.Finding) string { return f.Move.In(l) }),
		ui.TextColumn(l.T("所在阶段", "At the stage"), ui.Words, func(f casework.Finding) string { return f.Stage.In(l) }),
		ui.TextColumn(l.T("有什么不同", "What would differ"), ui.Words, func(f casework.Finding) string { return differs(f).In(l) }),
		ui.TextColumn(l.T("案件数", "Cases"), ui.Figures, func(f casework.Finding) string { return ui.Number(int64(f.Cases)) }),
		ui.TextColumn(l.T("例如", "Such as"), ui.Brief, func(f casework.Finding) string { return f.Example }),
	}, Empty: ui.EmptyState{Icon: "circle-check", Title: l.T("每一步都可以照原样办", "Every step could be made as it was")}}
}

func differs(f casework.Finding) lang.Text {
	switch f.Kind {
	case casework.NoStep:
		return lang.Text{ZH: "不能这样办，后面的步骤无从比较", EN: "Not possible; what follows cannot be compared"}
	case casework.NotThem:
		return lang.Text{ZH: "须由其他岗位的人办", EN: "Somebody with another duty would have to do it"}
	}
	return lang.Text{ZH: "还要有：" + f.What.ZH, EN: "Would also ask for: " + f.What.EN}
}

// ran are the clocks that ran in some case.
func (p trialPage) ran() []casework.ClockTrial {
	return slices.DeleteFunc(slices.Clone(p.Result.Clocks), func(c casework.ClockTrial) bool { return c.Ran == 0 })
}

func (p trialPage) clocks() ui.Sheet[casework.ClockTrial] {
	l := p.V.lang
	number := func(head string, of func(casework.ClockTrial) int) ui.Column[casework.ClockTrial] {
		return ui.TextColumn(head, ui.Figures, func(c casework.ClockTrial) string { return ui.Number(int64(of(c))) })
	}
	return ui.Sheet[casework.ClockTrial]{Caption: l.T("时限的不同", "Deadlines that would differ"), ShowCaption: true, Columns: []ui.Column[casework.ClockTrial]{
		ui.TextColumn(l.T("计时", "Clock"), ui.Main, func(c casework.ClockTrial) string { return c.Label.In(l) }),
		number(l.T("涉及案件", "Cases"), func(c casework.ClockTrial) int { return c.Ran }),
		number(l.T("原版本超期", "Late as it was"), func(c casework.ClockTrial) int { return c.Was }),
		number(l.T("这一版超期", "Late under this"), func(c casework.ClockTrial) int { return c.Late }),
		number(l.T("期限提前", "Due earlier"), func(c casework.ClockTrial) int { return c.Earlier }),
		number(l.T("期限推后", "Due later"), func(c casework.ClockTrial) int { return c.Later }),
	}}
}
