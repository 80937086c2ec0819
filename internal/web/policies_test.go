package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/web/htmlcheck"

	"github.com/xuri/excelize/v2"
)

// TestEveryPageOfPoliciesIsSound opens every page in both languages, and addresses that lead nowhere.
func TestEveryPageOfPoliciesIsSound(t *testing.T) {
	o := newPolicyOffice(t)
	o.actsFor(o.agent, exampleUSCC(1))
	first, none := exampleUSCC(1), exampleUSCC(90)
	visitor, agent, desk := o.enter(app.Viewer{}), o.enter(o.agent), o.enter(o.desk)
	for _, c := range []struct {
		who  *reader
		path string
		want int
	}{
		{visitor, "policies", 200}, {visitor, "policies?q=%3Cem%3E%00&way=zzz&by=zzz", 200}, {visitor, "policies/stable-jobs?from=2022-01-01", 200},
		{visitor, "policies/stable-jobs?from=2023-01-01", 404}, {visitor, "policies/none", 404}, {visitor, "enterprise", 303}, {visitor, "enterprise/" + first, 303},
		{agent, "enterprise", 200}, {agent, "enterprise/" + first, 200}, {agent, "enterprise/" + exampleUSCC(2), 404}, {agent, "enterprise/" + none, 404},
		{desk, "enterprise/" + first, 200}, {desk, "policies", 200}, {desk, "policies/hnte", 200},
		{desk, "desk/policies", 200}, {desk, "desk/policies?q=稳岗&way=refund", 200}, {desk, "desk/policies/hnte?state=cannot_say&after=3", 200}, {desk, "desk/policies/hnte?state=zzz&after=-9", 200},
		{desk, "desk/policies/vat-refund", 200}, {desk, "desk/policies/none", 404}, {desk, "desk/policies/none/export.xlsx", 404},
		{desk, "desk/enterprises", 200}, {desk, "desk/enterprises?q=%25&after=x", 200}, {desk, "desk/enterprises/new", 200}, {desk, "desk/enterprises/" + first, 200},
		{desk, "desk/enterprises/" + first + "?view=profile", 200}, {desk, "desk/enterprises/" + first + "?view=statements", 200}, {desk, "desk/enterprises/" + first + "?view=people", 200},
		{desk, "desk/enterprises/" + none, 404}, {desk, "desk/enterprises/import", 200}, {desk, "desk/enterprises/import/1", 404}, {desk, "desk/enterprises/import/x", 404},
		{desk, "desk/enterprises/import/template.xlsx", 200}, {desk, "desk/agencies", 200},
		{o.enter(o.author), "desk/enterprises/" + first + "?view=people", 200},
	} {
		for _, tag := range []string{"zh", "en"} {
			c.who.client.Jar.SetCookies(mustURL(o.server.URL), []*http.Cookie{{Name: "lang", Value: tag, Path: "/"}})
			a := c.who.get("/binjiang/" + c.path)
			if a.code != c.want {
				t.Errorf("%s (%s): %d, want %d", c.path, tag, a.code, c.want)
			}
			if a.doc == nil || a.code == 303 {
				continue
			}
			for _, wrong := range htmlcheck.Page(a.body) {
				t.Errorf("%s (%s): %s", c.path, tag, wrong)
			}
			if len(a.find("em", "")) > 0 {
				t.Errorf("%s (%s): markup from the address is on the page", c.path, tag)
			}
		}
	}
}

// TestWhoMayNotOpenThePolicyDesk reads the list of routes itself, so that a new one cannot be forgotten.
func TestWhoMayNotOpenThePolicyDesk(t *testing.T) {
	o := newPolicyOffice(t)
	source, err := os.ReadFile("routes_policies.go")
	o.ok(err)
	routes := regexp.MustCompile(`(get|post)\("(/\{zone\}/desk/[^"]+)", s\.with(?:Upload)?\(([\w.]+),`).FindAllStringSubmatch(string(source), -1)
	if n := strings.Count(string(source), "/desk/"); len(routes) != n || n < 20 {
		t.Fatalf("read %d routes of %d", len(routes), n)
	}
	may := map[string]string{"app.Policies": "policy", "reading": "policy author", "matching": "policy author leader", "app.Export": "policy leader finance",
		"figures": "policy author leader", "app.EditPolicies": "author"}
	readers := map[string]*reader{"": o.enter(app.Viewer{}), "agent": o.enter(o.agent), "policy": o.enter(o.desk), "author": o.enter(o.author),
		"leader":  o.enter(o.staff("leader", casework.Duty{Role: "leader", Area: "330108"})),
		"finance": o.enter(o.staff("finance", casework.Duty{Role: app.RoleFinance, Area: "330108"})),
		"officer": o.enter(o.staff("officer", casework.Duty{Role: "officer", Unit: "sanitation"}))}
	fill := strings.NewReplacer("{zone}", "binjiang", "{item}", "hnte", "{code}", exampleUSCC(1), "{id}", "1", "{n}", "1", "{decision}", "confirm", "{from}", "2016-01-01")
	for _, r := range routes {
		path := fill.Replace(r[2])
		for who, b := range readers {
			if who != "" && strings.Contains(may[r[3]], who) {
				continue
			}
			a := answer{}
			if r[1] == "get" {
				a = b.get(path)
			} else {
				a = b.post(path, url.Values{"_key": {"w"}})
			}
			if who == "" && (a.code != http.StatusSeeOther || !strings.Contains(a.header.Get("Location"), "/staff?next=")) || who != "" && a.code != http.StatusForbidden {
				t.Errorf("%s %s as %q: %d", r[1], path, who, a.code)
			}
		}
	}
	for _, path := range []string{"enterprises/new", "enterprises/import", "agencies"} {
		if a := readers["author"].get("/binjiang/desk/" + path); a.code != http.StatusForbidden {
			t.Errorf("the author of policies opens %s: %d", path, a.code)
		}
	}
	for _, who := range []string{"leader", "finance"} {
		if a := readers[who].get("/binjiang/desk/policies/hnte/export.xlsx"); a.code != http.StatusForbidden {
			t.Errorf("%s takes out who may have an item: %d", who, a.code)
		}
	}
}

// cellsOf are the cells of a workbook's first sheet.
func cellsOf(t *testing.T, body []byte) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestThePolicyDeskTakesListsOut(t *testing.T) {
	o := newPolicyOffice(t)
	desk := o.enter(o.desk)
	rows := cellsOf(t, desk.get("/binjiang/desk/policies/stable-jobs-example/export.xlsx").body)
	if len(rows) < 9 || rows[1][0] != exampleUSCC(1) || rows[1][1] != "虚构智能装备有限公司" || rows[1][2] != "24750.30" {
		t.Errorf("who may have it: %q", rows)
	}
	open := ""
	for _, r := range rows {
		if len(r) > 3 && strings.Contains(r[3], "上年实缴失业保险费") {
			open = r[1]
		}
	}
	if open != "虚构物流有限公司" {
		t.Errorf("the one whose amount is open is %q", open)
	}
	more := []string{"统一社会信用代码,企业名称,应纳税所得额（万元）,从业人数,资产总额（万元）"}
	for i := range 600 {
		more = append(more, fmt.Sprintf("%s,虚构小微企业%03d,10,5,20", exampleUSCC(400+i), i))
	}
	o.bring("示例：批量", "2026-03-01", more)
	seen := map[string]bool{}
	for _, r := range cellsOf(t, desk.get("/binjiang/desk/policies/micro-profit/export.xlsx").body)[1:] {
		if len(r) > 1 && r[1] != "" {
			seen[r[0]] = true
		}
	}
	if len(seen) != 608 {
		t.Errorf("%d enterprises in a long list, want 608", len(seen))
	}
	all := cellsOf(t, desk.get("/binjiang/desk/policies/export.xlsx").body)
	found := false
	for _, r := range all {
		if len(r) > 10 && r[0] == "first-scale-example" {
			found = r[8] == "1" && r[10] == "200000"
		}
	}
	if !found {
		t.Errorf("the items: %q", all)
	}
}

// TestEnterprisesArePagedByPlace has more enterprises than a page shows, and meets each once.
func TestEnterprisesArePagedByPlace(t *testing.T) {
	o := newPolicyOffice(t)
	rows := []string{"统一社会信用代码,企业名称,行业代码（GB/T 4754）"}
	for i := range 110 {
		rows = append(rows, fmt.Sprintf("%s,虚构批量企业%03d,I6510", exampleUSCC(200+i), i))
	}
	o.bring("示例：批量", "2026-03-01", rows)
	desk := o.enter(o.desk)
	for path, want := range map[string]int{"desk/enterprises": 122, "desk/enterprises?q=批量企业": 110, "desk/enterprises?q=" + exampleUSCC(200)[:16]: 10, "desk/policies/hnte?state=cannot_say": 122} {
		seen, pages := map[string]bool{}, 0
		for next := "/binjiang/" + path; next != ""; pages++ {
			a := desk.get(next)
			for _, r := range a.rows() {
				seen[r] = true
			}
			next = ""
			for _, n := range a.find("a", "") {
				if attr(n, "rel") == "next" {
					next = attr(n, "href")
				}
			}
		}
		if len(seen) != want || pages != 1+(want-1)/50 {
			t.Errorf("%s: %d enterprises on %d pages, want %d", path, len(seen), pages, want)
		}
	}
}

// TestWhatIsTypedOfAnEnterpriseIsShownAsItWasTyped sends markup, wrong values and a doubtful code.
func TestWhatIsTypedOfAnEnterpriseIsShownAsItWasTyped(t *testing.T) {
	o := newPolicyOffice(t)
	desk := o.enter(o.desk)
	doubtful := exampleUSCC(40)
	doubtful = doubtful[:17] + map[bool]string{true: "1", false: "0"}[doubtful[17] == '0']
	form := url.Values{"_key": {"k1"}, "code": {doubtful}, "name": {"<em>虚构</em>企业"}, "source": {"示例<em>来源</em>"}, "as_of": {"2026-03-01"},
		"values.revenue": {"500"}, "values.marks": {"none", "abnormal"}, "values.staff": {"12"}, "values.size": {"small"}}
	a := desk.post("/binjiang/desk/enterprises", form)
	if a.code != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", a.code)
	}
	a.sane(t).has(t, "校验位不符", "采用此码的依据", "500")
	for _, field := range []string{"code", "name", "source", "values.revenue", "values.staff", "_key"} {
		if got := a.typed(field); got != form.Get(field) {
			t.Errorf("%s came back as %q", field, got)
		}
	}
	form.Set("reason", "执照原件<em>确为</em>此码")
	form.Set("values.revenue", "500万元")
	form["values.marks"] = []string{"abnormal"}
	if a = desk.post("/binjiang/desk/enterprises", form); a.code != http.StatusSeeOther {
		t.Fatalf("status %d: %s", a.code, a.text())
	}
	at := "/binjiang/desk/enterprises/" + doubtful
	desk.get(at).sane(t).has(t, "<em>虚构</em>企业", "执照原件<em>确为</em>此码（测试policy）")
	desk.get(at+"?view=profile").sane(t).has(t, "500 万元", "经营异常", "小型", "示例<em>来源</em>")
	if a = desk.post(at+"/statements/1/back", url.Values{"_key": {"k2"}, "reason.1": {"短"}}); a.code != http.StatusUnprocessableEntity || a.typed("reason.1") != "短" || !strings.Contains(string(a.body), `id="f-reason.1-error"`) {
		t.Errorf("a short reason: %d, %q", a.code, a.typed("reason.1"))
	}
	if a = desk.post(at+"/statements/1/back", url.Values{"_key": {"k3"}, "reason.1": {"录入有误"}}); a.code != http.StatusSeeOther {
		t.Errorf("taking back: %d", a.code)
	}
	desk.get(at+"?view=statements").sane(t).has(t, "第 2 条：撤回第 1 条", "录入有误", "已撤回")
	if a = desk.post(at+"/statements/1/back", url.Values{"_key": {"k4"}, "reason.1": {"再撤一次"}}); a.code != http.StatusConflict {
		t.Errorf("taking back twice: %d", a.code)
	}
	if a = desk.post(at+"/statements/x/back", url.Values{"_key": {"k5"}}); a.code != http.StatusNotFound {
		t.Errorf("no statement: %d", a.code)
	}
}

// TestWhoActsForAnEnterprise asks, is refused, asks again, is confirmed and stops.
func TestWhoActsForAnEnterprise(t *testing.T) {
	o := newPolicyOffice(t)
	agent, desk, first := o.enter(o.agent), o.enter(o.desk), exampleUSCC(1)
	ask := func(key string) {
		t.Helper()
		if a := agent.post("/binjiang/enterprise", url.Values{"_key": {key}, "code": {first}, "role": {"legal"}, "note": {"持有<em>执照</em>"}}); a.code != http.StatusSeeOther {
			t.Fatalf("asking: %d %s", a.code, a.text())
		}
	}
	waiting := func() string {
		t.Helper()
		a := desk.get("/binjiang/desk/agencies").sane(t)
		a.has(t, "持有<em>执照</em>", "法定代表人")
		for _, n := range a.find("form", "") {
			if to, ok := strings.CutSuffix(attr(n, "action"), "/confirm"); ok {
				return to
			}
		}
		t.Fatal("nothing waits")
		return ""
	}
	ask("a1")
	if a := agent.post("/binjiang/enterprise", url.Values{"_key": {"a2"}, "code": {first}, "role": {"agent"}, "note": {"再申请一次"}}); a.code != http.StatusConflict {
		t.Errorf("asking twice: %d", a.code)
	}
	to := waiting()
	if a := desk.post(to+"/refuse", url.Values{"_key": {"d1"}}); a.code != http.StatusUnprocessableEntity {
		t.Errorf("refusing without a reason: %d", a.code)
	}
	if a := desk.post(to+"/zzz", url.Values{"_key": {"d2"}}); a.code != http.StatusNotFound {
		t.Errorf("a decision that is none: %d", a.code)
	}
	id := to[strings.LastIndex(to, "/")+1:]
	if a := desk.post(to+"/refuse", url.Values{"_key": {"d3"}, "reason." + id: {"未出示授权"}}); a.code != http.StatusSeeOther {
		t.Errorf("refusing: %d", a.code)
	}
	agent.get("/binjiang/enterprise").sane(t).has(t, "未通过", "未出示授权")
	ask("a3")
	to = waiting()
	if a := desk.post(to+"/confirm", url.Values{"_key": {"d4"}}); a.code != http.StatusSeeOther {
		t.Errorf("confirming: %d", a.code)
	}
	agent.get("/binjiang/enterprise/"+first).sane(t).has(t, "可以享受", "24,750.30 元", "不用申请", "需要申请，60 个工作日内办结", "资料不全", "请把所缺资料告知")
	desk.get("/binjiang/desk/enterprises/"+first+"?view=people").sane(t).has(t, "已核实", "结束代办")
	desk.get("/binjiang/desk/enterprises/"+exampleUSCC(10)).sane(t).has(t, "就差一项", "差在：营业收入不足 2000 万元")
	id = to[strings.LastIndex(to, "/")+1:]
	if a := o.enter(o.resident("19900000077")).post("/binjiang/enterprise/agencies/"+id+"/end", url.Values{"_key": {"x1"}}); a.code != http.StatusNotFound {
		t.Errorf("a stranger ends it: %d", a.code)
	}
	if a := agent.post("/binjiang/enterprise/agencies/"+id+"/end", url.Values{"_key": {"x2"}}); a.code != http.StatusSeeOther {
		t.Errorf("stopping: %d", a.code)
	}
	if a := agent.get("/binjiang/enterprise/" + first); a.code != http.StatusNotFound {
		t.Errorf("after stopping: %d", a.code)
	}
}
