package geo

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// AppendGeometry appends the shape as a GeoJSON geometry: a Polygon when it has one part,
// otherwise a MultiPolygon. Coordinates have up to seven decimals.
func AppendGeometry(out []byte, m MultiPolygon) []byte {
	if len(m) == 1 {
		out = append(out, `{"type":"Polygon","coordinates":`...)
		return append(appendPolygon(out, m[0]), '}')
	}
	out = append(out, `{"type":"MultiPolygon","coordinates":[`...)
	for i, poly := range m {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendPolygon(out, poly)
	}
	return append(out, `]}`...)
}

func appendPolygon(out []byte, poly Polygon) []byte {
	out = append(out, '[')
	for j, ring := range poly {
		if j > 0 {
			out = append(out, ',')
		}
		if (ring.signedArea() > 0) == (j > 0) { // outer rings counter-clockwise, holes clockwise
			ring = slices.Clone(ring)
			slices.Reverse(ring)
		}
		out = append(out, '[')
		for k, p := range ring {
			if k > 0 {
				out = append(out, ',')
			}
			out = append(out, '[')
			out = appendDegree(out, p.Lng)
			out = append(out, ',')
			out = appendDegree(out, p.Lat)
			out = append(out, ']')
		}
		out = append(out, ']')
	}
	return append(out, ']')
}

// appendDegree writes the storage unit nearest to d, which reads back as Point.Snap made it.
func appendDegree(out []byte, d float64) []byte {
	return strconv.AppendFloat(out, math.Round(d*perDegree)/perDegree, 'f', -1, 64)
}

// EncodeFeature is the feature as GeoJSON, with coordinates to 1e-7 degree and outer rings
// counter-clockwise (RFC 7946). Code and Name overwrite the properties of those names unless empty.
func EncodeFeature(f Feature) ([]byte, error) {
	props := map[string]any{}
	for k, v := range f.Properties {
		props[k] = v
	}
	if f.Code != "" {
		props["code"] = f.Code
	}
	if f.Name != "" {
		props["name"] = f.Name
	}
	p, err := json.Marshal(props)
	if err != nil {
		return nil, fmt.Errorf("encode properties of %q: %w", f.Name, err)
	}
	out := append([]byte(`{"type":"Feature","properties":`), p...)
	out = append(out, `,"geometry":`...)
	out = AppendGeometry(out, f.Shape)
	return append(out, '}'), nil
}

// EncodeFeatures writes a FeatureCollection, one feature a line.
func EncodeFeatures(w io.Writer, fs []Feature) error {
	if _, err := io.WriteString(w, `{"type":"FeatureCollection","features":[`); err != nil {
		return err
	}
	for i, f := range fs {
		b, err := EncodeFeature(f)
		if err != nil {
			return err
		}
		if i > 0 {
			b = append([]byte(",\n"), b...)
		} else {
			b = append([]byte("\n"), b...)
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "\n]}\n")
	return err
}
