package geo

import (
	"math"
	"slices"
)

// earthRadius is the mean radius of the earth in metres (IUGG).
const earthRadius = 6371008.8

// metresPerDegree is the length of one degree of latitude on the sphere.
const metresPerDegree = earthRadius * math.Pi / 180

// Distance is the great-circle distance in metres (haversine; within 0.5 % of the ellipsoid).
func Distance(p, q Point) float64 {
	const rad = math.Pi / 180
	sLat := math.Sin((q.Lat - p.Lat) * rad / 2)
	sLng := math.Sin((q.Lng - p.Lng) * rad / 2)
	h := sLat*sLat + math.Cos(p.Lat*rad)*math.Cos(q.Lat*rad)*sLng*sLng
	return 2 * earthRadius * math.Asin(math.Min(1, math.Sqrt(h)))
}

// Area is in square metres on the sphere; holes are subtracted.
func (m MultiPolygon) Area() float64 {
	sum := 0.0
	for _, poly := range m {
		for i, ring := range poly {
			a := math.Abs(ring.signedArea())
			if i > 0 {
				a = -a
			}
			sum += a
		}
	}
	return sum
}

// signedArea is positive for a counter-clockwise ring. It uses the equal-area projection
// (longitude, sine of latitude); edges count as straight there, which at the size of a
// district differs from the straight edge in degrees by less than a millionth.
func (r Ring) signedArea() float64 {
	if len(r) < 4 {
		return 0
	}
	const rad = math.Pi / 180
	o, sum := r[0], 0.0
	sin0 := math.Sin(o.Lat * rad)
	x0, y0 := 0.0, 0.0
	for _, p := range r[1:] {
		x1, y1 := (p.Lng-o.Lng)*rad, math.Sin(p.Lat*rad)-sin0
		sum += x0*y1 - x1*y0
		x0, y0 = x1, y1
	}
	return sum / 2 * earthRadius * earthRadius
}

// Centroid is the area's centre of mass, which may lie outside it; the zero Point when empty.
func (m MultiPolygon) Centroid() Point {
	var x, y, w float64
	for _, poly := range m {
		for i, ring := range poly {
			cx, cy, a := ring.moment()
			if i > 0 {
				a = -a
			}
			x, y, w = x+cx*a, y+cy*a, w+a
		}
	}
	if w == 0 {
		b := m.Bounds()
		if b.Empty() {
			return Point{}
		}
		return Point{(b.Min.Lng + b.Max.Lng) / 2, (b.Min.Lat + b.Max.Lat) / 2}
	}
	return Point{x / w, y / w}
}

// moment is the ring's centroid and its unsigned area in square degrees.
func (r Ring) moment() (cx, cy, area float64) {
	if len(r) < 4 {
		return 0, 0, 0
	}
	o := r[0]
	for i := 1; i < len(r); i++ {
		ax, ay := r[i-1].Lng-o.Lng, r[i-1].Lat-o.Lat
		bx, by := r[i].Lng-o.Lng, r[i].Lat-o.Lat
		c := ax*by - bx*ay
		cx, cy, area = cx+(ax+bx)*c, cy+(ay+by)*c, area+c
	}
	if area == 0 {
		return o.Lng, o.Lat, 0
	}
	return o.Lng + cx/(3*area), o.Lat + cy/(3*area), math.Abs(area / 2)
}

// Inside is a point for a label or a pin: the centroid if the area contains it, otherwise the
// middle of the widest stretch on one of a few lines through the area. The zero Point when empty.
func (m MultiPolygon) Inside() Point {
	c := m.Centroid()
	if len(m) == 0 || m.Contains(c) {
		return c
	}
	b := m.Bounds()
	best, width := c, -1.0
	for k := 1; k < 32; k++ {
		lat := b.Min.Lat + (b.Max.Lat-b.Min.Lat)*(float64(k)-0.013)/32
		xs := m.cutAt(lat)
		for i := 0; i+1 < len(xs); i += 2 {
			p := Point{(xs[i] + xs[i+1]) / 2, lat}
			if w := xs[i+1] - xs[i]; w > width && m.Contains(p) {
				best, width = p, w
			}
		}
	}
	return best
}

// cutAt is the sorted longitudes at which a parallel crosses the border.
func (m MultiPolygon) cutAt(lat float64) []float64 {
	var xs []float64
	for _, poly := range m {
		for _, r := range poly {
			for i := 1; i < len(r); i++ {
				a, b := r[i-1], r[i]
				if (a.Lat > lat) != (b.Lat > lat) {
					xs = append(xs, a.Lng+(lat-a.Lat)/(b.Lat-a.Lat)*(b.Lng-a.Lng))
				}
			}
		}
	}
	slices.Sort(xs)
	return xs
}
