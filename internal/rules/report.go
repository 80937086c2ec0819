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

// Report decides another version of an item beside the one in force, over all enterprises, and adds up: first what changes of the item itself,
// then of those that yield to it, as Try does. Nothing is changed. What others yield to stays as it is, so that another Group of the draft shows in
// Compare only. The error is a circle of items that yield to one another.
func (m *Matrix) Report(item int, draft *Item) ([]*Report, error) {
	plan, err := m.Plan.With(item, draft)
	if err != nil {
		return nil, err
	}
	out := []*Report{report(m.Plan.Items[item].ID, verdicts{m.Plan, m.Table, item}, verdicts{plan, m.Table, item})}
	for j, x := range m.Plan.Items {
		if j != item && (plan.leans(j, item) || m.Plan.leans(j, item)) {
			out = append(out, report(x.ID, verdicts{m.Plan, m.Table, j}, verdicts{plan, m.Table, j}))
		}
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
		out = append(out, report(id, verdicts{was.Plan, was.Table, was.Plan.inForce(id)}, verdicts{is.Plan, is.Table, is.Plan.inForce(id)}))
	}
	return out
}

// verdicts are those of an item of a plan over a table; -1 for one that is not in force.
type verdicts struct {
	plan  *Plan
	table *Table
	item  int
}

// outcomes decides the item on a row.
func (s verdicts) outcomes() func(row int) Outcome {
	if s.item < 0 || !s.plan.Items[s.item].InForce {
		return func(int) Outcome { return Outcome{State: NotInForce} }
	}
	at := 0
	get := func(field int) Value { return s.table.Get(at, field) }
	x := &s.plan.Items[s.item]
	return func(row int) Outcome {
		at = row
		out := Outcome{State: s.plan.state(s.item, get)}
		if out.State == Eligible && x.amount != nil {
			w := x.amount.work(get, nil)
			out.Amount, out.Known = w.n, w.known
		}
		return out
	}
}

func (s verdicts) version() *Item {
	if s.item < 0 || !s.plan.Items[s.item].InForce {
		return nil
	}
	return s.plan.Items[s.item].Item
}

func report(id string, was, is verdicts) *Report {
	r := &Report{ID: id, Was: was.version(), Is: is.version()}
	before, after := was.outcomes(), is.outcomes()
	for row := range was.table.Len() {
		r.add(row, before(row), after(row))
	}
	return r
}

// inForce is the place of the version of an item that is in force; -1 when none is.
func (p *Plan) inForce(id string) int {
	return slices.IndexFunc(p.Items, func(x PlanItem) bool { return x.ID == id && x.InForce })
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
