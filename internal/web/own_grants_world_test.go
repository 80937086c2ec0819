package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/store"
)

// grantOffice is a policy office with a paying office, a fund and a list, on which the agent's enterprise stands.
type grantOffice struct {
	*policyOffice
	finance app.Viewer
	fund    int64
	list    int64
}

const ownCode = 1 // number of the enterprise that the agent acts for

func newGrantOffice(t testing.TB) *grantOffice {
	ctx := context.Background()
	g := &grantOffice{policyOffice: newPolicyOffice(t)}
	g.finance = g.staff("finance", casework.Duty{Role: app.RoleFinance, Area: "330108"})
	g.actsFor(g.agent, exampleUSCC(ownCode))
	var err error
	g.fund, err = g.app.AddFund(ctx, g.finance, app.FundForm{Name: "示例：稳岗资金", Year: "2026", Unit: "示例：区人力社保部门"}, "fund")
	g.ok(err)
	g.ok(g.app.AllotFund(ctx, g.finance, g.fund, "500万元", "示例〔2026〕3 号", "", "allot"))
	p, err := g.app.PreviewList(ctx, g.desk, "stable-jobs-example")
	g.ok(err)
	g.list, err = g.app.MakeList(ctx, g.desk, app.ListForm{Item: "stable-jobs-example", Fund: g.fund, New: p.New}, "list")
	g.ok(err)
	return g
}

// listed is the agent's grant of the list.
func (g *grantOffice) listed() app.GrantLine {
	g.t.Helper()
	p, err := g.app.GrantsPage(context.Background(), g.agent, store.GrantFilter{List: g.list})
	g.ok(err)
	if len(p.Lines) != 1 {
		g.t.Fatalf("%d grants of the agent's", len(p.Lines))
	}
	return p.Lines[0]
}

// cleared publishes what is confirmed and lets publicity pass.
func (g *grantOffice) cleared() {
	g.t.Helper()
	_, err := g.app.PublishGrants(context.Background(), g.desk, g.list, "", "publish")
	g.ok(err)
	g.Pass(9 * 24 * time.Hour)
	_, err = g.app.MoveDueGrants(context.Background(), binjiang)
	g.ok(err)
}

// pays orders what can be ordered and brings the bank's receipt: 成功, or a reason why it came back.
func (g *grantOffice) pays(result string) {
	g.t.Helper()
	ctx := context.Background()
	p, err := g.app.PreviewOrder(ctx, g.finance, app.OrderForm{Fund: g.fund})
	g.ok(err)
	g.n++
	_, err = g.app.MakeOrder(ctx, g.finance, app.OrderForm{Fund: g.fund, Pieces: p.Pieces}, fmt.Sprint("order", g.n))
	g.ok(err)
	x := g.listed()
	reason := ""
	if result != "成功" {
		result, reason = "失败", result
	}
	id, err := g.app.KeepReceipts(ctx, g.finance, "回执.csv", []byte("拨付指令号,统一社会信用代码,金额（元）,结果,原因,日期\n"+
		strings.Join([]string{x.Order, x.Code, rules.FormatMoney(x.Amount), result, reason, g.Now().Format(time.DateOnly)}, ",")+"\n"))
	g.ok(err)
	g.ok(g.app.ApplyReceipts(ctx, g.finance, id, 1, fmt.Sprint("receipt", g.n)))
}

// recalls proposes that the agent's grant is paid back.
func (g *grantOffice) recalls(reason string) {
	g.t.Helper()
	g.ok(g.app.MoveGrant(context.Background(), g.desk, g.listed().ID, policy.Recover, reason, "recover"))
}

// payoutRows are payouts of another system.
func payoutRows() []string {
	return []string{"月份,事项,方式,险种（税种）,统一社会信用代码,企业名称,区域,件数,金额（万元）",
		"2026-01,示例：留抵退税,退税,增值税," + exampleUSCC(1) + ",,,1,120.5",
		"2026-02,示例：留抵退税,退税,增值税," + exampleUSCC(2) + ",,,1,88",
		"2026-02,示例：降低失业保险费率,减征,失业保险," + exampleUSCC(3) + ",,,1,0.59",
		"2025-02,示例：留抵退税,退税,增值税," + exampleUSCC(2) + ",,,1,44"}
}

// filterOf selects the grants of an enterprise in a state.
func filterOf(code string, s policy.State) store.GrantFilter {
	return store.GrantFilter{Code: code, States: []policy.State{s}}
}
