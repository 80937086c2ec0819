package web

import (
	"net/url"
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// grantListsPage is every list, newest first.
type grantListsPage struct {
	office
	Lines []app.ListLine
	Pages ui.Pages
}

// listsAtOnce is how many lists or orders a page has.
const listsAtOnce = 30

// autoOnes are the items that lists are made of.
func autoOnes(x *rules.Item) bool { return x.Delivery == rules.Auto }

// autoNow reports an item of which a list can be made today.
func (v *visit) autoNow(x *rules.Item) bool {
	return autoOnes(x) && v.zone.Policies.ItemIndex(x.ID, v.policyDay()) >= 0
}

// filter is what an address selects.
func (o office) filter() ui.Input { return ui.Input{Lang: o.Page.Lang, Values: o.V.URL.Query()} }

func (s *Server) showGrantLists(v *visit) error {
	p := grantListsPage{office: v.office(v.lang.T("兑付名单", "Lists of grants"), "grant-lists", v.blankInput())}
	q := v.URL.Query()
	before, _ := strconv.ParseInt(q.Get("before"), 10, 64) // what is no number begins
	var err error
	if p.Lines, err = s.app.GrantLists(v.Context(), v.viewer, q.Get("item"), before, listsAtOnce); err != nil {
		return err
	}
	if n := len(p.Lines); n == listsAtOnce {
		p.Pages.Next = v.to("desk", "grants", "lists") + "?" + url.Values{"item": {q.Get("item")}, "before": {itoa(p.Lines[n-1].ID)}}.Encode()
	}
	return v.render(grantListsView(p))
}

func (p grantListsPage) clear() string {
	if p.V.URL.Query().Get("item") == "" {
		return ""
	}
	return p.V.to("desk", "grants", "lists")
}

func (p grantListsPage) sheet() ui.Sheet[app.ListLine] {
	l := p.Page.Lang
	return ui.Sheet[app.ListLine]{Caption: p.Page.Title, Columns: []ui.Column[app.ListLine]{
		ui.LinkColumn(l.T("名单", "List"), ui.Main, func(x app.ListLine) ui.Link {
			return ui.Link{Label: x.Title, URL: p.V.to("desk", "grants", "lists", itoa(x.ID))}
		}),
		ui.TextColumn(l.T("事项", "Item"), ui.Words, func(x app.ListLine) string { return x.Name.In(l) }),
		ui.TextColumn(l.T("数据日期", "As of"), ui.Brief, func(x app.ListLine) string { return rules.FormatDay(x.AsOf) }),
		ui.TextColumn(l.T("规则版本", "Version"), ui.Figures, func(x app.ListLine) string { return itoa(x.Version) }),
		ui.TextColumn(l.T("企业（家）", "Enterprises"), ui.Figures, func(x app.ListLine) string { return ui.Number(x.Pieces) }),
		ui.TextColumn(l.T("金额（元）", "Amount (yuan)"), ui.Figures, func(x app.ListLine) string { return ui.Yuan(x.Amount) }),
		ui.TextColumn(l.T("进度", "How it stands"), ui.Words, func(x app.ListLine) string { return tallies(l, x.States) }),
		ui.TextColumn(l.T("资金", "Fund"), ui.Words, func(x app.ListLine) string { return x.Fund }),
		ui.TextColumn(l.T("公示至", "Public until"), ui.Brief, func(x app.ListLine) string { return listUntil(p.V, x) }),
	}, Empty: ui.EmptyState{Icon: "list-details", Title: l.T("还没有名单", "There are no lists yet"), Text: l.T("选一个免申即享事项，系统按当天的资料找出符合条件的企业。", "Choose an item that comes by itself; who qualifies is found by today's data.")}}
}

// listUntil is until when the grants of a list are public; "" before.
func listUntil(v *visit, x app.ListLine) string {
	if x.Until.IsZero() {
		return ""
	}
	return ui.DueTime(v.lang, x.Until)
}

// grantListPreview is what a new list would hold, or what would be added to one.
type grantListPreview struct {
	office
	ID    int64           // of the list that is added to; 0 for a new one
	X     app.ListPreview // without an item while none is chosen
	Funds []store.FundSum
}

// newList loads the form of a new list, of the item the address or the form names.
func (v *visit) newList(in ui.Input) (templ.Component, error) {
	p := grantListPreview{office: v.office(v.lang.T("生成名单", "Make a list"), "grant-lists", in)}
	item := v.FormValue("item")
	if item == "" {
		return newListView(p), nil
	}
	var err error
	if p.X, err = v.s.app.PreviewList(v.Context(), v.viewer, item); err != nil {
		if fault.KindOf(err) != fault.Invalid {
			return nil, err
		}
		p.In.Err = err
		return newListView(p), nil
	}
	funds, err := v.s.app.Funds(v.Context(), v.viewer)
	p.Funds = openFunds(funds.Funds)
	return newListView(p), err
}

// openFunds are those that can be ordered from.
func openFunds(all []store.FundSum) []store.FundSum {
	var out []store.FundSum
	for _, f := range all {
		if f.Closed.IsZero() {
			out = append(out, f)
		}
	}
	return out
}

func (s *Server) showNewList(v *visit) error { return v.untouched(v.newList) }

func (s *Server) makeList(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	fund, _ := strconv.ParseInt(f.Get("fund"), 10, 64) // none is chosen
	n, _ := strconv.Atoi(f.Get("new"))                 // another number than was shown is refused
	id, err := s.app.MakeList(v.Context(), v.viewer, app.ListForm{Item: f.Get("item"), Title: f.Get("title"), Fund: fund, New: n}, f.Get(ui.KeyName))
	return v.settle(err, v.newList, v.lang.T("名单已生成，已通知企业确认。", "The list is made; the enterprises are asked to confirm."), v.to("desk", "grants", "lists", itoa(id)))
}

func (v *visit) refreshedList(in ui.Input) (templ.Component, error) {
	id, err := v.importID()
	if err != nil {
		return nil, err
	}
	p := grantListPreview{office: v.office(v.lang.T("补充企业", "Add enterprises"), "grant-lists", in), ID: id}
	p.X, err = v.s.app.PreviewRefresh(v.Context(), v.viewer, id)
	return newListView(p), err
}

func (s *Server) showRefresh(v *visit) error { return v.untouched(v.refreshedList) }

func (s *Server) refreshList(v *visit) error {
	return s.onGrantList(v, v.refreshedList, v.lang.T("已补充，已通知新列入的企业确认。", "Added; those who are new are asked to confirm."), func(id int64, key string) error {
		n, _ := strconv.Atoi(v.PostForm.Get("new")) // another number than was shown is refused
		return s.app.RefreshList(v.Context(), v.viewer, id, n, key)
	})
}

func (p grantListPreview) lead() string {
	l := p.Page.Lang
	if p.X.Item == nil {
		return l.T("先看会列入哪些企业、多少钱，再生成。", "See first who would be listed and what it comes to.")
	}
	return l.Tf("%s，按今天的资料和现行规则第 %d 版。", "%s, by today's data and version %d of the rules.", p.X.Item.Name.In(l), p.V.zone.PoliciesVersion)
}

func (p grantListPreview) back() string {
	if p.ID != 0 {
		return p.V.to("desk", "grants", "lists", itoa(p.ID))
	}
	return p.V.to("desk", "grants", "lists")
}

func (p grantListPreview) trail() []ui.Link {
	l := p.Page.Lang
	out := []ui.Link{{Label: l.T("兑付名单", "Lists"), URL: p.V.to("desk", "grants", "lists")}}
	if p.ID != 0 {
		out = append(out, ui.Link{Label: l.T("名单", "List"), URL: p.back()})
	}
	return out
}

func (p grantListPreview) action() string {
	if p.ID != 0 {
		return p.back() + "/refresh"
	}
	return p.back()
}

func (p grantListPreview) verb() string {
	l := p.Page.Lang
	if p.ID != 0 {
		return l.Tf("补充 %d 家企业", "Add %d enterprises", p.X.New)
	}
	return l.Tf("生成 %d 家企业的名单", "Make a list of %d enterprises", p.X.New)
}

// title is what the list is called unless somebody says otherwise.
func (p grantListPreview) title() string {
	if p.X.Period == "" {
		return p.X.Item.Name.ZH
	}
	return p.X.Item.Name.ZH + " " + p.X.Period
}

// overBudget reports that the item would cost more than it may in the year.
func (p grantListPreview) overBudget() bool {
	return p.X.Budget > 0 && p.X.Spent+p.X.Amount > p.X.Budget
}

func (p grantListPreview) cards() []ui.StatCard {
	l, x := p.Page.Lang, p.X
	budget := ui.StatCard{Label: l.T("事项年度预算（元）", "Budget of the item (yuan)"), Value: "—", Note: l.T("没有设定", "none is set")}
	if x.Budget > 0 {
		budget.Value, budget.Note = ui.Yuan(x.Budget), l.Tf("今年已下达 %s 元", "CNY %s ordered this year", ui.Yuan(x.Spent))
	}
	return []ui.StatCard{
		{Label: l.T("符合条件", "Qualify"), Value: ui.Number(x.Matched), Unit: l.T("家", "")},
		{Label: l.T("将列入", "To be listed"), Value: ui.Number(x.New), Unit: l.T("家", ""), Tone: ui.Green},
		{Label: l.T("金额（元）", "Amount (yuan)"), Value: ui.Yuan(x.Amount)},
		budget,
	}
}

// free is what is left of a fund once all that may be ordered already is paid.
func free(f store.FundSum) int64 { return f.Left - f.Waiting }

func (p grantListPreview) funds() ui.Sheet[store.FundSum] {
	l := p.Page.Lang
	return ui.Sheet[store.FundSum]{Caption: l.T("资金够不够", "Whether funds are enough"), ShowCaption: true, Columns: []ui.Column[store.FundSum]{
		ui.TextColumn(l.T("资金", "Fund"), ui.Main, func(f store.FundSum) string { return f.Name }),
		ui.TextColumn(l.T("余额（元）", "Left (yuan)"), ui.Figures, func(f store.FundSum) string { return ui.Yuan(f.Left) }),
		ui.TextColumn(l.T("待拨付（元）", "To be ordered (yuan)"), ui.Figures, func(f store.FundSum) string { return ui.Yuan(f.Waiting) }),
		{Head: l.T("支付本名单", "This list"), Kind: ui.Brief, Cell: func(f store.FundSum) templ.Component {
			if short := p.X.Amount - free(f); short > 0 {
				return ui.Light(ui.Red, l.Tf("还差 %s 元", "CNY %s short", ui.Yuan(short)))
			}
			return ui.Light(ui.Green, l.T("足够", "enough"))
		}},
	}}
}

// grantListPage is one list with its grants.
type grantListPage struct {
	office
	grantTable
	X     app.ListPage
	Funds []store.FundSum
}

func (v *visit) grantList(in ui.Input) (templ.Component, error) {
	id, err := v.importID()
	if err != nil {
		return nil, err
	}
	f := v.grantFilter("")
	x, err := v.s.app.ListPage(v.Context(), v.viewer, id, f)
	if err != nil {
		return nil, err
	}
	funds, err := v.s.app.Funds(v.Context(), v.viewer)
	p := grantListPage{office: v.office(x.Title, "grant-lists", in), grantTable: grantTable{v, v.to("desk", "grants", "lists", itoa(id)), f, x.GrantsPage}, X: x, Funds: funds.Funds}
	return grantListView(p), err
}

func (s *Server) showGrantList(v *visit) error { return v.untouched(v.grantList) }

// onGrantList does something with a list and comes back to it.
func (s *Server) onGrantList(v *visit, again func(ui.Input) (templ.Component, error), said string, do func(id int64, key string) error) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	return v.settle(do(id, v.PostForm.Get(ui.KeyName)), again, said, v.to("desk", "grants", "lists", itoa(id)))
}

func (s *Server) publishList(v *visit) error {
	return s.onGrantList(v, v.grantList, v.lang.T("已开始公示。", "They are public now."), func(id int64, key string) error {
		_, err := s.app.PublishGrants(v.Context(), v.viewer, id, "", key)
		return err
	})
}

func (s *Server) assignFund(v *visit) error {
	return s.onGrantList(v, v.grantList, v.lang.T("已指定资金。", "The fund is named."), func(id int64, key string) error {
		fund, _ := strconv.ParseInt(v.PostForm.Get("fund"), 10, 64) // what is no number is no fund
		return s.app.AssignFund(v.Context(), v.viewer, id, fund, key)
	})
}

func (s *Server) exportGrantList(v *visit) error {
	id, err := v.importID()
	if err != nil {
		return err
	}
	x, err := s.app.ListPage(v.Context(), v.viewer, id, store.GrantFilter{})
	if err != nil {
		return err
	}
	return v.exportGrants("grants-"+itoa(id), x.Title, "", func(f store.GrantFilter) (app.GrantsPage, error) {
		f.List = id
		return s.app.GrantsPage(v.Context(), v.viewer, f)
	})
}

func (p grantListPage) lead() string {
	l, x := p.Page.Lang, p.X
	who := x.Who
	if x.Auto {
		who = l.T("系统", "the system")
	}
	return l.Tf("%s 由%s生成，按 %s 的资料和政策规则第 %d 版。", "Made on %s by %s, by the data of %s and version %d of the rules.", ui.Date(l, x.At), dash(who), rules.FormatDay(x.AsOf), x.Version)
}

func (p grantListPage) cards() []ui.StatCard {
	l, x := p.Page.Lang, p.X
	paid := sumOf(x.ListLine.States, policy.Paid)
	return []ui.StatCard{
		{Label: l.T("名单企业", "Enterprises"), Value: ui.Number(x.Pieces), Unit: l.T("家", "")},
		{Label: l.T("金额（元）", "Amount (yuan)"), Value: ui.Yuan(x.Amount)},
		{Label: l.T("已到账（元）", "Paid (yuan)"), Value: ui.Yuan(paid.Amount), Note: l.Tf("%d 家", "%d enterprises", paid.Pieces), Tone: ui.Green},
	}
}

// facts are which fund pays the list and until when it is public.
func (p grantListPage) facts() []ui.Fact {
	l, until := p.Page.Lang, listUntil(p.office.V, p.X.ListLine)
	if p.X.Publicity == 0 {
		until = l.T("本事项不需要公示", "this item is not published")
	} else if until == "" {
		until = l.Tf("尚未公示，须公示 %d 个工作日", "not yet; for %d working days", p.X.Publicity)
	}
	return []ui.Fact{ui.TextFact(l.T("资金", "Fund"), p.X.ListLine.Fund), ui.TextFact(l.T("公示至", "Public until"), until)}
}

func (p grantListPage) clear() string {
	if p.F.Words == "" {
		return ""
	}
	return p.Path
}

// approved is how many of the list may be ordered.
func (p grantListPage) approved() int { return sumOf(p.X.ListLine.States, policy.Approved).Pieces }

func (p grantListPage) orderAddress() string {
	return p.office.V.to("desk", "pay-orders", "new") + "?fund=" + itoa(p.X.GrantList.Fund) + "&list=" + itoa(p.X.ID)
}

func (p grantListPage) fundVerb() string {
	if p.X.GrantList.Fund == 0 {
		return p.Page.Lang.T("指定资金", "Name the fund")
	}
	return p.Page.Lang.T("改由其他资金支付", "Pay from another fund")
}
