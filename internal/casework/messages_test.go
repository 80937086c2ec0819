package casework

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/yamldoc"
)

// The handbook lists everything a procedure is refused for. The lists are made from the sources by
//
//	go test ./internal/casework -run Messages -update
//
// What to do about a message stands in testdata/advice.yaml; -update adds an empty place for a new one, to be filled in
// and updated once more. The keys of the format are described by hand; TestTheHandbookNamesEveryKey says which are missing.
const (
	handbook   = "../../docs/PROCEDURES.md"
	adviceFile = "testdata/advice.yaml"
)

// message is a sentence of the reader or the checker, with its verbs.
type message struct {
	text    lang.Text
	advice  lang.Text
	example string // a line of testdata that is refused for it
	matters bool   // said of matter lists only
}

// source is a file of the code.
type source struct {
	*ast.File
	name string
}

// sources parses the code that reads and checks procedures.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	for _, pattern := range []string{"*.go", "../yamldoc/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, source{f, filepath.Base(name)})
		}
	}
	return out
}

// messages finds the sentences that calls of Fail and FailAt say.
func messages(t *testing.T) []message {
	t.Helper()
	files := sources(t)
	vars := map[string][]string{} // sentences kept in variables, such as codeWords
	for _, f := range files {
		ast.Inspect(f.File, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
				if c, ok := v.Values[0].(*ast.CompositeLit); ok {
					for _, e := range c.Elts {
						vars[v.Names[0].Name] = append(vars[v.Names[0].Name], literal(e, nil))
					}
				}
			}
			return true
		})
	}
	var out []message
	for _, f := range files {
		ast.Inspect(f.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			s, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || s.Sel.Name != "Fail" && s.Sel.Name != "FailAt" || len(call.Args) < 3 {
				return true
			}
			m := message{text: lang.Text{ZH: literal(call.Args[1], vars), EN: literal(call.Args[2], vars)}, matters: strings.Contains(f.name, "matters")}
			if m.text.ZH == "" || m.text.EN == "" {
				if id, ok := call.Args[1].(*ast.Ident); !ok || id.Name != "zh" { // FailAt's own call
					t.Errorf("a message of %s is not a sentence in the code", f.name)
				}
				return true
			}
			if !slices.ContainsFunc(out, func(o message) bool { return o.text == m.text }) {
				out = append(out, m)
			}
			return true
		})
	}
	return out
}

func literal(e ast.Expr, vars map[string][]string) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, _ := strconv.Unquote(e.Value)
		return s
	case *ast.IndexExpr:
		name, _ := e.X.(*ast.Ident)
		i, _ := e.Index.(*ast.BasicLit)
		if name != nil && i != nil {
			if n, err := strconv.Atoi(i.Value); err == nil && n < len(vars[name.Name]) {
				return vars[name.Name][n]
			}
		}
	}
	return ""
}

var verb = regexp.MustCompile(`%(\[\d+\])?[sdvq]|%%`)

// shape matches what a format makes.
func shape(format string) *regexp.Regexp {
	var b strings.Builder
	at := 0
	for _, m := range verb.FindAllStringIndex(format, -1) {
		b.WriteString(regexp.QuoteMeta(format[at:m[0]]))
		if at = m[1]; format[m[0]:m[1]] == "%%" {
			b.WriteString("%")
		} else {
			b.WriteString("(?s:.+?)")
		}
	}
	return regexp.MustCompile("^" + b.String() + regexp.QuoteMeta(format[at:]) + "$")
}

// readable is a format as a reader would write it.
func readable(format, blank string) string {
	s := verb.ReplaceAllStringFunc(format, func(v string) string {
		switch {
		case v == "%%":
			return "%"
		case strings.HasSuffix(v, "d"):
			return "N"
		}
		return blank
	})
	return strings.ReplaceAll(s, "|", `\|`)
}

// examples finds for each message the first line of testdata that is refused for it.
func examples(t *testing.T, list []message) {
	t.Helper()
	for _, kind := range []string{"procedure", "matters"} {
		files, err := filepath.Glob("testdata/" + kind + "/*.yaml")
		if err != nil || len(files) == 0 {
			t.Fatal("no files of ", kind, err)
		}
		base, err := os.ReadFile("testdata/" + kind + "/none.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range fault.Fields(refused(kind, src)) {
				i := slices.IndexFunc(list, func(m message) bool {
					return m.example == "" && m.matters == (kind == "matters") && shape(m.text.EN).MatchString(f.EN) && shape(m.text.ZH).MatchString(f.ZH)
				})
				if i >= 0 {
					n, _ := strconv.Atoi(f.Field[strings.LastIndexByte(f.Field, ':')+1:])
					list[i].example = own(string(base), string(src), n, f.EN)
				}
			}
		}
	}
}

// own is the line of a file that is refused, if it is one the good file has not; of a line that only names an entry, what
// is wrong in the entry.
func own(good, bad string, n int, said string) string {
	for _, l := range yamldoc.Diff(good, bad, 0) {
		text := strings.TrimSpace(l.Text)
		name, entry := strings.CutSuffix(text, ":")
		switch {
		case l.State != yamldoc.Come || l.Now < n || l.Now > n+8 || strings.HasPrefix(text, "label:"):
		case !entry, l.Now == n && strings.Contains(said, name) && !yamldoc.IDForm.MatchString(name):
			return text
		}
	}
	return ""
}

func refused(kind string, src []byte) error {
	if kind == "matters" {
		_, err := ParseMatters("f", src)
		return err
	}
	p, err := ParseProcedure("f", src)
	if err == nil {
		err = p.Validate([]string{"clerk", "officer"})
	}
	return err
}

// advise reads what to do about each message, and under -update adds empty places for new ones.
func advise(t *testing.T, list []message) {
	t.Helper()
	src, err := os.ReadFile(adviceFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	known := map[string]lang.Text{}
	if err := yaml.Unmarshal(src, &known); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# What to do about each message, for docs/PROCEDURES.md. The names are the English messages.\n")
	for i := range list {
		a := known[list[i].text.EN]
		if list[i].advice = a; a.ZH == "" || a.EN == "" {
			t.Errorf("%s says nothing about %q (%s)", adviceFile, list[i].text.EN, list[i].text.ZH)
		}
		fmt.Fprintf(&b, "%s:\n  zh: %s\n  en: %s\n", yamldoc.Quote(list[i].text.EN), yamldoc.Quote(a.ZH), yamldoc.Quote(a.EN))
	}
	if *update {
		if err := os.WriteFile(adviceFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(src) != b.String() {
		t.Errorf("%s has other messages than the code; run go test ./internal/casework -run Messages -update", adviceFile)
	}
}

// listed is the table of messages in one language.
func listed(list []message, l lang.Lang, matters bool) string {
	var b strings.Builder
	b.WriteString(l.T("| 提示 | 怎么办 | 例：这一行通不过 |\n|---|---|---|\n", "| message | what to do | an example of a line that is refused |\n|---|---|---|\n"))
	for _, m := range list {
		if m.matters != matters {
			continue
		}
		example := m.example
		if r := []rune(example); len(r) > 72 {
			example = string(r[:72]) + "…"
		}
		if example != "" {
			example = "`" + strings.ReplaceAll(example, "|", `\|`) + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", readable(m.text.In(l), l.T("……", "…")), strings.ReplaceAll(m.advice.In(l), "|", `\|`), example)
	}
	return b.String()
}

func TestMessagesAreInTheHandbook(t *testing.T) {
	list := messages(t)
	if len(list) < 80 {
		t.Fatalf("found only %d messages", len(list))
	}
	examples(t, list)
	advise(t, list)
	doc, err := os.ReadFile(handbook)
	if err != nil {
		t.Fatal(err)
	}
	want := string(doc)
	for _, l := range []lang.Lang{lang.ZH, lang.EN} {
		for name, matters := range map[string]bool{"messages": false, "matters": true} {
			begin, end := fmt.Sprintf("<!-- %s %s: made by go test ./internal/casework -run Messages -update -->\n", name, l.Tag()[:2]), fmt.Sprintf("<!-- end of %s %s -->", name, l.Tag()[:2])
			before, rest, ok1 := strings.Cut(want, begin)
			_, after, ok2 := strings.Cut(rest, end)
			if !ok1 || !ok2 {
				t.Fatalf("%s has no place for %q", handbook, strings.TrimSpace(begin))
			}
			want = before + begin + "\n" + listed(list, l, matters) + "\n" + end + after
		}
	}
	if *update {
		if err := os.WriteFile(handbook, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(doc) {
		t.Errorf("%s lists other messages than the code; run go test ./internal/casework -run Messages -update", handbook)
	}
}

// TestTheHandbookNamesEveryKey finds the names a mapping may have in the code that reads procedures.
func TestTheHandbookNamesEveryKey(t *testing.T) {
	doc, err := os.ReadFile(handbook)
	if err != nil {
		t.Fatal(err)
	}
	zh, en, ok := strings.Cut(string(doc), "\n# ")
	if !ok {
		t.Fatal("the handbook has no English part")
	}
	n := 0
	for _, f := range sources(t) {
		ast.Inspect(f.File, func(node ast.Node) bool {
			c, ok := node.(*ast.CompositeLit)
			if !ok {
				return true
			}
			name := ""
			switch typ := c.Type.(type) {
			case *ast.Ident:
				name = typ.Name
			case *ast.SelectorExpr:
				name = typ.Sel.Name
			}
			if strings.ToLower(name) != "keys" {
				return true
			}
			for _, e := range c.Elts {
				key := literal(e.(*ast.KeyValueExpr).Key, nil)
				n++
				for part, text := range map[string]string{"Chinese": zh, "English": en} {
					if !strings.Contains(text, "`"+key+"`") && !strings.Contains(text, "\n### "+key) {
						t.Errorf("the %s part of %s does not explain `%s` (%s)", part, handbook, key, f.name)
					}
				}
			}
			return true
		})
	}
	if n < 60 {
		t.Errorf("found only %d names", n)
	}
}

func TestTheExamplesInTheHandbookAreRead(t *testing.T) {
	doc, err := os.ReadFile(handbook)
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(doc), "```yaml\n")[1:]
	for i, b := range blocks {
		src, _, _ := strings.Cut(b, "```")
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(src), &n); err != nil {
			t.Errorf("example %d: %v", i+1, err)
		}
		if p, err := ParseProcedure("example", []byte(src)); strings.HasPrefix(src, "id:") && (err != nil || p.Validate([]string{"community_desk"}) != nil) {
			t.Errorf("the smallest procedure is refused: %v", err)
		}
	}
	for _, m := range regexp.MustCompile("\\| `([^`|]+:[^`|]*)` \\|\n").FindAllStringSubmatch(strings.Split(string(doc), "<!-- messages")[0], -1) {
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(m[1]), &n); err != nil {
			t.Errorf("example %s: %v", m[1], err)
		}
	}
}
