package store

// OpenCount counts the open cases of an area subtree within the scope.
func (r *Reader) OpenCount(scope Scope, area string) (int, error) {
	w := newWhere(r.Zone)
	w.and("c.closed_at = 0")
	w.and(w.prefix("c.area", area))
	w.scope(scope)
	return find(r, nil, func(rows *Rows) (int, error) {
		var n int
		return n, rows.Scan(&n)
	}, `SELECT COUNT(*) FROM cases c WHERE `+w.sql(), w.args...)
}
