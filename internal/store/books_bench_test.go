package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
)

// BenchmarkPostAll posts transfers between random people, so many in a command, on the disk: time is per transfer.
func BenchmarkPostAll(b *testing.B) {
	for _, size := range []int{1, 100, 1000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			db, err := Open(context.Background(), "sqlite:"+filepath.Join(b.TempDir(), "b.db"), Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			const people = 10_000
			post := func(list []ledger.Transfer) {
				if err := db.InTx(context.Background(), 330108, func(tx *Tx) error {
					out, err := tx.PostAll(list)
					for _, x := range out {
						if err == nil {
							err = x.Err
						}
					}
					return err
				}); err != nil {
					b.Fatal(err)
				}
			}
			if err := db.InTx(context.Background(), 330108, func(tx *Tx) error {
				if err := tx.AddZone(Zone{Code: 330108, Slug: "binjiang", Name: lang.Text{ZH: "滨江区", EN: "Binjiang"}, Hours: "09:00-17:00"}); err != nil {
					return err
				}
				for i := range people {
					if err := tx.AddPerson(PersonRow{ID: casework.Person(i + 1), Kind: "resident", Synthetic: true}); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				b.Fatal(err)
			}
			for from := 0; from < people; from += 1000 {
				list := make([]ledger.Transfer, 1000)
				for i := range list {
					list[i] = give(fmt.Sprint("seed", from+i), resident(from+i+1), 1_000_000, time.Time{})
				}
				post(list)
			}
			rng := rand.New(rand.NewPCG(1, 2))
			b.ReportAllocs()
			b.ResetTimer()
			for n := 0; n < b.N; n += size {
				list := make([]ledger.Transfer, min(size, b.N-n))
				for i := range list {
					from := rng.IntN(people)
					list[i] = ledger.Transfer{ID: fmt.Sprintf("%032x", rng.Uint64()), From: resident(from + 1), To: resident((from+1+rng.IntN(people-1))%people + 1),
						Asset: ledger.Point, Amount: 1, Reason: "bench"}
				}
				post(list)
			}
		})
	}
}
