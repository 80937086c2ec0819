package ledger

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"gezhi/internal/fault"
)

// Key is one book: an account counts each asset by itself.
type Key struct {
	Account Account
	Asset   Asset
}

// Lot is what lapses at one instant, if it is not spent before.
type Lot struct {
	Expires time.Time
	Left    int64 // more than zero
}

// State is where a book stands.
type State struct {
	Balance  int64
	Floor    int64 // the balance never goes below it
	Postings int64 // how many lines made the balance
	Last     int64 // Seq of the newest line; 0 before the first
	Lots     []Lot // earliest first; their sum is at most the balance
}

// Open is the state of a book nothing was ever posted to.
func Open(a Account) State { return State{Floor: a.Floor()} }

// Books are the books that some transfers touch, in memory: load them with Set, post, and store what changed.
// A transfer that is refused changes nothing.
type Books struct {
	states map[Key]*State
	was    map[Key]State // as loaded, of those that changed
}

// Set loads a book as it stands.
func (b *Books) Set(k Key, s State) {
	if b.states == nil {
		b.states, b.was = map[Key]*State{}, map[Key]State{}
	}
	b.states[k] = &s
}

// At is where a book stands now; that of an unknown one is open and empty.
func (b *Books) At(k Key) State {
	if s := b.states[k]; s != nil {
		return *s
	}
	return Open(k.Account)
}

// Changed lists the books that were posted to, with what they were before, by account and asset: whoever locks
// what changed does so in one order.
func (b *Books) Changed(fn func(k Key, was, now State)) {
	keys := slices.SortedFunc(maps.Keys(b.was), func(x, y Key) int {
		return cmp.Or(strings.Compare(string(x.Account), string(y.Account)), strings.Compare(string(x.Asset), string(y.Asset)))
	})
	for _, k := range keys {
		fn(k, b.was[k], *b.states[k])
	}
}

// Post books a transfer. It refuses with Invalid what is wrong in itself or does not fit 64 bits, and with
// Conflict what would bring From below its floor.
func (b *Books) Post(t Transfer, seq int64, at time.Time) (Posted, error) {
	if err := t.Check(); err != nil {
		return Posted{}, err
	}
	p := Posted{Transfer: t, Seq: seq, At: at}
	p.Lots = b.spend(t)
	return b.book(p)
}

// Reverse takes a posted transfer back whole: what it took out of lots goes back to the same lots, what it
// brought leaves the lot it made, as far as it is still there, and then others. id and reason are the
// reversal's own.
func (b *Books) Reverse(was Posted, id, reason, ref string, seq int64, at time.Time) (Posted, error) {
	p := Posted{Seq: seq, At: at, Reverses: was.ID,
		Transfer: Transfer{ID: id, From: was.To, To: was.From, Asset: was.Asset, Amount: was.Amount, Reason: reason, Ref: ref}}
	if err := p.Check(); err != nil {
		return Posted{}, err
	}
	from, wanted, taken := b.At(Key{p.From, p.Asset}), p.Amount, int64(0)
	for _, m := range was.Lots {
		switch {
		case m.Account == p.To && m.Amount < 0:
			p.Lots = append(p.Lots, LotMove{m.Account, m.Expires, -m.Amount})
		case m.Account == p.From && m.Amount > 0:
			if n := min(from.left(m.Expires), m.Amount); n > 0 {
				p.Lots = append(p.Lots, LotMove{m.Account, m.Expires, -n})
				taken += n
			}
		}
	}
	for _, m := range from.take(p.From, wanted-taken, p.Lots) {
		p.Lots = merge(p.Lots, m)
	}
	return b.book(p)
}

// Lapsed is what an account holds in lots that ended by the moment.
func (s State) Lapsed(at time.Time) int64 {
	var sum int64
	for _, l := range s.Lots { // soonest first
		if l.Expires.After(at) {
			break
		}
		sum += l.Left
	}
	return sum
}

// left is what a lot still holds.
func (s State) left(expires time.Time) int64 {
	if i, ok := s.find(expires); ok {
		return s.Lots[i].Left
	}
	return 0
}

func (s State) find(expires time.Time) (int, bool) {
	return slices.BinarySearchFunc(s.Lots, expires, func(l Lot, t time.Time) int { return l.Expires.Compare(t) })
}

// take chooses the lots an amount comes out of: first expiring first, what never lapses last. Moves already
// decided are heeded.
func (s State) take(a Account, amount int64, decided []LotMove) []LotMove {
	var out []LotMove
	for _, l := range s.Lots {
		left := l.Left
		for _, m := range decided {
			if m.Account == a && m.Expires.Equal(l.Expires) {
				left += m.Amount
			}
		}
		n := min(left, amount)
		if n <= 0 {
			continue
		}
		out = append(out, LotMove{a, l.Expires, -n})
		if amount -= n; amount == 0 {
			break
		}
	}
	return out
}

// spend says which lots a transfer takes from and makes. What moves between accounts that both keep lots
// keeps the day it lapses, so that a gift makes no point live longer.
func (b *Books) spend(t Transfer) []LotMove {
	out := b.At(Key{t.From, t.Asset}).take(t.From, t.Amount, nil)
	if !t.To.lapses() {
		return out
	}
	if !t.From.lapses() {
		if !t.Expires.IsZero() {
			out = append(out, LotMove{t.To, t.Expires, t.Amount})
		}
		return out
	}
	var brought []LotMove
	never := t.Amount
	for _, m := range out {
		brought = merge(brought, LotMove{t.To, sooner(m.Expires, t.Expires), -m.Amount})
		never += m.Amount
	}
	if never > 0 && !t.Expires.IsZero() {
		brought = merge(brought, LotMove{t.To, t.Expires, never})
	}
	return append(out, brought...)
}

// sooner is the earlier of a day and a second one that may be zero, for none.
func sooner(a, b time.Time) time.Time {
	if !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// merge adds a move to those of its lot.
func merge(moves []LotMove, m LotMove) []LotMove {
	for i, have := range moves {
		if have.Account == m.Account && have.Expires.Equal(m.Expires) {
			moves[i].Amount += m.Amount
			return moves
		}
	}
	return append(moves, m)
}

// book applies a decided transfer to both books or to neither.
func (b *Books) book(p Posted) (Posted, error) {
	fk, tk := Key{p.From, p.Asset}, Key{p.To, p.Asset}
	from, to := b.At(fk), b.At(tk)
	left, err := from.less(p.Amount)
	if err != nil {
		return Posted{}, err
	}
	sum, err := to.more(p.Amount)
	if err != nil {
		return Posted{}, err
	}
	p.FromLine, p.ToLine = from.line(left), to.line(sum)
	b.put(fk, from, left, p)
	b.put(tk, to, sum, p)
	return p, nil
}

// line is the next one, after which the balance is as given.
func (s State) line(balance int64) Line { return Line{s.Postings + 1, balance, s.Last} }

func (b *Books) put(k Key, was State, balance int64, p Posted) {
	if b.states == nil {
		b.Set(k, was)
	}
	if _, before := b.was[k]; !before {
		b.was[k] = was
	}
	now := State{Balance: balance, Floor: was.Floor, Postings: was.Postings + 1, Last: p.Seq, Lots: slices.Clone(was.Lots)}
	for _, m := range p.Lots {
		if m.Account == k.Account {
			now.move(m)
		}
	}
	b.states[k] = &now
}

// move changes one lot, making or dropping it. The slice is the state's own.
func (s *State) move(m LotMove) {
	i, found := s.find(m.Expires)
	if !found {
		s.Lots = slices.Insert(s.Lots, i, Lot{Expires: m.Expires})
	}
	if s.Lots[i].Left += m.Amount; s.Lots[i].Left == 0 {
		s.Lots = slices.Delete(s.Lots, i, i+1)
	}
}

func (s State) less(amount int64) (int64, error) {
	left := s.Balance - amount
	if left > s.Balance { // below what 64 bits hold
		return 0, fault.Field("amount", "数额过大，账户余额会超出可记范围。", "The amount is too large for the account to hold.")
	}
	if left < s.Floor {
		return 0, fault.New(fault.Conflict, "余额不足：现有 %d，需要 %d。", "The balance is too low: %d present, %d needed.", s.Balance, amount)
	}
	return left, nil
}

func (s State) more(amount int64) (int64, error) {
	sum := s.Balance + amount
	if sum < s.Balance {
		return 0, fault.Field("amount", "数额过大，账户余额会超出可记范围。", "The amount is too large for the account to hold.")
	}
	return sum, nil
}
