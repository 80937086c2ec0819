package web

import (
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/policy"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// fundsPage is every fund that pays what enterprises get.
type fundsPage struct {
	office
	app.FundsPage
}

func (v *visit) funds(in ui.Input) (templ.Component, error) {
	p, err := v.s.app.Funds(v.Context(), v.viewer)
	return fundsView(fundsPage{v.office(v.lang.T("政策资金", "Funds"), "funds", in), p}), err
}

func (s *Server) showFunds(v *visit) error { return v.untouched(v.funds) }

// fundForm reads what is said of a fund.
func (v *visit) fundForm() app.FundForm {
	f := v.PostForm
	revision, _ := strconv.ParseInt(f.Get("revision"), 10, 64) // another than it is now is refused
	return app.FundForm{Name: f.Get("name"), Year: f.Get("year"), Unit: f.Get("unit"), Note: f.Get("note"), Revision: revision}
}

func (s *Server) addFund(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := s.app.AddFund(v.Context(), v.viewer, v.fundForm(), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.funds, v.lang.T("资金已建立，请按文件下达预算。", "The fund is entered; give it budget by a document."), v.to("desk", "funds", itoa(id)))
}

// fundCards are how the money of a fund, or of all funds, stands.
func fundCards(o office, f store.FundSum) []ui.StatCard {
	l := o.Page.Lang
	left := ui.StatCard{Label: l.T("余额（元）", "Left (yuan)"), Value: ui.Yuan(f.Left)}
	if free(f) < 0 {
		left.Tone, left.Note = ui.Red, l.Tf("不够支付待拨付的，还差 %s 元", "CNY %s short of what is to be ordered", ui.Yuan(-free(f)))
	}
	return []ui.StatCard{
		{Label: l.T("已下达预算（元）", "Allotted (yuan)"), Value: ui.Yuan(f.Allotted)},
		{Label: l.T("在途（元）", "In transit (yuan)"), Value: ui.Yuan(f.Ordered), Note: l.T("已下达指令，未到账", "ordered, not yet paid")},
		{Label: l.T("已到账（元）", "Paid (yuan)"), Value: ui.Yuan(f.Paid), Note: l.T("扣除追回的", "less what was recovered"), Tone: ui.Green},
		left,
		{Label: l.T("待拨付（元）", "To be ordered (yuan)"), Value: ui.Yuan(f.Waiting), Note: l.Tf("%d 笔", "%d payments", f.Pieces)},
	}
}

func (p fundsPage) sheet() ui.Sheet[store.FundSum] {
	l := p.Page.Lang
	n := func(zh, en string, of func(store.FundSum) int64) ui.Column[store.FundSum] {
		return ui.TextColumn(l.T(zh, en), ui.Figures, func(f store.FundSum) string { return ui.Yuan(of(f)) })
	}
	return ui.Sheet[store.FundSum]{Caption: l.T("资金，单位：元", "Funds, in yuan"), ShowCaption: true, Columns: []ui.Column[store.FundSum]{
		ui.LinkColumn(l.T("资金", "Fund"), ui.Main, func(f store.FundSum) ui.Link { return ui.Link{Label: f.Name, URL: p.V.to("desk", "funds", itoa(f.ID))} }),
		ui.TextColumn(l.T("年度", "Year"), ui.Figures, func(f store.FundSum) string { return strconv.Itoa(f.Year) }),
		ui.TextColumn(l.T("单位", "Office"), ui.Words, func(f store.FundSum) string { return f.Unit }),
		n("已下达", "Allotted", func(f store.FundSum) int64 { return f.Allotted }),
		n("在途", "In transit", func(f store.FundSum) int64 { return f.Ordered }),
		n("已到账", "Paid", func(f store.FundSum) int64 { return f.Paid }),
		n("余额", "Left", func(f store.FundSum) int64 { return f.Left }),
		n("待拨付", "To be ordered", func(f store.FundSum) int64 { return f.Waiting }),
		ui.TextColumn(l.T("执行率", "Used"), ui.Figures, func(f store.FundSum) string { return ui.Percent(f.Paid, f.Allotted) }),
		{Head: l.T("状态", "State"), Kind: ui.Brief, Cell: func(f store.FundSum) templ.Component { return fundBadge(p.office, f) }},
	}, Empty: ui.EmptyState{Icon: "report-money", Title: l.T("还没有资金", "There are no funds yet"), Text: l.T("先建立资金，再按文件下达预算。", "Enter a fund, then give it budget by a document.")}}
}

func fundBadge(o office, f store.FundSum) templ.Component {
	l := o.Page.Lang
	switch {
	case !f.Closed.IsZero():
		return ui.Badge(ui.Grey, l.T("已停用", "closed"))
	case free(f) < 0:
		return ui.Badge(ui.Red, l.T("余额不足", "short"))
	}
	return ui.Badge(ui.Green, l.T("可用", "open"))
}

// fundPage is one fund.
type fundPage struct {
	office
	X      app.FundPage
	Grants app.GrantsPage
}

func (v *visit) fundPage(in ui.Input) (templ.Component, error) {
	id, err := v.importID()
	if err != nil {
		return nil, err
	}
	x, err := v.s.app.FundPage(v.Context(), v.viewer, id)
	if err != nil {
		return nil, err
	}
	grants, err := v.s.app.GrantsPage(v.Context(), v.viewer, store.GrantFilter{Fund: id})
	return fundView(fundPage{v.office(x.Name, "funds", in), x, grants}), err
}

func (s *Server) showFund(v *visit) error { return v.untouched(v.fundPage) }

// onFund does something with a fund and comes back to it.
func (s *Server) onFund(v *visit, said string, do func(id int64, key string) error) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	return v.settle(do(id, v.PostForm.Get(ui.KeyName)), v.fundPage, said, v.to("desk", "funds", itoa(id)))
}

func (s *Server) editFund(v *visit) error {
	return s.onFund(v, v.lang.T("已保存。", "Saved."), func(id int64, key string) error {
		return s.app.EditFund(v.Context(), v.viewer, id, v.fundForm(), key)
	})
}

func (s *Server) allotFund(v *visit) error {
	return s.onFund(v, v.lang.T("预算已下达。", "The budget is given."), func(id int64, key string) error {
		f := v.PostForm
		return s.app.AllotFund(v.Context(), v.viewer, id, f.Get("amount"), f.Get("document"), f.Get("remark"), key)
	})
}

func (s *Server) closeFund(v *visit) error {
	return s.onFund(v, v.lang.T("已停用，不再从中拨付。", "Closed; nothing is ordered from it."), func(id int64, key string) error {
		return s.app.CloseFund(v.Context(), v.viewer, id, true, key)
	})
}

func (s *Server) reopenFund(v *visit) error {
	return s.onFund(v, v.lang.T("已恢复使用。", "Open again."), func(id int64, key string) error {
		return s.app.CloseFund(v.Context(), v.viewer, id, false, key)
	})
}

func (p fundPage) cards() []ui.StatCard {
	l := p.Page.Lang
	back := sumOf(p.Grants.States, policy.Recovered)
	return append(fundCards(p.office, p.X.FundSum), ui.StatCard{Label: l.T("已追回（元）", "Recovered (yuan)"), Value: ui.Yuan(back.Amount), Note: l.Tf("%d 笔", "%d payments", back.Pieces)})
}

func (p fundPage) allotments() ui.Sheet[store.FundAllotment] {
	l := p.Page.Lang
	return ui.Sheet[store.FundAllotment]{Caption: l.T("预算下达记录", "Allotments"), ShowCaption: true, Columns: []ui.Column[store.FundAllotment]{
		ui.TextColumn(l.T("文号", "Document"), ui.Main, func(x store.FundAllotment) string { return x.Document }),
		ui.TextColumn(l.T("金额（元）", "Amount (yuan)"), ui.Figures, func(x store.FundAllotment) string { return ui.Yuan(x.Amount) }),
		ui.TextColumn(l.T("备注", "Remark"), ui.Words, func(x store.FundAllotment) string { return x.Note }),
		{Head: l.T("时间", "When"), Kind: ui.Brief, Cell: func(x store.FundAllotment) templ.Component { return ui.Clock(l, p.V.s.app.Now(), x.At) }},
		ui.TextColumn(l.T("经办", "By"), ui.Brief, func(x store.FundAllotment) string { return p.X.Names[x.By] }),
	}, Empty: ui.EmptyState{Icon: "file-text", Title: l.T("还没有下达预算", "No budget has been given yet")}}
}

func (p fundPage) orders() ui.Sheet[store.PayOrder] {
	l := p.Page.Lang
	return ui.Sheet[store.PayOrder]{Caption: l.T("拨付指令", "Orders"), ShowCaption: true, Columns: []ui.Column[store.PayOrder]{
		ui.LinkColumn(l.T("指令号", "Number"), ui.Main, func(x store.PayOrder) ui.Link {
			return ui.Link{Label: x.Number, URL: p.V.to("desk", "pay-orders", x.Number)}
		}),
		ui.TextColumn(l.T("笔数", "Payments"), ui.Figures, func(x store.PayOrder) string { return ui.Number(x.Pieces) }),
		ui.TextColumn(l.T("金额（元）", "Amount (yuan)"), ui.Figures, func(x store.PayOrder) string { return ui.Yuan(x.Amount) }),
		{Head: l.T("下达时间", "Ordered"), Kind: ui.Brief, Cell: func(x store.PayOrder) templ.Component { return ui.Clock(l, p.V.s.app.Now(), x.At) }},
		ui.TextColumn(l.T("经办", "By"), ui.Brief, func(x store.PayOrder) string { return p.X.Names[x.By] }),
	}, Empty: ui.EmptyState{Icon: "send", Title: l.T("还没有下达过拨付指令", "Nothing has been ordered yet")}}
}
