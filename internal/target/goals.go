package target

import (
	"gezhi/internal/lang"
	"gezhi/internal/yamldoc"

	"go.yaml.in/yaml/v3"
)

// Goal is how many cases of a procedure are to reach a phase within a year.
type Goal struct {
	ID        string
	Name      lang.Text
	Procedure string
	Phase     string // in Chinese, as the procedure has it
	Count     int64
	Source    string
	Line      int // in its file
}

// ParseGoals reads and checks goals. The error is a fault.List with every mistake found; each one's Field is name:line.
func ParseGoals(name string, src []byte) ([]Goal, error) {
	r := &yamldoc.Reader{File: name, Lines: map[string]int{}}
	var out []Goal
	doc, ok := r.Document(src)
	if !ok {
		return nil, r.Err()
	}
	r.Mapping(doc, yamldoc.Keys{"goals": func(v *yaml.Node) {
		r.Entries(v, "goals", func(id string, v *yaml.Node) {
			g := Goal{ID: id, Line: v.Line}
			r.Mapping(v, yamldoc.Keys{
				"name":      func(v *yaml.Node) { g.Name = r.Text(v) },
				"procedure": func(v *yaml.Node) { g.Procedure = r.Word(v) },
				"phase":     func(v *yaml.Node) { g.Phase = r.Word(v) },
				"count":     func(v *yaml.Node) { g.Count = int64(r.Number(v, 1, 1_000_000)) },
				"source":    func(v *yaml.Node) { g.Source = r.Word(v) },
			}, "name", "procedure", "phase", "count", "source")
			out = append(out, g)
		})
	}}, "goals")
	return out, r.Err()
}
