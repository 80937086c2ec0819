package app

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
)

// CaseColumns are the columns of a list of cases to be begun in one way: the columns of its form.
func (z *Zone) CaseColumns(f FilingForm) sheet.Columns {
	cs := sheet.Columns{{Key: "title", Name: f.Proc.Title, Required: true}}
	if f.Proc.About == casework.AboutCategories {
		cs = append(cs, sheet.Column{Key: "category", Name: lang.Text{ZH: "类别", EN: "Kind"}, Aliases: []string{"领域", "清单类别"},
			Note: lang.Text{ZH: "填名称或编码；没有这一列时，用上传时选的类别", EN: "name or code; without the column, what was chosen with the file"}})
	}
	if len(f.Move.Sources) > 1 {
		cs = append(cs, sheet.Column{Key: "source", Name: lang.Text{ZH: "来源", EN: "Source"}, Note: lang.Text{ZH: "不填为" + SourceName(f.Proc, f.Move.Sources[0]).ZH, EN: "left empty: " + SourceName(f.Proc, f.Move.Sources[0]).EN}})
	}
	if f.Proc.Placed != casework.Unwanted {
		cs = append(cs, sheet.Column{Key: "area", Name: lang.Text{ZH: "所在社区（村）", EN: "Community or village"}, Required: f.Proc.Placed == casework.Required,
			Note: lang.Text{ZH: "填区划代码或名称", EN: "code or name"}}, sheet.Column{Key: "address", Name: lang.Text{ZH: "详细地址", EN: "Address"}})
	}
	for _, w := range f.Start.Fields {
		c := sheet.Column{Key: "field." + w.Field.ID, Name: w.Field.Label, Required: w.Required, Note: w.Field.Hint, Code: w.Field.Type == casework.FieldUSCC}
		switch w.Field.Type {
		case casework.FieldUnit:
			c.Note = lang.Text{ZH: "填单位名称或代码", EN: "name or code of the unit"}
		case casework.FieldUnits:
			c.Note = lang.Text{ZH: "填单位名称或代码，多个用顿号分开", EN: "names or codes of units, parted by commas"}
		case casework.FieldDate:
			c.Example = "2026-06-30"
		case casework.FieldMoney:
			c.Note = lang.Text{ZH: "单位：元", EN: "in yuan"}
		}
		cs = append(cs, c)
	}
	return append(cs, sheet.Column{Key: "text", Name: f.Proc.Text})
}

// CaseCheck is what importing a list of cases would do, before anybody has confirmed it.
type CaseCheck struct {
	File     store.Import
	Form     FilingForm
	Lines    []CaseRow
	Problems sheet.Problems
	Rows     []int // that have problems, in order
	table    sheet.Table
}

// CaseRow is one case of a file.
type CaseRow struct {
	Row   int
	Draft casework.Draft
}

// maxCaseRows bounds one list; it is imported in one transaction.
const maxCaseRows = 2000

// KeepCases keeps an uploaded list until it is confirmed. category is that of rows that name none.
func (a *App) KeepCases(ctx context.Context, v Viewer, procedure, start, category, name string, body []byte) (int64, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return 0, err
	}
	form, err := z.importForm(v, procedure, start)
	if err != nil {
		return 0, err
	}
	t, err := readRows(name, body, z.CaseColumns(form), maxCaseRows)
	if err != nil {
		return 0, err
	}
	if _, ok := form.Proc.Category(category); !ok && form.Proc.About == casework.AboutCategories && !t.Has("category") {
		return 0, fault.Field("category", "表中没有“类别”列，请选择这份表的类别。", "The file has no column of kinds; choose the kind of all its rows.")
	}
	return a.keepImport(ctx, v, store.Import{Kind: "cases", Name: name, About: form.Proc.ID, Datum: form.Start.Move + "/" + category, Body: body})
}

// importForm finds the way to begin cases that a file is for. Confidential cases are entered one by one.
func (z *Zone) importForm(v Viewer, procedure, start string) (FilingForm, error) {
	f, err := z.FilingForm(v, procedure, start)
	if err == nil && (v.Kind != "staff" || f.Proc.Confidential() || f.Start.Photos > 0) {
		err = fault.New(fault.Forbidden, "“%[1]s”不能从表格导入。", "“%[2]s” cannot be imported from a spreadsheet.", f.Proc.Name.ZH, f.Proc.Name.EN)
	}
	return f, err
}

// CheckCases says what importing a kept list would do now.
func (a *App) CheckCases(ctx context.Context, v Viewer, id int64) (CaseCheck, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return CaseCheck{}, err
	}
	var c CaseCheck
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		c = CaseCheck{}
		return c.load(r, z, v, id)
	})
	return c, err
}

func (c *CaseCheck) load(r *store.Reader, z *Zone, v Viewer, id int64) error {
	var err error
	if c.File, err = kept(r, id, "cases"); err != nil {
		return err
	}
	start, category, ok := strings.Cut(c.File.Datum, "/")
	if !ok {
		return errNoImport
	}
	if c.Form, err = z.importForm(v, c.File.About, start); err != nil {
		return err
	}
	if c.table, err = sheet.Read(c.File.Body, c.File.Name, z.CaseColumns(c.Form)); err != nil {
		return err
	}
	c.Problems = sheet.Problems{}
	env := z.Env(r.Now)
	for row := range c.table.All(c.Problems) {
		f := c.filing(z, row, category)
		d, err := z.draft(c.Form.Proc, v, f)
		if err == nil && row.OK() {
			d.ID, d.Number = 1, "-"
			_, err = c.Form.Proc.Open(d, v.Actor(), env)
		}
		for _, e := range fault.Fields(err) {
			row.Fail(columnOf(e.Field), "%s", "%s", e.ZH, e.EN)
		}
		if err != nil && len(fault.Fields(err)) == 0 {
			return err
		}
		if row.OK() {
			c.Lines = append(c.Lines, CaseRow{row.Number, d})
		}
	}
	c.Rows = c.Problems.Rows()
	return nil
}

// columnOf is the column a fault of a case belongs to.
func columnOf(field string) string {
	switch field {
	case "title", "text", "source", "area", "address":
		return field
	case "matter":
		return "category"
	case "place", "point":
		return "area"
	}
	return "field." + field
}

// filing reads one row; what cannot be understood is recorded as a problem of the row.
func (c *CaseCheck) filing(z *Zone, row sheet.Row, category string) Filing {
	p := c.Form.Proc
	f := Filing{Procedure: p.ID, Start: c.Form.Start.Move, Category: category, Title: row.Text("title"), Text: row.Text("text"), Address: row.Text("address"), Fields: map[string]string{}}
	if s := row.Text("category"); s != "" {
		f.Category = termNamed(s, p.Categories, func(x casework.Category) (string, lang.Text) { return x.Code, x.Name })
		if f.Category == "" {
			row.Fail("category", "没有类别“%s”", "There is no kind %q.", s)
		}
	}
	if s := row.Text("source"); s != "" {
		if f.Source = termNamed(s, p.Sources, func(x casework.Term) (string, lang.Text) { return x.ID, x.Label }); f.Source == "" {
			row.Fail("source", "没有来源“%s”", "There is no source %q.", s)
		}
	}
	if s := row.Text("area"); s != "" {
		if f.Area = z.areaNamed(s); f.Area == "" {
			row.Fail("area", "没有区域“%s”，或者有几个同名，请填区划代码", "There is no area %q, or several; give its code.", s)
		}
	}
	for _, w := range c.Form.Start.Fields {
		if v := z.cell(row, w.Field); v != "" {
			f.Fields[w.Field.ID] = v
		}
	}
	return f
}

// termNamed finds a term by its id or by its name in either language; "" when there is none.
func termNamed[T any](s string, list []T, of func(T) (string, lang.Text)) string {
	for _, x := range list {
		if id, name := of(x); s == id || s == name.ZH || strings.EqualFold(s, name.EN) {
			return id
		}
	}
	return ""
}

func (z *Zone) areaNamed(s string) string {
	found := ""
	for _, a := range z.Tree.All() {
		if a.Code == s {
			return s
		}
		if a.Name == s || z.Tree.Path(a.Code) == s {
			if found != "" {
				return ""
			}
			found = a.Code
		}
	}
	return found
}

// unitNamed is the code of a unit that goes on, by code or name.
func (z *Zone) unitNamed(s string) string {
	for code, u := range z.Units {
		if u.To.IsZero() && (s == code || s == u.Name.ZH || strings.EqualFold(s, u.Name.EN)) {
			return code
		}
	}
	return ""
}

// cell is what a row says of a field, as procedures keep it.
func (z *Zone) cell(row sheet.Row, f casework.Field) string {
	key := "field." + f.ID
	s := row.Text(key)
	if s == "" {
		return ""
	}
	switch f.Type {
	case casework.FieldUnit, casework.FieldUnits:
		var codes []string
		for _, name := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、,，;；\n", r) }) {
			code := z.unitNamed(strings.TrimSpace(name))
			if code == "" {
				row.Fail(key, "没有单位“%s”", "There is no unit %q.", strings.TrimSpace(name))
			}
			codes = append(codes, code)
		}
		return strings.Join(codes, ",")
	case casework.FieldSelect:
		if id := termNamed(s, f.Choices, func(t casework.Term) (string, lang.Text) { return t.ID, t.Label }); id != "" {
			return id
		}
	case casework.FieldDate:
		return deadline(row, key, s)
	case casework.FieldMoney:
		return casework.Fen(s)
	}
	return s
}

// monthEnd is how plans write a deadline: 2026年6月底前, 2026年6月.
var monthEnd = regexp.MustCompile(`^(\d{4})年(\d{1,2})月(?:底)?(?:之?前)?$`)

// deadline reads a day, or a month as its last day. 长期坚持 and 长期 are no day at all.
func deadline(row sheet.Row, key, s string) string {
	s = strings.ReplaceAll(s, " ", "")
	if strings.HasPrefix(s, "长期") || strings.EqualFold(s, "lasting") {
		return ""
	}
	if m := monthEnd.FindStringSubmatch(s); m != nil {
		year, _ := strconv.Atoi(m[1])
		month, _ := strconv.Atoi(m[2])
		if month >= 1 && month <= 12 {
			return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		}
	}
	if d, err := time.Parse("2006年1月2日前", s); err == nil {
		return d.Format(time.DateOnly)
	}
	if d := row.Date(key); !d.IsZero() {
		return d.Format(time.DateOnly)
	}
	return ""
}

// ErrorRows is the file handed back, its wrong rows marked and a column 错误说明 added.
func (c CaseCheck) ErrorRows(l lang.Lang) ([]byte, error) {
	return sheet.WithErrors(c.table, c.Problems.Texts(l), l)
}

// ApplyCases begins the cases of the right rows of a kept list, all of them or none. lines is how many the check showed:
// when it is another number now, nothing is begun and the check has to be looked at again.
func (a *App) ApplyCases(ctx context.Context, v Viewer, id int64, lines int, key string) (CaseCheck, error) {
	var c CaseCheck
	err := a.plain(ctx, v, key, func(e *edit) error {
		c = CaseCheck{}
		if err := c.load(&e.tx.Reader, e.was, v, id); err != nil {
			return err
		}
		if !c.File.Done.IsZero() {
			return fault.New(fault.Conflict, "这份文件已经导入过。", "This file has been imported already.")
		}
		if err := confirmed(lines, len(c.Lines)); err != nil {
			return err
		}
		for _, x := range c.Lines {
			opened, err := a.openCase(e.tx, e.was, c.Form.Proc, v, x.Draft)
			if err != nil {
				return fmt.Errorf("row %d: %w", x.Row, err)
			}
			if err := e.tx.AddImported(id, opened.ID); err != nil {
				return err
			}
		}
		summary := fmt.Sprintf("导入 %d 件，未导入 %d 行", len(c.Lines), len(c.Rows))
		e.record("case.import", "import:"+strconv.FormatInt(id, 10), c.File.Name, summary)
		return e.tx.FinishImport(id, summary)
	})
	return c, err
}

// UndoCases takes back an imported list: every case that nothing has happened to is ended by the given move, with the
// reason. Cases that have moved are left and counted.
func (a *App) UndoCases(ctx context.Context, v Viewer, id int64, note, key string) (ManyDone, error) {
	note, err := words("note", note, 4, 200)
	if err != nil {
		return ManyDone{}, err
	}
	var out ManyDone
	err = a.plain(ctx, v, key, func(e *edit) error {
		out = ManyDone{}
		var c CaseCheck
		if err := c.load(&e.tx.Reader, e.was, v, id); err != nil {
			return err
		}
		ids, err := e.tx.Imported(id)
		if err != nil {
			return err
		}
		for _, id := range ids {
			refused, err := refusal(a.takeBack(e, v, id, note))
			if err != nil {
				return err
			}
			out.add(refused)
		}
		summary := fmt.Sprintf("已撤回 %d 件，未撤回 %d 件。原因：%s", out.Done, out.Skipped, note)
		e.record("case.undo", "import:"+strconv.FormatInt(id, 10), c.File.Name, summary)
		return e.tx.SetImportSummary(id, summary)
	})
	return out, err
}

// takeBack ends a case that nothing has happened to since it was begun.
func (a *App) takeBack(e *edit, v Viewer, id casework.ID, note string) error {
	was, err := e.tx.Case(id, v.Scope())
	if err != nil {
		return err
	}
	if was.Events > 1 {
		return fault.New(fault.Conflict, "案件 %s 已经开始办理。", "Case %s has been worked on.", was.Number)
	}
	p := e.was.Version(was.Procedure, was.Version)
	for _, m := range p.Moves {
		to, ok := p.Next(was.Stage, m.ID)
		end, _ := p.Stage(to)
		if r, _ := p.Result(end.Result); !ok || !end.End || !r.Void {
			continue
		}
		out, err := p.Do(was, v.Actor(), casework.Command{Move: m.ID, Note: note}, e.was.in(e.tx))
		if err != nil {
			return err
		}
		return a.save(e.tx, e.was, v, p, was, out)
	}
	return fault.New(fault.Conflict, "“%[1]s”没有可以撤销的操作。", "“%[2]s” has no move that takes a case back.", p.Name.ZH, p.Name.EN)
}

// CaseImports lists the files of cases of a procedure, newest first.
func (a *App) CaseImports(ctx context.Context, v Viewer, procedure string) ([]store.Import, error) {
	var out []store.Import
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.Imports("cases", procedure, "", 200)
		return err
	})
	return out, err
}
