package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gezhi/internal/lang"
)

func locate(t *testing.T, points string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	s := std{In: strings.NewReader(points), Out: &out, Err: &errs, Lang: lang.EN}
	code = run(s, append([]string{"locate"}, args...))
	return out.String(), errs.String(), code
}

// twoStreets overlap between 120.4 and 120.5; both lie in the district.
const twoStreets = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"adcode":330108,"name":"滨江区"},"geometry":{"type":"Polygon","coordinates":[[[120,30],[121,30],[121,31],[120,31],[120,30]]]}},
{"type":"Feature","properties":{"code":"330108001","name":"西兴街道"},"geometry":{"type":"Polygon","coordinates":[[[120,30],[120.5,30],[120.5,31],[120,31],[120,30]]]}},
{"type":"Feature","properties":{"code":"330108002","name":"长河,街道"},"geometry":{"type":"Polygon","coordinates":[[[120.4,30],[120.8,30],[120.8,31],[120.4,31],[120.4,30]]]}}]}`

func areasFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "areas.geojson")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLocateWritesAnAreaForEveryPoint(t *testing.T) {
	points := "\xef\xbb\xbflat,id,lng,note\r\n30.5,a,120.1,\"x,\ny\"\r\n30.5,\"b,1\",120.45,\r\n30.5,c,120.7,\r\n30.5,d,120.9,\r\n0,e,0,\r\n"
	want := "id,code,name,status\na,330108001,西兴街道,ok\n\"b,1\",330108002,\"长河,街道\",overlap\nc,330108002,\"长河,街道\",ok\nd,330108,滨江区,ok\ne,,,outside\n"
	out, errs, code := locate(t, points, "--areas", areasFile(t, twoStreets))
	if out != want || errs != "" || code != exitOK {
		t.Errorf("exit %d\n%s\n%s\nwant\n%s", code, out, errs, want)
	}
}

func TestLocateStopsAtAWrongRow(t *testing.T) {
	out, errs, code := locate(t, "id,lng,lat\na,120.1,30.5\nb,120.1,3O.5\nc,120.1,30.5\n", "--areas", areasFile(t, twoStreets))
	if code != exitFault || !strings.Contains(errs, `Line 3, column lat: "3O.5"`) {
		t.Errorf("exit %d: %s", code, errs)
	}
	if out != "id,code,name,status\na,330108001,西兴街道,ok\n" {
		t.Errorf("wrote %q", out)
	}
}

func TestLocateRefusesBadInput(t *testing.T) {
	good := areasFile(t, twoStreets)
	for name, c := range map[string]struct {
		points string
		args   []string
		code   int
		want   string
	}{
		"an unknown datum":         {"id,lng,lat\n", []string{"--areas", good, "--datum", "cgcs2000"}, exitFault, "Unknown datum"},
		"an unknown points datum":  {"id,lng,lat\n", []string{"--areas", good, "--points-datum", "x"}, exitFault, "Unknown datum"},
		"no areas":                 {"id,lng,lat\n", nil, exitUsage, "--areas"},
		"a file that is not there": {"id,lng,lat\n", []string{"--areas", "nowhere.geojson"}, exitUsage, "nowhere.geojson"},
		"not GeoJSON":              {"id,lng,lat\n", []string{"--areas", areasFile(t, "id,lng,lat\n")}, exitFault, "not valid GeoJSON"},
		"no header":                {"1,2,3\n", []string{"--areas", good}, exitFault, "no column id"},
		"no input":                 {"", []string{"--areas", good}, exitFault, "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, code := locate(t, c.points, c.args...)
			if code != c.code || !strings.Contains(errs, c.want) || out != "" {
				t.Errorf("exit %d, wrote %q, said %q", code, out, errs)
			}
		})
	}
}

func TestLocateRepairsAndSaysSo(t *testing.T) {
	bowtie := `{"type":"Feature","properties":{"code":1,"name":"领结"},"geometry":{"type":"Polygon","coordinates":[[[120,30],[121,31],[121,30],[120,31],[120,30]]]}}`
	out, errs, code := locate(t, "id,lng,lat\na,120.1,30.5\nb,120.5,30.9\n", "--areas", areasFile(t, bowtie))
	if code != exitOK || !strings.Contains(errs, `feature 1 "领结"`) || out != "id,code,name,status\na,1,领结,ok\nb,,,outside\n" {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

// Named places of Binjiang, known in both datums, against outlines that may not ship.
func TestLocateRealPlacesInEitherDatum(t *testing.T) {
	const shared = "../../../shared/data/"
	f, err := os.Open(shared + "points/binjiang-points.csv")
	if err != nil {
		t.Skipf("SKIPPED: the reference data is not on this machine: %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for name, c := range map[string]struct {
		columns string
		args    []string
	}{
		"WGS-84 in WGS-84": {"_wgs84", []string{"--areas", shared + "boundaries/wgs84-derived/330100-hangzhou-13-districts.wgs84.geojson"}},
		"GCJ-02 in WGS-84": {"_gcj02", []string{"--points-datum", "gcj02", "--areas", shared + "boundaries/wgs84-derived/330100-hangzhou-13-districts.wgs84.geojson"}},
		"WGS-84 in GCJ-02": {"_wgs84", []string{"--points-datum", "wgs84", "--datum", "gcj02", "--areas", shared + "boundaries/gcj02/330100-hangzhou-13-districts-2021plus.geojson"}},
		"GCJ-02 in GCJ-02": {"_gcj02", []string{"--datum", "gcj02", "--areas", shared + "boundaries/gcj02/330100-hangzhou-13-districts-2021plus.geojson"}},
	} {
		t.Run(name, func(t *testing.T) {
			var points, want strings.Builder
			points.WriteString("id,lng,lat\n")
			want.WriteString("id,code,name,status\n")
			for _, r := range rows[1:] {
				points.WriteString(r[column["id"]] + "," + r[column["lng"+c.columns]] + "," + r[column["lat"+c.columns]] + "\n")
				want.WriteString(r[column["id"]] + ",330108,滨江区,ok\n")
			}
			if out, errs, code := locate(t, points.String(), c.args...); out != want.String() || code != exitOK {
				t.Errorf("exit %d\n%s%s", code, errs, out)
			}
		})
	}
}

func BenchmarkLocateRows(b *testing.B) {
	path := filepath.Join(b.TempDir(), "areas.geojson")
	if err := os.WriteFile(path, []byte(twoStreets), 0o600); err != nil {
		b.Fatal(err)
	}
	points := "id,lng,lat\n" + strings.Repeat("1234567,120.3141592,30.2718281\n", 1_000_000)
	for b.Loop() {
		var out bytes.Buffer
		if code := run(std{In: strings.NewReader(points), Out: &out, Err: &out, Lang: lang.EN}, []string{"locate", "--areas", path}); code != exitOK {
			b.Fatal(out.String())
		}
	}
	b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
