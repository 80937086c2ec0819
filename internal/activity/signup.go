package activity

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// Standing is how somebody stands to an activity.
type Standing string

// The standings; the zero one is of somebody who never signed up.
const (
	In        Standing = "in"
	Waiting   Standing = "waiting"
	Withdrawn Standing = "withdrawn"
)

var standings = map[Standing]lang.Text{
	In:        {ZH: "已报名", EN: "Signed up"},
	Waiting:   {ZH: "候补中", EN: "On the waiting list"},
	Withdrawn: {ZH: "已退出", EN: "Withdrawn"},
}

// Name is the standing in words.
func (s Standing) Name() lang.Text { return standings[s] }

// SignUp is one person's part in one activity.
type SignUp struct {
	Activity  ID
	Person    Person
	State     Standing
	Turn      int // order of signing up; the waiting list moves up by it
	At        time.Time
	Checked   time.Time // when being there was shown; zero when it was not
	CheckedBy Person    // the person itself by the code, or the organiser
	Recorded  time.Time // when the organiser last entered the outcome
	Came      bool
	Minutes   int       // counted, in whole quarters of an hour
	Confirmed time.Time // when the person agreed with what was entered
	Objection string
	Objected  time.Time
	Answer    string
	Answered  time.Time
	Stars     int    // the person's own rating of the activity, 1 to 5; 0 none
	Words     string // with the rating
	Rated     time.Time
	Thanks    string // the organiser's words to the person; there are no marks for people
}

// Objects reports an objection that waits for its answer.
func (s SignUp) Objects() bool { return !s.Objected.IsZero() && s.Answered.IsZero() }

// answered reports an entry that is itself the answer to an objection.
func (s SignUp) answered() bool { return !s.Answered.IsZero() && s.Answered.Equal(s.Recorded) }

// What events say became of somebody.
const (
	Joined    = "join"
	Queued    = "queue"
	MovedUp   = "move_up"
	Left      = "leave"
	Checked   = "check"
	Unchecked = "uncheck"
	Recorded  = "record"
	Confirmed = "confirm"
	Objected  = "object"
	Answered  = "answer"
	Rated     = "rate"
	Thanked   = "thank"
)

// Join signs somebody up: in while there are places, else on the waiting list. Who is in or waits already
// stays so. was is the person's earlier sign-up, with the zero State when there is none.
func (a Activity) Join(was SignUp, now time.Time) (Activity, SignUp, []Event, error) {
	a = a.At(now)
	if a.State != Open {
		return a, was, nil, fault.New(fault.Conflict, "活动%[1]s，不能报名。", "The activity is “%[2]s”; nobody can sign up.", a.State.Name().ZH, a.State.Name().EN)
	}
	if was.State == In || was.State == Waiting {
		return a, was, nil, nil
	}
	s, what := SignUp{Activity: a.ID, Person: was.Person, State: In, At: now}, Joined
	if a.full() || a.Waiting > 0 { // nobody passes those who wait
		s.State, what = Waiting, Queued
		a.Waiting++
	} else {
		a.Seats++
	}
	a.Turns++
	s.Turn = a.Turns
	a, e := a.note(what, s.Person, s.Person, "", now)
	return a, s, []Event{e}, nil
}

// Leave takes somebody out, until the start. It needs no reason and has no consequence.
func (a Activity) Leave(was SignUp, now time.Time) (Activity, SignUp, []Event, error) {
	a = a.At(now)
	switch {
	case was.State != In && was.State != Waiting:
		return a, was, nil, nil
	case a.State != Open:
		return a, was, nil, fault.New(fault.Conflict, "活动已经开始，不能再退出；没有参加也没有任何影响。", "It has begun, so there is nothing to withdraw from. Not having come has no consequence.")
	case was.State == In:
		a.Seats--
	default:
		a.Waiting--
	}
	s := was
	s.State = Withdrawn
	a, e := a.note(Left, s.Person, s.Person, "", now)
	return a, s, []Event{e}, nil
}

// MoveUp gives the free places to those who wait, in their turn.
func (a Activity) MoveUp(waiting []SignUp, now time.Time) (Activity, []SignUp, []Event) {
	if a = a.At(now); a.State != Open {
		return a, nil, nil
	}
	var moved []SignUp
	var events []Event
	for _, s := range inTurn(waiting) {
		if a.full() || s.State != Waiting {
			continue
		}
		s.State = In
		a.Seats++
		a.Waiting--
		var e Event
		a, e = a.note(MovedUp, 0, s.Person, "", now)
		moved, events = append(moved, s), append(events, e)
	}
	return a, moved, events
}

func inTurn(list []SignUp) []SignUp {
	return slices.SortedFunc(slices.Values(list), func(x, y SignUp) int { return cmp.Compare(x.Turn, y.Turn) })
}

// around is how long before the start and after the end being there can be shown.
const around = time.Hour

// Checks reports whether being there can be shown now.
func (a Activity) Checks(now time.Time) bool {
	a = a.At(now)
	return (a.State == Open || a.State == Running || a.State == Done) && !now.Before(a.From.Add(-around)) && !now.After(a.To.Add(around))
}

// Check notes that somebody was there: by is the person itself, who has read the code at the place, or the organiser.
// Whoever did not sign up is in on the spot as long as there are places. Once noted it stays as it was first.
func (a Activity) Check(was SignUp, by Person, now time.Time) (Activity, SignUp, []Event, error) {
	a = a.At(now)
	switch {
	case !a.Checks(now) && (a.State == Closed || a.State == Cancelled):
		return a, was, nil, fault.New(fault.Conflict, "活动%[1]s，不能再核验。", "The activity is “%[2]s”; nothing can be checked any more.", a.State.Name().ZH, a.State.Name().EN)
	case !a.Checks(now) && by == was.Person:
		return a, was, nil, fault.New(fault.Conflict, "开始前 1 小时到结束后 1 小时之间可以核验。", "This is possible from an hour before the start to an hour after the end.")
	case a.State == Draft || (a.State == Open && !a.Checks(now)):
		return a, was, nil, fault.New(fault.Conflict, "活动还没有开始。", "It has not begun.")
	case was.State == In && !was.Checked.IsZero():
		return a, was, nil, nil
	}
	var events []Event
	s := was
	if s.State != In {
		if a.full() {
			return a, was, nil, fault.New(fault.Conflict, "名额已满，请与现场组织者联系。", "All places are taken; please speak to the organiser.")
		}
		if s.State == Waiting {
			a.Waiting--
		}
		a.Seats++
		a.Turns++
		s = SignUp{Activity: a.ID, Person: was.Person, State: In, Turn: a.Turns, At: now}
		var e Event
		a, e = a.note(Joined, by, s.Person, "", now)
		events = append(events, e)
	}
	s.Checked, s.CheckedBy = now, by
	a, e := a.note(Checked, by, s.Person, "", now)
	return a, s, append(events, e), nil
}

// Uncheck takes back an organiser's tick that was a slip, or the person's own.
func (a Activity) Uncheck(was SignUp, by Person, now time.Time) (Activity, SignUp, []Event, error) {
	a = a.At(now)
	switch {
	case was.Checked.IsZero():
		return a, was, nil, nil
	case a.State == Closed || a.State == Cancelled || !was.Recorded.IsZero():
		return a, was, nil, fault.New(fault.Conflict, "结果已经登记，不能再撤销核验。", "The outcome has been entered; the check stays.")
	case was.CheckedBy == was.Person && by != was.Person:
		return a, was, nil, fault.New(fault.Forbidden, "这是本人扫码核验的，只能由本人撤销。", "The person checked in with the code; nobody else can take that back.")
	}
	s := was
	s.Checked, s.CheckedBy = time.Time{}, 0
	a, e := a.note(Unchecked, by, s.Person, "", now)
	return a, s, []Event{e}, nil
}

// Outcome is what the organiser enters for one person.
type Outcome struct {
	Came    bool
	Minutes int // of an activity whose hours count
}

// Record enters an outcome. Entering the same again changes nothing; another one takes the person's agreement back.
func (a Activity) Record(was SignUp, o Outcome, by Person, now time.Time) (Activity, SignUp, []Event, error) {
	a = a.At(now)
	if a.State != Done {
		return a, was, nil, fault.New(fault.Conflict, "活动%[1]s，现在不能登记；结束后、办结前可以登记。", "The activity is “%[2]s”; outcomes are entered after the end and before closing.", a.State.Name().ZH, a.State.Name().EN)
	}
	if was.State != In {
		return a, was, nil, fault.New(fault.Conflict, "没有报名成功的人不能登记，请先补核验。", "Somebody who is not in cannot be entered; tick the person first.")
	}
	if was.Objects() {
		return a, was, nil, fault.New(fault.Conflict, "本人对登记有异议，请在“答复异议”中处理。", "The person objects; use the answer to the objection.")
	}
	if err := a.fits(o); err != nil {
		return a, was, nil, err
	}
	if !was.Recorded.IsZero() && was.Came == o.Came && was.Minutes == o.Minutes {
		return a, was, nil, nil
	}
	s := was
	s.Recorded, s.Came, s.Minutes, s.Confirmed = now, o.Came, o.Minutes, time.Time{}
	a.Recorded = now
	a, e := a.note(Recorded, by, s.Person, o.text(a), now)
	return a, s, []Event{e}, nil
}

// fits checks an outcome against the activity.
func (a Activity) fits(o Outcome) error {
	switch {
	case !a.Hours && o.Minutes != 0:
		return fault.Field("minutes", "这项活动不计时长。", "Hours are not counted for this activity.")
	case o.Came != (o.Minutes > 0) && a.Hours:
		return fault.Field("minutes", "参加的人请登记时长；没有参加的不登记时长。", "Enter hours for whoever came, and none for whoever did not.")
	case o.Minutes < 0 || o.Minutes%int(Quarter/time.Minute) != 0:
		return fault.Field("minutes", "时长以 15 分钟为单位。", "Hours are entered in quarters.")
	case o.Minutes > a.Most():
		return fault.Field("minutes", "时长不能超过活动本身的 %d 分钟。", "Nobody can have more than the activity's own %d minutes.", a.Most())
	}
	return nil
}

func (o Outcome) text(a Activity) string {
	switch {
	case !o.Came:
		return "absent"
	case !a.Hours:
		return "came"
	}
	return strconv.Itoa(o.Minutes) + " min"
}

// Confirm is the person's agreement with what was entered. It is not needed; it lets the organiser close earlier.
func (a Activity) Confirm(was SignUp, now time.Time) (Activity, SignUp, []Event, error) {
	a = a.At(now)
	if err := a.mayReact(was); err != nil {
		return a, was, nil, err
	}
	s := was
	s.Confirmed = now
	a, e := a.note(Confirmed, s.Person, s.Person, "", now)
	return a, s, []Event{e}, nil
}

// mayReact refuses what only stands open between the entry and the closing.
func (a Activity) mayReact(was SignUp) error {
	switch {
	case a.State == Closed:
		return fault.New(fault.Conflict, "活动已办结。对积分有异议，请在积分公示期内提出。", "The activity is closed. You can still object while its points are published.")
	case was.State != In || was.Recorded.IsZero() || a.State != Done:
		return fault.New(fault.Conflict, "组织者还没有登记结果。", "Nothing has been entered yet.")
	case was.Objects():
		return fault.New(fault.Conflict, "您的异议正在等待答复。", "Your objection waits for its answer.")
	}
	return nil
}

// Object lets the person say that an entry is wrong. Each entry can be objected to once.
func (a Activity) Object(was SignUp, why string, now time.Time) (Activity, SignUp, []Event, error) {
	a = a.At(now)
	if err := a.mayReact(was); err != nil {
		return a, was, nil, err
	}
	if was.answered() {
		return a, was, nil, fault.New(fault.Conflict, "组织者已答复过您的异议；仍有不同意见，可在积分公示期内提出。", "Your objection was answered. You can still object while the points are published.")
	}
	why = strings.TrimSpace(why)
	if n := utf8.RuneCountInString(why); n < 2 || n > 200 {
		return a, was, nil, fault.Field("why", "请用 2 至 200 个字说明哪里不对。", "Say what is wrong in 2 to 200 characters.")
	}
	s := was
	s.Objection, s.Objected, s.Answer, s.Answered, s.Confirmed = why, now, "", time.Time{}, time.Time{}
	a, e := a.note(Objected, s.Person, s.Person, why, now)
	return a, s, []Event{e}, nil
}

// Settle answers an objection with the outcome that now holds.
func (a Activity) Settle(was SignUp, o Outcome, words string, by Person, now time.Time) (Activity, SignUp, []Event, error) {
	a = a.At(now)
	if !was.Objects() {
		return a, was, nil, fault.New(fault.Conflict, "没有等待答复的异议。", "There is no objection to answer.")
	}
	words = strings.TrimSpace(words)
	if n := utf8.RuneCountInString(words); n < 2 || n > 200 {
		return a, was, nil, fault.Field("answer", "请写明答复，2 至 200 个字，本人会看到。", "Answer in 2 to 200 characters; the person will read it.")
	}
	if err := a.fits(o); err != nil {
		return a, was, nil, err
	}
	s := was
	s.Came, s.Minutes, s.Recorded, s.Answer, s.Answered = o.Came, o.Minutes, now, words, now
	a, e := a.note(Answered, by, s.Person, o.text(a)+" "+words, now)
	return a, s, []Event{e}, nil
}

// Rate keeps the person's own opinion of the activity, if it was there. A later one takes its place.
func (a Activity) Rate(was SignUp, stars int, words string, now time.Time) (Activity, SignUp, []Event, error) {
	a = a.At(now)
	if was.State != In || (was.Checked.IsZero() && !was.Came) || (a.State != Done && a.State != Closed) {
		return a, was, nil, fault.New(fault.Conflict, "参加过的人在活动结束后可以评价。", "Whoever was there can rate it once it is over.")
	}
	words = strings.TrimSpace(words)
	switch {
	case stars < 1 || stars > 5:
		return a, was, nil, fault.Field("stars", "请选择 1 到 5 的评价。", "Choose from 1 to 5.")
	case utf8.RuneCountInString(words) > 200:
		return a, was, nil, fault.Field("words", "请控制在 200 字以内。", "Keep it within 200 characters.")
	}
	s := was
	s.Stars, s.Words, s.Rated = stars, words, now
	a, e := a.note(Rated, s.Person, s.Person, "", now)
	return a, s, []Event{e}, nil
}

// Thank keeps the organiser's words to one person, who alone reads them. People get words, never marks.
func (a Activity) Thank(was SignUp, words string, by Person, now time.Time) (Activity, SignUp, []Event, error) {
	a = a.At(now)
	words = strings.TrimSpace(words)
	switch n := utf8.RuneCountInString(words); {
	case was.State != In || (was.Checked.IsZero() && !was.Came) || (a.State != Done && a.State != Closed):
		return a, was, nil, fault.New(fault.Conflict, "活动结束后可以给参加过的人留言。", "Words go to whoever was there, once it is over.")
	case n < 2 || n > 100:
		return a, was, nil, fault.Field("words", "请写 2 至 100 个字。", "Write 2 to 100 characters.")
	}
	s := was
	s.Thanks = words
	a, e := a.note(Thanked, by, s.Person, words, now)
	return a, s, []Event{e}, nil
}
