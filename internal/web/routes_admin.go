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
}
