package web

import (
	"strconv"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"
)

// filingPage is the form that begins a case of any procedure but grid events: its fields come from the procedure.
type filingPage struct {
	casePage // of a case that is not there yet, for drawing fields
	Form     app.FilingForm
}

func (v *visit) filingPage(start string, in ui.Input, photos []string) (filingPage, error) {
	f, err := v.zone.FilingForm(v.viewer, v.PathValue("procedure"), start)
	if err != nil {
		return filingPage{}, err
	}
	p := filingPage{Form: f}
	p.CasePage = app.CasePage{Proc: f.Proc}
	p.Page, p.V, p.Now, p.In, p.Photos = v.page(f.Start.Label.In(v.lang), "work"), v, v.s.app.Now(), in, photos
	p.Move = f.Start.Move
	p.Licence, _ = v.pickLicence(f.Proc)
	return p, nil
}

// showFiling is the form.
func (s *Server) showFiling(v *visit) error {
	if v.PathValue("procedure") == v.zone.Themes().Procedure {
		return v.goTo(v.to("things")) // its form depends on the theme
	}
	p, err := v.filingPage(v.URL.Query().Get("start"), ui.Input{Lang: v.lang}, nil)
	if fault.KindOf(err) == fault.Forbidden && !v.viewer.Known() {
		return v.enterFirst("enter")
	}
	if err != nil {
		return err
	}
	if _, elsewhere := v.pickLicence(p.Proc); elsewhere != "" {
		return v.goTo(elsewhere)
	}
	return v.render(filingForm(p))
}

// file begins the case. For a confidential one its query code is shown, this once.
func (s *Server) file(v *visit) error {
	if err := v.parseUpload(); err != nil {
		return err
	}
	form, err := v.zone.FilingForm(v.viewer, v.PathValue("procedure"), v.Form.Get("start"))
	if err != nil {
		return err
	}
	key := v.Form.Get(ui.KeyName)
	viewer := v.viewer
	if form.Proc.Confidential() && viewer.Kind != "staff" { // what comes with a confidential case is its alias's
		if v.viewer, _, err = s.app.Alias(v.Context(), viewer, key); err != nil {
			return err
		}
	}
	fields := v.fieldsIn(form.Proc, form.Start.Fields)
	photos, err := v.photos()
	err = together(err, v.documents(fields))
	sender := v.viewer
	v.viewer = viewer
	var out app.Filed
	if err == nil {
		get := v.Form.Get
		out, err = s.app.File(v.Context(), v.viewer, app.Filing{Key: key, Procedure: form.Proc.ID, Start: form.Start.Move, Category: get("category"), Source: get("source"),
			Title: get("title"), Text: get("text"), Area: get("area"), Address: get("address"), Fields: fields,
			Photos: photos, Note: strings.TrimSpace(get("note")), Holder: casework.ParseHolder(get("holder"))})
	}
	if wrong(err) {
		p, e := v.filingPage(v.Form.Get("start"), v.input(filingFields(err)), photos)
		if e != nil {
			return e
		}
		v.viewer = sender
		if p.Files, e = v.keptFiles(p.Proc, fields); e != nil {
			return e
		}
		v.viewer = viewer
		return v.again(err, filingForm(p))
	}
	if err != nil {
		return err
	}
	v.draftDone("file-" + form.Proc.ID)
	if out.Code != "" {
		p, err := v.filingPage(v.Form.Get("start"), ui.Input{Lang: v.lang}, nil)
		if err != nil {
			return err
		}
		return v.render(queryCodePage(p, out))
	}
	v.s.flash(v, ui.Green, v.lang.Tf("已登记，编号 %s。", "Filed as %s.", out.Case.Number))
	return v.goTo(v.to("case", strconv.FormatInt(int64(out.Case.ID), 10)))
}

// filingFields names the fields of a procedure as the form does.
func filingFields(err error) error {
	return fault.Rename(err, func(field string) string {
		switch field {
		case "", "reason", "note", "holder", "photo", "source", "title", "text", "area", "address", "start":
			return field
		case "matter":
			return "category"
		case "place", "point":
			return "area"
		case "photos":
			return "photo"
		}
		return fieldName(field)
	})
}

// sourceOptions are where a case of the form may come from.
func (p filingPage) sourceOptions() []ui.Option {
	out := []ui.Option{{Label: p.V.lang.T("请选择", "Choose")}}
	for _, id := range p.Form.Move.Sources {
		out = append(out, ui.Option{Value: id, Label: app.SourceName(p.Proc, id).In(p.V.lang)})
	}
	return out
}

// categoryOptions are the kinds of case of a procedure.
func categoryOptions(v *visit, p *casework.Procedure) []ui.Option {
	out := []ui.Option{{Label: v.lang.T("请选择", "Choose")}}
	for _, c := range p.Categories {
		out = append(out, ui.Option{Value: c.Code, Label: c.Name.In(v.lang), Group: c.Group.In(v.lang)})
	}
	return out
}

// queryPage is where somebody with a query code looks a confidential case up.
type queryPage struct {
	Page  ui.Page
	V     *visit
	In    ui.Input
	Lines []store.CaseLine // of a resident who has signed in
}

func (v *visit) queryPage(in ui.Input) (queryPage, error) {
	p := queryPage{Page: v.page(v.lang.T("查询投诉举报进度", "Follow a complaint"), "query"), V: v, In: in}
	var err error
	if v.viewer.Kind == "resident" {
		p.Lines, err = v.s.app.Confidential(v.Context(), v.viewer)
	}
	return p, err
}

func (s *Server) showQuery(v *visit) error {
	p, err := v.queryPage(ui.Input{Lang: v.lang})
	if err != nil {
		return err
	}
	return v.render(queryForm(p))
}

// query signs whoever has a query code in as the reporter of its case, and shows the case.
func (s *Server) query(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	who, err := s.app.EnterByQueryCode(v.Context(), v.zone.Code, v.Form.Get("code"))
	if wrong(err) {
		p, e := v.queryPage(v.input(err))
		if e != nil {
			return e
		}
		return v.again(err, queryForm(p))
	}
	if err != nil {
		return err
	}
	alias, err := s.app.ViewerOf(v.Context(), v.zone.Code, who)
	if err != nil {
		return err
	}
	lines, err := s.app.Confidential(v.Context(), alias)
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return fault.New(fault.NotFound, "没有找到这个查询码对应的投诉举报。", "No complaint belongs to that code.")
	}
	if err := v.signIn(who); err != nil {
		return err
	}
	return v.goTo(v.to("case", strconv.FormatInt(int64(lines[0].ID), 10)))
}

// revealed is the page that shows how to reach the reporter of a confidential case.
func (s *Server) showComplainant(v *visit) error { return s.complainant(v, "") }

func (s *Server) revealComplainant(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	return s.complainant(v, v.Form.Get("reason"))
}

func (s *Server) complainant(v *visit, reason string) error {
	p, err := v.casePage(v.PathValue("id"))
	if err != nil {
		return err
	}
	if !p.Knows {
		return fault.New(fault.Forbidden, "投诉举报人信息只对受理机构开放。", "Who complained is for the complaint desk only.")
	}
	if v.Method != "POST" {
		return v.render(complainantPage(p, ui.Input{Lang: v.lang}, nil))
	}
	lines, err := s.app.RevealReporter(v.Context(), v.viewer, p.Case.ID, reason)
	if wrong(err) {
		return v.again(err, complainantPage(p, v.input(err), nil))
	}
	if err != nil {
		return err
	}
	return v.render(complainantPage(p, ui.Input{Lang: v.lang}, lines))
}
