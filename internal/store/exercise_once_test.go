package store

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"gezhi/internal/fault"
)

func duplicates(t *testing.T, db *DB) {
	var wg sync.WaitGroup
	var fresh atomic.Int32
	for key := range 4 {
		for range 64 {
			wg.Go(func() {
				result, replay, err := db.Once(t.Context(), zone, fmt.Sprint("key ", key), func(tx *Tx) (string, error) {
					err := tx.exec(`INSERT INTO balances (zone, account, amount) VALUES ($1, $2, 1)
						ON CONFLICT (zone, account) DO UPDATE SET amount = balances.amount + 1`, tx.Zone, fmt.Sprint("account ", key))
					return fmt.Sprint("result ", key), err
				})
				if err != nil || result != fmt.Sprint("result ", key) {
					t.Errorf("%q, %v", result, err)
				}
				if !replay {
					fresh.Add(1)
				}
			})
		}
	}
	wg.Wait()
	amounts := map[string]int{}
	must(t, db.View(t.Context(), zone, func(r *Reader) error {
		rows, err := r.query(`SELECT account, amount FROM balances WHERE zone = $1`, zone)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a string
			var n int
			if err := rows.Scan(&a, &n); err != nil {
				return err
			}
			amounts[a] = n
		}
		return rows.Err()
	}))
	if len(amounts) != 4 || fresh.Load() != 4 {
		t.Errorf("accounts %v, %d of them fresh", amounts, fresh.Load())
	}
	for a, n := range amounts {
		if n != 1 {
			t.Errorf("%s was paid %d times", a, n)
		}
	}
}

func failedKey(t *testing.T, db *DB) {
	refuse := fault.New(fault.Forbidden, "不可", "no")
	if _, _, err := db.Once(t.Context(), zone, "k", func(tx *Tx) (string, error) { return "", errors.Join(addCase(tx, 1, "330108"), refuse) }); !errors.Is(err, refuse) {
		t.Errorf("gives %v", err)
	}
	result, replay, err := db.Once(t.Context(), zone, "k", func(tx *Tx) (string, error) { return "done", addCase(tx, 1, "330108") })
	if result != "done" || replay || err != nil {
		t.Errorf("%q %v %v", result, replay, err)
	}
	result, replay, err = db.Once(t.Context(), zone, "k", func(tx *Tx) (string, error) { t.Error("ran again"); return "", nil })
	if result != "done" || !replay || err != nil {
		t.Errorf("%q %v %v", result, replay, err)
	}
	// The same key in another zone is another command.
	result, replay, err = db.Once(t.Context(), 610403, "k", func(tx *Tx) (string, error) { return "other", nil })
	if result != "other" || replay || err != nil {
		t.Errorf("%q %v %v", result, replay, err)
	}
}

func otherDigest(t *testing.T, db *DB) {
	do := func(digest string) error {
		_, _, err := db.OnceFor(t.Context(), zone, "k", []byte(digest), func(*Tx) (string, error) { return "", nil })
		return err
	}
	must(t, do("move 1"))
	must(t, do("move 1"))
	if err := do("move 2"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("another digest gives %v", err)
	}
}
