package points

import (
	"slices"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
)

// Person is somebody who applies, earns, reviews or objects.
type Person int64

// ID names an award.
type ID int64

// Award is one contribution on its way to being points.
type Award struct {
	ID        ID
	Rule      string
	Version   int // of the rules it is decided by
	Source    Source
	Person    Person // who contributed; 0 for a unit
	Household int64  // that earns; 0 for none
	Unit      string // that earns; "" for none
	Area      string // where it is reviewed and paid: a community or below
	Day       calendar.Day
	Quantity  int64
	Points    int64
	Text      string
	Lng, Lat  float64 // WGS-84; 0,0 means no point
	Address   string
	Photos    []int64
	Evidence  string // what may be used once by one earner for one item, such as case:812; "" for none
	Ref       string // what it is about, e.g. case:330108-20260302-00001
	Key       string // makes what comes by itself come once; "" for applications
	Import    int64  // the list it came with; 0 for none
	By        Person // who submitted it; 0 for the system
	At        time.Time

	State     State
	Approved  []Person  // who approved it, in order
	Public    time.Time // since when it is published
	Until     time.Time // until when objections are open
	Reason    string    // why it was returned, refused, reversed, or waits
	Posted    time.Time
	Pool      string // area code of the pool that paid
	Revision  int64  // grows with every change
	EventsNum int    // events so far
}

// Subject is whom caps count for.
func (a Award) Subject() string { return SubjectOf(a.Person, a.Household, a.Unit) }

// SubjectOf names whom caps count for: a household, a unit, or a person.
func SubjectOf(p Person, household int64, unit string) string {
	switch {
	case household != 0:
		return "household:" + itoa(household)
	case unit != "":
		return "unit:" + unit
	}
	return "person:" + itoa(int64(p))
}

// Event is one line of an award's history. Rows are only ever added.
type Event struct {
	Seq      int // 1, 2, 3 …
	At       time.Time
	Actor    Person // 0 for the system
	Act      Act
	From, To State
	Note     string
}

// Circle is everybody who stands too near an award to decide about it: its earner's household.
type Circle []Person

// MayJudge refuses whoever may not decide about the award: who earned or submitted it, who lives with its earner,
// who has approved it before. Review by somebody else is a rule of the system, not of a place.
func (a Award) MayJudge(by Person, kin Circle) error {
	switch {
	case by == 0:
		return nil // the system
	case by == a.Person:
		return fault.New(fault.Forbidden, "不能复核本人的积分，请由其他人办理。", "Nobody reviews an award of their own; somebody else has to.")
	case by == a.By:
		return fault.New(fault.Forbidden, "这条积分由您提交，须由其他人复核。", "You submitted this award; somebody else has to review it.")
	case slices.Contains(kin, by):
		return fault.New(fault.Forbidden, "得分人是您的家庭成员，按回避规定须由其他人办理。", "The award is for a member of your household; somebody else has to decide.")
	case slices.Contains(a.Approved, by):
		return fault.New(fault.Forbidden, "您已经复核过这条积分，另一次须由其他人办理。", "You have reviewed this award already; the other decision lies with somebody else.")
	}
	return nil
}

// Step is what somebody, or the system, does to an award.
type Step struct {
	Act  Act
	By   Person
	Note string // the reason, where one is needed
	Now  time.Time
}

// judging are the acts of deciding, which take somebody else; reasoned are those that must say why.
var (
	judging  = []Act{Return, Refuse, Refer, Publish, Reverse}
	reasoned = []Act{Return, Refuse, Object, Dismiss, Uphold, Reverse}
)

// Do makes one step by the transition table and gives the award as it is then, with its event. It refuses with
// Conflict what is not possible in the state, with Forbidden who may not decide, with Invalid a missing reason.
func (a Award) Do(s Step, kin Circle) (Award, Event, error) {
	to, ok := Next(a.State, s.Act)
	if !ok {
		return a, Event{}, fault.New(fault.Conflict, "这条积分现在是“%[1]s”，不能%[2]s。", "The award is “%[3]s” now; this cannot be done: %[4]s.",
			a.State.Name().ZH, short(s.Act), a.State.Name().EN, s.Act.Name().EN)
	}
	if slices.Contains(judging, s.Act) || (s.Act == Clear && s.By != 0) {
		if err := a.MayJudge(s.By, kin); err != nil {
			return a, Event{}, err
		}
	}
	if slices.Contains(reasoned, s.Act) {
		if n := len([]rune(s.Note)); n < 2 || n > 200 {
			return a, Event{}, fault.Field("note", "请写明理由，2 至 200 个字。", "Give the reason in 2 to 200 characters.")
		}
	}
	e := Event{Seq: a.EventsNum + 1, At: s.Now, Actor: s.By, Act: s.Act, From: a.State, To: to, Note: s.Note}
	a.State, a.EventsNum, a.Revision = to, e.Seq, a.Revision+1
	switch s.Act {
	case Resubmit:
		a.Approved, a.Reason = nil, ""
	case Refer, Publish:
		a = a.approved(s.By)
	case Clear:
		if s.By != 0 {
			a = a.approved(s.By)
		}
	case Return, Refuse, Uphold, Reverse:
		a.Reason = s.Note
	case Post:
		a.Posted, a.Reason = s.Now, ""
	}
	return a, e, nil
}

func (a Award) approved(by Person) Award {
	if by != 0 {
		a.Approved = append(slices.Clone(a.Approved), by)
	}
	return a
}

func short(a Act) string {
	switch a {
	case Refer, Publish, Clear:
		return "复核通过"
	case Object:
		return "提出异议"
	case Dismiss, Uphold:
		return "裁定异议"
	case Post:
		return "入账"
	}
	return a.Name().ZH
}

// Approve is the act by which a reviewer lets an award go on: to the second review, into publicity, or straight on.
// It is also what a new award without a reviewer begins with.
func (r Rule) Approve(a Award) Act {
	switch {
	case a.State == Submitted && r.Twice(a.Points) && r.Review.Role != "":
		return Refer
	case !r.Publicity.IsZero():
		return Publish
	}
	return Clear
}

// Published gives the award its days of publicity, counted from now by the calendar.
func (a Award) Published(c *calendar.Calendar, l calendar.Limit, now time.Time) Award {
	a.Public, a.Until = now, calendar.Start(c, now, l).Due
	return a
}

// Judge is who decides the award's next review; the zero Reviewer when nobody has to.
func (r Rule) Judge(a Award) Reviewer {
	switch a.State {
	case Submitted:
		return r.Review
	case Reviewed:
		return r.Second.By
	}
	return Reviewer{}
}

// Over reports whether the reviewer's duty is one over the area: a role at a place.
func (r Reviewer) Over(role, dutyArea, area string) bool {
	return role == r.Role && dutyArea != "" && dutyArea == idcode.AncestorAt(area, r.Level)
}

// WaitReason is what an award that waits says of itself.
func WaitReason() lang.Text {
	return lang.Text{ZH: "积分预算池余额不足，待拨付后自动入账。", EN: "The budget pools are empty; it is posted by itself once budget arrives."}
}

// New checks a contribution and makes an award of it in state Submitted, with its first event. now is when it comes in.
func (r Rule) New(a Award, now time.Time) (Award, Event, error) {
	var bad fault.List
	if !r.Holds(a.Day) {
		bad.Add("day", "“%[1]s”在所填日期不适用。", "%[2]s does not hold on that day.", r.Name.ZH, r.Name.EN)
	}
	if a.Day > calendar.DayOf(now) {
		bad.Add("day", "日期不能晚于今天。", "The day lies ahead.")
	}
	if r.Value.Fixed() {
		a.Quantity = 1
	}
	if a.Quantity < 1 || a.Quantity > MaxQuantity {
		bad.Add("quantity", "数量应为 1 到 %d 的整数。", "The quantity must be from 1 to %d.", MaxQuantity)
	} else if a.Points = r.Value.Points(a.Quantity); a.Points < 1 {
		bad.Add("quantity", "数量不足，至少 %[1]d %[2]s才能记分。", "Too little: points begin at %[1]d %[3]s.", r.Value.Per, r.Value.Unit.Name().ZH, r.Value.Unit.Name().EN)
	}
	if r.Needs(Photo) && len(a.Photos) == 0 {
		bad.Add("photo", "这一事项需要现场照片。", "This item needs a photo.")
	}
	if r.Needs(Place) && a.Lng == 0 && a.Lat == 0 && a.Address == "" {
		bad.Add("address", "这一事项需要写明地点。", "This item needs the place.")
	}
	if err := bad.Err(); err != nil {
		return a, Event{}, err
	}
	a.Rule, a.Source, a.At, a.State, a.Revision, a.EventsNum = r.ID, r.Source, now, Submitted, 1, 1
	return a, Event{Seq: 1, At: now, Actor: a.By, Act: Submit, To: Submitted}, nil
}
