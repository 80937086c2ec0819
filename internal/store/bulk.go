package store

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"gezhi/internal/casework"
)

// BulkCase is one whole case for Bulk, as it would stand in the tables after every move it made.
type BulkCase struct {
	Case   casework.Case
	State  string // what CaseState gives for it
	Due    time.Time
	Tasks  []casework.Task
	Units  []string // every unit that ever held it
	Events []casework.Event
	Text   string // what it is found by
}

// Bulk fills a SQLite file with cases, many times faster than commands do and without their
// guarantees: while it is open nobody else may use the file, and a crash leaves it useless. It is
// for making large databases to measure on; nothing else may write past InTx.
type Bulk struct {
	conn    *sqliteConn
	zone    int
	indexes []string // statements that make the indexes dropped at the beginning
	cases   rowBatch
	events  rowBatch
	tasks   rowBatch
	units   rowBatch
	words   [][]any // for the full-text index: id and document, since the last commit
	last    int64   // when the last event was
}

// bulkCommit is how many cases make a transaction. Each leaves one segment in the full-text index, and
// the whole of it is held in memory until then.
const bulkCommit = 50_000

// rowBatch gathers rows for one multi-row INSERT.
type rowBatch struct {
	full   string // the statement for size rows
	table  string
	column []string
	size   int
	args   []any
}

func newBatch(table string, columns []string) rowBatch {
	size := max(1, insertParameters/len(columns))
	return rowBatch{full: unnamed(insertSQL(table, columns, size)), table: table, column: columns, size: size}
}

// unnamed leaves the numbers out of placeholders that stand in order. The driver looks each one's name up
// in a list, which for hundreds of them takes longer than the insertion.
func unnamed(sql string) string { return placeholder.ReplaceAllString(sql, "?") }

var placeholder = regexp.MustCompile(`\$\d+`)

func (b *rowBatch) add(c *sqliteConn, row []any) error {
	if b.args = append(b.args, row...); len(b.args) < b.size*len(b.column) {
		return nil
	}
	_, err := c.exec(b.full, b.args...)
	b.args = b.args[:0]
	return err
}

func (b *rowBatch) flush(c *sqliteConn) error {
	if len(b.args) == 0 {
		return nil
	}
	_, err := c.exec(unnamed(insertSQL(b.table, b.column, len(b.args)/len(b.column))), b.args...)
	b.args = b.args[:0]
	return err
}

// randomIndexes are those whose keys come in no order while cases are added in the order of their ids:
// made afterwards, by sorting, they cost a fraction. The others grow at their end, or are small.
var randomIndexes = []string{"cases_reporter", "cases_area", "cases_unit", "cases_closed", "cases_matter"}

// OpenBulk opens a migrated database that no DB has open. Cases are added in the order of their ids.
func OpenBulk(ctx context.Context, path string, zone int) (*Bulk, error) {
	migrations, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return nil, err
	}
	if err := migrateSQLite(ctx, path, migrations); err != nil {
		return nil, err
	}
	conn, err := openSQLiteConn(path, "_pragma=busy_timeout(1000)&_pragma=locking_mode(EXCLUSIVE)&_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=foreign_keys(0)&_pragma=cache_size(-65536)&_pragma=temp_store(1)")
	if err != nil {
		return nil, err
	}
	b := &Bulk{conn: conn, zone: zone,
		cases: newBatch("cases", caseInserted), events: newBatch("case_events", eventInserted),
		tasks: newBatch("case_tasks", strings.Fields("zone holder due_at case_id kind since")),
		units: newBatch("case_units", strings.Fields("zone unit case_id"))}
	if err := b.begin(); err != nil {
		conn.close()
		return nil, err
	}
	return b, nil
}

func (b *Bulk) begin() error {
	// Merging of the full-text index waits for the end, where it is one pass; 256 MiB of it are gathered in memory.
	for _, option := range []string{"'automerge', 0", "'crisismerge', 1999", "'hashsize', 268435456"} {
		if _, err := b.conn.exec("INSERT INTO case_text (case_text, rank) VALUES (" + option + ")"); err != nil {
			return err
		}
	}
	for _, name := range randomIndexes {
		sql, err := b.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = $1", name)
		if err != nil {
			return err
		}
		b.indexes = append(b.indexes, sql)
		if _, err := b.conn.exec("DROP INDEX " + name); err != nil {
			return err
		}
	}
	_, err := b.conn.exec("BEGIN")
	return err
}

// text is the first column of the first row.
func (b *Bulk) text(sql string, args ...any) (s string, err error) {
	cur, err := b.conn.query(context.Background(), sql, args)
	if err != nil {
		return "", err
	}
	err = row{rows: &Rows{cur}}.Scan(&s)
	return s, err
}

// BulkRow is a BulkCase as its tables take it. NewBulkRow may run in any goroutine, ahead of Add.
type BulkRow struct {
	id     int64
	number string
	row    []any
	events [][]any
	tasks  [][]any
	units  [][]any
	text   string
	last   int64 // when the last event was
}

// BulkID is the id of a case opened at the moment: the ids of a database that no process opens
// 256 times in a row. turn, 0 to 4,095, tells cases of one millisecond apart.
func BulkID(opened time.Time, turn int) casework.ID {
	const lastProcess = 1<<processBits - 1
	return casework.ID((opened.UnixMilli()-epoch)<<(processBits+sequenceBits) | lastProcess<<sequenceBits | int64(turn))
}

// NewBulkRow encodes a case.
func NewBulkRow(zone int, c *BulkCase) (BulkRow, error) {
	id := int64(c.Case.ID)
	r := BulkRow{id: id, number: c.Case.Number, row: caseRow(zone, &c.Case, c.Due, c.State), events: make([][]any, len(c.Events)),
		text: caseEntry(SQLite, id, c.Text, caseTags(zone, &c.Case, c.Units)).FTS5}
	for i := range c.Events {
		if u := unitOf(c.Events[i].Holder); u != "" {
			r.row[slices.Index(caseInserted, "unit")] = u // the last one that held it, though it is nobody's now
		}
		e, err := encodeEvent(zone, c.Case.ID, c.Case.Number, &c.Events[i])
		if err != nil {
			return r, fmt.Errorf("events of case %s: %w", c.Case.Number, err)
		}
		r.events[i], r.last = eventRow(&e, 0), max(r.last, e.At)
	}
	for _, t := range c.Tasks {
		r.tasks = append(r.tasks, []any{zone, t.Holder.Key(), taskDue(t.Due), id, t.Kind, at(c.Case.Entered)})
	}
	for _, u := range c.Units {
		r.units = append(r.units, []any{zone, u, id})
	}
	return r, nil
}

// Add adds one case. Its id is greater than that of every case before.
func (b *Bulk) Add(r *BulkRow) error {
	err := b.cases.add(b.conn, r.row)
	for _, list := range []struct {
		batch *rowBatch
		rows  [][]any
	}{{&b.events, r.events}, {&b.tasks, r.tasks}, {&b.units, r.units}} {
		for _, row := range list.rows {
			if err == nil {
				err = list.batch.add(b.conn, row)
			}
		}
	}
	if err != nil {
		return fmt.Errorf("add case %s: %w", r.number, err)
	}
	b.last = max(b.last, r.last)
	if b.words = append(b.words, []any{r.id, r.text}); len(b.words) < bulkCommit {
		return nil
	}
	return b.commit()
}

// commit writes what is gathered and begins the next transaction. The full-text index has a transaction of
// its own: every statement of many rows sets a savepoint, at which FTS5 writes out all it holds.
func (b *Bulk) commit() error {
	for _, batch := range []*rowBatch{&b.cases, &b.events, &b.tasks, &b.units} {
		if err := batch.flush(b.conn); err != nil {
			return err
		}
	}
	for _, sql := range []string{"COMMIT", "BEGIN"} {
		if _, err := b.conn.exec(sql); err != nil {
			return err
		}
	}
	for _, w := range b.words {
		if _, err := b.conn.exec("INSERT INTO case_text (rowid, body) VALUES ($1, $2)", w...); err != nil {
			return fmt.Errorf("index case %d: %w", w[0], err)
		}
	}
	b.words = b.words[:0]
	for _, sql := range []string{"COMMIT", "BEGIN"} {
		if _, err := b.conn.exec(sql); err != nil {
			return err
		}
	}
	return nil
}

// SetCounter sets a named series of numbers to the last one used.
func (b *Bulk) SetCounter(name string, n int64) error {
	_, err := b.conn.exec(`INSERT INTO counters (zone, name, n) VALUES ($1, $2, $3) ON CONFLICT (zone, name) DO UPDATE SET n = excluded.n`, b.zone, name, n)
	return err
}

// Finish makes the indexes, merges the full-text index and leaves the file as a server wants it.
// progress is told what is being done.
func (b *Bulk) Finish(progress func(what string)) error {
	if err := b.commit(); err != nil {
		return err
	}
	if _, err := b.conn.exec("COMMIT"); err != nil {
		return err
	}
	for i, sql := range b.indexes {
		progress("index " + randomIndexes[i])
		if _, err := b.conn.exec(sql); err != nil {
			return err
		}
	}
	// What was filled in has no leaves; the log begins after it.
	if _, err := b.conn.exec(`UPDATE log_state SET since=$1 WHERE zone=$2 AND size=0 AND since <= $1`, b.last+1, b.zone); err != nil {
		return err
	}
	// Nor are they in the tables that are worked out from cases.
	if _, err := b.conn.exec(`DELETE FROM rebuilt WHERE zone=$1`, b.zone); err != nil {
		return err
	}
	progress("full-text index")
	for _, sql := range []string{
		"INSERT INTO case_text (case_text) VALUES ('optimize')",
		"INSERT INTO case_text (case_text, rank) VALUES ('automerge', 4)",
		"INSERT INTO case_text (case_text, rank) VALUES ('crisismerge', 16)",
		"INSERT INTO case_text (case_text, rank) VALUES ('hashsize', 1048576)",
		"PRAGMA analysis_limit = 1000",
		"ANALYZE",
		"PRAGMA synchronous = FULL",
		"PRAGMA journal_mode = DELETE",
		"PRAGMA locking_mode = NORMAL",
		"PRAGMA journal_mode = WAL",
	} {
		if _, err := b.conn.exec(sql); err != nil {
			return fmt.Errorf("%w in %s", err, sql)
		}
	}
	return nil
}

// Close closes the file. Without Finish before it, the file is useless.
func (b *Bulk) Close() error { return b.conn.close() }
