package simulate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/geo"
	"gezhi/internal/store"
	"gezhi/internal/territory"
)

// residents is how many people report.
const residents = 4000

// Password is what every simulated member of staff signs in with. The database holds nothing but
// synthetic data and is made to be measured, not served to anybody.
const Password = "Simulate-2026"

// desks are the roles of the whole district, each held by two people, as are those that may know sealed reporters.
func (w *world) desks() []string {
	out := []string{"acceptor", "shift_leader", "dispatcher", "verifier", "supervisor", "district_desk", "leader"}
	for _, k := range w.kinds {
		for _, role := range k.proc.Sealed {
			if !slices.Contains(out, role) {
				out = append(out, role)
			}
		}
	}
	return out
}

// people enters the residents and the staff: logins are the role (acceptor1), grid.CODE, unit.CODE, community.CODE, street.CODE.
func (w *world) people(ctx context.Context, a *app.App) error {
	w.staff, w.workers, w.officers = map[string][]casework.Person{}, map[string]casework.Person{}, map[string]casework.Person{}
	rng := rand.New(rand.NewPCG(w.o.Seed, 0))
	hash := a.HashPassword(Password)
	return a.DB().InTx(ctx, w.zone.Code, func(tx *store.Tx) error {
		enter := func(login string, d casework.Duty, post bool) (casework.Person, error) {
			id, err := a.AddStaff(tx, app.NewPerson{Name: name(rng), Synthetic: true}, login, hash, store.Tenure{Duty: d, Post: post})
			return casework.Person(id), err
		}
		w.residents = w.residents[:0]
		for range residents {
			p, err := a.AddResident(tx, app.NewPerson{Name: name(rng), Synthetic: true})
			if err != nil {
				return err
			}
			w.residents = append(w.residents, p)
		}
		for _, role := range w.desks() {
			for n := range 2 {
				p, err := enter(fmt.Sprintf("%s%d", role, n+1), casework.Duty{Role: role, Area: fmt.Sprint(w.zone.Code)}, false)
				if err != nil {
					return err
				}
				w.staff[role] = append(w.staff[role], p)
			}
		}
		for code := range w.zone.Units {
			p, err := enter("unit."+code, casework.Duty{Role: "officer", Unit: code}, false)
			if err != nil {
				return err
			}
			w.officers[code] = p
		}
		return w.enterByArea(enter)
	})
}

// enterByArea enters who serves a street, a community or a grid.
func (w *world) enterByArea(enter func(login string, d casework.Duty, post bool) (casework.Person, error)) error {
	for _, area := range w.zone.Tree.All() {
		var err error
		switch len(area.Code) {
		case 9:
			_, err = enter("street."+area.Code, casework.Duty{Role: "street_desk", Area: area.Code}, false)
		case 12:
			_, err = enter("community."+area.Code, casework.Duty{Role: "community_desk", Area: area.Code}, false)
		case 15:
			w.workers[area.Code], err = enter("grid."+area.Code, casework.Duty{Role: "grid_staff", Area: area.Code}, true)
		case 17:
			_, err = enter("micro."+area.Code, casework.Duty{Role: "mg_leader", Area: area.Code}, true)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// name is a synthetic person's.
func name(rng *rand.Rand) string {
	family := strings.Split("赵钱孙李周吴郑王冯陈沈韩杨朱秦许何吕张曹严华金魏陶姜", "")
	given := strings.Split("子文明佳雨晨思涵嘉欣浩宇志强建国晓东丽华秀英海燕春梅立新永康", "")
	n := family[rng.IntN(len(family))] + given[rng.IntN(len(given))]
	if rng.IntN(3) > 0 {
		n += given[rng.IntN(len(given))]
	}
	return n
}

// place is a micro-grid with some points inside it.
type place struct {
	area   string
	points []geo.Point
}

// placesOf finds points in every micro-grid, the same each time.
func placesOf(tree *territory.Tree) []place {
	rng := rand.New(rand.NewPCG(17, 17))
	var all []place
	for _, a := range tree.All() {
		if len(a.Code) != 17 || len(a.Shape) == 0 {
			continue
		}
		p := place{area: a.Code}
		box := a.Shape.Bounds()
		for try := 0; try < 2000 && len(p.points) < 16; try++ {
			at := geo.Point{Lng: box.Min.Lng + rng.Float64()*(box.Max.Lng-box.Min.Lng), Lat: box.Min.Lat + rng.Float64()*(box.Max.Lat-box.Min.Lat)}.Snap()
			if a.Shape.Contains(at) {
				p.points = append(p.points, at)
			}
		}
		if len(p.points) > 0 {
			all = append(all, p)
		}
	}
	return all
}
