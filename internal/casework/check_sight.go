package casework

import (
	"maps"
	"slices"
)

// sight checks that whoever a move of a confidential procedure names can see the case: roles that may know the reporter,
// units that have had it, and whoever has it in hand.
func (c *checker) sight() {
	if !c.p.Confidential() {
		return
	}
	hands, units := c.hands()
	for _, m := range c.p.Moves {
		for _, role := range m.By {
			if slices.Contains([]string{ByHolder, ByReporter, ByApprover, BySystem, ByAnyone}, role) || slices.Contains(c.p.Sealed, role) || units[role] {
				continue
			}
			if !slices.ContainsFunc(m.From, func(stage string) bool { return hands[stage][role] }) {
				c.FailAt(m.Line, "“%s”看不到这时的保密案件，不能操作“%s”。", "“%s” cannot see a confidential case then, so it cannot make “%s”.", role, m.ID)
			}
		}
	}
}

// hands are the roles that may have a case in hand at each stage, and the roles of units that may ever have it.
func (c *checker) hands() (at map[string]map[string]bool, units map[string]bool) {
	at, units = map[string]map[string]bool{}, map[string]bool{}
	for _, s := range c.p.Stages {
		at[s.ID] = map[string]bool{}
	}
	for before, now := -1, 0; before < now; { // what is handed on is followed until nothing new comes
		before, now = now, 0
		for _, m := range c.moves() {
			from := m.From
			if len(from) == 0 {
				from = []string{""} // a start
			}
			for _, f := range from {
				to := m.To
				if to == Stay {
					to = f
				}
				for _, role := range c.given(&m, f, at) {
					if at[to] != nil {
						at[to][role] = true
					}
					units[role] = units[role] || m.Holder.Kind == ToField
				}
			}
		}
		for _, roles := range at {
			now += len(roles)
		}
	}
	return at, units
}

// given are the roles that a move from a stage may put a case into the hands of.
func (c *checker) given(m *Move, from string, at map[string]map[string]bool) []string {
	switch m.Holder.Kind {
	case ToRole, ToField:
		return []string{m.Holder.Role}
	case ToKeep:
		return slices.Collect(maps.Keys(at[from]))
	case ToHeld:
		return slices.Collect(maps.Keys(at[m.Holder.Stage]))
	case ToUp:
		var out []string
		for _, rung := range c.p.Ladder {
			out = append(out, rung.Role)
		}
		return out
	case ToPrevious:
		var out []string
		for _, roles := range at {
			out = append(out, slices.Collect(maps.Keys(roles))...)
		}
		return out
	}
	return nil
}
