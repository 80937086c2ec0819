package app

import (
	"context"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/store"
)

// GridEvent is the procedure of reports from the street, for which most of the desk is made.
const GridEvent = "grid-event"

// WorkKind is one procedure among those the viewer works with.
type WorkKind struct {
	Proc    *casework.Procedure
	Open    int
	Overdue int
	Starts  []casework.Option // the ways the viewer may begin a case
}

// WorkKinds lists the procedures besides grid events that the viewer can begin cases of, or sees cases of.
func (a *App) WorkKinds(ctx context.Context, v Viewer) ([]WorkKind, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	var out []WorkKind
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		out = nil
		for _, p := range z.Procedures() {
			if p.ID == GridEvent {
				continue
			}
			k := WorkKind{Proc: p, Starts: z.Starts(p, v)}
			var err error
			if k.Open, k.Overdue, err = r.OpenOf(v.workScope(), p.ID); err != nil {
				return err
			}
			if len(k.Starts) > 0 || k.Open > 0 || v.Can(SeeArea) {
				out = append(out, k)
			}
		}
		return nil
	})
	return out, err
}

// Starts are the ways the viewer may begin a case of a procedure. Staff act under their duties: what anybody may begin is
// left to them only where nothing else is.
func (z *Zone) Starts(p *casework.Procedure, v Viewer) []casework.Option {
	actor := v.Actor()
	if !v.Known() {
		if !p.Confidential() {
			return nil
		}
		actor.Person = casework.Concealed // an alias is made when the form is sent
	}
	all := p.StartsFor(actor, zoneCode(v.Zone), z.Env(z.read))
	if v.Kind != "staff" {
		return all
	}
	var own []casework.Option
	for _, o := range all {
		m, _ := p.Move(o.Move)
		if len(m.By) != 1 || m.By[0] != casework.ByAnyone {
			own = append(own, o)
		}
	}
	return own
}

// FilingForm is what the form that begins a case needs: the procedure, and the way it begins.
type FilingForm struct {
	Proc   *casework.Procedure
	Start  casework.Option
	Move   casework.Move
	Others []casework.Option // other ways the viewer may begin
}

// FilingForm finds the form. start "" is the first way the viewer may begin.
func (z *Zone) FilingForm(v Viewer, procedure, start string) (FilingForm, error) {
	f := FilingForm{Proc: z.Procedure(procedure)}
	if f.Proc == nil || procedure == GridEvent {
		return f, fault.New(fault.NotFound, "没有这一事项。", "There is no such procedure.")
	}
	for _, o := range z.Starts(f.Proc, v) {
		if f.Start.Move == "" && (start == "" || start == o.Move) {
			f.Start = o
			f.Move, _ = f.Proc.Move(o.Move)
		} else {
			f.Others = append(f.Others, o)
		}
	}
	if f.Start.Move == "" {
		if !v.Known() {
			return f, v.need(0)
		}
		return f, fault.New(fault.Forbidden, "您不能登记“%[1]s”。", "You may not begin “%[2]s”.", f.Proc.Name.ZH, f.Proc.Name.EN)
	}
	return f, nil
}

// SourceName is where a case comes from, in words.
func SourceName(p *casework.Procedure, id string) lang.Text {
	for _, s := range p.Sources {
		if s.ID == id {
			return s.Label
		}
	}
	return lang.Text{}
}
