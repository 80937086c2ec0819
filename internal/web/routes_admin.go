package web

// adminRoutes are administrators' pages.
func (s *Server) adminRoutes(get, post route) {
}
