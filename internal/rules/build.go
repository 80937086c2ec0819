package rules

import (
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// The functions here change a condition as a page does that builds one. None changes its tree: each makes another, which shares what stays.
// Errors are Invalid, with a sentence; NotFound when a path leads nowhere.

// Path leads to a place of a tree: which kid, from the root down. The root's is empty.
type Path []int

// The most that a condition built on a page may have.
const (
	mostDepth  = 12
	mostPlaces = 500
)

// ParsePath reads a path as String writes it.
func ParsePath(s string) (Path, error) {
	if s == "" {
		return nil, nil
	}
	var p Path
	for _, word := range strings.Split(s, ".") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 0 || !digits(word) {
			return nil, noPlace()
		}
		p = append(p, n)
	}
	return p, nil
}

// String is a path for a form: 0.2.1.
func (p Path) String() string {
	words := make([]string, len(p))
	for i, n := range p {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ".")
}

func noPlace() error {
	return fault.New(fault.NotFound, "没有这个条件，可能刚被改动，请刷新后再试。", "There is no such condition; it may just have been changed. Please reload.")
}

// At is the condition at a path.
func (c *Cond) At(p Path) (*Cond, error) {
	for _, i := range p {
		if i < 0 || i >= len(c.Kids) {
			return nil, noPlace()
		}
		c = c.Kids[i]
	}
	return c, nil
}

// Add puts a condition behind the others of the group at a path. A test is no group: it becomes one of all, of which it is the first.
func (c *Cond) Add(p Path, x *Cond) (*Cond, error) {
	return c.edit(p, func(at *Cond) (*Cond, error) {
		if at.Kind == Test || at.Kind == Not {
			return &Cond{Kind: All, Kids: []*Cond{at, x}}, nil
		}
		out := *at
		out.Kids = append(slices.Clone(at.Kids), x)
		return &out, nil
	})
}

// Change puts a condition in place of the one at a path.
func (c *Cond) Change(p Path, x *Cond) (*Cond, error) {
	return c.edit(p, func(*Cond) (*Cond, error) { return x, nil })
}

// Regroup makes a group of another kind, which is not Test; n is how many must hold, of AtLeast only. What becomes Not keeps its only kid, or its
// kids as all of them.
func (c *Cond) Regroup(p Path, kind CondKind, n int) (*Cond, error) {
	return c.edit(p, func(at *Cond) (*Cond, error) {
		if at.Kind == Test || kind < All || kind >= Test {
			return nil, fault.New(fault.Invalid, "这里不是一组条件。", "This is no group of conditions.")
		}
		out := *at
		out.Kind, out.N = kind, 0
		switch {
		case kind == AtLeast && (n < 1 || n > len(at.Kids)):
			return nil, fault.Field("n", "至少满足的项数须在 1 与 %d 之间。", "Between 1 and %d must hold.", len(at.Kids))
		case kind == AtLeast:
			out.N = n
		case kind == Not && len(at.Kids) > 1:
			inner := *at
			inner.Say, inner.Cite = lang.Text{}, ""
			out.Kids = []*Cond{&inner}
		}
		return &out, nil
	})
}

// Wrap puts the condition at a path into a group of its own, of any kind but Test.
func (c *Cond) Wrap(p Path, kind CondKind) (*Cond, error) {
	return c.edit(p, func(at *Cond) (*Cond, error) {
		out := &Cond{Kind: kind, Kids: []*Cond{at}}
		switch {
		case kind == AtLeast:
			out.N = 1
		case kind < All || kind >= Test:
			return nil, fault.New(fault.Invalid, "这里不是一组条件。", "This is no group of conditions.")
		}
		return out, nil
	})
}

// Unwrap puts the only condition of a group in the group's place.
func (c *Cond) Unwrap(p Path) (*Cond, error) {
	return c.edit(p, func(at *Cond) (*Cond, error) {
		if len(at.Kids) != 1 {
			return nil, fault.New(fault.Invalid, "这一组不止一个条件，不能拆开。", "This group has more than one condition and cannot be taken apart.")
		}
		return at.Kids[0], nil
	})
}

// Remove takes the condition at a path away, and a group that has no other. The last one of all stays.
func (c *Cond) Remove(p Path) (*Cond, error) {
	return c.edit(p, func(*Cond) (*Cond, error) { return nil, nil })
}

// Move moves a condition among those of its group: by -1 up, by 1 down. At either end it stays where it is.
func (c *Cond) Move(p Path, by int) (*Cond, error) {
	if len(p) == 0 {
		return c, nil
	}
	last := len(p) - 1
	return c.edit(p[:last], func(at *Cond) (*Cond, error) {
		if p[last] < 0 || p[last] >= len(at.Kids) {
			return nil, noPlace()
		}
		out := *at
		to := max(0, min(len(at.Kids)-1, p[last]+max(-1, min(1, by))))
		out.Kids = slices.Insert(slices.Delete(slices.Clone(at.Kids), p[last], p[last]+1), to, at.Kids[p[last]])
		return &out, nil
	})
}

// edit makes a tree anew with what becomes of the place at a path; nil takes it away.
func (c *Cond) edit(p Path, become func(*Cond) (*Cond, error)) (*Cond, error) {
	out, err := c.become(p, become)
	switch {
	case err != nil:
		return nil, err
	case out == nil:
		return nil, fault.New(fault.Invalid, "至少要留一个条件。", "One condition has to stay.")
	}
	if deep, places := out.extent(); deep > mostDepth || places > mostPlaces {
		return nil, fault.New(fault.Invalid, "条件太复杂：最多 %d 层、%d 处。", "This is too much: %d levels and %d places at most.", mostDepth, mostPlaces)
	}
	return out, nil
}

func (c *Cond) become(p Path, become func(*Cond) (*Cond, error)) (*Cond, error) {
	if len(p) == 0 {
		return become(c)
	}
	if p[0] < 0 || p[0] >= len(c.Kids) {
		return nil, noPlace()
	}
	kid, err := c.Kids[p[0]].become(p[1:], become)
	if err != nil {
		return nil, err
	}
	out := *c
	out.Kids = slices.Clone(c.Kids)
	if kid != nil {
		out.Kids[p[0]] = kid
		return &out, nil
	}
	if out.Kids = slices.Delete(out.Kids, p[0], p[0]+1); len(out.Kids) == 0 {
		return nil, nil
	}
	out.N = min(out.N, len(out.Kids))
	return &out, nil
}

// extent is how many levels a condition has, and how many places.
func (c *Cond) extent() (deep, places int) {
	for _, k := range c.Kids {
		d, n := k.extent()
		deep, places = max(deep, d), places+n
	}
	return deep + 1, places + 1
}

// Row is a place of a condition as a page lists it, each below the group it belongs to.
type Row struct {
	Path        Path
	Cond        *Cond
	Text        string // of a test all of it, of a group what its head says
	First, Last bool   // of its group: there is nothing to move over
}

// Rows are all places of a condition in words, with the numbers of a day.
func (c *Cond) Rows(b *Book, day int64, l lang.Lang) []Row {
	t := teller{b, day, l}
	var out []Row
	var walk func(c *Cond, p Path, first, last bool)
	walk = func(c *Cond, p Path, first, last bool) {
		row := Row{Path: slices.Clone(p), Cond: c, First: first, Last: last}
		switch c.Kind {
		case Test:
			row.Text = t.test(c.Test, true)
		case Not:
			row.Text = l.T("以下不成立：", "Not:")
		default:
			row.Text = t.head(c, true)
		}
		out = append(out, row)
		for i, k := range c.Kids {
			walk(k, append(p, i), i == 0, i == len(c.Kids)-1)
		}
	}
	walk(c, nil, true, true)
	return out
}
