package main

import (
	"bufio"
	"fmt"
	"regexp"
	"strings"
)

// rule is one statement of a style sheet: a declaration block, a block of rules, or a bare at-rule.
type rule struct {
	prelude string // selector list, or @media (…), or a whole bare statement with its semicolon
	body    string // declarations; empty for a block of rules
	inner   []rule // the rules of @media, @supports
	bare    bool
}

// parseCSS reads a minified style sheet. Comments are dropped except those that open with "!",
// which carry the licence.
func parseCSS(s string) ([]rule, error) {
	rules, rest, err := parseRules(s)
	if err == nil && rest != "" {
		err = fmt.Errorf("unexpected %.20q", rest)
	}
	return rules, err
}

func parseRules(s string) (rules []rule, rest string, err error) {
	for {
		s = strings.TrimLeft(s, " \n\t\r")
		switch {
		case s == "" || s[0] == '}':
			return rules, s, nil
		case strings.HasPrefix(s, "/*"):
			end := strings.Index(s, "*/")
			if end < 0 {
				return nil, "", fmt.Errorf("comment without an end: %.40q", s)
			}
			if s[2] == '!' {
				rules = append(rules, rule{prelude: s[:end+2], bare: true})
			}
			s = s[end+2:]
			continue
		}
		at := until(s, "{;")
		if at == len(s) {
			return nil, "", fmt.Errorf("no block after %.40q", s)
		}
		if s[at] == ';' {
			rules = append(rules, rule{prelude: s[:at+1], bare: true})
			s = s[at+1:]
			continue
		}
		r := rule{prelude: strings.TrimSpace(s[:at])}
		s = s[at+1:]
		if nests(r.prelude) {
			if r.inner, s, err = parseRules(s); err != nil {
				return nil, "", err
			}
		} else {
			end := closing(s)
			r.body, s = s[:end], s[end:]
		}
		if s == "" {
			return nil, "", fmt.Errorf("block without an end: %.40q", r.prelude)
		}
		rules, s = append(rules, r), s[1:]
	}
}

// nests reports whether the block after the prelude holds rules rather than declarations.
func nests(prelude string) bool {
	for _, at := range []string{"@media", "@supports", "@layer", "@container"} {
		if strings.HasPrefix(prelude, at) {
			return true
		}
	}
	return false
}

// until is the index of the first of the stops outside strings and brackets, or len(s).
func until(s, stops string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\'':
			i = stringEnd(s, i)
		case c == '/':
			i = commentEnd(s, i)
		case c == '\\':
			i++
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case depth == 0 && strings.IndexByte(stops, c) >= 0:
			return i
		}
	}
	return len(s)
}

// closing is the index of the brace that ends the block whose inside begins at s[0], or len(s).
func closing(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"', '\'':
			i = stringEnd(s, i)
		case '/':
			i = commentEnd(s, i)
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return len(s)
}

func stringEnd(s string, i int) int {
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '\\':
			j++
		case s[i]:
			return j
		}
	}
	return len(s)
}

// commentEnd is where the comment that opens at i ends, or i when none does.
func commentEnd(s string, i int) int {
	if !strings.HasPrefix(s[i:], "/*") {
		return i
	}
	end := strings.Index(s[i:], "*/")
	if end < 0 {
		return len(s)
	}
	return i + end + 1
}

// split cuts s at the separator wherever it stands outside strings and brackets.
func split(s, sep string) []string {
	var parts []string
	for s != "" {
		at := until(s, sep)
		parts = append(parts, s[:at])
		if at == len(s) {
			break
		}
		s = s[at+1:]
	}
	return parts
}

// keeper decides which class names stay.
type keeper struct {
	classes []*regexp.Regexp
	seen    map[string]bool
}

// newKeeper reads keep.txt: a pattern a line, # for remarks.
func newKeeper(text string) (*keeper, error) {
	k := &keeper{seen: map[string]bool{}}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		re, err := regexp.Compile("^(?:" + line + ")$")
		if err != nil {
			return nil, err
		}
		k.classes = append(k.classes, re)
	}
	return k, nil
}

func (k *keeper) class(name string) bool {
	known, asked := k.seen[name]
	if asked {
		return known
	}
	for _, re := range k.classes {
		if re.MatchString(name) {
			known = true
			break
		}
	}
	k.seen[name] = known
	return known
}

var (
	classIn = regexp.MustCompile(`\.(-?[_a-zA-Z][-_a-zA-Z0-9]*)`)
	notIn   = regexp.MustCompile(`:not\([^()]*\)`)
	dataIn  = regexp.MustCompile(`\[data-[a-z-]+|\[class|\[dir`)
)

// selector reports whether a selector can match our pages: all its classes stay, and it does not
// ask for the attributes by which the framework's scripts and themes work.
func (k *keeper) selector(s string) bool {
	s = notIn.ReplaceAllString(s, "")
	if dataIn.MatchString(s) {
		return false
	}
	for _, m := range classIn.FindAllStringSubmatch(s, -1) {
		if !k.class(m[1]) {
			return false
		}
	}
	return true
}

// trim drops selectors that cannot match, then rules and blocks left empty.
func (k *keeper) trim(rules []rule) []rule {
	var kept []rule
	for _, r := range rules {
		switch {
		case r.bare:
		case r.inner != nil:
			if r.inner = k.trim(r.inner); len(r.inner) == 0 {
				continue
			}
		case strings.HasPrefix(r.prelude, "@"):
		default:
			var list []string
			for _, s := range split(r.prelude, ",") {
				if k.selector(s) {
					list = append(list, s)
				}
			}
			if len(list) == 0 {
				continue
			}
			r.prelude = strings.Join(list, ",")
		}
		kept = append(kept, r)
	}
	return kept
}

var (
	varIn  = regexp.MustCompile(`var\(\s*(--[-_a-zA-Z0-9]+)`)
	nameIn = regexp.MustCompile(`[-_a-zA-Z][-_a-zA-Z0-9]*`)
)

// dropUnused removes custom properties that nothing reads and keyframes that nothing plays,
// until nothing more can go. also is our own style sheets and scripts, which may read them too.
func dropUnused(rules []rule, also string) []rule {
	for {
		text := render(rules) + also
		read := map[string]bool{}
		for _, m := range varIn.FindAllStringSubmatch(text, -1) {
			read[m[1]] = true
		}
		played := map[string]bool{}
		for _, m := range regexp.MustCompile(`animation(?:-name)?:([^;}]*)`).FindAllStringSubmatch(text, -1) {
			for _, name := range nameIn.FindAllString(m[1], -1) {
				played[name] = true
			}
		}
		before := len(text)
		rules = unusedOut(rules, read, played)
		if len(render(rules)+also) == before {
			return rules
		}
	}
}

func unusedOut(rules []rule, read, played map[string]bool) []rule {
	var kept []rule
	for _, r := range rules {
		name, frames := strings.CutPrefix(r.prelude, "@keyframes ")
		switch {
		case frames && !played[name]:
			continue
		case r.inner != nil:
			if r.inner = unusedOut(r.inner, read, played); len(r.inner) == 0 {
				continue
			}
		case !r.bare && !strings.HasPrefix(r.prelude, "@"):
			var list []string
			for _, d := range split(r.body, ";") {
				prop, _, _ := strings.Cut(d, ":")
				if strings.HasPrefix(prop, "--") && !read[prop] {
					continue
				}
				list = append(list, d)
			}
			if len(list) == 0 {
				continue
			}
			r.body = strings.Join(list, ";")
		}
		kept = append(kept, r)
	}
	return kept
}

// render writes one rule a line, so that a change of keep.txt reads as a change of lines.
func render(rules []rule) string {
	var b strings.Builder
	for _, r := range rules {
		switch {
		case r.bare:
			b.WriteString(r.prelude)
		case r.inner != nil:
			b.WriteString(r.prelude + "{\n" + render(r.inner) + "}")
		default:
			b.WriteString(r.prelude + "{" + r.body + "}")
		}
		b.WriteByte('\n')
	}
	return b.String()
}
