package rules

import (
	"math"
	"math/big"
	"math/bits"
	"slices"
)

// Report is what an item comes to for everybody in one version and in another: what a change of it would cost, and who would gain and lose.
type Report struct {
	ID            string
	Was, Is       *Item // nil where the item is not in force
	Before, After Sums
	Effects       []Effect // those that it comes to something else for, in the order of the table
	Winners       int      // newly eligible, or with more money
	Losers        int      // no longer eligible, or with less money
	Adjusted      int      // eligible in both, with another amount; those whose amount is known in one only are no winners and no losers
}

// Sums are what an item comes to for all.
type Sums struct {
	Eligible, CannotSay int
	Unknown             int   // of Eligible: those whose amount cannot be said, or held; none of an item without money
	total               total // of the others
}

// Amount is what is paid to those whose amount is known, in 分, exactly.
func (s Sums) Amount() *big.Int { return s.total.big() }

// Effect is what changes for one enterprise.
type Effect struct {
	Row     int
	Was, Is Outcome
}

// Outcome is a verdict without its reasons.
type Outcome struct {
	State  State
	Amount int64 // 分, when Known; of an eligible enterprise only
	Known  bool
}

// Direction is whether an enterprise gains by an effect (1), loses (-1), or neither can be said (0).
func (e Effect) Direction() int {
	was, is := e.Was.State == Eligible, e.Is.State == Eligible
	switch {
	case is && !was:
		return 1
	case was && !is:
		return -1
	case !was || !e.Was.Known || !e.Is.Known:
		return 0
	case e.Is.Amount > e.Was.Amount:
		return 1
	}
	return -1
}

// Cost is what the item comes to in a year once it is as in Is, in 分: a monthly one costs twelve times what it pays at once.
func (r *Report) Cost() *big.Int {
	cost := r.After.Amount()
	if r.Is != nil && r.Is.Once == Monthly {
		cost.Mul(cost, big.NewInt(12))
	}
	return cost
}

// Left is what of the budget of Is a year leaves, in 分, below 0 when it is not enough; nil when there is no budget.
func (r *Report) Left() *big.Int {
	if r.Is == nil || r.Is.Budget == 0 {
		return nil
	}
	return new(big.Int).Sub(big.NewInt(r.Is.Budget), r.Cost())
}

// Report decides another version of an item beside the one in force, over all enterprises, and adds up: first what changes of the item itself,
// then of those that yield to it, as Try does. Nothing is changed. What others yield to stays as it is, so that another Group of the draft shows in
// Compare only. The error is a circle of items that yield to one another.
func (m *Matrix) Report(item int, draft *Item) ([]*Report, error) {
	plan, changes, err := m.try(item, draft)
	if err != nil {
		return nil, err
	}
	var out []*Report
	for _, c := range changes {
		was := verdicts{m.Plan.version(c.Item), m.Table, c.Flips.was}
		out = append(out, report(m.Plan.Items[c.Item].ID, was, verdicts{plan.version(c.Item), m.Table, c.Flips.is}))
	}
	return out, nil
}

// Compare reports every item of two matrices, by its id: those of the first before what only the second has. Their tables have the same
// enterprises on the same rows; fields, parameters, groups and days may differ.
func Compare(was, is *Matrix) []*Report {
	var ids []string
	for _, p := range []*Plan{was.Plan, is.Plan} {
		for _, x := range p.Items {
			if !slices.Contains(ids, x.ID) {
				ids = append(ids, x.ID)
			}
		}
	}
	var out []*Report
	for _, id := range ids {
		out = append(out, report(id, was.verdicts(id), is.verdicts(id)))
	}
	return out
}

// verdicts are those of an item over a table.
type verdicts struct {
	item  *PlanItem // nil when it is not in force
	table *Table
	said  *decided
}

// verdicts are those of the version of an item that is in force.
func (m *Matrix) verdicts(id string) verdicts {
	i := m.Plan.inForce(id)
	if i < 0 {
		return verdicts{nil, m.Table, &decided{rows: m.Table.Len()}}
	}
	return verdicts{&m.Plan.Items[i], m.Table, m.of(i)}
}

// version is an item in force; nil for one that is not.
func (p *Plan) version(item int) *PlanItem {
	if !p.Items[item].InForce {
		return nil
	}
	return &p.Items[item]
}

func (s verdicts) version() *Item {
	if s.item == nil {
		return nil
	}
	return s.item.Item
}

// outcome is a state with the amount.
func (s verdicts) outcome(row int, state State) Outcome {
	out := Outcome{State: state}
	if state == Eligible && s.item.amount != nil {
		w := s.item.amount.work(s.table.getter(row), nil)
		out.Amount, out.Known = w.n, w.known
	}
	return out
}

func report(id string, was, is verdicts) *Report {
	var parts []*Report
	spread(was.table.chunks(), func() func(k int) {
		r := &Report{ID: id, Was: was.version(), Is: is.version()}
		parts = append(parts, r)
		return func(k int) {
			for w := k * chunkWords; w < (k+1)*chunkWords && w*64 < was.said.rows; w++ {
				r.word(w, was, is)
			}
		}
	})
	out := parts[0]
	for _, r := range parts[1:] {
		out.Before.join(r.Before)
		out.After.join(r.After)
		out.Effects = append(out.Effects, r.Effects...)
		out.Winners, out.Losers, out.Adjusted = out.Winners+r.Winners, out.Losers+r.Losers, out.Adjusted+r.Adjusted
	}
	return out
}

// word counts 64 enterprises. It looks only at those to whom an item comes, or who flip.
func (r *Report) word(w int, was, is verdicts) {
	a, b := was.said.word(w), is.said.word(w)
	all := uint64(math.MaxUint64) >> max(0, w*64+64-was.said.rows)
	if a.inForce {
		r.Before.CannotSay += bits.OnesCount64(all &^ (a.yes | a.no))
	}
	if b.inForce {
		r.After.CannotSay += bits.OnesCount64(all &^ (b.yes | b.no))
	}
	look := a.yes | b.yes | (a.no ^ b.no)
	if a.inForce != b.inForce {
		look = all
	}
	for ; look != 0; look &= look - 1 {
		bit := bits.TrailingZeros64(look)
		row := w*64 + bit
		r.add(row, was.outcome(row, a.at(bit)), is.outcome(row, b.at(bit)))
	}
}

// inForce is the place of the version of an item that is in force; -1 when none is.
func (p *Plan) inForce(id string) int {
	return slices.IndexFunc(p.Items, func(x PlanItem) bool { return x.ID == id && x.InForce })
}

// add counts an enterprise, but not whether it cannot be said.
func (r *Report) add(row int, was, is Outcome) {
	r.Before.add(r.Was, was)
	r.After.add(r.Is, is)
	if was == is {
		return
	}
	e := Effect{row, was, is}
	if len(r.Effects) == cap(r.Effects) { // append alone would copy a long list many times
		r.Effects = slices.Grow(r.Effects, max(1024, len(r.Effects)))
	}
	r.Effects = append(r.Effects, e)
	switch e.Direction() {
	case 1:
		r.Winners++
	case -1:
		r.Losers++
	}
	if was.State == is.State {
		r.Adjusted++
	}
}

func (s *Sums) add(x *Item, o Outcome) {
	if o.State != Eligible {
		return
	}
	s.Eligible++
	if o.Known {
		s.total.add(o.Amount)
	} else if x.Amount != nil {
		s.Unknown++
	}
}

func (s *Sums) join(other Sums) {
	s.Eligible, s.CannotSay, s.Unknown = s.Eligible+other.Eligible, s.CannotSay+other.CannotSay, s.Unknown+other.Unknown
	var carry uint64
	s.total.low, carry = bits.Add64(s.total.low, other.total.low, 0)
	s.total.high += other.total.high + int64(carry)
}

// total is a sum of amounts in 128 bits: no table has so many enterprises that it could be more.
type total struct {
	high int64
	low  uint64
}

func (t *total) add(n int64) {
	var carry uint64
	t.low, carry = bits.Add64(t.low, uint64(n), 0)
	t.high += n>>63 + int64(carry)
}

func (t total) big() *big.Int {
	n := new(big.Int).Lsh(big.NewInt(t.high), 64)
	return n.Add(n, new(big.Int).SetUint64(t.low))
}

// FormatTotal is a sum of 分 in 元, as FormatMoney writes one amount.
func FormatTotal(fen *big.Int) string {
	yuan, rest := new(big.Int).QuoRem(fen, big.NewInt(100), new(big.Int))
	if rest.Sign() == 0 {
		return yuan.String()
	}
	sign := ""
	if fen.Sign() < 0 {
		sign = "-"
	}
	return sign + yuan.Abs(yuan).String() + FormatMoney(rest.Abs(rest).Int64())[1:]
}
