package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

var columns = Columns{
	{Key: "code", Name: lang.Text{ZH: "区划代码", EN: "Area code"}, Aliases: []string{"社区编码"}, Required: true, Code: true, Example: "330108001001"},
	{Key: "name", Name: lang.Text{ZH: "名称", EN: "Name"}, Required: true, Note: lang.Text{ZH: "全称", EN: "in full"}},
	{Key: "households", Name: lang.Text{ZH: "户数", EN: "Households"}},
	{Key: "since", Name: lang.Text{ZH: "启用日期", EN: "Since"}},
	{Key: "active", Name: lang.Text{ZH: "是否启用", EN: "Active"}},
}

// workbook makes an XLSX of one sheet; set may change it before it is saved.
func workbook(t testing.TB, rows [][]any, set ...func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range set {
		s(f)
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// seen is what a reader of the table gets to see.
type seen struct {
	Row        int
	Code, Name string
	Households int64
	Since      string
	Active     bool
}

func see(tb Table) ([]seen, map[int][]string) {
	p := Problems{}
	var all []seen
	for r := range tb.All(p) {
		s := seen{Row: r.Number, Code: r.Text("code"), Name: r.Text("name"), Households: r.Int("households"), Active: r.YesNo("active")}
		if d := r.Date("since"); !d.IsZero() {
			s.Since = d.Format(time.DateOnly)
		}
		all = append(all, s)
	}
	return all, p.Texts(lang.ZH)
}

func TestReadFindsTheTable(t *testing.T) {
	header := []any{"序号", "区划代码*", "名称（必填）", " 户 数 ", "启用日期"}
	first := []any{1, "330108001001", "西陵社区", 1200, "2026-02-13"}
	want := func(row int) []seen {
		return []seen{{Row: row, Code: "330108001001", Name: "西陵社区", Households: 1200, Since: "2026-02-13"}}
	}
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String("区划代码,名称,户数,启用日期\n330108001001,西陵社区,1200,2026-02-13\n")
	utf16, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("区划代码\t名称\t户数\t启用日期\n330108001001\t西陵社区\t1200\t2026-02-13\n")
	for name, c := range map[string]struct {
		data []byte
		row  int
	}{
		"a plain workbook":            {workbook(t, [][]any{header, first}), 2},
		"titles above":                {workbook(t, [][]any{{"滨江区社区一览表"}, {"填报单位：某街道", nil, nil, "2026年"}, nil, header, first}), 5},
		"a merged title":              {workbook(t, [][]any{{"区划代码和名称"}, header, first}, merge("A1", "E1")), 3},
		"a header of two merged rows": {workbook(t, [][]any{{"序号", "基本情况", nil, nil, "启用日期"}, {nil, "区划代码", "名称", "户数"}, first}, merge("B1", "D1"), merge("A1", "A2"), merge("E1", "E2")), 3},
		"pre-numbered blank rows":     {workbook(t, [][]any{header, {1}, {2, nil, " "}, first, {3}, {4}}), 4},
		"columns in another order":    {workbook(t, [][]any{{"启用日期", "户数", "Name", "社区编码"}, {"2026/2/13", "1,200", "西陵社区", "330108001001"}}), 2},
		"numbers instead of text":     {workbook(t, [][]any{header, {1, int64(330108001001), "西陵社区", "１２００", 46066}}), 2},
		"a date cell":                 {workbook(t, [][]any{header, {1, "330108001001", "西陵社区", 1200, time.Date(2026, 2, 13, 9, 30, 0, 0, time.UTC)}}), 2},
		"dates that count from 1904": {workbook(t, [][]any{header, {1, "330108001001", "西陵社区", 1200, 46066 - 1462}}, func(f *excelize.File) {
			yes := true
			if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
				t.Fatal(err)
			}
		}), 2},
		"the second sheet": {workbook(t, [][]any{{"填写说明"}}, func(f *excelize.File) {
			f.NewSheet("数据")
			f.SetSheetRow("数据", "A1", &header)
			f.SetSheetRow("数据", "A2", &first)
		}), 2},
		"a formatted last row far below":  {workbook(t, [][]any{header, first}, func(f *excelize.File) { f.SetRowHeight("Sheet1", MaxRows+1000, 20) }), 2},
		"CSV in UTF-8":                    {[]byte("区划代码,名称,户数,启用日期\n330108001001,西陵社区,1200,2026-02-13\n"), 2},
		"CSV with BOM and CRLF":           {[]byte("\ufeff区划代码,名称,户数,启用日期\r\n330108001001,西陵社区,\"1,200\",2026.2.13\r\n"), 2},
		"CSV in GB 18030":                 {[]byte(gb), 2},
		"Unicode text of Excel":           {[]byte(utf16), 2},
		"CSV with semicolons":             {[]byte("区划代码;名称;户数;启用日期\n330108001001;西陵社区;1200;2026年2月13日\n"), 2},
		"CSV with empty lines":            {[]byte("社区表\n\n区划代码,名称,户数,启用日期\n\n\n330108001001,西陵社区,1200,20260213\n\n"), 6},
		"CSV with a line break in a cell": {[]byte("区划代码,名称,备注,户数,启用日期\n,,\"a\nb\",,\n330108001001,西陵社区,\"x\n\ny\",1200,2026-2-13\n"), 3},
		"CSV saved by a data tool":        {[]byte("区划代码,名称,户数,启用日期\n330108001001.0,西陵社区,1200.0,2026-02-13 00:00:00\n"), 2},
		"exact scientific notation":       {[]byte("区划代码,名称,户数,启用日期\n3.30108001001E+11,西陵社区,1200,46066\n"), 2},
	} {
		t.Run(name, func(t *testing.T) {
			tb, err := Read(c.data, "社区.csv", columns)
			if err != nil {
				t.Fatal(err)
			}
			got, problems := see(tb)
			if d := cmp.Diff(want(c.row), got); d != "" || len(problems) != 0 {
				t.Errorf("%s\n%v", d, problems)
			}
		})
	}
}

func merge(from, to string) func(*excelize.File) {
	return func(f *excelize.File) { f.MergeCell("Sheet1", from, to) }
}

func TestRefusals(t *testing.T) {
	ok := workbook(t, [][]any{{"区划代码", "名称"}, {"330108001001", "西陵社区"}})
	for name, c := range map[string]struct {
		data []byte
		zh   string
	}{
		"nothing":              {nil, "是空的"},
		"an old .xls":          {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ".xls"},
		"a broken workbook":    {ok[:len(ok)/2], "不是完好的"},
		"some other ZIP":       {[]byte("PK\x03\x04 nothing"), "不是完好的"},
		"a photo":              {[]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), "无法识别"},
		"a column is missing":  {[]byte("名称,户数\n西陵社区,1\n"), "缺少这些列：区划代码"},
		"no header":            {[]byte("a,b\n1,2\n"), "应包含：区划代码、名称"},
		"no header in XLSX":    {workbook(t, [][]any{{"a"}}), "应包含：区划代码、名称"},
		"a column twice":       {[]byte("区划代码,名称,社区编码\n1,2,3\n"), "“社区编码”出现了不止一次"},
		"an absurdly wide row": {workbook(t, [][]any{{"区划代码", "名称"}}, func(f *excelize.File) { f.SetCellStr("Sheet1", "XFD2", "x") }), "500 列"},
		"too many rows":        {[]byte("区划代码,名称\n" + strings.Repeat("1,2\n", MaxRows+headerSearch)), "200000 行"},
		"too large":            {make([]byte, MaxBytes+1), "50 MB"},
		"all sheets hidden":    {workbook(t, [][]any{{"x"}}, func(f *excelize.File) { f.NewSheet("b"); f.SetSheetVisible("Sheet1", false) }), "应包含"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(c.data, "x.xlsx", columns)
			if fs := fault.Fields(err); len(fs) != 1 || fs[0].Field != Field || !strings.Contains(fs[0].ZH, c.zh) || strings.Contains(fs[0].ZH+fs[0].EN, "%!") {
				t.Errorf("got %v, want %q", err, c.zh)
			}
		})
	}
}

func TestProblemsAreWordedByRow(t *testing.T) {
	tb, err := Read([]byte("区划代码,名称,户数,启用日期,是否启用\n"+
		"3.30108E+11,西陵社区,12户,昨天,也许\n"+
		",温馨社区,,,\n"+
		"330108001003,#REF!,-3,2026-02-30,√\n"+
		"330108001004,好,1,,否\n"), "x.csv", columns)
	if err != nil {
		t.Fatal(err)
	}
	_, got := see(tb)
	want := map[int][]string{
		2: {"“区划代码”被表格软件变成了科学计数 3.30108E+11，末尾数字已丢失；请把该列设为文本格式后重新填写",
			"“户数”应为整数，现为“12户”", "“是否启用”应填“是”或“否”，现为“也许”", "“启用日期”应为日期，如 2026-02-13，现为“昨天”"},
		3: {"“区划代码”不能为空"},
		4: {"“名称”是公式错误 #REF!", "“启用日期”应为日期，如 2026-02-13，现为“2026-02-30”"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestWithErrorsGivesTheOwnTableBack(t *testing.T) {
	data := workbook(t, [][]any{{"一览表"}, {"序号", "区划代码", "名称", "联系人"}, {1, "330108001001", "西陵社区", "=cmd()"}, {2, "", "温馨社区", "李*"}})
	tb, err := Read(data, "x.xlsx", columns)
	if err != nil {
		t.Fatal(err)
	}
	_, wrong := see(tb)
	for round := range 2 { // sent back unchanged, it comes back the same
		out, err := WithErrors(tb, wrong, lang.ZH)
		if err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		rows, _ := f.GetRows(tb.Sheet)
		want := [][]string{{"序号", "区划代码", "名称", "联系人", "错误说明"}, {"1", "330108001001", "西陵社区", "=cmd()"}, {"2", "", "温馨社区", "李*", "“区划代码”不能为空"}}
		if d := cmp.Diff(want, rows); d != "" {
			t.Errorf("round %d: %s", round, d)
		}
		fine, _ := f.GetCellStyle(tb.Sheet, "A2")
		bad, _ := f.GetCellStyle(tb.Sheet, "A3")
		if s, err := f.GetStyle(bad); err != nil || fine == bad || len(s.Fill.Color) != 1 || s.Fill.Color[0] != "FFE1DC" {
			t.Errorf("the wrong row is not highlighted")
		}
		if formula, _ := f.GetCellFormula(tb.Sheet, "D2"); formula != "" {
			t.Errorf("a cell became the formula %q", formula)
		}
		if tb, err = Read(out, "x.xlsx", columns); err != nil {
			t.Fatal(err)
		}
		_, wrong = see(tb)
	}
}

func TestTemplate(t *testing.T) {
	for _, l := range []lang.Lang{lang.ZH, lang.EN} {
		out, err := Template(columns, []lang.Text{{ZH: "日期写成 2026-02-13。", EN: "Write dates as 2026-02-13."}}, l)
		if err != nil {
			t.Fatal(err)
		}
		tb, err := Read(out, "模板.xlsx", columns)
		if err != nil || len(tb.Rows) != 0 {
			t.Fatalf("an empty template is read as %d rows, %v", len(tb.Rows), err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		sheets := f.GetSheetList()
		if len(sheets) != 2 {
			t.Fatal(sheets)
		}
		style, _ := f.GetCellStyle(sheets[0], "A9")
		if s, _ := f.GetStyle(style); s == nil || s.NumFmt != 49 {
			t.Error("the code column is not formatted as text")
		}
		help, _ := f.GetRows(sheets[1])
		if got := help[1]; got[0] != columns[0].Name.In(l) || got[3] != "330108001001" || !strings.Contains(help[len(help)-1][0], "2026-02-13") {
			t.Errorf("the explanation reads %q", help)
		}
	}
}

func TestFormulasNeverLeave(t *testing.T) {
	nasty := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", " =1", "\u3000=1", "=HYPERLINK(\"http://x\")", "'=1", "+8613812345678"}
	for _, s := range nasty {
		var x, c bytes.Buffer
		e := Export{Columns: []Heading{{Name: s}}, Footer: s}
		xw, err := NewXLSX(&x, e)
		if err != nil {
			t.Fatal(err)
		}
		cw, err := NewCSV(&c, e)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{xw.Row(s), xw.Close(), cw.Row(s), cw.Close()} {
			if err != nil {
				t.Fatal(err)
			}
		}
		f, err := excelize.OpenReader(bytes.NewReader(x.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range []string{"A1", "A2", "A4"} {
			formula, _ := f.GetCellFormula("Sheet1", cell)
			kind, _ := f.GetCellType("Sheet1", cell)
			value, _ := f.GetCellValue("Sheet1", cell)
			if formula != "" || kind != excelize.CellTypeInlineString || value != s {
				t.Errorf("XLSX %s %q: formula %q, type %v, value %q", cell, s, formula, kind, value)
			}
		}
		records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(c.String(), "\ufeff"))).ReadAll()
		if err != nil || len(records) != 3 {
			t.Fatalf("CSV of %q: %q, %v", s, records, err)
		}
		for _, r := range records {
			if r[0][0] != '\'' || unguard(r[0]) != s && s[0] != '\'' {
				t.Errorf("CSV %q became %q", s, r[0])
			}
		}
	}
}

func TestExportKinds(t *testing.T) {
	at := time.Date(2026, 2, 13, 16, 5, 0, 0, time.FixedZone("", 8*3600))
	e := Export{Sheet: "案件/[2026]", Columns: []Heading{{"编号", 20}, {"件数", 0}, {"率", 0}, {"办结", 0}, {"时间", 18}, {"备注", 0}}, Footer: "导出人：张* & 李* 2026-02-13"}
	row := []any{"330108001001", int64(-12), 0.5, true, at, nil}
	var x, c bytes.Buffer
	xw, _ := NewXLSX(&x, e)
	cw, _ := NewCSV(&c, e)
	for _, err := range []error{xw.Row(row...), xw.Close(), cw.Row(row...), cw.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := "\ufeff编号,件数,率,办结,时间,备注\r\n330108001001,-12,0.5,true,2026-02-13 16:05,\r\n\r\n导出人：张* & 李* 2026-02-13\r\n"
	if c.String() != want {
		t.Errorf("CSV\n got %q\nwant %q", c.String(), want)
	}
	f, err := excelize.OpenReader(bytes.NewReader(x.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("案件--2026-")
	wantRows := [][]string{{"编号", "件数", "率", "办结", "时间", "备注"}, {"330108001001", "-12", "0.5", "TRUE", "2026-02-13 16:05"}, nil, {e.Footer}}
	if d := cmp.Diff(wantRows, rows); d != "" || err != nil {
		t.Errorf("XLSX: %s %v", d, err)
	}
	if h, _ := f.GetHeaderFooter("案件--2026-"); h == nil || !strings.Contains(h.OddFooter, "张* && 李*") {
		t.Errorf("printed footer: %+v", h)
	}
	if xw, _ = NewXLSX(&x, e); xw.Row("one") == nil || xw.Row(make([]any, 5)...) == nil || xw.Row("", 1, 1, 1, struct{}{}, "") == nil {
		t.Error("a row of the wrong shape was accepted")
	}
	xw.Abandon()
}

func TestLongExportsGoOnInAnotherSheet(t *testing.T) {
	var b bytes.Buffer
	x, err := NewXLSX(&b, Export{Sheet: "案件", Columns: []Heading{{Name: "n"}}, Footer: "张*"})
	if err != nil {
		t.Fatal(err)
	}
	x.sheetRows = 10
	for i := range 20 {
		if err := x.Row(i); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range f.GetSheetList() {
		rows, _ := f.GetRows(s)
		if len(rows) > 10 || rows[0][0] != "n" || rows[len(rows)-1][0] != "张*" {
			t.Errorf("%s: %v", s, rows)
		}
		for _, r := range rows[1 : len(rows)-2] {
			got = append(got, r[0])
		}
	}
	if len(got) != 20 || got[19] != "19" || !slices.Equal(f.GetSheetList(), []string{"案件", "案件 (2)", "案件 (3)"}) {
		t.Errorf("%v in %v", got, f.GetSheetList())
	}
}
