package store

import (
	"context"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/geo"
	"gezhi/internal/lang"
	"gezhi/internal/testdb"

	"github.com/google/go-cmp/cmp"
)

// forEngines runs a test on an installed zone of both engines.
func forEngines(t *testing.T, test func(t *testing.T, db *DB)) {
	run := func(t *testing.T, dsn string) {
		db, err := Open(context.Background(), dsn, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		write(t, db, func(tx *Tx) error {
			return tx.AddZone(Zone{Code: 330108, Slug: "binjiang", Name: lang.Text{ZH: "滨江区", EN: "Binjiang"}, Hours: "09:00-17:00"})
		})
		test(t, db)
	}
	t.Run("SQLite", func(t *testing.T) { run(t, "sqlite:"+filepath.Join(t.TempDir(), "g.db")) })
	t.Run("PostgreSQL", func(t *testing.T) { run(t, testdb.Copied(t, "migrated", migrated)) })
}

// migrated makes the tables.
func migrated(dsn string) error {
	db, err := Open(context.Background(), dsn, Options{})
	if err != nil {
		return err
	}
	return db.Close()
}

func write(t *testing.T, db *DB, fn func(*Tx) error) {
	t.Helper()
	if err := db.InTx(context.Background(), 330108, fn); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, db *DB, fn func(*Reader) error) {
	t.Helper()
	if err := db.View(context.Background(), 330108, fn); err != nil {
		t.Fatal(err)
	}
}

// noText is what a case without words is found by.
func noText() string { return "" }

// wholeCase has something in every field, so that one forgotten by the store is noticed.
func wholeCase(t *testing.T, id casework.ID) casework.Case {
	at := func(h int) time.Time { return time.Date(2026, 3, 2, h, 0, 0, 0, calendar.Zone()) }
	clock := calendar.Start(calendar.Builtin(calendar.DefaultHours()), at(9), calendar.Limit{N: 3, Unit: calendar.WorkDay})
	c := casework.Case{
		Zone: 330108, ID: id, Number: "330108-20260302-00001", Procedure: "grid-event", Version: 1, Matter: "E0102", Standard: "a", Source: "resident",
		Title: "垃圾", Text: "楼下垃圾成堆", Place: casework.Place{Area: "33010800100100101", Point: geo.Point{Lng: 120.2, Lat: 30.2}, HasPoint: true, Address: "某路 1 号"},
		Reporter: 7, Stage: "handling", Entered: at(10), Holder: casework.Holder{Role: "officer", Unit: "cg"}, Previous: casework.Holder{Role: "dispatcher", Area: "330108"},
		Opened: at(9), Accepted: at(10), Filed: at(11), Handled: at(12), Closed: at(13), Result: "resolved", Rating: 5, MergedTo: 9,
		Clocks: map[string]casework.Timer{"handle": {Clock: clock, Done: at(14), Warned: 2, Due: at(15), Late: true}},
		Asks:   []casework.Ask{{Kind: "extension", By: 3, For: 4, At: at(10), Holder: casework.Holder{Role: "shift_leader", Area: "330108"}, Fields: map[string]string{"extra": "1work_day"}, Note: "x"}},
		Counts: map[string]int{"rework": 1}, Fields: map[string]string{"result_text": "清运"}, Did: map[string]casework.Person{"done": 3}, DidFor: map[string]casework.Person{"done": 4},
		Held: map[string]casework.Holder{"handling": {Role: "officer", Unit: "cg"}}, Level: 2, Events: 4, Wake: at(16), Revision: 4,
		Parent: 5, Sealed: []string{"complaint_desk", "supervisor"},
		Parts: []casework.SubCase{{Kind: "reviews", Key: "fire", Round: 1, Case: 11, Number: "330108-20260302-00001-1", Holder: casework.Holder{Role: "officer", Unit: "fire"},
			Limit: "5work_day", After: []string{"licence"}, Fields: map[string]string{"a": "b"}, Opened: at(11), Closed: at(12), Result: "granted", Said: "complete", Late: true}},
	}
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Fatalf("the test's case leaves %s empty", v.Type().Field(i).Name)
		}
	}
	return c
}

func TestACaseComesBackWhole(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		want := wholeCase(t, casework.ID(db.NewID()))
		tasks := []casework.Task{{Kind: "case", Holder: want.Holder, Due: want.Wake}}
		write(t, db, func(tx *Tx) error { return tx.AddCase(want, want.Wake, tasks, "垃圾") })
		var got casework.Case
		read(t, db, func(r *Reader) (err error) { got, err = r.Case(want.ID, Everything); return err })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		moved := want
		moved.Stage, moved.Revision, moved.Holder = "feedback", 5, casework.Holder{Role: "dispatcher", Area: "330108"}
		write(t, db, func(tx *Tx) error {
			return tx.MoveCase(want, moved, time.Time{}, tasks, []casework.Task{{Kind: "case", Holder: moved.Holder}}, noText)
		})
		read(t, db, func(r *Reader) (err error) { got, err = r.Case(want.ID, Everything); return err })
		if diff := cmp.Diff(moved, got); diff != "" {
			t.Error(diff)
		}
		if err := db.InTx(context.Background(), 330108, func(tx *Tx) error { return tx.MoveCase(want, moved, time.Time{}, nil, nil, noText) }); err == nil {
			t.Error("a case was moved from a revision it no longer has")
		}
		// Only columns that changed are written: each must be found to have changed, and to change back.
		later := func(t time.Time) time.Time { return t.Add(time.Hour) }
		other := moved
		other.Revision, other.Matter, other.Standard, other.Place.Area = 6, "E0103", "b", "33010800100100202"
		other.Filed, other.Handled, other.Closed, other.Wake = later(moved.Filed), later(moved.Handled), time.Time{}, time.Time{}
		other.Result, other.Rating, other.MergedTo, other.Holder = "", 0, 0, casework.Holder{Role: "officer", Unit: "gas"}
		back := moved
		back.Revision, back.Holder = 7, casework.Holder{Role: "officer", Unit: "cg"}
		for _, step := range [][2]*casework.Case{{&moved, &other}, {&other, &back}} {
			write(t, db, func(tx *Tx) error { return tx.MoveCase(*step[0], *step[1], time.Time{}, nil, nil, noText) })
			read(t, db, func(r *Reader) (err error) { got, err = r.Case(want.ID, Everything); return err })
			if diff := cmp.Diff(*step[1], got); diff != "" {
				t.Error(diff)
			}
			read(t, db, func(r *Reader) error {
				lines, err := r.Cases(Everything, CaseFilter{})
				if len(lines) != 1 || lines[0].Unit != step[1].Holder.Unit {
					t.Errorf("lists show %+v, want unit %s", lines, step[1].Holder.Unit)
				}
				return err
			})
		}
	})
}

func TestScopeIsKeptByEveryList(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		ids := map[string]casework.ID{}
		for i, area := range []string{"33010800100100101", "33010800100200101", "33010800200100101"} {
			c := wholeCase(t, casework.ID(db.NewID()))
			c.Sealed = nil
			c.Number, c.Place.Area, c.Closed, c.MergedTo = area, area, time.Time{}, 0
			c.Reporter, c.Holder = casework.Person(100+i), casework.Holder{Role: "officer", Unit: []string{"cg", "gas", "gas"}[i]}
			ids[area] = c.ID
			write(t, db, func(tx *Tx) error {
				return tx.AddCase(c, c.Wake, []casework.Task{{Kind: "case", Holder: c.Holder, Due: c.Wake}}, "垃圾 "+area)
			})
		}
		for name, c := range map[string]struct {
			scope Scope
			want  int
		}{
			"nothing":                    {Scope{}, 0},
			"everything":                 {Everything, 3},
			"a street":                   {Scope{Areas: []string{"330108001"}}, 2},
			"a community":                {Scope{Areas: []string{"330108001002"}}, 1},
			"a prefix that is no area":   {Scope{Areas: []string{"33010800300"}}, 0},
			"a unit":                     {Scope{Units: []string{"gas"}}, 2},
			"a unit and a street":        {Scope{Units: []string{"gas"}, Areas: []string{"330108001"}}, 3},
			"one's own reports":          {Scope{Person: 101}, 1},
			"a person who reported none": {Scope{Person: 999}, 0},
		} {
			read(t, db, func(r *Reader) error {
				for list, get := range map[string]func() ([]CaseLine, error){
					"list":   func() ([]CaseLine, error) { return r.Cases(c.scope, CaseFilter{}) },
					"search": func() ([]CaseLine, error) { return r.Cases(c.scope, CaseFilter{Text: "垃圾"}) },
					"points": func() ([]CaseLine, error) { return r.OpenPoints(c.scope, CaseFilter{}) },
				} {
					lines, err := get()
					if err != nil || len(lines) != c.want {
						t.Errorf("%s: %s gives %d cases (%v), want %d", name, list, len(lines), err, c.want)
					}
				}
				n := 0
				err := r.EachCase(c.scope, CaseFilter{}, func(casework.Case, time.Time) error { n++; return nil })
				if err != nil || n != c.want {
					t.Errorf("%s: each gives %d (%v), want %d", name, n, err, c.want)
				}
				seen := 0
				for _, id := range ids {
					if _, err := r.Case(id, c.scope); err == nil {
						seen++
					}
				}
				if seen != c.want {
					t.Errorf("%s: %d cases open, want %d", name, seen, c.want)
				}
				return nil
			})
		}
	})
}

func TestInboxIsPagedByKeyInTheOrderOfUrgency(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		base := time.Date(2026, 3, 2, 9, 0, 0, 0, calendar.Zone())
		for i := range 7 {
			c := wholeCase(t, casework.ID(db.NewID()))
			c.Number, c.Closed = string(rune('a'+i)), time.Time{}
			c.Holder = casework.Holder{Role: "grid_staff", Area: "330108001001001"}
			due := base.Add(time.Duration((i*3)%7) * time.Hour)
			if i == 6 {
				due = time.Time{} // no clock: last
			}
			write(t, db, func(tx *Tx) error {
				return tx.AddCase(c, due, []casework.Task{{Kind: "case", Holder: c.Holder, Due: due}}, "x")
			})
		}
		duties := []casework.Duty{{Role: "grid_staff", Area: "330108001001"}, {Role: "grid_staff", Area: "330108001001001"}}
		var got []CaseLine
		f := CaseFilter{Limit: 3}
		read(t, db, func(r *Reader) error {
			for {
				page, err := r.Inbox(duties, f)
				if err != nil {
					return err
				}
				got = append(got, page...)
				next, more := NextCursor(page, f.Limit)
				if !more {
					break
				}
				f.After = next
			}
			all, _, err := r.InboxCount(duties)
			if all != 7 {
				t.Errorf("count %d, want 7", all)
			}
			if none, _ := r.Inbox([]casework.Duty{{Role: "grid_staff", Area: "330108001002"}}, CaseFilter{}); len(none) != 0 {
				t.Error("another community's worker sees the tasks")
			}
			return err
		})
		if len(got) != 7 || !got[6].Due.IsZero() {
			t.Fatalf("%d lines, last due %v", len(got), got[len(got)-1].Due)
		}
		for i := 1; i < 6; i++ {
			if got[i].Due.Before(got[i-1].Due) {
				t.Errorf("line %d is more urgent than the one before", i)
			}
		}
	})
}
