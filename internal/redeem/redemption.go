package redeem

import (
	"slices"
	"strings"
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
)

// State is where a redemption stands.
type State string

// The states of a redemption.
const (
	Reserved  State = "reserved"  // points and goods are set aside, a code is out: 待领取
	Collected State = "collected" // handed over at the counter: 已领取
	Cancelled State = "cancelled" // called off by the resident: 已取消
	Lapsed    State = "lapsed"    // not collected in time: 逾期未领
)

// States lists them in the order of a life.
func States() []State { return []State{Reserved, Collected, Cancelled, Lapsed} }

// next is every legal step; no other code decides it. What is not reserved is over.
var next = map[State][]State{
	Reserved: {Collected, Cancelled, Lapsed},
}

// May reports whether one state may follow the other.
func (s State) May(to State) bool { return slices.Contains(next[s], to) }

// Name is the state in words.
func (s State) Name() lang.Text {
	return map[State]lang.Text{Reserved: {ZH: "待领取", EN: "to be collected"}, Collected: {ZH: "已领取", EN: "collected"},
		Cancelled: {ZH: "已取消", EN: "cancelled"}, Lapsed: {ZH: "逾期未领", EN: "not collected in time"}}[s]
}

// HoldEnds is the state in which the redemption leaves its hold: open, confirmed or voided.
func (s State) HoldEnds() string {
	switch s {
	case Reserved:
		return "open"
	case Collected:
		return "confirmed"
	}
	return "voided"
}

// Redemption is one reward on its way to one person.
type Redemption struct {
	ID       int64
	Reward   int64
	Name     lang.Text // the reward's when it was reserved
	Person   int64
	Home     string // community of the person when it was reserved; "" when not told
	Place    string // the reward's area
	Sponsor  int64
	Price    int64
	Hold     string // id of the hold on the points
	State    State
	Reserved time.Time
	Until    time.Time // when it lapses
	Done     time.Time // when it ceased to be reserved
	By       int64     // who did that; 0 for the clock
	Duty     string    // what that person acted as: role/unit/area
}

// Crosses reports a redemption at another community than the person's own. known is false where the person has not
// told where they live.
func (r Redemption) Crosses() (crosses, known bool) {
	return r.Home != "" && !strings.HasPrefix(r.Home, r.Place), r.Home != ""
}

// Become is the redemption after a step at an instant. Every refusal says what has become of it.
func (r Redemption) Become(to State, at time.Time, by int64, duty string) (Redemption, error) {
	switch {
	case !r.State.May(to):
		return r, r.over()
	case to == Collected && !at.Before(r.Until):
		return r, fault.New(fault.Conflict, "这个取货码已过领取期限，积分将自动退回。", "This code was to be used earlier; its points go back by themselves.")
	case to == Lapsed && at.Before(r.Until):
		return r, fault.New(fault.Conflict, "还没有到领取期限。", "It can still be collected.")
	}
	r.State, r.Done, r.By, r.Duty = to, at, by, duty
	return r, nil
}

func (r Redemption) over() error {
	d := r.Done.In(china)
	zh, en := d.Format("1月2日 15:04"), d.Format("2 Jan, 15:04")
	switch r.State {
	case Collected:
		return fault.New(fault.Conflict, "这份奖品已于 %[1]s 领走，不能再领。", "This was handed over on %[2]s and cannot be collected again.", zh, en)
	case Cancelled:
		return fault.New(fault.Conflict, "这次兑换已于 %[1]s 取消，积分已退回。", "This was cancelled on %[2]s and the points have gone back.", zh, en)
	}
	return fault.New(fault.Conflict, "这次兑换逾期未领，已于 %[1]s 退回积分。", "This was not collected in time; the points went back on %[2]s.", zh, en)
}

// Returning is what of a hold's points would lapse at once if they went back at an instant: the lots they came from
// have ended by then. moves are those of the transfer that set the points aside.
func Returning(moves []ledger.LotMove, at time.Time) int64 {
	var sum int64
	for _, m := range moves {
		if m.Amount < 0 && !m.Expires.After(at) {
			sum -= m.Amount
		}
	}
	return sum
}

// Taking is the same beforehand: of a price paid out of lots, soonest ending first, how much would lapse if it came
// back at an instant.
func Taking(lots []ledger.Lot, price int64, at time.Time) int64 {
	var sum int64
	for _, l := range lots {
		n := min(price, l.Left)
		if price -= n; !l.Expires.After(at) {
			sum += n
		}
	}
	return sum
}

// CodeLength is how many characters a pick-up code has.
const CodeLength = 8

// codeLetters leave out what is mistaken for something else: 0 O, 1 I L, and U for V.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewCode makes a pick-up code of random bytes, CodeLength of them evenly spread: about 6.5 × 10¹¹ codes, so that
// a counter which is slowed down after ten wrong ones finds none by trying. Bytes that would favour some letters
// are asked for again.
func NewCode(random func() byte) string {
	var b strings.Builder
	for b.Len() < CodeLength {
		if n := int(random()); n < 256-256%len(codeLetters) {
			b.WriteByte(codeLetters[n%len(codeLetters)])
		}
	}
	return b.String()
}

// ParseCode reads a code as people type it: in any case, with spaces or dashes.
func ParseCode(s string) (string, error) {
	code := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r == ' ' || r == '-' || r == '　' || r == '—' || r == '－':
			return -1
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r >= 'Ａ' && r <= 'Ｚ':
			return r - 'Ａ' + 'A'
		case r >= 'ａ' && r <= 'ｚ':
			return r - 'ａ' + 'A'
		}
		return r
	}, s)
	if len(code) != CodeLength || strings.Trim(code, codeLetters) != "" {
		return "", fault.Field("code", "取货码是 %d 位数字和字母，请对照居民手机上的取货码输入。", "A code has %d digits and letters; type it as the resident's phone shows it.", CodeLength)
	}
	return code, nil
}

// ShowCode is a code in two groups, as it is read out.
func ShowCode(code string) string {
	if len(code) != CodeLength {
		return code
	}
	return code[:CodeLength/2] + "-" + code[CodeLength/2:]
}

// Tries are the wrong codes somebody at a counter has typed.
type Tries struct {
	Wrong int
	Last  time.Time
}

const (
	freeTries  = 10
	tryForgets = time.Hour
	longPause  = 15 * time.Minute
)

// Pause is how long to wait before another code may be typed: nothing up to ten wrong ones, then half a minute, doubled
// with each further one up to a quarter of an hour. An hour without a wrong one clears the slate.
func (t Tries) Pause(at time.Time) time.Duration {
	t = t.fresh(at)
	if t.Wrong < freeTries {
		return 0
	}
	pause := longPause
	if n := t.Wrong - freeTries; n < 5 {
		pause = 30 * time.Second << n
	}
	return max(0, t.Last.Add(pause).Sub(at))
}

// Miss counts one more wrong code.
func (t Tries) Miss(at time.Time) Tries {
	return Tries{Wrong: t.fresh(at).Wrong + 1, Last: at}
}

func (t Tries) fresh(at time.Time) Tries {
	if at.Sub(t.Last) >= tryForgets {
		return Tries{}
	}
	return t
}
