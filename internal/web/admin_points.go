package web

import (
	"fmt"

	"gezhi/internal/app"
	"gezhi/internal/points"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// pointRulesPage is the versions of the rules of points.
type pointRulesPage struct {
	office
	Versions []app.Version
}

func (s *Server) showPointRules(v *visit) error { return v.untouched(v.pointRules) }

func (v *visit) pointRules(in ui.Input) (templ.Component, error) {
	list, err := v.s.app.PointsVersions(v.Context(), v.viewer)
	return pointRulesView(pointRulesPage{v.office(v.lang.T("积分规则", "Rules of points"), "points-rules", in), list}), err
}

func (p pointRulesPage) columns() ui.Sheet[app.Version] {
	return p.versionSheet(func(x app.Version) string { return p.V.admin("points", itoa(x.Version)) })
}

func (s *Server) uploadPointRules(v *visit) error {
	name, body, err := v.upload()
	if err != nil {
		return err
	}
	n, err := s.app.DraftPoints(v.Context(), v.viewer, name, body, v.Form.Get(ui.KeyName))
	return v.settle(err, v.pointRules, v.lang.T("校验通过，已存为草稿。请对照改动后发布。", "It is valid and kept as a draft. Compare, then publish."), v.admin("points", itoa(n)))
}

// pointVersionPage is one version of the rules, beside the one in force.
type pointVersionPage struct {
	office
	Rules   points.Rules
	Doc     store.Document
	Changes []app.RuleChange
}

func (s *Server) showPointVersion(v *visit) error {
	n, err := v.version()
	if err != nil {
		return err
	}
	p := pointVersionPage{office: v.office(v.lang.Tf("积分规则第 %d 版", "Rules of points, version %d", n), "points-rules", v.blankInput())}
	if p.Rules, p.Doc, err = s.app.PointsVersion(v.Context(), v.viewer, n); err != nil {
		return err
	}
	if p.Doc.State != "published" {
		if p.Changes, err = s.app.ComparePoints(v.Context(), v.viewer, n, v.lang); err != nil {
			return err
		}
	}
	return v.render(pointVersionView(p))
}

func (s *Server) pointRulesText(v *visit) error {
	n, err := v.version()
	if err != nil {
		return err
	}
	body, err := s.app.PointsText(v.Context(), v.viewer, n)
	if err != nil {
		return err
	}
	return v.download(fmt.Sprintf("points-v%d.yaml", n), "application/yaml", body)
}

func (s *Server) publishPointRules(v *visit) error { return v.decideDraft(v.pointsDraft(), true) }
func (s *Server) discardPointRules(v *visit) error { return v.decideDraft(v.pointsDraft(), false) }

func (v *visit) pointsDraft() draft {
	return draft{"points", "points", v.pointRules, v.lang.T("已发布。新的积分按新版本，在办的仍按原版本。", "Published. New awards run under it; those under way keep their version."), v.admin("points")}
}

// changeLine is one line of a comparison.
type changeLine struct {
	Item, What, Was, Is string
}

func (p pointVersionPage) lines() []changeLine {
	l := p.Page.Lang
	var out []changeLine
	for _, c := range p.Changes {
		switch {
		case c.Added:
			out = append(out, changeLine{c.Item.In(l), l.T("新增事项", "new item"), "", ""})
		case c.Gone:
			out = append(out, changeLine{c.Item.In(l), l.T("去掉事项", "no longer there"), "", ""})
		}
		for _, d := range c.Lines {
			out = append(out, changeLine{c.Item.In(l), d.What.In(l), d.Was, d.Is})
		}
	}
	return out
}

func (p pointVersionPage) comparison() ui.Sheet[changeLine] {
	l := p.Page.Lang
	return ui.Sheet[changeLine]{Caption: l.T("与现行版本相比", "Compared with the version in force"), Columns: []ui.Column[changeLine]{
		ui.TextColumn(l.T("事项", "Item"), ui.Main, func(x changeLine) string { return x.Item }),
		ui.TextColumn(l.T("改动", "What"), ui.Brief, func(x changeLine) string { return x.What }),
		ui.TextColumn(l.T("现行", "In force"), ui.Words, func(x changeLine) string { return x.Was }),
		ui.TextColumn(l.T("本版", "This version"), ui.Words, func(x changeLine) string { return x.Is }),
	}, Empty: ui.EmptyState{Icon: "versions", Title: l.T("与现行版本没有差别", "No difference from the version in force")}}
}
