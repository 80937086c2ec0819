package casework

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

var (
	codeForm  = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,19}$`)
	codeWords = [2]string{
		"编码“%s”应以大写字母开头，只用大写字母和数字，2 到 20 个字符。",
		"The code “%s” must start with a capital letter and use 2 to 20 capital letters and digits.",
	}
)

// ParseMatters reads and checks a matter list. The error is a fault.List with every mistake found;
// each one's Field is name:line.
func ParseMatters(name string, src []byte) (Matters, error) {
	r := &mattersReader{reader: newReader(name, map[string]int{}), sources: map[string]string{}}
	if doc, ok := r.Document(src); ok {
		r.list(doc)
	}
	if err := r.Err(); err != nil {
		return Matters{}, err
	}
	r.ms.byCode = make(map[string]int, len(r.ms.List))
	for i, m := range r.ms.List {
		r.ms.byCode[m.Code] = i
	}
	return r.ms, nil
}

type mattersReader struct {
	reader
	ms      Matters
	sources map[string]string
}

func (r *mattersReader) list(doc *yaml.Node) {
	var matters *yaml.Node
	r.Mapping(doc, keys{
		"notice": func(v *yaml.Node) { r.ms.Notice = r.Text(v) },
		"sources": func(v *yaml.Node) {
			r.Entries(v, "sources", func(id string, v *yaml.Node) { r.sources[id] = r.Word(v) })
		},
		"classes": func(v *yaml.Node) {
			r.codes(v, func(code string, v *yaml.Node) {
				r.ms.Classes = append(r.ms.Classes, Term{ID: code, Label: r.Text(v)})
			})
		},
		"matters": func(v *yaml.Node) { matters = v },
	}, "classes", "matters")
	if matters != nil { // after the sources and classes they name
		r.codes(matters, r.matter)
	}
	named := map[string]string{}
	for _, m := range r.ms.List {
		if first, ok := named[m.Name.ZH]; ok {
			r.FailAt(r.Lines["matters."+m.Code], "“%[1]s”与 %[2]s 同名。", "“%[3]s” has the same name as %[2]s.", m.Name.ZH, first, m.Name.EN)
		}
		named[m.Name.ZH] = m.Code
	}
}

// codes calls f for each entry of a mapping whose names are codes.
func (r *mattersReader) codes(n *yaml.Node, f func(code string, v *yaml.Node)) {
	r.Pairs(n, func(k, v *yaml.Node) {
		if !codeForm.MatchString(k.Value) {
			r.Fail(k, codeWords[0], codeWords[1], k.Value)
			return
		}
		r.Lines["matters."+k.Value] = k.Line
		f(k.Value, v)
	})
}

func (r *mattersReader) matter(code string, n *yaml.Node) {
	m := Matter{Code: code}
	for _, c := range r.ms.Classes {
		if strings.HasPrefix(code, c.ID) && len(c.ID) > len(m.Class) {
			m.Class = c.ID
		}
	}
	if m.Class == "" {
		r.FailAt(r.Lines["matters."+code], "“%s”不属于任何一个大类，编码应以大类编码开头。", "“%s” belongs to no class; its code must begin with a class's.", code)
	}
	r.Mapping(n, keys{
		"name":     func(v *yaml.Node) { m.Name = r.Text(v) },
		"urgent":   func(v *yaml.Node) { m.Urgent = r.Flag(v) },
		"keywords": func(v *yaml.Node) { m.Keywords = r.Words(v) },
		"photo":    func(v *yaml.Node) { m.Photo = r.Text(v) },
		"standards": func(v *yaml.Node) {
			r.Entries(v, code, func(id string, v *yaml.Node) { m.Standards = append(m.Standards, r.standard(id, v)) })
			if v.Kind == yaml.MappingNode && len(m.Standards) == 0 {
				r.Fail(v, "“%s”没有立案标准。", "“%s” has no standard.", code)
			}
		},
	}, "name", "standards")
	r.ms.List = append(r.ms.List, m)
}

func (r *mattersReader) standard(id string, n *yaml.Node) Standard {
	s := Standard{ID: id, Example: true}
	r.Mapping(n, keys{
		"file":      func(v *yaml.Node) { s.File = r.Text(v) },
		"limit":     func(v *yaml.Node) { s.Limit = r.limit(v) },
		"close":     func(v *yaml.Node) { s.Close = r.Text(v) },
		"confirmed": func(v *yaml.Node) { s.Example = !r.Flag(v) },
		"source": func(v *yaml.Node) {
			w := r.Word(v)
			if s.Source = r.sources[w]; s.Source == "" {
				r.Fail(v, "sources 中没有“%s”。", "There is no source “%s” under sources.", w)
			}
		},
	}, "file", "limit", "close")
	return s
}

// Find looks a matter up by its code.
func (ms Matters) Find(code string) (Matter, bool) {
	i, ok := ms.byCode[code]
	if !ok {
		return Matter{}, false
	}
	return ms.List[i], true
}

// Suggest ranks the matters whose name or keywords occur in what somebody wrote, the longest
// matches first, at most n of them.
func (ms Matters) Suggest(text string, n int) []Matter {
	text = strings.ToLower(text)
	score := map[string]int{}
	var out []Matter
	for _, m := range ms.List {
		for _, w := range append([]string{m.Name.ZH, m.Name.EN}, m.Keywords...) {
			if w != "" && strings.Contains(text, strings.ToLower(w)) {
				score[m.Code] += weight(w)
			}
		}
		if score[m.Code] > 0 {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b Matter) int { return cmp.Compare(score[b.Code], score[a.Code]) })
	return out[:min(n, len(out))]
}

// weight makes a Chinese character count as much as three Latin letters.
func weight(w string) int {
	if len(w) == utf8.RuneCountInString(w) {
		return len(w)
	}
	return 3 * utf8.RuneCountInString(w)
}
