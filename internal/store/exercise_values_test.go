package store

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"gezhi/internal/fault"
)

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
