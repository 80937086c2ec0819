package rules

import (
	"maps"
	"math/bits"
)

// Matrix is a plan over a table. It decides items a chunk of enterprises at a time: each different test of theirs is worked out once, into
// one bit each, and conditions are put together from those bits. No bit is kept, so that an edit has nothing to bring up to date.
// It is for one goroutine at a time.
type Matrix struct {
	Plan  *Plan
	Table *Table
	uses  [][]int // by field: the items that look at it
	flips []flips // of the last Try or Replace
}

// NewMatrix puts a plan over a table.
func NewMatrix(p *Plan, t *Table) *Matrix {
	m := &Matrix{Table: t}
	m.take(p)
	return m
}

func (m *Matrix) take(p *Plan) {
	m.Plan, m.uses = p, make([][]int, len(m.Table.Fields))
	for i := range p.Items {
		if p.Items[i].root == nil {
			continue
		}
		looks := map[int]bool{}
		p.Items[i].root.fields(looks)
		for f := range maps.Keys(looks) {
			m.uses[f] = append(m.uses[f], i)
		}
	}
}

func (n *node) fields(out map[int]bool) {
	if n.kind == Test {
		out[n.leaf.field] = true
		if n.leaf.verb == Share {
			out[n.leaf.of] = true
		}
	}
	for _, k := range n.kids {
		k.fields(out)
	}
}

// Tally is how many enterprises an item is for, and of how many it cannot be said.
type Tally struct{ Eligible, CannotSay int }

// Evaluate decides every item for every enterprise and tells how many.
func (m *Matrix) Evaluate() []Tally {
	out := make([]Tally, len(m.Plan.Items))
	s := newSheet(m.Table)
	roots := make([]*tree, len(out))
	for i := range roots {
		roots[i] = s.tree(m.Plan.Items[i].root)
	}
	var a answers
	for k := range m.Table.chunks() {
		s.turn(k)
		for i, root := range roots {
			s.answer(root, &a)
			out[i].count(&a)
		}
	}
	return out
}

// answers are for whom of a chunk an item is, and for whom not. Nobody has an item that is not in force.
type answers struct {
	inForce bool
	rows    int // how many enterprises the chunk has
	yes, no chunk
}

func (t *Tally) count(a *answers) {
	if !a.inForce {
		return
	}
	said := 0
	for i := range a.yes {
		t.Eligible += bits.OnesCount64(a.yes[i])
		said += bits.OnesCount64(a.yes[i] | a.no[i])
	}
	t.CannotSay += a.rows - said
}

// saying is what the bits of yes and no say, without a branch that nobody could foretell.
var saying = [4]State{0b00: CannotSay, 0b01: Eligible, 0b10: NotFor}

func (a *answers) at(row int) State {
	if !a.inForce {
		return NotInForce
	}
	w, b := uint(row)/64%chunkWords, uint(row)%64
	return saying[a.yes[w]>>b&1|a.no[w]>>b&1<<1]
}

// sheet is conditions over the tests they are made of, each different one once. It stands at one chunk of a table at a time.
type sheet struct {
	table *Table
	rows  int // how many enterprises the chunk has
	tests map[string]*test
	order []*test
	space []*[2]chunk // to work in, by the depth of a tree
}

// test is a leaf over the chunk.
type test struct {
	*leaf
	col   *column
	spans []span // where it is true; of a set, nowhere
	yes   chunk
	known *chunk // the column's
}

// tree is a node over tests.
type tree struct {
	kind CondKind
	n    int
	kids []*tree
	test *test
}

func newSheet(t *Table) *sheet { return &sheet{table: t, tests: map[string]*test{}} }

// tree puts a node over the sheet; nil, which is an item not in force, stays nil.
func (s *sheet) tree(n *node) *tree {
	if n == nil {
		return nil
	}
	t := &tree{kind: n.kind, n: n.n}
	if n.kind == Test {
		t.test = s.test(n.leaf)
	}
	for _, k := range n.kids {
		t.kids = append(t.kids, s.tree(k))
	}
	return t
}

func (s *sheet) test(l *leaf) *test {
	t, ok := s.tests[l.key]
	if !ok {
		t = &test{leaf: l, col: &s.table.cols[l.field]}
		if l.verb == Share {
			t.col = s.table.share(l.field, l.of)
		}
		t.spans = t.col.spans(l)
		s.tests[l.key] = t
		s.order = append(s.order, t)
	}
	return t
}

// turn works every test out for the k-th chunk.
func (s *sheet) turn(k int) {
	s.rows = min(chunkRows, s.table.Len()-k*chunkRows)
	for _, t := range s.order {
		t.known = &t.col.known[k]
		switch {
		case t.col.kind == Set:
			t.col.marked(k, t.leaf, &t.yes)
		case t.verb == Share && !t.inHalves():
			t.each(s.table, k)
		default:
			t.col.within(k, t.spans, &t.yes)
		}
		for i, known := range t.known {
			t.yes[i] &= known
		}
	}
}

// each works out a test of shares greater than their column tells apart.
func (t *test) each(table *Table, k int) {
	part, whole := &table.cols[t.field], &table.cols[t.of]
	for i := range chunkRows {
		row := k*chunkRows + i
		t.yes.put(i, t.known.has(i) && t.share(part.at(row), whole.at(row)))
	}
}

// answer decides a tree for everybody in the chunk.
func (s *sheet) answer(t *tree, a *answers) {
	a.inForce, a.rows = t != nil, s.rows
	if a.inForce {
		s.decide(t, 0, &a.yes, &a.no)
	}
}

// decide sets the bits of enterprises for whom the tree is true and for whom it is false.
func (s *sheet) decide(t *tree, depth int, yes, no *chunk) {
	switch t.kind {
	case Test:
		b, known := &t.test.yes, t.test.known
		for i := range yes {
			yes[i], no[i] = b[i], known[i]&^b[i]
		}
	case Not, yields:
		s.decide(t.kids[0], depth, no, yes)
	case All:
		s.decide(t.kids[0], depth, yes, no)
		s.others(t, depth, yes, no)
	case Any:
		s.decide(t.kids[0], depth, yes, no)
		s.others(t, depth, no, yes)
	case AtLeast:
		s.atLeast(t, depth, yes, no)
	}
}

// others joins the tree's other kids: all must be in both, one is enough for either.
func (s *sheet) others(t *tree, depth int, both, either *chunk) {
	for _, k := range t.kids[1:] {
		if k.kind == Test { // most are: no need to copy them out first
			b, known := &k.test.yes, k.test.known
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
		y, n := s.room(depth)
		s.decide(k, depth+1, y, n)
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
func (s *sheet) room(depth int) (yes, no *chunk) {
	for len(s.space) <= depth {
		s.space = append(s.space, new([2]chunk))
	}
	return &s.space[depth][0], &s.space[depth][1]
}

// atLeast counts how many kids hold and how many do not.
func (s *sheet) atLeast(t *tree, depth int, yes, no *chunk) {
	width := bits.Len(uint(len(t.kids)))
	holds, fails := make([]chunk, width), make([]chunk, width)
	y, n := s.room(depth)
	for _, k := range t.kids {
		s.decide(k, depth+1, y, n)
		add(holds, *y)
		add(fails, *n)
	}
	reaches(holds, uint64(t.n), yes)
	reaches(fails, uint64(len(t.kids)-t.n+1), no)
}
