package web

import (
	"net/url"
	"slices"
	"strings"

	"gezhi/internal/lang"
	"gezhi/internal/rules"
	"gezhi/internal/web/ui"
)

// policyFilter selects items in a list.
type policyFilter struct {
	Words    string
	Way      rules.Way
	Delivery string
}

func (v *visit) policyFilter() policyFilter {
	q := v.URL.Query()
	return policyFilter{Words: strings.TrimSpace(q.Get("q")), Way: rules.Way(q.Get("way")), Delivery: q.Get("by")}
}

// selects reports whether an item is among what a reader looks for; words are looked for in whatever the list shows of it.
func (f policyFilter) selects(l lang.Lang, x *rules.Item) bool {
	text := strings.ToLower(strings.Join(append([]string{x.Name.In(l), x.Note.In(l), x.Kind.In(l), x.Department}, x.Basis...), "\n"))
	return (f.Way == "" || x.Way == f.Way) && (f.Delivery == "" || x.Delivery == f.Delivery) && strings.Contains(text, strings.ToLower(f.Words))
}

// fields are those of the filter.
func (f policyFilter) fields(v *visit) []ui.Field {
	l := v.lang
	ways, deliveries := []ui.Option{{Label: l.T("不限", "any")}}, []ui.Option{{Label: l.T("不限", "any")}}
	for _, w := range policyWays() {
		ways = append(ways, ui.Option{Value: string(w), Label: wayName(l, w)})
	}
	for _, d := range []string{rules.Auto, rules.Apply, rules.Elsewhere} {
		deliveries = append(deliveries, ui.Option{Value: d, Label: deliveryName(l, d)})
	}
	in := ui.Input{Lang: l, Values: v.URL.Query()}
	return []ui.Field{
		in.Field("q", l.T("事项、依据或部门", "Item, basis or department")).Opt(),
		in.Field("way", l.T("怎样支持", "Way")).From(ways).Opt(),
		in.Field("by", l.T("怎样享受", "How it comes")).From(deliveries).Opt(),
	}
}

// clear is the address without a filter; "" where there is none.
func (f policyFilter) clear(to string) string {
	if f == (policyFilter{}) {
		return ""
	}
	return to
}

// policyList is every item as anybody reads it.
type policyList struct {
	Page              ui.Page
	V                 *visit
	F                 policyFilter
	Now, Coming, Over []*rules.Item
}

func (s *Server) showPolicies(v *visit) error {
	p := policyList{Page: v.page(v.lang.T("惠企政策", "Policies for enterprises"), "policies"), V: v, F: v.policyFilter()}
	day := v.policyDay()
	for _, x := range v.zone.Policies.Items {
		switch {
		case v.zone.PolicyItem(x.ID, day) != x || !p.F.selects(v.lang, x):
		case x.From > day:
			p.Coming = append(p.Coming, x)
		case x.To < day:
			p.Over = append(p.Over, x)
		default:
			p.Now = append(p.Now, x)
		}
	}
	return v.render(policiesView(p))
}

// facts are what an item gives, to whom, on what it rests, for how long, and whom to ask.
func (p policyList) facts(x *rules.Item) []labelled {
	l := p.Page.Lang
	out := []labelled{
		{l.T("给什么", "Gives"), p.V.gives(x)},
		{l.T("给谁", "To whom"), p.V.toWhom(x)},
		{l.T("期限", "Days"), itemDays(l, x)},
		{l.T("依据", "Basis"), strings.Join(x.Basis, "\n")},
	}
	if who := department(l, x); who != "" {
		out = append(out, labelled{l.T("部门", "Office"), who})
	}
	return out
}

// labelled is a text with what it is.
type labelled struct{ Label, Text string }

// department is who pays an item and whom to call; "" when the item does not say.
func department(l lang.Lang, x *rules.Item) string {
	return strings.Join(slices.DeleteFunc([]string{x.Department, x.Phone}, func(s string) bool { return s == "" }), l.T("，电话 ", ", phone "))
}

// policyPage is one item.
type policyPage struct {
	Page     ui.Page
	V        *visit
	X        *rules.Item
	Versions []*rules.Item // of the item, newest first
}

// showPolicy shows the version of an item that is in force, or the one that began on the day in the address.
func (s *Server) showPolicy(v *visit) error {
	p := policyPage{V: v, X: v.zone.PolicyItem(v.PathValue("item"), v.policyDay())}
	if p.X == nil {
		return errNoPage
	}
	from := v.URL.Query().Get("from")
	for _, x := range v.zone.Policies.Items {
		if x.ID == p.X.ID {
			p.Versions = append(p.Versions, x)
		}
	}
	slices.SortFunc(p.Versions, func(a, b *rules.Item) int { return int(b.From - a.From) })
	if i := slices.IndexFunc(p.Versions, func(x *rules.Item) bool { return rules.FormatDay(x.From) == from }); i >= 0 {
		p.X = p.Versions[i]
	} else if from != "" {
		return errNoPage
	}
	p.Page = v.page(p.X.Name.In(v.lang), "policies")
	return v.render(policyView(p))
}

// standing says whether an item is in force, when it is not.
func (v *visit) standing(x *rules.Item) (ui.Tone, string) {
	switch day := v.policyDay(); {
	case x.From > day:
		return ui.Blue, v.lang.Tf("%s 起生效", "In force from %s", rules.FormatDay(x.From))
	case x.To < day:
		return ui.Grey, v.lang.Tf("历史，%s 已截止", "Over since %s", rules.FormatDay(x.To))
	}
	return ui.Green, v.lang.T("有效", "In force")
}

// over reports whether an item is no longer in force.
func (p policyPage) over() bool { return p.X.To < p.V.policyDay() }

// how are the steps between qualifying and the money.
func (p policyPage) how() []labelled {
	l, x := p.Page.Lang, p.X
	out := []labelled{{l.T("多久一次", "How often"), onceName(l, x.Once)}}
	if x.Publicity > 0 {
		out = append(out, labelled{l.T("公示", "Made public"), l.Tf("兑付前公示 %d 个工作日", "%d working days before it is paid", x.Publicity)})
	}
	if x.Confirm > 0 {
		out = append(out, labelled{l.T("确认", "To be confirmed"), l.Tf("列入名单后 %d 天内由企业确认或放弃", "by the enterprise within %d days of being listed, or waived", x.Confirm)})
	}
	if names := p.before(); len(names) > 0 {
		out = append(out, labelled{l.T("不重复享受", "Not both"), l.Tf("已符合以下事项之一的，不再享受本事项：%s", "not beside: %s", strings.Join(names, l.T("、", ", ")))})
	}
	return out
}

// before names the items that come before this one.
func (p policyPage) before() []string {
	var out []string
	for _, id := range p.X.YieldsTo {
		if x := p.V.zone.PolicyItem(id, p.V.telling(p.X)); x != nil {
			out = append(out, x.Name.In(p.Page.Lang))
		}
	}
	return out
}

// contact is on what the item rests and whom to ask.
func (p policyPage) contact() []labelled {
	l, x := p.Page.Lang, p.X
	all := []labelled{
		{l.T("依据", "Basis"), strings.Join(x.Basis, "\n")},
		{l.T("期限", "Days"), itemDays(l, x)},
		{l.T("主管部门", "Department"), dash(x.Department)},
		{l.T("咨询电话", "Phone"), dash(x.Phone)},
		{l.T("险种、税种", "Insurance or tax"), x.Kind.In(l)},
		{l.T("说明", "Note"), x.Note.In(l)},
	}
	return slices.DeleteFunc(all, func(f labelled) bool { return f.Text == "" })
}

// result is what an example comes to.
func (p policyPage) result(e rules.Example) string {
	l := p.Page.Lang
	if e.Amount != nil {
		return stateName(l, e.Verdict) + l.T("，", ", ") + money(l, *e.Amount)
	}
	return stateName(l, e.Verdict)
}

// given is what an example says of its enterprise, as of which day.
func (p policyPage) given(e rules.Example) string {
	l := p.Page.Lang
	out := []string{l.Tf("按 %s 计算", "as of %s", rules.FormatDay(e.AsOf))}
	for i, f := range p.V.zone.Policies.Fields {
		if e.Values[i].Known {
			out = append(out, l.Tf("%s：%s", "%s: %s", f.Name.In(l), rules.FormatValue(f, f.Kind, e.Values[i], l)))
		}
	}
	return strings.Join(out, l.T("；", "; "))
}

// stateName is what an item comes to for an enterprise, in words.
func stateName(l lang.Lang, s rules.State) string {
	switch s {
	case rules.Eligible:
		return l.T("可以享受", "may have it")
	case rules.NotFor:
		return l.T("不符合", "does not qualify")
	case rules.CannotSay:
		return l.T("资料不全，不能判断", "cannot be said")
	}
	return l.T("不在有效期内", "not in force")
}

// address is that of a version of the item.
func (p policyPage) address(x *rules.Item) string {
	return p.V.to("policies", x.ID) + "?from=" + url.QueryEscape(rules.FormatDay(x.From))
}

func (p policyPage) versions() ui.Sheet[*rules.Item] {
	l := p.Page.Lang
	return ui.Sheet[*rules.Item]{Caption: l.T("历次版本", "Versions"), Columns: []ui.Column[*rules.Item]{
		ui.LinkColumn(l.T("期限", "Days"), ui.Main, func(x *rules.Item) ui.Link { return ui.Link{Label: itemDays(l, x), URL: p.address(x)} }),
		ui.TextColumn(l.T("给什么", "Gives"), ui.Words, func(x *rules.Item) string { return p.V.gives(x) }),
		ui.TextColumn(l.T("给谁", "To whom"), ui.Words, func(x *rules.Item) string { return p.V.toWhom(x) }),
	}}
}
