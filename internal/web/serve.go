// Package web serves the pages. Handlers return their error; one adapter turns its kind into a
// status, a line in the log and a page that says what to do.
package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"

	"github.com/a-h/templ"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/web/ui"
)

// Site is what all requests share. Its zero value with a Log is a site for tests and demos.
type Site struct {
	Log *slog.Logger // required
	// Secure says that readers come by TLS although this process does not speak it itself,
	// as behind a proxy.
	Secure bool
	// Tiles is the origin of a map tile server, e.g. https://tiles.example; empty for none.
	Tiles string
	// Body is the most bytes a request may carry where the route asks for no other limit;
	// 1 MiB when zero.
	Body int64

	zips sync.Pool // of *gzip.Writer
}

// Handler is a page or an action.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Page adapts a handler whose requests are small.
func (s *Site) Page(h Handler) http.Handler { return s.Upload(s.body(), h) }

// Upload adapts a handler that takes up to most bytes.
func (s *Site) Upload(most int64, h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if in := info(r); in != nil {
			in.route = r.Pattern
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		if err := h(w, r); err != nil {
			s.Fail(w, r, err)
		}
	})
}

func (s *Site) body() int64 {
	if s.Body == 0 {
		return 1 << 20
	}
	return s.Body
}

// Fail answers with the page for an error. Errors that are our own fault go to the log in full and
// to the reader as a number to quote; the rest say what to do.
func (s *Site) Fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // the reader has gone; nobody would see the page
	}
	code := status(err)
	if code == http.StatusInternalServerError {
		s.Log.ErrorContext(r.Context(), "request failed", "id", RequestID(r), "route", r.Pattern, "error", err)
	}
	if answered(w) {
		return
	}
	l := Lang(r)
	page := ui.Page{Lang: l, URL: r.URL.Path, Title: problemTitle(l, code)}
	send(w, r, code, problem(page, code, sentence(err, l), RequestID(r)))
}

// status is the HTTP status of an error's kind.
func status(err error) int {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return http.StatusRequestEntityTooLarge
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	default:
		return http.StatusInternalServerError
	}
}

func sentence(err error, l lang.Lang) string {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return l.Tf("提交的内容超过 %s 的上限。", "What was sent is larger than the limit of %s.", ui.Size(large.Limit))
	}
	return fault.Sentence(err, l)
}

// Render sends a page with status 200.
func Render(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	return RenderStatus(w, r, http.StatusOK, page)
}

// RenderStatus sends a page with another status, e.g. 422 for a form that came back. The page is
// written to memory first, so that a failing template cannot send half a page.
func RenderStatus(w http.ResponseWriter, r *http.Request, code int, page templ.Component) error {
	var b bytes.Buffer
	if err := page.Render(r.Context(), &b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		w.Write(b.Bytes()) // a reader that has gone is no fault of ours
	}
	return nil
}

// send is RenderStatus for pages that have nowhere else to go.
func send(w http.ResponseWriter, r *http.Request, code int, page templ.Component) {
	if err := RenderStatus(w, r, code, page); err != nil {
		http.Error(w, http.StatusText(code), code)
	}
}

// See sends the reader on after a successful action.
func See(w http.ResponseWriter, r *http.Request, url string) error {
	http.Redirect(w, r, url, http.StatusSeeOther)
	return nil
}

// NotFound answers for addresses that no route takes; register it for "/".
func NotFound(http.ResponseWriter, *http.Request) error {
	return fault.New(fault.NotFound, "没有这个网址。", "There is no such address.")
}
