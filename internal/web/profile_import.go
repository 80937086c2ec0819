package web

import (
	"gezhi/internal/app"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// profileImportPage is where lists of profiles are brought, and one such list.
type profileImportPage struct {
	office
	Files []store.Import
	ID    int64
	Check app.ProfileCheck
}

func (p profileImportPage) address(more ...string) string {
	return p.V.to(append([]string{"desk", "enterprises", "import"}, more...)...)
}

func (v *visit) profileImports(in ui.Input) (templ.Component, error) {
	files, err := v.s.app.ProfileImports(v.Context(), v.viewer)
	return profileImportsView(profileImportPage{office: v.office(v.lang.T("导入企业资料", "Import profiles"), "enterprises", in), Files: files}), err
}

func (s *Server) showProfileImports(v *visit) error { return v.untouched(v.profileImports) }

func (s *Server) uploadProfiles(v *visit) error {
	name, body, err := v.upload()
	if err != nil {
		return err
	}
	id, err := s.app.KeepProfiles(v.Context(), v.viewer, v.Form.Get("source"), v.Form.Get("as_of"), name, body)
	return v.settle(err, v.profileImports, v.lang.T("已读取，请核对后确认导入。", "Read. Look at the check, then confirm."), v.to("desk", "enterprises", "import", itoa(id)))
}

func (s *Server) profileTemplate(v *visit) error {
	body, err := sheet.Template(v.zone.ProfileColumns(), []lang.Text{
		{ZH: "一行一家企业；列的顺序不限，用不到的列可以删去，空着的格子不改变原有数据。", EN: "One enterprise a row; columns in any order, leave out what you do not need. An empty cell changes nothing."},
		{ZH: "金额和比率写明单位，或把单位写在表头；没有单位的数字不予导入。", EN: "Money and rates have their unit, in the cell or in the heading; a bare number is refused."},
	}, v.lang)
	if err != nil {
		return err
	}
	return v.download(v.lang.T("企业资料模板.xlsx", "profiles template.xlsx"), xlsxType, body)
}

func (v *visit) profileCheck(in ui.Input) (templ.Component, error) {
	id, err := v.importID()
	if err != nil {
		return nil, err
	}
	check, err := v.s.app.CheckProfiles(v.Context(), v.viewer, id)
	p := profileImportPage{office: v.office("", "enterprises", in), ID: id, Check: check}
	p.Page.Title = v.lang.T("导入前核对", "Check before importing")
	if p.done() {
		p.Page.Title = v.lang.T("已导入的企业资料", "Imported profiles")
	}
	return profileCheckView(p), err
}

func (p profileImportPage) done() bool { return !p.Check.File.Done.IsZero() }

func (s *Server) showProfileCheck(v *visit) error { return v.untouched(v.profileCheck) }

func (s *Server) applyProfiles(v *visit) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	err = s.app.ApplyProfiles(v.Context(), v.viewer, id, v.shown("lines"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.profileCheck, v.lang.T("已导入，匹配结果随即更新。", "Imported; what enterprises may have follows at once."), v.to("desk", "enterprises", "import", itoa(id)))
}

func (s *Server) withdrawProfiles(v *visit) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	err = s.app.WithdrawProfiles(v.Context(), v.viewer, id, v.PostForm.Get("reason"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.profileCheck, v.lang.T("整批已撤回，此前的数据重新生效。", "The whole list is taken back; what was known without it counts again."), v.to("desk", "enterprises", "import", itoa(id)))
}

func (s *Server) profileErrors(v *visit) error {
	return sendErrors(v, s.app.CheckProfiles, v.lang.T("企业资料错误说明.xlsx", "profiles errors.xlsx"))
}

// cards say what importing the list would do.
func (p profileImportPage) cards() []ui.StatCard {
	l, c := p.Page.Lang, p.Check
	card := func(zh, en string, n int, tone ui.Tone, note string) ui.StatCard {
		return ui.StatCard{Label: l.T(zh, en), Value: ui.Number(n), Tone: tone, Note: note}
	}
	out := []ui.StatCard{
		card("新企业", "New enterprises", c.New, ui.Green, ""),
		card("有变化", "Changed", c.Changed, ui.Green, l.Tf("共 %d 个数据生效", "%d values come to count", c.Values)),
		card("没有变化", "Nothing new", c.Same, "", l.T("不导入", "not imported")),
		card("已有更新的数据", "Known as of a later day", c.Older, "", l.T("不导入", "not imported")),
		card("有错误的行", "Wrong rows", len(c.Rows), ui.Red, l.T("不导入", "not imported")),
	}
	if c.Accepted > 0 {
		out = append(out, card("代码校验不符，按依据采用", "Codes accepted for a reason", c.Accepted, ui.Yellow, ""))
	}
	return out
}

// wrongCell is what is wrong with a cell of the file.
type wrongCell struct {
	Row    int
	Column string
	Text   string
}

// wrongCells are those of the first wrong rows, by the names of their columns.
func (p profileImportPage) wrongCells() []wrongCell {
	l := p.Page.Lang
	names := map[string]string{}
	for _, c := range p.V.zone.ProfileColumns() {
		names[c.Key] = c.Name.In(l)
	}
	var out []wrongCell
	for _, n := range p.Check.Rows[:min(len(p.Check.Rows), listShown)] {
		for _, e := range p.Check.Problems[n] {
			out = append(out, wrongCell{n, names[e.Field], e.In(l)})
		}
	}
	return out
}

func (p profileImportPage) wrong() ui.Sheet[wrongCell] {
	l := p.Page.Lang
	return ui.Sheet[wrongCell]{Caption: l.T("有错误的行", "Wrong rows"), Columns: []ui.Column[wrongCell]{
		ui.TextColumn(l.T("行", "Row"), ui.Main, func(c wrongCell) string { return l.Tf("第 %d 行", "row %d", c.Row) }),
		ui.TextColumn(l.T("列", "Column"), ui.Words, func(c wrongCell) string { return c.Column }),
		ui.TextColumn(l.T("问题", "What is wrong"), ui.Words, func(c wrongCell) string { return c.Text }),
	}}
}
