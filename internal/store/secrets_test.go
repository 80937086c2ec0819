package store

import (
	"slices"
	"testing"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// TestASealedReporterIsKnownToTheDeskOnly reads one confidential case with every kind of scope.
func TestASealedReporterIsKnownToTheDeskOnly(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		c := wholeCase(t, casework.ID(db.NewID()))
		c.Number, c.Closed, c.MergedTo, c.Parent, c.Parts, c.Events = "330108-20260302-00007", time.Time{}, 0, 0, nil, 2
		c.Place, c.Sealed, c.Reporter = casework.Place{Area: "330108"}, []string{"complaint_desk"}, 77
		c.Holder, c.Did = casework.Holder{Role: "officer", Unit: "cg"}, map[string]casework.Person{"supply": 77, "accept": 3}
		events := []casework.Event{
			{Seq: 1, At: c.Opened, Actor: 77, Move: "submit", To: "new", Holder: c.Holder, Photos: []string{"5"}, Fields: map[string]string{"sealed": "text"}},
			{Seq: 2, At: c.Opened, Actor: 3, Move: "accept", From: "new", To: "handling", Holder: casework.ReporterHolder(77), Note: "已核对"},
		}
		write(t, db, func(tx *Tx) error {
			if err := tx.AddCase(c, c.Wake, []casework.Task{{Kind: "case", Holder: c.Holder, Due: c.Wake}}, "投诉"); err != nil {
				return err
			}
			if err := tx.AddEvents(c.ID, events); err != nil {
				return err
			}
			if err := tx.KeepReach(&c, casework.Reach{Far: 1, Amount: 5}, nil); err != nil {
				return err
			}
			return tx.AddSecret(c.ID, Secret{Seq: 1, Field: "text", Value: []byte("sealed")})
		})
		for name, x := range map[string]struct {
			scope       Scope
			sees, knows bool
		}{
			"the system":                 {Everything, true, true},
			"a leader":                   {Scope{All: true, Roles: []string{"leader"}}, false, false},
			"another street":             {Scope{Areas: []string{"330108001"}}, false, false},
			"the desk":                   {Scope{All: true, Roles: []string{"leader", "complaint_desk"}}, true, true},
			"a desk with a name like it": {Scope{All: true, Roles: []string{"complaint"}}, false, false},
			"the unit":                   {Scope{Units: []string{"cg"}}, true, false},
			"another unit":               {Scope{Units: []string{"gas"}}, false, false},
			"the reporter":               {Scope{Person: 77}, true, true},
			"another resident":           {Scope{Person: 78}, false, false},
		} {
			read(t, db, func(r *Reader) error {
				got, err := r.Case(c.ID, x.scope)
				if (err == nil) != x.sees {
					t.Errorf("%s: %v", name, err)
					return nil
				}
				lines, err := r.Cases(x.scope, CaseFilter{})
				if err != nil || (len(lines) == 1) != x.sees {
					t.Errorf("%s: the list has %d (%v)", name, len(lines), err)
				}
				if sums, err := r.PhaseSums(x.scope, c.Procedure, time.Time{}); err != nil || (len(sums) == 1) != x.sees {
					t.Errorf("%s: a funnel has %v (%v)", name, sums, err)
				}
				if _, err := r.CaseByNumber(c.Number, x.scope); (err == nil) != x.sees {
					t.Errorf("%s: by number: %v", name, err)
				}
				if !x.sees {
					return nil
				}
				_, history, err := r.History(c.ID, x.scope)
				if err != nil {
					return err
				}
				_, secret := r.Secrets(got, x.scope)
				if known := got.Reporter == 77 && history[0].Actor == 77 && len(history[0].Photos) == 1 && secret == nil; known != x.knows {
					t.Errorf("%s: %+v %+v, secrets %v", name, got, history, secret)
				}
				if x.knows {
					return nil
				}
				if got.Reporter != 0 || got.Text != "" || slices.Contains([]casework.Person{got.Did["supply"]}, 77) || got.Did["accept"] != 3 {
					t.Errorf("%s sees %+v", name, got)
				}
				if h := history[0]; h.Actor != casework.Concealed || h.Photos != nil || h.Fields["sealed"] != "" || history[1].Note != "已核对" || history[1].Holder.Unit != "" {
					t.Errorf("%s reads %+v", name, history)
				}
				if fault.KindOf(secret) != fault.Forbidden {
					t.Errorf("%s: secrets: %v", name, secret)
				}
				return nil
			})
		}
	})
}
