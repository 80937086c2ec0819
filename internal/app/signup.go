package app

import (
	"context"
	"strings"
	"unicode/utf8"

	"gezhi/internal/activity"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/store"
)

// JoinActivity signs the viewer up: in while there are places, else on the waiting list. Doing it twice is doing it once.
func (a *App) JoinActivity(ctx context.Context, v Viewer, id activity.ID) (activity.Standing, error) {
	var out activity.Standing
	err := a.onActivity(ctx, v, id, func(tx *store.Tx, x activity.Activity) (change, error) {
		was, err := tx.SignUp(id, v.Person)
		if err != nil {
			return change{}, err
		}
		now, s, events, err := x.Join(was, tx.Now)
		out = s.State
		return change{now, []activity.SignUp{s}, events}, err
	})
	return out, err
}

// LeaveActivity takes the viewer out again, until the start. Whoever waits moves up.
func (a *App) LeaveActivity(ctx context.Context, v Viewer, id activity.ID) error {
	return a.onActivity(ctx, v, id, func(tx *store.Tx, x activity.Activity) (change, error) {
		was, err := tx.SignUp(id, v.Person)
		if err != nil {
			return change{}, err
		}
		now, s, events, err := x.Leave(was, tx.Now)
		if err != nil || len(events) == 0 {
			return change{}, err
		}
		return a.moveUp(tx, change{now, []activity.SignUp{s}, events}, s.Person)
	})
}

// MyActivities are what the viewer signed up for, latest first, and whether the viewer has registered to help.
type MyActivities struct {
	Parts     []ActivityLine
	Minutes   int // counted in closed activities
	Volunteer store.Volunteer
	Known     bool // registered as a volunteer
}

const partsShown = 100

// MyActivities loads the viewer's own activities.
func (a *App) MyActivities(ctx context.Context, v Viewer) (MyActivities, error) {
	if !v.Known() {
		return MyActivities{}, v.need(0)
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return MyActivities{}, err
	}
	var m MyActivities
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		m = MyActivities{}
		parts, err := r.Parts(v.Person, partsShown)
		if err != nil {
			return err
		}
		for _, p := range parts {
			line := z.activityLines([]activity.Activity{p.Activity}, nil, r.Now)[0]
			line.Mine = p.SignUp
			m.Parts = append(m.Parts, line)
			if p.Activity.State == activity.Closed {
				m.Minutes += p.SignUp.Minutes
			}
		}
		m.Volunteer, m.Known, err = ownRegistration(r, v)
		return err
	})
	return m, err
}

func ownRegistration(r *store.Reader, v Viewer) (store.Volunteer, bool, error) {
	x, err := r.Volunteer(v.Person)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return store.Volunteer{}, false, nil
	}
	return x, err == nil, err
}

// RegisterVolunteer enters the viewer as a volunteer of a community; skills are optional, in one's own words.
func (a *App) RegisterVolunteer(ctx context.Context, v Viewer, area, skills string) error {
	if !v.Known() {
		return v.need(0)
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	var bad fault.List
	if at, ok := z.Tree.Area(area); !ok || at.Level() != idcode.Community {
		bad.Add("area", "请选择愿意服务的社区（村）。", "Choose the community you want to help in.")
	}
	skills = strings.TrimSpace(skills)
	if utf8.RuneCountInString(skills) > 100 {
		bad.Add("skills", "特长请控制在 100 字以内。", "Keep your skills within 100 characters.")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		if err := tx.SaveVolunteer(store.Volunteer{Person: v.Person, Area: area, Skills: skills}); err != nil {
			return err
		}
		return markEarner(tx, v.Person, "volunteer", true)
	})
}

// LeaveVolunteers ends the viewer's registration, at once and without a reason.
func (a *App) LeaveVolunteers(ctx context.Context, v Viewer) error {
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		if err := tx.EndVolunteer(v.Person); err != nil {
			return err
		}
		return markEarner(tx, v.Person, "volunteer", false)
	})
}
