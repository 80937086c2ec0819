package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/browser"
	"gezhi/internal/casework"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
)

// A reward goes from the desk's form to a resident's phone, across a counter in another community, and into the sponsor's
// statement.
func TestARewardTravelsFromTheDeskToTheStatement(t *testing.T) {
	s := newStage(t)
	z, err := s.App.Zone(context.Background(), 330108)
	s.OK(err)
	street := z.Tree.Children("330108")[0]
	community := z.Tree.Children(street.Code)[1].Code
	s.Staff("shequ", "社区虚构甲", casework.Duty{Role: "community_desk", Area: community})
	s.Staff("quji", "区级虚构乙", casework.Duty{Role: "district_desk", Area: "330108"})

	desk := s.as("shequ", false)
	desk.Goto(s.url + "desk/sponsors")
	desk.Click("登记合作单位")
	desk.Fill("name", "示例便利店")
	desk.Fill("kind", "让利商户")
	desk.Fill("contact", "店长 0571-0000")
	desk.Fill("agreement", "示例协议 1 号")
	desk.Fill("rate", "每 10 积分折 1 元（示例）")
	desk.Fill("from", "2026-01-01")
	desk.Click("登记")
	desk.WaitText("合作单位已登记")
	desk.Goto(s.url + "desk/rewards/new")
	desk.Fill("name", "东北大米 5 公斤")
	desk.Fill("textarea[name=text]", "当季新米。")
	s.upload(desk, "photo")
	desk.Fill("sponsor", "示例便利店")
	desk.Fill("address", "服务站一楼便民窗口")
	desk.Fill("hours", "工作日 9:00—17:00")
	desk.Fill("price", "120")
	desk.Fill("stock", "20")
	desk.Fill("limit", "1")
	desk.Fill("per", "每月")
	desk.Screenshot("reward-form")
	desk.Axe()
	desk.Click("上架")
	desk.WaitText("奖品已上架")
	desk.Screenshot("reward-kept")
	desk.Axe()

	phone := s.resident("19900000001")
	s.pay("19900000001", 260)
	phone.Goto(s.url + "rewards")
	phone.WaitText("东北大米 5 公斤", "剩 20 件")
	look(phone, "rewards")
	phone.Click("东北大米 5 公斤")
	phone.Screenshot("reward")
	phone.Click("用 120 积分兑换")
	phone.WaitText("兑换后剩 140 积分")
	look(phone, "reward-confirm")
	phone.Click("确认兑换")
	phone.WaitText("到柜台出示")
	look(phone, "pickup")
	code := pickupCode(phone)

	counter := s.browser.Phone(t)
	counter.Goto(s.url + "staff")
	counter.Fill("login", "shequ")
	counter.Fill("password", apptest.Password)
	counter.Click("登录")
	counter.Goto(s.url + "counter")
	look(counter, "counter")
	counter.Allow(422)
	counter.Fill("code", "2222-2222")
	counter.Click("查找")
	counter.WaitText("没有找到这个取货码")
	counter.Screenshot("counter-wrong")
	// What the QR code holds opens the counter with the code filled in and looked up.
	counter.Goto(s.url + "counter#" + code)
	counter.WaitText("请发放", "东北大米 5 公斤 × 1")
	look(counter, "counter-found")
	counter.Click("确认已发放")
	counter.WaitText("已发放：东北大米 5 公斤，120 积分")
	counter.Goto(s.url + "counter/today")
	counter.WaitText("共 1 件，120 积分")
	counter.Screenshot("counter-today")
	counter.Axe()

	phone.Goto(s.url + "points")
	phone.WaitText("兑换：东北大米 5 公斤", "−120")
	look(phone, "wallet")

	s.Pass(31 * 24 * time.Hour)
	district := s.as("quji", false)
	district.Goto(s.url + "desk/sponsors")
	district.Click("示例便利店")
	district.Screenshot("sponsor")
	district.Axe()
	district.Click("2026-03")
	district.WaitText("尚未结算")
	district.Click("结算这个月")
	district.Click("确认结算")
	district.WaitText("JS-330108-202603-001")
	district.Screenshot("statement")
	district.Axe()
	for _, path := range []string{"desk/points", "desk/points/between", "desk/points/reconciliation", "desk/points/hints", "desk/orders", "desk/rewards"} {
		p := district
		if path == "desk/orders" || path == "desk/rewards" {
			p = desk
		}
		p.Goto(s.url + path + "?span=all")
		for n := 0; path == "desk/points" && p.Count("[data-plot] canvas, [data-plot] svg") < 2; n++ {
			if n == 100 {
				t.Fatal("the charts are not drawn")
			}
			time.Sleep(50 * time.Millisecond)
		}
		p.Screenshot("desk-" + strings.ReplaceAll(path[len("desk/"):], "/", "-"))
		p.NoHorizontalScroll()
		p.Axe()
	}
}

// look takes a picture of a page and holds it to what every page is held to.
func look(p *browser.Page, name string) {
	p.Screenshot(name)
	p.Axe()
	p.NoHorizontalScroll()
}

// pickupCode is the code on the page of a reservation, as a QR code holds it.
func pickupCode(p *browser.Page) string {
	return strings.ReplaceAll(browser.Eval[string](p, `document.querySelector(".gz-ticket-code").lastChild.textContent.trim()`), "-", "")
}

// pay gives the owner of a phone points.
func (s *stage) pay(phone string, points int64) {
	s.t.Helper()
	v := s.Resident(phone)
	s.OK(s.App.DB().InTx(context.Background(), 330108, func(tx *store.Tx) error {
		_, err := tx.PostAll([]ledger.Transfer{
			{ID: "pay-a-" + phone, From: "issue:330108", To: app.PersonAccount(v.Person), Asset: ledger.Point, Amount: points / 2, Reason: "verified-report"},
			{ID: "pay-b-" + phone, From: "issue:330108", To: app.PersonAccount(v.Person), Asset: ledger.Point, Amount: points - points/2, Reason: "verified-report", Expires: s.Now().Add(40 * 24 * time.Hour)}})
		return err
	}))
}
