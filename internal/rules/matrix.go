package rules

import (
	"math/bits"
	"slices"
)

// Matrix is a plan over a table: each different test is worked out once for all enterprises, into one bit each. Conditions are
// put together from those bits, 64 enterprises at a time. It is for one goroutine at a time.
type Matrix struct {
	Plan  *Plan
	Table *Table
	tests map[string]*bitmap
	on    [][]*bitmap // by field: the tests that look at it
	roots []*tree     // by item; nil when it is not in force
	uses  [][]int     // by field: the items that look at it
	tried []*bitmap   // those made for drafts, the oldest first

	rows  int         // how many enterprises it has taken in
	space []*[2]chunk // to work in, by the depth of a tree
}

// bitmap is one test over all enterprises.
type bitmap struct {
	leaf  *leaf
	yes   marks
	known marks // the column's own, but for shares
	uses  int   // how many places in the items in force it has
}

// tree is a node over bitmaps.
type tree struct {
	kind CondKind
	n    int
	kids []*tree
	test *bitmap
}

// NewMatrix works out every test of the plan.
func NewMatrix(p *Plan, t *Table) *Matrix {
	m := &Matrix{Plan: p, Table: t, tests: map[string]*bitmap{}, on: make([][]*bitmap, len(t.Fields)), roots: make([]*tree, len(p.Items)), uses: make([][]int, len(t.Fields)), rows: t.Len()}
	for i := range p.Items {
		m.plant(i, p.Items[i].root)
	}
	return m
}

func (m *Matrix) plant(i int, n *node) {
	for f := range m.uses {
		m.uses[f] = slices.DeleteFunc(m.uses[f], func(x int) bool { return x == i })
	}
	was := m.roots[i]
	if m.roots[i] = nil; n != nil {
		m.roots[i] = m.tree(n)
	}
	m.use(m.roots[i], 1)
	m.use(was, -1)
	m.forget()
	if n == nil {
		return
	}
	looks := map[int]bool{}
	n.fields(looks)
	for f := range looks {
		m.uses[f] = append(m.uses[f], i)
	}
}

func (n *node) fields(out map[int]bool) {
	if n.kind == Test {
		for _, f := range n.leaf.fields() {
			out[f] = true
		}
	}
	for _, k := range n.kids {
		k.fields(out)
	}
}

func (m *Matrix) tree(n *node) *tree {
	t := &tree{kind: n.kind, n: n.n}
	if n.kind == Test {
		t.test = m.bitmap(n.leaf)
	}
	for _, k := range n.kids {
		t.kids = append(t.kids, m.tree(k))
	}
	return t
}

func (m *Matrix) bitmap(l *leaf) *bitmap {
	if b, ok := m.tests[l.key]; ok {
		return b
	}
	b := &bitmap{leaf: l, yes: newMarks(m.rows), known: m.Table.cols[l.field].known}
	if l.verb == Share {
		b.known = newMarks(m.rows)
	}
	m.fill(b)
	m.tests[l.key] = b
	for _, f := range l.fields() {
		m.on[f] = append(m.on[f], b)
	}
	m.tried = append(m.tried, b)
	return b
}

// use counts the places of a tree's tests. One that has none left is kept for a while, like those of drafts.
func (m *Matrix) use(t *tree, by int) {
	if t == nil {
		return
	}
	if t.test != nil {
		if t.test.uses += by; t.test.uses == 0 {
			m.tried = append(m.tried, t.test)
		}
	}
	for _, k := range t.kids {
		m.use(k, by)
	}
}

// draftTests is how many tests that no item in force has are kept, so that the next try of a draft finds them.
const draftTests = 64

// forget drops tests of drafts, the oldest first.
func (m *Matrix) forget() {
	m.tried = slices.DeleteFunc(m.tried, func(b *bitmap) bool { return b.uses > 0 })
	for len(m.tried) > draftTests {
		b := m.tried[0]
		m.tried = m.tried[1:]
		delete(m.tests, b.leaf.key)
		for _, f := range b.leaf.fields() {
			m.on[f] = slices.DeleteFunc(m.on[f], func(x *bitmap) bool { return x == b })
		}
	}
}

// fields are the places of those a test looks at.
func (l *leaf) fields() []int {
	if l.verb == Share && l.of != l.field {
		return []int{l.field, l.of}
	}
	return []int{l.field}
}

// fill works a test out for all enterprises.
func (m *Matrix) fill(b *bitmap) {
	if b.leaf.verb == Share {
		m.fillShare(b)
		return
	}
	c := &m.Table.cols[b.leaf.field]
	spans := c.spans(b.leaf)
	for k := range b.yes {
		yes := &b.yes[k]
		if c.kind == Set {
			c.marked(k, b.leaf, yes)
		} else {
			c.within(k, spans, yes)
		}
		for i, known := range b.known[k] {
			yes[i] &= known
		}
	}
}

func (m *Matrix) fillShare(b *bitmap) {
	part, whole := &m.Table.cols[b.leaf.field], &m.Table.cols[b.leaf.of]
	var parts, wholes [64]int64
	for row := 0; row < m.rows; row += 64 {
		k, w := row/chunkRows, row/64%64
		known := part.known[k][w] & whole.known[k][w]
		part.read(row, &parts)
		whole.read(row, &wholes)
		var yes uint64
		for i := range 64 {
			switch {
			case wholes[i] <= 0:
				known &^= 1 << i
			case b.leaf.share(parts[i], wholes[i]):
				yes |= 1 << i
			}
		}
		b.yes[k][w], b.known[k][w] = yes&known, known
	}
}

// Grow takes in the enterprises added to the table since, with what is known of them.
func (m *Matrix) Grow() {
	for _, b := range m.tests {
		b.yes = append(b.yes, newMarks(m.Table.Len())[len(b.yes):]...)
		if b.leaf.verb == Share {
			b.known = append(b.known, newMarks(m.Table.Len())[len(b.known):]...)
		} else {
			b.known = m.Table.cols[b.leaf.field].known
		}
	}
	for ; m.rows < m.Table.Len(); m.rows++ {
		for f := range m.on {
			m.refresh(m.rows, f)
		}
	}
}

// Tally is how many enterprises an item is for, and of how many it cannot be said.
type Tally struct{ Eligible, CannotSay int }

// Evaluate decides every item for every enterprise and tells how many.
func (m *Matrix) Evaluate() []Tally {
	out := make([]Tally, len(m.roots))
	var yes, no chunk
	for k := range m.chunks() {
		for i, root := range m.roots {
			if root != nil {
				m.decide(root, k, 0, &yes, &no)
				m.count(&out[i], k, &yes, &no)
			}
		}
	}
	return out
}

// count adds the answers of a chunk.
func (m *Matrix) count(t *Tally, k int, yes, no *chunk) {
	said := 0
	for i := range yes {
		t.Eligible += bits.OnesCount64(yes[i])
		said += bits.OnesCount64(yes[i] | no[i])
	}
	t.CannotSay += min(chunkRows, m.rows-k*chunkRows) - said
}

func (m *Matrix) chunks() int { return (m.rows + chunkRows - 1) / chunkRows }

// decide sets the bits of enterprises of a chunk for whom the tree is true and for whom it is false.
func (m *Matrix) decide(t *tree, k, depth int, yes, no *chunk) {
	switch t.kind {
	case Test:
		b, known := &t.test.yes[k], &t.test.known[k]
		for i := range yes {
			yes[i], no[i] = b[i], known[i]&^b[i]
		}
	case Not, yields:
		m.decide(t.kids[0], k, depth, no, yes)
	case All:
		m.decide(t.kids[0], k, depth, yes, no)
		m.others(t, k, depth, yes, no)
	case Any:
		m.decide(t.kids[0], k, depth, yes, no)
		m.others(t, k, depth, no, yes)
	case AtLeast:
		m.atLeast(t, k, depth, yes, no)
	}
}

// others joins the tree's other kids: all must be in both, one is enough for either.
func (m *Matrix) others(t *tree, k, depth int, both, either *chunk) {
	for _, kid := range t.kids[1:] {
		if kid.kind == Test { // most are: no need to copy them out first
			b, known := &kid.test.yes[k], &kid.test.known[k]
			if t.kind == All {
				for i := range both {
					both[i] &= b[i]
					either[i] |= known[i] &^ b[i]
				}
			} else {
				for i := range both {
					both[i] &= known[i] &^ b[i]
					either[i] |= b[i]
				}
			}
			continue
		}
		y, n := m.room(depth)
		m.decide(kid, k, depth+1, y, n)
		if t.kind == Any {
			y, n = n, y
		}
		for i := range both {
			both[i] &= y[i]
			either[i] |= n[i]
		}
	}
}

// room is working space for a depth of a tree.
func (m *Matrix) room(depth int) (yes, no *chunk) {
	for len(m.space) <= depth {
		m.space = append(m.space, new([2]chunk))
	}
	return &m.space[depth][0], &m.space[depth][1]
}

// atLeast counts how many kids hold and how many do not.
func (m *Matrix) atLeast(t *tree, k, depth int, yes, no *chunk) {
	width := bits.Len(uint(len(t.kids)))
	holds, fails := make([]chunk, width), make([]chunk, width)
	y, n := m.room(depth)
	for _, kid := range t.kids {
		m.decide(kid, k, depth+1, y, n)
		add(holds, *y)
		add(fails, *n)
	}
	reaches(holds, uint64(t.n), yes)
	reaches(fails, uint64(len(t.kids)-t.n+1), no)
}
