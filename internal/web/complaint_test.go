package web_test

import (
	"archive/zip"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/browser"
	"gezhi/internal/casework"

	"golang.org/x/net/html"
)

// complaintBureau is a bureau with a complaints desk, a unit and a leader.
func complaintBureau(t *testing.T) *bureau {
	o := newBureau(t)
	for login, d := range map[string]casework.Duty{
		"complaints": {Role: "complaint_desk", Area: "330108"}, "market": {Role: "officer", Unit: "market"}, "market-head": {Role: "head", Unit: "market"},
		"leader": {Role: "leader", Area: "330108"}, "supervisor": {Role: "supervisor", Area: "330108"},
	} {
		o.people[login] = o.hire(login, d)
	}
	return o
}

// What a reporter gives away, and what must never reach anybody but the desk.
const (
	reporterName  = "欧阳密封"
	reporterPhone = "13911112222"
	reporterWords = "我在某某路开餐馆，窗口三次退件都不说缺什么"
	reporterWish  = "请一次性书面告知所缺材料"
)

// complain fills in the public form as a visitor would, in a browser, and returns the query code.
func complain(p *browser.Page, base string) string {
	p.Goto(base + "/binjiang/file/complaint")
	p.WaitText("查询码遗失后无法找回")
	p.Fill("category", "A01")
	p.Click("input[name='field.named'][value=named]")
	p.Fill("field.object", "市场监管局某窗口")
	p.Fill("field.wish", reporterWish)
	p.Fill("text", reporterWords)
	p.Fill("field.person", reporterName)
	p.Fill("field.phone", reporterPhone)
	p.NoHorizontalScroll()
	p.Axe()
	p.Screenshot("complaint-form")
	p.Click("form[action$='/file/complaint'] button[type=submit]")
	p.WaitText("已收到", "只显示这一次")
	p.NoHorizontalScroll()
	p.Axe()
	p.Screenshot("complaint-code")
	return regexp.MustCompile(`[A-Z2-9]{4}(-[A-Z2-9]{4}){3}`).FindString(p.Text("#query-code"))
}

// follow opens a complaint by its code.
func follow(p *browser.Page, base, code string) {
	p.Goto(base + "/binjiang/query")
	p.Fill("code", strings.ToLower(code))
	p.Click("form[action$='/query'] button[type=submit]")
}

// work does one move at a desk: it opens the form, fills it in and sends it.
func work(p *browser.Page, move, label string, fields ...string) {
	if len(fields) > 0 {
		p.Click(label)
	}
	for i := 0; i+1 < len(fields); i += 2 {
		if strings.HasPrefix(fields[i], "input") {
			p.Click(fields[i])
			continue
		}
		p.Fill("form[action$='/"+move+"'] [name='"+fields[i]+"']", fields[i+1])
	}
	p.Click("form[action$='/" + move + "'] button[type=submit]")
	p.WaitText("已办理")
}

func TestAComplaintInABrowser(t *testing.T) {
	b := browser.Start(t)
	o := complaintBureau(t)
	phone := b.Phone(t)
	code := complain(phone, o.server.URL)
	if len(code) != 19 {
		t.Fatalf("the code is %q", code)
	}
	enter := func(login string) *browser.Page {
		p := b.Desktop(t)
		p.Goto(o.server.URL + "/")
		p.Click(login)
		return p
	}
	desk, unit := enter("complaints"), enter("market")
	open := func(p *browser.Page) {
		p.Goto(o.server.URL + "/binjiang/desk")
		p.Click("材料齐全仍不受理、拒不受理")
	}
	desk.Goto(o.server.URL + "/binjiang/desk/work")
	desk.WaitText("营商环境投诉举报", "在办 1 件", "登记投诉举报")
	desk.NoHorizontalScroll()
	desk.Axe()
	desk.Screenshot("work-kinds")
	desk.Goto(o.server.URL + "/binjiang/desk/cases?procedure=complaint")
	desk.WaitText("市场监管局某窗口")
	desk.Screenshot("complaint-list")
	open(desk)
	desk.WaitText(reporterWords, reporterWish, "密封")
	desk.Axe()
	desk.Screenshot("complaint-desk")
	work(desk, "accept", "受理")
	work(desk, "refer", "转办", "field.unit", "market", "field.handed", "有申请人反映窗口未一次性告知，请核实。")
	open(unit)
	unit.WaitText("有申请人反映窗口未一次性告知", "待签收")
	unit.NoHorizontalScroll()
	unit.Axe()
	unit.Screenshot("complaint-unit")
	work(unit, "sign", "签收")
	work(unit, "done", "报送办理报告", "input[name='field.outcome'][value='true']", "", "field.report", "已核实并书面告知。")
	open(desk)
	work(desk, "approve", "审核通过")
	work(desk, "answer", "反馈并听取意见", "field.told", "窗口已书面告知所缺材料。")

	follow(phone, o.server.URL, code)
	phone.WaitText("已办结，待评价", "窗口已书面告知所缺材料")
	phone.NoHorizontalScroll()
	phone.Axe()
	phone.Screenshot("complaint-reporter")
	phone.Click("评价")
	phone.Click("input[name='field.rating'][value='1']")
	phone.Click("form[action$='/rate'] button[type=submit]")
	phone.WaitText("待回访")

	open(desk)
	work(desk, "rehandle", "回访后重办", "note", "回访：仍未说清")
	desk.WaitText("待转办")

	refused := complain(b.Phone(t), o.server.URL)
	desk.Goto(o.server.URL + "/binjiang/desk/cases?procedure=complaint&stage=review")
	desk.Click("营商环境投诉举报：材料齐全仍不受理、拒不受理")
	work(desk, "refuse", "不予受理", "input[name=reason][value=civil]", "", "note", "属民事纠纷，建议依法诉讼或仲裁。")
	other := b.Phone(t)
	follow(other, o.server.URL, refused)
	other.WaitText("不予受理", "属于经营主体之间的民事纠纷")
	other.Screenshot("complaint-refused")
	bad := b.Phone(t)
	bad.Allow(http.StatusUnprocessableEntity)
	follow(bad, o.server.URL, "AAAA-AAAA-AAAA-AAAA")
	bad.WaitText("查询码不正确", "无法找回或重发")
}

// TestAUnitThatCrawlsEverythingFindsNoTraceOfTheReporter follows every link and opens every file, page after page, as the
// unit, as its head and as others without the duty, and looks for whatever the reporter gave away.
func TestAUnitThatCrawlsEverythingFindsNoTraceOfTheReporter(t *testing.T) {
	o := complaintBureau(t)
	ctx := t.Context()
	resident := o.report("r1", "楼下有垃圾") // signs a resident in
	who, err := o.app.ViewerOf(ctx, zoneBinjiang, resident.Reporter)
	o.ok(err)
	file := func(v app.Viewer, key string) app.Filed {
		out, err := o.app.File(ctx, v, app.Filing{Key: key, Procedure: "complaint", Start: "submit", Category: "A01", Text: reporterWords,
			Fields: map[string]string{"named": "named", "object": "市场监管局某窗口", "wish": reporterWish, "person": reporterName, "phone": reporterPhone}})
		o.ok(err)
		return out
	}
	filed := []app.Filed{file(app.Viewer{Zone: zoneBinjiang}, "a-form-key-00000001"), file(who, "a-form-key-00000002")}
	n := 0
	move := func(login string, id casework.ID, cmd casework.Command) {
		n++
		v := o.viewer(login)
		_, err := o.app.Move(ctx, v, id, cmd, fmt.Sprint("m", n))
		o.ok(err)
	}
	for _, f := range filed {
		id := f.Case.ID
		move("complaints", id, casework.Command{Move: "ask_more", Fields: map[string]string{"missing": "请补充时间"}})
		alias, err := o.app.EnterByQueryCode(ctx, zoneBinjiang, f.Code)
		o.ok(err)
		v, err := o.app.ViewerOf(ctx, zoneBinjiang, alias)
		o.ok(err)
		_, err = o.app.Move(ctx, v, id, casework.Command{Move: "supply", Note: reporterWords + "，上周三上午"}, f.Code)
		o.ok(err)
		move("complaints", id, casework.Command{Move: "accept"})
		move("complaints", id, casework.Command{Move: "refer", Fields: map[string]string{"unit": "market", "handed": "请核实窗口一次性告知情况。"}})
		move("market", id, casework.Command{Move: "sign"})
		move("market", id, casework.Command{Move: "ask_time", Fields: map[string]string{"extra": "3work_day", "why": "需调取记录"}})
		move("market-head", id, casework.Command{Move: "grant_time"})
		move("complaints", id, casework.Command{Move: "grant_time"})
	}
	traces := []string{reporterName, reporterPhone, reporterWords, reporterWish, "某某路", "上周三", "13800000001", filed[0].Code, filed[1].Code,
		fmt.Sprint(filed[0].Case.Reporter), fmt.Sprint(filed[1].Case.Reporter), fmt.Sprint(resident.Reporter)}
	seen, letters := 0, 0
	for _, login := range []string{"market", "market-head", "leader", "supervisor", "dispatcher"} {
		pages := crawl(o.as(login), "/binjiang/desk")
		for address, body := range pages {
			for _, trace := range traces {
				if strings.Contains(body, trace) && !(login != "market" && login != "market-head" && trace == fmt.Sprint(resident.Reporter)) {
					t.Errorf("%s reads %q at %s", login, trace, address)
				}
			}
			if strings.Contains(body, filed[0].Case.Number) && strings.Contains(address, "/case/") {
				seen++
			}
			if strings.HasSuffix(address, "/referral/docx") && strings.Contains(body, "请核实窗口一次性告知情况。") {
				letters++
			}
		}
		if body := pages["/binjiang/desk/cases?q="+url.QueryEscape("退件")]; body == "" || strings.Contains(body, filed[0].Case.Number) {
			t.Errorf("%s finds the complaint by the reporter's words", login)
		}
		if len(pages) < 8 {
			t.Errorf("%s came to %d pages only", login, len(pages))
		}
	}
	if seen == 0 {
		t.Error("nobody came to the page of the complaint: the crawl proves nothing")
	}
	if letters < 4 { // two complaints, each for the officer and the head
		t.Errorf("%d letters were unpacked: the crawl proves nothing about them", letters)
	}
	desk := crawl(o.as("complaints"), "/binjiang/desk")
	all := strings.Join(slices.Collect(func(yield func(string) bool) {
		for _, body := range desk {
			if !yield(body) {
				return
			}
		}
	}), "\n")
	for _, trace := range []string{reporterWords, reporterWish} {
		if !strings.Contains(all, trace) {
			t.Errorf("not even the desk reads %q: the crawl looks in the wrong places", trace)
		}
	}
	if strings.Contains(all, reporterPhone) {
		t.Error("the reporter's phone is on a page nobody had to give a reason for")
	}
}

// crawl opens every page of the district that links lead to from the first one, and returns what they hold.
func crawl(b *visitor, first string) map[string]string {
	pages := map[string]string{}
	found := "/binjiang/desk/cases?q=" + url.QueryEscape("退件")
	queue := []string{first, "/binjiang/desk/export.csv", "/binjiang/desk/export.xlsx", "/binjiang/desk/points.json", "/binjiang/me/data.json", found,
		"/binjiang/desk/cases?procedure=complaint", "/binjiang/desk/export.csv?procedure=complaint", "/binjiang/messages"}
	for len(queue) > 0 && len(pages) < 600 {
		address := queue[0]
		queue = queue[1:]
		if _, done := pages[address]; done {
			continue
		}
		p := b.get(address)
		pages[address] = p.body + unzipped(p.body)
		if p.to != "" {
			queue = append(queue, p.to)
		}
		if p.root == nil {
			continue
		}
		var walk func(*html.Node)
		walk = func(n *html.Node) {
			for _, a := range n.Attr {
				if u, err := url.Parse(a.Val); err == nil && slices.Contains([]string{"href", "src", "action", "hx-get"}, a.Key) && u.Host == "" && strings.HasPrefix(u.Path, "/binjiang/") &&
					!strings.Contains(u.Path, "/leave") && !strings.HasSuffix(u.Path, ".css") {
					queue = append(queue, u.RequestURI())
				}
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				walk(c)
			}
		}
		walk(p.root)
	}
	return pages
}

// unzipped is what is in a file that is a zip, such as a spreadsheet; "" for any other.
func unzipped(body string) string {
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		return ""
	}
	var all strings.Builder
	for _, f := range z.File {
		if r, err := f.Open(); err == nil {
			_, _ = io.Copy(&all, r)
			r.Close()
		}
	}
	return all.String()
}
