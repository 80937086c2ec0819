package store

import (
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// Registration is a party member in work who has registered with a community (双报到).
type Registration struct {
	Person   casework.Person
	Area     string // community
	Detail   []byte // sealed
	From     time.Time
	To       time.Time // zero while it stands
	Revision int64     // 0 before it was stored
}

const registrationColumns = `person, area, detail, from_at, to_at, revision`

func scanRegistration(rows *Rows) (x Registration, err error) {
	var from, to int64
	err = rows.Scan(&x.Person, &x.Area, &x.Detail, &from, &to, &x.Revision)
	x.From, x.To = ms(from), ms(to)
	return x, err
}

// Registration loads a person's registration; NotFound when there never was one.
func (r *Reader) Registration(p casework.Person) (Registration, error) {
	return find(r, fault.New(fault.NotFound, "尚未报到。", "Not registered yet."), scanRegistration,
		`SELECT `+registrationColumns+` FROM registrations WHERE zone=$1 AND person=$2`, r.Zone, int64(p))
}

// Registrations lists those that stand in an area, in the order in which they came.
func (r *Reader) Registrations(area string, after casework.Person, limit int) ([]Registration, error) {
	w := newWhereOf("", r.Zone)
	w.and("to_at = 0 AND person > " + w.arg(int64(after)))
	w.and(w.prefix("area", area))
	return collect(r, scanRegistration, `SELECT `+registrationColumns+` FROM registrations WHERE `+w.sql()+` ORDER BY person LIMIT `+w.arg(limit), w.args...)
}

// newWhereOf is newWhere for a table under an alias, or under none.
func newWhereOf(alias string, zone int) *where {
	w := &where{}
	if alias != "" {
		alias += "."
	}
	w.and(alias + "zone = " + w.arg(zone))
	return w
}

// SaveRegistration stores a registration, unless somebody else has changed it since it was read.
func (tx *Tx) SaveRegistration(x Registration) error {
	if x.Revision == 0 {
		return tx.exec(`INSERT INTO registrations (zone, person, area, detail, from_at, to_at, revision) VALUES ($1,$2,$3,$4,$5,$6,1)`,
			tx.Zone, int64(x.Person), x.Area, x.Detail, at(x.From), at(x.To))
	}
	return tx.mustChange(nil, `UPDATE registrations SET area=$1, detail=$2, from_at=$3, to_at=$4, revision=revision+1 WHERE zone=$5 AND person=$6 AND revision=$7`,
		x.Area, x.Detail, at(x.From), at(x.To), tx.Zone, int64(x.Person), x.Revision)
}

// MembersIn counts the party members entered who live in an area, and those of them who have registered somewhere.
func (r *Reader) MembersIn(area string) (members, registered int, err error) {
	w := newWhereOf("m", r.Zone)
	w.and("m.kind='party_member' AND m.to_at=0 AND p.zone=m.zone AND p.id=m.person AND p.erased_at=0")
	w.and(w.prefix("p.area", area))
	err = r.queryRow(`SELECT COUNT(*), COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM registrations x WHERE x.zone=m.zone AND x.person=m.person AND x.to_at=0) THEN 1 ELSE 0 END), 0)
		FROM person_marks m, people p WHERE `+w.sql(), w.args...).Scan(&members, &registered)
	return members, registered, err
}
