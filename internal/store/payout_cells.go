package store

import (
	"fmt"
	"slices"
	"strings"

	"gezhi/internal/policy"
)

// storedCell is a cell with how often it was written.
type storedCell struct {
	policy.Cell
	revision int64
}

func scanCell(rows *Rows) (c storedCell, err error) {
	var k policy.CellKey
	var body []byte
	if err := rows.Scan(&k.Month, &k.Item, &k.Title, &k.Way, &k.Kind, &body, &c.revision); err != nil {
		return c, err
	}
	if c.Cell, err = policy.ReadCell(k, body); err != nil {
		return c, fmt.Errorf("payouts of %d %s: %w", k.Month, k.Title, err)
	}
	return c, nil
}

const cellSelect = `SELECT month, item, title, way, kind, body, revision FROM payout_cells WHERE zone=$1`

// PayoutCells are the cells of the months from first to last, in their order.
func (r *Reader) PayoutCells(first, last int) ([]policy.Cell, error) {
	var out []policy.Cell
	return out, each(r, scanCell, func(c storedCell) error { out = append(out, c.Cell); return nil },
		cellSelect+` AND month >= $2 AND month <= $3 ORDER BY month, item, title, way, kind`, r.Zone, first, last)
}

func (p Payout) cell() policy.CellKey {
	return policy.CellKey{Month: p.Month, Item: p.Item, Title: p.Title, Way: p.Way, Kind: p.Kind}
}

// addToCells brings the cells up to date with new lines. When another process has written one of them meanwhile, the command
// runs again.
func (tx *Tx) addToCells(lines []Payout) error {
	more, err := tx.cellParts(lines)
	if err != nil {
		return err
	}
	var rows [][]any
	for key, parts := range more {
		was, err := find(&tx.Reader, nil, scanCell, cellSelect+` AND month=$2 AND item=$3 AND title=$4 AND way=$5 AND kind=$6`, tx.Zone, key.Month, key.Item, key.Title, key.Way, key.Kind)
		if err != nil {
			return err
		}
		was.Add(parts...)
		rows = append(rows, []any{tx.Zone, key.Month, key.Item, key.Title, key.Way, key.Kind, was.Bytes(), was.revision + 1})
	}
	slices.SortFunc(rows, func(a, b []any) int { return strings.Compare(fmt.Sprint(a[1:6]), fmt.Sprint(b[1:6])) }) // locked in one order
	return tx.putMany("payout_cells", []string{"zone", "month", "item", "title", "way", "kind", "body", "revision"},
		`ON CONFLICT (zone, month, item, title, way, kind) DO UPDATE SET body=excluded.body, revision=excluded.revision WHERE payout_cells.revision = excluded.revision - 1`, errStale, rows)
}

// cellParts sorts lines into cells.
func (r *Reader) cellParts(lines []Payout) (map[policy.CellKey][]policy.CellPart, error) {
	codes := make([]string, 0, len(lines))
	for _, p := range lines {
		codes = append(codes, p.Code)
	}
	slices.Sort(codes)
	places := map[string]int{}
	type placed struct {
		code  string
		place int
	}
	if err := each(r, func(rows *Rows) (x placed, err error) { return x, rows.Scan(&x.code, &x.place) }, func(x placed) error {
		places[x.code] = x.place
		return nil
	}, `SELECT code, place FROM enterprises WHERE zone=$1 AND code IN `+r.dialect.EachOf(2), r.Zone, list(slices.Compact(codes))); err != nil {
		return nil, err
	}
	out := map[policy.CellKey][]policy.CellPart{}
	for _, p := range lines {
		place, ok := places[p.Code]
		if !ok {
			return nil, fmt.Errorf("payout to %s: no such enterprise", p.Code)
		}
		out[p.cell()] = append(out[p.cell()], policy.CellPart{Area: p.Area, Place: place, Pieces: int64(p.Pieces), Amount: p.Amount})
	}
	return out, nil
}

// WrongCells compares every cell with the lines it is made from, month by month, and calls wrong for each that differs, is
// missing or should not be.
func (r *Reader) WrongCells(wrong func(policy.CellKey)) error {
	months, err := collect(r, func(rows *Rows) (m int, err error) { return m, rows.Scan(&m) },
		`SELECT month FROM payouts WHERE zone=$1 UNION SELECT month FROM payout_cells WHERE zone=$1 ORDER BY month`, r.Zone)
	if err != nil {
		return err
	}
	for _, month := range months {
		lines, err := collect(r, scanPayout, `SELECT `+payoutColumns+` FROM payouts WHERE zone=$1 AND month=$2`, r.Zone, month)
		if err != nil {
			return err
		}
		want, err := r.cellParts(lines)
		if err != nil {
			return err
		}
		cells, err := r.PayoutCells(month, month)
		if err != nil {
			return err
		}
		for _, c := range cells {
			made := policy.Cell{CellKey: c.CellKey}
			made.Add(want[c.CellKey]...)
			if _, ok := want[c.CellKey]; !ok || string(made.Bytes()) != string(c.Bytes()) {
				wrong(c.CellKey)
			}
			delete(want, c.CellKey)
		}
		for key := range want {
			wrong(key)
		}
	}
	return nil
}
