package store

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/casework"
)

// Told is a case as far as the rates of its procedure look at it, with its history.
type Told struct {
	casework.Case // id, procedure, version, matter, source, area, when it was opened, fields, and the clocks that were asked for
	Number        string
	Title         string
	Unit          string // the unit that last held it
	Steps         []casework.Step
}

// toldPage is how many cases are read at a time.
const toldPage = 1000

// EachTold calls fn for every case of a procedure that the scope may read and that was opened before an instant, in the
// order of their ids, with its history and the clocks that are named. It holds a thousand cases at a time; what fn is
// given is its own only until it returns.
func (r *Reader) EachTold(scope Scope, procedure string, clocks []string, before time.Time, fn func(*Told) error) error {
	for after := int64(0); ; {
		page, err := r.toldAfter(scope, procedure, clocks, before, after)
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

func (r *Reader) toldAfter(scope Scope, procedure string, clocks []string, before time.Time, after int64) ([]Told, error) {
	w := newWhere(r.Zone)
	w.visible(scope)
	w.of(procedure, false, after)
	w.and("c.opened_at < " + w.arg(at(before)))
	page, err := collect(r, func(rows *Rows) (Told, error) { return scanTold(r.Zone, procedure, clocks, rows) },
		`SELECT c.id, c.number, c.version, c.matter, c.source, c.title, c.area, c.unit, c.opened_at, c.state FROM cases c WHERE `+w.sql()+
			` ORDER BY c.id LIMIT `+w.arg(toldPage), w.args...)
	if err != nil || len(page) == 0 {
		return nil, err
	}
	return page, r.steps(page, procedure)
}

func scanTold(zone int, procedure string, clocks []string, rows *Rows) (t Told, err error) {
	t.Zone, t.Procedure = zone, procedure
	var opened int64
	var state string
	if err := rows.Scan(&t.ID, &t.Number, &t.Version, &t.Matter, &t.Source, &t.Title, &t.Place.Area, &t.Unit, &opened, &state); err != nil {
		return t, err
	}
	var s struct {
		Clocks map[string]json.RawMessage `json:"clocks"` // most of them nobody looks at
		Fields map[string]string          `json:"fields"`
	}
	if err := json.Unmarshal([]byte(state), &s); err != nil {
		return t, fmt.Errorf("case %d: state: %w", t.ID, err)
	}
	t.Opened, t.Fields = ms(opened), s.Fields
	watched := make(map[string]timerState, len(clocks))
	for _, id := range clocks {
		raw, ok := s.Clocks[id]
		if !ok {
			continue
		}
		var k timerState
		if err := json.Unmarshal(raw, &k); err != nil {
			return t, fmt.Errorf("case %d: clock %s: %w", t.ID, id, err)
		}
		watched[id] = k
	}
	if t.Clocks, err = timers(watched); err != nil {
		return t, fmt.Errorf("case %d: %w", t.ID, err)
	}
	return t, nil
}

// stepColumns is how many words a step has in what steps reads.
const stepColumns = 6

// steps fills in the histories of cases that stand in the order of their ids. A history comes as one text, for a row
// costs more than what is in it: no id of a move, a stage or a reason has a space or a semicolon.
func (r *Reader) steps(page []Told, procedure string) error {
	rows, err := r.query(`SELECT e.case_id, string_agg(e.at || ' ' || e.move || ' ' || e.from_stage || ' ' || e.to_stage || ' ' || e.reason || ' ' ||
			CASE WHEN e.from_stage = e.to_stage AND e.fields LIKE '%"`+casework.FieldSigned+`":%' THEN 's' ELSE '' END, ';' ORDER BY e.seq)
		FROM case_events e WHERE e.zone=$1 AND e.case_id IN (SELECT x.id FROM cases x WHERE x.zone=$1 AND x.procedure=$2 AND x.id >= $3 AND x.id <= $4)
		GROUP BY e.case_id ORDER BY e.case_id`,
		r.Zone, procedure, int64(page[0].ID), int64(page[len(page)-1].ID))
	if err != nil {
		return err
	}
	defer rows.Close()
	for at := 0; rows.Next(); {
		var id casework.ID
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return err
		}
		for at < len(page)-1 && page[at].ID < id {
			at++
		}
		if page[at].ID != id {
			continue // a case that the scope may not read
		}
		if page[at].Steps, err = parseSteps(text); err != nil {
			return fmt.Errorf("case %d: %w", id, err)
		}
	}
	return rows.Err()
}

func parseSteps(text string) ([]casework.Step, error) {
	out := make([]casework.Step, 0, strings.Count(text, ";")+1)
	for line := range strings.SplitSeq(text, ";") {
		var words [stepColumns]string
		n := 0
		for w := range strings.SplitSeq(line, " ") {
			if n < stepColumns {
				words[n] = w
			}
			n++
		}
		when, err := strconv.ParseInt(words[0], 10, 64)
		if err != nil || n != stepColumns {
			return nil, fmt.Errorf("history: %q", line)
		}
		out = append(out, casework.Step{At: ms(when), Move: words[1], From: words[2], To: words[3], Reason: words[4], Signed: words[5] != ""})
	}
	return out, nil
}
