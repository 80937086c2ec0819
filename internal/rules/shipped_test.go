package rules_test

import (
	"io/fs"
	"testing"

	"gezhi/internal/fault"
	"gezhi/internal/rules"
	"gezhi/packs"
)

// TestTheShippedItemsComeToTheirExamples runs the worked examples of the items that come with the program.
func TestTheShippedItemsComeToTheirExamples(t *testing.T) {
	src, err := fs.ReadFile(packs.FS, "common/policies.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b, err := rules.Parse("policies.yaml", src)
	for _, f := range fault.Fields(err) {
		t.Error(f.Field, f.EN)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fault.Fields(b.Test()) {
		t.Error(f.Field, f.EN)
	}
	if len(b.Items) < 12 {
		t.Errorf("%d items", len(b.Items))
	}
	for _, x := range b.Items {
		if len(x.Examples) == 0 {
			t.Errorf("%s has no worked example", x.ID)
		}
	}
}

// sizes are the limits of 工信部联企业〔2011〕300 号 as its table has them: staff, revenue and assets in 万元 from which an enterprise is
// large, medium and small. -1: the industry does not go by it.
var sizes = map[string][3][3]int64{
	"A0111": {{-1, 20000, -1}, {-1, 500, -1}, {-1, 50, -1}}, "B0610": {{1000, 40000, -1}, {300, 2000, -1}, {20, 300, -1}}, "C3912": {{1000, 40000, -1}, {300, 2000, -1}, {20, 300, -1}},
	"E4710": {{-1, 80000, 80000}, {-1, 6000, 5000}, {-1, 300, 300}}, "F5111": {{200, 40000, -1}, {20, 5000, -1}, {5, 1000, -1}}, "F5211": {{300, 20000, -1}, {50, 500, -1}, {10, 100, -1}},
	"G5411": {{1000, 30000, -1}, {300, 3000, -1}, {20, 200, -1}}, "G5911": {{200, 30000, -1}, {100, 1000, -1}, {20, 100, -1}}, "G6010": {{1000, 30000, -1}, {300, 2000, -1}, {20, 100, -1}},
	"H6110": {{300, 10000, -1}, {100, 2000, -1}, {10, 100, -1}}, "H6210": {{300, 10000, -1}, {100, 2000, -1}, {10, 100, -1}}, "I6410": {{2000, 100000, -1}, {100, 1000, -1}, {10, 100, -1}},
	"I6510": {{300, 10000, -1}, {100, 1000, -1}, {10, 50, -1}}, "K7010": {{-1, 200000, 10000}, {-1, 1000, 5000}, {-1, 100, 2000}}, "K7020": {{1000, 5000, -1}, {300, 1000, -1}, {100, 500, -1}},
	"L7211": {{300, -1, 120000}, {100, -1, 8000}, {10, -1, 100}}, "M7310": {{300, -1, -1}, {100, -1, -1}, {10, -1, -1}},
}

func TestSizesFollowTheTable(t *testing.T) {
	src, err := fs.ReadFile(packs.FS, "common/policies.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b, err := rules.Parse("policies.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	plan := b.AsOf(20_000)
	fields := []int{b.Field("staff"), b.Field("revenue"), b.Field("assets")}
	unit := []int64{1, 1_000_000, 1_000_000} // 万元 in 分
	size := func(industry string, values [3]int64) string {
		p := rules.Profile{Values: make([]rules.Value, len(b.Fields))}
		p.Values[b.Field("industry")] = rules.Coded(industry)
		for i, v := range values {
			if v >= 0 {
				p.Values[fields[i]] = rules.Known(v)
			}
		}
		v := plan.Derive(p).Values[b.Field("size")]
		if !v.Known {
			return "待判"
		}
		return b.Fields[b.Field("size")].Choices[v.N].ID
	}
	seen := map[string]int{}
	for industry, limits := range sizes {
		var near [3][]int64 // each limit, just below it, and not known
		for i := range 3 {
			near[i] = []int64{-1}
			for _, tier := range limits {
				if tier[i] >= 0 {
					near[i] = append(near[i], tier[i]*unit[i], tier[i]*unit[i]-1)
				}
			}
		}
		for _, x := range near[0] {
			for _, y := range near[1] {
				for _, z := range near[2] {
					values := [3]int64{x, y, z}
					// What it may be, whatever the unknown ones are: the greatest tier that all may meet, and the greatest that all do.
					tiers := []string{"large", "medium", "small", "micro"}
					most, least := 3, 3
					for k := 2; k >= 0; k-- {
						may, does := true, true
						for i, v := range values {
							switch limit := limits[k][i]; {
							case limit < 0:
							case v < 0:
								does = false
							case v < limit*unit[i]:
								may, does = false, false
							}
						}
						if may {
							most = k
						}
						if does {
							least = k
						}
					}
					want := tiers[most]
					if most != least {
						want = "待判"
					}
					got := size(industry, values)
					if got != want {
						t.Errorf("%s with %v is %s, want %s", industry, values, got, want)
					}
					seen[got]++
				}
			}
		}
	}
	for _, s := range []string{"large", "medium", "small", "micro", "待判"} {
		if seen[s] == 0 {
			t.Errorf("nothing was %s", s)
		}
	}
	for _, industry := range []string{"J6610", "P8310", "G5310", "K7030"} {
		if got := size(industry, [3]int64{5, 5, 5}); got != "待判" {
			t.Errorf("%s, which the table does not have, is %s", industry, got)
		}
	}
}
