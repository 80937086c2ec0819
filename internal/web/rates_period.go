package web

import (
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// The spans of a report, as they stand in its address.
const (
	spanMonth   = "month"
	spanQuarter = "quarter"
	spanYear    = "year"
	spanDays    = "days"
)

// ratesForm is what a report is about, as it stands in the address.
type ratesForm struct {
	Procedure string
	By        string // category, unit or area
	Span      string
	From      string // a day of the month, the quarter or the year; the first day where days are chosen
	To        string // the last day where days are chosen
}

// readRates reads the form: the first procedure and this quarter when it says nothing. What is wrong with the days comes
// back beside them, with this quarter in their stead.
func (v *visit) readRates(may []*casework.Procedure) (ratesForm, app.RateBy, error) {
	q := v.URL.Query()
	f := ratesForm{Procedure: q.Get("procedure"), By: q.Get("by"), Span: q.Get("span"), From: q.Get("from"), To: q.Get("to")}
	if f.Procedure == "" && len(may) > 0 {
		f.Procedure = may[0].ID
	}
	if f.By != "unit" && f.By != "area" {
		f.By = "category"
	}
	if f.Span != spanMonth && f.Span != spanYear && f.Span != spanDays {
		f.Span = spanQuarter
	}
	p, err := f.period(v.s.app.Now())
	if err != nil {
		return f, byPeriod(f.Procedure, spanQuarter, spanAround(spanQuarter, v.s.app.Now())), err
	}
	if f.Span != spanDays {
		f.From, f.To = p.From.Format(time.DateOnly), ""
	}
	return f, byPeriod(f.Procedure, f.Span, p), nil
}

func (f ratesForm) period(now time.Time) (casework.Period, error) {
	if f.Span == spanDays {
		return customPeriod(f.From, f.To)
	}
	if f.From == "" {
		return spanAround(f.Span, now), nil
	}
	var bad fault.List
	day := chosenDay(&bad, "from", f.From)
	return spanAround(f.Span, day), bad.Err()
}

// spanAround is the month, quarter or year that an instant lies in.
func spanAround(span string, at time.Time) casework.Period {
	at = at.In(calendar.Zone())
	month, n := at.Month(), months(span)
	from := time.Date(at.Year(), month-(month-1)%time.Month(n), 1, 0, 0, 0, 0, calendar.Zone())
	return casework.Period{From: from, To: from.AddDate(0, n, 0)}
}

func months(span string) int {
	switch span {
	case spanMonth:
		return 1
	case spanQuarter:
		return 3
	}
	return 12
}

// byPeriod compares a period with the one before it: the month, quarter or year before, or as many days.
func byPeriod(procedure, span string, p casework.Period) app.RateBy {
	before := casework.Period{From: p.From.AddDate(0, -months(span), 0), To: p.From}
	if span == spanDays {
		days := int(p.To.Sub(p.From).Hours() / 24)
		before.From = p.From.AddDate(0, 0, -days)
	}
	return app.RateBy{Procedure: procedure, Period: p, Before: before}
}

// spanName is a period in words: 2026年第一季度.
func (v *visit) spanName(span string, p casework.Period) string {
	l, year, month := v.lang, p.From.Year(), int(p.From.Month())
	switch span {
	case spanMonth:
		return l.Tf("%[1]d年%[2]d月", "%[3]s %[1]d", year, month, p.From.Month().String())
	case spanQuarter:
		q := (month - 1) / 3
		return l.Tf("%[1]d年第%[2]s季度", "the %[3]s quarter of %[1]d", year, [...]string{"一", "二", "三", "四"}[q], [...]string{"first", "second", "third", "fourth"}[q])
	case spanYear:
		return l.Tf("%d年", "%d", year)
	}
	return v.fromTo(p)
}

// beforeName is what the period before is called beside the one shown.
func beforeName(l lang.Lang, span string) string {
	switch span {
	case spanMonth:
		return l.T("上月", "month before")
	case spanQuarter:
		return l.T("上季度", "quarter before")
	case spanYear:
		return l.T("上年", "year before")
	}
	return l.T("上期", "period before")
}
