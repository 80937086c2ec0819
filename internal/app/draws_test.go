package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

func TestADrawIsCommittedToFirstAndHeldOnce(t *testing.T) {
	w, ctx := newPairWorld(apptest.New(t, "sqlite:"+t.TempDir()+"/g.db")), context.Background()
	district := w.Staff("qj", "区级一号", casework.Duty{Role: "district_desk", Area: "330108"})
	plan := app.DrawPlan{Key: "draw-1", Procedure: "application", Category: "PUBLIC", Title: "公租房第一批", Places: map[string]string{"general": "2", "priority": "0"}, Source: "某公开彩票第 63 期", After: w.Now().Add(48 * time.Hour)}
	if _, err := w.App.CommitDraw(ctx, district, plan); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a draw without entrants: %v", err)
	}
	var ids []casework.ID
	for i := range 5 {
		v := w.Resident(fmt.Sprintf("1380000005%d", i))
		c := w.begin(v, app.Filing{Procedure: "application", Start: "apply", Category: "PUBLIC", Title: "申请公租房", Area: "330108001001", Address: "某小区", Photos: []string{fmt.Sprint(picture(w.World, v, 3+i))},
			Fields: fields("group", "general", "people", "2", "materials", "complete", "consent", "given")})
		w.do(w.community, c.ID, casework.Command{Move: "pass", Fields: fields("opinion", "属实。")})
		w.do(district, c.ID, casework.Command{Move: "eligible", Fields: fields("decision", "符合。")})
		ids = append(ids, c.ID)
	}
	w.Pass(15 * 24 * time.Hour)
	_, err := w.App.Tick(ctx, apptest.Zone)
	w.OK(err)
	for name, c := range map[string]struct {
		change func(*app.DrawPlan)
		field  string
	}{
		"a seed that can be known already": {func(p *app.DrawPlan) { p.After = w.Now() }, "after"},
		"no places":                        {func(p *app.DrawPlan) { p.Places = map[string]string{"general": "0", "priority": "0"} }, "places.general"},
		"places that are no number":        {func(p *app.DrawPlan) { p.Places = map[string]string{"general": "x", "priority": "0"} }, "places.general"},
		"no source":                        {func(p *app.DrawPlan) { p.Source = " " }, "source"},
		"nothing to draw for":              {func(p *app.DrawPlan) { p.Category = "CASTLE" }, "what"},
	} {
		x := plan
		x.After = w.Now().Add(time.Hour)
		c.change(&x)
		if _, err := w.App.CommitDraw(ctx, district, x); len(fault.Fields(err)) != 1 || fault.Fields(err)[0].Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.App.CommitDraw(ctx, w.community, plan); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a community's desk draws: %v", err)
	}
	plan.Key, plan.After = "draw-2", w.Now().Add(time.Hour)
	id, err := w.App.CommitDraw(ctx, district, plan)
	w.OK(err)
	again := plan
	again.Key = "draw-3"
	if _, err := w.App.CommitDraw(ctx, district, again); fault.KindOf(err) != fault.Conflict {
		t.Errorf("two draws for the same at once: %v", err)
	}
	if err := w.App.HoldDraw(ctx, district, id, "123456", "某报"+"头版"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("drawn before the seed can be known: %v", err)
	}
	if _, err := w.App.Move(ctx, district, ids[0], casework.Command{Move: "win", Fields: fields("order", "1", "round", "x")}, "rig"); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a desk says who has won: %v", err)
	}
	w.Pass(2 * time.Hour)
	w.OK(w.App.HoldDraw(ctx, district, id, "123456", "某报头版"))
	if err := w.App.HoldDraw(ctx, district, id, "654321", "某报头版"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("drawn twice: %v", err)
	}
	page, err := w.App.DrawPage(ctx, app.Viewer{Zone: apptest.Zone}, id)
	w.OK(err)
	offered := 0
	for i, c := range ids {
		if w.stage(c) == "offered" {
			offered++
		}
		if page.Places[i].Order != i+1 || page.Places[i].Drawn() != (i < 2) {
			t.Errorf("place %d: %+v", i+1, page.Places[i])
		}
	}
	if offered != 2 || page.Nonce == "" {
		t.Errorf("%d were offered a home; page %+v", offered, page.Draw)
	}
	w.sound()
}
