package app

import (
	"context"

	"gezhi/internal/fault"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
)

// HoldAmount sets an amount aside for another system. fresh is false when the same hold was made before; the hold is
// answered as it stands now.
func (a *App) HoldAmount(ctx context.Context, c Caller, h store.Hold) (now store.Hold, fresh bool, err error) {
	if err := c.need(HoldsWrite); err != nil {
		return store.Hold{}, false, err
	}
	if err := checkAPIID(h.ID); err != nil {
		return store.Hold{}, false, err
	}
	if err := (ledger.Transfer{ID: h.ID, From: h.From, To: h.To, Asset: h.Asset, Amount: h.Amount, Reason: h.Reason, Ref: h.Ref}).Check(); err != nil {
		return store.Hold{}, false, err
	}
	if h.From.Class() != ledger.Person {
		return store.Hold{}, false, fault.Field("from", "只能冻结个人账户的积分。", "An amount is held from a person's account only.")
	}
	if err := notFunds(ledger.Transfer{From: h.From, To: h.To}); err != nil {
		return store.Hold{}, false, err
	}
	if err := c.mayDebit(h.From); err != nil {
		return store.Hold{}, false, err
	}
	err = a.db.InTx(ctx, c.Zone, func(tx *store.Tx) error {
		if was, err := tx.HoldByID(h.ID); err == nil && !was.Until.IsZero() && was.Until.Equal(h.Until) && !h.Until.After(tx.Now) {
			h.Until = was.Until
			now, fresh = was, false
			return sameHold(was, h)
		}
		if fresh, err = tx.Hold(h); err != nil {
			return err
		}
		now, err = tx.HoldByID(h.ID)
		return err
	})
	return now, fresh, err
}

// sameHold compares a hold that has lapsed since with one ordered again: a retry is answered as it was.
func sameHold(was, h store.Hold) error {
	if was.From != h.From || was.To != h.To || was.Asset != h.Asset || was.Amount != h.Amount || was.Reason != h.Reason || was.Ref != h.Ref {
		return errOtherContent(h.ID)
	}
	return nil
}

// HoldByID looks a hold up. One that touches no account of the key is NotFound.
func (a *App) HoldByID(ctx context.Context, c Caller, id string) (store.Hold, error) {
	if err := c.need(TransfersRead); err != nil {
		return store.Hold{}, err
	}
	var out store.Hold
	err := a.db.View(ctx, c.Zone, func(r *store.Reader) (err error) {
		out, err = c.hold(r, id)
		return err
	})
	return out, err
}

func (c Caller) hold(r *store.Reader, id string) (store.Hold, error) {
	missing := fault.New(fault.NotFound, "没有编号为 %s 的冻结。", "There is no hold %s.", id)
	if !looksUp(id) {
		return store.Hold{}, missing
	}
	h, err := r.HoldByID(id)
	if err != nil {
		return store.Hold{}, err
	}
	if !c.covers(h.From) && !c.covers(h.To) {
		return store.Hold{}, missing
	}
	return h, nil
}

// ConfirmHold pays a hold out; confirming twice pays once.
func (a *App) ConfirmHold(ctx context.Context, c Caller, id string) (store.Hold, error) {
	return a.endHold(ctx, c, id, func(tx *store.Tx) (ledger.Posted, error) { return tx.ConfirmHold(id) })
}

// VoidHold gives a hold back; voiding twice gives back once.
func (a *App) VoidHold(ctx context.Context, c Caller, id, reason string) (store.Hold, error) {
	return a.endHold(ctx, c, id, func(tx *store.Tx) (ledger.Posted, error) { return tx.VoidHold(id, reason) })
}

func (a *App) endHold(ctx context.Context, c Caller, id string, end func(*store.Tx) (ledger.Posted, error)) (store.Hold, error) {
	if err := c.need(HoldsWrite); err != nil {
		return store.Hold{}, err
	}
	var out store.Hold
	err := a.db.InTx(ctx, c.Zone, func(tx *store.Tx) error {
		h, err := c.hold(&tx.Reader, id)
		if err != nil {
			return err
		}
		if err := c.mayDebit(h.From); err != nil {
			return err
		}
		if checkAPIID(id) != nil {
			return errNotOurs
		}
		if _, err = end(tx); err != nil {
			return err
		}
		out, err = tx.HoldByID(id)
		return err
	})
	return out, err
}
