package rules

import (
	"iter"
	"maps"
)

// Matrix is a plan over a table. What it once worked out of an item it keeps, in two bits for each enterprise, and an edit brings them up to
// date; a change of the table that is not made through the matrix makes it forget them all. It is for one goroutine at a time.
type Matrix struct {
	Plan    *Plan
	Table   *Table
	uses    [][]int    // by field: the items that look at it
	kept    []*decided // by item; nil: not worked out
	changes int        // of the table, that kept goes with
	spare   []*decided // of the last Try or Replace
	row     Profile    // to work in
	was     []State
}

// NewMatrix puts a plan over a table.
func NewMatrix(p *Plan, t *Table) *Matrix {
	m := &Matrix{Plan: p, Table: t, kept: make([]*decided, len(p.Items)), changes: t.changes}
	m.index()
	return m
}

// index finds which items look at a field.
func (m *Matrix) index() {
	m.uses = make([][]int, len(m.Table.Fields))
	for i := range m.Plan.Items {
		if m.Plan.Items[i].root == nil {
			continue
		}
		looks := map[int]bool{}
		m.Plan.Items[i].root.fields(looks)
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

// check forgets what is kept if the table was changed by others.
func (m *Matrix) check() {
	if m.changes != m.Table.changes {
		clear(m.kept)
		m.changes = m.Table.changes
	}
}

// decided works out what is not kept of items.
func (m *Matrix) decided(items ...int) {
	m.check()
	var missing []int
	for _, i := range items {
		if m.kept[i] == nil {
			missing = append(missing, i)
		}
	}
	for i, d := range decide(m.Plan, m.Table, nil, missing...) {
		m.kept[missing[i]] = d
	}
}

// of is what an item comes to for everybody.
func (m *Matrix) of(item int) *decided {
	m.decided(item)
	return m.kept[item]
}

// Evaluate decides every item for every enterprise, where that is not kept, and tells how many.
func (m *Matrix) Evaluate() []Tally {
	items, out := make([]int, len(m.kept)), make([]Tally, len(m.kept))
	for i := range items {
		items[i] = i
	}
	m.decided(items...)
	for i, d := range m.kept {
		out[i] = d.tally()
	}
	return out
}

// Rows are the enterprises from a row on for whom an item comes to a state, in the order of the table. The table is not changed meanwhile.
func (m *Matrix) Rows(item int, state State, from int) iter.Seq[int] {
	return func(yield func(int) bool) {
		d := m.of(item)
		for row := from; row < d.rows; row++ {
			if d.at(row) == state && !yield(row) {
				return
			}
		}
	}
}

// Explain is the verdict with its reasons.
func (m *Matrix) Explain(item, row int) Verdict { return m.Plan.verdict(item, m.Table.getter(row)) }

// Add appends an enterprise of which nothing is known and tells its row.
func (m *Matrix) Add(id string) int {
	m.check()
	row := m.Table.Add(id)
	m.changes = m.Table.changes
	get := m.Table.getter(row)
	for i, d := range m.kept {
		if d != nil {
			d.grow(row + 1)
			d.put(row, m.Plan.state(i, get))
		}
	}
	return row
}

// Edit changes one value of one enterprise and tells which items come to something else for it.
func (m *Matrix) Edit(row, field int, v Value) []Flip {
	m.check()
	m.row.Values, m.was = m.row.Values[:0], m.was[:0]
	for f := range m.Table.Fields {
		m.row.Values = append(m.row.Values, m.Table.Get(row, f))
	}
	items, get := m.uses[field], getter(m.row.get)
	for _, x := range items {
		m.was = append(m.was, m.Plan.state(x, get)) // to look at what is kept of so many items takes longer
	}
	m.Table.Set(row, field, v)
	m.changes = m.Table.changes
	m.row.Values[field] = v
	var out []Flip
	for i, x := range items {
		is := m.Plan.state(x, get)
		if is == m.was[i] {
			continue
		}
		out = append(out, Flip{x, row, m.was[i], is})
		if d := m.kept[x]; d != nil {
			d.put(row, is)
		}
	}
	return out
}
