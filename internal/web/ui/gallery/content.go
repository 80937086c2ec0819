package gallery

import (
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"

	"gezhi/internal/lang"
	"gezhi/internal/web/ui"
)

func (s sample) layer() ui.MapLayer {
	return ui.MapLayer{Boundaries: Root + "data/grids.geojson", Illustrative: true}
}

func (s sample) matters() []ui.Option {
	l := s.l
	return []ui.Option{
		{Value: "", Label: l.T("请选择", "Choose")},
		{Value: "0201", Label: s.t("共享单车乱停放", "Shared bikes left in the way"), Group: l.T("街面秩序", "Street order")},
		{Value: "0202", Label: s.t("占道经营", "Trading on the pavement"), Group: l.T("街面秩序", "Street order")},
		{Value: "0101", Label: s.t("暴露垃圾", "Litter in the open"), Group: l.T("市容环境", "Cleanliness")},
		{Value: "0102", Label: s.t("道路积水", "Water on the road"), Group: l.T("市容环境", "Cleanliness")},
	}
}

func (s sample) kinds() []ui.Option {
	return []ui.Option{
		{Value: "event", Label: s.t("环境秩序", "Streets and order"), Hint: s.t("垃圾、占道、设施损坏", "Litter, obstruction, damage")},
		{Value: "safety", Label: s.t("安全隐患", "Danger"), Hint: s.t("消防通道、用电、井盖", "Fire lanes, wiring, manholes")},
	}
}

func (s sample) phases() []ui.Phase {
	names := [][2]string{{"信息收集", "Collect"}, {"案卷建立", "File"}, {"任务派遣", "Dispatch"}, {"任务处理", "Handle"}, {"处理反馈", "Report back"}, {"核查结案", "Verify"}, {"综合评价", "Rate"}}
	list := make([]ui.Phase, len(names))
	for i, n := range names {
		list[i] = ui.Phase{Label: s.t(n[0], n[1])}
		if i < 3 {
			list[i].State, list[i].Note = ui.Done, ui.When(s.l, now, now.Add(time.Duration(i-30)*time.Hour))
		}
	}
	list[3].State, list[3].Note = ui.Now, ui.Due(s.l, now, now.Add(51*time.Hour))
	return list
}

func (s sample) history() []ui.Happening {
	return []ui.Happening{
		{At: now.Add(-2 * time.Hour), What: s.t("已派遣，等待处理", "Dispatched, waiting to be handled"), Who: s.t("西兴街道 · 派遣员", "Xixing street · dispatcher"), Tone: ui.Blue, Icon: "send",
			Note: s.t("请城管中队到现场处理，并通知单车企业清运。", "Please handle on site and have the bike company clear them away.")},
		{At: now.Add(-26 * time.Hour), What: s.t("立案", "Filed"), Who: s.t("区中心 · 受理员", "District centre · acceptor"), Tone: ui.Green, Icon: "file-check"},
		{At: now.Add(-27 * time.Hour), What: s.t("网格员到场核实", "Checked on site"), Who: s.t("奥体社区第三网格 · 专职网格员", "Aoti grid 3 · grid worker"), Tone: ui.Grey,
			Detail: ui.Pictures(s.l, []ui.Picture{{Thumb: "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'%3E%3Crect width='1' height='1' fill='%238593a1'/%3E%3C/svg%3E", Full: Root + "case", Alt: s.t("现场照片", "Photo on site")}})},
		{At: now.Add(-30 * time.Hour), What: s.t("居民上报", "Reported"), Who: s.t("张*", "Zhang *"), Tone: ui.Grey},
	}
}

type caseRow struct {
	number, title, place, stage, who string
	due                              time.Time
	tone                             ui.Tone
}

func (s sample) cases(n int) []caseRow {
	titles := [][2]string{
		{"人行道上有共享单车堆积，影响通行", "Shared bikes block the pavement"}, {"沿街店铺占道经营", "Shop trading on the pavement"},
		{"小区东门消防通道被堵", "Fire lane blocked at the east gate"}, {"路灯连续三晚不亮", "Street light out for three nights"},
		{"井盖破损", "Broken manhole cover"}, {"绿化带暴露垃圾", "Litter in the green strip"},
	}
	dues := []time.Duration{-29 * time.Hour, 5 * time.Hour, 51 * time.Hour, 99 * time.Hour, -45 * time.Minute, 0}
	list := make([]caseRow, n)
	for i := range list {
		t := titles[i%len(titles)]
		due := time.Time{}
		if d := dues[i%len(dues)]; d != 0 {
			due = now.Add(d)
		}
		list[i] = caseRow{
			number: fmt.Sprintf("330108-20261122-%05d", i+17), title: s.t(t[0], t[1]),
			place: s.t("西兴街道 奥体社区 第三网格", "Xixing, Aoti, grid 3"), stage: s.t("任务派遣", "Dispatch"),
			who: s.t("区城管局", "Urban management"), due: due, tone: ui.DueTone(now, due),
		}
	}
	return list
}

func (s sample) sheet() ui.Sheet[caseRow] {
	l := s.l
	return ui.Sheet[caseRow]{
		Caption: l.T("待办案件", "Cases waiting for me"),
		Tone:    func(r caseRow) ui.Tone { return r.tone },
		Columns: []ui.Column[caseRow]{
			ui.LinkColumn(l.T("案号", "Number"), ui.Brief, func(r caseRow) ui.Link { return ui.Link{Label: r.number, URL: Root + "file"} }),
			ui.LinkColumn(l.T("问题", "Matter"), ui.Main, func(r caseRow) ui.Link { return ui.Link{Label: r.title, URL: Root + "file"} }),
			ui.TextColumn(l.T("地点", "Place"), ui.Words, func(r caseRow) string { return r.place }),
			{Head: l.T("阶段", "Stage"), Kind: ui.Brief, Cell: func(r caseRow) templ.Component { return ui.Badge(ui.Blue, r.stage) }},
			ui.TextColumn(l.T("承办", "With"), ui.Brief, func(r caseRow) string { return r.who }),
			{Head: l.T("时限", "Due"), Kind: ui.Brief, Sort: Root + "inbox?sort=due", Sorted: "ascending", Cell: func(r caseRow) templ.Component { return ui.DueLight(l, now, r.due) }},
			{Head: l.T("上报次数", "Reports"), Kind: ui.Figures, Cell: func(caseRow) templ.Component { return ui.Text("3") }},
		},
	}
}

func (s sample) stats() []ui.StatCard {
	l := s.l
	return []ui.StatCard{
		{Label: l.T("在办案件", "Open cases"), Value: ui.Number(1234), Unit: l.T("件", ""), URL: Root + "inbox"},
		{Label: l.T("按期处置率", "Handled in time"), Value: ui.Percent(1163, 1234), Note: l.T("按期处置数 ÷ 应处置数", "in time ÷ due to be handled"), Tone: ui.Green},
		{Label: l.T("已超期", "Overdue"), Value: ui.Number(37), Unit: l.T("件", ""), Tone: ui.Red, URL: Root + "inbox"},
		{Label: l.T("返工率", "Rework"), Value: ui.Percent(0, 0), Note: l.T("本月尚无应结案件", "nothing due to be closed yet this month")},
		{Label: l.T("本月积分兑付", "Points redeemed"), Value: ui.Number(48260), Unit: l.T("分", "points")},
	}
}

func (s sample) charts() []ui.ChartSpec {
	l := s.l
	days := []string{"11-16", "11-17", "11-18", "11-19", "11-20", "11-21", "11-22"}
	return []ui.ChartSpec{
		{ID: "flow", Title: s.t("近七日上报与结案", "Reported and closed, seven days"), Kind: ui.Lines, Unit: l.T("件", "cases"), Head: l.T("日期", "Day"), Labels: days,
			Series: []ui.Series{{Name: l.T("上报", "Reported"), Values: ui.Values(182, 176, 203, 198, 221, 143, 131)}, {Name: l.T("结案", "Closed"), Values: ui.Values(170, 181, 190, 202, 214, 120, 98), Tone: ui.Green}}},
		{ID: "streets", Title: s.t("各街道在办", "Open by street"), Note: l.T("截至今日 16:30", "as of 16:30"), Kind: ui.Stacked, Unit: l.T("件", "cases"), Head: l.T("街道", "Street"), Labels: []string{s.t("西兴", "Xixing"), s.t("长河", "Changhe"), s.t("浦沿", "Puyan")},
			Series: []ui.Series{{Name: l.T("正常", "In time"), Values: ui.Values(310, 402, 287), Tone: ui.Green}, {Name: l.T("临期", "Soon due"), Values: ui.Values(60, 81, 57), Tone: ui.Yellow}, {Name: l.T("超期", "Overdue"), Values: ui.Values(9, 21, 7), Tone: ui.Red}}},
		{ID: "kinds", Title: s.t("事项构成", "By matter"), Kind: ui.Shares, Unit: l.T("件", "cases"), Head: l.T("类别", "Kind"), Labels: []string{s.t("市容环境", "Cleanliness"), s.t("街面秩序", "Street order"), s.t("设施损坏", "Damage"), s.t("其他", "Other")},
			Series: []ui.Series{{Name: l.T("案件", "Cases"), Values: ui.Values(512, 391, 208, 123)}}},
		{ID: "units", Title: s.t("承办单位平均用时", "Average time by unit"), Kind: ui.Lying, Unit: l.T("小时", "h"), Head: l.T("单位", "Unit"), Labels: []string{s.t("区城管局", "Urban management"), s.t("区住建局", "Housing"), s.t("区市场监管局", "Market supervision")},
			Series: []ui.Series{{Name: l.T("平均用时", "Average"), Values: append(ui.Values(12.5, 30), nil)}}},
	}
}

func (s sample) points() []ui.MapPoint {
	var list []ui.MapPoint
	for i, c := range s.cases(30) {
		list = append(list, ui.MapPoint{Lng: 120.17 + float64(i*37%60)*.001, Lat: 30.17 + float64(i*53%50)*.001, Tone: c.tone, Label: c.title, URL: Root + "file"})
	}
	return list
}

func lattice(l lang.Lang) string {
	const n, step = 6, .01
	var cells []string
	for i := range n * n {
		x, y := 120.17+float64(i%n)*step, 30.17+float64(i/n)*step
		cells = append(cells, fmt.Sprintf(`{"type":"Feature","properties":{"name":%q,"url":"%sinbox"},"geometry":{"type":"Polygon","coordinates":[[[%[3]f,%[4]f],[%[5]f,%[4]f],[%[5]f,%[6]f],[%[3]f,%[6]f],[%[3]f,%[4]f]]]}}`,
			l.Tf("样例第 %d 网格", "Sample grid %d", i+1), Root, x, y, x+step, y+step))
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(cells, ",") + `]}`
}
