package geo

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"gezhi/internal/fault"
)

// knife cuts land along chords between vertices that exist already, so that no cut ever adds a
// vertex to a border that somebody else has. For that borders carry fillers: vertices at regular
// steps, which thin takes away again where no cut ended on them.
type knife struct {
	plane  flat
	step   float64 // distance of fillers in metres
	seed   uint64
	cuts   uint64
	filler map[Point]bool
}

// densify is the ring as a counter-clockwise loop at storage resolution with fillers.
func (k *knife) densify(r Ring) loop {
	r = r.distinct()
	if r.signedArea() < 0 {
		slices.Reverse(r)
	}
	var out loop
	for i := 1; i < len(r); i++ {
		out = append(out, r[i-1])
		out = append(out, k.fillers(r[i-1], r[i])...)
	}
	return out
}

// fillers are the vertices to stand between a and b.
func (k *knife) fillers(a, b Point) []Point {
	from, to := k.plane.down(a), k.plane.down(b)
	n := int(math.Round(to.sub(from).length() / k.step))
	var out []Point
	for i := 1; i < n; i++ {
		p := k.plane.up(from.add(to.sub(from).mul(float64(i) / float64(n)))).Snap()
		k.filler[p] = true
		out = append(out, p)
	}
	return out
}

// split cuts land into two in the ratio share : 1-share, with the first places on the first side
// as far as that is possible. Loops other than the largest go whole to the side they are nearer to.
func (k *knife) split(land region, share float64, first, second []Point) (region, region, error) {
	main, total := 0, 0.0
	areas := make([]float64, len(land))
	for i, l := range land {
		areas[i] = l.ring().signedArea()
		total += areas[i]
		if areas[i] > areas[main] {
			main = i
		}
	}
	a, b, err := k.cut(land[main], share, first, second)
	if err != nil {
		return nil, nil, err
	}
	ra, rb := region{a}, region{b}
	for i, l := range land {
		if i == main {
			continue
		}
		if gap(l, a) <= gap(l, b) {
			ra = append(ra, l)
		} else {
			rb = append(rb, l)
		}
	}
	return ra, rb, nil
}

// gap is the squared distance, in degrees, between the nearest vertices of two loops.
func gap(a, b loop) float64 {
	best := math.Inf(1)
	for _, p := range a {
		for _, q := range b {
			best = math.Min(best, sq(p, q))
		}
	}
	return best
}

// chord is a possible cut from vertex i to vertex j of a loop.
type chord struct {
	i, j    int
	flipped bool // the first side is the one from j round to i
	cost    float64
}

// chordsTried is how many of the cheapest chords are examined closely.
const chordsTried = 4000

// cut finds the chord that is short, near the wanted ratio, square to the border and well clear
// of it, and that keeps the places on their sides.
func (k *knife) cut(l loop, share float64, first, second []Point) (a, b loop, err error) {
	xy := make([]vec, len(l))
	for i, p := range l {
		xy[i] = k.plane.down(p)
	}
	k.cuts++
	rng := rand.New(rand.NewPCG(k.seed, k.cuts))
	if len(first)+len(second) == 0 {
		share *= 1 + 0.08*(rng.Float64()-0.5) // real blocks are not all the same
	}
	chords := k.chords(xy, share, first, second)
	for _, clear := range []float64{0.7, 0.3, 0.05} {
		best := chord{cost: math.Inf(1)}
		for n, c := range chords {
			if n > chordsTried && best.cost < math.Inf(1) || c.cost >= best.cost {
				break
			}
			if !open(xy, c.i, c.j, clear*k.step) {
				continue
			}
			c.cost += k.misplaced(l, c, first, second)
			if c.cost < best.cost {
				best = c
			}
		}
		if best.cost < math.Inf(1) {
			a, b = k.along(l, best)
			return a, b, nil
		}
	}
	return nil, nil, fault.Field("outline", "轮廓太小或太细碎，划不出这么多单元。", "The outline is too small or too ragged for so many cells.")
}

// chords lists all pairs of vertices with their cost, cheapest first: the square of the length in
// units of the land's size, and of the deviation from the wanted share.
func (k *knife) chords(xy []vec, share float64, first, second []Point) []chord {
	n := len(xy)
	sums := make([]float64, n+1) // twice the area swept from vertex 0
	for i := range n {
		sums[i+1] = sums[i] + xy[i].cross(xy[(i+1)%n])
	}
	area := sums[n]
	strict := 1.0 // how dear a deviation of the size is; less so when places have to be kept
	if len(first)+len(second) > 0 {
		strict = 0.35
	}
	keep := math.Max(share, 1-share)
	// Of a long border not every filler is tried: pairs grow with the square of the vertices, and a
	// cut that could end anywhere along it loses nothing by ending at one of some two hundred places.
	stride := 1 + n/200
	var out []chord
	for i := 0; i < n; i += stride {
		for j := i + max(2, stride); j < n; j += stride {
			if i == 0 && j == n-1 {
				continue
			}
			part := (sums[j] - sums[i] + xy[j].cross(xy[i])) / area // of the side from i round to j
			if part <= 0 || part >= 1 {
				continue
			}
			d := xy[j].sub(xy[i])
			length := d.dot(d) / area
			ab := math.Abs(part-share) / keep
			ba := math.Abs(1-part-share) / keep
			c := chord{i: i, j: j, cost: length}
			if k.leads(xy[i], xy[j], first, second) {
				c.flipped, ab = true, ba
			}
			if ab > 0.5 {
				continue
			}
			c.cost += strict * (40*ab*ab + 400*math.Pow(math.Max(0, ab-0.12), 2))
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b chord) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), a.i-b.i, a.j-b.j)
	})
	return out
}

// leads reports whether the first side must be the one from j round to i: the first side lies
// west of a steep chord and north of a level one, unless the places say otherwise.
func (k *knife) leads(a, b vec, first, second []Point) bool {
	d := b.sub(a)
	if len(first) > 0 && len(second) > 0 {
		// The side from i to j of a counter-clockwise loop lies to the right of the chord i→j.
		f, s := k.mean(first).sub(a), k.mean(second).sub(a)
		return d.cross(f) > d.cross(s)
	}
	if math.Abs(d.y) >= math.Abs(d.x) {
		return d.y > 0 // going north, the right-hand side is the east
	}
	return d.x > 0 // going east, the right-hand side is the south
}

func (k *knife) mean(ps []Point) vec {
	var sum vec
	for _, p := range ps {
		sum = sum.add(k.plane.down(p))
	}
	return sum.mul(1 / float64(len(ps)))
}

// open reports whether the chord runs inside the loop, keeps the distance from every border that
// does not start at its ends, and leaves those at no sharp angle.
func open(xy []vec, i, j int, clear float64) bool {
	n := len(xy)
	a, b := xy[i], xy[j]
	if !leaves(xy, i, b) || !leaves(xy, j, a) {
		return false
	}
	d := b.sub(a)
	clear = math.Min(clear, d.length()*0.3)
	for e := range n {
		f := (e + 1) % n
		p, q := xy[e], xy[f]
		if e != i && e != j && p.toSegment(a, b) < clear && sharp(p, a, b, clear) {
			return false
		}
		if e == i || e == j || f == i || f == j {
			continue
		}
		if (d.cross(p.sub(a)) > 0) != (d.cross(q.sub(a)) > 0) && (q.sub(p).cross(a.sub(p)) > 0) != (q.sub(p).cross(b.sub(p)) > 0) {
			return false
		}
	}
	return true
}

// sharp reports whether p, which is near the chord ab, is nearer than its distance from the
// chord's ends excuses: near an end, a border at 30° or more is fine.
func sharp(p, a, b vec, clear float64) bool {
	away := math.Min(p.sub(a).length(), p.sub(b).length())
	return p.toSegment(a, b) < math.Min(clear, away*0.5)
}

// leaves reports whether the direction from vertex i to q lies strictly inside the loop's corner.
func leaves(xy []vec, i int, q vec) bool {
	n := len(xy)
	o := xy[i]
	prev, next, d := xy[(i+n-1)%n].sub(o), xy[(i+1)%n].sub(o), q.sub(o)
	if next.cross(prev) > 0 { // convex corner
		return next.cross(d) > 0 && d.cross(prev) > 0
	}
	return !(prev.cross(d) >= 0 && d.cross(next) >= 0)
}

// misplaced is the cost of the places that the chord leaves on the wrong side.
func (k *knife) misplaced(l loop, c chord, first, second []Point) float64 {
	if len(first)+len(second) == 0 {
		return 0
	}
	side := append(Ring{}, l[c.i:c.j+1]...)
	m := MultiPolygon{Polygon{append(side, l[c.i])}}
	wrong := 0
	for _, p := range first {
		if m.Contains(p) == c.flipped {
			wrong++
		}
	}
	for _, p := range second {
		if m.Contains(p) != c.flipped {
			wrong++
		}
	}
	return float64(wrong) * 4
}

// along makes the two loops on either side of the chord, which gets fillers of its own.
func (k *knife) along(l loop, c chord) (a, b loop) {
	line := k.fillers(l[c.i], l[c.j])
	a = append(a, l[c.i:c.j+1]...)
	for _, p := range slices.Backward(line) {
		a = append(a, p)
	}
	b = append(b, l[c.j:]...)
	b = append(b, l[:c.i+1]...)
	b = append(b, line...)
	if c.flipped {
		a, b = b, a
	}
	return a, b
}

// thin takes away, from all cells of the tree alike, the fillers on which no cut ended: those that
// everywhere stand between the same two vertices.
func (k *knife) thin(root *Cell) {
	type pair struct{ a, b Point }
	between := map[Point]pair{}
	corner := map[Point]bool{}
	root.rings(func(r Ring) Ring {
		for i := 1; i < len(r); i++ {
			before, p, after := r[i-1], r[i], r[1]
			if i+1 < len(r) {
				after = r[i+1]
			}
			if before.Lng > after.Lng || before.Lng == after.Lng && before.Lat > after.Lat {
				before, after = after, before
			}
			if seen, ok := between[p]; ok && seen != (pair{before, after}) {
				corner[p] = true
			}
			between[p] = pair{before, after}
		}
		return r
	})
	root.rings(func(r Ring) Ring {
		var out Ring
		for _, p := range r[1:] {
			if !k.filler[p] || corner[p] {
				out = append(out, p)
			}
		}
		return append(out, out[0])
	})
}

// rings replaces every ring of the tree.
func (c *Cell) rings(f func(Ring) Ring) {
	for i := range c.Shape {
		for j := range c.Shape[i] {
			c.Shape[i][j] = f(c.Shape[i][j])
		}
	}
	for _, p := range c.Parts {
		p.rings(f)
	}
}
