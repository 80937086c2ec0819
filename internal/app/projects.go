package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/store"
	"gezhi/internal/target"
)

// Project is one row of the list of cases that have monthly figures.
type Project struct {
	Standing
	Case  casework.Case
	Proc  *casework.Procedure
	Kind  lang.Text
	Stage lang.Text
	Unit  lang.Text
}

// ProjectFilter narrows the list. Empty fields do not narrow.
type ProjectFilter struct {
	Procedure string // one with monthly figures
	Light     target.Light
	Category  string
	Unit      string // in charge
	Stage     string
	Text      string      // part of the name or number
	Closed    bool        // those that have ended too
	After     casework.ID // the last line of the page before; 0 for the first page
	Limit     int         // lines of a page; 0 for all
}

// ProjectList is what the filter leaves, and how many projects under way have each light before the filter.
type ProjectList struct {
	Proc   *casework.Procedure
	Lines  []Project
	More   bool // there are lines after those of the page
	Counts map[target.Light]int
	All    int
}

// Projects lists the cases with monthly figures that the viewer may see, the most pressing light first.
func (a *App) Projects(ctx context.Context, v Viewer, f ProjectFilter) (ProjectList, error) {
	var out ProjectList
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return out, err
	}
	if p := z.Procedure(f.Procedure); p == nil || !p.Monthly {
		return out, fault.New(fault.NotFound, "没有这一事项。", "There is no such procedure.")
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		out = ProjectList{Proc: z.Procedure(f.Procedure), Counts: map[target.Light]int{}}
		told, err := r.MonthsOf(v.workScope(), f.Procedure, lastMonth(r.Now)/100*100-100)
		if err != nil {
			return err
		}
		byCase := map[casework.ID][]store.CaseMonth{}
		for _, m := range told {
			byCase[m.Case] = append(byCase[m.Case], m)
		}
		filter := store.CaseFilter{Procedure: f.Procedure}
		if !f.Closed {
			filter.State = "open"
		}
		var cases []casework.Case
		if err := r.EachCase(v.workScope(), filter, func(c casework.Case, _ time.Time) error { cases = append(cases, c); return nil }); err != nil {
			return err
		}
		for _, c := range cases {
			p := z.Version(c.Procedure, c.Version)
			if p == nil {
				continue
			}
			x := Project{Case: c, Proc: p, Standing: z.standing(p, c, byCase[c.ID], r.Now), Kind: z.Kind(c), Stage: z.StageName(c.Procedure, c.Version, c.Stage)}
			x.Unit = z.unitNames(c.Fields["unit"])
			if c.Open() {
				out.Counts[x.Light]++
				out.All++
			}
			if f.fits(x) {
				out.Lines = append(out.Lines, x)
			}
		}
		slices.SortStableFunc(out.Lines, func(x, y Project) int {
			return slices.Index(target.Lights(), x.Light) - slices.Index(target.Lights(), y.Light)
		})
		out.page(f)
		return nil
	})
	return out, err
}

// page cuts the lines of the page asked for.
func (l *ProjectList) page(f ProjectFilter) {
	l.Lines = l.Lines[1+slices.IndexFunc(l.Lines, func(x Project) bool { return x.Case.ID == f.After }):]
	if f.Limit > 0 && len(l.Lines) > f.Limit {
		l.Lines, l.More = l.Lines[:f.Limit], true
	}
}

func (f ProjectFilter) fits(x Project) bool {
	text := strings.ToLower(strings.TrimSpace(f.Text))
	return (f.Light == "" || x.Light == f.Light) && (f.Category == "" || x.Case.Matter == f.Category) && (f.Unit == "" || x.Case.Fields["unit"] == f.Unit) &&
		(f.Stage == "" || x.Case.Stage == f.Stage) && (text == "" || strings.Contains(strings.ToLower(x.Case.Title), text) || strings.Contains(x.Case.Number, text))
}

// ExportProjects is Projects for somebody who takes the list out; detail is the filter in words, for the audit log.
func (a *App) ExportProjects(ctx context.Context, v Viewer, f ProjectFilter, detail string) (ProjectList, error) {
	if err := v.need(Export); err != nil {
		return ProjectList{}, err
	}
	if err := a.recordExport(ctx, v, "projects", detail); err != nil {
		return ProjectList{}, err
	}
	return a.Projects(ctx, v, f)
}
