package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/store"
)

// dueAtOnce is how many grants the clock moves in one transaction, so that nobody waits long for the writer.
const dueAtOnce = 200

// MoveDueGrants lets grants lapse that nobody confirmed in time, and clears those whose publicity is over without an open objection.
// It answers how many. Run it from one process or from several: each is moved once.
func (a *App) MoveDueGrants(ctx context.Context, zone int) (int, error) {
	z, err := a.Zone(ctx, zone)
	if err != nil {
		return 0, err
	}
	done := 0
	for state, act := range map[policy.State]policy.Act{policy.Listed: policy.Lapse, policy.Published: policy.Clear} {
		for {
			n := 0
			err := a.db.InTx(ctx, zone, func(tx *store.Tx) error {
				due, err := tx.DueGrants(state, dueAtOnce)
				n = len(due)
				for _, g := range due {
					err = errors.Join(err, a.stepGrant(tx, z, g, g, policy.Step{Act: act, Part: policy.Clock, Now: tx.Now}, z.GrantItem(g)))
				}
				return err
			})
			if err != nil {
				return done, within("move due grants", err)
			}
			if done += n; n < dueAtOnce {
				break
			}
		}
	}
	return done, nil
}

// ListTriggered puts enterprises on lists by itself, for items that an event makes them eligible for: who may have the item since
// the event, and was not listed in this period before. It answers how many. Such a list has no fund until the desk names one.
func (a *App) ListTriggered(ctx context.Context, zone int) (int, error) {
	z, err := a.Zone(ctx, zone)
	if err != nil {
		return 0, err
	}
	now, done := trigger{version: z.PoliciesVersion}, 0
	if err := a.db.View(ctx, zone, func(r *store.Reader) (err error) {
		now.day = policyDay(r.Now)
		_, now.revision, err = r.ProfileCounts()
		return err
	}); err != nil || a.triggers.at(zone) == now {
		return 0, err
	}
	for i, x := range z.Policies.Items {
		if x.Trigger < 0 || x.Delivery != rules.Auto || z.Policies.ItemIndex(x.ID, now.day) != i {
			continue
		}
		n, err := a.listTriggered(ctx, z, x)
		if done += n; err != nil {
			return done, within("list "+x.ID, err)
		}
	}
	a.triggers.set(zone, now)
	return done, nil
}

// trigger is what the question depends on whom an event has made eligible.
type trigger struct {
	version       int
	day, revision int64
}

// triggers remember when each zone was asked last, so that the clock asks again only when the answer may be another.
type triggers struct {
	mu   sync.Mutex
	done map[int]trigger
}

func (t *triggers) at(zone int) trigger {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.done[zone]
}

func (t *triggers) set(zone int, x trigger) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done[zone] = x
}

func (a *App) listTriggered(ctx context.Context, z *Zone, x *rules.Item) (int, error) {
	p, err := a.preview(ctx, z, x, 0)
	if err != nil || p.New == 0 {
		return 0, err
	}
	fresh := p.fresh
	err = a.db.InTx(ctx, z.Code, func(tx *store.Tx) error {
		l, err := tx.AutoList(x.ID, p.Period)
		made := fault.KindOf(err) == fault.NotFound && err != nil
		if made {
			l, err = store.GrantList{ID: tx.NewID(), Item: x.ID, Title: x.Name.ZH, Period: p.Period, Auto: true}, nil
		}
		if err != nil {
			return err
		}
		// Whoever waived, lapsed or was dropped is not asked again by a clock.
		had, err := tx.GrantsOf(codesOf(fresh, match.code))
		if err != nil {
			return err
		}
		p.fresh = slices.DeleteFunc(slices.Clone(fresh), func(m match) bool {
			return slices.ContainsFunc(had[m.Code], func(g policy.Grant) bool { return g.Item == x.ID && policy.SamePeriod(g.Period, p.Period) })
		})
		if err := p.sort(&tx.Reader, p.fresh, 0); err != nil || p.New == 0 {
			return err
		}
		l.Version, l.AsOf = z.PoliciesVersion, policyDay(tx.Now)
		save := tx.SaveGrantList
		if made {
			save = tx.AddGrantList
		}
		if err := save(l); err != nil {
			return err
		}
		if err := tx.AddAudit(store.Audit{ID: tx.NewID(), Action: "grants.auto", Subject: fmt.Sprintf("grants:%d", l.ID), Detail: fmt.Sprintf("%s，%d 家", calendar.DayOf(tx.Now), p.New)}); err != nil {
			return err
		}
		return a.enlist(tx, z, x, l, p.fresh)
	})
	return p.New, err
}
