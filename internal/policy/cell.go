package policy

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
)

// CellKey is what the lines of a cell have in common.
type CellKey struct {
	Month int    // 202603
	Item  string // of the policies; "" where another system names it in words only
	Title string // the item in words
	Way   string
	Kind  string // 险种 or 税种; "" for none
}

// Cell is what enterprises got of one thing in one month, added up for each of them, so that figures over a year read some hundred
// cells instead of every line of the payouts. It is made from the lines and says no more than they do.
type Cell struct {
	CellKey
	parts []CellPart // by area and place, each once
}

// CellPart is what one enterprise got. What was taken back counts below zero.
type CellPart struct {
	Area   string
	Place  int // of the enterprise within the zone
	Pieces int64
	Amount int64 // 分
}

func (p CellPart) compare(q CellPart) int {
	return cmp.Or(cmp.Compare(p.Area, q.Area), cmp.Compare(p.Place, q.Place))
}

// Add puts more into the cell. What comes to nothing is left out.
func (c *Cell) Add(more ...CellPart) {
	all := slices.Concat(c.parts, more)
	slices.SortStableFunc(all, CellPart.compare)
	out := all[:0]
	for _, p := range all {
		if n := len(out) - 1; n >= 0 && out[n].compare(p) == 0 {
			out[n].Pieces += p.Pieces
			out[n].Amount += p.Amount
		} else {
			out = append(out, p)
		}
	}
	c.parts = slices.DeleteFunc(out, func(p CellPart) bool { return p.Pieces == 0 && p.Amount == 0 })
}

const cellFormat = 1

// Bytes is what the cell holds, as it is stored: equal cells give equal bytes.
func (c *Cell) Bytes() []byte {
	var areas []string
	for _, p := range c.parts {
		if n := len(areas); n == 0 || areas[n-1] != p.Area {
			areas = append(areas, p.Area)
		}
	}
	out := binary.AppendUvarint([]byte{cellFormat}, uint64(len(areas)))
	rest := c.parts
	for _, area := range areas {
		n := slices.IndexFunc(rest, func(p CellPart) bool { return p.Area != area })
		if n < 0 {
			n = len(rest)
		}
		out = binary.AppendUvarint(appendText(out, area), uint64(n))
		last := 0
		for _, p := range rest[:n] {
			out = binary.AppendUvarint(out, uint64(p.Place-last))
			out = binary.AppendVarint(binary.AppendVarint(out, p.Pieces), p.Amount)
			last = p.Place
		}
		rest = rest[n:]
	}
	return out
}

var errCell = errors.New("no cell of payouts")

// ReadCell reads what Bytes wrote.
func ReadCell(key CellKey, body []byte) (Cell, error) {
	r := pageReader{b: body}
	c := Cell{CellKey: key}
	if r.bytes(1)[0] != cellFormat {
		return c, errCell
	}
	for range r.count() {
		area, place := r.text(), 0
		n := r.count()
		c.parts = slices.Grow(c.parts, n)
		for range n {
			place += int(r.uvarint())
			c.parts = append(c.parts, CellPart{area, place, r.varint(), r.varint()})
		}
	}
	if r.bad || len(r.b) > 0 {
		return c, errCell
	}
	return c, nil
}

// Figures are 件数, 户数 and 金额.
type Figures struct {
	Pieces      int64
	Enterprises int64 // that got something and kept it
	Amount      int64 // 分
}

// Tally adds cells up: all that keep holds for, and the same by what by names. keep may be nil.
func Tally(cells []Cell, keep func(CellKey, string) bool, by func(CellKey, string) string) (total Figures, groups map[string]Figures) {
	all := counter{}
	each := map[string]*counter{}
	for _, c := range cells {
		area, in := "", false
		var group *counter
		for i, p := range c.parts {
			if i == 0 || p.Area != area {
				area = p.Area
				if in = keep == nil || keep(c.CellKey, area); !in {
					continue
				}
				name := by(c.CellKey, area)
				if group = each[name]; group == nil {
					group = &counter{}
					each[name] = group
				}
			}
			if in {
				all.add(p)
				group.add(p)
			}
		}
	}
	groups = make(map[string]Figures, len(each))
	for name, g := range each {
		groups[name] = g.figures()
	}
	return all.figures(), groups
}

// counter adds parts up and remembers whose they are.
type counter struct {
	Figures
	net map[int]int64 // pieces by place
}

func (c *counter) add(p CellPart) {
	c.Pieces += p.Pieces
	c.Amount += p.Amount
	if c.net == nil {
		c.net = map[int]int64{}
	}
	c.net[p.Place] += p.Pieces
}

func (c *counter) figures() Figures {
	for _, n := range c.net {
		if n > 0 {
			c.Enterprises++
		}
	}
	return c.Figures
}

// Places lists the enterprises that got something and kept it.
func Places(cells []Cell) map[int]bool {
	net, out := map[int]int64{}, map[int]bool{}
	for _, c := range cells {
		for _, p := range c.parts {
			net[p.Place] += p.Pieces
		}
	}
	for place, n := range net {
		if n > 0 {
			out[place] = true
		}
	}
	return out
}
