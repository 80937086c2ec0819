package store

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gezhi/internal/lang"
	"gezhi/internal/ledger"
)

// What a resident or a counter waits for finds its rows by an index.
func TestRewardQueriesUseTheirIndexes(t *testing.T) {
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "p.db"), Options{})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	write(t, db, func(tx *Tx) error {
		return tx.AddZone(Zone{Code: 330108, Slug: "binjiang", Name: lang.Text{ZH: "滨江区", EN: "Binjiang"}, Hours: "09:00-17:00"})
	})
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, china)
	for name, c := range map[string]struct {
		run  func(*Reader) error
		want string
	}{
		"a code":                  {func(r *Reader) error { r.RedemptionByCode([]byte{1}); return nil }, "redemptions_code"},
		"whether a code is taken": {func(r *Reader) error { _, err := r.CodeTaken([]byte{1}); return err }, "redemptions_open"},
		"what somebody had":       {func(r *Reader) error { _, err := r.Had(1, 2, day); return err }, "redemptions_reward"},
		"somebody's redemptions": {func(r *Reader) error {
			_, err := r.Redemptions(RedemptionFilter{Person: 7, Limit: 20})
			return err
		}, "redemptions_person"},
		"a desk's newest": {func(r *Reader) error {
			_, err := r.Redemptions(RedemptionFilter{All: true, Limit: 20})
			return err
		}, "SEARCH d USING PRIMARY KEY"},
		"what is overdue":        {func(r *Reader) error { _, err := r.OverdueRedemptions(10); return err }, "redemptions_until"},
		"what a sponsor is owed": {func(r *Reader) error { _, err := r.Owed(1, day); return err }, "redemptions_sponsor"},
		"what was collected":     {func(r *Reader) error { _, err := r.Redeemed(day, day.AddDate(0, 1, 0)); return err }, "redemptions_done"},
		"sums by class":          {func(r *Reader) error { _, err := r.ClassSums(ledger.Point); return err }, "SEARCH accounts USING PRIMARY KEY"},
	} {
		t.Run(name, func(t *testing.T) {
			read(t, db, func(r *Reader) error {
				s := &spy{reads: r.s, t: t}
				watched := *r
				watched.s = s
				err := c.run(&watched)
				plan := strings.Join(s.plan, "\n")
				if !strings.Contains(plan, c.want) || strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE FOR ORDER BY") && name != "a code" {
					t.Errorf("want %q in:\n%s", c.want, plan)
				}
				return err
			})
		})
	}
}
