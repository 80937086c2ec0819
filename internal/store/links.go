package store

import (
	"strconv"
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// Link ties case A to case B.
type Link struct {
	ID     int64
	A, B   casework.ID
	Kind   string // of casework.LinkKinds
	Amount int64  // of what B has to give that A takes
	By     casework.Person
	At     time.Time
}

// AddLink ties two cases. Conflict when they are tied so already.
func (tx *Tx) AddLink(l Link) error {
	tx.changed(linkRecord, l.ID)
	var n int
	if err := tx.queryRow(`SELECT COUNT(*) FROM case_links WHERE zone=$1 AND a=$2 AND b=$3 AND kind=$4 AND ended_at=0`, tx.Zone, int64(l.A), int64(l.B), l.Kind).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return fault.New(fault.Conflict, "这两件案件已经这样关联。", "These cases are related so already.")
	}
	return tx.exec(`INSERT INTO case_links (zone, id, a, b, kind, amount, by_person, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		tx.Zone, l.ID, int64(l.A), int64(l.B), l.Kind, l.Amount, int64(l.By), at(tx.Now))
}

// EndLink frees two cases of a tie. Conflict when it has ended.
func (tx *Tx) EndLink(id int64) error {
	tx.changed(linkRecord, id)
	return tx.mustChange(nil, `UPDATE case_links SET ended_at=$1 WHERE zone=$2 AND id=$3 AND ended_at=0`, at(tx.Now), tx.Zone, id)
}

// LinkedCase is a tie as one of its cases sees it: with the other.
type LinkedCase struct {
	Link
	CaseLine
	Result string
}

// Links lists the ties of a case to others that the scope may read, oldest first.
func (r *Reader) Links(id casework.ID, scope Scope) ([]LinkedCase, error) {
	var out []LinkedCase
	for _, side := range []string{"l.a = $2 AND c.id = l.b", "l.b = $2 AND c.id = l.a"} {
		w := newWhere(r.Zone)
		n := w.arg(int64(id))
		w.and(strings.ReplaceAll(side, "$2", n))
		w.and("l.zone = c.zone AND l.ended_at = 0")
		w.visible(scope)
		list, err := collect(r, scanLinked, `SELECT l.id, l.a, l.b, l.kind, l.amount, l.by_person, l.at, c.result, `+lineColumns+` FROM case_links l, cases c WHERE `+w.sql()+` ORDER BY l.id LIMIT 200`, w.args...)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func scanLinked(rows *Rows) (x LinkedCase, err error) {
	var raw lineRaw
	err = rows.Scan(append([]any{&x.Link.ID, &x.A, &x.B, &x.Link.Kind, &x.Amount, &x.By, &x.At, &x.Result}, lineDest(&x.CaseLine, &raw)...)...)
	raw.into(&x.CaseLine)
	return x, err
}

// Taken adds up what is taken of each case by those tied to it in a way, leaving out those that ended with a result
// that gives it back. Cases of which nothing is taken are left out.
func (r *Reader) Taken(kind string, of []casework.ID, void []string) (map[casework.ID]int64, error) {
	ids := make([]string, len(of))
	for i, id := range of {
		ids[i] = strconv.FormatInt(int64(id), 10)
	}
	out := map[casework.ID]int64{}
	err := each(r, func(rows *Rows) (x struct{ id, n int64 }, err error) { return x, rows.Scan(&x.id, &x.n) },
		func(x struct{ id, n int64 }) error { out[casework.ID(x.id)] = x.n; return nil },
		`SELECT l.b, SUM(l.amount) FROM case_links l JOIN cases c ON c.zone=l.zone AND c.id=l.a WHERE l.zone=$1 AND l.kind=$2 AND l.ended_at=0
			AND l.b IN (SELECT CAST(value AS BIGINT) FROM `+r.dialect.EachOf(3)+` e) AND c.result NOT IN (SELECT value FROM `+r.dialect.EachOf(4)+` f) GROUP BY l.b`,
		r.Zone, kind, list(ids), list(void))
	return out, err
}

func scanLineFields(rows *Rows) (CaseLine, error) {
	var l CaseLine
	var raw lineRaw
	var state string
	if err := rows.Scan(append(lineDest(&l, &raw), &state)...); err != nil {
		return l, err
	}
	raw.into(&l)
	return l, l.takeFields(state)
}

// PublicCases lists the cases of a procedure in stages in which everybody may read them, newest first; area narrows it.
func (r *Reader) PublicCases(procedure string, stages []string, area, category string, after int64, limit int) ([]CaseLine, error) {
	w := newWhere(r.Zone)
	w.of(procedure, true, 0)
	w.and("c.sealed = '' AND c.closed_at = 0")
	in := make([]string, len(stages))
	for i, s := range stages {
		in[i] = w.arg(s)
	}
	w.and("c.stage IN (" + strings.Join(in, ",") + ")")
	if area != "" {
		w.and(w.prefix("c.area", area))
	}
	if category != "" {
		w.and("c.matter = " + w.arg(category))
	}
	if after != 0 {
		w.and("c.id < " + w.arg(after))
	}
	return collect(r, scanLineFields, `SELECT `+lineColumns+`, c.state FROM cases c WHERE `+w.sql()+` ORDER BY c.id DESC LIMIT `+w.arg(limit), w.args...)
}

// StageCounts counts the cases of a procedure in each stage, within an area.
func (r *Reader) StageCounts(procedure, area string) (map[string]int, error) {
	w := newWhere(r.Zone)
	w.and("c.procedure <> '" + untagged + "' AND c.procedure = " + w.arg(procedure)) // in the words of the index
	if area != "" {
		w.and(w.prefix("c.area", area))
	}
	out := map[string]int{}
	err := each(r, func(rows *Rows) (x stageCount, err error) { return x, rows.Scan(&x.stage, &x.n) },
		func(x stageCount) error { out[x.stage] = x.n; return nil },
		`SELECT c.stage, COUNT(*) FROM cases c WHERE `+w.sql()+` GROUP BY c.stage`, w.args...)
	return out, err
}

type stageCount struct {
	stage string
	n     int
}
