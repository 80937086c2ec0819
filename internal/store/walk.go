package store

import (
	"gezhi/internal/ledger"
)

// EachTransfer hands over every transfer of the zone, in the order of posting.
func (r *Reader) EachTransfer(fn func(ledger.Posted) error) error {
	return each(r, scanTransfer, fn, transferSelect+` WHERE t.zone=$1 ORDER BY t.seq`, r.Zone)
}

// OwnedLot is a lot with the book it belongs to.
type OwnedLot struct {
	ledger.Key
	ledger.Lot
}

// EachLot hands over every lot of the zone.
func (r *Reader) EachLot(fn func(OwnedLot) error) error {
	return each(r, func(rows *Rows) (l OwnedLot, err error) {
		return l, rows.Scan(&l.Account, &l.Asset, &l.Expires, &l.Left)
	}, fn, `SELECT account, asset, expires_at, remaining FROM lots WHERE zone=$1 ORDER BY account, asset, expires_at`, r.Zone)
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
