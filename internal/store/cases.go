package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/proof"
)

const caseColumns = `c.id, c.number, c.procedure, c.version, c.matter, c.standard, c.source, c.title, c.body,
	c.area, c.lng, c.lat, c.address, c.reporter, c.stage, c.holder, c.opened_at, c.filed_at, c.handled_at, c.closed_at,
	c.result, c.rating, c.merged_to, c.level, c.wake_at, c.revision, c.state, c.parent, c.sealed`

func scanCase(zone int) func(*Rows) (casework.Case, error) {
	return func(rows *Rows) (casework.Case, error) { return scanCaseAnd(zone, rows) }
}

// scanCaseAnd reads caseColumns and the columns that a statement selects after them.
func scanCaseAnd(zone int, rows *Rows, more ...any) (casework.Case, error) {
	c := casework.Case{Zone: zone}
	var lng, lat, opened, filed, handled, closed, wake, standing int64
	var holder, state, sealed string
	err := rows.Scan(append([]any{&c.ID, &c.Number, &c.Procedure, &c.Version, &c.Matter, &c.Standard, &c.Source, &c.Title, &c.Text,
		&c.Place.Area, &lng, &lat, &c.Place.Address, &c.Reporter, &c.Stage, &holder, &opened, &filed, &handled, &closed,
		&c.Result, &c.Rating, &c.MergedTo, &standing, &wake, &c.Revision, &state, &c.Parent, &sealed}, more...)...)
	if err != nil {
		return c, err
	}
	if err := decodeState(state, &c); err != nil {
		return c, fmt.Errorf("case %d: state: %w", c.ID, err)
	}
	if sealed != "" {
		c.Sealed = strings.Split(strings.Trim(sealed, ","), ",")
	}
	c.Place.Point, c.Place.HasPoint = degrees(lng, lat)
	c.Holder = casework.ParseHolder(holder)
	c.Opened, c.Filed, c.Handled, c.Closed, c.Wake = ms(opened), ms(filed), ms(handled), ms(closed), ms(wake)
	return c, nil
}

var errNoCase = fault.New(fault.NotFound, "没有这件案件，或者您无权查看。", "There is no such case, or it is not yours to see.")

// Case loads one case the scope may read; NotFound otherwise. Who reported a confidential one is left out unless the
// scope may know.
func (r *Reader) Case(id casework.ID, scope Scope) (casework.Case, error) {
	c, err := r.readable(scope, func(w *where) { w.and("c.id = " + w.arg(int64(id))) })
	return scope.conceal(c), err
}

// Case loads one case the scope may read, whole, for changing it: what is decided about it rests on who reported it.
func (tx *Tx) Case(id casework.ID, scope Scope) (casework.Case, error) {
	return tx.readable(scope, func(w *where) { w.and("c.id = " + w.arg(int64(id))) })
}

// readable loads the case that the condition names, provided that the scope may read it.
func (r *Reader) readable(scope Scope, cond func(*where)) (casework.Case, error) {
	b := newWhere(r.Zone)
	cond(b)
	b.visible(scope)
	return find(r, errNoCase, scanCase(r.Zone), `SELECT `+caseColumns+` FROM cases c WHERE `+b.sql(), b.args...)
}

// whole loads a case for the store's own decisions.
func (r *Reader) whole(id casework.ID) (casework.Case, error) {
	return r.readable(Everything, func(w *where) { w.and("c.id = " + w.arg(int64(id))) })
}

// conceal leaves out of a case what the scope may not know.
func (s Scope) conceal(c casework.Case) casework.Case {
	if !s.opens(&c) {
		c, _ = c.Conceal(nil)
	}
	return c
}

// CaseByNumber loads a case by the number people know it by.
func (r *Reader) CaseByNumber(number string, scope Scope) (casework.Case, error) {
	c, err := r.readable(scope, func(w *where) { w.and("c.number = " + w.arg(number)) })
	return scope.conceal(c), err
}

// find runs a query that must give a row; missing says what to answer when it gives none.
func find[T any](r *Reader, missing error, scan func(*Rows) (T, error), sql string, args ...any) (T, error) {
	found, err := collect(r, scan, sql, args...)
	if err != nil || len(found) == 0 {
		var zero T
		if err == nil {
			err = missing
		}
		return zero, err
	}
	return found[0], nil
}

var (
	caseInserted = strings.Fields(`zone id number procedure version matter standard source title body area lng lat address
		reporter stage holder unit opened_at filed_at handled_at closed_at due_at result rating merged_to level wake_at revision state parent sealed`)
	eventInserted = strings.Fields(`zone case_id seq at actor duty acted_for move from_stage to_stage holder reason note fields photos due_at entry content`)

	addCaseSQL  = insertSQL("cases", caseInserted, 1)
	addEventSQL = insertSQL("case_events", eventInserted, 1)
)

// caseRow is a case's values for caseInserted.
func caseRow(zone int, c *casework.Case, due time.Time, state string) []any {
	lng, lat := e7(c.Place)
	return []any{zone, int64(c.ID), c.Number, c.Procedure, c.Version, c.Matter, c.Standard, c.Source, c.Title, c.Text, c.Place.Area, lng, lat, c.Place.Address,
		int64(c.Reporter), c.Stage, c.Holder.Key(), unitOf(c.Holder), at(c.Opened), at(c.Filed), at(c.Handled), at(c.Closed), at(due), c.Result, c.Rating, int64(c.MergedTo), c.Standing(), at(c.Wake), c.Revision, state, int64(c.Parent), sealedFor(c)}
}

// sealedFor are the roles that may know who reported a case, as its column has them.
func sealedFor(c *casework.Case) string {
	if len(c.Sealed) == 0 {
		return ""
	}
	return "," + strings.Join(c.Sealed, ",") + ","
}

// encodeEvent is an event as its table has it.
func encodeEvent(zone int, id casework.ID, number string, e *casework.Event) (proof.Event, error) {
	fields, err := jsonOrEmpty(len(e.Fields), e.Fields)
	if err != nil {
		return proof.Event{}, err
	}
	photos, err := jsonOrEmpty(len(e.Photos), e.Photos)
	return proof.Event{Zone: zone, Case: int64(id), Number: number, Seq: int64(e.Seq), At: at(e.At), Actor: int64(e.Actor), Duty: casework.Holder(e.Duty).Key(), For: int64(e.For),
		Move: e.Move, From: e.From, To: e.To, Holder: e.Holder.Key(), Reason: e.Reason, Note: e.Note, Fields: fields, Photos: photos, Due: at(e.Due), Content: []byte{}}, err
}

// eventRow is an event's values for eventInserted.
func eventRow(e *proof.Event, entry int64) []any {
	return []any{e.Zone, e.Case, e.Seq, e.At, e.Actor, e.Duty, e.For, e.Move, e.From, e.To, e.Holder, e.Reason, e.Note, e.Fields, e.Photos, e.Due, entry, e.Content}
}

// AddCase stores a new case with the tasks it puts into inboxes and the text it is found by.
func (tx *Tx) AddCase(c casework.Case, due time.Time, tasks []casework.Task, text string) error {
	state, err := encodeState(c)
	if err != nil {
		return err
	}
	row := caseRow(tx.Zone, &c, due, state)
	if err := tx.exec(addCaseSQL, row...); err != nil {
		return fmt.Errorf("add case %s: %w", c.Number, err)
	}
	tx.saved = savedCase{c.ID, c.Number, c.Revision, digestCase(row)}
	tags := caseTags(tx.Zone, &c, unitsOf(tasks))
	if err := tx.indexText("case_text", caseEntry(tx.dialect, int64(c.ID), text, tags)); err != nil {
		return err
	}
	return tx.setTasks(c, nil, tasks)
}

// MoveCase stores what became of a case, provided nobody changed it since was was read.
// wasTasks and tasks are the inbox entries before and after; text gives what the case is found by, and
// is asked only when the case has come to a new unit or another area.
func (tx *Tx) MoveCase(was, now casework.Case, due time.Time, wasTasks, tasks []casework.Task, text func() string) error {
	state, err := encodeState(now)
	if err != nil {
		return err
	}
	stale := fault.New(fault.Conflict, "这件案件刚刚被别人处理过，请刷新后再操作。", "Somebody else has just moved this case. Reload it and try again.")
	set, args := caseChanges(&was, &now)
	args = append(args, now.Stage, now.Holder.Key(), at(due), now.Standing(), now.Revision, state, tx.Zone, int64(now.ID), was.Revision)
	n := len(args) - 8
	err = tx.mustChange(stale, fmt.Sprintf(`UPDATE cases SET %sstage=$%d, holder=$%d, due_at=$%d, level=$%d, revision=$%d, state=$%d
		WHERE zone=$%d AND id=$%d AND revision=$%d`, set, n, n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8), args...)
	if err != nil {
		return fmt.Errorf("move case %s: %w", now.Number, err)
	}
	tx.saved = savedCase{now.ID, now.Number, now.Revision, digestCase(caseRow(tx.Zone, &now, due, state))}
	if err := tx.setTasks(now, wasTasks, tasks); err != nil {
		return err
	}
	had := unitsOf(wasTasks)
	if was.Place.Area == now.Place.Area && !slices.ContainsFunc(unitsOf(tasks), func(u string) bool { return !slices.Contains(had, u) }) {
		return nil
	}
	return tx.retag(now, text)
}

// caseChanges sets the columns that seldom change, as far as they did. SQLite takes a row out of every index
// on a column that a statement sets and puts it back, changed or not; setting them all made a move
// write six indexes for nothing.
func caseChanges(was, now *casework.Case) (set string, args []any) {
	change := func(column string, differs bool, value any) {
		if differs {
			args = append(args, value)
			set += column + "=$" + itoa(len(args)) + ", "
		}
	}
	unit := unitOf(now.Holder)
	change("matter", was.Matter != now.Matter, now.Matter)
	change("standard", was.Standard != now.Standard, now.Standard)
	change("area", was.Place.Area != now.Place.Area, now.Place.Area)
	change("unit", unit != "" && unit != unitOf(was.Holder), unit)
	change("filed_at", !was.Filed.Equal(now.Filed), at(now.Filed))
	change("handled_at", !was.Handled.Equal(now.Handled), at(now.Handled))
	change("closed_at", !was.Closed.Equal(now.Closed), at(now.Closed))
	change("result", was.Result != now.Result, now.Result)
	change("rating", was.Rating != now.Rating, now.Rating)
	change("merged_to", was.MergedTo != now.MergedTo, int64(now.MergedTo))
	change("wake_at", !was.Wake.Equal(now.Wake), at(now.Wake))
	return set, args
}

// retag indexes a case anew under every unit that ever held it.
func (tx *Tx) retag(c casework.Case, text func() string) error {
	units, err := collect(&tx.Reader, func(rows *Rows) (u string, err error) { return u, rows.Scan(&u) },
		`SELECT unit FROM case_units WHERE zone=$1 AND case_id=$2 ORDER BY unit`, tx.Zone, int64(c.ID))
	if err != nil {
		return err
	}
	tags := caseTags(tx.Zone, &c, units)
	return tx.indexText("case_text", caseEntry(tx.dialect, int64(c.ID), text(), tags))
}

// unitsOf are the units among the holders of tasks.
func unitsOf(tasks []casework.Task) []string {
	var units []string
	for _, t := range tasks {
		if u := unitOf(t.Holder); u != "" && !slices.Contains(units, u) {
			units = append(units, u)
		}
	}
	return units
}

// setTasks changes the inboxes from what they held to what they shall hold, touching only what differs.
func (tx *Tx) setTasks(c casework.Case, was, now []casework.Task) error {
	same := func(list []casework.Task, t casework.Task) bool {
		for _, x := range list {
			if x.Kind == t.Kind && x.Holder == t.Holder && x.Due.Equal(t.Due) {
				return true
			}
		}
		return false
	}
	for _, t := range was {
		if same(now, t) {
			continue
		}
		if err := tx.exec(`DELETE FROM case_tasks WHERE zone=$1 AND holder=$2 AND due_at=$3 AND case_id=$4 AND kind=$5`,
			tx.Zone, t.Holder.Key(), taskDue(t.Due), int64(c.ID), t.Kind); err != nil {
			return err
		}
	}
	for _, t := range now {
		if same(was, t) {
			continue
		}
		if err := tx.exec(`INSERT INTO case_tasks (zone, holder, due_at, case_id, kind, since) VALUES ($1,$2,$3,$4,$5,$6)`,
			tx.Zone, t.Holder.Key(), taskDue(t.Due), int64(c.ID), t.Kind, at(tx.Now)); err != nil {
			return err
		}
		if unit := unitOf(t.Holder); unit != "" {
			if err := tx.exec(`INSERT INTO case_units (zone, unit, case_id) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING`,
				tx.Zone, unit, int64(c.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

// unitOf is the unit that holds a case; a reporting person is none.
func unitOf(h casework.Holder) string {
	if h.Role == casework.RoleReporter {
		return ""
	}
	return h.Unit
}

// AddEvents appends to the history of the case that AddCase or MoveCase has just stored, and logs it. Two writers of one
// sequence number cannot both succeed. A change without a line of history is logged as the state it leads to.
func (tx *Tx) AddEvents(id casework.ID, events []casework.Event) error {
	if tx.saved.id != id {
		return fmt.Errorf("events of case %d without the case itself", id)
	}
	if len(events) == 0 {
		return tx.logState(tx.saved)
	}
	for i := range events {
		e, err := encodeEvent(tx.Zone, id, tx.saved.number, &events[i])
		if err != nil {
			return err
		}
		if i == len(events)-1 {
			e.Content = tx.saved.digest
		}
		entry := tx.NewID()
		if err := tx.exec(addEventSQL, eventRow(&e, entry)...); err != nil {
			return fmt.Errorf("add event %d of case %d: %w", e.Seq, id, err)
		}
		tx.Log(proof.KindCase, entry, e.Leaf())
	}
	return nil
}

// History loads one case that the scope may read and its events, oldest first, both without what the scope may not know.
func (r *Reader) History(id casework.ID, scope Scope) (casework.Case, []casework.Event, error) {
	c, err := r.readable(scope, func(w *where) { w.and("c.id = " + w.arg(int64(id))) })
	if err != nil {
		return c, nil, err
	}
	events, err := r.events(id)
	if !scope.opens(&c) {
		c, events = c.Conceal(events)
	}
	return c, events, err
}

func (r *Reader) events(id casework.ID) ([]casework.Event, error) {
	return collect(r, scanEvent, `SELECT `+eventColumns+`
		FROM case_events WHERE zone=$1 AND case_id=$2 ORDER BY seq`, r.Zone, int64(id))
}

// SubCases lists the sub-cases of a case, oldest first. Whoever may read the case may see that they are there.
func (r *Reader) SubCases(id casework.ID) ([]CaseLine, error) {
	return collect(r, scanLine, `SELECT `+lineColumns+` FROM cases c WHERE c.zone=$1 AND c.parent <> 0 AND c.parent=$2 ORDER BY c.id LIMIT 1000`, r.Zone, int64(id))
}

const eventColumns = `seq, at, actor, duty, acted_for, move, from_stage, to_stage, holder, reason, note, fields, photos, due_at`

func scanEvent(rows *Rows) (casework.Event, error) { return scanEventAfter(rows) }

// scanEventAfter scans an event whose columns come after others.
func scanEventAfter(rows *Rows, before ...any) (casework.Event, error) {
	var e casework.Event
	var when, due int64
	var duty, holder, fields, photos string
	err := rows.Scan(append(before, &e.Seq, &when, &e.Actor, &duty, &e.For, &e.Move, &e.From, &e.To, &holder, &e.Reason, &e.Note, &fields, &photos, &due)...)
	if err != nil {
		return e, err
	}
	e.At, e.Due = ms(when), ms(due)
	e.Duty, e.Holder = casework.Duty(casework.ParseHolder(duty)), casework.ParseHolder(holder)
	if fields != "" {
		err = json.Unmarshal([]byte(fields), &e.Fields)
	}
	if photos != "" {
		err = errors.Join(err, json.Unmarshal([]byte(photos), &e.Photos))
	}
	return e, err
}

// Waking lists cases whose timers are due, earliest first, at most limit.
func (r *Reader) Waking(now time.Time, limit int) ([]casework.ID, error) {
	return collect(r, scanID, `SELECT id FROM cases WHERE zone=$1 AND wake_at <> 0 AND wake_at <= $2 ORDER BY wake_at LIMIT $3`,
		r.Zone, at(now), limit)
}

// NextWake is when the next timer of the zone is due; the zero time when none is set.
func (r *Reader) NextWake() (time.Time, error) {
	t, err := find(r, nil, scanTime, `SELECT wake_at FROM cases WHERE zone=$1 AND wake_at <> 0 ORDER BY wake_at LIMIT 1`, r.Zone)
	return t, err
}

// OpenCases lists the ids of every open case after the given one, for work that visits them all in steps.
func (r *Reader) OpenCases(after casework.ID, limit int) ([]casework.ID, error) {
	return collect(r, scanID, `SELECT id FROM cases WHERE zone=$1 AND closed_at = 0 AND id > $2 ORDER BY id LIMIT $3`,
		r.Zone, int64(after), limit)
}

func scanID(rows *Rows) (casework.ID, error) {
	var id casework.ID
	return id, rows.Scan(&id)
}

func scanTime(rows *Rows) (time.Time, error) {
	var t int64
	err := rows.Scan(&t)
	return ms(t), err
}

// Near lists open cases of the same matter within a square around the point that contains the circle
// of the given radius in metres; the caller measures the exact distance.
func (r *Reader) Near(matter string, p geo.Point, metres float64) ([]CaseLine, error) {
	const metresPerDegree = 111_320.0
	dLat := int64(metres / metresPerDegree * 1e7)
	dLng := int64(metres / (metresPerDegree * math.Cos(p.Lat*math.Pi/180)) * 1e7)
	lng, lat := int64(math.Round(p.Lng*1e7)), int64(math.Round(p.Lat*1e7))
	return collect(r, scanLine, `SELECT `+lineColumns+` FROM cases c WHERE c.zone=$1 AND c.closed_at = 0 AND c.matter = $2
		AND c.lat BETWEEN $3 AND $4 AND c.lng BETWEEN $5 AND $6 ORDER BY c.id DESC LIMIT 50`,
		r.Zone, matter, lat-dLat, lat+dLat, lng-dLng, lng+dLng)
}

// NextNumber counts up a named series, starting at 1.
func (tx *Tx) NextNumber(series string) (int64, error) {
	n, err := find(&tx.Reader, nil, func(rows *Rows) (int64, error) {
		var n int64
		return n, rows.Scan(&n)
	}, `INSERT INTO counters (zone, name, n) VALUES ($1, $2, 1) ON CONFLICT (zone, name) DO UPDATE SET n = counters.n + 1 RETURNING n`,
		tx.Zone, series)
	return n, err
}

func jsonOrEmpty(n int, v any) (string, error) {
	if n == 0 {
		return "", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

// farFuture sorts after every real deadline.
const farFuture = 253402300799000

func taskDue(t time.Time) int64 {
	if t.IsZero() {
		return farFuture
	}
	return at(t)
}

// at and ms turn times into unix milliseconds and back; 0 is the zero time.
func at(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func ms(n int64) time.Time {
	if n == 0 || n == farFuture {
		return time.Time{}
	}
	return time.UnixMilli(n).In(china)
}

// china is the one time zone of the country, without summer time since 1992.
var china = time.FixedZone("CST", 8*3600)

func e7(p casework.Place) (lng, lat int64) {
	if !p.HasPoint {
		return 0, 0
	}
	return int64(math.Round(p.Point.Lng * 1e7)), int64(math.Round(p.Point.Lat * 1e7))
}

func degrees(lng, lat int64) (geo.Point, bool) {
	if lng == 0 && lat == 0 {
		return geo.Point{}, false
	}
	return geo.Point{Lng: float64(lng) / 1e7, Lat: float64(lat) / 1e7}, true
}
