package rules

import (
	"strconv"
	"strings"

	"gezhi/internal/lang"
	"gezhi/internal/yamldoc"
)

// cond is a condition as YAML.
func (w *writer) cond(c *Cond) *part {
	var entries []entry
	kids := func(key string) {
		e := entry{key: key}
		for _, k := range c.Kids {
			e.list = append(e.list, w.cond(k))
		}
		entries = append(entries, e)
	}
	switch c.Kind {
	case Test:
		entries = w.test(c.Test)
	case All:
		kids("all")
	case Any:
		kids("any")
	case AtLeast:
		entries = []entry{{key: "least", value: wordPart(strconv.Itoa(c.N))}}
		kids("of_these")
	case Not:
		entries = []entry{{key: "not", value: w.cond(c.Kids[0])}}
	}
	if c.Cite != "" {
		entries = append(entries, entry{key: "cite", value: wordPart(yamldoc.Quote(c.Cite))})
	}
	if c.Say != (lang.Text{}) {
		entries = append(entries, entry{key: "say", value: wordPart(textFlow(c.Say))})
	}
	return mapping(entries...)
}

// test is what a test asks, as names with words.
func (w *writer) test(p Predicate) []entry {
	f := w.b.Fields[p.Field]
	kind := f.Kind
	out := []entry{{key: "field", value: wordPart(f.ID)}}
	say := func(key, text string) { out = append(out, entry{key: key, value: wordPart(text)}) }
	if p.Verb == Share {
		kind = Rate
		say("of", w.b.Fields[p.Of].ID)
	}
	choices := strings.Join(f.ids(p.Mask), ", ")
	switch p.Verb {
	case OneOf:
		switch {
		case f.Kind == Set:
			say("has", "["+choices+"]")
		case strings.Contains(choices, ",") || choices == "":
			say("in", "["+choices+"]")
		default:
			say("is", choices)
		}
	case HasAll:
		say("has_all", "["+choices+"]")
	case Under:
		say("under", "["+strings.Join(p.Codes, ", ")+"]")
	case MonthsAgo:
		say("months_ago", w.operand(Count, p.Low, 0))
	case WithinMonth:
		say("within_months", w.operand(Count, p.High, 0))
	default:
		w.bounds(kind, p, say)
	}
	return out
}

// bounds writes the bounds of a number as they were written: a bound that is one step beyond a round number, or a parameter, leaves that out.
func (w *writer) bounds(kind Kind, p Predicate, say func(key, text string)) {
	switch {
	case kind == Flag:
		say("is", Field{Kind: Flag}.FormatText(Known(p.Low.N)))
		return
	case p.Low != nil && p.High != nil && *p.Low == *p.High:
		say("is", w.operand(kind, p.Low, 0))
		return
	}
	if o := p.Low; o != nil {
		if o.beyond(kind, p.Verb, 1) {
			say("above", w.operand(kind, o, 1))
		} else {
			say("at_least", w.operand(kind, o, 0))
		}
	}
	if o := p.High; o != nil {
		if o.beyond(kind, p.Verb, -1) {
			say("below", w.operand(kind, o, -1))
		} else {
			say("at_most", w.operand(kind, o, 0))
		}
	}
}

// operand is a number less a step, or a parameter.
func (w *writer) operand(kind Kind, o *Operand, step int64) string {
	if o.Param >= 0 {
		return "$" + w.b.Params[o.Param].ID
	}
	return numberText(kind, o.N-step)
}

// expr is a formula as YAML.
func (w *writer) expr(e *Expr) *part {
	args := func(key string) *part {
		out := entry{key: key}
		for _, a := range e.Args {
			out.list = append(out.list, w.expr(a))
		}
		return mapping(out)
	}
	field := func(key string, i int) entry { return entry{key: key, value: wordPart(w.b.Fields[i].ID)} }
	switch e.Kind {
	case Const:
		return wordPart(w.operand(Money, e.N, 0))
	case FieldValue:
		return mapping(field("field", e.Field))
	case Sum:
		return args("sum")
	case Less:
		return args("less")
	case Least:
		return args("least")
	case Most:
		return args("most")
	case Times:
		return mapping(entry{key: "each", value: w.expr(e.Args[0])}, field("times", e.Field))
	case Part:
		out := []entry{{key: "share", value: w.expr(e.Args[0])}, w.rate(e)}
		if e.HalfUp {
			out = append(out, entry{key: "round", value: wordPart("half_up")})
		}
		return mapping(out...)
	}
	cases := entry{key: "cases"}
	for i, a := range e.Args {
		one := mapping(entry{key: "otherwise", value: w.expr(a)})
		if i < len(e.When) {
			one = mapping(entry{key: "when", value: w.cond(e.When[i])}, entry{key: "then", value: w.expr(a)})
		}
		one.apart = true
		cases.list = append(cases.list, one)
	}
	return mapping(cases)
}

func (w *writer) rate(e *Expr) entry {
	switch {
	case e.Num == nil:
		return entry{key: "rate_field", value: wordPart(w.b.Fields[e.Rate].ID)}
	case e.Den == 10_000:
		return entry{key: "rate", value: wordPart(w.operand(Rate, e.Num, 0))}
	}
	return entry{key: "rate", value: wordPart(strconv.FormatInt(e.Num.N, 10) + "/" + strconv.FormatInt(e.Den, 10))}
}

// example is a worked example on one line.
func (w *writer) example(e Example) string {
	var given []string
	for i, v := range e.Values {
		if v.Known {
			given = append(given, w.b.Fields[i].ID+": "+w.b.Fields[i].FormatText(v))
		}
	}
	out := "{name: " + yamldoc.Quote(e.Name) + ", as_of: " + FormatDay(e.AsOf) + ", given: {" + strings.Join(given, ", ") + "}, verdict: " + string(e.Verdict)
	if e.Amount != nil {
		out += ", amount: " + numberText(Money, *e.Amount)
	}
	return out + "}"
}
