package app

import (
	"context"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/store"
)

// Overview counts the cases the viewer may see as they stand now, with those reported and closed today.
// Cases the viewer reported as a resident do not count: this is about the viewer's work.
func (a *App) Overview(ctx context.Context, v Viewer) (store.Overview, error) {
	var out store.Overview
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.Overview(v.workScope(), startOfDay(r.Now))
		return err
	})
	return out, err
}

// startOfDay is the midnight a moment's day began with, in China.
func startOfDay(t time.Time) time.Time {
	y, m, d := t.In(calendar.Zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, calendar.Zone())
}

// workScope is what the viewer's duties let them read; the viewer's own reports are left out.
func (v Viewer) workScope() store.Scope {
	s := v.Scope()
	s.Person = 0
	return s
}

// SeesCases reports whether the viewer's duties let them read any cases besides those that wait for them.
func (v Viewer) SeesCases() bool {
	s := v.workScope()
	return s.All || len(s.Areas)+len(s.Units) > 0
}

// WorkCases lists the cases the viewer's duties show, newest first; f.Text searches them.
func (a *App) WorkCases(ctx context.Context, v Viewer, f store.CaseFilter) ([]store.CaseLine, error) {
	var out []store.CaseLine
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		if out, err = r.Cases(v.workScope(), f); err == nil && f.Procedure != "" {
			err = r.CaseFields(out)
		}
		return err
	})
	return out, err
}

// MapPoints lists open cases the viewer's duties show that have a place on the map, most urgent first.
func (a *App) MapPoints(ctx context.Context, v Viewer, f store.CaseFilter) ([]store.CaseLine, error) {
	var out []store.CaseLine
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.OpenPoints(v.workScope(), f)
		return err
	})
	return out, err
}

// Pressing lists open cases that are warned or overdue, the longest overdue first.
func (a *App) Pressing(ctx context.Context, v Viewer, limit int) ([]store.CaseLine, error) {
	var out []store.CaseLine
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.Pressing(v.workScope(), limit)
		return err
	})
	return out, err
}
