package web

import (
	"net/url"
	"slices"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/sheet"
	"gezhi/internal/target"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// figuresPage is 兑现情况: what enterprises got, under the lines of the report and by one dimension at a time.
type figuresPage struct {
	Page    ui.Page
	V       *visit
	Form    url.Values // as it was asked for
	Err     error
	Figures app.FiguresPage
	Months  app.FiguresPage
	Lines   []reportRow
	Rates   app.GrantRates
	Reach   app.Reach
	Options map[string][]ui.Option // of the filter's fields
	Export  string
}

// reportRow is a line of the report with what leads behind it.
type reportRow struct {
	app.ReportedLine
	URL string // "" where the line is more than one filter can say
}

// figureFields are what the address says of figures.
var figureFields = []string{"from", "to", "by", "item", "area", "kind", "way"}

// readFigures reads the filter. Months that cannot be read are mistakes.
func readFigures(q url.Values) (app.FigureFilter, error) {
	f := app.FigureFilter{By: q.Get("by"), Item: q.Get("item"), Area: q.Get("area"), Kind: q.Get("kind"), Way: q.Get("way")}
	var bad fault.List
	month := func(field string) int {
		if q.Get(field) == "" {
			return 0
		}
		n, ok := casework.ParseMonth(q.Get(field))
		if !ok {
			bad.Add(field, "月份应写成 2026-03 的形式。", "Write the month as 2026-03.")
		}
		return n
	}
	f.From, f.To = month("from"), month("to")
	return f, bad.Err()
}

// figures works the page out. A filter that is wrong gives this year's figures while it is corrected.
func (v *visit) figures() (figuresPage, error) {
	p := figuresPage{Page: v.page(v.lang.T("兑现情况", "Payouts"), "payouts"), V: v, Form: url.Values{}}
	for _, name := range figureFields {
		p.Form.Set(name, v.URL.Query().Get(name))
	}
	f, err := readFigures(p.Form)
	if err == nil {
		p.Figures, err = v.s.app.PayoutFigures(v.Context(), v.viewer, f)
	}
	if wrong(err) {
		p.Err, f = err, app.FigureFilter{}
		p.Figures, err = v.s.app.PayoutFigures(v.Context(), v.viewer, f)
	}
	if err != nil {
		return p, err
	}
	f = p.Figures.FigureFilter
	_, lines, err := v.s.app.PayoutReport(v.Context(), v.viewer, f)
	if err != nil {
		return p, err
	}
	p.Lines = p.leading(lines)
	if p.Rates, err = v.s.app.GrantRates(v.Context(), v.viewer, f); err != nil {
		return p, err
	}
	if p.Reach, err = v.s.app.PayoutReach(v.Context(), v.viewer, f); err != nil {
		return p, err
	}
	if v.viewer.Can(app.Export) {
		p.Export = v.to("desk", "payouts", "export.xlsx") + querying(p.Form)
	}
	if err := p.options(); err != nil {
		return p, err
	}
	f.By, f.From = "month", min(f.From, f.To/100*100+1)
	p.Months, err = v.s.app.PayoutFigures(v.Context(), v.viewer, f)
	return p, err
}

// options are what the filter's fields offer: what there is in the months.
func (p *figuresPage) options() error {
	l := p.V.lang
	p.Options = map[string][]ui.Option{}
	for _, by := range []string{"item", "kind"} {
		f := app.FigureFilter{From: p.Figures.From, To: p.Figures.To, By: by}
		all, err := p.V.s.app.PayoutFigures(p.V.Context(), p.V.viewer, f)
		if err != nil {
			return err
		}
		for _, x := range all.Lines {
			if x.Key != "" {
				p.Options[by] = append(p.Options[by], ui.Option{Value: x.Key, Label: x.Name.In(l)})
			}
		}
	}
	for _, w := range policy.Ways() {
		p.Options["way"] = append(p.Options["way"], ui.Option{Value: w.ID, Label: w.Name.In(l)})
	}
	for _, a := range p.V.zone.Tree.Children(itoa(p.V.zone.Code)) {
		p.Options["area"] = append(p.Options["area"], ui.Option{Value: a.Code, Label: a.Name})
	}
	for name, list := range p.Options {
		p.Options[name] = append([]ui.Option{{Label: l.T("全部", "All")}}, list...)
	}
	return nil
}

func (s *Server) showFigures(v *visit) error {
	p, err := v.figures()
	if err != nil {
		return err
	}
	return v.show(p.Err, figuresView(p))
}

// figureTable is the lines by one dimension.
type figureTable struct {
	By    app.Named
	Lines app.FiguresPage
}

// tables are the lines by every dimension, for paper and for the file.
func (p figuresPage) tables() ([]figureTable, error) {
	var out []figureTable
	for _, by := range app.FigureDimensions() {
		f := p.Figures.FigureFilter
		f.By = by.ID
		lines, err := p.V.s.app.PayoutFigures(p.V.Context(), p.V.viewer, f)
		if err != nil {
			return nil, err
		}
		out = append(out, figureTable{by, lines})
	}
	return out, nil
}

// figuresOut is the page to be taken out, with nothing wrong in its form.
func (v *visit) figuresOut() (figuresPage, []figureTable, error) {
	p, err := v.figures()
	if err == nil {
		err = p.Err
	}
	if err != nil {
		return p, nil, err
	}
	tables, err := p.tables()
	return p, tables, err
}

// showFiguresReport is the same to be printed.
func (s *Server) showFiguresReport(v *visit) error {
	p, tables, err := v.figuresOut()
	if err != nil {
		return err
	}
	p.Page.Title = v.lang.Tf("惠企政策兑现情况（%s）", "Payouts to enterprises, %s", p.span())
	return v.render(figuresReport(p, tables))
}

// exportFigures sends the report and the lines by every dimension, amounts to the 分.
func (s *Server) exportFigures(v *visit) error {
	p, tables, err := v.figuresOut()
	if err != nil {
		return err
	}
	l := v.lang
	heads := []sheet.Heading{{Name: l.T("分组", "Group"), Width: 14}, {Name: l.T("名称", "Name"), Width: 34}, {Name: l.T("累计件数", "Year: pieces"), Width: 10}, {Name: l.T("累计户数", "Year: enterprises"), Width: 10},
		{Name: l.T("累计金额（元）", "Year: CNY"), Width: 18}, {Name: l.T("本期件数", "Pieces"), Width: 10}, {Name: l.T("本期户数", "Enterprises"), Width: 10}, {Name: l.T("本期金额（元）", "CNY"), Width: 18},
		{Name: l.T("上年同期金额（元）", "CNY a year before"), Width: 18}, {Name: l.T("同比", "Growth"), Width: 10}}
	return v.sendFile("payouts", l.T("兑现情况", "Payouts"), heads, p.words(), func(out fileRows) error {
		if err := s.app.RecordExport(v.Context(), v.viewer, "payouts", p.words()); err != nil {
			return err
		}
		row := func(group, name string, year *policy.Figures, x app.FigureLine) error {
			cells := []any{group, name, "", "", ""}
			if year != nil {
				cells = []any{group, name, year.Pieces, year.Enterprises, rules.FormatMoney(year.Amount)}
			}
			return out.Row(append(cells, x.Pieces, x.Enterprises, rules.FormatMoney(x.Amount), rules.FormatMoney(x.Before.Amount), growthWords(x))...)
		}
		if err := row(l.T("合计", "Total"), "", &p.Figures.Cumulative.Figures, p.Figures.Total); err != nil {
			return err
		}
		for _, x := range p.Lines {
			if err := row(l.T("报表", "Report"), p.lineName(x), &x.Year, x.line()); err != nil {
				return err
			}
		}
		for _, t := range tables {
			for _, x := range t.Lines.Lines {
				if err := row(t.By.Name.In(l), x.Name.In(l), nil, x); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// line is the present months of a line beside those a year before.
func (x reportRow) line() app.FigureLine { return app.FigureLine{Figures: x.Now, Before: x.Before} }

// leading gives each line the address of what is behind it, where one way and one kind say it.
func (p figuresPage) leading(lines []app.ReportedLine) []reportRow {
	out := make([]reportRow, len(lines))
	var ways [][]string // of the lines above, by depth
	for i, x := range lines {
		ways = ways[:x.Depth]
		mine := x.Ways
		if len(mine) == 0 && x.Depth > 0 {
			mine = ways[x.Depth-1]
		}
		ways = append(ways, mine)
		out[i].ReportedLine = x
		if len(mine) == 1 && len(x.Kinds) <= 1 && len(x.Items) == 0 {
			out[i].URL = p.at(map[string]string{"way": mine[0], "kind": append(slices.Clone(x.Kinds), "")[0], "by": "item", "item": ""})
		}
	}
	return out
}

// at is the same page with some of its filter changed.
func (p figuresPage) at(change map[string]string, path ...string) string {
	q := url.Values{}
	for name, list := range p.Form {
		q[name] = list
	}
	for name, s := range change {
		q.Set(name, s)
	}
	return p.V.to(append([]string{"desk", "payouts"}, path...)...) + querying(q)
}

// behind is what a line by a dimension leads to; "" for what nobody has said.
func (p figuresPage) behind(by, key string) string {
	switch {
	case key == "":
		return ""
	case by == "month":
		return p.at(map[string]string{"from": key, "to": key, "by": "item"})
	case by == "item":
		return p.at(map[string]string{"item": key, "by": "month"})
	}
	return p.at(map[string]string{by: key, "by": "item"})
}

// narrowed reports a filter of more than months.
func (p figuresPage) narrowed() bool {
	f := p.Figures.FigureFilter
	return f.Item+f.Area+f.Kind+f.Way != ""
}

// span is the months in words.
func (p figuresPage) span() string {
	if p.Figures.From == p.Figures.To {
		return monthWord(p.Figures.To)
	}
	return monthWord(p.Figures.From) + p.V.lang.T(" 至 ", " to ") + monthWord(p.Figures.To)
}

// words is what is selected, in words.
func (p figuresPage) words() string {
	out := p.span()
	for _, name := range []string{"item", "area", "kind", "way"} {
		if s := p.Form.Get(name); s != "" {
			out += p.V.lang.T("，", ", ") + p.label(name, s)
		}
	}
	return out
}

// label is a value of the filter as its field offers it.
func (p figuresPage) label(name, value string) string {
	for _, o := range p.Options[name] {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}

func (p figuresPage) periods() []ui.Tab {
	l := p.V.lang
	now := p.V.s.app.Now()
	this := now.Year()*100 + int(now.Month())
	quarter := now.Year()*100 + (int(now.Month())-1)/3*3 + 1
	var out []ui.Tab
	for _, t := range []struct {
		zh, en   string
		from, to int
	}{{"本月", "This month", this, this}, {"本季度", "This quarter", quarter, this}, {"今年", "This year", this/100*100 + 1, this}, {"去年", "Last year", this/100*100 - 99, this/100*100 - 88}} {
		out = append(out, ui.Tab{Label: l.T(t.zh, t.en), Current: p.Err == nil && p.Figures.From == t.from && p.Figures.To == t.to,
			URL: p.at(map[string]string{"from": monthWord(t.from), "to": monthWord(t.to)})})
	}
	return out
}

func (p figuresPage) dimensions() []ui.Tab {
	var out []ui.Tab
	for _, by := range app.FigureDimensions() {
		out = append(out, ui.Tab{Label: by.Name.In(p.V.lang), Current: by.ID == p.Figures.By, URL: p.at(map[string]string{"by": by.ID}) + "#lines"})
	}
	return out
}

// bigMoney is an amount as leaders read it, two decimals of 亿元 or 万元. English has it in full.
func bigMoney(l lang.Lang, fen int64) (value, unit string) {
	switch {
	case l != lang.ZH:
		return ui.Yuan(fen), "yuan"
	case ui.Cents(fen, ui.Wan) >= 10_000_00 || ui.Cents(fen, ui.Wan) <= -10_000_00:
		return ui.Rounded(fen, ui.Yi), "亿元"
	}
	return ui.Rounded(fen, ui.Wan), "万元"
}

// lineMoney is an amount in the unit of its line.
func lineMoney(l lang.Lang, x reportRow, fen int64) string {
	switch {
	case l != lang.ZH:
		return ui.Yuan(fen)
	case x.Unit == "亿元":
		return ui.Rounded(fen, ui.Yi) + " 亿元"
	}
	return ui.Rounded(fen, ui.Wan) + " 万元"
}

func shareWords(tenths int64, ok bool) string {
	if !ok {
		return "—"
	}
	return ui.Percent(tenths, 1000)
}

// growthWords is how much more it is than a year before: +12.3%, or — when there was nothing.
func growthWords(x app.FigureLine) string {
	n, ok := x.Growth()
	if ok && n > 0 {
		return "+" + shareWords(n, ok)
	}
	return shareWords(n, ok)
}

func (p figuresPage) cards() []ui.StatCard {
	l := p.V.lang
	year, now := p.Figures.Cumulative, p.Figures.Total
	whole := l.T("全区，不按街道、方式和税种细分", "of the whole district")
	sum := func(label, note string, x app.FigureLine) ui.StatCard {
		value, unit := bigMoney(l, x.Amount)
		return ui.StatCard{Label: label, Value: value, Unit: unit, Note: note}
	}
	cards := []ui.StatCard{
		sum(l.Tf("%d 年累计", "%d so far", p.Figures.To/100), l.Tf("%[1]s 户、%[2]s 件；截至 %[3]s", "%[1]s enterprises, %[2]s pieces; till %[3]s", ui.Number(year.Enterprises), ui.Number(year.Pieces), monthWord(p.Figures.To)), year),
		sum(l.T("本期金额", "In these months"), l.Tf("同比 %s", "%s on a year before", growthWords(now)), now),
		{Label: l.T("本期户数", "Enterprises"), Value: ui.Number(now.Enterprises), Unit: l.T("户", ""), Note: l.Tf("%s 件", "%s pieces", ui.Number(now.Pieces))},
		{Label: l.T("兑付率", "Paid of due"), Value: shareWords(p.Rates.Share()), Note: l.Tf("%[1]s 笔已到账÷%[2]s 笔应兑付", "%[1]s paid ÷ %[2]s due", ui.Number(p.Rates.Paid), ui.Number(p.Rates.Due)), URL: p.behindRates()},
		{Label: l.T("覆盖率", "Reached"), Value: shareWords(p.Reach.Share()), Note: l.Tf("%[1]s 户已享受÷%[2]s 户符合条件或已享受", "%[1]s got something ÷ %[2]s that may or did", ui.Number(p.Reach.Paid), ui.Number(p.Reach.Matched)), URL: p.V.to("desk", "policies")},
		{Label: l.T("平均兑付时长", "Mean time to pay"), Value: "—", Note: l.T("从列入名单或申报到到账", "from the list or the application to the money")},
	}
	if p.Rates.Paid > 0 {
		cards[5].Value = ui.Span(l, p.Rates.Mean)
	}
	if p.Rates.Overdue > 0 {
		cards = append(cards, ui.StatCard{Label: l.T("审核超期", "Overdue"), Value: ui.Number(p.Rates.Overdue), Unit: l.T("笔", ""), Tone: ui.Red, Note: l.T("申报超过承诺时限未办结", "applications past their promise")})
	}
	if p.narrowed() {
		cards[4].Note += l.T("；", "; ") + whole
	}
	return cards
}

// behindRates is the address of the grants that rates are of; "" for who does not work on them.
func (p figuresPage) behindRates() string {
	if !p.V.viewer.Can(app.Policies | app.PayOut) {
		return ""
	}
	return p.V.to("desk", "grants")
}

func (p figuresPage) lineName(x reportRow) string {
	if x.Depth > 0 {
		return p.V.lang.T("其中：", "of it: ") + x.Name.In(p.V.lang)
	}
	return x.Name.In(p.V.lang)
}

// report is the labelled lines: cumulative and the present months apart.
func (p figuresPage) report() ui.Sheet[reportRow] {
	l := p.V.lang
	column := func(zh, en, shows string, of func(reportRow) policy.Figures) ui.Column[reportRow] {
		return ui.TextColumn(l.T(zh, en), ui.Figures, func(x reportRow) string {
			if !slices.Contains(x.Shows, shows) {
				return ""
			}
			switch f := of(x); shows {
			case "enterprises":
				return ui.Number(f.Enterprises)
			case "pieces":
				return ui.Number(f.Pieces)
			default:
				return lineMoney(l, x, f.Amount)
			}
		})
	}
	year := func(x reportRow) policy.Figures { return x.Year }
	now := func(x reportRow) policy.Figures { return x.Now }
	return ui.Sheet[reportRow]{Caption: l.T("兑现报表", "Report of payouts"), Columns: []ui.Column[reportRow]{
		{Head: l.T("项目", "Line"), Kind: ui.Main, Cell: func(x reportRow) templ.Component { return maybeLink(x.URL, p.lineName(x)) }},
		column("累计金额", "So far (CNY)", "amount", year), column("累计户数", "Enterprises", "enterprises", year), column("累计件数", "Pieces", "pieces", year),
		column("本期金额", "Now (CNY)", "amount", now), column("本期户数", "Enterprises now", "enterprises", now), column("本期件数", "Pieces now", "pieces", now),
		ui.TextColumn(l.T("同比", "Growth"), ui.Figures, func(x reportRow) string { return growthWords(x.line()) }),
	}}
}

// byLines are the lines of one dimension.
func (p figuresPage) byLines(by app.Named) ui.Sheet[app.FigureLine] {
	l := p.V.lang
	return ui.Sheet[app.FigureLine]{Caption: by.Name.In(l), Columns: []ui.Column[app.FigureLine]{
		{Head: by.Name.In(l), Kind: ui.Main, Cell: func(x app.FigureLine) templ.Component { return maybeLink(p.behind(by.ID, x.Key), x.Name.In(l)) }},
		ui.TextColumn(l.T("件数", "Pieces"), ui.Figures, func(x app.FigureLine) string { return ui.Number(x.Pieces) }),
		ui.TextColumn(l.T("户数", "Enterprises"), ui.Figures, func(x app.FigureLine) string { return ui.Number(x.Enterprises) }),
		ui.TextColumn(l.T("金额（元）", "Amount (CNY)"), ui.Figures, func(x app.FigureLine) string { return ui.Yuan(x.Amount) }),
		ui.TextColumn(l.T("占比", "Share"), ui.Figures, func(x app.FigureLine) string { return shareWords(target.Share(x.Amount, p.Figures.Total.Amount)) }),
		ui.TextColumn(l.T("上年同期（元）", "A year before (CNY)"), ui.Figures, func(x app.FigureLine) string { return ui.Yuan(x.Before.Amount) }),
		ui.TextColumn(l.T("同比", "Growth"), ui.Figures, growthWords),
	}, Empty: ui.EmptyState{Icon: "chart-bar", Title: l.T("这些月份没有兑现记录", "Nothing was paid in these months")}}
}

// by is the dimension that is shown.
func (p figuresPage) by() app.Named {
	all := app.FigureDimensions()
	return all[max(0, slices.IndexFunc(all, func(n app.Named) bool { return n.ID == p.Figures.By }))]
}

// chart is the months of the year beside those of the year before.
func (p figuresPage) chart() ui.ChartSpec {
	l := p.V.lang
	c := ui.ChartSpec{ID: "payout-months", Title: l.T("按月兑现金额", "By month"), Kind: ui.Bars, Unit: l.T("万元", "10,000 yuan"), Head: l.T("月份", "Month")}
	now, before := ui.Series{Name: l.T("当年", "This year"), Tone: ui.Blue}, ui.Series{Name: l.T("上年同期", "A year before"), Tone: ui.Grey}
	for month := p.Months.From; month <= p.Months.To; month++ {
		if month%100 > 12 {
			month += 88
		}
		var x app.FigureLine
		if i := slices.IndexFunc(p.Months.Lines, func(x app.FigureLine) bool { return x.Key == monthWord(month) }); i >= 0 {
			x = p.Months.Lines[i]
		}
		c.Labels = append(c.Labels, monthWord(month))
		now.Values = append(now.Values, ui.Values(float64(ui.Cents(x.Amount, ui.Wan))/100)...)
		before.Values = append(before.Values, ui.Values(float64(ui.Cents(x.Before.Amount, ui.Wan))/100)...)
	}
	c.Series = []ui.Series{now, before}
	return c
}

// cleared is the page without a filter; "" when none is set.
func (p figuresPage) cleared() string {
	if p.narrowed() {
		return p.at(map[string]string{"item": "", "area": "", "kind": "", "way": ""})
	}
	return ""
}

// unitAfter is a unit behind its figure.
func unitAfter(unit string) string {
	if unit == "" {
		return ""
	}
	return " " + unit
}
