package web_test

import (
	"context"
	"database/sql"
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/browser"
	"gezhi/internal/casework"
	"gezhi/internal/points"
	"gezhi/internal/proof"
	"gezhi/internal/store"
)

const nextCommunity = "330108001002"

// earned is what a resident's awards are, the newest first.
func (s *stage) earned(v app.Viewer) []points.Award {
	s.t.Helper()
	var out []points.Award
	s.OK(s.App.DB().View(context.Background(), apptest.Zone, func(r *store.Reader) (err error) {
		out, err = r.OwnAwards(v.Person, 0, 10)
		return err
	}))
	return out
}

// fetched is what a page's own browser gets from an address of the site.
func fetched(p *browser.Page, path string) string {
	return browser.Eval[string](p, `(() => { const x = new XMLHttpRequest(); x.open("GET", "`+path+`", false); x.send(); return x.responseText })()`)
}

// TestPointsFromAnActivityToTheSponsorsStatement plays the whole life of points: earned at an activity and by an
// application, reviewed, published, objected to, posted, spent in another community, settled with the sponsor, proven.
func TestPointsFromAnActivityToTheSponsorsStatement(t *testing.T) {
	s, ctx := newStage(t), context.Background()
	shequ := s.Staff("shequ", "社区虚构甲", casework.Duty{Role: "community_desk", Area: ourCommunity})
	s.Staff("shequ2", "社区虚构乙", casework.Duty{Role: "community_desk", Area: ourCommunity})
	linshe := s.Staff("linshe", "社区虚构丙", casework.Duty{Role: "community_desk", Area: nextCommunity})
	s.Staff("quji", "区级虚构丁", casework.Duty{Role: "district_desk", Area: "330108"})
	s.Allot(ourCommunity, 1000)
	one, two := s.Resident("19900000001"), s.Resident("19900000002")

	// The community's desk makes an activity; two sign up.
	begins := s.Now().Add(4 * time.Hour).Truncate(time.Hour)
	desk := s.as("shequ", false)
	desk.Goto(s.url + "organise/new")
	for _, f := range [][2]string{{"host", "area:" + ourCommunity}, {"kind", "patrol"}, {"title", "晚间平安巡防"}, {"text", "沿河走一圈，看看路灯和消防通道。"}, {"date", begins.Format(time.DateOnly)},
		{"from", begins.Format("15:04")}, {"to", begins.Add(2 * time.Hour).Format("15:04")}, {"area", ourCommunity}, {"place", "社区服务中心门口"}, {"capacity", "10"},
		{"contact", "社区服务站（示例）"}, {"rule", "patrol-hour"}} {
		desk.Fill(f[0], f[1])
	}
	if desk.Count("input[name=hours]:checked") == 0 {
		desk.Click("input[name=hours]")
	}
	desk.Click("main form button[type=submit]")
	desk.WaitText("报名名单")
	id := path.Base(strings.Split(desk.Path(), "?")[0])
	desk.Click("form[action$='/do/publish'] button")
	desk.WaitText("报名中")
	first, second := s.resident("19900000001"), s.resident("19900000002")
	for _, p := range []*browser.Page{first, second} {
		p.Goto(s.url + "activity/" + id)
		p.Click("form[action$='/join'] button")
		p.WaitText("报名成功")
	}

	// At the place both read the code that the desk shows; afterwards the hours are entered and agreed to.
	s.Pass(begins.Sub(s.Now()) + time.Minute)
	desk.Goto(s.url + "organise/" + id + "/code")
	code := strings.ReplaceAll(desk.Text(".gz-show-code"), " ", "")
	for _, p := range []*browser.Page{first, second} {
		p.Goto(s.url + "activity/" + id + "/check?c=" + code)
		p.Click("确认到场")
		p.WaitText("已核验到场，谢谢参加")
	}
	s.Pass(2 * time.Hour)
	desk.Goto(s.url + "organise/" + id)
	for _, v := range []app.Viewer{one, two} {
		desk.Fill(fmt.Sprintf("hours.%d", v.Person), "2 小时")
	}
	desk.Click("form[action$='/hours'] button[type=submit]")
	desk.WaitText("已登记，本人会收到通知")
	for _, p := range []*browser.Page{first, second} {
		p.Goto(s.url + "activity/" + id)
		p.Click("form[action$='/confirm'] button")
		p.WaitText("2 小时")
	}
	desk.Goto(s.url + "organise/" + id)
	desk.Click("details:has(form[action$='/do/close']) > summary")
	desk.Click("form[action$='/do/close'] button")
	desk.WaitText("已办结")

	// One of them also applies for a clean-up, with a photo.
	first.Goto(s.url + "earn/env-cleanup")
	s.upload(first, "photo")
	first.Fill("text", "清扫了三楼到五楼的楼道。")
	first.Fill("address", "滨盛路某小区 3 幢")
	first.Click("不会用地图？选所在社区")
	first.Fill("area", ourCommunity)
	look(first, "award-form")
	first.Click("提交申报")
	first.WaitText("待复核", "撤回申报")
	look(first, "award-own")
	applied := fmt.Sprint(s.earned(one)[0].ID)

	// Who lives with the applicant may not approve; somebody else does.
	s.OK(s.App.AddHousehold(ctx, shequ, ourCommunity, "19900000001", "home"))
	home, err := s.App.MyHousehold(ctx, one)
	s.OK(err)
	s.Resident("19900000009")
	s.StaffWithPhone("qinshu", "社区虚构己", "19900000009", casework.Duty{Role: "community_desk", Area: ourCommunity})
	relative := s.as("qinshu", false)
	relative.Goto(s.url + "desk/awards/" + applied)
	s.OK(s.App.AddMember(ctx, shequ, home.ID, "19900000009", "member"))
	relative.Allow(403)
	relative.Click("input[name=decision][value=approve]") // on a page from before they moved in together
	relative.Click("form[action$='/desk/awards/" + applied + "'] button[type=submit]")
	relative.WaitText("本次操作没有生效", "家庭成员", "须由其他人办理")
	relative.Screenshot("award-kin-refused")
	relative.Goto(s.url + "desk/awards/" + applied)
	relative.WaitText("家庭成员", "须由其他人办理")
	if relative.Count("input[name=decision]") != 0 {
		t.Error("a member of the household is offered a decision")
	}
	relative.Screenshot("award-kin")
	reviewer := s.as("shequ2", false)
	reviewer.Goto(s.url + "desk/awards")
	reviewer.WaitText("参加卫生整治")
	reviewer.Screenshot("award-queue")
	reviewer.Axe()
	reviewer.Goto(s.url + "desk/awards/" + applied)
	reviewer.Screenshot("award-review")
	reviewer.Axe()
	reviewer.Click("input[name=decision][value=approve]")
	reviewer.Click("form[action$='/desk/awards/" + applied + "'] button[type=submit]")
	reviewer.WaitText("已复核")

	// All are published. A neighbour objects to one; two people uphold the objection.
	doubted := fmt.Sprint(s.earned(two)[0].ID)
	third := s.resident("19900000003")
	third.Goto(s.url + "publicity?area=" + ourCommunity)
	third.WaitText("平安巡防", "参加卫生整治", "公示至")
	look(third, "award-publicity")
	third.Goto(s.url + "publicity/" + doubted)
	third.Fill("reason", "当晚八点就走了，没有走完全程。")
	look(third, "award-objection")
	third.Click("提交异议")
	third.WaitText("异议已提交")
	desk.Goto(s.url + "desk/awards/" + doubted)
	desk.Fill("note", "经核实中途离开。")
	desk.Click("拟认定成立")
	desk.WaitText("须由另一人确认")
	desk.Screenshot("award-objected")
	desk.Axe()
	reviewer.Goto(s.url + "desk/awards/" + doubted)
	reviewer.Click("同意，按此办理")
	reviewer.WaitText("异议成立，不予记分")

	// When publicity has ended the rest is posted.
	s.Pass(6 * 24 * time.Hour)
	_, err = s.App.PostDue(ctx, apptest.Zone)
	s.OK(err)
	first, second = s.resident("19900000001"), s.resident("19900000002")
	first.Goto(s.url + "points")
	first.WaitText("+2", "平安巡防", "+10", "参加卫生整治")
	second.Goto(s.url + "points")
	second.WaitText("还没有积分")
	third = s.resident("19900000003")
	third.Goto(s.url + "messages")
	third.WaitText("您对公示积分提出的异议成立")

	// It is spent in the next community, at a sponsor's counter.
	sponsor, err := s.App.AddSponsor(ctx, linshe, app.SponsorForm{Name: "示例便利店", Kind: "shop", Area: nextCommunity, Contact: "店长 0571-0000", Agreement: "示例 1 号", Rate: "每 10 积分折 1 元（示例）",
		From: "2026-01-01", Example: true}, "sponsor")
	s.OK(err)
	_, err = s.App.AddReward(ctx, linshe, app.RewardForm{Name: "东北大米 5 公斤", Text: "当季新米。", Area: nextCommunity, Sponsor: fmt.Sprint(sponsor), Address: "便利店收银台", Hours: "每天 8:00—21:00", Price: "11",
		Limit: "0", From: "2026-03-01", Pickup: "3", Stock: "5"}, "reward")
	s.OK(err)
	s.Staff("dianyuan", "店员虚构戊", casework.Duty{Role: app.RoleCounter, Unit: fmt.Sprintf("sponsor:%d", sponsor)})
	first.Goto(s.url + "rewards")
	first.Click("东北大米 5 公斤")
	first.Click("用 11 积分兑换")
	first.WaitText("兑换后剩 1 积分")
	first.Click("确认兑换")
	first.WaitText("到柜台出示")
	code = pickupCode(first)
	counter := s.as("dianyuan", true)
	counter.Goto(s.url + "counter#" + code)
	counter.WaitText("请发放", "东北大米 5 公斤 × 1")
	counter.Click("确认已发放")
	counter.WaitText("已发放：东北大米 5 公斤，11 积分")
	first.Goto(s.url + "points")
	first.WaitText("−11", "余额 1")

	// The resident keeps a receipt, which anybody can check against the district's key.
	transfer := fmt.Sprintf("award:%s", applied)
	text := fetched(first, s.url+"points/receipt/"+transfer+"/file")
	receipt, err := proof.ParseReceipt([]byte(text))
	s.OK(err)
	key, err := s.App.LogKey(apptest.Zone)
	s.OK(err)
	verifier, err := proof.ParseKey(key)
	s.OK(err)
	_, err = receipt.Verify(verifier)
	s.OK(err)
	receipt.Leaf = strings.Replace(receipt.Leaf, "award:", "award;", 1)
	if _, err := receipt.Verify(verifier); err == nil {
		t.Error("a receipt that was changed verifies")
	}

	// A month later the district settles with the sponsor.
	month := s.Now().Format("2006-01")
	s.Pass(31 * 24 * time.Hour)
	district := s.as("quji", false)
	district.Goto(fmt.Sprint(s.url, "desk/sponsors/", sponsor, "/statements/", month))
	district.WaitText("尚未结算", "领取积分", "11")
	district.Click("结算这个月")
	district.Click("确认结算")
	district.WaitText("JS-330108-"+strings.ReplaceAll(month, "-", "")+"-001", "结算积分", "11")

	// The books agree; one changed digit in the database does not.
	found, err := s.App.Verify(ctx, apptest.Zone, nil)
	s.OK(err)
	if len(found.Broken) != 0 {
		t.Fatalf("before anybody touched the database: %+v", found.Broken)
	}
	db, err := sql.Open("sqlite", "file:"+s.file)
	s.OK(err)
	defer db.Close()
	_, err = db.Exec(`UPDATE transfers SET amount = amount + 1 WHERE id = ?`, transfer)
	s.OK(err)
	if found, err = s.App.Verify(ctx, apptest.Zone, nil); err != nil || len(found.Broken) == 0 {
		t.Errorf("nobody notices a changed amount (%v)", err)
	}
}
