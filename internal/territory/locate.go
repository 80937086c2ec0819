package territory

import (
	"sync"

	"gezhi/internal/geo"
)

// newIndex builds the index when the first point is asked for: most trees that are built, to check
// an import or to prove routes, are never asked for one. Its positions are those of areas.
func newIndex(areas []Area) func() *geo.Index {
	return sync.OnceValue(func() *geo.Index {
		in := make([]geo.Area, len(areas))
		for i, a := range areas {
			in[i] = geo.Area{Code: a.Code, Shape: a.Shape}
		}
		return geo.NewIndex(in)
	})
}

// Locate is the deepest area whose boundary contains the point (WGS-84): a micro-grid where its
// boundary is known, otherwise the grid, community, street or district. On geo.Overlap, areas that
// do not belong to one another claim the point, and the deepest of them is returned, then the
// smallest, then the one with the lowest code. On geo.Outside the area is the zero one.
// The first call builds the index (about a second for 100,000 areas); the others allocate nothing.
func (t *Tree) Locate(p geo.Point) (Area, geo.Status) {
	i, status := t.index().Locate(p)
	if i < 0 {
		return Area{}, status
	}
	return t.areas[i], status
}

// LocateCode is Locate for callers that need only the code, "" when outside.
func (t *Tree) LocateCode(p geo.Point) (string, geo.Status) {
	i, status := t.index().Locate(p)
	if i < 0 {
		return "", status
	}
	return t.areas[i].Code, status
}

// OverlaysAt returns the overlays that hold the point, by their polygon, or by the areas they list
// when they have none.
func (t *Tree) OverlaysAt(p geo.Point) []Overlay {
	code, _ := t.LocateCode(p)
	var out []Overlay
	for _, o := range t.overlays {
		if len(o.Shape) == 0 && o.Covers(code) || o.Shape.Contains(p) {
			out = append(out, o)
		}
	}
	return out
}
