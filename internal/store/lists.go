package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/geo"
)

// CaseLine is one row of a list: what a reader needs to choose, nothing more.
type CaseLine struct {
	ID        casework.ID
	Number    string
	Title     string
	Procedure string // with Version, what Stage is a stage of
	Version   int
	Matter    string
	Source    string
	Area      string
	Address   string
	Point     geo.Point
	HasPoint  bool
	Stage     string
	Holder    casework.Holder
	Unit      string
	Opened    time.Time
	Due       time.Time // zero when no deadline runs
	Closed    time.Time // zero while open
	Level     int       // rung of supervision the clocks running now have reached
	Rating    int
	Kind      string            // in an inbox: what is asked of the viewer ("case", "extension" …)
	Since     time.Time         // in an inbox: since when
	Fields    map[string]string // as far as CaseFields was asked for them
}

const lineColumns = `c.id, c.number, c.title, c.procedure, c.version, c.matter, c.source, c.area, c.address, c.lng, c.lat, c.stage, c.holder, c.unit, c.opened_at, c.due_at, c.closed_at, c.level, c.rating`

func lineDest(l *CaseLine, raw *lineRaw) []any {
	return []any{&l.ID, &l.Number, &l.Title, &l.Procedure, &l.Version, &l.Matter, &l.Source, &l.Area, &l.Address, &raw.lng, &raw.lat, &l.Stage, &raw.holder, &l.Unit,
		&raw.opened, &raw.due, &raw.closed, &l.Level, &l.Rating}
}

type lineRaw struct {
	lng, lat, opened, due, closed int64
	holder                        string
}

func (raw lineRaw) into(l *CaseLine) {
	l.Point, l.HasPoint = degrees(raw.lng, raw.lat)
	l.Holder = casework.ParseHolder(raw.holder)
	l.Opened, l.Due, l.Closed = ms(raw.opened), ms(raw.due), ms(raw.closed)
}

func scanLine(rows *Rows) (CaseLine, error) {
	var l CaseLine
	var raw lineRaw
	err := rows.Scan(lineDest(&l, &raw)...)
	raw.into(&l)
	return l, err
}

func scanTask(rows *Rows) (CaseLine, error) {
	var l CaseLine
	var raw lineRaw
	var since, taskDue int64
	err := rows.Scan(append(lineDest(&l, &raw), &l.Kind, &since, &taskDue)...)
	raw.into(&l)
	l.Since, l.Due = ms(since), ms(taskDue)
	return l, err
}

// CaseFilter narrows a list. Empty fields do not narrow.
type CaseFilter struct {
	State     string // "open", "closed" or ""
	Light     string // "red" overdue, "yellow" warned but not overdue, "grey" no clock running; open cases only
	Matter    string // prefix of the matter code
	Kind      string // one matter code, exactly
	Area      string // prefix of the area code
	Stage     string
	Source    string
	Procedure string      // one procedure; "" any
	Parent    casework.ID // sub-cases of one case; 0 any
	Unit      string      // the unit that last held it
	Text      string      // full text: title, description, address, number
	From      time.Time
	To        time.Time // opened in [From, To)
	After     Cursor
	Limit     int // 1 to 10,000; 0 means 20
}

// Cursor is the key of the last row of the page before: lists are paged by key, never by offset.
// The zero Cursor is the first page.
type Cursor struct {
	Due int64
	ID  int64
}

// NextCursor is where the page after the given rows begins, and whether there can be one.
func NextCursor(lines []CaseLine, limit int) (Cursor, bool) {
	if limit == 0 {
		limit = defaultPage
	}
	if len(lines) < limit {
		return Cursor{}, false
	}
	last := lines[len(lines)-1]
	return Cursor{Due: taskDue(last.Due), ID: int64(last.ID)}, true
}

const defaultPage = 20

func (f CaseFilter) limit() int {
	if f.Limit <= 0 {
		return defaultPage
	}
	return min(f.Limit, 10_000)
}

// window is how long a period may be whose cases are better looked up by when they were opened than
// met on the way down from the newest.
const window = 45 * 24 * time.Hour

// short reports a period whose cases are better looked up by when they were opened.
func (f CaseFilter) short() bool {
	return !f.From.IsZero() && !f.To.IsZero() && f.To.Sub(f.From) <= window
}

func (w *where) filter(f CaseFilter, now time.Time) {
	switch f.State {
	case "open":
		w.and("c.closed_at = 0")
	case "closed":
		w.and("c.closed_at <> 0")
	}
	switch f.Light {
	case "red":
		w.and("c.closed_at = 0 AND c.due_at <> 0 AND c.due_at < " + w.arg(at(now)))
	case "yellow":
		w.and("c.closed_at = 0 AND c.level >= 1 AND c.due_at >= " + w.arg(at(now)))
	case "green":
		w.and("c.closed_at = 0 AND c.level = 0 AND c.due_at >= " + w.arg(at(now)))
	case "grey":
		w.and("c.closed_at = 0 AND c.due_at = 0")
	}
	if f.Matter != "" {
		w.and(w.prefix("c.matter", f.Matter))
	}
	if f.Kind != "" {
		w.and("c.matter = " + w.arg(f.Kind))
	}
	if f.Area != "" {
		w.and(w.prefix("c.area", f.Area))
	}
	if f.Stage != "" {
		w.and("c.stage = " + w.arg(f.Stage))
	}
	if f.Source != "" {
		w.and("c.source = " + w.arg(f.Source))
	}
	if f.Procedure != "" {
		w.and("c.procedure = " + w.arg(f.Procedure))
	}
	if f.Parent != 0 {
		w.and("c.parent <> 0 AND c.parent = " + w.arg(int64(f.Parent)))
	}
	if f.Unit != "" {
		w.and("c.unit = " + w.arg(f.Unit))
	}
	if !f.From.IsZero() {
		w.and("c.opened_at >= " + w.arg(at(f.From)))
		// A case's id is made when it is opened, or later; so a list that goes down the ids can stop.
		w.and("c.id >= " + w.arg(firstID(f.From)))
	}
	if !f.To.IsZero() {
		w.and("c.opened_at < " + w.arg(at(f.To)))
	}
}

// of finds the cases of one procedure, with ids after one, by an index that has nothing else in it, whatever the planner takes
// to be the size of a zone.
func (w *where) of(procedure string, open bool, after int64) {
	if procedure == "" {
		return
	}
	cond := "x.zone = $1 AND x.procedure = " + w.arg(procedure)
	if after > 0 {
		cond += " AND x.id > " + w.arg(after)
	}
	if open && procedure != untagged {
		cond += " AND x.closed_at = 0 AND x.procedure <> '" + untagged + "'" // in the words of cases_open_kinds
	}
	w.and("c.id IN (SELECT x.id FROM cases x WHERE " + cond + ")")
}

// Cases lists cases, newest first.
func (r *Reader) Cases(scope Scope, f CaseFilter) ([]CaseLine, error) {
	w := newWhere(r.Zone)
	if scope.All && f.short() && f.Text == "" && f.Area == "" && f.Unit == "" {
		w.secret(scope)
		return r.period(w, f)
	}
	if branches := branchesOf(scope, f); branches != nil {
		w.and("c.id IN (" + w.union(branches, scope, f, r.Now) + ")")
		return collect(r, scanLine, `SELECT `+lineColumns+` FROM cases c WHERE `+w.sql()+` ORDER BY c.id DESC LIMIT `+w.arg(f.limit()), w.args...)
	}
	from, order, ok := r.source(w, scope, f)
	if !ok {
		return nil, nil
	}
	w.visible(scope)
	w.filter(f, r.Now)
	if f.After != (Cursor{}) {
		w.and(order + " < " + w.arg(f.After.ID))
	}
	return collect(r, scanLine, `SELECT `+lineColumns+` FROM `+from+` WHERE `+w.sql()+` ORDER BY `+order+` DESC LIMIT `+w.arg(f.limit()), w.args...)
}

// period lists the cases opened in a short period, down the index of when they were opened. That is the order of
// ids too, unless a clock was set back.
func (r *Reader) period(w *where, f CaseFilter) ([]CaseLine, error) {
	w.filter(f, r.Now)
	if f.After != (Cursor{}) {
		w.and("(c.opened_at, c.id) < (SELECT x.opened_at, x.id FROM cases x WHERE x.zone = $1 AND x.id = " + w.arg(f.After.ID) + ")")
	}
	return collect(r, scanLine, `SELECT `+lineColumns+` FROM cases c WHERE `+w.sql()+` ORDER BY c.opened_at DESC, c.id DESC LIMIT `+w.arg(f.limit()), w.args...)
}

// EachCase calls fn for every case the filter selects, oldest first, without holding them all.
func (r *Reader) EachCase(scope Scope, f CaseFilter, fn func(casework.Case, time.Time) error) error {
	w := newWhere(r.Zone)
	w.visible(scope)
	w.filter(f, r.Now)
	w.of(f.Procedure, f.State == "open", 0)
	rows, err := r.query(`SELECT `+caseColumns+` FROM cases c WHERE `+w.sql()+` ORDER BY c.id`, w.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	scan := scanCase(r.Zone)
	for rows.Next() {
		c, err := scan(rows)
		if err != nil {
			return err
		}
		if err := fn(scope.conceal(c), r.Now); err != nil {
			return err
		}
	}
	return rows.Err()
}

// OpenPoints lists open cases with a place on the map, most urgent first, at most limit.
func (r *Reader) OpenPoints(scope Scope, f CaseFilter) ([]CaseLine, error) {
	w := newWhere(r.Zone)
	f.State = "open"
	w.and("c.lat <> 0")
	w.visible(scope)
	w.filter(f, r.Now)
	return collect(r, scanLine, `SELECT `+lineColumns+` FROM cases c WHERE `+w.sql()+` ORDER BY c.due_at, c.id LIMIT `+w.arg(f.limit()), w.args...)
}

// Inbox lists what waits for somebody holding the duties, most urgent first. Tasks under several
// duties come once each; the filter narrows by the case's own columns.
func (r *Reader) Inbox(duties []casework.Duty, f CaseFilter) ([]CaseLine, error) {
	if len(duties) == 0 {
		return nil, nil
	}
	w := newWhere(r.Zone)
	var parts []string
	limit := w.arg(f.limit())
	for _, key := range dutyKeys(duties) {
		for _, cond := range []string{"t.holder = " + w.arg(key), "t.holder > " + w.arg(key) + " AND t.holder < " + w.arg(key+"~")} {
			sub := newWhere(r.Zone)
			sub.conds, sub.args = nil, w.args
			sub.and("t.zone = $1 AND " + cond)
			if f.After != (Cursor{}) {
				sub.and("(t.due_at > " + sub.arg(f.After.Due) + " OR (t.due_at = " + sub.arg(f.After.Due) + " AND t.case_id > " + sub.arg(f.After.ID) + "))")
			}
			sub.filter(f, r.Now)
			w.args = sub.args
			parts = append(parts, `SELECT * FROM (SELECT `+lineColumns+`, t.kind, t.since, t.due_at AS task_due FROM case_tasks t
				JOIN cases c ON c.zone = t.zone AND c.id = t.case_id WHERE `+sub.sql()+` ORDER BY t.due_at, t.case_id LIMIT `+limit+`) p`+itoa(len(parts)))
		}
	}
	return collect(r, scanTask, strings.Join(parts, " UNION ")+` ORDER BY task_due, id LIMIT `+limit, w.args...)
}

// InboxCount counts what waits under the duties and how much of it is overdue.
func (r *Reader) InboxCount(duties []casework.Duty) (all, overdue int, err error) {
	for _, key := range dutyKeys(duties) {
		n, err := find(r, nil, func(rows *Rows) ([2]int, error) {
			var n [2]int
			return n, rows.Scan(&n[0], &n[1])
		}, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN due_at < $4 THEN 1 ELSE 0 END), 0) FROM case_tasks WHERE zone = $1 AND holder >= $2 AND holder < $3`,
			r.Zone, key, key+"~", at(r.Now))
		if err != nil {
			return 0, 0, err
		}
		all, overdue = all+n[0], overdue+n[1]
	}
	return all, overdue, nil
}

// dutyKeys are the keys of the duties without those another one already covers.
func dutyKeys(duties []casework.Duty) []string {
	var keys []string
	for _, d := range duties {
		k := casework.Holder(d).Key()
		covered := false
		for _, other := range duties {
			if o := casework.Holder(other).Key(); o != k && strings.HasPrefix(k, o) {
				covered = true
			}
		}
		for _, have := range keys {
			covered = covered || have == k
		}
		if !covered {
			keys = append(keys, k)
		}
	}
	return keys
}

// branch is one reason why a case is in a list, with an index that gives its cases quickly.
type branch struct {
	area     string // in this subtree; "" anywhere
	reporter int64  // reported by; 0 by anybody
	matter   string // of this kind; "" of any
}

// branchesOf parts a list into branches that each have an index of their own: a micro-grid, what is open
// below a community, what a person reported, a kind of matter in the district or a street. It gives nil when the
// list has no words but a part without such an index, or when it has words.
func branchesOf(s Scope, f CaseFilter) []branch {
	open := f.State == "open" || f.Light != ""
	quick := func(area string) bool { return len(area) == 17 || open && len(area) >= 12 }
	switch {
	case f.Text != "" || f.Unit != "" || len(s.Units) > 0:
		return nil
	case s.All && quick(f.Area):
		return []branch{{area: f.Area}}
	case f.Kind != "" && f.wide(s):
		return []branch{{matter: f.Kind}}
	case s.All || f.Area != "":
		return nil
	}
	var out []branch
	for _, a := range s.Areas {
		if !quick(a) {
			return nil
		}
		out = append(out, branch{area: a})
	}
	if s.Person != 0 {
		out = append(out, branch{reporter: s.Person})
	}
	return out
}

// street is the length of a street's code.
const street = 9

// wide reports a list over whole streets, where the rows of one kind of matter are quicker to look through than
// the rows of the place.
func (f CaseFilter) wide(s Scope) bool {
	if len(f.Area) > street || s.Person != 0 && !s.All {
		return false
	}
	return s.All || !slices.ContainsFunc(s.Areas, func(a string) bool { return len(a) > street })
}

// union selects the ids of the first page of each branch.
func (w *where) union(branches []branch, scope Scope, f CaseFilter, now time.Time) string {
	var parts []string
	for i, b := range branches {
		part, f := &where{args: w.args}, f
		part.and("c.zone = $1")
		if b.matter == "" {
			f.Area = ""
		}
		switch {
		case b.matter != "":
			part.scope(scope) // and filter says which matter
		case b.reporter != 0:
			part.and("c.reporter <> 0 AND c.reporter = " + part.arg(b.reporter))
		case len(b.area) == 17:
			part.and("c.area = " + part.arg(b.area))
		default:
			part.and(part.prefix("c.area", b.area))
		}
		part.secret(scope)
		part.filter(f, now)
		if f.After != (Cursor{}) {
			part.and("c.id < " + part.arg(f.After.ID))
		}
		parts = append(parts, `SELECT id FROM (SELECT c.id FROM cases c WHERE `+part.sql()+` ORDER BY c.id DESC LIMIT `+part.arg(f.limit())+`) b`+itoa(i))
		w.args = part.args
	}
	return strings.Join(parts, " UNION ")
}

// source is what a list reads from, and the column that orders it: the cases themselves, or the full-text
// index with the cases it finds. On SQLite the index also serves lists without words: it knows,
// in the order of ids, the cases of every area, unit and reporter. PostgreSQL's index has no order,
// so there it only searches for words. ok is false when the words can match nothing.
func (r *Reader) source(w *where, scope Scope, f CaseFilter) (from, order string, ok bool) {
	search := found{words: f.Text}
	if search.none() {
		return "", "", false
	}
	if f.Text != "" || r.dialect == SQLite {
		search.narrow(r.Zone, scope, f)
	}
	switch {
	case search.empty():
		return "cases c", "c.id", true
	case r.dialect == SQLite:
		// CROSS JOIN keeps SQLite to this order of tables; ordering by rowid lets the index give the
		// newest first and stop, without sorting every hit.
		w.and("case_text MATCH " + w.arg(search.match()))
		return "case_text t CROSS JOIN cases c ON c.id = t.rowid", "t.rowid", true
	default:
		w.and("t.body @@ CAST(" + w.arg(search.tsquery()) + " AS tsquery)")
		return "case_text t JOIN cases c ON c.zone = t.zone AND c.id = t.id", "c.id", true
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

// MergedInto lists the cases that were merged into one, oldest first.
func (r *Reader) MergedInto(id casework.ID) ([]CaseLine, error) {
	return collect(r, scanLine, `SELECT `+lineColumns+` FROM cases c WHERE c.zone=$1 AND c.merged_to <> 0 AND c.merged_to=$2 ORDER BY c.id LIMIT 100`, r.Zone, int64(id))
}

// CaseFields fills in what moves have written in the cases of a page. What is sealed is not there.
func (r *Reader) CaseFields(lines []CaseLine) error {
	if len(lines) == 0 {
		return nil
	}
	w := newWhere(r.Zone)
	in, at := "", map[int64]int{}
	for i, l := range lines {
		if i > 0 {
			in += ","
		}
		in += w.arg(int64(l.ID))
		at[int64(l.ID)] = i
	}
	rows, err := r.query(`SELECT c.id, c.state FROM cases c WHERE `+w.sql()+` AND c.id IN (`+in+`)`, w.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var state string
		if err := rows.Scan(&id, &state); err != nil {
			return err
		}
		if err := lines[at[id]].takeFields(state); err != nil {
			return err
		}
	}
	return rows.Err()
}

// takeFields fills in what moves have written, from the case's state.
func (l *CaseLine) takeFields(state string) error {
	var s struct {
		Fields map[string]string `json:"fields"`
	}
	if err := json.Unmarshal([]byte(state), &s); err != nil {
		return fmt.Errorf("case %d: state: %w", l.ID, err)
	}
	l.Fields = s.Fields
	return nil
}
