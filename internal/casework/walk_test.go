package casework

import (
	"testing"
	"time"

	"gezhi/internal/fault"
)

// walk plays a case step by step; its clock moves only when told.
type walk struct {
	t       *testing.T
	p       *Procedure
	env     Env
	c       Case
	last    Outcome
	history []Event
}

// monday is 2026-03-02, a working Monday, at 9:00.
func newWalk(t *testing.T, start, role string) *walk {
	w := &walk{t: t, p: gridEvent(t), env: testEnv(beijing("2026-03-02 09:00"))}
	d := Draft{Zone: 330108, ID: 7, Number: "330108-20260302-00007", Start: start, Matter: "E0102", Source: "resident",
		Title: "垃圾成堆", Place: Place{Area: micro}, Reporter: who(role).Person}
	if role != "resident" {
		d.Source, d.Photos = "patrol", []string{"p1"}
	}
	if start == "on_the_spot" {
		d.Fields = map[string]string{"result_text": "已清理"}
	}
	out, err := w.p.Open(d, who(role), w.env)
	if err != nil {
		t.Fatal(err)
	}
	w.keep(out)
	return w
}

func (w *walk) keep(out Outcome) {
	w.last, w.c = out, out.Case
	w.history = append(w.history, out.Events...)
}

func (w *walk) later(d time.Duration) *walk { w.env.Now = w.env.Now.Add(d); return w }

func (w *walk) try(role string, cmd Command) error {
	cmd.Revision = w.c.Revision
	out, err := w.p.Do(w.c, who(role), cmd, w.env)
	if err == nil {
		w.keep(out)
	}
	return err
}

func (w *walk) do(role string, cmd Command) *walk {
	w.t.Helper()
	if err := w.try(role, cmd); err != nil {
		w.t.Fatalf("%s by %s from %s: %v", cmd.Move, role, w.c.Stage, err)
	}
	return w
}

func (w *walk) wake() *walk {
	w.t.Helper()
	out, err := w.p.Wake(w.c, w.env)
	if err != nil {
		w.t.Fatal(err)
	}
	w.keep(out)
	return w
}

func (w *walk) at(stage, holder string) *walk {
	w.t.Helper()
	if w.c.Stage != stage || w.c.Holder.Key() != holder {
		w.t.Fatalf("the case is at %s with %q, not at %s with %q", w.c.Stage, w.c.Holder.Key(), stage, holder)
	}
	return w
}

func (w *walk) refused(kind fault.Kind, role string, cmd Command) *walk {
	w.t.Helper()
	err := w.try(role, cmd)
	if err == nil || fault.KindOf(err) != kind {
		w.t.Fatalf("%s by %s from %s: got %v, want fault kind %d", cmd.Move, role, w.c.Stage, err, kind)
	}
	return w
}

// The moves of the happy way, with what they need.
var (
	verify   = Command{Move: "verify", Fields: map[string]string{"finding": "as_reported"}}
	accept   = Command{Move: "accept"}
	file     = Command{Move: "file", Fields: map[string]string{"standard": "piles"}}
	dispatch = Command{Move: "dispatch"}
	sign     = Command{Move: "sign"}
	done     = Command{Move: "done", Fields: map[string]string{"result_text": "已清运"}, Photos: []string{"after"}}
	toCheck  = Command{Move: "to_check"}
	pass     = Command{Move: "pass"}
	closeIt  = Command{Move: "close"}
	rework   = Command{Move: "rework", Reason: "partly", Note: "墙角还有"}
	giveBack = Command{Move: "return", Reason: "not_ours", Note: "不归我们"}
)

func (w *walk) toHandling() *walk {
	w.t.Helper()
	return w.do("mg_info", verify).do("acceptor", accept).do("shift_leader", file).do("dispatcher", dispatch).do("officer", sign)
}

func (w *walk) toRating() *walk {
	w.t.Helper()
	return w.do("officer", done).do("dispatcher", toCheck).do("verifier", pass).do("shift_leader", closeIt)
}

func TestAReportIsVerifiedHandledCheckedRatedAndPaid(t *testing.T) {
	w := newWalk(t, "report", "resident").at("verifying", "mg_info//"+micro)
	w.do("mg_info", verify).at("reported", "acceptor//330108")
	w.do("acceptor", accept).at("filing", "shift_leader//330108")
	w.do("shift_leader", file).at("dispatching", "dispatcher//330108")
	w.do("dispatcher", dispatch).at("assigned", "officer/cityclean/")
	if want := beijing("2026-03-02 14:30"); !w.c.Clocks["handle"].Clock.Due.Equal(want) {
		t.Errorf("handling is due %v, want 4 working hours after 9:00, %v", w.c.Clocks["handle"].Clock.Due, want)
	}
	if _, ok := w.p.KeptUntil(w.c); ok {
		t.Error("nobody knows yet how long the file of an open case is kept")
	}
	w.do("officer", sign).at("handling", "officer/cityclean/")
	w.later(time.Hour).do("officer", done).at("feedback", "dispatcher//330108")
	w.do("dispatcher", toCheck).at("checking", "verifier//330108")
	w.do("verifier", pass).at("closing", "shift_leader//330108")
	w.do("shift_leader", closeIt).at("rating", "reporter/100/")
	if e := w.last.Effects; len(e) != 1 || e[0] != (Effect{Kind: EffectAward, Rule: "verified-report", Person: 100, Key: "award/verified-report/7"}) {
		t.Errorf("closing pays the reporter: got %+v", e)
	}
	if w.c.Open() || w.c.Result != "resolved" || !w.c.Handled.Equal(beijing("2026-03-02 10:00")) {
		t.Errorf("closed %v result %q handled %v", w.c.Closed, w.c.Result, w.c.Handled)
	}
	if day, ok := w.p.KeptUntil(w.c); !ok || !day.Equal(w.c.Closed.AddDate(10, 0, 0)) {
		t.Errorf("its file is kept until %v", day)
	}
	if tasks := w.p.Tasks(w.c); len(tasks) != 1 || tasks[0].Holder != ReporterHolder(100) {
		t.Errorf("the reporter is asked to rate: %+v", tasks)
	}
	w.do("resident", Command{Move: "rate", Fields: map[string]string{"rating": "5"}}).at("closed", "")
	if w.c.Rating != 5 || len(w.p.Tasks(w.c)) != 0 || !w.c.Wake.IsZero() || len(w.p.Options(w.c, who("shift_leader"), w.env)) != 0 {
		t.Errorf("the end leaves nothing to do: %+v", w.c)
	}
	if w.c.Revision != int64(len(w.history)) || w.c.Events != len(w.history) {
		t.Errorf("revision %d, %d events, history of %d", w.c.Revision, w.c.Events, len(w.history))
	}
}

func TestTheUnhappyWay(t *testing.T) {
	w := newWalk(t, "report", "resident")
	w.do("mg_info", verify).do("acceptor", accept).do("shift_leader", file)
	w.do("dispatcher", Command{Move: "dispatch", Holder: Holder{Role: "grid_leader", Area: micro[:15]}}).at("assigned", "grid_leader//"+micro[:15])
	w.do("grid_leader", Command{Move: "escalate", Note: "需要上级协调"}).at("assigned", "community_desk//"+micro[:12])
	w.do("community_desk", giveBack).at("dispatching", "dispatcher//330108")
	w.do("dispatcher", dispatch).do("officer", giveBack).do("dispatcher", dispatch)
	w.refused(fault.Conflict, "officer", giveBack) // the third time
	w.do("officer", Command{Move: "dispute", Reason: "not_ours", Note: "请裁定"}).at("arbitration", "district_desk//330108")
	w.do("district_desk", Command{Move: "rule", Note: "由你单位办"}).at("handling", "officer/cityclean/")
	w.do("officer", Command{Move: "ask_extension", Fields: map[string]string{"extra": "4work_hour", "extend_why": "雨天"}})
	w.refused(fault.Conflict, "officer", Command{Move: "ask_extension", Fields: map[string]string{"extra": "4work_hour", "extend_why": "雨天"}})
	before := w.c.Clocks["handle"].Clock.Due
	w.do("shift_leader", Command{Move: "grant_extension"})
	if after := w.c.Clocks["handle"].Clock.Due; !before.Equal(beijing("2026-03-02 14:30")) || !after.Equal(beijing("2026-03-03 10:00")) {
		t.Errorf("extension moved the deadline from %v to %v", before, after)
	}
	w.refused(fault.Conflict, "officer", Command{Move: "ask_extension", Fields: map[string]string{"extra": "4work_hour", "extend_why": "雨天"}})
	w.do("officer", Command{Move: "ask_suspension", Reason: "weather", Note: "台风", Fields: map[string]string{"until": "2026-03-06"}})
	w.do("shift_leader", Command{Move: "grant_suspension"}).at("suspended", "officer/cityclean/")
	w.later(72*time.Hour).do("officer", Command{Move: "resume"})
	if due := w.c.Clocks["handle"].Clock.Due; !due.Equal(beijing("2026-03-06 10:00")) {
		t.Errorf("three days of suspension moved the deadline to %v", due)
	}
	w.later(26 * time.Hour).wake()
	if w.c.Level != 2 {
		t.Errorf("an overdue case is at level %d, want 2; events %+v", w.c.Level, w.last.Events)
	}
	w.do("officer", done).do("dispatcher", toCheck).do("verifier", rework).at("handling", "officer/cityclean/")
	if !w.c.Handled.IsZero() || w.c.Counts["rework"] != 1 {
		t.Errorf("rework makes it unhandled: %+v", w.c)
	}
	w.toRating().do("resident", Command{Move: "reopen", Reason: "unsolved", Note: "又有了"}).at("dispatching", "dispatcher//330108")
	if !w.c.Open() || w.c.Result != "" {
		t.Error("a reopened case is open")
	}
	w.do("dispatcher", dispatch).do("officer", sign)
	if w.c.Clocks["handle"].Warned != 0 || w.c.Clocks["handle"].Clock.Percent(w.env.Calendar, w.env.Now) != 0 {
		t.Error("reopening begins a new handling limit")
	}
	w.toRating().refused(fault.Conflict, "resident", Command{Move: "reopen", Reason: "unsolved", Note: "还有"})
	w.later(9*24*time.Hour).wake().at("closed", "")
	if last := w.history[len(w.history)-1]; last.Move != "lapse" || last.Actor != 0 {
		t.Errorf("an unrated case ends by itself: %+v", last)
	}
}

func TestOnTheSpotIsVerifiedBySomebodyElse(t *testing.T) {
	w := newWalk(t, "on_the_spot", "grid_staff").at("checking", "verifier//330108")
	both := who("grid_staff")
	both.Duties = append(both.Duties, who("verifier").Duties...)
	if _, err := w.p.Do(w.c, both, pass, w.env); fault.KindOf(err) != fault.Forbidden {
		t.Fatalf("the handler may not verify own work: %v", err)
	}
	w.do("verifier", rework).at("handling", "officer/cityclean/") // nobody held it there before, so it is routed
	w.do("officer", done).do("dispatcher", toCheck).do("verifier", pass).do("shift_leader", closeIt).at("closed", "")
	if len(w.last.Effects) != 0 {
		t.Errorf("patrol reports earn nothing: %+v", w.last.Effects)
	}
}
