package territory

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/idcode"
)

// Entry is one area as an import file has it, before anything is compared.
type Entry struct {
	Row  int // in the file, counted from 1; a GeoJSON file counts its features
	Area Area
	Was  string // 原名称: the name the area had until now, written to confirm a renaming
	Has  Fields // what the file says; the other fields of Area are empty and change nothing
}

// Fields is a set of an area's fields.
type Fields uint16

const (
	HasOfficial Fields = 1 << iota
	HasClass
	HasUrban
	HasLegacyCode
	HasFrom
	HasTo
	HasMergedInto
	HasHouseholds
	HasShape
)

// columns are the headings a file may use, in lower case and without spaces. Headings that are
// not here are left alone, so that a spreadsheet may have columns of its own.
func columns() map[string][]string {
	return map[string][]string{
		"code":        {"code", "code12", "adcode", "代码", "区划代码", "编码", "网格编码"},
		"name":        {"name", "名称", "区域名称", "网格名称"},
		"was":         {"was", "old_name", "原名称"},
		"official":    {"official", "official_name", "全称", "规范名称"},
		"parent":      {"parent", "parent_code", "parent_code12", "上级代码", "上级编码"},
		"level":       {"level", "层级", "级别"},
		"class":       {"class", "网格类型"},
		"urban":       {"urban", "城乡分类", "城乡分类代码"},
		"legacy_code": {"legacy_code", "旧编码", "原编码"},
		"valid_from":  {"valid_from", "生效日期"},
		"valid_to":    {"valid_to", "失效日期"},
		"merged_into": {"merged_into", "并入"},
		"households":  {"households", "户数"},
	}
}

// Entries reads rows of a CSV or XLSX file, the first of which holds the headings; code and name
// are required. Rows that cannot be read are reported and left out, empty rows are skipped, and
// rows above the district (provinces and cities in a statistics file) are counted in above.
// Dates are read as the start of that day in the zone's own time.
func Entries(rows [][]string, loc *time.Location) (entries []Entry, above int, ps Problems) {
	if len(rows) == 0 {
		ps.add(1, "", "", "文件是空的。", "The file is empty.")
		return nil, 0, ps
	}
	at := heading(rows[0])
	for _, must := range []string{"code", "name"} {
		if _, ok := at[must]; !ok {
			ps.add(1, "", must, "第一行没有“%[1]s”列，可用的列名：%[2]s。", "The first row has no column %[3]q; accepted headings: %[2]s.",
				columns()[must][len(columns()[must])-1], strings.Join(columns()[must], "、"), must)
		}
	}
	if len(ps) > 0 {
		return nil, 0, ps
	}
	for i, cells := range rows[1:] {
		r := rowReader{row: i + 2, cells: cells, at: at, loc: loc}
		code := r.get("code")
		switch {
		case strings.TrimSpace(strings.Join(cells, "")) == "":
			continue
		case aboveDistrict(code):
			above++
			continue
		}
		e := r.entry()
		ps = append(ps, r.ps...)
		if len(r.ps) == 0 {
			entries = append(entries, e)
		}
	}
	return entries, above, ps
}

// aboveDistrict tells a province or city of a statistics file by its zeros.
func aboveDistrict(code string) bool {
	return (len(code) == 12 || len(code) == 6) && code[4:6] == "00" && strings.Trim(code[4:], "0") == ""
}

func heading(row []string) map[string]int {
	at := map[string]int{}
	for i, cell := range row {
		cell = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(strings.TrimPrefix(cell, "\ufeff")), " ", ""))
		for field, names := range columns() {
			if _, taken := at[field]; !taken && slices.Contains(names, cell) {
				at[field] = i
			}
		}
	}
	return at
}

type rowReader struct {
	row   int
	cells []string
	at    map[string]int
	loc   *time.Location
	ps    Problems
}

func (r *rowReader) get(field string) string {
	if i, ok := r.at[field]; ok && i < len(r.cells) {
		return strings.TrimSpace(r.cells[i])
	}
	return ""
}

func (r *rowReader) has(field string, f Fields, e *Entry) bool {
	if _, ok := r.at[field]; !ok {
		return false
	}
	e.Has |= f
	return true
}

func (r *rowReader) entry() Entry {
	e := Entry{Row: r.row, Was: r.get("was")}
	a := &e.Area
	a.Code, a.Name = r.code("code"), r.get("name")
	if a.Name == "" {
		r.ps.add(r.row, a.Code, "name", "名称没有填。", "The name is missing.")
	}
	if a.Code != "" {
		r.agree(a.Code)
	}
	for _, f := range []struct {
		field string
		has   Fields
		to    *string
	}{
		{"official", HasOfficial, &a.Official}, {"class", HasClass, &a.Class}, {"urban", HasUrban, &a.Urban},
		{"legacy_code", HasLegacyCode, &a.LegacyCode},
	} {
		if r.has(f.field, f.has, &e) {
			*f.to = r.get(f.field)
		}
	}
	if r.has("merged_into", HasMergedInto, &e) && r.get("merged_into") != "" {
		a.MergedInto = r.code("merged_into")
	}
	if r.has("valid_from", HasFrom, &e) {
		a.From = r.date("valid_from")
	}
	if r.has("valid_to", HasTo, &e) {
		a.To = r.date("valid_to")
	}
	if r.has("households", HasHouseholds, &e) && r.get("households") != "" {
		n, err := strconv.Atoi(r.get("households"))
		if err != nil || n < 0 || n > 10_000_000 {
			r.ps.add(r.row, a.Code, "households", "户数“%s”不对：应为 0 以上的整数。", "Households %q: expected a whole number from 0.", r.get("households"))
		}
		a.Households = n
	}
	return e
}

func (r *rowReader) code(field string) string {
	code, err := idcode.ParseArea(r.get(field))
	if err != nil {
		f := fault.Fields(err)[0]
		r.ps = append(r.ps, Problem{Row: r.row, Code: r.get(field), Error: fault.Error{Kind: fault.Invalid, Field: field, ZH: f.ZH, EN: f.EN}})
		return ""
	}
	return code
}

func (r *rowReader) date(field string) time.Time {
	s := r.get(field)
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{"2006-01-02", "2006/1/2", "2006年1月2日"} {
		if t, err := time.ParseInLocation(layout, s, r.loc); err == nil {
			return t
		}
	}
	r.ps.add(r.row, r.get("code"), field, "日期“%s”不对：应写成 2026-11-22。", "Date %q: write it as 2026-11-22.", s)
	return time.Time{}
}

// agree checks the columns that repeat what the code already says.
func (r *rowReader) agree(code string) {
	if s := r.get("parent"); s != "" && !aboveDistrict(s) {
		if p, err := idcode.ParseArea(s); err != nil || p != idcode.Parent(code) && idcode.Parent(code) != "" {
			r.ps.add(r.row, code, "parent", "上级代码 %[2]s 与代码 %[1]s 不符：上级应为 %[3]s。",
				"Parent %[2]s does not go with code %[1]s, whose parent is %[3]s.", code, s, idcode.Parent(code))
		}
	}
	s := r.get("level")
	if s == "" {
		return
	}
	l := ParseLevel(s)
	if n, err := strconv.Atoi(s); err == nil && n >= 3 && n <= 7 { // statistics files count provinces as 1
		l = Level(n - 2)
	}
	for k := idcode.District; k <= idcode.Micro; k++ {
		if name := LevelName(k).ZH; s == name || strings.HasPrefix(name, s+"（") {
			l = k
		}
	}
	if l != idcode.LevelOf(code) {
		r.ps.add(r.row, code, "level", "层级“%s”与代码 %s 的位数不符。", "Level %q does not go with the length of code %s.", s, code)
	}
}

// ShapeEntries takes the areas of a GeoJSON file, already converted to WGS-84. Features without a
// code that can be read are reported and left out.
func ShapeEntries(features []geo.Feature) ([]Entry, Problems) {
	var out []Entry
	var ps Problems
	for i, f := range features {
		code, err := idcode.ParseArea(f.Code)
		switch {
		case aboveDistrict(f.Code):
			continue
		case err != nil:
			e := fault.Fields(err)[0]
			ps = append(ps, Problem{Row: i + 1, Code: f.Code, Error: fault.Error{Kind: fault.Invalid, Field: "code", ZH: e.ZH, EN: e.EN}})
		case strings.TrimSpace(f.Name) == "":
			ps.add(i+1, code, "name", "第 %d 个要素没有 name 属性；边界须凭代码和名称两项对上区域。",
				"Feature %d has no property name; a boundary is matched by code and name together.", i+1)
		default:
			out = append(out, Entry{Row: i + 1, Area: Area{Code: code, Name: strings.TrimSpace(f.Name), Shape: f.Shape}, Has: HasShape})
		}
	}
	return out, ps
}
