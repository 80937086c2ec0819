package territory

import (
	"slices"
	"strings"

	"gezhi/internal/idcode"
)

// checkAreas looks at areas one by one and at areas of one code side by side, whenever they hold.
func checkAreas(areas []Area) Problems {
	var ps Problems
	byCode := make(map[string][]int, len(areas))
	for i, a := range areas {
		byCode[a.Code] = append(byCode[a.Code], i)
	}
	for i, a := range areas {
		switch {
		case a.Level() == idcode.NoLevel:
			ps.add(0, a.Code, "code", "区划代码“%s”（%s）格式不对：应为 6、9、12、15 或 17 位数字。",
				"Area code %q (%s) is malformed: expected 6, 9, 12, 15 or 17 digits.", a.Code, a.Name)
		case strings.TrimSpace(a.Name) == "":
			ps.add(0, a.Code, "name", "区域 %s 没有名称。", "Area %s has no name.", a.Code)
		}
		if !a.Sane() {
			ps.add(0, a.Code, "valid_to", "区域 %s（%s）的失效日期不晚于生效日期。",
				"Area %s (%s) ends before it starts.", a.Code, a.Name)
		}
		if a.MergedInto != "" {
			if _, ok := byCode[a.MergedInto]; !ok || a.MergedInto == a.Code || a.To.IsZero() {
				ps.add(0, a.Code, "merged_into", "区域 %s（%s）并入 %s：并入的区域须存在且不是自己，本区域须有失效日期。",
					"Area %s (%s) is merged into %s: that area must exist and be another one, and this one must have an end.", a.Code, a.Name, a.MergedInto)
			}
		}
		for _, j := range byCode[a.Code] {
			if j < i && a.Overlaps(areas[j].Span) {
				ps.add(0, a.Code, "code", "代码 %s 同时属于“%s”和“%s”。",
					"Code %s belongs to %q and %q at the same time.", a.Code, areas[j].Name, a.Name)
				break
			}
		}
	}
	return ps
}

// checkLinks finds areas whose parent does not hold at the tree's moment.
func (t *Tree) checkLinks() Problems {
	var ps Problems
	for _, a := range t.areas {
		up := idcode.Parent(a.Code)
		if _, ok := t.at[up]; up != "" && !ok {
			ps.add(0, a.Code, "code", "区域 %s（%s）的上级 %s 不存在或已失效。",
				"The parent of area %s (%s), %s, does not exist or has ended.", a.Code, a.Name, up)
		}
	}
	return ps
}

// checkNames warns of areas that cannot be told apart by name under one parent.
func (t *Tree) checkNames() Problems {
	type key struct{ parent, name string }
	var ps Problems
	seen := make(map[key]string, len(t.areas))
	for _, a := range t.areas {
		k := key{idcode.Parent(a.Code), a.Name}
		if first, twice := seen[k]; twice {
			ps.warn(0, a.Code, "name", "%s 和 %s 在同一上级下重名：“%s”。",
				"%s and %s have the same name under one parent: %q.", first, a.Code, a.Name)
			continue
		}
		seen[k] = a.Code
	}
	return ps
}

func checkOverlays(overlays []Overlay) Problems {
	var ps Problems
	for i, o := range overlays {
		if o.ID == "" || slices.ContainsFunc(overlays[:i], func(p Overlay) bool { return p.ID == o.ID && p.Overlaps(o.Span) }) {
			ps.add(0, o.ID, "id", "叠加区域标识“%s”为空或重复。", "Overlay id %q is empty or taken.", o.ID)
		}
		if len(o.Areas) == 0 && len(o.Shape) == 0 {
			ps.add(0, o.ID, "areas", "叠加区域“%[1]s”既没有边界也没有所含区域。", "Overlay %[2]q has neither a polygon nor areas.", o.Name.ZH, o.ID)
		}
		for _, code := range o.Areas {
			if idcode.LevelOf(code) == idcode.NoLevel {
				ps.add(0, o.ID, "areas", "叠加区域“%s”所含区域代码“%s”格式不对。", "Overlay %q lists %q, which is no area code.", o.Name.ZH, code)
			}
		}
		if !o.Sane() {
			ps.add(0, o.ID, "valid_to", "叠加区域“%s”的失效日期不晚于生效日期。", "Overlay %q ends before it starts.", o.Name.ZH)
		}
	}
	return ps
}
