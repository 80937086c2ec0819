package web

// deskRoutes are an officer's pages.
func (s *Server) deskRoutes(get, post route) {
}
