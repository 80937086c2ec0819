package store

import (
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/proof"
)

// Photo is a picture as kept: re-encoded, without the data cameras add.
type Photo struct {
	ID            int64
	Case          casework.ID // 0 until the case exists
	By            casework.Person
	At            time.Time
	Width, Height int
	SHA256        []byte
	DHash         uint64
	Full, Thumb   []byte // JPEG
}

// AddPhoto stores a picture and logs it.
func (tx *Tx) AddPhoto(p Photo) error {
	entry := tx.NewID()
	if err := tx.exec(`INSERT INTO photos (zone, id, case_id, by_person, at, width, height, sha256, dhash, full_jpeg, thumb_jpeg, entry) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
		tx.Zone, p.ID, int64(p.Case), int64(p.By), at(tx.Now), p.Width, p.Height, p.SHA256, int64(p.DHash), p.Full, p.Thumb, entry); err != nil {
		return err
	}
	l := proof.Photo{Zone: tx.Zone, ID: p.ID, By: int64(p.By), At: at(tx.Now), Width: int64(p.Width), Height: int64(p.Height), SHA256: p.SHA256, Thumb: p.Thumb, DHash: int64(p.DHash)}
	tx.Log(proof.KindPhoto, entry, l.Leaf())
	return nil
}

// AttachPhoto ties a picture its owner uploaded before to a case. A picture already tied to another case is refused.
func (tx *Tx) AttachPhoto(id int64, by casework.Person, c casework.ID) error {
	taken := fault.Field("photo", "照片已失效，请重新上传。", "The photo is no longer available; please upload it again.")
	return tx.mustChange(taken, `UPDATE photos SET case_id=$1 WHERE zone=$2 AND id=$3 AND by_person=$4 AND (case_id = 0 OR case_id = $1)`,
		int64(c), tx.Zone, id, int64(by))
}

// PhotoJPEG loads a picture (the thumbnail when thumb is "thumb_jpeg") and the case and person it belongs to.
func (r *Reader) PhotoJPEG(id int64, thumb bool) (jpeg []byte, c casework.ID, by casework.Person, err error) {
	column := "full_jpeg"
	if thumb {
		column = "thumb_jpeg"
	}
	type row struct {
		jpeg []byte
		c    casework.ID
		by   casework.Person
	}
	got, err := find(r, fault.New(fault.NotFound, "没有这张照片。", "There is no such photo."), func(rows *Rows) (row, error) {
		var x row
		return x, rows.Scan(&x.jpeg, &x.c, &x.by)
	}, `SELECT `+column+`, case_id, by_person FROM photos WHERE zone=$1 AND id=$2`, r.Zone, id)
	return got.jpeg, got.c, got.by, err
}

// Notice is a message to a person, or to whoever holds a duty.
type Notice struct {
	ID     int64
	Person casework.Person
	Holder string
	Case   casework.ID
	Kind   string
	About  int64 // id of the award, activity or redemption, by kind; 0 for none
	ZH, EN string
	At     time.Time
}

// AddNotice stores a message.
func (tx *Tx) AddNotice(n Notice) error {
	return tx.exec(`INSERT INTO notices (zone, id, person, holder, case_id, kind, about, zh, en, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		tx.Zone, n.ID, int64(n.Person), n.Holder, int64(n.Case), n.Kind, n.About, n.ZH, n.EN, at(tx.Now))
}

func scanNotice(rows *Rows) (Notice, error) {
	var n Notice
	var when int64
	err := rows.Scan(&n.ID, &n.Person, &n.Holder, &n.Case, &n.Kind, &n.About, &n.ZH, &n.EN, &when)
	n.At = ms(when)
	return n, err
}

const noticeColumns = `id, person, holder, case_id, kind, about, zh, en, at`

// Notices lists messages to the person or to the duties, newest first, before the given id (0: from the newest).
func (r *Reader) Notices(p casework.Person, duties []casework.Duty, before int64, limit int) ([]Notice, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	w := &where{}
	lim := w.arg(limit)
	zone, bef := w.arg(r.Zone), w.arg(before)
	sql := `SELECT * FROM (SELECT ` + noticeColumns + ` FROM notices WHERE zone=` + zone + ` AND person=` + w.arg(int64(p)) + ` AND person <> 0 AND id < ` + bef + ` ORDER BY id DESC LIMIT ` + lim + `) a`
	for i, k := range dutyKeys(duties) {
		sql += ` UNION SELECT * FROM (SELECT ` + noticeColumns + ` FROM notices WHERE zone=` + zone + ` AND holder <> '' AND ` + w.prefix("holder", k) + ` AND id < ` + bef + ` ORDER BY id DESC LIMIT ` + lim + `) b` + itoa(i)
	}
	return collect(r, scanNotice, sql+` ORDER BY id DESC LIMIT `+lim, w.args...)
}

// NoticesRead is the newest notice the person has seen.
func (r *Reader) NoticesRead(p casework.Person) (int64, error) {
	found, err := collect(r, func(rows *Rows) (int64, error) {
		var n int64
		return n, rows.Scan(&n)
	}, `SELECT upto FROM notice_reads WHERE zone=$1 AND person=$2`, r.Zone, int64(p))
	if err != nil || len(found) == 0 {
		return 0, err
	}
	return found[0], nil
}

// MarkNoticesRead remembers that the person has seen every notice up to the id.
func (tx *Tx) MarkNoticesRead(p casework.Person, upto int64) error {
	return tx.exec(`INSERT INTO notice_reads (zone, person, upto) VALUES ($1,$2,$3)
		ON CONFLICT (zone, person) DO UPDATE SET upto=excluded.upto WHERE notice_reads.upto < excluded.upto`, tx.Zone, int64(p), upto)
}

// View is a list filter a person saved under a name.
type View struct {
	Name  string
	Query string // the page's query string
}

// Views lists a person's saved filters by name.
func (r *Reader) Views(p casework.Person) ([]View, error) {
	return collect(r, func(rows *Rows) (View, error) {
		var v View
		return v, rows.Scan(&v.Name, &v.Query)
	}, `SELECT name, query FROM saved_views WHERE zone=$1 AND person=$2 ORDER BY name`, r.Zone, int64(p))
}

// SaveView stores a filter in place of one of the same name.
func (tx *Tx) SaveView(p casework.Person, v View) error {
	return tx.exec(`INSERT INTO saved_views (zone, person, name, query, at) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (zone, person, name) DO UPDATE SET query=excluded.query, at=excluded.at`, tx.Zone, int64(p), v.Name, v.Query, at(tx.Now))
}

// DropView deletes a saved filter.
func (tx *Tx) DropView(p casework.Person, name string) error {
	return tx.exec(`DELETE FROM saved_views WHERE zone=$1 AND person=$2 AND name=$3`, tx.Zone, int64(p), name)
}

// Audit is one entry of the log of who did or saw what.
type Audit struct {
	ID      int64
	At      time.Time
	Actor   casework.Person
	Action  string
	Subject string
	Person  casework.Person // whose data was looked at or changed; 0 when nobody's
	Reason  string
	Detail  string
}

// AddAudit appends to the log.
func (tx *Tx) AddAudit(a Audit) error {
	tx.changed(auditRecord, a.ID)
	return tx.exec(`INSERT INTO audit (zone, id, at, actor, action, subject, person, reason, detail) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		tx.Zone, a.ID, at(tx.Now), int64(a.Actor), a.Action, a.Subject, int64(a.Person), a.Reason, a.Detail)
}

// AuditFilter narrows the log; zero fields do not narrow.
type AuditFilter struct {
	Actor  casework.Person
	Person casework.Person
	Action string
	Before int64 // id; 0 means from the newest
	Limit  int
}

// AuditLog lists entries, newest first.
func (r *Reader) AuditLog(f AuditFilter) ([]Audit, error) {
	w := &where{}
	w.and("zone = " + w.arg(r.Zone))
	if f.Actor != 0 {
		w.and("actor = " + w.arg(int64(f.Actor)))
	}
	if f.Person != 0 {
		w.and("person <> 0 AND person = " + w.arg(int64(f.Person)))
	}
	if f.Action != "" {
		w.and("action = " + w.arg(f.Action))
	}
	if f.Before != 0 {
		w.and("id < " + w.arg(f.Before))
	}
	return collect(r, func(rows *Rows) (Audit, error) {
		var a Audit
		var when int64
		err := rows.Scan(&a.ID, &when, &a.Actor, &a.Action, &a.Subject, &a.Person, &a.Reason, &a.Detail)
		a.At = ms(when)
		return a, err
	}, `SELECT id, at, actor, action, subject, person, reason, detail FROM audit WHERE `+w.sql()+` ORDER BY id DESC LIMIT `+w.arg(max(1, min(f.Limit, 1000))), w.args...)
}
