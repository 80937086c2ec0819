package territory

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gezhi/internal/geo"
)

func read(t *testing.T, text string) ([]Entry, int, Problems) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return Entries(rows, time.FixedZone("UTC+8", 8*3600))
}

func zone() []Area {
	return []Area{
		{Code: "330108", Name: "滨江区"},
		{Code: "330108001", Name: "西兴街道"}, {Code: "330108002", Name: "长河街道"}, {Code: "330108003", Name: "浦沿街道"},
		{Code: "330108001001", Name: "西陵社区"}, {Code: "330108001002", Name: "水电社区"},
		{Code: "330108002006", Name: "江三社区", Official: "江三社区居委会", Households: 2688},
	}
}

func TestPrecheckReportsConflictsAndJoinsNothingByCodeAlone(t *testing.T) {
	const head = "代码,名称,原名称,户数,失效日期,并入\n"
	for name, c := range map[string]struct {
		file string
		want []string // row and field of every problem
		add  int
		chg  int
		same int
	}{
		"the same areas in the long form of statistics files": {file: "330108001000,西兴街道,,,,\n330108001001,西陵社区,,,,", same: 2},
		"an official name is the same area":                   {file: "330108002006,江三社区居委会,,2688,,", same: 1},
		"a new community":                                     {file: "330108001003,庙后王社区,,,,", add: 1},
		"a new street with its community, in either order":    {file: "330108004001,甲社区,,,,\n330108004,新街道,,,,", add: 2},
		"households change":                                   {file: "330108002006,江三社区,,2700,,", chg: 1},
		"street codes of another source": {
			file: "330108002,浦沿街道,,,,\n330108003,长河街道,,,,", want: []string{"2 code", "3 code"}},
		"a code with another name":                    {file: "330108001001,西陵新社区,,,,", want: []string{"2 name"}},
		"a renaming confirmed by the old name":        {file: "330108001001,西陵新社区,西陵社区,,,", chg: 1},
		"a renaming that misremembers the old name":   {file: "330108001001,西陵新社区,东陵社区,,,", want: []string{"2 was"}},
		"two areas that exchange their names":         {file: "330108001001,水电社区,西陵社区,,,\n330108001002,西陵社区,水电社区,,,", chg: 2},
		"a name that has another code":                {file: "330108001009,西陵社区,,,,", want: []string{"2 name"}},
		"a name under another street is another area": {file: "330108002001,西陵社区,,,,", add: 1},
		"a name twice under one street in the file":   {file: "330108001003,甲社区,,,,\n330108001004,甲 社区,,,,", want: []string{"3 name"}, add: 1},
		"a code twice in the file":                    {file: "330108001003,甲社区,,,,\n330108001003,乙社区,,,,", want: []string{"3 code"}, add: 1},
		"an unknown parent":                           {file: "330108009001,甲社区,,,,", want: []string{"2 parent"}},
		"a child of a refused row is refused":         {file: "330108002,浦沿街道,,,,\n330108007,,,,,\n330108007001,甲社区,,,,", want: []string{"2 code", "3 name", "4 parent"}},
		"another district":                            {file: "330106001,北山街道,,,,", want: []string{"2 code"}},
		"a code that is none":                         {file: "3301080,甲,,,,", want: []string{"2 code"}},
		"a negative number of households":             {file: "330108001001,西陵社区,,-1,,", want: []string{"2 households"}},
		"a date that is none":                         {file: "330108001001,西陵社区,,,2026-02-30,", want: []string{"2 valid_to"}},
		"an end with a successor":                     {file: "330108001001,西陵社区,,,2026-12-31,330108001002", chg: 1},
		"a successor without an end":                  {file: "330108001001,西陵社区,,,,330108001002", want: []string{"2 merged_into"}},
		"a street that ends before its communities": {
			file: "330108001,西兴街道,,,2026-12-31,330108002", want: []string{"2 valid_to"}},
		"a street that ends with its communities": {
			file: "330108001,西兴街道,,,2026-12-31,330108002\n330108001001,西陵社区,,,2026-12-31,\n330108001002,水电社区,,,2026-12-31,", chg: 3},
		"a new community under a street that has ended": {
			file: "330108004,甲街道,,,2020-01-01,\n330108004001,乙社区,,,,", want: []string{"3 parent"}, add: 1},
		"provinces, cities and empty rows are left aside": {file: "330000000000,浙江省,,,,\n330100000000,杭州市,,,,\n,,,,,\n330108000000,滨江区,,,,", same: 1},
		"nothing but headings":                            {file: ""},
	} {
		t.Run(name, func(t *testing.T) {
			entries, _, ps := read(t, head+c.file)
			plan := Precheck(zone(), "330108", entries, noon)
			var got []string
			ps = append(ps, plan.Problems...)
			slices.SortStableFunc(ps, func(a, b Problem) int { return a.Row - b.Row })
			for _, p := range ps {
				got = append(got, fmt.Sprint(p.Row, " ", p.Field))
				if strings.Contains(p.ZH+p.EN, "%!") {
					t.Errorf("badly formatted: %s / %s", p.ZH, p.EN)
				}
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("problems: %s %v", d, ps)
			}
			if len(plan.Add) != c.add || len(plan.Change) != c.chg || plan.Unchanged != c.same {
				t.Errorf("add %v, change %+v, unchanged %d", plan.Add, plan.Change, plan.Unchanged)
			}
			if _, err := Build(plan.Apply(zone(), noon), nil, noon); err != nil {
				t.Errorf("what was accepted does not build: %v", err)
			}
		})
	}
}

func TestEntriesSaysWhichHeadingIsMissing(t *testing.T) {
	_, _, ps := read(t, "代码,街道\n330108001,西兴街道\n")
	if len(ps) != 1 || ps[0].Field != "name" || !strings.Contains(ps[0].ZH, "名称") {
		t.Errorf("%+v", ps)
	}
	if _, _, ps = Entries(nil, time.UTC); len(ps) != 1 {
		t.Errorf("an empty file: %+v", ps)
	}
	if _, _, ps = read(t, "code,name,parent,level\n330108001,西兴街道,330109,grid\n"); len(ps) != 2 {
		t.Errorf("parent and level against the code: %+v", ps)
	}
	if _, _, ps = read(t, "code,name,parent_code12,level\n330108001001,西陵社区,330108001000,5\n330108001,西兴街道,330108000000,街道\n330108,滨江区,330100000000,3\n"); len(ps) != 0 {
		t.Errorf("a statistics file: %+v", ps)
	}
}

func TestARenamedAreaKeepsItsPast(t *testing.T) {
	entries, _, _ := read(t, "code,name,was\n330108001001,新名社区,西陵社区\n")
	after := Precheck(zone(), "330108", entries, noon).Apply(zone(), noon)
	for at, want := range map[time.Time]string{noon.Add(-time.Second): "西陵社区", noon: "新名社区"} {
		tree, err := Build(after, nil, at)
		if err != nil {
			t.Fatal(err)
		}
		if a, _ := tree.Area("330108001001"); a.Name != want {
			t.Errorf("at %v: %s, want %s", at, a.Name, want)
		}
	}
}

func TestARealBoundaryReplacesAnIllustrativeOne(t *testing.T) {
	areas := zone()
	areas[4].Shape, areas[4].Illustrative = square(120.2, 30.2, 0.01), true
	entries, ps := ShapeEntries([]geo.Feature{
		{Code: "330108001001", Name: "西陵社区", Shape: square(120.2, 30.2, 0.01)},
		{Code: "330108002000", Name: "浦沿街道", Shape: square(120.1, 30.1, 0.01)},
		{Code: "330108001002", Shape: square(120.1, 30.1, 0.01)},
		{Code: "x", Name: "水电社区", Shape: square(120.1, 30.1, 0.01)},
	})
	if len(ps) != 2 || ps[0].Row != 3 || ps[1].Row != 4 {
		t.Errorf("features without code or name: %+v", ps)
	}
	plan := Precheck(areas, "330108", entries, noon)
	if len(plan.Problems) != 1 || plan.Problems[0].Row != 2 {
		t.Errorf("problems: %+v", plan.Problems)
	}
	tree, err := Build(plan.Apply(areas, noon), nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	if a, _ := tree.Area("330108001001"); a.Illustrative || len(a.Shape) == 0 {
		t.Errorf("after the import: %+v", a)
	}
}

func TestAWholeProvinceIsImported(t *testing.T) {
	const file = "../../../shared/data/divisions/33-zhejiang.csv"
	f, err := os.Open(file)
	if os.IsNotExist(err) {
		t.Skipf("SKIPPED: %s is not here, so the import of 27,036 real rows was not tried", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	entries, above, ps := Entries(rows, time.UTC)
	plan := Precheck(nil, "", entries, noon)
	tree, err := Build(plan.Apply(nil, noon), nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows in %v: %d areas, %d above the district, %d unreadable, %d refused", len(rows)-1, time.Since(began).Round(time.Millisecond), tree.Len(), above, len(ps), len(plan.Problems))
	for _, p := range append(ps, plan.Problems...)[:min(12, len(ps)+len(plan.Problems))] {
		t.Logf("row %d: %s", p.Row, p.ZH)
	}
	if above != 12 || tree.Len()+above+len(ps)+len(plan.Problems) != len(rows)-1 {
		t.Error("some rows are neither imported nor reported")
	}
	again := Precheck(tree.All(), "", entries, noon)
	if again.Unchanged != tree.Len() || len(again.Add)+len(again.Change) != 0 {
		t.Errorf("the same file again: %d unchanged, %d added, %d changed", again.Unchanged, len(again.Add), len(again.Change))
	}
}
