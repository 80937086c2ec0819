package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// registerSQL counts an opening; it gives no row when another process took the same number.
const registerSQL = `INSERT INTO openings (opening, at) SELECT coalesce(max(opening), 0) + 1, $1 FROM openings WHERE true
	ON CONFLICT (opening) DO NOTHING RETURNING opening`

// firstInt is the first column of the first row; errNoRows when there is none.
func firstInt(rows *Rows) (n int64, err error) {
	err = row{rows: rows}.Scan(&n)
	return n, err
}

// migrateSQLite brings the file to the newest schema. Of two processes that start at once, one may
// fail because the other has just made the same tables; it looks again.
func migrateSQLite(ctx context.Context, path string, migrations fs.FS) error {
	dsn, err := sqliteDSN(path, writerPragmas+"&_txlock=immediate")
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	defer db.Close()
	for try := 0; ; try++ {
		err := migrate(ctx, db, goose.DialectSQLite3, dialectFS{migrations, SQLite})
		if err == nil {
			err = assumeStats(ctx, db)
		}
		if err == nil || try == 5 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond << try):
		}
	}
}

// migratePostgres brings the database to the newest schema. Processes that start at once take turns by
// locking the one row of a table, which the server releases when its holder dies. (An advisory
// lock would do, but is outside the subset we keep to; goose's lock table holds a lease that
// would keep the others waiting after a crash.)
func migratePostgres(ctx context.Context, config *pgx.ConnConfig, migrations fs.FS) error {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := makeMigrationLock(ctx, conn); err != nil {
		return err
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	if _, err := tx.Exec(ctx, "SELECT one FROM migration_lock FOR UPDATE"); err != nil {
		return fmt.Errorf("wait for other processes to migrate: %w", err)
	}
	db := stdlib.OpenDB(*config)
	defer db.Close()
	return migrate(ctx, db, goose.DialectPostgres, dialectFS{migrations, PostgreSQL})
}

// makeMigrationLock makes the table and its row. CREATE TABLE IF NOT EXISTS may itself fail when two processes
// run it at once (they collide in the catalogue), so it is tried again.
func makeMigrationLock(ctx context.Context, conn *pgx.Conn) error {
	var err error
	for range 20 {
		if _, err = conn.Exec(ctx, `CREATE TABLE IF NOT EXISTS migration_lock (one BIGINT PRIMARY KEY CHECK (one = 1))`); err == nil {
			_, err = conn.Exec(ctx, `INSERT INTO migration_lock (one) VALUES (1) ON CONFLICT DO NOTHING`)
		}
		var pe *pgconn.PgError
		if err == nil || !errors.As(err, &pe) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return err
}

func migrate(ctx context.Context, db *sql.DB, d database.Dialect, migrations fs.FS) error {
	p, err := goose.NewProvider(d, db, migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// dialectFS is the migrations as one engine reads them. The files are written for SQLite; see translate.
type dialectFS struct {
	fs.FS
	dialect Dialect
}

// Open opens a file; the text of a migration is translated.
func (d dialectFS) Open(name string) (fs.File, error) {
	f, err := d.FS.Open(name)
	if err != nil || path.Ext(name) != ".sql" {
		return f, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	raw, err := fs.ReadFile(d.FS, name)
	if err != nil {
		return nil, err
	}
	s, err := translate(string(raw), d.dialect)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &translated{bytes.NewReader([]byte(s)), info}, nil
}

// translated is a file whose text was changed on opening.
type translated struct {
	*bytes.Reader
	info fs.FileInfo
}

func (t *translated) Stat() (fs.FileInfo, error) { return t.info, nil }
func (t *translated) Close() error               { return nil }

// translate makes a migration, written as SQLite STRICT tables, fit for the engine. Lines between
// "-- +sqlite", "-- +postgres" and "-- +end" belong to one engine and are taken as they stand,
// except that types are translated there too. Everywhere, for PostgreSQL:
//
//	INTEGER → BIGINT   BLOB → BYTEA   REAL → DOUBLE PRECISION   TEXT → TEXT COLLATE "C"
//	STRICT and WITHOUT ROWID after a table's closing bracket are dropped
//
// Types are told from columns named alike by what stands before them: a type follows a column's name.
func translate(sql string, d Dialect) (string, error) {
	var out strings.Builder
	keep, inside := true, false
	for n, line := range strings.SplitAfter(sql, "\n") {
		mark := strings.TrimSpace(line)
		switch {
		case mark == "-- +sqlite" || mark == "-- +postgres":
			inside, keep = true, (mark == "-- +sqlite") == (d == SQLite)
		case mark == "-- +end":
			if !inside {
				return "", fmt.Errorf("line %d: -- +end without a beginning", n+1)
			}
			inside, keep = false, true
		case keep && d == PostgreSQL:
			out.WriteString(translateLine(line))
		case keep:
			out.WriteString(line)
		}
		if !strings.HasSuffix(out.String(), "\n") && strings.HasSuffix(line, "\n") {
			out.WriteByte('\n')
		}
	}
	if inside {
		return "", errors.New("-- +end is missing")
	}
	return out.String(), nil
}

var (
	columnType   = regexp.MustCompile(`(\b[A-Za-z_][A-Za-z_0-9]*\s+)(INTEGER|BLOB|REAL|TEXT)\b`)
	tableOptions = regexp.MustCompile(`\)\s*(?:STRICT\s*,\s*WITHOUT\s+ROWID|WITHOUT\s+ROWID\s*,\s*STRICT|WITHOUT\s+ROWID|STRICT)\s*;`)
	types        = map[string]string{"INTEGER": "BIGINT", "BLOB": "BYTEA", "REAL": "DOUBLE PRECISION", "TEXT": `TEXT COLLATE "C"`}
	castTypes    = map[string]string{"INTEGER": "BIGINT", "BLOB": "BYTEA", "REAL": "DOUBLE PRECISION", "TEXT": "TEXT"}
)

// translateLine leaves string literals and what follows -- alone.
func translateLine(line string) string {
	code, comment := splitComment(line)
	parts := strings.Split(code, "'") // odd ones are literals
	for i := 0; i < len(parts); i += 2 {
		parts[i] = columnType.ReplaceAllStringFunc(parts[i], func(m string) string {
			g := columnType.FindStringSubmatch(m)
			if strings.EqualFold(strings.TrimSpace(g[1]), "AS") {
				return g[1] + castTypes[g[2]]
			}
			return g[1] + types[g[2]]
		})
		parts[i] = tableOptions.ReplaceAllString(parts[i], ");")
	}
	return strings.Join(parts, "'") + comment
}

// splitComment parts a line before the -- that is not inside a string literal.
func splitComment(line string) (code, comment string) {
	quoted := false
	for i := 0; i+1 < len(line); i++ {
		switch {
		case line[i] == '\'':
			quoted = !quoted
		case !quoted && line[i] == '-' && line[i+1] == '-':
			return line[:i], line[i:]
		}
	}
	return line, ""
}
