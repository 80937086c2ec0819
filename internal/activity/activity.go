// Package activity holds volunteer activities and patrols (群防群治): who takes part, how being there is checked,
// what hours are written down. It decides; it stores nothing.
//
// Taking part is voluntary, and so is every check: it is the person's own proof for points, nothing is counted
// against anybody, no position is taken and nobody is compared with anybody else (国办函〔2026〕12 号).
package activity

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gezhi/internal/fault"
	"gezhi/internal/geo"
)

// ID names an activity.
type ID int64

// Person is somebody who organises or takes part.
type Person int64

// Activity is one occasion.
type Activity struct {
	ID       ID
	Kind     string // from the zone's list
	Title    string
	Text     string // what is done
	Bring    string // what to bring; may be empty
	Age      string // a remark on age, such as 未满 16 周岁须监护人陪同; may be empty
	Area     string // the community it lies in, or deeper
	Place    string // where to meet, in words
	Point    geo.Point
	HasPoint bool
	From, To time.Time
	Capacity int    // seats; 0 for any number
	Unit     string // that organises it; "" for the community
	Contact  string // whom to ask
	Rule     string // points rule; "" earns nothing
	Hours    bool   // whether hours are counted
	By       Person // who entered it

	State    State
	Reason   string // why it was cancelled
	Seats    int    // people who are in
	Waiting  int    // people on the waiting list
	Turns    int    // how many turns were given out so far
	Recorded time.Time
	Events   int // events so far
	Revision int64
}

// Event is one line of an activity's history. Rows are only ever added.
type Event struct {
	Seq    int // 1, 2, 3 …
	At     time.Time
	Actor  Person // 0 for the system
	What   string // an Act, or what became of somebody: see SignUp
	Person Person // whom it is about; 0 for the activity itself
	Note   string
}

// The bounds of an activity.
const (
	Quarter  = 15 * time.Minute
	longest  = 12 * time.Hour
	farthest = 366 * 24 * time.Hour
	maxSeats = 5000
)

// Announced looks an activity through, as somebody typed it, and trims its words. It must lie ahead.
func (a Activity) Announced(now time.Time) (Activity, error) {
	var bad fault.List
	for _, f := range []struct {
		field, zh, en string
		text          *string
		least, most   int
	}{
		{"title", "标题", "The title", &a.Title, 2, 60},
		{"text", "活动内容", "What is done", &a.Text, 4, 2000},
		{"bring", "携带物品", "What to bring", &a.Bring, 0, 200},
		{"age", "年龄提示", "The remark on age", &a.Age, 0, 100},
		{"place", "集合地点", "Where to meet", &a.Place, 2, 200},
		{"contact", "联系方式", "Whom to ask", &a.Contact, 2, 100},
	} {
		*f.text = strings.TrimSpace(*f.text)
		if n := utf8.RuneCountInString(*f.text); n > f.most || n < f.least {
			bad.Add(f.field, "%[1]s请填写 %[3]d 至 %[4]d 个字。", "%[2]s takes %[3]d to %[4]d characters.", f.zh, f.en, f.least, f.most)
		}
	}
	if a.Capacity < 0 || a.Capacity > maxSeats {
		bad.Add("capacity", "人数上限应为 0 到 %d 的整数，0 表示不限。", "The number of places must be from 0 to %d; 0 is any number.", maxSeats)
	}
	switch {
	case a.From.IsZero():
		bad.Add("from", "请填写开始时间。", "Say when it begins.")
	case !a.From.After(now):
		bad.Add("from", "开始时间应晚于现在。", "It must begin later than now.")
	case a.From.Sub(now) > farthest:
		bad.Add("from", "开始时间不能超过一年以后。", "It must begin within a year.")
	}
	switch {
	case a.To.IsZero():
		bad.Add("to", "请填写结束时间。", "Say when it ends.")
	case a.From.IsZero():
	case a.To.Sub(a.From) < Quarter || a.To.Sub(a.From) > longest:
		bad.Add("to", "活动时长应在 15 分钟到 12 小时之间。", "It must last from 15 minutes to 12 hours.")
	}
	return a, bad.Err()
}

// At is the activity as the clock has made it by now: it begins and ends by itself.
func (a Activity) At(now time.Time) Activity {
	if a.State == Open && !now.Before(a.From) {
		a.State = next[Open][Start]
	}
	if a.State == Running && !now.Before(a.To) {
		a.State = next[Running][Finish]
	}
	return a
}

// Most is the most minutes somebody can be credited with: the whole quarters of its length.
func (a Activity) Most() int { return int(a.To.Sub(a.From)/Quarter) * int(Quarter/time.Minute) }

// Free is how many places are left; false when there is no limit.
func (a Activity) Free() (int, bool) { return max(a.Capacity-a.Seats, 0), a.Capacity > 0 }

func (a Activity) full() bool { return a.Capacity > 0 && a.Seats >= a.Capacity }

// Do makes one step by the transition table. list is everybody who signed up; closing looks at them. It refuses
// with Conflict what is not possible now, with Invalid a missing reason.
func (a Activity) Do(act Act, by Person, note string, list []SignUp, now time.Time) (Activity, Event, error) {
	a = a.At(now)
	to, ok := Next(a.State, act)
	if !ok || act == Start || act == Finish {
		return a, Event{}, fault.New(fault.Conflict, "活动现在是“%[1]s”，不能%[2]s。", "The activity is “%[3]s” now and cannot be changed so: %[4]s.",
			a.State.Name().ZH, act.Name().ZH, a.State.Name().EN, act.Name().EN)
	}
	note = strings.TrimSpace(note)
	switch act {
	case Publish:
		if !a.From.After(now) {
			return a, Event{}, fault.New(fault.Conflict, "开始时间已过，请先改期再发布。", "Its time has passed; change the time first.")
		}
	case Cancel:
		if n := utf8.RuneCountInString(note); a.State != Draft && (n < 2 || n > 200) {
			return a, Event{}, fault.Field("note", "请写明取消原因，2 至 200 个字，报名的人会看到。", "Say why in 2 to 200 characters; those who signed up will see it.")
		}
		a.Reason = note
	case Close:
		if err := a.mayClose(list, now); err != nil {
			return a, Event{}, err
		}
	}
	a.State = to
	a, e := a.note(string(act), by, 0, note, now)
	return a, e, nil
}

// note adds a line to the history.
func (a Activity) note(what string, by, about Person, note string, now time.Time) (Activity, Event) {
	a.Events++
	a.Revision++
	return a, Event{Seq: a.Events, At: now, Actor: by, What: what, Person: about, Note: note}
}

// Created is the history's first line.
func (a Activity) Created(now time.Time) (Activity, Event) {
	a.State = Draft
	return a.note("create", a.By, 0, "", now)
}

// Edit replaces what was announced. After the start nothing can be changed; a smaller number of places than people
// who are in already is refused. changed says what those who signed up must be told: the time or the place moved.
func (a Activity) Edit(b Activity, by Person, now time.Time) (out Activity, e Event, changed bool, err error) {
	a = a.At(now)
	if a.State != Draft && a.State != Open {
		return a, e, false, fault.New(fault.Conflict, "活动%[1]s，不能再修改。", "The activity is “%[2]s” and can no longer be changed.", a.State.Name().ZH, a.State.Name().EN)
	}
	if b, err = b.Announced(now); err != nil {
		return a, e, false, err
	}
	if b.Capacity > 0 && b.Capacity < a.Seats {
		return a, e, false, fault.Field("capacity", "已有 %d 人报名成功，人数上限不能更少。", "%d people are in already; there cannot be fewer places.", a.Seats)
	}
	changed = a.State == Open && (!a.From.Equal(b.From) || !a.To.Equal(b.To) || a.Place != b.Place)
	b.ID, b.By, b.Unit, b.State, b.Reason = a.ID, a.By, a.Unit, a.State, a.Reason
	b.Seats, b.Waiting, b.Turns, b.Recorded, b.Events, b.Revision = a.Seats, a.Waiting, a.Turns, a.Recorded, a.Events, a.Revision
	out, e = b.note("edit", by, 0, "", now)
	return out, e, changed, nil
}

// objectFor is how long hours stand open to objection before an activity can be closed.
const objectFor = 24 * time.Hour

// mayClose refuses while hours are missing, an objection waits, or the hours have not stood long enough for those
// they are about to look at them.
func (a Activity) mayClose(list []SignUp, now time.Time) error {
	missing, objected, open := 0, 0, 0
	for _, s := range list {
		switch {
		case s.State != In:
		case s.Recorded.IsZero():
			missing++
		case s.Objects():
			objected++
		case s.Confirmed.IsZero() && !s.answered():
			open++
		}
	}
	switch {
	case missing > 0:
		return fault.New(fault.Conflict, "还有 %d 人没有登记是否参加，登记后再办结。", "%d people have no entry yet; enter everybody first.", missing)
	case objected > 0:
		return fault.New(fault.Conflict, "还有 %d 人对登记的时长有异议，答复后再办结。", "%d people object to what was entered; answer them first.", objected)
	case open > 0 && now.Sub(a.Recorded) < objectFor:
		return fault.New(fault.Conflict, "登记后留 24 小时给志愿者核对；全部本人确认后可提前办结。", "Those concerned have 24 hours to look at their entry; it can be closed earlier once all have confirmed.")
	}
	return nil
}

// Awarded are those whom a closed activity earns points, with the minutes that count.
func Awarded(a Activity, list []SignUp) []SignUp {
	if a.State != Closed || a.Rule == "" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(list), func(s SignUp) bool { return s.State != In || !s.Came || (a.Hours && s.Minutes == 0) })
}
