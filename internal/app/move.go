package app

import (
	"context"
	"fmt"
	"strconv"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/ledger"
	"gezhi/internal/points"
	"gezhi/internal/store"
)

// Move makes one move of a case. key is the form's idempotency key: sending the form twice moves once.
func (a *App) Move(ctx context.Context, v Viewer, id casework.ID, cmd casework.Command, key string) (casework.Case, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return casework.Case{}, err
	}
	var done casework.Case
	_, replay, err := a.db.Once(ctx, v.Zone, "move:"+key+":"+strconv.FormatInt(int64(v.Person), 10), func(tx *store.Tx) (string, error) {
		was, err := tx.Case(id, v.Scope())
		if err != nil {
			return "", err
		}
		p := z.Version(was.Procedure, was.Version)
		if p == nil {
			return "", fault.New(fault.Internal, "", "procedure %s version %d is missing", was.Procedure, was.Version)
		}
		out, err := p.Do(was, v.Actor(), cmd, z.in(tx))
		if err != nil {
			return "", err
		}
		done = out.Case
		return "", a.save(tx, z, v, p, was, out)
	})
	if err == nil && replay {
		err = a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
			done, err = r.Case(id, v.Scope())
			return err
		})
	}
	return done, err
}

// save stores what became of a case.
func (a *App) save(tx *store.Tx, z *Zone, v Viewer, p *casework.Procedure, was casework.Case, out casework.Outcome) error {
	if err := tx.MoveCase(was, out.Case, out.Case.Due(), p.Tasks(was), p.Tasks(out.Case),
		func() string { return SearchText(z, out.Case) }); err != nil {
		return err
	}
	return a.after(tx, z, v, out)
}

// effect carries out what a move causes outside its own case.
func (a *App) effect(tx *store.Tx, z *Zone, v Viewer, c casework.Case, e casework.Effect) error {
	switch e.Kind {
	case casework.EffectAward:
		return a.award(tx, z, c, e)
	case casework.EffectMerge:
		return a.mergedIn(tx, z, v, c, e)
	case casework.EffectRecord:
		return tx.AddBadRecord(e.Subject, c.ID)
	case casework.EffectRepair:
		return tx.RepairRecords(c.ID)
	case casework.EffectOpen:
		return a.openPart(tx, z, e)
	case casework.EffectPart:
		return a.partMoved(tx, z, c, e)
	case casework.EffectSend:
		return a.send(tx, z, e)
	case casework.EffectLink:
		return a.linkTo(tx, z, c, e)
	}
	return fault.New(fault.Internal, "", "unknown effect %q", e.Kind)
}

// award pays a reporter under a points rule. The effect's key makes it happen once. Whatever becomes of the award — posted,
// waiting for budget, refused because a limit is reached — the case goes on.
func (a *App) award(tx *store.Tx, z *Zone, c casework.Case, e casework.Effect) error {
	if e.Person == 0 {
		return nil
	}
	id := strconv.FormatInt(int64(c.ID), 10)
	w, fresh, err := a.Earn(tx, z, Earning{Rule: e.Rule, Key: e.Key, Person: e.Person, Area: c.Place.Area, Evidence: "case:" + id, Ref: "case:" + c.Number, Text: c.Title})
	if obstacle, broken := refusal(err); broken != nil || obstacle != nil || !fresh {
		return broken // an item that is no longer among the rules earns nothing
	}
	n := store.Notice{ID: tx.NewID(), Person: e.Person, Case: c.ID, Kind: "award"}
	switch w.State {
	case points.Posted:
		n.ZH, n.EN = fmt.Sprintf("您反映的“%s”已核实，获得 %d 积分。", c.Title, w.Points), fmt.Sprintf("Your report “%s” was verified and earned %d points.", c.Title, w.Points)
	case points.Refused:
		n.ZH, n.EN = fmt.Sprintf("您反映的“%s”已核实，谢谢您；这次没有记分：%s", c.Title, w.Reason), fmt.Sprintf("Your report “%s” was verified, thank you; no points this time: %s", c.Title, w.Reason)
	default:
		n.ZH, n.EN = fmt.Sprintf("您反映的“%s”已核实，%d 积分已核定，办理完毕后自动入账。", c.Title, w.Points), fmt.Sprintf("Your report “%s” was verified; %d points are approved and will be posted by themselves.", c.Title, w.Points)
	}
	return tx.AddNotice(n)
}

// PersonAccount is the book of a person.
func PersonAccount(p casework.Person) ledger.Account {
	return ledger.Of(ledger.Person, strconv.FormatInt(int64(p), 10))
}

// mergedIn notes in the case that stays that another was merged into it.
func (a *App) mergedIn(tx *store.Tx, z *Zone, v Viewer, from casework.Case, e casework.Effect) error {
	if e.Into == from.ID {
		return fault.Field("into", "不能并入案件自身。", "A case cannot be merged into itself.")
	}
	was, err := tx.Case(e.Into, store.Everything)
	if err != nil {
		return asField(err, "into")
	}
	if !was.Open() {
		return fault.Field("into", "案件 %s 已经结案，不能再并入。", "Case %s is closed; nothing can be merged into it.", was.Number)
	}
	p := z.Version(was.Procedure, was.Version)
	out := p.MergedIn(was, from.ID, v.Actor(), z.Env(tx.Now))
	return a.save(tx, z, Viewer{Zone: tx.Zone}, p, was, out)
}

// Tick runs every timer of the zone that is due: supervision and moves that happen by themselves.
// It returns how many cases it woke. Run it from one process or from several: each case wakes once.
func (a *App) Tick(ctx context.Context, zone int) (int, error) {
	z, err := a.Zone(ctx, zone)
	if err != nil {
		return 0, err
	}
	woken := 0
	for {
		var due []casework.ID
		if err := a.db.View(ctx, zone, func(r *store.Reader) (err error) {
			due, err = r.Waking(r.Now, 200)
			return err
		}); err != nil {
			return woken, err
		}
		for _, id := range due {
			if err := a.wake(ctx, z, id); err != nil {
				return woken, err
			}
			woken++
		}
		if len(due) < 200 {
			return woken, nil
		}
	}
}

func (a *App) wake(ctx context.Context, z *Zone, id casework.ID) error {
	err := a.db.InTx(ctx, z.Code, func(tx *store.Tx) error {
		was, err := tx.Case(id, store.Everything)
		if err != nil {
			return err
		}
		if was.Wake.IsZero() || was.Wake.After(tx.Now) {
			return nil // another process was quicker
		}
		p := z.Version(was.Procedure, was.Version)
		out, err := p.Wake(was, z.in(tx))
		if err != nil {
			return err
		}
		if len(out.Events) == 0 && out.Case.Wake.Equal(was.Wake) {
			return nil
		}
		return a.save(tx, z, Viewer{Zone: z.Code}, p, was, out)
	})
	if fault.KindOf(err) == fault.Conflict {
		return nil // somebody moved it meanwhile; its new wake time counts
	}
	return err
}
