package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"

	"gezhi/internal/lang"
)

// request is what the outermost layer knows about a request. Inner layers write to it through the
// pointer: the mux sets Pattern on its own copy of the request, which the log never sees.
type request struct {
	id    string
	lang  lang.Lang
	route string // the mux's pattern; empty when no handler was found
}

type requestKey struct{}

func info(r *http.Request) *request {
	in, _ := r.Context().Value(requestKey{}).(*request)
	return in
}

// RequestID names the request in the log and on error pages; empty outside Site.Wrap.
func RequestID(r *http.Request) string {
	if in := info(r); in != nil {
		return in.id
	}
	return ""
}

// Lang is the reader's language: ?lang=, else the cookie, else Chinese.
func Lang(r *http.Request) lang.Lang {
	if in := info(r); in != nil {
		return in.lang
	}
	return readLang(r)
}

const langCookie = "lang"

func readLang(r *http.Request) lang.Lang {
	if tag := r.URL.Query().Get("lang"); tag != "" {
		return lang.Parse(tag)
	}
	if c, err := r.Cookie(langCookie); err == nil {
		return lang.Parse(c.Value)
	}
	return lang.ZH
}

// begin gives the request its id and language.
func (s *Site) begin(r *http.Request) (*http.Request, *request) {
	in := &request{id: rand.Text()[:10], lang: readLang(r)}
	return r.WithContext(context.WithValue(r.Context(), requestKey{}, in)), in
}

// switchLang remembers a language chosen by a link with ?lang= and leads to the address without it.
func (s *Site) switchLang(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if r.Method != http.MethodGet || !q.Has("lang") {
			next.ServeHTTP(w, r)
			return
		}
		tag := "zh"
		if lang.Parse(q.Get("lang")) == lang.EN {
			tag = "en"
		}
		http.SetCookie(w, &http.Cookie{
			Name: langCookie, Value: tag, Path: "/", MaxAge: 365 * 24 * 60 * 60,
			HttpOnly: true, Secure: s.Secure || r.TLS != nil, SameSite: http.SameSiteLaxMode,
		})
		q.Del("lang")
		// Only path and query: an address such as //elsewhere must not lead off the site.
		to := url.URL{Path: "/" + trimSlashes(r.URL.Path), RawQuery: q.Encode()}
		http.Redirect(w, r, to.RequestURI(), http.StatusSeeOther)
	})
}

func trimSlashes(path string) string {
	for len(path) > 0 && (path[0] == '/' || path[0] == '\\') {
		path = path[1:]
	}
	return path
}
