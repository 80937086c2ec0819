package geo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func outlineOf(t testing.TB, zone string) MultiPolygon {
	t.Helper()
	f, err := os.Open("../../packs/" + zone + "/outline.geojson")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fs, err := ReadFeatures(f)
	if err != nil {
		t.Fatal(err)
	}
	return fs[0].Shape
}

// district is a tree like the demo's: streets, communities, grids, micro-grids.
func district(streets, communities, grids, micros int) *Cell {
	root := Grid(streets)
	for _, s := range root.Parts {
		s.Parts = Grid(communities).Parts
		for _, c := range s.Parts {
			c.Parts = Grid(grids).Parts
			for i, g := range c.Parts {
				g.Parts = Grid(micros + i%3).Parts
			}
		}
	}
	return root
}

// levels lists the cells of each level from the root down.
func levels(root *Cell) [][]*Cell {
	var out [][]*Cell
	for level := []*Cell{root}; len(level) > 0; {
		out = append(out, level)
		var next []*Cell
		for _, c := range level {
			next = append(next, c.Parts...)
		}
		level = next
	}
	return out
}

// exactCover checks that every level of the tree covers the root's shape without gap or overlap:
// by area, by random points and by points that lie on borders.
func exactCover(t testing.TB, root *Cell) {
	t.Helper()
	whole := root.Shape.Area()
	rng := rand.New(rand.NewPCG(5, 5))
	for depth, cells := range levels(root)[1:] {
		sum := 0.0
		areas := make([]Area, len(cells))
		var probes []Point
		for i, c := range cells {
			sum += c.Shape.Area()
			areas[i].Shape = c.Shape
			if p := check(c.Shape, false); p != nil {
				t.Errorf("level %d cell %d: %s", depth, i, p.en)
			}
			for _, r := range c.Shape[0] {
				k := rng.IntN(len(r) - 1)
				probes = append(probes, r[k], Point{(r[k].Lng + r[k+1].Lng) / 2, (r[k].Lat + r[k+1].Lat) / 2})
			}
		}
		if math.Abs(sum-whole) > 1e-9*whole {
			t.Errorf("level %d covers %.3f m² of %.3f", depth, sum, whole)
		}
		x := NewIndex(areas)
		for _, p := range append(probes, somePoints(root.Shape.Bounds(), 2000)...) {
			id, status := x.Locate(p)
			if want := root.Shape.Contains(p); status == Overlap || want != (status == OK) {
				t.Fatalf("level %d: %v in the outline: %v, located: %v (%d)", depth, p, want, status, id)
			}
		}
	}
}

func TestIllustrateCoversTheDistrictExactlyAtEveryLevel(t *testing.T) {
	for zone, root := range map[string]*Cell{"binjiang": district(3, 22, 6, 7), "yangling": district(5, 15, 3, 4)} {
		t.Run(zone, func(t *testing.T) {
			outline := outlineOf(t, zone)
			if err := Illustrate(outline, root, 1); err != nil {
				t.Fatal(err)
			}
			exactCover(t, root)
			if d := root.Shape.Area()/outline.Area() - 1; math.Abs(d) > 1e-6 {
				t.Errorf("the outline's area changed by %g", d)
			}
			all := levels(root)
			reportCells(t, all[len(all)-1])
		})
	}
}

// reportCells checks that cells look like blocks: compactness 4πA/P² is 0.785 for a square, 0.5 for
// a rectangle of 1:4.2.
func reportCells(t *testing.T, cells []*Cell) {
	t.Helper()
	var compact, size []float64
	vertices := 0
	for _, c := range cells {
		perimeter := 0.0
		for _, poly := range c.Shape {
			for i := 1; i < len(poly[0]); i++ {
				perimeter += Distance(poly[0][i-1], poly[0][i])
			}
		}
		compact = append(compact, 4*math.Pi*c.Shape.Area()/(perimeter*perimeter))
		size = append(size, c.Shape.Area())
		vertices += c.Shape.vertices()
	}
	slices.Sort(compact)
	slices.Sort(size)
	n := len(cells)
	t.Logf("%d cells, %.1f vertices each; compactness min %.2f 1%% %.2f median %.2f; area min %.0f 1%% %.0f median %.0f 99%% %.0f max %.0f m²", n,
		float64(vertices)/float64(n), compact[0], compact[n/100], compact[n/2], size[0], size[n/100], size[n/2], size[n*99/100], size[n-1])
	if compact[n/100] < 0.3 || compact[n/2] < 0.6 {
		t.Errorf("too many slivers: compactness 1%% %.2f, median %.2f", compact[n/100], compact[n/2])
	}
	if size[n/100] < size[n/2]/4 || size[n*99/100] > size[n/2]*4 {
		t.Errorf("sizes vary too much")
	}
}

func TestIllustrateIsDeterministic(t *testing.T) {
	outline := outlineOf(t, "binjiang")
	render := func(seed uint64) string {
		cells, err := Subdivide(outline, 40, seed)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(cells)
	}
	if first, second := render(3), render(3); first != second {
		t.Error("the same seed drew two maps")
	}
	if render(3) == render(4) {
		t.Error("two seeds drew the same map")
	}
}

func TestSubdivideNumbersFromWestToEastAndNorthToSouth(t *testing.T) {
	square := MultiPolygon{Polygon{Ring{{120, 30}, {120.04, 30}, {120.04, 30.035}, {120, 30.035}, {120, 30}}}}
	cells, err := Subdivide(square, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	var at []Point
	for _, c := range cells {
		at = append(at, c.Centroid())
	}
	if !(at[0].Lng < at[1].Lng && at[2].Lng < at[3].Lng && at[0].Lat > at[2].Lat && at[1].Lat > at[3].Lat) {
		t.Errorf("centres in order of number: %v", at)
	}
}

// ragged is a random star-shaped outline, possibly with an island.
func ragged(t *rapid.T) MultiPolygon {
	n := rapid.IntRange(3, 40).Draw(t, "corners")
	var r Ring
	for i := range n {
		angle := 2 * math.Pi * float64(i) / float64(n)
		radius := rapid.Float64Range(0.008, 0.03).Draw(t, "radius")
		r = append(r, Point{108 + radius*math.Cos(angle), 34 + radius*math.Sin(angle)}.Snap())
	}
	m := MultiPolygon{Polygon{append(r, r[0])}}
	if rapid.Bool().Draw(t, "island") {
		m = append(m, Polygon{Ring{{108.05, 34}, {108.055, 34}, {108.055, 34.004}, {108.05, 34}}})
	}
	return m
}

func TestSubdivideAnyOutline(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		outline := ragged(rt)
		root := Grid(rapid.IntRange(1, 30).Draw(rt, "cells"))
		for _, c := range root.Parts {
			if rapid.IntRange(0, 2).Draw(rt, "placed") == 0 {
				p := somePoints(outline.Bounds(), 50)[rapid.IntRange(0, 49).Draw(rt, "place")]
				c.Near = &p
			}
		}
		if err := Illustrate(outline, root, rapid.Uint64().Draw(rt, "seed")); err != nil {
			rt.Fatal(err)
		}
		exactCover(t, root)
	})
}

func TestPlacesLieInTheirCells(t *testing.T) {
	outline := outlineOf(t, "binjiang")
	rng := rand.New(rand.NewPCG(1, 2))
	var places []*Point
	for len(places) < 40 {
		b := outline.Bounds()
		p := Point{b.Min.Lng + rng.Float64()*(b.Max.Lng-b.Min.Lng), b.Min.Lat + rng.Float64()*(b.Max.Lat-b.Min.Lat)}
		switch {
		case len(places)%3 == 2:
			places = append(places, nil)
		case outline.Contains(p):
			places = append(places, &p)
		}
	}
	cells, err := SubdivideNear(outline, places, 1)
	if err != nil {
		t.Fatal(err)
	}
	in, all := 0, 0
	for i, p := range places {
		if p == nil {
			continue
		}
		all++
		if cells[i].Contains(*p) {
			in++
		}
	}
	t.Logf("%d of %d places lie in their own cell", in, all)
	if in*10 < all*7 {
		t.Errorf("only %d of %d places lie in their cells", in, all)
	}
}
