package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/store"
)

// maxDelegation is the most days a duty may be lent for at a time. Whoever is away for longer than a quarter is to be
// replaced by an appointment, which has a document behind it.
const maxDelegation = 90

// NewDelegation is what somebody who will be away fills in.
type NewDelegation struct {
	Duty     string // key of the duty: role/unit/area
	Delegate string // login name or name of the colleague
	From     string // first day, YYYY-MM-DD; "" for today
	To       string // last day
	Reason   string
}

// DelegationLine is a delegation with names.
type DelegationLine struct {
	store.Delegation
	Who   string // is away
	ByWho string // acts meanwhile
	Maker string // who entered it
	Ender string // who ended it early; "" when nobody did
}

// lend adds to the viewer what colleagues who are away have lent.
func (a *App) lend(r *store.Reader, v *Viewer) error {
	list, err := r.LentTo(v.Person)
	if err != nil || len(list) == 0 {
		return err
	}
	names, err := a.names(r, *v, delegationPeople(list))
	for _, d := range list {
		v.Duties = append(v.Duties, d.Duty)
		v.Lent = append(v.Lent, LentDuty{Duty: d.Duty, For: d.Person, Name: names[d.Person], Until: d.To})
	}
	return err
}

func delegationPeople(list []store.Delegation) []casework.Person {
	var ids []casework.Person
	for _, d := range list {
		ids = append(ids, d.Person, d.Delegate, d.By, d.EndedBy)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Delegations lists what a member of staff lent to others and holds for others, newest first. It is for the person and for
// whoever administers users.
func (a *App) Delegations(ctx context.Context, v Viewer, of casework.Person) (lent, held []DelegationLine, err error) {
	if of != v.Person {
		if err := v.need(EditUsers); err != nil {
			return nil, nil, err
		}
	}
	const shown = 50
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		by, err := r.DelegationsBy(of, shown)
		if err != nil {
			return err
		}
		to, err := r.DelegationsTo(of, shown)
		if err != nil {
			return err
		}
		names, err := a.names(r, v, delegationPeople(slices.Concat(by, to)))
		lines := func(list []store.Delegation) (out []DelegationLine) {
			for _, d := range list {
				out = append(out, DelegationLine{d, names[d.Person], names[d.Delegate], names[d.By], names[d.EndedBy]})
			}
			return out
		}
		lent, held = lines(by), lines(to)
		return err
	})
	return lent, held, err
}

// Delegable lists the duties of a member of staff that can be lent: those held in their own right, now.
func (a *App) Delegable(ctx context.Context, v Viewer, of casework.Person) ([]casework.Duty, error) {
	if of == v.Person {
		return slices.DeleteFunc(slices.Clone(v.Own()), func(d casework.Duty) bool { return d.Role == casework.RoleReporter }), nil
	}
	if err := v.need(EditUsers); err != nil {
		return nil, err
	}
	var out []casework.Duty
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		tenures, err := r.Tenures(of)
		for _, t := range tenures {
			if t.Current(r.Now) {
				out = append(out, t.Duty)
			}
		}
		return err
	})
	return out, err
}

// Delegate lets a colleague act under one duty of a member of staff for a time. Staff lend their own duties; whoever
// administers users does it for somebody who cannot.
func (a *App) Delegate(ctx context.Context, v Viewer, of casework.Person, n NewDelegation, key string) error {
	if v.Kind != "staff" {
		return fault.New(fault.Forbidden, "只有工作人员可以委托职责。", "Only staff can delegate duties.")
	}
	if of != v.Person {
		if err := v.need(EditUsers); err != nil {
			return err
		}
		if v.actsFor(of) {
			return fault.New(fault.Forbidden, "您正代理这位同事，代理的职责不能再转委托，请由另一位安全管理员办理。", "You stand in for this colleague, and what is lent cannot be lent on; ask another security administrator.")
		}
	}
	d, err := a.delegation(n)
	if err != nil {
		return err
	}
	d.Person, d.By = of, v.Person
	return a.plain(ctx, v, key, func(e *edit) error {
		owner, err := e.tx.StaffAccount(of)
		if err != nil {
			return err
		}
		colleague, err := a.colleague(&e.tx.Reader, v, n.Delegate)
		if err != nil {
			return err
		}
		d.ID, d.Delegate = e.tx.NewID(), colleague.Person
		if d.From.Before(e.tx.Now) {
			d.From = e.tx.Now
		}
		if err := e.tx.LockStaff(d.Person, d.Delegate); err != nil {
			return err
		}
		if err := mayDelegate(&e.tx.Reader, v, d); err != nil {
			return err
		}
		if err := e.tx.AddDelegation(d); err != nil {
			return err
		}
		e.log = append(e.log, store.Audit{Action: "delegation.add", Subject: "staff:" + owner.Login, Person: of, Reason: d.Reason,
			Detail: casework.Holder(d.Duty).Key() + " → staff:" + colleague.Login + " " + day(d.From) + "…" + lastDay(d.To)})
		return e.tellDelegation(v, d, "已委托办理：“%s”，%s 至 %s。详见“我的账号—外出委托”。", "Lent to act under: %s, %s to %s. See “My account – Absence”.")
	})
}

func day(t time.Time) string { return calendar.DayOf(t).String() }

// lastDay is the last day of a time that ends with a day.
func lastDay(to time.Time) string { return day(to.Add(-time.Millisecond)) }

// delegation reads the form, as far as it can be read without the database.
func (a *App) delegation(n NewDelegation) (store.Delegation, error) {
	var d store.Delegation
	var bad fault.List
	duty := casework.Duty(casework.ParseHolder(n.Duty))
	if duty.Role == "" || duty.Role == casework.RoleReporter {
		bad.Add("duty", "请选择要委托的职责。", "Choose the duty to lend.")
	}
	if strings.TrimSpace(n.Delegate) == "" {
		bad.Add("delegate", "请填写同事的姓名或登录名。", "Write the colleague's name or login name.")
	}
	from, err := a.ParseDay("from", n.From)
	today := calendar.DayOf(a.now())
	switch {
	case err != nil:
		bad.Add("from", "日期应写成 2027-01-31。", "Write the date as 2027-01-31.")
	case calendar.DayOf(from) < today:
		bad.Add("from", "开始日期不能早于今天。", "It cannot begin before today.")
	case calendar.DayOf(from) > today+maxDelegation:
		bad.Add("from", "最多提前 %d 天登记。", "Enter it at most %d days ahead.", maxDelegation)
	}
	to, err := calendar.ParseDay(strings.TrimSpace(n.To))
	switch {
	case err != nil:
		bad.Add("to", "请填写最后一天，如 2027-01-31。", "Give the last day, such as 2027-01-31.")
	case to < calendar.DayOf(from):
		bad.Add("to", "最后一天不能早于开始日期。", "The last day cannot be before the first.")
	case to-calendar.DayOf(from) >= maxDelegation:
		bad.Add("to", "一次最多委托 %d 天；离岗更久的，应办理任免手续。", "A duty is lent for at most %d days; whoever is away for longer is to be replaced by an appointment.", maxDelegation)
	}
	reason, err := words("reason", n.Reason, 2, 100)
	if err != nil {
		bad = append(bad, fault.Fields(err)...)
	}
	if len(bad) > 0 {
		return d, bad
	}
	return store.Delegation{Duty: duty, From: from, To: (to + 1).Start(), Reason: reason}, nil
}

// colleague finds a member of staff by login name, or by name when there is one of that name.
func (a *App) colleague(r *store.Reader, v Viewer, words string) (store.Staff, error) {
	words = strings.Join(strings.Fields(words), " ")
	s, err := r.StaffByLogin(strings.ToLower(words))
	if err == nil && s.Disabled.IsZero() {
		return s, nil
	}
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return s, err
	}
	var found []store.Staff
	for after := ""; ; {
		page, err := r.StaffList(after, accountsPerRead)
		if err != nil {
			return s, err
		}
		names, err := a.staffNames(r, v, page)
		if err != nil {
			return s, err
		}
		for _, x := range page {
			if after = x.Login; names[x.Person] == words && x.Disabled.IsZero() {
				found = append(found, x)
			}
		}
		if len(page) < accountsPerRead {
			break
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return s, fault.Field("delegate", "没有这位工作人员，或其账号已停用。", "There is no such member of staff, or the account is disabled.")
	}
	var logins []string
	for _, x := range found {
		logins = append(logins, x.Login)
	}
	return s, fault.Field("delegate", "有 %[1]d 位同名的同事，请改填登录名：%[2]s。", "%[1]d colleagues have that name; give the login name: %[2]s.", len(found), strings.Join(logins, "、"))
}

// mayDelegate refuses what cannot be lent, or not to this colleague.
func mayDelegate(r *store.Reader, v Viewer, d store.Delegation) error {
	switch {
	case d.Delegate == d.Person:
		return fault.Field("delegate", "不能委托给本人。", "A duty cannot be lent to its holder.")
	case d.Delegate == v.Person:
		return fault.Field("delegate", "不能把他人的职责委托给自己，请由另一位安全管理员办理。", "You cannot lend somebody's duty to yourself; ask another security administrator.")
	}
	holds := func(list []store.Tenure, fits func(casework.Duty) bool) bool {
		return slices.ContainsFunc(list, func(t store.Tenure) bool {
			return fits(t.Duty) && !t.From.After(d.From) && (t.To.IsZero() || t.To.After(d.From))
		})
	}
	own, err := r.Tenures(d.Person)
	if err != nil {
		return err
	}
	if !holds(own, func(x casework.Duty) bool { return x == d.Duty }) {
		return fault.Field("duty", "只能委托本人担任的职责；代理的职责不能再转委托。", "Only duties of one's own can be lent; what is lent cannot be lent on.")
	}
	theirs, err := r.Tenures(d.Delegate)
	if err != nil {
		return err
	}
	if holds(theirs, func(x casework.Duty) bool { return x.Covers(casework.Holder(d.Duty)) }) {
		return fault.Field("delegate", "这位同事本来就有这项职责，不需要委托。", "This colleague has the duty anyway; there is no need to lend it.")
	}
	return clashes(r, d, theirs)
}

// clashes refuses a delegation that would put into one hand what must be in two, and a second one of the same duty for
// the same days: the colleague who acts is one.
func clashes(r *store.Reader, d store.Delegation, theirs []store.Tenure) error {
	for _, t := range theirs {
		if t.To.IsZero() || t.To.After(d.From) {
			if err := oneHand("delegate", d.Duty.Role, t.Duty.Role); err != nil {
				return err
			}
		}
	}
	borrowed, err := r.Borrowed(d.Delegate)
	if err != nil {
		return err
	}
	for _, b := range borrowed {
		if b.From.Before(d.To) && d.From.Before(b.To) {
			if err := oneHand("delegate", d.Duty.Role, b.Duty.Role); err != nil {
				return err
			}
		}
	}
	lent, err := r.Lent(d.Person)
	if err != nil {
		return err
	}
	for _, x := range lent {
		if x.Duty == d.Duty && x.From.Before(d.To) && d.From.Before(x.To) {
			return fault.Field("from", "这项职责 %[1]s 至 %[2]s 已经委托；如需更换，请先结束原委托。", "This duty is lent from %[1]s to %[2]s already; end that first to change it.", day(x.From), lastDay(x.To))
		}
	}
	return nil
}

// EndDelegation ends one early: its person, the delegate, or whoever administers users.
func (a *App) EndDelegation(ctx context.Context, v Viewer, id int64, key string) error {
	return a.plain(ctx, v, key, func(e *edit) error {
		d, err := e.tx.Delegation(id)
		if err != nil {
			return err
		}
		if v.Person != d.Person && v.Person != d.Delegate && !v.Can(EditUsers) {
			return fault.New(fault.NotFound, "没有这项委托。", "There is no such delegation.")
		}
		owner, err := e.tx.StaffAccount(d.Person)
		if err != nil {
			return err
		}
		if err := e.tx.EndDelegation(id, v.Person); err != nil {
			return err
		}
		e.log = append(e.log, store.Audit{Action: "delegation.end", Subject: "staff:" + owner.Login, Person: d.Person, Detail: casework.Holder(d.Duty).Key()})
		return e.tellDelegation(v, d, "委托已提前结束：“%s”，原定 %s 至 %s。", "A delegation was ended early: %s, planned from %s to %s.")
	})
}

// tellDelegation sends a message to whoever of the two did not do it themselves. It names no person: messages are not sealed.
func (e *edit) tellDelegation(v Viewer, d store.Delegation, zh, en string) error {
	name := e.was.DutyName(d.Duty)
	for _, p := range []casework.Person{d.Person, d.Delegate} {
		if p == v.Person {
			continue
		}
		err := e.tx.AddNotice(store.Notice{ID: e.tx.NewID(), Person: p, Kind: "delegation",
			ZH: fmt.Sprintf(zh, name.ZH, day(d.From), lastDay(d.To)), EN: fmt.Sprintf(en, name.EN, day(d.From), lastDay(d.To))})
		if err != nil {
			return err
		}
	}
	return nil
}
