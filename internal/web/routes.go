package web

import (
	"net/http"

	"gezhi/internal/web/assets"
)

// Handler is every address of the site.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	get := func(path string, h http.Handler) { mux.Handle("GET "+path, h) }
	post := func(path string, h http.Handler) { mux.Handle("POST "+path, h) }

	mux.Handle(assets.Root, assets.Handler())
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
	s.adminRoutes(get, post)

	mux.Handle("/", s.open(func(*visit) error { return errNoPage }))
	return s.Wrap(s.sessions.LoadAndSave(mux))
}

// route adds an address.
type route func(path string, h http.Handler)
