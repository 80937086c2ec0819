package app

import (
	"gezhi/internal/policy"
	"gezhi/internal/store"
)

// grants checks every grant against its history and the table of moves, opens its account, and compares the sums that figures are
// read from with the payouts.
func (c *verifier) grants(r *store.Reader) error {
	err := r.EachGrant(func(g policy.Grant, events []policy.GrantEvent) error {
		at := policy.State("")
		for i, e := range events {
			if to, ok := policy.Next(at, e.Act); !ok || e.To != to || e.From != at || e.Seq != i+1 {
				c.wrong("grant", "grant %d event %d: %s from %s to %s", g.ID, e.Seq, e.Act, e.From, e.To)
				return nil
			}
			at = e.To
		}
		if at != g.State || len(events) != g.EventsNum {
			c.wrong("grant", "grant %d is %s; its %d events say %s", g.ID, g.State, len(events), at)
		}
		if _, err := c.app.openAccount(r.Zone, g); err != nil {
			c.wrong("grant", "%v", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.WrongCells(func(k policy.CellKey) { c.wrong("cells", "%d %s %s", k.Month, k.Title, k.Kind) })
}
