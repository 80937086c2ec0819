package geo

import (
	"fmt"
	"math/rand/v2"
)

// jagged makes cols×rows areas whose shared borders are fractal lines of 2^depth edges a side,
// a map as irregular as a real one whose every border belongs to exactly two areas.
func jagged(cols, rows, depth int, seed uint64) []Area {
	rng := rand.New(rand.NewPCG(seed, 1))
	const step = 0.0016 // about 150 m
	at := make([][]Point, rows+1)
	for j := range at {
		at[j] = make([]Point, cols+1)
		for i := range at[j] {
			at[j][i] = Point{120 + (float64(i)+0.3*(rng.Float64()-0.5))*step, 30 + (float64(j)+0.3*(rng.Float64()-0.5))*step}.Snap()
		}
	}
	across := make([][][]Point, rows+1) // from at[j][i] to at[j][i+1]
	for j := range across {
		for i := range cols {
			across[j] = append(across[j], crooked(rng, at[j][i], at[j][i+1], depth))
		}
	}
	up := make([][][]Point, rows) // from at[j][i] to at[j+1][i]
	for j := range up {
		for i := range cols + 1 {
			up[j] = append(up[j], crooked(rng, at[j][i], at[j+1][i], depth))
		}
	}
	var out []Area
	for j := range rows {
		for i := range cols {
			var r Ring
			r = append(r, across[j][i]...)
			r = append(r, up[j][i+1]...)
			r = append(r, backward(across[j+1][i])...)
			r = append(r, backward(up[j][i])...)
			out = append(out, Area{fmt.Sprintf("3301080010%07d", len(out)), MultiPolygon{Polygon{dedup(r)}}})
		}
	}
	return out
}

func backward(ps []Point) []Point {
	out := make([]Point, len(ps))
	for i, p := range ps {
		out[len(ps)-1-i] = p
	}
	return out
}

func dedup(r Ring) Ring {
	var out Ring
	for _, p := range r {
		if len(out) == 0 || out[len(out)-1] != p {
			out = append(out, p)
		}
	}
	return out
}

// crooked is a midpoint-displaced line from a to b, both included.
func crooked(rng *rand.Rand, a, b Point, depth int) []Point {
	if depth == 0 {
		return []Point{a, b}
	}
	k := 0.2 * (rng.Float64() - 0.5)
	m := Point{(a.Lng+b.Lng)/2 - k*(b.Lat-a.Lat), (a.Lat+b.Lat)/2 + k*(b.Lng-a.Lng)}.Snap()
	left := crooked(rng, a, m, depth-1)
	return append(left[:len(left)-1], crooked(rng, m, b, depth-1)...)
}
