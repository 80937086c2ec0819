package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gezhi/internal/fault"
)

// errNoRows is what queryRow and one give when there is no such row. A caller that looks for one
// thing by its key turns it into a fault.NotFound.
var errNoRows = errors.New("no such row")

// errStale is passed to mustChange where the reader is not to blame: another process changed, between
// this command's read and its write, something the reader never saw. The command is run again
// with fresh reads, a bounded number of times, instead of being answered with a conflict.
var errStale = errors.New("changed by another process meanwhile")

// errRowsOpen is a defect of the caller: on PostgreSQL a connection carries one result at a time,
// so SQLite refuses a second one too.
var errRowsOpen = errors.New("a query was started while the rows of another were still open")

// Reader reads one zone. It is valid only inside the function it was given to, in one goroutine.
type Reader struct {
	Zone int       // the district's six-digit code; every statement filters by it
	Now  time.Time // the one instant of this transaction, UTC, whole milliseconds

	ctx     context.Context
	dialect Dialect
	s       reads
}

// Tx reads and writes one zone inside one transaction.
type Tx struct {
	Reader
	w       writes
	newID   func() int64
	saved   savedCase            // the case stored last, for AddEvents
	written map[*record][]string // records it changed, by key
}

// reads is one connection inside a transaction.
type reads interface {
	query(ctx context.Context, sql string, args []any) (cursor, error)
}

// writes is one command's place in its group.
type writes interface {
	// exec runs or queues a statement. With miss set, changing fewer than least rows fails the command with miss.
	exec(sql string, args []any, least int64, miss error) error
	// execCount runs the statement now and counts the rows it changed.
	execCount(sql string, args []any) (int64, error)
	insertMany(table string, columns []string, rows [][]any) error
	// log keeps a leaf for the end of the group; it is dropped when the command fails.
	log(leaf)
}

// cursor walks a result, one row at a time.
type cursor interface {
	Next() bool
	columns() int
	column(i int) (value, error) // of the present row; valid after the next call too
	Err() error
	Close()
}

// Rows is a result being read. Scan takes pointers to integers, strings, bools (0/1), byte slices,
// floats and time.Time (unix milliseconds, 0 and NULL being the zero time), to named types of
// those, and to pointers to those where the column may be NULL.
type Rows struct{ cur cursor }

// Next moves to the next row. After the last it closes the result and reports false.
func (r *Rows) Next() bool { return r.cur.Next() }

// Err is what ended the result early, nil when all rows were read.
func (r *Rows) Err() error { return r.cur.Err() }

// Close ends reading. It may be called more than once.
func (r *Rows) Close() { r.cur.Close() }

// Scan copies the row's columns in order.
func (r *Rows) Scan(dest ...any) error {
	if n := r.cur.columns(); n != len(dest) {
		return fmt.Errorf("scan %d columns into %d variables", n, len(dest))
	}
	for i, d := range dest {
		v, err := r.cur.column(i)
		if err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
		if err := assign(d, v); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

// query starts reading. Close the rows, or read them to the end, before the next query.
func (r *Reader) query(sql string, args ...any) (*Rows, error) {
	cur, err := r.s.query(r.ctx, sql, args)
	if err != nil {
		return nil, err
	}
	return &Rows{cur}, nil
}

// row is the outcome of queryRow, kept until Scan as database/sql does.
type row struct {
	rows *Rows
	err  error
}

// queryRow reads the first row; Scan gives errNoRows when there is none. It also carries
// INSERT and UPDATE with RETURNING, inside a Tx.
func (r *Reader) queryRow(sql string, args ...any) row {
	rows, err := r.query(sql, args...)
	return row{rows, err}
}

// Scan copies the row's columns in order.
func (o row) Scan(dest ...any) error {
	if o.err != nil {
		return o.err
	}
	defer o.rows.Close()
	if !o.rows.Next() {
		if err := o.rows.Err(); err != nil {
			return err
		}
		return errNoRows
	}
	if err := o.rows.Scan(dest...); err != nil {
		return err
	}
	o.rows.Close()
	return o.rows.Err()
}

// collect reads every row.
func collect[T any](r *Reader, scan func(*Rows) (T, error), sql string, args ...any) ([]T, error) {
	rows, err := r.query(sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// one reads the first row; errNoRows when there is none.
func one[T any](r *Reader, scan func(*Rows) (T, error), sql string, args ...any) (T, error) {
	var none T
	rows, err := r.query(sql, args...)
	if err != nil {
		return none, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return none, err
		}
		return none, errNoRows
	}
	v, err := scan(rows)
	if err != nil {
		return none, err
	}
	rows.Close()
	return v, rows.Err()
}

// exec writes. On PostgreSQL the statement waits for the next read or the end, so its error may
// come from there; either way the command fails as a whole. For "insert it unless it is there
// already" use INSERT … ON CONFLICT DO NOTHING, not the error of a constraint.
func (t *Tx) exec(sql string, args ...any) error { return t.w.exec(sql, args, 0, nil) }

// execCount writes at once and counts the rows changed. It costs a round trip on PostgreSQL.
func (t *Tx) execCount(sql string, args ...any) (int64, error) { return t.w.execCount(sql, args) }

// mustChange writes by compare-and-set: when no row was changed the command fails with the fault,
// a Conflict as a rule. On PostgreSQL that may be found out at the end of the command.
func (t *Tx) mustChange(miss error, sql string, args ...any) error {
	if miss == nil {
		miss = fault.New(fault.Conflict, "数据刚刚已被他人更新，请刷新后重试。",
			"This has just been changed by someone else. Please reload and try again.")
	}
	return t.w.exec(sql, args, 1, miss)
}

// NewID is DB.NewID, for use inside the transaction.
func (t *Tx) NewID() int64 { return t.newID() }

// Context is the context the transaction was asked for with.
func (r *Reader) Context() context.Context { return r.ctx }

// Dialect is the engine's, for the few fragments that differ.
func (r *Reader) Dialect() Dialect { return r.dialect }
