package theme

import (
	"slices"
)

// Needed are the items that somebody with the answers needs, in the order of the file. Each waits only for needed ones:
// where one in between is not needed, it waits for those that one would have waited for.
func (t *Theme) Needed(a Answers) []Item {
	var out []Item
	for _, x := range t.Items {
		if x.When.Holds(a) {
			x.After = t.before(x, a)
			out = append(out, x)
		}
	}
	return out
}

// before lists the needed items that come right before one, each once.
func (t *Theme) before(x Item, a Answers) []string {
	var out []string
	for _, id := range x.After {
		y, _ := t.Item(id)
		ids := []string{id}
		if !y.When.Holds(a) {
			ids = t.before(y, a)
		}
		for _, id := range ids {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// Wanted is a material that somebody needs, with the items it is for.
type Wanted struct {
	Material
	Items []Item
}

// Wanted are the materials for the answers: each once, with those of the needed items that use it.
func (t *Theme) Wanted(a Answers) []Wanted {
	needed := t.Needed(a)
	var out []Wanted
	for _, m := range t.Materials {
		if !m.When.Holds(a) {
			continue
		}
		w := Wanted{Material: m}
		for _, x := range needed {
			if slices.Contains(m.For, x.ID) {
				w.Items = append(w.Items, x)
			}
		}
		if w.Items != nil {
			out = append(out, w)
		}
	}
	return out
}

// Fields are the fields of the application for the answers: what several items need is asked for once.
func (t *Theme) Fields(a Answers) []string {
	var out []string
	for _, x := range t.Needed(a) {
		for _, f := range x.Fields {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// Path is the chain of needed items that takes longest, first to last, and its working days (关键路径).
func (t *Theme) Path(a Answers) (days int, critical []string) {
	ends, from, last := map[string]int{}, map[string]string{}, ""
	needed := t.Needed(a)
	var reckon func(id string) int
	reckon = func(id string) int {
		if end, done := ends[id]; done {
			return end
		}
		x := needed[slices.IndexFunc(needed, func(y Item) bool { return y.ID == id })]
		begin := 0
		for _, before := range x.After {
			if end := reckon(before); end > begin {
				begin, from[id] = end, before
			}
		}
		ends[id] = begin + x.Promised.N
		return ends[id]
	}
	for _, x := range needed {
		if end := reckon(x.ID); end > days {
			days, last = end, x.ID
		}
	}
	for id := last; id != ""; id = from[id] {
		critical = append(critical, id)
	}
	slices.Reverse(critical)
	return days, critical
}

// Longest is the working days of the longest chain when every item is needed.
func (t *Theme) Longest() int {
	all := Theme{Items: make([]Item, len(t.Items))}
	for i, x := range t.Items {
		x.When = nil
		all.Items[i] = x
	}
	days, _ := all.Path(nil)
	return days
}

// Figures are the four things to be fewer (四减): steps, materials, working days, ways to go.
type Figures struct {
	Steps, Materials, Days, Visits int
}

// Compare sets going from door to door — every item by itself, one after the other within its statutory limit, each with
// all its materials — against the one application.
func (t *Theme) Compare(a Answers) (before, now Figures) {
	for _, x := range t.Needed(a) {
		before.Steps += x.Before.Steps
		before.Visits += x.Before.Visits
		before.Days += x.Statutory.N
	}
	for _, w := range t.Wanted(a) {
		before.Materials += len(w.Items)
		if w.Source == Brought {
			now.Materials++
		}
	}
	now.Steps, now.Visits = t.Now.Steps, t.Now.Visits
	now.Days, _ = t.Path(a)
	return before, now
}
