package web

import (
	"strconv"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/web/ui"
)

// page is what every shell shows around a page of this zone.
func (v *visit) page(title, here string) ui.Page {
	l := v.lang
	p := ui.Page{Lang: l, Title: title, URL: v.URL.RequestURI(), Here: here, Home: "/"}
	if v.zone == nil {
		return p
	}
	p.Zone, p.Home = v.zone.Name.In(l), v.to()
	if v.zone.Demo {
		p.Notice = l.T("演示数据：人员、电话与案件均为虚构，网格边界为示意边界。", "Demonstration: people, phones and cases are made up; grid boundaries are illustrative.")
	}
	p.Flash, p.DraftDone = v.takeFlash(), v.s.sessions.PopString(v.Context(), "draft-done")
	if !v.viewer.Known() {
		p.Tabs = residentTabs(v)
		return p
	}
	p.Viewer = ui.Viewer{Name: v.viewer.Name, Duty: v.duty(), Account: v.to("me"), SignOut: v.to("leave"),
		Drafts: strconv.FormatInt(int64(v.viewer.Person), 36)}
	switch {
	case v.viewer.Can(app.WorkDesk):
		p.Nav, p.Search = deskNav(v), v.to("desk", "cases")
		if v.viewer.Can(app.WorkGrid) {
			p.Tabs = gridTabs(v)
		}
	case v.viewer.Can(app.WorkGrid):
		p.Tabs = append(gridTabs(v), messagesTab(v))
	case v.viewer.Can(app.Redeem):
		p.Tabs = append(counterTabs(v), messagesTab(v))
	default:
		p.Tabs = append(residentTabs(v), messagesTab(v))
	}
	return p
}

// duty is what the viewer acts as, in words.
func (v *visit) duty() string {
	var out []string
	own := len(v.viewer.Own())
	for i, d := range v.viewer.Duties {
		if d.Role == casework.RoleReporter {
			continue
		}
		name := d.Role
		if r, ok := app.RoleOf(d.Role); ok {
			name = r.Name.In(v.lang)
		}
		if zh, en := v.zone.HolderName(casework.Holder(d)); d.Unit != "" {
			name = v.lang.T(zh, en) + " · " + name
		} else if len(d.Area) > 6 {
			name = v.zone.Tree.Path(d.Area) + " · " + name
		}
		if i >= own {
			name = v.lang.Tf("代%s：%s", "for %s: %s", v.viewer.Lent[i-own].Name, name)
		}
		out = append(out, name)
	}
	return strings.Join(out, "，")
}

func (v *visit) takeFlash() *ui.Flash {
	text := v.s.sessions.PopString(v.Context(), "flash")
	if text == "" {
		return nil
	}
	return &ui.Flash{Text: text, Tone: ui.Tone(v.s.sessions.PopString(v.Context(), "flash-tone"))}
}

func residentTabs(v *visit) []ui.NavItem {
	l := v.lang
	return []ui.NavItem{
		{Key: "home", Label: l.T("首页", "Home"), Icon: "home", URL: v.to()},
		{Key: "report", Label: l.T("我要反映", "Report"), Icon: "camera", URL: v.to("report")},
		{Key: "mine", Label: l.T("我的反映", "My reports"), Icon: "list-details", URL: v.to("mine")},
		{Key: "points", Label: l.T("积分", "Points"), Icon: "coins", URL: v.to("points")},
	}
}

func counterTabs(v *visit) []ui.NavItem {
	return []ui.NavItem{
		{Key: "counter", Label: v.lang.T("兑换柜台", "Counter"), Icon: "scan", URL: v.to("counter")},
		{Key: "handed-out", Label: v.lang.T("今日发放", "Today"), Icon: "clipboard-check", URL: v.to("counter", "today")},
	}
}

// pointsNav are the desk's pages about points.
func pointsNav(v *visit) []ui.NavItem {
	var out []ui.NavItem
	for _, n := range []struct {
		power          app.Power
		key, zh, en    string
		icon, to, page string
	}{
		{app.Redeem, "counter", "兑换柜台", "Counter", "scan", "", "counter"},
		{app.KeepRewards, "rewards", "奖品与库存", "Rewards", "gift", "desk", "rewards"},
		{app.KeepRewards, "orders", "兑换记录", "Redemptions", "receipt", "desk", "orders"},
		{app.KeepRewards | app.Settle, "sponsors", "合作单位", "Sponsors", "building-store", "desk", "sponsors"},
		{app.Evaluate, "points-overview", "积分总览", "Points", "coins", "desk", "points"},
	} {
		if !v.viewer.Can(n.power) || (n.power == app.Evaluate && !v.viewer.Can(app.SeeArea)) {
			continue
		}
		item := ui.NavItem{Key: n.key, Label: v.lang.T(n.zh, n.en), Icon: n.icon, URL: v.to(n.page)}
		if n.to != "" {
			item.URL = v.to(n.to, n.page)
		}
		out = append(out, item)
	}
	return out
}

// policyNav are the desk's pages about what enterprises may have.
func policyNav(v *visit) []ui.NavItem {
	var out []ui.NavItem
	for _, n := range []struct {
		power       app.Power
		key, zh, en string
		icon, page  string
	}{
		{app.Policies | app.EditPolicies | app.Evaluate, "policies", "政策匹配", "Matching", "target-arrow", "policies"},
		{app.EditPolicies, "rules", "编制规则", "Write rules", "edit", "rules"},
		{app.Policies | app.EditPolicies, "enterprises", "企业资料", "Enterprises", "building", "enterprises"},
		{app.Policies, "agencies", "核实经办人", "Agents", "user-check", "agencies"},
		{app.Policies | app.PayOut, "grant-lists", "兑付名单", "Lists of grants", "list-details", "grants/lists"},
		{app.Policies | app.PayOut, "applications", "申报审核", "Applications", "clipboard-check", "grants/applications"},
		{app.Policies | app.PayOut, "pay-orders", "拨付指令", "Orders of payment", "send", "pay-orders"},
		{app.PayOut, "receipts", "拨付回执", "Receipts", "receipt", "receipts"},
		{app.Policies | app.PayOut, "funds", "政策资金", "Funds", "report-money", "funds"},
		{app.Policies | app.Evaluate, "payouts", "兑现情况", "Payouts", "chart-bar", "payouts"},
	} {
		if v.viewer.Can(n.power) {
			out = append(out, ui.NavItem{Key: n.key, Label: v.lang.T(n.zh, n.en), Icon: n.icon, URL: v.to("desk", n.page)})
		}
	}
	return out
}

// progressNav are the pages of procedures with monthly figures or a funnel.
func progressNav(v *visit) []ui.NavItem {
	var out []ui.NavItem
	if !v.viewer.SeesCases() {
		return nil
	}
	for _, p := range v.zone.Procedures() {
		if p.Monthly {
			out = append(out, ui.NavItem{Key: "progress-" + p.ID, Label: p.Name.In(v.lang), Icon: "traffic-lights", URL: v.to("desk", "progress", p.ID)})
		}
		if p.Funnel != "" {
			out = append(out, ui.NavItem{Key: "funnel-" + p.ID, Label: p.Name.In(v.lang), Icon: "chart-bar", URL: v.to("desk", "funnel", p.ID)})
		}
	}
	return out
}

func messagesTab(v *visit) ui.NavItem {
	return ui.NavItem{Key: "messages", Label: v.lang.T("消息", "Messages"), Icon: "bell", URL: v.to("messages"), Count: v.unread()}
}

func gridTabs(v *visit) []ui.NavItem {
	l := v.lang
	all, _, err := v.s.app.InboxCount(v.Context(), v.viewer)
	if err != nil {
		v.s.Log.ErrorContext(v.Context(), "count inbox", "error", err)
	}
	return []ui.NavItem{
		{Key: "grid", Label: l.T("我的网格", "My grid"), Icon: "map-2", URL: v.to("grid")},
		{Key: "grid-inbox", Label: l.T("待办", "To do"), Icon: "inbox", URL: v.to("grid", "inbox"), Count: all},
		{Key: "report", Label: l.T("上报", "Report"), Icon: "camera", URL: v.to("report")},
		{Key: "grid-roster", Label: l.T("力量", "Roster"), Icon: "users", URL: v.to("grid", "roster")},
	}
}

func deskNav(v *visit) []ui.NavGroup {
	l := v.lang
	all, _, err := v.s.app.InboxCount(v.Context(), v.viewer)
	if err != nil {
		v.s.Log.ErrorContext(v.Context(), "count inbox", "error", err)
	}
	groups := []ui.NavGroup{{Items: []ui.NavItem{
		{Key: "desk", Label: l.T("待办", "Inbox"), Icon: "inbox", URL: v.to("desk"), Count: all},
		{Key: "cases", Label: l.T("全部案件", "All cases"), Icon: "clipboard-list", URL: v.to("desk", "cases")},
		{Key: "work", Label: l.T("专项事项", "Procedures"), Icon: "list-details", URL: v.to("desk", "work")},
		{Key: "licences", Label: l.T("许可事项清单", "Licences"), Icon: "license", URL: v.to("desk", "licences")},
		{Key: "pairing", Label: l.T("需求与资源", "Needs and resources"), Icon: "users", URL: v.to("desk", "pairing")},
		{Key: "map", Label: l.T("案件地图", "Case map"), Icon: "map-2", URL: v.to("desk", "map")},
		{Key: "supervision", Label: l.T("督办", "Supervision"), Icon: "traffic-lights", URL: v.to("desk", "supervision")},
	}}}
	if v.viewer.Can(app.SeeArea) {
		groups[0].Items = append(groups[0].Items,
			ui.NavItem{Key: "roster", Label: l.T("网格力量", "Grid roster"), Icon: "users", URL: v.to("grid", "roster")})
	}
	if v.viewer.Can(app.Evaluate) {
		groups[0].Items = append(groups[0].Items,
			ui.NavItem{Key: "evaluation", Label: l.T("综合评价", "Evaluation"), Icon: "chart-bar", URL: v.to("desk", "evaluation")},
			ui.NavItem{Key: "rates", Label: l.T("分析报告", "Reports"), Icon: "file-spreadsheet", URL: v.to("desk", "rates")})
	}
	if v.viewer.Can(app.ReviewAwards | app.ImportAwards) {
		n, err := v.s.app.ReviewCount(v.Context(), v.viewer)
		if err != nil {
			v.s.Log.ErrorContext(v.Context(), "count awards", "error", err)
		}
		groups[0].Items = append(groups[0].Items, ui.NavItem{Key: "awards", Label: l.T("积分复核", "Review of points"), Icon: "award", URL: v.to("desk", "awards"), Count: n})
	}
	if v.viewer.Can(app.Budgets) {
		groups[0].Items = append(groups[0].Items, ui.NavItem{Key: "budgets", Label: l.T("积分预算", "Budgets of points"), Icon: "report-money", URL: v.to("desk", "budgets")})
	}
	if v.viewer.Can(app.OrganiseActivities) {
		groups[0].Items = append(groups[0].Items,
			ui.NavItem{Key: "organise", Label: l.T("活动组织", "Activities"), Icon: "calendar-event", URL: v.to("organise")})
	}
	if v.viewer.Can(app.HoldDraws) {
		groups[0].Items = append(groups[0].Items, ui.NavItem{Key: "draws", Label: l.T("公开摇号", "Draws by lot"), Icon: "certificate", URL: v.to("draws")})
	}
	groups[0].Items = append(groups[0].Items,
		ui.NavItem{Key: "messages", Label: l.T("消息", "Messages"), Icon: "bell", URL: v.to("messages"), Count: v.unread()})
	if items := progressNav(v); items != nil {
		groups = append(groups, ui.NavGroup{Title: l.T("项目与招商", "Projects"), Items: items})
	}
	if items := policyNav(v); items != nil {
		groups = append(groups, ui.NavGroup{Title: l.T("惠企政策", "Policies"), Items: items})
	}
	if items := pointsNav(v); items != nil {
		groups = append(groups, ui.NavGroup{Title: l.T("积分", "Points"), Items: items})
	}
	var admin []ui.NavItem
	for _, a := range []struct {
		power       app.Power
		key, zh, en string
		icon        string
	}{
		{app.EditAreas, "areas", "区域与边界", "Areas", "map-pin"},
		{app.EditPosts, "posts", "力量与岗位", "Posts", "users"},
		{app.EditRoutes, "routes", "派遣规则", "Routing", "route"},
		{app.EditCalendar, "calendar", "工作日历", "Calendar", "calendar"},
		{app.EditCases, "procedures", "办理流程", "Procedures", "sitemap"},
		{app.EditUsers, "users", "账号", "Accounts", "key"},
		{app.EditUsers, "keys", "接口密钥", "API keys", "link"},
		{app.EditUsers, "webhooks", "消息推送", "Webhooks", "send"},
		{app.ReadAudit, "audit", "审计日志", "Audit log", "history"},
	} {
		if v.viewer.Can(a.power) {
			admin = append(admin, ui.NavItem{Key: a.key, Label: l.T(a.zh, a.en), Icon: a.icon, URL: v.to("admin", a.key)})
		}
	}
	if v.viewer.Can(app.EditPoints) {
		admin = append(admin, ui.NavItem{Key: "points-rules", Label: l.T("积分规则", "Rules of points"), Icon: "coins", URL: v.to("admin", "points")})
	}
	if admin != nil {
		groups = append(groups, ui.NavGroup{Title: l.T("管理", "Administration"), Items: admin})
	}
	return groups
}
