package store

import (
	"reflect"
	"testing"
	"time"

	"gezhi/internal/activity"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/ledger"

	"github.com/google/go-cmp/cmp"
)

func addPerson(t *testing.T, db *DB, kind string) casework.Person {
	t.Helper()
	id := casework.Person(db.NewID())
	write(t, db, func(tx *Tx) error { return tx.AddPerson(PersonRow{ID: id, Kind: kind, Name: []byte("sealed")}) })
	return id
}

// wholeActivity has something in every field, so that one forgotten by the store is noticed.
func wholeActivity(t *testing.T, id activity.ID) activity.Activity {
	from := time.Date(2026, 3, 7, 19, 0, 0, 0, calendar.Zone())
	a := activity.Activity{ID: id, Kind: "patrol", Title: "晚间巡防", Text: "沿河走一圈", Bring: "手电筒", Age: "未满 16 周岁须监护人陪同", Area: "330108001001", Place: "社区门口",
		Point: geo.Point{Lng: 120.2, Lat: 30.2}, HasPoint: true, From: from, To: from.Add(2 * time.Hour), Capacity: 9, Unit: "cg", Contact: "社区服务站", Rule: "patrol-hour", Hours: true,
		By: 3, State: activity.Open, Reason: "大雨", Seats: 2, Waiting: 1, Turns: 4, Recorded: from.Add(3 * time.Hour), Events: 5, Revision: 5}
	wholeValue(t, a)
	return a
}

func wholeValue(t *testing.T, x any) {
	t.Helper()
	v := reflect.ValueOf(x)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Fatalf("the test's %T leaves %s empty", x, v.Type().Field(i).Name)
		}
	}
}

func TestAnActivityComesBackWhole(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		want := wholeActivity(t, activity.ID(db.NewID()))
		person := addPerson(t, db, "resident")
		when := want.To.Add(time.Hour)
		s := activity.SignUp{Activity: want.ID, Person: activity.Person(person), State: activity.In, Turn: 3, At: when, Checked: when.Add(1e9), CheckedBy: 7, Recorded: when.Add(2e9),
			Came: true, Minutes: 45, Confirmed: when.Add(3e9), Objection: "少了", Objected: when.Add(4e9), Answer: "补上", Answered: when.Add(5e9), Stars: 5, Words: "好", Rated: when.Add(6e9), Thanks: "辛苦"}
		wholeValue(t, s)
		events := []activity.Event{{Seq: 1, At: when, Actor: 3, What: "create", Person: 9, Note: "x"}, {Seq: 2, At: when, What: "publish"}}
		write(t, db, func(tx *Tx) error {
			if err := tx.AddActivity(want); err != nil {
				return err
			}
			if err := tx.SaveSignUp(activity.SignUp{Activity: want.ID, Person: s.Person, State: activity.Waiting, Turn: 1, At: when}); err != nil {
				return err
			}
			if err := tx.SaveSignUp(s); err != nil {
				return err
			}
			return tx.AddActivityEvents(want.ID, events)
		})
		changed := want
		changed.Title, changed.State, changed.Seats, changed.HasPoint, changed.Point, changed.Revision = "改期", activity.Cancelled, 3, false, geo.Point{}, 6
		for _, step := range []activity.Activity{want, changed} {
			if step.Revision != want.Revision {
				write(t, db, func(tx *Tx) error { return tx.SaveActivity(step, want.Revision) })
			}
			read(t, db, func(r *Reader) error {
				got, err := r.Activity(want.ID)
				if diff := cmp.Diff(step, got); diff != "" || err != nil {
					t.Error(diff, err)
				}
				return nil
			})
		}
		if err := db.InTx(t.Context(), 330108, func(tx *Tx) error { return tx.SaveActivity(changed, want.Revision) }); err == nil {
			t.Error("an activity was saved over a revision it no longer has")
		}
		read(t, db, func(r *Reader) error {
			got, err := r.SignUp(want.ID, person)
			if diff := cmp.Diff(s, got); diff != "" || err != nil {
				t.Error(diff, err)
			}
			none, err := r.SignUp(want.ID, 99)
			if none.State != "" || none.Person != 99 || none.Activity != want.ID || err != nil {
				t.Errorf("somebody who never signed up: %+v, %v", none, err)
			}
			history, err := r.ActivityEvents(want.ID)
			if diff := cmp.Diff(events, history); diff != "" || err != nil {
				t.Error(diff, err)
			}
			parts, err := r.Parts(person, 10)
			if len(parts) != 1 || !cmp.Equal(parts[0].SignUp, s) || parts[0].Activity.Title != "改期" || err != nil {
				t.Errorf("%+v, %v", parts, err)
			}
			of, err := r.SignUpsOf(person, []activity.ID{want.ID, 4})
			if len(of) != 1 || !cmp.Equal(of[want.ID], s) {
				t.Errorf("%+v, %v", of, err)
			}
			return err
		})
	})
}

func TestListsOfActivities(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		base := wholeActivity(t, 1).From
		names := map[activity.ID]string{}
		for i, x := range []struct {
			name, area, unit, kind string
			state                  activity.State
			days                   int
		}{
			{"a", "330108001001", "", "patrol", activity.Open, 0},
			{"b", "330108001002", "", "talk", activity.Open, 1},
			{"c", "330108001001001", "cg", "patrol", activity.Draft, 2},
			{"d", "330108002001", "", "patrol", activity.Cancelled, 3},
			{"e", "330108001001", "", "patrol", activity.Closed, 0},
		} {
			a := wholeActivity(t, activity.ID(i+1))
			a.Area, a.Unit, a.Kind, a.State = x.area, x.unit, x.kind, x.state
			a.From = base.AddDate(0, 0, x.days)
			a.To = a.From.Add(time.Hour)
			names[a.ID] = x.name
			write(t, db, func(tx *Tx) error { return tx.AddActivity(a) })
		}
		for name, c := range map[string]struct {
			f    ActivityFilter
			want string
		}{
			"everything, soonest first": {ActivityFilter{}, "aebcd"},
			"latest first":              {ActivityFilter{Latest: true}, "dcbea"},
			"what anybody may see":      {ActivityFilter{Public: true}, "aeb"},
			"of a community":            {ActivityFilter{Area: "330108001001"}, "aec"},
			"of a kind":                 {ActivityFilter{Kind: "talk"}, "b"},
			"in a week":                 {ActivityFilter{From: base.AddDate(0, 0, 1), To: base.AddDate(0, 0, 3)}, "bc"},
			"not over":                  {ActivityFilter{Ends: base.Add(2 * time.Hour)}, "bcd"},
			"of a state":                {ActivityFilter{State: activity.Closed}, "e"},
			"a community's own":         {ActivityFilter{Under: []string{"330108001001"}}, "ae"},
			"a unit's":                  {ActivityFilter{Units: []string{"cg"}}, "c"},
			"a page":                    {ActivityFilter{Limit: 2}, "ae"},
			"the next page":             {ActivityFilter{Limit: 2, After: 5, AfterAt: base}, "bc"},
			"the next page, backwards":  {ActivityFilter{Latest: true, After: 5, AfterAt: base}, "a"},
		} {
			t.Run(name, func(t *testing.T) {
				read(t, db, func(r *Reader) error {
					list, err := r.Activities(c.f)
					got := ""
					for _, a := range list {
						got += names[a.ID]
					}
					if got != c.want {
						t.Errorf("%s, want %s", got, c.want)
					}
					return err
				})
			})
		}
	})
}

func TestStationsOfRiders(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		rider := addPerson(t, db, "resident")
		one, two := db.NewID(), db.NewID()
		write(t, db, func(tx *Tx) error {
			if err := tx.AddStation(Station{ID: one, Platform: "示例平台", Name: "一站", Area: "330108001001", Code: "AAAA"}); err != nil {
				return err
			}
			if err := tx.AddStation(Station{ID: two, Platform: "示例平台", Name: "二站", Area: "330108001002", Code: "BBBB"}); err != nil {
				return err
			}
			return tx.JoinStation(rider, one)
		})
		write(t, db, func(tx *Tx) error { return tx.JoinStation(rider, two) })
		var joined time.Time
		read(t, db, func(r *Reader) error {
			s, since, err := r.StationOf(rider)
			if err != nil || s.ID != two || s.Members != 1 {
				t.Errorf("%+v, %v", s, err)
			}
			joined = since
			list, err := r.Stations("330108001")
			if len(list) != 2 || list[0].Members != 0 || list[1].Members != 1 {
				t.Errorf("%+v, %v", list, err)
			}
			if _, err := r.StationByCode("NONE"); fault.KindOf(err) != fault.Invalid {
				t.Errorf("an unknown code: %v", err)
			}
			was, err := r.WasRider(rider, joined)
			if !was {
				t.Error("not a rider on joining")
			}
			return err
		})
		write(t, db, func(tx *Tx) error { return tx.CloseStation(two) })
		read(t, db, func(r *Reader) error {
			if _, _, err := r.StationOf(rider); fault.KindOf(err) != fault.NotFound {
				t.Errorf("still at a closed station: %v", err)
			}
			was, err := r.WasRider(rider, joined.Add(-time.Hour))
			if was {
				t.Error("a rider before joining")
			}
			return err
		})
	})
}

func TestVolunteersKeepTheirFirstDay(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		p := addPerson(t, db, "resident")
		write(t, db, func(tx *Tx) error {
			return tx.SaveVolunteer(Volunteer{Person: p, Area: "330108001001", Skills: "理发"})
		})
		var first time.Time
		read(t, db, func(r *Reader) error {
			v, err := r.Volunteer(p)
			first = v.From
			return err
		})
		write(t, db, func(tx *Tx) error { return tx.SaveVolunteer(Volunteer{Person: p, Area: "330108001002"}) })
		read(t, db, func(r *Reader) error {
			v, err := r.Volunteer(p)
			n, _ := r.VolunteerCount("330108001002")
			if !v.From.Equal(first) || v.Skills != "" || n != 1 {
				t.Errorf("%+v, %d", v, n)
			}
			return err
		})
		write(t, db, func(tx *Tx) error { return tx.EndVolunteer(p) })
		read(t, db, func(r *Reader) error {
			if _, err := r.Volunteer(p); fault.KindOf(err) != fault.NotFound {
				t.Errorf("after leaving: %v", err)
			}
			return nil
		})
	})
}

func TestWhatPeopleShowOfTheirPoints(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		mother, son, clerk := addPerson(t, db, "resident"), addPerson(t, db, "resident"), addPerson(t, db, "staff")
		account := func(p casework.Person) ledger.Account { return ledger.Account("person:" + itoa(int(p))) }
		write(t, db, func(tx *Tx) error {
			if err := tx.exec(`INSERT INTO households (zone, id, area, head, at, by_person) VALUES ($1,5,'330108001001',$2,1,1)`, tx.Zone, int64(mother)); err != nil {
				return err
			}
			for _, p := range []casework.Person{son, mother} {
				if err := tx.exec(`INSERT INTO household_members (zone, household, person, from_at, by_person) VALUES ($1,5,$2,1,1)`, tx.Zone, int64(p)); err != nil {
					return err
				}
			}
			return tx.Share(5, son)
		})
		members := func() []HomeMember {
			var list []HomeMember
			read(t, db, func(r *Reader) error {
				id, found, err := r.HomeOf(son)
				if id != 5 {
					t.Errorf("household %d", id)
				}
				list = found
				return err
			})
			return list
		}
		if diff := cmp.Diff([]HomeMember{{mother, true, false}, {son, false, true}}, members()); diff != "" {
			t.Error(diff)
		}
		write(t, db, func(tx *Tx) error { return tx.StopSharing(son) })
		if list := members(); list[1].Shares {
			t.Error("still shared")
		}
		write(t, db, func(tx *Tx) error { return tx.Share(5, son) })
		read(t, db, func(r *Reader) error {
			id, _, err := r.HomeOf(clerk)
			if id != 0 {
				t.Errorf("household %d", id)
			}
			return err
		})

		write(t, db, func(tx *Tx) error { return tx.JoinBoard(son, "330108001001") })
		write(t, db, func(tx *Tx) error { return tx.JoinBoard(son, "330108001002") })
		err := db.InTx(t.Context(), 330108, func(tx *Tx) error { return tx.JoinBoard(clerk, "330108001002") })
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a member of staff on the board: %v", err)
		}
		read(t, db, func(r *Reader) error {
			list, err := r.Board("330108001002", 10)
			old, _ := r.Board("330108001001", 10)
			if !cmp.Equal(list, []casework.Person{son}) || len(old) != 0 {
				t.Errorf("%v, %v", list, old)
			}
			return err
		})

		for i, x := range []ledger.Transfer{
			{ID: "a", From: "issue:330108", To: account(son), Asset: ledger.Point, Amount: 7, Reason: "r"},
			{ID: "b", From: "issue:330108", To: account(son), Asset: ledger.Point, Amount: 5, Reason: "r"},
			{ID: "c", From: "issue:330108", To: account(mother), Asset: ledger.Point, Amount: 9, Reason: "r"},
			{ID: "d", From: account(mother), To: account(son), Asset: ledger.Point, Amount: 2, Reason: "gift"},
		} {
			write(t, db, func(tx *Tx) error {
				if _, err := tx.Post(x); err != nil || i != 1 {
					return err
				}
				_, err := tx.Reverse("b", ledger.Transfer{ID: "-b", Reason: "mistake"})
				return err
			})
		}
		read(t, db, func(r *Reader) error {
			got, err := r.Earned([]ledger.Account{account(mother), account(son)}, r.Now.Add(-time.Hour), r.Now.Add(time.Hour))
			if diff := cmp.Diff(map[ledger.Account]int64{account(mother): 9, account(son): 7}, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}
