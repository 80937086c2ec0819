package store

import (
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// Sponsor gives rewards and is settled with.
type Sponsor struct {
	ID        int64
	Name      string
	Kind      string // shop, unit, property, charity
	Area      string // whose desk keeps it
	Contact   []byte // sealed
	Agreement string
	Rate      string // how points are settled, in words
	From, To  time.Time
	Example   bool
	Revision  int64
}

const sponsorColumns = `id, name, kind, area, contact, agreement, rate, from_at, to_at, example, revision`

func scanSponsor(rows *Rows) (s Sponsor, err error) {
	err = rows.Scan(&s.ID, &s.Name, &s.Kind, &s.Area, &s.Contact, &s.Agreement, &s.Rate, &s.From, &s.To, &s.Example, &s.Revision)
	return s, err
}

// Sponsors lists every sponsor of the zone, by name.
func (r *Reader) Sponsors() ([]Sponsor, error) {
	return collect(r, scanSponsor, `SELECT `+sponsorColumns+` FROM sponsors WHERE zone=$1 ORDER BY name, id`, r.Zone)
}

// Sponsor loads one sponsor.
func (r *Reader) Sponsor(id int64) (Sponsor, error) {
	return find(r, fault.New(fault.NotFound, "没有这家合作单位。", "There is no such sponsor."), scanSponsor,
		`SELECT `+sponsorColumns+` FROM sponsors WHERE zone=$1 AND id=$2`, r.Zone, id)
}

// AddSponsor stores a new sponsor.
func (tx *Tx) AddSponsor(s Sponsor) error {
	tx.changed(sponsorRecord, s.ID)
	return tx.exec(`INSERT INTO sponsors (zone, id, name, kind, area, contact, agreement, rate, from_at, to_at, example, revision) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,1)`,
		tx.Zone, s.ID, s.Name, s.Kind, s.Area, notNil(s.Contact), s.Agreement, s.Rate, at(s.From), at(s.To), bit(s.Example))
}

// SaveSponsor stores what changed about a sponsor, unless somebody else has changed it since it was read.
func (tx *Tx) SaveSponsor(s Sponsor) error {
	tx.changed(sponsorRecord, s.ID)
	return tx.mustChange(nil, `UPDATE sponsors SET name=$1, kind=$2, area=$3, contact=$4, agreement=$5, rate=$6, from_at=$7, to_at=$8, revision=revision+1
		WHERE zone=$9 AND id=$10 AND revision=$11`, s.Name, s.Kind, s.Area, notNil(s.Contact), s.Agreement, s.Rate, at(s.From), at(s.To), tx.Zone, s.ID, s.Revision)
}

// Gift is points that a sponsor gave on to a pool.
type Gift struct {
	ID         int64
	Sponsor    int64
	Area       string // whose pool
	Points     int64
	Note       string
	Transfer   string
	At         time.Time
	By         casework.Person
	Settlement string // the statement it was counted in; "" before
}

// AddGift stores a gift.
func (tx *Tx) AddGift(g Gift) error {
	tx.changed(giftRecord, g.ID)
	return tx.exec(`INSERT INTO sponsor_gifts (zone, id, sponsor, area, points, note, transfer, at, by_person) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		tx.Zone, g.ID, g.Sponsor, g.Area, g.Points, g.Note, g.Transfer, at(tx.Now), int64(g.By))
}

// Gifts lists what a sponsor gave, newest first; with a settlement, only what was counted in it.
func (r *Reader) Gifts(sponsor int64, settlement string, limit int) ([]Gift, error) {
	w := &where{}
	w.and("zone = " + w.arg(r.Zone) + " AND sponsor = " + w.arg(sponsor))
	if settlement != "" {
		w.and("settlement = " + w.arg(settlement))
	}
	return collect(r, func(rows *Rows) (g Gift, err error) {
		g.Sponsor = sponsor
		return g, rows.Scan(&g.ID, &g.Area, &g.Points, &g.Note, &g.Transfer, &g.At, &g.By, &g.Settlement)
	}, `SELECT id, area, points, note, transfer, at, by_person, settlement FROM sponsor_gifts WHERE `+w.sql()+` ORDER BY id DESC LIMIT `+w.arg(limit), w.args...)
}

// Owed is what a sponsor collected and gave up to a moment that no statement has counted yet.
type Owed struct{ Items, Collected, Given int64 }

// Points are what a statement takes out.
func (o Owed) Points() int64 { return o.Collected - o.Given }

// Owed adds up what a sponsor is owed as of a moment.
func (r *Reader) Owed(sponsor int64, before time.Time) (Owed, error) {
	var o Owed
	err := r.queryRow(`SELECT COUNT(*), COALESCE(SUM(price), 0) FROM redemptions WHERE zone=$1 AND sponsor=$2 AND sponsor <> 0 AND state='collected' AND done_at < $3 AND settlement=''`,
		r.Zone, sponsor, at(before)).Scan(&o.Items, &o.Collected)
	if err != nil {
		return o, err
	}
	return o, r.queryRow(`SELECT COALESCE(SUM(points), 0) FROM sponsor_gifts WHERE zone=$1 AND sponsor=$2 AND at < $3 AND settlement=''`, r.Zone, sponsor, at(before)).Scan(&o.Given)
}

// Settlement is a statement.
type Settlement struct {
	Number   string
	Sponsor  int64
	Month    string // 2026-03
	Owed            // as counted then
	Rate     string // as agreed then
	Note     string
	Transfer string // "" when nothing had to be taken out
	At       time.Time
	By       casework.Person
}

const settlementColumns = `number, sponsor, month, items, collected, given, rate, note, transfer, at, by_person`

func scanSettlement(rows *Rows) (s Settlement, err error) {
	err = rows.Scan(&s.Number, &s.Sponsor, &s.Month, &s.Items, &s.Collected, &s.Given, &s.Rate, &s.Note, &s.Transfer, &s.At, &s.By)
	return s, err
}

// Settlements lists a sponsor's statements, the newest month first.
func (r *Reader) Settlements(sponsor int64) ([]Settlement, error) {
	return collect(r, scanSettlement, `SELECT `+settlementColumns+` FROM settlements WHERE zone=$1 AND sponsor=$2 ORDER BY month DESC`, r.Zone, sponsor)
}

// Settlement loads a sponsor's statement of a month.
func (r *Reader) Settlement(sponsor int64, month string) (Settlement, error) {
	return find(r, fault.New(fault.NotFound, "这个月还没有结算单。", "There is no statement of that month yet."), scanSettlement,
		`SELECT `+settlementColumns+` FROM settlements WHERE zone=$1 AND sponsor=$2 AND month=$3`, r.Zone, sponsor, month)
}

// AddSettlement stores a statement and marks what it counts: everything before the moment that none has counted.
// A month is settled once; a second time is a Conflict.
func (tx *Tx) AddSettlement(s Settlement, before time.Time) error {
	tx.changed(settlementRecord, s.Number)
	twice := fault.New(fault.Conflict, "%[1]s 的结算单已经出过。", "%[1]s has been settled already.", s.Month)
	if err := tx.mustChange(twice, `INSERT INTO settlements (zone, number, sponsor, month, items, collected, given, points, rate, note, transfer, at, by_person)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13) ON CONFLICT DO NOTHING`, tx.Zone, s.Number, s.Sponsor, s.Month, s.Items, s.Collected, s.Given, s.Points(), s.Rate, s.Note,
		s.Transfer, at(tx.Now), int64(s.By)); err != nil {
		return err
	}
	if err := tx.exec(`UPDATE redemptions SET settlement=$1 WHERE zone=$2 AND sponsor=$3 AND sponsor <> 0 AND state='collected' AND done_at < $4 AND settlement=''`,
		s.Number, tx.Zone, s.Sponsor, at(before)); err != nil {
		return err
	}
	return tx.exec(`UPDATE sponsor_gifts SET settlement=$1 WHERE zone=$2 AND sponsor=$3 AND at < $4 AND settlement=''`, s.Number, tx.Zone, s.Sponsor, at(before))
}

// SettledLine is how many of one reward a statement or an open account counts.
type SettledLine struct {
	Reward int64
	Name   string
	Price  int64
	Items  int64
	Points int64
}

// SettledLines are a sponsor's items by reward and price: those of a statement, or with an empty number those that none
// has counted before the moment.
func (r *Reader) SettledLines(sponsor int64, number string, before time.Time) ([]SettledLine, error) {
	w := &where{}
	w.and("zone = " + w.arg(r.Zone) + " AND sponsor = " + w.arg(sponsor) + " AND sponsor <> 0 AND state = 'collected' AND settlement = " + w.arg(number))
	if number == "" {
		w.and("done_at < " + w.arg(at(before)))
	}
	return collect(r, func(rows *Rows) (l SettledLine, err error) {
		return l, rows.Scan(&l.Reward, &l.Name, &l.Price, &l.Items, &l.Points)
	}, `SELECT reward, name_zh, price, COUNT(*), SUM(price) FROM redemptions WHERE `+w.sql()+` GROUP BY reward, name_zh, price ORDER BY reward, price, name_zh`, w.args...)
}

// EachSettled hands over the redemptions a statement counts, oldest first.
func (r *Reader) EachSettled(s Settlement, fn func(id int64, name string, place string, price int64, done time.Time) error) error {
	type line struct {
		id, price   int64
		name, place string
		done        time.Time
	}
	return each(r, func(rows *Rows) (l line, err error) { return l, rows.Scan(&l.id, &l.name, &l.place, &l.price, &l.done) },
		func(l line) error { return fn(l.id, l.name, l.place, l.price, l.done) },
		`SELECT id, name_zh, place, price, done_at FROM redemptions WHERE zone=$1 AND sponsor=$2 AND sponsor <> 0 AND state='collected' AND settlement=$3 ORDER BY done_at, id`,
		r.Zone, s.Sponsor, s.Number)
}
