package rules_test

import (
	"errors"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/rules"
	"gezhi/packs"
)

const sample = `fields:
  staff: {kind: count, name: {zh: 人数, en: Staff}}
  insured: {kind: count, name: {zh: 参保人数, en: Insured}}
  revenue: {kind: money, name: {zh: 营业收入, en: Revenue}}
  rd: {kind: money, name: {zh: 研发费用, en: R&D}}
  layoffs: {kind: rate, name: {zh: 裁员率, en: Layoffs}}
  founded: {kind: day, name: {zh: 成立日期, en: Founded}}
  industry: {kind: code, name: {zh: 行业, en: Industry}}
  size: {kind: choice, name: {zh: 规模, en: Size}, choices: {small: {zh: 小型, en: Small}, large: {zh: 大型, en: Large}}}
  marks: {kind: set, name: {zh: 记录, en: Marks}, choices: {bad: {zh: 失信, en: Bad}, good: {zh: 守信, en: Good}}}
params:
  few: {kind: count, values: [{from: 2020-01-01, value: 30}, {from: 2023-01-01, value: 50}]}
items:
  - id: one
    name: {zh: 事项一, en: One}
    basis: 示例
    way: grant
    from: 2022-01-01
    to: 2022-12-31
    when: {all: [{field: staff, at_most: $few}, {field: rd, of: revenue, at_least: 5%}, {field: industry, under: [C]}]}
    amount: {least: [10万元, {share: {field: revenue}, rate: 1/3}]}
  - id: two
    name: {zh: 事项二, en: Two}
    basis: 示例
    way: refund
    from: 2022-01-01
    yields_to: one
    when: {field: founded, months_ago: 12}
`

func TestMistakesAreNamedWithTheirLines(t *testing.T) {
	if _, err := rules.Parse("a.yaml", []byte(sample)); err != nil {
		t.Fatal(fault.Fields(err))
	}
	for name, x := range map[string]struct{ old, now, line, says string }{
		"a field that is not there":       {"field: staff, at_most", "field: stuff, at_most", "a.yaml:20", "没有字段“stuff”"},
		"a unit for a count":              {"at_most: $few", "at_most: 30万元", "a.yaml:20", "“30万元”不是整数"},
		"money without a unit":            {"10万元", "100000", "a.yaml:21", "“100000”没有写单位，请写明元、万元还是亿元"},
		"a count for money":               {"{field: rd, of: revenue, at_least: 5%}", "{field: rd, at_least: 5%}", "a.yaml:20", "“5%”不是准确的数字"},
		"about":                           {"10万元", "约10万元", "a.yaml:21", "“约10万元”不是准确的数字"},
		"too many digits":                 {"10万元", "10.000元", "", ""},
		"less than a 分":                   {"10万元", "10.001元", "a.yaml:21", "精确到分"},
		"a share by zero":                 {"rate: 1/3", "rate: 1/0", "a.yaml:21", "分母不能是 0"},
		"a share of unlike things":        {"of: revenue", "of: staff", "a.yaml:20", "同为金额或同为数量"},
		"a share above a rate":            {"{field: rd, of: revenue, at_least: 5%}", "{field: rd, of: revenue, above: 5%}", "a.yaml:20", "写成 not 加 at_most: 5%，"},
		"a share without a rate":          {", rate: 1/3", "", "a.yaml:21", "share 要和 rate"},
		"overlapping validity":            {"- id: two", "- id: one", "a.yaml:22", "事项“one”与第 14 行的同名事项生效时间重叠"},
		"an amount that overflows":        {"{least: [10万元, {share: {field: revenue}, rate: 1/3}]}", "{share: {sum: [23058430092136939元, 23058430092136939元, 23058430092136939元, 23058430092136939元, 100元]}, rate: 1/1}", "a.yaml:21", "金额超出了可以表示的范围"},
		"too large in itself":             {"10万元", "99999999999999999亿元", "a.yaml:21", "太大"},
		"a circle":                        {"    when: {all: [{field: staff", "    yields_to: two\n    when: {all: [{field: staff", "a.yaml:14", "互相让位成了圈：one → two → one"},
		"yielding to nothing":             {"yields_to: one", "yields_to: none-such", "a.yaml:22", "让位于不存在的“none-such”"},
		"ending before it begins":         {"to: 2022-12-31", "to: 2021-12-31", "a.yaml:14", "截止日期早于生效日期"},
		"no such day":                     {"to: 2022-12-31", "to: 2022-02-30", "a.yaml:19", "“2022-02-30”不是日期"},
		"a parameter that is not there":   {"$few", "$many", "a.yaml:20", "没有参数“many”"},
		"a parameter of another kind":     {"at_least: 5%", "at_least: $few", "a.yaml:20", "参数“few”是 count，这里要 rate"},
		"a parameter without a value yet": {"from: 2020-01-01, value: 30", "from: 2022-06-01, value: 30", "a.yaml:20", "参数“few”还没有值"},
		"parameters out of order":         {"from: 2023-01-01, value: 50", "from: 2019-01-01, value: 50", "a.yaml:12", "须从早到晚"},
		"a code asked for its size":       {"under: [C]", "at_least: 3", "a.yaml:20", "是 code，不能用 at_least"},
		"months of a count":               {"field: founded, months_ago", "field: staff, months_ago", "a.yaml:28", "是 count，不能用 months_ago"},
		"two questions in one":            {"months_ago: 12", "months_ago: 12, at_least: 2020-01-01", "a.yaml:28", "不能写在同一个条件里"},
		"nothing asked":                   {"{field: founded, months_ago: 12}", "{field: founded}", "a.yaml:28", "没有写要求"},
		"never":                           {"{field: founded, months_ago: 12}", "{field: staff, at_least: 30, at_most: 20}", "a.yaml:28", "永远不成立"},
		"no such choice":                  {"{field: founded, months_ago: 12}", "{field: size, in: [small, huge]}", "a.yaml:28", "“huge”不是字段“size”的可选值"},
		"a choice had":                    {"{field: founded, months_ago: 12}", "{field: size, has: [small]}", "a.yaml:28", "不能用 has"},
		"more than there are":             {"{field: founded, months_ago: 12}", "{least: 3, of_these: [{field: staff, at_least: 1}, {field: insured, at_least: 1}]}", "a.yaml:28", "least 须在 1 与条件个数（2）之间"},
		"is and more":                     {"{field: founded, months_ago: 12}", "{field: staff, is: 30, at_most: 40}", "a.yaml:28", "不能写在同一个条件里"},
		"two lower bounds":                {"{field: founded, months_ago: 12}", "{field: staff, at_least: 30, above: 40}", "a.yaml:28", "不能写在同一个条件里"},
		"all and any that say something":  {"{field: founded, months_ago: 12}", "{all: [{field: staff, at_least: 1}], any: [{field: insured, at_least: 1}], cite: 一}", "a.yaml:28", "只能写 all、any、not、of_these 中的一个"},
		"least of all":                    {"{field: founded, months_ago: 12}", "{least: 1, all: [{field: staff, at_least: 1}], cite: 一}", "a.yaml:28", "只能写 all、any、not、of_these 中的一个"},
		"two formulas":                    {"{share: {field: revenue}, rate: 1/3}", "{field: revenue, sum: [1元]}", "a.yaml:21", "只能写一种算法"},
		"a sum rounded":                   {"{share: {field: revenue}, rate: 1/3}", "{sum: [1元], round: half_up}", "a.yaml:21", "round 只用于 share"},
		"all and any":                     {"{field: founded, months_ago: 12}", "{all: [{field: staff, at_least: 1}], any: [{field: insured, at_least: 1}]}", "a.yaml:28", "只能写 all、any、not、of_these 中的一个"},
		"an empty all":                    {"{field: founded, months_ago: 12}", "{all: []}", "a.yaml:28", "至少要有一个条件"},
		"a count as an amount":            {"{share: {field: revenue}, rate: 1/3}", "{field: staff}", "a.yaml:21", "“staff”不是金额"},
		"times money":                     {"{share: {field: revenue}, rate: 1/3}", "{each: 5元, times: revenue}", "a.yaml:21", "times 只能乘以数量字段"},
		"each without times":              {"{share: {field: revenue}, rate: 1/3}", "{each: 5元}", "a.yaml:21", "each 和 times 要一起写"},
		"cases without otherwise":         {"{share: {field: revenue}, rate: 1/3}", "{cases: [{when: {field: staff, at_least: 1}, then: 5元}]}", "a.yaml:21", "最后一项写 otherwise"},
		"choices of a count":              {"{kind: count, name: {zh: 人数, en: Staff}}", "{kind: count, name: {zh: 人数, en: Staff}, choices: {a: {zh: 甲, en: A}}}", "a.yaml:2", "其他类型不列"},
		"a choice that parts a set":       {"choices: {bad:", "choices: {b、d:", "a.yaml:10", "“b、d”只能用字母"},
		"a choice of nothing":             {"choices: {bad:", "choices: {none:", "a.yaml:10", "不能是 none"},
		"a set without choices":           {"{kind: code, name: {zh: 行业, en: Industry}}", "{kind: set, name: {zh: 行业, en: Industry}}", "a.yaml:8", "要列出可选值"},
		"a way there is none of":          {"way: refund", "way: gift", "a.yaml:25", ""},
		"what the format does not have":   {"way: refund", "way: refund\n    colour: red", "a.yaml:26", "colour"},
		"a name in one language":          {"{zh: 事项二, en: Two}", "{zh: 事项二}", "a.yaml:23", ""},
		"an id nobody could type":         {"- id: two", "- id: 事项", "a.yaml:22", "只能用小写字母"},
		"a derived number":                {"items:\n  - id: one", "derived:\n  staff: [{is: 3, when: {field: insured, at_least: 1}}]\nitems:\n  - id: one", "a.yaml:14", "只有单选"},
		"derived from what is derived":    {"items:\n  - id: one", "derived:\n  size: [{is: small, when: {field: size, is: large}}]\nitems:\n  - id: one", "a.yaml:14", "也是推出来的“size”"},
		"a way to come there is none of":  {"way: refund", "way: refund\n    delivery: post", "a.yaml:26", "“post”不在可选值之内（auto, apply, elsewhere）"},
		"twice a day":                     {"way: refund", "way: refund\n    once: day", "a.yaml:26", "“day”不在可选值之内（ever, year, month）"},
		"a promise without application":   {"way: refund", "way: refund\n    delivery: auto\n    promised: 60", "a.yaml:27", "才写 promised"},
		"a promise of years":              {"way: refund", "way: refund\n    delivery: apply\n    promised: 251", "a.yaml:27", "应为 1 到 250 的整数"},
		"materials of nobody":             {"way: refund", "way: refund\n    materials: [{zh: 申请表, en: Form}]", "a.yaml:26", "才写 materials"},
		"a trigger of an application":     {"way: refund", "way: refund\n    delivery: apply\n    trigger: founded", "a.yaml:27", "才写 trigger"},
		"a trigger that is no day":        {"way: refund", "way: refund\n    delivery: auto\n    trigger: staff", "a.yaml:27", "“staff”不是"},
		"a trigger that is not there":     {"way: refund", "way: refund\n    delivery: auto\n    trigger: wedding", "a.yaml:27", "没有字段“wedding”"},
		"public for ever":                 {"way: refund", "way: refund\n    delivery: auto\n    publicity: 61", "a.yaml:27", "应为 0 到 60 的整数"},
		"a list of what is declared":      {"way: refund", "way: refund\n    publicity: 5", "a.yaml:26", "不写 publicity"},
		"a year and a day":                {"way: refund", "way: refund\n    delivery: auto\n    confirm: 366", "a.yaml:27", "应为 0 到 365 的整数"},
		"nothing to spend":                {"way: refund", "way: refund\n    budget: 0元", "a.yaml:26", "预算须大于 0"},
		"a budget without a unit":         {"way: refund", "way: refund\n    budget: 500", "a.yaml:26", "没有写单位"},
		"a kind in one language":          {"way: refund", "way: refund\n    kind: 失业保险", "a.yaml:26", ""},
		"a group nobody could type":       {"way: refund", "way: refund\n    group: 上市", "a.yaml:26", "只能用小写字母"},
		"no document":                     {sample, "", "a.yaml", ""},
	} {
		src := strings.Replace(sample, x.old, x.now, 1)
		if src == sample {
			t.Fatalf("%s: nothing was changed", name)
		}
		_, err := rules.Parse("a.yaml", []byte(src))
		if x.line == "" {
			if err != nil {
				t.Errorf("%s: %v", name, fault.Fields(err))
			}
			continue
		}
		found := false
		for _, f := range fault.Fields(err) {
			found = found || strings.HasPrefix(f.Field, x.line) && strings.Contains(f.ZH, x.says)
			if f.EN == "" || strings.Contains(f.EN, "%!") || strings.Contains(f.ZH, "%!") {
				t.Errorf("%s: %q %q", name, f.ZH, f.EN)
			}
		}
		if !found {
			t.Errorf("%s: %v, want %s %s", name, fault.Fields(err), x.line, x.says)
		}
	}
}

func TestProfilesAreReadExactly(t *testing.T) {
	b, err := rules.Parse("a.yaml", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.ReadProfiles(strings.NewReader("\ufeffenterprise,人数,revenue(万元),裁员率,founded,行业,规模,marks,电话\n甲,30,\"1,234.56\",5.5%,2019-02-28,C391,小型,bad good,1\n乙,,,,,,,none,\n"))
	if err != nil {
		t.Fatal(fault.Fields(err))
	}
	p := got.List[0]
	for field, want := range map[string]rules.Value{"staff": rules.Known(30), "revenue": rules.Known(1_234_560_000), "layoffs": rules.Known(550), "founded": rules.Known(17_955),
		"industry": rules.Coded("C391"), "size": rules.Known(0), "marks": rules.Known(3), "rd": {}} {
		if v := p.Values[b.Field(field)]; v != want {
			t.Errorf("%s is %+v, want %+v", field, v, want)
		}
	}
	if second := got.List[1]; second.Values[b.Field("marks")] != rules.Known(0) || second.Values[0].Known {
		t.Errorf("an empty cell, or none: %+v", second)
	}
	if len(got.Ignored) != 1 || got.Ignored[0] != "电话" || got.Coded || got.Lines[1] != 3 {
		t.Errorf("%+v", got)
	}
	for name, x := range map[string]struct{ src, at, says string }{
		"nothing":         {"", "1", "文件是空的"},
		"no enterprise":   {"staff\n1\n", "1", "没有“统一社会信用代码”"},
		"a column twice":  {"id,staff,人数\nx,1,1\n", "1:3", "写了两次"},
		"about":           {"id,revenue\nx,约500万\n", "2:2", "“营业收入”：“约500万”不是准确的数字"},
		"no unit":         {"id,revenue\nx,500\n", "2:2", "没有写单位"},
		"a date in words": {"id,founded\nx,去年\n", "2:2", "不是日期"},
		"the same again":  {"id,staff\nx,1\nx,2\n", "3:1", "在第 2 行已经有了"},
		"nobody":          {"id,staff\n,1\n", "2:1", "没有写是哪家企业"},
		"a cell too many": {"id,staff\nx,1,2\n", "2", "列数与表头不同"},
		"a loose quote":   {"id,staff\nx,\"1\"2\n", "2:5", "引号"},
		"half a person":   {"id,staff\nx,1.5\n", "2:2", "不是整数"},
		"a code of words": {"id,industry\nx,制造业\n", "2:2", "不是代码"},
		"commas anywhere": {"id,staff\nx,\"1,2\"\n", "2:2", "不是整数"},
		"neither yes":     {"id,size\nx,巨型\n", "2:2", "不是“规模”的可选值"},
	} {
		_, err := b.ReadProfiles(strings.NewReader(x.src))
		if fs := fault.Fields(err); len(fs) != 1 || fs[0].Field != x.at || !strings.Contains(fs[0].ZH, x.says) {
			t.Errorf("%s: %v, want %s %s", name, fs, x.at, x.says)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	src, err := fs.ReadFile(packs.FS, "common/policies.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(src)
	f.Fuzz(func(t *testing.T, src []byte) {
		b, err := rules.Parse("f.yaml", src)
		if err != nil {
			var list fault.List
			if !errors.As(err, &list) || len(list) == 0 {
				t.Fatalf("no list of mistakes: %v", err)
			}
			return
		}
		// What was accepted can be decided, of nobody and of everybody, on any day.
		for _, x := range b.Items {
			_ = x.When.Words(b, x.From, 0)
			if x.Amount != nil {
				_ = x.Amount.Words(b, x.From, 0)
			}
			for _, day := range []int64{x.From - 1, x.From, x.To, 20_000} {
				p := b.AsOf(day)
				for i := range p.Items {
					v := p.Decide(i, rules.Profile{Values: make([]rules.Value, len(b.Fields))})
					for _, r := range v.Failed {
						_ = p.Words(r, 0)
					}
				}
			}
		}
	})
}

func FuzzReadProfiles(f *testing.F) {
	b, err := rules.Parse("a.yaml", []byte(sample))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("id,revenue(万元),founded,marks\nx,1.5,2020-02-29,bad\n")
	f.Fuzz(func(t *testing.T, src string) {
		got, err := b.ReadProfiles(strings.NewReader(src))
		if err != nil {
			return
		}
		table := b.Table(got.List)
		for row, p := range got.List {
			for i, v := range p.Values {
				if table.Get(row, i) != v {
					t.Fatalf("row %d: %+v became %+v", row, v, table.Get(row, i))
				}
			}
		}
	})
}

func TestAnItemSaysHowItComes(t *testing.T) {
	src := strings.Replace(sample, "    way: refund\n", `    way: refund
    kind: {zh: 失业保险, en: Unemployment insurance}
    delivery: apply
    once: month
    promised: 60
    materials: [{zh: 申请表, en: Form}]
    publicity: 5
    confirm: 30
    budget: 500万元
    department: 示例部门
    phone: 12345
`, 1)
	b, err := rules.Parse("a.yaml", []byte(src))
	if err != nil {
		t.Fatal(fault.Fields(err))
	}
	x := *b.Items[1]
	x.Basis, x.YieldsTo, x.When = nil, nil, nil
	want := rules.Item{ID: "two", Name: lang.Text{ZH: "事项二", EN: "Two"}, Way: "refund", From: x.From, To: rules.LastDay, Line: 22, Kind: lang.Text{ZH: "失业保险", EN: "Unemployment insurance"},
		Delivery: rules.Apply, Once: rules.Monthly, Promised: 60, Materials: []lang.Text{{ZH: "申请表", EN: "Form"}}, Publicity: 5, Confirm: 30, Budget: 500_0000_00, Trigger: -1,
		Department: "示例部门", Phone: "12345"}
	if !reflect.DeepEqual(x, want) {
		t.Errorf("%+v\nwant %+v", x, want)
	}
	if one := b.Items[0]; one.Delivery != rules.Elsewhere || one.Once != rules.Yearly || one.Trigger != -1 || one.Budget != 0 {
		t.Errorf("what is not said: %+v", one)
	}
	b, err = rules.Parse("a.yaml", []byte(strings.Replace(sample, "way: refund", "way: refund\n    delivery: auto\n    trigger: founded", 1)))
	if err != nil || b.Items[1].Trigger != b.Field("founded") {
		t.Errorf("%v %v", b, err)
	}
}

// TestOfAGroupTheFirstCounts looks at what items of groups yield to, with versions that follow one another between them.
func TestOfAGroupTheFirstCounts(t *testing.T) {
	item := func(id, rest string) string {
		return "  - {id: " + id + ", name: {zh: 示例, en: x}, basis: 示例, way: grant, when: {field: staff, at_least: 1}, " + rest + "}\n"
	}
	head := sample[:strings.Index(sample, "items:")] + "items:\n"
	for name, c := range map[string]struct {
		src  string
		want []string // what each yields to
		line string
	}{
		"one after the other": {item("a", "from: 2022-01-01, group: g") + item("b", "from: 2022-01-01") + item("c", "from: 2022-01-01, group: g") + item("d", "from: 2022-01-01, group: g, yields_to: b"),
			[]string{"", "", "a", "b a c"}, ""},
		"no group":   {item("a", "from: 2022-01-01") + item("b", "from: 2022-01-01"), []string{"", ""}, ""},
		"said twice": {item("a", "from: 2022-01-01, group: g") + item("b", "from: 2022-01-01, group: g, yields_to: a"), []string{"", "a"}, ""},
		"two groups": {item("a", "from: 2022-01-01, group: g") + item("b", "from: 2022-01-01, group: h") + item("c", "from: 2022-01-01, group: h"), []string{"", "", "b"}, ""},
		"versions": {item("a", "from: 2022-01-01, to: 2022-12-31, group: g") + item("b", "from: 2022-01-01, group: g") + item("a", "from: 2023-01-01, group: g"),
			[]string{"", "a", ""}, ""},
		"versions of two groups": {item("a", "from: 2022-01-01, to: 2022-12-31, group: g") + item("b", "from: 2022-01-01") + item("a", "from: 2023-01-01"), nil, "a.yaml:16"},
		"a circle":               {item("b", "from: 2022-01-01") + item("a", "from: 2022-01-01, group: g, yields_to: c") + item("c", "from: 2022-01-01, group: g"), nil, "a.yaml:15"},
	} {
		b, err := rules.Parse("a.yaml", []byte(head+c.src))
		if c.line != "" {
			if fs := fault.Fields(err); len(fs) != 1 || fs[0].Field != c.line {
				t.Errorf("%s: %v, want %s", name, fs, c.line)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, fault.Fields(err))
			continue
		}
		for i, want := range c.want {
			if got := strings.Join(b.Items[i].YieldsTo, " "); got != want {
				t.Errorf("%s: the item %d, %s, yields to %q, want %q", name, i, b.Items[i].ID, got, want)
			}
		}
	}
}
