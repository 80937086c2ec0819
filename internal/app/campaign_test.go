package app_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/store"
)

// tasks is a list as offices write it: the four columns of a plan, and rows that are wrong.
const tasks = `任务描述,牵头单位,责任单位,完成时限
示例任务一：公开惠企政策清单,市场监督管理局,行政审批局、财政局,2026年6月底前
示例任务二：畅通企业诉求渠道,行政审批局,数据管理局,长期坚持
示例任务三：压缩办理时限,没有这个局,财政局,2026-05-31
,行政审批局,财政局,2026-05-31
示例任务四：落实要素保障,发展和改革局,财政局,三十月底
`

func TestACampaignFromASpreadsheetToClosingLookingBackAndRelapse(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w, ctx := newComplaintWorld(base), context.Background()
		office := w.Staff("bgs", "办公室一号", casework.Duty{Role: "office", Area: "330108"})
		approval := w.Staff("sp", "审批经办", casework.Duty{Role: "officer", Unit: "approval"})
		if _, err := w.App.KeepCases(ctx, office, "campaign-task", "", "", "任务.csv", []byte(tasks)); fault.Fields(err)[0].Field != "category" {
			t.Errorf("neither the file nor the form says of what kind: %v", err)
		}
		if _, err := w.App.KeepCases(ctx, w.officer, "campaign-task", "", "P1", "任务.csv", []byte(tasks)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("an officer brings the office's list: %v", err)
		}
		id, err := w.App.KeepCases(ctx, office, "campaign-task", "", "P4", "任务.csv", []byte(tasks))
		w.OK(err)
		check, err := w.App.CheckCases(ctx, office, id)
		w.OK(err)
		said := fmt.Sprint(check.Problems.Texts(lang.ZH))
		if len(check.Lines) != 2 || fmt.Sprint(check.Rows) != "[4 5 6]" || !strings.Contains(said, "没有单位“没有这个局”") || !strings.Contains(said, "三十月底") {
			t.Fatalf("%d right, %v wrong: %s", len(check.Lines), check.Rows, said)
		}
		if _, err := w.App.ApplyCases(ctx, office, id, 5, "a0"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("another number than the check showed: %v", err)
		}
		_, err = w.App.ApplyCases(ctx, office, id, 2, "a1")
		w.OK(err)
		list, err := w.App.WorkCases(ctx, office, store.CaseFilter{Procedure: "campaign-task"})
		w.OK(err)
		if len(list) != 2 || list[1].Fields["units"] != "approval,finance" || list[1].Fields["deadline"] != "2026-06-30" || list[0].Fields["deadline"] != "" {
			t.Fatalf("imported %+v", list)
		}
		dated, lasting := list[1].ID, list[0].ID
		w.do(w.officer, dated, casework.Command{Move: "break_down", Fields: fields("measures", "一、编清单；二、公开。")})
		p, err := w.App.CasePage(ctx, office, dated)
		w.OK(err)
		if due := p.Due.Format("2006-01-02 15:04"); p.Case.Stage != "working" || due != "2026-07-01 00:00" {
			t.Errorf("at %s, due %s", p.Case.Stage, due)
		}
		w.do(approval, lasting, casework.Command{Move: "break_down", Fields: fields("measures", "设热线、设窗口。")})
		if p, _ = w.App.CasePage(ctx, office, lasting); p.Case.Stage != "lasting" {
			t.Errorf("a task without a deadline is at %s", p.Case.Stage)
		}
		if _, err := w.App.Move(ctx, approval, lasting, casework.Command{Move: "ask_close", Fields: fields("proof", "x")}, "l0"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a lasting task asks to be closed: %v", err)
		}
		w.do(office, lasting, casework.Command{Move: "evaluate", Fields: fields("grade", "good", "opinion", "年度评估")})
		w.closeTask(office, dated)
		w.refusedTooLate(office)
		w.Pass(93 * 24 * time.Hour)
		_, err = w.App.Tick(ctx, apptest.Zone)
		w.OK(err)
		if p, _ = w.App.CasePage(ctx, office, dated); p.Case.Stage != "looking" || p.Case.Open() {
			t.Fatalf("three months after closing it is at %s", p.Case.Stage)
		}
		w.do(office, dated, casework.Command{Move: "relapsed", Reason: "back", Fields: fields("seen", "清单没有更新", "deadline", "2026-12-31")})
		if p, _ = w.App.CasePage(ctx, office, dated); p.Case.Counts["relapsed"] != 1 || !p.Case.Open() || p.Due.Format(time.DateOnly) != "2027-01-01" {
			t.Errorf("after the relapse: %+v, due %v", p.Case.Counts, p.Due)
		}
		done, err := w.App.UndoCases(ctx, office, id, "导入错了批次", "u1")
		w.OK(err)
		if done.Done != 0 || done.Skipped != 2 {
			t.Errorf("cases that had been worked on were taken back: %+v", done)
		}
		fresh, err := w.App.KeepCases(ctx, office, "campaign-task", "", "P4", "任务.csv", []byte(tasks))
		w.OK(err)
		_, err = w.App.ApplyCases(ctx, office, fresh, 2, "a2")
		w.OK(err)
		if done, err = w.App.UndoCases(ctx, office, fresh, "导入错了批次", "u2"); err != nil || done.Done != 2 {
			t.Errorf("taken back: %+v %v", done, err)
		}
		w.sound()
	})
}

// refusedTooLate asks for more time after the deadline: that is refused, and the page says so beforehand.
func (w *complaintWorld) refusedTooLate(office app.Viewer) {
	w.T.Helper()
	ctx := context.Background()
	filed, err := w.App.File(ctx, office, app.Filing{Key: "form-key-too-late-1", Procedure: "campaign-task", Start: "add", Category: "P3", Title: "示例任务五",
		Fields: fields("lead", "market", "units", "finance", "deadline", w.Now().AddDate(0, 0, 3).Format(time.DateOnly))})
	w.OK(err)
	id := filed.Case.ID
	w.do(w.officer, id, casework.Command{Move: "break_down", Fields: fields("measures", "逐项压缩")})
	ask := casework.Command{Move: "ask_time", Fields: fields("extra", "5natural_day!", "why", "系统改造未完")}
	says := func(want bool) {
		w.T.Helper()
		p, err := w.App.CasePage(ctx, w.officer, id)
		w.OK(err)
		said := slices.ContainsFunc(p.Lacking, func(r casework.Refusal) bool {
			return r.Move == "ask_time" && strings.Contains(r.Why.Error(), "the limit has passed")
		})
		if said != want {
			w.T.Errorf("the page says %+v", p.Lacking)
		}
	}
	says(false)
	w.Pass(5 * 24 * time.Hour)
	says(true)
	if _, err := w.App.Move(ctx, w.officer, id, ask, "late"); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "the limit has passed") {
		w.T.Errorf("asked for more time after the deadline: %v", err)
	}
	w.do(office, id, casework.Command{Move: "drop", Note: "示例"})
}

// closeTask takes a task from its measures to being closed, once sent back.
func (w *complaintWorld) closeTask(office app.Viewer, id casework.ID) {
	w.T.Helper()
	photo := w.Photo(w.officer)
	ask := casework.Command{Move: "ask_close", Fields: fields("proof", "清单已公开，文号示例〔2026〕1号"), Photos: []string{photo}}
	w.do(w.officer, id, casework.Command{Move: "report", Fields: fields("month", "2026年3月", "progress", "清单初稿完成", "percent", "40")})
	w.do(w.officer, id, ask)
	w.do(w.head, id, casework.Command{Move: "lead_back", Reason: "no_proof", Note: "请补公开网址"})
	ask.Photos = []string{w.Photo(w.officer)}
	w.do(w.officer, id, ask)
	w.do(w.head, id, casework.Command{Move: "lead_pass", Fields: fields("opinion", "同意")})
	w.do(office, id, casework.Command{Move: "office_pass", Fields: fields("opinion", "同意")})
	sign := casework.Command{Move: "close", Fields: fields("opinion", "同意销号")}
	if _, err := w.App.Move(context.Background(), office, id, sign, "own"); fault.KindOf(err) != fault.Forbidden {
		w.T.Errorf("whoever checked it closes it as well: %v", err)
	}
	p, err := w.App.CasePage(context.Background(), office, id)
	w.OK(err)
	if len(p.Lacking) != 1 || p.Lacking[0].Move != "close" || !strings.Contains(p.Lacking[0].Why.Error(), "“Agree”") {
		w.T.Errorf("the page does not say why it is somebody else's to close: %+v", p.Lacking)
	}
	w.do(w.Staff("bgs2", "办公室二号", casework.Duty{Role: "office", Area: "330108"}), id, sign)
}
