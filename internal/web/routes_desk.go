package web

import "gezhi/internal/app"

// deskRoutes are an officer's pages, and those about everybody's own account.
func (s *Server) deskRoutes(get, post route) {
	get("/{zone}/areas.geojson", s.open(s.showOutlines))

	get("/{zone}/desk", s.with(app.WorkDesk, s.showInbox))
	get("/{zone}/desk/cases", s.with(app.WorkDesk, s.showCases))
	post("/{zone}/desk/views", s.with(app.WorkDesk, s.saveView))
	post("/{zone}/desk/views/drop", s.with(app.WorkDesk, s.dropView))
}
