package geo

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
)

// hundredThousand is built once for all benchmarks: 316 × 317 areas of 64 edges.
var hundredThousand = sync.OnceValue(func() []Area { return jagged(316, 317, 4, 7) })

var hundredThousandIndex = sync.OnceValue(func() *Index { return NewIndex(hundredThousand()) })

func somePoints(b Box, n int) []Point {
	rng := rand.New(rand.NewPCG(3, 3))
	out := make([]Point, n)
	for i := range out {
		out[i] = Point{b.Min.Lng + rng.Float64()*(b.Max.Lng-b.Min.Lng), b.Min.Lat + rng.Float64()*(b.Max.Lat-b.Min.Lat)}
	}
	return out
}

// BenchmarkLocate100k: budget 333 ns and no allocation a point (3 M/s a core). The points are
// spread over the whole map, so that caches help as little as they can.
func BenchmarkLocate100k(b *testing.B) {
	x := hundredThousandIndex()
	points := somePoints(x.box, 1<<20)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	b.ReportAllocs()
	b.ResetTimer()
	found, start := 0, threadTime()
	for i := range b.N {
		if _, s := x.Locate(points[i&(1<<20-1)]); s == OK {
			found++
		}
	}
	b.StopTimer()
	b.ReportMetric(float64((threadTime()-start).Nanoseconds())/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mpoints/s")
	b.ReportMetric(float64(found)/float64(b.N), "owned")
}

// BenchmarkLocate100kParallel is the same on every core at once.
func BenchmarkLocate100kParallel(b *testing.B) {
	x := hundredThousandIndex()
	points := somePoints(x.box, 1<<20)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			x.Locate(points[i&(1<<20-1)])
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mpoints/s")
}

func BenchmarkBuild100k(b *testing.B) {
	areas := hundredThousand()
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		NewIndex(areas)
	}
}
