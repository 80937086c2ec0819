package web

import (
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/idcode"
	"gezhi/internal/store"
	"gezhi/internal/territory"
	"gezhi/internal/web/ui"
)

// gridHome is where a grid worker begins.
type gridHome struct {
	app.GridHome
	Page ui.Page
	V    *visit
}

func (s *Server) showGrid(v *visit) error {
	h, err := s.app.GridHome(v.Context(), v.viewer, v.URL.Query().Get("area"))
	if err != nil {
		return err
	}
	return v.render(gridHomePage(gridHome{GridHome: h, Page: v.page(v.lang.T("我的网格", "My grid"), "grid"), V: v}))
}

// tops are the viewer's areas as tabs; none when there is only one.
func (h gridHome) tops() []ui.Tab {
	if len(h.Tops) < 2 {
		return nil
	}
	var out []ui.Tab
	for _, a := range h.Tops {
		out = append(out, ui.Tab{Label: a.Name, URL: "?area=" + a.Code, Current: a.Code == h.Area.Code})
	}
	return out
}

// gridMap shows the parts of an area and the open cases in it. A micro-grid is shown among its neighbours.
func (h gridHome) gridMap() ui.MapSpec {
	l := h.V.lang
	spec := ui.MapSpec{ID: "grid", Label: l.T("本网格在办案件分布图", "Open cases in the grid"), Layer: h.V.partsOf(h.Area),
		List: ui.Link{Label: l.T("列表查看待办", "My tasks as a list"), URL: h.V.to("grid", "inbox")},
		Legend: []ui.LegendEntry{{Tone: ui.Green, Text: l.T("按时", "in time")}, {Tone: ui.Yellow, Text: l.T("将到期", "due soon")},
			{Tone: ui.Red, Text: l.T("已超期", "overdue")}, {Tone: ui.Grey, Text: l.T("不计时", "no clock")}}}
	now := h.V.s.app.Now()
	for _, c := range h.Open {
		spec.Points = append(spec.Points, ui.MapPoint{Lng: c.Point.Lng, Lat: c.Point.Lat, Tone: tone(app.LightOf(c.Due, c.Closed, c.Level, now)),
			Label: c.Title, URL: h.V.casePath(c)})
	}
	return spec
}

// partsOf is the outlines of an area's parts, fine enough to find one's way and few enough for a phone.
func (v *visit) partsOf(a territory.Area) ui.MapLayer {
	under, level := a.Code, min(a.Level()+1, idcode.Micro)
	if a.Level() == idcode.Micro {
		under = idcode.Parent(a.Code)
	}
	return ui.MapLayer{Boundaries: v.to("areas.geojson") + "?under=" + under + "&level=" + territory.LevelID(level),
		Illustrative: drawnByUs(v.zone.Tree, under)}
}

// drawnByUs reports whether some outline of the subtree is an illustrative one.
func drawnByUs(t *territory.Tree, under string) bool {
	for _, a := range t.Subtree(under) {
		if a.Illustrative {
			return true
		}
	}
	return false
}

func (v *visit) casePath(c store.CaseLine) string {
	return v.to("case", strconv.FormatInt(int64(c.ID), 10))
}

// gridInbox is a grid worker's tasks, most urgent first.
type gridInbox struct {
	Page  ui.Page
	V     *visit
	Tasks []gridTask
	Pages ui.Pages
}

type gridTask struct {
	store.CaseLine
	Path  string
	Light ui.Tone
	Words string // how far the deadline is
	What  string // what is asked
}

const gridTasksShown = 30

func (s *Server) showGridInbox(v *visit) error {
	f := store.CaseFilter{Limit: gridTasksShown, After: cursorOf(v)}
	lines, err := s.app.Inbox(v.Context(), v.viewer, f)
	if err != nil {
		return err
	}
	p := gridInbox{Page: v.page(v.lang.T("待办", "To do"), "grid-inbox"), V: v}
	for _, c := range lines {
		p.Tasks = append(p.Tasks, v.gridTask(c))
	}
	p.Pages = pagesOf(v, lines, f)
	return v.render(gridInboxPage(p))
}

func (v *visit) gridTask(c store.CaseLine) gridTask {
	l, now := v.lang, v.s.app.Now()
	t := gridTask{CaseLine: c, Path: v.zone.Tree.Path(c.Area), Light: tone(app.LightOf(c.Due, c.Closed, c.Level, now)), Words: ui.Due(l, now, c.Due)}
	switch c.Kind {
	case "extension":
		t.What = l.T("延期申请待审批", "Extension to decide")
	case "suspension":
		t.What = l.T("挂账申请待审批", "Suspension to decide")
	default:
		t.What = v.stageName(c)
	}
	return t
}

// rosterPage is who holds the posts.
type rosterPage struct {
	app.Roster
	Page ui.Page
	V    *visit
}

func (s *Server) showRoster(v *visit) error {
	r, err := s.app.Roster(v.Context(), v.viewer, v.URL.Query().Get("area"))
	if err != nil {
		return err
	}
	p := rosterPage{Roster: r, Page: v.page(v.lang.T("力量", "Roster"), "grid-roster"), V: v}
	if v.viewer.Can(app.WorkDesk) && !v.viewer.Can(app.WorkGrid) {
		p.Page.Here = "roster"
		return v.render(rosterDesk(p))
	}
	return v.render(rosterPhone(p))
}

// trail leads back up, as far as the viewer may go.
func (p rosterPage) trail() []ui.Link {
	var out []ui.Link
	for _, a := range p.V.zone.Trail(p.V.viewer, p.Area.Code) {
		out = append(out, ui.Link{Label: a.Name, URL: "?area=" + a.Code})
	}
	return out
}

// rate is a share in words: 92.0%（46/50）.
func rate(r territory.Rate) string {
	if r.Of == 0 {
		return "—"
	}
	return ui.Percent(r.Full, r.Of)
}

func rateNote(v *visit, r territory.Rate) string {
	return v.lang.Tf("%d 个中 %d 个配齐", "%[2]d of %[1]d complete", r.Of, r.Full)
}
