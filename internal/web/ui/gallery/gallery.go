// Package gallery shows every component with made-up content, in both languages, for tests and for
// whoever builds a page. The product's routes do not include it.
package gallery

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/web"
	"gezhi/internal/web/ui"
)

// Root is where the gallery is served.
const Root = "/_ui/"

// Names are the gallery's pages, to be asked for as Root + name.
var names = []string{"report", "returned", "mine", "case", "inbox", "file", "cockpit", "enter", "empty"}

// Names lists the gallery's pages.
func Names() []string { return append([]string(nil), names...) }

// Register adds the gallery's routes to the mux.
func Register(mux *http.ServeMux, site *web.Site) {
	mux.Handle("GET "+Root+"{name}", site.Page(func(w http.ResponseWriter, r *http.Request) error {
		page := Page(r.PathValue("name"), web.Lang(r), "")
		if page == nil {
			return fault.New(fault.NotFound, "样例里没有这一页。", "The gallery has no such page.")
		}
		return web.Render(w, r, page)
	}))
	mux.Handle("GET "+Root+"data/grids.geojson", site.Page(grids))
	mux.Handle("GET "+Root+"data/locate", site.Page(locate))
	mux.Handle("GET "+Root+"data/alike", site.Page(func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, alike(web.Lang(r), r.FormValue("title")))
	}))
}

// Now is the gallery's present, so that pages look the same every day.
var now = time.Date(2026, 11, 22, 16, 30, 0, 0, time.FixedZone("CST", 8*60*60))

// Page is one of Names, or nil. Every text a visitor could have typed ends with extra.
func Page(name string, l lang.Lang, extra string) templ.Component {
	s := sample{l: l, extra: extra}
	p := ui.Page{
		Lang: l, Zone: s.t("杭州市滨江区", "Binjiang, Hangzhou"), URL: Root + name,
		Notice: l.T("样例页面：人物、电话、案件均为虚构", "Samples: people, phones and cases are made up"),
	}
	switch name {
	case "report":
		p.Title = l.T("随手拍", "Report")
		return report(phone(p, s, "report"), s, ui.Input{Lang: l})
	case "returned":
		p.Title = l.T("随手拍", "Report")
		return report(phone(p, s, "report"), s, s.wrongInput())
	case "mine":
		return mine(phone(p, s, "mine"), s)
	case "case":
		return resident(phone(p, s, "mine"), s)
	case "inbox":
		return inbox(desk(p, s, "inbox"), s)
	case "file":
		return file(desk(p, s, "inbox"), s)
	case "cockpit":
		return cockpit(desk(p, s, "cockpit"), s)
	case "enter":
		p.Title = l.T("登录", "Sign in")
		return enter(p, s)
	case "empty":
		return nothing(desk(p, s, "search"), s)
	}
	return nil
}

// sample holds what the made-up content needs.
type sample struct {
	l     lang.Lang
	extra string
}

func (s sample) t(zh, en string) string { return s.l.T(zh, en) + s.extra }

func (s sample) wrongInput() ui.Input {
	var wrong fault.List
	wrong.Add("matter", "请选择事项类别", "Choose what it is about")
	wrong.Add("phone", "手机号应为 11 位数字", "A mobile number has 11 digits")
	wrong.Add("lng", "坐标不在滨江区范围内", "The point lies outside Binjiang")
	return ui.Input{Lang: s.l, Err: wrong, Values: url.Values{
		"title": {s.t("人行道上有共享单车堆积", "Shared bikes piled up on the pavement")},
		"phone": {"138001" + s.extra}, "lng": {"121.5"}, "lat": {"30.2"}, "kind": {"safety"},
	}}
}

func phone(p ui.Page, s sample, here string) ui.Page {
	p.Here = here
	p.Viewer = ui.Viewer{Name: s.t("张*", "Zhang *"), Duty: s.t("居民", "Resident"), Account: Root + "mine", SignOut: Root + "out", Drafts: "sample"}
	p.Tabs = []ui.NavItem{
		{Key: "home", Label: s.t("首页", "Home"), Icon: "home", URL: Root + "mine"},
		{Key: "report", Label: s.t("随手拍", "Report"), Icon: "camera", URL: Root + "report"},
		{Key: "mine", Label: s.t("我的上报", "Mine"), Icon: "list-details", URL: Root + "mine", Count: 2},
		{Key: "points", Label: s.t("积分", "Points"), Icon: "coins", URL: Root + "mine"},
		{Key: "me", Label: s.t("我的", "Me"), Icon: "user-circle", URL: Root + "mine"},
	}
	return p
}

func desk(p ui.Page, s sample, here string) ui.Page {
	p.Here, p.Search = here, Root+"inbox"
	p.Viewer = ui.Viewer{Name: s.t("王**", "Wang *"), Duty: s.t("西兴街道 · 派遣员", "Xixing street · dispatcher"), SignOut: Root + "out", Drafts: "desk"}
	p.Nav = []ui.NavGroup{
		{Items: []ui.NavItem{
			{Key: "inbox", Label: s.t("待办", "Inbox"), Icon: "inbox", URL: Root + "inbox", Count: 128},
			{Key: "search", Label: s.t("案件查询", "Find cases"), Icon: "search", URL: Root + "empty"},
			{Key: "map", Label: s.t("在办地图", "Map"), Icon: "map-2", URL: Root + "cockpit"},
		}},
		{Title: s.t("督办与评价", "Supervision"), Items: []ui.NavItem{
			{Key: "supervise", Label: s.t("督办", "Supervised"), Icon: "urgent", URL: Root + "inbox", Count: 7},
			{Key: "cockpit", Label: s.t("运行态势", "Cockpit"), Icon: "chart-bar", URL: Root + "cockpit"},
		}},
		{Title: s.t("基础管理", "Administration"), Items: []ui.NavItem{
			{Key: "areas", Label: s.t("网格与人员", "Grids and people"), Icon: "sitemap", URL: Root + "inbox"},
			{Key: "routes", Label: s.t("责任清单", "Routing"), Icon: "route", URL: Root + "inbox"},
			{Key: "calendar", Label: s.t("工作日历", "Calendar"), Icon: "calendar", URL: Root + "inbox"},
		}},
	}
	return p
}

func locate(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	_, err := w.Write([]byte(`{"ok":true,"name":"` + web.Lang(r).T("样例第三网格", "Sample grid 3") + `"}`))
	return err
}

// grids answers with a lattice of made-up areas.
func grids(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/geo+json")
	_, err := strings.NewReader(lattice(web.Lang(r))).WriteTo(w)
	return err
}
