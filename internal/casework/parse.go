package casework

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"gezhi/internal/lang"
	"gezhi/internal/yamldoc"
)

// sevenPhases are the phases of digital urban management (七阶段, GB/T 30428), those of a procedure that names none of its own.
var sevenPhases = []lang.Text{
	{ZH: "信息收集", EN: "Information collection"}, {ZH: "案卷建立", EN: "Filing"}, {ZH: "任务派遣", EN: "Dispatch"},
	{ZH: "任务处理", EN: "Handling"}, {ZH: "处理反馈", EN: "Feedback"}, {ZH: "核查结案", EN: "Verification and closing"}, {ZH: "综合评价", EN: "Evaluation"},
}

// Phase names a phase in both languages; the zero phase has no name.
func (p *Procedure) Phase(ph Phase) lang.Text {
	if ph == 0 || int(ph) > len(p.Phases) {
		return lang.Text{}
	}
	return p.Phases[ph-1]
}

// ParseProcedure reads and checks a procedure. The error is a fault.List with every mistake
// found; each one's Field is name:line.
func ParseProcedure(name string, src []byte) (*Procedure, error) {
	p := &Procedure{file: name, lines: map[string]int{}}
	r := &procedureReader{reader: newReader(name, p.lines), p: p}
	doc, ok := r.Document(src)
	if !ok {
		return nil, r.Err()
	}
	r.procedure(doc)
	c := checker{reader: &r.reader, p: p}
	c.all()
	if err := r.Err(); err != nil {
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
	p.Phases, p.Placed = sevenPhases, Required
	p.Title, p.Text = lang.Text{ZH: "标题", EN: "Title"}, lang.Text{ZH: "具体情况", EN: "Details"}
	var starts, moves, stages, parts *yaml.Node
	r.Mapping(doc, keys{
		"id":      func(v *yaml.Node) { p.ID = r.Word(v) },
		"version": func(v *yaml.Node) { p.Version = r.Number(v, 1, 1_000_000) },
		"name":    func(v *yaml.Node) { p.Name = r.Text(v) },
		"basis":   func(v *yaml.Node) { p.Basis = r.Words(v) },
		"total":   func(v *yaml.Node) { r.Lines["total"] = v.Line; p.Total = r.limit(v) },
		"place":   func(v *yaml.Node) { p.Placed = r.need(v) },
		"list":    func(v *yaml.Node) { r.Lines["list"] = v.Line; p.List = r.Words(v) },
		"title":   func(v *yaml.Node) { p.Title = r.Text(v) },
		"text":    func(v *yaml.Node) { p.Text = r.Text(v) },
		"sealed":  func(v *yaml.Node) { r.Lines["sealed"] = v.Line; p.Sealed = r.Words(v) },
		"public":  func(v *yaml.Node) { r.Lines["public"] = v.Line; p.Public = r.Words(v) },
		"draw":    r.lottery,
		"monthly": func(v *yaml.Node) { r.Lines["monthly"] = v.Line; p.Monthly = r.Flag(v) },
		"funnel":  func(v *yaml.Node) { r.Lines["funnel"] = v.Line; p.Funnel = r.Word(v) },
		"once":    func(v *yaml.Node) { r.Lines["once"] = v.Line; p.Once = r.Words(v) },
		"modes":   func(v *yaml.Node) { r.Lines["modes"] = v.Line; r.Items(v, r.mode) },
		"phases": func(v *yaml.Node) {
			p.Phases = nil
			r.Items(v, func(v *yaml.Node) { p.Phases = append(p.Phases, r.Text(v)) })
		},
		"sources":    func(v *yaml.Node) { p.Sources = r.terms(v, "sources") },
		"categories": r.categories,
		"roles":      func(v *yaml.Node) { p.Roles = r.terms(v, "roles") },
		"ladder":     func(v *yaml.Node) { r.Items(v, r.rung) },
		"reasons":    func(v *yaml.Node) { r.Entries(v, "reasons", r.reasons) },
		"fields":     func(v *yaml.Node) { r.Entries(v, "fields", r.field) },
		"stages":     func(v *yaml.Node) { stages = v },
		"parts":      func(v *yaml.Node) { parts = v },
		"sent":       func(v *yaml.Node) { r.Lines["sent"] = v.Line; p.Sent = r.Words(v) },
		"starts":     func(v *yaml.Node) { starts = v },
		"moves":      func(v *yaml.Node) { moves = v },
		"clocks":     func(v *yaml.Node) { r.Entries(v, "clocks", r.clock) },
		"supervision": func(v *yaml.Node) {
			r.Lines["supervision"] = v.Line
			r.Items(v, r.warning)
		},
		"results": func(v *yaml.Node) { r.Entries(v, "results", r.result) },
		"letters": func(v *yaml.Node) { r.Entries(v, "letters", r.letter) },
		"rates":   func(v *yaml.Node) { r.Entries(v, "rates", r.rate) },
	}, "id", "version", "name", "roles", "stages", "starts", "moves", "results")
	if p.ID != "" && !yamldoc.IDForm.MatchString(p.ID) {
		r.Fail(doc, "编号“%s”不合规则。", "The id “%s” is not well formed.", p.ID)
	}
	if parts != nil {
		r.Entries(parts, "parts", r.part)
	}
	if stages != nil {
		r.Entries(stages, "stages", r.stage)
	}
	if starts != nil {
		r.Entries(starts, "moves", func(id string, v *yaml.Node) { r.move(id, v, true) })
	}
	if moves != nil {
		r.Entries(moves, "moves", func(id string, v *yaml.Node) { r.move(id, v, false) })
	}
}

// mode reads a mode of reform. What has been abolished nobody applies for.
func (r *procedureReader) mode(n *yaml.Node) {
	r.p.Modes = append(r.p.Modes, r.OneOf(n, "file", "commit", "improve"))
}

func (r *procedureReader) rung(n *yaml.Node) {
	r.Lines["ladder"] = n.Line
	var g Rung
	r.Mapping(n, keys{
		"level": func(v *yaml.Node) { g.Level = r.OneOf(v, levelNames()...) },
		"role":  func(v *yaml.Node) { g.Role = r.Word(v) },
	}, "level", "role")
	r.p.Ladder = append(r.p.Ladder, g)
}

// categoryForm is what the code of a category looks like.
var categoryForm = regexp.MustCompile(`^[A-Z0-9]{1,8}$`)

// categories reads code: {zh, en, group}, or the word none.
func (r *procedureReader) categories(n *yaml.Node) {
	if r.p.About = AboutCategories; n.Kind == yaml.ScalarNode && n.Value == "none" {
		r.p.About = AboutNothing
		return
	}
	r.Pairs(n, func(k, v *yaml.Node) {
		c := Category{Code: k.Value}
		r.Mapping(v, keys{
			"zh":    func(v *yaml.Node) { c.Name.ZH = r.Word(v) },
			"en":    func(v *yaml.Node) { c.Name.EN = r.Word(v) },
			"group": func(v *yaml.Node) { c.Group = r.Text(v) },
		}, "zh", "en")
		if _, twice := r.p.Category(c.Code); twice || !categoryForm.MatchString(c.Code) {
			r.Fail(k, "类别编码“%s”重复或不合规则：应为 1 至 8 位大写字母和数字。", "The category code “%s” is repeated or not 1 to 8 capital letters and digits.", c.Code)
		}
		r.p.Categories = append(r.p.Categories, c)
	})
}

// when reads field: [values]; the word empty stands for no value.
func (r *procedureReader) when(n *yaml.Node) map[string][]string {
	out := map[string][]string{}
	r.Pairs(n, func(k, v *yaml.Node) {
		words := r.Words(v)
		for i, w := range words {
			if w == "empty" {
				words[i] = ""
			}
		}
		out[k.Value] = words
	})
	return out
}

func (r *procedureReader) reasons(id string, n *yaml.Node) {
	l := ReasonList{ID: id}
	r.Mapping(n, keys{
		"label": func(v *yaml.Node) { l.Label = r.Text(v) },
		"items": func(v *yaml.Node) { l.Items = r.terms(v, "reason") },
	}, "label", "items")
	r.p.Reasons = append(r.p.Reasons, l)
}

func (r *procedureReader) field(id string, n *yaml.Node) {
	f := Field{ID: id}
	r.Mapping(n, keys{
		"label": func(v *yaml.Node) { f.Label = r.Text(v) },
		"hint":  func(v *yaml.Node) { f.Hint = r.Text(v) },
		"type": func(v *yaml.Node) {
			f.Type = r.OneOf(v, FieldText, FieldLongText, FieldSelect, FieldNumber, FieldDate, FieldLimit,
				FieldPerson, FieldCase, FieldHolder, FieldMatter, FieldStandard, FieldUnit, FieldUnits, FieldMoney, FieldUSCC,
				FieldMonth, FieldOverlay, FieldDocument, FieldChecklist, FieldTheme, FieldAnswers, FieldHanded, FieldLicence)
		},
		"choices": func(v *yaml.Node) {
			r.Pairs(v, func(k, v *yaml.Node) { f.Choices = append(f.Choices, Term{ID: k.Value, Label: r.Text(v)}) })
		},
		"sealed": func(v *yaml.Node) { f.Sealed = Sealing(r.OneOf(v, string(SealDesk), string(SealContact))) },
		"min":    func(v *yaml.Node) { f.Min = int64(r.Number(v, -1_000_000_000, 1_000_000_000)) },
		"max":    func(v *yaml.Node) { f.Max = int64(r.Number(v, 1, 1_000_000_000)) },
	}, "label", "type")
	r.checkField(n.Line, &f)
	r.p.Fields = append(r.p.Fields, f)
}

func (r *procedureReader) stage(id string, n *yaml.Node) {
	s := Stage{ID: id}
	r.Mapping(n, keys{
		"name": func(v *yaml.Node) { s.Name = r.Text(v) },
		"phase": func(v *yaml.Node) {
			names := make([]string, 0, len(r.p.Phases))
			for _, t := range r.p.Phases {
				names = append(names, t.ZH)
			}
			s.Phase = Phase(slices.Index(names, r.OneOf(v, names...)) + 1)
		},
		"end":    func(v *yaml.Node) { s.End, s.Result = true, r.Word(v) },
		"closes": func(v *yaml.Node) { s.Result = r.Word(v) },
		"only": func(v *yaml.Node) {
			r.Mapping(v, keys{
				"reporter": func(v *yaml.Node) { s.Only.Reporter = r.Flag(v) },
				"sources":  func(v *yaml.Node) { s.Only.Sources = r.Words(v) },
				"when":     func(v *yaml.Node) { s.Only.When = r.when(v) },
			})
		},
		"else": func(v *yaml.Node) { s.Else = r.Word(v) },
	}, "name", "phase")
	if (s.Only.Reporter || s.Only.Sources != nil || s.Only.When != nil) != (s.Else != "") {
		r.Fail(n, "only 与 else 须同时写。", "“only” and “else” go together.")
	}
	r.p.Stages = append(r.p.Stages, s)
}

func (r *procedureReader) clock(id string, n *yaml.Node) {
	t := Timing{ID: id}
	var otherwise bool
	r.Mapping(n, keys{
		"label": func(v *yaml.Node) { t.Label = r.Text(v) },
		"limit": func(v *yaml.Node) {
			field, of := strings.CutPrefix(v.Value, "field:")
			switch {
			case v.Value == "matter":
				t.ByMatter = true
			case of:
				t.ByField = field
			default:
				t.Limit = r.limit(v)
			}
		},
		"otherwise":  func(v *yaml.Node) { otherwise = true; t.Limit = r.limit(v) },
		"runs":       func(v *yaml.Node) { t.Runs = r.Words(v) },
		"pauses":     func(v *yaml.Node) { t.Pauses = r.Words(v) },
		"restart":    func(v *yaml.Node) { t.Restart = r.Flag(v) },
		"supervised": func(v *yaml.Node) { t.Supervised = r.Flag(v) },
		"auto":       func(v *yaml.Node) { t.Auto = r.Word(v) },
		"measures":   func(v *yaml.Node) { t.Measures = r.OneOf(v, measureNames()...) },
	}, "label", "limit")
	if (t.ByMatter || t.ByField != "") != otherwise {
		r.Fail(n, "limit: matter 和 limit: field:字段 须配 otherwise（尚未选定、填写时的时限），其他时限不写 otherwise。",
			"“limit: matter” and “limit: field:name” need “otherwise”, the limit while nothing is chosen; other limits have none.")
	}
	r.p.Clocks = append(r.p.Clocks, t)
}

func (r *procedureReader) warning(n *yaml.Node) {
	var w Warning
	r.Mapping(n, keys{
		"at":    func(v *yaml.Node) { w.At = r.Number(v, 1, 1000) },
		"label": func(v *yaml.Node) { w.Label = r.Text(v) },
		"tell":  func(v *yaml.Node) { w.Tell = r.targets(v) },
	}, "at", "label")
	r.p.Supervision = append(r.p.Supervision, w)
}

func (r *procedureReader) result(id string, n *yaml.Node) {
	s := Result{ID: id}
	r.Mapping(n, keys{
		"label": func(v *yaml.Node) { s.Label = r.Text(v) },
		"void":  func(v *yaml.Node) { s.Void = r.Flag(v) },
		"keep": func(v *yaml.Node) {
			if v.Value != "forever" {
				s.Keep = r.Number(v, 1, 100)
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
	r.Items(n, func(v *yaml.Node) { out = append(out, r.target(v)) })
	return out
}

// target reads keep, route … or held:stage or role@level.
func (r *procedureReader) target(n *yaml.Node) Target {
	w := r.Word(n)
	switch w {
	case ToKeep, ToRoute, ToChoose, ToReporter, ToPrevious, ToUp, ToNone, ToSelf, ByHolder, "":
		return Target{Kind: w}
	}
	if stage, ok := strings.CutPrefix(w, "held:"); ok {
		return Target{Kind: ToHeld, Stage: stage}
	}
	if role, level, ok := strings.Cut(w, "@"); ok {
		if digits(level) == 0 {
			return Target{Kind: ToField, Role: role, Field: level} // checked with the fields known
		}
		return Target{Kind: ToRole, Role: role, Level: level}
	}
	r.Fail(n, "“%s”不是承办去向。可写 keep、route、choose、reporter、previous、up、none、self、held:阶段、角色@层级 或 角色@单位字段。",
		"“%s” names no holder. Write keep, route, choose, reporter, previous, up, none, self, held:stage, role@level or role@field.", w)
	return Target{Kind: ToKeep} // so that it is said once
}
