package store

import "gezhi/internal/casework"

// EachFound calls fn for every case that the filter selects, full text included, newest first, without
// holding them all. The line is the case as lists show it. The filter's Limit and After do not count.
func (r *Reader) EachFound(scope Scope, f CaseFilter, fn func(casework.Case, CaseLine) error) error {
	w := newWhere(r.Zone)
	from, order, ok := r.source(w, scope, f)
	if !ok {
		return nil
	}
	w.visible(scope)
	w.filter(f, r.Now)
	rows, err := r.query(`SELECT `+caseColumns+`, c.unit, c.due_at FROM `+from+` WHERE `+w.sql()+` ORDER BY `+order+` DESC`, w.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var unit string
		var due int64
		c, err := scanCaseAnd(r.Zone, rows, &unit, &due)
		if err != nil {
			return err
		}
		l := CaseLine{ID: c.ID, Number: c.Number, Title: c.Title, Procedure: c.Procedure, Version: c.Version, Matter: c.Matter, Source: c.Source, Area: c.Place.Area, Address: c.Place.Address,
			Point: c.Place.Point, HasPoint: c.Place.HasPoint, Stage: c.Stage, Holder: c.Holder, Unit: unit, Opened: c.Opened, Due: ms(due),
			Closed: c.Closed, Level: c.Standing(), Rating: c.Rating}
		if err := fn(scope.conceal(c), l); err != nil {
			return err
		}
	}
	return rows.Err()
}
