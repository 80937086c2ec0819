package store

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/catalogue"
	"gezhi/internal/fault"
)

// CatalogueEdition is one edition of the list of licences, with what it changed.
type CatalogueEdition struct {
	Edition  int
	Name     string // of the file it came from
	Total    int    // items in force with it
	Added    int
	Changed  int
	Dropped  int
	Restores int    // the edition it brings back; 0 for none
	Note     string // why it does
	By       casework.Person
	At       time.Time
}

// newestCatalogue is the number of the newest edition, 0 without any.
func (r *Reader) newestCatalogue() (int, error) {
	return find(r, nil, func(rows *Rows) (n int, err error) { return n, rows.Scan(&n) }, `SELECT COALESCE(MAX(edition), 0) FROM catalogue_editions WHERE zone=$1`, r.Zone)
}

// AddCatalogue stores an edition by what it changes of the one before. An edition that does not follow the newest is a Conflict.
func (tx *Tx) AddCatalogue(e CatalogueEdition, changes catalogue.Changes) error {
	newest, err := tx.newestCatalogue()
	if err != nil {
		return err
	}
	if e.Edition != newest+1 {
		return fault.New(fault.Conflict, "清单刚刚换了新版，请按最新的清单重新核对。", "The list has just got a new edition; check again against it.")
	}
	if err := tx.exec(`INSERT INTO catalogue_editions (zone, edition, name, total, added, changed, dropped, restores, note, by_person, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		tx.Zone, e.Edition, e.Name, e.Total, len(changes.New), len(changes.Changed), len(changes.Dropped), e.Restores, e.Note, int64(e.By), at(tx.Now)); err != nil {
		return err
	}
	var rows [][]any
	add := func(i catalogue.Item, dropped bool) error {
		body, err := json.Marshal(i)
		rows = append(rows, []any{tx.Zone, i.Code, e.Edition, bit(dropped), string(body)})
		return err
	}
	for _, i := range changes.New {
		if err := add(i, false); err != nil {
			return err
		}
	}
	for _, c := range changes.Changed {
		if err := add(c.Now, false); err != nil {
			return err
		}
	}
	for _, i := range changes.Dropped {
		if err := add(i, true); err != nil {
			return err
		}
	}
	return tx.insertMany("catalogue_items", []string{"zone", "code", "edition", "dropped", "item"}, rows)
}

// CatalogueEditions lists editions below one, newest first; below 0 lists from the newest.
func (r *Reader) CatalogueEditions(below, limit int) ([]CatalogueEdition, error) {
	if below <= 0 {
		below = math.MaxInt32
	}
	return collect(r, func(rows *Rows) (CatalogueEdition, error) {
		var e CatalogueEdition
		var when int64
		err := rows.Scan(&e.Edition, &e.Name, &e.Total, &e.Added, &e.Changed, &e.Dropped, &e.Restores, &e.Note, &e.By, &when)
		e.At = ms(when)
		return e, err
	}, `SELECT edition, name, total, added, changed, dropped, restores, note, by_person, at FROM catalogue_editions WHERE zone=$1 AND edition < $2 ORDER BY edition DESC LIMIT $3`,
		r.Zone, below, limit)
}

type catalogueRow struct {
	item    catalogue.Item
	dropped bool
}

func scanCatalogueRow(rows *Rows) (catalogueRow, error) {
	var x catalogueRow
	var dropped int64
	var body string
	if err := rows.Scan(&x.item.Edition, &dropped, &body); err != nil {
		return x, err
	}
	x.dropped = dropped != 0
	err := json.Unmarshal([]byte(body), &x.item)
	return x, err
}

// Catalogue is the list as an edition left it; edition 0 is the newest. Without any list it is empty.
func (r *Reader) Catalogue(edition int) (*catalogue.Catalogue, error) {
	newest, err := r.newestCatalogue()
	if err != nil {
		return nil, err
	}
	if edition == 0 {
		edition = newest
	}
	if edition < 0 || edition > newest {
		return nil, fault.New(fault.NotFound, "清单没有第 %d 版。", "The list has no edition %d.", edition)
	}
	rows, err := collect(r, scanCatalogueRow, `SELECT edition, dropped, item FROM catalogue_items WHERE zone=$1 AND edition <= $2 ORDER BY code, edition`, r.Zone, edition)
	if err != nil {
		return nil, fmt.Errorf("catalogue edition %d: %w", edition, err)
	}
	var items, past []catalogue.Item
	for i, x := range rows {
		if i+1 < len(rows) && rows[i+1].item.Code == x.item.Code {
			continue // a later edition changed it
		}
		if x.dropped {
			past = append(past, x.item)
		} else {
			items = append(items, x.item)
		}
	}
	out := catalogue.New(edition, items)
	out.Past = past
	return out, nil
}

// LicenceAt is an item as it was in an edition, also one that has been dropped since.
func (r *Reader) LicenceAt(code string, edition int) (catalogue.Item, error) {
	x, err := find(r, fault.New(fault.NotFound, "清单里没有事项 %s。", "The list has no item %s.", code), scanCatalogueRow,
		`SELECT edition, dropped, item FROM catalogue_items WHERE zone=$1 AND code=$2 AND edition <= $3 ORDER BY edition DESC LIMIT 1`, r.Zone, code, edition)
	return x.item, err
}

// CatalogueChanges is what an edition changed.
func (r *Reader) CatalogueChanges(edition int) (catalogue.Changes, error) {
	now, err := r.Catalogue(edition)
	if err != nil {
		return catalogue.Changes{}, err
	}
	was := catalogue.New(0, nil)
	if edition > 1 {
		if was, err = r.Catalogue(edition - 1); err != nil {
			return catalogue.Changes{}, err
		}
	}
	return was.To(now.Items), nil
}
