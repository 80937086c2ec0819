package rules

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gezhi/internal/fault"
)

// Profiles is what a file of profiles holds.
type Profiles struct {
	List    []Profile
	Lines   []int    // where in the file each of List begins
	Coded   bool     // the first column holds unified social credit codes
	Ignored []string // columns that are no fields
}

// identities are the names of the column that says which enterprise it is; the others leave open what it holds.
var identities = map[string]bool{"uscc": true, "统一社会信用代码": true, "enterprise": false, "id": false, "企业": false}

// mostMistakes is how many wrong cells are told before reading stops.
const mostMistakes = 30

// ReadProfiles reads profiles as CSV in UTF-8: a heading, then a row for each enterprise. A column is known by its field's id or
// name; what bare numbers in it are counted in stands behind in brackets, as in 营业收入（万元）. An empty cell is unknown. The
// error is a fault.List: each one's Field is line:column.
func (b *Book) ReadProfiles(in io.Reader) (Profiles, error) {
	var out Profiles
	r := csv.NewReader(in)
	r.ReuseRecord = true
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return out, fault.List{fault.Field("1", "文件是空的。", "The file is empty.")}
	}
	if err != nil {
		return out, badCSV(err)
	}
	cols, id, err := b.columns(slices.Clone(head), &out)
	if err != nil {
		return out, err
	}
	var bad fault.List
	seen := map[string]int{}
	for len(bad) < mostMistakes {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return out, append(bad, badCSV(err)...)
		}
		line, _ := r.FieldPos(0)
		p := Profile{ID: strings.TrimSpace(row[id]), Values: make([]Value, len(b.Fields))}
		if at, twice := seen[p.ID]; twice || p.ID == "" {
			bad = append(bad, repeated(fmt.Sprintf("%d:%d", line, id+1), p.ID, at))
		}
		seen[p.ID] = line
		for i, c := range cols {
			if c.field < 0 {
				continue
			}
			v, err := b.Fields[c.field].ParseValue(row[i], c.unit)
			for _, f := range fault.Fields(err) {
				bad = append(bad, fault.Field(fmt.Sprintf("%d:%d", line, i+1), "“%[1]s”：%[2]s", "“%[3]s”: %[4]s", b.Fields[c.field].Name.ZH, f.ZH, b.Fields[c.field].Name.EN, f.EN))
			}
			p.Values[c.field] = v
		}
		out.List, out.Lines = append(out.List, p), append(out.Lines, line)
	}
	return out, bad.Err()
}

func repeated(at, id string, before int) *fault.Error {
	if id == "" {
		return fault.Field(at, "这一行没有写是哪家企业。", "This row does not say which enterprise it is.")
	}
	return fault.Field(at, "“%[1]s”在第 %[2]d 行已经有了。", "“%[1]s” is on line %[2]d already.", id, before)
}

func badCSV(err error) fault.List {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		if errors.Is(parse.Err, csv.ErrFieldCount) {
			return fault.List{fault.Field(fmt.Sprint(parse.Line), "这一行的列数与表头不同。", "This row has another number of columns than the heading.")}
		}
		return fault.List{fault.Field(fmt.Sprintf("%d:%d", parse.Line, parse.Column), "引号不成对，不是正确的 CSV。", "A quotation mark is out of place: this is no CSV.")}
	}
	return fault.List{fault.Field("1", "读取失败：%[1]s", "Cannot be read: %[1]s", err.Error())}
}

type csvColumn struct {
	field int // -1 for none
	unit  string
}

func (b *Book) columns(head []string, out *Profiles) ([]csvColumn, int, error) {
	cols, id := make([]csvColumn, len(head)), -1
	var bad fault.List
	for i, h := range head {
		name := strings.TrimSpace(strings.TrimPrefix(h, "\ufeff"))
		if coded, ok := identities[name]; ok && id < 0 {
			id, cols[i].field, out.Coded = i, -1, coded
			continue
		}
		field, unit := b.Heading(name)
		if cols[i] = (csvColumn{field, unit}); field < 0 {
			out.Ignored = append(out.Ignored, h)
		}
		for j := range i {
			if field >= 0 && cols[j].field == field {
				bad = append(bad, fault.Field(fmt.Sprintf("1:%d", i+1), "“%s”这一列写了两次。", "The column “%s” is there twice.", h))
			}
		}
	}
	if id < 0 {
		bad = append(bad, fault.Field("1", "表头里没有“统一社会信用代码”（uscc）或“企业”（enterprise）这一列。", "The heading has no column uscc or enterprise."))
	}
	return cols, id, bad.Err()
}

// Heading is the field that a column is about, by its id or name, -1 for none, and what bare numbers in it are counted in.
func (b *Book) Heading(name string) (field int, unit string) {
	name, unit = unitOf(name)
	return slices.IndexFunc(b.Fields, func(f Field) bool { return f.ID == name || f.Name.ZH == name || f.Name.EN == name }), unit
}

// unitOf parts a heading from the unit behind it.
func unitOf(head string) (name, unit string) {
	for _, u := range units {
		for _, form := range []string{"(%s)", "（%s）", "[%s]"} {
			if n, ok := strings.CutSuffix(head, fmt.Sprintf(form, u.word)); ok {
				return strings.TrimSpace(n), u.word
			}
		}
	}
	return head, ""
}

// Table puts profiles side by side.
func (b *Book) Table(list []Profile) *Table {
	t := NewTable(b.Fields, len(list))
	for row, p := range list {
		t.IDs[row] = p.ID
	}
	for f, field := range b.Fields {
		if field.Kind == Code {
			codes := make([]string, len(list))
			for row, p := range list {
				codes[row] = p.Values[f].Code
			}
			t.SetCodes(f, codes)
			continue
		}
		for row, p := range list {
			t.Set(row, f, p.Values[f])
		}
	}
	return t
}
