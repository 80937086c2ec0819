package web

import (
	"net/url"
	"slices"
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/points"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// earnPage tells residents how points are earned (怎样得积分).
type earnPage struct {
	Page  ui.Page
	V     *visit
	Items []app.EarnItem
}

func (s *Server) showEarn(v *visit) error {
	items, err := s.app.EarnItems(v.Context(), v.viewer)
	if err != nil {
		return err
	}
	return v.render(earnView(earnPage{v.page(v.lang.T("怎样得积分", "How to earn"), "points"), v, items}))
}

// in lists the items of a category.
func (p earnPage) in(category string) []app.EarnItem {
	return slices.DeleteFunc(slices.Clone(p.Items), func(x app.EarnItem) bool { return x.Category != category })
}

// applyPage is the form to apply for points.
type applyPage struct {
	Page   ui.Page
	V      *visit
	In     ui.Input
	Item   points.Rule
	Photos []string
	Action string
	Was    *app.AwardPage // the application being corrected; nil for a new one
}

func (v *visit) applyPage(in ui.Input, photos []string) (applyPage, error) {
	item, ok := v.zone.PointRule(v.PathValue("rule"))
	if !ok || item.Source != points.FromApplication {
		return applyPage{}, errNoPage
	}
	return applyPage{Page: v.page(v.lang.T("申报积分", "Apply for points"), "points"), V: v, In: in, Item: item, Photos: photos, Action: v.to("earn", item.ID)}, nil
}

func (s *Server) showApply(v *visit) error {
	p, err := v.applyPage(v.blankInput(), nil)
	if err != nil {
		return err
	}
	return v.render(applyForm(p))
}

// application reads the form; the pictures have been kept already.
func (v *visit) application(photos []string) (app.Application, error) {
	f := v.Form
	a := app.Application{Key: f.Get(ui.KeyName), Rule: v.PathValue("rule"), Day: f.Get("day"), Quantity: f.Get("quantity"), Text: f.Get("text"), Area: f.Get("area"), Address: f.Get("address")}
	for _, id := range photos {
		n, _ := strconv.ParseInt(id, 10, 64)
		a.Photos = append(a.Photos, n)
	}
	var r app.Report
	err := v.readPoint(&r)
	a.Point, a.HasPoint = r.Point, r.HasPoint
	return a, err
}

func (s *Server) apply(v *visit) error {
	if err := v.parseUpload(); err != nil {
		return err
	}
	photos, err := v.photos()
	f, pointErr := v.application(photos)
	if err == nil {
		err = pointErr
	}
	var w points.Award
	if err == nil {
		w, err = s.app.Apply(v.Context(), v.viewer, f)
	}
	if wrong(err) {
		p, e := v.applyPage(v.input(reportFields(err)), photos)
		if e != nil {
			return e
		}
		return v.again(err, applyForm(p))
	}
	if err != nil {
		return err
	}
	v.s.flash(v, ui.Green, v.lang.T("已提交，复核和公示后自动入账。", "Sent. It is posted by itself after review and publicity."))
	v.draftDone("apply-" + f.Rule)
	return v.goTo(v.to("awards", itoa(w.ID)))
}

// awardsPage is a resident's own applications.
type awardsPage struct {
	Page  ui.Page
	V     *visit
	List  []points.Award
	Older string
	Home  *app.Home
}

const awardsOnPage = 20

func (s *Server) showAwards(v *visit) error {
	before, _ := strconv.ParseInt(v.URL.Query().Get("before"), 10, 64)
	list, err := s.app.OwnApplications(v.Context(), v.viewer, points.ID(before), awardsOnPage)
	if err != nil {
		return err
	}
	p := awardsPage{Page: v.page(v.lang.T("我的积分申报", "My applications"), "points"), V: v, List: list}
	if len(list) == awardsOnPage {
		p.Older = "?before=" + itoa(list[len(list)-1].ID)
	}
	home, err := s.app.MyHousehold(v.Context(), v.viewer)
	switch {
	case err == nil:
		p.Home = &home
	case fault.KindOf(err) != fault.NotFound:
		return err
	}
	return v.render(awardsView(p))
}

// itemName is what an award is for.
func (v *visit) itemName(w points.Award) string {
	if _, r, ok := v.zone.RulesVersion(w.Version, w.Rule); ok {
		return r.Name.In(v.lang)
	}
	return w.Rule
}

// awardPage is one award, for whom it concerns.
type awardPage struct {
	office
	app.AwardPage
	Photos []string // that arrived with a form that was wrong
	Desk   bool
}

func (v *visit) awardID() (points.ID, error) {
	n, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil || n <= 0 {
		return 0, errNoPage
	}
	return points.ID(n), nil
}

func (v *visit) awardPage(in ui.Input, photos []string, desk bool) (awardPage, error) {
	id, err := v.awardID()
	if err != nil {
		return awardPage{}, err
	}
	x, err := v.s.app.Award(v.Context(), v.viewer, id)
	if err != nil {
		return awardPage{}, err
	}
	here := "points"
	if desk {
		here = "awards"
	}
	return awardPage{office: v.office(x.Item.Name.In(v.lang), here, in), AwardPage: x, Photos: photos, Desk: desk}, nil
}

func (s *Server) showAward(v *visit) error {
	p, err := v.awardPage(v.blankInput(), nil, false)
	if err != nil {
		return err
	}
	return v.render(awardView(p))
}

func (s *Server) resubmit(v *visit) error {
	if err := v.parseUpload(); err != nil {
		return err
	}
	id, err := v.awardID()
	if err != nil {
		return err
	}
	photos, err := v.photos()
	f, pointErr := v.application(photos)
	if err == nil {
		err = pointErr
	}
	if err == nil {
		err = s.app.Resubmit(v.Context(), v.viewer, id, f)
	}
	return v.settle(reportFields(err), func(in ui.Input) (templ.Component, error) {
		p, err := v.awardPage(in, photos, false)
		return awardView(p), err
	}, v.lang.T("已重新提交。", "Sent again."), v.to("awards", itoa(id)))
}

func (s *Server) withdrawAward(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := v.awardID()
	if err != nil {
		return err
	}
	err = s.app.WithdrawAward(v.Context(), v.viewer, id, v.PostForm.Get(ui.KeyName))
	return v.settle(err, func(in ui.Input) (templ.Component, error) {
		p, err := v.awardPage(in, nil, false)
		return awardView(p), err
	}, v.lang.T("已撤回。", "Withdrawn."), v.to("awards"))
}

func (p awardPage) may(a points.Act) bool { return slices.Contains(p.May, a) }

// form is the application as it can be corrected.
func (p awardPage) form() applyPage {
	in := p.In
	if in.Values == nil {
		in.Values = url.Values{"day": {p.Day.String()}, "text": {p.Text}, "address": {p.Address}, "quantity": {itoa(p.Quantity)}}
		if p.Lng != 0 || p.Lat != 0 {
			in.Values.Set("lng", strconv.FormatFloat(p.Lng, 'f', 7, 64))
			in.Values.Set("lat", strconv.FormatFloat(p.Lat, 'f', 7, 64))
		} else {
			in.Values.Set("area", p.Area)
		}
	}
	return applyPage{Page: p.Page, V: p.V, In: in, Item: p.Item, Photos: p.Photos, Action: p.V.to("awards", itoa(p.ID), "resubmit"), Was: &p.AwardPage}
}

// history is an award's events as a timeline shows them, the newest first. Residents are not told which official it was.
func (p awardPage) history() []ui.Happening {
	l := p.V.lang
	var out []ui.Happening
	for i := len(p.Events) - 1; i >= 0; i-- {
		e := p.Events[i]
		h := ui.Happening{At: e.At, What: e.Act.Name().In(l), Note: lang.OfLine(e.Note).In(l), Tone: awardTone(e.To)}
		switch {
		case e.Actor == 0:
			h.Who = l.T("系统", "the system")
		case p.Desk || e.Actor == points.Person(p.V.viewer.Person):
			h.Who = p.name(e.Actor)
		case e.Actor != p.Person:
			h.Who = l.T("复核人员", "a reviewer")
		}
		if e.Act == points.Object {
			h.Who, h.Note = "", ""
		}
		out = append(out, h)
	}
	return out
}

func (p awardPage) name(id points.Person) string {
	for n, name := range p.Names {
		if int64(n) == int64(id) {
			return name
		}
	}
	return ""
}

// shown are the award's photos as the page shows them.
func (p awardPage) shown() []ui.Picture {
	out := make([]ui.Picture, len(p.AwardPage.Photos))
	for i, id := range p.AwardPage.Photos {
		full := p.V.to("photo", itoa(id))
		out[i] = ui.Picture{Thumb: full + "?thumb", Full: full, Alt: p.V.lang.Tf("佐证照片 %d", "Evidence %d", i+1)}
	}
	return out
}

// awardTone is the colour of an award's state.
func awardTone(s points.State) ui.Tone {
	switch s {
	case points.Posted:
		return ui.Green
	case points.Refused, points.Reversed:
		return ui.Red
	case points.Returned, points.Objected, points.Waiting:
		return ui.Yellow
	case points.Withdrawn:
		return ui.Grey
	}
	return ui.Blue
}

// publicityPage is what a community publishes.
type publicityPage struct {
	Page ui.Page
	V    *visit
	app.PublicityPage
}

func (s *Server) showPublicity(v *visit) error {
	after, _ := strconv.ParseInt(v.URL.Query().Get("after"), 10, 64)
	x, err := s.app.PublicityOf(v.Context(), v.viewer, v.URL.Query().Get("area"), points.ID(after))
	if err != nil {
		return err
	}
	return v.render(publicityView(publicityPage{v.page(v.lang.T("积分公示", "Points in publicity"), "points"), v, x}))
}

// objectionPage is the form to object to one published award.
type objectionPage struct {
	office
	Line app.AwardLine
}

func (v *visit) objection(in ui.Input) (templ.Component, error) {
	id, err := v.awardID()
	if err != nil {
		return nil, err
	}
	x, err := v.s.app.PublishedAward(v.Context(), v.viewer, id)
	if err != nil {
		return nil, err
	}
	return objectionForm(objectionPage{v.office(v.lang.T("提出异议", "Object"), "points", in), x}), nil
}

func (s *Server) showObjection(v *visit) error { return v.untouched(v.objection) }

func (s *Server) object(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := v.awardID()
	if err != nil {
		return err
	}
	err = s.app.Object(v.Context(), v.viewer, id, v.PostForm.Get("reason"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.objection, v.lang.T("异议已提交，处理结果会通知您。您的信息不会公开。", "Your objection has been sent; you will be told the outcome. Your name is not published."), v.to("publicity"))
}

// awardFilter is the part of the desk's list that an address asks for.
func awardFilter(v *visit) store.AwardFilter {
	after, _ := strconv.ParseInt(v.URL.Query().Get("after"), 10, 64)
	f := store.AwardFilter{After: points.ID(after), Limit: awardsOnDesk}
	switch v.URL.Query().Get("view") {
	case "publicity":
		f.States, f.Oldest = []points.State{points.Publicity, points.Objected}, true
	case "waiting":
		f.States, f.Oldest = []points.State{points.Waiting}, true
	}
	return f
}

const awardsOnDesk = 50
