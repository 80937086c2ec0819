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
	post("/{zone}/case/{id}/links", s.known(s.linkCase))
	post("/{zone}/case/{id}/links/{link}", s.known(s.unlinkCase))
	get("/{zone}/needs", s.known(s.showNeeds))
	get("/{zone}/resources", s.known(s.showResources))
	get("/{zone}/desk/pairing", s.with(app.WorkDesk, s.showPairing))
	get("/{zone}/desk/pairing/{need}", s.with(app.WorkDesk, s.showFitting))
	post("/{zone}/desk/pairing", s.with(app.WorkDesk, s.pair))
	get("/{zone}/service", s.known(s.showService))
	post("/{zone}/service", s.known(s.register))
	post("/{zone}/service/end", s.known(s.deregister))
	get("/{zone}/desk/registrations", s.with(app.EditHouseholds, s.showRegistrations))
	get("/{zone}/draws", s.open(s.showDraws))
	get("/{zone}/draws/{id}", s.open(s.showDraw))
	get("/{zone}/draws/{id}/draw.json", s.open(s.drawFile))
	post("/{zone}/desk/draws", s.with(app.HoldDraws, s.commitDraw))
	post("/{zone}/desk/draws/{id}", s.with(app.HoldDraws, s.holdDraw))
	get("/{zone}/query", s.open(s.showQuery))
	post("/{zone}/query", s.open(s.query))
	get("/{zone}/case/{id}/complainant", s.with(app.WorkDesk, s.showComplainant))
	post("/{zone}/case/{id}/complainant", s.with(app.WorkDesk, s.revealComplainant))
}
