package web

import "gezhi/internal/app"

// workRoutes are the pages of procedures other than grid events.
func (s *Server) workRoutes(get, post route) {
	get("/{zone}/desk/work", s.with(app.WorkDesk, s.showKinds))
	get("/{zone}/file/{procedure}", s.open(s.showFiling))
	post("/{zone}/file/{procedure}", s.openUpload(maxUpload, s.file))
	get("/{zone}/things", s.open(s.showThings))
	get("/{zone}/things/{theme}", s.open(s.showThing))
	get("/{zone}/things/{theme}/apply", s.open(s.showThingForm))
	post("/{zone}/things/{theme}/apply", s.openUpload(maxUpload, s.applyFor))
	get("/{zone}/query", s.open(s.showQuery))
	post("/{zone}/query", s.open(s.query))
	get("/{zone}/case/{id}/complainant", s.with(app.WorkDesk, s.showComplainant))
	post("/{zone}/case/{id}/complainant", s.with(app.WorkDesk, s.revealComplainant))
}
