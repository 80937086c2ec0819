package rules

import (
	"math"
	"math/bits"
)

// mostHalves is the greatest share that a column tells from greater ones, in halves of a ten-thousandth: more than 107,000 times the whole.
const mostHalves = 1<<31 - 1

// halves is a share in halves of a ten-thousandth, rounded away from 0 to a half and from anything between to an odd number of them: a
// share is at least n ten-thousandths if it has at least 2n, and at most n if it has at most 2n. whole is above 0.
func halves(part, whole int64) int64 {
	n := int64(mostHalves)
	if h, l := bits.Mul64(size(part), 10_000); h < uint64(whole) {
		if q, rest := bits.Div64(h, l, uint64(whole)); q < mostHalves/2 {
			n = int64(2*q + min(rest, 1))
		}
	}
	if part < 0 {
		return -n
	}
	return n
}

// share is the column of what one field is of another, in halves. It is made when it is first asked for and kept up to date by Set.
func (t *Table) share(part, whole int) *column {
	pair := [2]int{part, whole}
	c, ok := t.shares[pair]
	if ok {
		return c
	}
	a, b := &t.cols[part], &t.cols[whole]
	c = &column{kind: Rate, known: make(marks, t.chunks())}
	c.hold(0, 10_000*2)
	var parts, wholes, shares [64]int64
	for row := 0; row < t.Len(); row += 64 {
		known := a.known.word(row) & b.known.word(row)
		a.read(row, &parts)
		b.read(row, &wholes)
		for i := range shares {
			if shares[i] = 0; wholes[i] <= 0 {
				known &^= 1 << i
			} else if known>>i&1 == 1 {
				shares[i] = halves(parts[i], wholes[i])
			}
		}
		c.load(row, known, shares[:])
	}
	t.shares[pair] = c
	return c
}

// setShares brings the shares that a value is in up to date.
func (t *Table) setShares(row, field int) {
	for pair, c := range t.shares {
		if pair[0] != field && pair[1] != field {
			continue
		}
		part, whole := t.Get(row, pair[0]), t.Get(row, pair[1])
		known := part.Known && whole.Known && whole.N > 0
		if c.known.put(row, known); known {
			c.put(row, halves(part.N, whole.N))
		}
	}
}

// dropShares forgets those that a field is in.
func (t *Table) dropShares(field int) {
	for pair := range t.shares {
		if pair[0] == field || pair[1] == field {
			delete(t.shares, pair)
		}
	}
}

// inHalves reports whether a test of a share can be put to its column.
func (l *leaf) inHalves() bool {
	return (l.low == math.MinInt64 || size(l.low) < mostHalves/2) && (l.high == math.MaxInt64 || size(l.high) < mostHalves/2)
}
