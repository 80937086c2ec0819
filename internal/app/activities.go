package app

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/activity"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/points"
	"gezhi/internal/store"
	"gezhi/internal/territory"
)

// organises reports whether the viewer organises the activity: one's community's own, or one's unit's.
func (v Viewer) organises(x activity.Activity) bool {
	return slices.ContainsFunc(v.Duties, func(d casework.Duty) bool {
		switch {
		case powers(d.Role)&OrganiseActivities == 0:
			return false
		case x.Unit != "":
			return d.Unit == x.Unit
		}
		return d.Area != "" && strings.HasPrefix(x.Area, d.Area)
	})
}

var errNoActivity = fault.New(fault.NotFound, "没有这项活动，或已撤下。", "There is no such activity.")

// Host is in whose name somebody organises: a community, or a unit.
type Host struct {
	Key  string // area:330108001001 or unit:cg
	Name lang.Text
	Area string // within which the activities lie
	Unit string
}

// Hosts lists in whose name the viewer organises.
func (z *Zone) Hosts(v Viewer) []Host {
	var out []Host
	for _, d := range v.Duties {
		if powers(d.Role)&OrganiseActivities == 0 {
			continue
		}
		h := Host{Key: "area:" + d.Area, Area: d.Area}
		if u, ok := z.Units[d.Unit]; ok {
			h = Host{Key: "unit:" + u.Code, Name: u.Name, Area: u.Area, Unit: u.Code}
		} else if at, ok := z.Tree.Area(d.Area); ok {
			h.Name = lang.Text{ZH: at.Name, EN: at.Name}
		} else {
			continue
		}
		if !slices.ContainsFunc(out, func(o Host) bool { return o.Key == h.Key }) {
			out = append(out, h)
		}
	}
	return out
}

// HostName is who organises an activity.
func (z *Zone) HostName(x activity.Activity) lang.Text {
	if u, ok := z.Units[x.Unit]; ok {
		return u.Name
	}
	community, _ := z.Tree.Area(idcode.AncestorAt(x.Area, idcode.Community))
	return lang.Text{ZH: community.Name, EN: community.Name}
}

// ActivityRules are the points rules an activity may earn by: those that the kinds of activities name.
func (z *Zone) ActivityRules() []points.Rule {
	return slices.DeleteFunc(slices.Clone(z.Rules.List), func(r points.Rule) bool {
		return !slices.ContainsFunc(z.Occasions.List, func(k activity.Kind) bool { return k.Rule == r.ID })
	})
}

// ActivityForm is an activity as an organiser types it.
type ActivityForm struct {
	Key      string // idempotency key
	Host     string // of a new one
	Kind     string
	Title    string
	Text     string
	Bring    string
	Age      string
	Area     string
	Place    string
	Point    geo.Point
	HasPoint bool
	From, To time.Time
	Capacity int
	Contact  string
	Rule     string
	Hours    bool
}

// read makes an activity of the form, within the area of whoever organises it.
func (f ActivityForm) read(z *Zone, h Host, now time.Time) (activity.Activity, error) {
	x := activity.Activity{Kind: f.Kind, Title: f.Title, Text: f.Text, Bring: f.Bring, Age: f.Age, Area: f.Area, Place: f.Place, Point: f.Point.Snap(), HasPoint: f.HasPoint,
		From: f.From, To: f.To, Capacity: f.Capacity, Unit: h.Unit, Contact: f.Contact, Rule: f.Rule, Hours: f.Hours}
	x, err := x.Announced(now)
	bad := fault.List(fault.Fields(err))
	if _, ok := z.Occasions.Find(f.Kind); !ok {
		bad.Add("kind", "请选择活动类别。", "Choose the kind of activity.")
	}
	if f.Rule != "" && !slices.ContainsFunc(z.ActivityRules(), func(r points.Rule) bool { return r.ID == f.Rule }) {
		bad.Add("rule", "请重新选择积分事项。", "Choose the points again.")
	}
	if f.HasPoint {
		if at, ok := z.Locate(f.Point); ok {
			x.Area = at.Code
		} else {
			bad.Add("place", "标点不在%[1]s范围内，请移动标点。", "The point is not in %[2]s; move it.", z.Name.ZH, z.Name.EN)
		}
	}
	switch at, ok := z.Tree.Area(x.Area); {
	case !ok || at.Level() < idcode.Community:
		bad.Add("area", "请选择活动所在的社区（村）。", "Choose the community it lies in.")
	case !strings.HasPrefix(x.Area, h.Area):
		bad.Add("area", "活动地点不在本单位（社区）的范围内。", "The place lies outside the organiser's area.")
	}
	return x, bad.Err()
}

// AddActivity enters an activity as a draft. The same key again gives the same activity.
func (a *App) AddActivity(ctx context.Context, v Viewer, f ActivityForm) (activity.ID, error) {
	if err := v.need(OrganiseActivities); err != nil {
		return 0, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return 0, err
	}
	hosts := z.Hosts(v)
	i := slices.IndexFunc(hosts, func(h Host) bool { return h.Key == f.Host })
	if i < 0 {
		return 0, fault.Field("host", "请选择由谁组织。", "Choose who organises it.")
	}
	result, _, err := a.db.Once(ctx, v.Zone, "activity:"+f.Key+":"+strconv.FormatInt(int64(v.Person), 10), func(tx *store.Tx) (string, error) {
		x, err := f.read(z, hosts[i], tx.Now)
		if err != nil {
			return "", err
		}
		x.ID, x.By = activity.ID(tx.NewID()), activity.Person(v.Person)
		x, e := x.Created(tx.Now)
		if err := tx.AddActivity(x); err != nil {
			return "", err
		}
		return strconv.FormatInt(int64(x.ID), 10), tx.AddActivityEvents(x.ID, []activity.Event{e})
	})
	if err != nil {
		return 0, err
	}
	id, err := strconv.ParseInt(result, 10, 64)
	return activity.ID(id), err
}

// change is what a use case makes of an activity. Nothing is saved when there are no events.
type change struct {
	activity.Activity
	people []activity.SignUp
	events []activity.Event
}

// onActivity changes one activity in a transaction of its own. The function may run more than once.
func (a *App) onActivity(ctx context.Context, v Viewer, id activity.ID, fn func(tx *store.Tx, x activity.Activity) (change, error)) error {
	if !v.Known() {
		return v.need(0)
	}
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		was, err := tx.Activity(id)
		if err != nil {
			return err
		}
		if was.State == activity.Draft && !v.organises(was) {
			return errNoActivity
		}
		c, err := fn(tx, was)
		if err != nil || len(c.events) == 0 {
			return err
		}
		if err := tx.SaveActivity(c.Activity, was.Revision); err != nil {
			return err
		}
		for _, s := range c.people {
			if err := tx.SaveSignUp(s); err != nil {
				return err
			}
		}
		return tx.AddActivityEvents(id, c.events)
	})
}

// organise is onActivity for those who organise it.
func (a *App) organise(ctx context.Context, v Viewer, id activity.ID, fn func(tx *store.Tx, x activity.Activity) (change, error)) error {
	return a.onActivity(ctx, v, id, func(tx *store.Tx, x activity.Activity) (change, error) {
		if !v.organises(x) {
			return change{}, fault.New(fault.Forbidden, "这项活动由其他社区或单位组织。", "Another community or unit organises this activity.")
		}
		return fn(tx, x)
	})
}

// EditActivity changes what was announced, until the start. Those who signed up are told when time or place moves,
// and more places let those who wait move up.
func (a *App) EditActivity(ctx context.Context, v Viewer, id activity.ID, f ActivityForm) error {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	return a.organise(ctx, v, id, func(tx *store.Tx, x activity.Activity) (change, error) {
		h := Host{Unit: x.Unit, Area: idcode.AncestorAt(x.Area, idcode.Community)}
		if u, ok := z.Units[x.Unit]; ok {
			h.Area = u.Area
		}
		next, err := f.read(z, h, tx.Now)
		if err != nil {
			return change{}, err
		}
		now, e, changed, err := x.Edit(next, activity.Person(v.Person), tx.Now)
		if err != nil {
			return change{}, err
		}
		c := change{Activity: now, events: []activity.Event{e}}
		if changed {
			zh := "您报名的活动“" + now.Title + "”有变动：" + when(now, lang.ZH) + "，在" + now.Place + "集合。"
			en := "“" + now.Title + "” has changed: " + when(now, lang.EN) + ", meeting at " + now.Place + "."
			if err := tellAll(tx, now.ID, zh, en); err != nil {
				return change{}, err
			}
		}
		return a.moveUp(tx, c, 0)
	})
}

// MoveActivity publishes, cancels or closes an activity. Closing sends what people earned to review.
func (a *App) MoveActivity(ctx context.Context, v Viewer, id activity.ID, act activity.Act, note string) error {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	return a.organise(ctx, v, id, func(tx *store.Tx, x activity.Activity) (change, error) {
		list, err := tx.SignUps(id)
		if err != nil {
			return change{}, err
		}
		now, e, err := x.Do(act, activity.Person(v.Person), note, list, tx.Now)
		if err != nil {
			return change{}, err
		}
		switch {
		case act == activity.Cancel && x.State != activity.Draft:
			err = tellAll(tx, id, "活动“"+now.Title+"”已取消："+now.Reason, "“"+now.Title+"” is cancelled: "+now.Reason)
		case act == activity.Close:
			for _, s := range activity.Awarded(now, list) {
				if err = a.earn(tx, z, v, now, s); err != nil {
					break
				}
			}
		}
		return change{Activity: now, events: []activity.Event{e}}, err
	})
}

// moveUp gives free places to those who wait and tells them. except has just left.
func (a *App) moveUp(tx *store.Tx, c change, except activity.Person) (change, error) {
	if c.Waiting == 0 {
		return c, nil
	}
	queue, err := tx.Queue(c.ID)
	if err != nil {
		return c, err
	}
	queue = slices.DeleteFunc(queue, func(s activity.SignUp) bool { return s.Person == except })
	now, moved, events := c.MoveUp(queue, tx.Now)
	c.Activity, c.people, c.events = now, append(c.people, moved...), append(c.events, events...)
	for _, s := range moved {
		zh := "活动“" + now.Title + "”有了空位，您已从候补转为报名成功：" + when(now, lang.ZH) + "。"
		en := "A place in “" + now.Title + "” has come free and is yours: " + when(now, lang.EN) + "."
		if err := tell(tx, now.ID, s.Person, zh, en); err != nil {
			return c, err
		}
	}
	return c, nil
}

// tell sends one person a message about an activity.
func tell(tx *store.Tx, id activity.ID, p activity.Person, zh, en string) error {
	return tx.AddNotice(store.Notice{ID: tx.NewID(), Person: casework.Person(p), Kind: "activity", About: int64(id), ZH: zh, EN: en})
}

// tellAll sends everybody who is in or waits a message.
func tellAll(tx *store.Tx, id activity.ID, zh, en string) error {
	list, err := tx.SignUps(id)
	for _, s := range list {
		if err == nil && s.State != activity.Withdrawn {
			err = tell(tx, id, s.Person, zh, en)
		}
	}
	return err
}

// when is an activity's time in words.
func when(x activity.Activity, l lang.Lang) string {
	const day, hour = "2006-01-02 15:04", "15:04"
	from, to := x.From.In(calendar.Zone()), x.To.In(calendar.Zone())
	if from.YearDay() != to.YearDay() {
		return l.Tf("%s 至 %s", "%s to %s", from.Format(day), to.Format(day))
	}
	return from.Format(day) + "–" + to.Format(hour)
}

// ActivityPage is everything a page about one activity shows to whoever may see it.
type ActivityPage struct {
	activity.Activity // as it is now
	Kind              activity.Kind
	Host              lang.Text
	Path              string
	RuleName          lang.Text // "" when it earns nothing
	Mine              activity.SignUp
	Organiser         bool
	Rating            Rating
}

// Rating sums up what people thought; it says nothing below three of them, so that nobody's own opinion shows.
type Rating struct {
	Count  int
	Tenths int // the mean, in tenths
}

const fewestRatings = 3

// ActivityPage loads an activity. Drafts are their organisers' alone.
func (a *App) ActivityPage(ctx context.Context, v Viewer, id activity.ID) (ActivityPage, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return ActivityPage{}, err
	}
	var p ActivityPage
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		x, err := r.Activity(id)
		if err != nil {
			return err
		}
		if x.State == activity.Draft && !v.organises(x) {
			return errNoActivity
		}
		p = z.activityPage(v, x.At(r.Now))
		if p.Mine, err = r.SignUp(id, v.Person); err != nil {
			return err
		}
		list, err := r.SignUps(id)
		p.Rating = rating(list)
		return err
	})
	return p, err
}

func (z *Zone) activityPage(v Viewer, x activity.Activity) ActivityPage {
	p := ActivityPage{Activity: x, Host: z.HostName(x), Path: z.meetingPath(x), Organiser: v.organises(x)}
	p.Kind, _ = z.Occasions.Find(x.Kind)
	if r, ok := z.PointRule(x.Rule); ok {
		p.RuleName = r.Name
	}
	return p
}

// meetingPath is the street and community an activity lies in; the place itself is in its own words.
func (z *Zone) meetingPath(x activity.Activity) string {
	return z.Tree.Path(idcode.AncestorAt(x.Area, idcode.Community))
}

func rating(list []activity.SignUp) Rating {
	r, sum := Rating{}, 0
	for _, s := range list {
		if s.Stars > 0 {
			r.Count++
			sum += s.Stars
		}
	}
	if r.Count < fewestRatings {
		return Rating{}
	}
	r.Tenths = (sum*10 + r.Count/2) / r.Count
	return r
}

// ActivityLine is an activity in a list.
type ActivityLine struct {
	activity.Activity
	Kind activity.Kind
	Host lang.Text
	Path string
	Mine activity.SignUp
}

func (z *Zone) activityLines(list []activity.Activity, mine map[activity.ID]activity.SignUp, now time.Time) []ActivityLine {
	out := make([]ActivityLine, len(list))
	for i, x := range list {
		out[i] = ActivityLine{Activity: x.At(now), Host: z.HostName(x), Path: z.meetingPath(x), Mine: mine[x.ID]}
		out[i].Kind, _ = z.Occasions.Find(x.Kind)
	}
	return out
}

// Activities lists published activities by when they begin, with the viewer's own part.
func (a *App) Activities(ctx context.Context, v Viewer, f store.ActivityFilter) ([]ActivityLine, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	f.Public, f.Under, f.Units = true, nil, nil
	var out []ActivityLine
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := r.Activities(f)
		if err != nil {
			return err
		}
		ids := make([]activity.ID, len(list))
		for i, x := range list {
			ids[i] = x.ID
		}
		mine, err := r.SignUpsOf(v.Person, ids)
		out = z.activityLines(list, mine, r.Now)
		return err
	})
	return out, err
}

// Organised lists the activities the viewer organises, latest first.
func (a *App) Organised(ctx context.Context, v Viewer, f store.ActivityFilter) ([]ActivityLine, error) {
	if err := v.need(OrganiseActivities); err != nil {
		return nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	f.Public, f.Latest, f.Under, f.Units = false, true, nil, nil
	for _, h := range z.Hosts(v) {
		if h.Unit != "" {
			f.Units = append(f.Units, h.Unit)
		} else {
			f.Under = append(f.Under, h.Area)
		}
	}
	if len(f.Under)+len(f.Units) == 0 {
		return nil, nil
	}
	var out []ActivityLine
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := r.Activities(f)
		out = z.activityLines(list, nil, r.Now)
		return err
	})
	return out, err
}

// CommunitiesUnder lists the communities of a subtree, in the order of their codes.
func (z *Zone) CommunitiesUnder(top string) []territory.Area {
	var out []territory.Area // a copy: the tree is everybody's
	for _, x := range z.Tree.Subtree(top) {
		if x.Level() == idcode.Community {
			out = append(out, x)
		}
	}
	if len(out) == 0 { // the top lies deeper than a community
		if x, ok := z.Tree.Area(idcode.AncestorAt(top, idcode.Community)); ok {
			out = append(out, x)
		}
	}
	return out
}
