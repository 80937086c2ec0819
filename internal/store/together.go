package store

import (
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/ledger"
)

// What people agreed to show of their points: to their household, or on their community's board.

// HomeMember is one member of a household, as the others see them.
type HomeMember struct {
	Person casework.Person
	Head   bool
	Shares bool // lets the others see the balance
}

// HomeOf is the household a person belongs to, 0 for none, with its present members, the head first.
func (r *Reader) HomeOf(p casework.Person) (id int64, list []HomeMember, err error) {
	err = r.queryRow(`SELECT household FROM household_members WHERE zone=$1 AND person=$2 AND to_at=0`, r.Zone, int64(p)).Scan(&id)
	if err == errNoRows {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, err
	}
	list, err = collect(r, func(rows *Rows) (m HomeMember, err error) {
		var head, shares int64
		err = rows.Scan(&m.Person, &head, &shares)
		m.Head, m.Shares = head != 0, shares != 0
		return m, err
	}, `SELECT m.person, CASE WHEN h.head=m.person THEN 1 ELSE 0 END AS head, CASE WHEN EXISTS (SELECT 1 FROM household_shares s
			WHERE s.zone=m.zone AND s.household=m.household AND s.person=m.person AND s.to_at=0) THEN 1 ELSE 0 END AS shares
		FROM household_members m JOIN households h ON h.zone=m.zone AND h.id=m.household WHERE m.zone=$1 AND m.household=$2 AND m.to_at=0 ORDER BY head DESC, m.from_at, m.person`, r.Zone, id)
	return id, list, err
}

// Share lets a member's household, which does not see it yet, see the member's balance; StopSharing ends it at once.
func (tx *Tx) Share(household int64, p casework.Person) error {
	return tx.exec(`INSERT INTO household_shares (zone, household, person, from_at) VALUES ($1,$2,$3,$4)
		ON CONFLICT (zone, household, person, from_at) DO UPDATE SET to_at=0`, tx.Zone, household, int64(p), at(tx.Now))
}

// StopSharing hides a person's balance from every household.
func (tx *Tx) StopSharing(p casework.Person) error {
	return tx.exec(`UPDATE household_shares SET to_at=$1 WHERE zone=$2 AND person=$3 AND to_at=0`, at(tx.Now), tx.Zone, int64(p))
}

var errNoBoard = fault.New(fault.NotFound, "没有加入积分榜。", "Not on a board.")

// BoardOf is the community on whose board a person wants to be; NotFound when on none.
func (r *Reader) BoardOf(p casework.Person) (area string, err error) {
	return find(r, errNoBoard, func(rows *Rows) (s string, err error) {
		err = rows.Scan(&s)
		return s, err
	}, `SELECT area FROM board_people WHERE zone=$1 AND person=$2 AND to_at=0`, r.Zone, int64(p))
}

// JoinBoard puts a resident on a community's board. Staff are never on one: the statement itself leaves them out.
func (tx *Tx) JoinBoard(p casework.Person, area string) error {
	if err := tx.LeaveBoard(p); err != nil {
		return err
	}
	return tx.mustChange(fault.New(fault.Forbidden, "积分榜只对居民开放。", "Boards are for residents only."), `INSERT INTO board_people (zone, person, area, from_at)
		SELECT zone, id, $3, $4 FROM people WHERE zone=$1 AND id=$2 AND kind='resident' AND erased_at=0
		ON CONFLICT (zone, person, from_at) DO UPDATE SET area=excluded.area, to_at=0`, tx.Zone, int64(p), area, at(tx.Now))
}

// LeaveBoard takes a person off any board, at once.
func (tx *Tx) LeaveBoard(p casework.Person) error {
	return tx.exec(`UPDATE board_people SET to_at=$1 WHERE zone=$2 AND person=$3 AND to_at=0`, at(tx.Now), tx.Zone, int64(p))
}

// Board lists who wants to be on a community's board, at most so many.
func (r *Reader) Board(area string, most int) ([]casework.Person, error) {
	return collect(r, func(rows *Rows) (p casework.Person, err error) {
		err = rows.Scan(&p)
		return p, err
	}, `SELECT b.person FROM board_people b JOIN people p ON p.zone=b.zone AND p.id=b.person
			WHERE b.zone=$1 AND b.area=$2 AND b.to_at=0 AND p.kind='resident' AND p.erased_at=0 ORDER BY b.person LIMIT $3`, r.Zone, area, most)
}

// Earned sums what each account was awarded within a time: points that came from a budget or from the zone, without
// what was taken back since.
func (r *Reader) Earned(accounts []ledger.Account, from, to time.Time) (map[ledger.Account]int64, error) {
	out := map[ledger.Account]int64{}
	if len(accounts) == 0 {
		return out, nil
	}
	w := &where{}
	w.and("zone = " + w.arg(r.Zone) + " AND asset = 'POINT'")
	in := make([]string, len(accounts))
	for i, a := range accounts {
		in[i] = w.arg(string(a))
	}
	w.and("account IN (" + strings.Join(in, ",") + ")")
	heads, since := `SELECT account, last AS seq FROM accounts WHERE `+w.sql(), w.arg(at(from))
	sql := linesBack(heads, `l.at >= `+since) + `SELECT account, SUM(amount) FROM line
		WHERE at >= ` + since + ` AND at < ` + w.arg(at(to)) + ` AND amount > 0 AND reverses = '' AND (` + w.prefix("other", "pool:") + ` OR ` + w.prefix("other", "issue:") + `)
		AND NOT EXISTS (SELECT 1 FROM transfers b WHERE b.zone=$1 AND b.reverses=line.transfer AND b.reverses <> '') GROUP BY account`
	type sum struct {
		account string
		points  int64
	}
	list, err := collect(r, func(rows *Rows) (s sum, err error) { return s, rows.Scan(&s.account, &s.points) }, sql, w.args...)
	for _, s := range list {
		out[ledger.Account(s.account)] = s.points
	}
	return out, err
}

// AddHome enters a household; the first of its members is its head.
func (tx *Tx) AddHome(members []casework.Person) error {
	id := tx.NewID()
	tx.changed(householdRecord, id)
	if err := tx.exec(`INSERT INTO households (zone, id, area, head, at, by_person) VALUES ($1,$2,$3,$4,$5,0)`, tx.Zone, id, itoa(tx.Zone), int64(members[0]), at(tx.Now)); err != nil {
		return err
	}
	for _, p := range members {
		if err := tx.exec(`INSERT INTO household_members (zone, household, person, from_at, by_person) VALUES ($1,$2,$3,$4,0)`, tx.Zone, id, int64(p), at(tx.Now)); err != nil {
			return err
		}
	}
	return nil
}
