package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/geo"
	"gezhi/internal/pack"
	"gezhi/internal/seal"
	"gezhi/internal/store"
)

const (
	zone    = 330108
	clients = 64
)

// moves measures durable case moves through the use case: verification passed, sent back to verification,
// and so on. Each one reads the case, asks the procedure, turns two clocks, writes the case, its history
// and two inboxes.
func (b *bench) moves(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "gezhi-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	dsns := []string{"sqlite:" + filepath.Join(dir, "m.db")}
	if url := os.Getenv("GEZHI_BENCH_POSTGRES"); url != "" {
		dsns = append(dsns, url)
	}
	for _, dsn := range dsns {
		if err := b.movesOn(ctx, dsn); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) movesOn(ctx context.Context, dsn string) error {
	db, err := store.Open(ctx, dsn, store.Options{NoSync: true})
	if err != nil {
		return err
	}
	defer db.Close()
	ring, err := seal.New(seal.AES, []byte("0123456789abcdefghijklmnopqrstuv"))
	if err != nil {
		return err
	}
	a := app.New(db, ring, app.Options{})
	p, err := pack.Open("binjiang")
	if err != nil {
		return err
	}
	if err := a.Install(ctx, p, true); err != nil {
		return err
	}
	cases, err := checking(ctx, a, 2048)
	if err != nil {
		return err
	}
	if err := db.SetSync(ctx); err != nil {
		return err
	}
	name := db.Dialect().String() + ", durable"
	if err := b.closedLoop(ctx, name, a, cases); err != nil {
		return err
	}
	return b.openLoop(ctx, name, a, cases)
}

// mover is a case between verification and closing.
type mover struct {
	id      casework.ID
	closing bool
	n       int
}

// checking files cases that wait to be verified.
func checking(ctx context.Context, a *app.App, n int) ([]*mover, error) {
	point := geo.Point{Lng: 120.205, Lat: 30.195}
	area, _, err := a.Where(ctx, zone, point)
	if err != nil {
		return nil, err
	}
	worker := app.Viewer{Zone: zone, Person: 5, Kind: "staff", Duties: []casework.Duty{{Role: "grid_staff", Area: area.Code[:15]}}}
	all := make([]*mover, n)
	failed := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			photo := a.DB().NewID()
			failed[i] = a.DB().InTx(ctx, zone, func(tx *store.Tx) error {
				return tx.AddPhoto(store.Photo{ID: photo, By: 5, Width: 1, Height: 1, SHA256: []byte{1}, Full: []byte{1}, Thumb: []byte{1}})
			})
			if failed[i] != nil {
				return
			}
			c, err := a.Submit(ctx, worker, app.Report{Key: strconv.Itoa(i), Start: "on_the_spot", Source: "patrol", Matter: "E0102", Text: "楼下垃圾成堆，影响通行，已清理。",
				Point: point, HasPoint: true, Photos: []int64{photo}, Fields: map[string]string{"result_text": "已清运。"}})
			all[i], failed[i] = &mover{id: c.ID}, err
		})
		if i%256 == 255 {
			wg.Wait()
		}
	}
	wg.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// move makes the case's next move.
func (m *mover) move(ctx context.Context, a *app.App) error {
	m.n++
	v := app.Viewer{Zone: zone, Person: 6, Kind: "staff", Duties: []casework.Duty{{Role: "verifier", Area: "330108"}}}
	cmd := casework.Command{Move: "pass"}
	if m.closing {
		v = app.Viewer{Zone: zone, Person: 7, Kind: "staff", Duties: []casework.Duty{{Role: "shift_leader", Area: "330108"}}}
		cmd = casework.Command{Move: "recheck", Note: "请补充现场情况。"}
	}
	m.closing = !m.closing
	_, err := a.Move(ctx, v, m.id, cmd, fmt.Sprintf("%d.%d", m.id, m.n))
	return err
}

// closedLoop is clients that each wait for the answer before they move the next case.
func (b *bench) closedLoop(ctx context.Context, name string, a *app.App, cases []*mover) error {
	var wg sync.WaitGroup
	took := make([][]time.Duration, clients)
	failed := make([]error, clients)
	began, used := time.Now(), cpu()
	for k := range clients {
		wg.Go(func() {
			for i := k; failed[k] == nil && time.Since(began) < b.span; i += clients {
				start := time.Now()
				failed[k] = cases[i%len(cases)].move(ctx, a)
				took[k] = append(took[k], time.Since(start))
			}
		})
	}
	wg.Wait()
	wall, used := time.Since(began), cpu()-used
	var all []time.Duration
	for k := range clients {
		if failed[k] != nil {
			return failed[k]
		}
		all = append(all, took[k]...)
	}
	b.atLeast("case move, "+name+", 64 clients", float64(len(all))/wall.Seconds(), 8000, "moves/s",
		fmt.Sprintf(", p99 %s, %.0f µs of CPU each", round(percentile(all, 99)), float64(used.Microseconds())/float64(len(all))))
	return nil
}

// openLoop offers 2,000 moves a second whether or not earlier ones are answered; latency counts from the
// moment a move was due.
func (b *bench) openLoop(ctx context.Context, name string, a *app.App, cases []*mover) error {
	const rate = 2000
	n := int(b.span.Seconds() * rate)
	took := make([]time.Duration, n)
	free := make(chan *mover, len(cases))
	for _, m := range cases {
		free <- m
	}
	var failed atomic.Value
	var wg sync.WaitGroup
	start := time.Now()
	for i := range n {
		due := start.Add(time.Duration(i) * time.Second / rate)
		time.Sleep(time.Until(due))
		m := <-free
		wg.Go(func() {
			if err := m.move(ctx, a); err != nil {
				failed.Store(err)
			}
			took[i] = time.Since(due)
			free <- m
		})
	}
	wg.Wait()
	if err, ok := failed.Load().(error); ok {
		return err
	}
	p50 := percentile(took, 50)
	b.within("case move, "+name+", 2,000/s offered, p99", percentile(took, 99), 25*time.Millisecond, ", p50 "+round(p50))
	return nil
}
