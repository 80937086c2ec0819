package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"gezhi/internal/fault"
)

// The limits of one file.
const (
	MaxBytes   = 50 << 20  // of the file as sent
	maxUnzip   = 512 << 20 // of an XLSX unpacked
	maxText    = 256 << 20 // of all cells together
	MaxRows    = 200_000   // rows below the header
	maxColumns = 500
)

// Read reads an uploaded table. The kind is told by content, the name (for messages and Table.Sheet) says nothing.
// In a workbook the first visible sheet with all required columns is taken. What the sender did wrong comes back as a fault beside
// Field; wrong cells are found later, by All.
func Read(data []byte, name string, cs Columns) (Table, error) {
	switch {
	case len(data) == 0:
		return Table{}, fault.Field(Field, "文件是空的，请重新选择。", "The file is empty. Please choose it again.")
	case len(data) > MaxBytes:
		return Table{}, fault.Field(Field, "文件超过 %d MB，请拆分后分批导入。", "The file is larger than %d MB. Please split it.", MaxBytes>>20)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readXLSX(data, cs)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return Table{}, fault.Field(Field, "这是旧版 .xls 文件，或是加了密码的文件。请去掉密码，另存为 .xlsx 后再导入。",
			"This is an old .xls file, or one with a password. Please remove the password, save it as .xlsx and import that.")
	}
	text, err := decode(data)
	if err != nil {
		return Table{}, err
	}
	t, err := readCSV(text, cs)
	t.Sheet = strings.TrimSuffix(path.Base(name), path.Ext(name))
	return t, err
}

// decode recognises UTF-8, UTF-16 with a byte order mark ("Unicode text" of Excel) and GB 18030 (CSV of Chinese Excel).
func decode(data []byte) (string, error) {
	unreadable := fault.Field(Field, "文件内容不是表格，或文字编码无法识别，请用 .xlsx 或 UTF-8 编码的 CSV。",
		"The file is no table, or its encoding is unknown. Please use .xlsx, or CSV in UTF-8.")
	var text []byte
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		text, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
	case utf8.Valid(data):
		text = bytes.TrimPrefix(data, []byte("\ufeff"))
	default:
		text, err = simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	}
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) || bytes.IndexByte(text, 0) >= 0 {
		return "", unreadable
	}
	return string(text), nil
}

// readCSV takes the separator with which the most known columns are found.
func readCSV(text string, cs Columns) (Table, error) {
	var best Table
	var first error
	for _, comma := range []rune{',', '\t', ';'} {
		rows, err := csvRows(text, comma)
		if err == nil {
			var h header
			if h, err = findHeader(rows, cs); err == nil && len(h.at) > len(best.at) {
				best = h.table(rows, cs)
			}
		}
		if first == nil {
			first = err
		}
	}
	if len(best.at) == 0 {
		return Table{}, first
	}
	return best, nil
}

// csvRows reads every record and, for the lines that encoding/csv skips because they are empty, an empty one:
// rows are then counted as a spreadsheet counts them.
func csvRows(text string, comma rune) ([][]string, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
	var rows [][]string
	line := 1 // the line where the next record would begin if none were empty
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fault.Field(Field, "CSV 文件有误：%[1]v。请检查引号，或改用 .xlsx。", "The CSV file is malformed: %[1]v. Please check its quotes, or use .xlsx.", err)
		}
		start, _ := r.FieldPos(0)
		end, _ := r.FieldPos(len(row) - 1)
		for ; line < start; line++ {
			rows = append(rows, nil)
		}
		line = end + strings.Count(row[len(row)-1], "\n") + 1
		for i := range row {
			row[i] = unguard(row[i])
		}
		rows = append(rows, row)
		if err := within(len(rows), len(row)); err != nil {
			return nil, err
		}
	}
}

func within(rows, columns int) error {
	if rows > MaxRows+headerSearch {
		return fault.Field(Field, "表格超过 %d 行，请拆分后分批导入。", "The table has more than %d rows. Please split it.", MaxRows)
	}
	if columns > maxColumns {
		return fault.Field(Field, "表格超过 %d 列，请删除多余的列。", "The table has more than %d columns. Please remove some.", maxColumns)
	}
	return nil
}
