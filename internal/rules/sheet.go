package rules

import "math/bits"

// sheet is conditions over the tests they are made of, each different one once. It stands at one chunk of a table at a time.
type sheet struct {
	table *Table
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
