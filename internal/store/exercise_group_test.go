package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"gezhi/internal/fault"
)

func manyCommands(t *testing.T, db *DB) {
	var wg sync.WaitGroup
	for w := range 50 {
		wg.Go(func() {
			for i := range 40 {
				id := int64(w*40 + i + 1)
				if err := db.InTx(t.Context(), zone, func(tx *Tx) error {
					if _, _, err := stageOf(&tx.Reader, id); !errors.Is(err, errNoRows) {
						return fmt.Errorf("case %d is there before it was made: %v", id, err)
					}
					return addCase(tx, id, "330108001")
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := count(t, db, "cases"); n != 2000 {
		t.Errorf("%d cases, want 2000", n)
	}
}

func ownWrites(t *testing.T, db *DB) {
	must(t, db.InTx(t.Context(), zone, func(tx *Tx) error {
		if err := addCase(tx, 1, "330108"); err != nil {
			return err
		}
		if err := moveCase(tx, 1, "filed", 1); err != nil {
			return err
		}
		stage, revision, err := stageOf(&tx.Reader, 1)
		if stage != "filed" || revision != 2 {
			t.Errorf("sees %s, revision %d", stage, revision)
		}
		if n, err := tx.execCount(`UPDATE cases SET title = title WHERE zone = $1`, zone); n != 1 || err != nil {
			t.Errorf("changed %d rows: %v", n, err)
		}
		return err
	}))
}

func seesGroup(t *testing.T, db *DB) {
	errs := together(t, db,
		func(tx *Tx) error { return addCase(tx, 1, "330108") },
		func(tx *Tx) error { return moveCase(tx, 1, "filed", 1) },
		func(tx *Tx) error {
			stage, revision, err := stageOf(&tx.Reader, 1)
			if stage != "filed" || revision != 2 {
				t.Errorf("sees %s, revision %d", stage, revision)
			}
			return err
		})
	must(t, errors.Join(errs...))
}

func failureIsAlone(t *testing.T, db *DB) {
	refuse := fault.New(fault.Forbidden, "不可", "no")
	for name, fail := range map[string]func(*Tx, int64) error{
		"before writing": func(tx *Tx, id int64) error { return refuse },
		"after writing":  func(tx *Tx, id int64) error { return errors.Join(addCase(tx, id, "330108"), refuse) },
		"written and read": func(tx *Tx, id int64) error {
			if err := addCase(tx, id, "330108"); err != nil {
				return err
			}
			if _, _, err := stageOf(&tx.Reader, id); err != nil {
				return err
			}
			return errors.Join(addCase(tx, id+100, "330108"), refuse)
		},
	} {
		before := count(t, db, "cases")
		base := int64(1000 * (before + 1))
		errs := together(t, db,
			func(tx *Tx) error { return addCase(tx, base+1, "330108") },
			func(tx *Tx) error { return fail(tx, base+2) },
			func(tx *Tx) error { return addCase(tx, base+3, "330108") },
			func(tx *Tx) error { return fail(tx, base+4) },
			func(tx *Tx) error {
				_, _, err := stageOf(&tx.Reader, base+2)
				if !errors.Is(err, errNoRows) {
					t.Errorf("%s: a failed command's row is seen: %v", name, err)
				}
				return addCase(tx, base+5, "330108")
			})
		for i, err := range errs {
			if failed := i == 1 || i == 3; failed != errors.Is(err, refuse) || !failed && err != nil {
				t.Errorf("%s: command %d gives %v", name, i+1, err)
			}
		}
		if n := count(t, db, "cases") - before; n != 3 {
			t.Errorf("%s: %d cases, want 3", name, n)
		}
	}
}

func constraintIsAlone(t *testing.T, db *DB) {
	errs := together(t, db,
		func(tx *Tx) error { return addCase(tx, 1, "330108") },
		func(tx *Tx) error { return addCase(tx, 1, "330108") },
		func(tx *Tx) error { return moveCase(tx, 1, "forbidden", 1) },
		func(tx *Tx) error { return moveCase(tx, 1, "filed", 1) },
		func(tx *Tx) error { return tx.exec(`INSERT INTO nonsense VALUES (1)`) },
		func(tx *Tx) error { return addCase(tx, 2, "330108") })
	for i, err := range errs {
		if failed := i == 1 || i == 2 || i == 4; failed != (err != nil) {
			t.Errorf("command %d gives %v", i+1, err)
		}
	}
	must(t, db.View(t.Context(), zone, func(r *Reader) error {
		stage, revision, err := stageOf(r, 1)
		if stage != "filed" || revision != 2 {
			t.Errorf("the case is %s, revision %d", stage, revision)
		}
		return err
	}))
	if n := count(t, db, "cases"); n != 2 {
		t.Errorf("%d cases, want 2", n)
	}
}

func ignoredError(t *testing.T, db *DB) {
	errs := together(t, db,
		func(tx *Tx) error { return addCase(tx, 1, "330108") },
		func(tx *Tx) error {
			_ = addCase(tx, 2, "330108")
			_ = addCase(tx, 2, "330108")
			return nil
		},
		func(tx *Tx) error {
			_ = addCase(tx, 3, "330108")
			_ = tx.queryRow(`SELECT nonsense FROM cases`).Scan()
			return nil
		},
		func(tx *Tx) error {
			_ = addCase(tx, 4, "330108")
			_ = moveCase(tx, 4, "filed", 9)
			_, _, _ = stageOf(&tx.Reader, 4)
			return nil
		})
	if errs[0] != nil || errs[1] == nil || errs[2] == nil || fault.KindOf(errs[3]) != fault.Conflict {
		t.Errorf("answers %v", errs)
	}
	if n := count(t, db, "cases"); n != 1 {
		t.Errorf("%d cases, want 1", n)
	}
}

func panics(t *testing.T, db *DB) {
	errs := together(t, db,
		func(tx *Tx) error { return addCase(tx, 1, "330108") },
		func(tx *Tx) error {
			_ = addCase(tx, 2, "330108")
			_, _, _ = stageOf(&tx.Reader, 2)
			panic("网格")
		},
		func(tx *Tx) error { return addCase(tx, 3, "330108") })
	if errs[0] != nil || errs[1] == nil || !strings.Contains(errs[1].Error(), "网格") || fault.KindOf(errs[1]) != fault.Internal || errs[2] != nil {
		t.Errorf("answers %v", errs)
	}
	if n := count(t, db, "cases"); n != 2 {
		t.Errorf("%d cases, want 2", n)
	}
}

func cancelled(t *testing.T, db *DB) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ran := false
	if err := db.InTx(ctx, zone, func(*Tx) error { ran = true; return nil }); !errors.Is(err, context.Canceled) || ran {
		t.Errorf("cancelled before: %v, ran %v", err, ran)
	}
	// While another command holds the writer.
	release := make(chan struct{})
	var wg sync.WaitGroup
	hold(t, db, &wg, release)
	ctx, cancel = context.WithCancel(t.Context())
	answer := make(chan error)
	go func() { answer <- db.InTx(ctx, zone, func(*Tx) error { ran = true; return nil }) }()
	for waiting(db) == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-answer; !errors.Is(err, context.Canceled) { // answered although the writer is held
		t.Errorf("cancelled while waiting: %v", err)
	}
	close(release)
	wg.Wait()
	// Once begun, a command is finished although its context ends.
	ctx, cancel = context.WithCancel(t.Context())
	must(t, db.InTx(ctx, zone, func(tx *Tx) error {
		cancel()
		if err := addCase(tx, 1, "330108"); err != nil {
			return err
		}
		_, _, err := stageOf(&tx.Reader, 1)
		return err
	}))
	if ran || count(t, db, "cases") != 1 {
		t.Errorf("ran %v, cases %d", ran, count(t, db, "cases"))
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if err := db.View(ctx, zone, func(r *Reader) error { _, _, err := stageOf(r, 1); return err }); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled view gives %v", err)
	}
}

func mustChange(t *testing.T, db *DB) {
	must(t, db.InTx(t.Context(), zone, func(tx *Tx) error { return addCase(tx, 1, "330108") }))
	var fns []func(*Tx) error
	for range 10 {
		fns = append(fns, func(tx *Tx) error {
			if err := tx.exec(`INSERT INTO balances (zone, account, amount) VALUES ($1, 'a', 1)
				ON CONFLICT (zone, account) DO UPDATE SET amount = balances.amount + 1`, tx.Zone); err != nil {
				return err
			}
			return moveCase(tx, 1, "filed", 1)
		})
	}
	won := 0
	for _, err := range together(t, db, fns...) {
		if err == nil {
			won++
		} else if fault.KindOf(err) != fault.Conflict {
			t.Error(err)
		}
	}
	var amount int
	must(t, db.View(t.Context(), zone, func(r *Reader) error {
		return r.queryRow(`SELECT amount FROM balances WHERE zone = $1`, zone).Scan(&amount)
	}))
	if won != 1 || amount != 1 {
		t.Errorf("%d of ten moved the case, %d were paid", won, amount)
	}
}

func staleRunsAgain(t *testing.T, db *DB) {
	must(t, db.InTx(t.Context(), zone, func(tx *Tx) error { return addCase(tx, 1, "330108") }))
	runs := 0
	must(t, db.InTx(t.Context(), zone, func(tx *Tx) error {
		runs++
		_, revision, err := stageOf(&tx.Reader, 1)
		if err != nil {
			return err
		}
		if runs < 3 {
			revision-- // as if another process had been quicker
		}
		return tx.mustChange(errStale, `UPDATE cases SET stage = 'filed' WHERE zone = $1 AND id = 1 AND revision = $2`, zone, revision)
	}))
	err := db.InTx(t.Context(), zone, func(tx *Tx) error {
		return tx.mustChange(errStale, `UPDATE cases SET stage = 'filed' WHERE zone = $1 AND id = 2`, zone)
	})
	if runs < 3 || fault.KindOf(err) != fault.Conflict {
		t.Errorf("ran %d times; for ever stale gives %v", runs, err)
	}
}

func counting(t *testing.T, db *DB) {
	var wg sync.WaitGroup
	for w := range 20 {
		wg.Go(func() {
			for range 20 {
				if err := db.InTx(t.Context(), zone, func(tx *Tx) error {
					// Two accounts in either order: on PostgreSQL lanes may meet in a deadlock.
					for i := range 2 {
						if err := tx.exec(`INSERT INTO balances (zone, account, amount) VALUES ($1, $2, 1)
							ON CONFLICT (zone, account) DO UPDATE SET amount = balances.amount + 1`, zone, fmt.Sprint((w+i)%2)); err != nil {
							return err
						}
						var n int64
						if err := tx.queryRow(`SELECT amount FROM balances WHERE zone = $1 AND account = $2`, zone, fmt.Sprint((w+i)%2)).Scan(&n); err != nil {
							return err
						}
					}
					return nil
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	must(t, db.View(t.Context(), zone, func(r *Reader) error {
		var a, b int
		err := r.queryRow(`SELECT min(amount), max(amount) FROM balances WHERE zone = $1`, zone).Scan(&a, &b)
		if a != 400 || b != 400 {
			t.Errorf("balances %d and %d, want 400", a, b)
		}
		return err
	}))
}

func exits(t *testing.T, db *DB) {
	var wg sync.WaitGroup
	wg.Go(func() {
		err := db.InTx(t.Context(), zone, func(tx *Tx) error {
			_ = addCase(tx, 1, "330108")
			_, _, _ = stageOf(&tx.Reader, 1)
			runtime.Goexit()
			return nil
		})
		if !errors.Is(err, errExited) {
			t.Errorf("gives %v", err)
		}
	})
	wg.Wait()
	for id := range int64(4) { // more than there are lanes
		must(t, db.InTx(t.Context(), zone, func(tx *Tx) error { return addCase(tx, 10+id, "330108") }))
	}
	if n := count(t, db, "cases"); n != 4 {
		t.Errorf("%d cases, want 4", n)
	}
}
