package yamldoc

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// offset is where a node begins, in bytes, its anchor and tag included.
func (w *Rewrite) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(w.starts) {
		w.fail("line %d is not there", n.Line)
		return 0
	}
	at := w.starts[n.Line-1]
	for range n.Column - 1 { // columns are characters
		_, size := utf8.DecodeRuneInString(w.src[at:])
		at += size
	}
	return min(at, len(w.src))
}

// begin is where a node's own text begins, after its anchor and tag.
func (w *Rewrite) begin(n *yaml.Node) int {
	at := w.offset(n)
	for at < len(w.src) && (w.src[at] == '&' || w.src[at] == '!') {
		for at < len(w.src) && !unicode.IsSpace(rune(w.src[at])) {
			at++
		}
		at = w.blank(at)
	}
	return at
}

// blank skips spaces, line ends and comments.
func (w *Rewrite) blank(at int) int {
	for at < len(w.src) {
		c, size := utf8.DecodeRuneInString(w.src[at:])
		switch {
		case unicode.IsSpace(c):
			at += size
		case c == '#':
			at = w.lineEnd(at)
		default:
			return at
		}
	}
	return at
}

// end is the byte after a node.
func (w *Rewrite) end(n *yaml.Node) int {
	at := w.begin(n)
	if n.Kind == yaml.ScalarNode {
		return w.scalarEnd(n, at)
	}
	if len(n.Content) > 0 {
		at = w.end(n.Content[len(n.Content)-1])
	} else {
		at++ // the brace that opens
	}
	if n.Style&yaml.FlowStyle == 0 {
		return at
	}
	for at = w.blank(at); at < len(w.src) && w.src[at] == ','; {
		at = w.blank(at + 1)
	}
	if at >= len(w.src) || w.src[at] != '}' && w.src[at] != ']' {
		w.fail("the end of line %d is not found", n.Line)
		return at
	}
	return at + 1
}

func (w *Rewrite) scalarEnd(n *yaml.Node, at int) int {
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		for at++; at < len(w.src) && w.src[at] != '"'; at++ {
			if w.src[at] == '\\' {
				at++
			}
		}
		return min(at+1, len(w.src))
	case n.Style&yaml.SingleQuotedStyle != 0:
		for at++; at < len(w.src); at++ {
			if w.src[at] != '\'' {
				continue
			}
			if at++; at >= len(w.src) || w.src[at] != '\'' {
				break
			}
		}
		return min(at, len(w.src))
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		at = w.lineEnd(at)
	}
	// What is left has no escapes: its visible characters stand in the text one after the other.
	for _, c := range n.Value {
		if unicode.IsSpace(c) {
			continue
		}
		if at = w.spaces(at); !strings.HasPrefix(w.src[at:], string(c)) {
			w.fail("line %d reads otherwise than its text", n.Line)
			return at
		}
		at += utf8.RuneLen(c)
	}
	return at
}

func (w *Rewrite) spaces(at int) int {
	return len(w.src) - len(strings.TrimLeftFunc(w.src[at:], unicode.IsSpace))
}

// lineOf is where the line begins that holds a byte; lineEnd is where the next one does.
func (w *Rewrite) lineOf(at int) int {
	i, exact := slices.BinarySearch(w.starts, at)
	if !exact {
		i--
	}
	return w.starts[max(i, 0)]
}

func (w *Rewrite) lineEnd(at int) int {
	i, exact := slices.BinarySearch(w.starts, at)
	if exact {
		i++
	}
	if i >= len(w.starts) {
		return len(w.src)
	}
	return w.starts[i]
}
