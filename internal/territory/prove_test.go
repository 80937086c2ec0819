package territory

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"gezhi/internal/idcode"
	"gezhi/internal/lang"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// town is a district with the given number of streets, communities per street, grids per community
// and micro-grids per grid, in areas with names but without shapes.
func town(streets, communities, grids, micros int) []Area {
	out := []Area{{Code: "330108", Name: "滨江区"}}
	add := func(code, name string) string {
		out = append(out, Area{Code: code, Name: name})
		return code
	}
	for s := range streets {
		street := add(fmt.Sprintf("330108%03d", s+1), fmt.Sprintf("街道%d", s+1))
		for c := range communities {
			com := add(fmt.Sprintf("%s%03d", street, c+1), fmt.Sprintf("社区%d", c+1))
			for g := range grids {
				grid := add(fmt.Sprintf("%s%03d", com, g+1), fmt.Sprintf("第%d网格", g+1))
				for m := range micros {
					add(fmt.Sprintf("%s%02d", grid, m+1), fmt.Sprintf("%d-%d微网格", g+1, m+1))
				}
			}
		}
	}
	return out
}

func mustBuild(t interface{ Fatal(...any) }, areas []Area, overlays ...Overlay) *Tree {
	tree, err := Build(areas, overlays, noon)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func mustTable(t interface{ Fatal(...any) }, tree *Tree, routes []Route, prec ...Precedence) *Table {
	table, err := NewTable(tree, routes, prec)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

var (
	testMatters = []string{"E0101", "E0102", "E0201", "P0101", "P0301"}
	testKinds   = []PostKind{{ID: "grid_staff", Level: idcode.Grid, Min: 1}, {ID: "mg_info", Level: idcode.Micro, Min: 1}}
	testRoles   = []Role{{ID: "desk", Levels: []Level{idcode.District, idcode.Street, idcode.Community}}}
	testUnits   = []Unit{
		{Code: "gas", Area: "330108"},
		{Code: "old", Area: "330108", Span: Span{To: noon.AddDate(-1, 0, 0)}},
		{Code: "west", Area: "330108001"},
		{Code: "office.330108001", Area: "330108001"},
		{Code: "committee.330108001001", Area: "330108"},
	}
)

// The oracle asks every pair one by one and ranks rows by its own reading of Table's comment.
func TestProveAgreesWithAskingEveryPair(t *testing.T) {
	areas := town(2, 2, 2, 2)
	areas = areas[:len(areas)-2] // the last grid has no micro-grids
	areas = append(areas, Area{Code: "330108003", Name: "空街道"})
	park := Overlay{ID: "park", Name: lang.Text{ZH: "园区", EN: "Park"}, Areas: []string{"330108001001", "330108002002001"}}
	codes := []string{"", "@park"}
	for _, a := range areas {
		codes = append(codes, a.Code)
	}
	stages := []string{"file", "handle", "check"}
	rapid.Check(t, func(t *rapid.T) {
		tree := mustBuild(t, areas, park)
		routes := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Route {
			return Route{
				Matter: rapid.SampledFrom([]string{"", "E", "E01", "E0102", "P", "P03"}).Draw(t, "matter"),
				Area:   rapid.SampledFrom(codes).Draw(t, "area"),
				Stage:  rapid.SampledFrom([]string{"", "", "handle", "check"}).Draw(t, "stage"),
				Mode:   rapid.SampledFrom([]Mode{AnyMode, AnyMode, Peace, Emergency}).Draw(t, "mode"),
				Owner: rapid.SampledFrom([]string{"unit:gas", "unit:old", "unit:west", "unit:nobody", "unit:office.{street}", "unit:committee.{community}|unit:gas",
					"grid_staff@grid", "mg_info@micro|grid_staff@grid|desk@district", "desk@community", "clerk@grid"}).Draw(t, "owner"),
			}
		}), 0, 12).Draw(t, "routes")
		for i := range routes {
			routes[i].Line = i + 2
		}
		prec := []Precedence{{Matter: "P", First: MatterFirst}}
		table := mustTable(t, tree, routes, prec...)
		got := Prove(table, Question{Matters: testMatters, Stages: stages, Units: testUnits, Kinds: testKinds, Roles: testRoles, Most: 1000})

		modes := []Mode{Peace}
		if slices.ContainsFunc(routes, func(r Route) bool { return r.Mode != AnyMode }) {
			modes = append(modes, Emergency)
		}
		var leaves Tally
		var levels [idcode.Micro + 1]Tally
		for _, m := range testMatters {
			for _, a := range tree.All() {
				worst := 1 // owners: 1, none as 2, several as 3
				for _, s := range stages {
					for _, mode := range modes {
						worst = max(worst, slowCount(tree, routes, m, a.Code, s, mode))
					}
				}
				count := func(t *Tally) {
					switch worst {
					case 1:
						t.One++
					case 2:
						t.None++
					case 3:
						t.Several++
					}
				}
				count(&levels[a.Level()])
				if len(tree.Children(a.Code)) == 0 {
					count(&leaves)
				}
			}
		}
		if d := cmp.Diff(leaves, got.Leaves); d != "" {
			t.Fatalf("leaves, slow against fast: %s", d)
		}
		if d := cmp.Diff(levels, got.Levels); d != "" {
			t.Fatalf("levels, slow against fast: %s", d)
		}
		if bad := got.Leaves.None+got.Leaves.Several > 0; bad && len(got.Findings) == 0 {
			t.Fatal("the tally is bad and no finding says why")
		}
	})
}

// slowCount is 1 for exactly one good owner, 2 for none, 3 for several.
func slowCount(tree *Tree, routes []Route, matter, area, stage string, mode Mode) int {
	rank := func(r Route) (best string, fits bool) {
		tops := []string{r.Area}
		if r.Area == "@park" {
			tops = []string{"330108001001", "330108002002001"}
		}
		for _, top := range tops {
			if !strings.HasPrefix(area, top) || !strings.HasPrefix(matter, r.Matter) ||
				(r.Stage != "" && r.Stage != stage) || (r.Mode != "" && r.Mode != mode) {
				continue
			}
			flag := func(s string) int { return min(1, len(s)) }
			a, b := len(top), len(r.Matter)
			if strings.HasPrefix(matter, "P") {
				a, b = b, a
			}
			best, fits = max(best, fmt.Sprintf("%d%d%02d%02d", flag(string(r.Mode)), flag(r.Stage), a, b)), true
		}
		return best, fits
	}
	top, owners := "", map[string]bool{}
	for _, r := range routes {
		k, fits := rank(r)
		switch {
		case !fits || k < top:
			continue
		case k > top:
			top, owners = k, map[string]bool{}
		}
		owners[slowOwner(r.Owner, area)] = true
	}
	delete(owners, "")
	if len(owners) == 0 {
		return 2
	}
	if top == "" {
		return 2
	}
	return slowVerdict(owners, routes, rank, top, area)
}

// slowVerdict also treats a tie in which one row has no owner for the place as none, as Prove does.
func slowVerdict(owners map[string]bool, routes []Route, rank func(Route) (string, bool), top, area string) int {
	seen := map[string]bool{}
	for _, r := range routes {
		if k, fits := rank(r); fits && k == top {
			o := slowOwner(r.Owner, area)
			if o == "" {
				return 2
			}
			seen[o] = true
			if len(seen) > 1 {
				return 3
			}
		}
	}
	for o := range owners {
		if strings.HasPrefix(o, "!") {
			return 2
		}
	}
	return 1
}

// slowOwner is the owner as text, "" when the place is not known deep enough, with ! when it does not exist.
func slowOwner(owner, area string) string {
	n := len(area)
	switch owner {
	case "unit:gas":
		return "gas"
	case "unit:old", "unit:nobody":
		return "!" + owner
	case "unit:west":
		if strings.HasPrefix(area, "330108001") {
			return "west"
		}
		return "!west"
	case "unit:office.{street}":
		if n < 9 {
			return ""
		}
		if area[:9] == "330108001" {
			return "office1"
		}
		return "!office" + area[:9]
	case "unit:committee.{community}|unit:gas":
		if n < 12 {
			return "gas"
		}
		if area[:12] == "330108001001" {
			return "committee1"
		}
		return "!committee" + area[:12]
	case "grid_staff@grid":
		if n < 15 {
			return ""
		}
		return "staff" + area[:15]
	case "clerk@grid":
		if n < 15 {
			return ""
		}
		return "!clerk" + area[:15]
	case "desk@community":
		if n < 12 {
			return ""
		}
		return "desk" + area[:12]
	}
	if n == 17 {
		return "info" + area
	}
	if n == 15 {
		return "staff" + area
	}
	return "desk" + area[:6]
}

func TestAPlantedHoleAndAPlantedDoubleAreNamed(t *testing.T) {
	tree := mustBuild(t, town(2, 2, 2, 3))
	good := []Route{
		{Line: 2, Owner: "desk@district"},
		{Line: 3, Stage: "handle", Area: "330108001", Owner: "grid_staff@grid|desk@street"},
		{Line: 4, Stage: "handle", Area: "330108002", Owner: "grid_staff@grid|desk@street"},
	}
	question := Question{Matters: testMatters, Stages: []string{"file", "handle"}, Units: testUnits, Kinds: testKinds, Roles: testRoles}
	for name, c := range map[string]struct {
		routes []Route
		want   Finding
		leaves Tally
	}{
		"two rows of equal rank clash": {
			routes: append(slices.Clone(good), Route{Line: 5, Area: "330108002001", Stage: "handle", Matter: "E01", Owner: "unit:gas"},
				Route{Line: 6, Area: "330108002001", Stage: "handle", Matter: "E01", Owner: "desk@community"}),
			want: Finding{Several: true, Matters: []string{"E0101", "E0102"}, Stages: []string{"handle"}, Mode: Peace, Area: "330108002001", Areas: 9,
				Why: lang.Text{ZH: "同级规则给出不同的责任主体", EN: "equal rows name different owners"}},
			leaves: Tally{One: 5*24 - 12, Several: 12},
		},
		"a unit that has been dissolved answers for nothing": {
			routes: append(slices.Clone(good), Route{Line: 5, Matter: "P0301", Area: "330108001002", Stage: "file", Owner: "unit:old"}),
			want: Finding{Matters: []string{"P0301"}, Stages: []string{"file"}, Mode: Peace, Area: "330108001002", Areas: 9,
				Why: lang.Text{ZH: "单位 old 已撤销或尚未设立", EN: "unit old has ended or not begun"}},
			leaves: Tally{One: 5*24 - 6, None: 6},
		},
		"no row fits": {
			routes: good[1:],
			want: Finding{Matters: testMatters, Stages: []string{"file"}, Mode: Peace, Area: "330108", Areas: 39,
				Why: lang.Text{ZH: "没有适用的派遣规则", EN: "no row applies"}},
			leaves: Tally{None: 5 * 24},
		},
		"a post that is not in the establishment": {
			routes: append(slices.Clone(good), Route{Line: 5, Area: "330108001001001", Stage: "handle", Owner: "mg_boss@micro|grid_staff@grid"}),
			want: Finding{Matters: testMatters, Stages: []string{"handle"}, Mode: Peace, Area: "33010800100100101", Areas: 3,
				Why: lang.Text{ZH: "岗位设置中没有“mg_boss”（微网格）", EN: "the establishment has no mg_boss at the level micro"}},
			leaves: Tally{One: 5*24 - 15, None: 15},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := Prove(mustTable(t, tree, c.routes), question)
			if p.Holds() {
				t.Fatal("the proof holds")
			}
			if p.Leaves != c.leaves {
				t.Errorf("leaves %+v, want %+v", p.Leaves, c.leaves)
			}
			i := slices.IndexFunc(p.Findings, func(f Finding) bool {
				f.Rows = nil
				return cmp.Equal(f, c.want)
			})
			if i < 0 {
				t.Errorf("not among the findings: %+v\n%s", c.want, cmp.Diff([]Finding{c.want}, p.Findings))
			}
		})
	}
	if p := Prove(mustTable(t, tree, good), question); !p.Holds() || p.Leaves != (Tally{One: 5 * 24}) || len(p.Idle) > 0 {
		t.Errorf("the good table does not hold: %+v", p)
	}
}

func TestRowsThatNameNothingAreStrangeAndRowsThatDecideNothingIdle(t *testing.T) {
	tree := mustBuild(t, town(1, 1, 1, 1))
	p := Prove(mustTable(t, tree, []Route{
		{Line: 2, Owner: "desk@district"},
		{Line: 3, Stage: "handel", Owner: "unit:gas"},
		{Line: 4, Matter: "X9", Owner: "unit:gas"},
		{Line: 5, Area: "330108", Owner: "unit:gas"},
	}), Question{Matters: testMatters, Stages: []string{"handle"}, Units: testUnits, Kinds: testKinds, Roles: testRoles})
	if p.Holds() || len(p.Strange) != 2 || p.Strange[0].Rows[0].Line != 3 || p.Strange[1].Rows[0].Line != 4 {
		t.Errorf("strange: %+v", p.Strange)
	}
	if len(p.Idle) != 1 || p.Idle[0].Line != 2 {
		t.Errorf("idle: %+v", p.Idle)
	}
}

func BenchmarkProve(b *testing.B) {
	for name, size := range map[string][2]int{"3000": {10, 6}, "100000": {40, 50}} {
		areas := town(5, 10, size[0], size[1])
		tree := mustBuild(b, areas)
		var matters []string
		for i := range 54 {
			matters = append(matters, fmt.Sprintf("E%02d%02d", i/10+1, i%10))
		}
		routes := []Route{{Owner: "desk@district"}, {Stage: "handle", Owner: "unit:committee.{community}|unit:gas"}, {Mode: Emergency, Owner: "unit:gas"}}
		units := testUnits
		for _, a := range areas {
			if a.Level() == idcode.Community {
				units = append(units, Unit{Code: "committee." + a.Code, Area: a.Code})
			}
		}
		for i, m := range matters {
			routes = append(routes, Route{Matter: m, Stage: "handle", Area: areas[1+i].Code, Owner: "unit:gas"})
		}
		table := mustTable(b, tree, routes)
		q := Question{Matters: matters, Stages: []string{"verify", "file", "dispatch", "handle", "check"}, Units: units, Kinds: testKinds, Roles: testRoles}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if p := Prove(table, q); !p.Holds() {
					b.Fatalf("%+v", p.Findings)
				}
			}
		})
		b.Run("owner-"+name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				table.Owner(matters[i%54], areas[(i*7919)%len(areas)].Code, "handle", Peace)
			}
		})
	}
}
