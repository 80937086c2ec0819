// Package apptest sets up a small district for tests: an installed zone, people, and a clock that moves
// only when a test moves it.
package apptest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
	"gezhi/internal/pack"
	"gezhi/internal/seal"
	"gezhi/internal/sms"
	"gezhi/internal/store"
	"gezhi/internal/webhook"
)

// Zone is the district of the tests: Binjiang.
const Zone = 330108

// Password is what every member of staff signs in with.
const Password = "Correct-horse-7"

// World is an installed district.
type World struct {
	T   testing.TB
	App *app.App
	SMS *sms.Shown
	*Clock
	hash string
	keys int
}

// New installs Binjiang into the database the DSN names, at ten in the morning of Monday, 2 March 2026.
func New(t testing.TB, dsn string) *World {
	t.Helper()
	w := &World{T: t, Clock: NewClock(Start)}
	w.App, w.SMS = Installed(t, dsn, w.Now)
	w.hash = Hash(w.App, Password)
	return w
}

// Start is the moment the tests' districts are installed.
var Start = time.Date(2026, 3, 2, 10, 0, 0, 0, calendar.Zone())

// Installed is Binjiang in the database the DSN names, under the test's own clock. An SQLite file is a copy of
// one made once, because drawing and storing 3,500 areas for every test would take longer than the tests; for
// PostgreSQL testdb.Copied does the same with Fill.
func Installed(t testing.TB, dsn string, now func() time.Time) (*app.App, *sms.Shown) {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if path, isFile := strings.CutPrefix(dsn, "sqlite:"); isFile {
		ok(copyTemplate(path))
	}
	db, err := store.Open(context.Background(), dsn, store.Options{Clock: now, NoSync: true})
	ok(err)
	t.Cleanup(func() { db.Close() })
	ring, err := newRing()
	ok(err)
	messages := &sms.Shown{}
	a := app.New(db, ring, app.Options{SMS: messages, Now: now, Webhooks: receivers()})
	return a, messages
}

// Fill installs Binjiang into an empty database.
func Fill(dsn string) error {
	now := func() time.Time { return Start }
	db, err := store.Open(context.Background(), dsn, store.Options{Clock: now, NoSync: true})
	if err != nil {
		return err
	}
	a, err := App(db, now)
	if err == nil {
		err = install(a)
	}
	return errors.Join(err, db.Close())
}

func install(a *app.App) error {
	p, err := pack.Open("binjiang")
	if err != nil {
		return err
	}
	if err := a.Install(context.Background(), p, true); err != nil {
		return err
	}
	return a.DB().InTx(context.Background(), Zone, func(tx *store.Tx) error { return allot(tx, "330108", Budget) })
}

// Budget is how many points the district's own pool begins with; those of streets and communities are empty.
const Budget = 1_000_000

func allot(tx *store.Tx, area string, n int64) error {
	b := store.Allotment{ID: tx.NewID(), Area: area, Points: n, Document: "测试预算"}
	b.Transfer = fmt.Sprint("allot:", b.ID)
	_, err := tx.Post(ledger.Transfer{ID: b.Transfer, From: ledger.Of(ledger.Issue, fmt.Sprint(Zone)), To: ledger.Of(ledger.Pool, area), Asset: ledger.Point,
		Amount: n, Reason: "allotment", Ref: b.Transfer})
	if err != nil {
		return err
	}
	return tx.AddAllotment(b)
}

// Allot gives a pool points.
func (w *World) Allot(area string, n int64) {
	w.T.Helper()
	w.OK(w.App.DB().InTx(context.Background(), Zone, func(tx *store.Tx) error { return allot(tx, area, n) }))
}

// template is an SQLite file with Binjiang installed and nobody in it, open and without a name.
var template = sync.OnceValues(func() (*os.File, error) {
	dir, err := os.MkdirTemp("", "gezhi-apptest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := Fill("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.Open(path)
})

var copying sync.Mutex // the template has one position

// copyTemplate writes the template to a path, from file to file: the race detector would look at every byte between.
func copyTemplate(path string) error {
	from, err := template()
	if err != nil {
		return err
	}
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	copying.Lock()
	defer copying.Unlock()
	if _, err = from.Seek(0, io.SeekStart); err == nil {
		_, err = io.Copy(to, from)
	}
	return errors.Join(err, to.Close())
}

var hashes sync.Map // by password

// Hash is the password's hash, computed once a process: it is slow on purpose.
func Hash(a *app.App, password string) string {
	if h, ok := hashes.Load(password); ok {
		return h.(string)
	}
	h, _ := hashes.LoadOrStore(password, a.HashPassword(password))
	return h.(string)
}

func newRing() (*seal.Ring, error) {
	return seal.New(seal.AES, []byte("0123456789abcdefghijklmnopqrstuv"))
}

// receivers sends notices to tests' own servers, with little patience.
func receivers() *webhook.Client {
	return webhook.NewClient(webhook.Options{Reach: webhook.Reach{Loopback: true}, Patience: 3 * time.Second})
}

// App is the use cases over a database that New has set up, for another process.
func App(db *store.DB, now func() time.Time) (*app.App, error) {
	ring, err := newRing()
	if err != nil {
		return nil, err
	}
	return app.New(db, ring, app.Options{Now: now, SMS: &sms.Shown{}, Webhooks: receivers()}), nil
}

// PhoneOwner is the resident who signed in with the phone before.
func PhoneOwner(a *app.App, phone string) (app.Viewer, error) {
	ring, err := newRing()
	if err != nil {
		return app.Viewer{}, err
	}
	ctx := context.Background()
	var id casework.Person
	err = a.DB().View(ctx, Zone, func(r *store.Reader) error {
		p, err := r.PersonByPhone("resident", ring.Hash("phone", phone))
		id = p.ID
		return err
	})
	if err != nil {
		return app.Viewer{}, err
	}
	return a.ViewerOf(ctx, Zone, id)
}

// Pass lets time go by and runs the timers that fall due.
func (w *World) Pass(d time.Duration) {
	w.T.Helper()
	w.Clock.Pass(d)
	_, err := w.App.Tick(context.Background(), Zone)
	w.OK(err)
	_, err = w.App.PostDue(context.Background(), Zone)
	w.OK(err)
}

// OK fails the test on an error.
func (w *World) OK(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Code is the one-time code last sent to the phone.
func (w *World) Code(phone string) string {
	w.T.Helper()
	var code string
	if _, err := fmt.Sscanf(w.SMS.Last(phone), "【格治】验证码 %6s", &code); err != nil {
		w.T.Fatalf("no code was sent to %s: %q", phone, w.SMS.Last(phone))
	}
	return code
}

// Resident signs a phone in.
func (w *World) Resident(phone string) app.Viewer {
	w.T.Helper()
	w.OK(w.App.SendCode(context.Background(), Zone, phone, lang.ZH))
	id, err := w.App.EnterByCode(context.Background(), Zone, phone, w.Code(phone))
	w.OK(err)
	return w.Viewer(id)
}

// Viewer is a person with today's duties.
func (w *World) Viewer(id casework.Person) app.Viewer {
	w.T.Helper()
	v, err := w.App.ViewerOf(context.Background(), Zone, id)
	w.OK(err)
	return v
}

// Staff enters somebody who signs in with the login name and Password and holds the duties.
func (w *World) Staff(login, name string, duties ...casework.Duty) app.Viewer {
	w.T.Helper()
	return w.StaffWithPhone(login, name, "", duties...)
}

// StaffWithPhone is Staff for somebody with a phone: a resident with the same number is the same human being.
func (w *World) StaffWithPhone(login, name, phone string, duties ...casework.Duty) app.Viewer {
	w.T.Helper()
	var id int64
	w.OK(w.App.DB().InTx(context.Background(), Zone, func(tx *store.Tx) (err error) {
		var tenures []store.Tenure
		for _, d := range duties {
			tenures = append(tenures, store.Tenure{Duty: d, Post: len(d.Area) > 12})
		}
		id, err = w.App.AddStaff(tx, app.NewPerson{Name: name, Phone: phone, Synthetic: true}, login, w.hash, tenures...)
		return err
	}))
	return w.Viewer(casework.Person(id))
}

// Move makes a move that must succeed.
func (w *World) Move(v app.Viewer, c casework.Case, move string, change func(*casework.Command)) casework.Case {
	w.T.Helper()
	cmd := casework.Command{Move: move, Fields: map[string]string{}}
	if change != nil {
		change(&cmd)
	}
	w.keys++
	out, err := w.App.Move(context.Background(), v, c.ID, cmd, fmt.Sprint("key", w.keys))
	if err != nil {
		p, _ := w.App.CasePage(context.Background(), v, c.ID)
		var have []string
		for _, o := range p.Options {
			have = append(have, o.Move)
		}
		w.T.Fatalf("%s in stage %s (with %s): %v; possible: %v", move, c.Stage, c.Holder.Key(), err, have)
	}
	return out
}

// Household enters a household whose first member is its head.
func Household(w *World, members ...casework.Person) {
	w.T.Helper()
	w.OK(w.App.DB().InTx(context.Background(), Zone, func(tx *store.Tx) error { return tx.AddHome(members) }))
}

// Photo uploads a small picture of its own for somebody and returns its id, for a move.
func (w *World) Photo(v app.Viewer) string {
	w.T.Helper()
	w.keys++
	img := image.NewGray(image.Rect(0, 0, 64, 64))
	for i := range img.Pix {
		img.Pix[i] = byte(i * w.keys)
	}
	var b bytes.Buffer
	w.OK(png.Encode(&b, img))
	id, err := w.App.AddPhoto(context.Background(), v, &b)
	w.OK(err)
	return fmt.Sprint(id)
}
