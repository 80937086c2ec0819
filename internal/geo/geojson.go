package geo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// Feature is one area of a GeoJSON file. Code comes from the property `code` or `adcode`
// (number or string), Name from `name`; Properties holds them and all the others.
type Feature struct {
	Code       string
	Name       string
	Properties map[string]any
	Shape      MultiPolygon
}

// Reading says how to read a GeoJSON file. The zero value is strict and has generous limits.
type Reading struct {
	Repair      bool  // untangle self-crossing borders and close open rings instead of refusing them
	MaxBytes    int64 // 0: 512 MiB
	MaxFeatures int   // 0: 200,000
	MaxVertices int   // 0: 20 million
}

// Note says what Reading.Repair changed in one feature.
type Note struct {
	Feature int // position in the file, from 0
	Name    string
	Text    lang.Text
}

// maxReported bounds how many broken features one error lists.
const maxReported = 50

// ReadFeatures reads a FeatureCollection or a single Feature of Polygons and MultiPolygons.
// The file is read feature by feature. Errors are faults of kind Invalid; what is wrong with
// single features is a fault.List whose fields are "features[i]", naming the feature.
func ReadFeatures(r io.Reader) ([]Feature, error) {
	fs, _, err := Reading{}.Features(r)
	return fs, err
}

// Features is ReadFeatures under these settings, with notes on what was repaired.
func (o Reading) Features(r io.Reader) ([]Feature, []Note, error) {
	if o.MaxBytes == 0 {
		o.MaxBytes = 512 << 20
	}
	if o.MaxFeatures == 0 {
		o.MaxFeatures = 200_000
	}
	if o.MaxVertices == 0 {
		o.MaxVertices = 20_000_000
	}
	in := &bounded{r: r, left: o.MaxBytes}
	d := &featureReader{Reading: o, dec: json.NewDecoder(skipBOM(in))}
	err := d.document()
	switch {
	case in.over:
		return nil, nil, fault.New(fault.Invalid, "文件超过 %d MB 的上限。", "The file is larger than the limit of %d MB.", o.MaxBytes>>20)
	case err != nil:
		return nil, nil, plainFault(err, d.dec.InputOffset())
	case len(d.wrong) > 0:
		return nil, nil, d.wrong
	}
	return d.out, d.notes, nil
}

// plainFault turns an error of the JSON decoder into a sentence; faults pass through.
func plainFault(err error, at int64) error {
	var e *fault.Error
	if errors.As(err, &e) {
		return err
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	if errors.As(err, &syntax) || errors.As(err, &kind) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.New(fault.Invalid, "文件不是有效的 GeoJSON（第 %d 字节附近）：%v。", "The file is not valid GeoJSON (near byte %d): %v.", at, err)
	}
	return fmt.Errorf("read GeoJSON: %w", err)
}

// bounded stops reading after a number of bytes and remembers that it did.
type bounded struct {
	r    io.Reader
	left int64
	over bool
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		b.over = true
		return 0, io.ErrUnexpectedEOF
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}

// skipBOM drops a UTF-8 byte order mark.
func skipBOM(r io.Reader) io.Reader {
	head := make([]byte, 3)
	n, err := io.ReadFull(r, head)
	head = bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf"))
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return io.MultiReader(bytes.NewReader(head), failing{err})
	}
	return io.MultiReader(bytes.NewReader(head), r)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

type featureReader struct {
	Reading
	dec      *json.Decoder
	seen     int // features met, good or bad
	vertices int
	out      []Feature
	notes    []Note
	wrong    fault.List
}

// rawFeature is a feature before its geometry is understood.
type rawFeature struct {
	Type       string         `json:"type"`
	Properties map[string]any `json:"properties"`
	Geometry   *struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

// document reads the outermost object, whose keys may come in any order.
func (d *featureReader) document() error {
	if err := d.expect('{'); err != nil {
		return err
	}
	var kind string
	rest := map[string]json.RawMessage{}
	collected := false
	for d.dec.More() {
		key, err := d.dec.Token()
		if err != nil {
			return err
		}
		if key == "features" && !collected {
			collected = true
			if err := d.collection(); err != nil {
				return err
			}
			continue
		}
		var v json.RawMessage
		if err := d.dec.Decode(&v); err != nil {
			return err
		}
		switch key {
		case "type":
			if err := json.Unmarshal(v, &kind); err != nil {
				return err
			}
		case "properties", "geometry":
			rest[key.(string)] = v
		}
	}
	if _, err := d.dec.Token(); err != nil {
		return err
	}
	if _, err := d.dec.Token(); !errors.Is(err, io.EOF) {
		return fault.New(fault.Invalid, "GeoJSON 结束之后还有多余的内容。", "There is more after the end of the GeoJSON.")
	}
	switch {
	case kind == "FeatureCollection" && collected:
		return nil
	case kind == "Feature" && !collected:
		return d.single(rest)
	}
	return fault.New(fault.Invalid, "文件应为 FeatureCollection 或 Feature，而不是“%s”。",
		"The file must be a FeatureCollection or a Feature, not %q.", kind)
}

func (d *featureReader) single(rest map[string]json.RawMessage) error {
	f := rawFeature{Type: "Feature"}
	if v, ok := rest["properties"]; ok {
		if err := decodeNumbers(v, &f.Properties); err != nil {
			return err
		}
	}
	if v, ok := rest["geometry"]; ok {
		if err := json.Unmarshal(v, &f.Geometry); err != nil {
			return err
		}
	}
	return d.feature(f)
}

func decodeNumbers(v []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(v))
	dec.UseNumber()
	return dec.Decode(into)
}

func (d *featureReader) expect(want json.Delim) error {
	t, err := d.dec.Token()
	if err != nil {
		return err
	}
	if t != want {
		return fault.New(fault.Invalid, "文件不是 GeoJSON：此处应为“%s”。", "The file is not GeoJSON: expected %q here.", want.String())
	}
	return nil
}

func (d *featureReader) collection() error {
	if err := d.expect('['); err != nil {
		return err
	}
	d.dec.UseNumber() // a 12-digit code written as a number keeps its digits
	for d.dec.More() {
		var f rawFeature
		if err := d.dec.Decode(&f); err != nil {
			return err
		}
		if err := d.feature(f); err != nil {
			return err
		}
		if len(d.wrong) >= maxReported {
			return d.wrong
		}
	}
	return d.expect(']')
}

// feature checks one feature and keeps it or records what is wrong; it fails only on limits.
func (d *featureReader) feature(raw rawFeature) error {
	i := d.seen
	d.seen++
	if d.seen > d.MaxFeatures {
		return fault.New(fault.Invalid, "区域超过 %d 个的上限。", "There are more than %d features.", d.MaxFeatures)
	}
	f := Feature{Properties: raw.Properties, Code: propertyText(raw.Properties, "code"), Name: propertyText(raw.Properties, "name")}
	if f.Code == "" {
		f.Code = propertyText(raw.Properties, "adcode")
	}
	wrong := func(p *problem) {
		d.wrong.Add(fmt.Sprintf("features[%d]", i), "第 %[1]d 个区域“%[2]s”：%[3]s。", "Feature %[1]d %[2]q: %[4]s.",
			i+1, firstOf(f.Name, f.Code), p.zh, p.en)
	}
	if raw.Type != "Feature" || raw.Geometry == nil {
		wrong(trouble("不是带几何图形的 Feature", "it is not a Feature with a geometry"))
		return nil
	}
	shape, p := parseShape(raw.Geometry.Type, raw.Geometry.Coordinates, d.MaxVertices-d.vertices)
	if p == nil {
		d.vertices += shape.vertices()
		p = check(shape, d.Repair)
	}
	if p != nil && d.Repair && p.repairable {
		fixed, err := Repair(shape)
		if err == nil {
			d.notes = append(d.notes, Note{i, f.Name, lang.Text{
				ZH: fmt.Sprintf("%s；已自动修复，面积由 %.0f 变为 %.0f 平方米", p.zh, shape.Area(), fixed.Area()),
				EN: fmt.Sprintf("%s; repaired, area %.0f became %.0f m²", p.en, shape.Area(), fixed.Area())}})
			shape, p = fixed, nil
		}
	}
	if p != nil {
		wrong(p)
		return nil
	}
	f.Shape = shape
	d.out = append(d.out, f)
	return nil
}

func (m MultiPolygon) vertices() int {
	n := 0
	for _, poly := range m {
		for _, r := range poly {
			n += len(r)
		}
	}
	return n
}

func firstOf(ss ...string) string {
	for _, s := range ss {
		if s != "" {
			return s
		}
	}
	return "?"
}

// propertyText reads a property that may have been written as a number.
func propertyText(props map[string]any, key string) string {
	switch v := props[key].(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		if f, err := v.Float64(); err == nil && strings.ContainsAny(v.String(), ".eE") && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return fmt.Sprintf("%d", int64(f)) // 330108.0, as some exporters write it
		}
		return v.String()
	case float64:
		return fmt.Sprintf("%.0f", v)
	}
	return ""
}

// ParseGeometry reads one GeoJSON geometry object, a Polygon or MultiPolygon, as AppendGeometry
// writes it. The order of its members does not matter.
func ParseGeometry(in []byte) (MultiPolygon, error) {
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if err := json.Unmarshal(in, &g); err != nil {
		return nil, fmt.Errorf("geometry: %w", err)
	}
	m, p := parseShape(g.Type, g.Coordinates, math.MaxInt)
	if p != nil {
		return nil, fmt.Errorf("geometry: %s", p.en)
	}
	return m, nil
}
