package catalogue

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
)

func days(n int) calendar.Limit { return calendar.Limit{N: n, Unit: calendar.WorkDay} }

// full is an item with something in every field.
func full() Item {
	return Item{Code: "SL-1", Name: "示例事项", Licence: "示例许可证", Basis: []string{"示例依据"}, Level: County, Department: "approval", Mode: Improved,
		Measures: []string{"压缩时限", "精简材料"}, Oversight: []string{"现场检查"}, Statutory: days(20), Promised: days(5), Special: []Special{"hearing", "experts"},
		Materials: []string{"申请书", "平面图"}, FreeZone: true, Industries: []string{"H62", "F"}, Scope: "示例表述", Online: "licence"}
}

func TestAnItemIsChecked(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Item)
		fields string // that are wrong
	}{
		"nothing is wrong":             {func(i *Item) {}, ""},
		"as long as the law":           {func(i *Item) { i.Promised = days(20) }, ""},
		"longer than the law":          {func(i *Item) { i.Promised = days(21) }, "promised"},
		"days against hours":           {func(i *Item) { i.Promised = calendar.Limit{N: 999, Unit: calendar.WorkHour} }, ""},
		"a promise alone":              {func(i *Item) { i.Statutory = calendar.Limit{} }, ""},
		"a code with a stroke":         {func(i *Item) { i.Code = "A/1" }, "code"},
		"no code":                      {func(i *Item) { i.Code = "" }, "code"},
		"no name":                      {func(i *Item) { i.Name = "" }, "name"},
		"a long name":                  {func(i *Item) { i.Name = strings.Repeat("长", 101) }, "name"},
		"no mode, no level":            {func(i *Item) { i.Mode, i.Level = "", "" }, "mode level"},
		"another special procedure":    {func(i *Item) { i.Special = append(i.Special, "喝茶") }, "special"},
		"an industry of no section":    {func(i *Item) { i.Industries = []string{"H62", "Z1"} }, "industries"},
		"a division of another letter": {func(i *Item) { i.Industries = []string{"H51"} }, "industries"},
		"too much of a text":           {func(i *Item) { i.Basis = []string{strings.Repeat("长", 1001)} }, "basis"},
		"abolished, with limits":       {func(i *Item) { i.Mode = Cancelled }, "mode"},
		"abolished": {func(i *Item) {
			i.Mode, i.Materials, i.Online, i.Statutory, i.Promised = Cancelled, nil, "", calendar.Limit{}, calendar.Limit{}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			i := full()
			c.change(&i)
			var got []string
			for _, f := range fault.Fields(i.Check()) {
				got = append(got, f.Field)
				if strings.Contains(f.ZH+f.EN, "%!") {
					t.Errorf("%s / %s", f.ZH, f.EN)
				}
			}
			if strings.Join(got, " ") != c.fields {
				t.Errorf("wrong are %q, want %q", got, c.fields)
			}
		})
	}
}

func TestEveryTermHasWords(t *testing.T) {
	for _, m := range Modes() {
		if m.Name().ZH == "" || m.Name().EN == "" || m.Meaning().ZH == "" || m.Meaning().EN == "" {
			t.Errorf("mode %s is without words", m)
		}
	}
	if named(Levels(), "", lang.ZH) != "国家级省级市级县级" || named(Specials(), "", lang.ZH) != "听证招标检验检测鉴定专家评审" {
		t.Error("levels or special procedures are without words")
	}
	divisions := 0
	for i, s := range Sections() {
		if s.Letter != string(rune('A'+i)) || s.From > s.To || s.Name.ZH == "" || s.Name.EN == "" {
			t.Errorf("section %+v", s)
		}
		divisions += s.To - s.From + 1
	}
	if len(Sections()) != 20 || divisions != 97 {
		t.Errorf("%d sections, %d divisions", len(Sections()), divisions)
	}
}

var known = Known{
	Unit: func(s string) string {
		return map[string]string{"行政审批局": "approval", "approval": "approval"}[s]
	},
	Online: func(s string, m Mode) (string, error) {
		if s == "许可事项申请" || s == "licence" {
			return "licence", nil
		}
		return "", fault.New(fault.Invalid, "没有“%s”", "There is no “%s”", s)
	},
}

// read reads a list that knows one unit and one way to apply.
func read(t *testing.T, csv string) ([]Item, sheet.Problems) {
	t.Helper()
	table, err := sheet.Read([]byte(csv), "x.csv", Columns())
	if err != nil {
		t.Fatal(err)
	}
	p := sheet.Problems{}
	return Read(table, known, p), p
}

func TestAListIsReadAsOfficesWriteIt(t *testing.T) {
	got, problems := read(t, "序号,事项编码,事项名称,许可证件,设定依据,层级,主管部门,改革方式,改革举措,监管措施,法定时限,承诺时限,特别程序,申请材料,自贸版,行业,经营范围,网上办理方式\n"+
		"1,SL-1,示例事项,示例许可证,示例依据,县级,行政审批局,优化审批服务,压缩时限；精简材料,现场检查,20 个工作日,5个工作日,\"听证,专家评审\",\"申请书\n平面图\",是,\"62、F\",示例表述,许可事项申请\n"+
		"2,SL-2,另一事项,,,国家,approval,告知承诺,,,20work_day,,,,,,,\n")
	want := []Item{full(), {Code: "SL-2", Name: "另一事项", Level: National, Department: "approval", Mode: Committed, Statutory: days(20)}}
	if d := cmp.Diff(want, got); d != "" || len(problems) > 0 {
		t.Error(d, problems.Texts(lang.ZH))
	}
}

func TestWhatIsWrongWithARowStandsBesideIt(t *testing.T) {
	_, problems := read(t, "事项编码,事项名称,层级,审批部门,改革方式,法定时限,承诺时限,网上办理方式\n"+
		"A1,甲,县级,行政审批局,优化,,,\n"+
		"A2,乙,县级,没有的局,优化审批服务,,,\n"+
		"A3,丙,县级,approval,优化审批服务,5个工作日,8个工作日,\n"+
		"A3,丁,县级,approval,优化审批服务,,,\n"+
		"A5,,县级,approval,优化审批服务,,,\n"+
		"A6,己,县级,approval,优化审批服务,很快,20日,\n"+
		"A7,庚,县级,approval,优化审批服务,,,心灵感应\n"+
		"A8,辛,县级,approval,优化审批服务,20个工作日,20个工作日,licence\n")
	got := problems.Texts(lang.ZH)
	want := map[int][]string{
		2: {"改革方式应为：直接取消审批、审批改为备案、实行告知承诺、优化审批服务"},
		3: {"没有单位“没有的局”"},
		4: {"承诺时限（8个工作日）不能长于法定时限（5个工作日）"},
		5: {"事项编码“A3”与第 4 行重复"},
		6: {"“事项名称”不能为空"},
		7: {"“法定时限”应写明数字和单位，如“20个工作日”“30个自然日”，现为“很快”", "“承诺时限”应写明数字和单位，如“20个工作日”“30个自然日”，现为“20日”"},
		8: {"没有“心灵感应”"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		i := full()
		i.Mode = rapid.SampledFrom([]Mode{Filed, Committed, Improved}).Draw(r, "mode")
		i.Level = rapid.SampledFrom(Levels()).Draw(r, "level")
		i.Special = rapid.SliceOfNDistinct(rapid.SampledFrom(Specials()), 1, 6, rapid.ID).Draw(r, "special")
		unit := rapid.SampledFrom([]calendar.Unit{calendar.WorkDay, calendar.NaturalDay, calendar.WorkHour, calendar.UrgentHour}).Draw(r, "unit")
		i.Statutory = calendar.Limit{N: rapid.IntRange(50, 9999).Draw(r, "law"), Unit: unit, NoRoll: unit == calendar.NaturalDay && rapid.Bool().Draw(r, "roll")}
		i.Promised = i.Statutory
		i.Promised.N = rapid.IntRange(1, 50).Draw(r, "promise")
		i.FreeZone = rapid.Bool().Draw(r, "zone")
		var csv strings.Builder
		for _, row := range [][]string{headings(), Cells(i, Names{})} {
			for j, c := range row {
				row[j] = `"` + c + `"`
			}
			fmt.Fprintln(&csv, strings.Join(row, ","))
		}
		table, err := sheet.Read([]byte(csv.String()), "x.csv", Columns())
		if err != nil {
			r.Fatal(err)
		}
		p := sheet.Problems{}
		got := Read(table, known, p)
		if d := cmp.Diff([]Item{i}, got); d != "" {
			r.Fatal(d, p.Texts(lang.ZH))
		}
	})
}

func headings() []string {
	var out []string
	for _, c := range Columns() {
		out = append(out, c.Name.ZH)
	}
	return out
}

// TestPagesHoldEverythingOnce walks 5,000 items forward and back.
func TestPagesHoldEverythingOnce(t *testing.T) {
	var items []Item
	for n := range 5000 {
		items = append(items, Item{Code: fmt.Sprintf("X%04d", (n*7919)%5000), Name: fmt.Sprint("事项", n), Mode: Modes()[n%4], Department: fmt.Sprint("u", n%7), Industries: []string{[]string{"H", "H62", "H61", "F52"}[n%4]}})
	}
	c := New(1, items)
	for name, f := range map[string]struct {
		Filter
		want int
	}{
		"all":                        {Filter{}, 5000},
		"a mode":                     {Filter{Mode: Committed}, 1250},
		"a department":               {Filter{Department: "u3"}, 714},
		"a class within a section":   {Filter{Industry: "H6210"}, 2500}, // H and H62
		"a section":                  {Filter{Industry: "H"}, 3750},
		"words, in any order":        {Filter{Text: "事项49 x"}, 111},
		"nothing is called that way": {Filter{Text: "没有"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var seen []string
			after, pages := "", 0
			for {
				p := c.Page(f.Filter, after, 50)
				if p.Before != len(seen) || p.Total != f.want {
					t.Fatalf("page %d: %d before, %d in all; want %d and %d", pages, p.Before, p.Total, len(seen), f.want)
				}
				if pages > 0 {
					if back := c.Page(f.Filter, p.Back, 50); len(back.Items) != 50 || back.Items[49].Code != seen[len(seen)-1] {
						t.Fatalf("back from page %d leads elsewhere", pages)
					}
				}
				for _, x := range p.Items {
					seen = append(seen, x.Code)
				}
				pages++
				if p.Next == "" {
					break
				}
				after = p.Next
			}
			if !slices.IsSorted(seen) || len(slices.Compact(slices.Clone(seen))) != f.want {
				t.Errorf("%d items were seen, want %d, each once and in order", len(seen), f.want)
			}
		})
	}
}

// TestTheMeanCut compares the mean with one worked out in hundredths by hand.
func TestTheMeanCut(t *testing.T) {
	item := func(promised, statutory int) Item { return Item{Promised: days(promised), Statutory: days(statutory)} }
	one := Item{Promised: days(1)}
	for name, c := range map[string]struct {
		items    []Item
		measured int
		cut      *big.Rat
		permille int
	}{
		"nothing":                       {nil, 0, nil, 0},
		"nothing that can be compared":  {[]Item{one}, 0, nil, 0},
		"no faster":                     {[]Item{item(20, 20)}, 1, big.NewRat(0, 1), 0},
		"three quarters":                {[]Item{item(5, 20), one}, 1, big.NewRat(3, 4), 750},
		"thirds are exact":              {[]Item{item(1, 3), item(2, 3), item(3, 3)}, 3, big.NewRat(1, 3), 333},
		"a half of a thousandth is one": {[]Item{item(1999, 2000)}, 1, big.NewRat(1, 2000), 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := Count(c.items)
			n, ok := f.Permille()
			if f.Items != len(c.items) || f.Measured != c.measured || n != c.permille || ok != (c.cut != nil) || (c.cut != nil && f.Cut.Cmp(c.cut) != 0) {
				t.Errorf("%+v, %d", f, n)
			}
		})
	}
}

func TestWhatALaterListChanges(t *testing.T) {
	a, b, c := full(), full(), full()
	b.Code, c.Code = "SL-2", "SL-3"
	changed := b
	changed.Promised, changed.Edition, changed.Materials = days(4), 9, nil
	same := a
	same.Edition = 7
	d := full()
	d.Code = "SL-4"
	got := New(3, []Item{c, a, b}).To([]Item{d, changed, same})
	want := Changes{New: []Item{d}, Changed: []Change{{b, changed, []string{"promised", "materials"}}}, Dropped: []Item{c}}
	if diff := cmp.Diff(want, got); diff != "" || got.Total() != 3 {
		t.Error(diff)
	}
	if New(3, []Item{a}).To([]Item{same}).Any() {
		t.Error("an edition's number is a change")
	}
}

func TestRefsComeBack(t *testing.T) {
	i := full()
	i.Edition = 12
	if code, edition := SplitRef(i.Ref()); code != i.Code || edition != 12 {
		t.Error(i.Ref())
	}
	if code, edition := SplitRef("SL-1"); code != "SL-1" || edition != 0 {
		t.Error(code, edition)
	}
	var f *fault.Error
	if errors.As(full().Check(), &f) {
		t.Error(f)
	}
}
