package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gezhi/internal/fault"
	"gezhi/internal/testdb"
)

const zone = 330108

// standin are the migrations of the tests here: they try the engine, not the product's tables.
var standin = os.DirFS("testdata/migrations")

// engines open a fresh place for a database and name it.
var engines = map[string]func(t testing.TB) string{
	"SQLite":     func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "格治 ?#%41.db") },
	"PostgreSQL": func(t testing.TB) string { return testdb.Postgres(t) },
}

// connect opens the database at dsn once more and closes it with the test.
func connect(t testing.TB, dsn string) *DB {
	t.Helper()
	db, err := open(t.Context(), dsn, Options{}, standin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestEngines(t *testing.T) {
	for name, place := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "PostgreSQL" {
				place = schemas(t, place(t))
			}
			Exercise(t, func(t *testing.T) *DB { return connect(t, place(t)) })
		})
	}
}

// schemas gives each test a schema of its own in one PostgreSQL database, which is made sooner than a database.
func schemas(t *testing.T, dsn string) func(testing.TB) string {
	admin, err := pgx.Connect(t.Context(), dsn)
	must(t, err)
	t.Cleanup(func() { admin.Close(context.Background()) })
	n := 0
	return func(t testing.TB) string {
		n++
		name := fmt.Sprint("s", n)
		if _, err := admin.Exec(t.Context(), "CREATE SCHEMA "+name); err != nil {
			t.Fatal(err)
		}
		sep := "?"
		if strings.Contains(dsn, "?") {
			sep = "&"
		}
		return dsn + sep + "search_path=" + name
	}
}

// Exercise is what every engine must pass.
func Exercise(t *testing.T, open func(t *testing.T) *DB) {
	tests := map[string]func(t *testing.T, db *DB){
		"what is written is read back as it was":            valuesRoundTrip,
		"a transaction has one Now, in milliseconds":        oneNow,
		"text sorts by bytes and subtrees are prefixes":     textSortsByBytes,
		"two thousand commands at once all take effect":     manyCommands,
		"a command sees its own writes":                     ownWrites,
		"a command sees those before it in the group":       seesGroup,
		"a command that fails leaves the others alone":      failureIsAlone,
		"a constraint's refusal leaves the others alone":    constraintIsAlone,
		"an error let pass still fails the command":         ignoredError,
		"a panic fails its command only":                    panics,
		"a command that ends its goroutine fails alone":     exits,
		"a cancelled command is skipped":                    cancelled,
		"a closed database answers with an error":           closed,
		"no row changed means the fault given":              mustChange,
		"what is stale is run again":                        staleRunsAgain,
		"64 duplicates act once":                            duplicates,
		"a failed command's key may be used again":          failedKey,
		"a key used for something else is a conflict":       otherDigest,
		"a view is one instant":                             viewIsSnapshot,
		"a view cannot write":                               viewReadsOnly,
		"rows left open are closed, a second query refused": rowsLeftOpen,
		"many rows are inserted":                            insertsMany,
		"text is found, replaced and forgotten":             fullText,
		"ids are unique and grow":                           idsGrow,
		"counting at once":                                  counting,
		"RETURNING writes":                                  returning,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// together runs the functions so that they share a group: a first command holds the writer until all are queued.
func together(t *testing.T, db *DB, fns ...func(*Tx) error) []error {
	t.Helper()
	release := make(chan struct{})
	var wg sync.WaitGroup
	hold(t, db, &wg, release)
	errs := make([]error, len(fns))
	for i, fn := range fns {
		wg.Go(func() { errs[i] = db.InTx(t.Context(), zone, fn) })
		for waiting(db) <= i { // in this order
			time.Sleep(time.Millisecond)
		}
	}
	close(release)
	wg.Wait()
	return errs
}

// hold keeps the writer busy with a command until release is closed.
func hold(t *testing.T, db *DB, wg *sync.WaitGroup, release <-chan struct{}) {
	held := make(chan struct{})
	var once sync.Once // the command may run again
	wg.Go(func() {
		db.InTx(t.Context(), zone, func(*Tx) error {
			once.Do(func() { close(held) })
			<-release
			return nil
		})
	})
	<-held
}

// waiting is how many commands of the zone are queued.
func waiting(db *DB) int { return len(db.writer.queues[zone%len(db.writer.queues)]) }

// addCase makes a case to work on.
func addCase(tx *Tx, id int64, area string) error {
	return tx.exec(`INSERT INTO cases (zone, id, stage, holder, title, area, revision, state) VALUES ($1, $2, 'reported', '', '占道经营', $3, 1, '{}')`,
		tx.Zone, id, area)
}

func moveCase(tx *Tx, id int64, stage string, revision int64) error {
	return tx.mustChange(fault.New(fault.Conflict, "已变", "moved on"),
		`UPDATE cases SET stage = $3, revision = revision + 1 WHERE zone = $1 AND id = $2 AND revision = $4`, tx.Zone, id, stage, revision)
}

func stageOf(r *Reader, id int64) (stage string, revision int64, err error) {
	err = r.queryRow(`SELECT stage, revision FROM cases WHERE zone = $1 AND id = $2`, r.Zone, id).Scan(&stage, &revision)
	return stage, revision, err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, db *DB, table string) (n int) {
	t.Helper()
	must(t, db.View(t.Context(), zone, func(r *Reader) error { return r.queryRow("SELECT count(*) FROM " + table).Scan(&n) }))
	return n
}

func closed(t *testing.T, db *DB) {
	must(t, db.Close())
	if err := db.InTx(t.Context(), zone, func(*Tx) error { return nil }); err == nil {
		t.Error("InTx works after Close")
	}
	if err := db.View(t.Context(), zone, func(r *Reader) error { _, _, err := stageOf(r, 1); return err }); err == nil {
		t.Error("View works after Close")
	}
	must(t, db.Close())
}

func viewIsSnapshot(t *testing.T, db *DB) {
	must(t, db.View(t.Context(), zone, func(r *Reader) error {
		var before, after int
		if err := r.queryRow(`SELECT count(*) FROM cases`).Scan(&before); err != nil {
			return err
		}
		if err := db.InTx(t.Context(), zone, func(tx *Tx) error { return addCase(tx, 1, "330108") }); err != nil {
			return err
		}
		err := r.queryRow(`SELECT count(*) FROM cases`).Scan(&after)
		if before != 0 || after != 0 {
			t.Errorf("saw %d cases, then %d", before, after)
		}
		return err
	}))
	if n := count(t, db, "cases"); n != 1 {
		t.Errorf("%d cases, want 1", n)
	}
}

func viewReadsOnly(t *testing.T, db *DB) {
	err := db.View(t.Context(), zone, func(r *Reader) error {
		var id int64
		return r.queryRow(`INSERT INTO oddments (id) VALUES (1) RETURNING id`).Scan(&id)
	})
	if err == nil || count(t, db, "oddments") != 0 {
		t.Errorf("a view wrote: %v", err)
	}
}

func rowsLeftOpen(t *testing.T, db *DB) {
	must(t, db.InTx(t.Context(), zone, func(tx *Tx) error {
		return errors.Join(addCase(tx, 1, "330108"), addCase(tx, 2, "330108"))
	}))
	leave := func(r *Reader) error {
		rows, err := r.query(`SELECT id FROM cases WHERE zone = $1`, zone)
		if err != nil {
			return err
		}
		rows.Next()
		if _, _, err := stageOf(r, 1); !errors.Is(err, errRowsOpen) {
			t.Errorf("a second query gives %v", err)
		}
		return nil
	}
	must(t, db.View(t.Context(), zone, leave))
	for _, err := range together(t, db, func(tx *Tx) error { return leave(&tx.Reader) }, func(tx *Tx) error { return addCase(tx, 3, "330108") },
		func(tx *Tx) error {
			rows, err := tx.query(`SELECT id FROM cases WHERE zone = $1`, zone)
			if err == nil {
				rows.Next()
			}
			return err
		}) {
		if err != nil && !errors.Is(err, errRowsOpen) {
			t.Error(err)
		}
	}
	if n := count(t, db, "cases"); n != 3 {
		t.Errorf("%d cases, want 3", n)
	}
}
