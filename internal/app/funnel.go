package app

import (
	"context"
	"slices"
	"strconv"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/store"
	"gezhi/internal/target"
)

// Funnel is how far the cases of a procedure with a funnel have come, phase by phase.
type Funnel struct {
	Proc   *casework.Procedure
	Year   int
	Steps  []FunnelStep
	Goals  []GoalLine
	Ended  int // open no more, and not at the last phase
	Amount int64
}

// FunnelStep is one phase.
type FunnelStep struct {
	Phase   lang.Text
	Now     int   // cases that stand there
	Amount  int64 // 分, of those
	Reached int   // cases that came so far, or farther, whatever became of them
	Sum     int64 // 分, of those
	Fresh   int   // that first came there this year
}

// GoalLine is a goal of the year with how far it is met.
type GoalLine struct {
	target.Goal
	Done int
	Due  int64 // what the year's course asks for by the end of last month, rounded down
}

// Funnel counts the cases the viewer may see. Those entered by mistake or withdrawn (a void result) are left out.
func (a *App) Funnel(ctx context.Context, v Viewer, procedure string) (Funnel, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return Funnel{}, err
	}
	p := z.Procedure(procedure)
	if p == nil || p.Funnel == "" {
		return Funnel{}, fault.New(fault.NotFound, "没有这一事项。", "There is no such procedure.")
	}
	var out Funnel
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		day := r.Now.In(calendar.Zone())
		out = Funnel{Proc: p, Year: day.Year(), Steps: make([]FunnelStep, len(p.Phases))}
		for i := range out.Steps {
			out.Steps[i].Phase = p.Phases[i]
		}
		sums, err := r.PhaseSums(v.workScope(), procedure, time.Date(day.Year(), 1, 1, 0, 0, 0, 0, calendar.Zone()))
		if err != nil {
			return err
		}
		for _, x := range sums {
			if w := z.Version(procedure, x.Version); w != nil {
				out.add(w, x)
			}
		}
		months := int64(day.Month() - 1)
		for _, g := range z.Goals {
			if g.Procedure != procedure {
				continue
			}
			line := GoalLine{Goal: g, Due: g.Count * months / 12}
			for _, s := range out.Steps {
				if s.Phase.ZH == g.Phase {
					line.Done = s.Fresh
				}
			}
			out.Goals = append(out.Goals, line)
		}
		return nil
	})
	return out, err
}

// add counts cases of one version, whose phases are those of the funnel by their names.
func (f *Funnel) add(ran *casework.Procedure, x store.PhaseSum) {
	i := slices.IndexFunc(f.Steps, func(s FunnelStep) bool { return s.Phase.ZH == ran.Phase(x.Phase).ZH })
	if i < 0 || x.Mark == casework.PhaseLeft {
		return
	}
	s := &f.Steps[i]
	s.Reached += x.Cases
	s.Sum += x.Amount
	switch x.Mark {
	case casework.PhaseHere:
		s.Now += x.Cases
		s.Amount += x.Amount
		f.Amount += x.Amount
		s.Fresh += x.Fresh
	case casework.PhasePassed:
		s.Fresh += x.Fresh
	case casework.PhaseEnded:
		if x.Phase == 1 {
			f.Ended += x.Cases
		}
	}
}

// keepReach keeps how far a case of a procedure with a funnel has come, after some lines of its history.
func keepReach(tx *store.Tx, p *casework.Procedure, c *casework.Case, events []casework.Event) error {
	if p == nil || p.Funnel == "" {
		return nil
	}
	return tx.KeepReach(c, p.Reach(c), p.Comings(events))
}

// rebuiltPhases names what CatchUp does for funnels, and catchUpStep is how many cases it does at a time.
const (
	rebuiltPhases = "case_phases"
	catchUpStep   = 200
)

// CatchUp works out what tables younger than a database's cases hold of them, a few hundred cases at a time, so that others
// can write between. What is done stays done; once all is, it only looks.
func (a *App) CatchUp(ctx context.Context, zone int) error {
	z, err := a.Zone(ctx, zone)
	if err != nil {
		return err
	}
	done := false
	if err := a.db.View(ctx, zone, func(r *store.Reader) (err error) {
		done, err = r.Rebuilt(rebuiltPhases)
		return err
	}); err != nil || done {
		return err
	}
	for _, p := range z.Procedures() {
		for before, more := casework.ID(0), p.Funnel != ""; more; {
			var past []store.Dossier
			if err := a.db.InTx(ctx, zone, func(tx *store.Tx) (err error) {
				past, err = tx.PastCases(p.ID, before, catchUpStep)
				for _, d := range past {
					c, err := tx.Case(d.ID, store.Everything)
					if err != nil {
						return err
					}
					if err := keepReach(tx, z.Version(c.Procedure, c.Version), &c, d.History); err != nil {
						return err
					}
				}
				return err
			}); err != nil {
				return err
			}
			if more = len(past) == catchUpStep; more {
				before = past[catchUpStep-1].ID
			}
		}
	}
	return a.db.InTx(ctx, zone, func(tx *store.Tx) error { return tx.SetRebuilt(rebuiltPhases) })
}

// Same finds the case that a filing would say again, where the procedure allows no two; nil when there is none.
func (a *App) Same(ctx context.Context, v Viewer, procedure, title string, fields map[string]string) (*casework.Case, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	p := z.Procedure(procedure)
	if p == nil || len(z.Starts(p, v)) == 0 {
		return nil, nil
	}
	var found *casework.Case
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		found, err = sameCase(r, z, p, title, fields)
		return err
	})
	return found, err
}

// UseLights chooses the rules of lights: a new version of the document, which says who chose and when.
func (a *App) UseLights(ctx context.Context, v Viewer, set, key string) error {
	return a.change(ctx, v, EditCases, key, func(e *edit) error {
		if _, ok := e.was.Lights.Find(set); !ok {
			return fault.Field("set", "请选择一套规则。", "Choose a rule set.")
		}
		docs, err := e.tx.Documents(docLights)
		if err != nil {
			return err
		}
		if len(docs) == 0 {
			return fault.New(fault.Conflict, "本区还没有亮灯规则文件，请先由管理员在“办理流程 — 项目亮灯规则”里上传并发布。", "There is no rule file of lights here yet; an administrator uploads one under Procedures, Rules of lights.")
		}
		last := docs[len(docs)-1]
		body, err := target.Using([]byte(last.Body), set)
		if err != nil {
			return err
		}
		e.record("lights.use", "lights:"+strconv.Itoa(last.Version+1), set, e.was.Lights.Use)
		return e.tx.AddDocument(store.Document{Kind: docLights, Name: docLights, Version: last.Version + 1, State: "published", Body: string(body), By: v.Person})
	}, nil)
}
