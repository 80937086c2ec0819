package app_test

import (
	"context"
	"path/filepath"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/store"
	"gezhi/internal/testdb"
)

func forEngines(t *testing.T, test func(t *testing.T, w *apptest.World)) {
	t.Run("SQLite", func(t *testing.T) {
		test(t, apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "g.db")))
	})
	t.Run("PostgreSQL", func(t *testing.T) { test(t, apptest.New(t, testdb.Copied(t, "binjiang", apptest.Fill))) })
}

func TestAReportIsRoutedToItsMicroGrid(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx := context.Background()
		v := w.Resident("13800000001")
		r := app.Report{Key: "k1", Matter: "E0102", Text: "楼下垃圾成堆，影响通行", Point: geo.Point{Lng: 120.205, Lat: 30.195}, HasPoint: true}
		c, err := w.App.Submit(ctx, v, r)
		w.OK(err)
		if len(c.Place.Area) != 17 || c.Number != "330108-20260302-00001" {
			t.Errorf("case %s in area %q", c.Number, c.Place.Area)
		}
		again, err := w.App.Submit(ctx, v, r)
		w.OK(err)
		if again.ID != c.ID {
			t.Error("a double click made two cases")
		}
		stranger := w.Resident("13800000002")
		if _, err := w.App.CasePage(ctx, stranger, c.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger sees the case: %v", err)
		}
		page, err := w.App.CasePage(ctx, v, c.ID)
		w.OK(err)
		if page.Path == "" || page.Holder.ZH == "" || len(page.Steps) != 7 || len(page.Events) == 0 {
			t.Errorf("page %+v", page)
		}
		r.Key, r.Point = "k2", geo.Point{Lng: 121, Lat: 31}
		if _, err := w.App.Submit(ctx, v, r); fault.KindOf(err) != fault.Invalid || fault.Fields(err)[0].Field != "point" {
			t.Errorf("a point outside the district: %v", err)
		}
		near, err := w.App.Duplicates(ctx, apptest.Zone, "E0102", geo.Point{Lng: 120.2055, Lat: 30.195})
		w.OK(err)
		if len(near) != 1 || near[0].ID != c.ID {
			t.Errorf("duplicates nearby: %+v", near)
		}
		for _, words := range []string{"垃圾", "垃", "成堆", c.Number} {
			found, err := w.App.Cases(ctx, v, store.CaseFilter{Text: words})
			w.OK(err)
			if len(found) != 1 {
				t.Errorf("searching %q finds %d", words, len(found))
			}
		}
	})
}
