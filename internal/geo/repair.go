package geo

import (
	"fmt"
	"math"
	"slices"

	"github.com/peterstace/simplefeatures/geom"

	"gezhi/internal/fault"
)

// knotRounds bounds how often Repair looks for crossings again after rounding the last ones.
const knotRounds = 8

// Repair untangles a shape whose borders cross: what an odd number of borders encloses is kept,
// which is also what Contains answers for it. Spikes and duplicated points vanish, vertices move
// to the storage resolution. A valid shape comes back equal in area. Rings must be closed.
func Repair(m MultiPolygon) (MultiPolygon, error) {
	var whole geom.Geometry
	started := false
	for _, poly := range m {
		for _, ring := range poly {
			for _, loop := range ring.loops() {
				g := toGeom(MultiPolygon{Polygon{loop}}).AsGeometry()
				if !started {
					whole, started = g, true
					continue
				}
				sum, err := geom.SymmetricDifference(whole, g)
				if err != nil {
					return nil, fmt.Errorf("repair a border: %w", err)
				}
				whole = sum
			}
		}
	}
	if started {
		out := fromGeom(whole).transform(Point.Snap).withoutCrumbs()
		if len(out) > 0 && toGeom(out).Validate() == nil {
			return out, nil
		}
	}
	return nil, fault.New(fault.Invalid, "边界自相交，无法自动修复，请在制图软件中修正后再上传。",
		"The border crosses itself and cannot be repaired automatically; please correct it in a mapping tool.")
}

// loops cuts the ring at every crossing into rings that do not cross themselves.
func (r Ring) loops() []Ring {
	pts := r.distinct()
	for range knotRounds {
		next, found := knotted(pts)
		pts = next
		if !found {
			break
		}
	}
	var out []Ring
	var path Ring
	at := map[Point]int{} // position in path
	for _, p := range pts {
		if i, seen := at[p]; seen {
			loop := append(slices.Clone(path[i:]), p)
			for _, q := range path[i+1:] {
				delete(at, q)
			}
			path = path[:i+1]
			if len(loop) >= 4 && math.Abs(loop.signedArea()) > 0 {
				out = append(out, loop)
			}
			continue
		}
		at[p] = len(path)
		path = append(path, p)
	}
	return out
}

// distinct is the ring snapped to the storage resolution without repeated neighbours.
func (r Ring) distinct() Ring {
	out := make(Ring, 0, len(r))
	for _, p := range r {
		p = p.Snap()
		if len(out) == 0 || out[len(out)-1] != p {
			out = append(out, p)
		}
	}
	if len(out) > 1 && out[0] != out[len(out)-1] {
		out = append(out, out[0])
	}
	return out
}

// knotted inserts a vertex into both edges wherever two edges of the ring meet other than at
// common ends, and reports whether it inserted any. The new vertices are rounded, which can
// create crossings elsewhere: call again until none is found.
func knotted(r Ring) (Ring, bool) {
	cuts := make(map[int][]Point)
	for _, pair := range nearEdges(r) {
		i, j := pair[0], pair[1]
		for _, p := range meet(r[i], r[i+1], r[j], r[j+1]) {
			p = p.Snap()
			if p != r[i] && p != r[i+1] {
				cuts[i] = append(cuts[i], p)
			}
			if p != r[j] && p != r[j+1] {
				cuts[j] = append(cuts[j], p)
			}
		}
	}
	if len(cuts) == 0 {
		return r, false
	}
	var out Ring
	for i := 0; i+1 < len(r); i++ {
		out = append(out, r[i])
		slices.SortFunc(cuts[i], func(p, q Point) int {
			return sign(sq(p, r[i]) - sq(q, r[i]))
		})
		for _, p := range cuts[i] {
			if p != out[len(out)-1] {
				out = append(out, p)
			}
		}
	}
	return append(out, r[len(r)-1]), true
}

func sq(p, q Point) float64 {
	return (p.Lng-q.Lng)*(p.Lng-q.Lng) + (p.Lat-q.Lat)*(p.Lat-q.Lat)
}

func sign(f float64) int {
	switch {
	case f < 0:
		return -1
	case f > 0:
		return 1
	}
	return 0
}

// nearEdges lists the pairs of edges (by first vertex, i < j) whose boxes touch, by sweeping west to east.
func nearEdges(r Ring) [][2]int {
	n := len(r) - 1
	order := make([]int, n)
	boxes := make([]Box, n)
	for i := range n {
		order[i] = i
		boxes[i] = Box{r[i], r[i]}.Union(Box{r[i+1], r[i+1]})
	}
	slices.SortFunc(order, func(a, b int) int { return sign(boxes[a].Min.Lng - boxes[b].Min.Lng) })
	var out [][2]int
	for k, i := range order {
		for _, j := range order[k+1:] {
			if boxes[j].Min.Lng > boxes[i].Max.Lng {
				break
			}
			if boxes[j].Min.Lat <= boxes[i].Max.Lat && boxes[j].Max.Lat >= boxes[i].Min.Lat {
				out = append(out, [2]int{min(i, j), max(i, j)})
			}
		}
	}
	return out
}

// meet is where two segments have points in common: none, one, or the two ends of a shared stretch.
func meet(a, b, c, d Point) []Point {
	ab, cd := Point{b.Lng - a.Lng, b.Lat - a.Lat}, Point{d.Lng - c.Lng, d.Lat - c.Lat}
	den := ab.Lng*cd.Lat - ab.Lat*cd.Lng
	acx, acy := c.Lng-a.Lng, c.Lat-a.Lat
	var out []Point
	for _, p := range []Point{c, d} { // ends lying on the other segment, to within rounding
		if onSegment(p, a, b) {
			out = append(out, p)
		}
	}
	for _, p := range []Point{a, b} {
		if onSegment(p, c, d) {
			out = append(out, p)
		}
	}
	if len(out) > 0 || den == 0 {
		return out
	}
	t := (acx*cd.Lat - acy*cd.Lng) / den
	u := (acx*ab.Lat - acy*ab.Lng) / den
	if t >= 0 && t <= 1 && u >= 0 && u <= 1 {
		return []Point{{a.Lng + t*ab.Lng, a.Lat + t*ab.Lat}}
	}
	return nil
}

// onSegment reports whether p lies on ab to a thousandth of the storage resolution.
func onSegment(p, a, b Point) bool {
	v := vec{p.Lng, p.Lat}
	return v.toSegment(vec{a.Lng, a.Lat}, vec{b.Lng, b.Lat}) <= Unit/1000
}

// firstCrossing is a place where a ring meets itself, for the error message.
func (m MultiPolygon) firstCrossing() (Point, bool) {
	for _, poly := range m {
		for _, ring := range poly {
			r := ring.distinct()
			for _, e := range nearEdges(r) {
				adjacent := e[1] == e[0]+1 || (e[0] == 0 && e[1] == len(r)-2)
				if ps := meet(r[e[0]], r[e[0]+1], r[e[1]], r[e[1]+1]); len(ps) > 0 && !adjacent {
					return ps[0], true
				}
			}
		}
	}
	return Point{}, false
}

// crumb is the area in m² below which a part left over by untangling is rounding, not land.
const crumb = 1

// withoutCrumbs drops parts and holes smaller than a crumb.
func (m MultiPolygon) withoutCrumbs() MultiPolygon {
	var out MultiPolygon
	for _, poly := range m {
		var kept Polygon
		for j, ring := range poly {
			r := ring.distinct()
			if math.Abs(r.signedArea()) < crumb {
				if j == 0 {
					break
				}
				continue
			}
			kept = append(kept, r)
		}
		if len(kept) > 0 {
			out = append(out, kept)
		}
	}
	return out
}
