package app

import (
	"context"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/lang"
	"gezhi/internal/store"
)

// Exported is one row of an exported list, in words.
type Exported struct {
	store.CaseLine
	Text      string
	Class     lang.Text // of the matter
	Kind      lang.Text // the matter
	Path      string
	StageName lang.Text
	With      lang.Text // whose turn it is
	UnitName  lang.Text
	Filed     time.Time
	Handled   time.Time
	Ended     lang.Text // the result; empty while open
	Light     Light
	Rework    int
	Extended  int
	Suspended int
	Reopened  int
}

// ExportCases calls fn for every case that the filter selects among those the viewer may take out, newest
// first, without holding them all. Before the first row the audit log says who takes out what: detail is
// the filter in words. It reads beside the writer and never holds it up.
func (a *App) ExportCases(ctx context.Context, v Viewer, f store.CaseFilter, detail string, fn func(Exported) error) error {
	if err := v.need(Export); err != nil {
		return err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	if err := a.RecordExport(ctx, v, "cases", detail); err != nil {
		return err
	}
	classes := map[string]lang.Text{}
	for _, c := range z.Matters.Classes {
		classes[c.ID] = c.Label
	}
	return a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		return r.EachFound(v.scopeWith(Export), f, func(c casework.Case, l store.CaseLine) error {
			return fn(z.exported(c, l, classes, r.Now))
		})
	})
}

// RecordExport notes in the audit log that the viewer takes a list out, such as grants; who may not is refused.
func (a *App) RecordExport(ctx context.Context, v Viewer, what, detail string) error {
	if err := v.need(Export); err != nil {
		return err
	}
	return a.recordExport(ctx, v, what, detail)
}

// recordExport is RecordExport for those whose own power it is.
func (a *App) recordExport(ctx context.Context, v Viewer, what, detail string) error {
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		return tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "export", Subject: what, Detail: detail})
	})
}

func (z *Zone) exported(c casework.Case, l store.CaseLine, classes map[string]lang.Text, now time.Time) Exported {
	e := Exported{CaseLine: l, Text: c.Text, Path: z.Tree.Path(l.Area), Filed: c.Filed, Handled: c.Handled,
		Light: LightOf(l.Due, l.Closed, l.Level, now), UnitName: z.Units[l.Unit].Name,
		Rework: c.Counts["rework"], Extended: c.Counts["extended"], Suspended: c.Counts["suspended"], Reopened: c.Counts["reopened"]}
	e.Kind = z.Kind(c)
	if m, ok := z.Matters.Find(l.Matter); ok {
		e.Class = classes[m.Class]
	}
	e.With.ZH, e.With.EN = z.HolderName(l.Holder)
	if p := z.Version(c.Procedure, c.Version); p != nil {
		if s, ok := p.Stage(l.Stage); ok {
			e.StageName = s.Name
		}
		if r, ok := p.Result(c.Result); ok {
			e.Ended = r.Label
		}
	}
	return e
}
