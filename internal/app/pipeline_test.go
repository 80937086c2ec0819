package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/store"
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

// TestTheFunnelIsWhatHistoriesSay plays leads by chance and counts them again from their cases and histories alone.
func TestTheFunnelIsWhatHistoriesSay(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w, ctx := newProjectWorld(base), context.Background()
		want := w.leadsByChance()
		if f := w.funnel("investment"); reading(f) != reading(want) {
			t.Errorf("the leader reads\n%s\nwant\n%s", reading(f), reading(want))
		}
		if want.Ended == 0 || want.Steps[2].Reached < 3 || want.Steps[1].Now == 0 || want.Steps[0].Fresh == want.Steps[0].Reached {
			t.Errorf("chance left something out: %s", reading(want))
		}
		f, err := w.App.Funnel(ctx, w.other, "investment")
		w.OK(err)
		if f.Steps[0].Reached != 0 {
			t.Errorf("a unit that has none of them reads %s", reading(f))
		}
		if f, err = w.App.Funnel(ctx, w.officer, "investment"); err != nil || f.Steps[0].Reached != want.Steps[0].Reached {
			t.Errorf("the unit that has them all reads %s %v", reading(f), err)
		}
		if found := wrong(base); found != nil {
			t.Error(found)
		}
	})
}

// TestADatabaseOlderThanTheFunnelCatchesUp empties the table that funnels read, as it is after the migration that makes it.
func TestADatabaseOlderThanTheFunnelCatchesUp(t *testing.T) {
	file := filepath.Join(t.TempDir(), "g.db")
	base := apptest.New(t, "sqlite:"+file)
	w, ctx := newProjectWorld(base), context.Background()
	want := w.leadsByChance()
	db := apptest.Raw(t, file)
	for _, table := range []string{"case_phases", "rebuilt"} {
		_, err := db.Exec("DELETE FROM " + table)
		w.OK(err)
	}
	if f := w.funnel("investment"); f.Steps[0].Reached != 0 {
		t.Fatalf("nothing was emptied: %s", reading(f))
	}
	if found := wrong(base); found != nil {
		t.Errorf("what is still to be done is no finding: %v", found)
	}
	for range 2 {
		w.OK(w.App.CatchUp(ctx, apptest.Zone))
		if f := w.funnel("investment"); reading(f) != reading(want) {
			t.Errorf("caught up to\n%s\nwant\n%s", reading(f), reading(want))
		}
	}
	if found := wrong(base); found != nil {
		t.Error(found)
	}
	for _, column := range []string{"mark", "amount", "at"} {
		if !apptest.Tamper(t, file, "case_phases", column, true) {
			t.Fatal("no row")
		}
		if found := wrong(base); len(found) != 1 || !strings.HasPrefix(found[0], "how far a case came is what its history says") {
			t.Errorf("%s was changed: %v", column, found)
		}
	}
}

// TestAChangedMonthIsFound changes, past the store, what lists read of a project's months.
func TestAChangedMonthIsFound(t *testing.T) {
	file := filepath.Join(t.TempDir(), "g.db")
	base := apptest.New(t, "sqlite:"+file)
	w := newProjectWorld(base)
	id := w.register("KEY", "演示项目")
	w.elements(id, "")
	w.do(w.office, id, "admit")
	w.report(id, "2026-02", "120000000")
	if found := wrong(base); found != nil {
		t.Fatal(found)
	}
	if !apptest.Tamper(t, file, "case_months", "actual", true) {
		t.Fatal("no row")
	}
	if found := wrong(base); len(found) != 1 || !strings.HasPrefix(found[0], "monthly figures are those that history told") {
		t.Errorf("%v", found)
	}
}

// reading is what a funnel says, without its procedure and goals.
func reading(f app.Funnel) string { return fmt.Sprint(f.Steps, f.Ended, f.Amount) }

// leadsByChance plays thirty leads in two years and counts them.
func (w *projectWorld) leadsByChance() app.Funnel {
	w.T.Helper()
	rng := rand.New(rand.NewPCG(4, 27))
	on := []struct {
		by     app.Viewer
		move   string
		fields []string
	}{{w.officer, "respond", nil}, {w.officer, "assess", []string{"finding", "可行"}}, {w.officer, "reply", []string{"told", "约谈"}},
		{w.office, "sign", []string{"contract", "协议", "signed_on", "2026-03-02"}}}
	for i := range 30 {
		if i == 15 {
			w.Pass(320 * 24 * time.Hour)
		}
		id, err := w.lead(uscc, fmt.Sprintf("示例项目 %d", i))
		w.OK(err)
		steps := rng.IntN(len(on) + 1)
		for _, m := range on[:steps] {
			w.Pass(time.Hour)
			w.do(m.by, id, m.move, m.fields...)
		}
		if steps == len(on) && rng.IntN(2) == 0 {
			w.do(w.officer, id, "ask_back", "why", "协议条款需重谈")
			w.do(w.leader, id, "back_talks")
		}
		switch rng.IntN(4) {
		case 0:
			w.OK(w.try(w.officer, id, "lose", casework.Command{Reason: "elsewhere", Note: "另选他处"}))
		case 1:
			if steps == 0 {
				w.OK(w.try(w.office, id, "withdraw", casework.Command{Reason: "error", Note: "登记错了"}))
			}
		}
	}
	return w.counted("investment")
}

// counted is a funnel counted from cases and events, one by one.
func (w *projectWorld) counted(procedure string) app.Funnel {
	w.T.Helper()
	z, err := w.App.Zone(context.Background(), apptest.Zone)
	w.OK(err)
	p := z.Procedure(procedure)
	out := app.Funnel{Steps: make([]app.FunnelStep, len(p.Phases))}
	year := time.Date(w.Now().Year(), 1, 1, 0, 0, 0, 0, calendar.Zone())
	phase := func(stage string) int {
		s, _ := p.Stage(stage)
		return int(s.Phase) - 1
	}
	w.OK(w.App.DB().View(context.Background(), apptest.Zone, func(r *store.Reader) error {
		var ids []casework.ID
		if err := r.EachCase(store.Everything, store.CaseFilter{Procedure: procedure}, func(c casework.Case, _ time.Time) error {
			ids = append(ids, c.ID)
			return nil
		}); err != nil {
			return err
		}
		for _, id := range ids {
			c, events, err := r.History(id, store.Everything)
			if err != nil {
				return err
			}
			if c.Stage == "withdrawn" {
				continue
			}
			money, err := strconv.ParseInt(c.Fields["invest"], 10, 64)
			if err != nil {
				return err
			}
			far := phase(c.Stage)
			if c.Stage == "lost" {
				out.Ended++
				for stage := range c.Held {
					far = max(far, phase(stage))
				}
			} else {
				out.Amount += money
				out.Steps[far].Now++
				out.Steps[far].Amount += money
			}
			for i := range far + 1 {
				out.Steps[i].Reached++
				out.Steps[i].Sum += money
				came := slices.IndexFunc(events, func(e casework.Event) bool { return e.To != "lost" && phase(e.To) == i })
				if c.Stage != "lost" && came >= 0 && !events[came].At.Before(year) {
					out.Steps[i].Fresh++
				}
			}
		}
		return nil
	}))
	for i := range out.Steps {
		out.Steps[i].Phase = p.Phases[i]
	}
	return out
}
