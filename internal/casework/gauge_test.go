package casework

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestRatesAreWhatTheHistoriesTell plays random people through the procedures that ship, and compares every rate over
// random periods with what a slow counter makes of the histories.
func TestRatesAreWhatTheHistoriesTell(t *testing.T) {
	seen := map[string]bool{}
	for _, id := range []string{"problem", "complaint", "campaign-task", "commitment"} {
		t.Run(id, func(t *testing.T) {
			p, k := shipped(t, id), newCounter(t, id)
			if len(p.Rates) == 0 || len(p.Rates) != len(k.order) {
				t.Fatalf("%d rates, %d in the file", len(p.Rates), len(k.order))
			}
			unseen := []string{""}
			for round := 0; round < 40 && len(unseen) > 0; round++ {
				rapid.Check(t, func(rt *rapid.T) { countAtRandom(rt, p, k, seen) })
				unseen = slices.DeleteFunc(slices.Clone(k.order), func(r string) bool { return seen[id+" "+r] })
			}
			if len(unseen) > 0 {
				t.Errorf("no case counted for %v, so they were not compared", unseen)
			}
		})
	}
}

func countAtRandom(rt *rapid.T, p *Procedure, k *counter, seen map[string]bool) {
	env := Env{Now: beijing("2026-03-02 09:00"), Calendar: testCalendar()}
	type life struct {
		c     Case
		steps []Step
		told  []Event
	}
	var lives []life
	for i := range rapid.IntRange(1, 4).Draw(rt, "cases") {
		at := env
		at.Now = at.Now.Add(time.Duration(rapid.IntRange(0, 20*24*60).Draw(rt, "later")) * time.Minute)
		c, history := play(rt, p, ID(i+1), &at)
		l := life{c: c, told: history}
		for _, e := range history {
			l.steps = append(l.steps, Step{e.At, e.Move, e.From, e.To, e.Reason, e.Fields[FieldSigned] != ""})
		}
		lives = append(lives, l)
		env.Now = beijing("2026-03-02 09:00")
	}
	now := beijing("2026-03-02 09:00")
	for _, l := range lives {
		if last := l.told[len(l.told)-1].At; last.After(now) {
			now = last
		}
	}
	now = now.Add(time.Duration(pick(rt, "then", []int{1, 3000, 60_000})) * time.Minute)
	for range 4 {
		from := beijing("2026-02-25 00:00").AddDate(0, 0, rapid.IntRange(0, 200).Draw(rt, "from"))
		to := from.AddDate(0, 0, pick(rt, "days", []int{1, 7, 31, 92, 400}))
		if from.After(now) {
			continue
		}
		g := p.NewGauging(Period{from, to}, now, env.Calendar)
		got, want := make([]Reading, len(p.Rates)), make([]Reading, len(p.Rates))
		for _, l := range lives {
			for i, r := range g.Read(p, &l.c, l.steps) {
				got[i] = got[i].Add(r)
			}
			told := k.follow(l.told, l.c.Source, l.c.Matter, from, to, now)
			for i, id := range k.order {
				part, of := told.reads(id)
				want[i] = want[i].Add(Reading{part, of})
			}
		}
		for i, r := range p.Rates {
			if got[i] != want[i] {
				for _, l := range lives {
					for _, e := range l.told {
						rt.Logf("case %d %s %s: %s → %s %v", l.c.ID, e.At.Format("01-02 15:04"), e.Move, e.From, e.To, e.Fields)
					}
				}
				rt.Fatalf("%s from %s to %s as of %s: %+v, the histories tell %+v", r.ID, from.Format(time.DateOnly), to.Format(time.DateOnly), now.Format("2006-01-02 15:04"), got[i], want[i])
			}
			if got[i].Of > 0 && (r.Part == nil || got[i].Part > 0) {
				seen[p.ID+" "+r.ID] = true
			}
		}
	}
}

// play lets whoever can do something about a case do it, at random.
func play(rt *rapid.T, p *Procedure, id ID, env *Env) (Case, []Event) {
	var people []Actor
	for i, r := range p.Roles {
		for n := range 3 { // so that a second person is there, and a third
			duties := []Duty{{Role: r.ID, Area: "330108"}, {Role: r.ID, Unit: "u1"}, {Role: r.ID, Unit: "u2"}}
			people = append(people, Actor{Person: Person(10*i + n + 1), Duties: duties})
		}
	}
	start := pick(rt, "start", p.Starts)
	d := Draft{Zone: 330108, ID: id, Start: start.ID, Title: "示例", Text: "示例情况", Place: Place{Area: "330108"}, Reporter: 1000,
		Source: pick(rt, "source", start.Sources), Fields: answers(rt, p, Case{}, start, env.Now)}
	if p.About == AboutCategories {
		d.Matter = pick(rt, "category", p.Categories).Code
	}
	by := Actor{Person: 1000, Duties: []Duty{}}
	if start.By[0] != ByAnyone {
		by = people[slices.IndexFunc(p.Roles, func(r Term) bool { return r.ID == start.By[0] })*3]
	}
	out, err := p.Open(d, by, *env)
	if err != nil {
		rt.Fatal(err)
	}
	c, history := out.Case, out.Events
	people = append(people, Actor{Person: 1000})
	for range rapid.IntRange(0, 60).Draw(rt, "steps") {
		env.Now = env.Now.Add(time.Duration(pick(rt, "minutes", []int{1, 20, 60, 60, 1440, 1441, 10_000, 60_000})) * time.Minute)
		if rapid.IntRange(0, 4).Draw(rt, "wake") == 0 {
			if out, err = p.Wake(c, *env); err != nil {
				rt.Fatal(err)
			}
			c, history = out.Case, append(history, out.Events...)
			continue
		}
		type can struct {
			by Actor
			Option
		}
		var all []can
		for _, by := range people {
			for _, o := range p.Options(c, by, *env) {
				all = append(all, can{by, o})
			}
		}
		if len(all) == 0 {
			continue
		}
		o := pick(rt, "move", all)
		for range 2 { // mostly on, so that some come far
			if o.Style != "primary" {
				o = pick(rt, "rather", all)
			}
		}
		m, _ := p.Move(o.Move)
		cmd := Command{Move: m.ID, Revision: c.Revision, Fields: answers(rt, p, c, m, env.Now), Note: "说明"}
		for i := range m.Photos {
			cmd.Photos = append(cmd.Photos, "photo"+strconv.Itoa(i))
		}
		if l, ok := p.Reason(m.Reason); ok {
			cmd.Reason = pick(rt, "reason", l.Items).ID
		}
		if out, err = p.Do(c, o.by, cmd, *env); err != nil {
			continue // such as more time for a limit that has passed
		}
		c, history = out.Case, append(history, out.Events...)
	}
	return c, history
}

func pick[T any](rt *rapid.T, what string, from []T) T {
	return from[rapid.IntRange(0, len(from)-1).Draw(rt, what)]
}

// answers fills in a move's fields, those it may have sometimes.
func answers(rt *rapid.T, p *Procedure, c Case, m Move, now time.Time) map[string]string {
	out := map[string]string{}
	for _, w := range m.Fields {
		if !w.Required && (w.Field.Type == FieldUSCC || rapid.Bool().Draw(rt, w.Field.ID)) {
			continue
		}
		v := "示例"
		switch w.Field.Type {
		case FieldSelect:
			v = pick(rt, w.Field.ID, w.Field.Choices).ID
		case FieldDate:
			v = now.AddDate(0, 0, rapid.IntRange(-3, 60).Draw(rt, w.Field.ID)).Format(time.DateOnly)
		case FieldUnit:
			v = pick(rt, w.Field.ID, []string{"u1", "u2"})
		case FieldUnits:
			v = "u1,u2"
		case FieldNumber, FieldMoney:
			v = "1"
		case FieldLimit:
			v = "3work_day"
			for _, t := range c.Clocks {
				if t.Clock.Limit.NoRoll {
					v = "3natural_day!"
				}
			}
		}
		out[w.Field.ID] = v
	}
	return out
}
