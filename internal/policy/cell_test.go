package policy

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// TestACellIsItsLines adds lines in two orders and in one piece, writes and reads, and wants what a map says.
func TestACellIsItsLines(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		lines := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) CellPart {
			return CellPart{rapid.SampledFrom([]string{"", "330108001", "330108002001"}).Draw(rt, "area"), rapid.IntRange(0, 400).Draw(rt, "place"),
				rapid.Int64Range(-2, 2).Draw(rt, "pieces"), rapid.Int64Range(-1e12, 1e12).Draw(rt, "amount")}
		}), 0, 60).Draw(rt, "lines")
		var whole, bit Cell
		whole.Add(lines...)
		for i := range lines {
			bit.Add(lines[len(lines)-1-i])
		}
		if string(whole.Bytes()) != string(bit.Bytes()) {
			rt.Fatal("the order of lines tells")
		}
		back, err := ReadCell(CellKey{}, whole.Bytes())
		if err != nil || string(back.Bytes()) != string(whole.Bytes()) || len(whole.parts) > 0 && !reflect.DeepEqual(back, whole) {
			rt.Fatalf("%v: %+v", err, back)
		}
		var amount, pieces int64
		net := map[int]int64{}
		for _, p := range lines {
			amount, pieces = amount+p.Amount, pieces+p.Pieces
			net[p.Place] += p.Pieces
		}
		kept := 0
		for place, n := range net {
			if n > 0 {
				kept++
				if !Places([]Cell{whole})[place] {
					rt.Fatalf("place %d is missing", place)
				}
			}
		}
		total, _ := Tally([]Cell{back}, nil, func(CellKey, string) string { return "" })
		if total != (Figures{pieces, int64(kept), amount}) {
			rt.Fatalf("%+v, want %d of %d: %d", total, pieces, kept, amount)
		}
	})
}

func FuzzReadCell(f *testing.F) {
	c := Cell{}
	c.Add(CellPart{"330108001", 7, 1, 100}, CellPart{"", 9, -1, -5})
	f.Add(c.Bytes())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		if c, err := ReadCell(CellKey{}, body); err == nil {
			c.Add()
			c.Bytes()
		}
	})
}
