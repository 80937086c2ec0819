package rules

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/fault"
	"gezhi/internal/yamldoc"

	"go.yaml.in/yaml/v3"
)

// choiceForm keeps what parts the values of a set out of their names.
var choiceForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

// Parse reads and checks a book. The error is a fault.List with every mistake found; each one's Field is name:line. Examples
// are not run: see Book.Test.
func Parse(name string, src []byte) (*Book, error) {
	r := &reader{Reader: yamldoc.Reader{File: name, Lines: map[string]int{}}, out: &Book{File: name}}
	if doc, ok := r.Document(src); ok {
		r.book(doc)
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return r.out, nil
}

type reader struct {
	yamldoc.Reader
	out *Book
}

func (r *reader) book(doc *yaml.Node) {
	var items []*yaml.Node
	var derived *yaml.Node
	// Items name fields and parameters, wherever in the file those stand.
	r.Mapping(doc, yamldoc.Keys{
		"notice":  func(v *yaml.Node) { r.out.Notice = r.Text(v) },
		"fields":  func(v *yaml.Node) { r.Entries(v, "fields", r.field) },
		"params":  func(v *yaml.Node) { r.Entries(v, "params", r.param) },
		"derived": func(v *yaml.Node) { derived = v },
		"items":   func(v *yaml.Node) { r.Items(v, func(v *yaml.Node) { items = append(items, v) }) },
	}, "fields", "items")
	if derived != nil {
		r.Pairs(derived, r.derived)
	}
	for _, v := range items {
		r.item(v)
	}
	if r.OK() {
		r.check()
	}
}

func (r *reader) field(id string, n *yaml.Node) {
	f := Field{ID: id}
	r.Mapping(n, yamldoc.Keys{
		"name": func(v *yaml.Node) { f.Name = r.Text(v) },
		"kind": func(v *yaml.Node) { f.Kind = r.kind(v) },
		"choices": func(v *yaml.Node) {
			r.Pairs(v, func(k, v *yaml.Node) {
				if !choiceForm.MatchString(k.Value) || k.Value == none {
					r.Fail(k, "可选值“%s”只能用字母、数字、- 和 _，不能是 none。", "The choice “%s” must be of letters, digits, - and _, and not “none”.", k.Value)
				}
				f.Choices = append(f.Choices, Term{k.Value, r.Text(v)})
			})
		},
	}, "name", "kind")
	if chosen := f.Kind == Choice || f.Kind == Set; chosen != (len(f.Choices) > 0) {
		r.Fail(n, "字段“%s”：choice 和 set 要列出可选值（choices），其他类型不列。", "The field “%s”: choices are for the kinds choice and set, which need them.", id)
	}
	if f.Kind == Set && len(f.Choices) > 63 {
		r.Fail(n, "字段“%s”的可选值最多 63 个。", "The field “%s” may have 63 choices at most.", id)
	}
	r.out.Fields = append(r.out.Fields, f)
}

// derived reads how a field follows from others.
func (r *reader) derived(k, n *yaml.Node) {
	d := Derived{Field: r.fieldAt(k)}
	if d.Field < 0 {
		return
	}
	f := r.out.Fields[d.Field]
	if f.Kind != Choice && f.Kind != Flag {
		r.Fail(k, "只有单选（choice）和是否（flag）字段可以推出；“%s”不是。", "Only a choice or a flag can be derived; “%s” is neither.", f.ID)
		return
	}
	r.Items(n, func(v *yaml.Node) {
		var c DerivedCase
		r.Mapping(v, yamldoc.Keys{
			"when": func(v *yaml.Node) { c.When = r.cond(v) },
			"is": func(v *yaml.Node) {
				x, err := f.ParseValue(v.Value, "")
				r.told(v, err)
				c.Value = x
			},
		}, "when", "is")
		d.Cases = append(d.Cases, c)
	})
	r.out.Derived = append(r.out.Derived, d)
}

func (r *reader) kind(n *yaml.Node) Kind {
	return Kind(slices.Index(kindNames, r.OneOf(n, kindNames...)) + 1)
}

func (r *reader) param(id string, n *yaml.Node) {
	p := Param{ID: id}
	var values *yaml.Node
	r.Mapping(n, yamldoc.Keys{
		"kind":   func(v *yaml.Node) { p.Kind = r.kind(v) },
		"values": func(v *yaml.Node) { values = v },
	}, "kind", "values")
	if p.Kind != Count && p.Kind != Money && p.Kind != Rate {
		r.Fail(n, "参数只能是 count、money 或 rate。", "A parameter is a count, money or a rate.")
	}
	if values == nil || !r.OK() {
		return
	}
	r.Items(values, func(v *yaml.Node) {
		var x ParamValue
		r.Mapping(v, yamldoc.Keys{
			"from":  func(v *yaml.Node) { x.From = r.day(v) },
			"value": func(v *yaml.Node) { x.Value = r.number(v, p.Kind) },
		}, "from", "value")
		if k := len(p.Values); k > 0 && p.Values[k-1].From >= x.From {
			r.Fail(v, "参数“%s”的生效日期须从早到晚，不能重复。", "The values of “%s” must follow one another in time.", id)
		}
		p.Values = append(p.Values, x)
	})
	r.out.Params = append(r.out.Params, p)
}

func (r *reader) day(n *yaml.Node) int64 {
	d, err := ParseDay(n.Value)
	r.told(n, err)
	return d
}

func (r *reader) number(n *yaml.Node, kind Kind) int64 {
	x, err := parseNumber(strings.TrimSpace(n.Value), "", kind)
	r.told(n, err)
	return x
}

// told records an error where a node stands.
func (r *reader) told(n *yaml.Node, err error) {
	for _, f := range fault.Fields(err) {
		r.Fail(n, "%[1]s", "%[2]s", f.ZH, f.EN)
	}
}

// fieldAt is the place of the field that a node names; -1 when there is none.
func (r *reader) fieldAt(n *yaml.Node) int {
	i := r.out.Field(n.Value)
	if i < 0 {
		r.Fail(n, "没有字段“%s”。", "There is no field “%s”.", n.Value)
	}
	return i
}

func (r *reader) cond(n *yaml.Node) *Cond {
	c := &Cond{Line: n.Line}
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch n.Content[i].Value {
		case "all", "any", "not", "of_these":
			return r.tree(c, n)
		}
	}
	r.test(c, n)
	return c
}

// tree reads {all: [...]}, {any: [...]}, {not: …} and {least: 2, of_these: [...]}.
func (r *reader) tree(c *Cond, n *yaml.Node) *Cond {
	kids := func(kind CondKind) func(*yaml.Node) {
		return func(v *yaml.Node) {
			c.Kind = kind
			r.Items(v, func(v *yaml.Node) { c.Kids = append(c.Kids, r.cond(v)) })
			if len(c.Kids) == 0 {
				r.Fail(v, "这里至少要有一个条件。", "There must be one condition at least.")
			}
		}
	}
	r.Mapping(n, yamldoc.Keys{
		"all": kids(All), "any": kids(Any), "of_these": kids(AtLeast),
		"not":   func(v *yaml.Node) { c.Kind, c.Kids = Not, []*Cond{r.cond(v)} },
		"least": func(v *yaml.Node) { c.N = r.Number(v, 1, 1000) },
		"say":   func(v *yaml.Node) { c.Say = r.Text(v) },
		"cite":  func(v *yaml.Node) { c.Cite = r.Word(v) },
	})
	if given(n, "all", "any", "not", "of_these") > 1 || given(n, "least") != given(n, "of_these") {
		r.Fail(n, "一处只能写 all、any、not、of_these 中的一个。", "Only one of all, any, not and of_these may stand in one place.")
	}
	if c.Kind == AtLeast && (c.N == 0 || c.N > len(c.Kids)) {
		r.Fail(n, "least 须在 1 与条件个数（%d）之间。", "“least” must be between 1 and the number of conditions (%d).", len(c.Kids))
	}
	return c
}

// given is how many of some names a mapping has.
func given(n *yaml.Node, names ...string) (found int) {
	for _, name := range names {
		if yamldoc.Child(n, name) != nil {
			found++
		}
	}
	return found
}

// test reads one test: {field: insured, at_most: 30}.
func (r *reader) test(c *Cond, n *yaml.Node) {
	c.Kind = Test
	p := &c.Test
	p.Field, p.Of = -1, -1
	var verbs []*yaml.Node // what it asks, read once the field is known
	keys := yamldoc.Keys{
		"field": func(v *yaml.Node) { p.Field = r.fieldAt(v) },
		"of":    func(v *yaml.Node) { p.Of = r.fieldAt(v) },
		"say":   func(v *yaml.Node) { c.Say = r.Text(v) },
		"cite":  func(v *yaml.Node) { c.Cite = r.Word(v) },
	}
	for verb := range asking {
		keys[verb] = func(v *yaml.Node) {
			verbs = append(verbs, &yaml.Node{Kind: yaml.ScalarNode, Value: verb, Line: v.Line}, v)
		}
	}
	r.Mapping(n, keys, "field")
	if p.Field < 0 || p.Of < 0 && given(n, "of") > 0 {
		return
	}
	if len(verbs) == 0 {
		r.Fail(n, "这个条件没有写要求（例如 at_least、is、under）。", "This condition asks for nothing (at_least, is, under …).")
	}
	f := r.out.Fields[p.Field]
	kind := f.Kind
	if p.Of >= 0 {
		of := r.out.Fields[p.Of]
		if kind != of.Kind || kind != Money && kind != Count {
			r.Fail(n, "比率的两个字段须同为金额或同为数量；“%s”与“%s”不是。", "A share is of two amounts or two counts; “%s” and “%s” are not.", f.ID, of.ID)
		}
		kind = Rate
	}
	for i := 0; i < len(verbs); i += 2 {
		r.verb(p, f, kind, verbs[i], verbs[i+1])
	}
}

// asking maps what a test may ask to the kinds it may be asked of.
var asking = map[string][]Kind{
	"at_least": ordered, "at_most": ordered, "above": ordered, "below": ordered, "is": append([]Kind{Flag, Choice}, ordered...), "in": {Choice},
	"has": {Set}, "has_all": {Set}, "under": {Code}, "months_ago": {Day}, "within_months": {Day},
}

var ordered = []Kind{Count, Money, Rate, Day}

// verb reads what a test asks of a field; kind is that of what is compared.
func (r *reader) verb(p *Predicate, f Field, kind Kind, k, v *yaml.Node) {
	if !slices.Contains(asking[k.Value], kind) {
		r.Fail(v, "字段“%s”是 %s，不能用 %s。", "The field “%s” is a %s and cannot be asked “%s”.", f.ID, kind.String(), k.Value)
		return
	}
	between := Between
	if p.Of >= 0 {
		between = Share
		if k.Value == "above" || k.Value == "below" { // there are values between any two steps
			r.Fail(v, "两个字段之比不用 above、below：“高于 5%”写成 not 加 at_most: 5%，“低于 5%”写成 not 加 at_least: 5%。",
				"A share is not asked above or below: “above 5%” is “not” with at_most: 5%, “below 5%” is “not” with at_least: 5%.")
			return
		}
	}
	was, twice := p.Verb, false
	switch k.Value {
	case "at_least", "above":
		twice = p.Low != nil
	case "at_most", "below":
		twice = p.High != nil
	case "is":
		twice = p.Low != nil || p.High != nil
	}
	switch k.Value {
	case "at_least":
		p.Verb, p.Low = between, r.operand(v, kind)
	case "above":
		p.Verb, p.Low = between, r.operand(v, kind)
		p.Low.N++
	case "at_most":
		p.Verb, p.High = between, r.operand(v, kind)
	case "below":
		p.Verb, p.High = between, r.operand(v, kind)
		p.High.N--
	case "is":
		r.equal(p, f, kind, between, v)
	case "in", "has":
		p.Verb, p.Mask = OneOf, p.Mask|r.mask(f, v)
	case "has_all":
		p.Verb, p.Mask = HasAll, p.Mask|r.mask(f, v)
	case "under":
		p.Verb = Under
		for _, code := range r.Words(v) {
			if !isCode(code) {
				r.Fail(v, "“%s”不是代码。", "“%s” is not a code.", code)
			}
			p.Codes = append(p.Codes, code)
		}
	case "months_ago":
		p.Verb, p.Low = MonthsAgo, r.months(v)
	case "within_months":
		p.Verb, p.High = WithinMonth, r.months(v)
	}
	if twice || was != 0 && (was != p.Verb || was != Between && was != Share) {
		r.Fail(v, "这两项要求不能写在同一个条件里，请分成两个条件。", "These two cannot stand in one condition; make them two.")
	}
}

// equal reads {is: …}.
func (r *reader) equal(p *Predicate, f Field, kind Kind, between Verb, v *yaml.Node) {
	switch kind {
	case Choice:
		p.Verb, p.Mask = OneOf, p.Mask|r.mask(f, v)
	case Flag:
		x, err := f.ParseValue(v.Value, "")
		r.told(v, err)
		p.Verb, p.Low = Between, &Operand{N: x.N, Param: -1}
		p.High = p.Low
	default:
		p.Verb, p.Low = between, r.operand(v, kind)
		p.High = p.Low
	}
}

func (r *reader) months(v *yaml.Node) *Operand {
	o := r.operand(v, Count)
	if o.Param < 0 && (o.N < 0 || o.N > 1200) {
		r.Fail(v, "月数须在 0 到 1200 之间。", "Months are between 0 and 1200.")
	}
	return o
}

// mask reads one choice or a list of them.
func (r *reader) mask(f Field, v *yaml.Node) (out uint64) {
	for _, id := range r.Words(v) {
		i := f.place(id)
		if i < 0 {
			r.Fail(v, "“%s”不是字段“%s”的可选值。", "“%s” is not a value of the field “%s”.", id, f.ID)
			continue
		}
		out |= 1 << i
	}
	return out
}

// operand reads a number of a kind or $parameter.
func (r *reader) operand(n *yaml.Node, kind Kind) *Operand {
	id, named := strings.CutPrefix(n.Value, "$")
	if !named {
		if kind == Day {
			return &Operand{N: r.day(n), Param: -1}
		}
		return &Operand{N: r.number(n, kind), Param: -1}
	}
	i := slices.IndexFunc(r.out.Params, func(p Param) bool { return p.ID == id })
	if i < 0 {
		r.Fail(n, "没有参数“%s”。", "There is no parameter “%s”.", id)
	} else if r.out.Params[i].Kind != kind {
		r.Fail(n, "参数“%s”是 %s，这里要 %s。", "The parameter “%s” is a %s; here a %s is needed.", id, r.out.Params[i].Kind.String(), kind.String())
	}
	return &Operand{Param: i}
}

// expr reads a formula: 1000元, $param, or a mapping.
func (r *reader) expr(n *yaml.Node) *Expr {
	x := &Expr{Line: n.Line}
	if n.Kind == yaml.ScalarNode {
		x.Kind, x.N = Const, r.operand(n, Money)
		return x
	}
	if len(n.Content) == 0 {
		r.Fail(n, "这里要写金额的算法。", "A formula for the amount is needed here.")
		return x
	}
	args := func(kind ExprKind) func(*yaml.Node) {
		return func(v *yaml.Node) {
			x.Kind = kind
			r.Items(v, func(v *yaml.Node) { x.Args = append(x.Args, r.expr(v)) })
			if len(x.Args) == 0 {
				r.Fail(v, "这里至少要有一项。", "There must be one entry at least.")
			}
		}
	}
	r.Mapping(n, yamldoc.Keys{
		"field": func(v *yaml.Node) {
			x.Kind = FieldValue
			if x.Field = r.fieldAt(v); x.Field >= 0 && r.out.Fields[x.Field].Kind != Money {
				r.Fail(v, "字段“%s”不是金额；数量用 times 乘以单价。", "The field “%s” is not money; counts are multiplied by “times”.", v.Value)
			}
		},
		"sum": args(Sum), "less": args(Less), "least": args(Least), "most": args(Most),
		"share": func(v *yaml.Node) { x.Kind, x.Args = Part, []*Expr{r.expr(v)} },
		"rate":  func(v *yaml.Node) { x.Num, x.Den = r.rate(v) },
		"rate_field": func(v *yaml.Node) {
			if x.Rate, x.Den = r.fieldAt(v), 10_000; x.Rate >= 0 && r.out.Fields[x.Rate].Kind != Rate {
				r.Fail(v, "字段“%s”不是比率。", "The field “%s” is not a rate.", v.Value)
			}
		},
		"round": func(v *yaml.Node) { x.HalfUp = r.OneOf(v, "down", "half_up") == "half_up" },
		"each":  func(v *yaml.Node) { x.Kind, x.Args = Times, []*Expr{r.expr(v)} },
		"times": func(v *yaml.Node) {
			if x.Field = r.fieldAt(v); x.Field >= 0 && r.out.Fields[x.Field].Kind != Count {
				r.Fail(v, "times 只能乘以数量字段；“%s”不是。", "“times” multiplies by a count; “%s” is none.", v.Value)
			}
		},
		"cases": func(v *yaml.Node) {
			x.Kind = Cases
			r.Items(v, func(v *yaml.Node) { r.oneCase(x, v) })
			if len(x.Args) != len(x.When)+1 {
				r.Fail(v, "cases 的最后一项写 otherwise，并且只写一次。", "The last of “cases” is “otherwise”, and only the last.")
			}
		},
	})
	switch {
	case x.Kind == 0:
		r.Fail(n, "这里要写金额的算法。", "A formula for the amount is needed here.")
	case given(n, "field", "sum", "less", "least", "most", "share", "each", "cases") > 1:
		r.Fail(n, "一处只能写一种算法。", "Only one kind of formula may stand in one place.")
	case given(n, "round") > given(n, "share"):
		r.Fail(n, "round 只用于 share。", "“round” is for “share” only.")
	case given(n, "share") != given(n, "rate", "rate_field"):
		r.Fail(n, "share 要和 rate 或 rate_field 之一一起写。", "“share” goes with one of “rate” and “rate_field”.")
	case given(n, "each") != given(n, "times"):
		r.Fail(n, "each 和 times 要一起写。", "“each” and “times” go together.")
	}
	return x
}

// rate reads 60%, $param or 1/3.
func (r *reader) rate(v *yaml.Node) (num *Operand, den int64) {
	over, under, isRatio := strings.Cut(v.Value, "/")
	if !isRatio {
		return r.operand(v, Rate), 10_000
	}
	a, err1 := strconv.ParseInt(strings.TrimSpace(over), 10, 64)
	b, err2 := strconv.ParseInt(strings.TrimSpace(under), 10, 64)
	switch {
	case err1 != nil || err2 != nil || a < 0 || b < 0:
		r.Fail(v, "比率写成 60% 或 1/3 这样。", "A rate is written like 60% or 1/3.")
	case b == 0:
		r.Fail(v, "比率的分母不能是 0。", "A rate cannot be divided by zero.")
	}
	return &Operand{N: a, Param: -1}, b
}

func (r *reader) oneCase(x *Expr, n *yaml.Node) {
	r.Mapping(n, yamldoc.Keys{
		"when":      func(v *yaml.Node) { x.When = append(x.When, r.cond(v)) },
		"then":      func(v *yaml.Node) { x.Args = append(x.Args, r.expr(v)) },
		"otherwise": func(v *yaml.Node) { x.Args = append(x.Args, r.expr(v)) },
	})
}
