package web_test

import (
	"net/http"
	"strings"
	"testing"

	"gezhi/internal/browser"
)

// TestAnAuthorEditsAThresholdAndSeesWhoFlips plays the author in a browser: a threshold is typed, the page tells who would drop out
// before anything is kept, an example that no longer comes out stops the version, and a mended one is published.
func TestAnAuthorEditsAThresholdAndSeesWhoFlips(t *testing.T) {
	b := browser.Start(t)
	for name, open := range map[string]func(testing.TB, ...browser.Option) *browser.Page{"desktop": b.Desktop, "phone": b.Phone} {
		t.Run(name, func(t *testing.T) {
			o := newPolicyOffice(t)
			p := open(t)
			at := o.server.URL + "/binjiang/desk/rules"
			p.Goto(o.server.URL + "/")
			p.Click("author")
			p.Goto(at)
			p.WaitText("编制政策规则", "小型微利企业", "算例")
			p.NoHorizontalScroll()
			p.Axe()
			p.Screenshot("author-items")
			p.Click("小型微利企业")
			p.WaitText("现行内容", "应纳税所得额不超过 300 万元", "算对")
			p.NoHorizontalScroll()
			p.Axe()
			p.Screenshot("author-item")
			p.Goto(at + "/micro-profit/2022-01-01?mode=edit&at=0")
			p.WaitText("不符合时告知企业")
			p.Fill("value", "200")
			p.WaitText("退出或减少的企业：3 家", "虚构智能装备有限公司")
			p.NoHorizontalScroll()
			p.Axe()
			p.Screenshot("author-try")
			p.Fill("value", "二百")
			p.WaitText("二百")
			p.Allow(http.StatusUnprocessableEntity)
			p.Click("#place form[method=post] button[type=submit]")
			p.WaitText("二百")
			p.Axe()
			p.Screenshot("author-wrong")
			p.Fill("value", "200")
			p.Click("#place form[method=post] button[type=submit]")
			p.WaitText("已改在草稿里", "发布后的变化", "不超过 200 万元", "不符")
			p.Screenshot("author-draft")
			p.Goto(at)
			p.WaitText("第 2 版草稿", "1 条不符")
			p.Screenshot("author-draft-list")
			p.Click("对照差异并发布")
			p.Click("发布")
			p.WaitText("都在限内")
			p.Goto(at + "/micro-profit/2022-01-01")
			p.Click("按文本修改整个事项")
			text := browser.Eval[string](p, "document.querySelector('[name=text]').value")
			p.Fill("text", strings.Replace(text, "taxable: 300万元}", "taxable: 200万元}", 1))
			p.Click("form:has(textarea[name=text]) button[type=submit]")
			p.WaitText("已改在草稿里")
			p.Goto(o.server.URL + "/binjiang/admin/rules/policies/2")
			p.Click("发布")
			p.WaitText("已发布，现已生效")
			p.Goto(o.server.URL + "/binjiang/desk/policies/micro-profit")
			p.WaitText("政策规则第 2 版")
			p.NoHorizontalScroll()
			p.Screenshot("author-published")
		})
	}
}

func TestOnlyAnAuthorWritesPolicies(t *testing.T) {
	o := newPolicyOffice(t)
	for _, path := range []string{"/binjiang/desk/rules", "/binjiang/desk/rules/new", "/binjiang/desk/rules/micro-profit/2022-01-01", "/binjiang/desk/rules/micro-profit/2022-01-01/try?at=0&field=staff"} {
		if a := o.enter(o.desk).get(path); a.code != http.StatusForbidden {
			t.Errorf("the desk at %s: %d", path, a.code)
		}
		if a := o.enter(o.author).get(path); a.code != http.StatusOK {
			t.Errorf("the author at %s: %d", path, a.code)
		}
	}
}
