package app_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/geo"
	"gezhi/internal/store"
)

func TestTheDesksQueriesGiveTheSameOnBothEngines(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx := context.Background()
		resident := w.Resident("13800000001")
		leader := w.Staff("leader", "测试领导", casework.Duty{Role: "leader", Area: "330108"})
		var last casework.Case
		for i, text := range []string{"楼下垃圾成堆，影响通行", "河边垃圾成堆，有异味"} {
			c, err := w.App.Submit(ctx, resident, app.Report{Key: text, Matter: "E0102", Text: text, Point: geo.Point{Lng: 120.205 + float64(i)/1000, Lat: 30.195}, HasPoint: true})
			w.OK(err)
			worker := w.Staff("worker"+strconv.Itoa(i), "测试网格员", casework.Duty(c.Holder))
			last = w.Move(worker, c, "verify", func(m *casework.Command) { m.Fields["finding"] = "as_reported" })
		}
		w.Pass(48 * time.Hour)
		_, err := w.App.Tick(ctx, apptest.Zone)
		w.OK(err)

		o, err := w.App.Overview(ctx, leader)
		w.OK(err)
		if want := (store.Overview{Open: 2, Overdue: 2}); o != want {
			t.Errorf("overview %+v, want %+v", o, want)
		}
		pressing, err := w.App.Pressing(ctx, leader, 10)
		w.OK(err)
		s, err := w.App.Supervision(ctx, leader, store.CaseFilter{Area: "330108"})
		w.OK(err)
		if len(pressing) != 2 || len(s.Rungs) != 3 || s.Rungs[0].Count != 2 || len(s.Holders) != 1 {
			t.Errorf("pressing %d, supervision %+v", len(pressing), s)
		}
		e, err := w.App.Evaluate(ctx, leader, app.EvaluationBy{Area: "330108", Period: casework.Period{From: w.Now().AddDate(0, -1, 0), To: w.Now().AddDate(0, 1, 0)}})
		w.OK(err)
		if e.Total.Reported != 2 || e.Total.Verify.OnTime != 2 || e.Total.Accept.Overdue != 2 || len(e.Rows) != 3 {
			t.Errorf("evaluation %+v", e)
		}
		n := 0
		for text, want := range map[string]int{"": 2, "河边垃圾": 1, "没有": 0, "<": 0} {
			n = 0
			w.OK(w.App.ExportCases(ctx, leader, store.CaseFilter{Text: text}, text, func(x app.Exported) error {
				n++
				if x.Number == last.Number && (x.StageName.ZH != "待受理" || x.Light != app.Red) {
					t.Errorf("exported %+v", x)
				}
				return nil
			}))
			if n != want {
				t.Errorf("exporting %q gives %d, want %d", text, n, want)
			}
		}
		unread, err := w.App.UnreadMessages(ctx, leader)
		w.OK(err)
		list, _, err := w.App.Messages(ctx, leader, 0, 50)
		w.OK(err)
		names, err := w.App.CaseNames(ctx, leader, list)
		w.OK(err)
		if unread != 2 || len(list) != 2 || names[last.ID][1] != last.Number {
			t.Errorf("%d unread of %d messages about %v", unread, len(list), names)
		}
	})
}
