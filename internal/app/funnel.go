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
		fresh, err := r.EnteredSince(v.workScope(), procedure, time.Date(day.Year(), 1, 1, 0, 0, 0, 0, calendar.Zone()))
		if err != nil {
			return err
		}
		err = r.EachCase(v.workScope(), store.CaseFilter{Procedure: procedure}, func(c casework.Case, _ time.Time) error {
			if w := z.Version(c.Procedure, c.Version); w != nil {
				out.add(w, c, fresh[c.ID])
			}
			return nil
		})
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
		return err
	})
	return out, err
}

// add counts a case. How far it came follows from where it stands while it goes on, and from the stages it was held at
// once it has ended.
func (f *Funnel) add(p *casework.Procedure, c casework.Case, fresh []string) {
	result, _ := p.Result(c.Result)
	if result.Void || len(p.Phases) != len(f.Steps) {
		return
	}
	money, _ := strconv.ParseInt(c.Fields[p.Funnel], 10, 64)
	stage, _ := p.Stage(c.Stage)
	now := int(stage.Phase)
	last := stage.End && now == len(f.Steps)
	far := now
	if stage.End && !last {
		far = 0
		for id := range c.Held {
			s, _ := p.Stage(id)
			far = max(far, int(s.Phase))
		}
		f.Ended++
	} else {
		f.Steps[now-1].Now++
		f.Steps[now-1].Amount += money
		f.Amount += money
	}
	for i := range far {
		f.Steps[i].Reached++
		f.Steps[i].Sum += money
	}
	if stage.End && !last {
		return
	}
	var seen []int
	for _, id := range fresh {
		s, _ := p.Stage(id)
		if i := int(s.Phase) - 1; i >= 0 && i < far && !slices.Contains(seen, i) {
			seen = append(seen, i)
			f.Steps[i].Fresh++
		}
	}
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
			return fault.New(fault.Conflict, "本区没有安装亮灯规则文件，请先导入。", "No rules of lights are installed here; import them first.")
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
