package casework

import (
	"go.yaml.in/yaml/v3"

	"gezhi/internal/lang"
)

// letter reads one letter.
func (r *procedureReader) letter(id string, n *yaml.Node) {
	l := Letter{ID: id}
	var zh, en []string
	paragraphs := func(to *[]string) func(*yaml.Node) {
		return func(v *yaml.Node) {
			if v.Kind == yaml.ScalarNode {
				*to = []string{r.Word(v)}
				return
			}
			r.Items(v, func(v *yaml.Node) { *to = append(*to, r.Word(v)) })
		}
	}
	r.Mapping(n, keys{
		"title":     func(v *yaml.Node) { l.Title = r.Text(v) },
		"to":        func(v *yaml.Node) { l.To = r.Word(v) },
		"dear":      func(v *yaml.Node) { l.Dear = r.Text(v) },
		"office":    func(v *yaml.Node) { l.Office = r.Text(v) },
		"moves":     func(v *yaml.Node) { l.Moves = r.Words(v) },
		"stages":    func(v *yaml.Node) { l.Stages = r.Words(v) },
		"zh":        paragraphs(&zh),
		"en":        paragraphs(&en),
		"table":     func(v *yaml.Node) { l.Table = r.Words(v) },
		"confirmed": func(v *yaml.Node) { l.Confirmed = r.Flag(v) },
	}, "title", "to", "zh", "en")
	if len(zh) != len(en) && len(zh) > 0 && len(en) > 0 {
		r.Fail(n, "文书“%s”的中文有 %d 段，英文有 %d 段，应当一一对应。", "The letter “%s” has %d paragraphs in Chinese and %d in English; they must correspond.", id, len(zh), len(en))
	}
	for i := range min(len(zh), len(en)) {
		l.Body = append(l.Body, lang.Text{ZH: zh[i], EN: en[i]})
	}
	r.p.Letters = append(r.p.Letters, l)
}
