// Package yamldoc reads settings written in YAML by walking the nodes, so that every mistake is told
// with its file and line, all of them at once.
package yamldoc

import (
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// maxSource is the largest YAML file read, in bytes. A procedure has a few hundred lines.
const maxSource = 1 << 20

var (
	// IDForm is what the names of entries look like.
	IDForm   = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)
	lineForm = regexp.MustCompile(`line (\d+): (.*)`)
)

// Reader walks YAML nodes and collects every mistake; each one's Field is file:line.
type Reader struct {
	File  string
	Lines map[string]int // of the entries by kind.id; Entries writes to it
	bad   fault.List
}

// FailAt records a mistake on a line.
func (r *Reader) FailAt(line int, zh, en string, args ...any) {
	r.bad.Add(r.File+":"+strconv.Itoa(line), zh, en, args...)
}

// Fail records a mistake where the node stands.
func (r *Reader) Fail(n *yaml.Node, zh, en string, args ...any) { r.FailAt(n.Line, zh, en, args...) }

// OK reports that nothing is wrong so far.
func (r *Reader) OK() bool { return len(r.bad) == 0 }

// Err returns what was found, in the order of the lines.
func (r *Reader) Err() error {
	line := func(e *fault.Error) int {
		n, _ := strconv.Atoi(e.Field[strings.LastIndexByte(e.Field, ':')+1:])
		return n
	}
	slices.SortStableFunc(r.bad, func(a, b *fault.Error) int { return line(a) - line(b) })
	return r.bad.Err()
}

// Document parses src, which must hold exactly one YAML document that is a mapping.
func (r *Reader) Document(src []byte) (*yaml.Node, bool) {
	if len(src) > maxSource {
		r.FailAt(1, "文件超过 1 MB。", "The file is larger than 1 MB.")
		return nil, false
	}
	dec := yaml.NewDecoder(strings.NewReader(string(src)))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); err == io.EOF {
		r.FailAt(1, "文件是空的。", "The file is empty.")
		return nil, false
	} else if err != nil {
		line, text := 1, err.Error()
		if m := lineForm.FindStringSubmatch(text); m != nil {
			line, _ = strconv.Atoi(m[1])
			text = m[2]
		}
		r.FailAt(line, "YAML 格式有误：%s", "This is not valid YAML: %s", text)
		return nil, false
	}
	if dec.Decode(&more) == nil {
		r.Fail(&more, "一个文件只能有一份文档。", "A file holds one document only.")
		return nil, false
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		r.Fail(&doc, "文件应当由“名称: 值”组成。", "The file must consist of “name: value” entries.")
		return nil, false
	}
	return doc.Content[0], true
}

// Keys maps the names a mapping may have to what reads their values.
type Keys map[string]func(*yaml.Node)

// Mapping reads a mapping whose names are known; the required ones must be there.
func (r *Reader) Mapping(n *yaml.Node, known Keys, required ...string) {
	seen := map[string]bool{}
	r.Pairs(n, func(k, v *yaml.Node) {
		read, ok := known[k.Value]
		if !ok {
			r.Fail(k, "不认识的名称“%s”。", "Unknown name “%s”.", k.Value)
			return
		}
		seen[k.Value] = true
		read(v)
	})
	if n.Kind != yaml.MappingNode {
		return
	}
	for _, name := range required {
		if !seen[name] {
			r.Fail(n, "缺少“%s”。", "“%s” is missing.", name)
		}
	}
}

// Pairs calls f for each entry of a mapping and reports names that occur twice.
func (r *Reader) Pairs(n *yaml.Node, f func(k, v *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.Fail(n, "这里应当是“名称: 值”。", "“name: value” entries are expected here.")
		return
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if line, ok := first[k.Value]; ok {
			r.Fail(k, "“%s”重复，第 %d 行已经有了。", "“%s” is already defined on line %d.", k.Value, line)
			continue
		}
		first[k.Value] = k.Line
		f(k, v)
	}
}

// Entries is Pairs for mappings whose names are ids; it notes their lines under kind.
func (r *Reader) Entries(n *yaml.Node, kind string, f func(id string, v *yaml.Node)) {
	r.Pairs(n, func(k, v *yaml.Node) {
		if !IDForm.MatchString(k.Value) {
			r.Fail(k, "编号“%s”应以小写字母开头，只用小写字母、数字、下划线和连字符，不超过 40 个字符。",
				"The id “%s” must start with a small letter and use only small letters, digits, “_” and “-”, 40 at most.", k.Value)
			return
		}
		r.Lines[kind+"."+k.Value] = k.Line
		f(k.Value, v)
	})
}

// Items calls f for each entry of a list.
func (r *Reader) Items(n *yaml.Node, f func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		r.Fail(n, "这里应当是一个列表。", "A list is expected here.")
		return
	}
	for _, v := range n.Content {
		f(v)
	}
}

// Word reads one word or sentence; it must not be empty.
func (r *Reader) Word(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		r.Fail(n, "这里应当是一个词或一句话。", "A word or a sentence is expected here.")
		return ""
	}
	if strings.TrimSpace(n.Value) == "" {
		r.Fail(n, "不能为空。", "This must not be empty.")
	}
	return strings.TrimSpace(n.Value)
}

// Words reads one word or a list of words.
func (r *Reader) Words(n *yaml.Node) []string {
	if n.Kind == yaml.ScalarNode {
		return []string{r.Word(n)}
	}
	var out []string
	r.Items(n, func(v *yaml.Node) {
		w := r.Word(v)
		if slices.Contains(out, w) {
			r.Fail(v, "“%s”在列表中重复。", "“%s” occurs twice in the list.", w)
			return
		}
		out = append(out, w)
	})
	return out
}

// Number reads a whole number within bounds.
func (r *Reader) Number(n *yaml.Node, low, high int) int {
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || v < low || v > high {
		r.Fail(n, "应为 %d 到 %d 的整数。", "A whole number from %d to %d is expected.", low, high)
		return low
	}
	return v
}

// Flag reads true or false.
func (r *Reader) Flag(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || (n.Value != "true" && n.Value != "false") {
		r.Fail(n, "应为 true 或 false。", "true or false is expected.")
	}
	return n.Value == "true"
}

// OneOf reads a word from a fixed choice.
func (r *Reader) OneOf(n *yaml.Node, choice ...string) string {
	w := r.Word(n)
	if w != "" && !slices.Contains(choice, w) {
		r.Fail(n, "“%s”不在可选值之内（%s）。", "“%s” is not one of %s.", w, strings.Join(choice, ", "))
		return ""
	}
	return w
}

// Text reads {zh: …, en: …}; both wordings are required.
func (r *Reader) Text(n *yaml.Node) lang.Text {
	var t lang.Text
	r.Mapping(n, Keys{
		"zh": func(v *yaml.Node) { t.ZH = r.Word(v) },
		"en": func(v *yaml.Node) { t.EN = r.Word(v) },
	}, "zh", "en")
	return t
}
