package points

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/calendar"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/yamldoc"

	"go.yaml.in/yaml/v3"
)

// ParseRules reads and checks a rules file. The error is a fault.List with every mistake found; each one's
// Field is name:line.
func ParseRules(name string, src []byte) (Rules, error) {
	r := &reader{Reader: yamldoc.Reader{File: name, Lines: map[string]int{}}}
	if doc, ok := r.Document(src); ok {
		r.rules(doc)
	}
	if err := r.Err(); err != nil {
		return Rules{}, err
	}
	return r.out, nil
}

type reader struct {
	yamldoc.Reader
	out Rules
}

func (r *reader) rules(doc *yaml.Node) {
	var list *yaml.Node
	r.Mapping(doc, yamldoc.Keys{
		"notice": func(v *yaml.Node) { r.out.Notice = r.Text(v) },
		"categories": func(v *yaml.Node) {
			r.Entries(v, "categories", func(id string, v *yaml.Node) {
				r.out.Categories = append(r.out.Categories, Category{id, r.Text(v)})
			})
		},
		"caps":  func(v *yaml.Node) { r.out.Overall = r.caps(v) },
		"rules": func(v *yaml.Node) { list = v },
	}, "categories", "rules")
	if list != nil { // after the categories they name
		r.Entries(list, "rules", r.rule)
	}
}

func (r *reader) rule(id string, n *yaml.Node) {
	x := Rule{ID: id}
	r.Mapping(n, yamldoc.Keys{
		"name":      func(v *yaml.Node) { x.Name = r.Text(v) },
		"note":      func(v *yaml.Node) { x.Note = r.Text(v) },
		"category":  func(v *yaml.Node) { x.Category = r.category(v) },
		"points":    func(v *yaml.Node) { x.Value = r.value(v) },
		"who":       func(v *yaml.Node) { x.Who = wordsOf(r, v, earners) },
		"source":    func(v *yaml.Node) { x.Source = wordOf(r, v, sources) },
		"evidence":  func(v *yaml.Node) { x.Evidence = wordsOf(r, v, evidences) },
		"caps":      func(v *yaml.Node) { x.Caps = r.caps(v) },
		"review":    func(v *yaml.Node) { x.Review = r.reviewer(v) },
		"second":    func(v *yaml.Node) { x.Second = r.second(v) },
		"publicity": func(v *yaml.Node) { x.Publicity = r.publicity(v) },
		"pool":      func(v *yaml.Node) { x.Pools = r.pools(v) },
		"lapse":     func(v *yaml.Node) { x.Lapse = r.lapse(v) },
		"valid":     func(v *yaml.Node) { x.Valid = r.span(v) },
		"basis":     func(v *yaml.Node) { x.Basis = r.Word(v) },
		"example":   func(v *yaml.Node) { x.Example = r.Flag(v) },
	}, "name", "category", "points", "who", "source", "evidence", "pool", "lapse", "basis")
	r.agree(n, x)
	r.out.List = append(r.out.List, x)
}

// agree reports what does not go together.
func (r *reader) agree(n *yaml.Node, x Rule) {
	if x.Second.By.Role != "" && x.Review.Role == "" {
		r.Fail(n, "写了二次复核 second，也要写复核 review。", "A rule with “second” needs “review” too.")
	}
	if x.Second.By == x.Review && x.Review.Role != "" {
		r.Fail(n, "二次复核应由另一层级的岗位办理。", "The second review must lie with another post.")
	}
	if slices.Contains(x.Who, Household) && len(x.Who) > 1 || slices.Contains(x.Who, UnitEarner) && len(x.Who) > 1 {
		r.Fail(n, "家庭事项、单位事项请单独成条，不与个人合写。", "Items for households or for units stand by themselves.")
	}
	for source, needs := range map[Source]Evidence{FromCase: Case, FromActivity: SignUp, FromList: Import} {
		if x.Source == source && !x.Needs(needs) {
			r.Fail(n, "来源为 %s 的事项须以 %s 为佐证。", "Items whose source is %s need the evidence %s.", source, needs)
		}
	}
	if x.Source == FromApplication && x.Review.Role == "" {
		r.Fail(n, "本人申报的事项必须有人复核（review）。", "What people apply for must be reviewed.")
	}
	if x.Source == FromApplication && slices.Contains(x.Who, UnitEarner) {
		r.Fail(n, "单位事项由社区名单记分，来源请写 list。", "Units earn by a community's list; write the source list.")
	}
}

// wordOf reads one of the words that m names.
func wordOf[T ~string](r *reader, n *yaml.Node, m map[T]lang.Text) T {
	return T(r.OneOf(n, choices(m)...))
}

func wordsOf[T ~string](r *reader, n *yaml.Node, m map[T]lang.Text) []T {
	var out []T
	for _, w := range r.Words(n) {
		if _, ok := m[T(w)]; !ok {
			r.Fail(n, "“%s”不在可选值之内（%s）。", "“%s” is not one of %s.", w, strings.Join(choices(m), ", "))
			continue
		}
		out = append(out, T(w))
	}
	return out
}

func choices[T ~string](m map[T]lang.Text) []string {
	var out []string
	for _, w := range slices.Sorted(maps.Keys(m)) {
		out = append(out, string(w))
	}
	return out
}

func (r *reader) category(n *yaml.Node) string {
	w := r.Word(n)
	if w != "" && !slices.ContainsFunc(r.out.Categories, func(c Category) bool { return c.ID == w }) {
		r.Fail(n, "没有“%s”这个类别。", "There is no category “%s”.", w)
	}
	return w
}

// value reads 5, or {each: 1, per: 60, unit: minute}.
func (r *reader) value(n *yaml.Node) Value {
	if n.Kind == yaml.ScalarNode {
		return Value{Each: int64(r.Number(n, 1, MaxPoints))}
	}
	var v Value
	r.Mapping(n, yamldoc.Keys{
		"each": func(n *yaml.Node) { v.Each = int64(r.Number(n, 1, MaxPoints)) },
		"per":  func(n *yaml.Node) { v.Per = int64(r.Number(n, 1, MaxQuantity)) },
		"unit": func(n *yaml.Node) { v.Unit = wordOf(r, n, units) },
	}, "each", "per", "unit")
	return v
}

func (r *reader) caps(n *yaml.Node) []Cap {
	var out []Cap
	r.Items(n, func(n *yaml.Node) {
		var c Cap
		r.Mapping(n, yamldoc.Keys{
			"per":    func(n *yaml.Node) { c.Per = wordOf(r, n, periods) },
			"points": func(n *yaml.Node) { c.Points = int64(r.Number(n, 1, 1_000_000)) },
			"times":  func(n *yaml.Node) { c.Times = r.Number(n, 1, 100_000) },
		}, "per")
		if c.Points == 0 && c.Times == 0 {
			r.Fail(n, "上限要写分数 points 或次数 times。", "A cap needs “points” or “times”.")
		}
		if slices.ContainsFunc(out, func(o Cap) bool { return o.Per == c.Per }) {
			r.Fail(n, "同一周期的上限写了两次。", "There are two caps for one period.")
		}
		out = append(out, c)
	})
	return out
}

var levels = map[string]idcode.Level{"community": idcode.Community, "street": idcode.Street, "district": idcode.District}

func (r *reader) level(n *yaml.Node, w string) idcode.Level {
	l, ok := levels[w]
	if !ok {
		r.Fail(n, "没有“%s”这一层级，可用 community, street, district。", "There is no level “%s”; use community, street or district.", w)
	}
	return l
}

// reviewer reads role@level.
func (r *reader) reviewer(n *yaml.Node) Reviewer {
	role, level, ok := strings.Cut(r.Word(n), "@")
	if !ok || !yamldoc.IDForm.MatchString(role) {
		r.Fail(n, "复核人应写成 角色@层级，如 community_desk@community。", "Write a reviewer as role@level, such as community_desk@community.")
		return Reviewer{}
	}
	return Reviewer{role, r.level(n, level)}
}

func (r *reader) second(n *yaml.Node) Second {
	var s Second
	r.Mapping(n, yamldoc.Keys{
		"above": func(n *yaml.Node) { s.Above = int64(r.Number(n, 0, MaxPoints)) },
		"by":    func(n *yaml.Node) { s.By = r.reviewer(n) },
	}, "above", "by")
	return s
}

// publicity reads a limit in days; objections are for days, not hours.
func (r *reader) publicity(n *yaml.Node) calendar.Limit {
	l, err := calendar.ParseLimit(r.Word(n))
	if err != nil || (l.Unit != calendar.WorkDay && l.Unit != calendar.NaturalDay) || l.N > 60 {
		r.Fail(n, "公示期应为 1 至 60 天，写成 3work_day 或 5natural_day。", "Publicity lasts 1 to 60 days; write 3work_day or 5natural_day.")
		return calendar.Limit{}
	}
	return l
}

func (r *reader) pools(n *yaml.Node) []idcode.Level {
	var out []idcode.Level
	for _, w := range r.Words(n) {
		out = append(out, r.level(n, w))
	}
	return out
}

// lapse reads never, year_end or rolling_24_months.
func (r *reader) lapse(n *yaml.Node) Lapse {
	w := r.Word(n)
	if rest, ok := strings.CutPrefix(w, "rolling_"); ok {
		if months, ok := strings.CutSuffix(rest, "_months"); ok {
			if n, err := strconv.Atoi(months); err == nil && n >= 1 && n <= 120 {
				return Lapse{Months: n}
			}
		}
	}
	if w != "never" && w != "year_end" {
		r.Fail(n, "有效期应写 never、year_end 或 rolling_24_months（1 至 120 个月）。", "Write never, year_end or rolling_24_months (1 to 120 months).")
	}
	return Lapse{YearEnd: w == "year_end"}
}

func (r *reader) span(n *yaml.Node) Span {
	var s Span
	day := func(into *calendar.Day) func(*yaml.Node) {
		return func(n *yaml.Node) {
			d, err := calendar.ParseDay(r.Word(n))
			if err != nil {
				r.Fail(n, "日期应写成 2026-01-01。", "Write the day as 2026-01-01.")
			}
			*into = d
		}
	}
	r.Mapping(n, yamldoc.Keys{"from": day(&s.From), "to": day(&s.To)})
	if s.From != 0 && s.To != 0 && s.To < s.From {
		r.Fail(n, "失效日期早于生效日期。", "The rule ends before it begins.")
	}
	return s
}
