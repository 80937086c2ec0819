package app_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/lang"
	"gezhi/internal/pack"
	"gezhi/internal/seal"
	"gezhi/internal/sms"
	"gezhi/internal/store"
	"gezhi/internal/testdb"
)

// world is an installed Binjiang with a clock that the test moves.
type world struct {
	t    testing.TB
	app  *app.App
	sms  *sms.Shown
	now  time.Time
	zone int
	n    int
}

const binjiang = 330108

func forEngines(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("SQLite", func(t *testing.T) {
		test(t, newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "g.db")))
	})
	t.Run("PostgreSQL", func(t *testing.T) { test(t, newWorld(t, testdb.Postgres(t))) })
}

func newWorld(t testing.TB, dsn string) *world {
	t.Helper()
	w := &world{t: t, sms: &sms.Shown{}, zone: binjiang, now: time.Date(2026, 3, 2, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))}
	db, err := store.Open(context.Background(), dsn, store.Options{Clock: func() time.Time { return w.now }})
	w.ok(err)
	t.Cleanup(func() { db.Close() })
	ring, err := seal.New(seal.AES, []byte("0123456789abcdefghijklmnopqrstuv"))
	w.ok(err)
	w.app = app.New(db, ring, app.Options{SMS: w.sms, Now: func() time.Time { return w.now }})
	p, err := pack.Open("binjiang")
	w.ok(err)
	w.ok(w.app.Install(context.Background(), p, true))
	return w
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// resident signs a phone in and returns who it is.
func (w *world) resident(phone string) app.Viewer {
	w.t.Helper()
	w.ok(w.app.SendCode(context.Background(), w.zone, phone, lang.ZH))
	text := w.sms.Last(phone)
	code := text[len(text)-len("，5 分钟内有效。请勿告诉他人。")-6:][:6]
	id, err := w.app.EnterByCode(context.Background(), w.zone, phone, code)
	w.ok(err)
	return w.viewer(id)
}

func (w *world) viewer(id casework.Person) app.Viewer {
	w.t.Helper()
	v, err := w.app.ViewerOf(context.Background(), w.zone, id)
	w.ok(err)
	return v
}

// staff enters somebody with the duties.
func (w *world) staff(login string, duties ...casework.Duty) app.Viewer {
	w.t.Helper()
	var id int64
	w.ok(w.app.DB().InTx(context.Background(), w.zone, func(tx *store.Tx) (err error) {
		var tenures []store.Tenure
		for _, d := range duties {
			tenures = append(tenures, store.Tenure{Duty: d})
		}
		id, err = w.app.AddStaff(tx, app.NewPerson{Name: "测试" + login, Synthetic: true}, login, "", tenures...)
		return err
	}))
	return w.viewer(casework.Person(id))
}

func (w *world) move(v app.Viewer, c casework.Case, move string, change func(*casework.Command)) casework.Case {
	w.t.Helper()
	w.n++
	cmd := casework.Command{Move: move, Fields: map[string]string{}}
	if change != nil {
		change(&cmd)
	}
	out, err := w.app.Move(context.Background(), v, c.ID, cmd, move+time.Duration(w.n).String())
	if err != nil {
		p, _ := w.app.CasePage(context.Background(), v, c.ID)
		var have []string
		for _, o := range p.Options {
			have = append(have, o.Move)
		}
		w.t.Fatalf("%s in stage %s (holder %s): %v; options %v", move, c.Stage, c.Holder.Key(), err, have)
	}
	return out
}

func TestAReportIsRoutedToItsMicroGrid(t *testing.T) {
	forEngines(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		v := w.resident("13800000001")
		r := app.Report{Key: "k1", Matter: "E0102", Text: "楼下垃圾成堆，影响通行", Point: geo.Point{Lng: 120.205, Lat: 30.195}, HasPoint: true}
		c, err := w.app.Submit(ctx, v, r)
		w.ok(err)
		if len(c.Place.Area) != 17 || c.Number != "330108-20260302-00001" {
			t.Errorf("case %s in area %q", c.Number, c.Place.Area)
		}
		again, err := w.app.Submit(ctx, v, r)
		w.ok(err)
		if again.ID != c.ID {
			t.Error("a double click made two cases")
		}
		stranger := w.resident("13800000002")
		if _, err := w.app.CasePage(ctx, stranger, c.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger sees the case: %v", err)
		}
		page, err := w.app.CasePage(ctx, v, c.ID)
		w.ok(err)
		if page.Path == "" || page.Holder.ZH == "" || len(page.Steps) != 7 || len(page.Events) == 0 {
			t.Errorf("page %+v", page)
		}
		r.Key, r.Point = "k2", geo.Point{Lng: 121, Lat: 31}
		if _, err := w.app.Submit(ctx, v, r); fault.KindOf(err) != fault.Invalid || fault.Fields(err)[0].Field != "point" {
			t.Errorf("a point outside the district: %v", err)
		}
		near, err := w.app.Duplicates(ctx, w.zone, "E0102", geo.Point{Lng: 120.2055, Lat: 30.195})
		w.ok(err)
		if len(near) != 1 || near[0].ID != c.ID {
			t.Errorf("duplicates nearby: %+v", near)
		}
		for _, words := range []string{"垃圾", "垃", "成堆", c.Number} {
			found, err := w.app.Cases(ctx, v, store.CaseFilter{Text: words})
			w.ok(err)
			if len(found) != 1 {
				t.Errorf("searching %q finds %d", words, len(found))
			}
		}
	})
}
