package store

import (
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// Agency is that a person acts for an enterprise here (法定代表人、经办人), once the desk has confirmed it.
type Agency struct {
	ID        int64
	Code      string // of the enterprise
	Name      string // of the enterprise
	Person    casework.Person
	Role      string // legal, agent
	Note      string // what the person gave as a proof, in words
	State     string // asked, confirmed, refused, ended
	AskedAt   time.Time
	DecidedAt time.Time // zero while nobody has
	DecidedBy casework.Person
	Reason    string // of a refusal or an end
}

const agencyColumns = `p.id, p.code, e.name, p.person, p.role, p.note, p.state, p.asked_at, p.decided_at, p.decided_by, p.reason`

const agencyTables = ` FROM enterprise_people p JOIN enterprises e ON e.zone = p.zone AND e.code = p.code WHERE p.zone = $1 AND `

func scanAgency(rows *Rows) (a Agency, err error) {
	return a, rows.Scan(&a.ID, &a.Code, &a.Name, &a.Person, &a.Role, &a.Note, &a.State, &a.AskedAt, &a.DecidedAt, &a.DecidedBy, &a.Reason)
}

// AgenciesOf lists what a person has asked for and been confirmed in, newest first.
func (r *Reader) AgenciesOf(p casework.Person) ([]Agency, error) {
	return collect(r, scanAgency, `SELECT `+agencyColumns+agencyTables+`p.person = $2 ORDER BY p.id DESC`, r.Zone, int64(p))
}

// AgenciesFor lists who acts, acted or asked to act for an enterprise, newest first.
func (r *Reader) AgenciesFor(code string) ([]Agency, error) {
	return collect(r, scanAgency, `SELECT `+agencyColumns+agencyTables+`p.code = $2 ORDER BY p.id DESC`, r.Zone, code)
}

// AgenciesAsked lists the requests nobody has decided, oldest first.
func (r *Reader) AgenciesAsked(limit int) ([]Agency, error) {
	return collect(r, scanAgency, `SELECT `+agencyColumns+agencyTables+`p.state = 'asked' ORDER BY p.id LIMIT $2`, r.Zone, limit)
}

// Agency loads one.
func (r *Reader) Agency(id int64) (Agency, error) {
	return find(r, fault.New(fault.NotFound, "没有这项申请。", "There is no such request."), scanAgency, `SELECT `+agencyColumns+agencyTables+`p.id = $2`, r.Zone, id)
}

// AgentsOf are the people who act for some enterprises, by code.
func (r *Reader) AgentsOf(codes []string) (map[string][]casework.Person, error) {
	type agent struct {
		code   string
		person casework.Person
	}
	out := map[string][]casework.Person{}
	return out, each(r, func(rows *Rows) (a agent, err error) { return a, rows.Scan(&a.code, &a.person) }, func(a agent) error {
		out[a.code] = append(out[a.code], a.person)
		return nil
	}, `SELECT code, person FROM enterprise_people WHERE zone=$1 AND state='confirmed' AND code IN `+r.dialect.EachOf(2)+` ORDER BY code, id`, r.Zone, list(codes))
}

// AddAgency stores a request. A person who has asked already, or acts for the enterprise, is a Conflict.
func (tx *Tx) AddAgency(a Agency) error {
	tx.changed(agencyRecord, a.ID)
	twice := fault.New(fault.Conflict, "您已经申请过，或已是这家企业的经办人。", "You have asked already, or act for this enterprise.")
	return tx.mustChange(twice, `INSERT INTO enterprise_people (zone, code, person, role, note, state, asked_at, decided_at, decided_by, id) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)
		ON CONFLICT DO NOTHING`, tx.Zone, a.Code, int64(a.Person), a.Role, a.Note, a.State, at(tx.Now), at(a.DecidedAt), int64(a.DecidedBy), a.ID)
}

// DecideAgency moves one on, unless somebody else has.
func (tx *Tx) DecideAgency(a Agency, was string) error {
	tx.changed(agencyRecord, a.ID)
	return tx.mustChange(nil, `UPDATE enterprise_people SET state=$1, decided_at=$2, decided_by=$3, reason=$4 WHERE zone=$5 AND id=$6 AND state=$7`,
		a.State, at(tx.Now), int64(a.DecidedBy), a.Reason, tx.Zone, a.ID, was)
}
