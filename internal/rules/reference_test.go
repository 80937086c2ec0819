package rules

import (
	"math/big"
	"slices"
	"strings"
	"time"
)

// reference decides as the documentation says, slowly, from the conditions as they were written: three words for three values,
// calendar months counted on a calendar, products of any size. It shares no code with what it checks.
type reference struct {
	b    *Book
	day  time.Time
	have map[string]Value // by field; a missing one is unknown
}

func (r reference) verdict(x *Item) (state State, failed, missing []string) {
	if !r.inForce(x) {
		return NotInForce, nil, nil
	}
	switch answer := r.whole(x); answer {
	case "yes":
		return Eligible, nil, nil
	case "no":
		return NotFor, r.whyNot(x), nil
	default:
		return CannotSay, nil, r.whatMissing(x)
	}
}

func (r reference) inForce(x *Item) bool {
	return !r.day.Before(date(x.From)) && !r.day.After(date(x.To))
}

func date(day int64) time.Time { return time.Date(1970, 1, 1+int(day), 0, 0, 0, 0, time.UTC) }

// before are the items in force that come before x.
func (r reference) before(x *Item) []*Item {
	var out []*Item
	for _, y := range r.b.Items {
		if slices.Contains(x.YieldsTo, y.ID) && r.inForce(y) {
			out = append(out, y)
		}
	}
	return out
}

func opposite(a string) string {
	switch a {
	case "yes":
		return "no"
	case "no":
		return "yes"
	}
	return a
}

// both is the weaker of two answers.
func both(a, b string) string {
	for _, weak := range []string{"no", "perhaps", "yes"} {
		if a == weak || b == weak {
			return weak
		}
	}
	panic(a + b)
}

func (r reference) whole(x *Item) string {
	out := r.ask(x.When)
	for _, y := range r.before(x) {
		out = both(out, opposite(r.whole(y)))
	}
	return out
}

func (r reference) ask(c *Cond) string {
	switch c.Kind {
	case Test:
		return r.test(c.Test)
	case Not:
		return opposite(r.ask(c.Kids[0]))
	case All:
		out := "yes"
		for _, k := range c.Kids {
			out = both(out, r.ask(k))
		}
		return out
	case Any:
		out := "no"
		for _, k := range c.Kids {
			out = opposite(both(opposite(out), opposite(r.ask(k))))
		}
		return out
	}
	// at least n: yes if it is so whatever the unknown ones are, no if it is not, whatever they are
	n := map[string]int{}
	for _, k := range c.Kids {
		n[r.ask(k)]++
	}
	worst, best := n["yes"] >= c.N, n["yes"]+n["perhaps"] >= c.N
	if worst == best {
		return said(worst)
	}
	return "perhaps"
}

func said(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (r reference) value(field int) (Value, bool) {
	v, ok := r.have[r.b.Fields[field].ID]
	return v, ok
}

func (r reference) bound(o *Operand) *big.Int {
	if o == nil {
		return nil
	}
	n := big.NewInt(o.N)
	if o.Param >= 0 {
		for _, v := range r.b.Params[o.Param].Values {
			if !date(v.From).After(r.day) {
				n = new(big.Int).Add(big.NewInt(v.Value), big.NewInt(o.N))
			}
		}
	}
	return n
}

// later is n months after a day: the same number in its month, or that month's last day.
func later(t time.Time, n int) time.Time {
	month := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	for d := t.Day(); ; d-- {
		if x := time.Date(month.Year(), month.Month(), d, 0, 0, 0, 0, time.UTC); x.Month() == month.Month() {
			return x
		}
	}
}

func (r reference) test(p Predicate) string {
	v, known := r.value(p.Field)
	if !known {
		return "perhaps"
	}
	n := big.NewInt(v.N)
	low, high := r.bound(p.Low), r.bound(p.High)
	switch p.Verb {
	case Between:
		return said((low == nil || n.Cmp(low) >= 0) && (high == nil || n.Cmp(high) <= 0))
	case Share:
		whole, known := r.value(p.Of)
		if !known || whole.N <= 0 {
			return "perhaps"
		}
		ratio := new(big.Rat).SetFrac(new(big.Int).Mul(n, big.NewInt(10_000)), big.NewInt(whole.N))
		return said((low == nil || ratio.Cmp(new(big.Rat).SetInt(low)) >= 0) && (high == nil || ratio.Cmp(new(big.Rat).SetInt(high)) <= 0))
	case MonthsAgo:
		return said(!later(date(v.N), int(low.Int64())).After(r.day))
	case WithinMonth:
		return said(!date(v.N).After(r.day) && !later(date(v.N), int(high.Int64())).Before(r.day))
	case Under:
		for _, c := range p.Codes {
			if strings.HasPrefix(v.Code, c) {
				return "yes"
			}
		}
		return "no"
	}
	var has, wants []int
	for i := range 63 {
		if p.Mask&(1<<i) != 0 {
			wants = append(wants, i)
		}
		if r.b.Fields[p.Field].Kind == Choice && v.N == int64(i) || r.b.Fields[p.Field].Kind == Set && v.N&(1<<i) != 0 {
			has = append(has, i)
		}
	}
	common := 0
	for _, i := range wants {
		if slices.Contains(has, i) {
			common++
		}
	}
	return said(p.Verb == OneOf && common > 0 || p.Verb == HasAll && common == len(wants))
}

func (r reference) whyNot(x *Item) []string {
	var out []string
	if r.ask(x.When) == "no" {
		out = r.against(x.When, "no")
	}
	for _, y := range r.before(x) {
		if r.whole(y) == "yes" {
			out = append(out, "after "+y.ID)
		}
	}
	return out
}

// against are the tests by which a condition comes to an answer.
func (r reference) against(c *Cond, answer string) []string {
	switch c.Kind {
	case Test:
		return []string{place(c)}
	case Not:
		return r.against(c.Kids[0], opposite(answer))
	}
	var out []string
	for _, k := range c.Kids {
		if r.ask(k) == answer {
			out = append(out, r.against(k, answer)...)
		}
	}
	return out
}

func (r reference) whatMissing(x *Item) []string {
	out := map[string]bool{}
	if r.ask(x.When) == "perhaps" {
		r.wanting(x.When, out)
	}
	for _, y := range r.before(x) {
		if r.whole(y) == "perhaps" {
			for _, f := range r.whatMissing(y) {
				out[f] = true
			}
		}
	}
	var list []string
	for _, f := range r.b.Fields {
		if out[f.ID] {
			list = append(list, f.ID)
		}
	}
	return list
}

func (r reference) wanting(c *Cond, out map[string]bool) {
	if c.Kind == Test {
		if _, known := r.value(c.Test.Field); !known {
			out[r.b.Fields[c.Test.Field].ID] = true
		}
		if c.Test.Verb == Share {
			if whole, known := r.value(c.Test.Of); !known || whole.N <= 0 {
				out[r.b.Fields[c.Test.Of].ID] = true
			}
		}
		return
	}
	for _, k := range c.Kids {
		if r.ask(k) == "perhaps" {
			r.wanting(k, out)
		}
	}
}

// amount works a formula out with numbers of any size; nil when it cannot be said.
func (r reference) amount(e *Expr) *big.Int {
	var args []*big.Int
	if e.Kind != Cases {
		for _, a := range e.Args {
			n := r.amount(a)
			if n == nil {
				return nil
			}
			args = append(args, n)
		}
	}
	field := func() *big.Int {
		v, known := r.value(e.Field)
		if !known {
			return nil
		}
		return big.NewInt(v.N)
	}
	switch e.Kind {
	case Const:
		return r.bound(e.N)
	case FieldValue:
		return field()
	case Part:
		num, den := r.bound(e.Num), big.NewInt(e.Den)
		if e.Num == nil {
			v, known := r.value(e.Rate)
			if !known {
				return nil
			}
			num = big.NewInt(v.N)
		}
		x := new(big.Int).Mul(args[0], num)
		sign := x.Sign()
		x.Abs(x)
		whole, rest := new(big.Int).QuoRem(x, den, new(big.Int))
		if e.HalfUp && rest.Lsh(rest, 1).Cmp(den) >= 0 {
			whole.Add(whole, big.NewInt(1))
		}
		return whole.Mul(whole, big.NewInt(int64(sign)))
	case Times:
		if f := field(); f != nil {
			return f.Mul(f, args[0])
		}
		return nil
	case Cases:
		for i, c := range e.When {
			switch r.ask(c) {
			case "yes":
				return r.amount(e.Args[i])
			case "perhaps":
				return nil
			}
		}
		return r.amount(e.Args[len(e.Args)-1])
	}
	out := new(big.Int).Set(args[0])
	for _, a := range args[1:] {
		switch {
		case e.Kind == Sum:
			out.Add(out, a)
		case e.Kind == Less:
			out.Sub(out, a)
		case e.Kind == Least && a.Cmp(out) < 0, e.Kind == Most && a.Cmp(out) > 0:
			out.Set(a)
		}
	}
	if e.Kind == Less && out.Sign() < 0 {
		out.SetInt64(0)
	}
	return out
}
