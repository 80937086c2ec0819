package rules

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/yamldoc"
	"gezhi/packs"

	"pgregory.net/rapid"
)

// writable makes of a random book one that a file can hold: names, bounds a step from a parameter at most, no code twice, amounts that fit.
func writable(rt *rapid.T, b *Book) {
	for i := range b.Fields {
		b.Fields[i].Name = lang.Text{ZH: "字段" + b.Fields[i].ID, EN: b.Fields[i].ID}
		for j := range b.Fields[i].Choices {
			b.Fields[i].Choices[j].Name = lang.Text{ZH: "值", EN: "v"}
		}
	}
	for i, x := range b.Items {
		var cond func(c *Cond)
		cond = func(c *Cond) {
			if c.Kind != AtLeast {
				c.N = 0
			}
			t := &c.Test
			step(t.Low, max(low(t.Low), 0))
			step(t.High, min(low(t.High), 0))
			if t.Verb == MonthsAgo || t.Verb == Share {
				step(t.Low, 0)
				step(t.High, 0)
			}
			slices.Sort(t.Codes)
			t.Codes = slices.Compact(t.Codes)
			if rapid.IntRange(0, 5).Draw(rt, "say") == 0 {
				c.Say, c.Cite = randomText(rt), randomSentence(rt)
			}
			for _, k := range c.Kids {
				cond(k)
			}
		}
		var expr func(e *Expr)
		expr = func(e *Expr) {
			step(e.N, 0)
			if step(e.Num, 0); e.Num != nil && e.Num.Param >= 0 {
				e.Den = 10_000
			}
			for _, a := range e.Args {
				expr(a)
			}
			for _, c := range e.When {
				cond(c)
			}
		}
		cond(x.When)
		if x.Amount != nil {
			expr(x.Amount)
			for _, day := range (&reader{out: b}).days(x) {
				if resolveAmount(b, x.Amount, day).work(nil, nil).overflow {
					x.Amount = &Expr{Kind: Const, N: &Operand{N: 1, Param: -1}}
				}
			}
		}
		randomDelivery(rt, b, x)
		if i > 0 {
			x.Group = rapid.SampledFrom([]string{"", "g", "h"}).Draw(rt, "group")
		}
	}
	for _, x := range b.Items {
		x.YieldsTo = b.yields(x, x.YieldsTo)
	}
}

func low(o *Operand) int64 {
	if o == nil {
		return 0
	}
	return o.N
}

// step sets how far from a parameter a bound is.
func step(o *Operand, n int64) {
	if o != nil && o.Param >= 0 {
		o.N = n
	}
}

func randomSentence(rt *rapid.T) string {
	s := strings.TrimSpace(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"示例：甲、乙", "a: b", "- x", "{y}", "12", "yes", "#", "a \"quoted\" 'word'"})).Draw(rt, "sentence"))
	if s == "" {
		return "示例"
	}
	return s
}

func randomText(rt *rapid.T) lang.Text {
	return lang.Text{ZH: randomSentence(rt), EN: randomSentence(rt)}
}

func randomDelivery(rt *rapid.T, b *Book, x *Item) {
	some := func(name string, n int) int { return rapid.IntRange(0, n).Draw(rt, name) }
	x.Name, x.Basis, x.Way = randomText(rt), rapid.SliceOfNDistinct(rapid.Custom(randomSentence), 1, 3, rapid.ID).Draw(rt, "basis"), Way(rapid.SampledFrom(ways).Draw(rt, "way"))
	x.Delivery = rapid.SampledFrom([]string{Auto, Apply, Elsewhere}).Draw(rt, "delivery")
	x.Once, x.Trigger = rapid.SampledFrom([]string{Ever, Yearly, Monthly}).Draw(rt, "once"), -1
	switch x.Delivery {
	case Auto:
		x.Trigger = rapid.SampledFrom([]int{-1, b.Field("founded")}).Draw(rt, "trigger")
	case Apply:
		x.Promised = some("promised", mostPromised)
		for range some("materials", 2) {
			x.Materials = append(x.Materials, randomText(rt))
		}
	}
	if x.Delivery != Elsewhere {
		x.Publicity, x.Confirm = some("publicity", mostPublicity), some("confirm", mostConfirm)
	}
	if some("more", 1) == 1 {
		x.Note, x.Kind, x.Budget, x.Department, x.Phone = randomText(rt), randomText(rt), int64(1+some("budget", 1e9)), randomSentence(rt), randomSentence(rt)
	}
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 2))
	for range some("examples", 2) {
		e := Example{Name: randomSentence(rt), AsOf: randomDay(rt, "as of"), Values: randomProfile(rng, b, 19_000).Values, Verdict: Eligible}
		if some("amount", 1) == 1 {
			n := rng.Int64N(1e12)
			e.Amount = &n
		}
		x.Examples = append(x.Examples, e)
	}
}

// text is a book's file without its items.
func (b *Book) text() string {
	var s strings.Builder
	s.WriteString("fields:\n")
	for _, f := range b.Fields {
		fmt.Fprintf(&s, "  %s: {kind: %s, name: %s", f.ID, f.Kind, textFlow(f.Name))
		for i, t := range f.Choices {
			fmt.Fprintf(&s, "%s%s: %s", []string{", ", ", choices: {"}[min(1, 1-min(i, 1))], t.ID, textFlow(t.Name))
		}
		s.WriteString(strings.Repeat("}", 1+min(1, len(f.Choices))) + "\n")
	}
	s.WriteString("params:\n")
	for _, p := range b.Params {
		fmt.Fprintf(&s, "  %s: {kind: %s, values: [", p.ID, p.Kind)
		for i, v := range p.Values {
			fmt.Fprintf(&s, "%s{from: %s, value: %s}", []string{"", ", "}[min(i, 1)], FormatDay(v.From), numberText(p.Kind, v.Value))
		}
		s.WriteString("]}\n")
	}
	return s.String() + "items:\n"
}

// bare is an item without its lines, in words that can be compared.
func bare(x *Item) *Item {
	out := *x
	out.Line = 0
	out.When = bareCond(x.When)
	out.Amount = bareExpr(x.Amount)
	out.Examples = slices.Clone(x.Examples)
	for i := range out.Examples {
		out.Examples[i].line = 0
	}
	return &out
}

func bareCond(c *Cond) *Cond {
	out := *c
	out.Line, out.Kids = 0, nil
	if c.Kind != Test {
		out.Test = Predicate{}
	}
	for _, k := range c.Kids {
		out.Kids = append(out.Kids, bareCond(k))
	}
	return &out
}

func bareExpr(e *Expr) *Expr {
	if e == nil {
		return nil
	}
	out := *e
	out.Line, out.Args, out.When = 0, nil, nil
	for _, a := range e.Args {
		out.Args = append(out.Args, bareExpr(a))
	}
	for _, c := range e.When {
		out.When = append(out.When, bareCond(c))
	}
	return &out
}

func TestAnItemIsReadBackAsItWas(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := randomBook(rt)
		writable(rt, b)
		src := []byte(b.text() + "  []\n")
		for _, x := range b.Items {
			var err error
			if src, err = Revise(src, x.ID, 0, Write(b, x)); err != nil {
				rt.Fatalf("%v\n%s", err, Write(b, x))
			}
		}
		got, err := Parse("a.yaml", src)
		if err != nil {
			rt.Fatalf("%v\n%s", fault.Fields(err), src)
		}
		for i, x := range b.Items {
			if was, is := bare(x), bare(got.Items[i]); !reflect.DeepEqual(was, is) {
				rt.Fatalf("%+v\nbecame\n%+v\n%s", was, is, Write(b, x))
			}
		}
		// Any one of them replaced by any other leaves all lines but its own.
		i, j := rapid.IntRange(0, len(b.Items)-1).Draw(rt, "item"), rapid.IntRange(0, len(b.Items)-1).Draw(rt, "by")
		draft := *got.Items[j]
		draft.ID, draft.Group, draft.YieldsTo = got.Items[i].ID, "", nil
		out, err := Revise(src, draft.ID, got.Items[i].Line, Write(got, &draft))
		if err != nil {
			rt.Fatal(err)
		}
		was, is := strings.Split(string(src), "\n"), strings.Split(string(out), "\n")
		end := len(was) - 1
		if i+1 < len(got.Items) {
			end = got.Items[i+1].Line - 1
		}
		if head := got.Items[i].Line - 1; !slices.Equal(was[:head], is[:head]) || !slices.Equal(was[end:], is[len(is)-len(was)+end:]) {
			rt.Fatalf("other lines have changed:\n%s\n%s", src, out)
		}
	})
}

func TestTheShippedItemsAreWrittenAsTheyStand(t *testing.T) {
	src, err := fs.ReadFile(packs.FS, "common/policies.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b, err := Parse("policies.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	again := func(src []byte) []byte {
		for i, x := range b.Items {
			if src, err = Revise(src, x.ID, lineOf(t, src, i), Write(b, x)); err != nil {
				t.Fatal(err)
			}
		}
		return src
	}
	out := again(src)
	got, err := Parse("policies.yaml", out)
	if err != nil {
		t.Fatal(fault.Fields(err))
	}
	for i, x := range b.Items {
		if !reflect.DeepEqual(bare(x), bare(got.Items[i])) {
			t.Errorf("%+v became %+v", bare(x), bare(got.Items[i]))
		}
	}
	if twice := again(out); string(twice) != string(out) {
		t.Errorf("written twice it is not the same:\n%v", yamldoc.Diff(string(out), string(twice), 0))
	}
	// What is not an example's line stays nearly as a person wrote it.
	gone := 0
	for _, l := range yamldoc.Diff(string(src), string(out), 0) {
		if l.State == yamldoc.Gone && !strings.Contains(l.Text, "as_of:") {
			gone++
		}
	}
	if gone > 10 || !strings.HasPrefix(string(out), string(src[:strings.Index(string(src), "\nitems:")])) {
		t.Errorf("%d lines were written otherwise", gone)
	}
}

func TestAParameterIsGivenOtherValues(t *testing.T) {
	text := "# 一\nfields: {x: {kind: count, name: {zh: 甲, en: x}}}\nparams:\n  flow: {kind: money, values: [{from: 2020-01-01, value: 1500元}, # 二\n    {from: 2021-01-01, value: 0.2万元}]} # 三\n" +
		"  block:\n    kind: rate\n    values:\n      - from: 2020-01-01\n        value: 50% # 四\n      # 五\n      - {from: 2021-01-01, value: 60%}\nitems:\n" +
		"  - {id: a, name: {zh: 甲, en: a}, basis: 示例, way: grant, from: 2022-01-01, when: {field: x, at_least: 1}}\n"
	rapid.Check(t, func(rt *rapid.T) {
		p := Param{ID: "flow", Kind: Money}
		if rapid.Bool().Draw(rt, "block") {
			p = Param{ID: "block", Kind: Rate}
		}
		day := int64(18_000)
		for range rapid.IntRange(1, 4).Draw(rt, "values") {
			day += int64(rapid.IntRange(1, 400).Draw(rt, "later"))
			p.Values = append(p.Values, ParamValue{day, int64(rapid.IntRange(-100, 1e7).Draw(rt, "value"))})
		}
		out, err := ReviseParam([]byte(text), p)
		if err != nil {
			rt.Fatal(err)
		}
		b, err := Parse("a.yaml", out)
		if err != nil {
			rt.Fatalf("%v\n%s", fault.Fields(err), out)
		}
		other := map[string][]ParamValue{"flow": {{18_262, 1500_00}, {18_628, 2000_00}}, "block": {{18_262, 5000}, {18_628, 6000}}}
		other[p.ID] = p.Values
		for _, got := range b.Params {
			if !slices.Equal(got.Values, other[got.ID]) {
				rt.Fatalf("%s has %v, want %v\n%s", got.ID, got.Values, other[got.ID], out)
			}
		}
		if again, err := ReviseParam(out, p); err != nil || string(again) != string(out) {
			rt.Fatalf("once more: %v\n%s\n%s", err, out, again)
		}
	})
	more := Param{ID: "flow", Kind: Money, Values: []ParamValue{{18_262, 1500_00}, {18_628, 2000_00}, {18_993, 2500_00}}}
	if out, err := ReviseParam([]byte(text), more); err != nil || string(out) != strings.Replace(text, "0.2万元}]", "0.2万元}, {from: 2022-01-01, value: 2500元}]", 1) {
		t.Errorf("%v\n%s", err, out)
	}
	earlier := Param{ID: "block", Kind: Rate, Values: []ParamValue{{18_262, 5000}, {18_627, 6000}}}
	if out, err := ReviseParam([]byte(text), earlier); err != nil || string(out) != strings.Replace(text, "{from: 2021-01-01, value: 60%}", "{from: 2020-12-31, value: 60%}", 1) {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := ReviseParam([]byte(text), Param{ID: "none"}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if _, err := ReviseParam([]byte(text), Param{ID: "flow"}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no value at all: %v", err)
	}
}

func TestAnItemThatIsNotThereIsNotRevised(t *testing.T) {
	head := "fields: {x: {kind: count, name: {zh: 甲, en: x}}}\n"
	item := "{id: a, name: {zh: 甲, en: a}, basis: 示例, way: grant, from: 2022-01-01, when: {field: x, at_least: 1}}"
	b, err := Parse("a.yaml", []byte(head+"items:\n  - "+item+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	written := Write(b, b.Items[0])
	for name, c := range map[string]struct {
		src  string
		id   string
		line int
		want fault.Kind
	}{
		"another line":   {head + "items:\n  - " + item + "\n", "a", 4, fault.Conflict},
		"another item":   {head + "items:\n  - " + item + "\n", "b", 3, fault.Conflict},
		"in brackets":    {head + "items: [" + item + "]\n", "a", 2, fault.Invalid},
		"no items":       {head, "a", 0, fault.Invalid},
		"on line of its": {head + "items:\n  -\n    " + item + "\n", "a", 0, fault.Invalid},
		"no YAML":        {"a: [", "a", 0, fault.Invalid},
	} {
		if out, err := Revise([]byte(c.src), c.id, c.line, written); fault.KindOf(err) != c.want {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	for name, src := range map[string]string{
		"braces":         head + "items:\n- " + item + " # 注\n# 尾\n",
		"another system": strings.ReplaceAll(head+"items:\n    -   "+item+"\n", "\n", "\r\n"),
	} {
		out, err := Revise([]byte(src), "a", 3, written)
		if err != nil {
			t.Fatal(name, err)
		}
		got, err := Parse("a.yaml", out)
		if err != nil || !reflect.DeepEqual(bare(got.Items[0]), bare(b.Items[0])) {
			t.Errorf("%s: %v\n%s", name, fault.Fields(err), out)
		}
		if strings.Contains(src, "\r\n") && strings.Count(string(out), "\n") != strings.Count(string(out), "\r\n") {
			t.Errorf("%s: line ends differ: %q", name, out)
		}
	}
}

func lineOf(t *testing.T, src []byte, i int) int {
	b, err := Parse("policies.yaml", src)
	if err != nil {
		t.Fatal(fault.Fields(err))
	}
	return b.Items[i].Line
}

func FuzzRevise(f *testing.F) {
	f.Add([]byte("fields: {x: {kind: count, name: {zh: 甲, en: x}}}\nparams: {p: {kind: money, values: [{}]}}\nitems:\n  - id: a\n"), 4)
	f.Fuzz(func(t *testing.T, src []byte, line int) {
		for _, revise := range []func() ([]byte, error){
			func() ([]byte, error) { return Revise(src, "a", line, []byte("- id: a\n  note: x\n")) },
			func() ([]byte, error) {
				return ReviseParam(src, Param{ID: "p", Kind: Money, Values: []ParamValue{{18_262, 1}, {18_263, 2}}})
			},
		} {
			if out, err := revise(); err == nil {
				if _, _, err := yamldoc.NewRewrite(out); err != nil {
					t.Fatalf("%q became %q: %v", src, out, err)
				}
			} else if fs := fault.Fields(err); len(fs) == 0 || fs[0].ZH == "" {
				t.Fatalf("no sentence: %v", err)
			}
		}
	})
}
