package points

import (
	"cmp"
	"slices"
	"time"
)

// Approval is how often somebody let awards of somebody else pass.
type Approval struct {
	By, For Person
	Times   int
	Last    time.Time
}

// Ring is a group of people of whom each approved awards of another and had awards approved, in a circle: two who
// approve for one another, or three who do so in turn. It is a reason to look, not a proof of anything.
type Ring struct {
	People    []Person // ascending, at least two
	Approvals int      // within the group
	Last      time.Time
}

// Rings finds the groups of mutual approval: the strongly connected components, of two people or more, of the graph
// that leads from each reviewer to the earner. The ring with the most approvals comes first. The time it takes is
// in proportion to the approvals.
func Rings(list []Approval) []Ring {
	g := graph{to: map[Person][]Person{}, seen: map[Person]int{}, low: map[Person]int{}, ring: map[Person]int{}}
	for _, a := range list {
		if a.By != 0 && a.For != 0 && a.By != a.For {
			g.to[a.By] = append(g.to[a.By], a.For)
		}
	}
	for _, a := range list {
		if g.seen[a.By] == 0 && len(g.to[a.By]) > 0 {
			g.walk(a.By)
		}
	}
	rings := make([]Ring, len(g.rings))
	for i, people := range g.rings {
		slices.Sort(people)
		rings[i].People = people
	}
	for _, a := range list {
		n, ok := g.ring[a.By]
		if m, also := g.ring[a.For]; !ok || !also || n != m || n == alone || a.By == a.For {
			continue
		}
		rings[n].Approvals += a.Times
		if a.Last.After(rings[n].Last) {
			rings[n].Last = a.Last
		}
	}
	slices.SortFunc(rings, func(x, y Ring) int {
		return cmp.Or(cmp.Compare(y.Approvals, x.Approvals), y.Last.Compare(x.Last), slices.Compare(x.People, y.People))
	})
	return rings
}

// graph is the state of Tarjan's search for strongly connected components.
type graph struct {
	to    map[Person][]Person
	seen  map[Person]int // the order they were come to, from 1
	low   map[Person]int // the earliest that can be got back to
	stack []Person
	ring  map[Person]int // which of rings somebody is in, or alone
	rings [][]Person
}

// alone is the ring of whoever is in none.
const alone = -1

func (g *graph) walk(p Person) {
	g.seen[p] = len(g.seen) + 1
	g.low[p] = g.seen[p]
	g.stack = append(g.stack, p)
	for _, q := range g.to[p] {
		if g.seen[q] == 0 {
			g.walk(q)
			g.low[p] = min(g.low[p], g.low[q])
		} else if _, done := g.ring[q]; !done {
			g.low[p] = min(g.low[p], g.seen[q])
		}
	}
	if g.low[p] != g.seen[p] {
		return
	}
	at := len(g.stack) - 1
	for g.stack[at] != p {
		at--
	}
	group := slices.Clone(g.stack[at:])
	g.stack = g.stack[:at]
	n := alone
	if len(group) > 1 {
		n = len(g.rings)
		g.rings = append(g.rings, group)
	}
	for _, q := range group {
		g.ring[q] = n
	}
}
