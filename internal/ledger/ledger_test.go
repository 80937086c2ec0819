package ledger

import (
	"math"
	"math/big"
	"testing"

	"gezhi/internal/fault"

	"pgregory.net/rapid"
)

// The oracle keeps books in big integers and knows only that a movement takes and gives.
func TestBooksAgreeWithBigIntegers(t *testing.T) {
	names := []Account{"person:1", "person:2", "pool:330108001", "pool:330108002", "issue:330108"}
	edges := []int64{1, 2, 7, 1 << 31, math.MaxInt64 / 2, math.MaxInt64 - 1, math.MaxInt64}
	rapid.Check(t, func(t *rapid.T) {
		mine := map[Account]int64{}
		want := map[Account]*big.Int{}
		for _, a := range names {
			want[a] = new(big.Int)
		}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			e := Entry{
				From: rapid.SampledFrom(names).Draw(t, "from"), To: rapid.SampledFrom(names).Draw(t, "to"), Asset: Point,
				Amount: rapid.OneOf(rapid.SampledFrom(edges), rapid.Int64Range(1, 100)).Draw(t, "amount"),
			}
			tr := Transfer{ID: "x", Entries: []Entry{e}}
			if e.From == e.To {
				if fault.KindOf(tr.Check()) != fault.Invalid {
					t.Fatal("one account on both sides was accepted")
				}
				continue
			}
			if err := tr.Check(); err != nil {
				t.Fatal(err)
			}
			next, err := map[Account]int64{}, error(nil)
			for _, p := range tr.Postings() {
				if next[p.Account], err = p.After(mine[p.Account]); err != nil {
					break
				}
			}
			amount := big.NewInt(e.Amount)
			from, to := new(big.Int).Sub(want[e.From], amount), new(big.Int).Add(want[e.To], amount)
			fits := from.IsInt64() && to.IsInt64() && (e.From == "issue:330108" || from.Sign() >= 0) && (e.To == "issue:330108" || to.Sign() >= 0)
			if fits != (err == nil) {
				t.Fatalf("%v: oracle says possible=%v, the ledger says %v", e, fits, err)
			}
			if err == nil {
				for a, b := range next {
					mine[a] = b
				}
				want[e.From], want[e.To] = from, to
			}
			sum := new(big.Int)
			for _, a := range names {
				if want[a].Cmp(big.NewInt(mine[a])) != 0 {
					t.Fatalf("%s: have %d, want %s", a, mine[a], want[a])
				}
				sum.Add(sum, big.NewInt(mine[a]))
			}
			if sum.Sign() != 0 {
				t.Fatalf("the books sum to %s", sum)
			}
		}
	})
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	good := Entry{From: "pool:330108001", To: "person:5", Asset: Point, Amount: 5}
	with := func(change func(*Entry)) Transfer {
		e := good
		change(&e)
		return Transfer{ID: "a", Entries: []Entry{e}}
	}
	for name, c := range map[string]struct {
		t    Transfer
		want string
	}{
		"a good transfer":       {with(func(*Entry) {}), ""},
		"no id":                 {Transfer{Entries: []Entry{good}}, "id"},
		"no entries":            {Transfer{ID: "a"}, "entries"},
		"nothing moved":         {with(func(e *Entry) { e.Amount = 0 }), "amount"},
		"moved backwards":       {with(func(e *Entry) { e.Amount = -5 }), "amount"},
		"to itself":             {with(func(e *Entry) { e.To = e.From }), "to"},
		"an unknown class":      {with(func(e *Entry) { e.From = "bank:1" }), "from"},
		"a class without owner": {with(func(e *Entry) { e.To = "person:" }), "to"},
		"an unknown asset":      {with(func(e *Entry) { e.Asset = "GOLD" }), "asset"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, f := range fault.Fields(c.t.Check()) {
				got += f.Field
			}
			if got != c.want {
				t.Errorf("fields %q, want %q", got, c.want)
			}
		})
	}
}

func TestDigestTellsContentsApart(t *testing.T) {
	a := Transfer{ID: "1", Reason: "verified-report", Ref: "case:1", Entries: []Entry{{"pool:1", "person:2", Point, 5}}}
	b := a
	b.Entries = []Entry{{"pool:1", "person:2", Point, 6}}
	c := a
	c.Reason, c.Ref = "verified-reportcase", ":1"
	if a.Digest() == b.Digest() || a.Digest() == c.Digest() {
		t.Error("two contents share a digest")
	}
	again := a
	again.ID = "2"
	if a.Digest() != again.Digest() {
		t.Error("the id is part of the digest")
	}
}
