package app

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/store"
	"gezhi/internal/territory"
)

// edit is one administrative change as it happens.
type edit struct {
	tx  *store.Tx
	was *Zone         // the set-up before
	log []store.Audit // what is written down about it
	at  []time.Time   // later moments at which the set-up must hold together too
}

// record adds an entry to the audit log.
func (e *edit) record(action, subject, reason, detail string) {
	e.log = append(e.log, store.Audit{Action: action, Subject: subject, Reason: reason, Detail: detail})
}

// change makes one administrative change to a zone's set-up: permission first, then act and the audit entries in one
// transaction that happens once for a form's key. Before it is kept the whole set-up is read back as it would be
// — now and at every moment at which the change takes effect — so that nothing gets in which the next
// request could not load. verify, unless nil, compares the set-up before and after and may refuse.
func (a *App) change(ctx context.Context, v Viewer, p Power, key string, act func(*edit) error, verify func(was, now *Zone) error) error {
	if err := v.need(p); err != nil {
		return err
	}
	was, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	_, _, err = a.db.Once(ctx, v.Zone, adminKey(v, key), func(tx *store.Tx) (string, error) {
		e := &edit{tx: tx, was: was}
		if err := act(e); err != nil {
			return "", err
		}
		for _, at := range append([]time.Time{tx.Now}, e.at...) {
			later := tx.Reader
			later.Now = at
			if at.Before(tx.Now) {
				continue
			}
			now, err := loadZone(&later, &a.zones.documents)
			if err == nil && verify != nil {
				err = verify(was, now)
			}
			if err != nil {
				return "", err
			}
		}
		return "", e.finish(v)
	})
	a.forget(v.Zone)
	return err
}

// plain makes an administrative change that is no part of the set-up: people, accounts.
func (a *App) plain(ctx context.Context, v Viewer, key string, act func(*edit) error) error {
	was, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	_, _, err = a.db.Once(ctx, v.Zone, adminKey(v, key), func(tx *store.Tx) (string, error) {
		e := &edit{tx: tx, was: was}
		if err := act(e); err != nil {
			return "", err
		}
		return "", e.write(v)
	})
	return err
}

// onceID is plain for what makes something with an id: the same key again gives the same id.
func (a *App) onceID(ctx context.Context, v Viewer, what, key string, act func(*edit) (int64, error)) (int64, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return 0, err
	}
	result, _, err := a.db.Once(ctx, v.Zone, personKey(what, key, v.Person), func(tx *store.Tx) (string, error) {
		e := &edit{tx: tx, was: z}
		id, err := act(e)
		if err != nil {
			return "", err
		}
		return strconv.FormatInt(id, 10), e.write(v)
	})
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(result, 10, 64)
}

func adminKey(v Viewer, key string) string {
	return "admin:" + key + ":" + strconv.FormatInt(int64(v.Person), 10)
}

func (e *edit) finish(v Viewer) error {
	if err := e.write(v); err != nil {
		return err
	}
	return e.tx.Touch()
}

func (e *edit) write(v Viewer) error {
	for _, x := range e.log {
		x.ID, x.Actor = e.tx.NewID(), v.Person
		if err := e.tx.AddAudit(x); err != nil {
			return err
		}
	}
	return nil
}

// areaRow is an area as the database keeps it.
func areaRow(x territory.Area) store.AreaRow {
	return store.AreaRow{Area: x, GeoJSON: geometry(x.Shape)}
}

// ParseDay reads a date as a form sends it; it is the start of that day. "" is today.
func (a *App) ParseDay(field, s string) (time.Time, error) {
	if s = strings.TrimSpace(s); s == "" {
		return calendar.DayOf(a.now()).Start(), nil
	}
	d, err := calendar.ParseDay(s)
	if err != nil {
		return time.Time{}, asField(err, field)
	}
	return d.Start(), nil
}

// words checks a line of text somebody typed: least to most characters, spaces at the ends cut off.
func words(field, s string, least, most int) (string, error) {
	s = strings.TrimSpace(s)
	if n := utf8.RuneCountInString(s); n < least || n > most {
		return s, fault.Field(field, "请填写 %d 至 %d 个字。", "Write %d to %d characters.", least, most)
	}
	return s, nil
}

// within puts an error of ours into context and leaves a fault alone.
func within(doing string, err error) error {
	if err == nil || fault.KindOf(err) != fault.Internal {
		return err
	}
	return fmt.Errorf("%s: %w", doing, err)
}
