package policy

import (
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
)

// Person is somebody who acts on a grant; 0 is the system.
type Person int64

// GrantID names a grant.
type GrantID int64

// Grant is what one enterprise is to have of one item in one period (兑付), from the list or the application to the money.
type Grant struct {
	ID      GrantID
	List    int64 // 0: an application (快申快享)
	Item    string
	Group   string // exclusion group of the item; "" for none
	Code    string // of the enterprise
	Name    string // the enterprise's, then
	Area    string // where it is registered; "" when that was not known
	Period  string // "" once for ever, 2026, 2026-11
	Amount  int64  // 分; 0 while an application's is not settled
	Version int    // of the policies it was decided by
	Inputs  string // hex SHA-256 of the values it was decided by
	Fund    int64  // that pays; 0 while nobody has said
	Account []byte // to pay to, sealed; empty until confirmed or applied for
	Note    string // of an application, in the applicant's words
	Chosen  Person // who put it on the list or accepted it; 0 for the system
	Raised  Person // whose objection or proposal is to be decided, or was last
	At      time.Time

	State     State
	Due       time.Time // until when the enterprise confirms, or the application is to be decided; zero for no limit
	Until     time.Time // until when it is published; zero before
	Order     string    // number of the order that pays; "" before
	Done      time.Time // when it was paid; zero before
	Reason    string    // why it was returned, refused, dropped, sent back or is recovered
	Revision  int64     // grows with every change
	EventsNum int
}

// Applied reports an application.
func (g Grant) Applied() bool { return g.List == 0 }

// GrantEvent is one line of a grant's history. Rows are only ever added.
type GrantEvent struct {
	Seq      int // 1, 2, 3 …
	At       time.Time
	Actor    Person // 0 for the system
	Act      Act
	From, To State
	Note     string
	Ref      string // number of the order, of Order, Pay and Fail
}

// Terms are what an item asks of its grants.
type Terms struct {
	Publicity int // working days; 0 for none
	Confirm   int // natural days to confirm in; 0 for no limit
	Promised  int // working days an application is decided in; 0 for no promise
}

// limit counts days by the calendar from a moment; zero days are no limit.
func limit(c *calendar.Calendar, from time.Time, days int, unit calendar.Unit) time.Time {
	if days == 0 {
		return time.Time{}
	}
	return calendar.Start(c, from, calendar.Limit{N: days, Unit: unit}).Due
}

// Step is what somebody, or the system, does to a grant.
type Step struct {
	Act  Act
	By   Person
	Part Part   // the sides the actor stands on
	Note string // the reason, where one is needed: 2 to 200 characters
	Ref  string // number of an order
	Now  time.Time
}

// Begin makes a new grant: List for a list, Submit for an application. The grant is as the caller filled it in.
func (g Grant) Begin(s Step, t Terms, c *calendar.Calendar) (Grant, GrantEvent) {
	g.At, g.State, g.Revision, g.EventsNum = s.Now, moves[s.Act].to, 1, 1
	switch s.Act {
	case List:
		g.Chosen, g.Due = s.By, limit(c, s.Now, t.Confirm, calendar.NaturalDay)
	case Submit:
		g.Due = limit(c, s.Now, t.Promised, calendar.WorkDay)
	}
	return g, GrantEvent{Seq: 1, At: s.Now, Actor: s.By, Act: s.Act, To: g.State, Note: s.Note}
}

// Do makes one step by the table and gives the grant as it is then, with its event. It refuses with Conflict what is not
// possible in the state or not yet, with Forbidden who may not, with Invalid a missing reason. Publicity that the item asks for
// cannot be left out.
func (g Grant) Do(s Step, t Terms, c *calendar.Calendar) (Grant, GrantEvent, error) {
	to, ok := Next(g.State, s.Act)
	if !ok || g.State == "" {
		return g, GrantEvent{}, fault.New(fault.Conflict, "这笔兑付现在是“%[1]s”，不能%[2]s。", "The grant is “%[3]s” now; this cannot be done: %[4]s.",
			g.State.Name().ZH, s.Act.Name().ZH, g.State.Name().EN, s.Act.Name().EN)
	}
	if err := g.may(s); err != nil {
		return g, GrantEvent{}, err
	}
	if s.Note = strings.TrimSpace(s.Note); moves[s.Act].reason {
		if n := len([]rune(s.Note)); n < 2 || n > 200 {
			return g, GrantEvent{}, fault.Field("note", "请写明理由，2 至 200 个字。", "Give the reason in 2 to 200 characters.")
		}
	}
	if err := g.ready(s, t); err != nil {
		return g, GrantEvent{}, err
	}
	e := GrantEvent{Seq: g.EventsNum + 1, At: s.Now, Actor: s.By, Act: s.Act, From: g.State, To: to, Note: s.Note, Ref: s.Ref}
	g.State, g.EventsNum, g.Revision = to, e.Seq, g.Revision+1
	switch s.Act {
	case Return, Refuse, Drop, Fail:
		g.Reason = s.Note
	case Object, Recover:
		g.Raised, g.Reason = s.By, s.Note
	case Dismiss, Spare:
		g.Reason = ""
	case Accept:
		g.Chosen, g.Reason = s.By, ""
	case Resubmit:
		g.Reason, g.Due = "", limit(c, s.Now, t.Promised, calendar.WorkDay)
	case Publish:
		g.Until = limit(c, s.Now, t.Publicity, calendar.WorkDay)
	case Correct:
		g.Reason = ""
	case Order:
		g.Order = s.Ref
	case Pay:
		g.Done = s.Now
	}
	return g, e, nil
}

// may refuses whoever stands on the wrong side, or stands too near.
func (g Grant) may(s Step) error {
	r := moves[s.Act]
	switch {
	case r.by&s.Part == 0:
		return fault.New(fault.Forbidden, "您的岗位不能%[1]s。", "Your post does not allow this: %[2]s.", s.Act.Name().ZH, s.Act.Name().EN)
	case r.second && s.By != 0 && s.By == g.Chosen:
		return fault.New(fault.Forbidden, "%[1]s由您列入名单或审核通过，须由其他人下达拨付指令。", "You put %[1]s on the list or accepted it; somebody else has to order the payment.", g.Name)
	case r.other && s.By != 0 && s.By == g.Raised:
		return fault.New(fault.Forbidden, "这件事由您提出，须由其他人办理。", "You raised this; somebody else has to decide it.")
	}
	return nil
}

// ready refuses what comes too early or lacks something.
func (g Grant) ready(s Step, t Terms) error {
	switch {
	case s.Act == Confirm && !g.Due.IsZero() && s.Now.After(g.Due):
		return fault.New(fault.Conflict, "确认期限已过。", "The time for confirming is over.")
	case s.Act == Lapse && (g.Due.IsZero() || !s.Now.After(g.Due)),
		s.Act == Clear && g.State == Published && !s.Now.After(g.Until):
		return fault.New(fault.Conflict, "期限未到。", "The time is not over yet.")
	case s.Act == Clear && g.State == Confirmed && t.Publicity > 0:
		return fault.New(fault.Conflict, "这个事项须先公示 %[1]d 个工作日。", "This item is published for %[1]d working days first.", t.Publicity)
	case s.Act == Publish && t.Publicity == 0:
		return fault.New(fault.Conflict, "这个事项不需要公示。", "This item is not published.")
	case s.Act == Object && s.Now.After(g.Until):
		return fault.New(fault.Conflict, "公示期已结束，不能再提出异议。", "Publicity is over; no objection can be made any more.")
	case s.Act == Accept && g.Amount <= 0:
		return fault.Field("amount", "请核定金额。", "Settle the amount.")
	case (s.Act == Confirm || s.Act == Order || s.Act == Correct) && len(g.Account) == 0:
		return fault.Field("account", "请填写收款账户。", "Give the account to pay to.")
	case s.Act == Order && (g.Fund == 0 || g.Amount <= 0 || s.Ref == ""):
		return fault.New(fault.Conflict, "%[1]s的这笔兑付还没有指定资金。", "No fund has been named for %[1]s.", g.Name)
	}
	return nil
}

// Period is the period in which an enterprise has an item once, by its Once and a day: "" for ever, 2026, 2026-11.
func Period(once string, day calendar.Day) string {
	switch once {
	case "ever":
		return ""
	case "month":
		return day.String()[:7]
	}
	return day.String()[:4]
}

// SamePeriod reports that two periods have days in common: once for ever meets every year, a year its months.
func SamePeriod(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }

// Excludes reports that a live grant keeps its enterprise from having an item of a group in a period.
func (g Grant) Excludes(item, group, period string) bool {
	return g.State.Live() && SamePeriod(g.Period, period) && (g.Item == item || group != "" && g.Group == group)
}

// MaskAccount shows the last four digits of a bank account's number.
func MaskAccount(number string) string {
	if n := len(number); n > 4 {
		return strings.Repeat("*", 4) + number[n-4:]
	}
	return strings.Repeat("*", len(number))
}
