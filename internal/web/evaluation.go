package web

import (
	"net/url"
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/sheet"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// evaluationPage is 综合评价.
type evaluationPage struct {
	app.Evaluation
	Page   ui.Page
	V      *visit
	Form   evaluationForm
	Err    error
	Trail  []ui.Link // the areas above
	Name   string    // of the area whose parts are shown
	Export string
}

// evaluationForm is what is evaluated, as it stands in the address.
type evaluationForm struct {
	By     string // unit or area
	Span   string // month, last, year, custom
	From   string
	To     string
	Area   string
	Matter string
}

func (f evaluationForm) values() url.Values {
	return url.Values{"by": {f.By}, "span": {f.Span}, "from": {f.From}, "to": {f.To}, "area": {f.Area}, "matter": {f.Matter}}
}

func (f evaluationForm) query() string { return querying(f.values()) }

// querying is a form as it stands in an address; fields that say nothing are left out.
func querying(form url.Values) string {
	q := url.Values{}
	for name, v := range form {
		if v[0] != "" && name != "" {
			q.Set(name, v[0])
		}
	}
	return "?" + q.Encode()
}

// readEvaluation reads the form: this month by unit when it says nothing. Units' heads, who have no area,
// see their unit; whoever evaluates one area begins there.
func (v *visit) readEvaluation() (evaluationForm, app.EvaluationBy, error) {
	q := v.URL.Query()
	f := evaluationForm{By: q.Get("by"), Span: q.Get("span"), From: q.Get("from"), To: q.Get("to"), Area: q.Get("area"), Matter: q.Get("matter")}
	if f.By != "area" {
		f.By, f.Area = "unit", ""
	}
	by := app.EvaluationBy{Matter: f.Matter, Period: v.thisMonth()}
	month, year := by.Period.From, by.Period.From.AddDate(0, 1-int(by.Period.From.Month()), 0)
	var err error
	switch f.Span {
	case "last":
		by.Period = casework.Period{From: month.AddDate(0, -1, 0), To: month}
	case "year":
		by.Period = casework.Period{From: year, To: year.AddDate(1, 0, 0)}
	case "custom":
		var p casework.Period
		if p, err = customPeriod(f.From, f.To); err == nil {
			by.Period = p
		}
	default:
		f.Span = "month"
	}
	if f.Span != "custom" {
		f.From, f.To = by.Period.From.Format(time.DateOnly), by.Period.To.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	if f.By == "area" {
		if by.Area = f.Area; by.Area == "" {
			by.Area = v.evaluationTop()
		}
		if _, ok := v.zone.Tree.Area(by.Area); !ok {
			return f, by, errNoPage
		}
	}
	return f, by, err
}

func (v *visit) thisMonth() casework.Period {
	now := v.s.app.Now().In(calendar.Zone())
	from := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, calendar.Zone())
	return casework.Period{From: from, To: from.AddDate(0, 1, 0)}
}

func customPeriod(from, to string) (casework.Period, error) {
	var bad fault.List
	p := casework.Period{From: chosenDay(&bad, "from", from), To: chosenDay(&bad, "to", to).AddDate(0, 0, 1)}
	if bad == nil && !p.From.Before(p.To) {
		bad.Add("to", "结束日期早于开始日期。", "The last day is before the first.")
	}
	return p, bad.Err()
}

func chosenDay(bad *fault.List, field, s string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, calendar.Zone())
	if err != nil {
		bad.Add(field, "请选择日期，如 2026-03-01。", "Choose a date, such as 2026-03-01.")
	}
	return t
}

// evaluationTop is the area an evaluation by area begins with.
func (v *visit) evaluationTop() string {
	top := strconv.Itoa(v.zone.Code)
	for _, d := range v.viewer.Duties {
		if r, ok := app.RoleOf(d.Role); ok && r.Powers&app.Evaluate != 0 && d.Area != "" {
			if d.Area == top {
				return top
			}
			top = d.Area
		}
	}
	return top
}

func (v *visit) evaluation() (evaluationPage, error) {
	p := evaluationPage{Page: v.page(v.lang.T("综合评价", "Evaluation"), "evaluation"), V: v}
	f, by, err := v.readEvaluation()
	if err != nil && !wrong(err) {
		return p, err
	}
	p.Form, p.Err = f, err
	p.Evaluation, err = v.s.app.Evaluate(v.Context(), v.viewer, by)
	if wrong(err) { // a period too long: this month stands in while it is corrected
		p.Err, by.Period = err, v.thisMonth()
		p.Evaluation, err = v.s.app.Evaluate(v.Context(), v.viewer, by)
	}
	if err != nil {
		return p, err
	}
	if a, ok := v.zone.Tree.Area(by.Area); ok {
		p.Name = a.Name
		for _, up := range v.zone.Tree.Ancestors(by.Area) {
			if v.viewer.CanIn(app.Evaluate, up.Code) {
				p.Trail = append(p.Trail, ui.Link{Label: up.Name, URL: p.inArea(up.Code)})
			}
		}
	}
	if v.viewer.Can(app.Export) {
		p.Export = v.to("desk", "evaluation.xlsx") + f.query()
	}
	return p, nil
}

func (s *Server) showEvaluation(v *visit) error {
	p, err := v.evaluation()
	if err != nil {
		return err
	}
	return v.show(p.Err, evaluation(p))
}

// exportEvaluation sends the rows with every count and rate.
func (s *Server) exportEvaluation(v *visit) error {
	p, err := v.evaluation()
	if err == nil {
		err = p.Err
	}
	if err != nil {
		return err
	}
	words := p.periodWords() + " " + p.byWords()
	heads := []sheet.Heading{{Name: p.rowHead(), Width: 28}}
	for _, c := range counts() {
		heads = append(heads, sheet.Heading{Name: v.lang.T(c.zh, c.en), Width: 11})
	}
	for _, in := range casework.Indicators() {
		heads = append(heads, sheet.Heading{Name: in.Name.In(v.lang), Width: 12})
	}
	heads = append(heads, sheet.Heading{Name: v.lang.T("加权得分（示例）", "Weighted score (example)"), Width: 16})
	return v.sendFile("evaluation", v.lang.T("综合评价", "Evaluation"), heads, words, func(out fileRows) error {
		if err := s.app.RecordExport(v.Context(), v.viewer, "evaluation", words); err != nil {
			return err
		}
		for _, r := range append(p.Rows, app.EvaluationRow{Name: totalName, Tally: p.Total}) {
			cells := []any{r.Name.In(v.lang)}
			for _, c := range counts() {
				cells = append(cells, c.of(r.Tally))
			}
			for _, in := range casework.Indicators() {
				cells = append(cells, in.Of(r.Tally).String())
			}
			if err := out.Row(append(cells, casework.ScoreOf(r.Tally, casework.Jinniu()).String())...); err != nil {
				return err
			}
		}
		return nil
	})
}

// inArea is the same evaluation of the parts of an area.
func (p evaluationPage) inArea(code string) string {
	f := p.Form
	f.By, f.Area = "area", code
	return p.V.to("desk", "evaluation") + f.query()
}

// span is the address of another period.
func (p evaluationPage) span(span string) string {
	f := p.Form
	f.Span, f.From, f.To = span, "", ""
	return p.V.to("desk", "evaluation") + f.query()
}

func (p evaluationPage) periodTabs() []ui.Tab {
	l := p.V.lang
	tab := func(span, label string) ui.Tab {
		return ui.Tab{Label: label, URL: p.span(span), Current: p.Form.Span == span}
	}
	tabs := []ui.Tab{tab("month", l.T("本月", "This month")), tab("last", l.T("上月", "Last month")), tab("year", l.T("今年", "This year"))}
	if p.Form.Span == "custom" {
		tabs = append(tabs, ui.Tab{Label: l.T("自定义", "Custom"), URL: p.V.to("desk", "evaluation") + p.Form.query(), Current: true})
	}
	return tabs
}

func (p evaluationPage) periodWords() string { return p.V.fromTo(p.Period) }

// fromTo is a period by its first and last day.
func (v *visit) fromTo(p casework.Period) string {
	return p.From.Format(time.DateOnly) + v.lang.T(" 至 ", " to ") + p.To.AddDate(0, 0, -1).Format(time.DateOnly)
}

func (p evaluationPage) byWords() string {
	if p.Under == "" {
		return p.V.lang.T("按单位", "by unit")
	}
	return p.V.lang.T("按区域：", "by area: ") + p.Name
}

func (p evaluationPage) rowHead() string {
	l := p.V.lang
	if p.Under == "" {
		return l.T("单位", "Unit")
	}
	switch idcode.LevelOf(p.Under) {
	case idcode.District:
		return l.T("街道（镇）", "Street or town")
	case idcode.Street:
		return l.T("社区（村）", "Community or village")
	case idcode.Community:
		return l.T("网格", "Grid")
	}
	return l.T("微网格", "Micro-grid")
}

// sheet is the table of rows: what the desk looks at every day. All rates stand below it and in the file.
func (p evaluationPage) sheet() ui.Sheet[app.EvaluationRow] {
	l := p.V.lang
	figure := func(zh, en string, of func(casework.Tally) int64) ui.Column[app.EvaluationRow] {
		return ui.TextColumn(l.T(zh, en), ui.Figures, func(r app.EvaluationRow) string { return ui.Number(of(r.Tally)) })
	}
	rate := func(id string) ui.Column[app.EvaluationRow] {
		in := indicator(id)
		return ui.Column[app.EvaluationRow]{Head: in.Name.In(l), Kind: ui.Figures, Cell: func(r app.EvaluationRow) templ.Component {
			return rateCell(in.Of(r.Tally), in.Name.In(l)+l.T("＝", " = ")+in.Formula.In(l))
		}}
	}
	s := ui.Sheet[app.EvaluationRow]{Caption: p.byWords(), Columns: []ui.Column[app.EvaluationRow]{
		{Head: p.rowHead(), Kind: ui.Main, Cell: func(r app.EvaluationRow) templ.Component {
			if p.Under != "" && r.Code != "" && !r.Leaf && len(r.Code) < idcode.Micro.Digits() {
				return linkCell(p.inArea(r.Code), r.Name.In(l))
			}
			return ui.Text(r.Name.In(l))
		}},
		figure("上报数", "Reported", func(t casework.Tally) int64 { return t.Reported }),
		figure("应处置数", "To handle", func(t casework.Tally) int64 { return t.Handle.Should }),
		rate("handled"), rate("handled_on_time"), rate("overdue"), rate("extended"),
		figure("应结案数", "To close", func(t casework.Tally) int64 { return t.Close.Should }),
		rate("closed"), rate("closed_on_time"), rate("rework"), rate("satisfied"),
		figure("存量超期", "Backlog", func(t casework.Tally) int64 { return t.Backlog }),
		ui.TextColumn(l.T("加权得分（示例）", "Score (example)"), ui.Figures, func(r app.EvaluationRow) string {
			return casework.ScoreOf(r.Tally, casework.Jinniu()).String()
		}),
	}}
	s.Empty = ui.EmptyState{Icon: "chart-bar", Title: l.T("这一时段没有可统计的案件", "There is nothing to count in this period")}
	return s
}

func indicator(id string) casework.Indicator {
	for _, in := range casework.Indicators() {
		if in.ID == id {
			return in
		}
	}
	return casework.Indicator{Of: func(casework.Tally) casework.Rate { return casework.Rate{} }}
}

// withTotal are the rows with their sum at the end.
func (p evaluationPage) withTotal() []app.EvaluationRow {
	if len(p.Rows) == 0 {
		return nil
	}
	return append(append([]app.EvaluationRow{}, p.Rows...), app.EvaluationRow{Name: totalName, Tally: p.Total, Leaf: true})
}

func (p evaluationPage) rates() ui.Sheet[casework.Indicator] {
	l := p.V.lang
	return ui.Sheet[casework.Indicator]{Caption: l.T("全部指标与公式", "All rates and their formulas"), Columns: []ui.Column[casework.Indicator]{
		ui.TextColumn(l.T("指标", "Rate"), ui.Main, func(in casework.Indicator) string { return in.Name.In(l) }),
		ui.TextColumn(l.T("公式", "Formula"), ui.Words, func(in casework.Indicator) string { return in.Formula.In(l) }),
		ui.TextColumn(l.T("分子", "Part"), ui.Figures, func(in casework.Indicator) string { return ui.Number(in.Of(p.Total).Part) }),
		ui.TextColumn(l.T("分母", "Of"), ui.Figures, func(in casework.Indicator) string { return ui.Number(in.Of(p.Total).Of) }),
		ui.TextColumn(l.T("合计", "Total"), ui.Figures, func(in casework.Indicator) string { return in.Of(p.Total).String() }),
		ui.TextColumn(l.T("方向", "Better"), ui.Brief, func(in casework.Indicator) string {
			if in.Lower {
				return l.T("越低越好", "lower")
			}
			return l.T("越高越好", "higher")
		}),
	}}
}

// chartRows is how many bars one chart has room for.
const chartRows = 24

// onTime is the chart of the share handled in time.
func (p evaluationPage) onTime() ui.ChartSpec {
	l := p.V.lang
	in := indicator("handled_on_time")
	c := ui.ChartSpec{ID: "on-time", Title: in.Name.In(l), Note: in.Formula.In(l), Kind: ui.Lying, Unit: "%", Head: p.rowHead()}
	s := ui.Series{Name: in.Name.In(l), Tone: ui.Blue}
	for _, r := range p.Rows {
		v, ok := in.Of(r.Tally).Value()
		if !ok || len(c.Labels) == chartRows {
			continue
		}
		n := float64(v) / 100
		c.Labels, s.Values = append(c.Labels, r.Name.In(l)), append(s.Values, &n)
	}
	c.Series = []ui.Series{s}
	return c
}

// trend is the chart of what came in and what was closed, week by week.
func (p evaluationPage) trend() ui.ChartSpec {
	l := p.V.lang
	c := ui.ChartSpec{ID: "trend", Title: l.T("每周上报与结案", "Reported and closed by week"), Note: l.T("按周一起算", "weeks begin on Monday"), Kind: ui.Lines, Unit: l.T("件", ""), Head: l.T("周（起始日）", "Week from")}
	in, out := ui.Series{Name: l.T("上报", "Reported"), Tone: ui.Blue}, ui.Series{Name: l.T("结案", "Closed"), Tone: ui.Green}
	now := p.V.s.app.Now()
	for _, w := range p.Weeks {
		if w.From.After(now) {
			break
		}
		c.Labels = append(c.Labels, w.From.Format("01-02"))
		in.Values = append(in.Values, ui.Values(float64(w.Reported))...)
		out.Values = append(out.Values, ui.Values(float64(w.Closed))...)
	}
	c.Series = []ui.Series{in, out}
	return c
}
