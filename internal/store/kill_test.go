package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// killTarget names, in the environment of a process started by TestKillLosesNothing, the database it
// is to write to until it is killed.
const killTarget = "GEZHI_KILL_TARGET"

// TestMain lets the test binary serve as the process that is killed.
func TestMain(m *testing.M) {
	if dsn := os.Getenv(killTarget); dsn != "" {
		fmt.Println("error", writeUntilKilled(dsn))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// kills is how often a process is killed: GEZHI_KILLS, or a few in the normal run.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("GEZHI_KILLS")); err == nil {
		return n
	}
	return 5
}

// writeUntilKilled writes with 16 clients at once and prints the id of each write after it was answered.
func writeUntilKilled(dsn string) error {
	db, err := open(context.Background(), dsn, Options{}, standin)
	if err != nil {
		return err
	}
	failed := make(chan error)
	var out sync.Mutex
	for client := range 16 {
		go func() {
			for {
				id := db.NewID()
				_, _, err := db.Once(context.Background(), zone, fmt.Sprint(id), func(tx *Tx) (string, error) {
					return "", killWrite(tx, id, client)
				})
				if err != nil {
					failed <- err
					return
				}
				out.Lock()
				fmt.Println(id)
				out.Unlock()
			}
		}()
	}
	return <-failed
}

// killWrite writes one case in four tables, so that half a write shows.
func killWrite(tx *Tx, id int64, client int) error {
	if err := addCase(tx, id, "330108"); err != nil {
		return err
	}
	if client%4 == 0 { // a read in the middle, which on PostgreSQL sends what is queued
		if _, _, err := stageOf(&tx.Reader, id); err != nil {
			return err
		}
	}
	if err := tx.exec(`INSERT INTO balances (zone, account, amount) VALUES ($1, $2, 1)
		ON CONFLICT (zone, account) DO UPDATE SET amount = balances.amount + 1`, zone, fmt.Sprint("client ", client)); err != nil {
		return err
	}
	if err := moveCase(tx, id, "filed", 1); err != nil {
		return err
	}
	return tx.exec(`INSERT INTO case_events (zone, case_id, seq, at, actor, move, body) VALUES ($1, $2, 1, $3, 0, 'filed', '{}')`, zone, id, tx.Now)
}

// whole are the invariants of killWrite.
var whole = []Invariant{
	{SQL: `SELECT 'case without its event: ' || c.id FROM cases c WHERE c.zone = $1 AND NOT EXISTS
		(SELECT 1 FROM case_events e WHERE e.zone = c.zone AND e.case_id = c.id)`},
	{SQL: `SELECT 'event without its case: ' || e.case_id FROM case_events e WHERE e.zone = $1 AND NOT EXISTS
		(SELECT 1 FROM cases c WHERE c.zone = e.zone AND c.id = e.case_id AND c.stage = 'filed' AND c.revision = 2)`},
	{SQL: `SELECT 'balances and cases differ' WHERE (SELECT coalesce(sum(amount), 0) FROM balances WHERE zone = $1) <> (SELECT count(*) FROM cases WHERE zone = $1)`},
}

// keysWhole holds where every case was written by Once.
var keysWhole = Invariant{SQL: `SELECT 'keys and cases differ' WHERE (SELECT count(*) FROM commands WHERE zone = $1) <> (SELECT count(*) FROM cases WHERE zone = $1)`}

func TestKillLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes")
	}
	for name, place := range engines {
		t.Run(name, func(t *testing.T) {
			dsn := place(t)
			connect(t, dsn).Close() // migrate once, so that the first process is killed while writing
			acknowledged := map[int64]bool{}
			for n := range kills() {
				fresh := runAndKill(t, dsn, time.Duration(20+37*n%200)*time.Millisecond)
				for _, id := range fresh {
					acknowledged[id] = true
				}
				checkKilled(t, dsn, acknowledged)
				if t.Failed() {
					t.Fatalf("after kill %d", n+1)
				}
			}
			t.Logf("%d kills, %d acknowledged writes, none lost", kills(), len(acknowledged))
			if len(acknowledged) == 0 {
				t.Error("nothing was written at all")
			}
		})
	}
}

// runAndKill starts a writing process, kills it some time after its first answer, and gives the ids it acknowledged.
func runAndKill(t *testing.T, dsn string, after time.Duration) (ids []int64) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), killTarget+"="+dsn)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // killed; a line without its end was not finished
			break
		}
		id, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
		if err != nil {
			t.Errorf("the process says %s", line)
			continue
		}
		if ids = append(ids, id); len(ids) == 1 {
			time.AfterFunc(after, func() { cmd.Process.Kill() })
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	return ids
}

// checkKilled opens the database as a restart would and looks for lost and half-done writes.
func checkKilled(t *testing.T, dsn string, acknowledged map[int64]bool) {
	t.Helper()
	db, err := open(t.Context(), dsn, Options{}, standin)
	must(t, err)
	defer db.Close()
	found, err := db.Verify(t.Context(), zone, append(whole, keysWhole))
	must(t, err)
	for _, f := range found {
		t.Error(f.Detail)
	}
	must(t, db.View(t.Context(), zone, func(r *Reader) error {
		ids, err := collect(r, func(rows *Rows) (id int64, err error) { return id, rows.Scan(&id) },
			`SELECT case_id FROM case_events WHERE zone = $1`, zone)
		there := map[int64]bool{}
		for _, id := range ids {
			there[id] = true
		}
		for id := range acknowledged {
			if !there[id] {
				t.Errorf("the acknowledged write %d is lost", id)
			}
		}
		return err
	}))
}

// TestCutConnectionsLoseAndDoubleNothing ends PostgreSQL's side of the connections under load. No command
// carries a key here; still each takes effect exactly once and is answered without an error.
func TestCutConnectionsLoseAndDoubleNothing(t *testing.T) {
	dsn := engines["PostgreSQL"](t)
	dbs := []*DB{connect(t, dsn), connect(t, dsn)} // two processes' worth
	var wg sync.WaitGroup
	var stop atomic.Bool
	var written atomic.Int64
	for client := range 16 {
		wg.Go(func() {
			db := dbs[client%2]
			for !stop.Load() {
				id := db.NewID()
				if err := db.InTx(t.Context(), zone, func(tx *Tx) error { return killWrite(tx, id, client) }); err != nil {
					t.Error(err)
					return
				}
				written.Add(1)
				if err := db.View(t.Context(), zone, func(r *Reader) error { _, _, err := stageOf(r, id); return err }); err != nil && !cutOff(err) {
					t.Error(err)
					return
				}
			}
		})
	}
	cutter, err := pgx.Connect(t.Context(), dsn)
	must(t, err)
	defer cutter.Close(context.Background())
	cut := 0
	for range kills() {
		time.Sleep(60 * time.Millisecond)
		var n int
		must(t, cutter.QueryRow(t.Context(), `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'gezhi'`).Scan(&n))
		cut += n
	}
	stop.Store(true)
	wg.Wait()
	found, err := dbs[0].Verify(t.Context(), zone, whole)
	must(t, err)
	for _, f := range found {
		t.Error(f.Detail)
	}
	if n := count(t, dbs[0], "cases"); int64(n) != written.Load() || n == 0 {
		t.Errorf("%d writes were acknowledged, %d are there", written.Load(), n)
	}
	t.Logf("%d connections cut, %d writes, each once", cut, written.Load())
}

// cutOff reports an error that a view may meet when its connection goes away in the middle.
func cutOff(err error) bool { return passing(err) }
