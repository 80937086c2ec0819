package web

import (
	"context"
	"log/slog"
	"net/http"

	"gezhi/internal/app"

	"github.com/alexedwards/scs/v2"
)

// Server answers requests for pages.
type Server struct {
	*Site
	app      *app.App
	sessions *scs.SessionManager
	demo     Demo
	drawn    drawnOutlines
	exports  chan struct{} // holds one for each file being made
}

// Demo is what the demonstration adds: people one can enter as, and text messages shown on the page.
// It is nil in a real installation.
type Demo interface {
	People(ctx context.Context, zone int) ([]DemoPerson, error)
	LastMessage(phone string) string
}

// DemoPerson is a synthetic person one can enter as with a click.
type DemoPerson struct {
	Person int64
	Name   string
	RoleZH string
	RoleEN string
	Does   string // what to try as this person, Chinese
	DoesEN string
	Home   string // path of the first page, without the zone
	Group  string // resident, grid, desk, admin
}

// Options are what the surroundings decide.
type Options struct {
	Log   *slog.Logger
	Demo  Demo   // nil outside the demonstration
	TLS   bool   // cookies are sent over HTTPS only
	Tiles string // address of map tiles, "" for none
}

// New returns the pages over the use cases.
func New(a *app.App, o Options) *Server {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	sm := scs.New()
	sm.Store = sessionStore{a.DB()}
	sm.HashTokenInStore = true
	sm.Lifetime = sessionLife
	sm.Cookie.Name = "gezhi"
	sm.Cookie.HttpOnly = true
	sm.Cookie.SameSite = http.SameSiteLaxMode
	sm.Cookie.Secure = o.TLS
	return &Server{Site: &Site{Log: o.Log, Secure: o.TLS, Tiles: o.Tiles}, app: a, sessions: sm, demo: o.Demo, exports: make(chan struct{}, 2)}
}
