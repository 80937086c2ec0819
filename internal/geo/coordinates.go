package geo

import (
	"math"
	"strconv"
)

// problem is what is wrong with one feature, in both languages, without a full stop.
type problem struct {
	zh, en     string
	repairable bool
}

func trouble(zh, en string) *problem { return &problem{zh: zh, en: en} }

// coordinateReader walks the nested arrays of a geometry. Coordinates are most of a boundary
// file; reading them by hand is several times faster than by reflection.
type coordinateReader struct {
	in   []byte
	at   int
	left int // vertices still allowed
	err  *problem
}

// parseShape reads the coordinates of a Polygon or MultiPolygon. Heights are ignored.
func parseShape(kind string, in []byte, left int) (MultiPolygon, *problem) {
	c := &coordinateReader{in: in, left: left}
	var m MultiPolygon
	switch kind {
	case "Polygon":
		m = MultiPolygon{c.polygon()}
	case "MultiPolygon":
		c.list(func() { m = append(m, c.polygon()) })
	default:
		return nil, trouble("几何类型应为 Polygon 或 MultiPolygon，而不是“"+kind+"”",
			"its geometry must be a Polygon or MultiPolygon, not "+strconv.Quote(kind))
	}
	if c.space(); c.err == nil && c.at != len(c.in) {
		c.fail()
	}
	return m, c.err
}

func (c *coordinateReader) polygon() Polygon {
	var poly Polygon
	c.list(func() {
		var r Ring
		c.list(func() { r = append(r, c.point()) })
		poly = append(poly, r)
	})
	return poly
}

func (c *coordinateReader) point() Point {
	var v [2]float64
	n := 0
	c.list(func() {
		f := c.number()
		if n < 2 {
			v[n] = f
		}
		n++
	})
	if c.left--; c.left < 0 && c.err == nil {
		c.err = trouble("文件的顶点总数超过上限", "the file has more vertices than the limit")
	}
	if n < 2 {
		c.fail()
	}
	return Point{v[0], v[1]}
}

// list calls item at the start of every element of the array that comes next.
func (c *coordinateReader) list(item func()) {
	if !c.take('[') {
		c.fail()
		return
	}
	if c.take(']') {
		return
	}
	for c.err == nil {
		item()
		if c.take(']') {
			return
		}
		if !c.take(',') {
			c.fail()
		}
	}
}

func (c *coordinateReader) number() float64 {
	c.space()
	start := c.at
	for c.at < len(c.in) {
		switch b := c.in[c.at]; {
		case b >= '0' && b <= '9', b == '-', b == '+', b == '.', b == 'e', b == 'E':
			c.at++
			continue
		}
		break
	}
	f, err := strconv.ParseFloat(string(c.in[start:c.at]), 64)
	if err != nil {
		c.fail()
		return math.NaN()
	}
	return f
}

func (c *coordinateReader) space() {
	for c.at < len(c.in) && (c.in[c.at] == ' ' || c.in[c.at] == '\n' || c.in[c.at] == '\t' || c.in[c.at] == '\r') {
		c.at++
	}
}

func (c *coordinateReader) take(b byte) bool {
	c.space()
	if c.at < len(c.in) && c.in[c.at] == b {
		c.at++
		return true
	}
	return false
}

func (c *coordinateReader) fail() {
	if c.err == nil {
		c.err = trouble("坐标数组的层次或数字不正确", "its coordinates are not nested arrays of numbers as its type requires")
	}
}
