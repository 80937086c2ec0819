package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
)

// ProfileColumns are the columns of a list of profiles: who it is, and a column for each field of the policies in force.
func (z *Zone) ProfileColumns() sheet.Columns {
	out := sheet.Columns{
		{Key: "code", Name: lang.Text{ZH: "统一社会信用代码", EN: "Unified social credit code"}, Aliases: []string{"信用代码", "uscc"}, Code: true, Required: true},
		{Key: "name", Name: lang.Text{ZH: "企业名称", EN: "Name"}, Aliases: []string{"单位名称", "名称"}, Note: lang.Text{ZH: "新录入的企业必填", EN: "needed for a new enterprise"}},
		{Key: "reason", Name: lang.Text{ZH: "代码校验不符的依据", EN: "Why the code is right"}, Note: lang.Text{ZH: "校验位不符、但营业执照确为此码时填写", EN: "when the check character is wrong and the licence shows the code all the same"}},
	}
	for _, f := range z.Policies.Fields {
		c := sheet.Column{Key: "field." + f.ID, Name: f.Name, Aliases: []string{f.ID}, Code: f.Kind == rules.Code, Note: fieldNote(f)}
		for _, u := range rules.Units(f.Kind) {
			for _, name := range []string{f.Name.ZH, f.Name.EN, f.ID} {
				c.Aliases = append(c.Aliases, name+"（"+u+"）", name+"("+u+")")
			}
		}
		out = append(out, c)
	}
	return out
}

// fieldNote says how values of a field are written.
func fieldNote(f rules.Field) lang.Text {
	switch f.Kind {
	case rules.Money:
		return lang.Text{ZH: "写明单位，如 500万元；或在表头写单位，如“营业收入（万元）”", EN: "with its unit, as in 500万元, or with the unit in the heading"}
	case rules.Rate:
		return lang.Text{ZH: "写明单位，如 5.5%；或在表头写“（%）”", EN: "with its unit, as in 5.5%, or with (%) in the heading"}
	case rules.Day:
		return lang.Text{ZH: "日期，如 2026-03-31", EN: "a day, such as 2026-03-31"}
	case rules.Flag:
		return lang.Text{ZH: "是、否", EN: "yes or no"}
	case rules.Choice, rules.Set:
		zh, en := make([]string, len(f.Choices)), make([]string, len(f.Choices))
		for i, c := range f.Choices {
			zh[i], en[i] = c.Name.ZH, c.Name.EN
		}
		if f.Kind == rules.Choice {
			return lang.Text{ZH: "填其中一个：" + strings.Join(zh, "、"), EN: "one of: " + strings.Join(en, ", ")}
		}
		return lang.Text{ZH: "可填几个，用顿号隔开，没有的填“无”：" + strings.Join(zh, "、"), EN: "any of, parted by 、, or none: " + strings.Join(en, ", ")}
	}
	return lang.Text{}
}

// ProfileCheck is what importing a list of profiles would do, before anybody has confirmed it. Wrong rows are left out and can be
// sent again.
type ProfileCheck struct {
	File     store.Import
	Source   string
	AsOf     string
	New      int // enterprises not known before
	Changed  int // rows that say something new of known ones
	Same     int // rows that say nothing new
	Older    int // rows all of whose values are known as of a later day
	Values   int // that come to count
	Accepted int // codes whose check character is wrong, with a reason
	Ignored  []string
	Problems sheet.Problems
	Rows     []int // that have problems, in order
	table    sheet.Table
	lines    []store.NewStatement
}

// Lines are how many rows would be imported.
func (c ProfileCheck) Lines() int { return len(c.lines) }

// withdrawnMark begins the summary of a list that was taken back.
const withdrawnMark = "已撤回："

// Withdrawn reports whether the list was imported and taken back.
func (c ProfileCheck) Withdrawn() bool { return strings.HasPrefix(c.File.Summary, withdrawnMark) }

// ErrorRows is the file handed back, its wrong rows marked and a column 错误说明 added.
func (c ProfileCheck) ErrorRows(l lang.Lang) ([]byte, error) {
	return sheet.WithErrors(c.table, c.Problems.Texts(l), l)
}

// maxProfiles bounds one list.
const maxProfiles = 60_000

// profilesAtOnce is how many enterprises are written in one transaction, so that others are not kept waiting.
const profilesAtOnce = 2000

const profileImport = "profiles"

// KeepProfiles keeps an uploaded list until it is confirmed. All its values are from one source, as of one day.
func (a *App) KeepProfiles(ctx context.Context, v Viewer, source, day, name string, body []byte) (int64, error) {
	if err := v.need(Policies); err != nil {
		return 0, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return 0, err
	}
	source, err = words("source", source, 2, mostSource)
	bad := fault.List(fault.Fields(err))
	day = strings.TrimSpace(day)
	_, err = valueDay("as_of", day, policyDay(a.now()))
	bad = append(bad, fault.Fields(err)...)
	_, err = readRows(name, body, z.ProfileColumns(), maxProfiles)
	if len(fault.Fields(err)) == 0 && err != nil {
		return 0, err
	}
	bad = append(bad, fault.Fields(err)...)
	if err := bad.Err(); err != nil {
		return 0, err
	}
	return a.keepImport(ctx, v, store.Import{Kind: profileImport, Name: name, Datum: day, About: source, Body: body})
}

// ProfileImports lists the files that were brought, newest first.
func (a *App) ProfileImports(ctx context.Context, v Viewer) ([]store.Import, error) {
	return a.importsOf(ctx, v, Policies, profileImport)
}

// CheckProfiles says what importing a kept list would do now.
func (a *App) CheckProfiles(ctx context.Context, v Viewer, id int64) (ProfileCheck, error) {
	var c ProfileCheck
	if err := v.need(Policies); err != nil {
		return c, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return c, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		c = ProfileCheck{}
		return c.load(r, z, id)
	})
	return c, err
}

func (c *ProfileCheck) load(r *store.Reader, z *Zone, id int64) error {
	var err error
	if c.File, err = kept(r, id, profileImport); err != nil {
		return err
	}
	c.Source, c.AsOf = c.File.About, c.File.Datum
	if c.table, err = sheet.Read(c.File.Body, c.File.Name, z.ProfileColumns()); err != nil {
		return err
	}
	day, err := rules.ParseDay(c.AsOf)
	if err != nil {
		return err
	}
	c.Problems = sheet.Problems{}
	rows, err := c.rows(r, z, day)
	if err != nil {
		return err
	}
	c.weigh(rows)
	c.Rows = c.Problems.Rows()
	return nil
}

// profileRow is a row that was read.
type profileRow struct {
	store.NewStatement
	known bool
	facts map[string]policy.Fact // that count so far
}

// rows reads the file beside what is known. What is wrong is among the problems.
func (c *ProfileCheck) rows(r *store.Reader, z *Zone, day int64) ([]profileRow, error) {
	units := map[string]string{}
	for _, h := range c.table.Header {
		if f, unit := z.Policies.Heading(strings.TrimSuffix(strings.TrimSpace(h), "*")); f >= 0 {
			units[z.Policies.Fields[f].ID] = unit
		}
	}
	var out []profileRow
	var codes []string
	seen := map[string]int{}
	for row := range c.table.All(c.Problems) {
		x := profileRow{NewStatement: store.NewStatement{Name: row.Text("name"), Statement: policy.Statement{Source: c.Source, AsOf: day, Import: c.File.ID, By: int64(c.File.By)}}}
		var err error
		if x.Code, x.Accepted, err = acceptCode("code", row.Text("code"), row.Text("reason")); err != nil {
			fail(row, "code", err)
			continue
		}
		if first, twice := seen[x.Code]; twice {
			row.Fail("code", "与第 %d 行是同一家企业。", "It is the same enterprise as in row %d.", first)
			continue
		}
		seen[x.Code] = row.Number
		x.Values = readCells(z.Policies, row, units)
		if row.OK() {
			out, codes = append(out, x), append(codes, x.Code)
		}
	}
	known, err := r.EnterprisesOf(codes)
	if err != nil {
		return nil, err
	}
	facts, err := r.Facts(slices.Collect(maps.Keys(known)))
	if err != nil {
		return nil, err
	}
	kept := out[:0]
	for _, x := range out {
		if _, x.known = known[x.Code]; !x.known && x.Name == "" {
			c.Problems.Add(seen[x.Code], "name", "这家企业还没有录入过，请填写企业名称。", "This enterprise is new; write its name.")
			continue
		}
		if x.known {
			x.Accepted = ""
		}
		x.facts = facts[x.Code]
		kept = append(kept, x)
	}
	return kept, nil
}

// readCells reads the values of a row; an empty cell says nothing.
func readCells(b *rules.Book, row sheet.Row, units map[string]string) policy.Values {
	out := policy.Values{}
	for _, f := range b.Fields {
		key := "field." + f.ID
		text := row.Text(key)
		if text == "" {
			continue
		}
		if f.Kind == rules.Day {
			if day := row.Date(key); !day.IsZero() {
				text = day.Format("2006-01-02")
			}
		}
		v, err := f.ParseValue(text, units[f.ID])
		if err != nil {
			fail(row, key, err)
			continue
		}
		out[f.ID] = policy.Text(f, v)
	}
	return out
}

// fail records what is wrong with a cell.
func fail(row sheet.Row, key string, err error) {
	for _, f := range fault.Fields(err) {
		row.Fail(key, "%[1]s", "%[2]s", f.ZH, f.EN)
	}
}

// weigh sorts the right rows into those that say something and those that do not.
func (c *ProfileCheck) weigh(rows []profileRow) {
	for _, x := range rows {
		counts, older := 0, 0
		for field, text := range x.Values {
			was, ok := x.facts[field]
			switch {
			case ok && was.AsOf > x.AsOf:
				older++
			case !ok || was.Text != text || was.AsOf != x.AsOf:
				counts++
			}
		}
		c.Values += counts
		switch {
		case !x.known:
			c.New++
			if x.Accepted != "" {
				c.Accepted++
			}
		case counts > 0:
			c.Changed++
		case older > 0:
			c.Older++
			continue
		default:
			c.Same++
			continue
		}
		c.lines = append(c.lines, x.NewStatement)
	}
}

// ApplyProfiles imports the right rows of a kept list. lines is how many of them the check showed: when they have become others,
// nothing is imported. They are written some thousands at a time; when it was cut short, applying it again goes on.
func (a *App) ApplyProfiles(ctx context.Context, v Viewer, id int64, lines int, key string) error {
	c, err := a.CheckProfiles(ctx, v, id)
	if err != nil {
		return err
	}
	if !c.File.Done.IsZero() {
		return fault.New(fault.Conflict, "这份文件已经导入过。", "This file has been imported already.")
	}
	var begun int
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		begun, err = r.StatementsOfImport(id)
		return err
	})
	if err != nil {
		return err
	}
	if begun == 0 { // one that was cut short has fewer left than were shown
		if err := confirmed(lines, len(c.lines)); err != nil {
			return err
		}
	}
	for chunk := range slices.Chunk(c.lines, profilesAtOnce) {
		err := a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
			f, err := tx.Import(id)
			if err != nil {
				return err
			}
			if !f.Done.IsZero() {
				return fault.New(fault.Conflict, "这份文件已经导入过。", "This file has been imported already.")
			}
			chunk, err := tx.NotYetSaid(id, chunk)
			if err != nil {
				return err
			}
			return tx.AddStatements(chunk)
		})
		if err != nil {
			return err
		}
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		said, err := e.tx.StatementsOfImport(id)
		if err != nil {
			return err
		}
		summary := fmt.Sprintf("%d 家企业", said)
		if len(c.Rows) > 0 {
			summary += fmt.Sprintf("，%d 行有误未导入", len(c.Rows))
		}
		e.record("profiles.import", "import:"+strconv.FormatInt(id, 10), c.Source, summary)
		return e.tx.FinishImport(id, summary)
	})
}

// WithdrawProfiles takes an imported list back, for a reason: what was known without it counts again. Statements stay readable.
func (a *App) WithdrawProfiles(ctx context.Context, v Viewer, id int64, reason, key string) error {
	if err := v.need(Policies); err != nil {
		return err
	}
	reason, err := words("reason", reason, 4, mostSource)
	if err != nil {
		return err
	}
	for {
		var left int
		err := a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
			if _, err := kept(&tx.Reader, id, profileImport); err != nil {
				return err
			}
			list, err := tx.StandingOfImport(id, profilesAtOnce)
			if err != nil {
				return err
			}
			left = len(list)
			for i := range list {
				list[i].Source, list[i].AsOf, list[i].By = reason, policyDay(tx.Now), int64(v.Person)
			}
			return tx.AddStatements(list)
		})
		if err != nil {
			return err
		}
		if left == 0 {
			break
		}
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		e.record("profiles.withdraw", "import:"+strconv.FormatInt(id, 10), reason, "")
		return e.tx.SetImportSummary(id, withdrawnMark+reason)
	})
}
