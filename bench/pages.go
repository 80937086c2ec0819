package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/seal"
	"gezhi/internal/simulate"
	"gezhi/internal/store"
	"gezhi/internal/web"
)

// pageBudget is for the 99th of a hundred requests.
const pageBudget = 50 * time.Millisecond

// big is the large simulated database, open.
type big struct {
	*bench
	path string
	db   *store.DB
	app  *app.App
	zone *app.Zone
	now  time.Time
	all  app.Viewer       // sees the whole district
	some []store.CaseLine // from all over it
	rng  *rand.Rand
}

// path is the file of the large database, which is made when it is missing.
func (b *bench) path(ctx context.Context) (string, error) {
	return b.made(ctx, simulate.Options{Cases: b.cases, Path: filepath.Join(b.dir, fmt.Sprintf("cases-%d.db", b.cases))})
}

// made is the file of a large database of the district, which is made when it is missing.
func (b *bench) made(ctx context.Context, o simulate.Options) (string, error) {
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return "", err
	}
	path := o.Path
	if simulate.Exists(path) {
		return path, nil
	}
	fmt.Fprintf(os.Stderr, "making %s, once\n", path)
	began := time.Now()
	o.Slug, o.Seed, o.Until, o.Progress = "binjiang", 1, time.Now(), func(line string) { fmt.Fprintln(os.Stderr, line) }
	if err := simulate.RunWhole(ctx, o); err != nil {
		return "", err
	}
	b.fact(fmt.Sprintf("making %d cases", o.Cases), time.Since(began).Round(time.Second).String())
	return path, nil
}

// pages measures lists, search and the case page over the large database, cold and warm.
func (b *bench) pages(ctx context.Context) error {
	path, err := b.path(ctx)
	if err != nil {
		return err
	}
	g, err := b.open(ctx, path)
	if err != nil {
		return err
	}
	defer g.db.Close()
	if err := g.measure(ctx); err != nil {
		return err
	}
	return g.overHTTP(ctx)
}

// open opens a large database at its simulated present.
func (b *bench) open(ctx context.Context, path string) (*big, error) {
	g := &big{bench: b, path: path, rng: rand.New(rand.NewPCG(5, 5)), all: app.Viewer{Zone: zone, Person: 1, Kind: "staff", Duties: []casework.Duty{{Role: "leader", Area: "330108"}}}}
	return g, g.load(ctx)
}

func (g *big) load(ctx context.Context) error {
	ring, err := seal.Load(seal.AES, simulate.KeyFile(g.path))
	if err != nil {
		return err
	}
	if g.db, err = store.Open(ctx, "sqlite:"+g.path, store.Options{}); err != nil {
		return err
	}
	g.app = app.New(g.db, ring, app.Options{Now: func() time.Time { return g.now }})
	g.now = time.Now()
	last, err := g.app.Cases(ctx, g.all, store.CaseFilter{Limit: 1})
	if err != nil || len(last) == 0 {
		return errors.Join(err, g.db.Close(), errors.New("the database has no cases"))
	}
	g.now = last[0].Opened.Add(time.Hour)
	if g.zone, err = g.app.Zone(ctx, zone); err != nil {
		return err
	}
	if err := g.app.CatchUp(ctx, zone); err != nil {
		return err
	}
	for len(g.some) < 200 {
		at := g.now.AddDate(0, 0, -g.rng.IntN(1000))
		lines, err := g.app.Cases(ctx, g.all, store.CaseFilter{After: store.Cursor{ID: int64(store.BulkID(at, 0))}, Limit: 5})
		if err != nil {
			return err
		}
		g.some = append(g.some, lines...)
	}
	return nil
}

func (g *big) one() store.CaseLine { return g.some[g.rng.IntN(len(g.some))] }

// viewer is somebody with one duty.
func viewer(role, unit, area string) app.Viewer {
	return app.Viewer{Zone: zone, Person: 3, Kind: "staff", Duties: []casework.Duty{{Role: role, Unit: unit, Area: area}}}
}

// viewers are who looks: the whole district, parts of it, units.
func (g *big) viewers() map[string]func() app.Viewer {
	return map[string]func() app.Viewer{
		"district":   func() app.Viewer { return g.all },
		"street":     func() app.Viewer { return viewer("street_desk", "", g.one().Area[:9]) },
		"community":  func() app.Viewer { return viewer("community_desk", "", g.one().Area[:12]) },
		"grid":       func() app.Viewer { return viewer("grid_staff", "", g.one().Area[:15]) },
		"micro-grid": func() app.Viewer { return viewer("mg_leader", "", g.one().Area) },
		"unit":       func() app.Viewer { return viewer("officer", "sanitation", "") },
		"small unit": func() app.Viewer { return viewer("officer", "committee."+g.one().Area[:12], "") },
	}
}

// request is one kind of request; do makes one with what rng chooses.
type request struct {
	name string
	do   func(ctx context.Context) error
}

// requests are the kinds measured.
func (g *big) requests() []request {
	list := func(v app.Viewer, f store.CaseFilter) func(context.Context) error {
		return func(ctx context.Context) error { _, err := g.app.Cases(ctx, v, f); return err }
	}
	var out []request
	add := func(name string, make func() func(context.Context) error) {
		out = append(out, request{name, func(ctx context.Context) error { return make()(ctx) }})
	}
	add("case page", func() func(context.Context) error {
		return func(ctx context.Context) error { _, err := g.app.CasePage(ctx, g.all, g.one().ID); return err }
	})
	for _, desk := range []string{"acceptor", "verifier", "dispatcher"} {
		add("inbox with counts, "+desk, func() func(context.Context) error { return g.inbox(viewer(desk, "", "330108")) })
	}
	add("inbox with counts, unit", func() func(context.Context) error { return g.inbox(viewer("officer", "sanitation", "")) })
	add("inbox with counts, grid worker", func() func(context.Context) error { return g.inbox(viewer("grid_staff", "", g.one().Area[:15])) })
	words := []struct{ kind, list string }{
		{"2 characters, common", "垃圾 路口 老人 江汉"}, {"4 characters, common", "存在安全 影响行人 尽快处理 消防通道"},
		{"2 characters, rare", "福祥 瑞鑫 翠竹 银杏 碧水"}, {"4 characters, rare", "福祥超市 瑞鑫面馆 翠竹药店 银杏茶楼"}}
	for _, who := range []string{"district", "street", "community", "grid", "micro-grid", "unit", "small unit"} {
		v := g.viewers()[who]
		for _, w := range words {
			terms := strings.Fields(w.list)
			add("search, "+w.kind+", "+who, func() func(context.Context) error {
				return list(v(), store.CaseFilter{Text: terms[g.rng.IntN(len(terms))]})
			})
		}
		add("list, first page, "+who, func() func(context.Context) error { return list(v(), store.CaseFilter{}) })
		add("list, deep page, "+who, func() func(context.Context) error {
			return list(v(), store.CaseFilter{After: store.Cursor{ID: int64(g.one().ID)}})
		})
		add("list, open, "+who, func() func(context.Context) error { return list(v(), store.CaseFilter{State: "open"}) })
	}
	add("list, one matter, deep page, district", func() func(context.Context) error {
		c := g.one()
		return list(g.all, store.CaseFilter{Matter: c.Matter, After: store.Cursor{ID: int64(g.one().ID)}})
	})
	add("list, one micro-grid, district", func() func(context.Context) error { return list(g.all, store.CaseFilter{Area: g.one().Area}) })
	add("list, one month, district", func() func(context.Context) error {
		from := g.one().Opened
		return list(g.all, store.CaseFilter{From: from, To: from.AddDate(0, 1, 0)})
	})
	add("search by number", func() func(context.Context) error { return list(g.all, store.CaseFilter{Text: g.one().Number}) })
	return out
}

// inbox is the first page of an inbox, and what its heading counts.
func (g *big) inbox(v app.Viewer) func(context.Context) error {
	return func(ctx context.Context) error {
		if _, err := g.app.Inbox(ctx, v, store.CaseFilter{}); err != nil {
			return err
		}
		_, _, err := g.app.InboxCount(ctx, v)
		return err
	}
}

// coldRequests is how many requests of each kind are made right after the file was thrown out of memory.
const coldRequests = 10

// measure makes every kind of request, first with a file the kernel has forgotten.
func (g *big) measure(ctx context.Context) error {
	size, err := os.Stat(g.path)
	if err != nil {
		return err
	}
	g.fact("large database", fmt.Sprintf("%d cases, %.1f GB", g.cases, float64(size.Size())/1e9))
	for _, r := range g.requests() {
		if !strings.Contains(r.name, g.like) {
			continue
		}
		if err := evict(g.path); err != nil {
			return err
		}
		cold, err := g.times(ctx, coldRequests, r.do)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		warm, err := g.times(ctx, g.n, r.do)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		p50 := percentile(warm, 50)
		g.within(r.name+", p99", percentile(warm, 99), pageBudget, fmt.Sprintf(", p50 %s, cold p50 %s, n %d", round(p50), round(percentile(cold, 50)), len(warm)))
	}
	return nil
}

// slowest bounds a kind of request that misses by far: no more are made once it has taken this long.
const slowest = 20 * time.Second

func (g *big) times(ctx context.Context, n int, do func(context.Context) error) ([]time.Duration, error) {
	var took []time.Duration
	for began := time.Now(); len(took) < n && time.Since(began) < slowest; {
		start := time.Now()
		if err := do(ctx); err != nil {
			return nil, err
		}
		took = append(took, time.Since(start))
	}
	return took, nil
}

// overHTTP measures whole pages through the site's handler, signed in as the acceptor of the district.
func (g *big) overHTTP(ctx context.Context) error {
	desk, err := g.as(ctx, g.site(), "acceptor")
	if err != nil {
		return err
	}
	return g.requested(ctx, []request{
		desk.page("HTTP, inbox", "desk"),
		desk.page("HTTP, list of cases", "desk/cases"),
		desk.page("HTTP, search 垃圾", "desk/cases?q="+url.QueryEscape("垃圾")),
		desk.pages("HTTP, case page", func() string { return fmt.Sprintf("case/%d", g.one().ID) }),
	})
}

func (g *big) site() http.Handler {
	return web.New(g.app, web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}).Handler()
}

// browser asks for pages of the zone as somebody who has signed in.
type browser struct {
	handler http.Handler
	zone    string
	cookies []*http.Cookie
}

// as signs somebody in who has the role in the whole district.
func (g *big) as(ctx context.Context, handler http.Handler, role string) (browser, error) {
	cookies, err := signIn(ctx, handler, g.zone.Slug, role+"1")
	return browser{handler, g.zone.Slug, cookies}, err
}

// page is the request for one page.
func (b browser) page(name, path string) request { return b.pages(name, func() string { return path }) }

// pages is a request for another page each time.
func (b browser) pages(name string, path func() string) request {
	return request{name, func(ctx context.Context) error {
		r := httptest.NewRequestWithContext(ctx, "GET", "/"+b.zone+"/"+path(), nil)
		for _, c := range b.cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			return fmt.Errorf("%s answers %d", r.URL, w.Code)
		}
		return nil
	}}
}

// requested measures kinds of request, warm.
func (g *big) requested(ctx context.Context, list []request) error {
	for _, r := range list {
		if !strings.Contains(r.name, g.like) {
			continue
		}
		took, err := g.times(ctx, g.n, r.do)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		p50 := percentile(took, 50)
		g.within(r.name+", p99", percentile(took, 99), pageBudget, fmt.Sprintf(", p50 %s, n %d", round(p50), len(took)))
	}
	return nil
}

func signIn(ctx context.Context, handler http.Handler, slug, login string) ([]*http.Cookie, error) {
	form := url.Values{"login": {login}, "password": {simulate.Password}}
	r := httptest.NewRequestWithContext(ctx, "POST", "/"+slug+"/staff", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != http.StatusSeeOther {
		return nil, fmt.Errorf("signing in as %s answers %d", login, w.Code)
	}
	return w.Result().Cookies(), nil
}
