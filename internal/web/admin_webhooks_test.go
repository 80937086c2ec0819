package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gezhi/internal/browser"
)

// listens is another system that answers with the status it holds.
func listens(t *testing.T, status int) (*httptest.Server, *atomic.Int64) {
	answer := new(atomic.Int64)
	answer.Store(int64(status))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(answer.Load())) }))
	t.Cleanup(s.Close)
	return s, answer
}

// sends lets what is due be sent.
func (o *bureau) sends() {
	o.t.Helper()
	o.ok(o.app.Deliver(context.Background(), zoneBinjiang))
	o.app.AwaitDeliveries()
}

func TestAWebhookIsRegisteredTestedAndWatched(t *testing.T) {
	o := newBureau(t)
	s, answer := listens(t, 500)
	b := o.as("security")
	b.get("/binjiang/admin/webhooks").has(t, "还没有推送地址", "不含姓名、电话、地址")
	form := url.Values{"name": {"<em>区驾驶舱"}, "url": {s.URL + "/gezhi?token=theirs"}, "kinds": {"case.opened", "case.supervised"}, "_key": {"k1"}}
	told := b.post("/binjiang/admin/webhooks", form)
	told.noElement(t, "em")
	secret := regexp.MustCompile(`gzw_[A-Z2-7]{52}`).FindString(told.body)
	if told.code != http.StatusOK || secret == "" {
		t.Fatalf("%d %s", told.code, clipped(told.words()))
	}
	again := b.after(b.post("/binjiang/admin/webhooks", form)) // the form came twice
	again.has(t, "只显示一次", "正常", "案件上报；案件督办", "虚构security")
	if strings.Contains(again.body, secret) {
		t.Error("the secret was shown twice")
	}
	for field, value := range map[string]string{"name": "", "url": "http://<em>example.com/", "kinds": "everything"} {
		bad := url.Values{"name": {"驾驶舱"}, "url": {"https://example.gov.cn/"}, "kinds": {"case.moved"}, "_key": {"k-" + field}}
		bad.Set(field, value)
		got := b.post("/binjiang/admin/webhooks", bad)
		if got.code != http.StatusUnprocessableEntity || field != "name" && !strings.Contains(got.body, `value="驾驶舱"`) {
			t.Errorf("%s %q: %d", field, value, got.code)
		}
		got.noElement(t, "em")
	}
	page := "/binjiang/admin/webhooks/1"
	b.after(b.post(page+"/test", url.Values{"_key": {"t1"}})).has(t, "试发消息已排队", "webhook.test", "排队")
	o.report("r1", "楼下垃圾成堆")
	o.sends()
	seen := b.get(page)
	seen.has(t, "待重试", "对方回应 500", "330108-20260302-00001.1", "case.opened", "排队", "2 条待送")
	answer.Store(200)
	resend := regexp.MustCompile(page + `/notices/\d+/again`).FindString(seen.body)
	b.after(b.post(resend, url.Values{"_key": {"a1"}})).has(t, "已重新排队")
	o.sends()
	b.get(page).has(t, "已送达", "正常")
	if got := b.post(resend, url.Values{"_key": {"a2"}}); got.code != http.StatusConflict {
		t.Errorf("sending again what was taken: %d", got.code)
	}
	b.after(b.post(page+"/pause", url.Values{"_key": {"p1"}})).has(t, "已暂停")
	if got := b.post(page+"/test", url.Values{"_key": {"t2"}}); got.code != http.StatusConflict {
		t.Errorf("testing a paused one: %d", got.code)
	}
	b.after(b.post(page+"/resume", url.Values{"_key": {"p2"}})).has(t, "已恢复推送")
	audit := o.as("auditor").get("/binjiang/admin/audit")
	audit.has(t, "新建推送地址", "试发推送", "重发推送", "暂停推送", "恢复推送", s.URL+"/gezhi case.opened case.supervised")
	if strings.Contains(audit.body, "theirs") || strings.Contains(audit.body, secret) {
		t.Error("a key of somebody's is in the audit log")
	}
	for _, path := range []string{"/binjiang/admin/webhooks", page} {
		for _, who := range []string{"admin", "auditor"} {
			if got := o.as(who).get(path); got.code != http.StatusForbidden {
				t.Errorf("%s sees %s: %d", who, path, got.code)
			}
		}
	}
	for _, path := range []string{"/binjiang/admin/webhooks/2", "/binjiang/admin/webhooks/x"} {
		if got := b.get(path); got.code != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.code)
		}
	}
}

func TestWebhooksInABrowser(t *testing.T) {
	b := browser.Start(t)
	o := newBureau(t)
	for name, p := range map[string]*browser.Page{"desk": b.Desktop(t), "phone": b.Phone(t)} {
		s, answer := listens(t, 200)
		p.Goto(o.server.URL + "/")
		p.Click("security")
		p.Goto(o.server.URL + "/binjiang/admin/webhooks")
		p.Click("新建推送地址")
		p.Fill("name", "区驾驶舱 "+name)
		p.Fill("url", s.URL+"/gezhi")
		for _, kind := range []string{"case.opened", "case.closed"} {
			p.Click("input[name=kinds][value='" + kind + "']")
		}
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("webhooks-form")
		p.Click("form[action$='/admin/webhooks'] button[type=submit]")
		p.WaitText("只显示这一次", "gzw_")
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("webhooks-told")
		p.Click("去试发一条")
		p.Click("试发一条")
		p.WaitText("试发消息已排队")
		o.sends()
		answer.Store(503)
		o.report("r"+name, "楼下垃圾成堆")
		o.sends()
		p.Reload()
		p.WaitText("已送达", "待重试", "对方回应 503")
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("webhooks-sent")
		answer.Store(200)
		p.Click("立即重发")
		p.WaitText("已重新排队")
		o.sends()
		p.Goto(o.server.URL + "/binjiang/admin/webhooks")
		p.WaitText("区驾驶舱 "+name, "正常")
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("webhooks-list")
		o.Pass(time.Minute)
	}
}
