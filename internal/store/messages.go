package store

import "gezhi/internal/casework"

// UnreadNotices counts messages to the person or to the duties that came after the newest one seen; it
// stops counting at most.
func (r *Reader) UnreadNotices(p casework.Person, duties []casework.Duty, most int) (int, error) {
	seen, err := r.NoticesRead(p)
	if err != nil {
		return 0, err
	}
	w := &where{}
	zone, after, limit := w.arg(r.Zone), w.arg(seen), w.arg(most)
	sql := `SELECT id FROM (SELECT id FROM notices WHERE zone=` + zone + ` AND person=` + w.arg(int64(p)) + ` AND person <> 0 AND id > ` + after + ` LIMIT ` + limit + `) a`
	for i, k := range dutyKeys(duties) {
		sql += ` UNION SELECT id FROM (SELECT id FROM notices WHERE zone=` + zone + ` AND holder <> '' AND ` + w.prefix("holder", k) + ` AND id > ` + after + ` LIMIT ` + limit + `) b` + itoa(i)
	}
	var n int
	err = r.queryRow(`SELECT COUNT(*) FROM (`+sql+`) u`, w.args...).Scan(&n)
	return min(n, most), err
}

// CaseNames are the titles and numbers of the cases with the ids, as far as the scope may read them.
func (r *Reader) CaseNames(ids []casework.ID, scope Scope) (map[casework.ID][2]string, error) {
	out := map[casework.ID][2]string{}
	if len(ids) == 0 {
		return out, nil
	}
	w := newWhere(r.Zone)
	in := ""
	for i, id := range ids {
		if i > 0 {
			in += ","
		}
		in += w.arg(int64(id))
	}
	w.and("c.id IN (" + in + ")")
	w.visible(scope)
	rows, err := r.query(`SELECT c.id, c.title, c.number FROM cases c WHERE `+w.sql(), w.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id casework.ID
		var name [2]string
		if err := rows.Scan(&id, &name[0], &name[1]); err != nil {
			return nil, err
		}
		out[id] = name
	}
	return out, rows.Err()
}
