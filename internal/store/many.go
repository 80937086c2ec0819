package store

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"strings"
	"sync"
	"sync/atomic"
)

// Statements over many rows come in a few lengths only, powers of two, so that each is prepared once.
// There are at most insertParameters placeholders in one; both engines would take 32,000, but larger
// statements gain nothing.
const insertParameters = 500

// manyKey names a statement text.
type manyKey struct {
	dialect                Dialect
	table, columns, suffix string
	rows                   int
}

var manyTexts sync.Map // of string by manyKey

// manySQL is a multi-row INSERT with what comes after it, such as ON CONFLICT …
func manySQL(d Dialect, table string, columns []string, suffix string, rows int) string {
	key := manyKey{d, table, strings.Join(columns, ", "), suffix, rows}
	if sql, ok := manyTexts.Load(key); ok {
		return sql.(string)
	}
	sql := insertSQL(table, columns, rows)
	if d == SQLite {
		sql = unnamed(sql)
	}
	if suffix != "" {
		sql += " " + suffix
	}
	manyTexts.Store(key, sql)
	return sql
}

// insertInChunks writes rows in statements of 2ⁿ rows. With miss set, a statement that inserts or changes fewer
// rows than it has fails the command with it.
func insertInChunks(w writes, d Dialect, table string, columns []string, suffix string, miss error, rows [][]any) error {
	most := max(1, insertParameters/len(columns))
	for len(rows) > 0 {
		n := 1 << (bits.Len(uint(min(len(rows), most))) - 1)
		if err := w.exec(manySQL(d, table, columns, suffix, n), flatten(rows[:n]), int64(n), miss); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// shape is a kind of row that is written often and in numbers: its statements are written out once.
type shape struct {
	table      string
	columns    []string
	onConflict string                        // clause after the rows; may be empty
	texts      [2][16]atomic.Pointer[string] // by engine and by the power of two that is the number of rows
}

// text is the statement for 2ⁿ rows.
//
// On SQLite it is INSERT OR FAIL: one that fails leaves the rows before the one at fault, so that SQLite need not
// keep a copy of every page it changes. The command's savepoint or the group's rollback undoes them.
func (s *shape) text(d Dialect, power int) string {
	if sql := s.texts[d][power].Load(); sql != nil {
		return *sql
	}
	sql := insertSQL(s.table, s.columns, 1<<power)
	if d == SQLite {
		sql = "INSERT OR FAIL" + strings.TrimPrefix(unnamed(sql), "INSERT")
	}
	if s.onConflict != "" {
		sql += " " + s.onConflict
	}
	s.texts[d][power].Store(&sql)
	return sql
}

// put writes rows of a kind, whose values stand one after another. With miss set, the command fails with it when a row
// is neither inserted nor changed. The values are the statement's afterwards.
func (t *Tx) put(s *shape, miss error, values []any) error {
	width := len(s.columns)
	if len(values)%width != 0 {
		return fmt.Errorf("insert into %s: %d values for rows of %d", s.table, len(values), width)
	}
	for len(values) > 0 {
		power := bits.Len(uint(min(len(values)/width, max(1, insertParameters/width)))) - 1
		n := 1 << power
		if err := t.w.exec(s.text(t.dialect, power), values[:n*width:n*width], int64(n), miss); err != nil {
			return err
		}
		values = values[n*width:]
	}
	return nil
}

func flatten(rows [][]any) []any {
	var all []any
	for _, r := range rows {
		all = append(all, r...)
	}
	return all
}

// insertMany adds many rows, in as few statements as the engine allows. Every row has one value per column.
func (t *Tx) insertMany(table string, columns []string, rows [][]any) error {
	if err := sameWidth(table, columns, rows); err != nil {
		return err
	}
	return t.w.insertMany(table, columns, rows)
}

// putMany is insertMany with an ON CONFLICT clause. Every row must be inserted or changed by it; when one is
// not, somebody else was there first, and the command fails with miss.
func (t *Tx) putMany(table string, columns []string, onConflict string, miss error, rows [][]any) error {
	if err := sameWidth(table, columns, rows); err != nil {
		return err
	}
	return insertInChunks(t.w, t.dialect, table, columns, onConflict, miss, rows)
}

func sameWidth(table string, columns []string, rows [][]any) error {
	for i, r := range rows {
		if len(r) != len(columns) {
			return fmt.Errorf("insert into %s: row %d has %d values for %d columns", table, i, len(r), len(columns))
		}
	}
	return nil
}

// list is many texts as one parameter, for Dialect.EachOf.
func list[T ~string](texts []T) string {
	if len(texts) == 0 {
		return "[]"
	}
	b, err := json.Marshal(texts)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}
