package web

import (
	"bytes"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/web/ui"
)

// auditPage is the audit log.
type auditPage struct {
	office
	List   []app.AuditLine
	Filter url.Values
	Pages  ui.Pages
}

const auditShown = 100

func (v *visit) auditQuery() app.AuditQuery {
	q := v.URL.Query()
	before, _ := strconv.ParseInt(q.Get("before"), 10, 64)
	return app.AuditQuery{Action: q.Get("action"), Actor: q.Get("actor"), Person: q.Get("person"), Before: before, Limit: auditShown}
}

func (s *Server) showAudit(v *visit) error {
	q := v.URL.Query()
	list, err := s.app.AuditLog(v.Context(), v.viewer, v.auditQuery())
	if err != nil && fault.KindOf(err) != fault.Invalid {
		return err
	}
	p := auditPage{office: v.office(v.lang.T("审计日志", "Audit log"), "audit", ui.Input{Lang: v.lang, Values: q, Err: err}), List: list, Filter: q}
	if q.Get("before") != "" {
		first := maps.Clone(q)
		first.Del("before")
		p.Pages.Previous = v.admin("audit") + "?" + first.Encode()
	}
	if len(list) == auditShown {
		next := maps.Clone(q)
		next.Set("before", itoa(list[len(list)-1].ID))
		p.Pages.Next = v.admin("audit") + "?" + next.Encode()
	}
	return v.render(auditView(p))
}

func (s *Server) exportAudit(v *visit) error {
	q := v.auditQuery()
	q.Before = 0
	var out bytes.Buffer
	err := s.app.ExportAudit(v.Context(), v.viewer, q, v.lang, func(id string) string { return actionName(id).In(v.lang) }, &out)
	if err != nil {
		return err
	}
	return v.download(v.lang.T("审计日志.xlsx", "audit log.xlsx"), xlsxType, out.Bytes())
}

// actions are what the log's words mean.
func actions() map[string]lang.Text {
	return map[string]lang.Text{
		"reveal": {ZH: "查看个人信息", EN: "Looked at personal data"}, "locked": {ZH: "账号被锁定", EN: "Account locked"}, "export": {ZH: "导出", EN: "Export"},
		"totp_on": {ZH: "开启动态口令", EN: "One-time codes on"}, "totp_off": {ZH: "关闭动态口令", EN: "One-time codes off"}, "password": {ZH: "修改密码", EN: "Password changed"},
		"area.rename": {ZH: "区域更名", EN: "Area renamed"}, "area.households": {ZH: "更正户数", EN: "Households corrected"}, "area.end": {ZH: "区域停用", EN: "Area ended"},
		"area.merge": {ZH: "区域合并", EN: "Areas merged"}, "area.import": {ZH: "导入区域", EN: "Areas imported"},
		"overlay.add": {ZH: "新增叠加区域", EN: "Overlay added"}, "overlay.end": {ZH: "停用叠加区域", EN: "Overlay ended"},
		"post.appoint": {ZH: "任命", EN: "Appointed"}, "post.end": {ZH: "免去", EN: "Relieved"}, "roster.import": {ZH: "导入名册", EN: "Roster imported"},
		"mode.on": {ZH: "转入应急", EN: "Emergency on"}, "mode.off": {ZH: "转回平时", EN: "Emergency off"},
		"route.add": {ZH: "新增派遣规则", EN: "Route added"}, "route.drop": {ZH: "删除派遣规则", EN: "Route removed"}, "calendar.import": {ZH: "导入工作日历", EN: "Calendar imported"},
		"procedure.edit": {ZH: "修改时限、角色、原因", EN: "Limits, roles, reasons edited"}, "procedure.draft": {ZH: "上传流程草稿", EN: "Procedure drafted"}, "procedure.publish": {ZH: "发布流程", EN: "Procedure published"}, "procedure.discard": {ZH: "删除流程草稿", EN: "Procedure draft deleted"},
		"matters.draft": {ZH: "上传事项清单草稿", EN: "Matters drafted"}, "matters.publish": {ZH: "发布事项清单", EN: "Matters published"}, "matters.discard": {ZH: "删除事项清单草稿", EN: "Matters draft deleted"},
		"themes.draft": {ZH: "上传一件事主题草稿", EN: "Life events drafted"}, "themes.publish": {ZH: "发布一件事主题", EN: "Life events published"}, "themes.discard": {ZH: "删除一件事主题草稿", EN: "Life events draft deleted"},
		"lights.draft": {ZH: "上传亮灯规则草稿", EN: "Rules of lights drafted"}, "lights.publish": {ZH: "发布亮灯规则", EN: "Rules of lights published"}, "lights.discard": {ZH: "删除亮灯规则草稿", EN: "Rules of lights draft deleted"}, "lights.use": {ZH: "选用亮灯规则", EN: "Rules of lights chosen"},
		"goals.draft": {ZH: "上传年度目标草稿", EN: "Goals drafted"}, "goals.publish": {ZH: "发布年度目标", EN: "Goals published"}, "goals.discard": {ZH: "删除年度目标草稿", EN: "Goals draft deleted"},
		"user.add": {ZH: "新建账号", EN: "Account created"}, "user.reset": {ZH: "重置密码", EN: "Password reset"}, "user.unlock": {ZH: "解锁账号", EN: "Account unlocked"},
		"user.disable": {ZH: "停用账号", EN: "Account disabled"}, "user.enable": {ZH: "恢复账号", EN: "Account enabled"},
		"key.add": {ZH: "新建接口密钥", EN: "API key made"}, "key.revoke": {ZH: "撤销接口密钥", EN: "API key revoked"},
		"delegation.add": {ZH: "委托职责", EN: "Duty lent"}, "delegation.end": {ZH: "结束委托", EN: "Delegation ended"},
		"webhook.add": {ZH: "新建推送地址", EN: "Webhook made"}, "webhook.pause": {ZH: "暂停推送", EN: "Webhook paused"}, "webhook.resume": {ZH: "恢复推送", EN: "Webhook resumed"},
		"webhook.test": {ZH: "试发推送", EN: "Webhook tested"}, "webhook.again": {ZH: "重发推送", EN: "Notice sent again"},
		"fund.add": {ZH: "新增资金", EN: "Fund entered"}, "fund.edit": {ZH: "修改资金", EN: "Fund edited"}, "fund.close": {ZH: "停用资金", EN: "Fund closed"}, "fund.reopen": {ZH: "恢复资金", EN: "Fund opened again"},
		"fund.allot": {ZH: "下达资金预算", EN: "Budget given to a fund"}, "grants.list": {ZH: "生成兑付名单", EN: "List of grants made"}, "grants.refresh": {ZH: "更新兑付名单", EN: "List of grants refreshed"},
		"grants.auto": {ZH: "自动列入兑付名单", EN: "Listed by itself"}, "grants.fund": {ZH: "指定名单资金", EN: "Fund of a list named"}, "grants.publish": {ZH: "公示兑付名单", EN: "List of grants published"},
		"order.make": {ZH: "下达拨付指令", EN: "Payment ordered"}, "receipts.import": {ZH: "导入到账回执", EN: "Receipts imported"}, "payouts.import": {ZH: "导入兑现台账", EN: "Payouts imported"}, "payouts.undo": {ZH: "回退兑现台账", EN: "Payouts taken back"},
		"grant.submit": {ZH: "申报兑付", EN: "Grant applied for"}, "grant.resubmit": {ZH: "补正后重新申报", EN: "Application sent again"}, "grant.confirm": {ZH: "确认享受", EN: "Grant confirmed"}, "grant.waive": {ZH: "放弃享受", EN: "Grant waived"},
		"grant.drop": {ZH: "移出兑付名单", EN: "Taken off a list"}, "grant.return": {ZH: "退回申报补正", EN: "Application returned"}, "grant.refuse": {ZH: "不予兑付", EN: "Grant refused"}, "grant.accept": {ZH: "申报审核通过", EN: "Application accepted"},
		"grant.object": {ZH: "对公示提出异议", EN: "Grant objected to"}, "grant.dismiss": {ZH: "异议不成立", EN: "Objection dismissed"}, "grant.correct": {ZH: "更正收款账户", EN: "Account corrected"},
		"grant.recover": {ZH: "提出追缴", EN: "Recovery proposed"}, "grant.spare": {ZH: "撤销追缴", EN: "Recovery taken back"}, "grant.book": {ZH: "追缴入账", EN: "Recovery booked"},
		"figures.draft": {ZH: "上传兑现报表口径草稿", EN: "Lines of payouts drafted"}, "figures.publish": {ZH: "发布兑现报表口径", EN: "Lines of payouts published"}, "figures.discard": {ZH: "删除兑现报表口径草稿", EN: "Lines of payouts draft deleted"},
		"role.add": {ZH: "授予角色", EN: "Role given"}, "role.end": {ZH: "收回角色", EN: "Role ended"}, "audit.export": {ZH: "导出审计日志", EN: "Audit log exported"},
	}
}

func actionName(id string) lang.Text {
	if t, ok := actions()[id]; ok {
		return t
	}
	return lang.Text{ZH: id, EN: id}
}

func (p auditPage) actionOptions() []ui.Option {
	out := []ui.Option{{Label: p.V.lang.T("全部操作", "Everything")}}
	for _, id := range slices.Sorted(maps.Keys(actions())) {
		out = append(out, ui.Option{Value: id, Label: actionName(id).In(p.V.lang)})
	}
	return out
}

func (p auditPage) columns() ui.Sheet[app.AuditLine] {
	l := p.V.lang
	return ui.Sheet[app.AuditLine]{Caption: l.T("审计日志", "Audit log"), Columns: []ui.Column[app.AuditLine]{
		ui.TextColumn(l.T("时间", "Time"), ui.Brief, func(e app.AuditLine) string { return ui.DateTime(l, e.At) }),
		ui.TextColumn(l.T("操作人", "Who"), ui.Brief, func(e app.AuditLine) string { return e.Who }),
		ui.TextColumn(l.T("操作", "What"), ui.Main, func(e app.AuditLine) string { return actionName(e.Action).In(l) }),
		ui.TextColumn(l.T("对象", "Subject"), ui.Brief, func(e app.AuditLine) string { return e.Subject }),
		ui.TextColumn(l.T("涉及人员", "Whose data"), ui.Brief, func(e app.AuditLine) string { return e.Whom }),
		ui.TextColumn(l.T("理由", "Reason"), ui.Words, func(e app.AuditLine) string { return e.Reason }),
		ui.TextColumn(l.T("详情", "Detail"), ui.Words, func(e app.AuditLine) string { return lang.OfLine(e.Detail).In(l) }),
	}, Empty: ui.EmptyState{Icon: "history", Title: l.T("没有符合条件的记录", "No entries fit")}}
}

func (p auditPage) exportURL() string {
	q := maps.Clone(p.Filter)
	q.Del("before")
	return p.V.admin("audit", "export.xlsx") + "?" + q.Encode()
}
