package rules

import (
	"iter"
	"math"
	"math/bits"
)

// Flip is an enterprise for whom an item comes to something else than before.
type Flip struct {
	Item, Row int
	Was, Is   State
}

// State is what an item comes to for one enterprise.
func (m *Matrix) State(item, row int) State { return m.Plan.state(item, m.Table.getter(row)) }

// Rows are the enterprises from a row on for whom an item comes to a state, in the order of the table. The table is not changed meanwhile.
func (m *Matrix) Rows(item int, state State, from int) iter.Seq[int] {
	return func(yield func(int) bool) {
		s := newSheet(m.Table)
		root := s.tree(m.Plan.Items[item].root)
		var a answers
		for k := from / chunkRows; k < m.Table.chunks(); k++ {
			s.turn(k)
			s.answer(root, &a)
			for i := range a.rows {
				if row := k*chunkRows + i; row >= from && a.at(i) == state && !yield(row) {
					return
				}
			}
		}
	}
}

// Explain is the verdict with its reasons.
func (m *Matrix) Explain(item, row int) Verdict { return m.Plan.verdict(item, m.Table.getter(row)) }

// Edit changes one value of one enterprise and tells which items come to something else for it.
func (m *Matrix) Edit(row, field int, v Value) []Flip {
	p := m.Table.Profile(row)
	items := m.uses[field]
	was := make([]State, len(items))
	for i, x := range items {
		was[i] = m.Plan.State(x, p)
	}
	m.Table.Set(row, field, v)
	p.Values[field] = v
	var out []Flip
	for i, x := range items {
		if is := m.Plan.State(x, p); is != was[i] {
			out = append(out, Flip{x, row, was[i], is})
		}
	}
	return out
}

// Change is what a new version would change of one item: how many come to it and leave it, and who.
type Change struct {
	Item          int
	Before, After Tally
	Flips         Flips
}

// Flips are the enterprises for whom one item comes to something else than before. They are kept as bits, since a change may flip all, in
// memory that the matrix uses again: they are good until its next Try or Replace.
type Flips struct {
	item, n int
	chunks  []flips
}

// flips are those of a chunk that begins with a row.
type flips struct {
	row     int
	was, is answers
}

// Len is how many there are.
func (f *Flips) Len() int { return f.n }

// All are the flips, in the order of the table.
func (f *Flips) All() iter.Seq[Flip] {
	return func(yield func(Flip) bool) {
		for i := range f.chunks {
			c := &f.chunks[i]
			for w := range c.was.yes {
				for differ := c.differ(w); differ != 0; differ &= differ - 1 {
					row := w*64 + bits.TrailingZeros64(differ)
					if !yield(Flip{f.item, c.row + row, c.was.at(row), c.is.at(row)}) {
						return
					}
				}
			}
		}
	}
}

// Try decides another version of an item beside the one in force, over all enterprises: first what changes of the item itself,
// then of those that yield to it. Nothing is changed.
func (m *Matrix) Try(item int, draft *Item) ([]Change, error) {
	_, out, err := m.try(item, draft)
	return out, err
}

// Replace puts another version in place of an item and tells what changed, as Try does.
func (m *Matrix) Replace(item int, draft *Item) ([]Change, error) {
	plan, out, err := m.try(item, draft)
	if err != nil {
		return nil, err
	}
	m.take(plan)
	return out, nil
}

func (m *Matrix) try(item int, draft *Item) (*Plan, []Change, error) {
	plan, err := m.Plan.With(item, draft)
	if err != nil {
		return nil, nil, err
	}
	m.flips = m.flips[:0]
	out := []Change{m.compare(item, plan)}
	for j := range plan.Items {
		if j != item && (plan.leans(j, item) || m.Plan.leans(j, item)) {
			out = append(out, m.compare(j, plan))
		}
	}
	return plan, out, nil
}

// compare decides an item as it is and as it is in another plan.
func (m *Matrix) compare(item int, in *Plan) Change {
	out := Change{Item: item, Flips: Flips{item: item}}
	s := newSheet(m.Table)
	was, is := s.tree(m.Plan.Items[item].root), s.tree(in.Items[item].root)
	first := len(m.flips)
	var f flips
	for k := range m.Table.chunks() {
		s.turn(k)
		s.answer(was, &f.was)
		s.answer(is, &f.is)
		out.Before.count(&f.was)
		out.After.count(&f.is)
		n := 0
		for w := range chunkWords {
			n += bits.OnesCount64(f.differ(w))
		}
		if n > 0 {
			f.row = k * chunkRows
			out.Flips.n += n
			m.flips = append(m.flips, f)
		}
	}
	out.Flips.chunks = m.flips[first:]
	return out
}

// differ are the enterprises of a word that flip.
func (c *flips) differ(w int) uint64 {
	if c.was.inForce != c.is.inForce {
		return math.MaxUint64 >> min(64, max(0, w*64+64-c.was.rows))
	}
	return (c.was.yes[w] ^ c.is.yes[w]) | (c.was.no[w] ^ c.is.no[w])
}
