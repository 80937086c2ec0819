package policy

import (
	"fmt"

	"gezhi/internal/rules"
)

// Loader puts pages into a table, in the order of their places. A value the book does not know is left unknown.
type Loader struct {
	book   *rules.Book
	table  *rules.Table
	fields map[string]int
	codes  map[int][]rules.CodeBlock // of fields of codes, which are set at once: a block a page
	rows   int
	column pageColumn
	known  [PageRows / 64]uint64
	values [PageRows]int64
}

// NewLoader begins a table of n enterprises.
func NewLoader(b *rules.Book, n int) *Loader {
	l := &Loader{book: b, table: rules.NewTable(b.Fields, n), fields: map[string]int{}, codes: map[int][]rules.CodeBlock{}}
	for i, f := range b.Fields {
		l.fields[f.ID] = i
		if f.Kind == rules.Code {
			l.codes[i] = nil
		}
	}
	return l
}

// Add puts the next page into the table. All but the last are full.
func (l *Loader) Add(body []byte) error {
	r := pageReader{b: body}
	codes, columns := r.begin()
	if r.bad || l.rows%PageRows != 0 || l.rows+len(codes) > l.table.Len() {
		return errPage
	}
	copy(l.table.IDs[l.rows:], codes)
	for range columns {
		if r.column(len(codes), &l.column); r.bad {
			return errPage
		}
		field, ok := l.fields[l.column.field]
		switch {
		case !ok:
		case l.book.Fields[field].Kind == rules.Code:
			l.codes[field] = append(l.codes[field], l.column.block(len(codes)))
		default:
			l.fill(field, len(codes))
		}
	}
	pages := l.rows/PageRows + 1
	for field, blocks := range l.codes {
		if len(blocks) < pages { // nothing is known of any on this page
			l.codes[field] = append(blocks, rules.CodeBlock{Known: make([]uint64, len(l.known)), Places: make([]uint32, len(codes))})
		}
		if len(l.codes[field]) > pages {
			return errPage // the field was there twice
		}
	}
	l.rows += len(codes)
	return nil
}

// block is a column of codes.
func (c *pageColumn) block(rows int) rules.CodeBlock {
	out := rules.CodeBlock{Known: make([]uint64, PageRows/64), Places: make([]uint32, rows)}
	place := map[int64]uint32{} // of a value of the column in Dict
	for row, n := range c.each() {
		p, ok := place[n]
		if !ok {
			p = uint32(len(out.Dict))
			place[n], out.Dict = p, append(out.Dict, c.textOf(n))
		}
		out.Known[row/64] |= 1 << (row % 64)
		out.Places[row] = p
	}
	return out
}

// fill puts a column of another kind into the table.
func (l *Loader) fill(field, rows int) {
	c, f := &l.column, l.book.Fields[field]
	var values []rules.Value // by place among the column's texts
	if c.way == pageTexts {
		for _, s := range c.texts {
			v, _ := Value(f, s)
			values = append(values, v)
		}
	}
	plain := c.way == pageDays && f.Kind == rules.Day || c.way == pageNumbers && (f.Kind == rules.Count || f.Kind == rules.Money || f.Kind == rules.Rate || f.Kind == rules.Flag)
	clear(l.known[:])
	for row, n := range c.each() {
		v := rules.Known(n)
		if values != nil {
			v = values[n]
		} else if !plain {
			v, _ = Value(f, c.textOf(n))
		}
		if v.Known {
			l.known[row/64] |= 1 << (row % 64)
			l.values[row] = v.N
		}
	}
	l.table.SetNumbers(field, l.rows, l.known[:], l.values[:rows])
}

// Table is the table when all pages have been added.
func (l *Loader) Table() (*rules.Table, error) {
	if l.rows != l.table.Len() {
		return nil, fmt.Errorf("%w: %d of %d enterprises", errPage, l.rows, l.table.Len())
	}
	for field, blocks := range l.codes {
		l.table.SetCodeBlocks(field, 0, blocks...)
	}
	return l.table, nil
}
