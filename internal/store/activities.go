package store

import (
	"strings"
	"time"

	"gezhi/internal/activity"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

var errNoActivity = fault.New(fault.NotFound, "没有这项活动，或已撤下。", "There is no such activity.")

// activityPosted are an activity's columns that never change, then those that may.
const (
	activityPosted  = `zone id by_person unit at `
	activityChanged = `kind title body bring age area place lng lat from_at to_at capacity contact rule hours state reason seats waiting turns recorded_at events revision`
)

var (
	activityColumns = strings.Fields(activityPosted + activityChanged)
	signUpColumns   = strings.Fields(`zone activity person state turn at checked_at checked_by recorded_at came minutes confirmed_at objection objected_at answer answered_at stars words rated_at thanks`)
	activitySelect  = `a.id, a.by_person, a.unit, a.` + strings.Join(strings.Fields(activityChanged), `, a.`)
	signUpSelect    = `p.` + strings.Join(signUpColumns[1:], `, p.`)
)

func activityValues(a activity.Activity) []any {
	lng, lat := e7(casework.Place{Point: a.Point, HasPoint: a.HasPoint})
	return []any{a.Kind, a.Title, a.Text, a.Bring, a.Age, a.Area, a.Place, lng, lat, at(a.From), at(a.To), a.Capacity, a.Contact, a.Rule, bit(a.Hours),
		string(a.State), a.Reason, a.Seats, a.Waiting, a.Turns, at(a.Recorded), a.Events, a.Revision}
}

// activityDest are the pointers a row of activitySelect is scanned into; the function afterwards finishes it.
func activityDest(a *activity.Activity) ([]any, func()) {
	var lng, lat, from, to, hours, recorded int64
	return []any{&a.ID, &a.By, &a.Unit, &a.Kind, &a.Title, &a.Text, &a.Bring, &a.Age, &a.Area, &a.Place, &lng, &lat, &from, &to, &a.Capacity, &a.Contact,
			&a.Rule, &hours, &a.State, &a.Reason, &a.Seats, &a.Waiting, &a.Turns, &recorded, &a.Events, &a.Revision}, func() {
			a.From, a.To, a.Recorded, a.Hours = ms(from), ms(to), ms(recorded), hours != 0
			a.Point, a.HasPoint = degrees(lng, lat)
		}
}

func signUpDest(s *activity.SignUp) ([]any, func()) {
	var when, checked, recorded, came, confirmed, objected, answered, rated int64
	return []any{&s.Activity, &s.Person, &s.State, &s.Turn, &when, &checked, &s.CheckedBy, &recorded, &came, &s.Minutes, &confirmed, &s.Objection, &objected,
			&s.Answer, &answered, &s.Stars, &s.Words, &rated, &s.Thanks}, func() {
			s.At, s.Checked, s.Recorded, s.Came, s.Confirmed = ms(when), ms(checked), ms(recorded), came != 0, ms(confirmed)
			s.Objected, s.Answered, s.Rated = ms(objected), ms(answered), ms(rated)
		}
}

func scanActivity(rows *Rows) (a activity.Activity, err error) {
	dest, finish := activityDest(&a)
	err = rows.Scan(dest...)
	finish()
	return a, err
}

func scanSignUp(rows *Rows) (s activity.SignUp, err error) {
	dest, finish := signUpDest(&s)
	err = rows.Scan(dest...)
	finish()
	return s, err
}

// AddActivity stores a new activity.
func (tx *Tx) AddActivity(a activity.Activity) error {
	tx.changed(activityRecord, a.ID)
	values := append([]any{tx.Zone, int64(a.ID), int64(a.By), a.Unit, at(tx.Now)}, activityValues(a)...)
	return tx.insertMany("activities", activityColumns, [][]any{values})
}

var activityUpdate = func() string {
	sets := strings.Fields(activityChanged)
	for i, c := range sets {
		sets[i] = c + `=$` + itoa(i+1)
	}
	n := len(sets)
	return `UPDATE activities SET ` + strings.Join(sets, `, `) + ` WHERE zone=$` + itoa(n+1) + ` AND id=$` + itoa(n+2) + ` AND revision=$` + itoa(n+3)
}()

// SaveActivity stores what became of an activity that was read with revision was. When another process was quicker
// the command is run again.
func (tx *Tx) SaveActivity(a activity.Activity, was int64) error {
	tx.changed(activityRecord, a.ID)
	return tx.mustChange(errStale, activityUpdate, append(activityValues(a), tx.Zone, int64(a.ID), was)...)
}

// AddActivityEvents adds to an activity's history.
func (tx *Tx) AddActivityEvents(id activity.ID, events []activity.Event) error {
	tx.changed(activityRecord, id)
	rows := make([][]any, len(events))
	for i, e := range events {
		rows[i] = []any{tx.Zone, int64(id), e.Seq, at(e.At), int64(e.Actor), e.What, int64(e.Person), e.Note}
	}
	return tx.insertMany("activity_events", []string{"zone", "activity", "seq", "at", "actor", "what", "person", "note"}, rows)
}

var signUpUpsert = func() string {
	var sets []string
	for _, c := range signUpColumns[3:] {
		sets = append(sets, c+`=excluded.`+c)
	}
	return insertSQL("activity_people", signUpColumns, 1) + ` ON CONFLICT (zone, activity, person) DO UPDATE SET ` + strings.Join(sets, `, `)
}()

// SaveSignUp stores one person's part, new or changed. The activity's revision keeps two from being saved past each other.
func (tx *Tx) SaveSignUp(s activity.SignUp) error {
	tx.changed(activityRecord, s.Activity)
	return tx.exec(signUpUpsert, tx.Zone, int64(s.Activity), int64(s.Person), string(s.State), s.Turn, at(s.At), at(s.Checked), int64(s.CheckedBy), at(s.Recorded),
		bit(s.Came), s.Minutes, at(s.Confirmed), s.Objection, at(s.Objected), s.Answer, at(s.Answered), s.Stars, s.Words, at(s.Rated), s.Thanks)
}

// Activity loads one activity, as it was last written.
func (r *Reader) Activity(id activity.ID) (activity.Activity, error) {
	return find(r, errNoActivity, scanActivity, `SELECT `+activitySelect+` FROM activities a WHERE a.zone=$1 AND a.id=$2`, r.Zone, int64(id))
}

// SignUp is one person's part in an activity; with the zero State when the person never signed up.
func (r *Reader) SignUp(id activity.ID, p casework.Person) (activity.SignUp, error) {
	found, err := collect(r, scanSignUp, `SELECT `+signUpSelect+` FROM activity_people p WHERE p.zone=$1 AND p.activity=$2 AND p.person=$3`, r.Zone, int64(id), int64(p))
	if err != nil || len(found) == 0 {
		return activity.SignUp{Activity: id, Person: activity.Person(p)}, err
	}
	return found[0], nil
}

// SignUps lists everybody who ever signed up for an activity, in the order of their turns.
func (r *Reader) SignUps(id activity.ID) ([]activity.SignUp, error) {
	return collect(r, scanSignUp, `SELECT `+signUpSelect+` FROM activity_people p WHERE p.zone=$1 AND p.activity=$2 ORDER BY p.turn`, r.Zone, int64(id))
}

// Queue lists who waits for a place in an activity, in turn.
func (r *Reader) Queue(id activity.ID) ([]activity.SignUp, error) {
	return collect(r, scanSignUp, `SELECT `+signUpSelect+` FROM activity_people p WHERE p.zone=$1 AND p.activity=$2 AND p.state='waiting' ORDER BY p.turn`, r.Zone, int64(id))
}

// ActivityEvents is an activity's history, oldest first.
func (r *Reader) ActivityEvents(id activity.ID) ([]activity.Event, error) {
	return collect(r, func(rows *Rows) (e activity.Event, err error) {
		var when int64
		err = rows.Scan(&e.Seq, &when, &e.Actor, &e.What, &e.Person, &e.Note)
		e.At = ms(when)
		return e, err
	}, `SELECT seq, at, actor, what, person, note FROM activity_events WHERE zone=$1 AND activity=$2 ORDER BY seq`, r.Zone, int64(id))
}

// ActivityFilter narrows a list of activities.
type ActivityFilter struct {
	Area     string    // this subtree; "" for all
	Kind     string    // "" for any
	From, To time.Time // begins within; zero ends are open
	Ends     time.Time // ends after; zero for any
	Public   bool      // without drafts and what was cancelled before anybody could sign up
	State    activity.State
	Under    []string    // communities or units somebody organises for: the areas' own activities …
	Units    []string    // … and those of the units; nil and nil for everybody's
	Latest   bool        // latest first, else soonest first
	After    activity.ID // the last one of the page before
	AfterAt  time.Time   // … and when it begins
	Limit    int
}

// Activities lists activities by when they begin.
func (r *Reader) Activities(f ActivityFilter) ([]activity.Activity, error) {
	w := &where{}
	w.and("a.zone = " + w.arg(r.Zone))
	if f.Area != "" {
		w.and(w.prefix("a.area", f.Area))
	}
	if f.Kind != "" {
		w.and("a.kind = " + w.arg(f.Kind))
	}
	if !f.From.IsZero() {
		w.and("a.from_at >= " + w.arg(at(f.From)))
	}
	if !f.To.IsZero() {
		w.and("a.from_at < " + w.arg(at(f.To)))
	}
	if !f.Ends.IsZero() {
		w.and("a.to_at > " + w.arg(at(f.Ends)))
	}
	if f.Public {
		w.and("a.state IN ('open','running','done','closed')")
	}
	if f.State != "" {
		w.and("a.state = " + w.arg(string(f.State)))
	}
	w.organisers(f)
	order, beyond := "a.from_at, a.id", " > "
	if f.Latest {
		order, beyond = "a.from_at DESC, a.id DESC", " < "
	}
	if f.After != 0 {
		from := w.arg(at(f.AfterAt))
		w.and("(a.from_at" + beyond + from + " OR a.from_at = " + from + " AND a.id" + beyond + w.arg(int64(f.After)) + ")")
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	return collect(r, scanActivity, `SELECT `+activitySelect+` FROM activities a WHERE `+w.sql()+` ORDER BY `+order+` LIMIT `+w.arg(limit), w.args...)
}

func (w *where) organisers(f ActivityFilter) {
	var any []string
	for _, u := range f.Under {
		any = append(any, "(a.unit = '' AND "+w.prefix("a.area", u)+")")
	}
	for _, u := range f.Units {
		any = append(any, "a.unit = "+w.arg(u))
	}
	if any != nil {
		w.and("(" + strings.Join(any, " OR ") + ")")
	}
}

// Part is one activity with one person's part in it.
type Part struct {
	Activity activity.Activity
	SignUp   activity.SignUp
}

// Parts lists what a person ever signed up for, latest first.
func (r *Reader) Parts(p casework.Person, limit int) ([]Part, error) {
	return collect(r, func(rows *Rows) (x Part, err error) {
		a, doneA := activityDest(&x.Activity)
		s, doneS := signUpDest(&x.SignUp)
		err = rows.Scan(append(a, s...)...)
		doneA()
		doneS()
		return x, err
	}, `SELECT `+activitySelect+`, `+signUpSelect+` FROM activity_people p JOIN activities a ON a.zone=p.zone AND a.id=p.activity
		WHERE p.zone=$1 AND p.person=$2 ORDER BY a.from_at DESC, a.id DESC LIMIT $3`, r.Zone, int64(p), limit)
}

// SignUpsOf is one person's part in each of the activities, by activity.
func (r *Reader) SignUpsOf(p casework.Person, ids []activity.ID) (map[activity.ID]activity.SignUp, error) {
	out := map[activity.ID]activity.SignUp{}
	if len(ids) == 0 || p == 0 {
		return out, nil
	}
	w := &where{}
	w.and("p.zone = " + w.arg(r.Zone) + " AND p.person = " + w.arg(int64(p)))
	in := make([]string, len(ids))
	for i, id := range ids {
		in[i] = w.arg(int64(id))
	}
	w.and("p.activity IN (" + strings.Join(in, ",") + ")")
	list, err := collect(r, scanSignUp, `SELECT `+signUpSelect+` FROM activity_people p WHERE `+w.sql(), w.args...)
	for _, s := range list {
		out[s.Activity] = s
	}
	return out, err
}
