package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
)

// Whatever index a list goes by, its pages put together are the cases that match, newest first.
func TestListsPagedByEveryRoadAreTheCasesThatMatch(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		rng := rand.New(rand.NewPCG(1, 2))
		areas := []string{"33010800100100101", "33010800100100102", "33010800100200101", "33010800200100101"}
		matters := []string{"E0101", "E0102", "E0201"}
		base := time.Date(2026, 3, 2, 9, 0, 0, 0, calendar.Zone())
		var all []casework.Case
		for i := range 60 {
			opened := base.AddDate(0, 0, i)
			c := wholeCase(t, BulkID(opened, 0))
			c.Number, c.Place.Area, c.Matter, c.Opened = fmt.Sprintf("n%02d", i), areas[rng.IntN(4)], matters[rng.IntN(3)], opened
			c.Reporter = casework.Person(1 + rng.IntN(3))
			c.Procedure, c.Sealed = []string{"grid-event", "complaint"}[rng.IntN(2)], [][]string{nil, {"complaint_desk"}}[rng.IntN(2)]
			if c.MergedTo = 0; rng.IntN(2) == 0 {
				c.Closed = time.Time{}
			}
			all = append(all, c)
			write(t, db, func(tx *Tx) error { return tx.AddCase(c, c.Wake, nil, "垃圾") })
		}
		scopes := []Scope{Everything, {Areas: []string{"330108001"}}, {Areas: []string{"330108001", "330108002"}},
			{Areas: []string{"330108001001"}}, {Areas: []string{areas[1]}, Person: 2}, {Areas: []string{"330108002"}, Person: 3}, {Person: 1},
			{All: true}, {All: true, Roles: []string{"leader", "complaint_desk"}}, {Areas: []string{"330108001"}, Roles: []string{"complaint_desk"}}}
		for range 300 {
			scope, f := scopes[rng.IntN(len(scopes))], CaseFilter{Limit: 1 + rng.IntN(5)}
			for _, narrow := range []func(){
				func() { f.Kind = matters[rng.IntN(3)] },
				func() { f.Matter = "E01" },
				func() { f.Procedure = []string{"grid-event", "complaint"}[rng.IntN(2)] },
				func() { f.Area = areas[rng.IntN(4)][:[]int{9, 12, 17}[rng.IntN(3)]] },
				func() { f.State = []string{"open", "closed"}[rng.IntN(2)] },
				func() {
					f.From = base.AddDate(0, 0, rng.IntN(60)).Add(time.Duration(rng.IntN(3)-1) * time.Second)
					f.To = f.From.AddDate(0, 0, rng.IntN(60))
				},
			} {
				if rng.IntN(3) == 0 {
					narrow()
				}
			}
			var want, got []string
			for _, c := range slices.Backward(all) {
				if matches(c, scope, f) {
					want = append(want, c.Number)
				}
			}
			read(t, db, func(r *Reader) error {
				for page := f; ; {
					lines, err := r.Cases(scope, page)
					if err != nil {
						return err
					}
					for _, l := range lines {
						got = append(got, l.Number)
					}
					next, more := NextCursor(lines, f.Limit)
					if !more || len(got) > len(all) {
						return nil
					}
					page.After = next
				}
			})
			if !slices.Equal(got, want) {
				t.Fatalf("scope %+v, filter %+v:\n got %v\nwant %v", scope, f, got, want)
			}
		}
	})
}

// matches is the list's condition, said once more without SQL.
func matches(c casework.Case, s Scope, f CaseFilter) bool {
	mine := s.All || s.Person != 0 && int64(c.Reporter) == s.Person ||
		slices.ContainsFunc(s.Areas, func(a string) bool { return strings.HasPrefix(c.Place.Area, a) })
	mine = mine && (s.Open || c.Sealed == nil || slices.Contains(s.Roles, "complaint_desk") || s.Person != 0 && int64(c.Reporter) == s.Person)
	return mine && (f.Procedure == "" || f.Procedure == c.Procedure) && strings.HasPrefix(c.Matter, f.Matter) && (f.Kind == "" || c.Matter == f.Kind) && strings.HasPrefix(c.Place.Area, f.Area) &&
		(f.State == "" || (f.State == "open") == c.Closed.IsZero()) &&
		(f.From.IsZero() || !c.Opened.Before(f.From)) && (f.To.IsZero() || c.Opened.Before(f.To))
}
