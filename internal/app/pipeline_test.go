package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// lead enters a lead; investor and name make it the same as another or not.
func (w *projectWorld) lead(code, name string) (casework.ID, error) {
	w.n++
	out, err := w.App.File(context.Background(), w.office, app.Filing{Key: fmt.Sprintf("lead-key-%08d", w.n), Procedure: "investment", Start: "record", Source: "unit", Category: "H",
		Title: name, Fields: fields("investor", "示例公司", "investor_code", code, "invest", "12000000000", "unit", "industry")})
	return out.Case.ID, err
}

const uscc = "91330108MA27Y5XH5G"

func TestALeadCountsOnceAndGoesBackByApprovalOnly(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w, ctx := newProjectWorld(base), context.Background()
		id, err := w.lead(uscc, "示例项目")
		w.OK(err)
		if _, err := w.lead(strings.ToLower(uscc), "示例 项目"); fault.KindOf(err) != fault.Invalid || fault.Fields(err)[0].Field != "investor_code" {
			t.Errorf("the same again, written otherwise: %v", err)
		}
		found, err := w.App.Same(ctx, w.office, "investment", "示例项目", fields("investor_code", uscc))
		w.OK(err)
		if found == nil || found.ID != id {
			t.Errorf("before it is sent: %v", found)
		}
		if found, err := w.App.Same(ctx, w.other, "project", "示例项目", nil); err != nil || found != nil {
			t.Errorf("where nothing counts once: %v %v", found, err)
		}
		second, err := w.lead(uscc, "示例项目二期")
		w.OK(err)
		w.do(w.officer, id, "respond")
		w.do(w.officer, id, "assess", "finding", "可行")
		w.do(w.officer, id, "reply", "told", "约谈")
		if err := w.try(w.officer, id, "sign", casework.Command{Fields: fields("contract", "协议 1", "signed_on", "2026-03-02")}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the unit confirms its own signature: %v", err)
		}
		w.do(w.office, id, "sign", "contract", "协议 1", "signed_on", "2026-03-02")
		if err := w.try(w.leader, id, "back_talks", casework.Command{}); err == nil {
			t.Error("it went back though nobody asked")
		}
		w.do(w.officer, id, "ask_back", "why", "协议条款需重谈")
		if err := w.try(w.office, id, "back_talks", casework.Command{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("it went back without the leader: %v", err)
		}
		f := w.funnel("investment")
		if f.Steps[2].Now != 1 || f.Steps[2].Fresh != 1 || f.Goals[0].Done != 1 || f.Goals[0].Count != 25 || f.Goals[0].Due != 4 {
			t.Errorf("signed: %+v", f)
		}
		w.do(w.leader, id, "back_talks")
		f = w.funnel("investment")
		if f.Steps[1].Now != 1 || f.Steps[1].Amount != 12000000000 || f.Steps[2].Reached != 0 || f.Steps[0].Reached != 2 || f.Goals[0].Done != 0 {
			t.Errorf("back in talks: %+v", f)
		}
		if err := w.try(w.office, second, "lose", casework.Command{Note: "另选他处"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("ended without a reason: %v", err)
		}
		w.OK(w.try(w.office, second, "withdraw", casework.Command{Reason: "error", Note: "登记错了"}))
		if _, err := w.lead(uscc, "示例项目二期"); err != nil {
			t.Errorf("after the first was withdrawn as a mistake: %v", err)
		}
		w.OK(w.try(w.officer, id, "lose", casework.Command{Reason: "elsewhere", Note: "另选他处"}))
		f = w.funnel("investment")
		if f.Ended != 1 || f.Steps[2].Reached != 1 || f.Steps[1].Now != 0 || f.Steps[0].Now != 1 {
			t.Errorf("ended after it had once been signed: %+v", f)
		}
		if _, err := w.lead(uscc, "示例项目"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("first contact anew after the end: %v", err)
		}
	})
}

func (w *projectWorld) funnel(procedure string) app.Funnel {
	w.T.Helper()
	f, err := w.App.Funnel(context.Background(), w.leader, procedure)
	w.OK(err)
	return f
}

func TestTheRulesOfLightsAreChosenAsANewVersion(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w, ctx := newProjectWorld(base), context.Background()
		admin := w.Staff("gl", "管理一号", casework.Duty{Role: "admin", Area: "330108"})
		if err := w.App.UseLights(ctx, w.leader, "wuhan", "k1"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("by a leader: %v", err)
		}
		if err := w.App.UseLights(ctx, admin, "paris", "k2"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a set there is none of: %v", err)
		}
		w.OK(w.App.UseLights(ctx, admin, "wuhan", "k3"))
		z, err := w.App.Zone(ctx, apptest.Zone)
		w.OK(err)
		if z.Lights.Use != "wuhan" || len(z.Lights.List) != 3 {
			t.Errorf("in use: %s of %d", z.Lights.Use, len(z.Lights.List))
		}
	})
}
