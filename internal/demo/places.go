package demo

import (
	"math"
	"math/rand/v2"
	"strings"

	"gezhi/internal/geo"
	"gezhi/internal/idcode"
	"gezhi/internal/territory"
)

// spots says where things happen: some grids see many times more than others, as in any town.
type spots struct {
	grids  []string  // most frequent first
	upTo   []float64 // sum of weights up to and with each grid
	micros map[string][]territory.Area
}

func newSpots(r *rand.Rand, tree *territory.Tree) *spots {
	s := &spots{micros: map[string][]territory.Area{}}
	for _, a := range tree.All() {
		switch a.Level() {
		case idcode.Grid:
			s.grids = append(s.grids, a.Code)
		case idcode.Micro:
			grid := a.Code[:idcode.Grid.Digits()]
			s.micros[grid] = append(s.micros[grid], a)
		}
	}
	r.Shuffle(len(s.grids), func(i, j int) { s.grids[i], s.grids[j] = s.grids[j], s.grids[i] })
	sum := 0.0
	for rank := range s.grids {
		sum += math.Pow(float64(rank+3), -0.7)
		s.upTo = append(s.upTo, sum)
	}
	return s
}

func (s *spots) grid(r *rand.Rand) string {
	x := r.Float64() * s.upTo[len(s.upTo)-1]
	for i, up := range s.upTo {
		if x < up {
			return s.grids[i]
		}
	}
	return s.grids[len(s.grids)-1]
}

// somewhere is a micro-grid, the busy ones more often.
func (t *town) somewhere() string {
	grid := t.spots.grid(t.r)
	if list := t.spots.micros[grid]; len(list) > 0 {
		return pick(t.r, list).Code
	}
	return grid
}

// pointIn is a point of the area; false when the area has no outline.
func (t *town) pointIn(code string) (geo.Point, bool) {
	a, ok := t.zone.Tree.Area(code)
	if !ok || len(a.Shape) == 0 {
		return geo.Point{}, false
	}
	box := a.Shape.Bounds()
	for range 20 {
		p := geo.Point{
			Lng: box.Min.Lng + t.r.Float64()*(box.Max.Lng-box.Min.Lng),
			Lat: box.Min.Lat + t.r.Float64()*(box.Max.Lat-box.Min.Lat)}.Snap()
		if at, ok := t.zone.Locate(p); ok && at.Code == code {
			return p, true
		}
	}
	p := a.Shape.Inside().Snap()
	at, ok := t.zone.Locate(p)
	return p, ok && at.Code == code
}

// place names a made-up spot of the community the area lies in.
func (t *town) place(code string) string {
	community, _ := t.zone.Tree.Area(code[:min(len(code), idcode.Community.Digits())])
	where := t.texts.Places.Urban
	if !t.urban(code) {
		where = t.texts.Places.Rural
	}
	return community.Name + pick(t.r, where)
}

// near is a point within some twenty metres, where a second person would have put the same thing.
func near(r *rand.Rand, p geo.Point) geo.Point {
	const twentyMetres = 0.00018
	return geo.Point{Lng: p.Lng + (r.Float64()-0.5)*twentyMetres, Lat: p.Lat + (r.Float64()-0.5)*twentyMetres}.Snap()
}

// address is the place as people write it.
func (t *town) address(place string) string {
	if t.r.IntN(3) == 0 {
		return place + "附近"
	}
	return place
}

// urban is false for villages.
func (t *town) urban(code string) bool {
	community, _ := t.zone.Tree.Area(code[:min(len(code), idcode.Community.Digits())])
	return !strings.HasSuffix(community.Name, "村")
}
