package app_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"

	"github.com/google/go-cmp/cmp"
)

// lettersOf are the letters of a case that somebody may have, as move/letter, with what they say.
func (w *complaintWorld) lettersOf(v app.Viewer, id casework.ID) map[string]casework.Paper {
	w.T.Helper()
	ctx := context.Background()
	p, err := w.App.CasePage(ctx, v, id)
	w.OK(err)
	out := map[string]casework.Paper{}
	for _, g := range p.Letters {
		paper, err := w.App.Letter(ctx, v, id, g.Event.Seq, g.ID, lang.ZH)
		w.OK(err)
		out[g.Event.Move+"/"+g.ID] = paper
	}
	return out
}

func names(letters map[string]casework.Paper) []string { return slices.Sorted(maps.Keys(letters)) }

func TestTheLettersOfAComplaintReachWhomTheyAreTo(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w, ctx := newComplaintWorld(base), context.Background()
		other := w.Staff("xf", "消防经办", casework.Duty{Role: "officer", Unit: "fire"})
		filed := w.file(app.Viewer{Zone: apptest.Zone}, "named")
		id := filed.Case.ID
		who, err := w.App.EnterByQueryCode(ctx, apptest.Zone, filed.Code)
		w.OK(err)
		reporter := w.Viewer(who)
		w.do(w.desk, id, casework.Command{Move: "accept"})
		first := w.lettersOf(reporter, id)["accept/accepted"]
		want := casework.Paper{Title: "受理告知书", Number: filed.Case.Number, Dear: "投诉举报人：", Office: "杭州滨江投诉举报受理岗", Date: "2026年3月2日", Example: true, Body: []string{
			"您于2026年3月2日提出的关于“市场监管局窗口”的投诉举报（编号：" + filed.Case.Number + "，类别：材料齐全仍不受理、拒不受理）收悉。经审查，符合受理条件，决定予以受理。",
			"本件将于2026年3月3日17:30前转交承办单位，办理时限为15个工作日，自承办单位签收之次日起计算。办理进度可凭查询码查看，结果将向您反馈。",
			"您的姓名、联系方式和所提交的材料依法保密，承办单位只了解办理所必需的内容。",
		}, Why: []string{"转办时限：1个工作日，计入 1 天。"}}
		if diff := cmp.Diff(want, first); diff != "" {
			t.Error(diff)
		}
		w.do(w.desk, id, casework.Command{Move: "refer", Fields: fields("unit", "fire", "handed", "请核实消防窗口。")})
		w.do(other, id, casework.Command{Move: "return", Reason: "not_ours", Note: "不属本单位"})
		w.do(w.desk, id, casework.Command{Move: "refer", Fields: fields("unit", "market", "handed", "请核实市场窗口。")})
		w.do(w.officer, id, casework.Command{Move: "sign"})
		w.do(w.officer, id, casework.Command{Move: "ask_time", Fields: fields("extra", "3work_day", "why", "需调取记录")})
		w.do(w.head, id, casework.Command{Move: "grant_time"})
		w.do(w.desk, id, casework.Command{Move: "grant_time"})

		for name, c := range map[string]struct {
			v    app.Viewer
			want []string
		}{
			"the desk":            {w.desk, []string{"accept/accepted", "grant_time/extended", "refer/referral"}},
			"the reporter":        {reporter, []string{"accept/accepted", "grant_time/extended"}},
			"the unit":            {w.officer, []string{"refer/referral"}},
			"the unit's head":     {w.head, []string{"refer/referral"}},
			"the unit before it":  {other, []string{"refer/referral"}},
			"nobody in the world": {w.Staff("gly", "管理员", casework.Duty{Role: "admin", Area: "330108"}), nil},
		} {
			if name == "nobody in the world" {
				if _, err := w.App.Letter(ctx, c.v, id, 2, "accepted", lang.ZH); fault.KindOf(err) != fault.NotFound || err == nil {
					t.Errorf("%s reads a letter: %v", name, err)
				}
				continue
			}
			if diff := cmp.Diff(c.want, names(w.lettersOf(c.v, id))); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		if got := w.lettersOf(other, id)["refer/referral"]; got.Dear != "消防救援大队：" || !strings.Contains(fmt.Sprint(got.Table), "请核实消防窗口。") {
			t.Errorf("the first unit reads what the second was told: %+v", got)
		}
		referral := w.lettersOf(w.officer, id)["refer/referral"]
		if dump := fmt.Sprint(referral); strings.Contains(dump, secretName) || strings.Contains(dump, secretWords) || !strings.Contains(dump, "请核实市场窗口。") {
			t.Errorf("the referral says %s", dump)
		}
		seq := 0
		p, err := w.App.CasePage(ctx, w.desk, id)
		w.OK(err)
		for _, g := range p.Letters {
			if seq = g.Event.Seq; g.To == casework.ToReporter {
				if _, err := w.App.Letter(ctx, w.officer, id, seq, g.ID, lang.ZH); fault.KindOf(err) != fault.NotFound || err == nil {
					t.Errorf("the unit reads “%s”: %v", g.Title.ZH, err)
				}
			}
		}
		if got := w.lettersOf(reporter, id)["grant_time/extended"].Body; !strings.Contains(got[0], "延长3个工作日") || !strings.Contains(got[1], "应于2026年3月26日17:30前办结") {
			t.Errorf("the extension says %q", got)
		}
		if diff := cmp.Diff(want, w.lettersOf(w.desk, id)["accept/accepted"]); diff != "" {
			t.Errorf("printed again at the desk it says:\n%s", diff)
		}
		w.sound()
	})
}

func TestAUnitGetsTheLettersThatAreToIt(t *testing.T) {
	w, ctx := newThingWorld(apptest.New(t, "sqlite:"+t.TempDir()+"/g.db")), context.Background()
	office := w.Staff("bgs", "办公室一号", casework.Duty{Role: "office", Area: "330108"})
	out, err := w.App.File(ctx, office, app.Filing{Key: "problem-key-0000001", Procedure: "problem", Start: "find", Source: "above", Category: "Q3", Title: "示例问题", Text: "示例：账实不符",
		Fields: fields("unit", "market", "deadline", "2026-06-30")})
	w.OK(err)
	id := out.Case.ID
	w.do(w.units["market"], id, casework.Command{Move: "return", Reason: "not_ours", Note: "不属本局"})
	w.do(office, id, casework.Command{Move: "reassign", Note: "请审批局整改", Fields: fields("unit", "approval")})
	for name, c := range map[string]struct {
		v    app.Viewer
		want []string
	}{
		"the office":            {office, []string{"find/assigned", "reassign/assigned"}},
		"the unit it was to":    {w.units["market"], []string{"find/assigned"}},
		"the unit it is to now": {w.units["approval"], []string{"reassign/assigned"}},
	} {
		if diff := cmp.Diff(c.want, names(w.lettersOf(c.v, id))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestALetterNamesTheReporterToThoseWhoMayKnow: in full to the reporter, masked to a grid worker, and not at all to a stranger.
func TestALetterNamesTheReporterToThoseWhoMayKnow(t *testing.T) {
	w, ctx := apptest.New(t, "sqlite:"+t.TempDir()+"/g.db"), context.Background()
	admin := w.Staff("guanli", "管理员虚构", casework.Duty{Role: "admin", Area: "330108"})
	text, err := w.App.ProcedureText(ctx, admin, "grid-event", 1)
	w.OK(err)
	next := strings.Replace(string(text), "\nversion: 1\n", "\nversion: 2\n", 1) + `
letters:
  receipt: {title: {zh: 收件回执, en: Receipt}, to: reporter, moves: report, zh: "{place}：{title}，由{unit}核实。", en: "{place}: {title}, with {unit}."}
`
	_, err = w.App.DraftProcedure(ctx, admin, "letters.yaml", []byte(next), "letters-draft")
	w.OK(err)
	w.OK(w.App.Publish(ctx, admin, "procedure", "grid-event", 2, "letters-publish"))
	resident, stranger := w.Resident("19900000001"), w.Resident("19900000002")
	c, err := w.App.Submit(ctx, resident, app.Report{Key: "k", Matter: "E0102", Text: "楼下垃圾成堆", Point: killPoint, HasPoint: true, Address: "示例路 1 号"})
	w.OK(err)
	worker := w.Staff("jiedan", "网格员虚构", casework.Duty{Role: "grid_staff", Area: c.Place.Area[:15]})
	for name, v := range map[string]app.Viewer{resident.Name: resident, idcode.MaskName(resident.Name): worker} {
		got, err := w.App.Letter(ctx, v, c.ID, 1, "receipt", lang.ZH)
		w.OK(err)
		if got.Dear != name+"：" || !strings.Contains(got.Body[0], "示例路 1 号：暴露垃圾，由") {
			t.Errorf("%+v is not to %s", got, name)
		}
	}
	for what, try := range map[string]func() error{
		"a stranger":       func() error { _, err := w.App.Letter(ctx, stranger, c.ID, 1, "receipt", lang.ZH); return err },
		"another event":    func() error { _, err := w.App.Letter(ctx, resident, c.ID, 2, "receipt", lang.ZH); return err },
		"a letter unknown": func() error { _, err := w.App.Letter(ctx, resident, c.ID, 1, "accepted", lang.ZH); return err },
	} {
		if err := try(); err == nil || fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestEveryShippedLetterIsWrittenInFull takes cases through every procedure that ships letters, with every field filled in:
// no paragraph is left out, and no brace is left over.
func TestEveryShippedLetterIsWrittenInFull(t *testing.T) {
	w, ctx := newThingWorld(apptest.New(t, "sqlite:"+t.TempDir()+"/g.db")), context.Background()
	office := w.Staff("bgs", "办公室一号", casework.Duty{Role: "office", Area: "330108"})
	z, err := w.App.Zone(ctx, apptest.Zone)
	w.OK(err)
	missing := map[string]bool{}
	for _, p := range z.Procedures() {
		for _, l := range p.Letters {
			missing[p.ID+"/"+l.ID] = true
		}
	}
	if len(missing) < 20 {
		t.Fatalf("only %d letters ship", len(missing))
	}
	read := func(v app.Viewer, id casework.ID) {
		t.Helper()
		p, err := w.App.CasePage(ctx, v, id)
		w.OK(err)
		for _, g := range p.Letters {
			delete(missing, p.Proc.ID+"/"+g.ID)
			for _, in := range []lang.Lang{lang.ZH, lang.EN} {
				paper, err := w.App.Letter(ctx, v, id, g.Event.Seq, g.ID, in)
				w.OK(err)
				if dump := fmt.Sprintf("%+v", paper); len(paper.Body) < len(g.Body) || len(paper.Table) != len(g.Table) || strings.ContainsAny(fmt.Sprint(paper.Dear, paper.Body, paper.Office), "{}") {
					t.Errorf("%s/%s: %s", p.Proc.ID, g.ID, dump)
				}
			}
		}
	}
	file := func(v app.Viewer, f app.Filing) casework.ID {
		t.Helper()
		w.n++
		f.Key = fmt.Sprintf("letter-key-%016d", w.n)
		out, err := w.App.File(ctx, v, f)
		w.OK(err)
		return out.Case.ID
	}

	filed := w.file(app.Viewer{Zone: apptest.Zone}, "named")
	id := filed.Case.ID
	who, err := w.App.EnterByQueryCode(ctx, apptest.Zone, filed.Code)
	w.OK(err)
	w.do(w.desk, id, casework.Command{Move: "ask_more", Fields: fields("missing", "一、时间；\n二、地点。")})
	w.do(w.Viewer(who), id, casework.Command{Move: "supply", Note: "上周三上午"})
	w.do(w.desk, id, casework.Command{Move: "accept"})
	w.do(w.desk, id, casework.Command{Move: "refer", Fields: fields("unit", "market", "handed", "请核实。")})
	w.do(w.officer, id, casework.Command{Move: "sign"})
	w.do(w.officer, id, casework.Command{Move: "ask_time", Fields: fields("extra", "3work_day", "why", "需调取记录")})
	w.do(w.head, id, casework.Command{Move: "grant_time"})
	w.do(w.desk, id, casework.Command{Move: "grant_time"})
	w.do(w.officer, id, casework.Command{Move: "done", Fields: fields("outcome", "true", "report", "已核实。")})
	w.do(w.desk, id, casework.Command{Move: "approve"})
	w.do(w.desk, id, casework.Command{Move: "answer", Fields: fields("told", "已纠正。")})
	read(w.desk, id)
	id = w.file(app.Viewer{Zone: apptest.Zone}, "anonymous").Case.ID
	w.do(w.desk, id, casework.Command{Move: "refuse", Reason: "civil", Note: "建议依法诉讼。"})
	read(w.desk, id)

	id = w.apply(w.applicant, "apply")
	w.do(w.window, id, casework.Command{Move: "ask_more", Fields: fields("missing", "租赁合同")})
	w.do(w.applicant, id, casework.Command{Move: "hand_in", Fields: fields("supplied", "已补")})
	w.do(w.window, id, casework.Command{Move: "accept"})
	w.do(w.units["market"], w.part(id, "licence"), casework.Command{Move: "grant", Fields: fields("number", "示例-001", "until", "2031-03-01")})
	read(w.units["market"], w.part(id, "licence"))
	w.do(w.units["approval"], w.part(id, "food"), casework.Command{Move: "ask", Fields: fields("missing", "健康证")})
	for x, u := range map[string]string{"sign": "law", "fire": "fire", "drain": "housing"} {
		w.do(w.units[u], w.part(id, x), casework.Command{Move: "complete"})
	}
	w.do(w.applicant, id, casework.Command{Move: "supply", Fields: fields("supplied", "都在附件")})
	for x, u := range map[string]string{"food": "approval", "sign": "law", "fire": "fire", "drain": "housing"} {
		w.do(w.units[u], w.part(id, x), casework.Command{Move: "grant", Fields: fields("number", "示例", "until", "2031-03-01")})
	}
	w.do(w.window, id, casework.Command{Move: "issue", Fields: fields("delivery", "digital", "told", "证照五份。")})
	read(w.window, id)
	if got := names(w.lettersOf(w.applicant, id)); !slices.Contains(got, "ask_once/joint_supply") || !slices.Contains(got, "issue/granted") {
		t.Errorf("the applicant has %v", got)
	}
	if got := w.lettersOf(w.applicant, id)["ask_once/joint_supply"].Body; !slices.Contains(got, "食品经营许可：健康证") {
		t.Errorf("what the departments need: %q", got)
	}
	id = w.apply(w.applicant, "apply")
	w.do(w.window, id, casework.Command{Move: "refuse", Reason: "no_permit", Note: "无需办理。"})
	read(w.applicant, id)
	id = w.apply(w.window, "record")
	w.do(w.window, id, casework.Command{Move: "accept"})
	w.do(w.units["market"], w.part(id, "licence"), casework.Command{Move: "refuse", Reason: "conditions", Fields: fields("reasons", "场所不得用于经营")})
	read(w.units["market"], w.part(id, "licence"))
	w.do(w.window, id, casework.Command{Move: "tell_refusal", Fields: fields("outcome", "refused", "told", "可申请复议或起诉", "delivery", "counter")})
	read(w.window, id)

	for _, find := range []casework.Command{{Move: "find_true", Fields: fields("way", "site", "finding", "属实")}, {Move: "find_unclear", Fields: fields("way", "online", "finding", "查不到")},
		{Move: "find_false", Fields: fields("way", "site", "finding", "不实", "evidence", "照片两张")}} {
		id = file(w.applicant, app.Filing{Procedure: "commitment", Start: "commit", Title: "公共场所卫生许可",
			Fields: fields("item", "SL-0005", "applicant", "张三", "tail", "001X", "read", "yes", "promise", "yes", "signature", "张三")})
		w.do(w.window, id, casework.Command{Move: "decide", Fields: fields("unit", "approval", "number", "卫-示例-1")})
		w.do(w.units["approval"], id, find)
		read(w.applicant, id)
		if got := names(w.lettersOf(w.units["approval"], id)); len(got) != 1 || !strings.HasPrefix(got[0], "find_") {
			t.Errorf("the unit that checks has %v", got)
		}
	}

	id = file(office, app.Filing{Procedure: "campaign-task", Start: "add", Source: "plan", Category: "P1", Title: "示例任务", Text: "示例内容",
		Fields: fields("lead", "market", "units", "approval,fire", "deadline", "2026-06-30", "target", "100%")})
	w.do(w.officer, id, casework.Command{Move: "break_down", Fields: fields("measures", "一、二。")})
	w.closeTask(office, id)
	read(office, id)
	if got := names(w.lettersOf(w.officer, id)); len(got) != 2 {
		t.Errorf("the lead unit has %v", got)
	}

	id = file(office, app.Filing{Procedure: "problem", Start: "find", Source: "above", Category: "Q3", Title: "示例问题", Text: "示例内容",
		Fields: fields("unit", "market", "deadline", "2026-06-30", "origin", "示例", "lead", "approval", "helpers", "fire", "goal", "整改到位")})
	w.do(w.officer, id, casework.Command{Move: "take", Fields: fields("goal", "整改到位", "measures", "一、二。")})
	w.do(w.officer, id, casework.Command{Move: "ask_close", Fields: fields("proof", "已完成", "wider", "yes")})
	w.do(office, id, casework.Command{Move: "pass", Fields: fields("opinion", "同意")})
	w.do(w.leader, id, casework.Command{Move: "accept", Fields: fields("opinion", "同意销号")})
	read(office, id)
	for name := range missing {
		t.Errorf("%s was never given", name)
	}
	w.sound()
}
