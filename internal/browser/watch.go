package browser

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// watcher collects what the browser reports of one page. The browser's goroutine writes, the test's reads.
type watcher struct {
	mu         sync.Mutex
	origin     string
	allowed    []int
	complaints []string
	requests   map[network.RequestID]string // address of each request that has not ended
	loading    int                          // navigations asked for and not yet loaded
}

func newWatcher() *watcher { return &watcher{requests: map[network.RequestID]string{}} }

func (w *watcher) home(origin string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.origin = origin
}

func (w *watcher) allow(status []int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.allowed = append(w.allowed, status...)
}

func (w *watcher) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.complaints
	w.complaints = nil
	return taken
}

// busy reports whether a navigation is under way.
func (w *watcher) busy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.loading > 0
}

// see is called for every event, on the goroutine that reads them: it must not wait or ask the browser anything.
func (w *watcher) see(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			w.complain("console.%s: %s", e.Type, words(e.Args))
		}
	case *runtime.EventExceptionThrown:
		w.complain("uncaught exception: %s", exception(e.ExceptionDetails))
	case *log.EventEntryAdded:
		// Failed requests are judged below, where their status is known.
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			w.complain("%s error: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		w.asked(e)
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 && !slices.Contains(w.allowed, int(e.Response.Status)) && w.ours(e.Response.URL) {
			w.complain("response %d from %s", e.Response.Status, e.Response.URL)
		}
	case *network.EventLoadingFailed:
		w.failed(e)
	case *network.EventLoadingFinished:
		delete(w.requests, e.RequestID)
	case *page.EventFrameRequestedNavigation:
		w.loading++
	case *page.EventLoadEventFired, *page.EventFrameStoppedLoading:
		w.loading = 0
	}
}

func (w *watcher) asked(e *network.EventRequestWillBeSent) {
	address := e.Request.URL
	w.requests[e.RequestID] = address
	if w.origin != "" && strings.HasPrefix(address, "http") && !w.ours(address) {
		w.complain("request to another server: %s", address)
	}
}

// failed judges a request without an answer. A cancelled one is no failure: leaving a page
// cancels what it was still loading, and so does a download.
func (w *watcher) failed(e *network.EventLoadingFailed) {
	address := w.requests[e.RequestID]
	delete(w.requests, e.RequestID)
	if e.BlockedReason != "" {
		w.complain("request blocked (%s): %s", e.BlockedReason, address)
		return
	}
	if !e.Canceled && e.ErrorText != "net::ERR_ABORTED" && w.ours(address) {
		w.complain("request failed (%s): %s", e.ErrorText, address)
	}
}

func (w *watcher) ours(address string) bool {
	return address == w.origin || strings.HasPrefix(address, w.origin+"/")
}

func (w *watcher) complain(format string, args ...any) {
	c := fmt.Sprintf(format, args...)
	if !slices.Contains(w.complaints, c) {
		w.complaints = append(w.complaints, c)
	}
}

func words(args []*runtime.RemoteObject) string {
	parts := make([]string, len(args))
	for i, a := range args {
		switch {
		case len(a.Value) == 0: // an object
			parts[i] = a.Description
		case json.Unmarshal(a.Value, &parts[i]) != nil: // not a string: as JSON writes it
			parts[i] = string(a.Value)
		}
	}
	return strings.Join(parts, " ")
}

func exception(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Exception.Description
	}
	return fmt.Sprintf("%s (%s:%d)", d.Text, d.URL, d.LineNumber+1)
}
