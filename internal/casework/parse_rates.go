package casework

import "go.yaml.in/yaml/v3"

// rate reads one rate, count or mean.
func (r *procedureReader) rate(id string, n *yaml.Node) {
	g := Gauge{ID: id}
	r.Mapping(n, keys{
		"label": func(v *yaml.Node) { g.Label = r.Text(v) },
		"note":  func(v *yaml.Node) { g.Note = r.Text(v) },
		"of":    func(v *yaml.Node) { g.Of = r.which(v) },
		"part":  func(v *yaml.Node) { w := r.which(v); g.Part = &w },
		"mean":  func(v *yaml.Node) { g.Mean = r.Word(v) },
		"better": func(v *yaml.Node) {
			g.Better = Better(r.OneOf(v, string(BetterHigher), string(BetterLower), string(BetterNone)))
		},
		"list": func(v *yaml.Node) { g.List = r.Flag(v) },
	}, "label", "note", "of", "better")
	if g.Part != nil && g.Mean != "" {
		r.Fail(n, "part（比率）与 mean（平均时长）不能同时写。", "“part” makes a rate and “mean” a mean time; write one of them.")
	}
	r.p.Rates = append(r.p.Rates, g)
}

// which reads which cases count.
func (r *procedureReader) which(n *yaml.Node) Which {
	var w Which
	word := func(to *string) func(*yaml.Node) { return func(v *yaml.Node) { *to = r.Word(v) } }
	words := func(to *[]string) func(*yaml.Node) { return func(v *yaml.Node) { *to = r.Words(v) } }
	r.Mapping(n, keys{
		"opened":  func(v *yaml.Node) { w.Opened = r.Flag(v) },
		"made":    words(&w.Made),
		"closed":  words(&w.Closed),
		"due":     word(&w.Due),
		"did":     words(&w.Did),
		"result":  words(&w.Result),
		"stage":   words(&w.Stage),
		"open":    func(v *yaml.Node) { w.Open = r.Flag(v) },
		"late":    word(&w.Late),
		"in_time": word(&w.InTime),
		"counts":  func(v *yaml.Node) { w.Counts = r.counters(v) },
		"reasons": words(&w.Reasons),
		"sources": words(&w.Sources),
		"when":    func(v *yaml.Node) { w.When = r.when(v) },
	})
	return w
}
