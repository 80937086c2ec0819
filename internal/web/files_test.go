package web_test

import (
	"bytes"
	"fmt"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gezhi/internal/app/apptest"
	"gezhi/internal/browser"
	"gezhi/internal/casework"
	"gezhi/internal/filetype"

	"golang.org/x/net/html"
)

// upload is one file of a form.
type upload struct {
	field, name string
	body        []byte
}

// sendFiles sends a form with files under their own fields, the way a browser does.
func (r *reader) sendFiles(path string, fields url.Values, files ...upload) answer {
	r.o.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, v := range values {
			r.o.ok(w.WriteField(name, v))
		}
	}
	for _, f := range files {
		part, err := w.CreateFormFile(f.field, f.name)
		r.o.ok(err)
		_, err = part.Write(f.body)
		r.o.ok(err)
	}
	r.o.ok(w.Close())
	req, err := http.NewRequest("POST", r.o.server.URL+path, &body)
	r.o.ok(err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return r.do(req)
}

// filing is an office whose cases take documents, with a case, its reporter and the grid worker who holds it.
type filing struct {
	*office
	c                casework.Case
	reporter, worker *reader
	at               string
}

func newFiling(t *testing.T) *filing {
	o := newOffice(t)
	apptest.WithPapers(t, o.app, o.staff("admin", casework.Duty{Role: "admin", Area: "330108"}))
	resident := o.resident("19900000001")
	c := o.report(resident, reportPoint, "楼下垃圾成堆", nil)
	worker := o.staff("wangge", casework.Duty{Role: "grid_staff", Area: c.Place.Area[:15]})
	return &filing{office: o, c: c, reporter: o.enter(resident), worker: o.enter(worker), at: "/binjiang/case/" + strconv.FormatInt(int64(c.ID), 10)}
}

// form is the form of hand_in with everything ticked.
func (f *filing) form(key string) url.Values {
	return url.Values{"_key": {key}, "field.points": {"sealed", "signed"}}
}

// links are the addresses of documents on a page, each with what the link says.
func (a answer) links() map[string]string {
	out := map[string]string{}
	for _, n := range a.find("a", "") {
		if to := attr(n, "href"); strings.Contains(to, "/files/") && !strings.Contains(to, "?view") {
			out[textOf(n)] = to
		}
	}
	return out
}

// kept are the documents a form that came back holds: the words beside each tick, by the name of its field and the id.
func (a answer) kept() map[string]string {
	out := map[string]string{}
	for _, n := range a.find("input", "") {
		if name := attr(n, "name"); strings.HasPrefix(name, "file.") {
			for _, l := range a.find("label", "") {
				if attr(l, "for") == attr(n, "id") {
					out[name+"="+attr(n, "value")] = textOf(l)
				}
			}
		}
	}
	return out
}

func TestDocumentsAreUploadedListedAndSaved(t *testing.T) {
	f := newFiling(t)
	page := f.reporter.get(f.at)
	if !strings.Contains(page.text(), "补充材料") || !strings.Contains(page.text(), "可上传 PDF、OFD") || !strings.Contains(page.text(), "红头文件或盖章扫描件") {
		t.Errorf("the form says %s", page.text())
	}
	if !strings.Contains(page.text(), "已加盖公章") || len(page.find("input", "")) == 0 {
		t.Errorf("the checklist is missing: %s", page.text())
	}
	for _, n := range page.find("input", "") {
		if _, ticked := attrOf(n, "checked"); attr(n, "name") == "field.points" && ticked {
			t.Error("a point is ticked before anybody has looked at it")
		}
	}
	pdf := filetype.Sample("letter")
	const name = "红头文件 “甲”;x.pdf"
	a := f.reporter.sendFiles(f.at+"/hand_in", f.form("k1"), upload{"field.stamped", name, pdf}, upload{"field.stamped", "附图.png", png(t)}, upload{"field.plan", "", nil})
	if a.code != http.StatusSeeOther {
		t.Fatalf("%d: %s", a.code, a.text())
	}
	page = f.worker.get(f.at)
	links := page.links()
	if len(links) != 2 || links[name] == "" || !strings.Contains(page.text(), name+" "+strconv.Itoa(len(pdf))+" B") || !strings.Contains(page.text(), "已加盖公章 经办人已签字") {
		t.Fatalf("links %v in %s", links, page.text())
	}
	stranger := f.enter(f.resident("19900000002"))
	for who, r := range map[string]*reader{"the worker": f.worker, "the reporter": f.reporter} {
		got := r.get(links[name])
		kind, words, err := mime.ParseMediaType(got.header.Get("Content-Disposition"))
		if got.code != http.StatusOK || !bytes.Equal(got.body, pdf) || kind != "attachment" || words["filename"] != name || err != nil {
			t.Errorf("%s gets %d, %v, %v", who, got.code, got.header, err)
		}
		for header, want := range map[string]string{"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store",
			"Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'", "Content-Length": strconv.Itoa(len(pdf))} {
			if got.header.Get(header) != want {
				t.Errorf("%s: %s is %q", who, header, got.header.Get(header))
			}
		}
		seen := r.get(links[name] + "?view")
		if !strings.HasPrefix(seen.header.Get("Content-Disposition"), "inline;") || !strings.HasPrefix(seen.header.Get("Content-Security-Policy"), "sandbox;") {
			t.Errorf("%s looks at it: %v", who, seen.header)
		}
	}
	for _, to := range []string{links[name], links[name] + "?view", "/binjiang/files/1", "/binjiang/files/x"} {
		if got := stranger.get(to); got.code != http.StatusNotFound || bytes.Contains(got.body, []byte("%PDF")) {
			t.Errorf("a stranger gets %s: %d", to, got.code)
		}
	}
	visitor := f.enter(f.visitor())
	if got := visitor.get(links[name]); got.code != http.StatusSeeOther {
		t.Errorf("a visitor gets %d", got.code)
	}
}

func TestWhatBrowsersDoNotShowIsNeverShown(t *testing.T) {
	f := newFiling(t)
	doc := docx(t)
	if a := f.reporter.sendFiles(f.at+"/hand_in", f.form("k1"), upload{"field.stamped", "说明.docx", doc}); a.code != http.StatusSeeOther {
		t.Fatalf("%d: %s", a.code, a.text())
	}
	page := f.reporter.get(f.at)
	if strings.Contains(string(page.body), "?view") {
		t.Error("a link to look at a document of Word")
	}
	got := f.reporter.get(page.links()["说明.docx"] + "?view")
	if !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment;") || !bytes.Equal(got.body, doc) {
		t.Errorf("%v", got.header)
	}
}

func TestARefusedFormKeepsWhatArrived(t *testing.T) {
	f := newFiling(t)
	form := f.form("k1")
	form.Del("field.points")
	a := f.reporter.sendFiles(f.at+"/hand_in", form, upload{"field.stamped", "甲<em>.pdf", filetype.Sample("a")}, upload{"field.stamped", "假.pdf", []byte("<html>")}, upload{"field.plan", "方案.pdf", filetype.Sample("b")})
	if a.code != http.StatusUnprocessableEntity || !strings.Contains(a.text(), "“假.pdf”：文件内容不是可接收的格式") || len(a.find("em", "")) > 0 {
		t.Fatalf("%d: %s", a.code, a.text())
	}
	kept := a.kept()
	if len(kept) != 2 {
		t.Fatalf("kept are %v in %s", kept, a.text())
	}
	back := url.Values{"_key": {"k1"}}
	for name, words := range kept {
		field, id, _ := strings.Cut(name, "=")
		back.Add(field, id)
		if !strings.Contains(words, "已收到，不必重传") {
			t.Errorf("%s says %q", name, words)
		}
	}
	// Sent again without a tick: the sentence names the first, and everything is still there.
	back.Set("field.points", "signed")
	a = f.reporter.sendFiles(f.at+"/hand_in", back)
	if a.code != http.StatusUnprocessableEntity || !strings.Contains(a.text(), "“已加盖公章”尚未勾选") || len(a.kept()) != 2 {
		t.Fatalf("%d, kept %v: %s", a.code, a.kept(), a.text())
	}
	ticked := 0
	for _, n := range a.find("input", "") {
		if _, on := attrOf(n, "checked"); attr(n, "name") == "field.points" && on {
			ticked++
		}
	}
	if ticked != 1 {
		t.Errorf("%d points came back ticked", ticked)
	}
	back["field.points"] = []string{"sealed", "signed"}
	back.Del("file.plan") // the tick was taken away
	if a = f.reporter.sendFiles(f.at+"/hand_in", back, upload{"field.stamped", "乙.docx", docx(t)}); a.code != http.StatusSeeOther {
		t.Fatalf("%d: %s", a.code, a.text())
	}
	if links := f.worker.get(f.at).links(); len(links) != 2 || links["甲<em>.pdf"] == "" || links["乙.docx"] == "" {
		t.Errorf("the case has %v", links)
	}
	// Four where three are taken: all four stay listed.
	var many []upload
	for i := range 4 {
		many = append(many, upload{"field.stamped", fmt.Sprint(i, ".pdf"), filetype.Sample("x")})
	}
	if a = f.reporter.sendFiles(f.at+"/hand_in", f.form("k2"), many...); a.code != http.StatusUnprocessableEntity || len(a.kept()) != 4 || !strings.Contains(a.text(), "最多 3 份材料，现有 4 份") {
		t.Errorf("%d, kept %v: %s", a.code, a.kept(), a.text())
	}
	// Somebody else's form cannot bring it.
	theirs := f.form("k3")
	for name := range a.kept() {
		field, id, _ := strings.Cut(name, "=")
		theirs.Set(field, id)
	}
	if a = f.worker.sendFiles(f.at+"/hand_in", theirs); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.text(), "材料已失效，请重新上传") || len(a.kept()) != 0 {
		t.Errorf("%d, kept %v: %s", a.code, a.kept(), a.text())
	}
}

func TestDocumentsInABrowser(t *testing.T) {
	s := newStage(t)
	s.cast()
	apptest.WithPapers(t, s.App, s.Staff("guanli", "管理员虚构", casework.Duty{Role: "admin", Area: "330108"}))
	file := func(name string, body []byte) string {
		path := filepath.Join(t.TempDir(), name)
		s.OK(os.WriteFile(path, body, 0o600))
		return path
	}
	letter, plan, fake := file("滨江区城市管理局关于垃圾清运的情况说明（盖章版）.pdf", filetype.Sample("letter")), file("整改方案.docx", docx(t)), file("假冒.pdf", []byte("<html>"))
	resident := s.resident("19900000001")
	at := s.report(resident, "垃圾堆在人行道上，已经三天没人清。")
	const form = "form[action$='/hand_in'] "
	for _, p := range []*browser.Page{resident, s.as("wangge", true)} {
		p.Goto(at)
		p.Click(fold("hand_in"))
		p.Upload(form+"input[name='field.stamped']", letter, fake)
		p.Upload(form+"input[name='field.stamped']", s.photo)
		p.WaitText("盖章版）.pdf (", "假冒.pdf (", "现场.jpg (") // choosing again adds
		p.Upload(form+"input[name='field.plan']", plan)
		p.WaitText("整改方案.docx (")
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("documents-form")
		p.Allow(http.StatusUnprocessableEntity)
		p.Click("已加盖公章")
		p.Click(form + "button[type=submit]")
		p.WaitText("“假冒.pdf”", "已收到，不必重传")
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("documents-form-came-back")
		p.Click("经办人已签字")
		p.Click(form + "button[type=submit]")
		p.WaitText("已办理", "关于垃圾清运的情况说明", "整改方案.docx")
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("documents-history")
	}
	desk := s.as("shouli", false)
	s.step("wangge", at, "verify", func(p *browser.Page) {
		p.Click(fold("verify"))
		p.Click("属实")
	})
	desk.Goto(at)
	desk.WaitText("关于垃圾清运的情况说明")
	desk.Click(fold("hand_in"))
	desk.Upload(form+"input[name='field.stamped']", letter)
	desk.NoHorizontalScroll()
	desk.Axe()
	desk.Screenshot("documents-desk")
}

// attrOf is an attribute of an element and whether it has it.
func attrOf(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}
