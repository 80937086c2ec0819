package web_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/browser"
	"gezhi/internal/casework"
)

// TestFromAListOfEnterprisesToTheFigures plays the whole road in browsers: the desk brings a list of enterprises and sees whom an item
// is for, lists them; an enterprise asks to be let in, and confirms on a phone; what was confirmed is public, ordered and paid, and
// stands in the figures.
func TestFromAListOfEnterprisesToTheFigures(t *testing.T) {
	b, off := browser.Start(t), newOffice(t)
	o := &payers{policyOffice: &policyOffice{office: off, desk: off.staff("policy", casework.Duty{Role: app.RolePolicyDesk, Area: "330108"}), agent: off.resident("19900000021")},
		second: off.staff("policy2", casework.Duty{Role: app.RolePolicyDesk, Area: "330108"}), finance: off.staff("finance", casework.Duty{Role: app.RoleFinance, Area: "330108"})}
	o.fund()
	at := o.server.URL + "/binjiang/"
	file := func(name, text string) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), name)
		o.ok(os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	enter := func(p *browser.Page, login string) *browser.Page {
		p.Allow(http.StatusUnprocessableEntity)
		p.Goto(o.server.URL + "/")
		p.Click(login)
		return p
	}
	desk := enter(b.Desktop(t), "policy")

	desk.Goto(at + "desk/enterprises/import")
	desk.Fill("source", "示例：多部门归集数据")
	desk.Fill("as_of", "2026-02-28")
	desk.Upload("file", file("企业资料.csv", strings.Join(profileRows(), "\n")+"\n"))
	desk.Click("上传并核对")
	desk.WaitText("新企业", "导入 12 家企业的资料")
	desk.Click("form[action$='/apply'] button[type=submit]")
	desk.WaitText("已导入，匹配结果随即更新", "12 家企业")

	desk.Goto(at + "desk/policies/" + stableJobs)
	desk.WaitText("虚构智能装备有限公司", "24,750.30")
	look(desk, "journey-matched")

	desk.Goto(at + "desk/grants/lists/new?item=" + stableJobs)
	desk.WaitText("将列入")
	desk.Fill("fund", "示例：稳岗资金（2026 年，余额 100,000.00 元）")
	desk.Click("form[action$='/grants/lists'] button[type=submit]")
	desk.WaitText("名单已生成", "虚构智能装备有限公司")
	list := desk.Path()

	phone := enter(b.Phone(t), "19900000021")
	phone.Goto(at + "enterprise")
	phone.Fill("code", exampleUSCC(1))
	phone.Click("input[name=role][value=agent]")
	phone.Fill("note", "持营业执照和授权书（示例）")
	phone.Click("form[action$='/enterprise'] button[type=submit]")
	phone.WaitText("虚构智能装备有限公司")
	desk.Goto(at + "desk/agencies")
	desk.Click("form[action$='/confirm'] button[type=submit]")
	desk.WaitText("已核实")
	phone.Goto(at + "enterprise/" + exampleUSCC(1))
	phone.WaitText("确认享受", "24,750.30")
	look(phone, "journey-to-confirm-phone")
	phone.Click("确认享受")
	phone.WaitText("开户银行")
	phone.Fill("form[action$='/confirm'] input[name^=account_bank]", "示例银行滨江支行")
	phone.Fill("form[action$='/confirm'] input[name^=account_number]", "6222000011112222")
	phone.Click("form[action$='/confirm'] button[type=submit]")
	phone.WaitText("已确认")
	look(phone, "journey-confirmed-phone")

	desk.Goto(o.server.URL + list)
	desk.Click("公示已确认的 1 家")
	desk.Click("开始公示")
	desk.WaitText("已开始公示", "公示中")
	o.wait(8)

	finance := enter(b.Desktop(t), "finance")
	finance.Goto(o.server.URL + list)
	finance.Click("下达拨付指令")
	finance.WaitText("下达 1 笔")
	finance.Click("form[action$='/pay-orders'] button[type=submit]")
	finance.WaitText("BF-330108-2026-0001", "在途")
	finance.Goto(at + "desk/receipts")
	finance.Upload("file", file("回执.csv", o.receipt("BF-330108-2026-0001", [3]string{exampleUSCC(1), "成功"})))
	finance.Click("上传并核对")
	finance.Click("登记 1 笔回执")
	finance.WaitText("已登记", "到账 1 笔")

	phone.Goto(at + "enterprise/" + exampleUSCC(1))
	phone.Click("已兑付和已结束：1 笔")
	phone.WaitText("已到账")
	look(phone, "journey-paid-phone")
	desk.Goto(at + "desk/payouts")
	desk.WaitText("兑现情况", "2.48 万元", "24,750.30")
	look(desk, "journey-figures")
	o.verify(t)
}

// verify wants nothing wrong in the database.
func (p *payers) verify(t *testing.T) {
	t.Helper()
	out, err := p.app.Verify(t.Context(), binjiang, nil)
	if err != nil || len(out.Broken) > 0 {
		t.Errorf("verify: %+v, %v", out.Broken, err)
	}
}
