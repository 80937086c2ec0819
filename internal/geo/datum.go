package geo

import (
	"math"
	"strings"

	"gezhi/internal/fault"
)

// Datum says which coordinate system a pair of degrees is in. The zero value is WGS84.
type Datum uint8

const (
	WGS84 Datum = iota // GPS, and everything Gezhi stores
	GCJ02              // 国测局坐标: 高德, 腾讯, official web maps; about 500 m off in China
	BD09               // 百度坐标
)

// String is the name ParseDatum reads back.
func (d Datum) String() string {
	switch d {
	case GCJ02:
		return "gcj02"
	case BD09:
		return "bd09"
	}
	return "wgs84"
}

// ParseDatum reads "wgs84", "gcj02" or "bd09", in any case, with or without "-" or "_".
func ParseDatum(s string) (Datum, error) {
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s)) {
	case "wgs84":
		return WGS84, nil
	case "gcj02":
		return GCJ02, nil
	case "bd09", "bd09ll":
		return BD09, nil
	}
	return WGS84, fault.Field("datum", "不认识的坐标系“%s”，请填 wgs84、gcj02 或 bd09。",
		"Unknown datum %q; use wgs84, gcj02 or bd09.", s)
}

// The ellipsoid of the published GCJ-02 transform (Krasovsky 1940).
const (
	krasovskyA  = 6378245.0
	krasovskyE2 = 0.00669342162296594323
)

// Convert moves p from one datum to another. Outside the rectangle around China in which
// GCJ-02 is defined, p is returned unchanged. Inverses are exact to better than 1e-9 degree.
func Convert(p Point, from, to Datum) Point {
	if from == to || !nearChina(p) {
		return p
	}
	switch from { // first to GCJ-02, which both others border on
	case WGS84:
		p = wgsToGCJ(p)
	case BD09:
		p = invert(p, gcjToBD)
	}
	switch to {
	case WGS84:
		p = invert(p, wgsToGCJ)
	case BD09:
		p = gcjToBD(p)
	}
	return p
}

// Convert is the area with every vertex moved from one datum to another.
func (m MultiPolygon) Convert(from, to Datum) MultiPolygon {
	return m.transform(func(p Point) Point { return Convert(p, from, to) })
}

// transform is the area with every vertex replaced by f of it.
func (m MultiPolygon) transform(f func(Point) Point) MultiPolygon {
	out := make(MultiPolygon, len(m))
	for i, poly := range m {
		out[i] = make(Polygon, len(poly))
		for j, ring := range poly {
			out[i][j] = make(Ring, len(ring))
			for k, p := range ring {
				out[i][j][k] = f(p)
			}
		}
	}
	return out
}

func nearChina(p Point) bool {
	return p.Lng >= 72.004 && p.Lng <= 137.8347 && p.Lat >= 0.8293 && p.Lat <= 55.8271
}

func wgsToGCJ(p Point) Point {
	x, y := p.Lng-105, p.Lat-35
	root := math.Sqrt(math.Abs(x))
	short := (20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)) * 2 / 3
	dLat := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + short +
		(20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi))*2/3 +
		(160*math.Sin(y/12*math.Pi)+320*math.Sin(y*math.Pi/30))*2/3
	dLng := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + short +
		(20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi))*2/3 +
		(150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	rad := p.Lat / 180 * math.Pi
	w2 := 1 - krasovskyE2*math.Sin(rad)*math.Sin(rad)
	w := math.Sqrt(w2)
	return Point{
		p.Lng + dLng*180/(krasovskyA/w*math.Cos(rad)*math.Pi),
		p.Lat + dLat*180/(krasovskyA*(1-krasovskyE2)/(w2*w)*math.Pi),
	}
}

func gcjToBD(p Point) Point {
	const step = math.Pi * 3000 / 180
	z := math.Hypot(p.Lng, p.Lat) + 0.00002*math.Sin(p.Lat*step)
	theta := math.Atan2(p.Lat, p.Lng) + 0.000003*math.Cos(p.Lng*step)
	return Point{z*math.Cos(theta) + 0.0065, z*math.Sin(theta) + 0.006}
}

// invert finds the point that forward sends to p. The offset changes by under 1 % per degree
// moved, so each round gains more than two digits; ten rounds reach the limit of float64.
func invert(p Point, forward func(Point) Point) Point {
	q := p
	for range 10 {
		f := forward(q)
		dx, dy := p.Lng-f.Lng, p.Lat-f.Lat
		q.Lng, q.Lat = q.Lng+dx, q.Lat+dy
		if math.Abs(dx)+math.Abs(dy) < 1e-13 {
			break
		}
	}
	return q
}
