package web

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// ratesPage is 分析报告: what a procedure's rates come to.
type ratesPage struct {
	app.RateReport
	Page   ui.Page
	V      *visit
	May    []*casework.Procedure
	Form   ratesForm
	Span   string // of the period shown, which stands in for one that cannot be read
	Err    error
	Export string
}

func (f ratesForm) values() url.Values {
	return url.Values{"procedure": {f.Procedure}, "by": {f.By}, "span": {f.Span}, "from": {f.From}, "to": {f.To}}
}

func (f ratesForm) query() string { return querying(f.values()) }

func (v *visit) rates() (ratesPage, error) {
	p := ratesPage{Page: v.page(v.lang.T("分析报告", "Reports"), "rates"), V: v, May: v.zone.Reported(v.viewer)}
	if len(p.May) == 0 {
		return p, nil
	}
	f, by, err := v.readRates(p.May)
	if p.Form, p.Span, p.Err = f, f.Span, err; err != nil {
		p.Span = spanQuarter
	}
	p.RateReport, err = v.s.app.Rates(v.Context(), v.viewer, by)
	if wrong(err) { // a period too long: this quarter stands in while it is corrected
		p.Err, p.Span = err, spanQuarter
		p.RateReport, err = v.s.app.Rates(v.Context(), v.viewer, byPeriod(f.Procedure, spanQuarter, spanAround(spanQuarter, v.s.app.Now())))
	}
	if v.viewer.Can(app.Export) {
		p.Export = v.to("desk", "rates.xlsx") + f.query()
	}
	return p, err
}

func (s *Server) showRates(v *visit) error {
	p, err := v.rates()
	if err != nil {
		return err
	}
	return v.show(p.Err, rates(p))
}

// report is a report to be taken out: one about a procedure, with nothing wrong in its form.
func (v *visit) report() (ratesPage, error) {
	p, err := v.rates()
	if err == nil {
		err = p.Err
	}
	if err == nil && p.Proc == nil {
		err = errNoPage
	}
	return p, err
}

// showRatesReport is the same in sentences and tables, to be printed.
func (s *Server) showRatesReport(v *visit) error {
	p, err := v.report()
	if err != nil {
		return err
	}
	p.Page.Title = p.title()
	return v.render(ratesReport(p))
}

// exportRates sends every row with the part and the whole of every rate.
func (s *Server) exportRates(v *visit) error {
	p, err := v.report()
	if err != nil {
		return err
	}
	l := v.lang
	words := p.Proc.Name.In(l) + " " + p.periodName()
	heads := []sheet.Heading{{Name: l.T("分组", "Group"), Width: 10}, {Name: l.T("名称", "Name"), Width: 28}, {Name: l.T("指标", "Rate"), Width: 20}, {Name: l.T("本期", "Now"), Width: 12},
		{Name: l.T("分子", "Part"), Width: 10}, {Name: l.T("分母", "Of"), Width: 10}, {Name: beforeName(l, p.Span), Width: 12}, {Name: l.T("上期分子", "Part before"), Width: 10},
		{Name: l.T("上期分母", "Of before"), Width: 10}, {Name: l.T("公式与出处", "Formula"), Width: 60}}
	return v.sendFile("rates", l.T("分析报告", "Reports"), heads, words, func(out fileRows) error {
		if err := s.app.RecordExport(v.Context(), v.viewer, "rates", words); err != nil {
			return err
		}
		for _, group := range p.groups() {
			for _, row := range group.rows {
				for i, g := range p.Proc.Rates {
					now, before := row.Now[i], row.Before[i]
					if err := out.Row(group.name, row.Name.In(l), p.label(g), g.Words(now), figure(g, now.Part), now.Of, g.Words(before), figure(g, before.Part), before.Of, g.Note.In(l)); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
}

// figure is what stands above the line of a rate; a count has nothing there, and a mean its hours.
func figure(g casework.Gauge, part int64) any {
	switch {
	case g.Mean != "":
		return g.Words(casework.Reading{Part: part, Of: 1})
	case g.Rate():
		return part
	}
	return ""
}

// rowGroup is one way of dividing the cases.
type rowGroup struct {
	id, name string
	rows     []app.RateRow
}

// groups are the total and the divisions there are.
func (p ratesPage) groups() []rowGroup {
	l := p.V.lang
	total := p.Total
	total.Name = totalName
	out := []rowGroup{{"", l.T("合计", "Total"), []app.RateRow{total}}}
	for _, g := range []rowGroup{{"category", l.T("类别", "Category"), p.Categories}, {"unit", l.T("承办单位", "Unit"), p.Units}, {"area", l.T("区域", "Area"), p.Areas}} {
		if len(g.rows) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// group is the division the page shows; the total alone where there is nothing to divide.
func (p ratesPage) group() rowGroup {
	groups := p.groups()
	for _, g := range groups {
		if g.id == p.Form.By {
			return g
		}
	}
	return groups[min(1, len(groups)-1)]
}

func (p ratesPage) periodName() string { return p.V.spanName(p.Span, p.Period) }

// title heads the report: 七张问题清单 2026年第一季度综合分析报告.
func (p ratesPage) title() string {
	return p.V.lang.Tf("%s %s综合分析报告", "%s: report on %s", p.Proc.Name.In(p.V.lang), p.periodName())
}

// label is a rate's name, with its unit where it is a time.
func (p ratesPage) label(g casework.Gauge) string {
	l := p.V.lang
	switch {
	case g.Mean == "":
		return g.Label.In(l)
	case p.Proc.WorkingTime(g):
		return g.Label.In(l) + l.T("（工作小时）", " (working hours)")
	}
	return g.Label.In(l) + l.T("（小时）", " (hours)")
}

// at is the same page about something else.
func (p ratesPage) at(change func(*ratesForm), path ...string) string {
	f := p.Form
	change(&f)
	return p.V.to(append([]string{"desk", "rates"}, path...)...) + f.query()
}

func (p ratesPage) periodTabs() []ui.Tab {
	l, now := p.V.lang, p.V.s.app.Now()
	var tabs []ui.Tab
	for _, t := range []struct {
		span, zh, en string
		back         int
	}{{spanMonth, "本月", "This month", 0}, {spanMonth, "上月", "Last month", 1}, {spanQuarter, "本季度", "This quarter", 0}, {spanQuarter, "上季度", "Last quarter", 1},
		{spanYear, "今年", "This year", 0}, {spanYear, "去年", "Last year", 1}} {
		from := spanAround(t.span, now).From.AddDate(0, -t.back*months(t.span), 0)
		tabs = append(tabs, ui.Tab{Label: l.T(t.zh, t.en), Current: p.Err == nil && p.Span == t.span && p.Period.From.Equal(from),
			URL: p.at(func(f *ratesForm) { f.Span, f.From, f.To = t.span, from.Format(time.DateOnly), "" })})
	}
	return tabs
}

func (p ratesPage) procedures() []ui.Option {
	var out []ui.Option
	for _, x := range p.May {
		out = append(out, ui.Option{Value: x.ID, Label: x.Name.In(p.V.lang)})
	}
	return out
}

func (p ratesPage) spans() []ui.Option {
	l := p.V.lang
	return []ui.Option{{Value: spanMonth, Label: l.T("按月", "Month")}, {Value: spanQuarter, Label: l.T("按季度", "Quarter")}, {Value: spanYear, Label: l.T("按年", "Year")},
		{Value: spanDays, Label: l.T("自选日期", "Days")}}
}

func (p ratesPage) divisions() []ui.Option {
	var out []ui.Option
	for _, g := range p.groups()[1:] {
		out = append(out, ui.Option{Value: g.id, Label: g.name})
	}
	return out
}

// rateLine is one rate of the total.
type rateLine struct {
	i int
	g casework.Gauge
}

func (p ratesPage) lines() []rateLine {
	var out []rateLine
	for i, g := range p.Proc.Rates {
		out = append(out, rateLine{i, g})
	}
	return out
}

// summary is the total, rate by rate, beside the period before.
func (p ratesPage) summary() ui.Sheet[rateLine] {
	l := p.V.lang
	return ui.Sheet[rateLine]{Caption: l.T("全部案件", "All cases"), Columns: []ui.Column[rateLine]{
		ui.TextColumn(l.T("指标", "Rate"), ui.Main, func(x rateLine) string { return p.label(x.g) }),
		{Head: l.T("本期", "Now"), Kind: ui.Figures, Cell: func(x rateLine) templ.Component { return p.cell(x.i, "", p.Total) }},
		{Head: beforeName(l, p.Span), Kind: ui.Figures, Cell: func(x rateLine) templ.Component { return readingCell(x.g, p.Total.Before[x.i], "", "") }},
		ui.TextColumn(l.T("变化", "Change"), ui.Brief, func(x rateLine) string { return change(l, x.g, p.Total.Now[x.i], p.Total.Before[x.i]) }),
		ui.TextColumn(l.T("公式与出处", "Formula"), ui.Words, func(x rateLine) string { return x.g.Note.In(l) + better(l, x.g) }),
	}}
}

func better(l lang.Lang, g casework.Gauge) string {
	switch g.Better {
	case casework.BetterHigher:
		return l.T("（越高越好）", " (higher is better)")
	case casework.BetterLower:
		return l.T("（越低越好）", " (lower is better)")
	}
	return ""
}

// table has a row for each part of the cases.
func (p ratesPage) table(g rowGroup) ui.Sheet[app.RateRow] {
	l := p.V.lang
	s := ui.Sheet[app.RateRow]{Caption: g.name, Columns: []ui.Column[app.RateRow]{
		ui.TextColumn(g.name, ui.Main, func(r app.RateRow) string { return r.Name.In(l) })}}
	for _, x := range p.lines() {
		s.Columns = append(s.Columns, ui.Column[app.RateRow]{Head: p.label(x.g), Kind: ui.Figures, Cell: func(r app.RateRow) templ.Component { return p.cell(x.i, g.id, r) }})
	}
	return s
}

// withTotal are the rows with their sum at the end.
func (p ratesPage) withTotal(g rowGroup) []app.RateRow {
	return append(slices.Clone(g.rows), p.groups()[0].rows...)
}

// cell is a reading of a row, whose numbers lead to their cases where a list can say which.
func (p ratesPage) cell(i int, division string, r app.RateRow) templ.Component {
	g := p.Proc.Rates[i]
	of := p.listed(g.Of, division, r.Code)
	part := ""
	if g.Part != nil {
		if source, ok := g.Of.ByOpening(); ok && source == "" {
			w := *g.Part
			w.Opened = true
			part = p.listed(w, division, r.Code)
		}
	}
	return readingCell(g, r.Now[i], part, of)
}

func maybeLink(address, text string) templ.Component {
	if address == "" {
		return ui.Text(text)
	}
	return linkCell(address, text)
}

// listed is the address of the list of the cases of a row, "" where a list cannot be narrowed to them.
func (p ratesPage) listed(w casework.Which, division, code string) string {
	source, ok := w.ByOpening()
	if !ok || division != "" && code == "" {
		return ""
	}
	q := url.Values{"procedure": {p.Proc.ID}, "source": {source}, "from": {p.Period.From.Format(time.DateOnly)}, "to": {p.Period.To.AddDate(0, 0, -1).Format(time.DateOnly)}}
	if division == "category" {
		division = "matter"
	}
	q.Set(division, code)
	return p.V.to("desk", "cases") + querying(q)
}

// change is how a reading differs from the one before, in words.
func change(l lang.Lang, g casework.Gauge, now, before casework.Reading) string {
	by, unit, ok := int64(0), l.T(" 个百分点", " points"), true
	switch {
	case g.Rate():
		x, ok1 := casework.Rate(now).Value()
		y, ok2 := casework.Rate(before).Value()
		by, ok = x-y, ok1 && ok2
	case g.Mean != "":
		if ok = now.Of > 0 && before.Of > 0; ok {
			by, unit = casework.Mean(now)-casework.Mean(before), l.T(" 小时", " hours")
		}
	default:
		by, unit = now.Of-before.Of, l.T(" 件", "")
	}
	if !ok {
		return "—"
	}
	if by == 0 {
		return l.T("持平", "unchanged")
	}
	size := by
	if by < 0 {
		size = -by
	}
	figure := strconv.FormatInt(size, 10)
	switch {
	case g.Rate():
		figure = strconv.FormatInt(size/100, 10) + "." + strconv.FormatInt(100+size%100, 10)[1:]
	case g.Mean != "":
		figure = strconv.FormatInt(size/10, 10) + "." + strconv.FormatInt(size%10, 10)
	}
	switch {
	case by > 0 && g.Rate():
		return l.T("上升 ", "up ") + figure + unit
	case by < 0 && g.Rate():
		return l.T("下降 ", "down ") + figure + unit
	case by > 0:
		return l.T("增加 ", "up ") + figure + unit
	}
	return l.T("减少 ", "down ") + figure + unit
}

// sentence says a rate of the total and the period before.
func (p ratesPage) sentence(x rateLine) string {
	l := p.V.lang
	now, before := p.Total.Now[x.i], p.Total.Before[x.i]
	said, was := x.g.Words(now), x.g.Words(before)
	switch {
	case x.g.Rate() && now.Of > 0:
		said += l.Tf("（%d/%d）", " (%d of %d)", now.Part, now.Of)
	case x.g.Rate():
	case x.g.Mean == "":
		said, was = said+l.T(" 件", ""), was+l.T(" 件", "")
	case now.Of > 0:
		said += l.Tf("（%d 件）", " (%d cases)", now.Of)
	}
	end := change(l, x.g, now, before)
	if end == "—" {
		end = l.T("无法比较", "not comparable")
	}
	return l.Tf("%[1]s %[2]s，%[3]s %[4]s，%[5]s。", "%[1]s: %[2]s; %[3]s: %[4]s; %[5]s.", p.label(x.g), said, beforeName(l, p.Span), was, end)
}

// named is the table of the cases that a rate names.
func (p ratesPage) named(dated bool) ui.Sheet[app.RateCase] {
	l := p.V.lang
	s := ui.Sheet[app.RateCase]{Columns: []ui.Column[app.RateCase]{
		ui.LinkColumn(l.T("案号", "Number"), ui.Main, func(c app.RateCase) ui.Link {
			return ui.Link{Label: c.Number, URL: p.V.to("case", strconv.FormatInt(int64(c.ID), 10))}
		}),
		ui.TextColumn(l.T("标题", "Title"), ui.Words, func(c app.RateCase) string { return c.Title }),
		ui.TextColumn(l.T("类别", "Category"), ui.Words, func(c app.RateCase) string { return c.Kind.In(l) }),
		ui.TextColumn(l.T("承办单位", "Unit"), ui.Words, func(c app.RateCase) string { return c.Unit.In(l) }),
	}}
	if dated {
		s.Columns = append(s.Columns, ui.TextColumn(l.T("期限", "Due"), ui.Brief, func(c app.RateCase) string {
			if c.Due.IsZero() {
				return ""
			}
			return ui.Date(l, c.Due.Add(-time.Millisecond)) // 24:00 belongs to its day
		}))
	}
	return s
}

func dated(list []app.RateCase) bool {
	for _, c := range list {
		if !c.Due.IsZero() {
			return true
		}
	}
	return false
}
