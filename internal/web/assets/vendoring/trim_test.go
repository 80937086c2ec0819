package main

import (
	"os"
	"strings"
	"testing"
)

func TestTrim(t *testing.T) {
	const keep = "btn(-(primary|sm))?\ncard # not a remark\n"
	k, err := newKeeper(strings.Replace(keep, "card # not a remark", "card\n# a remark", 1))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ in, want string }{
		"elements stay":                        {`body{margin:0}`, "body{margin:0}\n"},
		"a class on the list stays":            {`.btn-primary:hover{color:red}`, ".btn-primary:hover{color:red}\n"},
		"another goes":                         {`.modal{color:red}`, ""},
		"a name that only begins alike goes":   {`.btn-primary-x{color:red}`, ""},
		"one of a list goes":                   {`.btn,.modal,.card .btn{a:b}`, ".btn,.card .btn{a:b}\n"},
		"commas in brackets do not cut":        {`:is(.btn,.card) p{a:b}`, ":is(.btn,.card) p{a:b}\n"},
		"what :not names does not count":       {`.btn:not(.modal){a:b}`, ".btn:not(.modal){a:b}\n"},
		"an emptied media block goes":          {`@media print{.modal{a:b}}p{c:d}`, "p{c:d}\n"},
		"a media block keeps the rest":         {`@media print{.modal{a:b}.btn{c:d}}`, "@media print{\n.btn{c:d}\n}\n"},
		"theme attributes go":                  {`[data-bs-theme=dark] .btn{a:b}`, ""},
		"braces in strings are text":           {`.btn{content:"}{";x:y}`, ".btn{content:\"}{\";x:y}\n"},
		"semicolons in addresses are text":     {`.btn{background:url("data:a;b")}`, ".btn{background:url(\"data:a;b\")}\n"},
		"remarks go, licences stay":            {`/*! L */.btn{a:b}/* it's */`, "/*! L */\n.btn{a:b}\n"},
		"an apostrophe in a remark is no text": {"p{a:b;/* it's } */c:d}", "p{a:b;/* it's } */c:d}\n"},
		"unread properties go":                 {`:root{--a:1;--b:2}p{x:var(--b)}`, ":root{--b:2}\np{x:var(--b)}\n"},
		"read only by unread ones: go":         {`:root{--a:1;--b:var(--a)}p{x:y}`, "p{x:y}\n"},
		"unplayed frames go":                   {`@keyframes a{from{x:y}}@keyframes b{to{x:y}}p{animation:b 1s}`, "@keyframes b{to{x:y}}\np{animation:b 1s}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			rules, err := parseCSS(c.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := render(dropUnused(k.trim(rules), "")); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestBrokenStylesAreRefused(t *testing.T) {
	for _, broken := range []string{"p{a:b", "p", "/* x", "p{}}", "@media print{p{a:b}"} {
		if _, err := parseCSS(broken); err == nil {
			t.Errorf("%q was read", broken)
		}
	}
}

// What is embedded must be what keep.txt asks for: trimming it again changes nothing but the custom
// properties our own styles read, which only the whole sheet can bring back.
func TestTheEmbeddedStyleHoldsOnlyWhatIsKept(t *testing.T) {
	text, err := os.ReadFile("../files/vendor/tabler/tabler.css")
	if err != nil {
		t.Fatal(err)
	}
	k, err := newKeeper(keepList)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := parseCSS(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := render(k.trim(rules)); got != string(text) {
		t.Error("keep.txt and tabler.css disagree; run scripts/vendor-assets.sh")
	}
}
