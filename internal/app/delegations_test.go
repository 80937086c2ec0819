package app_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/points"
	"gezhi/internal/store"
)

// absence is a district with officers of two units, and administrators.
type absence struct {
	*apptest.World
	n int
}

var (
	officerDuty  = casework.Duty{Role: "officer", Unit: "sanitation"}
	verifierDuty = casework.Duty{Role: "verifier", Area: "330108"}
)

func (a *absence) key() string { a.n++; return fmt.Sprint("k", a.n) }

// lend delegates a duty to somebody by login from today for some days.
func (a *absence) lend(by app.Viewer, of casework.Person, d casework.Duty, to string, days int) error {
	now := a.Now()
	return a.App.Delegate(context.Background(), by, of, app.NewDelegation{Duty: casework.Holder(d).Key(), Delegate: to,
		To: now.AddDate(0, 0, days-1).Format(time.DateOnly), Reason: "外出培训"}, a.key())
}

// again is the viewer as the next request finds them.
func (a *absence) again(v app.Viewer) app.Viewer { a.T.Helper(); return a.Viewer(v.Person) }

func (a *absence) refused(what string, err error, k fault.Kind, words string) {
	a.T.Helper()
	if err == nil || fault.KindOf(err) != k || !strings.Contains(fault.Sentence(err, 0), words) {
		a.T.Errorf("%s: %v, want kind %d with %q", what, err, k, words)
	}
}

func TestAColleagueActsWhileSomebodyIsAway(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx, a := context.Background(), &absence{World: w}
		_, c := lived(t, w)
		officer := a.viewer("huanwei")
		other := w.Staff("lisi", "李四", casework.Duty{Role: "officer", Unit: "greening"})
		before, _, err := w.App.InboxCount(ctx, other)
		w.OK(err)
		w.OK(a.lend(officer, officer.Person, officerDuty, "李四", 7))
		in := a.again(other)
		if len(in.Lent) != 1 || in.Lent[0].Name != "虚构人员" || !slices.Contains(in.Duties, officerDuty) || slices.Contains(in.Own(), officerDuty) {
			t.Fatalf("the delegate is %+v", in)
		}
		tasks, err := w.App.Inbox(ctx, in, store.CaseFilter{})
		w.OK(err)
		if before != 0 || len(tasks) != 1 || tasks[0].ID == c.ID {
			t.Fatalf("the delegate's inbox held %d, holds %+v", before, tasks)
		}
		open := w.Move(in, casework.Case{ID: tasks[0].ID}, "done", func(cmd *casework.Command) {
			cmd.Fields["result_text"], cmd.Photos, cmd.Note = "已清运", []string{fmt.Sprint(picture(w, in, 3))}, "现场已恢复"
		})
		page, err := w.App.CasePage(ctx, in, open.ID)
		w.OK(err)
		if e := page.Events[len(page.Events)-1]; e.Who != "李四" || e.For != "虚构人员" || e.Event.For != officer.Person {
			t.Errorf("history says %s for %s", e.Who, e.For)
		}
		if found := wrong(w); len(found) > 0 {
			t.Errorf("broken:\n%s", strings.Join(found, "\n"))
		}
		// The clock ends it, without anybody's doing.
		w.Pass(6*24*time.Hour - time.Minute)
		if got := a.again(other); len(got.Lent) != 1 {
			t.Error("it ended before its last day was over")
		}
		w.Pass(24 * time.Hour)
		if got := a.again(other); len(got.Lent) != 0 || slices.Contains(got.Duties, officerDuty) {
			t.Errorf("after its last day the delegate still has %+v", got.Duties)
		}
		auditor := w.Staff("shenji", "测试审计", casework.Duty{Role: "auditor", Area: "330108"})
		log, err := w.App.AuditLog(ctx, auditor, app.AuditQuery{Action: "delegation.add", Limit: 10})
		w.OK(err)
		if len(log) != 2 || log[0].Reason != "外出培训" || !strings.Contains(log[0].Detail, "officer/sanitation/ → staff:lisi 2026-03-0") {
			t.Errorf("the audit log says %+v", log)
		}
	})
}

func (a *absence) viewer(login string) app.Viewer {
	a.T.Helper()
	var s store.Staff
	a.OK(a.App.DB().View(context.Background(), apptest.Zone, func(r *store.Reader) (err error) {
		s, err = r.StaffByLogin(login)
		return err
	}))
	return a.Viewer(s.Person)
}

func TestTheRulesOfDelegating(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx, a := context.Background(), &absence{World: w}
		zhang := w.Staff("zhangsan", "张三", officerDuty, verifierDuty)
		li := w.Staff("lisi", "李四", casework.Duty{Role: "officer", Unit: "greening"})
		w.Staff("wangwu", "王五", officerDuty)
		w.Staff("wang6", "王五", casework.Duty{Role: "officer", Unit: "greening"})
		security := w.Staff("security", "测试安全", casework.Duty{Role: "security", Area: "330108"})
		resident := w.Resident("19900000020")
		a.refused("a resident", a.lend(resident, resident.Person, officerDuty, "lisi", 1), fault.Forbidden, "只有工作人员")
		a.refused("to oneself", a.lend(zhang, zhang.Person, officerDuty, "zhangsan", 1), fault.Invalid, "本人")
		a.refused("to nobody", a.lend(zhang, zhang.Person, officerDuty, "赵六", 1), fault.Invalid, "没有这位")
		a.refused("to one of two", a.lend(zhang, zhang.Person, officerDuty, "王五", 1), fault.Invalid, "wang6、wangwu")
		a.refused("to a resident", a.lend(zhang, zhang.Person, officerDuty, resident.Name, 1), fault.Invalid, "没有这位")
		a.refused("to who has it", a.lend(zhang, zhang.Person, officerDuty, "wangwu", 1), fault.Invalid, "本来就有")
		a.refused("another's duty", a.lend(zhang, zhang.Person, casework.Duty{Role: "officer", Unit: "greening"}, "wangwu", 1), fault.Invalid, "只能委托本人")
		a.refused("for another", a.lend(zhang, li.Person, casework.Duty{Role: "officer", Unit: "greening"}, "wangwu", 1), fault.Forbidden, "权限")
		a.refused("91 days", a.lend(zhang, zhang.Person, officerDuty, "lisi", 91), fault.Invalid, "90")
		a.refused("no days", a.lend(zhang, zhang.Person, officerDuty, "lisi", 0), fault.Invalid, "不能早于")
		a.refused("to themselves for another", a.lend(security, zhang.Person, officerDuty, "security", 3), fault.Invalid, "给自己")
		form := app.NewDelegation{Duty: "officer/sanitation/", Delegate: "lisi", From: "2026-03-01", To: "x", Reason: ""}
		if got := fault.Fields(w.App.Delegate(ctx, zhang, zhang.Person, form, "bad")); len(got) != 3 {
			t.Errorf("a bad form: %v", got)
		}
		w.OK(a.lend(security, zhang.Person, officerDuty, "lisi", 90)) // for somebody who fell ill
		a.refused("twice", a.lend(zhang, zhang.Person, officerDuty, "wang6", 1), fault.Invalid, "已经委托")
		in := a.again(li)
		a.refused("lent on", a.lend(in, in.Person, officerDuty, "wang6", 1), fault.Invalid, "不能再转委托")
		w.OK(a.lend(zhang, zhang.Person, verifierDuty, "wangwu", 1)) // another duty to another colleague
		// Both are told and both see it.
		for who, want := range map[casework.Person]int{zhang.Person: 1, li.Person: 1} {
			list, _, err := w.App.Messages(ctx, w.Viewer(who), 0, 10)
			w.OK(err)
			if len(list) != want || !strings.Contains(list[0].ZH, "2026-03-02 至 2026-05-30") || strings.Contains(list[0].ZH, "张三") {
				t.Errorf("messages %+v", list)
			}
		}
		lent, _, err := w.App.Delegations(ctx, zhang, zhang.Person)
		w.OK(err)
		_, held, err := w.App.Delegations(ctx, in, li.Person)
		w.OK(err)
		if len(lent) != 2 || len(held) != 1 || held[0].Who != "张三" || held[0].ByWho != "李四" || held[0].Maker != "测试安全" {
			t.Fatalf("lent %+v held %+v", lent, held)
		}
		stranger := w.Staff("zhaoliu", "赵六")
		a.refused("a stranger ends it", w.App.EndDelegation(ctx, stranger, held[0].ID, a.key()), fault.NotFound, "没有")
		if _, _, err := w.App.Delegations(ctx, stranger, zhang.Person); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a stranger sees it: %v", err)
		}
		w.OK(w.App.EndDelegation(ctx, zhang, held[0].ID, a.key()))
		a.refused("ended twice", w.App.EndDelegation(ctx, zhang, held[0].ID, a.key()), fault.Conflict, "已经结束")
		if got := a.again(li); len(got.Lent) != 0 {
			t.Errorf("after it was ended the delegate has %+v", got.Lent)
		}
		w.OK(a.lend(zhang, zhang.Person, officerDuty, "wang6", 1)) // once the first is ended
	})
}

// A delegation holds no longer than what it rests on.
func TestADelegationEndsWithTheDutyAndTheAccount(t *testing.T) {
	w := apptest.New(t, "sqlite:"+t.TempDir()+"/g.db")
	ctx, a := context.Background(), &absence{World: w}
	zhang, li := w.Staff("zhangsan", "张三", officerDuty), w.Staff("lisi", "李四")
	security := w.Staff("security", "测试安全", casework.Duty{Role: "security", Area: "330108"})
	w.Pass(time.Minute)
	w.OK(a.lend(zhang, zhang.Person, officerDuty, "lisi", 5))
	if len(a.again(li).Lent) != 1 {
		t.Fatal("it does not hold")
	}
	w.OK(w.App.Disable(ctx, security, zhang.Person, "停用", a.key()))
	if len(a.again(li).Lent) != 0 {
		t.Error("it holds although the account is disabled")
	}
	w.OK(w.App.Enable(ctx, security, zhang.Person, a.key()))
	account, err := w.App.StaffAccount(ctx, security, zhang.Person)
	w.OK(err)
	w.OK(w.App.EndGrant(ctx, security, zhang.Person, account.Tenures[0].ID, a.key()))
	if len(a.again(li).Lent) != 0 {
		t.Error("it holds although the duty has ended")
	}
}

// 三员分立 holds for what is lent too, in either order.
func TestAdministratorsStayApart(t *testing.T) {
	w := apptest.New(t, "sqlite:"+t.TempDir()+"/g.db")
	ctx, a := context.Background(), &absence{World: w}
	duty := func(role string) casework.Duty { return casework.Duty{Role: role, Area: "330108"} }
	admin, auditor := w.Staff("admin", "测试管理", duty("admin")), w.Staff("auditor", "测试审计", duty("auditor"))
	security := w.Staff("security", "测试安全", duty("security"))
	second := w.Staff("security2", "测试安全二", duty("security"))
	free := w.Staff("free", "测试人员")
	a.refused("auditor gets admin", a.lend(admin, admin.Person, duty("admin"), "auditor", 3), fault.Invalid, "三员分立")
	w.OK(a.lend(auditor, auditor.Person, duty("auditor"), "free", 3))
	a.refused("a borrowing auditor gets admin", a.lend(admin, admin.Person, duty("admin"), "free", 3), fault.Invalid, "三员分立")
	a.refused("a borrowing auditor is made admin", w.App.Grant(ctx, security, free.Person, app.Membership{Role: "admin"}, a.key()), fault.Invalid, "三员分立")
	w.OK(w.App.Grant(ctx, security, free.Person, app.Membership{Role: "admin", From: "2026-03-06"}, a.key())) // when it is over
	w.Staff("zhou", "测试代理")
	w.OK(a.lend(security, security.Person, duty("security"), "zhou", 3))
	t.Run("in another's name", func(t *testing.T) {
		in := a.viewer("zhou")
		for words, id := range map[string]casework.Person{"不能给自己": in.Person, "不能给所代理": security.Person} {
			a.refused("a role for oneself or whom they stand in for", w.App.Grant(ctx, in, id, app.Membership{Role: "verifier"}, a.key()), fault.Invalid, words)
		}
		a.refused("on behalf of whom they stand in for", a.lend(in, security.Person, duty("security"), "security2", 1), fault.Forbidden, "转委托")
		w.OK(w.App.Grant(ctx, in, second.Person, app.Membership{Role: "verifier"}, a.key()))
	})
}

// Reviewing points keeps its two hands: neither the absent nor who stands in reviews what the other did for them.
func TestPointsAreReviewedByTwoHandsInAbsenceToo(t *testing.T) {
	w := apptest.New(t, "sqlite:"+t.TempDir()+"/g.db")
	c := newCircle(w)
	a := &absence{World: w}
	street := casework.Duty{Role: "street_desk", Area: oneStreet}
	desk := casework.Duty{Role: "community_desk", Area: oneCommunity}
	boss := w.Staff("boss", "测试两岗", desk, street)
	w.Staff("stand", "测试代理")
	in := func() app.Viewer { return a.viewer("stand") }
	ctx := context.Background()
	resident, objector := c.Resident("13800000001"), c.Resident("13800000002")
	apptest.Household(w, resident.Person)
	w.OK(a.lend(boss, boss.Person, desk, "stand", 9))

	x := c.apply(resident, "honour-province")
	c.OK(c.decide(in(), x, app.Approve)) // the first review, in the boss's name
	if got := c.state(x); got.State != points.Reviewed || len(got.Approved) != 1 || got.Approved[0] != points.Person(in().Person) {
		t.Fatalf("%+v", got)
	}
	c.refused("the absent reviews what was reviewed in their name", c.decide(boss, x, app.Approve), fault.Forbidden, "代您办理")
	c.OK(c.decide(c.street, x, app.Approve))

	y := c.apply(resident, "honour-national")
	c.OK(c.decide(boss, y, app.Approve)) // in person
	w.OK(a.lend(boss, boss.Person, street, "stand", 3))
	c.refused("who stands in reviews what the absent reviewed", c.decide(in(), y, app.Approve), fault.Forbidden, "您所代理")
	c.OK(c.decide(c.street, y, app.Approve))

	for name, hands := range map[string][2]func() app.Viewer{
		"proposed in the boss's name": {in, func() app.Viewer { return boss }},
		"proposed by the boss":        {func() app.Viewer { return boss }, in},
	} {
		w.Pass(24 * time.Hour) // the item counts once a day
		z := c.apply(resident, "env-cleanup")
		c.OK(c.decide(c.desk, z, app.Approve))
		c.OK(w.App.Object(ctx, objector, z.ID, "没有看到有人打扫", c.key()))
		page, err := w.App.Award(ctx, c.desk, z.ID)
		c.OK(err)
		o := page.Objections[0].ID
		c.OK(w.App.ProposeObjection(ctx, hands[0](), o, false, "已核实属实", c.key()))
		c.refused(name, w.App.ConfirmObjection(ctx, hands[1](), o, true, c.key()), fault.Forbidden, "所代理")
		c.OK(w.App.ConfirmObjection(ctx, c.desk2, o, true, c.key()))
	}
}
