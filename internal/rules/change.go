package rules

import "math/bits"

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
		w, b := row>>6, row&63
		switch {
		case t.test.known[w]>>b&1 == 0:
			return Unknown
		case t.test.yes[w]>>b&1 == 1:
			return True
		}
		return False
	case All:
		out := True
		for _, k := range t.kids {
			out = min(out, k.at(row))
		}
		return out
	case Any:
		out := False
		for _, k := range t.kids {
			out = max(out, k.at(row))
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
	w, bit := row>>6, uint64(1)<<(row&63)
	for _, b := range m.on[field] {
		l := b.leaf
		var whole Value
		if l.verb == Share {
			whole = m.Table.Get(row, l.of)
		}
		t := l.test(m.Table.Get(row, l.field), whole)
		b.yes[w] &^= bit
		if t == True {
			b.yes[w] |= bit
		}
		if l.verb == Share {
			b.known[w] &^= bit
			if t != Unknown {
				b.known[w] |= bit
			}
		}
	}
}

// Change is what a new version would change of one item: how many come to it and leave it, and who.
type Change struct {
	Item          int
	Before, After Tally
	Flips         []Flip
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
	was := m.roots[item]
	before, after := &m.sides[0], &m.sides[1]
	out := Change{Item: item, Before: m.all(was, before), After: m.all(is, after)}
	flips := 0
	for w := range before.yes {
		flips += bits.OnesCount64(m.differ(w))
	}
	if flips == 0 {
		return out
	}
	out.Flips = make([]Flip, 0, flips)
	for w := range before.yes {
		for differ := m.differ(w); differ != 0; differ &= differ - 1 {
			b := bits.TrailingZeros64(differ)
			out.Flips = append(out.Flips, Flip{item, w*64 + b, side(was, before.yes[w], before.no[w], b), side(is, after.yes[w], after.no[w], b)})
		}
	}
	return out
}

// answers are for whom an item is, and for whom not.
type answers struct{ yes, no []uint64 }

// all decides a tree for everybody and counts; nobody has an item that is not in force.
func (m *Matrix) all(t *tree, a *answers) (out Tally) {
	if a.yes == nil {
		a.yes, a.no = make([]uint64, m.words()), make([]uint64, m.words())
	}
	if t == nil {
		clear(a.yes)
		clear(a.no)
		return out
	}
	for at := 0; at < m.words(); at += block {
		end := min(at+block, m.words())
		m.decide(t, at, 0, a.yes[at:end], a.no[at:end])
		m.count(&out, at, a.yes[at:end], a.no[at:end])
	}
	return out
}

// differ are the enterprises of a word whose answers differ.
func (m *Matrix) differ(w int) uint64 {
	a, b := &m.sides[0], &m.sides[1]
	return ((a.yes[w] ^ b.yes[w]) | (a.no[w] ^ b.no[w])) & m.rows(w)
}

func side(t *tree, yes, no uint64, b int) State {
	switch {
	case t == nil:
		return NotInForce
	case yes>>b&1 == 1:
		return Eligible
	case no>>b&1 == 1:
		return NotFor
	}
	return CannotSay
}
