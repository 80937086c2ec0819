package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestConvertAgreesWithPublishedVectors(t *testing.T) {
	wgs, gcj, bd := Point{120.2, 30.2}, Point{120.204558, 30.197585}, Point{120.211068, 30.203479}
	for name, c := range map[string]struct {
		p        Point
		from, to Datum
		want     Point
	}{
		"a GPS point on a 高德 map":           {wgs, WGS84, GCJ02, gcj},
		"a 高德 point on a 百度 map":            {gcj, GCJ02, BD09, bd},
		"a GPS point on a 百度 map":           {wgs, WGS84, BD09, bd},
		"a 百度 point back to GPS":            {bd, BD09, WGS84, wgs},
		"a 高德 point back to GPS":            {gcj, GCJ02, WGS84, wgs},
		"a 百度 point back on a 高德 map":       {bd, BD09, GCJ02, gcj},
		"Paris is outside China":            {Point{2.35, 48.85}, WGS84, GCJ02, Point{2.35, 48.85}},
		"nothing moves within one datum":    {bd, BD09, BD09, bd},
		"Sydney is outside on the way back": {Point{151.2, -33.9}, BD09, WGS84, Point{151.2, -33.9}},
	} {
		t.Run(name, func(t *testing.T) {
			got := Convert(c.p, c.from, c.to)
			if math.Abs(got.Lng-c.want.Lng) > 1e-6 || math.Abs(got.Lat-c.want.Lat) > 1e-6 {
				t.Errorf("Convert(%v, %v, %v) = %.7f, want %v", c.p, c.from, c.to, got, c.want)
			}
		})
	}
}

func TestConvertThereAndBackIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Point{rapid.Float64Range(73, 135).Draw(t, "lng"), rapid.Float64Range(4, 53).Draw(t, "lat")}
		d := []Datum{WGS84, GCJ02, BD09}
		from, to := rapid.SampledFrom(d).Draw(t, "from"), rapid.SampledFrom(d).Draw(t, "to")
		q := Convert(Convert(p, from, to), to, from)
		if math.Abs(p.Lng-q.Lng) > 1e-10 || math.Abs(p.Lat-q.Lat) > 1e-10 {
			t.Fatalf("%v came back as %v through %v", p, q, to)
		}
	})
}

func TestParseDatum(t *testing.T) {
	for in, want := range map[string]Datum{"wgs84": WGS84, "WGS-84": WGS84, "GCJ-02": GCJ02, "gcj02": GCJ02, "bd09": BD09, "BD_09": BD09} {
		if got, err := ParseDatum(in); err != nil || got != want {
			t.Errorf("ParseDatum(%q) = %v, %v", in, got, err)
		}
	}
	if _, err := ParseDatum("cgcs2000x"); err == nil {
		t.Error("an unknown datum was accepted")
	}
}
