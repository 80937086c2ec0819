package app

import (
	"context"
	"unicode/utf8"

	"gezhi/internal/fault"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
)

// TransferByID looks a transfer up. One that touches no account of the key is NotFound.
func (a *App) TransferByID(ctx context.Context, c Caller, id string) (ledger.Posted, error) {
	if err := c.need(TransfersRead); err != nil {
		return ledger.Posted{}, err
	}
	var out ledger.Posted
	err := a.db.View(ctx, c.Zone, func(r *store.Reader) (err error) {
		out, err = c.transfer(r, id)
		return err
	})
	return out, err
}

// transfer loads a transfer that the key may see.
func (c Caller) transfer(r *store.Reader, id string) (ledger.Posted, error) {
	missing := fault.New(fault.NotFound, "没有编号为 %s 的账。", "There is no transfer %s.", id)
	if !looksUp(id) {
		return ledger.Posted{}, missing
	}
	p, err := r.Transfer(id)
	if err != nil {
		return ledger.Posted{}, err
	}
	if !c.covers(p.From) && !c.covers(p.To) {
		return ledger.Posted{}, missing
	}
	return p, nil
}

// looksUp reports whether a text can be the id of something: what cannot be stored is found nowhere.
func looksUp(id string) bool {
	if id == "" || len(id) > 100 || !utf8.ValidString(id) {
		return false
	}
	for i := range len(id) {
		if id[i] == 0 {
			return false
		}
	}
	return true
}

// ReverseTransfer takes a transfer back that the key could have made; by has the reversal's own id, reason and ref.
// The same reversal again answers the first, with fresh false.
func (a *App) ReverseTransfer(ctx context.Context, c Caller, id string, by ledger.Transfer) (p ledger.Posted, fresh bool, err error) {
	if err := c.need(TransfersWrite); err != nil {
		return ledger.Posted{}, false, err
	}
	if err := checkAPIID(by.ID); err != nil {
		return ledger.Posted{}, false, err
	}
	err = a.db.InTx(ctx, c.Zone, func(tx *store.Tx) error {
		was, err := c.transfer(&tx.Reader, id)
		if err != nil {
			return err
		}
		if err := c.mayDebit(was.From); err != nil {
			return err
		}
		if checkAPIID(id) != nil {
			return errNotOurs
		}
		before, err := tx.Transfer(by.ID)
		if fresh = fault.KindOf(err) == fault.NotFound; err != nil && !fresh {
			return err
		}
		if !fresh && (before.Reverses != id || before.Reason != by.Reason || before.Ref != by.Ref) {
			return errOtherContent(by.ID)
		}
		p, err = tx.Reverse(id, by)
		return err
	})
	return p, fresh, err
}

func errOtherContent(id string) error {
	f := fault.New(fault.Conflict, "记账编号 %s 已被内容不同的一笔账使用。", "Transfer id %s was already used for something else.", id)
	f.Field = "id"
	return f
}

// errNotOurs refuses to change through the API what the system itself has booked.
var errNotOurs = fault.New(fault.Forbidden, "这笔账由系统自身的业务记入，请在相应页面办理。", "This was booked by the system itself; deal with it on the page it belongs to.")
