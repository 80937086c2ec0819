package demo

import (
	"slices"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/target"
)

func TestTheDemonstrationHasAProjectUnderEachLight(t *testing.T) {
	a := openTest(t, "sqlite:"+t.TempDir()+"/demo.db")
	people, err := Build(t.Context(), a, Plan{Zones: []string{"yangling"}, Days: 3, Until: present, Seed: 2026, Share: 20})
	if err != nil {
		t.Fatal(err)
	}
	var leader app.Viewer
	for _, p := range people[610403] {
		if p.RoleZH == "分管领导" {
			if leader, err = a.ViewerOf(t.Context(), 610403, casework.Person(p.Person)); err != nil {
				t.Fatal(err)
			}
		}
	}
	list, err := a.Projects(t.Context(), leader, app.ProjectFilter{Procedure: "project"})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []target.Light{target.Red, target.Yellow, target.Green} {
		if list.Counts[l] != 1 {
			t.Errorf("%d projects are %s", list.Counts[l], l)
		}
	}
	if list.Counts[target.Grey] != 10 || list.All != 13 {
		t.Errorf("lights: %v of %d", list.Counts, list.All)
	}
	var paged []app.Project
	for page := (app.ProjectFilter{Procedure: "project", Limit: 5}); ; page.After = paged[len(paged)-1].Case.ID {
		some, err := a.Projects(t.Context(), leader, page)
		if err != nil || len(some.Lines) > 5 || len(paged) > len(list.Lines) {
			t.Fatalf("%d lines, %v", len(some.Lines), err)
		}
		if paged = append(paged, some.Lines...); !some.More {
			break
		}
	}
	if !slices.EqualFunc(paged, list.Lines, func(x, y app.Project) bool { return x.Case.ID == y.Case.ID }) {
		t.Errorf("page by page there are %d projects, at once %d, or in another order", len(paged), len(list.Lines))
	}
	f, err := a.Funnel(t.Context(), leader, "investment")
	if err != nil || f.Steps[0].Reached != 11 || f.Steps[5].Now != 1 || f.Ended != 1 {
		t.Errorf("%v %+v", err, f)
	}
}
