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
