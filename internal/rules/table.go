package rules

import "slices"

// Table is the profiles of many enterprises, a column a field.
type Table struct {
	Fields []Field
	IDs    []string
	cols   []column
	shares map[[2]int]*column // what a field is of another

	changes int // how often values were set
}

// NewTable makes a table of n enterprises of which nothing is known.
func NewTable(fields []Field, n int) *Table {
	t := &Table{Fields: fields, IDs: make([]string, n), cols: make([]column, len(fields)), shares: map[[2]int]*column{}}
	for i, f := range fields {
		t.cols[i] = column{kind: f.Kind, known: make(marks, chunksOf(n))}
	}
	return t
}

// Len is how many enterprises there are.
func (t *Table) Len() int { return len(t.IDs) }

func (t *Table) chunks() int { return chunksOf(t.Len()) }

// Add appends an enterprise of which nothing is known and tells its row.
func (t *Table) Add(id string) int {
	t.changes++
	t.IDs = append(t.IDs, id)
	for i := range t.cols {
		t.cols[i].grow(t.Len())
	}
	for _, c := range t.shares {
		c.grow(t.Len())
	}
	return t.Len() - 1
}

// Set sets one value. A number of more digits than any before, and a code that no enterprise had, make it look at the whole column.
func (t *Table) Set(row, field int, v Value) {
	t.changes++
	c := &t.cols[field]
	c.known.put(row, v.Known)
	switch {
	case !v.Known:
	case c.kind == Code:
		c.put(row, c.place(v.Code))
	default:
		c.put(row, v.N)
	}
	t.setShares(row, field)
}

// SetNumbers sets a field other than a code for enterprises one after another, from a row on that is a multiple of 64. Bit i of known is
// whether the i-th value is; nil means that all are. What stands in values for an unknown one does not matter.
func (t *Table) SetNumbers(field, from int, known []uint64, values []int64) {
	t.changes++
	for i := 0; i < len(values); i += 64 {
		t.cols[field].load(from+i, wordOf(known, i), values[i:min(i+64, len(values))])
	}
	t.dropShares(field)
}

// CodeBlock is the codes of enterprises one after another.
type CodeBlock struct {
	Known  []uint64 // bit i: the i-th is; nil: all are
	Dict   []string // in any order
	Places []uint32 // in Dict; of an unknown code it does not matter
}

// SetCodeBlocks sets a field that is a code for enterprises one after another, from a row on that is a multiple of 64. The blocks but the last
// have a multiple of 64 codes each. Codes new to the table move the places of all others, so few calls of many blocks are quicker.
func (t *Table) SetCodeBlocks(field, from int, blocks ...CodeBlock) {
	t.changes++
	c := &t.cols[field]
	have, codes := make(map[string]int64, len(c.dict)), slices.Clone(c.dict)
	for i, code := range codes {
		have[code] = int64(i)
	}
	to := make([][]int64, len(blocks)) // where the codes of a block's dictionary are in codes
	for i, b := range blocks {
		for _, code := range b.Dict {
			p, ok := have[code]
			if !ok {
				p = int64(len(codes))
				have[code], codes = p, append(codes, code)
			}
			to[i] = append(to[i], p)
		}
	}
	if len(codes) > len(c.dict) {
		c.renumber(slices.Sorted(slices.Values(codes)))
	}
	sorted := make([]int64, len(codes))
	for i, code := range c.dict {
		sorted[have[code]] = int64(i)
	}
	var places [64]int64
	for n, b := range blocks {
		dict := to[n]
		for i, p := range dict {
			dict[i] = sorted[p]
		}
		for i := 0; i < len(b.Places); i += 64 {
			part, known := b.Places[i:min(i+64, len(b.Places))], wordOf(b.Known, i)
			for j, p := range part {
				if places[j] = 0; known>>j&1 == 1 {
					places[j] = dict[p]
				}
			}
			c.load(from+i, known, places[:len(part)])
		}
		from += len(b.Places)
	}
}

// SetCodes sets a field that is a code for all enterprises; "" is unknown.
func (t *Table) SetCodes(field int, codes []string) {
	b := CodeBlock{Known: make([]uint64, (len(codes)+63)/64), Places: make([]uint32, len(codes))}
	dict := map[string]uint32{}
	for i, code := range codes {
		if code == "" {
			continue
		}
		p, old := dict[code]
		if !old {
			p = uint32(len(b.Dict))
			dict[code], b.Dict = p, append(b.Dict, code)
		}
		b.Known[i/64] |= 1 << (i % 64)
		b.Places[i] = p
	}
	t.SetCodeBlocks(field, 0, b)
}

// Get is one value.
func (t *Table) Get(row, field int) Value {
	c := &t.cols[field]
	if !c.known.has(row) {
		return Value{}
	}
	if c.kind == Code {
		return Coded(c.dict[c.at(row)])
	}
	return Known(c.at(row))
}

// Profile is one enterprise's row.
func (t *Table) Profile(row int) Profile {
	p := Profile{ID: t.IDs[row], Values: make([]Value, len(t.Fields))}
	for i := range p.Values {
		p.Values[i] = t.Get(row, i)
	}
	return p
}

func (t *Table) getter(row int) getter { return func(field int) Value { return t.Get(row, field) } }
