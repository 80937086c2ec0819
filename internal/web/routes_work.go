package web

import "gezhi/internal/app"

// workRoutes are the pages of procedures other than grid events.
func (s *Server) workRoutes(get, post route) {
	get("/{zone}/desk/work", s.with(app.WorkDesk, s.showKinds))
	get("/{zone}/desk/work/{procedure}/import", s.with(app.WorkDesk, s.showCaseImports))
	post("/{zone}/desk/work/{procedure}/import", s.withUpload(app.WorkDesk, s.uploadCases))
	get("/{zone}/desk/work/{procedure}/import/template.xlsx", s.with(app.WorkDesk, s.caseTemplate))
	get("/{zone}/desk/work/{procedure}/import/{id}", s.with(app.WorkDesk, s.showCaseImport))
	post("/{zone}/desk/work/{procedure}/import/{id}/apply", s.with(app.WorkDesk, s.applyCases))
	post("/{zone}/desk/work/{procedure}/import/{id}/undo", s.with(app.WorkDesk, s.undoCases))
	get("/{zone}/desk/work/{procedure}/import/{id}/errors.xlsx", s.with(app.WorkDesk, s.caseErrors))
	get("/{zone}/file/{procedure}", s.open(s.showFiling))
	post("/{zone}/file/{procedure}", s.openUpload(maxUpload, s.file))
	get("/{zone}/query", s.open(s.showQuery))
	post("/{zone}/query", s.open(s.query))
	get("/{zone}/case/{id}/complainant", s.with(app.WorkDesk, s.showComplainant))
	post("/{zone}/case/{id}/complainant", s.with(app.WorkDesk, s.revealComplainant))
}
