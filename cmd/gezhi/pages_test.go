package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"gezhi/internal/browser"
	"gezhi/internal/demo"
	"gezhi/internal/lang"
	"gezhi/internal/sms"
	"gezhi/internal/web"
)

// Every kind of page is opened on a phone and at a desk, over a fortnight of the demonstration's life: it must fit
// the screen, be accessible, and complain of nothing. The pictures are for looking at.
func TestPagesOnAPhoneAndAtADesk(t *testing.T) {
	b := browser.Start(t)
	var said bytes.Buffer
	messages := &sms.Shown{}
	log := slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelError}))
	site, err := demoCmd{Days: 14, Zone: []string{"binjiang"}, Seed: 2026}.open(context.Background(), std{Out: &said, Err: &bytes.Buffer{}, Lang: lang.ZH}, t.TempDir(), messages, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { site.app.DB().Close() })
	server := httptest.NewServer(web.New(site.app, web.Options{Log: log, Demo: demoSite{site.people, messages}}).Handler())
	t.Cleanup(server.Close)
	zone := server.URL + "/binjiang/"
	who := func(role string) demo.Person {
		t.Helper()
		for _, p := range site.people[330108] {
			if strings.HasPrefix(p.RoleZH, role) || strings.HasSuffix(p.RoleZH, role) {
				return p
			}
		}
		t.Fatalf("nobody is %s", role)
		return demo.Person{}
	}
	for _, visit := range []struct {
		role  string // "" for a visitor
		pages []string
	}{
		{"", []string{"../", "", "enter", "staff"}},
		{"居民", []string{"", "report", "mine", "points", "messages", "me"}},
		{"专职网格员", []string{"grid", "grid/inbox", "grid/roster"}},
		{"派遣员", []string{"desk", "desk/cases?q=垃圾", "desk/map"}},
		{"督办员", []string{"desk/supervision", "desk/evaluation", "me"}},
		{"系统管理员", []string{"admin/areas", "admin/posts", "admin/routes", "admin/calendar", "admin/procedures"}},
		{"审计员", []string{"admin/audit"}},
	} {
		for _, open := range []func(testing.TB, ...browser.Option) *browser.Page{b.Phone, b.Desktop} {
			p := open(t)
			p.Goto(server.URL + "/")
			if visit.role != "" {
				p.Click("form[action='/binjiang/as/" + strconv.FormatInt(int64(who(visit.role).Person), 10) + "'] button")
			}
			for _, page := range visit.pages {
				p.Goto(zone + page)
				name := strings.NewReplacer("/", "-", "?q=垃圾", "-search", "..-", "entrance").Replace(page)
				if name == "" {
					name = "home-" + map[bool]string{true: "visitor", false: "resident"}[visit.role == ""]
				}
				p.Screenshot("page-" + name)
				p.NoHorizontalScroll()
				p.Axe()
			}
		}
	}
	// One case of each kind of reader.
	for role, open := range map[string]func(testing.TB, ...browser.Option) *browser.Page{"专职网格员": b.Phone, "派遣员": b.Desktop} {
		p := open(t)
		p.Goto(server.URL + "/")
		p.Click("form[action='/binjiang/as/" + strconv.FormatInt(int64(who(role).Person), 10) + "'] button")
		p.Goto(zone + map[string]string{"专职网格员": "grid/inbox", "派遣员": "desk"}[role])
		p.Click("main a[href*='/case/']")
		p.WaitText("办理经过")
		p.Screenshot("page-case")
		p.NoHorizontalScroll()
		p.Axe()
	}
	if said.Len() > 0 && strings.Contains(said.String(), "level=ERROR") {
		t.Errorf("the log says:\n%s", said.String())
	}
}
