package web_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"gezhi/internal/casework"
	"gezhi/internal/store"
)

// form sends a form with files, the way a browser does.
func (r *reader) form(path string, fields url.Values, files map[string][]byte) answer {
	r.o.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, v := range values {
			r.o.ok(w.WriteField(name, v))
		}
	}
	for name, content := range files {
		part, err := w.CreateFormFile("photo", name)
		r.o.ok(err)
		_, err = part.Write(content)
		r.o.ok(err)
	}
	r.o.ok(w.Close())
	req, err := http.NewRequest("POST", r.o.server.URL+path, &body)
	r.o.ok(err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Referer", r.o.server.URL+path)
	return r.do(req)
}

func goodReport() url.Values {
	return url.Values{"_key": {"key-1"}, "start": {"report"}, "lng": {"120.2050"}, "lat": {"30.1950"}, "address": {"滨盛路"},
		"matter": {"E0102"}, "text": {"垃圾堆在人行道上"}}
}

func smallJPEG(t *testing.T) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// typed is what a field of the page holds.
func (a answer) typed(name string) string {
	for _, tag := range []string{"input", "textarea"} {
		for _, n := range a.find(tag, "") {
			if attr(n, "name") == name {
				if tag == "textarea" {
					return textOf(n)
				}
				return attr(n, "value")
			}
		}
	}
	return ""
}

func TestWrongReportsComeBackWithASentenceAndWhatWasTyped(t *testing.T) {
	o := newOffice(t)
	r := o.enter(o.resident("19900000001"))
	for name, c := range map[string]struct {
		change func(url.Values)
		files  map[string][]byte
		want   string
	}{
		"a point outside the district": {func(f url.Values) { f.Set("lng", "121.5") }, nil, "不在杭州滨江范围内"},
		"coordinates that are words":   {func(f url.Values) { f.Set("lat", "北纬三十度") }, nil, "坐标写法不对"},
		"no place at all":              {func(f url.Values) { f.Del("lng"); f.Del("lat") }, nil, "请在地图上标出位置"},
		"no matter":                    {func(f url.Values) { f.Set("matter", "") }, nil, "请选择要反映的事项"},
		"a matter that does not exist": {func(f url.Values) { f.Set("matter", "E9999") }, nil, "请选择要反映的事项"},
		"too short":                    {func(f url.Values) { f.Set("text", "脏") }, nil, "4 至 2000 个字"},
		"too long":                     {func(f url.Values) { f.Set("text", strings.Repeat("长", 2001)) }, nil, "4 至 2000 个字"},
		"a photo of 30 MB":             {nil, map[string][]byte{"大.jpg": append(smallJPEG(t), make([]byte, 30<<20)...)}, "20 MB"},
		"a text called a photo":        {nil, map[string][]byte{"假.jpg": []byte("这不是照片")}, "假.jpg"},
		"half a photo":                 {nil, map[string][]byte{"半.jpg": smallJPEG(t)[:200]}, "半.jpg"},
		"a photo of nothing":           {nil, map[string][]byte{"空.jpg": {}}, "空.jpg"},
		"a way to report of others":    {func(f url.Values) { f.Set("start", "patrol") }, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := goodReport()
			if c.change != nil {
				c.change(f)
			}
			a := r.form("/binjiang/report", f, c.files)
			if c.want == "" {
				if a.code != http.StatusForbidden {
					t.Errorf("status %d", a.code)
				}
				return
			}
			if a.code != http.StatusUnprocessableEntity || !strings.Contains(a.text(), c.want) {
				t.Fatalf("status %d, page: %s", a.code, a.text())
			}
			for _, field := range []string{"text", "address", "_key"} {
				if got := a.typed(field); got != f.Get(field) {
					t.Errorf("%s came back as %q", field, got)
				}
			}
		})
	}
	var n int
	o.ok(o.app.DB().View(context.Background(), binjiang, func(rd *store.Reader) error {
		lines, err := rd.Cases(store.Everything, store.CaseFilter{})
		n = len(lines)
		return err
	}))
	if n != 0 {
		t.Errorf("%d wrong reports became cases", n)
	}
}

func TestAPhotoThatArrivedIsKeptWhenTheFormComesBack(t *testing.T) {
	o := newOffice(t)
	r := o.enter(o.resident("19900000001"))
	f := goodReport()
	f.Set("text", "")
	a := r.form("/binjiang/report", f, map[string][]byte{"好.jpg": smallJPEG(t)})
	id := a.typed("photo_id")
	if a.code != http.StatusUnprocessableEntity || id == "" {
		t.Fatalf("status %d, photo %q", a.code, id)
	}
	f.Set("text", "垃圾堆在人行道上")
	f.Set("photo_id", id)
	if a = r.form("/binjiang/report", f, nil); a.code != http.StatusSeeOther {
		t.Fatalf("status %d: %s", a.code, a.text())
	}
	page := r.get(strings.Split(a.header.Get("Location"), "?")[0])
	if !strings.Contains(string(page.body), "/photo/"+id) {
		t.Error("the photo is not on the case's page")
	}
	other := o.enter(o.resident("19900000002"))
	if got := other.get("/binjiang/photo/" + id); got.code != http.StatusNotFound {
		t.Errorf("a stranger gets the photo: %d", got.code)
	}
	f.Set("_key", "key-2")
	if a := other.form("/binjiang/report", f, nil); a.code != http.StatusUnprocessableEntity {
		t.Errorf("a stranger's report took the photo: %d", a.code)
	}
}

func TestADoubleClickReportsOnce(t *testing.T) {
	o := newOffice(t)
	r := o.enter(o.resident("19900000001"))
	var clicks sync.WaitGroup
	to := make([]string, 8)
	for i := range to {
		clicks.Go(func() { to[i] = r.form("/binjiang/report", goodReport(), nil).header.Get("Location") })
	}
	clicks.Wait()
	for _, t2 := range to {
		if t2 == "" || t2 != to[0] {
			t.Fatalf("the clicks led to %q", to)
		}
	}
}

func TestTwoPeopleCannotMoveOneCaseAtOnce(t *testing.T) {
	o := newOffice(t)
	at := o.within(xixing)
	c := o.report(o.resident("19900000001"), at, "垃圾成堆", nil)
	worker := o.staff("wangge", casework.Duty{Role: "grid_staff", Area: c.Place.Area[:15]})
	first := o.enter(o.staff("jia", casework.Duty{Role: "acceptor", Area: "330108"}))
	second := o.enter(o.staff("yi", casework.Duty{Role: "acceptor", Area: "330108"}))
	c = o.move(worker, c, "verify", func(cmd *casework.Command) { cmd.Fields["finding"] = "as_reported" })
	page := "/binjiang/case/" + strconv.FormatInt(int64(c.ID), 10)
	seen := strconv.FormatInt(c.Revision, 10)
	if a := first.post(page+"/accept", url.Values{"_key": {"a"}, "revision": {seen}}); a.code != http.StatusSeeOther {
		t.Fatalf("status %d: %s", a.code, a.text())
	}
	a := second.post(page+"/decline", url.Values{"_key": {"b"}, "revision": {seen}, "reason": {"untrue"}, "note": {"现场没有<em>垃圾</em>"}})
	if a.code != http.StatusConflict {
		t.Fatalf("status %d: %s", a.code, a.text())
	}
	if !strings.Contains(a.text(), "待立案") {
		t.Errorf("the page does not show where the case is now: %s", a.text())
	}
}

func TestMarkupIsShownAsItWasTyped(t *testing.T) {
	o := newOffice(t)
	r := o.enter(o.resident("19900000001"))
	f := goodReport()
	const nasty = `<script>alert(1)</script><em>"很脏"</em> '&amp;`
	f.Set("text", nasty)
	f.Set("address", nasty)
	a := r.form("/binjiang/report", f, nil)
	if a.code != http.StatusSeeOther {
		t.Fatalf("status %d: %s", a.code, a.text())
	}
	for _, path := range []string{strings.Split(a.header.Get("Location"), "?")[0], "/binjiang/mine", "/binjiang/"} {
		page := r.get(path)
		for _, n := range page.find("script", "") {
			if strings.Contains(textOf(n), "alert") {
				t.Errorf("%s: the script would run", path)
			}
		}
		if len(page.find("em", "")) > 0 {
			t.Errorf("%s: markup of the reader's became markup of the page", path)
		}
		if strings.Contains(path, "/case/") && !strings.Contains(page.text(), nasty) {
			t.Errorf("%s does not show what was typed", path)
		}
	}
}

func TestAFormSentAfterTheSessionEndedLeadsBack(t *testing.T) {
	o := newOffice(t)
	resident := o.resident("19900000001")
	r := o.enter(resident)
	r.client.Jar.SetCookies(mustURL(o.server.URL), []*http.Cookie{{Name: "gezhi", Value: "gone", Path: "/"}})
	a := r.form("/binjiang/report", goodReport(), nil)
	to := a.header.Get("Location")
	if a.code != http.StatusSeeOther || !strings.HasPrefix(to, "/binjiang/enter?next=") {
		t.Fatalf("status %d to %q", a.code, to)
	}
	if next, _ := url.QueryUnescape(strings.TrimPrefix(to, "/binjiang/enter?next=")); next != "/binjiang/report" {
		t.Errorf("after signing in one is led to %q", next)
	}
	if page := r.get(to); !strings.Contains(page.text(), "登录已过期") {
		t.Errorf("the page does not say why: %s", page.text())
	}
	for _, evil := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "javascript:alert(1)"} {
		if got := r.get("/binjiang/enter?next=" + url.QueryEscape(evil)); got.typed("next") != "/binjiang/" {
			t.Errorf("one can be led to %s", evil)
		}
	}
}

func mustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}
