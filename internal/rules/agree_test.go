package rules

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// wantedPairs is how many pairs of an item and an enterprise the evaluators must agree on.
const wantedPairs = 1_000_000

// TestTheEvaluatorsAgree decides random items for random profiles by closures, by bitmaps and by the reference interpreter:
// verdicts, reasons, what is missing, and amounts.
func TestTheEvaluatorsAgree(t *testing.T) {
	pairs := 0
	seen := map[string]int{}
	check := func(rt *rapid.T) {
		b := randomBook(rt)
		day := randomDay(rt, "as of")
		plan := b.AsOf(day)
		table := NewTable(b.Fields, rapid.IntRange(1, 1500).Draw(rt, "enterprises"))
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		codes := make([]string, table.Len())
		profiles := make([]Profile, table.Len())
		for row := range profiles {
			profiles[row] = randomProfile(rng, b, day)
			codes[row] = profiles[row].Values[codeField].Code
			for f, v := range profiles[row].Values {
				if f != codeField {
					table.Set(row, f, v)
				}
			}
		}
		table.SetCodes(codeField, codes)
		m := NewMatrix(plan, table)
		want := make([]Tally, len(b.Items))
		bits := make([][]State, len(b.Items))
		for i := range bits {
			bits[i] = bitStates(m, i)
		}
		for row, p := range profiles {
			if got := table.Profile(row); fmt.Sprint(got.Values) != fmt.Sprint(p.Values) {
				rt.Fatalf("the table has %v, want %v", got.Values, p.Values)
			}
			for i := range b.Items {
				pairs++
				agree(rt, plan, m, i, row, p, bits[i][row])
				switch plan.State(i, p) {
				case Eligible:
					want[i].Eligible++
				case CannotSay:
					want[i].CannotSay++
				}
				seen[string(plan.State(i, p))]++
			}
		}
		if got := m.Evaluate(); !slices.Equal(got, want) {
			rt.Fatalf("all at once %v, one by one %v", got, want)
		}
	}
	for pairs < wantedPairs {
		rapid.Check(t, check)
	}
	t.Logf("%d pairs: %v", pairs, seen)
	for _, s := range []State{Eligible, NotFor, CannotSay, NotInForce} {
		if seen[string(s)] == 0 {
			t.Errorf("nothing was %s", s)
		}
	}
}

func agree(rt *rapid.T, plan *Plan, m *Matrix, i, row int, p Profile, bits State) {
	x := plan.Items[i].Item
	ref := reference{plan.Book, date(plan.AsOf), have(plan.Book, p)}
	state, failed, missing := ref.verdict(x)
	got := plan.Decide(i, p)
	var why, lack []string
	for _, f := range got.Failed {
		if f.Cond == nil {
			why = append(why, "after "+f.Other)
		} else {
			why = append(why, place(f.Cond))
		}
	}
	for _, f := range got.Missing {
		lack = append(lack, plan.Book.Fields[f].ID)
	}
	if s := plan.state(i, m.Table.getter(row)); got.State != state || s != state || bits != state || plan.State(i, p) != state {
		rt.Fatalf("%s for %v: closure %s, from the table %s, bits %s, want %s", x.ID, p.Values, got.State, s, bits, state)
	}
	if state == Eligible {
		missing = nil
		var n any = "unknown"
		if x.Amount != nil {
			if a := ref.amount(x.Amount); a != nil && a.IsInt64() {
				n = a.Int64()
			}
			if a := ref.amount(x.Amount); n != "unknown" && !got.TooBig && (!got.Known || got.Amount != n) || n == "unknown" && got.Known {
				rt.Fatalf("%s for %v: amount %+v, want %v", x.ID, p.Values, got, a)
			}
		} else if got.Known || got.Amount != 0 {
			rt.Fatalf("an amount of nothing: %+v", got)
		}
		return
	}
	if !slices.Equal(why, failed) || !slices.Equal(lack, missing) {
		rt.Fatalf("%s for %v: failed %v, missing %v; want %v and %v", x.ID, p.Values, why, lack, failed, missing)
	}
	if e := m.Explain(i, row); fmt.Sprint(e) != fmt.Sprint(got) {
		rt.Fatalf("explained from the table %v, want %v", e, got)
	}
}

func flipsOf(rt *rapid.T, changes []Change) []Flip {
	var out []Flip
	for _, c := range changes {
		n := len(out)
		if out = slices.AppendSeq(out, c.Flips.All()); len(out)-n != c.Flips.Len() {
			rt.Fatalf("%d flips, said %d", len(out)-n, c.Flips.Len())
		}
	}
	return out
}

// bitStates is what an item comes to for every enterprise, by bits that are worked out anew.
func bitStates(m *Matrix, item int) []State {
	var out []State
	d := decide(m.Plan, m.Table, nil, item)[0]
	for row := range m.Table.Len() {
		out = append(out, d.at(row))
	}
	return out
}

func have(b *Book, p Profile) map[string]Value {
	out := map[string]Value{}
	for i, v := range p.Values {
		if v.Known {
			out[b.Fields[i].ID] = v
		}
	}
	return out
}

// place tells conditions of a test apart.
func place(c *Cond) string { return fmt.Sprintf("%p", c) }

// TestAnEditFlipsWhoItShould edits values and items by chance and compares with a matrix made anew.
func TestAnEditFlipsWhoItShould(t *testing.T) {
	flipped := 0
	rapid.Check(t, func(rt *rapid.T) {
		b := randomBook(rt)
		day := randomDay(rt, "as of")
		n := rapid.IntRange(1, 100).Draw(rt, "enterprises")
		if rapid.IntRange(0, 9).Draw(rt, "many") == 0 {
			n += chunkRows
		}
		table := NewTable(b.Fields, n)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		profiles := make([]Profile, table.Len())
		for row := range profiles {
			profiles[row] = randomProfile(rng, b, day)
			for f, v := range profiles[row].Values {
				table.Set(row, f, v)
			}
		}
		m := NewMatrix(b.AsOf(day), table)
		states := func() map[[2]int]State {
			out := map[[2]int]State{}
			for i := range m.Plan.Items {
				for row, s := range bitStates(m, i) {
					out[[2]int{i, row}] = m.Plan.State(i, table.Profile(row))
					if s != out[[2]int{i, row}] {
						rt.Fatalf("item %d row %d: bits say %s, the closure %s", i, row, s, out[[2]int{i, row}])
					}
					if d := m.kept[i]; d != nil && m.changes == table.changes && d.at(row) != s {
						rt.Fatalf("item %d row %d: kept is %s, now it is %s", i, row, d.at(row), s)
					}
				}
			}
			return out
		}
		was := states()
		for range rapid.IntRange(1, 8).Draw(rt, "edits") {
			switch rapid.IntRange(0, 4).Draw(rt, "before") {
			case 0:
				m.Evaluate()
			case 1: // not through the matrix
				row, f := rapid.IntRange(0, table.Len()-1).Draw(rt, "row set"), rapid.IntRange(0, len(b.Fields)-1).Draw(rt, "field set")
				table.Set(row, f, randomValue(rng, b.Fields[f], day))
				was = states()
			case 2:
				if row := m.Add("new"); row != table.Len()-1 {
					rt.Fatalf("the new one has row %d of %d", row, table.Len())
				}
				was = states()
			}
			var flips []Flip
			if rapid.Bool().Draw(rt, "an item") {
				i := rapid.IntRange(0, len(b.Items)-1).Draw(rt, "item")
				draft := *m.Plan.Items[i].Item
				draft.When = randomCond(rt, b, 2)
				switch rapid.IntRange(0, 4).Draw(rt, "force") {
				case 0:
					draft.To = day - 1
				case 1:
					draft.From, draft.To = day, day
				}
				tried, err := m.Try(i, &draft)
				if err != nil {
					rt.Fatal(err)
				}
				said := flipsOf(rt, tried)
				changes, err := m.Replace(i, &draft)
				if err != nil {
					rt.Fatal(err)
				}
				if flips = flipsOf(rt, changes); !slices.Equal(flips, said) {
					rt.Fatalf("tried %v, replaced %v", said, flips)
				}
				for _, c := range changes {
					after := 0
					for _, s := range bitStates(m, c.Item) {
						if s == Eligible {
							after++
						}
					}
					if after != c.After.Eligible {
						rt.Fatalf("item %d: %d eligible, said %d", c.Item, after, c.After.Eligible)
					}
				}
			} else {
				row, f := rapid.IntRange(0, table.Len()-1).Draw(rt, "row"), rapid.IntRange(0, len(b.Fields)-1).Draw(rt, "field")
				flips = m.Edit(row, f, randomValue(rng, b.Fields[f], day))
			}
			is := states()
			want := map[Flip]bool{}
			for at, s := range is {
				if was[at] != s {
					want[Flip{at[0], at[1], was[at], s}] = true
				}
			}
			for _, f := range flips {
				if !want[f] {
					rt.Fatalf("%+v did not flip", f)
				}
				delete(want, f)
				flipped++
			}
			if len(want) > 0 {
				rt.Fatalf("flipped in silence: %v", want)
			}
			was = is
		}
	})
	if flipped == 0 {
		t.Error("nothing flipped")
	}
}

const codeField = 7

func randomBook(rt *rapid.T) *Book {
	term := func(n int) (out []Term) {
		for i := range n {
			out = append(out, Term{ID: fmt.Sprint("v", i)})
		}
		return out
	}
	b := &Book{Fields: []Field{{ID: "staff", Kind: Count}, {ID: "insured", Kind: Count}, {ID: "revenue", Kind: Money}, {ID: "rd", Kind: Money}, {ID: "layoffs", Kind: Rate},
		{ID: "founded", Kind: Day}, {ID: "listed", Kind: Flag}, {ID: "industry", Kind: Code}, {ID: "grade", Kind: Choice, Choices: term(5)}, {ID: "marks", Kind: Set, Choices: term(6)}},
		Params: []Param{{ID: "few", Kind: Count, Values: []ParamValue{{0, 20}, {18_500, 30}, {19_200, 40}}}, {ID: "some", Kind: Money, Values: []ParamValue{{0, 100_00}, {19_000, 250_00}}},
			{ID: "part", Kind: Rate, Values: []ParamValue{{0, 3000}, {18_900, 6000}}}}}
	n := rapid.IntRange(1, 5).Draw(rt, "items")
	for i := range n {
		x := &Item{ID: fmt.Sprint("item", i), From: 18_262 + int64(rapid.IntRange(0, 700).Draw(rt, "from")), To: LastDay, When: randomCond(rt, b, 3)}
		if rapid.IntRange(0, 3).Draw(rt, "ends") == 0 {
			x.To = x.From + int64(rapid.IntRange(0, 2000).Draw(rt, "days"))
		}
		for j := range i {
			if rapid.IntRange(0, 3).Draw(rt, "yields") == 0 {
				x.YieldsTo = append(x.YieldsTo, fmt.Sprint("item", j))
			}
		}
		if rapid.Bool().Draw(rt, "amount") {
			x.Amount = randomExpr(rt, b, 3)
		}
		b.Items = append(b.Items, x)
	}
	return b
}

func randomDay(rt *rapid.T, name string) int64 {
	return int64(rapid.IntRange(18_262, 19_800).Draw(rt, name)) // 2020-01-01 to 2024-03-18
}

func operandOf(rt *rapid.T, param int, n int64) *Operand {
	if param >= 0 && rapid.IntRange(0, 3).Draw(rt, "named") == 0 {
		return &Operand{Param: param, N: int64(rapid.IntRange(-1, 1).Draw(rt, "step"))}
	}
	return &Operand{N: n, Param: -1}
}

func randomCond(rt *rapid.T, b *Book, depth int) *Cond {
	kind := CondKind(rapid.IntRange(1, 5).Draw(rt, "kind"))
	if depth == 0 || kind == Test {
		return &Cond{Kind: Test, Test: randomTest(rt, b)}
	}
	c := &Cond{Kind: kind}
	n := rapid.IntRange(1, 4).Draw(rt, "kids")
	if kind == Not {
		n = 1
	}
	for range n {
		c.Kids = append(c.Kids, randomCond(rt, b, depth-1))
	}
	c.N = rapid.IntRange(1, n).Draw(rt, "least")
	return c
}

func randomTest(rt *rapid.T, b *Book) Predicate {
	f := rapid.IntRange(0, len(b.Fields)-1).Draw(rt, "field")
	p := Predicate{Field: f, Of: -1}
	bounds := func(param int, n int64) {
		if rapid.IntRange(0, 2).Draw(rt, "low") > 0 {
			p.Low = operandOf(rt, param, n)
		}
		if p.Low == nil || rapid.IntRange(0, 2).Draw(rt, "high") == 0 {
			p.High = operandOf(rt, param, n+int64(rapid.IntRange(0, 30).Draw(rt, "more")))
		}
	}
	switch b.Fields[f].Kind {
	case Count:
		p.Verb = Between
		bounds(0, int64(rapid.IntRange(-2, 60).Draw(rt, "n")))
	case Money:
		if rapid.Bool().Draw(rt, "share") {
			p.Verb, p.Field, p.Of = Share, 3, 2
			bounds(2, int64(rapid.SampledFrom([]int{-100, 0, 300, 500, 3333, 10_000}).Draw(rt, "rate")))
			return p
		}
		p.Verb = Between
		bounds(1, rapid.SampledFrom([]int64{0, 100_00, 250_00, 500_0000_00, math.MaxInt64 / 8}).Draw(rt, "n"))
	case Rate:
		p.Verb = Between
		bounds(2, int64(rapid.IntRange(0, 9000).Draw(rt, "n")))
	case Flag:
		p.Verb = Between
		p.Low = &Operand{N: int64(rapid.IntRange(0, 1).Draw(rt, "n")), Param: -1}
		p.High = p.Low
	case Day:
		switch rapid.IntRange(0, 2).Draw(rt, "verb") {
		case 0:
			p.Verb = Between
			bounds(-1, randomDay(rt, "day"))
		case 1:
			p.Verb, p.Low = MonthsAgo, operandOf(rt, 0, int64(rapid.IntRange(0, 40).Draw(rt, "months")))
			p.Low.N = max(p.Low.N, 0)
		default:
			p.Verb, p.High = WithinMonth, operandOf(rt, 0, int64(rapid.IntRange(0, 40).Draw(rt, "months")))
			p.High.N = max(p.High.N, 0)
		}
	case Code:
		p.Verb = Under
		p.Codes = rapid.SliceOfN(rapid.SampledFrom([]string{"A", "A0", "A01", "C", "C3", "C39", "Z", "C391"}), 1, 3).Draw(rt, "codes")
	case Choice:
		p.Verb, p.Mask = OneOf, uint64(rapid.IntRange(1, 31).Draw(rt, "mask"))
	case Set:
		p.Verb, p.Mask = rapid.SampledFrom([]Verb{OneOf, HasAll}).Draw(rt, "verb"), uint64(rapid.IntRange(1, 63).Draw(rt, "mask"))
	}
	return p
}

func randomProfile(rng *rand.Rand, b *Book, day int64) Profile {
	p := Profile{Values: make([]Value, len(b.Fields))}
	for i, f := range b.Fields {
		p.Values[i] = randomValue(rng, f, day)
	}
	return p
}

func randomValue(rng *rand.Rand, f Field, day int64) Value {
	if rng.IntN(6) == 0 {
		return Value{}
	}
	switch f.Kind {
	case Count:
		if rng.IntN(40) == 0 {
			return Known(one[int64](rng, 1<<40, math.MaxInt32, math.MinInt32, math.MaxInt32-1, -1<<40)) // what does not fit 32 bits
		}
		return Known(rng.Int64N(61))
	case Money:
		return Known(one[int64](rng, -5, 0, 1, 99_99, 100_00, 100_01, 250_00, 3_333_33, 500_0000_00, math.MaxInt64/4))
	case Rate:
		return Known(rng.Int64N(9001))
	case Day:
		return Known(day - one[int64](rng, -5, 0, 1, 27, 28, 29, 30, 31, 59, 60, 61, 364, 365, 366, 367, 730, 731, 1095, 1096))
	case Flag:
		return Known(rng.Int64N(2))
	case Choice:
		return Known(rng.Int64N(5))
	case Set:
		return Known(rng.Int64N(64))
	}
	return Coded(one(rng, "A", "A01", "A0111", "B06", "C", "C3", "C391", "C3912", "C40", "Y"))
}

func one[T any](rng *rand.Rand, of ...T) T { return of[rng.IntN(len(of))] }

func randomExpr(rt *rapid.T, b *Book, depth int) *Expr {
	kind := ExprKind(rapid.IntRange(1, 9).Draw(rt, "formula"))
	if depth == 0 {
		kind = ExprKind(rapid.IntRange(1, 2).Draw(rt, "formula"))
	}
	e := &Expr{Kind: kind}
	args := func(n int) {
		for range n {
			e.Args = append(e.Args, randomExpr(rt, b, depth-1))
		}
	}
	switch kind {
	case Const:
		e.N = operandOf(rt, 1, rapid.SampledFrom([]int64{0, 1, 1500_00, 200_0000_00, math.MaxInt64 / 4}).Draw(rt, "money"))
	case FieldValue:
		e.Field = rapid.IntRange(2, 3).Draw(rt, "field")
	case Part:
		args(1)
		e.Num, e.Den, e.HalfUp = operandOf(rt, 2, int64(rapid.IntRange(0, 20_000).Draw(rt, "num"))), int64(rapid.SampledFrom([]int{1, 2, 3, 7, 10_000}).Draw(rt, "den")), rapid.Bool().Draw(rt, "half up")
		if rapid.IntRange(0, 3).Draw(rt, "rate of a field") == 0 {
			e.Num, e.Rate, e.Den = nil, 4, 10_000
		}
	case Times:
		args(1)
		e.Field = rapid.IntRange(0, 1).Draw(rt, "field")
	case Cases:
		n := rapid.IntRange(0, 3).Draw(rt, "cases")
		for range n {
			e.When = append(e.When, randomCond(rt, b, 1))
		}
		args(n + 1)
	default:
		args(rapid.IntRange(1, 3).Draw(rt, "args"))
	}
	return e
}
