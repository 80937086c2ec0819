package testdb_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"gezhi/internal/testdb"
)

func TestEveryDatabaseIsEmptyAndItsOwn(t *testing.T) {
	one, two := open(t, testdb.Postgres(t)), open(t, testdb.Postgres(t))
	if _, err := one.Exec(t.Context(), `CREATE TABLE 积分 (n bigint)`); err != nil {
		t.Fatal(err)
	}
	for where, db := range map[string]*pgx.Conn{"where it was made": one, "elsewhere": two} {
		var tables int
		if err := db.QueryRow(t.Context(), `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`).Scan(&tables); err != nil {
			t.Fatal(err)
		}
		if want := map[string]int{"where it was made": 1}[where]; tables != want {
			t.Errorf("tables %s: %d, want %d", where, tables, want)
		}
	}
}

func TestADatabaseIsGoneAfterItsTestThoughAConnectionIsOpen(t *testing.T) {
	watch := open(t, testdb.Postgres(t))
	var name string
	t.Run("inner", func(t *testing.T) {
		conn, err := pgx.Connect(t.Context(), testdb.Postgres(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.QueryRow(t.Context(), `SELECT current_database()`).Scan(&name); err != nil {
			t.Fatal(err)
		}
		// Left open: a test that fails half-way closes nothing.
	})
	var left int
	if err := watch.QueryRow(t.Context(), `SELECT count(*) FROM pg_database WHERE datname = $1`, name).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if name == "" || left != 0 {
		t.Errorf("database %q is still there", name)
	}
}

func TestCopiesAreFilledOnceAndEachItsOwn(t *testing.T) {
	filled := 0
	fill := func(url string) error {
		filled++
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			return err
		}
		defer conn.Close(t.Context())
		_, err = conn.Exec(t.Context(), `CREATE TABLE copied (n bigint); INSERT INTO copied VALUES (7)`)
		return err
	}
	one, two := open(t, testdb.Copied(t, "seven", fill)), open(t, testdb.Copied(t, "seven", fill))
	if _, err := one.Exec(t.Context(), `UPDATE copied SET n = 8`); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := two.QueryRow(t.Context(), `SELECT n FROM copied`).Scan(&n); err != nil || n != 7 || filled != 1 {
		t.Errorf("the second copy has %d (%v), filled %d times", n, err, filled)
	}
}

func open(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}
