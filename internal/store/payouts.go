package store

import (
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// Payout is one line of what enterprises got (兑现台账). Lines are only ever added; what was wrong is taken back by a line below zero.
type Payout struct {
	ID     int64
	Month  int    // 202603
	Item   string // of the policies; "" where another system names it in words only
	Title  string // the item in words
	Way    string // award, grant, reduce, exempt, defer, interest, refund
	Kind   string // 险种 or 税种; "" for none
	Code   string // of the enterprise
	Name   string // the enterprise's
	Area   string // "" when nobody knows
	Pieces int    // 件数; below zero takes back
	Amount int64  // 分
	Source string // who says so, in words
	Import int64  // file it came in, or
	Grant  int64  // grant that paid it
	Undoes int64  // line it takes back; 0 for none
	At     time.Time
	By     casework.Person
}

// Back is the line that takes a line back.
func (p Payout) Back() Payout {
	p.Undoes, p.Pieces, p.Amount = p.ID, -p.Pieces, -p.Amount
	return p
}

const payoutColumns = `id, month, item, title, way, kind, code, name, area, pieces, amount, source, import, grant_id, undoes, at, by_person`

func scanPayout(rows *Rows) (p Payout, err error) {
	return p, rows.Scan(&p.ID, &p.Month, &p.Item, &p.Title, &p.Way, &p.Kind, &p.Code, &p.Name, &p.Area, &p.Pieces, &p.Amount, &p.Source, &p.Import, &p.Grant, &p.Undoes, &p.At, &p.By)
}

// AddPayouts adds lines, with ids of their own. A line is taken back once: a second time is a Conflict.
func (tx *Tx) AddPayouts(all []Payout, by casework.Person) error {
	rows := make([][]any, len(all))
	for i, p := range all {
		rows[i] = []any{tx.Zone, tx.NewID(), p.Month, p.Item, p.Title, p.Way, p.Kind, p.Code, p.Name, p.Area, p.Pieces, p.Amount, p.Source, p.Import, p.Grant, p.Undoes, at(tx.Now), int64(by)}
		if p.Grant != 0 {
			tx.changed(grantRecord, p.Grant)
		}
	}
	twice := fault.New(fault.Conflict, "台账中的这一行已经冲销过。", "This line has been taken back already.")
	if err := tx.putMany("payouts", strings.Split("zone, "+payoutColumns, ", "), "ON CONFLICT DO NOTHING", twice, rows); err != nil {
		return err
	}
	return tx.addToCells(all)
}

// PayoutImport is a file of lines of another system.
type PayoutImport struct {
	ID     int64 // of the file among the imports
	Name   string
	Pieces int   // lines
	Amount int64 // their sum, 分
	SHA256 string
	At     time.Time
	By     casework.Person
	Undone time.Time // when all its lines were taken back; zero while they count
	Undoer casework.Person
	Reason string
}

const payoutImportColumns = `id, name, pieces, amount, sha256, at, by_person, undone_at, undone_by, reason`

func scanPayoutImport(rows *Rows) (i PayoutImport, err error) {
	return i, rows.Scan(&i.ID, &i.Name, &i.Pieces, &i.Amount, &i.SHA256, &i.At, &i.By, &i.Undone, &i.Undoer, &i.Reason)
}

// AddPayoutImport stores a file with its lines.
func (tx *Tx) AddPayoutImport(i PayoutImport, lines []Payout) error {
	tx.changed(payoutImportRecord, i.ID)
	if err := tx.exec(`INSERT INTO payout_imports (zone, id, name, pieces, amount, sha256, at, by_person) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		tx.Zone, i.ID, i.Name, i.Pieces, i.Amount, i.SHA256, at(tx.Now), int64(i.By)); err != nil {
		return err
	}
	return tx.AddPayouts(lines, i.By)
}

// UndoPayoutImport takes every line of a file back, for a reason. A second time is a Conflict.
func (tx *Tx) UndoPayoutImport(id int64, by casework.Person, reason string) (int, error) {
	tx.changed(payoutImportRecord, id)
	gone := fault.New(fault.Conflict, "这份文件的台账已经回退。", "The lines of this file have been taken back already.")
	if err := tx.mustChange(gone, `UPDATE payout_imports SET undone_at=$1, undone_by=$2, reason=$3 WHERE zone=$4 AND id=$5 AND undone_at=0`, at(tx.Now), int64(by), reason, tx.Zone, id); err != nil {
		return 0, err
	}
	lines, err := collect(&tx.Reader, scanPayout, `SELECT `+payoutColumns+` FROM payouts WHERE zone=$1 AND import=$2 AND import <> 0 AND undoes=0 ORDER BY id`, tx.Zone, id)
	if err != nil {
		return 0, err
	}
	for i, p := range lines {
		lines[i] = p.Back()
	}
	return len(lines), tx.AddPayouts(lines, by)
}

// PayoutImport loads one.
func (r *Reader) PayoutImport(id int64) (PayoutImport, error) {
	return find(r, fault.New(fault.NotFound, "没有这份导入的台账。", "There is no such file of payouts."), scanPayoutImport,
		`SELECT `+payoutImportColumns+` FROM payout_imports WHERE zone=$1 AND id=$2`, r.Zone, id)
}

// PayoutImports lists the files whose lines were entered, newest first.
func (r *Reader) PayoutImports(limit int) ([]PayoutImport, error) {
	return collect(r, scanPayoutImport, `SELECT `+payoutImportColumns+` FROM payout_imports WHERE zone=$1 ORDER BY id DESC LIMIT $2`, r.Zone, limit)
}

// PayoutImportOf finds a file that counts by its digest; NotFound when there is none.
func (r *Reader) PayoutImportOf(sha256 string) (PayoutImport, error) {
	return find(r, fault.New(fault.NotFound, "没有这份导入的台账。", "There is no such file of payouts."), scanPayoutImport,
		`SELECT `+payoutImportColumns+` FROM payout_imports WHERE zone=$1 AND sha256=$2 AND undone_at=0`, r.Zone, sha256)
}

// PayoutFilter narrows a list of payouts. Empty fields do not narrow.
type PayoutFilter struct {
	From, To int // months, both included; 0 for open
	Code     string
	Import   int64
	Grant    int64
	After    int64 // id of the last line before
	Limit    int
}

// Payouts lists lines, oldest first.
func (r *Reader) Payouts(f PayoutFilter) ([]Payout, error) {
	w := &where{}
	w.and("zone = " + w.arg(r.Zone))
	w.and("id > " + w.arg(f.After))
	if f.From != 0 {
		w.and("month >= " + w.arg(f.From))
	}
	if f.To != 0 {
		w.and("month <= " + w.arg(f.To))
	}
	if f.Code != "" {
		w.and("code = " + w.arg(f.Code))
	}
	if f.Import != 0 {
		w.and("import <> 0 AND import = " + w.arg(f.Import))
	}
	if f.Grant != 0 {
		w.and("grant_id <> 0 AND grant_id = " + w.arg(f.Grant))
	}
	return collect(r, scanPayout, `SELECT `+payoutColumns+` FROM payouts WHERE `+w.sql()+` ORDER BY id LIMIT `+w.arg(f.Limit), w.args...)
}
