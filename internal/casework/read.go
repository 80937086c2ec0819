package casework

import (
	"gezhi/internal/calendar"
	"gezhi/internal/yamldoc"

	"go.yaml.in/yaml/v3"
)

// reader reads what procedures and matter lists have in common.
type reader struct{ yamldoc.Reader }

type keys = yamldoc.Keys

func newReader(file string, lines map[string]int) reader {
	return reader{yamldoc.Reader{File: file, Lines: lines}}
}

func (r *reader) limit(n *yaml.Node) calendar.Limit {
	w := r.Word(n)
	if w == "" {
		return calendar.Limit{}
	}
	l, err := calendar.ParseLimit(w)
	if err != nil {
		r.Fail(n, "时限“%s”无法识别，应写成 4work_hour、3work_day、7natural_day、2urgent_hour 这样的形式。",
			"The limit “%s” cannot be read; write 4work_hour, 3work_day, 7natural_day or 2urgent_hour.", w)
	}
	return l
}

// terms reads id: {zh, en} entries.
func (r *reader) terms(n *yaml.Node, kind string) []Term {
	var out []Term
	r.Entries(n, kind, func(id string, v *yaml.Node) { out = append(out, Term{ID: id, Label: r.Text(v)}) })
	return out
}

// counters reads id: number entries.
func (r *reader) counters(n *yaml.Node) map[string]int {
	out := map[string]int{}
	r.Pairs(n, func(k, v *yaml.Node) { out[k.Value] = r.Number(v, 1, 1000) })
	return out
}
