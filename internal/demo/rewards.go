package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/redeem"
	"gezhi/internal/store"
)

// market is where residents spend their points: made-up sponsors, and rewards at several communities. It has a
// random source of its own, so that the rest of the life is the same with it and without.
type market struct {
	r       *rand.Rand
	places  []string // communities with a counter, the busiest first
	sponsor []int64
	clerks  map[int64]casework.Person // by sponsor
	rewards []good
	keys    int
}

// good is a reward as the simulator knows it.
type good struct {
	id, price, sponsor int64
	place              string
}

// sponsors of the demonstration: every name is made up and says that it is an example.
var demoSponsors = []app.SponsorForm{
	{Name: "示例·邻里便利店", Kind: "shop", Contact: "店长（示例）0571-0000-0001", Agreement: "示例协议〔2026〕01 号", Rate: "每 10 积分折 1 元，由街道社区经费按月支付（示例）"},
	{Name: "示例·安居物业服务中心", Kind: "property", Contact: "项目经理（示例）0571-0000-0002", Agreement: "示例协议〔2026〕02 号", Rate: "物业自愿让利，只登记数量，不支付款项（示例）"},
	{Name: "示例·青禾理发店", Kind: "shop", Contact: "店主（示例）0571-0000-0003", Agreement: "示例协议〔2026〕03 号", Rate: "每次理发 25 积分，按 20 元结算（示例）"},
}

// demoRewards are what there is, with who gives it (0: the community; else 1 to 3) and at which of the places.
var demoRewards = []struct {
	name, en, text, picture string
	price, stock            int
	sponsor, place          int
	limit                   int
	per                     redeem.Period
}{
	{"抽纸一提", "Tissues", "三包装，每提 300 抽。", "tissue", 10, 60, 1, 0, 2, redeem.Month},
	{"环保购物袋", "Shopping bag", "加厚帆布袋，可重复使用。", "bag", 5, 80, 0, 1, 2, redeem.Month},
	{"洗衣液 2 公斤", "Laundry liquid, 2 kg", "常用品牌，以实物为准。", "soap", 25, 30, 1, 0, 1, redeem.Month},
	{"东北大米 5 公斤", "Rice, 5 kg", "当季新米，数量有限。", "rice", 45, 24, 0, 1, 1, redeem.Month},
	{"食用油 1.8 升", "Cooking oil, 1.8 l", "非转基因菜籽油。", "oil", 40, 20, 1, 2, 1, redeem.Month},
	{"理发一次", "A haircut", "到店出示取货码，60 岁以上居民可预约上门。", "cut", 25, 40, 3, 2, 1, redeem.Month},
	{"毛巾两条", "Two towels", "纯棉毛巾。", "towel", 12, 50, 0, 3, 2, redeem.Month},
	{"乒乓球馆一小时", "An hour of table tennis", "社区邻里中心乒乓球馆，须提前一天预约。", "ball", 20, 60, 0, 3, 4, redeem.Month},
	{"社区书房借阅证", "Library card", "一年期借阅证，免押金。", "book", 15, 40, 0, 4, 1, redeem.Year},
	{"电瓶车充电券", "Charging voucher", "小区充电桩 10 小时。", "charge", 10, 80, 2, 4, 4, redeem.Month},
	{"家政清洁两小时", "Two hours of cleaning", "物业保洁上门，须提前两天预约。", "ticket", 60, 10, 2, 0, 1, redeem.Month},
	{"节能灯一只", "A light bulb", "9 瓦 LED 灯，暖光。", "lamp", 5, 50, 2, 1, 2, redeem.Month},
}

// openMarket enters sponsors, rewards and clerks on the first morning, and plans every later day.
func (l *life) openMarket(seed uint64, hash string) error {
	m := &market{r: rand.New(rand.NewPCG(seed, uint64(l.zone.Code)*31)), clerks: map[int64]casework.Person{}}
	l.market = m
	for _, g := range l.spots.grids {
		if c := g[:12]; !slices.Contains(m.places, c) && len(m.places) < 5 {
			m.places = append(m.places, c)
		}
	}
	if err := l.enterSponsors(hash); err != nil {
		return err
	}
	return l.enterRewards()
}

func (l *life) deskOf(area string) (app.Viewer, error) {
	who := l.staff[casework.Holder{Role: "community_desk", Area: area}.Key()]
	return l.viewer(l.ctx, who[0])
}

func (l *life) district() (app.Viewer, error) {
	return l.viewer(l.ctx, l.staff[casework.Holder{Role: "district_desk", Area: l.code()}.Key()][0])
}

// marketKey is a form's idempotency key.
func (l *life) marketKey() string {
	l.market.keys++
	return "market-" + strconv.Itoa(l.market.keys)
}

func (l *life) enterSponsors(hash string) error {
	m := l.market
	v, err := l.district()
	if err != nil {
		return err
	}
	for i, f := range demoSponsors {
		f.Area, f.From, f.Example = l.code(), l.now().AddDate(0, -2, 0).Format(time.DateOnly), true
		id, err := l.app.AddSponsor(l.ctx, v, f, l.marketKey())
		if err != nil {
			return err
		}
		m.sponsor = append(m.sponsor, id)
		if err := l.enter(l.ctx, []hire{{fmt.Sprintf("counter%d", i+1), []store.Tenure{{Duty: casework.Duty{Role: app.RoleCounter, Unit: string(redeem.SponsorAccount(id))}}}, true}}, hash, l.now()); err != nil {
			return err
		}
		m.clerks[id] = l.staff[casework.Holder{Role: app.RoleCounter, Unit: string(redeem.SponsorAccount(id))}.Key()][0]
	}
	l.zone, err = l.app.Zone(l.ctx, l.zone.Code)
	return err
}

func (l *life) enterRewards() error {
	m := l.market
	for _, d := range demoRewards {
		place := m.places[d.place%len(m.places)]
		v, err := l.deskOf(place)
		if err != nil {
			return err
		}
		p := l.things[d.picture]
		photo := l.app.DB().NewID()
		if err := l.app.DB().InTx(l.ctx, l.zone.Code, func(tx *store.Tx) error {
			return tx.AddPhoto(store.Photo{ID: photo, By: v.Person, Width: p.W, Height: p.H, SHA256: p.SHA256[:], DHash: p.DHash, Full: p.Full, Thumb: p.Thumb})
		}); err != nil {
			return err
		}
		f := app.RewardForm{Name: d.name, NameEN: d.en, Text: d.text, Area: place, Address: "社区服务中心一楼", Hours: "每天 8:30—17:30", Price: strconv.Itoa(d.price), Limit: strconv.Itoa(d.limit),
			Per: string(d.per), From: l.now().Format(time.DateOnly), Pickup: "7", Stock: strconv.Itoa(d.stock), Photo: photo}
		g := good{price: int64(d.price), place: place}
		if d.sponsor > 0 {
			g.sponsor = m.sponsor[d.sponsor-1]
			f.Sponsor, f.Address = strconv.FormatInt(g.sponsor, 10), l.zone.SponsorName(g.sponsor)
		}
		if g.id, err = l.app.AddReward(l.ctx, v, f, l.marketKey()); err != nil {
			return err
		}
		m.rewards = append(m.rewards, g)
	}
	return nil
}

// shopping plans one day of the market: a few residents reserve something, yesterday's overdue lapse, on the first of a
// month the sponsors are settled with, and in its middle they give some points on.
func (l *life) shopping(start time.Time) error {
	if _, err := l.app.LapseReservations(l.ctx, l.zone.Code); err != nil {
		return err
	}
	m := l.market
	for range 1 + m.r.IntN(3) {
		at := start.Add(time.Duration(8*60+m.r.IntN(12*60)) * time.Minute)
		l.agenda.plan(at, l.buy)
	}
	if start.Day() == 1 {
		l.agenda.plan(start.Add(10*time.Hour), func() error { return l.settleSponsors(start.AddDate(0, -1, 0).Format("2006-01")) })
	}
	if start.Day() == 15 {
		l.agenda.plan(start.Add(15*time.Hour), l.giveOn)
	}
	return nil
}

// buy lets a resident who can afford it reserve something.
func (l *life) buy() error {
	m := l.market
	everybody := append(slices.Clone(l.residents), l.riders...)
	const looks = 25 // whoever finds nothing to their purse goes home
	for range looks {
		who, g := pick(m.r, everybody).Person, pick(m.r, m.rewards)
		v, err := l.viewer(l.ctx, who)
		if err != nil {
			return err
		}
		o, err := l.app.Offer(l.ctx, v, g.id)
		if err != nil {
			return err
		}
		if o.Why != nil {
			continue // not enough points, none left, or had it already
		}
		id, err := l.reserve(who, g)
		if err != nil {
			return err
		}
		l.collect(who, g, id)
		return nil
	}
	return nil
}

func (l *life) reserve(who casework.Person, g good) (int64, error) {
	v, err := l.viewer(l.ctx, who)
	if err != nil {
		return 0, err
	}
	return l.app.Reserve(l.ctx, v, g.id, g.price, l.marketKey())
}

// collect plans what becomes of a reservation: collected as a rule, now and then called off or forgotten.
func (l *life) collect(who casework.Person, g good, id int64) {
	m := l.market
	at := l.now().Add(time.Duration(60+m.r.IntN(4*24*60)) * time.Minute)
	if h := at.In(calendar.Zone()).Hour(); h < 9 || h >= 17 {
		y, mo, d := at.In(calendar.Zone()).Date()
		at = time.Date(y, mo, d+1, 9, 5+m.r.IntN(300), 0, 0, calendar.Zone())
	}
	switch n := m.r.IntN(100); {
	case n < 80:
		l.agenda.plan(at, func() error { return l.handOver(who, g, id) })
	case n < 91:
		l.agenda.plan(at, func() error {
			v, err := l.viewer(l.ctx, who)
			if err != nil {
				return err
			}
			return l.app.CancelPickup(l.ctx, v, id, l.marketKey())
		})
	}
}

func (l *life) handOver(who casework.Person, g good, id int64) error {
	v, err := l.viewer(l.ctx, who)
	if err != nil {
		return err
	}
	p, err := l.app.Pickup(l.ctx, v, id)
	if err != nil {
		return err
	}
	var counter app.Viewer
	if g.sponsor != 0 {
		counter, err = l.viewer(l.ctx, l.market.clerks[g.sponsor])
	} else {
		counter, err = l.deskOf(g.place)
	}
	if err != nil {
		return err
	}
	_, err = l.app.HandOver(l.ctx, counter, p.Code, l.marketKey())
	return err
}

// giveOn lets every sponsor that has some points left give ten to the pool of the busiest community.
func (l *life) giveOn() error {
	v, err := l.district()
	if err != nil {
		return err
	}
	for _, id := range l.market.sponsor {
		err := l.app.GivePoints(l.ctx, v, id, l.market.places[0], "10", "回赠社区积分预算（示例）", l.marketKey())
		if err != nil && fault.KindOf(err) != fault.Conflict {
			return err // a Conflict says that it has fewer, or a month to settle
		}
	}
	return nil
}

// settleSponsors settles a month that has ended.
func (l *life) settleSponsors(month string) error {
	v, err := l.district()
	if err != nil {
		return err
	}
	for _, id := range l.market.sponsor {
		_, err := l.app.Settle(l.ctx, v, id, month, "", l.marketKey())
		if err != nil && fault.KindOf(err) != fault.Conflict {
			return err // a Conflict says that there was nothing to settle
		}
	}
	return nil
}

// wish lets a person whom one can enter as hold a code when the life ends.
func (c *cast) wish(who casework.Person) {
	if c.err != nil || who == 0 {
		return
	}
	for _, g := range c.market.rewards {
		if _, err := c.reserve(who, g); err == nil || fault.KindOf(err) != fault.Conflict {
			c.err = err
			return
		}
	}
}

// counters are a shop's clerk, and whoever keeps rewards and settles.
func (c *cast) counters() {
	id := c.market.sponsor[0]
	c.add(c.market.clerks[id], "兑换点店员", "Counter clerk", "grid",
		"在“"+c.zone.SponsorName(id)+"”发放奖品。试试：以居民身份兑换一件本店的奖品，再回来输入取货码。",
		"Hands rewards out at a shop. Try: reserve one of its rewards as a resident, then come back and type the code.")
}
