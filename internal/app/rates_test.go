package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// quarter is the first quarter of 2026, beside the one before.
func quarter(procedure string) app.RateBy {
	day := func(y int, m time.Month) time.Time { return time.Date(y, m, 1, 0, 0, 0, 0, calendar.Zone()) }
	return app.RateBy{Procedure: procedure, Period: casework.Period{From: day(2026, 1), To: day(2026, 4)}, Before: casework.Period{From: day(2025, 10), To: day(2026, 1)}}
}

// words are a report's rates over all its cases, by id.
func words(r app.RateReport) map[string]string {
	out := map[string]string{}
	for i, g := range r.Proc.Rates {
		out[g.ID] = g.Words(r.Total.Now[i])
	}
	return out
}

func TestRatesOfComplaintsTellNobodyWhoComplained(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w, ctx := newComplaintWorld(base), context.Background()
		resident := w.Resident("13800000041")
		settled, refused, open := w.file(resident, "named").Case.ID, w.file(resident, "named").Case.ID, w.file(resident, "anonymous").Case.ID
		w.handled(settled)
		w.do(w.desk, refused, casework.Command{Move: "refuse", Reason: "settled", Note: "已办结，重复提出"})
		w.do(w.desk, open, casework.Command{Move: "accept"})
		w.do(w.desk, open, casework.Command{Move: "urge", Note: "请抓紧"})
		w.Pass(3 * time.Hour)
		r, err := w.App.Rates(ctx, w.desk, quarter("complaint"))
		w.OK(err)
		got := words(r)
		for id, want := range map[string]string{"received": "3", "accepted": "2", "refused": "1", "settled": "50.00%", "in_time": "—", "time": "0.0", "repeated": "33.33%", "urged": "1", "satisfied": "—"} {
			if got[id] != want {
				t.Errorf("%s is %s, want %s", id, got[id], want)
			}
		}
		if dump := fmt.Sprintf("%+v", r); strings.Contains(dump, secretName) || strings.Contains(dump, secretPhone) || strings.Contains(dump, secretWords) {
			t.Errorf("the report gives the reporter away: %s", dump)
		}
		if r, err = w.App.Rates(ctx, w.head, quarter("complaint")); err != nil || words(r)["received"] != "1" || len(r.Units) != 1 || r.Units[0].Code != "market" {
			t.Errorf("the unit's head counts %v of %+v: %v", words(r), r.Units, err)
		}
		if _, err := w.App.Rates(ctx, w.leader, quarter("complaint")); fault.KindOf(err) != fault.NotFound {
			t.Errorf("who may not read complaints reads their rates: %v", err)
		}
		if _, err := w.App.Rates(ctx, w.officer, quarter("problem")); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a post without evaluation: %v", err)
		}
		if r, err := w.App.Rates(ctx, w.leader, quarter("problem")); err != nil || len(r.Categories) != 7 || words(r)["put_right"] != "—" {
			t.Errorf("seven lists in which nothing happened: %v %v", words(r), err)
		}
	})
}
