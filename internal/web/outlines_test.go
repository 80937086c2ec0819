package web_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"gezhi/internal/app"
)

func TestBoundariesComeByLevelAndAreKeptByTheBrowser(t *testing.T) {
	o := newOffice(t)
	r := o.enter(app.Viewer{})
	count := func(path string) int {
		t.Helper()
		a := r.get(path)
		if a.code != http.StatusOK {
			t.Fatalf("%s: %d", path, a.code)
		}
		var c struct {
			Features []struct {
				Properties map[string]any
				Geometry   struct{ Coordinates []any }
			}
		}
		o.ok(json.Unmarshal(a.body, &c))
		for _, f := range c.Features {
			if f.Properties["name"] == "" || len(f.Geometry.Coordinates) == 0 {
				t.Errorf("%s: %v has no name or no outline", path, f.Properties)
			}
		}
		return len(c.Features)
	}
	if n := count("/binjiang/areas.geojson"); n != 67 {
		t.Errorf("%d communities", n)
	}
	if n := count("/binjiang/areas.geojson?level=street"); n != 3 {
		t.Errorf("%d streets", n)
	}
	if a := r.get("/binjiang/areas.geojson?under=" + xixing + "&level=micro"); a.code != http.StatusForbidden {
		t.Errorf("a visitor gets micro-grids: %d", a.code)
	}
	r = o.enter(o.resident("13800000001"))
	if n := count("/binjiang/areas.geojson?under=" + xixing + "&level=micro"); n < 100 {
		t.Errorf("%d micro-grids in a street", n)
	}
	first := r.get("/binjiang/areas.geojson")
	req, _ := http.NewRequest("GET", o.server.URL+"/binjiang/areas.geojson", nil)
	req.Header.Set("If-None-Match", first.header.Get("ETag"))
	if a := r.do(req); a.code != http.StatusNotModified || len(a.body) != 0 {
		t.Errorf("the same boundaries again: %d with %d bytes", a.code, len(a.body))
	}
	for _, path := range []string{"?under=330108009", "?level=planet", "?under=" + xixing + "&level=district"} {
		if a := r.get("/binjiang/areas.geojson" + path); a.code != http.StatusNotFound && a.code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", path, a.code)
		}
	}
}
