package casework

import (
	"slices"
	"time"
)

// The levels of the area tree with the number of digits in their codes.
var levels = [...]struct {
	name   string
	digits int
}{{"micro", 17}, {"grid", 15}, {"community", 12}, {"street", 9}, {"district", 6}}

func levelNames() []string {
	var out []string
	for _, l := range levels {
		out = append(out, l.name)
	}
	return out
}

// digits is the length of an area code of the level; 0 for an unknown level.
func digits(level string) int {
	for _, l := range levels {
		if l.name == level {
			return l.digits
		}
	}
	return 0
}

// at is the holder of the role over the area's ancestor of the level. Where the area is known less
// deeply than that, the nearest rung of the ladder above takes it, so that no case falls to a
// holder nobody can be.
func (p *Procedure) at(role, level, area string) (Holder, bool) {
	n := digits(level)
	if n > 0 && len(area) >= n {
		return Holder{Role: role, Area: area[:n]}, true
	}
	for _, g := range p.Ladder {
		if d := digits(g.Level); d > 0 && d <= len(area) {
			return Holder{Role: g.Role, Area: area[:d]}, true
		}
	}
	return Holder{}, false
}

// above is the rung of the ladder next above a holder: the lowest whose area is larger than the
// holder's. Areas without some level simply have no such rung to stop at.
func (p *Procedure) above(h Holder) (Holder, bool) {
	for _, g := range p.Ladder {
		if d := digits(g.Level); d > 0 && d < len(h.Area) {
			return Holder{Role: g.Role, Area: h.Area[:d]}, true
		}
	}
	return Holder{}, false
}

func indexOf[T any](list []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], true
	}
	var none T
	return none, false
}

// Field returns the field with the id.
func (p *Procedure) Field(id string) (Field, bool) {
	return indexOf(p.Fields, func(f Field) bool { return f.ID == id })
}

// Stage returns the stage with the id.
func (p *Procedure) Stage(id string) (Stage, bool) {
	return indexOf(p.Stages, func(s Stage) bool { return s.ID == id })
}

// Move returns the move or start with the id.
func (p *Procedure) Move(id string) (Move, bool) {
	if m, ok := indexOf(p.Moves, func(m Move) bool { return m.ID == id }); ok {
		return m, true
	}
	return indexOf(p.Starts, func(m Move) bool { return m.ID == id })
}

// Reason returns the list with the id.
func (p *Procedure) Reason(id string) (ReasonList, bool) {
	return indexOf(p.Reasons, func(l ReasonList) bool { return l.ID == id })
}

// Clock returns the clock with the id.
func (p *Procedure) Clock(id string) (Timing, bool) {
	return indexOf(p.Clocks, func(t Timing) bool { return t.ID == id })
}

// Result returns the result with the id.
func (p *Procedure) Result(id string) (Result, bool) {
	return indexOf(p.Results, func(r Result) bool { return r.ID == id })
}

// Rung is the rung of the supervision ladder that a level stands on, level 1 on the lowest and those above the ladder on its
// highest; false for level 0 and where there is no ladder.
func (p *Procedure) Rung(level int) (Warning, bool) {
	if level < 1 || len(p.Supervision) == 0 {
		return Warning{}, false
	}
	return p.Supervision[min(level, len(p.Supervision))-1], true
}

// Typed is the procedure's first field of a type.
func (p *Procedure) Typed(typ string) (Field, bool) {
	return indexOf(p.Fields, func(f Field) bool { return f.Type == typ })
}

// KeptUntil is the last day the file of a closed case must be kept: the years of its result counted from the day it was
// closed. The day is zero for one kept for good; ok is false while the case is open.
func (p *Procedure) KeptUntil(c Case) (day time.Time, ok bool) {
	r, found := p.Result(c.Result)
	if !found || c.Closed.IsZero() {
		return day, false
	}
	if r.Keep > 0 {
		day = c.Closed.AddDate(r.Keep, 0, 0)
	}
	return day, true
}

// Role returns the role with the id.
func (p *Procedure) Role(id string) (Term, bool) {
	return indexOf(p.Roles, func(t Term) bool { return t.ID == id })
}

// measureNames are the duties whose punctuality the evaluation counts.
func measureNames() []string {
	return []string{"verify", "accept", "file", "dispatch", "sign", "handle", "review", "check", "close"}
}
