package web

import (
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// listedPage is the needs that are open, or the resources that can be had: for everybody who has signed in.
type listedPage struct {
	Page     ui.Page
	V        *visit
	Proc     *casework.Procedure
	Lines    []app.ListedCase
	Area     string
	Category string
	Older    string
}

const listedLines = 30

func (s *Server) showNeeds(v *visit) error     { return s.showListed(v, "need") }
func (s *Server) showResources(v *visit) error { return s.showListed(v, "resource") }

func (s *Server) showListed(v *visit, procedure string) error {
	q := v.URL.Query()
	p := listedPage{V: v, Proc: v.zone.Procedure(procedure), Area: q.Get("area"), Category: q.Get("category")}
	after, _ := strconv.ParseInt(q.Get("after"), 10, 64)
	var err error
	if p.Lines, err = s.app.Listed(v.Context(), v.viewer, procedure, p.Area, p.Category, after, listedLines); err != nil {
		return err
	}
	if n := len(p.Lines); n == listedLines {
		q.Set("after", strconv.FormatInt(int64(p.Lines[n-1].ID), 10))
		p.Older = "?" + q.Encode()
	}
	p.Page = v.page(p.Proc.Name.In(v.lang), "pairing")
	return v.render(listedView(p))
}

// tabs lead from one list to the other, and desks to their proposals.
func listedTabs(v *visit, here string) []ui.Tab {
	l := v.lang
	tabs := []ui.Tab{{Label: l.T("需求清单", "Needs"), URL: v.to("needs"), Current: here == "need"}, {Label: l.T("资源清单", "Resources"), URL: v.to("resources"), Current: here == "resource"}}
	if v.viewer.Can(app.WorkDesk) {
		tabs = append(tabs, ui.Tab{Label: l.T("撮合建议", "Proposals"), URL: v.to("desk", "pairing"), Current: here == "proposals"},
			ui.Tab{Label: l.T("项目清单", "Projects"), URL: v.to("desk", "cases") + "?procedure=copartnership"})
	}
	return tabs
}

// facts are what a board says of a case: the fields its procedure lists, without those that name units or cases.
func (p listedPage) facts(c app.ListedCase) string {
	var parts []string
	for _, id := range p.Proc.List {
		f, _ := p.Proc.Field(id)
		if v := c.Fields[id]; v != "" && f.Type != casework.FieldUnit && f.Type != casework.FieldCase {
			parts = append(parts, f.Label.In(p.V.lang)+p.V.lang.T("：", ": ")+app.FieldWords(p.V.zone, f, v).In(p.V.lang))
		}
	}
	if p.Proc.ID == "resource" {
		parts = append(parts, p.V.lang.Tf("剩余：%d", "left: %d", c.Left))
	}
	return joined(parts...)
}

// whose is where a need arises, or which unit offers a resource.
func (p listedPage) whose(c app.ListedCase) string {
	if c.Holder.Unit != "" {
		zh, en := p.V.zone.HolderName(c.Holder)
		return p.V.lang.T(zh, en)
	}
	return joined(p.V.zone.Tree.Path(c.Area), c.Address)
}

func (p listedPage) category(c app.ListedCase) string {
	x, _ := p.Proc.Category(c.Matter)
	return x.Name.In(p.V.lang)
}

// pairingPage is the proposals and figures of a desk; with a need, everything that fits it.
type pairingPage struct {
	office
	app.PairingPage
	Need *app.ListedCase
}

func (s *Server) showPairing(v *visit) error { return v.untouched(v.pairing) }

func (v *visit) pairing(in ui.Input) (templ.Component, error) {
	p := pairingPage{office: v.office(v.lang.T("需求与资源", "Needs and resources"), "pairing", in)}
	var err error
	p.PairingPage, err = v.s.app.PairingPage(v.Context(), v.viewer)
	return pairingView(p), err
}

func (s *Server) showFitting(v *visit) error {
	id, err := app.ParseCaseID(v.PathValue("need"))
	if err != nil {
		return err
	}
	p := pairingPage{office: v.office(v.lang.T("能对接的资源", "Resources that fit"), "pairing", v.blankInput())}
	need, lines, err := s.app.Fitting(v.Context(), v.viewer, id)
	if err != nil {
		return err
	}
	p.Need, p.Lines = &need, lines
	return v.render(fittingView(p))
}

// pair puts a resource to a need.
func (s *Server) pair(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	need, err := app.ParseCaseID(f.Get("need"))
	if err != nil {
		return err
	}
	resource, err := app.ParseCaseID(f.Get("resource"))
	if err != nil {
		return err
	}
	_, err = s.app.Pair(v.Context(), v.viewer, need, resource, f.Get(ui.KeyName))
	return v.settle(err, v.pairing, v.lang.T("已提出对接，等待对方答复。", "Put forward; the other side has to agree."), v.to("desk", "pairing"))
}

// words are what a line of proposals says of a case.
func (p pairingPage) words(c app.ListedCase, procedure string) string {
	b := listedPage{V: p.V, Proc: p.V.zone.Procedure(procedure)}
	return joined(b.whose(c), b.facts(c))
}

// figures are the rates; a rate of nothing is “—”.
func (p pairingPage) figures() []ui.StatCard {
	l, f := p.V.lang, p.Figures
	cards := []ui.StatCard{
		{Label: l.T("需求满足率", "Needs met"), Value: ui.Percent(f.Matched, f.Published), Note: l.Tf("已对接 %d ÷ 发布 %d", "matched %d ÷ published %d", f.Matched, f.Published)},
		{Label: l.T("项目完成率", "Projects done"), Value: ui.Percent(f.Accepted, f.Signed), Note: l.Tf("已验收 %d ÷ 已签约 %d", "accepted %d ÷ signed %d", f.Accepted, f.Signed)},
		{Label: l.T("资源利用率", "Resources used"), Value: ui.Percent(f.Used, f.Offered), Note: l.Tf("已使用 %d ÷ 可对接 %d", "used %d ÷ offered %d", f.Used, f.Offered)},
	}
	if p.V.viewer.Can(app.SeeArea) {
		cards = append(cards, ui.StatCard{Label: l.T("双报到率", "Members registered"), Value: ui.Percent(f.Registered, f.Members), Note: l.Tf("已报到 %d ÷ 应报到 %d", "registered %d ÷ members %d", f.Registered, f.Members)})
	}
	return cards
}
