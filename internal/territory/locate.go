package territory

import "gezhi/internal/geo"

// locator is the part of a tree that answers where a point lies.
type locator struct {
	index    *geo.Index // positions are those of Tree.areas
	overlays []geo.Box  // around the polygons of Tree.overlays
}

func newLocator(areas []Area, overlays []Overlay) locator {
	in := make([]geo.Area, len(areas))
	for i, a := range areas {
		in[i] = geo.Area{Code: a.Code, Shape: a.Shape}
	}
	l := locator{index: geo.NewIndex(in), overlays: make([]geo.Box, len(overlays))}
	for i, o := range overlays {
		l.overlays[i] = o.Shape.Bounds()
	}
	return l
}

// Locate is the deepest area whose boundary contains the point (WGS-84): a micro-grid where its
// boundary is known, otherwise the grid, community, street or district. On geo.Overlap, areas that
// do not belong to one another claim the point, and the deepest of them is returned, then the
// smallest, then the one with the lowest code. On geo.Outside the area is the zero one.
// It allocates nothing.
func (t *Tree) Locate(p geo.Point) (Area, geo.Status) {
	i, status := t.locator.index.Locate(p)
	if i < 0 {
		return Area{}, status
	}
	return t.areas[i], status
}

// LocateCode is Locate for callers that need only the code, "" when outside.
func (t *Tree) LocateCode(p geo.Point) (string, geo.Status) {
	i, status := t.locator.index.Locate(p)
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
	for i, o := range t.overlays {
		if len(o.Shape) == 0 && o.Covers(code) || t.locator.overlays[i].Contains(p) && o.Shape.Contains(p) {
			out = append(out, o)
		}
	}
	return out
}
