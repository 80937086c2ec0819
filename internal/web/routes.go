package web

import (
	"net/http"
	"strings"

	"gezhi/internal/web/assets"
)

// Handler is every address of the site.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	get := func(path string, h http.Handler) { mux.Handle("GET "+path, h) }
	post := func(path string, h http.Handler) { mux.Handle("POST "+path, h) }

	get("/{$}", s.open(s.showEntrance))
	get("/{zone}/{$}", s.open(s.showHome))
	get("/{zone}/enter", s.open(s.showEnter))
	post("/{zone}/enter", s.open(s.enter))
	get("/{zone}/staff", s.open(s.showStaff))
	post("/{zone}/staff", s.open(s.enterStaff))
	post("/{zone}/leave", s.open(s.leave))
	post("/{zone}/as/{person}", s.open(s.enterAs))

	s.residentRoutes(get, post)
	s.gridRoutes(get, post)
	s.deskRoutes(get, post)
	s.workRoutes(get, post)
	s.adminRoutes(get, post)
	s.awardRoutes(get, post)
	s.activityRoutes(get, post)
	s.rewardRoutes(get, post)
	s.policyRoutes(get, post)
	s.grantRoutes(get, post)

	mux.Handle("/", s.open(func(*visit) error { return errNoPage }))
	return s.Wrap(beside(assets.Handler(), s.sessions.LoadAndSave(mux)))
}

// beside keeps the assets out of the mux, where their root and /{zone}/ would claim each other's
// addresses; they need no session either.
func beside(files, pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, assets.Root) {
			files.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// route adds an address.
type route func(path string, h http.Handler)
