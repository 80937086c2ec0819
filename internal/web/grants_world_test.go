package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/policy"
	"gezhi/internal/store"
)

const (
	stableJobs = "stable-jobs-example" // comes by itself, public for five working days
	firstScale = "first-scale-example" // applied for
)

// payers are an office that pays: a policy desk, a second one, a paying office, and an agent of the enterprises 1 and 2.
type payers struct {
	*policyOffice
	second, finance app.Viewer
	keys            int
}

func newPayers(t testing.TB) *payers {
	o := newPolicyOffice(t)
	p := &payers{policyOffice: o, second: o.staff("policy2", casework.Duty{Role: app.RolePolicyDesk, Area: "330108"}), finance: o.staff("finance", casework.Duty{Role: app.RoleFinance, Area: "330108"})}
	o.actsFor(o.agent, exampleUSCC(1))
	o.actsFor(o.agent, exampleUSCC(2))
	return p
}

func (p *payers) key() string { p.keys++; return fmt.Sprint("grant", p.keys) }

// fund is a fund with a hundred thousand yuan.
func (p *payers) fund() int64 {
	p.t.Helper()
	ctx := context.Background()
	id, err := p.app.AddFund(ctx, p.finance, app.FundForm{Name: "示例：稳岗资金", Year: "2026", Unit: "示例：区人力社保部门"}, p.key())
	p.ok(err)
	p.ok(p.app.AllotFund(ctx, p.finance, id, "10万元", "示例〔2026〕1号", "", p.key()))
	return id
}

// grant is the one of an enterprise and an item.
func (p *payers) grant(code, item string) app.GrantLine {
	p.t.Helper()
	page, err := p.app.GrantsPage(context.Background(), p.desk, store.GrantFilter{Code: code, Item: item})
	p.ok(err)
	if len(page.Lines) != 1 {
		p.t.Fatalf("%s has %d grants of %s", code, len(page.Lines), item)
	}
	return page.Lines[0]
}

var exampleAccount = app.GrantAccount{Name: "虚构智能装备有限公司", Bank: "示例银行滨江支行", Number: "6222000011112222"}

// confirm has the agent say yes for an enterprise.
func (p *payers) confirm(code string) policy.GrantID {
	p.t.Helper()
	id := p.grant(code, stableJobs).ID
	p.ok(p.app.ConfirmGrant(context.Background(), p.agent, id, exampleAccount, p.key()))
	return id
}

// wait lets days go by and runs the clock of grants.
func (p *payers) wait(days int) {
	p.t.Helper()
	p.Pass(time.Duration(days) * 24 * time.Hour)
	_, err := p.app.MoveDueGrants(context.Background(), binjiang)
	p.ok(err)
}

// receipt is what a bank says of its payments: code, result, reason.
func (p *payers) receipt(number string, rows ...[3]string) string {
	out := []string{"拨付指令号,统一社会信用代码,金额（元）,结果,原因,日期"}
	for _, r := range rows {
		out = append(out, strings.Join([]string{number, r[0], "", r[1], r[2], p.Now().In(calendar.Zone()).Format(time.DateOnly)}, ","))
	}
	return strings.Join(out, "\n") + "\n"
}
