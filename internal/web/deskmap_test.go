package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/web/ui"
)

func (r *reader) points(path string) []ui.MapPoint {
	r.o.t.Helper()
	var points []ui.MapPoint
	r.o.ok(json.Unmarshal(r.get(path).body, &points))
	return points
}

func TestTheMapShowsOpenCasesOfTheViewersOwnArea(t *testing.T) {
	c := newCast(t)
	all := c.enter(c.leader).points("/binjiang/desk/points.json")
	if len(all) != 2 || all[0].Tone != ui.Green || !strings.HasPrefix(all[0].URL, "/binjiang/case/") {
		t.Errorf("the leader's points: %+v", all)
	}
	own := c.enter(c.xixing).points("/binjiang/desk/points.json?area=" + puyan)
	if len(own) != 0 {
		t.Errorf("a street sees points of another: %+v", own)
	}
	own = c.enter(c.xixing).points("/binjiang/desk/points.json")
	if len(own) != 1 || !strings.Contains(own[0].Label, "西兴的垃圾堆") {
		t.Errorf("a street's own points: %+v", own)
	}
	if n := len(c.enter(c.leader).points("/binjiang/desk/points.json?light=red")); n != 0 {
		t.Errorf("%d red points", n)
	}
	c.Pass(48 * time.Hour)
	if n := len(c.enter(c.leader).points("/binjiang/desk/points.json?light=red&matter=E01")); n != 2 {
		t.Errorf("%d red points two days later", n)
	}
	if n := len(c.enter(c.unit).points("/binjiang/desk/points.json")); n != 0 {
		t.Errorf("a unit sees %d points it never held", n)
	}
	a := c.enter(c.xixing).get("/binjiang/desk/map?area=%3Cem%3E")
	a.has(t, "案件地图", "示意边界", "正常", "预警", "已超期", "以列表查看")
	a.hasNot(t, "<em>")
	if a.code != http.StatusOK {
		t.Errorf("map: %d", a.code)
	}
}

func TestSupervisionListsCasesByRungWithWhoHasThem(t *testing.T) {
	c := newCast(t)
	r := c.enter(c.leader)
	r.get("/binjiang/desk/supervision").has(t, "没有这一级的案件")
	c.Pass(100 * time.Minute) // 80 % of the two working hours for intake
	c.tick()
	a := r.get("/binjiang/desk/supervision")
	a.has(t, "预警（用时 80%）", "西兴的垃圾堆", "受理员", "待受理", "受理时限")
	c.Pass(72 * time.Hour)
	c.tick()
	a = r.get("/binjiang/desk/supervision")
	a.has(t, "升级督办（用时 150%） 2 件", "待受理")
	r.get("/binjiang/desk/supervision?procedure=grid-event").has(t, "超期督办（用时 100%） 0 件", "升级督办（用时 150%） 2 件")
	r.get("/binjiang/desk/supervision?procedure=problem").has(t, "通报（用时 150%） 0 件", "红灯（用时 100%）")
	own := c.enter(c.xixing).get("/binjiang/desk/supervision")
	own.has(t, "升级督办（用时 150%） 1 件", "西兴的垃圾堆")
	own.hasNot(t, "浦沿的垃圾堆")
	c.move(c.acceptor, c.inXixing, "accept", nil)
	own = c.enter(c.xixing).get("/binjiang/desk/supervision")
	own.has(t, "升级督办（用时 150%） 0 件")
	own.hasNot(t, "西兴的垃圾堆")
	supervisor := c.staff("supervisor", casework.Duty{Role: "supervisor", Area: "330108"})
	if a := c.enter(supervisor).get("/binjiang/desk/supervision?area=" + xixing + "&matter=%3Cem%3E"); a.code != http.StatusOK {
		t.Errorf("filtered: %d", a.code)
	} else {
		a.hasNot(t, "<em>", "浦沿的垃圾堆")
	}
}
