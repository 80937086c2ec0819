package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
)

// MonthColumns are the columns of a list of monthly figures.
func MonthColumns() sheet.Columns {
	return sheet.Columns{
		{Key: "project", Name: lang.Text{ZH: "项目编号或名称", EN: "Project"}, Aliases: []string{"项目编号", "项目名称", "项目"}, Code: true, Required: true, Example: "演示项目"},
		{Key: "month", Name: lang.Text{ZH: "月份", EN: "Month"}, Aliases: []string{"统计月份"}, Code: true, Required: true, Example: "2026-03"},
		{Key: "plan", Name: lang.Text{ZH: "当月计划（万元）", EN: "Planned (10k CNY)"}, Code: true, Note: lang.Text{ZH: "不填按年度计划的十二分之一", EN: "a twelfth of the year's plan when left out"}},
		{Key: "actual", Name: lang.Text{ZH: "当月完成（万元）", EN: "Done (10k CNY)"}, Code: true, Required: true, Example: "350.5"},
		{Key: "started", Name: lang.Text{ZH: "是否已开工", EN: "Begun"}, Required: true, Example: "是"},
		{Key: "entered", Name: lang.Text{ZH: "是否已入库", EN: "In the statistics"}, Required: true, Example: "是"},
		{Key: "short", Name: lang.Text{ZH: "资金是否低于要求", EN: "Paid less than required"}, Required: true, Example: "否"},
		{Key: "note", Name: lang.Text{ZH: "说明", EN: "Note"}},
	}
}

// MonthCheck is what importing a list of monthly figures would do, before anybody has confirmed it.
type MonthCheck struct {
	File     store.Import
	Lines    []MonthRow
	Problems sheet.Problems
	Rows     []int // that have problems, in order
	table    sheet.Table
}

// MonthRow is one right row of a file.
type MonthRow struct {
	Row    int
	Case   casework.Case // as it is before the file
	Month  int
	Plan   int64 // 分; -1 for none
	Actual int64 // 分
	cmd    casework.Command
}

// maxMonthRows bounds one list; it is imported in one transaction.
const maxMonthRows = 2000

const monthImport = "months"

// KeepMonths keeps an uploaded list until it is confirmed.
func (a *App) KeepMonths(ctx context.Context, v Viewer, procedure, name string, body []byte) (int64, error) {
	if err := v.need(WorkDesk); err != nil {
		return 0, err
	}
	_, err := readRows(name, body, MonthColumns(), maxMonthRows)
	if err != nil {
		return 0, err
	}
	return a.keepImport(ctx, v, store.Import{Kind: monthImport, Name: name, About: procedure, Area: zoneCode(v.Zone), Body: body})
}

// MonthImports lists the viewer's own lists, newest first.
func (a *App) MonthImports(ctx context.Context, v Viewer) ([]store.Import, error) {
	var out []store.Import
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.Imports(monthImport, "", zoneCode(v.Zone), 50)
		out = slices.DeleteFunc(out, func(i store.Import) bool { return i.By != v.Person })
		return err
	})
	return out, err
}

// CheckMonths says what importing a kept list would do now.
func (a *App) CheckMonths(ctx context.Context, v Viewer, id int64) (MonthCheck, error) {
	var c MonthCheck
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return c, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		c = MonthCheck{}
		if c.File, err = v.monthList(r, id); err != nil || !c.File.Done.IsZero() {
			return err
		}
		return a.checkMonths(r, z, v, &c)
	})
	return c, err
}

// monthList loads a list that the viewer brought.
func (v Viewer) monthList(r *store.Reader, id int64) (store.Import, error) {
	f, err := kept(r, id, monthImport)
	if err == nil && f.By != v.Person {
		err = errNoImport
	}
	return f, err
}

// checkMonths makes every row's move as far as deciding goes, one after the other, and keeps those that may be made.
func (a *App) checkMonths(r *store.Reader, z *Zone, v Viewer, c *MonthCheck) error {
	t, err := sheet.Read(c.File.Body, c.File.Name, MonthColumns())
	if err != nil {
		return err
	}
	c.table, c.Problems = t, sheet.Problems{}
	projects, err := projectsByName(r, v, c.File.About)
	if err != nil {
		return err
	}
	moved := map[casework.ID]casework.Case{}
	for row := range t.All(c.Problems) {
		x, err := monthRow(row, projects)
		if err == nil && row.OK() {
			now, again := moved[x.Case.ID]
			if !again {
				now = x.Case
			}
			if now, err = z.reported(now, v, &x, r.Now); err == nil {
				moved[x.Case.ID] = now
				c.Lines = append(c.Lines, x)
			}
		}
		if err != nil && fault.KindOf(err) == fault.Internal {
			return err
		}
		for _, f := range fault.Fields(err) {
			c.Problems.Add(row.Number, monthColumn(f.Field), "%[1]s", "%[2]s", f.ZH, f.EN)
		}
	}
	c.Rows = c.Problems.Rows()
	return nil
}

// monthColumn is the column a fault about a field belongs to.
func monthColumn(field string) string {
	switch field {
	case "month", "plan", "actual", "started", "entered", "note":
		return field
	case "funds":
		return "short"
	}
	return "project"
}

// projectsByName are the open cases of a procedure that the viewer may see, by number and by title; a title that several
// have stands for none of them.
func projectsByName(r *store.Reader, v Viewer, procedure string) (map[string]*casework.Case, error) {
	out := map[string]*casework.Case{}
	err := r.EachCase(v.workScope(), store.CaseFilter{Procedure: procedure, State: "open"}, func(c casework.Case, _ time.Time) error {
		out[c.Number] = &c
		if _, twice := out[c.Title]; twice {
			out[c.Title] = nil
		} else {
			out[c.Title] = &c
		}
		return nil
	})
	return out, err
}

// monthRow reads a row.
func monthRow(row sheet.Row, projects map[string]*casework.Case) (MonthRow, error) {
	x := MonthRow{Row: row.Number, Plan: -1}
	c, known := projects[row.Text("project")]
	switch {
	case row.Text("project") == "":
		return x, nil // said already
	case !known:
		return x, fault.Field("project", "没有这个在册项目，或者不在您的职责范围内", "there is no such project, or it is not yours")
	case c == nil:
		return x, fault.Field("project", "有几个同名项目，请改填项目编号", "several projects have that name; give the number")
	}
	x.Case = *c
	fields := map[string]string{casework.FieldStarted: yesNo(row.YesNo("started")), casework.FieldEntered: yesNo(row.YesNo("entered")), casework.FieldFunds: "ok"}
	if row.YesNo("short") {
		fields[casework.FieldFunds] = "short"
	}
	month := plainMonth(row.Text("month"))
	var ok bool
	if x.Month, ok = casework.ParseMonth(month); !ok {
		return x, fault.Field("month", "月份应写成 2026-03 的形式", "write the month as 2026-03")
	}
	fields[casework.FieldOfMonth] = month
	if x.Actual, ok = fromWan(row.Text("actual")); !ok {
		return x, fault.Field("actual", "应为以万元计的金额，最多六位小数", "an amount in 10,000 yuan is needed, with six decimals at most")
	}
	fields[casework.FieldActual] = strconv.FormatInt(x.Actual, 10)
	if plan := row.Text("plan"); plan != "" {
		if x.Plan, ok = fromWan(plan); !ok {
			return x, fault.Field("plan", "应为以万元计的金额，最多六位小数", "an amount in 10,000 yuan is needed, with six decimals at most")
		}
		fields[casework.FieldPlan] = strconv.FormatInt(x.Plan, 10)
	}
	x.cmd = casework.Command{Fields: fields, Note: row.Text("note")}
	return x, nil
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// plainMonth writes 2026年3月, 2026/3 and 2026.03 as 2026-03.
func plainMonth(s string) string {
	parts := strings.FieldsFunc(strings.TrimSuffix(s, "月"), func(r rune) bool { return strings.ContainsRune("年-/.", r) })
	if len(parts) >= 2 && len(parts[1]) == 1 {
		parts[1] = "0" + parts[1]
	}
	if len(parts) == 3 && (parts[2] == "1" || parts[2] == "01" || strings.HasPrefix(parts[2], "01 ")) {
		parts = parts[:2] // a month that a spreadsheet took for its first day
	}
	return strings.Join(parts, "-")
}

// fromWan reads an amount in 万元, in 分; false when it is none or has more than six decimals.
func fromWan(s string) (int64, bool) {
	whole, rest, _ := strings.Cut(strings.NewReplacer(",", "", "，", "", " ", "").Replace(s), ".")
	if len(rest) > 6 || whole == "" || strings.ContainsAny(whole+rest, "+-eE") {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(rest + "000000")[:6], 10, 64)
	return n, err == nil && n >= 0
}

// reported is the case after the row's report, if the viewer may make it.
func (z *Zone) reported(c casework.Case, v Viewer, x *MonthRow, now time.Time) (casework.Case, error) {
	p := z.Version(c.Procedure, c.Version)
	if p == nil {
		return c, fault.New(fault.Internal, "", "procedure %s version %d is missing", c.Procedure, c.Version)
	}
	if x.Month > yearMonth(now) {
		return c, fault.Field("month", "还没有到这个月。", "That month has not come yet.")
	}
	for _, m := range p.Moves {
		if slices.ContainsFunc(m.Fields, func(w casework.Want) bool { return w.Field.ID == casework.FieldOfMonth }) {
			x.cmd.Move = m.ID
			out, err := p.Do(c, v.Actor(), x.cmd, z.Env(now))
			return out.Case, err
		}
	}
	return c, fault.New(fault.Internal, "", "procedure %s reports no months", p.ID)
}

// ErrorRows is the file handed back, its wrong rows marked.
func (c MonthCheck) ErrorRows(l lang.Lang) ([]byte, error) {
	return sheet.WithErrors(c.table, c.Problems.Texts(l), l)
}

// ApplyMonths reports the months of a kept list whose rows are right, all of them or none. lines is how many the check
// showed: when it is another number now, nothing is reported and the check has to be looked at again.
func (a *App) ApplyMonths(ctx context.Context, v Viewer, id int64, lines int, key string) error {
	return a.plain(ctx, v, key, func(e *edit) error {
		c := MonthCheck{}
		var err error
		if c.File, err = v.monthList(&e.tx.Reader, id); err != nil {
			return err
		}
		if err := a.checkMonths(&e.tx.Reader, e.was, v, &c); err != nil {
			return err
		}
		if err := confirmed(lines, len(c.Lines)); err != nil {
			return err
		}
		for _, x := range c.Lines {
			was, err := e.tx.Case(x.Case.ID, v.Scope())
			if err != nil {
				return err
			}
			p := e.was.Version(was.Procedure, was.Version)
			out, err := p.Do(was, v.Actor(), x.cmd, e.was.in(e.tx))
			if err != nil {
				return err
			}
			if err := a.save(e.tx, e.was, v, p, was, out); err != nil {
				return err
			}
		}
		summary := fmt.Sprintf("导入 %d 行，未导入 %d 行", len(c.Lines), len(c.Rows))
		e.record("months.import", "import:"+strconv.FormatInt(id, 10), c.File.Name, summary)
		return e.tx.FinishImport(id, summary)
	})
}
