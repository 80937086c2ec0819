package grams

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"
	"pgregory.net/rapid"
)

func openSQLite(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // each connection to :memory: is a database of its own
	t.Cleanup(func() { db.Close() })
	must(t, db, `create virtual table t using fts5(body, content='', contentless_delete=1, tokenize='unicode61')`)
	return db
}

func openPostgres(t *testing.T) *sql.DB {
	t.Helper()
	url := os.Getenv("GEZHI_TEST_POSTGRES")
	if url == "" {
		t.Skip("GEZHI_TEST_POSTGRES is not set: PostgreSQL NOT tested")
	}
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // a temporary table belongs to its connection
	t.Cleanup(func() { db.Close() })
	must(t, db, `create temporary table t (id bigint primary key, body tsvector not null)`)
	must(t, db, `create index t_body on t using gin (body)`)
	return db
}

func must(t interface{ Fatalf(string, ...any) }, db *sql.DB, q string, args ...any) {
	if _, err := db.Exec(q, args...); err != nil {
		t.Fatalf("%s %q: %v", q, args, err)
	}
}

// engine is how one database stores a text and asks for it.
type engine struct {
	db                    *sql.DB
	insert, delete, match string
	doc, query            func(string) string
}

func engines(t *testing.T) map[string]func(*testing.T) engine {
	return map[string]func(*testing.T) engine{
		"SQLite FTS5": func(t *testing.T) engine {
			return engine{openSQLite(t), `insert into t(rowid, body) values ($1, $2)`, `delete from t where rowid = $1`,
				`select count(*) from t where t match $1`, Index, FTS5}
		},
		"PostgreSQL": func(t *testing.T) engine {
			return engine{openPostgres(t), `insert into t(id, body) values ($1, $2::tsvector)`, `delete from t where id = $1`,
				`select count(*) from t where body @@ $1::tsquery`, TSVector, TSQuery}
		},
	}
}

func (e engine) finds(t interface{ Fatalf(string, ...any) }, text, query string) bool {
	must(t, e.db, e.insert, 1, e.doc(text))
	var n int
	if err := e.db.QueryRow(e.match, e.query(query)).Scan(&n); err != nil {
		t.Fatalf("match %s: %v", e.query(query), err)
	}
	must(t, e.db, e.delete, 1)
	return n == 1
}

func TestEnginesFindAnyPiece(t *testing.T) {
	for name, open := range engines(t) {
		t.Run(name, func(t *testing.T) {
			e := open(t)
			rapid.Check(t, func(t *rapid.T) {
				text := drawText(t)
				piece := drawPiece(t, text)
				if FTS5(piece) != "" && !e.finds(t, string(text), piece) {
					t.Fatalf("%q is in %q but not found", piece, string(text))
				}
			})
		})
	}
}

// The engines must agree with the naive reading also where nothing is to be found.
func TestEnginesAgree(t *testing.T) {
	for name, open := range engines(t) {
		t.Run(name, func(t *testing.T) {
			e := open(t)
			rapid.Check(t, func(t *rapid.T) {
				text := string(drawText(t))
				query := string(rapid.SliceOfN(rapid.SampledFrom(alphabet), 1, 4).Draw(t, "query"))
				if FTS5(query) == "" {
					return
				}
				if got, want := e.finds(t, text, query), naive(Index(text), FTS5(query)); got != want {
					t.Fatalf("%q in %q: %v, want %v", query, text, got, want)
				}
			})
		})
	}
}

func TestEnginesTakeTheLargest(t *testing.T) {
	var varied strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&varied, "%c%c", 0x4e00+i%20_000, 0x4e00+(i*7919)%20_000)
	}
	texts := map[string]string{
		"one phrase 5,000 times":      strings.Repeat("占道经营", 5_000),
		"20,000 different characters": varied.String(),
		"5,000 long words of 4 bytes": strings.Repeat(strings.Repeat("𐍈", 31)+" ", 5_000),
	}
	for name, open := range engines(t) {
		t.Run(name, func(t *testing.T) {
			e := open(t)
			for what, text := range texts {
				if r := []rune(text); !e.finds(t, text, string(r[:31])) {
					t.Errorf("%s: its beginning is not found", what)
				}
			}
		})
	}
}
