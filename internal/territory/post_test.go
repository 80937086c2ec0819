package territory

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gezhi/internal/idcode"
	"gezhi/internal/lang"
)

// threeAndOne is 一长三员 for grids and 一长二员 with a reserve for micro-grids.
var threeAndOne = []PostKind{
	{ID: "grid_leader", Level: idcode.Grid, Min: 1, Max: 1}, {ID: "grid_staff", Level: idcode.Grid, Min: 1},
	{ID: "mg_leader", Level: idcode.Micro, Min: 1, Max: 1, Peace: lang.Text{ZH: "走访", EN: "visit"}, Emergency: lang.Text{ZH: "指挥", EN: "command"}},
	{ID: "mg_reserve", Level: idcode.Micro, Peace: lang.Text{ZH: "协助", EN: "help"}},
}

const (
	grid1  = "330108001001001"
	grid2  = "330108001001002"
	micro1 = grid1 + "01"
)

func TestStaffFindsVacanciesDoublesAndUndeclaredConcurrence(t *testing.T) {
	tree := mustBuild(t, town(1, 1, 2, 1))
	in := func(p Person, post, area string, concurrent bool) Appointment {
		return Appointment{Person: p, Post: post, Area: area, Concurrent: concurrent}
	}
	left := in(9, "grid_staff", grid1, false)
	left.To = noon
	e := Staff(tree, threeAndOne, []Appointment{
		in(1, "grid_leader", grid1, false), in(2, "grid_leader", grid1, false), in(2, "grid_leader", grid1, false),
		in(3, "grid_leader", grid2, false), in(3, "grid_staff", grid2, true), // declared
		in(4, "mg_leader", micro1, false), in(4, "mg_reserve", micro1, false), // not declared
		left,
		in(5, "mayor", grid1, false), in(6, "grid_staff", micro1, false), in(7, "grid_staff", "330108001001003", false),
	}, noon)
	if d := cmp.Diff([]Staffing{{grid1, "grid_staff", 0, 1, 0}, {grid2 + "01", "mg_leader", 0, 1, 1}}, e.Vacancies()); d != "" {
		t.Error("vacancies", d)
	}
	if d := cmp.Diff([]Staffing{{grid1, "grid_leader", 2, 1, 1}}, e.Doubled()); d != "" {
		t.Error("doubled", d)
	}
	var undeclared []Person
	for _, a := range e.Undeclared {
		undeclared = append(undeclared, a.Person)
	}
	if d := cmp.Diff([]Person{2, 2, 4, 4}, undeclared); d != "" {
		t.Error("undeclared", d)
	}
	if len(e.Astray) != 3 {
		t.Errorf("astray: %+v", e.Astray)
	}
	for name, c := range map[string]struct{ got, want Rate }{
		"grids: the first lacks staff":  {e.Complement(idcode.Grid), Rate{1, 2}},
		"micro-grids: one has a leader": {e.Complement(idcode.Micro), Rate{1, 2}},
		"in the second grid":            {e.In(grid2).Complement(idcode.Grid), Rate{1, 1}},
		"communities have no posts":     {e.Complement(idcode.Community), Rate{}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %+v, want %+v", name, c.got, c.want)
		}
	}
	if n := len(e.In(grid1).Vacancies()); n != 1 {
		t.Errorf("%d vacancies in the first grid", n)
	}
}

func TestASwitchChangesDutiesInItsSubtreeWhileItHolds(t *testing.T) {
	typhoon := Switch{Area: "330108001", Span: Span{noon, noon.AddDate(0, 0, 3)}, Reason: "台风", By: 1}
	wide := Switch{Area: "330108", Span: Span{noon.AddDate(0, 0, 1), noon.AddDate(0, 0, 2)}, Reason: "全区"}
	all := []Switch{typhoon, wide}
	for name, c := range map[string]struct {
		area string
		days int
		want Mode
		by   string
	}{
		"before":                             {micro1, -1, Peace, ""},
		"at the start":                       {micro1, 0, Emergency, "台风"},
		"the widest switch is named":         {micro1, 1, Emergency, "全区"},
		"the end is not part of it":          {micro1, 3, Peace, ""},
		"another street":                     {"330108002", 0, Peace, ""},
		"another street, the whole district": {"330108002", 1, Emergency, "全区"},
	} {
		if m, s := ModeAt(all, c.area, noon.AddDate(0, 0, c.days)); m != c.want || s.Reason != c.by {
			t.Errorf("%s: %s %q", name, m, s.Reason)
		}
	}
	duties := func(days int) (out []string) {
		for _, d := range DutiesAt(threeAndOne, all, micro1, noon.AddDate(0, 0, days)) {
			out = append(out, d.Text.ZH)
		}
		return out
	}
	if d := cmp.Diff([]string{"走访", "协助"}, duties(-1)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"指挥", "协助"}, duties(0)); d != "" {
		t.Error("a post without emergency duties keeps its own", d)
	}
}

func TestEmergencyRoutesWinOnlyWhereSwitched(t *testing.T) {
	tree := mustBuild(t, town(2, 1, 1, 1))
	table := mustTable(t, tree, []Route{
		{Line: 2, Owner: "grid_staff@grid"}, {Line: 3, Mode: Emergency, Owner: "unit:command"}, {Line: 4, Mode: Peace, Matter: "E02", Owner: "unit:gas"},
	})
	for name, c := range map[string]struct {
		matter string
		mode   Mode
		want   Owner
	}{
		"ordinary times":                        {"E0101", Peace, Owner{Role: "grid_staff", Area: grid1}},
		"ordinary times, a row written for it":  {"E0201", Peace, Owner{Role: Officer, Unit: "gas", Area: micro1}},
		"emergency beats rows of any mode":      {"E0101", Emergency, Owner{Role: Officer, Unit: "command", Area: micro1}},
		"rows for ordinary times are not asked": {"E0201", Emergency, Owner{Role: Officer, Unit: "command", Area: micro1}},
	} {
		got, _, err := table.Owner(c.matter, micro1, "handle", c.mode)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}
