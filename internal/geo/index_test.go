package geo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/peterstace/simplefeatures/geom"
)

// The oracle shares no code with the index: another library's R-tree-free point in polygon.
func TestLocateAgreesWithAnotherLibrary(t *testing.T) {
	areas := jagged(13, 9, 4, 2)
	x := NewIndex(areas)
	shapes := make([]geom.Geometry, len(areas))
	for i, a := range areas {
		shapes[i] = toGeom(a.Shape).AsGeometry()
	}
	box := x.box
	box.Min.Lng, box.Max.Lat = box.Min.Lng-0.001, box.Max.Lat+0.001 // some points lie outside
	for _, p := range somePoints(box, 3000) {
		want := -1
		at := geom.NewPoint(geom.Coordinates{XY: geom.XY{X: p.Lng, Y: p.Lat}}).AsGeometry()
		for i, a := range areas {
			if a.Shape.Bounds().Contains(p) && geom.Intersects(shapes[i], at) {
				want = i
			}
		}
		if got, status := x.Locate(p); got != want || (status == OK) != (want >= 0) {
			t.Fatalf("%v is in %d, located in %d (%v)", p, want, got, status)
		}
	}
}

func TestAPointOnASharedBorderHasOneOwner(t *testing.T) {
	areas := jagged(23, 19, 4, 3)
	for i, a := range areas { // only then is a border shared by two areas and no more
		if err := a.Shape.Validate(); err != nil {
			t.Fatalf("area %d: %v", i, err)
		}
	}
	x := NewIndex(areas)
	inner := Box{Point{120.002, 30.002}, Point{120.034, 30.028}} // away from the map's own edge
	n := 0
	for _, a := range areas {
		r := a.Shape[0][0]
		for i := 1; i < len(r); i++ {
			for _, p := range []Point{r[i], {(r[i].Lng + r[i-1].Lng) / 2, (r[i].Lat + r[i-1].Lat) / 2}} {
				if !inner.Contains(p) {
					continue
				}
				n++
				if _, status := x.Locate(p); status != OK {
					t.Fatalf("%v on a border: %v", p, status)
				}
			}
		}
	}
	if n < 10000 {
		t.Fatalf("only %d border points were tried", n)
	}
}

// Whatever the grid of cells says must be what the shapes say, also for areas that overlap at random.
func TestLocateIsWhatTheShapesSay(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for round := range 30 {
		var areas []Area
		for i := range 1 + rng.IntN(60) {
			code := []string{"", "3301", "330108", "330108001", "330108002", "330108001001"}[rng.IntN(6)]
			if rng.IntN(3) > 0 {
				code += fmt.Sprintf("%03d", rng.IntN(3))
			}
			c := Point{120 + rng.Float64(), 30 + rng.Float64()}
			size := math.Pow(10, -3*rng.Float64())
			var r Ring
			corners := 3 + rng.IntN(12)
			for k := range corners {
				a := 2 * math.Pi * float64(k) / float64(corners)
				d := size * (0.3 + rng.Float64())
				r = append(r, Point{c.Lng + d*math.Cos(a), c.Lat + d*math.Sin(a)})
			}
			areas = append(areas, Area{code, MultiPolygon{Polygon{append(r, r[0])}}})
			if i%7 == 6 {
				areas = append(areas, Area{Code: "no boundary"})
			}
		}
		x := NewIndex(areas)
		probes := somePoints(x.box, 3000)
		for _, a := range areas {
			for _, poly := range a.Shape {
				probes = append(probes, poly[0]...)
			}
		}
		for _, p := range probes {
			id, status := x.Locate(p)
			if wantID, want := slowly(areas, p); id != wantID || status != want {
				t.Fatalf("round %d: %v: got %d %v, want %d %v", round, p, id, status, wantID, want)
			}
		}
	}
}

// Level and upright borders run along cells instead of across them.
func TestLocateAlongLevelBorders(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	var areas []Area
	for range 40 {
		x, y := 120+rng.Float64(), 30+rng.Float64()
		areas = append(areas, Area{"", square(x, y, 0.5*rng.Float64())})
	}
	x := NewIndex(areas)
	probes := somePoints(x.box, 20000)
	for _, a := range areas {
		b := a.Shape.Bounds()
		for range 200 { // just above and just below both level borders
			lng := b.Min.Lng + rng.Float64()*(b.Max.Lng-b.Min.Lng)
			for _, lat := range []float64{b.Min.Lat, b.Max.Lat} {
				probes = append(probes, Point{lng, lat}, Point{lng, math.Nextafter(lat, 0)}, Point{lng, math.Nextafter(lat, 90)})
			}
		}
	}
	for _, p := range probes {
		id, status := x.Locate(p)
		if wantID, want := slowly(areas, p); id != wantID || status != want {
			t.Fatalf("%v: got %d %v, want %d %v", p, id, status, wantID, want)
		}
	}
}

// slowly applies the documented rule to all areas in turn.
func slowly(areas []Area, p Point) (int, Status) {
	best, status := -1, Outside
	better := func(i, j int) bool {
		a, b := stem(areas[i].Code), stem(areas[j].Code)
		sa, sb := areas[i].Shape.Area(), areas[j].Shape.Area()
		switch {
		case len(a) != len(b):
			return len(a) > len(b)
		case sa != sb:
			return sa < sb
		case a != b:
			return a < b
		}
		return i < j
	}
	var in []int
	for i, a := range areas {
		if a.Shape.Contains(p) {
			in = append(in, i)
			if best < 0 || better(i, best) {
				best = i
			}
		}
	}
	if best >= 0 {
		status = OK
	}
	for _, i := range in {
		a, b := stem(areas[i].Code), stem(areas[best].Code)
		parent := a != "" && len(a) < len(b) && b[:len(a)] == a
		if i != best && !parent {
			status = Overlap
		}
	}
	return best, status
}

func square(x, y, side float64) MultiPolygon {
	return MultiPolygon{Polygon{Ring{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}}}
}

func TestLocateRules(t *testing.T) {
	areas := []Area{
		{"330108", square(120, 30, 1)},
		{"330108001000", square(120, 30, 0.5)}, // statistics code of 330108001
		{"330108001012", square(120, 30, 0.2)},
		{"330108002", square(120.4, 30, 0.3)}, // overlaps street 001, and is smaller
		{"330109", MultiPolygon{Polygon{square(122, 30, 1)[0][0], square(122.4, 30.4, 0.2)[0][0]}}},
		{"330110", square(125, 30, 1)},
		{"330111", square(125, 30, 1)}, // the same land as 330110
		{"", MultiPolygon{}},
	}
	x := NewIndex(areas)
	for name, c := range map[string]struct {
		p      Point
		id     int
		status Status
	}{
		"the deepest area is meant":                  {Point{120.1, 30.1}, 2, OK},
		"a street, by its statistics code":           {Point{120.3, 30.3}, 1, OK},
		"only the district":                          {Point{120.9, 30.9}, 0, OK},
		"two streets overlap, the smaller is picked": {Point{120.45, 30.1}, 3, Overlap},
		"a hole is not owned":                        {Point{122.5, 30.5}, -1, Outside},
		"beside the hole":                            {Point{122.2, 30.5}, 4, OK},
		"equal in size, the lower code is picked":    {Point{125.5, 30.5}, 5, Overlap},
		"nowhere":      {Point{0, 0}, -1, Outside},
		"not a number": {Point{math.NaN(), 30}, -1, Outside},
	} {
		t.Run(name, func(t *testing.T) {
			if id, status := x.Locate(c.p); id != c.id || status != c.status {
				t.Errorf("got %d %v, want %d %v", id, status, c.id, c.status)
			}
		})
	}
	if id, status := NewIndex(nil).Locate(Point{120, 30}); id != -1 || status != Outside {
		t.Errorf("an empty index found %d %v", id, status)
	}
}

func TestLocateAllocatesNothing(t *testing.T) {
	x := NewIndex(jagged(20, 20, 3, 1))
	points := somePoints(x.box, 64)
	if n := testing.AllocsPerRun(100, func() {
		for _, p := range points {
			x.Locate(p)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
