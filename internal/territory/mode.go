package territory

import (
	"slices"
	"strings"
	"time"

	"gezhi/internal/lang"
)

// Mode says which duties and routes hold: those of ordinary times or those of an emergency.
type Mode string

const (
	AnyMode   Mode = ""          // in a route: holds in both
	Peace     Mode = "peace"     // 平时
	Emergency Mode = "emergency" // 战时（应急）
)

// Name is the mode as people say it.
func (m Mode) Name() lang.Text {
	switch m {
	case Peace:
		return lang.Text{ZH: "平时", EN: "ordinary times"}
	case Emergency:
		return lang.Text{ZH: "应急", EN: "emergency"}
	}
	return lang.Text{ZH: "平时与应急", EN: "ordinary times and emergency"}
}

// Switch puts an area's whole subtree on emergency duties for a time (平战转换).
type Switch struct {
	Area   string
	Span   // To is zero until somebody switches back
	Reason string
	By     Person
}

// ModeAt is the mode of an area at a moment, and the switch that put it there: the one with the
// widest area when several hold. In ordinary times the switch is the zero one.
func ModeAt(switches []Switch, area string, at time.Time) (Mode, Switch) {
	var widest Switch
	for _, s := range switches {
		if s.Area != "" && strings.HasPrefix(area, s.Area) && s.Holds(at) && (widest.Area == "" || len(s.Area) < len(widest.Area)) {
			widest = s
		}
	}
	if widest.Area == "" {
		return Peace, Switch{}
	}
	return Emergency, widest
}

// Duty is what one post has to do under the mode that holds.
type Duty struct {
	Post   string
	Mode   Mode
	Text   lang.Text
	Source lang.Text
}

// DutiesAt lists the duties of every post of an area's level at a moment, in the order of the kinds.
// A kind without emergency duties keeps its ordinary ones.
func DutiesAt(kinds []PostKind, switches []Switch, area string, at time.Time) []Duty {
	mode, _ := ModeAt(switches, area, at)
	var out []Duty
	for _, k := range kinds {
		if k.Level.Digits() != len(area) {
			continue
		}
		d := Duty{Post: k.ID, Mode: mode, Text: k.Peace, Source: k.Source}
		if mode == Emergency && k.Emergency != (lang.Text{}) {
			d.Text = k.Emergency
		}
		out = append(out, d)
	}
	return out
}

// Kind returns the kind of post with the id.
func Kind(kinds []PostKind, id string) (PostKind, bool) {
	i := slices.IndexFunc(kinds, func(k PostKind) bool { return k.ID == id })
	if i < 0 {
		return PostKind{}, false
	}
	return kinds[i], true
}
