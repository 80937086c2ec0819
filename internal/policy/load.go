package policy

import (
	"fmt"
	"sync/atomic"

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
	read, free, done := make(chan *loadedPage, ahead), make(chan *loadedPage, ahead), make(chan error, 1)
	for range ahead {
		free <- &loadedPage{}
	}
	var refused atomic.Bool
	go func() {
		var err error
		for p := range read {
			if err == nil {
				err = l.put(p)
			}
			refused.Store(err != nil)
			free <- p
		}
		done <- err
	}()
	err := each(func(body []byte) error {
		if refused.Load() {
			return errPage
		}
		p := <-free
		if err := p.read(body); err != nil {
			free <- p
			return err
		}
		read <- p
		return nil
	})
	close(read)
	if put := <-done; put != nil {
		err = put
	}
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

// loadedPage is a page that was read and is not in the table yet.
type loadedPage struct {
	codes   []string
	columns []pageColumn
}

// read takes over all of a page, which may then be written over.
func (p *loadedPage) read(body []byte) error {
	r := pageReader{b: body}
	codes, columns := r.begin()
	p.codes, p.columns = codes, p.columns[:0]
	for range columns {
		if len(p.columns) < cap(p.columns) {
			p.columns = p.columns[:len(p.columns)+1] // with the room it had
		} else {
			p.columns = append(p.columns, pageColumn{})
		}
		if r.column(len(codes), &p.columns[len(p.columns)-1]); r.bad {
			break
		}
	}
	if r.bad || len(r.b) > 0 {
		return errPage
	}
	return nil
}

// loader puts pages into a table.
type loader struct {
	book   *rules.Book
	table  *rules.Table
	fields map[string]int
	codes  map[int][]rules.CodeBlock // of fields of codes, which are set at once: a block a page
	rows   int                       // put so far
	known  [PageRows / 64]uint64
	values [PageRows]int64
}

// put puts the next page into the table. All but the last are full.
func (l *loader) put(p *loadedPage) error {
	rows := len(p.codes)
	if l.rows%PageRows != 0 || l.rows+rows > l.table.Len() {
		return errPage
	}
	copy(l.table.IDs[l.rows:], p.codes)
	for i := range p.columns {
		c := &p.columns[i]
		field, ok := l.fields[c.field]
		switch {
		case !ok:
		case l.book.Fields[field].Kind == rules.Code:
			l.codes[field] = append(l.codes[field], c.block(rows))
		default:
			l.fill(field, c)
			l.table.SetNumbers(field, l.rows, l.known[:], l.values[:rows])
		}
	}
	pages := l.rows/PageRows + 1
	for field, blocks := range l.codes {
		if len(blocks) < pages { // nothing is known of any on this page
			l.codes[field] = append(blocks, rules.CodeBlock{Known: make([]uint64, PageRows/64), Places: make([]uint32, rows)})
		}
		if len(l.codes[field]) > pages {
			return errPage // the field was there twice
		}
	}
	l.rows += rows
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

// fill works out the values of a column of another kind.
func (l *loader) fill(field int, c *pageColumn) {
	f := l.book.Fields[field]
	clear(l.known[:])
	for i, b := range c.present {
		l.known[i/8] |= uint64(b) << (i % 8 * 8)
	}
	if c.way == pageDays && f.Kind == rules.Day || c.way == pageNumbers && (f.Kind == rules.Count || f.Kind == rules.Money || f.Kind == rules.Rate || f.Kind == rules.Flag) {
		for row, n := range c.each() {
			l.values[row] = n
		}
		return
	}
	var values []rules.Value // by place among the column's texts
	for _, s := range c.texts {
		v, _ := Value(f, s)
		values = append(values, v)
	}
	for row, n := range c.each() {
		var v rules.Value
		if c.way == pageTexts {
			v = values[n]
		} else {
			v, _ = Value(f, c.textOf(n))
		}
		if v.Known {
			l.values[row] = v.N
		} else {
			l.known[row/64] &^= 1 << (row % 64)
		}
	}
}
