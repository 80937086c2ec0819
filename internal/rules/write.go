package rules

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gezhi/internal/lang"
	"gezhi/internal/yamldoc"
)

// Write gives an item of a book, or one that is to come into it, as YAML: Parse reads the same item from it. It is in the style of the
// shipped file: an entry of a list, its names in one order, each test and each short group on one line. Comments are not kept.
func Write(b *Book, x *Item) []byte {
	w := writer{b: b}
	w.line(0, "- id: "+x.ID)
	w.word("name", textFlow(x.Name))
	w.list("basis", quoted(x.Basis))
	w.text("note", x.Note)
	w.word("way", string(x.Way))
	w.text("kind", x.Kind)
	w.word("delivery", x.Delivery)
	w.word("once", x.Once)
	if x.Delivery == Auto && x.Trigger >= 0 {
		w.word("trigger", b.Fields[x.Trigger].ID)
	}
	w.number("promised", x.Promised)
	if len(x.Materials) > 0 {
		w.line(1, "materials:")
		for _, m := range x.Materials {
			w.line(2, "- "+textFlow(m))
		}
	}
	w.number("publicity", x.Publicity)
	w.number("confirm", x.Confirm)
	if x.Budget > 0 {
		w.word("budget", numberText(Money, x.Budget))
	}
	w.words("department", x.Department)
	w.words("phone", x.Phone)
	w.word("from", FormatDay(x.From))
	if x.To != LastDay {
		w.word("to", FormatDay(x.To))
	}
	w.words("group", x.Group)
	w.list("yields_to", b.said(x))
	w.value(1, "when", w.cond(x.When))
	if x.Amount != nil {
		w.value(1, "amount", w.expr(x.Amount))
	}
	if len(x.Examples) > 0 {
		w.line(1, "examples:")
		for _, e := range x.Examples {
			w.line(2, "- "+w.example(e))
		}
	}
	return []byte(w.out.String())
}

// said are the items that must be written for an item to yield to those it yields to: not those that follow from its group.
func (b *Book) said(x *Item) []string {
	for n := range x.YieldsTo {
		if slices.Equal(b.yields(x, x.YieldsTo[:n]), x.YieldsTo) {
			return x.YieldsTo[:n]
		}
	}
	return x.YieldsTo
}

// writer writes lines, each level of them two spaces further in than its list's dash.
type writer struct {
	b   *Book
	out strings.Builder
}

func (w *writer) line(level int, text string) {
	w.out.WriteString(strings.Repeat("  ", level) + text + "\n")
}

// word writes YAML under a name of the item, words a sentence; what is empty is left out.
func (w *writer) word(key, yaml string) {
	if yaml != "" {
		w.line(1, key+": "+yaml)
	}
}

func (w *writer) words(key, s string) {
	if s != "" {
		w.word(key, yamldoc.Quote(s))
	}
}

func (w *writer) number(key string, n int) {
	if n != 0 {
		w.word(key, strconv.Itoa(n))
	}
}

func (w *writer) text(key string, t lang.Text) {
	if t != (lang.Text{}) {
		w.word(key, textFlow(t))
	}
}

func (w *writer) list(key string, entries []string) {
	if len(entries) == 1 {
		w.word(key, entries[0])
		return
	}
	if len(entries) > 0 {
		w.line(1, key+":")
	}
	for _, e := range entries {
		w.line(2, "- "+e)
	}
}

func quoted(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = yamldoc.Quote(s)
	}
	return out
}

func textFlow(t lang.Text) string { return yamldoc.Flow("zh", t.ZH, "en", t.EN) }

// part is YAML that can be written on one line or, as names with values, on several.
type part struct {
	flow    string // a word, or all of it between braces
	entries []entry
	apart   bool // in a list its names stand on lines of their own
}

type entry struct {
	key   string
	value *part
	list  []*part // when value is nil
}

func wordPart(s string) *part { return &part{flow: s} }

// mapping is a part of entries, whose one line follows from theirs.
func mapping(entries ...entry) *part {
	var all []string
	for _, e := range entries {
		if e.value != nil {
			all = append(all, e.key+": "+e.value.flow)
			continue
		}
		var list []string
		for _, p := range e.list {
			list = append(list, p.flow)
		}
		all = append(all, e.key+": ["+strings.Join(list, ", ")+"]")
	}
	return &part{flow: "{" + strings.Join(all, ", ") + "}", entries: entries}
}

// longestFlow is how many characters a part that has parts below it may have on one line.
const longestFlow = 110

// short reports a part that stands on one line: one that joins nothing, or little.
func (p *part) short() bool {
	return utf8.RuneCountInString(p.flow) <= longestFlow || !slices.ContainsFunc(p.entries, func(e entry) bool {
		return e.value == nil || e.value.entries != nil
	})
}

// value writes a name with its part at a level.
func (w *writer) value(level int, key string, p *part) {
	if p.short() {
		w.line(level, key+": "+p.flow)
		return
	}
	w.line(level, key+":")
	for _, e := range p.entries {
		w.entry(level+1, e)
	}
}

func (w *writer) entry(level int, e entry) {
	if e.value != nil {
		w.value(level, e.key, e.value)
		return
	}
	w.line(level, e.key+":")
	for _, p := range e.list {
		w.inList(level+1, p)
	}
}

// inList writes a part behind a dash, its first name on the dash's line.
func (w *writer) inList(level int, p *part) {
	if p.short() && !p.apart {
		w.line(level, "- "+p.flow)
		return
	}
	at := w.out.Len()
	for _, e := range p.entries {
		w.entry(level+1, e)
	}
	text := w.out.String()
	w.out.Reset()
	w.out.WriteString(text[:at] + strings.Repeat("  ", level) + "- " + text[at+2*level+2:])
}
