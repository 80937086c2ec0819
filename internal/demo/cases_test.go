package demo

import (
	"slices"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/store"
)

// TestEveryProcedureLives looks, after the usual life, at every procedure of the packs: some of its cases are open, and where a
// case can end some have ended. A procedure that is added without a story in cases.yaml fails here.
func TestEveryProcedureLives(t *testing.T) {
	const days = 60 // as gezhi demo lives by default
	a := openTest(t, "sqlite:"+t.TempDir()+"/demo.db")
	_, err := Build(t.Context(), a, Plan{Days: days, Until: present, Seed: 2026, Share: 2})
	if err != nil {
		t.Fatal(err)
	}
	type standing struct{ open, ended, green, yellow, red int }
	found := map[string]*standing{}
	ends := map[string]bool{}
	for _, code := range []int{330108, yangling} {
		if _, err := a.Tick(t.Context(), code); err != nil {
			t.Fatal(err)
		}
		z, err := a.Zone(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range z.Procedures() {
			if found[p.ID] == nil {
				found[p.ID] = &standing{}
			}
			s := found[p.ID]
			for i := range p.Stages {
				ends[p.ID] = ends[p.ID] || p.Stages[i].End
			}
			err := a.DB().View(t.Context(), code, func(r *store.Reader) error {
				cases, err := r.Cases(store.Everything, store.CaseFilter{Procedure: p.ID})
				for _, c := range cases {
					if !c.Closed.IsZero() {
						s.ended++
						continue
					}
					s.open++
					switch app.LightOf(c.Due, c.Closed, c.Level, present) {
					case app.Green:
						s.green++
					case app.Yellow:
						s.yellow++
					case app.Red:
						s.red++
					}
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if wrong := verifyZone(t, a, code); len(wrong) > 0 {
			t.Errorf("broken: %q", wrong)
		}
	}
	for id, s := range found {
		if s.open == 0 || (s.ended == 0 && ends[id]) {
			t.Errorf("%s: %d open, %d ended", id, s.open, s.ended)
		}
		if slices.Contains([]string{"campaign-task", "complaint", "problem"}, id) && (s.green == 0 || s.yellow == 0 || s.red == 0) {
			t.Errorf("%s: %d green, %d yellow, %d red", id, s.green, s.yellow, s.red)
		}
	}
}
