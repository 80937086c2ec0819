package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed find.js
var findScript string

// finding is find.js's answer.
type finding struct {
	Why  string  `json:"why"`  // why the step is impossible now
	X    float64 `json:"x"`    // where to click, CSS pixels from the window's left
	Y    float64 `json:"y"`    // and from its top
	Type bool    `json:"type"` // the field has the focus and waits for typing
}

// find repeats a step of find.js until it is possible.
func (p *Page) find(step, what, value string) finding {
	p.t.Helper()
	args, err := json.Marshal([]string{step, what, value})
	if err != nil {
		p.t.Fatal(err)
	}
	var found finding
	p.until(func() error {
		found, err = eval[finding](p, findScript+"(..."+string(args)+")")
		if err == nil && found.Why != "" {
			err = errors.New(found.Why)
		}
		return err
	}, "%s %q", step, what)
	return found
}

// until tries again every 50 ms until try has no error; after patience the last error ends the test.
// An error may also be a page that is just being replaced by the next.
func (p *Page) until(try func() error, format string, args ...any) {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) || p.ctx.Err() != nil {
			p.t.Fatalf("%s at %s: %v", fmt.Sprintf(format, args...), p.where(), err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Click clicks, on a phone taps, the first element that a CSS selector finds or else the one
// whose visible text it is; waits until that is visible, enabled and not covered; and, if a new
// page is asked for, until that has loaded. Text that several elements show is refused.
func (p *Page) Click(what string) {
	p.t.Helper()
	p.click(what, 1)
}

// DoubleClick clicks twice in a row, as impatient people do on 提交.
func (p *Page) DoubleClick(what string) {
	p.t.Helper()
	p.click(what, 2)
}

// still finds what to click once it has stopped moving: a page that has just been drawn, or grown by a picture,
// moves what stands below, and a click aimed before would land elsewhere.
func (p *Page) still(what string) finding {
	p.t.Helper()
	at := p.find("click", what, "")
	for range 40 {
		time.Sleep(60 * time.Millisecond)
		again := p.find("click", what, "")
		if again == at {
			break
		}
		at = again
	}
	return at
}

func (p *Page) click(what string, times int) {
	p.t.Helper()
	at := p.still(what)
	press := chromedp.MouseClickXY(at.X, at.Y)
	if p.touch {
		press = chromedp.TapXY(at.X, at.Y)
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for range times {
		if err := chromedp.Do(ctx, press); err != nil {
			p.t.Fatalf("click %q: %v", what, err)
		}
	}
	p.settle()
}

// settle waits for the page that a click has asked for, if it has. The page's answer to a question
// put after the click comes after the news of a navigation.
func (p *Page) settle() {
	p.t.Helper()
	for range 2 {
		_, _ = eval[bool](p, "true")
		time.Sleep(20 * time.Millisecond)
	}
	p.until(func() error {
		if p.watcher.busy() {
			return errors.New("the next page has not loaded")
		}
		return nil
	}, "after a click")
}

// Fill types a value into the field that a CSS selector, its name, its id, its label, its aria-label or
// its placeholder finds, replacing what was there. In a list it picks the option by its text or value.
func (p *Page) Fill(field, value string) {
	p.t.Helper()
	if !p.find("fill", field, value).Type {
		return
	}
	if value == "" {
		call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "Delete", Code: "Delete", WindowsVirtualKeyCode: 46})
		return
	}
	call(p, input.InsertText, input.InsertTextParams{Text: value})
}

// Upload puts files, named relative to the test's folder, into the file field found as in Fill.
// The field may be hidden behind a nicer button.
func (p *Page) Upload(field string, files ...string) {
	p.t.Helper()
	paths := make([]string, len(files))
	for i, f := range files {
		path, err := filepath.Abs(f)
		if err != nil {
			p.t.Fatal(err)
		}
		paths[i] = path
	}
	p.find("file", field, "")
	object, err := eval[*runtime.RemoteObject](p, "window.gezhiFileField")
	if err != nil {
		p.t.Fatalf("upload to %q: %v", field, err)
	}
	call(p, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: paths, ObjectID: object.ObjectID})
}

// Press presses one key, such as "Enter" or "Tab", where the focus is.
func (p *Page) Press(key string) {
	p.t.Helper()
	codes := map[string]int64{"Enter": 13, "Tab": 9, "Escape": 27, "Delete": 46}
	text := ""
	if key == "Enter" {
		text = "\r"
	}
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
		call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: key, Code: key, WindowsVirtualKeyCode: codes[key], Text: text})
		text = ""
	}
	p.settle()
}
