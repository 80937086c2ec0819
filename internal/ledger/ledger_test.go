package ledger

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"testing"
	"time"

	"gezhi/internal/fault"

	"pgregory.net/rapid"
)

// oracle keeps books its own way: every account is a heap of single parcels of big integers, each with the
// hour it lapses or 0. It knows nothing of balances, lines or lots.
type oracle struct {
	parcels map[Account]map[int]*big.Int
	debt    map[Account]*big.Int // of issue
}

var lapsing = map[Account]bool{"person:1": true, "person:2": true, "unit:u": true}

func newOracle() *oracle {
	return &oracle{parcels: map[Account]map[int]*big.Int{}, debt: map[Account]*big.Int{"issue:z": new(big.Int)}}
}

func (o *oracle) put(a Account, hour int, n *big.Int) {
	if !lapsing[a] {
		hour = 0
	}
	if o.parcels[a] == nil {
		o.parcels[a] = map[int]*big.Int{}
	}
	if o.parcels[a][hour] == nil {
		o.parcels[a][hour] = new(big.Int)
	}
	o.parcels[a][hour].Add(o.parcels[a][hour], n)
}

func (o *oracle) balance(a Account) *big.Int {
	sum := new(big.Int)
	for _, n := range o.parcels[a] {
		sum.Add(sum, n)
	}
	if d := o.debt[a]; d != nil {
		sum.Sub(sum, d)
	}
	return sum
}

// hours are an account's parcels in the order of spending: those that lapse, soonest first, then the others.
func (o *oracle) hours(a Account) []int {
	h := slices.Sorted(maps.Keys(o.parcels[a]))
	if len(h) > 0 && h[0] == 0 {
		h = append(h[1:], 0)
	}
	return h
}

// draw takes an amount out and says of which hours it was.
func (o *oracle) draw(a Account, n *big.Int, order []int) map[int]*big.Int {
	out, rest := map[int]*big.Int{}, new(big.Int).Set(n)
	for _, h := range order {
		have := o.parcels[a][h]
		if have == nil {
			continue
		}
		take := new(big.Int).Set(rest)
		if have.Cmp(take) < 0 {
			take.Set(have)
		}
		if take.Sign() == 0 {
			continue
		}
		have.Sub(have, take)
		rest.Sub(rest, take)
		if out[h] == nil {
			out[h] = new(big.Int)
		}
		out[h].Add(out[h], take)
	}
	if rest.Sign() > 0 {
		o.debt[a].Add(o.debt[a], rest) // only ever asked of issue
		if out[0] == nil {
			out[0] = new(big.Int)
		}
		out[0].Add(out[0], rest)
	}
	return out
}

type drawn struct {
	from, to Account
	out, in  map[int]*big.Int
}

func (o *oracle) move(from, to Account, n *big.Int, hour int) drawn {
	d := drawn{from, to, o.draw(from, n, o.hours(from)), map[int]*big.Int{}}
	for h, x := range d.out {
		arrives := hour
		if lapsing[from] && h != 0 && (hour == 0 || h < hour) {
			arrives = h
		}
		if d.in[arrives] == nil {
			d.in[arrives] = new(big.Int)
		}
		d.in[arrives].Add(d.in[arrives], x)
		o.put(to, arrives, x)
	}
	return d
}

func (o *oracle) undo(d drawn, n *big.Int) {
	rest := new(big.Int).Set(n)
	if lapsing[d.to] {
		for h, x := range d.in {
			if h == 0 {
				continue
			}
			for _, gone := range o.draw(d.to, minBig(x, o.parcels[d.to][h]), []int{h}) {
				rest.Sub(rest, gone)
			}
		}
	}
	o.draw(d.to, rest, o.hours(d.to))
	for h, x := range d.out {
		if d.from == "issue:z" {
			o.debt[d.from].Sub(o.debt[d.from], x)
			continue
		}
		o.put(d.from, h, x)
	}
}

func minBig(a, b *big.Int) *big.Int {
	if b == nil {
		return new(big.Int)
	}
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

func instant(hour int) time.Time {
	if hour == 0 {
		return time.Time{}
	}
	return time.Date(2026, 1, 1, hour, 0, 0, 0, time.UTC)
}

func TestBooksAgreeWithParcelsOfBigIntegers(t *testing.T) {
	names := []Account{"person:1", "person:2", "unit:u", "pool:330108001", "held:1", "issue:z", "expired:z"}
	edges := []int64{1, 2, 7, 1 << 31, math.MaxInt64 / 2, math.MaxInt64 - 1, math.MaxInt64}
	rapid.Check(t, func(t *rapid.T) {
		books, o := &Books{}, newOracle()
		var posted []Posted
		var moves []drawn
		undone := map[string]bool{}
		fits := func(from, to Account, n *big.Int) bool {
			left, sum := new(big.Int).Sub(o.balance(from), n), new(big.Int).Add(o.balance(to), n)
			return left.IsInt64() && sum.IsInt64() && (from == "issue:z" || left.Sign() >= 0)
		}
		for step := range rapid.IntRange(1, 60).Draw(t, "steps") {
			id := fmt.Sprint(step)
			if len(posted) > 0 && rapid.IntRange(0, 4).Draw(t, "undo") == 0 {
				i := rapid.IntRange(0, len(posted)-1).Draw(t, "which")
				if undone[posted[i].ID] || posted[i].Reverses != "" {
					continue
				}
				n := big.NewInt(posted[i].Amount)
				possible := fits(posted[i].To, posted[i].From, n)
				_, err := books.Reverse(posted[i], id, "correction", "", int64(step), instant(1))
				if possible != (err == nil) {
					t.Fatalf("undo %v: oracle says possible=%v, the books say %v", posted[i], possible, err)
				}
				if err == nil {
					o.undo(moves[i], n)
					undone[posted[i].ID] = true
				}
			} else {
				x := Transfer{ID: id, From: rapid.SampledFrom(names).Draw(t, "from"), To: rapid.SampledFrom(names).Draw(t, "to"), Asset: Point,
					Amount: rapid.OneOf(rapid.SampledFrom(edges), rapid.Int64Range(1, 100)).Draw(t, "amount")}
				hour := rapid.IntRange(0, 4).Draw(t, "hour")
				if !lapsing[x.To] {
					hour = 0
				}
				if x.Expires = instant(hour); x.From == x.To {
					continue
				}
				n := big.NewInt(x.Amount)
				possible := fits(x.From, x.To, n)
				p, err := books.Post(x, int64(step), instant(1))
				if possible != (err == nil) {
					t.Fatalf("%v: oracle says possible=%v, the books say %v", x, possible, err)
				}
				if err == nil {
					posted, moves = append(posted, p), append(moves, o.move(x.From, x.To, n, hour))
				}
			}
			agree(t, books, o, names)
		}
	})
}

func agree(t *rapid.T, books *Books, o *oracle, names []Account) {
	sum := new(big.Int)
	for _, a := range names {
		s := books.At(Key{a, Point})
		if want := o.balance(a); want.Cmp(big.NewInt(s.Balance)) != 0 {
			t.Fatalf("%s: have %d, want %s", a, s.Balance, want)
		}
		sum.Add(sum, big.NewInt(s.Balance))
		lots := map[int]int64{}
		for i, l := range s.Lots {
			if l.Left <= 0 || i > 0 && !l.Expires.After(s.Lots[i-1].Expires) {
				t.Fatalf("%s: lots %v", a, s.Lots)
			}
			lots[l.Expires.Hour()] = l.Left
		}
		for h, want := range o.parcels[a] {
			if h != 0 && want.Cmp(big.NewInt(lots[h])) != 0 {
				t.Fatalf("%s: the lot of hour %d holds %d, want %s", a, h, lots[h], want)
			}
			delete(lots, h)
		}
		if len(lots) != 0 {
			t.Fatalf("%s has lots nobody made: %v", a, lots)
		}
	}
	if sum.Sign() != 0 {
		t.Fatalf("the books sum to %s", sum)
	}
}

func TestARefusedTransferChangesNothing(t *testing.T) {
	b := &Books{}
	b.Set(Key{"person:1", Point}, State{Balance: 5, Postings: 1, Lots: []Lot{{instant(3), 5}}})
	for _, x := range []Transfer{
		{ID: "a", From: "person:1", To: "sponsor:2", Asset: Point, Amount: 6},
		{ID: "b", From: "person:1", To: "sponsor:2", Asset: Point, Amount: 0},
	} {
		if _, err := b.Post(x, 1, instant(1)); err == nil {
			t.Errorf("%v was posted", x)
		}
	}
	b.Changed(func(k Key, _, _ State) { t.Errorf("%v was changed", k) })
}

func TestGiftsLiveNoLonger(t *testing.T) {
	b := &Books{}
	b.Set(Key{"person:1", Point}, State{Balance: 9, Postings: 1, Lots: []Lot{{instant(3), 4}}})
	if _, err := b.Post(Transfer{ID: "a", From: "person:1", To: "person:2", Asset: Point, Amount: 6, Expires: instant(9)}, 1, instant(1)); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(b.At(Key{"person:2", Point}).Lots); got != fmt.Sprint([]Lot{{instant(3), 4}, {instant(9), 2}}) {
		t.Errorf("lots %v", got)
	}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	with := func(change func(*Transfer)) Transfer {
		x := Transfer{ID: "a", From: "pool:330108001", To: "person:5", Asset: Point, Amount: 5}
		change(&x)
		return x
	}
	for name, c := range map[string]struct {
		t    Transfer
		want string
	}{
		"a good transfer":         {with(func(*Transfer) {}), ""},
		"no id":                   {with(func(x *Transfer) { x.ID = "" }), "id"},
		"nothing moved":           {with(func(x *Transfer) { x.Amount = 0 }), "amount"},
		"moved backwards":         {with(func(x *Transfer) { x.Amount = -5 }), "amount"},
		"to itself":               {with(func(x *Transfer) { x.To = x.From }), "to"},
		"an unknown class":        {with(func(x *Transfer) { x.From = "bank:1" }), "from"},
		"a class without owner":   {with(func(x *Transfer) { x.To = "person:" }), "to"},
		"an unknown asset":        {with(func(x *Transfer) { x.Asset = "GOLD" }), "asset"},
		"a pool that lapses":      {with(func(x *Transfer) { x.To, x.Expires = "pool:2", instant(1) }), "expires"},
		"a reason without an end": {with(func(x *Transfer) { x.Reason = string(make([]byte, 101)) }), "reason"},
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

func TestTheSameTransferInAnotherZoneOfTimeIsTheSame(t *testing.T) {
	a := Transfer{ID: "1", From: "pool:1", To: "person:2", Asset: Point, Amount: 5, Expires: instant(2)}
	b := a
	b.Expires = b.Expires.In(time.FixedZone("", 8*3600))
	if !a.Same(b) {
		t.Error("one instant in two zones differs")
	}
	if b.Ref = "x"; a.Same(b) {
		t.Error("another reference is the same")
	}
}
