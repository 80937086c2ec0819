package web

import (
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/points"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// householdsPage is a community's households, who is entered as what, and departures.
type householdsPage struct {
	office
	Area  string
	Homes []app.Home
	Found *app.Registered // whoever was looked up by phone
	Phone string
	Older string
}

const homesOnPage = 50

func (s *Server) showHouseholds(v *visit) error { return v.untouched(v.households) }

func (v *visit) households(in ui.Input) (templ.Component, error) {
	p, err := v.householdsPage(in)
	return householdsView(p), err
}

func (v *visit) householdsPage(in ui.Input) (householdsPage, error) {
	p := householdsPage{office: v.office(v.lang.T("家庭与人员", "Households and people"), "awards", in), Area: v.URL.Query().Get("area")}
	before, _ := strconv.ParseInt(v.URL.Query().Get("before"), 10, 64)
	var err error
	if p.Homes, err = v.s.app.HouseholdsIn(v.Context(), v.viewer, p.Area, before, homesOnPage); err != nil {
		return p, err
	}
	if n := len(p.Homes); n == homesOnPage {
		p.Older = "?area=" + p.Area + "&before=" + itoa(p.Homes[n-1].ID)
	}
	return p, nil
}

func (s *Server) addHousehold(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	err := s.app.AddHousehold(v.Context(), v.viewer, v.PostForm.Get("area"), v.PostForm.Get("phone"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.households, v.lang.T("家庭已建立。", "The household is entered."), v.to("desk", "households"))
}

func (s *Server) changeHousehold(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := v.importID()
	if err != nil {
		return err
	}
	f, key := v.PostForm, v.PostForm.Get(ui.KeyName)
	n, _ := strconv.ParseInt(f.Get("person"), 10, 64)
	who := casework.Person(n)
	switch v.PathValue("act") {
	case "join":
		err = s.app.AddMember(v.Context(), v.viewer, id, f.Get("join"+v.PathValue("id")), key)
	case "leave":
		err = s.app.RemoveMember(v.Context(), v.viewer, id, who, key)
	case "head":
		err = s.app.SetHead(v.Context(), v.viewer, id, who, key)
	default:
		return errNoPage
	}
	return v.settle(err, v.households, v.lang.T("已更新。", "Updated."), v.to("desk", "households"))
}

// changeResident looks a resident up by phone, or changes what is entered about one. The phone travels in the form:
// addresses are written to logs.
func (s *Server) changeResident(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f, key := v.PostForm, v.PostForm.Get(ui.KeyName)
	phone := f.Get("phone")
	var err error
	switch v.PathValue("act") {
	case "look":
		phone = f.Get("find")
	case "left":
		err = s.app.Depart(v.Context(), v.viewer, phone, f.Get("why"), f.Get("reason"), key)
	case "back":
		err = s.app.Comeback(v.Context(), v.viewer, phone, f.Get("reason"), key)
	case "mark":
		err = s.app.Mark(v.Context(), v.viewer, phone, points.Earner(f.Get("kind")), f.Get("on") != "", key)
	default:
		return errNoPage
	}
	if err != nil && !wrong(err) {
		return err
	}
	return v.foundAgain(err, phone)
}

// foundAgain shows the page with the resident as entered now.
func (v *visit) foundAgain(err error, phone string) error {
	in := v.blankInput()
	if err != nil {
		in = v.input(err)
	}
	found, lookErr := v.s.app.LookUp(v.Context(), v.viewer, phone)
	if wrong(lookErr) && err == nil {
		err, in = fault.Under(lookErr, "find"), v.input(fault.Under(lookErr, "find"))
	} else if lookErr != nil && !wrong(lookErr) {
		return lookErr
	}
	p, e := v.householdsPage(in)
	if e != nil {
		return e
	}
	if lookErr == nil {
		p.Found, p.Phone = &found, phone
	}
	if err != nil {
		return v.again(err, householdsView(p))
	}
	return v.render(householdsView(p))
}

// notFound is what was wrong with the number that was looked for.
func (p householdsPage) notFound() string {
	for _, f := range fault.Fields(p.In.Err) {
		if f.Field == "find" {
			return f.In(p.Page.Lang)
		}
	}
	return ""
}

// marked reports whether the resident found is entered as the kind.
func (p householdsPage) marked(e points.Earner) bool {
	for _, m := range p.Found.Marks {
		if m == string(e) {
			return true
		}
	}
	return false
}
