package store

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"gezhi/internal/fault"
)

// Several processes on one database are several handles here: they share nothing but the server, or the file.

func TestSeveralProcessesShareRows(t *testing.T) {
	for name, place := range engines {
		t.Run(name, func(t *testing.T) {
			dsn := place(t)
			dbs := []*DB{connect(t, dsn), connect(t, dsn), connect(t, dsn)}
			must(t, dbs[0].InTx(t.Context(), zone, func(tx *Tx) error {
				return errors.Join(addCase(tx, 1, "330108"), addCase(tx, 2, "330108"))
			}))
			var wg sync.WaitGroup
			var moved, refused atomic.Int64
			for client := range 12 {
				wg.Go(func() {
					for range 15 {
						err := dbs[client%3].InTx(t.Context(), zone, func(tx *Tx) error {
							// Read, decide, compare and set, on two cases in either order.
							for i := range int64(2) {
								id := 1 + (int64(client)+i)%2
								_, revision, err := stageOf(&tx.Reader, id)
								if err != nil {
									return err
								}
								if err := moveCase(tx, id, fmt.Sprint("by ", client), revision); err != nil {
									return err
								}
							}
							return nil
						})
						switch {
						case err == nil:
							moved.Add(1)
						case fault.KindOf(err) == fault.Conflict:
							refused.Add(1)
						default:
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			must(t, dbs[2].View(t.Context(), zone, func(r *Reader) error {
				for id := range int64(2) {
					_, revision, err := stageOf(r, id+1)
					if err != nil {
						return err
					}
					if revision != 1+moved.Load() {
						t.Errorf("case %d has revision %d after %d moves", id+1, revision, moved.Load())
					}
				}
				return nil
			}))
			if moved.Load() == 0 {
				t.Error("nothing was moved")
			}
			t.Logf("%d moves, %d refused as conflicts", moved.Load(), refused.Load())
		})
	}
}

func TestSeveralProcessesActOnceForOneKey(t *testing.T) {
	for name, place := range engines {
		t.Run(name, func(t *testing.T) {
			dsn := place(t)
			dbs := []*DB{connect(t, dsn), connect(t, dsn)}
			var wg sync.WaitGroup
			var fresh atomic.Int32
			for n := range 128 {
				wg.Go(func() {
					key := fmt.Sprint("key ", n/64)
					result, replay, err := dbs[n%2].Once(t.Context(), zone, key, func(tx *Tx) (string, error) {
						return "for " + key, tx.exec(`INSERT INTO balances (zone, account, amount) VALUES ($1, $2, 1)
							ON CONFLICT (zone, account) DO UPDATE SET amount = balances.amount + 1`, zone, key)
					})
					if err != nil || result != "for "+key {
						t.Errorf("%q, %v", result, err)
					}
					if !replay {
						fresh.Add(1)
					}
				})
			}
			wg.Wait()
			must(t, dbs[0].View(t.Context(), zone, func(r *Reader) error {
				var accounts, sum int
				err := r.queryRow(`SELECT count(*), sum(amount) FROM balances WHERE zone = $1`, zone).Scan(&accounts, &sum)
				if accounts != 2 || sum != 2 || fresh.Load() != 2 {
					t.Errorf("%d accounts were paid %d times, %d answers were fresh", accounts, sum, fresh.Load())
				}
				return err
			}))
		})
	}
}
