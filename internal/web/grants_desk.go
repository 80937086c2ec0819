package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// grantTable is a page of grants with how all that a filter selects stand.
type grantTable struct {
	V    *visit
	Path string // of the page, without what selects
	F    store.GrantFilter
	app.GrantsPage
}

// anyState stands in an address for grants in every state.
const anyState = "all"

// grantFilter reads what an address selects; otherwise is the state that is shown when it names none, "" for every.
func (v *visit) grantFilter(otherwise policy.State) store.GrantFilter {
	q := v.URL.Query()
	f := store.GrantFilter{Words: strings.TrimSpace(q.Get("q")), Item: q.Get("item")}
	if n, err := strconv.ParseInt(q.Get("after"), 10, 64); err == nil {
		f.After = policy.GrantID(n)
	}
	state := policy.State(q.Get("state"))
	if !slices.Contains(policy.States(), state) && state != anyState {
		state = otherwise
	}
	if state != "" && state != anyState {
		f.States = []policy.State{state}
	}
	return f
}

// state is the one that is shown, or anyState.
func (t grantTable) state() policy.State {
	if len(t.F.States) == 0 {
		return anyState
	}
	return t.F.States[0]
}

func (t grantTable) query(state policy.State) url.Values {
	q := url.Values{"state": {string(state)}}
	if t.F.Words != "" {
		q.Set("q", t.F.Words)
	}
	if t.F.Item != "" {
		q.Set("item", t.F.Item)
	}
	return q
}

func (t grantTable) tabs() []ui.Tab {
	l, all := t.V.lang, 0
	out := make([]ui.Tab, 1, len(t.States)+1)
	for _, s := range t.States {
		all += s.Pieces
		out = append(out, ui.Tab{Label: countLabel(s.State.Name().In(l), s.Pieces), URL: t.Path + "?" + t.query(s.State).Encode(), Current: t.state() == s.State})
	}
	out[0] = ui.Tab{Label: countLabel(l.T("全部", "All"), all), URL: t.Path + "?" + t.query(anyState).Encode(), Current: t.state() == anyState}
	if s := t.state(); s != anyState && sumOf(t.States, s).Pieces == 0 {
		out = append(out, ui.Tab{Label: s.Name().In(l), URL: t.Path + "?" + t.query(s).Encode(), Current: true})
	}
	return out
}

func (t grantTable) pages() ui.Pages {
	if t.Next == 0 {
		return ui.Pages{}
	}
	q := t.query(t.state())
	q.Set("after", itoa(t.Next))
	return ui.Pages{Next: t.Path + "?" + q.Encode()}
}

// export is the address of the file of what is shown.
func (t grantTable) export() string {
	return t.Path + "/export.xlsx?" + t.query(t.state()).Encode()
}

func (t grantTable) sheet(named bool) ui.Sheet[app.GrantLine] {
	l := t.V.lang
	out := ui.Sheet[app.GrantLine]{Caption: l.T("兑付", "Grants"), Columns: []ui.Column[app.GrantLine]{
		ui.LinkColumn(l.T("企业", "Enterprise"), ui.Main, func(g app.GrantLine) ui.Link {
			return ui.Link{Label: g.Name, URL: t.V.to("desk", "grants", itoa(g.ID))}
		}),
		ui.TextColumn(l.T("统一社会信用代码", "Code"), ui.Brief, func(g app.GrantLine) string { return g.Code }),
		ui.TextColumn(l.T("金额（元）", "Amount (yuan)"), ui.Figures, func(g app.GrantLine) string { return grantYuan(l, g.Amount) }),
		{Head: l.T("状态", "State"), Kind: ui.Brief, Cell: func(g app.GrantLine) templ.Component { return grantBadge(l, g.State) }},
		{Head: l.T("时限或说明", "Until when, or why"), Kind: ui.Words, Cell: func(g app.GrantLine) templ.Component { return standsSo(l, t.V.s.app.Now(), g.Grant) }},
	}, Empty: ui.EmptyState{Icon: "building", Title: l.T("没有这样的企业", "No such enterprises")}}
	if named {
		out.Columns = slices.Insert(out.Columns, 2, ui.TextColumn(l.T("事项", "Item"), ui.Words, func(g app.GrantLine) string { return g.ItemName.In(l) }))
	}
	return out
}

// grantsPage is all grants, or the applications among them.
type grantsPage struct {
	office
	grantTable
	Applied bool
}

func (v *visit) grantsPage(applied bool) func(ui.Input) (templ.Component, error) {
	return func(in ui.Input) (templ.Component, error) {
		p := grantsPage{office: v.office(v.lang.T("全部兑付", "All grants"), "grant-lists", in), Applied: applied}
		f, path := v.grantFilter(""), v.to("desk", "grants")
		f.Newest = true
		if applied {
			p.office = v.office(v.lang.T("申报审核", "Applications"), "applications", in)
			f, path = v.grantFilter(policy.Submitted), v.to("desk", "grants", "applications")
			f.Applied = true
		}
		page, err := v.s.app.GrantsPage(v.Context(), v.viewer, f)
		p.grantTable = grantTable{v, path, f, page}
		return grantsView(p), err
	}
}

func (s *Server) showGrants(v *visit) error       { return v.untouched(v.grantsPage(false)) }
func (s *Server) showApplications(v *visit) error { return v.untouched(v.grantsPage(true)) }

func (p grantsPage) clear() string {
	if p.F.Words == "" && p.F.Item == "" {
		return ""
	}
	return p.Path
}

// itemOptions are the items that a list of grants can be about.
func (v *visit) itemOptions(first string, fits func(*rules.Item) bool) []ui.Option {
	out := []ui.Option{{Label: first}}
	for _, x := range v.zone.Policies.Items {
		if v.zone.PolicyItem(x.ID, v.policyDay()) == x && fits(x) {
			out = append(out, ui.Option{Value: x.ID, Label: x.Name.In(v.lang)})
		}
	}
	return out
}

// publicOnes are the items in force that are applied for and made public before they are paid.
func (v *visit) publicOnes() []ui.Option {
	return v.itemOptions(v.lang.T("请选择", "choose"), func(x *rules.Item) bool {
		return x.Delivery == rules.Apply && x.Publicity > 0 && v.zone.Policies.ItemIndex(x.ID, v.policyDay()) >= 0
	})
}

// publishApplications begins the publicity of what was accepted.
func (s *Server) publishApplications(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	item := v.PostForm.Get("of")
	n, err := s.app.PublishGrants(v.Context(), v.viewer, 0, item, v.PostForm.Get(ui.KeyName))
	err = fault.Rename(err, func(field string) string {
		if field == "item" {
			return "of" // the filter of the page is called item
		}
		return field
	})
	return v.settle(err, v.grantsPage(true), v.lang.Tf("已公示 %d 家企业。", "%d enterprises are public now.", n), v.to("desk", "grants", "applications")+"?state="+string(policy.Published))
}

// grantPage is one grant at the desk.
type grantPage struct {
	office
	X     app.GrantPage
	Funds []store.FundSum
}

func (v *visit) grantID() (policy.GrantID, error) {
	n, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return 0, errNoPage
	}
	return policy.GrantID(n), nil
}

func (v *visit) grantPage(in ui.Input) (templ.Component, error) {
	id, err := v.grantID()
	if err != nil {
		return nil, err
	}
	x, err := v.s.app.GrantPage(v.Context(), v.viewer, id)
	if err != nil {
		return nil, err
	}
	here := "grant-lists"
	if x.Applied() {
		here = "applications"
	}
	p := grantPage{office: v.office(x.Name, here, in), X: x}
	if slices.Contains(x.Moves, policy.Accept) {
		funds, err := v.s.app.Funds(v.Context(), v.viewer)
		if err != nil {
			return nil, err
		}
		p.Funds = funds.Funds
	}
	return grantView(p), nil
}

func (s *Server) showGrant(v *visit) error { return v.untouched(v.grantPage) }

// moveGrant makes one step of a grant.
func (s *Server) moveGrant(v *visit) error {
	id, err := v.grantID()
	if err != nil {
		return err
	}
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	act, key := policy.Act(f.Get("act")), f.Get(ui.KeyName)
	note := f.Get(noteName(act))
	switch act {
	case policy.Accept:
		fund, _ := strconv.ParseInt(f.Get("fund"), 10, 64) // what is no number is no fund
		err = s.app.AcceptGrant(v.Context(), v.viewer, id, app.AcceptForm{Fund: fund, Amount: f.Get("amount"), Note: note}, key)
	case policy.Correct:
		err = s.app.CorrectAccount(v.Context(), v.viewer, id, app.GrantAccount{Name: f.Get("account_name"), Bank: f.Get("account_bank"), Number: f.Get("account_number")}, key)
	default:
		err = s.app.MoveGrant(v.Context(), v.viewer, id, act, note, key)
	}
	err = fault.Rename(err, func(field string) string {
		if field == "note" {
			return noteName(act)
		}
		return field
	})
	said := act.Name().In(v.lang)
	if i := slices.IndexFunc(grantMoves, func(m grantMove) bool { return m.Act == act }); i >= 0 {
		said = grantMoves[i].Did.In(v.lang)
	}
	return v.settle(err, v.grantPage, said, v.to("desk", "grants", itoa(id)))
}

// noteName is the field for the reason of an act, which has a form of its own on the page.
func noteName(act policy.Act) string { return "note." + string(act) }

// moves are those the page offers.
func (p grantPage) moves() []grantMove {
	return slices.DeleteFunc(slices.Clone(grantMoves), func(m grantMove) bool { return !slices.Contains(p.X.Moves, m.Act) })
}

// typed is the reason that was written for a step which the page offers no longer; "" for none.
func (p grantPage) typed() string {
	act := policy.Act(p.In.Values.Get("act"))
	if slices.Contains(p.X.Moves, act) {
		return ""
	}
	return p.In.Values.Get(noteName(act))
}

// fundOptions are the funds that can be ordered from, with what is left of each.
func fundOptions(l lang.Lang, funds []store.FundSum) []ui.Option {
	out := []ui.Option{{Label: l.T("请选择", "choose")}}
	for _, f := range funds {
		if f.Closed.IsZero() {
			out = append(out, ui.Option{Value: itoa(f.ID), Label: l.Tf("%s（%d 年，余额 %s 元）", "%s (%d, CNY %s left)", f.Name, f.Year, ui.Yuan(f.Left))})
		}
	}
	return out
}

// facts are what is paid, to whom and by what it was decided.
func (p grantPage) facts() []ui.Fact {
	l, x := p.Page.Lang, p.X
	out := []ui.Fact{
		{Label: l.T("事项", "Item"), Value: pageLink(x.ItemName.In(l), p.V.to("policies", x.Item))},
		{Label: l.T("企业", "Enterprise"), Value: pageLink(x.Name+" "+x.Code, p.V.to("desk", "enterprises", x.Code))},
		ui.TextFact(l.T("金额（元）", "Amount (yuan)"), grantYuan(l, x.Amount)),
		ui.TextFact(l.T("享受期", "Period"), x.Period),
		ui.TextFact(l.T("资金", "Fund"), x.FundName),
	}
	if x.List != 0 {
		out = append(out, ui.Fact{Label: l.T("名单", "List"), Value: pageLink(l.T("查看名单", "See the list"), p.V.to("desk", "grants", "lists", itoa(x.List)))})
	} else {
		out = append(out, ui.TextFact(l.T("企业说明", "The applicant says"), x.Note))
	}
	if x.Order != "" {
		out = append(out, ui.Fact{Label: l.T("拨付指令", "Order"), Value: pageLink(x.Order, p.V.to("desk", "pay-orders", x.Order))})
	}
	if x.Bank.Number != "" {
		out = append(out, ui.TextFact(l.T("收款账户", "Account"), x.Bank.Name+" "+x.Bank.Bank+" "+x.Bank.Number))
	}
	return out
}

func (p grantPage) history() []ui.Happening {
	l := p.Page.Lang
	out := make([]ui.Happening, len(p.X.Events))
	for i, e := range p.X.Events {
		who := e.Who
		if who == "" && e.Actor == 0 {
			who = l.T("系统", "the system")
		}
		out[len(out)-1-i] = ui.Happening{At: e.At, What: e.Act.Name().In(l), Who: who, Note: strings.TrimSpace(e.Ref + " " + e.Note), Tone: grantTone(e.To)}
	}
	return out
}

// exportGrants sends the grants that pages of a filter hold.
func (v *visit) exportGrants(name, words string, otherwise policy.State, load func(store.GrantFilter) (app.GrantsPage, error)) error {
	l, f := v.lang, v.grantFilter(otherwise)
	heads := []sheet.Heading{
		{Name: l.T("统一社会信用代码", "Code"), Width: 22}, {Name: l.T("企业", "Enterprise"), Width: 36}, {Name: l.T("事项", "Item"), Width: 36}, {Name: l.T("享受期", "Period"), Width: 10},
		{Name: l.T("金额（元）", "Amount (yuan)"), Width: 16}, {Name: l.T("状态", "State"), Width: 16}, {Name: l.T("资金", "Fund"), Width: 24}, {Name: l.T("公示至", "Public until"), Width: 18},
		{Name: l.T("拨付指令", "Order"), Width: 22}, {Name: l.T("到账日期", "Paid on"), Width: 12}, {Name: l.T("说明", "Reason"), Width: 36}}
	if len(f.States) > 0 {
		words += l.T("，", ", ") + f.States[0].Name().In(l)
	}
	return v.sendFile(name, l.T("兑付", "Grants"), heads, words, func(out fileRows) error {
		if err := v.s.app.RecordExport(v.Context(), v.viewer, "grants", words); err != nil {
			return err
		}
		for f.After = 0; ; {
			page, err := load(f)
			if err != nil {
				return err
			}
			for _, g := range page.Lines {
				if err := out.Row(g.Code, g.Name, g.ItemName.In(l), g.Period, rules.FormatMoney(g.Amount), g.State.Name().In(l), g.FundName, g.Until, g.Order, day(g.Done), g.Reason); err != nil {
					return err
				}
			}
			if f.After = page.Next; page.Next == 0 {
				return nil
			}
		}
	})
}

// exportAllGrants sends all grants, exportApplications the applications.
func (s *Server) exportAllGrants(v *visit) error {
	return v.exportGrants("grants", v.lang.T("全部兑付", "all grants"), "", func(f store.GrantFilter) (app.GrantsPage, error) {
		return s.app.GrantsPage(v.Context(), v.viewer, f)
	})
}

func (s *Server) exportApplications(v *visit) error {
	return v.exportGrants("applications", v.lang.T("申报", "applications"), policy.Submitted, func(f store.GrantFilter) (app.GrantsPage, error) {
		f.Applied = true
		return s.app.GrantsPage(v.Context(), v.viewer, f)
	})
}

// fits reports whether an item is among those the page's grants are of.
func (p grantsPage) fits(x *rules.Item) bool {
	return x.Delivery == rules.Apply || !p.Applied && x.Delivery == rules.Auto
}

func (p grantsPage) lead() string {
	l := p.Page.Lang
	if p.Applied {
		return l.T("快申快享：承诺期限内办结，只计工作日；快到期的标黄，超期的标红。", "On application: decided within the promised working days; yellow when nearly due, red when late.")
	}
	return l.T("每一笔兑付，从列入名单或申报到到账。", "Every grant, from the list or the application to the money.")
}

func (p grantPage) trail() []ui.Link {
	l := p.Page.Lang
	if p.X.Applied() {
		return []ui.Link{{Label: l.T("申报审核", "Applications"), URL: p.V.to("desk", "grants", "applications")}}
	}
	return []ui.Link{{Label: l.T("兑付名单", "Lists"), URL: p.V.to("desk", "grants", "lists")}, {Label: l.T("名单", "List"), URL: p.V.to("desk", "grants", "lists", itoa(p.X.List))}}
}

// comesTo is how the amount was worked out, in the words of the version the grant was decided by.
func (p grantPage) comesTo() rules.Clause {
	b, x, day := p.V.zone.Decided(p.X.Grant, p.X.WorkedOut())
	switch {
	case x == nil:
		return rules.Clause{Text: p.Page.Lang.T("测算时的规则已不可查。", "The rules of then are no longer there.")}
	case x.Amount == nil:
		return rules.Clause{Text: p.V.gives(x)}
	}
	return x.Amount.Words(b, day, p.Page.Lang)
}

// restsOn says by which version of the rules the grant was decided.
func (p grantPage) restsOn() string {
	l, x := p.Page.Lang, p.X
	if now := p.V.zone.PoliciesVersion; now != x.Version {
		return l.Tf("按政策规则第 %d 版测算；现行为第 %d 版。", "Worked out by version %d of the rules; version %d is in force.", x.Version, now)
	}
	return l.Tf("按政策规则第 %d 版测算。", "Worked out by version %d of the rules.", x.Version)
}

// proposed is what the rules come to, as the form takes it.
func (p grantPage) proposed() string {
	if p.X.Amount == 0 {
		return ""
	}
	return rules.FormatMoney(p.X.Amount) + "元"
}

// fieldsOf are the fields of the form for an act.
func (p grantPage) fieldsOf(act policy.Act) []string {
	switch act {
	case policy.Accept:
		return []string{"amount", "fund", noteName(act)}
	case policy.Correct:
		return []string{"account_name", "account_bank", "account_number"}
	}
	return []string{noteName(act)}
}
