package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
	"gezhi/internal/redeem"
	"gezhi/internal/seal"
	"gezhi/internal/store"
)

// sponsorKinds are what a sponsor may be.
var sponsorKinds = map[string]lang.Text{
	"shop": {ZH: "让利商户", EN: "Shop"}, "unit": {ZH: "共建单位", EN: "Partner unit"}, "property": {ZH: "物业服务企业", EN: "Property company"},
	"charity": {ZH: "公益慈善组织", EN: "Charity"},
}

// SponsorKinds lists the kinds, in order.
func SponsorKinds() []string { return slices.Sorted(maps.Keys(sponsorKinds)) }

// SponsorKind is a kind in words.
func SponsorKind(id string) lang.Text { return sponsorKinds[id] }

func contactPlace(zone int, id int64) string {
	return seal.Place(zone, "sponsors", "contact", strconv.FormatInt(id, 10))
}

// SponsorLine is a sponsor with what it is owed now.
type SponsorLine struct {
	store.Sponsor
	Owed int64 // points collected and not settled yet
}

// Sponsors lists the sponsors that the viewer's areas keep or lie under.
func (a *App) Sponsors(ctx context.Context, v Viewer) ([]SponsorLine, error) {
	if err := v.need(KeepRewards | Settle); err != nil {
		return nil, err
	}
	var out []SponsorLine
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := r.Sponsors()
		if err != nil {
			return err
		}
		out = nil
		for _, s := range list {
			if !v.CanIn(KeepRewards|Settle, s.Area) {
				continue
			}
			book, err := r.Account(redeem.SponsorAccount(s.ID), ledger.Point)
			if err != nil {
				return err
			}
			out = append(out, SponsorLine{s, book.Balance})
		}
		return nil
	})
	return out, err
}

// SponsorPage is one sponsor with its account.
type SponsorPage struct {
	store.Sponsor
	Contact     string // in clear, for those who keep it
	Balance     int64
	Lines       []store.SettledLine // collected and in no statement yet
	Gifts       []store.Gift
	Settlements []store.Settlement
	Months      []string // that have ended and can be settled now, oldest first
	Rewards     []redeem.Reward
}

// SponsorPage loads one sponsor.
func (a *App) SponsorPage(ctx context.Context, v Viewer, id int64) (SponsorPage, error) {
	var p SponsorPage
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		if p.Sponsor, err = keptSponsor(r, v, KeepRewards|Settle, id); err != nil {
			return err
		}
		if p.Contact, err = a.ring.Open(contactPlace(v.Zone, id), p.Sponsor.Contact); err != nil {
			return err
		}
		book, err := r.Account(redeem.SponsorAccount(id), ledger.Point)
		if err != nil {
			return err
		}
		p.Balance = book.Balance
		if p.Lines, err = r.SettledLines(id, "", r.Now.Add(time.Millisecond)); err != nil {
			return err
		}
		if p.Gifts, err = r.Gifts(id, "", 20); err != nil {
			return err
		}
		if p.Settlements, err = r.Settlements(id); err != nil {
			return err
		}
		if p.Rewards, err = r.Rewards(store.RewardFilter{Sponsor: id, Limit: 50}); err != nil {
			return err
		}
		p.Months, err = openMonths(r, p.Sponsor, p.Settlements)
		return err
	})
	return p, err
}

// openMonths are the months that have ended, have no statement, are later than the last statement, and before whose end
// something was collected or given.
func openMonths(r *store.Reader, s store.Sponsor, done []store.Settlement) ([]string, error) {
	last := ""
	if len(done) > 0 {
		last = done[0].Month
	}
	const shown = 12
	var out []string
	month, _ := redeem.Month.Span(r.Now)
	for range shown {
		end := month
		month = month.AddDate(0, -1, 0)
		name := month.Format("2006-01")
		if name <= last || end.Before(s.From) {
			break
		}
		o, err := r.Owed(s.ID, end)
		if err != nil {
			return nil, err
		}
		if o.Items == 0 && o.Given == 0 {
			break
		}
		out = append(out, name)
	}
	slices.Reverse(out)
	return out, nil
}

func keptSponsor(r *store.Reader, v Viewer, p Power, id int64) (store.Sponsor, error) {
	s, err := r.Sponsor(id)
	if err != nil {
		return s, err
	}
	return s, v.needIn(p, s.Area)
}

// SponsorForm is a sponsor as its form holds it.
type SponsorForm struct {
	Name, Kind, Area, Contact, Agreement, Rate, From, To string
	Example                                              bool // labelled as an example on every page
	Revision                                             int64
}

func (f SponsorForm) read(a *App, z *Zone, was store.Sponsor) (store.Sponsor, string, error) {
	s := was
	var bad fault.List
	text := func(field, in string, least, most int) string {
		out, err := words(field, in, least, most)
		bad = append(bad, fault.Fields(err)...)
		return out
	}
	s.Name, s.Agreement, s.Rate = text("name", f.Name, 2, 60), text("agreement", f.Agreement, 2, 200), text("rate", f.Rate, 2, 200)
	contact := text("contact", f.Contact, 2, 60)
	if s.Kind = f.Kind; sponsorKinds[f.Kind].ZH == "" {
		bad.Add("kind", "请选择类别。", "Choose a kind.")
	}
	if s.Area = f.Area; f.Area == "" {
		s.Area = zoneCode(z.Code)
	}
	if _, ok := z.Tree.Area(s.Area); !ok {
		bad.Add("area", "没有这个区域。", "There is no such area.")
	}
	var err error
	s.From, err = a.ParseDay("from", f.From)
	bad = append(bad, fault.Fields(err)...)
	s.To = time.Time{}
	if strings.TrimSpace(f.To) != "" {
		to, err := a.ParseDay("to", f.To)
		bad = append(bad, fault.Fields(err)...)
		if s.To = to.AddDate(0, 0, 1); err == nil && !s.To.After(s.From) {
			bad.Add("to", "结束日期不能早于开始日期。", "The last day is before the first.")
		}
	}
	return s, contact, bad.Err()
}

// AddSponsor enters a sponsor.
func (a *App) AddSponsor(ctx context.Context, v Viewer, f SponsorForm, key string) (int64, error) {
	return a.saveSponsor(ctx, v, 0, f, key)
}

// EditSponsor changes a sponsor. Statements keep the terms they were made under.
func (a *App) EditSponsor(ctx context.Context, v Viewer, id int64, f SponsorForm, key string) error {
	_, err := a.saveSponsor(ctx, v, id, f, key)
	return err
}

func (a *App) saveSponsor(ctx context.Context, v Viewer, id int64, f SponsorForm, key string) (int64, error) {
	if err := v.need(KeepRewards); err != nil {
		return 0, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return 0, err
	}
	result, _, err := a.db.Once(ctx, v.Zone, personKey("sponsor", key, v.Person), func(tx *store.Tx) (string, error) {
		was, action := store.Sponsor{ID: tx.NewID(), Example: f.Example}, "sponsor.add"
		if id != 0 {
			action = "sponsor.edit"
			if was, err = keptSponsor(&tx.Reader, v, KeepRewards, id); err != nil {
				return "", err
			}
			if was.Revision != f.Revision {
				return "", fault.New(fault.Conflict, "这家单位刚刚已被他人修改，请刷新后重试。", "Somebody else has just changed this sponsor; reload and try again.")
			}
		}
		s, contact, err := f.read(a, z, was)
		if err != nil {
			return "", err
		}
		if err := v.needIn(KeepRewards, s.Area); err != nil {
			return "", asField(err, "area")
		}
		if s.Contact, err = a.ring.Seal(contactPlace(tx.Zone, s.ID), contact); err != nil {
			return "", err
		}
		save := tx.AddSponsor
		if id != 0 {
			save = tx.SaveSponsor
		}
		if err := save(s); err != nil {
			return "", err
		}
		if err := tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: action, Subject: fmt.Sprintf("sponsor:%d", s.ID), Detail: s.Name}); err != nil {
			return "", err
		}
		return strconv.FormatInt(s.ID, 10), tx.Touch()
	})
	a.forget(v.Zone)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(result, 10, 64)
}

// GivePoints moves points a sponsor has collected on to a pool: it waives what it would be settled for, and the pool can
// award them again.
func (a *App) GivePoints(ctx context.Context, v Viewer, sponsor int64, area, amount, note, key string) error {
	if err := v.need(Settle); err != nil {
		return err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	var bad fault.List
	points, wrong := strconv.ParseInt(strings.TrimSpace(amount), 10, 64)
	if wrong != nil || points < 1 {
		bad.Add("points", "请填写大于零的整数。", "Write a whole number above zero.")
	}
	if _, ok := z.Tree.Area(area); !ok || len(area) > 12 {
		bad.Add("pool", "请选择受赠的街道或社区。", "Choose the street or community that gets them.")
	}
	note, err = words("gift_note", note, 0, 100)
	bad = append(bad, fault.Fields(err)...)
	if err := bad.Err(); err != nil {
		return err
	}
	_, _, err = a.db.Once(ctx, v.Zone, personKey("sponsor-gift", key, v.Person), func(tx *store.Tx) (string, error) {
		s, err := keptSponsor(&tx.Reader, v, Settle, sponsor)
		if err != nil {
			return "", err
		}
		month, _ := redeem.Month.Span(tx.Now)
		if o, err := tx.Owed(sponsor, month); err != nil {
			return "", err
		} else if o.Items > 0 || o.Given > 0 {
			// Otherwise a gift could use up what an open month is to be settled for.
			return "", fault.New(fault.Conflict, "以前月份还有未结算的积分，请先结算，再赠出。", "Earlier months are not settled; settle them before giving points on.")
		}
		g := store.Gift{ID: tx.NewID(), Sponsor: s.ID, Area: area, Points: points, Note: note, By: v.Person}
		g.Transfer = fmt.Sprintf("gift:%d", g.ID)
		if _, err := tx.Post(ledger.Transfer{ID: g.Transfer, From: redeem.SponsorAccount(s.ID), To: ledger.Of(ledger.Pool, area), Asset: ledger.Point, Amount: points,
			Reason: "gift", Ref: fmt.Sprintf("sponsor:%d", s.ID)}); err != nil {
			return "", asField(err, "points")
		}
		if err := tx.AddGift(g); err != nil {
			return "", err
		}
		return "", tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "sponsor.gift", Subject: fmt.Sprintf("sponsor:%d", s.ID), Detail: fmt.Sprintf("%d → %s", points, area)})
	})
	return err
}

// Statement is what a sponsor is settled for in a month: as settled, or as it stands while that is open.
type Statement struct {
	Sponsor store.Sponsor
	store.Settlement
	Open  bool // not settled yet: the figures may still grow until the month ends
	Ended bool // the month is over
	Lines []store.SettledLine
	Gifts []store.Gift
}

// Statement loads a sponsor's statement of a month.
func (a *App) Statement(ctx context.Context, v Viewer, sponsor int64, month string) (Statement, error) {
	var out Statement
	_, end, ok := monthSpan(month)
	if !ok {
		return out, fault.New(fault.NotFound, "没有这个月份。", "There is no such month.")
	}
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out = Statement{Ended: !r.Now.Before(end)}
		if out.Sponsor, err = keptSponsor(r, v, KeepRewards|Settle, sponsor); err != nil {
			return err
		}
		out.Settlement, err = r.Settlement(sponsor, month)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			out.Open, out.Settlement = true, store.Settlement{Sponsor: sponsor, Month: month, Rate: out.Sponsor.Rate}
			out.Owed, err = r.Owed(sponsor, end)
		}
		if err != nil {
			return err
		}
		if out.Lines, err = r.SettledLines(sponsor, out.Number, end); err != nil {
			return err
		}
		if !out.Open {
			out.Gifts, err = r.Gifts(sponsor, out.Number, 200)
		}
		return err
	})
	return out, err
}

// Settle closes a sponsor's month: what was collected up to its end leaves being, under the number of a statement. What was
// left from earlier months goes with it. A month can be settled once, after it has ended.
func (a *App) Settle(ctx context.Context, v Viewer, sponsor int64, month, note, key string) (string, error) {
	if err := v.need(Settle); err != nil {
		return "", err
	}
	_, end, ok := monthSpan(month)
	if !ok {
		return "", fault.Field("month", "请选择要结算的月份。", "Choose the month to settle.")
	}
	note, err := words("note", note, 0, 200)
	if err != nil {
		return "", err
	}
	number, _, err := a.db.Once(ctx, v.Zone, personKey("settle", key, v.Person), func(tx *store.Tx) (string, error) {
		s, err := keptSponsor(&tx.Reader, v, Settle, sponsor)
		if err != nil {
			return "", err
		}
		if tx.Now.Before(end) {
			return "", fault.New(fault.Conflict, "%[1]s 还没有结束，月底后再结算。", "%[1]s is not over; settle it when it is.", month)
		}
		done, err := tx.Settlements(sponsor)
		if err != nil {
			return "", err
		}
		if len(done) > 0 && done[0].Month >= month {
			return "", fault.New(fault.Conflict, "%[1]s 及以前的月份已经结算过。", "%[1]s and what was before are settled.", done[0].Month)
		}
		o, err := tx.Owed(sponsor, end)
		if err != nil {
			return "", err
		}
		if o.Items == 0 && o.Given == 0 {
			return "", fault.New(fault.Conflict, "%[1]s 没有可结算的兑换。", "There is nothing to settle in %[1]s.", month)
		}
		return a.settle(tx, v, s, store.Settlement{Sponsor: sponsor, Month: month, Owed: o, Rate: s.Rate, Note: note, By: v.Person}, end)
	})
	return number, err
}

func (a *App) settle(tx *store.Tx, v Viewer, s store.Sponsor, t store.Settlement, end time.Time) (string, error) {
	yyyymm := strings.ReplaceAll(t.Month, "-", "")
	n, err := tx.NextNumber("settlement:" + yyyymm)
	if err != nil {
		return "", err
	}
	t.Number = fmt.Sprintf("JS-%d-%s-%03d", tx.Zone, yyyymm, n)
	if t.Points() > 0 {
		t.Transfer = "settle:" + t.Number
		if _, err := tx.Post(ledger.Transfer{ID: t.Transfer, From: redeem.SponsorAccount(s.ID), To: ledger.Of(ledger.Issue, zoneCode(tx.Zone)), Asset: ledger.Point, Amount: t.Points(),
			Reason: "settle", Ref: t.Number}); err != nil {
			return "", err
		}
	}
	if err := tx.AddSettlement(t, end); err != nil {
		return "", err
	}
	return t.Number, tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "sponsor.settle", Subject: fmt.Sprintf("sponsor:%d", s.ID), Detail: t.Number})
}

// ExportStatement calls fn for every item of a settled statement, oldest first.
func (a *App) ExportStatement(ctx context.Context, v Viewer, s Statement, fn func(id int64, name, place string, price int64, done time.Time) error) error {
	if err := v.needIn(KeepRewards|Settle, s.Sponsor.Area); err != nil {
		return err
	}
	if err := a.recordExport(ctx, v, "statement", s.Number); err != nil {
		return err
	}
	return a.db.View(ctx, v.Zone, func(r *store.Reader) error { return r.EachSettled(s.Settlement, fn) })
}

// SponsorName is what a sponsor is called, "" for the community itself.
func (z *Zone) SponsorName(id int64) string { return z.Sponsors[id].Name }

// ActiveSponsors are those whose agreement is in force, by name.
func (z *Zone) ActiveSponsors(now time.Time) []store.Sponsor {
	var out []store.Sponsor
	for _, s := range z.Sponsors {
		if !now.Before(s.From) && (s.To.IsZero() || now.Before(s.To)) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(x, y store.Sponsor) int { return strings.Compare(x.Name, y.Name) })
	return out
}
