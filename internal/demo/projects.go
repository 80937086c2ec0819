package demo

import (
	"fmt"
	"maps"
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/idcode"
)

// named are the projects that the public report on Yangling names. What it says of each is not known to this
// demonstration, so they are entered and nothing is made up about them.
var named = []string{"万达", "麦肯速度Ⅰ期", "绿地", "正华医药", "通洋包装", "瑞邦疫苗", "汉宝生物", "女娲药业"}

const namedText = "项目名称出自公开报道。报道给出的进展词有开业、主体封顶、达到预期、推进建设、办理规划建设审批手续，请由责任部门核对后填写；这里不虚构金额、人员和进度。"

// building plays projects and pipelines: made-up ones, each called a demonstration.
type building struct {
	*life
	n int
}

// build plans the projects and pipelines: they begin on the first morning, and report on the last.
func (l *life) build() error {
	b := &building{life: l}
	first, last := midnight(l.until).AddDate(0, 0, -l.days).Add(9*time.Hour), midnight(l.until).Add(9*time.Hour)
	if last.After(l.until) {
		last = l.until
	}
	l.agenda.plan(first, func() error {
		if err := b.projects(last); err != nil {
			return err
		}
		return b.pipelines()
	})
	return nil
}

// as is somebody who holds the duty.
func (b *building) as(role, unit string) (app.Viewer, error) {
	h := casework.Holder{Role: role, Unit: unit}
	if unit == "" {
		h.Area = b.code()
	}
	who := b.staff[h.Key()]
	if len(who) == 0 {
		return app.Viewer{}, fmt.Errorf("nobody is %s", h.Key())
	}
	return b.viewer(b.ctx, who[0])
}

// file begins a case at the office.
func (b *building) file(f app.Filing) (casework.ID, error) {
	v, err := b.as(app.RoleOffice, "")
	if err != nil {
		return 0, err
	}
	b.n++
	f.Key = fmt.Sprintf("demo-building-%08d", b.n)
	out, err := b.app.File(b.ctx, v, f)
	return out.Case.ID, err
}

// fields are pairs of name and value; what is called note is the note, reason the reason.
type fields map[string]string

func (b *building) do(v app.Viewer, id casework.ID, move string, f fields) error {
	b.n++
	cmd := casework.Command{Move: move, Note: f["note"], Reason: f["reason"], Fields: maps.Clone(f)}
	delete(cmd.Fields, "note")
	delete(cmd.Fields, "reason")
	if _, err := b.app.Move(b.ctx, v, id, cmd, fmt.Sprint("demo-building-", b.n)); err != nil {
		return fmt.Errorf("%s: %w", move, err)
	}
	return nil
}

// step is one move: by the office when unit is "", by the unit's officer otherwise.
type step struct {
	unit, move string
	f          fields
}

func (b *building) steps(id casework.ID, steps ...step) error {
	for _, s := range steps {
		role := app.RoleOffice
		if s.unit != "" {
			role = "officer"
		}
		v, err := b.as(role, s.unit)
		if err != nil {
			return err
		}
		if err := b.do(v, id, s.move, s.f); err != nil {
			return err
		}
	}
	return nil
}

const (
	demoDoc  = "演示〔2026〕%d 号（虚构）"
	demoUnit = "industry"
	monthly  = 100_000_000 // 分, planned for each month of a project
)

func (b *building) projects(last time.Time) error {
	if b.zone.Slug == "yangling" {
		for _, name := range named {
			if _, err := b.file(app.Filing{Procedure: "project", Start: "register", Category: "KEY", Title: name, Text: namedText}); err != nil {
				return err
			}
		}
	}
	for i, x := range []struct{ name, light string }{
		{"演示项目甲（虚构）", "green"}, {"演示项目乙（虚构）", "yellow"}, {"演示项目丙（虚构）", "red"}, {"演示项目丁（虚构）", "grey"},
	} {
		id, err := b.file(app.Filing{Procedure: "project", Start: "register", Category: "KEY", Title: x.name, Text: "演示数据：名称、金额、人员和文号均为虚构。", Fields: fields{"invest": "3600000000"}})
		if err != nil {
			return err
		}
		if err := b.steps(id, b.elements(i*5)...); err != nil {
			return err
		}
		b.agenda.plan(last, func() error { return b.months(id, x.light) })
	}
	id, err := b.file(app.Filing{Procedure: "project", Start: "register", Category: "TRI", Title: "三方共建平台（演示，虚构）", Text: "演示数据：各方、协议均为虚构。"})
	if err != nil {
		return err
	}
	return b.steps(id, step{"", "agree", fields{"partners": "甲方（演示）\n乙方（演示）\n丙方（演示）", "agreement": fmt.Sprintf(demoDoc, 90), "agreed": b.day(-30)}}, step{"", "begin", nil})
}

// elements are the steps that put a project under way.
func (b *building) elements(n int) []step {
	doc := func(i int) string { return fmt.Sprintf(demoDoc, n+i) }
	return []step{{"", "begin", nil},
		{"", "name_leader", fields{"leader": "区领导（虚构）", "leader_doc": doc(1)}},
		{"", "name_unit", fields{"unit": demoUnit, "unit_owner": "局长（虚构）", "unit_doc": doc(2)}},
		{"", "name_team", fields{"team": "责任部门、属地街道（镇）", "team_owner": "班长（虚构）", "team_doc": doc(3)}},
		{"", "name_scheme", fields{"scheme": "推进方案（演示）", "scheme_owner": "经办人（虚构）", "scheme_doc": doc(4)}},
		{"", "name_review", fields{"review": "考核办法（演示）", "review_owner": "考核办（虚构）", "review_doc": doc(5)}},
		{"", "set_plan", fields{"year": strconv.Itoa(b.lastMonth().Year()), "year_plan": strconv.Itoa(12 * monthly)}},
		{"", "admit", nil}}
}

// lastMonth is the first day of the month before the life's present.
func (b *building) lastMonth() time.Time {
	y, m, _ := b.until.In(calendar.Zone()).Date()
	return time.Date(y, m-1, 1, 0, 0, 0, 0, calendar.Zone())
}

// day is a date some days from now.
func (b *building) day(n int) string {
	return b.now().In(calendar.Zone()).AddDate(0, 0, n).Format(time.DateOnly)
}

// months report the year up to last month so that the light comes out as wanted under Yinchuan's rules: as planned,
// begun a month ago and not in the statistics, short of money, or suspended.
func (b *building) months(id casework.ID, light string) error {
	end := b.lastMonth()
	first := time.Date(end.Year(), 1, 1, 0, 0, 0, 0, calendar.Zone())
	if light == "yellow" {
		first = end.AddDate(0, -1, 0)
		if y := time.Date(end.Year(), 1, 1, 0, 0, 0, 0, calendar.Zone()); y.Before(first) {
			first = y
		}
	}
	for m := first; !m.After(end); m = m.AddDate(0, 1, 0) {
		f := fields{"month": m.Format("2006-01"), "actual": strconv.Itoa(monthly), "started": "yes", "entered": "yes", "funds": "ok", "state": "pushing"}
		if light == "yellow" {
			f["entered"] = "no"
			if m.Before(end.AddDate(0, -1, 0)) {
				f["started"] = "no"
			}
		}
		if light == "red" && m.Equal(end) {
			f["funds"] = "short"
		}
		if err := b.steps(id, step{demoUnit, "report", f}); err != nil {
			return err
		}
	}
	switch light {
	case "red":
		return b.steps(id, step{demoUnit, "raise", fields{"issue": "部分建设资金尚未落实（演示）", "issue_kind": "funds", "issue_unit": "finance"}},
			step{"", "remind", fields{"note": "请报时间表、路线图、责任人（演示）"}})
	case "grey":
		return b.steps(id, step{demoUnit, "suspend", fields{"reason": "season", "note": "冬季停工（演示）"}})
	}
	return nil
}

// pipelines enter some made-up leads and companies, each at another stage.
func (b *building) pipelines() error {
	lead := []step{{demoUnit, "respond", nil}, {demoUnit, "assess", fields{"finding": "符合产业方向（演示）"}}, {demoUnit, "reply", fields{"told": "已约定面谈（演示）"}},
		{"", "sign", fields{"contract": fmt.Sprintf(demoDoc, 100), "signed_on": b.day(0)}}, {demoUnit, "land", fields{"entity": "示例企业（虚构）"}},
		{demoUnit, "build", fields{"begun_on": b.day(0)}}, {"", "produce", fields{"produced_on": b.day(0)}}}
	for i, far := range []int{0, 1, 2, 3, 3, 3, 4, 4, 5, 6, 7} {
		id, err := b.file(app.Filing{Procedure: "investment", Start: "record", Source: "unit", Category: []string{"M", "D", "H", "S"}[i%4], Title: fmt.Sprintf("示例招商项目 %d（虚构）", i+1),
			Fields: fields{"investor": fmt.Sprintf("示例投资方 %d（虚构）", i+1), "investor_code": madeUpCode(i), "invest": strconv.Itoa((i%5 + 1) * 12_000_000_000), "unit": demoUnit}})
		if err == nil {
			err = b.steps(id, lead[:far]...)
		}
		if err == nil && i == 3 {
			err = b.steps(id, step{"", "lose", fields{"reason": "elsewhere", "note": "落户其他地区（演示）"}})
		}
		if err != nil {
			return err
		}
	}
	on := fields{"on": b.day(0), "document": fmt.Sprintf(demoDoc, 200)}
	with := func(more fields) fields { f := maps.Clone(on); maps.Copy(f, more); return f }
	list := []step{{demoUnit, "to_reform", on}, {demoUnit, "to_coaching", with(fields{"broker": "示例保荐机构（虚构）"})}, {demoUnit, "to_checked", on},
		{demoUnit, "to_accepted", with(fields{"board": "star"})}, {demoUnit, "to_asked", fields{"on": b.day(0)}}}
	for i, far := range []int{0, 0, 1, 2, 4, 5} {
		id, err := b.file(app.Filing{Procedure: "listing", Start: "enter", Title: fmt.Sprintf("示例企业 %d（虚构）", i+1), Fields: fields{"company_code": madeUpCode(100 + i), "unit": demoUnit}})
		if err == nil {
			err = b.steps(id, list[:far]...)
		}
		if err == nil && i == 5 {
			err = b.steps(id, step{demoUnit, "pause", fields{"reason": "data", "note": "财务资料过有效期（演示）"}})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// madeUpCode is a credit code whose check character is right and whose region, 000000, belongs to nobody.
func madeUpCode(n int) string { return idcode.CompleteUSCC(fmt.Sprintf("91000000MA%07d", n)) }
