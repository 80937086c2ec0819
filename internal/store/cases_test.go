package store

import (
	"context"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/geo"
)

func TestACaseComesBackAsItWasStored(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "c.db"), Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	n := int64(0)
	when := func() time.Time { n++; return time.UnixMilli(1_790_000_000_000 + n*60_000).In(china) }
	h := casework.Holder{Role: "officer", Unit: "law"}
	c := casework.Case{Zone: 330108, ID: 7, Number: "330108-20261122-00001", Procedure: "grid-event", Version: 1, Matter: "E0102", Standard: "street",
		Source: "resident", Title: "垃圾", Text: "垃圾成堆", Place: casework.Place{Area: "330108001", Point: geo.Point{Lng: 120.2, Lat: 30.2}, HasPoint: true, Address: "路口"},
		Reporter: 3, Stage: "handling", Entered: when(), Holder: h, Previous: casework.Holder{Role: "dispatcher", Area: "330108"},
		Opened: when(), Accepted: when(), Filed: when(), Handled: when(), Closed: when(), Result: "resolved", Rating: 4, MergedTo: 9,
		Clocks: map[string]casework.Timer{"handle": {Warned: 2, Late: true, Done: when().UTC(), Due: when().UTC()}},
		Asks:   []casework.Ask{{Kind: "extension", By: 4, At: when().UTC(), Holder: h, Fields: map[string]string{"extra": "1work_day"}, Note: "下雨"}},
		Counts: map[string]int{"rework": 1}, Fields: map[string]string{"finding": "partly"}, Did: map[string]casework.Person{"done": 5},
		Held: map[string]casework.Holder{"handling": h}, Level: 2, Events: 11, Wake: when(), Revision: 12}
	for i, v := 0, reflect.ValueOf(c); i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Errorf("the test leaves Case.%s empty, so it cannot see it lost", v.Type().Field(i).Name)
		}
	}
	var got casework.Case
	if err := db.InTx(ctx, c.Zone, func(tx *Tx) error {
		if err := tx.AddCase(c, c.Due(), nil, "垃圾"); err != nil {
			return err
		}
		got, err = tx.Case(c.ID, Everything)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	got.Place.Point, c.Place.Point = geo.Point{}, geo.Point{} // exact to 1e-7 degrees, not to the last bit
	got.Clocks, c.Clocks = map[string]casework.Timer{"handle": {Warned: got.Clocks["handle"].Warned}}, map[string]casework.Timer{"handle": {Warned: 2}}
	if !reflect.DeepEqual(got, c) {
		t.Errorf("got  %+v\nwant %+v", got, c)
	}
}
