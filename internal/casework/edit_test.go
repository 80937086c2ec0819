package casework

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// layouts writes the shipped procedure in the ways somebody may have laid it out.
func layouts(t testing.TB) map[string][]byte {
	src, err := os.ReadFile("../../packs/common/procedures/grid-event.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{
		"as shipped":           src,
		"of another system":    bytes.ReplaceAll(src, []byte("\n"), []byte("\r\n")),
		"with a mark, no end":  append([]byte("\ufeff"), bytes.TrimRight(src, "\n")...),
		"with remarks between": bytes.ReplaceAll(src, []byte("\n      "), []byte("\n      # 注\n\n      ")),
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		t.Fatal(err)
	}
	for name, style := range map[string]yaml.Style{"in blocks": 0, "in braces": yaml.FlowStyle} {
		var b bytes.Buffer
		enc := yaml.NewEncoder(&b)
		enc.SetIndent(4)
		laid := restyle(&doc, style)
		if style == yaml.FlowStyle { // a file begins with names on lines of their own
			laid.Content[0].Style = 0
		}
		if err := enc.Encode(laid); err != nil {
			t.Fatal(err)
		}
		out[name] = b.Bytes()
	}
	return out
}

func restyle(n *yaml.Node, style yaml.Style) *yaml.Node {
	c := *n
	c.Content = nil
	if n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode {
		c.Style = style
	}
	if style == yaml.FlowStyle {
		c.HeadComment, c.LineComment, c.FootComment = "", "", ""
	}
	for _, x := range n.Content {
		c.Content = append(c.Content, restyle(x, style))
	}
	return &c
}

// TestAnEditTouchesNothingElse makes random edits in every layout. Revise itself compares what the new file says with
// what was wanted; here the lines are compared. A line may go only if it holds something that was changed, and come
// only if it holds something new.
func TestAnEditTouchesNothingElse(t *testing.T) {
	all := layouts(t)
	was := map[string]*Procedure{}
	for name, src := range all {
		p, err := ParseProcedure("f.yaml", src)
		if err != nil {
			t.Fatal(name, err)
		}
		was[name] = p
	}
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(all))).Draw(rt, "layout")
		p, src := was[name], all[name]
		e, old, fresh := scribble(rt, p)
		got, out, err := Revise("f.yaml", src, e)
		if err != nil {
			rt.Fatalf("%v", err)
		}
		if want := (&revision{p: p, was: p.Edit()}).apply(e); !same(got, want) {
			rt.Fatal("the file does not say what was typed")
		}
		gone, came := lineDiff(string(src), string(out))
		for _, s := range gone {
			if !holdsOne(s, old) {
				rt.Fatalf("this line went: %q", s)
			}
		}
		for _, s := range came {
			if !holdsOne(s, fresh) {
				rt.Fatalf("this line came: %q", s)
			}
		}
		again, same, err := Revise("f.yaml", out, got.Edit())
		if err != nil || !bytes.Equal(same, out) || again.Version != e.Version {
			rt.Fatalf("an edit that changes nothing changes the text: %v", err)
		}
	})
}

func holdsOne(line string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(line, w) })
}

// scribble changes a few things. old is what lines that go may hold, fresh what lines that come may.
func scribble(rt *rapid.T, p *Procedure) (e Edit, old, fresh []string) {
	e = p.Edit()
	n := 0
	change := func(what *string, to string) {
		if rapid.IntRange(0, 9).Draw(rt, "change") == 0 {
			old, fresh = append(old, *what, quoted(*what)), append(fresh, to, quoted(to))
			*what = to
		}
	}
	words := func(t *lang.Text) {
		n++
		change(&t.ZH, fmt.Sprintf("%s%d", rapid.SampledFrom([]string{"新词", "甲：乙", "甲, 乙", "a: b #", "“引”\"号\"", "- 一", "是"}).Draw(rt, "zh"), n))
		n++
		change(&t.EN, fmt.Sprintf("%s%d", rapid.SampledFrom([]string{"new word", "It's: this", "{a}", "12", "yes \\ no"}).Draw(rt, "en"), n))
	}
	if rapid.Bool().Draw(rt, "raise") {
		old, fresh = append(old, "version: 1"), append(fresh, "version: 17")
		e.Version = 17
	}
	if basis := rapid.SampledFrom([]string{"", "示例办法：第三条", "a: b #"}).Draw(rt, "basis"); basis != "" && len(e.Basis) > 0 {
		old = append(old, e.Basis[len(e.Basis)-1]) // its line goes where the list is one line
		e.Basis, fresh = append(e.Basis, basis, basis+"二"), append(fresh, basis, quoted(basis))
	}
	for i := range e.Clocks {
		c := &e.Clocks[i]
		words(&c.Label)
		if l := p.Clocks[i].Limit.String(); rapid.IntRange(0, 4).Draw(rt, "limit") == 0 {
			c.Number, c.Unit = fmt.Sprint(100+i), rapid.SampledFrom([]string{"work_hour", "work_day", "natural_day", "natural_day!", "urgent_hour"}).Draw(rt, "unit")
			old, fresh = append(old, l), append(fresh, c.Number+c.Unit)
		}
	}
	for i := range e.Percent {
		if to := fmt.Sprint(p.Supervision[i].At + i + 1); rapid.Bool().Draw(rt, "percent") {
			old, fresh = append(old, "at: "+e.Percent[i]), append(fresh, "at: "+to)
			e.Percent[i] = to
		}
	}
	for i := range e.Roles {
		words(&e.Roles[i].Label)
	}
	for i := range e.Reasons {
		l := &e.Reasons[i]
		for j := range l.Items {
			words(&l.Items[j].Label)
		}
		if rapid.Bool().Draw(rt, "list") {
			continue
		}
		for _, t := range l.Items { // whatever is moved or taken out may go and come
			old, fresh = append(old, t.ID, t.Label.ZH, t.Label.EN), append(fresh, t.ID, t.Label.ZH, t.Label.EN, quoted(t.Label.ZH), quoted(t.Label.EN))
		}
		for _, t := range p.Reasons[i].Items {
			old, fresh = append(old, t.Label.ZH, t.Label.EN), append(fresh, t.Label.ZH, t.Label.EN)
		}
		l.Items = rapid.Permutation(l.Items).Draw(rt, "order")[:rapid.IntRange(1, len(l.Items)).Draw(rt, "keep")]
		for range rapid.IntRange(0, 2).Draw(rt, "more") {
			var ids []string
			for _, t := range l.Items {
				ids = append(ids, t.ID)
			}
			n++
			l.Items = append(l.Items, Term{NextReason(ids), lang.Text{ZH: fmt.Sprintf("新增原因%d", n), EN: fmt.Sprintf("Added: %d", n)}})
			fresh = append(fresh, fmt.Sprintf("新增原因%d", n))
		}
	}
	return e, old, fresh
}

// quoted is how a word stands in a line: quotes and backslashes are escaped.
func quoted(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}

// lineDiff is what a longest common run of lines leaves over on either side.
func lineDiff(a, b string) (gone, came []string) {
	x, y := strings.SplitAfter(a, "\n"), strings.SplitAfter(b, "\n")
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	best := make([][]int, len(x)+1)
	for i := range best {
		best[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if best[i][j] = max(best[i+1][j], best[i][j+1]); x[i] == y[j] {
				best[i][j] = best[i+1][j+1] + 1
			}
		}
	}
	i, j := 0, 0
	for i < len(x) && j < len(y) {
		switch {
		case x[i] == y[j]:
			i, j = i+1, j+1
		case best[i+1][j] >= best[i][j+1]:
			gone, i = append(gone, x[i]), i+1
		default:
			came, j = append(came, y[j]), j+1
		}
	}
	return append(gone, x[i:]...), append(came, y[j:]...)
}

func TestWhatIsTypedWronglyIsSaidBesideItsPlace(t *testing.T) {
	src, err := os.ReadFile("testdata/procedure/none.yaml")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("长", MaxReason+1)
	for name, c := range map[string]struct {
		change func(*Edit)
		want   string
	}{
		"no limit":                 {func(e *Edit) { e.Clocks[0].Number = "0" }, "clock.work.number: the number of a time limit must be from 1 to 9999"},
		"a limit without end":      {func(e *Edit) { e.Clocks[0].Number = "99999999999999999999" }, "clock.work.number: the number of a time limit must be from 1 to 9999"},
		"a word for a number":      {func(e *Edit) { e.Clocks[0].Number = "三" }, "clock.work.number: Write a number, such as 3."},
		"less than nothing":        {func(e *Edit) { e.Clocks[0].Number = "-3" }, "clock.work.number: Write a number, such as 3."},
		"half a day":               {func(e *Edit) { e.Clocks[0].Number = "0.5" }, "clock.work.number: Write a number, such as 3."},
		"no number, no unit":       {func(e *Edit) { e.Clocks[0].Number, e.Clocks[0].Unit = "", "" }, "clock.work.number: Write a number, such as 3.; clock.work.unit: Choose the unit of the limit."},
		"a unit nobody counts":     {func(e *Edit) { e.Clocks[0].Unit = "fortnight" }, "clock.work.unit: Choose the unit of the limit."},
		"a working day that rolls": {func(e *Edit) { e.Clocks[0].Unit = "work_day!" }, "clock.work.unit: Choose the unit of the limit."},
		"no name":                  {func(e *Edit) { e.Clocks[0].Label.ZH = "  " }, "clock.work.zh: This must not be empty."},
		"a name without end":       {func(e *Edit) { e.Roles[1].Label.EN = strings.Repeat("x", MaxName+1) }, "role.officer.en: At most 60 characters; there are 61."},
		"supervision that falls":   {func(e *Edit) { e.Percent[1] = "80" }, "percent.1: The supervision ladder must rise: 80% is out of order."},
		"supervision of nothing":   {func(e *Edit) { e.Percent[0] = "0" }, "percent.0: Write a whole number from 1 to 1000."},
		"supervision in words":     {func(e *Edit) { e.Percent[0] = "八十" }, "percent.0: Write a whole number from 1 to 1000."},
		"no reasons":               {func(e *Edit) { e.Reasons[0].Items = nil }, "reason.why: Keep 1 to 99 reasons."},
		"a reason without words":   {func(e *Edit) { e.Reasons[0].Items = append(e.Reasons[0].Items, Term{ID: "r1"}) }, "reason.why.r1.zh: This must not be empty.; reason.why.r1.en: This must not be empty."},
		"a reason without end":     {func(e *Edit) { e.Reasons[0].Items[0].Label.ZH = long }, "reason.why.other.zh: At most 200 characters; there are 201."},
		"a reason twice": {func(e *Edit) {
			e.Reasons[0].Items = append(e.Reasons[0].Items, Term{"r1", lang.Text{ZH: "其他", EN: "More"}})
		}, "reason.why.r1.zh: Another reason of this list has the same words."},
		"an id twice":          {func(e *Edit) { e.Reasons[0].Items = append(e.Reasons[0].Items, e.Reasons[0].Items[0]) }, "reason.why: The id “other” of a reason is not valid or occurs twice."},
		"an id that is none":   {func(e *Edit) { e.Reasons[0].Items[0].ID = "<em>" }, "reason.why: The id “<em>” of a reason is not valid or occurs twice."},
		"another procedure":    {func(e *Edit) { e.Clocks = nil }, ": The procedure has changed; open this page anew."},
		"what cannot be shown": {func(e *Edit) { e.Roles[0].Label.ZH = "甲\u202e乙" }, "role.clerk.zh: It contains characters that cannot be shown; type it anew."},
	} {
		p, err := ParseProcedure("none.yaml", src)
		if err != nil {
			t.Fatal(err)
		}
		e := p.Edit()
		c.change(&e)
		var got []string
		_, _, err = Revise("none.yaml", src, e)
		for _, f := range fault.Fields(err) {
			got = append(got, f.Field+": "+f.EN)
			if f.ZH == "" || strings.Contains(f.ZH+f.EN, "%!") {
				t.Errorf("%s: %q %q", name, f.ZH, f.EN)
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, strings.Join(got, "; "), c.want)
		}
	}
}

func TestWhatTheFileAsAWholeRefusesHasItsLine(t *testing.T) {
	src, err := os.ReadFile("testdata/procedure/total-kept.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParseProcedure("f.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	e := p.Edit()
	e.Clocks[0].Number = "900"
	_, _, err = Revise("f.yaml", src, e)
	if got := fault.Sentence(err, lang.ZH); !strings.HasPrefix(got, "文件第 ") || !strings.Contains(got, "超过总时限") {
		t.Errorf("got %s", got)
	}
	if fs := fault.Fields(err); len(fs) != 1 || fs[0].Field != "" {
		t.Errorf("got %+v", fs)
	}
}

func TestTypingAsAnOfficialDoes(t *testing.T) {
	src, err := os.ReadFile("testdata/procedure/none.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParseProcedure("none.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	e := p.Edit()
	e.Version = 2
	e.Clocks[0].Number, e.Clocks[0].Unit = " ５ ", "natural_day!"
	e.Percent = []string{"７０%", "100 "}
	e.Reasons[0].Items = append([]Term{{"r1", lang.Text{ZH: " 下雨 ", EN: "Rain"}}}, e.Reasons[0].Items...)
	got, out, err := Revise("none.yaml", src, e)
	if err != nil {
		t.Fatal(err)
	}
	gone, came := lineDiff(string(src), string(out))
	if want := []string{"version: 2\n", "      r1: {zh: 下雨, en: Rain}\n",
		"  work: {label: {zh: 办理时限, en: Work}, limit: 5natural_day!, runs: work, supervised: true}\n",
		"  - {at: 70, label: {zh: 预警, en: Warning}, tell: [holder]}\n"}; !slices.Equal(came, want) || len(gone) != 3 {
		t.Errorf("went %q\ncame %q", gone, came)
	}
	var said []string
	for _, c := range Compare(p, got) {
		said = append(said, c.Part.ZH+"|"+c.What.ZH+"|"+c.Was.ZH+"|"+c.Now.ZH)
	}
	if want := []string{"时限|办理时限|3个工作日|5个自然日（遇休息日不顺延）", "督办|预警|80%|70%", "原因：原因|下雨||下雨"}; !slices.Equal(said, want) {
		t.Errorf("the differences are %q", said)
	}
}

func TestDifferencesInWords(t *testing.T) {
	was := gridEvent(t)
	e := was.Edit()
	e.Clocks[4].Number = "7"
	e.Clocks[0].Label.ZH = "现场核实时限"
	e.Roles[0].Label.ZH = "单元长"
	l := &e.Reasons[1]
	l.Items[0].Label.ZH = "不归本单位管"
	l.Items = []Term{l.Items[1], l.Items[0], l.Items[3], {"r1", lang.Text{ZH: "新原因", EN: "New"}}}
	now := (&revision{p: was, was: was.Edit()}).apply(e)
	now.Stages = now.Stages[1:]
	var said []string
	for _, c := range Compare(was, now) {
		said = append(said, c.Part.ZH+"|"+c.What.ZH+"|"+c.Was.ZH+"|"+c.Now.ZH)
	}
	want := []string{
		"时限|处置时限|按立案标准，未选定时 5个工作日|按立案标准，未选定时 7个工作日",
		"时限名称|核实时限|核实时限|现场核实时限",
		"原因：退回原因（示例）|不属本单位职责|不属本单位职责|不归本单位管", "原因：退回原因（示例）|新原因||新原因", "原因：退回原因（示例）|涉及多个单位，需明确牵头单位|涉及多个单位，需明确牵头单位|",
		"原因顺序|退回原因（示例）|不属本单位职责 → 不在本单位管辖区域 → 现场未找到该问题|不在本单位管辖区域 → 不归本单位管 → 现场未找到该问题",
		"角色|楼道长|楼道长|单元长", "阶段|待核实|待核实|",
	}
	if !slices.Equal(said, want) {
		t.Errorf("got\n%s", strings.Join(said, "\n"))
	}
	if len(Compare(was, was)) != 0 {
		t.Error("a procedure differs from itself")
	}
}
