package rules

import (
	"slices"
	"strings"

	"gezhi/internal/lang"
)

// Clause is a condition or a formula in words, for people who are not lawyers: a sentence, and what it joins below it.
type Clause struct {
	Text string
	Cite string // the article
	Kids []Clause
}

// Words is the condition in words, with the numbers of a day.
func (c *Cond) Words(b *Book, day int64, l lang.Lang) Clause {
	return teller{b, day, l}.clause(c, true)
}

// Words is the formula in words, with the numbers of a day; what depends on conditions stands below it.
func (e *Expr) Words(b *Book, day int64, l lang.Lang) Clause {
	t := teller{b, day, l}
	if e.Kind != Cases || len(e.When) == 0 {
		return Clause{Text: t.formula(e, 0)}
	}
	out := Clause{Text: l.T("按情形计算：", "It depends:")}
	for i, a := range e.Args {
		when := l.T("其他情形", "otherwise")
		if i < len(e.When) {
			when = t.inline(e.When[i], true, false)
		}
		out.Kids = append(out.Kids, Clause{Text: when + l.T("：", " → ") + t.formula(a, 0)})
	}
	return out
}

// Sentence is the condition in one line, with the numbers of a day.
func (c *Cond) Sentence(b *Book, day int64, l lang.Lang) string {
	return teller{b, day, l}.inline(c, true, false)
}

// Sentence is the formula in one line, with the numbers of a day.
func (e *Expr) Sentence(b *Book, day int64, l lang.Lang) string {
	return teller{b, day, l}.formula(e, sentence)
}

// teller puts conditions and formulas of a book into words, with the numbers of a day.
type teller struct {
	b   *Book
	day int64
	lang.Lang
}

// clause is a condition, or its opposite.
func (t teller) clause(c *Cond, yes bool) Clause {
	switch {
	case c.Kind == Test:
		return Clause{Text: t.test(c.Test, yes), Cite: c.Cite}
	case c.Kind == Not:
		return t.alone(c, !yes)
	case len(c.Kids) == 1 && c.Kind != AtLeast:
		return t.alone(c, yes)
	}
	out := Clause{Text: t.head(c, yes), Cite: c.Cite}
	for _, k := range c.Kids {
		out.Kids = append(out.Kids, t.clause(k, true))
	}
	return out
}

// alone is the only kid of a condition.
func (t teller) alone(c *Cond, yes bool) Clause {
	out := t.clause(c.Kids[0], yes)
	if out.Cite == "" {
		out.Cite = c.Cite
	}
	return out
}

// head says how many of what follows must hold.
func (t teller) head(c *Cond, yes bool) string {
	switch {
	case c.Kind == All && yes:
		return t.T("以下须全部满足：", "All of these:")
	case c.Kind == All:
		return t.T("以下不全部满足：", "Not all of these:")
	case c.Kind == Any && yes:
		return t.T("以下满足任意一项即可：", "Any one of these:")
	case c.Kind == Any:
		return t.T("以下均不满足：", "None of these:")
	case yes:
		return t.Tf("以下至少满足 %d 项：", "At least %d of these:", c.N)
	}
	return t.Tf("以下满足的不到 %d 项：", "Fewer than %d of these:", c.N)
}

// inline is a condition, or its opposite, within a sentence. One made of several stands in brackets inside another.
func (t teller) inline(c *Cond, yes, inside bool) string {
	kind := c.Kind
	switch {
	case kind == Test:
		return t.test(c.Test, yes)
	case kind == Not:
		return t.inline(c.Kids[0], !yes, inside)
	case len(c.Kids) == 1:
		return t.inline(c.Kids[0], yes, inside)
	case kind == AtLeast:
		out := t.Tf("以下至少满足 %d 项：", "at least %d of: ", c.N)
		if !yes {
			out = t.Tf("以下满足的不到 %d 项：", "fewer than %d of: ", c.N)
		}
		return t.brackets(out+t.joined(c.Kids, true, t.T("、", ", ")), inside)
	case (kind == All) == yes:
		return t.brackets(t.joined(c.Kids, yes, t.T("，且", " and ")), inside)
	}
	return t.brackets(t.joined(c.Kids, yes, t.T("，或", " or ")), inside)
}

func (t teller) joined(kids []*Cond, yes bool, by string) string {
	var words []string
	for _, k := range kids {
		words = append(words, t.inline(k, yes, true))
	}
	return strings.Join(words, by)
}

func (t teller) brackets(s string, needed bool) string {
	if !needed {
		return s
	}
	return t.T("（", "(") + s + t.T("）", ")")
}

// How closely the parts of a formula hang together: what hangs together less than its place asks for stands in brackets.
const (
	sentence = iota // with a cap, a floor or cases
	summed
	multiplied
	single
)

// formula is an amount within a place that asks for parts hanging together so closely.
func (t teller) formula(e *Expr, place int) string {
	text, close := t.parts(e)
	return t.brackets(text, close < place)
}

func (t teller) parts(e *Expr) (text string, close int) {
	switch e.Kind {
	case Const:
		return moneyWords(t.number(e.N), t.Lang), single
	case FieldValue:
		return t.field(e.Field), single
	case Part:
		text = t.times(e.Args[0], t.rate(e))
		if e.HalfUp {
			text += t.T("（四舍五入到分）", " (rounded to the 分)")
		}
		return text, multiplied
	case Times:
		return t.times(e.Args[0], t.field(e.Field)), multiplied
	case Cases:
		if len(e.When) == 0 {
			return t.parts(e.Args[0])
		}
		return t.cases(e), sentence
	}
	if len(e.Args) == 1 && e.Kind != Less {
		return t.parts(e.Args[0])
	}
	switch e.Kind {
	case Sum:
		return t.terms(e.Args, " + "), summed
	case Less:
		return t.terms(e.Args, " − ") + t.T("，低于 0 的按 0 计", ", not below 0"), sentence
	}
	return t.limit(e), sentence
}

// times is a product. A Chinese bracket has its space within.
func (t teller) times(e *Expr, by string) string {
	return strings.Replace(t.formula(e, multiplied)+" × "+by, "） × ", "）× ", 1)
}

func (t teller) field(i int) string { return t.b.Fields[i].Name.In(t.Lang) }

func (t teller) rate(e *Expr) string {
	switch {
	case e.Num == nil:
		return t.field(e.Rate)
	case e.Den == 10_000:
		return formatRate(t.number(e.Num))
	}
	return FormatValue(Field{}, Count, Known(t.number(e.Num)), t.Lang) + "/" + FormatValue(Field{}, Count, Known(e.Den), t.Lang)
}

func (t teller) terms(args []*Expr, by string) string {
	words := make([]string, len(args))
	for i, a := range args {
		words[i] = t.formula(a, multiplied)
	}
	return strings.Join(words, by)
}

// limit is a least or a most: one amount with a cap or a floor, or several of which one counts.
func (t teller) limit(e *Expr) string {
	if fixed := slices.IndexFunc(e.Args, func(a *Expr) bool { return a.Kind == Const }); len(e.Args) == 2 && fixed >= 0 {
		return t.formula(e.Args[1-fixed], summed) + t.choose(e.Kind == Least, lang.Text{ZH: "，最多 ", EN: ", at most "}, lang.Text{ZH: "，最低 ", EN: ", at least "}) + t.formula(e.Args[fixed], single)
	}
	words := make([]string, len(e.Args))
	for i, a := range e.Args {
		words[i] = t.formula(a, summed)
	}
	list := strings.Join(words, t.T("、", ", "))
	return t.choose(e.Kind == Least, lang.Text{ZH: list + " 中最低的一项", EN: "the least of " + list}, lang.Text{ZH: list + " 中最高的一项", EN: "the most of " + list})
}

func (t teller) cases(e *Expr) string {
	var words []string
	for i, c := range e.When {
		words = append(words, t.then(t.inline(c, true, false), "的，按", t.formula(e.Args[i], summed)))
	}
	return strings.Join(append(words, t.then(t.T("其他的", "otherwise"), "，按", t.formula(e.Args[len(e.Args)-1], summed))), t.T("；", "; "))
}

// then is an amount behind what it depends on.
func (t teller) then(when, by, amount string) string {
	if t.Lang == lang.EN {
		return when + " → " + amount
	}
	return glue(when, by, amount)
}
