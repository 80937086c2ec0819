package web_test

import (
	"net/http"
	"testing"

	"gezhi/internal/browser"
	"gezhi/internal/casework"
)

// TestACommitmentFoundFalseInABrowser goes from the signed commitment to the permit, the check by another officer, the
// revocation, and the refusal of the next commitment.
func TestACommitmentFoundFalseInABrowser(t *testing.T) {
	b := browser.Start(t)
	o := thingBureau(t)
	o.people["head"] = o.hire("head", casework.Duty{Role: "head", Unit: "approval"})
	o.people["resident"] = o.report("r1", "楼下有垃圾").Reporter
	enter := func(p *browser.Page, login string) *browser.Page {
		p.Goto(o.server.URL + "/")
		p.Click(login)
		return p
	}
	phone := enter(b.Phone(t), "resident")
	phone.Allow(http.StatusUnprocessableEntity)
	commit := func() {
		phone.Goto(o.server.URL + "/binjiang/file/commitment?item=SL-0005")
		phone.Fill("title", "公共浴室卫生许可")
		phone.Fill("field.applicant", "虚构人")
		phone.Fill("field.tail", "0012")
		phone.Click("input[name='field.read']")
		phone.Click("input[name='field.promise']")
		phone.Fill("field.signature", "虚构人")
		phone.NoHorizontalScroll()
		phone.Axe()
		phone.Click("form[action$='/file/commitment'] button[type=submit]")
	}
	phone.Goto(o.server.URL + "/binjiang/file/commitment?item=SL-0005")
	phone.Click("form[action$='/file/commitment'] button[type=submit]")
	phone.WaitText("请填写“承诺”", "请填写“告知书”") // nothing is ticked beforehand
	phone.Screenshot("commitment-form")
	commit()
	phone.WaitText("待当场决定")
	address := phone.Path()
	window, officer, head := enter(b.Desktop(t), "window"), enter(b.Desktop(t), "approval"), enter(b.Desktop(t), "head")
	window.Goto(o.server.URL + address)
	work(window, "decide", "当场准予", "field.unit", "approval", "field.number", "卫-示例-1")
	officer.Goto(o.server.URL + address)
	officer.WaitText("待事后核查")
	work(officer, "find_false", "承诺不实", "input[name='field.way'][value=site]", "", "field.finding", "现场没有消毒间", "field.evidence", "现场照片两张")
	head.Goto(o.server.URL + address)
	head.WaitText("承诺不实，待处置")
	head.NoHorizontalScroll()
	head.Axe()
	head.Screenshot("commitment-false")
	work(head, "revoke", "撤销许可", "field.sanction", "撤销许可；六十日内可申请复议")
	phone.Goto(o.server.URL + address)
	phone.WaitText("已撤销", "撤销许可；六十日内可申请复议")
	phone.NoHorizontalScroll()
	phone.Axe()
	phone.Screenshot("commitment-revoked")
	commit()
	phone.WaitText("信用修复前不适用告知承诺")
	phone.Screenshot("commitment-refused")
}
