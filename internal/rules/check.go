package rules

import (
	"maps"
	"slices"
	"strings"

	"gezhi/internal/fault"
)

// check looks at what no single place tells: items that overlap or yield in a circle, parameters without a value, amounts that
// cannot be held.
func (r *reader) check() {
	b := r.out
	r.groups()
	for i, x := range b.Items {
		for _, y := range b.Items[:i] {
			if x.ID == y.ID && x.From <= y.To && y.From <= x.To {
				r.FailAt(x.Line, "事项“%s”与第 %d 行的同名事项生效时间重叠。", "The item “%s” is in force at the same time as the one on line %d.", x.ID, y.Line)
			}
		}
		for _, id := range x.YieldsTo {
			if !slices.ContainsFunc(b.Items, func(y *Item) bool { return y.ID == id }) {
				r.FailAt(x.Line, "事项“%s”让位于不存在的“%s”。", "The item “%s” yields to “%s”, which does not exist.", x.ID, id)
			}
		}
		r.params(x)
	}
	r.circles()
	for _, d := range b.Derived {
		for _, c := range d.Cases {
			looks := map[int]bool{}
			resolve(b, c.When, LastDay).fields(looks)
			for _, other := range b.Derived {
				if looks[other.Field] {
					r.FailAt(c.When.Line, "推出“%s”的条件不能用也是推出来的“%s”。", "What “%s” follows from cannot be “%s”, which is derived too.", b.Fields[d.Field].ID, b.Fields[other.Field].ID)
				}
			}
		}
	}
}

// circles finds items that yield to one another in a circle: then nobody could say which counts.
func (r *reader) circles() {
	to := map[string][]string{}
	for _, x := range r.out.Items {
		to[x.ID] = append(to[x.ID], x.YieldsTo...)
	}
	if c := circle(to); c != nil {
		i := slices.IndexFunc(r.out.Items, func(x *Item) bool { return x.ID == c[0] })
		f := circular(c)
		r.FailAt(r.out.Items[i].Line, "%[1]s", "%[2]s", f.ZH, f.EN)
	}
}

func circular(c []string) *fault.Error {
	return fault.New(fault.Invalid, "事项互相让位成了圈：%s。", "Items yield to one another in a circle: %s.", strings.Join(c, " → "))
}

// circle is a way that comes back to where it began, of the steps that each place leads to; nil when there is none.
func circle(to map[string][]string) []string {
	const onTheWay, done = 1, 2
	state := map[string]int{}
	var path, found []string
	var walk func(id string)
	walk = func(id string) {
		if state[id] == onTheWay && found == nil {
			found = append(slices.Clone(path[slices.Index(path, id):]), id)
		}
		if state[id] != 0 {
			return
		}
		state[id] = onTheWay
		path = append(path, id)
		for _, next := range to[id] {
			walk(next)
		}
		path, state[id] = path[:len(path)-1], done
	}
	for _, id := range slices.Sorted(maps.Keys(to)) {
		walk(id)
	}
	return found
}

// params refuses an item that is in force before one of its parameters has a value, and amounts that are too large in themselves.
func (r *reader) params(x *Item) {
	need := func(o *Operand, line int) {
		if o == nil || o.Param < 0 {
			return
		}
		if p := r.out.Params[o.Param]; len(p.Values) == 0 || p.Values[0].From > x.From {
			r.FailAt(line, "事项“%[1]s”从 %[2]s 起生效，那时参数“%[3]s”还没有值。", "The item “%[1]s” is in force from %[2]s, when the parameter “%[3]s” has no value yet.", x.ID, FormatDay(x.From), p.ID)
		}
	}
	var cond func(c *Cond)
	cond = func(c *Cond) {
		if c.Kind == Test {
			need(c.Test.Low, c.Line)
			need(c.Test.High, c.Line)
			r.never(c)
		}
		for _, k := range c.Kids {
			cond(k)
		}
	}
	var expr func(e *Expr)
	expr = func(e *Expr) {
		need(e.N, e.Line)
		need(e.Num, e.Line)
		for _, a := range e.Args {
			expr(a)
		}
		for _, c := range e.When {
			cond(c)
		}
	}
	cond(x.When)
	if x.Amount == nil {
		return
	}
	expr(x.Amount)
	for _, day := range r.days(x) {
		if a := resolveAmount(r.out, x.Amount, day).work(nil, nil); a.overflow {
			r.FailAt(x.Amount.Line, "事项“%s”的金额超出了可以表示的范围。", "The amount of “%s” is more than can be held.", x.ID)
			return
		}
	}
}

// never refuses a test whose bounds leave nothing between them.
func (r *reader) never(c *Cond) {
	low, high := c.Test.Low, c.Test.High
	if low != nil && high != nil && low.Param < 0 && high.Param < 0 && low.N > high.N {
		r.FailAt(c.Line, "这个条件永远不成立：下限大于上限。", "This can never be: the least is more than the most.")
	}
}

// days are those on which an item's parameters change while it is in force.
func (r *reader) days(x *Item) []int64 {
	out := []int64{x.From}
	for _, p := range r.out.Params {
		for _, v := range p.Values {
			if v.From > x.From && v.From <= x.To {
				out = append(out, v.From)
			}
		}
	}
	return out
}
