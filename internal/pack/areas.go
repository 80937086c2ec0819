package pack

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"gezhi/internal/geo"
	"gezhi/internal/lang"
	"gezhi/internal/territory"
)

func fileLine(file string, line int) string {
	if line > 0 {
		return file + ":" + strconv.Itoa(line)
	}
	return file
}

// readAreas reads divisions.csv, areas.csv and the boundaries, in this order, each as an import on
// top of what came before; at last the illustrative grids are drawn where the pack asks for them.
func readAreas(f folder, p *Pack, grids gridSpec) {
	if !f.importRows("divisions.csv", p) {
		f.fail("divisions.csv", 0, "数据包里没有 divisions.csv。", "The pack has no divisions.csv.")
		return
	}
	for i := range p.Areas {
		if name := AreaName(p.Areas[i].Name); name != p.Areas[i].Name {
			p.Areas[i].Official, p.Areas[i].Name = p.Areas[i].Name, name
		}
	}
	f.importRows("areas.csv", p)
	outline := f.importShapes("outline.geojson", p)
	f.importShapes("areas.geojson", p)
	if grids.Grids > 0 && len(f.bad) == 0 {
		areas, err := illustrate(p.Areas, outline, grids)
		if err != nil {
			f.adopt("zone.yaml", err)
			return
		}
		p.Areas = areas
	}
}

// importRows is false when there is no such file.
func (f folder) importRows(name string, p *Pack) bool {
	rows, lines, ok := f.csv(name)
	if !ok {
		return len(f.bad) > 0 // there, but broken: reported already
	}
	entries, _, ps := territory.Entries(rows, p.Zone.Location)
	f.apply(name, p, entries, ps, func(row int) int {
		if row < 1 || row > len(lines) {
			return 0
		}
		return lines[row-1]
	})
	return true
}

// importShapes returns the district's boundary when the file has it.
func (f folder) importShapes(name string, p *Pack) geo.MultiPolygon {
	data, ok := f.read(name)
	if !ok {
		return nil
	}
	features, err := geo.ReadFeatures(bytes.NewReader(data))
	if err != nil {
		f.adopt(name, err)
		return nil
	}
	entries, ps := territory.ShapeEntries(features)
	f.apply(name, p, entries, ps, func(int) int { return 0 })
	i := slices.IndexFunc(entries, func(e territory.Entry) bool { return e.Area.Code == p.Zone.Prefix() })
	if i < 0 {
		return nil
	}
	return entries[i].Area.Shape
}

func (f folder) apply(name string, p *Pack, entries []territory.Entry, ps territory.Problems, line func(int) int) {
	at := time.Now()
	plan := territory.Precheck(p.Areas, p.Zone.Prefix(), entries, at)
	for _, problem := range append(ps, plan.Problems...) {
		if !problem.Warning {
			e := problem.Error
			e.Field = fileLine(name, line(problem.Row))
			f.bad = append(f.bad, &e)
		}
	}
	p.Areas = plan.Apply(p.Areas, time.Time{}) // a pack is a beginning: nothing before it is kept
}

// overlayFile is overlays.yaml.
type overlayFile struct {
	Overlays []struct {
		ID           string    `yaml:"id"`
		Kind         string    `yaml:"kind"`
		Name         lang.Text `yaml:"name"`
		Areas        []string  `yaml:"areas"`
		Note         lang.Text `yaml:"note"`
		Illustrative bool      `yaml:"illustrative"`
		From         string    `yaml:"valid_from"`
		To           string    `yaml:"valid_to"`
	} `yaml:"overlays"`
}

// readOverlays reads overlays.yaml and the polygons that overlays.geojson has for them by code.
func readOverlays(f folder, p *Pack) {
	const file = "overlays.yaml"
	var in overlayFile
	node, ok := f.yaml(file, &in)
	if !ok {
		return
	}
	shapes := map[string]geo.MultiPolygon{}
	if data, ok := f.read("overlays.geojson"); ok {
		features, err := geo.ReadFeatures(bytes.NewReader(data))
		if err != nil {
			f.adopt("overlays.geojson", err)
		}
		for _, x := range features {
			shapes[x.Code] = x.Shape
		}
	}
	for i, o := range in.Overlays {
		at := lineOf(node, "overlays", i)
		if o.ID == "" || o.Kind == "" || o.Name.ZH == "" {
			f.fail(file, at, "叠加区域须有 id、kind 和 name。", "An overlay needs id, kind and name.")
		}
		span, err := readSpan(o.From, o.To, p.Zone.Location)
		if err != nil {
			f.fail(file, at, "日期写法不对：应为 2026-11-22。", "A date cannot be read: write it as 2026-11-22.")
		}
		p.Overlays = append(p.Overlays, territory.Overlay{ID: o.ID, Kind: o.Kind, Name: o.Name, Areas: o.Areas, Shape: shapes[o.ID],
			Span: span, Note: o.Note, Illustrative: o.Illustrative})
	}
}

// readSpan reads the days something begins and ends on; "" leaves that end open.
func readSpan(from, to string, loc *time.Location) (s territory.Span, err error) {
	if from != "" {
		if s.From, err = time.ParseInLocation(time.DateOnly, from, loc); err != nil {
			return s, err
		}
	}
	if to != "" {
		s.To, err = time.ParseInLocation(time.DateOnly, to, loc)
	}
	return s, err
}
