package casework

import (
	"os"
	"strings"
	"testing"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"

	"pgregory.net/rapid"
)

// office runs cases that open one another the way the use cases do, in memory.
type office struct {
	t      testing.TB
	procs  map[string]*Procedure
	cases  map[ID]Case
	events map[ID][]Event
	now    time.Time
	last   ID
	specs  []PartSpec // what Env.Parts says; nil to go by fields
}

func newOffice(t testing.TB) *office {
	o := &office{t: t, procs: map[string]*Procedure{}, cases: map[ID]Case{}, events: map[ID][]Event{}, now: beijing("2026-03-02 09:00")}
	for _, id := range []string{"lead", "part"} {
		src, err := os.ReadFile("testdata/joint/" + id + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if o.procs[id], err = ParseProcedure(id+".yaml", src); err != nil {
			t.Fatal(strings.ReplaceAll(err.Error(), "; ", "\n"))
		}
	}
	for _, p := range o.procs {
		if err := p.CheckParts(o.find); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func (o *office) find(id string) (*Procedure, bool) { p, ok := o.procs[id]; return p, ok }

func (o *office) env() Env {
	return Env{Now: o.now, Calendar: testCalendar(), NewID: func() ID { o.last++; return o.last },
		Parts: func(Case, PartKind) ([]PartSpec, error) { return o.specs, nil }}
}

// save keeps an outcome and carries out its effects.
func (o *office) save(out Outcome) {
	o.t.Helper()
	c := out.Case
	o.cases[c.ID] = c
	o.events[c.ID] = append(o.events[c.ID], out.Events...)
	for _, e := range out.Effects {
		var next Outcome
		var err error
		switch e.Kind {
		case EffectOpen:
			next, err = o.procs[e.Procedure].OpenPart(*e.Draft, o.env())
		case EffectPart:
			lead := o.cases[e.Into]
			next, err = o.procs[lead.Procedure].PartMoved(lead, o.cases[c.ID], e.Said, o.env())
		case EffectSend:
			sub := o.cases[e.Into]
			p := o.procs[sub.Procedure]
			if _, possible := p.Next(sub.Stage, e.Move); !possible {
				continue
			}
			next, err = p.Do(sub, System, Command{Move: e.Move}, o.env())
		default:
			continue
		}
		if err != nil {
			o.t.Fatal(err)
		}
		o.save(next)
	}
}

var desk = Actor{Person: 1, Duties: []Duty{{Role: "district_desk", Area: "330108"}}}

func officerOf(unit string) Actor {
	return Actor{Person: Person(100 + len(unit)), Duties: []Duty{{Role: "officer", Unit: unit}}}
}

// begin opens a leading case with the fields.
func (o *office) begin(fields map[string]string) ID {
	o.t.Helper()
	o.last++
	out, err := o.procs["lead"].Open(Draft{Zone: 330108, ID: o.last, Number: "N", Title: "开办餐饮店", Place: Place{Area: "330108"}, Fields: fields}, desk, o.env())
	if err != nil {
		o.t.Fatal(err)
	}
	o.save(out)
	return out.Case.ID
}

func (o *office) do(id ID, by Actor, cmd Command) error {
	c := o.cases[id]
	out, err := o.procs[c.Procedure].Do(c, by, cmd, o.env())
	if err == nil {
		o.save(out)
	}
	return err
}

func (o *office) must(id ID, by Actor, move string, fields ...string) {
	o.t.Helper()
	cmd := Command{Move: move, Fields: map[string]string{}, Note: "说明"}
	for i := 0; i+1 < len(fields); i += 2 {
		cmd.Fields[fields[i]] = fields[i+1]
	}
	if err := o.do(id, by, cmd); err != nil {
		o.t.Fatalf("%s: %v", move, err)
	}
}

// part is the sub-case of a unit.
func (o *office) part(lead ID, key string) ID {
	o.t.Helper()
	for _, x := range o.cases[lead].Parts {
		if x.Key == key && x.Case != 0 {
			return x.Case
		}
	}
	o.t.Fatalf("%s has no sub-case: %v", key, o.cases[lead].Parts)
	return 0
}

func (o *office) stage(id ID, want string) {
	o.t.Helper()
	if got := o.cases[id].Stage; got != want {
		o.t.Fatalf("at %s, want %s; %+v", got, want, o.cases[id].Parts)
	}
}

func TestDepartmentsDecideInParallelAndAreAskedForMoreOnce(t *testing.T) {
	o := newOffice(t)
	id := o.begin(map[string]string{"kind": "short", "units": "fire,health,market"})
	err := o.do(id, desk, Command{Move: "distribute"})
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "Plan") {
		t.Fatalf("sent out without a plan: %v", err)
	}
	o.must(id, desk, "fill", "plan", "第一版")
	o.must(id, desk, "distribute")
	o.stage(id, "waiting")
	if n := len(o.cases[id].Round("reviews")); n != 3 {
		t.Fatalf("%d departments have it", n)
	}
	fire, health, market := o.part(id, "fire"), o.part(id, "health"), o.part(id, "market")
	if c := o.cases[fire]; c.Number != "N-1" || c.Parent != id || c.Fields["plan"] != "第一版" || c.Holder != (Holder{Role: "officer", Unit: "fire"}) {
		t.Fatalf("the sub-case is %+v", c)
	}
	o.must(fire, officerOf("fire"), "more", "missing", "消防图纸")
	o.must(health, officerOf("health"), "fine")
	o.stage(id, "waiting") // market has not said yet
	o.must(market, officerOf("market"), "more", "missing", "租赁合同")
	o.stage(id, "asking")
	if got := o.cases[id].Fields["wanted"]; got != "消防图纸\n租赁合同" {
		t.Errorf("asked for %q", got)
	}
	o.must(id, desk, "supplied", "plan", "第二版")
	o.stage(fire, "review")
	o.stage(market, "review")
	o.must(fire, officerOf("fire"), "grant")
	o.must(health, officerOf("health"), "grant")
	o.must(market, officerOf("market"), "grant")
	o.stage(id, "good")
	o.sound()
}

func TestOneRefusalRefusesTheWholeOnceAllHaveDecided(t *testing.T) {
	o := newOffice(t)
	id := o.begin(map[string]string{"kind": "short", "plan": "x", "units": "fire,health"})
	o.must(id, desk, "distribute")
	o.must(o.part(id, "fire"), officerOf("fire"), "refuse")
	o.stage(id, "waiting")
	o.must(o.part(id, "health"), officerOf("health"), "grant")
	o.stage(id, "bad")
	o.sound()
}

func TestWhatComesAfterIsOpenedWhenWhatComesBeforeIsDone(t *testing.T) {
	o := newOffice(t)
	limit := func(n int) calendar.Limit { return calendar.Limit{N: n, Unit: calendar.WorkDay} }
	k := o.procs["lead"].Parts[0]
	k.Each = ""
	o.procs["lead"].Parts[0] = k
	spec := func(key string, n int, after ...string) PartSpec {
		return PartSpec{Key: key, Holder: Holder{Role: "officer", Unit: key}, Limit: limit(n), After: after}
	}
	o.specs = []PartSpec{spec("licence", 1), spec("food", 5, "licence"), spec("sign", 2, "licence"), spec("opening", 1, "food", "sign")}
	id := o.begin(map[string]string{"kind": "short", "plan": "x", "units": "any"})
	o.must(id, desk, "distribute")
	if c := o.cases[o.part(id, "licence")]; c.Clocks["review"].Clock.Limit != limit(1) {
		t.Errorf("its limit is %v", c.Clocks["review"].Clock.Limit)
	}
	path := o.cases[id].Path("reviews", testCalendar(), o.now)
	if got := strings.Join(path.Critical, " "); got != "licence food opening" {
		t.Errorf("the critical path is %s", got)
	}
	if want := beijing("2026-03-11 17:30"); !path.Due.Equal(want) { // 1 + 5 + 1 working days from Monday 2 March
		t.Errorf("it ends %v, want %v", path.Due, want)
	}
	o.now = o.now.Add(time.Hour)
	o.must(o.part(id, "licence"), officerOf("licence"), "grant")
	o.must(o.part(id, "food"), officerOf("food"), "grant")
	o.must(o.part(id, "sign"), officerOf("sign"), "refuse")
	o.stage(id, "bad") // the opening is not opened any more
	if x := o.cases[id].Parts[3]; x.Case != 0 || x.Result != NotOpened {
		t.Errorf("the opening is %+v", x)
	}
	o.sound()
}

func TestTheLeadUnitWaitsForThoseWhoHelp(t *testing.T) {
	o := newOffice(t)
	id := o.begin(map[string]string{"kind": "short", "lead": "market", "deadline": "2026-03-20"})
	o.must(id, desk, "give")
	lead := officerOf("market")
	o.must(id, lead, "call", "helpers", "fire,health")
	if err := o.do(id, lead, Command{Move: "finish"}); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "2 of") {
		t.Fatalf("finished while others still helped: %v", err)
	}
	o.must(o.part(id, "fire"), officerOf("fire"), "grant")
	o.must(o.part(id, "health"), officerOf("health"), "refuse")
	o.must(id, lead, "finish")
	o.stage(id, "good")
	o.sound()
}

func TestAConditionOnAFieldDecidesWhichWayIsOpen(t *testing.T) {
	o := newOffice(t)
	id := o.begin(map[string]string{"kind": "long", "lead": "market"})
	if err := o.do(id, desk, Command{Move: "give"}); fault.KindOf(err) != fault.Conflict {
		t.Fatalf("a long-term task went the short way: %v", err)
	}
	for _, op := range o.procs["lead"].Options(o.cases[id], desk, o.env()) {
		if op.Move == "give" {
			t.Error("the button is shown")
		}
	}
}

func TestTimeIsGrantedByOneSignatureAfterTheOtherAndAskedForBeforeItRunsOut(t *testing.T) {
	o := newOffice(t)
	id := o.begin(map[string]string{"kind": "short", "lead": "market", "deadline": "2026-03-20"})
	o.must(id, desk, "give")
	due := o.cases[id].Clocks["whole"].Clock.Due
	if want := beijing("2026-03-21 00:00"); !due.Equal(want) {
		t.Fatalf("due %v, want the end of 20 March", due)
	}
	lead := officerOf("market")
	boss := Actor{Person: 9, Duties: []Duty{{Role: "head", Unit: "market"}, {Role: "district_desk", Area: "330108"}}}
	o.must(id, lead, "ask_time", "extra", "5natural_day!")
	if err := o.do(id, desk, Command{Move: "grant_time"}); fault.KindOf(err) != fault.Forbidden {
		t.Fatalf("the desk signed before the head: %v", err)
	}
	o.must(id, boss, "grant_time")
	c := o.cases[id]
	if c.Counts["extended"] != 0 || !c.Clocks["whole"].Clock.Due.Equal(due) || c.Asks[0].Holder.Role != "district_desk" {
		t.Fatalf("after the first signature: %+v", c)
	}
	if err := o.do(id, boss, Command{Move: "grant_time"}); fault.KindOf(err) != fault.Forbidden {
		t.Fatalf("one person signed twice: %v", err)
	}
	o.must(id, desk, "grant_time")
	c = o.cases[id]
	if want := beijing("2026-03-26 00:00"); c.Counts["extended"] != 1 || !c.Clocks["whole"].Clock.Due.Equal(want) || len(c.Asks) != 0 {
		t.Fatalf("after both signatures it is due %v: %+v", c.Clocks["whole"].Clock.Due, c.Asks)
	}
	o.sound()

	late := o.begin(map[string]string{"kind": "short", "lead": "market", "deadline": "2026-03-01"})
	o.must(late, desk, "give")
	if !o.cases[late].Clocks["whole"].Clock.Overdue(o.now) {
		t.Error("a task whose day is past is not late")
	}
	if err := o.do(late, lead, Command{Move: "ask_time", Fields: map[string]string{"extra": "5natural_day!"}}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("time was asked for after the limit: %v", err)
	}
}

// sound checks every case against its history.
func (o *office) sound() {
	o.t.Helper()
	for id, c := range o.cases {
		for _, x := range o.procs[c.Procedure].Contradictions(c, o.events[id], true) {
			o.t.Errorf("case %d: %s: %s", id, x.Rule, x.Detail)
		}
	}
}

// TestJoinsHoldWhateverOrderSubCasesGoIn moves sub-cases at random. What the leading case should be is worked out from the
// sub-cases alone.
func TestJoinsHoldWhateverOrderSubCasesGoIn(t *testing.T) {
	for _, join := range []Join{JoinAll, JoinAny, JoinSome} {
		t.Run(string(join), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				o := newOffice(t)
				k := &o.procs["lead"].Parts[0]
				k.Join, k.N, k.Asks, k.Ready, k.Asked = join, 2, "", "", ""
				n := rapid.IntRange(1, 5).Draw(rt, "departments")
				units := make([]string, n)
				for i := range units {
					units[i] = strings.Repeat("u", i+1)
				}
				id := o.begin(map[string]string{"kind": "short", "plan": "x", "units": strings.Join(units, ",")})
				o.must(id, desk, "distribute")
				want := "waiting"
				for range rapid.IntRange(0, 3*n).Draw(rt, "moves") {
					u := rapid.SampledFrom(units).Draw(rt, "unit")
					move := rapid.SampledFrom([]string{"grant", "refuse", "withdraw", "file", "fine"}).Draw(rt, "move")
					o.now = o.now.Add(time.Minute)
					_ = o.do(o.part(id, u), officerOf(u), Command{Move: move}) // not all are possible
					want = o.verdict(join, id, units, want)
					if got := o.cases[id].Stage; got != want {
						rt.Fatalf("after %s %s: at %s, want %s", u, move, got, want)
					}
				}
				o.sound()
			})
		})
	}
}

// verdict is where the leading case should be, given where it was.
func (o *office) verdict(join Join, id ID, units []string, was string) string {
	if was != "waiting" {
		return was
	}
	yes, open := 0, 0
	for _, u := range units {
		switch o.cases[o.part(id, u)].Stage {
		case "yes", "filed":
			yes++
		case "review", "paused":
			open++
		}
	}
	need := map[Join]int{JoinAll: len(units), JoinAny: 1, JoinSome: 2}[join]
	switch {
	case yes >= need:
		return "good"
	case open == 0:
		return "bad"
	}
	return was
}

func TestWhatProceduresSayOfOneAnotherIsChecked(t *testing.T) {
	lead, err := os.ReadFile("testdata/joint/lead.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o := newOffice(t)
	for name, c := range map[string]struct{ old, new, want string }{
		"no such procedure":         {"procedure: part", "procedure: nowhere", "no procedure “nowhere”"},
		"no such start":             {"start: open", "start: grant", "needs a start “grant”"},
		"no such result":            {"counts: [granted]", "counts: [blessed]", "no result “blessed”"},
		"a word nobody says":        {"asks: more", "asks: thanks", "says “thanks”"},
		"a move that is not for it": {"reviews: resume", "reviews: refuse", "no move “refuse”"},
	} {
		if n := strings.Count(string(lead), c.old); n == 0 {
			t.Fatalf("%s: %q is not in the file", name, c.old)
		}
		p, err := ParseProcedure("lead.yaml", []byte(strings.ReplaceAll(string(lead), c.old, c.new)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := p.CheckParts(o.find); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
