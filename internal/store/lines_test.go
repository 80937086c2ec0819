package store

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gezhi/internal/lang"
	"gezhi/internal/ledger"
)

// livedBooks posts between residents, some of whom move often enough to have marks, and says what each account's lines
// must be: a plain list, kept beside.
func livedBooks(t *testing.T, db *DB, residents, steps int) map[ledger.Account][]StatementLine {
	t.Helper()
	settled(t, db, residents)
	want := map[ledger.Account][]StatementLine{}
	add := func(a, other ledger.Account, amount int64, id string, when time.Time) {
		l := StatementLine{N: int64(len(want[a]) + 1), At: when, Amount: amount, Balance: amount, Transfer: id, Other: other, Reason: "test"}
		if len(want[a]) > 0 {
			l.Balance += want[a][len(want[a])-1].Balance
		}
		want[a] = append(want[a], l)
	}
	base := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	rng := rand.New(rand.NewPCG(11, 5))
	for step := 0; step < steps; {
		when := base.Add(time.Duration(step/7) * time.Second) // several lines an instant
		must(t, db.WithClock(func() time.Time { return when }).InTx(t.Context(), 330108, func(tx *Tx) error {
			var list []ledger.Transfer
			for range 1 + rng.IntN(40) { // an account may be in one command often
				id, to := fmt.Sprint("t", step), resident(1+rng.IntN(rng.IntN(residents)+1))
				step++
				list = append(list, give(id, to, 1+rng.Int64N(9), time.Time{}))
				if from := list[len(list)-1].To; rng.IntN(3) == 0 && len(want[from]) > 0 && from != resident(1) {
					list[len(list)-1] = ledger.Transfer{ID: id, From: from, To: resident(1), Asset: ledger.Point, Amount: 1, Reason: "test"}
				}
			}
			out, err := tx.PostAll(list)
			for i, b := range out {
				if p := list[i]; b.Err == nil {
					add(p.From, p.To, -p.Amount, p.ID, tx.Now)
					add(p.To, p.From, p.Amount, p.ID, tx.Now)
				}
			}
			return err
		}))
	}
	return want
}

func TestAStatementIsReadFromAnyLine(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		want := livedBooks(t, db, 5, 900)
		sound(t, db)
		if n := len(want[resident(1)]); n < 3*markEvery {
			t.Fatalf("the busiest resident has only %d lines", n)
		}
		read(t, db, func(r *Reader) error {
			for a, lines := range want {
				for _, limit := range []int{1, 20, 64, 200} {
					for before := int64(0); before <= int64(len(lines))+2; before += 1 + before/9 {
						got, err := r.Statement(a, ledger.Point, before, limit)
						end := len(lines)
						if before > 0 {
							end = min(end, int(before)-1)
						}
						expect := slices.Clone(lines[max(0, end-limit):end])
						slices.Reverse(expect)
						if err != nil || !slices.EqualFunc(got, expect, func(x, y StatementLine) bool {
							same := x.At.Equal(y.At)
							x.At = y.At
							return same && x == y
						}) {
							t.Fatalf("%s before %d, %d lines: %v (%v)\nwant %v", a, before, limit, got, err, expect)
						}
					}
				}
				for i := -1; i <= len(lines); i++ {
					when, balance := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), int64(0)
					if i >= 0 {
						when = lines[min(i, len(lines)-1)].At
					}
					for _, l := range lines {
						if !l.At.After(when) {
							balance = l.Balance
						}
					}
					if got, err := r.BalanceAt(a, ledger.Point, when); got != balance || err != nil {
						t.Fatalf("%s at %v: %d (%v), want %d", a, when, got, err, balance)
					}
				}
			}
			return nil
		})
	})
}

// upTo are the migrations before one.
func upTo(t *testing.T, number string) fs.FS {
	t.Helper()
	all, err := fs.Sub(embedded, "migrations")
	must(t, err)
	names, err := fs.Glob(all, "*.sql")
	must(t, err)
	out := fstest.MapFS{}
	for _, name := range names {
		if name < number {
			body, err := fs.ReadFile(all, name)
			must(t, err)
			out[name] = &fstest.MapFile{Data: body}
		}
	}
	return out
}

// rowsOf is a table as text, in order.
func rowsOf(t *testing.T, db *DB, table string, columns ...string) []string {
	t.Helper()
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = "CAST(" + c + " AS TEXT)"
	}
	var out []string
	read(t, db, func(r *Reader) (err error) {
		out, err = collect(r, func(rows *Rows) (s string, err error) { return s, rows.Scan(&s) },
			`SELECT `+strings.Join(parts, "||'|'||")+` AS line FROM `+table+` ORDER BY line`)
		return err
	})
	return out
}

// Books kept as postings of their own become, by migration 0014, what posting the same makes today.
func TestOldPostingsBecomeLines(t *testing.T) {
	for name, place := range engines {
		t.Run(name, func(t *testing.T) {
			today := connectWhole(t, place(t))
			livedBooks(t, today, 5, 400)

			dsn := place(t)
			old, err := open(t.Context(), dsn, Options{}, upTo(t, "0014"))
			must(t, err)
			must(t, old.InTx(t.Context(), 330108, func(tx *Tx) error { return tx.AddZone(binjiangZone) }))
			read(t, today, func(r *Reader) error {
				return r.EachTransfer(func(p ledger.Posted) error {
					return old.InTx(t.Context(), 330108, func(tx *Tx) error {
						if err := tx.exec(`INSERT INTO transfers (zone, id, seq, at, from_account, to_account, asset, amount, expires_at, reason, ref, from_n, to_n)
							VALUES ($1,$2,$3,$4,$5,$6,$7,$8,0,$9,'',$10,$11)`,
							330108, p.ID, p.Seq, p.At, string(p.From), string(p.To), string(p.Asset), p.Amount, p.Reason, p.FromLine.N, p.ToLine.N); err != nil {
							return err
						}
						for _, l := range []struct {
							account ledger.Account
							amount  int64
							ledger.Line
						}{{p.From, -p.Amount, p.FromLine}, {p.To, p.Amount, p.ToLine}} {
							if err := tx.exec(`INSERT INTO postings (zone, account, asset, n, amount, balance, at, transfer) VALUES ($1,$2,'POINT',$3,$4,$5,$6,$7)`,
								330108, string(l.account), l.N, l.amount, l.Balance, p.At, p.ID); err != nil {
								return err
							}
							if err := tx.exec(`INSERT INTO accounts (zone, account, asset, balance, floor, postings, version) VALUES ($1,$2,'POINT',$3,$4,$5,1)
								ON CONFLICT (zone, account, asset) DO UPDATE SET balance=excluded.balance, postings=excluded.postings`,
								330108, string(l.account), l.Balance, l.account.Floor(), l.N); err != nil {
								return err
							}
						}
						return nil
					})
				})
			})
			must(t, old.Close())

			now := connectWhole(t, dsn)
			sound(t, now)
			for table, columns := range map[string]string{
				"transfers":     "zone seq id at from_account to_account asset amount expires_at reason ref from_n from_balance from_prev to_n to_balance to_prev lots reverses",
				"accounts":      "zone account asset balance floor postings last lots",
				"account_marks": "zone account asset n seq at",
			} {
				have, want := rowsOf(t, now, table, strings.Fields(columns)...), rowsOf(t, today, table, strings.Fields(columns)...)
				if len(want) == 0 || !slices.Equal(have, want) {
					t.Errorf("%s: %d rows, want %d", table, len(have), len(want))
				}
			}
		})
	}
}

var binjiangZone = Zone{Code: 330108, Slug: "binjiang", Name: lang.Text{ZH: "滨江区", EN: "Binjiang"}, Hours: "09:00-17:00"}

func connectWhole(t *testing.T, dsn string) *DB {
	t.Helper()
	db, err := Open(context.Background(), dsn, Options{})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	_ = db.InTx(t.Context(), 330108, func(tx *Tx) error { return tx.AddZone(binjiangZone) }) // it may be there
	return db
}
