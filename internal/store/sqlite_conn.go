package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"net/url"
	"path/filepath"

	"modernc.org/sqlite"
)

// The driver appears in this file and in migrate.go alone. It is used below database/sql: the
// pools and the statement cache here know what they hold, and a statement costs half as much.

// Pragmas come in order; busy_timeout first, so that the others wait for a lock. mmap_size, and the readers'
// cache_size, stay at their defaults: with this driver, each of them made a loaded database several times slower. The
// writer holds 16 MiB of pages: with the default of 2 MiB a command of a thousand transfers wrote pages to the log
// before its end, to write them again, which was a third of its time. Checkpoints are taken beside the writer
// (sqlite_checkpoint.go).
const (
	writerPragmas = "_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=temp_store(2)&_pragma=wal_autocheckpoint(0)&_pragma=cache_size(-16384)"
	readerPragmas = "mode=ro&_pragma=busy_timeout(5000)&_pragma=query_only(1)&_pragma=temp_store(2)"
)

// sqliteDSN names the file so that no character of its path is taken for a parameter.
func sqliteDSN(path, pragmas string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return (&url.URL{Scheme: "file", Path: abs, RawQuery: pragmas}).String(), nil
}

// sqliteConn is one connection, used by one goroutine at a time.
type sqliteConn struct {
	conn  driver.Conn
	stmts map[string]*sqliteStmt
	args  []driver.NamedValue // reused: bound values are copied by the driver
	rows  *sqliteRows         // the open result, nil when none is
}

// sqliteStmt is a statement prepared once and kept for the life of the connection.
type sqliteStmt struct {
	query driver.StmtQueryContext
	exec  driver.StmtExecContext
	close func() error
}

func openSQLiteConn(path, pragmas string) (*sqliteConn, error) {
	dsn, err := sqliteDSN(path, pragmas)
	if err != nil {
		return nil, err
	}
	conn, err := (&sqlite.Driver{}).Open(dsn)
	if err != nil {
		return nil, err
	}
	return &sqliteConn{conn: conn, stmts: map[string]*sqliteStmt{}}, nil
}

func (c *sqliteConn) prepare(sql string) (*sqliteStmt, error) {
	if s, ok := c.stmts[sql]; ok {
		return s, nil
	}
	st, err := c.conn.Prepare(sql)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, sql)
	}
	s := &sqliteStmt{close: st.Close}
	var ok, ok2 bool
	s.query, ok = st.(driver.StmtQueryContext)
	s.exec, ok2 = st.(driver.StmtExecContext)
	if !ok || !ok2 {
		st.Close()
		return nil, fmt.Errorf("the SQLite driver's statements are of an unknown kind, %T", st)
	}
	c.stmts[sql] = s
	return s, nil
}

// bind fills c.args. The slice is valid until the next statement.
func (c *sqliteConn) bind(args []any) error {
	c.args = c.args[:0]
	for i, a := range args {
		v, err := bindable(a)
		if err != nil {
			return fmt.Errorf("argument %d: %w", i+1, err)
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return nil
}

// exec runs a statement and counts the rows it changed.
func (c *sqliteConn) exec(sql string, args ...any) (int64, error) {
	s, err := c.prepare(sql)
	if err != nil {
		return 0, err
	}
	if err := c.bind(args); err != nil {
		return 0, err
	}
	res, err := s.exec.ExecContext(context.Background(), c.args)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// query starts a statement that gives rows. It is interrupted when ctx ends.
func (c *sqliteConn) query(ctx context.Context, sql string, args []any) (cursor, error) {
	if c.rows != nil {
		return nil, errRowsOpen
	}
	s, err := c.prepare(sql)
	if err != nil {
		return nil, err
	}
	if err := c.bind(args); err != nil {
		return nil, err
	}
	rows, err := s.query.QueryContext(ctx, c.args)
	if err != nil {
		return nil, err
	}
	c.rows = &sqliteRows{conn: c, ctx: ctx, rows: rows, row: make([]driver.Value, len(rows.Columns()))}
	return c.rows, nil
}

// closeRows ends a result that was left open.
func (c *sqliteConn) closeRows() {
	if c.rows != nil {
		c.rows.Close()
	}
}

func (c *sqliteConn) close() error {
	c.closeRows()
	for _, s := range c.stmts {
		s.close()
	}
	return c.conn.Close()
}

// sqliteRows is a result of the driver's as a cursor.
type sqliteRows struct {
	ctx    context.Context // the driver heeds it for the first row only, so Next looks at it
	conn   *sqliteConn
	rows   driver.Rows
	row    []driver.Value
	err    error
	closed bool
}

func (r *sqliteRows) Next() bool {
	if r.closed {
		return false
	}
	err := r.ctx.Err()
	if err == nil {
		err = r.rows.Next(r.row)
	}
	if err == nil {
		return true
	}
	if err != io.EOF {
		r.err = err
	}
	r.Close()
	return false
}

func (r *sqliteRows) columns() int { return len(r.row) }

func (r *sqliteRows) column(i int) (value, error) {
	switch x := r.row[i].(type) {
	case nil:
		return value{}, nil
	case int64:
		return value{kind: integer, i: x}, nil
	case float64:
		return value{kind: real, f: x}, nil
	case string:
		return value{kind: text, s: x}, nil
	case []byte:
		return value{kind: blob, b: x}, nil
	}
	return value{}, fmt.Errorf("the SQLite driver gave a %T", r.row[i])
}

func (r *sqliteRows) Err() error { return r.err }

func (r *sqliteRows) Close() {
	if r.closed {
		return
	}
	r.closed = true
	r.conn.rows = nil
	if err := r.rows.Close(); err != nil && r.err == nil {
		r.err = err
	}
}
