package pack

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/idcode"
	"gezhi/internal/territory"
	"gezhi/packs"
)

// small is a pack of one street; edit changes its files, a nil content takes one away.
func small(t *testing.T, edit map[string]string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for name, text := range map[string]string{
		"zone.yaml":     "code: 330108\nslug: small\nname: {zh: 小区, en: Small}\nhours: \"09:00-17:00\"\nprocedures: [grid-event]\n",
		"divisions.csv": "code12,name,level,parent_code12\n330108000000,滨江区,3,330100000000\n330108001000,西兴街道,4,330108000000\n330108001001,西陵社区,5,330108001000\n",
		"areas.csv":     "code,name,households\n330108001001001,第一网格,420\n33010800100100101,1-1微网格,60\n33010800100100102,1-2微网格,\n",
		"routes.csv":    "matter,area,stage,mode,owner,note\n,,,,unit:law,\n,,verifying,,grid_staff@grid|district_desk@district,\n",
	} {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for name, text := range edit {
		out[name] = &fstest.MapFile{Data: []byte(text)}
		if text == "" {
			delete(out, name)
		}
	}
	return out
}

func TestAPackOfOnesOwn(t *testing.T) {
	p, err := Load(small(t, nil), ".")
	if err != nil {
		t.Fatal(err)
	}
	proof, err := p.Prove(noon, 10)
	if err != nil || !proof.Holds() {
		t.Fatalf("%v %+v %+v", err, proof.Findings, proof.Strange)
	}
	tree, _ := p.Tree(noon)
	if a, _ := tree.Area("33010800100100101"); a.Households != 60 || a.Illustrative {
		t.Errorf("%+v", a)
	}
	if len(p.Posts) != 8 || len(p.Matters.List) != 54 || p.Procedure("grid-event") == nil {
		t.Errorf("what all zones share is not there: %d posts, %d matters", len(p.Posts), len(p.Matters.List))
	}
	if !slices.ContainsFunc(p.Units, func(u territory.Unit) bool {
		return u.Code == "committee.330108001001" && u.Name.ZH == "西陵社区居民委员会" && u.Example
	}) {
		t.Errorf("no committee for the community: %+v", p.Units)
	}
}

func TestAZoneHasLimitsOfItsOwn(t *testing.T) {
	p, err := Load(small(t, map[string]string{"limits.yaml": "complaint:\n  basis: [示例：某地办法]\n  clocks: {review: 2work_day, handle: 5work_day}\n"}), ".")
	if err != nil {
		t.Fatal(err)
	}
	proc := p.Procedure("complaint")
	for id, want := range map[string]string{"review": "2work_day", "handle": "5work_day", "feedback": "5work_day"} {
		if c, _ := proc.Clock(id); c.Limit.String() != want {
			t.Errorf("%s: %s", id, c.Limit)
		}
	}
	if n := len(proc.Basis); proc.Basis[n-1] != "示例：某地办法" {
		t.Errorf("what the limits rest on is not said: %v", proc.Basis)
	}
	for _, x := range p.Texts {
		if x.Name != "complaint" {
			continue
		}
		if kept, err := casework.ParseProcedure("kept", x.Body); err != nil || !slices.Equal(kept.Basis, proc.Basis) || !strings.Contains(string(x.Body), "limit: 2work_day, runs: review") {
			t.Errorf("what is kept says something else: %v", err)
		}
	}
}

func TestThePlantedHoleAndThePlantedDoubleAreNamed(t *testing.T) {
	const rows = "matter,area,stage,mode,owner,note\nE,,,,unit:law,\n,,verifying,,grid_staff@grid|district_desk@district,\n"
	for name, c := range map[string]struct {
		rows    string
		several bool
		matter  string
		area    string
		lines   []int
	}{
		"a double": {rows + "E0403,330108001001001,handling,,unit:gas,\nE0403,330108001001001,handling,,unit:power,\n", true, "E0403", "330108001001001", []int{4, 5}},
		"a hole":   {strings.ReplaceAll(rows, "\nE,", "\nE01,") + "E02,,,,unit:law,\nE03,,,,unit:law,\nE04,,,,unit:law,\n", false, "E0501", "330108", nil},
		"a unit that does not exist in one micro-grid": {rows + "E0101,33010800100100102,,,unit:nobody,\n", false, "E0101", "33010800100100102", []int{4}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Load(small(t, map[string]string{"routes.csv": c.rows}), ".")
			if err != nil {
				t.Fatal(err)
			}
			proof, err := p.Prove(noon, 10)
			if err != nil || proof.Holds() {
				t.Fatalf("the proof holds, or %v", err)
			}
			if !slices.ContainsFunc(proof.Findings, func(f territory.Finding) bool {
				var lines []int
				for _, r := range f.Rows {
					lines = append(lines, r.Line)
				}
				return f.Several == c.several && slices.Contains(f.Matters, c.matter) && f.Area == c.area && slices.Equal(lines, c.lines)
			}) {
				t.Errorf("not named: %+v", proof.Findings)
			}
		})
	}
}

func TestEveryMistakeIsReportedWithItsFileAndLine(t *testing.T) {
	good := small(t, nil)
	text := func(name string) string { return string(good[name].Data) }
	for name, c := range map[string]struct {
		edit map[string]string
		want []string
	}{
		"no zone file":                  {map[string]string{"zone.yaml": ""}, []string{"zone.yaml"}},
		"a zone that is no district":    {map[string]string{"zone.yaml": "code: 3301\nslug: x1\nname: {zh: 甲, en: A}\nhours: \"9-\"\n"}, []string{"zone.yaml:1", "zone.yaml:4"}},
		"an unknown key":                {map[string]string{"zone.yaml": text("zone.yaml") + "colour: red\n"}, []string{"zone.yaml:6"}},
		"a procedure that is not there": {map[string]string{"zone.yaml": strings.Replace(text("zone.yaml"), "grid-event", "grid-evnt", 1)}, []string{"zone.yaml"}},
		"no divisions":                  {map[string]string{"divisions.csv": ""}, []string{"divisions.csv"}},
		"two bad rows":                  {map[string]string{"areas.csv": "code,name\n330108001002001,第一网格\n33010800100,甲\n"}, []string{"areas.csv:2", "areas.csv:3"}},
		"broken quotes":                 {map[string]string{"areas.csv": "code,name\n330108001001001,\"第一网格\n"}, []string{"areas.csv:2"}},
		"a route to an owner that cannot be read and one to an unknown area": {
			map[string]string{"routes.csv": "matter,area,stage,mode,owner,note\n,,,,law,\n,330108009,,,unit:law,\n,,,war,unit:law,\n"}, []string{"routes.csv:2", "routes.csv:3", "routes.csv:4"}},
		"a column of routes is missing":         {map[string]string{"routes.csv": "matter,area,stage,owner\n"}, []string{"routes.csv:1"}},
		"a unit without a name":                 {map[string]string{"units.yaml": "units:\n  - {code: a}\n"}, []string{"units.yaml:2"}},
		"a unit in an area that is not there":   {map[string]string{"units.yaml": "units:\n  - {code: a, name: {zh: 甲}, area: \"330108005\"}\n"}, []string{"units.yaml"}},
		"a post at a level that is none":        {map[string]string{"posts.yaml": "posts:\n  - {id: a, name: {zh: 甲}, level: floor}\n"}, []string{"posts.yaml:2"}},
		"an overlay of areas that are unknown":  {map[string]string{"overlays.yaml": "overlays:\n  - {id: a, kind: park, name: {zh: 甲}, areas: [\"330108005\"]}\n"}, []string{"overlays.yaml"}},
		"grids drawn over grids that are there": {map[string]string{"zone.yaml": text("zone.yaml") + "grids: {grids: 1, micro: 1}\n"}, []string{"zone.yaml"}},
		"limits of a procedure that is not there, and without their basis": {
			map[string]string{"limits.yaml": "complain:\n  basis: [示例]\n  clocks: {review: 3work_day}\ncomplaint:\n  clocks: {review: 3work_day}\n"}, []string{"limits.yaml:2", "limits.yaml:5"}},
		"a clock that is not there, and a limit that is none": {
			map[string]string{"limits.yaml": "complaint:\n  basis: [示例]\n  clocks:\n    reviw: 3work_day\n    handle: 15days\n"}, []string{"limits.yaml:4", "limits.yaml:5"}},
		"a matter list that cannot be read": {map[string]string{"matters.yaml": "matters: 3\n"}, []string{"matters.yaml:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(small(t, c.edit), ".")
			var got []string
			for _, f := range fault.Fields(err) {
				if strings.Contains(f.ZH+f.EN, "%!") {
					t.Errorf("badly formatted: %s / %s", f.ZH, f.EN)
				}
				if !slices.Contains(got, f.Field) {
					got = append(got, f.Field)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v: %v", got, c.want, err)
			}
		})
	}
}

func TestIllustrativeGridsHaveTheNamesNumbersAndPlacesTheyShould(t *testing.T) {
	p, err := Open("yangling")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := p.Tree(noon)
	if err != nil {
		t.Fatal(err)
	}
	if n := tree.Count(); n[idcode.Grid] != 160 || n[idcode.Micro] != 900 {
		t.Errorf("counts %v", n)
	}
	for code, want := range map[string]string{
		"610403001208": "半个城村", "610403001225": "代家坡村", "610403002107": "阳光社区", "610403003008": "康乐西路社区", "610403001001": "凤岗路社区",
		"610403001001001": "第一网格", "610403001001002": "第二网格", "61040300100100203": "2-3微网格",
	} {
		if a, _ := tree.Area(code); a.Name != want {
			t.Errorf("%s is named %q, want %q", code, a.Name, want)
		}
	}
	for _, a := range tree.All() {
		if !a.Illustrative || len(a.Shape) == 0 {
			t.Fatalf("%s %s: illustrative %v, %d polygons", a.Code, a.Name, a.Illustrative, len(a.Shape))
		}
		if !tree.Leaf(a.Code) {
			continue
		}
		if a.Level() != idcode.Micro {
			t.Fatalf("%s %s has no micro-grids", a.Code, a.Name)
		}
		if got, status := tree.LocateCode(a.Shape.Inside()); got != a.Code || status != geo.OK {
			t.Fatalf("the middle of %s is found in %s, %s", a.Code, got, status)
		}
	}
	again, err := Open("yangling")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(p.Areas, again.Areas, func(a, b territory.Area) bool {
		return a.Code == b.Code && a.Shape.Bounds() == b.Shape.Bounds()
	}) {
		t.Error("drawn twice, the areas differ")
	}
}

func TestRealDivisions(t *testing.T) {
	for slug, want := range map[string][2]int{"binjiang": {3, 67}, "yangling": {5, 76}} {
		data, err := fs.ReadFile(packs.FS, slug+"/divisions.csv")
		if err != nil {
			t.Fatal(err)
		}
		if licence, err := fs.ReadFile(packs.FS, slug+"/divisions.LICENSE"); err != nil || len(licence) == 0 {
			t.Error("the licence is not beside the data")
		}
		var streets, communities int
		for line := range strings.Lines(string(data)) {
			switch l := idcode.LevelOf(idcode.Short(strings.SplitN(line, ",", 2)[0])); l {
			case idcode.Street:
				streets++
			case idcode.Community:
				communities++
			}
		}
		if got := [2]int{streets, communities}; got != want {
			t.Errorf("%s: %v streets and communities, want %v", slug, got, want)
		}
	}
}

func TestNumeral(t *testing.T) {
	for n, want := range map[int]string{1: "一", 10: "十", 12: "十二", 20: "二十", 35: "三十五", 100: "一百", 105: "一百零五", 110: "一百一十", 999: "九百九十九", 1000: "1000"} {
		if got := Numeral(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
