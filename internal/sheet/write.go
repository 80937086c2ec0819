package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Heading is one column of an export.
type Heading struct {
	Name  string
	Width float64 // in characters; 0 lets the spreadsheet choose
}

// Export says what an exported table looks like.
type Export struct {
	Sheet   string // name of the worksheet; "" is Sheet1
	Columns []Heading
	Footer  string // who exported it, when and for what; written below the rows and on every printed page
}

// XLSX writes a workbook row by row. Rows beyond a temporary file's buffer do not stay in memory; nothing reaches the
// writer before Close. Past Excel's 1,048,576 rows it goes on in another sheet.
type XLSX struct {
	w         io.Writer
	e         Export
	f         *excelize.File
	s         *excelize.StreamWriter
	bold      int
	sheets    int
	row       int // the last one written to this sheet
	sheetRows int // how many a sheet takes, the footer's included
}

// NewXLSX begins a workbook. The caller must Close it, or Abandon it.
func NewXLSX(w io.Writer, e Export) (*XLSX, error) {
	x := &XLSX{w: w, e: e, f: excelize.NewFile(), sheetRows: excelize.TotalRows}
	var err error
	x.bold, err = x.f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EEF7"}}})
	if err == nil {
		err = x.nextSheet()
	}
	if err != nil {
		x.f.Close()
		return nil, fmt.Errorf("begin workbook: %w", err)
	}
	return x, nil
}

func (x *XLSX) nextSheet() error {
	if x.s != nil {
		if err := x.finishSheet(); err != nil {
			return err
		}
	}
	x.sheets++
	name := sheetName(x.e.Sheet, x.sheets)
	var err error
	if x.sheets == 1 {
		err = x.f.SetSheetName("Sheet1", name)
	} else {
		_, err = x.f.NewSheet(name)
	}
	if err != nil {
		return err
	}
	if x.e.Footer != "" {
		if err := x.f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&L" + printFooter(x.e.Footer) + "&R&P / &N"}); err != nil {
			return err
		}
	}
	if x.s, err = x.f.NewStreamWriter(name); err != nil {
		return err
	}
	for i, c := range x.e.Columns {
		if c.Width > 0 {
			if err := x.s.SetColWidth(i+1, i+1, c.Width); err != nil {
				return err
			}
		}
	}
	if err := x.s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(x.e.Columns))
	for i, c := range x.e.Columns {
		head[i] = c.Name
	}
	x.row = 0
	return x.write(head, excelize.RowOpts{StyleID: x.bold})
}

// Row writes one row; cells are those of Columns, in their order: string, int, int32, int64, float64, bool, nil, or
// time.Time, which is written as yyyy-MM-dd HH:mm in its own zone.
func (x *XLSX) Row(cells ...any) error {
	if x.row >= x.sheetRows-2 && x.e.Footer != "" || x.row >= x.sheetRows {
		if err := x.nextSheet(); err != nil {
			return err
		}
	}
	return x.write(cells)
}

func (x *XLSX) write(cells []any, opts ...excelize.RowOpts) error {
	if len(cells) != len(x.e.Columns) {
		return fmt.Errorf("sheet: %d cells for %d columns", len(cells), len(x.e.Columns))
	}
	row := make([]any, len(cells))
	for i, c := range cells {
		// Every string goes out as an inline string, which no spreadsheet evaluates, whatever it begins with.
		switch c := c.(type) {
		case string:
			row[i] = printable(c)
		case time.Time:
			row[i] = stamp(c)
		case nil, bool, int, int64, int32, float64:
			row[i] = c
		default:
			return fmt.Errorf("sheet: column %d holds a %T", i+1, c)
		}
		if opts != nil {
			row[i] = excelize.Cell{StyleID: opts[0].StyleID, Value: row[i]}
		}
	}
	x.row++
	return x.s.SetRow("A"+strconv.Itoa(x.row), row)
}

func (x *XLSX) finishSheet() error {
	if x.e.Footer != "" {
		x.row += 2
		if err := x.s.SetRow("A"+strconv.Itoa(x.row), []any{printable(x.e.Footer)}); err != nil {
			return err
		}
	}
	return x.s.Flush()
}

// Close writes the footer and the whole workbook to the writer and gives temporary files back.
func (x *XLSX) Close() error {
	defer x.f.Close()
	if err := x.finishSheet(); err != nil {
		return fmt.Errorf("end workbook: %w", err)
	}
	_, err := x.f.WriteTo(x.w)
	return err
}

// Abandon gives temporary files back without writing anything.
func (x *XLSX) Abandon() error { return x.f.Close() }

// CSV writes UTF-8 with a byte order mark, by which Chinese Excel knows it.
type CSV struct {
	w *csv.Writer
	e Export
}

// NewCSV begins a file and writes its header.
func NewCSV(w io.Writer, e Export) (*CSV, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	c := &CSV{w: csv.NewWriter(w), e: e}
	c.w.UseCRLF = true
	head := make([]string, len(e.Columns))
	for i, h := range e.Columns {
		head[i] = guard(h.Name)
	}
	return c, c.w.Write(head)
}

// Row writes one row of the same kinds of cell as XLSX.Row. A string that a spreadsheet would take for a formula gets a ' in front.
func (c *CSV) Row(cells ...any) error {
	if len(cells) != len(c.e.Columns) {
		return fmt.Errorf("sheet: %d cells for %d columns", len(cells), len(c.e.Columns))
	}
	row := make([]string, len(cells))
	for i, v := range cells {
		switch v := v.(type) {
		case nil:
		case string:
			row[i] = guard(printable(v))
		case time.Time:
			row[i] = stamp(v)
		case bool, int, int64, int32, float64:
			row[i] = fmt.Sprint(v)
		default:
			return fmt.Errorf("sheet: column %d holds a %T", i+1, v)
		}
	}
	return c.w.Write(row)
}

// Close writes the footer and what is still buffered.
func (c *CSV) Close() error {
	if c.e.Footer != "" {
		if err := c.w.WriteAll([][]string{{""}, {guard(printable(c.e.Footer))}}); err != nil {
			return err
		}
	}
	c.w.Flush()
	return c.w.Error()
}

// formulaStart are the characters with which a cell of a CSV file becomes a formula, in either width,
// and the blanks that spreadsheets skip before them.
const formulaStart = "=+-@\t\r\n＝＋－＠"

func guard(s string) string {
	// Apostrophes in front are looked through, so that unguard can tell ours from the writer's own.
	trimmed := strings.TrimLeft(strings.TrimLeft(s, "'"), " \u00a0\u3000")
	if trimmed != "" && strings.ContainsRune(formulaStart, []rune(trimmed)[0]) {
		return "'" + s
	}
	return s
}

// unguard takes back what guard did, so that an exported file can be imported.
func unguard(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && guard(rest) != rest {
		return rest
	}
	return s
}

// printable drops what XML cannot hold and cuts what a cell cannot.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF || r == '\r' {
			return -1
		}
		return r
	}, s)
	const most, cut = 32_000, "…（已截断）" // Excel's limit is 32,767 UTF-16 units
	units := 0
	for i, r := range s {
		if units++; r > 0xFFFF {
			units++
		}
		if units > most {
			return s[:i] + cut
		}
	}
	return s
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04")
}

// sheetName is the n-th sheet's: at most 31 UTF-16 units, none of []:*?/\.
func sheetName(name string, n int) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r > 0xFFFF {
			return '-'
		}
		return r
	}, printable(name)), "' \n\t")
	if name == "" {
		name = "Sheet1"
	}
	suffix := ""
	if n > 1 {
		suffix = fmt.Sprintf(" (%d)", n)
	}
	runes := []rune(name)
	return string(runes[:min(len(runes), 31-len(suffix))]) + suffix
}

// printFooter escapes & for the page footer, which takes at most 255 units with its codes.
func printFooter(s string) string {
	runes := []rune(strings.ReplaceAll(printable(s), "\n", " "))
	return strings.ReplaceAll(string(runes[:min(len(runes), 100)]), "&", "&&")
}
