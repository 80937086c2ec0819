package casework

import (
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// maxSource is the largest YAML file read, in bytes. A procedure has a few hundred lines.
const maxSource = 1 << 20

var (
	idForm   = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)
	lineForm = regexp.MustCompile(`line (\d+): (.*)`)
)

// reader walks YAML nodes and collects every mistake with its file and line.
type reader struct {
	file  string
	bad   fault.List
	lines map[string]int
}

func (r *reader) failAt(line int, zh, en string, args ...any) {
	r.bad.Add(r.file+":"+strconv.Itoa(line), zh, en, args...)
}

func (r *reader) fail(n *yaml.Node, zh, en string, args ...any) { r.failAt(n.Line, zh, en, args...) }

// err returns what was found, in the order of the lines.
func (r *reader) err() error {
	line := func(e *fault.Error) int {
		n, _ := strconv.Atoi(e.Field[strings.LastIndexByte(e.Field, ':')+1:])
		return n
	}
	slices.SortStableFunc(r.bad, func(a, b *fault.Error) int { return line(a) - line(b) })
	return r.bad.Err()
}

// document parses src, which must hold exactly one YAML document that is a mapping.
func (r *reader) document(src []byte) (*yaml.Node, bool) {
	if len(src) > maxSource {
		r.failAt(1, "文件超过 1 MB。", "The file is larger than 1 MB.")
		return nil, false
	}
	dec := yaml.NewDecoder(strings.NewReader(string(src)))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); err == io.EOF {
		r.failAt(1, "文件是空的。", "The file is empty.")
		return nil, false
	} else if err != nil {
		line, text := 1, err.Error()
		if m := lineForm.FindStringSubmatch(text); m != nil {
			line, _ = strconv.Atoi(m[1])
			text = m[2]
		}
		r.failAt(line, "YAML 格式有误：%s", "This is not valid YAML: %s", text)
		return nil, false
	}
	if dec.Decode(&more) == nil {
		r.fail(&more, "一个文件只能有一份文档。", "A file holds one document only.")
		return nil, false
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		r.fail(&doc, "文件应当由“名称: 值”组成。", "The file must consist of “name: value” entries.")
		return nil, false
	}
	return doc.Content[0], true
}

// keys maps the names a mapping may have to what reads their values.
type keys map[string]func(*yaml.Node)

// mapping reads a mapping whose names are known; the required ones must be there.
func (r *reader) mapping(n *yaml.Node, known keys, required ...string) {
	seen := map[string]bool{}
	r.pairs(n, func(k, v *yaml.Node) {
		read, ok := known[k.Value]
		if !ok {
			r.fail(k, "不认识的名称“%s”。", "Unknown name “%s”.", k.Value)
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
			r.fail(n, "缺少“%s”。", "“%s” is missing.", name)
		}
	}
}

// pairs calls f for each entry of a mapping and reports names that occur twice.
func (r *reader) pairs(n *yaml.Node, f func(k, v *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.fail(n, "这里应当是“名称: 值”。", "“name: value” entries are expected here.")
		return
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if line, ok := first[k.Value]; ok {
			r.fail(k, "“%s”重复，第 %d 行已经有了。", "“%s” is already defined on line %d.", k.Value, line)
			continue
		}
		first[k.Value] = k.Line
		f(k, v)
	}
}

// entries is pairs for mappings whose names are ids; it notes their lines under kind.
func (r *reader) entries(n *yaml.Node, kind string, f func(id string, v *yaml.Node)) {
	r.pairs(n, func(k, v *yaml.Node) {
		if !idForm.MatchString(k.Value) {
			r.fail(k, "编号“%s”应以小写字母开头，只用小写字母、数字、下划线和连字符，不超过 40 个字符。",
				"The id “%s” must start with a small letter and use only small letters, digits, “_” and “-”, 40 at most.", k.Value)
			return
		}
		r.lines[kind+"."+k.Value] = k.Line
		f(k.Value, v)
	})
}

// items calls f for each entry of a list.
func (r *reader) items(n *yaml.Node, f func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		r.fail(n, "这里应当是一个列表。", "A list is expected here.")
		return
	}
	for _, v := range n.Content {
		f(v)
	}
}

func (r *reader) word(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		r.fail(n, "这里应当是一个词或一句话。", "A word or a sentence is expected here.")
		return ""
	}
	if strings.TrimSpace(n.Value) == "" {
		r.fail(n, "不能为空。", "This must not be empty.")
	}
	return strings.TrimSpace(n.Value)
}

// words reads one word or a list of words.
func (r *reader) words(n *yaml.Node) []string {
	if n.Kind == yaml.ScalarNode {
		return []string{r.word(n)}
	}
	var out []string
	r.items(n, func(v *yaml.Node) {
		w := r.word(v)
		if slices.Contains(out, w) {
			r.fail(v, "“%s”在列表中重复。", "“%s” occurs twice in the list.", w)
			return
		}
		out = append(out, w)
	})
	return out
}

func (r *reader) number(n *yaml.Node, low, high int) int {
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || v < low || v > high {
		r.fail(n, "应为 %d 到 %d 的整数。", "A whole number from %d to %d is expected.", low, high)
		return low
	}
	return v
}

func (r *reader) flag(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || (n.Value != "true" && n.Value != "false") {
		r.fail(n, "应为 true 或 false。", "true or false is expected.")
	}
	return n.Value == "true"
}

// oneOf reads a word from a fixed choice.
func (r *reader) oneOf(n *yaml.Node, choice ...string) string {
	w := r.word(n)
	if w != "" && !slices.Contains(choice, w) {
		r.fail(n, "“%s”不在可选值之内（%s）。", "“%s” is not one of %s.", w, strings.Join(choice, ", "))
		return ""
	}
	return w
}

// text reads {zh: …, en: …}; both wordings are required.
func (r *reader) text(n *yaml.Node) lang.Text {
	var t lang.Text
	r.mapping(n, keys{
		"zh": func(v *yaml.Node) { t.ZH = r.word(v) },
		"en": func(v *yaml.Node) { t.EN = r.word(v) },
	}, "zh", "en")
	return t
}

func (r *reader) limit(n *yaml.Node) calendar.Limit {
	w := r.word(n)
	if w == "" {
		return calendar.Limit{}
	}
	l, err := calendar.ParseLimit(w)
	if err != nil {
		r.fail(n, "时限“%s”无法识别，应写成 4work_hour、3work_day、7natural_day、2urgent_hour 这样的形式。",
			"The limit “%s” cannot be read; write 4work_hour, 3work_day, 7natural_day or 2urgent_hour.", w)
	}
	return l
}

// terms reads id: {zh, en} entries.
func (r *reader) terms(n *yaml.Node, kind string) []Term {
	var out []Term
	r.entries(n, kind, func(id string, v *yaml.Node) { out = append(out, Term{ID: id, Label: r.text(v)}) })
	return out
}

// counters reads id: number entries.
func (r *reader) counters(n *yaml.Node) map[string]int {
	out := map[string]int{}
	r.pairs(n, func(k, v *yaml.Node) { out[k.Value] = r.number(v, 1, 1000) })
	return out
}
