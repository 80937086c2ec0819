package rules

import (
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Plan is a book as of a day: every number is known, and items that are not in force decide nothing. It is safe for use by many
// goroutines.
type Plan struct {
	Book  *Book
	AsOf  int64 // Day
	Items []PlanItem

	derived []derived
}

// derived is how a field follows from others.
type derived struct {
	field int
	cases []derivedCase
}

type derivedCase struct {
	run   eval
	value Value
}

// Derive fills in what follows from a profile's values. What was said stays as it is, and what cannot be said stays unknown.
func (p *Plan) Derive(profile Profile) Profile {
	out := Profile{ID: profile.ID, Values: slices.Clone(profile.Values)}
	for _, d := range p.derived {
		if !out.Values[d.field].Known {
			out.Values[d.field] = d.from(profile.get)
		}
	}
	return out
}

// from is what the field comes to.
func (d *derived) from(get getter) Value {
	for _, c := range d.cases {
		switch c.run(get) {
		case True:
			return c.value
		case Unknown:
			return Value{}
		}
	}
	return Value{}
}

// DeriveTable fills in what follows from the values of every enterprise of a table, as Derive does.
func (p *Plan) DeriveTable(t *Table) {
	for row := range t.Len() {
		get := t.getter(row)
		for _, d := range p.derived {
			if !t.Get(row, d.field).Known {
				t.Set(row, d.field, d.from(get))
			}
		}
	}
}

// PlanItem is an item of a plan.
type PlanItem struct {
	*Item
	InForce bool
	root    *node
	amount  *amount
}

// AsOf makes the plan of a day.
func (b *Book) AsOf(day int64) *Plan {
	p := &Plan{Book: b, AsOf: day, Items: make([]PlanItem, len(b.Items))}
	for i, x := range b.Items {
		p.Items[i].Item = x
	}
	p.resolveItems()
	for _, x := range b.Derived {
		d := derived{field: x.Field}
		for _, c := range x.Cases {
			d.cases = append(d.cases, derivedCase{resolve(b, c.When, day).run, c.Value})
		}
		p.derived = append(p.derived, d)
	}
	return p
}

// With is the plan with another version in place of its i-th item. The error is a circle of items that yield to one another.
func (p *Plan) With(i int, x *Item) (*Plan, error) {
	out := &Plan{Book: p.Book, AsOf: p.AsOf, Items: make([]PlanItem, len(p.Items)), derived: p.derived}
	to := map[string][]string{}
	for j := range p.Items {
		switch {
		case j == i:
			out.Items[j].Item = x
		case p.leans(j, i):
			out.Items[j].Item = p.Items[j].Item // and is resolved anew
		default:
			out.Items[j] = p.Items[j]
		}
		if y := out.Items[j].YieldsTo; len(y) > 0 {
			to[out.Items[j].ID] = append(to[out.Items[j].ID], y...)
		}
	}
	if c := circle(to); c != nil {
		return nil, circular(c)
	}
	if x.ID != p.Items[i].ID { // those that yield to the new name are others than before
		for j := range out.Items {
			out.Items[j].root = nil
		}
	}
	out.resolveItems()
	return out, nil
}

// resolveItems resolves the items in force that are not resolved yet.
func (p *Plan) resolveItems() {
	for i := range p.Items {
		x := &p.Items[i]
		x.InForce = x.From <= p.AsOf && p.AsOf <= x.To
	}
	for i := range p.Items {
		p.need(i)
	}
}

// need resolves an item that is in force, after those it yields to.
func (p *Plan) need(i int) *PlanItem {
	x := &p.Items[i]
	if !x.InForce || x.root != nil {
		return x
	}
	x.root = resolve(p.Book, x.When, p.AsOf)
	all := &node{kind: All, kids: []*node{x.root}}
	for j := range p.Items {
		if p.Items[j].InForce && slices.Contains(x.YieldsTo, p.Items[j].ID) {
			other := &node{kind: yields, kids: []*node{p.need(j).root}, to: p.Items[j].ID}
			other.run = other.closure()
			all.kids = append(all.kids, other)
		}
	}
	if len(all.kids) > 1 {
		all.run = all.closure()
		x.root = all
	}
	if x.Amount != nil {
		x.amount = resolveAmount(p.Book, x.Amount, p.AsOf)
	}
	return x
}

// leans reports whether the j-th item yields to the i-th, or to one that does.
func (p *Plan) leans(j, i int) bool {
	if !p.Items[j].InForce {
		return false
	}
	return slices.ContainsFunc(p.Items[j].YieldsTo, func(id string) bool {
		return id == p.Items[i].ID || slices.ContainsFunc(p.indexes(id), func(k int) bool { return p.leans(k, i) })
	})
}

// indexes are the versions of an item.
func (p *Plan) indexes(id string) []int {
	var out []int
	for i, x := range p.Items {
		if x.ID == id {
			out = append(out, i)
		}
	}
	return out
}

// yields is the kind of a node that is true where its only kid, the whole of another item, is not.
const yields CondKind = 200

// node is a condition whose numbers are known.
type node struct {
	kind CondKind
	n    int
	kids []*node
	leaf *leaf
	cond *Cond  // where it comes from
	to   string // of yields: the other item
	run  eval   // decides a profile
}

// leaf is a test whose numbers are known. Tests of days by months have become tests between days.
type leaf struct {
	verb      Verb // Between, Share, OneOf, HasAll or Under
	kind      Kind // of the field
	field, of int
	low, high int64
	mask      uint64
	codes     []string
	key       string // the same for the same test
}

func resolve(b *Book, c *Cond, day int64) *node {
	n := &node{kind: c.Kind, n: c.N, cond: c}
	if c.Kind == Test {
		n.leaf = resolveLeaf(b, c.Test, day)
	}
	for _, k := range c.Kids {
		n.kids = append(n.kids, resolve(b, k, day))
	}
	n.run = n.closure()
	return n
}

func (o *Operand) number(b *Book, day, open int64) int64 {
	switch {
	case o == nil:
		return open
	case o.Param < 0:
		return o.N
	}
	v, _ := b.Params[o.Param].at(day)
	return v + o.N
}

func resolveLeaf(b *Book, t Predicate, day int64) *leaf {
	l := &leaf{verb: t.Verb, kind: b.Fields[t.Field].Kind, field: t.Field, of: t.Of, low: math.MinInt64, high: math.MaxInt64, mask: t.Mask}
	switch t.Verb {
	case Between, Share:
		l.low, l.high = t.Low.number(b, day, l.low), t.High.number(b, day, l.high)
	case MonthsAgo:
		l.verb, l.high = Between, monthsBefore(day, t.Low.number(b, day, 0))
	case WithinMonth: // not yet past by the day before
		l.verb, l.low, l.high = Between, monthsBefore(day-1, t.High.number(b, day, 0))+1, day
	case Under:
		l.codes = slices.Compact(slices.Sorted(slices.Values(t.Codes)))
	}
	l.key = strings.Join([]string{strconv.Itoa(int(l.verb)), strconv.Itoa(l.field), strconv.Itoa(l.of), strconv.FormatInt(l.low, 10), strconv.FormatInt(l.high, 10),
		strconv.FormatUint(l.mask, 10), strings.Join(l.codes, " ")}, "|")
	return l
}

// test is the leaf for a known value; whole is that of a share's Of.
func (l *leaf) test(v, whole Value) Truth {
	if !v.Known {
		return Unknown
	}
	yes := false
	switch l.verb {
	case Between:
		yes = l.low <= v.N && v.N <= l.high
	case Share:
		if !whole.Known || whole.N <= 0 {
			return Unknown // a share of nothing
		}
		yes = l.share(v.N, whole.N)
	case OneOf:
		if l.kind == Choice {
			yes = l.mask>>uint64(v.N)&1 == 1
		} else {
			yes = uint64(v.N)&l.mask != 0
		}
	case HasAll:
		yes = uint64(v.N)&l.mask == l.mask
	case Under:
		yes = slices.ContainsFunc(l.codes, func(c string) bool { return strings.HasPrefix(v.Code, c) })
	}
	if yes {
		return True
	}
	return False
}

// share reports low ≤ part ÷ whole × 10,000 ≤ high, exactly; whole is above 0.
func (l *leaf) share(part, whole int64) bool {
	return (l.low == math.MinInt64 || compare(part, 10_000, whole, l.low) >= 0) && (l.high == math.MaxInt64 || compare(part, 10_000, whole, l.high) <= 0)
}

// compare compares a×b with c×d in 128 bits.
func compare(a, b, c, d int64) int {
	h1, l1 := product(a, b)
	h2, l2 := product(c, d)
	switch {
	case h1 < h2 || h1 == h2 && l1 < l2:
		return -1
	case h1 == h2 && l1 == l2:
		return 0
	}
	return 1
}

// product is a×b as a signed number of 128 bits.
func product(a, b int64) (high int64, low uint64) {
	h, l := bits.Mul64(uint64(a), uint64(b))
	h -= uint64(a>>63)&uint64(b) + uint64(b>>63)&uint64(a)
	return int64(h), l
}

// eval decides one profile.
type eval func(get getter) Truth

// getter is a profile's value of a field.
type getter func(field int) Value

// get is a getter of the profile.
func (p Profile) get(field int) Value { return p.Values[field] }

// closure is the node as code for one profile.
func (n *node) closure() eval {
	kids := make([]eval, len(n.kids))
	for i, k := range n.kids {
		kids[i] = k.run
	}
	switch n.kind {
	case Test:
		l := n.leaf
		if l.verb == Share {
			return func(get getter) Truth { return l.test(get(l.field), get(l.of)) }
		}
		return func(get getter) Truth { return l.test(get(l.field), Value{}) }
	case All:
		return func(get getter) Truth {
			out := True
			for _, k := range kids {
				if out = min(out, k(get)); out == False {
					break
				}
			}
			return out
		}
	case Any:
		return func(get getter) Truth {
			out := False
			for _, k := range kids {
				if out = max(out, k(get)); out == True {
					break
				}
			}
			return out
		}
	case AtLeast:
		return func(get getter) Truth {
			yes, maybe := 0, 0
			for _, k := range kids {
				switch k(get) {
				case True:
					yes++
				case Unknown:
					maybe++
				}
			}
			return counted(yes, maybe, n.n)
		}
	}
	return func(get getter) Truth { return -kids[0](get) } // Not and yields
}

// counted is whether at least n hold, when so many hold and so many may.
func counted(yes, maybe, n int) Truth {
	switch {
	case yes >= n:
		return True
	case yes+maybe >= n:
		return Unknown
	}
	return False
}

// Reason is why an item is not for somebody: a condition that fails, or another item that comes first.
type Reason struct {
	Cond  *Cond  // nil when Other is set
	Not   bool   // it is Cond's opposite that was asked for
	Other string // the item that comes first
}

// Verdict is what an item comes to for one profile.
type Verdict struct {
	State   State
	Amount  int64 // 分, when Known; of an eligible profile only
	Known   bool
	TooBig  bool     // the amount is more than can be held
	Failed  []Reason // of NotFor: every test that has to turn out otherwise for it to be eligible, or one of them
	Missing []int    // fields without whose values it cannot be said, or the amount cannot; in the order of the book
}

// Decide is what the i-th item comes to for a profile.
func (p *Plan) Decide(i int, profile Profile) Verdict { return p.verdict(i, profile.get) }

// State is Decide without the reasons.
func (p *Plan) State(i int, profile Profile) State { return p.state(i, profile.get) }

func (p *Plan) state(i int, get getter) State {
	x := &p.Items[i]
	if !x.InForce {
		return NotInForce
	}
	return stateOf(x.root.run(get))
}

func stateOf(t Truth) State {
	switch t {
	case True:
		return Eligible
	case False:
		return NotFor
	}
	return CannotSay
}

func (p *Plan) verdict(i int, get getter) Verdict {
	x := &p.Items[i]
	v := Verdict{State: p.state(i, get)}
	switch v.State {
	case NotFor:
		x.root.blame(get, True, &v)
	case CannotSay:
		x.root.lacks(get, &v)
	case Eligible:
		if x.amount != nil {
			a := x.amount.work(get, &v)
			v.Amount, v.Known, v.TooBig = a.n, a.known, a.overflow
		}
	}
	slices.Sort(v.Missing)
	v.Missing = slices.Compact(v.Missing)
	return v
}

// blame adds the tests for which the node is not what is wanted. It must be the other, and known.
func (n *node) blame(get getter, want Truth, v *Verdict) {
	switch n.kind {
	case Test:
		v.Failed = append(v.Failed, Reason{Cond: n.cond, Not: want == False})
	case yields:
		v.Failed = append(v.Failed, Reason{Other: n.to})
	case Not:
		n.kids[0].blame(get, -want, v)
	default:
		for _, k := range n.kids {
			if k.run(get) == -want {
				k.blame(get, want, v)
			}
		}
	}
}

// lacks adds the fields for want of which the node is unknown.
func (n *node) lacks(get getter, v *Verdict) {
	if n.kind == Test {
		if !get(n.leaf.field).Known {
			v.Missing = append(v.Missing, n.leaf.field)
		}
		if whole := n.leaf.of; n.leaf.verb == Share && (!get(whole).Known || get(whole).N <= 0) {
			v.Missing = append(v.Missing, whole)
		}
		return
	}
	for _, k := range n.kids {
		if k.run(get) == Unknown {
			k.lacks(get, v)
		}
	}
}
