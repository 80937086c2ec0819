package sheet

import (
	"iter"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// Problems collects what is wrong by row number of the file. Make one with Problems{}.
type Problems map[int]fault.List

// Add records a problem of a row beside a column's key.
func (p Problems) Add(row int, key, zh, en string, args ...any) {
	list := p[row]
	list.Add(key, zh, en, args...)
	p[row] = list
}

// Rows are the rows that have problems, in order.
func (p Problems) Rows() []int { return slices.Sorted(maps.Keys(p)) }

// Texts words the problems for WithErrors.
func (p Problems) Texts(l lang.Lang) map[int][]string {
	texts := make(map[int][]string, len(p))
	for row, list := range p {
		for _, e := range list {
			texts[row] = append(texts[row], e.In(l))
		}
	}
	return texts
}

// Row is one row that is not blank.
type Row struct {
	Number int // in the file, 1-based
	t      *Table
	cells  []string
	p      Problems
}

// All goes through the rows that are not blank. Before each it records in p the required cells that are empty, codes that
// lost digits, and cells that hold a spreadsheet's error.
func (t Table) All(p Problems) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for i, cells := range t.Rows {
			if t.blank(cells) {
				continue
			}
			r := Row{Number: t.FirstRow + i, t: &t, cells: cells, p: p}
			r.check()
			if !yield(r) {
				return
			}
		}
	}
}

var excelError = regexp.MustCompile(`^#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)$`)

func (r Row) check() {
	for _, c := range r.t.columns {
		j, ok := r.t.at[c.Key]
		if !ok {
			continue
		}
		switch cell := r.cells[j]; {
		case cell == "" && c.Required:
			r.Fail(c.Key, "“%[1]s”不能为空", "%[2]q must not be empty.", c.Name.In(lang.ZH), c.Name.In(lang.EN))
		case c.Code && lostDigits(cell):
			r.Fail(c.Key, "“%[1]s”被表格软件变成了科学计数 %[3]s，末尾数字已丢失；请把该列设为文本格式后重新填写",
				"%[2]q was turned into %[3]s by the spreadsheet and its last digits are lost. Please format the column as text and fill it in again.",
				c.Name.In(lang.ZH), c.Name.In(lang.EN), cell)
		case excelError.MatchString(cell):
			r.Fail(c.Key, "“%[1]s”是公式错误 %[3]s", "%[2]q holds the formula error %[3]s.", c.Name.In(lang.ZH), c.Name.In(lang.EN), cell)
		}
	}
}

// Fail records a problem of this row.
func (r Row) Fail(key, zh, en string, args ...any) { r.p.Add(r.Number, key, zh, en, args...) }

// OK reports whether nothing is wrong with this row so far.
func (r Row) OK() bool { return len(r.p[r.Number]) == 0 }

// Text is the cell without surrounding spaces, "" when it is empty or the file lacks the column.
func (r Row) Text(key string) string {
	if j, ok := r.t.at[key]; ok {
		return r.cells[j]
	}
	return ""
}

// Int is a whole number; thousands separators and full-width digits are understood. An empty cell is 0,
// anything else is recorded as a problem and 0.
func (r Row) Int(key string) int64 {
	s := norm.NFKC.String(r.Text(key))
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(exactDigits(strings.NewReplacer(",", "", " ", "").Replace(s)), 10, 64)
	if err != nil {
		zh, en := r.names(key)
		r.Fail(key, "“%[1]s”应为整数，现为“%[3]s”", "%[2]q should be a whole number, not %[3]q.", zh, en, r.Text(key))
		return 0
	}
	return n
}

// dates are the ways offices write a day; the first is the one templates ask for.
var dates = []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102", "2006-1-2 15:04:05", "2006/1/2 15:04", "2006/1/2 15:04:05"}

// Date is midnight UTC of the day, written as 2026-02-13, 2026/2/13, 2026.2.13, 2026年2月13日, 20260213 or as a
// spreadsheet's serial number. An empty cell is the zero time, anything else is recorded as a problem.
func (r Row) Date(key string) time.Time {
	s := strings.TrimSpace(norm.NFKC.String(r.Text(key)))
	if s == "" {
		return time.Time{}
	}
	for _, layout := range dates {
		if d, err := time.Parse(layout, s); err == nil && d.Year() >= 1900 && d.Year() < 2200 {
			return d.Truncate(24 * time.Hour)
		}
	}
	if serial, err := strconv.ParseFloat(s, 64); err == nil && serial >= 1 && serial < 109_575 { // 1900 to 2199
		if d, err := excelize.ExcelDateToTime(serial, r.t.date1904); err == nil {
			return d.Truncate(24 * time.Hour)
		}
	}
	zh, en := r.names(key)
	r.Fail(key, "“%[1]s”应为日期，如 2026-02-13，现为“%[3]s”", "%[2]q should be a date such as 2026-02-13, not %[3]q.", zh, en, r.Text(key))
	return time.Time{}
}

// YesNo understands 是/否, 有/无, √, yes/no, true/false and 1/0. An empty cell is no, anything else a problem.
func (r Row) YesNo(key string) bool {
	switch strings.ToLower(norm.NFKC.String(r.Text(key))) {
	case "是", "有", "√", "✓", "y", "yes", "true", "1":
		return true
	case "", "否", "无", "×", "n", "no", "false", "0":
		return false
	}
	zh, en := r.names(key)
	r.Fail(key, "“%[1]s”应填“是”或“否”，现为“%[3]s”", "%[2]q should be yes or no, not %[3]q.", zh, en, r.Text(key))
	return false
}

// names of a column in both languages; the key itself when the import does not know it.
func (r Row) names(key string) (zh, en string) {
	for _, c := range r.t.columns {
		if c.Key == key {
			return c.Name.In(lang.ZH), c.Name.In(lang.EN)
		}
	}
	return key, key
}
