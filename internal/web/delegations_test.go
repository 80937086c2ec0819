package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gezhi/internal/browser"
	"gezhi/internal/casework"
)

func lendForm(key, duty, to, last string) url.Values {
	return url.Values{"duty": {duty}, "delegate": {to}, "from": {"2026-03-02"}, "to": {last}, "reason": {"<em>外出培训"}, "_key": {key}}
}

func TestADutyIsLentShownAndGivenBack(t *testing.T) {
	c := newCast(t)
	stand := c.staff("lisi", casework.Duty{Role: "officer", Unit: "greening"})
	owner := c.enter(c.acceptor)
	owner.get("/binjiang/me").has(t, "外出委托", "委托职责")
	owner.get("/binjiang/me/delegations").has(t, "没有委托", "新的委托", "杭州滨江 · 受理员")
	for field, value := range map[string]string{"duty": "officer/greening/", "delegate": "<em>谁", "from": "2026-02-01", "to": "2026-09-01", "reason": ""} {
		form := lendForm("k-"+field, "acceptor//330108", "lisi", "2026-03-06")
		form.Set(field, value)
		a := owner.post("/binjiang/me/delegations", form)
		if a.code != http.StatusUnprocessableEntity || len(a.find("em", "")) != 0 {
			t.Errorf("%s %q: %d", field, value, a.code)
		}
		if field != "reason" && !strings.Contains(string(a.body), `value="&lt;em&gt;外出培训"`) {
			t.Errorf("%s: what was typed is lost", field)
		}
	}
	if a := owner.post("/binjiang/me/delegations", lendForm("k1", "acceptor//330108", "测试lisi", "2026-03-06")); a.code != http.StatusSeeOther {
		t.Fatalf("lending: %d %s", a.code, a.text())
	}
	owner.get("/binjiang/me/delegations").has(t, "委托给同事", "测试lisi", "3月2日 至 3月6日", "生效中", "<em>外出培训")
	other := c.enter(stand)
	inbox := other.get("/binjiang/desk")
	inbox.has(t, "代 测试acceptor 办理至 3月6日", "西兴的垃圾堆")
	if !strings.Contains(string(inbox.body), "代测试acceptor：受理员") {
		t.Error("the head of the page does not say what for")
	}
	other.get("/binjiang/messages").has(t, "已委托办理：“杭州滨江 · 受理员”，2026-03-02 至 2026-03-06")
	other.get("/binjiang/me/delegations").has(t, "代同事办理", "测试acceptor")
	id := itoa(int64(c.inXixing.ID))
	if a := other.post("/binjiang/case/"+id+"/accept", url.Values{"_key": {"m1"}}); a.code != http.StatusSeeOther {
		t.Fatalf("accepting: %d %s", a.code, a.text())
	}
	other.get("/binjiang/case/"+id).has(t, "受理员 · 测试lisi（代测试acceptor）")
	c.enter(c.resident).get("/binjiang/case/"+id).has(t, "测*（代测*）")
	english := c.enter(c.shift)
	english.get("/binjiang/desk?lang=en")
	english.get("/binjiang/case/"+id).has(t, "测试lisi for 测试acceptor")

	end := regexp.MustCompile(`/binjiang/me/delegations/\d+/end`).FindString(string(owner.get("/binjiang/me/delegations").body))
	if a := c.enter(c.leader).post(end, url.Values{"_key": {"e0"}}); a.code != http.StatusNotFound {
		t.Errorf("a stranger ends it: %d", a.code)
	}
	if a := other.post(end, url.Values{"_key": {"e1"}}); a.code != http.StatusSeeOther {
		t.Fatalf("giving back: %d", a.code)
	}
	if a := owner.post(end, url.Values{"_key": {"e2"}}); a.code != http.StatusConflict {
		t.Errorf("ending twice: %d", a.code)
	}
	other.get("/binjiang/desk").hasNot(t, "办理至", "西兴的垃圾堆")
	owner.get("/binjiang/me/delegations").has(t, "已提前结束")
	owner.get("/binjiang/messages").has(t, "委托已提前结束")
	if a := c.enter(c.resident).get("/binjiang/me/delegations"); a.code != http.StatusNotFound {
		t.Errorf("a resident sees the page: %d", a.code)
	}
}

func TestSomebodyWhoFellIllIsStoodInFor(t *testing.T) {
	o := newBureau(t)
	sick := itoa(int64(o.people["sanitation"]))
	b := o.as("security")
	b.get("/binjiang/admin/users/"+sick).has(t, "外出委托")
	path := "/binjiang/admin/users/" + sick + "/delegations"
	b.get(path).has(t, "虚构sanitation的外出委托", "没有委托")
	b.after(b.post(path, lendForm("k1", "officer/sanitation/", "dispatcher", "2026-03-06"))).has(t, "虚构dispatcher", "虚构security", "生效中")
	if got := b.post(path, lendForm("k2", "officer/sanitation/", "security", "2026-03-06")); got.code != http.StatusUnprocessableEntity {
		t.Errorf("to themselves: %d", got.code)
	}
	o.as("auditor").get("/binjiang/admin/audit").has(t, "委托职责", "officer/sanitation/ → staff:dispatcher 2026-03-02…2026-03-06")
	o.as("dispatcher").get("/binjiang/desk").has(t, "代 虚构sanitation 办理至 3月6日")
	end := regexp.MustCompile(path + `/\d+/end`).FindString(b.get(path).body)
	b.after(b.post(end, url.Values{"_key": {"e1"}})).has(t, "已提前结束")
	for _, who := range []string{"admin", "auditor"} {
		if got := o.as(who).get(path); got.code != http.StatusForbidden {
			t.Errorf("%s sees it: %d", who, got.code)
		}
	}
}

func TestAbsenceInABrowser(t *testing.T) {
	b := browser.Start(t)
	c := newCast(t)
	c.staff("lisi", casework.Duty{Role: "officer", Unit: "greening"}, casework.Duty{Role: "grid_staff", Area: xixing + "001001"})
	for i, name := range []string{"desk", "phone"} {
		open := func() *browser.Page {
			if name == "phone" {
				return b.Phone(t)
			}
			return b.Desktop(t)
		}
		p := open()
		p.Goto(c.server.URL + "/")
		p.Click([]string{"acceptor", "leader"}[i])
		p.Goto(c.server.URL + "/binjiang/me")
		p.Click("委托职责")
		p.WaitText("新的委托")
		p.Click("form[action$='/delegations'] select")
		p.Fill("duty", []string{"acceptor//330108", "leader//330108"}[i])
		p.Fill("delegate", "测试lisi")
		p.Fill("to", c.Now().AddDate(0, 0, 4+i).Format(time.DateOnly))
		p.Fill("reason", "外出培训")
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("absence-form")
		p.Click("form[action$='/delegations'] button[type=submit]")
		p.WaitText("已委托；到期自动结束", "测试lisi", "生效中")
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("absence-lent")

		q := open()
		q.Goto(c.server.URL + "/")
		q.Click("lisi")
		for _, path := range []string{"desk", "grid", "grid/inbox", "me"} {
			q.Goto(c.server.URL + "/binjiang/" + path)
			q.WaitText("代 测试acceptor 办理至 3月6日")
			q.NoHorizontalScroll()
			q.Axe()
			q.Screenshot("absence-" + strings.ReplaceAll(path, "/", "-"))
		}
		if name == "desk" {
			q.Goto(c.server.URL + "/binjiang/case/" + itoa(int64(c.inXixing.ID)))
			q.Click("受理")
			q.WaitText("测试lisi（代测试acceptor）")
			q.Screenshot("absence-history")
		}
		q.Goto(c.server.URL + "/binjiang/me/delegations")
		q.WaitText("代同事办理", "测试acceptor")
		q.NoHorizontalScroll()
		q.Axe()
		q.Screenshot("absence-held")
	}
}
