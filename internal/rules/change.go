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

// State is what an item comes to for one enterprise, from the bitmaps.
func (m *Matrix) State(item, row int) State {
	if m.roots[item] == nil {
		return NotInForce
	}
	return stateOf(m.roots[item].at(row))
}

// Explain is the verdict with its reasons.
func (m *Matrix) Explain(item, row int) Verdict { return m.Plan.verdict(item, m.Table.getter(row)) }

func (t *tree) at(row int) Truth {
	switch t.kind {
	case Test:
		switch {
		case t.test.yes.has(row):
			return True
		case !t.test.known.has(row):
			return Unknown
		}
		return False
	case All:
		out := True
		for _, k := range t.kids {
			if out = min(out, k.at(row)); out == False {
				break
			}
		}
		return out
	case Any:
		out := False
		for _, k := range t.kids {
			if out = max(out, k.at(row)); out == True {
				break
			}
		}
		return out
	case AtLeast:
		yes, maybe := 0, 0
		for _, k := range t.kids {
			switch k.at(row) {
			case True:
				yes++
			case Unknown:
				maybe++
			}
		}
		return counted(yes, maybe, t.n)
	}
	return -t.kids[0].at(row)
}

// Edit changes one value of one enterprise and tells which items come to something else for it.
func (m *Matrix) Edit(row, field int, v Value) []Flip {
	items := m.uses[field]
	was := make([]Truth, len(items))
	for i, x := range items {
		was[i] = m.roots[x].at(row)
	}
	m.Table.Set(row, field, v)
	m.refresh(row, field)
	var out []Flip
	for i, x := range items {
		if is := m.roots[x].at(row); is != was[i] {
			out = append(out, Flip{x, row, stateOf(was[i]), stateOf(is)})
		}
	}
	return out
}

// refresh works one enterprise's bits out anew in every test of a field.
func (m *Matrix) refresh(row, field int) {
	v := m.Table.Get(row, field)
	for _, b := range m.on[field] {
		l, of, whole := b.leaf, v, v
		if l.field != field {
			of = m.Table.Get(row, l.field)
		}
		if l.verb == Share && l.of != field {
			whole = m.Table.Get(row, l.of)
		}
		t := l.test(of, whole)
		b.yes.put(row, t == True)
		if l.verb == Share {
			b.known.put(row, t != Unknown)
		}
	}
}

// Change is what a new version would change of one item: how many come to it and leave it, and who.
type Change struct {
	Item          int
	Before, After Tally
	Flips         Flips
}

// Flips are the enterprises for whom an item comes to something else than before. They are kept as bits and put into words as they are
// asked for: a change may flip all there are.
type Flips struct {
	item, rows, n int
	was, is       answers
}

// Len is how many there are.
func (f *Flips) Len() int { return f.n }

// All are the flips by the order of the table.
func (f *Flips) All() iter.Seq[Flip] {
	return func(yield func(Flip) bool) {
		if f.n == 0 {
			return
		}
		for row := 0; row < f.rows; row += 64 {
			for differ := f.differ(row); differ != 0; differ &= differ - 1 {
				at := row + bits.TrailingZeros64(differ)
				if !yield(Flip{f.item, at, f.was.at(at), f.is.at(at)}) {
					return
				}
			}
		}
	}
}

// differ are the bits of a row, a multiple of 64, and the 63 after it that flip.
func (f *Flips) differ(row int) uint64 {
	if f.was.inForce != f.is.inForce {
		return math.MaxUint64 >> max(0, row+64-f.rows)
	}
	return (f.was.yes.word(row) ^ f.is.yes.word(row)) | (f.was.no.word(row) ^ f.is.no.word(row))
}

// answers are for whom an item is, and for whom not.
type answers struct {
	inForce bool // nobody has an item that is not
	yes, no marks
}

func (a *answers) at(row int) State {
	switch {
	case !a.inForce:
		return NotInForce
	case a.yes.has(row):
		return Eligible
	case a.no.has(row):
		return NotFor
	}
	return CannotSay
}

// Try decides another version of an item beside the one in force, over all enterprises: first what changes of the item itself,
// then of those that yield to it. Nothing is changed but that its tests are kept, so that the next try is quick.
func (m *Matrix) Try(item int, draft *Item) ([]Change, error) {
	_, out, err := m.try(item, draft)
	m.forget()
	return out, err
}

// Replace puts another version in place of an item and tells what changed, as Try does.
func (m *Matrix) Replace(item int, draft *Item) ([]Change, error) {
	plan, out, err := m.try(item, draft)
	if err != nil {
		return nil, err
	}
	m.Plan = plan
	for _, c := range out {
		m.plant(c.Item, plan.Items[c.Item].root)
	}
	return out, nil
}

func (m *Matrix) try(item int, draft *Item) (*Plan, []Change, error) {
	plan, err := m.Plan.With(item, draft)
	if err != nil {
		return nil, nil, err
	}
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
	var is *tree
	if root := in.Items[item].root; root != nil {
		is = m.tree(root)
	}
	f := Flips{item: item, rows: m.rows}
	out := Change{Item: item, Before: m.all(m.roots[item], &f.was), After: m.all(is, &f.is)}
	for row := 0; row < m.rows; row += 64 {
		f.n += bits.OnesCount64(f.differ(row))
	}
	if f.n > 0 {
		out.Flips = f
	}
	return out
}

// all decides a tree for everybody and counts.
func (m *Matrix) all(t *tree, a *answers) (out Tally) {
	*a = answers{inForce: t != nil, yes: newMarks(m.rows), no: newMarks(m.rows)}
	if t == nil {
		return out
	}
	for k := range a.yes {
		m.decide(t, k, 0, &a.yes[k], &a.no[k])
		m.count(&out, k, &a.yes[k], &a.no[k])
	}
	return out
}
