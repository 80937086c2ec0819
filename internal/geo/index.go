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
// The rectangle around all areas is divided into cells. A cell that no border passes through
// has one answer for all its points; for the others the few areas at hand are tested exactly,
// each by those of its edges that stand in the cell's row. An answer costs three or four
// visits to memory that is not in the processor's cache; that, not arithmetic, is its price.
type Index struct {
	box        Box
	cols, rows int
	perLng     float64 // columns a degree
	perLat     float64
	cells      []int32 // 0 outside; n>0: area n-1 owns the whole cell; n<0: candidates from -n-1
	candidates []candidate
	edges      []edge
	areas      []indexed
}

// candidate is one area that a cell has to consider; they stand in the order of choice.
type candidate struct {
	area     int32
	from, to uint32 // its edges in the cell's row that are not west of the cell; none: it contains the whole cell
	parts    uint32 // bit k: the candidate at position k in this list belongs to this one
	last     bool   // the list ends here
}

// indexed is what the rules of choice need to know of an area.
type indexed struct {
	stem string // code without trailing zeros
	size float64
	box  Box
}

// NewIndex prepares the areas for Locate, which answers with positions in this slice. Areas
// without a boundary are never found. 100,000 areas of 64 edges take
// a few seconds and 450 MB.
func NewIndex(areas []Area) *Index {
	x := &Index{areas: make([]indexed, len(areas)), box: nowhere()}
	for i, a := range areas {
		x.areas[i] = indexed{stem: stem(a.Code), size: a.Shape.Area(), box: a.Shape.Bounds()}
		x.box = x.box.Union(x.areas[i].box)
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
	best, bit := int32(-1), uint32(0)
	for k := 0; ; k++ {
		a := &x.candidates[int(-c-1)+k]
		if (best < 0 || !(a.parts&bit != 0 || k >= 32 && x.belongs(best, a.area))) &&
			(a.from == a.to || x.odd(a, p)) {
			if best >= 0 {
				return int(best), Overlap
			}
			best, bit = a.area, 1<<k
		}
		if a.last {
			break
		}
	}
	if best < 0 {
		return -1, Outside
	}
	return int(best), OK
}

// odd is MultiPolygon.Contains from the edges that can matter in the candidate's cell.
func (x *Index) odd(c *candidate, p Point) bool {
	in := false
	for i := c.from; i < c.to; i++ {
		e := &x.edges[i]
		if e.lo.Lat <= p.Lat && p.Lat < e.hi.Lat &&
			float64((p.Lng-e.lo.Lng)*(e.hi.Lat-e.lo.Lat)) < float64((p.Lat-e.lo.Lat)*(e.hi.Lng-e.lo.Lng)) {
			in = !in
		}
	}
	return in
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

// size of the grid: cells for every area, within bounds that suit a memory of a few hundred MB.
const (
	cellsPerArea = 128
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
