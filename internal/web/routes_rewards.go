package web

import "gezhi/internal/app"

// rewardRoutes are the pages about spending points: residents', the counter's, the desk's and the district's.
func (s *Server) rewardRoutes(get, post route) {
	get("/{zone}/points", s.known(s.showWallet))
	get("/{zone}/rewards", s.open(s.showRewards))
	post("/{zone}/rewards/home", s.known(s.setHome))
	get("/{zone}/rewards/{id}", s.open(s.showReward))
	get("/{zone}/rewards/{id}/photo", s.open(s.showRewardPhoto))
	post("/{zone}/rewards/{id}/reserve", s.known(s.reserveReward))
	get("/{zone}/pickups", s.known(s.showPickups))
	get("/{zone}/pickups/{id}", s.known(s.showPickup))
	post("/{zone}/pickups/{id}/cancel", s.known(s.cancelPickup))

	get("/{zone}/counter", s.with(app.Redeem, s.showCounter))
	post("/{zone}/counter", s.with(app.Redeem, s.findPickup))
	post("/{zone}/counter/hand-over", s.with(app.Redeem, s.handOver))
	get("/{zone}/counter/today", s.with(app.Redeem, s.showHandedOut))

	get("/{zone}/desk/rewards", s.with(app.KeepRewards, s.showKeptRewards))
	get("/{zone}/desk/rewards/new", s.with(app.KeepRewards, s.showNewReward))
	post("/{zone}/desk/rewards", s.withUpload(app.KeepRewards, s.addReward))
	get("/{zone}/desk/rewards/{id}", s.with(app.KeepRewards, s.showKeptReward))
	post("/{zone}/desk/rewards/{id}", s.withUpload(app.KeepRewards, s.editReward))
	post("/{zone}/desk/rewards/{id}/stock", s.with(app.KeepRewards, s.moveStock))
	post("/{zone}/desk/rewards/{id}/close", s.with(app.KeepRewards, s.closeReward))
	post("/{zone}/desk/rewards/{id}/reopen", s.with(app.KeepRewards, s.reopenReward))
	get("/{zone}/desk/orders", s.with(app.KeepRewards, s.showOrders))
	get("/{zone}/desk/orders.xlsx", s.with(app.KeepRewards, s.exportOrders))

	get("/{zone}/desk/sponsors", s.with(app.KeepRewards|app.Settle, s.showSponsors))
	post("/{zone}/desk/sponsors", s.with(app.KeepRewards, s.addSponsor))
	get("/{zone}/desk/sponsors/{id}", s.with(app.KeepRewards|app.Settle, s.showSponsor))
	post("/{zone}/desk/sponsors/{id}", s.with(app.KeepRewards, s.editSponsor))
	post("/{zone}/desk/sponsors/{id}/gift", s.with(app.Settle, s.givePoints))
	get("/{zone}/desk/sponsors/{id}/statements/{month}", s.with(app.KeepRewards|app.Settle, s.showStatement))
	post("/{zone}/desk/sponsors/{id}/statements/{month}", s.with(app.Settle, s.settleSponsor))
	get("/{zone}/desk/sponsors/{id}/statements/{month}/items.xlsx", s.with(app.KeepRewards|app.Settle, s.exportStatement))

	get("/{zone}/desk/points", s.with(app.Evaluate, s.showPointsOverview))
	get("/{zone}/desk/points.xlsx", s.with(app.Export, s.exportPointsOverview))
	get("/{zone}/desk/points/between", s.with(app.Evaluate, s.showBetween))
	get("/{zone}/desk/points/between.xlsx", s.with(app.Export, s.exportBetween))
	get("/{zone}/desk/points/reconciliation", s.with(app.Evaluate, s.showReconciliation))
	get("/{zone}/desk/points/hints", s.with(app.Evaluate, s.showHints))
}
