package geo

import (
	"os"
	"testing"
)

// sharedData is where the reference data of the workspace lies; tests that need it skip elsewhere.
const sharedData = "../../../shared/data/"

func openShared(t *testing.T, name string) *os.File {
	t.Helper()
	if f, err := os.Open(sharedData + name); err == nil {
		t.Cleanup(func() { f.Close() })
		return f
	}
	t.Skipf("SKIPPED: reference data %s is not on this machine", name)
	return nil
}

// The shipped outlines are coarse and old; they must still be the same district as a better
// outline that may not be shipped.
func TestShippedOutlinesAgreeWithBetterOnes(t *testing.T) {
	for zone, reference := range map[string]string{"binjiang": "330108-binjiang", "yangling": "610403-yangling"} {
		t.Run(zone, func(t *testing.T) {
			f, err := os.Open("../../packs/" + zone + "/outline.geojson")
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			ours, err := ReadFeatures(f)
			if err != nil {
				t.Fatal(err)
			}
			better, _, err := Reading{Repair: true}.Features(openShared(t, "boundaries/wgs84-derived/"+reference+".wgs84.geojson"))
			if err != nil {
				t.Fatal(err)
			}
			both, err := CommonArea(ours[0].Shape, better[0].Shape)
			if err != nil {
				t.Fatal(err)
			}
			a, b := ours[0].Shape.Area(), better[0].Shape.Area()
			iou := both / (a + b - both)
			t.Logf("%s: ours %.2f km², reference %.2f km², IoU %.4f, %d vertices", zone, a/1e6, b/1e6, iou, ours[0].Shape.vertices())
			for _, poly := range ours[0].Shape {
				t.Logf("  part %.4f km²", MultiPolygon{poly}.Area()/1e6)
			}
			if iou < 0.9 {
				t.Errorf("IoU %.4f with the reference outline", iou)
			}
		})
	}
}

func TestGeometryThereAndBack(t *testing.T) {
	m := MultiPolygon{{{{120.1, 30.1}, {120.2, 30.1}, {120.2, 30.2}, {120.1, 30.1}}}, {{{121, 31}, {121.5, 31}, {121.5, 31.5}, {121, 31}}}}
	got, err := ParseGeometry(AppendGeometry(nil, m))
	if err != nil || len(got) != 2 || got[0][0][1] != m[0][0][1] || got[1][0][2] != m[1][0][2] {
		t.Fatalf("got %v, %v", got, err)
	}
	for name, bad := range map[string]string{"a point": `{"type":"Point","coordinates":[1,2]}`, "not JSON": `{`, "cut off": `{"type":"Polygon","coordinates":[[[1,2]`} {
		if _, err := ParseGeometry([]byte(bad)); err == nil {
			t.Errorf("%s was taken for a boundary", name)
		}
	}
}
