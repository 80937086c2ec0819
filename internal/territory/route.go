package territory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gezhi/internal/fault"
	"gezhi/internal/idcode"
)

// Owner answers for a matter in a place: whoever has the role, in the unit when one is named,
// over an area that contains Area.
type Owner struct {
	Role string
	Unit string
	Area string
}

// Officer is the role of a unit that a route names.
const Officer = "officer"

// Route is one row of the routing table. An empty Matter, Area or Stage means every one; so does AnyMode.
type Route struct {
	Line   int    // of the file it was read from; 0 when from none
	Matter string // prefix of matter codes: E, E02, E0204
	Area   string // code, standing for its subtree; or @id of an overlay that lists areas
	Stage  string
	Mode   Mode
	// Owner is role@level ("grid_staff@grid": whoever holds the role in the grid the place lies in) or
	// unit:code. In a unit's code {district}, {street}, {community}, {grid} stand for the codes of the
	// areas the place lies in. Alternatives separated by | are tried in turn where the place is not
	// known that deep: grid_staff@grid|community_desk@community.
	Owner string
	Note  string
}

// First says what decides between two routes when one is nearer in area and the other in matter.
type First string

const (
	AreaFirst   First = "area"   // 先属地后属主, the custom for events
	MatterFirst First = "matter" // 先属主后属地, the custom for components
)

// Precedence sets First for matters with a prefix; the longest prefix that fits counts, and where
// none fits AreaFirst holds.
type Precedence struct {
	Matter string
	First  First
}

// Table is a routing table ready for look-ups. It is never changed after NewTable.
//
// Of the routes that fit, the winner is found by comparing in this order: one written for the mode
// before one for any mode; one written for the stage before one for any stage; then the longer area
// and the longer matter prefix, in the order that Precedence gives for the matter. Routes that are
// still equal and name different owners clash.
type Table struct {
	tree    *Tree
	rows    []row
	by      map[routeKey][]int32
	areas   []int    // lengths of areas used in rows, longest first
	matters []int    // lengths of matter prefixes, longest first
	stages  []string // named in rows, sorted
	modes   []Mode   // that can make a difference: Peace, and Emergency when a row names a mode
	prec    []Precedence
}

type row struct {
	Route
	alts []alternative
}

// alternative is one part of Route.Owner, parsed.
type alternative struct {
	role  string
	level Level
	unit  string // may hold one placeholder
	fill  Level  // the placeholder's level; idcode.NoLevel without one
}

type routeKey struct {
	mode                Mode
	stage, area, matter string
}

// NewTable checks routes against a tree and makes them ready. The error is a fault.List whose fields
// are routes.csv's columns: an owner that cannot be read, an area or overlay that does not exist,
// an overlay that has only a polygon, an unknown mode.
func NewTable(tree *Tree, routes []Route, prec []Precedence) (*Table, error) {
	t := &Table{tree: tree, by: map[routeKey][]int32{}, prec: slices.Clone(prec), modes: []Mode{Peace}}
	slices.SortStableFunc(t.prec, func(a, b Precedence) int { return len(b.Matter) - len(a.Matter) })
	var bad fault.List
	for _, p := range prec {
		if p.First != AreaFirst && p.First != MatterFirst {
			bad.Add("precedence", "优先次序“%s”不对：应为 area 或 matter。", "Precedence %q is unknown: use area or matter.", string(p.First))
		}
	}
	for _, r := range routes {
		alts, err := parseOwner(r.Owner)
		if err != nil {
			bad.Add("owner", "第 %[1]d 行：责任主体“%[2]s”写法不对：%[3]s。", "Row %[1]d: owner %[2]q cannot be read: %[4]s.", r.Line, r.Owner, err.ZH, err.EN)
			continue
		}
		if r.Mode != AnyMode && r.Mode != Peace && r.Mode != Emergency {
			bad.Add("mode", "第 %d 行：模式“%s”不对：应为空、peace 或 emergency。", "Row %d: mode %q is unknown: leave it empty or use peace or emergency.", r.Line, string(r.Mode))
			continue
		}
		areas, err := t.extent(r)
		if err != nil {
			bad = append(bad, err)
			continue
		}
		t.rows = append(t.rows, row{r, alts})
		for _, area := range areas {
			k := routeKey{r.Mode, r.Stage, area, r.Matter}
			t.by[k] = append(t.by[k], int32(len(t.rows)-1))
		}
	}
	t.measure()
	return t, bad.Err()
}

// extent is the areas a route stands for.
func (t *Table) extent(r Route) ([]string, *fault.Error) {
	id, isOverlay := strings.CutPrefix(r.Area, "@")
	if !isOverlay {
		if _, ok := t.tree.Area(r.Area); r.Area != "" && !ok {
			return nil, fault.Field("area", "第 %d 行：区域 %s 不存在或已失效。", "Row %d: area %s does not exist or has ended.", r.Line, r.Area)
		}
		return []string{r.Area}, nil
	}
	for _, o := range t.tree.Overlays() {
		if o.ID == id && len(o.Areas) > 0 {
			return o.Areas, nil
		}
		if o.ID == id {
			return nil, fault.Field("area", "第 %d 行：叠加区域 %s 只有边界，没有列出所含区域，不能用于派遣。",
				"Row %d: overlay %s has only a polygon; list its areas to route by it.", r.Line, id)
		}
	}
	return nil, fault.Field("area", "第 %d 行：叠加区域 %s 不存在或已失效。", "Row %d: overlay %s does not exist or has ended.", r.Line, id)
}

// parseOwner reads Route.Owner.
func parseOwner(s string) ([]alternative, *fault.Error) {
	var out []alternative
	for part := range strings.SplitSeq(s, "|") {
		part = strings.TrimSpace(part)
		if code, ok := strings.CutPrefix(part, "unit:"); ok {
			a := alternative{role: Officer, unit: code}
			if open := strings.IndexByte(code, '{'); open >= 0 {
				end := strings.IndexByte(code, '}')
				if end < open || strings.Count(code, "{") != 1 {
					return nil, fault.Field("owner", "花括号不成对", "unbalanced braces")
				}
				if a.fill = ParseLevel(code[open+1 : end]); a.fill == idcode.NoLevel {
					return nil, fault.Field("owner", "花括号里应为 district、street、community、grid 或 micro", "between braces use district, street, community, grid or micro")
				}
			}
			if code == "" {
				return nil, fault.Field("owner", "unit: 后面缺少单位代码", "a unit code is missing after unit:")
			}
			out = append(out, a)
			continue
		}
		role, level, ok := strings.Cut(part, "@")
		a := alternative{role: role, level: ParseLevel(level)}
		if !ok || role == "" || a.level == idcode.NoLevel {
			return nil, fault.Field("owner", "应为 角色@层级（如 grid_staff@grid）或 unit:单位代码", "expected role@level such as grid_staff@grid, or unit:code")
		}
		out = append(out, a)
	}
	return out, nil
}

// measure notes what look-ups need to try.
func (t *Table) measure() {
	for k := range t.by {
		if !slices.Contains(t.areas, len(k.area)) {
			t.areas = append(t.areas, len(k.area))
		}
		if !slices.Contains(t.matters, len(k.matter)) {
			t.matters = append(t.matters, len(k.matter))
		}
		if k.stage != "" && !slices.Contains(t.stages, k.stage) {
			t.stages = append(t.stages, k.stage)
		}
		if k.mode != AnyMode && len(t.modes) == 1 {
			t.modes = append(t.modes, Emergency)
		}
	}
	longest := func(a, b int) int { return b - a }
	slices.SortFunc(t.areas, longest)
	slices.SortFunc(t.matters, longest)
	slices.Sort(t.stages)
}

// first is what the table's precedence says for a matter.
func (t *Table) first(matter string) First {
	for _, p := range t.prec {
		if strings.HasPrefix(matter, p.Matter) {
			return p.First
		}
	}
	return AreaFirst
}

// Owner finds who answers for a matter in an area at a stage, and the route that says so.
// It is a NotFound fault when no route fits, or when the one that fits names a role of a level
// deeper than the area; a Conflict when equal routes name different owners.
func (t *Table) Owner(matter, area, stage string, mode Mode) (Owner, Route, error) {
	won := t.winners(matter, area, stage, mode)
	if len(won) == 0 {
		return Owner{}, Route{}, fault.New(fault.NotFound, "没有规定事项 %s 在区域 %s 的“%s”环节由谁负责，请管理员补充派遣规则。",
			"No route says who answers for matter %s in area %s at stage %q; ask an administrator to add one.", matter, area, stage)
	}
	var owner Owner
	for n, i := range won {
		o, ok := t.rows[i].owner(area)
		if !ok {
			return Owner{}, t.rows[i].Route, fault.New(fault.NotFound, "事项 %[1]s 的派遣规则（第 %[3]d 行）要求更具体的位置，区域 %[2]s 还不够。",
				"The route for matter %[1]s (row %[3]d) needs a more exact place than area %[2]s.", matter, area, t.rows[i].Line)
		}
		if n > 0 && o != owner {
			a, b := t.rows[won[0]], t.rows[i]
			return Owner{}, a.Route, fault.New(fault.Conflict, "事项 %s 在区域 %s 有两条同级的派遣规则：第 %d 行（%s）和第 %d 行（%s）。",
				"Matter %s in area %s has two equal routes: row %d (%s) and row %d (%s).", matter, area, a.Line, a.Route.Owner, b.Line, b.Route.Owner)
		}
		owner = o
	}
	return owner, t.rows[won[0]].Route, nil
}

// winners are the rows that no other fitting row beats; more than one when equal rows stand side by side.
func (t *Table) winners(matter, area, stage string, mode Mode) []int32 {
	outer, inner := t.areas, t.matters
	byMatter := t.first(matter) == MatterFirst
	if byMatter {
		outer, inner = inner, outer
	}
	for _, m := range [2]Mode{mode, AnyMode} {
		for _, s := range [2]string{stage, ""} {
			for _, o := range outer {
				for _, i := range inner {
					na, nm := o, i
					if byMatter {
						na, nm = i, o
					}
					if na > len(area) || nm > len(matter) {
						continue
					}
					if won := t.by[routeKey{m, s, area[:na], matter[:nm]}]; won != nil {
						return won
					}
				}
			}
			if stage == "" {
				break
			}
		}
		if mode == AnyMode {
			break
		}
	}
	return nil
}

// owner is the row's owner for a place, false when every alternative needs a deeper place.
func (r row) owner(area string) (Owner, bool) {
	depth := idcode.LevelOf(area)
	for _, a := range r.alts {
		switch {
		case a.unit != "" && a.fill == idcode.NoLevel:
			return Owner{Role: Officer, Unit: a.unit, Area: area}, true
		case a.unit != "" && depth >= a.fill:
			return Owner{Role: Officer, Unit: a.unitAt(area), Area: area}, true
		case a.unit == "" && depth >= a.level:
			return Owner{Role: a.role, Area: area[:a.level.Digits()]}, true
		}
	}
	return Owner{}, false
}

// unitAt is the unit's code with the placeholder filled in.
func (a alternative) unitAt(area string) string {
	return strings.ReplaceAll(a.unit, "{"+LevelID(a.fill)+"}", area[:a.fill.Digits()])
}

// String is the route as one reads it in a report.
func (r Route) String() string {
	return fmt.Sprintf("%d: %s,%s,%s,%s → %s", r.Line, cmp.Or(r.Matter, "*"), cmp.Or(r.Area, "*"), cmp.Or(r.Stage, "*"), cmp.Or(string(r.Mode), "*"), r.Owner)
}
