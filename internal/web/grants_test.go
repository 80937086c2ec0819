package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/policy"
	"gezhi/internal/store"
	"gezhi/internal/web/htmlcheck"
)

// TestGrantPagesAreForThosePowers asks for every page of payouts as those who may see it and as those who may not.
func TestGrantPagesAreForThosePowers(t *testing.T) {
	p := newPayers(t)
	fund, ctx := p.fund(), context.Background()
	list, err := p.app.MakeList(ctx, p.desk, app.ListForm{Item: stableJobs, Fund: fund, New: 7}, p.key())
	p.ok(err)
	one := p.grant(exampleUSCC(1), stableJobs).ID
	const at = "/binjiang/desk/"
	both := []string{"grants", "grants/applications", "grants/" + itoa(int64(one)), "grants/lists", "grants/lists/" + itoa(list), "pay-orders", "funds", "funds/" + itoa(fund)}
	policies := []string{"grants/lists/new", "grants/lists/new?item=" + stableJobs, "grants/lists/" + itoa(list) + "/refresh"}
	pays := []string{"pay-orders/new", "pay-orders/new?fund=" + itoa(fund), "receipts"}
	desk, finance, author, agent := p.enter(p.desk), p.enter(p.finance), p.enter(p.author), p.enter(p.agent)
	for _, tag := range []string{"zh", "en"} {
		for r, paths := range map[*reader][]string{desk: append(policies, both...), finance: append(pays, both...)} {
			r.get("/binjiang/me?lang=" + tag)
			for _, path := range paths {
				a := r.get(at + path)
				if a.code != http.StatusOK {
					t.Errorf("%s %s: %d %s", tag, path, a.code, a.text())
				}
				for _, wrong := range htmlcheck.Page(a.body) {
					t.Errorf("%s %s: %s", tag, path, wrong)
				}
			}
		}
	}
	for r, paths := range map[*reader][]string{desk: pays, finance: policies, author: append(both, pays...), agent: append(both, policies...)} {
		for _, path := range paths {
			if a := r.get(at + path); a.code != http.StatusForbidden {
				t.Errorf("%s: %d, want 403", path, a.code)
			}
		}
	}
	for path, want := range map[string]int{"grants/x": 404, "grants/7": 404, "grants/lists/7": 404, "pay-orders/BF-1": 404, "funds/x": 404, "grants?state=nonsense&after=x": 200, "grants/lists/new?item=nothing": 200} {
		if a := desk.get(at + path); a.code != want {
			t.Errorf("%s: %d, want %d", path, a.code, want)
		}
	}
	for _, path := range []string{"grants/export.xlsx", "grants/lists/" + itoa(list) + "/export.xlsx", "grants/applications/export.xlsx?state=all"} {
		if a := desk.get(at + path); a.code != http.StatusOK || !strings.HasPrefix(string(a.body), "PK") {
			t.Errorf("%s: %d", path, a.code)
		}
	}
	var log []store.Audit
	p.ok(p.app.DB().View(ctx, binjiang, func(r *store.Reader) (err error) {
		log, err = r.AuditLog(store.AuditFilter{Action: "export", Limit: 10})
		return err
	}))
	if len(log) != 3 || log[0].Actor != p.desk.Person || log[0].Subject != "grants" || log[2].Detail != "all grants" {
		t.Errorf("audit %+v", log)
	}
	if a := p.enter(app.Viewer{Zone: binjiang}).get("/binjiang/policies/publicity"); a.code != http.StatusOK {
		t.Errorf("the public page: %d", a.code)
	}
}

// TestWrongGrantFormsComeBack types what is wrong into each form: the message stands by its field and what was typed is kept.
func TestWrongGrantFormsComeBack(t *testing.T) {
	p := newPayers(t)
	fund, ctx := p.fund(), context.Background()
	list, err := p.app.MakeList(ctx, p.desk, app.ListForm{Item: stableJobs, Fund: fund, New: 7}, p.key())
	p.ok(err)
	first := p.confirm(exampleUSCC(1))
	application, err := p.app.ApplyForGrant(ctx, p.agent, exampleUSCC(1), firstScale, app.GrantForm{}, p.key())
	p.ok(err)
	desk, finance := p.enter(p.desk), p.enter(p.finance)
	long := strings.Repeat("长", 201) + "<em>"
	for what, c := range map[string]struct {
		r     *reader
		path  string
		form  url.Values
		code  int
		says  string
		field string // that is kept
	}{
		"no reason":            {desk, "grants/" + itoa(int64(first)), url.Values{"act": {"drop"}, "note.drop": {" "}}, 422, "请写明理由", ""},
		"a long reason":        {desk, "grants/" + itoa(int64(first)), url.Values{"act": {"drop"}, "note.drop": {long}}, 422, "2 至 200 个字", "note.drop"},
		"no such act":          {desk, "grants/" + itoa(int64(first)), url.Values{"act": {"nonsense"}}, 422, "不能这样办理", ""},
		"an act of the bank":   {finance, "grants/" + itoa(int64(first)), url.Values{"act": {"pay"}}, 422, "不能这样办理", ""},
		"too late for it":      {desk, "grants/" + itoa(int64(first)), url.Values{"act": {"refuse"}, "note.refuse": {"材料不实"}}, 409, "您写的内容没有提交：材料不实", ""},
		"not of the post":      {finance, "grants/" + itoa(int64(first)), url.Values{"act": {"drop"}, "note.drop": {"材料不实"}}, 403, "您写的内容没有提交：材料不实", ""},
		"no fund":              {desk, "grants/" + itoa(int64(application)), url.Values{"act": {"accept"}, "amount": {"3万元"}, "note.accept": {"按审计数"}}, 422, "请选择资金", "amount"},
		"no unit":              {desk, "grants/" + itoa(int64(application)), url.Values{"act": {"accept"}, "amount": {"30000"}, "fund": {itoa(fund)}}, 422, "单位", "amount"},
		"why another amount":   {desk, "grants/" + itoa(int64(application)), url.Values{"act": {"accept"}, "amount": {"3万元"}, "fund": {itoa(fund)}}, 422, "请写明理由", "amount"},
		"another number":       {desk, "grants/lists", url.Values{"item": {stableJobs}, "title": {"示例名单"}, "new": {"3"}}, 409, "情况又有变动", ""},
		"an item that ended":   {desk, "grants/lists", url.Values{"item": {"vat-refund"}}, 422, "不在有效期内", ""},
		"a fund there is not":  {desk, "grants/lists/" + itoa(list) + "/fund", url.Values{"fund": {"7"}}, 422, "请选择资金", ""},
		"which applications":   {desk, "grants/applications/publish", url.Values{}, 422, "请选择事项", ""},
		"nothing to order":     {finance, "pay-orders", url.Values{"fund": {itoa(fund)}, "pieces": {"0"}}, 422, "没有", ""},
		"an order of no fund":  {finance, "pay-orders", url.Values{"note": {"备注"}}, 422, "请选择资金", ""},
		"a fund without names": {finance, "funds", url.Values{"name": {"<em>示例"}, "year": {"十"}}, 422, "预算年度", "name"},
		"a document twice":     {finance, "funds/" + itoa(fund) + "/allot", url.Values{"amount": {"1万元"}, "document": {"示例〔2026〕1号"}}, 409, "文号", "document"},
		"an old form":          {finance, "funds/" + itoa(fund), url.Values{"name": {"示例：改名"}, "year": {"2026"}, "unit": {"示例单位"}, "revision": {"99"}}, 409, "", "name"},
	} {
		c.form.Set("_key", p.key())
		a := c.r.post("/binjiang/desk/"+c.path, c.form)
		if a.code != c.code || !strings.Contains(a.text(), c.says) {
			t.Errorf("%s: %d, want %d with %q: %s", what, a.code, c.code, c.says, a.text())
		}
		if c.field != "" && a.typed(c.field) != c.form.Get(c.field) {
			t.Errorf("%s: %q is kept as %q", what, c.form.Get(c.field), a.typed(c.field))
		}
		if strings.Contains(string(a.body), "<em>") {
			t.Errorf("%s: what was typed is markup", what)
		}
	}
}

// TestAnObjectionStopsAGrant has somebody object to what is public; the second of the desk decides.
func TestAnObjectionStopsAGrant(t *testing.T) {
	p := newPayers(t)
	ctx := context.Background()
	list, err := p.app.MakeList(ctx, p.desk, app.ListForm{Item: stableJobs, New: 7}, p.key())
	p.ok(err)
	id := p.confirm(exampleUSCC(1))
	if a := p.enter(p.desk).post("/binjiang/desk/grants/lists/"+itoa(list)+"/publish", url.Values{"_key": {p.key()}}); a.code != http.StatusSeeOther {
		t.Fatalf("publish: %d %s", a.code, a.text())
	}
	citizen := p.enter(p.resident("19900000033"))
	citizen.get("/binjiang/policies/publicity").has(t, "虚构智能装备有限公司", "24,750.30", "提出异议")
	at := "/binjiang/policies/publicity/" + itoa(int64(id))
	if a := p.enter(app.Viewer{Zone: binjiang}).get(at); a.code != http.StatusSeeOther {
		t.Errorf("without signing in: %d", a.code)
	}
	if a := citizen.get(at[:len(at)-1] + "0"); a.code != http.StatusNotFound {
		t.Errorf("what is not public: %d", a.code)
	}
	if a := citizen.post(at, url.Values{"note": {"短"}, "_key": {p.key()}}); a.code != 422 || a.typed("note") != "短" {
		t.Errorf("no reason: %d %s", a.code, a.text())
	}
	if a := citizen.post(at, url.Values{"note": {"该企业上年裁员较多"}, "_key": {p.key()}}); a.code != http.StatusSeeOther {
		t.Errorf("objection: %d %s", a.code, a.text())
	}
	page := citizen.get("/binjiang/policies/publicity")
	page.has(t, "核查中")
	page.hasNot(t, "裁员较多")
	desk := p.enter(p.desk)
	to := "/binjiang/desk/grants/" + itoa(int64(id))
	desk.get(to).has(t, "该企业上年裁员较多", "驳回异议", "移出名单")
	p.enter(p.finance).get(to).hasNot(t, "驳回异议")
	if a := desk.post(to, url.Values{"act": {"dismiss"}, "note.dismiss": {"经核实，裁员率未超标准"}, "_key": {p.key()}}); a.code != http.StatusSeeOther {
		t.Errorf("dismissed: %d %s", a.code, a.text())
	}
	if g := p.grant(exampleUSCC(1), stableJobs); g.State != policy.Published {
		t.Errorf("then it is %s", g.State)
	}
}
