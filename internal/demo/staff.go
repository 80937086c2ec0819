package demo

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/idcode"
	"gezhi/internal/photo"
	"gezhi/internal/store"
)

// Password opens every staff account of the demonstration.
const Password = "Gezhi-demo-2026"

// town is one zone's people while it lives.
type town struct {
	app  *app.App
	zone *app.Zone
	r    *rand.Rand

	staff     map[string][]casework.Person // by the key of the holder they stand for
	residents []resident
	riders    []resident
	viewers   map[casework.Person]app.Viewer
	spots     *spots
	texts     *texts
	pictures  pictures
	things    map[string]photo.Photo // what rewards look like
	phones    int
}

// resident is somebody who reports, and where they usually are.
type resident struct {
	Person casework.Person
	Name   string
	Phone  string
	Home   string // micro-grid
}

// hire is one member of staff to be entered.
type hire struct {
	login   string
	tenures []store.Tenure
	phone   bool
}

// settle enters everybody: desks, units, grids, micro-grids and residents, in a few transactions.
func (t *town) settle(ctx context.Context, hash string, since time.Time) error {
	var hires []hire
	for _, f := range []func() []hire{t.desks, t.units, t.grids, t.micros} {
		hires = append(hires, f()...)
	}
	const batch = 2000 // bounds how long others would wait for the writer
	for len(hires) > 0 {
		n := min(batch, len(hires))
		if err := t.enter(ctx, hires[:n], hash, since); err != nil {
			return err
		}
		hires = hires[n:]
	}
	return t.enterResidents(ctx)
}

func (t *town) enter(ctx context.Context, hires []hire, hash string, since time.Time) error {
	people := make([]app.NewPerson, len(hires)) // made up first: the transaction may run twice
	for i, h := range hires {
		people[i] = app.NewPerson{Name: name(t.r), Synthetic: true}
		if h.phone {
			people[i].Phone = t.nextPhone()
		}
		for j := range h.tenures {
			h.tenures[j].From = since
		}
	}
	ids := make([]int64, len(hires))
	err := t.app.DB().InTx(ctx, t.zone.Code, func(tx *store.Tx) (err error) {
		for i, h := range hires {
			if ids[i], err = t.app.AddStaff(tx, people[i], h.login, hash, h.tenures...); err != nil {
				return err
			}
		}
		return nil
	})
	for i, h := range hires {
		for _, x := range h.tenures {
			key := casework.Holder(x.Duty).Key()
			t.staff[key] = append(t.staff[key], casework.Person(ids[i]))
		}
	}
	return err
}

func (t *town) nextPhone() string {
	t.phones++
	return phone(t.phones)
}

func (t *town) code() string { return fmt.Sprint(t.zone.Code) }

// desks are the people of the command centre, the streets and the communities.
func (t *town) desks() []hire {
	var out []hire
	seat := func(role, area string, n int, login string) {
		for i := range n {
			l := login
			if n > 1 {
				l = fmt.Sprintf("%s%d", login, i+1)
			}
			out = append(out, hire{l, []store.Tenure{{Duty: casework.Duty{Role: role, Area: area}}}, true})
		}
	}
	for _, d := range []struct {
		role string
		n    int
	}{{"acceptor", 2}, {"shift_leader", 2}, {"dispatcher", 2}, {"verifier", 2}, {"supervisor", 1}, {"district_desk", 1},
		{app.RoleComplaints, 1}, {app.RoleOffice, 2}, {app.RoleWindow, 2}, {"leader", 1}, {"admin", 1}, {"security", 1}, {"auditor", 1}} {
		seat(d.role, t.code(), d.n, strings.ReplaceAll(d.role, "_", "-"))
	}
	for _, a := range t.zone.Tree.All() {
		switch a.Level() {
		case idcode.Street:
			seat("street_desk", a.Code, 2, "street-"+a.Code+"-")
		case idcode.Community:
			seat("community_desk", a.Code, 1, "community-"+a.Code)
		}
	}
	return out
}

// units have two officers and a head each.
func (t *town) units() []hire {
	var out []hire
	for _, code := range t.unitCodes() {
		duty := func(role string) []store.Tenure {
			return []store.Tenure{{Duty: casework.Duty{Role: role, Unit: code}}}
		}
		out = append(out, hire{code + "-1", duty("officer"), true}, hire{code + "-2", duty("officer"), true}, hire{code + "-head", duty("head"), true})
	}
	return out
}

// post is one holder of a post of the grid establishment.
func post(kind, area string, concurrent bool) store.Tenure {
	return store.Tenure{Duty: casework.Duty{Role: kind, Area: area}, Post: true, Concurrent: concurrent}
}

// grids have their 一长三员. One adviser looks after four grids of a community; every ninetieth grid lacks its
// part-time worker, the quietest one its full-time worker, and one has two leaders, so that the roster has something to say.
func (t *town) grids() []hire {
	var out []hire
	var guide *hire
	guided, n := 0, 0
	for _, a := range t.zone.Tree.All() {
		if a.Level() != idcode.Grid {
			continue
		}
		n++
		if n%90 != 7 {
			out = append(out, hire{"part-" + a.Code, []store.Tenure{post("grid_part", a.Code, false)}, true})
		}
		if a.Code != t.spots.grids[len(t.spots.grids)-1] {
			out = append(out, hire{"staff-" + a.Code, []store.Tenure{post("grid_staff", a.Code, false)}, true})
		}
		out = append(out, hire{"leader-" + a.Code, []store.Tenure{post("grid_leader", a.Code, false)}, true})
		if n == 25 {
			out = append(out, hire{"leader2-" + a.Code, []store.Tenure{post("grid_leader", a.Code, false)}, true})
		}
		if guide != nil && guided < 4 && guide.tenures[0].Duty.Area[:12] == a.Code[:12] {
			guide.tenures = append(guide.tenures, post("grid_guide", a.Code, true))
			guided++
			continue
		}
		if guide != nil {
			out = append(out, *guide)
		}
		guide, guided = &hire{"guide-" + a.Code, []store.Tenure{post("grid_guide", a.Code, false)}, true}, 1
	}
	if guide != nil {
		out = append(out, *guide)
	}
	return out
}

// micros have their 一长二员; every two-hundredth post is vacant.
func (t *town) micros() []hire {
	var out []hire
	n := 0
	for _, a := range t.zone.Tree.All() {
		if a.Level() != idcode.Micro {
			continue
		}
		for _, kind := range []string{"mg_leader", "mg_info", "mg_support"} {
			if n++; n%200 == 111 {
				continue
			}
			out = append(out, hire{strings.TrimPrefix(kind, "mg_") + "-" + a.Code, []store.Tenure{post(kind, a.Code, false)}, false})
		}
	}
	return out
}

// The people who report.
const (
	residentCount = 80
	riderCount    = 12
)

func (t *town) enterResidents(ctx context.Context) error {
	list := make([]resident, residentCount+riderCount)
	people := make([]app.NewPerson, len(list))
	for i := range list {
		list[i] = resident{Name: name(t.r), Home: t.somewhere()}
		list[i].Phone = t.nextPhone()
		people[i] = app.NewPerson{Name: list[i].Name, Phone: list[i].Phone, Area: list[i].Home, Synthetic: true}
	}
	err := t.app.DB().InTx(ctx, t.zone.Code, func(tx *store.Tx) (err error) {
		for i := range list {
			if list[i].Person, err = t.app.AddResident(tx, people[i]); err != nil {
				return err
			}
		}
		return nil
	})
	t.residents, t.riders = list[:residentCount], list[residentCount:]
	return err
}

// viewer is the person with the duties they have, looked up once: nobody's duties change during the life.
func (t *town) viewer(ctx context.Context, p casework.Person) (app.Viewer, error) {
	if v, ok := t.viewers[p]; ok {
		return v, nil
	}
	v, err := t.app.ViewerOf(ctx, t.zone.Code, p)
	if err == nil {
		t.viewers[p] = v
	}
	return v, err
}

// holding is somebody who may act for the holder; false when the post is vacant.
func (t *town) holding(h casework.Holder) (casework.Person, bool) {
	if h.Role == casework.RoleReporter {
		var id int64
		_, err := fmt.Sscan(h.Unit, &id)
		return casework.Person(id), err == nil
	}
	who := t.staff[h.Key()]
	if len(who) == 0 {
		return 0, false
	}
	return pick(t.r, who), true
}

// unitCodes are the codes of the zone's units, in order.
func (t *town) unitCodes() []string { return slices.Sorted(maps.Keys(t.zone.Units)) }
