package store

import (
	"path/filepath"
	"strings"
	"testing"
)

// A new database is planned for as if it were full: nobody can wait for the first ANALYZE.
func TestANewDatabaseLooksUpByTheWholeKey(t *testing.T) {
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "new.db"), Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	mine := newWhere(330108)
	mine.scope(Scope{Person: 5})
	for name, c := range map[string]struct {
		sql  string
		args []any
		want string
	}{
		"a person's posts":       {tenures("AND person=$2"), []any{330108, 5}, "appointments_person (zone=? AND person=?)"},
		"a person's memberships": {tenures("AND person=$2"), []any{330108, 5}, "memberships_person (zone=? AND person=?)"},
		"a person's own reports": {`SELECT ` + lineColumns + ` FROM cases c WHERE ` + mine.sql() + ` ORDER BY c.id DESC LIMIT 20`, mine.args, "cases_reporter (zone=? AND reporter=?)"},
		"a sealed phone":         {`SELECT id FROM people WHERE zone=$1 AND kind=$2 AND phone_hash=$3`, []any{330108, "resident", []byte{1}}, "people_phone (zone=? AND kind=? AND phone_hash=?)"},
		"cases to wake":          {`SELECT id FROM cases WHERE zone=$1 AND wake_at <> 0 AND wake_at <= $2 ORDER BY wake_at LIMIT 5`, []any{330108, 5}, "cases_wake (zone=? AND wake_at<?)"},
		"one case":               {`SELECT stage FROM cases WHERE zone=$1 AND id=$2`, []any{330108, 5}, "PRIMARY KEY (zone=? AND id=?)"},
		"a case's history":       {`SELECT move FROM case_events WHERE zone=$1 AND case_id=$2 ORDER BY seq`, []any{330108, 5}, "PRIMARY KEY (zone=? AND case_id=?)"},
	} {
		t.Run(name, func(t *testing.T) {
			var plan []string
			must(t, db.View(t.Context(), 330108, func(r *Reader) (err error) {
				plan, err = collect(r, func(rows *Rows) (s string, err error) {
					var a, b, c int64
					return s, rows.Scan(&a, &b, &c, &s)
				}, "EXPLAIN QUERY PLAN "+c.sql, c.args...)
				return err
			}))
			if !strings.Contains(strings.Join(plan, "\n"), c.want) {
				t.Errorf("plan %q, want %q in it", plan, c.want)
			}
		})
	}
}
