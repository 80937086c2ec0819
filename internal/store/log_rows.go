package store

import (
	"slices"
	"strings"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/proof"
)

// Rows as the log has them, for receipts and for checking that nothing was changed since.

// Entry is where a row stands in the log.
type Entry struct {
	ID   int64  // 0 for a row made before there was a log
	N    int64  // of its leaf; -1 when there is none
	Hash []byte // of its leaf; nil when there is none
}

// Logged reports whether the row has a leaf.
func (e Entry) Logged() bool { return e.N >= 0 }

// Proves reports whether the leaf is that of the text.
func (e Entry) Proves(text []byte) bool {
	h := proof.LeafHash(text)
	return slices.Equal(h[:], e.Hash)
}

// leafOf joins the leaf of a row; use entryColumns after it.
func leafOf(kind, row string) string {
	return ` LEFT JOIN log_leaves l ON l.zone = ` + row + `.zone AND l.entry = ` + row + `.entry AND l.kind = '` + kind + `' AND ` + row + `.entry <> 0`
}

const entryColumns = `coalesce(l.n, -1), l.hash`

// LoggedEvent is a line of history with its leaf.
type LoggedEvent struct {
	proof.Event
	Entry
}

const loggedEvent = `SELECT e.case_id, c.number, e.seq, e.at, e.actor, e.duty, e.acted_for, e.move, e.from_stage, e.to_stage, e.holder, e.reason, e.note, e.fields, e.photos, e.due_at, e.content,
	e.entry, ` + entryColumns + ` FROM case_events e JOIN cases c ON c.zone = e.zone AND c.id = e.case_id`

func scanLoggedEvent(zone int) func(*Rows) (LoggedEvent, error) {
	return func(rows *Rows) (x LoggedEvent, err error) {
		x.Zone = zone
		e := &x.Event
		err = rows.Scan(&e.Case, &e.Number, &e.Seq, &e.At, &e.Actor, &e.Duty, &e.For, &e.Move, &e.From, &e.To, &e.Holder, &e.Reason, &e.Note, &e.Fields, &e.Photos, &e.Due, &e.Content,
			&x.ID, &x.N, &x.Hash)
		return x, err
	}
}

// LoggedEvents is the history of one case with its leaves, oldest first. Whoever may read the case may read it.
func (r *Reader) LoggedEvents(id casework.ID) ([]LoggedEvent, error) {
	return collect(r, scanLoggedEvent(r.Zone), loggedEvent+leafOf(proof.KindCase, "e")+` WHERE e.zone=$1 AND e.case_id=$2 ORDER BY e.seq`, r.Zone, int64(id))
}

// EachLoggedEvent hands over every line of history of the zone, by case.
func (r *Reader) EachLoggedEvent(fn func(LoggedEvent) error) error {
	return each(r, scanLoggedEvent(r.Zone), fn, loggedEvent+leafOf(proof.KindCase, "e")+` WHERE e.zone=$1 ORDER BY e.case_id, e.seq`, r.Zone)
}

// LoggedCase is a case as its row stands, what its last event says of it, and the leaf of a change after that.
type LoggedCase struct {
	proof.State
	Last    int64  // entry of the last event; 0 when made before there was a log
	LastN   int64  // number of its leaf; -1 when there is none
	Digest  []byte // what the last event says of the row
	Changed Entry  // of a change without an event
}

// EachLoggedCase hands over every case of the zone, by id.
func (r *Reader) EachLoggedCase(fn func(LoggedCase) error) error {
	columns := slices.Delete(slices.Clone(caseInserted), unitColumn, unitColumn+1)
	sql := `SELECT c.` + strings.Join(columns, ", c.") + `, coalesce(e.entry, 0), coalesce(le.n, -1), e.content, c.entry, ` + entryColumns + `
		FROM cases c LEFT JOIN case_events e ON e.zone = c.zone AND e.case_id = c.id
			AND e.seq = (SELECT max(x.seq) FROM case_events x WHERE x.zone = c.zone AND x.case_id = c.id)
		LEFT JOIN log_leaves le ON le.zone = e.zone AND le.entry = e.entry AND le.kind = '` + proof.KindCase + `'` + leafOf(proof.KindState, "c") + `
		WHERE c.zone=$1 ORDER BY c.id`
	return each(r, func(rows *Rows) (x LoggedCase, err error) {
		row := make([]any, len(columns))
		for i, name := range columns {
			if slices.Contains(caseTexts, name) {
				row[i] = new(string)
			} else {
				row[i] = new(int64)
			}
		}
		err = rows.Scan(append(slices.Clone(row), &x.Last, &x.LastN, &x.Digest, &x.Changed.ID, &x.Changed.N, &x.Changed.Hash)...)
		for i, v := range row {
			switch v := v.(type) {
			case *string:
				row[i] = *v
			case *int64:
				row[i] = *v
			}
		}
		at := func(name string) any { return row[slices.Index(columns, name)] }
		x.State = proof.State{Zone: r.Zone, Case: at("id").(int64), Number: at("number").(string), Revision: at("revision").(int64), Content: digestRow(row)}
		return x, err
	}, fn, sql, r.Zone)
}

// caseTexts are the columns of caseInserted that hold text; the others hold integers.
var caseTexts = strings.Fields(`number procedure matter standard source title body area address stage holder unit result state sealed`)

// LoggedPhoto is a picture's row with its leaf.
type LoggedPhoto struct {
	proof.Photo
	Entry
}

// EachLoggedPhoto hands over every picture of the zone, by id, without the full one.
func (r *Reader) EachLoggedPhoto(fn func(LoggedPhoto) error) error {
	return each(r, func(rows *Rows) (x LoggedPhoto, err error) {
		x.Photo.Zone = r.Zone
		p := &x.Photo
		err = rows.Scan(&p.ID, &p.By, &p.At, &p.Width, &p.Height, &p.SHA256, &p.Thumb, &p.DHash, &x.Entry.ID, &x.N, &x.Hash)
		return x, err
	}, fn, `SELECT p.id, p.by_person, p.at, p.width, p.height, p.sha256, p.thumb_jpeg, p.dhash, p.entry, `+entryColumns+` FROM photos p`+
		leafOf(proof.KindPhoto, "p")+` WHERE p.zone=$1 ORDER BY p.id`, r.Zone)
}

// LoggedTransfer is a transfer's row with its leaf. A transfer's number is its entry; those from before the log have
// no leaf.
type LoggedTransfer struct {
	proof.Transfer
	Entry
}

const loggedTransfer = `SELECT t.id, t.seq, t.at, t.from_account, t.to_account, t.asset, t.amount, t.expires_at, t.reason, t.ref, t.from_n, t.to_n, t.lots, t.reverses, ` + entryColumns + `
	FROM transfers t LEFT JOIN log_leaves l ON l.zone = t.zone AND l.entry = t.seq AND l.kind = '` + proof.KindTransfer + `'`

func scanLoggedTransfer(zone int) func(*Rows) (LoggedTransfer, error) {
	return func(rows *Rows) (x LoggedTransfer, err error) {
		x.Zone = zone
		t := &x.Transfer
		err = rows.Scan(&t.ID, &t.Seq, &t.At, &t.From, &t.To, &t.Asset, &t.Amount, &t.Expires, &t.Reason, &t.Ref, &t.FromN, &t.ToN, &t.Lots, &t.Reverses, &x.N, &x.Hash)
		return x, err
	}
}

// LoggedTransfer loads a transfer with its leaf; NotFound when there is none.
func (r *Reader) LoggedTransfer(id string) (LoggedTransfer, error) {
	return find(r, fault.New(fault.NotFound, "没有编号为 %s 的账。", "There is no transfer %s.", id), scanLoggedTransfer(r.Zone),
		loggedTransfer+` WHERE t.zone=$1 AND t.id=$2`, r.Zone, id)
}

// EachLoggedTransfer hands over every transfer of the zone, in the order of posting.
func (r *Reader) EachLoggedTransfer(fn func(LoggedTransfer) error) error {
	return each(r, scanLoggedTransfer(r.Zone), fn, loggedTransfer+` WHERE t.zone=$1 ORDER BY t.seq`, r.Zone)
}

// LoggedHold is a hold's row with its leaf, which bears the number of the transfer that set it aside.
type LoggedHold struct {
	proof.Hold
	Entry
	At int64
}

// EachLoggedHold hands over every hold of the zone, by id.
func (r *Reader) EachLoggedHold(fn func(LoggedHold) error) error {
	return each(r, func(rows *Rows) (x LoggedHold, err error) {
		h := &x.Hold
		h.Zone = r.Zone
		err = rows.Scan(&h.ID, &h.To, &h.Until, &x.At, &x.N, &x.Hash)
		return x, err
	}, fn, `SELECT h.id, h.to_account, h.until, t.at, `+entryColumns+` FROM holds h JOIN transfers t ON t.zone = h.zone AND t.id = h.id
		LEFT JOIN log_leaves l ON l.zone = t.zone AND l.entry = t.seq AND l.kind = '`+proof.KindHold+`' WHERE h.zone=$1 ORDER BY h.id`, r.Zone)
}

// LogCounts is how many leaves of each kind there are.
func (r *Reader) LogCounts() (map[string]int64, error) {
	out := map[string]int64{}
	err := each(r, func(rows *Rows) (x struct {
		kind string
		n    int64
	}, err error) {
		return x, rows.Scan(&x.kind, &x.n)
	}, func(x struct {
		kind string
		n    int64
	}) error {
		out[x.kind] = x.n
		return nil
	}, `SELECT kind, count(*) FROM log_leaves WHERE zone=$1 GROUP BY kind`, r.Zone)
	return out, err
}

// logTables select the entries of rows, by kind of leaf.
var logTables = map[string]string{proof.KindCase: "entry FROM case_events WHERE zone=$1", proof.KindPhoto: "entry FROM photos WHERE zone=$1", proof.KindTransfer: "seq FROM transfers WHERE zone=$1",
	proof.KindHold: "t.seq FROM transfers t JOIN holds h ON h.zone = t.zone AND h.id = t.id WHERE t.zone=$1"}

// StrayLeaf is the first leaf of a kind that no row belongs to. It reads a whole table: ask when counts differ.
func (r *Reader) StrayLeaf(kind string) (LogLeaf, error) {
	rows := ""
	if column, ok := logTables[kind]; ok {
		rows = ` AND entry NOT IN (SELECT ` + column + `)`
	}
	return find(r, nil, scanLeaf, `SELECT n, kind, entry, hash FROM log_leaves WHERE zone=$1 AND kind=$2`+rows+` ORDER BY n LIMIT 1`, r.Zone, kind)
}

// LastPiece is the number of the last stored piece of the tree and its length in bytes; -1 when there is none. The
// numbers before it need not be there.
func (r *Reader) LastPiece() (number int64, bytes int, err error) {
	type piece struct {
		n     int64
		bytes int
	}
	p, err := find(r, nil, func(rows *Rows) (p piece, err error) { return p, rows.Scan(&p.n, &p.bytes) },
		`SELECT piece + 1, length(hashes) FROM log_hashes WHERE zone=$1 ORDER BY piece DESC LIMIT 1`, r.Zone)
	return p.n - 1, p.bytes, err
}
