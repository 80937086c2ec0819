package casework

import "go.yaml.in/yaml/v3"

// move reads one move or, when start is set, one way a case begins.
func (r *procedureReader) move(id string, n *yaml.Node, start bool) {
	m := Move{ID: id, Style: "plain", Line: r.Lines["moves."+id]}
	known := r.moveKeys(&m)
	required := []string{"label", "by", "to"}
	if start {
		for _, k := range []string{"from", "ask", "grant", "refuse", "approver", "extend", "not_by", "max", "min", "restart", "when", "has", "waits", "says", "sends"} {
			delete(known, k)
		}
	} else {
		required = append(required, "from")
	}
	r.Mapping(n, known, required...)
	if start {
		r.p.Starts = append(r.p.Starts, m)
	} else {
		r.p.Moves = append(r.p.Moves, m)
	}
}

func (r *procedureReader) moveKeys(m *Move) keys {
	word := func(to *string) func(*yaml.Node) { return func(v *yaml.Node) { *to = r.Word(v) } }
	words := func(to *[]string) func(*yaml.Node) { return func(v *yaml.Node) { *to = r.Words(v) } }
	return keys{
		"label":    func(v *yaml.Node) { m.Label = r.Text(v) },
		"from":     words(&m.From),
		"to":       word(&m.To),
		"by":       words(&m.By),
		"not_by":   words(&m.NotBy),
		"sources":  words(&m.Sources),
		"needs":    func(v *yaml.Node) { r.wants(m, v, true) },
		"may":      func(v *yaml.Node) { r.wants(m, v, false) },
		"photos":   func(v *yaml.Node) { m.Photos = r.Number(v, 0, 20) },
		"reason":   word(&m.Reason),
		"note":     func(v *yaml.Node) { m.Note = r.need(v) },
		"holder":   func(v *yaml.Node) { m.Holder = r.target(v) },
		"counts":   word(&m.Counts),
		"links":    func(v *yaml.Node) { r.links(m, v) },
		"opens":    word(&m.Opens),
		"waits":    word(&m.Waits),
		"says":     word(&m.Says),
		"sends":    func(v *yaml.Node) { r.sends(m, v) },
		"when":     func(v *yaml.Node) { m.When = r.when(v) },
		"has":      words(&m.Has),
		"max":      func(v *yaml.Node) { m.Max = r.counters(v) },
		"min":      func(v *yaml.Node) { m.Min = r.counters(v) },
		"ask":      word(&m.Ask),
		"grant":    word(&m.Grant),
		"refuse":   word(&m.Refuse),
		"approver": func(v *yaml.Node) { m.Decides = r.targets(v) },
		"extend": func(v *yaml.Node) {
			r.Mapping(v, keys{"clock": word(&m.Extend), "by": word(&m.Extra)}, "clock", "by")
		},
		"restart": words(&m.Restart),
		"sets":    words(&m.Sets),
		"award":   func(v *yaml.Node) { r.award(m, v) },
		"tell": func(v *yaml.Node) {
			r.Mapping(v, keys{
				"to": func(v *yaml.Node) { m.Tell = r.targets(v) },
				"zh": word(&m.Message.ZH),
				"en": word(&m.Message.EN),
			}, "to", "zh", "en")
		},
		"clean":   words(&m.Clean),
		"records": words(&m.Records),
		"repairs": func(v *yaml.Node) { m.Repairs = r.Flag(v) },
		"style":   func(v *yaml.Node) { m.Style = r.OneOf(v, "primary", "plain", "danger") },
		"confirm": func(v *yaml.Node) { m.Confirm = r.Text(v) },
	}
}

func (r *procedureReader) need(n *yaml.Node) Need {
	switch r.OneOf(n, "required", "optional", "none") {
	case "required":
		return Required
	case "none":
		return Unwanted
	}
	return Optional
}

func (r *procedureReader) award(m *Move, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		m.Award = r.Word(n)
		return
	}
	r.Mapping(n, keys{
		"rule":    func(v *yaml.Node) { m.Award = r.Word(v) },
		"sources": func(v *yaml.Node) { m.Paid = r.Words(v) },
	}, "rule")
}

// wants notes the fields a move asks for. Fields stand before moves in a procedure's reading order,
// whatever their order in the file.
func (r *procedureReader) wants(m *Move, n *yaml.Node, required bool) {
	for _, id := range r.Words(n) {
		f, ok := r.p.Field(id)
		if !ok {
			r.Fail(n, "没有字段“%s”。", "There is no field “%s”.", id)
			continue
		}
		m.Fields = append(m.Fields, Want{Field: f, Required: required})
	}
}
