package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// assumeStats tells SQLite's planner what the indexes will be like, for those that no ANALYZE has looked at
// yet. Without it the planner takes it that a zone has ten rows: the first column of any key then seems
// as good as the whole of a better one, and a look-up by person walks a whole district. Closing
// the database puts measured numbers in place of these (PRAGMA optimize).
func assumeStats(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "ANALYZE sqlite_schema"); err != nil { // makes the table of statistics
		return fmt.Errorf("statistics: %w", err)
	}
	// A table that has been measured is measured again when it has a new index: next to numbers that were counted an
	// assumed one misleads.
	grown, err := tablesIn(ctx, tx, knownIndexes+`SELECT DISTINCT tbl FROM known k WHERE NOT EXISTS (SELECT 1 FROM sqlite_stat1 s WHERE s.tbl = k.tbl AND s.idx = k.idx)
		AND EXISTS (SELECT 1 FROM sqlite_stat1 s WHERE s.tbl = k.tbl AND s.stat NOT LIKE '1000000 500000%' AND s.stat NOT LIKE '25000 12500%')`)
	if err == nil && len(grown) > 0 {
		_, err = tx.ExecContext(ctx, "PRAGMA analysis_limit = 1000")
	}
	for _, table := range grown {
		if err == nil {
			_, err = tx.ExecContext(ctx, `ANALYZE "`+table+`"`)
		}
	}
	if err != nil {
		return fmt.Errorf("statistics: %w", err)
	}
	_, err = tx.ExecContext(ctx, knownIndexes+`INSERT INTO sqlite_stat1 (tbl, idx, stat)
		SELECT tbl, idx, CASE WHEN part THEN '25000 12500' ELSE '1000000 500000' END
			|| CASE WHEN width > 2 THEN substr($1, 1, 3 * (width - 2)) ELSE '' END
			|| CASE WHEN width < 2 THEN '' WHEN uniq THEN ' 1' ELSE ' 10' END
		FROM known k WHERE NOT EXISTS (SELECT 1 FROM sqlite_stat1 s WHERE s.tbl = k.tbl AND s.idx = k.idx)`,
		strings.Repeat(" 10", 10))
	if err != nil {
		return fmt.Errorf("statistics: %w", err)
	}
	return tx.Commit()
}

// knownIndexes begins a statement: every index of ours, with its columns counted. The key of a table WITHOUT ROWID goes by
// the table's name.
const knownIndexes = `WITH known AS (
	SELECT t.name AS tbl, CASE WHEN i.origin = 'pk' AND l.wr THEN t.name ELSE i.name END AS idx, i."unique" AS uniq, i.partial AS part,
		(SELECT count(*) FROM pragma_index_info(i.name)) AS width
	FROM sqlite_schema t JOIN pragma_table_list(t.name) l ON l.schema = 'main' JOIN pragma_index_list(t.name) i
	WHERE t.type = 'table' AND l.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'goose_%')
	`

func tablesIn(ctx context.Context, tx *sql.Tx, query string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
