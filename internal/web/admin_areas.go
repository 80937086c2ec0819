package web

import (
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/territory"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// areaPage is one area.
type areaPage struct {
	office
	app.AreaPage
	Query string
	Found []territory.Area
}

func (s *Server) showArea(v *visit) error {
	if q := v.URL.Query().Get("q"); q != "" {
		return s.findArea(v, q)
	}
	page, err := v.areaPage(v.blankInput())
	if err != nil {
		return err
	}
	return v.render(page)
}

func (v *visit) areaPage(in ui.Input) (templ.Component, error) {
	a, err := v.s.app.AreaPage(v.Context(), v.viewer, v.PathValue("code"))
	if err != nil {
		return nil, err
	}
	return areaPageView(areaPage{office: v.office(a.Area.Name, "areas", in), AreaPage: a}), nil
}

func (s *Server) findArea(v *visit, q string) error {
	found, err := s.app.FindAreas(v.Context(), v.viewer, q, 50)
	if err != nil {
		return err
	}
	return v.render(areasFound(areaPage{office: v.office(v.lang.T("查找区域", "Find an area"), "areas", v.blankInput()), Query: q, Found: found}))
}

func (s *Server) renameArea(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	err := s.app.RenameArea(v.Context(), v.viewer, v.PathValue("code"), f.Get("name"), f.Get("from"), f.Get(ui.KeyName))
	return v.settle(err, v.areaPage, v.lang.T("已更名。", "Renamed."), v.admin("areas", v.PathValue("code")))
}

func (s *Server) setHouseholds(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	err := s.app.SetHouseholds(v.Context(), v.viewer, v.PathValue("code"), v.PostForm.Get("households"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.areaPage, v.lang.T("户数已更正。", "Households corrected."), v.admin("areas", v.PathValue("code")))
}

func (s *Server) endArea(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	code := v.PathValue("code")
	err := s.app.EndArea(v.Context(), v.viewer, code, f.Get("into"), f.Get("until"), f.Get("reason"), f.Get(ui.KeyName))
	return v.settle(err, v.areaPage, v.lang.T("已登记停用。", "The end is recorded."), v.admin("areas", idcode.Parent(code)))
}

// childColumns are the columns of an area's parts.
func (p areaPage) childColumns() ui.Sheet[app.AreaPart] {
	l := p.Page.Lang
	return ui.Sheet[app.AreaPart]{Caption: l.T("下级区域", "Parts"), Columns: []ui.Column[app.AreaPart]{
		ui.LinkColumn(l.T("名称", "Name"), ui.Main, func(c app.AreaPart) ui.Link { return ui.Link{Label: c.Name, URL: p.V.admin("areas", c.Code)} }),
		ui.TextColumn(l.T("代码", "Code"), ui.Brief, func(c app.AreaPart) string { return c.Code }),
		ui.TextColumn(l.T("下辖", "Below"), ui.Figures, func(c app.AreaPart) string { return itoa(c.Below) }),
		ui.TextColumn(l.T("户数", "Households"), ui.Figures, func(c app.AreaPart) string { return some(c.Homes) }),
		{Head: l.T("边界", "Boundary"), Kind: ui.Brief, Cell: func(c app.AreaPart) templ.Component { return boundaryBadge(l, c.Area) }},
		ui.TextColumn(l.T("生效", "From"), ui.Brief, func(c app.AreaPart) string { return p.V.since(c.From) }),
		ui.TextColumn(l.T("失效", "To"), ui.Brief, func(c app.AreaPart) string { return day(c.To) }),
	}}
}

// some is a number, "" when it is not known.
func some(n int) string {
	if n == 0 {
		return ""
	}
	return ui.Number(n)
}

func boundaryBadge(l lang.Lang, a territory.Area) templ.Component {
	switch {
	case len(a.Shape) == 0:
		return ui.Badge(ui.Grey, l.T("没有边界", "none"))
	case a.Illustrative:
		return ui.Badge(ui.Yellow, l.T("示意边界", "illustrative"))
	}
	return ui.Badge(ui.Green, l.T("已导入边界", "imported"))
}

func (p areaPage) stats() []ui.StatCard {
	l := p.Page.Lang
	var out []ui.StatCard
	for level := p.Area.Level() + 1; level <= idcode.Micro; level++ {
		out = append(out, ui.StatCard{Label: territory.LevelName(level).In(l), Value: ui.Number(p.Counts[level])})
	}
	homes := "—"
	if p.Homes > 0 {
		homes = ui.Number(p.Homes)
	}
	return append(out, ui.StatCard{Label: l.T("户数", "Households"), Value: homes},
		ui.StatCard{Label: l.T("在办案件", "Open cases"), Value: itoa(p.Open)})
}

func (p areaPage) facts() []ui.Fact {
	l := p.Page.Lang
	a := p.Area
	facts := []ui.Fact{
		ui.TextFact(l.T("区划代码", "Code"), a.Code),
		ui.TextFact(l.T("层级", "Level"), p.V.levelName(a)),
		ui.TextFact(l.T("全称", "In full"), a.Official),
		ui.TextFact(l.T("生效", "From"), p.V.since(a.From)),
		ui.TextFact(l.T("失效", "To"), day(a.To)),
		{Label: l.T("边界", "Boundary"), Value: boundaryBadge(l, a)},
	}
	for _, o := range p.Overlays {
		facts = append(facts, ui.TextFact(l.T("叠加区域", "Overlay"), o.Name.In(l)))
	}
	return facts
}

func (p areaPage) trail() []ui.Link {
	var out []ui.Link
	for _, a := range p.Trail {
		out = append(out, ui.Link{Label: a.Name, URL: p.V.admin("areas", a.Code)})
	}
	return out
}

func (p areaPage) mergeOptions() []ui.Option {
	l := p.Page.Lang
	out := []ui.Option{{Label: l.T("不并入，直接停用", "No, it just ends")}}
	for _, s := range p.Siblings {
		out = append(out, ui.Option{Value: s.Code, Label: s.Name})
	}
	return out
}

// areaImport is the form to upload areas and boundaries.
func (s *Server) showAreaImport(v *visit) error {
	page, _ := v.areaImport(v.blankInput())
	return v.render(page)
}

func (v *visit) areaImport(in ui.Input) (templ.Component, error) {
	return areaImportForm(v.office(v.lang.T("导入区域与边界", "Import areas and boundaries"), "areas", in)), nil
}

func (s *Server) uploadAreas(v *visit) error {
	name, body, err := v.upload()
	if err != nil {
		return err
	}
	id, err := s.app.KeepImport(v.Context(), v.viewer, "areas", name, v.Form.Get("datum"), body)
	if wrong(err) {
		page, _ := v.areaImport(v.input(err))
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	return v.goTo(v.admin("areas", "import", itoa(id)))
}

// areaCheck is what an import would do.
type areaCheck struct {
	office
	app.AreaCheck
	Revision int64
}

func (s *Server) showAreaCheck(v *visit) error { return v.untouched(v.areaCheck) }

func (v *visit) areaCheck(in ui.Input) (templ.Component, error) {
	id, err := v.importID()
	if err != nil {
		return nil, err
	}
	c, err := v.s.app.CheckAreas(v.Context(), v.viewer, id)
	if err != nil {
		return nil, err
	}
	z, err := v.s.app.Zone(v.Context(), v.zone.Code)
	if err != nil {
		return nil, err
	}
	return areaCheckView(areaCheck{office: v.office(v.lang.T("导入前核对", "Check before importing"), "areas", in), AreaCheck: c, Revision: z.Revision}), nil
}

func (s *Server) applyAreas(v *visit) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	seen, _ := strconv.ParseInt(v.PostForm.Get("revision"), 10, 64)
	_, err = s.app.ApplyAreas(v.Context(), v.viewer, id, seen, v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.areaCheck, v.lang.T("已导入。", "Imported."), v.admin("areas", "import", itoa(id)))
}

func (s *Server) areaErrors(v *visit) error {
	return sendErrors(v, s.app.CheckAreas, v.lang.T("导入错误说明.xlsx", "import errors.xlsx"))
}

func (s *Server) areaTemplate(v *visit) error {
	body, err := sheet.Template(app.AreaColumns(), []lang.Text{{ZH: "代码和名称须同时对上；同一代码名称不同、同一名称代码不同都会提示核对，不会自动合并。", EN: "Code and name must both agree; nothing is joined by code alone."}}, v.lang)
	if err != nil {
		return err
	}
	return v.download(v.lang.T("区域导入模板.xlsx", "areas template.xlsx"), xlsxType, body)
}

// shownRows is how many rows of each kind a check lists on the page.
const shownRows = 100

func (c areaCheck) problems() []territory.Problem {
	return c.Plan.Problems[:min(len(c.Plan.Problems), shownRows)]
}

func (c areaCheck) changeText(x territory.Change) string {
	l := c.Page.Lang
	words := map[string]string{"name": l.T("名称", "name"), "official": l.T("全称", "official name"), "class": l.T("网格类型", "class"), "urban": l.T("城乡分类", "urban code"),
		"legacy_code": l.T("旧编码", "legacy code"), "valid_from": l.T("生效日期", "from"), "valid_to": l.T("失效日期", "to"), "merged_into": l.T("并入", "merged into"),
		"households": l.T("户数", "households"), "shape": l.T("边界", "boundary")}
	out := ""
	for i, f := range x.Fields {
		if i > 0 {
			out += l.T("；", "; ")
		}
		out += words[f]
		switch f {
		case "name":
			out += "：" + x.Before.Name + " → " + x.After.Name
		case "households":
			out += "：" + itoa(x.Before.Households) + " → " + itoa(x.After.Households)
		case "valid_to":
			out += "：" + day(x.After.To)
		case "shape":
			if x.Before.Illustrative {
				out += l.T("：替换示意边界", ": replaces the illustrative one")
			}
		}
	}
	return out
}

// overlaysPage lists overlay areas.
type overlaysPage struct {
	office
	List []territory.Overlay
}

func (s *Server) showOverlays(v *visit) error { return v.untouched(v.overlays) }

func (v *visit) overlays(in ui.Input) (templ.Component, error) {
	list, err := v.s.app.Overlays(v.Context(), v.viewer)
	if err != nil {
		return nil, err
	}
	return overlaysView(overlaysPage{office: v.office(v.lang.T("叠加区域", "Overlays"), "areas", in), List: list}), nil
}

func (s *Server) addOverlay(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	err := s.app.AddOverlay(v.Context(), v.viewer, app.NewOverlay{ID: f.Get("id"), Kind: f.Get("kind"), Name: f.Get("name"), NameEN: f.Get("name_en"),
		Note: f.Get("note"), Areas: f.Get("areas"), From: f.Get("from")}, f.Get(ui.KeyName))
	return v.settle(err, v.overlays, v.lang.T("已新增叠加区域。", "Overlay added."), v.admin("overlays"))
}

func (s *Server) endOverlay(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	err := s.app.EndOverlay(v.Context(), v.viewer, v.PathValue("id"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.overlays, v.lang.T("已停用叠加区域。", "Overlay ended."), v.admin("overlays"))
}

func (p overlaysPage) columns() ui.Sheet[territory.Overlay] {
	l := p.Page.Lang
	return ui.Sheet[territory.Overlay]{Caption: l.T("叠加区域", "Overlays"), Columns: []ui.Column[territory.Overlay]{
		ui.TextColumn(l.T("名称", "Name"), ui.Main, func(o territory.Overlay) string { return o.Name.In(l) }),
		ui.TextColumn(l.T("标识", "Id"), ui.Brief, func(o territory.Overlay) string { return o.ID }),
		ui.TextColumn(l.T("类别", "Kind"), ui.Brief, func(o territory.Overlay) string { return o.Kind }),
		ui.TextColumn(l.T("所含区域", "Areas"), ui.Words, func(o territory.Overlay) string { return p.V.areaNames(o.Areas) }),
		ui.TextColumn(l.T("说明", "Note"), ui.Words, func(o territory.Overlay) string { return o.Note.In(l) }),
		ui.TextColumn(l.T("起", "From"), ui.Brief, func(o territory.Overlay) string { return p.V.since(o.From) }),
		ui.TextColumn(l.T("止", "To"), ui.Brief, func(o territory.Overlay) string { return day(o.To) }),
		{Head: l.T("操作", "Actions"), Kind: ui.Buttons, Cell: func(o territory.Overlay) templ.Component {
			if !o.To.IsZero() {
				return ui.Text("")
			}
			return oneButton(l, p.V.admin("overlays", o.ID, "end"), l.T("停用", "End"), l.T("从现在起停用。", "Ends now."))
		}},
	}, Empty: ui.EmptyState{Icon: "layers-intersect", Title: l.T("没有叠加区域", "No overlays")}}
}

func (v *visit) areaNames(codes []string) string {
	out := ""
	for i, c := range codes {
		if i > 0 {
			out += v.lang.T("、", ", ")
		}
		if a, ok := v.zone.Tree.Area(c); ok {
			out += a.Name
		} else {
			out += c
		}
	}
	return out
}
