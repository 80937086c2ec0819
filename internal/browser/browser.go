// Package browser plays a person with a phone or a desktop computer in a real Chromium. Only tests import it.
//
//	b := browser.Start(t)
//	p := b.Phone(t)
//	p.Goto(server.URL + "/report")
//	p.Fill("问题描述", "路灯不亮")
//	p.Upload("photo", "testdata/lamp.jpg")
//	p.Click("提交")
//	p.WaitText("已受理")
//	p.Axe()
//	p.Screenshot("report")
//
// Every wrong step ends the test with what was on the page. What the browser itself complains of
// (script errors, violations of the Content-Security-Policy, failed requests, requests to other
// servers) fails the test when it ends, asked or not.
package browser

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"

	"gezhi/internal/needs"
)

// Variable is the environment variable that names the browser where it is not found on PATH.
const Variable = "GEZHI_CHROMIUM"

// Missing says why there is no browser for tests, or nothing when there is one.
func Missing() string {
	if find() == "" {
		return "no chromium, chromium-browser or google-chrome on PATH, and " + Variable + " names none"
	}
	return ""
}

// find is the path of the browser, empty when there is none. scripts/find.sh looks in the same order.
func find() string {
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	if named := os.Getenv(Variable); named != "" {
		names = []string{named}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Browser is one running Chromium with an empty profile. Its pages share nothing with each other.
type Browser struct {
	ctx   context.Context
	pages int // opened so far
}

// Start starts Chromium, which ends with the test. Without Chromium the test is skipped.
// It takes about a second: one browser with many pages is cheaper than many browsers.
func Start(t testing.TB) *Browser {
	t.Helper()
	if why := Missing(); why != "" {
		needs.Browser.Skip(t, why)
	}
	// chromedp's own list has headless, no-first-run, disable-sync and the like; it adds an empty
	// user-data-dir, and no-sandbox for root, where Chromium's sandbox cannot work.
	options := append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...)
	options = append(options, chromedp.ExecPath(find()), chromedp.DisableGPU, chromedp.NoFirstRun)
	for _, quiet := range []string{"disable-quic", "disable-component-update", "disable-domain-reliability", "no-proxy-server", "no-pings"} {
		options = append(options, chromedp.Flag(quiet, true))
	}
	options = append(options, chromedp.Flag("lang", "zh-CN"), chromedp.Flag("accept-lang", "zh-CN,zh"))
	// In the C locale Chromium silently leaves out an uploaded file whose name is not ASCII.
	options = append(options, chromedp.Env("LC_ALL=C.UTF-8"))

	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		// Cancel waits until the process is gone, so that no test leaves one behind.
		_ = chromedp.Cancel(ctx)
		cancel()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", find(), err)
	}
	return &Browser{ctx: ctx}
}
