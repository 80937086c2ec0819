package web_test

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gezhi/internal/browser"
	"gezhi/internal/filetype"
	"gezhi/internal/policy"
)

// TestAnApplicationBringsItsDocuments uploads the materials of an item, some of them refused at first, reads them at the desk, and brings another when
// the application is sent back.
func TestAnApplicationBringsItsDocuments(t *testing.T) {
	p := newPayers(t)
	agent, desk := p.enter(p.agent), p.enter(p.desk)
	at := "/binjiang/enterprise/" + exampleUSCC(1)
	apply := at + "/items/" + firstScale + "/apply"
	field := func(n string) string { return "field.material" + n + "." + firstScale }
	page := agent.get(at)
	page.has(t, "示例：奖励资金申请表", "示例：上年度财务报表")
	form := url.Values{"_key": {"k1"}, "version." + firstScale: {"1"}, "account_name." + firstScale: {exampleAccount.Name}, "account_bank." + firstScale: {exampleAccount.Bank}, "account_number." + firstScale: {exampleAccount.Number}}
	a := agent.sendFiles(apply, form, upload{field("1"), "申请表<em>.pdf", filetype.Sample("a")}, upload{field("2"), "报表.exe", []byte("MZ")})
	kept := a.kept()
	if a.code != http.StatusUnprocessableEntity || !strings.Contains(a.text(), "“报表.exe”") || len(kept) != 1 || len(a.find("em", "")) > 0 {
		t.Fatalf("%d, kept %v: %s", a.code, kept, a.text())
	}
	name, id, _ := strings.Cut(slices.Collect(maps.Keys(kept))[0], "=")
	if name != "file.material1."+firstScale {
		t.Errorf("kept under %s", name)
	}
	form.Set(name, id)
	for what, wrong := range map[string]url.Values{"a material that is not asked for": {"file.material9." + firstScale: {id}}, "somebody else's document": {name: {"816127672320036931"}},
		"materials of another version": {"version." + firstScale: {"2"}}} {
		bad := maps.Clone(form)
		maps.Copy(bad, wrong)
		if a := agent.sendFiles(apply, bad); a.code != http.StatusUnprocessableEntity && a.code != http.StatusConflict {
			t.Errorf("%s: %d", what, a.code)
		}
	}
	if a := agent.sendFiles(apply, form, upload{field("2"), "报表.pdf", filetype.Sample("b")}, upload{field("2"), "附注.pdf", filetype.Sample("c")}); a.code != http.StatusSeeOther {
		t.Fatalf("%d: %s", a.code, a.text())
	}
	g := p.grant(exampleUSCC(1), firstScale)
	inquiry := "/binjiang/desk/grants/" + itoa(int64(g.ID))
	page = desk.get(inquiry)
	links := page.links()
	if len(links) != 3 || !strings.Contains(page.text(), "申报材料 示例：奖励资金申请表 申请表<em>.pdf") || !strings.Contains(page.text(), "示例：上年度财务报表 报表.pdf") {
		t.Fatalf("links %v in %s", links, page.text())
	}
	for who, r := range map[string]*reader{"the desk": desk, "who pays": p.enter(p.finance), "the applicant": agent} {
		if got := r.get(links["报表.pdf"]); got.code != http.StatusOK || !bytes.Equal(got.body, filetype.Sample("b")) {
			t.Errorf("%s gets %d", who, got.code)
		}
	}
	for who, r := range map[string]*reader{"the author": p.enter(p.author), "a stranger": p.enter(p.resident("19900000077"))} {
		if got := r.get(links["报表.pdf"]); got.code != http.StatusNotFound {
			t.Errorf("%s gets %d", who, got.code)
		}
	}

	ctx := context.Background()
	p.ok(p.app.MoveGrant(ctx, p.desk, g.ID, policy.Return, "请补充审计报告", p.key()))
	again := itoa(int64(g.ID)) + ".resubmit"
	if a := agent.sendFiles(at+"/grants/"+itoa(int64(g.ID))+"/resubmit", url.Values{"_key": {"k2"}, "version." + again: {"1"}, "note." + again: {"已补充"}}, upload{"field.material2." + again, "审计报告.pdf", filetype.Sample("d")}); a.code != http.StatusSeeOther {
		t.Fatalf("%d: %s", a.code, a.text())
	}
	if page = agent.get(at); len(page.links()) != 4 || !strings.Contains(page.text(), "申报材料 4 份") {
		t.Errorf("links %v", page.links())
	}
	if n, err := p.app.DropLooseFiles(ctx, binjiang); err != nil || n != 0 {
		t.Errorf("%d files dropped, %v", n, err)
	}
	checked, err := p.app.Verify(ctx, binjiang, nil)
	p.ok(err)
	for _, wrong := range checked.Broken {
		t.Errorf("verified: %+v", wrong)
	}
}

// TestMaterialsAreUploadedInABrowser applies on a phone, and looks at the desk.
func TestMaterialsAreUploadedInABrowser(t *testing.T) {
	b := browser.Start(t)
	p := newPayers(t)
	at := p.server.URL + "/binjiang/"
	paper := filepath.Join(t.TempDir(), "示例申请表.pdf")
	p.ok(os.WriteFile(paper, filetype.Sample("a"), 0o600))
	phone, desk := b.Phone(t), b.Desktop(t)
	phone.Goto(p.server.URL + "/")
	phone.Click("19900000021")
	phone.Goto(at + "enterprise/" + exampleUSCC(1))
	phone.Click("申报这一项")
	phone.WaitText("示例：奖励资金申请表", "选择文件")
	phone.Upload("input[name='field.material1."+firstScale+"']", paper)
	phone.WaitText("示例申请表.pdf")
	phone.NoHorizontalScroll()
	phone.Axe()
	phone.Screenshot("materials-form-phone")
	phone.Fill("account_name."+firstScale, exampleAccount.Name)
	phone.Fill("account_bank."+firstScale, exampleAccount.Bank)
	phone.Fill("account_number."+firstScale, exampleAccount.Number)
	phone.Click("提交申报")
	phone.WaitText("申报已提交", "申报材料 1 份")
	phone.Click("申报材料 1 份")
	phone.WaitText("示例申请表.pdf", "查看")
	phone.Screenshot("materials-sent-phone")
	desk.Goto(p.server.URL + "/")
	desk.Click("policy")
	desk.Goto(at + "desk/grants/" + itoa(int64(p.grant(exampleUSCC(1), firstScale).ID)))
	desk.WaitText("申报材料", "示例：奖励资金申请表", "示例申请表.pdf", "没有上传")
	desk.Axe()
	desk.Screenshot("materials-desk")
}
