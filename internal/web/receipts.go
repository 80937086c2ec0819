package web

import (
	"gezhi/internal/app"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// receiptsPage is where a bank's files are brought, and one such file.
type receiptsPage struct {
	office
	Files []store.Import
	ID    int64
	Check app.ReceiptCheck
}

func (p receiptsPage) address(more ...string) string {
	return p.V.to(append([]string{"desk", "receipts"}, more...)...)
}

func (v *visit) receipts(in ui.Input) (templ.Component, error) {
	files, err := v.s.app.ReceiptImports(v.Context(), v.viewer)
	return receiptsView(receiptsPage{office: v.office(v.lang.T("拨付回执", "Receipts of the bank"), "receipts", in), Files: files}), err
}

func (s *Server) showReceipts(v *visit) error { return v.untouched(v.receipts) }

func (s *Server) uploadReceipts(v *visit) error {
	name, body, err := v.upload()
	if err != nil {
		return err
	}
	id, err := s.app.KeepReceipts(v.Context(), v.viewer, name, body)
	return v.settle(err, v.receipts, v.lang.T("已读取，请核对后确认登记。", "Read. Look at the check, then confirm."), v.to("desk", "receipts", itoa(id)))
}

func (s *Server) receiptTemplate(v *visit) error {
	body, err := sheet.Template(app.ReceiptColumns(), []lang.Text{
		{ZH: "一行一笔；列的顺序不限。导出给银行的表已有这些列，填好结果、原因和日期即可。", EN: "One payment a row; columns in any order. The file exported for the bank has them: fill in result, reason and date."},
	}, v.lang)
	if err != nil {
		return err
	}
	return v.download(v.lang.T("拨付回执模板.xlsx", "receipts template.xlsx"), xlsxType, body)
}

func (v *visit) receiptCheck(in ui.Input) (templ.Component, error) {
	id, err := v.importID()
	if err != nil {
		return nil, err
	}
	check, err := v.s.app.CheckReceipts(v.Context(), v.viewer, id)
	p := receiptsPage{office: v.office(v.lang.T("登记前核对", "Check before booking"), "receipts", in), ID: id, Check: check}
	if p.done() {
		p.Page.Title = v.lang.T("已登记的回执", "Booked receipts")
	}
	return receiptCheckView(p), err
}

func (p receiptsPage) done() bool { return !p.Check.File.Done.IsZero() }

func (s *Server) showReceiptCheck(v *visit) error { return v.untouched(v.receiptCheck) }

func (s *Server) applyReceipts(v *visit) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	err = s.app.ApplyReceipts(v.Context(), v.viewer, id, v.shown("lines"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.receiptCheck, v.lang.T("已登记，企业会收到通知。", "Booked; the enterprises are told."), v.to("desk", "receipts", itoa(id)))
}

func (s *Server) receiptErrors(v *visit) error {
	return sendErrors(v, s.app.CheckReceipts, v.lang.T("拨付回执错误说明.xlsx", "receipts errors.xlsx"))
}

func (p receiptsPage) cards() []ui.StatCard {
	l, c := p.Page.Lang, p.Check
	return []ui.StatCard{
		{Label: l.T("到账（元）", "Paid (yuan)"), Value: ui.Yuan(c.Paid.Amount), Note: l.Tf("%d 笔", "%d payments", c.Paid.Pieces), Tone: ui.Green},
		{Label: l.T("退回（元）", "Sent back (yuan)"), Value: ui.Yuan(c.Failed.Amount), Note: l.Tf("%d 笔", "%d payments", c.Failed.Pieces), Tone: ui.Yellow},
		{Label: l.T("有错误的行", "Wrong rows"), Value: ui.Number(len(c.Rows)), Note: l.T("不登记，改好后再导入", "not booked; mend and send them again"), Tone: ui.Red},
	}
}

// first are the right rows a check shows; the rest is in the file.
func (p receiptsPage) first() []app.ReceiptLine {
	return p.Check.Lines[:min(len(p.Check.Lines), listShown)]
}

func (p receiptsPage) sheet() ui.Sheet[app.ReceiptLine] {
	l := p.Page.Lang
	return ui.Sheet[app.ReceiptLine]{Caption: l.T("将登记", "To be booked"), ShowCaption: true, Columns: []ui.Column[app.ReceiptLine]{
		ui.TextColumn(l.T("企业", "Enterprise"), ui.Main, func(x app.ReceiptLine) string { return x.Grant.Name }),
		ui.TextColumn(l.T("行", "Row"), ui.Figures, func(x app.ReceiptLine) string { return itoa(x.Row) }),
		ui.TextColumn(l.T("拨付指令", "Order"), ui.Brief, func(x app.ReceiptLine) string { return x.Grant.Order }),
		ui.TextColumn(l.T("金额（元）", "Amount (yuan)"), ui.Figures, func(x app.ReceiptLine) string { return ui.Yuan(x.Grant.Amount) }),
		{Head: l.T("结果", "Result"), Kind: ui.Brief, Cell: func(x app.ReceiptLine) templ.Component {
			if x.Paid {
				return ui.Badge(ui.Green, l.T("到账", "paid"))
			}
			return ui.Badge(ui.Red, l.T("退回", "sent back"))
		}},
		ui.TextColumn(l.T("日期", "Day"), ui.Brief, func(x app.ReceiptLine) string { return x.Day.String() }),
		ui.TextColumn(l.T("原因", "Reason"), ui.Words, func(x app.ReceiptLine) string { return x.Reason }),
	}}
}
