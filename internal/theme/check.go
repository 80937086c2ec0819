package theme

import (
	"slices"
	"strings"
)

// check finds what is wrong with a theme as a whole.
func (r *reader) check(t *Theme) {
	if len(t.Items) == 0 {
		r.FailAt(t.Line, "主题“%s”没有事项。", "The theme “%s” has no items.", t.ID)
	}
	for _, x := range t.Items {
		if x.Promised.N > x.Statutory.N {
			r.FailAt(x.Line, "事项“%s”的承诺时限（%d 个工作日）超过法定时限（%d 个工作日）。", "The item “%s” promises %d working days, more than the statutory %d.", x.ID, x.Promised.N, x.Statutory.N)
		}
		for _, id := range x.After {
			if _, ok := t.Item(id); !ok {
				r.FailAt(x.Line, "事项“%s”须在“%s”之后，但没有这个事项。", "The item “%s” comes after “%s”, which there is not.", x.ID, id)
			}
		}
	}
	r.cycles(t)
	for _, m := range t.Materials {
		r.checkMaterial(t, &m)
	}
}

// checkMaterial refuses a material of unknown items, and one that nobody can ever need: with whatever answers, its own
// condition fails, or that of every item it is for.
func (r *reader) checkMaterial(t *Theme, m *Material) {
	possible, known := false, true
	for _, id := range m.For {
		x, ok := t.Item(id)
		if !ok {
			known = false
			r.FailAt(m.Line, "材料“%s”用于事项“%s”，但没有这个事项。", "The material “%s” is for the item “%s”, which there is not.", m.ID, id)
		}
		possible = possible || Together(m.When, x.When)
	}
	if known && !possible {
		r.FailAt(m.Line, "材料“%s”的条件永远不成立：无论怎样回答，都用不到它。", "The condition of the material “%s” can never be true: whatever is answered, nobody needs it.", m.ID)
	}
}

// Together reports whether some answers meet both conditions.
func Together(a, b Condition) bool {
	always := Condition{Case{}}
	if len(a) == 0 {
		a = always
	}
	if len(b) == 0 {
		b = always
	}
	for _, x := range a {
		for _, y := range b {
			if x.agrees(y) {
				return true
			}
		}
	}
	return false
}

// agrees reports whether each question that both cases name has an answer that both take.
func (c Case) agrees(d Case) bool {
	for q, of := range c {
		also, named := d[q]
		if named && !slices.ContainsFunc(of, func(a string) bool { return slices.Contains(also, a) }) {
			return false
		}
	}
	return true
}

// cycles finds items that wait for one another.
func (r *reader) cycles(t *Theme) {
	const open, done = 1, 2
	seen := map[string]int{}
	var path []string
	var walk func(id string)
	walk = func(id string) {
		x, ok := t.Item(id)
		switch {
		case !ok || seen[id] == done:
			return
		case seen[id] == open:
			ring := append(path[slices.Index(path, id):], id)
			r.FailAt(x.Line, "事项互相等待：%s。", "These items wait for one another: %s.", strings.Join(ring, " → "))
			return
		}
		seen[id] = open
		path = append(path, id)
		for _, before := range x.After {
			walk(before)
		}
		path, seen[id] = path[:len(path)-1], done
	}
	for _, x := range t.Items {
		walk(x.ID)
	}
}
