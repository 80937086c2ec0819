package activity

import "gezhi/internal/lang"

// State is where an activity stands.
type State string

// The states.
const (
	Draft     State = "draft"
	Open      State = "open"    // people can sign up
	Running   State = "running" // it has begun
	Done      State = "done"    // it is over; hours are entered
	Closed    State = "closed"  // hours are final and have gone to review
	Cancelled State = "cancelled"
)

var states = map[State]lang.Text{
	Draft:     {ZH: "草稿", EN: "Draft"},
	Open:      {ZH: "报名中", EN: "Open for sign-up"},
	Running:   {ZH: "进行中", EN: "Under way"},
	Done:      {ZH: "已结束，待办结", EN: "Over, to be closed"},
	Closed:    {ZH: "已办结", EN: "Closed"},
	Cancelled: {ZH: "已取消", EN: "Cancelled"},
}

// Name is the state in words.
func (s State) Name() lang.Text { return states[s] }

// States lists every state in the order activities go through them.
func States() []State { return []State{Draft, Open, Running, Done, Closed, Cancelled} }

// Act is one step of an activity.
type Act string

// The acts. Start and Finish come by the clock alone.
const (
	Publish Act = "publish"
	Start   Act = "start"
	Finish  Act = "finish"
	Close   Act = "close"
	Cancel  Act = "cancel"
)

var acts = map[Act]lang.Text{
	Publish: {ZH: "发布", EN: "Publish"},
	Start:   {ZH: "开始", EN: "Start"},
	Finish:  {ZH: "结束", EN: "Finish"},
	Close:   {ZH: "办结", EN: "Close"},
	Cancel:  {ZH: "取消", EN: "Cancel"},
}

// Name is the act in words.
func (a Act) Name() lang.Text { return acts[a] }

// Acts lists every act.
func Acts() []Act { return []Act{Publish, Start, Finish, Close, Cancel} }

// next is the one transition table: what an act makes of an activity in a state. What is not here is not possible.
var next = map[State]map[Act]State{
	Draft:   {Publish: Open, Cancel: Cancelled},
	Open:    {Start: Running, Cancel: Cancelled},
	Running: {Finish: Done, Cancel: Cancelled},
	Done:    {Close: Closed, Cancel: Cancelled}, // rain: it was announced and never took place
}

// Next is the state an act leads to from a state; false when the table does not allow it.
func Next(s State, a Act) (State, bool) {
	to, ok := next[s][a]
	return to, ok
}
