package policy

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestTheTransitionTable pins every state against every act, with who may make it.
func TestTheTransitionTable(t *testing.T) {
	var b strings.Builder
	sides := []struct {
		Part
		name string
	}{{Clock, "clock"}, {Enterprise, "enterprise"}, {Desk, "desk"}, {Finance, "finance"}, {Public, "public"}}
	for _, s := range append([]State{""}, States()...) {
		for _, a := range Acts() {
			to, ok := Next(s, a)
			if !ok {
				continue
			}
			var by []string
			for _, p := range sides {
				if a.By()&p.Part != 0 {
					by = append(by, p.name)
				}
			}
			fmt.Fprintf(&b, "%s %s -> %s by %s\n", s, a, to, strings.Join(by, ", "))
		}
		if s != "" && s.Over() {
			fmt.Fprintf(&b, "%s is the end\n", s)
		}
	}
	const file = "testdata/table.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the table is now\n%s", b.String())
	}
}

func TestEveryStateAndActHasWords(t *testing.T) {
	for _, s := range States() {
		if n := s.Name(); n.ZH == "" || n.EN == "" {
			t.Errorf("state %s has no name", s)
		}
	}
	for _, a := range Acts() {
		if n := a.Name(); n.ZH == "" || n.EN == "" || a.By() == 0 {
			t.Errorf("act %s has no name, or nobody may make it", a)
		}
	}
	if len(States()) != len(states) || len(Acts()) != len(moves) {
		t.Error("a list leaves something out")
	}
}

func TestEveryStateIsReachedAndLeadsOn(t *testing.T) {
	reached := map[State]bool{Listed: true, Submitted: true}
	for range States() {
		for s := range reached {
			for _, to := range next[s] {
				reached[to] = true
			}
		}
	}
	ends := map[State]bool{Waived: true, Lapsed: true, Dropped: true, Refused: true, Recovered: true}
	for _, s := range States() {
		if !reached[s] {
			t.Errorf("nothing leads to %s", s)
		}
		if s.Over() != ends[s] {
			t.Errorf("%s is an end: %v", s, s.Over())
		}
		if s.Live() == ends[s] {
			t.Errorf("%s is live: %v", s, s.Live())
		}
	}
}

// TestNoRoadSkipsPublicity walks grants at random, with whoever, at any time, and wants that whatever is ordered was public for
// the days its item asks for, was never ordered by who chose it, and that what was raised was decided by another.
func TestNoRoadSkipsPublicity(t *testing.T) {
	cal := calendar.New(calendar.BuiltinDays(), calendar.Hours{})
	ordered := 0
	rapid.Check(t, func(rt *rapid.T) {
		terms := Terms{Publicity: rapid.SampledFrom([]int{0, 5}).Draw(rt, "publicity"), Confirm: rapid.SampledFrom([]int{0, 30}).Draw(rt, "confirm"), Promised: 60}
		now := time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)
		g := Grant{ID: 1, List: rapid.Int64Range(0, 1).Draw(rt, "list"), Amount: 100, Fund: 1, Account: []byte{1}}
		act := List
		if g.Applied() {
			act = Submit
		}
		var public time.Time
		g, first := g.Begin(Step{Act: act, By: 1, Now: now}, terms, cal)
		events := []GrantEvent{first}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 24, 24 * 12}).Draw(rt, "hours")) * time.Hour)
			s := Step{By: Person(rapid.IntRange(0, 3).Draw(rt, "by")), Note: rapid.SampledFrom([]string{"", "理由在此", "情况属实"}).Draw(rt, "note"), Ref: "BF-1", Now: now,
				Part: Part(rapid.SampledFrom([]int{31, 31, 31, 1, 2, 4, 8, 16}).Draw(rt, "part"))}
			s.Act = rapid.SampledFrom(Acts()).Draw(rt, "act")
			open := Open(g.State, 31)
			if rapid.IntRange(0, 3).Draw(rt, "road") > 0 {
				open = slices.DeleteFunc(open, func(a Act) bool { return moves[a].to.Over() })
			}
			if len(open) > 0 && rapid.IntRange(0, 3).Draw(rt, "possible") > 0 {
				s.Act = rapid.SampledFrom(open).Draw(rt, "open")
			}
			was := g
			after, e, err := g.Do(s, terms, cal)
			if err != nil {
				if fault.KindOf(err) == fault.Internal {
					rt.Fatalf("%s: %v", s.Act, err)
				}
				continue
			}
			if g = after; e.From != was.State || e.Seq != len(events)+1 || g.Revision != was.Revision+1 {
				rt.Fatalf("%+v after %+v", e, was)
			}
			events = append(events, e)
			switch {
			case s.Act == Publish:
				public = now
			case s.Act == Clear && terms.Publicity > 0 && now.Before(public.AddDate(0, 0, terms.Publicity)):
				rt.Fatalf("cleared at %v, published at %v", now, public)
			case s.Act == Clear && terms.Publicity > 0 && public.IsZero():
				rt.Fatal("cleared without publicity")
			case s.Act == Order:
				ordered++
				if s.By != 0 && s.By == was.Chosen {
					rt.Fatal("who chose it ordered it")
				}
			case (s.Act == Dismiss || s.Act == Book) && s.By != 0 && s.By == was.Raised:
				rt.Fatal("who raised it decided it")
			}
			if s.Act.By()&s.Part == 0 || s.Act.Reasoned() && s.Note == "" {
				rt.Fatalf("%s by %d with %q", s.Act, s.Part, s.Note)
			}
		}
	})
	if ordered == 0 {
		t.Error("no walk came to an order")
	}
}

func TestAStepIsRefusedForItsReason(t *testing.T) {
	cal := calendar.New(calendar.BuiltinDays(), calendar.Hours{})
	now := time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)
	full := Grant{Name: "示例企业", Amount: 100, Fund: 1, Account: []byte{1}, Chosen: 1}
	for name, c := range map[string]struct {
		grant Grant
		step  Step
		terms Terms
		want  fault.Kind
		field string
	}{
		"publicity is not left out":         {Grant{State: Confirmed}, Step{Act: Clear, Part: Clock}, Terms{Publicity: 5}, fault.Conflict, ""},
		"publicity is not cut short":        {Grant{State: Published, Until: now.Add(time.Hour)}, Step{Act: Clear, Part: Clock}, Terms{Publicity: 5}, fault.Conflict, ""},
		"nothing is public without a term":  {Grant{State: Confirmed}, Step{Act: Publish, Part: Desk}, Terms{}, fault.Conflict, ""},
		"confirming takes an account":       {Grant{State: Listed}, Step{Act: Confirm, Part: Enterprise}, Terms{}, fault.Invalid, "account"},
		"confirming too late":               {Grant{State: Listed, Due: now.Add(-1), Account: []byte{1}}, Step{Act: Confirm, Part: Enterprise}, Terms{}, fault.Conflict, ""},
		"the desk confirms for nobody":      {Grant{State: Listed, Account: []byte{1}}, Step{Act: Confirm, Part: Desk}, Terms{}, fault.Forbidden, ""},
		"dropping takes a reason":           {Grant{State: Listed}, Step{Act: Drop, Part: Desk, Note: " 错 "}, Terms{}, fault.Invalid, "note"},
		"accepting takes an amount":         {Grant{State: Submitted}, Step{Act: Accept, Part: Desk}, Terms{}, fault.Invalid, "amount"},
		"who chose it does not order it":    {with(full, Approved), Step{Act: Order, Part: Finance, By: 1, Ref: "BF"}, Terms{}, fault.Forbidden, ""},
		"an order needs a fund":             {Grant{State: Approved, Amount: 1, Account: []byte{1}}, Step{Act: Order, Part: Finance, By: 2, Ref: "BF"}, Terms{}, fault.Conflict, ""},
		"who proposed it does not book it":  {Grant{State: Recovering, Raised: 3}, Step{Act: Book, Part: Finance, By: 3}, Terms{}, fault.Forbidden, ""},
		"an objection comes in time":        {Grant{State: Published, Until: now.Add(-1)}, Step{Act: Object, Part: Public, Note: "情况不实"}, Terms{}, fault.Conflict, ""},
		"what is paid is not paid again":    {with(full, Paid), Step{Act: Pay, Part: Finance}, Terms{}, fault.Conflict, ""},
		"nothing happens to what is not":    {Grant{}, Step{Act: List, Part: Desk}, Terms{}, fault.Conflict, ""},
		"nobody lapses before the deadline": {Grant{State: Listed, Due: now.Add(time.Hour)}, Step{Act: Lapse, Part: Clock}, Terms{}, fault.Conflict, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.step.Now = now
			after, _, err := c.grant.Do(c.step, c.terms, cal)
			if err == nil || fault.KindOf(err) != c.want || fault.Fields(err)[0].Field != c.field || after.State != c.grant.State {
				t.Errorf("%v, then %s", err, after.State)
			}
		})
	}
}

func with(g Grant, s State) Grant {
	g.State = s
	return g
}

func TestPeriods(t *testing.T) {
	day := calendar.Date(2026, 11, 26)
	if got := []string{Period("ever", day), Period("year", day), Period("month", day), Period("", day)}; got[0] != "" || got[1] != "2026" || got[2] != "2026-11" || got[3] != "2026" {
		t.Errorf("%q", got)
	}
	paid := Grant{Item: "a", Group: "g", Period: "2026", State: Paid}
	for name, c := range map[string]struct {
		item, group, period string
		want                bool
	}{
		"the same item, same year":    {"a", "", "2026", true},
		"the same item, a month of":   {"a", "", "2026-03", true},
		"the same item, ever":         {"a", "", "", true},
		"the same item, another year": {"a", "", "2027", false},
		"another of the group":        {"b", "g", "2026", true},
		"another of no group":         {"b", "", "2026", false},
		"another of another group":    {"b", "h", "2026", false},
	} {
		if got := paid.Excludes(c.item, c.group, c.period); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if with(paid, Waived).Excludes("a", "g", "2026") {
		t.Error("what was waived keeps others out")
	}
}
