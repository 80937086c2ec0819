package web

import (
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/redeem"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// pointsPage is what the district's pages about points have in common.
type pointsPage struct {
	Page   ui.Page
	V      *visit
	Tabs   []ui.Tab
	Spans  []ui.Tab
	Period casework.Period // To zero: until now
	Span   string
	Export string
}

// pointsPage reads the time asked for: this year unless the address says otherwise.
func (v *visit) pointsPage(title, here string) pointsPage {
	l := v.lang
	p := pointsPage{Page: v.page(title, "points-overview"), V: v, Span: v.URL.Query().Get("span")}
	for _, t := range []struct{ key, zh, en string }{{"", "总览", "Overview"}, {"between", "跨社区", "Between communities"}, {"reconciliation", "对账", "Reconciliation"}, {"hints", "疑点提示", "Hints"}} {
		if (t.key == "reconciliation" || t.key == "hints") && !v.viewer.CanIn(app.Evaluate, itoa(v.zone.Code)) {
			continue
		}
		tab := ui.Tab{Label: l.T(t.zh, t.en), URL: v.to("desk", "points"), Current: t.key == here}
		if t.key != "" {
			tab.URL = v.to("desk", "points", t.key)
		}
		p.Tabs = append(p.Tabs, tab)
	}
	now := v.s.app.Now()
	switch p.Span {
	case "month":
		p.Period.From, p.Period.To = redeem.Month.Span(now)
	case "all":
	default:
		p.Span = "year"
		p.Period.From, p.Period.To = redeem.Year.Span(now)
	}
	for _, s := range []struct{ key, zh, en string }{{"month", "本月", "This month"}, {"year", "今年", "This year"}, {"all", "开通以来", "Since the beginning"}} {
		p.Spans = append(p.Spans, ui.Tab{Label: l.T(s.zh, s.en), URL: v.URL.Path + "?span=" + s.key, Current: p.Span == s.key})
	}
	return p
}

func (p pointsPage) spanWords() string {
	for _, s := range p.Spans {
		if s.Current {
			return s.Label
		}
	}
	return ""
}

// pointsOverviewPage is the district's figures.
type pointsOverviewPage struct {
	pointsPage
	app.PointsOverview
}

func (v *visit) pointsOverview() (pointsOverviewPage, error) {
	p := pointsOverviewPage{pointsPage: v.pointsPage(v.lang.T("积分总览", "Points"), "")}
	var err error
	p.PointsOverview, err = v.s.app.PointsOverview(v.Context(), v.viewer, p.Period.From, p.Period.To)
	if v.viewer.Can(app.Export) {
		p.Export = v.to("desk", "points.xlsx") + "?span=" + p.Span
	}
	return p, err
}

func (s *Server) showPointsOverview(v *visit) error {
	p, err := v.pointsOverview()
	if err != nil {
		return err
	}
	return v.render(pointsOverviewView(p))
}

func (p pointsOverviewPage) cards() []ui.StatCard {
	l := p.V.lang
	return []ui.StatCard{
		{Label: l.T("发放", "Issued"), Value: ui.Number(p.Issued), Note: l.T("发给居民和单位，已扣除更正", "to people and units, corrections taken off")},
		{Label: l.T("兑换", "Redeemed"), Value: ui.Number(p.Redeemed), Note: l.Tf("%s 件已领取", "%s pieces collected", ui.Number(p.Pieces.Items))},
		{Label: l.T("过期", "Lapsed"), Value: ui.Number(p.Expired)},
		{Label: l.T("兑付率", "Redeemed of issued"), Value: ui.Percent(p.Redeemed, p.Issued), Note: l.T("兑换÷发放", "redeemed ÷ issued")},
		{Label: l.T("未兑余额", "Owed to people"), Value: ui.Number(p.InHand + p.Held), Note: l.Tf("现在；其中已预留 %s", "now; %s of it set aside", ui.Number(p.Held))},
		{Label: l.T("预算余额", "In the pools"), Value: ui.Number(p.Budget), Note: l.T("现在，街道、社区合计", "now, streets and communities together")},
		{Label: l.T("30 天活跃率", "Active in 30 days"), Value: ui.Percent(p.Active, p.Accounts), Note: l.Tf("%s 人有收支÷%s 人开户", "%s earned or spent, of %s with an account", ui.Number(p.Active), ui.Number(p.Accounts))},
		{Label: l.T("跨社区兑换占比", "Collected elsewhere"), Value: ui.Percent(p.Pieces.Crossing, p.Pieces.Known), Note: l.T("在本社区以外领取÷已登记社区的居民领取", "elsewhere ÷ by people whose community is known"), URL: p.V.to("desk", "points", "between") + "?span=" + p.Span},
	}
}

func (p pointsOverviewPage) chart() ui.ChartSpec {
	l := p.V.lang
	c := ui.ChartSpec{ID: "points-months", Title: l.T("近六个月发放、兑换与过期", "Issued, redeemed and lapsed in six months"), Kind: ui.Bars, Unit: l.T("积分", "points"), Head: l.T("月份", "Month")}
	series := []ui.Series{{Name: l.T("发放", "Issued"), Tone: ui.Blue}, {Name: l.T("兑换", "Redeemed"), Tone: ui.Green}, {Name: l.T("过期", "Lapsed"), Tone: ui.Grey}}
	for _, m := range p.Months {
		c.Labels = append(c.Labels, m.From.Format("2006-01"))
		for i, n := range []int64{m.Issued, m.Redeemed, m.Expired} {
			series[i].Values = append(series[i].Values, ui.Values(float64(n))...)
		}
	}
	c.Series = series
	return c
}

func (p pointsOverviewPage) topChart() ui.ChartSpec {
	l := p.V.lang
	c := ui.ChartSpec{ID: "points-top", Title: l.T("最受欢迎的奖品", "Most wanted rewards"), Note: p.spanWords(), Kind: ui.Lying, Unit: l.T("件", ""), Head: l.T("奖品", "Reward")}
	s := ui.Series{Name: l.T("领取件数", "Collected"), Tone: ui.Green}
	for _, t := range p.Top {
		c.Labels = append(c.Labels, t.Name)
		s.Values = append(s.Values, ui.Values(float64(t.Items))...)
	}
	c.Series = []ui.Series{s}
	return c
}

func (p pointsOverviewPage) pools() ui.Sheet[store.PoolYear] {
	l := p.V.lang
	figure := func(zh, en string, of func(store.PoolYear) int64) ui.Column[store.PoolYear] {
		return ui.TextColumn(l.T(zh, en), ui.Figures, func(y store.PoolYear) string { return ui.Number(of(y)) })
	}
	return ui.Sheet[store.PoolYear]{Caption: l.T("预算池：", "Pools: ") + p.spanWords(), ShowCaption: true, Columns: []ui.Column[store.PoolYear]{
		ui.TextColumn(l.T("街道、社区", "Street or community"), ui.Main, func(y store.PoolYear) string { return p.V.placeName(y.Account.Owner()) }),
		figure("区里下达", "Budget", func(y store.PoolYear) int64 { return y.Budget }),
		figure("本地兑换回流", "Redeemed here", func(y store.PoolYear) int64 { return y.Back }),
		figure("单位回赠", "Gifts", func(y store.PoolYear) int64 { return y.Gifts }),
		figure("发放支出", "Awarded", func(y store.PoolYear) int64 { return y.Out }),
		figure("现有余额", "Now", func(y store.PoolYear) int64 { return y.Balance }),
		ui.TextColumn(l.T("预算执行率", "Of budget awarded"), ui.Figures, func(y store.PoolYear) string { return ui.Percent(y.Out, y.Budget) }),
	}, Empty: ui.EmptyState{Icon: "coins", Title: l.T("还没有预算池", "No pools yet"), Text: l.T("区里下达预算后，这里按街道、社区列出。", "Once the district gives budgets they are listed here.")}}
}

// exportPointsOverview sends the months and the pools as a file.
func (s *Server) exportPointsOverview(v *visit) error {
	p, err := v.pointsOverview()
	if err != nil {
		return err
	}
	l := v.lang
	heads := []sheet.Heading{{Name: l.T("类别", "What"), Width: 14}, {Name: l.T("名称", "Name"), Width: 30}, {Name: l.T("发放（下达）", "Issued or budget"), Width: 14}, {Name: l.T("兑换（回流）", "Redeemed"), Width: 14},
		{Name: l.T("过期", "Lapsed"), Width: 10}, {Name: l.T("单位回赠", "Gifts"), Width: 10}, {Name: l.T("发放支出", "Awarded"), Width: 12}, {Name: l.T("余额", "Balance"), Width: 12}}
	return v.sendFile("points", l.T("积分总览", "Points"), heads, p.spanWords(), func(out fileRows) error {
		if err := s.app.RecordExport(v.Context(), v.viewer, "points", p.spanWords()); err != nil {
			return err
		}
		if err := out.Row(l.T("合计", "Total"), p.spanWords(), p.Issued, p.Redeemed, p.Expired, "", "", p.InHand+p.Held); err != nil {
			return err
		}
		for _, m := range p.Months {
			if err := out.Row(l.T("月份", "Month"), m.From.Format("2006-01"), m.Issued, m.Redeemed, m.Expired, "", "", ""); err != nil {
				return err
			}
		}
		for _, y := range p.Pools {
			if err := out.Row(l.T("预算池", "Pool"), v.placeName(y.Account.Owner()), y.Budget, y.Back, "", y.Gifts, y.Out, y.Balance); err != nil {
				return err
			}
		}
		return nil
	})
}

// betweenPage is who collected where.
type betweenPage struct {
	pointsPage
	List []store.Crossing
}

func (v *visit) between() (betweenPage, error) {
	p := betweenPage{pointsPage: v.pointsPage(v.lang.T("跨社区兑换", "Between communities"), "between")}
	to := p.Period.To
	if to.IsZero() {
		to = v.s.app.Now().Add(time.Second)
	}
	var err error
	p.List, err = v.s.app.Between(v.Context(), v.viewer, p.Period.From, to)
	if v.viewer.Can(app.Export) {
		p.Export = v.to("desk", "points", "between.xlsx") + "?span=" + p.Span
	}
	return p, err
}

func (s *Server) showBetween(v *visit) error {
	p, err := v.between()
	if err != nil {
		return err
	}
	return v.render(betweenView(p))
}

// crosses reports a line about another community than the people's own.
func crosses(c store.Crossing) bool {
	x, _ := redeem.Redemption{Home: c.Home, Place: c.Place}.Crosses()
	return x
}

func (p betweenPage) columns() ui.Sheet[store.Crossing] {
	l := p.V.lang
	return ui.Sheet[store.Crossing]{Caption: l.T("居民所在社区与领取地点", "Where people live and where they collected"), Columns: []ui.Column[store.Crossing]{
		ui.TextColumn(l.T("居民所在社区", "People of"), ui.Main, func(c store.Crossing) string { return p.V.homeName(c.Home) }),
		ui.TextColumn(l.T("领取地点", "Collected at"), ui.Words, func(c store.Crossing) string { return p.V.placeName(c.Place) }),
		{Head: l.T("跨社区", "Elsewhere"), Kind: ui.Brief, Cell: func(c store.Crossing) templ.Component {
			if crosses(c) {
				return ui.Badge(ui.Blue, l.T("跨社区", "elsewhere"))
			}
			return ui.Text("—")
		}},
		ui.TextColumn(l.T("件数", "Pieces"), ui.Figures, func(c store.Crossing) string { return ui.Number(c.Items) }),
		ui.TextColumn(l.T("积分", "Points"), ui.Figures, func(c store.Crossing) string { return ui.Number(c.Points) }),
	}, Empty: ui.EmptyState{Icon: "arrows-exchange", Title: l.T("这一时段没有已领取的兑换", "Nothing was collected in this time")}}
}

func (s *Server) exportBetween(v *visit) error {
	p, err := v.between()
	if err != nil {
		return err
	}
	l := v.lang
	heads := []sheet.Heading{{Name: l.T("居民所在社区", "People of"), Width: 30}, {Name: l.T("领取地点", "Collected at"), Width: 30}, {Name: l.T("跨社区", "Elsewhere"), Width: 10}, {Name: l.T("件数", "Pieces"), Width: 10}, {Name: l.T("积分", "Points"), Width: 12}}
	return v.sendFile("between", l.T("跨社区兑换", "Between communities"), heads, p.spanWords(), func(out fileRows) error {
		if err := s.app.RecordExport(v.Context(), v.viewer, "points", p.spanWords()); err != nil {
			return err
		}
		for _, c := range p.List {
			if err := out.Row(v.homeName(c.Home), v.placeName(c.Place), l.T(onOff(crosses(c), "是", "否"), onOff(crosses(c), "yes", "no")), c.Items, c.Points); err != nil {
				return err
			}
		}
		return nil
	})
}

// reconciliationPage compares the books with what led to them.
type reconciliationPage struct {
	pointsPage
	app.Reconciliation
}

func (s *Server) showReconciliation(v *visit) error {
	p := reconciliationPage{pointsPage: v.pointsPage(v.lang.T("积分对账", "Reconciliation"), "reconciliation")}
	var err error
	if p.Reconciliation, err = s.app.Reconcile(v.Context(), v.viewer); err != nil {
		return err
	}
	return v.render(reconciliationView(p))
}

func (p reconciliationPage) classes() ui.Sheet[store.ClassSum] {
	l := p.V.lang
	return ui.Sheet[store.ClassSum]{Caption: l.T("各类账户余额合计", "Balances by class"), Columns: []ui.Column[store.ClassSum]{
		ui.TextColumn(l.T("账户类别", "Class"), ui.Main, func(c store.ClassSum) string { return app.ClassName(c.Class).In(l) }),
		ui.TextColumn(l.T("账户数", "Accounts"), ui.Figures, func(c store.ClassSum) string { return ui.Number(c.Accounts) }),
		ui.TextColumn(l.T("余额合计（积分）", "Points"), ui.Figures, func(c store.ClassSum) string { return ui.Number(c.Sum) }),
	}}
}

func (p reconciliationPage) sponsors() ui.Sheet[store.SponsorSum] {
	l := p.V.lang
	return ui.Sheet[store.SponsorSum]{Caption: l.T("合作单位", "Sponsors"), Columns: []ui.Column[store.SponsorSum]{
		ui.TextColumn(l.T("合作单位", "Sponsor"), ui.Main, func(s store.SponsorSum) string { return s.Name }),
		ui.TextColumn(l.T("账户余额", "Account"), ui.Figures, func(s store.SponsorSum) string { return ui.Number(s.Balance) }),
		ui.TextColumn(l.T("领取－回赠－结算", "Collected − given − settled"), ui.Figures, func(s store.SponsorSum) string { return ui.Number(s.Expected) }),
		{Head: l.T("核对", "Check"), Kind: ui.Brief, Cell: func(s store.SponsorSum) templ.Component { return p.agrees(s.Balance == s.Expected) }},
	}, Empty: ui.EmptyState{Icon: "building-store", Title: l.T("还没有合作单位", "No sponsors yet")}}
}

func (p reconciliationPage) agrees(yes bool) templ.Component {
	if yes {
		return ui.Light(ui.Green, p.V.lang.T("相符", "agrees"))
	}
	return ui.Light(ui.Red, p.V.lang.T("不符", "differs"))
}

// hintsPage shows what looks unusual.
type hintsPage struct {
	pointsPage
	app.Hints
}

func (s *Server) showHints(v *visit) error {
	p := hintsPage{pointsPage: v.pointsPage(v.lang.T("疑点提示", "Hints"), "hints")}
	var err error
	if p.Hints, err = s.app.Hints(v.Context(), v.viewer); err != nil {
		return err
	}
	return v.render(hintsView(p))
}

func (p hintsPage) columns() ui.Sheet[app.Hint] {
	l := p.V.lang
	return ui.Sheet[app.Hint]{Caption: l.T("申报、复核与兑换疑点", "Hints about applications, reviews and redemptions"), Columns: []ui.Column[app.Hint]{
		{Head: l.T("情形", "What"), Kind: ui.Main, Cell: func(h app.Hint) templ.Component {
			name, why := app.HintKind(h.Kind)
			return hintCell(name.In(l), why.In(l))
		}},
		ui.TextColumn(l.T("居民（脱敏）或柜台", "Resident (masked) or counter"), ui.Words, func(h app.Hint) string {
			who := strings.Join(h.Who, l.T("、", ", "))
			if h.People > len(h.Who) {
				return l.Tf("%[1]s 等 %[2]d 人", "%[1]s and others, %[2]d people", who, h.People)
			}
			return who
		}),
		ui.TextColumn(l.T("地点", "Place"), ui.Words, func(h app.Hint) string {
			if h.Place == "" {
				return ""
			}
			return p.V.placeName(h.Place)
		}),
		ui.TextColumn(l.T("件数", "Pieces"), ui.Figures, func(h app.Hint) string { return ui.Number(h.Count) }),
		{Head: l.T("最近一次", "Latest"), Kind: ui.Brief, Cell: func(h app.Hint) templ.Component { return ui.Clock(l, p.V.s.app.Now(), h.At) }},
	}, Empty: ui.EmptyState{Icon: "circle-check", Title: l.T("近 90 天的申报、复核和兑换没有发现异常", "Nothing unusual about applications, reviews and redemptions in 90 days")}}
}

func (p hintsPage) photos() ui.Sheet[app.PhotoHint] {
	l := p.V.lang
	return ui.Sheet[app.PhotoHint]{Caption: l.T("同一张照片用于多次反映或申报", "One picture, several reports or awards"), Columns: []ui.Column[app.PhotoHint]{
		ui.TextColumn(l.T("照片", "Picture"), ui.Main, func(h app.PhotoHint) string { return "#" + itoa(h.Photo) }),
		ui.TextColumn(l.T("案件数", "Reports"), ui.Figures, func(h app.PhotoHint) string { return ui.Number(h.SamePhoto.Cases) }),
		ui.TextColumn(l.T("申报数", "Awards"), ui.Figures, func(h app.PhotoHint) string { return ui.Number(h.SamePhoto.Awards) }),
		ui.TextColumn(l.T("上传人数", "People"), ui.Figures, func(h app.PhotoHint) string { return ui.Number(h.People) }),
		{Head: l.T("最近一次", "Latest"), Kind: ui.Brief, Cell: func(h app.PhotoHint) templ.Component { return ui.Clock(l, p.V.s.app.Now(), h.Last) }},
		{Head: l.T("案件与申报", "Cases and awards"), Cell: func(h app.PhotoHint) templ.Component { return photoLinks(p.V, h) }},
	}, Empty: ui.EmptyState{Icon: "photo", Title: l.T("近 90 天没有重复的照片", "No picture came twice in 90 days")}}
}
