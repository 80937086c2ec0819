package app

import (
	"context"
	"fmt"
	"time"

	"gezhi/internal/activity"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/store"
)

// checkMac is the keyed hash behind the codes shown at places; its key is derived from the seal ring's.
func (a *App) checkMac(zone int) activity.Mac {
	return func(text string) []byte { return a.ring.Hash("activity check", fmt.Sprintf("%d/%s", zone, text)) }
}

// ActivityCode is what the organiser shows at the place now.
type ActivityCode struct {
	ActivityPage
	Code string // "" when nothing can be checked now
	Came int    // how many have been checked so far
}

// ActivityCode makes the code of the moment for whoever organises the activity.
func (a *App) ActivityCode(ctx context.Context, v Viewer, id activity.ID) (ActivityCode, error) {
	p, err := a.ActivityPage(ctx, v, id)
	if err != nil {
		return ActivityCode{}, err
	}
	if !p.Organiser {
		return ActivityCode{}, fault.New(fault.Forbidden, "核验码由组织者出示。", "The organiser shows the code.")
	}
	out := ActivityCode{ActivityPage: p}
	if p.Checks(a.now()) {
		out.Code = p.Activity.Code(a.checkMac(v.Zone), a.now())
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := r.SignUps(id)
		out.Came = 0
		for _, s := range list {
			if !s.Checked.IsZero() && s.State == activity.In {
				out.Came++
			}
		}
		return err
	})
	return out, err
}

var errOldCode = fault.Field("code", "核验码已过期或不正确，请重新扫描现场的二维码。", "The code has expired or is wrong; scan the one at the place again.")

// SeeCode tells whether a code is the one shown at the place now. The page keeps the moment, so that whoever must
// sign in first does not have to hurry.
func (a *App) SeeCode(ctx context.Context, zone int, id activity.ID, code string) error {
	return a.db.View(ctx, zone, func(r *store.Reader) error {
		x, err := r.Activity(id)
		if err != nil {
			return err
		}
		if !x.Shows(a.checkMac(zone), code, r.Now) {
			return errOldCode
		}
		return nil
	})
}

// codeKept is how long after reading the code its reader may press the button.
const codeKept = 15 * time.Minute

// CheckIn notes that the viewer is at the activity: the person's own proof, given freely. read is when the person's
// phone opened the code. Where that was is not asked.
func (a *App) CheckIn(ctx context.Context, v Viewer, id activity.ID, code string, read time.Time) error {
	return a.onActivity(ctx, v, id, func(tx *store.Tx, x activity.Activity) (change, error) {
		if age := tx.Now.Sub(read); age < 0 || age > codeKept || !x.Shows(a.checkMac(v.Zone), code, read) {
			return change{}, errOldCode
		}
		return check(tx, x, v.Person, v.Person)
	})
}

func check(tx *store.Tx, x activity.Activity, p, by casework.Person) (change, error) {
	was, err := tx.SignUp(x.ID, p)
	if err != nil {
		return change{}, err
	}
	now, s, events, err := x.Check(was, activity.Person(by), tx.Now)
	return change{now, []activity.SignUp{s}, events}, err
}

// TickPerson notes that somebody who signed up is there, for those who have no phone with them.
func (a *App) TickPerson(ctx context.Context, v Viewer, id activity.ID, p casework.Person) error {
	return a.organise(ctx, v, id, func(tx *store.Tx, x activity.Activity) (change, error) {
		switch was, err := tx.SignUp(id, p); {
		case err != nil:
			return change{}, err
		case was.State == "":
			return change{}, fault.New(fault.NotFound, "这个人没有报名。", "That person has not signed up.")
		}
		return check(tx, x, p, v.Person)
	})
}

// Untick takes a check back: a slip of the organiser's, or the viewer's own.
func (a *App) Untick(ctx context.Context, v Viewer, id activity.ID, p casework.Person) error {
	return a.onActivity(ctx, v, id, func(tx *store.Tx, x activity.Activity) (change, error) {
		if p != v.Person && !v.organises(x) {
			return change{}, fault.New(fault.Forbidden, "只能撤销本人的核验。", "You can take back your own check only.")
		}
		was, err := tx.SignUp(id, p)
		if err != nil {
			return change{}, err
		}
		now, s, events, err := x.Uncheck(was, activity.Person(v.Person), tx.Now)
		return change{now, []activity.SignUp{s}, events}, err
	})
}
