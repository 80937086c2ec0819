package app_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/testdb"
)

// tried runs a trial to its end.
func tried(t *testing.T, w *apptest.World, v app.Viewer, version int) app.ProcedureTrial {
	t.Helper()
	w.OK(w.App.TryProcedure(t.Context(), v, "grid-event", version))
	for {
		run, _, err := w.App.TrialOf(t.Context(), v, "grid-event", version)
		w.OK(err)
		if run.Done {
			w.OK(run.Err)
			return run
		}
		time.Sleep(time.Millisecond)
	}
}

func TestAProcedureIsTriedOnPastCases(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{
		"SQLite":     func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "g.db") },
		"PostgreSQL": func(t testing.TB) string { return testdb.Copied(t, "binjiang", apptest.Fill) },
	} {
		t.Run(name, func(t *testing.T) {
			w := apptest.New(t, dsn(t))
			lived(t, w)
			admin := w.Staff("admin", "虚构管理", casework.Duty{Role: "admin", Area: "330108"})
			if _, _, err := w.App.TrialOf(t.Context(), admin, "grid-event", 1); fault.KindOf(err) != fault.NotFound {
				t.Errorf("before it was begun: %v", err)
			}
			run := tried(t, w, admin, 1)
			if run.Result.Cases != 2 || run.Result.Same != 2 || len(run.Result.Findings) != 0 || run.Made != 2 || run.Total != 2 {
				t.Errorf("under their own version: %+v of %+v", run.Result, run)
			}
			text, err := w.App.ProcedureText(t.Context(), admin, "grid-event", 1)
			w.OK(err)
			draft := strings.NewReplacer("version: 1\n", "version: 2\n", "limit: 1work_day, runs: checking", "limit: 1work_hour, runs: checking",
				"from: filing, to: dispatching, ", "from: filing, to: dispatching, note: required, ").Replace(string(text))
			_, err = w.App.DraftProcedure(t.Context(), admin, "v2.yaml", []byte(draft), "k")
			w.OK(err)
			run = tried(t, w, admin, 2)
			var check casework.ClockTrial
			for _, c := range run.Result.Clocks {
				if c.Label.EN == "Verification" {
					check = c
				}
			}
			if run.Result.Same != 0 || check.Ran != 1 || check.Earlier != 1 || check.Was != 0 || check.Late != 0 {
				t.Errorf("another limit: %+v", run.Result)
			}
			if len(run.Result.Findings) != 1 || run.Result.Findings[0].Cases != 2 || run.Result.Findings[0].Kind != casework.NeedMore {
				t.Errorf("a note wanted: %+v", run.Result.Findings)
			}
			if err := w.App.TryProcedure(t.Context(), w.Resident("19900000077"), "grid-event", 1); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("a resident tries it: %v", err)
			}
			if err := w.App.TryProcedure(t.Context(), admin, "grid-event", 9); fault.KindOf(err) != fault.NotFound {
				t.Errorf("a version that is not: %v", err)
			}
		})
	}
}
