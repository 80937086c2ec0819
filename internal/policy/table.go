package policy

import (
	"slices"

	"gezhi/internal/lang"
)

// State is where a grant (兑付) stands.
type State string

// The states.
const (
	Listed     State = "listed"    // on a list, waits for the enterprise
	Submitted  State = "submitted" // applied for, waits for its review
	Returned   State = "returned"  // back with the applicant for correction
	Confirmed  State = "confirmed" // the enterprise wants it, or its application was accepted
	Published  State = "published" // objections are open
	Objected   State = "objected"
	Approved   State = "approved"   // may be ordered
	Ordered    State = "ordered"    // the bank has been told to pay
	Failed     State = "failed"     // the bank sent it back
	Paid       State = "paid"       // on the enterprise's account
	Recovering State = "recovering" // is to be paid back
	Recovered  State = "recovered"
	Waived     State = "waived"
	Lapsed     State = "lapsed" // nobody confirmed in time
	Dropped    State = "dropped"
	Refused    State = "refused"
)

var states = map[State]lang.Text{
	Listed:     {ZH: "待确认", EN: "To be confirmed"},
	Submitted:  {ZH: "待审核", EN: "To be reviewed"},
	Returned:   {ZH: "待补正", EN: "Returned for correction"},
	Confirmed:  {ZH: "已确认", EN: "Confirmed"},
	Published:  {ZH: "公示中", EN: "In publicity"},
	Objected:   {ZH: "异议核查", EN: "Objected to"},
	Approved:   {ZH: "待拨付", EN: "To be ordered"},
	Ordered:    {ZH: "已下达拨付指令", EN: "Ordered"},
	Failed:     {ZH: "退回", EN: "Sent back by the bank"},
	Paid:       {ZH: "已到账", EN: "Paid"},
	Recovering: {ZH: "追缴中", EN: "To be paid back"},
	Recovered:  {ZH: "已追回", EN: "Paid back"},
	Waived:     {ZH: "已放弃", EN: "Waived"},
	Lapsed:     {ZH: "逾期未确认", EN: "Not confirmed in time"},
	Dropped:    {ZH: "移出名单", EN: "Taken off the list"},
	Refused:    {ZH: "不予兑付", EN: "Refused"},
}

// Name is the state in words.
func (s State) Name() lang.Text { return states[s] }

// States lists every state in the order grants go through them.
func States() []State {
	return []State{Listed, Submitted, Returned, Confirmed, Published, Objected, Approved, Ordered, Failed, Paid, Recovering, Recovered, Waived, Lapsed, Dropped, Refused}
}

// Over reports a state that leads nowhere; what is paid can still be recovered.
func (s State) Over() bool { return len(next[s]) == 0 }

// Live reports a state in which the enterprise has the item, or is about to: it cannot have it a second time.
func (s State) Live() bool { return s == Paid || !s.Over() }

// Act is one step of a grant.
type Act string

// The acts.
const (
	List     Act = "list"   // how a grant begins that nobody applied for
	Submit   Act = "submit" // how an application begins
	Confirm  Act = "confirm"
	Waive    Act = "waive"
	Lapse    Act = "lapse"
	Drop     Act = "drop"
	Return   Act = "return"
	Resubmit Act = "resubmit"
	Refuse   Act = "refuse"
	Accept   Act = "accept"
	Publish  Act = "publish"
	Object   Act = "object"
	Dismiss  Act = "dismiss" // the objection is not upheld
	Clear    Act = "clear"   // publicity is over, or not asked for
	Order    Act = "order"
	Pay      Act = "pay"
	Fail     Act = "fail"
	Correct  Act = "correct" // the account is put right
	Recover  Act = "recover" // proposed
	Spare    Act = "spare"   // the proposal is taken back
	Book     Act = "book"    // the money is back
)

// Acts lists every act.
func Acts() []Act {
	return []Act{List, Submit, Confirm, Waive, Lapse, Drop, Return, Resubmit, Refuse, Accept, Publish, Object, Dismiss, Clear, Order, Pay, Fail, Correct, Recover, Spare, Book}
}

// Part is the side somebody acts on.
type Part uint8

// The parts.
const (
	Clock      Part = 1 << iota // the system, by the time
	Enterprise                  // whoever acts for it
	Desk                        // 兑现岗
	Finance                     // 拨付岗
	Public                      // anybody who has signed in
)

// rule is what the table says of an act.
type rule struct {
	name   lang.Text
	by     Part // who may make it
	reason bool // must say why
	second bool // takes another than whoever chose the enterprise
	other  bool // takes another than whoever raised what is decided
	to     State
	from   []State
}

// The one table of moves: what is not here is not possible.
var moves = map[Act]rule{
	List:     {name: lang.Text{ZH: "列入名单", EN: "Put on the list"}, by: Desk | Clock, to: Listed},
	Submit:   {name: lang.Text{ZH: "提交申报", EN: "Applied for"}, by: Enterprise, to: Submitted},
	Confirm:  {name: lang.Text{ZH: "确认享受", EN: "Confirmed"}, by: Enterprise, from: []State{Listed}, to: Confirmed},
	Waive:    {name: lang.Text{ZH: "放弃享受", EN: "Waived"}, by: Enterprise, from: []State{Listed, Submitted, Returned, Confirmed}, to: Waived},
	Lapse:    {name: lang.Text{ZH: "逾期未确认", EN: "Not confirmed in time"}, by: Clock, from: []State{Listed}, to: Lapsed},
	Drop:     {name: lang.Text{ZH: "移出名单", EN: "Taken off the list"}, by: Desk, reason: true, from: []State{Listed, Confirmed, Published, Objected, Approved, Failed}, to: Dropped},
	Return:   {name: lang.Text{ZH: "退回补正", EN: "Returned for correction"}, by: Desk, reason: true, from: []State{Submitted}, to: Returned},
	Resubmit: {name: lang.Text{ZH: "补正后重新提交", EN: "Submitted again"}, by: Enterprise, from: []State{Returned}, to: Submitted},
	Refuse:   {name: lang.Text{ZH: "不予兑付", EN: "Refused"}, by: Desk, reason: true, from: []State{Submitted}, to: Refused},
	Accept:   {name: lang.Text{ZH: "审核通过", EN: "Accepted"}, by: Desk, from: []State{Submitted}, to: Confirmed},
	Publish:  {name: lang.Text{ZH: "开始公示", EN: "Published"}, by: Desk, from: []State{Confirmed}, to: Published},
	Object:   {name: lang.Text{ZH: "提出异议", EN: "Objected to"}, by: Public, reason: true, from: []State{Published}, to: Objected},
	Dismiss:  {name: lang.Text{ZH: "异议不成立，恢复公示", EN: "Objection dismissed"}, by: Desk, reason: true, other: true, from: []State{Objected}, to: Published},
	Clear:    {name: lang.Text{ZH: "核定，等待拨付", EN: "Cleared for payment"}, by: Clock, from: []State{Confirmed, Published}, to: Approved},
	Order:    {name: lang.Text{ZH: "下达拨付指令", EN: "Ordered"}, by: Finance, second: true, from: []State{Approved}, to: Ordered},
	Pay:      {name: lang.Text{ZH: "到账", EN: "Paid"}, by: Finance, from: []State{Ordered}, to: Paid},
	Fail:     {name: lang.Text{ZH: "银行退回", EN: "Sent back by the bank"}, by: Finance, reason: true, from: []State{Ordered}, to: Failed},
	Correct:  {name: lang.Text{ZH: "更正收款账户", EN: "Account corrected"}, by: Enterprise | Desk, from: []State{Failed}, to: Approved},
	Recover:  {name: lang.Text{ZH: "提出追缴", EN: "Recovery proposed"}, by: Desk | Finance, reason: true, from: []State{Paid}, to: Recovering},
	Spare:    {name: lang.Text{ZH: "撤销追缴", EN: "Recovery taken back"}, by: Desk | Finance, reason: true, from: []State{Recovering}, to: Paid},
	Book:     {name: lang.Text{ZH: "追缴入账", EN: "Recovery booked"}, by: Finance, other: true, from: []State{Recovering}, to: Recovered},
}

// next is the table by state.
var next = func() map[State]map[Act]State {
	out := map[State]map[Act]State{}
	for act, r := range moves {
		for _, s := range r.from {
			if out[s] == nil {
				out[s] = map[Act]State{}
			}
			out[s][act] = r.to
		}
	}
	return out
}()

// Name is the act in words.
func (a Act) Name() lang.Text { return moves[a].name }

// Reasoned reports an act that must say why.
func (a Act) Reasoned() bool { return moves[a].reason }

// By is who may make the act.
func (a Act) By() Part { return moves[a].by }

// Next is the state an act leads to from a state, "" being before the first; false when the table does not allow it.
func Next(s State, a Act) (State, bool) {
	if s == "" {
		return moves[a].to, a == List || a == Submit
	}
	to, ok := next[s][a]
	return to, ok
}

// Open lists what the parts may do in a state, in the order of Acts.
func Open(s State, p Part) []Act {
	return slices.DeleteFunc(Acts(), func(a Act) bool {
		_, ok := next[s][a]
		return !ok || moves[a].by&p == 0
	})
}
