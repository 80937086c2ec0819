package store

import (
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// EndOverlay ends an overlay area that goes on.
func (tx *Tx) EndOverlay(id string, when time.Time) error {
	gone := fault.New(fault.Conflict, "叠加区域 %s 已经停用。", "Overlay %s has already ended.", id)
	return tx.mustChange(gone, `UPDATE overlays SET valid_to=$1 WHERE zone=$2 AND id=$3 AND valid_from < $1 AND valid_to = 0`, at(when), tx.Zone, id)
}

// Import is a file that was checked and waits to be confirmed.
type Import struct {
	ID      int64
	Kind    string // areas, roster, awards, cases, months
	Name    string // of the file
	Datum   string // of the coordinates in it; of cases how they begin, start/category
	Area    string // whose list it is; "" for the whole zone
	About   string // the procedure whose cases it is about; "" for none
	Body    []byte
	At      time.Time
	By      casework.Person
	Done    time.Time // when it was applied; zero before
	Summary string
}

// AddImport keeps a file until it is confirmed.
func (tx *Tx) AddImport(i Import) error {
	return tx.exec(`INSERT INTO imports (zone, id, kind, name, datum, area, about, body, at, by_person) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		tx.Zone, i.ID, i.Kind, i.Name, i.Datum, i.Area, i.About, i.Body, at(tx.Now), int64(i.By))
}

// Import loads a kept file.
func (r *Reader) Import(id int64) (Import, error) {
	return find(r, fault.New(fault.NotFound, "没有这次导入。", "There is no such import."), func(rows *Rows) (Import, error) {
		i := Import{ID: id}
		var when, done int64
		err := rows.Scan(&i.Kind, &i.Name, &i.Datum, &i.Area, &i.About, &i.Body, &when, &i.By, &done, &i.Summary)
		i.At, i.Done = ms(when), ms(done)
		return i, err
	}, `SELECT kind, name, datum, area, about, body, at, by_person, done_at, summary FROM imports WHERE zone=$1 AND id=$2`, r.Zone, id)
}

// Imports lists kept files of a kind about an area subtree, and about the cases of a procedure unless that is "", newest
// first, without their bodies.
func (r *Reader) Imports(kind, about, area string, limit int) ([]Import, error) {
	return collect(r, func(rows *Rows) (Import, error) {
		i := Import{Kind: kind, About: about}
		var when, done int64
		err := rows.Scan(&i.ID, &i.Name, &i.Area, &when, &i.By, &done, &i.Summary)
		i.At, i.Done = ms(when), ms(done)
		return i, err
	}, `SELECT id, name, area, at, by_person, done_at, summary FROM imports WHERE zone=$1 AND kind=$2 AND area >= $3 AND area < $4 AND ($5 = '' OR about = $5) ORDER BY id DESC LIMIT $6`,
		r.Zone, kind, area, area+"~", about, limit)
}

// SetImportSummary replaces the sentence about what became of an applied file.
func (tx *Tx) SetImportSummary(id int64, summary string) error {
	return tx.mustChange(nil, `UPDATE imports SET summary=$1 WHERE zone=$2 AND id=$3 AND done_at <> 0`, summary, tx.Zone, id)
}

// FinishImport marks a file as applied; it can be applied once.
func (tx *Tx) FinishImport(id int64, summary string) error {
	done := fault.New(fault.Conflict, "这份文件已经导入过。", "This file has been imported already.")
	return tx.mustChange(done, `UPDATE imports SET done_at=$1, summary=$2 WHERE zone=$3 AND id=$4 AND done_at=0`, at(tx.Now), summary, tx.Zone, id)
}

// AddImported notes which case a file brought.
func (tx *Tx) AddImported(imported int64, c casework.ID) error {
	return tx.exec(`INSERT INTO case_imports (zone, import, case_id) VALUES ($1,$2,$3)`, tx.Zone, imported, int64(c))
}

// Imported lists the cases a file brought.
func (r *Reader) Imported(imported int64) ([]casework.ID, error) {
	return collect(r, scanID, `SELECT case_id FROM case_imports WHERE zone=$1 AND import=$2 ORDER BY case_id`, r.Zone, imported)
}

// Work is long work that goes in steps.
type Work struct {
	ID       int64
	Kind     string
	Note     string // why
	Total    int64
	Made     int64
	Changed  int64
	Position casework.ID // the last case done
	At       time.Time
	By       casework.Person
	Done     time.Time // zero while it goes on
}

const workColumns = `id, kind, note, total, made, changed, position, at, by_person, done_at`

func scanWork(rows *Rows) (Work, error) {
	var w Work
	var when, done int64
	err := rows.Scan(&w.ID, &w.Kind, &w.Note, &w.Total, &w.Made, &w.Changed, &w.Position, &when, &w.By, &done)
	w.At, w.Done = ms(when), ms(done)
	return w, err
}

// AddWork begins long work.
func (tx *Tx) AddWork(w Work) error {
	return tx.exec(`INSERT INTO works (zone, id, kind, note, total, at, by_person) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		tx.Zone, w.ID, w.Kind, w.Note, w.Total, at(tx.Now), int64(w.By))
}

// Work loads long work.
func (r *Reader) Work(id int64) (Work, error) {
	return find(r, fault.New(fault.NotFound, "没有这项工作。", "There is no such work."), scanWork, `SELECT `+workColumns+` FROM works WHERE zone=$1 AND id=$2`, r.Zone, id)
}

// Works lists long work of a kind, newest first.
func (r *Reader) Works(kind string, limit int) ([]Work, error) {
	return collect(r, scanWork, `SELECT `+workColumns+` FROM works WHERE zone=$1 AND kind=$2 ORDER BY id DESC LIMIT $3`, r.Zone, kind, limit)
}

// StepWork stores how far work has come since it was read as was.
func (tx *Tx) StepWork(was, now Work) error {
	return tx.mustChange(errStale, `UPDATE works SET made=$1, changed=$2, position=$3, done_at=$4 WHERE zone=$5 AND id=$6 AND position=$7 AND done_at=0`,
		now.Made, now.Changed, int64(now.Position), at(now.Done), tx.Zone, was.ID, int64(was.Position))
}

// OpenTotal counts the zone's open cases.
func (r *Reader) OpenTotal() (int64, error) {
	return find(r, nil, func(rows *Rows) (int64, error) {
		var n int64
		return n, rows.Scan(&n)
	}, `SELECT COUNT(*) FROM cases WHERE zone=$1 AND closed_at = 0`, r.Zone)
}

// LastRoute is the highest number a route has, 0 without routes.
func (r *Reader) LastRoute() (int, error) {
	return find(r, nil, func(rows *Rows) (int, error) {
		var n int
		return n, rows.Scan(&n)
	}, `SELECT COALESCE(MAX(id), 0) FROM routes WHERE zone=$1`, r.Zone)
}

// PublishDocument makes a draft the version in force and freezes the ones published before it.
func (tx *Tx) PublishDocument(kind, name string, version int) error {
	if err := tx.SetDocumentState(kind, name, version, "draft", "published"); err != nil {
		return err
	}
	return tx.exec(`UPDATE documents SET state='frozen' WHERE zone=$1 AND kind=$2 AND name=$3 AND version < $4 AND state='published'`, tx.Zone, kind, name, version)
}

// DropDraft deletes a draft; published versions are never deleted.
func (tx *Tx) DropDraft(kind, name string, version int) error {
	gone := fault.New(fault.Conflict, "这个版本已经发布或删除。", "This version has been published or deleted.")
	return tx.mustChange(gone, `DELETE FROM documents WHERE zone=$1 AND kind=$2 AND name=$3 AND version=$4 AND state='draft'`, tx.Zone, kind, name, version)
}

// Tenure loads one appointment (post) or membership.
func (r *Reader) Tenure(id int64, post bool) (Tenure, error) {
	bit := 0
	if post {
		bit = 1
	}
	return find(r, fault.New(fault.NotFound, "没有这条任职。", "There is no such appointment."), scanTenure,
		`SELECT id, person, role, unit, area, from_at, to_at, document, concurrent, post FROM (`+tenures("AND id=$2")+`) t WHERE post=$3`, r.Zone, id, bit)
}

// VersionKey names one version of one procedure.
type VersionKey struct {
	Procedure string
	Version   int
}

// OpenByVersion counts open cases by the version they run under.
func (r *Reader) OpenByVersion() (map[VersionKey]int, error) {
	type row struct {
		key VersionKey
		n   int
	}
	list, err := collect(r, func(rows *Rows) (row, error) {
		var x row
		return x, rows.Scan(&x.key.Procedure, &x.key.Version, &x.n)
	}, `SELECT procedure, version, COUNT(*) FROM cases WHERE zone=$1 AND closed_at = 0 GROUP BY procedure, version`, r.Zone)
	out := map[VersionKey]int{}
	for _, x := range list {
		out[x.key] = x.n
	}
	return out, err
}

// OpenMatters lists the matters that open cases are about.
func (r *Reader) OpenMatters() ([]string, error) {
	return collect(r, func(rows *Rows) (string, error) {
		var s string
		return s, rows.Scan(&s)
	}, `SELECT DISTINCT matter FROM cases WHERE zone=$1 AND closed_at = 0 ORDER BY matter`, r.Zone)
}
