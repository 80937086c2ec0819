package store

import (
	"encoding/json"
	"math"
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/points"
)

var (
	awardInserted = strings.Fields(`zone id rule version source person household unit subject area day quantity points body lng lat address evidence ref once import
		by_person at state approved public_at until reason posted_at pool events revision`)
	awardEventColumns = strings.Fields(`zone award seq at actor act from_state to_state note`)
)

const awardColumns = `a.id, a.rule, a.version, a.source, a.person, a.household, a.unit, a.area, a.day, a.quantity, a.points, a.body, a.lng, a.lat, a.address,
	a.evidence, a.ref, a.once, a.import, a.by_person, a.at, a.state, a.approved, a.public_at, a.until, a.reason, a.posted_at, a.pool, a.events, a.revision`

// degree is 1e-7 degrees, the resolution points are kept in.
const degree = 1e7

func scanAward(rows *Rows) (points.Award, error) {
	var a points.Award
	var day, lng, lat, when, public, until, posted int64
	var approved string
	err := rows.Scan(&a.ID, &a.Rule, &a.Version, &a.Source, &a.Person, &a.Household, &a.Unit, &a.Area, &day, &a.Quantity, &a.Points, &a.Text, &lng, &lat, &a.Address,
		&a.Evidence, &a.Ref, &a.Key, &a.Import, &a.By, &when, &a.State, &approved, &public, &until, &a.Reason, &posted, &a.Pool, &a.EventsNum, &a.Revision)
	if err != nil {
		return a, err
	}
	a.Day, a.Lng, a.Lat = calendar.Day(day), float64(lng)/degree, float64(lat)/degree
	a.At, a.Public, a.Until, a.Posted = ms(when), ms(public), ms(until), ms(posted)
	if approved != "" {
		err = json.Unmarshal([]byte(approved), &a.Approved)
	}
	return a, err
}

func (tx *Tx) awardRow(a points.Award) ([]any, error) {
	approved, err := jsonOrEmpty(len(a.Approved), a.Approved)
	return []any{tx.Zone, int64(a.ID), a.Rule, a.Version, string(a.Source), int64(a.Person), a.Household, a.Unit, a.Subject(), a.Area, int64(a.Day), a.Quantity, a.Points,
		a.Text, coordinate(a.Lng), coordinate(a.Lat), a.Address, a.Evidence, a.Ref, a.Key, a.Import, int64(a.By), at(a.At), string(a.State), approved,
		at(a.Public), at(a.Until), a.Reason, at(a.Posted), a.Pool, a.EventsNum, a.Revision}, err
}

func coordinate(degrees float64) int64 { return int64(math.Round(degrees * degree)) }

var errNoAward = fault.New(fault.NotFound, "没有这条积分记录，或不在您的职责范围内。", "There is no such award, or it lies outside your duty.")

// AddAward stores a new award with its first events. What came before under the same key makes the command run again.
func (tx *Tx) AddAward(a points.Award, events []points.Event) error {
	return tx.AddAwards([]points.Award{a}, [][]points.Event{events})
}

// AddAwards stores many new awards with the events of each.
func (tx *Tx) AddAwards(list []points.Award, events [][]points.Event) error {
	rows := make([][]any, len(list))
	var lines [][]any
	for i, a := range list {
		var err error
		if rows[i], err = tx.awardRow(a); err != nil {
			return err
		}
		lines = append(lines, tx.awardEvents(a.ID, events[i])...)
		tx.changed(awardRecord, a.ID)
	}
	if err := tx.putMany("awards", awardInserted, "ON CONFLICT DO NOTHING", errStale, rows); err != nil {
		return err
	}
	return tx.insertMany("award_events", awardEventColumns, lines)
}

func (tx *Tx) awardEvents(id points.ID, events []points.Event) [][]any {
	out := make([][]any, len(events))
	for i, e := range events {
		out[i] = []any{tx.Zone, int64(id), e.Seq, at(e.At), int64(e.Actor), string(e.Act), string(e.From), string(e.To), e.Note}
	}
	return out
}

// MoveAward stores what became of an award since it was read as was, with the events that made it so.
func (tx *Tx) MoveAward(was, now points.Award, events []points.Event) error {
	approved, err := jsonOrEmpty(len(now.Approved), now.Approved)
	if err != nil {
		return err
	}
	tx.changed(awardRecord, was.ID)
	stale := fault.New(fault.Conflict, "这条积分刚刚已由他人办理，请刷新后再看。", "Somebody else has just dealt with this award. Reload to see it as it is.")
	err = tx.mustChange(stale, `UPDATE awards SET area=$1, day=$2, quantity=$3, points=$4, body=$5, lng=$6, lat=$7, address=$8, state=$9, approved=$10, public_at=$11, until=$12,
		reason=$13, posted_at=$14, pool=$15, events=$16, revision=$17, version=$18, evidence=$19 WHERE zone=$20 AND id=$21 AND revision=$22`,
		now.Area, int64(now.Day), now.Quantity, now.Points, now.Text, coordinate(now.Lng), coordinate(now.Lat), now.Address, string(now.State), approved, at(now.Public), at(now.Until),
		now.Reason, at(now.Posted), now.Pool, now.EventsNum, now.Revision, now.Version, now.Evidence, tx.Zone, int64(was.ID), was.Revision)
	if err != nil {
		return err
	}
	return tx.insertMany("award_events", awardEventColumns, tx.awardEvents(was.ID, events))
}

// AwardFilter narrows a list of awards. Empty fields do not narrow.
type AwardFilter struct {
	States []points.State
	Area   string // with its subtree
	Rule   string
	Import int64
	Person casework.Person // who earned
	After  points.ID       // where the last page ended
	Turns  []AwardTurn     // whose decision it is; none: anybody's
	Oldest bool            // oldest first, as a queue is worked through; else newest first
	Limit  int             // 50 when zero
}

// AwardTurn is awards of some items that wait, in one state and area, for one reviewer.
type AwardTurn struct {
	State points.State
	Area  string
	Rules []string
}

// awardWhere collects what a viewer may read of awards: whole subtrees, and what is the viewer's own — earned, submitted,
// or earned for the household the viewer belongs to.
func (r *Reader) awardWhere(s Scope, f AwardFilter) *where {
	w := &where{}
	w.and("a.zone = " + w.arg(r.Zone))
	if len(f.States) > 0 {
		in := make([]string, len(f.States))
		for i, x := range f.States {
			in[i] = w.arg(string(x))
		}
		w.and("a.state IN (" + strings.Join(in, ",") + ")")
	}
	if f.Area != "" {
		w.and(w.prefix("a.area", f.Area))
	}
	if f.Rule != "" {
		w.and("a.rule = " + w.arg(f.Rule))
	}
	if f.Import != 0 {
		w.and("a.import <> 0 AND a.import = " + w.arg(f.Import))
	}
	if f.Person != 0 {
		w.and("a.person <> 0 AND a.person = " + w.arg(int64(f.Person)))
	}
	if f.Turns != nil {
		turns := make([]string, len(f.Turns))
		for i, t := range f.Turns {
			turns[i] = "(a.state = " + w.arg(string(t.State)) + " AND " + w.prefix("a.area", t.Area) + " AND a.rule IN " + r.dialect.EachOf(len(w.args)+1) + ")"
			w.arg(list(t.Rules))
		}
		w.and("(" + strings.Join(append(turns, "1 = 0"), " OR ") + ")")
	}
	if s.All {
		return w
	}
	any := []string{"1 = 0"}
	for _, area := range s.Areas {
		any = append(any, w.prefix("a.area", area))
	}
	if s.Person != 0 {
		p := w.arg(s.Person)
		any = append(any, "a.person = "+p, "a.by_person = "+p, "(a.household <> 0 AND a.household IN (SELECT m.household FROM household_members m WHERE m.zone=a.zone AND m.person="+p+" AND m.to_at=0))")
	}
	w.and("(" + strings.Join(any, " OR ") + ")")
	return w
}

// Award loads one award within the scope.
func (r *Reader) Award(id points.ID, s Scope) (points.Award, error) {
	w := r.awardWhere(s, AwardFilter{})
	w.and("a.id = " + w.arg(int64(id)))
	return find(r, errNoAward, scanAward, `SELECT `+awardColumns+` FROM awards a WHERE `+w.sql(), w.args...)
}

// AwardByKey loads what came by itself under a key; NotFound when nothing has.
func (r *Reader) AwardByKey(key string) (points.Award, error) {
	return find(r, errNoAward, scanAward, `SELECT `+awardColumns+` FROM awards a WHERE a.zone=$1 AND a.once <> '' AND a.once=$2`, r.Zone, key)
}

// Awards lists awards within the scope.
func (r *Reader) Awards(s Scope, f AwardFilter) ([]points.Award, error) {
	w := r.awardWhere(s, f)
	order := "DESC"
	if f.Oldest {
		order = "ASC"
	}
	switch {
	case f.After != 0 && f.Oldest:
		w.and("a.id > " + w.arg(int64(f.After)))
	case f.After != 0:
		w.and("a.id < " + w.arg(int64(f.After)))
	}
	if f.Limit == 0 {
		f.Limit = 50
	}
	return collect(r, scanAward, `SELECT `+awardColumns+` FROM awards a WHERE `+w.sql()+` ORDER BY a.id `+order+` LIMIT `+w.arg(f.Limit), w.args...)
}

// OwnAwards lists what a person earned, submitted or earned with the household, newest first, below the given id (0: from the newest).
func (r *Reader) OwnAwards(p casework.Person, before points.ID, limit int) ([]points.Award, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return collect(r, scanAward, `SELECT `+awardColumns+` FROM awards a WHERE a.zone=$1 AND a.id IN (
			SELECT id FROM awards WHERE zone=$1 AND person <> 0 AND person=$2 AND id < $3
			UNION SELECT id FROM awards WHERE zone=$1 AND subject IN (SELECT 'household:' || household FROM household_members WHERE zone=$1 AND person=$2 AND to_at=0) AND id < $3)
		ORDER BY a.id DESC LIMIT $4`, r.Zone, int64(p), int64(before), limit)
}

// CountAwards counts the awards of the states in the areas, one by one with the state; it is what a menu shows.
func (r *Reader) CountAwards(s Scope, f AwardFilter) (int, error) {
	w := r.awardWhere(s, f)
	var n int
	err := r.queryRow(`SELECT COUNT(*) FROM awards a WHERE `+w.sql(), w.args...).Scan(&n)
	return n, err
}

// AwardEvents lists an award's history, oldest first.
func (r *Reader) AwardEvents(id points.ID) ([]points.Event, error) {
	return collect(r, scanAwardEvent, `SELECT seq, at, actor, act, from_state, to_state, note FROM award_events WHERE zone=$1 AND award=$2 ORDER BY seq`, r.Zone, int64(id))
}

func scanAwardEvent(rows *Rows) (points.Event, error) {
	var e points.Event
	var when int64
	err := rows.Scan(&e.Seq, &when, &e.Actor, &e.Act, &e.From, &e.To, &e.Note)
	e.At = ms(when)
	return e, err
}

// counted is the states whose points count against caps.
const counted = `state NOT IN ('refused','withdrawn','reversed')`

// AwardCount counts what an earner has had, or has under way, for contributions of the days first to last; both zero mean
// ever. rule "" counts every item; except leaves one award out. posted counts only what is posted.
func (r *Reader) AwardCount(subject, rule string, first, last calendar.Day, except points.ID, posted bool) (points.Count, error) {
	w := &where{}
	w.and("zone = " + w.arg(r.Zone))
	w.and("subject = " + w.arg(subject))
	if first != 0 || last != 0 {
		w.and("day >= " + w.arg(int64(first)) + " AND day <= " + w.arg(int64(last)))
	}
	if rule != "" {
		w.and("rule = " + w.arg(rule))
	}
	if except != 0 {
		w.and("id <> " + w.arg(int64(except)))
	}
	if posted {
		w.and("state = 'posted'")
	} else {
		w.and(counted)
	}
	var c points.Count
	err := r.queryRow(`SELECT CAST(coalesce(sum(points), 0) AS BIGINT), count(*) FROM awards WHERE `+w.sql(), w.args...).Scan(&c.Points, &c.Times)
	return c, err
}

// Counted is one award as caps count it.
type Counted struct {
	Subject  string
	Rule     string
	Day      calendar.Day
	Points   int64
	Evidence string
}

// EachCounted hands over what counts against caps of the subjects, for checking many at once.
func (r *Reader) EachCounted(subjects []string, fn func(Counted)) error {
	rows, err := r.query(`SELECT subject, rule, day, points, evidence FROM awards WHERE zone=$1 AND subject IN `+r.dialect.EachOf(2)+` AND `+counted, r.Zone, list(subjects))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c Counted
		var day int64
		if err := rows.Scan(&c.Subject, &c.Rule, &day, &c.Points, &c.Evidence); err != nil {
			return err
		}
		c.Day = calendar.Day(day)
		fn(c)
	}
	return rows.Err()
}

// SubjectRevisions reads where the counting of the subjects stands, for TouchSubjects.
func (r *Reader) SubjectRevisions(subjects []string) (map[string]int64, error) {
	out := map[string]int64{}
	rows, err := r.query(`SELECT subject, revision FROM award_subjects WHERE zone=$1 AND subject IN `+r.dialect.EachOf(2), r.Zone, list(subjects))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		var n int64
		if err := rows.Scan(&s, &n); err != nil {
			return nil, err
		}
		out[s] = n
	}
	return out, rows.Err()
}

// TouchSubjects says that awards of the subjects were counted and added. When another process has done so since
// the revisions were read, the command runs again and counts anew.
func (tx *Tx) TouchSubjects(subjects []string, seen map[string]int64) error {
	rows := make([][]any, len(subjects))
	for i, s := range subjects {
		rows[i] = []any{tx.Zone, s, seen[s] + 1}
	}
	return tx.putMany("award_subjects", []string{"zone", "subject", "revision"}, `ON CONFLICT (zone, subject) DO UPDATE SET revision=excluded.revision
		WHERE award_subjects.revision = excluded.revision - 1`, errStale, rows)
}

// EvidenceUsed finds an award of the same earner, item and evidence that still counts; NotFound when there is none.
func (r *Reader) EvidenceUsed(subject, rule, evidence string) (points.Award, error) {
	return find(r, errNoAward, scanAward, `SELECT `+awardColumns+` FROM awards a WHERE a.zone=$1 AND a.subject=$2 AND a.rule=$3 AND a.evidence <> '' AND a.evidence=$4
		AND a.state NOT IN ('withdrawn','reversed')`, r.Zone, subject, rule, evidence)
}

// AwardPhoto is a picture as evidence of an award.
type AwardPhoto struct {
	Award   points.ID
	Photo   int64
	Rule    string
	Subject string
	SHA256  []byte
	DHash   uint64
}

// OwnPhotos loads the fingerprints of pictures somebody uploaded; one that is another person's or tied to a case is left out.
func (r *Reader) OwnPhotos(by casework.Person, ids []int64) ([]AwardPhoto, error) {
	var out []AwardPhoto
	for _, id := range ids {
		got, err := collect(r, func(rows *Rows) (p AwardPhoto, err error) {
			var dhash int64
			err = rows.Scan(&p.Photo, &p.SHA256, &dhash)
			p.DHash = uint64(dhash)
			return p, err
		}, `SELECT id, sha256, dhash FROM photos WHERE zone=$1 AND id=$2 AND by_person=$3 AND case_id=0`, r.Zone, id, int64(by))
		if err != nil {
			return nil, err
		}
		out = append(out, got...)
	}
	return out, nil
}

const awardPhotoColumns = `p.award, p.photo, p.rule, p.subject, p.sha256, p.dhash`

func scanAwardPhoto(rows *Rows) (AwardPhoto, error) {
	var p AwardPhoto
	var dhash int64
	err := rows.Scan(&p.Award, &p.Photo, &p.Rule, &p.Subject, &p.SHA256, &dhash)
	p.DHash = uint64(dhash)
	return p, err
}

// PhotosOf lists an award's pictures in order.
func (r *Reader) PhotosOf(id points.ID) ([]AwardPhoto, error) {
	return collect(r, scanAwardPhoto, `SELECT `+awardPhotoColumns+` FROM award_photos p WHERE p.zone=$1 AND p.award=$2 ORDER BY p.n`, r.Zone, int64(id))
}

// LikePhotos lists pictures of an item's awards for comparison, the newest first, at most limit: the given earner's
// own, or everybody's when the subject is "". Those of withdrawn awards do not count.
func (r *Reader) LikePhotos(rule, subject string, limit int) ([]AwardPhoto, error) {
	w := &where{}
	w.and("p.zone = " + w.arg(r.Zone))
	w.and("p.rule = " + w.arg(rule))
	if subject != "" {
		w.and("p.subject = " + w.arg(subject))
	}
	return collect(r, scanAwardPhoto, `SELECT `+awardPhotoColumns+` FROM award_photos p JOIN awards a ON a.zone=p.zone AND a.id=p.award
		WHERE `+w.sql()+` AND a.state <> 'withdrawn' ORDER BY p.award DESC LIMIT `+w.arg(limit), w.args...)
}

// SamePhoto finds another award whose evidence is the very same file; false when there is none.
func (r *Reader) SamePhoto(rule string, sha []byte, except points.ID) (AwardPhoto, bool, error) {
	found, err := collect(r, scanAwardPhoto, `SELECT `+awardPhotoColumns+` FROM award_photos p JOIN awards a ON a.zone=p.zone AND a.id=p.award
		WHERE p.zone=$1 AND p.sha256=$2 AND p.rule=$3 AND p.award <> $4 AND a.state <> 'withdrawn' LIMIT 1`, r.Zone, sha, rule, int64(except))
	if err != nil || len(found) == 0 {
		return AwardPhoto{}, false, err
	}
	return found[0], true, nil
}

// AddAwardPhotos ties pictures to an award as its evidence, after from others.
func (tx *Tx) AddAwardPhotos(list []AwardPhoto, from int) error {
	rows := make([][]any, len(list))
	for i, p := range list {
		rows[i] = []any{tx.Zone, int64(p.Award), p.Photo, from + i, p.Rule, p.Subject, p.SHA256, int64(p.DHash)}
		tx.changed(awardRecord, p.Award)
	}
	return tx.insertMany("award_photos", strings.Fields("zone award photo n rule subject sha256 dhash"), rows)
}

// AwardWithPhoto reports whether some award within the scope has the picture as evidence.
func (r *Reader) AwardWithPhoto(photo int64, s Scope) (bool, error) {
	w := r.awardWhere(s, AwardFilter{})
	w.and("a.id IN (SELECT p.award FROM award_photos p WHERE p.zone=a.zone AND p.photo=" + w.arg(photo) + ")")
	found, err := collect(r, func(rows *Rows) (n int64, err error) { return n, rows.Scan(&n) }, `SELECT a.id FROM awards a WHERE `+w.sql()+` LIMIT 1`, w.args...)
	return len(found) > 0, err
}

// DueAwards lists awards to be posted or looked at again, oldest first: publicity over, or waiting for budget.
// after skips those up to an id, because one may have to wait on.
func (r *Reader) DueAwards(state points.State, after points.ID, limit int) ([]points.Award, error) {
	due := ""
	if state == points.Publicity {
		due = " AND a.until <= $5"
	}
	args := []any{r.Zone, string(state), int64(after), limit}
	if due != "" {
		args = append(args, at(r.Now))
	}
	return collect(r, scanAward, `SELECT `+awardColumns+` FROM awards a WHERE a.zone=$1 AND a.state=$2 AND a.id > $3`+due+` ORDER BY a.id LIMIT $4`, args...)
}

// Objection is what a resident has against an award in publicity (异议).
type Objection struct {
	ID       int64
	Award    points.ID
	By       casework.Person
	At       time.Time
	Reason   string
	State    string // open, proposed, upheld, dismissed
	Proposal string // uphold, dismiss; "" before anybody proposed
	Proposed casework.Person
	Note     string
	Decided  casework.Person
	Done     time.Time
}

const objectionColumns = `o.id, o.award, o.by_person, o.at, o.reason, o.state, o.proposal, o.proposed_by, o.note, o.decided_by, o.decided_at`

func scanObjection(rows *Rows) (Objection, error) {
	var o Objection
	var when, done int64
	err := rows.Scan(&o.ID, &o.Award, &o.By, &when, &o.Reason, &o.State, &o.Proposal, &o.Proposed, &o.Note, &o.Decided, &done)
	o.At, o.Done = ms(when), ms(done)
	return o, err
}

// AddObjection stores an objection.
func (tx *Tx) AddObjection(o Objection) error {
	tx.changed(awardRecord, o.Award)
	return tx.exec(`INSERT INTO objections (zone, id, award, by_person, at, reason, state) VALUES ($1,$2,$3,$4,$5,$6,'open')`,
		tx.Zone, o.ID, int64(o.Award), int64(o.By), at(tx.Now), o.Reason)
}

// Objections lists an award's objections, oldest first.
func (r *Reader) Objections(id points.ID) ([]Objection, error) {
	return collect(r, scanObjection, `SELECT `+objectionColumns+` FROM objections o WHERE o.zone=$1 AND o.award=$2 ORDER BY o.id`, r.Zone, int64(id))
}

// ObjectionsBy lists what somebody objected to, newest first, at most limit.
func (r *Reader) ObjectionsBy(p casework.Person, limit int) ([]Objection, error) {
	return collect(r, scanObjection, `SELECT `+objectionColumns+` FROM objections o WHERE o.zone=$1 AND o.by_person=$2 ORDER BY o.id DESC LIMIT $3`, r.Zone, int64(p), limit)
}

// Objection loads one objection.
func (r *Reader) Objection(id int64) (Objection, error) {
	return find(r, fault.New(fault.NotFound, "没有这条异议。", "There is no such objection."), scanObjection,
		`SELECT `+objectionColumns+` FROM objections o WHERE o.zone=$1 AND o.id=$2`, r.Zone, id)
}

// MoveObjection stores what became of an objection since it was read as was.
func (tx *Tx) MoveObjection(was, now Objection) error {
	tx.changed(awardRecord, was.Award)
	return tx.mustChange(nil, `UPDATE objections SET state=$1, proposal=$2, proposed_by=$3, note=$4, decided_by=$5, decided_at=$6 WHERE zone=$7 AND id=$8 AND state=$9`,
		now.State, now.Proposal, int64(now.Proposed), now.Note, int64(now.Decided), at(now.Done), tx.Zone, was.ID, was.State)
}

// EachAward hands over every award with its history, by id.
func (r *Reader) EachAward(fn func(points.Award, []points.Event) error) error {
	const page = 500
	for after := points.ID(0); ; {
		list, err := collect(r, scanAward, `SELECT `+awardColumns+` FROM awards a WHERE a.zone=$1 AND a.id > $2 ORDER BY a.id LIMIT $3`, r.Zone, int64(after), page)
		if err != nil || len(list) == 0 {
			return err
		}
		last := list[len(list)-1].ID
		events := map[points.ID][]points.Event{}
		rows, err := r.query(`SELECT award, seq, at, actor, act, from_state, to_state, note FROM award_events WHERE zone=$1 AND award > $2 AND award <= $3 ORDER BY award, seq`,
			r.Zone, int64(after), int64(last))
		if err != nil {
			return err
		}
		for rows.Next() {
			var id points.ID
			var e points.Event
			var when int64
			if err := rows.Scan(&id, &e.Seq, &when, &e.Actor, &e.Act, &e.From, &e.To, &e.Note); err != nil {
				rows.Close()
				return err
			}
			e.At = ms(when)
			events[id] = append(events[id], e)
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return err
		}
		for _, a := range list {
			if err := fn(a, events[a.ID]); err != nil {
				return err
			}
		}
		after = last
	}
}

// ImportStates counts a list's awards by state.
func (r *Reader) ImportStates(id int64) (map[points.State]int, error) {
	out := map[points.State]int{}
	rows, err := r.query(`SELECT state, count(*) FROM awards WHERE zone=$1 AND import <> 0 AND import=$2 GROUP BY state`, r.Zone, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s points.State
		var n int
		if err := rows.Scan(&s, &n); err != nil {
			return nil, err
		}
		out[s] = n
	}
	return out, rows.Err()
}
