package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"gezhi/internal/geo"
)

// locateCmd finds the area that owns each point of a CSV file, without a database.
type locateCmd struct {
	Areas       string `required:"" type:"existingfile" placeholder:"FILE.geojson" help:"Areas: Polygons and MultiPolygons with the properties code (or adcode) and name. 区域边界文件。"`
	Datum       string `default:"wgs84" placeholder:"wgs84|gcj02|bd09" help:"Datum of the areas. 边界坐标系。"`
	PointsDatum string `placeholder:"wgs84|gcj02|bd09" help:"Datum of the points; that of the areas unless given. 点位坐标系，不填则与边界相同。"`
}

// Help is what --help adds.
func (locateCmd) Help() string {
	return `Reads points from standard input (CSV with the columns id, lng, lat; others are ignored) and writes
id,code,name,status to standard output as it goes. status is ok, outside (code and name are empty) or overlap.
The deepest area is meant where areas contain one another by code. Where areas that do not belong to one another
overlap, the one with the longest code is named, then the smallest, then the one with the lowest code.
A row that cannot be read stops the command with exit code 1 and a message naming line and column; the rows
before it have been written and are right.`
}

// Run streams points to areas.
func (cmd *locateCmd) Run(s std) error {
	areaDatum, err := geo.ParseDatum(cmd.Datum)
	if err != nil {
		return err
	}
	pointDatum := areaDatum
	if cmd.PointsDatum != "" {
		if pointDatum, err = geo.ParseDatum(cmd.PointsDatum); err != nil {
			return err
		}
	}
	areas, err := readAreas(s, cmd.Areas)
	if err != nil {
		return err
	}
	in, err := geo.NewPointReader(s.In)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(s.Out, 1<<18)
	l := locator{areas: areas, index: geo.IndexFeatures(areas), from: pointDatum, to: areaDatum}
	err = l.locateAll(in, out)
	if flushErr := out.Flush(); err == nil && flushErr != nil {
		err = fmt.Errorf("write: %w", flushErr)
	}
	return err
}

// readAreas reads the boundaries, repairing what can be repaired and saying so.
func readAreas(s std, path string) ([]geo.Feature, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	areas, notes, err := geo.Reading{Repair: true}.Features(f)
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		fmt.Fprintln(s.Err, s.Lang.Tf("注意：第 %d 个区域“%s”：%s。", "note: feature %d %q: %s.", n.Feature+1, n.Name, n.Text.In(s.Lang)))
	}
	return areas, nil
}

type locator struct {
	areas    []geo.Feature
	index    *geo.Index
	from, to geo.Datum // of the points, of the areas
}

func (l *locator) locateAll(in *geo.PointReader, out *bufio.Writer) error {
	if _, err := out.WriteString("id,code,name,status\n"); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	var row []byte
	for {
		id, p, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		area, status := l.index.Locate(geo.Convert(p, l.from, l.to))
		row = geo.AppendField(row[:0], id)
		row = append(row, ',')
		if status != geo.Outside {
			row = geo.AppendField(row, []byte(l.areas[area].Code))
			row = append(row, ',')
			row = geo.AppendField(row, []byte(l.areas[area].Name))
		} else {
			row = append(row, ',')
		}
		row = append(row, ',')
		row = append(row, status.String()...)
		row = append(row, '\n')
		if _, err := out.Write(row); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
}
