package geo

import (
	"fmt"
	"math"

	"github.com/peterstace/simplefeatures/geom"

	"gezhi/internal/fault"
)

// Validate reports what is wrong with a shape: an unclosed ring, a vertex off the earth, a border
// that crosses or touches itself along a line, a hole outside its polygon, parts that overlap.
func (m MultiPolygon) Validate() error {
	if p := check(m, false); p != nil {
		return fault.New(fault.Invalid, "%[1]s。", "%[2]s.", p.zh, p.en)
	}
	return nil
}

// check is Validate for a feature; with close, an open ring is closed in place first.
func check(m MultiPolygon, closeRings bool) *problem {
	if len(m) == 0 {
		return trouble("没有任何多边形", "it has no polygon")
	}
	for _, poly := range m {
		if len(poly) == 0 {
			return trouble("多边形没有外环", "a polygon has no outer ring")
		}
		for j := range poly {
			if closeRings && len(poly[j]) > 0 && poly[j][0] != poly[j][len(poly[j])-1] {
				poly[j] = append(poly[j], poly[j][0])
			}
			if p := checkRing(poly[j]); p != nil {
				return p
			}
		}
	}
	if err := toGeom(m).Validate(); err != nil {
		at := ""
		if p, ok := m.firstCrossing(); ok {
			at = fmt.Sprintf(" (%.6f, %.6f)", p.Lng, p.Lat)
		}
		return &problem{
			zh:         "边界自相交、孔洞越界或各部分重叠" + at,
			en:         "its border crosses itself, a hole lies outside, or its parts overlap" + at,
			repairable: true,
		}
	}
	return nil
}

func checkRing(r Ring) *problem {
	for k, p := range r {
		if math.IsNaN(p.Lng) || math.IsInf(p.Lng, 0) || math.IsNaN(p.Lat) || math.IsInf(p.Lat, 0) || !p.OnEarth() {
			return trouble(fmt.Sprintf("第 %d 个顶点 (%g, %g) 不是经纬度，应为先经度后纬度", k, p.Lng, p.Lat),
				fmt.Sprintf("vertex %d (%g, %g) is not a longitude and latitude in degrees, longitude first", k, p.Lng, p.Lat))
		}
	}
	if len(r) > 0 && r[0] != r[len(r)-1] {
		return &problem{zh: "环没有闭合，首尾两点应相同", en: "a ring is not closed: its first and last points must be equal"}
	}
	distinct := map[Point]bool{}
	for _, p := range r {
		if distinct[p] = true; len(distinct) == 3 {
			return nil
		}
	}
	return trouble("环的不同顶点少于 3 个", "a ring has fewer than three different points")
}

// toGeom hands the shape to the library that does validity and overlay.
func toGeom(m MultiPolygon) geom.MultiPolygon {
	polys := make([]geom.Polygon, len(m))
	for i, poly := range m {
		rings := make([]geom.LineString, len(poly))
		for j, ring := range poly {
			xy := make([]float64, 0, 2*len(ring))
			for _, p := range ring {
				xy = append(xy, p.Lng, p.Lat)
			}
			rings[j] = geom.NewLineString(geom.NewSequence(xy, geom.DimXY))
		}
		polys[i] = geom.NewPolygon(rings)
	}
	return geom.NewMultiPolygon(polys)
}

// fromGeom keeps the polygons of an overlay's result.
func fromGeom(g geom.Geometry) MultiPolygon {
	switch {
	case g.IsMultiPolygon():
		var m MultiPolygon
		mp := g.MustAsMultiPolygon()
		for i := range mp.NumPolygons() {
			m = append(m, fromPolygon(mp.PolygonN(i)))
		}
		return m
	case g.IsPolygon() && !g.IsEmpty():
		return MultiPolygon{fromPolygon(g.MustAsPolygon())}
	case g.IsGeometryCollection():
		var m MultiPolygon
		gc := g.MustAsGeometryCollection()
		for i := range gc.NumGeometries() {
			m = append(m, fromGeom(gc.GeometryN(i))...)
		}
		return m
	}
	return nil
}

func fromPolygon(p geom.Polygon) Polygon {
	var out Polygon
	for _, ls := range p.DumpRings() {
		seq := ls.Coordinates()
		ring := make(Ring, seq.Length())
		for i := range ring {
			xy := seq.GetXY(i)
			ring[i] = Point{xy.X, xy.Y}
		}
		out = append(out, ring)
	}
	return out
}

// CommonArea is the area in m² that lies in both shapes; both must be valid.
func CommonArea(a, b MultiPolygon) (float64, error) {
	g, err := geom.Intersection(toGeom(a).AsGeometry(), toGeom(b).AsGeometry())
	if err != nil {
		return 0, fmt.Errorf("intersect two shapes: %w", err)
	}
	return fromGeom(g).Area(), nil
}
