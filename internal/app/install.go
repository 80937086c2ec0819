package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"

	"gezhi/internal/casework"
	"gezhi/internal/catalogue"
	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/pack"
	"gezhi/internal/store"
)

// The kinds of document a zone's set-up is kept in.
const (
	docProcedure  = "procedure"
	docMatters    = "matters"
	docPosts      = "posts"
	docRoles      = "roles"
	docPrecedence = "precedence"
	docPoints     = "points"
	docActivities = "activities"
	docLights     = "lights"
	docGoals      = "goals"
	docThemes     = "themes"
	docPolicies   = "policies"
	docFigures    = "figures"
)

// Install puts a pack into the database as a new zone. demo marks the zone as one of synthetic people
// and illustrative boundaries. A zone that is installed already is a Conflict.
func (a *App) Install(ctx context.Context, p *pack.Pack, demo bool) error {
	err := a.db.InTx(ctx, p.Zone.Code, func(tx *store.Tx) error {
		if _, err := tx.ZoneRevision(); fault.KindOf(err) != fault.NotFound {
			return fault.New(fault.Conflict, "%[1]s已经安装过。", "%[2]s is installed already.", p.Zone.Name.ZH, p.Zone.Name.EN)
		}
		if err := tx.AddZone(store.Zone{Code: p.Zone.Code, Slug: p.Zone.Slug, Name: p.Zone.Name, Hours: p.Zone.Hours.String(), Demo: demo}); err != nil {
			return err
		}
		if err := tx.SetRebuilt(rebuiltPhases); err != nil { // there are no cases yet
			return err
		}
		if err := installAreas(tx, p); err != nil {
			return err
		}
		for _, u := range p.Units {
			if err := tx.AddUnit(store.UnitRow{Code: u.Code, Name: u.Name, Kind: u.Kind, Area: u.Area, Example: u.Example, From: u.From, To: u.To}); err != nil {
				return err
			}
		}
		for i, r := range p.Routes {
			r.Line = i + 1
			if err := tx.AddRoute(r); err != nil {
				return err
			}
		}
		if err := installDocuments(tx, p); err != nil {
			return err
		}
		if len(p.Licences) == 0 {
			return nil
		}
		return tx.AddCatalogue(store.CatalogueEdition{Edition: 1, Name: "licences.csv", Total: len(p.Licences)}, catalogue.Changes{New: p.Licences})
	})
	a.forget(p.Zone.Code)
	return err
}

func installAreas(tx *store.Tx, p *pack.Pack) error {
	rows := make([]store.AreaRow, len(p.Areas))
	for i, x := range p.Areas {
		rows[i] = store.AreaRow{Area: x, GeoJSON: geometry(x.Shape)}
	}
	if err := tx.AddAreas(rows); err != nil {
		return err
	}
	for _, o := range p.Overlays {
		if err := tx.AddOverlay(o, geometry(o.Shape)); err != nil {
			return err
		}
	}
	return nil
}

// geometry is a shape as the database keeps it.
func geometry(m geo.MultiPolygon) string {
	if len(m) == 0 {
		return ""
	}
	return string(geo.AppendGeometry(nil, m))
}

func installDocuments(tx *store.Tx, p *pack.Pack) error {
	for kind, v := range map[string]any{docPosts: p.Posts, docRoles: p.Roles, docPrecedence: p.Precedence} {
		body, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if err := tx.AddDocument(store.Document{Kind: kind, Name: kind, Version: 1, State: "published", Body: string(body)}); err != nil {
			return err
		}
	}
	for _, t := range p.Texts {
		if err := tx.AddDocument(store.Document{Kind: t.Kind, Name: t.Name, Version: t.Version, State: "published", Body: string(t.Body)}); err != nil {
			return err
		}
	}
	return nil
}

// AddStaff enters a member of staff with an account, roles and posts, in one go.
func (a *App) AddStaff(tx *store.Tx, p NewPerson, login, passwordHash string, tenures ...store.Tenure) (int64, error) {
	p.Kind = "staff"
	id, err := a.addPerson(tx, p)
	if err != nil {
		return 0, err
	}
	if err := tx.AddStaff(store.Staff{Person: id, Login: login, Password: passwordHash}); err != nil {
		return 0, fmt.Errorf("staff %s: %w", login, err)
	}
	for _, t := range tenures {
		t.ID, t.Person = tx.NewID(), id
		if t.From.IsZero() {
			t.From = tx.Now
		}
		if err := tx.AddTenure(t); err != nil {
			return 0, err
		}
	}
	return int64(id), nil
}

// AddResident enters a resident who has not come by themselves: in a demonstration, or from a register.
func (a *App) AddResident(tx *store.Tx, p NewPerson) (casework.Person, error) {
	p.Kind = "resident"
	return a.addPerson(tx, p)
}

// Forget makes the next look at the zone's set-up read it again, for those who changed it through DB.
func (a *App) Forget(zone int) { a.forget(zone) }

// FirstAccount is an account made with an installation. The password is shown once and must be changed
// at the first sign-in.
type FirstAccount struct {
	Role     Role
	Login    string
	Password string
}

// AddFirstAccounts makes the three accounts everything else is set up with, apart from one another as
// GB/T 22239 asks (三员分立): system administrator, security administrator, auditor.
func (a *App) AddFirstAccounts(ctx context.Context, zone int) ([]FirstAccount, error) {
	var out []FirstAccount
	hashes := map[string]string{}
	for _, id := range []string{"admin", "security", "auditor"} {
		role, _ := RoleOf(id)
		x := FirstAccount{Role: role, Login: id, Password: rand.Text()}
		hashes[id] = a.HashPassword(x.Password)
		out = append(out, x)
	}
	err := a.db.InTx(ctx, zone, func(tx *store.Tx) error {
		for _, x := range out {
			id, err := a.AddStaff(tx, NewPerson{Name: x.Role.Name.ZH}, x.Login, hashes[x.Login],
				store.Tenure{Duty: casework.Duty{Role: x.Role.ID, Area: zoneCode(zone)}})
			if err != nil {
				return err
			}
			s, err := tx.StaffAccount(casework.Person(id))
			if err != nil {
				return err
			}
			s.MustChange = true
			if err := tx.SaveStaff(s); err != nil {
				return err
			}
			if err := tx.AddAudit(store.Audit{ID: tx.NewID(), Action: "account", Subject: "staff:" + x.Login, Person: casework.Person(id), Reason: "install"}); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}
