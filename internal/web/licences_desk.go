package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/catalogue"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// licenceDesk is the list with its figures.
type licenceDesk struct {
	licencesPage
	All catalogue.Figures // of what the filter selects
}

func (s *Server) showLicenceDesk(v *visit) error {
	p := v.licencesPage(v.lang.T("许可事项清单", "List of licences"), "licences", "desk", "licences")
	return v.render(licenceDeskView(licenceDesk{p, catalogue.Count(v.zone.Licences.Of(p.F))}))
}

// cut is a mean in percent, “—” of nothing.
func cut(f catalogue.Figures) string {
	n, ok := f.Permille()
	if !ok {
		return "—"
	}
	return ui.Percent(n, 1000)
}

func (p licenceDesk) cards() []ui.StatCard {
	l := p.Page.Lang
	out := []ui.StatCard{{Label: l.T("事项", "Items"), Value: ui.Number(p.All.Items), Unit: l.T("项", "")}}
	for _, m := range catalogue.Modes() {
		f := p.F
		f.Mode = m
		if p.F.Mode != "" && p.F.Mode != m {
			continue
		}
		out = append(out, ui.StatCard{Label: m.Name().In(l), Value: ui.Number(len(p.V.zone.Licences.Of(f))), Unit: l.T("项", ""), URL: p.address() + "?mode=" + string(m)})
	}
	return append(out, ui.StatCard{Label: l.T("平均提速率", "Mean cut"), Value: cut(p.All), Note: l.T("各事项 1−承诺/法定 的平均", "mean of 1 − promised/statutory")})
}

func (p licenceDesk) sheet() ui.Sheet[catalogue.Item] {
	l := p.Page.Lang
	return ui.Sheet[catalogue.Item]{Caption: p.Page.Title, Columns: []ui.Column[catalogue.Item]{
		ui.LinkColumn(l.T("事项", "Item"), ui.Main, func(x catalogue.Item) ui.Link {
			return ui.Link{Label: x.Name, URL: p.V.to("licences", x.Code)}
		}),
		ui.TextColumn(l.T("编码", "Code"), ui.Brief, func(x catalogue.Item) string { return x.Code }),
		{Head: l.T("改革方式", "Mode"), Kind: ui.Brief, Cell: func(x catalogue.Item) templ.Component { return ui.Badge(modeTone(x.Mode), x.Mode.Name().In(l)) }},
		ui.TextColumn(l.T("部门", "Department"), ui.Words, func(x catalogue.Item) string { return p.unit(x.Department) }),
		ui.TextColumn(l.T("法定时限", "Statutory"), ui.Brief, func(x catalogue.Item) string { return limitWords(l, x.Statutory) }),
		ui.TextColumn(l.T("承诺时限", "Promised"), ui.Brief, func(x catalogue.Item) string { return limitWords(l, x.Promised) }),
		ui.TextColumn(l.T("提速率", "Faster by"), ui.Figures, cutWords),
	}, Empty: ui.EmptyState{Icon: "license", Title: l.T("没有这样的事项", "No such items"), Text: l.T("还没有清单的，请管理员导入。", "Where there is no list yet, an administrator imports one.")}}
}

// licenceGroup is a row of the figures: a mode, or a department.
type licenceGroup struct {
	Name   string
	Modes  [4]int // how many under each
	Totals catalogue.Figures
}

func (p licenceDesk) byMode() []licenceGroup {
	var out []licenceGroup
	for _, m := range catalogue.Modes() {
		out = append(out, licenceGroup{Name: m.Name().In(p.Page.Lang), Totals: catalogue.Count(p.V.zone.Licences.Of(catalogue.Filter{Mode: m}))})
	}
	return out
}

func (p licenceDesk) byDepartment() []licenceGroup {
	var out []licenceGroup
	for _, u := range p.V.zone.Licences.Departments() {
		items := p.V.zone.Licences.Of(catalogue.Filter{Department: u})
		g := licenceGroup{Name: p.unit(u), Totals: catalogue.Count(items)}
		for i, m := range catalogue.Modes() {
			for _, x := range items {
				if x.Mode == m {
					g.Modes[i]++
				}
			}
		}
		out = append(out, g)
	}
	return out
}

// groups are the figures by mode; by department they say how many there are under each mode too.
func (p licenceDesk) groups(caption, head string, modes bool) ui.Sheet[licenceGroup] {
	l := p.Page.Lang
	out := ui.Sheet[licenceGroup]{Caption: caption, ShowCaption: true, Columns: []ui.Column[licenceGroup]{
		ui.TextColumn(head, ui.Main, func(g licenceGroup) string { return g.Name }),
		ui.TextColumn(l.T("事项", "Items"), ui.Figures, func(g licenceGroup) string { return ui.Number(g.Totals.Items) }),
	}}
	if modes {
		for i, m := range catalogue.Modes() {
			out.Columns = append(out.Columns, ui.TextColumn(m.Name().In(l), ui.Figures, func(g licenceGroup) string { return ui.Number(g.Modes[i]) }))
		}
	}
	out.Columns = append(out.Columns, ui.TextColumn(l.T("可比时限的", "With both limits"), ui.Figures, func(g licenceGroup) string { return ui.Number(g.Totals.Measured) }),
		ui.TextColumn(l.T("平均提速率", "Mean cut"), ui.Figures, func(g licenceGroup) string { return cut(g.Totals) }))
	return out
}

// export is the address of the list as a file.
func (p licenceDesk) export() string {
	to := p.address("export.xlsx")
	if q := p.filter(); len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to
}

// exportLicences sends what a filter selects, in the columns that an import reads.
func (s *Server) exportLicences(v *visit) error {
	p := v.licencesPage("", "", "desk", "licences")
	var heads []sheet.Heading
	for _, c := range catalogue.Columns() {
		heads = append(heads, sheet.Heading{Name: c.Name.In(v.lang), Width: 20})
	}
	words, _ := url.QueryUnescape(p.filter().Encode())
	return v.sendFile("licences", v.lang.T("许可事项清单", "Licences"), heads, dash(words), func(out fileRows) error {
		for _, x := range v.zone.Licences.Of(p.F) {
			var row []any
			for _, c := range catalogue.Cells(x, v.zone.LicenceNames(lang.ZH)) {
				row = append(row, c)
			}
			if err := out.Row(row...); err != nil {
				return err
			}
		}
		return nil
	})
}

// editionsPage lists the editions, or shows one with what it changed.
type editionsPage struct {
	office
	List    []app.LicenceEdition
	One     app.LicenceEdition
	Changes catalogue.Changes
}

func (p editionsPage) address(more ...string) string {
	return p.V.to(append([]string{"desk", "licences"}, more...)...)
}

func (s *Server) showLicenceEditions(v *visit) error {
	below, _ := strconv.Atoi(v.URL.Query().Get("below"))
	list, err := s.app.LicenceEditions(v.Context(), v.viewer, below, licencesShown)
	if err != nil {
		return err
	}
	return v.render(licenceEditionsView(editionsPage{office: v.office(v.lang.T("清单历次版本", "Editions of the list"), "licences", v.blankInput()), List: list}))
}

func (p editionsPage) pages() ui.Pages {
	if len(p.List) < licencesShown || p.List[len(p.List)-1].Edition == 1 {
		return ui.Pages{}
	}
	return ui.Pages{Next: p.address("editions") + "?below=" + strconv.Itoa(p.List[len(p.List)-1].Edition)}
}

func (p editionsPage) sheet() ui.Sheet[app.LicenceEdition] {
	l := p.Page.Lang
	n := func(f func(app.LicenceEdition) int) func(app.LicenceEdition) string {
		return func(e app.LicenceEdition) string { return ui.Number(f(e)) }
	}
	return ui.Sheet[app.LicenceEdition]{Caption: p.Page.Title, Columns: []ui.Column[app.LicenceEdition]{
		ui.LinkColumn(l.T("版本", "Edition"), ui.Main, func(e app.LicenceEdition) ui.Link {
			return ui.Link{Label: l.Tf("第 %d 版", "Edition %d", e.Edition), URL: p.address("editions", strconv.Itoa(e.Edition))}
		}),
		ui.TextColumn(l.T("来自", "From"), ui.Words, func(e app.LicenceEdition) string { return editionSource(l, e) }),
		ui.TextColumn(l.T("事项", "Items"), ui.Figures, n(func(e app.LicenceEdition) int { return e.Total })),
		ui.TextColumn(l.T("新增", "New"), ui.Figures, n(func(e app.LicenceEdition) int { return e.Added })),
		ui.TextColumn(l.T("变更", "Changed"), ui.Figures, n(func(e app.LicenceEdition) int { return e.Changed })),
		ui.TextColumn(l.T("移出", "Dropped"), ui.Figures, n(func(e app.LicenceEdition) int { return e.Dropped })),
		ui.TextColumn(l.T("何人", "Who"), ui.Brief, func(e app.LicenceEdition) string { return editionMaker(l, e) }),
		{Head: l.T("何时", "When"), Kind: ui.Brief, Cell: func(e app.LicenceEdition) templ.Component { return ui.Clock(l, p.V.s.app.Now(), e.At) }},
	}, Empty: ui.EmptyState{Icon: "license", Title: l.T("还没有清单", "No list yet")}}
}

// editionSource says where an edition comes from.
func editionSource(l lang.Lang, e app.LicenceEdition) string {
	if e.Restores > 0 {
		return l.Tf("恢复第 %d 版：%s", "Edition %d again: %s", e.Restores, e.Note)
	}
	return e.Name
}

func editionMaker(l lang.Lang, e app.LicenceEdition) string {
	if e.By == 0 {
		return l.T("随程序安装", "with the installation")
	}
	return e.Who
}

func (v *visit) licenceEdition(in ui.Input) (templ.Component, error) {
	edition, err := strconv.Atoi(v.PathValue("edition"))
	if err != nil {
		return nil, errNoPage
	}
	e, changes, err := v.s.app.LicenceChanges(v.Context(), v.viewer, edition)
	p := editionsPage{office: v.office(v.lang.Tf("清单第 %d 版", "Edition %d of the list", edition), "licences", in), One: e, Changes: changes}
	return licenceEditionView(p), err
}

func (s *Server) showLicenceEdition(v *visit) error { return v.untouched(v.licenceEdition) }

func (s *Server) restoreLicences(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	edition, err := strconv.Atoi(v.PathValue("edition"))
	if err != nil {
		return errNoPage
	}
	err = s.app.RestoreLicences(v.Context(), v.viewer, edition, v.PostForm.Get("note"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.licenceEdition, v.lang.Tf("已恢复第 %d 版，并留存为新版本。", "Edition %d is in force again, as a new one.", edition), v.to("desk", "licences", "editions"))
}

// licenceImportPage is where lists are brought, and one such list.
type licenceImportPage struct {
	office
	Files []store.Import
	ID    int64
	Check app.LicenceCheck
}

func (p licenceImportPage) address(more ...string) string {
	return p.V.to(append([]string{"desk", "licences", "import"}, more...)...)
}

func (v *visit) licenceImports(in ui.Input) (templ.Component, error) {
	files, err := v.s.app.LicenceImports(v.Context(), v.viewer)
	return licenceImportsView(licenceImportPage{office: v.office(v.lang.T("导入许可事项清单", "Import a list of licences"), "licences", in), Files: files}), err
}

func (s *Server) showLicenceImports(v *visit) error { return v.untouched(v.licenceImports) }

func (s *Server) uploadLicences(v *visit) error {
	name, body, err := v.upload()
	if err != nil {
		return err
	}
	id, err := s.app.KeepLicences(v.Context(), v.viewer, name, body)
	return v.settle(err, v.licenceImports, v.lang.T("已读取，请核对后确认导入。", "Read. Look at the check, then confirm."), v.to("desk", "licences", "import", itoa(id)))
}

func (s *Server) licenceTemplate(v *visit) error {
	body, err := sheet.Template(catalogue.Columns(), []lang.Text{
		{ZH: "清单是完整的：导入后，表中没有的事项即移出现行清单；旧版本都留存，可以恢复。", EN: "A list is whole: what it leaves out is dropped from the one in force. Every edition is kept and can be brought back."},
		{ZH: "直接取消审批的事项，时限、材料和网上办理方式留空。承诺时限不能长于法定时限。", EN: "Leave limits, materials and the way to apply empty for what has been abolished. A promised limit is not longer than the statutory one."},
	}, v.lang)
	if err != nil {
		return err
	}
	return v.download(v.lang.T("许可事项清单模板.xlsx", "licences template.xlsx"), xlsxType, body)
}

func (v *visit) licenceCheck(in ui.Input) (templ.Component, error) {
	id, err := v.importID()
	if err != nil {
		return nil, err
	}
	check, err := v.s.app.CheckLicences(v.Context(), v.viewer, id)
	return licenceCheckView(licenceImportPage{office: v.office(v.lang.T("导入前核对", "Check before importing"), "licences", in), ID: id, Check: check}), err
}

func (s *Server) showLicenceCheck(v *visit) error { return v.untouched(v.licenceCheck) }

func (s *Server) applyLicences(v *visit) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	err = s.app.ApplyLicences(v.Context(), v.viewer, id, v.shown("edition"), v.shown("changes"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.licenceCheck, v.lang.T("新清单已生效；旧版本留存，可以恢复。", "The new list is in force; the old one is kept and can be brought back."), v.to("desk", "licences"))
}

func (s *Server) licenceErrors(v *visit) error {
	return sendErrors(v, s.app.CheckLicences, v.lang.T("许可事项清单错误说明.xlsx", "licences errors.xlsx"))
}

// licenceChange is one item that differs, as a page lists it.
type licenceChange struct {
	What string
	Code string
	Name string
	How  string
}

// changedRows are the first of what differs: dropped ones first, which is what hurts most.
func changedRows(v *visit, c catalogue.Changes) []licenceChange {
	l := v.lang
	var out []licenceChange
	for _, x := range c.Dropped {
		out = append(out, licenceChange{l.T("移出", "dropped"), x.Code, x.Name, x.Mode.Name().In(l)})
	}
	for _, x := range c.Changed {
		out = append(out, licenceChange{l.T("变更", "changed"), x.Now.Code, x.Now.Name, changeWords(v, x)})
	}
	for _, x := range c.New {
		out = append(out, licenceChange{l.T("新增", "new"), x.Code, x.Name, x.Mode.Name().In(l)})
	}
	return out[:min(len(out), listShown)]
}

// changeWords says column by column what an item was and is.
func changeWords(v *visit, c catalogue.Change) string {
	l := v.lang
	was, now := catalogue.Cells(c.Was, v.zone.LicenceNames(l)), catalogue.Cells(c.Now, v.zone.LicenceNames(l))
	var out []string
	for i, col := range catalogue.Columns() {
		if slices.Contains(c.Columns, col.Key) {
			out = append(out, l.Tf("%s：%s → %s", "%s: %s → %s", col.Name.In(l), dash(was[i]), dash(now[i])))
		}
	}
	return strings.Join(out, l.T("；", "; "))
}

func changeColumns(l lang.Lang, caption string) ui.Sheet[licenceChange] {
	return ui.Sheet[licenceChange]{Caption: caption, ShowCaption: true, Columns: []ui.Column[licenceChange]{
		ui.TextColumn(l.T("差异", "What"), ui.Brief, func(c licenceChange) string { return c.What }),
		ui.TextColumn(l.T("事项", "Item"), ui.Main, func(c licenceChange) string { return c.Name }),
		ui.TextColumn(l.T("编码", "Code"), ui.Brief, func(c licenceChange) string { return c.Code }),
		ui.TextColumn(l.T("内容", "How"), ui.Words, func(c licenceChange) string { return c.How }),
	}, Empty: ui.EmptyState{Icon: "check", Title: l.T("没有差异", "No difference")}}
}
