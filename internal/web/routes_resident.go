package web

import "gezhi/internal/app"

// residentRoutes are the pages residents use, and those everybody shares.
func (s *Server) residentRoutes(get, post route) {
	get("/{zone}/report", s.known(s.showReport))
	post("/{zone}/report", s.knownUpload(s.report))
	get("/{zone}/similar", s.known(s.similar))
	get("/{zone}/where", s.open(s.where))
	get("/{zone}/mine", s.known(s.showMine))

	get("/{zone}/case/{id}", s.known(s.showCase))
	post("/{zone}/case/{id}/{move}", s.knownUpload(s.moveCase))
	get("/{zone}/case/{id}/reporter", s.with(app.Reveal, s.showReveal))
	post("/{zone}/case/{id}/reporter", s.with(app.Reveal, s.reveal))
	get("/{zone}/case/{id}/letters/{seq}/{letter}", s.known(s.showLetter))
	get("/{zone}/case/{id}/letters/{seq}/{letter}/docx", s.known(s.letterFile))
	get("/{zone}/case/{id}/receipt", s.known(s.caseReceipt))
	get("/{zone}/case/{id}/receipt.json", s.known(s.caseReceiptFile))
	get("/{zone}/points/receipt/{transfer}", s.known(s.transferReceipt))
	get("/{zone}/points/receipt/{transfer}/file", s.known(s.transferReceiptFile))
	get("/{zone}/photo/{photo}", s.known(s.showPhoto))
	get("/{zone}/files/{file}", s.known(s.showFile))

	get("/{zone}/log", s.open(s.showLog))
	post("/{zone}/log", s.openUpload(receiptUpload, s.checkReceipt))
	get("/{zone}/log/key", s.open(s.logKey))
	get("/{zone}/log/checkpoint", s.open(s.checkpoint))
	get("/{zone}/log/leaves/{n}/proof", s.open(s.inclusion))
	get("/{zone}/log/consistency", s.open(s.consistency))
}
