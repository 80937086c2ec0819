package geo

import (
	"math"
	"slices"
)

// fill computes what every cell knows. Areas are drawn best first, so that each cell's list is
// in order of choice and an area that comes after its own part adds nothing where that part
// has the whole cell.
func (x *Index) fill(areas []Area) {
	x.shape(len(areas))
	x.cells = make([]int32, x.cols*x.rows)
	vertices := 0
	for _, a := range areas {
		vertices += a.Shape.vertices()
	}
	x.edges = make([]edge, 0, vertices+vertices/2) // about as many as there will be, so that they seldom move
	d := &drawing{Index: x, items: make([]item, 0, len(x.cells)/2)}
	for _, a := range x.order() {
		d.draw(a, areas[a].Shape)
	}
	d.finish()
}

// drawing is an index under construction. A cell is 0 while empty, ^area while one area has it
// alone, and otherwise one more than the position of its linked list's head in items.
type drawing struct {
	*Index
	items  []item
	mask   []bool // cells of the current area's rectangle that its border passes
	x0, y0 int
	w, h   int
	sorted [][]edge // by row of the rectangle
}

// item is a candidate in the linked list of a cell.
type item struct {
	candidate
	next int32
}

// draw marks the cells that the area's border passes and those that lie inside.
func (d *drawing) draw(a int32, m MultiPolygon) {
	d.frame(d.areas[a].box)
	m.edges(d.enter)
	for _, poly := range m {
		for _, r := range poly {
			for i := 1; i < len(r); i++ {
				d.line(r[i-1], r[i])
			}
		}
	}
	for j := range d.h {
		d.drawRow(a, j)
	}
}

// frame sets the rectangle of cells around a box, with one more on every side.
func (d *drawing) frame(box Box) {
	d.x0, d.y0 = max(0, d.col(box.Min.Lng)-1), max(0, d.row(box.Min.Lat)-1)
	d.w = min(d.cols-1, d.col(box.Max.Lng)+1) - d.x0 + 1
	d.h = min(d.rows-1, d.row(box.Max.Lat)+1) - d.y0 + 1
	d.mask = slices.Grow(d.mask[:0], d.w*d.h)[:d.w*d.h]
	clear(d.mask)
	for len(d.sorted) < d.h {
		d.sorted = append(d.sorted, nil)
	}
	for j := range d.h {
		d.sorted[j] = d.sorted[j][:0]
	}
}

// enter puts an edge into every row it stands in.
func (d *drawing) enter(e edge) {
	for j := d.row(e.lo.Lat); j <= d.row(e.hi.Lat); j++ {
		d.sorted[j-d.y0] = append(d.sorted[j-d.y0], e)
	}
}

// drawRow adds the area to the cells of one row. The row's edges are kept in order of their
// eastern ends, so that a cell can leave out those that end west of it.
func (d *drawing) drawRow(a int32, j int) {
	edges := d.sorted[j]
	slices.SortFunc(edges, func(e, f edge) int { return sign(e.east() - f.east()) })
	start := uint32(len(d.edges))
	stop := start + uint32(len(edges))
	used, skip := false, 0
	inside, known := false, false
	for i := range d.w {
		cell := (d.y0+j)*d.cols + d.x0 + i
		if !d.mask[j*d.w+i] {
			if !known { // one test decides the whole stretch up to the next border
				inside, known = owned(edges, d.middle(d.x0+i, d.y0+j)), true
			}
			if inside {
				d.add(cell, candidate{area: a})
			}
			continue
		}
		known = false
		west := float64(d.x0+i) - slack
		for skip < len(edges) && (edges[skip].east()-d.box.Min.Lng)*d.perLng < west {
			skip++
		}
		if skip < len(edges) && d.add(cell, candidate{area: a, from: start + uint32(skip), to: stop}) {
			used = true
		}
	}
	if used {
		d.edges = append(d.edges, edges...)
	}
}

func (e edge) east() float64 { return math.Max(e.lo.Lng, e.hi.Lng) }

// owned is MultiPolygon.Contains given all edges at p's latitude.
func owned(edges []edge, p Point) bool {
	in := false
	for _, e := range edges {
		if crosses(e.lo, e.hi, p) {
			in = !in
		}
	}
	return in
}

func (d *drawing) middle(col, row int) Point {
	return Point{d.box.Min.Lng + (float64(col)+0.5)/d.perLng, d.box.Min.Lat + (float64(row)+0.5)/d.perLat}
}

// slack widens a border, in cells, by far more than rounding can move it.
const slack = 1e-6

// line marks every cell that the edge passes, and cells it misses by less than the slack.
func (d *drawing) line(a, b Point) {
	ax, ay := (a.Lng-d.box.Min.Lng)*d.perLng, (a.Lat-d.box.Min.Lat)*d.perLat
	bx, by := (b.Lng-d.box.Min.Lng)*d.perLng, (b.Lat-d.box.Min.Lat)*d.perLat
	if ay > by {
		ax, ay, bx, by = bx, by, ax, ay
	}
	lo, hi := math.Min(ax, bx), math.Max(ax, bx)
	last := min(int(by+slack), d.rows-1)
	for row := clamp(int(ay-slack), d.rows); row <= last; row++ {
		l, r := lo, hi
		if by-ay > slack {
			t0 := math.Max(0, (float64(row)-slack-ay)/(by-ay))
			t1 := math.Min(1, (float64(row+1)+slack-ay)/(by-ay))
			u, v := ax+t0*(bx-ax), ax+t1*(bx-ax)
			l, r = math.Max(lo, math.Min(u, v)), math.Min(hi, math.Max(u, v))
		}
		from, to := clamp(int(l-slack), d.cols), clamp(int(r+slack), d.cols)
		for col := from; col <= to; col++ {
			d.mask[(row-d.y0)*d.w+col-d.x0] = true
		}
	}
}

// add appends a candidate to a cell's list and reports whether it was needed: it is not where
// one of its own parts has the whole cell. A cell that one area has alone needs no list.
func (d *drawing) add(cell int, c candidate) bool {
	head := d.cells[cell]
	switch {
	case head == 0 && c.from == c.to:
		d.cells[cell] = ^c.area
		return true
	case head < 0:
		if d.belongs(^head, c.area) {
			return false
		}
		head = d.push(candidate{area: ^head}, 0)
	default:
		for k := head; k != 0; k = d.items[k-1].next {
			if e := &d.items[k-1]; e.from == e.to && d.belongs(e.area, c.area) {
				return false
			}
		}
	}
	d.cells[cell] = d.push(c, head)
	return true
}

// push puts a candidate before the list that starts at next, and is where the list now starts.
func (d *drawing) push(c candidate, next int32) int32 {
	d.items = append(d.items, item{c, next})
	return int32(len(d.items))
}

// finish turns linked lists, which run from the last choice to the first, into stretches of candidates.
func (d *drawing) finish() {
	d.candidates = make([]candidate, 0, len(d.items))
	for cell, head := range d.cells {
		if head <= 0 {
			d.cells[cell] = -head // 0 stays 0, ^area becomes area+1
			continue
		}
		first := len(d.candidates)
		for k := head; k != 0; k = d.items[k-1].next {
			d.candidates = append(d.candidates, d.items[k-1].candidate)
		}
		list := d.candidates[first:]
		slices.Reverse(list)
		list[len(list)-1].last = true
		for i := range list {
			for k := range min(i, 32) {
				if d.belongs(list[k].area, list[i].area) {
					list[i].parts |= 1 << k
				}
			}
		}
		d.cells[cell] = -int32(first) - 1
	}
}
