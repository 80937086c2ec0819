package web

import (
	"fmt"

	"gezhi/internal/app"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// ruleFilePage is one rule file with its versions.
type ruleFilePage struct {
	office
	File     app.RuleFile
	Versions []app.Version
}

func (s *Server) showRuleFile(v *visit) error { return v.untouched(v.ruleFile) }

func (v *visit) ruleFile(in ui.Input) (templ.Component, error) {
	f, err := app.RuleFileOf(v.PathValue("kind"))
	if err != nil {
		return nil, err
	}
	list, err := v.s.app.RuleVersions(v.Context(), v.viewer, f.ID)
	return ruleFileView(ruleFilePage{v.office(f.Name.In(v.lang), "procedures", in), f, list}), err
}

// versionSheet lists the versions of one document, each with its page.
func (o office) versionSheet(address func(app.Version) string) ui.Sheet[app.Version] {
	l := o.Page.Lang
	return ui.Sheet[app.Version]{Caption: l.T("版本", "Versions"), Columns: []ui.Column[app.Version]{
		ui.LinkColumn(l.T("版本", "Version"), ui.Main, func(x app.Version) ui.Link {
			return ui.Link{Label: l.Tf("第 %d 版", "Version %d", x.Version), URL: address(x)}
		}),
		{Head: l.T("状态", "State"), Kind: ui.Brief, Cell: func(x app.Version) templ.Component { return stateBadge(l, x.State) }},
		ui.TextColumn(l.T("录入", "Put in"), ui.Brief, func(x app.Version) string { return ui.Date(l, x.At) + " " + x.Who }),
	}}
}

func (p ruleFilePage) columns() ui.Sheet[app.Version] {
	return p.versionSheet(func(x app.Version) string { return p.V.admin("rules", p.File.ID, itoa(x.Version)) })
}

func (s *Server) uploadRuleFile(v *visit) error {
	name, body, err := v.upload()
	if err != nil {
		return err
	}
	kind := v.PathValue("kind")
	n, err := s.app.DraftRules(v.Context(), v.viewer, kind, name, body, v.Form.Get(ui.KeyName))
	return v.settle(err, v.ruleFile, v.lang.T("校验通过，已存为草稿。请对照改动后发布。", "It is valid and kept as a draft. Compare, then publish."), v.admin("rules", kind, itoa(n)))
}

// ruleVersionPage is one version of a rule file.
type ruleVersionPage struct {
	office
	File app.RuleFile
	app.RuleVersion
}

func (s *Server) showRuleVersion(v *visit) error { return v.untouched(v.ruleVersion) }

func (v *visit) ruleVersion(in ui.Input) (templ.Component, error) {
	n, err := v.version()
	if err != nil {
		return nil, err
	}
	f, err := app.RuleFileOf(v.PathValue("kind"))
	if err != nil {
		return nil, err
	}
	p := ruleVersionPage{office: v.office(v.lang.Tf("%s第 %d 版", "%s, version %d", f.Name.In(v.lang), n), "procedures", in), File: f}
	if p.RuleVersion, err = v.s.app.RuleVersionOf(v.Context(), v.viewer, f.ID, n); err != nil {
		return nil, err
	}
	return ruleVersionView(p), nil
}

func (s *Server) ruleFileText(v *visit) error {
	n, err := v.version()
	if err != nil {
		return err
	}
	kind := v.PathValue("kind")
	body, err := s.app.RuleText(v.Context(), v.viewer, kind, n)
	if err != nil {
		return err
	}
	return v.download(fmt.Sprintf("%s-v%d.yaml", kind, n), "application/yaml", body)
}

func (s *Server) publishRuleFile(v *visit) error { return v.decideRuleFile(true) }
func (s *Server) discardRuleFile(v *visit) error { return v.decideRuleFile(false) }

func (v *visit) decideRuleFile(publish bool) error {
	f, err := app.RuleFileOf(v.PathValue("kind"))
	if err != nil {
		return err
	}
	return v.decideDraft(draft{f.ID, f.ID, v.ruleVersion, v.lang.T("已发布，现已生效。", "Published and in force."), v.admin("rules", f.ID)}, publish)
}
