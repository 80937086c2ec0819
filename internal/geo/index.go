package geo

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Status says how an Index found the owner of a point.
type Status uint8

const (
	Outside Status = iota // no area contains the point
	OK                    // one area does, apart from those it belongs to
	Overlap               // several do that do not belong to one another; a rule picked one
)

// String is "outside", "ok" or "overlap".
func (s Status) String() string {
	switch s {
	case OK:
		return "ok"
	case Overlap:
		return "overlap"
	}
	return "outside"
}

// Area is one area to be indexed. Its code decides what it belongs to: an area belongs to every
// area whose code its own begins with (330108001012003 lies in 330108001), trailing zeros of
// 6- and 12-digit codes not counted. Areas without a code belong to none.
type Area struct {
	Code  string
	Shape MultiPolygon
}

// Index finds the area that owns a point among up to hundreds of thousands. It never changes
// after NewIndex and may be used from any number of goroutines.
//
// The world's rectangle is divided into cells. A cell that no border passes through has one
// answer for all its points; for the others the few areas at hand are tested exactly.
type Index struct {
	box        Box
	cols, rows int
	perLng     float64 // columns a degree
	perLat     float64
	cells      []int32 // 0 outside; n>0: area n-1 owns the whole cell; n<0: candidate list -n-1
	starts     []int32 // list k is entries[starts[k]:starts[k+1]]
	entries    []int32 // area, or ^area when it contains the whole cell; best first
	areas      []indexed
	edges      []edge
	bands      []int32
}

// indexed is an area prepared for exact tests.
type indexed struct {
	stem string // code without trailing zeros
	size float64
	box  Box
	prepared
}

// NewIndex prepares the areas for Locate, which answers with positions in this slice. Areas
// without a boundary are never found. Building takes about a second for 100,000 areas.
func NewIndex(areas []Area) *Index {
	x := &Index{areas: make([]indexed, len(areas)), box: nowhere()}
	edges := 0
	for i, a := range areas {
		x.areas[i] = indexed{stem: stem(a.Code), size: a.Shape.Area(), box: a.Shape.Bounds()}
		x.box = x.box.Union(x.areas[i].box)
		edges += a.Shape.vertices()
	}
	x.edges = make([]edge, 0, edges)
	for i, a := range areas {
		x.prepare(&x.areas[i], a.Shape)
	}
	if !x.box.Empty() {
		x.fill(areas)
	}
	return x
}

// IndexFeatures is NewIndex of the features' codes and shapes.
func IndexFeatures(fs []Feature) *Index {
	areas := make([]Area, len(fs))
	for i, f := range fs {
		areas[i] = Area{f.Code, f.Shape}
	}
	return NewIndex(areas)
}

// Locate is the position of the area that owns p, -1 when Outside. Where areas contain one
// another by code the deepest is meant. Where areas that do not belong to one another overlap,
// the status is Overlap and the one with the longest code is picked, then the smallest, then
// the one with the lowest code, then the first. It allocates nothing.
func (x *Index) Locate(p Point) (int, Status) {
	if !x.box.Contains(p) { // also refuses NaN
		return -1, Outside
	}
	c := x.cells[x.row(p.Lat)*x.cols+x.col(p.Lng)]
	if c > 0 {
		return int(c - 1), OK
	}
	if c == 0 {
		return -1, Outside
	}
	list := x.entries[x.starts[-c-1]:x.starts[-c]]
	best := int32(-1)
	for _, e := range list {
		a := e
		if a < 0 {
			a = ^a
		}
		if best >= 0 && x.belongs(best, a) {
			continue
		}
		if e >= 0 && !x.contains(&x.areas[a], p) {
			continue
		}
		if best >= 0 {
			return int(best), Overlap
		}
		best = a
	}
	if best < 0 {
		return -1, Outside
	}
	return int(best), OK
}

// belongs reports whether area a lies in area b by its code.
func (x *Index) belongs(a, b int32) bool {
	s, t := x.areas[a].stem, x.areas[b].stem
	return t != "" && len(s) > len(t) && s[:len(t)] == t
}

// order lists the areas from the first to be picked to the last.
func (x *Index) order() []int32 {
	out := make([]int32, 0, len(x.areas))
	for i := range x.areas {
		if !x.areas[i].box.Empty() {
			out = append(out, int32(i))
		}
	}
	slices.SortFunc(out, func(i, j int32) int {
		a, b := &x.areas[i], &x.areas[j]
		return cmp.Or(len(b.stem)-len(a.stem), cmp.Compare(a.size, b.size), strings.Compare(a.stem, b.stem), int(i-j))
	})
	return out
}

// stem is a code without the trailing zeros that only pad it to six or twelve digits.
func stem(code string) string {
	if len(code) == 12 {
		code = strings.TrimSuffix(code, "000")
		if len(code) == 9 {
			code = strings.TrimSuffix(code, "000")
		}
	}
	if len(code) == 6 {
		code = strings.TrimSuffix(code, "00")
		if len(code) == 4 {
			code = strings.TrimSuffix(code, "00")
		}
	}
	return code
}

// col and row are monotonic in the coordinate and the same for a border as for a point,
// which is what makes a cell's answer exact.
func (x *Index) col(lng float64) int {
	return clamp(int((lng-x.box.Min.Lng)*x.perLng), x.cols)
}

func (x *Index) row(lat float64) int {
	return clamp(int((lat-x.box.Min.Lat)*x.perLat), x.rows)
}

func clamp(i, n int) int { return max(0, min(i, n-1)) }

// edge is one border edge from its lower to its higher end.
type edge struct{ lo, hi Point }

// prepared is where the edges of one area stand: sorted into equal bands of latitude, band b
// being bands[first+b] to bands[first+b+1] of edges. An edge stands in every band it reaches.
type prepared struct {
	first   int32
	count   int32
	perLat  float64
	southOf float64
}

// edgesPerBand is roughly how many edges one exact test should look at.
const edgesPerBand = 8

// prepare sorts the edges of a shape into bands. Level edges never count and are left out.
func (x *Index) prepare(a *indexed, m MultiPolygon) {
	n := 0
	for _, poly := range m {
		for _, r := range poly {
			n += max(0, len(r)-1)
		}
	}
	height := a.box.Max.Lat - a.box.Min.Lat
	if n == 0 || !(height > 0) {
		a.box = nowhere()
		return
	}
	a.count = int32(max(1, min(n/edgesPerBand*2, 4096)))
	a.southOf = a.box.Min.Lat
	a.perLat = float64(a.count) / height
	a.first = int32(len(x.bands))
	sizes := make([]int32, a.count)
	m.edges(func(e edge) {
		for b := a.band(e.lo.Lat); b <= a.band(e.hi.Lat); b++ {
			sizes[b]++
		}
	})
	at := int32(len(x.edges))
	for i, s := range sizes {
		x.bands = append(x.bands, at)
		at, sizes[i] = at+s, at
	}
	x.bands = append(x.bands, at)
	x.edges = slices.Grow(x.edges, int(at)-len(x.edges))[:at]
	m.edges(func(e edge) {
		for b := a.band(e.lo.Lat); b <= a.band(e.hi.Lat); b++ {
			x.edges[sizes[b]] = e
			sizes[b]++
		}
	})
}

func (a *prepared) band(lat float64) int {
	return clamp(int((lat-a.southOf)*a.perLat), int(a.count))
}

// edges calls f for every edge that is not level.
func (m MultiPolygon) edges(f func(edge)) {
	for _, poly := range m {
		for _, r := range poly {
			for i := 1; i < len(r); i++ {
				switch a, b := r[i-1], r[i]; {
				case a.Lat < b.Lat:
					f(edge{a, b})
				case a.Lat > b.Lat:
					f(edge{b, a})
				}
			}
		}
	}
}

// contains is MultiPolygon.Contains by bands.
func (x *Index) contains(a *indexed, p Point) bool {
	if !a.box.Contains(p) {
		return false
	}
	b := a.first + int32(a.band(p.Lat))
	in := false
	for _, e := range x.edges[x.bands[b]:x.bands[b+1]] {
		if e.lo.Lat <= p.Lat && p.Lat < e.hi.Lat &&
			float64((p.Lng-e.lo.Lng)*(e.hi.Lat-e.lo.Lat)) < float64((p.Lat-e.lo.Lat)*(e.hi.Lng-e.lo.Lng)) {
			in = !in
		}
	}
	return in
}

// size of the grid: cells for every area, within bounds that suit a memory of a few hundred MB.
const (
	cellsPerArea = 64
	fewestCells  = 1 << 14
	mostCells    = 1 << 24
)

// shape chooses the grid so that its cells are about square on the ground.
func (x *Index) shape(areas int) {
	w := math.Max(x.box.Max.Lng-x.box.Min.Lng, Unit)
	h := math.Max(x.box.Max.Lat-x.box.Min.Lat, Unit)
	n := float64(max(fewestCells, min(cellsPerArea*areas, mostCells)))
	ratio := w / h * math.Cos((x.box.Min.Lat+x.box.Max.Lat)/2*math.Pi/180)
	ratio = math.Max(1e-3, math.Min(ratio, 1e3))
	x.cols = max(1, int(math.Sqrt(n*ratio)))
	x.rows = max(1, int(math.Sqrt(n/ratio)))
	x.perLng, x.perLat = float64(x.cols)/w, float64(x.rows)/h
}
