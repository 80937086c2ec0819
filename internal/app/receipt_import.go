package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
)

// ReceiptColumns are the columns of what a bank says of its payments (到账回执). An exported order has them too.
func ReceiptColumns() sheet.Columns {
	return sheet.Columns{
		{Key: "order", Name: lang.Text{ZH: "拨付指令号", EN: "Order"}, Aliases: []string{"指令号", "指令编号"}, Code: true, Required: true, Example: "BF-330108-2026-0001"},
		{Key: "piece", Name: lang.Text{ZH: "笔号", EN: "Piece"}, Code: true, Note: lang.Text{ZH: "同一企业在一份指令中有几笔时必填", EN: "needed when an order pays an enterprise several times"}},
		{Key: "code", Name: lang.Text{ZH: "统一社会信用代码", EN: "Unified social credit code"}, Aliases: []string{"信用代码", "企业代码"}, Code: true, Required: true},
		{Key: "amount", Name: lang.Text{ZH: "金额（元）", EN: "Amount (CNY)"}, Code: true, Note: lang.Text{ZH: "填写的须与指令一致", EN: "must be what was ordered, when given"}},
		{Key: "result", Name: lang.Text{ZH: "结果", EN: "Result"}, Aliases: []string{"支付结果", "状态"}, Required: true, Example: "成功", Note: lang.Text{ZH: "成功或失败", EN: "paid or failed"}},
		{Key: "reason", Name: lang.Text{ZH: "原因", EN: "Reason"}, Aliases: []string{"失败原因", "退回原因"}, Example: "账号有误", Note: lang.Text{ZH: "失败时必填", EN: "needed when it failed"}},
		{Key: "date", Name: lang.Text{ZH: "日期", EN: "Date"}, Aliases: []string{"到账日期", "支付日期"}, Required: true, Example: "2026-03-31"},
	}
}

// ReceiptLine is one right row of a bank's file.
type ReceiptLine struct {
	Row    int
	Grant  policy.Grant
	Paid   bool // else sent back
	Reason string
	Day    calendar.Day
}

// ReceiptCheck is what importing a bank's file would do, before anybody has confirmed it. Wrong rows are left out and can be sent
// again.
type ReceiptCheck struct {
	File     store.Import
	Lines    []ReceiptLine
	Paid     store.StateSum // of Lines
	Failed   store.StateSum
	Problems sheet.Problems
	Rows     []int // that have problems, in order
	table    sheet.Table
}

const receiptImport = "receipts"

// maxReceipts bounds one file; it is imported in one transaction.
const maxReceipts = 10_000

// KeepReceipts keeps a bank's file until it is confirmed.
func (a *App) KeepReceipts(ctx context.Context, v Viewer, name string, body []byte) (int64, error) {
	if err := v.need(PayOut); err != nil {
		return 0, err
	}
	if _, err := readRows(name, body, ReceiptColumns(), maxReceipts); err != nil {
		return 0, err
	}
	return a.keepImport(ctx, v, store.Import{Kind: receiptImport, Name: name, Body: body})
}

// ReceiptImports lists the files that were brought, newest first.
func (a *App) ReceiptImports(ctx context.Context, v Viewer) ([]store.Import, error) {
	return a.importsOf(ctx, v, PayOut, receiptImport)
}

// CheckReceipts says what importing a kept file would do now.
func (a *App) CheckReceipts(ctx context.Context, v Viewer, id int64) (ReceiptCheck, error) {
	var c ReceiptCheck
	if err := v.need(PayOut); err != nil {
		return c, err
	}
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		c = ReceiptCheck{}
		return c.load(r, id)
	})
	return c, err
}

func (c *ReceiptCheck) load(r *store.Reader, id int64) error {
	var err error
	if c.File, err = kept(r, id, receiptImport); err != nil {
		return err
	}
	if c.table, err = sheet.Read(c.File.Body, c.File.Name, ReceiptColumns()); err != nil {
		return err
	}
	c.Problems = sheet.Problems{}
	orders := map[string]*paidOrder{}
	seen := map[policy.GrantID]int{}
	for row := range c.table.All(c.Problems) {
		x, err := readReceipt(r, row, orders)
		if err != nil {
			return err
		}
		if !row.OK() {
			continue
		}
		if first := seen[x.Grant.ID]; first != 0 {
			row.Fail("code", "与第 %d 行是同一笔", "it is the same payment as in row %d", first)
			continue
		}
		seen[x.Grant.ID] = x.Row
		c.Lines = append(c.Lines, x)
		sum := &c.Failed
		if x.Paid {
			sum = &c.Paid
		}
		sum.Pieces, sum.Amount = sum.Pieces+1, sum.Amount+x.Grant.Amount
	}
	c.Paid.State, c.Failed.State, c.Rows = policy.Paid, policy.Failed, c.Problems.Rows()
	return nil
}

// paidOrder is an order that a file names, with its grants by code.
type paidOrder struct {
	store.PayOrder
	grants map[string][]policy.Grant
}

func loadOrder(r *store.Reader, number string) (*paidOrder, error) {
	o, err := r.PayOrder(number)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil, nil
		}
		return nil, err
	}
	list, err := r.Grants(store.Reach{All: true}, store.GrantFilter{Order: number})
	out := &paidOrder{PayOrder: o, grants: map[string][]policy.Grant{}}
	for _, g := range list {
		out.grants[g.Code] = append(out.grants[g.Code], g)
	}
	return out, err
}

// readReceipt reads a row beside the order it names; what is wrong is recorded with the row.
func readReceipt(r *store.Reader, row sheet.Row, orders map[string]*paidOrder) (ReceiptLine, error) {
	x := ReceiptLine{Row: row.Number, Reason: row.Text("reason")}
	number := row.Text("order")
	o, known := orders[number]
	if !known && number != "" {
		var err error
		if o, err = loadOrder(r, number); err != nil {
			return x, err
		}
		orders[number] = o
	}
	if o == nil {
		if number != "" {
			row.Fail("order", "没有编号为 %s 的拨付指令", "there is no order %s", number)
		}
		return x, nil
	}
	switch row.Text("result") {
	case "成功", "已到账", "到账", "paid":
		x.Paid = true
	case "失败", "退回", "failed":
		if n := len([]rune(x.Reason)); n < 2 || n > 200 {
			row.Fail("reason", "失败的请写明原因，2 至 200 个字", "say why it failed, in 2 to 200 characters")
		}
	case "":
	default:
		row.Fail("result", "应填“成功”或“失败”", "write paid or failed")
	}
	if date := row.Date("date"); !date.IsZero() {
		x.Day = calendar.Date(date.Year(), date.Month(), date.Day())
		if x.Day < calendar.DayOf(o.At) || x.Day > calendar.DayOf(r.Now) {
			row.Fail("date", "日期应在指令下达日（%s）与今天之间", "the date lies between the order (%s) and today", calendar.DayOf(o.At))
		}
	}
	o.find(row, &x)
	return x, nil
}

// find looks the grant up that a row is about.
func (o *paidOrder) find(row sheet.Row, x *ReceiptLine) {
	code := row.Text("code")
	list := o.grants[code]
	if piece := row.Text("piece"); piece != "" {
		list = slices.DeleteFunc(slices.Clone(list), func(g policy.Grant) bool { return strconv.FormatInt(int64(g.ID), 10) != piece })
	}
	switch {
	case code == "":
		return
	case len(list) == 0:
		row.Fail("code", "指令 %s 中没有这家企业的这一笔", "order %s has no such payment to this enterprise", o.Number)
		return
	case len(list) > 1:
		row.Fail("piece", "这家企业在指令中有 %d 笔，请填写笔号", "the order pays this enterprise %d times; give the piece", len(list))
		return
	}
	x.Grant = list[0]
	if x.Grant.State != policy.Ordered {
		row.Fail("result", "这一笔已登记为“%[1]s”", "this payment stands as “%[2]s” already", x.Grant.State.Name().ZH, x.Grant.State.Name().EN)
	}
	if text := row.Text("amount"); text != "" {
		if n, err := ParseMoney("amount", text, "元"); err != nil {
			fail(row, "amount", err)
		} else if n != x.Grant.Amount {
			row.Fail("amount", "与指令金额 %s 元不一致", "the order says CNY %s", rules.FormatMoney(x.Grant.Amount))
		}
	}
}

// ErrorRows is the file handed back, its wrong rows marked and a column 错误说明 added.
func (c ReceiptCheck) ErrorRows(l lang.Lang) ([]byte, error) {
	return sheet.WithErrors(c.table, c.Problems.Texts(l), l)
}

// ApplyReceipts books the right rows of a kept file, all of them or none. lines is how many the check showed: when it is another
// number now, nothing is booked.
func (a *App) ApplyReceipts(ctx context.Context, v Viewer, id int64, lines int, key string) error {
	if err := v.need(PayOut); err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		var c ReceiptCheck
		if err := c.load(&e.tx.Reader, id); err != nil {
			return err
		}
		if !c.File.Done.IsZero() {
			return fault.New(fault.Conflict, "这份文件已经导入过。", "This file has been imported already.")
		}
		if err := confirmed(lines, len(c.Lines)); err != nil {
			return err
		}
		if err := a.bookReceipts(e, v, c.Lines); err != nil {
			return err
		}
		summary := fmt.Sprintf("到账 %d 笔 %s 元，退回 %d 笔 %s 元，未导入 %d 行", c.Paid.Pieces, rules.FormatMoney(c.Paid.Amount), c.Failed.Pieces, rules.FormatMoney(c.Failed.Amount), len(c.Rows))
		e.record("receipts.import", "import:"+strconv.FormatInt(id, 10), c.File.Name, summary)
		return e.tx.FinishImport(id, summary)
	})
}

func (a *App) bookReceipts(e *edit, v Viewer, lines []ReceiptLine) error {
	agents, err := e.tx.AgentsOf(codesOf(lines, func(x ReceiptLine) string { return x.Grant.Code }))
	if err != nil {
		return err
	}
	var moves []ledger.Transfer
	var paid []store.Payout
	for _, x := range lines {
		item := e.was.GrantItem(x.Grant)
		s := policy.Step{Act: policy.Fail, By: policy.Person(v.Person), Part: v.partsAt(false, false), Note: x.Reason, Ref: x.Grant.Order, Now: e.tx.Now}
		if x.Paid {
			s.Act, s.Note = policy.Pay, ""
		}
		now, ev, err := x.Grant.Do(s, termsOf(item), e.was.Calendar)
		if err != nil {
			return err
		}
		if x.Paid {
			now.Done = x.Day.Start()
			moves = append(moves, moneyOf(now, "pay", orderedAccount(now.Fund), enterpriseAccount(now.Code)))
			paid = append(paid, payoutOf(e.was, now, x.Day))
		} else {
			moves = append(moves, moneyOf(now, "fail", orderedAccount(now.Fund), fundAccount(now.Fund)))
		}
		if err := e.tx.MoveGrant(x.Grant, now, ev); err != nil {
			return err
		}
		if err := tellGrants(e.tx, e.was, item, []policy.Grant{now}, s.Act, agents); err != nil {
			return err
		}
	}
	if err := postWhole(e.tx, moves); err != nil {
		return err
	}
	return e.tx.AddPayouts(paid, v.Person)
}

// payoutOf is the line of the payouts that a paid grant makes.
func payoutOf(z *Zone, g policy.Grant, day calendar.Day) store.Payout {
	p := store.Payout{Month: yearMonth(day.Start()), Item: g.Item, Title: z.PolicyName(g.Item, g.Version).ZH, Way: "grant", Code: g.Code, Name: g.Name, Area: g.Area, Pieces: 1, Amount: g.Amount,
		Source: "拨付回执", Grant: int64(g.ID)}
	if x := z.GrantItem(g); x != nil {
		p.Way, p.Kind = string(x.Way), x.Kind.ZH
	}
	return p
}
