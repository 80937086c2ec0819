package web

// residentRoutes are the pages residents use, and anyone who reports something.
func (s *Server) residentRoutes(get, post route) {
}

// showResidentHome is the page residents start from.
func (s *Server) showResidentHome(v *visit) error {
	return v.goTo(v.to("enter"))
}
