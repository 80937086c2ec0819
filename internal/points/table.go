package points

import "gezhi/internal/lang"

// State is where an award (积分记录) stands.
type State string

// The states.
const (
	Submitted State = "submitted" // waits for its first review
	Returned  State = "returned"  // back with the applicant for correction
	Reviewed  State = "second"    // approved once, waits for the second review
	Publicity State = "publicity" // published, objections are open
	Objected  State = "objected"  // an objection waits to be decided
	Waiting   State = "waiting"   // cleared; is posted as soon as a pool can pay
	Posted    State = "posted"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Reversed  State = "reversed" // posted by mistake and taken back
)

var states = map[State]lang.Text{
	Submitted: {ZH: "待复核", EN: "To be reviewed"},
	Returned:  {ZH: "退回补正", EN: "Returned"},
	Reviewed:  {ZH: "待二次复核", EN: "To be reviewed again"},
	Publicity: {ZH: "公示中", EN: "In publicity"},
	Objected:  {ZH: "异议处理中", EN: "Objected to"},
	Waiting:   {ZH: "待拨付", EN: "Waiting for budget"},
	Posted:    {ZH: "已入账", EN: "Posted"},
	Refused:   {ZH: "未通过", EN: "Refused"},
	Withdrawn: {ZH: "已撤回", EN: "Withdrawn"},
	Reversed:  {ZH: "已冲正", EN: "Reversed"},
}

// Name is the state in words.
func (s State) Name() lang.Text { return states[s] }

// States lists every state in the order awards go through them.
func States() []State {
	return []State{Submitted, Returned, Reviewed, Publicity, Objected, Waiting, Posted, Refused, Withdrawn, Reversed}
}

// Counts reports a state whose points count against caps: had, or under way.
func (s State) Counts() bool { return s != Refused && s != Withdrawn && s != Reversed }

// Over reports a state that leads nowhere; a posted award can still be reversed.
func (s State) Over() bool { return len(next[s]) == 0 }

// Act is one step of an award.
type Act string

// The acts.
const (
	Submit   Act = "submit" // how every award begins
	Resubmit Act = "resubmit"
	Withdraw Act = "withdraw"
	Return   Act = "return"
	Refuse   Act = "refuse"
	Refer    Act = "refer"   // approved, on to the second review
	Publish  Act = "publish" // approved, into publicity
	Clear    Act = "clear"   // approved without publicity, or publicity is over
	Object   Act = "object"
	Dismiss  Act = "dismiss" // the objection is not upheld
	Uphold   Act = "uphold"
	Post     Act = "post"
	Reverse  Act = "reverse"
)

var acts = map[Act]lang.Text{
	Submit:   {ZH: "提交", EN: "Submitted"},
	Resubmit: {ZH: "补正后重新提交", EN: "Submitted again"},
	Withdraw: {ZH: "撤回", EN: "Withdrawn"},
	Return:   {ZH: "退回补正", EN: "Returned for correction"},
	Refuse:   {ZH: "不予通过", EN: "Refused"},
	Refer:    {ZH: "复核通过，送二次复核", EN: "Approved, on to the second review"},
	Publish:  {ZH: "复核通过，开始公示", EN: "Approved, into publicity"},
	Clear:    {ZH: "核定，等待入账", EN: "Cleared for posting"},
	Object:   {ZH: "有人提出异议", EN: "Objected to"},
	Dismiss:  {ZH: "异议不成立，恢复公示", EN: "Objection dismissed"},
	Uphold:   {ZH: "异议成立，不予记分", EN: "Objection upheld"},
	Post:     {ZH: "积分入账", EN: "Posted"},
	Reverse:  {ZH: "冲正", EN: "Reversed"},
}

// Name is the act in words.
func (a Act) Name() lang.Text { return acts[a] }

// Acts lists every act.
func Acts() []Act {
	return []Act{Submit, Resubmit, Withdraw, Return, Refuse, Refer, Publish, Clear, Object, Dismiss, Uphold, Post, Reverse}
}

// next is the one transition table: what an act makes of an award in a state. What is not here is not possible.
var next = map[State]map[Act]State{
	Submitted: {Withdraw: Withdrawn, Return: Returned, Refuse: Refused, Refer: Reviewed, Publish: Publicity, Clear: Waiting},
	Returned:  {Resubmit: Submitted, Withdraw: Withdrawn},
	Reviewed:  {Withdraw: Withdrawn, Return: Returned, Refuse: Refused, Publish: Publicity, Clear: Waiting},
	Publicity: {Withdraw: Withdrawn, Object: Objected, Clear: Waiting},
	Objected:  {Object: Objected, Dismiss: Publicity, Uphold: Refused}, // several may object
	Waiting:   {Withdraw: Withdrawn, Post: Posted, Refuse: Refused},    // refused when a cap or a departure came in between
	Posted:    {Reverse: Reversed},
}

// Next is the state an act leads to from a state; false when the table does not allow it.
func Next(s State, a Act) (State, bool) {
	to, ok := next[s][a]
	return to, ok
}
