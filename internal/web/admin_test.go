package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/lang"
	"gezhi/internal/sms"
	"gezhi/internal/store"
	"gezhi/internal/web"

	"golang.org/x/net/html"
)

// bureau is an installed Binjiang behind the real mux, with a clock the test sets and people to enter as.
type bureau struct {
	*apptest.Clock
	t      testing.TB
	app    *app.App
	sms    *sms.Shown
	server *httptest.Server
	people map[string]casework.Person
}

const (
	zoneBinjiang = 330108
	gridCode     = "330108001001001"
	microCode    = "33010800100100101"
)

func newBureau(t testing.TB) *bureau {
	t.Helper()
	o := &bureau{t: t, people: map[string]casework.Person{}, Clock: apptest.NewClock(apptest.Start)}
	o.app, o.sms = apptest.Installed(t, "sqlite:"+filepath.Join(t.TempDir(), "g.db"), o.Now)
	for login, duties := range map[string][]casework.Duty{
		"admin":      {{Role: "admin", Area: "330108"}},
		"security":   {{Role: "security", Area: "330108"}},
		"auditor":    {{Role: "auditor", Area: "330108"}},
		"dispatcher": {{Role: "dispatcher", Area: "330108"}},
		"community":  {{Role: "community_desk", Area: "330108001001"}},
		"sanitation": {{Role: "officer", Unit: "sanitation"}},
		"grid":       {{Role: "grid_staff", Area: gridCode}},
		"micro":      {{Role: "mg_leader", Area: microCode}},
	} {
		o.people[login] = o.hire(login, duties...)
	}
	s := web.New(o.app, web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Demo: o})
	o.server = httptest.NewServer(s.Handler())
	t.Cleanup(o.server.Close)
	return o
}

func (o *bureau) ok(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// hire enters somebody with the duties; those of grid posts as appointments.
func (o *bureau) hire(login string, duties ...casework.Duty) casework.Person {
	o.t.Helper()
	var id int64
	o.ok(o.app.DB().InTx(context.Background(), zoneBinjiang, func(tx *store.Tx) (err error) {
		var tenures []store.Tenure
		for _, d := range duties {
			tenures = append(tenures, store.Tenure{Duty: d, Post: strings.HasPrefix(d.Role, "grid_") || strings.HasPrefix(d.Role, "mg_"), From: tx.Now.Add(-24 * time.Hour)})
		}
		id, err = o.app.AddStaff(tx, app.NewPerson{Name: "虚构" + login, Synthetic: true}, login, "", tenures...)
		return err
	}))
	return casework.Person(id)
}

func (o *bureau) People(context.Context, int) ([]web.DemoPerson, error) {
	var out []web.DemoPerson
	for login, id := range o.people {
		out = append(out, web.DemoPerson{Person: int64(id), Name: login, Home: "staff", Group: "desk"})
	}
	return out, nil
}

func (o *bureau) LastMessage(phone string) string { return o.sms.Last(phone) }

func (o *bureau) viewer(login string) app.Viewer {
	o.t.Helper()
	v, err := o.app.ViewerOf(context.Background(), zoneBinjiang, o.people[login])
	o.ok(err)
	return v
}

// report makes a case at a point of the grid's community.
func (o *bureau) report(key, text string) casework.Case {
	o.t.Helper()
	ctx := context.Background()
	o.ok(o.app.SendCode(ctx, zoneBinjiang, "13800000001", lang.ZH))
	code := o.sms.Last("13800000001")
	id, err := o.app.EnterByCode(ctx, zoneBinjiang, "13800000001", code[len(code)-len("，5 分钟内有效。请勿告诉他人。")-6:][:6])
	o.ok(err)
	v, err := o.app.ViewerOf(ctx, zoneBinjiang, id)
	o.ok(err)
	o.Pass(2 * time.Minute)
	z, err := o.app.Zone(ctx, zoneBinjiang)
	o.ok(err)
	a, _ := z.Tree.Area(microCode)
	c, err := o.app.Submit(ctx, v, app.Report{Key: key, Matter: "E0102", Text: text, Point: a.Shape.Inside(), HasPoint: true})
	o.ok(err)
	return c
}

// visitor is one person's browser.
type visitor struct {
	t    testing.TB
	http *http.Client
	base string
}

// as enters as somebody; "" is a stranger.
func (o *bureau) as(login string) *visitor {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	o.ok(err)
	b := &visitor{t: o.t, base: o.server.URL, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if login != "" {
		if p := b.post("/binjiang/as/"+strconv.FormatInt(int64(o.people[login]), 10), nil); p.code != http.StatusSeeOther {
			o.t.Fatalf("entering as %s: %d", login, p.code)
		}
	}
	return b
}

// reply is what came back.
type reply struct {
	code int
	to   string
	body string
	root *html.Node
	kind string
}

func (b *visitor) do(r *http.Request) reply {
	b.t.Helper()
	res, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	a := reply{code: res.StatusCode, to: res.Header.Get("Location"), body: string(body), kind: res.Header.Get("Content-Type")}
	if strings.HasPrefix(a.kind, "text/html") {
		if a.root, err = html.Parse(bytes.NewReader(body)); err != nil {
			b.t.Fatal(err)
		}
	}
	return a
}

func (b *visitor) get(path string) reply {
	b.t.Helper()
	r, _ := http.NewRequest(http.MethodGet, b.base+path, nil)
	return b.do(r)
}

func (b *visitor) post(path string, form url.Values) reply {
	b.t.Helper()
	r, _ := http.NewRequest(http.MethodPost, b.base+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// send posts a form with one file in the field "file".
func (b *visitor) send(path, name string, data []byte, form url.Values) reply {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, vs := range form {
		for _, v := range vs {
			w.WriteField(k, v)
		}
	}
	f, _ := w.CreateFormFile("file", name)
	f.Write(data)
	w.Close()
	r, _ := http.NewRequest(http.MethodPost, b.base+path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(r)
}

// words is the text of the page a reader sees.
func (a reply) words() string {
	var out strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			out.WriteString(n.Data)
		}
		if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style") {
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	if a.root != nil {
		walk(a.root)
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

func (a reply) has(t testing.TB, words ...string) {
	t.Helper()
	text := strings.ReplaceAll(a.words(), " ", "") // where elements meet, spaces come and go
	for _, w := range words {
		if !strings.Contains(text, strings.ReplaceAll(w, " ", "")) {
			t.Errorf("the page (%d) does not say %q: %s", a.code, w, clipped(text))
		}
	}
}

func clipped(s string) string {
	r := []rune(s)
	if len(r) > 1500 {
		return string(r[:1500]) + "…"
	}
	return s
}

// noElement fails when what was typed as markup became markup.
func (a reply) noElement(t testing.TB, name string) {
	t.Helper()
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && n.Data == name {
			t.Errorf("what was typed became an element <%s>", name)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	if a.root != nil {
		walk(a.root)
	}
}

// after follows a 303 and returns the page it leads to.
func (b *visitor) after(a reply) reply {
	b.t.Helper()
	if a.code != http.StatusSeeOther {
		b.t.Fatalf("%d instead of 303: %s", a.code, clipped(a.words()))
	}
	return b.get(a.to)
}
