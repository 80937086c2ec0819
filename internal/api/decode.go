package api

import (
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"gezhi/internal/fault"
)

// field is one member an object may have. Exactly one of the pointers is set.
type field struct {
	name   string
	text   *string
	number *int64
	when   *time.Time
}

// decoder reads a body. Encoding/json would take a fraction for an amount after rounding it, the last of two members
// with one name, and half a surrogate pair; it would also read a batch twice. This one refuses them, each beside
// its member, and reads once.
type decoder struct {
	in  []byte
	at  int
	bad fault.List // what is wrong with members, by their place
}

// syntaxError is a body that is no JSON text.
type syntaxError struct{ at int }

func (e *syntaxError) Error() string { return "malformed JSON at byte " + strconv.Itoa(e.at) }

// deepest is how far values that are passed over may be nested.
const deepest = 100

func (d *decoder) broken() error { return &syntaxError{d.at} }

func (d *decoder) space() {
	for d.at < len(d.in) {
		switch d.in[d.at] {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return
		}
	}
}

// peek is the next byte that is no space; 0 at the end.
func (d *decoder) peek() byte {
	d.space()
	if d.at == len(d.in) {
		return 0
	}
	return d.in[d.at]
}

func (d *decoder) take(b byte) bool {
	if d.peek() != b {
		return false
	}
	d.at++
	return true
}

// end refuses what comes after the value.
func (d *decoder) end() error {
	if d.space(); d.at < len(d.in) {
		return d.broken()
	}
	return nil
}

// object reads an object with these members. place stands before their names where something is wrong.
func (d *decoder) object(place string, fields []field) error {
	return d.members(place, func(name string) (bool, error) {
		for i := range fields {
			if fields[i].name == name {
				return true, d.value(place, &fields[i])
			}
		}
		return false, nil
	})
}

// members reads an object and calls read at each member's value. A member that read does not know is passed over, and
// wrong; so is one that comes twice.
func (d *decoder) members(place string, read func(name string) (known bool, err error)) error {
	if d.peek() != '{' {
		d.bad.Add(place, "此处须为 JSON 对象。", "This must be a JSON object.")
		return d.skip(0)
	}
	d.at++
	if d.take('}') {
		return nil
	}
	var seen [12]string
	n := 0
	for {
		if d.peek() != '"' {
			return d.broken()
		}
		name, whole, err := d.text()
		if err != nil {
			return err
		}
		if !d.take(':') {
			return d.broken()
		}
		d.space()
		twice := false
		for _, s := range seen[:n] {
			twice = twice || s == name
		}
		known := false
		if whole && !twice {
			if known, err = read(name); err != nil {
				return err
			}
		}
		switch {
		case twice:
			d.bad.Add(join(place, name), "字段重复。", "This member comes twice.")
		case !known:
			d.bad.Add(join(place, name), "没有这个字段。", "There is no such member.")
		case n < len(seen):
			seen[n] = name
			n++
		}
		if !known {
			if err := d.skip(0); err != nil {
				return err
			}
		}
		if d.take('}') {
			return nil
		}
		if !d.take(',') {
			return d.broken()
		}
	}
}

func join(place, name string) string {
	if place == "" {
		return name
	}
	return place + "." + name
}

// value reads a member. null is as good as leaving it out.
func (d *decoder) value(place string, f *field) error {
	b := d.peek()
	if b == 'n' {
		return d.word("null")
	}
	switch {
	case f.number != nil:
		if b == '-' || '0' <= b && b <= '9' {
			return d.integer(place, f)
		}
		d.bad.Add(join(place, f.name), "须为整数。", "This must be an integer.")
		return d.skip(0)
	case b != '"':
		d.bad.Add(join(place, f.name), "须为字符串。", "This must be a string.")
		return d.skip(0)
	}
	s, whole, err := d.text()
	if err != nil {
		return err
	}
	if !whole {
		d.bad.Add(join(place, f.name), "文字中含有无法保存的字符。", "The text contains characters that cannot be stored.")
		return nil
	}
	if f.text != nil {
		*f.text = s
		return nil
	}
	if *f.when, err = time.Parse(time.RFC3339Nano, s); err != nil {
		d.bad.Add(join(place, f.name), "时间须写成 2027-12-31T23:59:59+08:00。", "Write the time as 2027-12-31T23:59:59+08:00.")
		return nil
	}
	*f.when = f.when.UTC().Truncate(time.Millisecond)
	return nil
}

// integer reads a whole number that fits 64 bits, and refuses every other beside its member.
func (d *decoder) integer(place string, f *field) error {
	from := d.at
	whole, err := d.number()
	if err != nil {
		return err
	}
	if !whole {
		d.bad.Add(join(place, f.name), "须为整数，不能带小数或指数。", "This must be an integer without fraction or exponent.")
		return nil
	}
	n, err := strconv.ParseInt(string(d.in[from:d.at]), 10, 64)
	if err != nil {
		d.bad.Add(join(place, f.name), "数值超出可记范围（最大 9223372036854775807）。", "The number is beyond what can be kept (at most 9223372036854775807).")
		return nil
	}
	*f.number = n
	return nil
}

// number passes over a number and says whether it has neither fraction nor exponent.
func (d *decoder) number() (whole bool, err error) {
	if d.in[d.at] == '-' {
		d.at++
	}
	digits := func() int {
		from := d.at
		for d.at < len(d.in) && '0' <= d.in[d.at] && d.in[d.at] <= '9' {
			d.at++
		}
		return d.at - from
	}
	from := d.at
	if n := digits(); n == 0 || n > 1 && d.in[from] == '0' {
		return false, d.broken()
	}
	whole = true
	if d.at < len(d.in) && d.in[d.at] == '.' {
		d.at++
		if whole = false; digits() == 0 {
			return false, d.broken()
		}
	}
	if d.at < len(d.in) && (d.in[d.at] == 'e' || d.in[d.at] == 'E') {
		if d.at++; d.at < len(d.in) && (d.in[d.at] == '+' || d.in[d.at] == '-') {
			d.at++
		}
		if whole = false; digits() == 0 {
			return false, d.broken()
		}
	}
	return whole, nil
}

// text reads a string. whole is false when it holds NUL or half a surrogate pair.
func (d *decoder) text() (s string, whole bool, err error) {
	d.at++
	for i := d.at; i < len(d.in); i++ {
		switch b := d.in[i]; {
		case b == '"':
			s, d.at = string(d.in[d.at:i]), i+1
			if !utf8.ValidString(s) {
				return "", false, d.broken()
			}
			return s, true, nil
		case b == '\\':
			return d.escaped()
		case b < ' ':
			d.at = i
			return "", false, d.broken()
		}
	}
	d.at = len(d.in)
	return "", false, d.broken()
}

// escaped is text for strings with a backslash. d.at is after the opening quote.
func (d *decoder) escaped() (s string, whole bool, err error) {
	var out []byte
	whole = true
	for d.at < len(d.in) {
		b := d.in[d.at]
		switch {
		case b == '"':
			d.at++
			if !utf8.Valid(out) {
				return "", false, d.broken()
			}
			return string(out), whole, nil
		case b < ' ':
			return "", false, d.broken()
		case b != '\\':
			out = append(out, b)
			d.at++
			continue
		}
		if d.at++; d.at == len(d.in) {
			break
		}
		b = d.in[d.at]
		d.at++
		if b != 'u' {
			c, ok := escapes[b]
			if !ok {
				return "", false, d.broken()
			}
			out = append(out, c)
			continue
		}
		r, ok := d.unit()
		if !ok {
			return "", false, d.broken()
		}
		if utf16.IsSurrogate(r) {
			r = d.pair(r)
			whole = whole && r != utf8.RuneError
		}
		whole = whole && r != 0
		out = utf8.AppendRune(out, r)
	}
	return "", false, d.broken()
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unit reads the four digits of \uXXXX.
func (d *decoder) unit() (rune, bool) {
	if d.at+4 > len(d.in) {
		return 0, false
	}
	r := rune(0)
	for _, b := range d.in[d.at : d.at+4] {
		switch {
		case '0' <= b && b <= '9':
			r = r<<4 | rune(b-'0')
		case 'a' <= b && b <= 'f':
			r = r<<4 | rune(b-'a'+10)
		case 'A' <= b && b <= 'F':
			r = r<<4 | rune(b-'A'+10)
		default:
			return 0, false
		}
	}
	d.at += 4
	return r, true
}

// pair is the character of a surrogate pair whose first half was read; utf8.RuneError when the other is missing.
func (d *decoder) pair(first rune) rune {
	if d.at+6 <= len(d.in) && d.in[d.at] == '\\' && d.in[d.at+1] == 'u' {
		was := d.at
		d.at += 2
		if second, ok := d.unit(); ok {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				return r
			}
		}
		d.at = was
	}
	return utf8.RuneError
}

func (d *decoder) word(w string) error {
	if len(d.in)-d.at < len(w) || string(d.in[d.at:d.at+len(w)]) != w {
		return d.broken()
	}
	d.at += len(w)
	return nil
}

// skip passes over any value.
func (d *decoder) skip(depth int) error {
	switch b := d.peek(); {
	case depth > deepest:
		return d.broken()
	case b == '"':
		_, _, err := d.text()
		return err
	case b == '-' || '0' <= b && b <= '9':
		_, err := d.number()
		return err
	case b == 't':
		return d.word("true")
	case b == 'f':
		return d.word("false")
	case b == 'n':
		return d.word("null")
	case b == '[':
		return d.each(func() error { return d.skip(depth + 1) })
	case b == '{':
		return d.skipObject(depth)
	}
	return d.broken()
}

func (d *decoder) skipObject(depth int) error {
	d.at++
	if d.take('}') {
		return nil
	}
	for {
		if d.peek() != '"' {
			return d.broken()
		}
		if _, _, err := d.text(); err != nil {
			return err
		}
		if !d.take(':') {
			return d.broken()
		}
		if err := d.skip(depth + 1); err != nil {
			return err
		}
		if d.take('}') {
			return nil
		}
		if !d.take(',') {
			return d.broken()
		}
	}
}

// each reads a list, whose opening bracket is next, and calls read at each of its values.
func (d *decoder) each(read func() error) error {
	d.at++
	if d.take(']') {
		return nil
	}
	for {
		if err := read(); err != nil {
			return err
		}
		if d.take(']') {
			return nil
		}
		if !d.take(',') {
			return d.broken()
		}
	}
}

// decodeList reads a body that is one object with one list, {"name": […]}, of at most mostInBatch values. What is wrong inside one value
// refuses that one, by its place; what is wrong around them is the error. size is about how many bytes a value has.
func decodeList[T any](raw []byte, name string, size int, tooMany, none *fault.Error, read func(*decoder, *T) error) (list []T, refused map[int]error, err error) {
	d := decoder{in: raw}
	found := false
	err = d.members("", func(member string) (bool, error) {
		if member != name {
			return false, nil
		}
		found = true
		if d.peek() != '[' {
			d.bad.Add(name, "须为数组。", "This must be a list.")
			return true, d.skip(0)
		}
		list = make([]T, 0, min(len(raw)/size, mostInBatch))
		outer := d.bad
		err := d.each(func() error {
			if len(list) == mostInBatch {
				return tooMany
			}
			list = append(list, *new(T))
			d.bad = nil
			if err := read(&d, &list[len(list)-1]); err != nil {
				return err
			}
			if d.bad != nil {
				if refused == nil {
					refused = map[int]error{}
				}
				refused[len(list)-1] = d.bad
			}
			return nil
		})
		d.bad = outer
		return true, err
	})
	if err == nil {
		err = d.end()
	}
	if err != nil {
		return nil, nil, err
	}
	if len(list) == 0 && len(d.bad) == 0 || !found {
		d.bad = append(d.bad, none)
	}
	return list, refused, d.bad.Err()
}
