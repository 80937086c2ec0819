package store

import (
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/redeem"
)

var errNoReward = fault.New(fault.NotFound, "没有这件奖品。", "There is no such reward.")

const rewardColumns = `w.id, w.name_zh, w.name_en, w.body, w.photo, w.area, w.address, w.hours, w.sponsor, w.price, w.most, w.per, w.from_at, w.to_at, w.pickup, w.closed_at, w.stock, w.moves, w.revision`

func scanReward(rows *Rows) (w redeem.Reward, err error) {
	err = rows.Scan(&w.ID, &w.Name.ZH, &w.Name.EN, &w.Text, &w.Photo, &w.Area, &w.Address, &w.Hours, &w.Sponsor, &w.Price, &w.Limit, &w.Per,
		&w.From, &w.To, &w.Pickup, &w.Closed, &w.Stock, &w.Moves, &w.Revision)
	return w, err
}

// Reward loads one reward.
func (r *Reader) Reward(id int64) (redeem.Reward, error) {
	return find(r, errNoReward, scanReward, `SELECT `+rewardColumns+` FROM rewards w WHERE w.zone=$1 AND w.id=$2`, r.Zone, id)
}

// RewardFilter narrows a list of rewards.
type RewardFilter struct {
	Areas   []string // each with its subtree; nil for the whole zone
	Sponsor int64
	Offered bool  // only what is offered now
	Most    int64 // only what costs at most so many points, unless 0
	InStock bool
	After   int64 // id of the last one of the page before
	Limit   int
}

// Rewards lists rewards, newest first.
func (r *Reader) Rewards(f RewardFilter) ([]redeem.Reward, error) {
	w := &where{}
	w.and("w.zone = " + w.arg(r.Zone))
	w.under("w.area", f.Areas)
	if f.Sponsor != 0 {
		w.and("w.sponsor = " + w.arg(f.Sponsor))
	}
	if f.Offered {
		now := w.arg(at(r.Now))
		w.and("w.closed_at = 0 AND w.from_at <= " + now + " AND (w.to_at = 0 OR w.to_at > " + now + ")")
	}
	if f.Most > 0 {
		w.and("w.price <= " + w.arg(f.Most))
	}
	if f.InStock {
		w.and("w.stock > 0")
	}
	if f.After != 0 {
		w.and("w.id < " + w.arg(f.After))
	}
	return collect(r, scanReward, `SELECT `+rewardColumns+` FROM rewards w WHERE `+w.sql()+` ORDER BY w.id DESC LIMIT `+w.arg(f.Limit), w.args...)
}

// under is true where the column lies in one of the subtrees; nil asks for nothing.
func (w *where) under(column string, areas []string) {
	if areas == nil {
		return
	}
	any := "1 = 0"
	for _, a := range areas {
		any += " OR " + w.prefix(column, a)
	}
	w.and("(" + any + ")")
}

// AddReward stores a new reward without stock.
func (tx *Tx) AddReward(w redeem.Reward) error {
	tx.changed(rewardRecord, w.ID)
	return tx.exec(`INSERT INTO rewards (zone, id, name_zh, name_en, body, photo, area, address, hours, sponsor, price, most, per, from_at, to_at, pickup, stock, moves, revision)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,0,0,1)`, tx.Zone, w.ID, w.Name.ZH, w.Name.EN, w.Text, w.Photo, w.Area, w.Address, w.Hours,
		w.Sponsor, w.Price, w.Limit, string(w.Per), at(w.From), at(w.To), w.Pickup)
}

// SaveReward stores what the page of a reward says, unless somebody else has changed it since it was read. Its stock
// has movements of its own.
func (tx *Tx) SaveReward(w redeem.Reward) error {
	tx.changed(rewardRecord, w.ID)
	return tx.mustChange(nil, `UPDATE rewards SET name_zh=$1, name_en=$2, body=$3, photo=$4, area=$5, address=$6, hours=$7, sponsor=$8, price=$9, most=$10, per=$11,
		from_at=$12, to_at=$13, pickup=$14, closed_at=$15, revision=revision+1 WHERE zone=$16 AND id=$17 AND revision=$18`,
		w.Name.ZH, w.Name.EN, w.Text, w.Photo, w.Area, w.Address, w.Hours, w.Sponsor, w.Price, w.Limit, string(w.Per), at(w.From), at(w.To), w.Pickup, at(w.Closed),
		tx.Zone, w.ID, w.Revision)
}

// MoveStock adds a movement made by redeem.Reward.Move. When another process moved the stock meanwhile the command
// runs again.
func (tx *Tx) MoveStock(m redeem.Movement, by casework.Person) error {
	if err := tx.mustChange(errStale, `UPDATE rewards SET stock=$1, moves=$2 WHERE zone=$3 AND id=$4 AND moves=$5`, m.After, m.N, tx.Zone, m.Reward, m.N-1); err != nil {
		return err
	}
	return tx.exec(`INSERT INTO reward_stock (zone, reward, n, kind, amount, after, ref, note, at, by_person) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		tx.Zone, m.Reward, m.N, m.Kind, m.Amount, m.After, m.Ref, m.Note, at(tx.Now), int64(by))
}

// StockLine is one movement with when it was and who made it.
type StockLine struct {
	redeem.Movement
	At time.Time
	By casework.Person
}

// StockLines lists a reward's movements, newest first.
func (r *Reader) StockLines(reward int64, limit int) ([]StockLine, error) {
	return collect(r, func(rows *Rows) (StockLine, error) {
		l := StockLine{Movement: redeem.Movement{Reward: reward}}
		return l, rows.Scan(&l.N, &l.Kind, &l.Amount, &l.After, &l.Ref, &l.Note, &l.At, &l.By)
	}, `SELECT n, kind, amount, after, ref, note, at, by_person FROM reward_stock WHERE zone=$1 AND reward=$2 ORDER BY n DESC LIMIT $3`, r.Zone, reward, limit)
}

var errNoRedemption = fault.New(fault.NotFound, "没有这次兑换，或者它不是您的。", "There is no such redemption, or it is not yours.")

const redemptionColumns = `d.id, d.reward, d.name_zh, d.name_en, d.person, d.home, d.place, d.sponsor, d.price, d.hold, d.state, d.reserved_at, d.until, d.done_at, d.done_by, d.done_duty`

func scanRedemption(rows *Rows) (d redeem.Redemption, err error) {
	err = rows.Scan(&d.ID, &d.Reward, &d.Name.ZH, &d.Name.EN, &d.Person, &d.Home, &d.Place, &d.Sponsor, &d.Price, &d.Hold, &d.State, &d.Reserved, &d.Until, &d.Done, &d.By, &d.Duty)
	return d, err
}

// AddRedemption stores a new redemption with its code: hashed, to be found by, and sealed, to be shown to its owner.
// A code that an open one has already is a Conflict between processes, and the command runs again.
func (tx *Tx) AddRedemption(d redeem.Redemption, codeHash, sealed []byte) error {
	tx.changed(redemptionRecord, d.ID)
	return tx.mustChange(errStale, `INSERT INTO redemptions (zone, id, reward, name_zh, name_en, person, home, place, sponsor, price, hold, code_hash, code, state, reserved_at, until)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16) ON CONFLICT DO NOTHING`, tx.Zone, d.ID, d.Reward, d.Name.ZH, d.Name.EN, d.Person, d.Home, d.Place,
		d.Sponsor, d.Price, d.Hold, codeHash, sealed, string(d.State), at(d.Reserved), at(d.Until))
}

// EndRedemption stores what became of one that was reserved and forgets its code. One that somebody else ended meanwhile
// makes the command run again, so that it learns what happened.
func (tx *Tx) EndRedemption(d redeem.Redemption) error {
	tx.changed(redemptionRecord, d.ID)
	return tx.mustChange(errStale, `UPDATE redemptions SET state=$1, done_at=$2, done_by=$3, done_duty=$4, code=$5 WHERE zone=$6 AND id=$7 AND state='reserved'`,
		string(d.State), at(d.Done), d.By, d.Duty, []byte{}, tx.Zone, d.ID)
}

// Redemption loads one redemption.
func (r *Reader) Redemption(id int64) (redeem.Redemption, error) {
	return find(r, errNoRedemption, scanRedemption, `SELECT `+redemptionColumns+` FROM redemptions d WHERE d.zone=$1 AND d.id=$2`, r.Zone, id)
}

// SealedCode is the sealed code of a redemption, empty once it is over.
func (r *Reader) SealedCode(id int64) ([]byte, error) {
	return find(r, errNoRedemption, func(rows *Rows) (b []byte, err error) { return b, rows.Scan(&b) }, `SELECT code FROM redemptions WHERE zone=$1 AND id=$2`, r.Zone, id)
}

// RedemptionByCode finds a redemption by its code's hash: the open one, else the last that had the code.
func (r *Reader) RedemptionByCode(hash []byte) (redeem.Redemption, error) {
	return find(r, errNoRedemption, scanRedemption, `SELECT `+redemptionColumns+` FROM redemptions d WHERE d.zone=$1 AND d.code_hash=$2
		ORDER BY CASE WHEN d.state='reserved' THEN 0 ELSE 1 END, d.id DESC LIMIT 1`, r.Zone, hash)
}

// CodeTaken reports whether an open redemption has the code.
func (r *Reader) CodeTaken(hash []byte) (bool, error) {
	found, err := collect(r, func(rows *Rows) (n int64, err error) { return n, rows.Scan(&n) },
		`SELECT id FROM redemptions WHERE zone=$1 AND code_hash=$2 AND state='reserved'`, r.Zone, hash)
	return len(found) > 0, err
}

// Had counts how many of a reward a person has reserved or collected since a moment.
func (r *Reader) Had(reward int64, p casework.Person, since time.Time) (int, error) {
	var n int
	err := r.queryRow(`SELECT COUNT(*) FROM redemptions WHERE zone=$1 AND reward=$2 AND person=$3 AND reserved_at >= $4 AND state IN ('reserved','collected')`,
		r.Zone, reward, int64(p), at(since)).Scan(&n)
	return n, err
}

// RedemptionFilter narrows a list of redemptions.
type RedemptionFilter struct {
	Areas   []string // places, each with its subtree
	Sponsor []int64
	All     bool // places of the whole zone, whatever Areas and Sponsor say
	Person  casework.Person
	State   redeem.State
	Reward  int64
	Given   int64 // only of this sponsor's rewards
	By      casework.Person
	From    time.Time // reserved, or with Done ended, not before
	To      time.Time
	Done    bool // From and To are about when it ended
	After   int64
	Limit   int // 0 for all
}

func (f RedemptionFilter) where(zone int) *where {
	w := &where{}
	w.and("d.zone = " + w.arg(zone))
	if f.Person != 0 {
		w.and("d.person = " + w.arg(int64(f.Person)))
	} else if !f.All {
		any := "1 = 0"
		for _, a := range f.Areas {
			any += " OR " + w.prefix("d.place", a)
		}
		for _, s := range f.Sponsor {
			any += " OR (d.sponsor <> 0 AND d.sponsor = " + w.arg(s) + ")"
		}
		w.and("(" + any + ")")
	}
	if f.State != "" {
		w.and("d.state = " + w.arg(string(f.State)))
	}
	if f.Reward != 0 {
		w.and("d.reward = " + w.arg(f.Reward))
	}
	if f.Given != 0 {
		w.and("d.sponsor = " + w.arg(f.Given))
	}
	if f.By != 0 {
		w.and("d.done_by = " + w.arg(int64(f.By)))
	}
	column := "d.reserved_at"
	if f.Done {
		column = "d.done_at"
	}
	if !f.From.IsZero() {
		w.and(column + " >= " + w.arg(at(f.From)))
	}
	if !f.To.IsZero() {
		w.and(column + " < " + w.arg(at(f.To)))
	}
	if f.After != 0 {
		w.and("d.id < " + w.arg(f.After))
	}
	return w
}

// Redemptions lists redemptions, newest first.
func (r *Reader) Redemptions(f RedemptionFilter) ([]redeem.Redemption, error) {
	w := f.where(r.Zone)
	return collect(r, scanRedemption, `SELECT `+redemptionColumns+` FROM redemptions d WHERE `+w.sql()+` ORDER BY d.id DESC LIMIT `+w.arg(f.Limit), w.args...)
}

// EachRedemption hands over every redemption the filter selects, newest first, without holding them all.
func (r *Reader) EachRedemption(f RedemptionFilter, fn func(redeem.Redemption) error) error {
	w := f.where(r.Zone)
	return each(r, scanRedemption, fn, `SELECT `+redemptionColumns+` FROM redemptions d WHERE `+w.sql()+` ORDER BY d.id DESC`, w.args...)
}

// OverdueRedemptions lists reserved ones whose time is over, at most limit.
func (r *Reader) OverdueRedemptions(limit int) ([]int64, error) {
	return collect(r, func(rows *Rows) (id int64, err error) { return id, rows.Scan(&id) },
		`SELECT id FROM redemptions WHERE zone=$1 AND state='reserved' AND until <= $2 ORDER BY until, id LIMIT $3`, r.Zone, r.Now, limit)
}

// SealedRedemption is a redemption's code as it is kept.
type SealedRedemption struct {
	ID     int64
	State  redeem.State
	Hash   []byte
	Sealed []byte
}

// EachCode hands over the code of every redemption, by id.
func (r *Reader) EachCode(fn func(SealedRedemption) error) error {
	return each(r, func(rows *Rows) (d SealedRedemption, err error) {
		return d, rows.Scan(&d.ID, &d.State, &d.Hash, &d.Sealed)
	}, fn,
		`SELECT id, state, code_hash, code FROM redemptions WHERE zone=$1 ORDER BY id`, r.Zone)
}

// CounterTries loads the wrong codes somebody at a counter has typed.
func (r *Reader) CounterTries(p casework.Person) (redeem.Tries, error) {
	found, err := collect(r, func(rows *Rows) (t redeem.Tries, err error) { return t, rows.Scan(&t.Wrong, &t.Last) },
		`SELECT wrong, last_at FROM counter_tries WHERE zone=$1 AND person=$2`, r.Zone, int64(p))
	if err != nil || len(found) == 0 {
		return redeem.Tries{}, err
	}
	return found[0], nil
}

// SaveCounterTries stores them.
func (tx *Tx) SaveCounterTries(p casework.Person, t redeem.Tries) error {
	return tx.exec(`INSERT INTO counter_tries (zone, person, wrong, last_at) VALUES ($1,$2,$3,$4) ON CONFLICT (zone, person) DO UPDATE SET wrong=excluded.wrong, last_at=excluded.last_at`,
		tx.Zone, int64(p), t.Wrong, at(t.Last))
}

// RewardPhoto is the picture of a reward that has one.
func (r *Reader) RewardPhoto(reward int64, thumb bool) ([]byte, error) {
	column := "full_jpeg"
	if thumb {
		column = "thumb_jpeg"
	}
	return find(r, fault.New(fault.NotFound, "没有这张照片。", "There is no such photo."), func(rows *Rows) (b []byte, err error) { return b, rows.Scan(&b) },
		`SELECT p.`+column+` FROM rewards w JOIN photos p ON p.zone = w.zone AND p.id = w.photo WHERE w.zone=$1 AND w.id=$2 AND w.photo <> 0`, r.Zone, reward)
}
