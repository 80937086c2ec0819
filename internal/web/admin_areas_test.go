package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gezhi/internal/geo"
	"gezhi/internal/territory"

	"github.com/xuri/excelize/v2"
)

// book makes an XLSX file of rows.
func book(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// cells reads the first sheet of an XLSX file.
func cells(t *testing.T, data string) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

var revisionField = regexp.MustCompile(`name="revision" value="(\d+)"`)

func TestAreasAreImportedAfterACheck(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	file := book(t, []any{"区划代码", "名称", "户数", "备注"},
		[]any{"330108001001901", "新建网格<em>", "320", "第一行"},
		[]any{"330108001001", "西陵社区", "2100", ""},
		[]any{"33010800100190", "代码少一位", "", ""},
		[]any{"330108001002", "不是水电社区", "", ""},
		[]any{"330108001001902", "户数不对", "三百", ""})
	sent := b.send("/binjiang/admin/areas/import", "areas.xlsx", file, url.Values{"datum": {"wgs84"}})
	page := b.after(sent)
	page.has(t, "新增 1", "变更 1", "有冲突或错误 3", "新建网格<em>", "第 4 行", "第 5 行", "确属更名的，请在“原名称”列填现名", "户数“三百”不对")
	page.noElement(t, "em")

	z, err := o.app.Zone(t.Context(), zoneBinjiang)
	o.ok(err)
	if _, ok := z.Tree.Area("330108001001901"); ok {
		t.Fatal("the check imported something")
	}

	returned := b.get(sent.to + "/errors.xlsx")
	rows := cells(t, returned.body)
	last := len(rows[0]) - 1
	if rows[0][last] != "错误说明" || len(rows[1]) > last && rows[1][last] != "" || !strings.Contains(rows[4][last], "现名“水电社区”") || rows[1][3] != "第一行" {
		t.Errorf("handed back: %q", rows)
	}

	stale := b.post(sent.to+"/apply", url.Values{"revision": {"0"}, "_key": {"x1"}})
	if stale.code != http.StatusConflict {
		t.Errorf("an old check is confirmed: %d", stale.code)
	}
	done := b.after(b.post(sent.to+"/apply", url.Values{"revision": {revisionField.FindStringSubmatch(page.body)[1]}, "_key": {"x2"}}))
	done.has(t, "已导入", "新增 1，变更 1，未导入 3")
	z, err = o.app.Zone(t.Context(), zoneBinjiang)
	o.ok(err)
	if a, ok := z.Tree.Area("330108001001901"); !ok || a.Households != 320 {
		t.Errorf("the new grid: %+v", a)
	}
	if a, _ := z.Tree.Area("330108001001"); a.Households != 2100 || a.Name != "西陵社区" {
		t.Errorf("the changed community: %s %d", a.Name, a.Households)
	}
	if again := b.post(sent.to+"/apply", url.Values{"revision": {itoa(z.Revision)}, "_key": {"x3"}}); again.code == http.StatusSeeOther {
		t.Error("the same file is imported twice")
	}
}

func TestRealBoundariesReplaceIllustrativeOnes(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	z, err := o.app.Zone(t.Context(), zoneBinjiang)
	o.ok(err)
	was, _ := z.Tree.Area(microCode)
	middle := was.Shape.Inside()
	box := geo.MultiPolygon{{{{Lng: middle.Lng - 1e-4, Lat: middle.Lat - 1e-4}, {Lng: middle.Lng + 1e-4, Lat: middle.Lat - 1e-4}, {Lng: middle.Lng + 1e-4, Lat: middle.Lat + 1e-4},
		{Lng: middle.Lng - 1e-4, Lat: middle.Lat + 1e-4}, {Lng: middle.Lng - 1e-4, Lat: middle.Lat - 1e-4}}}}
	var file bytes.Buffer
	o.ok(geo.EncodeFeatures(&file, []geo.Feature{{Code: was.Code, Name: was.Name, Shape: box.Convert(geo.WGS84, geo.GCJ02)}}))
	sent := b.send("/binjiang/admin/areas/import", "real.geojson", file.Bytes(), url.Values{"datum": {"gcj02"}})
	page := b.after(sent)
	page.has(t, "变更 1", "替换示意边界")
	b.after(b.post(sent.to+"/apply", url.Values{"revision": {revisionField.FindStringSubmatch(page.body)[1]}, "_key": {"b1"}}))
	z, err = o.app.Zone(t.Context(), zoneBinjiang)
	o.ok(err)
	now, _ := z.Tree.Area(microCode)
	if now.Illustrative || geo.Distance(now.Shape.Inside(), middle) > 5 {
		t.Errorf("the new boundary lies %.0f m off, illustrative %v", geo.Distance(now.Shape.Inside(), middle), now.Illustrative)
	}
}

func TestAnAreaIsRenamedEndedAndKeptInHistory(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	b.get("/binjiang/admin/areas").has(t, "街道（镇） 3", "社区（村） 67", "西兴街道", "示意边界")
	b.get("/binjiang/admin/areas?q=滨和").has(t, "滨和社区")

	bad := b.post("/binjiang/admin/areas/"+gridCode+"/rename", url.Values{"name": {"<em>"}, "from": {"2026-13-01"}, "_key": {"r0"}})
	if bad.code != http.StatusUnprocessableEntity {
		t.Errorf("a wrong date: %d", bad.code)
	}
	bad.has(t, "日期“2026-13-01”无效")
	bad.noElement(t, "em")
	if !strings.Contains(bad.body, `value="&lt;em&gt;"`) {
		t.Error("what was typed is lost")
	}
	b.after(b.post("/binjiang/admin/areas/"+gridCode+"/rename", url.Values{"name": {"东区网格"}, "from": {"2026-03-01"}, "_key": {"r1"}})).has(t, "东区网格", "沿革", "第一网格")

	// A route that names the area keeps it from ending.
	o.ok(o.app.AddRoute(t.Context(), o.viewer("admin"), routeFor(gridCode), "rt"))
	end := url.Values{"until": {"2026-03-02"}, "reason": {"区划调整"}, "_key": {"e1"}}
	b.post("/binjiang/admin/areas/"+gridCode+"/end", end).has(t, "派遣规则第", "请先修改派遣规则")
	other := "330108001001002"
	b.after(b.post("/binjiang/admin/areas/"+other+"/end", url.Values{"until": {"2026-03-02"}, "into": {gridCode}, "reason": {"合并网格"}, "_key": {"e2"}}))
	z, err := o.app.Zone(t.Context(), zoneBinjiang)
	o.ok(err)
	if now, ok := z.Tree.Current(other + "01"); !ok || now != gridCode {
		t.Errorf("the merged micro-grid is now %q", now)
	}
}

func TestOverlaysBeginAndEnd(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	form := url.Values{"id": {"park-x"}, "kind": {"park"}, "name": {"<em>园区"}, "areas": {"330108001001 999"}, "_key": {"o1"}}
	bad := b.post("/binjiang/admin/overlays", form)
	bad.has(t, "没有区域“999”")
	bad.noElement(t, "em")
	form.Set("areas", "330108001001，330108001002")
	b.after(b.post("/binjiang/admin/overlays", form)).has(t, "<em>园区", "西陵社区、水电社区")
	o.Pass(3600e9)
	b.after(b.post("/binjiang/admin/overlays/park-x/end", url.Values{"_key": {"o2"}})).has(t, "2026-03-02")
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// routeFor gives one matter in one area to its community.
func routeFor(area string) territory.Route {
	return territory.Route{Matter: "E0102", Area: area, Stage: "verifying", Owner: "grid_staff@grid", Note: "单列"}
}
