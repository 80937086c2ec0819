package territory

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
)

func codes(areas []Area) []string {
	var out []string
	for _, a := range areas {
		out = append(out, a.Code)
	}
	return out
}

func TestAPrefixIsTheSubtree(t *testing.T) {
	all := town(3, 3, 3, 3)
	rapid.Check(t, func(t *rapid.T) {
		// Cut random subtrees out, shuffle the rest, and compare with filtering by prefix.
		areas := slices.Clone(all)
		for range rapid.IntRange(0, 6).Draw(t, "cuts") {
			if len(areas) < 2 {
				break
			}
			cut := areas[rapid.IntRange(1, len(areas)-1).Draw(t, "at")].Code
			areas = slices.DeleteFunc(areas, func(a Area) bool { return strings.HasPrefix(a.Code, cut) })
		}
		want := codes(areas)
		areas = rapid.Permutation(areas).Draw(t, "order")
		tree := mustBuild(t, areas)
		if d := cmp.Diff(want, codes(tree.All())); d != "" {
			t.Fatal(d)
		}
		for _, code := range want {
			var sub, children, above []string
			for _, c := range want {
				switch {
				case strings.HasPrefix(c, code):
					sub = append(sub, c)
					if idcode.Parent(c) == code {
						children = append(children, c)
					}
				case strings.HasPrefix(code, c):
					above = append(above, c)
				}
			}
			if d := cmp.Diff([][]string{sub, children, above}, [][]string{codes(tree.Subtree(code)), codes(tree.Children(code)), codes(tree.Ancestors(code))}); d != "" {
				t.Fatalf("%s: %s", code, d)
			}
			if tree.Leaf(code) != (len(sub) == 1) {
				t.Fatalf("%s: leaf is %v with %d in its subtree", code, tree.Leaf(code), len(sub))
			}
		}
	})
}

func TestBuildRefuses(t *testing.T) {
	year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	base := []Area{{Code: "330108", Name: "滨江区"}, {Code: "330108001", Name: "西兴街道"}}
	named := lang.Text{ZH: "园区", EN: "Park"}
	for name, c := range map[string]struct {
		areas    []Area
		overlays []Overlay
		field    string // "" when it is fine
	}{
		"nothing wrong":                           {},
		"a code with the wrong number of digits":  {areas: []Area{{Code: "33010800", Name: "x"}}, field: "code"},
		"an area without a name":                  {areas: []Area{{Code: "330108002", Name: " "}}, field: "name"},
		"an area whose parent is not there":       {areas: []Area{{Code: "330108002001", Name: "x"}}, field: "code"},
		"a code held twice at once":               {areas: []Area{{Code: "330108001", Name: "长河街道"}}, field: "code"},
		"a code held by one area after another":   {areas: []Area{{Code: "330108002", Name: "旧", Span: Span{To: year(2020)}}, {Code: "330108002", Name: "新", Span: Span{From: year(2020)}}}},
		"a span that ends before it starts":       {areas: []Area{{Code: "330108002", Name: "x", Span: Span{year(2021), year(2020)}}}, field: "valid_to"},
		"a merger into nothing":                   {areas: []Area{{Code: "330108002", Name: "x", Span: Span{To: year(2020)}, MergedInto: "330108009"}}, field: "merged_into"},
		"a merger of an area that goes on":        {areas: []Area{{Code: "330108002", Name: "x", MergedInto: "330108001"}}, field: "merged_into"},
		"a child of an area that has ended":       {areas: []Area{{Code: "330108002", Name: "x", Span: Span{To: year(2020)}}, {Code: "330108002001", Name: "y"}}, field: "code"},
		"an overlay of nothing":                   {overlays: []Overlay{{ID: "park", Name: named}}, field: "areas"},
		"an overlay of something that is no code": {overlays: []Overlay{{ID: "park", Name: named, Areas: []string{"滨和"}}}, field: "areas"},
		"two overlays of one id":                  {overlays: []Overlay{{ID: "park", Name: named, Areas: []string{"330108001"}}, {ID: "park", Name: named, Areas: []string{"330108"}}}, field: "id"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Build(append(slices.Clone(base), c.areas...), c.overlays, noon)
			var got []string
			for _, f := range fault.Fields(err) {
				got = append(got, f.Field)
				if strings.Contains(f.ZH+f.EN, "%!") {
					t.Errorf("badly formatted: %s / %s", f.ZH, f.EN)
				}
			}
			if (c.field == "") != (err == nil) || c.field != "" && !slices.Equal(got, []string{c.field}) {
				t.Errorf("got %v, want %q: %v", got, c.field, err)
			}
		})
	}
}

func TestAreasComeAndGo(t *testing.T) {
	day := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	areas := []Area{
		{Code: "330108", Name: "滨江区"}, {Code: "330108001", Name: "西兴街道"},
		{Code: "330108001001", Name: "西陵社区", Span: Span{To: day}, MergedInto: "330108001002"},
		{Code: "330108001002", Name: "水电社区", Span: Span{To: day.AddDate(1, 0, 0)}, MergedInto: "330108001003"},
		{Code: "330108001003", Name: "新社区", Span: Span{From: day}},
	}
	before, err := Build(areas, nil, day.Add(-time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := before.Area("330108001001"); !ok {
		t.Error("the area is not there a millisecond before it ends")
	}
	if _, ok := before.Area("330108001003"); ok {
		t.Error("the new area is there before it begins")
	}
	now := mustBuild(t, areas)
	if code, ok := now.Current("330108001001"); !ok || code != "330108001003" {
		t.Errorf("two mergers later: %q %v", code, ok)
	}
	if _, ok := now.Current("330108001009"); ok {
		t.Error("an area that never was has a successor")
	}
	if got := now.Path("330108001003"); got != "西兴街道 新社区" {
		t.Errorf("path %q", got)
	}
}

func TestTwoOfOneNameUnderOneParentAreAWarning(t *testing.T) {
	tree := mustBuild(t, append(town(1, 1, 0, 0), Area{Code: "330108001002", Name: "社区1"}, Area{Code: "330108002", Name: "另一街道"}, Area{Code: "330108002001", Name: "社区1"}))
	if w := tree.Warnings(); len(w) != 1 || w[0].Code != "330108001002" || !w[0].Warning {
		t.Errorf("warnings: %+v", w)
	}
}

func square(x, y, size float64) geo.MultiPolygon {
	return geo.MultiPolygon{{{{Lng: x, Lat: y}, {Lng: x + size, Lat: y}, {Lng: x + size, Lat: y + size}, {Lng: x, Lat: y + size}, {Lng: x, Lat: y}}}}
}

// drawn gives a town's areas squares: streets beside each other, and everything else in quarters.
func drawn(areas []Area) []Area {
	out := slices.Clone(areas)
	at := map[string][3]float64{"330108": {120, 30, 0.16}}
	nth := map[string]int{}
	for i := range out {
		code := out[i].Code
		if up := idcode.Parent(code); up != "" {
			s, k := at[up], nth[up]
			nth[up]++
			half := s[2] / 2
			at[code] = [3]float64{s[0] + float64(k%2)*half, s[1] + float64(k/2%2)*half, half}
		}
		out[i].Shape = square(at[code][0], at[code][1], at[code][2])
	}
	return out
}

func TestLocateAgreesWithLookingAtEveryArea(t *testing.T) {
	areas := drawn(town(4, 4, 4, 3)) // the fourth quarter of every grid belongs to no micro-grid
	for i := range areas {
		if strings.HasPrefix(areas[i].Code, "330108003") && areas[i].Level() > idcode.Community {
			areas[i].Shape = nil // boundaries unknown below the community
		}
	}
	// A neighbour that claims a strip of the first street.
	areas = append(areas, Area{Code: "330108005", Name: "争议街道", Shape: square(120.01, 30.01, 0.004)})
	tree := mustBuild(t, areas)
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.OneOf(rapid.Float64Range(-0.01, 0.17), rapid.Map(rapid.IntRange(0, 64), func(n int) float64 { return float64(n) * 0.0025 }))
		p := geo.Point{Lng: 120 + draw.Draw(t, "lng"), Lat: 30 + draw.Draw(t, "lat")}
		var in []Area
		for _, a := range tree.All() {
			if a.Shape.Contains(p) {
				in = append(in, a)
			}
		}
		want, status := Area{}, geo.Outside
		for _, a := range in {
			if len(a.Code) > len(want.Code) || len(a.Code) == len(want.Code) && a.Shape.Area() < want.Shape.Area() {
				want = a
			}
		}
		if len(in) > 0 {
			status = geo.OK
		}
		for _, a := range in {
			if !strings.HasPrefix(want.Code, a.Code) {
				status = geo.Overlap
			}
		}
		got, s := tree.Locate(p)
		if got.Code != want.Code || s != status {
			t.Fatalf("%v: got %s %s, want %s %s", p, got.Code, s, want.Code, status)
		}
	})
	if n := testing.AllocsPerRun(100, func() { tree.Locate(geo.Point{Lng: 120.011, Lat: 30.011}) }); n != 0 {
		t.Errorf("Locate allocates %v times", n)
	}
}

func TestOverlaysHoldAPointByPolygonOrByAreas(t *testing.T) {
	list := Overlay{ID: "list", Areas: []string{"330108001001"}}
	poly := Overlay{ID: "poly", Areas: []string{"330108004"}, Shape: square(120.05, 30.05, 0.06)}
	gone := Overlay{ID: "gone", Areas: []string{"330108"}, Span: Span{To: noon}}
	tree := mustBuild(t, drawn(town(4, 4, 1, 1)), list, poly, gone)
	ids := func(os []Overlay) (out []string) {
		for _, o := range os {
			out = append(out, o.ID)
		}
		return out
	}
	if got := ids(tree.OverlaysAt(geo.Point{Lng: 120.001, Lat: 30.001})); !slices.Equal(got, []string{"list"}) {
		t.Errorf("in the listed community: %v", got)
	}
	if got := ids(tree.OverlaysAt(geo.Point{Lng: 120.06, Lat: 30.06})); !slices.Equal(got, []string{"poly"}) {
		t.Errorf("in the polygon: %v", got)
	}
	if got := ids(tree.OverlaysOver("330108004001")); !slices.Equal(got, []string{"poly"}) {
		t.Errorf("over the code: %v", got)
	}
}
