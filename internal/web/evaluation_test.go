package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/store"

	"github.com/xuri/excelize/v2"
)

// dispatched takes a verified case on to the unit that must handle it within four working hours.
func (c *cast) dispatched(k casework.Case) casework.Case {
	c.t.Helper()
	k = c.move(c.acceptor, k, "accept", nil)
	k = c.move(c.shift, k, "file", func(m *casework.Command) { m.Fields["standard"] = "street" })
	k = c.move(c.shift, k, "dispatch", nil)
	return c.move(c.unit, k, "sign", nil)
}

// row finds the table row that begins with the name.
func (a answer) row(name string) string {
	for _, r := range a.rows() {
		if strings.HasPrefix(r, name) {
			return r
		}
	}
	return ""
}

func TestEvaluationCountsUnitsAndAreasByWhatShouldHaveBeenDone(t *testing.T) {
	c := newCast(t)
	c.dispatched(c.inXixing)
	r := c.enter(c.leader)
	if row := r.get("/binjiang/desk/evaluation").row("环境卫生管理中心"); !strings.Contains(row, "环境卫生管理中心 1 0 — — —") {
		t.Errorf("nothing is due yet, so no rate has a value: %q", row)
	}
	c.Pass(48 * time.Hour)
	c.tick()
	a := r.get("/binjiang/desk/evaluation")
	if row := a.row("环境卫生管理中心"); !strings.Contains(row, "1 1 0.00% 0/1 0.00% 0/1 100.00% 1/1 0.00% 0/1") {
		t.Errorf("an overdue case: %q", row)
	}
	if row := a.row("合计"); !strings.Contains(row, "合计 2 1 ") {
		t.Errorf("total: %q", row)
	}
	a.has(t, "处置数 ÷ 应处置数", "超期待处置数 ÷ 应处置数", "不对个人排名", "按期处置率 20")
	a = r.get("/binjiang/desk/evaluation?by=area")
	if rows := a.rows(); len(rows) < 4 || !strings.HasPrefix(rows[0], "西兴街道 1 1 0.00%") || !strings.HasPrefix(a.row("浦沿街道"), "浦沿街道 1 0 —") {
		t.Errorf("by street: %q", rows)
	}
	link := ""
	for _, n := range a.find("a", "") {
		if textOf(n) == "西兴街道" {
			link = attr(n, "href")
		}
	}
	a = r.get(link)
	community := c.inXixing.Place.Area[:12]
	z, err := c.app.Zone(t.Context(), binjiang)
	c.ok(err)
	at, _ := z.Tree.Area(community)
	if row := a.row(at.Name); !strings.HasPrefix(row, at.Name+" 1 1 0.00%") {
		t.Errorf("by community: %q of %d rows", row, len(a.rows()))
	}
	if row := r.get("/binjiang/desk/evaluation?by=area&area=" + community).row("合计"); !strings.HasPrefix(row, "合计 1 1") {
		t.Errorf("by grid: %q", row)
	}
	if row := r.get("/binjiang/desk/evaluation?span=last").row("合计"); row != "" {
		t.Errorf("last month: %q", row)
	}
	if row := r.get("/binjiang/desk/evaluation?matter=E05").row("合计"); row != "" {
		t.Errorf("another class: %q", row)
	}
}

func TestEvaluationStaysWithinTheViewersDuty(t *testing.T) {
	c := newCast(t)
	c.dispatched(c.inXixing)
	c.dispatched(c.inPuyan)
	c.Pass(48 * time.Hour)
	r := c.enter(c.xixing)
	for _, path := range []string{"", "?by=area"} {
		a := r.get("/binjiang/desk/evaluation" + path)
		if row := a.row("合计"); !strings.HasPrefix(row, "合计 1 1") {
			t.Errorf("%q: a street counts %q", path, row)
		}
		a.hasNot(t, "浦沿")
	}
	for _, area := range []string{puyan, "330108"} {
		if a := r.get("/binjiang/desk/evaluation?by=area&area=" + area); a.code != http.StatusForbidden {
			t.Errorf("%s: %d", area, a.code)
		}
	}
	other := c.staff("greening", casework.Duty{Role: "head", Unit: "greening"})
	if row := c.enter(other).get("/binjiang/desk/evaluation").row("合计"); row != "" {
		t.Errorf("another unit counts %q", row)
	}
	a := c.enter(c.unit).get("/binjiang/desk/evaluation")
	if rows := a.rows(); len(rows) < 2 || !strings.HasPrefix(rows[0], "环境卫生管理中心 2 2") || !strings.HasPrefix(rows[1], "合计 2 2") {
		t.Errorf("the unit's own: %q", rows[:min(2, len(rows))])
	}
	if a := c.enter(c.acceptor).get("/binjiang/desk/evaluation"); a.code != http.StatusForbidden {
		t.Errorf("a post without evaluation: %d", a.code)
	}
}

func TestAWrongPeriodComesBackBesideItsField(t *testing.T) {
	c := newCast(t)
	for query, want := range map[string]string{
		"from=%3Cem%3E&to=2026-03-01":    "请选择日期",
		"from=2026-03-02&to=2026-03-01":  "结束日期早于开始日期",
		"from=1990-01-01&to=2026-03-01":  "五年以内",
		"from=2026-03-01&to=2026-03-%20": "请选择日期",
	} {
		a := c.enter(c.leader).get("/binjiang/desk/evaluation?span=custom&" + query)
		if a.code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", query, a.code)
		}
		a.has(t, want, "综合评价", "环境")
		a.hasNot(t, "<em>")
	}
}

// sheet reads the first sheet of an XLSX answer.
func (a answer) sheet(t *testing.T) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(a.body))
	if err != nil {
		t.Fatalf("status %d: %v", a.code, err)
	}
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	for r := range rows {
		for col := range rows[r] {
			cell, _ := excelize.CoordinatesToCellName(col+1, r+1)
			if formula, _ := f.GetCellFormula(f.GetSheetName(0), cell); formula != "" {
				t.Errorf("%s holds a formula: %s", cell, formula)
			}
		}
	}
	return rows
}

func TestExportsHoldWhatTheFilterShowsAndAreLogged(t *testing.T) {
	c := newCast(t)
	c.report(c.resident, c.within(xixing), "=HYPERLINK(\"http://x\",\"西兴\")", nil)
	a := c.enter(c.leader).get("/binjiang/desk/export.xlsx?q=" + url.QueryEscape("西兴"))
	if a.header.Get("Content-Type") != "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" || !strings.Contains(a.header.Get("Content-Disposition"), "cases-20260302-1001.xlsx") {
		t.Errorf("headers %v", a.header)
	}
	rows := a.sheet(t)
	if len(rows) < 3 || rows[0][0] != "案号" || !strings.Contains(rows[1][1], "=HYPERLINK") || rows[2][0] != c.inXixing.Number || rows[2][3] != "暴露垃圾" || rows[2][8] != "待受理" {
		t.Errorf("rows %q", rows)
	}
	footer := rows[len(rows)-1][0]
	for _, want := range []string{"测试leader", "领导", "2026年3月2日", "关键词：西兴"} {
		if !strings.Contains(footer, want) {
			t.Errorf("the footer lacks %s: %s", want, footer)
		}
	}
	var log []store.Audit
	c.ok(c.app.DB().View(t.Context(), binjiang, func(r *store.Reader) (err error) {
		log, err = r.AuditLog(store.AuditFilter{Action: "export", Limit: 10})
		return err
	}))
	if len(log) != 1 || log[0].Actor != c.leader.Person || log[0].Subject != "cases" || log[0].Detail != "关键词：西兴" {
		t.Errorf("audit %+v", log)
	}
	a = c.enter(c.leader).get("/binjiang/desk/export.csv")
	if !strings.Contains(string(a.body), "'=HYPERLINK") || !bytes.HasPrefix(a.body, []byte("\ufeff案号,")) {
		t.Errorf("csv %.200s", a.body)
	}
}

func TestExportsStayWithinTheViewersDuty(t *testing.T) {
	c := newCast(t)
	c.dispatched(c.inXixing)
	rows := c.enter(c.puyan).get("/binjiang/desk/export.xlsx").sheet(t)
	if len(rows) < 2 || rows[1][0] != c.inPuyan.Number || (len(rows) > 2 && len(rows[2]) > 1) {
		t.Errorf("a street's export: %q", rows)
	}
	rows = c.enter(c.unit).get("/binjiang/desk/export.xlsx").sheet(t)
	if len(rows) < 2 || rows[1][0] != c.inXixing.Number || (len(rows) > 2 && len(rows[2]) > 1) {
		t.Errorf("a unit's export: %q", rows)
	}
	rows = c.enter(c.xixing).get("/binjiang/desk/evaluation.xlsx").sheet(t)
	if rows[1][0] != "环境卫生管理中心" || rows[2][0] != "合计" || rows[0][9] != "应处置数" {
		t.Errorf("an evaluation's export: %q", rows)
	}
	for _, v := range []app.Viewer{c.acceptor, c.resident} {
		for _, path := range []string{"export.xlsx", "export.csv", "evaluation.xlsx"} {
			if a := c.enter(v).get("/binjiang/desk/" + path); a.code != http.StatusForbidden {
				t.Errorf("%s takes out %s: %d", v.Name, path, a.code)
			}
		}
	}
}
