package app_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/geo"
	"gezhi/internal/ledger"
	"gezhi/internal/points"
	"gezhi/internal/store"
	"gezhi/internal/testdb"
)

// A process that is killed in the middle of work must not lose what it has acknowledged. The test starts
// itself again as a worker that takes cases through their whole procedure and says on its output what
// was acknowledged; it kills the worker without warning, many times, and then looks everything up.

const workerEnv = "GEZHI_KILL_WORKER" // the DSN, for the process that is to be killed

func TestMain(m *testing.M) {
	if dsn := os.Getenv(workerEnv); dsn != "" {
		work(dsn)
		return
	}
	os.Exit(m.Run())
}

var killCast = []struct{ login, role, unit, area string }{
	{"wangge", "grid_staff", "", "grid"}, {"shouli", "acceptor", "", "330108"}, {"zhiban", "shift_leader", "", "330108"},
	{"paiqian", "dispatcher", "", "330108"}, {"huanwei", "officer", "sanitation", ""}, {"hecha", "verifier", "", "330108"},
}

func TestKilledProcessesLoseNothingAcknowledged(t *testing.T) {
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("GEZHI_KILLS")); err == nil {
		kills = n
	}
	for engine, dsn := range map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "g.db") },
		"PostgreSQL": func(t *testing.T) string { return testdb.Copied(t, "binjiang", apptest.Fill) },
	} {
		t.Run(engine, func(t *testing.T) {
			dsn := dsn(t)
			w := apptest.New(t, dsn)
			z, err := w.App.Zone(context.Background(), apptest.Zone)
			w.OK(err)
			code, _ := z.Tree.LocateCode(killPoint)
			for _, c := range killCast {
				if c.area == "grid" {
					c.area = code[:15]
				}
				w.Staff(c.login, "虚构人员", casework.Duty{Role: c.role, Unit: c.unit, Area: c.area})
			}
			w.Resident("19900000009")
			told := hooked(w, "https://receiver.example/")
			acked := map[string]string{}
			for range kills {
				for k, v := range runAndKill(t, dsn) {
					acked[k] = v
				}
			}
			t.Logf("%d writes were acknowledged before %d kills", len(acked), kills)
			lookUp(t, w, acked)
			toldOfAll(t, w, told)
		})
	}
}

// toldOfAll wants a notice of every line of history in a webhook's outbox, for the two are kept together or not at all.
func toldOfAll(t *testing.T, w *apptest.World, id int) {
	t.Helper()
	w.OK(w.App.DB().View(context.Background(), apptest.Zone, func(r *store.Reader) error {
		waiting := map[string]bool{}
		list, err := r.Notifications(id, 0, 1_000_000)
		if err != nil {
			return err
		}
		for _, n := range list {
			waiting[n.Event] = true
		}
		events := 0
		err = r.EachLoggedEvent(func(e store.LoggedEvent) error {
			if events++; !waiting[fmt.Sprintf("%s.%d", e.Number, e.Seq)] {
				t.Errorf("nobody is told of %s of case %s", e.Move, e.Number)
			}
			return nil
		})
		if events == 0 || events != len(list) {
			t.Errorf("%d notices of %d events", len(list), events)
		}
		return err
	}))
}

var killPoint = geo.Point{Lng: 120.205, Lat: 30.195}

// runAndKill lets a worker work for a random while after its first acknowledged write, then kills it.
func runAndKill(t *testing.T, dsn string) map[string]string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), workerEnv+"="+dsn)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	acked := map[string]string{}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		// A line cut in two by the kill was never read whole by anybody: it lacks its full stop.
		k, v, ok := strings.Cut(lines.Text(), " ")
		v, whole := strings.CutSuffix(v, ".")
		if !ok || !whole {
			break
		}
		if len(acked) == 0 {
			time.AfterFunc(time.Duration(30+rand.IntN(400))*time.Millisecond, func() { cmd.Process.Kill() })
		}
		acked[k] = v
	}
	cmd.Wait()
	if len(acked) == 0 {
		t.Fatal("the worker acknowledged nothing")
	}
	return acked
}

// lookUp finds every acknowledged write again and checks the books.
func lookUp(t *testing.T, w *apptest.World, acked map[string]string) {
	t.Helper()
	w.Pass(time.Since(w.Now()) + time.Minute) // the workers lived by the real clock
	found, err := w.App.Verify(context.Background(), apptest.Zone, nil)
	w.OK(err)
	for _, b := range found.Broken {
		t.Errorf("verify: %+v", b)
	}
	if found.Cases == 0 {
		t.Error("verify looked at no case")
	}
	closed := int64(0)
	err = w.App.DB().View(context.Background(), apptest.Zone, func(r *store.Reader) error {
		for k, v := range acked {
			id, move, _ := strings.Cut(k, "/")
			n, _ := strconv.ParseInt(id, 10, 64)
			c, err := r.Case(casework.ID(n), store.Everything)
			if err != nil {
				t.Errorf("%s of case %s was acknowledged: %v", move, id, err)
				continue
			}
			revision, _ := strconv.ParseInt(v, 10, 64)
			if c.Revision < revision {
				t.Errorf("case %s is at revision %d; %s had made it %d", id, c.Revision, move, revision)
			}
		}
		return r.EachCase(store.Everything, store.CaseFilter{}, func(c casework.Case, _ time.Time) error {
			if !c.Closed.IsZero() {
				closed++
			}
			return nil
		})
	})
	w.OK(err)
	resident := w.Resident("19900000009")
	wallet, err := w.App.Wallet(context.Background(), resident, 0, 1)
	w.OK(err)
	err = w.App.DB().View(context.Background(), apptest.Zone, func(r *store.Reader) error {
		awards, posted := int64(0), int64(0)
		if err := r.EachAward(func(x points.Award, _ []points.Event) error {
			awards++
			if x.State == points.Posted {
				posted += x.Points
			}
			return nil
		}); err != nil {
			return err
		}
		if awards != closed || posted != wallet.Balance || (closed > 0 && posted == 0) {
			t.Errorf("%d closed cases made %d awards that posted %d points; the wallet holds %d", closed, awards, posted, wallet.Balance)
		}
		pool, err := r.Account(ledger.Of(ledger.Pool, "330108"), ledger.Point)
		if pool.Balance != apptest.Budget-wallet.Balance {
			t.Errorf("the pool holds %d, %d were received", pool.Balance, wallet.Balance)
		}
		return err
	})
	w.OK(err)
}

// work is the worker: several hands take cases through the procedure until the process is killed.
func work(dsn string) {
	ctx := context.Background()
	must := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, "worker:", err)
			os.Exit(3)
		}
	}
	db, err := store.Open(ctx, dsn, store.Options{Clock: time.Now, Log: slog.New(slog.DiscardHandler)})
	must(err)
	a, err := apptest.App(db, time.Now)
	must(err)
	people := map[string]app.Viewer{}
	must(db.View(ctx, apptest.Zone, func(r *store.Reader) error {
		list, err := r.StaffList("", 100)
		for _, s := range list {
			people[s.Login], err = a.ViewerOf(ctx, apptest.Zone, s.Person)
		}
		return err
	}))
	resident, err := apptest.PhoneOwner(a, "19900000009")
	must(err)
	var picture bytes.Buffer
	must(jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 16, 16)), nil))

	var say sync.Mutex
	ack := func(c casework.Case, move string) {
		say.Lock()
		defer say.Unlock()
		fmt.Printf("%d/%s %d.\n", c.ID, move, c.Revision)
	}
	for hand := range 16 {
		go func() {
			for n := 0; ; n++ {
				key := fmt.Sprintf("%d-%d-%d", os.Getpid(), hand, n)
				c, err := a.Submit(ctx, resident, app.Report{Key: key, Matter: "E0102", Text: "垃圾成堆", Point: killPoint, HasPoint: true})
				must(err)
				ack(c, "report")
				for _, m := range []struct{ login, move, field, value string }{
					{"wangge", "verify", "finding", "as_reported"}, {"shouli", "accept", "", ""}, {"zhiban", "file", "standard", ""},
					{"paiqian", "dispatch", "", ""}, {"huanwei", "sign", "", ""}, {"huanwei", "done", "result_text", "已清运"},
					{"paiqian", "to_check", "", ""}, {"hecha", "pass", "", ""}, {"zhiban", "close", "", ""},
				} {
					cmd := casework.Command{Move: m.move, Fields: map[string]string{}, Revision: c.Revision}
					if m.field != "" {
						cmd.Fields[m.field] = m.value
					}
					if m.move == "file" {
						z, err := a.Zone(ctx, apptest.Zone)
						must(err)
						matter, _ := z.Matters.Find("E0102")
						cmd.Fields["standard"] = matter.Standards[0].ID
					}
					if m.move == "done" {
						id, err := a.AddPhoto(ctx, people[m.login], bytes.NewReader(picture.Bytes()))
						must(err)
						cmd.Photos = []string{strconv.FormatInt(id, 10)}
					}
					c, err = a.Move(ctx, people[m.login], c.ID, cmd, key+m.move)
					must(err)
					ack(c, m.move)
				}
			}
		}()
	}
	select {}
}
