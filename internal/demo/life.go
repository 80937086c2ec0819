package demo

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/photo"
	"gezhi/internal/store"
)

// life plays one town's days. Every report and every move goes through the use cases a page would call.
type life struct {
	*town
	ctx   context.Context
	clock *clock
	until time.Time
	agenda
	cases map[casework.ID]*watched
	open  []*watched // recent reports by residents, for others to repeat
	keys  int
	days  int
	total int           // cases to be reported in all
	drill string        // the community with an emergency drill at the end; "" for none
	step  func(day int) // told when a day begins; may be nil

	market  *market
	agent   casework.Person // acts for an enterprise
	firms   []firm
	refused func(error) // told of refusals; nil ends the life
}

// watched is a case as the simulator last saw it.
type watched struct {
	casework.Case
	plan      int         // the number of the plan in force; plans made before it lapsed
	same      casework.ID // the case this one repeats
	resume    time.Time   // when suspended work is to go on
	elsewhere bool        // dispatched to a unit that does not answer for it
}

// run lives until the end.
func (l *life) run() error {
	for day := range l.days + 1 {
		start := midnight(l.until).AddDate(0, 0, day-l.days)
		l.agenda.plan(start, func() error {
			if l.step != nil {
				l.step(day)
			}
			if err := l.shopping(start); err != nil {
				return err
			}
			return l.day(start)
		})
	}
	for {
		next, ok := l.next(l.until)
		if !ok {
			l.clock.set(l.until)
			return l.ctx.Err()
		}
		l.clock.set(next.at)
		if err := next.do(); err != nil {
			err = fmt.Errorf("%s: %w", next.at.In(calendar.Zone()).Format(time.DateTime), err)
			if l.refused == nil || fault.KindOf(err) == fault.Internal {
				return err
			}
			l.refused(err)
		}
	}
}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(calendar.Zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, calendar.Zone())
}

func (l *life) now() time.Time { return l.clock.now() }

// chance is true in so many of a hundred cases.
func (l *life) chance(percent int) bool { return l.r.IntN(100) < percent }

// between is a random number from a to b.
func (l *life) between(a, b int) int { return a + l.r.IntN(b-a+1) }

// later plans what becomes of a case, unless something else becomes of it first.
func (l *life) later(w *watched, at time.Time, do func() error) {
	if soonest := l.now().Add(time.Duration(l.between(40, 400)) * time.Second); at.Before(soonest) {
		at = soonest
	}
	w.plan++
	mine := w.plan
	l.agenda.plan(at.Add(time.Duration(l.r.IntN(60_000))*time.Millisecond), func() error {
		if w.plan != mine {
			return nil
		}
		return do()
	})
}

// by is the instant at which so many percent of what the clock still has will be used up; more than
// a hundred is too late. Work runs late on the last day, so that every desk has something on it.
func (l *life) by(w *watched, clock string, percent int) time.Time {
	if l.until.Sub(l.now()) < 8*time.Hour && l.chance(45) {
		percent = percent*2 + 20
	}
	t := w.Clocks[clock].Clock
	used := t.Percent(l.zone.Calendar, l.now())
	return t.When(l.zone.Calendar, used+max(1, max(100-used, 20)*percent/100))
}

// soon is so many working minutes from now.
func (l *life) soon(minutes int) time.Time {
	const limit = 8
	k := calendar.Start(l.zone.Calendar, l.now(), calendar.Limit{N: limit, Unit: calendar.WorkHour})
	return k.When(l.zone.Calendar, max(1, minutes*100/(limit*60)))
}

// move lets the person make a move, as if with the page's form, and plans what follows.
func (l *life) move(w *watched, by casework.Person, cmd casework.Command) error {
	v, err := l.viewer(l.ctx, by)
	if err != nil {
		return err
	}
	cmd.Revision = w.Revision
	c, err := l.app.Move(l.ctx, v, w.ID, cmd, l.key())
	if err != nil {
		return fmt.Errorf("%s %s at %s by %d: %w", w.Number, cmd.Move, w.Stage, by, err)
	}
	l.became(w, c)
	return nil
}

// key is a form's idempotency key.
func (l *life) key() string {
	l.keys++
	return "demo-" + strconv.Itoa(l.keys)
}

// became takes note of what a case is now.
func (l *life) became(w *watched, c casework.Case) {
	w.Case = c
	l.wait(w)
	l.decide(w)
}

// wait plans to wake the case when its timer is due.
func (l *life) wait(w *watched) {
	if w.Wake.IsZero() {
		return
	}
	due := w.Wake
	l.agenda.plan(due, func() error {
		if !w.Wake.Equal(due) {
			return nil
		}
		if _, err := l.app.Tick(l.ctx, l.zone.Code); err != nil {
			return err
		}
		if err := l.look(w); err != nil {
			return err
		}
		if w.Wake.Equal(due) {
			return fmt.Errorf("%s was woken at %v and wants it again", w.Number, due)
		}
		return nil
	})
}

// look reads a case that somebody else has changed.
func (l *life) look(w *watched) error {
	stage := w.Stage
	err := l.app.DB().View(l.ctx, l.zone.Code, func(r *store.Reader) (err error) {
		w.Case, err = r.Case(w.ID, store.Everything)
		return err
	})
	if err != nil {
		return err
	}
	l.wait(w)
	if w.Stage != stage {
		l.decide(w)
	} else if w.Level >= 2 && w.Holder.Role != casework.RoleReporter && l.chance(15) {
		return l.urge(w)
	}
	return nil
}

// photo uploads one of the drawn pictures as the person and gives its id.
func (l *life) photo(by casework.Person, amiss bool) (int64, error) {
	p := pick(l.r, l.pictures.right)
	if amiss {
		p = pick(l.r, l.pictures.amiss)
	}
	return l.keep(by, p)
}

// keep stores a picture as the person's upload.
func (l *life) keep(by casework.Person, p photo.Photo) (int64, error) {
	id := l.app.DB().NewID()
	return id, l.app.DB().InTx(l.ctx, l.zone.Code, func(tx *store.Tx) error {
		return tx.AddPhoto(store.Photo{ID: id, By: by, Width: p.W, Height: p.H, SHA256: p.SHA256[:], DHash: p.DHash, Full: p.Full, Thumb: p.Thumb})
	})
}
