package web

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/idcode"
	"gezhi/internal/redeem"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// keptRewardsPage lists the rewards a desk keeps.
type keptRewardsPage struct {
	office
	List  []redeem.Reward
	Pages ui.Pages
}

func (s *Server) showKeptRewards(v *visit) error {
	list, err := s.app.KeptRewards(v.Context(), v.viewer, afterIn(v.URL.Query()), deskRows+1)
	if err != nil {
		return err
	}
	p := keptRewardsPage{office: v.office(v.lang.T("奖品与库存", "Rewards and stock"), "rewards", v.blankInput())}
	p.List, p.Pages = pageOf(v, list, deskRows, func(w redeem.Reward) int64 { return w.ID })
	return v.render(keptRewardsView(p))
}

// keptRewardPage is the form of one reward, new or not, with its stock.
type keptRewardPage struct {
	office
	app.KeptReward
	Stock ui.Input // of the stock's form
}

func (s *Server) showNewReward(v *visit) error { return v.untouched(v.newReward) }

func (v *visit) newReward(in ui.Input) (templ.Component, error) {
	return newRewardView(keptRewardPage{office: v.office(v.lang.T("新增奖品", "New reward"), "rewards", in)}), nil
}

func (s *Server) addReward(v *visit) error {
	f, err := v.rewardForm()
	var id int64
	if err == nil {
		id, err = s.app.AddReward(v.Context(), v.viewer, f, v.Form.Get(ui.KeyName))
	}
	return v.settle(err, v.newReward, v.lang.T("奖品已上架。", "The reward is in the catalogue."), v.to("desk", "rewards", itoa(id)))
}

// rewardForm reads the form of a reward and keeps its picture.
func (v *visit) rewardForm() (app.RewardForm, error) {
	photos, err := v.photos()
	get := v.Form.Get
	f := app.RewardForm{Name: get("name"), NameEN: get("name_en"), Text: get("text"), Area: get("area"), Address: get("address"), Hours: get("hours"), Sponsor: get("sponsor"),
		Price: get("price"), Limit: get("limit"), Per: get("per"), From: get("from"), To: get("to"), Pickup: get("pickup"), Stock: get("stock")}
	f.Revision, _ = strconv.ParseInt(get("revision"), 10, 64)
	if len(photos) > 0 {
		f.Photo, _ = strconv.ParseInt(photos[len(photos)-1], 10, 64)
		v.Form["photo_id"] = photos[len(photos)-1:]
	}
	return f, err
}

func (s *Server) showKeptReward(v *visit) error { return v.untouched(v.keptReward) }

func (v *visit) keptReward(in ui.Input) (templ.Component, error) {
	id, err := v.importID()
	if err != nil {
		return nil, err
	}
	k, err := v.s.app.KeptReward(v.Context(), v.viewer, id)
	if err != nil {
		return nil, err
	}
	p := keptRewardPage{office: v.office(k.Name.In(v.lang), "rewards", in), KeptReward: k, Stock: v.blankInput()}
	if strings.HasSuffix(v.URL.Path, "/stock") {
		p.In, p.Stock = v.blankInput(), in
	}
	return keptRewardView(p), nil
}

func (s *Server) editReward(v *visit) error {
	id, err := v.importID()
	if err != nil {
		return err
	}
	f, err := v.rewardForm()
	if err == nil {
		err = s.app.EditReward(v.Context(), v.viewer, id, f, v.Form.Get(ui.KeyName))
	}
	return v.settle(err, v.keptReward, v.lang.T("已保存。已预留的兑换不受影响。", "Saved. What is reserved stays as promised."), v.to("desk", "rewards", itoa(id)))
}

func (s *Server) moveStock(v *visit) error {
	id, err := v.deskForm()
	if err != nil {
		return err
	}
	get := v.PostForm.Get
	err = s.app.MoveStock(v.Context(), v.viewer, id, app.StockForm{Kind: get("kind"), Amount: get("amount"), Sponsor: get("giver"), Note: get("note")}, get(ui.KeyName))
	return v.settle(err, v.keptReward, v.lang.T("库存已更新。", "The stock is updated."), v.to("desk", "rewards", itoa(id)))
}

// deskForm reads a form about the thing with the id in the address.
func (v *visit) deskForm() (int64, error) {
	id, err := v.importID()
	if err != nil {
		return 0, err
	}
	return id, v.parse()
}

func (s *Server) closeReward(v *visit) error {
	id, err := v.deskForm()
	if err == nil {
		err = s.app.CloseReward(v.Context(), v.viewer, id, v.PostForm.Get(ui.KeyName))
	}
	return v.settle(err, v.keptReward, v.lang.T("已下架。已预留的仍可领取。", "Taken out. What is reserved can still be collected."), v.to("desk", "rewards", itoa(id)))
}

func (s *Server) reopenReward(v *visit) error {
	id, err := v.deskForm()
	if err == nil {
		err = s.app.ReopenReward(v.Context(), v.viewer, id, v.PostForm.Get(ui.KeyName))
	}
	return v.settle(err, v.keptReward, v.lang.T("已重新上架。", "Back in the catalogue."), v.to("desk", "rewards", itoa(id)))
}

func (v *visit) rewardState(w redeem.Reward) templ.Component {
	l, now := v.lang, v.s.app.Now()
	switch {
	case !w.Closed.IsZero():
		return ui.Badge(ui.Grey, l.T("已下架", "taken out"))
	case now.Before(w.From):
		return ui.Badge(ui.Blue, l.T("未开始", "not yet"))
	case !w.Offered(now):
		return ui.Badge(ui.Grey, l.T("已结束", "over"))
	case w.Stock == 0:
		return ui.Badge(ui.Yellow, l.T("已兑完", "none left"))
	}
	return ui.Badge(ui.Green, l.T("可兑换", "offered"))
}

func (p keptRewardsPage) columns() ui.Sheet[redeem.Reward] {
	l := p.V.lang
	return ui.Sheet[redeem.Reward]{Caption: l.T("奖品", "Rewards"), Columns: []ui.Column[redeem.Reward]{
		ui.LinkColumn(l.T("名称", "Name"), ui.Main, func(w redeem.Reward) ui.Link {
			return ui.Link{Label: w.Name.In(l), URL: p.V.to("desk", "rewards", itoa(w.ID))}
		}),
		{Head: l.T("状态", "State"), Kind: ui.Brief, Cell: func(w redeem.Reward) templ.Component { return p.V.rewardState(w) }},
		ui.TextColumn(l.T("积分", "Points"), ui.Figures, func(w redeem.Reward) string { return ui.Number(w.Price) }),
		ui.TextColumn(l.T("库存", "Stock"), ui.Figures, func(w redeem.Reward) string { return ui.Number(w.Stock) }),
		ui.TextColumn(l.T("领取地点", "Place"), ui.Words, func(w redeem.Reward) string { return p.V.placeName(w.Area) }),
		ui.TextColumn(l.T("提供方", "Given by"), ui.Words, func(w redeem.Reward) string { return p.V.giver(w.Sponsor) }),
		ui.TextColumn(l.T("截止", "Until"), ui.Brief, func(w redeem.Reward) string {
			if w.To.IsZero() {
				return ""
			}
			return day(w.To.AddDate(0, 0, -1))
		}),
	}, Empty: ui.EmptyState{Icon: "gift", Title: l.T("还没有奖品", "No rewards yet"), Action: ui.Link{Label: l.T("新增奖品", "New reward"), URL: p.V.to("desk", "rewards", "new")}}}
}

func (p keptRewardPage) stockColumns() ui.Sheet[store.StockLine] {
	l := p.V.lang
	return ui.Sheet[store.StockLine]{Caption: l.T("库存明细", "Movements of stock"), Columns: []ui.Column[store.StockLine]{
		ui.TextColumn(l.T("事由", "What"), ui.Main, func(m store.StockLine) string { return redeem.MovementName(m.Kind).In(l) }),
		ui.TextColumn(l.T("数量", "Pieces"), ui.Figures, func(m store.StockLine) string { return signed(m.Amount) }),
		ui.TextColumn(l.T("结存", "Left"), ui.Figures, func(m store.StockLine) string { return ui.Number(m.After) }),
		{Head: l.T("时间", "When"), Kind: ui.Brief, Cell: func(m store.StockLine) templ.Component { return ui.Clock(l, p.V.s.app.Now(), m.At) }},
		ui.TextColumn(l.T("经办", "By"), ui.Brief, func(m store.StockLine) string {
			if m.By == 0 {
				return l.T("系统", "the system")
			}
			return p.Names[m.By]
		}),
		ui.TextColumn(l.T("说明", "Note"), ui.Words, func(m store.StockLine) string {
			if id, ok := strings.CutPrefix(m.Ref, "sponsor:"); ok {
				n, _ := strconv.ParseInt(id, 10, 64)
				return joined(p.V.zone.SponsorName(n), m.Note)
			}
			return m.Note
		}),
	}, Empty: ui.EmptyState{Icon: "package", Title: l.T("还没有入库", "Nothing brought in yet")}}
}

// keptAreas offers the streets and communities in which the viewer keeps rewards.
func (v *visit) keptAreas(p app.Power) []ui.Option {
	out := []ui.Option{{Label: v.lang.T("请选择", "Choose")}}
	for _, street := range v.zone.Tree.Children(strconv.Itoa(v.zone.Code)) {
		if v.viewer.CanIn(p, street.Code) {
			out = append(out, ui.Option{Value: street.Code, Label: street.Name + v.lang.T("（街道本级）", " (the street itself)"), Group: street.Name})
		}
		for _, c := range v.zone.Tree.Children(street.Code) {
			if v.viewer.CanIn(p, c.Code) && idcode.LevelOf(c.Code) == idcode.Community {
				out = append(out, ui.Option{Value: c.Code, Label: c.Name, Group: street.Name})
			}
		}
	}
	if len(out) == 2 {
		return out[1:] // nothing to choose
	}
	return out
}

func (v *visit) sponsorOptions(none string) []ui.Option {
	out := []ui.Option{{Label: none}}
	for _, s := range v.zone.ActiveSponsors(v.s.app.Now()) {
		out = append(out, ui.Option{Value: itoa(s.ID), Label: s.Name})
	}
	return out
}

func (v *visit) periodOptions() []ui.Option {
	out := []ui.Option{{Label: v.lang.T("不限", "no limit")}}
	for _, p := range redeem.Periods() {
		out = append(out, ui.Option{Value: string(p), Label: p.Name().In(v.lang)})
	}
	return out
}

// ordersPage lists redemptions at the desk.
type ordersPage struct {
	office
	List   []app.HandOut
	Pages  ui.Pages
	Export string
}

// readOrders reads the filter of the list from the address.
func (v *visit) readOrders() (app.OrderFilter, url.Values) {
	q := v.URL.Query()
	f := app.OrderFilter{State: redeem.State(q.Get("state")), After: afterIn(q)}
	f.Sponsor, _ = strconv.ParseInt(q.Get("sponsor"), 10, 64)
	date := func(name string) time.Time {
		t, _ := time.ParseInLocation(time.DateOnly, q.Get(name), calendar.Zone())
		return t
	}
	if f.From, f.To = date("from"), date("to"); !f.To.IsZero() {
		f.To = f.To.AddDate(0, 0, 1)
	}
	q.Del("after")
	return f, q
}

func (s *Server) showOrders(v *visit) error {
	f, q := v.readOrders()
	f.Limit = deskRows + 1
	list, err := s.app.Orders(v.Context(), v.viewer, f)
	if err != nil {
		return err
	}
	p := ordersPage{office: v.office(v.lang.T("兑换记录", "Redemptions"), "orders", ui.Input{Lang: v.lang, Values: q}), Export: v.to("desk", "orders.xlsx") + "?" + q.Encode()}
	p.List, p.Pages = pageOf(v, list, deskRows, func(h app.HandOut) int64 { return h.ID })
	return v.render(ordersView(p))
}

func (s *Server) exportOrders(v *visit) error {
	f, q := v.readOrders()
	l := v.lang
	words := v.orderWords(q)
	heads := []sheet.Heading{{Name: l.T("兑换编号", "Number"), Width: 20}, {Name: l.T("奖品", "Reward"), Width: 24}, {Name: l.T("积分", "Points"), Width: 10}, {Name: l.T("状态", "State"), Width: 12},
		{Name: l.T("兑换时间", "Reserved"), Width: 17}, {Name: l.T("了结时间", "Ended"), Width: 17}, {Name: l.T("领取地点", "Place"), Width: 30}, {Name: l.T("居民所在社区", "Community of the resident"), Width: 30},
		{Name: l.T("提供方", "Given by"), Width: 22}, {Name: l.T("发放柜台", "Counter"), Width: 26}}
	return v.sendFile("redemptions", l.T("兑换记录", "Redemptions"), heads, words, func(out fileRows) error {
		return s.app.ExportOrders(v.Context(), v.viewer, f, words, func(d redeem.Redemption) error {
			return out.Row(itoa(d.ID), d.Name.In(l), d.Price, d.State.Name().In(l), d.Reserved, d.Done, v.placeName(d.Place), v.homeName(d.Home), v.giver(d.Sponsor), v.counterName(d.Duty))
		})
	})
}

func (v *visit) homeName(code string) string {
	if code == "" {
		return v.lang.T("未登记", "not told")
	}
	return v.placeName(code)
}

func (v *visit) orderWords(q url.Values) string {
	var parts []string
	for _, name := range []string{"state", "sponsor", "from", "to"} {
		if s := q.Get(name); s != "" {
			switch name {
			case "state":
				s = redeem.State(s).Name().In(v.lang)
			case "sponsor":
				n, _ := strconv.ParseInt(s, 10, 64)
				s = v.zone.SponsorName(n)
			}
			parts = append(parts, s)
		}
	}
	if parts == nil {
		return v.lang.T("全部", "all")
	}
	return strings.Join(parts, " ")
}

func (p ordersPage) columns() ui.Sheet[app.HandOut] {
	l := p.V.lang
	return ui.Sheet[app.HandOut]{Caption: l.T("兑换记录", "Redemptions"), Columns: []ui.Column[app.HandOut]{
		ui.TextColumn(l.T("奖品", "Reward"), ui.Main, func(d app.HandOut) string { return d.Name.In(l) }),
		{Head: l.T("状态", "State"), Kind: ui.Brief, Cell: func(d app.HandOut) templ.Component {
			return ui.Badge(stateTone(d.State), d.State.Name().In(l))
		}},
		ui.TextColumn(l.T("积分", "Points"), ui.Figures, func(d app.HandOut) string { return ui.Number(d.Price) }),
		ui.TextColumn(l.T("居民", "Resident"), ui.Brief, func(d app.HandOut) string { return d.Who }),
		{Head: l.T("兑换时间", "Reserved"), Kind: ui.Brief, Cell: func(d app.HandOut) templ.Component { return ui.Clock(l, p.V.s.app.Now(), d.Reserved) }},
		{Head: l.T("了结时间", "Ended"), Kind: ui.Brief, Cell: func(d app.HandOut) templ.Component { return ui.Clock(l, p.V.s.app.Now(), d.Done) }},
		ui.TextColumn(l.T("领取地点", "Place"), ui.Words, func(d app.HandOut) string { return p.V.placeName(d.Place) }),
		ui.TextColumn(l.T("提供方", "Given by"), ui.Words, func(d app.HandOut) string { return p.V.giver(d.Sponsor) }),
		ui.TextColumn(l.T("发放柜台", "Counter"), ui.Words, func(d app.HandOut) string { return d.Counter.In(l) }),
	}, Empty: ui.EmptyState{Icon: "receipt", Title: l.T("没有符合条件的兑换", "Nothing fits")}}
}

func (v *visit) stateOptions() []ui.Option {
	out := []ui.Option{{Label: v.lang.T("全部", "All")}}
	for _, s := range redeem.States() {
		out = append(out, ui.Option{Value: string(s), Label: s.Name().In(v.lang)})
	}
	return out
}

// idOr is a number as a field holds it, "" for zero.
func idOr(n int64) string {
	if n == 0 {
		return ""
	}
	return itoa(n)
}

// lastDay is the last day on which a reward is offered, "" for no end.
func lastDay(w redeem.Reward) string {
	if w.To.IsZero() {
		return ""
	}
	return day(w.To.AddDate(0, 0, -1))
}

// counterName is the counter that handed something over, "" while nobody has.
func (v *visit) counterName(duty string) string {
	if duty == "" {
		return ""
	}
	zh, en := v.zone.HolderName(casework.ParseHolder(duty))
	return v.lang.T(zh, en)
}
