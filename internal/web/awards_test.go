package web_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/points"
	"gezhi/internal/web/htmlcheck"
)

const xixingFirst = "330108001001" // a community of Xixing

// sound fails on what htmlcheck finds and on markup that was typed.
func (a answer) sound(t *testing.T) answer {
	t.Helper()
	for _, wrong := range htmlcheck.Page(a.body) {
		t.Error(wrong)
	}
	if bytes.Contains(a.body, []byte("<em>")) {
		t.Error("typed markup is markup on the page")
	}
	return a
}

// with sends a form with one file.
func (r *reader) with(path, field, name string, file []byte, form url.Values) answer {
	r.o.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, vs := range form {
		for _, v := range vs {
			r.o.ok(w.WriteField(k, v))
		}
	}
	if file != nil {
		f, err := w.CreateFormFile(field, name)
		r.o.ok(err)
		_, err = f.Write(file)
		r.o.ok(err)
	}
	r.o.ok(w.Close())
	req, err := http.NewRequest("POST", r.o.server.URL+path, &body)
	r.o.ok(err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return r.do(req)
}

// follow expects a form to have been taken and opens the page it leads to.
func (r *reader) follow(a answer) answer {
	r.o.t.Helper()
	if a.code != http.StatusSeeOther {
		r.o.t.Fatalf("the form was answered with %d: %s", a.code, a.text())
	}
	return r.get(a.header.Get("Location"))
}

func TestPointsAreEarnedThroughThePages(t *testing.T) {
	o := newOffice(t)
	desk := o.staff("desk", casework.Duty{Role: "community_desk", Area: xixingFirst})
	desk2 := o.staff("desk2", casework.Duty{Role: "community_desk", Area: xixingFirst})
	district := o.staff("district", casework.Duty{Role: "district_desk", Area: "330108"})
	me, neighbour := o.resident("13800000001"), o.resident("13800000002")

	budgets := o.enter(district)
	bad := budgets.post("/binjiang/desk/budgets", url.Values{"area": {xixingFirst}, "points": {"many"}, "document": {"<em>"}, "_key": {"b0"}})
	bad.sound(t).has(t, "1 到 100000000")
	budgets.follow(budgets.post("/binjiang/desk/budgets", url.Values{"area": {xixingFirst}, "points": {"100"}, "document": {"区财〔2026〕<em>1 号"}, "_key": {"b1"}})).
		sound(t).has(t, "已下达", "西陵社区", "100")

	r := o.enter(me)
	r.get("/binjiang/earn").sound(t).has(t, "怎样得积分", "随手拍上报经核实", "中山西区隆昌社区", "示例", "全部事项合计")
	english := o.enter(app.Viewer{})
	english.get("/binjiang/earn?lang=en")
	english.get("/binjiang/earn").sound(t).has(t, "How to earn points", "Clean-up of the neighbourhood", "1 times a day")
	form := url.Values{"day": {"2026-03-02"}, "text": {"<em>清扫楼道"}, "area": {xixingFirst}, "address": {"某小区<em>"}, "_key": {"a1"}}
	a := r.with("/binjiang/earn/env-cleanup", "", "", nil, form)
	if a.code != http.StatusUnprocessableEntity {
		t.Fatalf("without a photo: %d", a.code)
	}
	a.sound(t).has(t, "需要现场照片")
	page := r.follow(r.with("/binjiang/earn/env-cleanup", "photo", "a.jpg", smallJPEG(t), form)).sound(t)
	page.has(t, "待复核", "清扫楼道", "撤回申报", "西陵社区")
	own, err := o.app.OwnApplications(context.Background(), me, 0, 5)
	o.ok(err)
	id := itoa(int64(own[0].ID))
	r.get("/binjiang/awards").sound(t).has(t, "参加卫生整治", "10 分")
	if a := o.enter(neighbour).get("/binjiang/awards/" + id); a.code != http.StatusNotFound {
		t.Errorf("a neighbour opens the application: %d", a.code)
	}
	r.get("/binjiang/points").has(t, "怎样得积分", "我的申报", "积分公示")

	d := o.enter(desk)
	d.get("/binjiang/desk/awards").sound(t).has(t, "参加卫生整治", "居*", "待我复核")
	d.get("/binjiang/desk/awards/"+id).sound(t).has(t, "通过", "退回补正", "规则", "中山西区")
	bad = d.post("/binjiang/desk/awards/"+id, url.Values{"decision": {"return"}, "note": {""}, "_key": {"r0"}})
	bad.sound(t).has(t, "请写明理由")
	d.follow(d.post("/binjiang/desk/awards/"+id, url.Values{"decision": {"return"}, "note": {"请补<em>照片"}, "_key": {"r1"}})).has(t, "已复核")
	r.get("/binjiang/awards/"+id).sound(t).has(t, "退回补正", "请补<em>照片", "补正后重新提交")
	form.Set("_key", "a2")
	form.Set("text", "补充说明：清扫三楼到五楼")
	r.follow(r.with("/binjiang/awards/"+id+"/resubmit", "", "", nil, form)).sound(t).has(t, "待复核", "补充说明")
	d.follow(d.post("/binjiang/desk/awards/"+id, url.Values{"decision": {"approve"}, "_key": {"r2"}}))

	n := o.enter(neighbour)
	o.enter(app.Viewer{}).get("/binjiang/publicity?area="+xixingFirst).sound(t).has(t, "居* · 参加卫生整治", "公示中", "提出异议")
	n.get("/binjiang/publicity/"+id).sound(t).has(t, "公示至")
	n.post("/binjiang/publicity/"+id, url.Values{"reason": {"短"}, "_key": {"o0"}}).sound(t).has(t, "4 至 500")
	n.follow(n.post("/binjiang/publicity/"+id, url.Values{"reason": {"当天<em>没有看到"}, "_key": {"o1"}})).has(t, "异议已提交")
	d.get("/binjiang/desk/awards?view=publicity").sound(t).has(t, "异议处理中")
	p, err := o.app.Award(context.Background(), desk, own[0].ID)
	o.ok(err)
	objection := "/binjiang/desk/awards/" + id + "/objections/" + itoa(p.Objections[0].ID)
	d.get("/binjiang/desk/awards/"+id).sound(t).has(t, "当天<em>没有看到", "拟认定成立")
	d.follow(d.post(objection, url.Values{"decision": {"dismiss"}, "note": {"调看照片<em>属实"}, "_key": {"p1"}})).sound(t).has(t, "须由另一人确认")
	d.post(objection, url.Values{"decision": {"agree"}, "_key": {"p2"}}).has(t, "本次操作没有生效", "须由另一人确认")
	d2 := o.enter(desk2)
	d2.follow(d2.post(objection, url.Values{"decision": {"agree"}, "_key": {"p3"}})).sound(t).has(t, "不成立", "公示中")
	o.Pass(10 * 24 * time.Hour)
	_, err = o.app.PostDue(context.Background(), binjiang)
	o.ok(err)
	r = o.enter(me)
	r.get("/binjiang/points").has(t, "+10", "参加卫生整治")
	r.get("/binjiang/awards/"+id).sound(t).has(t, "已入账", "列支")
	r.leads(t, "/binjiang/awards/"+id)
	o.enter(neighbour).leads(t, "/binjiang/publicity")
	o.enter(desk).leads(t, "/binjiang/desk/awards/"+id)
	d2 = o.enter(desk2)
	d2.follow(d2.post("/binjiang/desk/awards/"+id+"/reverse", url.Values{"note": {"查实<em>未参加"}, "_key": {"v1"}})).sound(t).has(t, "已冲正", "查实<em>未参加")
}

func TestListsHouseholdsAndRulesHaveTheirPages(t *testing.T) {
	o := newOffice(t)
	desk := o.staff("desk", casework.Duty{Role: "community_desk", Area: xixingFirst})
	street := o.staff("street", casework.Duty{Role: "street_desk", Area: xixing})
	district := o.staff("district", casework.Duty{Role: "district_desk", Area: "330108"})
	me := o.resident("13800000001")
	o.resident("13800000002")
	d := o.enter(desk)
	d.follow(d.post("/binjiang/desk/households", url.Values{"area": {xixingFirst}, "phone": {"13800000001"}, "_key": {"h1"}})).sound(t).has(t, "家庭已建立", "居*", "138****0001", "户主")
	d.post("/binjiang/desk/households", url.Values{"area": {xixingFirst}, "phone": {"<em>"}, "_key": {"h2"}}).sound(t).has(t, "手机号")
	home, err := o.app.MyHousehold(context.Background(), me)
	o.ok(err)
	at := "/binjiang/desk/households/" + itoa(home.ID)
	d.follow(d.post(at+"/join", url.Values{"join" + itoa(home.ID): {"13800000002"}, "_key": {"h3"}})).sound(t).has(t, "设为户主", "移出")
	d.post(at+"/leave", url.Values{"person": {itoa(int64(me.Person))}, "_key": {"h4"}}).sound(t).has(t, "先把户主改为其他成员")
	d.post("/binjiang/desk/residents/look", url.Values{"find": {"13800000002"}}).sound(t).has(t, "居*", "登记为志愿者", "登记去世或迁出")
	d.post("/binjiang/desk/residents/look", url.Values{"find": {"13800000099"}}).sound(t).has(t, "还没有登记")
	d.post("/binjiang/desk/residents/mark", url.Values{"phone": {"13800000002"}, "kind": {"volunteer"}, "on": {"1"}, "_key": {"h5"}}).sound(t).has(t, "取消登记为志愿者")
	d.post("/binjiang/desk/residents/left", url.Values{"phone": {"13800000002"}, "why": {"moved"}, "reason": {"迁出<em>证明"}, "_key": {"h6"}}).sound(t).has(t, "已迁出本区", "恢复")
	o.enter(me).get("/binjiang/awards").sound(t).has(t, "我的家庭", "（户主）")

	file := book(t, []any{"积分事项", "手机号", "日期", "数量", "说明"}, []any{"家庭参加社区环境整治", "13800000001", "2026-03-01", 2, "<em>"}, []any{"<em>", "13800000001", "2026-03-01", 1, ""})
	sent := d.with("/binjiang/desk/lists", "file", "<em>.xlsx", file, url.Values{"area": {xixingFirst}, "_key": {"l1"}})
	d.follow(sent).sound(t).has(t, "导入正确的 1 行", "第 3 行", "积分规则中没有", "居*（家庭）")
	list := sent.header.Get("Location")
	if a := d.get(list + "/errors.xlsx"); a.code != http.StatusOK || !bytes.HasPrefix(a.body, []byte("PK")) {
		t.Errorf("the file with its mistakes: %d", a.code)
	}
	if a := d.get("/binjiang/desk/lists/template.xlsx"); a.code != http.StatusOK {
		t.Errorf("the template: %d", a.code)
	}
	d.follow(d.post(list+"/apply", url.Values{"lines": {"1"}, "_key": {"l2"}})).sound(t).has(t, "导入 1 条，共 10 分，未导入 1 条", "待复核")
	s := o.enter(street)
	s.get("/binjiang/desk/lists").sound(t).has(t, "<em>.xlsx")
	s.follow(s.post(list+"/approve", url.Values{"decision": {"approve"}, "_key": {"l3"}})).sound(t).has(t, "已办理 1 条", "公示中")
	d.follow(d.post(list+"/undo", url.Values{"note": {"名单<em>有误"}, "_key": {"l4"}})).sound(t).has(t, "已撤回：1 条", "名单<em>有误")

	rules := o.enter(district)
	rules.get("/binjiang/admin/points").sound(t).has(t, "第 1 版", "生效中")
	rules.get("/binjiang/admin/points/1").sound(t).has(t, "参加卫生整治", "每天最多 1 次")
	text, err := os.ReadFile("../../packs/common/points.yaml")
	o.ok(err)
	changed := strings.Replace(string(text), "    points: 10\n", "    points: 12\n", 1)
	rules.with("/binjiang/admin/points", "file", "points.yaml", []byte(strings.Replace(changed, "street_desk@street", "<em>@street", 1)), url.Values{"_key": {"x0"}}).sound(t).has(t, "points.yaml:")
	rules.follow(rules.with("/binjiang/admin/points", "file", "points.yaml", []byte(changed), url.Values{"_key": {"x1"}})).sound(t).has(t, "草稿", "10 分", "12 分", "参加卫生整治")
	rules.follow(rules.post("/binjiang/admin/points/2/publish", url.Values{"_key": {"x2"}})).sound(t).has(t, "第 2 版", "已冻结")
	z, err := o.app.Zone(context.Background(), binjiang)
	o.ok(err)
	if r, _ := z.PointRule("env-cleanup"); r.Value != (points.Value{Each: 12}) {
		t.Errorf("in force: %+v", r.Value)
	}
	if a := o.enter(desk).get("/binjiang/admin/points"); a.code != http.StatusForbidden {
		t.Errorf("a community's desk at the rules: %d", a.code)
	}
}
