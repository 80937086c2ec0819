package web_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/browser"
	"gezhi/internal/casework"

	"github.com/xuri/excelize/v2"
)

// campaignBureau is a bureau with a leading group's office of two, two units that lead tasks, and a leader.
func campaignBureau(t *testing.T) *bureau {
	o := newBureau(t)
	for login, d := range map[string]casework.Duty{
		"office": {Role: app.RoleOffice, Area: "330108"}, "group": {Role: app.RoleOffice, Area: "330108"},
		"market": {Role: "officer", Unit: "market"}, "market-head": {Role: "head", Unit: "market"},
		"approval": {Role: "officer", Unit: "approval"}, "leader": {Role: "leader", Area: "330108"},
	} {
		o.people[login] = o.hire(login, d)
	}
	return o
}

// taskList writes a list of tasks as an office would: a title above it, and the four columns of a plan.
func taskList(t *testing.T, rows ...[]any) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	sheet := f.GetSheetName(0)
	for i, row := range append([][]any{{"示例：专项治理任务清单"}, {"任务描述", "牵头单位", "责任单位", "完成时限"}}, rows...) {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = f.SetSheetRow(sheet, cell, &row)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "任务清单.xlsx")
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	return name
}

// photoFile is a picture in a file.
func photoFile(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "佐证.png")
	if err := os.WriteFile(name, png(t), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// askToClose asks for the task to be closed, with a picture.
func askToClose(p *browser.Page, photo, proof string) {
	const form = "form[action$='/ask_close'] "
	p.Click("申请销号")
	p.Fill(form+"[name='field.proof']", proof)
	p.Upload(form+"input[type=file]", photo)
	for range 200 { // what stands below the picture moves when it is shown
		if p.Count(".gz-photo-list img") > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.Click(form + "button[type=submit]")
	p.WaitText("已办理", "牵头单位初审")
}

// TestACampaignTaskInABrowser goes from the list in Excel, whose one wrong row is mended, over measures, monthly reports and
// evidence to closing by three different people, to looking back and the relapse that opens the task again. Another task has
// no deadline: it is evaluated and never closed. More time that is asked for too late is refused.
func TestACampaignTaskInABrowser(t *testing.T) {
	b := browser.Start(t)
	o := campaignBureau(t)
	photo := photoFile(t)
	enter := func(p *browser.Page, login string) *browser.Page {
		p.Goto(o.server.URL + "/")
		p.Click(login)
		return p
	}
	const dated, lasting, late = "示例任务：公开惠企政策清单", "示例任务：畅通企业诉求渠道", "示例任务：压缩办理时限"
	office, group := enter(b.Desktop(t), "office"), enter(b.Desktop(t), "group")
	market, head := enter(b.Phone(t), "market"), enter(b.Phone(t), "market-head")
	approval := enter(b.Desktop(t), "approval")

	office.Goto(o.server.URL + "/binjiang/desk/work/campaign-task/import")
	office.WaitText("先下载模板")
	look(office, "campaign-import")
	upload := func(rows ...[]any) {
		office.Goto(o.server.URL + "/binjiang/desk/work/campaign-task/import")
		office.Fill("category", "P4")
		office.Upload("input[type=file]", taskList(t, rows...))
		office.Click("上传并核对")
	}
	upload([]any{dated, "市场监督管理局", "行政审批局、财政局", "2026年6月底前"}, []any{lasting, "行政审批局", "数据管理局", "长期坚持"}, []any{late, "没有这个局", "财政局", "2026-03-13"})
	office.WaitText("导入正确的 2 行", "第 5 行", "没有单位“没有这个局”")
	look(office, "campaign-check")
	upload([]any{dated, "市场监督管理局", "行政审批局、财政局", "2026年6月底前"}, []any{lasting, "行政审批局", "数据管理局", "长期坚持"}, []any{late, "市场监督管理局", "财政局", "2026-03-13"})
	office.WaitText("导入正确的 3 行")
	office.WaitNoText("不能导入的行")
	office.Click("导入正确的 3 行")
	office.WaitText("已导入", "整批撤回")
	look(office, "campaign-imported")

	open := func(p *browser.Page, task string) *browser.Page {
		p.Goto(o.server.URL + "/binjiang/desk/cases?procedure=campaign-task")
		p.Click(task)
		p.WaitText("办理经过")
		return p
	}
	office.Goto(o.server.URL + "/binjiang/desk/cases?procedure=campaign-task")
	office.WaitText(dated, lasting, "2026-06-30")
	look(office, "campaign-list")
	market.Goto(o.server.URL + "/binjiang/desk")
	look(market, "campaign-desk")

	work(open(market, dated), "break_down", "分解措施", "field.measures", "一、编制清单，张示例负责，3 月底前；\n二、门户公开，李示例负责，6 月底前。")
	market.WaitText("推进中", "2026年6月30日 24:00")
	market.WaitText("现在不能“申请销号”：还缺“进展情况”")
	look(market, "campaign-measures")
	work(market, "report", "报送月度进展", "field.month", "2026年2月", "field.progress", "清单初稿完成", "field.percent", "40")
	work(market, "report", "报送月度进展", "field.month", "2026年3月", "field.progress", "清单已公开", "field.percent", "100")
	askToClose(market, photo, "清单已公开，示例文号〔2026〕1 号")
	look(market, "campaign-asked")
	open(head, dated).WaitText("清单已公开，示例文号")
	look(head, "campaign-lead-check")
	work(head, "lead_back", "初审退回", "input[name=reason][value=no_proof]", "", "note", "请补公开网址")
	askToClose(open(market, dated), photo, "清单已公开，网址见示例截图")
	work(open(head, dated), "lead_pass", "初审通过", "field.opinion", "佐证齐全，同意")
	work(open(office, dated), "office_pass", "复核通过", "field.opinion", "抽查属实")
	office.WaitText("领导小组办公室销号", "“销号”须由另一人进行：“复核通过”是您本人做的")
	look(office, "campaign-second-person")
	work(open(group, dated), "close", "销号", "field.opinion", "同意销号")
	group.WaitText("已销号，待回头看")
	look(group, "campaign-closed")

	work(open(approval, lasting), "break_down", "分解措施", "field.measures", "设专线、设专窗，每月分析一次。")
	approval.WaitText("长期坚持", "报送月度进展")
	approval.WaitNoText("申请销号", "本环节应于")
	work(open(office, lasting), "evaluate", "年度评估", "input[name='field.grade'][value=good]", "", "field.opinion", "渠道畅通，继续坚持")
	office.WaitText("长期坚持", "渠道畅通，继续坚持")
	look(office, "campaign-lasting")

	work(open(market, late), "break_down", "分解措施", "field.measures", "梳理环节，逐项压缩。")
	market.Click("申请延期")
	market.Fill("form[action$='/ask_time'] [name='field.extra']", "10个自然日（遇休息日不顺延）")
	market.Fill("form[action$='/ask_time'] [name='field.why']", "系统改造尚未完成")
	o.Pass(20 * 24 * time.Hour)
	market.Allow(http.StatusUnprocessableEntity, http.StatusConflict)
	market.Click("form[action$='/ask_time'] button[type=submit]")
	market.WaitText("时限已经届满，延期须在届满前申请")
	look(market, "campaign-too-late")
	o.ok(tick(o))
	open(market, late).WaitText("超期", "现在不能“申请延期”：时限已经届满，延期须在届满前申请")
	if market.Count("form[action$='/ask_time']") > 0 {
		t.Error("more time can be asked for after the limit")
	}
	look(market, "campaign-overdue")

	o.Pass(120 * 24 * time.Hour)
	o.ok(tick(o))
	open(office, dated).WaitText("回头看中")
	work(office, "relapsed", "发现反弹，重新整改", "input[name=reason][value=back]", "", "field.seen", "清单三个月没有更新", "field.deadline", "2026-12-31")
	office.WaitText("推进中", "清单三个月没有更新", "2026年12月31日 24:00")
	look(office, "campaign-relapsed")
	open(market, dated).WaitText("推进中", "发现反弹，重新整改", "问题重新出现")
	look(market, "campaign-relapsed")
	leader := enter(b.Desktop(t), "leader")
	leader.Goto(o.server.URL + "/binjiang/desk/cases?procedure=campaign-task")
	leader.WaitText(dated, lasting, late)
	look(leader, "campaign-leader")
	english := enter(b.Desktop(t), "office")
	english.Goto(o.server.URL + "/binjiang/desk/cases?procedure=campaign-task&lang=en")
	english.Click(late)
	english.WaitText("Under way", "Measures", "What I can do")
	look(english, "campaign-english")
}

// tick lets the timers run as of now.
func tick(o *bureau) error {
	_, err := o.app.Tick(o.t.Context(), zoneBinjiang)
	return err
}
