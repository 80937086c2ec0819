package app

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
)

// Pool is the budget of one street, community or of the district itself (积分预算池).
type Pool struct {
	store.PoolSum
	Path string
}

// BudgetPage is every pool with money, or with awards that wait for some, and what was given last.
type BudgetPage struct {
	Pools  []Pool
	Sum    Pool // of all
	Latest []AllotmentLine
}

// AllotmentLine is one allotment as the page shows it.
type AllotmentLine struct {
	store.Allotment
	Path string
	Who  string
}

// PoolsPage loads the district's budgets.
func (a *App) PoolsPage(ctx context.Context, v Viewer) (BudgetPage, error) {
	var p BudgetPage
	if err := v.need(Budgets); err != nil {
		return p, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return p, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		p = BudgetPage{}
		sums, err := r.BudgetPools(zoneCode(v.Zone))
		if err != nil {
			return err
		}
		for _, s := range sums {
			x := Pool{PoolSum: s, Path: cmp.Or(z.Tree.Path(s.Area), z.Name.ZH)}
			p.Pools = append(p.Pools, x)
			p.Sum.Given, p.Sum.Balance, p.Sum.Waiting, p.Sum.Paid = p.Sum.Given+x.Given, p.Sum.Balance+x.Balance, p.Sum.Waiting+x.Waiting, p.Sum.Paid+x.Paid
		}
		list, err := r.Allotments(zoneCode(v.Zone), 50)
		if err != nil {
			return err
		}
		var ids []casework.Person
		for _, x := range list {
			ids = append(ids, x.By)
		}
		names, err := a.names(r, v, ids)
		for _, x := range list {
			p.Latest = append(p.Latest, AllotmentLine{x, cmp.Or(z.Tree.Path(x.Area), z.Name.ZH), names[x.By]})
		}
		return err
	})
	return p, err
}

// MaxAllotment is the most points one allotment can bring.
const MaxAllotment = 100_000_000

// Allot gives budget to a pool by a document. Awards that waited for it are posted at once.
func (a *App) Allot(ctx context.Context, v Viewer, area string, points int64, document, note, key string) error {
	if err := v.needIn(Budgets, area); err != nil {
		return err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	var bad fault.List
	if at, ok := z.Tree.Area(area); !ok || at.Level() > idcode.Community {
		bad.Add("area", "请选择区、街道（镇）或社区（村）。", "Choose the district, a street or a community.")
	}
	if points < 1 || points > MaxAllotment {
		bad.Add("points", "请填写 1 到 %d 的整数。", "Enter a whole number from 1 to %d.", MaxAllotment)
	}
	document, err = words("document", document, 2, 60)
	bad = append(bad, fault.Fields(err)...)
	if note != "" {
		note, err = words("note", note, 1, 200)
		bad = append(bad, fault.Fields(err)...)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	err = a.plain(ctx, v, key, func(e *edit) error {
		b := store.Allotment{ID: e.tx.NewID(), Area: area, Points: points, Document: document, Note: note, By: v.Person}
		b.Transfer = "allot:" + strconv.FormatInt(b.ID, 10)
		_, err := e.tx.Post(ledger.Transfer{ID: b.Transfer, From: ledger.Of(ledger.Issue, zoneCode(v.Zone)), To: ledger.Of(ledger.Pool, area), Asset: ledger.Point,
			Amount: points, Reason: "allotment", Ref: b.Transfer})
		if err != nil {
			return err
		}
		e.record("budget.allot", "pool:"+area, document, fmt.Sprintf("%d", points))
		return e.tx.AddAllotment(b)
	})
	if err != nil {
		return err
	}
	_, err = a.PostDue(ctx, v.Zone)
	return err
}
