package web

import (
	"net/url"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/catalogue"
	"gezhi/internal/lang"
	"gezhi/internal/web/ui"
)

// licencesPage is the list of licences, as anybody reads it and as a desk does.
type licencesPage struct {
	Page ui.Page
	V    *visit
	F    catalogue.Filter
	List catalogue.Page
	Path []string // of the list
}

// licencesShown is how many items a page has.
const licencesShown = 50

func (v *visit) licencesPage(title, here string, path ...string) licencesPage {
	q := v.URL.Query()
	f := catalogue.Filter{Text: q.Get("q"), Mode: catalogue.Mode(q.Get("mode")), Department: q.Get("unit"), Industry: catalogue.Industry(q.Get("industry"))}
	return licencesPage{Page: v.page(title, here), V: v, F: f, List: v.zone.Licences.Page(f, q.Get("after"), licencesShown), Path: path}
}

func (s *Server) showLicences(v *visit) error {
	return v.render(licencesList(v.licencesPage(v.lang.T("许可事项清单", "List of licences"), "licences", "licences")))
}

// fields are those of the filter. The industry is chosen by section; a code in the address selects more closely.
func (p licencesPage) fields() []ui.Field {
	l := p.Page.Lang
	any := ui.Option{Label: l.T("不限", "any")}
	modes, units, industries := []ui.Option{any}, []ui.Option{any}, []ui.Option{any}
	for _, m := range catalogue.Modes() {
		modes = append(modes, ui.Option{Value: string(m), Label: m.Name().In(l)})
	}
	for _, u := range p.V.zone.Licences.Departments() {
		units = append(units, ui.Option{Value: u, Label: p.unit(u)})
	}
	for _, s := range catalogue.Sections() {
		industries = append(industries, ui.Option{Value: s.Letter, Label: s.Letter + " " + s.Name.In(l)})
	}
	if len(p.F.Industry) > 1 {
		industries = append(industries, ui.Option{Value: p.F.Industry, Label: p.F.Industry})
	}
	in := ui.Input{Lang: l, Values: p.V.URL.Query()}
	return []ui.Field{
		in.Field("q", l.T("事项名称或证件", "Name or document")).Opt(),
		in.Field("mode", l.T("改革方式", "Mode")).From(modes).Opt(),
		in.Field("unit", l.T("部门", "Department")).From(units).Opt(),
		in.Field("industry", l.T("行业", "Industry")).From(industries).Opt(),
	}
}

func (p licencesPage) address(more ...string) string {
	return p.V.to(append(append([]string{}, p.Path...), more...)...)
}

// filter is the filter as an address carries it.
func (p licencesPage) filter() url.Values {
	out := url.Values{}
	for name, value := range map[string]string{"q": p.F.Text, "mode": string(p.F.Mode), "unit": p.F.Department, "industry": p.F.Industry} {
		if value != "" {
			out.Set(name, value)
		}
	}
	return out
}

func (p licencesPage) clear() string {
	if len(p.filter()) == 0 {
		return ""
	}
	return p.address()
}

// after is the address of the page that begins after a code.
func (p licencesPage) after(code string) string {
	q := p.filter()
	if code != "" {
		q.Set("after", code)
	}
	if len(q) == 0 {
		return p.address()
	}
	return p.address() + "?" + q.Encode()
}

func (p licencesPage) pages() ui.Pages {
	l, x := p.Page.Lang, p.List
	if x.Total == 0 {
		return ui.Pages{}
	}
	out := ui.Pages{Summary: l.Tf("第 %d–%d 项，共 %d 项", "%d–%d of %d", x.Before+1, x.Before+len(x.Items), x.Total)}
	if x.Before > 0 {
		out.Previous = p.after(x.Back)
	}
	if x.Next != "" {
		out.Next = p.after(x.Next)
	}
	return out
}

func (p licencesPage) unit(code string) string { return p.V.unitName(code) }

// unitName is what a unit is called; its code when there is none.
func (v *visit) unitName(code string) string {
	if u, ok := v.zone.Units[code]; ok {
		return u.Name.In(v.lang)
	}
	return code
}

// limitWords is a limit in words, "—" without one.
func limitWords(l lang.Lang, x calendar.Limit) string {
	if x.IsZero() {
		return "—"
	}
	return x.Label(l)
}

// cutWords is by how much an item's promise is shorter than the law's limit (提速率), "—" where the two cannot be compared.
func cutWords(x catalogue.Item) string { return ui.Percent(x.Cut()) }

// fast is the line of an item in a list about its limits.
func (p licencesPage) fast(x catalogue.Item) string {
	l := p.Page.Lang
	switch cut, of := x.Cut(); {
	case x.Limit().IsZero():
		return ""
	case of > 0 && cut > 0:
		return l.Tf("承诺 %s，比法定提速 %s", "promised in %s, %s faster than the law", x.Promised.Label(l), ui.Percent(cut, of))
	}
	return l.Tf("%s办结", "done in %s", x.Limit().Label(l))
}

func modeTone(m catalogue.Mode) ui.Tone {
	switch m {
	case catalogue.Cancelled:
		return ui.Green
	case catalogue.Improved:
		return ui.Yellow
	}
	return ui.Blue
}

// licencePage is one item.
type licencePage struct {
	Page ui.Page
	V    *visit
	X    catalogue.Item
	Way  app.LicenceWay
}

func (s *Server) showLicence(v *visit) error {
	x, ok := v.zone.Licences.Find(v.PathValue("code"))
	if !ok {
		return errNoPage
	}
	return v.render(licenceView(licencePage{Page: v.page(x.Name, "licences"), V: v, X: x, Way: v.zone.LicenceWay(x)}))
}

// facts are what one wants to know first.
func (p licencePage) facts() []ui.Fact {
	l, x := p.Page.Lang, p.X
	out := []ui.Fact{ui.TextFact(l.T("部门", "Department"), p.V.unitName(x.Department)+l.T("（", " (")+x.Level.Name().In(l)+l.T("）", ")"))}
	if x.Mode != catalogue.Cancelled {
		out = append(out, ui.TextFact(l.T("法定时限", "Statutory limit"), limitWords(l, x.Statutory)), ui.TextFact(l.T("承诺时限", "Promised limit"), limitWords(l, x.Promised)),
			ui.TextFact(l.T("提速率", "Faster by"), cutWords(x)), ui.TextFact(l.T("取得的证件", "You receive"), x.Licence))
	}
	if len(x.Special) > 0 {
		var names []string
		for _, s := range x.Special {
			names = append(names, s.Name().In(l))
		}
		out = append(out, ui.TextFact(l.T("不计入时限", "Not counted"), strings.Join(names, l.T("、", ", "))))
	}
	if x.FreeZone {
		out = append(out, ui.TextFact(l.T("适用范围", "Where"), l.T("自贸试验区", "free-trade zones only")))
	}
	return out
}

// more are the rest, for who wants to know exactly.
func (p licencePage) more() []ui.Fact {
	l, x := p.Page.Lang, p.X
	return []ui.Fact{
		ui.TextFact(l.T("事项编码", "Code"), x.Code),
		ui.TextFact(l.T("设定依据", "Basis"), strings.Join(x.Basis, l.T("；", "; "))),
		ui.TextFact(l.T("监管措施", "Supervision"), strings.Join(x.Oversight, l.T("；", "; "))),
		ui.TextFact(l.T("经营范围规范表述", "Business scope"), x.Scope),
		ui.TextFact(l.T("行业（GB/T 4754）", "Industries (GB/T 4754)"), strings.Join(x.Industries, l.T("、", ", "))),
	}
}

// begin is the button that leads to the form.
func (p licencePage) begin() ui.Link {
	l := p.Page.Lang
	label := map[catalogue.Mode]string{catalogue.Filed: l.T("去备案", "File it"), catalogue.Committed: l.T("阅签承诺并申请", "Sign and apply"), catalogue.Improved: l.T("去申请", "Apply")}[p.X.Mode]
	if p.V.viewer.Can(app.WorkDesk) {
		label = l.T("窗口收件", "Take in at the window")
	}
	if p.Way.Theme != nil {
		return ui.Link{Label: l.Tf("去办：%s", "Go to: %s", p.Way.Theme.Name.In(l)), URL: p.V.to("things", p.Way.Theme.ID)}
	}
	return ui.Link{Label: label, URL: p.V.to("file", p.Way.Procedure.ID) + "?item=" + url.QueryEscape(p.X.Code)}
}

// pickLicence finds the item that a form is to apply for: the one in the form, or else in its address. Where there is none, or it
// cannot be applied for that way, elsewhere is the page to go to instead.
func (v *visit) pickLicence(p *casework.Procedure) (x *catalogue.Item, elsewhere string) {
	f, ok := p.Typed(casework.FieldLicence)
	if !ok {
		return nil, ""
	}
	code := v.URL.Query().Get("item")
	if ref := v.Form.Get(fieldName(f.ID)); ref != "" {
		code, _ = catalogue.SplitRef(ref)
	}
	found, ok := v.zone.Licences.Find(code)
	switch {
	case ok && v.zone.MayApply(code, p.Modes) != nil:
		return &found, v.to("licences", code)
	case ok:
		return &found, ""
	case len(p.Modes) == 1:
		return nil, v.to("licences") + "?mode=" + p.Modes[0]
	}
	return nil, v.to("licences")
}
