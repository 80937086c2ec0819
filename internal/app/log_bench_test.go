package app_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/proof"
	"gezhi/internal/store"
)

// BenchmarkLoggedMoves is 64 clients that report and 64 that verify what was reported: two changes of a case, each with
// its leaf in the log.
func BenchmarkLoggedMoves(b *testing.B) {
	w := apptest.New(b, "sqlite:"+filepath.Join(b.TempDir(), "g.db"))
	ctx := context.Background()
	z, err := w.App.Zone(ctx, apptest.Zone)
	w.OK(err)
	code, _ := z.Tree.LocateCode(killPoint)
	worker := w.Staff("wangge", "虚构人员", casework.Duty{Role: "grid_staff", Area: code[:15]})
	resident := w.Resident("19900000009")
	var before, after syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	b.ResetTimer()
	var wg sync.WaitGroup
	for client := range 64 {
		wg.Go(func() {
			for n := client; n < b.N; n += 64 {
				key := fmt.Sprint(n)
				c, err := w.App.Submit(ctx, resident, app.Report{Key: key, Matter: "E0102", Text: "垃圾成堆", Point: killPoint, HasPoint: true})
				if err == nil {
					_, err = w.App.Move(ctx, worker, c.ID, casework.Command{Move: "verify", Fields: map[string]string{"finding": "as_reported"}, Revision: c.Revision}, key)
				}
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	spent := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
	b.ReportMetric(float64(spent)/1000/float64(2*b.N), "cpu-µs/move")
}

// BenchmarkIntegrate takes leaves into the tree, as many as a second of the fastest batches brings.
func BenchmarkIntegrate(b *testing.B) {
	const leaves = 30_000
	w := apptest.New(b, "sqlite:"+filepath.Join(b.TempDir(), "g.db"))
	ctx := context.Background()
	for b.Loop() {
		b.StopTimer()
		for range leaves / 1000 {
			w.OK(w.App.DB().InTx(ctx, apptest.Zone, func(tx *store.Tx) error {
				for range 1000 {
					id := tx.NewID()
					tx.Log(proof.KindTransfer, id, fmt.Append(nil, id))
				}
				return nil
			}))
		}
		b.StartTimer()
		if n, err := w.App.Integrate(ctx, apptest.Zone); err != nil || n < leaves {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.N)*leaves/b.Elapsed().Seconds(), "leaves/s")
}
