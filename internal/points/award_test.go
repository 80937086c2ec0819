package points

import (
	"slices"
	"testing"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"

	"pgregory.net/rapid"
)

var wednesday = time.Date(2026, time.March, 4, 10, 0, 0, 0, calendar.Zone())

func cleanUp(t testing.TB) Rule {
	rules, err := ParseRules("points.yaml", []byte(goodRules))
	if err != nil {
		t.Fatal(err)
	}
	return rules.List[0]
}

func TestANewAwardNeedsItsEvidence(t *testing.T) {
	r := cleanUp(t)
	today := calendar.DayOf(wednesday)
	good := Award{Person: 1, By: 1, Day: today, Photos: []int64{9}}
	for name, c := range map[string]struct {
		change func(*Award, *Rule)
		field  string
	}{
		"as it should be":     {func(*Award, *Rule) {}, ""},
		"without a photo":     {func(a *Award, _ *Rule) { a.Photos = nil }, "photo"},
		"without its place":   {func(_ *Award, r *Rule) { r.Evidence = []Evidence{Place} }, "address"},
		"for tomorrow":        {func(a *Award, _ *Rule) { a.Day++ }, "day"},
		"before the rule was": {func(a *Award, _ *Rule) { a.Day = calendar.Date(2025, time.December, 31) }, "day"},
		"too little":          {func(a *Award, r *Rule) { r.Value, a.Quantity = Value{1, 60, Minute}, 59 }, "quantity"},
		"far too much":        {func(a *Award, r *Rule) { r.Value, a.Quantity = Value{1, 60, Minute}, MaxQuantity+1 }, "quantity"},
	} {
		t.Run(name, func(t *testing.T) {
			a, rule := good, r
			c.change(&a, &rule)
			got, e, err := rule.New(a, wednesday)
			field := ""
			for _, f := range fault.Fields(err) {
				field += f.Field
			}
			if field != c.field {
				t.Fatalf("wrong in %q, want %q: %v", field, c.field, err)
			}
			if err == nil && (got.Points != 10 || got.State != Submitted || e.Act != Submit || e.Seq != 1) {
				t.Errorf("%+v, %+v", got, e)
			}
		})
	}
}

func TestNobodyJudgesTheirOwn(t *testing.T) {
	a := Award{Person: 1, By: 2, Approved: []Person{4}, State: Submitted}
	for name, c := range map[string]struct {
		by   Person
		want bool
	}{
		"the earner": {1, false}, "who submitted it": {2, false}, "the earner's household": {3, false},
		"who approved it before": {4, false}, "somebody else": {5, true}, "the system": {0, true},
	} {
		err := a.MayJudge(c.by, Circle{3})
		if (err == nil) != c.want || (err != nil && fault.KindOf(err) != fault.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPublicityEndsByTheCalendar(t *testing.T) {
	c := calendar.New(calendar.BuiltinDays(), calendar.DefaultHours())
	limit := calendar.Limit{N: 3, Unit: calendar.WorkDay}
	a := Award{}.Published(c, limit, wednesday)
	if got := a.Until.In(calendar.Zone()).Format(time.DateOnly); got != "2026-03-09" { // Thursday, Friday, Monday
		t.Errorf("three working days from Wednesday end on %s", got)
	}
}

func TestReviewersAnswerForAPlace(t *testing.T) {
	r := Reviewer{Role: "street_desk", Level: idcode.Street}
	const micro = "33010800100100101"
	for name, c := range map[string]struct {
		role, area string
		want       bool
	}{
		"the street's desk": {"street_desk", "330108001", true}, "another street's": {"street_desk", "330108002", false},
		"the community's": {"community_desk", "330108001001", false}, "no area": {"street_desk", "", false},
	} {
		if r.Over(c.role, c.area, micro) != c.want {
			t.Errorf("%s: not %v", name, c.want)
		}
	}
}

// TestRandomHistoriesKeepTheDutiesApart plays awards at random: whatever happens, nobody who earned, submitted or lives
// with the earner has approved, nobody twice, and the history leads to the state.
func TestRandomHistoriesKeepTheDutiesApart(t *testing.T) {
	rule := cleanUp(t)
	cal := calendar.New(calendar.BuiltinDays(), calendar.DefaultHours())
	rapid.Check(t, func(t *rapid.T) {
		who := rapid.Int64Range(1, 6)
		a := Award{Person: Person(who.Draw(t, "earner")), By: Person(who.Draw(t, "submitter")), Day: calendar.DayOf(wednesday), Photos: []int64{1}}
		kin := Circle{Person(who.Draw(t, "kin"))}
		rule := rule
		rule.Second.Above = rapid.SampledFrom([]int64{5, 50}).Draw(t, "above")
		a, e, err := rule.New(a, wednesday)
		if err != nil {
			t.Fatal(err)
		}
		events, now := []Event{e}, wednesday
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			now = now.Add(time.Hour)
			s := Step{Act: rapid.SampledFrom(Acts()).Draw(t, "act"), By: Person(who.Draw(t, "by")), Note: "理由如下", Now: now}
			if rapid.Bool().Draw(t, "approve") {
				s.Act = rule.Approve(a)
			}
			was := a
			b, e, err := a.Do(s, kin)
			if err != nil {
				if !slices.Equal(b.Approved, was.Approved) || b.State != was.State || b.Revision != was.Revision {
					t.Fatalf("a refused step changed the award: %v", err)
				}
				continue
			}
			a, events = b, append(events, e)
			if a.State == Publicity && s.Act == Publish {
				a = a.Published(cal, rule.Publicity, now)
			}
		}
		for i, e := range events {
			if e.Seq != i+1 || (i > 0 && e.From != events[i-1].To) {
				t.Fatalf("event %d does not follow: %+v", i, events)
			}
		}
		if last := events[len(events)-1]; last.To != a.State || a.EventsNum != len(events) || a.Revision != int64(len(events)) {
			t.Fatalf("%+v after %+v", a, last)
		}
		seen := map[Person]bool{}
		for _, p := range a.Approved {
			if p == a.Person || p == a.By || slices.Contains(kin, p) || seen[p] {
				t.Fatalf("%d approved: %+v with kin %v", p, a, kin)
			}
			seen[p] = true
		}
	})
}
