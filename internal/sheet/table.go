// Package sheet reads and writes the tables that offices exchange: XLSX, and CSV in UTF-8, GB 18030 or UTF-16.
//
// Reading finds the header row below titles, knows columns by several names, keeps codes as text, and reports
// every wrong cell in words that can be handed back in the operator's own file. Writing streams, and never lets
// what a resident typed become a formula.
package sheet

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// Field is the form field that faults about a whole file belong beside.
const Field = "file"

// errorColumn heads the column that WithErrors adds and Read ignores.
var errorColumn = lang.Text{ZH: "错误说明", EN: "What is wrong"}

// Column is one column an import knows.
type Column struct {
	Key      string    // what the program calls it
	Name     lang.Text // its heading in templates; both wordings are recognised
	Aliases  []string  // other headings that mean the same
	Required bool      // the column must be there and no cell of it may be empty
	Code     bool      // digits that are a name, not a number: area codes, credit codes, phone numbers
	Example  string
	Note     lang.Text // how to fill it in, for the template
}

// Columns are what one kind of import knows, in the order of its template.
type Columns []Column

// Table is one sheet read as text. Every row has as many cells as Header; rows that were blank stay,
// empty, so that row i stands in row FirstRow+i of the file.
type Table struct {
	Sheet    string // the worksheet's name, or the file's for CSV
	Header   []string
	Rows     [][]string
	FirstRow int // 1-based, as the operator sees it

	columns  Columns
	at       map[string]int // column key → index in Header
	date1904 bool           // serial dates count from 1904 (old Excel for Mac)
}

// Has reports whether the file has the column. It always has the required ones.
func (t Table) Has(key string) bool {
	_, ok := t.at[key]
	return ok
}

// plain makes two headings comparable: width, case, spaces, line breaks, and marks such as * or （必填） do not count.
func plain(heading string) string {
	s := strings.ToLower(norm.NFKC.String(heading))
	for _, mark := range []string{"(必填)", "(选填)", "(required)", "(optional)"} {
		s = strings.ReplaceAll(s, mark, "")
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n*_:-\u200b\ufeff", r) {
			return -1
		}
		return r
	}, s)
}

// byHeading maps every plain heading to the column it means.
func (cs Columns) byHeading() map[string]int {
	m := map[string]int{}
	for i, c := range cs {
		for _, h := range append([]string{c.Key, c.Name.ZH, c.Name.EN}, c.Aliases...) {
			if h = plain(h); h != "" {
				m[h] = i
			}
		}
	}
	return m
}

// missing are the required columns that at does not hold.
func (cs Columns) missing(at map[string]int) (ms Columns) {
	for _, c := range cs {
		if _, ok := at[c.Key]; c.Required && !ok {
			ms = append(ms, c)
		}
	}
	return ms
}

func (cs Columns) names(l lang.Lang) string {
	names := make([]string, len(cs))
	for i, c := range cs {
		names[i] = c.Name.In(l)
	}
	return strings.Join(names, l.T("、", ", "))
}

const (
	headerSearch = 30 // rows of title and remarks above the header that are searched through
	headerDepth  = 3  // rows that a header with merged groups may take
)

// header is a row, or several merged ones, read as headings.
type header struct {
	cells      []string
	at         map[string]int
	twice      []string // headings of columns that occur again
	next       int      // index of the first row below
	depth      int      // rows it takes
	incomplete Columns
}

// findHeader looks for the rows that name the columns. Of several readings the one with the most known columns wins,
// then the one with the fewest rows.
func findHeader(rows [][]string, cs Columns) (header, error) {
	known := cs.byHeading()
	var best, nearest header
	for first := range min(len(rows), headerSearch) {
		var cells []string
		for last := first; last < min(first+headerDepth, len(rows)); last++ {
			cells = below(cells, rows[last])
			h := read(cells, known, cs)
			h.next, h.depth = last+1, last+1-first
			if len(h.incomplete) == 0 && (len(h.at) > len(best.at) || len(h.at) == len(best.at) && h.depth < best.depth) {
				best = h
			}
			if len(h.at) > len(nearest.at) {
				nearest = h
			}
		}
	}
	switch {
	case len(best.twice) > 0:
		return header{}, fault.Field(Field, "表头中“%s”出现了不止一次，请删除多余的列。", "The heading %q occurs more than once. Please remove the extra column.", best.twice[0])
	case len(best.at) > 0:
		return best, nil
	case len(nearest.at) > 0:
		return header{}, fault.Field(Field, "表格缺少这些列：%[1]s。请对照模板补齐表头。", "The table lacks these columns: %[2]s. Please compare it with the template.",
			nearest.incomplete.names(lang.ZH), nearest.incomplete.names(lang.EN))
	}
	required := cs.missing(nil)
	if len(required) == 0 {
		required = cs
	}
	return header{}, fault.Field(Field, "前 %[1]d 行中没有找到表头，表头应包含：%[2]s。", "No header was found in the first %[1]d rows. It should hold: %[3]s.",
		headerSearch, required.names(lang.ZH), required.names(lang.EN))
}

// below reads a row under the ones above it: where it is empty (a cell merged downwards) the heading above holds.
func below(above, row []string) []string {
	cells := make([]string, max(len(above), len(row)))
	copy(cells, above)
	for i, c := range row {
		if strings.TrimSpace(c) != "" {
			cells[i] = strings.TrimSpace(c)
		}
	}
	return cells
}

func read(cells []string, known map[string]int, cs Columns) header {
	h := header{cells: cells, at: map[string]int{}}
	for i, cell := range cells {
		c, ok := known[plain(cell)]
		if !ok {
			continue
		}
		if _, again := h.at[cs[c].Key]; again {
			h.twice = append(h.twice, cell)
			continue
		}
		h.at[cs[c].Key] = i
	}
	h.incomplete = cs.missing(h.at)
	return h
}

// table cuts rows below the header to its columns.
func (h header) table(rows [][]string, cs Columns) Table {
	t := Table{Header: h.cells, FirstRow: h.next + 1, columns: cs, at: h.at}
	last := 0
	for i, row := range rows[h.next:] {
		cells := make([]string, len(h.cells))
		copy(cells, row)
		for j := range cells {
			cells[j] = strings.TrimSpace(cells[j])
		}
		for _, c := range cs {
			if j, ok := h.at[c.Key]; ok && c.Code {
				cells[j] = exactDigits(cells[j])
			}
		}
		t.Rows = append(t.Rows, cells)
		if !t.blank(cells) {
			last = i + 1
		}
	}
	t.Rows = t.Rows[:last]
	return t
}

// blank reports whether no known column holds anything; a 序号 filled in beforehand does not count.
func (t Table) blank(cells []string) bool {
	for _, j := range t.at {
		if cells[j] != "" {
			return false
		}
	}
	return true
}
