package theme

import (
	"slices"

	"gezhi/internal/calendar"
	"gezhi/internal/yamldoc"

	"go.yaml.in/yaml/v3"
)

// reader reads one catalog.
type reader struct {
	yamldoc.Reader
	c Catalog
	t *Theme // being read
}

// Parse reads a catalog. The error is a fault.List; each one's Field is file:line.
func Parse(file string, src []byte) (*Catalog, error) {
	r := reader{Reader: yamldoc.Reader{File: file, Lines: map[string]int{}}}
	n, ok := r.Document(src)
	if !ok {
		return nil, r.Err()
	}
	r.Mapping(n, yamldoc.Keys{
		"version":   func(v *yaml.Node) { r.c.Version = r.Number(v, 1, 1_000_000) },
		"notice":    func(v *yaml.Node) { r.c.Notice = r.Text(v) },
		"procedure": func(v *yaml.Node) { r.c.Procedure = r.Word(v) },
		"themes":    func(v *yaml.Node) { r.Entries(v, "themes", r.theme) },
	}, "version", "notice", "procedure", "themes")
	if r.OK() {
		for i := range r.c.Themes {
			r.check(&r.c.Themes[i])
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return &r.c, nil
}

func (r *reader) theme(id string, n *yaml.Node) {
	t := Theme{ID: id, Kind: OneThing, Line: r.Lines["themes."+id]}
	r.t = &t
	under := func(kind string, read func(string, *yaml.Node)) func(*yaml.Node) {
		return func(v *yaml.Node) { r.Entries(v, kind+"."+id, read) }
	}
	r.Mapping(n, yamldoc.Keys{
		"name":      func(v *yaml.Node) { t.Name = r.Text(v) },
		"lead":      func(v *yaml.Node) { t.Lead = r.Text(v) },
		"for":       func(v *yaml.Node) { t.For = Group(r.OneOf(v, string(Business), string(Personal))) },
		"kind":      func(v *yaml.Node) { t.Kind = Kind(r.OneOf(v, string(OneThing), string(OneLicence))) },
		"licence":   func(v *yaml.Node) { t.Licence = r.Text(v) },
		"questions": under("questions", r.question),
		"items":     under("items", r.item),
		"materials": under("materials", r.material),
		"now":       func(v *yaml.Node) { t.Now = r.effort(v) },
	}, "name", "lead", "for", "licence", "items", "materials", "now")
	r.c.Themes = append(r.c.Themes, t)
}

func (r *reader) question(id string, n *yaml.Node) {
	q := Question{ID: id}
	r.Mapping(n, yamldoc.Keys{
		"ask": func(v *yaml.Node) { q.Ask = r.Text(v) },
		"answers": func(v *yaml.Node) {
			r.Entries(v, "answers."+r.t.ID+"."+id, func(id string, v *yaml.Node) { q.Answers = append(q.Answers, Answer{id, r.Text(v)}) })
			if len(q.Answers) < 2 {
				r.Fail(v, "问题“%s”至少要有两个答案。", "The question “%s” needs two answers at least.", id)
			}
		},
	}, "ask", "answers")
	r.t.Questions = append(r.t.Questions, q)
}

func (r *reader) item(id string, n *yaml.Node) {
	x := Item{ID: id, Line: r.Lines["items."+r.t.ID+"."+id]}
	r.Mapping(n, yamldoc.Keys{
		"name":      func(v *yaml.Node) { x.Name = r.Text(v) },
		"unit":      func(v *yaml.Node) { x.Unit = r.Word(v) },
		"statutory": func(v *yaml.Node) { x.Statutory = r.limit(v) },
		"promised":  func(v *yaml.Node) { x.Promised = r.limit(v) },
		"after":     func(v *yaml.Node) { x.After = r.Words(v) },
		"result":    func(v *yaml.Node) { x.Result = r.Text(v) },
		"fields":    func(v *yaml.Node) { x.Fields = r.Words(v) },
		"when":      func(v *yaml.Node) { x.When = r.condition(v) },
		"before":    func(v *yaml.Node) { x.Before = r.effort(v) },
	}, "name", "unit", "statutory", "promised", "result", "before")
	r.t.Items = append(r.t.Items, x)
}

func (r *reader) material(id string, n *yaml.Node) {
	m := Material{ID: id, Source: Brought, Line: r.Lines["materials."+r.t.ID+"."+id]}
	r.Mapping(n, yamldoc.Keys{
		"name":   func(v *yaml.Node) { m.Name = r.Text(v) },
		"for":    func(v *yaml.Node) { m.For = r.Words(v) },
		"when":   func(v *yaml.Node) { m.When = r.condition(v) },
		"source": func(v *yaml.Node) { m.Source = Source(r.OneOf(v, string(Brought), string(Held), string(Made))) },
		"hint":   func(v *yaml.Node) { m.Hint = r.Text(v) },
	}, "name", "for")
	r.t.Materials = append(r.t.Materials, m)
}

// condition reads {question: answers}, all of which must hold, or a list of such, one of which must.
func (r *reader) condition(n *yaml.Node) Condition {
	if n.Kind != yaml.SequenceNode {
		return Condition{r.oneCase(n)}
	}
	var out Condition
	r.Items(n, func(v *yaml.Node) { out = append(out, r.oneCase(v)) })
	if len(out) == 0 {
		r.Fail(n, "条件不能为空。", "A condition must not be empty.")
	}
	return out
}

func (r *reader) oneCase(n *yaml.Node) Case {
	c := Case{}
	r.Pairs(n, func(k, v *yaml.Node) {
		i := slices.IndexFunc(r.t.Questions, func(q Question) bool { return q.ID == k.Value })
		if i < 0 {
			r.Fail(k, "没有问题“%s”（questions 要写在 items 和 materials 前面）。", "There is no question “%s” (questions must stand before items and materials).", k.Value)
			return
		}
		c[k.Value] = r.Words(v)
		if len(c[k.Value]) == 0 {
			r.Fail(v, "这里要写答案。", "Answers are expected here.")
		}
		for _, a := range c[k.Value] {
			if !slices.ContainsFunc(r.t.Questions[i].Answers, func(x Answer) bool { return x.ID == a }) {
				r.Fail(v, "问题“%s”没有答案“%s”。", "The question “%s” has no answer “%s”.", k.Value, a)
			}
		}
	})
	return c
}

func (r *reader) limit(n *yaml.Node) calendar.Limit {
	l, err := calendar.ParseLimit(r.Word(n))
	if err != nil || l.Unit != calendar.WorkDay {
		r.Fail(n, "许可时限以工作日计（行政许可法第八十二条），应写成 5work_day 的形式。", "Limits of permits are counted in working days; write one as 5work_day.")
	}
	return l
}

func (r *reader) effort(n *yaml.Node) Effort {
	var e Effort
	r.Mapping(n, yamldoc.Keys{
		"steps":  func(v *yaml.Node) { e.Steps = r.Number(v, 0, 99) },
		"visits": func(v *yaml.Node) { e.Visits = r.Number(v, 0, 99) },
	}, "steps", "visits")
	return e
}
