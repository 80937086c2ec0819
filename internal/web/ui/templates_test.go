package ui

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// templates are all .templ sources of the module's pages, by path.
func templates(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".templ") {
			return err
		}
		text, err := os.ReadFile(path)
		found[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 8 {
		t.Fatalf("only %d templates found", len(found))
	}
	return found
}

var forbidden = []struct{ what, pattern string }{
	{"a style attribute", `\sstyle\s*=`},
	{"an event attribute", `\son[a-z]+\s*=`},
	{"a style element", `<style`},
	{"a script of templ", `(?m)^script `},
	{"a style of templ", `(?m)^css `},
	{"unescaped markup", `templ\.Raw`},
	{"an inline script", `<script(?:\s[^>]*)?>[^<]`},
	{"an address elsewhere", `(?:src|href)="(?:https?:)?//`},
}

func TestTemplatesHaveNothingThePolicyBlocks(t *testing.T) {
	for path, text := range templates(t) {
		for _, f := range forbidden {
			if m := regexp.MustCompile(f.pattern).FindString(text); m != "" {
				t.Errorf("%s has %s: %q", path, f.what, m)
			}
		}
	}
}

func TestTheForbiddenIsRecognised(t *testing.T) {
	for i, text := range []string{
		`<p style="a">`, `<p onclick={ x }>`, `<style>`, "\nscript go() {", "\ncss red() {", `@templ.Raw(x)`, `<script>go()</script>`, `<script src="//cdn.example/x.js">`,
	} {
		if !regexp.MustCompile(forbidden[i].pattern).MatchString(text) {
			t.Errorf("%s is not found in %q", forbidden[i].what, text)
		}
	}
}

func TestIconsInTemplatesExist(t *testing.T) {
	use := regexp.MustCompile(`Icon(?:\(|: +)"([^"]*)"`)
	n := 0
	sources := templates(t)
	for _, name := range []string{"gallery/gallery.go", "gallery/content.go", "parts.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sources[name] = string(text)
	}
	for path, text := range sources {
		for _, m := range use.FindAllStringSubmatch(text, -1) {
			n++
			if drawing(m[1]) == "" {
				t.Errorf("%s uses icon %q, which internal/web/assets/vendoring/icons.txt does not list", path, m[1])
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d uses of icons found; has Icon been renamed?", n)
	}
}

// A component nobody shows is a component nobody has looked at.
func TestTheGalleryShowsEveryComponent(t *testing.T) {
	shown := ""
	own := map[string]string{}
	for path, text := range templates(t) {
		if strings.HasPrefix(path, "gallery") {
			shown += text
		} else if !strings.Contains(path, "/") {
			own[path] = text
		}
	}
	for _, name := range []string{"gallery/gallery.go", "gallery/content.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		shown += string(text)
	}
	all := ""
	for _, text := range own {
		all += text
	}
	for _, m := range regexp.MustCompile(`(?m)^templ ([A-Z]\w*)\(`).FindAllStringSubmatch(all, -1) {
		name := m[1]
		if !strings.Contains(shown, "ui."+name+"(") && !strings.Contains(all, "@"+name+"(") {
			t.Errorf("the gallery does not show ui.%s", name)
		}
	}
}
