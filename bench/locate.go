package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"gezhi/internal/geo"
)

// The index holds 316 × 317 areas with eight edges each: what 100,172 micro-grids are, jagged like streets.
const across, down = 316, 317

// locate finds points among 100,000 micro-grids on one core.
func (b *bench) locate(context.Context) error {
	rng := rand.New(rand.NewPCG(3, 3))
	index := geo.NewIndex(jagged(rng))
	points := make([]geo.Point, 1<<20)
	for i := range points {
		points[i] = geo.Point{Lng: 120 + rng.Float64()*0.316, Lat: 30 + rng.Float64()*0.317}
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	found, n := 0, 0
	began, used := time.Now(), cpu()
	for time.Since(began) < 3*time.Second {
		for i := range points {
			if _, s := index.Locate(points[i]); s != geo.Outside {
				found++
			}
		}
		n += len(points)
	}
	used = cpu() - used
	allocs := testing.AllocsPerRun(10_000, func() { index.Locate(points[n&1023]); n++ })
	b.atLeast("locate among 100,172 micro-grids, per core", float64(n)/used.Seconds(), 3e6, "points/s", fmt.Sprintf(", %.0f allocations, %d %% found", allocs, found*100/n))
	return nil
}

// jagged divides a square into cells whose corners and sides are displaced; neighbours share them.
func jagged(rng *rand.Rand) []geo.Area {
	const step = 0.001
	type at struct{ x, y int } // in half steps
	moved := map[at]geo.Point{}
	point := func(x, y int) geo.Point {
		p, ok := moved[at{x, y}]
		if !ok {
			wobble := func() float64 { return (rng.Float64() - 0.5) * step * 0.3 }
			p = geo.Point{Lng: 120 + float64(x)*step/2 + wobble(), Lat: 30 + float64(y)*step/2 + wobble()}
			moved[at{x, y}] = p
		}
		return p
	}
	areas := make([]geo.Area, 0, across*down)
	for y := range down {
		for x := range across {
			var ring geo.Ring
			for _, d := range [][2]int{{0, 0}, {1, 0}, {2, 0}, {2, 1}, {2, 2}, {1, 2}, {0, 2}, {0, 1}, {0, 0}} {
				ring = append(ring, point(2*x+d[0], 2*y+d[1]))
			}
			areas = append(areas, geo.Area{Code: fmt.Sprintf("330108%011d", len(areas)), Shape: geo.MultiPolygon{{ring}}})
		}
	}
	return areas
}
