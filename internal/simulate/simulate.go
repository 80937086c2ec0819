// Package simulate makes large databases to measure on: some hundred thousand or some million cases
// of a district whose people, addresses and words are synthetic.
//
// A few thousand cases are played move by move through the district's own procedures, routing and
// calendar; every other case is a clone of one of them in another place, at another time, with
// other people and words. Cases of the last nine weeks are clones of ones played up to the present,
// so the open ones stand in inboxes with clocks that run. Clones of older ones lie whole weeks
// earlier, so they keep their hours and weekdays but not the holidays of their year. The alarm of a clock
// that runs moves with its clone, by up to an hour, where it would sometimes keep its place: gezhi verify finds
// that. Pictures, messages and points are left out.
//
// With Options.Mixed every other case is of another procedure, taken through it by chance (walk.go). The sealed words
// of confidential ones are left out as well, and gezhi verify misses them.
package simulate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/pack"
	"gezhi/internal/seal"
	"gezhi/internal/store"
)

// Options say what to make.
type Options struct {
	Cases    int
	Path     string // of the SQLite file; its key is made beside it, with .key at the end
	Slug     string // the pack: binjiang
	Seed     uint64
	Mixed    bool              // every other case is of another procedure than grid-event, of each as many; see begun
	Until    time.Time         // the present of the simulated district is the last 22:00 before it
	Progress func(line string) // told now and then how far it is; may be nil
}

// days is how many days of life the cases are spread over.
const days = 3 * 365

// Run makes the database. A file that has cases already is a Conflict. After an error the file is useless.
func Run(ctx context.Context, o Options) error {
	if o.Cases < 1 || o.Cases > 100_000_000 {
		return fault.Field("cases", "案件数应在 1 到 1 亿之间。", "The number of cases must be from 1 to 100 million.")
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	o.Until = evening(o.Until)
	w, err := settle(ctx, o)
	if err != nil {
		return err
	}
	if err := w.prepare(); err != nil {
		return err
	}
	return w.fill(ctx)
}

// evening is the last 22:00 at or before the moment: simulated days are whole ones.
func evening(t time.Time) time.Time {
	t = t.In(calendar.Zone())
	end := time.Date(t.Year(), t.Month(), t.Day(), firstHour+hours, 0, 0, 0, calendar.Zone())
	if end.After(t) {
		end = end.AddDate(0, 0, -1)
	}
	return end
}

// KeyFile is where the key of a simulated database is.
func KeyFile(path string) string { return path + ".key" }

// world is the district that cases are made for.
type world struct {
	o     Options
	zone  *app.Zone
	start time.Time // first day, 00:00

	residents []casework.Person
	staff     map[string][]casework.Person // of the whole district, by role
	workers   map[string]casework.Person   // by grid
	officers  map[string]casework.Person   // by unit
	places    []place
	words     words
	kinds     []*kind // of case; grid events first
}

// kind is a procedure with the played cases that its cases are clones of.
type kind struct {
	proc     *casework.Procedure
	variants int         // played cases per hour of the week
	each     int         // played cases per hour of the last weeks
	old      []*template // in slots of the week, variants of each together
	recent   []*template // in slots of the last weeks, each of them together
}

// settle installs the pack and enters the people.
func settle(ctx context.Context, o Options) (*world, error) {
	ring, err := seal.LoadOrCreate(seal.AES, KeyFile(o.Path))
	if err != nil {
		return nil, err
	}
	midnight := time.Date(o.Until.Year(), o.Until.Month(), o.Until.Day(), 0, 0, 0, 0, calendar.Zone())
	w := &world{o: o, start: midnight.AddDate(0, 0, 1-days)}
	before := w.start.AddDate(0, -1, 0)
	clock := func() time.Time { return before }
	db, err := store.Open(ctx, "sqlite:"+o.Path, store.Options{Clock: clock, NoSync: true})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	a := app.New(db, ring, app.Options{Now: clock})
	p, err := pack.Open(o.Slug)
	if err != nil {
		return nil, err
	}
	if err := a.Install(ctx, p, true); err != nil && fault.KindOf(err) != fault.Conflict {
		return nil, err
	}
	if w.zone, err = a.Zone(ctx, p.Zone.Code); err != nil {
		return nil, err
	}
	some, err := a.Cases(ctx, app.Viewer{Zone: p.Zone.Code, Duties: []casework.Duty{{Role: "leader", Area: p.Zone.Prefix()}}}, store.CaseFilter{Limit: 1})
	if err == nil && len(some) > 0 {
		err = fault.New(fault.Conflict, "数据库 %s 里已有案件；模拟数据只写入空库。", "There are cases in %s already; simulated ones go into an empty database only.", o.Path)
	}
	if err != nil {
		return nil, err
	}
	events := w.zone.Procedure(app.GridEvent)
	if events == nil {
		return nil, errors.New("simulate: the pack has no procedure grid-event")
	}
	w.kinds = []*kind{{proc: events, variants: 12, each: 3}}
	for _, p := range w.zone.Procedures() {
		if o.Mixed && p.ID != events.ID && begun(p) {
			w.kinds = append(w.kinds, &kind{proc: p, variants: 1, each: 1})
		}
	}
	o.Progress("people")
	return w, w.people(ctx, a)
}

// slots are the hours in which people report; nobody does from 22:00 to 6:00.
const (
	firstHour   = 6
	hours       = 16
	recentWeeks = 9
)

// prepare plays the cases to be cloned.
func (w *world) prepare() error {
	w.o.Progress("playing cases")
	w.places = placesOf(w.zone.Tree)
	if len(w.places) == 0 {
		return errors.New("simulate: the district has no micro-grids with outlines")
	}
	w.words = newWords(w.o.Seed)
	rng := rand.New(rand.NewPCG(w.o.Seed, 1))
	find := own(w.zone.Code)
	for _, k := range w.kinds {
		if err := w.playKind(k, rng, find); err != nil {
			return err
		}
	}
	return nil
}

// playKind plays the cases of one kind.
func (w *world) playKind(k *kind, rng *rand.Rand, find *regexp.Regexp) error {
	add := func(list *[]*template, opened, end time.Time, slow, past bool) error {
		var p *play
		var err error
		for try := range mostTries {
			p = &play{zone: w.zone, proc: k.proc, staff: w.staff, rng: rng, now: opened, end: end, slow: slow}
			err = p.play(w.places[rng.IntN(len(w.places))].area)
			lost := past && p.alone && p.c.Open() // by chance nobody went on with it for half a year
			if err == nil && !lost || err != nil && !errors.Is(err, errParts) || try == mostTries-1 {
				break
			}
		}
		if err != nil {
			return err
		}
		t, err := newTemplate(p, find)
		*list = append(*list, t)
		return err
	}
	// A week without holidays, nor any in the weeks after.
	week := time.Date(2025, 7, 7, 0, 0, 0, 0, calendar.Zone())
	for slot := range 7 * hours {
		opened := week.AddDate(0, 0, slot/hours).Add(time.Duration(firstHour+slot%hours) * time.Hour)
		for v := range k.variants {
			if err := add(&k.old, opened, opened.AddDate(0, 6, 0), v == 0, true); err != nil {
				return err
			}
		}
	}
	for slot := range recentWeeks * 7 * hours {
		opened := w.recentDay().AddDate(0, 0, slot/hours).Add(time.Duration(firstHour+slot%hours) * time.Hour)
		for range k.each {
			if opened.After(w.o.Until) {
				opened = w.o.Until
			}
			// A clone lies up to an hour later and must not reach beyond the present.
			if err := add(&k.recent, opened, w.o.Until.Add(-time.Hour), rng.IntN(100) < 60, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// recentDay is the first of the days whose cases were played up to the present.
func (w *world) recentDay() time.Time { return w.start.AddDate(0, 0, days-7*recentWeeks) }

// opened is when case n of the whole number is reported.
func (w *world) opened(n int) (day int, at time.Time) {
	perDay := float64(w.o.Cases) / days
	day = min(int(float64(n)/perDay), days-1)
	hour := min((float64(n)-float64(day)*perDay)/perDay, 0.9999) * hours
	at = w.start.AddDate(0, 0, day).Add(firstHour*time.Hour + time.Duration(hour*float64(time.Hour)))
	return day, at.Truncate(time.Millisecond)
}

// kind chooses what kind of case the next one is.
func (w *world) kind(rng *rand.Rand) *kind {
	if len(w.kinds) == 1 || rng.IntN(2) == 0 {
		return w.kinds[0]
	}
	return w.kinds[1+rng.IntN(len(w.kinds)-1)]
}

// template chooses what case opened at the moment is cloned from, and how much later the clone is.
func (k *kind) template(rng *rand.Rand, day int, at time.Time) (*template, time.Duration) {
	hour := min(at.Hour()-firstHour, hours-1)
	var t *template
	if recent := day - (days - 7*recentWeeks); recent >= 0 {
		t = k.recent[(recent*hours+hour)*k.each+rng.IntN(k.each)]
		return t, max(min(at.Sub(t.c.Opened), 59*time.Minute), 0)
	}
	weekday := (int(at.Weekday()) + 6) % 7 // Monday is 0
	t = k.old[(weekday*hours+hour)*k.variants+rng.IntN(k.variants)]
	return t, at.Sub(t.c.Opened)
}

// make makes the cases from one number to another.
func (w *world) make(from, to int) ([]store.BulkRow, error) {
	rng := rand.New(rand.NewPCG(w.o.Seed, uint64(from)+2))
	rows := make([]store.BulkRow, 0, to-from)
	for n := from; n < to; n++ {
		day, at := w.opened(n)
		first := int(float64(day) * float64(w.o.Cases) / days)
		t, later := w.kind(rng).template(rng, day, at)
		place := &w.places[int(float64(len(w.places))*rng.Float64()*(0.3+0.7*rng.Float64()))]
		x := &clone{later: later, area: place.area}
		reporter := w.residents[rng.IntN(len(w.residents))]
		x.person = func(p casework.Person) casework.Person {
			switch n := int(p - someOfficer); {
			case p == someReporter:
				return reporter
			case p == someWorker:
				return w.workers[place.area[:15]]
			case n >= 0 && n < len(t.units):
				return w.officers[x.unitOf(t.units[n])]
			}
			return p
		}
		c := t.copy(x)
		m, ok := w.zone.Matters.Find(c.Case.Matter)
		if !ok {
			m.Name = w.zone.KindName(c.Case.Procedure, c.Case.Version, c.Case.Matter)
		}
		c.Case.ID = store.BulkID(at, n&4095)
		c.Case.Number = fmt.Sprintf("%d-%s-%05d", w.zone.Code, at.Format("20060102"), n-first+1)
		if c.Case.Place.Area == place.area {
			c.Case.Place.Point, c.Case.Place.HasPoint = place.points[rng.IntN(len(place.points))], true
		}
		w.words.write(rng, &c.Case, m)
		if !c.Case.Place.HasPoint {
			c.Case.Place.Address = ""
		}
		c.Text = app.SearchText(w.zone, c.Case)
		row, err := store.NewBulkRow(w.zone.Code, &c)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// batch is how many cases are made at once, beside those that are being written.
const batch = 2000

// fill writes the cases.
func (w *world) fill(ctx context.Context) (err error) {
	b, err := store.OpenBulk(ctx, w.o.Path, w.zone.Code)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	type made struct {
		rows []store.BulkRow
		err  error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	queue := make(chan made, 4)
	go func() {
		defer close(queue)
		for from := 0; from < w.o.Cases; from += batch {
			rows, err := w.make(from, min(from+batch, w.o.Cases))
			select {
			case queue <- made{rows, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	began, done, said := time.Now(), 0, time.Now()
	for m := range queue {
		if m.err != nil {
			return m.err
		}
		for i := range m.rows {
			if err := b.Add(&m.rows[i]); err != nil {
				return err
			}
		}
		if done += len(m.rows); time.Since(said) > 5*time.Second {
			said = time.Now()
			w.o.Progress(fmt.Sprintf("%d of %d cases, %.0f/s", done, w.o.Cases, float64(done)/time.Since(began).Seconds()))
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for day := range days {
		before, upTo := float64(day)*float64(w.o.Cases)/days, float64(day+1)*float64(w.o.Cases)/days
		date := w.start.AddDate(0, 0, day).Format("20060102")
		if err := b.SetCounter("case:"+date, int64(math.Ceil(upTo))-int64(before)); err != nil {
			return err
		}
	}
	w.o.Progress(fmt.Sprintf("%d cases in %s", done, time.Since(began).Round(time.Second)))
	return b.Finish(w.o.Progress)
}

// RunWhole is Run under another name, moved to its own when complete: a file at Path is always whole, and what
// an interrupted run left is begun again.
func RunWhole(ctx context.Context, o Options) error {
	path := o.Path
	o.Path += ".unfinished"
	for _, old := range []string{o.Path, o.Path + "-wal", o.Path + "-shm", KeyFile(o.Path)} {
		if err := os.Remove(old); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := Run(ctx, o); err != nil {
		return err
	}
	if err := os.Rename(KeyFile(o.Path), KeyFile(path)); err != nil {
		return err
	}
	return os.Rename(o.Path, path)
}

// Exists reports whether the file is there.
func Exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// SQLiteFile is the path in a DSN of the form sqlite:FILE; false for any other.
func SQLiteFile(dsn string) (string, bool) {
	path, ok := strings.CutPrefix(dsn, "sqlite:")
	return path, ok && path != ""
}
