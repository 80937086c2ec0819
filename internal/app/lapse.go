package app

import (
	"context"
	"time"

	"gezhi/internal/store"
)

// Lapsing goes in commands that take about lapseTime each, so that whoever writes meanwhile waits for one of them and
// not for all.
const (
	lapseTime  = 10 * time.Millisecond
	lapseLeast = 16
	lapseMost  = 2048
)

// Lapse takes out of the zone's accounts what has lapsed and gives back holds whose time is over. It answers how many
// accounts and holds there were.
func (a *App) Lapse(ctx context.Context, zone int) (done int, err error) {
	for limit := lapseLeast; ; {
		n, took := 0, time.Duration(0)
		err := a.db.InTx(ctx, zone, func(tx *store.Tx) (err error) {
			began := time.Now()
			defer func() { took = time.Since(began) }()
			n, err = tx.Lapse(limit)
			return err
		})
		if done += n; err != nil || n < limit {
			if err != nil {
				return done, within("lapse", err)
			}
			break
		}
		switch {
		case took > lapseTime:
			limit = max(limit/2, lapseLeast)
		case took < lapseTime/2:
			limit = min(limit*2, lapseMost)
		}
	}
	n, err := a.lapseHolds(ctx, zone)
	return done + n, err
}

// lapseHolds gives back what was held through the API for too long. What the system itself holds has a use case of its
// own, which knows what else goes back.
func (a *App) lapseHolds(ctx context.Context, zone int) (done int, err error) {
	const looked = 500
	for {
		n := 0
		err := a.db.InTx(ctx, zone, func(tx *store.Tx) error {
			n = 0
			ids, err := tx.LapsedHolds(looked)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if checkAPIID(id) != nil || n == lapseLeast {
					continue
				}
				if _, err := tx.VoidHold(id, "lapse"); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if done += n; err != nil || n < lapseLeast {
			return done, within("lapse holds", err)
		}
	}
}
