package web

import (
	"encoding/json"
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/idcode"
	"gezhi/internal/web/ui"
)

// mapPage is the map of open cases.
type mapPage struct {
	Page ui.Page
	V    *visit
	F    deskFilter
	Area string // the subtree drawn; "" is the whole district
	Name string // of that area
	Map  ui.MapSpec
	Up   string // the map of the area above
}

// mostPoints is how many cases one map shows; of more, the most urgent are shown.
const mostPoints = 5000

// mapFilter is the part of a desk filter that a map of open cases knows.
func mapFilter(form map[string][]string) deskFilter {
	f := readSome(form, "light", "matter", "area")
	f.Limit = mostPoints
	return f
}

func (s *Server) showMap(v *visit) error {
	f := mapFilter(v.URL.Query())
	area, ok := v.zone.Tree.Area(f.Area)
	if !ok {
		f.Area, f.values = "", withoutArea(f)
	}
	p := mapPage{Page: v.page(v.lang.T("案件地图", "Case map"), "map"), V: v, F: f, Area: f.Area, Name: area.Name}
	l := v.lang
	under, level := f.Area, idcode.Community
	if tops := v.viewer.Areas(); under == "" && len(tops) == 1 && len(tops[0]) > idcode.District.Digits() {
		under = tops[0] // who works for one street sees that street
	}
	if len(under) >= idcode.Community.Digits() {
		level = min(idcode.LevelOf(under)+1, idcode.Micro)
	}
	p.Map = ui.MapSpec{ID: "open-cases", Label: l.T("在办案件分布图", "Map of open cases"), Tall: true, PointsURL: f.at(v.to("desk", "points.json")),
		Layer: ui.MapLayer{Boundaries: v.to("areas.geojson") + "?link=map&level=" + levelWord(level) + underWord(under), Illustrative: illustrative(v.zone)},
		Legend: []ui.LegendEntry{{Tone: ui.Green, Text: l.T("正常", "in time")}, {Tone: ui.Yellow, Text: l.T("预警", "warned")},
			{Tone: ui.Red, Text: l.T("已超期", "overdue")}, {Tone: ui.Grey, Text: l.T("不计时", "no clock")}},
		List: ui.Link{Label: l.T("以列表查看", "The same as a list"), URL: f.at(v.to("desk", "cases"), "state=open")}}
	if f.Area != "" {
		up := ""
		if ancestors := v.zone.Tree.Ancestors(f.Area); len(ancestors) > 1 {
			up = "?area=" + ancestors[len(ancestors)-1].Code
		}
		p.Up = v.to("desk", "map") + up
	}
	return v.render(deskMap(p))
}

func withoutArea(f deskFilter) map[string][]string {
	f.values.Del("area")
	return f.values
}

func levelWord(l idcode.Level) string {
	return map[idcode.Level]string{idcode.Community: "community", idcode.Grid: "grid", idcode.Micro: "micro"}[l]
}

func underWord(area string) string {
	if area == "" {
		return ""
	}
	return "&under=" + area
}

// showMapPoints answers with the open cases of the map.
func (s *Server) showMapPoints(v *visit) error {
	lines, err := s.app.MapPoints(v.Context(), v.viewer, mapFilter(v.URL.Query()).CaseFilter)
	if err != nil {
		return err
	}
	now := s.app.Now()
	points := make([]ui.MapPoint, len(lines))
	for i, c := range lines {
		points[i] = ui.MapPoint{Lng: c.Point.Lng, Lat: c.Point.Lat, Tone: tone(app.LightOf(c.Due, c.Closed, c.Level, now)),
			Label: joined(c.Title, v.stageName(c), v.lampWords(c, now)), URL: v.to("case", strconv.FormatInt(int64(c.ID), 10))}
	}
	v.w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(v.w).Encode(points)
}
