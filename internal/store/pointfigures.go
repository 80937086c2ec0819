package store

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/ledger"
	"gezhi/internal/points"
)

// ClassSum is what the accounts of one class come to.
type ClassSum struct {
	Class    string
	Accounts int64
	Sum      int64
}

// ledgerClasses are the classes of account, in the order reports show them.
var ledgerClasses = []string{ledger.Issue, ledger.Pool, ledger.Person, ledger.Unit, ledger.Held, ledger.Sponsor, ledger.Expired}

// ofClass bounds the accounts of a class: ';' follows ':'.
func ofClass(w *where, class string) string {
	return "account >= " + w.arg(class+":") + " AND account < " + w.arg(class+";")
}

// ClassSums adds the balances of an asset up by class. All classes together come to zero.
func (r *Reader) ClassSums(asset ledger.Asset) ([]ClassSum, error) {
	out := make([]ClassSum, len(ledgerClasses))
	for i, class := range ledgerClasses {
		w := &where{}
		w.and("zone = " + w.arg(r.Zone) + " AND asset = " + w.arg(string(asset)) + " AND " + ofClass(w, class))
		out[i].Class = class
		if err := r.queryRow(`SELECT COUNT(*), COALESCE(SUM(balance), 0) FROM accounts WHERE `+w.sql(), w.args...).Scan(&out[i].Accounts, &out[i].Sum); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// AccountsOf lists the accounts of some classes that were ever posted to.
func (r *Reader) AccountsOf(asset ledger.Asset, classes ...string) ([]Account, error) {
	var out []Account
	for _, class := range classes {
		w := &where{}
		w.and("zone = " + w.arg(r.Zone) + " AND asset = " + w.arg(string(asset)) + " AND " + ofClass(w, class))
		list, err := collect(r, func(rows *Rows) (a Account, err error) {
			a.Asset = asset
			return a, rows.Scan(&a.Account, &a.Balance, &a.Postings)
		}, `SELECT account, balance, postings FROM accounts WHERE `+w.sql()+` ORDER BY account`, w.args...)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// ActivePeople counts the people with an account, and those among them who earned or spent since a moment. What lapsed
// by itself is no activity.
func (r *Reader) ActivePeople(since time.Time) (all, active int64, err error) {
	w := &where{}
	w.and("zone = " + w.arg(r.Zone) + " AND asset = 'POINT' AND " + ofClass(w, ledger.Person))
	if err := r.queryRow(`SELECT COUNT(*) FROM accounts WHERE `+w.sql(), w.args...).Scan(&all); err != nil {
		return 0, 0, err
	}
	from := w.arg(at(since))
	err = r.queryRow(linesBack(`SELECT account, last AS seq FROM accounts WHERE `+w.sql(), `l.at >= `+from+` AND l.transfer LIKE 'lapse:%'`)+
		`SELECT COUNT(*) FROM line WHERE at >= `+from+` AND transfer NOT LIKE 'lapse:%'`, w.args...).Scan(&active)
	return all, active, err
}

// PoolYear is what went through a pool in a time.
type PoolYear struct {
	Account ledger.Account
	Balance int64 // now
	Budget  int64 // given to it by the district
	Gifts   int64 // by sponsors
	Back    int64 // redeemed at its community
	Out     int64 // awarded, and budget taken back
}

// Pools adds up what went through each pool since a moment.
func (r *Reader) Pools(since time.Time) ([]PoolYear, error) {
	accounts, err := r.AccountsOf(ledger.Point, ledger.Pool)
	if err != nil {
		return nil, err
	}
	out := make([]PoolYear, len(accounts))
	for i, a := range accounts {
		p := &out[i]
		p.Account, p.Balance = a.Account, a.Balance
		if err := r.queryRow(linesBack(`SELECT account, last AS seq FROM accounts WHERE zone=$1 AND account=$2 AND asset='POINT'`, `l.at >= $3`)+
			`SELECT COALESCE(-SUM(CASE WHEN amount < 0 THEN amount ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN amount > 0 AND other LIKE 'issue:%' THEN amount ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN amount > 0 AND other LIKE 'sponsor:%' THEN amount ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN amount > 0 AND other LIKE 'held:%' THEN amount ELSE 0 END), 0) FROM line WHERE at >= $3`,
			r.Zone, string(a.Account), at(since)).Scan(&p.Out, &p.Budget, &p.Gifts, &p.Back); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Redeemed counts what was collected in a time: pieces and points, and how many of them by people of a known community, and
// elsewhere than there.
type Redeemed struct{ Items, Points, Known, Crossing int64 }

// Redeemed adds up what was collected from one moment to another.
func (r *Reader) Redeemed(from, to time.Time) (Redeemed, error) {
	var d Redeemed
	err := r.queryRow(`SELECT COUNT(*), COALESCE(SUM(price), 0), COALESCE(SUM(CASE WHEN home <> '' THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN home <> '' AND substr(home, 1, length(place)) <> place THEN 1 ELSE 0 END), 0)
		FROM redemptions WHERE zone=$1 AND state='collected' AND done_at >= $2 AND done_at < $3`, r.Zone, at(from), at(to)).Scan(&d.Items, &d.Points, &d.Known, &d.Crossing)
	return d, err
}

// Crossing is what people of one community collected at one place.
type Crossing struct {
	Home   string // "" where it is not known
	Place  string
	Items  int64
	Points int64
}

// Crossings adds up what was collected from one moment to another by where people live and where they collected.
func (r *Reader) Crossings(from, to time.Time) ([]Crossing, error) {
	return collect(r, func(rows *Rows) (c Crossing, err error) { return c, rows.Scan(&c.Home, &c.Place, &c.Items, &c.Points) },
		`SELECT home, place, COUNT(*), SUM(price) FROM redemptions WHERE zone=$1 AND state='collected' AND done_at >= $2 AND done_at < $3 GROUP BY home, place ORDER BY home, place`,
		r.Zone, at(from), at(to))
}

// TopReward is how often a reward was collected.
type TopReward struct {
	Reward int64
	Name   string
	Items  int64
	Points int64
}

// TopRewards lists the rewards collected most often, at most limit.
func (r *Reader) TopRewards(from, to time.Time, limit int) ([]TopReward, error) {
	return collect(r, func(rows *Rows) (t TopReward, err error) {
		return t, rows.Scan(&t.Reward, &t.Name, &t.Items, &t.Points)
	},
		`SELECT reward, MAX(name_zh), COUNT(*), SUM(price) FROM redemptions WHERE zone=$1 AND state='collected' AND done_at >= $2 AND done_at < $3
		GROUP BY reward ORDER BY COUNT(*) DESC, reward LIMIT $4`, r.Zone, at(from), at(to), limit)
}

// OpenHolds adds up what open holds have set aside of an asset.
func (r *Reader) OpenHolds(asset ledger.Asset) (count, sum int64, err error) {
	err = r.queryRow(`SELECT COUNT(*), COALESCE(SUM(t.amount), 0) FROM holds h JOIN transfers t ON t.zone=h.zone AND t.id=h.id WHERE h.zone=$1 AND h.state='open' AND t.asset=$2`,
		r.Zone, string(asset)).Scan(&count, &sum)
	return count, sum, err
}

// SponsorSum is a sponsor's account beside what its redemptions, gifts and statements say it should hold.
type SponsorSum struct {
	Sponsor  int64
	Name     string
	Balance  int64
	Expected int64
}

// SponsorSums compares every sponsor's account with what led to it.
func (r *Reader) SponsorSums() ([]SponsorSum, error) {
	return collect(r, func(rows *Rows) (s SponsorSum, err error) {
		return s, rows.Scan(&s.Sponsor, &s.Name, &s.Balance, &s.Expected)
	},
		`SELECT s.id, s.name, COALESCE((SELECT a.balance FROM accounts a WHERE a.zone=s.zone AND a.account = 'sponsor:' || s.id AND a.asset='POINT'), 0),
		COALESCE((SELECT SUM(d.price) FROM redemptions d WHERE d.zone=s.zone AND d.sponsor=s.id AND d.sponsor <> 0 AND d.state='collected'), 0)
		 - COALESCE((SELECT SUM(g.points) FROM sponsor_gifts g WHERE g.zone=s.zone AND g.sponsor=s.id), 0)
		 - COALESCE((SELECT SUM(e.points) FROM settlements e WHERE e.zone=s.zone AND e.sponsor=s.id), 0)
		FROM sponsors s WHERE s.zone=$1 ORDER BY s.name, s.id`, r.Zone)
}

// SamePhoto is one picture that people sent more than once: with reports, as evidence of awards, or as both.
type SamePhoto struct {
	Photo  int64 // one of them
	SHA    []byte
	Cases  int64
	Awards int64
	People int64
	Last   time.Time
}

// SamePhotos lists pictures that residents sent with more than one report or award since a moment, the most used first.
// An award that was withdrawn does not count.
func (r *Reader) SamePhotos(since time.Time, limit int) ([]SamePhoto, error) {
	return collect(r, func(rows *Rows) (p SamePhoto, err error) {
		return p, rows.Scan(&p.Photo, &p.SHA, &p.Cases, &p.Awards, &p.People, &p.Last)
	}, `SELECT MAX(u.photo), u.sha256, COUNT(DISTINCT u.case_id), COUNT(DISTINCT u.award), COUNT(DISTINCT u.person), MAX(u.at) FROM (
			SELECT p.id AS photo, p.sha256 AS sha256, p.case_id AS case_id, NULL AS award, p.by_person AS person, p.at AS at FROM photos p JOIN cases c ON c.zone=p.zone AND c.id=p.case_id
			WHERE p.zone=$1 AND p.case_id <> 0 AND p.at >= $2 AND c.reporter = p.by_person AND p.at <= c.opened_at
			UNION ALL
			SELECT x.photo, x.sha256, NULL, x.award, a.by_person, a.at FROM awards a JOIN award_photos x ON x.zone=a.zone AND x.award=a.id
			WHERE a.zone=$1 AND a.id >= $3 AND a.state <> 'withdrawn'
		) u GROUP BY u.sha256 HAVING COUNT(DISTINCT u.case_id) + COUNT(DISTINCT u.award) > 1 ORDER BY COUNT(DISTINCT u.case_id) + COUNT(DISTINCT u.award) DESC, 1 DESC LIMIT $4`,
		r.Zone, at(since), firstID(since), limit)
}

// AwardsWithPhoto lists awards that a picture is evidence of, newest first, at most limit. Withdrawn ones do not count.
func (r *Reader) AwardsWithPhoto(sha []byte, limit int) ([]points.Award, error) {
	return collect(r, scanAward, `SELECT `+awardColumns+` FROM awards a WHERE a.zone=$1 AND a.state <> 'withdrawn'
		AND a.id IN (SELECT x.award FROM award_photos x WHERE x.zone=$1 AND x.sha256=$2) ORDER BY a.id DESC LIMIT $3`, r.Zone, sha, limit)
}

// Approvals counts who approved awards of whom, among the awards entered since a moment.
func (r *Reader) Approvals(since time.Time) ([]points.Approval, error) {
	type pair struct{ by, of points.Person }
	sums := map[pair]points.Approval{}
	type one struct {
		of       points.Person
		approved string
		at       time.Time
	}
	err := each(r, func(rows *Rows) (o one, err error) { return o, rows.Scan(&o.of, &o.approved, &o.at) }, func(o one) error {
		var by []points.Person
		if err := json.Unmarshal([]byte(o.approved), &by); err != nil {
			return err
		}
		for _, p := range by {
			s := sums[pair{p, o.of}]
			s.By, s.For, s.Times = p, o.of, s.Times+1
			if o.at.After(s.Last) {
				s.Last = o.at
			}
			sums[pair{p, o.of}] = s
		}
		return nil
	}, `SELECT person, approved, at FROM awards WHERE zone=$1 AND id >= $2 AND approved <> '' AND person <> 0`, r.Zone, firstID(since))
	if err != nil {
		return nil, err
	}
	return slices.SortedFunc(maps.Values(sums), func(x, y points.Approval) int {
		return cmp.Or(cmp.Compare(x.By, y.By), cmp.Compare(x.For, y.For))
	}), nil
}

// EachApplication calls fn with the applicant and the instant of every application since a moment, in order.
func (r *Reader) EachApplication(since time.Time, fn func(casework.Person, time.Time) error) error {
	type one struct {
		by casework.Person
		at time.Time
	}
	return each(r, func(rows *Rows) (o one, err error) { return o, rows.Scan(&o.by, &o.at) }, func(o one) error { return fn(o.by, o.at) },
		`SELECT by_person, at FROM awards WHERE zone=$1 AND id >= $2 AND source='application' ORDER BY id`, r.Zone, firstID(since))
}

// CasesWithPhoto lists cases that a picture was sent with, newest first, at most limit.
func (r *Reader) CasesWithPhoto(sha []byte, limit int) ([]casework.ID, error) {
	return collect(r, func(rows *Rows) (id casework.ID, err error) { return id, rows.Scan(&id) },
		`SELECT DISTINCT case_id FROM photos WHERE zone=$1 AND sha256=$2 AND case_id <> 0 ORDER BY case_id DESC LIMIT $3`, r.Zone, sha, limit)
}
