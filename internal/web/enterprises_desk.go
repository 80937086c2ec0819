package web

import (
	"net/url"
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/rules"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// enterprisesPage lists enterprises at the desk.
type enterprisesPage struct {
	office
	Words string
	List  []store.Enterprise
}

func (s *Server) showEnterprises(v *visit) error {
	p := enterprisesPage{office: v.office(v.lang.T("企业资料", "Enterprises"), "enterprises", v.blankInput()), Words: v.URL.Query().Get("q")}
	var err error
	if p.List, err = s.app.Enterprises(v.Context(), v.viewer, p.Words, v.placeAfter(), matchesShown); err != nil {
		return err
	}
	return v.render(enterprisesView(p))
}

func (p enterprisesPage) pages() ui.Pages {
	if len(p.List) < matchesShown {
		return ui.Pages{}
	}
	q := url.Values{"after": {strconv.Itoa(p.List[len(p.List)-1].Place)}}
	if p.Words != "" {
		q.Set("q", p.Words)
	}
	return ui.Pages{Next: p.V.to("desk", "enterprises") + "?" + q.Encode()}
}

func (p enterprisesPage) clear() string {
	if p.Words == "" {
		return ""
	}
	return p.V.to("desk", "enterprises")
}

func (p enterprisesPage) sheet() ui.Sheet[store.Enterprise] {
	l := p.Page.Lang
	return ui.Sheet[store.Enterprise]{Caption: p.Page.Title, Columns: []ui.Column[store.Enterprise]{
		ui.LinkColumn(l.T("企业", "Enterprise"), ui.Main, func(e store.Enterprise) ui.Link {
			return ui.Link{Label: e.Name, URL: p.V.to("desk", "enterprises", e.Code)}
		}),
		ui.TextColumn(l.T("统一社会信用代码", "Code"), ui.Brief, func(e store.Enterprise) string { return e.Code }),
		{Head: l.T("标记", "Marks"), Kind: ui.Words, Cell: func(e store.Enterprise) templ.Component { return enterpriseMarks(l, e) }},
		ui.TextColumn(l.T("数据记录（条）", "Statements"), ui.Figures, func(e store.Enterprise) string { return ui.Number(e.Statements) }),
		ui.TextColumn(l.T("录入日期", "Entered"), ui.Brief, func(e store.Enterprise) string { return ui.Date(l, e.At) }),
	}, Empty: ui.EmptyState{Icon: "building", Title: l.T("没有找到企业", "No enterprise was found"), Text: l.T("按代码的开头或名称中的字查找；没有录入过的，可以新增或导入。", "Search by the beginning of the code or part of the name; enter or import what is not there.")}}
}

// The views of one enterprise.
const (
	viewVerdicts   = "policies"
	viewProfile    = "profile"
	viewStatements = "statements"
	viewPeople     = "people"
)

// enterpriseDesk is one enterprise at the desk.
type enterpriseDesk struct {
	office
	View     string
	X        app.EnterprisePage
	Verdicts app.Verdicts // of viewVerdicts
	People   []app.Agency // of viewPeople
}

// enterpriseDesk loads one view of an enterprise.
func (v *visit) enterpriseDesk(view string) func(ui.Input) (templ.Component, error) {
	return func(in ui.Input) (templ.Component, error) {
		code, ctx := v.PathValue("code"), v.Context()
		x, err := v.s.app.EnterprisePage(ctx, v.viewer, code, v.lang)
		if err != nil {
			return nil, err
		}
		p := enterpriseDesk{office: v.office(x.Name, "enterprises", in), View: view, X: x}
		switch {
		case view == viewVerdicts:
			p.Verdicts, err = v.s.app.Verdicts(ctx, v.viewer, code, v.lang)
		case view == viewPeople && v.viewer.Can(app.Policies):
			p.People, err = v.s.app.AgenciesFor(ctx, v.viewer, code)
		}
		return enterpriseDeskView(p), err
	}
}

func (s *Server) showEnterpriseDesk(v *visit) error {
	view := v.URL.Query().Get("view")
	switch view {
	case viewProfile, viewStatements, viewPeople:
	default:
		view = viewVerdicts
	}
	page, err := v.enterpriseDesk(view)(v.blankInput())
	if err != nil {
		return err
	}
	return v.render(page)
}

func (p enterpriseDesk) address(view string) string {
	return p.V.to("desk", "enterprises", p.X.Code) + "?view=" + view
}

func (p enterpriseDesk) tabs() []ui.Tab {
	l := p.Page.Lang
	var out []ui.Tab
	for _, t := range []struct{ view, label string }{
		{viewVerdicts, l.T("政策", "Policies")},
		{viewProfile, countLabel(l.T("资料", "Profile"), p.X.Known)},
		{viewStatements, countLabel(l.T("记录", "Statements"), len(p.X.Statements))},
		{viewPeople, l.T("经办人", "People")},
	} {
		if t.view != viewPeople || p.V.viewer.Can(app.Policies) {
			out = append(out, ui.Tab{Label: t.label, URL: p.address(t.view), Current: p.View == t.view})
		}
	}
	return out
}

// accepter names who accepted a code whose check character is wrong: whoever entered the enterprise.
func (p enterpriseDesk) accepter() string {
	for _, s := range p.X.Statements {
		if s.By == int64(p.X.AcceptedBy) {
			return s.Who
		}
	}
	return "—"
}

// sayOfEnterprise keeps what a source says of an enterprise that is known.
func (s *Server) sayOfEnterprise(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	x := v.saying()
	x.Code = v.PathValue("code")
	code, err := s.app.Say(v.Context(), v.viewer, x, v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.enterpriseDesk(viewProfile), v.lang.T("已记录，匹配结果随即更新。", "Kept; what it may have follows at once."), v.to("desk", "enterprises", code)+"?view="+viewProfile)
}

// takeBackStatement withdraws one statement.
func (s *Server) takeBackStatement(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	n, err := strconv.Atoi(v.PathValue("n"))
	if err != nil {
		return errNoPage
	}
	code := v.PathValue("code")
	reason := reasonName(v.PathValue("n"))
	err = s.app.TakeBack(v.Context(), v.viewer, code, n, v.PostForm.Get(reason), v.PostForm.Get(ui.KeyName))
	return v.settle(reasonFault(err, reason), v.enterpriseDesk(viewStatements), v.lang.T("已撤回，此前的数据重新生效。", "Taken back; what was known without it counts again."), v.to("desk", "enterprises", code)+"?view="+viewStatements)
}

// statementValues are the values of a statement in words.
func (p enterpriseDesk) statementValues(x app.StatementLine) []labelled {
	l := p.Page.Lang
	var out []labelled
	for _, f := range p.X.Facts {
		text, ok := x.Values[f.Field.ID]
		if !ok {
			continue
		}
		out = append(out, labelled{f.Field.Name.In(l), valueWords(l, f.Field, text)})
	}
	return out
}

// reasonName is the field for the reason in one of several forms on a page.
func reasonName(of string) string { return "reason." + of }

// reasonFault puts what is wrong with a reason beside the form's own field.
func reasonFault(err error, name string) error {
	return fault.Rename(err, func(field string) string {
		if field == "reason" {
			return name
		}
		return field
	})
}

// asOf is the day of what a statement says.
func asOf(day int64) string { return rules.FormatDay(day) }
