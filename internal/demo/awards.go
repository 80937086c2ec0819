package demo

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/photo"
	"gezhi/internal/points"
	"gezhi/internal/sheet"
)

// earning is the life of points beside the matters: applications and their reviews, objections, a list, budgets.
type earning struct {
	*life
	r     *rand.Rand // of its own, so that reports come out the same without it
	poor  string     // the street that was given no budget
	tried int
}

// Document of the demonstration's budgets; made up, like everything there.
const demoDocument = "示例〔2026〕1 号（虚构）"

// earn plans the life of points.
func (l *life) earn(seed uint64) error {
	e := &earning{life: l, r: rand.New(rand.NewPCG(seed, uint64(l.zone.Code)<<1))}
	start := midnight(l.until).AddDate(0, 0, -l.days)
	if err := e.fund(); err != nil {
		return err
	}
	if err := e.households(); err != nil {
		return err
	}
	for day := range l.days {
		morning := start.AddDate(0, 0, day).Add(8 * time.Hour)
		l.agenda.plan(morning, func() error {
			_, err := l.app.PostDue(l.ctx, l.zone.Code)
			return err
		})
		n := l.total * 6 / 100 / max(1, l.days)
		if e.r.IntN(100) < l.total*6/max(1, l.days)%100 {
			n++
		}
		for range n {
			e.agenda.plan(morning.Add(time.Duration(e.r.IntN(12*3600))*time.Second), func() error { return settled(e.apply()) })
		}
	}
	if l.days > 12 {
		l.agenda.plan(start.AddDate(0, 0, l.days*2/3).Add(10*time.Hour), func() error { return settled(e.list()) })
	}
	return nil
}

// settled takes a refusal as people take one: a limit is reached, somebody was quicker.
func settled(err error) error {
	if err != nil && fault.KindOf(err) != fault.Internal {
		return nil
	}
	return err
}

// fund gives budget to the district, to its streets but one, and to the busiest communities.
func (e *earning) fund() error {
	by, _ := e.holding(casework.Holder{Role: "district_desk", Area: e.code()})
	v, err := e.viewer(e.ctx, by)
	if err != nil {
		return err
	}
	allot := func(area string, n int64) error { return e.app.Allot(e.ctx, v, area, n, demoDocument, "", e.key()) }
	if err := allot(e.code(), 20_000); err != nil {
		return err
	}
	streets := e.zone.Tree.Children(e.code())
	e.poor = streets[len(streets)-1].Code
	for _, s := range streets[:len(streets)-1] {
		if err := allot(s.Code, 5_000); err != nil {
			return err
		}
	}
	given := []string{}
	for _, grid := range e.spots.grids {
		c := grid[:idcode.Community.Digits()]
		if slices.Contains(given, c) || strings.HasPrefix(c, e.poor) {
			continue
		}
		if given = append(given, c); len(given) > 6 {
			return nil
		}
		if err := allot(c, 600); err != nil {
			return err
		}
	}
	return nil
}

func (e *earning) desk(role, area string) (app.Viewer, bool) {
	by, ok := e.holding(casework.Holder{Role: role, Area: area})
	if !ok {
		return app.Viewer{}, false
	}
	v, err := e.viewer(e.ctx, by)
	return v, err == nil
}

// households ties a few neighbours together and enters volunteers.
func (e *earning) households() error {
	for i := 0; i+1 < min(len(e.residents), 16); i += 2 {
		head, other := e.residents[i], e.residents[i+1]
		community := idcode.AncestorAt(head.Home, idcode.Community)
		v, ok := e.desk("community_desk", community)
		if !ok {
			continue
		}
		if err := e.app.AddHousehold(e.ctx, v, community, head.Phone, e.key()); err != nil {
			return err
		}
		hv, err := e.viewer(e.ctx, head.Person)
		if err != nil {
			return err
		}
		home, err := e.app.MyHousehold(e.ctx, hv)
		if err != nil {
			return err
		}
		if err := e.app.AddMember(e.ctx, v, home.ID, other.Phone, e.key()); err != nil {
			return err
		}
		if err := e.app.Mark(e.ctx, v, head.Phone, points.Volunteer, true, e.key()); err != nil {
			return err
		}
	}
	for _, r := range e.riders {
		if v, ok := e.desk("community_desk", idcode.AncestorAt(r.Home, idcode.Community)); ok {
			if err := e.app.Mark(e.ctx, v, r.Phone, points.Rider, true, e.key()); err != nil {
				return err
			}
		}
	}
	return nil
}

// deeds are what people apply for, as they put it.
var deeds = []struct {
	rule, text string
}{
	{"env-cleanup", "和邻居一起清理了楼道里的杂物和小广告。"},
	{"env-cleanup", "周末参加河边清洁，捡了两袋垃圾。"},
	{"env-cleanup", "把单元门口的落叶和积水清扫干净。"},
	{"neighbour-help", "帮楼上独居老人把药取了回来。"},
	{"neighbour-help", "陪邻居奶奶去社区医院复查。"},
	{"neighbour-help", "替出差的邻居收快递、浇花。"},
	{"haircut", "在社区活动室为老人义务理发一上午。"},
}

// apply lets a resident apply; now and then a household does for an honour.
func (e *earning) apply() error {
	who := pick(e.r, e.residents)
	v, err := e.viewer(e.ctx, who.Person)
	if err != nil {
		return err
	}
	d := pick(e.r, deeds)
	if e.r.IntN(100) < 6 {
		d.rule, d.text = "honour-county", "获评区县级“最美家庭”（示例），证书见照片。"
	}
	id, err := e.evidence(who.Person)
	if err != nil {
		return err
	}
	community := idcode.AncestorAt(who.Home, idcode.Community)
	w, err := e.app.Apply(e.ctx, v, app.Application{Key: e.key(), Rule: d.rule, Text: d.text, Area: community, Address: e.zone.Tree.Path(community), Photos: []int64{id}})
	if err != nil {
		return err
	}
	e.plan(e.hence(4, 40), func() error { return settled(e.review(w)) })
	return nil
}

// hence is so many hours from now, within working hours as people keep them.
func (e *earning) hence(least, most int) time.Time {
	t := e.now().Add(time.Duration(least+e.r.IntN(most-least)) * time.Hour).In(calendar.Zone())
	if h := t.Hour(); h < 9 || h > 17 {
		t = midnight(t).Add(time.Duration(33+e.r.IntN(7))*time.Hour + time.Duration(e.r.IntN(3600))*time.Second)
	}
	return t
}

// review decides about an application as the desks mostly do.
func (e *earning) review(w points.Award) error {
	v, ok := e.desk("community_desk", idcode.AncestorAt(w.Area, idcode.Community))
	if !ok {
		return nil
	}
	e.tried++
	switch {
	case e.tried%9 == 4:
		if err := e.app.DecideAward(e.ctx, v, w.ID, app.SendBack, "照片看不出整治前后，请补一张", e.key()); err != nil {
			return err
		}
		if e.tried%2 == 0 { // some take their time
			e.plan(e.hence(6, 30), func() error { return settled(e.correct(w)) })
		}
		return nil
	case e.tried%13 == 6:
		return e.app.DecideAward(e.ctx, v, w.ID, app.Decline, "照片不是本小区，无法核实", e.key())
	}
	if err := e.app.DecideAward(e.ctx, v, w.ID, app.Approve, "", e.key()); err != nil {
		return err
	}
	if e.tried%8 == 5 {
		e.plan(e.hence(3, 30), func() error { return settled(e.object(w)) })
	}
	return nil
}

func (e *earning) correct(w points.Award) error {
	v, err := e.viewer(e.ctx, casework.Person(w.Person))
	if err != nil {
		return err
	}
	id, err := e.evidence(v.Person)
	if err != nil {
		return err
	}
	err = e.app.Resubmit(e.ctx, v, w.ID, app.Application{Key: e.key(), Rule: w.Rule, Day: w.Day.String(), Text: w.Text + "已补照片。", Area: w.Area, Address: w.Address, Photos: []int64{id}})
	if err != nil {
		return err
	}
	e.plan(e.hence(4, 30), func() error { return settled(e.review(w)) })
	return nil
}

// object lets a neighbour object; the community looks into it and the street confirms.
func (e *earning) object(w points.Award) error {
	who := pick(e.r, e.residents)
	v, err := e.viewer(e.ctx, who.Person)
	if err != nil {
		return err
	}
	if err := e.app.Object(e.ctx, v, w.ID, pick(e.r, []string{"当天没有看到有人清扫，请核实。", "这次是物业清理的，不是居民。", "照片像是去年的，请核实日期。"}), e.key()); err != nil {
		return err
	}
	e.plan(e.hence(4, 40), func() error { return settled(e.propose(w)) })
	return nil
}

func (e *earning) propose(w points.Award) error {
	v, ok := e.desk("community_desk", idcode.AncestorAt(w.Area, idcode.Community))
	if !ok {
		return nil
	}
	p, err := e.app.Award(e.ctx, v, w.ID)
	if err != nil {
		return err
	}
	for _, o := range p.Objections {
		if o.State != "open" {
			continue
		}
		uphold := e.tried%2 == 1
		note := map[bool]string{true: "走访物业和邻居，整治由物业完成，申报不实。", false: "调看楼道照片并走访，确系本人参加。"}[uphold]
		if err := e.app.ProposeObjection(e.ctx, v, o.ID, uphold, note, e.key()); err != nil {
			return err
		}
		e.plan(e.hence(4, 30), func() error {
			s, ok := e.desk("street_desk", idcode.AncestorAt(w.Area, idcode.Street))
			if !ok {
				return nil
			}
			return settled(e.app.ConfirmObjection(e.ctx, s, o.ID, true, e.key()))
		})
	}
	return nil
}

// list lets a community bring a list with two mistakes; its street approves it.
func (e *earning) list() error {
	var community string
	byHome := map[string][]resident{}
	for _, r := range e.residents {
		c := idcode.AncestorAt(r.Home, idcode.Community)
		if byHome[c] = append(byHome[c], r); community == "" || len(byHome[c]) > len(byHome[community]) {
			community = c
		}
	}
	desk, ok := e.desk("community_desk", community)
	street, ok2 := e.desk("street_desk", idcode.AncestorAt(community, idcode.Street))
	if !ok || !ok2 {
		return nil
	}
	var body bytes.Buffer
	x, err := sheet.NewXLSX(&body, sheet.Export{Columns: []sheet.Heading{{Name: "积分事项"}, {Name: "手机号"}, {Name: "姓名"}, {Name: "日期"}, {Name: "说明"}}})
	if err != nil {
		return err
	}
	today := calendar.DayOf(e.now()).String()
	for _, r := range append(byHome[community], resident{Name: "某人", Phone: "123"}) {
		if err := x.Row("加入时间银行", r.Phone, r.Name, today, "社区登记"); err != nil {
			return err
		}
	}
	if err := x.Row("参加卫生整治", e.residents[0].Phone, "", today, "这一事项应由本人申报"); err != nil {
		return err
	}
	if err := x.Close(); err != nil {
		return err
	}
	id, err := e.app.KeepAwards(e.ctx, desk, community, "时间银行登记名单（示例）.xlsx", body.Bytes())
	if err != nil {
		return err
	}
	check, err := e.app.CheckAwards(e.ctx, desk, id)
	if err != nil {
		return err
	}
	if _, err := e.app.ApplyAwards(e.ctx, desk, id, len(check.Lines), e.key()); err != nil {
		return err
	}
	e.plan(e.hence(4, 30), func() error {
		_, err := e.app.DecideImport(e.ctx, street, id, app.Approve, "")
		return settled(err)
	})
	return nil
}

// evidence draws a picture of its own, because the same one counts once, and uploads it.
func (e *earning) evidence(by casework.Person) (int64, error) {
	p, err := photo.Drawn(scene(e.r, false), photo.Limits{Side: 240, Thumb: 160})
	if err != nil {
		return 0, err
	}
	return e.keep(by, p)
}
