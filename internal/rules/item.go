package rules

import (
	"slices"

	"gezhi/internal/yamldoc"

	"go.yaml.in/yaml/v3"
)

// How an item comes to an enterprise.
const (
	Auto      = "auto"      // 免申即享: found by the data and paid without an application
	Apply     = "apply"     // 快申快享: applied for and decided in Promised working days
	Elsewhere = "elsewhere" // enjoyed when tax or contributions are declared; only reported here
)

// How often one enterprise may have an item.
const (
	Ever    = "ever"
	Yearly  = "year"
	Monthly = "month"
)

// The most that an item may say, in working days, natural days and working days.
const (
	mostPublicity = 60
	mostConfirm   = 365
	mostPromised  = 250
)

func (r *reader) item(n *yaml.Node) {
	x := &Item{To: LastDay, Line: n.Line, Delivery: Elsewhere, Once: Yearly, Trigger: -1}
	var examples []*yaml.Node
	r.Mapping(n, yamldoc.Keys{
		"id":         func(v *yaml.Node) { x.ID = r.id(v) },
		"name":       func(v *yaml.Node) { x.Name = r.Text(v) },
		"basis":      func(v *yaml.Node) { x.Basis = r.Words(v) },
		"note":       func(v *yaml.Node) { x.Note = r.Text(v) },
		"way":        func(v *yaml.Node) { x.Way = Way(r.OneOf(v, ways...)) },
		"kind":       func(v *yaml.Node) { x.Kind = r.Text(v) },
		"delivery":   func(v *yaml.Node) { x.Delivery = r.OneOf(v, Auto, Apply, Elsewhere) },
		"once":       func(v *yaml.Node) { x.Once = r.OneOf(v, Ever, Yearly, Monthly) },
		"trigger":    func(v *yaml.Node) { x.Trigger = r.trigger(v) },
		"promised":   func(v *yaml.Node) { x.Promised = r.Number(v, 1, mostPromised) },
		"materials":  func(v *yaml.Node) { r.Items(v, func(v *yaml.Node) { x.Materials = append(x.Materials, r.Text(v)) }) },
		"publicity":  func(v *yaml.Node) { x.Publicity = r.Number(v, 0, mostPublicity) },
		"confirm":    func(v *yaml.Node) { x.Confirm = r.Number(v, 0, mostConfirm) },
		"budget":     func(v *yaml.Node) { x.Budget = r.budget(v) },
		"department": func(v *yaml.Node) { x.Department = r.Word(v) },
		"phone":      func(v *yaml.Node) { x.Phone = r.Word(v) },
		"from":       func(v *yaml.Node) { x.From = r.day(v) },
		"to":         func(v *yaml.Node) { x.To = r.day(v) },
		"when":       func(v *yaml.Node) { x.When = r.cond(v) },
		"amount":     func(v *yaml.Node) { x.Amount = r.expr(v) },
		"yields_to":  func(v *yaml.Node) { x.YieldsTo = r.Words(v) },
		"group":      func(v *yaml.Node) { x.Group = r.id(v) },
		"examples":   func(v *yaml.Node) { r.Items(v, func(v *yaml.Node) { examples = append(examples, v) }) },
	}, "id", "name", "basis", "way", "from", "when")
	if x.To < x.From {
		r.Fail(n, "事项“%s”的截止日期早于生效日期。", "The item “%s” ends before it begins.", x.ID)
	}
	r.delivery(n, x)
	for _, v := range examples {
		x.Examples = append(x.Examples, r.example(v))
	}
	r.out.Items = append(r.out.Items, x)
}

func (r *reader) id(v *yaml.Node) string {
	if !yamldoc.IDForm.MatchString(v.Value) {
		r.Fail(v, "编号“%s”只能用小写字母、数字、- 和 _，以字母开头。", "The id “%s” must be of small letters, digits, - and _, beginning with a letter.", v.Value)
	}
	return v.Value
}

func (r *reader) trigger(v *yaml.Node) int {
	i := r.fieldAt(v)
	if i >= 0 && r.out.Fields[i].Kind != Day {
		r.Fail(v, "trigger 要写日期字段；“%s”不是。", "“trigger” names a field that is a day; “%s” is none.", v.Value)
	}
	return i
}

func (r *reader) budget(v *yaml.Node) int64 {
	n := r.number(v, Money)
	if n <= 0 {
		r.Fail(v, "预算须大于 0；没有预算控制的不写 budget。", "A budget is more than 0; an item without one does not have “budget”.")
	}
	return n
}

// delivery refuses what an item says that the way it comes to enterprises has no place for.
func (r *reader) delivery(n *yaml.Node, x *Item) {
	for _, only := range []struct{ key, delivery, zh, en string }{
		{"promised", Apply, "只有需要申请的事项（delivery: apply）才写 promised。", "“promised” is for items that are applied for (delivery: apply)."},
		{"materials", Apply, "只有需要申请的事项（delivery: apply）才写 materials。", "“materials” are for items that are applied for (delivery: apply)."},
		{"trigger", Auto, "只有免申即享的事项（delivery: auto）才写 trigger。", "“trigger” is for items that come by themselves (delivery: auto)."},
	} {
		if v := yamldoc.Child(n, only.key); v != nil && x.Delivery != only.delivery {
			r.Fail(v, only.zh, only.en)
		}
	}
	for _, key := range []string{"publicity", "confirm"} {
		if v := yamldoc.Child(n, key); v != nil && x.Delivery == Elsewhere {
			r.Fail(v, "申报时享受的事项（delivery: elsewhere）没有名单，不写 %s。", "Items enjoyed when declaring (delivery: elsewhere) have no list: no “%s”.", key)
		}
	}
}

// groups makes each item of an exclusion group yield to those that stand before it.
func (r *reader) groups() {
	first := map[string]*Item{}
	for _, x := range r.out.Items {
		if was := first[x.ID]; was == nil {
			first[x.ID] = x
		} else if was.Group != x.Group {
			r.FailAt(x.Line, "事项“%s”各个版本的 group 应当相同，与第 %d 行的不同。", "All versions of “%s” belong to one group; the one on line %d has another.", x.ID, was.Line)
		}
	}
	for _, x := range r.out.Items {
		x.YieldsTo = r.out.yields(x, x.YieldsTo)
	}
}

// yields are the items that are said, and those of the item's group that stand before it. Which stands first goes by an item's first
// version, so that versions that follow one another never yield in a circle.
func (b *Book) yields(x *Item, said []string) []string {
	if x.Group == "" {
		return said
	}
	out := slices.Clone(said)
	for _, before := range b.Items {
		if before.ID == x.ID {
			break
		}
		if before.Group == x.Group && !slices.Contains(out, before.ID) {
			out = append(out, before.ID)
		}
	}
	return out
}

func (r *reader) example(n *yaml.Node) Example {
	e := Example{Values: make([]Value, len(r.out.Fields)), line: n.Line}
	r.Mapping(n, yamldoc.Keys{
		"name":  func(v *yaml.Node) { e.Name = r.Word(v) },
		"as_of": func(v *yaml.Node) { e.AsOf = r.day(v) },
		"verdict": func(v *yaml.Node) {
			e.Verdict = State(r.OneOf(v, string(Eligible), string(NotFor), string(CannotSay), string(NotInForce)))
		},
		"amount": func(v *yaml.Node) { a := r.number(v, Money); e.Amount = &a },
		"given": func(v *yaml.Node) {
			r.Pairs(v, func(k, v *yaml.Node) {
				if i := r.fieldAt(k); i >= 0 {
					x, err := r.out.Fields[i].ParseValue(v.Value, "")
					r.told(v, err)
					e.Values[i] = x
				}
			})
		},
	}, "name", "as_of", "given", "verdict")
	return e
}
