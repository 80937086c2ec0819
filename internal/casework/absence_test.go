package casework

import (
	"strings"
	"testing"

	"gezhi/internal/fault"
)

// lends is somebody with the duties of their own and those of others, lent by whom they stand in for.
func lends(person Person, own string, lent ...string) Actor {
	a := Actor{Person: person}
	if own != "" {
		a.Duties = who(own).Duties
	}
	for _, role := range lent {
		a.Lent = append(a.Lent, Lent{For: who(role).Person, Duties: who(role).Duties})
	}
	return a
}

// handled is a case that was handled and waits to be checked; by handles it.
func handled(t *testing.T, by Actor) *walk {
	t.Helper()
	w := newWalk(t, "report", "resident")
	w.do("mg_info", verify).do("acceptor", accept).do("shift_leader", file).do("dispatcher", dispatch)
	w.as(by, sign).as(by, done)
	return w.do("dispatcher", toCheck)
}

// as lets an actor who is not of the cast make a move.
func (w *walk) as(by Actor, cmd Command) *walk {
	w.t.Helper()
	out, err := w.p.Do(w.c, by, cmd, w.env)
	if err != nil {
		w.t.Fatalf("%s: %v", cmd.Move, err)
	}
	w.keep(out)
	return w
}

func (w *walk) forbids(by Actor, cmd Command, words string) {
	w.t.Helper()
	_, err := w.p.Do(w.c, by, cmd, w.env)
	if fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.(*fault.Error).ZH, words) {
		w.t.Errorf("%s: %v, want a refusal with %q", cmd.Move, err, words)
	}
	for _, o := range w.p.Options(w.c, by, w.env) {
		if o.Move == cmd.Move {
			w.t.Errorf("%s is refused but offered", cmd.Move)
		}
	}
}

func TestHistorySaysForWhomSomebodyActed(t *testing.T) {
	w := handled(t, lends(30, "", "officer"))
	for _, e := range w.history {
		if officer := e.Move == "sign" || e.Move == "done"; officer != (e.Actor == 30 && e.For == 12 && e.Duty.Unit == unit) || !officer && e.For != 0 {
			t.Errorf("%s by %d for %d under %+v", e.Move, e.Actor, e.For, e.Duty)
		}
	}
	if w.c.Did["done"] != 30 || w.c.DidFor["done"] != 12 {
		t.Errorf("did %v for %v", w.c.Did, w.c.DidFor)
	}
	if found := w.p.Contradictions(w.c, w.history, true); len(found) > 0 {
		t.Errorf("the history disagrees: %+v", found)
	}
	w.history[len(w.history)-2].For = 0
	if found := w.p.Contradictions(w.c, w.history, true); len(found) == 0 {
		t.Error("a history without the name is not noticed")
	}
	w.do("verifier", rework).do("officer", done) // by the officer, back at work
	if w.c.DidFor["done"] != 0 || w.c.Did["done"] != 12 {
		t.Errorf("did %v for %v", w.c.Did, w.c.DidFor)
	}
}

func TestOwnDutiesGoBeforeLentOnes(t *testing.T) {
	w := handled(t, lends(30, "officer", "officer"))
	if e := w.history[len(w.history)-2]; e.Move != "done" || e.For != 0 {
		t.Errorf("%s for %d", e.Move, e.For)
	}
}

// The rule of the second person binds the absent and whoever stands in alike.
func TestWhoStandsInIsNoSecondPerson(t *testing.T) {
	back := lends(12, "verifier")   // the officer, who is a verifier too
	w := handled(t, who("officer")) // handled by the officer in person
	w.forbids(back, pass, "是您本人做的")
	w.forbids(Actor{Person: 30, Lent: []Lent{{For: 12, Duties: who("verifier").Duties}}}, pass, "您所代理的同事")
	w.as(lends(30, "verifier", "officer"), pass) // as oneself one is a second person

	w = handled(t, lends(30, "", "officer")) // handled in the officer's name
	w.forbids(back, pass, "同事代您做的")
	w.forbids(lends(30, "verifier"), pass, "是您本人做的")
	w.forbids(lends(30, "", "verifier"), pass, "是您本人做的")
	w.forbids(Actor{Person: 31, Lent: []Lent{{For: 12, Duties: who("verifier").Duties}}}, pass, "您所代理的同事")
	w.forbids(Actor{Person: 31, Lent: []Lent{{For: 30, Duties: who("verifier").Duties}}}, pass, "您所代理的同事")
	// Of two who lend the same duty the one who had no hand in it counts.
	w.as(Actor{Person: 31, Lent: []Lent{{For: 12, Duties: who("verifier").Duties}, {For: 10, Duties: who("verifier").Duties}}}, pass)
	if e := w.history[len(w.history)-1]; e.For != 10 {
		t.Errorf("passed for %d", e.For)
	}
}

func TestNobodyDecidesTheRequestOfWhomTheyStandInFor(t *testing.T) {
	ask := Command{Move: "ask_extension", Fields: map[string]string{"extra": "4work_hour", "extend_why": "雨天"}}
	grant := Command{Move: "grant_extension"}
	lead := who("shift_leader").Duties
	for name, by := range map[string]Actor{"in person": who("officer"), "in the officer's name": lends(30, "", "officer")} {
		t.Run(name, func(t *testing.T) {
			w := newWalk(t, "report", "resident")
			w.do("mg_info", verify).do("acceptor", accept).do("shift_leader", file).do("dispatcher", dispatch).do("officer", sign).as(by, ask)
			w.forbids(Actor{Person: 12, Duties: lead}, grant, "不在您的职责范围内")
			w.forbids(Actor{Person: 40, Lent: []Lent{{For: 12, Duties: lead}}}, grant, "不在您的职责范围内")
			if by.For != 0 || len(by.Lent) > 0 {
				w.forbids(Actor{Person: 30, Duties: lead}, grant, "不在您的职责范围内")
				w.forbids(Actor{Person: 30, Lent: []Lent{{For: 8, Duties: lead}}}, grant, "不在您的职责范围内")
			}
			w.as(Actor{Person: 40, Lent: []Lent{{For: 8, Duties: lead}}}, grant)
		})
	}
}

func TestACaseIsBegunInSomebodysName(t *testing.T) {
	p := gridEvent(t)
	d := Draft{Zone: 330108, ID: 7, Start: "record", Matter: "E0102", Title: "垃圾", Source: "hotline", Place: Place{Area: micro}}
	by := lends(30, "", "acceptor")
	out, err := p.Open(d, by, testEnv(beijing("2026-03-02 09:00")))
	if err != nil || out.Events[0].For != 7 {
		t.Fatalf("%+v %v", out.Events, err)
	}
	if len(p.StartsFor(by, micro, testEnv(beijing("2026-03-02 09:00")))) == 0 {
		t.Error("no start is offered")
	}
}

// A person is not lent with a duty: what only a reporter may do stays with the reporter.
func TestReportersAreNotLent(t *testing.T) {
	w := handled(t, who("officer")).do("verifier", pass).do("shift_leader", closeIt)
	w.forbids(Actor{Person: 31, Lent: []Lent{{For: 100, Duties: []Duty{Duty(ReporterHolder(100))}}}}, Command{Move: "rate", Fields: map[string]string{"rating": "5"}}, "")
	w.forbids(Actor{Person: 31, Lent: []Lent{{For: 100, Duties: who("officer").Duties}}}, Command{Move: "rate", Fields: map[string]string{"rating": "5"}}, "")
}
