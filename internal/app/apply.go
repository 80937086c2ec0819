package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/idcode"
	"gezhi/internal/photo"
	"gezhi/internal/points"
	"gezhi/internal/store"
)

// Application is what somebody tells when applying for points, as the form holds it.
type Application struct {
	Key      string // idempotency key: the form's own
	Rule     string
	Day      string // of the contribution, 2026-03-01; "" is today
	Quantity string // of a formula
	Text     string
	Point    geo.Point // WGS-84
	HasPoint bool
	Area     string // chosen when there is no point
	Address  string
	Photos   []int64 // uploaded before with AddPhoto
}

// Apply submits an application for points. The same key again answers the same award.
func (a *App) Apply(ctx context.Context, v Viewer, f Application) (points.Award, error) {
	z, rule, err := a.applicable(ctx, v, f.Rule)
	if err != nil {
		return points.Award{}, err
	}
	var done points.Award
	result, replay, err := a.db.Once(ctx, v.Zone, "apply:"+f.Key+":"+strconv.FormatInt(int64(v.Person), 10), func(tx *store.Tx) (string, error) {
		w, err := a.draftAward(tx, z, rule, v, f)
		if err != nil {
			return "", err
		}
		w.ID = points.ID(tx.NewID())
		w, event, err := rule.New(w, tx.Now)
		if err != nil {
			return "", err
		}
		if err := a.submit(tx, z, rule, v, w, func() error { return tx.AddAward(w, []points.Event{event}) }); err != nil {
			return "", err
		}
		done = w
		return strconv.FormatInt(int64(w.ID), 10), nil
	})
	if err != nil || !replay {
		return done, err
	}
	id, _ := strconv.ParseInt(result, 10, 64)
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		done, err = r.Award(points.ID(id), v.ownOrDuty())
		return err
	})
	return done, err
}

// applicable finds the item and refuses who, or what, takes no applications.
func (a *App) applicable(ctx context.Context, v Viewer, id string) (*Zone, points.Rule, error) {
	if !v.Known() {
		return nil, points.Rule{}, v.need(0)
	}
	if v.Kind != "resident" {
		return nil, points.Rule{}, fault.New(fault.Forbidden, "请用本人手机号登录居民端后申报积分。", "Sign in as a resident, with your phone, to apply for points.")
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, points.Rule{}, err
	}
	rule, ok := z.PointRule(id)
	if !ok || rule.Source != points.FromApplication {
		return nil, rule, fault.New(fault.NotFound, "没有可以申报的这一事项。", "There is no such item to apply for.")
	}
	return z, rule, nil
}

// draftAward reads a form into an award that rule.New completes.
func (a *App) draftAward(tx *store.Tx, z *Zone, rule points.Rule, v Viewer, f Application) (points.Award, error) {
	w := points.Award{Version: z.ruleset, Person: points.Person(v.Person), By: points.Person(v.Person), Photos: f.Photos}
	var bad fault.List
	take := func(err error) {
		bad = append(bad, fault.Fields(err)...)
	}
	var err error
	w.Day, err = a.dayOf("day", f.Day)
	take(err)
	if err == nil {
		take(recent(w.Day, tx.Now))
	}
	if !rule.Value.Fixed() {
		if w.Quantity, err = strconv.ParseInt(f.Quantity, 10, 64); err != nil {
			bad.Add("quantity", "请填写整数。", "Enter a whole number.")
		}
	}
	w.Text, err = words("text", f.Text, 4, 500)
	take(err)
	place := z.place(&bad, f.Point, f.HasPoint, f.Area, f.Address)
	w.Area, w.Address = place.Area, place.Address
	if f.HasPoint {
		w.Lng, w.Lat = f.Point.Lng, f.Point.Lat
	}
	if place.Area != "" && idcode.AncestorAt(place.Area, idcode.Community) == "" {
		bad.Add("area", "请选到社区（村）。", "Choose down to the community or village.")
	}
	if len(f.Photos) > 9 {
		bad.Add("photo", "最多上传 9 张照片。", "At most 9 photos.")
	}
	if rule.ForHousehold() {
		home, err := tx.HouseholdOf(v.Person)
		if fault.KindOf(err) == fault.NotFound {
			return w, errNoHome
		}
		if err != nil {
			return w, err
		}
		w.Household = home.ID
	}
	return w, bad.Err()
}

// submit checks what an application must not be — to excess, or twice the same — and keeps it with its pictures.
func (a *App) submit(tx *store.Tx, z *Zone, rule points.Rule, v Viewer, w points.Award, keep func() error) error {
	subject := []string{w.Subject()}
	seen, err := tx.SubjectRevisions(subject)
	if err != nil {
		return err
	}
	if err := a.mayEarn(&tx.Reader, z, rule, w); err != nil {
		return err
	}
	fresh, err := a.newPhotos(tx, rule, v, w)
	if err != nil {
		return err
	}
	if err := keep(); err != nil {
		return err
	}
	if err := tx.AddAwardPhotos(fresh, len(w.Photos)-len(fresh)); err != nil {
		return err
	}
	return tx.TouchSubjects(subject, seen)
}

// newPhotos are the pictures an application brings that it does not have yet. The very file that is evidence of another
// award of the item is refused, whoever's that is; a picture nearly like one of the earner's own is, too. Likeness to other
// people's pictures decides nothing: neighbours photograph the same stairs. The reviewer is shown it.
func (a *App) newPhotos(tx *store.Tx, rule points.Rule, v Viewer, w points.Award) ([]store.AwardPhoto, error) {
	have, err := tx.PhotosOf(w.ID)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, id := range w.Photos {
		if !slices.ContainsFunc(have, func(p store.AwardPhoto) bool { return p.Photo == id }) && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	fresh, err := tx.OwnPhotos(v.Person, ids)
	if err != nil {
		return nil, err
	}
	if len(fresh) != len(ids) {
		return nil, fault.Field("photo", "照片已失效，请重新上传。", "The photo is no longer available; please upload it again.")
	}
	own, err := tx.LikePhotos(rule.ID, w.Subject(), 500)
	if err != nil {
		return nil, err
	}
	for i := range fresh {
		p := &fresh[i]
		p.Award, p.Rule, p.Subject = w.ID, rule.ID, w.Subject()
		if _, used, err := tx.SamePhoto(rule.ID, p.SHA256, w.ID); err != nil || used {
			if err == nil {
				err = fault.Field("photo", "这张照片已经用于“%[1]s”的另一条申报，不能重复使用。", "This photo is evidence of another award for %[2]s already.", rule.Name.ZH, rule.Name.EN)
			}
			return nil, err
		}
		for _, o := range own {
			if o.Award != w.ID && photo.Alike(o.DHash, p.DHash) {
				return nil, fault.Field("photo", "这张照片与您此前申报“%[1]s”的照片几乎相同，请上传本次的照片。", "This photo is nearly the same as one you sent for %[2]s before; please send one of this time.",
					rule.Name.ZH, rule.Name.EN)
			}
		}
	}
	return fresh, nil
}

// Resubmit sends an application that was returned once more, corrected. Pictures it has stay; new ones are added.
func (a *App) Resubmit(ctx context.Context, v Viewer, id points.ID, f Application) error {
	return a.onOwn(ctx, v, id, "resubmit:"+f.Key, func(tx *store.Tx, z *Zone, was points.Award) (points.Award, []points.Event, error) {
		rule, ok := z.PointRule(was.Rule)
		if !ok {
			return was, nil, fault.New(fault.Conflict, "这一事项已经停用，不能重新提交。", "This item is no longer in force.")
		}
		now, e, err := was.Do(points.Step{Act: points.Resubmit, By: points.Person(v.Person), Now: tx.Now}, nil)
		if err != nil {
			return was, nil, err
		}
		have, err := tx.PhotosOf(id)
		if err != nil {
			return was, nil, err
		}
		for i, p := range have {
			f.Photos = slices.Insert(f.Photos, i, p.Photo)
		}
		w, err := a.draftAward(tx, z, rule, v, f)
		if err != nil {
			return was, nil, err
		}
		w.Household = was.Household
		w, _, err = rule.New(w, tx.Now)
		if err != nil {
			return was, nil, err
		}
		now.Day, now.Quantity, now.Points, now.Text, now.Area, now.Address, now.Lng, now.Lat, now.Photos = w.Day, w.Quantity, w.Points, w.Text, w.Area, w.Address, w.Lng, w.Lat, w.Photos
		now.Version = z.ruleset
		return now, []points.Event{e}, a.submit(tx, z, rule, v, now, func() error { return nil })
	})
}

// WithdrawAward takes the viewer's own application back before it is posted.
func (a *App) WithdrawAward(ctx context.Context, v Viewer, id points.ID, key string) error {
	return a.onOwn(ctx, v, id, "withdraw:"+key, func(tx *store.Tx, _ *Zone, was points.Award) (points.Award, []points.Event, error) {
		now, e, err := was.Do(points.Step{Act: points.Withdraw, By: points.Person(v.Person), Now: tx.Now}, nil)
		return now, []points.Event{e}, err
	})
}

// onOwn makes one step of an application by whoever submitted it.
func (a *App) onOwn(ctx context.Context, v Viewer, id points.ID, key string, act func(*store.Tx, *Zone, points.Award) (points.Award, []points.Event, error)) error {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	_, _, err = a.db.Once(ctx, v.Zone, key+":"+strconv.FormatInt(int64(v.Person), 10), func(tx *store.Tx) (string, error) {
		was, err := tx.Award(id, v.ownOrDuty())
		if err != nil {
			return "", err
		}
		if was.Source != points.FromApplication || was.By != points.Person(v.Person) {
			return "", fault.New(fault.Forbidden, "只有申报人本人可以办理。", "Only whoever applied can do this.")
		}
		now, events, err := act(tx, z, was)
		if err != nil {
			return "", err
		}
		return "", tx.MoveAward(was, now, events)
	})
	return err
}

// OwnApplications lists the viewer's own awards, newest first, below the given id (0: from the newest).
func (a *App) OwnApplications(ctx context.Context, v Viewer, before points.ID, limit int) ([]points.Award, error) {
	var out []points.Award
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.OwnAwards(v.Person, before, limit)
		return err
	})
	return out, err
}

// AwardPage is one award with everything its page shows.
type AwardPage struct {
	points.Award
	Item       points.Rule
	Path       string // of its area
	Events     []points.Event
	Objections []store.Objection
	Names      map[casework.Person]string // as the viewer may read them
	Earner     string
	Alike      []AlikePhoto // pictures of other awards of the item that look like its own; for reviewers
	Mine       bool         // the viewer submitted it
	May        []points.Act // what the viewer can do now
	Why        error        // why a reviewer may not decide this one; nil otherwise
	Home       []string     // who belongs to the household, for a household's award
}

// AlikePhoto is a picture of another award that looks like one of this award's.
type AlikePhoto struct {
	Mine, Other int64 // photos
	Award       points.ID
	Same        bool // the very same file
}

// Award loads the page of an award the viewer earned, submitted or has the duty for.
func (a *App) Award(ctx context.Context, v Viewer, id points.ID) (AwardPage, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return AwardPage{}, err
	}
	var p AwardPage
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		p, err = a.awardPage(r, z, v, id)
		return err
	})
	return p, err
}

func (a *App) awardPage(r *store.Reader, z *Zone, v Viewer, id points.ID) (AwardPage, error) {
	w, err := r.Award(id, v.ownOrDuty())
	if err != nil {
		return AwardPage{}, err
	}
	p := AwardPage{Award: w, Path: z.Tree.Path(w.Area), Mine: w.By == points.Person(v.Person)}
	var ok bool
	if _, p.Item, ok = z.RulesVersion(w.Version, w.Rule); !ok {
		return p, fmt.Errorf("rules version %d have no item %s", w.Version, w.Rule)
	}
	photos, err := r.PhotosOf(id)
	if err != nil {
		return p, err
	}
	for _, x := range photos {
		p.Photos = append(p.Photos, x.Photo)
	}
	if p.Events, err = r.AwardEvents(id); err != nil {
		return p, err
	}
	if p.Objections, err = r.Objections(id); err != nil {
		return p, err
	}
	duty := v.dutyFor(w)
	if duty {
		if p.Alike, err = alike(r, w, photos); err != nil {
			return p, err
		}
	}
	if err := p.who(a, r, z, v); err != nil {
		return p, err
	}
	return p, p.options(r, v, duty)
}

// who looks up the names on the page. Who objected is nobody's business but the community's.
func (p *AwardPage) who(a *App, r *store.Reader, z *Zone, v Viewer) error {
	ids := []casework.Person{casework.Person(p.Person), casework.Person(p.By)}
	for _, e := range p.Events {
		ids = append(ids, casework.Person(e.Actor))
	}
	for _, o := range p.Objections {
		ids = append(ids, o.By, o.Proposed, o.Decided)
	}
	var members []store.Member
	if p.Household != 0 {
		var err error
		if members, err = r.Members(p.Household); err != nil {
			return err
		}
		for _, m := range members {
			ids = append(ids, m.Person)
		}
	}
	var err error
	if p.Names, err = a.names(r, v, ids); err != nil {
		return err
	}
	for _, m := range members {
		p.Home = append(p.Home, p.Names[m.Person])
	}
	p.Earner = z.earnerName(p.Award, p.Names)
	return nil
}

// earnerName is whom an award is for, in words.
func (z *Zone) earnerName(w points.Award, names map[casework.Person]string) string {
	if u, ok := z.Units[w.Unit]; ok {
		return u.Name.ZH
	}
	name := names[casework.Person(w.Person)]
	if w.Household != 0 {
		name += "（家庭）"
	}
	return name
}

// alike compares the award's pictures with those of other people's awards of the item.
func alike(r *store.Reader, w points.Award, mine []store.AwardPhoto) ([]AlikePhoto, error) {
	others, err := r.LikePhotos(w.Rule, "", 2000)
	if err != nil {
		return nil, err
	}
	var out []AlikePhoto
	for _, m := range mine {
		for _, o := range others {
			if o.Award == w.ID || !photo.Alike(m.DHash, o.DHash) {
				continue
			}
			if out = append(out, AlikePhoto{m.Photo, o.Photo, o.Award, string(m.SHA256) == string(o.SHA256)}); len(out) == 6 {
				return out, nil
			}
		}
	}
	return out, nil
}

// dutyFor reports whether the viewer's duties cover the award's area for reviewing or listing.
func (v Viewer) dutyFor(w points.Award) bool {
	return v.CanIn(ReviewAwards, w.Area) || v.CanIn(ImportAwards, w.Area)
}

// turn reports whether the award's next review is the viewer's.
func (v Viewer) turn(rule points.Rule, w points.Award) bool {
	by := rule.Judge(w)
	return by.Role != "" && slices.ContainsFunc(v.Duties, func(d casework.Duty) bool { return by.Over(d.Role, d.Area, w.Area) })
}

// options works out what the viewer can do with the award now.
func (p *AwardPage) options(r *store.Reader, v Viewer, duty bool) error {
	if p.Mine && p.Source == points.FromApplication {
		for _, act := range []points.Act{points.Resubmit, points.Withdraw} {
			if _, ok := points.Next(p.State, act); ok {
				p.May = append(p.May, act)
			}
		}
	}
	if !duty {
		return nil
	}
	_, err := mayJudge(r, v, p.Award)
	near, err := refusal(err)
	if err != nil {
		return err
	}
	switch {
	case v.turn(p.Item, p.Award):
		p.May = append(p.May, points.Return, points.Refuse, p.Item.Approve(p.Award))
		if p.Source != points.FromApplication {
			p.May = slices.DeleteFunc(p.May, func(a points.Act) bool { return a == points.Return })
		}
	case p.State == points.Posted && v.CanIn(ReviewAwards, p.Area):
		p.May = append(p.May, points.Reverse)
	default:
		return nil
	}
	if near != nil {
		p.May, p.Why = nil, near
	}
	return nil
}

// EarnItem is an item as the page “how to earn” shows it to one person.
type EarnItem struct {
	points.Rule
	Left  string // what the caps still leave, or why not now; "" for visitors
	Apply bool   // the viewer can apply for it
}

// EarnItems lists the items in force today, in the order of their file.
func (a *App) EarnItems(ctx context.Context, v Viewer) ([]EarnItem, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	today := calendar.DayOf(a.now())
	var out []EarnItem
	for _, rule := range z.Rules.List {
		if rule.Holds(today) {
			out = append(out, EarnItem{Rule: rule, Apply: rule.Source == points.FromApplication && (v.Kind == "resident" || !v.Known())})
		}
	}
	return out, nil
}
