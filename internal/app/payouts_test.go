package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
	"gezhi/internal/store"
)

const payoutHead = "月份,事项,方式,险种,统一社会信用代码,企业名称,街道,件数,金额（万元）\n"

func TestPayoutsOfOtherSystemsAreCheckedRowByRow(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx, desk := t.Context(), policyDesk(w)
		row := func(cells ...string) string { return strings.Join(cells, ",") + "\n" }
		one, two := exampleCode("330108", 1), exampleCode("330108", 2)
		rows := []string{
			row("2026-02", "示例：降低失业保险费率", "减征", "失业保险", one, "虚构企业一", "", "1", "0.59"),
			row("2026年1月", "injury-rate", "", "", two, "虚构企业二", "", "", "1.234567"), // an item of the policies tells its way and kind
			row("2026-04", "示例", "减征", "", one, "", "", "", "1"),
			row("2026-02", "示例", "赠送", "", one, "", "", "", "1"),
			row("2026-02", "示例", "", "", one, "", "", "", "1"),
			row("2026-02", "示例", "减征", "", one[:17], "", "", "", "1"),
			row("2026-02", "示例", "减征", "", exampleCode("330108", 3), "", "", "", "1"),
			row("2026-02", "示例", "减征", "", one, "", "月球街道", "", "1"),
			row("2026-02", "示例", "减征", "", one, "", "", "0", "1"),
			row("2026-02", "示例", "减征", "", one, "", "", "", "约3"),
			row("2026-02", "示例", "减征", "", one, "", "", "", "1.23456789"),
			row("2026-02", "示例", "减征", "", one, "", "", "", "-1"),
		}
		keep := func(name, text string) app.PayoutCheck {
			t.Helper()
			id, err := w.App.KeepPayouts(ctx, desk, "示例：税务部门", name, []byte(text))
			w.OK(err)
			c, err := w.App.CheckPayouts(ctx, desk, id)
			w.OK(err)
			return c
		}
		c := keep("错.csv", payoutHead+strings.Join(rows, ""))
		if fmt.Sprint(c.Rows) != "[4 5 6 7 8 9 10 11 12 13]" || c.Ready() {
			t.Errorf("rows %v are wrong: %v", c.Rows, c.Problems.Texts(lang.ZH))
		}
		for at, part := range map[int]string{4: "还没有到", 5: "之一", 6: "填写方式", 7: "18 位", 8: "填写企业名称", 9: "月球街道", 10: "大于零", 11: "约3", 13: "大于零"} {
			if got := strings.Join(c.Problems.Texts(lang.ZH)[at], ""); !strings.Contains(got, part) {
				t.Errorf("row %d: %q, want %q", at, got, part)
			}
		}
		if err := w.App.ApplyPayouts(ctx, desk, c.File.ID, c.Pieces, "k0"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a file with mistakes is entered: %v", err)
		}
		if c := keep("无单位.csv", strings.Replace(payoutHead, "（万元）", "", 1)+rows[0]); len(c.Rows) != 1 || !strings.Contains(c.Problems.Texts(lang.ZH)[2][0], "单位") {
			t.Errorf("an amount without a unit: %v", c.Problems.Texts(lang.ZH))
		}

		wrongCheck := one[:17] + map[bool]string{true: "1", false: "0"}[one[17] == '0']
		if c := keep("校验.csv", payoutHead+row("2026-02", "示例", "减征", "", wrongCheck, "虚构企业三", "", "", "1")); len(c.Rows) != 1 || !strings.Contains(c.Problems.Texts(lang.ZH)[2][0], "校验位不符") {
			t.Errorf("a new enterprise whose code fails its check: %v", c.Problems.Texts(lang.ZH))
		}
		c = keep("对.csv", payoutHead+rows[0]+rows[1])
		if !c.Ready() || c.Amount != 5900_00+12345_67 || c.New != 2 || len(c.Sums) != 2 {
			t.Fatalf("%+v", c)
		}
		w.OK(w.App.ApplyPayouts(ctx, desk, c.File.ID, 2, "k1"))
		if again := keep("同.csv", payoutHead+rows[0]+rows[1]); again.Ready() || again.Before == nil {
			t.Error("the same file counts twice")
		} else if err := w.App.ApplyPayouts(ctx, desk, again.File.ID, 2, "k2"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the same file again: %v", err)
		}
		figures := func(f app.FigureFilter) app.FiguresPage {
			t.Helper()
			p, err := w.App.PayoutFigures(ctx, desk, f)
			w.OK(err)
			return p
		}
		p := figures(app.FigureFilter{By: "kind"})
		if p.From != 202601 || p.To != 202603 || p.Total.Amount != 18245_67 || len(p.Lines) != 2 || p.Lines[0].Key != "工伤保险" || p.Lines[0].Figures != (policy.Figures{Pieces: 1, Enterprises: 1, Amount: 12345_67}) {
			t.Errorf("%+v", p)
		}
		if p := figures(app.FigureFilter{From: 202602, To: 202602}); p.Total.Amount != 5900_00 || p.Cumulative.Amount != 18245_67 {
			t.Errorf("of February %+v, up to it %+v", p.Total, p.Cumulative)
		}
		if _, ok := p.Total.Growth(); ok {
			t.Error("growth beside nothing")
		}
		w.Clock.Pass(366 * 24 * time.Hour)
		if p := figures(app.FigureFilter{}); p.Total.Before.Amount != 18245_67 || p.Total.Amount != 0 {
			t.Errorf("a year later %+v", p.Total)
		}
		w.OK(w.App.UndoPayouts(ctx, desk, c.File.ID, "来源部门更正数据", "k3"))
		if err := w.App.UndoPayouts(ctx, desk, c.File.ID, "来源部门更正数据", "k4"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("taken back twice: %v", err)
		}
		if p := figures(app.FigureFilter{From: 202601, To: 202603}); p.Total.Figures != (policy.Figures{}) {
			t.Errorf("after it was taken back %+v", p.Total)
		}
		if again := keep("再.csv", payoutHead+rows[0]+rows[1]); !again.Ready() {
			t.Error("what was taken back can be entered again")
		}
		verifies(t, w)
	})
}

// granted leaves something in every table of grants and payouts.
func granted(t *testing.T, w *apptest.World) {
	t.Helper()
	p, ctx := newPayer(t, w), t.Context()
	list := p.approved()
	w.OK(w.App.AllotFund(ctx, p.finance, p.fund, "10万元", "示例〔2026〕1号", "", p.key()))
	number, err := w.App.MakeOrder(ctx, p.finance, app.OrderForm{Fund: p.fund, List: list, Pieces: 2}, p.key())
	w.OK(err)
	p.receipt("拨付指令号,统一社会信用代码,结果,日期\n" + number + "," + exampleCode("330108", 1) + ",成功," + w.Now().Format(time.DateOnly) + "\n")
	paid := p.grants(store.GrantFilter{Order: number, States: []policy.State{policy.Paid}})[exampleCode("330108", 1)].ID
	w.OK(w.App.MoveGrant(ctx, p.desk, paid, policy.Recover, "核查发现条件不符", p.key()))
	w.OK(w.App.MoveGrant(ctx, p.finance, paid, policy.Book, "", p.key()))
	id, err := w.App.KeepPayouts(ctx, p.desk, "示例：税务部门", "台账.csv", []byte(payoutHead+"2026-02,示例：降低失业保险费率,减征,失业保险,"+exampleCode("330108", 1)+",,,1,0.59\n"))
	w.OK(err)
	w.OK(w.App.ApplyPayouts(ctx, p.desk, id, 1, p.key()))
}
