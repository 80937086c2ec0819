package app

import (
	"context"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
)

// HouseholdView is what the members of a household see of one another's points: the balances of those who agreed,
// and their sum. It is a view, not a purse: everybody's points stay their own.
type HouseholdView struct {
	ID      int64 // 0 when the viewer belongs to none
	Members []HouseholdLine
	Sum     int64 // of those who share
	Sharing bool  // the viewer shares
}

// HouseholdLine is one member.
type HouseholdLine struct {
	Name    string // masked but the viewer's own
	Me      bool
	Head    bool
	Shares  bool
	Balance int64 // only when the member shares, or is the viewer
}

// HouseholdView loads the viewer's household.
func (a *App) HouseholdView(ctx context.Context, v Viewer) (HouseholdView, error) {
	if !v.Known() {
		return HouseholdView{}, v.need(0)
	}
	var h HouseholdView
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		h = HouseholdView{}
		id, members, err := r.HomeOf(v.Person)
		if err != nil || id == 0 {
			return err
		}
		h.ID = id
		ids := make([]casework.Person, len(members))
		for i, m := range members {
			ids[i] = m.Person
		}
		names, err := a.names(r, v, ids)
		if err != nil {
			return err
		}
		for _, m := range members {
			line := HouseholdLine{Name: names[m.Person], Me: m.Person == v.Person, Head: m.Head, Shares: m.Shares}
			if m.Shares || line.Me {
				book, err := r.Account(PersonAccount(m.Person), ledger.Point)
				if err != nil {
					return err
				}
				line.Balance = book.Balance
			}
			if m.Shares {
				h.Sum += line.Balance
			}
			h.Sharing = h.Sharing || line.Me && m.Shares
			h.Members = append(h.Members, line)
		}
		return nil
	})
	return h, err
}

// ShareWithHousehold lets the viewer's household see the viewer's balance, or hides it again at once.
func (a *App) ShareWithHousehold(ctx context.Context, v Viewer, share bool) error {
	if !v.Known() {
		return v.need(0)
	}
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		if !share {
			return tx.StopSharing(v.Person)
		}
		id, members, err := tx.HomeOf(v.Person)
		if err != nil {
			return err
		}
		if id == 0 {
			return fault.New(fault.Conflict, "您还没有绑定家庭，请联系社区登记。", "You belong to no household yet; ask your community to enter it.")
		}
		for _, m := range members {
			if m.Person == v.Person && m.Shares {
				return nil
			}
		}
		return tx.Share(id, v.Person)
	})
}
