package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/redeem"
	"gezhi/internal/store"
)

// HandOut is a redemption as the counter sees it: what to hand over, and to whom, masked.
type HandOut struct {
	redeem.Redemption
	Who     string    // masked
	Counter lang.Text // which counter ended it; empty while it is open
}

// errNoCode is one answer to a code that does not exist and to one of another counter: neither tells whether it guessed.
var errNoCode = fault.Field("code", "没有找到这个取货码。请核对是否看错，并看居民手机上写的领取地点是不是这里。",
	"There is no such code here. Check the letters, and that the place on the resident's phone is this one.")

// counters are the places and sponsors whose rewards the viewer hands out.
func (v Viewer) counters() (areas []string, sponsors []int64) {
	for _, d := range v.Duties {
		if powers(d.Role)&Redeem == 0 {
			continue
		}
		if id, ok := sponsorOf(d.Unit); ok {
			sponsors = append(sponsors, id)
		} else if d.Area != "" {
			areas = append(areas, d.Area)
		}
	}
	return areas, sponsors
}

// handsOut is the duty under which the viewer may hand a redemption over.
func (v Viewer) handsOut(d redeem.Redemption) (casework.Duty, bool) {
	for _, duty := range v.Duties {
		if powers(duty.Role)&Redeem == 0 {
			continue
		}
		id, ofSponsor := sponsorOf(duty.Unit)
		if ofSponsor && id == d.Sponsor || !ofSponsor && duty.Area != "" && len(duty.Area) <= len(d.Place) && d.Place[:len(duty.Area)] == duty.Area {
			return duty, true
		}
	}
	return casework.Duty{}, false
}

// FindPickup looks a code up at the viewer's counter. A wrong one is counted, and after ten the counter has to wait before
// the next. One that was used says when and where.
func (a *App) FindPickup(ctx context.Context, v Viewer, typed string) (HandOut, error) {
	if err := v.need(Redeem); err != nil {
		return HandOut{}, err
	}
	code, err := redeem.ParseCode(typed)
	if err != nil {
		return HandOut{}, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return HandOut{}, err
	}
	var out HandOut
	var wrong error
	err = a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		out, wrong = HandOut{}, nil
		d, _, err := a.atCounter(tx, z, v, code)
		if err == errNoCode {
			wrong = err
			return a.missed(tx, v) // the miss must be kept, so the transaction succeeds
		}
		if err != nil {
			return err
		}
		names, err := a.names(&tx.Reader, v, []casework.Person{casework.Person(d.Person)})
		out = HandOut{Redemption: d, Who: names[casework.Person(d.Person)]}
		return err
	})
	if err == nil {
		err = wrong
	}
	return out, err
}

// atCounter finds the open redemption of a code with the duty under which it may be handed over.
func (a *App) atCounter(tx *store.Tx, z *Zone, v Viewer, code string) (redeem.Redemption, casework.Duty, error) {
	tries, err := tx.CounterTries(v.Person)
	if err != nil {
		return redeem.Redemption{}, casework.Duty{}, err
	}
	if wait := tries.Pause(tx.Now); wait > 0 {
		return redeem.Redemption{}, casework.Duty{}, fault.New(fault.Conflict, "取货码连续输错较多，请 %d 秒后再试。", "Too many wrong codes; try again in %d seconds.", int((wait+time.Second-1)/time.Second))
	}
	d, err := tx.RedemptionByCode(a.ring.Hash("pickup", code))
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return d, casework.Duty{}, errNoCode
	}
	if err != nil {
		return d, casework.Duty{}, err
	}
	duty, ok := v.handsOut(d)
	if !ok {
		return d, duty, errNoCode
	}
	if d.Person == int64(v.Person) {
		return d, duty, fault.New(fault.Forbidden, "不能为自己的兑换办理发放，请由同事办理。", "You cannot hand out what you reserved yourself; ask a colleague.")
	}
	if _, err := d.Become(redeem.Collected, tx.Now, int64(v.Person), ""); err != nil {
		return d, duty, z.endedWhere(d, err)
	}
	return d, duty, nil
}

// endedWhere adds to a refusal at which counter something was handed over. It names the counter, not the person.
func (z *Zone) endedWhere(d redeem.Redemption, why error) error {
	if d.State != redeem.Collected {
		return why
	}
	zh, en := z.HolderName(casework.ParseHolder(d.Duty))
	at := d.Done.In(calendar.Zone())
	return fault.New(fault.Conflict, "这份奖品已于 %[1]s 由“%[2]s”发放，不能再领。", "This was handed over on %[3]s by %[4]s and cannot be collected again.",
		at.Format("1月2日 15:04"), zh, at.Format("2 Jan, 15:04"), en)
}

func (a *App) missed(tx *store.Tx, v Viewer) error {
	t, err := tx.CounterTries(v.Person)
	if err != nil {
		return err
	}
	return tx.SaveCounterTries(v.Person, t.Miss(tx.Now))
}

// HandOver confirms that what a code stands for was handed over: its hold is paid to the sponsor or to the pool of the place.
// Of two counters that confirm one code the second is told when and where it was handed over. The same key again is
// the same confirmation.
func (a *App) HandOver(ctx context.Context, v Viewer, typed, key string) (redeem.Redemption, error) {
	if err := v.need(Redeem); err != nil {
		return redeem.Redemption{}, err
	}
	code, err := redeem.ParseCode(typed)
	if err != nil {
		return redeem.Redemption{}, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return redeem.Redemption{}, err
	}
	var done redeem.Redemption
	_, _, err = a.db.OnceFor(ctx, v.Zone, personKey("hand-over", key, v.Person), a.ring.Hash("pickup", code), func(tx *store.Tx) (string, error) {
		d, duty, err := a.atCounter(tx, z, v, code)
		if err != nil {
			return "", err
		}
		if done, err = d.Become(redeem.Collected, tx.Now, int64(v.Person), casework.Holder(duty).Key()); err != nil {
			return "", err
		}
		if err := tx.EndRedemption(done); err != nil {
			return "", err
		}
		if _, err := tx.ConfirmHold(d.Hold); err != nil {
			return "", err
		}
		return "", tx.AddNotice(store.Notice{ID: tx.NewID(), Person: casework.Person(d.Person), Kind: "reward", About: d.ID,
			ZH: fmt.Sprintf("您已领取“%s”，支出 %d 积分。", d.Name.ZH, d.Price), EN: fmt.Sprintf("You collected “%s” for %d points.", nameEN(d), d.Price)})
	})
	if err == errNoCode {
		if e := a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error { return a.missed(tx, v) }); e != nil {
			err = e
		}
	}
	return done, err
}

// HandedOut lists what the viewer's counters have handed out since midnight, newest first, at most limit.
func (a *App) HandedOut(ctx context.Context, v Viewer, limit int) ([]HandOut, error) {
	out, err := a.redemptions(ctx, v, Redeem, func(now time.Time) store.RedemptionFilter {
		f := store.RedemptionFilter{State: redeem.Collected, Done: true, From: calendar.DayOf(now).Start(), Limit: limit}
		f.Areas, f.Sponsor = v.counters()
		return f
	})
	slices.SortFunc(out, func(x, y HandOut) int { return y.Done.Compare(x.Done) })
	return out, err
}

// redemptions lists what the filter selects, with names, for whoever has the power.
func (a *App) redemptions(ctx context.Context, v Viewer, p Power, filter func(now time.Time) store.RedemptionFilter) ([]HandOut, error) {
	if err := v.need(p); err != nil {
		return nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	var out []HandOut
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := r.Redemptions(filter(r.Now))
		if err != nil {
			return err
		}
		out, err = a.handOuts(r, z, v, list)
		return err
	})
	return out, err
}

// handOuts adds the names of the people and counters, the people's masked.
func (a *App) handOuts(r *store.Reader, z *Zone, v Viewer, list []redeem.Redemption) ([]HandOut, error) {
	ids := make([]casework.Person, len(list))
	for i, d := range list {
		ids[i] = casework.Person(d.Person)
	}
	names, err := a.names(r, v, ids)
	if err != nil {
		return nil, err
	}
	out := make([]HandOut, len(list))
	for i, d := range list {
		out[i] = HandOut{Redemption: d, Who: names[casework.Person(d.Person)]}
		if d.Duty != "" {
			out[i].Counter.ZH, out[i].Counter.EN = z.HolderName(casework.ParseHolder(d.Duty))
		}
	}
	return out, nil
}
