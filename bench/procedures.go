package main

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"

	"gezhi/internal/simulate"
	"gezhi/internal/store"
)

// mixedCases is how many cases of all procedures the pages of procedures are measured over.
const mixedCases = 1_000_000

// procedures measures whole pages over cases of every procedure: the list of each, its next pages, its search, what is
// open, and the pages that count. They are asked for by the leader of the district, who sees most, and by those who may
// know sealed reporters.
func (b *bench) procedures(ctx context.Context) error {
	path, err := b.made(ctx, simulate.Options{Cases: min(b.cases, mixedCases), Mixed: true, Path: filepath.Join(b.dir, fmt.Sprintf("mixed-%d.db", min(b.cases, mixedCases)))})
	if err != nil {
		return err
	}
	g, err := b.open(ctx, path)
	if err != nil {
		return err
	}
	defer g.db.Close()
	list, err := g.ofProcedures(ctx)
	if err != nil {
		return err
	}
	return g.requested(ctx, list)
}

// ofProcedures are the pages measured.
func (g *big) ofProcedures(ctx context.Context) ([]request, error) {
	handler := g.site()
	leader, err := g.as(ctx, handler, g.all.Duties[0].Role)
	if err != nil {
		return nil, err
	}
	list := []request{leader.page("HTTP, all procedures", "desk/work"), leader.page("HTTP, supervision", "desk/supervision"),
		leader.page("HTTP, list of cases, mixed", "desk/cases"), leader.page("HTTP, list of open cases, mixed", "desk/cases?state=open"),
		leader.page("HTTP, needs and resources", "desk/pairing"), leader.page("HTTP, draws", "draws")}
	for _, p := range g.zone.Procedures() {
		role := append(p.Sealed, g.all.Duties[0].Role)[0]
		some, err := g.app.Cases(ctx, viewer(role, "", "330108"), store.CaseFilter{Procedure: p.ID, Limit: 200})
		if err != nil {
			return nil, err
		}
		if len(some) == 0 {
			continue // its cases are always part of another
		}
		desk, err := g.as(ctx, handler, role)
		if err != nil {
			return nil, err
		}
		name, of := "HTTP, "+p.ID+", ", "desk/cases?procedure="+p.ID
		list = append(list, desk.page(name+"list", of), desk.page(name+"open", of+"&state=open"),
			desk.pages(name+"deep page", func() string { return fmt.Sprintf("%s&after=0.%d", of, g.one().ID) }),
			desk.page(name+"search", of+"&q="+url.QueryEscape("超市")),
			desk.pages(name+"case", func() string { return fmt.Sprintf("case/%d", some[g.rng.IntN(len(some))].ID) }))
		if n := len(p.Categories); n > 0 {
			list = append(list, desk.pages(name+"one kind", func() string { return of + "&matter=" + p.Categories[g.rng.IntN(n)].Code }))
		}
		if p.Monthly {
			list = append(list, desk.page(name+"lights", "desk/progress/"+p.ID))
		}
		if p.Funnel != "" {
			list = append(list, desk.page(name+"funnel", "desk/funnel/"+p.ID))
		}
	}
	return list, nil
}
