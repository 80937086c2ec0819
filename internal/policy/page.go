package policy

import (
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strconv"

	"gezhi/internal/rules"
)

// PageRows is how many enterprises stand in one page.
const PageRows = 256

// Page is what is known of up to PageRows enterprises, column by column, so that a million of them are read in a second. It is
// made from statements and says no more than they do.
type Page struct {
	Codes   []string            // of the enterprises, in the order of their places
	Columns map[string][]string // by field, one text for each enterprise as Text writes it; "" is unknown
}

// Set replaces what is known of the enterprise on a row; one past the last row appends.
func (p *Page) Set(row int, code string, facts map[string]Fact) {
	if row == len(p.Codes) {
		p.Codes = append(p.Codes, "")
		for f := range p.Columns {
			p.Columns[f] = append(p.Columns[f], "")
		}
	}
	p.Codes[row] = code
	for f, column := range p.Columns {
		column[row] = facts[f].Text
	}
	for f, fact := range facts {
		if p.Columns[f] == nil {
			if p.Columns == nil {
				p.Columns = map[string][]string{}
			}
			p.Columns[f] = make([]string, len(p.Codes))
			p.Columns[f][row] = fact.Text
		}
	}
}

// The ways a column is written: all its values are whole numbers, days, or texts by their place in a list.
const (
	pageNumbers = 'n'
	pageDays    = 'd'
	pageTexts   = 't'
)

const pageFormat = 1

// firstDay is 0001-01-01, before which there is no day.
const firstDay = -719162

// Bytes is the page as it is stored: equal pages give equal bytes.
func (p *Page) Bytes() []byte {
	out := []byte{pageFormat}
	out = binary.AppendUvarint(out, uint64(len(p.Codes)))
	for _, c := range p.Codes {
		out = appendText(out, c)
	}
	fields := slices.Sorted(maps.Keys(p.Columns))
	fields = slices.DeleteFunc(fields, func(f string) bool {
		return !slices.ContainsFunc(p.Columns[f], func(s string) bool { return s != "" })
	})
	out = binary.AppendUvarint(out, uint64(len(fields)))
	for _, f := range fields {
		out = appendText(out, f)
		out = appendColumn(out, p.Columns[f])
	}
	return out
}

func appendText(out []byte, s string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(s))), s...)
}

func appendColumn(out []byte, column []string) []byte {
	way := byte(pageNumbers)
	for _, s := range column {
		if _, ok := wholeNumber(s); s != "" && !ok {
			way = pageDays
		}
	}
	if way == pageDays {
		for _, s := range column {
			if _, ok := day(s); s != "" && !ok {
				way = pageTexts
			}
		}
	}
	out = append(out, way)
	present := make([]byte, (len(column)+7)/8)
	for i, s := range column {
		if s != "" {
			present[i/8] |= 1 << (i % 8)
		}
	}
	out = append(out, present...)
	var texts []string
	if way == pageTexts {
		texts = slices.Compact(slices.Sorted(slices.Values(column)))
		texts = slices.DeleteFunc(texts, func(s string) bool { return s == "" })
		out = binary.AppendUvarint(out, uint64(len(texts)))
		for _, s := range texts {
			out = appendText(out, s)
		}
	}
	for _, s := range column {
		if s == "" {
			continue
		}
		switch way {
		case pageNumbers:
			n, _ := wholeNumber(s)
			out = binary.AppendVarint(out, n)
		case pageDays:
			n, _ := day(s)
			out = binary.AppendVarint(out, n)
		default:
			i, _ := slices.BinarySearch(texts, s)
			out = binary.AppendUvarint(out, uint64(i))
		}
	}
	return out
}

// wholeNumber reads a number that is written as FormatInt would, so that writing it again gives the same text.
func wholeNumber(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && strconv.FormatInt(n, 10) == s
}

func day(s string) (int64, bool) {
	n, err := rules.ParseDay(s)
	return n, err == nil && rules.FormatDay(n) == s
}

var errPage = errors.New("a page of profiles is damaged")

// pageColumn is a column as it is read.
type pageColumn struct {
	field   string
	way     byte
	present []byte
	texts   []string
	values  []int64 // of those present, in turn
}

// pageReader reads a page from its bytes.
type pageReader struct {
	b   []byte
	bad bool
}

func (r *pageReader) uvarint() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *pageReader) varint() int64 {
	n, size := binary.Varint(r.b)
	if size <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return n
}

// count is a number of things that take at least a byte each of what is left.
func (r *pageReader) count() int {
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *pageReader) bytes(n int) []byte {
	if n > len(r.b) {
		r.bad, r.b = true, nil
		return make([]byte, n)
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *pageReader) text() string { return string(r.bytes(r.count())) }

// begin reads the codes and how many columns follow.
func (r *pageReader) begin() (codes []string, columns int) {
	if v := r.bytes(1); v[0] != pageFormat {
		r.bad = true
	}
	n := r.count()
	if n > PageRows {
		r.bad = true
		return nil, 0
	}
	codes = make([]string, n)
	for i := range codes {
		codes[i] = r.text()
	}
	return codes, r.count()
}

// column reads the next column into c, whose room it uses again.
func (r *pageReader) column(rows int, c *pageColumn) {
	c.field = r.text()
	c.way = r.bytes(1)[0]
	c.present = append(c.present[:0], r.bytes((rows+7)/8)...)
	c.texts, c.values = c.texts[:0], c.values[:0]
	if c.way != pageNumbers && c.way != pageDays && c.way != pageTexts {
		r.bad = true
	}
	if rows%8 != 0 && c.present[rows/8]>>(rows%8) != 0 {
		r.bad = true // it says that enterprises have values that are not there
	}
	if r.bad {
		return
	}
	if c.way == pageTexts {
		for range r.count() {
			c.texts = append(c.texts, r.text())
		}
	}
	n := 0
	for _, b := range c.present {
		n += bits.OnesCount8(b)
	}
	for range n {
		u, size := uint64(0), 1
		if len(r.b) > 1 && r.b[0] < 0x80 { // most are
			u = uint64(r.b[0])
		} else if u, size = binary.Uvarint(r.b); size <= 0 {
			r.bad = true
			return
		}
		r.b = r.b[size:]
		v := int64(u)
		if c.way != pageTexts {
			v = int64(u>>1) ^ -int64(u&1) // as binary.Varint
		}
		c.values = append(c.values, v)
	}
	least, most := int64(math.MinInt64), int64(math.MaxInt64)
	switch c.way {
	case pageDays:
		least, most = firstDay, rules.LastDay
	case pageTexts:
		least, most = 0, int64(len(c.texts))-1
	}
	for _, v := range c.values {
		r.bad = r.bad || v < least || v > most
	}
}

// ReadPage reads what Bytes wrote.
func ReadPage(body []byte) (Page, error) {
	r := pageReader{b: body}
	codes, columns := r.begin()
	p := Page{Codes: codes, Columns: map[string][]string{}}
	var c pageColumn
	for range columns {
		if r.column(len(codes), &c); r.bad {
			return Page{}, errPage
		}
		out := make([]string, len(codes))
		for i, n := range c.each() {
			out[i] = c.textOf(n)
		}
		p.Columns[c.field] = out
	}
	if r.bad || len(r.b) > 0 {
		return Page{}, errPage
	}
	return p, nil
}

// each goes through the rows that have a value.
func (c *pageColumn) each() func(func(int, int64) bool) {
	return func(yield func(int, int64) bool) {
		at := 0
		for i, b := range c.present {
			for ; b != 0; b &= b - 1 {
				if !yield(i*8+bits.TrailingZeros8(b), c.values[at]) {
					return
				}
				at++
			}
		}
	}
}

func (c *pageColumn) textOf(n int64) string {
	switch c.way {
	case pageNumbers:
		return strconv.FormatInt(n, 10)
	case pageDays:
		return rules.FormatDay(n)
	}
	return c.texts[n]
}
