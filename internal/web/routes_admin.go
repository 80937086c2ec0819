package web

import "gezhi/internal/app"

// adminRoutes are administrators' pages.
func (s *Server) adminRoutes(get, post route) {
	get("/{zone}/admin/areas", s.with(app.EditAreas, s.showArea))
	get("/{zone}/admin/areas/{code}", s.with(app.EditAreas, s.showArea))
	post("/{zone}/admin/areas/{code}/rename", s.with(app.EditAreas, s.renameArea))
	post("/{zone}/admin/areas/{code}/households", s.with(app.EditAreas, s.setHouseholds))
	post("/{zone}/admin/areas/{code}/end", s.with(app.EditAreas, s.endArea))
	get("/{zone}/admin/areas/template.xlsx", s.with(app.EditAreas, s.areaTemplate))
	get("/{zone}/admin/areas/import", s.with(app.EditAreas, s.showAreaImport))
	post("/{zone}/admin/areas/import", s.withUpload(app.EditAreas, s.uploadAreas))
	get("/{zone}/admin/areas/import/{id}", s.with(app.EditAreas, s.showAreaCheck))
	post("/{zone}/admin/areas/import/{id}/apply", s.with(app.EditAreas, s.applyAreas))
	get("/{zone}/admin/areas/import/{id}/errors.xlsx", s.with(app.EditAreas, s.areaErrors))
	get("/{zone}/admin/overlays", s.with(app.EditAreas, s.showOverlays))
	post("/{zone}/admin/overlays", s.with(app.EditAreas, s.addOverlay))
	post("/{zone}/admin/overlays/{id}/end", s.with(app.EditAreas, s.endOverlay))

	get("/{zone}/admin/posts", s.with(app.EditPosts, s.showPosts))
	post("/{zone}/admin/posts", s.with(app.EditPosts, s.appoint))
	post("/{zone}/admin/posts/{id}/end", s.with(app.EditPosts, s.endPost))
	get("/{zone}/admin/posts/template.xlsx", s.with(app.EditPosts, s.rosterTemplate))
	get("/{zone}/admin/posts/import", s.with(app.EditPosts, s.showRosterImport))
	post("/{zone}/admin/posts/import", s.withUpload(app.EditPosts, s.uploadRoster))
	get("/{zone}/admin/posts/import/{id}", s.with(app.EditPosts, s.showRosterCheck))
	post("/{zone}/admin/posts/import/{id}/apply", s.with(app.EditPosts, s.applyRoster))
	get("/{zone}/admin/posts/import/{id}/errors.xlsx", s.with(app.EditPosts, s.rosterErrors))
	get("/{zone}/admin/modes", s.with(app.EditPosts, s.showModes))
	post("/{zone}/admin/modes", s.with(app.EditPosts, s.switchOn))
	post("/{zone}/admin/modes/{id}/end", s.with(app.EditPosts, s.switchOff))

	get("/{zone}/admin/routes", s.with(app.EditRoutes, s.showRoutes))
	post("/{zone}/admin/routes", s.with(app.EditRoutes, s.addRoute))
	get("/{zone}/admin/routes/proof", s.with(app.EditRoutes, s.showProof))
	post("/{zone}/admin/routes/{id}/drop", s.with(app.EditRoutes, s.dropRoute))

	get("/{zone}/admin/calendar", s.with(app.EditCalendar, s.showCalendar))
	post("/{zone}/admin/calendar", s.withUpload(app.EditCalendar, s.importCalendar))
	get("/{zone}/admin/calendar/work/{id}", s.with(app.EditCalendar, s.showWork))
	post("/{zone}/admin/calendar/work/{id}", s.with(app.EditCalendar, s.resumeWork))

	get("/{zone}/admin/procedures", s.with(app.EditCases, s.showProcedures))
	post("/{zone}/admin/procedures", s.withUpload(app.EditCases, s.uploadProcedure))
	get("/{zone}/admin/procedures/{id}/{version}", s.with(app.EditCases, s.showProcedure))
	get("/{zone}/admin/procedures/{id}/{version}/text", s.with(app.EditCases, s.procedureText))
	post("/{zone}/admin/procedures/{id}/{version}/publish", s.with(app.EditCases, s.publishProcedure))
	post("/{zone}/admin/procedures/{id}/{version}/discard", s.with(app.EditCases, s.discardProcedure))
	get("/{zone}/admin/matters", s.with(app.EditCases, s.showMatters))
	post("/{zone}/admin/matters", s.withUpload(app.EditCases, s.uploadMatters))
	get("/{zone}/admin/matters/text", s.with(app.EditCases, s.mattersText))
	get("/{zone}/admin/matters/sheet.xlsx", s.with(app.EditCases, s.mattersSheet))
	post("/{zone}/admin/matters/{version}/publish", s.with(app.EditCases, s.publishMatters))
	post("/{zone}/admin/matters/{version}/discard", s.with(app.EditCases, s.discardMatters))

	get("/{zone}/admin/users", s.with(app.EditUsers, s.showUsers))
	post("/{zone}/admin/users", s.with(app.EditUsers, s.addUser))
	get("/{zone}/admin/users/{id}", s.with(app.EditUsers, s.showUser))
	post("/{zone}/admin/users/{id}/reset", s.with(app.EditUsers, s.resetUser))
	post("/{zone}/admin/users/{id}/unlock", s.with(app.EditUsers, s.unlockUser))
	post("/{zone}/admin/users/{id}/disable", s.with(app.EditUsers, s.disableUser))
	post("/{zone}/admin/users/{id}/enable", s.with(app.EditUsers, s.enableUser))
	post("/{zone}/admin/users/{id}/roles", s.with(app.EditUsers, s.grantRole))
	post("/{zone}/admin/users/{id}/roles/{tenure}/end", s.with(app.EditUsers, s.endRole))

	get("/{zone}/admin/keys", s.with(app.EditUsers, s.showKeys))
	post("/{zone}/admin/keys", s.with(app.EditUsers, s.addKey))
	post("/{zone}/admin/keys/{id}/revoke", s.with(app.EditUsers, s.revokeKey))

	get("/{zone}/admin/audit", s.with(app.ReadAudit, s.showAudit))
	get("/{zone}/admin/audit/export.xlsx", s.with(app.ReadAudit, s.exportAudit))
}
