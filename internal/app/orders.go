package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
)

// OrderForm is what is to be ordered: what may be ordered of a fund, of one list or item where they are named.
type OrderForm struct {
	Fund   int64
	List   int64  // 0: of any list, and applications
	Item   string // "": of any item
	Note   string
	Pieces int // as the preview showed them
}

// MostOrdered is how many grants one order can have.
const MostOrdered = 5000

// OrderPreview is what an order would hold.
type OrderPreview struct {
	Fund   store.FundSum
	Pieces int
	Amount int64 // 分
	Short  int64 // 分 that the fund lacks; 0 when it has enough
	Own    int   // grants the viewer put on a list or accepted, which somebody else has to order
	More   bool  // there are more than one order can have
	grants []policy.Grant
}

// PreviewOrder says what an order would hold.
func (a *App) PreviewOrder(ctx context.Context, v Viewer, f OrderForm) (OrderPreview, error) {
	var p OrderPreview
	if err := v.need(PayOut); err != nil {
		return p, err
	}
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error { return p.load(r, v, f) })
	return p, err
}

func (p *OrderPreview) load(r *store.Reader, v Viewer, f OrderForm) (err error) {
	*p = OrderPreview{}
	if _, err = openFund(r, f.Fund); err != nil {
		return err
	}
	if p.Fund, err = fundSum(r, f.Fund); err != nil {
		return err
	}
	p.grants, err = r.Grants(store.Reach{All: true}, store.GrantFilter{Fund: f.Fund, List: f.List, Item: f.Item, States: []policy.State{policy.Approved}, Limit: MostOrdered + 1})
	if p.More = len(p.grants) > MostOrdered; p.More {
		p.grants = p.grants[:MostOrdered]
	}
	for _, g := range p.grants {
		p.Amount += g.Amount
		if g.Chosen == policy.Person(v.Person) {
			p.Own++
		}
	}
	p.Pieces, p.Short = len(p.grants), max(0, p.Amount-p.Fund.Left)
	return err
}

func orderPrefix(zone int, now time.Time) string {
	return fmt.Sprintf("BF-%d-%d-", zone, now.In(calendar.Zone()).Year())
}

// MakeOrder orders the bank to pay all that the form selects, and answers the order's number. It is refused as a whole when the fund
// or the budget of an item is short, when the viewer chose one of the enterprises, or when there are others than the preview
// showed.
func (a *App) MakeOrder(ctx context.Context, v Viewer, f OrderForm, key string) (string, error) {
	if err := v.need(PayOut); err != nil {
		return "", err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return "", err
	}
	if f.Note, err = words("note", f.Note, 0, 200); err != nil {
		return "", err
	}
	number, _, err := a.db.Once(ctx, v.Zone, personKey("order", key, v.Person), func(tx *store.Tx) (string, error) {
		var p OrderPreview
		if err := p.load(&tx.Reader, v, f); err != nil {
			return "", err
		}
		if err := confirmed(f.Pieces, p.Pieces); err != nil {
			return "", err
		}
		if p.Short > 0 {
			return "", fault.New(fault.Conflict, "资金“%[1]s”余额 %[2]s 元，本次应拨 %[3]s 元，还差 %[4]s 元，未下达指令。", "The fund %[1]q has CNY %[2]s left; this order takes CNY %[3]s, so CNY %[4]s are missing. Nothing was ordered.",
				p.Fund.Name, rules.FormatMoney(p.Fund.Left), rules.FormatMoney(p.Amount), rules.FormatMoney(p.Short))
		}
		if err := withinBudget(tx, z, p.grants); err != nil {
			return "", err
		}
		prefix := orderPrefix(v.Zone, tx.Now)
		n, err := tx.NextNumber("pay:" + prefix)
		if err != nil {
			return "", err
		}
		o := store.PayOrder{Number: fmt.Sprintf("%s%04d", prefix, n), Fund: f.Fund, Pieces: p.Pieces, Amount: p.Amount, Note: f.Note, By: v.Person}
		if err := tx.AddPayOrder(o); err != nil {
			return "", err
		}
		if err := orderGrants(tx, z, v, o, p.grants); err != nil {
			return "", err
		}
		return o.Number, tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "order.make", Subject: o.Number, Reason: f.Note,
			Detail: fmt.Sprintf("%s：%d 笔，%s 元", p.Fund.Name, o.Pieces, rules.FormatMoney(o.Amount))})
	})
	return number, err
}

// withinBudget refuses what would cost an item more than its budget of the year.
func withinBudget(tx *store.Tx, z *Zone, grants []policy.Grant) error {
	sums := map[string]int64{}
	for _, g := range grants {
		sums[g.Item] += g.Amount
	}
	for item, sum := range sums {
		x := z.PolicyItem(item, policyDay(tx.Now))
		if x == nil || x.Budget == 0 {
			continue
		}
		spent, err := tx.ItemOrdered(item, orderPrefix(z.Code, tx.Now))
		if err != nil {
			return err
		}
		if spent+sum > x.Budget {
			return fault.New(fault.Conflict, "“%[1]s”本年预算 %[3]s 元，已拨 %[4]s 元，本次应拨 %[5]s 元，超出预算，未下达指令。",
				"“%[2]s” has a budget of CNY %[3]s this year, of which CNY %[4]s are ordered; this order takes CNY %[5]s. Nothing was ordered.",
				x.Name.ZH, x.Name.EN, rules.FormatMoney(x.Budget), rules.FormatMoney(spent), rules.FormatMoney(sum))
		}
	}
	return nil
}

// orderGrants moves the grants of an order and their money.
func orderGrants(tx *store.Tx, z *Zone, v Viewer, o store.PayOrder, grants []policy.Grant) error {
	moves := make([]ledger.Transfer, len(grants))
	for i, was := range grants {
		now, e, err := was.Do(policy.Step{Act: policy.Order, By: policy.Person(v.Person), Part: v.partsAt(false, false), Ref: o.Number, Now: tx.Now}, termsOf(z.GrantItem(was)), z.Calendar)
		if err != nil {
			return err
		}
		if err := tx.MoveGrant(was, now, e); err != nil {
			return err
		}
		moves[i] = moneyOf(now, "order", fundAccount(o.Fund), orderedAccount(o.Fund))
	}
	return postWhole(tx, moves)
}

// postWhole posts transfers all or none.
func postWhole(tx *store.Tx, moves []ledger.Transfer) error {
	if len(moves) == 0 {
		return nil
	}
	booked, err := tx.PostAll(moves)
	for _, b := range booked {
		err = errors.Join(err, b.Err)
		if err != nil {
			return err
		}
	}
	return err
}

// OrderLine is an order with how its grants stand.
type OrderLine struct {
	store.PayOrder
	FundName string
	Who      string
	States   []store.StateSum // of the grants it pays now; what the bank sent back may stand in a later order
}

// PayOrders lists orders, newest first; fund 0 is every fund, before "" begins.
func (a *App) PayOrders(ctx context.Context, v Viewer, fund int64, before string, limit int) ([]OrderLine, error) {
	if err := v.need(Policies | PayOut); err != nil {
		return nil, err
	}
	var out []OrderLine
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := r.PayOrders(fund, before, limit)
		if err != nil {
			return err
		}
		out, err = a.orderLines(r, v, list)
		return err
	})
	return out, err
}

func (a *App) orderLines(r *store.Reader, v Viewer, list []store.PayOrder) ([]OrderLine, error) {
	ids := make([]casework.Person, len(list))
	for i, o := range list {
		ids[i] = o.By
	}
	names, err := a.names(r, v, ids)
	if err != nil {
		return nil, err
	}
	funds, err := fundNames(r)
	if err != nil {
		return nil, err
	}
	out := make([]OrderLine, len(list))
	for i, o := range list {
		out[i] = OrderLine{PayOrder: o, FundName: funds[o.Fund], Who: names[o.By]}
		sums, err := r.GrantSums(store.Reach{All: true}, store.GrantFilter{Order: o.Number})
		if err != nil {
			return nil, err
		}
		out[i].States = inOrder(sums)
	}
	return out, nil
}

// OrderPage loads one order with a page of its grants. The filter's order is set here.
func (a *App) OrderPage(ctx context.Context, v Viewer, number string, f store.GrantFilter) (OrderLine, GrantsPage, error) {
	var o OrderLine
	if err := v.need(Policies | PayOut); err != nil {
		return o, GrantsPage{}, err
	}
	f.Order = number
	page, err := a.GrantsPage(ctx, v, f)
	if err != nil {
		return o, page, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		x, err := r.PayOrder(number)
		if err != nil {
			return err
		}
		lines, err := a.orderLines(r, v, []store.PayOrder{x})
		if err == nil {
			o = lines[0]
		}
		return err
	})
	return o, page, err
}

// ExportOrder writes an order as a workbook for the bank, with account numbers in clear. The audit log says who takes it out.
// What the bank sends back can be imported with the same columns.
func (a *App) ExportOrder(ctx context.Context, v Viewer, number string, l lang.Lang, w io.Writer) error {
	if err := v.need(PayOut); err != nil {
		return err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	var grants []policy.Grant
	if err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		if _, err := r.PayOrder(number); err != nil {
			return err
		}
		grants, err = r.Grants(store.Reach{All: true}, store.GrantFilter{Order: number, States: []policy.State{policy.Ordered, policy.Failed, policy.Paid, policy.Recovering, policy.Recovered}})
		return err
	}); err != nil {
		return err
	}
	if err := a.recordExport(ctx, v, "order", number); err != nil {
		return err
	}
	return a.writeOrder(z, number, grants, l, w)
}

func (a *App) writeOrder(z *Zone, number string, grants []policy.Grant, l lang.Lang, w io.Writer) error {
	x, err := sheet.NewXLSX(w, sheet.Export{Columns: orderColumns(l)})
	if err != nil {
		return err
	}
	for _, g := range grants {
		bank, err := a.openAccount(z.Code, g)
		if err == nil {
			err = x.Row(number, strconv.FormatInt(int64(g.ID), 10), g.Code, g.Name, z.PolicyName(g.Item, g.Version).In(l), bank.Name, bank.Bank, bank.Number, rules.FormatMoney(g.Amount), "", "", "")
		}
		if err != nil {
			return errors.Join(err, x.Abandon())
		}
	}
	return x.Close()
}

// orderColumns are those of an order for the bank: what it is told, and, to be filled in, what it answers.
func orderColumns(l lang.Lang) []sheet.Heading {
	var out []sheet.Heading
	for _, c := range ReceiptColumns() {
		out = append(out, sheet.Heading{Name: c.Name.In(l)})
		if c.Key == "code" {
			for _, t := range []lang.Text{{ZH: "企业名称", EN: "Enterprise"}, {ZH: "事项", EN: "Item"}, {ZH: "收款户名", EN: "Account owner"}, {ZH: "开户银行", EN: "Bank"}, {ZH: "银行账号", EN: "Account"}} {
				out = append(out, sheet.Heading{Name: t.In(l)})
			}
		}
	}
	return out
}
