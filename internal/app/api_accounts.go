package app

import (
	"context"
	"errors"
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
)

// BalanceOf is what an account holds, at the end of an instant when one is given. An account of the zone to
// which nothing was ever posted holds nothing.
func (a *App) BalanceOf(ctx context.Context, c Caller, acc ledger.Account, asset ledger.Asset, at time.Time) (int64, error) {
	var balance int64
	err := a.readAccount(ctx, c, acc, asset, func(r *store.Reader) (err error) {
		if at.IsZero() {
			now, err := r.Account(acc, asset)
			balance = now.Balance
			return err
		}
		balance, err = r.BalanceAt(acc, asset, at)
		return err
	})
	return balance, err
}

// StatementOf lists an account's lines, newest first, before the given number (0: from the newest).
func (a *App) StatementOf(ctx context.Context, c Caller, acc ledger.Account, asset ledger.Asset, before int64, limit int) (lines []store.StatementLine, err error) {
	err = a.readAccount(ctx, c, acc, asset, func(r *store.Reader) (err error) {
		lines, err = r.Statement(acc, asset, before, limit)
		return err
	})
	return lines, err
}

// LotsOf lists what an account holds that will lapse, soonest first.
func (a *App) LotsOf(ctx context.Context, c Caller, acc ledger.Account, asset ledger.Asset) (lots []ledger.Lot, err error) {
	err = a.readAccount(ctx, c, acc, asset, func(r *store.Reader) (err error) {
		lots, err = r.Lots(acc, asset)
		return err
	})
	return lots, err
}

// readAccount reads one account for a key that may.
func (a *App) readAccount(ctx context.Context, c Caller, acc ledger.Account, asset ledger.Asset, read func(*store.Reader) error) error {
	if err := c.need(AccountsRead); err != nil {
		return err
	}
	if err := checkBook(acc, asset); err != nil {
		return err
	}
	if err := c.mayRead(acc); err != nil {
		return err
	}
	return a.db.View(ctx, c.Zone, func(r *store.Reader) error {
		if now, err := r.Account(acc, asset); err != nil || now.Postings == 0 {
			if err = errors.Join(err, r.OwnerExists(acc)); err != nil {
				return err
			}
		}
		return read(r)
	})
}

// checkBook refuses names that no account and no asset can have.
func checkBook(acc ledger.Account, asset ledger.Asset) error {
	other := ledger.Account("issue:0")
	err := ledger.Transfer{ID: "x", From: acc, To: other, Asset: asset, Amount: 1}.Check()
	var bad fault.List
	for _, f := range fault.Fields(err) {
		switch f.Field {
		case "from", "":
			f.Field = "account"
			bad = append(bad, f)
		case "asset":
			bad = append(bad, f)
		}
	}
	return bad.Err()
}
