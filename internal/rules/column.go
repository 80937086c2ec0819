package rules

import (
	"math"
	"math/bits"
	"slices"
	"sort"
)

// chunk is a bit each for 4,096 enterprises. Everything about all enterprises is kept and worked out a chunk at a time.
type chunk [chunkWords]uint64

const (
	chunkWords = 64
	chunkRows  = 64 * chunkWords
)

func (c *chunk) has(row int) bool { return c[row/64]>>(row%64)&1 == 1 }

func (c *chunk) put(row int, yes bool) {
	w := &c[row/64]
	*w &^= 1 << (row % 64)
	if yes {
		*w |= 1 << (row % 64)
	}
}

// marks is a bit each for all enterprises; those behind the last one are 0.
type marks []chunk

func chunksOf(rows int) int { return (rows + chunkRows - 1) / chunkRows }

func (m marks) has(row int) bool { return m[row/chunkRows].has(row % chunkRows) }

func (m marks) put(row int, yes bool) { m[row/chunkRows].put(row%chunkRows, yes) }

// word is the bits of a row and the 63 others it stands with.
func (m marks) word(row int) uint64 { return m[row/chunkRows][row/64%chunkWords] }

// column is the values of one field digit by digit: a chunk of the lowest binary digit of 4,096 values, a chunk of the next, and so
// on, then those of the next 4,096. It takes no more digits than its values need, and a test of them all some operations on words a digit.
type column struct {
	kind   Kind
	known  marks
	base   int64 // what all digits 0 stand for: 0, or a power of two below it
	width  int   // how many digits a value has
	digits []chunk
	dict   []string // of Code, whose values are places in it; sorted, so that what begins alike stands together
}

// of is the digits of a chunk of values, the lowest first.
func (c *column) of(k int) []chunk { return c.digits[k*c.width : (k+1)*c.width] }

// top is the greatest number there is room for.
func (c *column) top() int64 {
	if c.width == 64 {
		return math.MaxInt64
	}
	return c.base + (1<<c.width - 1)
}

// at is the number on a row.
func (c *column) at(row int) int64 {
	var n uint64
	w, b := uint(row)/64%chunkWords, uint(row)%64
	digits := c.of(row / chunkRows)
	for d := len(digits) - 1; d >= 0; d-- {
		n = n<<1 | digits[d][w]>>b&1
	}
	return c.base + int64(n)
}

// put sets the number on a row.
func (c *column) put(row int, n int64) {
	c.hold(n, n)
	digits := marks(c.of(row / chunkRows))
	for d := range digits {
		digits[d:d+1].put(row%chunkRows, uint64(n-c.base)>>d&1 == 1)
	}
}

// hold makes room for numbers from low to high, if there is none yet. It has to at most some 120 times in a column's life.
func (c *column) hold(low, high int64) {
	low, high = min(low, c.base), max(high, c.top())
	if low == c.base && high == c.top() {
		return
	}
	was := *c
	if low < c.base {
		c.base = -1 << bits.Len64(uint64(^low))
	}
	c.width = bits.Len64(uint64(high - c.base))
	c.digits = make([]chunk, len(c.known)*c.width)
	if c.base == was.base { // the digits stay what they are; there are more of them
		for k := range c.known {
			copy(c.of(k), was.of(k))
		}
		return
	}
	var numbers [64]int64
	for row := 0; row < len(c.known)*chunkRows; row += 64 {
		if c.known.word(row) != 0 {
			was.read(row, &numbers)
			c.write(row, &numbers)
		}
	}
}

// read is the numbers of 64 rows; the first is a multiple of 64.
func (c *column) read(row int, out *[64]int64) {
	var n [64]uint64
	digits := c.of(row / chunkRows)
	for d := range digits {
		n[d] = digits[d][row/64%chunkWords]
	}
	transpose(&n, 64)
	for i := range out {
		out[i] = c.base + int64(n[i])
	}
}

// write sets the numbers of 64 rows; there has to be room for them.
func (c *column) write(row int, numbers *[64]int64) {
	var n [64]uint64
	for i := range n {
		n[i] = uint64(numbers[i] - c.base)
	}
	transpose(&n, c.width)
	digits := c.of(row / chunkRows)
	for d := range digits {
		digits[d][row/64%chunkWords] = n[d]
	}
}

// load sets up to 64 values from a row on, which is a multiple of 64. Bit i of known is whether the i-th is.
func (c *column) load(row int, known uint64, values []int64) {
	var numbers [64]int64
	if len(values) < 64 {
		c.read(row, &numbers)
	}
	var low, high int64
	for i, v := range values {
		v &= -int64(known >> i & 1)
		numbers[i] = v
		low, high = min(low, v), max(high, v)
	}
	c.hold(low, high)
	c.write(row, &numbers)
	w := &c.known[row/chunkRows][row/64%chunkWords]
	*w = *w>>len(values)<<len(values) | known<<(64-len(values))>>(64-len(values))
}

// wordOf is the 64 bits of known from the i-th on, which is a multiple of 64; nil is all.
func wordOf(known []uint64, i int) uint64 {
	if known == nil {
		return math.MaxUint64
	}
	return known[i/64]
}

// transpose makes rows of columns: bit j of the i-th word becomes bit i of the j-th. Squares of half the size change places, then
// those inside them (Warren, Hacker's Delight, 7-3). No word has a bit behind the first width, and rows behind them, which would be 0, do
// not matter.
func transpose(x *[64]uint64, width int) {
	low := uint64(math.MaxUint32) // the lower half of each square's row
	for half := 32; half > 0; half /= 2 {
		for at := 0; at < 64 && at < width; at += 2 * half {
			above, below := x[at:at+half], x[at+half:at+2*half]
			below = below[:len(above)]
			for i, a := range above {
				differ := (a>>(half&63) ^ below[i]) & low
				above[i] = a ^ differ<<(half&63)
				below[i] ^= differ
			}
		}
		low ^= low << (half / 2 & 63)
	}
}

// grow makes room for more enterprises, of which nothing is known.
func (c *column) grow(rows int) {
	for len(c.known)*chunkRows < rows {
		c.known = append(c.known, chunk{})
		c.digits = append(c.digits, make([]chunk, c.width)...)
	}
}

// place is where a code stands in the dictionary. One that is new there moves those after it.
func (c *column) place(code string) int64 {
	i, found := slices.BinarySearch(c.dict, code)
	if !found {
		c.dict = slices.Insert(c.dict, i, code)
		c.hold(0, int64(len(c.dict)-1))
		var after chunk
		for k := range c.known {
			reaches(c.of(k), uint64(i), &after)
			add(c.of(k), after)
		}
	}
	return int64(i)
}

// renumber gives every code the place it has in a dictionary that has all of the old one.
func (c *column) renumber(dict []string) {
	to := make([]int64, len(c.dict))
	for i, code := range c.dict {
		to[i] = int64(sort.SearchStrings(dict, code))
	}
	c.dict = dict
	c.hold(0, int64(len(dict)-1))
	if len(to) == 0 {
		return
	}
	var places [64]int64
	for row := 0; row < len(c.known)*chunkRows; row += 64 {
		c.read(row, &places)
		for i, p := range places {
			places[i] = to[p]
		}
		c.write(row, &places)
	}
}

// span is the numbers from low to high, both included.
type span struct{ low, high int64 }

// under is the places of codes that begin with a prefix.
func (c *column) under(prefix string) span {
	from := sort.SearchStrings(c.dict, prefix)
	n := sort.Search(len(c.dict)-from, func(i int) bool {
		s := c.dict[from+i]
		return len(s) < len(prefix) || s[:len(prefix)] != prefix
	})
	return span{int64(from), int64(from + n - 1)}
}

// spans are the numbers for which a test that is not of a set is true.
func (c *column) spans(l *leaf) []span {
	var out []span
	switch l.verb {
	case Between:
		out = append(out, span{l.low, l.high})
	case Share: // in halves
		out = append(out, span{max(l.low, -mostHalves) * 2, min(l.high, mostHalves) * 2})
	case Under:
		for _, code := range l.codes {
			out = append(out, c.under(code))
		}
	case OneOf: // each run of choices side by side
		for left := l.mask; left != 0; {
			low := bits.TrailingZeros64(left)
			end := low + bits.TrailingZeros64(^(left >> low))
			out = append(out, span{int64(low), int64(end - 1)})
			left = left >> end << end
		}
	}
	return out
}

// within sets the enterprises of a chunk whose numbers are in one of the spans.
func (c *column) within(k int, spans []span, out *chunk) {
	if len(spans) == 0 {
		fill(out, 0)
		return
	}
	c.inside(k, spans[0], out)
	for _, s := range spans[1:] {
		var more chunk
		c.inside(k, s, &more)
		for i := range out {
			out[i] |= more[i]
		}
	}
}

func (c *column) inside(k int, s span, out *chunk) {
	low, high := max(s.low, c.base), min(s.high, c.top())
	if low > high {
		fill(out, 0)
		return
	}
	reaches(c.of(k), uint64(low-c.base), out)
	if high < c.top() {
		var past chunk
		reaches(c.of(k), uint64(high-c.base)+1, &past)
		for i := range out {
			out[i] &^= past[i]
		}
	}
}

// marked sets the enterprises of a chunk whose sets have one, or all, of the choices of a test.
func (c *column) marked(k int, l *leaf, out *chunk) {
	fill(out, 0)
	if l.verb == HasAll {
		fill(out, math.MaxUint64)
	}
	digits := c.of(k)
	for left := l.mask; left != 0; left &= left - 1 {
		has := &chunk{} // nobody has a choice that stands behind the last digit
		if d := bits.TrailingZeros64(left); d < len(digits) {
			has = &digits[d]
		}
		for i := range out {
			if l.verb == HasAll {
				out[i] &= has[i]
			} else {
				out[i] |= has[i]
			}
		}
	}
}

func fill(out *chunk, word uint64) {
	for i := range out {
		out[i] = word
	}
}

// add counts a bit up in each number of a chunk, which has to have room for it.
func add(digits []chunk, bit chunk) {
	for d := range digits {
		x := &digits[d]
		for i := range x {
			x[i], bit[i] = x[i]^bit[i], x[i]&bit[i]
		}
	}
}

// leading is how many of its highest digits tell nearly all numbers of a chunk from any other. To read the rest costs memory's bandwidth.
const leading = 16

// reaches are the numbers of a chunk that are n or more.
func reaches(digits []chunk, n uint64, out *chunk) {
	if bits.Len64(n) > len(digits) {
		fill(out, 0)
		return
	}
	low := len(digits) - leading
	if low < leading/4 || bits.TrailingZeros64(n) >= low {
		reachesAll(digits, n, out)
		return
	}
	var alike, rest chunk // in the leading digits
	reachesAll(digits[low:], n>>low, &alike)
	reaches(digits[low:], n>>low+1, out)
	some := uint64(0)
	for i := range out {
		alike[i] &^= out[i]
		some |= alike[i]
	}
	if some == 0 {
		return
	}
	reachesAll(digits[:low], n&(1<<low-1), &rest)
	for i := range out {
		out[i] |= alike[i] & rest[i]
	}
}

// reachesAll looks at all digits from the lowest on: where n has a 1 a number must have one and reach what is below; where n has a 0 it
// may have one instead. It takes two digits at a time, for most of the work is to go over the words.
func reachesAll(digits []chunk, n uint64, out *chunk) {
	d := bits.TrailingZeros64(n) // below, anything reaches
	if d >= len(digits) {
		fill(out, math.MaxUint64)
		return
	}
	*out = digits[d]
	for d++; d+1 < len(digits); d += 2 {
		x, y := &digits[d], &digits[d+1]
		switch n >> d & 3 {
		case 0b00:
			for i := range out {
				out[i] |= x[i] | y[i]
			}
		case 0b01:
			for i := range out {
				out[i] = out[i]&x[i] | y[i]
			}
		case 0b10:
			for i := range out {
				out[i] = (out[i] | x[i]) & y[i]
			}
		case 0b11:
			for i := range out {
				out[i] &= x[i] & y[i]
			}
		}
	}
	if d < len(digits) { // the highest of an even number
		for i, x := range &digits[d] {
			if n>>d&1 == 1 {
				out[i] &= x
			} else {
				out[i] |= x
			}
		}
	}
}
