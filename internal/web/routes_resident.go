package web

import "gezhi/internal/app"

// residentRoutes are the pages residents use, and those everybody shares.
func (s *Server) residentRoutes(get, post route) {
	get("/{zone}/report", s.known(s.showReport))
	post("/{zone}/report", s.knownUpload(s.report))
	get("/{zone}/similar", s.known(s.similar))
	get("/{zone}/where", s.open(s.where))
	get("/{zone}/mine", s.known(s.showMine))

	get("/{zone}/case/{id}", s.known(s.showCase))
	post("/{zone}/case/{id}/{move}", s.knownUpload(s.moveCase))
	get("/{zone}/case/{id}/reporter", s.with(app.Reveal, s.showReveal))
	post("/{zone}/case/{id}/reporter", s.with(app.Reveal, s.reveal))
	get("/{zone}/photo/{photo}", s.known(s.showPhoto))
}
