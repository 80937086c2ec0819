package yamldoc

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

// TestOnlyTheNamedPlaceChanges writes one text in every way YAML knows and changes what its name is.
func TestOnlyTheNamedPlaceChanges(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"plain":                   {"# 说明\na: 旧 # 注\nb: x\n", "# 说明\na: 新 # 注\nb: x\n"},
		"plain, on two lines":     {"a: 旧的\n  名称\nb: x\n", "a: 新\nb: x\n"},
		"double quotes":           {"a: \"旧 \\\" # 的\" # 注\nb: x\n", "a: 新 # 注\nb: x\n"},
		"single quotes":           {"a: '旧 '' 的'\nb: x\n", "a: 新\nb: x\n"},
		"quotes over two lines":   {"a: \"旧\n  的\"\nb: x\n", "a: 新\nb: x\n"},
		"a literal block":         {"a: |\n  旧\n  的\nb: x\n", "a: 新\nb: x\n"},
		"a folded block":          {"a: >-\n  旧\n\n  的\n# 注\nb: x\n", "a: 新\n# 注\nb: x\n"},
		"between braces":          {"{a: 旧, b: x}\n", "{a: 新, b: x}\n"},
		"an anchor and a tag":     {"a: &one !!str 旧\nb: x\n", "a: &one !!str 新\nb: x\n"},
		"a mark at the start":     {"\ufeffa: 旧\nb: x\n", "\ufeffa: 新\nb: x\n"},
		"lines of another system": {"# 说明\r\na: 旧\r\nb: x\r\n", "# 说明\r\na: 新\r\nb: x\r\n"},
		"odd line ends":           {"z: \"1\u20282\u0085\"\na: 旧\rb: x", "z: \"1\u20282\u0085\"\na: 新\rb: x"},
		"no end of line":          {"b: x\na: 旧", "b: x\na: 新"},
	} {
		t.Run(name, func(t *testing.T) {
			w, doc, err := NewRewrite([]byte(c.src))
			if err != nil {
				t.Fatal(err)
			}
			w.Set(Child(doc, "a"), "新")
			got, err := w.Bytes()
			if err != nil || string(got) != c.want {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestEntriesAreAddedTakenOutAndMoved(t *testing.T) {
	block := "list:\n  # 一\n  a: {k: 1}\n  # 二\n  b: # 注\n    k: 2\n\n  c: {k: 3} # 三\nafter: x\n"
	for name, c := range map[string]struct{ src, keys, want string }{
		"as they are":           {block, "a b c", block},
		"one out":               {block, "a c", "list:\n  # 一\n  a: {k: 1}\n  # 二\n\n  c: {k: 3} # 三\nafter: x\n"},
		"the first out":         {block, "b c", "list:\n  # 一\n  # 二\n  b: # 注\n    k: 2\n\n  c: {k: 3} # 三\nafter: x\n"},
		"one more":              {block, "a b c n", "list:\n  # 一\n  a: {k: 1}\n  # 二\n  b: # 注\n    k: 2\n\n  c: {k: 3} # 三\n  n: {k: new}\nafter: x\n"},
		"one more before":       {block, "n a b c", "list:\n  # 一\n  n: {k: new}\n  a: {k: 1}\n  # 二\n  b: # 注\n    k: 2\n\n  c: {k: 3} # 三\nafter: x\n"},
		"the last first":        {block, "c a b", "list:\n  # 一\n  c: {k: 3} # 三\n  a: {k: 1}\n  # 二\n  b: # 注\n    k: 2\n\nafter: x\n"},
		"all others":            {block, "n", "list:\n  # 一\n  n: {k: new}\n  # 二\n\nafter: x\n"},
		"without an end":        {"list:\n  a: {k: 1}", "a n", "list:\n  a: {k: 1}\n  n: {k: new}"},
		"without an end, moved": {"list:\n  a: {k: 1}\n  b: {k: 2}", "b a", "list:\n  b: {k: 2}\n  a: {k: 1}"},
		"between braces":        {"{list: {a: {k: 1}, b: {k: 2}}, x: y}\n", "b n", "{list: {b: {k: 2}, n: {k: new}}, x: y}\n"},
		"braces, fewer":         {"{list: {a: {k: 1}, b: {k: 2}, c: 3}, x: y}\n", "c", "{list: {c: 3}, x: y}\n"},
		"braces, more":          {"list: {\n  a: {k: 1}, # 一\n}\n", "a n", "list: {\n  a: {k: 1}, n: {k: new}, # 一\n}\n"},
		"another system":        {"list:\r\n  a: {k: 1}\r\nx: y\r\n", "a n", "list:\r\n  a: {k: 1}\r\n  n: {k: new}\r\nx: y\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			w, doc, err := NewRewrite([]byte(c.src))
			if err != nil {
				t.Fatal(err)
			}
			var entries []Entry
			for _, k := range strings.Fields(c.keys) {
				entries = append(entries, Entry{k, "{k: new}"})
			}
			w.SetEntries(Child(doc, "list"), entries)
			got, err := w.Bytes()
			if err != nil || string(got) != c.want {
				t.Errorf("got  %q, %v\nwant %q", got, err, c.want)
			}
		})
	}
}

func TestAWordIsAddedToAList(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"on lines":       {"list:\n  - a # 一\n  - 'b c' # 二\nafter: x\n", "list:\n  - a # 一\n  - 'b c' # 二\n  - new\nafter: x\n"},
		"at the margin":  {"list:\n- a\nafter: x\n", "list:\n- a\n- new\nafter: x\n"},
		"without an end": {"list:\n  - a", "list:\n  - a\n  - new"},
		"in brackets":    {"{list: [a, b], x: y}\n", "{list: [a, b, new], x: y}\n"},
		"another system": {"list:\r\n  - a\r\nx: y\r\n", "list:\r\n  - a\r\n  - new\r\nx: y\r\n"},
		"one word":       {"list: a\n", ""},
		"none":           {"list: []\nafter: x\n", "list: \n  - new\nafter: x\n"},
		"entries":        {"list:\n  - {a: 1} # 一\n", "list:\n  - {a: 1} # 一\n  - new\n"},
		"on its line":    {"list: [\n  a]\n", "list: [\n  a, new]\n"},
		"lists of lists": {"list:\n  - - a\n  - - b\n", "list:\n  - - a\n  - - b\n  - new\n"},
	} {
		w, doc, err := NewRewrite([]byte(c.src))
		if err != nil {
			t.Fatal(name, err)
		}
		w.Append(Child(doc, "list"), "new")
		if got, err := w.Bytes(); string(got) != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: got %q, %v\nwant %q", name, got, err, c.want)
		}
	}
}

func TestAnEntryIsReplacedAndTheLastAreCut(t *testing.T) {
	block := "list:\n  # 一\n  -   a: 1 # 甲\n      b: 2 # 乙\n  # 二\n  - {a: 3}\n  # 三\n  - c\nafter: x\n"
	for name, c := range map[string]struct {
		src  string
		at   int
		text string
		cut  int
		want string
	}{
		"lines by lines":     {block, 0, "a: 5\nb:\n  - 6\n", 3, "list:\n  # 一\n  -   a: 5\n      b:\n        - 6 # 乙\n  # 二\n  - {a: 3}\n  # 三\n  - c\nafter: x\n"},
		"braces by lines":    {block, 1, "a: 5\nb: 6\n", 3, "list:\n  # 一\n  -   a: 1 # 甲\n      b: 2 # 乙\n  # 二\n  - a: 5\n    b: 6\n  # 三\n  - c\nafter: x\n"},
		"the last cut":       {block, 0, "n", 1, "list:\n  # 一\n  -   n # 乙\nafter: x\n"},
		"cut between braces": {"{list: [a, {b: 1}, c], x: y}\n", 0, "n", 2, "{list: [n, {b: 1}], x: y}\n"},
		"another system":     {"list:\r\n  - a: 1\r\n  - b\r\n", 0, "a: 1\nb: 2\n", 1, "list:\r\n  - a: 1\r\n    b: 2\r\n"},
	} {
		w, doc, err := NewRewrite([]byte(c.src))
		if err != nil {
			t.Fatal(name, err)
		}
		list := Child(doc, "list")
		w.Replace(list.Content[c.at], c.text)
		w.Cut(list, c.cut)
		if got, err := w.Bytes(); string(got) != c.want {
			t.Errorf("%s: got %q, %v\nwant %q", name, got, err, c.want)
		}
	}
}

func TestAPlaceThatCannotBeChangedIsLeft(t *testing.T) {
	for name, src := range map[string]string{
		"an entry on its list's line": "? list\n: a: 1\n  b: 2\n",
		"another encoding":            "\xff\xfel\x00i\x00s\x00t\x00:\x00 \x00{\x00a\x00:\x001\x00}\x00\n\x00",
		"no list":                     "list: word\n",
	} {
		w, doc, err := NewRewrite([]byte(src))
		if err != nil {
			t.Fatal(name, err)
		}
		w.SetEntries(Child(doc, "list"), []Entry{{"b", "2"}, {"a", "1"}})
		if got, err := w.Bytes(); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestASentenceIsReadBackAsItWas(t *testing.T) {
	check := func(rt interface{ Fatalf(string, ...any) }, s string) {
		for _, text := range []string{"k: " + Quote(s) + "\n", "{k: " + Quote(s) + ", j: x}\n", "k: " + Flow("zh", s, "en", s)} {
			var n yaml.Node
			if err := yaml.Unmarshal([]byte(text), &n); err != nil {
				rt.Fatalf("%q is written %q: %v", s, text, err)
			}
			v := Child(n.Content[0], "k")
			if v.Kind == yaml.MappingNode {
				v = Child(v, "en")
			}
			if v.Value != s || v.Tag != "!!str" {
				rt.Fatalf("%q is written %q and read %q %s", s, text, v.Value, v.Tag)
			}
		}
	}
	for _, s := range []string{"甲", "a: b", "a #b", "#a", "- a", "a, b", "{a}", "[", "12", "true", "null", "~", "'", "\"\\", "a, j: x}", "", " a ", "!x", "&x", "*x", "%", "@", "`", "?", "? a", "|", ">", "a:", ":", "2026-01-01", "\u2028", "\x00", "。“”"} {
		check(t, s)
	}
	if Quote("立案时限，示例") != "立案时限，示例" {
		t.Error("plain words need no quotes")
	}
	rapid.Check(t, func(rt *rapid.T) { check(rt, rapid.String().Draw(rt, "s")) })
}
