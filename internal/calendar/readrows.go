package calendar

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// Read reads published days from a JSON or a CSV file, told apart by the first character.
func Read(data []byte) (Days, error) {
	if bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(data, utf8BOM)), []byte("{")) {
		return ReadJSON(data)
	}
	return ReadCSV(data)
}

// ReadCSV reads the rows of a CSV file, in UTF-8 with or without a byte order mark or in GB 18030, the
// way a Chinese Excel saves it. See FromRows.
func ReadCSV(data []byte) (Days, error) {
	data = bytes.TrimPrefix(data, utf8BOM)
	if !utf8.Valid(data) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil {
			return Days{}, fault.Field("file", "文件编码既不是 UTF-8 也不是 GB 18030", "the file is neither UTF-8 nor GB 18030")
		}
		data = decoded
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	var rows [][]string
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return FromRows(rows)
		}
		if err != nil {
			var bad *csv.ParseError
			line := 0
			if errors.As(err, &bad) {
				line = bad.Line
			}
			return Days{}, fault.Field("file", "第 %d 行不是有效的 CSV", "line %d is not valid CSV", line)
		}
		// The reader drops blank lines; put them back so that row numbers are those of the file.
		for line, _ := r.FieldPos(0); len(rows) < line-1; {
			rows = append(rows, nil)
		}
		rows = append(rows, row)
	}
}

// columns are where the fields stand, -1 when absent.
type columns struct{ date, kind, name, english int }

// FromRows reads published days from a table: a header row, then one day a row. The columns date (日期)
// and kind (类型) must be there, name (名称) may be, and name_en (英文名称). Dates are written 2027-01-01,
// 2027/1/1, 2027年1月1日, 20270101 or as the number Excel keeps; kinds as ParseKind reads them. Empty rows
// are passed over. Every wrong row is reported: Field is the row's number, the header being 1.
func FromRows(rows [][]string) (Days, error) {
	head := 0
	for head < len(rows) && blank(rows[head]) {
		head++
	}
	if head == len(rows) {
		return Days{}, fault.Field("file", "表中没有内容", "the table is empty")
	}
	cols, err := header(rows[head])
	if err != nil {
		return Days{}, err
	}
	var list []Listed
	var faults fault.List
	seen := map[Day]int{}
	for i := head + 1; i < len(rows); i++ {
		if blank(rows[i]) {
			continue
		}
		l, err := cols.listed(rows[i])
		if err == nil {
			err = l.check()
		}
		if first, twice := seen[l.Day]; err == nil && twice {
			err = fault.Field("", "%s 与第 %d 行重复", "%s stands in row %d already", l.Day, first)
		}
		if err != nil {
			err.Field = strconv.Itoa(i + 1)
			err.ZH, err.EN = "第 "+err.Field+" 行："+err.ZH, "row "+err.Field+": "+err.EN
			faults = append(faults, err)
			continue
		}
		seen[l.Day] = i + 1
		list = append(list, l)
	}
	if len(list) == 0 && len(faults) == 0 {
		return Days{}, nothingListed()
	}
	return finish(list, faults)
}

func blank(row []string) bool {
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

func header(row []string) (columns, error) {
	c := columns{-1, -1, -1, -1}
	for i, cell := range row {
		switch strings.ToLower(strings.TrimSpace(strings.TrimPrefix(cell, string(utf8BOM)))) {
		case "date", "日期":
			c.date = i
		case "kind", "type", "类型", "类别":
			c.kind = i
		case "name", "名称", "节日", "节日名称":
			c.name = i
		case "name_en", "英文名称":
			c.english = i
		}
	}
	if c.date < 0 || c.kind < 0 {
		return c, fault.Field("file", "表头应有“日期”和“类型”两列（“名称”可选）", "the header must have the columns date and kind (name is optional)")
	}
	return c, nil
}

func (c columns) listed(row []string) (Listed, *fault.Error) {
	cell := func(i int) string {
		if i < 0 || i >= len(row) {
			return ""
		}
		return strings.TrimSpace(row[i])
	}
	day, err := parseLooseDay(cell(c.date))
	if err != nil {
		return Listed{}, err
	}
	kind, kerr := ParseKind(cell(c.kind))
	if kerr != nil {
		return Listed{}, fault.Fields(kerr)[0]
	}
	return Listed{Day: day, Kind: kind, Name: named(lang.Text{ZH: cell(c.name), EN: cell(c.english)})}, nil
}

// parseLooseDay reads a date the ways people and spreadsheets write it.
func parseLooseDay(s string) (Day, *fault.Error) {
	for _, layout := range []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"} {
		if t, err := time.Parse(layout, s); err == nil {
			return Date(t.Date()), nil
		}
	}
	if n, ok := digits(s, 5, 5); ok {
		return Date(1899, time.December, 30) + Day(n), nil // day 0 of Excel, right from March 1900 on
	}
	return 0, fault.Field("date", "日期“%s”无效，应写成 2027-01-01", "%q is not a date; write 2027-01-01", clip(s))
}
