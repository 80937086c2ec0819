package rules

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gezhi/internal/fault"
	"gezhi/internal/lang"

	"pgregory.net/rapid"
)

// grown is a tree written short: a test is a letter, a group "all(…)", "any(…)", "not(…)" or "2of(…)".
func grown(s string) *Cond {
	c, rest := grow(s)
	if rest != "" {
		panic(rest)
	}
	return c
}

var groups = map[string]CondKind{"all": All, "any": Any, "not": Not}

func grow(s string) (*Cond, string) {
	end := strings.IndexAny(s, "(,)")
	if end < 0 {
		end = len(s)
	}
	word := s[:end]
	if end == len(s) || s[end] != '(' {
		return &Cond{Kind: Test, Cite: word}, s[end:]
	}
	c := &Cond{Kind: groups[word]}
	if c.Kind == 0 {
		c.Kind, c.N = AtLeast, int(word[0]-'0')
	}
	for s = s[end:]; s[0] != ')'; {
		var k *Cond
		k, s = grow(s[1:])
		c.Kids = append(c.Kids, k)
	}
	return c, s[1:]
}

func shown(c *Cond) string {
	if c.Kind == Test {
		return c.Cite
	}
	word := fmt.Sprint(c.N, "of")
	for name, kind := range groups {
		if kind == c.Kind {
			word = name
		}
	}
	var kids []string
	for _, k := range c.Kids {
		kids = append(kids, shown(k))
	}
	return word + "(" + strings.Join(kids, ",") + ")"
}

func TestATreeIsChangedByPath(t *testing.T) {
	tree := "all(a,any(b,c),not(d),2of(e,f))"
	leaf := &Cond{Kind: Test, Cite: "x"}
	for name, c := range map[string]struct {
		do   func(c *Cond) (*Cond, error)
		want string
	}{
		"add to the root":            {func(c *Cond) (*Cond, error) { return c.Add(nil, leaf) }, "all(a,any(b,c),not(d),2of(e,f),x)"},
		"add deeper":                 {func(c *Cond) (*Cond, error) { return c.Add(Path{1}, leaf) }, "all(a,any(b,c,x),not(d),2of(e,f))"},
		"add to a test":              {func(c *Cond) (*Cond, error) { return c.Add(Path{0}, leaf) }, "all(all(a,x),any(b,c),not(d),2of(e,f))"},
		"add to not":                 {func(c *Cond) (*Cond, error) { return c.Add(Path{2}, leaf) }, "all(a,any(b,c),all(not(d),x),2of(e,f))"},
		"change":                     {func(c *Cond) (*Cond, error) { return c.Change(Path{1, 0}, leaf) }, "all(a,any(x,c),not(d),2of(e,f))"},
		"change the root":            {func(c *Cond) (*Cond, error) { return c.Change(nil, leaf) }, "x"},
		"any of all":                 {func(c *Cond) (*Cond, error) { return c.Regroup(nil, Any, 0) }, "any(a,any(b,c),not(d),2of(e,f))"},
		"at least of any":            {func(c *Cond) (*Cond, error) { return c.Regroup(Path{1}, AtLeast, 2) }, "all(a,2of(b,c),not(d),2of(e,f))"},
		"at least none":              {func(c *Cond) (*Cond, error) { return c.Regroup(Path{1}, AtLeast, 0) }, "1 与 2 之间"},
		"at least too many":          {func(c *Cond) (*Cond, error) { return c.Regroup(Path{1}, AtLeast, 3) }, "1 与 2 之间"},
		"all of at least":            {func(c *Cond) (*Cond, error) { return c.Regroup(Path{3}, All, 1) }, "all(a,any(b,c),not(d),all(e,f))"},
		"not of two":                 {func(c *Cond) (*Cond, error) { return c.Regroup(Path{1}, Not, 0) }, "all(a,not(any(b,c)),not(d),2of(e,f))"},
		"all of not":                 {func(c *Cond) (*Cond, error) { return c.Regroup(Path{2}, All, 0) }, "all(a,any(b,c),all(d),2of(e,f))"},
		"regroup a test":             {func(c *Cond) (*Cond, error) { return c.Regroup(Path{0}, All, 0) }, "不是一组条件"},
		"regroup as a test":          {func(c *Cond) (*Cond, error) { return c.Regroup(nil, Test, 0) }, "不是一组条件"},
		"regroup as nothing":         {func(c *Cond) (*Cond, error) { return c.Regroup(nil, 0, 0) }, "不是一组条件"},
		"regroup as what yields":     {func(c *Cond) (*Cond, error) { return c.Regroup(nil, yields, 0) }, "不是一组条件"},
		"wrap":                       {func(c *Cond) (*Cond, error) { return c.Wrap(Path{0}, Any) }, "all(any(a),any(b,c),not(d),2of(e,f))"},
		"wrap in not":                {func(c *Cond) (*Cond, error) { return c.Wrap(Path{1}, Not) }, "all(a,not(any(b,c)),not(d),2of(e,f))"},
		"wrap in at least":           {func(c *Cond) (*Cond, error) { return c.Wrap(nil, AtLeast) }, "1of(all(a,any(b,c),not(d),2of(e,f)))"},
		"wrap in a test":             {func(c *Cond) (*Cond, error) { return c.Wrap(nil, Test) }, "不是一组条件"},
		"unwrap":                     {func(c *Cond) (*Cond, error) { return c.Unwrap(Path{2}) }, "all(a,any(b,c),d,2of(e,f))"},
		"unwrap two":                 {func(c *Cond) (*Cond, error) { return c.Unwrap(Path{1}) }, "不止一个条件"},
		"unwrap a test":              {func(c *Cond) (*Cond, error) { return c.Unwrap(Path{0}) }, "不止一个条件"},
		"remove":                     {func(c *Cond) (*Cond, error) { return c.Remove(Path{1, 1}) }, "all(a,any(b),not(d),2of(e,f))"},
		"remove of at least":         {func(c *Cond) (*Cond, error) { return c.Remove(Path{3, 0}) }, "all(a,any(b,c),not(d),1of(f))"},
		"remove what is not":         {func(c *Cond) (*Cond, error) { return c.Remove(Path{2, 0}) }, "all(a,any(b,c),2of(e,f))"},
		"remove all":                 {func(c *Cond) (*Cond, error) { return c.Remove(nil) }, "至少要留一个条件"},
		"move down":                  {func(c *Cond) (*Cond, error) { return c.Move(Path{0}, 1) }, "all(any(b,c),a,not(d),2of(e,f))"},
		"move up":                    {func(c *Cond) (*Cond, error) { return c.Move(Path{1, 1}, -1) }, "all(a,any(c,b),not(d),2of(e,f))"},
		"move up the first":          {func(c *Cond) (*Cond, error) { return c.Move(Path{0}, -1) }, tree},
		"move down the last":         {func(c *Cond) (*Cond, error) { return c.Move(Path{3}, 1) }, tree},
		"move the root":              {func(c *Cond) (*Cond, error) { return c.Move(nil, 1) }, tree},
		"nowhere":                    {func(c *Cond) (*Cond, error) { return c.Change(Path{4}, leaf) }, "没有这个条件"},
		"below a test":               {func(c *Cond) (*Cond, error) { return c.Change(Path{0, 0}, leaf) }, "没有这个条件"},
		"move nothing":               {func(c *Cond) (*Cond, error) { return c.Move(Path{1, 2}, -1) }, "没有这个条件"},
		"before the first":           {func(c *Cond) (*Cond, error) { return c.Remove(Path{-1}) }, "没有这个条件"},
		"remove the only one of all": {func(c *Cond) (*Cond, error) { return grown("all(any(a))").Remove(Path{0, 0}) }, "至少要留一个条件"},
	} {
		root := grown(tree)
		got, err := c.do(root)
		switch {
		case err != nil && (len(fault.Fields(err)) != 1 || !strings.Contains(fault.Fields(err)[0].ZH, c.want)):
			t.Errorf("%s: %v, want %s", name, fault.Fields(err)[0].ZH, c.want)
		case err == nil && shown(got) != c.want:
			t.Errorf("%s: %s, want %s", name, shown(got), c.want)
		}
		if shown(root) != tree {
			t.Errorf("%s changed the tree itself: %s", name, shown(root))
		}
	}
	var err error
	deep := grown("a")
	for n := 1; err == nil; n++ {
		if n > mostDepth {
			t.Fatal("a tree may be as deep as anybody likes")
		}
		deep, err = deep.Wrap(nil, All)
	}
	if fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

func TestThePlacesOfATreeAreListed(t *testing.T) {
	b := &Book{Fields: []Field{{ID: "n", Kind: Count, Name: lang.Text{ZH: "人数", EN: "Staff"}}}}
	root := grown("all(a,not(any(b,c)),2of(d,e))")
	var got []string
	for _, r := range root.Rows(b, 0, lang.ZH) {
		if at, err := root.At(r.Path); err != nil || at != r.Cond {
			t.Errorf("%s leads elsewhere", r.Path)
		}
		if p, err := ParsePath(r.Path.String()); err != nil || !slices.Equal(p, r.Path) {
			t.Errorf("%s reads %v", r.Path, p)
		}
		got = append(got, strings.Join(strings.Fields(fmt.Sprintln(r.Path, r.Cond.Cite, r.First, r.Last, r.Text)), " "))
	}
	want := []string{"true true 以下须全部满足：", "0 a true false 人数为", "1 false false 以下不成立：", "1.0 true true 以下满足任意一项即可：", "1.0.0 b true false 人数为",
		"1.0.1 c false true 人数为", "2 false true 以下至少满足 2 项：", "2.0 d true false 人数为", "2.1 e false true 人数为"}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
	for _, s := range []string{"a", "-1", "1.", ".", "+1", "1..2", "99999999999999999999"} {
		if p, err := ParsePath(s); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%q is the path %v", s, p)
		}
	}
}

func TestATestIsReadFromItsForm(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := randomBook(rt)
		writable(rt, b)
		c := &Cond{Kind: Test, Test: randomTest(rt, b)}
		b.Items = []*Item{{When: c}}
		writable(rt, b)
		leaf := b.Leaf(c)
		got, err := b.ReadLeaf(leaf)
		if err != nil || !reflect.DeepEqual(bareCond(got), bareCond(c)) {
			rt.Fatalf("%+v\n%+v became\n%+v\n%v", leaf, c, got, fault.Fields(err))
		}
	})
}

func TestEveryQuestionCanBeAsked(t *testing.T) {
	b := buildBook(t)
	values := map[Input]Ask{AsNumber: {Value: "30"}, AsAmount: {Value: "500", Unit: "万元"}, AsPercent: {Value: "5.5", Unit: "%"}, AsDay: {Value: "2024-02-29"}, AsYesNo: {Value: "yes"},
		AsChoice: {Value: "v1"}, AsChoices: {Value: "v1 v2"}, AsCodes: {Value: "C13、F"}, AsMonths: {Value: "12"}}
	asked := map[string]bool{}
	for _, f := range b.Fields {
		for _, q := range f.Kind.Questions() {
			a := values[q.Input]
			a.Verb = q.Verb
			c, err := b.ReadLeaf(Leaf{Field: f.ID, Asks: [2]Ask{a}})
			if err != nil || q.Name.ZH == "" || q.Name.EN == "" {
				t.Errorf("%s %+v: %v", f.ID, q, fault.Fields(err))
				continue
			}
			back := b.Leaf(c).Asks[0]
			if again, err := b.ReadLeaf(Leaf{Field: f.ID, Asks: [2]Ask{back}}); err != nil || !reflect.DeepEqual(c, again) {
				t.Errorf("%s %+v comes back as %+v: %v", f.ID, a, back, fault.Fields(err))
			}
			asked[f.Kind.String()+" "+q.Verb] = true
		}
	}
	for _, q := range ShareQuestions() {
		a := values[q.Input]
		a.Verb = q.Verb
		if _, err := b.ReadLeaf(Leaf{Field: "money", Of: "other", Asks: [2]Ask{a}}); err != nil {
			t.Errorf("a share %s: %v", q.Verb, fault.Fields(err))
		}
	}
	for verb, kinds := range asking {
		for _, k := range kinds {
			if !asked[k.String()+" "+verb] {
				t.Errorf("a %s is never asked %s", k, verb)
			}
		}
	}
	if got := Units(Money); !slices.Equal(got, []string{"亿元", "万元", "元"}) || len(Units(Rate)) != 2 || len(Units(Count)) != 0 {
		t.Error(got)
	}
}

// buildBook has a field of each kind.
func buildBook(t *testing.T) *Book {
	t.Helper()
	src := "fields:\n"
	for _, kind := range kindNames {
		src += "  " + kind + ": {kind: " + kind + ", name: {zh: 字段" + kind + ", en: " + kind + "}"
		if kind == "choice" || kind == "set" {
			src += ", choices: {v1: {zh: 甲, en: A}, v2: {zh: 乙, en: B}}"
		}
		src += "}\n"
	}
	src += "  other: {kind: money, name: {zh: 其他, en: other}}\nparams: {few: {kind: count, values: [{from: 2020-01-01, value: 30}]}}\n" +
		"items:\n  - {id: a, name: {zh: 甲, en: a}, basis: 示例, way: grant, from: 2022-01-01, when: {field: count, at_least: 1}}\n"
	b, err := Parse("a.yaml", []byte(src))
	if err != nil {
		t.Fatal(fault.Fields(err))
	}
	return b
}

func TestWhatIsWrongWithATestIsToldBesideItsField(t *testing.T) {
	b := buildBook(t)
	for name, c := range map[string]struct {
		leaf       Leaf
		field, say string
	}{
		"no field":             {Leaf{Asks: [2]Ask{{"is", "1", ""}}}, "field", "请填写"},
		"no such field":        {Leaf{Field: "x", Asks: [2]Ask{{"is", "1", ""}}}, "field", "没有字段“x”"},
		"no verb":              {Leaf{Field: "count", Asks: [2]Ask{{"", "1", ""}}}, "verb", "请填写"},
		"no such verb":         {Leaf{Field: "count", Asks: [2]Ask{{"likes", "1", ""}}}, "verb", "请填写"},
		"no value":             {Leaf{Field: "count", Asks: [2]Ask{{"is", " ", ""}}}, "value", "请填写"},
		"a verb for others":    {Leaf{Field: "count", Asks: [2]Ask{{"under", "C", ""}}}, "value", "不能用 under"},
		"half":                 {Leaf{Field: "count", Asks: [2]Ask{{"is", "1.5", ""}}}, "value", "不是整数"},
		"no unit":              {Leaf{Field: "money", Asks: [2]Ask{{"at_least", "500", ""}}}, "value", "没有写单位"},
		"too many digits":      {Leaf{Field: "rate", Asks: [2]Ask{{"at_least", "5.555", "%"}}}, "value", "小数位太多"},
		"a unit twice":         {Leaf{Field: "money", Asks: [2]Ask{{"at_least", "500万元", "元"}}}, "", ""},
		"another unit":         {Leaf{Field: "money", Asks: [2]Ask{{"at_least", "500", "%"}}}, "value", "不是准确的数字"},
		"no such choice":       {Leaf{Field: "set", Asks: [2]Ask{{"has", "v1 v3", ""}}}, "value", "“v3”不是"},
		"a choice twice":       {Leaf{Field: "set", Asks: [2]Ask{{"has", "v1 v1", ""}}}, "value", "重复"},
		"no parameter":         {Leaf{Field: "count", Asks: [2]Ask{{"at_least", "$many", ""}}}, "value", "没有参数“many”"},
		"a parameter":          {Leaf{Field: "count", Asks: [2]Ask{{"at_least", "$few", ""}}}, "", ""},
		"a range":              {Leaf{Field: "money", Asks: [2]Ask{{"above", "500", "万元"}, {"at_most", "2", "亿元"}}}, "", ""},
		"a range of nothing":   {Leaf{Field: "count", Asks: [2]Ask{{"at_least", "5", ""}, {"below", "5", ""}}}, "value", "永远不成立"},
		"the same twice":       {Leaf{Field: "count", Asks: [2]Ask{{"at_least", "5", ""}, {"at_least", "6", ""}}}, "verb2", "不能相同"},
		"twice from below":     {Leaf{Field: "count", Asks: [2]Ask{{"at_least", "5", ""}, {"above", "6", ""}}}, "value2", "不能写在同一个条件里"},
		"is and more":          {Leaf{Field: "count", Asks: [2]Ask{{"is", "5", ""}, {"at_most", "6", ""}}}, "value2", "不能写在同一个条件里"},
		"half a range":         {Leaf{Field: "count", Asks: [2]Ask{{"at_least", "5", ""}, {"at_most", "", ""}}}, "value2", "请填写"},
		"a value of no verb":   {Leaf{Field: "count", Asks: [2]Ask{{"at_least", "5", ""}, {"", "6", ""}}}, "verb2", "请填写"},
		"a share":              {Leaf{Field: "money", Of: "other", Asks: [2]Ask{{"at_least", "5", "%"}}}, "", ""},
		"a share of unlike":    {Leaf{Field: "money", Of: "count", Asks: [2]Ask{{"at_least", "5", "%"}}}, "of", "须同为金额"},
		"a share above":        {Leaf{Field: "money", Of: "other", Asks: [2]Ask{{"above", "5", "%"}}}, "value", "不用 above、below"},
		"a share of nothing":   {Leaf{Field: "money", Of: "x", Asks: [2]Ask{{"at_least", "5", "%"}}}, "of", "没有字段“x”"},
		"said in one language": {Leaf{Field: "count", Asks: [2]Ask{{"is", "1", ""}}, SayZH: "不够"}, "say_zh", "不能为空"},
		"cited":                {Leaf{Field: "count", Asks: [2]Ask{{"is", "1", ""}}, SayZH: "不够", SayEN: "Too few", Cite: "第一条"}, "", ""},
	} {
		_, err := b.ReadLeaf(c.leaf)
		fs := fault.Fields(err)
		if c.field == "" && err != nil || c.field != "" && (len(fs) != 1 || fs[0].Field != c.field || !strings.Contains(fs[0].ZH, c.say)) {
			t.Errorf("%s: %v, want %s %s", name, fs, c.field, c.say)
		}
	}
}

// FuzzBuild builds a condition by chance: texts and paths of any kind. What comes of it is read back from its file, or refused with a sentence.
func FuzzBuild(f *testing.F) {
	f.Add("count", "", "at_least", "30", "", "at_most", "50", "", "add", "", "at_least", "2")
	f.Add("money", "other", "above", "5.5", "%", "", "", "示例", "wrap", "0", "not", "1")
	f.Add("set", "", "has", "v1、v2", "", "", "", "a: b", "move", "0", "any", "-1")
	f.Fuzz(func(t *testing.T, field, of, verb, value, unit, verb2, value2, say, do, path, kind, n string) {
		b := buildBook(t)
		refused := func(err error) bool {
			for _, f := range fault.Fields(err) {
				if f.ZH == "" || f.EN == "" || strings.Contains(f.ZH, "%!") || f.Kind == fault.Internal {
					t.Fatalf("no sentence: %#v", f)
				}
			}
			if err != nil && len(fault.Fields(err)) == 0 {
				t.Fatal(err)
			}
			return err != nil
		}
		c, err := b.ReadLeaf(Leaf{Field: field, Of: of, Asks: [2]Ask{{verb, value, unit}, {verb2, value2, unit}}, SayZH: say, SayEN: say, Cite: say})
		if refused(err) {
			return
		}
		p, err := ParsePath(path)
		if refused(err) {
			return
		}
		root := &Cond{Kind: Any, Kids: []*Cond{c, {Kind: Not, Kids: []*Cond{c}}, {Kind: AtLeast, N: 2, Kids: []*Cond{c, c}}}}
		number := len(n) - 1
		k := map[string]CondKind{"all": All, "any": Any, "not": Not, "at_least": AtLeast}[kind]
		switch do {
		case "add":
			root, err = root.Add(p, c)
		case "wrap":
			root, err = root.Wrap(p, k)
		case "move":
			root, err = root.Move(p, number)
		case "remove":
			root, err = root.Remove(p)
		case "unwrap":
			root, err = root.Unwrap(p)
		default:
			root, err = root.Regroup(p, k, number)
		}
		if refused(err) {
			return
		}
		x := *b.Items[0]
		x.When = root
		src, err := Revise([]byte("fields: {}\nitems:\n  - id: a\n"), "a", 3, Write(b, &x))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse("a.yaml", []byte(strings.Replace(string(src), "fields: {}\nitems:\n", b.text(), 1)))
		if err != nil {
			t.Fatalf("%v\n%s", fault.Fields(err), src)
		}
		if !reflect.DeepEqual(bareCond(got.Items[0].When), bareCond(root)) {
			t.Fatalf("%s\n%s", src, Write(b, got.Items[0]))
		}
		for _, r := range root.Rows(b, 20_000, lang.EN) {
			if strings.Contains(r.Text, "%!") {
				t.Fatal(r.Text)
			}
		}
	})
}
