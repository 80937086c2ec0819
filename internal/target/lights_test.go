package target

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"gezhi/internal/fault"
	"gezhi/packs"
)

// published are the rule sets that come with the program.
func published(t *testing.T) Sets {
	t.Helper()
	src, err := packs.FS.ReadFile("common/lights.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := ParseSets("lights.yaml", src)
	if err != nil {
		t.Fatal(fault.Fields(err))
	}
	return s
}

// The published rules, read as they were published, case by case. Amounts are of a year's plan of 1,200.
func TestLightsAsPublished(t *testing.T) {
	at := func(plan, actual int64) Figures { return Figures{Plan: plan, Actual: actual, Year: 1200} }
	with := func(change func(*Figures)) Figures { f := at(600, 600); change(&f); return f }
	sets := published(t)
	for name, c := range map[string]struct {
		set  string
		f    Figures
		want Light
		why  string
	}{
		"银川 on plan":                           {"yinchuan", at(600, 600), Green, "按计划推进"},
		"银川 just under ten points":             {"yinchuan", at(600, 481), Green, ""},
		"银川 ten points behind":                 {"yinchuan", at(600, 480), Yellow, "10 至 30"},
		"银川 thirty points behind":              {"yinchuan", at(600, 240), Yellow, ""},
		"银川 beyond thirty":                     {"yinchuan", at(600, 239), Red, "超过 30"},
		"银川 should have begun":                 {"yinchuan", with(func(f *Figures) { f.NotStarted = 1 }), Yellow, "应开工未开工"},
		"银川 three months late to begin":        {"yinchuan", with(func(f *Figures) { f.NotStarted = 3 }), Red, "连续 3 个月"},
		"银川 begun a month, not entered":        {"yinchuan", with(func(f *Figures) { f.NotEntered = 1 }), Yellow, "未入库"},
		"银川 two months, not over two":          {"yinchuan", with(func(f *Figures) { f.NotEntered = 2 }), Yellow, ""},
		"银川 over two months":                   {"yinchuan", with(func(f *Figures) { f.NotEntered = 3 }), Red, "超过 2 个月"},
		"银川 money below what is required":      {"yinchuan", with(func(f *Figures) { f.LackFunds = 1 }), Red, "资金"},
		"三亚 on plan":                           {"sanya", at(600, 600), Green, ""},
		"三亚 a little below":                    {"sanya", at(600, 599), Yellow, "50% 以内"},
		"三亚 half":                              {"sanya", at(600, 300), Yellow, ""},
		"三亚 more than half below":              {"sanya", at(600, 299), Red, ""},
		"三亚 ahead, but missed the month":       {"sanya", with(func(f *Figures) { f.Actual, f.Behind = 700, 1 }), Yellow, "当月任务"},
		"三亚 ahead, but missed two months":      {"sanya", with(func(f *Figures) { f.Actual, f.Behind = 700, 2 }), Red, "连续 2 个月"},
		"武汉 eighty percent":                    {"wuhan", at(600, 480), Green, ""},
		"武汉 below eighty":                      {"wuhan", at(600, 479), Yellow, ""},
		"武汉 sixty":                             {"wuhan", at(600, 360), Yellow, ""},
		"武汉 below sixty":                       {"wuhan", at(600, 359), Red, "60%"},
		"nothing planned yet":                  {"yinchuan", at(0, 0), Grey, "没有计划"},
		"nothing planned, though much is late": {"yinchuan", Figures{Actual: 5, NotStarted: 9}, Grey, ""},
	} {
		set, _ := sets.Find(c.set)
		if got := set.Evaluate(c.f); got.Light != c.want || !strings.Contains(got.Why.ZH, c.why) {
			t.Errorf("%s: %+v, want %s (%s)", name, got, c.want, c.why)
		}
	}
}

// oracle reads the same rule sets, with rational numbers instead of 128-bit products.
func oracle(s RuleSet, f Figures) Light {
	if f.Plan == 0 {
		return Grey
	}
	ratio := func(part, whole int64) *big.Rat {
		if whole == 0 {
			return nil
		}
		return new(big.Rat).Mul(new(big.Rat).SetFrac(big.NewInt(part), big.NewInt(whole)), big.NewRat(100, 1))
	}
	whole := func(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }
	values := map[Figure]*big.Rat{
		Reached: ratio(f.Actual, f.Plan), Short: ratio(f.Plan-f.Actual, f.Plan), Lag: ratio(f.Plan-f.Actual, f.Year),
		Behind: whole(f.Behind), NotStarted: whole(f.NotStarted), NotEntered: whole(f.NotEntered), LackFunds: whole(f.LackFunds), NotAsked: whole(f.NotAsked),
	}
next:
	for _, r := range s.Rules {
		for _, c := range r.When {
			v := values[c.Figure]
			if v == nil {
				continue next
			}
			d := v.Cmp(whole(c.N))
			if !map[Op]bool{Below: d < 0, AtMost: d <= 0, AtLeast: d >= 0, Above: d > 0}[c.Op] {
				continue next
			}
		}
		return r.Light
	}
	return Green
}

func TestLightsAgreeWithRationalNumbers(t *testing.T) {
	sets := published(t)
	ops := []Op{Below, AtMost, AtLeast, Above}
	all := []Figure{Reached, Short, Lag, Behind, NotStarted, NotEntered, LackFunds, NotAsked}
	edges := []int64{0, 1, 2, 3, 5, 99, 100, 101, 600, 1e15, 12e15 - 1, 12e15}
	r := rand.New(rand.NewPCG(13, 4))
	amount := func() int64 {
		switch r.IntN(3) {
		case 0:
			return edges[r.IntN(len(edges))]
		case 1:
			return r.Int64N(2000)
		}
		return r.Int64N(12e15)
	}
	seen := map[Light]int{}
	for range 200_000 {
		f := Figures{Plan: amount(), Actual: amount(), Year: amount(), Behind: r.Int64N(5), NotStarted: r.Int64N(5), NotEntered: r.Int64N(5), LackFunds: r.Int64N(2), NotAsked: r.Int64N(4)}
		if f.Plan > 0 && r.IntN(2) == 0 { // land on and beside the thresholds
			f.Year = f.Plan
			f.Actual = max(0, f.Plan/100*[]int64{20, 40, 50, 60, 70, 80, 90, 100}[r.IntN(8)]+r.Int64N(3)-1)
		}
		set := sets.List[r.IntN(len(sets.List))]
		if r.IntN(2) == 0 {
			set.Rules = nil
			for range 1 + r.IntN(4) {
				x := Rule{Light: []Light{Red, Yellow, Grey}[r.IntN(3)]}
				for range 1 + r.IntN(3) {
					x.When = append(x.When, Condition{all[r.IntN(len(all))], ops[r.IntN(4)], r.Int64N(1001)})
				}
				set.Rules = append(set.Rules, x)
			}
		}
		got, want := set.Evaluate(f).Light, oracle(set, f)
		if got != want {
			t.Fatalf("%+v under %s %+v: %s, want %s", f, set.ID, set.Rules, got, want)
		}
		seen[got]++
		d, ok := f.Deviation()
		exact := new(big.Int)
		if f.Plan > 0 {
			exact.Quo(new(big.Int).Mul(big.NewInt(f.Actual-f.Plan), big.NewInt(1000)), big.NewInt(f.Plan))
		}
		if ok && (f.Plan == 0 || exact.Cmp(big.NewInt(d)) != 0) || !ok && f.Plan > 0 && exact.IsInt64() && exact.BitLen() < 62 {
			t.Fatalf("the deviation of %+v is %d (%v), want %s", f, d, ok, exact)
		}
	}
	if len(seen) != 4 {
		t.Errorf("only these lights came up: %v", seen)
	}
}

func TestFiguresOfACourse(t *testing.T) {
	c := Course{YearPlan: 1000, StartDue: 202602, From: 202601, Months: []Month{
		{Month: 202511, Plan: -1, Actual: 70},
		{Month: 202601, Plan: -1, Actual: 83},
		{Month: 202602, Plan: 200, Actual: 100},
		{Month: 202604, Plan: -1, Actual: 10, Started: true, Short: true},
		{Month: 202605, Plan: 5, Actual: -1},
	}}
	for m, want := range map[int]Figures{
		202601: {Month: 202601, Plan: 83, Actual: 83, Year: 1000},
		202602: {Month: 202602, Plan: 283, Actual: 183, Year: 1000, Behind: 1, NotStarted: 1},
		202603: {Month: 202603, Plan: 367, Actual: 183, Year: 1000, Behind: 2, NotStarted: 2, NotAsked: 1},
		202604: {Month: 202604, Plan: 450, Actual: 193, Year: 1000, Behind: 3, LackFunds: 1},
		202606: {Month: 202606, Plan: 539, Actual: 193, Year: 1000, Behind: 5, LackFunds: 1, NotEntered: 2, NotAsked: 2},
	} {
		if got := c.At(m); got != want {
			t.Errorf("%d: %+v, want %+v", m, got, want)
		}
	}
	sum := int64(0)
	for m := 202701; m <= 202712; m++ {
		sum += c.Planned(m)
	}
	if sum != 1000 {
		t.Errorf("the twelfths come to %d", sum)
	}
	if f := (Course{}).At(202603); f != (Figures{Month: 202603}) {
		t.Errorf("of nothing: %+v", f)
	}
}

func TestMistakesInRuleSets(t *testing.T) {
	for name, c := range map[string]struct{ rules, want string }{
		"a figure there is none of":  {`[{light: red, why: {zh: 甲, en: a}, when: {speed: {above: 1}}}]`, "没有指标“speed”"},
		"a comparison unknown":       {`[{light: red, why: {zh: 甲, en: a}, when: {lag: {over: 1}}}]`, "不在可选值"},
		"no condition":               {`[{light: red, why: {zh: 甲, en: a}, when: {}}]`, "没有条件"},
		"a fraction":                 {`[{light: red, why: {zh: 甲, en: a}, when: {lag: {above: 1.5}}}]`, "整数"},
		"a rule that never decides":  {`[{light: red, why: {zh: 甲, en: a}, when: {lag: {above: 1}}}, {light: yellow, why: {zh: 乙, en: b}, when: {lag: {above: 1, at_most: 5}}}]`, "永远用不上"},
		"a reason without its words": {`[{light: red, why: {zh: 甲}, when: {lag: {above: 1}}}]`, "缺少“en”"},
	} {
		_, err := ParseSets("x.yaml", []byte("use: a\nsets:\n  a:\n    name: {zh: 甲, en: a}\n    source: 测试\n    otherwise: {zh: 好, en: fine}\n    rules: "+c.rules+"\n"))
		if got := fmt.Sprint(fault.Fields(err)); !strings.Contains(zh(err), c.want) {
			t.Errorf("%s: %s %s", name, got, zh(err))
		}
	}
	if _, err := ParseSets("x.yaml", []byte("use: b\nsets:\n  a: {name: {zh: 甲, en: a}, source: 测试, otherwise: {zh: 好, en: fine}, rules: []}\n")); !strings.Contains(zh(err), "没有规则“b”") {
		t.Errorf("a set there is none of: %v", err)
	}
}

func zh(err error) string {
	var out []string
	for _, f := range fault.Fields(err) {
		out = append(out, f.ZH)
	}
	return strings.Join(out, "; ")
}

func TestSharesAreRounded(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100_000 {
		part, whole := r.Int64N(2001)-1000, r.Int64N(1000)-2
		if r.IntN(4) == 0 {
			part, whole = r.Int64()-r.Int64(), r.Int64()
		}
		got, ok := Share(part, whole)
		if whole <= 0 {
			if ok {
				t.Fatalf("%d of %d is %d", part, whole, got)
			}
			continue
		}
		want, _ := new(big.Float).SetString(new(big.Rat).Mul(big.NewRat(part, whole), big.NewRat(1000, 1)).FloatString(0)) // rounds halves away from zero
		if n, exact := want.Int64(); ok && (exact != big.Exact || n != got) || !ok && exact == big.Exact && n < 1<<62 && n > -1<<62 {
			t.Fatalf("%d of %d is %d (%v), want %s", part, whole, got, ok, want.String())
		}
	}
}
