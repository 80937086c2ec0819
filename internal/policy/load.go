package policy

import (
	"fmt"

	"gezhi/internal/rules"
)

// Load makes a table of n enterprises of their pages, which each hands over in the order of their places; a body is good until the next. A value
// the book does not know is left unknown. Reading pages and putting them into the table go on beside each other.
func Load(b *rules.Book, n int, each func(page func(body []byte) error) error) (*rules.Table, error) {
	l := &loader{book: b, table: rules.NewTable(b.Fields, n), fields: map[string]int{}, codes: map[int][]rules.CodeBlock{}}
	for i, f := range b.Fields {
		l.fields[f.ID] = i
		if f.Kind == rules.Code {
			l.codes[i] = nil
		}
	}
	const ahead = 4
	read, free := make(chan *loadedPage, ahead), make(chan *loadedPage, ahead)
	for range ahead {
		free <- &loadedPage{}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for p := range read {
			for i := range p.columns {
				c := &p.columns[i]
				l.table.SetNumbers(c.field, p.from, c.known[:], c.values[:p.rows])
			}
			free <- p
		}
	}()
	err := each(func(body []byte) error {
		p := <-free
		if err := l.read(body, p); err != nil {
			return err
		}
		read <- p
		return nil
	})
	close(read)
	<-done
	if err != nil {
		return nil, err
	}
	if l.rows != n {
		return nil, fmt.Errorf("%w: %d of %d enterprises", errPage, l.rows, n)
	}
	for field, blocks := range l.codes {
		l.table.SetCodeBlocks(field, 0, blocks...)
	}
	return l.table, nil
}

// loader reads pages.
type loader struct {
	book   *rules.Book
	table  *rules.Table
	fields map[string]int
	codes  map[int][]rules.CodeBlock // of fields of codes, which are set at once: a block a page
	rows   int                       // read so far
	column pageColumn
}

// loadedPage is a page that was read and is not in the table yet.
type loadedPage struct {
	from, rows int
	columns    []loadedColumn
}

type loadedColumn struct {
	field  int
	known  [PageRows / 64]uint64
	values [PageRows]int64
}

// read reads the next page. All but the last are full.
func (l *loader) read(body []byte, p *loadedPage) error {
	r := pageReader{b: body}
	codes, columns := r.begin()
	if r.bad || l.rows%PageRows != 0 || l.rows+len(codes) > l.table.Len() {
		return errPage
	}
	p.from, p.rows, p.columns = l.rows, len(codes), p.columns[:0]
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
			if len(p.columns) == cap(p.columns) {
				p.columns = append(p.columns, loadedColumn{})
			} else {
				p.columns = p.columns[:len(p.columns)+1]
			}
			l.fill(field, &p.columns[len(p.columns)-1])
		}
	}
	pages := l.rows/PageRows + 1
	for field, blocks := range l.codes {
		if len(blocks) < pages { // nothing is known of any on this page
			l.codes[field] = append(blocks, rules.CodeBlock{Known: make([]uint64, PageRows/64), Places: make([]uint32, len(codes))})
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

// fill is a column of another kind.
func (l *loader) fill(field int, out *loadedColumn) {
	c, f := &l.column, l.book.Fields[field]
	out.field, out.known = field, [PageRows / 64]uint64{}
	for i, b := range c.present {
		out.known[i/8] |= uint64(b) << (i % 8 * 8)
	}
	if c.way == pageDays && f.Kind == rules.Day || c.way == pageNumbers && (f.Kind == rules.Count || f.Kind == rules.Money || f.Kind == rules.Rate || f.Kind == rules.Flag) {
		for row, n := range c.each() {
			out.values[row] = n
		}
		return
	}
	var values []rules.Value // by place among the column's texts
	if c.way == pageTexts {
		for _, s := range c.texts {
			v, _ := Value(f, s)
			values = append(values, v)
		}
	}
	for row, n := range c.each() {
		var v rules.Value
		if values != nil {
			v = values[n]
		} else {
			v, _ = Value(f, c.textOf(n))
		}
		if v.Known {
			out.values[row] = v.N
		} else {
			out.known[row/64] &^= 1 << (row % 64)
		}
	}
}
