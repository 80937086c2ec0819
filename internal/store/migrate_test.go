package store

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "rewrite schema.sql")

func TestSchemaFileIsTheMigratedSchema(t *testing.T) {
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "new.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var b strings.Builder
	b.WriteString("-- The SQLite schema after all migrations, for reading. Written by go test ./internal/store -update.\n")
	must(t, db.View(t.Context(), 0, func(r *Reader) error {
		// A virtual table brings tables of its own, which nobody here touches.
		lines, err := collect(r, func(rows *Rows) (s string, err error) { return s, rows.Scan(&s) }, `
			SELECT sql FROM sqlite_schema s WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%'
			AND NOT EXISTS (SELECT 1 FROM sqlite_schema v WHERE v.sql LIKE 'CREATE VIRTUAL TABLE%' AND s.name LIKE v.name || '\_%' ESCAPE '\'
				AND s.type = 'table')
			ORDER BY s.tbl_name, s.type DESC, s.name`)
		for _, l := range lines {
			b.WriteString("\n" + l + ";\n")
		}
		return err
	}))
	if *update {
		must(t, os.WriteFile("schema.sql", []byte(b.String()), 0o644))
	}
	have, err := os.ReadFile("schema.sql")
	if err != nil || string(have) != b.String() {
		t.Errorf("schema.sql is not what the migrations make (%v); run go test ./internal/store -run Schema -update and read the difference", err)
	}
}

func TestManyProcessesMayMigrateAtOnce(t *testing.T) {
	for name, place := range engines {
		t.Run(name, func(t *testing.T) {
			dsn := place(t)
			var wg sync.WaitGroup
			dbs := make([]*DB, 6)
			for i := range dbs {
				wg.Go(func() {
					var err error
					if dbs[i], err = Open(t.Context(), dsn, Options{}); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			openings := map[int64]bool{}
			for _, db := range dbs {
				if db != nil {
					openings[db.opening] = true
					must(t, db.Close())
				}
			}
			if len(openings) != len(dbs) {
				t.Errorf("openings %v are not all different", openings)
			}
		})
	}
}

func TestMigrationsTranslate(t *testing.T) {
	for name, test := range map[string]struct{ in, sqlite, postgres string }{
		"types after column names": {
			in:       "CREATE TABLE a (\n  zone INTEGER NOT NULL,\n  text TEXT, body BLOB, x REAL -- an INTEGER\n) STRICT;\n",
			postgres: "CREATE TABLE a (\n  zone BIGINT NOT NULL,\n  text TEXT COLLATE \"C\", body BYTEA, x DOUBLE PRECISION -- an INTEGER\n);\n",
		},
		"table options": {
			in:       "CREATE TABLE a (x INTEGER) STRICT, WITHOUT ROWID;\nCREATE TABLE b (x INTEGER) WITHOUT ROWID, STRICT;\n",
			postgres: "CREATE TABLE a (x BIGINT);\nCREATE TABLE b (x BIGINT);\n",
		},
		"string literals, casts and column lists stay": {
			in:       "INSERT INTO a (text, TEXT) VALUES ('an INTEGER -- ''no'' STRICT;', CAST(1 AS TEXT), CAST('1' AS INTEGER));\n",
			postgres: "INSERT INTO a (text, TEXT) VALUES ('an INTEGER -- ''no'' STRICT;', CAST(1 AS TEXT), CAST('1' AS BIGINT));\n",
		},
		"blocks of one engine": {
			in:       "a;\n-- +sqlite\nCREATE TABLE s (x INTEGER) STRICT;\n-- +postgres\nCREATE TABLE p (x INTEGER);\n-- +end\nb;\n",
			sqlite:   "a;\nCREATE TABLE s (x INTEGER) STRICT;\nb;\n",
			postgres: "a;\nCREATE TABLE p (x BIGINT);\nb;\n",
		},
	} {
		if test.sqlite == "" {
			test.sqlite = test.in
		}
		for d, want := range map[Dialect]string{SQLite: test.sqlite, PostgreSQL: test.postgres} {
			if got, err := translate(test.in, d); got != want || err != nil {
				t.Errorf("%s, %v:\n%s\nwant\n%s (%v)", name, d, got, want, err)
			}
		}
	}
	for _, bad := range []string{"-- +sqlite\nx\n", "x\n-- +end\n"} {
		if _, err := translate(bad, SQLite); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestOpenRefusesWhatItCannotRead(t *testing.T) {
	for name, dsn := range map[string]string{
		"no engine": "/tmp/x.db", "no path": "sqlite:", "a folder that is not there": "sqlite:" + filepath.Join(t.TempDir(), "no", "x.db"),
		"an unknown engine": "mysql://root:secret@127.0.0.1/x", "a bad URL": "postgres://u:secret@127.0.0.1:port/x",
	} {
		db, err := Open(t.Context(), dsn, Options{})
		if err == nil {
			db.Close()
			t.Errorf("%s: opened", name)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error repeats the password: %v", name, err)
		}
	}
}

func TestRestartKeepsEverythingAndNumbersOpenings(t *testing.T) {
	for name, place := range engines {
		t.Run(name, func(t *testing.T) {
			dsn := place(t)
			var ids []int64
			for i := range int64(3) {
				db, err := open(context.Background(), dsn, Options{NoSync: i == 0}, standin)
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, db.NewID())
				must(t, db.InTx(t.Context(), zone, func(tx *Tx) error { return addCase(tx, i, "330108") }))
				if i == 0 {
					must(t, db.SetSync(t.Context()))
				}
				if n := count(t, db, "cases"); int64(n) != i+1 {
					t.Errorf("opening %d sees %d cases", i+1, n)
				}
				must(t, db.Close())
			}
			if ids[0]>>sequenceBits&1023 == ids[1]>>sequenceBits&1023 {
				t.Error("two openings make ids in the same space")
			}
		})
	}
}

func TestVerifyFindsViolations(t *testing.T) {
	for name, place := range engines {
		t.Run(name, func(t *testing.T) {
			db := connect(t, place(t))
			must(t, db.InTx(t.Context(), zone, func(tx *Tx) error { return addCase(tx, 1, "330108") }))
			found, err := db.Verify(t.Context(), zone, []Invariant{
				{SQL: `SELECT 'case ' || id FROM cases WHERE zone = $1 AND stage = 'closed'`},
				{SQL: `SELECT 'case ' || id FROM cases WHERE zone = $1 AND stage = 'reported'`},
			})
			if err != nil || len(found) != 1 || found[0].Detail != "case 1" {
				t.Errorf("found %v, %v", found, err)
			}
		})
	}
}
