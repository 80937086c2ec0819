package sheet

import (
	"bytes"
	"strings"

	"github.com/xuri/excelize/v2"

	"gezhi/internal/fault"
)

func readXLSX(data []byte, cs Columns) (Table, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: 16 << 20,
	})
	if err != nil {
		return Table{}, fault.Field(Field, "这个文件不是完好的 .xlsx 表格（可能已损坏、加密，或解压后过大），请重新保存后再导入。",
			"This file is no intact .xlsx workbook: it may be damaged, have a password, or be too large when unpacked. Please save it again.")
	}
	defer f.Close()
	date1904 := false
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		date1904 = *props.Date1904
	}
	var first error
	for _, name := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		t, err := readSheet(f, name, cs)
		if err == nil {
			t.Sheet, t.date1904 = name, date1904
			return t, nil
		}
		if first == nil {
			first = err
		}
	}
	if first == nil {
		first = fault.Field(Field, "工作簿中没有可见的工作表。", "The workbook has no visible worksheet.")
	}
	return Table{}, first
}

func readSheet(f *excelize.File, name string, cs Columns) (Table, error) {
	it, err := f.Rows(name)
	if err != nil {
		return Table{}, damagedSheet(name)
	}
	defer it.Close()
	var rows [][]string
	filled, size := 0, 0
	for it.Next() {
		row, err := it.Columns()
		if err != nil {
			return Table{}, damagedSheet(name)
		}
		for len(row) > 0 && row[len(row)-1] == "" {
			row = row[:len(row)-1]
		}
		// A sheet may have a formatted last row far below; only rows that hold something count.
		rows = append(rows, row)
		if len(row) > 0 {
			filled = len(rows)
		}
		for _, c := range row {
			size += len(c)
		}
		if size > maxText {
			return Table{}, fault.Field(Field, "表格内容过大，请拆分后分批导入。", "The table holds too much text. Please split it.")
		}
		if err := within(filled, len(row)); err != nil {
			return Table{}, err
		}
	}
	if err := it.Error(); err != nil {
		return Table{}, damagedSheet(name)
	}
	rows = rows[:filled]
	h, err := findHeader(rows, cs)
	if err != nil {
		return Table{}, err
	}
	return h.table(rows, cs), nil
}

func damagedSheet(name string) error {
	return fault.Field(Field, "工作表“%s”已损坏，请重新保存后再导入。", "The worksheet %q is damaged. Please save the workbook again.", strings.TrimSpace(name))
}
