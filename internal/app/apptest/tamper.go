package apptest

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Raw opens the file below the store.
func Raw(t testing.TB, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

// Columns lists a table's columns, those of its key first.
func Columns(t testing.TB, file, table string) []string {
	t.Helper()
	rows, err := Raw(t, file).Query(`SELECT name FROM pragma_table_info(?) ORDER BY pk = 0, pk, cid`, table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		out = append(out, name)
	}
	if len(out) == 0 {
		t.Fatalf("no table %s", table)
	}
	return out
}

// Tamper changes a column of the table's first or last row, past every constraint; false when it has no row.
func Tamper(t testing.TB, file, table, column string, last bool) bool {
	t.Helper()
	return TamperWhere(t, file, table, column, "1=1", last)
}

// TamperWhere is Tamper among the rows that meet a condition.
func TamperWhere(t testing.TB, file, table, column, cond string, last bool) bool {
	t.Helper()
	db := Raw(t, file)
	for _, pragma := range []string{"PRAGMA foreign_keys=OFF", "PRAGMA ignore_check_constraints=ON"} {
		if _, err := db.Exec(pragma); err != nil {
			t.Fatal(err)
		}
	}
	var key []string
	rows, err := db.Query(`SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk`, table)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		key = append(key, name)
	}
	rows.Close()
	order := strings.Join(key, ", ")
	if last {
		order = strings.Join(key, " DESC, ") + " DESC"
	}
	values := make([]any, len(key)+1)
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	err = db.QueryRow(fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s ORDER BY %s LIMIT 1", column, strings.Join(key, ", "), table, cond, order)).Scan(into...)
	if err == sql.ErrNoRows {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	update := fmt.Sprintf("UPDATE %s SET %s = ? WHERE (%s) = (%s)", table, column, strings.Join(key, ", "), strings.TrimSuffix(strings.Repeat("?, ", len(key)), ", "))
	for _, by := range []int64{1, 1_000_003} { // the next number may be another row's
		if _, err = db.Exec(update, append([]any{forged(table+"."+column, values[0], by)}, values[1:]...)...); err == nil {
			return true
		}
	}
	t.Fatal(err)
	return false
}

// forged is another value that looks like the one there is; a number is greater by so much.
func forged(name string, was any, by int64) any {
	switch v := was.(type) {
	case int64:
		return v + by
	case string:
		switch name {
		case "cases.state":
			return strings.Replace(v, `"entered":1`, `"entered":2`, 1)
		case "people.area":
			return "330108002"
		}
		return v + "1"
	case []byte:
		if len(v) == 0 {
			return []byte{1}
		}
		v = slices.Clone(v)
		v[len(v)-1] ^= 1
		return v
	case nil:
		return []byte{1}
	}
	panic(fmt.Sprintf("%s holds a %T", name, was))
}
