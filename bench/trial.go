package main

import (
	"context"
	"fmt"
	"time"

	"gezhi/internal/app"
)

// trialBudget is for a procedure tried on app.TrialCases past cases.
const trialBudget = 10 * time.Second

// trial goes over the newest cases of the large database under a version of their procedure, as somebody who is about
// to publish one does.
func (b *bench) trial(ctx context.Context) error {
	path, err := b.path(ctx)
	if err != nil {
		return err
	}
	g, err := b.open(ctx, path)
	if err != nil {
		return err
	}
	defer g.db.Close()
	admin := viewer("admin", "", "330108")
	began := time.Now()
	if err := g.app.TryProcedure(ctx, admin, app.GridEvent, 1); err != nil {
		return err
	}
	for {
		run, _, err := g.app.TrialOf(ctx, admin, app.GridEvent, 1)
		switch {
		case err != nil:
			return err
		case run.Done && run.Err != nil:
			return run.Err
		case run.Done:
			b.within(fmt.Sprintf("a procedure tried on %d of %d past cases", run.Result.Cases, b.cases), time.Since(began), trialBudget,
				fmt.Sprintf(", at most %d are taken", app.TrialCases))
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
}
