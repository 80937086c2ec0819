package web

import (
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/territory"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// postsPage is who holds the posts of an area, for those who appoint.
type postsPage struct {
	office
	app.Roster
	Kinds []territory.PostKind // that the area's level has
}

func (s *Server) showPosts(v *visit) error { return v.untouched(v.posts) }

// postsArea is the area a form or an address speaks of.
func (v *visit) postsArea() string {
	if a := v.PostForm.Get("area"); a != "" {
		return a
	}
	return v.URL.Query().Get("area")
}

func (v *visit) posts(in ui.Input) (templ.Component, error) {
	area := v.postsArea()
	if _, ok := v.zone.Tree.Area(area); !ok {
		area = strconv.Itoa(v.zone.Code)
	}
	r, err := v.s.app.Roster(v.Context(), v.viewer, area)
	if err != nil {
		return nil, err
	}
	kinds, err := v.s.app.PlaceOfPost(v.Context(), v.viewer, area)
	if err != nil {
		return nil, err
	}
	return postsView(postsPage{office: v.office(v.lang.T("力量与岗位", "Posts"), "posts", in), Roster: r, Kinds: kinds}), nil
}

func (s *Server) appoint(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	err := s.app.Appoint(v.Context(), v.viewer, app.NewPost{Area: f.Get("area"), Post: f.Get("post"), Login: f.Get("login"), Name: f.Get("name"), Phone: f.Get("phone"),
		From: f.Get("from"), Document: f.Get("document"), Concurrent: f.Get("concurrent") != ""}, f.Get(ui.KeyName))
	return v.settle(err, v.posts, v.lang.T("已任命。", "Appointed."), v.admin("posts")+"?area="+v.postsArea())
}

func (s *Server) endPost(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := v.importID()
	if err != nil {
		return err
	}
	err = s.app.EndPost(v.Context(), v.viewer, id, v.PostForm.Get("document"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.posts, v.lang.T("已免去。", "Ended."), v.admin("posts")+"?area="+v.postsArea())
}

func (p postsPage) trail() []ui.Link {
	var out []ui.Link
	for _, a := range p.V.zone.Tree.Ancestors(p.Area.Code) {
		out = append(out, ui.Link{Label: a.Name, URL: "?area=" + a.Code})
	}
	return out
}

func (p postsPage) kindOptions() []ui.Option {
	out := []ui.Option{}
	for _, k := range p.Kinds {
		out = append(out, ui.Option{Value: k.ID, Label: k.Name.In(p.V.lang)})
	}
	return out
}

// seat is one holder, or an empty seat, of a post.
type seat struct {
	app.RosterPost
	Who app.Holding
	Any bool // somebody holds it
}

func (p postsPage) seats(posts []app.RosterPost) []seat {
	var out []seat
	for _, x := range posts {
		for _, h := range x.Holders {
			out = append(out, seat{x, h, true})
		}
		if x.Short > 0 {
			out = append(out, seat{RosterPost: x})
		}
	}
	return out
}

func (p postsPage) seatColumns(caption string) ui.Sheet[seat] {
	l := p.V.lang
	return ui.Sheet[seat]{Caption: caption, Columns: []ui.Column[seat]{
		ui.TextColumn(l.T("岗位", "Post"), ui.Main, func(x seat) string { return x.Kind.Name.In(l) }),
		{Head: l.T("任职人", "Holder"), Cell: func(x seat) templ.Component { return seatHolder(p, x) }},
		ui.TextColumn(l.T("任职日期", "From"), ui.Brief, func(x seat) string { return day(x.Who.Tenure.From) }),
		ui.TextColumn(l.T("任免文号", "Document"), ui.Words, func(x seat) string { return x.Who.Tenure.Document }),
		{Head: l.T("操作", "Actions"), Kind: ui.Buttons, Cell: func(x seat) templ.Component { return seatActions(p, x) }},
	}, Empty: ui.EmptyState{Icon: "users", Title: l.T("这一层级没有设岗", "No posts at this level")}}
}

func (p postsPage) partColumns() ui.Sheet[app.RosterPart] {
	s := rosterParts(rosterPage{Roster: p.Roster, Page: p.Page, V: p.V})
	return s
}

// modesPage is 平战转换.
type modesPage struct {
	office
	List []app.ModeLine
}

func (s *Server) showModes(v *visit) error { return v.untouched(v.modes) }

func (v *visit) modes(in ui.Input) (templ.Component, error) {
	list, err := v.s.app.Modes(v.Context(), v.viewer)
	if err != nil {
		return nil, err
	}
	return modesView(modesPage{office: v.office(v.lang.T("平战转换", "Ordinary times and emergency"), "posts", in), List: list}), nil
}

func (s *Server) switchOn(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	err := s.app.SwitchOn(v.Context(), v.viewer, v.PostForm.Get("area"), v.PostForm.Get("reason"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.modes, v.lang.T("已转入应急状态。", "Emergency duties hold now."), v.admin("modes"))
}

func (s *Server) switchOff(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := v.importID()
	if err != nil {
		return err
	}
	err = s.app.SwitchOff(v.Context(), v.viewer, id, v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.modes, v.lang.T("已转回平时状态。", "Back to ordinary times."), v.admin("modes"))
}

func (p modesPage) columns() ui.Sheet[app.ModeLine] {
	l := p.V.lang
	return ui.Sheet[app.ModeLine]{Caption: l.T("转换记录", "History"), Columns: []ui.Column[app.ModeLine]{
		ui.TextColumn(l.T("区域", "Area"), ui.Main, func(m app.ModeLine) string { return m.Path }),
		ui.TextColumn(l.T("原因", "Reason"), ui.Words, func(m app.ModeLine) string { return m.Reason }),
		ui.TextColumn(l.T("转入", "On"), ui.Brief, func(m app.ModeLine) string { return ui.DateTime(l, m.From) }),
		{Head: l.T("转回", "Off"), Kind: ui.Brief, Cell: func(m app.ModeLine) templ.Component {
			if m.To.IsZero() {
				return ui.Badge(ui.Red, l.T("应急中", "on"))
			}
			return ui.Text(ui.DateTime(l, m.To))
		}},
		ui.TextColumn(l.T("操作人", "By"), ui.Brief, func(m app.ModeLine) string { return m.Name }),
		{Head: l.T("操作", "Actions"), Kind: ui.Buttons, Cell: func(m app.ModeLine) templ.Component {
			if !m.To.IsZero() {
				return ui.Text("")
			}
			return oneButton(l, p.V.admin("modes", itoa(m.ID), "end"), l.T("转回平时", "Switch back"), l.T("恢复平时职责和派遣规则。", "Ordinary duties and routes hold again."))
		}},
	}, Empty: ui.EmptyState{Icon: "shield-check", Title: l.T("没有转换记录", "No emergencies yet")}}
}

// rosterCheck is what importing a roster would do.
type rosterCheck struct {
	office
	app.RosterCheck
}

func (s *Server) showRosterImport(v *visit) error {
	page, _ := v.rosterImport(v.blankInput())
	return v.render(page)
}

func (v *visit) rosterImport(in ui.Input) (templ.Component, error) {
	return rosterImportForm(v.office(v.lang.T("导入任职名册", "Import a roster"), "posts", in)), nil
}

func (s *Server) uploadRoster(v *visit) error {
	name, body, err := v.upload()
	if err != nil {
		return err
	}
	id, err := s.app.KeepImport(v.Context(), v.viewer, "roster", name, "", body)
	if wrong(err) {
		page, _ := v.rosterImport(v.input(err))
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	return v.goTo(v.admin("posts", "import", itoa(id)))
}

func (s *Server) showRosterCheck(v *visit) error { return v.untouched(v.rosterCheck) }

func (v *visit) rosterCheck(in ui.Input) (templ.Component, error) {
	id, err := v.importID()
	if err != nil {
		return nil, err
	}
	c, err := v.s.app.CheckRoster(v.Context(), v.viewer, id)
	if err != nil {
		return nil, err
	}
	return rosterCheckView(rosterCheck{office: v.office(v.lang.T("导入前核对", "Check before importing"), "posts", in), RosterCheck: c}), nil
}

func (s *Server) applyRoster(v *visit) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	_, err = s.app.ApplyRoster(v.Context(), v.viewer, id, v.shown("lines"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.rosterCheck, v.lang.T("已导入。", "Imported."), v.admin("posts", "import", itoa(id)))
}

func (s *Server) rosterErrors(v *visit) error {
	return sendErrors(v, s.app.CheckRoster, v.lang.T("名册错误说明.xlsx", "roster errors.xlsx"))
}

func (s *Server) rosterTemplate(v *visit) error {
	body, err := sheet.Template(app.RosterColumns(), []lang.Text{{ZH: "一行一个岗位；一人多岗的，除一个主岗外都填“是否兼任：是”。", EN: "One post a row; of several posts of one person all but one are concurrent."}}, v.lang)
	if err != nil {
		return err
	}
	return v.download(v.lang.T("任职名册模板.xlsx", "roster template.xlsx"), xlsxType, body)
}

func (c rosterCheck) rowTexts(row int) []string { return c.Problems.Texts(c.Page.Lang)[row] }

func (p modesPage) areaOptions() []ui.Option {
	return p.V.areaOptions(strconv.Itoa(p.V.zone.Code), idcode.Community)
}
