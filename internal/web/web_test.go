package web_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/web"
	"gezhi/internal/web/htmlcheck"
	"gezhi/internal/web/ui"
)

// site is a Site with a few routes, and its log.
func site(change func(*web.Site)) (http.Handler, *bytes.Buffer) {
	log := &bytes.Buffer{}
	s := &web.Site{Log: slog.New(slog.NewJSONHandler(log, nil)), Body: 100}
	if change != nil {
		change(s)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /fail/{kind}", s.Page(func(_ http.ResponseWriter, r *http.Request) error {
		kinds := map[string]fault.Kind{"invalid": fault.Invalid, "notfound": fault.NotFound, "conflict": fault.Conflict, "forbidden": fault.Forbidden}
		if k, ok := kinds[r.PathValue("kind")]; ok {
			return fmt.Errorf("case 7: %w", fault.New(k, "案件<em>已</em>结案", "the case <em>is</em> closed"))
		}
		return errors.New("disk 3 is full")
	}))
	mux.Handle("GET /panic", s.Page(func(http.ResponseWriter, *http.Request) error { panic("nil map") }))
	mux.Handle("GET /half", s.Page(func(w http.ResponseWriter, _ *http.Request) error {
		io.WriteString(w, "half")
		return errors.New("the rest is lost")
	}))
	mux.Handle("GET /page", s.Page(func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, ui.PlainShell(ui.Page{Lang: web.Lang(r), URL: r.URL.RequestURI()}))
	}))
	read := func(w http.ResponseWriter, r *http.Request) error {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		_, err = fmt.Fprint(w, len(b))
		return err
	}
	mux.Handle("POST /small", s.Page(read))
	mux.Handle("/", s.Page(web.NotFound))
	mux.Handle("POST /large", s.Upload(1000, read))
	return s.Wrap(mux), log
}

func ask(h http.Handler, method, url string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, url, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestKindsOfErrorBecomeStatusAndPage(t *testing.T) {
	for kind, c := range map[string]struct {
		status int
		zh, en string
	}{
		"invalid":   {422, "改正后再提交", "correct it"},
		"notfound":  {404, "网址是否完整", "address is complete"},
		"conflict":  {409, "刷新", "reload"},
		"forbidden": {403, "管理员", "administrator"},
		"our own":   {500, "编号", "number below"},
	} {
		for _, l := range []lang.Lang{lang.ZH, lang.EN} {
			t.Run(kind+" "+l.Tag(), func(t *testing.T) {
				h, _ := site(nil)
				w := ask(h, "GET", "/fail/"+strings.ReplaceAll(kind, " ", "-"), "Cookie", "lang="+l.Tag())
				page := w.Body.String()
				if w.Code != c.status || !strings.Contains(page, l.T(c.zh, c.en)) {
					t.Errorf("status %d, want %d; page without %q:\n%s", w.Code, c.status, l.T(c.zh, c.en), page)
				}
				if strings.Contains(page, "<em>") || strings.Contains(page, "disk 3") {
					t.Errorf("the page shows markup from data or the inside of an error:\n%s", page)
				}
				for _, wrong := range htmlcheck.Page(w.Body.Bytes()) {
					t.Error(wrong)
				}
			})
		}
	}
}

func TestOurOwnFaultsAreLoggedWithTheNumberTheReaderSees(t *testing.T) {
	for _, path := range []string{"/fail/own", "/panic"} {
		h, log := site(nil)
		w := ask(h, "GET", path)
		if w.Code != 500 {
			t.Fatalf("%s: status %d", path, w.Code)
		}
		_, rest, _ := strings.Cut(w.Body.String(), "<code>")
		id, _, ok := strings.Cut(rest, "</code>")
		if !ok || len(id) != 10 || !strings.Contains(log.String(), `"id":"`+id+`"`) {
			t.Errorf("%s: number %q is not in the log:\n%s", path, id, log)
		}
	}
}

func TestAnErrorAfterTheFirstByteAddsNothing(t *testing.T) {
	for _, encoding := range []string{"", "gzip"} {
		h, _ := site(nil)
		w := ask(h, "GET", "/half", "Accept-Encoding", encoding)
		got := w.Body.String()
		if encoding == "gzip" {
			got = unzip(t, w.Body)
		}
		if got != "half" || w.Code != 200 {
			t.Errorf("%q: %d %q", encoding, w.Code, got)
		}
	}
}

func unzip(t *testing.T, r io.Reader) string {
	t.Helper()
	gz, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(gz)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEveryAnswerCarriesThePolicy(t *testing.T) {
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	h, _ := site(nil)
	for _, path := range []string{"/page", "/fail/conflict", "/panic", "/no/such/page"} {
		got := ask(h, "GET", path).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
			"Cache-Control":      "no-store", "Strict-Transport-Security": "",
		} {
			if got.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got.Get(name), want)
			}
		}
	}
	if w := ask(h, "GET", "/no/such/page"); w.Code != 404 || !strings.Contains(w.Body.String(), "没有这个网址") {
		t.Errorf("an unknown address: %d %s", w.Code, w.Body)
	}
	h, _ = site(func(s *web.Site) { s.Secure, s.Tiles = true, "https://tiles.example" })
	got := ask(h, "GET", "/page").Header()
	if got.Get("Strict-Transport-Security") == "" || !strings.Contains(got.Get("Content-Security-Policy"), "img-src 'self' data: blob: https://tiles.example;") {
		t.Errorf("behind TLS with tiles: %v", got)
	}
}

func TestPostsFromElsewhereAreRefused(t *testing.T) {
	h, _ := site(nil)
	for site, want := range map[string]int{"cross-site": 403, "same-site": 403, "same-origin": 200, "none": 200} {
		if w := ask(h, "POST", "/small", "Sec-Fetch-Site", site); w.Code != want {
			t.Errorf("%s: %d, want %d", site, w.Code, want)
		}
	}
	if w := ask(h, "POST", "/small", "Origin", "https://elsewhere.example"); w.Code != 403 || !strings.Contains(w.Body.String(), "别的网站") {
		t.Errorf("an old browser from elsewhere: %d\n%s", w.Code, w.Body)
	}
}

func TestBodiesAreLimitedByRoute(t *testing.T) {
	for _, c := range []struct {
		path       string
		size, want int
	}{{"/small", 100, 200}, {"/small", 101, 413}, {"/large", 1000, 200}, {"/large", 1001, 413}} {
		h, _ := site(nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", c.path, strings.NewReader(strings.Repeat("x", c.size))))
		if w.Code != c.want {
			t.Errorf("%s with %d bytes: %d, want %d", c.path, c.size, w.Code, c.want)
		}
	}
}

func TestTheLanguageIsChosenByALinkAndRemembered(t *testing.T) {
	for name, c := range map[string]struct{ url, location, cookie string }{
		"english":              {"/page?lang=en", "/page", "lang=en"},
		"other values stay":    {"/page?a=1&lang=zh&b=2", "/page?a=1&b=2", "lang=zh"},
		"nonsense is Chinese":  {"/page?lang=%3Cem%3E", "/page", "lang=zh"},
		"no way off the site":  {"//elsewhere.example/?lang=en", "/elsewhere.example/", "lang=en"},
		"nor with a backslash": {"/%5Celsewhere.example?lang=en", "/elsewhere.example", "lang=en"},
	} {
		t.Run(name, func(t *testing.T) {
			h, _ := site(nil)
			r := httptest.NewRequest("GET", "/", nil)
			r.RequestURI = c.url
			u, err := r.URL.Parse(c.url)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(c.url, "//") {
				u.Host, u.Path = "", "//elsewhere.example/"
			}
			r.URL = u
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			cookie := w.Header().Get("Set-Cookie")
			if w.Code != 303 || w.Header().Get("Location") != c.location || !strings.HasPrefix(cookie, c.cookie+";") || !strings.Contains(cookie, "HttpOnly") {
				t.Errorf("%d to %q with %q", w.Code, w.Header().Get("Location"), cookie)
			}
		})
	}
	h, _ := site(nil)
	for cookie, want := range map[string]string{"": "zh-CN", "lang=en": "en", "lang=fr": "zh-CN"} {
		if got := ask(h, "GET", "/page", "Cookie", cookie).Body.String(); !strings.Contains(got, `<html lang="`+want+`"`) {
			t.Errorf("cookie %q: not in %s", cookie, want)
		}
	}
}

func TestTheLogNamesRoutesNotAddresses(t *testing.T) {
	h, log := site(nil)
	ask(h, "GET", "/fail/invalid?token=s3cret&q=13800138000", "User-Agent", "phone of Zhang", "Referer", "/from")
	line := log.String()
	for _, secret := range []string{"s3cret", "13800138000", "Zhang", "192.0.2.1", "/fail/invalid", "/from"} {
		if strings.Contains(line, secret) {
			t.Errorf("the log has %q: %s", secret, line)
		}
	}
	if !strings.Contains(line, `"route":"GET /fail/{kind}","status":422`) {
		t.Errorf("the log has no route and status: %s", line)
	}
}

func TestPagesAreCompressedForThoseWhoTakeIt(t *testing.T) {
	h, _ := site(nil)
	plain := ask(h, "GET", "/page")
	zipped := ask(h, "GET", "/page", "Accept-Encoding", "gzip")
	if plain.Header().Get("Content-Encoding") != "" || zipped.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("encodings %q and %q", plain.Header().Get("Content-Encoding"), zipped.Header().Get("Content-Encoding"))
	}
	if plain.Header().Get("Vary") != "" && zipped.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("Vary %q", zipped.Header().Get("Vary"))
	}
	if got := unzip(t, zipped.Body); got != plain.Body.String() {
		t.Error("the compressed page is another one")
	}
}
