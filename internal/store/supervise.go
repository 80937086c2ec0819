package store

import (
	"gezhi/internal/casework"
)

// EachWarned calls fn for every open case that supervision has taken up or whose deadline has passed, by
// deadline, without holding them all.
func (r *Reader) EachWarned(scope Scope, f CaseFilter, fn func(casework.Case) error) error {
	w := newWhere(r.Zone)
	w.visible(scope)
	w.filter(f, r.Now)
	w.and("c.closed_at = 0 AND c.due_at <> 0 AND (c.level > 0 OR c.due_at < " + w.arg(at(r.Now)) + ")")
	rows, err := r.query(`SELECT `+caseColumns+` FROM cases c WHERE `+w.sql()+` ORDER BY c.due_at, c.id`, w.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	scan := scanCase(r.Zone)
	for rows.Next() {
		c, err := scan(rows)
		if err == nil {
			err = fn(scope.conceal(c))
		}
		if err != nil {
			return err
		}
	}
	return rows.Err()
}
