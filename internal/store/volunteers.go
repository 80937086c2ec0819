package store

import (
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// Volunteer is somebody who has registered to help.
type Volunteer struct {
	Person casework.Person
	Area   string // the community they want to help in
	Skills string // in their own words; may be empty
	From   time.Time
}

// Volunteer finds a person's registration; NotFound when there is none.
func (r *Reader) Volunteer(p casework.Person) (Volunteer, error) {
	return find(r, fault.New(fault.NotFound, "还没有登记为志愿者。", "Not registered as a volunteer."), func(rows *Rows) (v Volunteer, err error) {
		var from int64
		err = rows.Scan(&v.Person, &v.Area, &v.Skills, &from)
		v.From = ms(from)
		return v, err
	}, `SELECT person, area, skills, from_at FROM volunteers WHERE zone=$1 AND person=$2 AND to_at=0`, r.Zone, int64(p))
}

// SaveVolunteer registers a person, or changes what was said. Since when somebody helps stays as it was.
func (tx *Tx) SaveVolunteer(v Volunteer) error {
	return tx.exec(`INSERT INTO volunteers (zone, person, area, skills, from_at) VALUES ($1,$2,$3,$4,$5) ON CONFLICT (zone, person) DO UPDATE SET
		area=excluded.area, skills=excluded.skills, from_at=CASE WHEN volunteers.to_at=0 THEN volunteers.from_at ELSE excluded.from_at END, to_at=0`,
		tx.Zone, int64(v.Person), v.Area, v.Skills, at(tx.Now))
}

// EndVolunteer ends a registration and forgets what was said with it.
func (tx *Tx) EndVolunteer(p casework.Person) error {
	return tx.exec(`UPDATE volunteers SET to_at=$1, skills='' WHERE zone=$2 AND person=$3 AND to_at=0`, at(tx.Now), tx.Zone, int64(p))
}

// VolunteerCount is how many people have registered in an area.
func (r *Reader) VolunteerCount(area string) (int, error) {
	w := &where{}
	w.and("zone = " + w.arg(r.Zone) + " AND to_at = 0")
	w.and(w.prefix("area", area))
	var n int
	err := r.queryRow(`SELECT COUNT(*) FROM volunteers WHERE `+w.sql(), w.args...).Scan(&n)
	return n, err
}
