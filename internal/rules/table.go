package rules

import (
	"math"
	"slices"
	"sort"
)

// Table is the profiles of many enterprises, a column a field.
type Table struct {
	Fields []Field
	IDs    []string
	cols   []column
}

// column is the values of one field. Those that fit 32 bits take no more.
type column struct {
	kind  Kind
	known []uint64 // bit i: the i-th enterprise's value is known
	wide  []int64  // Money and Set; Count and Rate once a value does not fit slim
	slim  []int32  // the others; of Code: the place in dict
	dict  []string // sorted, so that what begins alike stands together
}

func slim(k Kind) bool { return k != Money && k != Set }

// fits reports whether a value can stand in 32 bits. The least and the greatest number that could are left out: bounds beyond all
// values are moved there.
func fits(n int64) bool { return math.MinInt32 < n && n < math.MaxInt32 }

// widen gives every value 64 bits.
func (c *column) widen() {
	c.wide = make([]int64, len(c.slim))
	for i, v := range c.slim {
		c.wide[i] = int64(v)
	}
	c.slim = nil
}

// at is the number on a row.
func (c *column) at(row int) int64 {
	if c.slim != nil {
		return int64(c.slim[row])
	}
	return c.wide[row]
}

// NewTable makes a table of n enterprises of which nothing is known.
func NewTable(fields []Field, n int) *Table {
	t := &Table{Fields: fields, IDs: make([]string, n), cols: make([]column, len(fields))}
	for i, f := range fields {
		c := column{kind: f.Kind, known: make([]uint64, words(n))}
		if slim(f.Kind) {
			c.slim = make([]int32, n)
		} else {
			c.wide = make([]int64, n)
		}
		t.cols[i] = c
	}
	return t
}

func words(n int) int { return (n + 63) / 64 }

// Len is how many enterprises there are.
func (t *Table) Len() int { return len(t.IDs) }

// Set sets one value. A code that no enterprise had before moves the places of those after it.
func (t *Table) Set(row, field int, v Value) {
	c := &t.cols[field]
	w, bit := row/64, uint64(1)<<(row%64)
	if !v.Known {
		c.known[w] &^= bit
		return
	}
	c.known[w] |= bit
	if c.slim != nil && !fits(v.N) {
		c.widen()
	}
	switch {
	case c.kind == Code:
		c.slim[row] = c.placeOf(v.Code)
	case c.slim != nil:
		c.slim[row] = int32(v.N)
	default:
		c.wide[row] = v.N
	}
}

func (c *column) placeOf(code string) int32 {
	i, found := slices.BinarySearch(c.dict, code)
	if !found {
		c.dict = slices.Insert(c.dict, i, code)
		for r := range c.slim {
			if c.slim[r] >= int32(i) {
				c.slim[r]++
			}
		}
	}
	return int32(i)
}

// SetCodes fills a column of codes at once; "" is unknown. Setting them one by one would move places for each new one.
func (t *Table) SetCodes(field int, codes []string) {
	c := &t.cols[field]
	c.dict = slices.Compact(slices.Sorted(slices.Values(codes)))
	c.dict = slices.DeleteFunc(c.dict, func(s string) bool { return s == "" })
	place := make(map[string]int32, len(c.dict))
	for i, s := range c.dict {
		place[s] = int32(i)
	}
	clear(c.known)
	for r, s := range codes {
		if s != "" {
			c.slim[r] = place[s]
			c.known[r/64] |= 1 << (r % 64)
		}
	}
}

// Get is one value.
func (t *Table) Get(row, field int) Value {
	c := &t.cols[field]
	if c.known[row/64]>>(row%64)&1 == 0 {
		return Value{}
	}
	if c.kind == Code {
		return Coded(c.dict[c.slim[row]])
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

// under is the places of a column's dictionary whose codes begin with a prefix: from, and up to but not including.
func (c *column) under(prefix string) (from, to int32) {
	from = int32(sort.SearchStrings(c.dict, prefix))
	to = from + int32(sort.Search(len(c.dict)-int(from), func(i int) bool {
		s := c.dict[int(from)+i]
		return len(s) < len(prefix) || s[:len(prefix)] != prefix
	}))
	return from, to
}
