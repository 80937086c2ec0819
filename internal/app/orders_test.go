package app_test

import (
	"errors"
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

// TestAnItemKeepsWithinItsBudget gives the fund more than the item may cost in a year.
func TestAnItemKeepsWithinItsBudget(t *testing.T) {
	w := apptest.New(t, "sqlite:"+t.TempDir()+"/g.db")
	p, ctx := newPayer(t, w), t.Context()
	p.enterprise(1, 40_000_000) // 60% of it is above the budget of 20 million yuan
	list := p.approved()
	w.OK(w.App.AllotFund(ctx, p.finance, p.fund, "1亿元", "示例〔2026〕1号", "", p.key()))
	form := app.OrderForm{Fund: p.fund, List: list, Pieces: 2}
	if _, err := w.App.MakeOrder(ctx, p.finance, form, p.key()); kindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err, lang.ZH), "本年预算 20000000 元") {
		t.Errorf("above the item's budget: %v", err)
	}
	w.OK(w.App.MoveGrant(ctx, p.desk, p.grants(store.GrantFilter{List: list})[exampleCode("330108", 1)].ID, policy.Drop, "金额有误，另行核定", p.key()))
	form.Pieces = 1
	_, err := w.App.MakeOrder(ctx, p.finance, form, p.key())
	w.OK(err)
}

// TestAnOrderOfThousandsTakesASecond makes the largest order there can be. The bound is wide: the machine may be busy.
func TestAnOrderOfThousandsTakesASecond(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	w := apptest.New(t, "sqlite:"+t.TempDir()+"/g.db")
	p, ctx := newPayer(t, w), t.Context()
	w.OK(w.App.DB().InTx(ctx, apptest.Zone, func(tx *store.Tx) error {
		var all []store.NewStatement
		var list []policy.Grant
		var events []policy.GrantEvent
		for n := range app.MostOrdered {
			code := exampleCode("330108", 1000+n)
			all = append(all, store.NewStatement{Code: code, Name: "虚构企业", Example: true, Statement: policy.Statement{Source: "示例", Values: policy.Values{}}})
			g := policy.Grant{ID: policy.GrantID(tx.NewID()), List: 1, Item: stableJobs, Code: code, Name: "虚构企业", Period: "2026", Amount: 100, Version: 1, Fund: p.fund, Account: []byte{1}, At: tx.Now,
				State: policy.Approved, Revision: 1, EventsNum: 1}
			list, events = append(list, g), append(events, policy.GrantEvent{Seq: 1, At: tx.Now, Act: policy.List, To: policy.Listed})
		}
		return errors.Join(tx.AddStatements(all), tx.AddGrants(list, events))
	}))
	w.OK(w.App.AllotFund(ctx, p.finance, p.fund, "5000元", "示例〔2026〕1号", "", p.key()))
	began := time.Now()
	_, err := w.App.MakeOrder(ctx, p.finance, app.OrderForm{Fund: p.fund, Pieces: app.MostOrdered}, p.key())
	w.OK(err)
	took := time.Since(began)
	t.Logf("%d grants ordered in %v", app.MostOrdered, took)
	if took > 8*time.Second {
		t.Errorf("%v", took)
	}
	if f, err := w.App.FundPage(ctx, p.finance, p.fund); err != nil || f.Ordered != 5000_00 || f.Left != 0 {
		t.Errorf("%+v, %v", f.FundSum, err)
	}
}
