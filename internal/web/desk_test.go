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
)

func (a answer) has(t *testing.T, what ...string) {
	t.Helper()
	text := a.text()
	for _, w := range what {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not on the page (status %d): %s", w, a.code, text)
		}
	}
}

func (a answer) hasNot(t *testing.T, what ...string) {
	t.Helper()
	for _, w := range what {
		if strings.Contains(string(a.body), w) {
			t.Errorf("%q is on the page", w)
		}
	}
}

// cast is the people and cases most desk tests need: a report in each of two streets, both verified and
// waiting for acceptance.
type cast struct {
	*office
	resident, acceptor, shift, leader, xixing, puyan, unit app.Viewer
	inXixing, inPuyan                                      casework.Case
}

func newCast(t *testing.T) *cast {
	o := newOffice(t)
	c := &cast{office: o}
	district := func(role string) casework.Duty { return casework.Duty{Role: role, Area: "330108"} }
	c.resident = o.resident("13800000001")
	c.acceptor = o.staff("acceptor", district("acceptor"))
	c.shift = o.staff("shift", district("shift_leader"), district("dispatcher"))
	c.leader = o.staff("leader", district("leader"))
	c.xixing = o.staff("xixing", casework.Duty{Role: "street_desk", Area: xixing})
	c.puyan = o.staff("puyan", casework.Duty{Role: "street_desk", Area: puyan})
	c.unit = o.staff("unit", casework.Duty{Role: "head", Unit: "sanitation"}, casework.Duty{Role: "officer", Unit: "sanitation"})
	c.inXixing = c.verified("西兴的垃圾堆")
	o.Pass(time.Minute)
	c.inPuyan = c.verified("浦沿的垃圾堆")
	return c
}

// verified is a case that the grid's worker has looked at.
func (c *cast) verified(title string) casework.Case {
	c.t.Helper()
	area := xixing
	if strings.Contains(title, "浦沿") {
		area = puyan
	}
	k := c.report(c.resident, c.within(area), title, nil)
	worker := c.staff(fmt.Sprintf("worker%d", c.n), casework.Duty(k.Holder))
	return c.move(worker, k, "verify", func(m *casework.Command) { m.Fields["finding"] = "as_reported" })
}

func TestTheInboxShowsWhatWaitsMostUrgentFirst(t *testing.T) {
	c := newCast(t)
	r := c.enter(c.acceptor)
	a := r.get("/binjiang/desk")
	a.has(t, "待办", "共 2 件，已超期 0 件", "西兴的垃圾堆", "浦沿的垃圾堆", "待受理", "暴露垃圾")
	if rows := a.rows(); len(rows) != 2 || !strings.Contains(rows[0], "西兴") {
		t.Errorf("rows %q", rows)
	}
	if a := r.get("/binjiang/desk?area=" + puyan); len(a.rows()) != 1 {
		t.Errorf("filtered by area: %q", a.rows())
	}
	if a := r.get("/binjiang/desk?matter=E05"); a.text() == "" || len(a.rows()) != 0 {
		t.Errorf("filtered by another class: %q", a.rows())
	} else {
		a.has(t, "没有符合条件的案件", "清除筛选")
	}
	c.Pass(48 * time.Hour)
	c.tick()
	a = r.get("/binjiang/desk?light=red")
	a.has(t, "已超期 2 件", "已超期 1 天")
	if len(a.rows()) != 2 {
		t.Errorf("overdue: %q", a.rows())
	}
	a = r.get("/binjiang/desk?lang=en")
	if a.code != http.StatusSeeOther {
		t.Errorf("language switch: %d", a.code)
	}
	r.get("/binjiang/desk").has(t, "Inbox", "2 waiting, 2 overdue")
}

func TestALongInboxIsPagedByKeyThereAndBack(t *testing.T) {
	c := newCast(t)
	for i := range 60 {
		c.Pass(time.Second)
		c.verified(fmt.Sprintf("西兴第 %02d 堆垃圾", i))
	}
	r := c.enter(c.acceptor)
	seen := map[string]bool{}
	path, pages := "/binjiang/desk", 0
	for path != "" && pages < 5 {
		a := r.get(path)
		pages++
		for _, row := range a.rows() {
			if seen[row] {
				t.Errorf("twice: %s", row)
			}
			seen[row] = true
		}
		path = ""
		for _, n := range a.find("a", "") {
			if attr(n, "rel") == "next" {
				path = attr(n, "href")
			}
			if attr(n, "rel") == "prev" && attr(n, "href") != "/binjiang/desk" {
				t.Errorf("the way back leads to %s", attr(n, "href"))
			}
		}
	}
	if len(seen) != 62 || pages != 2 {
		t.Errorf("%d rows on %d pages", len(seen), pages)
	}
}

func TestWhoeverHasNothingWaitingSeesHowCasesStand(t *testing.T) {
	c := newCast(t)
	c.enter(c.leader).get("/binjiang/desk").has(t, "工作概览", "在办 2 件", "没有预警或超期的案件")
	c.Pass(48 * time.Hour)
	c.tick()
	a := c.enter(c.leader).get("/binjiang/desk")
	a.has(t, "已超期 2", "西兴的垃圾堆")
	clerk := c.staff("clerk", casework.Duty{Role: "security", Area: "330108"})
	c.enter(clerk).get("/binjiang/desk").has(t, "没有待办")
}

func TestAStreetNeverSeesAnothersCases(t *testing.T) {
	c := newCast(t)
	for _, path := range []string{"/binjiang/desk/cases", "/binjiang/desk/cases?q=" + url.QueryEscape("垃圾"), "/binjiang/desk", "/binjiang/desk/cases?area=" + puyan} {
		a := c.enter(c.xixing).get(path)
		if a.code != http.StatusOK {
			t.Errorf("%s: %d", path, a.code)
		}
		a.hasNot(t, "浦沿的垃圾堆", c.inPuyan.Number)
	}
	a := c.enter(c.xixing).get("/binjiang/desk/cases")
	a.has(t, "西兴的垃圾堆")
	if len(a.rows()) != 1 {
		t.Errorf("rows %q", a.rows())
	}
	if a := c.enter(c.unit).get("/binjiang/desk/cases"); len(a.rows()) != 0 {
		t.Errorf("a unit sees what it never held: %q", a.rows())
	}
}

func TestAWholeCaseNumberLeadsToTheCase(t *testing.T) {
	c := newCast(t)
	a := c.enter(c.xixing).get("/binjiang/desk/cases?q=+" + c.inXixing.Number + "+")
	if want := fmt.Sprintf("/binjiang/case/%d", c.inXixing.ID); a.code != http.StatusSeeOther || a.header.Get("Location") != want {
		t.Errorf("%d to %q, want %q", a.code, a.header.Get("Location"), want)
	}
	a = c.enter(c.xixing).get("/binjiang/desk/cases?q=" + c.inPuyan.Number)
	if a.code != http.StatusOK || len(a.rows()) != 0 {
		t.Errorf("another street's number: %d %q", a.code, a.rows())
	}
}

func TestAWrongDateComesBackBesideItsField(t *testing.T) {
	c := newCast(t)
	a := c.enter(c.leader).get("/binjiang/desk/cases?from=tomorrow&q=" + url.QueryEscape("<em>"))
	if a.code != http.StatusUnprocessableEntity {
		t.Errorf("status %d", a.code)
	}
	a.has(t, "日期应写成")
	a.hasNot(t, "<em>")
	for _, n := range a.find("input", "") {
		if attr(n, "name") == "q" && attr(n, "value") != "<em>" {
			t.Errorf("typed words are lost: %q", attr(n, "value"))
		}
	}
}

func TestAFilterIsSavedUnderANameAndDropped(t *testing.T) {
	c := newCast(t)
	r := c.enter(c.acceptor)
	form := url.Values{"list": {"desk"}, "query": {"light=red&bogus=1"}, "name": {"<em>马上办</em>"}}
	a := r.post("/binjiang/desk/views", form)
	if a.code != http.StatusSeeOther || a.header.Get("Location") != "/binjiang/desk?light=red" {
		t.Fatalf("%d to %q", a.code, a.header.Get("Location"))
	}
	a = r.get("/binjiang/desk")
	a.hasNot(t, "<em>", "bogus")
	a.has(t, "<em>马上办</em>", "筛选条件已保存")
	c.enter(c.leader).get("/binjiang/desk/cases").hasNot(t, "马上办")
	form.Set("name", strings.Repeat("长", 21))
	a = r.post("/binjiang/desk/views", form)
	if a.code != http.StatusUnprocessableEntity {
		t.Errorf("a name too long: %d", a.code)
	}
	a.has(t, "不超过 20 个字")
	r.post("/binjiang/desk/views/drop", url.Values{"list": {"desk"}, "name": {"<em>马上办</em>"}})
	r.get("/binjiang/desk").has(t, "已删除")
	r.get("/binjiang/desk").hasNot(t, "马上办")
}

func TestTheDeskIsForStaff(t *testing.T) {
	c := newCast(t)
	for _, path := range []string{"/binjiang/desk", "/binjiang/desk/cases"} {
		if a := c.enter(app.Viewer{}).get(path); a.code != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/binjiang/staff?next=") {
			t.Errorf("%s for a visitor: %d %s", path, a.code, a.header.Get("Location"))
		}
		if a := c.enter(c.resident).get(path); a.code != http.StatusForbidden {
			t.Errorf("%s for a resident: %d", path, a.code)
		}
	}
}

func TestALightIsAboutTheStepThatRunsNow(t *testing.T) {
	c := newCast(t)
	c.Pass(100 * time.Minute) // 80 % of the two working hours for intake
	c.tick()
	c.enter(c.acceptor).get("/binjiang/desk?light=yellow").has(t, "预警 还剩", "西兴的垃圾堆")
	c.move(c.acceptor, c.inXixing, "accept", nil)
	a := c.enter(c.shift).get("/binjiang/desk")
	a.has(t, "西兴的垃圾堆")
	a.hasNot(t, "预警 还剩")
	if p, err := c.app.CasePage(t.Context(), c.shift, c.inXixing.ID); err != nil || p.Light != app.Green || p.Case.Level != 1 {
		t.Errorf("light %s, level %d ever, %v", p.Light, p.Case.Level, err)
	}
}
