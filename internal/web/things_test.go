package web_test

import (
	"net/http"
	"testing"

	"gezhi/internal/browser"
	"gezhi/internal/casework"
)

// thingBureau is a bureau with a one-stop window and the departments that a restaurant needs.
func thingBureau(t *testing.T) *bureau {
	o := newBureau(t)
	for login, d := range map[string]casework.Duty{
		"window": {Role: "window", Area: "330108"}, "market": {Role: "officer", Unit: "market"}, "approval": {Role: "officer", Unit: "approval"},
		"fire": {Role: "officer", Unit: "fire"}, "housing": {Role: "officer", Unit: "housing"},
	} {
		o.people[login] = o.hire(login, d)
	}
	return o
}

// TestOneThingInABrowser goes from the questions of a theme to the joint result and the rating: two departments ask for
// something, the applicant is asked once and answers once.
func TestOneThingInABrowser(t *testing.T) {
	b := browser.Start(t)
	o := thingBureau(t)
	o.people["resident"] = o.report("r1", "楼下有垃圾").Reporter
	phone := b.Phone(t)
	phone.Goto(o.server.URL + "/binjiang/things")
	phone.WaitText("开办餐饮店（示例）", "新生儿出生（示例）", "示例主题")
	phone.NoHorizontalScroll()
	phone.Axe()
	phone.Screenshot("things")
	phone.Click("开办餐饮店（示例）")
	phone.Allow(http.StatusUnprocessableEntity)
	phone.Click("input[name='q.licence'][value=have]")
	phone.Click("看要办什么、带什么")
	phone.WaitText("请改正后再提交", "请回答“营业场所的建筑面积有多大？”")
	phone.Screenshot("thing-questions")
	for _, q := range []string{"size=large", "sign=no", "cold=no", "home=rent"} {
		for i := range q {
			if q[i] == '=' {
				phone.Click("input[name='q." + q[:i] + "'][value='" + q[i+1:] + "']")
			}
		}
	}
	phone.Click("看要办什么、带什么")
	phone.WaitText("需要提交 6 份", "租赁合同", "总时限 5 个工作日", "四减对比", "关键路径")
	phone.WaitNoText("招牌效果图", "不动产权证书")
	phone.NoHorizontalScroll()
	phone.Axe()
	phone.Screenshot("thing-notice")
	notice := phone.Path()
	desk := b.Desktop(t)
	desk.Goto(o.server.URL + notice)
	desk.NoHorizontalScroll()
	desk.Axe()
	desk.Screenshot("thing-notice-desktop")

	phone.Goto(o.server.URL + "/")
	phone.Click("resident")
	phone.Goto(o.server.URL + notice)
	phone.Click("去申请")
	phone.Fill("field.applicant", "格治小馆")
	phone.Fill("field.size", "很大")
	phone.Click("提交申请")
	phone.WaitText("请填写整数", "请填写“经营场所地址”")
	phone.Screenshot("thing-form-wrong")
	phone.Fill("field.premises", "西兴路 1 号")
	phone.Fill("field.size", "320")
	phone.Fill("field.staff", "8")
	phone.Click("input[name='field.handed'][value=lease]")
	phone.NoHorizontalScroll()
	phone.Axe()
	phone.Click("提交申请")
	phone.WaitText("已提交，编号", "待受理", "已提交", "未提交")
	phone.NoHorizontalScroll()
	phone.Axe()
	phone.Screenshot("thing-case")
	address := phone.Path()

	enter := func(login string) *browser.Page {
		p := b.Desktop(t)
		p.Goto(o.server.URL + "/")
		p.Click(login)
		return p
	}
	window := enter("window")
	window.Goto(o.server.URL + address)
	window.WaitText("情形和材料")
	work(window, "accept", "受理并分发", "input[name='field.handed'][value=layout]", "")
	window.WaitText("并联审批中", "审查中")
	window.NoHorizontalScroll()
	window.Axe()
	window.Screenshot("thing-window")
	part := func(login, item string) *browser.Page {
		p := enter(login)
		p.Goto(o.server.URL + "/binjiang/desk")
		p.Click(item)
		return p
	}
	food, fire, drain := part("approval", "食品经营许可"), part("fire", "公众聚集场所"), part("housing", "污水排入")
	food.WaitText("租赁合同", "已提交", "法定时限")
	food.WaitNoText("灭火和应急疏散预案")
	work(food, "ask", "提出补正", "field.missing", "健康证明缺 2 人")
	work(fire, "ask", "提出补正", "field.missing", "缺应急疏散预案")
	window.Goto(o.server.URL + address)
	window.WaitText("并联审批中")
	work(drain, "complete", "材料齐全")
	food.NoHorizontalScroll()
	food.Axe()
	food.Screenshot("thing-item")

	phone.Goto(o.server.URL + address)
	phone.WaitText("待合并补正", "食品经营许可：健康证明缺 2 人", "消防安全检查：缺应急疏散预案")
	phone.NoHorizontalScroll()
	phone.Axe()
	phone.Screenshot("thing-asked")
	work(phone, "supply", "一次补齐", "field.supplied", "两样都补了", "input[name='field.handed'][value=health]", "", "input[name='field.handed'][value=plan]", "")
	for name, p := range map[string]*browser.Page{"approval": food, "fire": fire, "housing": drain} {
		p.Reload()
		if name == "approval" {
			work(p, "grant", "准予许可", "field.number", "JY-示例-001")
		} else {
			work(p, "grant", "准予许可", "field.number", "示例-002")
		}
	}
	window.Goto(o.server.URL + address)
	window.WaitText("待合并出证")
	work(window, "issue", "合并出证并送达", "input[name='field.delivery'][value=digital]", "")
	phone.Goto(o.server.URL + address)
	phone.WaitText("已办结，待评价")
	work(phone, "rate", "评价", "input[name='field.rating'][value='5']", "")
	phone.WaitText("已归档", "非常满意")
	phone.NoHorizontalScroll()
	phone.Axe()
	phone.Screenshot("thing-rated")
}
