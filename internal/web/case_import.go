package web

import (
	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// caseImportPage is where lists of cases of one procedure are brought, and one such list.
type caseImportPage struct {
	office
	Form  app.FilingForm
	Files []store.Import
	ID    int64
	Check *app.CaseCheck
}

func (v *visit) caseImports(in ui.Input) (templ.Component, error) {
	form, err := v.zone.FilingForm(v.viewer, v.PathValue("procedure"), v.URL.Query().Get("start"))
	if err != nil {
		return nil, err
	}
	p := caseImportPage{office: v.office(v.lang.Tf("导入%s", "Import: %s", form.Proc.Name.In(v.lang)), "work", in), Form: form}
	p.Files, err = v.s.app.CaseImports(v.Context(), v.viewer, form.Proc.ID)
	return caseImportsView(p), err
}

func (s *Server) showCaseImports(v *visit) error { return v.untouched(v.caseImports) }

func (s *Server) uploadCases(v *visit) error {
	name, body, err := v.upload()
	if err != nil {
		return err
	}
	id, err := s.app.KeepCases(v.Context(), v.viewer, v.PathValue("procedure"), v.Form.Get("start"), v.Form.Get("category"), name, body)
	return v.settle(err, v.caseImports, v.lang.T("已读取，请核对后确认导入。", "Read. Look at the check, then confirm."), v.to("desk", "work", v.PathValue("procedure"), "import", itoa(id)))
}

func (s *Server) caseTemplate(v *visit) error {
	form, err := v.zone.FilingForm(v.viewer, v.PathValue("procedure"), v.URL.Query().Get("start"))
	if err != nil {
		return err
	}
	body, err := sheet.Template(v.zone.CaseColumns(form), []lang.Text{{ZH: "一行一件；表头可用中文或英文，列的顺序不限，不认识的列会被忽略。", EN: "One case a row; headings in Chinese or English, columns in any order, unknown ones are ignored."}}, v.lang)
	if err != nil {
		return err
	}
	return v.download(form.Proc.Name.In(v.lang)+v.lang.T("导入模板.xlsx", " template.xlsx"), xlsxType, body)
}

func (v *visit) caseImport(in ui.Input) (templ.Component, error) {
	id, err := v.importID()
	if err != nil {
		return nil, err
	}
	check, err := v.s.app.CheckCases(v.Context(), v.viewer, id)
	if err != nil {
		return nil, err
	}
	p := caseImportPage{office: v.office(check.File.Name, "work", in), Form: check.Form, ID: id, Check: &check}
	return caseImportView(p), nil
}

func (s *Server) showCaseImport(v *visit) error { return v.untouched(v.caseImport) }

func (s *Server) applyCases(v *visit) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	c, err := s.app.ApplyCases(v.Context(), v.viewer, id, v.shown("lines"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.caseImport, v.lang.Tf("已导入 %d 件。", "%d imported.", len(c.Lines)), v.to("desk", "work", v.PathValue("procedure"), "import", itoa(id)))
}

func (s *Server) undoCases(v *visit) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	done, err := s.app.UndoCases(v.Context(), v.viewer, id, v.PostForm.Get("note"), v.PostForm.Get(ui.KeyName))
	said := v.lang.Tf("已撤回 %d 件。", "%d taken back.", done.Done)
	if done.Skipped > 0 {
		said += v.lang.Tf("另有 %d 件已经开始办理，没有撤回。", " %d have been worked on and were left.", done.Skipped)
	}
	return v.settle(err, v.caseImport, said, v.to("desk", "work", v.PathValue("procedure"), "import", itoa(id)))
}

func (s *Server) caseErrors(v *visit) error {
	return sendErrors(v, s.app.CheckCases, v.lang.T("错误说明.xlsx", "mistakes.xlsx"))
}

func (p caseImportPage) to(parts ...string) string {
	return p.V.to(append([]string{"desk", "work", p.Form.Proc.ID, "import"}, parts...)...)
}

func (p caseImportPage) columns() ui.Sheet[app.CaseRow] {
	l := p.Page.Lang
	cols := []ui.Column[app.CaseRow]{
		ui.TextColumn(l.T("行", "Row"), ui.Figures, func(x app.CaseRow) string { return itoa(x.Row) }),
		ui.TextColumn(p.Form.Proc.Title.In(l), ui.Main, func(x app.CaseRow) string { return x.Draft.Title }),
	}
	if p.Form.Proc.About == casework.AboutCategories {
		cols = append(cols, ui.TextColumn(l.T("类别", "Kind"), ui.Words, func(x app.CaseRow) string {
			c, _ := p.Form.Proc.Category(x.Draft.Matter)
			return c.Name.In(l)
		}))
	}
	for _, id := range p.Form.Proc.List {
		f, _ := p.Form.Proc.Field(id)
		cols = append(cols, ui.TextColumn(f.Label.In(l), ui.Words, func(x app.CaseRow) string {
			return app.FieldWords(p.V.zone, f, x.Draft.Fields[f.ID]).In(l)
		}))
	}
	return ui.Sheet[app.CaseRow]{Caption: l.T("将导入", "To be imported"), Columns: cols}
}

func (p caseImportPage) first() []app.CaseRow {
	return p.Check.Lines[:min(len(p.Check.Lines), listShown)]
}

// importable reports whether lists of cases of the procedure can be brought by the viewer.
func (v *visit) importable(p *casework.Procedure, starts []casework.Option) bool {
	return p != nil && !p.Confidential() && v.viewer.Kind == "staff" && len(starts) > 0 && starts[0].Photos == 0
}
