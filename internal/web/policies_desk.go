package web

import (
	"strconv"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/lang"
	"gezhi/internal/rules"
	"gezhi/internal/sheet"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// policyDesk is every item with for how many enterprises it is.
type policyDesk struct {
	office
	F         policyFilter
	List      app.PolicyPage
	Now, Over []app.PolicyLine
}

func (s *Server) showPolicyDesk(v *visit) error {
	p := policyDesk{office: v.office(v.lang.T("政策匹配", "Policies and enterprises"), "policies", v.blankInput()), F: v.policyFilter()}
	var err error
	if p.List, err = s.app.PolicyItems(v.Context(), v.viewer); err != nil {
		return err
	}
	for _, x := range p.List.Items {
		switch {
		case !p.F.selects(v.lang, x.Item):
		case x.InForce:
			p.Now = append(p.Now, x)
		default:
			p.Over = append(p.Over, x)
		}
	}
	return v.render(policyDeskView(p))
}

// seesMatches reports whether the viewer may see which enterprises an item is for.
func (v *visit) seesMatches() bool { return v.viewer.Can(app.Policies | app.EditPolicies) }

func (p policyDesk) cards() []ui.StatCard {
	l := p.Page.Lang
	var sum int64
	for _, x := range p.Now {
		sum += x.Sum
	}
	return []ui.StatCard{
		{Label: l.T("企业", "Enterprises"), Value: ui.Number(p.List.Enterprises), Unit: l.T("家", "")},
		{Label: l.T("有效事项", "Items in force"), Value: ui.Number(len(p.Now)), Unit: l.T("项", "")},
		{Label: l.T("金额合计", "Comes to"), Value: amount(l, sum), Note: l.T("符合条件的企业按现有资料计算", "of everybody who qualifies, by what is known")},
		{Label: l.T("匹配日期", "As of"), Value: rules.FormatDay(p.List.Day), Note: l.Tf("政策规则第 %d 版", "version %d of the rules", p.List.Version)},
	}
}

// worthWords is what an item comes to for everybody it is for, in 元; “—” of one that is not counted in money.
func worthWords(l lang.Lang, x app.PolicyLine) string {
	switch {
	case x.Amount == nil:
		return "—"
	case x.Unknown > 0:
		return l.Tf("%s（另 %d 家待定）", "%s (%d open)", ui.Yuan(x.Sum), x.Unknown)
	}
	return ui.Yuan(x.Sum)
}

// named are the columns that say what an item is.
func (p policyDesk) named() []ui.Column[app.PolicyLine] {
	l := p.Page.Lang
	return []ui.Column[app.PolicyLine]{
		ui.LinkColumn(l.T("事项", "Item"), ui.Main, func(x app.PolicyLine) ui.Link {
			if p.V.seesMatches() {
				return ui.Link{Label: x.Name.In(l), URL: p.V.to("desk", "policies", x.ID)}
			}
			return ui.Link{Label: x.Name.In(l), URL: p.V.to("policies", x.ID)}
		}),
		ui.TextColumn(l.T("方式", "Way"), ui.Brief, func(x app.PolicyLine) string { return wayName(l, x.Way) }),
		{Head: l.T("怎样享受", "How"), Kind: ui.Brief, Cell: func(x app.PolicyLine) templ.Component {
			return ui.Badge(deliveryTone(x.Delivery), deliveryName(l, x.Delivery))
		}},
		ui.TextColumn(l.T("部门", "Department"), ui.Words, func(x app.PolicyLine) string { return x.Department }),
	}
}

func (p policyDesk) days() ui.Column[app.PolicyLine] {
	l := p.Page.Lang
	return ui.TextColumn(l.T("期限", "Days"), ui.Words, func(x app.PolicyLine) string { return itemDays(l, x.Item) })
}

// sheet is about items in force.
func (p policyDesk) sheet(caption string) ui.Sheet[app.PolicyLine] {
	l := p.Page.Lang
	return ui.Sheet[app.PolicyLine]{Caption: caption, ShowCaption: true, Columns: append(p.named(),
		ui.TextColumn(l.T("可享受（家）", "May have it"), ui.Figures, func(x app.PolicyLine) string { return ui.Number(x.Eligible) }),
		ui.TextColumn(l.T("资料不全（家）", "Cannot say"), ui.Figures, func(x app.PolicyLine) string { return ui.Number(x.CannotSay) }),
		ui.TextColumn(l.T("金额（元）", "Amount (yuan)"), ui.Figures, func(x app.PolicyLine) string { return worthWords(l, x) }),
		p.days(),
	), Empty: ui.EmptyState{Icon: "search", Title: l.T("没有这样的事项", "No such items")}}
}

// outside is about items that are not in force, which are matched with nobody.
func (p policyDesk) outside(caption string) ui.Sheet[app.PolicyLine] {
	return ui.Sheet[app.PolicyLine]{Caption: caption, ShowCaption: true, Columns: append(p.named(), p.days())}
}

// exportPolicies sends the items with for how many enterprises each is.
func (s *Server) exportPolicies(v *visit) error {
	list, err := s.app.PolicyItems(v.Context(), v.viewer)
	if err != nil {
		return err
	}
	l := v.lang
	heads := []sheet.Heading{
		{Name: l.T("编号", "Id"), Width: 22}, {Name: l.T("事项", "Item"), Width: 40}, {Name: l.T("方式", "Way"), Width: 8}, {Name: l.T("怎样享受", "How"), Width: 12},
		{Name: l.T("部门", "Department"), Width: 24}, {Name: l.T("生效日期", "From"), Width: 12}, {Name: l.T("截止日期", "To"), Width: 12}, {Name: l.T("有效", "In force"), Width: 8},
		{Name: l.T("可享受（家）", "May have it"), Width: 12}, {Name: l.T("资料不全（家）", "Cannot say"), Width: 14}, {Name: l.T("金额（元）", "Amount (yuan)"), Width: 18}, {Name: l.T("金额待定（家）", "Amount open"), Width: 14}}
	words := l.Tf("匹配日期 %s，政策规则第 %d 版，企业 %d 家", "as of %s, version %d of the rules, %d enterprises", rules.FormatDay(list.Day), list.Version, list.Enterprises)
	return v.sendFile("policies", l.T("政策匹配", "Policies"), heads, words, func(out fileRows) error {
		for _, x := range list.Items {
			to, sum := "", ""
			if x.To != rules.LastDay {
				to = rules.FormatDay(x.To)
			}
			if x.InForce && x.Amount != nil {
				sum = rules.FormatMoney(x.Sum)
			}
			if err := out.Row(x.ID, x.Name.In(l), wayName(l, x.Way), deliveryName(l, x.Delivery), x.Department, rules.FormatDay(x.From), to, yes(l, x.InForce),
				x.Eligible, x.CannotSay, sum, x.Unknown); err != nil {
				return err
			}
		}
		return nil
	})
}

func yes(l lang.Lang, b bool) string {
	if b {
		return l.T("是", "yes")
	}
	return l.T("否", "no")
}

// matchesPage is the enterprises for whom an item comes to a state.
type matchesPage struct {
	office
	Line  app.PolicyLine
	State rules.State
	List  []app.MatchLine
	All   app.PolicyPage // the item's line is of
}

// matchesShown is how many enterprises a page has.
const matchesShown = 50

// policyLine is an item of the list with its counts.
func policyLine(p app.PolicyPage, id string) (app.PolicyLine, error) {
	for _, x := range p.Items {
		if x.ID == id {
			return x, nil
		}
	}
	return app.PolicyLine{}, errNoPage
}

func (s *Server) showMatches(v *visit) error {
	all, err := s.app.PolicyItems(v.Context(), v.viewer)
	if err != nil {
		return err
	}
	p := matchesPage{State: rules.Eligible, All: all}
	if p.Line, err = policyLine(all, v.PathValue("item")); err != nil {
		return err
	}
	switch q := rules.State(v.URL.Query().Get("state")); q {
	case rules.CannotSay, rules.NotFor:
		p.State = q
	}
	p.office = v.office(p.Line.Name.In(v.lang), "policies", v.blankInput())
	if p.List, err = s.app.Matches(v.Context(), v.viewer, p.Line.ID, p.State, v.placeAfter(), matchesShown, v.lang); err != nil {
		return err
	}
	return v.render(matchesView(p))
}

func (p matchesPage) address(state rules.State) string {
	return p.V.to("desk", "policies", p.Line.ID) + "?state=" + string(state)
}

func (p matchesPage) tabs() []ui.Tab {
	l := p.Page.Lang
	tab := func(s rules.State, label string) ui.Tab {
		return ui.Tab{Label: label, URL: p.address(s), Current: p.State == s}
	}
	return []ui.Tab{tab(rules.Eligible, l.T("可享受", "May have it")), tab(rules.CannotSay, l.T("资料不全", "Cannot be said")), tab(rules.NotFor, l.T("不符合", "Does not qualify"))}
}

func (p matchesPage) cards() []ui.StatCard {
	l, x := p.Page.Lang, p.Line
	return []ui.StatCard{
		{Label: l.T("可享受", "May have it"), Value: ui.Number(x.Eligible), Unit: l.T("家", ""), Tone: ui.Green},
		{Label: l.T("资料不全", "Cannot be said"), Value: ui.Number(x.CannotSay), Unit: l.T("家", ""), Tone: ui.Yellow},
		{Label: l.T("不符合", "Does not qualify"), Value: ui.Number(p.All.Enterprises - x.Eligible - x.CannotSay), Unit: l.T("家", "")},
		p.sum(),
	}
}

// sum is what the item comes to for everybody it is for.
func (p matchesPage) sum() ui.StatCard {
	l, x := p.Page.Lang, p.Line
	out := ui.StatCard{Label: l.T("金额合计", "Comes to"), Value: "—"}
	if x.InForce && x.Amount != nil {
		out.Value, out.Note = amount(l, x.Sum), yuan(l, x.Sum)
	}
	if x.Unknown > 0 {
		out.Note = l.Tf("%s，另有 %d 家金额待定", "%s; the amount of %d more is open", yuan(l, x.Sum), x.Unknown)
	}
	return out
}

func (p matchesPage) pages() ui.Pages {
	if len(p.List) < matchesShown {
		return ui.Pages{}
	}
	return ui.Pages{Next: p.address(p.State) + "&after=" + strconv.Itoa(p.List[len(p.List)-1].Place)}
}

func (p matchesPage) sheet() ui.Sheet[app.MatchLine] {
	l := p.Page.Lang
	out := ui.Sheet[app.MatchLine]{Caption: p.Page.Title, Columns: []ui.Column[app.MatchLine]{
		ui.LinkColumn(l.T("企业", "Enterprise"), ui.Main, func(x app.MatchLine) ui.Link {
			return ui.Link{Label: x.Name, URL: p.V.to("desk", "enterprises", x.Code)}
		}),
		ui.TextColumn(l.T("统一社会信用代码", "Code"), ui.Brief, func(x app.MatchLine) string { return x.Code }),
	}, Empty: ui.EmptyState{Icon: "building", Title: l.T("没有这样的企业", "No such enterprises")}}
	switch {
	case p.State == rules.NotFor:
		out.Columns = append(out.Columns, ui.TextColumn(l.T("不符合的原因", "Why not"), ui.Words, func(x app.MatchLine) string { return strings.Join(x.Why, l.T("；", "; ")) }))
	case p.State == rules.CannotSay:
		out.Columns = append(out.Columns, ui.TextColumn(l.T("缺的资料", "Missing"), ui.Words, func(x app.MatchLine) string { return strings.Join(x.Why, l.T("、", ", ")) }))
	case p.Line.Amount != nil:
		out.Columns = append(out.Columns, ui.TextColumn(l.T("金额（元）", "Amount (yuan)"), ui.Figures, func(x app.MatchLine) string { return matchAmount(l, x) }))
	}
	return out
}

// matchAmount is what an enterprise gets, in 元.
func matchAmount(l lang.Lang, x app.MatchLine) string {
	if !x.Known {
		return l.Tf("待定，缺：%s", "open, missing: %s", strings.Join(x.Why, l.T("、", ", ")))
	}
	return ui.Yuan(x.Amount)
}

// exportMatches sends who may have an item.
func (s *Server) exportMatches(v *visit) error {
	x := v.zone.PolicyItem(v.PathValue("item"), v.policyDay())
	if x == nil {
		return errNoPage
	}
	l := v.lang
	heads := []sheet.Heading{{Name: l.T("统一社会信用代码", "Code"), Width: 22}, {Name: l.T("企业", "Enterprise"), Width: 36}, {Name: l.T("金额（元）", "Amount (yuan)"), Width: 18}, {Name: l.T("金额待定，缺", "Amount open, missing"), Width: 40}}
	words := l.Tf("%s，可享受的企业", "%s, who may have it", x.Name.In(l))
	return v.sendFile("policy-"+x.ID, l.T("可享受的企业", "Enterprises"), heads, words, func(out fileRows) error {
		for after := -1; ; {
			list, err := s.app.Matches(v.Context(), v.viewer, x.ID, rules.Eligible, after, exportedAtOnce, l)
			if err != nil {
				return err
			}
			for _, m := range list {
				sum := ""
				if m.Known && x.Amount != nil {
					sum = rules.FormatMoney(m.Amount)
				}
				if err := out.Row(m.Code, m.Name, sum, strings.Join(m.Why, l.T("、", ", "))); err != nil {
					return err
				}
				after = m.Place
			}
			if len(list) < exportedAtOnce {
				return nil
			}
		}
	})
}

// exportedAtOnce is how many enterprises are asked for at a time, so that others are not kept waiting.
const exportedAtOnce = 500
