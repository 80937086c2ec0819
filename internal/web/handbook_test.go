package web_test

import (
	"strings"
	"testing"

	"gezhi/internal/browser"
	"gezhi/internal/web/htmlcheck"
)

func TestTheHandbookIsRead(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	b.get("/binjiang/admin/procedures").has(t, "流程文件怎么读、怎么写")
	zh := b.get("/binjiang/admin/procedures/handbook")
	zh.has(t, "先记住六条写法", "id: sample", "版本号。每次发布前加一", "督办阶梯应逐级升高", "只在事项清单中出现的提示")
	b.get("/binjiang/admin/procedures/handbook?lang=en")
	en := b.get("/binjiang/admin/procedures/handbook")
	en.has(t, "Six rules of writing", "The supervision ladder must rise", "In matter lists only")
	for name, page := range map[string]reply{"Chinese": zh, "English": en} {
		for _, wrong := range htmlcheck.Page([]byte(page.body)) {
			t.Error(name, wrong)
		}
		if strings.Contains(page.body, "raw HTML") || strings.Contains(page.body, "<h1>How") == strings.Contains(page.body, "<h1>流程") {
			t.Error(name, "holds remarks or the other language's title")
		}
	}
	if strings.Contains(zh.body, "What the check refuses") || strings.Contains(en.body, "校验不通过时的提示") {
		t.Error("a page holds both languages")
	}
}

func TestTheHandbookInABrowser(t *testing.T) {
	b := browser.Start(t)
	o := newBureau(t)
	for _, p := range []*browser.Page{b.Desktop(t), b.Phone(t)} {
		p.Goto(o.server.URL + "/")
		p.Click("admin")
		p.Goto(o.server.URL + "/binjiang/admin/procedures")
		p.Screenshot("procedures")
		p.Click("流程文件怎么读、怎么写")
		p.WaitText("先记住六条写法", "校验不通过时的提示")
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("handbook")
	}
}
