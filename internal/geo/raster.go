package geo

import "math"

// fill computes what every cell knows. Areas are drawn best first, so that each cell's list is
// in order of choice and an area that comes after its own part adds nothing where that part
// has the whole cell.
func (x *Index) fill(areas []Area) {
	x.shape(len(areas))
	x.cells = make([]int32, x.cols*x.rows)
	d := &drawing{Index: x}
	for _, a := range x.order() {
		d.draw(a, areas[a].Shape)
	}
	d.finish()
}

// drawing is an index under construction; a cell is the head of a linked list in next/item.
type drawing struct {
	*Index
	next, item []int32
	mask       []bool // cells of the current area's rectangle that its border passes
	x0, y0     int
	w, h       int
}

// draw marks the cells that the area's border passes and those that lie inside.
func (d *drawing) draw(a int32, m MultiPolygon) {
	box := d.areas[a].box
	d.x0, d.y0 = max(0, d.col(box.Min.Lng)-1), max(0, d.row(box.Min.Lat)-1)
	d.w = min(d.cols-1, d.col(box.Max.Lng)+1) - d.x0 + 1
	d.h = min(d.rows-1, d.row(box.Max.Lat)+1) - d.y0 + 1
	if need := d.w * d.h; need > len(d.mask) {
		d.mask = make([]bool, need)
	}
	mask := d.mask[:d.w*d.h]
	clear(mask)
	for _, poly := range m {
		for _, r := range poly {
			for i := 1; i < len(r); i++ {
				d.line(r[i-1], r[i])
			}
		}
	}
	for j := range d.h {
		inside, known := false, false
		for i := range d.w {
			cell := (d.y0+j)*d.cols + d.x0 + i
			if mask[j*d.w+i] {
				d.add(cell, a)
				known = false
				continue
			}
			if !known { // one test decides the whole stretch up to the next border
				inside, known = d.contains(&d.areas[a], d.middle(d.x0+i, d.y0+j)), true
			}
			if inside {
				d.add(cell, ^a)
			}
		}
	}
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
	for row := max(0, int(ay-slack)); row <= last; row++ {
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

// add appends an area to a cell's list unless one of its own parts has the whole cell.
func (d *drawing) add(cell int, entry int32) {
	a := entry
	if a < 0 {
		a = ^a
	}
	for k := d.cells[cell]; k != 0; k = d.next[k-1] {
		if e := d.item[k-1]; e < 0 && d.belongs(^e, a) {
			return
		}
	}
	d.item = append(d.item, entry)
	d.next = append(d.next, d.cells[cell])
	d.cells[cell] = int32(len(d.item))
}

// finish turns linked lists, which run from the last choice to the first, into slices.
func (d *drawing) finish() {
	d.entries = make([]int32, 0, len(d.item))
	var list []int32
	for cell, head := range d.cells {
		if head == 0 {
			continue
		}
		list = list[:0]
		for k := head; k != 0; k = d.next[k-1] {
			list = append(list, d.item[k-1])
		}
		if len(list) == 1 && list[0] < 0 {
			d.cells[cell] = ^list[0] + 1
			continue
		}
		d.starts = append(d.starts, int32(len(d.entries)))
		for i := len(list) - 1; i >= 0; i-- {
			d.entries = append(d.entries, list[i])
		}
		d.cells[cell] = -int32(len(d.starts))
	}
	d.starts = append(d.starts, int32(len(d.entries)))
}
