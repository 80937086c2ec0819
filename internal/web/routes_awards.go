package web

import "gezhi/internal/app"

// awardRoutes are the pages about earning points: residents', communities', the district's.
func (s *Server) awardRoutes(get, post route) {
	get("/{zone}/earn", s.open(s.showEarn))
	get("/{zone}/earn/{rule}", s.known(s.showApply))
	post("/{zone}/earn/{rule}", s.knownUpload(s.apply))
	get("/{zone}/awards", s.known(s.showAwards))
	get("/{zone}/awards/{id}", s.known(s.showAward))
	post("/{zone}/awards/{id}/resubmit", s.knownUpload(s.resubmit))
	post("/{zone}/awards/{id}/withdraw", s.known(s.withdrawAward))
	get("/{zone}/publicity", s.open(s.showPublicity))
	get("/{zone}/publicity/{id}", s.known(s.showObjection))
	post("/{zone}/publicity/{id}", s.known(s.object))

	get("/{zone}/desk/awards", s.with(app.ReviewAwards|app.ImportAwards, s.showQueue))
	get("/{zone}/desk/awards/{id}", s.with(app.ReviewAwards|app.ImportAwards, s.showReview))
	post("/{zone}/desk/awards/{id}", s.with(app.ReviewAwards, s.review))
	post("/{zone}/desk/awards/{id}/reverse", s.with(app.ReviewAwards, s.reverseAward))
	post("/{zone}/desk/awards/{id}/objections/{objection}", s.with(app.ReviewAwards, s.decideObjection))

	get("/{zone}/desk/lists", s.with(app.ReviewAwards|app.ImportAwards, s.showLists))
	post("/{zone}/desk/lists", s.withUpload(app.ImportAwards, s.uploadList))
	get("/{zone}/desk/lists/template.xlsx", s.with(app.ImportAwards, s.listTemplate))
	get("/{zone}/desk/lists/{id}", s.with(app.ReviewAwards|app.ImportAwards, s.showList))
	post("/{zone}/desk/lists/{id}/apply", s.with(app.ImportAwards, s.applyList))
	post("/{zone}/desk/lists/{id}/approve", s.with(app.ReviewAwards, s.approveList))
	post("/{zone}/desk/lists/{id}/undo", s.with(app.ReviewAwards|app.ImportAwards, s.undoList))
	get("/{zone}/desk/lists/{id}/errors.xlsx", s.with(app.ImportAwards, s.listErrors))

	get("/{zone}/desk/households", s.with(app.EditHouseholds, s.showHouseholds))
	post("/{zone}/desk/households", s.with(app.EditHouseholds, s.addHousehold))
	post("/{zone}/desk/households/{id}/{act}", s.with(app.EditHouseholds, s.changeHousehold))
	post("/{zone}/desk/residents/{act}", s.with(app.EditHouseholds, s.changeResident))

	get("/{zone}/desk/budgets", s.with(app.Budgets, s.showBudgets))
	post("/{zone}/desk/budgets", s.with(app.Budgets, s.allot))

	get("/{zone}/admin/points", s.with(app.EditPoints, s.showPointRules))
	post("/{zone}/admin/points", s.withUpload(app.EditPoints, s.uploadPointRules))
	get("/{zone}/admin/points/{version}", s.with(app.EditPoints, s.showPointVersion))
	get("/{zone}/admin/points/{version}/text", s.with(app.EditPoints, s.pointRulesText))
	post("/{zone}/admin/points/{version}/publish", s.with(app.EditPoints, s.publishPointRules))
	post("/{zone}/admin/points/{version}/discard", s.with(app.EditPoints, s.discardPointRules))
}
