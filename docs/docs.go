// Package docs holds the handbook that the service shows to those who keep procedures.
package docs

import (
	_ "embed"
	"regexp"
	"strings"

	"gezhi/internal/lang"
)

//go:embed PROCEDURES.md
var procedures string

var remark = regexp.MustCompile(`(?m)^<!--.*-->\n`)

// Procedures is the handbook on procedure files in one language, as Markdown without its title.
func Procedures(l lang.Lang) string {
	zh, en, _ := strings.Cut(procedures, "\n# ")
	part := l.T(zh, en)
	if i := strings.Index(part, "\n## "); i >= 0 { // the title and the way to the other language are the page's own
		part = part[i+1:]
	}
	return remark.ReplaceAllString(part, "")
}
