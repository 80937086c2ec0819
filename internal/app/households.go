package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/points"
	"gezhi/internal/store"
)

// Home is a household as its community's desk, and its members, see it.
type Home struct {
	store.Household
	Path    string
	Members []HomeMember // the head first
}

// HomeMember is one member.
type HomeMember struct {
	Person casework.Person
	Name   string
	Phone  string // masked
	Head   bool
	Since  time.Time
}

// HouseholdsIn lists the households of the viewer's community, newest first; "" is the first of the viewer's areas.
func (a *App) HouseholdsIn(ctx context.Context, v Viewer, area string, before int64, limit int) ([]Home, error) {
	area, err := v.homeArea(area)
	if err != nil {
		return nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	var out []Home
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := r.Households(area, before, limit)
		if err != nil {
			return err
		}
		out = nil
		for _, h := range list {
			home, err := a.home(r, z, v, h)
			if err != nil {
				return err
			}
			out = append(out, home)
		}
		return nil
	})
	return out, err
}

func (v Viewer) homeArea(area string) (string, error) {
	if err := v.need(EditHouseholds); err != nil {
		return "", err
	}
	if area == "" {
		area = v.tops(EditHouseholds)[0]
	}
	return area, v.needIn(EditHouseholds, area)
}

// MyHousehold is the household the viewer belongs to; NotFound when to none.
func (a *App) MyHousehold(ctx context.Context, v Viewer) (Home, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return Home{}, err
	}
	var out Home
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		h, err := r.HouseholdOf(v.Person)
		if err != nil {
			return err
		}
		out, err = a.home(r, z, v, h)
		return err
	})
	return out, err
}

func (a *App) home(r *store.Reader, z *Zone, v Viewer, h store.Household) (Home, error) {
	out := Home{Household: h, Path: z.Tree.Path(h.Area)}
	members, err := r.Members(h.ID)
	if err != nil {
		return out, err
	}
	for _, m := range members {
		p, err := r.Person(m.Person)
		if err != nil {
			return out, err
		}
		name, phone, err := a.open(r.Zone, p)
		if err != nil {
			return out, err
		}
		if m.Person != v.Person {
			name = idcode.MaskName(name)
		}
		out.Members = append(out.Members, HomeMember{m.Person, name, idcode.MaskPhone(phone), m.Person == h.Head, m.From})
	}
	slices.SortStableFunc(out.Members, func(x, y HomeMember) int {
		switch {
		case x.Head == y.Head:
			return 0
		case x.Head:
			return -1
		}
		return 1
	})
	return out, nil
}

// residentByPhone finds a resident by the number somebody typed. One who is not entered yet is refused beside the field.
func (a *App) residentByPhone(r *store.Reader, phone string) (store.PersonRow, error) {
	number, err := idcode.ParsePhone(phone)
	if err != nil {
		return store.PersonRow{}, asField(err, "phone")
	}
	p, err := r.PersonByPhone("resident", a.ring.Hash("phone", number))
	if fault.KindOf(err) == fault.NotFound {
		return p, fault.Field("phone", "这个手机号还没有登记，请居民先用手机号登录一次。", "That phone is not known yet; its owner has to sign in once.")
	}
	return p, err
}

// AddHousehold enters a household with its head.
func (a *App) AddHousehold(ctx context.Context, v Viewer, area, phone, key string) error {
	area, err := v.homeArea(area)
	if err != nil {
		return err
	}
	if idcode.AncestorAt(area, idcode.Community) == "" {
		return fault.Field("area", "请选择社区（村）。", "Choose the community or village.")
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		p, err := a.joinable(e.tx, phone)
		if err != nil {
			return err
		}
		h := store.Household{ID: e.tx.NewID(), Area: area, Head: p.ID, By: v.Person}
		e.about("household.add", h.ID, p.ID, "")
		return e.tx.AddHousehold(h)
	})
}

// joinable is the resident with the phone, who must be present and belong to no household.
func (a *App) joinable(tx *store.Tx, phone string) (store.PersonRow, error) {
	p, err := a.residentByPhone(&tx.Reader, phone)
	if err != nil {
		return p, err
	}
	if err := still(p); err != nil {
		return p, asField(err, "phone")
	}
	if _, err := tx.HouseholdOf(p.ID); fault.KindOf(err) != fault.NotFound {
		if err == nil {
			err = fault.Field("phone", "这个人已在一个家庭中，请先从原家庭移出。", "That person belongs to a household already and has to leave it first.")
		}
		return p, err
	}
	return p, nil
}

// about records a change that concerns a person's data; the person can see it.
func (e *edit) about(action string, id int64, p casework.Person, reason string) {
	e.log = append(e.log, store.Audit{Action: action, Subject: fmt.Sprintf("household:%d", id), Person: p, Reason: reason})
}

// ownHousehold loads a household in the viewer's area.
func (v Viewer) ownHousehold(tx *store.Tx, id int64) (store.Household, error) {
	h, err := tx.Household(id)
	if err != nil {
		return h, err
	}
	return h, v.needIn(EditHouseholds, h.Area)
}

// AddMember lets a resident join a household.
func (a *App) AddMember(ctx context.Context, v Viewer, household int64, phone, key string) error {
	return a.plain(ctx, v, key, func(e *edit) error {
		h, err := v.ownHousehold(e.tx, household)
		if err != nil {
			return err
		}
		p, err := a.joinable(e.tx, phone)
		if err != nil {
			return err
		}
		e.about("household.join", h.ID, p.ID, "")
		return e.tx.AddMember(h.ID, p.ID, v.Person)
	})
}

// RemoveMember lets somebody leave a household. A head leaves last, or after another has become head.
func (a *App) RemoveMember(ctx context.Context, v Viewer, household int64, p casework.Person, key string) error {
	return a.plain(ctx, v, key, func(e *edit) error {
		h, err := v.ownHousehold(e.tx, household)
		if err != nil {
			return err
		}
		return leave(e, h, p)
	})
}

func leave(e *edit, h store.Household, p casework.Person) error {
	members, err := e.tx.Members(h.ID)
	if err != nil {
		return err
	}
	if p == h.Head && len(members) > 1 {
		return fault.New(fault.Conflict, "户主不能先移出，请先把户主改为其他成员。", "Make another member the head first.")
	}
	e.about("household.leave", h.ID, p, "")
	return e.tx.EndMember(h.ID, p)
}

// SetHead makes another member the head, to whose account the household's points go from now on.
func (a *App) SetHead(ctx context.Context, v Viewer, household int64, p casework.Person, key string) error {
	return a.plain(ctx, v, key, func(e *edit) error {
		h, err := v.ownHousehold(e.tx, household)
		if err != nil {
			return err
		}
		members, err := e.tx.Members(h.ID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(members, func(m store.Member) bool { return m.Person == p }) {
			return fault.New(fault.Conflict, "此人不在这个家庭。", "That person does not belong to the household.")
		}
		e.about("household.head", h.ID, p, "")
		return e.tx.SetHead(h.ID, p)
	})
}

// Registered is what a desk sees of a resident it looked up by phone.
type Registered struct {
	Person casework.Person
	Name   string // masked
	Area   string // where the person lives, as far as told
	Marks  []string
	Left   time.Time
	Why    lang.Text
	Home   int64 // the household; 0 for none
}

// LookUp finds a resident by phone. The look is logged where the person sees it.
func (a *App) LookUp(ctx context.Context, v Viewer, phone string) (Registered, error) {
	var out Registered
	if err := v.need(EditHouseholds); err != nil {
		return out, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return out, err
	}
	err = a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		p, err := a.residentByPhone(&tx.Reader, phone)
		if err != nil {
			return err
		}
		name, _, err := a.open(v.Zone, p)
		if err != nil {
			return err
		}
		out = Registered{Person: p.ID, Name: idcode.MaskName(name), Area: z.Tree.Path(p.Area), Left: p.Left, Why: leftName(p.LeftWhy)}
		if out.Marks, err = tx.Marks(p.ID); err != nil {
			return err
		}
		h, err := tx.HouseholdOf(p.ID)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		out.Home = h.ID
		return tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "person.look", Subject: "person", Person: p.ID, Reason: "社区登记核对"})
	})
	return out, err
}

// leftWays are how somebody comes to earn no more.
var leftWays = map[string]lang.Text{
	"died":  {ZH: "已去世", EN: "deceased"},
	"moved": {ZH: "已迁出本区", EN: "moved out of the district"},
}

// leftName is a way of leaving in words.
func leftName(why string) lang.Text { return leftWays[why] }

// Depart enters that a resident has died or moved away, with what that rests on: nothing is awarded any more, what is
// under way is refused when it would be posted. Points that are there stay.
func (a *App) Depart(ctx context.Context, v Viewer, phone, why, reason, key string) error {
	reason, err := words("reason", reason, 4, 200)
	if err != nil {
		return err
	}
	if _, ok := leftWays[why]; !ok {
		return fault.Field("why", "请选择情形。", "Choose what happened.")
	}
	return a.onResident(ctx, v, phone, key, func(e *edit, p store.PersonRow) error {
		if !p.Left.IsZero() {
			return fault.Field("phone", "此人已登记为%s。", "That person is entered as %[2]s already.", leftName(p.LeftWhy).ZH, leftName(p.LeftWhy).EN)
		}
		h, err := e.tx.HouseholdOf(p.ID)
		if err == nil {
			err = leave(e, h, p.ID)
		}
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		e.log = append(e.log, store.Audit{Action: "person.left", Subject: "person:" + why, Person: p.ID, Reason: reason})
		return e.tx.SetLeft(p.ID, e.tx.Now, why)
	})
}

// Comeback takes a departure back that was entered by mistake, or when somebody has moved in again.
func (a *App) Comeback(ctx context.Context, v Viewer, phone, reason, key string) error {
	reason, err := words("reason", reason, 4, 200)
	if err != nil {
		return err
	}
	return a.onResident(ctx, v, phone, key, func(e *edit, p store.PersonRow) error {
		if p.Left.IsZero() {
			return fault.Field("phone", "此人没有登记去世或迁出。", "That person is not entered as gone.")
		}
		e.log = append(e.log, store.Audit{Action: "person.back", Subject: "person", Person: p.ID, Reason: reason})
		return e.tx.SetLeft(p.ID, time.Time{}, "")
	})
}

// Mark enters a resident as a party member, volunteer or rider, or ends it.
func (a *App) Mark(ctx context.Context, v Viewer, phone string, kind points.Earner, on bool, key string) error {
	if !slices.Contains(points.Marked(), kind) {
		return fault.Field("kind", "请选择身份。", "Choose what to enter.")
	}
	return a.onResident(ctx, v, phone, key, func(e *edit, p store.PersonRow) error {
		marks, err := e.tx.Marks(p.ID)
		if err != nil || slices.Contains(marks, string(kind)) == on {
			return err
		}
		action := "person.mark"
		if !on {
			action = "person.unmark"
		}
		e.log = append(e.log, store.Audit{Action: action, Subject: "person:" + string(kind), Person: p.ID})
		if !on {
			return e.tx.EndMark(p.ID, string(kind))
		}
		return e.tx.AddMark(p.ID, string(kind), v.Person)
	})
}

// onResident changes what is entered about a resident. A community's desk does so for those of its own community, and
// for those who never said where they live.
func (a *App) onResident(ctx context.Context, v Viewer, phone, key string, act func(*edit, store.PersonRow) error) error {
	if err := v.need(EditHouseholds); err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		p, err := a.residentByPhone(&e.tx.Reader, phone)
		if err != nil {
			return err
		}
		if p.Area != "" && !v.CanIn(EditHouseholds, p.Area) {
			return fault.Field("phone", "此人登记在其他社区，请由其所在社区办理。", "That person is entered in another community, which has to do this.")
		}
		return act(e, p)
	})
}
