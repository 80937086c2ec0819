package web

import (
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// delegations are what one member of staff lent to others and holds for others, with a form for one more.
type delegations struct {
	office
	Of     casework.Person
	Lent   []app.DelegationLine
	Held   []app.DelegationLine
	Duties []casework.Duty // that can be lent
	Path   string          // of the forms
}

func (v *visit) delegationsOf(o office, of casework.Person, path string) (delegations, error) {
	d := delegations{office: o, Of: of, Path: path}
	var err error
	if d.Lent, d.Held, err = v.s.app.Delegations(v.Context(), v.viewer, of); err != nil {
		return d, err
	}
	d.Duties, err = v.s.app.Delegable(v.Context(), v.viewer, of)
	return d, err
}

// showDelegations is a member of staff's page about being away.
func (s *Server) showDelegations(v *visit) error { return v.untouched(v.ownDelegations) }

func (v *visit) ownDelegations(in ui.Input) (templ.Component, error) {
	d, err := v.delegationsOf(v.office(v.lang.T("外出委托", "Absence"), "me", in), v.viewer.Person, v.to("me", "delegations"))
	if err != nil {
		return nil, err
	}
	return delegationsView(d), nil
}

func (s *Server) delegate(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	return v.settle(v.lend(v.viewer.Person), v.ownDelegations, v.lang.T("已委托；到期自动结束，也可以提前结束。", "Lent; it ends by itself, or earlier if you say so."), v.to("me", "delegations"))
}

// lend takes the form about somebody who is away.
func (v *visit) lend(of casework.Person) error {
	f := v.PostForm
	n := app.NewDelegation{Duty: f.Get("duty"), Delegate: f.Get("delegate"), From: f.Get("from"), To: f.Get("to"), Reason: f.Get("reason")}
	return v.s.app.Delegate(v.Context(), v.viewer, of, n, f.Get(ui.KeyName))
}

func (s *Server) endDelegation(v *visit) error {
	return v.settle(v.endLent(), v.ownDelegations, v.lang.T("委托已结束，立即生效。", "Ended, at once."), v.to("me", "delegations"))
}

func (v *visit) endLent() error {
	n, err := strconv.ParseInt(v.PathValue("delegation"), 10, 64)
	if err != nil {
		return errNoPage
	}
	if err := v.parse(); err != nil {
		return err
	}
	return v.s.app.EndDelegation(v.Context(), v.viewer, n, v.PostForm.Get(ui.KeyName))
}

// showDelegationsFor, delegateFor and endDelegationFor are the same for somebody else, by whoever administers users.
func (s *Server) showDelegationsFor(v *visit) error { return v.untouched(v.delegationsFor) }

func (v *visit) delegationsFor(in ui.Input) (templ.Component, error) {
	id, err := v.userID()
	if err != nil {
		return nil, err
	}
	a, err := v.s.app.StaffAccount(v.Context(), v.viewer, id)
	if err != nil {
		return nil, err
	}
	d, err := v.delegationsOf(v.office(a.Name+v.lang.T("的外出委托", ": absence"), "users", in), id, v.admin("users", v.PathValue("id"), "delegations"))
	if err != nil {
		return nil, err
	}
	return delegationsForView(d, a), nil
}

func (s *Server) delegateFor(v *visit) error {
	id, err := v.userForm()
	if err == nil {
		err = v.lend(id)
	}
	return v.settle(err, v.delegationsFor, v.lang.T("已代为委托，双方都收到了消息。", "Lent for them; both were told."), v.admin("users", v.PathValue("id"), "delegations"))
}

func (s *Server) endDelegationFor(v *visit) error {
	return v.settle(v.endLent(), v.delegationsFor, v.lang.T("委托已结束，立即生效。", "Ended, at once."), v.admin("users", v.PathValue("id"), "delegations"))
}

// dayShort is a day as short as now allows: 12月3日; with the year when it is not now's.
func dayShort(v *visit, now, t time.Time) string {
	z := calendar.Zone()
	if now.In(z).Year() != t.In(z).Year() {
		return ui.Date(v.lang, t)
	}
	return t.In(z).Format(v.lang.T("1月2日", "2 Jan"))
}

// until is the last day of something that ends at an instant.
func (v *visit) until(t time.Time) string {
	return dayShort(v, v.s.app.Now(), t.Add(-time.Millisecond))
}

// standingIn says for whom the viewer acts, and until when, one line a colleague.
func (v *visit) standingIn() []string {
	var out []string
	last := map[casework.Person]time.Time{}
	for _, d := range v.viewer.Lent {
		if d.Until.After(last[d.For]) {
			last[d.For] = d.Until
		}
	}
	for _, d := range v.viewer.Lent {
		if until, ok := last[d.For]; ok {
			out = append(out, v.lang.Tf("代 %s 办理至 %s", "Acting for %s until %s", d.Name, v.until(until)))
			delete(last, d.For)
		}
	}
	return out
}

// delegationState is how a delegation stands.
func (v *visit) delegationState(d app.DelegationLine) templ.Component {
	l, now := v.lang, v.s.app.Now()
	switch {
	case !d.Ended.IsZero():
		return ui.Badge(ui.Grey, l.T("已提前结束", "ended early"))
	case d.Over(now):
		return ui.Badge(ui.Grey, l.T("已到期", "over"))
	case d.Current(now):
		return ui.Badge(ui.Green, l.T("生效中", "in force"))
	}
	return ui.Badge(ui.Blue, l.T("未开始", "to begin"))
}

func (p delegations) columns(caption, who string, name func(app.DelegationLine) string) ui.Sheet[app.DelegationLine] {
	l := p.V.lang
	return ui.Sheet[app.DelegationLine]{Caption: caption, Columns: []ui.Column[app.DelegationLine]{
		ui.TextColumn(l.T("职责", "Duty"), ui.Main, func(d app.DelegationLine) string { return p.V.zone.DutyName(d.Duty).In(l) }),
		ui.TextColumn(who, ui.Brief, name),
		ui.TextColumn(l.T("起止", "Days"), ui.Brief, func(d app.DelegationLine) string {
			return p.V.dayOf(d.From) + l.T(" 至 ", " to ") + p.V.until(d.To)
		}),
		{Head: l.T("状态", "State"), Kind: ui.Brief, Cell: func(d app.DelegationLine) templ.Component { return p.V.delegationState(d) }},
		ui.TextColumn(l.T("事由", "Reason"), ui.Words, func(d app.DelegationLine) string { return d.Reason }),
		ui.TextColumn(l.T("登记", "Entered by"), ui.Brief, func(d app.DelegationLine) string { return d.Maker }),
		{Head: l.T("操作", "Actions"), Kind: ui.Buttons, Cell: func(d app.DelegationLine) templ.Component {
			if d.Over(p.V.s.app.Now()) {
				return ui.Text(d.Ender)
			}
			return oneButton(l, p.Path+"/"+itoa(d.ID)+"/end", l.T("提前结束", "End now"), l.T("立即结束，双方会收到消息；已经办理的不受影响。", "It ends at once and both are told; what was done stays done."))
		}},
	}, Empty: ui.EmptyState{Icon: "users", Title: l.T("没有委托", "Nothing is lent")}}
}

func (v *visit) dayOf(t time.Time) string { return dayShort(v, v.s.app.Now(), t) }

// dutyOptions are the duties that can be lent.
func (p delegations) dutyOptions() []ui.Option {
	out := []ui.Option{{Label: p.V.lang.T("请选择", "Choose")}}
	for _, d := range p.Duties {
		out = append(out, ui.Option{Value: casework.Holder(d).Key(), Label: p.V.zone.DutyName(d).In(p.V.lang)})
	}
	return out
}
