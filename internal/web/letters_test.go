package web_test

import (
	"archive/zip"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/browser"
	"gezhi/internal/casework"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// lettered is a bureau with two complaints: one accepted and referred, one refused.
type lettered struct {
	*bureau
	accepted, refused app.Filed
	n                 int
}

func newLettered(t *testing.T) *lettered {
	o := &lettered{bureau: complaintBureau(t)}
	o.accepted, o.refused = o.file("a-form-key-00000001"), o.file("a-form-key-00000002")
	o.move("complaints", o.accepted, casework.Command{Move: "accept"})
	o.move("complaints", o.accepted, casework.Command{Move: "refer", Fields: map[string]string{"unit": "market", "handed": "请核实窗口一次性告知情况。\n并书面回复。"}})
	o.move("complaints", o.refused, casework.Command{Move: "refuse", Reason: "civil", Note: "属<em>民事纠纷</em> & 建议依法诉讼。"})
	return o
}

func (o *lettered) file(key string) app.Filed {
	o.t.Helper()
	out, err := o.app.File(o.t.Context(), app.Viewer{Zone: zoneBinjiang}, app.Filing{Key: key, Procedure: "complaint", Start: "submit", Category: "A01", Text: reporterWords,
		Fields: map[string]string{"named": "named", "object": "市场监管局某窗口", "wish": reporterWish, "person": reporterName, "phone": reporterPhone}})
	o.ok(err)
	return out
}

func (o *lettered) move(login string, f app.Filed, cmd casework.Command) {
	o.t.Helper()
	o.n++
	_, err := o.app.Move(o.t.Context(), o.viewer(login), f.Case.ID, cmd, "letter-move-"+string(rune('a'+o.n)))
	o.ok(err)
}

// follow enters with the query code of a complaint.
func (o *lettered) follow(f app.Filed) (*visitor, string) {
	o.t.Helper()
	b := o.as("")
	return b, b.post("/binjiang/query", url.Values{"code": {f.Code}}).to
}

var letterLink = regexp.MustCompile(`href="(/binjiang/case/\d+/letters/\d+/[a-z_]+)"`)

// letterLinks are the addresses of the letters on a page, newest first.
func letterLinks(body string) []string {
	var out []string
	for _, m := range letterLink.FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	return slices.Compact(out)
}

// onPaper are the words of a letter's page, one line for each heading, paragraph and cell.
func onPaper(root *html.Node) []string {
	var out []string
	var walk func(n *html.Node, in bool)
	walk = func(n *html.Node, in bool) {
		in = in || n.Data == "article"
		if in && slices.Contains([]string{"h1", "p", "th", "td"}, n.Data) {
			if s := textOf(n); s != "" {
				out = append(out, s)
			}
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, in)
		}
	}
	walk(root, false)
	return out
}

// inWord are the words of a DOCX file, one line for each paragraph that is not empty.
func inWord(t *testing.T, body string) []string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	line := ""
	for d, text := xml.NewDecoder(f), false; ; {
		token, err := d.Token()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			if text = x.Name.Local == "t"; x.Name.Local == "br" {
				line += " "
			}
		case xml.CharData:
			if text {
				line += string(x)
			}
		case xml.EndElement:
			if text = false; x.Name.Local == "p" && line != "" {
				out, line = append(out, strings.Join(strings.Fields(line), " ")), ""
			}
		}
	}
}

func TestALetterSaysTheSameOnPaperAndInWord(t *testing.T) {
	o := newLettered(t)
	desk, unit := o.as("complaints"), o.as("market")
	reporter, page := o.follow(o.refused)
	for who, c := range map[string]struct {
		b    *visitor
		page string
		want []string // titles, newest first
		says string
	}{
		"the desk":     {desk, caseAddress(o.accepted), []string{"转办通知单", "受理告知书"}, "杭州滨江投诉举报受理岗"},
		"the unit":     {unit, caseAddress(o.accepted), []string{"转办通知单"}, "市场监督管理局："},
		"the reporter": {reporter, page, []string{"不予受理告知书"}, "属<em>民事纠纷</em> & 建议依法诉讼。"},
	} {
		links := letterLinks(c.b.get(c.page).body)
		if len(links) != len(c.want) {
			t.Errorf("%s finds %v", who, links)
			continue
		}
		for i, link := range links {
			paper := c.b.get(link)
			paper.has(t, c.want[i], "示例文本", "打印")
			paper.noElement(t, "em")
			file := c.b.get(link + "/docx")
			if file.kind != "application/vnd.openxmlformats-officedocument.wordprocessingml.document" {
				t.Errorf("%s gets a file of the type %s", who, file.kind)
			}
			shown := onPaper(paper.root)
			if diff := cmp.Diff(shown, inWord(t, file.body)); diff != "" || len(shown) < 6 || shown[0] != c.want[i] {
				t.Errorf("%s: “%s” differs between the page and the file:\n%s", who, c.want[i], diff)
			}
			if !strings.Contains(strings.Join(shown, "\n"), c.says) {
				t.Errorf("%s does not read %q in %q", who, c.says, shown)
			}
			if again := c.b.get(link + "/docx"); again.body != file.body {
				t.Errorf("%s: printed again it is another file", who)
			}
		}
	}
}

func caseAddress(f app.Filed) string {
	return "/binjiang/case/" + strconv.FormatInt(int64(f.Case.ID), 10)
}

func TestALetterIsForThoseItIsTo(t *testing.T) {
	o := newLettered(t)
	desk := letterLinks(o.as("complaints").get(caseAddress(o.accepted)).body)
	theirs, _ := o.follow(o.refused)
	own, _ := o.follow(o.accepted)
	stranger := o.as("")
	for _, link := range []string{desk[0], desk[0] + "/docx", desk[1], desk[1] + "/docx"} {
		toReporter := strings.Contains(link, "/accepted")
		for who, c := range map[string]struct {
			b    *visitor
			want int
		}{
			"the reporter":      {own, map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[toReporter]},
			"the unit":          {o.as("market"), map[bool]int{true: http.StatusNotFound, false: http.StatusOK}[toReporter]},
			"another reporter":  {theirs, http.StatusNotFound},
			"a leader":          {o.as("leader"), http.StatusNotFound},
			"somebody unknown":  {stranger, http.StatusSeeOther},
			"the administrator": {o.as("admin"), http.StatusNotFound},
		} {
			if got := c.b.get(link).code; got != c.want {
				t.Errorf("%s at %s: %d, want %d", who, link, got, c.want)
			}
		}
	}
}

func TestLettersInABrowser(t *testing.T) {
	b := browser.Start(t)
	o := newLettered(t)
	enter := func(login string) *browser.Page {
		p := b.Desktop(t)
		p.Goto(o.server.URL + "/")
		p.Click(login)
		return p
	}
	desk := enter("complaints")
	desk.Goto(o.server.URL + caseAddress(o.accepted))
	desk.WaitText("文书", "转办通知单", "下载 Word")
	look(desk, "letters-case-desk")
	desk.Click("受理告知书")
	desk.WaitText("经审查，符合受理条件", "打印", "期限是怎样算出来的")
	look(desk, "letter-desk")
	// The button prints: the page is asked for by the browser, not by a script in the page's text.
	browser.Eval[bool](desk, `(window.printed = 0, window.print = () => { window.printed++ }, true)`)
	desk.Click("打印")
	if n := browser.Eval[int](desk, `window.printed`); n != 1 {
		t.Errorf("the button printed %d times", n)
	}
	unit := enter("market")
	unit.Goto(o.server.URL + caseAddress(o.accepted))
	unit.Click("转办通知单")
	unit.WaitText("市场监督管理局：", "请核实窗口一次性告知情况。", "不得打听、追查投诉举报人")
	look(unit, "letter-referral")

	phone := b.Phone(t)
	follow(phone, o.server.URL, o.refused.Code)
	phone.WaitText("文书", "不予受理告知书")
	look(phone, "letters-case-phone")
	phone.Click("不予受理告知书")
	phone.WaitText("属于经营主体之间的民事纠纷", "属<em>民事纠纷</em> & 建议依法诉讼。")
	look(phone, "letter-phone")
	plain := b.Phone(t, browser.WithoutJavaScript)
	follow(plain, o.server.URL, o.accepted.Code)
	plain.Click("受理告知书")
	plain.WaitText("经审查，符合受理条件", "下载 Word 文件")
	plain.WaitNoText("打印")
}
