package store

// entry is one text as the full-text index of either engine takes it: the bigrams that
// grams.Index writes for FTS5, and the tsvector that grams.TSVector writes.
type entry struct {
	ID       int64
	FTS5     string
	TSVector string
}

// indexText makes rows findable by full text, replacing what was indexed for the same id. The table
// is an FTS5 table with the column body on SQLite, and has zone, id and body on PostgreSQL.
// See Dialect.TextMatch for the condition that searches it.
func (t *Tx) indexText(table string, entries ...entry) error {
	for _, e := range entries {
		var err error
		if t.dialect == PostgreSQL {
			err = t.exec("INSERT INTO "+table+` (zone, id, body) VALUES ($1, $2, CAST($3 AS tsvector))
				ON CONFLICT (zone, id) DO UPDATE SET body = excluded.body`, t.Zone, e.ID, e.TSVector)
		} else {
			err = t.exec("INSERT OR REPLACE INTO "+table+" (rowid, body) VALUES ($1, $2)", e.ID, e.FTS5)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unindexText removes a row from the index, as an erasure demands.
func (t *Tx) unindexText(table string, id int64) error {
	if t.dialect == PostgreSQL {
		return t.exec("DELETE FROM "+table+" WHERE zone = $1 AND id = $2", t.Zone, id)
	}
	return t.exec("DELETE FROM "+table+" WHERE rowid = $1", id)
}
