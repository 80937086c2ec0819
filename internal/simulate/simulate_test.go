package simulate

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/seal"
	"gezhi/internal/store"

	"github.com/google/go-cmp/cmp"
)

const cases = 3000

// made is a small simulated district, opened at its present.
func made(t *testing.T, mixed bool) (*app.App, *store.DB, time.Time) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.db")
	until := time.Date(2026, 11, 20, 22, 0, 0, 0, time.FixedZone("CST", 8*3600))
	if err := Run(t.Context(), Options{Cases: cases, Mixed: mixed, Path: path, Slug: "binjiang", Seed: 1, Until: until}); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), "sqlite:"+path, store.Options{Clock: func() time.Time { return until }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	ring, err := seal.Load(seal.AES, KeyFile(path))
	if err != nil {
		t.Fatal(err)
	}
	return app.New(db, ring, app.Options{Now: func() time.Time { return until }}), db, until
}

func TestSimulated(t *testing.T) {
	a, db, until := made(t, false)
	t.Run("every case is whole", func(t *testing.T) { testCasesAreWhole(t, a, db, until) })
	t.Run("every invariant holds but for some alarms", func(t *testing.T) {
		v, err := a.Verify(t.Context(), 330108, nil)
		if err != nil || v.Cases != cases {
			t.Fatalf("%d cases, %v", v.Cases, err)
		}
		for _, b := range v.Broken {
			if !strings.Contains(b.First, "alarm") || b.Count > cases/20 {
				t.Errorf("%+v", b)
			}
		}
	})
	t.Run("scoped search agrees with filtering by hand", func(t *testing.T) { testScopedSearch(t, a, db) })
}

// With other procedures, verify finds nothing but what the package says it leaves out, and none of them is forgotten.
func TestSimulatedOfEveryProcedure(t *testing.T) {
	a, _, _ := made(t, true)
	z, err := a.Zone(t.Context(), 330108)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range z.Procedures() {
		leader := app.Viewer{Zone: 330108, Duties: []casework.Duty{{Role: append(p.Sealed, "leader")[0], Area: "330108"}}}
		list, err := a.Cases(t.Context(), leader, store.CaseFilter{Procedure: p.ID, Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		stages := map[string]bool{}
		for _, c := range list {
			stages[c.Stage] = true
		}
		if begun(p) && (len(list) < 20 || len(stages) < 2) {
			t.Errorf("%s: %d cases in %d stages", p.ID, len(list), len(stages))
		}
	}
	v, err := a.Verify(t.Context(), 330108, nil)
	if err != nil || v.Cases != cases {
		t.Fatalf("%d cases, %v", v.Cases, err)
	}
	for _, b := range v.Broken {
		if b.Rule.ZH != "密封内容都在" && (!strings.Contains(b.First, "alarm") || b.Count > cases/20) {
			t.Errorf("%+v", b)
		}
	}
}

// Every case must be one that the procedure could have made: its inboxes follow from its state, its
// history is whole, it goes on where it stands.
func testCasesAreWhole(t *testing.T, a *app.App, db *store.DB, until time.Time) {
	ctx := context.Background()
	z, err := a.Zone(ctx, 330108)
	if err != nil {
		t.Fatal(err)
	}
	var all []casework.Case
	if err := db.View(ctx, 330108, func(r *store.Reader) error {
		return r.EachCase(store.Everything, store.CaseFilter{}, func(c casework.Case, _ time.Time) error {
			all = append(all, c)
			return nil
		})
	}); err != nil {
		t.Fatal(err)
	}
	if len(all) != cases {
		t.Fatalf("%d cases, want %d", len(all), cases)
	}
	open, last := 0, casework.ID(0)
	numbers := map[string]bool{}
	for _, c := range all {
		if c.ID <= last || numbers[c.Number] {
			t.Errorf("case %d %s out of order or twice", c.ID, c.Number)
		}
		last, numbers[c.Number] = c.ID, true
		if at := store.IDTime(int64(c.ID)); at.Sub(c.Opened).Abs() > time.Minute {
			t.Errorf("case %s opened %s has an id of %s", c.Number, c.Opened, at)
		}
		if c.Opened.After(until) || c.Closed.After(until) {
			t.Errorf("case %s lies in the future", c.Number)
		}
		if owner, ok := z.Locate(c.Place.Point); !ok || owner.Code != c.Place.Area {
			t.Errorf("case %s: its point lies in %q, not %q", c.Number, owner.Code, c.Place.Area)
		}
		if c.Open() {
			open++
			if !c.Wake.IsZero() && !c.Wake.After(until.Add(-2*time.Hour)) {
				t.Errorf("open case %s should have been woken at %s", c.Number, c.Wake)
			}
		}
	}
	if share := float64(open) / cases; share < 0.01 || share > 0.05 {
		t.Errorf("%.1f %% of the cases are open", share*100)
	}
	checkTasks(t, a, z, all)
}

// checkTasks compares inboxes with what the procedure says, and reads some cases' pages.
func checkTasks(t *testing.T, a *app.App, z *app.Zone, all []casework.Case) {
	ctx := context.Background()
	want := map[string]int{}
	for _, c := range all {
		for _, k := range z.Version(c.Procedure, c.Version).Tasks(c) {
			want[k.Holder.Key()]++
		}
	}
	got := map[string]int{}
	for key := range want {
		v := app.Viewer{Zone: 330108, Duties: []casework.Duty{casework.Duty(casework.ParseHolder(key))}}
		lines, err := a.Inbox(ctx, v, store.CaseFilter{Limit: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if l.Holder.Key() == key || l.Kind != "case" {
				got[key]++
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("inboxes (-procedure +tables):\n%s", diff)
	}
	leader := app.Viewer{Zone: 330108, Person: 1, Kind: "staff", Duties: []casework.Duty{{Role: "leader", Area: "330108"}}}
	for _, c := range all[len(all)-100:] {
		p, err := a.CasePage(ctx, leader, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Events) != c.Events || p.Reporter == "" || slices.ContainsFunc(p.Events, func(e app.EventLine) bool { return e.Actor != 0 && e.Who == "" }) {
			t.Errorf("case %s: page %d events of %d, reporter %q", c.Number, len(p.Events), c.Events, p.Reporter)
		}
		found, err := a.Cases(ctx, leader, store.CaseFilter{Text: c.Number})
		if err != nil || len(found) != 1 || found[0].ID != c.ID {
			t.Errorf("searching %s finds %d: %v", c.Number, len(found), err)
		}
	}
}

// Full-text search with a scope must find what filtering every case by hand finds.
func testScopedSearch(t *testing.T, a *app.App, db *store.DB) {
	ctx := context.Background()
	var all []casework.Case
	z, err := a.Zone(ctx, 330108)
	if err != nil {
		t.Fatal(err)
	}
	units := map[casework.ID]map[string]bool{}
	if err := db.View(ctx, 330108, func(r *store.Reader) error {
		if err := r.EachCase(store.Everything, store.CaseFilter{}, func(c casework.Case, _ time.Time) error {
			all = append(all, c)
			return nil
		}); err != nil {
			return err
		}
		for _, c := range all {
			units[c.ID] = map[string]bool{}
			_, events, err := r.History(c.ID, store.Everything)
			if err != nil {
				return err
			}
			for _, e := range events {
				if e.Holder.Role != casework.RoleReporter {
					units[c.ID][e.Holder.Unit] = true
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	some := all[len(all)/2]
	scopes := map[string]store.Scope{
		"everything": store.Everything, "nothing": {},
		"street": {Areas: []string{some.Place.Area[:9]}}, "community": {Areas: []string{some.Place.Area[:12]}},
		"grid": {Areas: []string{some.Place.Area[:15]}}, "micro-grid": {Areas: []string{some.Place.Area}},
		"district as area": {Areas: []string{"330108"}},
		"unit":             {Units: []string{"sanitation"}}, "reporter": {Person: int64(some.Reporter)},
		"unit, community and reporter": {Units: []string{"law"}, Areas: []string{some.Place.Area[:12]}, Person: int64(some.Reporter)},
	}
	in := func(s store.Scope, c casework.Case) bool {
		ok := s.All || s.Person != 0 && int64(c.Reporter) == s.Person
		for _, area := range s.Areas {
			ok = ok || strings.HasPrefix(c.Place.Area, area)
		}
		for _, u := range s.Units {
			ok = ok || units[c.ID][u]
		}
		return ok
	}
	month := some.Opened.AddDate(0, 0, 28)
	filters := map[string]store.CaseFilter{"all": {}, "open": {State: "open"}, "open in an area": {State: "open", Area: some.Place.Area[:12]}, "a month": {From: some.Opened, To: month}, "words": {Text: "垃圾"}, "four characters": {Text: "消防通道"}, "area": {Area: some.Place.Area[:12]},
		"unit and words": {Unit: "sanitation", Text: "垃圾"}, "street name and open": {Text: "江汉路", State: "open"}}
	for sn, s := range scopes {
		for fn, f := range filters {
			var want []casework.ID
			for _, c := range slices.Backward(all) {
				last := ""
				if err := db.View(ctx, 330108, func(r *store.Reader) error {
					if f.Unit == "" || !in(s, c) {
						return nil
					}
					lines, err := r.Cases(store.Everything, store.CaseFilter{Text: c.Number})
					if len(lines) == 1 {
						last = lines[0].Unit
					}
					return err
				}); err != nil {
					t.Fatal(err)
				}
				if in(s, c) && strings.Contains(app.SearchText(z, c), f.Text) && strings.HasPrefix(c.Place.Area, f.Area) && last == f.Unit && (f.State == "" || c.Open()) &&
					(f.From.IsZero() || !c.Opened.Before(f.From) && c.Opened.Before(f.To)) {
					want = append(want, c.ID)
				}
			}
			var got []casework.ID
			for page := f; ; {
				page.Limit = 500
				var lines []store.CaseLine
				if err := db.View(ctx, 330108, func(r *store.Reader) (err error) { lines, err = r.Cases(s, page); return err }); err != nil {
					t.Fatal(err)
				}
				for _, l := range lines {
					got = append(got, l.ID)
				}
				next, more := store.NextCursor(lines, page.Limit)
				if !more {
					break
				}
				page.After = next
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, %s: %d cases, want %d", sn, fn, len(got), len(want))
			}
		}
	}
}
