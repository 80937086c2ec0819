package app_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/store"
)

// complaintWorld is a district with a complaints desk and one unit's officer and head.
type complaintWorld struct {
	*apptest.World
	desk, officer, head, leader app.Viewer
	n                           int
}

func newComplaintWorld(w *apptest.World) *complaintWorld {
	return &complaintWorld{World: w,
		desk:    w.Staff("sb", "诉办一号", casework.Duty{Role: "complaint_desk", Area: "330108"}),
		officer: w.Staff("jb", "经办一号", casework.Duty{Role: "officer", Unit: "market"}),
		head:    w.Staff("jz", "局长一号", casework.Duty{Role: "head", Unit: "market"}),
		leader:  w.Staff("ld", "领导一号", casework.Duty{Role: "leader", Area: "330108"})}
}

const secretPhone, secretName, secretWords = "13911112222", "欧阳投诉", "我是某某餐馆的老板，窗口说材料不全却不告诉缺什么"

func (w *complaintWorld) file(v app.Viewer, named string) app.Filed {
	w.T.Helper()
	w.n++
	f := app.Filing{Key: fmt.Sprintf("form-key-%016d", w.n), Procedure: "complaint", Start: "submit", Category: "A01", Text: secretWords,
		Fields: map[string]string{"named": named, "object": "市场监管局窗口", "wish": "一次告知缺什么"}}
	if named == "named" {
		f.Fields["person"], f.Fields["phone"] = secretName, secretPhone
	}
	out, err := w.App.File(context.Background(), v, f)
	w.OK(err)
	return out
}

// do makes a move and fails the test when it is refused.
func (w *complaintWorld) do(v app.Viewer, id casework.ID, cmd casework.Command) {
	w.T.Helper()
	w.n++
	if _, err := w.App.Move(context.Background(), v, id, cmd, fmt.Sprint("k", w.n)); err != nil {
		w.T.Fatalf("%s: %v", cmd.Move, err)
	}
}

func fields(pairs ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

// handled takes a complaint to the reporter's rating.
func (w *complaintWorld) handled(id casework.ID) {
	w.do(w.desk, id, casework.Command{Move: "accept"})
	w.do(w.desk, id, casework.Command{Move: "refer", Fields: fields("unit", "market", "handed", "有申请人反映窗口未一次性告知所缺材料，请核实。")})
	w.reported(id)
}

func (w *complaintWorld) reported(id casework.ID) {
	w.do(w.officer, id, casework.Command{Move: "sign"})
	w.do(w.officer, id, casework.Command{Move: "done", Fields: fields("outcome", "true", "report", "已核实，已书面告知并培训窗口人员。")})
	w.do(w.desk, id, casework.Command{Move: "approve"})
	w.do(w.desk, id, casework.Command{Move: "answer", Fields: fields("told", "已纠正，所缺材料清单已发送。")})
}

func TestAComplaintIsHandledWithoutTheUnitKnowingWhoComplained(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w, ctx := newComplaintWorld(base), context.Background()
		filed := w.file(app.Viewer{Zone: apptest.Zone}, "named")
		id := filed.Case.ID
		if len(filed.Code) != 19 || filed.Case.Text != "" || filed.Case.Title != "营商环境投诉举报：材料齐全仍不受理、拒不受理" {
			t.Fatalf("filed %+v, code %q", filed.Case, filed.Code)
		}
		who, err := w.App.EnterByQueryCode(ctx, apptest.Zone, strings.ToLower(strings.ReplaceAll(filed.Code, "-", " ")))
		w.OK(err)
		reporter, err := w.App.ViewerOf(ctx, apptest.Zone, who)
		w.OK(err)
		if reporter.Kind != app.KindAlias || reporter.Person != filed.Case.Reporter {
			t.Fatalf("the code leads to %+v", reporter)
		}
		if _, err := w.App.EnterByQueryCode(ctx, apptest.Zone, "AAAA-BBBB-CCCC-DDDD"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a code that was never given: %v", err)
		}
		w.handled(id)
		p, err := w.App.CasePage(ctx, w.desk, id)
		w.OK(err)
		if !p.Knows || len(p.Secrets) != 2 || p.Secrets[0].Value != secretWords {
			t.Errorf("the desk reads %+v", p.Secrets)
		}
		shown, err := w.App.RevealReporter(ctx, w.desk, id, "联系投诉人核实时间")
		w.OK(err)
		if len(shown) != 2 || shown[0].Value != secretName || shown[1].Value != secretPhone {
			t.Errorf("revealed %+v", shown)
		}
		for name, v := range map[string]app.Viewer{"the officer": w.officer, "the head": w.head} {
			p, err := w.App.CasePage(ctx, v, id)
			w.OK(err)
			if dump := fmt.Sprintf("%+v", p); strings.Contains(dump, secretName) || strings.Contains(dump, secretPhone) || strings.Contains(dump, secretWords) ||
				strings.Contains(dump, fmt.Sprint(filed.Case.Reporter)) || p.Knows {
				t.Errorf("%s sees %s", name, dump)
			}
			if _, err := w.App.RevealReporter(ctx, v, id, "我想知道是谁投诉"); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s: reveal: %v", name, err)
			}
			found, err := w.App.Cases(ctx, v, store.CaseFilter{Text: "餐馆的老板"})
			w.OK(err)
			if len(found) != 0 {
				t.Errorf("%s finds it by the reporter's words", name)
			}
		}
		if _, err := w.App.CasePage(ctx, w.leader, id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("somebody without the duty sees it: %v", err)
		}
		w.do(reporter, id, casework.Command{Move: "rate", Fields: fields("rating", "5")})
		p, err = w.App.CasePage(ctx, w.desk, id)
		w.OK(err)
		if p.Case.Stage != "closed" || p.Case.Rating != 5 {
			t.Errorf("ended %s, rated %d", p.Case.Stage, p.Case.Rating)
		}
		w.sound()
	})
}

func TestADissatisfiedReporterIsVisitedBackAndTheMatterHandledOnceMore(t *testing.T) {
	w, ctx := newComplaintWorld(apptest.New(t, "sqlite:"+t.TempDir()+"/g.db")), context.Background()
	resident := w.Resident("13800000031")
	filed := w.file(resident, "named")
	id := filed.Case.ID
	mine, err := w.App.Confidential(ctx, resident)
	w.OK(err)
	if len(mine) != 1 || mine[0].ID != id {
		t.Fatalf("my complaints: %+v", mine)
	}
	if list, err := w.App.Mine(ctx, resident, store.CaseFilter{}); err != nil || len(list) != 0 {
		t.Errorf("it is among the reports under the resident's own name: %+v %v", list, err)
	}
	if _, err := w.App.CasePage(ctx, resident, id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the resident's own person is tied to it: %v", err)
	}
	as, err := w.App.As(ctx, resident, id)
	w.OK(err)
	w.handled(id)
	w.do(as, id, casework.Command{Move: "rate", Fields: fields("rating", "1")})
	p, err := w.App.CasePage(ctx, w.desk, id)
	w.OK(err)
	if p.Case.Stage != "visiting" {
		t.Fatalf("a dissatisfied reporter is not visited: %s", p.Case.Stage)
	}
	w.do(w.desk, id, casework.Command{Move: "rehandle", Note: "回访：缺什么仍未说清"})
	w.do(w.desk, id, casework.Command{Move: "refer", Fields: fields("unit", "market", "handed", "请再次核实并书面告知。")})
	w.reported(id)
	w.do(as, id, casework.Command{Move: "rate", Fields: fields("rating", "2")})
	if _, err := w.App.Move(ctx, w.desk, id, casework.Command{Move: "rehandle", Note: "再来一次"}, "again"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("handled a third time: %v", err)
	}
	w.do(w.desk, id, casework.Command{Move: "conclude", Fields: fields("heard", "已解释，仍不满意")})
	w.sound()
}

func TestAComplaintIsRefusedReturnedOnceAndRuledOn(t *testing.T) {
	w, ctx := newComplaintWorld(apptest.New(t, "sqlite:"+t.TempDir()+"/g.db")), context.Background()
	refused := w.file(app.Viewer{Zone: apptest.Zone}, "anonymous").Case.ID
	if _, err := w.App.Move(ctx, w.desk, refused, casework.Command{Move: "refuse"}, "r0"); len(fault.Fields(err)) != 2 {
		t.Errorf("refused without a reason: %v", err)
	}
	w.do(w.desk, refused, casework.Command{Move: "refuse", Reason: "civil", Note: "属货款纠纷，建议向法院起诉或申请仲裁。"})

	id := w.file(app.Viewer{Zone: apptest.Zone}, "anonymous").Case.ID
	w.do(w.desk, id, casework.Command{Move: "accept"})
	refer := casework.Command{Move: "refer", Fields: fields("unit", "market", "handed", "请核实。")}
	w.do(w.desk, id, refer)
	w.do(w.officer, id, casework.Command{Move: "return", Reason: "not_ours", Note: "属审批局"})
	w.do(w.desk, id, refer)
	if _, err := w.App.Move(ctx, w.officer, id, casework.Command{Move: "return", Reason: "not_ours", Note: "还是不属于"}, "r1"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("returned twice: %v", err)
	}
	w.do(w.officer, id, casework.Command{Move: "dispute", Reason: "not_ours", Note: "请裁定"})
	if _, err := w.App.CasePage(ctx, w.leader, id); err != nil {
		t.Errorf("the leader who is to rule cannot see the case: %v", err)
	}
	w.do(w.leader, id, casework.Command{Move: "rule", Fields: fields("unit", "market"), Note: "由市场监管局办理"})
	w.Pass(40 * 24 * time.Hour)
	if _, err := w.App.Move(ctx, w.officer, id, casework.Command{Move: "ask_time", Fields: fields("extra", "5work_day", "why", "情况复杂")}, "r2"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("time was asked for after the limit: %v", err)
	}
	_, err := w.App.Tick(ctx, apptest.Zone)
	w.OK(err)
	w.sound()
}

// sound checks the whole database.
func (w *complaintWorld) sound() {
	w.T.Helper()
	report, err := w.App.Verify(context.Background(), apptest.Zone, nil)
	w.OK(err)
	for _, b := range report.Broken {
		w.T.Errorf("%+v", b)
	}
}

// TestAPublishedVersionOutlivesNewChecks puts a version into force that today's check of drafts refuses: one was published before
// there was that check.
func TestAPublishedVersionOutlivesNewChecks(t *testing.T) {
	w, ctx := newComplaintWorld(apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "g.db"))), context.Background()
	admin := w.Staff("gl", "管理一号", casework.Duty{Role: "admin", Area: "330108"})
	text, err := w.App.ProcedureText(ctx, admin, "complaint", 1)
	w.OK(err)
	old := strings.NewReplacer("\nversion: 1\n", "\nversion: 2\n", "by: complaint_desk, note: required, counts: urged", "by: [complaint_desk, leader], note: required, counts: urged").Replace(string(text))
	if _, err := w.App.DraftProcedure(ctx, admin, "c.yaml", []byte(old), "k1"); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Fields(err)[0].ZH, "看不到这时的保密案件") {
		t.Fatalf("as a draft: %v", err)
	}
	w.OK(w.App.DB().InTx(ctx, apptest.Zone, func(tx *store.Tx) error {
		return tx.AddDocument(store.Document{Kind: "procedure", Name: "complaint", Version: 2, State: "published", Body: old})
	}))
	w.App.Forget(apptest.Zone)
	z, err := w.App.Zone(ctx, apptest.Zone)
	w.OK(err)
	if z.Procedure("complaint").Version != 2 {
		t.Errorf("version %d is in force", z.Procedure("complaint").Version)
	}
}
