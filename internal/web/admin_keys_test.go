package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"gezhi/internal/browser"
)

func TestAKeyIsShownOnceAndRevoked(t *testing.T) {
	o := newBureau(t)
	b := o.as("security")
	b.get("/binjiang/admin/keys").has(t, "还没有密钥", "一秒内失效")
	form := url.Values{"name": {"<em>社区小程序"}, "scopes": {"transfers.write", "accounts.read"}, "accounts": {"pool:330108001*\nsponsor:7"}, "expires": {"2026-12-31"}, "_key": {"k1"}}
	told := b.post("/binjiang/admin/keys", form)
	told.noElement(t, "em")
	secret := regexp.MustCompile(`gzk_330108\.1_[A-Z2-7]{52}`).FindString(told.body)
	if told.code != http.StatusOK || secret == "" {
		t.Fatalf("%d %s", told.code, clipped(told.words()))
	}
	c, err := o.app.Caller(t.Context(), secret)
	o.ok(err)
	if c.Zone != zoneBinjiang || c.Key != 1 {
		t.Errorf("%+v", c)
	}
	again := b.after(b.post("/binjiang/admin/keys", form)) // the form came twice
	again.has(t, "只显示一次", "pool:330108001* sponsor:7", "有效", "2026-12-31", "虚构security")
	if strings.Contains(again.body, secret) {
		t.Error("the key was shown twice")
	}
	for field, value := range map[string]string{"name": "", "scopes": "everything", "accounts": "purse:<em>", "expires": "2020-01-01"} {
		bad := url.Values{"name": {"社区小程序"}, "scopes": {"accounts.read"}, "accounts": {"*"}, "_key": {"k-" + field}}
		bad.Set(field, value)
		got := b.post("/binjiang/admin/keys", bad)
		if got.code != http.StatusUnprocessableEntity {
			t.Errorf("%s %q: %d", field, value, got.code)
		}
		got.noElement(t, "em")
	}
	b.after(b.post("/binjiang/admin/keys/1/revoke", url.Values{"_key": {"k2"}})).has(t, "一秒内失效", "已撤销")
	if _, err := o.app.Caller(t.Context(), secret); err == nil {
		t.Error("a revoked key holds")
	}
	if got := b.post("/binjiang/admin/keys/1/revoke", url.Values{"_key": {"k3"}}); got.code != http.StatusConflict {
		t.Errorf("revoking twice: %d", got.code)
	}
	o.as("auditor").get("/binjiang/admin/audit").has(t, "新建接口密钥", "撤销接口密钥", "transfers.write accounts.read / pool:330108001* sponsor:7")
	for _, who := range []string{"admin", "auditor"} {
		if got := o.as(who).get("/binjiang/admin/keys"); got.code != http.StatusForbidden {
			t.Errorf("%s sees the keys: %d", who, got.code)
		}
	}
}

func TestKeysInABrowser(t *testing.T) {
	b := browser.Start(t)
	o := newBureau(t)
	for name, p := range map[string]*browser.Page{"desk": b.Desktop(t), "phone": b.Phone(t)} {
		p.Goto(o.server.URL + "/")
		p.Click("security")
		p.Goto(o.server.URL + "/binjiang/admin/keys")
		p.Click("新建密钥")
		p.Fill("name", "社区小程序 "+name)
		p.Click("input[name=scopes][value='accounts.read']")
		p.Fill("accounts", "pool:330108001*")
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("keys-form")
		p.Click("form[action$='/admin/keys'] button[type=submit]")
		p.WaitText("只显示这一次", "gzk_330108.")
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("keys-told")
		p.Goto(o.server.URL + "/binjiang/admin/keys")
		p.WaitText("社区小程序 " + name)
		p.NoHorizontalScroll()
		p.Screenshot("keys-list")
	}
}
