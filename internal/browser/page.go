package browser

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience is how long a step waits for the page to allow it. It is reached only by a test that
// fails, so it is generous: a busy machine must not fail one that would pass.
const patience = 20 * time.Second

// Page is one person's window. Its methods end the test when they cannot do what they say.
// It is for one goroutine.
type Page struct {
	t       testing.TB
	ctx     context.Context
	number  int    // of the browser's pages, from 1
	device  string // "phone" or "desktop", part of file names
	width   int64  // of the window, in CSS pixels
	touch   bool
	origin  string // scheme://host of the first Goto
	watcher *watcher
}

// Option changes a page when it is made.
type Option func(*settings)

type settings struct{ noScript bool }

// WithoutJavaScript makes a page that runs no scripts, as some readers' browsers do.
func WithoutJavaScript(s *settings) { s.noScript = true }

// Phone opens a page of 390 × 844 CSS pixels at twice the density, with touch, and with cookies of its own.
func (b *Browser) Phone(t testing.TB, options ...Option) *Page {
	t.Helper()
	p := &Page{t: t, device: "phone", width: 390, touch: true}
	b.open(p, chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait), options)
	return p
}

// Desktop opens a page of 1440 × 900 CSS pixels with cookies of its own.
func (b *Browser) Desktop(t testing.TB, options ...Option) *Page {
	t.Helper()
	p := &Page{t: t, device: "desktop", width: 1440}
	b.open(p, chromedp.EmulateViewport(1440, 900), options)
	return p
}

func (b *Browser) open(p *Page, viewport chromedp.Action[chromedp.Void], options []Option) {
	p.t.Helper()
	var s settings
	for _, o := range options {
		o(&s)
	}
	b.pages++
	p.number, p.watcher = b.pages, newWatcher()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.watcher.see))
	p.ctx = ctx
	p.t.Cleanup(func() {
		p.finish()
		cancel()
	})
	// The first Do binds the tab to its context: it must not be one with a timeout.
	if err := chromedp.Do(ctx, viewport); err != nil {
		p.t.Fatalf("open a page: %v", err)
	}
	// The district's clock, wherever the test runs.
	call(p, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Asia/Shanghai"})
	if s.noScript {
		call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	go acceptDialogs(ctx)
}

// acceptDialogs answers every alert and confirm with OK, as they would block the page for ever.
func acceptDialogs(ctx context.Context) {
	for _, err := range chromedp.Events(ctx, page.JavascriptDialogOpening) {
		if err != nil {
			return
		}
		_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
	}
}

// finish reports what the browser complained of, and keeps a picture of a page whose test failed.
func (p *Page) finish() {
	if p.t.Skipped() {
		return
	}
	for _, c := range p.Complaints() {
		p.t.Errorf("%s page at %s: %s", p.device, p.where(), c)
	}
	if p.t.Failed() && p.origin != "" {
		name := fmt.Sprintf("FAILED-%s-%d", strings.NewReplacer("/", "-", " ", "_").Replace(p.t.Name()), p.number)
		if file, err := p.shoot(name); err == nil {
			p.t.Logf("the %s page as it was: %s", p.device, file)
		}
	}
}

// Complaints returns what the browser has complained of since the last call, and forgives it.
// A test that expects complaints calls it; otherwise they fail the test when it ends.
func (p *Page) Complaints() []string {
	// An answer from the page arrives after the events that came before it.
	_, _ = eval[bool](p, "true")
	return p.watcher.take()
}

// Allow says that responses with these status codes are intended, such as 422 for a form
// that is sent wrong on purpose.
func (p *Page) Allow(status ...int) { p.watcher.allow(status) }

// Goto opens an address, or a path on the server of the first Goto, and waits until it has loaded.
func (p *Page) Goto(address string) {
	p.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = p.origin + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		p.t.Fatalf("go to %q: not an address", address)
	}
	if p.origin == "" {
		p.origin = u.Scheme + "://" + u.Host
		p.watcher.home(p.origin)
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		p.t.Fatalf("go to %s: %v", address, err)
	}
}

// Reload loads the page again.
func (p *Page) Reload() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Reload()); err != nil {
		p.t.Fatalf("reload %s: %v", p.where(), err)
	}
}

// Path is the path and query of the address the page is at.
func (p *Page) Path() string {
	p.t.Helper()
	return strings.TrimPrefix(p.where(), p.origin)
}

// StandAt gives the page a position, in WGS-84 degrees, and the permission to use it.
func (p *Page) StandAt(latitude, longitude float64) {
	p.t.Helper()
	accuracy := 10.0 // metres
	call(p, emulation.SetGeolocationOverride, emulation.SetGeolocationOverrideParams{Latitude: &latitude, Longitude: &longitude, Accuracy: &accuracy})
	c := chromedp.FromContext(p.ctx)
	_, err := cdp.Call(p.ctx, c.Browser, cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{
		Permission:       &cdpbrowser.PermissionDescriptor{Name: "geolocation"},
		Setting:          cdpbrowser.PermissionSettingGranted,
		BrowserContextID: c.BrowserContextID,
	})
	if err != nil {
		p.t.Fatalf("grant the position: %v", err)
	}
}

// ForgetCookies ends the visitor's session, as an expiry would while somebody is typing.
func (p *Page) ForgetCookies() {
	p.t.Helper()
	call(p, network.ClearBrowserCookies, cdp.Empty{})
}

// where is the address of the page, for messages.
func (p *Page) where() string {
	address, err := eval[string](p, "location.href")
	if err != nil {
		return "an unknown address"
	}
	return address
}

// call sends one command to the browser, or ends the test.
func call[P, R any](p *Page, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		p.t.Fatalf("%s: %v", command.Method, err)
	}
	return result
}

// eval runs an expression in the page once.
func eval[T any](p *Page, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression))
}

// Eval is the value of a JavaScript expression in the page. It works without JavaScript too.
// Prefer what a person can see and do.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	value, err := eval[T](p, expression)
	if err != nil {
		p.t.Fatalf("evaluate %s: %v", expression, err)
	}
	return value
}
