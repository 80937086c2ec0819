package store

import (
	"context"
	"reflect"
	"testing"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/points"

	"github.com/google/go-cmp/cmp"
)

// wholeAward has something in every field, so that one forgotten by the store is noticed.
func wholeAward(t *testing.T, db *DB, person casework.Person) points.Award {
	at := func(h int) time.Time { return time.Date(2026, 3, 2, h, 0, 0, 0, calendar.Zone()) }
	a := points.Award{ID: points.ID(db.NewID()), Rule: "env-cleanup", Version: 1, Source: points.FromApplication, Person: points.Person(person), Household: 5, Unit: "cg",
		Area: "330108001001", Day: calendar.Date(2026, time.March, 1), Quantity: 1, Points: 10, Text: "楼道", Lng: 120.1234567, Lat: 30.2, Address: "某路", Evidence: "case:1",
		Ref: "case:x", Key: "k", Import: 7, By: 3, At: at(9), State: points.Posted, Approved: []points.Person{8, 9}, Public: at(10), Until: at(11), Reason: "x",
		Posted: at(12), Pool: "330108001001", Revision: 2, EventsNum: 2, Photos: []int64{1}}
	v := reflect.ValueOf(a)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Fatalf("the test's award leaves %s empty", v.Type().Field(i).Name)
		}
	}
	a.Photos = nil // kept in a table of their own
	return a
}

func newcomer(t *testing.T, db *DB) casework.Person {
	id := casework.Person(db.NewID())
	write(t, db, func(tx *Tx) error { return tx.AddPerson(PersonRow{ID: id, Kind: "resident"}) })
	return id
}

func TestAnAwardComesBackWhole(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		who := newcomer(t, db)
		want := wholeAward(t, db, who)
		history := []points.Event{{Seq: 1, At: want.At, Actor: 3, Act: points.Submit, To: points.Submitted}, {Seq: 2, At: want.Posted, Act: points.Post, From: points.Waiting, To: points.Posted, Note: "n"}}
		write(t, db, func(tx *Tx) error { return tx.AddAward(want, history) })
		read(t, db, func(r *Reader) error {
			got, err := r.Award(want.ID, Everything)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			events, err2 := r.AwardEvents(want.ID)
			if diff := cmp.Diff(history, events); diff != "" || err2 != nil {
				t.Error(diff, err2)
			}
			n := 0
			err3 := r.EachAward(func(a points.Award, e []points.Event) error {
				n += len(e)
				return nil
			})
			if n != 2 || err3 != nil {
				t.Errorf("each gives %d events, %v", n, err3)
			}
			return err
		})
		now := want
		now.State, now.Reason, now.Revision, now.EventsNum, now.Approved = points.Reversed, "y", 3, 3, []points.Person{8}
		step := []points.Event{{Seq: 3, At: want.Posted, Actor: 4, Act: points.Reverse, From: points.Posted, To: points.Reversed, Note: "y"}}
		write(t, db, func(tx *Tx) error { return tx.MoveAward(want, now, step) })
		read(t, db, func(r *Reader) error {
			got, err := r.Award(want.ID, Everything)
			if diff := cmp.Diff(now, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
		err := db.InTx(context.Background(), 330108, func(tx *Tx) error { return tx.MoveAward(want, now, nil) })
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("moving an award from a revision it no longer has gives %v", err)
		}
	})
}

func TestAwardsAreReadWithinTheScope(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		earner, member, stranger := newcomer(t, db), newcomer(t, db), newcomer(t, db)
		home := Household{ID: db.NewID(), Area: "330108001001", Head: earner, By: stranger}
		a := wholeAward(t, db, earner)
		a.Household, a.Unit, a.By, a.Evidence, a.Key = home.ID, "", points.Person(earner), "", ""
		write(t, db, func(tx *Tx) error {
			if err := tx.AddHousehold(home); err != nil {
				return err
			}
			if err := tx.AddMember(home.ID, member, stranger); err != nil {
				return err
			}
			return tx.AddAward(a, nil)
		})
		for name, c := range map[string]struct {
			scope Scope
			want  int
		}{
			"nothing": {Scope{}, 0}, "everything": {Everything, 1}, "its street": {Scope{Areas: []string{"330108001"}}, 1}, "another street": {Scope{Areas: []string{"330108002"}}, 0},
			"the earner": {Scope{Person: int64(earner)}, 1}, "the household": {Scope{Person: int64(member)}, 1}, "a stranger": {Scope{Person: int64(stranger)}, 0},
		} {
			read(t, db, func(r *Reader) error {
				list, err := r.Awards(c.scope, AwardFilter{})
				n, err2 := r.CountAwards(c.scope, AwardFilter{States: []points.State{points.Posted}, Area: "330108", Rule: a.Rule, Import: 7, Person: earner})
				_, one := r.Award(a.ID, c.scope)
				if len(list) != c.want || n != c.want || (one == nil) != (c.want == 1) || err2 != nil {
					t.Errorf("%s: lists %d, counts %d, one %v", name, len(list), n, one)
				}
				return err
			})
		}
		read(t, db, func(r *Reader) error {
			for p, want := range map[casework.Person]int{earner: 1, member: 1, stranger: 0} {
				own, err := r.OwnAwards(p, 0, 10)
				if len(own) != want || err != nil {
					t.Errorf("own awards of %d: %d, %v", p, len(own), err)
				}
			}
			c, err := r.AwardCount(a.Subject(), a.Rule, a.Day, a.Day, 0, true)
			if c != (points.Count{Points: 10, Times: 1}) {
				t.Errorf("counted %+v", c)
			}
			if c, _ := r.AwardCount(a.Subject(), "", 0, 0, a.ID, false); c != (points.Count{}) {
				t.Errorf("counted %+v besides itself", c)
			}
			homes, err2 := r.HouseholdsOf([]casework.Person{member, stranger})
			if len(homes) != 1 || homes[member].ID != home.ID || err2 != nil {
				t.Errorf("households %+v, %v", homes, err2)
			}
			return err
		})
	})
}

func TestOneEvidenceIsKeptOnceByTheSchema(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		a := wholeAward(t, db, newcomer(t, db))
		write(t, db, func(tx *Tx) error { return tx.AddAward(a, nil) })
		for name, change := range map[string]func(*points.Award){
			"the same evidence": func(b *points.Award) { b.Key = "other" },
			"the same key":      func(b *points.Award) { b.Evidence = "other" },
		} {
			b := a
			b.ID = points.ID(db.NewID())
			change(&b)
			if err := db.InTx(context.Background(), 330108, func(tx *Tx) error { return tx.AddAward(b, nil) }); err == nil {
				t.Errorf("%s was kept twice", name)
			}
		}
	})
}

func TestTwoProcessesDoNotCountPastEachOther(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		subjects := []string{"person:1", "person:2"}
		tries := 0
		write(t, db, func(tx *Tx) error {
			tries++
			seen, err := tx.SubjectRevisions(subjects)
			if err != nil {
				return err
			}
			if tries == 1 {
				seen["person:2"] = 4 // as if another process had counted in between
			}
			return tx.TouchSubjects(subjects, seen)
		})
		if tries != 1 { // a new row takes any revision
			t.Errorf("%d tries", tries)
		}
		write(t, db, func(tx *Tx) error {
			tries++
			seen, err := tx.SubjectRevisions(subjects)
			if err == nil && tries == 2 {
				seen["person:2"]--
			}
			if err != nil {
				return err
			}
			return tx.TouchSubjects(subjects, seen)
		})
		if tries != 3 {
			t.Errorf("a stale count was not counted anew: %d tries", tries)
		}
	})
}
