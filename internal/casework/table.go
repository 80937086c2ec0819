package casework

import "slices"

// table is the one transition table of a procedure version: everything that decides whether a move
// is legal, in arrays, so that a decision neither searches nor allocates.
type table struct {
	stage map[string]int
	move  map[string]int
	cells []cell // stage × move
	// clocks says, stage × clock, what entering the stage does to the clock.
	clocks []clockAct
	// start holds the index into Starts by id.
	start map[string]int
}

// cell is where a move leads from a stage.
type cell struct {
	legal bool
	to    int // the stage entered; the same one when the move stays
}

type clockAct uint8

const (
	clockStop clockAct = iota
	clockRun
	clockPause
)

// compile builds the table. The procedure has been checked.
func (p *Procedure) compile() {
	t := table{stage: map[string]int{}, move: map[string]int{}, start: map[string]int{}}
	for i, s := range p.Stages {
		t.stage[s.ID] = i
	}
	for i, m := range p.Starts {
		t.start[m.ID] = i
	}
	t.cells = make([]cell, len(p.Stages)*len(p.Moves))
	for i, m := range p.Moves {
		t.move[m.ID] = i
		for _, from := range m.From {
			s := t.stage[from]
			to := s
			if m.To != Stay {
				to = t.stage[m.To]
			}
			t.cells[s*len(p.Moves)+i] = cell{legal: true, to: to}
		}
	}
	t.clocks = make([]clockAct, len(p.Stages)*len(p.Clocks))
	for i, c := range p.Clocks {
		for s, stage := range p.Stages {
			act := clockStop
			if slices.Contains(c.Runs, stage.ID) {
				act = clockRun
			} else if slices.Contains(c.Pauses, stage.ID) {
				act = clockPause
			}
			t.clocks[s*len(p.Clocks)+i] = act
		}
	}
	p.table = t
}

func (p *Procedure) cell(stage, move int) cell { return p.table.cells[stage*len(p.Moves)+move] }

// Next is the stage a move leads to from a stage, and whether the table allows it at all. Whether
// this case and this person may make it is for Do and Options to say.
func (p *Procedure) Next(stage, move string) (string, bool) {
	s, ok1 := p.table.stage[stage]
	m, ok2 := p.table.move[move]
	if !ok1 || !ok2 || !p.cell(s, m).legal {
		return "", false
	}
	return p.Stages[p.cell(s, m).to].ID, true
}
