package app

import (
	"context"

	"gezhi/internal/fault"
	"gezhi/internal/idcode"
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

// SetHome notes which community a resident lives in, as they say themselves: what is near follows from it, and which share of
// points is spent away from home. It changes no right to anything.
func (a *App) SetHome(ctx context.Context, v Viewer, community string) error {
	if v.Kind != "resident" {
		return fault.New(fault.Forbidden, "只有居民可以登记所在社区。", "Only residents say where they live.")
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	if _, ok := z.Tree.Area(community); !ok || idcode.LevelOf(community) != idcode.Community {
		return fault.Field("community", "请选择您所在的社区（村）。", "Choose the community or village you live in.")
	}
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		if err := tx.SetPersonArea(v.Person, community); err != nil {
			return err
		}
		return tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "home", Subject: "person", Person: v.Person})
	})
}
