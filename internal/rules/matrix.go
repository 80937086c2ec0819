package rules

import (
	"math"
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

	space [][]uint64 // to work in, two for each depth of a tree
	sides [2]answers // to compare in
}

// bitmap is one test over all enterprises.
type bitmap struct {
	leaf  *leaf
	yes   []uint64
	known []uint64 // the column's own, but for shares
	uses  int      // how many places in the items in force it has
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
	m := &Matrix{Plan: p, Table: t, tests: map[string]*bitmap{}, on: make([][]*bitmap, len(t.Fields)), roots: make([]*tree, len(p.Items)), uses: make([][]int, len(t.Fields))}
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
	c := &m.Table.cols[l.field]
	b := &bitmap{leaf: l, yes: make([]uint64, len(c.known)), known: c.known}
	if l.verb == Share {
		b.known = make([]uint64, len(c.known))
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
	l, c := b.leaf, &m.Table.cols[b.leaf.field]
	switch {
	case l.verb == Share:
		m.fillShare(b)
	case l.verb == Between && c.slim != nil:
		within(b.yes, c.slim, clamp32(l.low), clamp32(l.high))
	case l.verb == Between:
		within(b.yes, c.wide, l.low, l.high)
	case l.verb == Under:
		m.fillUnder(b)
	case l.verb == OneOf && c.slim != nil:
		for i, v := range c.slim {
			b.yes[i>>6] |= (l.mask >> uint32(v) & 1) << (i & 63)
		}
	default:
		for i, v := range c.wide {
			has := uint64(v) & l.mask
			if l.verb == OneOf && has != 0 || l.verb == HasAll && has == l.mask {
				b.yes[i>>6] |= 1 << (i & 63)
			}
		}
	}
	for i := range b.yes {
		b.yes[i] &= b.known[i]
	}
}

func clamp32(n int64) int32 { return int32(max(math.MinInt32, min(math.MaxInt32, n))) }

// within sets the bits of values between low and high, 64 at a time, without a branch for each.
func within[T int32 | int64](yes []uint64, values []T, low, high T) {
	if low > high {
		return
	}
	width := uint64(int64(high)) - uint64(int64(low))
	for w := range yes {
		part := values[w*64 : min(w*64+64, len(values))]
		var word uint64
		for i, v := range part {
			_, beyond := bits.Sub64(width, uint64(int64(v))-uint64(int64(low)), 0)
			word |= (beyond ^ 1) << (i & 63)
		}
		yes[w] = word
	}
}

func (m *Matrix) fillShare(b *bitmap) {
	l := b.leaf
	part, whole := &m.Table.cols[l.field], &m.Table.cols[l.of]
	for w := range b.yes {
		b.known[w] = part.known[w] & whole.known[w]
		for i := w * 64; i < min(w*64+64, m.Table.Len()); i++ {
			if of := whole.at(i); of <= 0 {
				b.known[w] &^= 1 << (i & 63)
			} else if l.share(part.at(i), of) {
				b.yes[w] |= 1 << (i & 63)
			}
		}
	}
}

// fillUnder looks each place of the dictionary up once.
func (m *Matrix) fillUnder(b *bitmap) {
	c := &m.Table.cols[b.leaf.field]
	in := make([]uint8, len(c.dict)+1)
	for _, code := range b.leaf.codes {
		from, to := c.under(code)
		for i := from; i < to; i++ {
			in[i] = 1
		}
	}
	for i, v := range c.slim {
		b.yes[i>>6] |= uint64(in[v]) << (i & 63)
	}
}

// Tally is how many enterprises an item is for, and of how many it cannot be said.
type Tally struct{ Eligible, CannotSay int }

// Evaluate decides every item for every enterprise and tells how many.
func (m *Matrix) Evaluate() []Tally {
	out := make([]Tally, len(m.roots))
	yes, no := make([]uint64, block), make([]uint64, block)
	for at := 0; at < m.words(); at += block {
		n := min(block, m.words()-at)
		for i, root := range m.roots {
			if root == nil {
				continue
			}
			m.decide(root, at, 0, yes[:n], no[:n])
			m.count(&out[i], at, yes[:n], no[:n])
		}
	}
	return out
}

// count adds the answers of words from one on.
func (m *Matrix) count(t *Tally, at int, yes, no []uint64) {
	for w := range yes {
		all := m.rows(at + w)
		t.Eligible += bits.OnesCount64(yes[w] & all)
		t.CannotSay += bits.OnesCount64(all &^ (yes[w] | no[w]))
	}
}

// block is how many words are put together at a time: what all tests have of them stays in the cache.
const block = 128

func (m *Matrix) words() int { return words(m.Table.Len()) }

// rows are the bits of a word that are enterprises.
func (m *Matrix) rows(word int) uint64 {
	if left := m.Table.Len() - word*64; left < 64 {
		return 1<<left - 1
	}
	return math.MaxUint64
}

// decide sets the bits of enterprises for whom the tree is true and for whom it is false, from a word on.
func (m *Matrix) decide(t *tree, at, depth int, yes, no []uint64) {
	switch t.kind {
	case Test:
		b, k := t.test.yes[at:at+len(yes)], t.test.known[at:at+len(yes)]
		for i := range yes {
			yes[i], no[i] = b[i], k[i]&^b[i]
		}
	case Not, yields:
		m.decide(t.kids[0], at, depth, no, yes)
	case All:
		m.decide(t.kids[0], at, depth, yes, no)
		m.others(t, at, depth, yes, no)
	case Any:
		m.decide(t.kids[0], at, depth, yes, no)
		m.others(t, at, depth, no, yes)
	case AtLeast:
		m.atLeast(t, at, depth, yes, no)
	}
}

// others joins the tree's other kids: all must be in both, one is enough for either.
func (m *Matrix) others(t *tree, at, depth int, both, either []uint64) {
	for _, k := range t.kids[1:] {
		if k.kind == Test { // most are: no need to copy them out first
			b, known := k.test.yes[at:at+len(both)], k.test.known[at:at+len(both)]
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
		y, n := m.room(depth, len(both))
		m.decide(k, at, depth+1, y, n)
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
func (m *Matrix) room(depth, n int) (yes, no []uint64) {
	for len(m.space) < 2*depth+2 {
		m.space = append(m.space, make([]uint64, block))
	}
	return m.space[2*depth][:n], m.space[2*depth+1][:n]
}

// atLeast counts, bit by bit, how many kids hold and how many do not.
func (m *Matrix) atLeast(t *tree, at, depth int, yes, no []uint64) {
	digits := bits.Len(uint(len(t.kids)))
	y, n := m.room(depth, len(yes))
	holds, fails := make([]uint64, digits*len(yes)), make([]uint64, digits*len(yes))
	for _, k := range t.kids {
		m.decide(k, at, depth+1, y, n)
		for i := range y {
			add(holds[i*digits:(i+1)*digits], y[i])
			add(fails[i*digits:(i+1)*digits], n[i])
		}
	}
	for i := range yes {
		yes[i] = reaches(holds[i*digits:(i+1)*digits], t.n)
		no[i] = reaches(fails[i*digits:(i+1)*digits], len(t.kids)-t.n+1)
	}
}

// add counts a bit up in each of 64 counters, whose digits are words.
func add(counter []uint64, bit uint64) {
	for d := range counter {
		counter[d], bit = counter[d]^bit, counter[d]&bit
	}
}

// reaches are the counters that are n or more.
func reaches(counter []uint64, n int) uint64 {
	var more uint64
	equal := uint64(math.MaxUint64)
	for d := len(counter) - 1; d >= 0; d-- {
		if n>>d&1 == 1 {
			equal &= counter[d]
		} else {
			more |= equal & counter[d]
			equal &^= counter[d]
		}
	}
	if n>>len(counter) > 0 {
		return 0
	}
	return more | equal
}
