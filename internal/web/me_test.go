package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/casework"

	"github.com/pquerna/otp/totp"
)

func TestMessagesAreCountedReadAndPaged(t *testing.T) {
	c := newCast(t)
	r := c.enter(c.resident)
	c.move(c.acceptor, c.inXixing, "accept", nil)
	a := r.get("/binjiang/messages")
	a.has(t, "您上报的事项已受理", "未读", "西兴的垃圾堆", c.inXixing.Number)
	upto := ""
	for _, n := range a.find("input", "") {
		if attr(n, "name") == "upto" {
			upto = attr(n, "value")
		}
	}
	if nav := a.find("nav", "gz-tabs"); len(nav) != 1 || !strings.Contains(textOf(nav[0]), "消息 1") {
		t.Errorf("the navigation does not count the message")
	}
	if a := r.post("/binjiang/messages", url.Values{"upto": {upto}}); a.code != http.StatusSeeOther {
		t.Fatalf("marking as read: %d", a.code)
	}
	r.get("/binjiang/messages").hasNot(t, "未读", "消息 1")
	if a := r.post("/binjiang/messages", url.Values{"upto": {"<em>"}}); a.code != http.StatusNotFound {
		t.Errorf("a made-up message: %d", a.code)
	}
	for i := range 40 {
		k := c.verified(fmt.Sprintf("西兴第 %d 堆垃圾", i))
		c.move(c.acceptor, k, "accept", nil)
	}
	a = r.get("/binjiang/messages")
	next := ""
	for _, n := range a.find("a", "") {
		if attr(n, "rel") == "next" {
			next = attr(n, "href")
		}
	}
	first, second := len(a.find("span", "gz-message-icon")), len(r.get(next).find("span", "gz-message-icon"))
	if first != 30 || second != 11 {
		t.Errorf("%d and %d messages", first, second)
	}
	if n := len(c.enter(c.puyan).get("/binjiang/messages").find("span", "gz-message-icon")); n != 0 {
		t.Errorf("somebody else's messages: %d", n)
	}
}

func TestAResidentCorrectsTheNameAndSeesWhoLooked(t *testing.T) {
	c := newCast(t)
	r := c.enter(c.resident)
	r.get("/binjiang/me").has(t, "138****0001", "没有人查看过", "下载我的数据")
	a := r.post("/binjiang/me/name", url.Values{"name": {"<em>张</em>"}})
	if a.code != http.StatusUnprocessableEntity {
		t.Errorf("markup in a name: %d", a.code)
	}
	a.has(t, "请填写真实姓名")
	a.hasNot(t, "<em>")
	if a := r.post("/binjiang/me/name", url.Values{"name": {"测试居民"}}); a.code != http.StatusSeeOther {
		t.Errorf("correcting: %d", a.code)
	}
	desk := c.staff("desk", casework.Duty{Role: "district_desk", Area: "330108"})
	_, err := c.app.RevealPerson(t.Context(), desk, c.resident.Person, c.inXixing.ID, "回访 <em>核实</em>")
	c.ok(err)
	a = r.get("/binjiang/me")
	a.has(t, "测试居民", "案件 "+c.inXixing.Number, "回访 <em>核实</em>")
	a.hasNot(t, "<em>", "测试desk")
	for _, path := range []string{"password", "totp", "totp/confirm"} {
		if a := r.post("/binjiang/me/"+path, url.Values{}); a.code != http.StatusNotFound {
			t.Errorf("a resident at %s: %d", path, a.code)
		}
	}
}

func TestEverybodyCanTakeTheOwnDataAway(t *testing.T) {
	c := newCast(t)
	other := c.resident2()
	a := c.enter(c.resident).get("/binjiang/me/data.json")
	var d app.OwnData
	c.ok(json.Unmarshal(a.body, &d))
	if d.Phone != "13800000001" || len(d.Reports) != 2 || d.Reports[0].Title != "西兴的垃圾堆" || len(d.Reports[0].History) < 2 {
		t.Errorf("data %+v", d)
	}
	if strings.Contains(string(a.body), other.Title) {
		t.Error("somebody else's report is in it")
	}
	if !strings.Contains(a.header.Get("Content-Disposition"), "attachment") {
		t.Error("not a file")
	}
	if a := c.enter(app.Viewer{}).get("/binjiang/me/data.json"); a.code != http.StatusSeeOther {
		t.Errorf("a visitor: %d", a.code)
	}
}

// resident2 is a report of somebody else.
func (c *cast) resident2() casework.Case {
	return c.report(c.office.resident("13800000002"), c.within(xixing), "别人家门口的垃圾", nil)
}

func TestStaffChangeTheirPassword(t *testing.T) {
	c := newCast(t)
	r := c.enter(c.leader)
	for name, form := range map[string]url.Values{
		"原密码不正确":      {"was": {"<em>"}, "password": {"New-secret-10"}, "again": {"New-secret-10"}},
		"两次输入的新密码不一致": {"was": {"Right-horse-9"}, "password": {"New-secret-10"}, "again": {"<em>"}},
		"密码至少 10 位":   {"was": {"Right-horse-9"}, "password": {"<em>"}, "again": {"<em>"}},
	} {
		a := r.post("/binjiang/me/password", form)
		if a.code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, a.code)
		}
		a.has(t, name)
		a.hasNot(t, "<em>", "New-secret-10", "Right-horse-9")
	}
	a := r.post("/binjiang/me/password", url.Values{"was": {"Right-horse-9"}, "password": {"New-secret-10"}, "again": {"New-secret-10"}})
	if a.code != http.StatusSeeOther {
		t.Fatalf("changing: %d", a.code)
	}
	r.get("/binjiang/me").has(t, "密码已修改")
	if _, err := c.app.EnterByPassword(t.Context(), binjiang, "leader", "New-secret-10", ""); err != nil {
		t.Error(err)
	}
}

func TestOneTimeCodesAreSetUpWithACode(t *testing.T) {
	c := newCast(t)
	r := c.enter(c.leader)
	a := r.post("/binjiang/me/totp", url.Values{})
	if len(a.find("svg", "gz-qr")) != 1 {
		t.Error("no QR code")
	}
	secret := ""
	for _, n := range a.find("input", "") {
		if attr(n, "name") == "secret" {
			secret = attr(n, "value")
		}
	}
	a.has(t, "otpauth://totp/Gezhi:leader?", secret[:4]+" "+secret[4:8])
	a = r.post("/binjiang/me/totp/confirm", url.Values{"secret": {secret}, "code": {"<em>"}})
	if a.code != http.StatusUnprocessableEntity || len(a.find("svg", "gz-qr")) != 1 {
		t.Errorf("a wrong code: %d", a.code)
	}
	a.has(t, "动态口令不正确", secret[:4]+" "+secret[4:8])
	a.hasNot(t, "<em>")
	code, err := totp.GenerateCode(secret, c.Now())
	c.ok(err)
	if a := r.post("/binjiang/me/totp/confirm", url.Values{"secret": {secret}, "code": {code}}); a.code != http.StatusSeeOther {
		t.Fatalf("confirming: %d", a.code)
	}
	r.get("/binjiang/me").has(t, "已开启", "重新设置")
	if _, err := c.app.EnterByPassword(t.Context(), binjiang, "leader", "Right-horse-9", ""); err == nil {
		t.Error("the password alone still signs in")
	}
}

// leads fails the test unless a message leads to the page, which every link of the messages does without fail.
func (r *reader) leads(t *testing.T, to string) {
	t.Helper()
	found := false
	for _, item := range r.get("/binjiang/messages").find("ul", "gz-messages") {
		for _, a := range (answer{doc: item}).find("a", "") {
			url := attr(a, "href")
			found = found || url == to
			if got := r.get(url); got.code != http.StatusOK {
				t.Errorf("a message leads to %s: %d", url, got.code)
			}
		}
	}
	if !found {
		t.Errorf("no message leads to %s", to)
	}
}
