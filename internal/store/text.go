package store

import (
	"encoding/hex"
	"strconv"
	"strings"

	"gezhi/internal/casework"
	"gezhi/internal/grams"
)

// tagMark begins a token of the full-text index that is no word but says whose a case is: the areas
// it lies in, the units that ever held it, the person who reported it. It is a private-use character,
// which both tokenizers keep and which grams never lets into a query, so nobody can type a tag.
//
// Because words and tags stand in one index, "the words, among what this viewer may see" is an
// intersection of sorted lists. Filtering the cases found by their words would look at
// every 占道 of a district to find the two of a micro-grid.
const tagMark = "\U0010FFFC"

// Unit codes carry punctuation, at which a tokenizer would part them.
func areaTag(code string) string { return tagMark + "a" + code }
func unitTag(zone int, unit string) string {
	return tagMark + "u" + strconv.Itoa(zone) + hex.EncodeToString([]byte(unit))
}
func personTag(p int64) string { return tagMark + "p" + strconv.FormatInt(p, 10) }

func procedureTag(zone int, id string) string {
	return tagMark + "o" + strconv.Itoa(zone) + hex.EncodeToString([]byte(id))
}

// untagged is the procedure whose cases carry no tag for it: theirs are nearly all there are, and those from before
// there were others have none.
const untagged = "grid-event"

// tagged reports whether cases carry a tag for areas with codes of this length: street, community,
// grid, micro-grid. The district has none, being all there is.
func tagged(code string) bool {
	switch len(code) {
	case 9, 12, 15, 17:
		return true
	}
	return false
}

// entry is one text as the full-text index of either engine takes it: the bigrams that
// grams.Index writes for FTS5, and the tsvector that grams.TSVector writes.
type entry struct {
	ID       int64
	FTS5     string
	TSVector string
}

// caseTags say in whose lists a case is.
func caseTags(zone int, c *casework.Case, units []string) []string {
	var tags []string
	area := c.Place.Area
	if c.Procedure != untagged {
		tags = append(tags, procedureTag(zone, c.Procedure))
	}
	for n := 9; n <= len(area); n++ {
		if tagged(area[:n]) {
			tags = append(tags, areaTag(area[:n]))
		}
	}
	for _, u := range units {
		tags = append(tags, unitTag(zone, u))
	}
	if c.Reporter != 0 {
		tags = append(tags, personTag(int64(c.Reporter)))
	}
	return tags
}

// caseEntry is a case as the engine's index takes it. In a tsvector tags stand at its far end,
// where no phrase reaches.
func caseEntry(d Dialect, id int64, text string, tags []string) entry {
	if d == PostgreSQL {
		var b strings.Builder
		b.WriteString(grams.TSVector(text))
		for _, t := range tags {
			b.WriteString(" '" + t + "':16383")
		}
		return entry{ID: id, TSVector: b.String()}
	}
	return entry{ID: id, FTS5: grams.Index(text) + " " + strings.Join(tags, " ")}
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

// found is a search of the full-text index: all of the words, and of each group of tags at least one.
type found struct {
	words  string
	groups [][]string
}

// none reports words that can match nothing, such as punctuation.
func (f found) none() bool { return f.words != "" && grams.FTS5(f.words) == "" }

func (f found) empty() bool { return f.words == "" && len(f.groups) == 0 }

// match is the right-hand side of FTS5's MATCH.
func (f found) match() string { return f.query(grams.FTS5(f.words), `"`, " OR ", " AND ") }

// tsquery is the same to be cast to tsquery.
func (f found) tsquery() string { return f.query(grams.TSQuery(f.words), "'", " | ", " & ") }

func (f found) query(words, quote, or, and string) string {
	var all []string
	if words != "" {
		all = append(all, words)
	}
	for _, g := range f.groups {
		all = append(all, "("+quote+strings.Join(g, quote+or+quote)+quote+")")
	}
	return strings.Join(all, and)
}

// narrow adds the tags that every case of the scope and the filter carries. It only narrows: the
// conditions themselves stay in the statement.
func (f *found) narrow(zone int, s Scope, c CaseFilter) {
	if g, ok := scopeTags(zone, s); ok {
		f.groups = append(f.groups, g)
	}
	if tagged(c.Area) {
		f.groups = append(f.groups, []string{areaTag(c.Area)})
	}
	if c.Procedure != "" && c.Procedure != untagged {
		f.groups = append(f.groups, []string{procedureTag(zone, c.Procedure)})
	}
	if c.Unit != "" {
		f.groups = append(f.groups, []string{unitTag(zone, c.Unit)})
	}
}

// scopeTags are the tags one of which every case of the scope carries; ok is false when there are none
// to go by.
func scopeTags(zone int, s Scope) (tags []string, ok bool) {
	if s.All {
		return nil, false
	}
	for _, a := range s.Areas {
		if !tagged(a) {
			return nil, false
		}
		tags = append(tags, areaTag(a))
	}
	for _, u := range s.Units {
		tags = append(tags, unitTag(zone, u))
	}
	if s.Person != 0 {
		tags = append(tags, personTag(s.Person))
	}
	return tags, len(tags) > 0
}
