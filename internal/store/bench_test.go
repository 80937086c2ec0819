package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// benchCases is how many cases the benches move about.
const benchCases = 20000

// benchState is about as long as a real case's JSON.
var benchState = `{"clocks":{"whole":{"unit":"work_day","budget":28800,"used":1200}},"fields":{"` + strings.Repeat("x", 400) + `":"y"}}`

// benchDB is a database with cases to move.
func benchDB(b *testing.B, place func(testing.TB) string) *DB {
	b.Helper()
	db := connect(b, place(b))
	columns := []string{"zone", "id", "stage", "holder", "title", "area", "due_at", "revision", "state"}
	for at := 0; at < benchCases; at += 1000 {
		if err := db.InTx(b.Context(), zone, func(tx *Tx) error {
			var rows, tasks [][]any
			for i := at; i < at+1000; i++ {
				area := fmt.Sprintf("330108%03d%03d", i%7, i%61)
				rows = append(rows, []any{zone, i, "handling", "officer/cg/" + area, "占道经营影响通行", area, 1_000_000_000_000 + i, 1, benchState})
				tasks = append(tasks, []any{zone, "officer/cg/" + area, 1_000_000_000_000 + i, i, "case"})
			}
			if err := tx.insertMany("case_tasks", []string{"zone", "holder", "due_at", "case_id", "kind"}, tasks); err != nil {
				return err
			}
			return tx.insertMany("cases", columns, rows)
		}); err != nil {
			b.Fatal(err)
		}
	}
	return db
}

// durableMove is a case move as the product makes it: the case is read and changed, its history
// grows by a line, its tasks are replaced.
func durableMove(b *testing.B, db *DB, id int64) error {
	return db.InTx(b.Context(), zone, func(tx *Tx) error {
		var stage, holder, title, area, state string
		var due, revision int64
		if err := tx.queryRow(`SELECT stage, holder, title, area, due_at, revision, state FROM cases WHERE zone = $1 AND id = $2`, tx.Zone, id).
			Scan(&stage, &holder, &title, &area, &due, &revision, &state); err != nil {
			return err
		}
		if err := tx.mustChange(nil, `UPDATE cases SET stage = $4, holder = $5, due_at = $6, state = $7, revision = revision + 1
			WHERE zone = $1 AND id = $2 AND revision = $3`, tx.Zone, id, revision, "verifying", holder, due, state); err != nil {
			return err
		}
		if err := tx.exec(`INSERT INTO case_events (zone, case_id, seq, at, actor, move, body) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			tx.Zone, id, revision, tx.Now, 17, "handled", benchState[:200]); err != nil {
			return err
		}
		if err := tx.exec(`DELETE FROM case_tasks WHERE zone = $1 AND case_id = $2`, tx.Zone, id); err != nil {
			return err
		}
		return tx.exec(`INSERT INTO case_tasks (zone, holder, due_at, case_id, kind) VALUES ($1, $2, $3, $4, 'case')`, tx.Zone, holder, due, id)
	})
}

// BenchmarkCaseMove is 64 clients that each wait for the answer before they move the next case.
func BenchmarkCaseMove(b *testing.B) {
	for name, place := range engines {
		b.Run(name, func(b *testing.B) {
			db := benchDB(b, place)
			var next atomic.Int64
			took := make([]time.Duration, b.N)
			from := cpu()
			b.ResetTimer()
			var wg sync.WaitGroup
			for range 64 {
				wg.Go(func() {
					for {
						n := next.Add(1) - 1
						if n >= int64(b.N) {
							return
						}
						start := time.Now()
						if err := durableMove(b, db, rand.Int64N(benchCases)); err != nil {
							b.Error(err)
							return
						}
						took[n] = time.Since(start)
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			report(b, took, from)
		})
	}
}

// BenchmarkCaseMoveAt2000 offers 2,000 moves a second, whether or not earlier ones are answered; the
// latency is counted from the moment a move was due.
func BenchmarkCaseMoveAt2000(b *testing.B) {
	for name, place := range engines {
		b.Run(name, func(b *testing.B) {
			db := benchDB(b, place)
			took := make([]time.Duration, b.N)
			from := cpu()
			b.ResetTimer()
			var wg sync.WaitGroup
			start := time.Now()
			for n := range b.N {
				due := start.Add(time.Duration(n) * time.Second / 2000)
				if wait := time.Until(due); wait > 0 {
					time.Sleep(wait)
				}
				wg.Go(func() {
					if err := durableMove(b, db, rand.Int64N(benchCases)); err != nil {
						b.Error(err)
					}
					took[n] = time.Since(due)
				})
			}
			wg.Wait()
			b.StopTimer()
			report(b, took, from)
		})
	}
}

// cpu is the processor time this process has used. On a machine that others use too it says more
// than the clock on the wall.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// report gives what was measured since the processor clock stood at from.
func report(b *testing.B, took []time.Duration, from time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64((cpu()-from).Microseconds())/float64(b.N), "cpu-µs/move")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "moves/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
