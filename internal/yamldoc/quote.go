package yamldoc

import (
	"fmt"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// Quote writes a sentence so that YAML reads it back as it is, between braces too: plain where that is possible.
func Quote(s string) string {
	if !strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) }) && reads(s, "k: "+s+"\n", 1) && reads(s, "{k: "+s+", j: x}\n", 2) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case unicode.IsPrint(c):
			b.WriteRune(c)
		default:
			b.WriteString(`\U` + fmt.Sprintf("%08X", c))
		}
	}
	b.WriteByte('"')
	return b.String()
}

// reads reports whether YAML finds s, as text, under k in a mapping of so many names.
func reads(s, text string, names int) bool {
	var n yaml.Node
	if yaml.Unmarshal([]byte(text), &n) != nil || len(n.Content) != 1 || len(n.Content[0].Content) != 2*names {
		return false
	}
	v := Child(n.Content[0], "k")
	return v != nil && v.Kind == yaml.ScalarNode && v.Tag == "!!str" && v.Style == 0 && v.Value == s
}

// Flow writes entries between braces: names and values, each a sentence.
func Flow(pairs ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(pairs[i] + ": " + Quote(pairs[i+1]))
	}
	return "{" + b.String() + "}"
}
