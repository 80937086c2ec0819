package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
)

// PayoutWay is a way in words.
func PayoutWay(id string) lang.Text {
	for _, w := range policy.Ways() {
		if w.ID == id {
			return w.Name
		}
	}
	return lang.Text{ZH: id, EN: id}
}

// PayoutColumns are the columns of what other systems paid, reduced or deferred. The heading of the amount names its unit.
func PayoutColumns() sheet.Columns {
	return sheet.Columns{
		{Key: "month", Name: lang.Text{ZH: "月份", EN: "Month"}, Aliases: []string{"所属月份", "统计月份"}, Code: true, Required: true, Example: "2026-03"},
		{Key: "item", Name: lang.Text{ZH: "事项", EN: "Item"}, Aliases: []string{"政策事项", "事项名称", "事项编号"}, Required: true, Example: "示例：失业保险降费率", Note: lang.Text{ZH: "事项的编号或名称", EN: "its id or its name"}},
		{Key: "way", Name: lang.Text{ZH: "方式", EN: "Way"}, Aliases: []string{"兑现方式"}, Example: "减征", Note: lang.Text{ZH: "奖励、补贴、减征、免征、缓缴、贴息、退税；事项在政策中的可不填", EN: "award, grant, reduce, exempt, defer, interest or refund; may be left out of an item of the policies"}},
		{Key: "kind", Name: lang.Text{ZH: "险种（税种）", EN: "Kind"}, Aliases: []string{"险种", "税种", "险种/税种"}, Example: "失业保险"},
		{Key: "code", Name: lang.Text{ZH: "统一社会信用代码", EN: "Unified social credit code"}, Aliases: []string{"信用代码"}, Code: true, Required: true},
		{Key: "name", Name: lang.Text{ZH: "企业名称", EN: "Name"}, Aliases: []string{"单位名称", "名称"}, Note: lang.Text{ZH: "新录入的企业必填", EN: "needed for a new enterprise"}},
		{Key: "area", Name: lang.Text{ZH: "所属街道（社区）", EN: "Area"}, Aliases: []string{"区域", "街道", "所属街道", "社区", "区划代码"}, Note: lang.Text{ZH: "名称或区划代码；不填按企业资料", EN: "name or code; as the profile has it when left out"}},
		{Key: "pieces", Name: lang.Text{ZH: "件数", EN: "Pieces"}, Note: lang.Text{ZH: "不填为 1", EN: "1 when left out"}},
		{Key: "amount", Name: lang.Text{ZH: "金额（元）", EN: "Amount (CNY)"}, Aliases: []string{"金额", "金额（万元）", "金额（亿元）", "Amount"}, Code: true, Required: true, Example: "1234.56",
			Note: lang.Text{ZH: "表头写明单位，如“金额（万元）”；或逐格写明，如 0.59万元", EN: "the heading names the unit, or each cell does"}},
	}
}

// PayoutCheck is what importing a file of payouts would do, before anybody has confirmed it. A file is entered as a whole: one with
// wrong rows is handed back.
type PayoutCheck struct {
	File     store.Import
	Source   string
	Pieces   int   // rows
	Amount   int64 // 分, of all right rows
	Sums     []PayoutSum
	New      int                 // enterprises not known before
	Before   *store.PayoutImport // the same file, entered before and still counting; nil when there is none
	Problems sheet.Problems
	Rows     []int // that have problems, in order
	table    sheet.Table
	lines    []store.Payout
	fresh    []store.NewStatement
	digest   string
}

// PayoutSum is what a file brings of one item in one month.
type PayoutSum struct {
	policy.CellKey
	Rows   int
	Amount int64
}

// Ready reports whether the file can be entered.
func (c PayoutCheck) Ready() bool { return len(c.Rows) == 0 && len(c.lines) > 0 && c.Before == nil }

// maxPayouts bounds one file; it is entered in one transaction.
const maxPayouts = 100_000

const payoutImport = "payouts"

// KeepPayouts keeps an uploaded file until it is confirmed. source is who says so, in words.
func (a *App) KeepPayouts(ctx context.Context, v Viewer, source, name string, body []byte) (int64, error) {
	if err := v.need(Policies); err != nil {
		return 0, err
	}
	source, err := words("source", source, 2, mostSource)
	bad := fault.List(fault.Fields(err))
	_, err = readRows(name, body, PayoutColumns(), maxPayouts)
	if err != nil && len(fault.Fields(err)) == 0 {
		return 0, err
	}
	bad = append(bad, fault.Fields(err)...)
	if err := bad.Err(); err != nil {
		return 0, err
	}
	return a.keepImport(ctx, v, store.Import{Kind: payoutImport, Name: name, About: source, Body: body})
}

// PayoutFiles lists the files that were brought, newest first.
func (a *App) PayoutFiles(ctx context.Context, v Viewer) ([]store.Import, error) {
	return a.importsOf(ctx, v, Policies, payoutImport)
}

// CheckPayouts says what entering a kept file would do now.
func (a *App) CheckPayouts(ctx context.Context, v Viewer, id int64) (PayoutCheck, error) {
	var c PayoutCheck
	if err := v.need(Policies); err != nil {
		return c, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return c, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		c = PayoutCheck{}
		return c.load(r, z, id)
	})
	return c, err
}

func (c *PayoutCheck) load(r *store.Reader, z *Zone, id int64) error {
	var err error
	if c.File, err = kept(r, id, payoutImport); err != nil {
		return err
	}
	c.Source = c.File.About
	sum := sha256.Sum256(c.File.Body)
	c.digest = hex.EncodeToString(sum[:])
	switch was, err := r.PayoutImportOf(c.digest); {
	case err == nil && was.ID != id:
		c.Before = &was
	case err != nil && fault.KindOf(err) != fault.NotFound:
		return err
	}
	if c.table, err = sheet.Read(c.File.Body, c.File.Name, PayoutColumns()); err != nil {
		return err
	}
	return c.read(r, z)
}

func (c *PayoutCheck) read(r *store.Reader, z *Zone) error {
	c.Problems = sheet.Problems{}
	x := payoutReader{z: z, unit: amountUnit(c.table.Header), items: itemsByName(z), areas: areasByName(z), doubts: map[string]*fault.Error{}}
	var rows []int
	var codes []string
	for row := range c.table.All(c.Problems) {
		p := x.line(row, r.Now)
		if p.Source, p.Import = c.Source, c.File.ID; row.OK() {
			c.lines, rows, codes = append(c.lines, p), append(rows, row.Number), append(codes, p.Code)
		}
	}
	if err := c.who(r, z, rows, codes, x.doubts); err != nil {
		return err
	}
	at := map[policy.CellKey]int{}
	for _, p := range c.lines {
		key := policy.CellKey{Month: p.Month, Item: p.Item, Title: p.Title, Way: p.Way, Kind: p.Kind}
		i, ok := at[key]
		if !ok {
			i = len(c.Sums)
			at[key] = i
			c.Sums = append(c.Sums, PayoutSum{CellKey: key})
		}
		c.Sums[i].Rows++
		c.Sums[i].Amount += p.Amount
		c.Amount += p.Amount
	}
	c.Pieces, c.Rows = len(c.lines), c.Problems.Rows()
	return nil
}

// who fills in names and areas of known enterprises, and enters those that are new. A new one whose code fails its check is for the
// policy desk to accept first.
func (c *PayoutCheck) who(r *store.Reader, z *Zone, rows []int, codes []string, doubts map[string]*fault.Error) error {
	slices.Sort(codes)
	codes = slices.Compact(codes)
	known, err := r.EnterprisesOf(codes)
	if err != nil {
		return err
	}
	facts, err := r.Facts(codes)
	if err != nil {
		return err
	}
	added := map[string]string{}
	for i := range c.lines {
		p := &c.lines[i]
		e, ok := known[p.Code]
		switch {
		case ok:
			p.Name = e.Name
			if p.Area == "" {
				p.Area = facts[p.Code]["area"].Text
			}
		case added[p.Code] != "":
			p.Name = added[p.Code]
		case doubts[p.Code] != nil:
			c.Problems.Add(rows[i], "code", "%[1]s请先在企业资料里写明依据录入。", "%[2]s Enter the enterprise with the reason first.", doubts[p.Code].ZH, doubts[p.Code].EN)
		case p.Name == "":
			c.Problems.Add(rows[i], "name", "这家企业还没有录入过，请填写企业名称", "this enterprise is new; write its name")
		default:
			added[p.Code] = p.Name
			s := policy.Statement{Source: c.Source, AsOf: policyDay(r.Now), By: int64(c.File.By), Values: policy.Values{}}
			if p.Area != "" && z.Policies.Field("area") >= 0 {
				s.Values["area"] = p.Area
			}
			c.fresh = append(c.fresh, store.NewStatement{Code: p.Code, Name: p.Name, Example: z.Demo, Statement: s})
		}
	}
	c.New = len(c.fresh)
	return nil
}

// payoutReader reads the rows of one file.
type payoutReader struct {
	z      *Zone
	unit   string // of the amounts; "" when the heading names none
	items  map[string]*rules.Item
	areas  map[string]string
	doubts map[string]*fault.Error // codes whose check character is wrong
}

// amountUnit is the unit that the heading of the amount names: 元, 万元 or 亿元; "" for none.
func amountUnit(header []string) string {
	for _, h := range header {
		h = strings.NewReplacer("(", "（", ")", "）", " ", "", "*", "").Replace(h)
		for _, unit := range []string{"亿元", "万元", "元"} {
			if strings.HasSuffix(h, "（"+unit+"）") {
				return unit
			}
		}
		if h == "Amount（CNY）" {
			return "元"
		}
	}
	return ""
}

// itemsByName are the items by id and by either name, as they were last.
func itemsByName(z *Zone) map[string]*rules.Item {
	out := map[string]*rules.Item{}
	for _, x := range z.Policies.Items {
		out[x.ID], out[x.Name.ZH], out[x.Name.EN] = x, x, x
	}
	return out
}

// areasByName are areas by code and by name; a name that several have stands for none of them.
func areasByName(z *Zone) map[string]string {
	out := map[string]string{}
	add := func(code string) {
		a, _ := z.Tree.Area(code)
		out[code] = code
		if _, twice := out[a.Name]; twice {
			out[a.Name] = ""
		} else {
			out[a.Name] = code
		}
	}
	for _, street := range z.Tree.Children(zoneCode(z.Code)) {
		add(street.Code)
		for _, community := range z.Tree.Children(street.Code) {
			add(community.Code)
		}
	}
	return out
}

func (x payoutReader) line(row sheet.Row, now time.Time) store.Payout {
	p := store.Payout{Title: row.Text("item"), Way: row.Text("way"), Kind: row.Text("kind"), Name: row.Text("name"), Pieces: 1}
	month, ok := casework.ParseMonth(plainMonth(row.Text("month")))
	switch p.Month = month; {
	case row.Text("month") == "":
	case !ok:
		row.Fail("month", "月份应写成 2026-03 的形式", "write the month as 2026-03")
	case month > yearMonth(now):
		row.Fail("month", "还没有到这个月", "that month has not come yet")
	}
	x.item(row, &p)
	for field, text := range map[string]string{"item": p.Title, "kind": p.Kind, "name": p.Name} {
		if len([]rune(text)) > 100 {
			row.Fail(field, "最多 100 个字", "100 characters at most")
		}
	}
	if code := row.Text("code"); code != "" {
		folded, doubt, err := idcode.ReviewUSCC(code)
		if p.Code = folded; doubt != nil {
			x.doubts[folded] = doubt
		}
		fail(row, "code", err)
	}
	if area := row.Text("area"); area != "" {
		if p.Area = x.areas[area]; p.Area == "" {
			row.Fail("area", "没有“%s”这个街道或社区，或者有几个同名，请填区划代码", "there is no such area, or several: %s; give its code", area)
		}
	}
	if row.Text("pieces") != "" {
		if n := row.Int("pieces"); n >= 1 && n <= 1_000_000 {
			p.Pieces = int(n)
		} else if row.OK() {
			row.Fail("pieces", "应为大于零的整数", "a whole number above zero is needed")
		}
	}
	if text := row.Text("amount"); text != "" {
		var err error
		if p.Amount, err = ParseMoney("amount", strings.NewReplacer(",", "", "，", "").Replace(text), x.unit); err != nil {
			fail(row, "amount", err)
		}
	}
	return p
}

// item finds the item and the way; one that the policies do not have is taken in words, with its way.
func (x payoutReader) item(row sheet.Row, p *store.Payout) {
	item := x.items[p.Title]
	for _, n := range policy.Ways() {
		if p.Way == n.Name.ZH || strings.EqualFold(p.Way, n.Name.EN) || p.Way == strings.TrimSuffix(n.Name.ZH, "（费）") {
			p.Way = n.ID
		}
	}
	switch {
	case item != nil:
		if p.Item, p.Title = item.ID, item.Name.ZH; p.Way == "" {
			p.Way = string(item.Way)
		}
		if p.Kind == "" {
			p.Kind = item.Kind.ZH
		}
	case p.Title != "" && p.Way == "":
		row.Fail("way", "政策中没有这个事项，请填写方式", "the policies have no such item; write the way")
		return
	}
	if p.Title != "" && !slices.ContainsFunc(policy.Ways(), func(n policy.WayName) bool { return n.ID == p.Way }) {
		row.Fail("way", "应为奖励、补贴、减征、免征、缓缴、贴息、退税之一", "one of award, grant, reduction, exemption, deferral, interest subsidy, refund")
	}
}

// ErrorRows is the file handed back, its wrong rows marked and a column 错误说明 added.
func (c PayoutCheck) ErrorRows(l lang.Lang) ([]byte, error) {
	return sheet.WithErrors(c.table, c.Problems.Texts(l), l)
}

// ApplyPayouts enters a kept file as a whole. rows is how many the check showed: when it is another number now, nothing is entered.
// The same file is entered once, until it is taken back.
func (a *App) ApplyPayouts(ctx context.Context, v Viewer, id int64, rows int, key string) error {
	if err := v.need(Policies); err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		var c PayoutCheck
		if err := c.load(&e.tx.Reader, e.was, id); err != nil {
			return err
		}
		switch {
		case !c.File.Done.IsZero():
			return fault.New(fault.Conflict, "这份文件已经导入过。", "This file has been imported already.")
		case c.Before != nil:
			return fault.New(fault.Conflict, "内容相同的文件已于 %[1]s 导入（%[2]s），不能重复计入。", "The same file was entered on %[1]s (%[2]s); it does not count twice.", c.Before.At.In(calendar.Zone()).Format("2006-01-02 15:04"), c.Before.Name)
		case len(c.Rows) > 0:
			return fault.New(fault.Invalid, "有 %d 行错误，改好后重新上传。", "%d rows are wrong; mend them and send the file again.", len(c.Rows))
		}
		if err := confirmed(rows, c.Pieces); err != nil {
			return err
		}
		if err := e.tx.AddStatements(c.fresh); err != nil {
			return err
		}
		i := store.PayoutImport{ID: id, Name: c.File.Name, Pieces: c.Pieces, Amount: c.Amount, SHA256: c.digest, By: v.Person}
		if err := e.tx.AddPayoutImport(i, c.lines); err != nil {
			return err
		}
		summary := fmt.Sprintf("导入 %d 行，%s 元", c.Pieces, rules.FormatMoney(c.Amount))
		e.record("payouts.import", "import:"+strconv.FormatInt(id, 10), c.File.Name, summary)
		return e.tx.FinishImport(id, summary)
	})
}

// UndoPayouts takes every line of a file back, for a reason. Enterprises that it brought stay.
func (a *App) UndoPayouts(ctx context.Context, v Viewer, id int64, reason, key string) error {
	if err := v.need(Policies); err != nil {
		return err
	}
	reason, err := words("reason", reason, 4, 200)
	if err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		i, err := e.tx.PayoutImport(id)
		if err != nil {
			return err
		}
		n, err := e.tx.UndoPayoutImport(id, v.Person, reason)
		if err != nil {
			return err
		}
		e.record("payouts.undo", "import:"+strconv.FormatInt(id, 10), reason, fmt.Sprintf("%s：%d 行", i.Name, n))
		return e.tx.SetImportSummary(id, fmt.Sprintf("导入 %d 行，已全部回退：%s", n, reason))
	})
}

// EnteredPayouts lists the files whose lines were entered, newest first, those taken back among them.
func (a *App) EnteredPayouts(ctx context.Context, v Viewer) ([]store.PayoutImport, error) {
	if err := v.need(Policies | Evaluate); err != nil {
		return nil, err
	}
	var out []store.PayoutImport
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.PayoutImports(100)
		return err
	})
	return out, err
}
