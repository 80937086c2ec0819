package proof

import "crypto/sha256"

// Record is something that rows describe and that changes as a whole: an award with its history, a redemption, a
// household with its members. Each change of it is a leaf.
type Record struct {
	Kind    string // award, redemption, household …
	Zone    int
	ID      string
	Change  int64  // 1 for the first, 2 for the next …: an older leaf cannot stand for a newer row
	Content []byte // Contents.Sum of its rows
}

// Leaf is the record's text in the log.
func (r *Record) Leaf() []byte {
	l := newLine(r.Kind, r.Zone)
	l.text("id", r.ID)
	l.id("change", r.Change)
	l.bytes("content", r.Content)
	return l.end()
}

// Contents gathers the rows of a record, in a fixed order. Values that are 0 or empty are left out, so that a column
// added later with such a value changes nothing.
type Contents struct{ l line }

// Row begins a row of a table.
func (c *Contents) Row(table string) {
	c.l = append(c.l, '\n')
	c.l.text("table", table)
}

// Number adds a number of the row.
func (c *Contents) Number(column string, n int64) { c.l.id(column, n) }

// Text adds a text of the row.
func (c *Contents) Text(column, s string) { c.l.text(column, s) }

// Add appends the rows of others; nil for none.
func (c *Contents) Add(others *Contents) {
	if others != nil {
		c.l = append(c.l, others.l...)
	}
}

// Sum is the SHA-256 of all rows.
func (c *Contents) Sum() []byte {
	sum := sha256.Sum256(c.l)
	return sum[:]
}
