package app_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
	"gezhi/internal/points"
	"gezhi/internal/store"
)

const (
	oneStreet    = "330108001"
	oneCommunity = "330108001001"
)

// circleOf is the people a test of awards needs: a community with two desks, its street, and residents.
type circleOf struct {
	*apptest.World
	desk, desk2, street, district app.Viewer
	n                             int
}

func newCircle(w *apptest.World) *circleOf {
	c := &circleOf{World: w}
	c.desk = w.Staff("desk", "测试社区甲", casework.Duty{Role: "community_desk", Area: oneCommunity})
	c.desk2 = w.Staff("desk2", "测试社区乙", casework.Duty{Role: "community_desk", Area: oneCommunity})
	c.street = w.Staff("street", "测试街道", casework.Duty{Role: "street_desk", Area: oneStreet})
	c.district = w.Staff("district", "测试区级", casework.Duty{Role: "district_desk", Area: "330108"})
	w.Allot(oneCommunity, 10_000)
	return c
}

func (c *circleOf) key() string { c.n++; return fmt.Sprint("k", c.n) }

// photo is a picture of the person's with the given likeness; the same content makes the same file.
func (c *circleOf) photo(by app.Viewer, content string, dhash uint64) int64 {
	c.T.Helper()
	id := c.App.DB().NewID()
	sum := sha256.Sum256([]byte(content))
	c.OK(c.App.DB().InTx(context.Background(), apptest.Zone, func(tx *store.Tx) error {
		return tx.AddPhoto(store.Photo{ID: id, By: by.Person, Width: 1, Height: 1, SHA256: sum[:], DHash: dhash, Full: []byte(content), Thumb: []byte("x")})
	}))
	return id
}

// form is an application with a picture of its own.
func (c *circleOf) form(by app.Viewer, rule string) app.Application {
	c.n++
	r := rand.New(rand.NewPCG(uint64(c.n), 7))
	return app.Application{Key: fmt.Sprint("apply", c.n), Rule: rule, Text: "清扫了三楼到五楼的楼道", Area: oneCommunity, Address: "某小区 3 幢", Photos: []int64{c.photo(by, fmt.Sprint("p", c.n), r.Uint64())}}
}

func (c *circleOf) apply(by app.Viewer, rule string) points.Award {
	c.T.Helper()
	w, err := c.App.Apply(context.Background(), by, c.form(by, rule))
	c.OK(err)
	return w
}

func (c *circleOf) decide(by app.Viewer, w points.Award, d app.Decision) error {
	return c.App.DecideAward(context.Background(), by, w.ID, d, "情况属实", c.key())
}

func (c *circleOf) state(w points.Award) points.Award {
	c.T.Helper()
	var out points.Award
	c.OK(c.App.DB().View(context.Background(), apptest.Zone, func(r *store.Reader) (err error) {
		out, err = r.Award(w.ID, store.Everything)
		return err
	}))
	return out
}

func (c *circleOf) balance(v app.Viewer) int64 {
	c.T.Helper()
	w, err := c.App.Wallet(context.Background(), v, 0, 1)
	c.OK(err)
	return w.Balance
}

func (c *circleOf) sound() {
	c.T.Helper()
	found, err := c.App.Verify(context.Background(), apptest.Zone, nil)
	c.OK(err)
	for _, b := range found.Broken {
		c.T.Errorf("verify: %+v", b)
	}
}

// refused fails the test unless err is of the kind and its Chinese sentence holds the words.
func (c *circleOf) refused(what string, err error, k fault.Kind, words string) {
	c.T.Helper()
	if err == nil || fault.KindOf(err) != k || !strings.Contains(fault.Sentence(err, 0), words) {
		c.T.Errorf("%s: %v, want kind %d with %q", what, err, k, words)
	}
}

func TestAnApplicationGoesItsWay(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		c, ctx := newCircle(w), context.Background()
		a, b := c.Resident("13800000001"), c.Resident("13800000002")
		form := c.form(a, "env-cleanup")
		x, err := c.App.Apply(ctx, a, form)
		c.OK(err)
		again, err := c.App.Apply(ctx, a, form)
		c.OK(err)
		if x.ID != again.ID || x.State != points.Submitted || x.Points != 10 {
			t.Errorf("%+v, again %+v", x, again)
		}
		c.refused("a stranger's look", func() error { _, err := c.App.Award(ctx, b, x.ID); return err }(), fault.NotFound, "没有这条积分")
		queue, err := c.App.ReviewQueue(ctx, c.desk, 0, 10)
		c.OK(err)
		n, err := c.App.ReviewCount(ctx, c.street)
		c.OK(err)
		if len(queue) != 1 || queue[0].Thumb != form.Photos[0] || n != 0 {
			t.Errorf("queue %+v; the street has %d", queue, n)
		}
		if _, err := c.App.PhotoJPEG(ctx, c.desk, form.Photos[0], false); err != nil {
			t.Errorf("the reviewer does not see the photo: %v", err)
		}
		if _, err := c.App.PhotoJPEG(ctx, b, form.Photos[0], false); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger sees the photo: %v", err)
		}
		// Returned, corrected, sent again.
		c.OK(c.decide(c.desk, x, app.SendBack))
		c.refused("a decision out of turn", c.decide(c.desk, x, app.Approve), fault.Conflict, "退回补正")
		form.Text, form.Photos, form.Key = "补充：清扫了三楼到五楼", nil, "again"
		c.OK(c.App.Resubmit(ctx, a, x.ID, form))
		c.refused("somebody else's decision", c.decide(c.street, x, app.Approve), fault.Forbidden, "不由您的岗位")
		c.OK(c.decide(c.desk, x, app.Approve))
		if s := c.state(x); s.State != points.Publicity || len(s.Approved) != 1 || s.Until.Sub(c.Now()) < 48*time.Hour {
			t.Errorf("approved: %+v", s)
		}
		// Published with the name masked; two objections come in, one is dismissed, the other withdrawn by nobody.
		page, err := c.App.PublicityOf(ctx, app.Viewer{Zone: apptest.Zone}, oneCommunity, 0)
		c.OK(err)
		if len(page.Lines) != 1 || page.Lines[0].Earner != "居*" {
			t.Errorf("published %+v", page.Lines)
		}
		c.refused("objecting to one's own", c.App.Object(ctx, a, x.ID, "不应给我", c.key()), fault.Conflict, "本人")
		c.OK(c.App.Object(ctx, b, x.ID, "当天没有看到有人清扫", c.key()))
		c.refused("objecting twice", c.App.Object(ctx, b, x.ID, "还是没有看到", c.key()), fault.Conflict, "已经对这条")
		p, err := c.App.Award(ctx, c.desk, x.ID)
		c.OK(err)
		o := p.Objections[0].ID
		c.refused("confirming what nobody proposed", c.App.ConfirmObjection(ctx, c.desk2, o, true, c.key()), fault.Conflict, "没有待确认")
		c.OK(c.App.ProposeObjection(ctx, c.desk, o, false, "调取楼道照片，确有清扫", c.key()))
		c.refused("confirming one's own proposal", c.App.ConfirmObjection(ctx, c.desk, o, true, c.key()), fault.Forbidden, "另一人")
		c.Pass(10 * 24 * time.Hour)
		if c.state(x).State != points.Objected {
			t.Error("an award with an open objection was let go on")
		}
		c.OK(c.App.ConfirmObjection(ctx, c.desk2, o, true, c.key()))
		c.refused("an objection after the deadline", c.App.Object(ctx, c.Resident("13800000003"), x.ID, "迟来的异议", c.key()), fault.Conflict, "异议期已于")
		c.Pass(time.Minute)
		if s := c.state(x); s.State != points.Posted || s.Pool != oneCommunity || c.balance(a) != 10 {
			t.Errorf("posted %+v, balance %d", s, c.balance(a))
		}
		c.refused("reversing what one approved", c.App.ReverseAward(ctx, c.desk, x.ID, "误记", c.key()), fault.Forbidden, "已经复核过")
		c.OK(c.App.ReverseAward(ctx, c.desk2, x.ID, "查实未参加", c.key()))
		if s := c.state(x); s.State != points.Reversed || c.balance(a) != 0 {
			t.Errorf("reversed %+v, balance %d", s, c.balance(a))
		}
		c.sound()
	})
}

func TestAnObjectionUpheldEndsTheAward(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		c, ctx := newCircle(w), context.Background()
		a := c.Resident("13800000001")
		x := c.apply(a, "env-cleanup")
		c.OK(c.decide(c.desk, x, app.Approve))
		for i := range 2 {
			c.OK(c.App.Object(ctx, c.Resident(fmt.Sprint("1380000001", i)), x.ID, "照片不是本小区", c.key()))
		}
		p, err := c.App.Award(ctx, c.desk, x.ID)
		c.OK(err)
		o := p.Objections[1].ID
		c.OK(c.App.ProposeObjection(ctx, c.desk, o, true, "核实照片为其他小区", c.key()))
		c.OK(c.App.ConfirmObjection(ctx, c.street, o, false, c.key()))
		c.OK(c.App.ProposeObjection(ctx, c.desk2, o, true, "核实照片为其他小区", c.key()))
		c.refused("confirming what one approved", c.App.ConfirmObjection(ctx, c.desk, o, true, c.key()), fault.Forbidden, "由您复核通过")
		c.OK(c.App.ConfirmObjection(ctx, c.street, o, true, c.key()))
		p, err = c.App.Award(ctx, c.desk, x.ID)
		c.OK(err)
		if p.State != points.Refused || p.Objections[0].State != "upheld" || p.Objections[1].State != "upheld" {
			t.Errorf("%s, objections %+v", p.State, p.Objections)
		}
		c.Pass(30 * 24 * time.Hour)
		if c.balance(a) != 0 {
			t.Error("a refused award was posted")
		}
		c.sound()
	})
}

func TestNobodyReviewsTheirOwnHousehold(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		c, ctx := newCircle(w), context.Background()
		a, b := c.Resident("13800000001"), c.Resident("13800000002")
		// The desk's own phone: the same human being, entered twice.
		kin := c.StaffWithPhone("clerk", "测试同住", "13800000002", casework.Duty{Role: "community_desk", Area: oneCommunity})
		c.OK(c.App.AddHousehold(ctx, c.desk, oneCommunity, "13800000001", c.key()))
		home, err := c.App.MyHousehold(ctx, a)
		c.OK(err)
		x, own := c.apply(a, "env-cleanup"), c.apply(b, "haircut")
		c.refused("an award of one's own", c.decide(kin, own, app.Approve), fault.Forbidden, "本人的积分")
		c.OK(c.App.AddMember(ctx, c.desk, home.ID, "13800000002", c.key()))
		c.refused("a household member's award", c.decide(kin, x, app.Approve), fault.Forbidden, "家庭成员")
		p, err := c.App.Award(ctx, kin, x.ID)
		c.OK(err)
		if p.Why == nil || len(p.May) != 0 {
			t.Errorf("the page offers %v, why %v", p.May, p.Why)
		}
		// A household's award is paid to its head; twenty points and more are reviewed by two people.
		y := c.apply(b, "honour-province")
		c.refused("a household's award, by a member", c.decide(kin, y, app.Approve), fault.Forbidden, "")
		c.OK(c.decide(c.desk, y, app.Approve))
		if c.state(y).State != points.Reviewed {
			t.Errorf("thirty points after one review: %s", c.state(y).State)
		}
		both := c.Staff("both", "测试两岗", casework.Duty{Role: "community_desk", Area: oneCommunity}, casework.Duty{Role: "street_desk", Area: oneStreet})
		z := c.apply(b, "honour-national")
		c.OK(c.decide(both, z, app.Approve))
		c.refused("both reviews by one person", c.decide(both, z, app.Approve), fault.Forbidden, "另一次须由其他人")
		c.OK(c.decide(c.street, y, app.Approve))
		c.Pass(10 * 24 * time.Hour)
		if c.balance(a) != 30 || c.balance(b) != 0 {
			t.Errorf("the head has %d, the member %d", c.balance(a), c.balance(b))
		}
		c.refused("the head leaves first", c.App.RemoveMember(ctx, c.desk, home.ID, a.Person, c.key()), fault.Conflict, "户主")
		c.OK(c.App.SetHead(ctx, c.desk, home.ID, b.Person, c.key()))
		c.OK(c.App.RemoveMember(ctx, c.desk, home.ID, a.Person, c.key()))
		c.refused("another community's household", c.App.AddMember(ctx, c.Staff("other", "测试外社", casework.Duty{Role: "community_desk", Area: "330108001002"}), home.ID, "13800000001", c.key()), fault.Forbidden, "职责范围")
		c.sound()
	})
}

func TestCapsAndTheSameEvidenceAreRefused(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		c, ctx := newCircle(w), context.Background()
		a, b := c.Resident("13800000001"), c.Resident("13800000002")
		apply := func(by app.Viewer, change func(*app.Application)) error {
			f := c.form(by, "env-cleanup")
			change(&f)
			_, err := c.App.Apply(ctx, by, f)
			return err
		}
		day := func(n int) string { return c.Now().AddDate(0, 0, -n).Format(time.DateOnly) }
		c.OK(apply(a, func(f *app.Application) { f.Photos = []int64{c.photo(a, "first", 0xF0F0)} }))
		c.refused("twice a day", apply(a, func(*app.Application) {}), fault.Conflict, "每天最多 1 次，已有 1 次")
		c.refused("the same file", apply(a, func(f *app.Application) { f.Day, f.Photos = day(1), []int64{c.photo(a, "first", 0xF0F0)} }), fault.Invalid, "已经用于")
		c.refused("a neighbour with the same file", apply(b, func(f *app.Application) { f.Photos = []int64{c.photo(b, "first", 0xF0F0)} }), fault.Invalid, "已经用于")
		c.refused("nearly the same picture", apply(a, func(f *app.Application) { f.Day, f.Photos = day(1), []int64{c.photo(a, "second", 0xF0F1)} }), fault.Invalid, "几乎相同")
		c.OK(apply(b, func(f *app.Application) { f.Photos = []int64{c.photo(b, "third", 0xF0F3)} })) // like a neighbour's: for the reviewer to see
		queue, err := c.App.ReviewQueue(ctx, c.desk, 0, 10)
		c.OK(err)
		p, err := c.App.Award(ctx, c.desk, queue[1].ID)
		c.OK(err)
		if len(p.Alike) != 1 || p.Alike[0].Same {
			t.Errorf("alike %+v", p.Alike)
		}
		c.refused("somebody else's photo", apply(b, func(f *app.Application) { f.Day, f.Photos = day(1), []int64{c.photo(a, "x", 1)} }), fault.Invalid, "照片已失效")
		c.refused("without a photo", apply(b, func(f *app.Application) { f.Day, f.Photos = day(1), nil }), fault.Invalid, "需要现场照片")
		c.refused("tomorrow", apply(b, func(f *app.Application) { f.Day = day(-1) }), fault.Invalid, "不能晚于今天")
		c.refused("long ago", apply(b, func(f *app.Application) { f.Day = day(61) }), fault.Invalid, "60 天内")
		c.refused("outside the district", apply(b, func(f *app.Application) { f.Point, f.HasPoint = geo.Point{Lng: 121, Lat: 31}, true }), fault.Invalid, "不在")
		c.refused("a household's item without a household", apply(b, func(f *app.Application) { f.Rule = "honour-county" }), fault.Conflict, "还没有绑定家庭")
		c.refused("what comes by itself", apply(b, func(f *app.Application) { f.Rule = "verified-report" }), fault.NotFound, "没有可以申报")
		for i := 3; i <= 5; i++ { // the month's forty points
			c.OK(apply(a, func(f *app.Application) { f.Day = day(i - 2) }))
		}
		c.Pass(24 * time.Hour)
		err = apply(a, func(*app.Application) {})
		if c.Now().Month() == time.March && err != nil && !strings.Contains(fault.Sentence(err, 0), "每月最多 40 分") {
			t.Errorf("the month's cap: %v", err)
		}
		c.sound()
	})
}

func TestNothingIsAwardedToTheDepartedOrErased(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		c, ctx := newCircle(w), context.Background()
		a := c.Resident("13800000001")
		x := c.apply(a, "env-cleanup")
		c.OK(c.decide(c.desk, x, app.Approve))
		c.refused("no reason", c.App.Depart(ctx, c.desk, "13800000001", "died", "", c.key()), fault.Invalid, "4 至 200")
		c.OK(c.App.Depart(ctx, c.desk, "13800000001", "moved", "户籍迁出证明", c.key()))
		who, err := c.App.LookUp(ctx, c.desk, "13800000001")
		c.OK(err)
		if who.Left.IsZero() || who.Name != "居*" {
			t.Errorf("looked up %+v", who)
		}
		f := c.form(a, "haircut")
		_, err = c.App.Apply(ctx, a, f)
		c.refused("an application after leaving", err, fault.Conflict, "已迁出本区")
		c.Pass(10 * 24 * time.Hour)
		if s := c.state(x); s.State != points.Refused || !strings.Contains(s.Reason, "已迁出本区") || c.balance(a) != 0 {
			t.Errorf("what was in publicity became %s: %s", s.State, s.Reason)
		} else if en := lang.OfLine(s.Reason).EN; en == "" || strings.ContainsFunc(en, func(r rune) bool { return r > 0x2fff }) {
			t.Errorf("in English it says %q", en)
		}
		c.OK(c.App.Comeback(ctx, c.desk, "13800000001", "迁回本区居住", c.key()))
		_, err = c.App.Apply(ctx, a, f)
		c.OK(err)
		looks, err := c.App.WhoLooked(ctx, a)
		c.OK(err)
		if len(looks) < 3 {
			t.Errorf("the resident sees %d changes and looks", len(looks))
		}
		c.sound()
	})
}

// closeReport plays a report until it is closed and paid.
func (c *circleOf) closeReport(by app.Viewer, key string) casework.Case {
	c.T.Helper()
	k, err := c.App.Submit(context.Background(), by, app.Report{Key: key, Matter: "E0102", Text: "楼下垃圾成堆，影响通行", Point: geo.Point{Lng: 120.205, Lat: 30.195}, HasPoint: true})
	c.OK(err)
	worker := c.Staff("worker"+key, "测试网格员", casework.Duty(k.Holder))
	k = c.Move(worker, k, "settle", func(m *casework.Command) {
		m.Fields["result_text"] = "已清运"
		m.Photos = []string{fmt.Sprint(c.photo(worker, "done"+key, 1))}
	})
	k = c.Move(c.Staff("verifier"+key, "测试核查", casework.Duty(k.Holder)), k, "pass", nil)
	return c.Move(c.Staff("closer"+key, "测试结案", casework.Duty(k.Holder)), k, "close", nil)
}

func TestACaseClosesWhateverThePoolsHold(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		c, ctx := newCircle(w), context.Background()
		a := c.Resident("13800000001")
		c.drain("330108")
		c.drain(oneCommunity)
		k := c.closeReport(a, "1")
		if c.balance(a) != 0 {
			t.Fatal("points came out of empty pools")
		}
		own, err := c.App.OwnApplications(ctx, a, 0, 10)
		c.OK(err)
		if len(own) != 1 || own[0].State != points.Waiting || own[0].Reason == "" || own[0].Ref != "case:"+k.Number {
			t.Fatalf("closing made %+v", own)
		}
		p, err := c.App.PoolsPage(ctx, c.district)
		c.OK(err)
		if p.Sum.Waiting != 5 {
			t.Errorf("waiting %d: %+v", p.Sum.Waiting, p.Pools)
		}
		c.refused("no document", c.App.Allot(ctx, c.district, "330108", 100, "", "", c.key()), fault.Invalid, "2 至 60")
		c.refused("no points", c.App.Allot(ctx, c.district, "330108", 0, "区财〔2026〕1 号", "", c.key()), fault.Invalid, "1 到")
		c.refused("by a community", c.App.Allot(ctx, c.desk, oneCommunity, 5, "无", "", c.key()), fault.Forbidden, "")
		key := c.key()
		c.OK(c.App.Allot(ctx, c.district, "330108", 8, "区财〔2026〕1 号", "", key))
		c.OK(c.App.Allot(ctx, c.district, "330108", 8, "区财〔2026〕1 号", "", key))
		if s := c.state(own[0]); s.State != points.Posted || s.Pool != "330108" || c.balance(a) != 5 {
			t.Errorf("after the budget came: %+v", s)
		}
		c.OK(c.App.Allot(ctx, c.district, k.Place.Area[:9], 100, "区财〔2026〕2 号", "", c.key()))
		c.closeReport(a, "2")
		last, err := c.App.OwnApplications(ctx, a, 0, 1)
		c.OK(err)
		if last[0].Pool != k.Place.Area[:9] || c.balance(a) != 10 {
			t.Errorf("the street does not pay before the district: %+v", last[0])
		}
		c.sound()
	})
}

// drain empties a pool, as if it had been spent.
func (c *circleOf) drain(area string) {
	c.T.Helper()
	c.OK(c.App.DB().InTx(context.Background(), apptest.Zone, func(tx *store.Tx) error {
		pool := ledger.Of(ledger.Pool, area)
		book, err := tx.Account(pool, ledger.Point)
		if err != nil {
			return err
		}
		_, err = tx.Post(ledger.Transfer{ID: "drain:" + area, From: pool, To: ledger.Of(ledger.Issue, "330108"), Asset: ledger.Point, Amount: book.Balance, Reason: "test"})
		return err
	}))
}

func TestAnAwardWaitsForItsBudget(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		c, ctx := newCircle(w), context.Background()
		c.drain(oneCommunity)
		a := c.Resident("13800000001")
		x := c.apply(a, "env-cleanup") // paid by the community or the street, not by the district
		c.OK(c.decide(c.desk, x, app.Approve))
		c.Pass(10 * 24 * time.Hour)
		if s := c.state(x); s.State != points.Waiting || !strings.Contains(s.Reason, "待拨付") {
			t.Fatalf("%s: %s", s.State, s.Reason)
		}
		c.Pass(time.Hour)
		c.OK(c.App.Allot(ctx, c.district, oneStreet, 10, "区财〔2026〕1 号", "", c.key()))
		if s := c.state(x); s.State != points.Posted || s.Pool != oneStreet || c.balance(a) != 10 {
			t.Errorf("%+v", s)
		}
		c.sound()
	})
}

// TestRandomLivesKeepTheRules plays some months at random and then asks whether every promise was kept.
func TestRandomLivesKeepTheRules(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "g.db"))
			c, ctx, r := newCircle(w), context.Background(), rand.New(rand.NewPCG(seed, 1))
			var residents []app.Viewer
			for i := range 6 {
				residents = append(residents, c.Resident(fmt.Sprint("1380000000", i)))
			}
			c.OK(c.App.AddHousehold(ctx, c.desk, oneCommunity, "13800000000", c.key()))
			home, err := c.App.MyHousehold(ctx, residents[0])
			c.OK(err)
			c.OK(c.App.AddMember(ctx, c.desk, home.ID, "13800000001", c.key()))
			staff := []app.Viewer{c.desk, c.desk2, c.street}
			var awards []points.Award
			pick := func() points.Award { return awards[r.IntN(len(awards))] }
			for range 160 {
				by, judge := residents[r.IntN(len(residents))], staff[r.IntN(len(staff))]
				switch n := r.IntN(10); {
				case n < 4 || len(awards) == 0:
					f := c.form(by, []string{"env-cleanup", "neighbour-help", "haircut", "honour-county", "honour-province"}[r.IntN(5)])
					f.Day = c.Now().AddDate(0, 0, -r.IntN(4)).Format(time.DateOnly)
					if x, err := c.App.Apply(ctx, by, f); err == nil {
						awards = append(awards, x)
					} else if len(fault.Fields(err)) == 0 {
						t.Fatal(err)
					}
				case n < 7:
					x := pick()
					_ = c.decide(judge, x, []app.Decision{app.Approve, app.Approve, app.Approve, app.SendBack, app.Decline}[r.IntN(5)])
				case n < 8:
					_ = c.App.Object(ctx, by, pick().ID, "看不出是本小区", c.key())
				case n < 9:
					x := pick()
					p, err := c.App.Award(ctx, judge, x.ID)
					c.OK(err)
					for _, o := range p.Objections {
						_ = c.App.ProposeObjection(ctx, judge, o.ID, r.IntN(2) == 0, "已到现场核实", c.key())
						_ = c.App.ConfirmObjection(ctx, staff[r.IntN(3)], o.ID, r.IntN(3) > 0, c.key())
					}
					if r.IntN(4) == 0 {
						_ = c.App.ReverseAward(ctx, judge, x.ID, "核查不属实", c.key())
					}
				default:
					c.Pass(time.Duration(r.IntN(60)) * time.Hour)
				}
			}
			c.Pass(40 * 24 * time.Hour)
			c.sound()
			c.promises(home)
		})
	}
}

// promises checks separation of duties, caps, and that what awards posted is what the books hold.
func (c *circleOf) promises(home app.Home) {
	t := c.T
	t.Helper()
	z, err := c.App.Zone(context.Background(), apptest.Zone)
	c.OK(err)
	posted, states := map[ledger.Account]int64{}, map[points.State]int{}
	type span struct {
		subject, rule string
		per           points.Period
		first         int
	}
	had := map[span]points.Count{}
	c.OK(c.App.DB().View(context.Background(), apptest.Zone, func(r *store.Reader) error {
		err := r.EachAward(func(a points.Award, events []points.Event) error {
			states[a.State]++
			for _, e := range events {
				if decided := e.Act == points.Refer || e.Act == points.Publish || e.Act == points.Refuse && e.Actor != 0; decided && (e.Actor == a.Person || e.Actor == a.By) {
					t.Errorf("award %d was decided by its own earner", a.ID)
				}
			}
			if len(a.Approved) == 2 && a.Approved[0] == a.Approved[1] {
				t.Errorf("award %d was approved twice by one person", a.ID)
			}
			rule, _ := z.PointRule(a.Rule)
			if (a.State == points.Posted || a.State == points.Reversed) && rule.Twice(a.Points) && len(a.Approved) < 2 {
				t.Errorf("award %d of %d points was posted after %d reviews", a.ID, a.Points, len(a.Approved))
			}
			if a.State != points.Posted {
				return nil
			}
			to := app.PersonAccount(casework.Person(a.Person))
			if a.Household != 0 {
				to = app.PersonAccount(home.Head)
			}
			posted[to] += a.Points
			for _, k := range rule.Caps {
				first, _ := k.Per.Around(a.Day)
				s := span{a.Subject(), a.Rule, k.Per, int(first)}
				n := had[s]
				n.Points, n.Times = n.Points+a.Points, n.Times+1
				if had[s] = n; k.Points > 0 && n.Points > k.Points || k.Times > 0 && n.Times > k.Times {
					t.Errorf("%+v exceeds %+v: %+v", s, k, n)
				}
			}
			return nil
		})
		for account, want := range posted {
			book, err := r.Account(account, ledger.Point)
			if err != nil || book.Balance != want {
				t.Errorf("%s holds %d, its awards come to %d (%v)", account, book.Balance, want, err)
			}
		}
		return err
	}))
	if states[points.Posted] == 0 || states[points.Refused] == 0 {
		t.Errorf("a dull life: %v", states)
	}
	t.Log(states)
}

func TestOwnDataHoldsAwardsObjectionsAndTheHousehold(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		c, ctx := newCircle(w), context.Background()
		a, b := c.Resident("13800000001"), c.Resident("13800000002")
		c.OK(c.App.AddHousehold(ctx, c.desk, oneCommunity, "13800000001", c.key()))
		c.OK(c.App.Mark(ctx, c.desk, "13800000001", points.Rider, true, c.key()))
		x, y := c.apply(a, "env-cleanup"), c.apply(b, "env-cleanup")
		c.OK(c.decide(c.desk, x, app.Approve))
		c.OK(c.decide(c.desk, y, app.Approve))
		c.OK(c.App.Object(ctx, a, y.ID, "当天没有看到这个人", c.key()))
		d, err := c.App.OwnData(ctx, a)
		c.OK(err)
		if len(d.Awards) != 1 || d.Awards[0].Points != 10 || d.Awards[0].Photos != 1 || len(d.Awards[0].History) != 2 || d.Awards[0].Item != "参加卫生整治" {
			t.Errorf("awards %+v", d.Awards)
		}
		if len(d.Objections) != 1 || d.Objections[0].Reason != "当天没有看到这个人" {
			t.Errorf("objections %+v", d.Objections)
		}
		if d.Household == nil || !d.Household.Head || d.Household.Members != 1 || len(d.EnteredAs) != 1 {
			t.Errorf("household %+v, entered as %v", d.Household, d.EnteredAs)
		}
		other, err := c.App.OwnData(ctx, b)
		c.OK(err)
		if len(other.Awards) != 1 || len(other.Objections) != 0 || other.Household != nil {
			t.Errorf("the other's: %+v", other)
		}
	})
}
