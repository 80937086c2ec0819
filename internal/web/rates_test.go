package web_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/browser"
	"gezhi/internal/casework"
)

// lists is an office in which problems of the seven lists are put right.
type lists struct {
	*office
	desk, market, approval, leader app.Viewer
}

func newLists(t *testing.T) *lists {
	o := newOffice(t)
	return &lists{office: o,
		desk:     o.staff("office", casework.Duty{Role: "office", Area: "330108"}),
		market:   o.staff("market", casework.Duty{Role: "officer", Unit: "market"}, casework.Duty{Role: "head", Unit: "market"}),
		approval: o.staff("approval", casework.Duty{Role: "officer", Unit: "approval"}, casework.Duty{Role: "head", Unit: "approval"}),
		leader:   o.staff("leader", casework.Duty{Role: "leader", Area: "330108"})}
}

// until lets time pass up to a day of 2026, at ten in the morning.
func (o *lists) until(day string) {
	o.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+day+" 10:00", o.Now().Location())
	o.ok(err)
	o.Pass(at.Sub(o.Now()))
	_, err = o.app.Tick(context.Background(), binjiang)
	o.ok(err)
}

func (o *lists) enterProblem(by app.Viewer, start, source, category, title string, fields ...string) casework.ID {
	o.t.Helper()
	o.n++
	f := app.Filing{Key: fmt.Sprintf("problem-key-%016d", o.n), Procedure: "problem", Start: start, Source: source, Category: category, Title: title, Text: "虚构的示例问题", Fields: map[string]string{}}
	for i := 0; i < len(fields); i += 2 {
		f.Fields[fields[i]] = fields[i+1]
	}
	out, err := o.app.File(context.Background(), by, f)
	o.ok(err)
	return out.Case.ID
}

func (o *lists) does(by app.Viewer, id casework.ID, move string, fields ...string) {
	o.t.Helper()
	o.n++
	cmd := casework.Command{Move: move, Fields: map[string]string{}, Note: "示例说明"}
	if move == "relapsed" {
		cmd.Reason = "back"
	}
	for i := 0; i < len(fields); i += 2 {
		cmd.Fields[fields[i]] = fields[i+1]
	}
	if _, err := o.app.Move(context.Background(), by, id, cmd, fmt.Sprint("list-move-", o.n)); err != nil {
		o.t.Fatalf("%s: %v", move, err)
	}
}

// closeProblem takes a problem from being put right to being closed.
func (o *lists) closeProblem(by app.Viewer, id casework.ID, wider string) {
	o.t.Helper()
	second := o.staff(fmt.Sprint("second", o.n), casework.Duty{Role: "office", Area: "330108"})
	o.does(by, id, "ask_close", "proof", "示例佐证", "wider", wider)
	o.does(second, id, "pass", "opinion", "同意")
	o.does(o.leader, id, "accept", "opinion", "同意")
}

// played has four problems of the first quarter: one closed in time and found again in the second, one that nobody put
// right, one closed late, and one that is due in the second.
func (o *lists) played() {
	o.t.Helper()
	audit := o.enterProblem(o.desk, "find", "above", "Q3", "示例：专项资金拨付不及时", "unit", "market", "deadline", "2026-03-20")
	safety := o.enterProblem(o.desk, "find", "own", "Q5", "示例：消防通道被占用", "unit", "market", "deadline", "2026-03-25")
	own := o.enterProblem(o.approval, "self_check", "self", "Q5", "示例：窗口排队超过承诺时间", "unit", "approval", "deadline", "2026-03-18", "goal", "不超时", "measures", "增设窗口")
	o.enterProblem(o.desk, "find", "above", "Q7", "示例：来信没有按时答复", "unit", "approval", "deadline", "2026-05-10")
	for _, id := range []casework.ID{audit, safety} {
		o.does(o.market, id, "take", "goal", "整改到位", "measures", "示例措施")
	}
	o.until("03-10")
	o.closeProblem(o.market, audit, "yes")
	o.until("03-24")
	o.closeProblem(o.approval, own, "no")
	o.does(o.desk, safety, "urge")
	o.until("04-02")
	o.does(o.desk, audit, "evaluate", "grade", "a")
	o.until("04-03")
}

func TestTheQuartersReportOfTheSevenLists(t *testing.T) {
	o := newLists(t)
	o.played()
	r := o.enter(o.desk)
	a := r.get("/binjiang/desk/rates?procedure=problem&from=2026-02-10")
	a.has(t, "七张问题清单", "2026年第一季度", "按期销号数÷到期应销号数", "不对个人排名", "设计建议")
	for name, want := range map[string]string{
		"新登记问题": "新登记问题 4 0 增加 4 件", "整改率": "整改率 33.33% 1/3 — —", "主动发现率": "主动发现率 50.00% 2/ 4", "举一反三率": "举一反三率 50.00% 1/2",
		"回潮率": "回潮率 — — —", "逾期未销号": "逾期未销号 1 0 增加 1 件", "督办问题": "督办问题 1 0",
		"审计": "审计 1 100.00% 1/1 0.00% 0/ 1", "安全生产": "安全生产 2 0.00% 0/2", "巡视": "巡视（巡察） 0 — — — 0 — 0 0",
	} {
		if row := a.row(name); !strings.HasPrefix(strings.Join(strings.Fields(row), " "), want) {
			t.Errorf("%s: %q, want %q", name, row, want)
		}
	}
	a.has(t, "示例：消防通道被占用")
	a.hasNot(t, "示例：专项资金拨付不及时")
	units := r.get("/binjiang/desk/rates?procedure=problem&by=unit&from=2026-02-10")
	if rows := units.rows(); !strings.HasPrefix(units.row("行政审批局"), "行政审批局 2 0.00%") || !strings.HasPrefix(units.row("市场监督管理局"), "市场监督管理局 2 50.00%") {
		t.Errorf("by unit: %q", rows)
	}
	for _, n := range units.find("a", "") {
		if href := attr(n, "href"); strings.Contains(href, "unit=market") && strings.Contains(href, "procedure=problem") {
			if list := r.get(href); len(list.rows()) != 2 {
				t.Errorf("%s lists %q", href, list.rows())
			}
		}
	}
	second := r.get("/binjiang/desk/rates?procedure=problem&span=quarter&from=2026-04-01")
	if row := second.row("新登记问题"); !strings.HasPrefix(row, "新登记问题 0 4 减少 4 件") {
		t.Errorf("the quarter after: %q", row)
	}
	if row := r.get("/binjiang/desk/rates?procedure=problem&span=days&from=2026-03-24&to=2026-03-24").row("举一反三率"); !strings.HasPrefix(row, "举一反三率 0.00%") {
		t.Errorf("one day: %q", row)
	}
}

func TestAReportStaysWithinTheViewersDuty(t *testing.T) {
	o := newLists(t)
	o.played()
	a := o.enter(o.market).get("/binjiang/desk/rates?procedure=problem&by=unit&from=2026-02-10")
	if row := a.row("新登记问题"); !strings.HasPrefix(row, "新登记问题 2 ") {
		t.Errorf("a unit counts %q", row)
	}
	a.hasNot(t, "行政审批局")
	for path, code := range map[string]int{"desk/rates?procedure=nothing": http.StatusNotFound, "desk/rates?procedure=complaint": http.StatusNotFound,
		"desk/rates?span=days&from=2026-03-02&to=2026-03-01": http.StatusUnprocessableEntity, "desk/rates?from=%3Cem%3E": http.StatusUnprocessableEntity} {
		a := o.enter(o.desk).get("/binjiang/" + path)
		if a.code != code {
			t.Errorf("%s: %d", path, a.code)
		}
		a.hasNot(t, "<em>")
	}
	clerk := o.staff("clerk", casework.Duty{Role: "officer", Unit: "market"})
	for _, path := range []string{"desk/rates", "desk/rates/report", "desk/rates.xlsx"} {
		if a := o.enter(clerk).get("/binjiang/" + path); a.code != http.StatusForbidden {
			t.Errorf("a post without evaluation, %s: %d", path, a.code)
		}
	}
	rows := o.enter(o.desk).get("/binjiang/desk/rates.xlsx?procedure=problem&from=2026-02-10").sheet(t)
	if rows[0][2] != "指标" || strings.Join(rows[2][:6], "|") != "合计|合计|整改率|33.33%|1|3" {
		t.Errorf("exported %q", rows[:3])
	}
}

func TestTheQuartersReportIsPrintedInABrowser(t *testing.T) {
	b := browser.Start(t)
	o := newLists(t)
	o.played()
	for _, phone := range []bool{false, true} {
		p := b.Desktop(t)
		if phone {
			p = b.Phone(t)
		}
		p.Goto(o.server.URL + "/")
		p.Click("office")
		p.Goto(o.server.URL + "/binjiang/desk/rates?procedure=problem")
		p.Click("上季度")
		p.WaitText("2026年第一季度", "33.33%")
		look(p, "rates")
		p.Click("打印用报告")
		p.WaitText("七张问题清单 2026年第一季度综合分析报告", "整改率 33.33%（1/3），上季度 —，无法比较。", "新登记问题 4 件，上季度 0 件，增加 4 件。", "二、按类别", "三、按承办单位", "示例：消防通道被占用", "2026年3月25日")
		look(p, "rates-report")
		if !phone {
			pdf := p.Paper("rates-report")
			if !bytes.HasPrefix(pdf, []byte("%PDF-")) || !bytes.Contains(pdf, []byte("/MediaBox [0 0 594.9")) {
				t.Errorf("printed %d bytes, not on A4", len(pdf))
			}
		}
	}
}
