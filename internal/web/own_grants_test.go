package web_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/policy"
)

// bringFile posts a list to an address.
func (r *reader) bringFile(path, source, name string, rows []string) answer {
	r.o.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	r.o.ok(w.WriteField("source", source))
	f, err := w.CreateFormFile("file", name)
	r.o.ok(err)
	_, err = f.Write([]byte(strings.Join(rows, "\n") + "\n"))
	r.o.ok(err)
	r.o.ok(w.Close())
	req, err := http.NewRequest("POST", r.o.server.URL+path, &b)
	r.o.ok(err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return r.do(req)
}

// account is the fields of an account in one of the forms.
func account(form, number string) url.Values {
	return url.Values{"account_name." + form: {"虚构智能装备有限公司"}, "account_bank." + form: {"示例银行滨江支行"}, "account_number." + form: {number}, "_key": {"key-" + form + number}}
}

func TestAnEnterpriseSeesItsGrantThrough(t *testing.T) {
	g := newGrantOffice(t)
	r := g.enter(g.agent)
	home := "/binjiang/enterprise/" + exampleUSCC(ownCode)
	id := itoa(int64(g.listed().ID))
	at := home + "/grants/" + id + "/"
	r.get(home).has(t, "等您办理 1", "24,750.30 元", "待确认", "逾期未确认的移出名单", "第 2 步，共 5 步", "确认享受", "放弃这一项")

	bad := r.post(at+"confirm", account(id+".confirm", "<em>12"))
	if bad.code != http.StatusUnprocessableEntity {
		t.Fatalf("a wrong account: %d", bad.code)
	}
	bad.has(t, "银行账号应为 8 至 32 位数字。")
	if !strings.Contains(string(bad.body), "&lt;em&gt;12") || !strings.Contains(string(bad.body), `id="f-account_number.`+id+`.confirm"`) || len(bad.find("em", "")) > 0 {
		t.Error("what was typed is lost or is not told at its field")
	}
	if a := g.enter(g.resident("19900000077")).post(at+"confirm", account(id+".confirm", "62220000")); a.code != http.StatusNotFound {
		t.Errorf("a stranger confirms: %d", a.code)
	}
	if a := g.enter(app.Viewer{}).get(home); a.code != http.StatusSeeOther {
		t.Errorf("nobody reads it: %d", a.code)
	}
	if a := r.post(at+"order", nil); a.code != http.StatusNotFound {
		t.Errorf("the enterprise orders: %d", a.code)
	}
	if a := r.post(at+"confirm", account(id+".confirm", "6222 0000 1111")); a.code != http.StatusSeeOther || !strings.HasSuffix(a.header.Get("Location"), "#grant-"+id) {
		t.Fatalf("confirmed: %d %s", a.code, a.text())
	}
	r.get(home).has(t, "办理中 1", "已确认，等待公示", "1111", "第 3 步，共 5 步")
	g.cleared()
	r.get(home).has(t, "已核定，等待拨付", "第 4 步，共 5 步")
	g.pays("账号与户名不符")
	r.get(home).has(t, "等您办理 1", "银行退回：账号与户名不符", "更正账户")
	if a := r.post(at+"correct", url.Values{}); a.code != http.StatusUnprocessableEntity {
		t.Errorf("no account at all: %d", a.code)
	} else {
		a.has(t, "请填写收款账户。")
	}
	if a := r.post(at+"correct", account(id+".correct", "622200002222")); a.code != http.StatusSeeOther {
		t.Fatalf("corrected: %d %s", a.code, a.text())
	}
	g.pays("成功")
	r.get(home).has(t, "已兑付和已结束：1 笔", "已到账", "到账。", "更正收款账户")
	g.recalls("重复享受")
	r.get(home).has(t, "应退回 24,750.30 元，原因：重复享受")
	if a := r.get("/binjiang/enterprise/grants/" + id); a.code != http.StatusSeeOther || !strings.HasSuffix(a.header.Get("Location"), home+"#grant-"+id) {
		t.Errorf("from a message: %d %s", a.code, a.header.Get("Location"))
	}
	r.get(home + "?lang=en")
	r.get(home).has(t, "Waits for you 1", "are to be paid back")
}

func TestAnEnterpriseWaives(t *testing.T) {
	g := newGrantOffice(t)
	r := g.enter(g.agent)
	home := "/binjiang/enterprise/" + exampleUSCC(ownCode)
	id := itoa(int64(g.listed().ID))
	if a := r.post(home+"/grants/"+id+"/waive", url.Values{"note." + id + ".waive": {"已另有安排"}, "_key": {"w"}}); a.code != http.StatusSeeOther {
		t.Fatalf("waived: %d %s", a.code, a.text())
	}
	r.get(home).has(t, "已放弃", "已另有安排")
}

func TestAnEnterpriseAppliesAndSendsAgain(t *testing.T) {
	g := newGrantOffice(t)
	r := g.enter(g.agent)
	home := "/binjiang/enterprise/" + exampleUSCC(ownCode)
	const item = "first-scale-example"
	r.get(home).has(t, "申报这一项", "示例：上年度财务报表")
	bad := r.post(home+"/items/"+item+"/apply", url.Values{"note." + item: {"材料已交窗口"}, "_key": {"a"}})
	if bad.code != http.StatusUnprocessableEntity {
		t.Fatalf("no account: %d", bad.code)
	}
	bad.has(t, "请填写收款账户。", "材料已交窗口")
	form := account(item, "62220000")
	form.Set("note."+item, "材料已交窗口")
	if a := r.post(home+"/items/"+item+"/apply", form); a.code != http.StatusSeeOther {
		t.Fatalf("applied: %d %s", a.code, a.text())
	}
	page := r.get(home)
	page.has(t, "正在审核，承诺", "待审核")
	page.hasNot(t, "申报这一项")
	again := r.post(home+"/items/"+item+"/apply", url.Values{"account_number." + item: {"62220000"}, "_key": {"b"}})
	if again.code != http.StatusConflict {
		t.Errorf("twice: %d", again.code)
	}
	list, err := g.app.GrantsPage(context.Background(), g.agent, filterOf(exampleUSCC(ownCode), policy.Submitted))
	g.ok(err)
	id := list.Lines[0].ID
	g.ok(g.app.MoveGrant(context.Background(), g.desk, id, policy.Return, "财务报表缺少签章", "return"))
	r.get(home).has(t, "退回补正：财务报表缺少签章", "重新提交", "付至上次的账户")
	at := itoa(int64(id))
	if a := r.post(home+"/grants/"+at+"/resubmit", url.Values{"note." + at + ".resubmit": {"已补签章"}, "_key": {"c"}}); a.code != http.StatusSeeOther {
		t.Fatalf("sent again: %d %s", a.code, a.text())
	}
	r.get(home).has(t, "正在审核")
}

func TestPayoutsOfOtherSystemsComeInAndGoOut(t *testing.T) {
	g := newGrantOffice(t)
	r := g.enter(g.desk)
	const at = "/binjiang/desk/payouts/import"
	for who, v := range map[string]app.Viewer{"the agent": g.agent, "the paying office": g.finance} {
		if a := g.enter(v).get(at); a.code != http.StatusForbidden {
			t.Errorf("%s: %d", who, a.code)
		}
	}
	if a := r.bringFile(at, "", "数据.csv", payoutRows()); a.code != http.StatusUnprocessableEntity {
		t.Errorf("without a source: %d", a.code)
	}
	wrong := payoutRows()
	wrong[2] = strings.Replace(wrong[2], ",88", ",约88", 1)
	wrong[3] = strings.Replace(wrong[3], "2026-02", "2026-13", 1)
	a := r.bringFile(at, "示例：税务数据", "数据.csv", wrong)
	check := r.get(a.header.Get("Location"))
	check.has(t, "第 3 行", "第 4 行", "月份应写成 2026-03 的形式", "约88", "有错误的行")
	check.hasNot(t, "导入 2 行")
	if f := r.get(a.header.Get("Location") + "/errors.xlsx"); f.code != http.StatusOK || !bytes.HasPrefix(f.body, []byte("PK")) {
		t.Errorf("the file with its mistakes: %d", f.code)
	}
	a = r.bringFile(at, "示例：税务数据", "数据.csv", payoutRows())
	file := a.header.Get("Location")
	r.get(file).has(t, "2,530,900.00", "导入 4 行", "2026-01", "示例：留抵退税")
	if a := r.post(file+"/apply", url.Values{"rows": {"3"}, "_key": {"x"}}); a.code != http.StatusConflict {
		t.Errorf("another number than was shown: %d", a.code)
	}
	if a := r.post(file+"/apply", url.Values{"rows": {"4"}, "_key": {"y"}}); a.code != http.StatusSeeOther {
		t.Fatalf("entered: %d %s", a.code, a.text())
	}
	r.get(at).has(t, "已计入", "2,530,900.00")
	again := r.bringFile(at, "示例：税务数据", "又一份.csv", payoutRows())
	r.get(again.header.Get("Location")).has(t, "内容相同的文件已于")

	leader := g.enter(g.staff("leader", casework.Duty{Role: "leader", Area: "330108"}))
	page := leader.get("/binjiang/desk/payouts")
	page.has(t, "2026 年累计", "209.09", "税费减免", "其中：留抵退税", "同比 +375.2%", "覆盖率", "按月兑现金额", "0.59 万元")
	page.hasNot(t, "导入其他系统数据")
	if row := page.row("示例：留抵退税"); !strings.Contains(row, "2,085,000.00") || !strings.Contains(row, "440,000.00") || !strings.Contains(row, "+373.9%") {
		t.Errorf("by item: %q", row)
	}
	if row := page.row("兑付率"); row != "" {
		t.Errorf("a card is no row: %q", row)
	}
	leader.get("/binjiang/desk/payouts?kind=失业保险&by=month").has(t, "5,900.00", "2026-02", "全区")
	leader.get("/binjiang/desk/payouts/report").has(t, "按险种（税种）", "按街道（镇）", "惠企政策兑现情况（2026-01 至 2026-03）")
	leader.get("/binjiang/desk/payouts?lang=en")
	leader.get("/binjiang/desk/payouts").has(t, "2026 so far", "2,090,900.00", "Report of payouts")
	leader.get("/binjiang/desk/payouts?lang=zh")
	bad := leader.get("/binjiang/desk/payouts?from=2026-13&to=abc")
	if bad.code != http.StatusUnprocessableEntity {
		t.Errorf("months that are none: %d", bad.code)
	}
	bad.has(t, "月份应写成 2026-03 的形式")
	if a := leader.get("/binjiang/desk/payouts?from=2026-03&to=2026-01"); a.code != http.StatusUnprocessableEntity {
		t.Errorf("backwards: %d", a.code)
	}
	if a := r.get("/binjiang/desk/payouts/export.xlsx"); a.code != http.StatusOK || !bytes.HasPrefix(a.body, []byte("PK")) {
		t.Errorf("export: %d", a.code)
	}
	if a := g.enter(g.author).get("/binjiang/desk/payouts/export.xlsx"); a.code != http.StatusForbidden {
		t.Errorf("export without the power: %d", a.code)
	}
	if a := r.post(file+"/undo", url.Values{"reason": {"错"}, "_key": {"u"}}); a.code != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", a.code)
	}
	if a := r.post(file+"/undo", url.Values{"reason": {"来源更正了数据"}, "_key": {"v"}}); a.code != http.StatusSeeOther {
		t.Fatalf("taken back: %d %s", a.code, a.text())
	}
	r.get(at).has(t, "已回退", "来源更正了数据")
	leader.get("/binjiang/desk/payouts").has(t, "0.00", "—")
}
