package rules

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestATableHoldsWhatItWasGiven fills tables one by one, in runs and by appending, while a matrix stands over them, and compares with
// what was given and with a table made anew.
func TestATableHoldsWhatItWasGiven(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := randomBook(rt)
		day := randomDay(rt, "as of")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		table := NewTable(b.Fields, rapid.SampledFrom([]int{0, 1, 63, 64, 100, 4000, 4096, 9000}).Draw(rt, "enterprises"))
		given := make([]Profile, table.Len())
		for row := range given {
			given[row].Values = make([]Value, len(b.Fields))
		}
		m := NewMatrix(b.AsOf(day), table)
		m.Evaluate() // makes the columns of shares
		value := func(f int) Value {
			if v := randomValue(rng, b.Fields[f], day); b.Fields[f].Kind != Count || rng.IntN(100) > 0 {
				return v
			}
			return Known(one[int64](rng, math.MinInt64, math.MaxInt64, -1, 1<<31, -1<<31, 1<<62))
		}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			f := rapid.IntRange(0, len(b.Fields)-1).Draw(rt, "field")
			switch step := rapid.SampledFrom([]string{"set", "add", "run", "all codes"}).Draw(rt, "step"); {
			case step == "add" || len(given) == 0:
				for range rapid.SampledFrom([]int{1, 70}).Draw(rt, "new") {
					p := Profile{ID: fmt.Sprint("new", len(given)), Values: make([]Value, len(b.Fields))}
					if row := table.Add(p.ID); row != len(given) || table.IDs[row] != p.ID {
						rt.Fatalf("added as row %d %q", row, table.IDs[row])
					}
					given = append(given, p)
				}
			case step == "set":
				row := rng.IntN(len(given))
				v := value(f)
				table.Set(row, f, v)
				given[row].Values[f] = v
			case step == "all codes":
				codes := make([]string, len(given))
				for row := range given {
					v := value(codeField)
					given[row].Values[codeField], codes[row] = v, v.Code
				}
				table.SetCodes(codeField, codes)
			default:
				from := rng.IntN(len(given)) / 64 * 64
				n := 1 + rng.IntN(len(given)-from)
				for i := range n {
					given[from+i].Values[f] = value(f)
				}
				setRun(rng, table, f, from, given[from:from+n])
			}
		}
		anew := b.Table(given)
		for row, p := range given {
			if got := table.Profile(row); !slices.Equal(got.Values, p.Values) {
				rt.Fatalf("row %d has %v, want %v", row, got.Values, p.Values)
			}
		}
		if got, want := m.Evaluate(), NewMatrix(m.Plan, anew).Evaluate(); !slices.Equal(got, want) {
			rt.Fatalf("%v, in a table made anew %v", got, want)
		}
		for i := range m.Plan.Items {
			for row, s := range bitStates(m, i) {
				if want := m.Plan.State(i, given[row]); s != want {
					rt.Fatalf("item %d row %d: %s, want %s", i, row, s, want)
				}
			}
			from := rng.IntN(len(given) + 2)
			for _, state := range []State{Eligible, NotFor, CannotSay, NotInForce} {
				var want []int
				for row := from; row < len(given); row++ {
					if m.Plan.State(i, given[row]) == state {
						want = append(want, row)
					}
				}
				if got := slices.Collect(m.Rows(i, state, from)); !slices.Equal(got, want) {
					rt.Fatalf("item %d from row %d: %v are %s, want %v", i, from, got, state, want)
				}
			}
		}
	})
}

// setRun sets values side by side as a loader does: what is unknown is filled with anything.
func setRun(rng *rand.Rand, t *Table, f, from int, run []Profile) {
	var known []uint64
	var numbers []int64
	var places []uint32
	var blocks []CodeBlock
	dict := []string{"Q9"} // that nobody has
	flush := func() {
		blocks = append(blocks, CodeBlock{Known: known, Dict: slices.Clone(dict), Places: places})
		known, places, dict = nil, nil, dict[:1]
	}
	all := true
	for i, p := range run {
		v := p.Values[f]
		if i%64 == 0 {
			if t.cols[f].kind == Code && i > 0 && rng.IntN(3) == 0 {
				flush()
			}
			known = append(known, 0)
		}
		at := slices.Index(dict, v.Code)
		if v.Known && at < 0 {
			at = len(dict)
			dict = append(dict, v.Code)
		}
		if !v.Known {
			all = false
			v.N, at = int64(rng.Uint64()), rng.Int()&math.MaxUint32
		} else {
			known[len(known)-1] |= 1 << (i % 64)
		}
		numbers, places = append(numbers, v.N), append(places, uint32(at))
	}
	if t.cols[f].kind == Code {
		flush()
		t.SetCodeBlocks(f, from, blocks...)
		return
	}
	if all {
		known = nil
	}
	t.SetNumbers(f, from, known, numbers)
}

// TestColumnsOfEveryWidth compares tests of numbers of all widths, with bounds beside them and at the ends, with plain comparisons.
func TestColumnsOfEveryWidth(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		width, spread := rapid.IntRange(0, 63).Draw(rt, "width"), rapid.IntRange(0, 63).Draw(rt, "spread")
		start := int64(rng.Uint64() >> (63 - width) >> 1)
		if rapid.Bool().Draw(rt, "below 0") {
			start = -start
		}
		numbers := make([]int64, rapid.SampledFrom([]int{1, 5000}).Draw(rt, "enterprises"))
		for i := range numbers { // of many in a chunk the leading digits are alike
			numbers[i] = start ^ int64(rng.Uint64()>>(63-spread)>>1)
		}
		table := NewTable([]Field{{ID: "n", Kind: Count}}, len(numbers))
		table.SetNumbers(0, 0, nil, numbers)
		c := &table.cols[0]
		bounds := []int64{math.MinInt64, math.MaxInt64, 0, start}
		for range 8 {
			bounds = append(bounds, numbers[rng.IntN(len(numbers))]+rng.Int64N(3)-1)
		}
		for _, low := range bounds {
			for _, high := range bounds {
				var got chunk
				for k := range c.known {
					c.within(k, []span{{low, high}}, &got)
					for row := k * chunkRows; row < min((k+1)*chunkRows, len(numbers)); row++ {
						if n := numbers[row]; got.has(row%chunkRows) != (low <= n && n <= high) {
							rt.Fatalf("%d from %d to %d: %v", n, low, high, got.has(row%chunkRows))
						}
					}
				}
			}
		}
	})
}

// TestWhatIsUnknownTakesNoRoom gives numbers that are not known.
func TestWhatIsUnknownTakesNoRoom(t *testing.T) {
	table := NewTable([]Field{{ID: "n", Kind: Money}}, 3)
	table.SetNumbers(0, 0, []uint64{0b010}, []int64{math.MinInt64, 5, math.MaxInt64})
	if c := table.cols[0]; c.width != 3 || table.Get(1, 0) != Known(5) || table.Get(0, 0) != (Value{}) || table.Get(2, 0) != (Value{}) {
		t.Errorf("%d digits: %v", c.width, table.Profile(1))
	}
}

// TestManyCodes has more of them than 16 bits tell apart, and some that are new.
func TestManyCodes(t *testing.T) {
	codes := make([]string, 80_000)
	for i := range codes {
		codes[i] = fmt.Sprintf("%05d", (i*7919)%100_000)
	}
	table := NewTable([]Field{{ID: "code", Kind: Code}}, len(codes))
	table.SetCodes(0, codes)
	codes[77_777] = "0000A"
	table.Set(77_777, 0, Coded(codes[77_777]))
	dict, places := []string{"99999A", "0000B", "33333A"}, make([]uint32, 64)
	for i := range places {
		places[i] = uint32(i % len(dict))
		codes[64+i] = dict[places[i]]
	}
	table.SetCodeBlocks(0, 64, CodeBlock{Dict: dict, Places: places})
	c := &table.cols[0]
	if len(c.dict) <= math.MaxUint16 {
		t.Fatalf("%d codes", len(c.dict))
	}
	for row, code := range codes {
		if got := table.Get(row, 0); got != Coded(code) {
			t.Fatalf("row %d has %v, want %s", row, got, code)
		}
	}
	for _, prefix := range []string{"0", "0000", "0000A", "99999", "5", "77", "A"} {
		var got chunk
		for k := range c.known {
			c.within(k, []span{c.under(prefix)}, &got)
			for row := k * chunkRows; row < min((k+1)*chunkRows, len(codes)); row++ {
				if got.has(row%chunkRows) != strings.HasPrefix(codes[row], prefix) {
					t.Fatalf("%s under %s: %v", codes[row], prefix, got.has(row%chunkRows))
				}
			}
		}
	}
}

// TestSharesInHalves compares the column of shares with fractions, up to shares and bounds that it cannot tell apart.
func TestSharesInHalves(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	number := func() int64 {
		n := int64(rng.Uint64() >> rng.IntN(64))
		return one(rng, n, n, -n, math.MaxInt64, math.MinInt64, 0, 1, 10_000, 1<<30, mostHalves)
	}
	table := NewTable([]Field{{ID: "part", Kind: Money}, {ID: "whole", Kind: Money}}, 3000)
	for row := range table.Len() {
		part, whole := number(), number()
		if rng.IntN(2) == 0 { // a share close to a bound below
			whole = 1 + rng.Int64N(1_000_000)
			part = whole*rng.Int64N(20)/10_000 + rng.Int64N(3) - 1
		}
		table.Set(row, 0, Known(part))
		table.Set(row, 1, Known(whole))
	}
	columns, rows := 0, 0
	for i := range 300 {
		l := &leaf{verb: Share, field: 0, of: 1, low: math.MinInt64, high: math.MaxInt64}
		bound := one(rng, number(), rng.Int64N(20), mostHalves/2-1, mostHalves/2, mostHalves/2+1, -mostHalves/2)
		if bound == math.MinInt64 || bound == math.MaxInt64 {
			continue // no bound at all
		}
		if i%2 == 0 {
			l.low = bound
		} else {
			l.high = bound
		}
		if l.inHalves() {
			columns++
		} else {
			rows++
		}
		s := newSheet(table)
		test := s.test(l)
		if i == 0 { // and the column of shares is not what it was
			known, parts := make([]uint64, table.Len()/64), make([]int64, table.Len()/64*64)
			for row := range parts {
				known[row/64] |= 1 << (row % 64)
				parts[row] = number() / 3
			}
			table.SetNumbers(0, 0, known, parts)
			s = newSheet(table)
			test = s.test(l)
		}
		s.turn(0)
		for row := range table.Len() {
			part, whole := table.Get(row, 0).N, table.Get(row, 1).N
			if test.known.has(row) != (whole > 0) {
				t.Fatalf("a share of %d is known: %v", whole, whole <= 0)
			}
			if whole <= 0 {
				continue
			}
			share := new(big.Rat).SetFrac(big.NewInt(part), big.NewInt(whole))
			cmp := share.Mul(share, big.NewRat(10_000, 1)).Cmp(new(big.Rat).SetInt64(bound))
			if want := cmp == 0 || cmp > 0 == (i%2 == 0); test.yes.has(row) != want {
				t.Fatalf("%d of %d between %d and %d: %v", part, whole, l.low, l.high, !want)
			}
		}
	}
	if columns == 0 || rows == 0 {
		t.Errorf("%d tests by columns, %d by rows", columns, rows)
	}
}

func BenchmarkLoad(b *testing.B) {
	const rows, block = 1 << 20, 4096
	fields := []Field{{ID: "money", Kind: Money}, {ID: "code", Kind: Code}}
	rng := rand.New(rand.NewPCG(1, 1))
	known, numbers, places := make([]uint64, block/64), make([]int64, block), make([]uint32, block)
	dict := make([]string, 1400) // as many as there are industries
	for i := range dict {
		dict[i] = fmt.Sprintf("%c%04d", 'A'+i%20, i)
	}
	for i := range numbers {
		numbers[i], places[i] = rng.Int64N(2500_0000_00), rng.Uint32N(uint32(len(dict)))
		known[i/64] |= uint64(min(rng.IntN(5), 1)) << (i % 64)
	}
	b.Run("numbers", func(b *testing.B) {
		t := NewTable(fields, rows)
		b.SetBytes(rows * 8)
		for range b.N {
			for from := 0; from < rows; from += block {
				t.SetNumbers(0, from, known, numbers)
			}
		}
	})
	b.Run("codes", func(b *testing.B) {
		b.SetBytes(rows * 4)
		blocks := slices.Repeat([]CodeBlock{{known, dict, places}}, rows/block)
		t := NewTable(fields, rows)
		for range b.N {
			t.SetCodeBlocks(1, 0, blocks...)
		}
	})
	b.Run("append", func(b *testing.B) { // an enterprise with two values, to a million
		t := NewTable(fields, rows)
		t.SetCodes(1, dict)
		for range b.N {
			row := t.Add("示例")
			t.Set(row, 0, Known(numbers[row%block]))
			t.Set(row, 1, Coded(dict[row%len(dict)]))
		}
	})
}
