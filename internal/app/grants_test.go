package app_test

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
)

// payer is a district with enterprises that may have what the example items give.
type payer struct {
	*apptest.World
	desk, second app.Viewer // of the policy desk
	finance      app.Viewer
	agent        app.Viewer // acts for the enterprises 1 and 2
	fund         int64
	keys         int
}

const (
	stableJobs = "stable-jobs-example" // by itself, public for five working days
	firstScale = "first-scale-example" // applied for
)

func newPayer(t *testing.T, w *apptest.World) *payer {
	t.Helper()
	p := &payer{World: w, desk: w.Staff("zc1", "兑现岗三号", casework.Duty{Role: app.RolePolicyDesk, Area: "330108"})}
	p.second = w.Staff("zc2", "兑现岗二号", casework.Duty{Role: app.RolePolicyDesk, Area: "330108"})
	p.finance = w.Staff("bf", "拨付岗一号", casework.Duty{Role: app.RoleFinance, Area: "330108"})
	for n := range 4 {
		p.enterprise(n, 12000*(n+1))
	}
	p.agent = w.Resident("13800000051")
	p.actsFor(p.agent, 1)
	p.actsFor(p.agent, 2)
	var err error
	p.fund, err = w.App.AddFund(t.Context(), p.finance, app.FundForm{Name: "示例：稳岗资金", Year: "2026", Unit: "示例：区人力社保部门"}, p.key())
	w.OK(err)
	return p
}

func (p *payer) key() string { p.keys++; return "pk" + strconv.Itoa(p.keys) }

// enterprise is one for whom the example of refunds comes to 60% of what it paid, in yuan.
func (p *payer) enterprise(n, paid int) {
	p.T.Helper()
	_, err := p.App.Say(p.T.Context(), p.desk, app.Saying{Code: exampleCode("330108", n), Name: fmt.Sprintf("虚构企业%d", n), Source: "示例来源", AsOf: p.Now().In(calendar.Zone()).Format(time.DateOnly),
		Values: map[string]string{"unemployment_months": "24", "layoffs": "0%", "insured": "50", "kind": "company", "size": "small", "unemployment_paid": fmt.Sprintf("%d元", paid), "area": "330108001",
			"industry": "C3912", "revenue": "3000万元", "scaled_on": "2026-01-15", "marks": "none"}}, p.key())
	p.OK(err)
}

func (p *payer) actsFor(v app.Viewer, n int) {
	p.T.Helper()
	p.OK(p.App.AskAgency(p.T.Context(), v, exampleCode("330108", n), "agent", "持有营业执照", p.key()))
	asked, err := p.App.AgenciesAsked(p.T.Context(), p.desk)
	p.OK(err)
	p.OK(p.App.DecideAgency(p.T.Context(), p.desk, asked[0].ID, true, "", p.key()))
}

func (p *payer) list() int64 {
	p.T.Helper()
	preview, err := p.App.PreviewList(p.T.Context(), p.desk, stableJobs)
	p.OK(err)
	id, err := p.App.MakeList(p.T.Context(), p.desk, app.ListForm{Item: stableJobs, Fund: p.fund, New: preview.New}, p.key())
	p.OK(err)
	return id
}

// grants are those of the filter, by code.
func (p *payer) grants(f store.GrantFilter) map[string]app.GrantLine {
	p.T.Helper()
	page, err := p.App.GrantsPage(p.T.Context(), p.desk, f)
	p.OK(err)
	out := map[string]app.GrantLine{}
	for _, l := range page.Lines {
		out[l.Code] = l
	}
	return out
}

var exampleAccount = app.GrantAccount{Name: "虚构企业", Bank: "示例银行滨江支行", Number: "6222 0000 1111 2222"}

// tick lets time go by and runs the clock of grants.
func (p *payer) tick(d time.Duration) {
	p.T.Helper()
	p.Pass(d)
	_, err := p.App.MoveDueGrants(p.T.Context(), apptest.Zone)
	p.OK(err)
}

// approved is a list whose grants of enterprises 1 and 2 may be ordered.
func (p *payer) approved() int64 {
	p.T.Helper()
	list := p.list()
	for _, n := range []int{1, 2} {
		p.OK(p.App.ConfirmGrant(p.T.Context(), p.agent, p.grants(store.GrantFilter{List: list})[exampleCode("330108", n)].ID, exampleAccount, p.key()))
	}
	n, err := p.App.PublishGrants(p.T.Context(), p.desk, list, "", p.key())
	p.OK(err)
	if n != 2 {
		p.T.Fatalf("%d published", n)
	}
	p.tick(8 * 24 * time.Hour)
	return list
}

func (p *payer) states(f store.GrantFilter) string {
	p.T.Helper()
	page, err := p.App.GrantsPage(p.T.Context(), p.desk, f)
	p.OK(err)
	var out []string
	for _, s := range page.States {
		out = append(out, fmt.Sprintf("%s %d", s.State, s.Pieces))
	}
	return strings.Join(out, ", ")
}

func kindOf(err error) fault.Kind { return fault.KindOf(err) }

// TestAGrantGoesFromTheListToTheMoneyAndBack is the whole road of 免申即享: list, confirm, publicity, order, paid and sent back,
// the account corrected, ordered again, figures, recovery.
func TestAGrantGoesFromTheListToTheMoneyAndBack(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		p, ctx := newPayer(t, w), t.Context()
		preview, err := w.App.PreviewList(ctx, p.desk, stableJobs)
		w.OK(err)
		if preview.Matched != 4 || preview.New != 4 || preview.Amount != 7200_00+14400_00+21600_00+28800_00 || preview.Period != "2026" || len(preview.Left) != 0 {
			t.Fatalf("preview: %+v", preview)
		}
		if _, err := w.App.MakeList(ctx, p.desk, app.ListForm{Item: stableJobs, Fund: p.fund, New: 3}, p.key()); kindOf(err) != fault.Conflict {
			t.Errorf("another number than was shown: %v", err)
		}
		list := p.approved()
		if got := p.states(store.GrantFilter{List: list}); got != "listed 2, approved 2" {
			t.Fatalf("before the order: %s", got)
		}
		again, err := w.App.PreviewList(ctx, p.second, stableJobs)
		w.OK(err)
		if again.New != 0 || len(again.Left) != 1 || again.Left[0].ID != "had" || again.Left[0].Pieces != 4 {
			t.Errorf("a second list: %+v", again)
		}

		// The order is refused as a whole while the budget is short, and made once however often it is asked for.
		form := app.OrderForm{Fund: p.fund, Pieces: 2}
		if _, err := w.App.MakeOrder(ctx, p.finance, form, p.key()); kindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err, lang.ZH), "还差 36000 元") {
			t.Errorf("without budget: %v", err)
		}
		w.OK(w.App.AllotFund(ctx, p.finance, p.fund, "10万元", "示例〔2026〕1号", "", p.key()))
		if err := w.App.AllotFund(ctx, p.finance, p.fund, "10万元", "示例〔2026〕1号", "", p.key()); kindOf(err) != fault.Conflict {
			t.Errorf("one document twice: %v", err)
		}
		if err := w.App.AllotFund(ctx, p.finance, p.fund, "100000", "示例〔2026〕2号", "", p.key()); kindOf(err) != fault.Invalid {
			t.Errorf("a number without a unit: %v", err)
		}
		number, err := w.App.MakeOrder(ctx, p.finance, form, "order-key")
		w.OK(err)
		if twice, err := w.App.MakeOrder(ctx, p.finance, form, "order-key"); err != nil || twice != number || number != "BF-330108-2026-0001" {
			t.Errorf("order %s, again %s, %v", number, twice, err)
		}
		fund, err := w.App.FundPage(ctx, p.finance, p.fund)
		w.OK(err)
		if fund.Allotted != 100_000_00 || fund.Ordered != 36000_00 || fund.Left != 64000_00 || fund.Paid != 0 {
			t.Errorf("fund: %+v", fund.FundSum)
		}
		verifies(t, w)

		// The bank pays one and sends the other back.
		var book bytes.Buffer
		w.OK(w.App.ExportOrder(ctx, p.finance, number, lang.ZH, &book))
		if err := w.App.ExportOrder(ctx, p.desk, number, lang.ZH, &book); kindOf(err) != fault.Forbidden {
			t.Errorf("the desk takes account numbers out: %v", err)
		}
		head := "拨付指令号,统一社会信用代码,金额（元）,结果,原因,日期\n"
		day := p.Now().In(calendar.Zone()).Format(time.DateOnly)
		row := func(n int, amount, result, reason, day string) string {
			return strings.Join([]string{number, exampleCode("330108", n), amount, result, reason, day}, ",") + "\n"
		}
		file, err := w.App.KeepReceipts(ctx, p.finance, "回执.csv", []byte(head+row(1, "14400", "成功", "", day)+row(2, "", "失败", "", day)+row(3, "", "成功", "", day)+
			row(1, "", "成功", "", "2026-01-01")+strings.Replace(row(2, "1", "已完成", "", day), number, "BF-1", 1)+row(2, "1", "成功", "", day)))
		w.OK(err)
		c, err := w.App.CheckReceipts(ctx, p.finance, file)
		w.OK(err)
		if fmt.Sprint(c.Rows) != "[3 4 5 6 7]" || len(c.Lines) != 1 || c.Paid.Amount != 14400_00 {
			t.Fatalf("receipts: rows %v wrong, %+v, %v", c.Rows, c.Lines, c.Problems.Texts(lang.ZH))
		}
		for at, part := range map[int]string{3: "写明原因", 4: "没有这家企业", 5: "下达日", 6: "没有编号", 7: "不一致"} {
			if got := strings.Join(c.Problems.Texts(lang.ZH)[at], ""); !strings.Contains(got, part) {
				t.Errorf("row %d: %q, want %q", at, got, part)
			}
		}
		handed, err := c.ErrorRows(lang.ZH)
		w.OK(err)
		if back, err := sheet.Read(handed, "回执.xlsx", app.ReceiptColumns()); err != nil || len(back.Rows) != 6 {
			t.Errorf("handed back: %d rows, %v", len(back.Rows), err)
		}
		w.OK(w.App.ApplyReceipts(ctx, p.finance, file, 1, p.key()))
		if err := w.App.ApplyReceipts(ctx, p.finance, file, 1, p.key()); kindOf(err) != fault.Conflict {
			t.Errorf("the file twice: %v", err)
		}
		p.receipt(head + row(2, "", "失败", "账号有误", day))
		if got := p.states(store.GrantFilter{Order: number}); got != "failed 1, paid 1" {
			t.Errorf("after the receipts: %s", got)
		}
		verifies(t, w)

		// The account is corrected, and the payment ordered again by a second order.
		sentBack := p.grants(store.GrantFilter{List: list})[exampleCode("330108", 2)].ID
		if err := w.App.CorrectAccount(ctx, p.agent, sentBack, app.GrantAccount{}, p.key()); kindOf(err) != fault.Invalid {
			t.Errorf("corrected by the account that failed: %v", err)
		}
		other := exampleAccount
		other.Number = "62220000111133"
		w.OK(w.App.CorrectAccount(ctx, p.agent, sentBack, other, p.key()))
		second, err := w.App.MakeOrder(ctx, p.finance, app.OrderForm{Fund: p.fund, List: list, Pieces: 1}, p.key())
		w.OK(err)
		p.receipt(strings.ReplaceAll(head+row(2, "", "成功", "", day), number, second))
		page, err := w.App.GrantPage(ctx, p.agent, sentBack)
		w.OK(err)
		if page.State != policy.Paid || page.Bank.Number != "****1133" || len(page.Events) != 9 || len(page.Moves) != 0 {
			t.Errorf("paid in the end: %s to %s, %d events, %v", page.State, page.Bank.Number, len(page.Events), page.Moves)
		}
		f, err := w.App.PayoutFigures(ctx, p.desk, app.FigureFilter{From: 202603, To: 202603})
		w.OK(err)
		if f.Total.Amount != 36000_00 || f.Total.Enterprises != 2 || f.Total.Pieces != 2 {
			t.Errorf("figures: %+v", f.Total)
		}

		// A recovery is proposed by one and booked by another, in another month.
		w.OK(w.App.MoveGrant(ctx, p.desk, sentBack, policy.Recover, "核查发现条件不符", p.key()))
		p.tick(31 * 24 * time.Hour)
		if err := w.App.MoveGrant(ctx, p.desk, sentBack, policy.Book, "", p.key()); kindOf(err) != fault.Forbidden {
			t.Errorf("the desk books: %v", err)
		}
		w.OK(w.App.MoveGrant(ctx, p.finance, sentBack, policy.Book, "", p.key()))
		for span, want := range map[[2]int]policy.Figures{{202603, 202603}: {Pieces: 2, Enterprises: 2, Amount: 36000_00}, {202604, 202604}: {Pieces: -1, Amount: -21600_00}, {202603, 202604}: {Pieces: 1, Enterprises: 1, Amount: 14400_00}} {
			if f, err := w.App.PayoutFigures(ctx, p.desk, app.FigureFilter{From: span[0], To: span[1]}); err != nil || f.Total.Figures != want {
				t.Errorf("%v: %+v, want %+v, %v", span, f.Total, want, err)
			}
		}
		if fund, err = w.App.FundPage(ctx, p.finance, p.fund); err != nil || fund.Left != 100_000_00-14400_00 || fund.Paid != 14400_00 {
			t.Errorf("fund in the end: %+v, %v", fund.FundSum, err)
		}
		if got := p.states(store.GrantFilter{List: list}); got != "paid 1, recovered 1, lapsed 2" {
			t.Errorf("in the end: %s", got)
		}
		verifies(t, w)
	})
}

// receipt imports a bank's file without mistakes.
func (p *payer) receipt(text string) {
	p.T.Helper()
	file, err := p.App.KeepReceipts(p.T.Context(), p.finance, "回执.csv", []byte(text))
	p.OK(err)
	c, err := p.App.CheckReceipts(p.T.Context(), p.finance, file)
	p.OK(err)
	if len(c.Rows) > 0 {
		p.T.Fatalf("receipts: %v", c.Problems.Texts(lang.ZH))
	}
	p.OK(p.App.ApplyReceipts(p.T.Context(), p.finance, file, len(c.Lines), p.key()))
}

func TestAnApplicationIsDecidedAndPaid(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		p, ctx := newPayer(t, w), t.Context()
		code := exampleCode("330108", 1)
		form := app.GrantForm{Account: exampleAccount, Note: "首次上规模"}
		if _, err := w.App.ApplyForGrant(ctx, w.Resident("13800000052"), code, firstScale, form, p.key()); kindOf(err) != fault.Forbidden {
			t.Errorf("a stranger applies: %v", err)
		}
		if _, err := w.App.ApplyForGrant(ctx, p.agent, code, stableJobs, form, p.key()); kindOf(err) != fault.Conflict {
			t.Errorf("an item that comes by itself: %v", err)
		}
		id, err := w.App.ApplyForGrant(ctx, p.agent, code, firstScale, form, "once")
		w.OK(err)
		if again, err := w.App.ApplyForGrant(ctx, p.agent, code, firstScale, form, "once"); err != nil || again != id {
			t.Errorf("the same form twice: %d and %d, %v", id, again, err)
		}
		if _, err := w.App.ApplyForGrant(ctx, p.agent, code, firstScale, form, p.key()); kindOf(err) != fault.Conflict {
			t.Errorf("a second application: %v", err)
		}
		page, err := w.App.GrantPage(ctx, p.desk, id)
		w.OK(err)
		if page.Amount != 200_000_00 || !page.Promised || page.Bank.Number != "" || fmt.Sprint(page.Moves) != "[return refuse accept]" {
			t.Errorf("at the desk: %+v, %v", page.GrantLine, page.Moves)
		}
		w.OK(w.App.MoveGrant(ctx, p.desk, id, policy.Return, "缺少财务报表", p.key()))
		w.OK(w.App.ResubmitGrant(ctx, p.agent, id, app.GrantForm{Note: "已补报表"}, p.key()))
		if err := w.App.AcceptGrant(ctx, p.desk, id, app.AcceptForm{Fund: p.fund, Amount: "15万元"}, p.key()); kindOf(err) != fault.Invalid {
			t.Errorf("another amount without a reason: %v", err)
		}
		w.OK(w.App.AcceptGrant(ctx, p.desk, id, app.AcceptForm{Fund: p.fund}, p.key()))
		_, err = w.App.PublishGrants(ctx, p.desk, 0, firstScale, p.key())
		w.OK(err)
		if lines, _, err := w.App.PublishedGrants(ctx, app.Viewer{Zone: apptest.Zone}, 0); err != nil || len(lines) != 1 || lines[0].Amount != 200_000_00 {
			t.Errorf("published: %+v, %v", lines, err)
		}
		w.OK(w.App.MoveGrant(ctx, w.Resident("13800000053"), id, policy.Object, "该企业并非首次上规模", p.key()))
		p.tick(9 * 24 * time.Hour)
		if got := p.states(store.GrantFilter{Applied: true}); got != "objected 1" {
			t.Errorf("with an open objection: %s", got)
		}
		w.OK(w.App.MoveGrant(ctx, p.second, id, policy.Dismiss, "经核实为首次上规模", p.key()))
		p.tick(time.Hour)
		w.OK(w.App.AllotFund(ctx, p.finance, p.fund, "20万元", "示例〔2026〕1号", "", p.key()))
		number, err := w.App.MakeOrder(ctx, p.finance, app.OrderForm{Fund: p.fund, Item: firstScale, Pieces: 1}, p.key())
		w.OK(err)
		p.receipt("拨付指令号,统一社会信用代码,结果,日期\n" + number + "," + code + ",成功," + p.Now().In(calendar.Zone()).Format(time.DateOnly) + "\n")
		messages, _, err := w.App.Messages(ctx, p.agent, 0, 50)
		w.OK(err)
		if len(messages) != 4 || !strings.HasPrefix(messages[0].ZH, "“示例：首次上规模奖励” 200000 元已到账") {
			t.Errorf("%d messages: %+v", len(messages), messages)
		}
		r, err := w.App.GrantRates(ctx, p.desk, app.FigureFilter{From: 202601, To: 202612})
		w.OK(err)
		if r.Paid != 1 || r.Due != 1 || r.Mean < 8*24*time.Hour || r.Mean > 9*24*time.Hour {
			t.Errorf("rates: %+v", r)
		}
		verifies(t, w)
	})
}

// TestNobodyPaysWhatTheyChose holds the second person to account, under every entry of the same human being.
func TestNobodyPaysWhatTheyChose(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		p, ctx := newPayer(t, w), t.Context()
		both := w.StaffWithPhone("both", "两岗一号", "13800000051", casework.Duty{Role: app.RolePolicyDesk, Area: "330108"}, casework.Duty{Role: app.RoleFinance, Area: "330108"})
		p.desk = both
		p.approved()
		w.OK(w.App.AllotFund(ctx, p.finance, p.fund, "10万元", "示例〔2026〕1号", "", p.key()))
		if _, err := w.App.MakeOrder(ctx, both, app.OrderForm{Fund: p.fund, Pieces: 2}, p.key()); kindOf(err) != fault.Forbidden {
			t.Errorf("who made the list orders: %v", err)
		}
		id, err := w.App.ApplyForGrant(ctx, p.agent, exampleCode("330108", 1), firstScale, app.GrantForm{}, p.key()) // with the account told before
		w.OK(err)
		if err := w.App.AcceptGrant(ctx, both, id, app.AcceptForm{Fund: p.fund}, p.key()); kindOf(err) != fault.Forbidden {
			t.Errorf("the agent, who works at the desk, accepts: %v", err)
		}
		w.OK(w.App.AcceptGrant(ctx, p.second, id, app.AcceptForm{Fund: p.fund}, p.key()))
	})
}

func TestTwoAgentsConfirmAtOnce(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		p, ctx := newPayer(t, w), t.Context()
		other := w.Resident("13800000054")
		p.actsFor(other, 1)
		id := p.grants(store.GrantFilter{List: p.list()})[exampleCode("330108", 1)].ID
		var wg sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			wg.Go(func() {
				v := []app.Viewer{p.agent, other}[i%2]
				if i%3 == 2 {
					errs[i] = w.App.MoveGrant(ctx, v, id, policy.Waive, "", fmt.Sprint("both", i))
				} else {
					errs[i] = w.App.ConfirmGrant(ctx, v, id, exampleAccount, fmt.Sprint("both", i))
				}
			})
		}
		wg.Wait()
		page, err := w.App.GrantPage(ctx, p.agent, id)
		w.OK(err)
		ok := 0
		for _, err := range errs {
			if err == nil {
				ok++
			} else if kindOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		if ok != len(page.Events)-1 || ok > 2 || ok < 1 || page.State != policy.Confirmed && page.State != policy.Waived {
			t.Errorf("%d succeeded, %d events, %s", ok, len(page.Events), page.State)
		}
		verifies(t, w)
	})
}

func TestAListIsRefreshedAndLapses(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		p, ctx := newPayer(t, w), t.Context()
		list := p.list()
		w.OK(w.App.MoveGrant(ctx, p.agent, p.grants(store.GrantFilter{List: list})[exampleCode("330108", 2)].ID, policy.Waive, "", p.key()))
		if err := w.App.MoveGrant(ctx, p.desk, p.grants(store.GrantFilter{List: list})[exampleCode("330108", 1)].ID, policy.Waive, "", p.key()); kindOf(err) != fault.Forbidden {
			t.Errorf("the desk waives: %v", err)
		}
		p.enterprise(9, 100)
		preview, err := w.App.PreviewRefresh(ctx, p.desk, list)
		w.OK(err)
		if preview.New != 1 || preview.Amount != 60_00 {
			t.Fatalf("refresh: %+v", preview)
		}
		w.OK(w.App.RefreshList(ctx, p.desk, list, 1, p.key()))
		page, err := w.App.ListPage(ctx, p.desk, list, store.GrantFilter{})
		w.OK(err)
		if page.Pieces != 5 || len(page.Lines) != 5 || page.ListLine.Fund != "示例：稳岗资金" {
			t.Errorf("the list: %d, %d lines, %q", page.Pieces, len(page.Lines), page.ListLine.Fund)
		}
		p.tick(31 * 24 * time.Hour)
		if got := p.states(store.GrantFilter{List: list}); got != "waived 1, lapsed 4" {
			t.Errorf("after a month: %s", got)
		}
		verifies(t, w)
	})
}

// TestAnEventListsByItself publishes a version in which an item with a trigger is in force.
func TestAnEventListsByItself(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		p, ctx := newPayer(t, w), t.Context()
		author := w.Staff("bz", "编制岗一号", casework.Duty{Role: app.RolePolicyAuthor, Area: "330108"})
		text, err := w.App.RuleText(ctx, author, "policies", 1)
		w.OK(err)
		at := strings.Index(string(text), "trigger: guided_on\n")
		if at < 0 {
			t.Fatal("no item has a trigger")
		}
		next := string(text[:at]) + strings.Replace(string(text[at:]), "to: 2025-12-31", "to: 2030-12-31", 1)
		version, err := w.App.DraftRules(ctx, author, "policies", "p.yaml", []byte(next), p.key())
		w.OK(err)
		w.OK(w.App.Publish(ctx, author, "policies", "policies", version, p.key()))
		count := func() int {
			n, err := w.App.ListTriggered(ctx, apptest.Zone)
			w.OK(err)
			return n
		}
		if n := count(); n != 0 {
			t.Errorf("%d listed before the event", n)
		}
		say := func(n int) {
			_, err := w.App.Say(ctx, p.desk, app.Saying{Code: exampleCode("330108", n), Source: "示例来源", AsOf: "2026-03-02", Values: map[string]string{"reformed_on": "2025-12-01", "guided_on": "2026-03-01"}}, p.key())
			w.OK(err)
		}
		say(1)
		if a, b := count(), count(); a != 1 || b != 0 {
			t.Errorf("after the event %d, then %d", a, b)
		}
		g := p.grants(store.GrantFilter{Item: "listing-reform"})[exampleCode("330108", 1)]
		if g.Amount != 1_000_000_00 || g.Period != "" || g.Fund != 0 {
			t.Errorf("%+v", g.Grant)
		}
		w.OK(w.App.MoveGrant(ctx, p.agent, g.ID, policy.Waive, "", p.key()))
		say(2)
		if n := count(); n != 1 {
			t.Errorf("%d listed after the second event: who waived is not asked again", n)
		}
		w.OK(w.App.AssignFund(ctx, p.desk, g.List, p.fund, p.key()))
		if x := p.grants(store.GrantFilter{Item: "listing-reform"})[exampleCode("330108", 2)]; x.Fund != p.fund || x.List != g.List {
			t.Errorf("the same list goes on, with a fund: %+v", x.Grant)
		}
		verifies(t, w)
	})
}
