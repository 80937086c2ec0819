package rules

import (
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

// Report decides another version of an item, as Try does, and adds up: first of the item itself, then of those that yield to it. What others
// yield to stays as it is, so that another Group of the draft shows in Compare only. The error is that of Try.
func (m *Matrix) Report(item int, draft *Item) ([]*Report, error) {
	changes, err := m.Try(item, draft)
	if err != nil {
		return nil, err
	}
	plan, err := m.Plan.With(item, draft)
	if err != nil {
		return nil, err
	}
	var out []*Report
	for _, c := range changes {
		was, is := &m.Plan.Items[c.Item], &plan.Items[c.Item]
		flips := slices.Collect(c.Flips.All())
		after := func(row int, before State) State {
			switch {
			case len(flips) > 0 && flips[0].Row == row:
				s := flips[0].Is
				flips = flips[1:]
				return s
			case is.InForce == was.InForce:
				return before
			case is.InForce: // nothing is known to count as a flip
				return CannotSay
			}
			return NotInForce
		}
		r := newReport(was.ID, was, is)
		before, then := m.payer(was), m.payer(is)
		for row := range m.Table.Len() {
			s := m.State(c.Item, row)
			r.add(row, before(row, s), then(row, after(row, s)))
		}
		out = append(out, r)
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
		i, j := was.Plan.inForce(id), is.Plan.inForce(id)
		before, after := was.Plan.item(i), is.Plan.item(j)
		r := newReport(id, before, after)
		had, has := was.payer(before), is.payer(after)
		for row := range was.Table.Len() {
			r.add(row, had(row, was.stateAt(i, row)), has(row, is.stateAt(j, row)))
		}
		out = append(out, r)
	}
	return out
}

// inForce is the place of the version of an item that is in force; -1 when none is.
func (p *Plan) inForce(id string) int {
	return slices.IndexFunc(p.Items, func(x PlanItem) bool { return x.ID == id && x.InForce })
}

func (p *Plan) item(i int) *PlanItem {
	if i < 0 {
		return &PlanItem{}
	}
	return &p.Items[i]
}

func (m *Matrix) stateAt(item, row int) State {
	if item < 0 {
		return NotInForce
	}
	return m.State(item, row)
}

func newReport(id string, was, is *PlanItem) *Report {
	r := &Report{ID: id}
	if was.InForce {
		r.Was = was.Item
	}
	if is.InForce {
		r.Is = is.Item
	}
	return r
}

// payer adds its amount to a state on a row.
func (m *Matrix) payer(x *PlanItem) func(row int, s State) Outcome {
	at := 0
	get := func(field int) Value { return m.Table.Get(at, field) }
	return func(row int, s State) Outcome {
		if s != Eligible || x.amount == nil {
			return Outcome{State: s}
		}
		at = row
		w := x.amount.work(get, nil)
		return Outcome{s, w.n, w.known}
	}
}

// add counts an enterprise.
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
	switch {
	case o.State == CannotSay:
		s.CannotSay++
	case o.State == Eligible:
		s.Eligible++
		if o.Known {
			s.total.add(o.Amount)
		} else if x.Amount != nil {
			s.Unknown++
		}
	}
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
