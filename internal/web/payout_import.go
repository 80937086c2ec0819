package web

import (
	"time"

	"gezhi/internal/app"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// payoutImportPage is where files of what other systems paid are brought, and one such file.
type payoutImportPage struct {
	office
	Files   []store.Import       // brought and not entered
	Entered []store.PayoutImport // entered, those taken back among them
	ID      int64
	Check   app.PayoutCheck
	Done    store.PayoutImport // of a file that was entered
}

func (p payoutImportPage) address(more ...string) string {
	return p.V.to(append([]string{"desk", "payouts", "import"}, more...)...)
}

func (v *visit) payoutImports(in ui.Input) (templ.Component, error) {
	p := payoutImportPage{office: v.office(v.lang.T("导入其他系统的兑现数据", "Import payouts of other systems"), "payouts", in)}
	files, err := v.s.app.PayoutFiles(v.Context(), v.viewer)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.Done.IsZero() {
			p.Files = append(p.Files, f)
		}
	}
	p.Entered, err = v.s.app.EnteredPayouts(v.Context(), v.viewer)
	return payoutImportsView(p), err
}

func (s *Server) showPayoutImports(v *visit) error { return v.untouched(v.payoutImports) }

func (s *Server) uploadPayouts(v *visit) error {
	name, body, err := v.upload()
	if err != nil {
		return err
	}
	id, err := s.app.KeepPayouts(v.Context(), v.viewer, v.Form.Get("source"), name, body)
	return v.settle(err, v.payoutImports, v.lang.T("已读取，请核对后确认导入。", "Read. Look at the check, then confirm."), v.to("desk", "payouts", "import", itoa(id)))
}

func (s *Server) payoutTemplate(v *visit) error {
	body, err := sheet.Template(app.PayoutColumns(), []lang.Text{
		{ZH: "一行是一家企业在一个月内的一项；整份表一次计入，有一行错误就整份退回。", EN: "A row is one enterprise, one item, one month. A list is entered as a whole; one wrong row sends all of it back."},
		{ZH: "金额的单位写在表头，也可逐格写明；没有单位的数字不予导入。", EN: "The heading of the amount has its unit, or each cell does; a bare number is refused."},
	}, v.lang)
	if err != nil {
		return err
	}
	return v.download(v.lang.T("兑现数据模板.xlsx", "payouts template.xlsx"), xlsxType, body)
}

func (v *visit) payoutCheck(in ui.Input) (templ.Component, error) {
	id, err := v.importID()
	if err != nil {
		return nil, err
	}
	p := payoutImportPage{office: v.office(v.lang.T("导入前核对", "Check before importing"), "payouts", in), ID: id}
	if p.Check, err = v.s.app.CheckPayouts(v.Context(), v.viewer, id); err != nil {
		return nil, err
	}
	if p.done() {
		p.Page.Title = v.lang.T("已导入的兑现数据", "Imported payouts")
		if p.Entered, err = v.s.app.EnteredPayouts(v.Context(), v.viewer); err != nil {
			return nil, err
		}
		for _, x := range p.Entered {
			if x.ID == id {
				p.Done = x
			}
		}
	}
	return payoutCheckView(p), nil
}

func (p payoutImportPage) done() bool { return !p.Check.File.Done.IsZero() }

func (s *Server) showPayoutCheck(v *visit) error { return v.untouched(v.payoutCheck) }

func (s *Server) applyPayouts(v *visit) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	err = s.app.ApplyPayouts(v.Context(), v.viewer, id, v.shown("rows"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.payoutCheck, v.lang.T("已导入，兑现情况随即更新。", "Imported; the figures follow at once."), v.to("desk", "payouts", "import", itoa(id)))
}

func (s *Server) undoPayouts(v *visit) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	err = s.app.UndoPayouts(v.Context(), v.viewer, id, v.PostForm.Get("reason"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.payoutCheck, v.lang.T("整份已回退，原有的行以负数冲销。", "Taken back: every line has one below zero against it."), v.to("desk", "payouts", "import", itoa(id)))
}

func (s *Server) payoutErrors(v *visit) error {
	return sendErrors(v, s.app.CheckPayouts, v.lang.T("兑现数据错误说明.xlsx", "payouts errors.xlsx"))
}

// cards say what entering the file would do.
func (p payoutImportPage) cards() []ui.StatCard {
	l, c := p.Page.Lang, p.Check
	out := []ui.StatCard{
		{Label: l.T("正确的行", "Right rows"), Value: ui.Number(c.Pieces), Tone: ui.Green},
		{Label: l.T("金额合计", "Comes to"), Value: ui.Yuan(c.Amount), Unit: l.T("元", "yuan")},
		{Label: l.T("新企业", "New enterprises"), Value: ui.Number(c.New), Note: l.T("导入时一并录入", "entered with the file")},
	}
	if len(c.Rows) > 0 {
		out = append(out, ui.StatCard{Label: l.T("有错误的行", "Wrong rows"), Value: ui.Number(len(c.Rows)), Tone: ui.Red, Note: l.T("改好后重新上传整份表", "mend them and send the whole list again")})
	}
	return out
}

// sums are what the file brings, by item and month.
func (p payoutImportPage) sums() ui.Sheet[app.PayoutSum] {
	l := p.Page.Lang
	return ui.Sheet[app.PayoutSum]{Caption: l.T("按事项和月份合计", "By item and month"), ShowCaption: true, Columns: []ui.Column[app.PayoutSum]{
		ui.TextColumn(l.T("事项", "Item"), ui.Main, func(s app.PayoutSum) string { return s.Title }),
		ui.TextColumn(l.T("月份", "Month"), ui.Brief, func(s app.PayoutSum) string { return monthWord(s.Month) }),
		ui.TextColumn(l.T("方式", "Way"), ui.Brief, func(s app.PayoutSum) string { return app.PayoutWay(s.Way).In(l) }),
		ui.TextColumn(l.T("险种（税种）", "Kind"), ui.Brief, func(s app.PayoutSum) string { return s.Kind }),
		ui.TextColumn(l.T("行数", "Rows"), ui.Figures, func(s app.PayoutSum) string { return ui.Number(s.Rows) }),
		ui.TextColumn(l.T("金额（元）", "Amount (CNY)"), ui.Figures, func(s app.PayoutSum) string { return ui.Yuan(s.Amount) }),
	}}
}

// entered are the files that were entered.
func (p payoutImportPage) entered() ui.Sheet[store.PayoutImport] {
	l := p.Page.Lang
	return ui.Sheet[store.PayoutImport]{Caption: l.T("已计入的文件", "Files entered"), ShowCaption: true, Columns: []ui.Column[store.PayoutImport]{
		ui.LinkColumn(l.T("文件", "File"), ui.Main, func(i store.PayoutImport) ui.Link { return ui.Link{Label: i.Name, URL: p.address(itoa(i.ID))} }),
		ui.TextColumn(l.T("行数", "Rows"), ui.Figures, func(i store.PayoutImport) string { return ui.Number(i.Pieces) }),
		ui.TextColumn(l.T("金额（元）", "Amount (CNY)"), ui.Figures, func(i store.PayoutImport) string { return ui.Yuan(i.Amount) }),
		ui.TextColumn(l.T("导入时间", "Entered"), ui.Brief, func(i store.PayoutImport) string { return ui.DateTime(l, i.At) }),
		{Head: l.T("状态", "State"), Kind: ui.Words, Cell: func(i store.PayoutImport) templ.Component { return enteredState(l, i) }},
	}, Empty: ui.EmptyState{Icon: "database", Title: l.T("还没有计入其他系统的数据", "Nothing of other systems has been entered yet")}}
}

// monthWord is a month as figures write it: 2026-03.
func monthWord(month int) string {
	return time.Date(month/100, time.Month(month%100), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
}
