package territory

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"gezhi/internal/geo"
	"gezhi/internal/idcode"
)

// Tree is the areas and overlays of one zone as they hold at one moment. It is never changed
// after Build, so any number of goroutines may read it.
type Tree struct {
	asOf     time.Time
	areas    []Area           // by code; a subtree is therefore one run
	end      []int32          // end[i] is where the subtree of areas[i] ends
	at       map[string]int32 // code → position in areas
	merged   map[string]string
	overlays []Overlay
	warnings Problems
	index    func() *geo.Index
}

// Build checks areas and overlays and returns the tree of those that hold at the moment. The error
// is a fault.List: codes malformed or held twice at once, an area without its parent, a span that
// ends before it starts, a merger into an unknown area, an overlay without extent.
// Names that stand twice under one parent are warnings, see Warnings.
func Build(areas []Area, overlays []Overlay, at time.Time) (*Tree, error) {
	ps := checkAreas(areas)
	t := &Tree{asOf: at, merged: map[string]string{}}
	for _, a := range areas {
		if a.Holds(at) {
			t.areas = append(t.areas, a)
		} else if a.MergedInto != "" {
			t.merged[a.Code] = a.MergedInto
		}
	}
	slices.SortStableFunc(t.areas, func(a, b Area) int { return cmp.Compare(a.Code, b.Code) })
	t.link()
	ps = append(ps, t.checkLinks()...)
	ps = append(ps, t.checkNames()...)
	ps = append(ps, checkOverlays(overlays)...)
	for _, o := range overlays {
		if o.Holds(at) {
			t.overlays = append(t.overlays, o)
		}
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	t.warnings = ps
	t.index = newIndex(t.areas)
	return t, nil
}

func (t *Tree) link() {
	t.at = make(map[string]int32, len(t.areas))
	t.end = make([]int32, len(t.areas))
	var open []int32 // areas whose subtree is still being read
	for i, a := range t.areas {
		t.at[a.Code] = int32(i)
		for len(open) > 0 && !strings.HasPrefix(a.Code, t.areas[open[len(open)-1]].Code) {
			t.end[open[len(open)-1]] = int32(i)
			open = open[:len(open)-1]
		}
		open = append(open, int32(i))
	}
	for _, i := range open {
		t.end[i] = int32(len(t.areas))
	}
}

// AsOf is the moment the tree was built for.
func (t *Tree) AsOf() time.Time { return t.asOf }

// Len is the number of areas.
func (t *Tree) Len() int { return len(t.areas) }

// All returns every area in the order of codes: parents before children. The caller must not change it.
func (t *Tree) All() []Area { return t.areas }

// Warnings are what Build found worth a look: names that stand twice under one parent.
func (t *Tree) Warnings() Problems { return t.warnings }

// Area returns the area with the code.
func (t *Tree) Area(code string) (Area, bool) {
	i, ok := t.at[code]
	if !ok {
		return Area{}, false
	}
	return t.areas[i], true
}

// Subtree returns the area and everything below it in the order of codes, nothing for a code the
// tree does not have. The caller must not change it.
func (t *Tree) Subtree(code string) []Area {
	i, ok := t.at[code]
	if !ok {
		return nil
	}
	return t.areas[i:t.end[i]:t.end[i]]
}

// Children returns the areas one level below, in the order of codes.
func (t *Tree) Children(code string) []Area {
	i, ok := t.at[code]
	if !ok {
		return nil
	}
	var out []Area
	for j := i + 1; j < t.end[i]; j = t.end[j] {
		out = append(out, t.areas[j])
	}
	return out
}

// Leaf reports whether the area has nothing below it.
func (t *Tree) Leaf(code string) bool {
	i, ok := t.at[code]
	return ok && t.end[i] == i+1
}

// Ancestors returns the areas above, the district first, the parent last.
func (t *Tree) Ancestors(code string) []Area {
	var out []Area
	for l := idcode.District; l < idcode.LevelOf(code); l++ {
		if a, ok := t.Area(code[:l.Digits()]); ok {
			out = append(out, a)
		}
	}
	return out
}

// Path is the area's name after those above it, the district left out unless it is the area itself:
// 西兴街道 滨和社区 第一网格 1-2微网格. It is "" for a code the tree does not have.
func (t *Tree) Path(code string) string {
	a, ok := t.Area(code)
	if !ok {
		return ""
	}
	var names []string
	for _, up := range t.Ancestors(code) {
		if up.Level() != idcode.District {
			names = append(names, up.Name)
		}
	}
	return strings.Join(append(names, a.Name), " ")
}

// Current is the code itself while the area holds, or the area that it was merged into, however many
// mergers ago; false when the area has ended without a successor or was never there.
func (t *Tree) Current(code string) (string, bool) {
	for range len(t.merged) + 1 {
		if _, ok := t.at[code]; ok {
			return code, true
		}
		next, ok := t.merged[code]
		if !ok {
			return "", false
		}
		code = next
	}
	return "", false // merged into each other
}

// Overlays returns the overlays that hold, in the order given to Build. The caller must not change it.
func (t *Tree) Overlays() []Overlay { return t.overlays }

// OverlaysOver returns the overlays that list the area or one above it.
func (t *Tree) OverlaysOver(code string) []Overlay {
	var out []Overlay
	for _, o := range t.overlays {
		if o.Covers(code) {
			out = append(out, o)
		}
	}
	return out
}

// Count returns how many areas of each level the tree has, indexed by level.
func (t *Tree) Count() [idcode.Micro + 1]int {
	var n [idcode.Micro + 1]int
	for _, a := range t.areas {
		n[a.Level()]++
	}
	return n
}
