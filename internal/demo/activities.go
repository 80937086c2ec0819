package demo

import (
	_ "embed"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"gezhi/internal/activity"
	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/geo"
	"gezhi/internal/store"
)

//go:embed activities.yaml
var activitiesYAML []byte

// occasions are how many activities a zone has in sixty days, and how many lie ahead when the life ends.
var occasions = map[string][2]int{"binjiang": {13, 4}, "yangling": {6, 2}}

// volunteering plays activities, patrols and stations. It has dice of its own, so that the rest of the life is the
// same with and without it.
type volunteering struct {
	*life
	dice  *rand.Rand
	words map[string][]string
	n     int
}

// volunteer plans the town's activities, and who belongs to which station.
func (l *life) volunteer(seed uint64) error {
	v := &volunteering{life: l, dice: rand.New(rand.NewPCG(seed, uint64(l.zone.Code)+1))}
	if err := yaml.Unmarshal(activitiesYAML, &v.words); err != nil {
		return fmt.Errorf("activities.yaml: %w", err)
	}
	count, ok := occasions[l.zone.Slug]
	if !ok {
		count = [2]int{6, 2}
	}
	for range max(1, count[0]*l.days/60) {
		v.plan(v.dice.IntN(l.days))
	}
	for i := range count[1] {
		v.plan(l.days + 1 + 2*i + v.dice.IntN(2))
	}
	v.stations()
	v.people()
	return nil
}

func (v *volunteering) between(a, b int) int { return a + v.dice.IntN(b-a+1) }

func (v *volunteering) chance(percent int) bool { return v.dice.IntN(100) < percent }

// during plans something for a random moment of a span; nothing happens once the life is over.
func (v *volunteering) during(from, to time.Time, do func() error) {
	at := from
	if d := to.Sub(from); d > 0 {
		at = from.Add(time.Duration(v.dice.Int64N(int64(d))))
	}
	if at.After(v.clock.now()) {
		v.agenda.plan(at, do)
	}
}

// as is somebody of the town as the use cases see them.
func (v *volunteering) as(p casework.Person, do func(app.Viewer) error) func() error {
	return func() error {
		who, err := v.viewer(v.ctx, p)
		if err != nil {
			return err
		}
		return do(who)
	}
}

// outing is one activity while it is played.
type outing struct {
	n    int // 1, 2, 3 …
	id   activity.ID
	desk casework.Person
	who  []casework.Person
	from time.Time
	to   time.Time
}

// plan announces an activity some days before the given day of the life.
func (v *volunteering) plan(day int) {
	start := midnight(v.until).AddDate(0, 0, day-v.days)
	kinds := slices.Sorted(maps.Keys(v.words))
	kind := kinds[v.dice.IntN(len(kinds))]
	words := strings.Split(v.words[kind][v.dice.IntN(len(v.words[kind]))], "｜")
	hour, length := v.between(18, 19), 2*time.Hour
	if d := start.Weekday(); d == time.Saturday || d == time.Sunday {
		hour = v.between(8, 14)
	}
	o := &outing{from: start.Add(time.Duration(hour) * time.Hour)}
	o.to = o.from.Add(length)
	f := v.form(kind, words, o)
	if f.Host == "" {
		return
	}
	crowd := v.between(5, 10)
	for range crowd {
		all := v.residents
		if v.chance(12) {
			all = v.riders
		}
		if p := all[min(v.dice.IntN(len(all)), v.dice.IntN(len(all)))].Person; !slices.Contains(o.who, p) {
			o.who = append(o.who, p)
		}
	}
	announced := o.from.AddDate(0, 0, -v.between(3, 6))
	if soonest := v.clock.now().Add(9 * time.Hour); announced.Before(soonest) {
		announced = soonest
	}
	if !announced.Add(3 * time.Hour).Before(o.from) {
		return
	}
	if latest := v.until.Add(-6 * time.Hour); announced.After(latest) {
		announced = latest
	}
	v.agenda.plan(announced, v.as(o.desk, func(by app.Viewer) error { return v.announce(o, by, f) }))
}

// form fills an organiser's form in: of a community, or now and then of the sanitation centre.
func (v *volunteering) form(kind string, words []string, o *outing) app.ActivityForm {
	grid := v.spots.grids[min(v.dice.IntN(len(v.spots.grids)), v.dice.IntN(len(v.spots.grids)), 40)]
	community, _ := v.zone.Tree.Area(grid[:12])
	v.n++
	o.n = v.n
	f := app.ActivityForm{Key: fmt.Sprintf("demo-activity-%d", v.n), Kind: kind, Title: words[0], Text: words[1], Bring: words[2], Area: community.Code,
		Place: community.Name + []string{"党群服务中心门口", "文化活动室", "小广场"}[v.dice.IntN(3)], From: o.from, To: o.to, Capacity: v.between(4, 12), Contact: community.Name + "服务站（示例）", Hours: kind != "talk"}
	if f.Bring == "无" {
		f.Bring = ""
	}
	if kind == "patrol" || kind == "cleanup" {
		f.Age = "未满 16 周岁请由监护人陪同"
	}
	if k, ok := v.zone.Occasions.Find(kind); ok {
		f.Rule, f.Hours = k.Rule, k.Hours
	}
	if a, ok := v.zone.Tree.Area(grid); ok && len(a.Shape) > 0 {
		if p := a.Shape.Inside().Snap(); v.within(p, community.Code) {
			f.Point, f.HasPoint = p, true
		}
	}
	desk := casework.Holder{Role: "community_desk", Area: community.Code}
	f.Host = "area:" + community.Code
	if kind == "cleanup" && v.chance(50) && len(v.staff[casework.Holder{Role: "officer", Unit: "sanitation"}.Key()]) > 0 {
		desk = casework.Holder{Role: "officer", Unit: "sanitation"}
		f.Host = "unit:sanitation"
	}
	who := v.staff[desk.Key()]
	if len(who) == 0 {
		return app.ActivityForm{}
	}
	o.desk = who[0]
	return f
}

func (v *volunteering) within(p geo.Point, community string) bool {
	at, ok := v.zone.Locate(p)
	return ok && strings.HasPrefix(at.Code, community)
}

// announce enters and publishes an activity, and plans who comes.
func (v *volunteering) announce(o *outing, by app.Viewer, f app.ActivityForm) (err error) {
	if o.id, err = v.app.AddActivity(v.ctx, by, f); err != nil {
		return err
	}
	if err := v.app.MoveActivity(v.ctx, by, o.id, activity.Publish, ""); err != nil {
		return err
	}
	now, last := v.clock.now(), o.from.Add(-time.Minute)
	if most := v.clock.now().Add(40 * time.Hour); last.After(most) {
		last = most // people sign up when they hear of it
	}
	for i, p := range o.who {
		v.during(now, last, v.as(p, func(who app.Viewer) error {
			_, err := v.app.JoinActivity(v.ctx, who, o.id)
			if err == nil && i%7 == 5 {
				v.during(v.clock.now(), o.from.Add(-time.Second), v.as(p, func(who app.Viewer) error { return v.app.LeaveActivity(v.ctx, who, o.id) }))
			}
			return err
		}))
	}
	if o.n%9 == 4 {
		v.during(o.from.Add(-5*time.Hour), o.from.Add(-4*time.Hour), v.as(o.desk, func(by app.Viewer) error {
			return v.app.MoveActivity(v.ctx, by, o.id, activity.Cancel, "气象台发布大风预警，为安全起见取消，另行通知时间。")
		}))
		return nil
	}
	for _, p := range o.who {
		v.during(o.from, o.from.Add(30*time.Minute), func() error { return v.arrive(o, p) })
	}
	v.during(o.to.Add(20*time.Minute), o.to.Add(2*time.Hour), v.as(o.desk, func(by app.Viewer) error { return v.record(o, by) }))
	return nil
}

// arrive lets somebody who is in read the code at the place, or be ticked; some never come.
func (v *volunteering) arrive(o *outing, p casework.Person) error {
	way := v.dice.IntN(100)
	desk, err := v.viewer(v.ctx, o.desk)
	if err != nil {
		return err
	}
	page, err := v.app.ActivityPage(v.ctx, app.Viewer{Zone: v.zone.Code, Person: p}, o.id)
	if err != nil || page.Mine.State != activity.In || way >= 88 {
		return err
	}
	if way >= 70 {
		return v.app.TickPerson(v.ctx, desk, o.id, p)
	}
	code, err := v.app.ActivityCode(v.ctx, desk, o.id)
	if err != nil {
		return err
	}
	return v.as(p, func(who app.Viewer) error { return v.app.CheckIn(v.ctx, who, o.id, code.Code, v.clock.now()) })()
}

// record enters outcomes and plans what people say to them.
func (v *volunteering) record(o *outing, by app.Viewer) error {
	roll, err := v.app.Roll(v.ctx, by, o.id)
	if err != nil {
		return err
	}
	outcomes := map[casework.Person]activity.Outcome{}
	for _, x := range roll.Lines {
		if x.State != activity.In {
			continue
		}
		p := casework.Person(x.Person)
		came := !x.Checked.IsZero()
		outcomes[p] = activity.Outcome{Came: came}
		if !came {
			continue
		}
		if roll.Hours {
			outcomes[p] = activity.Outcome{Came: true, Minutes: roll.Most() - 15*v.dice.IntN(3)}
		}
		v.afterwards(o, p, outcomes[p])
	}
	if err := v.app.RecordHours(v.ctx, by, o.id, outcomes); err != nil {
		return err
	}
	v.during(o.to.Add(27*time.Hour), o.to.Add(50*time.Hour), v.as(o.desk, func(by app.Viewer) error { return v.app.MoveActivity(v.ctx, by, o.id, activity.Close, "") }))
	return nil
}

// afterwards is what somebody who was there does: agree, object, say how it was.
func (v *volunteering) afterwards(o *outing, p casework.Person, got activity.Outcome) {
	from, to := v.clock.now().Add(time.Minute), o.to.Add(20*time.Hour)
	switch n := v.dice.IntN(100); {
	case n < 45:
		v.during(from, to, v.as(p, func(who app.Viewer) error { return v.app.ConfirmHours(v.ctx, who, o.id) }))
	case n < 52 && got.Minutes > 0:
		v.during(from, to, v.as(p, func(who app.Viewer) error {
			err := v.app.ObjectHours(v.ctx, who, o.id, "我是最后一个走的，时长登记少了，请核对现场照片。")
			if err == nil {
				v.during(v.clock.now().Add(time.Hour), o.to.Add(26*time.Hour), v.as(o.desk, func(by app.Viewer) error {
					full := activity.Outcome{Came: true, Minutes: int(o.to.Sub(o.from) / time.Minute)}
					return v.app.AnswerHours(v.ctx, by, o.id, p, full, "已核对，按全程登记。")
				}))
			}
			return err
		}))
	}
	if v.chance(55) {
		stars := 5 - min(v.dice.IntN(3), v.dice.IntN(3))
		words := []string{"组织得很好，下次还来。", "认识了好几位邻居。", "时间有点紧，希望早点开始。", ""}[v.dice.IntN(4)]
		v.during(from, to, v.as(p, func(who app.Viewer) error { return v.app.RateActivity(v.ctx, who, o.id, stars, words) }))
	}
	if v.chance(20) {
		v.during(from, to, v.as(o.desk, func(by app.Viewer) error {
			return v.app.ThankPerson(v.ctx, by, o.id, p, "辛苦了，谢谢您一直坚持到最后！")
		}))
	}
}

// stations enters two stations; some riders join, one of them leaves again.
func (v *volunteering) stations() {
	for i, name := range []string{"示例平台甲", "示例平台乙"} {
		area := v.spots.grids[i*3][:12]
		desk := v.staff[casework.Holder{Role: "community_desk", Area: area}.Key()]
		if len(desk) == 0 {
			continue
		}
		v.during(v.clock.now().Add(10*time.Hour), v.clock.now().Add(17*time.Hour), v.as(desk[0], func(by app.Viewer) error {
			community, _ := v.zone.Tree.Area(area)
			s, err := v.app.AddStation(v.ctx, by, store.Station{Platform: name, Name: community.Name + "站（示例）", Area: area})
			if err != nil {
				return err
			}
			for j := i * 4; j < i*4+4; j++ {
				v.during(v.clock.now(), v.clock.now().Add(48*time.Hour), v.as(v.riders[j].Person, func(who app.Viewer) error { return v.app.JoinStation(v.ctx, who, s.Code, true) }))
			}
			v.during(v.clock.now().AddDate(0, 0, 20), v.clock.now().AddDate(0, 0, 25), v.as(v.riders[i*4+3].Person, func(who app.Viewer) error { return v.app.LeaveStation(v.ctx, who) }))
			return nil
		}))
	}
}

// people register as volunteers, and some want to be on their community's board.
func (v *volunteering) people() {
	skills := []string{"会修自行车", "理发", "会说本地话", "急救员证", "摄影", "", "", ""}
	soon := v.clock.now().AddDate(0, 0, max(1, v.days/3))
	for i, x := range v.residents {
		if len(x.Home) < 12 {
			continue
		}
		if i%4 == 0 {
			skill := skills[v.dice.IntN(len(skills))]
			v.during(v.clock.now(), soon, v.as(x.Person, func(who app.Viewer) error { return v.app.RegisterVolunteer(v.ctx, who, x.Home[:12], skill) }))
		}
		if i%3 == 0 {
			v.during(v.clock.now(), soon, v.as(x.Person, func(who app.Viewer) error { return v.app.JoinBoard(v.ctx, who, x.Home[:12]) }))
		}
	}
}
