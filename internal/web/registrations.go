package web

import (
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// servicePage is a member's own registration and record.
type servicePage struct {
	office
	app.ServiceRecord
}

func (s *Server) showService(v *visit) error { return v.untouched(v.service) }

func (v *visit) service(in ui.Input) (templ.Component, error) {
	r, err := v.s.app.ServiceRecord(v.Context(), v.viewer)
	return serviceView(servicePage{v.office(v.lang.T("党员双报到", "Members' registration"), "home", in), r}), err
}

func (s *Server) register(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	err := s.app.Register(v.Context(), v.viewer, f.Get("area"), app.MemberDetail{Unit: f.Get("unit"), Branch: f.Get("branch"), Skills: f.Get("skills"), Posts: f["posts"]}, f.Get(ui.KeyName))
	return v.settle(err, v.service, v.lang.T("已报到。", "Registered."), v.to("service"))
}

func (s *Server) deregister(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	err := s.app.Deregister(v.Context(), v.viewer, v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.service, v.lang.T("已取消报到，所填内容已清除。", "Registration ended; what you told is gone."), v.to("service"))
}

// postOptions are the posts that members may claim.
func postOptions(v *visit) []ui.Option {
	var out []ui.Option
	for _, p := range app.ServicePosts() {
		out = append(out, ui.Option{Value: p.ID, Label: p.Name.In(v.lang)})
	}
	return out
}

// registrationsPage is the members registered with a community, for its desk.
type registrationsPage struct {
	office
	List  []app.RegistrationLine
	Older string
}

const registrationLines = 50

func (s *Server) showRegistrations(v *visit) error {
	after, _ := strconv.ParseInt(v.URL.Query().Get("after"), 10, 64)
	p := registrationsPage{office: v.office(v.lang.T("在职党员报到名册", "Members who registered"), "pairing", v.blankInput())}
	var err error
	if p.List, err = s.app.RegistrationsIn(v.Context(), v.viewer, casework.Person(after), registrationLines); err != nil {
		return err
	}
	if n := len(p.List); n >= registrationLines {
		p.Older = "?after=" + strconv.FormatInt(int64(p.List[n-1].Person), 10)
	}
	return v.render(registrationsView(p))
}

func (p registrationsPage) columns() ui.Sheet[app.RegistrationLine] {
	l := p.Page.Lang
	return ui.Sheet[app.RegistrationLine]{Caption: l.T("报到名册", "Registered"), Columns: []ui.Column[app.RegistrationLine]{
		ui.TextColumn(l.T("姓名", "Name"), ui.Main, func(x app.RegistrationLine) string { return x.Name }),
		ui.TextColumn(l.T("特长", "Skills"), ui.Words, func(x app.RegistrationLine) string { return x.Skills }),
		ui.TextColumn(l.T("认领岗位", "Posts claimed"), ui.Words, func(x app.RegistrationLine) string { return posts(p.V, x.Posts) }),
		ui.TextColumn(l.T("工作单位", "Works at"), ui.Words, func(x app.RegistrationLine) string { return x.Unit }),
		ui.TextColumn(l.T("报到日期", "Since"), ui.Brief, func(x app.RegistrationLine) string { return day(x.From) }),
	}, Empty: ui.EmptyState{Icon: "users", Title: l.T("还没有党员报到", "Nobody has registered yet")}}
}

// posts are claimed posts in words.
func posts(v *visit, ids []string) string {
	var out string
	for _, o := range postOptions(v) {
		for _, id := range ids {
			if id == o.Value {
				if out != "" {
					out += v.lang.T("、", ", ")
				}
				out += o.Label
			}
		}
	}
	return out
}
