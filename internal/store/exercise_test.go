package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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

func valuesRoundTrip(t *testing.T, db *DB) {
	type Named string
	type Number int32
	at := time.Date(2026, 2, 13, 16, 0, 0, 123e6, time.UTC)
	must(t, db.InTx(t.Context(), zone, func(tx *Tx) error {
		if err := tx.exec(`INSERT INTO oddments (id, ratio, bytes, words, flag) VALUES ($1, $2, $3, $4, $5)`,
			at, 0.1, []byte{0, 255}, Named("网格's — 𠮷\n"), true); err != nil {
			return err
		}
		return tx.exec(`INSERT INTO oddments (id, ratio, bytes, words, flag) VALUES ($1, $2, $3, $4, $5)`,
			Number(7), nil, (*[]byte)(nil), (*string)(nil), false)
	}))
	must(t, db.View(t.Context(), zone, func(r *Reader) error {
		var when time.Time
		var ratio float64
		var bytes []byte
		var words Named
		var flag bool
		if err := r.queryRow(`SELECT id, ratio, bytes, words, flag FROM oddments ORDER BY id DESC`).Scan(&when, &ratio, &bytes, &words, &flag); err != nil {
			return err
		}
		if !when.Equal(at) || ratio != 0.1 || !slices.Equal(bytes, []byte{0, 255}) || words != "网格's — 𠮷\n" || !flag {
			t.Errorf("read back %v %v %v %q %v", when, ratio, bytes, words, flag)
		}
		var id Number
		var none *float64
		var gone *Named
		if err := r.queryRow(`SELECT id, ratio, bytes, words, flag FROM oddments ORDER BY id`).Scan(&id, &none, &bytes, &gone, &flag); err != nil {
			return err
		}
		if id != 7 || none != nil || bytes != nil || gone != nil || flag {
			t.Errorf("read back %v %v %v %v %v", id, none, bytes, gone, flag)
		}
		var sum, n int64
		var mean float64
		if err := r.queryRow(`SELECT sum(id), count(*), avg(flag) FROM oddments`).Scan(&sum, &n, &mean); err != nil {
			return err
		}
		if sum != at.UnixMilli()+7 || n != 2 || mean != 0.5 {
			t.Errorf("sum %d, count %d, mean %v", sum, n, mean)
		}
		var s string
		if err := r.queryRow(`SELECT words FROM oddments ORDER BY id`).Scan(&s); err == nil {
			t.Error("NULL was read into a string")
		}
		if err := r.queryRow(`SELECT id FROM oddments WHERE id = $1`, 12345).Scan(&id); !errors.Is(err, errNoRows) {
			t.Errorf("a missing row gives %v", err)
		}
		if err := r.queryRow(`SELECT id FROM oddments`).Scan(&s); err == nil {
			t.Error("an integer was read into a string")
		}
		return nil
	}))
	for _, bad := range []string{"a\x00b", "\xff"} {
		err := db.InTx(t.Context(), zone, func(tx *Tx) error {
			return tx.exec(`INSERT INTO oddments (id, words) VALUES (1, $1)`, bad)
		})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("storing %q gives %v", bad, err)
		}
	}
}

func oneNow(t *testing.T, db *DB) {
	at := time.Date(2026, 2, 13, 16, 0, 0, 123456789, time.FixedZone("", 8*3600))
	db = db.WithClock(func() time.Time { at = at.Add(time.Second); return at })
	must(t, db.InTx(t.Context(), zone, func(tx *Tx) error {
		if want := at.UTC().Truncate(time.Millisecond); tx.Now != want {
			t.Errorf("Now is %v, want %v", tx.Now, want)
		}
		return nil
	}))
	must(t, db.View(t.Context(), zone, func(r *Reader) error {
		if want := at.UTC().Truncate(time.Millisecond); r.Now != want || r.Zone != zone {
			t.Errorf("Now is %v in zone %d, want %v", r.Now, r.Zone, want)
		}
		return nil
	}))
}

func textSortsByBytes(t *testing.T, db *DB) {
	areas := []string{"330108001", "a", "B", "330108", "330108001002", "330109", "网格", "社区"}
	must(t, db.InTx(t.Context(), zone, func(tx *Tx) error {
		for i, a := range areas {
			if err := addCase(tx, int64(i+1), a); err != nil {
				return err
			}
		}
		return nil
	}))
	text := func(rows *Rows) (s string, err error) { return s, rows.Scan(&s) }
	must(t, db.View(t.Context(), zone, func(r *Reader) error {
		got, err := collect(r, text, `SELECT area FROM cases WHERE zone = $1 ORDER BY area`, zone)
		if want := slices.Sorted(slices.Values(areas)); !slices.Equal(got, want) {
			t.Errorf("sorted %q, want %q", got, want)
		}
		if err != nil {
			return err
		}
		lo, hi := prefixRange("330108")
		got, err = collect(r, text, `SELECT area FROM cases WHERE zone = $1 AND area >= $2 AND area < $3 ORDER BY area`, zone, lo, hi)
		if want := []string{"330108", "330108001", "330108001002"}; !slices.Equal(got, want) {
			t.Errorf("subtree %q, want %q", got, want)
		}
		return err
	}))
}

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

func insertsMany(t *testing.T, db *DB) {
	columns := []string{"id", "ratio", "bytes", "words", "flag"}
	for _, n := range []int{0, 1, 99, 100, 101, 250, 1000} {
		must(t, db.InTx(t.Context(), zone, func(tx *Tx) error {
			if err := tx.exec(`DELETE FROM oddments`); err != nil {
				return err
			}
			var rows [][]any
			for i := range n {
				rows = append(rows, []any{i, 0.5, []byte("b"), "网格", i%2 == 0})
			}
			return tx.insertMany("oddments", columns, rows)
		}))
		var sum, got, flags int
		must(t, db.View(t.Context(), zone, func(r *Reader) error {
			return r.queryRow(`SELECT coalesce(sum(id), 0), count(*), coalesce(sum(flag), 0) FROM oddments WHERE words = '网格' AND ratio = 0.5`).Scan(&sum, &got, &flags)
		}))
		if got != n || sum != n*(n-1)/2 || flags != (n+1)/2 {
			t.Errorf("%d rows: %d are there, their sum %d, flags %d", n, got, sum, flags)
		}
	}
	if err := db.InTx(t.Context(), zone, func(tx *Tx) error { return tx.insertMany("oddments", columns, [][]any{{1}}) }); err == nil {
		t.Error("a short row was taken")
	}
	if err := db.InTx(t.Context(), zone, func(tx *Tx) error {
		return tx.insertMany("oddments", []string{"id"}, slices.Repeat([][]any{{1}}, 1000))
	}); err == nil || count(t, db, "oddments") != 1000 {
		t.Errorf("a thousand duplicates give %v", err)
	}
}

func fullText(t *testing.T, db *DB) {
	find := func(words, query string) (ids []int64) {
		t.Helper()
		must(t, db.View(t.Context(), zone, func(r *Reader) (err error) {
			q := words
			if r.Dialect() == PostgreSQL {
				q = query
			}
			ids, err = collect(r, func(rows *Rows) (id int64, err error) { return id, rows.Scan(&id) },
				`SELECT c.id FROM cases c WHERE c.zone = $1 AND `+r.Dialect().TextMatch("case_text", "c.zone", "c.id", 2)+` ORDER BY c.id`, zone, q)
			return err
		}))
		return ids
	}
	must(t, db.InTx(t.Context(), zone, func(tx *Tx) error {
		return errors.Join(addCase(tx, 1, "330108"), addCase(tx, 2, "330108"), tx.indexText("case_text",
			entry{1, "占道 道经 经营", "'占道':1 '道经':2 '经营':3"}, entry{2, "经营 占道", "'经营':1 '占道':2"}))
	}))
	if got := find(`"占道 道经"`, `'占道' <-> '道经'`); !slices.Equal(got, []int64{1}) {
		t.Errorf("the phrase is found in %v", got)
	}
	if got := find(`"经营"`, `'经营'`); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("the word is found in %v", got)
	}
	must(t, db.InTx(t.Context(), zone, func(tx *Tx) error {
		return errors.Join(tx.indexText("case_text", entry{1, "噪音", "'噪音':1"}), tx.unindexText("case_text", 2))
	}))
	if got := find(`"经营"`, `'经营'`); len(got) != 0 {
		t.Errorf("what was replaced and forgotten is found in %v", got)
	}
	if got := find(`"噪音"`, `'噪音'`); !slices.Equal(got, []int64{1}) {
		t.Errorf("the new text is found in %v", got)
	}
}

func idsGrow(t *testing.T, db *DB) {
	at := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	other := db.WithClock(func() time.Time { return at })
	var mu sync.Mutex
	seen := map[int64]bool{}
	var wg sync.WaitGroup
	for _, d := range []*DB{db, other, db.WithClock(time.Now)} {
		for range 4 {
			wg.Go(func() {
				var mine []int64
				for range 5000 {
					mine = append(mine, d.NewID())
				}
				if !slices.IsSorted(mine) {
					t.Error("ids went back")
				}
				mu.Lock()
				defer mu.Unlock()
				for _, id := range mine {
					if seen[id] || id <= 0 {
						t.Errorf("id %d again", id)
					}
					seen[id] = true
				}
			})
		}
	}
	wg.Wait()
	if got := IDTime(db.WithClock(func() time.Time { return at.Add(time.Hour) }).NewID()); !got.Equal(at.Add(time.Hour)) {
		t.Errorf("an id of %v says %v", at.Add(time.Hour), got)
	}
	before := other.NewID()
	at = at.Add(-time.Hour)
	if after := other.NewID(); after <= before {
		t.Errorf("a clock that went back gives %d after %d", after, before)
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

func returning(t *testing.T, db *DB) {
	next := func(tx *Tx) (n int64, err error) {
		err = tx.queryRow(`INSERT INTO balances (zone, account, amount) VALUES ($1, 'numbers', 1)
			ON CONFLICT (zone, account) DO UPDATE SET amount = balances.amount + 1 RETURNING amount`, zone).Scan(&n)
		return n, err
	}
	refuse := errors.New("no")
	errs := together(t, db,
		func(tx *Tx) error { _, err := next(tx); return err },
		func(tx *Tx) error { _, err := next(tx); return errors.Join(err, refuse) },
		func(tx *Tx) error {
			n, err := next(tx)
			if n != 2 {
				t.Errorf("the second number is %d", n)
			}
			return err
		})
	if errs[0] != nil || !errors.Is(errs[1], refuse) || errs[2] != nil {
		t.Errorf("answers %v", errs)
	}
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
