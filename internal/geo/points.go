package geo

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gezhi/internal/fault"
)

// maxRow bounds one row of a points file, in bytes.
const maxRow = 1 << 20

// PointReader reads a CSV file of points: a header with the columns id, lng and lat in any order
// and any case (others are ignored), then one point a row. A UTF-8 byte order mark, CRLF line
// ends, blank lines and quoted fields are fine. It allocates nothing per row.
type PointReader struct {
	in          *bufio.Reader
	id, lng, at int // columns; at is that of lat
	width       int
	line        int    // lines read so far
	long        []byte // a row that does not fit the buffer or has line breaks in quotes
	fields      [][]byte
}

// NewPointReader reads the header. Errors are Invalid faults whose field is the missing column.
func NewPointReader(r io.Reader) (*PointReader, error) {
	pr := &PointReader{in: bufio.NewReaderSize(r, 1<<18), id: -1, lng: -1, at: -1}
	if head, err := pr.in.Peek(3); err == nil && bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		if _, err := pr.in.Discard(3); err != nil {
			return nil, fmt.Errorf("read points: %w", err)
		}
	}
	at, err := pr.record()
	if errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Invalid, "点位文件是空的，首行应为列名 id,lng,lat。", "The points file is empty; its first line must be the columns id,lng,lat.")
	}
	if err != nil {
		return nil, err
	}
	for i, f := range pr.fields {
		name := strings.ToLower(strings.TrimSpace(string(f)))
		for want, column := range map[string]*int{"id": &pr.id, "lng": &pr.lng, "lat": &pr.at} {
			if name != want {
				continue
			}
			if *column >= 0 {
				return nil, fault.Field(want, "第 %d 行：列 %s 出现了两次。", "Line %d: there are two columns %s.", at, want)
			}
			*column = i
		}
	}
	for _, c := range []struct {
		name  string
		index int
	}{{"id", pr.id}, {"lng", pr.lng}, {"lat", pr.at}} {
		if c.index < 0 {
			return nil, fault.Field(c.name, "首行缺少列 %s，应为 id,lng,lat。", "The first line has no column %s; it must have id,lng,lat.", c.name)
		}
		pr.width = max(pr.width, c.index+1)
	}
	return pr, nil
}

// Next is the next point; io.EOF after the last. The id is valid until the next call. Errors
// are Invalid faults whose sentences name line and column.
func (pr *PointReader) Next() (id []byte, p Point, err error) {
	line, err := pr.record()
	if err != nil {
		return nil, Point{}, err
	}
	if len(pr.fields) < pr.width {
		return nil, Point{}, fault.New(fault.Invalid, "第 %d 行只有 %d 列，至少应有 %d 列。",
			"Line %d has %d columns; at least %d are needed.", line, len(pr.fields), pr.width)
	}
	id = pr.fields[pr.id]
	if !utf8.Valid(id) {
		return nil, Point{}, fault.New(fault.Invalid, "第 %d 行，列 id：文件不是 UTF-8 编码，请另存为“CSV UTF-8”。",
			"Line %d, column id: the file is not UTF-8; save it as “CSV UTF-8”.", line)
	}
	if p.Lng, err = degree("lng", pr.fields[pr.lng], 180, line); err != nil {
		return nil, Point{}, err
	}
	if p.Lat, err = degree("lat", pr.fields[pr.at], 90, line); err != nil {
		return nil, Point{}, err
	}
	return id, p, nil
}

func degree(column string, field []byte, most float64, line int) (float64, error) {
	f, err := strconv.ParseFloat(string(bytes.TrimSpace(field)), 64)
	if err != nil || !(f >= -most && f <= most) {
		return 0, fault.New(fault.Invalid, "第 %d 行，列 %s：“%s”不是 -%g 到 %g 之间的度数。",
			"Line %d, column %s: %q is not a number of degrees from -%g to %g.", line, column, clip(field), most, most)
	}
	return f, nil
}

// clip is a field short enough for a message.
func clip(b []byte) string {
	const most = 40
	s := strings.ToValidUTF8(string(b[:min(len(b), most)]), "�")
	if len(b) > most {
		s += "…"
	}
	return s
}

// record reads the next row that is not blank into pr.fields and says on which line it starts.
func (pr *PointReader) record() (int, error) {
	for {
		start := pr.line + 1
		row, err := pr.readLine(nil)
		if err != nil {
			return start, err
		}
		if odd(row) {
			if row, err = pr.joinLines(row, start); err != nil {
				return start, err
			}
		}
		row = bytes.TrimSuffix(bytes.TrimSuffix(row, []byte{'\n'}), []byte{'\r'})
		if len(bytes.TrimSpace(row)) == 0 {
			continue
		}
		if !pr.splitRow(row) {
			return start, fault.New(fault.Invalid, "第 %d 行的引号用法有误。", "The quotation marks in line %d are misplaced.", start)
		}
		return start, nil
	}
}

// odd reports whether a quotation mark is left open.
func odd(b []byte) bool { return bytes.Count(b, []byte{'"'})%2 == 1 }

// joinLines appends lines to a row until the quotation mark left open in it is closed.
func (pr *PointReader) joinLines(row []byte, start int) ([]byte, error) {
	pr.long = append(pr.long[:0], row...)
	for {
		seen := len(pr.long)
		row, err := pr.readLine(pr.long)
		if errors.Is(err, io.EOF) {
			return nil, fault.New(fault.Invalid, "第 %d 行的引号没有闭合。", "The quotation mark in line %d is not closed.", start)
		}
		if err != nil {
			return nil, err
		}
		if pr.long = row; odd(row[seen:]) {
			return row, nil
		}
	}
}

// readLine appends the next line with its end to prefix; without a prefix it avoids the copy.
func (pr *PointReader) readLine(prefix []byte) ([]byte, error) {
	line, err := pr.in.ReadSlice('\n')
	if err == nil && prefix == nil {
		pr.line++
		return line, nil
	}
	out := append(prefix, line...)
	for errors.Is(err, bufio.ErrBufferFull) && len(out) <= maxRow {
		line, err = pr.in.ReadSlice('\n')
		out = append(out, line...)
	}
	pr.line++
	if len(out) > maxRow {
		return nil, fault.New(fault.Invalid, "第 %d 行过长。", "Line %d is too long.", pr.line)
	}
	if errors.Is(err, io.EOF) && len(out) > len(prefix) {
		err = nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("read points: %w", err)
	}
	return out, err
}

// splitRow cuts a row at its commas, undoing quotes in place; false if a quote is misplaced.
func (pr *PointReader) splitRow(row []byte) bool {
	pr.fields = pr.fields[:0]
	for {
		if len(row) == 0 || row[0] != '"' {
			i := bytes.IndexByte(row, ',')
			if i < 0 {
				pr.fields = append(pr.fields, row)
				return true
			}
			pr.fields = append(pr.fields, row[:i])
			row = row[i+1:]
			continue
		}
		n, i := 0, 1
		for ; i < len(row); i++ {
			if row[i] == '"' {
				if i+1 == len(row) || row[i+1] != '"' {
					break
				}
				i++
			}
			row[n] = row[i]
			n++
		}
		if i >= len(row) || i+1 < len(row) && row[i+1] != ',' {
			return false
		}
		pr.fields = append(pr.fields, row[:n])
		if i+1 == len(row) {
			return true
		}
		row = row[i+2:]
	}
}

// AppendField appends a CSV field, quoted only where it must be.
func AppendField(out, field []byte) []byte {
	if !bytes.ContainsAny(field, ",\"\r\n") {
		return append(out, field...)
	}
	out = append(out, '"')
	for _, b := range field {
		if b == '"' {
			out = append(out, '"')
		}
		out = append(out, b)
	}
	return append(out, '"')
}
