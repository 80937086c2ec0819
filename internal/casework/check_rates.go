package casework

import (
	"maps"
	"reflect"
	"slices"
)

// rates checks that what rates count is there to be counted.
func (c *checker) rates() {
	for i := range c.p.Rates {
		g := &c.p.Rates[i]
		line := c.at("rates", g.ID)
		c.which(line, &g.Of)
		if reflect.ValueOf(g.Of).IsZero() {
			c.FailAt(line, "“%s”没有说数哪些案件（of）。", "“%s” does not say which cases count (of).", g.ID)
		}
		if g.Part != nil {
			c.which(line, g.Part)
			if reflect.ValueOf(*g.Part).IsZero() {
				c.FailAt(line, "“%s”的分子（part）没有条件，比率总是 100%%。", "The part of “%s” has no condition, so the rate is always 100 %%.", g.ID)
			}
		}
		if g.Mean != "" {
			c.clock(line, g.Mean)
		}
	}
}

// which checks that cases can meet the conditions.
func (c *checker) which(line int, w *Which) {
	for _, id := range append(slices.Clone(w.Made), w.Did...) {
		if _, ok := c.p.Move(id); !ok {
			c.FailAt(line, "made、did 中的“%s”不是操作或起始方式。", "“%s” in made or did is neither a move nor a start.", id)
		}
	}
	for _, id := range append(slices.Clone(w.Closed), w.Result...) {
		c.result(line, id)
	}
	for _, id := range []string{w.Due, w.Late, w.InTime} {
		if id != "" {
			c.clock(line, id)
		}
	}
	for _, id := range w.Stage {
		c.stage(line, id)
	}
	for _, id := range slices.Sorted(maps.Keys(w.Counts)) {
		c.counted(line, id, c.moves())
	}
	for _, id := range w.Sources {
		if !slices.ContainsFunc(c.p.Sources, func(t Term) bool { return t.ID == id }) && len(c.p.Sources) > 0 {
			c.FailAt(line, "没有来源“%s”，请先在 sources 中列出。", "There is no source “%s”; list it under sources first.", id)
		}
	}
	c.reasons(line, w)
	c.conditions(line, w.When)
	if w.Open && len(w.Result) > 0 {
		c.FailAt(line, "未结案（open）的案件没有结果（result），条件永远不成立。", "Cases that are not closed (open) have no result, so the condition can never be true.")
	}
}

// reasons checks that a move that is counted for its reasons can be made for them.
func (c *checker) reasons(line int, w *Which) {
	moves := w.Made
	if len(moves) == 0 {
		moves = w.Did
	}
	for _, id := range w.Reasons {
		if !slices.ContainsFunc(moves, func(m string) bool {
			move, _ := c.p.Move(m)
			l, _ := c.p.Reason(move.Reason)
			return slices.ContainsFunc(l.Items, func(t Term) bool { return t.ID == id })
		}) {
			c.FailAt(line, "made、did 中没有操作以“%s”为原因（reasons）。", "No move in made or did is made for the reason “%s” (reasons).", id)
		}
	}
}
