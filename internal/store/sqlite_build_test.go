package store

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"gezhi/internal/lang"
	"gezhi/internal/ledger"
)

func TestABuiltDatabaseIsTheSameAsOneThatGrew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.db")
	db, err := Open(t.Context(), "sqlite:"+path, Options{Build: true})
	must(t, err)
	write(t, db, func(tx *Tx) error {
		return tx.AddZone(Zone{Code: 330108, Slug: "binjiang", Name: lang.Text{ZH: "滨江区", EN: "Binjiang"}, Hours: "09:00-17:00"})
	})
	settled(t, db, 1)
	balance := func(db *DB) (n int64) {
		read(t, db, func(r *Reader) error {
			a, err := r.Account(resident(1), ledger.Point)
			n = a.Balance
			return err
		})
		return n
	}
	refused := errors.New("refused")
	for i := range buildCommit + 10 {
		err := db.InTx(t.Context(), 330108, func(tx *Tx) error {
			if _, err := tx.Post(give("t"+itoa(i), resident(1), 1, time.Time{})); err != nil {
				return err
			}
			if i%2 == 1 {
				return refused // after it has written
			}
			return nil
		})
		if i%2 == 0 && err != nil || i%2 == 1 && !errors.Is(err, refused) {
			t.Fatalf("command %d: %v", i, err)
		}
		if want := int64(i/2 + 1); balance(db) != want {
			t.Fatalf("after command %d a view sees %d, want %d", i, balance(db), want)
		}
	}
	must(t, db.SetSync(t.Context()))
	read(t, db, func(r *Reader) error {
		leaves, err := r.LogLeaves(0, 2*buildCommit)
		if len(leaves) != buildCommit/2+5 {
			t.Errorf("%d leaves for %d transfers", len(leaves), buildCommit/2+5)
		}
		return err
	})
	other := connect(t, "sqlite:"+path)
	if balance(other) != buildCommit/2+5 {
		t.Errorf("another handle sees %d", balance(other))
	}
	write(t, db, func(tx *Tx) error { _, err := tx.Post(give("last", resident(1), 1, time.Time{})); return err })
	if balance(other) != buildCommit/2+6 {
		t.Errorf("after SetSync a commit is not seen by another handle: %d", balance(other))
	}
	sound(t, other)
	must(t, db.Close())
}
