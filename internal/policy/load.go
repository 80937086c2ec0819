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
	codes  map[int][]string // of fields of codes, which are set at once
	rows   int
	column pageColumn
}

// NewLoader begins a table of n enterprises.
func NewLoader(b *rules.Book, n int) *Loader {
	l := &Loader{book: b, table: rules.NewTable(b.Fields, n), fields: map[string]int{}, codes: map[int][]string{}}
	for i, f := range b.Fields {
		l.fields[f.ID] = i
		if f.Kind == rules.Code {
			l.codes[i] = make([]string, n)
		}
	}
	return l
}

// Add puts the next page into the table.
func (l *Loader) Add(body []byte) error {
	r := pageReader{b: body}
	codes, columns := r.begin()
	if r.bad || l.rows+len(codes) > l.table.Len() {
		return errPage
	}
	copy(l.table.IDs[l.rows:], codes)
	for range columns {
		if r.column(len(codes), &l.column); r.bad {
			return errPage
		}
		if field, ok := l.fields[l.column.field]; ok {
			l.fill(field)
		}
	}
	l.rows += len(codes)
	return nil
}

func (l *Loader) fill(field int) {
	c, f := &l.column, l.book.Fields[field]
	texts := l.codes[field]
	var values []rules.Value // by place among the column's texts
	if c.way == pageTexts && texts == nil {
		for _, s := range c.texts {
			v, _ := Value(f, s)
			values = append(values, v)
		}
	}
	plain := c.way == pageDays && f.Kind == rules.Day || c.way == pageNumbers && (f.Kind == rules.Count || f.Kind == rules.Money || f.Kind == rules.Rate || f.Kind == rules.Flag)
	for row, n := range c.each() {
		switch at := l.rows + row; {
		case texts != nil:
			texts[at] = c.textOf(n)
		case plain:
			l.table.Set(at, field, rules.Known(n))
		case values != nil:
			l.table.Set(at, field, values[n])
		default:
			v, _ := Value(f, c.textOf(n))
			l.table.Set(at, field, v)
		}
	}
}

// Table is the table when all pages have been added.
func (l *Loader) Table() (*rules.Table, error) {
	if l.rows != l.table.Len() {
		return nil, fmt.Errorf("%w: %d of %d enterprises", errPage, l.rows, l.table.Len())
	}
	for field, codes := range l.codes {
		l.table.SetCodes(field, codes)
	}
	return l.table, nil
}
