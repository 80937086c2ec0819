package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/store"
	"gezhi/internal/target"
)

// projectWorld is a district with a project office, a unit in charge, another unit and a leader.
type projectWorld struct {
	*apptest.World
	office, officer, other, leader app.Viewer
	n                              int
}

func newProjectWorld(w *apptest.World) *projectWorld {
	return &projectWorld{World: w,
		office:  w.Staff("xmb", "项办一号", casework.Duty{Role: "office", Area: "330108"}),
		officer: w.Staff("zrbm", "责任一号", casework.Duty{Role: "officer", Unit: "industry"}),
		other:   w.Staff("zy", "资源一号", casework.Duty{Role: "officer", Unit: "planning"}),
		leader:  w.Staff("ld", "领导一号", casework.Duty{Role: "leader", Area: "330108"})}
}

func (w *projectWorld) try(v app.Viewer, id casework.ID, move string, cmd casework.Command) error {
	w.n++
	cmd.Move = move
	_, err := w.App.Move(context.Background(), v, id, cmd, fmt.Sprint("p", w.n))
	return err
}

func (w *projectWorld) do(v app.Viewer, id casework.ID, move string, pairs ...string) {
	w.T.Helper()
	cmd := casework.Command{Fields: fields(pairs...)}
	if cmd.Note = cmd.Fields["note"]; cmd.Note != "" {
		delete(cmd.Fields, "note")
	}
	if err := w.try(v, id, move, cmd); err != nil {
		w.T.Fatalf("%s: %v %v", move, err, fault.Fields(err))
	}
}

func (w *projectWorld) register(category, title string, pairs ...string) casework.ID {
	w.T.Helper()
	w.n++
	out, err := w.App.File(context.Background(), w.office, app.Filing{Key: fmt.Sprintf("project-key-%08d", w.n), Procedure: "project", Start: "register",
		Category: category, Title: title, Fields: fields(pairs...)})
	w.OK(err)
	w.do(w.office, out.Case.ID, "begin")
	return out.Case.ID
}

// elements completes the five of them, or all but one.
func (w *projectWorld) elements(id casework.ID, without string) {
	w.T.Helper()
	for _, e := range [][]string{
		{"name_leader", "leader", "副区长（演示）", "leader_doc", "演示〔2026〕1 号"},
		{"name_unit", "unit", "industry", "unit_owner", "经信局局长（演示）", "unit_doc", "演示〔2026〕2 号"},
		{"name_team", "team", "经信、资规、属地街道", "team_owner", "班长（演示）", "team_doc", "演示〔2026〕3 号"},
		{"name_scheme", "scheme", "推进方案", "scheme_owner", "经信局（演示）", "scheme_doc", "演示〔2026〕4 号"},
		{"name_review", "review", "考核办法", "review_owner", "考核办（演示）", "review_doc", "演示〔2026〕5 号"},
	} {
		if e[0] != without {
			w.do(w.office, id, e[0], e[1:]...)
		}
	}
}

func (w *projectWorld) report(id casework.ID, month, actual string, more ...string) {
	w.T.Helper()
	all := fields("month", month, "actual", actual, "started", "yes", "entered", "yes", "funds", "ok")
	for k, v := range fields(more...) {
		all[k] = v
	}
	if err := w.try(w.officer, id, "report", casework.Command{Fields: all}); err != nil {
		w.T.Fatalf("report %s: %v %v", month, err, fault.Fields(err))
	}
}

func (w *projectWorld) light(id casework.ID) app.Standing {
	w.T.Helper()
	p, err := w.App.CasePage(context.Background(), w.leader, id)
	w.OK(err)
	return p.Progress.Standing
}

func TestAProjectNeedsAllFiveElementsAndStandsUnderALight(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w, ctx := newProjectWorld(base), context.Background()
		id := w.register("KEY", "演示项目")
		w.elements(id, "name_review")
		err := w.try(w.office, id, "admit", casework.Command{})
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "考核办法") && !strings.Contains(fmt.Sprint(fault.Fields(err)[0].ZH), "“考核办法”、“考核办法责任人”、“考核办法的文件”") {
			t.Fatalf("four elements: %v", err)
		}
		if zh := fault.Fields(err)[0].ZH; strings.Contains(zh, "领导") || strings.Contains(zh, "责任部门") {
			t.Errorf("what is there is named too: %s", zh)
		}
		p, err := w.App.CasePage(ctx, w.office, id)
		w.OK(err)
		if len(p.Lacking) != 1 || p.Lacking[0].Move != "admit" {
			t.Errorf("the page says %+v", p.Lacking)
		}
		w.do(w.office, id, "name_review", "review", "考核办法", "review_owner", "考核办（演示）", "review_doc", "演示〔2026〕5 号")
		w.do(w.office, id, "set_plan", "year", "2026", "year_plan", "1200000000")
		w.do(w.office, id, "admit")
		if s := w.light(id); s.Light != target.Yellow || s.Figures.Plan != 200000000 || s.Figures.Month != 202602 {
			t.Errorf("nothing done by February: %+v", s)
		}
		w.report(id, "2026-01", "100000000")
		w.report(id, "2026-02", "100000000")
		if s := w.light(id); s.Light != target.Green {
			t.Errorf("by the plan: %+v", s)
		}
		if err := w.try(w.officer, id, "report", casework.Command{Fields: fields("month", "2026-04", "actual", "1", "started", "yes", "entered", "yes", "funds", "ok")}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a month to come: %v", err)
		}
		if err := w.try(w.other, id, "report", casework.Command{Fields: fields("month", "2026-02", "actual", "1", "started", "yes", "entered", "yes", "funds", "ok")}); err == nil {
			t.Error("another unit reports")
		}
		w.report(id, "2026-02", "0") // a correction: both stay, the newer counts
		if s := w.light(id); s.Figures.Actual != 100000000 || s.Light != target.Green {
			t.Errorf("corrected: %+v", s)
		}
		w.Pass(95 * 24 * time.Hour) // June
		if s := w.light(id); s.Light != target.Red || s.Figures.Month != 202605 || !strings.Contains(s.Why.ZH, "30 个百分点") {
			t.Errorf("three months without work: %+v", s)
		}
		list, err := w.App.Projects(ctx, w.leader, app.ProjectFilter{Procedure: "project"})
		w.OK(err)
		if len(list.Lines) != 1 || list.Counts[target.Red] != 1 || list.Lines[0].Unit.ZH != "经济和信息化局" {
			t.Errorf("the list: %+v", list)
		}
		w.appeal(id)
	})
}

// appeal has a light set by approval, for its month only.
func (w *projectWorld) appeal(id casework.ID) {
	w.T.Helper()
	t, ctx := w.T, context.Background()
	for _, move := range []string{"set_light"} {
		if err := w.try(w.leader, id, move, casework.Command{Note: "同意", Fields: fields("light", "green", "light_month", "2026-05", "light_doc", "演示〔2026〕9 号")}); err == nil {
			t.Error("a light was set though nobody objected")
		}
	}
	w.do(w.officer, id, "appeal", "note", "因上级调整供地计划")
	if err := w.try(w.leader, id, "set_light", casework.Command{Note: "同意", Fields: fields("light", "green", "light_month", "2026-05")}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without a document: %v", err)
	}
	if err := w.try(w.office, id, "set_light", casework.Command{Note: "同意", Fields: fields("light", "green", "light_month", "2026-05", "light_doc", "无")}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("by the office itself: %v", err)
	}
	w.do(w.leader, id, "set_light", "light", "green", "light_month", "2026-05", "light_doc", "演示〔2026〕9 号", "note", "同意")
	if s := w.light(id); s.Light != target.Green || s.Document != "演示〔2026〕9 号" || !strings.Contains(s.Why.ZH, "按规则为红灯") {
		t.Errorf("approved: %+v", s)
	}
	var found int
	w.OK(w.App.DB().View(ctx, apptest.Zone, func(r *store.Reader) error {
		list, err := r.AuditLog(store.AuditFilter{Action: "light.set"})
		found = len(list)
		return err
	}))
	if found != 1 {
		t.Errorf("%d entries in the audit log", found)
	}
	w.Pass(31 * 24 * time.Hour)
	if s := w.light(id); s.Light != target.Red || s.Document != "" {
		t.Errorf("the month after: %+v", s)
	}
}

func TestAnIssueOfAProjectIsACase(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w, ctx := newProjectWorld(base), context.Background()
		id := w.register("TRI", "三方共建平台（演示）")
		w.elements(id, "")
		w.do(w.office, id, "agree", "partners", "甲方\n乙方\n丙方", "agreement", "演示协议 2026-1", "agreed", "2026-02-01")
		w.do(w.office, id, "admit")
		w.do(w.officer, id, "raise", "issue", "地块尚未完成出让", "issue_kind", "land", "issue_unit", "planning")
		w.do(w.officer, id, "set_milestone", "milestone", "平台揭牌", "milestone_due", "2026-05-20", "milestone_unit", "industry")
		p, err := w.App.CasePage(ctx, w.office, id)
		w.OK(err)
		if len(p.Parts) != 2 {
			t.Fatalf("parts: %+v", p.Parts)
		}
		issue, milestone := p.Parts[0].Case, p.Parts[1].Case
		m, err := w.App.CasePage(ctx, w.office, milestone)
		w.OK(err)
		if day := m.Due.Format(time.DateOnly); day != "2026-05-20" && day != "2026-05-21" {
			t.Errorf("the milestone is due %s", m.Due)
		}
		w.do(w.other, issue, "sign")
		w.do(w.other, issue, "answer", "answer", "已挂牌，6 月摘牌")
		if err := w.try(w.other, issue, "accept", casework.Command{}); err == nil {
			t.Error("the unit accepts its own answer")
		}
		w.do(w.office, issue, "accept")
		p, err = w.App.CasePage(ctx, w.officer, id)
		w.OK(err)
		if p.Parts[0].Result != "solved" || p.Case.Stage != "active" {
			t.Errorf("the project knows %+v", p.Parts[0])
		}
		if err := w.try(w.office, id, "change_leader", casework.Command{Fields: fields("leader", "区委常委（演示）", "leader_doc", "演示〔2026〕6 号")}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("another leader without a reason: %v", err)
		}
		w.do(w.office, id, "change_leader", "leader", "区委常委（演示）", "leader_doc", "演示〔2026〕6 号", "note", "分工调整")
		p, err = w.App.CasePage(ctx, w.office, id)
		w.OK(err)
		if trace := fmt.Sprint(p.Events); !strings.Contains(trace, "副区长（演示）") || !strings.Contains(trace, "区委常委（演示）") || p.Case.Counts["leaders"] != 1 {
			t.Error("the change of the leader left no trace")
		}
	})
}

func TestARenewalAsksTheResidentsFirst(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w := newProjectWorld(base)
		id := w.register("RENEW", "片区微更新（演示）", "wishes", "停车难、路灯暗")
		w.elements(id, "")
		err := w.try(w.office, id, "admit_renewal", casework.Command{})
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Fields(err)[0].ZH, "“所在片区、园区”、“居民意见征集率（%）”、“方案公示”") {
			t.Fatalf("without consultation: %v", fault.Fields(err))
		}
		if err := w.try(w.office, id, "admit", casework.Command{}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("by the other way: %v", err)
		}
		if err := w.try(w.office, id, "consult", casework.Command{Fields: fields("consulted", "86", "shown_doc", "社区公告栏", "place", "nowhere")}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("an area there is none of: %v", err)
		}
		w.do(w.office, id, "consult", "consulted", "86", "shown_doc", "社区公告栏 2026-02-01 至 02-07", "place", "future-caihong")
		w.do(w.office, id, "admit_renewal")
		w.do(w.office, id, "accept_renewal", "satisfied", "92", "note", "验收合格")
	})
}
