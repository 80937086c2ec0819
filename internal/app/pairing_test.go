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
	"gezhi/internal/store"
)

// pairWorld is a community with needs, another, and two units with resources.
type pairWorld struct {
	*complaintWorld
	community, other, culture, market, street app.Viewer
}

func newPairWorld(w *apptest.World) *pairWorld {
	return &pairWorld{complaintWorld: &complaintWorld{World: w},
		community: w.Staff("sq", "社区一号", casework.Duty{Role: "community_desk", Area: "330108001001"}),
		other:     w.Staff("sq2", "社区二号", casework.Duty{Role: "community_desk", Area: "330108001002"}),
		street:    w.Staff("jd", "街道一号", casework.Duty{Role: "street_desk", Area: "330108001"}),
		culture:   w.Staff("wh", "文旅一号", casework.Duty{Role: "officer", Unit: "culture"}),
		market:    w.Staff("sj", "市监一号", casework.Duty{Role: "officer", Unit: "market"})}
}

func (w *pairWorld) begin(v app.Viewer, f app.Filing) casework.Case {
	w.T.Helper()
	w.n++
	f.Key = fmt.Sprintf("form-key-%016d", w.n)
	out, err := w.App.File(context.Background(), v, f)
	w.OK(err)
	return out.Case
}

func (w *pairWorld) need(quantity string) casework.ID {
	c := w.begin(w.community, app.Filing{Procedure: "need", Start: "record", Source: "community", Category: "CULTURE", Title: "社区合唱队缺老师", Area: "330108001001", Address: "社区文化家园",
		Fields: fields("urgency", "soon", "quantity", quantity, "until", "2026-06-30")})
	w.do(w.community, c.ID, casework.Command{Move: "publish"})
	return c.ID
}

func (w *pairWorld) offer(capacity string) casework.ID {
	return w.begin(w.culture, app.Filing{Procedure: "resource", Start: "offer", Category: "CULTURE", Title: "声乐老师下社区", Fields: fields("form", "talent", "capacity", capacity, "until", "2026-12-31")}).ID
}

// project is the case that a need's last match opened.
func (w *pairWorld) project(need casework.ID) casework.Case {
	w.T.Helper()
	var c casework.Case
	w.OK(w.App.DB().View(context.Background(), apptest.Zone, func(r *store.Reader) (err error) {
		n, err := r.Case(need, store.Everything)
		if err != nil {
			return err
		}
		round := n.Round("project")
		c, err = r.Case(round[len(round)-1].Case, store.Everything)
		return err
	}))
	return c
}

func (w *pairWorld) stage(id casework.ID) string {
	w.T.Helper()
	var c casework.Case
	w.OK(w.App.DB().View(context.Background(), apptest.Zone, func(r *store.Reader) (err error) {
		c, err = r.Case(id, store.Everything)
		return err
	}))
	return c.Stage
}

func (w *pairWorld) left(id casework.ID) int64 {
	w.T.Helper()
	list, err := w.App.Listed(context.Background(), w.market, "resource", "", "", 0, 10)
	w.OK(err)
	for _, l := range list {
		if l.ID == id {
			return l.Left
		}
	}
	w.T.Fatalf("resource %d is not on the board", id)
	return 0
}

func TestANeedIsMatchedAgreedOnDeliveredAndEvaluated(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w, ctx := newPairWorld(base), context.Background()
		need, resource := w.need("4"), w.offer("10")
		page, err := w.App.PairingPage(ctx, w.community)
		w.OK(err)
		if len(page.Lines) != 1 || !page.Lines[0].Choose || page.Lines[0].Proposal.Left != 6 {
			t.Fatalf("proposals %+v", page.Lines)
		}
		for name, v := range map[string]app.Viewer{"another community": w.other, "a unit without the resource": w.market} {
			if p, err := w.App.PairingPage(ctx, v); err != nil || len(p.Lines) != 0 {
				t.Errorf("%s is shown %+v %v", name, p.Lines, err)
			}
			if _, err := w.App.Pair(ctx, v, need, resource, "no"); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s pairs them: %v", name, err)
			}
		}
		_, err = w.App.Pair(ctx, w.community, need, resource, "one")
		w.OK(err)
		project := w.project(need)
		if project.Stage != "proposed" || project.Holder.Unit != "culture" || w.left(resource) != 6 || w.stage(need) != "engaged" {
			t.Fatalf("project %+v, left %d, need %s", project, w.left(resource), w.stage(need))
		}
		id := project.ID
		w.do(w.culture, id, casework.Command{Move: "accept"})
		w.do(w.culture, id, casework.Command{Move: "sign", Fields: fields("agreement", "共建〔2026〕1 号（虚构）", "begins", "2026-03-09", "ends", "2026-05-31", "plan", "每周六上午一课，共四课。")})
		w.do(w.culture, id, casework.Command{Move: "progress", Fields: fields("progress", "已上两课。")})
		deliver := casework.Command{Move: "deliver", Fields: fields("delivery", "四课全部完成。", "served", "86"), Photos: []string{fmt.Sprint(picture(w.World, w.culture, 3))}}
		w.do(w.culture, id, deliver)
		w.do(w.community, id, casework.Command{Move: "evaluate", Fields: fields("grade", "good", "residents", "唱得更齐了。", "asked", "20", "satisfied", "19")})
		if w.stage(need) != "met" {
			t.Errorf("the need is %s", w.stage(need))
		}
		w.do(w.culture, id, casework.Command{Move: "report", Fields: fields("report", "按协议完成四课。")})
		w.do(w.community, id, casework.Command{Move: "appraise", Fields: fields("appraisal", "完成较好。")})
		w.Pass(20 * 24 * time.Hour)
		_, err = w.App.Tick(ctx, apptest.Zone)
		w.OK(err)
		if w.stage(id) != "filed" || w.left(resource) != 6 {
			t.Errorf("the project is %s, left %d", w.stage(id), w.left(resource))
		}
		page, err = w.App.PairingPage(ctx, w.community)
		w.OK(err)
		if want := (app.PairingFigures{Published: 1, Matched: 1, Signed: 1, Accepted: 1, Offered: 1, Used: 1}); page.Figures != want {
			t.Errorf("figures %+v, want %+v", page.Figures, want)
		}
		seen, err := w.App.CasePage(ctx, w.culture, id)
		w.OK(err)
		if len(seen.Links) != 1 || seen.Links[0].LinkedCase.CaseLine.ID != resource || seen.Links[0].Label.ZH != "使用" {
			t.Errorf("the project is tied to %+v", seen.Links)
		}
		back, err := w.App.CasePage(ctx, w.culture, resource)
		w.OK(err)
		if len(back.Links) != 1 || back.Links[0].Label.ZH != "被使用于" || back.Events[len(back.Events)-1].Event.Move != casework.EventLinked {
			t.Errorf("the resource is tied to %+v", back.Links)
		}
		w.sound()
	})
}

func TestACapacityIsNeverPromisedTwiceAndComesBack(t *testing.T) {
	w, ctx := newPairWorld(apptest.New(t, "sqlite:"+t.TempDir()+"/g.db")), context.Background()
	first, second, resource := w.need("6"), w.need("6"), w.offer("10")
	page, err := w.App.PairingPage(ctx, w.culture)
	w.OK(err)
	if len(page.Lines) != 1 || !page.Lines[0].Claim {
		t.Fatalf("proposals to the unit %+v", page.Lines)
	}
	_, err = w.App.Pair(ctx, w.culture, first, resource, "a")
	w.OK(err)
	_, err = w.App.Pair(ctx, w.culture, second, resource, "b")
	w.OK(err)
	w.do(w.community, first, casework.Command{Move: "agree"})
	if _, err := w.App.Move(ctx, w.community, second, casework.Command{Move: "agree"}, "c"); fault.KindOf(err) != fault.Invalid || fault.Fields(err)[0].Field != "resource" {
		t.Errorf("promised twice: %v", err)
	}
	w.do(w.community, second, casework.Command{Move: "turn_down", Reason: "other"})
	if w.left(resource) != 4 {
		t.Errorf("left %d", w.left(resource))
	}
	w.do(w.culture, w.project(first).ID, casework.Command{Move: "decline", Reason: "time", Note: "老师出差"})
	if w.stage(first) != "open" || w.left(resource) != 10 {
		t.Errorf("after the unit declined the need is %s, left %d", w.stage(first), w.left(resource))
	}
	w.do(w.culture, resource, casework.Command{Move: "pause"})
	if _, err := w.App.Pair(ctx, w.community, first, resource, "d"); fault.KindOf(err) == 0 || err == nil {
		t.Errorf("a paused resource is had: %v", err)
	}
	w.sound()
}

func TestCasesAreTiedByWhoeverSeesBoth(t *testing.T) {
	w, ctx := newPairWorld(apptest.New(t, "sqlite:"+t.TempDir()+"/g.db")), context.Background()
	one, two := w.need("1"), w.need("2")
	foreign := w.begin(w.other, app.Filing{Procedure: "need", Start: "record", Source: "community", Category: "LAW", Title: "法律咨询", Area: "330108001002", Address: "居委会",
		Fields: fields("urgency", "usual", "quantity", "1", "until", "2026-06-30")})
	number := func(id casework.ID) string {
		p, err := w.App.CasePage(ctx, w.street, id)
		w.OK(err)
		return p.Case.Number
	}
	w.OK(w.App.Link(ctx, w.community, one, " "+number(two)+" ", "repeats", "k1"))
	w.OK(w.App.Link(ctx, w.community, one, number(two), "repeats", "k1"))
	for name, c := range map[string]struct {
		v            app.Viewer
		number, kind string
		want         fault.Kind
		field        string
	}{
		"twice":                    {w.community, number(two), "repeats", fault.Conflict, ""},
		"to itself":                {w.community, number(one), "related", fault.Invalid, "number"},
		"to one not seen":          {w.community, foreign.Number, "related", fault.Invalid, "number"},
		"to one that is not there": {w.community, "330108-20260302-99999", "related", fault.Invalid, "number"},
		"in a way nobody knows":    {w.community, number(two), "loves", fault.Invalid, "kind"},
		"as only procedures do":    {w.community, number(two), "uses", fault.Invalid, "kind"},
		"from one not seen":        {w.other, foreign.Number, "related", fault.NotFound, ""},
	} {
		err := w.App.Link(ctx, c.v, one, c.number, c.kind, name)
		if fault.KindOf(err) != c.want || (c.field != "" && fault.Fields(err)[0].Field != c.field) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.OK(w.App.Link(ctx, w.street, one, foreign.Number, "related", "k2"))
	links := func(v app.Viewer, id casework.ID) []app.LinkLine {
		p, err := w.App.CasePage(ctx, v, id)
		w.OK(err)
		return p.Links
	}
	if n, m := len(links(w.street, one)), len(links(w.community, one)); n != 2 || m != 1 {
		t.Errorf("the street sees %d ties, the community %d", n, m)
	}
	back := links(w.community, two)
	if len(back) != 1 || back[0].Label.ZH != "被重复反映" {
		t.Fatalf("seen from the other: %+v", back)
	}
	if err := w.App.Unlink(ctx, w.community, two, back[0].Link.ID, " ", "u0"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("removed without a reason: %v", err)
	}
	w.OK(w.App.Unlink(ctx, w.community, two, back[0].Link.ID, "不是同一件事", "u1"))
	if err := w.App.Unlink(ctx, w.community, two, back[0].Link.ID, "再来", "u2"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("removed twice: %v", err)
	}
	if len(links(w.community, one)) != 0 {
		t.Error("the tie is still there")
	}
	w.OK(w.App.Link(ctx, w.community, one, number(two), "repeats", "k3"))
	w.sound()
}
