package app

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"gezhi/internal/activity"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/store"
)

// Roll is who signed up for an activity, as its organiser sees them.
type Roll struct {
	ActivityPage
	Lines []RollLine // in, then waiting, then withdrawn, each in turn
	Full  bool       // names are whole
	Words []string   // what people wrote with their ratings, without names
}

// RollLine is one person of a Roll.
type RollLine struct {
	activity.SignUp
	Name string // masked unless the roll is a full one
}

// Roll loads who signed up, with masked names.
func (a *App) Roll(ctx context.Context, v Viewer, id activity.ID) (Roll, error) {
	out, err := a.emptyRoll(ctx, v, id)
	if err != nil {
		return Roll{}, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := r.SignUps(id)
		if err != nil {
			return err
		}
		names, err := a.names(r, v, peopleOf(list))
		out.fill(list, names)
		return err
	})
	return out, err
}

func (a *App) emptyRoll(ctx context.Context, v Viewer, id activity.ID) (Roll, error) {
	p, err := a.ActivityPage(ctx, v, id)
	if err != nil {
		return Roll{}, err
	}
	if !p.Organiser {
		return Roll{}, fault.New(fault.Forbidden, "名单只有组织者能看。", "Only the organiser sees who signed up.")
	}
	return Roll{ActivityPage: p}, nil
}

func peopleOf(list []activity.SignUp) []casework.Person {
	out := make([]casework.Person, len(list))
	for i, s := range list {
		out[i] = casework.Person(s.Person)
	}
	return out
}

func (r *Roll) fill(list []activity.SignUp, names map[casework.Person]string) {
	r.Lines, r.Words = nil, nil
	for _, state := range []activity.Standing{activity.In, activity.Waiting, activity.Withdrawn} {
		for _, s := range list {
			if s.State == state {
				r.Lines = append(r.Lines, RollLine{s, names[casework.Person(s.Person)]})
			}
		}
	}
	if r.Rating.Count > 0 {
		for _, s := range list {
			if s.Words != "" {
				r.Words = append(r.Words, s.Words)
			}
		}
	}
}

// FullRoll shows whole names to the organiser of an activity that is not over with, who must say why. Each look is
// logged where the person can see it.
func (a *App) FullRoll(ctx context.Context, v Viewer, id activity.ID, reason string) (Roll, error) {
	out, err := a.emptyRoll(ctx, v, id)
	if err != nil {
		return Roll{}, err
	}
	switch out.State {
	case activity.Open, activity.Running, activity.Done:
	default:
		return Roll{}, fault.New(fault.Conflict, "活动%[1]s，不再提供完整姓名。", "The activity is “%[2]s”; whole names are no longer shown.", out.State.Name().ZH, out.State.Name().EN)
	}
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n < 4 || n > 200 {
		return Roll{}, fault.Field("reason", "请写明查看理由，4 至 200 个字。", "State why you need to see it, in 4 to 200 characters.")
	}
	err = a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		list, err := tx.SignUps(id)
		if err != nil {
			return err
		}
		rows, err := tx.People(peopleOf(list))
		if err != nil {
			return err
		}
		names := make(map[casework.Person]string, len(rows))
		for _, p := range rows {
			if names[p.ID], _, err = a.open(v.Zone, p); err != nil {
				return err
			}
			if p.ID == v.Person {
				continue
			}
			if err := tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "reveal", Subject: "activity:" + out.Title, Person: p.ID, Reason: reason}); err != nil {
				return err
			}
		}
		out.fill(list, names)
		out.Full = true
		return nil
	})
	return out, err
}

// RecordHours enters outcomes, person by person. Either all of them are entered or none.
func (a *App) RecordHours(ctx context.Context, v Viewer, id activity.ID, outcomes map[casework.Person]activity.Outcome) error {
	return a.organise(ctx, v, id, func(tx *store.Tx, x activity.Activity) (change, error) {
		list, err := tx.SignUps(id)
		if err != nil {
			return change{}, err
		}
		c := change{Activity: x}
		for _, was := range list {
			o, ok := outcomes[casework.Person(was.Person)]
			if !ok {
				continue
			}
			now, s, events, err := c.Record(was, o, activity.Person(v.Person), tx.Now)
			if err != nil {
				return change{}, beside(err, was.Person)
			}
			if len(events) == 0 {
				continue
			}
			c = change{now, append(c.people, s), append(c.events, events...)}
			if err := tellOutcomeOf(tx, now, s); err != nil {
				return change{}, err
			}
		}
		return c, nil
	})
}

// OutcomeField is the name of the form field that holds somebody's outcome.
func OutcomeField(p casework.Person) string { return "hours." + strconv.FormatInt(int64(p), 10) }

// beside puts a wrong outcome beside its person's field.
func beside(err error, p activity.Person) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Field == "minutes" {
		g := *f
		g.Field = OutcomeField(casework.Person(p))
		return &g
	}
	return err
}

func tellOutcomeOf(tx *store.Tx, x activity.Activity, s activity.SignUp) error {
	zh, en := "登记您没有参加", "enters you as not having come"
	switch {
	case s.Came && x.Hours:
		zh, en = "为您登记 "+hoursText(s.Minutes)+" 小时", "credits you with "+hoursText(s.Minutes)+" h"
	case s.Came:
		zh, en = "登记您参加了活动", "enters you as having taken part"
	}
	return tell(tx, x.ID, s.Person, "活动“"+x.Title+"”"+zh+"。如有不符，请在“我的活动”中提出异议。", "“"+x.Title+"” "+en+". If that is wrong, object under “My activities”.")
}

// mine changes the viewer's own part.
func (a *App) mine(ctx context.Context, v Viewer, id activity.ID, fn func(x activity.Activity, was activity.SignUp, tx *store.Tx) (activity.Activity, activity.SignUp, []activity.Event, error)) error {
	return a.onActivity(ctx, v, id, func(tx *store.Tx, x activity.Activity) (change, error) {
		was, err := tx.SignUp(id, v.Person)
		if err != nil {
			return change{}, err
		}
		now, s, events, err := fn(x, was, tx)
		return change{now, []activity.SignUp{s}, events}, err
	})
}

// ConfirmHours is the viewer's agreement with the own entry.
func (a *App) ConfirmHours(ctx context.Context, v Viewer, id activity.ID) error {
	return a.mine(ctx, v, id, func(x activity.Activity, was activity.SignUp, tx *store.Tx) (activity.Activity, activity.SignUp, []activity.Event, error) {
		return x.Confirm(was, tx.Now)
	})
}

// ObjectHours is the viewer's objection to the own entry; the organiser is told.
func (a *App) ObjectHours(ctx context.Context, v Viewer, id activity.ID, why string) error {
	return a.mine(ctx, v, id, func(x activity.Activity, was activity.SignUp, tx *store.Tx) (activity.Activity, activity.SignUp, []activity.Event, error) {
		now, s, events, err := x.Object(was, why, tx.Now)
		if err == nil {
			err = tell(tx, x.ID, x.By, "活动“"+x.Title+"”有人对登记的时长提出异议，请答复。", "Somebody objects to the hours entered for “"+x.Title+"”; please answer.")
		}
		return now, s, events, err
	})
}

// RateActivity keeps the viewer's own opinion of an activity.
func (a *App) RateActivity(ctx context.Context, v Viewer, id activity.ID, stars int, words string) error {
	return a.mine(ctx, v, id, func(x activity.Activity, was activity.SignUp, tx *store.Tx) (activity.Activity, activity.SignUp, []activity.Event, error) {
		return x.Rate(was, stars, words, tx.Now)
	})
}

// AnswerHours answers somebody's objection with the outcome that now holds.
func (a *App) AnswerHours(ctx context.Context, v Viewer, id activity.ID, p casework.Person, o activity.Outcome, words string) error {
	return a.organise(ctx, v, id, func(tx *store.Tx, x activity.Activity) (change, error) {
		was, err := tx.SignUp(id, p)
		if err != nil {
			return change{}, err
		}
		now, s, events, err := x.Settle(was, o, words, activity.Person(v.Person), tx.Now)
		if err != nil {
			return change{}, err
		}
		c := change{now, []activity.SignUp{s}, events}
		return c, tell(tx, x.ID, s.Person, "活动“"+x.Title+"”的组织者答复了您的异议："+s.Answer, "The organiser of “"+x.Title+"” answered your objection: "+s.Answer)
	})
}

// ThankPerson keeps the organiser's words to somebody who was there; that person alone reads them.
func (a *App) ThankPerson(ctx context.Context, v Viewer, id activity.ID, p casework.Person, words string) error {
	return a.organise(ctx, v, id, func(tx *store.Tx, x activity.Activity) (change, error) {
		was, err := tx.SignUp(id, p)
		if err != nil {
			return change{}, err
		}
		now, s, events, err := x.Thank(was, words, activity.Person(v.Person), tx.Now)
		if err != nil {
			return change{}, err
		}
		c := change{now, []activity.SignUp{s}, events}
		return c, tell(tx, x.ID, s.Person, "活动“"+x.Title+"”的组织者给您留言："+s.Thanks, "A word from the organiser of “"+x.Title+"”: "+s.Thanks)
	})
}
