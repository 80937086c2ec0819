package casework

import (
	"slices"

	"gezhi/internal/lang"
)

// Graph is a procedure laid out for drawing: stages in layers, moves between them.
type Graph struct {
	Nodes  []Node
	Edges  []Edge
	Layers int // number of layers
	Rows   int // most nodes in one layer
}

// Node is a stage. Layer counts from 0 in the direction of the work, Row from 0 within the layer.
type Node struct {
	Stage Stage
	Phase lang.Text // its name
	Layer int
	Row   int
	Stays []lang.Text // labels of the moves that leave the stage alone
}

// Edge joins two stages by one or more moves. From is "" where a case begins.
type Edge struct {
	From, To string
	Moves    []string
	Labels   []lang.Text
	Back     bool // leads back to an earlier layer: rework, return, reopening
}

// Graph lays the procedure out. The answer depends on the procedure alone, so that a drawing
// changes only when the procedure does.
func (p *Procedure) Graph() Graph {
	l := p.layout()
	g := Graph{Edges: l.edges}
	layer := map[string]int{}
	for _, id := range l.order {
		for _, e := range l.edges {
			if e.To == id && !e.Back && e.From != "" {
				layer[id] = max(layer[id], layer[e.From]+1)
			}
		}
	}
	rows := map[int]int{}
	for _, s := range p.Stages {
		n := Node{Stage: s, Phase: p.Phase(s.Phase), Layer: layer[s.ID], Row: rows[layer[s.ID]]}
		for _, m := range p.Moves {
			if m.To == Stay && slices.Contains(m.From, s.ID) {
				n.Stays = append(n.Stays, m.Label)
			}
		}
		rows[n.Layer]++
		g.Nodes = append(g.Nodes, n)
		g.Layers, g.Rows = max(g.Layers, n.Layer+1), max(g.Rows, rows[n.Layer])
	}
	return g
}

// layout is the stages in an order in which every edge but those marked Back leads forward.
type layout struct {
	order []string
	edges []Edge
}

func (p *Procedure) layout() layout {
	var l layout
	at := map[[2]string]int{}
	add := func(from, to string, m Move) {
		k := [2]string{from, to}
		i, ok := at[k]
		if !ok {
			i = len(l.edges)
			at[k] = i
			l.edges = append(l.edges, Edge{From: from, To: to})
		}
		l.edges[i].Moves = append(l.edges[i].Moves, m.ID)
		l.edges[i].Labels = append(l.edges[i].Labels, m.Label)
	}
	each := func(m Move, from string) {
		add(from, m.To, m)
		if s, _ := p.Stage(m.To); s.Else != "" {
			add(from, s.Else, m)
		}
	}
	for _, m := range p.Starts {
		each(m, "")
	}
	for _, m := range p.Moves {
		for _, from := range m.From {
			if m.To != Stay && m.To != from {
				each(m, from)
			}
		}
	}
	l.sort(p)
	return l
}

// sort orders the stages by depth-first search from the starts. Branches are tried in the order the
// file lists the stages, which is the order the work is meant to go; an edge to a stage still being
// visited leads back.
func (l *layout) sort(p *Procedure) {
	place := map[string]int{}
	for i, s := range p.Stages {
		place[s.ID] = i
	}
	const visiting, done = 1, 2
	state := map[string]int{}
	var visit func(id string)
	visit = func(id string) {
		state[id] = visiting
		var out []int
		for i := range l.edges {
			if l.edges[i].From == id {
				out = append(out, i)
			}
		}
		slices.SortStableFunc(out, func(a, b int) int { return place[l.edges[a].To] - place[l.edges[b].To] })
		for _, i := range out {
			switch state[l.edges[i].To] {
			case visiting:
				l.edges[i].Back = true
			case 0:
				visit(l.edges[i].To)
			}
		}
		state[id] = done
		l.order = append(l.order, id)
	}
	for _, s := range p.Stages {
		if state[s.ID] == 0 {
			visit(s.ID)
		}
	}
	slices.Reverse(l.order)
}
