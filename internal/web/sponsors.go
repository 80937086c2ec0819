package web

import (
	"strconv"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// sponsorsPage lists sponsors.
type sponsorsPage struct {
	office
	List []app.SponsorLine
}

func (s *Server) showSponsors(v *visit) error { return v.untouched(v.sponsors) }

func (v *visit) sponsors(in ui.Input) (templ.Component, error) {
	list, err := v.s.app.Sponsors(v.Context(), v.viewer)
	return sponsorsView(sponsorsPage{office: v.office(v.lang.T("合作单位", "Sponsors"), "sponsors", in), List: list}), err
}

func (v *visit) sponsorForm() app.SponsorForm {
	get := v.PostForm.Get
	f := app.SponsorForm{Name: get("name"), Kind: get("kind"), Area: get("area"), Contact: get("contact"), Agreement: get("agreement"), Rate: get("rate"), From: get("from"), To: get("to")}
	f.Revision, _ = strconv.ParseInt(get("revision"), 10, 64)
	return f
}

func (s *Server) addSponsor(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := s.app.AddSponsor(v.Context(), v.viewer, v.sponsorForm(), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.sponsors, v.lang.T("合作单位已登记。", "The sponsor is entered."), v.to("desk", "sponsors", itoa(id)))
}

// sponsorPage is one sponsor with its account.
type sponsorPage struct {
	office
	app.SponsorPage
	Gift ui.Input // of the gift's form
	Now  time.Time
}

func (s *Server) showSponsor(v *visit) error { return v.untouched(v.sponsor) }

func (v *visit) sponsor(in ui.Input) (templ.Component, error) {
	id, err := v.importID()
	if err != nil {
		return nil, err
	}
	got, err := v.s.app.SponsorPage(v.Context(), v.viewer, id)
	if err != nil {
		return nil, err
	}
	p := sponsorPage{office: v.office(got.Name, "sponsors", in), SponsorPage: got, Gift: v.blankInput(), Now: v.s.app.Now()}
	if strings.HasSuffix(v.URL.Path, "/gift") {
		p.In, p.Gift = v.blankInput(), in
	}
	return sponsorView(p), nil
}

func (s *Server) editSponsor(v *visit) error {
	id, err := v.deskForm()
	if err == nil {
		err = s.app.EditSponsor(v.Context(), v.viewer, id, v.sponsorForm(), v.PostForm.Get(ui.KeyName))
	}
	return v.settle(err, v.sponsor, v.lang.T("已保存。已出的结算单不受影响。", "Saved. Statements keep their terms."), v.to("desk", "sponsors", itoa(id)))
}

func (s *Server) givePoints(v *visit) error {
	id, err := v.deskForm()
	if err == nil {
		get := v.PostForm.Get
		err = s.app.GivePoints(v.Context(), v.viewer, id, get("pool"), get("points"), get("gift_note"), get(ui.KeyName))
	}
	return v.settle(err, v.sponsor, v.lang.T("已转入预算池。", "The pool has the points."), v.to("desk", "sponsors", itoa(id)))
}

// statementPage is a sponsor's month, made to be printed.
type sponsorStatementPage struct {
	office
	app.Statement
	Settles bool // the viewer may settle it
}

func (s *Server) showStatement(v *visit) error { return v.untouched(v.statement) }

func (v *visit) statement(in ui.Input) (templ.Component, error) {
	got, err := v.loadStatement()
	if err != nil {
		return nil, err
	}
	title := got.Sponsor.Name + " " + got.Month
	return statementView(sponsorStatementPage{office: v.office(title, "sponsors", in), Statement: got, Settles: v.viewer.CanIn(app.Settle, got.Sponsor.Area)}), nil
}

func (v *visit) loadStatement() (app.Statement, error) {
	id, err := v.importID()
	if err != nil {
		return app.Statement{}, err
	}
	return v.s.app.Statement(v.Context(), v.viewer, id, v.PathValue("month"))
}

func (s *Server) settleSponsor(v *visit) error {
	id, err := v.deskForm()
	month, number := v.PathValue("month"), ""
	if err == nil {
		number, err = s.app.Settle(v.Context(), v.viewer, id, month, v.PostForm.Get("note"), v.PostForm.Get(ui.KeyName))
	}
	return v.settle(err, v.statement, v.lang.T("已结算，单号 ", "Settled, number ")+number, v.to("desk", "sponsors", itoa(id), "statements", month))
}

// exportStatement sends a settled month's items as a file.
func (s *Server) exportStatement(v *visit) error {
	got, err := v.loadStatement()
	if err != nil {
		return err
	}
	if got.Open {
		return errNoPage
	}
	l := v.lang
	heads := []sheet.Heading{{Name: l.T("兑换编号", "Number"), Width: 20}, {Name: l.T("奖品", "Reward"), Width: 26}, {Name: l.T("领取地点", "Place"), Width: 30}, {Name: l.T("积分", "Points"), Width: 10}, {Name: l.T("领取时间", "Collected"), Width: 17}}
	words := got.Number + " " + got.Sponsor.Name + " " + got.Month
	return v.sendFile("statement", l.T("结算明细", "Statement"), heads, words, func(out fileRows) error {
		return s.app.ExportStatement(v.Context(), v.viewer, got, func(id int64, name, place string, price int64, done time.Time) error {
			return out.Row(itoa(id), name, v.placeName(place), price, done)
		})
	})
}

func (v *visit) sponsorKinds() []ui.Option {
	out := []ui.Option{{Label: v.lang.T("请选择", "Choose")}}
	for _, k := range app.SponsorKinds() {
		out = append(out, ui.Option{Value: k, Label: app.SponsorKind(k).In(v.lang)})
	}
	return out
}

// sponsorAreas offers the viewer's own area, streets and communities.
func (v *visit) sponsorAreas() []ui.Option {
	out := v.keptAreas(app.KeepRewards)
	if v.viewer.CanIn(app.KeepRewards, strconv.Itoa(v.zone.Code)) {
		out = append([]ui.Option{{Value: strconv.Itoa(v.zone.Code), Label: v.zone.Name.In(v.lang)}}, out[1:]...)
	}
	return out
}

// term is how long the agreement is in force.
func (p sponsorPage) term() string {
	if p.To.IsZero() {
		return p.V.lang.Tf("%s 起，长期", "from %s on", day(p.From))
	}
	return p.V.lang.Tf("%s 至 %s", "%s to %s", day(p.From), day(p.To.AddDate(0, 0, -1)))
}

func exampleName(v *visit, s store.Sponsor) string {
	if s.Example {
		return s.Name + v.lang.T("（示例）", " (example)")
	}
	return s.Name
}

func (p sponsorsPage) columns() ui.Sheet[app.SponsorLine] {
	l := p.V.lang
	return ui.Sheet[app.SponsorLine]{Caption: l.T("合作单位", "Sponsors"), Columns: []ui.Column[app.SponsorLine]{
		ui.LinkColumn(l.T("名称", "Name"), ui.Main, func(s app.SponsorLine) ui.Link {
			return ui.Link{Label: exampleName(p.V, s.Sponsor), URL: p.V.to("desk", "sponsors", itoa(s.ID))}
		}),
		ui.TextColumn(l.T("类别", "Kind"), ui.Brief, func(s app.SponsorLine) string { return app.SponsorKind(s.Kind).In(l) }),
		ui.TextColumn(l.T("归口", "Kept by"), ui.Words, func(s app.SponsorLine) string { return p.V.placeName(s.Area) }),
		ui.TextColumn(l.T("待结算积分", "To be settled"), ui.Figures, func(s app.SponsorLine) string { return ui.Number(s.Owed) }),
		ui.TextColumn(l.T("协议", "Agreement"), ui.Words, func(s app.SponsorLine) string { return s.Agreement }),
		ui.TextColumn(l.T("合作至", "Until"), ui.Brief, func(s app.SponsorLine) string {
			if s.To.IsZero() {
				return l.T("长期", "open")
			}
			return day(s.To.AddDate(0, 0, -1))
		}),
	}, Empty: ui.EmptyState{Icon: "building-store", Title: l.T("还没有合作单位", "No sponsors yet")}}
}

func (v *visit) settledColumns() ui.Sheet[store.SettledLine] {
	l := v.lang
	return ui.Sheet[store.SettledLine]{Caption: l.T("领取明细", "Items collected"), Columns: []ui.Column[store.SettledLine]{
		ui.TextColumn(l.T("奖品", "Reward"), ui.Main, func(s store.SettledLine) string { return s.Name }),
		ui.TextColumn(l.T("单价（积分）", "Points each"), ui.Figures, func(s store.SettledLine) string { return ui.Number(s.Price) }),
		ui.TextColumn(l.T("件数", "Pieces"), ui.Figures, func(s store.SettledLine) string { return ui.Number(s.Items) }),
		ui.TextColumn(l.T("积分", "Points"), ui.Figures, func(s store.SettledLine) string { return ui.Number(s.Points) }),
	}, Empty: ui.EmptyState{Icon: "receipt", Title: l.T("没有已领取的奖品", "Nothing was collected")}}
}

func (p sponsorPage) statementColumns() ui.Sheet[store.Settlement] {
	l := p.V.lang
	return ui.Sheet[store.Settlement]{Caption: l.T("已出结算单", "Statements"), Columns: []ui.Column[store.Settlement]{
		ui.LinkColumn(l.T("单号", "Number"), ui.Main, func(s store.Settlement) ui.Link {
			return ui.Link{Label: s.Number, URL: p.V.to("desk", "sponsors", itoa(p.ID), "statements", s.Month)}
		}),
		ui.TextColumn(l.T("月份", "Month"), ui.Brief, func(s store.Settlement) string { return s.Month }),
		ui.TextColumn(l.T("件数", "Pieces"), ui.Figures, func(s store.Settlement) string { return ui.Number(s.Items) }),
		ui.TextColumn(l.T("结算积分", "Points"), ui.Figures, func(s store.Settlement) string { return ui.Number(s.Points()) }),
		ui.TextColumn(l.T("日期", "On"), ui.Brief, func(s store.Settlement) string { return day(s.At) }),
	}, Empty: ui.EmptyState{Icon: "report-money", Title: l.T("还没有结算过", "Nothing settled yet")}}
}

func (p sponsorPage) giftColumns() ui.Sheet[store.Gift] {
	l := p.V.lang
	return ui.Sheet[store.Gift]{Caption: l.T("回赠积分", "Points given on"), Columns: []ui.Column[store.Gift]{
		ui.TextColumn(l.T("受赠预算池", "To the pool of"), ui.Main, func(g store.Gift) string { return p.V.placeName(g.Area) }),
		ui.TextColumn(l.T("积分", "Points"), ui.Figures, func(g store.Gift) string { return ui.Number(g.Points) }),
		ui.TextColumn(l.T("日期", "On"), ui.Brief, func(g store.Gift) string { return day(g.At) }),
		ui.TextColumn(l.T("说明", "Note"), ui.Words, func(g store.Gift) string { return g.Note }),
		ui.TextColumn(l.T("计入结算单", "Counted in"), ui.Brief, func(g store.Gift) string { return g.Settlement }),
	}, Empty: ui.EmptyState{Icon: "heart-handshake", Title: l.T("还没有回赠过", "Nothing given on yet")}}
}
