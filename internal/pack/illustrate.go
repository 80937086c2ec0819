package pack

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/idcode"
	"gezhi/internal/territory"
)

// illustrate gives every community grids and micro-grids and draws illustrative boundaries for
// everything within the outline. Names follow custom: 第一网格, and 1-2微网格 for the second micro-grid
// of the first grid; numbers run from west to east and from north to south. Without an outline
// there are areas but no boundaries.
func illustrate(areas []territory.Area, outline geo.MultiPolygon, spec gridSpec) ([]territory.Area, error) {
	var streets, communities []int
	for i, a := range areas {
		switch {
		case a.Level() == idcode.Street:
			streets = append(streets, i)
		case a.Level() == idcode.Community:
			communities = append(communities, i)
		case a.Level() > idcode.Community, a.Level() > idcode.District && len(a.Shape) > 0:
			return nil, fault.Field("grids", "已有网格或真实边界（%s），不能再画示意网格，请删去 grids 一节。",
				"There are grids or real boundaries already (%s); remove the section grids.", a.Code)
		}
	}
	perStreet := share(spec.Grids, len(streets), func(n int) int { return weightOf(areas, streets[n], spec) })
	grids := map[int]int{} // by position of the community
	total := 0
	for n, s := range streets {
		own := slices.DeleteFunc(slices.Clone(communities), func(c int) bool { return !strings.HasPrefix(areas[c].Code, areas[s].Code) })
		for k, g := range share(perStreet[n], len(own), func(int) int { return 1 }) {
			grids[own[k]] = max(1, g)
			total += max(1, g)
		}
	}
	micros := share(spec.Micro, total, func(int) int { return 1 })
	root, cells := &geo.Cell{}, map[string]*geo.Cell{}
	var out []territory.Area
	for i, a := range areas {
		cell := root
		if up := idcode.Parent(a.Code); up != "" {
			cell = hang(cells[up])
		}
		if at, ok := spec.Near[codeNumber(a.Code)]; ok {
			cell.Near = &geo.Point{Lng: at[0], Lat: at[1]}
		}
		cells[a.Code] = cell
		out = append(out, a)
		for g := 1; g <= grids[i]; g++ {
			m := max(1, micros[0])
			micros = micros[1:]
			out = append(out, newGrid(a.Code, g, m, hang(cell), cells)...)
		}
	}
	if len(outline) > 0 {
		if err := geo.Illustrate(outline, root, spec.Seed); err != nil {
			return nil, fmt.Errorf("illustrate: %w", err)
		}
		for i := range out {
			if c := cells[out[i].Code]; len(out[i].Shape) == 0 {
				out[i].Shape, out[i].Illustrative = c.Shape, true
			}
		}
		out[0].Illustrative = true // the outline of the district is a coarse one too
	}
	slices.SortFunc(out, func(a, b territory.Area) int { return cmp.Compare(a.Code, b.Code) })
	return out, nil
}

// newGrid is the community's g-th grid with m micro-grids.
func newGrid(community string, g, m int, cell *geo.Cell, cells map[string]*geo.Cell) []territory.Area {
	code := fmt.Sprintf("%s%03d", community, g)
	cells[code] = cell
	out := []territory.Area{{Code: code, Name: "第" + Numeral(g) + "网格", Class: "basic", Illustrative: true}}
	for k := 1; k <= m; k++ {
		micro := fmt.Sprintf("%s%02d", code, k)
		cells[micro] = hang(cell)
		out = append(out, territory.Area{Code: micro, Name: fmt.Sprintf("%d-%d微网格", g, k), Illustrative: true})
	}
	return out
}

// hang adds a part to a cell.
func hang(up *geo.Cell) *geo.Cell {
	c := &geo.Cell{}
	up.Parts = append(up.Parts, c)
	return c
}

func codeNumber(code string) int {
	n, err := strconv.Atoi(code)
	if err != nil {
		panic(err) // codes were checked to be digits when they were read
	}
	return n
}

func weightOf(areas []territory.Area, street int, spec gridSpec) int {
	if w := spec.Weights[codeNumber(areas[street].Code)]; w > 0 {
		return w
	}
	if len(spec.Weights) > 0 {
		return 1
	}
	n := 0
	for _, a := range areas {
		if a.Level() == idcode.Community && strings.HasPrefix(a.Code, areas[street].Code) {
			n++
		}
	}
	return n
}

// share splits total into n parts in proportion to their weights, by the running sum, so that the
// parts add up to total exactly.
func share(total, n int, weight func(int) int) []int {
	sum := 0
	for i := range n {
		sum += weight(i)
	}
	out := make([]int, n)
	run, given := 0, 0
	for i := range n {
		run += weight(i)
		upTo := 0
		if sum > 0 {
			upTo = (total*run + sum/2) / sum
		}
		out[i] = upTo - given
		given = upTo
	}
	return out
}

// Numeral writes 1 to 999 in Chinese: 一, 十, 十二, 二十, 一百零五.
func Numeral(n int) string {
	if n < 1 || n > 999 {
		return strconv.Itoa(n)
	}
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	hundreds, tens, ones := n/100, n/10%10, n%10
	out := ""
	if hundreds > 0 {
		out = digits[hundreds] + "百"
	}
	switch {
	case tens == 1 && hundreds == 0:
		out += "十"
	case tens > 0:
		out += digits[tens] + "十"
	case hundreds > 0 && ones > 0:
		out += "零"
	}
	return out + digits[ones]
}
