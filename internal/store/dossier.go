package store

import (
	"math"
	"time"

	"gezhi/internal/casework"
)

// Dossier is everything kept about one case, for checking that it agrees.
type Dossier struct {
	casework.Case
	DueColumn   time.Time // the deadline lists sort by
	LevelColumn int       // the supervision level lists show
	Unit        string    // the unit that last held it
	History     []casework.Event
	Waiting     []casework.Task
	Readers     []string // units that ever held it
	Pictures    []int64  // photos attached to it
	Files       []int64  // documents attached to it
	Indexed     bool     // found by full text
	Phases      []casework.CasePhase
	Months      []CaseMonth // as the table has them: without when, by whom and why
}

// Dossiers loads the cases after the given one in the order of their ids, at most limit. Reading all of
// them page by page takes memory for one page.
func (r *Reader) Dossiers(after casework.ID, limit int) ([]Dossier, error) {
	scan := scanCase(r.Zone)
	list, err := collect(r, func(rows *Rows) (d Dossier, err error) {
		d.Case, err = scan(rows)
		return d, err
	}, `SELECT `+caseColumns+` FROM cases c WHERE c.zone=$1 AND c.id > $2 ORDER BY c.id LIMIT $3`, r.Zone, int64(after), limit)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	p := newPage(r, list)
	for _, load := range []func() error{p.columns, p.history, p.waiting, p.readers, p.pictures, p.files, p.indexed, p.phases, p.months} {
		if err := load(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// PastCases loads cases of a procedure with their histories, newest first, those before an id; 0 begins with the newest.
// Of a case itself it has what was known of it before its first move, its number and its version.
func (r *Reader) PastCases(procedure string, before casework.ID, limit int) ([]Dossier, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	list, err := collect(r, func(rows *Rows) (d Dossier, err error) {
		d.Zone, d.Procedure = r.Zone, procedure
		return d, rows.Scan(&d.ID, &d.Number, &d.Version, &d.Matter, &d.Source, &d.Place.Area, &d.Reporter)
	}, `SELECT c.id, c.number, c.version, c.matter, c.source, c.area, c.reporter FROM cases c WHERE c.zone=$1 AND c.procedure=$2 AND c.id < $3 ORDER BY c.id DESC LIMIT $4`, r.Zone, procedure, int64(before), limit)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list, newPage(r, list).history()
}

// CountCasesOf is how many cases a procedure has, at most so many.
func (r *Reader) CountCasesOf(procedure string, most int) (n int64, err error) {
	err = r.queryRow(`SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE zone=$1 AND procedure=$2 LIMIT $3) c`, r.Zone, procedure, most).Scan(&n)
	return n, err
}

// page fills in what the tables beside cases hold for ids in (after, upTo].
type page struct {
	*Reader
	at          map[casework.ID]*Dossier
	after, upTo int64
}

// newPage is the page of some cases, which stand in the order of their ids, up or down.
func newPage(r *Reader, list []Dossier) page {
	at := make(map[casework.ID]*Dossier, len(list))
	for i := range list {
		at[list[i].ID] = &list[i]
	}
	first, last := int64(list[0].ID), int64(list[len(list)-1].ID)
	return page{r, at, min(first, last) - 1, max(first, last)}
}

// each runs a query whose first column is a case's id; scan gets pointers for the rest.
func (p page) each(sql string, fill func(*Dossier, *Rows, *casework.ID) error) error {
	rows, err := p.query(sql, p.Zone, p.after, p.upTo)
	if err != nil {
		return err
	}
	defer rows.Close()
	var stray Dossier // a row of a case that is not there; another check names those
	for rows.Next() {
		var id casework.ID
		d := &stray
		if err := fill(d, rows, &id); err != nil {
			return err
		}
		if known, ok := p.at[id]; ok {
			known.take(stray)
		}
		stray = Dossier{}
	}
	return rows.Err()
}

// take adds what one row brought.
func (d *Dossier) take(x Dossier) {
	d.History = append(d.History, x.History...)
	d.Waiting = append(d.Waiting, x.Waiting...)
	d.Readers = append(d.Readers, x.Readers...)
	d.Pictures = append(d.Pictures, x.Pictures...)
	d.Files = append(d.Files, x.Files...)
	d.Phases = append(d.Phases, x.Phases...)
	d.Months = append(d.Months, x.Months...)
	d.Indexed = d.Indexed || x.Indexed
	if x.Unit != "" {
		d.Unit = x.Unit
	}
	if !x.DueColumn.IsZero() {
		d.DueColumn = x.DueColumn
	}
	d.LevelColumn = max(d.LevelColumn, x.LevelColumn)
}

func (p page) columns() error {
	return p.each(`SELECT id, due_at, level, unit FROM cases WHERE zone=$1 AND id > $2 AND id <= $3`, func(d *Dossier, rows *Rows, id *casework.ID) error {
		var due int64
		err := rows.Scan(id, &due, &d.LevelColumn, &d.Unit)
		d.DueColumn = ms(due)
		return err
	})
}

func (p page) history() error {
	return p.each(`SELECT case_id, `+eventColumns+` FROM case_events WHERE zone=$1 AND case_id > $2 AND case_id <= $3 ORDER BY case_id, seq`,
		func(d *Dossier, rows *Rows, id *casework.ID) error {
			e, err := scanEventAfter(rows, id)
			d.History = []casework.Event{e}
			return err
		})
}

func (p page) waiting() error {
	return p.each(`SELECT case_id, holder, due_at, kind FROM case_tasks WHERE zone=$1 AND case_id > $2 AND case_id <= $3`,
		func(d *Dossier, rows *Rows, id *casework.ID) error {
			var t casework.Task
			var holder string
			var due int64
			err := rows.Scan(id, &holder, &due, &t.Kind)
			t.Holder, t.Due = casework.ParseHolder(holder), ms(due)
			d.Waiting = []casework.Task{t}
			return err
		})
}

func (p page) readers() error {
	// No index leads with the case, so each unit's own range is looked at: there are some hundred.
	return p.each(`SELECT case_id, unit FROM case_units WHERE zone=$1 AND unit IN (SELECT code FROM units WHERE zone=$1)
		AND case_id > $2 AND case_id <= $3`, func(d *Dossier, rows *Rows, id *casework.ID) error {
		d.Readers = []string{""}
		return rows.Scan(id, &d.Readers[0])
	})
}

func (p page) pictures() error {
	return p.each(`SELECT case_id, id FROM photos WHERE zone=$1 AND case_id <> 0 AND case_id > $2 AND case_id <= $3`,
		func(d *Dossier, rows *Rows, id *casework.ID) error {
			d.Pictures = []int64{0}
			return rows.Scan(id, &d.Pictures[0])
		})
}

func (p page) files() error {
	return p.each(`SELECT case_id, id FROM files WHERE zone=$1 AND case_id <> 0 AND case_id > $2 AND case_id <= $3`,
		func(d *Dossier, rows *Rows, id *casework.ID) error {
			d.Files = []int64{0}
			return rows.Scan(id, &d.Files[0])
		})
}

func (p page) indexed() error {
	sql := `SELECT rowid FROM case_text WHERE $1 <> 0 AND rowid > $2 AND rowid <= $3`
	if p.dialect == PostgreSQL {
		sql = `SELECT id FROM case_text WHERE zone=$1 AND id > $2 AND id <= $3`
	}
	return p.each(sql, func(d *Dossier, rows *Rows, id *casework.ID) error {
		d.Indexed = true
		return rows.Scan(id)
	})
}

func (p page) phases() error {
	return p.each(`SELECT case_id, phase, mark, amount, at FROM case_phases WHERE zone=$1 AND case_id > $2 AND case_id <= $3 ORDER BY case_id, phase`,
		func(d *Dossier, rows *Rows, id *casework.ID) error {
			var x casework.CasePhase
			var when int64
			err := rows.Scan(id, &x.Phase, &x.Mark, &x.Amount, &when)
			x.At = ms(when)
			d.Phases = []casework.CasePhase{x}
			return err
		})
}

func (p page) months() error {
	return p.each(`SELECT case_id, month, seq, plan, actual, started, entered, short FROM case_months WHERE zone=$1 AND case_id > $2 AND case_id <= $3
		ORDER BY case_id, seq, month`,
		func(d *Dossier, rows *Rows, id *casework.ID) error {
			var m CaseMonth
			var started, entered, short int
			err := rows.Scan(id, &m.Month, &m.Seq, &m.Plan, &m.Actual, &started, &entered, &short)
			m.Case, m.Started, m.Entered, m.Short = *id, started == 1, entered == 1, short == 1
			d.Months = []CaseMonth{m}
			return err
		})
}
