package casework

import (
	"strconv"
	"time"
)

// PhaseMark is what a phase is to a case.
type PhaseMark int

// The marks, as they are stored.
const (
	PhaseLeft   PhaseMark = iota // it was there once and went back
	PhasePassed                  // it came farther
	PhaseHere                    // it stands there, or has reached its goal there
	PhaseEnded                   // it came there, and ended short of the last phase
)

// Reach is how far a case of a procedure with a funnel has come.
type Reach struct {
	Far    Phase // 0: it does not count, for it was entered by mistake or withdrawn (a void result)
	Ended  bool  // it is over and stands at no phase: it did not come to the last
	Amount int64 // 分
}

// Reach says how far a case has come: to where it stands while it goes on, and to the farthest stage it was held at once it
// has ended. The procedure must have a funnel.
func (p *Procedure) Reach(c *Case) Reach {
	if result, _ := p.Result(c.Result); result.Void {
		return Reach{}
	}
	var out Reach
	out.Amount, _ = strconv.ParseInt(c.Fields[p.Funnel], 10, 64)
	stage, _ := p.Stage(c.Stage)
	if out.Far = stage.Phase; !stage.End || int(stage.Phase) == len(p.Phases) {
		return out
	}
	out.Far, out.Ended = 1, true
	for id := range c.Held {
		s, _ := p.Stage(id)
		out.Far = max(out.Far, s.Phase)
	}
	return out
}

// Mark is what a phase is to the case.
func (r Reach) Mark(ph Phase) PhaseMark {
	switch {
	case ph > r.Far:
		return PhaseLeft
	case r.Ended:
		return PhaseEnded
	case ph == r.Far:
		return PhaseHere
	}
	return PhasePassed
}

// CasePhase is what one phase is to a case.
type CasePhase struct {
	Phase  Phase
	Mark   PhaseMark
	Amount int64     // 分
	At     time.Time // when it first came there; zero when it passed the phase over
}

// Phases are those the case came to, up to Far and those it went back from. first is when it came to which.
func (r Reach) Phases(first map[Phase]time.Time) []CasePhase {
	most := r.Far
	for ph := range first {
		most = max(most, ph)
	}
	var out []CasePhase
	for ph := Phase(1); ph <= most; ph++ {
		if at, was := first[ph]; was || ph <= r.Far {
			out = append(out, CasePhase{ph, r.Mark(ph), r.Amount, at})
		}
	}
	return out
}

// Comings are when a case first came to each phase, by lines of its history. An end short of the last phase is none.
func (p *Procedure) Comings(events []Event) map[Phase]time.Time {
	out := map[Phase]time.Time{}
	for _, e := range events {
		s, ok := p.Stage(e.To)
		if !ok || s.End && int(s.Phase) < len(p.Phases) {
			continue
		}
		if was, seen := out[s.Phase]; !seen || e.At.Before(was) {
			out[s.Phase] = e.At
		}
	}
	return out
}
