package store

import (
	"encoding/json"
	"fmt"
	"time"

	"gezhi/internal/casework"
)

// Told is a case as far as the rates of its procedure look at it, with its history.
type Told struct {
	casework.Case // procedure, version, matter, source, place, when it was opened, closed, clocks and fields
	Number        string
	Title         string
	Unit          string // the unit that last held it
	Steps         []casework.Step
}

// toldPage is how many cases are read at a time.
const toldPage = 1000

// EachTold calls fn for every case of a procedure that the scope may read and that was opened before an instant, in the
// order of their ids, with its history. It holds some hundred cases at a time; what fn is given is its own only until
// it returns.
func (r *Reader) EachTold(scope Scope, procedure string, before time.Time, fn func(*Told) error) error {
	for after := int64(-1); ; {
		page, err := r.toldAfter(scope, procedure, before, after)
		if err != nil {
			return err
		}
		for i := range page {
			if err := fn(&page[i]); err != nil {
				return err
			}
		}
		if len(page) < toldPage {
			return nil
		}
		after = int64(page[len(page)-1].ID)
	}
}

func (r *Reader) toldAfter(scope Scope, procedure string, before time.Time, after int64) ([]Told, error) {
	w := newWhere(r.Zone)
	w.visible(scope)
	w.and("c.procedure = " + w.arg(procedure) + " AND c.opened_at < " + w.arg(at(before)) + " AND c.id > " + w.arg(after))
	page, err := collect(r, func(rows *Rows) (Told, error) { return scanTold(r.Zone, procedure, rows) },
		`SELECT c.id, c.number, c.version, c.matter, c.source, c.title, c.area, c.unit, c.opened_at, c.closed_at, c.result, c.state FROM cases c WHERE `+w.sql()+
			` ORDER BY c.id LIMIT `+w.arg(toldPage), w.args...)
	if err != nil || len(page) == 0 {
		return nil, err
	}
	return page, r.steps(page, procedure)
}

func scanTold(zone int, procedure string, rows *Rows) (t Told, err error) {
	t.Zone, t.Procedure = zone, procedure
	var opened, closed int64
	var state string
	if err := rows.Scan(&t.ID, &t.Number, &t.Version, &t.Matter, &t.Source, &t.Title, &t.Place.Area, &t.Unit, &opened, &closed, &t.Result, &state); err != nil {
		return t, err
	}
	var s struct {
		Clocks map[string]timerState `json:"clocks"`
		Fields map[string]string     `json:"fields"`
	}
	if err := json.Unmarshal([]byte(state), &s); err != nil {
		return t, fmt.Errorf("case %d: state: %w", t.ID, err)
	}
	t.Opened, t.Closed, t.Fields = ms(opened), ms(closed), s.Fields
	if t.Clocks, err = timers(s.Clocks); err != nil {
		return t, fmt.Errorf("case %d: %w", t.ID, err)
	}
	return t, nil
}

// steps fills in the histories of cases that stand in the order of their ids.
func (r *Reader) steps(page []Told, procedure string) error {
	first, last := int64(page[0].ID), int64(page[len(page)-1].ID)
	rows, err := r.query(`SELECT e.case_id, e.at, e.move, e.from_stage, e.to_stage, e.reason, CASE WHEN e.fields LIKE '%"`+casework.FieldSigned+`":%' THEN 1 ELSE 0 END
		FROM cases c JOIN case_events e ON e.zone = c.zone AND e.case_id = c.id
		WHERE c.zone=$1 AND c.procedure=$2 AND c.id >= $3 AND c.id <= $4 ORDER BY e.case_id, e.seq`, r.Zone, procedure, first, last)
	if err != nil {
		return err
	}
	defer rows.Close()
	at := 0
	for rows.Next() {
		var s casework.Step
		var id casework.ID
		var when, signed int64
		if err := rows.Scan(&id, &when, &s.Move, &s.From, &s.To, &s.Reason, &signed); err != nil {
			return err
		}
		for at < len(page)-1 && page[at].ID < id {
			at++
		}
		if page[at].ID != id {
			continue // a case that the scope may not read
		}
		s.At, s.Signed = ms(when), signed == 1
		page[at].Steps = append(page[at].Steps, s)
	}
	return rows.Err()
}
