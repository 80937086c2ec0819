package geo

import (
	"math"
	"slices"
)

// Simplify drops vertices that lie within the tolerance (metres) of the simplified line
// (Douglas-Peucker). It looks at each ring alone, so neighbours may come apart: for drawing
// small maps only, never for locating. Rings that would collapse are left out, the largest kept.
func (m MultiPolygon) Simplify(metres float64) MultiPolygon {
	var out MultiPolygon
	for _, poly := range m {
		var rings Polygon
		for j, ring := range poly {
			s := ring.simplify(metres)
			if len(s) < 4 {
				if j == 0 {
					break
				}
				continue
			}
			rings = append(rings, s)
		}
		if len(rings) > 0 {
			out = append(out, rings)
		}
	}
	if len(out) == 0 && len(m) > 0 {
		return MultiPolygon{m.largest()}
	}
	return out
}

func (m MultiPolygon) largest() Polygon {
	return slices.MaxFunc(m, func(a, b Polygon) int {
		d := MultiPolygon{a}.Area() - MultiPolygon{b}.Area()
		if d < 0 {
			return -1
		}
		return 1
	})
}

// simplify keeps the ring's first vertex and the one farthest from it as fixed ends.
func (r Ring) simplify(metres float64) Ring {
	if len(r) < 5 || metres <= 0 {
		return slices.Clone(r)
	}
	plane := flatAt(r[0])
	xy := make([]vec, len(r))
	far, farD := 0, -1.0
	for i, p := range r {
		xy[i] = plane.down(p)
		if d := xy[i].sub(xy[0]).length(); d > farD {
			far, farD = i, d
		}
	}
	keep := make([]bool, len(r))
	keep[0], keep[far], keep[len(r)-1] = true, true, true
	type span struct{ a, b int }
	for todo := []span{{0, far}, {far, len(r) - 1}}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		worst, at := metres, -1
		for i := s.a + 1; i < s.b; i++ {
			if d := xy[i].toSegment(xy[s.a], xy[s.b]); d > worst {
				worst, at = d, i
			}
		}
		if at >= 0 {
			keep[at] = true
			todo = append(todo, span{s.a, at}, span{at, s.b})
		}
	}
	var out Ring
	for i, k := range keep {
		if k {
			out = append(out, r[i])
		}
	}
	return out
}

// vec is a place on a local plane in metres.
type vec struct{ x, y float64 }

func (a vec) sub(b vec) vec       { return vec{a.x - b.x, a.y - b.y} }
func (a vec) add(b vec) vec       { return vec{a.x + b.x, a.y + b.y} }
func (a vec) mul(f float64) vec   { return vec{a.x * f, a.y * f} }
func (a vec) dot(b vec) float64   { return a.x*b.x + a.y*b.y }
func (a vec) cross(b vec) float64 { return a.x*b.y - a.y*b.x }
func (a vec) length() float64     { return math.Hypot(a.x, a.y) }
func (a vec) toSegment(p, q vec) float64 {
	d := q.sub(p)
	if l := d.dot(d); l > 0 {
		t := math.Max(0, math.Min(1, a.sub(p).dot(d)/l))
		p = p.add(d.mul(t))
	}
	return a.sub(p).length()
}

// flat is a local plane around an origin, good to 0.1 % over a district.
type flat struct {
	o  Point
	kx float64
}

func flatAt(o Point) flat {
	return flat{o, metresPerDegree * math.Cos(o.Lat*math.Pi/180)}
}

func (f flat) down(p Point) vec {
	return vec{(p.Lng - f.o.Lng) * f.kx, (p.Lat - f.o.Lat) * metresPerDegree}
}

func (f flat) up(v vec) Point {
	return Point{f.o.Lng + v.x/f.kx, f.o.Lat + v.y/metresPerDegree}
}
