package app

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
)

// RosterColumns are the columns of a roster.
func RosterColumns() sheet.Columns {
	return sheet.Columns{
		{Key: "area", Name: lang.Text{ZH: "区划代码", EN: "Area code"}, Aliases: []string{"网格编码", "代码"}, Required: true, Code: true, Example: "330108001001001"},
		{Key: "post", Name: lang.Text{ZH: "岗位", EN: "Post"}, Aliases: []string{"职务"}, Required: true, Example: "专职网格员"},
		{Key: "login", Name: lang.Text{ZH: "登录名", EN: "Login name"}, Aliases: []string{"账号"}, Required: true, Example: "wg0001",
			Note: lang.Text{ZH: "已有账号直接任职；没有的按姓名新建，由安全管理员发放密码后启用", EN: "An account that exists is appointed; otherwise one is made by the name, to be given a password by the security administrator"}},
		{Key: "name", Name: lang.Text{ZH: "姓名", EN: "Name"}, Required: true},
		{Key: "phone", Name: lang.Text{ZH: "手机号", EN: "Phone"}, Aliases: []string{"联系电话"}, Code: true},
		{Key: "from", Name: lang.Text{ZH: "任职日期", EN: "From"}, Example: "2026-01-01"},
		{Key: "document", Name: lang.Text{ZH: "任免文号", EN: "Document"}},
		{Key: "concurrent", Name: lang.Text{ZH: "是否兼任", EN: "Concurrent"}, Example: "否"},
	}
}

// RosterCheck is what importing a roster would do, before anybody has confirmed it.
type RosterCheck struct {
	File     store.Import
	Lines    []RosterLine // that would be imported
	Same     int          // rows that hold already
	Problems sheet.Problems
	Rows     []int // that have problems, in order
	table    sheet.Table
}

// RosterLine is one appointment of a file.
type RosterLine struct {
	Row      int
	Path     string
	Post     lang.Text
	Name     string
	New      bool // a new person
	Document string
	placing  placing
}

// CheckRoster says what importing a kept roster would do now.
func (a *App) CheckRoster(ctx context.Context, v Viewer, id int64) (RosterCheck, error) {
	var c RosterCheck
	if err := v.need(EditPosts); err != nil {
		return c, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return c, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		c = RosterCheck{}
		if c.File, err = kept(r, id, "roster"); err != nil {
			return err
		}
		return a.checkRoster(r, z, &c)
	})
	return c, err
}

func (a *App) checkRoster(r *store.Reader, z *Zone, c *RosterCheck) error {
	t, err := sheet.Read(c.File.Body, c.File.Name, RosterColumns())
	if err != nil {
		return err
	}
	c.table, c.Problems, c.Lines, c.Rows, c.Same = t, sheet.Problems{}, nil, nil, 0
	taken := map[string]int{}     // seats that rows above have filled
	entered := map[string]int{}   // logins → row that enters them
	mainPost := map[string]bool{} // logins that get a main post from this file
	for row := range t.All(c.Problems) {
		p := placing{NewPost: NewPost{Area: idcode.Short(row.Text("area")), Post: row.Text("post"), Login: row.Text("login"), Name: row.Text("name"),
			Phone: row.Text("phone"), Document: row.Text("document"), Concurrent: row.YesNo("concurrent")}, when: calendar.DayOf(r.Now).Start()}
		if d := row.Date("from"); !d.IsZero() {
			p.when = d.Add(-8 * time.Hour) // the sheet's days are midnight UTC, ours midnight in Shanghai
		}
		if !row.OK() {
			continue
		}
		if err := a.place(r, z, &p); err != nil {
			if len(fault.Fields(err)) == 0 {
				return err
			}
			for _, f := range fault.Fields(err) {
				row.Fail(f.Field, "%[1]s", "%[2]s", f.ZH, f.EN)
			}
			continue
		}
		seat := p.Area + "/" + p.kind.ID
		switch {
		case p.held:
			c.Same++
			continue
		case p.kind.Max > 0 && taken[seat] >= p.kind.Max:
			row.Fail("post", "本文件中“%s”已填满 %d 人", "this file fills %s with %d already.", p.kind.Name.ZH, p.kind.Max)
			continue
		case !p.Concurrent && mainPost[p.Login]:
			row.Fail("concurrent", "“%s”在本文件中已有一个岗位，这一岗请注明兼任", "%s has a post in this file already; mark this one as concurrent.", p.Login)
			continue
		}
		taken[seat]++
		mainPost[p.Login] = mainPost[p.Login] || !p.Concurrent
		if p.person == 0 && entered[p.Login] == 0 {
			entered[p.Login] = row.Number
		}
		c.Lines = append(c.Lines, RosterLine{Row: row.Number, Path: z.Tree.Path(p.Area), Post: p.kind.Name, Name: p.name, New: p.person == 0, Document: p.Document, placing: p})
	}
	c.Rows = c.Problems.Rows()
	return nil
}

// ErrorRows is the file handed back, its wrong rows marked and a column 错误说明 added.
func (c RosterCheck) ErrorRows(l lang.Lang) ([]byte, error) {
	return sheet.WithErrors(c.table, c.Problems.Texts(l), l)
}

// ApplyRoster makes the appointments of a kept roster whose rows are right. lines is how many the check showed:
// when it is another number now, nothing is imported and the check has to be looked at again.
func (a *App) ApplyRoster(ctx context.Context, v Viewer, id int64, lines int, key string) (RosterCheck, error) {
	c, err := a.CheckRoster(ctx, v, id)
	if err != nil {
		return c, err
	}
	err = a.plain(ctx, v, key, func(e *edit) error {
		if c.File, err = e.tx.Import(id); err != nil {
			return err
		}
		if err := a.checkRoster(&e.tx.Reader, e.was, &c); err != nil {
			return err
		}
		if len(c.Lines) != lines {
			return fault.New(fault.Conflict, "核对之后任职情况又有变动，请按下面最新的核对结果确认。", "Appointments have changed since the check; confirm it as it stands now.")
		}
		if lines == 0 {
			return fault.New(fault.Invalid, "没有可以导入的内容。", "There is nothing to import.")
		}
		entered := map[string]casework.Person{}
		for _, l := range c.Lines {
			p := l.placing
			if who, ok := entered[p.Login]; ok {
				p.person = who
			}
			if err := a.appoint(e, p); err != nil {
				return err
			}
			entered[p.Login] = e.log[len(e.log)-1].Person
		}
		summary := fmt.Sprintf("任职 %d，已在任 %d，未导入 %d", len(c.Lines), c.Same, len(c.Rows))
		e.record("roster.import", "import:"+strconv.FormatInt(id, 10), c.File.Name, summary)
		return e.tx.FinishImport(id, summary)
	})
	return c, err
}
