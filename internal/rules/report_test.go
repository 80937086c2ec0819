package rules

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// countedSlowly is a report counted enterprise by enterprise, from verdicts.
func countedSlowly(was, is *Plan, i int, profiles []Profile) string {
	type side struct {
		eligible, cannot, unknown int
		sum                       *big.Int
	}
	sides := [2]side{{sum: new(big.Int)}, {sum: new(big.Int)}}
	winners, losers, adjusted := 0, 0, 0
	var effects []Effect
	for row, p := range profiles {
		var v [2]Verdict
		for k, plan := range []*Plan{was, is} {
			v[k] = plan.Decide(i, p)
			switch {
			case v[k].State == CannotSay:
				sides[k].cannot++
			case v[k].State == Eligible && v[k].Known:
				sides[k].eligible++
				sides[k].sum.Add(sides[k].sum, big.NewInt(v[k].Amount))
			case v[k].State == Eligible:
				sides[k].eligible++
				if plan.Items[i].Amount != nil {
					sides[k].unknown++
				}
			}
		}
		a, b := Outcome{v[0].State, v[0].Amount, v[0].Known}, Outcome{v[1].State, v[1].Amount, v[1].Known}
		if a == b {
			continue
		}
		effects = append(effects, Effect{row, a, b})
		had, has := a.State == Eligible, b.State == Eligible
		if has && (!had || a.Known && b.Known && b.Amount > a.Amount) {
			winners++
		}
		if had && (!has || a.Known && b.Known && b.Amount < a.Amount) {
			losers++
		}
		if had && has {
			adjusted++
		}
	}
	return fmt.Sprint(sides[0].eligible, sides[0].cannot, sides[0].unknown, sides[0].sum, sides[1].eligible, sides[1].cannot, sides[1].unknown, sides[1].sum, winners, losers, adjusted, effects)
}

func told(r *Report) string {
	b, a := r.Before, r.After
	return fmt.Sprint(b.Eligible, b.CannotSay, b.Unknown, b.Amount(), a.Eligible, a.CannotSay, a.Unknown, a.Amount(), r.Winners, r.Losers, r.Adjusted, r.Effects)
}

func TestAReportCountsWhatASlowCountDoes(t *testing.T) {
	seen := map[string]int{}
	fixed := func(rt *rapid.T) *Expr {
		return &Expr{Kind: Const, N: &Operand{N: int64(rapid.IntRange(0, 100).Draw(rt, "fixed")), Param: -1}}
	}
	check := func(rt *rapid.T) {
		b := randomBook(rt)
		day := randomDay(rt, "as of")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		profiles := make([]Profile, rapid.IntRange(1, 200).Draw(rt, "enterprises"))
		for row := range profiles {
			profiles[row] = randomProfile(rng, b, day)
			profiles[row].ID = fmt.Sprint(row)
		}
		i := rapid.IntRange(0, len(b.Items)-1).Draw(rt, "item")
		if rapid.Bool().Draw(rt, "a fixed amount") {
			b.Items[i].Amount = fixed(rt)
		}
		m := NewMatrix(b.AsOf(day), b.Table(profiles))
		draft := *b.Items[i]
		switch rapid.IntRange(0, 4).Draw(rt, "change") {
		case 0:
			draft.When = randomCond(rt, b, 2)
		case 1:
			draft.Amount = randomExpr(rt, b, 2)
		case 2:
			draft.Amount = fixed(rt)
		case 3:
			draft.When, draft.Amount = randomCond(rt, b, 2), nil
		default:
			draft.From, draft.To = randomDay(rt, "from"), LastDay
		}
		reports, err := m.Report(i, &draft)
		if err != nil {
			rt.Fatal(err)
		}
		plan, err := m.Plan.With(i, &draft)
		if err != nil {
			rt.Fatal(err)
		}
		other := *b
		other.Items = slices.Clone(b.Items)
		other.Items[i] = &draft
		all := Compare(m, NewMatrix(other.AsOf(day), b.Table(profiles)))
		changed := map[string]string{}
		for k, r := range reports {
			at := slices.IndexFunc(b.Items, func(x *Item) bool { return x.ID == r.ID })
			if k == 0 && at != i {
				rt.Fatalf("the first report is of %s", r.ID)
			}
			if got, want := told(r), countedSlowly(m.Plan, plan, at, profiles); got != want {
				rt.Fatalf("%s: %s\nwant %s", r.ID, got, want)
			}
			changed[r.ID] = told(r)
			for _, e := range r.Effects {
				seen[fmt.Sprint(e.Was.State, " ", e.Is.State, " ", e.Direction())]++
			}
		}
		for _, r := range all {
			if want, ok := changed[r.ID]; ok && told(r) != want || !ok && len(r.Effects) > 0 {
				rt.Fatalf("compared, %s: %s\nwant %s", r.ID, told(r), want)
			}
		}
	}
	wanted := []string{"eligible not_eligible -1", "not_eligible eligible 1", "cannot_say not_eligible 0", "eligible eligible 1", "eligible eligible -1", "eligible eligible 0", "not_in_force eligible 1",
		"not_in_force cannot_say 0"}
	missing := func() bool { return slices.ContainsFunc(wanted, func(s string) bool { return seen[s] == 0 }) }
	for round := 0; missing(); round++ {
		if round == 20 {
			t.Fatalf("not all of %q were seen: %v", wanted, seen)
		}
		rapid.Check(t, check)
	}
}

// TestAReportOnManyCores is of tables that are large enough to be shared out.
func TestAReportOnManyCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	type world struct {
		book  *Book
		day   int64
		draft Item
	}
	worlds := rapid.Custom(func(rt *rapid.T) world {
		w := world{book: randomBook(rt), day: randomDay(rt, "as of")}
		w.draft = *w.book.Items[0]
		w.draft.When, w.draft.Amount = randomCond(rt, w.book, 2), randomExpr(rt, w.book, 2)
		return w
	})
	effects := 0
	for seed := range 10 {
		w := worlds.Example(seed)
		rng := rand.New(rand.NewPCG(uint64(seed), 1))
		profiles := make([]Profile, 2*leastChunks*chunkRows+77)
		for row := range profiles {
			profiles[row] = randomProfile(rng, w.book, w.day)
		}
		m := NewMatrix(w.book.AsOf(w.day), w.book.Table(profiles))
		reports, err := m.Report(0, &w.draft)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := m.Plan.With(0, &w.draft)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range reports {
			at := slices.IndexFunc(w.book.Items, func(x *Item) bool { return x.ID == r.ID })
			if got, want := told(r), countedSlowly(m.Plan, plan, at, profiles); got != want {
				t.Fatalf("%s: another report than the slow count", r.ID)
			}
			effects += len(r.Effects)
		}
	}
	if effects == 0 {
		t.Error("nothing changed for anybody")
	}
}

func TestSumsAreExact(t *testing.T) {
	var sum total
	var halves [2]Sums
	want := new(big.Int)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 100_000 {
		n := one[int64](rng, math.MaxInt64, math.MinInt64, -1, 1, 0, math.MaxInt64-1, 7)
		if rng.IntN(3) > 0 {
			n = math.MaxInt64 - rng.Int64N(100)
		}
		sum.add(n)
		halves[rng.IntN(2)].total.add(n)
		if want.Add(want, big.NewInt(n)); sum.big().Cmp(want) != 0 {
			t.Fatalf("%s, want %s", sum.big(), want)
		}
	}
	halves[0].join(halves[1])
	if got := halves[0].Amount(); got.Cmp(want) != 0 {
		t.Errorf("joined %s, want %s", got, want)
	}
	if want.IsInt64() {
		t.Error("the sum would have fitted 64 bits")
	}
	for fen, text := range map[int64]string{0: "0", 5: "0.05", -5: "-0.05", 100: "1", -12345: "-123.45", 1_000_010: "10000.10"} {
		if got := FormatTotal(big.NewInt(fen)); got != text || got != FormatMoney(fen) {
			t.Errorf("%d is %s", fen, got)
		}
	}
	if got := FormatTotal(want); got == "" || got[len(got)-3] != '.' && want.Int64()%100 != 0 {
		t.Error(got)
	}
}

func TestABudgetIsForAYear(t *testing.T) {
	r := &Report{Is: &Item{Once: Monthly, Budget: 1000}}
	r.After.total.add(90)
	if r.Cost().Int64() != 1080 || r.Left().Int64() != -80 {
		t.Errorf("%s %s", r.Cost(), r.Left())
	}
	r.Is.Once = Yearly
	if r.Cost().Int64() != 90 || r.Left().Int64() != 910 {
		t.Errorf("%s %s", r.Cost(), r.Left())
	}
	if r.Is.Budget = 0; r.Left() != nil {
		t.Error(r.Left())
	}
}
