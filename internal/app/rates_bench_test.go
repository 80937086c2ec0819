package app_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/store"
)

// BenchmarkRates reads a quarter's report of the seven lists: 20,000 problems alone, and 100,000 among a million cases.
// All are copies of one that was closed, looked back at and filed away.
func BenchmarkRates(b *testing.B) {
	for _, n := range []struct{ problems, others int }{{20_000, 0}, {100_000, 900_000}} {
		b.Run(fmt.Sprintf("%d of %d", n.problems, n.problems+n.others), func(b *testing.B) {
			w, office := problems(b, n.problems, n.others)
			b.ResetTimer()
			for b.Loop() {
				r, err := w.Rates(context.Background(), office, quarter("problem"))
				if err != nil || r.Total.Now[0].Of < int64(n.problems) {
					b.Fatalf("%+v %v", r.Total, err)
				}
			}
		})
	}
}

// problems is a district with copies of a problem, and of a case of another procedure.
func problems(b *testing.B, n, others int) (*app.App, app.Viewer) {
	ctx, file := context.Background(), filepath.Join(b.TempDir(), "g.db")
	w := newComplaintWorld(apptest.New(b, "sqlite:"+file))
	office := w.Staff("bgs", "办公室一号", casework.Duty{Role: "office", Area: "330108"})
	second := w.Staff("bgs2", "办公室二号", casework.Duty{Role: "office", Area: "330108"})
	out, err := w.App.File(ctx, office, app.Filing{Key: "problem-key-0000000001", Procedure: "problem", Start: "find", Source: "above", Category: "Q3", Title: "示例问题", Text: "虚构的示例问题",
		Fields: fields("unit", "market", "deadline", "2026-03-20", "goal", "整改到位")})
	w.OK(err)
	id := out.Case.ID
	for _, m := range []struct {
		by     app.Viewer
		move   string
		fields []string
	}{{w.officer, "take", []string{"goal", "整改到位", "measures", "示例措施"}}, {w.officer, "report", []string{"progress", "示例进展"}}, {w.officer, "ask_close", []string{"proof", "示例佐证", "wider", "yes"}},
		{second, "pass", []string{"opinion", "同意"}}, {w.leader, "accept", []string{"opinion", "同意"}}, {office, "evaluate", []string{"grade", "a"}}, {office, "look", nil}, {office, "holds", []string{"seen", "示例"}}} {
		w.Pass(time.Hour)
		w.do(m.by, id, casework.Command{Move: m.move, Fields: fields(m.fields...)})
	}
	var c casework.Case
	var past []store.Dossier
	w.OK(w.App.DB().View(ctx, apptest.Zone, func(r *store.Reader) (err error) {
		if c, err = r.Case(id, store.Everything); err == nil {
			past, err = r.PastCases("problem", 0, 1)
		}
		return err
	}))
	w.OK(w.App.DB().Close())
	state, err := store.CaseState(c)
	w.OK(err)
	bulk, err := store.OpenBulk(ctx, file, apptest.Zone)
	w.OK(err)
	for i := range n + others {
		k := store.BulkCase{Case: c, State: state}
		k.Case.ID, k.Case.Number = store.BulkID(c.Opened.Add(time.Duration(i)*time.Millisecond+time.Second), 0), fmt.Sprint("copy-", i)
		if k.Events = past[0].History; i >= n {
			k.Case.Procedure, k.Events = "grid-event", nil
		}
		row, err := store.NewBulkRow(apptest.Zone, &k)
		w.OK(err)
		w.OK(bulk.Add(&row))
	}
	w.OK(bulk.Finish(func(string) {}))
	w.OK(bulk.Close())
	db, err := store.Open(ctx, "sqlite:"+file, store.Options{Clock: w.Now, NoSync: true})
	w.OK(err)
	b.Cleanup(func() { db.Close() })
	a, err := apptest.App(db, w.Now)
	w.OK(err)
	return a, office
}
