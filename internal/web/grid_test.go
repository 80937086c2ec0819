package web_test

import (
	"net/http"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/casework"
)

func TestAGridWorkersPages(t *testing.T) {
	o := newBureau(t)
	c := o.report("g1", "楼道里堆满了<em>纸箱</em>，影响通行")
	b := o.as("grid")

	home := b.get("/binjiang/grid")
	if home.code != http.StatusOK {
		t.Fatalf("home: %d %s", home.code, clipped(home.words()))
	}
	home.has(t, "上报", "自行处置", "等我办理", "网格在办", "平时状态", "示意边界", "专职网格员", "我的岗位")
	if !strings.Contains(home.body, "/binjiang/areas.geojson?under="+gridCode+"&amp;level=micro") {
		t.Error("the map does not ask for the grid's micro-grids")
	}
	for _, never := range []string{"打卡", "在线时长", "排名", "签到"} {
		if strings.Contains(home.words(), never) {
			t.Errorf("a grid worker's page speaks of %s", never)
		}
	}

	inbox := b.get("/binjiang/grid/inbox")
	inbox.has(t, c.Title, c.Number, "还剩")
	inbox.noElement(t, "em")

	roster := b.get("/binjiang/grid/roster")
	roster.has(t, "网格长", "缺 1 人", "虚构grid", "楼道长", "虚构micro")
}

func TestTheRosterOfALargerArea(t *testing.T) {
	o := newBureau(t)
	o.hire("second", casework.Duty{Role: "grid_leader", Area: gridCode})
	o.hire("third", casework.Duty{Role: "grid_leader", Area: gridCode})
	b := o.as("community")
	page := b.get("/binjiang/grid/roster")
	page.has(t, "网格配齐率", "微网格配齐率", "缺岗", "超出人数的岗位", "虚构third", "超 1 人")
	if got := b.get("/binjiang/grid/roster?area=330108001002").code; got != http.StatusNotFound {
		t.Errorf("a community's desk reads another community's roster: %d", got)
	}
	if got := b.get("/binjiang/grid/roster?area=" + gridCode).code; got != http.StatusOK {
		t.Errorf("drilling down: %d", got)
	}
	r, err := o.app.Roster(t.Context(), o.viewer("community"), "")
	o.ok(err)
	if r.Grids.Of == 0 || r.Grids.Full != 0 || len(r.Vacant) == 0 {
		t.Errorf("roster %+v", r.Grids)
	}
}

func TestWhoMayOpenAGridWorkersPages(t *testing.T) {
	o := newBureau(t)
	for _, path := range []string{"/binjiang/grid", "/binjiang/grid/inbox"} {
		if got := o.as("").get(path); got.code != http.StatusSeeOther || !strings.Contains(got.to, "/staff") {
			t.Errorf("a stranger at %s: %d %s", path, got.code, got.to)
		}
		if got := o.as("sanitation").get(path).code; got != http.StatusForbidden {
			t.Errorf("an officer at %s: %d", path, got)
		}
	}
	if got := o.as("sanitation").get("/binjiang/grid/roster").code; got != http.StatusForbidden {
		t.Errorf("an officer at the roster: %d", got)
	}
	if got := o.as("grid").get("/binjiang/grid?area=330108001002001").code; got != http.StatusNotFound {
		t.Errorf("another grid's home: %d", got)
	}
	if _, err := o.app.GridHome(t.Context(), app.Viewer{Zone: zoneBinjiang}, ""); err == nil {
		t.Error("a visitor opens a grid")
	}
}
