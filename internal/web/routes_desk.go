package web

import "gezhi/internal/app"

// deskRoutes are an officer's pages, and those about everybody's own account.
func (s *Server) deskRoutes(get, post route) {
	get("/{zone}/areas.geojson", s.open(s.showOutlines))

	get("/{zone}/desk", s.with(app.WorkDesk, s.showInbox))
	get("/{zone}/desk/cases", s.with(app.WorkDesk, s.showCases))
	post("/{zone}/desk/views", s.with(app.WorkDesk, s.saveView))
	post("/{zone}/desk/views/drop", s.with(app.WorkDesk, s.dropView))
	get("/{zone}/desk/map", s.with(app.WorkDesk, s.showMap))
	get("/{zone}/desk/points.json", s.with(app.WorkDesk, s.showMapPoints))
	get("/{zone}/desk/supervision", s.with(app.WorkDesk, s.showSupervision))
	get("/{zone}/desk/evaluation", s.with(app.Evaluate, s.showEvaluation))
	get("/{zone}/desk/evaluation.xlsx", s.with(app.Export, s.exportEvaluation))
	get("/{zone}/desk/evaluation.csv", s.with(app.Export, s.exportEvaluation))
	get("/{zone}/desk/rates", s.with(app.Evaluate, s.showRates))
	get("/{zone}/desk/rates/report", s.with(app.Evaluate, s.showRatesReport))
	get("/{zone}/desk/rates.xlsx", s.with(app.Export, s.exportRates))
	get("/{zone}/desk/rates.csv", s.with(app.Export, s.exportRates))
	get("/{zone}/desk/export.xlsx", s.with(app.Export, s.exportCases))
	get("/{zone}/desk/export.csv", s.with(app.Export, s.exportCases))

	get("/{zone}/messages", s.known(s.showMessages))
	post("/{zone}/messages", s.known(s.seeMessages))
	get("/{zone}/me", s.known(s.showMe))
	get("/{zone}/me/data.json", s.known(s.ownData))
	post("/{zone}/me/name", s.known(s.correctName))
	post("/{zone}/me/password", s.staffOnly(s.changePassword))
	get("/{zone}/me/delegations", s.staffOnly(s.showDelegations))
	post("/{zone}/me/delegations", s.staffOnly(s.delegate))
	post("/{zone}/me/delegations/{delegation}/end", s.staffOnly(s.endDelegation))
	post("/{zone}/me/totp", s.staffOnly(s.startTOTP))
	post("/{zone}/me/totp/confirm", s.staffOnly(s.confirmTOTP))
}
