package yamldoc

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// ErrUnusual is what Rewrite.Bytes reports when a place is written in a way it does not change, such as a list of
// entries that shares a line with its name. The text is then left to whoever wrote it.
var ErrUnusual = errors.New("written in a way that cannot be changed in place")

// Rewrite changes single places of a YAML text where they stand. Every other byte stays as it is: comments, order,
// spacing, quotes, line ends. Encoding the nodes anew would lay the whole file out afresh, and whoever compares two
// versions would look for one changed limit among hundreds of moved lines.
type Rewrite struct {
	src    string
	starts []int // of the lines, in bytes, as the YAML scanner counts lines
	feed   string
	patch  []patch
	lists  []list
	err    error
}

type patch struct {
	from, to int
	text     string
}

type list struct {
	node    *yaml.Node
	entries []Entry
}

// Entry is one entry that a mapping shall have. Text is the value of a new one, in YAML's flow form; entries that
// are there already keep theirs.
type Entry struct{ Key, Text string }

// NewRewrite begins to change a text that holds one mapping, and returns that mapping.
func NewRewrite(src []byte) (*Rewrite, *yaml.Node, error) {
	r := Reader{Lines: map[string]int{}}
	doc, ok := r.Document(src)
	if !ok {
		return nil, nil, r.Err()
	}
	w := &Rewrite{src: string(src), feed: "\n"}
	if !utf8.Valid(src) {
		w.err = ErrUnusual
	}
	if strings.Contains(w.src, "\r\n") {
		w.feed = "\r\n"
	}
	w.starts = lineStarts(w.src)
	return w, doc, nil
}

// lineStarts finds where lines begin. YAML ends a line at the separators of Unicode too.
func lineStarts(src string) []int {
	starts := []int{len(src) - len(strings.TrimPrefix(src, "\ufeff"))}
	for i, c := range src {
		switch c {
		case '\r':
			if strings.HasPrefix(src[i+1:], "\n") {
				continue
			}
		case '\n', '\u0085', '\u2028', '\u2029':
		default:
			continue
		}
		starts = append(starts, i+utf8.RuneLen(c))
	}
	return starts
}

// Child is the value that a mapping has at the end of a path of names; nil when there is none.
func Child(n *yaml.Node, path ...string) *yaml.Node {
	for _, name := range path {
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		i := 0
		for i < len(n.Content) && n.Content[i].Value != name {
			i += 2
		}
		if i >= len(n.Content) {
			return nil
		}
		n = n.Content[i+1]
	}
	return n
}

// Set puts text, which is YAML, in place of a word or sentence.
func (w *Rewrite) Set(n *yaml.Node, text string) {
	if n == nil || n.Kind != yaml.ScalarNode {
		w.fail("there is no word to change")
		return
	}
	from := w.begin(n)
	w.patch = append(w.patch, patch{from, w.end(n), text})
}

// Replace puts text, which is YAML, in place of a node. Its lines after the first stand as far in as the node does; between braces there
// can be none.
func (w *Rewrite) Replace(n *yaml.Node, text string) {
	if n == nil {
		w.fail("there is nothing to change")
		return
	}
	from := w.begin(n)
	w.patch = append(w.patch, patch{from, w.end(n), w.indented(text, n.Column-1)})
}

// Cut takes all entries of a list from the i-th on away; i is at least 1.
func (w *Rewrite) Cut(n *yaml.Node, i int) {
	if n == nil || n.Kind != yaml.SequenceNode || i < 1 {
		w.fail("there is no list to cut")
		return
	}
	if i >= len(n.Content) {
		return
	}
	from, to := w.end(n.Content[i-1]), w.end(n.Content[len(n.Content)-1])
	if n.Style&yaml.FlowStyle == 0 {
		from, to = w.lineEnd(from), w.lineEnd(to)
	}
	w.patch = append(w.patch, patch{from, to, ""})
}

// indented is text with its lines after the first so many spaces further in, and without its last line's end.
func (w *Rewrite) indented(text string, by int) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	return strings.Join(lines, w.feed+strings.Repeat(" ", by))
}

// SetEntries makes a mapping have these entries in this order. What stands between entries, such as comments on lines
// of their own, stays where it is; as few entries move as can be. There must be one before and one after.
func (w *Rewrite) SetEntries(n *yaml.Node, entries []Entry) {
	if n == nil || n.Kind != yaml.MappingNode || len(n.Content) == 0 || len(entries) == 0 {
		w.fail("there are no entries")
		return
	}
	w.lists = append(w.lists, list{n, entries})
}

// Append puts text, which is YAML, at the end of a list. Its lines after the first stand as far in as the list's entries do; between
// brackets there can be none, unless there is nothing else between them.
func (w *Rewrite) Append(n *yaml.Node, text string) {
	if n == nil || n.Kind != yaml.SequenceNode {
		w.fail("there is no list to add to")
		return
	}
	if len(n.Content) == 0 {
		w.first(n, text)
		return
	}
	last := n.Content[len(n.Content)-1]
	from, to := w.begin(last), w.end(last)
	if n.Style&yaml.FlowStyle != 0 {
		w.patch = append(w.patch, patch{to, to, ", " + text})
		return
	}
	lead := w.src[w.starts[last.Line-1]:from]
	if strings.Trim(lead, " -") != "" || strings.Count(lead, "-") != 1 {
		w.fail("the last entry shares its line")
		return
	}
	if rest := strings.IndexAny(w.src[to:], "\r\n"); rest >= 0 {
		to += rest
	} else {
		to = len(w.src)
	}
	w.patch = append(w.patch, patch{to, to, w.feed + lead + w.indented(text, len(lead))})
}

// first puts the first entry into a list that is written [].
func (w *Rewrite) first(n *yaml.Node, text string) {
	from := w.begin(n)
	line := w.src[w.lineOf(from):from]
	lead := line[:len(line)-len(strings.TrimLeft(line, " "))] + "  - "
	w.patch = append(w.patch, patch{from, w.end(n), w.feed + lead + w.indented(text, len(lead))})
}

// Bytes is the text with all changes made. The error is ErrUnusual when one cannot be.
func (w *Rewrite) Bytes() ([]byte, error) {
	patches := slices.Clone(w.patch)
	for _, l := range w.lists {
		if l.node.Style&yaml.FlowStyle != 0 {
			patches = append(patches, w.flow(l)...)
		} else {
			patches = append(patches, w.block(l)...)
		}
	}
	if w.err != nil {
		return nil, w.err
	}
	return []byte(apply(w.src, 0, len(w.src), patches)), nil
}

// apply makes the changes that lie within a part of the text. Those within a part another one replaces are left out:
// they are in its text already.
func apply(src string, from, to int, patches []patch) string {
	patches = slices.Clone(patches)
	slices.SortStableFunc(patches, func(a, b patch) int {
		if a.from != b.from {
			return a.from - b.from
		}
		if a.from == a.to || b.from == b.to {
			return a.to - b.to // what is put before a place comes before what replaces it
		}
		return b.to - a.to // the wider first
	})
	var b strings.Builder
	at := from
	for _, p := range patches {
		if p.from < at || p.to > to {
			continue
		}
		b.WriteString(src[at:p.from])
		b.WriteString(p.text)
		at = p.to
	}
	b.WriteString(src[at:to])
	return b.String()
}

// block changes entries that stand on lines of their own.
func (w *Rewrite) block(l list) []patch {
	was := w.ranges(l.node)
	for key, r := range was {
		from, to := w.lineOf(r.from), w.lineEnd(r.to)
		if strings.Trim(w.src[from:r.from], " ") != "" {
			w.fail("an entry shares its line")
			return nil
		}
		r.indent, r.from, r.to = w.src[from:r.from], from, to
		was[key] = r
	}
	first := was[l.node.Content[0].Value]
	stay := staying(l, was)
	var out []patch
	for _, r := range was {
		if !stay[r.key] {
			out = append(out, patch{r.from, r.to, ""})
		}
	}
	at, text := first.from, ""
	for _, e := range l.entries {
		r, old := was[e.Key]
		switch {
		case stay[e.Key]:
			out, at, text = append(out, w.lines(at, text)), r.to, ""
		case old:
			text += w.line(apply(w.src, r.from, r.to, w.patch))
		default:
			text += w.line(first.indent + e.Key + ": " + e.Text)
		}
	}
	return append(out, w.lines(at, text))
}

// line ends with a line end, lines begins on a line: the last line of a text may lack its end.
func (w *Rewrite) line(s string) string {
	if starts := lineStarts(s); len(starts) > 1 && starts[len(starts)-1] == len(s) {
		return s
	}
	return s + w.feed
}

func (w *Rewrite) lines(at int, text string) patch {
	if text != "" && !slices.Contains(w.starts, at) {
		text = w.feed + strings.TrimSuffix(text, w.feed)
	}
	return patch{at, at, text}
}

// flow changes entries between braces: the places they have are filled in turn.
func (w *Rewrite) flow(l list) []patch {
	was := w.ranges(l.node)
	var out []patch
	for i, e := range l.entries {
		text := e.Key + ": " + e.Text
		if r, old := was[e.Key]; old {
			text = apply(w.src, r.from, r.to, w.patch)
		}
		if 2*i < len(l.node.Content) {
			r := was[l.node.Content[2*i].Value]
			out = append(out, patch{r.from, r.to, text})
		} else {
			last := was[l.node.Content[len(l.node.Content)-2].Value]
			out = append(out, patch{last.to, last.to, ", " + text})
		}
	}
	if n := len(l.entries); 2*n < len(l.node.Content) {
		from, to := was[l.node.Content[2*n-2].Value].to, was[l.node.Content[len(l.node.Content)-2].Value].to
		out = append(out, patch{from, to, ""})
	}
	return out
}

type entryRange struct {
	key, indent string
	from, to    int // bytes
}

func (w *Rewrite) ranges(n *yaml.Node) map[string]entryRange {
	out := map[string]entryRange{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		out[k.Value] = entryRange{key: k.Value, from: w.offset(k), to: w.end(n.Content[i+1])}
	}
	return out
}

// staying are the entries that keep their place: the longest run of those that are in the same order before and after.
func staying(l list, was map[string]entryRange) map[string]bool {
	type run struct{ length, before int }
	var best []run
	longest := -1
	for i, e := range l.entries {
		r := run{0, -1}
		if old, ok := was[e.Key]; ok {
			r.length = 1
			for j := range i {
				if o := was[l.entries[j].Key]; best[j].length >= r.length && best[j].length > 0 && o.from < old.from {
					r = run{best[j].length + 1, j}
				}
			}
			if longest < 0 || r.length > best[longest].length {
				longest = i
			}
		}
		best = append(best, r)
	}
	out := map[string]bool{}
	for i := longest; i >= 0; i = best[i].before {
		out[l.entries[i].Key] = true
	}
	return out
}

func (w *Rewrite) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf("%w: %s", ErrUnusual, fmt.Sprintf(format, args...))
	}
}
