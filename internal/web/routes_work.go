package web

import "gezhi/internal/app"

// workRoutes are the pages of procedures other than grid events.
func (s *Server) workRoutes(get, post route) {
	get("/{zone}/desk/work", s.with(app.WorkDesk, s.showKinds))
	get("/{zone}/file/{procedure}", s.open(s.showFiling))
	post("/{zone}/file/{procedure}", s.openUpload(maxUpload, s.file))
	get("/{zone}/file/{procedure}/same", s.open(s.showSame))
	get("/{zone}/desk/progress/{procedure}", s.with(app.WorkDesk, s.showProjects))
	get("/{zone}/desk/progress/{procedure}/export.xlsx", s.with(app.Export, s.exportProjects))
	get("/{zone}/desk/progress/{procedure}/rules", s.with(app.WorkDesk, s.showLightRules))
	post("/{zone}/desk/progress/{procedure}/rules", s.with(app.EditCases, s.useLightRules))
	get("/{zone}/desk/progress/{procedure}/import", s.with(app.WorkDesk, s.showMonthImports))
	post("/{zone}/desk/progress/{procedure}/import", s.withUpload(app.WorkDesk, s.uploadMonths))
	get("/{zone}/desk/progress/{procedure}/import/template.xlsx", s.with(app.WorkDesk, s.monthTemplate))
	get("/{zone}/desk/progress/{procedure}/import/{id}", s.with(app.WorkDesk, s.showMonthCheck))
	post("/{zone}/desk/progress/{procedure}/import/{id}/apply", s.with(app.WorkDesk, s.applyMonths))
	get("/{zone}/desk/progress/{procedure}/import/{id}/errors.xlsx", s.with(app.WorkDesk, s.monthErrors))
	get("/{zone}/desk/funnel/{procedure}", s.with(app.WorkDesk, s.showFunnel))
	get("/{zone}/query", s.open(s.showQuery))
	post("/{zone}/query", s.open(s.query))
	get("/{zone}/case/{id}/complainant", s.with(app.WorkDesk, s.showComplainant))
	post("/{zone}/case/{id}/complainant", s.with(app.WorkDesk, s.revealComplainant))
}
