package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// ownGrants are the grants of one enterprise as whoever acts for it reads them.
type ownGrants struct {
	office
	Code  string
	Now   time.Time
	Mine  bool // the viewer acts for the enterprise, and may apply
	List  []app.GrantPage
	Taken app.GrantAccount        // the account told last, masked; zero for none that can be shown
	Kept  map[string][]store.File // documents that came with a form that goes back, by field
}

// ownGrants loads what was granted lately, newest first.
func (v *visit) ownGrants(o office, code string) (ownGrants, error) {
	p := ownGrants{office: o, Code: code, Now: v.s.app.Now()}
	own, err := v.s.app.Agencies(v.Context(), v.viewer)
	if err != nil {
		return p, err
	}
	p.Mine = slices.ContainsFunc(own, func(x store.Agency) bool { return x.Code == code && x.State == "confirmed" })
	page, err := v.s.app.GrantsPage(v.Context(), v.viewer, store.GrantFilter{Code: code, Newest: true})
	if err != nil {
		return p, err
	}
	for _, line := range page.Lines {
		g, err := v.s.app.GrantPage(v.Context(), v.viewer, line.ID)
		if err != nil {
			return p, err
		}
		if p.Taken.Number == "" && g.State != policy.Failed {
			p.Taken = g.Bank
		}
		p.List = append(p.List, g)
	}
	return p, nil
}

// enterprise is the page of an enterprise, with a form that came back.
func (v *visit) enterprise(in ui.Input) (templ.Component, error) {
	code := v.PathValue("code")
	p := enterprisePage{}
	var err error
	if p.Verdicts, err = v.s.app.Verdicts(v.Context(), v.viewer, code, v.lang); err != nil {
		return nil, err
	}
	if p.Profile, err = v.s.app.EnterprisePage(v.Context(), v.viewer, code, v.lang); err != nil {
		return nil, err
	}
	p.office = v.office(p.Verdicts.Name, "enterprise", in)
	if p.Grants, err = v.ownGrants(p.office, code); err != nil {
		return nil, err
	}
	if p.Grants.Kept, err = v.keptOf(in); err != nil {
		return nil, err
	}
	p.leaveOutGranted()
	return enterpriseView(p), err
}

func (s *Server) showEnterprise(v *visit) error { return v.untouched(v.enterprise) }

// showGrantOfOwn leads from a message about a grant to its place on the enterprise's page.
func (s *Server) showGrantOfOwn(v *visit) error {
	id, err := v.importID()
	if err != nil {
		return err
	}
	g, err := s.app.GrantPage(v.Context(), v.viewer, policy.GrantID(id))
	if err != nil {
		return err
	}
	return v.goTo(v.to("enterprise", g.Code) + "#" + grantPlace(g.ID))
}

// grantPlace is the place of a grant on the page.
func grantPlace(id policy.GrantID) string { return "grant-" + itoa(int64(id)) }

// of is the name of a field in one of the many forms of the page.
func of(field, form string) string { return field + "." + form }

// ofForm puts the mistakes of a form by its own fields.
func ofForm(err error, form string) error {
	return fault.Rename(err, func(field string) string {
		switch field {
		case "":
			return ""
		case "account":
			field = "account_number"
		}
		if strings.HasPrefix(field, "material") {
			return fieldName(of(field, form))
		}
		return of(field, form)
	})
}

// grantForm reads the account and the note of one of the forms.
func (v *visit) grantForm(form string) app.GrantForm {
	f := v.PostForm
	return app.GrantForm{Account: app.GrantAccount{Name: f.Get(of("account_name", form)), Bank: f.Get(of("account_bank", form)), Number: f.Get(of("account_number", form))}, Note: f.Get(of("note", form))}
}

// materials reads the documents of one of the forms into f; v.Form has them when the form goes back.
func (v *visit) materials(form string, f *app.GrantForm) error {
	f.Version = v.shown(of("version", form))
	fields := map[string]string{}
	err := v.documents(fields)
	err = fault.Rename(err, func(field string) string { return strings.TrimSuffix(field, "."+form) })
	f.Files = map[int][]int64{}
	for name, list := range fields {
		v.Form[keptName(name)] = strings.Split(list, ",")
		text, _ := strings.CutPrefix(strings.TrimSuffix(name, "."+form), "material")
		n, wrong := strconv.Atoi(text)
		if wrong != nil {
			continue
		}
		for id := range strings.SplitSeq(list, ",") {
			if id, wrong := strconv.ParseInt(id, 10, 64); wrong == nil {
				f.Files[n] = append(f.Files[n], id)
			}
		}
	}
	return err
}

// moveOwnGrant confirms, waives, sends again, or gives another account.
func (s *Server) moveOwnGrant(v *visit) error {
	id, err := v.importID()
	if err != nil {
		return err
	}
	if err := v.parseUpload(); err != nil {
		return err
	}
	act := v.PathValue("act")
	form := v.PathValue("id") + "." + act
	f, key, said := v.grantForm(form), v.PostForm.Get(ui.KeyName), ""
	switch policy.Act(act) {
	case policy.Confirm:
		said = v.lang.T("已确认，公示和拨付的进展会发消息给您。", "Confirmed. You will be told of publicity and payment.")
		err = s.app.ConfirmGrant(v.Context(), v.viewer, policy.GrantID(id), f.Account, key)
	case policy.Waive:
		said = v.lang.T("已放弃，不再兑付这一项。", "Waived; it will not be paid.")
		err = s.app.MoveGrant(v.Context(), v.viewer, policy.GrantID(id), policy.Waive, f.Note, key)
	case policy.Resubmit:
		said = v.lang.T("已重新提交，请等待审核。", "Sent again; it is being reviewed.")
		if err = v.materials(form, &f); err != nil {
			break
		}
		err = s.app.ResubmitGrant(v.Context(), v.viewer, policy.GrantID(id), f, key)
	case policy.Correct:
		said = v.lang.T("收款账户已更正，等待重新拨付。", "The account is corrected; it will be paid again.")
		err = s.app.CorrectAccount(v.Context(), v.viewer, policy.GrantID(id), f.Account, key)
	default:
		return errNoPage
	}
	return v.settle(ofForm(err, form), v.enterprise, said, v.to("enterprise", v.PathValue("code"))+"#"+grantPlace(policy.GrantID(id)))
}

// applyForGrant applies for an item.
func (s *Server) applyForGrant(v *visit) error {
	if err := v.parseUpload(); err != nil {
		return err
	}
	code, item := v.PathValue("code"), v.PathValue("item")
	f, id := v.grantForm(item), policy.GrantID(0)
	var err error
	if err = v.materials(item, &f); err == nil {
		id, err = s.app.ApplyForGrant(v.Context(), v.viewer, code, item, f, v.PostForm.Get(ui.KeyName))
	}
	return v.settle(ofForm(err, item), v.enterprise, v.lang.T("申报已提交，审核结果会发消息给您。", "Sent. You will be told what was decided."), v.to("enterprise", code)+"#"+grantPlace(id))
}

// key is the idempotency key of the form with an address: the one that was sent, where it is this form that came back.
func (p ownGrants) key(action string) string {
	if p.V.URL.Path == action {
		return p.In.Key()
	}
	return ui.NewKey()
}

func (p ownGrants) action(g app.GrantPage, act policy.Act) string {
	return p.V.to("enterprise", p.Code, "grants", itoa(int64(g.ID)), string(act))
}

// materialInput is what the input of the n-th material of a form takes and has.
func (p ownGrants) materialInput(n int, form string) ui.Files {
	name := of(app.MaterialField(n), form)
	return filesInput(keptName(name), app.MostOfMaterial, p.Kept[name])
}

// accountFields are the names of an account's fields in a form, to see whether one of them is wrong.
func accountFields(form string) []string {
	return []string{of("account_name", form), of("account_bank", form), of("account_number", form), of("note", form)}
}

// formOf names the form for one step of a grant.
func formOf(g app.GrantPage, act policy.Act) string { return itoa(int64(g.ID)) + "." + string(act) }

// wrongForm reports whether it is this form that came back.
func (p ownGrants) wrongForm(action string) bool { return p.In.Err != nil && p.V.URL.Path == action }

// byStanding parts grants: those that wait for the enterprise, those under way, and those that are over.
func (p ownGrants) byStanding() (waiting, moving, over []app.GrantPage) {
	for _, g := range p.List {
		switch g.State {
		case policy.Listed, policy.Returned, policy.Failed, policy.Recovering:
			waiting = append(waiting, g)
		case policy.Submitted, policy.Confirmed, policy.Published, policy.Objected, policy.Approved, policy.Ordered:
			moving = append(moving, g)
		default:
			over = append(over, g)
		}
	}
	return waiting, moving, over
}

func ownGrantTone(s policy.State) ui.Tone {
	switch s {
	case policy.Listed, policy.Returned:
		return ui.Yellow
	case policy.Failed, policy.Recovering, policy.Refused:
		return ui.Red
	case policy.Paid:
		return ui.Green
	case policy.Waived, policy.Lapsed, policy.Dropped, policy.Recovered:
		return ui.Grey
	}
	return ui.Blue
}

// happened is when an act was made last; zero when it was not.
func happened(g app.GrantPage, acts ...policy.Act) (at time.Time) {
	for _, e := range g.Events {
		if slices.Contains(acts, e.Act) {
			at = e.At
		}
	}
	return at
}

// steps is how far a grant has come; nil for one that ended before it was paid.
func (p ownGrants) steps(g app.GrantPage) []ui.Phase {
	l := p.Page.Lang
	at := map[policy.State]int{policy.Listed: 1, policy.Submitted: 1, policy.Returned: 1, policy.Confirmed: 2, policy.Published: 2, policy.Objected: 2, policy.Approved: 3, policy.Failed: 3,
		policy.Ordered: 4, policy.Paid: 5, policy.Recovering: 5, policy.Recovered: 5}[g.State]
	if at == 0 {
		return nil
	}
	type stage struct {
		zh, en string
		done   time.Time
	}
	stages := []stage{{"列入名单", "Listed", g.At}, {"确认", "Confirmed", happened(g, policy.Confirm)}, {"公示", "Publicity", happened(g, policy.Clear)},
		{"拨付", "Ordered", happened(g, policy.Order)}, {"到账", "Paid", g.Done}}
	if g.Applied() {
		stages[0].zh, stages[0].en = "申报", "Applied"
		stages[1] = stage{"审核", "Reviewed", happened(g, policy.Accept)}
	}
	var out []ui.Phase
	for i, s := range stages {
		if i == 2 && at > 2 && happened(g, policy.Publish).IsZero() {
			continue // the item asks for no publicity
		}
		x := ui.Phase{Label: l.T(s.zh, s.en)}
		switch {
		case i < at:
			x.State, x.Note = ui.Done, p.V.dayOf(s.done)
		case i == at:
			x.State = ui.Now
			if i == 2 && !g.Until.IsZero() {
				x.Note = l.Tf("至 %s", "till %s", p.V.dayOf(g.Until))
			}
		}
		out = append(out, x)
	}
	return out
}

// says is what stands now and what to do about it, in a sentence.
func (p ownGrants) says(g app.GrantPage) (ui.Tone, string) {
	l := p.Page.Lang
	switch g.State {
	case policy.Listed:
		if g.Due.IsZero() {
			return "", l.T("请确认是否享受，并核对收款账户。", "Say whether you want it, and where to pay it.")
		}
		return "", l.Tf("请在 %[1]s 前确认（%[2]s）；逾期未确认的移出名单。", "Confirm by %[1]s (%[2]s); after that you are taken off the list.", ui.DueTime(l, g.Due), ui.Due(l, p.Now, g.Due))
	case policy.Submitted:
		if g.Promised {
			return "", l.Tf("正在审核，承诺 %s 前办结。", "Being reviewed; promised by %s.", ui.DueTime(l, g.Due))
		}
		return "", l.T("正在审核。", "Being reviewed.")
	case policy.Returned:
		return ui.Yellow, l.Tf("退回补正：%s", "Returned for correction: %s", g.Reason)
	case policy.Confirmed:
		return "", l.T("已确认，等待公示。", "Confirmed; publicity comes next.")
	case policy.Published:
		return "", l.Tf("正在公示，%s 结束，没有异议即安排拨付。", "In publicity till %s; paid after that unless somebody objects.", ui.DueTime(l, g.Until))
	case policy.Objected:
		return ui.Yellow, l.T("公示期间有人提出异议，正在核查；核查结果会发消息给您。", "Somebody objected; it is being looked into and you will be told.")
	case policy.Approved:
		return "", l.T("已核定，等待拨付。", "Cleared; waits for the order to pay.")
	case policy.Ordered:
		return "", l.Tf("已下达拨付指令 %s，等待银行到账回执。", "Order %s was given; the bank's receipt is awaited.", g.Order)
	case policy.Failed:
		return ui.Red, l.Tf("银行退回：%s。请更正收款账户，更正后重新拨付。", "The bank sent it back: %s. Correct the account and it is paid again.", g.Reason)
	case policy.Paid:
		return "", l.Tf("%s 到账。", "Paid on %s.", ui.Date(l, g.Done))
	case policy.Recovering:
		return ui.Red, l.Tf("应退回 %[1]s，原因：%[2]s。退款办法由区政策兑现岗告知。", "%[1]s are to be paid back: %[2]s. The policy desk tells you how.", yuan(l, g.Amount), g.Reason)
	case policy.Recovered:
		return "", l.T("款项已退回。", "The money has been paid back.")
	}
	if g.Reason != "" {
		return "", l.Tf("原因：%s", "Reason: %s", g.Reason)
	}
	return "", ""
}

// history is every step of a grant, newest first.
func (p ownGrants) history(g app.GrantPage) []ui.Happening {
	l := p.Page.Lang
	var out []ui.Happening
	for _, e := range slices.Backward(g.Events) {
		tone := ui.Blue
		if e.To == policy.Paid {
			tone = ui.Green
		} else if e.Act.Reasoned() {
			tone = ui.Yellow
		}
		note := e.Note
		if e.Ref != "" {
			note = l.Tf("指令 %s", "order %s", e.Ref)
			if e.Note != "" {
				note += l.T("；", "; ") + e.Note
			}
		}
		out = append(out, ui.Happening{At: e.At, What: e.Act.Name().In(l), Who: e.Who, Note: note, Tone: tone})
	}
	return out
}

// has reports a grant that keeps the enterprise from applying for an item now.
func (p ownGrants) has(x *rules.Item) bool {
	period := policy.Period(x.Once, calendar.DayOf(p.Now))
	return slices.ContainsFunc(p.List, func(g app.GrantPage) bool { return g.Excludes(x.ID, x.Group, period) })
}

// leaveOutGranted takes what is granted already out of what may be had: it stands among the grants, and is not counted twice.
func (p *enterprisePage) leaveOutGranted() {
	p.Verdicts.Can = slices.DeleteFunc(p.Verdicts.Can, func(x app.VerdictLine) bool {
		had := p.Grants.has(x.Item)
		if had {
			p.Verdicts.Sum -= x.Amount
		}
		return had
	})
}

// act is what can be done about an item: apply for it, unless it is had already. Nil for nothing.
func (p ownGrants) act(c app.VerdictLine) templ.Component {
	if !p.Mine || c.Item.Delivery != rules.Apply || p.has(c.Item) {
		return nil
	}
	return applyFold(p, c.Item)
}

// grantSum is what a grant comes to.
func grantSum(l lang.Lang, g app.GrantPage) string {
	if g.Amount == 0 {
		return l.T("金额待核定", "amount to be settled")
	}
	return yuan(l, g.Amount)
}
