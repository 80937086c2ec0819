package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/store"
)

// Evaluation is the 综合评价 of a period: sums by unit or by area, never by person
// (国办函〔2026〕12 号: no ranking of workers).
type Evaluation struct {
	Period casework.Period
	Under  string // the area whose parts are the rows; "" by unit
	Rows   []EvaluationRow
	Total  casework.Tally
	Weeks  []Week
}

// EvaluationRow is one unit or one area. Rows stand in the order of codes, not of scores.
type EvaluationRow struct {
	Code  string // "" for what belongs to none: not dispatched to a unit, or placed no deeper than Under
	Name  lang.Text
	Tally casework.Tally
	Leaf  bool // an area without parts
}

// Week is one week of the period, from Monday or the period's first day.
type Week struct {
	From     time.Time
	Reported int
	Closed   int
}

// EvaluationBy says what the rows of an evaluation are.
type EvaluationBy struct {
	Period casework.Period
	Area   string // rows are the parts of this area; "" for rows by unit
	Matter string // prefix; "" for every matter
}

// longestPeriod bounds what one page reads.
const longestPeriod = 5 * 366 * 24 * time.Hour

func checkPeriod(p casework.Period) error {
	if !p.From.Before(p.To) || p.To.Sub(p.From) > longestPeriod {
		return fault.Field("to", "统计时段应在五年以内，且结束不早于开始。", "The period must end after it begins and be at most five years long.")
	}
	return nil
}

// Evaluate sums the cases of the period that the viewer may evaluate. A unit's head sees the unit's own row.
func (a *App) Evaluate(ctx context.Context, v Viewer, by EvaluationBy) (Evaluation, error) {
	err := v.need(Evaluate)
	if by.Area != "" {
		err = v.needIn(Evaluate, by.Area)
	}
	if err != nil {
		return Evaluation{}, err
	}
	if err := checkPeriod(by.Period); err != nil {
		return Evaluation{}, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return Evaluation{}, err
	}
	scope := v.scopeWith(Evaluate)
	var s *sums
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		s = &sums{z: z, by: by, now: r.Now, tallies: map[string]casework.Tally{}, weeks: weeksOf(by.Period)}
		s.units = unitsOnly(scope)
		return r.EachTallied(scope, store.CaseFilter{Area: by.Area, Matter: by.Matter}, by.Period.From, by.Period.To, s.add)
	})
	if err != nil {
		return Evaluation{}, err
	}
	return Evaluation{Period: by.Period, Under: by.Area, Rows: s.rows(scope), Total: s.total, Weeks: s.weeks}, nil
}

// scopeWith is what the viewer's duties with the power let them read.
func (v Viewer) scopeWith(p Power) store.Scope {
	w := v
	w.Duties = slices.DeleteFunc(slices.Clone(v.Duties), func(d casework.Duty) bool { return powers(d.Role)&p == 0 })
	return w.workScope()
}

// unitsOnly are the units of a scope that reaches no area: of what they ever held, only what they held last is theirs.
func unitsOnly(s store.Scope) []string {
	if s.All || len(s.Areas) > 0 {
		return nil
	}
	return s.Units
}

// sums adds cases up by unit or area.
type sums struct {
	z       *Zone
	by      EvaluationBy
	units   []string // when set, only cases that these units held last count
	now     time.Time
	tallies map[string]casework.Tally
	total   casework.Tally
	weeks   []Week
}

func (s *sums) add(c casework.Case, unit string) error {
	if s.units != nil && !slices.Contains(s.units, unit) {
		return nil
	}
	p := s.z.Version(c.Procedure, c.Version)
	if p == nil {
		return fault.New(fault.Internal, "", "procedure %s version %d is missing", c.Procedure, c.Version)
	}
	t := p.Tally(c, s.by.Period, s.now)
	key := unit
	if s.by.Area != "" {
		key = partOf(s.by.Area, c.Place.Area)
	}
	s.tallies[key] = s.tallies[key].Add(t)
	s.total = s.total.Add(t)
	s.week(c)
	return nil
}

// partOf is the code of the part of an area that a place lies in, "" when it is not known that deeply.
func partOf(area, place string) string {
	if l := idcode.LevelOf(area); l < idcode.Micro && len(place) >= (l+1).Digits() {
		return place[:(l + 1).Digits()]
	}
	return ""
}

func (s *sums) week(c casework.Case) {
	if i := weekOf(s.weeks, s.by.Period, c.Opened); i >= 0 {
		s.weeks[i].Reported++
	}
	if i := weekOf(s.weeks, s.by.Period, c.Closed); i >= 0 {
		s.weeks[i].Closed++
	}
}

// weeksOf are the weeks of a period up to its end.
func weeksOf(p casework.Period) []Week {
	var out []Week
	for from := p.From; from.Before(p.To); {
		out = append(out, Week{From: from})
		from = startOfDay(from).AddDate(0, 0, 7-(int(from.Weekday())+6)%7)
	}
	return out
}

// weekOf is the place of the moment's week, -1 outside the period.
func weekOf(weeks []Week, p casework.Period, t time.Time) int {
	if t.IsZero() || t.Before(p.From) || !t.Before(p.To) {
		return -1
	}
	i, exact := slices.BinarySearchFunc(weeks, t, func(w Week, t time.Time) int { return w.From.Compare(t) })
	if exact {
		return i
	}
	return i - 1
}

// rows are the parts in the order of their codes; of areas also those in which nothing happened.
func (s *sums) rows(scope store.Scope) []EvaluationRow {
	var out []EvaluationRow
	if s.by.Area != "" {
		for _, a := range s.z.Tree.Children(s.by.Area) {
			if _, counted := s.tallies[a.Code]; counted || visible(scope, a.Code) {
				out = append(out, EvaluationRow{Code: a.Code, Name: lang.Text{ZH: a.Name}, Tally: s.tallies[a.Code], Leaf: s.z.Tree.Leaf(a.Code)})
				delete(s.tallies, a.Code)
			}
		}
	}
	var rest []EvaluationRow
	for code, t := range s.tallies {
		if code == "" {
			continue
		}
		rest = append(rest, EvaluationRow{Code: code, Name: s.z.codeName(code), Tally: t, Leaf: true})
	}
	slices.SortFunc(rest, func(x, y EvaluationRow) int { return cmp.Compare(x.Code, y.Code) })
	out = append(out, rest...)
	if t, ok := s.tallies[""]; ok {
		name := lang.Text{ZH: "未派遣到单位（含自行处置）", EN: "Not dispatched to a unit (or handled on the spot)"}
		if s.by.Area != "" {
			name = placedNoDeeper
		}
		out = append(out, EvaluationRow{Name: name, Tally: t, Leaf: true})
	}
	return out
}

var placedNoDeeper = lang.Text{ZH: "未定位到下一级", EN: "Placed no deeper"}

// codeName is what a unit or an area is called; the code itself when it is neither.
func (z *Zone) codeName(code string) lang.Text {
	if u, ok := z.Units[code]; ok {
		return u.Name
	}
	if a, ok := z.Tree.Area(code); ok {
		return lang.Text{ZH: a.Name}
	}
	return lang.Text{ZH: code}
}

// visible reports whether a scope reads some of an area.
func visible(s store.Scope, area string) bool {
	return s.All || slices.ContainsFunc(s.Areas, func(a string) bool { return strings.HasPrefix(area, a) || strings.HasPrefix(a, area) })
}
