package web

import (
	"bytes"
	"net/url"
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/policy"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// payOrdersPage is every order, newest first.
type payOrdersPage struct {
	office
	Lines []app.OrderLine
	Funds []store.FundSum
	Fund  int64 // whose orders are shown; 0 for every
	Pages ui.Pages
}

func (s *Server) showPayOrders(v *visit) error {
	q := v.URL.Query()
	p := payOrdersPage{office: v.office(v.lang.T("拨付指令", "Orders of payment"), "pay-orders", v.blankInput())}
	p.Fund, _ = strconv.ParseInt(q.Get("fund"), 10, 64) // what is no number is every fund
	funds, err := s.app.Funds(v.Context(), v.viewer)
	if err != nil {
		return err
	}
	p.Funds = funds.Funds
	if p.Lines, err = s.app.PayOrders(v.Context(), v.viewer, p.Fund, q.Get("before"), listsAtOnce); err != nil {
		return err
	}
	if n := len(p.Lines); n == listsAtOnce {
		p.Pages.Next = p.address() + "?" + url.Values{"fund": {itoa(p.Fund)}, "before": {p.Lines[n-1].Number}}.Encode()
	}
	return v.render(payOrdersView(p))
}

func (p payOrdersPage) address() string { return p.V.to("desk", "pay-orders") }

func (p payOrdersPage) clear() string {
	if p.Fund == 0 {
		return ""
	}
	return p.address()
}

// fundNames are all funds, closed ones too, after none.
func fundNames(none string, funds []store.FundSum) []ui.Option {
	out := []ui.Option{{Label: none}}
	for _, f := range funds {
		out = append(out, ui.Option{Value: itoa(f.ID), Label: f.Name})
	}
	return out
}

// orderSheet lists orders.
func (o office) orderSheet() ui.Sheet[app.OrderLine] {
	l := o.Page.Lang
	return ui.Sheet[app.OrderLine]{Caption: l.T("拨付指令", "Orders of payment"), Columns: []ui.Column[app.OrderLine]{
		ui.LinkColumn(l.T("指令号", "Number"), ui.Main, func(x app.OrderLine) ui.Link {
			return ui.Link{Label: x.Number, URL: o.V.to("desk", "pay-orders", x.Number)}
		}),
		ui.TextColumn(l.T("资金", "Fund"), ui.Words, func(x app.OrderLine) string { return x.FundName }),
		ui.TextColumn(l.T("笔数", "Payments"), ui.Figures, func(x app.OrderLine) string { return ui.Number(x.Pieces) }),
		ui.TextColumn(l.T("金额（元）", "Amount (yuan)"), ui.Figures, func(x app.OrderLine) string { return ui.Yuan(x.Amount) }),
		ui.TextColumn(l.T("进度", "How it stands"), ui.Words, func(x app.OrderLine) string { return tallies(l, x.States) }),
		{Head: l.T("下达时间", "Ordered"), Kind: ui.Brief, Cell: func(x app.OrderLine) templ.Component { return ui.Clock(l, o.V.s.app.Now(), x.At) }},
		ui.TextColumn(l.T("经办", "By"), ui.Brief, func(x app.OrderLine) string { return x.Who }),
	}, Empty: ui.EmptyState{Icon: "send", Title: l.T("还没有下达过拨付指令", "Nothing has been ordered yet")}}
}

// newOrderPage chooses what is ordered and shows what the order would hold.
type newOrderPage struct {
	office
	Form  app.OrderForm
	X     app.OrderPreview // of no fund while none is chosen
	Funds []store.FundSum
}

// orderForm reads what is to be ordered from the address or the form.
func (v *visit) orderForm() app.OrderForm {
	n := func(name string) int64 {
		n, _ := strconv.ParseInt(v.FormValue(name), 10, 64) // what is no number is none
		return n
	}
	return app.OrderForm{Fund: n("fund"), List: n("list"), Item: v.FormValue("item"), Note: v.FormValue("note"), Pieces: int(n("pieces"))}
}

func (v *visit) newOrder(in ui.Input) (templ.Component, error) {
	p := newOrderPage{office: v.office(v.lang.T("下达拨付指令", "Order payment"), "pay-orders", in), Form: v.orderForm()}
	funds, err := v.s.app.Funds(v.Context(), v.viewer)
	if err != nil {
		return nil, err
	}
	if p.Funds = funds.Funds; p.Form.Fund == 0 {
		return newOrderView(p), nil
	}
	p.X, err = v.s.app.PreviewOrder(v.Context(), v.viewer, p.Form)
	if fault.KindOf(err) == fault.Invalid && err != nil {
		p.In.Err, err = err, nil
	}
	return newOrderView(p), err
}

func (s *Server) showNewOrder(v *visit) error { return v.untouched(v.newOrder) }

func (s *Server) makeOrder(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	number, err := s.app.MakeOrder(v.Context(), v.viewer, v.orderForm(), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.newOrder, v.lang.T("拨付指令已下达，请导出交银行办理。", "Ordered. Export it for the bank."), v.to("desk", "pay-orders", number))
}

// mayOrder reports whether anything stands in the way that the preview shows.
func (p newOrderPage) mayOrder() bool {
	return p.X.Pieces > 0 && p.X.Short == 0 && p.X.Own == 0
}

func (p newOrderPage) cards() []ui.StatCard {
	l, x := p.Page.Lang, p.X
	after := ui.StatCard{Label: l.T("拨付后余额（元）", "Left afterwards (yuan)"), Value: ui.Yuan(x.Fund.Left - x.Amount)}
	if x.Short > 0 {
		after = ui.StatCard{Label: l.T("还差（元）", "Short (yuan)"), Value: ui.Yuan(x.Short), Tone: ui.Red}
	}
	return []ui.StatCard{
		{Label: l.T("资金余额（元）", "Left in the fund (yuan)"), Value: ui.Yuan(x.Fund.Left), Note: x.Fund.Name},
		{Label: l.T("待拨付", "To be ordered"), Value: ui.Number(x.Pieces), Unit: l.T("笔", "")},
		{Label: l.T("金额（元）", "Amount (yuan)"), Value: ui.Yuan(x.Amount)},
		after,
	}
}

// payOrderPage is one order with its grants.
type payOrderPage struct {
	office
	grantTable
	X app.OrderLine
}

func (s *Server) showPayOrder(v *visit) error {
	number, f := v.PathValue("number"), v.grantFilter("")
	x, page, err := s.app.OrderPage(v.Context(), v.viewer, number, f)
	if err != nil {
		return err
	}
	p := payOrderPage{office: v.office(x.Number, "pay-orders", v.blankInput()), grantTable: grantTable{v, v.to("desk", "pay-orders", number), f, page}, X: x}
	return v.render(payOrderView(p))
}

func (p payOrderPage) cards() []ui.StatCard {
	l, x := p.Page.Lang, p.X
	card := func(state policy.State, tone ui.Tone) ui.StatCard {
		s := sumOf(x.States, state)
		if s.Pieces == 0 {
			tone = ""
		}
		return ui.StatCard{Label: l.Tf("%s（元）", "%s (yuan)", state.Name().In(l)), Value: ui.Yuan(s.Amount), Note: l.Tf("%d 笔", "%d payments", s.Pieces), Tone: tone}
	}
	waiting := card(policy.Ordered, "")
	waiting.Label = l.T("在途（元）", "In transit (yuan)")
	return []ui.StatCard{
		{Label: l.T("指令金额（元）", "Ordered (yuan)"), Value: ui.Yuan(x.Amount), Note: l.Tf("%d 笔", "%d payments", x.Pieces)},
		waiting, card(policy.Paid, ui.Green), card(policy.Failed, ui.Red),
	}
}

// elsewhere is how many payments came back and were ordered again by another order.
func (p payOrderPage) elsewhere() int {
	n := p.X.Pieces
	for _, s := range p.X.States {
		n -= s.Pieces
	}
	return n
}

func (p payOrderPage) clear() string {
	if p.F.Words == "" {
		return ""
	}
	return p.Path
}

// exportForBank sends the order with account numbers in clear.
func (s *Server) exportForBank(v *visit) error {
	var body bytes.Buffer
	number := v.PathValue("number")
	if err := s.app.ExportOrder(v.Context(), v.viewer, number, v.lang, &body); err != nil {
		return err
	}
	return v.download(v.lang.Tf("拨付指令 %s.xlsx", "order %s.xlsx", number), xlsxType, body.Bytes())
}

func (s *Server) exportPayOrder(v *visit) error {
	number := v.PathValue("number")
	return v.exportGrants(number, number, "", func(f store.GrantFilter) (app.GrantsPage, error) {
		_, page, err := s.app.OrderPage(v.Context(), v.viewer, number, f)
		return page, err
	})
}
