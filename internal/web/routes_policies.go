package web

import "gezhi/internal/app"

// policyRoutes are the pages of policies for enterprises: for everybody, for whoever acts for one, and for the policy desk.
func (s *Server) policyRoutes(get, post route) {
	const matching, reading = app.Policies | app.EditPolicies | app.Evaluate, app.Policies | app.EditPolicies
	get("/{zone}/policies", s.open(s.showPolicies))
	get("/{zone}/policies/{item}", s.open(s.showPolicy))
	get("/{zone}/enterprise", s.known(s.showOwnEnterprises))
	post("/{zone}/enterprise", s.known(s.askAgency))
	get("/{zone}/enterprise/{code}", s.known(s.showEnterprise))
	get("/{zone}/enterprise/grants/{id}", s.known(s.showGrantOfOwn))
	post("/{zone}/enterprise/{code}/grants/{id}/{act}", s.known(s.moveOwnGrant))
	post("/{zone}/enterprise/{code}/items/{item}/apply", s.known(s.applyForGrant))
	post("/{zone}/enterprise/agencies/{id}/end", s.known(s.leaveEnterprise))

	get("/{zone}/desk/policies", s.with(matching, s.showPolicyDesk))
	get("/{zone}/desk/policies/export.xlsx", s.with(app.Export, s.exportPolicies))
	get("/{zone}/desk/policies/{item}", s.with(reading, s.showMatches))
	get("/{zone}/desk/policies/{item}/export.xlsx", s.with(app.Export, s.exportMatches))
	const figures = app.Policies | app.Evaluate
	get("/{zone}/desk/payouts", s.with(figures, s.showFigures))
	get("/{zone}/desk/payouts/report", s.with(figures, s.showFiguresReport))
	get("/{zone}/desk/payouts/export.xlsx", s.with(app.Export, s.exportFigures))
	get("/{zone}/desk/payouts/import", s.with(app.Policies, s.showPayoutImports))
	post("/{zone}/desk/payouts/import", s.withUpload(app.Policies, s.uploadPayouts))
	get("/{zone}/desk/payouts/import/template.xlsx", s.with(app.Policies, s.payoutTemplate))
	get("/{zone}/desk/payouts/import/{id}", s.with(app.Policies, s.showPayoutCheck))
	post("/{zone}/desk/payouts/import/{id}/apply", s.with(app.Policies, s.applyPayouts))
	post("/{zone}/desk/payouts/import/{id}/undo", s.with(app.Policies, s.undoPayouts))
	get("/{zone}/desk/payouts/import/{id}/errors.xlsx", s.with(app.Policies, s.payoutErrors))
	get("/{zone}/desk/enterprises", s.with(reading, s.showEnterprises))
	post("/{zone}/desk/enterprises", s.with(app.Policies, s.addEnterprise))
	get("/{zone}/desk/enterprises/new", s.with(app.Policies, s.showNewEnterprise))
	get("/{zone}/desk/enterprises/import", s.with(app.Policies, s.showProfileImports))
	post("/{zone}/desk/enterprises/import", s.withUpload(app.Policies, s.uploadProfiles))
	get("/{zone}/desk/enterprises/import/template.xlsx", s.with(app.Policies, s.profileTemplate))
	get("/{zone}/desk/enterprises/import/{id}", s.with(app.Policies, s.showProfileCheck))
	post("/{zone}/desk/enterprises/import/{id}/apply", s.with(app.Policies, s.applyProfiles))
	post("/{zone}/desk/enterprises/import/{id}/withdraw", s.with(app.Policies, s.withdrawProfiles))
	get("/{zone}/desk/enterprises/import/{id}/errors.xlsx", s.with(app.Policies, s.profileErrors))
	get("/{zone}/desk/enterprises/{code}", s.with(reading, s.showEnterpriseDesk))
	post("/{zone}/desk/enterprises/{code}", s.with(app.Policies, s.sayOfEnterprise))
	post("/{zone}/desk/enterprises/{code}/statements/{n}/back", s.with(app.Policies, s.takeBackStatement))
	post("/{zone}/desk/enterprises/{code}/people/{id}/{decision}", s.with(app.Policies, s.decideAgency))
	get("/{zone}/desk/agencies", s.with(app.Policies, s.showAgencies))
	post("/{zone}/desk/agencies/{id}/{decision}", s.with(app.Policies, s.decideAgency))
}
