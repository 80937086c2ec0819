package store

import (
	"gezhi/internal/ledger"
)

// Booked is a transfer as it stands in the books: what was posted, and the digest kept of it.
type Booked struct {
	ledger.Transfer
	Digest []byte
	Lines  []ledger.Posting
}

// EachTransfer hands over every transfer with its postings, by id. The value is valid during the call only.
func (r *Reader) EachTransfer(fn func(Booked) error) error {
	rows, err := r.query(`SELECT t.id, t.reason, t.ref, t.digest, p.account, p.asset, p.amount FROM transfers t
		JOIN postings p ON p.zone = t.zone AND p.transfer = t.id WHERE t.zone=$1 ORDER BY t.id, p.line`, r.Zone)
	if err != nil {
		return err
	}
	defer rows.Close()
	var b Booked
	flush := func() error {
		if b.ID == "" {
			return nil
		}
		return fn(b)
	}
	for rows.Next() {
		var x Booked
		var p ledger.Posting
		if err := rows.Scan(&x.ID, &x.Reason, &x.Ref, &x.Digest, &p.Account, &p.Asset, &p.Amount); err != nil {
			return err
		}
		if x.ID != b.ID {
			if err := flush(); err != nil {
				return err
			}
			x.Lines, b = b.Lines[:0], x
		}
		b.Lines = append(b.Lines, p)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return flush()
}

// EachPerson hands over every person of the zone, by id.
func (r *Reader) EachPerson(fn func(PersonRow) error) error {
	return each(r, scanPerson, fn, `SELECT `+personColumns+` FROM people p WHERE p.zone=$1 ORDER BY p.id`, r.Zone)
}

// EachPhoto hands over every picture of the zone, by id.
func (r *Reader) EachPhoto(fn func(Photo) error) error {
	return each(r, func(rows *Rows) (p Photo, err error) {
		err = rows.Scan(&p.ID, &p.SHA256, &p.Full)
		return p, err
	}, fn, `SELECT id, sha256, full_jpeg FROM photos WHERE zone=$1 ORDER BY id`, r.Zone)
}

// each reads rows one by one without keeping them.
func each[T any](r *Reader, scan func(*Rows) (T, error), fn func(T) error, sql string, args ...any) error {
	rows, err := r.query(sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return err
		}
		if err := fn(v); err != nil {
			return err
		}
	}
	return rows.Err()
}
