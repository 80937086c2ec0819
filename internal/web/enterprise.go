package web

import (
	"strconv"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/lang"
	"gezhi/internal/rules"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// ownEnterprises are those that the viewer acts for or has asked to act for.
type ownEnterprises struct {
	office
	List []store.Agency
}

func (v *visit) ownEnterprises(in ui.Input) (templ.Component, error) {
	list, err := v.s.app.Agencies(v.Context(), v.viewer)
	return ownEnterprisesView(ownEnterprises{v.office(v.lang.T("我的企业", "My enterprises"), "enterprise", in), list}), err
}

func (s *Server) showOwnEnterprises(v *visit) error { return v.untouched(v.ownEnterprises) }

func (s *Server) askAgency(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	err := s.app.AskAgency(v.Context(), v.viewer, f.Get("code"), f.Get("role"), f.Get("note"), f.Get(ui.KeyName))
	return v.settle(err, v.ownEnterprises, v.lang.T("已提交，核实后就能看到企业能享受的政策。", "Sent. Once it is confirmed you see what the enterprise may have."), v.to("enterprise"))
}

// leaveEnterprise ends that the viewer acts for an enterprise.
func (s *Server) leaveEnterprise(v *visit) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	err = s.app.EndAgency(v.Context(), v.viewer, id, v.PostForm.Get("reason"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.ownEnterprises, v.lang.T("您已不再代办这家企业。", "You no longer act for this enterprise."), v.to("enterprise"))
}

// roleOptions are what a person can be to an enterprise.
func roleOptions(l lang.Lang) []ui.Option {
	var out []ui.Option
	for _, r := range app.AgencyRoles() {
		out = append(out, ui.Option{Value: r.ID, Label: r.Name.In(l)})
	}
	return out
}

func roleName(l lang.Lang, role string) string {
	for _, r := range app.AgencyRoles() {
		if r.ID == role {
			return r.Name.In(l)
		}
	}
	return role
}

// agencyState is how a request stands.
func agencyState(l lang.Lang, state string) (ui.Tone, string) {
	switch state {
	case "asked":
		return ui.Yellow, l.T("待核实", "waiting")
	case "confirmed":
		return ui.Green, l.T("已核实", "confirmed")
	case "refused":
		return ui.Red, l.T("未通过", "refused")
	}
	return ui.Grey, l.T("已结束", "ended")
}

// enterprisePage is what an enterprise may have, and what is known of it, as whoever acts for it reads it.
type enterprisePage struct {
	office
	Verdicts app.Verdicts
	Profile  app.EnterprisePage
	Grants   ownGrants
}

// verdictCards are the figures above the items.
func verdictCards(l lang.Lang, x app.Verdicts) []ui.StatCard {
	n, open := len(x.Can), 0
	for _, c := range x.Can {
		if c.Item.Amount != nil && !c.Known {
			open++
		}
	}
	sum := ui.StatCard{Label: l.T("金额合计", "Comes to"), Value: amount(l, x.Sum), Note: l.Tf("%s，缓缴的到期仍须缴纳", "%s; what is deferred is still due", yuan(l, x.Sum))}
	if open > 0 {
		sum.Note = l.Tf("%s，另有 %d 项金额待定", "%s; the amount of %d more is open", yuan(l, x.Sum), open)
	}
	return []ui.StatCard{
		{Label: l.T("可以享受", "May have"), Value: ui.Number(n), Unit: l.T("项", ""), Tone: ui.Green}, sum,
		{Label: l.T("就差一项", "One condition away"), Value: ui.Number(len(x.Near)), Unit: l.T("项", "")},
		{Label: l.T("资料不全", "Cannot be said"), Value: ui.Number(len(x.Missing)), Unit: l.T("项", ""), Tone: ui.Yellow},
	}
}

// verdictAmount is what an enterprise gets of an item it may have.
func verdictAmount(l lang.Lang, x app.VerdictLine) string {
	switch {
	case x.Item.Amount == nil:
		return ""
	case x.TooBig:
		return l.T("金额过大，无法计算，请核对资料", "too much to be worked out; check what is known")
	case !x.Known:
		return l.Tf("金额待定，缺：%s", "amount open, missing: %s", strings.Join(x.Why, l.T("、", ", ")))
	}
	return yuan(l, x.Amount)
}

// verdictHow is what is still to be done for an item that an enterprise may have.
func verdictHow(l lang.Lang, x *rules.Item) string {
	switch x.Delivery {
	case rules.Auto:
		return l.T("不用申请，列入名单后兑付", "nothing to do: it is listed and paid")
	case rules.Apply:
		if x.Promised > 0 {
			return l.Tf("需要申请，%d 个工作日内办结", "to be applied for; decided within %d working days", x.Promised)
		}
		return l.T("需要申请", "to be applied for")
	}
	return l.T("申报缴费、纳税时享受", "when contributions or taxes are declared")
}

// tell is whom to tell what is missing.
func tell(l lang.Lang, x *rules.Item) string {
	if who := department(l, x); who != "" {
		return l.Tf("请把所缺资料告知%s，或区政策兑现岗。", "Tell %s or the district's policy desk.", who)
	}
	return l.T("请把所缺资料告知区政策兑现岗。", "Tell the district's policy desk.")
}

// factColumns are the columns of a profile.
func factColumns(l lang.Lang) ui.Sheet[app.FactLine] {
	return ui.Sheet[app.FactLine]{Caption: l.T("企业资料", "What is known"), Columns: []ui.Column[app.FactLine]{
		ui.TextColumn(l.T("项目", "Field"), ui.Main, func(f app.FactLine) string { return f.Field.Name.In(l) }),
		{Head: l.T("数值", "Value"), Kind: ui.Words, Cell: func(f app.FactLine) templ.Component { return factValue(l, f) }},
		ui.TextColumn(l.T("来源", "Source"), ui.Words, func(f app.FactLine) string {
			if f.Derived {
				return l.T("由其他数据推算", "follows from other values")
			}
			return f.Fact.Source
		}),
		ui.TextColumn(l.T("数据日期", "As of"), ui.Brief, func(f app.FactLine) string {
			if f.Fact.Text == "" {
				return ""
			}
			return rules.FormatDay(f.Fact.AsOf)
		}),
	}, Empty: ui.EmptyState{Icon: "database", Title: l.T("还没有资料", "Nothing is known yet")}}
}

// knownFacts parts what is known of an enterprise from the names of what is not.
func knownFacts(l lang.Lang, all []app.FactLine) (known []app.FactLine, unknown []string) {
	for _, f := range all {
		if f.Value != "" || f.Strange {
			known = append(known, f)
		} else {
			unknown = append(unknown, f.Field.Name.In(l))
		}
	}
	return known, unknown
}

// agencyWhen is when a request was made or decided.
func agencyWhen(l lang.Lang, x store.Agency) string {
	if x.DecidedAt.IsZero() {
		return l.Tf("%s 提出", "asked on %s", ui.Date(l, x.AskedAt))
	}
	return l.Tf("%s 处理", "decided on %s", ui.Date(l, x.DecidedAt))
}

// placeAfter is the place after which a page of a list begins; -1 for the first page.
func (v *visit) placeAfter() int {
	n, err := strconv.Atoi(v.URL.Query().Get("after"))
	if err != nil || n < 0 {
		return -1
	}
	return n
}
