package store

import (
	"encoding/json"
	"fmt"
	"time"

	"gezhi/internal/casework"
)

// EachTallied calls fn for every case that can count for anything in [from, to), with the unit that last
// held it, without holding them all: those open still and those closed since from, as far as they were
// reported before to. What closed earlier has nothing left to count, see casework.Tally. Only what
// counting needs is filled in: procedure, matter, place, times, clocks, counts, result and rating.
func (r *Reader) EachTallied(scope Scope, f CaseFilter, from, to time.Time, fn func(c casework.Case, unit string) error) error {
	w := newWhere(r.Zone)
	w.scope(scope)
	f.From, f.To = time.Time{}, time.Time{}
	w.filter(f, r.Now)
	w.and("c.opened_at < " + w.arg(at(to)))
	const columns = `c.id, c.procedure, c.version, c.matter, c.area, c.unit, c.opened_at, c.filed_at, c.handled_at, c.closed_at, c.result, c.rating, c.state`
	// Two statements in one, so that each has an index.
	open := `SELECT ` + columns + ` FROM cases c WHERE ` + w.sql() + ` AND c.closed_at = 0`
	closed := `SELECT ` + columns + ` FROM cases c WHERE ` + w.sql() + ` AND c.closed_at <> 0 AND c.closed_at >= ` + w.arg(at(from))
	rows, err := r.query(open+` UNION ALL `+closed, w.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		c, unit, err := scanTallied(r.Zone, rows)
		if err == nil {
			err = fn(c, unit)
		}
		if err != nil {
			return err
		}
	}
	return rows.Err()
}

func scanTallied(zone int, rows *Rows) (c casework.Case, unit string, err error) {
	c.Zone = zone
	var opened, filed, handled, closed int64
	var state string
	if err := rows.Scan(&c.ID, &c.Procedure, &c.Version, &c.Matter, &c.Place.Area, &unit, &opened, &filed, &handled, &closed, &c.Result, &c.Rating, &state); err != nil {
		return c, unit, err
	}
	var s struct {
		Clocks   map[string]timerState `json:"clocks"`
		Counts   map[string]int        `json:"counts"`
		Accepted int64                 `json:"accepted"`
	}
	if err := json.Unmarshal([]byte(state), &s); err != nil {
		return c, unit, fmt.Errorf("case %d: state: %w", c.ID, err)
	}
	c.Opened, c.Filed, c.Handled, c.Closed, c.Accepted = ms(opened), ms(filed), ms(handled), ms(closed), ms(s.Accepted)
	c.Counts = s.Counts
	if c.Clocks, err = timers(s.Clocks); err != nil {
		return c, unit, fmt.Errorf("case %d: %w", c.ID, err)
	}
	return c, unit, nil
}
