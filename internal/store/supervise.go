package store

import "gezhi/internal/casework"

// WarnedCount is how many open cases of one version of a procedure somebody holds that stand at a level of supervision.
type WarnedCount struct {
	VersionKey
	Level  int // 1 is the lowest rung of the procedure's ladder
	Holder casework.Holder
	Cases  int
}

// WarnedCounts counts the open cases that supervision has taken up.
func (r *Reader) WarnedCounts(scope Scope, f CaseFilter) ([]WarnedCount, error) {
	w := r.warned(scope, f)
	return collect(r, func(rows *Rows) (WarnedCount, error) {
		var x WarnedCount
		var holder string
		err := rows.Scan(&x.Procedure, &x.Version, &x.Level, &holder, &x.Cases)
		x.Holder = casework.ParseHolder(holder)
		return x, err
	}, `SELECT c.procedure, c.version, c.level, c.holder, COUNT(*) FROM cases c WHERE `+w.sql()+` GROUP BY c.procedure, c.version, c.level, c.holder`, w.args...)
}

// Warned loads the open cases at a level of supervision, by deadline, at most limit.
func (r *Reader) Warned(scope Scope, f CaseFilter, level, limit int) ([]casework.Case, error) {
	w := r.warned(scope, f)
	w.and("c.level = " + w.arg(level))
	list, err := collect(r, scanCase(r.Zone), `SELECT `+caseColumns+` FROM cases c WHERE `+w.sql()+` ORDER BY c.due_at, c.id LIMIT `+w.arg(limit), w.args...)
	for i, c := range list {
		list[i] = scope.conceal(c)
	}
	return list, err
}

func (r *Reader) warned(scope Scope, f CaseFilter) *where {
	w := newWhere(r.Zone)
	w.visible(scope)
	w.filter(f, r.Now)
	w.and("c.closed_at = 0 AND c.level > 0") // in the words of the index
	return w
}
