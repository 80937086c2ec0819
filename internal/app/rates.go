package app

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/store"
)

// RateReport is what a procedure's rates come to in a period: sums by category, unit and area, never by person
// (国办函〔2026〕12 号). Rows stand in the order of codes, not of scores.
type RateReport struct {
	Proc       *casework.Procedure
	Period     casework.Period
	Before     casework.Period // what it is compared with
	Total      RateRow
	Categories []RateRow // empty where the procedure has none
	Units      []RateRow
	Areas      []RateRow   // empty where cases lie nowhere in particular
	Named      []RateCases // of the rates that name their cases, in their order
	Made       time.Time   // as of when
}

// RateRow is what part of the cases come to, rate by rate.
type RateRow struct {
	Code        string // "" for the total, and for what belongs to none
	Name        lang.Text
	Now, Before []casework.Reading
}

// RateCases are the cases of one rate.
type RateCases struct {
	Rate int // place in Proc.Rates
	List []RateCase
	More int // how many more there are
}

// RateCase is one case that a rate names.
type RateCase struct {
	ID     casework.ID
	Number string
	Title  string
	Kind   lang.Text
	Unit   lang.Text
	Due    time.Time // zero where the rate looks at no deadline
}

// RateBy says what a report is about.
type RateBy struct {
	Procedure string
	Period    casework.Period
	Before    casework.Period
}

// namedCases is how many cases of a rate a report names.
const namedCases = 200

// Reported are the procedures whose rates the viewer may read. Those of confidential cases are for whoever may know who
// reported them, and for a unit that sees its own: others see too few of the cases for the figures to be true.
func (z *Zone) Reported(v Viewer) []*casework.Procedure {
	scope := v.scopeWith(Evaluate)
	return slices.DeleteFunc(slices.Clone(z.Procedures()), func(p *casework.Procedure) bool {
		return len(p.Rates) == 0 || p.Confidential() && unitsOnly(scope) == nil &&
			!slices.ContainsFunc(p.Sealed, func(role string) bool { return slices.Contains(scope.Roles, role) })
	})
}

// Rates reads a procedure's rates over the cases that the viewer's evaluating duties may read. A unit's head has the
// unit's own. Who reported a confidential case is neither read nor shown.
func (a *App) Rates(ctx context.Context, v Viewer, by RateBy) (RateReport, error) {
	if err := v.need(Evaluate); err != nil {
		return RateReport{}, err
	}
	for _, p := range []casework.Period{by.Period, by.Before} {
		if err := checkPeriod(p); err != nil {
			return RateReport{}, err
		}
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return RateReport{}, err
	}
	may := z.Reported(v)
	i := slices.IndexFunc(may, func(p *casework.Procedure) bool { return p.ID == by.Procedure })
	if i < 0 {
		return RateReport{}, fault.New(fault.NotFound, "这类事项没有您可以查看的统计指标。", "There are no rates of this procedure that you may read.")
	}
	p, scope := may[i], v.scopeWith(Evaluate)
	var t *rateTable
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		t = newRateTable(z, p, by, scope, r.Now)
		return r.EachTold(scope, p.ID, p.Watched(), by.end(), t.add)
	})
	if err != nil {
		return RateReport{}, err
	}
	return t.report(), nil
}

// end is when the later of the two periods ends.
func (by RateBy) end() time.Time {
	if by.Before.To.After(by.Period.To) {
		return by.Before.To
	}
	return by.Period.To
}

// rateTable adds readings up.
type rateTable struct {
	z           *Zone
	p           *casework.Procedure
	by          RateBy
	made        time.Time
	units       []string // when set, only cases that these units held last count
	under       string   // the area whose parts are rows
	now, before *casework.Gauging

	total                    RateRow
	categories, held, places map[string]*RateRow
	named                    []RateCases
}

func newRateTable(z *Zone, p *casework.Procedure, by RateBy, scope store.Scope, now time.Time) *rateTable {
	cal := z.Env(now).Calendar
	t := &rateTable{z: z, p: p, by: by, made: now, units: unitsOnly(scope), under: strconv.Itoa(z.Code),
		now: p.NewGauging(by.Period, now, cal), before: p.NewGauging(by.Before, now, cal),
		categories: map[string]*RateRow{}, held: map[string]*RateRow{}, places: map[string]*RateRow{}}
	if !scope.All && len(scope.Areas) == 1 {
		t.under = scope.Areas[0]
	}
	t.total = t.row()
	for i, g := range p.Rates {
		if g.List {
			t.named = append(t.named, RateCases{Rate: i})
		}
	}
	return t
}

func (t *rateTable) row() RateRow {
	return RateRow{Now: make([]casework.Reading, len(t.p.Rates)), Before: make([]casework.Reading, len(t.p.Rates))}
}

func (t *rateTable) at(rows map[string]*RateRow, code string) *RateRow {
	if rows[code] == nil {
		r := t.row()
		r.Code = code
		rows[code] = &r
	}
	return rows[code]
}

func (t *rateTable) add(c *store.Told) error {
	if t.units != nil && !slices.Contains(t.units, c.Unit) {
		return nil
	}
	ran := t.z.Version(c.Procedure, c.Version)
	if ran == nil {
		return fault.New(fault.Internal, "", "procedure %s version %d is missing", c.Procedure, c.Version)
	}
	now, before := t.now.Read(ran, &c.Case, c.Steps), t.before.Read(ran, &c.Case, c.Steps)
	if !counts(now) && !counts(before) {
		return nil
	}
	rows := []*RateRow{&t.total, t.at(t.categories, c.Matter), t.at(t.held, c.Unit)}
	if t.p.Placed != casework.Unwanted {
		rows = append(rows, t.at(t.places, partOf(t.under, c.Place.Area)))
	}
	for _, r := range rows {
		for i := range now {
			r.Now[i], r.Before[i] = r.Now[i].Add(now[i]), r.Before[i].Add(before[i])
		}
	}
	for i := range t.named {
		t.name(&t.named[i], c, ran, now[t.named[i].Rate])
	}
	return nil
}

func counts(readings []casework.Reading) bool {
	return slices.ContainsFunc(readings, func(r casework.Reading) bool { return r.Of > 0 })
}

// name puts a case on the list of a rate that counts it.
func (t *rateTable) name(list *RateCases, c *store.Told, ran *casework.Procedure, r casework.Reading) {
	g := t.p.Rates[list.Rate]
	switch {
	case r.Of == 0 || g.Rate() && r.Part == 0:
	case len(list.List) == namedCases:
		list.More++
	default:
		list.List = append(list.List, RateCase{ID: c.ID, Number: c.Number, Title: c.Title, Kind: t.z.Kind(c.Case),
			Unit: t.z.Units[c.Unit].Name, Due: t.now.Due(g, ran, &c.Case)})
	}
}

func (t *rateTable) report() RateReport {
	out := RateReport{Proc: t.p, Period: t.by.Period, Before: t.by.Before, Total: t.total, Named: t.named, Made: t.made}
	if t.p.About == casework.AboutCategories {
		for _, k := range t.p.Categories { // those too in which nothing happened
			r := *t.at(t.categories, k.Code)
			r.Name = k.Name
			out.Categories = append(out.Categories, r)
			delete(t.categories, k.Code)
		}
		out.Categories = append(out.Categories, t.sorted(t.categories, lang.Text{ZH: "其他类别", EN: "Other categories"})...)
	}
	out.Units = t.sorted(t.held, lang.Text{ZH: "未交单位", EN: "With no unit"})
	if t.p.Placed != casework.Unwanted {
		out.Areas = t.sorted(t.places, placedNoDeeper)
	}
	return out
}

// sorted are rows in the order of their codes, what belongs to none last.
func (t *rateTable) sorted(rows map[string]*RateRow, none lang.Text) []RateRow {
	var out []RateRow
	for _, code := range slices.Sorted(maps.Keys(rows)) {
		if code != "" {
			rows[code].Name = t.z.codeName(code)
			out = append(out, *rows[code])
		}
	}
	if r, ok := rows[""]; ok {
		r.Name = none
		out = append(out, *r)
	}
	return out
}
