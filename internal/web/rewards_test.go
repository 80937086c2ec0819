package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
	"gezhi/internal/web/htmlcheck"
)

// shop is an office with a community's desk, a sponsor with a clerk, and a resident with points.
type shop struct {
	*office
	community string
	desk      app.Viewer
	district  app.Viewer
	clerk     app.Viewer
	rich      app.Viewer
	sponsor   int64
}

func newShop(t *testing.T) *shop {
	o := newOffice(t)
	z, err := o.app.Zone(t.Context(), binjiang)
	o.ok(err)
	s := &shop{office: o, community: z.Tree.Children(xixing)[0].Code}
	s.desk = o.staff("desk", casework.Duty{Role: "community_desk", Area: s.community})
	s.district = o.staff("district", casework.Duty{Role: "district_desk", Area: "330108"})
	s.sponsor, err = o.app.AddSponsor(t.Context(), s.desk, app.SponsorForm{Name: "示例<em>便利店", Kind: "shop", Area: s.community, Contact: "店长 0571-0000", Agreement: "示例 1 号",
		Rate: "每 10 积分折 1 元（示例）", From: "2026-01-01", Example: true}, "s1")
	o.ok(err)
	s.clerk = o.staff("clerk", casework.Duty{Role: app.RoleCounter, Unit: fmt.Sprintf("sponsor:%d", s.sponsor)})
	s.rich = o.resident("19900000001")
	o.ok(o.app.DB().InTx(t.Context(), binjiang, func(tx *store.Tx) error {
		_, err := tx.PostAll([]ledger.Transfer{
			{ID: "give-1", From: "issue:330108", To: app.PersonAccount(s.rich.Person), Asset: ledger.Point, Amount: 300, Reason: "verified-report"},
			{ID: "give-2", From: "issue:330108", To: app.PersonAccount(s.rich.Person), Asset: ledger.Point, Amount: 40, Reason: "verified-report", Expires: o.Now().Add(48 * time.Hour)}})
		return err
	}))
	return s
}

func (s *shop) reward(change func(*app.RewardForm)) int64 {
	s.t.Helper()
	s.n++
	f := app.RewardForm{Name: "大米<em>", Text: "粳米 5 公斤", Area: s.community, Address: "社区服务站一楼", Hours: "工作日 9:00—17:00", Price: "120", Limit: "0", From: "2026-03-01", Pickup: "3", Stock: "5"}
	if change != nil {
		change(&f)
	}
	id, err := s.app.AddReward(s.t.Context(), s.desk, f, fmt.Sprint("r", s.n))
	s.ok(err)
	return id
}

// hidden is what a page's form carries unseen.
func (a answer) hidden(name string) string {
	for _, n := range a.find("input", "") {
		if attr(n, "name") == name && attr(n, "type") == "hidden" {
			return attr(n, "value")
		}
	}
	return ""
}

// sane fails the test when a page breaks a rule of the house, or shows markup that came from data.
func (a answer) sane(t *testing.T) answer {
	t.Helper()
	for _, wrong := range htmlcheck.Page(a.body) {
		t.Error(wrong)
	}
	if strings.Contains(string(a.body), "<em>") {
		t.Error("markup from data is on the page")
	}
	return a
}

func TestAResidentReservesAndACounterHandsOver(t *testing.T) {
	s := newShop(t)
	id := s.reward(func(f *app.RewardForm) { f.Sponsor = fmt.Sprint(s.sponsor) })
	visitor := s.enter(app.Viewer{})
	visitor.get("/binjiang/rewards").sane(t).has(t, "大米", "120", "剩 5 件", "便利店（示例）")
	visitor.get(fmt.Sprint("/binjiang/rewards/", id)).sane(t).has(t, "登录后兑换")
	if a := visitor.post(fmt.Sprint("/binjiang/rewards/", id, "/reserve"), url.Values{"price": {"120"}}); a.code != http.StatusSeeOther || !strings.Contains(a.header.Get("Location"), "/enter") {
		t.Errorf("a visitor reserves: %d", a.code)
	}
	r := s.enter(s.rich)
	if a := r.post("/binjiang/rewards/home", url.Values{"community": {"<em>"}}); a.code != http.StatusUnprocessableEntity {
		t.Errorf("a community that is none: %d", a.code)
	} else {
		a.sane(t).has(t, "请选择您所在的社区")
	}
	if a := r.post("/binjiang/rewards/home", url.Values{"community": {s.community}}); a.code != http.StatusSeeOther {
		t.Errorf("saying where one lives: %d", a.code)
	}
	r.get("/binjiang/rewards?near=community").sane(t).has(t, "大米", "本街道")
	r.get("/binjiang/rewards?can=1&near=street").sane(t).has(t, "大米", "显示全部")
	page := r.get(fmt.Sprint("/binjiang/rewards/", id)).sane(t)
	page.has(t, "用 120 积分兑换", "兑换后剩 220 积分", "其中 40 积分在领取期限前到期")
	form := url.Values{"price": {page.hidden("price")}, "_key": {page.hidden("_key")}}
	first := r.post(fmt.Sprint("/binjiang/rewards/", id, "/reserve"), form)
	again := r.post(fmt.Sprint("/binjiang/rewards/", id, "/reserve"), form)
	at := first.header.Get("Location")
	if first.code != http.StatusSeeOther || again.header.Get("Location") != at {
		t.Fatalf("reserving twice: %d to %s, %d to %s", first.code, at, again.code, again.header.Get("Location"))
	}
	ticket := r.get(at).sane(t)
	ticket.has(t, "待领取", "3月5日", "社区服务站一楼", "已预留 120", "取消兑换")
	code := strings.TrimPrefix(textOf(ticket.find("p", "gz-ticket-code")[0]), "取货码 ")
	if len(code) != 9 || len(ticket.find("svg", "gz-qr")) != 1 {
		t.Fatalf("the ticket shows %q", code)
	}
	if a := s.enter(s.resident("19900000002")).get(at); a.code != http.StatusNotFound {
		t.Errorf("a stranger opens the ticket: %d", a.code)
	}
	r.get("/binjiang/points").sane(t).has(t, "可用积分 220", "另有 120 积分已为待领取的奖品预留", "预留：大米", "−120", "凭证")
	r.get("/binjiang/pickups").sane(t).has(t, "待领取", "大米")

	desk := s.enter(s.desk)
	if a := desk.post("/binjiang/counter", url.Values{"code": {"22222222"}}); a.code != http.StatusUnprocessableEntity {
		t.Errorf("a made-up code: %d", a.code)
	} else {
		a.sane(t).has(t, "没有找到这个取货码")
	}
	if a := desk.post("/binjiang/counter", url.Values{"code": {"<em>"}}); a.code != http.StatusUnprocessableEntity {
		t.Errorf("markup as a code: %d", a.code)
	} else {
		a.sane(t)
	}
	clerk := s.enter(s.clerk)
	if a := clerk.get("/binjiang/"); a.code != http.StatusSeeOther || a.header.Get("Location") != "/binjiang/counter" {
		t.Errorf("a clerk's first page: %d %s", a.code, a.header.Get("Location"))
	}
	clerk.get("/binjiang/counter").sane(t).has(t, "取货码", "用摄像头扫码")
	found := clerk.post("/binjiang/counter", url.Values{"code": {strings.ToLower(code)}}).sane(t)
	found.has(t, "请发放", "大米<em> × 1", "居*", "120")
	give := url.Values{"code": {found.hidden("code")}, "_key": {found.hidden("_key")}}
	for range 2 {
		if a := clerk.post("/binjiang/counter/hand-over", give); a.code != http.StatusSeeOther {
			t.Fatalf("handing over: %d %s", a.code, a.text())
		}
	}
	clerk.get("/binjiang/counter").has(t, "已确认发放")
	clerk.get("/binjiang/counter/today").sane(t).has(t, "共 1 件，120 积分", "居*")
	late := desk.post("/binjiang/counter", url.Values{"code": {code}})
	if late.code != http.StatusConflict {
		t.Errorf("the same code at the other counter: %d", late.code)
	}
	late.sane(t).has(t, "已于 3月2日 10:00 由“示例<em>便利店”发放")
	late.hasNot(t, "测试clerk")
	r.get(at).sane(t).has(t, "已领取", "支出 120 积分")
	r.get(at).hasNot(t, code)
	for _, path := range []string{"/binjiang/counter", "/binjiang/desk/rewards", "/binjiang/desk/points"} {
		if a := r.get(path); a.code != http.StatusForbidden {
			t.Errorf("a resident at %s: %d", path, a.code)
		}
	}
}

func TestWhatHasChangedSinceThePageWasDrawn(t *testing.T) {
	s := newShop(t)
	id := s.reward(func(f *app.RewardForm) { f.Stock = "1" })
	r := s.enter(s.rich)
	reserve := func(price string) answer {
		return r.post(fmt.Sprint("/binjiang/rewards/", id, "/reserve"), url.Values{"price": {price}, "_key": {"k" + price}})
	}
	if a := reserve("100"); a.code != http.StatusConflict {
		t.Errorf("another price: %d", a.code)
	} else {
		a.sane(t).has(t, "由 100 调整为 120", "用 120 积分兑换")
	}
	if a := reserve("<em>"); a.code != http.StatusConflict {
		t.Errorf("a price that is none: %d", a.code)
	}
	at := reserve("120").header.Get("Location")
	other := s.enter(s.resident("19900000003"))
	if a := other.post(fmt.Sprint("/binjiang/rewards/", id, "/reserve"), url.Values{"price": {"120"}, "_key": {"x"}}); a.code != http.StatusConflict {
		t.Errorf("none left: %d", a.code)
	} else {
		a.sane(t).has(t, "刚刚被兑完，您的积分没有变动")
	}
	s.Pass(60 * time.Hour) // the forty have lapsed meanwhile
	r = s.enter(s.rich)
	r.get(at).sane(t).has(t, "其中 40 积分的有效期已过，退回后随即失效，实际可用的是 80 分")
	for _, want := range []int{http.StatusSeeOther, http.StatusSeeOther} {
		if a := r.post(at+"/cancel", url.Values{"_key": {"c"}}); a.code != want {
			t.Errorf("cancelling: %d", a.code)
		}
	}
	if a := r.post(at+"/cancel", url.Values{"_key": {"c2"}}); a.code != http.StatusConflict {
		t.Errorf("cancelling again: %d", a.code)
	} else {
		a.sane(t).has(t, "已于 3月4日 22:00 取消")
	}
	r.get("/binjiang/points").sane(t).has(t, "退回：大米", "积分回到原来的有效期", "可用积分 300")
}

func TestTheDeskKeepsRewards(t *testing.T) {
	s := newShop(t)
	d := s.enter(s.desk)
	d.get("/binjiang/desk/rewards").sane(t).has(t, "还没有奖品")
	d.get("/binjiang/desk/rewards/new").sane(t)
	good := url.Values{"_key": {"n1"}, "name": {"洗衣液"}, "text": {"2 公斤"}, "area": {s.community}, "address": {"服务站"}, "hours": {"每天"}, "price": {"60"}, "stock": {"4"},
		"pickup": {"7"}, "limit": {"1"}, "per": {"month"}, "from": {"2026-03-01"}}
	for name, c := range map[string]struct {
		field, value, want string
	}{
		"no price":            {"price", "<em>", "请填写整数"},
		"a price of nothing":  {"price", "0", "1 至 1000000"},
		"another community":   {"area", "330108003001", ""},
		"no place at all":     {"area", "", "请选择发放奖品的社区或街道"},
		"no stock":            {"stock", "<em>", "请填写现有件数"},
		"stock below nothing": {"stock", "-1", "请填写现有件数"},
		"more than there can": {"stock", "99999999", "库存不能超过"},
		"no period":           {"per", "", "请选择限兑的周期"},
		"a date that is none": {"from", "<em>", ""},
		"over before begun":   {"to", "2026-02-01", "结束日期不能早于开始日期"},
		"a name of markup":    {"name", "<", "请填写 2 至 40 个字"},
		"a year to collect":   {"pickup", "365", "1 至 90 天"},
		"nobody's gift":       {"sponsor", "99", "请选择在合作期内的单位"},
	} {
		f := url.Values{}
		for k, v := range good {
			f[k] = v
		}
		f.Set(c.field, c.value)
		a := d.form("/binjiang/desk/rewards", f, nil)
		want := http.StatusUnprocessableEntity
		if name == "another community" {
			want = http.StatusForbidden
		}
		if a.code != want {
			t.Errorf("%s: %d", name, a.code)
			continue
		}
		a.sane(t).has(t, c.want)
	}
	a := d.form("/binjiang/desk/rewards", good, map[string][]byte{"图.jpg": smallJPEG(t)})
	at := a.header.Get("Location")
	if a.code != http.StatusSeeOther {
		t.Fatalf("adding: %d %s", a.code, a.text())
	}
	page := d.get(at).sane(t)
	page.has(t, "洗衣液", "现有库存 4", "入库", "+4")
	var id int64
	fmt.Sscanf(at, "/binjiang/desk/rewards/%d", &id)
	if a := d.get(fmt.Sprintf("/binjiang/rewards/%d/photo?thumb", id)); a.code != http.StatusOK || a.header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("its picture: %d", a.code)
	}
	for name, c := range map[string]struct {
		form url.Values
		code int
		want string
	}{
		"brought in":           {url.Values{"kind": {"in"}, "amount": {"6"}}, 303, ""},
		"given":                {url.Values{"kind": {"gift"}, "amount": {"2"}, "giver": {fmt.Sprint(s.sponsor)}}, 303, ""},
		"given by nobody":      {url.Values{"kind": {"gift"}, "amount": {"2"}}, 422, "请选择捐赠单位"},
		"taken without reason": {url.Values{"kind": {"fix"}, "amount": {"-1"}}, 422, "请写明原因"},
		"more than there is":   {url.Values{"kind": {"fix"}, "amount": {"-99"}, "note": {"盘亏<em>"}}, 422, "不够减 99 件"},
		"as if by a resident":  {url.Values{"kind": {"take"}, "amount": {"-1"}}, 422, "请选择是入库"},
		"no number":            {url.Values{"kind": {"in"}, "amount": {"<em>"}}, 422, "请填写整数件数"},
	} {
		c.form.Set("_key", name)
		a := d.post(at+"/stock", c.form)
		if a.code != c.code {
			t.Errorf("%s: %d", name, a.code)
		}
		if c.want != "" {
			a.sane(t).has(t, c.want)
		}
	}
	d.get(at).sane(t).has(t, "现有库存 12", "捐赠入库", "示例<em>便利店")
	edit := url.Values{"_key": {"e1"}, "revision": {page.hidden("revision")}}
	for k, v := range good {
		if k != "_key" && k != "stock" {
			edit[k] = v
		}
	}
	edit.Set("price", "70")
	if a := d.form(at, edit, nil); a.code != http.StatusSeeOther {
		t.Errorf("changing the price: %d %s", a.code, a.text())
	}
	edit.Set("_key", "e2")
	if a := d.form(at, edit, nil); a.code != http.StatusConflict {
		t.Errorf("from a page drawn before: %d", a.code)
	} else {
		a.sane(t).has(t, "已被他人修改")
	}
	if a := d.post(at+"/close", url.Values{"_key": {"c1"}}); a.code != http.StatusSeeOther {
		t.Errorf("taking out: %d", a.code)
	}
	d.get("/binjiang/desk/rewards").sane(t).has(t, "已下架")
	s.enter(s.rich).get("/binjiang/rewards").hasNot(t, "洗衣液")
	other := s.staff("desk-2", casework.Duty{Role: "community_desk", Area: "330108003001"})
	if a := s.enter(other).get(at); a.code != http.StatusForbidden {
		t.Errorf("another community's desk: %d", a.code)
	}
}

func TestSponsorsStatementsAndFigures(t *testing.T) {
	s := newShop(t)
	id := s.reward(func(f *app.RewardForm) { f.Sponsor, f.Price = fmt.Sprint(s.sponsor), "50" })
	for i := range 3 {
		got, err := s.app.Reserve(t.Context(), s.rich, id, 50, fmt.Sprint("k", i))
		s.ok(err)
		p, err := s.app.Pickup(t.Context(), s.rich, got)
		s.ok(err)
		if i < 2 {
			_, err = s.app.HandOver(t.Context(), s.clerk, p.Code, fmt.Sprint("h", i))
			s.ok(err)
		}
	}
	d := s.enter(s.district)
	at := fmt.Sprint("/binjiang/desk/sponsors/", s.sponsor)
	d.get("/binjiang/desk/sponsors").sane(t).has(t, "示例<em>便利店", "100")
	d.get(at).sane(t).has(t, "待结算积分 100", "店长 0571-0000", "大米<em>")
	d.get(at+"/statements/2026-03").sane(t).has(t, "尚未结算", "领取积分 100")
	if a := d.post(at+"/statements/2026-03", url.Values{"_key": {"z0"}}); a.code != http.StatusConflict {
		t.Errorf("settling a month that goes on: %d", a.code)
	}
	if a := d.post(at+"/gift", url.Values{"_key": {"g1"}, "points": {"30"}, "pool": {s.community}, "gift_note": {"<em>"}}); a.code != http.StatusSeeOther {
		t.Errorf("a gift: %d %s", a.code, a.text())
	}
	for name, f := range map[string]url.Values{"too much": {"points": {"9999"}, "pool": {s.community}}, "nothing": {"points": {"<em>"}, "pool": {""}}} {
		f.Set("_key", name)
		if a := d.post(at+"/gift", f); a.code != http.StatusConflict && a.code != http.StatusUnprocessableEntity {
			t.Errorf("a gift of %s: %d", name, a.code)
		} else {
			a.sane(t)
		}
	}
	s.Pass(31 * 24 * time.Hour)
	_, err := s.app.LapseReservations(t.Context(), binjiang)
	s.ok(err)
	d = s.enter(s.district)
	d.get(at).sane(t).has(t, "可以结算", "2026-03")
	if a := d.post(at+"/statements/2026-03", url.Values{"_key": {"z1"}, "note": {"<em>四月</em>"}}); a.code != http.StatusSeeOther {
		t.Errorf("settling: %d %s", a.code, a.text())
	}
	d.get(at+"/statements/2026-03").sane(t).has(t, "JS-330108-202603-001", "结算积分 70", "每 10 积分折 1 元（示例）")
	if a := d.get(at + "/statements/2026-03/items.xlsx"); a.code != http.StatusOK || len(a.body) < 1000 {
		t.Errorf("the statement's file: %d, %d bytes", a.code, len(a.body))
	}
	if a := d.get(at + "/statements/2026-99"); a.code != http.StatusNotFound {
		t.Errorf("a month that is none: %d", a.code)
	}

	leader := s.enter(s.staff("leader", casework.Duty{Role: "leader", Area: "330108"}))
	all := leader.get("/binjiang/desk/points?span=all").sane(t)
	all.has(t, "发放 340", "兑换 100", "过期 0", "兑付率 29.4%", "未兑余额 240", "30 天活跃率", "大米", "近六个月")
	leader.get("/binjiang/desk/points").sane(t).has(t, "本地兑换回流", "单位回赠")
	leader.get("/binjiang/desk/points/between").sane(t).has(t, "未登记")
	leader.get("/binjiang/desk/points/reconciliation").sane(t).has(t, "账目相符", "全部账户合计 0")
	leader.get("/binjiang/desk/points/hints").sane(t).has(t, "没有发现异常")
	for _, path := range []string{"points.xlsx", "points/between.xlsx"} {
		if a := leader.get("/binjiang/desk/" + path); a.code != http.StatusOK || len(a.body) < 1000 {
			t.Errorf("%s: %d, %d bytes", path, a.code, len(a.body))
		}
	}
	desk := s.enter(s.desk)
	desk.get("/binjiang/desk/orders").sane(t).has(t, "逾期未领", "已领取", "居*")
	if lapsed := desk.get("/binjiang/desk/orders?state=lapsed").sane(t); len(lapsed.rows()) != 1 {
		t.Errorf("lapsed: %v", lapsed.rows())
	}
	if a := desk.get("/binjiang/desk/orders.xlsx?state=collected"); a.code != http.StatusOK || len(a.body) < 1000 {
		t.Errorf("orders' file: %d", a.code)
	}
	if a := desk.get("/binjiang/desk/points/hints"); a.code != http.StatusForbidden {
		t.Errorf("a community at the district's hints: %d", a.code)
	}
}
