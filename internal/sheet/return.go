package sheet

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"gezhi/internal/lang"
)

// WithErrors gives the operator's own table back as a workbook: their columns and rows, wrong rows highlighted, and a last column
// 错误说明 that says what is wrong. wrong is by row number of the file (see Problems.Texts). When it is
// corrected and sent again, Read ignores the added column, and WithErrors replaces it.
func WithErrors(t Table, wrong map[int][]string, l lang.Lang) ([]byte, error) {
	keep := make([]int, 0, len(t.Header))
	e := Export{Sheet: t.Sheet}
	for i, h := range t.Header {
		if p := plain(h); p != plain(errorColumn.ZH) && p != plain(errorColumn.EN) {
			keep = append(keep, i)
			e.Columns = append(e.Columns, Heading{Name: h, Width: 16})
		}
	}
	e.Columns = append(e.Columns, Heading{Name: errorColumn.In(l), Width: 60})
	var out bytes.Buffer
	x, err := NewXLSX(&out, e)
	if err != nil {
		return nil, err
	}
	defer x.Abandon()
	style, err := x.f.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFE1DC"}}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return nil, err
	}
	for i, row := range t.Rows {
		cells := make([]any, 0, len(keep)+1)
		for _, j := range keep {
			cells = append(cells, row[j])
		}
		texts := wrong[t.FirstRow+i]
		cells = append(cells, strings.Join(texts, l.T("；", " ")))
		if len(texts) == 0 {
			err = x.write(cells)
		} else {
			err = x.write(cells, excelize.RowOpts{StyleID: style})
		}
		if err != nil {
			return nil, fmt.Errorf("return row %d: %w", t.FirstRow+i, err)
		}
	}
	if err := x.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Template is a workbook to fill in: a sheet with the headings (required ones marked *, code columns formatted as text), and a sheet
// that explains each column and ends with the notes.
func Template(cs Columns, notes []lang.Text, l lang.Lang) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	if err := templateSheet(f, cs, l); err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	if err := explain(f, cs, notes, l); err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	f.SetActiveSheet(0)
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func templateSheet(f *excelize.File, cs Columns, l lang.Lang) error {
	name := l.T("数据", "Data")
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	bold, err1 := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EEF7"}}})
	red, err2 := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "C00000"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EEF7"}}})
	text, err3 := f.NewStyle(&excelize.Style{NumFmt: 49}) // built-in format @
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			return err
		}
	}
	for i, c := range cs {
		col, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		heading, style := c.Name.In(l), bold
		if c.Required {
			heading, style = heading+"*", red
		}
		if c.Code {
			if err := f.SetColStyle(name, col, text); err != nil {
				return err
			}
		}
		steps := []error{
			f.SetCellStr(name, col+"1", heading),
			f.SetCellStyle(name, col+"1", col+"1", style),
			f.SetColWidth(name, col, col, max(12, float64(2*len([]rune(heading))+4))),
		}
		for _, err := range steps {
			if err != nil {
				return err
			}
		}
	}
	return f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func explain(f *excelize.File, cs Columns, notes []lang.Text, l lang.Lang) error {
	name := l.T("填写说明", "How to fill in")
	if _, err := f.NewSheet(name); err != nil {
		return err
	}
	rows := [][]string{{l.T("列名", "Column"), l.T("是否必填", "Required"), l.T("说明", "Note"), l.T("示例", "Example")}}
	for _, c := range cs {
		required := l.T("否", "no")
		if c.Required {
			required = l.T("是", "yes")
		}
		rows = append(rows, []string{c.Name.In(l), required, c.Note.In(l), c.Example})
	}
	rows = append(rows, nil)
	for _, n := range notes {
		rows = append(rows, []string{n.In(l)})
	}
	for i, row := range rows {
		for j, cell := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return err
			}
			if err := f.SetCellStr(name, at, cell); err != nil {
				return err
			}
		}
	}
	return f.SetColWidth(name, "A", "D", 28)
}
