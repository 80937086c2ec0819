package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// visit is one request by one reader to one zone.
type visit struct {
	*http.Request
	w      http.ResponseWriter
	s      *Server
	lang   lang.Lang
	zone   *app.Zone  // nil on pages outside any zone
	viewer app.Viewer // zero for a visitor
}

// open is a page anyone may see.
func (s *Server) open(h func(*visit) error) http.Handler {
	return s.Page(func(w http.ResponseWriter, r *http.Request) error {
		v, err := s.visit(w, r)
		if err != nil {
			return err
		}
		return h(v)
	})
}

// known is a page for whoever has signed in; others are sent to sign in and come back.
func (s *Server) known(h func(*visit) error) http.Handler {
	return s.open(func(v *visit) error {
		if !v.viewer.Known() {
			return v.enterFirst("enter")
		}
		return h(v)
	})
}

// with is a page for staff with a power.
func (s *Server) with(p app.Power, h func(*visit) error) http.Handler {
	return s.open(func(v *visit) error {
		if !v.viewer.Known() {
			return v.enterFirst("staff")
		}
		if !v.viewer.Can(p) {
			return fault.New(fault.Forbidden, "您的岗位不使用这个页面。", "Your post does not use this page.")
		}
		return h(v)
	})
}

func (s *Server) visit(w http.ResponseWriter, r *http.Request) (*visit, error) {
	v := &visit{Request: r, w: w, s: s, lang: Lang(r)}
	slug := r.PathValue("zone")
	if slug == "" {
		return v, nil
	}
	zones, err := s.app.Zones(r.Context())
	if err != nil {
		return nil, err
	}
	for _, z := range zones {
		if z.Slug == slug || strconv.Itoa(z.Code) == slug {
			if v.zone, err = s.app.Zone(r.Context(), z.Code); err != nil {
				return nil, err
			}
		}
	}
	if v.zone == nil {
		return nil, fault.New(fault.NotFound, "没有这个页面。", "There is no such page.")
	}
	v.viewer = app.Viewer{Zone: v.zone.Code}
	if id := s.signedIn(r.Context(), v.zone.Code); id != 0 {
		who, err := s.app.ViewerOf(r.Context(), v.zone.Code, casework.Person(id))
		switch k := fault.KindOf(err); {
		case err == nil:
			v.viewer = who
		case k == fault.NotFound || k == fault.Forbidden:
			s.sessions.Remove(r.Context(), personKey(v.zone.Code))
		default:
			return nil, err
		}
	}
	return v, nil
}

// signedIn is who this browser has signed in as in the zone, 0 when nobody has or the session lay idle too long.
func (s *Server) signedIn(ctx context.Context, zone int) int64 {
	id := s.sessions.GetInt64(ctx, personKey(zone))
	if id == 0 {
		return 0
	}
	switch idle := time.Since(time.UnixMilli(s.sessions.GetInt64(ctx, "seen"))); {
	case idle > sessionIdle:
		s.sessions.Remove(ctx, personKey(zone))
		return 0
	case idle > seenEvery:
		s.sessions.Put(ctx, "seen", time.Now().UnixMilli())
	}
	return id
}

// signIn makes the browser's session the person's. The token is renewed, so that one known before is worthless.
func (v *visit) signIn(id casework.Person) error {
	if err := v.s.sessions.RenewToken(v.Context()); err != nil {
		return err
	}
	v.s.sessions.Put(v.Context(), personKey(v.zone.Code), int64(id))
	v.s.sessions.Put(v.Context(), "seen", time.Now().UnixMilli())
	return nil
}

// A session ends after half a day, or after two hours without a request. Its last use is written down every
// five minutes at most, so that reading pages does not write to the database.
const (
	sessionLife = 12 * time.Hour
	sessionIdle = 2 * time.Hour
	seenEvery   = 5 * time.Minute
)

func personKey(zone int) string { return "person:" + strconv.Itoa(zone) }

// to is the address of a page of this zone.
func (v *visit) to(parts ...string) string {
	return "/" + v.zone.Slug + "/" + strings.Join(parts, "/")
}

// goTo answers a successful form: 303, so that a reload does not send it again.
func (v *visit) goTo(path string) error {
	http.Redirect(v.w, v.Request, path, http.StatusSeeOther)
	return nil
}

// enterFirst sends a visitor to sign in. A form that was being sent cannot be sent again by itself; what was
// typed is kept on the device, and the way back leads to the page it stood on.
func (v *visit) enterFirst(door string) error {
	next := v.URL.RequestURI()
	if v.Method != http.MethodGet {
		next = v.to()
		if ref, err := url.Parse(v.Referer()); err == nil && ref.Host == v.Host {
			next = ref.RequestURI()
		}
		v.s.flash(v, ui.Yellow, v.lang.T("登录已过期，内容尚未提交。重新登录后请核对并再次提交。",
			"Your session had expired and nothing was sent. Sign in again, check the form and send it."))
	}
	return v.goTo(v.to(door) + "?next=" + url.QueryEscape(next))
}

// next is where to go after signing in: only ever a path of this site.
func (v *visit) next(fallback string) string {
	n := v.FormValue("next")
	u, err := url.Parse(n)
	if err != nil || n == "" || u.IsAbs() || u.Host != "" || !strings.HasPrefix(n, "/") || strings.HasPrefix(n, "//") || strings.Contains(n, "\\") {
		return fallback
	}
	return n
}

// render sends a page.
func (v *visit) render(page templ.Component) error { return Render(v.w, v.Request, page) }

// again sends a form back with what was typed and what is wrong with it.
func (v *visit) again(err error, page templ.Component) error {
	return RenderStatus(v.w, v.Request, status(err), page)
}

// input is the form as sent, with what was wrong with it.
func (v *visit) input(err error) ui.Input {
	return ui.Input{Lang: v.lang, Values: v.Form, Err: err}
}

// wrong reports whether err belongs back on the form: wrong input, or a thing that has moved on.
func wrong(err error) bool {
	k := fault.KindOf(err)
	return err != nil && (k == fault.Invalid || k == fault.Conflict)
}

// errNoPage is an address that leads nowhere.
var errNoPage = fault.New(fault.NotFound, "没有这个页面。", "There is no such page.")

// parse reads a form without files.
func (v *visit) parse() error {
	err := v.ParseForm()
	var large *http.MaxBytesError
	if err != nil && !errors.As(err, &large) {
		return fault.New(fault.Invalid, "提交的内容不完整，请重试。", "The form did not arrive whole; please try again.")
	}
	return err
}

// flash keeps one sentence for the next page.
func (s *Server) flash(v *visit, tone ui.Tone, text string) {
	s.sessions.Put(v.Context(), "flash", text)
	s.sessions.Put(v.Context(), "flash-tone", string(tone))
}

// draftDone tells the next page that a kept draft has served its purpose.
func (v *visit) draftDone(name string) { v.s.sessions.Put(v.Context(), "draft-done", name) }

// stageName is what the stage of a case in a list is called.
func (v *visit) stageName(c store.CaseLine) string {
	return v.zone.StageName(c.Procedure, c.Version, c.Stage).In(v.lang)
}

// knownUpload is known for forms that may carry photos and documents; what they brought is gone when they are answered.
func (s *Server) knownUpload(h func(*visit) error) http.Handler {
	return s.Upload(maxUpload, func(w http.ResponseWriter, r *http.Request) error {
		v, err := s.visit(w, r)
		if err != nil {
			return err
		}
		if !v.viewer.Known() {
			return v.enterFirst("enter")
		}
		defer func() {
			if v.MultipartForm != nil {
				v.MultipartForm.RemoveAll()
			}
		}()
		return h(v)
	})
}
