package demo

import (
	"path/filepath"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/casework"
)

// TestTheReportTellsWhatWasReported builds Yangling and wants its report to have the figures that were told of it, to the 分.
func TestTheReportTellsWhatWasReported(t *testing.T) {
	a := openTest(t, "sqlite:"+filepath.Join(t.TempDir(), "demo.db"))
	if _, err := Build(t.Context(), a, Plan{Zones: []string{"yangling"}, Days: 2, Until: present, Seed: 2026, Share: 1}); err != nil {
		t.Fatal(err)
	}
	v := app.Viewer{Zone: yangling, Person: 1, Kind: "staff", Duties: []casework.Duty{{Role: app.RolePolicyDesk, Area: "610403"}}}
	_, lines, err := a.PayoutReport(t.Context(), v, app.FigureFilter{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]struct {
		amount      int64  // 分
		unit        string // of the line
		enterprises int64  // 0: not told
	}{
		"tax": {6_0300_0000_00, "亿元", 0}, "vat-refund": {4_7500_0000_00, "亿元", 0}, "defer-pension": {253_2300_00, "万元", 0}, "defer-injury": {5900_00, "万元", 0},
		"defer-unemployment": {3_6300_00, "万元", 0}, "injury-rate": {282_0800_00, "万元", 1024}, "unemployment-rate": {414_9300_00, "万元", 965},
	}
	for _, l := range lines {
		x, ok := want[l.ID]
		if !ok {
			continue
		}
		delete(want, l.ID)
		if l.Year.Amount != x.amount || l.Unit != x.unit || x.enterprises != 0 && l.Year.Enterprises != x.enterprises {
			t.Errorf("%s: %d 分 in %s, %d enterprises; want %+v", l.ID, l.Year.Amount, l.Unit, l.Year.Enterprises, x)
		}
	}
	if len(want) > 0 {
		t.Errorf("lines are missing: %v", want)
	}
	if found := verifyZone(t, a, yangling); len(found) > 0 {
		t.Error(strings.Join(found, "\n"))
	}
	if a, b := payoutRows(yangling, present), payoutRows(yangling, present); string(a) != string(b) {
		t.Error("the file is another each time")
	}
}
