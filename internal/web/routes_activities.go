package web

import "gezhi/internal/app"

// activityRoutes are activities and patrols, riders' stations, the household view and the board.
func (s *Server) activityRoutes(get, post route) {
	get("/{zone}/activities", s.open(s.showActivities))
	get("/{zone}/activities/mine", s.known(s.showMyActivities))
	post("/{zone}/activities/volunteer", s.known(s.registerVolunteer))
	post("/{zone}/activities/volunteer/end", s.known(s.leaveVolunteers))
	get("/{zone}/activity/{id}", s.open(s.showActivity))
	post("/{zone}/activity/{id}/join", s.known(s.joinActivity))
	post("/{zone}/activity/{id}/leave", s.known(s.leaveActivity))
	get("/{zone}/activity/{id}/check", s.open(s.showCheck))
	post("/{zone}/activity/{id}/check", s.known(s.checkIn))
	post("/{zone}/activity/{id}/uncheck", s.known(s.uncheck))
	post("/{zone}/activity/{id}/confirm", s.known(s.confirmHours))
	post("/{zone}/activity/{id}/object", s.known(s.objectHours))
	post("/{zone}/activity/{id}/rate", s.known(s.rateActivity))

	get("/{zone}/station", s.known(s.showStation))
	post("/{zone}/station", s.known(s.joinStation))
	post("/{zone}/station/leave", s.known(s.leaveStation))
	get("/{zone}/household", s.known(s.showHousehold))
	post("/{zone}/household", s.known(s.shareWithHousehold))
	get("/{zone}/board", s.known(s.showBoard))
	post("/{zone}/board", s.known(s.joinBoard))
	post("/{zone}/board/leave", s.known(s.leaveBoard))

	get("/{zone}/organise", s.with(app.OrganiseActivities, s.showOrganised))
	get("/{zone}/organise/new", s.with(app.OrganiseActivities, s.newActivity))
	post("/{zone}/organise/new", s.with(app.OrganiseActivities, s.addActivity))
	get("/{zone}/organise/{id}", s.with(app.OrganiseActivities, s.showRoll))
	get("/{zone}/organise/{id}/edit", s.with(app.OrganiseActivities, s.showEditActivity))
	post("/{zone}/organise/{id}/edit", s.with(app.OrganiseActivities, s.editActivity))
	post("/{zone}/organise/{id}/do/{act}", s.with(app.OrganiseActivities, s.moveActivity))
	get("/{zone}/organise/{id}/code", s.with(app.OrganiseActivities, s.showCode))
	post("/{zone}/organise/{id}/tick", s.with(app.OrganiseActivities, s.tickPerson))
	post("/{zone}/organise/{id}/hours", s.with(app.OrganiseActivities, s.recordHours))
	post("/{zone}/organise/{id}/answer", s.with(app.OrganiseActivities, s.answerHours))
	post("/{zone}/organise/{id}/thank", s.with(app.OrganiseActivities, s.thankPerson))
	get("/{zone}/organise/{id}/names", s.with(app.OrganiseActivities, s.askNames))
	post("/{zone}/organise/{id}/names", s.with(app.OrganiseActivities, s.showNames))
	get("/{zone}/organise/{id}/sheet", s.with(app.OrganiseActivities, s.showSheet))
	get("/{zone}/organise/{id}/people.xlsx", s.with(app.OrganiseActivities, s.exportRoll))

	get("/{zone}/stations", s.with(app.OrganiseActivities, s.showStations))
	post("/{zone}/stations", s.with(app.OrganiseActivities, s.addStation))
	post("/{zone}/stations/{id}/renew", s.with(app.OrganiseActivities, s.renewStation))
	post("/{zone}/stations/{id}/close", s.with(app.OrganiseActivities, s.closeStation))
}
