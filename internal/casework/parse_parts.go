package casework

import (
	"strconv"

	"go.yaml.in/yaml/v3"
)

// part reads one kind of sub-case.
func (r *procedureReader) part(id string, n *yaml.Node) {
	k := PartKind{ID: id, Role: "officer", Join: JoinAll}
	word := func(to *string) func(*yaml.Node) { return func(v *yaml.Node) { *to = r.Word(v) } }
	r.Mapping(n, keys{
		"label":     func(v *yaml.Node) { k.Label = r.Text(v) },
		"procedure": word(&k.Procedure),
		"start":     word(&k.Start),
		"each": func(v *yaml.Node) {
			if k.Each = r.Word(v); k.Each == "items" {
				k.Each = ""
			}
		},
		"role":   word(&k.Role),
		"shares": func(v *yaml.Node) { k.Shares = r.Words(v) },
		"join": func(v *yaml.Node) {
			if n, err := strconv.Atoi(v.Value); err == nil && n > 0 {
				k.Join, k.N = JoinSome, n
				return
			}
			k.Join = Join(r.OneOf(v, string(JoinAll), string(JoinAny), string(JoinLead), string(JoinNone)))
		},
		"counts": func(v *yaml.Node) { k.Counts = r.Words(v) },
		"done":   word(&k.Done),
		"failed": word(&k.Failed),
		"hears": func(v *yaml.Node) {
			r.Mapping(v, keys{"asks": word(&k.Asks), "ready": word(&k.Ready), "move": word(&k.Asked), "from": word(&k.From), "into": word(&k.Into)}, "asks", "ready", "move")
		},
	}, "label", "procedure", "start", "each")
	r.p.Parts = append(r.p.Parts, k)
}

// sends reads kind: move of the sub-cases.
func (r *procedureReader) sends(m *Move, n *yaml.Node) {
	r.Pairs(n, func(k, v *yaml.Node) { m.Sends = append(m.Sends, Send{Kind: k.Value, Move: r.Word(v)}) })
}

// links reads field: kind of the cases that a move ties its case to.
func (r *procedureReader) links(m *Move, n *yaml.Node) {
	r.Pairs(n, func(k, v *yaml.Node) { m.Links = append(m.Links, Tie{Field: k.Value, Kind: r.Word(v)}) })
}

// lottery reads how cases are drawn by lot.
func (r *procedureReader) lottery(n *yaml.Node) {
	r.Lines["draw"] = n.Line
	word := func(to *string) func(*yaml.Node) { return func(v *yaml.Node) { *to = r.Word(v) } }
	d := &r.p.Draw
	r.Mapping(n, keys{"stage": word(&d.Stage), "group": word(&d.Group), "won": word(&d.Won), "next": word(&d.Next), "place": word(&d.Place)},
		"stage", "group", "won", "next", "place")
}
