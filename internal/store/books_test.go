package store

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/ledger"
)

// settled is a zone with an area and so many residents, numbered from 1, on a clock the test moves.
func settled(t *testing.T, db *DB, residents int) {
	write(t, db, func(tx *Tx) error {
		for i := range residents {
			if err := tx.AddPerson(PersonRow{ID: casework.Person(i + 1), Kind: "resident", Synthetic: true}); err != nil {
				return err
			}
		}
		return nil
	})
}

func resident(i int) ledger.Account { return ledger.Of(ledger.Person, strconv.Itoa(i)) }

const issuer = ledger.Account("issue:330108")

func give(id string, to ledger.Account, amount int64, expires time.Time) ledger.Transfer {
	return ledger.Transfer{ID: id, From: issuer, To: to, Asset: ledger.Point, Amount: amount, Expires: expires, Reason: "test"}
}

// sound fails the test when an invariant of the zone is broken.
func sound(t *testing.T, db *DB) {
	t.Helper()
	read(t, db, func(r *Reader) error {
		broken, err := r.Tally(Invariants(r.Dialect()))
		for _, b := range broken {
			t.Errorf("%s: %d, first %s", b.Name.EN, b.Count, b.First)
		}
		return err
	})
	left := map[string]int64{}
	read(t, db, func(r *Reader) error {
		err := r.EachTransfer(func(p ledger.Posted) error {
			for _, m := range p.Lots {
				left[fmt.Sprint(m.Account, p.Asset, m.Expires.UnixMilli())] += m.Amount
			}
			return nil
		})
		return errors.Join(err, r.EachLot(func(l OwnedLot) error {
			left[fmt.Sprint(l.Account, l.Asset, l.Expires.UnixMilli())] -= l.Left
			return nil
		}))
	})
	for lot, n := range left {
		if n != 0 {
			t.Errorf("lot %s is off by %d", lot, n)
		}
	}
}

// A random life of awards, gifts, holds, reversals and expiries, by several clients at once, leaves books in which
// every invariant holds and every balance is what a list of the accepted transfers comes to.
func TestRandomLivesLeaveSoundBooks(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		const people, clients, steps = 6, 4, 60
		settled(t, db, people)
		start := time.Now()
		var wg sync.WaitGroup
		for c := range clients {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(7, uint64(c)))
				var holds, posted []string
				for s := range steps {
					id := fmt.Sprintf("c%d-%d", c, s)
					who := resident(1 + rng.IntN(people))
					err := db.InTx(t.Context(), 330108, func(tx *Tx) error {
						switch k := rng.IntN(10); {
						case k < 4:
							var expires time.Time
							if rng.IntN(2) == 0 {
								expires = start.Add(time.Duration(rng.IntN(4000)) * time.Millisecond)
							}
							_, err := tx.Post(give(id, who, 1+rng.Int64N(50), expires))
							posted = append(posted, id)
							return err
						case k < 6:
							_, err := tx.Post(ledger.Transfer{ID: id, From: who, To: resident(1 + rng.IntN(people)), Asset: ledger.Point, Amount: 1 + rng.Int64N(30)})
							posted = append(posted, id)
							return err
						case k < 7:
							_, err := tx.Hold(Hold{ID: id, From: who, To: issuer, Asset: ledger.Point, Amount: 1 + rng.Int64N(20)})
							holds = append(holds, id)
							return err
						case k < 8 && len(holds) > 0:
							h := holds[rng.IntN(len(holds))]
							if rng.IntN(2) == 0 {
								_, err := tx.ConfirmHold(h)
								return err
							}
							_, err := tx.VoidHold(h, "test")
							return err
						case k < 9 && len(posted) > 0:
							_, err := tx.Reverse(posted[rng.IntN(len(posted))], ledger.Transfer{ID: "undo-" + id, Reason: "test"})
							return err
						default:
							_, err := tx.Lapse(2)
							return err
						}
					})
					if k := fault.KindOf(err); err != nil && k == fault.Internal {
						t.Errorf("%s: %v", id, err)
					}
				}
			})
		}
		wg.Wait()
		sound(t, db)
		read(t, db, func(r *Reader) error {
			want := map[ledger.Account]*big.Int{}
			add := func(a ledger.Account, n int64) {
				if want[a] == nil {
					want[a] = new(big.Int)
				}
				want[a].Add(want[a], big.NewInt(n))
			}
			transfers := 0
			if err := r.EachTransfer(func(p ledger.Posted) error {
				transfers++
				add(p.From, -p.Amount)
				add(p.To, p.Amount)
				return nil
			}); err != nil {
				return err
			}
			if transfers < clients*steps/3 {
				t.Errorf("only %d transfers were posted", transfers)
			}
			for a, n := range want {
				have, err := r.Account(a, ledger.Point)
				if err != nil || n.Cmp(big.NewInt(have.Balance)) != 0 {
					t.Errorf("%s: have %d (%v), want %s", a, have.Balance, err, n)
				}
				if a != issuer && have.Balance < 0 {
					t.Errorf("%s is overdrawn", a)
				}
			}
			return nil
		})
	})
}

func TestOneTransferSentManyTimesIsPostedOnce(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		settled(t, db, 1)
		var wg sync.WaitGroup
		var mu sync.Mutex
		fresh := 0
		for range 8 {
			wg.Go(func() {
				if err := db.InTx(t.Context(), 330108, func(tx *Tx) error {
					f, err := tx.Post(give("once", resident(1), 5, time.Time{}))
					mu.Lock()
					defer mu.Unlock()
					if f && err == nil {
						fresh++
					}
					return err
				}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		read(t, db, func(r *Reader) error {
			a, err := r.Account(resident(1), ledger.Point)
			if a.Balance != 5 {
				t.Errorf("balance %d after one transfer of 5", a.Balance)
			}
			return err
		})
		err := db.InTx(t.Context(), 330108, func(tx *Tx) error {
			_, err := tx.Post(give("once", resident(1), 6, time.Time{}))
			return err
		})
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("the same id with another amount: %v", err)
		}
	})
}

func TestInABatchEachStandsForItself(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		settled(t, db, 2)
		var got []string
		write(t, db, func(tx *Tx) error {
			out, err := tx.PostAll([]ledger.Transfer{
				give("a", resident(1), 10, time.Time{}),
				{ID: "b", From: resident(1), To: resident(2), Asset: ledger.Point, Amount: 11},
				{ID: "c", From: resident(1), To: resident(2), Asset: ledger.Point, Amount: 10},
				give("a", resident(1), 10, time.Time{}),
				give("c", resident(1), 1, time.Time{}),
				give("d", resident(99), 1, time.Time{}),
				give("e", resident(2), 0, time.Time{}),
				give("f", "person:x", 1, time.Time{}),
				give("g", "pool:330109", 1, time.Time{}),
				{ID: "h", From: "issue:330109", To: resident(1), Asset: ledger.Point, Amount: 1},
			})
			got = nil
			for _, b := range out {
				s := "posted"
				switch {
				case b.Err != nil:
					s = map[fault.Kind]string{fault.Invalid: "invalid", fault.Conflict: "conflict"}[fault.KindOf(b.Err)]
				case !b.Fresh:
					s = "again"
				}
				got = append(got, s)
			}
			return err
		})
		want := "[posted conflict posted again conflict invalid invalid invalid invalid invalid]"
		if fmt.Sprint(got) != want {
			t.Errorf("got  %v\nwant %s", got, want)
		}
		sound(t, db)
		for a, want := range map[ledger.Account]int64{resident(1): 0, resident(2): 10, issuer: -10} {
			read(t, db, func(r *Reader) error {
				have, err := r.Account(a, ledger.Point)
				if have.Balance != want {
					t.Errorf("%s holds %d, want %d", a, have.Balance, want)
				}
				return err
			})
		}
	})
}

func TestAHoldGoesBackToItsLots(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		settled(t, db, 2)
		soon, late := time.Now().Add(time.Hour).Truncate(time.Millisecond), time.Now().Add(2*time.Hour).Truncate(time.Millisecond)
		lots := func() string {
			var out []ledger.Lot
			read(t, db, func(r *Reader) (err error) { out, err = r.Lots(resident(1), ledger.Point); return err })
			s := ""
			for _, l := range out {
				s += fmt.Sprintf("%d in %dh ", l.Left, int(time.Until(l.Expires).Round(time.Hour).Hours()))
			}
			return s
		}
		hold := func(id string) error {
			return db.InTx(t.Context(), 330108, func(tx *Tx) error {
				_, err := tx.Hold(Hold{ID: id, From: resident(1), To: resident(2), Asset: ledger.Point, Amount: 12, Reason: "reward"})
				return err
			})
		}
		write(t, db, func(tx *Tx) error {
			_, err := tx.PostAll([]ledger.Transfer{give("a", resident(1), 10, late), give("b", resident(1), 5, soon), give("c", resident(1), 3, time.Time{})})
			return err
		})
		must(t, hold("h"))
		if got := lots(); got != "3 in 2h " {
			t.Errorf("while held: %s", got)
		}
		for range 2 { // voiding twice gives back once
			write(t, db, func(tx *Tx) error { _, err := tx.VoidHold("h", "changed my mind"); return err })
		}
		if got := lots(); got != "5 in 1h 10 in 2h " {
			t.Errorf("after voiding: %s", got)
		}
		err := db.InTx(t.Context(), 330108, func(tx *Tx) error { _, err := tx.ConfirmHold("h"); return err })
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("a voided hold was confirmed: %v", err)
		}
		must(t, hold("h2"))
		for range 2 {
			write(t, db, func(tx *Tx) error { _, err := tx.ConfirmHold("h2"); return err })
		}
		read(t, db, func(r *Reader) error {
			got, err := r.Account(resident(2), ledger.Point)
			if got.Balance != 12 {
				t.Errorf("the other holds %d, want 12", got.Balance)
			}
			return err
		})
		sound(t, db)
	})
}

func TestWhatLapsesLeavesOnTimeAndNoSooner(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		settled(t, db, 3)
		now := time.Now().Add(time.Minute).Truncate(time.Millisecond)
		write(t, db, func(tx *Tx) error {
			_, err := tx.PostAll([]ledger.Transfer{give("a", resident(1), 4, now), give("b", resident(1), 5, now.Add(time.Millisecond)),
				give("c", resident(2), 6, now.Add(-time.Second)), give("d", resident(3), 7, time.Time{})})
			return err
		})
		late := db.WithClock(func() time.Time { return now })
		for range 2 {
			must(t, late.InTx(context.Background(), 330108, func(tx *Tx) error {
				n, err := tx.Lapse(10)
				if n != 2 && n != 0 {
					t.Errorf("%d accounts gave up points", n)
				}
				return err
			}))
		}
		for a, want := range map[ledger.Account]int64{resident(1): 5, resident(2): 0, resident(3): 7, "expired:330108": 10} {
			read(t, db, func(r *Reader) error {
				have, err := r.Account(a, ledger.Point)
				if have.Balance != want {
					t.Errorf("%s holds %d, want %d", a, have.Balance, want)
				}
				return err
			})
		}
		sound(t, db)
	})
}

func TestABalanceOfThePastIsWhatItWas(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		settled(t, db, 1)
		base := time.Now().Truncate(time.Millisecond)
		for i := range 20 {
			then := db.WithClock(func() time.Time { return base.Add(time.Duration(i/2) * time.Second) }) // two lines an instant
			must(t, then.InTx(t.Context(), 330108, func(tx *Tx) error {
				_, err := tx.Post(give(fmt.Sprint(i), resident(1), 1, time.Time{}))
				return err
			}))
		}
		read(t, db, func(r *Reader) error {
			for i := -1; i < 11; i++ {
				got, err := r.BalanceAt(resident(1), ledger.Point, base.Add(time.Duration(i)*time.Second+time.Millisecond))
				if want := int64(min(max(2*(i+1), 0), 20)); err != nil || got != want {
					t.Errorf("after %d s: %d (%v), want %d", i, got, err, want)
				}
			}
			return nil
		})
	})
}
