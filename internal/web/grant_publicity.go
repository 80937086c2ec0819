package web

import (
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/policy"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// grantPublicity is what is public now, and one of them that somebody objects to.
type grantPublicity struct {
	office
	Lines []app.PublishedLine
	Next  policy.GrantID
	One   app.PublishedLine // that is objected to
}

func (v *visit) publicity() string { return v.to("policies", "publicity") }

func (s *Server) showGrantPublicity(v *visit) error {
	p := grantPublicity{office: v.office(v.lang.T("惠企资金兑付公示", "Grants in publicity"), "policies", v.blankInput())}
	var err error
	if p.Lines, p.Next, err = s.app.PublishedGrants(v.Context(), v.viewer, v.grantFilter("").After); err != nil {
		return err
	}
	return v.render(grantPublicityView(p))
}

func (p grantPublicity) pages() ui.Pages {
	if p.Next == 0 {
		return ui.Pages{}
	}
	return ui.Pages{Next: p.V.publicity() + "?after=" + itoa(p.Next)}
}

func (p grantPublicity) sheet() ui.Sheet[app.PublishedLine] {
	l := p.Page.Lang
	return ui.Sheet[app.PublishedLine]{Caption: p.Page.Title, Columns: []ui.Column[app.PublishedLine]{
		ui.TextColumn(l.T("企业", "Enterprise"), ui.Main, func(x app.PublishedLine) string { return x.Name }),
		ui.TextColumn(l.T("统一社会信用代码", "Code"), ui.Brief, func(x app.PublishedLine) string { return x.Code }),
		ui.TextColumn(l.T("事项", "Item"), ui.Words, func(x app.PublishedLine) string { return x.Item.In(l) }),
		ui.TextColumn(l.T("金额（元）", "Amount (yuan)"), ui.Figures, func(x app.PublishedLine) string { return ui.Yuan(x.Amount) }),
		ui.TextColumn(l.T("公示至", "Until"), ui.Brief, func(x app.PublishedLine) string { return ui.DueTime(l, x.Until) }),
		{Head: l.T("异议", "Objections"), Kind: ui.Brief, Cell: func(x app.PublishedLine) templ.Component {
			if x.Objected {
				return ui.Badge(ui.Yellow, l.T("核查中", "being looked into"))
			}
			return pageLink(l.T("提出异议", "Object"), p.V.publicity()+"/"+itoa(x.ID))
		}},
	}, Empty: ui.EmptyState{Icon: "file-text", Title: l.T("目前没有公示", "Nothing is public now"), Text: l.T("名单公示时，企业名称、金额和公示期限在这里公开。", "Names, amounts and days of publicity stand here while a list is public.")}}
}

// grantObjection loads the grant that somebody objects to.
func (v *visit) grantObjection(in ui.Input) (templ.Component, error) {
	id, err := v.grantID()
	if err != nil {
		return nil, err
	}
	p := grantPublicity{office: v.office(v.lang.T("对公示提出异议", "Object to what is published"), "policies", in)}
	lines, _, err := v.s.app.PublishedGrants(v.Context(), v.viewer, id-1) // the first after the one before
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 || lines[0].ID != id {
		return nil, errNoPage
	}
	p.One = lines[0]
	return grantObjectionView(p), nil
}

func (s *Server) showGrantObjection(v *visit) error { return v.untouched(v.grantObjection) }

func (s *Server) objectToGrant(v *visit) error {
	id, err := v.grantID()
	if err != nil {
		return err
	}
	if err := v.parse(); err != nil {
		return err
	}
	err = s.app.MoveGrant(v.Context(), v.viewer, id, policy.Object, v.PostForm.Get("note"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.grantObjection, v.lang.T("异议已提交，核查期间暂停兑付。", "Your objection was sent; nothing is paid while it is looked into."), v.publicity())
}

// askWhom is the department of an item and its phone.
func (p grantPublicity) askWhom() string {
	l := p.Page.Lang
	var out []string
	seen := map[string]bool{}
	for _, x := range p.V.zone.Policies.Items {
		if who := department(l, x); x.Publicity > 0 && who != "" && !seen[who] {
			seen[who], out = true, append(out, who)
		}
	}
	return strings.Join(out, l.T("；", "; "))
}
