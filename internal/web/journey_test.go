package web_test

import (
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app/apptest"
	"gezhi/internal/browser"
	"gezhi/internal/casework"
	"gezhi/internal/web"
)

// stage is a small district with a site and a browser.
type stage struct {
	*apptest.World
	t       *testing.T
	browser *browser.Browser
	url     string
	photo   string
	file    string                   // the database
	desks   map[string]*browser.Page // windows of staff who have signed in
}

func newStage(t *testing.T) *stage {
	b := browser.Start(t)
	file := filepath.Join(t.TempDir(), "g.db")
	w := apptest.New(t, "sqlite:"+file)
	site := httptest.NewServer(web.New(w.App, web.Options{Log: slog.New(slog.DiscardHandler)}).Handler())
	t.Cleanup(site.Close)
	s := &stage{World: w, t: t, browser: b, url: site.URL + "/binjiang/", photo: filepath.Join(t.TempDir(), "现场.jpg"), file: file, desks: map[string]*browser.Page{}}
	img := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			img.Set(x, y, color.RGBA{uint8(x / 3), uint8(y / 2), uint8((x ^ y) & 127), 255})
		}
	}
	f, err := os.Create(s.photo)
	w.OK(err)
	w.OK(jpeg.Encode(f, img, nil))
	w.OK(f.Close())
	return s
}

// as is the browser window of a member of staff, who signs in the first time.
func (s *stage) as(login string, phone bool) *browser.Page {
	s.t.Helper()
	if p := s.desks[login]; p != nil {
		return p
	}
	open := s.browser.Desktop
	if phone {
		open = s.browser.Phone
	}
	p := open(s.t)
	p.Goto(s.url + "staff")
	p.Fill("login", login)
	p.Fill("password", apptest.Password)
	p.Click("登录")
	s.desks[login] = p
	return p
}

// step makes one move of a case on its page, filling in what it asks for.
func (s *stage) step(login, at, move string, fill func(*browser.Page)) *browser.Page {
	s.t.Helper()
	s.Pass(10 * time.Minute)
	p := s.as(login, login == "wangge")
	p.Goto(at)
	if fill != nil {
		fill(p)
	}
	p.Click("form[action$='/" + move + "'] button[type=submit]")
	p.WaitText("已办理")
	return p
}

// fold is what opens the form of a move.
func fold(move string) string { return "details:has(form[action$='/" + move + "']) > summary" }

// filed takes a fresh report to the dispatcher.
func (s *stage) filed(at string) {
	s.t.Helper()
	s.step("wangge", at, "verify", func(p *browser.Page) {
		p.Screenshot("case-grid-worker")
		p.NoHorizontalScroll()
		p.Click(fold("verify"))
		p.Click("属实")
	})
	s.step("shouli", at, "accept", nil)
	s.step("zhiban", at, "file", func(p *browser.Page) {
		p.Click(fold("file"))
		p.Screenshot("case-desk-file")
		p.Click("form[action$='/file'] input[name='field.standard']")
	}).Axe()
}

// upload chooses the photo and waits until it is shown: what stands below it moves then.
func (s *stage) upload(p *browser.Page, field string) {
	s.t.Helper()
	p.Upload(field, s.photo)
	for range 200 {
		if p.Count(".gz-photo-list img") > 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatal("the chosen photo is not shown")
}

// handled reports a case done, with a photo, and hands it to the verifier.
func (s *stage) handled(at string) {
	s.t.Helper()
	s.step("huanwei", at, "done", func(p *browser.Page) {
		p.Click(fold("done"))
		p.Fill("form[action$='/done'] textarea[name='field.result_text']", "已清运垃圾并冲洗路面。")
		s.upload(p, "form[action$='/done'] input[type=file]")
	})
	s.step("paiqian", at, "to_check", nil)
}

// resident opens a phone's browser and signs in by text message.
func (s *stage) resident(number string) *browser.Page {
	s.t.Helper()
	p := s.browser.Phone(s.t)
	p.Goto(s.url + "enter")
	p.Fill("phone", number)
	p.Click("获取验证码")
	p.Fill("code", s.Code(number))
	p.Click("登录")
	return p
}

// report fills in the residents' form and returns the address of the case's page.
func (s *stage) report(p *browser.Page, text string) string {
	s.t.Helper()
	p.Goto(s.url + "report")
	s.upload(p, "photo")
	p.StandAt(reportPoint.Lat, reportPoint.Lng)
	p.Click("用我现在的位置")
	p.WaitText("所在网格：")
	p.Fill("address", "滨盛路人行道")
	p.Fill("matter", "暴露垃圾")
	p.Fill("text", text)
	p.Screenshot("report")
	p.Axe()
	p.NoHorizontalScroll()
	p.Click("提交")
	p.WaitText("已收到，编号 330108-")
	path := p.Path()
	if !strings.Contains(path, "/case/") {
		s.t.Fatalf("after sending the page is %s", path)
	}
	return strings.TrimSuffix(s.url, "/binjiang/") + strings.Split(path, "?")[0]
}

func (s *stage) cast() {
	area := s.areaOf()
	s.Staff("wangge", "网格员虚构甲", casework.Duty{Role: "grid_staff", Area: area[:15]})
	s.Staff("shouli", "受理员虚构乙", casework.Duty{Role: "acceptor", Area: "330108"})
	s.Staff("zhiban", "值班长虚构丙", casework.Duty{Role: "shift_leader", Area: "330108"})
	s.Staff("paiqian", "派遣员虚构丁", casework.Duty{Role: "dispatcher", Area: "330108"})
	s.Staff("huanwei", "经办人虚构戊", casework.Duty{Role: "officer", Unit: "sanitation"})
	s.Staff("hecha", "核查员虚构己", casework.Duty{Role: "verifier", Area: "330108"})
	s.Staff("duban", "督办员虚构庚", casework.Duty{Role: "supervisor", Area: "330108"})
}

// areaOf is the micro-grid the reports of these tests lie in.
func (s *stage) areaOf() string {
	s.t.Helper()
	z, err := s.App.Zone(context.Background(), apptest.Zone)
	s.OK(err)
	code, _ := z.Tree.LocateCode(reportPoint)
	if len(code) != 17 {
		s.t.Fatalf("the report's point lies in %q, not in a micro-grid", code)
	}
	return code
}

func TestAMatterTravelsFromAPhoneToAClosedRatedCase(t *testing.T) {
	s := newStage(t)
	s.cast()
	resident := s.resident("19900000001")
	at := s.report(resident, "垃圾堆在人行道上，已经三天没人清。")
	resident.WaitText("待核实", "专职网格员")
	resident.Screenshot("case-resident")
	resident.Axe()
	resident.NoHorizontalScroll()

	s.filed(at)
	s.step("paiqian", at, "dispatch", func(p *browser.Page) { p.Click(fold("dispatch")) })
	s.step("huanwei", at, "sign", nil)
	s.handled(at)
	s.step("hecha", at, "pass", nil).Screenshot("case-desk-verified")
	s.step("zhiban", at, "close", nil).WaitText("案卷保存", "至 2036")

	resident.Goto(at)
	resident.WaitText("已结案")
	resident.Click(fold("rate"))
	resident.Click("非常满意")
	resident.Click("form[action$='/rate'] button[type=submit]")
	resident.WaitText("已办理", "非常满意")
	resident.Screenshot("case-rated")
	resident.Goto(s.url + "points")
	resident.WaitText("+5")
	resident.Screenshot("points")
	resident.Axe()
	resident.NoHorizontalScroll()
}

func TestTheUnhappyWay(t *testing.T) {
	s := newStage(t)
	s.cast()
	resident := s.resident("19900000002")
	at := s.report(resident, "绿化带里有人倾倒垃圾，气味很大。")
	s.filed(at)
	choose := func(p *browser.Page) { p.Click(fold("dispatch")) }
	s.step("paiqian", at, "dispatch", choose)

	s.step("huanwei", at, "return", func(p *browser.Page) {
		p.Click(fold("return"))
		p.Click("不属本单位职责")
		p.Fill("form[action$='/return'] textarea[name=note]", "该处属园林绿化管养范围。")
	})
	s.step("paiqian", at, "dispatch", choose)
	officer := s.step("huanwei", at, "sign", nil)

	// Asking without saying how long brings the form back with what was typed and a sentence by the field.
	officer.Allow(422)
	officer.Click(fold("ask_extension"))
	officer.Fill("form[action$='/ask_extension'] textarea[name='field.extend_why']", "需协调吊装车辆进场。")
	officer.Click("form[action$='/ask_extension'] button[type=submit]")
	officer.WaitText("请改正后再提交")
	if got := browser.Eval[string](officer, `document.querySelector("form[action$='/ask_extension'] textarea[name='field.extend_why']").value`); got != "需协调吊装车辆进场。" {
		t.Errorf("what was typed came back as %q", got)
	}
	officer.Screenshot("case-form-came-back")
	officer.Fill("form[action$='/ask_extension'] select[name='field.extra']", "2个工作时")
	officer.Click("form[action$='/ask_extension'] button[type=submit]")
	officer.WaitText("已办理")
	s.step("zhiban", at, "grant_extension", nil)

	s.Pass(26 * time.Hour)
	officer.Goto(at)
	officer.WaitText("已超期", "预警")
	officer.Screenshot("case-overdue")
	s.step("duban", at, "urge", func(p *browser.Page) {
		p.Click(fold("urge"))
		p.Fill("form[action$='/urge'] textarea[name=note]", "已超期，请今天处置完毕。")
	})
	s.handled(at)
	s.step("hecha", at, "rework", func(p *browser.Page) {
		p.Click(fold("rework"))
		p.Click("处置不彻底")
		p.Fill("form[action$='/rework'] textarea[name=note]", "绿化带内侧仍有残留。")
	})
	officer.Goto(at)
	if officer.Count(".gz-draft") > 0 {
		t.Error("what was sent is offered again as a draft")
	}
	s.handled(at)
	s.step("hecha", at, "pass", nil)
	s.step("zhiban", at, "close", nil)

	resident.Goto(at)
	resident.Click(fold("reopen"))
	resident.Click("问题没有解决")
	resident.Fill("form[action$='/reopen'] textarea[name=note]", "第二天又堆上了。")
	resident.Click("form[action$='/reopen'] button[type=submit]")
	resident.WaitText("已办理", "待派遣")
	s.step("paiqian", at, "dispatch", choose)
	s.step("huanwei", at, "sign", nil)
	s.handled(at)
	s.step("hecha", at, "pass", nil)
	s.step("zhiban", at, "close", nil)
	resident.Goto(at)
	if resident.Count("form[action$='/reopen']") != 0 {
		t.Error("a matter can be reopened twice")
	}
	resident.Click(fold("rate"))
	resident.Click("基本满意")
	resident.Click("form[action$='/rate'] button[type=submit]")
	resident.WaitText("已办理", "基本满意")
	resident.Screenshot("case-unhappy-way")
	resident.Goto(s.url + "points")
	if n := resident.Count(".gz-statement-what"); n != 1 {
		t.Errorf("a report handled twice was paid %d times", n)
	}
}
