package app_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
	"gezhi/internal/redeem"
	"gezhi/internal/store"
)

// mall is a district with two communities, a shop in the second, and people who have points.
type mall struct {
	*apptest.World
	first, second string // communities
	desk, other   app.Viewer
	clerk         app.Viewer // of the shop
	settler       app.Viewer
	sponsor       int64
	keys          int
}

func newMall(t *testing.T, w *apptest.World) *mall {
	t.Helper()
	z, err := w.App.Zone(t.Context(), apptest.Zone)
	w.OK(err)
	var communities []string
	for _, street := range z.Tree.Children("330108") {
		for _, c := range z.Tree.Children(street.Code) {
			communities = append(communities, c.Code)
		}
	}
	m := &mall{World: w, first: communities[0], second: communities[1]}
	m.desk = w.Staff("desk-1", "社区甲", casework.Duty{Role: "community_desk", Area: m.first})
	m.other = w.Staff("desk-2", "社区乙", casework.Duty{Role: "community_desk", Area: m.second})
	m.settler = w.Staff("district", "区级丙", casework.Duty{Role: "district_desk", Area: "330108"})
	m.sponsor, err = w.App.AddSponsor(t.Context(), m.other, app.SponsorForm{Name: "示例便利店", Kind: "shop", Area: m.second, Contact: "店长 0571-0000", Agreement: "示例 2026-01 号",
		Rate: "每 10 积分折 1 元（示例）", From: "2026-01-01", Example: true}, m.key())
	w.OK(err)
	m.clerk = w.Staff("clerk", "店员丁", casework.Duty{Role: app.RoleCounter, Unit: fmt.Sprintf("sponsor:%d", m.sponsor)})
	return m
}

func (m *mall) key() string { m.keys++; return "k" + strconv.Itoa(m.keys) }

func (m *mall) reward(by app.Viewer, change func(*app.RewardForm)) int64 {
	m.T.Helper()
	f := app.RewardForm{Name: "大米 5 公斤", Text: "粳米", Area: m.first, Address: "社区服务站一楼", Hours: "工作日 9:00—17:00", Price: "120", Limit: "0", From: "2026-03-01", Pickup: "3", Stock: "5"}
	if by.Person == m.other.Person {
		f.Area = m.second
	}
	if change != nil {
		change(&f)
	}
	id, err := m.App.AddReward(m.T.Context(), by, f, m.key())
	m.OK(err)
	return id
}

// rich is a resident of the first community with points, so many of which lapse.
func (m *mall) rich(phone string, forever, lapsing int64, at time.Time) app.Viewer {
	m.T.Helper()
	v := m.Resident(phone)
	m.OK(m.App.DB().InTx(m.T.Context(), apptest.Zone, func(tx *store.Tx) error {
		for i, n := range []int64{forever, lapsing} {
			if n == 0 {
				continue
			}
			give := ledger.Transfer{ID: fmt.Sprintf("give-%s-%d", phone, i), From: "issue:330108", To: app.PersonAccount(v.Person), Asset: ledger.Point, Amount: n, Reason: "test"}
			if i == 1 {
				give.Expires = at
			}
			if _, err := tx.Post(give); err != nil {
				return err
			}
		}
		return nil
	}))
	return v
}

func (m *mall) balance(a ledger.Account) int64 {
	m.T.Helper()
	var n int64
	m.OK(m.App.DB().View(m.T.Context(), apptest.Zone, func(r *store.Reader) error {
		b, err := r.Account(a, ledger.Point)
		n = b.Balance
		return err
	}))
	return n
}

func (m *mall) stock(reward int64) int64 {
	m.T.Helper()
	o, err := m.App.Offer(m.T.Context(), app.Viewer{Zone: apptest.Zone}, reward)
	m.OK(err)
	return o.Stock
}

// sound fails the test when anything about the zone contradicts itself.
func (m *mall) sound() {
	m.T.Helper()
	found, err := m.App.Verify(m.T.Context(), apptest.Zone, nil)
	m.OK(err)
	for _, b := range found.Broken {
		m.T.Errorf("%s: %d, first %s", b.Rule.EN, b.Count, b.First)
	}
}

func (m *mall) reserve(v app.Viewer, reward, price int64) app.Pickup {
	m.T.Helper()
	id, err := m.App.Reserve(m.T.Context(), v, reward, price, m.key())
	m.OK(err)
	p, err := m.App.Pickup(m.T.Context(), v, id)
	m.OK(err)
	return p
}

func refused(t *testing.T, what string, err error, kind fault.Kind, sentence string) {
	t.Helper()
	if fault.KindOf(err) != kind || err == nil || !strings.Contains(fault.Sentence(err, lang.ZH), sentence) {
		t.Errorf("%s: %v (%s), want %q", what, fault.KindOf(err), fault.Sentence(err, lang.ZH), sentence)
	}
}

func TestARewardIsReservedAndCollectedElsewhere(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		m, ctx := newMall(t, w), t.Context()
		own := m.reward(m.other, nil)
		given := m.reward(m.other, func(f *app.RewardForm) { f.Sponsor, f.Price = fmt.Sprint(m.sponsor), "80" })
		v := m.rich("13800000001", 300, 0, time.Time{})
		key := m.key()
		first, err := m.App.Reserve(ctx, v, own, 120, key)
		w.OK(err)
		again, err := m.App.Reserve(ctx, v, own, 120, key)
		w.OK(err)
		if first != again || m.stock(own) != 4 || m.balance(app.PersonAccount(v.Person)) != 180 {
			t.Errorf("a double click: %d and %d, %d in stock, %d points", first, again, m.stock(own), m.balance(app.PersonAccount(v.Person)))
		}
		p, err := m.App.Pickup(ctx, v, first)
		w.OK(err)
		stranger := m.Resident("13800000009")
		if _, err := m.App.Pickup(ctx, stranger, first); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger sees the code: %v", err)
		}
		_, err = m.App.FindPickup(ctx, m.desk, p.Code)
		refused(t, "the wrong counter", err, fault.Invalid, "没有找到这个取货码")
		_, err = m.App.FindPickup(ctx, m.clerk, p.Code)
		refused(t, "the shop's clerk, with the community's own", err, fault.Invalid, "没有找到这个取货码")
		found, err := m.App.FindPickup(ctx, m.other, strings.ToLower(redeem.ShowCode(p.Code)))
		w.OK(err)
		if found.ID != first || !strings.HasSuffix(found.Who, "*") {
			t.Errorf("found %+v", found)
		}
		hand := m.key()
		for range 2 {
			_, err = m.App.HandOver(ctx, m.other, p.Code, hand)
			w.OK(err)
		}
		if got := m.balance(ledger.Of(ledger.Pool, m.second)); got != 120 {
			t.Errorf("the community's pool holds %d", got)
		}
		_, err = m.App.HandOver(ctx, m.other, p.Code, m.key())
		refused(t, "once more", err, fault.Conflict, "3月2日 10:00 由“")
		refused(t, "cancelled after that", m.App.CancelPickup(ctx, v, first, m.key()), fault.Conflict, "领走")

		g := m.reserve(v, given, 80)
		_, err = m.App.HandOver(ctx, m.clerk, g.Code, m.key())
		w.OK(err)
		if got := m.balance(redeem.SponsorAccount(m.sponsor)); got != 80 {
			t.Errorf("the sponsor holds %d", got)
		}
		m.sound()
	})
}

func TestTwoCountersConfirmOneCode(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		m := newMall(t, w)
		colleague := w.Staff("desk-3", "社区戊", casework.Duty{Role: "community_desk", Area: m.first})
		reward := m.reward(m.desk, nil)
		v := m.rich("13800000001", 1000, 0, time.Time{})
		for range 3 {
			p := m.reserve(v, reward, 120)
			var all sync.WaitGroup
			errs := make([]error, 2)
			for i, who := range []app.Viewer{m.desk, colleague} {
				key := m.key()
				all.Go(func() { _, errs[i] = m.App.HandOver(t.Context(), who, p.Code, key) })
			}
			all.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("of two counters: %v and %v", errs[0], errs[1])
			}
			refused(t, "the slower one", errors.Join(errs...), fault.Conflict, "社区受理岗")
		}
		m.sound()
	})
}

func TestWhatComesBetweenThePageAndTheClick(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		m, ctx := newMall(t, w), t.Context()
		v, u := m.rich("13800000001", 200, 0, time.Time{}), m.rich("13800000002", 500, 0, time.Time{})
		last := m.reward(m.desk, func(f *app.RewardForm) { f.Stock = "1" })
		m.reserve(u, last, 120)
		_, err := m.App.Reserve(ctx, v, last, 120, m.key())
		refused(t, "stock gone", err, fault.Conflict, "刚刚被兑完")

		dear := m.reward(m.desk, func(f *app.RewardForm) { f.Price = "150" })
		_, err = m.App.Reserve(ctx, v, dear, 120, m.key())
		refused(t, "price changed", err, fault.Conflict, "由 120 调整为 150")

		ended := m.reward(m.desk, nil)
		w.OK(m.App.CloseReward(ctx, m.desk, ended, m.key()))
		_, err = m.App.Reserve(ctx, v, ended, 120, m.key())
		refused(t, "ended", err, fault.Conflict, "已停止兑换")

		more := m.reward(m.desk, func(f *app.RewardForm) { f.Price = "201" })
		_, err = m.App.Reserve(ctx, v, more, 201, m.key())
		refused(t, "too dear", err, fault.Conflict, "还差 1 分")

		one := m.reward(m.desk, func(f *app.RewardForm) { f.Price, f.Limit, f.Per = "10", "1", "month" })
		m.reserve(v, one, 10)
		_, err = m.App.Reserve(ctx, v, one, 10, m.key())
		refused(t, "limit", err, fault.Conflict, "4月1日起可再兑")

		if got := m.balance(app.PersonAccount(v.Person)); got != 190 {
			t.Errorf("%d points after five refusals and one of 10", got)
		}
		_, err = m.App.Reserve(ctx, app.Viewer{Zone: apptest.Zone}, one, 10, m.key())
		refused(t, "a visitor", err, fault.Forbidden, "请先登录")
		_, err = m.App.Reserve(ctx, v, 5, 10, m.key())
		refused(t, "no such reward", err, fault.NotFound, "没有这件奖品")
		m.sound()
	})
}

func TestPointsComeBackToWhereTheyWere(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		m, ctx := newMall(t, w), t.Context()
		reward := m.reward(m.desk, nil)
		end := w.Now().Add(48 * time.Hour)
		v := m.rich("13800000001", 100, 50, end)
		o, err := m.App.Offer(ctx, v, reward)
		w.OK(err)
		if o.Lapsing != 50 {
			t.Errorf("beforehand %d would be lost if it were not collected, want 50", o.Lapsing)
		}
		p := m.reserve(v, reward, 120)
		if p.Lapsing != 0 || p.Later != 50 {
			t.Errorf("lost now %d, later %d", p.Lapsing, p.Later)
		}
		w.OK(m.App.CancelPickup(ctx, v, p.ID, m.key()))
		lots := func() (out []ledger.Lot) {
			w.OK(m.App.DB().View(ctx, apptest.Zone, func(r *store.Reader) (err error) {
				out, err = r.Lots(app.PersonAccount(v.Person), ledger.Point)
				return err
			}))
			return out
		}
		if l := lots(); len(l) != 1 || l[0].Left != 50 || m.balance(app.PersonAccount(v.Person)) != 150 || m.stock(reward) != 5 {
			t.Errorf("after cancelling: lots %v, %d points, %d in stock", l, m.balance(app.PersonAccount(v.Person)), m.stock(reward))
		}
		p = m.reserve(v, reward, 120)
		w.Pass(49 * time.Hour)
		if p, err = m.App.Pickup(ctx, v, p.ID); err != nil || p.Lapsing != 50 || p.Code == "" {
			t.Errorf("once its lots have ended: %+v %v", p, err)
		}
		w.Pass(48 * time.Hour)
		if p, err = m.App.Pickup(ctx, v, p.ID); err != nil || p.Code != "" {
			t.Errorf("after its time the code is shown: %v", err)
		}
		n, err := m.App.LapseReservations(ctx, apptest.Zone)
		w.OK(err)
		again, err := m.App.LapseReservations(ctx, apptest.Zone)
		w.OK(err)
		if n != 1 || again != 0 || m.stock(reward) != 5 {
			t.Errorf("%d and then %d lapsed, %d in stock", n, again, m.stock(reward))
		}
		list, _, err := m.App.Messages(ctx, v, 0, 5)
		w.OK(err)
		if len(list) != 1 || !strings.Contains(list[0].ZH, "逾期未领，120 积分已退回") {
			t.Errorf("told %+v", list)
		}
		// What came back had lapsed: it cannot be spent, and the next attempt says so in points.
		_, err = m.App.Reserve(ctx, v, reward, 120, m.key())
		refused(t, "with what has lapsed", err, fault.Conflict, "您现有 100 分，还差 20 分")
		m.sound()
	})
}

func TestACounterThatTriesCodesIsSlowedDown(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		m, ctx := newMall(t, w), t.Context()
		v := m.rich("13800000001", 500, 0, time.Time{})
		p := m.reserve(v, m.reward(m.desk, nil), 120)
		for i := range 10 {
			_, err := m.App.FindPickup(ctx, m.desk, "2222222"+string("3456789ABC"[i]))
			refused(t, "a wrong code", err, fault.Invalid, "没有找到")
		}
		_, err := m.App.FindPickup(ctx, m.desk, p.Code)
		refused(t, "the eleventh, though right", err, fault.Conflict, "30 秒后再试")
		_, err = m.App.HandOver(ctx, m.desk, p.Code, m.key())
		refused(t, "or without looking first", err, fault.Conflict, "秒后再试")
		_, err = m.App.FindPickup(ctx, m.desk, "<em>")
		refused(t, "what is no code", err, fault.Invalid, "8 位数字和字母")
		w.Pass(31 * time.Second)
		_, err = m.App.HandOver(ctx, m.desk, p.Code, m.key())
		w.OK(err)
		_, err = m.App.FindPickup(ctx, v, p.Code)
		refused(t, "a resident", err, fault.Forbidden, "没有这项权限")
		m.sound()
	})
}

func TestASponsorIsSettledOnceAMonth(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		m, ctx := newMall(t, w), t.Context()
		reward := m.reward(m.other, func(f *app.RewardForm) { f.Sponsor = fmt.Sprint(m.sponsor) })
		v := m.rich("13800000001", 1000, 0, time.Time{})
		for range 3 {
			_, err := m.App.HandOver(ctx, m.clerk, m.reserve(v, reward, 120).Code, m.key())
			w.OK(err)
		}
		w.OK(m.App.GivePoints(ctx, m.settler, m.sponsor, m.first, "60", "回赠社区", m.key()))
		_, err := m.App.Settle(ctx, m.settler, m.sponsor, "2026-03", "", m.key())
		refused(t, "before the month is over", err, fault.Conflict, "还没有结束")
		w.Pass(31 * 24 * time.Hour)
		_, err = m.App.HandOver(ctx, m.clerk, m.reserve(v, reward, 120).Code, m.key())
		w.OK(err)
		refused(t, "a gift out of what is to be settled", m.App.GivePoints(ctx, m.settler, m.sponsor, m.first, "400", "", m.key()), fault.Conflict, "请先结算")
		_, err = m.App.Settle(ctx, m.other, m.sponsor, "2026-03", "", m.key())
		refused(t, "by the community", err, fault.Forbidden, "权限")
		key := m.key()
		number, err := m.App.Settle(ctx, m.settler, m.sponsor, "2026-03", "", key)
		w.OK(err)
		again, err := m.App.Settle(ctx, m.settler, m.sponsor, "2026-03", "", key)
		w.OK(err)
		if number != "JS-330108-202603-001" || again != number {
			t.Errorf("statements %s and %s", number, again)
		}
		_, err = m.App.Settle(ctx, m.settler, m.sponsor, "2026-03", "", m.key())
		refused(t, "twice", err, fault.Conflict, "已经结算过")
		s, err := m.App.Statement(ctx, m.settler, m.sponsor, "2026-03")
		w.OK(err)
		if s.Items != 3 || s.Collected != 360 || s.Given != 60 || s.Points() != 300 || len(s.Lines) != 1 || s.Lines[0].Items != 3 || s.Open {
			t.Errorf("statement %+v", s)
		}
		if got := m.balance(redeem.SponsorAccount(m.sponsor)); got != 120 {
			t.Errorf("the sponsor holds %d, want April's 120", got)
		}
		if got := m.balance(ledger.Of(ledger.Pool, m.first)); got != 60 {
			t.Errorf("the pool holds %d", got)
		}
		if got := m.balance("issue:330108"); got != -700-apptest.Budget {
			t.Errorf("in being: %d, want 1000 less the 300 settled, and the budget", got)
		}
		m.sound()
	})
}

// Random lives of reserving, cancelling, lapsing and collecting by several clients at once keep stock and books sound.
func TestRandomLivesKeepStockAndBooksSound(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		const clients, steps = 4, 40
		m, ctx := newMall(t, w), t.Context()
		rewards := []int64{m.reward(m.desk, func(f *app.RewardForm) { f.Price, f.Stock = "7", "6" }),
			m.reward(m.other, func(f *app.RewardForm) { f.Price, f.Stock, f.Sponsor = "11", "4", fmt.Sprint(m.sponsor) })}
		prices := []int64{7, 11}
		var people []app.Viewer
		for i := range 5 {
			people = append(people, m.rich(fmt.Sprintf("1380000001%d", i), 30, 40, w.Now().Add(time.Duration(20+10*i)*time.Hour)))
		}
		var all sync.WaitGroup
		var mu sync.Mutex
		open := map[int64]app.Viewer{}
		for c := range clients {
			all.Go(func() {
				rng := rand.New(rand.NewPCG(11, uint64(c)))
				for s := range steps {
					key := fmt.Sprintf("c%d-%d", c, s)
					var err error
					var id int64
					var who app.Viewer
					mu.Lock()
					for id, who = range open {
						break
					}
					mu.Unlock()
					switch k := rng.IntN(10); {
					case k < 5 || id == 0:
						i := rng.IntN(2)
						v := people[rng.IntN(len(people))]
						if id, err = m.App.Reserve(ctx, v, rewards[i], prices[i], key); err == nil {
							mu.Lock()
							open[id] = v
							mu.Unlock()
						}
					case k < 6:
						err = m.App.CancelPickup(ctx, who, id, key)
					case k < 9:
						var p app.Pickup
						if p, err = m.App.Pickup(ctx, who, id); err == nil && p.Code != "" {
							by := m.desk
							if p.Sponsor != 0 {
								by = m.clerk
							}
							_, err = m.App.HandOver(ctx, by, p.Code, key)
						} else {
							mu.Lock()
							delete(open, id)
							mu.Unlock()
						}
					default:
						mu.Lock()
						m.Pass(7 * time.Hour)
						mu.Unlock()
						_, err = m.App.LapseReservations(ctx, apptest.Zone)
					}
					if err != nil && fault.KindOf(err) == fault.Internal {
						t.Errorf("%s: %v", key, err)
					}
				}
			})
		}
		all.Wait()
		m.sound()
		states := map[redeem.State]int{}
		w.OK(m.App.DB().View(ctx, apptest.Zone, func(r *store.Reader) error {
			return r.EachRedemption(store.RedemptionFilter{All: true}, func(d redeem.Redemption) error { states[d.State]++; return nil })
		}))
		for i, id := range rewards {
			if n := m.stock(id); n < 0 || n > []int64{6, 4}[i] {
				t.Errorf("reward %d has %d in stock", i, n)
			}
		}
		if states[redeem.Collected] == 0 || states[redeem.Cancelled] == 0 {
			t.Errorf("the life was too quiet: %v", states)
		}
		t.Logf("%v", states)
	})
}

func TestTheDeadRedeemNothingWhoMovedAwayMay(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		m, ctx := newMall(t, w), t.Context()
		rice := m.reward(m.desk, nil)
		v := m.rich("13800000001", 300, 0, time.Time{})
		w.OK(w.App.Depart(ctx, m.desk, "13800000001", "died", "死亡登记信息核对", m.key()))
		_, err := w.App.Reserve(ctx, v, rice, 120, m.key())
		refused(t, "after the death", err, fault.Conflict, "已登记为去世")
		if m.stock(rice) != 5 || m.balance(app.PersonAccount(v.Person)) != 300 {
			t.Errorf("%d in stock, %d points", m.stock(rice), m.balance(app.PersonAccount(v.Person)))
		}
		w.OK(w.App.Comeback(ctx, m.desk, "13800000001", "登记有误，本人健在", m.key()))
		w.OK(w.App.Depart(ctx, m.desk, "13800000001", "moved", "户籍迁出证明", m.key()))
		if d := m.reserve(v, rice, 120); d.State != "reserved" {
			t.Errorf("who moved away keeps the points: %+v", d)
		}
		m.sound()
	})
}
