package web

import (
	"math/big"
	"net/url"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/rules"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// authorPage lists the items as their author works on them.
type authorPage struct {
	office
	app.AuthorPage
	Params []rules.Param
	Tried  []app.TryReport // what publishing the draft would change
}

func (v *visit) author(parts ...string) string {
	return v.to(append([]string{"desk", "rules"}, parts...)...)
}

func (v *visit) authorPage(in ui.Input) (templ.Component, error) {
	p := authorPage{office: v.office(v.lang.T("编制政策规则", "Write policy items"), "rules", in)}
	var err error
	if p.AuthorPage, p.Params, err = v.s.app.PolicyAuthor(v.Context(), v.viewer); err != nil {
		return nil, err
	}
	p.Tried, err = v.s.app.TryDraft(v.Context(), v.viewer)
	return authorView(p), err
}

func (s *Server) showAuthor(v *visit) error { return v.untouched(v.authorPage) }

func (p authorPage) sheet() ui.Sheet[app.AuthorItem] {
	l := p.Page.Lang
	return ui.Sheet[app.AuthorItem]{Caption: l.T("事项", "Items"), Columns: []ui.Column[app.AuthorItem]{
		ui.LinkColumn(l.T("事项", "Item"), ui.Main, func(x app.AuthorItem) ui.Link {
			return ui.Link{Label: x.Name.In(l), URL: p.V.author(x.ID, rules.FormatDay(x.From))}
		}),
		ui.TextColumn(l.T("编号", "Id"), ui.Brief, func(x app.AuthorItem) string { return x.ID }),
		ui.TextColumn(l.T("有效期", "In force"), ui.Brief, func(x app.AuthorItem) string { return termWords(l, x.Item) }),
		ui.TextColumn(l.T("兑现方式", "How"), ui.Brief, func(x app.AuthorItem) string { return deliveryName(l, x.Delivery) }),
		{Head: l.T("草稿", "Draft"), Kind: ui.Brief, Cell: func(x app.AuthorItem) templ.Component {
			if x.Changed {
				return ui.Badge(ui.Yellow, l.T("有改动", "changed"))
			}
			return templ.NopComponent
		}},
		{Head: l.T("算例", "Examples"), Kind: ui.Brief, Cell: func(x app.AuthorItem) templ.Component {
			switch {
			case x.Wrong > 0:
				return ui.Badge(ui.Red, l.Tf("%d 条不符", "%d wrong", x.Wrong))
			case len(x.Examples) == 0:
				return ui.Badge(ui.Grey, l.T("没有", "none"))
			}
			return ui.Badge(ui.Green, l.Tf("%d 条全对", "all %d right", len(x.Examples)))
		}},
	}}
}

// termWords is from when to when an item is in force.
func termWords(l lang.Lang, x *rules.Item) string {
	if x.To == rules.LastDay {
		return l.Tf("%s 起", "since %s", rules.FormatDay(x.From))
	}
	return rules.FormatDay(x.From) + " – " + rules.FormatDay(x.To)
}

// itemAuthorPage is one item, with the form of one place of its condition where one was chosen.
type itemAuthorPage struct {
	office
	app.ItemAuthoring
	At    string // path of the place; of the group to add to
	Mode  string // "edit", "add", or "" for none
	Field rules.Field
	Of    string // of what it is a share
	Tried []app.TryReport
}

func (p itemAuthorPage) address(more ...string) string {
	return p.V.author(append([]string{p.Item.ID, rules.FormatDay(p.Item.From)}, more...)...)
}

// place is the address of the page with the form of a place.
func (p itemAuthorPage) place(mode string, at rules.Path) string {
	return p.address() + "?" + url.Values{"mode": {mode}, "at": {at.String()}}.Encode() + "#place"
}

func (v *visit) authoredFrom() (item string, from int64, err error) {
	from, err = rules.ParseDay(v.PathValue("from"))
	if err != nil {
		return "", 0, errNoPage
	}
	return v.PathValue("item"), from, nil
}

func (v *visit) itemAuthor(in ui.Input) (templ.Component, error) {
	p, err := v.itemAuthorPage(in)
	if err != nil {
		return nil, err
	}
	return itemAuthorView(p), nil
}

func (v *visit) itemAuthorPage(in ui.Input) (itemAuthorPage, error) {
	id, from, err := v.authoredFrom()
	if err != nil {
		return itemAuthorPage{}, err
	}
	p := itemAuthorPage{}
	if p.ItemAuthoring, err = v.s.app.ItemAuthoring(v.Context(), v.viewer, id, from, v.lang); err != nil {
		return p, err
	}
	p.office = v.office(p.Item.Name.In(v.lang), "rules", in)
	q := v.Form
	if q == nil {
		q = v.URL.Query()
	}
	p.At, p.Mode = q.Get("at"), q.Get("mode")
	path, err := rules.ParsePath(p.At)
	if err != nil {
		return p, err
	}
	c, err := p.Item.When.At(path)
	if err != nil {
		return p, err
	}
	if p.Mode == "add" && c.Kind == rules.Test || p.Mode == "edit" && c.Kind != rules.Test || p.Mode != "add" && p.Mode != "edit" {
		p.Mode = ""
	}
	if p.Mode != "" {
		p.fill(c, q)
	}
	if p.Draft {
		p.Tried, err = v.s.app.TryPolicy(v.Context(), v.viewer, app.PolicyChange{Item: id, From: from})
	}
	return p, err
}

// fill puts the test that is edited, and the field that was chosen, into the form.
func (p *itemAuthorPage) fill(c *rules.Cond, q url.Values) {
	leaf := rules.Leaf{Field: p.Book.Fields[0].ID}
	if p.Mode == "edit" {
		leaf = p.Book.Leaf(c)
	}
	field, chosen := q.Get("field"), q.Has("field")
	if chosen && p.Book.Field(field) >= 0 && (field != leaf.Field || q.Get("of") != leaf.Of) {
		leaf = rules.Leaf{Field: field, Of: q.Get("of"), SayZH: leaf.SayZH, SayEN: leaf.SayEN, Cite: leaf.Cite}
	}
	p.Field, p.Of = p.Book.Fields[p.Book.Field(leaf.Field)], leaf.Of
	if p.In.Values == nil {
		p.In.Values = leafValues(leaf)
	}
}

// leafValues are a test as its form has it, leafOf the way back.
func leafValues(x rules.Leaf) url.Values {
	out := url.Values{"field": {x.Field}, "of": {x.Of}, "say_zh": {x.SayZH}, "say_en": {x.SayEN}, "cite": {x.Cite}}
	for i, a := range x.Asks {
		n := []string{"", "2"}[i]
		out["verb"+n], out["unit"+n] = []string{a.Verb}, []string{a.Unit}
		out["value"+n] = append(strings.FieldsFunc(a.Value, func(r rune) bool { return strings.ContainsRune(" 、,", r) }), "")
		if len(out["value"+n]) > 1 {
			out["value"+n] = out["value"+n][:len(out["value"+n])-1]
		}
	}
	return out
}

func leafOf(f url.Values) rules.Leaf {
	ask := func(n string) rules.Ask {
		return rules.Ask{Verb: f.Get("verb" + n), Value: strings.TrimSpace(strings.Join(f["value"+n], " ")), Unit: f.Get("unit" + n)}
	}
	return rules.Leaf{Field: f.Get("field"), Of: f.Get("of"), Asks: [2]rules.Ask{ask(""), ask("2")}, SayZH: f.Get("say_zh"), SayEN: f.Get("say_en"), Cite: f.Get("cite")}
}

// kind is what values of the test are: a share's are rates.
func (p itemAuthorPage) kind() rules.Kind {
	if p.Of != "" {
		return rules.Rate
	}
	return p.Field.Kind
}

func (p itemAuthorPage) verbs(optional bool) []ui.Option {
	var out []ui.Option
	if optional {
		out = append(out, ui.Option{Label: p.Page.Lang.T("不再限制另一头", "No other bound")})
	}
	questions := p.Field.Kind.Questions()
	if p.Of != "" {
		questions = rules.ShareQuestions()
	}
	for _, q := range questions {
		out = append(out, ui.Option{Value: q.Verb, Label: q.Name.In(p.Page.Lang)})
	}
	return out
}

func (p itemAuthorPage) units() []ui.Option {
	out := []ui.Option{{Label: p.Page.Lang.T("（参数不写单位）", "(none for a parameter)")}}
	for _, u := range rules.Units(p.kind()) {
		out = append(out, ui.Option{Value: u, Label: u})
	}
	return out
}

func (p itemAuthorPage) choices() []ui.Option {
	var out []ui.Option
	for _, c := range p.Field.Choices {
		out = append(out, ui.Option{Value: c.ID, Label: c.Name.In(p.Page.Lang)})
	}
	return out
}

func (p itemAuthorPage) fields(share bool) []ui.Option {
	var out []ui.Option
	if share {
		out = append(out, ui.Option{Label: p.Page.Lang.T("不按占比", "not a share")})
	}
	for _, f := range p.Book.Fields {
		if !share || f.Kind == rules.Count || f.Kind == rules.Money {
			out = append(out, ui.Option{Value: f.ID, Label: f.Name.In(p.Page.Lang)})
		}
	}
	return out
}

// valueHint says how a value is written.
func (p itemAuthorPage) valueHint() string {
	l := p.Page.Lang
	switch p.kind() {
	case rules.Money:
		return l.T("只填数字，单位另选；用参数的填 $参数名。", "The number only, with its unit beside it; $name for a parameter.")
	case rules.Rate:
		return l.T("只填数字，如 5.5；用参数的填 $参数名。", "The number only, such as 5.5; $name for a parameter.")
	case rules.Day:
		return l.T("日期如 2026-03-31；按月数比较的填月数。", "A day such as 2026-03-31, or a number of months.")
	case rules.Code:
		return l.T("代码开头，几个用空格隔开，如 I65 C39。", "Beginnings of codes, parted by spaces, such as I65 C39.")
	case rules.Flag:
		return l.T("填“是”或“否”。", "yes or no")
	}
	return ""
}

func (s *Server) showItemAuthor(v *visit) error { return v.untouched(v.itemAuthor) }

// tryItem answers what the form as it is typed would change, as a piece of the page.
func (s *Server) tryItem(v *visit) error {
	id, from, err := v.authoredFrom()
	if err != nil {
		return err
	}
	q := v.URL.Query()
	tried, err := s.app.TryPolicy(v.Context(), v.viewer, app.PolicyChange{Item: id, From: from, Do: v.leafChange(q)})
	if wrong(err) {
		return v.render(triedWrong(v.lang, sentences(v.lang, err)))
	}
	if err != nil {
		return err
	}
	return v.render(triedView(v, tried))
}

// sentences are what is wrong, in words.
func sentences(l lang.Lang, err error) []string {
	var out []string
	for _, f := range fault.Fields(err) {
		out = append(out, f.In(l))
	}
	return out
}

// leafChange puts the test of a form into its place.
func (v *visit) leafChange(f url.Values) func(*rules.Book, *rules.Item) (*rules.Item, error) {
	return v.onCondition(f, func(b *rules.Book, c *rules.Cond, at rules.Path) (*rules.Cond, error) {
		leaf, err := b.ReadLeaf(leafOf(f))
		if err != nil {
			return nil, err
		}
		if f.Get("mode") == "add" {
			return c.Add(at, leaf)
		}
		return c.Change(at, leaf)
	})
}

func (v *visit) onCondition(f url.Values, change func(b *rules.Book, c *rules.Cond, at rules.Path) (*rules.Cond, error)) func(*rules.Book, *rules.Item) (*rules.Item, error) {
	return func(b *rules.Book, x *rules.Item) (*rules.Item, error) {
		at, err := rules.ParsePath(f.Get("at"))
		if err != nil {
			return nil, err
		}
		y := *x
		y.When, err = change(b, x.When, at)
		return &y, err
	}
}

// conditionActs are what buttons beside a place do.
var conditionActs = map[string]func(c *rules.Cond, at rules.Path) (*rules.Cond, error){
	"remove":     (*rules.Cond).Remove,
	"up":         func(c *rules.Cond, at rules.Path) (*rules.Cond, error) { return c.Move(at, -1) },
	"down":       func(c *rules.Cond, at rules.Path) (*rules.Cond, error) { return c.Move(at, 1) },
	"unwrap":     (*rules.Cond).Unwrap,
	"wrap-all":   func(c *rules.Cond, at rules.Path) (*rules.Cond, error) { return c.Wrap(at, rules.All) },
	"wrap-any":   func(c *rules.Cond, at rules.Path) (*rules.Cond, error) { return c.Wrap(at, rules.Any) },
	"wrap-not":   func(c *rules.Cond, at rules.Path) (*rules.Cond, error) { return c.Wrap(at, rules.Not) },
	"regroup-or": func(c *rules.Cond, at rules.Path) (*rules.Cond, error) { return c.Regroup(at, rules.Any, 0) },
	"regroup-and": func(c *rules.Cond, at rules.Path) (*rules.Cond, error) {
		return c.Regroup(at, rules.All, 0)
	},
	"regroup-two": func(c *rules.Cond, at rules.Path) (*rules.Cond, error) { return c.Regroup(at, rules.AtLeast, 2) },
}

func (s *Server) changeItem(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, from, err := v.authoredFrom()
	if err != nil {
		return err
	}
	f := v.PostForm
	c := app.PolicyChange{Item: id, From: from, Digest: f.Get("digest")}
	switch do := f.Get("do"); {
	case do == "save":
		c.Do = v.leafChange(f)
	case do == "text":
		c.Text = f.Get("text")
	case conditionActs[do] != nil:
		c.Do = v.onCondition(f, func(_ *rules.Book, c *rules.Cond, at rules.Path) (*rules.Cond, error) {
			return conditionActs[do](c, at)
		})
	default:
		return errNoPage
	}
	id, from, err = s.app.ChangePolicy(v.Context(), v.viewer, c, f.Get(ui.KeyName))
	if f.Get("do") == "text" {
		err = fault.Rename(err, func(string) string { return "text" })
	}
	to := v.author(v.PathValue("item"), v.PathValue("from"))
	if err == nil {
		to = v.author(id, rules.FormatDay(from))
	}
	return v.settle(err, v.itemAuthor, v.lang.T("已改在草稿里，发布前不影响匹配。", "Changed in the draft; nothing is matched by it before it is published."), to)
}

// newItemPage is the form of a new item.
type newItemPage struct{ office }

// newItemText is what a new item begins with.
const newItemText = `- id: new-item
  name: {zh: 新事项, en: New item}
  basis: 依据的文件名称、文号和条款
  way: grant
  delivery: apply
  promised: 20
  from: 2026-01-01
  when:
    all:
      - {field: insured, at_least: 1, say: {zh: 没有参保人员, en: Nobody is insured}}
  amount: 1000元
  examples:
    - {name: 有一名参保人员, as_of: 2026-01-01, given: {insured: 1}, verdict: eligible, amount: 1000元}
`

func (v *visit) newItem(in ui.Input) (templ.Component, error) {
	if in.Values == nil {
		in.Values = url.Values{"text": {newItemText}}
	}
	return newItemView(newItemPage{v.office(v.lang.T("新增政策事项", "New policy item"), "rules", in)}), nil
}

func (s *Server) showNewItem(v *visit) error { return v.untouched(v.newItem) }

func (s *Server) addItem(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, from, err := s.app.ChangePolicy(v.Context(), v.viewer, app.PolicyChange{Text: v.PostForm.Get("text")}, v.PostForm.Get(ui.KeyName))
	err = fault.Rename(err, func(string) string { return "text" })
	return v.settle(err, v.newItem, v.lang.T("新事项已加入草稿。", "The new item is in the draft."), v.author(id, rules.FormatDay(from)))
}

// setParam gives a parameter a value from a day on.
func (s *Server) setParam(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	err := s.app.SetPolicyParam(v.Context(), v.viewer, f.Get("param"), f.Get("from"), f.Get("value"), f.Get(ui.KeyName))
	return v.settle(err, v.authorPage, v.lang.T("参数已改在草稿里。", "The parameter is changed in the draft."), v.author())
}

// paramWords are a parameter's values, each from its day on.
func paramWords(l lang.Lang, p rules.Param) string {
	var out []string
	for _, x := range p.Values {
		out = append(out, l.Tf("%s 起 %s", "since %s %s", rules.FormatDay(x.From), rules.FormatValue(rules.Field{Kind: p.Kind}, p.Kind, rules.Known(x.Value), l)))
	}
	return strings.Join(out, l.T("，", ", "))
}

// exactYuan is an amount of 分 of any size in words.
func exactYuan(l lang.Lang, fen *big.Int) string {
	if fen.IsInt64() {
		return rules.FormatValue(rules.Field{Kind: rules.Money}, rules.Money, rules.Known(fen.Int64()), l)
	}
	whole, part := new(big.Int).QuoRem(fen, big.NewInt(100), new(big.Int))
	return l.Tf("%s.%02d 元", "CNY %s.%02d", whole.String(), new(big.Int).Abs(part).Int64())
}

// stateWords is what an item comes to for somebody.
func stateWords(l lang.Lang, o rules.Outcome) string {
	switch o.State {
	case rules.Eligible:
		if o.Known {
			return l.Tf("可享受 %s", "may have %s", rules.FormatValue(rules.Field{Kind: rules.Money}, rules.Money, rules.Known(o.Amount), l))
		}
		return l.T("可享受", "may have it")
	case rules.NotFor:
		return l.T("不符合", "not for it")
	case rules.CannotSay:
		return l.T("资料不全", "cannot say")
	}
	return l.T("不在有效期", "not in force")
}

func effectSheet(v *visit, caption string) ui.Sheet[app.EffectLine] {
	l := v.lang
	return ui.Sheet[app.EffectLine]{Caption: caption, ShowCaption: true, Columns: []ui.Column[app.EffectLine]{
		ui.LinkColumn(l.T("企业", "Enterprise"), ui.Main, func(e app.EffectLine) ui.Link {
			return ui.Link{Label: e.Name, URL: v.to("desk", "enterprises", e.Code)}
		}),
		ui.TextColumn(l.T("现行", "Now"), ui.Brief, func(e app.EffectLine) string { return stateWords(l, e.Was) }),
		ui.TextColumn(l.T("改后", "Then"), ui.Brief, func(e app.EffectLine) string { return stateWords(l, e.Is) }),
	}}
}

// lead says where the item stands.
func (p itemAuthorPage) lead() string {
	l := p.Page.Lang
	if p.Draft {
		return l.Tf("第 %d 版草稿中的内容；发布前不影响匹配。", "As in the draft of version %d; nothing is matched by it before it is published.", p.Version)
	}
	return l.T("现行内容；第一次修改时自动建立草稿。", "As in force; the first change makes a draft.")
}

// depthClass indents a place by how deep it is.
func depthClass(at rules.Path) string { return "gz-rule-" + itoa(min(len(at), 6)) }

// subject names what a test is about.
func (p itemAuthorPage) subject() string {
	l := p.Page.Lang
	name := p.Field.Name.In(l)
	if i := p.Book.Field(p.Of); i >= 0 {
		return l.Tf("%[1]s占%[2]s的比率", "%[1]s as a share of %[2]s", name, p.Book.Fields[i].Name.In(l))
	}
	return name
}

// bounded reports whether a test may have two ends.
func (p itemAuthorPage) bounded() bool {
	switch p.kind() {
	case rules.Count, rules.Money, rules.Rate, rules.Day:
		return true
	}
	return false
}

// acts are what can be done with a place besides changing its test.
func (p itemAuthorPage) acts(row rules.Row) []ui.Option {
	l := p.Page.Lang
	var out []ui.Option
	add := func(when bool, do, zh, en string) {
		if when {
			out = append(out, ui.Option{Value: do, Label: l.T(zh, en)})
		}
	}
	group := row.Cond.Kind != rules.Test && row.Cond.Kind != rules.Not
	add(!row.First, "up", "上移", "Move up")
	add(!row.Last, "down", "下移", "Move down")
	add(true, "wrap-any", "放进“满足任一”的组", "Put into a group of which one is enough")
	add(true, "wrap-all", "放进“同时满足”的组", "Put into a group that must all hold")
	add(row.Cond.Kind != rules.Not, "wrap-not", "反过来（不成立才算）", "Turn round")
	add(group && row.Cond.Kind != rules.Any, "regroup-or", "改为满足任一", "One is enough")
	add(group && row.Cond.Kind != rules.All, "regroup-and", "改为同时满足", "All must hold")
	add(group && len(row.Cond.Kids) > 2, "regroup-two", "改为至少满足两项", "At least two must hold")
	add(len(row.Cond.Kids) > 0, "unwrap", "去掉这一层", "Take this level away")
	add(len(row.Path) > 0, "remove", "删除", "Remove")
	return out
}

// named says how many of a list are shown.
func named(l lang.Lang, what string, shown, all int) string {
	if shown < all {
		return l.Tf("%s：共 %s 家，列出前 %d 家", "%s: %s, the first %d", what, ui.Number(all), shown)
	}
	return l.Tf("%s：%d 家", "%s: %d", what, all)
}

func (p authorPage) params() []ui.Option {
	out := []ui.Option{{Label: p.Page.Lang.T("请选择", "Choose")}}
	for _, x := range p.Params {
		out = append(out, ui.Option{Value: x.ID, Label: "$" + x.ID})
	}
	return out
}
