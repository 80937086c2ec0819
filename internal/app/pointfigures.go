package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
	"gezhi/internal/points"
	"gezhi/internal/redeem"
	"gezhi/internal/store"
)

// Flow is what points did in a time: given to people, spent by them, lapsed.
type Flow struct {
	From, To time.Time
	Issued   int64
	Redeemed int64
	Expired  int64
}

// PointsOverview is how a district's points stand.
type PointsOverview struct {
	Flow                    // of the time asked for
	InHand   int64          // people's, spendable: what the district still owes them
	Held     int64          // people's, set aside for what they reserved
	Budget   int64          // in pools, not awarded yet
	Sponsors int64          // collected by sponsors and not settled
	Accounts int64          // people with an account
	Active   int64          // who earned or spent in the last 30 days
	Pieces   store.Redeemed // collected in the time asked for
	Months   []Flow         // the last six, oldest first
	Top      []store.TopReward
	Pools    []store.PoolYear // since the beginning of the time asked for
}

// activeFor is how long one is active after earning or spending.
const activeFor = 30 * 24 * time.Hour

// topRewards is how many of the most wanted rewards are shown.
const topRewards = 10

// PointsOverview adds a district's points up from one moment to another (the zero time: from the first point, to now).
func (a *App) PointsOverview(ctx context.Context, v Viewer, from, to time.Time) (PointsOverview, error) {
	if err := v.seesPoints(); err != nil {
		return PointsOverview{}, err
	}
	var o PointsOverview
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		o = PointsOverview{}
		if to.IsZero() || to.After(r.Now) {
			to = r.Now.Add(time.Millisecond)
		}
		if o.Flow, err = a.flow(r, from, to); err != nil {
			return err
		}
		sums, err := r.ClassSums(ledger.Point)
		if err != nil {
			return err
		}
		for _, s := range sums {
			switch s.Class {
			case ledger.Person, ledger.Unit:
				o.InHand += s.Sum
			case ledger.Held:
				o.Held = s.Sum
			case ledger.Pool:
				o.Budget = s.Sum
			case ledger.Sponsor:
				o.Sponsors = s.Sum
			}
		}
		if o.Accounts, o.Active, err = r.ActivePeople(r.Now.Add(-activeFor)); err != nil {
			return err
		}
		if o.Pieces, err = r.Redeemed(from, to); err != nil {
			return err
		}
		if o.Top, err = r.TopRewards(from, to, topRewards); err != nil {
			return err
		}
		if o.Months, err = a.months(r); err != nil {
			return err
		}
		o.Pools, err = r.Pools(from)
		return err
	})
	return o, err
}

// seesPoints refuses whoever does not look after an area's figures.
func (v Viewer) seesPoints() error {
	if err := v.need(Evaluate); err != nil {
		return err
	}
	return v.need(SeeArea)
}

// monthsShown is how many months the chart has.
const monthsShown = 6

func (a *App) months(r *store.Reader) ([]Flow, error) {
	month, _ := redeem.Month.Span(r.Now)
	out := make([]Flow, monthsShown)
	for i := range out {
		from := month.AddDate(0, i-monthsShown+1, 0)
		var err error
		if out[i], err = a.flow(r, from, from.AddDate(0, 1, 0)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// flow works a time out from how the books stood at both its ends. What people have and have reserved together is minus
// what everybody else has, and it grew by what was issued and shrank by what they redeemed and what lapsed.
func (a *App) flow(r *store.Reader, from, to time.Time) (Flow, error) {
	was, err := a.circulation(r, from)
	if err != nil {
		return Flow{}, err
	}
	is, err := a.circulation(r, to)
	if err != nil {
		return Flow{}, err
	}
	d, err := r.Redeemed(from, to)
	f := Flow{From: from, To: to, Redeemed: d.Points, Expired: is.expired - was.expired}
	f.Issued = is.people - was.people + f.Expired + f.Redeemed
	return f, err
}

// circulation is what people had, and what had lapsed, just before a moment.
type circulation struct{ people, expired int64 }

// circulations remembers how books stood in the past, which never changes.
type circulations struct {
	mu   sync.Mutex
	list map[circulationKey]circulation
}

type circulationKey struct {
	zone   int
	before int64 // unix milliseconds
}

// settledAfter is how old a moment must be before it is remembered: a transfer of then may still be on its way.
const settledAfter = time.Hour

func (a *App) circulation(r *store.Reader, before time.Time) (circulation, error) {
	if before.IsZero() {
		return circulation{}, nil
	}
	key := circulationKey{r.Zone, before.UnixMilli()}
	a.circulations.mu.Lock()
	s, known := a.circulations.list[key]
	a.circulations.mu.Unlock()
	if known {
		return s, nil
	}
	others, err := r.AccountsOf(ledger.Point, ledger.Issue, ledger.Pool, ledger.Sponsor, ledger.Expired)
	if err != nil {
		return s, err
	}
	for _, o := range others {
		then := o.Balance
		if before.Before(r.Now) {
			if then, err = r.BalanceAt(o.Account, ledger.Point, before.Add(-time.Millisecond)); err != nil {
				return s, err
			}
		}
		s.people -= then
		if o.Account.Class() == ledger.Expired {
			s.expired += then
		}
	}
	if r.Now.Sub(before) > settledAfter {
		a.circulations.mu.Lock()
		a.circulations.list[key] = s
		a.circulations.mu.Unlock()
	}
	return s, nil
}

// Between lists what people of each community collected where, in a time.
func (a *App) Between(ctx context.Context, v Viewer, from, to time.Time) ([]store.Crossing, error) {
	if err := v.seesPoints(); err != nil {
		return nil, err
	}
	var out []store.Crossing
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.Crossings(from, to)
		return err
	})
	return out, err
}

// Reconciliation compares the books with what should have led to them.
type Reconciliation struct {
	Classes   []store.ClassSum
	Sum       int64 // of all classes: zero
	Held      int64
	OpenHolds int64 // what open holds add up to: the same as Held
	Holds     int64 // how many they are
	Sponsors  []store.SponsorSum
}

// Sound reports that everything agrees.
func (x Reconciliation) Sound() bool {
	return x.Sum == 0 && x.Held == x.OpenHolds && !slices.ContainsFunc(x.Sponsors, func(s store.SponsorSum) bool { return s.Balance != s.Expected })
}

// Reconcile adds the books up. gezhi verify does the same line by line.
func (a *App) Reconcile(ctx context.Context, v Viewer) (Reconciliation, error) {
	if err := v.needIn(Evaluate, zoneCode(v.Zone)); err != nil {
		return Reconciliation{}, err
	}
	var x Reconciliation
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		x = Reconciliation{}
		if x.Classes, err = r.ClassSums(ledger.Point); err != nil {
			return err
		}
		for _, c := range x.Classes {
			x.Sum += c.Sum
			if c.Class == ledger.Held {
				x.Held = c.Sum
			}
		}
		if x.Holds, x.OpenHolds, err = r.OpenHolds(ledger.Point); err != nil {
			return err
		}
		x.Sponsors, err = r.SponsorSums()
		return err
	})
	return x, err
}

// Hint is something that a person should look at. It has no consequence by itself.
type Hint struct {
	Kind   string   // ring, apply, burst, often, rush, night
	Who    []string // people, masked; a counter's name for rush and night
	People int      // of whom Who names the first few; 0 for a counter
	Place  string   // area code
	Count  int
	At     time.Time // the latest
}

// PhotoHint is a picture sent with several reports or awards.
type PhotoHint struct {
	store.SamePhoto
	Cases  []casework.ID
	Names  map[casework.ID][2]string // title and number
	Awards []PhotoAward
}

// PhotoAward is one of the awards a picture is evidence of.
type PhotoAward struct {
	ID   points.ID
	Item lang.Text
	At   time.Time
}

// Hints are what looks unusual in the last ninety days.
type Hints struct {
	Since  time.Time
	List   []Hint
	Photos []PhotoHint
}

// HintKind is a kind of hint in words, and what it means.
func HintKind(kind string) (name, why lang.Text) {
	switch kind {
	case "ring":
		return lang.Text{ZH: "相互复核", EN: "approving one another"}, lang.Text{ZH: "这些人互为对方（或依次循环）复核通过积分申报", EN: "these people approved awards for each other, or in a circle"}
	case "apply":
		return lang.Text{ZH: "短时间连续申报", EN: "many applications in a short time"}, lang.Text{ZH: "同一居民 10 分钟内提交申报 5 件及以上", EN: "one resident applied five times or more within ten minutes"}
	case "burst":
		return lang.Text{ZH: "短时间连续兑换", EN: "many in a short time"}, lang.Text{ZH: "同一居民 10 分钟内预留 5 件及以上", EN: "one resident reserved five or more within ten minutes"}
	case "often":
		return lang.Text{ZH: "同日同处多次领取", EN: "often at one counter in a day"}, lang.Text{ZH: "同一居民一天内在同一处领取 5 件及以上", EN: "one resident collected five or more at one place in a day"}
	case "rush":
		return lang.Text{ZH: "柜台密集发放", EN: "a counter in a rush"}, lang.Text{ZH: "同一柜台 5 分钟内确认 10 件及以上（集中发放活动属正常）", EN: "one counter confirmed ten or more within five minutes; a planned hand-out is fine"}
	}
	return lang.Text{ZH: "夜间发放", EN: "at night"}, lang.Text{ZH: "22 时至次日 6 时确认发放", EN: "confirmed between ten at night and six in the morning"}
}

const (
	hintsBack  = 90 * 24 * time.Hour
	photoHints = 20
	photoCases = 5
)

// Hints looks for what is unusual. Who it is about is masked, and nothing follows by itself.
func (a *App) Hints(ctx context.Context, v Viewer) (Hints, error) {
	if err := v.needIn(Evaluate, zoneCode(v.Zone)); err != nil {
		return Hints{}, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return Hints{}, err
	}
	var h Hints
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		h = Hints{Since: r.Now.Add(-hintsBack)}
		s := newSuspicions()
		if err := r.EachRedemption(store.RedemptionFilter{All: true, From: h.Since}, s.add); err != nil {
			return err
		}
		err := r.EachApplication(h.Since, func(p casework.Person, at time.Time) error {
			s.applied[int64(p)] = append(s.applied[int64(p)], at)
			return nil
		})
		if err != nil {
			return err
		}
		rings, err := mutual(r, h.Since)
		if err != nil {
			return err
		}
		if h.List, err = a.spell(r, z, v, s.list(rings)); err != nil {
			return err
		}
		photos, err := r.SamePhotos(h.Since, photoHints)
		if err != nil {
			return err
		}
		for _, p := range photos {
			one := PhotoHint{SamePhoto: p}
			if one.Cases, err = r.CasesWithPhoto(p.SHA, photoCases); err != nil {
				return err
			}
			if one.Names, err = r.CaseNames(one.Cases, v.Scope()); err != nil {
				return err
			}
			awards, err := r.AwardsWithPhoto(p.SHA, photoCases)
			if err != nil {
				return err
			}
			for _, w := range awards {
				_, rule, _ := z.RulesVersion(w.Version, w.Rule)
				one.Awards = append(one.Awards, PhotoAward{w.ID, rule.Name, w.At})
			}
			h.Photos = append(h.Photos, one)
		}
		return nil
	})
	return h, err
}

// mutual finds who approved awards for one another. A reviewer who also earns as a resident counts as one human being.
func mutual(r *store.Reader, since time.Time) ([]points.Ring, error) {
	list, err := r.Approvals(since)
	if err != nil {
		return nil, err
	}
	human := map[points.Person]points.Person{}
	for _, a := range list {
		if _, known := human[a.By]; known {
			continue
		}
		entries, err := selves(r, casework.Person(a.By))
		if err != nil {
			return nil, err
		}
		for _, p := range entries {
			human[p] = slices.Min(entries)
		}
	}
	for i, a := range list {
		list[i].By, list[i].For = human[a.By], cmp.Or(human[a.For], a.For)
	}
	return points.Rings(list), nil
}

// suspicion is a hint before its names are known.
type suspicion struct {
	kind   string
	people []int64 // ascending
	duty   string
	place  string
	count  int
	at     time.Time
}

// suspicions gathers instants by who acted.
type suspicions struct {
	applied  map[int64][]time.Time  // by person
	reserved map[int64][]time.Time  // by person
	handed   map[string][]time.Time // by counter
	places   map[string]string      // of counters
	often    map[oftenKey]suspicion
	night    map[string]suspicion // by counter
}

type oftenKey struct {
	person int64
	place  string
	day    calendar.Day
}

func newSuspicions() *suspicions {
	return &suspicions{map[int64][]time.Time{}, map[int64][]time.Time{}, map[string][]time.Time{}, map[string]string{}, map[oftenKey]suspicion{}, map[string]suspicion{}}
}

func (s *suspicions) add(d redeem.Redemption) error {
	s.reserved[d.Person] = append(s.reserved[d.Person], d.Reserved)
	if d.State != redeem.Collected {
		return nil
	}
	s.handed[d.Duty], s.places[d.Duty] = append(s.handed[d.Duty], d.Done), d.Place
	k := oftenKey{d.Person, d.Place, calendar.DayOf(d.Done)}
	s.often[k] = later(s.often[k], suspicion{kind: "often", people: []int64{d.Person}, place: d.Place, at: d.Done})
	if h := d.Done.In(calendar.Zone()).Hour(); h >= 22 || h < 6 {
		s.night[d.Duty] = later(s.night[d.Duty], suspicion{kind: "night", duty: d.Duty, place: d.Place, at: d.Done})
	}
	return nil
}

// later counts one more, keeping the latest instant.
func later(was, one suspicion) suspicion {
	one.count = was.count + 1
	if was.at.After(one.at) {
		one.at = was.at
	}
	return one
}

// most is how many of the instants lie within a time of one another, and the last of those.
func most(list []time.Time, within time.Duration) (n int, last time.Time) {
	slices.SortFunc(list, time.Time.Compare)
	first := 0
	for i, t := range list {
		for t.Sub(list[first]) > within {
			first++
		}
		if i-first+1 >= n {
			n, last = i-first+1, t
		}
	}
	return n, last
}

const (
	burstWithin, burstFrom = 10 * time.Minute, 5
	rushWithin, rushFrom   = 5 * time.Minute, 10
	oftenFrom              = 5
)

func (s *suspicions) list(rings []points.Ring) []suspicion {
	var out []suspicion
	for _, r := range rings {
		one := suspicion{kind: "ring", count: r.Approvals, at: r.Last}
		for _, p := range r.People {
			one.people = append(one.people, int64(p))
		}
		out = append(out, one)
	}
	for kind, times := range map[string]map[int64][]time.Time{"apply": s.applied, "burst": s.reserved} {
		for p, list := range times {
			if n, at := most(list, burstWithin); n >= burstFrom {
				out = append(out, suspicion{kind: kind, people: []int64{p}, count: n, at: at})
			}
		}
	}
	for duty, list := range s.handed {
		if n, at := most(list, rushWithin); n >= rushFrom {
			out = append(out, suspicion{kind: "rush", duty: duty, place: s.places[duty], count: n, at: at})
		}
	}
	for _, o := range s.often {
		if o.count >= oftenFrom {
			out = append(out, o)
		}
	}
	for _, n := range s.night {
		out = append(out, n)
	}
	slices.SortFunc(out, func(x, y suspicion) int {
		return cmp.Or(y.at.Compare(x.at), strings.Compare(x.kind, y.kind), slices.Compare(x.people, y.people), strings.Compare(x.duty, y.duty))
	})
	return out[:min(len(out), 200)]
}

// hintNames is how many people of one hint are named.
const hintNames = 6

// spell puts names to what was found: people masked, counters by their place.
func (a *App) spell(r *store.Reader, z *Zone, v Viewer, list []suspicion) ([]Hint, error) {
	var ids []casework.Person
	for _, s := range list {
		for _, p := range s.people[:min(len(s.people), hintNames)] {
			ids = append(ids, casework.Person(p))
		}
	}
	names, err := a.names(r, v, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Hint, len(list))
	for i, s := range list {
		out[i] = Hint{Kind: s.kind, People: len(s.people), Place: s.place, Count: s.count, At: s.at}
		for _, p := range s.people[:min(len(s.people), hintNames)] {
			out[i].Who = append(out[i].Who, names[casework.Person(p)])
		}
		if s.duty != "" {
			name, _ := z.HolderName(casework.ParseHolder(s.duty))
			out[i].Who = []string{name}
		}
	}
	return out, nil
}

// ClassName is a class of account in words.
func ClassName(class string) lang.Text {
	return map[string]lang.Text{
		ledger.Issue: {ZH: "区级发行（负数为流通中的积分）", EN: "Issue (minus all points in being)"}, ledger.Pool: {ZH: "街道、社区预算池", EN: "Pools of streets and communities"},
		ledger.Person: {ZH: "居民", EN: "Residents"}, ledger.Unit: {ZH: "单位", EN: "Units"}, ledger.Held: {ZH: "预留（冻结）", EN: "Set aside"},
		ledger.Sponsor: {ZH: "合作单位待结算", EN: "Sponsors, to be settled"}, ledger.Expired: {ZH: "已过期", EN: "Lapsed"},
	}[class]
}
