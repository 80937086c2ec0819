package app

import (
	"context"

	"gezhi/internal/ledger"
	"gezhi/internal/redeem"
	"gezhi/internal/store"
)

// Wallet is a person's points.
type Wallet struct {
	Balance int64        // what can be spent now
	Held    int64        // set aside for what was reserved
	Lots    []ledger.Lot // of the balance, what will lapse, soonest first
	Lines   []store.StatementLine
	Names   map[int64]redeem.Redemption // those that lines are about
}

// Wallet loads the viewer's own points with the statement's lines before the given number (0: newest).
func (a *App) Wallet(ctx context.Context, v Viewer, before int64, limit int) (Wallet, error) {
	var w Wallet
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		if w.Balance, w.Lots, err = spare(r, v.Person); err != nil {
			return err
		}
		held, err := r.Account(heldAccount(v.Person), ledger.Point)
		if err != nil {
			return err
		}
		w.Held = held.Balance
		if w.Lines, err = r.Statement(PersonAccount(v.Person), ledger.Point, before, limit); err != nil {
			return err
		}
		w.Names = map[int64]redeem.Redemption{}
		for _, l := range w.Lines {
			id, ok := ParseRedemptionRef(l.Ref)
			if _, known := w.Names[id]; !ok || known {
				continue
			}
			if w.Names[id], err = r.Redemption(id); err != nil {
				return err
			}
		}
		return nil
	})
	return w, err
}
