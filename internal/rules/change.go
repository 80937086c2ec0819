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

// Change is what a new version would change of one item: how many come to it and leave it, and who.
type Change struct {
	Item          int
	Before, After Tally
	Flips         Flips
}

// Flips are the enterprises for whom one item comes to something else than before. They are kept as bits, since a change may flip all, in
// memory that the matrix uses again: they are good until its next Edit, Add, Try, Replace or Report.
type Flips struct {
	item, n int
	was, is *decided
}

// Len is how many there are.
func (f *Flips) Len() int { return f.n }

// All are the flips, in the order of the table.
func (f *Flips) All() iter.Seq[Flip] {
	return func(yield func(Flip) bool) {
		for w := range (f.was.rows + 63) / 64 {
			differ := f.differ(w)
			if differ == 0 {
				continue
			}
			was, is := f.was.word(w), f.is.word(w)
			for ; differ != 0; differ &= differ - 1 {
				bit := bits.TrailingZeros64(differ)
				if !yield(Flip{f.item, w*64 + bit, was.at(bit), is.at(bit)}) {
					return
				}
			}
		}
	}
}

// differ are the enterprises of a word that flip.
func (f *Flips) differ(w int) uint64 {
	was, is := f.was.word(w), f.is.word(w)
	if was.inForce != is.inForce {
		return math.MaxUint64 >> max(0, w*64+64-f.was.rows)
	}
	return (was.yes ^ is.yes) | (was.no ^ is.no)
}

// Try decides another version of an item beside the one in force, over all enterprises: first what changes of the item itself,
// then of those that yield to it. Nothing is changed.
func (m *Matrix) Try(item int, draft *Item) ([]Change, error) {
	_, out, err := m.try(item, draft)
	m.spare = m.spare[:0]
	for _, c := range out {
		m.spare = append(m.spare, c.Flips.is)
	}
	return out, err
}

// Replace puts another version in place of an item and tells what changed, as Try does.
func (m *Matrix) Replace(item int, draft *Item) ([]Change, error) {
	plan, out, err := m.try(item, draft)
	if err != nil {
		return nil, err
	}
	m.Plan, m.spare = plan, m.spare[:0]
	for _, c := range out {
		m.kept[c.Item] = c.Flips.is
		m.spare = append(m.spare, c.Flips.was)
	}
	m.index()
	return out, nil
}

func (m *Matrix) try(item int, draft *Item) (*Plan, []Change, error) {
	plan, err := m.Plan.With(item, draft)
	if err != nil {
		return nil, nil, err
	}
	items := []int{item}
	for j := range plan.Items {
		if j != item && (plan.leans(j, item) || m.Plan.leans(j, item)) {
			items = append(items, j)
		}
	}
	m.decided(items...)
	var out []Change
	for i, is := range decide(plan, m.Table, m.spare, items...) {
		was := m.kept[items[i]]
		c := Change{items[i], was.tally(), is.tally(), Flips{item: items[i], was: was, is: is}}
		for w := range (was.rows + 63) / 64 {
			c.Flips.n += bits.OnesCount64(c.Flips.differ(w))
		}
		out = append(out, c)
	}
	return plan, out, nil
}
