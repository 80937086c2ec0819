package web

import (
	"fmt"
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/lang"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// proceduresPage lists procedures and the matter list with their versions.
type proceduresPage struct {
	office
	Procedures []app.Version
	Matters    []app.Version
}

func (s *Server) showProcedures(v *visit) error { return v.untouched(v.procedures) }

func (v *visit) procedures(in ui.Input) (templ.Component, error) {
	p := proceduresPage{office: v.office(v.lang.T("办理流程", "Procedures"), "procedures", in)}
	var err error
	if p.Procedures, err = v.s.app.Versions(v.Context(), v.viewer); err != nil {
		return nil, err
	}
	if p.Matters, err = v.s.app.MatterVersions(v.Context(), v.viewer); err != nil {
		return nil, err
	}
	return proceduresView(p), nil
}

func (s *Server) uploadProcedure(v *visit) error {
	name, body, err := v.upload()
	if err != nil {
		return err
	}
	p, err := s.app.DraftProcedure(v.Context(), v.viewer, name, body, v.Form.Get(ui.KeyName))
	to := v.admin("procedures")
	if err == nil {
		to = v.admin("procedures", p.ID, itoa(p.Version))
	}
	return v.settle(err, v.procedures, v.lang.T("校验通过，已存为草稿。请查看后发布。", "It is valid and kept as a draft. Look at it, then publish."), to)
}

// procedurePage is one version of one procedure.
type procedurePage struct {
	office
	Proc   *casework.Procedure
	Doc    store.Document
	Before int // the version it is compared with, 0 when it is the first
}

func (v *visit) version() (int, error) {
	n, err := strconv.Atoi(v.PathValue("version"))
	if err != nil || n <= 0 {
		return 0, errNoPage
	}
	return n, nil
}

func (s *Server) showProcedure(v *visit) error { return v.untouched(v.procedure) }

func (v *visit) procedure(in ui.Input) (templ.Component, error) {
	n, err := v.version()
	if err != nil {
		return nil, err
	}
	p, d, err := v.s.app.ProcedureVersion(v.Context(), v.viewer, v.PathValue("id"), n)
	if err != nil {
		return nil, err
	}
	page := procedurePage{office: v.office(p.Name.In(v.lang), "procedures", in), Proc: p, Doc: d}
	page.Before, err = v.s.app.VersionBefore(v.Context(), v.viewer, p.ID, n)
	return procedureView(page), err
}

func (s *Server) publishProcedure(v *visit) error {
	return v.decideDraft(v.procedureDraft("procedure", v.PathValue("id")), true)
}
func (s *Server) discardProcedure(v *visit) error {
	return v.decideDraft(v.procedureDraft("procedure", v.PathValue("id")), false)
}
func (s *Server) publishMatters(v *visit) error {
	return v.decideDraft(v.procedureDraft("matters", "matters"), true)
}
func (s *Server) discardMatters(v *visit) error {
	return v.decideDraft(v.procedureDraft("matters", "matters"), false)
}

func (v *visit) procedureDraft(kind, name string) draft {
	return draft{kind, name, v.procedures, v.lang.T("已发布。新案件按新版本办理，在办案件仍按原版本办完。", "Published. New cases run under it; running ones keep their version."), v.admin("procedures")}
}

// draft is a document that can be published or deleted.
type draft struct {
	kind, name string
	again      func(ui.Input) (templ.Component, error) // the page, when it cannot
	published  string                                  // what to say when it was
	next       string                                  // where to go then
}

// decideDraft publishes or deletes the version of a draft that the address names.
func (v *visit) decideDraft(d draft, publish bool) error {
	n, err := v.version()
	if err != nil {
		return err
	}
	if err := v.parse(); err != nil {
		return err
	}
	key := v.PostForm.Get(ui.KeyName)
	if publish {
		return v.settle(v.s.app.Publish(v.Context(), v.viewer, d.kind, d.name, n, key), d.again, d.published, d.next)
	}
	return v.settle(v.s.app.Discard(v.Context(), v.viewer, d.kind, d.name, n, key), d.again, v.lang.T("草稿已删除。", "Draft deleted."), d.next)
}

func (s *Server) procedureText(v *visit) error {
	n, err := v.version()
	if err != nil {
		return err
	}
	body, err := s.app.ProcedureText(v.Context(), v.viewer, v.PathValue("id"), n)
	if err != nil {
		return err
	}
	return v.download(fmt.Sprintf("%s-v%d.yaml", v.PathValue("id"), n), "application/yaml", body)
}

func stateBadge(l lang.Lang, state string) templ.Component {
	switch state {
	case "draft":
		return ui.Badge(ui.Yellow, l.T("草稿", "draft"))
	case "published":
		return ui.Badge(ui.Green, l.T("生效中", "in force"))
	}
	return ui.Badge(ui.Grey, l.T("已冻结", "frozen"))
}

func (p proceduresPage) columns(caption string, address func(app.Version) string) ui.Sheet[app.Version] {
	l := p.V.lang
	return ui.Sheet[app.Version]{Caption: caption, Columns: []ui.Column[app.Version]{
		ui.LinkColumn(l.T("名称", "Name"), ui.Main, func(x app.Version) ui.Link {
			title := x.Title.In(l)
			if title == "" {
				title = l.T("事项清单", "Matter list")
			}
			return ui.Link{Label: title, URL: address(x)}
		}),
		ui.TextColumn(l.T("标识", "Id"), ui.Brief, func(x app.Version) string { return x.Name }),
		ui.TextColumn(l.T("版本", "Version"), ui.Figures, func(x app.Version) string { return itoa(x.Version) }),
		{Head: l.T("状态", "State"), Kind: ui.Brief, Cell: func(x app.Version) templ.Component { return stateBadge(l, x.State) }},
		ui.TextColumn(l.T("在办案件", "Open cases"), ui.Figures, func(x app.Version) string { return some(x.Open) }),
		ui.TextColumn(l.T("录入", "Put in"), ui.Brief, func(x app.Version) string { return ui.Date(l, x.At) + " " + x.Who }),
	}}
}

// mattersPage is the matter list.
type mattersPage struct {
	office
	List     []casework.Matter
	Notice   string
	Versions []app.Version
	Class    string
}

func (s *Server) showMatters(v *visit) error { return v.untouched(v.matters) }

func (v *visit) matters(in ui.Input) (templ.Component, error) {
	p := mattersPage{office: v.office(v.lang.T("事项清单", "Matters"), "procedures", in), Notice: v.zone.Matters.Notice.In(v.lang), Class: v.URL.Query().Get("class")}
	for _, m := range v.zone.Matters.List {
		if p.Class == "" || m.Class == p.Class {
			p.List = append(p.List, m)
		}
	}
	var err error
	p.Versions, err = v.s.app.MatterVersions(v.Context(), v.viewer)
	return mattersView(p), err
}

func (p mattersPage) classes() []ui.Tab {
	l := p.V.lang
	out := []ui.Tab{{Label: l.T("全部", "All"), URL: p.V.admin("matters"), Current: p.Class == ""}}
	for _, c := range p.V.zone.Matters.Classes {
		out = append(out, ui.Tab{Label: c.Label.In(l), URL: "?class=" + c.ID, Current: p.Class == c.ID})
	}
	return out
}

// drafts are the versions that wait to be published.
func (p mattersPage) drafts() []app.Version {
	var out []app.Version
	for _, x := range p.Versions {
		if x.State == "draft" {
			out = append(out, x)
		}
	}
	return out
}

func (s *Server) uploadMatters(v *visit) error {
	name, body, err := v.upload()
	if err != nil {
		return err
	}
	_, err = s.app.DraftMatters(v.Context(), v.viewer, name, body, v.Form.Get(ui.KeyName))
	return v.settle(err, v.matters, v.lang.T("校验通过，已存为草稿。请核对后发布。", "It is valid and kept as a draft. Look at it, then publish."), v.admin("matters"))
}

func (s *Server) mattersText(v *visit) error {
	n, _ := strconv.Atoi(v.URL.Query().Get("version"))
	body, err := s.app.MattersText(v.Context(), v.viewer, n)
	if err != nil {
		return err
	}
	return v.download("matters.yaml", "application/yaml", body)
}

func (s *Server) mattersSheet(v *visit) error {
	body, err := s.app.MattersXLSX(v.Context(), v.viewer, v.lang)
	if err != nil {
		return err
	}
	return v.download(v.lang.T("事项清单.xlsx", "matters.xlsx"), xlsxType, body)
}
