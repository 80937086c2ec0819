package ui

import (
	"strconv"

	"gezhi/internal/lang"
)

// MapLayer says where a map gets what it draws. Boundaries is the address of a GeoJSON
// FeatureCollection in WGS-84 whose features may carry the properties name, url (where a click
// leads) and tone.
type MapLayer struct {
	Boundaries string
	// Illustrative adds 示意边界: the outlines are not the official ones.
	Illustrative bool
	// Tiles is an optional tile address with {z}, {x} and {y}; the origin must be allowed by
	// the content security policy (web.Site.Tiles). Credit is shown with it.
	Tiles  string
	Credit string
}

// Picker is a point to be chosen on a map. Without scripts the two coordinates or the address
// are typed.
type Picker struct {
	Layer   MapLayer
	Legend  string // 发生地点 when empty
	Locate  string // answers GET ?lng=&lat= with JSON {"name": "…", "ok": true}
	Lng     Field
	Lat     Field
	Address Field
	// Start is where the map opens when no point is chosen: west, south, east, north in degrees.
	// Zero shows the whole of the boundaries.
	Start [4]float64
}

// MapPoint is one thing on a MapView.
type MapPoint struct {
	Lng   float64 `json:"lng"` // WGS-84 degrees
	Lat   float64 `json:"lat"`
	Tone  Tone    `json:"tone"`
	Label string  `json:"label"`
	URL   string  `json:"url,omitempty"`
}

// MapSpec is a map to look at.
type MapSpec struct {
	ID     string // unique on the page, letters and dashes
	Label  string // read out, e.g. 在办案件分布图
	Layer  MapLayer
	Points []MapPoint
	// PointsURL answers with a JSON list of MapPoint, for more than a page should carry.
	PointsURL string
	Legend    []LegendEntry
	Tall      bool
	List      Link // the same as a list, for those who do not see the map
}

// LegendEntry explains one colour.
type LegendEntry struct {
	Tone Tone
	Text string
}

func (p Picker) legend(l lang.Lang) string {
	if p.Legend != "" {
		return p.Legend
	}
	return l.T("发生地点", "Where it is")
}

func box(b [4]float64) string {
	if b == [4]float64{} {
		return ""
	}
	s := ""
	for i, v := range b {
		if i > 0 {
			s += ","
		}
		s += strconv.FormatFloat(v, 'f', -1, 64)
	}
	return s
}

func (m MapLayer) mark(l lang.Lang) string {
	if m.Illustrative {
		return l.T("示意边界，非法定界线", "Illustrative boundaries, not official")
	}
	return ""
}
