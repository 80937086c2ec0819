package store

import (
	"time"

	"gezhi/internal/casework"
)

// PhaseSum is how many cases of one version of a procedure stand alike to one of its phases.
type PhaseSum struct {
	Version int
	Phase   casework.Phase
	Mark    casework.PhaseMark
	Cases   int
	Amount  int64 // 分
	Fresh   int   // of the cases, those that first came there at the moment asked for or later
}

// KeepReach keeps how far a case has come. first is when it came to phases; of those it came to before, that time stays.
func (tx *Tx) KeepReach(c *casework.Case, r casework.Reach, first map[casework.Phase]time.Time) error {
	if err := tx.exec(`DELETE FROM case_phases WHERE zone=$1 AND case_id=$2 AND phase > $3 AND at = 0`, tx.Zone, int64(c.ID), int(r.Far)); err != nil {
		return err
	}
	if err := tx.exec(`UPDATE case_phases SET mark=$1, amount=$2 WHERE zone=$3 AND case_id=$4 AND phase > $5`,
		int(casework.PhaseLeft), r.Amount, tx.Zone, int64(c.ID), int(r.Far)); err != nil {
		return err
	}
	for _, x := range r.Phases(first) {
		if err := tx.exec(`INSERT INTO case_phases (zone, case_id, phase, procedure, version, mark, amount, at, sealed) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)
			ON CONFLICT (zone, case_id, phase) DO UPDATE SET mark = excluded.mark, amount = excluded.amount,
			at = CASE WHEN case_phases.at = 0 THEN excluded.at ELSE case_phases.at END`,
			tx.Zone, int64(c.ID), int(x.Phase), c.Procedure, c.Version, int(x.Mark), x.Amount, at(x.At), bit(len(c.Sealed) > 0)); err != nil {
			return err
		}
	}
	return nil
}

// PhaseSums adds up how far the cases of a procedure within the scope came. since is the moment from which a coming is fresh.
func (r *Reader) PhaseSums(scope Scope, procedure string, since time.Time) ([]PhaseSum, error) {
	var w where
	w.and("p.zone = " + w.arg(r.Zone))
	w.and("p.procedure = " + w.arg(procedure))
	inside := func() string {
		c := where{args: w.args}
		c.and("c.zone = $1 AND c.procedure = $2")
		c.visible(scope)
		w.args = c.args
		return "p.case_id IN (SELECT c.id FROM cases c WHERE " + c.sql() + ")"
	}
	switch {
	case !scope.All:
		w.and(inside())
	case !scope.Open: // nothing is looked up where nothing is confidential
		w.and("(p.sealed = 0 OR " + inside() + ")")
	}
	fresh := w.arg(at(since))
	return collect(r, func(rows *Rows) (x PhaseSum, err error) {
		return x, rows.Scan(&x.Version, &x.Phase, &x.Mark, &x.Cases, &x.Amount, &x.Fresh)
	}, `SELECT p.version, p.phase, p.mark, COUNT(*), CAST(SUM(p.amount) AS BIGINT), COUNT(*) FILTER (WHERE p.at >= `+fresh+`)
		FROM case_phases p WHERE `+w.sql()+` GROUP BY p.version, p.phase, p.mark ORDER BY p.version, p.phase, p.mark`, w.args...)
}

// Rebuilt says whether something was worked out once for all cases of before; see SetRebuilt.
func (r *Reader) Rebuilt(name string) (bool, error) {
	var n int
	err := r.queryRow(`SELECT COUNT(*) FROM rebuilt WHERE zone=$1 AND name=$2`, r.Zone, name).Scan(&n)
	return n > 0, err
}

// SetRebuilt notes that something was worked out for all cases.
func (tx *Tx) SetRebuilt(name string) error {
	return tx.exec(`INSERT INTO rebuilt (zone, name, at) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING`, tx.Zone, name, at(tx.Now))
}
