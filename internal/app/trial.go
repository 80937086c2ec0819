package app

import (
	"context"
	"crypto/sha256"
	"sync"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/store"
)

// TrialCases is how many past cases a trial takes at most, the newest first.
const TrialCases = 100_000

// ProcedureTrial is one run of a version over past cases (试算): how far it is, and what came of it.
type ProcedureTrial struct {
	Made, Total int64
	Done        bool
	Err         error           // why it stopped early; nil when it did not
	Result      *casework.Trial // once Done
}

// trials keeps runs in memory: each can be made again.
type trials struct {
	mu   sync.Mutex
	runs map[trialKey]*ProcedureTrial // under mu, also what they hold
}

type trialKey struct {
	zone    int
	id      string
	version int
	text    [sha256.Size]byte
}

func (t *trials) update(run *ProcedureTrial, fn func(*ProcedureTrial)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fn(run)
}

func newTrialKey(d store.Document, zone int) trialKey {
	return trialKey{zone, d.Name, d.Version, sha256.Sum256([]byte(d.Body))}
}

// TrialOf is how far the trial of a version is; NotFound when none was begun since the service started.
func (a *App) TrialOf(ctx context.Context, v Viewer, id string, version int) (ProcedureTrial, *casework.Procedure, error) {
	p, d, err := a.ProcedureVersion(ctx, v, id, version)
	if err != nil {
		return ProcedureTrial{}, p, err
	}
	a.trials.mu.Lock()
	defer a.trials.mu.Unlock()
	run := a.trials.runs[newTrialKey(d, v.Zone)]
	if run == nil {
		return ProcedureTrial{}, p, fault.New(fault.NotFound, "这一版还没有试算过。", "This version has not been tried yet.")
	}
	return *run, p, nil
}

// TryProcedure runs a version over the newest cases of its procedure: what would have been different, had they run
// under it. Nothing is changed. It goes on beside everything else; TrialOf says how far it is. One that runs already,
// with the same text, is left to its end.
func (a *App) TryProcedure(ctx context.Context, v Viewer, id string, version int) error {
	p, d, err := a.ProcedureVersion(ctx, v, id, version)
	if err != nil {
		return err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	key := newTrialKey(d, v.Zone)
	a.trials.mu.Lock()
	defer a.trials.mu.Unlock()
	if run := a.trials.runs[key]; run != nil && !run.Done {
		return nil
	}
	for k, run := range a.trials.runs { // one result for each version
		if k.zone == key.zone && k.id == id && k.version == version && run.Done {
			delete(a.trials.runs, k)
		}
	}
	run := &ProcedureTrial{}
	a.trials.runs[key] = run
	go func() {
		result, err := a.tryOver(context.WithoutCancel(ctx), z, p, run)
		a.trials.update(run, func(r *ProcedureTrial) { r.Done, r.Result, r.Err = true, result, err })
	}()
	return nil
}

// tryOver reads cases page by page, each on a snapshot of its own, and tries one page while the next is read.
func (a *App) tryOver(ctx context.Context, z *Zone, p *casework.Procedure, run *ProcedureTrial) (*casework.Trial, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	pages, failed := make(chan []store.Dossier, 1), make(chan error, 1)
	go func() {
		defer close(pages)
		failed <- a.pastCases(ctx, z.Code, p.ID, run, pages)
	}()
	trial := casework.NewTrial(p, z.Env(a.now()))
	for list := range pages {
		for i := range list {
			was := z.Version(list[i].Procedure, list[i].Version)
			if was == nil {
				continue
			}
			if err := trial.Try(was, list[i].Case, list[i].History); err != nil {
				return nil, err
			}
		}
		a.trials.update(run, func(r *ProcedureTrial) { r.Made += int64(len(list)) })
	}
	if err := <-failed; err != nil {
		return nil, err
	}
	return trial.Done(), nil
}

func (a *App) pastCases(ctx context.Context, zone int, procedure string, run *ProcedureTrial, pages chan<- []store.Dossier) error {
	const page = 500
	before := casework.ID(0)
	for read := 0; read < TrialCases; {
		var list []store.Dossier
		err := a.db.View(ctx, zone, func(r *store.Reader) (err error) {
			if read == 0 {
				total, err := r.CountCasesOf(procedure, TrialCases)
				if err != nil {
					return err
				}
				a.trials.update(run, func(r *ProcedureTrial) { r.Total = total })
			}
			list, err = r.PastCases(procedure, before, min(page, TrialCases-read))
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		select {
		case pages <- list:
		case <-ctx.Done():
			return ctx.Err()
		}
		read, before = read+len(list), list[len(list)-1].ID
	}
	return nil
}
