package store

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/geo"
	"gezhi/internal/lang"
)

// spy asks for the plan of every query before it lets it through.
type spy struct {
	reads
	t    *testing.T
	plan []string
}

func (s *spy) query(ctx context.Context, sql string, args []any) (cursor, error) {
	cur, err := s.reads.query(ctx, "EXPLAIN QUERY PLAN "+sql, args)
	if err != nil {
		s.t.Fatal(err)
	}
	rows := &Rows{cur}
	for rows.Next() {
		var id, parent, unused int64
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			s.t.Fatal(err)
		}
		s.plan = append(s.plan, detail)
	}
	rows.Close()
	return s.reads.query(ctx, sql, args)
}

func noCase(casework.Case, time.Time) error { return nil }

// Queries that people wait for must find their rows by an index and never read a whole table.
func TestHotQueriesUseTheirIndexes(t *testing.T) {
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "p.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	write(t, db, func(tx *Tx) error {
		return tx.AddZone(Zone{Code: 330108, Slug: "binjiang", Name: lang.Text{ZH: "滨江区", EN: "Binjiang"}, Hours: "09:00-17:00"})
	})
	when := time.Date(2026, 3, 1, 0, 0, 0, 0, china)
	duty := []casework.Duty{{Role: "verifier", Area: "330108"}}
	micro, community := Scope{Areas: []string{"33010800100100101"}, Person: 7}, Scope{Areas: []string{"330108001001"}, Person: 7}
	list := func(s Scope, f CaseFilter) func(*Reader) error {
		return func(r *Reader) error { _, err := r.Cases(s, f); return err }
	}
	for name, c := range map[string]struct {
		run  func(*Reader) error
		want []string
		not  string
	}{
		"one case":                    {func(r *Reader) error { r.Case(5, Everything); return nil }, []string{"SEARCH c USING PRIMARY KEY"}, "SCAN"},
		"its history":                 {func(r *Reader) error { _, err := r.events(5); return err }, []string{"SEARCH case_events USING PRIMARY KEY"}, "TEMP B-TREE"},
		"a procedure":                 {list(Scope{All: true}, CaseFilter{Procedure: "complaint"}), []string{"SCAN t VIRTUAL TABLE", "SEARCH c USING PRIMARY KEY"}, "TEMP B-TREE"},
		"a unit's procedure":          {list(Scope{Units: []string{"law"}}, CaseFilter{Procedure: "complaint"}), []string{"SCAN t VIRTUAL TABLE", "SEARCH c USING PRIMARY KEY"}, "TEMP B-TREE"},
		"all there is of a procedure": {func(r *Reader) error { return r.EachCase(Everything, CaseFilter{Procedure: "need"}, noCase) }, []string{"AND id=?)", "COVERING INDEX cases_procedure (zone=? AND procedure=?"}, "SCAN"},
		"what is open of a procedure": {func(r *Reader) error {
			return r.EachCase(Everything, CaseFilter{Procedure: "need", State: "open"}, noCase)
		}, []string{"AND id=?)", "COVERING INDEX cases_open_kinds (zone=? AND procedure=?"}, "SCAN"},
		"a board": {func(r *Reader) error { _, err := r.PublicCases("need", []string{"open"}, "", "", 0, 20); return err }, []string{"SEARCH c USING PRIMARY KEY (zone=? AND id=?)", "COVERING INDEX cases_open_kinds (zone=? AND procedure=?"}, "SCAN"},
		"a procedure's cases for rates": {func(r *Reader) error {
			return r.EachTold(Everything, "need", nil, when, func(*Told) error { return nil })
		}, []string{"SEARCH c USING PRIMARY KEY (zone=? AND id=?)", "COVERING INDEX cases_procedure (zone=? AND procedure=?"}, "SCAN"},
		"their histories":                {func(r *Reader) error { return r.steps([]Told{{}}, "need") }, []string{"SEARCH e USING PRIMARY KEY (zone=? AND case_id=?)", "COVERING INDEX cases_procedure (zone=? AND procedure=?"}, "SCAN"},
		"how many are open of each":      {func(r *Reader) error { _, err := r.OpenKinds(Scope{All: true}); return err }, []string{"COVERING INDEX cases_open_kinds"}, "TEMP B-TREE"},
		"how many stand at each stage":   {func(r *Reader) error { _, err := r.StageCounts("need", "330108"); return err }, []string{"COVERING INDEX cases_stages (zone=? AND procedure=? AND area>? AND area<?)"}, "SCAN"},
		"how many are under supervision": {func(r *Reader) error { _, err := r.WarnedCounts(Scope{All: true}, CaseFilter{}); return err }, []string{"COVERING INDEX cases_warned"}, "SCAN"},
		"the most pressing of a level":   {func(r *Reader) error { _, err := r.Warned(Scope{All: true}, CaseFilter{}, 2, 20); return err }, []string{"INDEX cases_warned (zone=? AND level=?)"}, "TEMP B-TREE"},
		"sub-cases":                      {func(r *Reader) error { _, err := r.SubCases(5); return err }, []string{"cases_parent"}, "SCAN"},
		"secrets":                        {func(r *Reader) error { r.Secrets(casework.Case{ID: 5}, Everything); return nil }, []string{"SEARCH c USING PRIMARY KEY"}, "SCAN"},
		"a query code":                   {func(r *Reader) error { r.AliasByCode([]byte("x")); return nil }, []string{"aliases_code"}, "SCAN"},
		"a resident's aliases":           {func(r *Reader) error { _, err := r.AliasesOf([]byte("x")); return err }, []string{"aliases_owner"}, "SCAN"},
		"a number":                       {func(r *Reader) error { r.CaseByNumber("x", Everything); return nil }, []string{"cases_number"}, "SCAN"},
		"an inbox":                       {func(r *Reader) error { _, err := r.Inbox(duty, CaseFilter{}); return err }, []string{"SEARCH t USING PRIMARY KEY"}, "SCAN c"},
		"what an inbox counts":           {func(r *Reader) error { _, _, err := r.InboxCount(duty); return err }, []string{"SEARCH case_tasks USING PRIMARY KEY"}, "SCAN"},
		"the newest":                     {list(Everything, CaseFilter{}), []string{"SEARCH c USING PRIMARY KEY"}, "TEMP B-TREE"},
		"the next page":                  {list(Everything, CaseFilter{After: Cursor{ID: 9}}), []string{"SEARCH c USING PRIMARY KEY"}, "TEMP B-TREE"},
		"words":                          {list(Everything, CaseFilter{Text: "垃圾"}), []string{"SCAN t VIRTUAL TABLE", "SEARCH c USING PRIMARY KEY"}, "TEMP B-TREE"},
		"words in a community":           {list(community, CaseFilter{Text: "垃圾"}), []string{"SCAN t VIRTUAL TABLE", "SEARCH c USING PRIMARY KEY"}, "TEMP B-TREE"},
		"a community":                    {list(community, CaseFilter{}), []string{"SCAN t VIRTUAL TABLE", "SEARCH c USING PRIMARY KEY"}, "TEMP B-TREE"},
		"a unit":                         {list(Scope{Units: []string{"law"}}, CaseFilter{}), []string{"SCAN t VIRTUAL TABLE", "SEARCH c USING PRIMARY KEY"}, "TEMP B-TREE"},
		"a micro-grid":                   {list(micro, CaseFilter{}), []string{"cases_area", "cases_reporter"}, "SCAN c"},
		"what is open nearby":            {list(community, CaseFilter{State: "open"}), []string{"cases_open_area", "cases_reporter"}, "SCAN c"},
		"a month":                        {list(Everything, CaseFilter{From: when, To: when.AddDate(0, 1, 0)}), []string{"cases_opened"}, "TEMP B-TREE"},
		"a month's next page":            {list(Everything, CaseFilter{From: when, To: when.AddDate(0, 1, 0), After: Cursor{ID: 9}}), []string{"cases_opened"}, "TEMP B-TREE"},
		"a kind of matter":               {list(Everything, CaseFilter{Kind: "E0102"}), []string{"cases_matter"}, "SCAN c"},
		"a kind in a street":             {list(Scope{Areas: []string{"330108001"}}, CaseFilter{Kind: "E0102", After: Cursor{ID: 9}}), []string{"cases_matter"}, "SCAN c"},
		"how many are open":              {func(r *Reader) error { _, err := r.OpenCount(Everything, "330108001001"); return err }, []string{"cases_open_area"}, "SCAN"},
		"duplicates":                     {func(r *Reader) error { _, err := r.Near("E0102", geo.Point{Lng: 120, Lat: 30}, 250); return err }, []string{"cases_near"}, "SCAN"},
		"timers that are due":            {func(r *Reader) error { _, err := r.Waking(when, 10); return err }, []string{"cases_wake"}, "SCAN"},
		"what a person reported":         {list(Scope{Person: 7}, CaseFilter{}), []string{"cases_reporter"}, "SCAN c"},
	} {
		t.Run(name, func(t *testing.T) {
			read(t, db, func(r *Reader) error {
				s := &spy{reads: r.s, t: t}
				watched := *r
				watched.s = s
				err := c.run(&watched)
				plan := strings.Join(s.plan, "\n")
				for _, w := range c.want {
					if !strings.Contains(plan, w) {
						t.Errorf("the plan lacks %q:\n%s", w, plan)
					}
				}
				if strings.Contains(plan, c.not) {
					t.Errorf("the plan has %q:\n%s", c.not, plan)
				}
				return err
			})
		})
	}
}
