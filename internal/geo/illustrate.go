package geo

import (
	"cmp"
	"math"
	"slices"

	"gezhi/internal/fault"
)

// Cell is one node of an illustrative division (示意边界): a district whose parts are streets, whose
// parts are communities, and so on. The caller builds the tree; Illustrate fills in the shapes.
type Cell struct {
	Near  *Point       // a place that should lie in the cell if the map allows; nil: where its parts' places are, or anywhere
	Parts []*Cell      // empty for the smallest cells
	Shape MultiPolygon // filled in
}

// Grid is a cell of n equal parts, to be hung into a tree.
func Grid(n int) *Cell {
	c := &Cell{Parts: make([]*Cell, n)}
	for i := range c.Parts {
		c.Parts[i] = &Cell{}
	}
	return c
}

// place is where the cell should lie: Near, or else the middle of the places below it.
func (c *Cell) place() *Point {
	if c.Near != nil {
		return c.Near
	}
	var sum Point
	n := 0.0
	for _, part := range c.Parts {
		if p := part.place(); p != nil {
			sum.Lng, sum.Lat, n = sum.Lng+p.Lng, sum.Lat+p.Lat, n+1
		}
	}
	if n == 0 {
		return nil
	}
	return &Point{sum.Lng / n, sum.Lat / n}
}

// leaves counts the smallest cells below c, which is what the size of a cell is measured by.
func (c *Cell) leaves() int {
	if len(c.Parts) == 0 {
		return 1
	}
	n := 0
	for _, p := range c.Parts {
		n += p.leaves()
	}
	return n
}

// Illustrate divides the outline into the tree's cells and sets every Shape, the root's included.
// It depends on nothing but its arguments.
//
// Cells look like blocks: each cut is a short straight line that halves what is left. The area of
// a cell follows the number of smallest cells in it. Parts without Near are numbered from west to
// east and from north to south (DB6101/T 3185-2024). At every level the cells cover the outline
// without gap or overlap, vertex for vertex: MultiPolygon.Contains gives each point inside exactly
// one owner per level, and the owner's parent owns it too. Vertices are at the storage resolution.
// Straight edges of the outline may gain vertices, which moves them by at most half a Unit.
//
// Parts of the outline smaller than a typical smallest cell go whole to a neighbouring cell. An
// outline with holes, or one too small for so many cells, is an Invalid fault.
func Illustrate(outline MultiPolygon, root *Cell, seed uint64) error {
	if err := outline.Validate(); err != nil {
		return err
	}
	for _, poly := range outline {
		if len(poly) > 1 {
			return fault.Field("outline", "带孔洞的轮廓不能划分示意边界。", "An outline with holes cannot be divided.")
		}
	}
	side := math.Sqrt(outline.Area() / float64(root.leaves())) // of a square smallest cell, in metres
	if side < 5 {
		return fault.Field("outline", "轮廓太小，划不出 %d 个单元。", "The outline is too small for %d cells.", root.leaves())
	}
	k := &knife{plane: flatAt(outline.Centroid()), step: side / 5, seed: seed, filler: map[Point]bool{}}
	var land region
	for _, poly := range outline {
		land = append(land, k.densify(poly[0]))
	}
	if err := k.divide(land, root); err != nil {
		return err
	}
	k.thin(root)
	return nil
}

// Subdivide divides the outline into n cells of about equal area, numbered from west to east and
// north to south. See Illustrate, which it calls with a tree of one level.
func Subdivide(outline MultiPolygon, n int, seed uint64) ([]MultiPolygon, error) {
	if n < 1 {
		return nil, fault.Field("n", "单元数应不少于 1。", "The number of cells must be at least 1.")
	}
	root := Grid(n)
	if err := Illustrate(outline, root, seed); err != nil {
		return nil, err
	}
	out := make([]MultiPolygon, n)
	for i, c := range root.Parts {
		out[i] = c.Shape
	}
	return out, nil
}

// SubdivideNear divides the outline into one cell of about equal area for each place, so that
// a place lies in its cell where the map allows. A nil place has no preference.
func SubdivideNear(outline MultiPolygon, places []*Point, seed uint64) ([]MultiPolygon, error) {
	root := Grid(len(places))
	for i, p := range places {
		root.Parts[i].Near = p
	}
	if err := Illustrate(outline, root, seed); err != nil {
		return nil, err
	}
	out := make([]MultiPolygon, len(places))
	for i, c := range root.Parts {
		out[i] = c.Shape
	}
	return out, nil
}

// loop is a simple ring without the repeated last point, counter-clockwise.
type loop []Point

// region is the land of one cell while it is cut: usually one loop.
type region []loop

func (l loop) ring() Ring { return append(append(Ring{}, l...), l[0]) }

func (r region) shape() MultiPolygon {
	m := make(MultiPolygon, len(r))
	for i, l := range r {
		m[i] = Polygon{l.ring()}
	}
	return m
}

// divide gives land to cell and shares it out among its parts, level by level.
func (k *knife) divide(land region, c *Cell) error {
	c.Shape = land.shape()
	if len(c.Parts) == 0 {
		return nil
	}
	lands := make([]region, len(c.Parts))
	order := make([]int, len(c.Parts))
	for i := range order {
		order[i] = i
	}
	if err := k.share(land, c.Parts, order, lands); err != nil {
		return err
	}
	renumber(c.Parts, lands)
	for i, p := range c.Parts {
		if err := k.divide(lands[i], p); err != nil {
			return err
		}
	}
	return nil
}

// share splits the parts listed in order into two groups and the land between them, until each
// part has its own.
func (k *knife) share(land region, parts []*Cell, order []int, lands []region) error {
	if len(order) == 1 {
		lands[order[0]] = land
		return nil
	}
	order = k.alongAxis(land, parts, order)
	total := 0
	for _, i := range order {
		total += parts[i].leaves()
	}
	cut, left := 1, parts[order[0]].leaves()
	for cut < len(order)-1 && left+parts[order[cut]].leaves() <= (total+1)/2 {
		left += parts[order[cut]].leaves()
		cut++
	}
	a, b := order[:cut], order[cut:]
	first, second, err := k.split(land, float64(left)/float64(total), places(parts, a), places(parts, b))
	if err != nil {
		return err
	}
	if err := k.share(first, parts, a, lands); err != nil {
		return err
	}
	return k.share(second, parts, b, lands)
}

func places(parts []*Cell, which []int) []Point {
	var out []Point
	for _, i := range which {
		if p := parts[i].place(); p != nil {
			out = append(out, *p)
		}
	}
	return out
}

// alongAxis orders the parts along the land's longer side, west to east or north to south. Parts
// with a place stand where it lies; the others fill the seats between, in the order given.
func (k *knife) alongAxis(land region, parts []*Cell, order []int) []int {
	at := map[int]float64{} // of the parts with a place: the share of the land before it
	var placed, free []int
	var position func(Point) float64
	for _, i := range order {
		p := parts[i].place()
		if p == nil {
			free = append(free, i)
			continue
		}
		if position == nil {
			position = k.position(land)
		}
		at[i] = position(*p)
		placed = append(placed, i)
	}
	n := len(order)
	seats := make([]int, n)
	for i := range seats {
		seats[i] = -1
	}
	slices.SortStableFunc(placed, func(i, j int) int { return cmp.Compare(at[i], at[j]) })
	for rank, i := range placed { // in order, as near to its own seat as those still to come allow
		seat := max(rank, min(n-len(placed)+rank, int(at[i]*float64(n))))
		for seat < n-1 && seats[seat] >= 0 {
			seat++
		}
		for seat > 0 && seats[seat] >= 0 {
			seat--
		}
		seats[seat] = i
	}
	var seated []int
	for s := range seats {
		if seats[s] < 0 {
			seats[s], free = free[0], free[1:]
			continue
		}
		seated = append(seated, s)
	}
	for rank, s := range seated { // stepping aside may have swapped two: restore their order
		seats[s] = placed[rank]
	}
	return seats
}

// position is a function that says which share of the land lies west of a point, or north of it
// if the land is higher than wide. It samples the land on a lattice.
func (k *knife) position(land region) func(Point) float64 {
	shape := land.shape()
	b := shape.Bounds()
	lo, hi := k.plane.down(b.Min), k.plane.down(b.Max)
	along := func(p Point) float64 { return k.plane.down(p).x }
	if hi.x-lo.x < hi.y-lo.y {
		along = func(p Point) float64 { return -k.plane.down(p).y }
	}
	const lattice = 24
	var samples []float64
	for i := range lattice * lattice {
		x, y := float64(i%lattice)+0.5, float64(i/lattice)+0.5
		p := k.plane.up(vec{lo.x + (hi.x-lo.x)*x/lattice, lo.y + (hi.y-lo.y)*y/lattice})
		if shape.Contains(p) {
			samples = append(samples, along(p))
		}
	}
	slices.Sort(samples)
	return func(p Point) float64 {
		n, _ := slices.BinarySearch(samples, along(p))
		return float64(n) / float64(max(1, len(samples)))
	}
}

// renumber hands lands of equal weight among parts without a place so that numbers run from west
// to east, row by row from the north.
func renumber(parts []*Cell, lands []region) {
	groups := map[int][]int{}
	for i, p := range parts {
		if p.place() == nil {
			groups[p.leaves()] = append(groups[p.leaves()], i)
		}
	}
	for _, g := range groups {
		mine := make([]region, len(g))
		for k, i := range g {
			mine[k] = lands[i]
		}
		readingOrder(mine)
		for k, i := range g {
			lands[i] = mine[k]
		}
	}
}

// readingOrder sorts lands into as many rows as suit their extent, each from west to east.
func readingOrder(lands []region) {
	centre := make(map[*Point]Point, len(lands))
	box := nowhere()
	for _, l := range lands {
		c := l.shape().Centroid()
		centre[&l[0][0]] = c
		box = box.Union(Box{c, c})
	}
	at := func(l region) Point { return centre[&l[0][0]] }
	slices.SortStableFunc(lands, func(a, b region) int { return cmp.Compare(at(b).Lat, at(a).Lat) })
	n := len(lands)
	w := (box.Max.Lng - box.Min.Lng) * math.Cos(box.Min.Lat*math.Pi/180)
	h := box.Max.Lat - box.Min.Lat
	rows := 1
	if w > 0 {
		rows = max(1, min(n, int(math.Round(math.Sqrt(float64(n)*h/w)))))
	}
	for r := range rows {
		row := lands[r*n/rows : (r+1)*n/rows]
		slices.SortStableFunc(row, func(a, b region) int { return cmp.Compare(at(a).Lng, at(b).Lng) })
	}
}
