package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/territory"
)

func TestPeopleAreAppointedAndRelieved(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	b.get("/binjiang/admin/posts").has(t, "西兴街道", "缺岗", "网格配齐率")
	form := url.Values{"area": {gridCode}, "post": {"grid_leader"}, "login": {"New.Leader"}, "name": {"<em>"}, "from": {"2026-03-01"}, "document": {"街委〔2026〕1 号"}, "_key": {"p1"}}
	bad := b.post("/binjiang/admin/posts", form)
	if bad.code != http.StatusUnprocessableEntity || !strings.Contains(bad.body, "街委〔2026〕1 号") {
		t.Errorf("a wrong name: %d", bad.code)
	}
	bad.noElement(t, "em")
	form.Set("name", "测试新任")
	b.after(b.post("/binjiang/admin/posts", form)).has(t, "测试新任", "街委〔2026〕1 号")
	b.after(b.post("/binjiang/admin/posts", form)) // a double click
	v, err := o.app.Roster(t.Context(), o.viewer("admin"), gridCode)
	o.ok(err)
	if n := len(v.Posts[0].Holders); n != 1 {
		t.Fatalf("%d grid leaders", n)
	}
	second := url.Values{"area": {gridCode}, "post": {"grid_leader"}, "login": {"grid"}, "_key": {"p2"}}
	b.post("/binjiang/admin/posts", second).has(t, "最多 1 人，已满员")
	second.Set("post", "grid_part")
	b.post("/binjiang/admin/posts", second).has(t, "请注明兼任")
	second.Set("concurrent", "1")
	b.after(b.post("/binjiang/admin/posts", second)).has(t, "兼任")
	b.post("/binjiang/admin/posts", url.Values{"area": {gridCode}, "post": {"mg_leader"}, "login": {"micro"}, "_key": {"p3"}}).has(t, "“楼道长”设在微网格")

	o.Pass(time.Hour)
	b.after(b.post("/binjiang/admin/posts/"+itoa(v.Posts[0].Holders[0].Tenure.ID)+"/end", url.Values{"area": {gridCode}, "_key": {"p4"}})).has(t, "已免去", "缺 1 人")
}

func TestARosterIsImportedAfterACheck(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	file := book(t, []any{"区划代码", "岗位", "登录名", "姓名", "手机号", "任职日期", "是否兼任"},
		[]any{gridCode, "网格长", "leader1", "测试甲", "13800000011", "2026-01-01", "否"},
		[]any{gridCode, "网格长", "leader2", "测试乙", "", "", ""},
		[]any{gridCode, "专职网格员", "grid", "虚构grid", "", "", ""},
		[]any{"330108999001001", "网格长", "leader3", "测试丙", "", "", ""},
		[]any{gridCode, "<em>", "leader4", "测试丁", "", "", "也许"})
	sent := b.send("/binjiang/admin/posts/import", "roster.xlsx", file, nil)
	page := b.after(sent)
	page.has(t, "将任职 1", "已在任 1", "有错误的行 3", "测试甲", "新建人员", "本文件中“网格长”已填满 1 人", "没有区域“330108999001001”", "应填“是”或“否”")
	page.noElement(t, "em")
	rows := cells(t, b.get(sent.to+"/errors.xlsx").body)
	if last := len(rows[0]) - 1; rows[0][last] != "错误说明" || !strings.Contains(rows[2][last], "已填满") {
		t.Errorf("handed back: %q", rows)
	}
	b.after(b.post(sent.to+"/apply", url.Values{"lines": {"1"}, "_key": {"ri"}})).has(t, "任职 1，已在任 1，未导入 3")
	b.get("/binjiang/admin/posts?area="+gridCode).has(t, "测试甲")
	s, err := o.app.Accounts(t.Context(), o.viewer("security"), "leader", "", 10)
	o.ok(err)
	if len(s) != 1 || s[0].Password != "" {
		t.Errorf("accounts %+v", s)
	}
}

func TestAnEmergencyIsSwitchedOnAndOff(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	b.post("/binjiang/admin/modes", url.Values{"area": {""}, "reason": {"台风<em>"}, "_key": {"m0"}}).noElement(t, "em")
	b.after(b.post("/binjiang/admin/modes", url.Values{"area": {"330108001"}, "reason": {"台风<em>防御"}, "_key": {"m1"}})).has(t, "应急中", "台风<em>防御", "虚构admin")
	told := o.as("grid").get("/binjiang/grid")
	told.has(t, "应急状态", "台风<em>防御", "岗位职责（应急）")
	told.noElement(t, "em")
	b.post("/binjiang/admin/modes", url.Values{"area": {"330108001001"}, "reason": {"又一次转换"}, "_key": {"m2"}}).has(t, "已在应急状态")
	list, err := o.app.Modes(t.Context(), o.viewer("admin"))
	o.ok(err)
	o.Pass(time.Hour)
	b.after(b.post("/binjiang/admin/modes/"+itoa(list[0].ID)+"/end", url.Values{"_key": {"m3"}})).has(t, "已转回平时状态")
	o.as("grid").get("/binjiang/grid").has(t, "平时状态")
}

func TestARouteThatWouldLeaveAGapIsRefused(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	b.get("/binjiang/admin/routes").has(t, "校验成立", "E0102 暴露垃圾")
	b.get("/binjiang/admin/routes/proof").has(t, "162,000", "没有责任主体 0", "多个责任主体 0")
	z, err := o.app.Zone(t.Context(), zoneBinjiang)
	o.ok(err)
	drop := func(fits func(territory.Route) bool) reply {
		for _, r := range z.Routes {
			if fits(r) {
				return b.post("/binjiang/admin/routes/"+itoa(int64(r.Line))+"/drop", url.Values{"_key": {"d" + r.Matter}})
			}
		}
		t.Fatal("no such route")
		return reply{}
	}
	refused := drop(func(r territory.Route) bool { return r.Matter == "E02" })
	if refused.code != http.StatusUnprocessableEntity {
		t.Errorf("removing the only route: %d", refused.code)
	}
	refused.has(t, "未保存：改动后有", "没有适用的派遣规则")
	if after, _ := o.app.Zone(t.Context(), zoneBinjiang); len(after.Routes) != len(z.Routes) {
		t.Error("a refused change was kept")
	}
	b.after(drop(func(r territory.Route) bool { return r.Matter == "E0102" && r.Area == "" })).has(t, "校验仍然成立")

	clash := url.Values{"matter": {"E02"}, "owner": {"unit:sanitation"}, "note": {"<em>"}, "_key": {"c1"}}
	page := b.post("/binjiang/admin/routes", clash)
	page.has(t, "同级规则给出不同的责任主体")
	page.noElement(t, "em")
	clash.Set("owner", "nobody")
	b.post("/binjiang/admin/routes", clash).has(t, "责任主体“nobody”写法不对")
	b.after(b.post("/binjiang/admin/routes", url.Values{"matter": {"E0201"}, "area": {"330108001001"}, "owner": {"unit:law"}, "note": {"试点"}, "_key": {"c2"}})).has(t, "试点", "西陵社区")
}

const days2026 = `{"days":[{"date":"2026-01-01","kind":"holiday","name":"元旦"},{"date":"2026-03-03","kind":"holiday","name":"临时放假"}]}`

func TestAChangedCalendarMovesDeadlinesAndSaysWhy(t *testing.T) {
	o := newBureau(t)
	o.Pass(6 * time.Hour) // late enough that the first deadline lies on the next day
	c := o.report("cal", "楼下垃圾成堆，影响通行")
	before := c.Due()
	b := o.as("admin")
	b.get("/binjiang/admin/calendar").has(t, "2027 年放假安排尚未导入", "2 月", "休")
	b.send("/binjiang/admin/calendar", "d.json", []byte(`{"days":[{"date":"<em>","kind":"holiday"}]}`), url.Values{"source": {"测试<em>"}, "_key": {"k0"}}).noElement(t, "em")
	b.send("/binjiang/admin/calendar", "d.xlsx", book(t, []any{"日期", "类型"}, []any{"2027-01-01", "放假"}, []any{"2027-01-02", "调休"}), url.Values{"source": {"测试来源"}, "_key": {"k1"}}).
		has(t, "第 3 行", "“调休”有两种意思")

	sent := b.send("/binjiang/admin/calendar", "d.json", []byte(days2026), url.Values{"source": {"测试通知"}, "_key": {"k2"}})
	page := b.after(sent)
	for range 100 {
		if strings.Contains(page.words(), "已完成") {
			break
		}
		time.Sleep(20 * time.Millisecond)
		page = b.get(sent.to)
	}
	page.has(t, "已完成：核对 1 件在办案件")
	p, err := o.app.CasePage(t.Context(), o.viewer("dispatcher"), c.ID)
	o.ok(err)
	if !p.Case.Due().After(before) {
		t.Errorf("due %s, was %s", p.Case.Due(), before)
	}
	last := p.Events[len(p.Events)-1]
	if last.Event.Move != casework.EventReprojected || !strings.Contains(last.Note, "测试通知") {
		t.Errorf("last event %+v", last.Event)
	}
	b.get("/binjiang/admin/calendar?year=2026").has(t, "测试通知", "1 个时限变化")
	if b.get("/binjiang/admin/calendar?year=2027").code != http.StatusOK {
		t.Error("the next year")
	}
}
