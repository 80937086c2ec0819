package pack

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"gezhi/internal/activity"
	"gezhi/internal/casework"
	"gezhi/internal/lang"
	"gezhi/internal/points"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/target"
	"gezhi/internal/territory"
	"gezhi/internal/theme"
	"gezhi/packs"
)

// Text is a file of the pack as it was written, for keeping as the first version of what operators edit later.
type Text struct {
	Kind    string // procedure, matters, points
	Name    string
	Version int
	Body    []byte
}

// keep remembers a text in place of one of the same kind and name.
func (p *Pack) keep(t Text) {
	p.Texts = replace(p.Texts, t, func(a Text) bool { return a.Kind == t.Kind && a.Name == t.Name })
}

// readCasework reads the matter list and the points rules — the zone's own in place of the common ones —
// and the procedures, where one of the zone with the same id replaces a common one and its limits.yaml sets single limits.
func readCasework(base, own folder, p *Pack) {
	for _, f := range []folder{base, own} {
		if data, ok := f.read("matters.yaml"); ok {
			matters, err := casework.ParseMatters(f.label("matters.yaml"), data)
			if err != nil {
				f.adopt("", err)
			}
			p.Matters = matters
			p.keep(Text{Kind: "matters", Name: "matters", Version: 1, Body: data})
		}
		if data, ok := f.read("points.yaml"); ok {
			if _, err := points.ParseRules(f.label("points.yaml"), data); err != nil {
				f.adopt("points.yaml", err)
			}
			p.keep(Text{Kind: "points", Name: "points", Version: 1, Body: data})
		}
		if data, ok := f.read("lights.yaml"); ok {
			if _, err := target.ParseSets(f.label("lights.yaml"), data); err != nil {
				f.adopt("lights.yaml", err)
			}
			p.keep(Text{Kind: "lights", Name: "lights", Version: 1, Body: data})
		}
		if data, ok := f.read("goals.yaml"); ok {
			goals, err := target.ParseGoals(f.label("goals.yaml"), data)
			if err != nil {
				f.adopt("goals.yaml", err)
			}
			p.goals = goals
			p.keep(Text{Kind: "goals", Name: "goals", Version: 1, Body: data})
		}
		if data, ok := f.read("policies.yaml"); ok {
			book, err := rules.Parse(f.label("policies.yaml"), data)
			if err == nil {
				err = book.Test()
			}
			if err != nil {
				f.adopt("", err)
			}
			p.keep(Text{Kind: "policies", Name: "policies", Version: 1, Body: data})
		}
		if data, ok := f.read("figures.yaml"); ok {
			if _, err := policy.ParseReport(f.label("figures.yaml"), data); err != nil {
				f.adopt("figures.yaml", err)
			}
			p.keep(Text{Kind: "figures", Name: "figures", Version: 1, Body: data})
		}
		if data, ok := f.read("activities.yaml"); ok {
			if _, err := activity.ParseKinds(f.label("activities.yaml"), data); err != nil {
				f.adopt("activities.yaml", err)
			}
			p.keep(Text{Kind: "activities", Name: "activities", Version: 1, Body: data})
		}
		if data, ok := f.read("themes.yaml"); ok {
			themes, err := theme.Parse(f.label("themes.yaml"), data)
			if err != nil {
				f.adopt("", err)
			} else {
				p.Themes = themes
				p.keep(Text{Kind: "themes", Name: "themes", Version: themes.Version, Body: data})
			}
		}
		f.procedures(p)
	}
	own.limits(p)
	if len(p.Matters.List) == 0 && len(own.bad) == 0 {
		own.fail("matters.yaml", 0, "没有事项清单。", "There is no matter list.")
	}
}

// CommonKinds are the kinds of activities that come with the program, for a zone installed before there were any.
func CommonKinds() (activity.Kinds, error) {
	data, err := fs.ReadFile(packs.FS, "common/activities.yaml")
	if err != nil {
		return activity.Kinds{}, err
	}
	return activity.ParseKinds("common/activities.yaml", data)
}

// CommonLights are the rule sets of lights that come with the program, for a zone installed before there were any.
func CommonLights() (target.Sets, error) {
	data, err := fs.ReadFile(packs.FS, "common/lights.yaml")
	if err != nil {
		return target.Sets{}, err
	}
	return target.ParseSets("common/lights.yaml", data)
}

// CommonFigures are the lines under which payouts are reported that come with the program, for a zone installed before there were any.
func CommonFigures() (policy.Report, error) {
	data, err := fs.ReadFile(packs.FS, "common/figures.yaml")
	if err != nil {
		return policy.Report{}, err
	}
	return policy.ParseReport("common/figures.yaml", data)
}

// CommonThemes are the themes that come with the program, for a zone installed before there were any.
func CommonThemes() (*theme.Catalog, error) {
	data, err := fs.ReadFile(packs.FS, "common/themes.yaml")
	if err != nil {
		return nil, err
	}
	return theme.Parse("common/themes.yaml", data)
}

// checkThemes checks what themes say of units and of the procedure by which they are applied for.
func (r *reader) checkThemes(p *Pack) {
	if p.Themes == nil {
		return
	}
	CheckThemes(p.Themes, p.Procedure(p.Themes.Procedure), func(code string) bool {
		return slices.ContainsFunc(p.Units, func(u territory.Unit) bool { return u.Code == code })
	}, func(line int, zh, en string, args ...any) { r.fail("themes.yaml", line, zh, en, args...) })
}

// CheckThemes checks what themes say of units and of the procedure by which they are applied for, nil when there is none
// of that name. fail is told each mistake and its line.
func CheckThemes(c *theme.Catalog, proc *casework.Procedure, isUnit func(code string) bool, fail func(line int, zh, en string, args ...any)) {
	if proc == nil {
		fail(0, "没有流程 %s。", "There is no procedure %s.", c.Procedure)
		return
	}
	for i := range c.Themes {
		t := &c.Themes[i]
		for _, x := range t.Items {
			if !isUnit(x.Unit) {
				fail(x.Line, "事项 %s 的单位 %s 不存在。", "The item %s is decided by unit %s, which does not exist.", x.ID, x.Unit)
			}
			for _, id := range x.Fields {
				for _, s := range proc.Starts {
					if !slices.ContainsFunc(s.Fields, func(w casework.Want) bool { return w.Field.ID == id }) {
						fail(x.Line, "事项 %s 需要的字段 %s 不在流程 %s 的申请表里。", "The item %s needs the field %s, which the application by %s does not ask for.", x.ID, id, proc.ID)
						break
					}
				}
			}
		}
		if days := t.Longest(); proc.Total.N > 0 && days > proc.Total.N {
			fail(t.Line, "主题 %s 各事项先后相加要 %d 个工作日，超过总时限 %d 个工作日。", "The items of theme %s take %d working days one after the other, more than the total of %d.", t.ID, days, proc.Total.N)
		}
	}
}

// checkGoals checks that each goal counts a phase of a procedure with a funnel.
func (r *reader) checkGoals(p *Pack) {
	CheckGoals(p.goals, p.Procedure, func(line int, zh, en string, args ...any) { r.fail("goals.yaml", line, zh, en, args...) })
}

// CheckGoals checks that each goal counts a phase of a procedure with a funnel. fail is told each mistake and its line.
func CheckGoals(goals []target.Goal, find func(id string) *casework.Procedure, fail func(line int, zh, en string, args ...any)) {
	for _, g := range goals {
		switch p := find(g.Procedure); {
		case p == nil:
			fail(g.Line, "目标 %s 的流程 %s 不存在。", "The goal %s counts the procedure %s, which does not exist.", g.ID, g.Procedure)
		case p.Funnel == "":
			fail(g.Line, "目标 %s 的流程 %s 不分阶段统计（没有 funnel）。", "The goal %s counts the procedure %s, which has no funnel.", g.ID, g.Procedure)
		case !slices.ContainsFunc(p.Phases, func(t lang.Text) bool { return t.ZH == g.Phase }):
			fail(g.Line, "目标 %s 的阶段“%s”不在流程 %s 里。", "The goal %s counts the phase “%s”, which the procedure %s does not have.", g.ID, g.Phase, g.Procedure)
		}
	}
}

func (f folder) procedures(p *Pack) {
	entries, err := fs.ReadDir(f.fsys, path.Join(f.dir, "procedures"))
	if err != nil {
		return // a zone need not have any of its own
	}
	for _, e := range entries {
		name := path.Join("procedures", e.Name())
		if e.IsDir() || !strings.HasSuffix(name, ".yaml") {
			continue
		}
		data, ok := f.read(name)
		if !ok {
			continue
		}
		proc, err := casework.ParseProcedure(f.label(name), data)
		if err != nil {
			f.adopt("", err)
			continue
		}
		p.Procedures = replace(p.Procedures, proc, func(a *casework.Procedure) bool { return a.ID == proc.ID })
		p.keep(Text{Kind: "procedure", Name: proc.ID, Version: proc.Version, Body: data})
	}
}
