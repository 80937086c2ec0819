package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// thingWorld is a district with a one-stop window and the departments that a restaurant needs.
type thingWorld struct {
	*complaintWorld
	window, applicant app.Viewer
	units             map[string]app.Viewer
}

func newThingWorld(w *apptest.World) *thingWorld {
	t := &thingWorld{complaintWorld: newComplaintWorld(w), units: map[string]app.Viewer{}}
	t.window = w.Staff("ck", "窗口一号", casework.Duty{Role: "window", Area: "330108"})
	for _, u := range []string{"market", "approval", "fire", "law", "housing"} {
		t.units[u] = w.Staff("o-"+u, "经办"+u, casework.Duty{Role: "officer", Unit: u})
	}
	t.applicant = w.Resident("13800000041")
	return t
}

const restaurant = "cold=no;home=rent;licence=none;sign=yes;size=large"

func restaurantFields() map[string]string {
	return fields("theme", "catering", "answers", restaurant, "applicant", "格治小馆", "premises", "西兴路 1 号", "size", "320", "scope", "餐饮服务", "staff", "8", "handed", "lease,layout,deed,zzz")
}

func (w *thingWorld) apply(v app.Viewer, start string) casework.ID {
	w.T.Helper()
	w.n++
	out, err := w.App.File(context.Background(), v, app.Filing{Key: fmt.Sprintf("thing-key-%016d", w.n), Procedure: "one-thing", Start: start, Fields: restaurantFields()})
	w.OK(err)
	return out.Case.ID
}

// part is the sub-case of an item.
func (w *thingWorld) part(id casework.ID, item string) casework.ID {
	w.T.Helper()
	p, err := w.App.CasePage(context.Background(), w.window, id)
	w.OK(err)
	for _, x := range p.Parts {
		if x.Key == item {
			return x.Case
		}
	}
	w.T.Fatalf("no item %s in %+v", item, p.Parts)
	return 0
}

func (w *thingWorld) stage(id casework.ID, want string) app.CasePage {
	w.T.Helper()
	p, err := w.App.CasePage(context.Background(), w.window, id)
	w.OK(err)
	if p.Case.Stage != want {
		w.T.Fatalf("at %s, want %s; %+v", p.Case.Stage, want, p.Parts)
	}
	return p
}

func TestARestaurantIsAppliedForOnceAndAskedForMoreOnce(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w := newThingWorld(base)
		id := w.apply(w.applicant, "apply")
		p := w.stage(id, "received")
		if p.Case.Fields["theme"] != "catering/1" || p.Case.Fields["promised"] != "6work_day" || p.Case.Fields["handed"] != "lease,layout" || p.Case.Title != "开办餐饮店（示例）" {
			t.Errorf("filed as %q, %v", p.Case.Title, p.Case.Fields)
		}
		w.do(w.window, id, casework.Command{Move: "accept"})
		p = w.stage(id, "reviewing")
		if len(p.Parts) != 5 || p.Parts[1].Case != 0 || !p.Parts[0].Critical || !p.Parts[1].Critical || p.Parts[3].Critical {
			t.Errorf("parts %+v", p.Parts)
		}
		w.do(w.units["market"], w.part(id, "licence"), casework.Command{Move: "grant", Fields: fields("number", "示例-001")})
		for _, x := range []string{"food", "sign"} {
			w.do(w.units[map[string]string{"food": "approval", "sign": "law"}[x]], w.part(id, x), casework.Command{Move: "ask", Fields: fields("missing", "请补充"+x)})
			w.stage(id, "reviewing")
		}
		w.do(w.units["fire"], w.part(id, "fire"), casework.Command{Move: "complete"})
		w.stage(id, "reviewing")
		w.do(w.units["housing"], w.part(id, "drain"), casework.Command{Move: "complete"})
		p = w.stage(id, "asked")
		if got := p.Case.Fields["to_supply"]; got != "食品经营许可：请补充food\n户外招牌设置：请补充sign" {
			t.Errorf("asked for %q", got)
		}
		w.do(w.applicant, id, casework.Command{Move: "supply", Fields: fields("supplied", "都在附件", "handed", "lease,layout,health,drawing,alarm,plan,grease")})
		w.stage(id, "reviewing")
		food := w.part(id, "food")
		seen, err := w.App.CasePage(context.Background(), w.units["approval"], food)
		w.OK(err)
		if seen.Case.Stage != "review" || seen.Case.Fields["item"] != "food" || seen.Case.Fields["statutory"] != "20work_day" || seen.Case.Fields["applicant"] != "格治小馆" {
			t.Errorf("the food licence is %+v", seen.Case)
		}
		if got := seen.Applied; got == nil || len(got.Materials) != 5 || !got.Materials[4].Handed {
			t.Errorf("its materials are %+v", got)
		}
		if _, err := w.App.Move(context.Background(), w.units["approval"], food, casework.Command{Move: "ask", Fields: fields("missing", "再补")}, "again"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("asked a second time: %v", err)
		}
		for x, u := range map[string]string{"food": "approval", "sign": "law", "fire": "fire", "drain": "housing"} {
			w.do(w.units[u], w.part(id, x), casework.Command{Move: "grant"})
		}
		w.stage(id, "issuing")
		w.do(w.window, id, casework.Command{Move: "issue", Fields: fields("delivery", "digital")})
		w.do(w.applicant, id, casework.Command{Move: "rate", Fields: fields("rating", "2")})
		w.stage(id, "visiting")
		w.do(w.window, id, casework.Command{Move: "visit", Fields: fields("heard", "等得久", "put_right", "已增开窗口")})
		if p = w.stage(id, "closed"); p.Case.Rating != 2 || p.Case.Result != "done" {
			t.Errorf("ended %s, rated %d", p.Case.Result, p.Case.Rating)
		}
		w.sound()
	})
}

func TestAnApplicationIsRefusedWithdrawnAndDeemedAccepted(t *testing.T) {
	w, ctx := newThingWorld(apptest.New(t, "sqlite:"+t.TempDir()+"/g.db")), context.Background()
	for name, c := range map[string]struct {
		change func(map[string]string)
		want   string
	}{
		"no theme":              {func(f map[string]string) { delete(f, "theme") }, "theme"},
		"a theme there is not":  {func(f map[string]string) { f["theme"] = "moon" }, "theme"},
		"a question left out":   {func(f map[string]string) { f["answers"] = "cold=no;home=rent;licence=none;sign=yes" }, "q.size"},
		"an answer there isn't": {func(f map[string]string) { f["answers"] = strings.Replace(restaurant, "large", "huge", 1) }, "q.size"},
		"a field left out":      {func(f map[string]string) { delete(f, "scope") }, "scope"},
		"a number that is none": {func(f map[string]string) { f["size"] = "很大" }, "size"},
	} {
		f := restaurantFields()
		c.change(f)
		_, err := w.App.File(ctx, w.applicant, app.Filing{Key: "bad-key-0000000000" + name, Procedure: "one-thing", Start: "apply", Fields: f})
		if got := fault.Fields(err); len(got) != 1 || got[0].Field != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := restaurantFields()
	f["theme"] = "catering/7"
	if _, err := w.App.File(ctx, w.applicant, app.Filing{Key: "old-key-00000000001", Procedure: "one-thing", Start: "apply", Fields: f}); fault.KindOf(err) == fault.Internal || err == nil {
		t.Errorf("an old guide: %v", err)
	}

	id := w.apply(w.window, "record")
	w.do(w.window, id, casework.Command{Move: "accept"})
	w.do(w.units["market"], w.part(id, "licence"), casework.Command{Move: "refuse", Reason: "conditions", Fields: fields("reasons", "场所不得用于经营")})
	p := w.stage(id, "refusing") // nothing else was opened: all of it waits for the licence
	if p.Parts[1].Result != casework.NotOpened {
		t.Errorf("parts %+v", p.Parts)
	}
	w.do(w.window, id, casework.Command{Move: "tell_refusal", Fields: fields("outcome", "refused", "told", "场所不得用于经营；可申请复议或起诉", "delivery", "counter")})
	w.stage(id, "closed") // nobody to rate it

	id = w.apply(w.applicant, "apply")
	w.do(w.window, id, casework.Command{Move: "accept"})
	w.do(w.applicant, id, casework.Command{Move: "withdraw"})
	licence := w.part(id, "licence")
	if p, err := w.App.CasePage(ctx, w.units["market"], licence); err != nil || p.Case.Stage != "stopped" {
		t.Errorf("the department goes on: %+v %v", p.Case.Stage, err)
	}

	id = w.apply(w.applicant, "apply")
	w.Pass(14 * 24 * time.Hour)
	_, err := w.App.Tick(ctx, apptest.Zone)
	w.OK(err)
	if p := w.stage(id, "reviewing"); len(p.Parts) != 5 || p.Case.Accepted.IsZero() {
		t.Errorf("deemed accepted with %+v", p.Parts)
	}
	w.sound()
}
