package store

import (
	"math"
	"strconv"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// Household is people who live together and earn together (家庭).
type Household struct {
	ID   int64
	Area string // the community it lives in, or deeper
	Head casework.Person
	At   time.Time
	By   casework.Person
}

// Member is somebody's time in a household.
type Member struct {
	Household int64
	Person    casework.Person
	From, To  time.Time // To zero: until further notice
}

func scanHousehold(rows *Rows) (Household, error) {
	var h Household
	var when int64
	err := rows.Scan(&h.ID, &h.Area, &h.Head, &when, &h.By)
	h.At = ms(when)
	return h, err
}

func scanMember(rows *Rows) (Member, error) {
	var m Member
	var from, to int64
	err := rows.Scan(&m.Household, &m.Person, &from, &to)
	m.From, m.To = ms(from), ms(to)
	return m, err
}

const householdColumns = `h.id, h.area, h.head, h.at, h.by_person`

var errNoHousehold = fault.New(fault.NotFound, "没有这个家庭，或不在您的职责范围内。", "There is no such household, or it lies outside your duty.")

// Household loads one household.
func (r *Reader) Household(id int64) (Household, error) {
	return find(r, errNoHousehold, scanHousehold, `SELECT `+householdColumns+` FROM households h WHERE h.zone=$1 AND h.id=$2`, r.Zone, id)
}

// HouseholdOf is the household somebody belongs to now; NotFound when to none.
func (r *Reader) HouseholdOf(p casework.Person) (Household, error) {
	return find(r, errNoHousehold, scanHousehold, `SELECT `+householdColumns+` FROM household_members m JOIN households h ON h.zone=m.zone AND h.id=m.household
		WHERE m.zone=$1 AND m.person=$2 AND m.to_at=0`, r.Zone, int64(p))
}

// Households lists the households of an area subtree that have members, newest first, below the given id (0: from the newest).
func (r *Reader) Households(area string, before int64, limit int) ([]Household, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return collect(r, scanHousehold, `SELECT `+householdColumns+` FROM households h WHERE h.zone=$1 AND h.area >= $2 AND h.area < $3 AND h.id < $4
		AND EXISTS (SELECT 1 FROM household_members m WHERE m.zone=h.zone AND m.household=h.id AND m.to_at=0) ORDER BY h.id DESC LIMIT $5`,
		r.Zone, area, area+"~", before, limit)
}

// Members lists who belongs to a household now.
func (r *Reader) Members(household int64) ([]Member, error) {
	return collect(r, scanMember, `SELECT household, person, from_at, to_at FROM household_members WHERE zone=$1 AND household=$2 AND to_at=0 ORDER BY from_at, person`, r.Zone, household)
}

// HouseholdsOf finds the households several people belong to now.
func (r *Reader) HouseholdsOf(people []casework.Person) (map[casework.Person]Household, error) {
	out := map[casework.Person]Household{}
	if len(people) == 0 {
		return out, nil
	}
	rows, err := r.query(`SELECT m.person, `+householdColumns+` FROM household_members m JOIN households h ON h.zone=m.zone AND h.id=m.household
		WHERE m.zone=$1 AND m.to_at=0 AND m.person IN (SELECT CAST(value AS BIGINT) FROM `+r.dialect.EachOf(2)+` e)`, r.Zone, list(numbers(people)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p casework.Person
		var h Household
		var when int64
		if err := rows.Scan(&p, &h.ID, &h.Area, &h.Head, &when, &h.By); err != nil {
			return nil, err
		}
		h.At = ms(when)
		out[p] = h
	}
	return out, rows.Err()
}

func numbers[N ~int64](list []N) []string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.FormatInt(int64(n), 10)
	}
	return out
}

// AddHousehold stores a household; its head is its first member.
func (tx *Tx) AddHousehold(h Household) error {
	tx.changed(householdRecord, h.ID)
	if err := tx.exec(`INSERT INTO households (zone, id, area, head, at, by_person) VALUES ($1,$2,$3,$4,$5,$6)`,
		tx.Zone, h.ID, h.Area, int64(h.Head), at(tx.Now), int64(h.By)); err != nil {
		return err
	}
	return tx.AddMember(h.ID, h.Head, h.By)
}

// SetHead makes a member the head: points go to that account from now on.
func (tx *Tx) SetHead(household int64, p casework.Person) error {
	tx.changed(householdRecord, household)
	return tx.mustChange(errNoHousehold, `UPDATE households SET head=$1 WHERE zone=$2 AND id=$3`, int64(p), tx.Zone, household)
}

// AddMember lets somebody belong to a household from now on.
func (tx *Tx) AddMember(household int64, p, by casework.Person) error {
	tx.changed(householdRecord, household)
	return tx.exec(`INSERT INTO household_members (zone, household, person, from_at, by_person) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (zone, household, person, from_at) DO UPDATE SET to_at=0`, tx.Zone, household, int64(p), at(tx.Now), int64(by))
}

// EndMember ends somebody's time in a household.
func (tx *Tx) EndMember(household int64, p casework.Person) error {
	tx.changed(householdRecord, household)
	gone := fault.New(fault.Conflict, "此人已不在这个家庭。", "That person has left the household already.")
	return tx.mustChange(gone, `UPDATE household_members SET to_at=$1 WHERE zone=$2 AND household=$3 AND person=$4 AND to_at=0`, at(tx.Now), tx.Zone, household, int64(p))
}

// Marks lists what somebody is entered as now: party_member, volunteer, rider.
func (r *Reader) Marks(p casework.Person) ([]string, error) {
	return collect(r, func(rows *Rows) (s string, err error) { return s, rows.Scan(&s) },
		`SELECT kind FROM person_marks WHERE zone=$1 AND person=$2 AND to_at=0 ORDER BY kind`, r.Zone, int64(p))
}

// MarksOf is Marks for several people.
func (r *Reader) MarksOf(people []casework.Person) (map[casework.Person][]string, error) {
	out := map[casework.Person][]string{}
	if len(people) == 0 {
		return out, nil
	}
	rows, err := r.query(`SELECT person, kind FROM person_marks WHERE zone=$1 AND to_at=0 AND person IN (SELECT CAST(value AS BIGINT) FROM `+r.dialect.EachOf(2)+` e)
		ORDER BY person, kind`, r.Zone, list(numbers(people)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p casework.Person
		var kind string
		if err := rows.Scan(&p, &kind); err != nil {
			return nil, err
		}
		out[p] = append(out[p], kind)
	}
	return out, rows.Err()
}

// AddMark enters somebody as a kind of earner from now on.
func (tx *Tx) AddMark(p casework.Person, kind string, by casework.Person) error {
	return tx.exec(`INSERT INTO person_marks (zone, person, kind, from_at, by_person) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (zone, person, kind, from_at) DO UPDATE SET to_at=0`, tx.Zone, int64(p), kind, at(tx.Now), int64(by))
}

// EndMark ends what somebody is entered as.
func (tx *Tx) EndMark(p casework.Person, kind string) error {
	return tx.mustChange(nil, `UPDATE person_marks SET to_at=$1 WHERE zone=$2 AND person=$3 AND kind=$4 AND to_at=0`, at(tx.Now), tx.Zone, int64(p), kind)
}

// SetLeft says that somebody has died or left the district, with the reason; the zero time takes it back.
func (tx *Tx) SetLeft(p casework.Person, when time.Time, why string) error {
	return tx.mustChange(errNoPerson, `UPDATE people SET left_at=$1, left_why=$2 WHERE zone=$3 AND id=$4`, at(when), why, tx.Zone, int64(p))
}

// PeopleByPhone finds the persons of a kind by keyed hashes, many at once.
func (r *Reader) PeopleByPhone(kind string, hashes [][]byte) (map[string]PersonRow, error) {
	out := map[string]PersonRow{}
	for len(hashes) > 0 {
		n := min(len(hashes), 400)
		w := &where{}
		w.and("p.zone = " + w.arg(r.Zone) + " AND p.kind = " + w.arg(kind))
		in := ""
		for i, h := range hashes[:n] {
			if i > 0 {
				in += ","
			}
			in += w.arg(h)
		}
		w.and("p.phone_hash IN (" + in + ")")
		rows, err := collect(r, scanPerson, `SELECT `+personColumns+` FROM people p WHERE `+w.sql(), w.args...)
		if err != nil {
			return nil, err
		}
		for _, p := range rows {
			out[string(p.PhoneHash)] = p
		}
		hashes = hashes[n:]
	}
	return out, nil
}

// Allotment is budget given to a pool (预算下达).
type Allotment struct {
	ID       int64
	Area     string // whose pool
	Points   int64
	Document string // 文号
	Note     string
	Transfer string
	By       casework.Person
	At       time.Time
}

// AddAllotment stores an allotment beside its transfer.
func (tx *Tx) AddAllotment(a Allotment) error {
	tx.changed(allotmentRecord, a.ID)
	return tx.exec(`INSERT INTO allotments (zone, id, area, points, document, note, transfer, by_person, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		tx.Zone, a.ID, a.Area, a.Points, a.Document, a.Note, a.Transfer, int64(a.By), at(tx.Now))
}

// Allotments lists budget given within an area subtree, newest first, at most limit.
func (r *Reader) Allotments(area string, limit int) ([]Allotment, error) {
	return collect(r, func(rows *Rows) (Allotment, error) {
		var a Allotment
		var when int64
		err := rows.Scan(&a.ID, &a.Area, &a.Points, &a.Document, &a.Note, &a.Transfer, &a.By, &when)
		a.At = ms(when)
		return a, err
	}, `SELECT id, area, points, document, note, transfer, by_person, at FROM allotments WHERE zone=$1 AND area >= $2 AND area < $3 ORDER BY id DESC LIMIT $4`,
		r.Zone, area, area+"~", limit)
}

// PoolSum is one pool with what came, what was paid out and what waits.
type PoolSum struct {
	Area    string
	Given   int64
	Balance int64
	Paid    int64 // by awards that stand
	Waiting int64 // points of awards in the area that wait for budget
}

// BudgetPools sums up every pool of an area subtree that was ever given anything or in whose area something waits.
func (r *Reader) BudgetPools(area string) ([]PoolSum, error) {
	return collect(r, func(rows *Rows) (p PoolSum, err error) {
		return p, rows.Scan(&p.Area, &p.Given, &p.Balance, &p.Paid, &p.Waiting)
	}, `SELECT x.area, CAST(sum(x.given) AS BIGINT), CAST(sum(x.balance) AS BIGINT), CAST(sum(x.paid) AS BIGINT), CAST(sum(x.waiting) AS BIGINT) FROM (
			SELECT area, points AS given, 0 AS balance, 0 AS paid, 0 AS waiting FROM allotments WHERE zone=$1
			UNION ALL SELECT substr(account, 6), 0, balance, 0, 0 FROM accounts WHERE zone=$1 AND asset='POINT' AND account >= 'pool:' AND account < 'pool:~'
			UNION ALL SELECT pool, 0, 0, points, 0 FROM awards WHERE zone=$1 AND state='posted'
			UNION ALL SELECT substr(area, 1, 12), 0, 0, 0, points FROM awards WHERE zone=$1 AND state='waiting') x
		WHERE x.area >= $2 AND x.area < $3 GROUP BY x.area ORDER BY x.area`, r.Zone, area, area+"~")
}

// AnyPool reports whether some pool holds points.
func (r *Reader) AnyPool() (bool, error) {
	found, err := collect(r, func(rows *Rows) (n int64, err error) { return n, rows.Scan(&n) },
		`SELECT balance FROM accounts WHERE zone=$1 AND account >= 'pool:' AND account < 'pool:~' AND asset='POINT' AND balance > 0 LIMIT 1`, r.Zone)
	return len(found) > 0, err
}
