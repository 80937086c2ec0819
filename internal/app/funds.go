package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/ledger"
	"gezhi/internal/rules"
	"gezhi/internal/store"
)

// fundAccount holds what is left of a fund, orderedAccount what the bank has been told to pay, enterpriseAccount what an
// enterprise was paid.
func fundAccount(id int64) ledger.Account { return ledger.Of(ledger.Fund, strconv.FormatInt(id, 10)) }
func orderedAccount(id int64) ledger.Account {
	return ledger.Of(ledger.Ordered, strconv.FormatInt(id, 10))
}
func enterpriseAccount(code string) ledger.Account {
	return ledger.Of(ledger.Enterprise, code)
}

// FundsPage is every fund, and all of them together.
type FundsPage struct {
	Funds []store.FundSum
	Sum   store.FundSum // amounts only
}

// Funds lists the zone's funds, the newest year first.
func (a *App) Funds(ctx context.Context, v Viewer) (FundsPage, error) {
	var p FundsPage
	if err := v.need(Policies | PayOut); err != nil {
		return p, err
	}
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		p = FundsPage{}
		p.Funds, err = r.FundSums()
		return err
	})
	for _, f := range p.Funds {
		s := &p.Sum
		s.Allotted, s.Left, s.Ordered, s.Paid, s.Waiting, s.Pieces = s.Allotted+f.Allotted, s.Left+f.Left, s.Ordered+f.Ordered, s.Paid+f.Paid, s.Waiting+f.Waiting, s.Pieces+f.Pieces
	}
	return p, err
}

// FundPage is one fund with what it was given and the orders from it, newest first.
type FundPage struct {
	store.FundSum
	Allotments []store.FundAllotment
	Orders     []store.PayOrder
	Names      map[casework.Person]string // who gave and who ordered
}

// fundOrders is how many orders the page of a fund shows.
const fundOrders = 50

// FundPage loads one fund.
func (a *App) FundPage(ctx context.Context, v Viewer, id int64) (FundPage, error) {
	var p FundPage
	if err := v.need(Policies | PayOut); err != nil {
		return p, err
	}
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		p = FundPage{}
		var err error
		if p.FundSum, err = fundSum(r, id); err != nil {
			return err
		}
		if p.Allotments, err = r.FundAllotments(id); err != nil {
			return err
		}
		if p.Orders, err = r.PayOrders(id, "", fundOrders); err != nil {
			return err
		}
		ids := []casework.Person{p.By}
		for _, x := range p.Allotments {
			ids = append(ids, x.By)
		}
		for _, x := range p.Orders {
			ids = append(ids, x.By)
		}
		p.Names, err = a.names(r, v, ids)
		return err
	})
	return p, err
}

func fundSum(r *store.Reader, id int64) (store.FundSum, error) {
	all, err := r.FundSums()
	if err != nil {
		return store.FundSum{}, err
	}
	if i := slices.IndexFunc(all, func(f store.FundSum) bool { return f.ID == id }); i >= 0 {
		return all[i], nil
	}
	_, err = r.Fund(id) // which says that there is none
	return store.FundSum{}, err
}

// FundForm is a fund as its form holds it.
type FundForm struct {
	Name, Year, Unit, Note string
	Revision               int64 // of the fund the form was filled from
}

func (f FundForm) read(was store.Fund) (store.Fund, error) {
	var bad fault.List
	text := func(field, in string, least, most int) string {
		out, err := words(field, in, least, most)
		bad = append(bad, fault.Fields(err)...)
		return out
	}
	was.Name, was.Unit, was.Note = text("name", f.Name, 2, 60), text("unit", f.Unit, 2, 60), text("note", f.Note, 0, 200)
	year, err := strconv.Atoi(f.Year)
	if was.Year = year; err != nil || year < 2000 || year > 2100 {
		bad.Add("year", "请填写预算年度，如 2026。", "Write the year of the budget, such as 2026.")
	}
	return was, bad.Err()
}

// AddFund enters a fund, which is empty until it is given budget.
func (a *App) AddFund(ctx context.Context, v Viewer, f FundForm, key string) (int64, error) {
	if err := v.need(PayOut); err != nil {
		return 0, err
	}
	fund, err := f.read(store.Fund{By: v.Person})
	if err != nil {
		return 0, err
	}
	return a.onceID(ctx, v, "fund", key, func(e *edit) (int64, error) {
		fund.ID = e.tx.NewID()
		e.record("fund.add", fmt.Sprintf("fund:%d", fund.ID), fund.Unit, fund.Name)
		return fund.ID, e.tx.AddFund(fund)
	})
}

// EditFund changes what is said of a fund.
func (a *App) EditFund(ctx context.Context, v Viewer, id int64, f FundForm, key string) error {
	return a.fund(ctx, v, id, "fund.edit", key, func(e *edit, was store.Fund) (store.Fund, error) {
		now, err := f.read(was)
		now.Revision = f.Revision
		return now, err
	})
}

// CloseFund ends ordering from a fund, or lets it be ordered from again.
func (a *App) CloseFund(ctx context.Context, v Viewer, id int64, closed bool, key string) error {
	action := "fund.reopen"
	if closed {
		action = "fund.close"
	}
	return a.fund(ctx, v, id, action, key, func(e *edit, f store.Fund) (store.Fund, error) {
		f.Closed = time.Time{}
		if closed {
			f.Closed = e.tx.Now
		}
		return f, nil
	})
}

func (a *App) fund(ctx context.Context, v Viewer, id int64, action, key string, change func(*edit, store.Fund) (store.Fund, error)) error {
	if err := v.need(PayOut); err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		was, err := e.tx.Fund(id)
		if err != nil {
			return err
		}
		now, err := change(e, was)
		if err != nil {
			return err
		}
		e.record(action, fmt.Sprintf("fund:%d", id), "", now.Name)
		return e.tx.SaveFund(now)
	})
}

// mostMoney bounds one amount: ten billion yuan, in 分, so that millions of them still add up.
const mostMoney = 1_000_000_000_000

// ParseMoney reads an amount with its unit, such as 500万元 or 1234.56元, in 分. A number without a unit is refused, unless
// one is given.
func ParseMoney(field, text, unit string) (int64, error) {
	v, err := (rules.Field{Kind: rules.Money}).ParseValue(text, unit)
	if err != nil {
		return 0, asField(err, field)
	}
	if !v.Known || v.N <= 0 || v.N > mostMoney {
		return 0, fault.Field(field, "请填写大于零的金额，不超过 100 亿元。", "Write an amount above zero, up to 10 billion yuan.")
	}
	return v.N, nil
}

// AllotFund gives budget to a fund by a document, once for each document number. amount is written with its unit.
func (a *App) AllotFund(ctx context.Context, v Viewer, fund int64, amount, document, note, key string) error {
	if err := v.need(PayOut); err != nil {
		return err
	}
	n, err := ParseMoney("amount", amount, "")
	bad := fault.List(fault.Fields(err))
	document, err = words("document", document, 2, 60)
	bad = append(bad, fault.Fields(err)...)
	note, err = words("note", note, 0, 200)
	bad = append(bad, fault.Fields(err)...)
	if err := bad.Err(); err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		if _, err := e.tx.Fund(fund); err != nil {
			return err
		}
		x := store.FundAllotment{ID: e.tx.NewID(), Fund: fund, Amount: n, Document: document, Note: note, By: v.Person}
		x.Transfer = fmt.Sprintf("fund:%d", x.ID)
		if _, err := e.tx.Post(ledger.Transfer{ID: x.Transfer, From: ledger.Of(ledger.Issue, zoneCode(v.Zone)), To: fundAccount(fund), Asset: ledger.CNY,
			Amount: n, Reason: "allotment", Ref: x.Transfer}); err != nil {
			return err
		}
		e.record("fund.allot", fmt.Sprintf("fund:%d", fund), document, fmt.Sprintf("%d", n))
		return e.tx.AddFundAllotment(x)
	})
}
