package browser

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// One browser serves every test: starting it costs more than most of them.
func TestAPersonAtTheBrowser(t *testing.T) {
	b := Start(t)
	for name, test := range map[string]func(*testing.T, *Browser){
		"a form is filled and sent":               aFormIsFilledAndSent,
		"what the browser complains of is caught": whatTheBrowserComplainsOfIsCaught,
		"an intended refusal is no complaint":     anIntendedRefusalIsNoComplaint,
		"accessibility":                           accessibility,
		"a page wider than its window":            aPageWiderThanItsWindow,
		"scripts":                                 scripts,
		"clicks":                                  clicks,
		"the page is in the district":             thePageIsInTheDistrict,
		"pages are different people":              pagesAreDifferentPeople,
		"screenshots are of the whole page":       screenshotsAreOfTheWholePage,
	} {
		t.Run(name, func(t *testing.T) { test(t, b) })
	}
}

// document is a page that breaks no rule but those its body breaks.
func document(body string) string {
	return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>随手拍</title>` +
		`<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"></head><body><main>` +
		body + `</main></body></html>`
}

const form = `<h1>随手拍</h1>
<form method="post" action="/report" enctype="multipart/form-data">
<p><label for="d">问题描述 *</label><textarea id="d" name="description">旧的内容</textarea></p>
<p><label>事项类别 <select name="matter"><option value="">请选择</option><option value="lamp">路灯不亮</option></select></label></p>
<p><label>发现日期 <input type="date" name="day"></label></p>
<p><label>现场照片 <input type="file" name="photo" style="opacity:0"></label></p>
<p><label><input type="checkbox" name="anonymous"> 匿名</label></p>
<p><button>提交</button> <button name="draft" value="1">存草稿</button></p>
</form>`

// site is a small server that has something right and something wrong for every test.
func site(t *testing.T) (address string, reports *atomic.Int64) {
	t.Helper()
	reports = new(atomic.Int64)
	mux := http.NewServeMux()
	show := func(path, csp, body string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Security-Policy", csp)
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, document(body))
		})
	}
	const loose, strict = "script-src 'self' 'unsafe-inline'", "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'"
	show("/form", strict, form)
	show("/inline", strict, `<h1>违规</h1><script>document.title = "ran"</script>`)
	show("/console", loose, `<h1>报错</h1><script>console.error("地图未加载", 7); console.log("无妨")</script>`)
	show("/throws", loose, `<h1>异常</h1><script>null.length</script>`)
	show("/broken", strict, `<h1>缺图</h1><img src="/none.png" alt="现场">`)
	show("/elsewhere", loose, `<h1>外链</h1><img src="http://cdn.invalid/a.png" alt="图">`)
	show("/wide", strict, `<h1>太宽</h1><div id="wide" style="width:2000px">表格</div>`)
	show("/poor", strict, `<h1>看不清</h1><p style="color:#ccc;background:#fff">灰字</p><input name="nolabel">`)
	show("/script", loose, `<h1>脚本</h1><p id="p">没有脚本</p><script>p.textContent = "有脚本"</script>`)
	show("/covered", loose, `<h1>遮挡</h1><button onclick="document.querySelector('h1').textContent='点到了'">下方</button>
		<div id="veil" style="position:fixed;inset:0"></div><script>setTimeout(() => veil.remove(), 300)</script>`)
	show("/ask", loose, `<h1>确认</h1><button onclick="document.querySelector('h1').textContent = confirm('确定？') ? '已确认' : '已取消'">删除</button>`)
	show("/where", loose, `<h1>定位</h1><script>navigator.geolocation.getCurrentPosition(
		g => document.querySelector('h1').textContent = g.coords.latitude + ',' + g.coords.longitude, e => console.error(e.message))</script>`)
	show("/clock", loose, `<h1>时钟</h1><script>document.querySelector('h1').textContent = new Date(0).getHours() + ' ' + navigator.language</script>`)
	show("/twice", strict, `<h1>两个</h1><a href="/form">办理</a> <a href="/form">办理</a>`)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("POST /report", func(w http.ResponseWriter, r *http.Request) {
		reports.Add(1)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.FormValue("draft") != "" {
			w.WriteHeader(http.StatusUnprocessableEntity)
		}
		size := int64(-1)
		if _, h, err := r.FormFile("photo"); err == nil {
			size = h.Size
		}
		_, _ = io.WriteString(w, document(fmt.Sprintf("<h1>已受理</h1><p>%s / %s / %s / %s / %d</p>",
			r.FormValue("description"), r.FormValue("matter"), r.FormValue("day"), r.FormValue("anonymous"), size)))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, reports
}

func photo(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "照片.jpg")
	if err := os.WriteFile(file, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func aFormIsFilledAndSent(t *testing.T, b *Browser) {
	address, _ := site(t)
	for name, open := range map[string]func(testing.TB, ...Option) *Page{"phone": b.Phone, "desktop": b.Desktop} {
		t.Run(name, func(t *testing.T) { fillAndSend(t, open(t), address) })
		t.Run(name+" without scripts", func(t *testing.T) { fillAndSend(t, open(t, WithoutJavaScript), address) })
	}
}

func fillAndSend(t *testing.T, p *Page, address string) {
	p.Goto(address + "/form")
	p.NoHorizontalScroll()
	p.Fill("问题描述", "江南大道路灯不亮")
	p.Fill("事项类别", "路灯不亮")
	p.Fill("day", "2026-11-20")
	p.Upload("photo", photo(t))
	p.Click("匿名")
	p.Click("提交")
	p.WaitText("已受理")
	if got, want := p.Text("main p"), "江南大道路灯不亮 / lamp / 2026-11-20 / on / 5"; got != want {
		t.Errorf("the server received %q, want %q", got, want)
	}
	if p.Path() != "/report" {
		t.Errorf("path %q", p.Path())
	}
}

func whatTheBrowserComplainsOfIsCaught(t *testing.T, b *Browser) {
	address, _ := site(t)
	for path, want := range map[string]string{
		"/form":      "",
		"/inline":    "Content Security Policy",
		"/console":   "console.error: 地图未加载 7",
		"/throws":    "uncaught exception: TypeError",
		"/broken":    "response 404 from " + address + "/none.png",
		"/nowhere":   "response 404 from " + address + "/nowhere",
		"/elsewhere": "request to another server: http://cdn.invalid/a.png",
	} {
		p := b.Desktop(t)
		p.Goto(address + path)
		found := p.Complaints()
		if (want == "" && len(found) != 0) || (want != "" && (len(found) != 1 || !strings.Contains(found[0], want))) {
			t.Errorf("%s: complaints %q, want one with %q", path, found, want)
		}
		if again := p.Complaints(); len(again) != 0 {
			t.Errorf("%s: complained twice: %q", path, again)
		}
	}
}

func anIntendedRefusalIsNoComplaint(t *testing.T, b *Browser) {
	address, _ := site(t)
	p := b.Phone(t)
	p.Goto(address + "/form")
	p.Allow(http.StatusUnprocessableEntity)
	p.Click("存草稿")
	p.WaitText("已受理")
}

func accessibility(t *testing.T, b *Browser) {
	address, _ := site(t)
	p := b.Phone(t)
	p.Goto(address + "/form")
	p.Axe() // under a strict policy, and clean
	p.Goto("/poor")
	found, err := p.axe(nil)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, v := range found {
		ids = append(ids, v.ID)
		if text := v.String(); !strings.Contains(text, "Fix any of the following") {
			t.Errorf("a report without a remedy: %s", text)
		}
	}
	slices.Sort(ids)
	if want := []string{"color-contrast", "label"}; !slices.Equal(ids, want) {
		t.Errorf("broken rules %q, want %q", ids, want)
	}
	p.Axe("color-contrast", "label")
}

func aPageWiderThanItsWindow(t *testing.T, b *Browser) {
	address, _ := site(t)
	p := b.Phone(t)
	p.Goto(address + "/wide")
	if got := p.tooWide(); !strings.Contains(got, `id="wide"`) {
		t.Errorf("said %q", got)
	}
	p.Goto("/form")
	if got := p.tooWide(); got != "" {
		t.Errorf("said %q of a page that fits", got)
	}
}

func scripts(t *testing.T, b *Browser) {
	address, _ := site(t)
	with, without := b.Desktop(t), b.Desktop(t, WithoutJavaScript)
	with.Goto(address + "/script")
	with.WaitText("有脚本")
	without.Goto(address + "/script")
	if got := without.Text("#p"); got != "没有脚本" {
		t.Errorf("without JavaScript the page says %q", got)
	}
}

func clicks(t *testing.T, b *Browser) {
	address, reports := site(t)
	t.Run("wait until nothing covers the button", func(t *testing.T) {
		p := b.Phone(t)
		p.Goto(address + "/covered")
		p.Click("下方")
		p.WaitText("点到了")
		p.WaitNoText("遮挡")
	})
	t.Run("confirm questions", func(t *testing.T) {
		p := b.Desktop(t)
		p.Goto(address + "/ask")
		p.Click("删除")
		p.WaitText("已确认")
	})
	t.Run("twice are two", func(t *testing.T) {
		p := b.Desktop(t)
		p.Goto(address + "/form")
		p.DoubleClick("提交")
		p.WaitText("已受理")
		if reports.Load() == 0 {
			t.Error("nothing was sent")
		}
	})
	t.Run("on a text that two links show are refused", func(t *testing.T) {
		p := b.Desktop(t)
		p.Goto(address + "/twice")
		found, err := eval[finding](p, findScript+`("click", "办理", "")`)
		if err != nil || !strings.HasPrefix(found.Why, "2 elements say") {
			t.Errorf("found %+v, %v", found, err)
		}
		p.Click("a:last-child")
		p.WaitText("随手拍")
	})
	t.Run("the Enter key sends a form from its field", func(t *testing.T) {
		p := b.Desktop(t)
		p.Goto(address + "/form")
		Eval[bool](p, `(document.querySelector("[name=anonymous]").focus(), true)`)
		p.Press("Enter")
		p.WaitText("已受理")
	})
}

func thePageIsInTheDistrict(t *testing.T, b *Browser) {
	address, _ := site(t)
	p := b.Phone(t)
	p.StandAt(30.2084, 120.2119)
	p.Goto(address + "/where")
	p.WaitText("30.2084,120.2119")
	p.Goto("/clock")
	p.WaitText("8 zh-CN") // 1970-01-01 00:00 UTC is 08:00 in Shanghai
}

func pagesAreDifferentPeople(t *testing.T, b *Browser) {
	address, _ := site(t)
	one, two := b.Phone(t), b.Phone(t)
	one.Goto(address + "/script")
	two.Goto(address + "/script")
	Eval[string](one, `document.cookie = "who=one"`)
	if got := Eval[string](two, `document.cookie`); got != "" {
		t.Errorf("the second person has the cookie %q", got)
	}
	one.ForgetCookies()
	if got := Eval[string](one, `document.cookie`); got != "" {
		t.Errorf("not forgotten: %q", got)
	}
}

func screenshotsAreOfTheWholePage(t *testing.T, b *Browser) {
	folder := t.TempDir()
	t.Setenv("GEZHI_SHOTS", folder)
	address, _ := site(t)
	p := b.Phone(t)
	p.Goto(address + "/form")
	p.Screenshot("form")
	picture, err := os.ReadFile(filepath.Join(folder, "form-phone.png"))
	if err != nil {
		t.Fatal(err)
	}
	// A PNG says its width in bytes 16 to 19.
	if width := int(picture[18])<<8 | int(picture[19]); width != 2*390 {
		t.Errorf("width %d pixels, want 390 at twice the density", width)
	}
}
