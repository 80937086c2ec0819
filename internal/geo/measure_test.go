package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func near(a, b, relative float64) bool { return math.Abs(a-b) <= relative*math.Abs(b) }

func TestDistanceAndArea(t *testing.T) {
	// Hangzhou's west lake to its east station; and one degree along the equator and a meridian.
	if d := Distance(Point{0, 0}, Point{1, 0}); !near(d, 111195, 1e-4) {
		t.Errorf("a degree of the equator is %.0f m", d)
	}
	if d := Distance(Point{120, 30}, Point{121, 30}); !near(d, 111195*math.Sqrt(3)/2, 1e-4) {
		t.Errorf("a degree of the 30th parallel is %.0f m", d)
	}
	if d := Distance(Point{120, 30}, Point{120, 30}); d != 0 {
		t.Errorf("no way at all is %g m", d)
	}
	// A spherical quadrangle has R² Δλ (sin φ2 − sin φ1).
	want := earthRadius * earthRadius * math.Pi / 180 * (math.Sin(31*math.Pi/180) - 0.5)
	if a := square(120, 30, 1).Area(); !near(a, want, 1e-9) {
		t.Errorf("a square degree is %.0f m², want %.0f", a, want)
	}
	holed := MultiPolygon{{square(120, 30, 1)[0][0], square(120.5, 30.5, 0.1)[0][0]}}
	if a, b := holed.Area(), square(120, 30, 1).Area()-square(120.5, 30.5, 0.1).Area(); !near(a, b, 1e-12) {
		t.Errorf("with a hole %.3f m², want %.3f", a, b)
	}
	if a := (MultiPolygon{}).Area(); a != 0 {
		t.Errorf("nothing has %f m²", a)
	}
}

func TestCentroidAndInside(t *testing.T) {
	c := square(120, 30, 1).Centroid()
	if !near(c.Lng, 120.5, 1e-12) || !near(c.Lat, 30.5, 1e-12) {
		t.Errorf("centre of a square: %v", c)
	}
	u := MultiPolygon{{Ring{{0, 0}, {3, 0}, {3, 3}, {2, 3}, {2, 1}, {1, 1}, {1, 3}, {0, 3}, {0, 0}}}}
	if u.Contains(u.Centroid()) {
		t.Fatal("the centre of a U should lie outside it, or this test shows nothing")
	}
	for name, m := range map[string]MultiPolygon{
		"a U": u, "a ring": {{square(0, 0, 3)[0][0], square(1, 1, 1)[0][0]}}, "two islands": {square(0, 0, 1)[0], square(5, 5, 1)[0]},
	} {
		if p := m.Inside(); !m.Contains(p) {
			t.Errorf("%s: %v is not inside", name, p)
		}
	}
	if p := (MultiPolygon{}).Inside(); p != (Point{}) {
		t.Errorf("inside of nothing: %v", p)
	}
}

func TestInsideIsInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if m := ragged(t); !m.Contains(m.Inside()) {
			t.Fatalf("%v is not in %v", m.Inside(), m)
		}
	})
}

func TestSimplifyStaysWithinItsTolerance(t *testing.T) {
	for _, zone := range []string{"binjiang", "yangling"} {
		m := outlineOf(t, zone)
		last := m.vertices() + 1
		for _, metres := range []float64{1, 100, 500} {
			s := m.Simplify(metres)
			if n := s.vertices(); n >= last {
				t.Errorf("%s at %g m: %d vertices, before %d", zone, metres, n, last)
			} else {
				last = n
			}
			plane := flatAt(m[0][0][0])
			for _, p := range m[0][0] {
				d := math.Inf(1)
				for i := 1; i < len(s[0][0]); i++ {
					d = math.Min(d, plane.down(p).toSegment(plane.down(s[0][0][i-1]), plane.down(s[0][0][i])))
				}
				if d > metres*1.01 {
					t.Fatalf("%s: a vertex is %.1f m from the line at %g m", zone, d, metres)
				}
			}
		}
		if s := m.Simplify(1e6); len(s) == 0 {
			t.Errorf("%s vanished", zone)
		}
	}
}

func TestHolesBelongToNobody(t *testing.T) {
	m := MultiPolygon{{square(0, 0, 3)[0][0], square(1, 1, 1)[0][0]}}
	for name, c := range map[string]struct {
		p    Point
		want bool
	}{
		"in the land": {Point{0.5, 0.5}, true}, "in the hole": {Point{1.5, 1.5}, false}, "outside": {Point{4, 1}, false},
		"on the western border": {Point{0, 1}, true}, "on the eastern border": {Point{3, 1}, false},
		"on the southern border": {Point{1, 0}, true}, "on the northern border": {Point{1, 3}, false},
	} {
		if m.Contains(c.p) != c.want {
			t.Errorf("%s: contained %v", name, !c.want)
		}
	}
}
