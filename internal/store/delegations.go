package store

import (
	"slices"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// Delegation lets a colleague act under one duty of somebody who is away.
type Delegation struct {
	ID       int64
	Person   casework.Person // who is away and holds the duty
	Delegate casework.Person // who acts under it meanwhile
	Duty     casework.Duty
	From, To time.Time // in force in [From, To)
	Reason   string
	By       casework.Person // who entered it
	At       time.Time
	Ended    time.Time // when somebody ended it early; zero when nobody did
	EndedBy  casework.Person
}

// Over reports whether the delegation has run out or was ended.
func (d Delegation) Over(now time.Time) bool { return !d.Ended.IsZero() || !now.Before(d.To) }

// Current reports whether the delegate may act by it now, provided the absent person still holds the duty.
func (d Delegation) Current(now time.Time) bool { return !d.Over(now) && !now.Before(d.From) }

const delegationColumns = `d.id, d.person, d.delegate, d.role, d.unit, d.area, d.from_at, d.to_at, d.reason, d.by_person, d.at, d.ended_at, d.ended_by`

func scanDelegation(rows *Rows) (d Delegation, err error) {
	return d, rows.Scan(&d.ID, &d.Person, &d.Delegate, &d.Duty.Role, &d.Duty.Unit, &d.Duty.Area, &d.From, &d.To, &d.Reason, &d.By, &d.At, &d.Ended, &d.EndedBy)
}

// AddDelegation stores a delegation entered now.
func (tx *Tx) AddDelegation(d Delegation) error {
	tx.changed(delegationRecord, d.ID)
	return tx.exec(`INSERT INTO delegations (zone, id, person, delegate, role, unit, area, from_at, to_at, reason, by_person, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
		tx.Zone, d.ID, int64(d.Person), int64(d.Delegate), d.Duty.Role, d.Duty.Unit, d.Duty.Area, at(d.From), at(d.To), d.Reason, int64(d.By), at(tx.Now))
}

// LockStaff lets no other process change what members of staff may do before this command is kept: a rule over
// several rows, such as which roles go together, would be checked against rows that are just being added.
func (tx *Tx) LockStaff(people ...casework.Person) error {
	slices.Sort(people) // two commands that want the same rows wait for each other, not in a circle
	for _, p := range slices.Compact(people) {
		if err := tx.exec(`UPDATE staff SET login=login WHERE zone=$1 AND person=$2`, tx.Zone, int64(p)); err != nil {
			return err
		}
	}
	return nil
}

// EndDelegation ends one early; Conflict when it is over.
func (tx *Tx) EndDelegation(id int64, by casework.Person) error {
	over := fault.New(fault.Conflict, "这项委托已经结束。", "This delegation is over already.")
	tx.changed(delegationRecord, id)
	return tx.mustChange(over, `UPDATE delegations SET ended_at=$1, ended_by=$2 WHERE zone=$3 AND id=$4 AND ended_at=0 AND to_at > $1`, at(tx.Now), int64(by), tx.Zone, id)
}

// Delegation loads one; NotFound otherwise.
func (r *Reader) Delegation(id int64) (Delegation, error) {
	return find(r, fault.New(fault.NotFound, "没有这项委托。", "There is no such delegation."), scanDelegation,
		`SELECT `+delegationColumns+` FROM delegations d WHERE d.zone=$1 AND d.id=$2`, r.Zone, id)
}

func (r *Reader) delegations(cond string, p casework.Person, more ...any) ([]Delegation, error) {
	return collect(r, scanDelegation, `SELECT `+delegationColumns+` FROM delegations d WHERE d.zone=$1 AND `+cond, append([]any{r.Zone, int64(p)}, more...)...)
}

// DelegationsBy lists what a person delegated to others, newest first, at most limit.
func (r *Reader) DelegationsBy(p casework.Person, limit int) ([]Delegation, error) {
	return r.delegations(`d.person=$2 ORDER BY d.id DESC LIMIT $3`, p, limit)
}

// DelegationsTo lists what others delegated to a person, newest first, at most limit.
func (r *Reader) DelegationsTo(p casework.Person, limit int) ([]Delegation, error) {
	return r.delegations(`d.delegate=$2 ORDER BY d.id DESC LIMIT $3`, p, limit)
}

// Lent lists a person's delegations to others that go on or are to begin.
func (r *Reader) Lent(p casework.Person) ([]Delegation, error) {
	return r.delegations(`d.person=$2 AND d.to_at > $3 AND d.ended_at = 0 ORDER BY d.id`, p, at(r.Now))
}

// Borrowed lists others' delegations to a person that go on or are to begin.
func (r *Reader) Borrowed(p casework.Person) ([]Delegation, error) {
	return r.delegations(`d.delegate=$2 AND d.to_at > $3 AND d.ended_at = 0 ORDER BY d.id`, p, at(r.Now))
}

// LentTo lists the delegations by which a person may act now. One ends with its term, and at once when the absent person
// loses the duty or the account.
func (r *Reader) LentTo(p casework.Person) ([]Delegation, error) {
	return r.delegations(`d.delegate=$2 AND d.to_at > $3 AND d.from_at <= $3 AND d.ended_at = 0
		AND EXISTS (SELECT 1 FROM staff s WHERE s.zone=d.zone AND s.person=d.person AND s.disabled_at = 0)
		AND (EXISTS (SELECT 1 FROM memberships m WHERE m.zone=d.zone AND m.person=d.person AND m.role=d.role AND m.unit=d.unit AND m.area=d.area AND m.from_at <= $3 AND (m.to_at = 0 OR m.to_at > $3))
			OR EXISTS (SELECT 1 FROM appointments a WHERE a.zone=d.zone AND a.person=d.person AND a.post=d.role AND d.unit='' AND a.area=d.area AND a.from_at <= $3 AND (a.to_at = 0 OR a.to_at > $3)))
		ORDER BY d.id`, p, at(r.Now))
}

// StoodIn lists the delegations by which somebody could act for a person at some time since, those that are over too.
func (r *Reader) StoodIn(delegate, person casework.Person, since time.Time) ([]Delegation, error) {
	return r.delegations(`d.delegate=$2 AND d.person=$3 AND d.to_at > $4 AND d.from_at <= $5 AND (d.ended_at = 0 OR d.ended_at > $4) ORDER BY d.id`,
		delegate, int64(person), at(since), at(r.Now))
}
