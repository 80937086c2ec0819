package casework

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"gezhi/internal/lang"
)

// phases are the seven phases in order; a YAML file names them in Chinese.
var phases = [...]lang.Text{
	{}, {ZH: "信息收集", EN: "Information collection"}, {ZH: "案卷建立", EN: "Filing"}, {ZH: "任务派遣", EN: "Dispatch"},
	{ZH: "任务处理", EN: "Handling"}, {ZH: "处理反馈", EN: "Feedback"}, {ZH: "核查结案", EN: "Verification and closing"}, {ZH: "综合评价", EN: "Evaluation"},
}

// Name is the phase in both languages; the zero phase has none.
func (p Phase) Name() lang.Text {
	if int(p) >= len(phases) {
		return lang.Text{}
	}
	return phases[p]
}

// ParseProcedure reads and checks a procedure. The error is a fault.List with every mistake
// found; each one's Field is name:line.
func ParseProcedure(name string, src []byte) (*Procedure, error) {
	p := &Procedure{file: name, lines: map[string]int{}}
	r := &procedureReader{reader: reader{file: name, lines: p.lines}, p: p}
	doc, ok := r.document(src)
	if !ok {
		return nil, r.err()
	}
	r.procedure(doc)
	c := checker{reader: &r.reader, p: p}
	c.all()
	if err := r.err(); err != nil {
		return nil, err
	}
	p.compile()
	return p, nil
}

type procedureReader struct {
	reader
	p *Procedure
}

func (r *procedureReader) procedure(doc *yaml.Node) {
	p := r.p
	var starts, moves *yaml.Node
	r.mapping(doc, keys{
		"id":      func(v *yaml.Node) { p.ID = r.word(v) },
		"version": func(v *yaml.Node) { p.Version = r.number(v, 1, 1_000_000) },
		"name":    func(v *yaml.Node) { p.Name = r.text(v) },
		"basis":   func(v *yaml.Node) { p.Basis = r.words(v) },
		"total":   func(v *yaml.Node) { r.lines["total"] = v.Line; p.Total = r.limit(v) },
		"roles":   func(v *yaml.Node) { p.Roles = r.terms(v, "roles") },
		"ladder":  func(v *yaml.Node) { r.items(v, r.rung) },
		"reasons": func(v *yaml.Node) { r.entries(v, "reasons", r.reasons) },
		"fields":  func(v *yaml.Node) { r.entries(v, "fields", r.field) },
		"stages":  func(v *yaml.Node) { r.entries(v, "stages", r.stage) },
		"starts":  func(v *yaml.Node) { starts = v },
		"moves":   func(v *yaml.Node) { moves = v },
		"clocks":  func(v *yaml.Node) { r.entries(v, "clocks", r.clock) },
		"supervision": func(v *yaml.Node) {
			r.lines["supervision"] = v.Line
			r.items(v, r.warning)
		},
		"results": func(v *yaml.Node) { r.entries(v, "results", r.result) },
	}, "id", "version", "name", "roles", "stages", "starts", "moves", "results")
	if p.ID != "" && !idForm.MatchString(p.ID) {
		r.fail(doc, "编号“%s”不合规则。", "The id “%s” is not well formed.", p.ID)
	}
	if starts != nil {
		r.entries(starts, "moves", func(id string, v *yaml.Node) { r.move(id, v, true) })
	}
	if moves != nil {
		r.entries(moves, "moves", func(id string, v *yaml.Node) { r.move(id, v, false) })
	}
}

func (r *procedureReader) rung(n *yaml.Node) {
	r.lines["ladder"] = n.Line
	var g Rung
	r.mapping(n, keys{
		"level": func(v *yaml.Node) { g.Level = r.oneOf(v, levelNames()...) },
		"role":  func(v *yaml.Node) { g.Role = r.word(v) },
	}, "level", "role")
	r.p.Ladder = append(r.p.Ladder, g)
}

func (r *procedureReader) reasons(id string, n *yaml.Node) {
	l := ReasonList{ID: id}
	r.mapping(n, keys{
		"label": func(v *yaml.Node) { l.Label = r.text(v) },
		"items": func(v *yaml.Node) { l.Items = r.terms(v, "reason") },
	}, "label", "items")
	r.p.Reasons = append(r.p.Reasons, l)
}

func (r *procedureReader) field(id string, n *yaml.Node) {
	f := Field{ID: id}
	r.mapping(n, keys{
		"label": func(v *yaml.Node) { f.Label = r.text(v) },
		"hint":  func(v *yaml.Node) { f.Hint = r.text(v) },
		"type": func(v *yaml.Node) {
			f.Type = r.oneOf(v, FieldText, FieldLongText, FieldSelect, FieldNumber, FieldDate, FieldLimit,
				FieldPerson, FieldCase, FieldHolder, FieldMatter, FieldStandard)
		},
		"choices": func(v *yaml.Node) {
			r.pairs(v, func(k, v *yaml.Node) { f.Choices = append(f.Choices, Term{ID: k.Value, Label: r.text(v)}) })
		},
		"min": func(v *yaml.Node) { f.Min = int64(r.number(v, -1_000_000_000, 1_000_000_000)) },
		"max": func(v *yaml.Node) { f.Max = int64(r.number(v, 1, 1_000_000_000)) },
	}, "label", "type")
	if f.Type == FieldSelect && len(f.Choices) == 0 {
		r.fail(n, "选择字段“%s”没有选项。", "The select field “%s” has no choices.", id)
	}
	if f.Type != FieldSelect && len(f.Choices) > 0 {
		r.fail(n, "只有选择字段才写选项。", "Only a select field has choices.")
	}
	r.p.Fields = append(r.p.Fields, f)
}

func (r *procedureReader) stage(id string, n *yaml.Node) {
	s := Stage{ID: id}
	r.mapping(n, keys{
		"name": func(v *yaml.Node) { s.Name = r.text(v) },
		"phase": func(v *yaml.Node) {
			names := make([]string, 0, len(phases))
			for _, t := range phases[1:] {
				names = append(names, t.ZH)
			}
			w := r.oneOf(v, names...)
			for i, t := range phases {
				if w != "" && t.ZH == w {
					s.Phase = Phase(i)
				}
			}
		},
		"end":    func(v *yaml.Node) { s.End, s.Result = true, r.word(v) },
		"closes": func(v *yaml.Node) { s.Result = r.word(v) },
		"only": func(v *yaml.Node) {
			r.mapping(v, keys{
				"reporter": func(v *yaml.Node) { s.Only.Reporter = r.flag(v) },
				"sources":  func(v *yaml.Node) { s.Only.Sources = r.words(v) },
			})
		},
		"else": func(v *yaml.Node) { s.Else = r.word(v) },
	}, "name", "phase")
	if (s.Only.Reporter || s.Only.Sources != nil) != (s.Else != "") {
		r.fail(n, "only 与 else 须同时写。", "“only” and “else” go together.")
	}
	r.p.Stages = append(r.p.Stages, s)
}

func (r *procedureReader) clock(id string, n *yaml.Node) {
	t := Timing{ID: id}
	var otherwise bool
	r.mapping(n, keys{
		"label": func(v *yaml.Node) { t.Label = r.text(v) },
		"limit": func(v *yaml.Node) {
			if t.ByMatter = v.Value == "matter"; !t.ByMatter {
				t.Limit = r.limit(v)
			}
		},
		"otherwise":  func(v *yaml.Node) { otherwise = true; t.Limit = r.limit(v) },
		"runs":       func(v *yaml.Node) { t.Runs = r.words(v) },
		"pauses":     func(v *yaml.Node) { t.Pauses = r.words(v) },
		"restart":    func(v *yaml.Node) { t.Restart = r.flag(v) },
		"supervised": func(v *yaml.Node) { t.Supervised = r.flag(v) },
		"auto":       func(v *yaml.Node) { t.Auto = r.word(v) },
		"measures":   func(v *yaml.Node) { t.Measures = r.oneOf(v, measureNames()...) },
	}, "label", "limit")
	if t.ByMatter != otherwise {
		r.fail(n, "limit: matter 须配 otherwise（未选定标准时的时限），其他时限不写 otherwise。",
			"“limit: matter” needs “otherwise”, the limit while no standard is chosen; other limits have none.")
	}
	r.p.Clocks = append(r.p.Clocks, t)
}

func (r *procedureReader) warning(n *yaml.Node) {
	var w Warning
	r.mapping(n, keys{
		"at":    func(v *yaml.Node) { w.At = r.number(v, 1, 1000) },
		"label": func(v *yaml.Node) { w.Label = r.text(v) },
		"tell":  func(v *yaml.Node) { w.Tell = r.targets(v) },
	}, "at", "label")
	r.p.Supervision = append(r.p.Supervision, w)
}

func (r *procedureReader) result(id string, n *yaml.Node) {
	s := Result{ID: id}
	r.mapping(n, keys{
		"label": func(v *yaml.Node) { s.Label = r.text(v) },
		"void":  func(v *yaml.Node) { s.Void = r.flag(v) },
		"keep": func(v *yaml.Node) {
			if v.Value != "forever" {
				s.Keep = r.number(v, 1, 100)
			}
		},
	}, "label", "keep")
	r.p.Results = append(r.p.Results, s)
}

// targets reads one target or a list of them.
func (r *procedureReader) targets(n *yaml.Node) []Target {
	if n.Kind == yaml.ScalarNode {
		return []Target{r.target(n)}
	}
	var out []Target
	r.items(n, func(v *yaml.Node) { out = append(out, r.target(v)) })
	return out
}

// target reads keep, route … or held:stage or role@level.
func (r *procedureReader) target(n *yaml.Node) Target {
	w := r.word(n)
	switch w {
	case ToKeep, ToRoute, ToChoose, ToReporter, ToPrevious, ToUp, ToNone, ToSelf, ByHolder, "":
		return Target{Kind: w}
	}
	if stage, ok := strings.CutPrefix(w, "held:"); ok {
		return Target{Kind: ToHeld, Stage: stage}
	}
	if role, level, ok := strings.Cut(w, "@"); ok {
		if digits(level) == 0 {
			r.fail(n, "没有“%s”这一层级，可用 %s。", "There is no level “%s”; use %s.", level, strings.Join(levelNames(), ", "))
		}
		return Target{Kind: ToRole, Role: role, Level: level}
	}
	r.fail(n, "“%s”不是承办去向。可写 keep、route、choose、reporter、previous、up、none、self、held:阶段 或 角色@层级。",
		"“%s” names no holder. Write keep, route, choose, reporter, previous, up, none, self, held:stage or role@level.", w)
	return Target{Kind: ToKeep} // so that it is said once
}
