// Package territory knows who answers for every doorstep: the tree of areas from the district
// down to the micro-grid, overlay areas such as parks, the posts that must be held in them, and
// the table that routes a matter in a place to exactly one owner. It takes values and returns
// values; it knows neither the database nor the page.
package territory

import (
	"time"

	"gezhi/internal/geo"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
)

// Level is how deep an area lies; its code's length says so.
type Level = idcode.Level

// ParseLevel reads district, street, community, grid or micro; anything else is idcode.NoLevel.
func ParseLevel(id string) Level {
	for l := idcode.District; l <= idcode.Micro; l++ {
		if LevelID(l) == id {
			return l
		}
	}
	return idcode.NoLevel
}

// LevelID is the word packs and imports use for the level, "" for idcode.NoLevel.
func LevelID(l Level) string {
	switch l {
	case idcode.District:
		return "district"
	case idcode.Street:
		return "street"
	case idcode.Community:
		return "community"
	case idcode.Grid:
		return "grid"
	case idcode.Micro:
		return "micro"
	}
	return ""
}

// LevelName is the level as people say it.
func LevelName(l Level) lang.Text {
	switch l {
	case idcode.District:
		return lang.Text{ZH: "区县", EN: "district"}
	case idcode.Street:
		return lang.Text{ZH: "街道（镇）", EN: "street or town"}
	case idcode.Community:
		return lang.Text{ZH: "社区（村）", EN: "community or village"}
	case idcode.Grid:
		return lang.Text{ZH: "网格", EN: "grid"}
	case idcode.Micro:
		return lang.Text{ZH: "微网格", EN: "micro-grid"}
	}
	return lang.Text{}
}

// Span is the time during which something holds: from From up to, not including, To.
// A zero From means always, a zero To means until further notice.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Holds reports whether the span contains the moment.
func (s Span) Holds(at time.Time) bool {
	return !at.Before(s.From) && (s.To.IsZero() || at.Before(s.To))
}

// Sane reports whether the span is not empty and does not end before it starts.
func (s Span) Sane() bool { return s.To.IsZero() || s.From.Before(s.To) }

// Overlaps reports whether some moment lies in both spans.
func (s Span) Overlaps(o Span) bool {
	return (o.To.IsZero() || s.From.Before(o.To)) && (s.To.IsZero() || o.From.Before(s.To))
}

// Area is one node of the tree during one span. The code's prefix is its parent, so that a
// prefix is the whole subtree. When an area is renamed or redrawn, a new Area with the same
// code begins where the old one ends.
type Area struct {
	Code     string // short form: 6, 9, 12, 15 or 17 digits
	Name     string // as shown: 西兴街道, 第一网格, 1-1微网格
	Official string // as the source writes it where that differs; may be ""
	// Class tells kinds of grids apart: "basic" 基础网格, "dedicated" 专属网格 (an office, a mall,
	// a market). It is "" elsewhere.
	Class        string
	Urban        string // 城乡分类代码, three digits such as 111; "" when the source has none
	LegacyCode   string // the code the area had in an older system
	Span                // validity
	MergedInto   string // code of the area that took it over when it ended; "" when none
	Households   int    // 户数; 0 when unknown
	Shape        geo.MultiPolygon
	Illustrative bool // the shape is drawn for demonstration, it is not an official boundary (示意边界)
}

// Level is how deep the area lies.
func (a Area) Level() Level { return idcode.LevelOf(a.Code) }

// Overlay is an area that lies across the tree: a park, a town-sized quarter, a future community,
// a renewal quarter. It has a polygon, or a list of areas of the tree, or both.
type Overlay struct {
	ID    string // unique within the zone, e.g. park-iot
	Kind  string // configured by the pack: park, zone, future_community, renewal …
	Name  lang.Text
	Areas []string // codes; each stands for its subtree
	Shape geo.MultiPolygon
	Span
	Note         lang.Text // what it is and where the fact comes from
	Illustrative bool
}

// Covers reports whether the overlay lists the area or one above it. Polygons are not looked at.
func (o Overlay) Covers(code string) bool {
	for _, top := range o.Areas {
		if idcode.Within(code, top) {
			return true
		}
	}
	return false
}
