package catalogue

import (
	"slices"
	"strings"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
)

// Names puts codes into the words of a list, and back. A nil function leaves codes as they are.
type Names struct {
	Unit   func(code string) string // name of a unit
	Online func(id string) string   // name of a procedure or theme
}

// Known are the things outside a list that its rows name.
type Known struct {
	// Unit is the code of a unit that goes on, by code or name; "" when there is none.
	Unit func(s string) string
	// Online is the id of the procedure or theme by which an item of the mode can be applied for, by id or name, or why not.
	Online func(s string, m Mode) (string, error)
}

// column is one column of a list: how it is headed, written and read.
type column struct {
	sheet.Column
	write func(Item, Names) string
	read  func(i *Item, r sheet.Row, key string)
}

var columns = []column{
	words("code", "事项编码", "Code", func(i *Item) *string { return &i.Code }, func(c *sheet.Column) {
		c.Required, c.Code, c.Example, c.Aliases = true, true, "SL-0001", []string{"编码", "事项编号"}
	}),
	words("name", "事项名称", "Name", func(i *Item) *string { return &i.Name }, func(c *sheet.Column) {
		c.Required, c.Example, c.Aliases = true, "示例事项", []string{"改革事项", "许可事项", "许可事项名称"}
	}),
	words("licence", "许可证件名称", "Licence document", func(i *Item) *string { return &i.Licence }, func(c *sheet.Column) { c.Aliases = []string{"许可证件"} }),
	texts("basis", "设定依据", "Basis", func(i *Item) *[]string { return &i.Basis }),
	{sheet.Column{Key: "level", Name: lang.Text{ZH: "层级", EN: "Level"}, Aliases: []string{"审批层级"}, Required: true, Example: "县级", Note: lang.Text{ZH: "国家级、省级、市级或县级", EN: "National, Provincial, Municipal or County"}},
		func(i Item, _ Names) string { return i.Level.Name().ZH },
		func(i *Item, r sheet.Row, key string) {
			i.Level = term(r.Text(key), Levels(), map[string]Level{"国家": National, "中央": National, "省": Provincial, "市": Municipal, "县": County, "区级": County, "区": County, "区县级": County})
		}},
	{sheet.Column{Key: "department", Name: lang.Text{ZH: "审批部门", EN: "Department"}, Aliases: []string{"主管部门", "部门"}, Required: true, Note: lang.Text{ZH: "单位名称或代码", EN: "name or code of the unit"}},
		func(i Item, n Names) string { return name(n.Unit, i.Department) }, nil},
	{sheet.Column{Key: "mode", Name: lang.Text{ZH: "改革方式", EN: "Mode"}, Required: true, Example: "优化审批服务", Note: lang.Text{ZH: "直接取消审批、审批改为备案、实行告知承诺或优化审批服务", EN: "one of the four modes"}},
		func(i Item, _ Names) string { return i.Mode.Name().ZH },
		func(i *Item, r sheet.Row, key string) {
			i.Mode = term(r.Text(key), Modes(), map[string]Mode{"取消审批": Cancelled, "改为备案": Filed, "告知承诺": Committed, "优化服务": Improved, "优化准入服务": Improved})
		}},
	texts("measures", "改革举措", "Reform measures", func(i *Item) *[]string { return &i.Measures }),
	texts("oversight", "监管措施", "Supervision", func(i *Item) *[]string { return &i.Oversight }),
	limits("statutory", "法定时限", "Statutory limit", "20个工作日", func(i *Item) *calendar.Limit { return &i.Statutory }),
	limits("promised", "承诺时限", "Promised limit", "5个工作日", func(i *Item) *calendar.Limit { return &i.Promised }),
	{sheet.Column{Key: "special", Name: lang.Text{ZH: "不计入时限的程序", EN: "Not counted"}, Aliases: []string{"特别程序"}, Note: lang.Text{ZH: "听证、招标、检验、检测、鉴定、专家评审，用顿号分开", EN: "special procedures, parted by commas"}},
		func(i Item, _ Names) string { return named(i.Special, "、", lang.ZH) },
		func(i *Item, r sheet.Row, key string) {
			for _, s := range parted(r.Text(key)) {
				x := term[Special](s, Specials(), nil)
				if x == "" {
					x = Special(s) // Check says what there is
				}
				i.Special = append(i.Special, x)
			}
		}},
	texts("materials", "申请材料", "Materials", func(i *Item) *[]string { return &i.Materials }),
	{sheet.Column{Key: "freezone", Name: lang.Text{ZH: "自贸试验区版", EN: "Free-trade zones only"}, Aliases: []string{"是否自贸版", "自贸版"}, Example: "否"},
		func(i Item, _ Names) string { return map[bool]string{true: "是"}[i.FreeZone] },
		func(i *Item, r sheet.Row, key string) { i.FreeZone = r.YesNo(key) }},
	{sheet.Column{Key: "industries", Name: lang.Text{ZH: "行业代码", EN: "Industries"}, Aliases: []string{"行业"}, Code: true, Example: "H62、F52", Note: lang.Text{ZH: "GB/T 4754 的门类字母或代码，用顿号分开；不填为所有行业", EN: "codes of GB/T 4754 parted by commas; empty for every industry"}},
		func(i Item, _ Names) string { return strings.Join(i.Industries, "、") },
		func(i *Item, r sheet.Row, key string) {
			for _, s := range parted(r.Text(key)) {
				i.Industries = append(i.Industries, Industry(s))
			}
		}},
	words("scope", "经营范围规范表述", "Business scope", func(i *Item) *string { return &i.Scope }, func(c *sheet.Column) { c.Aliases = []string{"经营范围"} }),
	{sheet.Column{Key: "online", Name: lang.Text{ZH: "网上办理方式", EN: "Apply online by"}, Note: lang.Text{ZH: "办理流程或一件事主题的名称或编号；不能网上办的不填", EN: "name or id of a procedure or a theme; empty when there is none"}},
		func(i Item, n Names) string { return name(n.Online, i.Online) }, nil},
}

func words(key, zh, en string, at func(*Item) *string, more func(*sheet.Column)) column {
	c := column{Column: sheet.Column{Key: key, Name: lang.Text{ZH: zh, EN: en}}}
	more(&c.Column)
	c.write = func(i Item, _ Names) string { return *at(&i) }
	c.read = func(i *Item, r sheet.Row, key string) { *at(i) = r.Text(key) }
	return c
}

// texts is a column of several texts, one on each line of a cell.
func texts(key, zh, en string, at func(*Item) *[]string) column {
	return column{sheet.Column{Key: key, Name: lang.Text{ZH: zh, EN: en}, Note: lang.Text{ZH: "几条的，用分号或换行分开", EN: "several are parted by semicolons or lines"}},
		func(i Item, _ Names) string { return strings.Join(*at(&i), "；") },
		func(i *Item, r sheet.Row, key string) { *at(i) = split(r.Text(key), "；;\n") }}
}

func limits(key, zh, en, example string, at func(*Item) *calendar.Limit) column {
	return column{sheet.Column{Key: key, Name: lang.Text{ZH: zh, EN: en}, Example: example, Note: lang.Text{ZH: "数字加单位：工作日、自然日、工作时；没有的不填", EN: "a number and a unit such as 20work_day; empty for none"}},
		func(i Item, _ Names) string {
			if at(&i).IsZero() {
				return ""
			}
			return at(&i).Label(lang.ZH)
		},
		func(i *Item, r sheet.Row, key string) {
			s := strings.ReplaceAll(r.Text(key), " ", "")
			if s == "" {
				return
			}
			l, err := calendar.ParseLimit(strings.TrimSuffix(s, "（遇休息日不顺延）"))
			if err != nil {
				r.Fail(key, "“%[1]s”应写明数字和单位，如“20个工作日”“30个自然日”，现为“%[3]s”", "%[2]q needs a number and a unit, such as 20work_day, not %[3]q.", zh, en, s)
				return
			}
			l.NoRoll = l.NoRoll || strings.HasSuffix(s, "（遇休息日不顺延）")
			*at(i) = l
		}}
}

// Columns are those of a list.
func Columns() sheet.Columns {
	out := make(sheet.Columns, len(columns))
	for i, c := range columns {
		out[i] = c.Column
	}
	return out
}

// Cells are what the columns say of an item.
func Cells(i Item, n Names) []string {
	out := make([]string, len(columns))
	for j, c := range columns {
		out[j] = c.write(i, n)
	}
	return out
}

// Read reads a list. What is wrong with a row is recorded under the row's number; such a row is not among the items.
func Read(t sheet.Table, k Known, problems sheet.Problems) []Item {
	var out []Item
	first := map[string]int{}
	for r := range t.All(problems) {
		var i Item
		for _, c := range columns {
			if c.read != nil {
				c.read(&i, r, c.Key)
			}
		}
		if s := r.Text("department"); s != "" {
			if i.Department = k.Unit(s); i.Department == "" {
				r.Fail("department", "没有单位“%s”", "There is no unit %q.", s)
			}
		}
		if s := r.Text("online"); s != "" && i.Mode != "" {
			id, err := k.Online(s, i.Mode)
			for _, f := range fault.Fields(err) {
				r.Fail("online", "%[1]s", "%[2]s", f.ZH, f.EN)
			}
			i.Online = id
		}
		for _, f := range fault.Fields(i.Check()) {
			if r.Text(f.Field) != "" || !required(f.Field) { // an empty cell has been named already
				r.Fail(f.Field, "%[1]s", "%[2]s", f.ZH, f.EN)
			}
		}
		if at, twice := first[i.Code]; twice && i.Code != "" {
			r.Fail("code", "事项编码“%[1]s”与第 %[2]d 行重复", "The code %[1]q has come in row %[2]d already.", i.Code, at)
		} else {
			first[i.Code] = r.Number
		}
		if r.OK() {
			out = append(out, i)
		}
	}
	return out
}

func required(key string) bool {
	return slices.ContainsFunc(columns, func(c column) bool { return c.Key == key && c.Required })
}

// term finds a term by its name in either language, by its id, or under another name; "" when there is none.
func term[T interface {
	~string
	Name() lang.Text
}](s string, list []T, aliases map[string]T) T {
	for _, x := range list {
		if n := x.Name(); s == n.ZH || s == string(x) || strings.EqualFold(s, n.EN) {
			return x
		}
	}
	return aliases[s]
}

// parted are the words of a cell, split says at which characters.
func parted(s string) []string { return split(s, "、，,；; \n") }

func split(s, at string) []string {
	var out []string
	for _, x := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(at, r) }) {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}

func name(of func(string) string, code string) string {
	if of == nil || code == "" {
		return code
	}
	if s := of(code); s != "" {
		return s
	}
	return code
}
