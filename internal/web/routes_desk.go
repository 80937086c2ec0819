package web

// deskRoutes are an officer's pages, and those about everybody's own account.
func (s *Server) deskRoutes(get, post route) {
	get("/{zone}/areas.geojson", s.open(s.showOutlines))
}
