package store

import (
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/policy"
)

// GrantList is enterprises that are to have one item in one period, found by the policies.
type GrantList struct {
	ID       int64
	Item     string
	Title    string
	Period   string // "" once for ever, 2026, 2026-11
	Version  int    // of the policies it was last made by
	AsOf     int64  // day it was last made as of, since 1970-01-01
	Fund     int64  // that pays; 0 while nobody has said
	Auto     bool   // made by the system, because an event made enterprises eligible
	Public   time.Time
	Until    time.Time
	At       time.Time
	By       casework.Person // 0 the system
	Revision int64
}

const listColumns = `id, item, title, period, version, as_of, fund, auto, public_at, until, at, by_person, revision`

func scanGrantList(rows *Rows) (l GrantList, err error) {
	return l, rows.Scan(&l.ID, &l.Item, &l.Title, &l.Period, &l.Version, &l.AsOf, &l.Fund, &l.Auto, &l.Public, &l.Until, &l.At, &l.By, &l.Revision)
}

// AddGrantList stores a new list. There is one list of the system for an item and a period; who comes second makes the command
// run again.
func (tx *Tx) AddGrantList(l GrantList) error {
	tx.changed(grantListRecord, l.ID)
	return tx.mustChange(errStale, `INSERT INTO grant_lists (zone, `+listColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,1) ON CONFLICT DO NOTHING`,
		tx.Zone, l.ID, l.Item, l.Title, l.Period, l.Version, l.AsOf, l.Fund, bit(l.Auto), at(l.Public), at(l.Until), at(tx.Now), int64(l.By))
}

// SaveGrantList stores what changed about a list, unless somebody else has changed it since it was read.
func (tx *Tx) SaveGrantList(l GrantList) error {
	tx.changed(grantListRecord, l.ID)
	return tx.mustChange(nil, `UPDATE grant_lists SET title=$1, version=$2, as_of=$3, fund=$4, public_at=$5, until=$6, revision=revision+1 WHERE zone=$7 AND id=$8 AND revision=$9`,
		l.Title, l.Version, l.AsOf, l.Fund, at(l.Public), at(l.Until), tx.Zone, l.ID, l.Revision)
}

// GrantList loads one.
func (r *Reader) GrantList(id int64) (GrantList, error) {
	return find(r, fault.New(fault.NotFound, "没有这份名单。", "There is no such list."), scanGrantList, `SELECT `+listColumns+` FROM grant_lists WHERE zone=$1 AND id=$2`, r.Zone, id)
}

// AutoList loads the system's list of an item and a period; NotFound when there is none yet.
func (r *Reader) AutoList(item, period string) (GrantList, error) {
	return find(r, fault.New(fault.NotFound, "没有这份名单。", "There is no such list."), scanGrantList,
		`SELECT `+listColumns+` FROM grant_lists WHERE zone=$1 AND item=$2 AND period=$3 AND auto=1`, r.Zone, item, period)
}

// GrantLists lists lists, newest first; item "" is every item, before 0 begins with the newest.
func (r *Reader) GrantLists(item string, before int64, limit int) ([]GrantList, error) {
	w := &where{}
	w.and("zone = " + w.arg(r.Zone))
	if item != "" {
		w.and("item = " + w.arg(item))
	}
	if before != 0 {
		w.and("id < " + w.arg(before))
	}
	return collect(r, scanGrantList, `SELECT `+listColumns+` FROM grant_lists WHERE `+w.sql()+` ORDER BY id DESC LIMIT `+w.arg(limit), w.args...)
}

var (
	grantInserted = strings.Fields(`zone id list item grp share code name area period amount version inputs fund account note chosen raised at state due until order_no done_at reason
		events revision`)
	grantEventColumns = strings.Fields(`zone grant_id seq at actor act from_state to_state note ref`)
)

const grantColumns = `g.id, g.list, g.item, g.grp, g.code, g.name, g.area, g.period, g.amount, g.version, g.inputs, g.fund, g.account, g.note, g.chosen, g.raised, g.at, g.state, g.due,
	g.until, g.order_no, g.done_at, g.reason, g.events, g.revision`

func scanGrant(rows *Rows) (g policy.Grant, err error) {
	return g, rows.Scan(&g.ID, &g.List, &g.Item, &g.Group, &g.Code, &g.Name, &g.Area, &g.Period, &g.Amount, &g.Version, &g.Inputs, &g.Fund, &g.Account, &g.Note, &g.Chosen, &g.Raised,
		&g.At, &g.State, &g.Due, &g.Until, &g.Order, &g.Done, &g.Reason, &g.EventsNum, &g.Revision)
}

// share names what an enterprise has once of a group: one item of it in a year, or for ever.
func share(g policy.Grant) string {
	if g.Group == "" {
		return ""
	}
	year, _, _ := strings.Cut(g.Period, "-")
	return g.Group + "/" + year
}

// AddGrants stores new grants, each with its first event. When an enterprise has got the item, or another of its group, meanwhile,
// the command runs again.
func (tx *Tx) AddGrants(list []policy.Grant, events []policy.GrantEvent) error {
	rows, lines := make([][]any, len(list)), make([][]any, len(list))
	for i, g := range list {
		rows[i] = []any{tx.Zone, int64(g.ID), g.List, g.Item, g.Group, share(g), g.Code, g.Name, g.Area, g.Period, g.Amount, g.Version, g.Inputs, g.Fund, notNil(g.Account), g.Note,
			int64(g.Chosen), int64(g.Raised), at(g.At), string(g.State), at(g.Due), at(g.Until), g.Order, at(g.Done), g.Reason, g.EventsNum, g.Revision}
		lines[i] = tx.grantEvent(g.ID, events[i])
		tx.changed(grantRecord, g.ID)
	}
	if err := tx.putMany("grants", grantInserted, "ON CONFLICT DO NOTHING", errStale, rows); err != nil {
		return err
	}
	return tx.insertMany("grant_events", grantEventColumns, lines)
}

func (tx *Tx) grantEvent(id policy.GrantID, e policy.GrantEvent) []any {
	return []any{tx.Zone, int64(id), e.Seq, at(e.At), int64(e.Actor), string(e.Act), string(e.From), string(e.To), e.Note, e.Ref}
}

// MoveGrant stores what became of a grant since it was read as was, with the events that made it so.
func (tx *Tx) MoveGrant(was, now policy.Grant, events ...policy.GrantEvent) error {
	tx.changed(grantRecord, was.ID)
	stale := fault.New(fault.Conflict, "这笔兑付刚刚已由他人办理，请刷新后再看。", "Somebody else has just dealt with this grant. Reload to see it as it is.")
	if err := tx.mustChange(stale, `UPDATE grants SET amount=$1, fund=$2, account=$3, note=$4, chosen=$5, raised=$6, state=$7, due=$8, until=$9, order_no=$10, done_at=$11, reason=$12,
		events=$13, revision=$14, version=$15, inputs=$16 WHERE zone=$17 AND id=$18 AND revision=$19`, now.Amount, now.Fund, notNil(now.Account), now.Note, int64(now.Chosen), int64(now.Raised),
		string(now.State), at(now.Due), at(now.Until), now.Order, at(now.Done), now.Reason, now.EventsNum, now.Revision, now.Version, now.Inputs,
		tx.Zone, int64(was.ID), was.Revision); err != nil {
		return err
	}
	lines := make([][]any, len(events))
	for i, e := range events {
		lines[i] = tx.grantEvent(was.ID, e)
	}
	return tx.putMany("grant_events", grantEventColumns, "ON CONFLICT DO NOTHING", stale, lines)
}

var errNoGrant = fault.New(fault.NotFound, "没有这笔兑付，或不在您的职责范围内。", "There is no such grant, or it is not yours to see.")

// GrantFilter narrows a list of grants. Empty fields do not narrow.
type GrantFilter struct {
	List    int64
	Applied bool // applications only
	Item    string
	Code    string
	Fund    int64
	Order   string
	Words   string // the beginning of the code or a part of the name
	States  []policy.State
	After   policy.GrantID // where the last page ended
	Newest  bool           // newest first, else oldest first
	Limit   int            // 0: all of them
}

func (r *Reader) grantWhere(reach Reach, f GrantFilter) *where {
	w := &where{}
	w.and("g.zone = " + w.arg(r.Zone))
	w.within("g", reach)
	for column, v := range map[string]any{"list": f.List, "item": f.Item, "code": f.Code, "fund": f.Fund, "order_no": f.Order} {
		if v != int64(0) && v != "" {
			w.and("g." + column + " = " + w.arg(v))
		}
	}
	if f.Order != "" {
		w.and("g.order_no <> ''")
	}
	if f.Applied {
		w.and("g.list = 0")
	}
	w.called("g", f.Words)
	if len(f.States) > 0 {
		in := make([]string, len(f.States))
		for i, s := range f.States {
			in[i] = w.arg(string(s))
		}
		w.and("g.state IN (" + strings.Join(in, ",") + ")")
	}
	return w
}

// Grants lists grants within somebody's reach.
func (r *Reader) Grants(reach Reach, f GrantFilter) ([]policy.Grant, error) {
	w := r.grantWhere(reach, f)
	order := " ORDER BY g.id"
	if f.Newest {
		order += " DESC"
	}
	switch {
	case f.After != 0 && f.Newest:
		w.and("g.id < " + w.arg(int64(f.After)))
	case f.After != 0:
		w.and("g.id > " + w.arg(int64(f.After)))
	}
	where := w.sql()
	if f.Limit > 0 {
		order += " LIMIT " + w.arg(f.Limit)
	}
	return collect(r, scanGrant, `SELECT `+grantColumns+` FROM grants g WHERE `+where+order, w.args...)
}

// Grant loads one grant within somebody's reach.
func (r *Reader) Grant(reach Reach, id policy.GrantID) (policy.Grant, error) {
	w := r.grantWhere(reach, GrantFilter{})
	w.and("g.id = " + w.arg(int64(id)))
	return find(r, errNoGrant, scanGrant, `SELECT `+grantColumns+` FROM grants g WHERE `+w.sql(), w.args...)
}

// GrantsOf loads every grant of some enterprises.
func (r *Reader) GrantsOf(codes []string) (map[string][]policy.Grant, error) {
	out := map[string][]policy.Grant{}
	return out, each(r, scanGrant, func(g policy.Grant) error {
		out[g.Code] = append(out[g.Code], g)
		return nil
	}, `SELECT `+grantColumns+` FROM grants g WHERE g.zone=$1 AND g.code IN `+r.dialect.EachOf(2)+` ORDER BY g.id`, r.Zone, list(codes))
}

// LastAccount is the grant of an enterprise that was told an account last; NotFound when none was.
func (r *Reader) LastAccount(code string) (policy.Grant, error) {
	return find(r, errNoGrant, scanGrant, `SELECT `+grantColumns+` FROM grants g WHERE g.zone=$1 AND g.code=$2 AND length(g.account) > 0 ORDER BY g.id DESC LIMIT 1`, r.Zone, code)
}

// GrantEvents lists a grant's history, oldest first.
func (r *Reader) GrantEvents(id policy.GrantID) ([]policy.GrantEvent, error) {
	return collect(r, func(rows *Rows) (policy.GrantEvent, error) {
		x, err := scanGrantEvent(rows)
		return x.GrantEvent, err
	}, grantEventSelect+` WHERE e.zone=$1 AND e.grant_id=$2 ORDER BY e.seq`, r.Zone, int64(id))
}

const grantEventSelect = `SELECT e.grant_id, e.seq, e.at, e.actor, e.act, e.from_state, e.to_state, e.note, e.ref FROM grant_events e`

type grantEvent struct {
	id policy.GrantID
	policy.GrantEvent
}

func scanGrantEvent(rows *Rows) (e grantEvent, err error) {
	return e, rows.Scan(&e.id, &e.Seq, &e.At, &e.Actor, &e.Act, &e.From, &e.To, &e.Note, &e.Ref)
}

// DueGrants lists grants whose time is over: to be confirmed, or published. Oldest deadline first.
func (r *Reader) DueGrants(state policy.State, limit int) ([]policy.Grant, error) {
	due := "g.state = 'listed' AND g.due <> 0 AND g.due < $2 ORDER BY g.due"
	if state == policy.Published {
		due = "g.state = 'published' AND g.until < $2 ORDER BY g.until"
	}
	return collect(r, scanGrant, `SELECT `+grantColumns+` FROM grants g WHERE g.zone=$1 AND `+due+` LIMIT $3`, r.Zone, at(r.Now), limit)
}

// StateSum is how many grants stand in a state, and their amount in 分.
type StateSum struct {
	State  policy.State
	Pieces int
	Amount int64
}

// GrantSums counts grants by state, in the order of the states' names. The filter's page is not heeded.
func (r *Reader) GrantSums(reach Reach, f GrantFilter) ([]StateSum, error) {
	w := r.grantWhere(reach, f)
	return collect(r, func(rows *Rows) (s StateSum, err error) { return s, rows.Scan(&s.State, &s.Pieces, &s.Amount) },
		`SELECT g.state, count(*), CAST(sum(g.amount) AS BIGINT) FROM grants g WHERE `+w.sql()+` GROUP BY g.state ORDER BY g.state`, w.args...)
}

// EachGrant hands over every grant with its history, by id.
func (r *Reader) EachGrant(fn func(policy.Grant, []policy.GrantEvent) error) error {
	const page = 500
	for after := policy.GrantID(0); ; {
		list, err := r.Grants(Reach{All: true}, GrantFilter{After: after, Limit: page})
		if err != nil || len(list) == 0 {
			return err
		}
		last := list[len(list)-1].ID
		events := map[policy.GrantID][]policy.GrantEvent{}
		if err := each(r, scanGrantEvent, func(e grantEvent) error {
			events[e.id] = append(events[e.id], e.GrantEvent)
			return nil
		}, grantEventSelect+` WHERE e.zone=$1 AND e.grant_id > $2 AND e.grant_id <= $3 ORDER BY e.grant_id, e.seq`, r.Zone, int64(after), int64(last)); err != nil {
			return err
		}
		for _, g := range list {
			if err := fn(g, events[g.ID]); err != nil {
				return err
			}
		}
		after = last
	}
}

// ItemOrdered is what was ordered of an item, and not sent back or recovered, under order numbers with a beginning. 分.
func (r *Reader) ItemOrdered(item, numbers string) (sum int64, err error) {
	lo, hi := prefixRange(numbers)
	err = r.queryRow(`SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM grants WHERE zone=$1 AND item=$2 AND state IN ('ordered','paid','recovering') AND order_no >= $3 AND order_no < $4`,
		r.Zone, item, lo, hi).Scan(&sum)
	return sum, err
}

// StateTime is how grants of a state stand that were begun in a time.
type StateTime struct {
	StateSum
	Took    time.Duration // from the list or the application to the money, all of them together
	Overdue int           // applications whose decision is overdue
}

// GrantTimes counts the grants that were listed or applied for from a moment on, and before another, by state; item "" is every item.
func (r *Reader) GrantTimes(item string, from, to time.Time) ([]StateTime, error) {
	w := &where{}
	now := w.arg(at(r.Now))
	w.and("zone = " + w.arg(r.Zone) + " AND at >= " + w.arg(at(from)) + " AND at < " + w.arg(at(to)))
	if item != "" {
		w.and("item = " + w.arg(item))
	}
	return collect(r, func(rows *Rows) (s StateTime, err error) {
		var took int64
		err = rows.Scan(&s.State, &s.Pieces, &s.Amount, &took, &s.Overdue)
		s.Took = time.Duration(took) * time.Millisecond
		return s, err
	}, `SELECT state, count(*), CAST(sum(amount) AS BIGINT), CAST(sum(CASE WHEN done_at > at THEN done_at - at ELSE 0 END) AS BIGINT),
		CAST(sum(CASE WHEN state='submitted' AND due <> 0 AND due < `+now+` THEN 1 ELSE 0 END) AS BIGINT) FROM grants WHERE `+w.sql()+` GROUP BY state ORDER BY state`, w.args...)
}
