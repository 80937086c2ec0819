package store

import (
	"fmt"
	"strings"
)

// Dialect is the engine behind a DB. Statements are written once, with $1 placeholders; the
// methods give the few fragments that have no common spelling.
//
// Both engines take: ON CONFLICT, RETURNING, common table expressions, window functions, row
// values, count(*) FILTER (WHERE …). Write CASE instead of greatest/max of two values, and cast
// no parameters. Text compares by bytes on both (the migrations say COLLATE "C" to PostgreSQL).
type Dialect uint8

// The engines.
const (
	SQLite Dialect = iota
	PostgreSQL
)

// String is the engine's own name.
func (d Dialect) String() string {
	if d == PostgreSQL {
		return "PostgreSQL"
	}
	return "SQLite"
}

// SkipLocked ends a SELECT that claims rows others may be claiming: FOR UPDATE SKIP LOCKED.
// SQLite has one writer and needs nothing.
func (d Dialect) SkipLocked() string {
	if d == PostgreSQL {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// JSONText is a member of an object kept as JSON text, itself as text; NULL when absent.
// column and key are constants of the program, never input.
func (d Dialect) JSONText(column, key string) string {
	if d == PostgreSQL {
		return fmt.Sprintf("(%s::jsonb ->> '%s')", column, key)
	}
	return fmt.Sprintf("(%s ->> '%s')", column, key)
}

// EachOf gives the texts of a list as rows of one column, for IN. parameter is the number of the placeholder, bound
// to the list as JSON. One text serves every length.
func (d Dialect) EachOf(parameter int) string {
	if d == PostgreSQL {
		return fmt.Sprintf("(SELECT value FROM json_array_elements_text(CAST($%d AS json)))", parameter)
	}
	return fmt.Sprintf("(SELECT value FROM json_each($%d))", parameter)
}

// TextMatch is the condition that a row is found by full text. zone and id name the row's columns,
// such as c.zone and c.id; parameter is the number of the placeholder, bound to grams.FTS5(words)
// on SQLite and grams.TSQuery(words) on PostgreSQL.
//
// On SQLite the index holds all zones under ids that are unique across them; the zone is filtered
// by the statement around it.
func (d Dialect) TextMatch(table, zone, id string, parameter int) string {
	if d == PostgreSQL {
		return fmt.Sprintf("(%s, %s) IN (SELECT zone, id FROM %s WHERE body @@ CAST($%d AS tsquery))", zone, id, table, parameter)
	}
	return fmt.Sprintf("%s IN (SELECT rowid FROM %s WHERE %s MATCH $%d)", id, table, table, parameter)
}

// like is the pattern of texts that contain s, for LIKE … ESCAPE '\'.
func like(s string) string { return "%" + likeSigns.Replace(s) + "%" }

var likeSigns = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// prefixRange bounds the strings that start with the prefix: lo <= s AND s < hi. Unlike LIKE it
// uses an index on both engines and gives no meaning to % and _.
func prefixRange(prefix string) (lo, hi string) {
	return prefix, prefix + "\U0010FFFF"
}

// placeholders writes ($1,$2),($3,$4) for rows of the given width.
func placeholders(rows, width int) string {
	var b strings.Builder
	n := 0
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range width {
			if c > 0 {
				b.WriteByte(',')
			}
			n++
			fmt.Fprintf(&b, "$%d", n)
		}
		b.WriteByte(')')
	}
	return b.String()
}

// insertSQL is a multi-row INSERT.
func insertSQL(table string, columns []string, rows int) string {
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES " + placeholders(rows, len(columns))
}
