package rules

import (
	"math"
	"math/bits"
)

// amount is a formula whose numbers are known.
type amount struct {
	kind   ExprKind
	n      int64
	field  int
	args   []*amount
	num    int64
	rate   int // the field that says num; -1 for none
	den    int64
	halfUp bool
	when   []*node
}

// worth is what a formula comes to.
type worth struct {
	n        int64
	known    bool
	overflow bool // it is more than can be held
}

func resolveAmount(b *Book, e *Expr, day int64) *amount {
	a := &amount{kind: e.Kind, n: e.N.number(b, day, 0), field: e.Field, num: e.Num.number(b, day, 0), rate: -1, den: e.Den, halfUp: e.HalfUp}
	if e.Kind == Part && e.Num == nil {
		a.rate = e.Rate
	}
	for _, x := range e.Args {
		a.args = append(a.args, resolveAmount(b, x, day))
	}
	for _, c := range e.When {
		a.when = append(a.when, resolve(b, c, day))
	}
	return a
}

// work works the formula out; get may be nil, for a profile of which nothing is known. What is missing is added to v, which may be nil.
func (a *amount) work(get getter, v *Verdict) worth {
	value := func(field int) worth {
		if get != nil {
			if x := get(field); x.Known {
				return worth{n: x.N, known: true}
			}
		}
		if v != nil {
			v.Missing = append(v.Missing, field)
		}
		return worth{}
	}
	switch a.kind {
	case Const:
		return worth{n: a.n, known: true}
	case FieldValue:
		return value(a.field)
	case Part:
		of, rate := a.args[0].work(get, v), worth{n: a.num, known: true}
		if a.rate >= 0 {
			rate = value(a.rate)
		}
		if !rate.known {
			return worth{overflow: of.overflow}
		}
		return of.part(rate.n, a.den, a.halfUp)
	case Times:
		return a.args[0].work(get, v).times(value(a.field))
	case Cases:
		return a.first(get, v)
	}
	out := a.args[0].work(get, v)
	for _, x := range a.args[1:] {
		y := x.work(get, v)
		out.overflow = out.overflow || y.overflow
		out.known = out.known && y.known
		if !out.known {
			continue
		}
		switch a.kind {
		case Sum:
			sum := out.n + y.n
			if (sum > out.n) != (y.n > 0) && y.n != 0 {
				out = worth{overflow: true}
				continue
			}
			out.n = sum
		case Less:
			less := out.n - y.n
			if (less < out.n) != (y.n > 0) && y.n != 0 {
				out = worth{overflow: true}
				continue
			}
			out.n = less
		case Least:
			out.n = min(out.n, y.n)
		case Most:
			out.n = max(out.n, y.n)
		}
	}
	if a.kind == Less && out.known {
		out.n = max(out.n, 0)
	}
	return out
}

func (a *amount) first(get getter, v *Verdict) worth {
	for i, c := range a.when {
		t := Unknown
		if get != nil {
			t = c.run(get)
		}
		switch t {
		case True:
			return a.args[i].work(get, v)
		case Unknown:
			if v != nil && get != nil {
				c.lacks(get, v)
			}
			return worth{}
		}
	}
	return a.args[len(a.args)-1].work(get, v)
}

// times is the product; unknown when either is.
func (w worth) times(y worth) worth {
	if !w.known || !y.known {
		return worth{overflow: w.overflow || y.overflow}
	}
	h, l := product(w.n, y.n)
	if h != int64(l)>>63 {
		return worth{overflow: true}
	}
	return worth{n: int64(l), known: true}
}

// part is w × num ÷ den. Of what is below 0, it is the part of its size, below 0.
func (w worth) part(num, den int64, halfUp bool) worth {
	if !w.known {
		return w
	}
	negative := (w.n < 0) != (num < 0)
	h, l := bits.Mul64(size(w.n), size(num))
	if halfUp {
		var carry uint64
		l, carry = bits.Add64(l, uint64(den)/2, 0) // with an odd divisor no remainder is just a half
		h += carry
	}
	if h >= uint64(den) {
		return worth{overflow: true}
	}
	q, _ := bits.Div64(h, l, uint64(den))
	if q > math.MaxInt64 {
		return worth{overflow: true}
	}
	if negative {
		return worth{n: -int64(q), known: true}
	}
	return worth{n: int64(q), known: true}
}

// size is a number without its sign.
func size(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
