package browser

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// bodyText is what a person reads on the page.
const bodyText = `document.body ? document.body.innerText : ""`

// Text waits for the first element that the CSS selector finds and returns what it says.
func (p *Page) Text(css string) string {
	p.t.Helper()
	var text string
	p.until(func() (err error) {
		quoted := strconv.Quote(css)
		text, err = eval[string](p, "(e => { if (!e) throw new Error('no element '+"+quoted+"); return e.innerText })(document.querySelector("+quoted+"))")
		return err
	}, "text of %q", css)
	return strings.TrimSpace(text)
}

// Count is how many elements the CSS selector finds now.
func (p *Page) Count(css string) int {
	p.t.Helper()
	return Eval[int](p, "document.querySelectorAll("+strconv.Quote(css)+").length")
}

// WaitText waits until the page shows all the texts.
func (p *Page) WaitText(texts ...string) {
	p.t.Helper()
	p.until(func() error { return p.shows(texts, true) }, "wait for %q", texts)
}

// WaitNoText waits until the page shows none of the texts.
func (p *Page) WaitNoText(texts ...string) {
	p.t.Helper()
	p.until(func() error { return p.shows(texts, false) }, "wait until gone %q", texts)
}

func (p *Page) shows(texts []string, want bool) error {
	all, err := eval[string](p, bodyText)
	if err != nil {
		return err
	}
	if p.watcher.busy() {
		return errors.New("the page is still loading")
	}
	for _, text := range texts {
		if strings.Contains(all, text) != want {
			return fmt.Errorf("%q is shown: %v; the page says:\n%s", text, !want, all)
		}
	}
	return nil
}

// NoHorizontalScroll fails the test if the page is wider than its window.
func (p *Page) NoHorizontalScroll() {
	p.t.Helper()
	if wide := p.tooWide(); wide != "" {
		p.t.Errorf("%s page at %s scrolls sideways: %s", p.device, p.where(), wide)
	}
}

// tooWide says by how much and through what the page is too wide; nothing when it fits.
func (p *Page) tooWide() string {
	p.t.Helper()
	return Eval[string](p, fmt.Sprintf(`(width => {
		const all = document.documentElement.scrollWidth;
		if (all <= width) return "";
		const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > width + 1);
		const inner = out.filter(e => !out.some(o => o !== e && e.contains(o))).slice(0, 5);
		return all + " px in a window of " + width + "; reaching out: " + inner.map(e => e.outerHTML.slice(0, 120)).join(" | ");
	})(%d)`, p.width))
}

// Screenshot saves a picture of the whole page as NAME-phone.png or NAME-desktop.png in the folder
// that the environment variable GEZHI_SHOTS names, test/out of this repository by default.
func (p *Page) Screenshot(name string) {
	p.t.Helper()
	p.until(func() error {
		ready, err := eval[bool](p, `document.readyState === "complete" && document.documentElement.dataset.parts !== "drawing" && document.fonts.status === "loaded" && [...document.images].every(i => i.complete || i.loading === "lazy")`)
		if err == nil && !ready {
			err = errors.New("fonts, images, maps or charts have not been drawn")
		}
		return err
	}, "screenshot %q", name)
	file, err := p.shoot(name)
	if err != nil {
		p.t.Fatalf("screenshot %q: %v", name, err)
	}
	p.t.Logf("screenshot %s", file)
}

// Paper prints the page on the paper its style sheet asks for, and returns the PDF. It is kept as NAME-print.pdf beside
// the pictures, with a picture of the page as it is set for paper as wide as an A4 sheet between its margins.
func (p *Page) Paper(name string) []byte {
	p.t.Helper()
	yes := true
	pdf := call(p, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &yes})
	was, device := p.width, p.device
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: paperWidth, Height: 2 * paperWidth, DeviceScaleFactor: 1})
	p.width, p.device = paperWidth, "print"
	p.Screenshot(name)
	p.width, p.device = was, device
	folder, err := shots()
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+"-print.pdf"), pdf.Data, 0o644)
	}
	if err != nil {
		p.t.Fatalf("print %q: %v", name, err)
	}
	return pdf.Data
}

// paperWidth is the width of an A4 sheet without margins of 14 mm, in CSS pixels.
const paperWidth = 688

func (p *Page) shoot(name string) (string, error) {
	folder, err := shots()
	if err != nil {
		return "", err
	}
	size, err := chromedp.Call(p.ctx, page.GetLayoutMetrics, cdp.Empty{})
	if err != nil {
		return "", err
	}
	beyond := true
	picture, err := chromedp.Call(p.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format:                page.CaptureScreenshotFormatPng,
		CaptureBeyondViewport: &beyond,
		Clip:                  &page.Viewport{Width: float64(p.width), Height: max(1, size.CSSContentSize.Height), Scale: 1},
	})
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, name+"-"+p.device+".png")
	return file, os.WriteFile(file, picture.Data, 0o644)
}

// shots is the folder of the pictures, made if need be.
func shots() (string, error) {
	folder := os.Getenv("GEZHI_SHOTS")
	if folder == "" {
		root, err := moduleRoot()
		if err != nil {
			return "", err
		}
		folder = filepath.Join(root, "test", "out")
	}
	return folder, os.MkdirAll(folder, 0o755)
}

// moduleRoot is the folder of go.mod, above the folder of the package that is tested.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the test's folder")
		}
		dir = parent
	}
}
