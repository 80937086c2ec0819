package web_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/browser"
)

// TestAGrantInABrowser goes from the fund and the list over publicity and the order to the money, on a desktop computer; then looks at
// every page on a phone.
func TestAGrantInABrowser(t *testing.T) {
	b := browser.Start(t)
	o := newPayers(t)
	at := o.server.URL + "/binjiang/"
	enter := func(p *browser.Page, login string) *browser.Page {
		p.Allow(http.StatusUnprocessableEntity, http.StatusConflict)
		p.Goto(o.server.URL + "/")
		p.Click(login)
		return p
	}
	desk, finance := enter(b.Desktop(t), "policy"), enter(b.Desktop(t), "finance")

	finance.Goto(at + "desk/funds")
	finance.Click("新建资金")
	finance.Fill("name", "示例：稳岗资金")
	finance.Click("建立资金")
	finance.WaitText("资金单位")
	finance.Fill("unit", "示例：区人力社保部门")
	finance.Click("建立资金")
	finance.WaitText("资金已建立")
	finance.Click("下达预算")
	finance.Fill("amount", "100000")
	finance.Click("确认下达")
	look(finance, "fund-wrong")
	finance.Fill("amount", "10万元")
	finance.Fill("document", "示例〔2026〕1号")
	finance.Click("确认下达")
	finance.WaitText("预算已下达", "100,000.00", "示例〔2026〕1号")
	look(finance, "fund")

	desk.Goto(at + "desk/grants/lists")
	desk.WaitText("还没有名单")
	desk.Click("生成名单")
	desk.Fill("item", "示例：失业保险稳岗返还（示例参数，无截止日期）")
	desk.Click("筛选")
	desk.WaitText("将列入", "金额待核", "资金够不够")
	look(desk, "grant-list-preview")
	desk.Fill("fund", "示例：稳岗资金（2026 年，余额 100,000.00 元）")
	desk.Click("form[action$='/grants/lists'] button[type=submit]")
	desk.WaitText("名单已生成", "待确认", "虚构智能装备有限公司")
	look(desk, "grant-list")
	list := desk.Path()
	first, second := o.confirm(exampleUSCC(1)), o.confirm(exampleUSCC(2))
	desk.Goto(o.server.URL + list)
	desk.Click("公示已确认的 2 家")
	desk.Click("开始公示")
	desk.WaitText("已开始公示", "公示中")
	look(desk, "grant-list-public")

	citizen := enter(b.Phone(t), "19900000021")
	citizen.Goto(at + "policies/publicity")
	citizen.WaitText("虚构智能装备有限公司", "24,750.30", "提出异议")
	look(citizen, "publicity-phone")
	citizen.Goto(at + "policies/publicity/" + itoa(int64(second)))
	citizen.Click("button.btn-primary")
	citizen.WaitText("请写明理由")
	look(citizen, "objection")

	o.wait(8)
	finance.Goto(o.server.URL + list)
	finance.Click("下达拨付指令")
	finance.WaitText("下达 2 笔", "拨付后余额")
	look(finance, "order-preview")
	finance.Click("form[action$='/pay-orders'] button[type=submit]")
	finance.WaitText("BF-330108-2026-0001", "在途", "导出给银行")
	look(finance, "pay-order")
	file := filepath.Join(t.TempDir(), "回执.csv")
	bring := func(rows ...[3]string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(o.receipt("BF-330108-2026-0001", rows...)), 0o600); err != nil {
			t.Fatal(err)
		}
		finance.Goto(at + "desk/receipts")
		finance.Upload("file", file)
		finance.Click("上传并核对")
	}
	bring([3]string{exampleUSCC(1), "成功"}, [3]string{exampleUSCC(2), "失败", "账号有误"}, [3]string{exampleUSCC(3), "成功"})
	finance.WaitText("登记 2 笔回执", "第 4 行", "没有这家企业")
	look(finance, "receipts-check")
	finance.Click("登记 2 笔回执")
	finance.WaitText("已登记", "到账 1 笔")
	look(finance, "receipts-done")

	desk.Goto(at + "desk/grants/" + itoa(int64(second)))
	desk.WaitText("账号有误", "退回")
	desk.Click("更正收款账户")
	desk.Fill("account_name", "虚构软件科技有限公司")
	desk.Fill("account_bank", "示例银行滨江支行")
	desk.Fill("account_number", "12")
	desk.Click("确认更正收款账户")
	desk.WaitText("银行账号应为 8 至 32 位数字")
	look(desk, "grant-correct")
	desk.Fill("account_number", "62220000111133")
	desk.Click("确认更正收款账户")
	desk.WaitText("账户已更正", "待拨付")
	finance.Goto(at + "desk/pay-orders/new?fund=" + itoa(o.grant(exampleUSCC(2), stableJobs).Fund))
	finance.Click("form[action$='/pay-orders'] button[type=submit]")
	finance.WaitText("BF-330108-2026-0002")
	desk.Goto(at + "desk/grants/" + itoa(int64(first)))
	desk.WaitText("已到账", "办理记录", "金额怎样算出")
	look(desk, "grant-paid")

	if _, err := o.app.ApplyForGrant(context.Background(), o.agent, exampleUSCC(1), firstScale, app.GrantForm{Note: "示例：已达到规模"}, o.key()); err != nil {
		t.Fatal(err)
	}
	desk.Goto(at + "desk/grants/applications")
	desk.Click("虚构智能装备有限公司")
	desk.WaitText("待审核", "示例：已达到规模", "退回补正")
	desk.Click("审核通过")
	desk.Click("确认审核通过")
	desk.WaitText("请选择资金")
	look(desk, "application")
	desk.Goto(at + "desk/grants?lang=en")
	desk.WaitText("All grants", "Paid")
	look(desk, "grants-en")
	desk.Goto(at + "desk/grants?lang=zh")

	phone := enter(b.Phone(t), "finance")
	application := o.grant(exampleUSCC(1), firstScale).ID
	for name, path := range map[string]string{
		"lists": "desk/grants/lists", "applications": "desk/grants/applications", "orders": "desk/pay-orders", "order": "desk/pay-orders/BF-330108-2026-0001",
		"new-order": "desk/pay-orders/new", "funds": "desk/funds", "receipts": "desk/receipts", "grant": "desk/grants/" + itoa(int64(first)), "application": "desk/grants/" + itoa(int64(application)),
	} {
		phone.Goto(at + path)
		look(phone, "payouts-"+name+"-phone")
		finance.Goto(at + path)
		look(finance, "payouts-"+name)
	}
	phone.Goto(o.server.URL + list)
	look(phone, "payouts-list-phone")
}
