package web

import (
	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"
)

// entrance is the page of all districts and, in the demonstration, of the people one can enter as.
type entrance struct {
	Page  ui.Page
	Zones []entranceZone
	Demo  bool
}

type entranceZone struct {
	store.Zone
	Groups []demoGroup
}

type demoGroup struct {
	Title  string
	People []DemoPerson
}

func (s *Server) showEntrance(v *visit) error {
	zones, err := s.app.Zones(v.Context())
	if err != nil {
		return err
	}
	if len(zones) == 1 && s.demo == nil {
		return v.goTo("/" + zones[0].Slug + "/")
	}
	e := entrance{Page: v.page(v.lang.T("选择辖区", "Choose a district"), ""), Demo: s.demo != nil}
	if e.Demo {
		e.Page.Notice = v.lang.T("演示环境：人员、电话与案件均为虚构，网格边界为示意边界。", "Demonstration: people, phones and cases are made up; grid boundaries are illustrative.")
	}
	for _, z := range zones {
		ez := entranceZone{Zone: z}
		if s.demo != nil {
			people, err := s.demo.People(v.Context(), z.Code)
			if err != nil {
				return err
			}
			ez.Groups = v.groups(people)
		}
		e.Zones = append(e.Zones, ez)
	}
	return v.render(entrancePage(e))
}

func (v *visit) groups(people []DemoPerson) []demoGroup {
	titles := []struct{ key, zh, en string }{
		{"resident", "居民与骑手（手机）", "Residents and riders (phone)"},
		{"grid", "网格与微网格（手机）", "Grid workers (phone)"},
		{"desk", "受理、派遣、处置、核查（电脑）", "Desk: accept, dispatch, handle, verify"},
		{"admin", "领导与管理（电脑）", "Leaders and administration"},
	}
	var out []demoGroup
	for _, t := range titles {
		g := demoGroup{Title: v.lang.T(t.zh, t.en)}
		for _, p := range people {
			if p.Group == t.key {
				g.People = append(g.People, p)
			}
		}
		if g.People != nil {
			out = append(out, g)
		}
	}
	return out
}

// enterAs signs a visitor of the demonstration in as one of its synthetic people.
func (s *Server) enterAs(v *visit) error {
	if s.demo == nil {
		return errNoPage
	}
	id, err := app.ParseCaseID(v.PathValue("person"))
	if err != nil {
		return errNoPage
	}
	people, err := s.demo.People(v.Context(), v.zone.Code)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Person == int64(id) {
			if err := v.signIn(casework.Person(p.Person)); err != nil {
				return err
			}
			return v.goTo(v.to() + p.Home)
		}
	}
	return errNoPage
}

// enterPage is a resident's way in.
type enterPage struct {
	Page  ui.Page
	In    ui.Input
	Next  string
	Sent  bool   // a code is on its way
	Phone string // masked, once a code was sent
	SMS   string // the text message itself, in the demonstration
}

func (s *Server) showEnter(v *visit) error {
	if v.viewer.Known() {
		return v.goTo(v.next(v.to()))
	}
	return v.render(enterForm(v.enterPage(ui.Input{Lang: v.lang}, false)))
}

func (v *visit) enterPage(in ui.Input, sent bool) enterPage {
	e := enterPage{Page: v.page(v.lang.T("登录", "Sign in"), ""), In: in, Next: v.next(v.to()), Sent: sent}
	e.Page.Tabs = nil
	if phone, err := idcode.ParsePhone(in.Values.Get("phone")); sent && err == nil {
		e.Phone = idcode.MaskPhone(phone)
		if v.s.demo != nil {
			e.SMS = v.s.demo.LastMessage(phone)
		}
	}
	return e
}

// enter takes both steps of a resident's sign-in: a phone asks for a code, phone and code sign in.
func (s *Server) enter(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	if v.PostForm.Get("step") != "code" {
		err := s.app.SendCode(v.Context(), v.zone.Code, v.PostForm.Get("phone"), v.lang)
		if fault.KindOf(err) == fault.Invalid {
			return v.again(err, enterForm(v.enterPage(v.input(err), false)))
		}
		if err != nil {
			return err
		}
		return v.render(enterForm(v.enterPage(v.input(nil), true)))
	}
	id, err := s.app.EnterByCode(v.Context(), v.zone.Code, v.PostForm.Get("phone"), v.PostForm.Get("code"))
	if fault.KindOf(err) == fault.Invalid {
		return v.again(err, enterForm(v.enterPage(v.input(err), true)))
	}
	if err != nil {
		return err
	}
	if err := v.signIn(id); err != nil {
		return err
	}
	return v.goTo(v.next(v.to()))
}

func (s *Server) showStaff(v *visit) error {
	if v.viewer.Known() {
		return v.goTo(v.next(v.to()))
	}
	return v.render(staffForm(v.enterPage(ui.Input{Lang: v.lang}, false)))
}

func (s *Server) enterStaff(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := s.app.EnterByPassword(v.Context(), v.zone.Code, v.PostForm.Get("login"), v.PostForm.Get("password"), v.PostForm.Get("code"))
	if fault.KindOf(err) == fault.Invalid {
		return v.again(err, staffForm(v.enterPage(v.input(err), false)))
	}
	if err != nil {
		return err
	}
	if err := v.signIn(id); err != nil {
		return err
	}
	return v.goTo(v.next(v.to()))
}

func (s *Server) leave(v *visit) error {
	if err := s.sessions.Destroy(v.Context()); err != nil {
		return err
	}
	return v.goTo(v.to())
}

// showHome leads everybody to their first page; a resident's is the home page itself.
func (s *Server) showHome(v *visit) error {
	switch {
	case v.viewer.Can(app.WorkDesk) && !v.viewer.Can(app.WorkGrid):
		return v.goTo(v.to("desk"))
	case v.viewer.Can(app.WorkGrid):
		return v.goTo(v.to("grid"))
	case v.viewer.Can(app.Redeem):
		return v.goTo(v.to("counter"))
	}
	return s.showResidentHome(v)
}
