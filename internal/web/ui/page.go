// Package ui holds the shells and components every page is built of. Components take typed
// values, write both languages, and never a style attribute or a script: the content security
// policy would block them. README.md shows how a page is made.
package ui

import (
	"net/url"
	"strconv"

	"gezhi/internal/lang"
)

// Page is what a shell needs to know about one page and its reader.
type Page struct {
	Lang   lang.Lang
	Title  string // of the browser's tab; the heading on the page is PageHeader's
	Zone   string // name of the district, e.g. 杭州市滨江区
	Home   string // where the wordmark leads; "/" when empty
	URL    string // path and query of this page, from which the language switch is made
	Viewer Viewer // zero when nobody has entered
	Here   string // Key of the NavItem that is the present page
	Tabs   []NavItem
	Nav    []NavGroup
	Flash  *Flash
	Notice string // a standing remark above everything, e.g. that the data is made up
	Search string // address of the search page; no search box when empty
	Query  string // what the search box holds
	// DraftDone names the form whose kept draft has served its purpose, see Form.
	DraftDone string
	Htmx      bool // load htmx
}

// Viewer is the reader who has entered.
type Viewer struct {
	Name    string // masked or not as the reader may see it
	Duty    string // what the reader acts as, e.g. 西兴街道 · 派遣员
	Account string // address of the reader's own page; no link when empty
	SignOut string // address that ends the session by POST
	// Drafts is an opaque value of this person, so that two people who share a device do
	// not meet each other's unsent forms.
	Drafts string
}

// Flash is one sentence about what has just happened.
type Flash struct {
	Tone Tone
	Text string
}

// NavItem is one entry of the navigation.
type NavItem struct {
	Key   string // compared with Page.Here
	Label string
	Icon  string
	URL   string
	Count int // shown when above zero, 99+ above 99
}

// NavGroup is a titled run of entries.
type NavGroup struct {
	Title string // may be empty
	Items []NavItem
}

// Link is a worded address.
type Link struct {
	Label string
	URL   string
}

func (p Page) home() string {
	if p.Home == "" {
		return "/"
	}
	return p.Home
}

// inLang is this page's address in another language.
func (p Page) inLang(tag string) string {
	u, err := url.Parse(p.URL)
	if err != nil || u.IsAbs() || u.Host != "" {
		u = &url.URL{Path: "/"}
	}
	q := u.Query()
	q.Set("lang", tag)
	u.RawQuery = q.Encode()
	return u.String()
}

func (p Page) title() string {
	name := p.Lang.T("格治", "Gezhi")
	if p.Title == "" {
		return name
	}
	return p.Title + " · " + name
}

func count(n int) string {
	if n > 99 {
		return "99+"
	}
	return strconv.Itoa(n)
}

func (p Page) hereLabel() string {
	for _, g := range p.Nav {
		for _, item := range g.Items {
			if item.Key == p.Here {
				return item.Label
			}
		}
	}
	return ""
}
