package store

import (
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/filetype"
	"gezhi/internal/policy"
)

// File is a document as somebody uploaded it.
type File struct {
	ID       int64
	Case     casework.ID    // 0 until a move names it
	Grant    policy.GrantID // 0 until an application names it
	Material string         // of an application: which of the item's materials it is, in Chinese as the item had it then
	By       casework.Person
	At       time.Time
	Name     string
	Kind     filetype.Kind
	Size     int64  // bytes
	SHA256   string // in hexadecimal
	Body     []byte // nil where only the file's data is asked for
}

const fileColumns = `f.id, f.case_id, f.grant_id, f.material, f.by_person, f.at, f.name, f.kind, f.size, f.sha256`

func scanFile(rows *Rows) (File, error) { return scanFileAnd(rows) }

func scanFileAnd(rows *Rows, more ...any) (f File, err error) {
	var when int64
	err = rows.Scan(append([]any{&f.ID, &f.Case, &f.Grant, &f.Material, &f.By, &when, &f.Name, &f.Kind, &f.Size, &f.SHA256}, more...)...)
	f.At = ms(when)
	return f, err
}

// AddFile keeps an uploaded file until a move or an application names it. It is not in the log before that.
func (tx *Tx) AddFile(f File) error {
	if err := tx.exec(`INSERT INTO files (zone, id, by_person, at, name, kind, size, sha256) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		tx.Zone, f.ID, int64(f.By), at(tx.Now), f.Name, string(f.Kind), f.Size, f.SHA256); err != nil {
		return err
	}
	return tx.exec(`INSERT INTO file_bodies (zone, id, body) VALUES ($1,$2,$3)`, tx.Zone, f.ID, f.Body)
}

// Loose reports a file that neither a move nor an application has named yet.
func (f File) Loose() bool { return f.Case == 0 && f.Grant == 0 }

func fileGone(field string) error {
	return fault.Field(field, "材料已失效，请重新上传。", "The document is no longer there; please upload it again.")
}

// AttachFile ties a file its owner uploaded before to a case, and logs it. One that is gone, somebody else's, or tied
// to another case is refused beside the field.
func (tx *Tx) AttachFile(field string, id int64, by casework.Person, c casework.ID) error {
	tx.changed(fileRecord, id)
	return tx.mustChange(fileGone(field), `UPDATE files SET case_id=$1 WHERE zone=$2 AND id=$3 AND by_person=$4 AND grant_id = 0 AND (case_id = 0 OR case_id = $1)`,
		int64(c), tx.Zone, id, int64(by))
}

// AttachGrantFile ties a file its owner uploaded before to an application, as one of the item's materials, and logs it with the grant. One that
// is gone, somebody else's, or tied to anything already is refused beside the field.
func (tx *Tx) AttachGrantFile(field string, id int64, by casework.Person, g policy.GrantID, material string) error {
	tx.changed(grantRecord, g)
	return tx.mustChange(fileGone(field), `UPDATE files SET grant_id=$1, material=$2 WHERE zone=$3 AND id=$4 AND by_person=$5 AND case_id = 0 AND grant_id = 0`,
		int64(g), material, tx.Zone, id, int64(by))
}

// LooseFiles is how many bytes somebody has uploaded that nothing names yet.
func (r *Reader) LooseFiles(by casework.Person) (bytes int64, err error) {
	err = r.queryRow(`SELECT coalesce(sum(size), 0) FROM files WHERE zone=$1 AND by_person=$2 AND case_id=0 AND grant_id=0`, r.Zone, int64(by)).Scan(&bytes)
	return bytes, err
}

// DropLooseFiles deletes files uploaded before a time that nothing has named, at most limit, and says how many.
func (tx *Tx) DropLooseFiles(before time.Time, limit int) (int, error) {
	// Files go before their contents: a move that names one at this moment either finds it gone or keeps both.
	ids, err := collect(&tx.Reader, func(rows *Rows) (id int64, err error) { return id, rows.Scan(&id) },
		`DELETE FROM files WHERE zone=$1 AND case_id=0 AND grant_id=0 AND id IN (SELECT f.id FROM files f WHERE f.zone=$1 AND f.case_id=0 AND f.grant_id=0 AND f.at < $2 LIMIT $3) RETURNING id`,
		tx.Zone, at(before), limit)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := tx.exec(`DELETE FROM file_bodies WHERE zone=$1 AND id=$2`, tx.Zone, id); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

var errNoFile = fault.New(fault.NotFound, "没有这份材料。", "There is no such document.")

// File loads a file's data without its content; NotFound when there is none. Who may see it is for the caller to check.
func (r *Reader) File(id int64) (File, error) {
	return find(r, errNoFile, scanFile, `SELECT `+fileColumns+` FROM files f WHERE f.zone=$1 AND f.id=$2`, r.Zone, id)
}

// FileBody loads a file's content.
func (r *Reader) FileBody(id int64) ([]byte, error) {
	return find(r, errNoFile, func(rows *Rows) (b []byte, err error) { return b, rows.Scan(&b) },
		`SELECT body FROM file_bodies WHERE zone=$1 AND id=$2`, r.Zone, id)
}

// CaseFiles lists the files of a case, in the order they were uploaded.
func (r *Reader) CaseFiles(c casework.ID) ([]File, error) {
	return collect(r, scanFile, `SELECT `+fileColumns+` FROM files f WHERE f.zone=$1 AND f.case_id=$2 AND f.case_id <> 0 ORDER BY f.id`, r.Zone, int64(c))
}

// GrantFiles lists the files of an application, in the order they were uploaded.
func (r *Reader) GrantFiles(g policy.GrantID) ([]File, error) {
	return collect(r, scanFile, `SELECT `+fileColumns+` FROM files f WHERE f.zone=$1 AND f.grant_id=$2 AND f.grant_id <> 0 ORDER BY f.id`, r.Zone, int64(g))
}

// EachFile hands over every file of the zone with its content, nil where that is missing, by id.
func (r *Reader) EachFile(fn func(File) error) error {
	return each(r, func(rows *Rows) (File, error) {
		var body []byte
		f, err := scanFileAnd(rows, &body)
		f.Body = body
		return f, err
	}, fn, `SELECT `+fileColumns+`, b.body FROM files f LEFT JOIN file_bodies b ON b.zone=f.zone AND b.id=f.id WHERE f.zone=$1 ORDER BY f.id`, r.Zone)
}
