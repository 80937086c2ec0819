package web

import (
	"fmt"
	"strconv"
	"strings"

	"gezhi/internal/casework"
	"gezhi/internal/lang"
)

// drawing is a procedure's graph in the units of its SVG. Work goes downwards: a layer is a line of boxes, so that a
// procedure with many stages stays readable at the width of a page. Edges that lead back run at the right, dashed.
type drawing struct {
	Width, Height int
	Boxes         []box
	Lines         []line
}

type box struct {
	X, Y  int
	Name  []string // at most two lines
	Phase int      // 1 to 7, for the colour
	End   bool
	Title string
}

type line struct {
	Path  string
	Back  bool
	Start bool
	Title string // the moves it stands for
	Head  string // points of its arrow
}

const (
	boxW, boxH = 148, 44
	gapX, gapY = 28, 46
	marginX    = 24
	laneW      = 14
)

// draw lays a graph out. The answer depends on the graph alone.
func draw(l lang.Lang, g casework.Graph) drawing {
	perLayer := map[int]int{}
	for _, n := range g.Nodes {
		perLayer[n.Layer] = max(perLayer[n.Layer], n.Row+1)
	}
	inner := g.Rows*(boxW+gapX) - gapX
	var d drawing
	at := map[string]box{}
	for _, n := range g.Nodes {
		rowW := perLayer[n.Layer]*(boxW+gapX) - gapX
		b := box{X: marginX + (inner-rowW)/2 + n.Row*(boxW+gapX), Y: 40 + n.Layer*(boxH+gapY), Name: twoLines(l, n.Stage.Name.In(l)), Phase: int(n.Stage.Phase), End: n.Stage.End}
		b.Title = n.Stage.Name.In(l) + l.T("（", " (") + n.Stage.Phase.Name().In(l) + l.T("）", ")")
		at[n.Stage.ID] = b
		d.Boxes = append(d.Boxes, b)
	}
	lane := 0
	for _, e := range g.Edges {
		var title []string
		for _, t := range e.Labels {
			title = append(title, t.In(l))
		}
		x := line{Back: e.Back, Start: e.From == "", Title: strings.Join(title, l.T("、", ", "))}
		to := at[e.To]
		switch from, ok := at[e.From]; {
		case !ok:
			x.Path = fmt.Sprintf("M%d 8V%d", to.X+boxW/2, to.Y-8)
			x.Head = arrowDown(to.X+boxW/2, to.Y)
		case e.Back:
			right := marginX + inner + 20 + lane*laneW
			lane++
			x.Path = fmt.Sprintf("M%d %dH%dV%dH%d", from.X+boxW, from.Y+boxH/2+6, right, to.Y+boxH/2-6, to.X+boxW+8)
			x.Head = fmt.Sprintf("%d,%d %d,%d %d,%d", to.X+boxW, to.Y+boxH/2-6, to.X+boxW+9, to.Y+boxH/2-11, to.X+boxW+9, to.Y+boxH/2-1)
		default:
			x.Path, x.Head = forward(from, to)
		}
		d.Lines = append(d.Lines, x)
	}
	d.Width = marginX + inner + 20 + max(lane, 1)*laneW + 12
	d.Height = 40 + g.Layers*(boxH+gapY)
	return d
}

// forward is a line from the foot of one box to the head of another, bent where it passes layers between.
func forward(from, to box) (path, head string) {
	x1, y1, x2, y2 := from.X+boxW/2, from.Y+boxH, to.X+boxW/2, to.Y
	if y2-y1 <= gapY || x1 == x2 && y2-y1 <= gapY {
		mid := (y1 + y2) / 2
		return fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1, mid, x2, mid, x2, y2-8), arrowDown(x2, y2)
	}
	// Past the boxes between: leave at the left of the source, arrive a little left of the target's middle.
	side := min(from.X, to.X) - 12
	x2 = to.X + boxW/4
	return fmt.Sprintf("M%d %dC%d %d %d %d %d %dV%dC%d %d %d %d %d %d", from.X+boxW/4, y1, from.X+boxW/4, y1+20, side, y1+10, side, y1+34,
		y2-30, side, y2-12, x2, y2-24, x2, y2-8), arrowDown(x2, y2)
}

func arrowDown(x, y int) string {
	return fmt.Sprintf("%d,%d %d,%d %d,%d", x, y, x-5, y-9, x+5, y-9)
}

// twoLines breaks a name that is too long for its box.
func twoLines(l lang.Lang, s string) []string {
	limit := 9
	if l == lang.EN {
		limit = 20
	}
	r := []rune(s)
	if len(r) <= limit {
		return []string{s}
	}
	cut := limit
	if l == lang.EN {
		if i := strings.LastIndex(string(r[:limit+1]), " "); i > 0 {
			cut = i
		}
	}
	rest := strings.TrimSpace(string(r[cut:]))
	if n := []rune(rest); len(n) > limit {
		rest = string(n[:limit-1]) + "…"
	}
	return []string{string(r[:cut]), rest}
}

func (d drawing) view() string {
	return "0 0 " + strconv.Itoa(d.Width) + " " + strconv.Itoa(d.Height)
}

// nameY is where line i of a box's name stands.
func (b box) nameY(i int) string {
	if len(b.Name) == 1 {
		return strconv.Itoa(b.Y + boxH/2 + 5)
	}
	return strconv.Itoa(b.Y + 18 + i*18)
}

// wantText lists what a move asks for.
func wantText(l lang.Lang, p *casework.Procedure, m casework.Move) string {
	var out []string
	for _, w := range m.Fields {
		name := w.Field.Label.In(l)
		if !w.Required {
			name += l.T("（选填）", " (optional)")
		}
		out = append(out, name)
	}
	if m.Photos > 0 {
		out = append(out, l.Tf("照片 %d 张", "%d photos", m.Photos))
	}
	if r, ok := p.Reason(m.Reason); ok {
		out = append(out, l.T("原因：", "reason: ")+r.Label.In(l))
	}
	if m.Note == casework.Required {
		out = append(out, l.T("说明", "a note"))
	}
	return strings.Join(out, l.T("、", ", "))
}

// whoText lists who may make a move.
func whoText(l lang.Lang, p *casework.Procedure, m casework.Move) string {
	var out []string
	for _, by := range m.By {
		switch by {
		case casework.ByHolder:
			out = append(out, l.T("当前承办人", "the holder"))
		case casework.ByReporter:
			out = append(out, l.T("反映人", "the reporter"))
		case casework.ByApprover:
			out = append(out, l.T("审批人", "the approver"))
		case casework.BySystem:
			out = append(out, l.T("系统", "the system"))
		case casework.ByAnyone:
			out = append(out, l.T("任何人", "anyone"))
		default:
			if r, ok := p.Role(by); ok {
				by = r.Label.In(l)
			}
			out = append(out, by)
		}
	}
	s := strings.Join(out, l.T("、", ", "))
	for _, not := range m.NotBy {
		if other, ok := p.Move(not); ok {
			s += l.T("（不得是“", " (not who made “") + other.Label.In(l) + l.T("”的人）", "”)")
		}
	}
	return s
}

// targetText says who holds a case, or is told.
func targetText(l lang.Lang, p *casework.Procedure, t casework.Target) string {
	switch t.Kind {
	case casework.ToRoute:
		return l.T("按派遣规则", "by the routing table")
	case casework.ToChoose:
		return l.T("由操作人选择", "chosen")
	case casework.ToReporter:
		return l.T("反映人", "the reporter")
	case casework.ToPrevious:
		return l.T("上一承办人", "the holder before")
	case casework.ToUp:
		return l.T("上一级", "one level up")
	case casework.ToSelf:
		return l.T("操作人", "who made the move")
	case casework.ToNone:
		return l.T("无", "nobody")
	case casework.ToHeld:
		s, _ := p.Stage(t.Stage)
		return l.Tf("“%s”时的承办人", "who held it in %s", s.Name.In(l))
	case casework.ToRole:
		r, _ := p.Role(t.Role)
		return r.Label.In(l)
	}
	return l.T("不变", "unchanged")
}

func stagesText(l lang.Lang, p *casework.Procedure, ids []string) string {
	var out []string
	for _, id := range ids {
		if s, ok := p.Stage(id); ok {
			out = append(out, s.Name.In(l))
		}
	}
	return strings.Join(out, l.T("、", ", "))
}
