package demo

import (
	"math/rand/v2"
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/idcode"
	"gezhi/internal/points"
)

// sharing plays needs, resources and projects, members who register, and applications for housing up to a draw. It has dice
// of its own, so that the rest of the life is the same with and without it.
type sharing struct {
	earning
	community string
	n         int
}

// share plans it for the last weeks of the life. A shorter life has as much of it as fits.
func (l *life) share(seed uint64) error {
	s := &sharing{earning: earning{life: l, r: rand.New(rand.NewPCG(seed, uint64(l.zone.Code)<<2))}, community: l.spots.grids[0][:idcode.Community.Digits()]}
	for day := range 29 { // what has its time comes by itself
		s.on(day, func() error {
			_, err := s.app.Tick(s.ctx, s.zone.Code)
			return err
		})
	}
	s.pairs()
	s.housing()
	s.members()
	return nil
}

// on plans something so many days before the life ends, in the forenoon; nothing that lies before its beginning.
func (s *sharing) on(days int, do func() error) {
	s.n++
	at := midnight(s.until).AddDate(0, 0, -days).Add(9*time.Hour + time.Duration(s.n%180)*time.Minute)
	if at.After(s.clock.now()) && at.Before(s.until) {
		s.agenda.plan(at, func() error { return settled(do()) })
	}
}

func (s *sharing) as(h casework.Holder) (app.Viewer, error) {
	by, _ := s.holding(h)
	return s.viewer(s.ctx, by)
}

// move makes a move as somebody who may act for the holder; nothing when the case was never begun.
func (s *sharing) move(h casework.Holder, id casework.ID, move string, fields map[string]string, change func(*casework.Command, app.Viewer) error) error {
	v, err := s.as(h)
	if err != nil || id == 0 {
		return err
	}
	cmd := casework.Command{Move: move, Fields: fields}
	if change != nil {
		if err := change(&cmd, v); err != nil {
			return err
		}
	}
	_, err = s.app.Move(s.ctx, v, id, cmd, s.key())
	return err
}

// file begins a case and remembers it.
func (s *sharing) file(into *casework.ID, v app.Viewer, f app.Filing) error {
	f.Key = "demo-share-key-" + s.key()
	out, err := s.app.File(s.ctx, v, f)
	*into = out.Case.ID
	return err
}

// wanted is a need with what answers it; both made up.
type wanted struct {
	category, title, text, urgency, quantity string
	unit, form, offer, capacity              string
}

var wants = []wanted{
	{"CULTURE", "社区合唱队缺声乐老师", "每周六上午，二十来位居民。", "usual", "4", "culture", "talent", "声乐、舞蹈老师下社区", "12"},
	{"HEALTH", "老年居民想做一次眼底筛查", "小区有一百多位老人，出门不便。", "soon", "1", "health", "service", "义诊小分队进社区", "3"},
	{"LAW", "租房纠纷多，想请人讲讲法律", "租客和房东都愿意来听。", "usual", "1", "market", "talent", "消费维权讲座", "4"},
	{"CHILD", "暑假孩子没人看，想办托管班", "双职工家庭多，孩子三十名左右。", "urgent", "20", "education", "place", "学校活动室假期开放", "40"},
	{"SAFETY", "想学用灭火器和急救", "业主群里二百多人接龙。", "soon", "2", "fire", "service", "消防体验车", "6"},
	{"SKILL", "宝妈想学做账、开网店", "想在家门口学。", "usual", "1", "", "", "", ""},
}

// pairs plays needs, resources and projects in every state.
func (s *sharing) pairs() {
	desk := casework.Holder{Role: "community_desk", Area: s.community}
	needs, resources := make([]casework.ID, len(wants)), make([]casework.ID, len(wants))
	day := func(after int) string { return midnight(s.until).AddDate(0, 0, after).Format(time.DateOnly) }
	for i, x := range wants {
		if x.unit != "" {
			s.on(28, func() error {
				v, err := s.as(casework.Holder{Role: "officer", Unit: x.unit})
				if err != nil {
					return err
				}
				return s.file(&resources[i], v, app.Filing{Procedure: "resource", Start: "offer", Category: x.category, Title: x.offer,
					Fields: map[string]string{"form": x.form, "capacity": x.capacity, "until": day(200), "when": "周末或工作日晚间"}})
			})
		}
		began := 27
		if i == len(wants)-1 {
			began = 1 // still under review when the life ends
		}
		s.on(began, func() error {
			v, err := s.as(desk)
			if err != nil {
				return err
			}
			return s.file(&needs[i], v, app.Filing{Procedure: "need", Start: "record", Source: "community", Category: x.category, Title: x.title, Text: x.text, Area: s.community, Address: "社区党群服务中心",
				Fields: map[string]string{"urgency": x.urgency, "quantity": x.quantity, "until": day(60)}})
		})
		if began > 1 {
			s.on(26, func() error { return s.move(desk, needs[i], "publish", nil, nil) })
		}
	}
	pair := func(days, i int, h casework.Holder) {
		s.on(days, func() error {
			v, err := s.as(h)
			if err != nil || needs[i] == 0 || resources[i] == 0 {
				return err
			}
			_, err = s.app.Pair(s.ctx, v, needs[i], resources[i], s.key())
			return err
		})
	}
	pair(25, 0, desk)
	pair(25, 1, desk)
	pair(2, 2, desk)
	pair(1, 3, casework.Holder{Role: "officer", Unit: wants[3].unit})
	s.project(desk, needs, 0, false)
	s.project(desk, needs, 1, true)
}

// project takes the project of a need on: to the middle of its work, or to its end.
func (s *sharing) project(desk casework.Holder, needs []casework.ID, i int, whole bool) {
	unit := casework.Holder{Role: "officer", Unit: wants[i].unit}
	step := func(days int, h casework.Holder, move string, fields map[string]string, change func(*casework.Command, app.Viewer) error) {
		s.on(days, func() error {
			v, err := s.as(desk)
			if err != nil || needs[i] == 0 {
				return err
			}
			p, err := s.app.CasePage(s.ctx, v, needs[i])
			if err != nil || len(p.Parts) == 0 {
				return err
			}
			return s.move(h, p.Parts[0].Case, move, fields, change)
		})
	}
	day := func(after int) string { return midnight(s.until).AddDate(0, 0, after).Format(time.DateOnly) }
	step(24, unit, "accept", nil, nil)
	step(23, unit, "sign", map[string]string{"agreement": "共建〔2026〕" + strconv.Itoa(i+1) + " 号（虚构）", "begins": day(-22), "ends": day(20), "plan": "按约定时间开展，每次活动后反馈。"}, nil)
	step(18, unit, "progress", map[string]string{"progress": "第一次活动已经开展，居民反响好。"}, nil)
	if !whole {
		return
	}
	step(16, unit, "deliver", map[string]string{"delivery": "已按协议完成。", "served": "126"}, func(c *casework.Command, v app.Viewer) error {
		id, err := s.evidence(v.Person)
		c.Photos = []string{strconv.FormatInt(id, 10)}
		return err
	})
	step(15, desk, "evaluate", map[string]string{"grade": "good", "residents": "来得及时，检查得仔细。", "asked": "30", "satisfied": "29"}, nil)
	step(13, unit, "report", map[string]string{"report": "按协议完成义诊，现场登记并转诊。"}, nil)
	step(12, desk, "appraise", map[string]string{"appraisal": "兑现承诺，居民满意。"}, nil)
}

// housing plays applications: most come to a draw, the last are somewhere on the way.
func (s *sharing) housing() {
	apps := make([]casework.ID, 11)
	district := casework.Holder{Role: "district_desk", Area: s.code()}
	for i := range apps {
		who := s.residents[len(s.residents)-1-i]
		community := idcode.AncestorAt(who.Home, idcode.Community)
		desk := casework.Holder{Role: "community_desk", Area: community}
		began := 28
		if i >= 7 {
			began = 6
		}
		s.on(began, func() error {
			v, err := s.viewer(s.ctx, who.Person)
			if err != nil {
				return err
			}
			picture, err := s.evidence(who.Person)
			if err != nil {
				return err
			}
			return s.file(&apps[i], v, app.Filing{Procedure: "application", Start: "apply", Category: "PUBLIC", Title: "申请公租房", Area: community, Address: s.zone.Tree.Path(community),
				Fields: map[string]string{"group": []string{"general", "general", "priority"}[i%3], "people": strconv.Itoa(1 + i%4), "materials": "complete", "consent": "given"}, Photos: []string{strconv.FormatInt(picture, 10)}})
		})
		switch i {
		case 7: // waits for the community
			continue
		case 8:
			s.on(5, func() error {
				return s.move(desk, apps[i], "ask_more", map[string]string{"missing": "请补交租房合同照片。"}, nil)
			})
			continue
		}
		s.on(began-1, func() error {
			return s.move(desk, apps[i], "pass", map[string]string{"opinion": "入户核对，所填属实。"}, nil)
		})
		if i == 9 { // waits for the district
			continue
		}
		s.on(began-2, func() error {
			return s.move(district, apps[i], "eligible", map[string]string{"decision": "符合条件，予以公示。"}, nil)
		})
	}
	s.draw(district)
}

// draw freezes the list of those who wait, and draws three days later.
func (s *sharing) draw(district casework.Holder) {
	var id int64
	s.on(12, func() error {
		v, err := s.as(district)
		if err != nil {
			return err
		}
		id, err = s.app.CommitDraw(s.ctx, v, app.DrawPlan{Key: s.key(), Procedure: "application", Category: "PUBLIC", Title: "公租房示例批次（虚构）", Places: map[string]string{"general": "2", "priority": "1"},
			Source: "某公开彩票指定一期开奖号码（虚构）", After: s.now().Add(48 * time.Hour)})
		return err
	})
	s.on(9, func() error {
		v, err := s.as(district)
		if err != nil || id == 0 {
			return err
		}
		return s.app.HoldDraw(s.ctx, v, id, "03 08 15 21 27 33 + 09", "示例报纸公布（虚构）")
	})
}

// members lets some residents be entered as party members, most of whom register.
func (s *sharing) members() {
	for i := range min(6, len(s.residents)) {
		who := s.residents[i]
		community := idcode.AncestorAt(who.Home, idcode.Community)
		s.on(20, func() error {
			v, ok := s.desk("community_desk", community)
			if !ok {
				return nil
			}
			return s.app.Mark(s.ctx, v, who.Phone, points.PartyMember, true, s.key())
		})
		if i == 5 {
			continue
		}
		s.on(19, func() error {
			v, err := s.viewer(s.ctx, who.Person)
			if err != nil {
				return err
			}
			posts := app.ServicePosts()
			return s.app.Register(s.ctx, v, community, app.MemberDetail{Unit: "某某单位（虚构）", Branch: "某支部（虚构）", Skills: "", Posts: []string{posts[i%len(posts)].ID}}, s.key())
		})
	}
}
