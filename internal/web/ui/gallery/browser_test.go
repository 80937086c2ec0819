package gallery

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gezhi/internal/browser"
	"gezhi/internal/web"
	"gezhi/internal/web/assets"
)

// server serves the gallery as the product would; sent counts the reports that arrived. They are
// answered when hold is closed, at once when it is nil.
func server(t *testing.T, hold <-chan struct{}) (url string, sent *atomic.Int64) {
	t.Helper()
	site := &web.Site{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	sent = &atomic.Int64{}
	mux := http.NewServeMux()
	mux.Handle(assets.Root, assets.Handler())
	Register(mux, site)
	mux.Handle("POST "+Root+"report", site.Upload(64<<20, func(w http.ResponseWriter, r *http.Request) error {
		sent.Add(1)
		if hold != nil {
			<-hold
		}
		return web.See(w, r, Root+"mine")
	}))
	s := httptest.NewServer(site.Wrap(mux))
	t.Cleanup(s.Close)
	return s.URL, sent
}

// eventually waits for an expression to become true in the page; the map, the charts and the photos
// are ready a while after the page.
func eventually(t *testing.T, p *browser.Page, expression string) {
	t.Helper()
	for range 400 {
		if browser.Eval[bool](p, "Boolean("+expression+")") {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("never true: %s", expression)
}

// The browser package fails the test for whatever the browser complains of, violations of the
// content security policy among it.
func TestInABrowser(t *testing.T) {
	url, sent := server(t, nil)
	b := browser.Start(t)
	at := func(name string) string { return url + Root + name }

	t.Run("every page is accessible and fits, on a phone and a desk", func(t *testing.T) {
		phone, desktop := b.Phone(t), b.Desktop(t)
		for _, name := range Names() {
			phone.Goto(at(name))
			phone.NoHorizontalScroll()
			phone.Axe()
			phone.Screenshot("ui-" + name)
			desktop.Goto(at(name) + "?lang=en")
			desktop.NoHorizontalScroll()
			desktop.Axe()
			desktop.Screenshot("ui-" + name)
		}
	})
	t.Run("a draft survives a reload and can be discarded", func(t *testing.T) { draft(t, b.Phone(t), at("report")) })
	t.Run("a second press while the first is on its way sends nothing", func(t *testing.T) { pressTwice(t, b.Phone(t)) })
	t.Run("the place is picked by position", func(t *testing.T) {
		p := b.Phone(t)
		p.StandAt(30.19, 120.2)
		p.Goto(at("report"))
		p.Click("用我现在的位置")
		p.WaitText("所在网格：样例第三网格")
		if got := browser.Eval[string](p, `document.querySelector("[name=lng]").value + " " + document.querySelector("[name=lat]").value`); got != "120.200000 30.190000" {
			t.Errorf("the coordinates are %s", got)
		}
	})
	t.Run("the place is picked by keyboard", func(t *testing.T) {
		p := b.Desktop(t)
		p.Goto(at("report"))
		eventually(t, p, `!document.querySelector("[data-geolocate]").disabled`)
		browser.Eval[bool](p, `document.querySelector("[data-map]").focus() ?? true`)
		p.Press("Enter")
		p.WaitText("所在网格：样例第三网格")
	})
	t.Run("a photo is shown and shrunk", func(t *testing.T) {
		p := b.Phone(t)
		p.Goto(at("report"))
		p.Upload("photos", largePhoto(t))
		eventually(t, p, `document.querySelector("[data-photo-list] img")?.naturalWidth === 4000`)
		eventually(t, p, `document.querySelector("[name=photos]").files.length === 1`)
	})
	t.Run("charts and maps are drawn, figures folded away", func(t *testing.T) {
		p := b.Desktop(t)
		p.Goto(at("cockpit"))
		eventually(t, p, `document.querySelectorAll("[data-plot] canvas").length === 4`)
		eventually(t, p, `document.querySelector(".leaflet-overlay-pane canvas")`)
		eventually(t, p, `document.querySelectorAll("[data-figures][open]").length === 0`)
	})
	t.Run("without scripts figures and coordinates are there", func(t *testing.T) {
		p := b.Desktop(t, browser.WithoutJavaScript)
		p.Goto(at("cockpit"))
		p.WaitText("区住建局", "地图需要浏览器启用脚本")
		p.Goto(at("report"))
		p.Fill("title", "路灯不亮")
		p.Click("填写坐标")
		p.Fill("lng", "120.2")
		before := sent.Load()
		p.Click("提交上报")
		p.WaitText("上报已收到")
		if n := sent.Load() - before; n != 1 {
			t.Errorf("%d reports were sent", n)
		}
	})
}

// pressTwice presses again when the server has the report but has not answered yet.
func pressTwice(t *testing.T, p *browser.Page) {
	hold := make(chan struct{})
	release := sync.OnceFunc(func() { close(hold) })
	defer release() // a server does not close while it holds an answer back
	url, sent := server(t, hold)
	p.Goto(url + Root + "report")
	p.Fill("title", "路灯不亮")
	// The page cannot be spoken to while it is leaving, so it presses by itself the second time.
	browser.Eval[bool](p, `(b => { b.click(); setTimeout(() => b.click(), 500); return true; })(document.querySelector("[data-busy]"))`)
	for range 400 {
		if sent.Load() > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(time.Second)
	release()
	p.WaitText("上报已收到")
	if n := sent.Load(); n != 1 {
		t.Errorf("%d reports were sent", n)
	}
}

func draft(t *testing.T, p *browser.Page, report string) {
	p.Goto(report)
	p.Fill("title", "路灯不亮")
	p.Fill("phone", "13800138000")
	p.WaitText("附近已有相似上报") // which is asked for later than the draft is kept
	p.Reload()
	p.WaitText("已恢复您上次没有提交的内容")
	if got := browser.Eval[string](p, `document.querySelector("[name=title]").value`); got != "路灯不亮" {
		t.Errorf("the sentence came back as %q", got)
	}
	if got := browser.Eval[string](p, `document.querySelector("[name=phone]").value + JSON.stringify({...localStorage})`); strings.Contains(got, "13800138000") {
		t.Errorf("the phone number was kept: %s", got)
	}
	// Not by a tap: after a reload the browser scrolls back to where the page was, at its own time.
	browser.Eval[bool](p, `document.querySelector(".gz-draft button").click() ?? true`)
	p.WaitNoText("已恢复您上次没有提交的内容")
	p.Reload()
	p.WaitNoText("已恢复您上次没有提交的内容")
}

// largePhoto is the path of a picture 5000 pixels wide.
func largePhoto(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "large.jpg")
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 5000, 50)), nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
