package web

import (
	"net/url"
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/ledger"
	"gezhi/internal/redeem"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"
)

// catalogueRows is how many rewards or redemptions a page shows.
const catalogueRows = 24

// rewardsPage is what points can be exchanged for.
type rewardsPage struct {
	Page ui.Page
	V    *visit
	app.Catalogue
	Near       app.Nearby
	Affordable bool
	Pages      ui.Pages
	In         ui.Input // of the form that says where one lives
}

func (s *Server) showRewards(v *visit) error {
	p, err := v.rewards()
	if err != nil {
		return err
	}
	return v.render(rewardsView(p))
}

func (v *visit) rewards() (rewardsPage, error) {
	q := v.URL.Query()
	p := rewardsPage{Page: v.page(v.lang.T("兑换奖品", "Rewards"), "points"), V: v, In: v.blankInput(), Affordable: q.Get("can") != "" && v.viewer.Known()}
	if near := app.Nearby(q.Get("near")); near == app.InStreet || near == app.InCommunity {
		p.Near = near
	}
	var err error
	p.Catalogue, err = v.s.app.Catalogue(v.Context(), v.viewer, p.Near, p.Affordable, afterIn(q), catalogueRows+1)
	p.Rewards, p.Pages = pageOf(v, p.Rewards, catalogueRows, func(w redeem.Reward) int64 { return w.ID })
	return p, err
}

func (s *Server) setHome(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	err := s.app.SetHome(v.Context(), v.viewer, v.PostForm.Get("community"))
	if wrong(err) {
		p, e := v.rewards()
		if e != nil {
			return e
		}
		p.In = v.input(err)
		return v.again(err, rewardsView(p))
	}
	if err != nil {
		return err
	}
	s.flash(v, ui.Green, v.lang.T("已登记所在社区。", "Your community is noted."))
	return v.goTo(v.to("rewards") + "?near=" + string(app.InCommunity))
}

// afterIn is the id a page begins after; anything unreadable is the first page.
func afterIn(q url.Values) int64 {
	n, _ := strconv.ParseInt(q.Get("after"), 10, 64)
	return max(0, n)
}

// pageOf cuts the row beyond the page and says where the next page and the first one are.
func pageOf[R any](v *visit, rows []R, most int, id func(R) int64) ([]R, ui.Pages) {
	var p ui.Pages
	q := v.URL.Query()
	if q.Get("after") != "" {
		q.Del("after")
		p.Previous = v.URL.Path + "?" + q.Encode()
	}
	if len(rows) > most {
		rows = rows[:most]
		q.Set("after", strconv.FormatInt(id(rows[most-1]), 10))
		p.Next = v.URL.Path + "?" + q.Encode()
	}
	return rows, p
}

func (p rewardsPage) view(near app.Nearby, can bool) string {
	q := url.Values{}
	if near != "" {
		q.Set("near", string(near))
	}
	if can {
		q.Set("can", "1")
	}
	if len(q) == 0 {
		return p.V.to("rewards")
	}
	return p.V.to("rewards") + "?" + q.Encode()
}

func (p rewardsPage) tabs() []ui.Tab {
	l := p.V.lang
	tab := func(near app.Nearby, label string) ui.Tab {
		return ui.Tab{Label: label, URL: p.view(near, p.Affordable), Current: p.Near == near}
	}
	tabs := []ui.Tab{tab(app.InDistrict, l.T("全区", "District"))}
	if p.Home != "" {
		tabs = append(tabs, tab(app.InCommunity, l.T("本社区", "My community")), tab(app.InStreet, l.T("本街道", "My street")))
	}
	return tabs
}

// placeName is the area that hands something out.
func (v *visit) placeName(area string) string { return v.zone.Tree.Path(area) }

// giver says who gives a reward.
func (v *visit) giver(sponsor int64) string {
	if sponsor == 0 {
		return v.lang.T("社区自办", "The community")
	}
	s := v.zone.Sponsors[sponsor]
	if s.Example {
		return s.Name + v.lang.T("（示例）", " (example)")
	}
	return s.Name
}

// rewardPage is one reward.
type rewardPage struct {
	Page ui.Page
	V    *visit
	app.Offer
	In ui.Input
}

func (s *Server) showReward(v *visit) error {
	p, err := v.reward()
	if err != nil {
		return err
	}
	return v.render(rewardView(p))
}

func (v *visit) reward() (rewardPage, error) {
	id, err := v.importID()
	if err != nil {
		return rewardPage{}, err
	}
	o, err := v.s.app.Offer(v.Context(), v.viewer, id)
	return rewardPage{Page: v.page(o.Name.In(v.lang), "points"), V: v, Offer: o, In: v.blankInput()}, err
}

func (s *Server) showRewardPhoto(v *visit) error {
	id, err := v.importID()
	if err != nil {
		return err
	}
	jpeg, err := s.app.RewardPhoto(v.Context(), v.zone.Code, id, v.URL.Query().Has("thumb"))
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "image/jpeg")
	v.w.Header().Set("Cache-Control", "public, max-age=600")
	v.w.Header().Set("Content-Length", strconv.Itoa(len(jpeg)))
	_, err = v.w.Write(jpeg)
	return err
}

func (s *Server) reserveReward(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := v.importID()
	if err != nil {
		return err
	}
	price, _ := strconv.ParseInt(v.PostForm.Get("price"), 10, 64)
	got, err := s.app.Reserve(v.Context(), v.viewer, id, price, v.PostForm.Get(ui.KeyName))
	if wrong(err) {
		p, e := v.reward()
		if e != nil {
			return e
		}
		p.In = ui.Input{Lang: v.lang, Err: err} // the page shows the reward as it is now, with a key of its own
		return v.again(err, rewardView(p))
	}
	if err != nil {
		return err
	}
	return v.goTo(v.to("pickups", itoa(got)))
}

// pickupsPage is a resident's redemptions.
type pickupsPage struct {
	Page  ui.Page
	V     *visit
	Open  []redeem.Redemption
	Over  []redeem.Redemption
	Pages ui.Pages
}

func (s *Server) showPickups(v *visit) error {
	p := pickupsPage{Page: v.page(v.lang.T("我的兑换", "My redemptions"), "points"), V: v}
	list, err := s.app.Pickups(v.Context(), v.viewer, afterIn(v.URL.Query()), catalogueRows+1)
	if err != nil {
		return err
	}
	list, p.Pages = pageOf(v, list, catalogueRows, func(d redeem.Redemption) int64 { return d.ID })
	for _, d := range list {
		if d.State == redeem.Reserved {
			p.Open = append(p.Open, d)
		} else {
			p.Over = append(p.Over, d)
		}
	}
	return v.render(pickupsView(p))
}

// stateTone is the colour of a redemption's state.
func stateTone(s redeem.State) ui.Tone {
	switch s {
	case redeem.Reserved:
		return ui.Blue
	case redeem.Collected:
		return ui.Green
	}
	return ui.Grey
}

// pickupPage is one redemption with its code.
type pickupPage struct {
	Page ui.Page
	V    *visit
	app.Pickup
	Now time.Time
	In  ui.Input
}

func (s *Server) showPickup(v *visit) error {
	p, err := v.pickup()
	if err != nil {
		return err
	}
	return v.render(pickupView(p))
}

func (v *visit) pickup() (pickupPage, error) {
	id, err := v.importID()
	if err != nil {
		return pickupPage{}, err
	}
	got, err := v.s.app.Pickup(v.Context(), v.viewer, id)
	return pickupPage{Page: v.page(v.lang.T("取货码", "Pick-up code"), "points"), V: v, Pickup: got, Now: v.s.app.Now(), In: v.blankInput()}, err
}

func (s *Server) cancelPickup(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := v.importID()
	if err != nil {
		return err
	}
	err = s.app.CancelPickup(v.Context(), v.viewer, id, v.PostForm.Get(ui.KeyName))
	if wrong(err) {
		p, e := v.pickup()
		if e != nil {
			return e
		}
		p.In = v.input(err)
		return v.again(err, pickupView(p))
	}
	if err != nil {
		return err
	}
	s.flash(v, ui.Green, v.lang.T("已取消，积分和奖品都已退回。", "Cancelled; the points and the piece have gone back."))
	return v.goTo(v.to("pickups"))
}

// scanAddress is what the QR code of a pick-up code holds: the counter's page with the code behind the #, where it reaches no
// server's log. A phone's own camera opens it too.
func (v *visit) scanAddress(code string) string {
	scheme := "http"
	if v.TLS != nil || v.s.Secure {
		scheme = "https"
	}
	return scheme + "://" + v.Host + v.to("counter") + "#" + code
}

// walletPage is a resident's points.
type walletPage struct {
	Page ui.Page
	V    *visit
	app.Wallet
	Now   time.Time
	Older string
}

const statementPage = 20

func (s *Server) showWallet(v *visit) error {
	before, _ := strconv.ParseInt(v.URL.Query().Get("before"), 10, 64)
	w, err := s.app.Wallet(v.Context(), v.viewer, before, statementPage)
	if err != nil {
		return err
	}
	p := walletPage{Page: v.page(v.lang.T("我的积分", "My points"), "points"), V: v, Wallet: w, Now: s.app.Now()}
	if n := len(w.Lines); n == statementPage && w.Lines[n-1].N > 1 {
		p.Older = "?before=" + strconv.FormatInt(w.Lines[n-1].N, 10)
	}
	return v.render(walletView(p))
}

// soonest are the lots that lapse first, as many as the page has room for.
func (p walletPage) soonest() []ledger.Lot { return p.Lots[:min(len(p.Lots), 4)] }

// said is a statement line in words: what happened, and where that needs it, why.
func (p walletPage) said(line store.StatementLine) (what, why string) {
	l := p.V.lang
	id, ours := app.ParseRedemptionRef(line.Ref)
	name := p.Names[id].Name.In(l)
	switch {
	case ours && line.Reverses != "" && line.Reason == string(redeem.Lapsed):
		return l.T("退回：", "Back: ") + name, l.T("逾期未领，积分回到原来的有效期。", "Not collected in time; the points keep the day they lapse.")
	case ours && line.Reverses != "":
		return l.T("退回：", "Back: ") + name, l.T("兑换已取消，积分回到原来的有效期。", "Cancelled; the points keep the day they lapse.")
	case ours && p.Names[id].State == redeem.Reserved:
		return l.T("预留：", "Set aside: ") + name, l.T("领取后正式支出，取消则退回。", "Spent once you collect it, back if you cancel.")
	case ours:
		return l.T("兑换：", "Redeemed: ") + name, ""
	case line.Reverses != "":
		return l.T("更正：", "Corrected: ") + p.V.reasonName(line.Reason), l.T("原来的一笔记错了，用这一笔冲回；原账保留可查。", "An earlier line was wrong and this one takes it back; the earlier line stays to be seen.")
	}
	return p.V.reasonName(line.Reason), ""
}

// reasonName is what a statement line was for.
func (v *visit) reasonName(id string) string {
	if r, ok := v.zone.PointRule(id); ok {
		return r.Name.In(v.lang)
	}
	switch id {
	case "lapse":
		return v.lang.T("到期失效", "Lapsed")
	case "gift":
		return v.lang.T("赠予", "A gift")
	case "redeem":
		return v.lang.T("兑换", "Redeemed")
	case "reversal":
		return v.lang.T("冲正", "Taken back")
	case "allotment":
		return v.lang.T("预算下达", "Budget given")
	}
	return id
}
