package store

import (
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// Draw is a draw by lot: its list frozen and committed to, and later drawn.
type Draw struct {
	ID          int64
	Procedure   string
	Category    string
	Title       string
	Quotas      string // what draw.ParseQuotas reads
	Source      string // where the seed will come from
	After       time.Time
	List        string
	Commitment  string // hex
	Secret      []byte // sealed
	Nonce       string // hex; "" until drawn
	Seed        string
	SeedNote    string
	CommittedAt time.Time
	CommittedBy casework.Person
	DrawnAt     time.Time // zero until drawn
	DrawnBy     casework.Person
}

const drawColumns = `id, procedure, category, title, quotas, source, after_at, list, commitment, secret, nonce, seed, seed_note, committed_at, committed_by, drawn_at, drawn_by`

func scanDraw(rows *Rows) (d Draw, err error) {
	var after, committed, drawn int64
	err = rows.Scan(&d.ID, &d.Procedure, &d.Category, &d.Title, &d.Quotas, &d.Source, &after, &d.List, &d.Commitment, &d.Secret, &d.Nonce, &d.Seed, &d.SeedNote,
		&committed, &d.CommittedBy, &drawn, &d.DrawnBy)
	d.After, d.CommittedAt, d.DrawnAt = ms(after), ms(committed), ms(drawn)
	return d, err
}

// AddDraw stores a draw whose list is frozen.
func (tx *Tx) AddDraw(d Draw) error {
	tx.changed(drawRecord, d.ID)
	return tx.exec(`INSERT INTO draws (zone, id, procedure, category, title, quotas, source, after_at, list, commitment, secret, committed_at, committed_by)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`, tx.Zone, d.ID, d.Procedure, d.Category, d.Title, d.Quotas, d.Source, at(d.After), d.List, d.Commitment, d.Secret, at(tx.Now), int64(d.CommittedBy))
}

// Drawn stores the seed and the secret of a draw. Conflict when it was drawn before.
func (tx *Tx) Drawn(d Draw) error {
	tx.changed(drawRecord, d.ID)
	return tx.mustChange(fault.New(fault.Conflict, "这一场已经摇过号，不能再摇。", "This draw has taken place; it cannot be drawn again."),
		`UPDATE draws SET nonce=$1, seed=$2, seed_note=$3, drawn_at=$4, drawn_by=$5 WHERE zone=$6 AND id=$7 AND drawn_at=0`,
		d.Nonce, d.Seed, d.SeedNote, at(tx.Now), int64(d.DrawnBy), tx.Zone, d.ID)
}

// Draw loads one draw.
func (r *Reader) Draw(id int64) (Draw, error) {
	return find(r, fault.New(fault.NotFound, "没有这场摇号。", "There is no such draw."), scanDraw, `SELECT `+drawColumns+` FROM draws WHERE zone=$1 AND id=$2`, r.Zone, id)
}

// Draws lists draws, newest first.
func (r *Reader) Draws(limit int) ([]Draw, error) {
	return collect(r, scanDraw, `SELECT `+drawColumns+` FROM draws WHERE zone=$1 ORDER BY id DESC LIMIT $2`, r.Zone, limit)
}

// InDraw counts how many draws of a procedure and category are committed to and not drawn yet.
func (r *Reader) InDraw(procedure, category string) (n int, err error) {
	err = r.queryRow(`SELECT COUNT(*) FROM draws WHERE zone=$1 AND procedure=$2 AND category=$3 AND drawn_at=0`, r.Zone, procedure, category).Scan(&n)
	return n, err
}

// Waiting lists the cases of a procedure and category that are at a stage, by number, with their fields.
func (r *Reader) Waiting(procedure, category, stage string) ([]CaseLine, error) {
	lines, err := collect(r, scanLine, `SELECT `+lineColumns+` FROM cases c WHERE c.zone=$1 AND c.procedure=$2 AND c.matter=$3 AND c.stage=$4 ORDER BY c.id`, r.Zone, procedure, category, stage)
	if err != nil {
		return nil, err
	}
	for first := 0; first < len(lines); first += 500 {
		if err := r.CaseFields(lines[first:min(first+500, len(lines))]); err != nil {
			return nil, err
		}
	}
	return lines, nil
}
