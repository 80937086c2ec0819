package web

import "gezhi/internal/app"

// gridRoutes are a grid worker's pages. The roster is the desks' too.
func (s *Server) gridRoutes(get, post route) {
	get("/{zone}/grid", s.with(app.WorkGrid, s.showGrid))
	get("/{zone}/grid/inbox", s.with(app.WorkGrid, s.showGridInbox))
	get("/{zone}/grid/roster", s.with(app.SeeArea|app.EditPosts, s.showRoster))
}
