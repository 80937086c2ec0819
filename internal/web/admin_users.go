package web

import (
	"maps"
	"slices"
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/idcode"
	"gezhi/internal/redeem"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// usersPage lists accounts.
type usersPage struct {
	office
	List  []app.StaffAccount
	Query string
	Pages ui.Pages
}

const usersShown = 50

func (s *Server) showUsers(v *visit) error { return v.untouched(v.users) }

func (v *visit) users(in ui.Input) (templ.Component, error) {
	q := v.URL.Query()
	list, err := v.s.app.Accounts(v.Context(), v.viewer, q.Get("q"), q.Get("after"), usersShown)
	if err != nil {
		return nil, err
	}
	p := usersPage{office: v.office(v.lang.T("账号", "Accounts"), "users", in), List: list, Query: q.Get("q")}
	if q.Get("after") != "" {
		q.Del("after")
		p.Pages.Previous = v.admin("users") + "?" + q.Encode()
	}
	if len(list) == usersShown {
		q.Set("after", list[usersShown-1].Login)
		p.Pages.Next = v.admin("users") + "?" + q.Encode()
	}
	return usersView(p), nil
}

func (s *Server) addUser(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	id, password, err := s.app.AddAccount(v.Context(), v.viewer, f.Get("login"), f.Get("name"), f.Get("phone"), f.Get(ui.KeyName))
	if err == nil && password != "" {
		return v.told(id, password)
	}
	return v.settle(err, v.users, v.lang.T("该账号已建立，密码只显示一次；需要时请重置。", "The account exists; its password was shown once. Reset it if needed."), v.admin("users"))
}

// told shows a new password, this once. It is the answer to the form itself, so that it is kept nowhere.
func (v *visit) told(id casework.Person, password string) error {
	a, err := v.s.app.StaffAccount(v.Context(), v.viewer, id)
	if err != nil {
		return err
	}
	return v.render(passwordView(userPage{office: v.office(v.lang.T("一次性密码", "One-time password"), "users", v.blankInput()), StaffAccount: a}, password))
}

// userPage is one account.
type userPage struct {
	office
	app.StaffAccount
}

func (v *visit) userID() (casework.Person, error) {
	id, err := v.importID()
	return casework.Person(id), err
}

func (s *Server) showUser(v *visit) error { return v.untouched(v.user) }

func (v *visit) user(in ui.Input) (templ.Component, error) {
	id, err := v.userID()
	if err != nil {
		return nil, err
	}
	a, err := v.s.app.StaffAccount(v.Context(), v.viewer, id)
	if err != nil {
		return nil, err
	}
	return userView(userPage{office: v.office(a.Name, "users", in), StaffAccount: a}), nil
}

func (s *Server) resetUser(v *visit) error {
	id, err := v.userForm()
	if err != nil {
		return err
	}
	password, err := s.app.ResetPassword(v.Context(), v.viewer, id, v.PostForm.Get(ui.KeyName))
	if err == nil && password != "" {
		return v.told(id, password)
	}
	return v.settle(err, v.user, v.lang.T("密码已重置过，新密码只显示一次。", "The password was reset and shown once."), v.admin("users", v.PathValue("id")))
}

// userForm reads a form about one account.
func (v *visit) userForm() (casework.Person, error) {
	id, err := v.userID()
	if err != nil {
		return 0, err
	}
	return id, v.parse()
}

func (s *Server) unlockUser(v *visit) error {
	id, err := v.userForm()
	if err == nil {
		err = s.app.Unlock(v.Context(), v.viewer, id, v.PostForm.Get(ui.KeyName))
	}
	return v.settle(err, v.user, v.lang.T("已解锁。", "Unlocked."), v.admin("users", v.PathValue("id")))
}

func (s *Server) disableUser(v *visit) error {
	id, err := v.userForm()
	if err == nil {
		err = s.app.Disable(v.Context(), v.viewer, id, v.PostForm.Get("reason"), v.PostForm.Get(ui.KeyName))
	}
	return v.settle(err, v.user, v.lang.T("账号已停用，立即生效。", "Disabled, at once."), v.admin("users", v.PathValue("id")))
}

func (s *Server) enableUser(v *visit) error {
	id, err := v.userForm()
	if err == nil {
		err = s.app.Enable(v.Context(), v.viewer, id, v.PostForm.Get(ui.KeyName))
	}
	return v.settle(err, v.user, v.lang.T("账号已恢复。", "Enabled."), v.admin("users", v.PathValue("id")))
}

func (s *Server) grantRole(v *visit) error {
	id, err := v.userForm()
	if err == nil {
		f := v.PostForm
		err = s.app.Grant(v.Context(), v.viewer, id, app.Membership{Role: f.Get("role"), Unit: f.Get("unit"), Area: f.Get("area"), From: f.Get("from")}, f.Get(ui.KeyName))
	}
	return v.settle(err, v.user, v.lang.T("已授予角色。", "Role given."), v.admin("users", v.PathValue("id")))
}

func (s *Server) endRole(v *visit) error {
	id, err := v.userForm()
	if err != nil {
		return err
	}
	tenure, err := strconv.ParseInt(v.PathValue("tenure"), 10, 64)
	if err != nil {
		return errNoPage
	}
	err = s.app.EndGrant(v.Context(), v.viewer, id, tenure, v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.user, v.lang.T("已收回角色。", "Role ended."), v.admin("users", v.PathValue("id")))
}

// userState is how an account stands.
func (v *visit) userState(a app.StaffAccount) templ.Component {
	l, now := v.lang, v.s.app.Now()
	switch {
	case !a.Disabled.IsZero():
		return ui.Badge(ui.Grey, l.T("已停用", "disabled"))
	case now.Before(a.LockedUntil):
		return ui.Badge(ui.Red, l.T("锁定至 ", "locked until ")+ui.When(l, now, a.LockedUntil))
	case a.Password == "":
		return ui.Badge(ui.Yellow, l.T("待发密码", "no password yet"))
	case a.MustChange:
		return ui.Badge(ui.Yellow, l.T("待首次改密", "password to be changed"))
	}
	return ui.Badge(ui.Green, l.T("正常", "in use"))
}

func (p usersPage) columns() ui.Sheet[app.StaffAccount] {
	l := p.V.lang
	return ui.Sheet[app.StaffAccount]{Caption: l.T("账号", "Accounts"), Columns: []ui.Column[app.StaffAccount]{
		ui.LinkColumn(l.T("姓名", "Name"), ui.Main, func(a app.StaffAccount) ui.Link {
			return ui.Link{Label: a.Name, URL: p.V.admin("users", itoa(a.Person))}
		}),
		ui.TextColumn(l.T("登录名", "Login"), ui.Brief, func(a app.StaffAccount) string { return a.Login }),
		{Head: l.T("状态", "State"), Kind: ui.Brief, Cell: func(a app.StaffAccount) templ.Component { return p.V.userState(a) }},
		{Head: l.T("角色与岗位", "Roles and posts"), Cell: func(a app.StaffAccount) templ.Component { return dutyList(p.V, a.Tenures) }},
	}, Empty: ui.EmptyState{Icon: "users", Title: l.T("没有符合条件的账号", "No accounts fit")}}
}

// roleOptions are the roles a security administrator gives.
func (v *visit) roleOptions() []ui.Option {
	out := []ui.Option{{Label: v.lang.T("请选择", "Choose")}}
	for _, r := range v.zone.GrantedRoles() {
		out = append(out, ui.Option{Value: r.ID, Label: r.Name.In(v.lang)})
	}
	return out
}

// units are the zone's units, committees of communities after the others.
func (v *visit) units() []ui.Option {
	var out, communities []ui.Option
	for _, code := range slices.Sorted(maps.Keys(v.zone.Units)) {
		u := v.zone.Units[code]
		o := ui.Option{Value: code, Label: u.Name.In(v.lang), Group: v.lang.T("区、街道单位", "District and streets")}
		switch {
		case !u.To.IsZero():
		case idcode.LevelOf(u.Area) >= idcode.Community:
			o.Group = v.lang.T("社区（村）", "Communities and villages")
			communities = append(communities, o)
		default:
			out = append(out, o)
		}
	}
	return append(out, communities...)
}

// unitOptions are what an account may belong to: nothing, a unit, a sponsor.
func (v *visit) unitOptions() []ui.Option {
	out := append([]ui.Option{{Label: v.lang.T("不属单位", "none")}}, v.units()...)
	for _, s := range v.zone.ActiveSponsors(v.s.app.Now()) {
		out = append(out, ui.Option{Value: string(redeem.SponsorAccount(s.ID)), Label: s.Name, Group: v.lang.T("合作单位（仅限兑换点店员）", "Sponsors (counter clerks only)")})
	}
	return out
}

func (p userPage) areaOptions() []ui.Option {
	out := p.V.areaOptions(strconv.Itoa(p.V.zone.Code), idcode.Community)
	out[0].Label = p.V.lang.T("全区", "The district")
	return out
}

func (p userPage) tenureColumns() ui.Sheet[store.Tenure] {
	l := p.V.lang
	return ui.Sheet[store.Tenure]{Caption: l.T("角色与岗位", "Roles and posts"), Columns: []ui.Column[store.Tenure]{
		ui.TextColumn(l.T("角色或岗位", "Role or post"), ui.Main, func(t store.Tenure) string { return p.V.zone.DutyName(t.Duty).In(l) }),
		ui.TextColumn(l.T("起", "From"), ui.Brief, func(t store.Tenure) string { return day(t.From) }),
		ui.TextColumn(l.T("止", "To"), ui.Brief, func(t store.Tenure) string { return day(t.To) }),
		{Head: l.T("操作", "Actions"), Kind: ui.Buttons, Cell: func(t store.Tenure) templ.Component {
			if t.Post {
				return ui.Text(l.T("岗位由系统管理员任免", "a post, appointed by the system administrator"))
			}
			if !t.To.IsZero() {
				return ui.Text("")
			}
			return oneButton(l, p.V.admin("users", itoa(p.Person), "roles", itoa(t.ID), "end"), l.T("收回", "End"), l.T("立即失去这一角色的权限。", "Its powers end at once."))
		}},
	}, Empty: ui.EmptyState{Icon: "id-badge-2", Title: l.T("没有角色", "No roles")}}
}
