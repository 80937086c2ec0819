package web

import (
	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/lang"
	"gezhi/internal/web/ui"
	"gezhi/internal/yamldoc"
)

// changesPage is how one version of a procedure differs from the one before it.
type changesPage struct {
	office
	app.ProcedureComparison
}

func (s *Server) showChanges(v *visit) error {
	n, err := v.version()
	if err != nil {
		return err
	}
	c, err := s.app.CompareProcedure(v.Context(), v.viewer, v.PathValue("id"), n)
	if err != nil {
		return err
	}
	title := v.lang.Tf("第 %d 版与第 %d 版的差异", "Version %d against version %d", c.Now.Version, c.Was.Version)
	return v.render(changesView(changesPage{office: v.office(title, "procedures", v.blankInput()), ProcedureComparison: c}))
}

func (p changesPage) sheet() ui.Sheet[casework.Change] {
	l := p.V.lang
	return ui.Sheet[casework.Change]{Caption: p.Page.Title, Columns: []ui.Column[casework.Change]{
		ui.TextColumn(l.T("内容", "What"), ui.Brief, func(c casework.Change) string { return c.Part.In(l) }),
		ui.TextColumn(l.T("项目", "Which"), ui.Main, func(c casework.Change) string { return c.What.In(l) }),
		ui.TextColumn(l.T("原来", "Was"), ui.Words, func(c casework.Change) string {
			return changed(l, c.Was, c.Now, l.T("没有", "none"))
		}),
		ui.TextColumn(l.T("改为", "Is now"), ui.Words, func(c casework.Change) string {
			return changed(l, c.Now, c.Was, l.T("移除", "removed"))
		}),
	}, Empty: ui.EmptyState{Icon: "circle-check", Title: l.T("时限、督办、名称、原因没有变化", "Limits, supervision, names and reasons are the same")}}
}

// changed is one side of a change in the reader's language; the other language follows where only that one changed.
func changed(l lang.Lang, t, other lang.Text, none string) string {
	switch {
	case t == lang.Text{}:
		return none
	case t.In(l) != other.In(l):
		return t.In(l)
	case l == lang.EN:
		return t.EN + " (" + t.ZH + ")"
	}
	return t.ZH + "（" + t.EN + "）"
}

// lineMark is what stands before a line of the comparison.
func lineMark(s yamldoc.LineState) (mark, class string) {
	switch s {
	case yamldoc.Gone:
		return "−", "gz-diff-gone"
	case yamldoc.Come:
		return "+", "gz-diff-come"
	}
	return "", ""
}

func lineNumber(n int) string {
	if n == 0 {
		return ""
	}
	return itoa(n)
}
