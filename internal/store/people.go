package store

import (
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// PersonRow is a person as stored: name and phone are sealed, the hash finds the phone again.
type PersonRow struct {
	ID        casework.Person
	Kind      string // resident, staff
	Name      []byte
	Phone     []byte
	PhoneHash []byte
	Area      string
	Synthetic bool
	Created   time.Time
	Erased    time.Time
	Left      time.Time // when somebody died or left the district; zero otherwise
	LeftWhy   string
}

const personColumns = `p.id, p.kind, p.name, p.phone, p.phone_hash, p.area, p.synthetic, p.created_at, p.erased_at, p.left_at, p.left_why`

func scanPerson(rows *Rows) (PersonRow, error) {
	var p PersonRow
	var synthetic, created, erased, left int64
	err := rows.Scan(&p.ID, &p.Kind, &p.Name, &p.Phone, &p.PhoneHash, &p.Area, &synthetic, &created, &erased, &left, &p.LeftWhy)
	p.Synthetic, p.Created, p.Erased, p.Left = synthetic != 0, ms(created), ms(erased), ms(left)
	return p, err
}

var errNoPerson = fault.New(fault.NotFound, "没有这个人。", "There is no such person.")

// Person loads one person.
func (r *Reader) Person(id casework.Person) (PersonRow, error) {
	return find(r, errNoPerson, scanPerson, `SELECT `+personColumns+` FROM people p WHERE p.zone=$1 AND p.id=$2`, r.Zone, int64(id))
}

// People loads the persons with the ids, in no order; unknown ids are left out.
func (r *Reader) People(ids []casework.Person) ([]PersonRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	w := &where{}
	w.and("p.zone = " + w.arg(r.Zone))
	in := ""
	for i, id := range ids {
		if i > 0 {
			in += ","
		}
		in += w.arg(int64(id))
	}
	w.and("p.id IN (" + in + ")")
	return collect(r, scanPerson, `SELECT `+personColumns+` FROM people p WHERE `+w.sql(), w.args...)
}

// PersonByPhone finds a person of the kind by the keyed hash of the number.
func (r *Reader) PersonByPhone(kind string, hash []byte) (PersonRow, error) {
	return find(r, errNoPerson, scanPerson, `SELECT `+personColumns+` FROM people p WHERE p.zone=$1 AND p.kind=$2 AND p.phone_hash=$3`, r.Zone, kind, hash)
}

// AddPerson stores a new person. Two persons of one kind cannot share a phone.
func (tx *Tx) AddPerson(p PersonRow) error {
	var hash any
	if len(p.PhoneHash) > 0 {
		hash = p.PhoneHash
	}
	return tx.exec(`INSERT INTO people (zone, id, kind, name, phone, phone_hash, area, synthetic, created_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		tx.Zone, int64(p.ID), p.Kind, notNil(p.Name), notNil(p.Phone), hash, p.Area, bit(p.Synthetic), at(tx.Now))
}

// SetPersonName replaces a person's sealed name.
func (tx *Tx) SetPersonName(id casework.Person, name []byte) error {
	return tx.mustChange(errNoPerson, `UPDATE people SET name=$1 WHERE zone=$2 AND id=$3`, notNil(name), tx.Zone, int64(id))
}

// SetPersonArea replaces where a resident says they live.
func (tx *Tx) SetPersonArea(id casework.Person, area string) error {
	return tx.mustChange(errNoPerson, `UPDATE people SET area=$1 WHERE zone=$2 AND id=$3`, area, tx.Zone, int64(id))
}

// Staff is a member of staff's way in.
type Staff struct {
	Person      casework.Person
	Login       string
	Password    string // argon2id in PHC form
	TOTP        []byte // sealed; empty when not set up
	TOTPStep    int64
	Failures    int
	LockedUntil time.Time
	Disabled    time.Time
	MustChange  bool
}

const staffColumns = `s.person, s.login, s.password, s.totp, s.totp_step, s.failures, s.locked_until, s.disabled_at, s.must_change`

func scanStaff(rows *Rows) (Staff, error) {
	var s Staff
	var locked, disabled, must int64
	err := rows.Scan(&s.Person, &s.Login, &s.Password, &s.TOTP, &s.TOTPStep, &s.Failures, &locked, &disabled, &must)
	s.LockedUntil, s.Disabled, s.MustChange = ms(locked), ms(disabled), must != 0
	return s, err
}

var errNoStaff = fault.New(fault.NotFound, "没有这个账号。", "There is no such account.")

// StaffByLogin finds an account by its login name.
func (r *Reader) StaffByLogin(login string) (Staff, error) {
	return find(r, errNoStaff, scanStaff, `SELECT `+staffColumns+` FROM staff s WHERE s.zone=$1 AND s.login=$2`, r.Zone, login)
}

// StaffAccount finds an account by its person.
func (r *Reader) StaffAccount(p casework.Person) (Staff, error) {
	return find(r, errNoStaff, scanStaff, `SELECT `+staffColumns+` FROM staff s WHERE s.zone=$1 AND s.person=$2`, r.Zone, int64(p))
}

// StaffList lists every account by login name, after the given one, at most limit.
func (r *Reader) StaffList(after string, limit int) ([]Staff, error) {
	return collect(r, scanStaff, `SELECT `+staffColumns+` FROM staff s WHERE s.zone=$1 AND s.login > $2 ORDER BY s.login LIMIT $3`, r.Zone, after, limit)
}

// AddStaff stores a new account; a login name that is taken is refused beside its field.
func (tx *Tx) AddStaff(s Staff) error {
	_, err := tx.StaffByLogin(s.Login)
	if err == nil {
		return fault.Field("login", "登录名“%s”已被使用。", "The login name %q is taken.", s.Login)
	}
	return tx.exec(`INSERT INTO staff (zone, person, login, password, totp, must_change) VALUES ($1,$2,$3,$4,$5,$6)`,
		tx.Zone, int64(s.Person), s.Login, s.Password, notNil(s.TOTP), bit(s.MustChange))
}

// SaveStaff stores what changed about an account.
func (tx *Tx) SaveStaff(s Staff) error {
	return tx.mustChange(errNoStaff, `UPDATE staff SET password=$1, totp=$2, totp_step=$3, failures=$4, locked_until=$5, disabled_at=$6, must_change=$7
		WHERE zone=$8 AND person=$9`, s.Password, notNil(s.TOTP), s.TOTPStep, s.Failures, at(s.LockedUntil), at(s.Disabled), bit(s.MustChange), tx.Zone, int64(s.Person))
}

// PhoneCode is the last one-time code sent to a phone.
type PhoneCode struct {
	PhoneHash []byte
	CodeHash  []byte
	Sent      time.Time
	Tries     int
	SentToday int
}

// PhoneCode loads the last code sent to the phone.
func (r *Reader) PhoneCode(phoneHash []byte) (PhoneCode, error) {
	missing := fault.Field("code", "请先获取验证码。", "Request a code first.")
	return find(r, missing, func(rows *Rows) (PhoneCode, error) {
		c := PhoneCode{PhoneHash: phoneHash}
		var sent int64
		err := rows.Scan(&c.CodeHash, &sent, &c.Tries, &c.SentToday)
		c.Sent = ms(sent)
		return c, err
	}, `SELECT code_hash, sent_at, tries, sent_today FROM phone_codes WHERE zone=$1 AND phone_hash=$2`, r.Zone, phoneHash)
}

// SavePhoneCode stores the code in place of the one before.
func (tx *Tx) SavePhoneCode(c PhoneCode) error {
	return tx.exec(`INSERT INTO phone_codes (zone, phone_hash, code_hash, sent_at, tries, sent_today) VALUES ($1,$2,$3,$4,$5,$6)
		ON CONFLICT (zone, phone_hash) DO UPDATE SET code_hash=excluded.code_hash, sent_at=excluded.sent_at, tries=excluded.tries, sent_today=excluded.sent_today`,
		tx.Zone, c.PhoneHash, c.CodeHash, at(c.Sent), c.Tries, c.SentToday)
}

// DropPhoneCode forgets a code that has been used.
func (tx *Tx) DropPhoneCode(phoneHash []byte) error {
	return tx.exec(`DELETE FROM phone_codes WHERE zone=$1 AND phone_hash=$2`, tx.Zone, phoneHash)
}

// Tenure is a role a person has, through a unit, an area or a post, for a time.
type Tenure struct {
	ID         int64
	Person     casework.Person
	Duty       casework.Duty
	From, To   time.Time // To zero: until further notice
	Document   string    // 任免文号, posts only
	Concurrent bool      // 兼任, posts only
	Post       bool      // a post of the grid establishment rather than a membership
}

// Current reports whether the tenure is in force.
func (t Tenure) Current(now time.Time) bool {
	return !now.Before(t.From) && (t.To.IsZero() || now.Before(t.To))
}

func tenures(cond string) string {
	return `SELECT id, person, role, unit, area, from_at, to_at, '' AS document, 0 AS concurrent, 0 AS post FROM memberships WHERE zone=$1 ` + cond + `
		UNION ALL SELECT id, person, post, '', area, from_at, to_at, document, concurrent, 1 FROM appointments WHERE zone=$1 ` + cond
}

func scanTenure(rows *Rows) (Tenure, error) {
	var t Tenure
	var from, to, concurrent, post int64
	err := rows.Scan(&t.ID, &t.Person, &t.Duty.Role, &t.Duty.Unit, &t.Duty.Area, &from, &to, &t.Document, &concurrent, &post)
	t.From, t.To, t.Concurrent, t.Post = ms(from), ms(to), concurrent != 0, post != 0
	return t, err
}

// Tenures lists everything a person is or was, oldest first.
func (r *Reader) Tenures(p casework.Person) ([]Tenure, error) {
	return collect(r, scanTenure, tenures("AND person=$2"), r.Zone, int64(p))
}

// AllTenures lists everybody's tenures in force at the time.
func (r *Reader) AllTenures(now time.Time) ([]Tenure, error) {
	return collect(r, scanTenure, tenures("AND from_at <= $2 AND (to_at = 0 OR to_at > $2)"), r.Zone, at(now))
}

// TenuresUnder lists tenures in force over an area subtree.
func (r *Reader) TenuresUnder(area string, now time.Time) ([]Tenure, error) {
	return collect(r, scanTenure, tenures("AND from_at <= $2 AND (to_at = 0 OR to_at > $2) AND area >= $3 AND area < $4"), r.Zone, at(now), area, area+"~")
}

// AddTenure stores a membership or an appointment.
func (tx *Tx) AddTenure(t Tenure) error {
	if t.Post {
		return tx.exec(`INSERT INTO appointments (zone, id, person, post, area, from_at, to_at, document, concurrent) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
			tx.Zone, t.ID, int64(t.Person), t.Duty.Role, t.Duty.Area, at(t.From), at(t.To), t.Document, bit(t.Concurrent))
	}
	return tx.exec(`INSERT INTO memberships (zone, id, person, role, unit, area, from_at, to_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		tx.Zone, t.ID, int64(t.Person), t.Duty.Role, t.Duty.Unit, t.Duty.Area, at(t.From), at(t.To))
}

// EndTenure ends a membership or an appointment that is still in force.
func (tx *Tx) EndTenure(id int64, post bool, when time.Time) error {
	gone := fault.New(fault.Conflict, "这条任职已经结束。", "This appointment has already ended.")
	table := "memberships"
	if post {
		table = "appointments"
	}
	return tx.mustChange(gone, `UPDATE `+table+` SET to_at=$1 WHERE zone=$2 AND id=$3 AND (to_at = 0 OR to_at > $1) AND from_at < $1`, at(when), tx.Zone, id)
}

// notNil makes an absent value an empty one: sealed columns are never null.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
