package store

import (
	"context"
	"fmt"

	"gezhi/internal/lang"
)

// Invariant is something that must hold of a zone's rows at every instant.
type Invariant struct {
	Name lang.Text
	// SQL gives one line of text for each violation, with $1 the zone.
	SQL string
}

// Finding is one violation.
type Finding struct {
	Name   lang.Text
	Detail string
}

// Verify checks the invariants on one snapshot of the zone and, on SQLite, that the file itself is
// sound. No finding means that all is well.
func (db *DB) Verify(ctx context.Context, zone int, invariants []Invariant) ([]Finding, error) {
	broken, err := db.engine.integrity(ctx)
	if err != nil {
		return nil, fmt.Errorf("verify the file: %w", err)
	}
	var found []Finding
	for _, b := range broken {
		found = append(found, Finding{lang.Text{ZH: "数据库文件完整", EN: "database file sound"}, b})
	}
	err = db.View(ctx, zone, func(r *Reader) error {
		for _, in := range invariants {
			lines, err := collect(r, func(rows *Rows) (s string, err error) { return s, rows.Scan(&s) }, in.SQL, zone)
			if err != nil {
				return fmt.Errorf("verify %s: %w", in.Name.EN, err)
			}
			for _, l := range lines {
				found = append(found, Finding{in.Name, l})
			}
		}
		return nil
	})
	return found, err
}
