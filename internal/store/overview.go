package store

import (
	"time"
)

// Overview counts a scope's cases as they stand now.
type Overview struct {
	Open    int
	Overdue int // open with the deadline past
	Warned  int // open, warned, not overdue
	Opened  int // reported since the given moment
	Closed  int // closed since then
}

// Overview counts open cases, and those reported and closed since the moment.
func (r *Reader) Overview(scope Scope, since time.Time) (Overview, error) {
	var o Overview
	count := func(dest []any, columns string, cond func(w *where) string) error {
		w := newWhere(r.Zone)
		w.scope(scope)
		w.and(cond(w))
		return r.queryRow(`SELECT `+columns+` FROM cases c WHERE `+w.sql(), w.args...).Scan(dest...)
	}
	now := itoa(int(at(r.Now)))
	err := count([]any{&o.Open, &o.Overdue, &o.Warned}, `COUNT(*), COALESCE(SUM(CASE WHEN c.due_at <> 0 AND c.due_at < `+now+` THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN c.level > 0 AND c.due_at >= `+now+` THEN 1 ELSE 0 END), 0)`, func(*where) string { return "c.closed_at = 0" })
	if err != nil {
		return o, err
	}
	if err := count([]any{&o.Opened}, "COUNT(*)", func(w *where) string { return "c.opened_at >= " + w.arg(at(since)) }); err != nil {
		return o, err
	}
	return o, count([]any{&o.Closed}, "COUNT(*)", func(w *where) string { return "c.closed_at <> 0 AND c.closed_at >= " + w.arg(at(since)) })
}

// Pressing lists open cases that are overdue or warned, by deadline, at most limit.
func (r *Reader) Pressing(scope Scope, limit int) ([]CaseLine, error) {
	w := newWhere(r.Zone)
	w.visible(scope)
	w.and("c.closed_at = 0 AND c.due_at <> 0 AND (c.level > 0 OR c.due_at < " + w.arg(at(r.Now)) + ")")
	return collect(r, scanLine, `SELECT `+lineColumns+` FROM cases c WHERE `+w.sql()+` ORDER BY c.due_at, c.id LIMIT `+w.arg(limit), w.args...)
}

// OpenCount is how many cases of a procedure are open, and how many of those are overdue.
type OpenCount struct {
	Procedure     string
	Open, Overdue int
}

// OpenKinds counts the open cases within the scope by procedure, grid events left out.
func (r *Reader) OpenKinds(scope Scope) (map[string]OpenCount, error) {
	w := newWhere(r.Zone)
	w.visible(scope)
	w.and("c.closed_at = 0 AND c.procedure <> '" + untagged + "'") // in the words of the index
	out := map[string]OpenCount{}
	err := each(r, func(rows *Rows) (x OpenCount, err error) { return x, rows.Scan(&x.Procedure, &x.Open, &x.Overdue) },
		func(x OpenCount) error { out[x.Procedure] = x; return nil },
		`SELECT c.procedure, COUNT(*), SUM(CASE WHEN c.due_at <> 0 AND c.due_at < `+itoa(int(at(r.Now)))+` THEN 1 ELSE 0 END) FROM cases c WHERE `+w.sql()+` GROUP BY c.procedure`, w.args...)
	return out, err
}
