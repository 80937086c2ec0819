package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// call is one request with who makes it.
type call struct {
	app.Caller
	id   string
	lang lang.Lang
}

type callKey struct{}

// callOf is nil outside a request.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// answer knows what was sent, for the log.
type answer struct {
	http.ResponseWriter
	code  int
	bytes int64
}

func (a *answer) WriteHeader(code int) {
	if a.code == 0 && code >= 200 {
		a.code = code
	}
	a.ResponseWriter.WriteHeader(code)
}

func (a *answer) Write(p []byte) (int, error) {
	if a.code == 0 {
		a.code = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(p)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach deadlines.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Beside answers what lies below /api/ itself and leaves the rest to the pages. There are no sessions and no cookies
// here, so there is nothing another site could make a browser send.
func (s *Server) Beside(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			s.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// ServeHTTP answers one request and writes one line about it: the route, never the address, which has names of accounts.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	out := &answer{ResponseWriter: w}
	c := &call{id: rand.Text()[:10], lang: language(r.Header.Get("Accept-Language"))}
	r = verb(r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
	s.serve(out, r, c)
	route := r.Pattern
	if route == "" {
		route = "-"
	}
	s.log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("id", c.id), slog.String("method", r.Method), slog.String("route", route),
		slog.Int("key", c.Key), slog.Int("status", out.code), slog.Int64("bytes", out.bytes), slog.Float64("ms", float64(time.Since(began).Microseconds())/1000))
}

func (s *Server) serve(w *answer, r *http.Request, c *call) {
	defer func() {
		got := recover()
		if got == nil {
			return
		}
		if got == http.ErrAbortHandler {
			panic(got)
		}
		s.log.ErrorContext(r.Context(), "panic", "id", c.id, "error", fmt.Sprint(got), "stack", string(debug.Stack()))
		if w.code == 0 {
			s.fail(w, r, fmt.Errorf("panic: %v", got))
		}
	}()
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	if s.secure || r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if !open(r.URL.Path) {
		// A key that is missing takes the same way as one that is wrong.
		key, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		who, err := s.app.Caller(r.Context(), key)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		c.Caller = who
	}
	s.mux.ServeHTTP(w, r)
}

// open reports what may be read without a key: the description of the API.
func open(path string) bool {
	return path == root+"/openapi.json" || path == root+"/openapi.yaml"
}

// fail answers an error outside an operation.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problem(r.Context(), err, "")
	s.send(w, p)
}

func (s *Server) send(w http.ResponseWriter, p *problem) {
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	for k, v := range p.GetHeaders() {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	w.Write(body) // a caller that has gone is no fault of ours
}

// problem turns an error into its answer; our own faults go to the log in full.
func (s *Server) problem(ctx context.Context, err error, place string) *problem {
	c := callOf(ctx)
	p := problemOf(err, c.lang, place)
	p.Instance = instance(c.id)
	if p.Status == http.StatusInternalServerError && ctx.Err() == nil {
		s.log.ErrorContext(ctx, "request failed", "id", c.id, "error", err)
	}
	return p
}

// verbs end a path after a colon. ServeMux matches whole segments only, so there they are segments.
var verbs = []string{"reverse", "confirm", "void"}

// verb turns …/transfers/7:reverse into …/transfers/7/reverse.
func verb(r *http.Request) *http.Request {
	if r.Method != http.MethodPost {
		return r
	}
	path := r.URL.EscapedPath()
	for _, v := range verbs {
		before, ok := strings.CutSuffix(path, ":"+v)
		if !ok || strings.HasSuffix(before, "/") {
			continue
		}
		raw := before + "/" + v
		plain, err := url.PathUnescape(raw)
		if err != nil {
			return r
		}
		u := *r.URL
		u.Path, u.RawPath = plain, raw
		r.URL = &u
		return r
	}
	return r
}

// elsewhere answers addresses that no operation has.
func (s *Server) elsewhere(w http.ResponseWriter, r *http.Request) {
	l := callOf(r.Context()).lang
	var allowed []string
	for _, m := range []string{http.MethodGet, http.MethodPost} {
		other := &http.Request{Method: m, URL: r.URL, Host: r.Host}
		if _, pattern := s.mux.Handler(other); pattern != "" && pattern != root+"/" && pattern != "/" {
			allowed = append(allowed, m)
		}
	}
	if len(allowed) == 0 {
		s.fail(w, r, fault.New(fault.NotFound, "没有这个接口。", "There is no such operation."))
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	p := newProblem(http.StatusMethodNotAllowed, l, l.T("这个地址不支持这种方法。", "This address does not take this method."))
	p.Instance = instance(callOf(r.Context()).id)
	s.send(w, p)
}
