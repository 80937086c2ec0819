package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"gezhi/internal/activity"
	"gezhi/internal/app"
	"gezhi/internal/browser"
	"gezhi/internal/casework"
	"gezhi/internal/store"
	"gezhi/internal/web/htmlcheck"
)

const ourCommunity = "330108001001"

// goodActivity is the organiser's form, filled in for the evening of the second of March.
func goodActivity() url.Values {
	return url.Values{"_key": {"a-1"}, "host": {"area:" + ourCommunity}, "kind": {"patrol"}, "title": {"晚间<em>巡防</em>"}, "text": {"沿河走一圈，看看有没有<em>隐患</em>"},
		"date": {"2026-03-02"}, "from": {"19:00"}, "to": {"21:00"}, "area": {ourCommunity}, "place": {"社区<em>门口</em>"}, "capacity": {"2"}, "bring": {"<em>手电筒</em>"},
		"age": {"未满 16 周岁请由监护人陪同"}, "contact": {"社区服务站"}, "rule": {"patrol-hour"}, "hours": {"1"}}
}

// square is an office with a community's desk, two residents and a published patrol.
type square struct {
	*office
	desk     *reader
	one, two app.Viewer
	id       string
}

func newSquare(t *testing.T) *square {
	o := newOffice(t)
	s := &square{office: o}
	s.desk = o.enter(o.staff("shequ", casework.Duty{Role: "community_desk", Area: ourCommunity}))
	s.one, s.two = o.resident("19900000001"), o.resident("19900000002")
	a := s.desk.post("/binjiang/organise/new", goodActivity())
	if a.code != http.StatusSeeOther {
		t.Fatalf("entering an activity: %d %s", a.code, a.text())
	}
	s.id = a.header.Get("Location")[len("/binjiang/organise/"):]
	if a := s.desk.post("/binjiang/organise/"+s.id+"/do/publish", nil); a.code != http.StatusSeeOther {
		t.Fatalf("publishing: %d %s", a.code, a.text())
	}
	return s
}

func (s *square) does(r *reader, path string, form url.Values) {
	s.t.Helper()
	if a := r.post("/binjiang/"+path, form); a.code != http.StatusSeeOther {
		s.t.Fatalf("%s: %d %s", path, a.code, a.text())
	}
}

func TestAnActivityOnItsPages(t *testing.T) {
	s := newSquare(t)
	at := "activity/" + s.id
	one, two := s.enter(s.one), s.enter(s.two)

	visitor := s.enter(app.Viewer{})
	visitor.get("/binjiang/activities").has(t, "晚间<em>巡防</em>", "平安巡防", "限 2 人，还有 2 个名额")
	a := visitor.get("/binjiang/" + at)
	a.has(t, "2026-03-02 周一 19:00 – 21:00", "登录后可以报名", "手电筒")
	a.hasNot(t, "社区服务站")
	if n := a.find("em", ""); len(n) != 0 {
		t.Error("what was typed became markup")
	}
	if a := visitor.post("/binjiang/"+at+"/join", nil); a.code != http.StatusSeeOther || !strings.Contains(a.header.Get("Location"), "enter") {
		t.Errorf("a visitor signs up: %d", a.code)
	}

	s.does(one, at+"/join", nil)
	s.does(two, at+"/join", nil)
	one.get("/binjiang/"+at).has(t, "报名成功。", "已报名", "退出活动", "限 2 人，已满", "社区服务站")
	three := s.enter(s.resident("19900000003"))
	three.get("/binjiang/"+at).has(t, "加入候补")
	s.does(three, at+"/join", nil)
	three.get("/binjiang/"+at).has(t, "候补中")
	s.does(one, at+"/leave", nil)
	three.get("/binjiang/"+at).has(t, "已报名")
	s.desk.get("/binjiang/organise/"+s.id).has(t, "2/2", "居*", "打印名单", "查看完整姓名")

	s.Pass(9 * time.Hour)
	code := s.desk.get("/binjiang/organise/" + s.id + "/code")
	code.has(t, "到场核验码", "已核验 0 人")
	shown := strings.ReplaceAll(textOf(code.find("p", "gz-show-code")[0]), " ", "")
	landing := two.get("/binjiang/" + at + "/check?c=" + shown)
	landing.has(t, "您正在现场吗", "不采集位置")
	if n := landing.find("button", "btn"); len(n) != 1 {
		t.Errorf("%d buttons on the page behind the code", len(n))
	}
	if a := two.get("/binjiang/" + at + "/check?c=ABCDEFGH"); a.code != http.StatusUnprocessableEntity {
		t.Errorf("a code that was made up: %d", a.code)
	}
	s.Pass(10 * time.Minute) // the button can wait
	s.does(two, at+"/check", url.Values{"code": {shown}})
	two.get("/binjiang/"+at).has(t, "已核验到场，谢谢参加。", "撤销核验")
	if a := three.post("/binjiang/"+at+"/check", url.Values{"code": {shown}}); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.text(), "已过期") {
		t.Errorf("an old code: %d %s", a.code, a.text())
	}
	third := strconv.FormatInt(int64(s.people["19900000003"].Person), 10)
	s.does(s.desk, "organise/"+s.id+"/tick", url.Values{"person": {third}})

	s.Pass(2 * time.Hour)
	second := strconv.FormatInt(int64(s.two.Person), 10)
	if a := s.desk.post("/binjiang/organise/"+s.id+"/hours", url.Values{"hours." + second: {"135"}}); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.text(), "不能超过") {
		t.Errorf("more hours than the activity lasted: %d", a.code)
	}
	s.does(s.desk, "organise/"+s.id+"/hours", url.Values{"hours." + second: {"120"}, "hours." + third: {"60"}, "hours.77": {"60"}})
	three.get("/binjiang/"+at).has(t, "1 小时", "没有异议", "提出异议")
	s.does(three, at+"/object", url.Values{"why": {"走完了<em>全程</em>"}})
	s.desk.get("/binjiang/organise/"+s.id).has(t, "的异议", "走完了<em>全程</em>")
	if a := s.desk.post("/binjiang/organise/"+s.id+"/do/close", nil); a.code != http.StatusConflict || !strings.Contains(a.text(), "异议") {
		t.Errorf("closing over an objection: %d", a.code)
	}
	s.does(s.desk, "organise/"+s.id+"/answer", url.Values{"person": {third}, "outcome": {"120"}, "answer": {"已补足"}})
	s.does(two, at+"/confirm", nil)
	s.does(two, at+"/rate", url.Values{"stars": {"5"}, "words": {"很好"}})
	s.does(s.desk, "organise/"+s.id+"/thank", url.Values{"person": {second}, "words": {"辛苦了"}})
	s.does(s.desk, "organise/"+s.id+"/do/close", nil)
	two.get("/binjiang/"+at).has(t, "已办结", "2 小时", "组织者留言：辛苦了")
	two.get("/binjiang/activities/mine").has(t, "已办结活动的时长 2 小时")
	two.get("/binjiang/messages").has(t, "记分，公示至")
	s.desk.leads(t, "/binjiang/organise/"+s.id)
	two.leads(t, "/binjiang/"+at)
}

func TestWrongActivitiesComeBack(t *testing.T) {
	s := newSquare(t)
	for name, c := range map[string]struct {
		change func(url.Values)
		want   string
	}{
		"no day":              {func(f url.Values) { f.Set("date", "") }, "请填写日期和时间"},
		"a day that is words": {func(f url.Values) { f.Set("date", "下周三") }, "请填写日期和时间"},
		"in the past":         {func(f url.Values) { f.Set("date", "2026-03-01") }, "开始时间应晚于现在"},
		"no title":            {func(f url.Values) { f.Set("title", "") }, "标题请填写"},
		"places in words":     {func(f url.Values) { f.Set("capacity", "二十") }, "请填写整数"},
		"another community":   {func(f url.Values) { f.Set("area", "330108001002") }, "不在本单位"},
		"in another's name":   {func(f url.Values) { f.Set("host", "unit:sanitation") }, "请选择由谁组织"},
		"an unknown kind":     {func(f url.Values) { f.Set("kind", "dance") }, "请选择活动类别"},
		"an unknown rule":     {func(f url.Values) { f.Set("rule", "verified-report") }, "积分事项"},
	} {
		t.Run(name, func(t *testing.T) {
			f := goodActivity()
			f.Set("_key", name)
			c.change(f)
			a := s.desk.post("/binjiang/organise/new", f)
			if a.code != http.StatusUnprocessableEntity || !strings.Contains(a.text(), c.want) {
				t.Fatalf("%d, %s", a.code, a.text())
			}
			for _, field := range []string{"title", "text", "place", "capacity", "_key"} {
				if got := a.typed(field); got != f.Get(field) {
					t.Errorf("%s came back as %q", field, got)
				}
			}
		})
	}
	overnight := goodActivity()
	overnight.Set("_key", "night")
	overnight.Set("to", "01:00")
	a := s.desk.post("/binjiang/organise/new", overnight)
	if a.code != http.StatusSeeOther {
		t.Fatalf("a patrol past midnight: %d %s", a.code, a.text())
	}
	s.desk.get(a.header.Get("Location")).has(t, "19:00 – 次日 01:00")
}

func TestWholeNamesOnPaper(t *testing.T) {
	s := newSquare(t)
	s.ok(s.app.CorrectName(context.Background(), s.one, "欧阳虚构"))
	s.does(s.enter(s.one), "activity/"+s.id+"/join", nil)
	at := "/binjiang/organise/" + s.id
	s.desk.get(at+"/sheet").has(t, "欧阳*")
	if a := s.desk.post(at+"/names", url.Values{"reason": {"查"}}); a.code != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", a.code)
	}
	s.desk.post(at+"/names", url.Values{"reason": {"现场点名核对"}}).has(t, "欧阳虚构")
	s.enter(s.one).get("/binjiang/me").has(t, "现场点名核对")
	rows := s.desk.get(at + "/people.xlsx").sheet(t)
	if len(rows) < 2 || rows[1][1] != "欧阳*" {
		t.Errorf("the file holds %v", rows)
	}
	other := s.enter(s.staff("linju", casework.Duty{Role: "community_desk", Area: "330108001002"}))
	for _, path := range []string{"", "/sheet", "/names", "/people.xlsx", "/code", "/edit"} {
		if a := other.get(at + path); a.code != http.StatusForbidden {
			t.Errorf("another community's desk at %q: %d", path, a.code)
		}
	}
}

func TestStationHouseholdAndBoardPages(t *testing.T) {
	s := newSquare(t)
	one := s.enter(s.one)
	s.does(s.desk, "stations", url.Values{"platform": {"示例<em>平台</em>"}, "name": {"一站"}, "area": {ourCommunity}})
	page := s.desk.get("/binjiang/stations")
	page.has(t, "示例<em>平台</em>", "本月骑手、快递员上报")
	var code string
	s.ok(s.app.DB().View(context.Background(), binjiang, func(r *store.Reader) error {
		list, err := r.Stations(ourCommunity)
		code = list[0].Code
		return err
	}))
	if a := one.post("/binjiang/station", url.Values{"code": {code}}); a.code != http.StatusUnprocessableEntity || a.typed("code") != code {
		t.Errorf("without consent: %d", a.code)
	}
	s.does(one, "station", url.Values{"code": {code}, "consent": {"1"}})
	one.get("/binjiang/station").has(t, "一站", "退出站点")
	s.does(one, "station/leave", nil)
	one.get("/binjiang/station?code="+code).hasNot(t, "我的站点")

	one.get("/binjiang/household").has(t, "还没有绑定家庭")
	if a := one.post("/binjiang/household", url.Values{"share": {"1"}}); a.code != http.StatusConflict {
		t.Errorf("sharing with nobody: %d", a.code)
	}
	one.get("/binjiang/board").has(t, "默认不上榜")
	if a := one.post("/binjiang/board", url.Values{"area": {"<em>"}}); a.code != http.StatusUnprocessableEntity {
		t.Errorf("a board of nowhere: %d", a.code)
	}
	s.does(one, "board", url.Values{"area": {ourCommunity}})
	one.get("/binjiang/board").has(t, "居*（我）", "退出积分榜")
	s.does(one, "board/leave", nil)
	one.get("/binjiang/board?area="+ourCommunity).hasNot(t, "居*")
	s.desk.get("/binjiang/board?area="+ourCommunity).hasNot(t, "加入积分榜")
}

// TestNoPageWatchesPeople opens every page of activities, stations, the household and the board, in both languages,
// and looks for what 国办函〔2026〕12 号 rules out.
func TestNoPageWatchesPeople(t *testing.T) {
	s := newSquare(t)
	s.does(s.enter(s.one), "activity/"+s.id+"/join", nil)
	s.does(s.enter(s.one), "board", url.Values{"area": {ourCommunity}})
	paths := []string{"activities", "activities?view=map", "activities?when=this&kind=patrol&area=" + ourCommunity, "activities?when=past", "activities/mine", "activity/" + s.id,
		"activity/" + s.id + "/check?c=ABCDEFGH", "station", "household", "board", "", "organise", "organise/new", "organise/" + s.id, "organise/" + s.id + "/edit",
		"organise/" + s.id + "/code", "organise/" + s.id + "/sheet", "organise/" + s.id + "/names", "stations"}
	for _, passed := range []time.Duration{0, 9 * time.Hour, 3 * time.Hour} {
		s.Pass(passed)
		for who, r := range map[string]*reader{"a visitor": s.enter(app.Viewer{}), "a resident": s.enter(s.one), "the desk": s.enter(s.people["shequ"])} {
			for _, path := range paths {
				for _, tag := range []string{"zh", "en"} {
					r.get("/binjiang/activities?lang=" + tag)
					a := r.get("/binjiang/" + path)
					if a.code == http.StatusInternalServerError {
						t.Errorf("%s at %s: %d", who, path, a.code)
					}
					if a.doc == nil {
						continue
					}
					if a.code == http.StatusOK {
						for _, w := range htmlcheck.Page(a.body) {
							t.Errorf("%s at %s: %s", who, path, w)
						}
					}
					for _, never := range []string{"打卡", "签到", "考勤", "出勤率", "在线时长", "排名", "名次", "轨迹", "第 1 名", "punch", "ranking", "leaderboard", "online time", "attendance rate", "geolocation="} {
						if strings.Contains(strings.ToLower(string(a.body)), never) {
							t.Errorf("%s at %s reads %q", who, path, never)
						}
					}
					if strings.HasSuffix(path, "/check?c=ABCDEFGH") && (len(a.find("div", "gz-map")) > 0 || strings.Contains(string(a.body), "data-geolocate")) {
						t.Errorf("the page behind the code asks for a place")
					}
				}
			}
		}
	}
}

func TestActivityPagesInABrowser(t *testing.T) {
	b := browser.Start(t)
	s := newSquare(t)
	ctx := context.Background()
	id, err := strconv.ParseInt(s.id, 10, 64)
	s.ok(err)
	edit := app.ActivityForm{Host: "area:" + ourCommunity, Kind: "patrol", Title: "晚间平安巡防", Text: "沿河走一圈，看看路灯、消防通道和堆物有没有隐患，发现问题随手拍上报。", Bring: "手电筒、反光背心（社区提供）", Age: "未满 16 周岁请由监护人陪同",
		Area: ourCommunity, Place: "社区服务中心门口", From: s.Now().Add(9 * time.Hour), To: s.Now().Add(11 * time.Hour), Capacity: 2, Contact: "社区服务站（示例）", Rule: "patrol-hour", Hours: true}
	edit.Point, edit.HasPoint = s.within(ourCommunity), true
	s.ok(s.app.EditActivity(ctx, s.people["shequ"], activity.ID(id), edit))
	phone := b.Phone(t)
	phone.Goto(s.server.URL + "/")
	phone.Click("19900000001")
	look := func(p *browser.Page, path, name, sees string) {
		t.Helper()
		p.Goto(s.server.URL + "/binjiang/" + path)
		p.WaitText(sees)
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("activity-" + name)
	}
	look(phone, "", "home", "附近活动")
	look(phone, "activities", "list", "晚间平安巡防")
	look(phone, "activities?view=map", "map", "示意边界")
	look(phone, "activity/"+s.id, "page", "报名")
	phone.Click("form[action$='/join'] button")
	phone.WaitText("报名成功")
	s.ok(func() error { _, err := s.app.JoinActivity(ctx, s.two, activity.ID(id)); return err }())

	desk := b.Desktop(t)
	desk.Goto(s.server.URL + "/")
	desk.Click("shequ")
	deskPhone := b.Phone(t)
	deskPhone.Goto(s.server.URL + "/")
	deskPhone.Click("shequ")
	look(desk, "organise", "organise", "新建活动")
	look(desk, "organise/new", "new", "积分事项")
	look(desk, "organise/"+s.id, "roll-open", "报名名单")
	s.Pass(9*time.Hour + time.Minute)
	look(deskPhone, "organise/"+s.id+"/code", "code", "已核验 0 人")
	code := strings.ReplaceAll(deskPhone.Text(".gz-show-code"), " ", "")
	look(phone, "activity/"+s.id+"/check?c="+code, "check", "确认到场")
	phone.Click("确认到场")
	phone.WaitText("已核验到场，谢谢参加")
	s.Pass(2 * time.Hour)
	for _, p := range []*browser.Page{desk, deskPhone} {
		look(p, "organise/"+s.id, "roll-done", "登记结果")
	}
	second := strconv.FormatInt(int64(s.two.Person), 10)
	desk.Fill("hours."+second, "1 小时")
	desk.Click("form[action$='/hours'] button[type=submit]")
	desk.WaitText("已登记，本人会收到通知")
	look(phone, "activity/"+s.id, "outcome", "没有异议")
	s.ok(s.app.ObjectHours(ctx, s.two, activity.ID(id), "我也走完了全程，少登记了 1 小时"))
	look(desk, "organise/"+s.id, "roll-objection", "的异议")
	look(desk, "organise/"+s.id+"/sheet", "sheet", "报名号")
	look(phone, "activities/mine", "mine", "志愿者登记")
	look(desk, "stations", "stations", "登记站点")
	look(phone, "station", "station", "加入站点")
	look(phone, "household", "household", "家庭积分")
	s.ok(s.app.JoinBoard(ctx, s.one, ourCommunity))
	look(phone, "board", "board", "（我）")
}
