package web

import "gezhi/internal/app"

// grantRoutes are the pages of what enterprises are paid: lists, applications, orders, receipts and funds at the desk, and what is public.
func (s *Server) grantRoutes(get, post route) {
	const reading = app.Policies | app.PayOut
	get("/{zone}/policies/publicity", s.open(s.showGrantPublicity))
	get("/{zone}/policies/publicity/{id}", s.known(s.showGrantObjection))
	post("/{zone}/policies/publicity/{id}", s.known(s.objectToGrant))

	get("/{zone}/desk/grants", s.with(reading, s.showGrants))
	get("/{zone}/desk/grants/export.xlsx", s.with(reading, s.exportAllGrants))
	get("/{zone}/desk/grants/applications", s.with(reading, s.showApplications))
	get("/{zone}/desk/grants/applications/export.xlsx", s.with(reading, s.exportApplications))
	post("/{zone}/desk/grants/applications/publish", s.with(app.Policies, s.publishApplications))
	get("/{zone}/desk/grants/{id}", s.with(reading, s.showGrant))
	post("/{zone}/desk/grants/{id}", s.with(reading, s.moveGrant))

	get("/{zone}/desk/grants/lists", s.with(reading, s.showGrantLists))
	post("/{zone}/desk/grants/lists", s.with(app.Policies, s.makeList))
	get("/{zone}/desk/grants/lists/new", s.with(app.Policies, s.showNewList))
	get("/{zone}/desk/grants/lists/{id}", s.with(reading, s.showGrantList))
	get("/{zone}/desk/grants/lists/{id}/export.xlsx", s.with(reading, s.exportGrantList))
	get("/{zone}/desk/grants/lists/{id}/refresh", s.with(app.Policies, s.showRefresh))
	post("/{zone}/desk/grants/lists/{id}/refresh", s.with(app.Policies, s.refreshList))
	post("/{zone}/desk/grants/lists/{id}/publish", s.with(app.Policies, s.publishList))
	post("/{zone}/desk/grants/lists/{id}/fund", s.with(app.Policies, s.assignFund))

	get("/{zone}/desk/pay-orders", s.with(reading, s.showPayOrders))
	post("/{zone}/desk/pay-orders", s.with(app.PayOut, s.makeOrder))
	get("/{zone}/desk/pay-orders/new", s.with(app.PayOut, s.showNewOrder))
	get("/{zone}/desk/pay-orders/{number}", s.with(reading, s.showPayOrder))
	get("/{zone}/desk/pay-orders/{number}/export.xlsx", s.with(reading, s.exportPayOrder))
	get("/{zone}/desk/pay-orders/{number}/bank.xlsx", s.with(app.PayOut, s.exportForBank))

	get("/{zone}/desk/receipts", s.with(app.PayOut, s.showReceipts))
	post("/{zone}/desk/receipts", s.withUpload(app.PayOut, s.uploadReceipts))
	get("/{zone}/desk/receipts/template.xlsx", s.with(app.PayOut, s.receiptTemplate))
	get("/{zone}/desk/receipts/{id}", s.with(app.PayOut, s.showReceiptCheck))
	post("/{zone}/desk/receipts/{id}/apply", s.with(app.PayOut, s.applyReceipts))
	get("/{zone}/desk/receipts/{id}/errors.xlsx", s.with(app.PayOut, s.receiptErrors))

	get("/{zone}/desk/funds", s.with(reading, s.showFunds))
	post("/{zone}/desk/funds", s.with(app.PayOut, s.addFund))
	get("/{zone}/desk/funds/{id}", s.with(reading, s.showFund))
	post("/{zone}/desk/funds/{id}", s.with(app.PayOut, s.editFund))
	post("/{zone}/desk/funds/{id}/allot", s.with(app.PayOut, s.allotFund))
	post("/{zone}/desk/funds/{id}/close", s.with(app.PayOut, s.closeFund))
	post("/{zone}/desk/funds/{id}/reopen", s.with(app.PayOut, s.reopenFund))
}
