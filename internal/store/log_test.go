package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/proof"
	"gezhi/internal/testdb"
)

// leavesOf reads the whole log and requires that it has no gap.
func leavesOf(t *testing.T, db *DB) []LogLeaf {
	t.Helper()
	var all []LogLeaf
	read(t, db, func(r *Reader) error {
		s, err := r.LogState()
		if err != nil {
			return err
		}
		if all, err = r.LogLeaves(0, 1_000_000); err != nil {
			return err
		}
		if s.Size != int64(len(all)) {
			t.Errorf("the log counts %d leaves and has %d", s.Size, len(all))
		}
		for i, l := range all {
			if l.N != int64(i) {
				t.Fatalf("leaf %d has number %d", i, l.N)
			}
		}
		return nil
	})
	return all
}

// logOne logs one leaf beside a row.
func logOne(tx *Tx, entry int64) error {
	tx.Log("test", entry, fmt.Append(nil, entry))
	return tx.exec(`INSERT INTO counters (zone, name, n) VALUES ($1, $2, 1)`, tx.Zone, fmt.Sprint("entry ", entry))
}

// inOneGroup queues commands while the writer is busy, so that they share a commit.
func inOneGroup(t *testing.T, db *DB, commands ...func(*Tx) error) []error {
	t.Helper()
	errs := make([]error, len(commands))
	busy, go_ := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		var once sync.Once
		must(t, db.InTx(t.Context(), zone, func(tx *Tx) error {
			once.Do(func() { close(busy) })
			<-go_
			return nil
		}))
	})
	<-busy
	for i, fn := range commands {
		wg.Go(func() { errs[i] = db.InTx(t.Context(), zone, fn) })
		for len(db.writer.queues[uint(zone)%uint(len(db.writer.queues))]) < i+1 {
			time.Sleep(time.Millisecond)
		}
	}
	close(go_)
	wg.Wait()
	return errs
}

func TestLeavesOfAGroupHaveNoGaps(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		refuse := fault.New(fault.Invalid, "不行", "no")
		errs := inOneGroup(t, db,
			func(tx *Tx) error { return logOne(tx, 1) },
			func(tx *Tx) error { return errors.Join(logOne(tx, 2), refuse) }, // fails after writing: the group runs again
			func(tx *Tx) error { tx.Log("test", 3, nil); return refuse },     // fails having only logged
			func(tx *Tx) error { return errors.Join(logOne(tx, 4), logOne(tx, 5)) },
			func(tx *Tx) error { // fails by compare-and-set, which PostgreSQL finds out later
				return errors.Join(logOne(tx, 6), tx.mustChange(refuse, `UPDATE counters SET n=n WHERE zone=$1 AND name='none'`, tx.Zone))
			},
			func(tx *Tx) error { // fails by a constraint
				return errors.Join(logOne(tx, 7), tx.exec(`INSERT INTO counters (zone, name, n) VALUES ($1, 'entry 7', 1)`, tx.Zone))
			},
			func(tx *Tx) error { panic("logged " + fmt.Sprint(logOne(tx, 8))) },
			func(tx *Tx) error { tx.Log("test", 9, []byte("9")); return nil }, // writes nothing but the log
			func(tx *Tx) error { // one's own leaf is not counted before the end
				before, err := tx.LogState()
				err = errors.Join(err, logOne(tx, 10))
				if after, e := tx.LogState(); e == nil && after != before { // e: the group runs again
					t.Errorf("a command sees %+v, then %+v", before, after)
				}
				return err
			})
		for i, err := range errs {
			if failed := i == 1 || i == 2 || i == 4 || i == 5 || i == 6; failed != (err != nil) {
				t.Errorf("command %d: %v", i, err)
			}
		}
		var got []int64
		for _, l := range leavesOf(t, db) {
			got = append(got, l.Entry)
			if want := proof.LeafHash(fmt.Append(nil, l.Entry)); l.Hash != want || l.Kind != "test" {
				t.Errorf("leaf %+v", l)
			}
		}
		if want := fmt.Sprint([]int64{1, 4, 5, 9, 10}); fmt.Sprint(got) != want {
			t.Errorf("leaves of entries %v, want %s", got, want)
		}
	})
}

func TestAStaleCommandLogsOnce(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		tries := 0
		write(t, db, func(tx *Tx) error {
			tries++
			if err := logOne(tx, int64(tries)); err != nil || tries > 2 {
				return err
			}
			return tx.mustChange(errStale, `UPDATE counters SET n=n WHERE zone=$1 AND name='none'`, tx.Zone)
		})
		if l := leavesOf(t, db); len(l) != 1 {
			t.Errorf("%d leaves after %d tries: %+v", len(l), tries, l)
		}
	})
}

func TestSeveralProcessesShareALogWithoutGaps(t *testing.T) {
	const commands, clients = 40, 8
	run := func(t *testing.T, dsn string) {
		dbs := make([]*DB, 3)
		for i := range dbs {
			db, err := Open(t.Context(), dsn, Options{})
			must(t, err)
			t.Cleanup(func() { db.Close() })
			dbs[i] = db
		}
		other := 110101 // the same lane on some servers, another log
		var wg sync.WaitGroup
		for c := range clients {
			wg.Go(func() {
				for i := range commands {
					db, z := dbs[(c+i)%len(dbs)], zone
					if i%5 == 4 {
						z = other
					}
					err := db.InTx(t.Context(), z, func(tx *Tx) error {
						for range 1 + i%3 {
							if err := logOne(tx, tx.NewID()); err != nil {
								return err
							}
						}
						if i%7 == 6 {
							return errNoRows
						}
						return nil
					})
					if (err != nil) != (i%7 == 6) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		want := 0
		for i := range commands {
			if i%7 != 6 && i%5 != 4 {
				want += clients * (1 + i%3)
			}
		}
		if n := len(leavesOf(t, dbs[0])); n != want {
			t.Errorf("%d leaves, want %d", n, want)
		}
	}
	t.Run("SQLite", func(t *testing.T) { run(t, "sqlite:"+filepath.Join(t.TempDir(), "g.db")) })
	t.Run("PostgreSQL", func(t *testing.T) { run(t, testdb.Copied(t, "migrated", migrated)) })
}

func TestIntegrationIsByOneProcess(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *Tx) error { return errors.Join(logOne(tx, 1), logOne(tx, 2)) })
		when := time.Date(2026, 3, 2, 10, 20, 0, 0, china)
		integrate := func(from, to int64, at time.Time) error {
			return db.InTx(context.Background(), zone, func(tx *Tx) error {
				return tx.Integrate(from, map[int64][]byte{0: {byte(to)}}, Checkpoint{Size: to, At: at, Note: fmt.Sprint("note ", to)})
			})
		}
		must(t, integrate(0, 1, when))
		if err := integrate(0, 2, when); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a second process gets %v", err)
		}
		must(t, integrate(1, 2, when.Add(time.Minute)))
		write(t, db, func(tx *Tx) error { return logOne(tx, 3) })
		must(t, integrate(2, 3, when.Add(time.Hour)))
		read(t, db, func(r *Reader) error {
			var sizes []int64
			kept, err := r.Checkpoints()
			for _, c := range kept {
				sizes = append(sizes, c.Size)
			}
			must(t, err)
			if fmt.Sprint(sizes) != "[2 3]" {
				t.Errorf("checkpoints of sizes %v: the last of each hour is kept", sizes)
			}
			last, err := r.LastCheckpoint()
			if err != nil || last.Note != "note 3" || !last.At.Equal(when.Add(time.Hour)) {
				t.Errorf("%+v, %v", last, err)
			}
			pieces, err := r.LogPieces([]int64{0, 1})
			if err != nil || len(pieces) != 1 || len(pieces[0]) != 1 || pieces[0][0] != 3 {
				t.Errorf("%v, %v", pieces, err)
			}
			return nil
		})
	})
}

// BenchmarkLog is a group of 64 commands, with and without two leaves each.
func BenchmarkLog(b *testing.B) {
	for _, leaves := range []int{0, 1} {
		b.Run(fmt.Sprint(leaves), func(b *testing.B) {
			db, err := Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "g.db"), Options{NoSync: true})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			text := make([]byte, 500)
			from := cpu()
			b.ResetTimer()
			for done := 0; done < b.N; {
				n := min(64, b.N-done)
				if err := db.InTx(b.Context(), zone, func(tx *Tx) error {
					for range n {
						id := tx.NewID()
						if err := tx.exec(`INSERT INTO notice_reads (zone, person, upto) VALUES ($1,$2,1)`, tx.Zone, id); err != nil {
							return err
						}
						for range leaves {
							tx.Log(proof.KindCase, id, text)
						}
					}
					return nil
				}); err != nil {
					b.Fatal(err)
				}
				done += n
			}
			b.ReportMetric(float64((cpu()-from).Nanoseconds())/float64(b.N)/1000, "cpu-µs/command")
		})
	}
}
