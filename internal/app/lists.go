package app

import (
	"context"
	"strings"
	"unicode/utf8"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/store"
)

// Inbox lists what waits for the viewer, most urgent first.
func (a *App) Inbox(ctx context.Context, v Viewer, f store.CaseFilter) ([]store.CaseLine, error) {
	var out []store.CaseLine
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.Inbox(v.Duties, f)
		return err
	})
	return out, err
}

// InboxCount counts what waits for the viewer and how much of it is overdue.
func (a *App) InboxCount(ctx context.Context, v Viewer) (all, overdue int, err error) {
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		all, overdue, err = r.InboxCount(v.Duties)
		return err
	})
	return all, overdue, err
}

// Cases lists the cases the viewer may see, newest first; f.Text searches them.
func (a *App) Cases(ctx context.Context, v Viewer, f store.CaseFilter) ([]store.CaseLine, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	if _, ok := z.Matters.Find(f.Matter); ok {
		f.Matter, f.Kind = "", f.Matter // a class of matters stays a prefix
	}
	var out []store.CaseLine
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.Cases(v.Scope(), f)
		return err
	})
	return out, err
}

// Mine lists what the viewer reported, newest first.
func (a *App) Mine(ctx context.Context, v Viewer, f store.CaseFilter) ([]store.CaseLine, error) {
	var out []store.CaseLine
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.Cases(store.Scope{Person: int64(v.Person)}, f)
		return err
	})
	return out, err
}

// OpenPoints lists open cases the viewer may see that have a place on the map.
func (a *App) OpenPoints(ctx context.Context, v Viewer, f store.CaseFilter) ([]store.CaseLine, error) {
	var out []store.CaseLine
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.OpenPoints(v.Scope(), f)
		return err
	})
	return out, err
}

// Messages are the viewer's notices and the id of the newest one already seen.
func (a *App) Messages(ctx context.Context, v Viewer, before int64, limit int) (list []store.Notice, seen int64, err error) {
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		if list, err = r.Notices(v.Person, v.Duties, before, limit); err != nil {
			return err
		}
		seen, err = r.NoticesRead(v.Person)
		return err
	})
	return list, seen, err
}

// SeenMessages remembers that the viewer has seen every message up to the id.
func (a *App) SeenMessages(ctx context.Context, v Viewer, upto int64) error {
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error { return tx.MarkNoticesRead(v.Person, upto) })
}

// Views lists the viewer's saved filters.
func (a *App) Views(ctx context.Context, v Viewer) ([]store.View, error) {
	var out []store.View
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.Views(v.Person)
		return err
	})
	return out, err
}

// SaveView keeps a list filter under a name of at most 20 characters.
func (a *App) SaveView(ctx context.Context, v Viewer, view store.View) error {
	view.Name = strings.TrimSpace(view.Name)
	if n := utf8.RuneCountInString(view.Name); n < 1 || n > 20 {
		return fault.Field("name", "请给这组筛选条件起个名字，不超过 20 个字。", "Name the filter, in at most 20 characters.")
	}
	if len(view.Query) > 1000 {
		return fault.Field("name", "筛选条件过长，无法保存。", "The filter is too long to save.")
	}
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error { return tx.SaveView(v.Person, view) })
}

// DropView forgets a saved filter.
func (a *App) DropView(ctx context.Context, v Viewer, name string) error {
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error { return tx.DropView(v.Person, name) })
}

// MoveOption finds the option with the move's id on a case page.
func (p CasePage) MoveOption(move string) (casework.Option, bool) {
	for _, o := range p.Options {
		if o.Move == move {
			return o, true
		}
	}
	return casework.Option{}, false
}
