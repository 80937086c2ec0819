package pairing

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestWhatFits(t *testing.T) {
	need := Need{ID: 1, Category: "LAW", Area: "330108001001002", Quantity: 3, From: "2026-03-01", Until: "2026-03-31"}
	res := Resource{ID: 2, Category: "LAW", Reach: "330108001001", Left: 3, From: "2026-03-10", Until: "2026-12-31"}
	for name, c := range map[string]struct {
		change func(*Need, *Resource)
		want   string
		ok     bool
	}{
		"all as it should be":      {func(*Need, *Resource) {}, "一般需求；类别相同；面向本社区（村）；2026-03-31 前可安排；数量正好", true},
		"more than enough, urgent": {func(n *Need, r *Resource) { n.Urgency, r.Left, r.Reach = Urgent, 9, "330108" }, "紧急需求；类别相同；面向全区；2026-03-31 前可安排；数量足够", true},
		"no bounds":                {func(n *Need, r *Resource) { n.From, n.Until, r.From, r.Until, r.Reach = "", "", "", "", "" }, "一般需求；类别相同；面向全区；数量正好", true},
		"another category":         {func(_ *Need, r *Resource) { r.Category = "HEALTH" }, "类别不同", false},
		"the next street's":        {func(_ *Need, r *Resource) { r.Reach = "330108002" }, "不在服务范围内", false},
		"the day it is needed by":  {func(_ *Need, r *Resource) { r.From = "2026-03-31" }, "一般需求；类别相同；面向本社区（村）；2026-03-31 前可安排；数量正好", true},
		"a day late":               {func(_ *Need, r *Resource) { r.From = "2026-04-01" }, "时间对不上", false},
		"over before it is needed": {func(_ *Need, r *Resource) { r.From, r.Until = "", "2026-02-28" }, "时间对不上", false},
		"one too few":              {func(_ *Need, r *Resource) { r.Left = 2 }, "剩余数量不足", false},
	} {
		n, r := need, res
		c.change(&n, &r)
		if p, ok := Fit(n, r); ok != c.ok || p.Reason.ZH != c.want {
			t.Errorf("%s: %v %q, want %v %q", name, ok, p.Reason.ZH, c.ok, c.want)
		}
	}
}

// TestProposalsAreTheBestOfAllWays compares with an oracle that looks at every way of serving few needs with few
// resources, and keeps the one that is best for the first need, then for the second, and so on.
func TestProposalsAreTheBestOfAllWays(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 7))
		needs, resources := someNeeds(r), someResources(r)
		got := Propose(needs, resources)
		want := everyWay(needs, resources)
		if len(got) != len(want) {
			t.Fatalf("seed %d: %d proposals, want %v", seed, len(got), want)
		}
		for _, p := range got {
			if want[p.Need] != p.Resource {
				t.Fatalf("seed %d: need %d gets %d, want %d", seed, p.Need, p.Resource, want[p.Need])
			}
		}
		shuffled := func() bool {
			r.Shuffle(len(needs), func(i, j int) { needs[i], needs[j] = needs[j], needs[i] })
			r.Shuffle(len(resources), func(i, j int) { resources[i], resources[j] = resources[j], resources[i] })
			return slices.Equal(got, Propose(needs, resources))
		}
		if !shuffled() {
			t.Fatalf("seed %d: another order of the lists gives other proposals", seed)
		}
	}
}

var (
	days  = []string{"", "2026-03-01", "2026-03-02", "2026-03-03"}
	areas = []string{"330108", "330108001", "330108001001", "330108001002", "330108002"}
)

func someNeeds(r *rand.Rand) []Need {
	out := make([]Need, r.IntN(5))
	for i := range out {
		out[i] = Need{ID: int64(100 + i), Category: string('A' + rune(r.IntN(2))), Area: areas[2+r.IntN(2)], Urgency: Urgency(r.IntN(3)), Quantity: int64(1 + r.IntN(3)), From: days[r.IntN(4)], Until: days[r.IntN(4)]}
	}
	return out
}

func someResources(r *rand.Rand) []Resource {
	out := make([]Resource, r.IntN(5))
	for i := range out {
		out[i] = Resource{ID: int64(1 + i), Category: string('A' + rune(r.IntN(2))), Reach: areas[r.IntN(5)], Left: int64(r.IntN(5)), From: days[r.IntN(4)], Until: days[r.IntN(4)]}
	}
	return out
}

// everyWay is the oracle. It knows days as numbers and areas as lists of their parts.
func everyWay(needs []Need, resources []Resource) map[int64]int64 {
	day := func(s string, none int) int {
		if i := slices.Index(days, s); i > 0 {
			return i
		}
		return none
	}
	sorted := slices.Clone(needs)
	for i := range sorted { // by selection, so as to share nothing
		for j := i + 1; j < len(sorted); j++ {
			a, b := sorted[i], sorted[j]
			if b.Urgency > a.Urgency || (b.Urgency == a.Urgency && (day(b.Until, 99) < day(a.Until, 99) || (day(b.Until, 99) == day(a.Until, 99) && b.ID < a.ID))) {
				sorted[i], sorted[j] = b, a
			}
		}
	}
	inside := func(area, reach string) bool { return len(area) >= len(reach) && area[:len(reach)] == reach }
	var best string
	var won map[int64]int64
	var walk func(i int, left []int64, key string, got map[int64]int64)
	walk = func(i int, left []int64, key string, got map[int64]int64) {
		if i == len(sorted) {
			if best == "" || key < best {
				best, won = key, got
			}
			return
		}
		n := sorted[i]
		walk(i+1, left, key+"z;", got) // served by nothing: the worst
		for j, r := range resources {
			begins, ends := max(day(n.From, 0), day(r.From, 0)), min(day(n.Until, 99), day(r.Until, 99))
			if r.Category != n.Category || !inside(n.Area, r.Reach) || begins > ends || left[j] < n.Quantity {
				continue
			}
			after := slices.Clone(left)
			after[j] -= n.Quantity
			with := map[int64]int64{n.ID: r.ID}
			for k, v := range got {
				with[k] = v
			}
			near := map[int]int{6: 2, 9: 1, 12: 0}[len(r.Reach)]
			walk(i+1, after, key+fmt.Sprintf("%d %03d %02d %03d;", near, after[j], day(r.Until, 99), r.ID), with)
		}
	}
	left := make([]int64, len(resources))
	for i, r := range resources {
		left[i] = r.Left
	}
	walk(0, left, ".", map[int64]int64{})
	return won
}
