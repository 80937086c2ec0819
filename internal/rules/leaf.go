package rules

import (
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/yamldoc"

	"go.yaml.in/yaml/v3"
)

// Leaf is a test as a form has it.
type Leaf struct {
	Field, Of string // ids; Of is what a share is of, "" for none
	Asks      [2]Ask // the second bounds a number from the other side; empty when there is none
	SayZH     string
	SayEN     string
	Cite      string
}

// Ask is what a test asks: a verb as the file writes it, and the value. A number may have its unit beside it. Several choices or codes are
// parted by spaces or 、. A value that begins with $ names a parameter.
type Ask struct{ Verb, Value, Unit string }

// Question is what may be asked of a field.
type Question struct {
	Verb  string
	Name  lang.Text
	Input Input
}

// Input is how a question's value is put in.
type Input string

// The ways to put a value in.
const (
	AsNumber  Input = "number"  // a whole number
	AsAmount  Input = "amount"  // a number with one of Units(Money)
	AsPercent Input = "percent" // a number with one of Units(Rate)
	AsDay     Input = "day"
	AsYesNo   Input = "yes_no"
	AsChoice  Input = "choice"  // one of the field's choices
	AsChoices Input = "choices" // some of them
	AsCodes   Input = "codes"   // beginnings of codes
	AsMonths  Input = "months"  // a whole number of months
)

// Units are the words a number of a kind can be counted in, the largest first.
func Units(kind Kind) []string {
	var out []string
	for _, u := range units {
		if u.kind == kind {
			out = append(out, u.word)
		}
	}
	return out
}

// questions are all there are, in the order a form lists them.
var questions = []struct {
	verb string
	name lang.Text
	days lang.Text // of days
}{
	{"at_least", lang.Text{ZH: "不低于", EN: "at least"}, lang.Text{ZH: "不早于", EN: "not before"}},
	{"at_most", lang.Text{ZH: "不超过", EN: "at most"}, lang.Text{ZH: "不晚于", EN: "not after"}},
	{"above", lang.Text{ZH: "超过", EN: "above"}, lang.Text{ZH: "晚于", EN: "after"}},
	{"below", lang.Text{ZH: "低于", EN: "below"}, lang.Text{ZH: "早于", EN: "before"}},
	{"months_ago", lang.Text{}, lang.Text{ZH: "至今已满（月）", EN: "months ago, at least"}},
	{"within_months", lang.Text{}, lang.Text{ZH: "在最近几个月内", EN: "within the last months"}},
	{"is", lang.Text{ZH: "为", EN: "is"}, lang.Text{ZH: "为", EN: "is"}},
	{"in", lang.Text{ZH: "为其中之一", EN: "is one of"}, lang.Text{}},
	{"has", lang.Text{ZH: "有其中任一", EN: "has any of"}, lang.Text{}},
	{"has_all", lang.Text{ZH: "同时有", EN: "has all of"}, lang.Text{}},
	{"under", lang.Text{ZH: "代码开头为", EN: "begins with"}, lang.Text{}},
}

// ShareQuestions are what may be asked of a share of two fields.
func ShareQuestions() []Question {
	return slices.DeleteFunc(Rate.Questions(), func(q Question) bool { return q.Verb == "above" || q.Verb == "below" })
}

// Questions are what may be asked of a field of a kind.
func (k Kind) Questions() []Question {
	var out []Question
	for _, q := range questions {
		if !slices.Contains(asking[q.verb], k) {
			continue
		}
		name := q.name
		if k == Day {
			name = q.days
		}
		out = append(out, Question{q.verb, name, k.input(q.verb)})
	}
	return out
}

func (k Kind) input(verb string) Input {
	switch verb {
	case "months_ago", "within_months":
		return AsMonths
	case "in", "has", "has_all":
		return AsChoices
	}
	return map[Kind]Input{Count: AsNumber, Money: AsAmount, Rate: AsPercent, Day: AsDay, Flag: AsYesNo, Choice: AsChoice, Code: AsCodes}[k]
}

// Leaf is a test's form.
func (b *Book) Leaf(c *Cond) Leaf {
	out := Leaf{Cite: c.Cite, SayZH: c.Say.ZH, SayEN: c.Say.EN}
	asks := out.Asks[:0]
	for _, e := range (&writer{b: b}).test(c.Test) {
		switch text := e.value.flow; e.key {
		case "field":
			out.Field = text
		case "of":
			out.Of = text
		default:
			asks = append(asks, ask(e.key, text))
		}
	}
	return out
}

// ask parts a number from its unit, and takes the brackets off a list.
func ask(verb, text string) Ask {
	for _, u := range units {
		if n, ok := strings.CutSuffix(text, u.word); ok && plain(n) {
			return Ask{verb, n, u.word}
		}
	}
	return Ask{Verb: verb, Value: strings.ReplaceAll(strings.Trim(text, "[]"), ",", "")}
}

// leafNames are the names of a leaf's form, by which its mistakes are told. Its nodes have their places as lines.
var leafNames = []string{"field", "of", "verb", "value", "verb2", "value2", "say_zh", "cite"}

// ReadLeaf is the test that a form describes, as Parse would read it. The error is a fault.List: each one's Field is field, of, verb, value,
// verb2, value2, say_zh or cite.
func (b *Book) ReadLeaf(l Leaf) (*Cond, error) {
	form := &yaml.Node{Kind: yaml.MappingNode, Line: slices.Index(leafNames, "of")} // where two fields do not go together
	put := func(key, name string, v *yaml.Node) {
		at := slices.Index(leafNames, name)
		v.Line = at
		for _, x := range v.Content {
			x.Line = at
		}
		form.Content = append(form.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key, Line: at}, v)
	}
	r := &reader{Reader: yamldoc.Reader{Lines: map[string]int{}}, out: b}
	missing := func(name string) {
		r.FailAt(slices.Index(leafNames, name), "请填写。", "Please fill this in.")
	}
	if put("field", "field", scalar(l.Field)); l.Field == "" {
		missing("field")
	}
	if l.Of != "" {
		put("of", "of", scalar(l.Of))
	}
	for i, a := range l.Asks {
		verb, value, empty := []string{"verb", "verb2"}[i], []string{"value", "value2"}[i], strings.TrimSpace(a.Value) == ""
		switch {
		case i == 1 && a.Verb == "" && empty:
		case asking[a.Verb] == nil:
			missing(verb)
		case i == 1 && a.Verb == l.Asks[0].Verb:
			r.FailAt(slices.Index(leafNames, verb), "两次比较不能相同。", "The two comparisons must differ.")
		case empty:
			missing(value)
		default:
			put(a.Verb, value, a.node())
		}
	}
	if l.SayZH+l.SayEN != "" {
		put("say", "say_zh", &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar("zh"), scalar(l.SayZH), scalar("en"), scalar(l.SayEN)}})
	}
	if l.Cite != "" {
		put("cite", "cite", scalar(l.Cite))
	}
	c := &Cond{}
	if r.OK() {
		r.test(c, form)
		c.Line = slices.Index(leafNames, "value")
		r.never(c)
		c.Line = 0
	}
	if !r.OK() {
		return nil, fault.Rename(r.Err(), func(field string) string {
			at, _ := strconv.Atoi(strings.TrimPrefix(field, ":"))
			return leafNames[at]
		})
	}
	return c, nil
}

func scalar(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.TrimSpace(strings.ToValidUTF8(s, ""))}
}

// node is the value as a file has it.
func (a Ask) node() *yaml.Node {
	text := strings.TrimSpace(a.Value)
	switch a.Verb {
	case "in", "has", "has_all", "under":
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, word := range strings.FieldsFunc(text, parting) {
			list.Content = append(list.Content, scalar(word))
		}
		return list
	}
	if plain(text) {
		text += a.Unit
	}
	return scalar(text)
}
