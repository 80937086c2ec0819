package store

import (
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// CaseMonth is what one line of a case's history told about a month, or about a year's plan.
type CaseMonth struct {
	casework.Figures
	Case  casework.ID
	Seq   int
	At    time.Time
	Actor casework.Person
	Note  string
}

// AddCaseMonth keeps what the line of history with the number told. The line must have been added.
func (tx *Tx) AddCaseMonth(id casework.ID, seq int, f casework.Figures) error {
	return tx.exec(`INSERT INTO case_months (zone, case_id, month, seq, plan, actual, started, entered, short) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		tx.Zone, int64(id), f.Month, seq, f.Plan, f.Actual, bit(f.Started), bit(f.Entered), bit(f.Short))
}

func scanCaseMonth(rows *Rows) (CaseMonth, error) {
	var m CaseMonth
	var started, entered, short int
	var when int64
	err := rows.Scan(&m.Case, &m.Month, &m.Seq, &m.Plan, &m.Actual, &started, &entered, &short, &when, &m.Actor, &m.Note)
	m.Started, m.Entered, m.Short, m.At = started == 1, entered == 1, short == 1, ms(when)
	return m, err
}

const selectMonths = `SELECT m.case_id, m.month, m.seq, m.plan, m.actual, m.started, m.entered, m.short, e.at, e.actor, e.note
	FROM case_months m CROSS JOIN case_events e`

// monthEvent ties each month to the event that told it. CROSS JOIN makes SQLite begin with the months, which are few.
const monthEvent = `e.zone = m.zone AND e.case_id = m.case_id AND e.seq = m.seq`

// CaseMonths are all that a case was told about months, by month and then in the order it was told. Whoever may read the
// case may read them.
func (r *Reader) CaseMonths(id casework.ID) ([]CaseMonth, error) {
	return collect(r, scanCaseMonth, selectMonths+` WHERE m.zone=$1 AND m.case_id=$2 AND `+monthEvent+` ORDER BY m.month, m.seq`, r.Zone, int64(id))
}

// MonthsOf are what cases of a procedure within the scope were told about months from one on, by case, month and order.
func (r *Reader) MonthsOf(scope Scope, procedure string, from int) ([]CaseMonth, error) {
	w := newWhere(r.Zone)
	w.visible(scope)
	w.and("c.procedure = " + w.arg(procedure) + " AND c.zone = m.zone AND c.id = m.case_id")
	return collect(r, scanCaseMonth, selectMonths+` CROSS JOIN cases c WHERE `+monthEvent+` AND `+w.sql()+` AND m.month >= `+w.arg(from)+
		` ORDER BY m.case_id, m.month, m.seq`, w.args...)
}

// CaseWithKey is the case of the procedure that has the key; NotFound when none has.
func (r *Reader) CaseWithKey(procedure, key string) (casework.Case, error) {
	return find(r, fault.New(fault.NotFound, "没有这样的案件。", "There is no such case."), scanCase(r.Zone),
		`SELECT `+caseColumns+` FROM case_keys k JOIN cases c ON c.zone = k.zone AND c.id = k.case_id WHERE k.zone=$1 AND k.procedure=$2 AND k.key=$3`, r.Zone, procedure, key)
}

// GiveKey gives a case of the procedure the key, in place of the case that had it.
func (tx *Tx) GiveKey(procedure, key string, id casework.ID) error {
	return tx.exec(`INSERT INTO case_keys (zone, procedure, key, case_id) VALUES ($1,$2,$3,$4) ON CONFLICT (zone, procedure, key) DO UPDATE SET case_id = excluded.case_id`,
		tx.Zone, procedure, key, int64(id))
}
