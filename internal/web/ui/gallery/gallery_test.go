package gallery

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"gezhi/internal/lang"
	"gezhi/internal/web/htmlcheck"
)

func render(t *testing.T, name string, l lang.Lang, extra string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Page(name, l, extra).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func each(t *testing.T, test func(t *testing.T, name string, l lang.Lang)) {
	for _, name := range Names() {
		for _, l := range []lang.Lang{lang.ZH, lang.EN} {
			t.Run(name+" "+l.Tag(), func(t *testing.T) { test(t, name, l) })
		}
	}
}

func TestPagesAreSound(t *testing.T) {
	each(t, func(t *testing.T, name string, l lang.Lang) {
		for _, wrong := range htmlcheck.Page(render(t, name, l, "")) {
			t.Error(wrong)
		}
	})
}

// Every text a person could have typed ends with markup and with what would break out of attributes
// and scripts; none of it may become an element.
func TestWhatPeopleTypeStaysText(t *testing.T) {
	const planted = `<em>x</em>"'></script><em>`
	each(t, func(t *testing.T, name string, l lang.Lang) {
		page := render(t, name, l, planted)
		if bytes.Contains(page, []byte("<em>")) {
			t.Error("the markup is in the page as it was typed")
		}
		root, err := html.ParseWithOptions(bytes.NewReader(page), html.ParseOptionEnableScripting(false))
		if err != nil {
			t.Fatal(err)
		}
		clean, err := html.ParseWithOptions(bytes.NewReader(render(t, name, l, "")), html.ParseOptionEnableScripting(false))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := elements(root), elements(clean); !slices.Equal(got, want) {
			t.Errorf("the page has other elements than without the markup: %d, want %d", len(got), len(want))
		}
		if !strings.Contains(htmlcheck.Text(root), "<em>x</em>") {
			t.Error("the text is not shown")
		}
	})
}

// elements are the names of all elements and of their attributes, in order.
func elements(root *html.Node) []string {
	var names []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		names = append(names, n.Data)
		for _, a := range n.Attr {
			names = append(names, a.Key)
		}
	}
	return names
}

// words are all texts a reader meets, those in attributes too.
func words(t *testing.T, page []byte) []string {
	root, err := html.ParseWithOptions(bytes.NewReader(page), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			list = append(list, n.Data)
		}
		for _, a := range n.Attr {
			if slices.Contains([]string{"alt", "title", "placeholder", "aria-label", "data-head", "data-busy", "data-count"}, a.Key) || strings.HasPrefix(a.Key, "data-say") || strings.HasPrefix(a.Key, "data-draft-") {
				list = append(list, a.Val)
			}
		}
	}
	return list
}

func TestEnglishPagesHaveNoChinese(t *testing.T) {
	for _, name := range Names() {
		for _, text := range words(t, render(t, name, lang.EN, "")) {
			if strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 && text != "中文" {
				t.Errorf("%s: %q", name, text)
			}
		}
	}
}

func TestChinesePagesHaveNoEnglish(t *testing.T) {
	word := regexp.MustCompile(`[A-Za-z]{3,}`)
	for _, name := range Names() {
		for _, text := range words(t, render(t, name, lang.ZH, "")) {
			// Data for scripts is made of field names; everything else is for people.
			if strings.HasPrefix(strings.TrimSpace(text), "{") || strings.HasPrefix(strings.TrimSpace(text), "[") {
				continue
			}
			for _, w := range word.FindAllString(text, -1) {
				if w != "English" && w != "Excel" {
					t.Errorf("%s: %q in %q", name, w, text)
				}
			}
		}
	}
}
