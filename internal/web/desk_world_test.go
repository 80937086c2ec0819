package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/geo"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/sms"
	"gezhi/internal/store"
	"gezhi/internal/web"

	"golang.org/x/net/html"
)

// office is an installed Binjiang behind the real mux, with a clock that the test moves and people
// made up for it. Anyone of them can be entered as, the way the demonstration does it.
type office struct {
	*apptest.Clock
	t      testing.TB
	app    *app.App
	sms    *sms.Shown
	server *httptest.Server
	people map[string]app.Viewer
	n      int
}

const binjiang = 330108

// Two streets of Binjiang.
const (
	xixing = "330108001"
	puyan  = "330108003"
)

// within is a point in a micro-grid of the area.
func (o *office) within(area string) geo.Point {
	o.t.Helper()
	z, err := o.app.Zone(context.Background(), binjiang)
	o.ok(err)
	for _, a := range z.Tree.Subtree(area) {
		if a.Level() == idcode.Micro {
			return a.Shape.Inside()
		}
	}
	o.t.Fatalf("no micro-grid in %s", area)
	return geo.Point{}
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{t: t, people: map[string]app.Viewer{},
		Clock: apptest.NewClock(apptest.Start)}
	o.app, o.sms = apptest.Installed(t, "sqlite:"+filepath.Join(t.TempDir(), "g.db"), o.Now)
	o.server = httptest.NewServer(web.New(o.app, web.Options{Log: slog.New(slog.DiscardHandler), Demo: o}).Handler())
	t.Cleanup(o.server.Close)
	return o
}

func (o *office) ok(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// People and LastMessage make the office a web.Demo.
func (o *office) People(context.Context, int) ([]web.DemoPerson, error) {
	var out []web.DemoPerson
	for name, v := range o.people {
		out = append(out, web.DemoPerson{Person: int64(v.Person), Name: name, Group: "desk"})
	}
	return out, nil
}

func (o *office) LastMessage(phone string) string { return o.sms.Last(phone) }

// staff enters somebody with the duties and remembers them under the login name.
func (o *office) staff(login string, duties ...casework.Duty) app.Viewer {
	o.t.Helper()
	var id int64
	o.ok(o.app.DB().InTx(context.Background(), binjiang, func(tx *store.Tx) (err error) {
		var tenures []store.Tenure
		for _, d := range duties {
			tenures = append(tenures, store.Tenure{Duty: d})
		}
		id, err = o.app.AddStaff(tx, app.NewPerson{Name: "测试" + login, Synthetic: true}, login, apptest.Hash(o.app, "Right-horse-9"), tenures...)
		return err
	}))
	v, err := o.app.ViewerOf(context.Background(), binjiang, casework.Person(id))
	o.ok(err)
	o.people[login] = v
	return v
}

// resident signs a phone in.
func (o *office) resident(phone string) app.Viewer {
	o.t.Helper()
	ctx := context.Background()
	o.ok(o.app.SendCode(ctx, binjiang, phone, lang.ZH))
	text := o.sms.Last(phone)
	code := text[len(text)-len("，5 分钟内有效。请勿告诉他人。")-6:][:6]
	id, err := o.app.EnterByCode(ctx, binjiang, phone, code)
	o.ok(err)
	v, err := o.app.ViewerOf(ctx, binjiang, id)
	o.ok(err)
	o.people[phone] = v
	return v
}

// report makes a case of an exposed pile of rubbish, or whatever change makes of it.
func (o *office) report(v app.Viewer, at geo.Point, text string, change func(*app.Report)) casework.Case {
	o.t.Helper()
	o.n++
	r := app.Report{Key: "k" + strconv.Itoa(o.n), Matter: "E0102", Text: text, Title: text, Point: at, HasPoint: true}
	if change != nil {
		change(&r)
	}
	c, err := o.app.Submit(context.Background(), v, r)
	o.ok(err)
	return c
}

func (o *office) move(v app.Viewer, c casework.Case, move string, change func(*casework.Command)) casework.Case {
	o.t.Helper()
	o.n++
	cmd := casework.Command{Move: move, Fields: map[string]string{}}
	if change != nil {
		change(&cmd)
	}
	out, err := o.app.Move(context.Background(), v, c.ID, cmd, "m"+strconv.Itoa(o.n))
	if err != nil {
		o.t.Fatalf("%s in stage %s (holder %s): %v", move, c.Stage, c.Holder.Key(), err)
	}
	return out
}

// tick lets the timers run as of now.
func (o *office) tick() {
	o.t.Helper()
	_, err := o.app.Tick(context.Background(), binjiang)
	o.ok(err)
}

// reader is a browser in which somebody has signed in.
type reader struct {
	o      *office
	client *http.Client
}

func (o *office) enter(v app.Viewer) *reader {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	o.ok(err)
	r := &reader{o: o, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if v.Known() {
		if a := r.post("/binjiang/as/"+strconv.FormatInt(int64(v.Person), 10), nil); a.code != http.StatusSeeOther {
			o.t.Fatalf("entering as %s: %d %s", v.Name, a.code, a.text())
		}
	}
	return r
}

// answer is a page as it came.
type answer struct {
	code   int
	header http.Header
	body   []byte
	doc    *html.Node
}

func (r *reader) get(path string) answer {
	r.o.t.Helper()
	req, err := http.NewRequest("GET", r.o.server.URL+path, nil)
	r.o.ok(err)
	return r.do(req)
}

func (r *reader) post(path string, form url.Values) answer {
	r.o.t.Helper()
	req, err := http.NewRequest("POST", r.o.server.URL+path, strings.NewReader(form.Encode()))
	r.o.ok(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r.do(req)
}

func (r *reader) do(req *http.Request) answer {
	r.o.t.Helper()
	resp, err := r.client.Do(req)
	r.o.ok(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	r.o.ok(err)
	a := answer{code: resp.StatusCode, header: resp.Header, body: body}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		a.doc, err = html.Parse(strings.NewReader(string(body)))
		r.o.ok(err)
	}
	return a
}

// text is what is read on the page's main part, spaces folded.
func (a answer) text() string {
	main := a.find("main", "")
	if len(main) == 0 {
		return string(a.body)
	}
	return textOf(main[0])
}

func textOf(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

// find lists the elements of the tag that carry the class; any with an empty class.
func (a answer) find(tag, class string) []*html.Node {
	var out []*html.Node
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && n.Data == tag && (class == "" || strings.Contains(" "+attr(n, "class")+" ", " "+class+" ")) {
			out = append(out, n)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	if a.doc != nil {
		walk(a.doc)
	}
	return out
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// rows are the rows of the page's tables, those of charts left out, each as its text.
func (a answer) rows() []string {
	var out []string
	for _, n := range a.find("tr", "") {
		if n.Parent.Data == "tbody" && !strings.Contains(attr(n.Parent.Parent, "class"), "gz-plain-table") {
			out = append(out, textOf(n))
		}
	}
	return out
}
