package casework

import (
	"slices"

	"gezhi/internal/calendar"
)

func (c *checker) clocks() {
	for _, t := range c.p.Clocks {
		line := c.at("clocks", t.ID)
		for _, s := range slices.Concat(t.Runs, t.Pauses) {
			c.stage(line, s)
		}
		for _, s := range t.Pauses {
			if slices.Contains(t.Runs, s) {
				c.FailAt(line, "计时“%s”在阶段“%s”既走又停。", "The clock “%s” both runs and pauses in “%s”.", t.ID, s)
			}
		}
		if t.ByField != "" {
			if f := c.field(line, t.ByField); f.Type != FieldLimit && f.Type != FieldDate && f.Type != "" {
				c.FailAt(line, "计时“%s”的时限只能取自时限或日期字段。", "The limit of the clock “%s” can be taken from a field of type limit or date only.", t.ID)
			}
		}
		if len(t.Runs) == 0 {
			c.FailAt(line, "计时“%s”从不走动：没有写 runs。", "The clock “%s” never runs: “runs” is missing.", t.ID)
		}
		if t.Supervised && len(c.p.Supervision) == 0 {
			c.FailAt(line, "计时“%s”要督办，但没有督办阶梯（supervision）。", "The clock “%s” is supervised but there is no supervision ladder.", t.ID)
		}
		if t.Auto == "" {
			continue
		}
		m, ok := c.p.Move(t.Auto)
		c.automatic(line, t.Auto)
		for _, s := range t.Runs {
			if ok && !slices.Contains(m.From, s) {
				c.FailAt(line, "计时在“%s”阶段走动，但“%s”不能从该阶段进行。", "The clock runs in “%s” but “%s” cannot be made from there.", s, t.Auto)
			}
		}
	}
}

// next lists the stages a case may enter when it is sent to a stage.
func (c *checker) next(id string) []string {
	if s, _ := c.p.Stage(id); s.Else != "" {
		return []string{id, s.Else}
	}
	return []string{id}
}

// reach reports stages nobody gets to, stages one cannot get out of, and ends that are none.
func (c *checker) reach() {
	reached, ends := map[string]bool{}, map[string]bool{}
	var walk func(id string)
	walk = func(id string) {
		if reached[id] {
			return
		}
		reached[id] = true
		for _, m := range c.p.Moves {
			if m.To != Stay && slices.Contains(m.From, id) {
				for _, s := range c.next(m.To) {
					walk(s)
				}
			}
		}
	}
	for _, m := range c.p.Starts {
		for _, s := range c.next(m.To) {
			walk(s)
		}
	}
	for grown := true; grown; {
		grown = false
		for _, s := range c.p.Stages {
			if !ends[s.ID] && (s.End || c.leads(s.ID, ends)) {
				ends[s.ID], grown = true, true
			}
		}
	}
	for _, s := range c.p.Stages {
		line := c.at("stages", s.ID)
		out := slices.ContainsFunc(c.p.Moves, func(m Move) bool { return slices.Contains(m.From, s.ID) })
		switch {
		case !reached[s.ID]:
			c.FailAt(line, "没有任何操作能到达阶段“%s”。", "No move leads to the stage “%s”.", s.ID)
		case s.End && out:
			c.FailAt(line, "“%s”是终点，不能再有操作。", "“%s” is an end, so no move may start from it.", s.ID)
		case !out && !s.End:
			c.FailAt(line, "案件进入“%s”后无路可走。", "A case in “%s” has no way on.", s.ID)
		case !ends[s.ID]:
			c.FailAt(line, "案件进入“%s”后永远不能办结。", "A case in “%s” can never come to an end.", s.ID)
		}
	}
	for _, t := range c.p.Clocks {
		if !slices.ContainsFunc(t.Runs, func(s string) bool { return reached[s] }) {
			c.FailAt(c.at("clocks", t.ID), "计时“%s”从不走动：它的阶段都到达不了。", "The clock “%s” never runs: none of its stages is reached.", t.ID)
		}
	}
}

// leads reports whether some move takes a case from the stage into one of the set.
func (c *checker) leads(id string, set map[string]bool) bool {
	return slices.ContainsFunc(c.p.Moves, func(m Move) bool {
		return m.To != Stay && slices.Contains(m.From, id) && !slices.ContainsFunc(c.next(m.To), func(s string) bool { return !set[s] })
	})
}

// systemMoves reports moves only the system may make and no clock triggers.
func (c *checker) systemMoves() {
	for _, m := range c.p.Moves {
		only := !slices.ContainsFunc(m.By, func(b string) bool { return b != BySystem })
		if only && !c.triggered(m.ID) {
			c.FailAt(m.Line, "“%s”只由系统进行，但没有计时、子件或主件触发它。", "Only the system makes “%s”, but no clock, sub-case or leading case triggers it.", m.ID)
		}
	}
}

// triggered reports whether something makes the system make the move.
func (c *checker) triggered(id string) bool {
	return slices.ContainsFunc(c.p.Clocks, func(t Timing) bool { return t.Auto == id }) || slices.Contains(c.p.Sent, id) || id == c.p.Draw.Won || id == c.p.Draw.Next ||
		slices.ContainsFunc(c.p.Parts, func(k PartKind) bool { return k.Done == id || k.Failed == id || k.Asked == id })
}

// buttons reports two moves that would show the same words in one stage.
func (c *checker) buttons() {
	for i, m := range c.p.Moves {
		for _, o := range c.p.Moves[:i] {
			if m.Label != o.Label {
				continue
			}
			if s := slices.IndexFunc(m.From, func(s string) bool { return slices.Contains(o.From, s) }); s >= 0 {
				c.FailAt(m.Line, "“%s”与“%s”在阶段“%s”用了同一个名称。", "“%s” and “%s” have the same label in the stage “%s”.", m.ID, o.ID, m.From[s])
			}
		}
	}
}

// nominal is a limit's least length in hours, for comparing units: a working day takes at least a
// day, and eight working hours make one.
func nominal(l calendar.Limit) int {
	switch l.Unit {
	case calendar.WorkDay, calendar.NaturalDay:
		return 24 * l.N
	case calendar.WorkHour:
		return 3 * l.N
	}
	return l.N
}

// total reports when the clocks met on some way from a start to the closing of the case add up to
// more than the whole may take. A clock counts once per stretch of stages it runs through; clocks
// whose limit depends on the matter and the ways back are left out.
func (c *checker) total() {
	if c.p.Total.IsZero() {
		return
	}
	g := c.p.layout()
	cost := func(from, to string) int {
		sum := 0
		for _, t := range c.p.Clocks {
			if s, _ := c.p.Stage(to); s.Result != "" || t.ByMatter || t.ByField != "" {
				continue
			}
			if slices.Contains(t.Runs, to) && !slices.Contains(t.Runs, from) {
				sum += nominal(t.Limit)
			}
		}
		return sum
	}
	longest, worst := map[string]int{}, 0
	for _, id := range g.order {
		longest[id] = max(longest[id], cost("", id))
		for _, e := range g.edges {
			if e.To == id && !e.Back && e.From != "" {
				longest[id] = max(longest[id], longest[e.From]+cost(e.From, id))
			}
		}
		worst = max(worst, longest[id])
	}
	if limit := nominal(c.p.Total); worst > limit {
		c.FailAt(c.Lines["total"], "各阶段时限相加约 %d 小时，超过总时限 %s（%d 小时）。",
			"The clocks along one way add up to about %d hours, more than the total limit %s (%d hours).", worst, c.p.Total, limit)
	}
}
