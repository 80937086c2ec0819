package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/browser"
	"gezhi/internal/casework"
)

// projectBureau is a bureau with a project office, the units it works with and a leader.
func projectBureau(t *testing.T) *bureau {
	o := newBureau(t)
	for login, d := range map[string]casework.Duty{
		"office": {Role: "office", Area: "330108"}, "industry": {Role: "officer", Unit: "industry"}, "planning": {Role: "officer", Unit: "planning"},
		"leader": {Role: "leader", Area: "330108"},
	} {
		o.people[login] = o.hire(login, d)
	}
	return o
}

func TestAProjectInABrowser(t *testing.T) {
	b := browser.Start(t)
	o := projectBureau(t)
	enter := func(p *browser.Page, login string) *browser.Page {
		p.Goto(o.server.URL + "/")
		p.Click(login)
		return p
	}
	look := func(p *browser.Page, name string) {
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot(name)
	}
	office := enter(b.Desktop(t), "office")
	office.Goto(o.server.URL + "/binjiang/file/project?start=register")
	office.Fill("category", "KEY")
	office.Fill("title", "生物医药产业园（演示）")
	office.Fill("field.invest", "120000000")
	office.Fill("field.start_due", "2026-01-15")
	look(office, "project-form")
	office.Click("form[action$='/file/project'] button[type=submit]")
	office.WaitText("已登记")
	work(office, "begin", "开始完善五个一")
	doc := func(field string) []string { return []string{"field." + field + "_doc", "演示〔2026〕1 号"} }
	work(office, "name_leader", "明确包抓领导", append(doc("leader"), "field.leader", "副区长（演示）")...)
	work(office, "name_unit", "明确责任部门", append(doc("unit"), "field.unit", "industry", "field.unit_owner", "局长（演示）")...)
	work(office, "name_team", "组建工作班子", append(doc("team"), "field.team", "经信、资规、街道", "field.team_owner", "班长（演示）")...)
	work(office, "name_scheme", "制定推进方案", append(doc("scheme"), "field.scheme", "推进方案", "field.scheme_owner", "经信局（演示）")...)
	office.WaitText("现在不能“列入在推”：还缺“考核办法”、“考核办法责任人”、“考核办法的文件”。")
	look(office, "project-four-elements")
	work(office, "name_review", "制定考核办法", append(doc("review"), "field.review", "考核办法", "field.review_owner", "考核办（演示）")...)
	work(office, "set_plan", "下达年度计划", "field.year", "2026", "field.year_plan", "12000000")
	work(office, "admit", "列入在推")
	office.WaitText("在推", "黄灯")

	unit := enter(b.Phone(t), "industry")
	unit.Goto(o.server.URL + "/binjiang/desk")
	unit.Click("生物医药产业园（演示）")
	months := []string{"input[name='field.started'][value=yes]", "", "input[name='field.entered'][value=yes]", "", "input[name='field.funds'][value=ok]", ""}
	for range 200 { // the chart is drawn once its script has come, and moves what is below it
		if unit.Count("canvas") > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	work(unit, "report", "报送月度完成", append(months, "field.month", "2026-01", "field.actual", "1000000")...)
	work(unit, "report", "报送月度完成", append(months, "field.month", "2026-02", "field.actual", "0")...)
	unit.WaitText("绿灯", "按计划推进")
	look(unit, "project-green-phone")
	o.Pass(95 * 24 * time.Hour)
	unit.Allow(http.StatusUnprocessableEntity)
	unit.Reload()
	unit.WaitText("红灯", "落后序时进度超过 30 个百分点", "督办函")
	work(unit, "raise", "提出问题", "field.issue", "地块尚未完成出让", "field.issue_kind", "land", "field.issue_unit", "planning")

	other := enter(b.Desktop(t), "planning")
	other.Goto(o.server.URL + "/binjiang/desk")
	other.Click("生物医药产业园（演示）")
	other.WaitText("地块尚未完成出让", "待签收")
	work(other, "sign", "签收")
	work(other, "answer", "答复", "field.answer", "已挂牌，6 月底前摘牌")
	look(other, "project-issue")
	office.Goto(o.server.URL + "/binjiang/desk/cases?procedure=project-issue")
	office.Click("生物医药产业园（演示）")
	work(office, "accept", "验收销号")
	office.WaitText("已解决")

	leader := enter(b.Desktop(t), "leader")
	leader.Goto(o.server.URL + "/binjiang/desk/progress/project")
	leader.WaitText("生物医药产业园（演示）", "红灯", "副区长（演示）", "经济和信息化局")
	look(leader, "project-list")
	leader.Click("生物医药产业园（演示）")
	leader.WaitText("亮灯与进度", "逐月数字", "已解决")
	look(leader, "project-page")
	phone := enter(b.Phone(t), "leader")
	phone.Goto(o.server.URL + "/binjiang/desk/progress/project")
	look(phone, "project-list-phone")
	phone.Goto(o.server.URL + "/binjiang/desk/progress/project/rules")
	phone.WaitText("银川规则", "三亚规则", "武汉规则")
	look(phone, "project-rules-phone")
}

func TestALeadIsEnteredOnceAndTheFunnelCountsIt(t *testing.T) {
	b := browser.Start(t)
	o := projectBureau(t)
	page := b.Desktop(t)
	page.Goto(o.server.URL + "/")
	page.Click("office")
	fill := func() {
		page.Goto(o.server.URL + "/binjiang/file/investment?start=record")
		page.Fill("source", "unit")
		page.Fill("category", "H")
		page.Fill("title", "示例项目甲")
		page.Fill("field.investor", "示例投资公司")
		page.Fill("field.investor_code", "91330108MA27Y5XH5G")
		page.Fill("field.invest", "250000000")
		page.Fill("field.unit", "industry")
	}
	page.Allow(http.StatusUnprocessableEntity)
	fill()
	page.Click("form[action$='/file/investment'] button[type=submit]")
	page.WaitText("已登记")
	fill()
	page.WaitText("只确认一次") // before it is sent
	page.Screenshot("investment-same")
	page.Click("form[action$='/file/investment'] button[type=submit]")
	page.WaitText("请改正后再提交", "不能重复登记")
	if page.Count("input[name=title][value='示例项目甲']") != 1 {
		t.Error("the title did not come back")
	}
	page.NoHorizontalScroll()
	page.Axe()
	page.Goto(o.server.URL + "/binjiang/desk/funnel/investment")
	page.WaitText("引进亿元以上项目", "年度目标 25 个", "2.5 亿元")
	page.NoHorizontalScroll()
	page.Axe()
	page.Screenshot("investment-funnel")
	phone := b.Phone(t)
	phone.Goto(o.server.URL + "/")
	phone.Click("leader")
	phone.Goto(o.server.URL + "/binjiang/desk/funnel/listing")
	phone.WaitText("新增上市企业", "年度目标 6 个")
	phone.NoHorizontalScroll()
	phone.Axe()
	phone.Screenshot("listing-funnel-phone")
}

// admitted is a project in the hands of its unit, with a plan for the year of 12 million yuan.
func (o *bureau) admitted(title string) casework.Case {
	o.t.Helper()
	ctx := context.Background()
	move := func(id casework.ID, name string, fields map[string]string) {
		_, err := o.app.Move(ctx, o.viewer("office"), id, casework.Command{Move: name, Fields: fields}, name+title)
		o.ok(err)
	}
	filed, err := o.app.File(ctx, o.viewer("office"), app.Filing{Key: "project-key-" + title, Procedure: "project", Start: "register", Category: "KEY", Title: title})
	o.ok(err)
	id := filed.Case.ID
	move(id, "begin", nil)
	for name, fields := range map[string]map[string]string{
		"name_leader": {"leader": "甲"}, "name_unit": {"unit": "industry", "unit_owner": "乙"}, "name_team": {"team": "丙", "team_owner": "丁"},
		"name_scheme": {"scheme": "戊", "scheme_owner": "己"}, "name_review": {"review": "庚", "review_owner": "辛"},
	} {
		fields[strings.TrimPrefix(name, "name_")+"_doc"] = "演示 1 号"
		move(id, name, fields)
	}
	move(id, "set_plan", map[string]string{"year": "2026", "year_plan": "1200000000"})
	move(id, "admit", nil)
	return filed.Case
}

func TestMonthlyFiguresAreImportedRowByRow(t *testing.T) {
	o := projectBureau(t)
	ctx := t.Context()
	filed := o.admitted("演示项目")
	id := filed.ID
	csv := "项目编号或名称,月份,当月计划（万元）,当月完成（万元）,是否已开工,是否已入库,资金是否低于要求,说明\n" +
		"演示项目,2026-01,,100,是,是,否,\n" +
		filed.Number + ",2026年2月,150,120.5,是,是,否,<em>春节</em>\n" +
		"没有的项目,2026-01,,1,是,是,否,\n" +
		"演示项目,2026-13,,1,是,是,否,\n" +
		"演示项目,2026-02,,1.1234567,是,是,否,\n" +
		"演示项目,2026-05,,1,是,是,否,\n" +
		"演示项目,2026-01,,-1,是,是,否,\n"
	unit := o.as("industry")
	to := unit.send("/binjiang/desk/progress/project/import", "月度.csv", []byte(csv), nil).to
	check := unit.get(to)
	for _, want := range []string{"导入正确的 2 行", "没有这个在册项目", "月份应写成", "最多六位小数", "还没有到这个月"} {
		if !strings.Contains(check.body, want) {
			t.Errorf("the check does not say %q", want)
		}
	}
	if strings.Contains(o.as("planning").get(to).body, "演示项目") {
		t.Error("somebody else reads the list")
	}
	unit.post(to+"/apply", url.Values{"lines": {"2"}, "_key": {"apply-key-1"}})
	p, err := o.app.CasePage(ctx, o.viewer("industry"), id)
	o.ok(err)
	if f := p.Progress.Figures; f.Actual != 220_500_000 || f.Plan != 250_000_000 {
		t.Errorf("after the import: %+v", f)
	}
	if page := unit.get("/binjiang/case/" + itoa(int64(id))); strings.Contains(page.body, "<em>春节") || !strings.Contains(page.body, "&lt;em&gt;春节") {
		t.Error("the note is not shown as it was typed")
	}
	file := o.as("leader").get("/binjiang/desk/progress/project/export.xlsx")
	if text := unzipped(file.body); !strings.Contains(text, "演示项目") || !strings.Contains(text, "220.50") {
		t.Error("the file lacks the project or its figures")
	}
}
