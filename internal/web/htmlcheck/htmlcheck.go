// Package htmlcheck finds in a rendered page what a browser would forgive and a reader would not:
// labels that lead nowhere, ids used twice, styles the policy blocks, classes nobody defines.
// Page tests call it on every page they get.
package htmlcheck

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"gezhi/internal/web/assets"
)

// Page lists what is wrong with a whole page; nothing when all is well.
func Page(page []byte) []string {
	root, err := html.ParseWithOptions(bytes.NewReader(page), html.ParseOptionEnableScripting(false))
	if err != nil {
		return []string{err.Error()}
	}
	c := collect(root)
	c.links()
	if n := c.count["h1"]; n != 1 {
		c.add("%d h1 elements, want 1", n)
	}
	if c.lang == "" {
		c.add("html has no lang")
	}
	if c.count["main"] != 1 || c.count["title"] == 0 {
		c.add("want one main and a title")
	}
	return c.wrong
}

// Piece is Page for a part of a page.
func Piece(piece []byte) []string {
	root, err := html.ParseWithOptions(bytes.NewReader(piece), html.ParseOptionEnableScripting(false))
	if err != nil {
		return []string{err.Error()}
	}
	return collect(root).wrong
}

type check struct {
	wrong []string
	count map[string]int
	ids   map[string]bool
	refs  []string // "element attribute id" of what must exist
	lang  string
}

func (c *check) add(format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
}

func collect(root *html.Node) *check {
	c := &check{count: map[string]int{}, ids: map[string]bool{}}
	known := classes()
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		c.count[n.Data]++
		c.element(n, known)
	}
	return c
}

// element checks one element on its own and notes what it refers to.
func (c *check) element(n *html.Node, known map[string]bool) {
	seen := map[string]string{}
	for _, a := range n.Attr {
		seen[a.Key] = a.Val
		switch {
		case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
			c.add("<%s> has %s, which the policy blocks", n.Data, a.Key)
		case a.Key == "id" && c.ids[a.Val]:
			c.add("id %q is used twice", a.Val)
		case a.Key == "id":
			c.ids[a.Val] = true
		case a.Key == "for" || a.Key == "aria-describedby" || a.Key == "aria-labelledby":
			for _, id := range strings.Fields(a.Val) {
				c.refs = append(c.refs, n.Data+" "+a.Key+" "+id)
			}
		case a.Key == "class":
			for _, class := range strings.Fields(a.Val) {
				if !known[class] {
					c.add("<%s> has class %q, which no style sheet defines", n.Data, class)
				}
			}
		case a.Key == "lang" && n.Data == "html":
			c.lang = a.Val
		}
	}
	c.kinds(n, seen)
}

// kinds checks what depends on the element's name.
func (c *check) kinds(n *html.Node, attr map[string]string) {
	_, alt := attr["alt"]
	switch n.Data {
	case "img":
		if !alt {
			c.add("img %q has no alt", attr["src"])
		}
	case "button":
		if attr["type"] == "" {
			c.add("button %q has no type", Text(n))
		}
	case "a":
		if attr["href"] == "" {
			c.add("link %q has no href", Text(n))
		}
		if Text(n) == "" && attr["aria-label"] == "" && n.FirstChild == nil {
			c.add("link to %q has no text", attr["href"])
		}
	case "style":
		c.add("style element, which the policy blocks")
	case "script":
		if attr["src"] == "" && attr["type"] != "application/json" {
			c.add("inline script, which the policy blocks")
		}
	case "input", "select", "textarea":
		if attr["type"] != "hidden" && attr["id"] == "" && attr["aria-label"] == "" {
			c.add("%s %q has neither id nor aria-label", n.Data, attr["name"])
		}
	}
}

// links checks that what is referred to is there.
func (c *check) links() {
	for _, ref := range c.refs {
		parts := strings.Fields(ref)
		if !c.ids[parts[2]] {
			c.add("<%s> has %s=%q, and there is no such id", parts[0], parts[1], parts[2])
		}
	}
}

var className = regexp.MustCompile(`\.(-?[_a-zA-Z][-_a-zA-Z0-9]*)`)

// hooks are classes without a rule of their own.
var hooks = []string{"gz-td-", "gz-td-main", "gz-form", "gz-head", "gz-desk", "gz-plain", "gz-phone", "gz-side-open", "gz-progress", "gz-figures", "ahead"}

// classes are the names the style sheet defines.
func classes() map[string]bool {
	known := map[string]bool{}
	for _, m := range className.FindAllStringSubmatch(string(assets.Read("app.css")), -1) {
		known[m[1]] = true
	}
	for _, h := range hooks {
		known[h] = true
	}
	for _, kind := range []string{"line", "bar", "stacked", "lying", "pie"} {
		known["gz-plot-"+kind] = true
	}
	return known
}

// Text is the text inside a node, spaces collapsed, scripts left out.
func Text(n *html.Node) string {
	var words []string
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			words = append(words, strings.Fields(n.Data)...)
		}
		if n.Type == html.ElementNode && slices.Contains([]string{"script", "noscript"}, n.Data) {
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return strings.Join(words, " ")
}
