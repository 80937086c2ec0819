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
	gapX, gapY = 28, 56
	laneW      = 12
	margin     = 16
)

// lanes are the tracks beside the boxes that long lines share: one for each stage they lead to, so that many
// lines to one stage are drawn as one.
type lanes map[string]int

func (n lanes) of(stage string) int {
	if _, ok := n[stage]; !ok {
		n[stage] = len(n)
	}
	return n[stage]
}

// draw lays a graph out. The answer depends on the graph alone.
func draw(l lang.Lang, g casework.Graph) drawing {
	layer, perLayer := map[string]int{}, map[int]int{}
	for _, n := range g.Nodes {
		layer[n.Stage.ID] = n.Layer
		perLayer[n.Layer] = max(perLayer[n.Layer], n.Row+1)
	}
	long := func(e casework.Edge) bool { return e.From != "" && !e.Back && layer[e.To]-layer[e.From] > 1 }
	left, right := lanes{}, lanes{}
	for _, e := range g.Edges {
		if long(e) {
			left.of(e.To)
		} else if e.Back {
			right.of(e.To)
		}
	}
	inner := g.Rows*(boxW+gapX) - gapX
	from := margin + len(left)*laneW + margin // where the boxes begin
	var d drawing
	at := map[string]box{}
	for _, n := range g.Nodes {
		rowW := perLayer[n.Layer]*(boxW+gapX) - gapX
		b := box{X: from + (inner-rowW)/2 + n.Row*(boxW+gapX), Y: 44 + n.Layer*(boxH+gapY), Name: twoLines(l, n.Stage.Name.In(l)), Phase: int(n.Stage.Phase), End: n.Stage.End}
		b.Title = n.Stage.Name.In(l) + l.T("（", " (") + n.Phase.In(l) + l.T("）", ")")
		at[n.Stage.ID] = b
		d.Boxes = append(d.Boxes, b)
	}
	for _, e := range g.Edges {
		x := line{Back: e.Back, Start: e.From == "", Title: labels(l, e)}
		a, b := at[e.From], at[e.To]
		switch {
		case x.Start: // a short arrow: a case may begin far down
			x.Path, x.Head = fmt.Sprintf("M%d %dV%d", b.X+boxW-16, b.Y-26, b.Y-8), arrowDown(b.X+boxW-16, b.Y)
		case e.Back:
			x.Path, x.Head = around(a, b, from+inner+margin+right.of(e.To)*laneW, 3)
		case long(e):
			x.Path, x.Head = around(a, b, margin+left.of(e.To)*laneW, 1)
		default:
			x1, y1, x2, y2 := a.X+boxW/2, a.Y+boxH, b.X+boxW/2, b.Y
			mid := (y1 + y2) / 2
			x.Path, x.Head = fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1, mid, x2, mid, x2, y2-8), arrowDown(x2, y2)
		}
		d.Lines = append(d.Lines, x)
	}
	d.Width = from + inner + margin + len(right)*laneW + margin
	d.Height = 44 + g.Layers*(boxH+gapY)
	return d
}

func labels(l lang.Lang, e casework.Edge) string {
	var out []string
	for _, t := range e.Labels {
		out = append(out, t.In(l))
	}
	return strings.Join(out, l.T("、", ", "))
}

// around is a line that leaves at the foot of one box, runs along a lane beside all of them and arrives at the head of
// another: its level parts lie between layers, where there are no boxes. quarter says where on the boxes it
// leaves and arrives.
func around(from, to box, lane, quarter int) (path, head string) {
	x1, x2 := from.X+boxW*quarter/4, to.X+boxW*quarter/4
	down, up := from.Y+boxH+10+quarter*2, to.Y-20-quarter*2
	return fmt.Sprintf("M%d %dV%dH%dV%dH%dV%d", x1, from.Y+boxH, down, lane, up, x2, to.Y-8), arrowDown(x2, to.Y)
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
