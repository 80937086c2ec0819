// Package geo answers where a point lies: shapes on the earth, the three coordinate
// systems in use in China, GeoJSON, and an index that finds the area owning a point.
// It is pure; it knows neither districts nor duties.
package geo

import "math"

// Point is a place in degrees, longitude first. Which datum it is in is known to its
// holder; inside Gezhi it is always WGS-84.
type Point struct{ Lng, Lat float64 }

// Ring is a closed line whose first and last points are equal. Orientation does not matter.
type Ring []Point

// Polygon is an outer ring followed by its holes.
type Polygon []Ring

// MultiPolygon is any number of polygons that make up one area; empty means the boundary is unknown.
type MultiPolygon []Polygon

// Unit is the resolution at which Gezhi stores coordinates, in degrees: about a centimetre.
const Unit = 1e-7

// perDegree is how many storage units a degree has; exact in float64, unlike Unit.
const perDegree = 1e7

// Snap moves p to the storage resolution, so that a stored and reloaded border is the same border.
func (p Point) Snap() Point {
	return Point{math.Round(p.Lng*perDegree) / perDegree, math.Round(p.Lat*perDegree) / perDegree}
}

// OnEarth reports whether p is finite with longitude in [-180,180] and latitude in [-90,90].
func (p Point) OnEarth() bool {
	return p.Lng >= -180 && p.Lng <= 180 && p.Lat >= -90 && p.Lat <= 90
}

// Box is an axis-aligned rectangle in degrees, both corners included.
type Box struct{ Min, Max Point }

// Contains reports whether p lies in the box or on its edge.
func (b Box) Contains(p Point) bool {
	return p.Lng >= b.Min.Lng && p.Lng <= b.Max.Lng && p.Lat >= b.Min.Lat && p.Lat <= b.Max.Lat
}

// Empty reports whether the box is that of nothing.
func (b Box) Empty() bool { return !(b.Min.Lng <= b.Max.Lng && b.Min.Lat <= b.Max.Lat) }

// Union is the smallest box around both.
func (b Box) Union(c Box) Box {
	return Box{
		Point{math.Min(b.Min.Lng, c.Min.Lng), math.Min(b.Min.Lat, c.Min.Lat)},
		Point{math.Max(b.Max.Lng, c.Max.Lng), math.Max(b.Max.Lat, c.Max.Lat)},
	}
}

// nowhere is the identity of Box.Union.
func nowhere() Box {
	inf := math.Inf(1)
	return Box{Point{inf, inf}, Point{-inf, -inf}}
}

// Bounds is the smallest box around the area; Empty for an area without a boundary.
func (m MultiPolygon) Bounds() Box {
	b := nowhere()
	for _, poly := range m {
		for _, ring := range poly {
			b = b.Union(ring.bounds())
		}
	}
	return b
}

func (r Ring) bounds() Box {
	b := nowhere()
	for _, p := range r {
		b = b.Union(Box{p, p})
	}
	return b
}

// Contains reports whether the area owns p. Borders are half-open: among areas that share
// a border vertex for vertex, a point on it is owned by exactly one. Holes are not owned.
func (m MultiPolygon) Contains(p Point) bool {
	in := false
	for _, poly := range m {
		for _, ring := range poly {
			if ring.crossings(p) {
				in = !in
			}
		}
	}
	return in
}

// crossings reports whether a ray from p to the east crosses the ring an odd number of times.
func (r Ring) crossings(p Point) bool {
	odd := false
	for i := 1; i < len(r); i++ {
		if crosses(r[i-1], r[i], p) {
			odd = !odd
		}
	}
	return odd
}

// crosses reports whether the edge ab passes strictly east of p at p's latitude. The edge is
// always evaluated from its lower to its higher end, and the products are rounded before they
// are subtracted (the conversions forbid fused multiply-add), so that the two areas on either
// side of a border reach the same answer on every machine.
func crosses(a, b, p Point) bool {
	if (a.Lat > p.Lat) == (b.Lat > p.Lat) {
		return false
	}
	if a.Lat > b.Lat {
		a, b = b, a
	}
	return float64((p.Lng-a.Lng)*(b.Lat-a.Lat)) < float64((p.Lat-a.Lat)*(b.Lng-a.Lng))
}
