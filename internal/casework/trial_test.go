package casework

import (
	"maps"
	"os"
	"strings"
	"testing"
	"time"
)

// edited is the shipped procedure with pieces of its text exchanged.
func edited(t *testing.T, pairs ...string) *Procedure {
	t.Helper()
	src, err := os.ReadFile("../../packs/common/procedures/grid-event.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(src)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the procedure has no %q", pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	p, err := ParseProcedure("edited.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// pastWalks are cases that went every kind of way: straight, with returns, a ruling, an extension, a suspension,
// rework and reopening, on the spot, and one that is under way and late.
func pastWalks(t *testing.T) []*walk {
	happy := newWalk(t, "report", "resident")
	happy.do("mg_info", verify).later(90*time.Minute).do("acceptor", accept).do("shift_leader", file).do("dispatcher", dispatch).do("officer", sign)
	happy.later(time.Hour).toRating().do("resident", Command{Move: "rate", Fields: map[string]string{"rating": "5"}})

	crooked := newWalk(t, "report", "resident")
	crooked.do("mg_info", verify).do("acceptor", accept).do("shift_leader", file).do("dispatcher", dispatch).do("officer", giveBack).do("dispatcher", dispatch).do("officer", giveBack).do("dispatcher", dispatch)
	crooked.do("officer", Command{Move: "dispute", Reason: "not_ours", Note: "请裁定"}).do("district_desk", Command{Move: "rule", Note: "由你单位办"})
	crooked.do("officer", Command{Move: "ask_extension", Fields: map[string]string{"extra": "4work_hour", "extend_why": "雨天"}}).do("shift_leader", Command{Move: "grant_extension"})
	crooked.do("officer", Command{Move: "ask_suspension", Reason: "weather", Note: "台风", Fields: map[string]string{"until": "2026-03-06"}}).do("shift_leader", Command{Move: "grant_suspension"})
	crooked.later(72*time.Hour).do("officer", Command{Move: "resume"}).later(26 * time.Hour).wake()
	crooked.do("officer", done).do("dispatcher", toCheck).do("verifier", rework).toRating()
	crooked.do("resident", Command{Move: "reopen", Reason: "unsolved", Note: "又有了"}).do("dispatcher", dispatch).do("officer", sign).toRating()
	crooked.later(9 * 24 * time.Hour).wake()

	spot := newWalk(t, "on_the_spot", "grid_staff")
	spot.do("verifier", pass).do("shift_leader", closeIt)

	open := newWalk(t, "report", "resident")
	open.toHandling().later(30 * time.Hour).wake()
	return []*walk{happy, crooked, spot, open}
}

// Followed through its own version a case comes out with the clocks it has.
func TestATrialFollowsACaseAsItWent(t *testing.T) {
	for i, w := range pastWalks(t) {
		x := newTrialWalk(w.p, w.c, w.env)
		for n, e := range w.history {
			if err := x.step(n, e); err != nil {
				t.Fatal(err)
			}
		}
		ends := x.ends(w.env.Now)
		if len(ends) != len(w.c.Clocks) {
			t.Errorf("case %d: %d clocks, it has %d", i, len(ends), len(w.c.Clocks))
		}
		for id, c := range w.c.Clocks {
			want := clockEnd{c.Due, c.Late}
			if c.Done.IsZero() {
				want = clockEnd{c.Clock.Due, c.Clock.Overdue(w.env.Now)}
			}
			if have := ends[id]; !have.due.Equal(want.due) || have.late != want.late {
				t.Errorf("case %d, clock %s: %+v, it has %+v", i, id, have, want)
			}
		}
		same := NewTrial(w.p, w.env)
		if err := same.Try(w.p, w.c, w.history); err != nil || same.Same != 1 || len(same.Done().Findings) != 0 {
			t.Errorf("case %d under its own version: %+v %v", i, same, err)
		}
	}
}

func TestATrialSaysWhatAnotherVersionWouldChange(t *testing.T) {
	walks := pastWalks(t)
	const intake = "accept: {label: {zh: 受理时限, en: Intake}, limit: 2work_hour"
	for name, c := range map[string]struct {
		edit     []string
		same     int
		findings map[string]int    // cases, by kind, move and what
		clocks   map[string][4]int // those with a difference: late before, late after, earlier, later
	}{
		"its own text":              {same: 4},
		"a shorter limit":           {edit: []string{intake, strings.Replace(intake, "2work", "1work", 1)}, same: 1, clocks: map[string][4]int{"Intake": {0, 1, 3, 0}}},
		"a longer limit":            {edit: []string{intake, strings.Replace(intake, "2work_hour", "2work_day", 1)}, same: 1, clocks: map[string][4]int{"Intake": {0, 0, 0, 3}}},
		"a move under another name": {edit: []string{"\n  to_check:", "\n  send_to_check:"}, same: 2, findings: map[string]int{"step to_check ": 2}},
		"one photo more": {edit: []string{"needs: [result_text], photos: 1, sets: [handled], holder: dispatcher@district", "needs: [result_text], photos: 2, sets: [handled], holder: dispatcher@district"},
			same: 2, findings: map[string]int{"needs Report done 2 photos": 2}},
		"another's turn": {edit: []string{"from: reported, to: filing, by: holder", "from: reported, to: filing, by: dispatcher"},
			same: 1, findings: map[string]int{"who Accept ": 3}},
		"a reason wanted": {edit: []string{"from: reported, to: filing, by: holder", "from: reported, to: filing, reason: rework, by: holder"},
			same: 1, findings: map[string]int{"needs Accept a reason": 3}},
		"one return only": {edit: []string{"max: {returned: 2}", "max: {returned: 1}"}, same: 3, findings: map[string]int{"step Return ": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			trial := NewTrial(edited(t, c.edit...), walks[3].env)
			for _, w := range walks {
				if err := trial.Try(w.p, w.c, w.history); err != nil {
					t.Fatal(err)
				}
			}
			found := map[string]int{}
			for _, f := range trial.Done().Findings {
				found[f.Kind+" "+f.Move.EN+" "+f.What.EN] = f.Cases
				if f.Example != walks[0].c.Number {
					t.Errorf("example %q", f.Example)
				}
			}
			clocks := map[string][4]int{}
			for _, k := range trial.Clocks {
				if k.Earlier+k.Later > 0 || k.Was != k.Late {
					clocks[k.Label.EN] = [4]int{k.Was, k.Late, k.Earlier, k.Later}
				}
			}
			if trial.Cases != len(walks) || trial.Same != c.same || !maps.Equal(found, c.findings) || !maps.Equal(clocks, c.clocks) {
				t.Errorf("%d of %d the same, want %d\nfindings %v, want %v\nclocks %v, want %v", trial.Same, trial.Cases, c.same, found, c.findings, clocks, c.clocks)
			}
		})
	}
}
