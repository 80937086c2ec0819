package web

// gridRoutes are a grid worker's pages.
func (s *Server) gridRoutes(get, post route) {
}
