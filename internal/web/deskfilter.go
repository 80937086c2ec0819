package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"
)

// filterNames are the fields of a desk filter, in the order they stand in an address.
var filterNames = [...]string{"procedure", "q", "state", "light", "matter", "area", "stage", "source", "unit", "from", "to"}

// deskFilter is what an officer narrows a list by, as it stands in the page's address.
type deskFilter struct {
	values url.Values // the known fields that are not empty
	store.CaseFilter
}

// readFilter reads a filter from an address. Dates that are none come back as faults beside their
// fields; the rest of the filter holds all the same.
func readFilter(form url.Values) (deskFilter, error) {
	f := deskFilter{values: url.Values{}}
	for _, name := range filterNames {
		if s := strings.TrimSpace(form.Get(name)); s != "" && len(s) <= 200 {
			f.values.Set(name, s)
		}
	}
	get := f.values.Get
	f.CaseFilter = store.CaseFilter{State: get("state"), Light: get("light"), Matter: get("matter"), Area: get("area"),
		Stage: get("stage"), Source: get("source"), Unit: get("unit"), Text: get("q"), Procedure: get("procedure")}
	var bad fault.List
	day := func(name string) time.Time {
		if get(name) == "" {
			return time.Time{}
		}
		t, err := time.ParseInLocation(time.DateOnly, get(name), calendar.Zone())
		if err != nil {
			bad.Add(name, "日期应写成 2026-03-01 的样子。", "Write the date as 2026-03-01.")
		}
		return t
	}
	f.From, f.To = day("from"), day("to")
	if !f.To.IsZero() {
		f.To = f.To.AddDate(0, 0, 1) // the last day belongs to the period
	}
	if !f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To) {
		bad.Add("to", "结束日期早于开始日期。", "The last day is before the first.")
	}
	return f, bad.Err()
}

// readSome reads of a filter the named fields alone, of which none can be wrong.
func readSome(form url.Values, names ...string) deskFilter {
	known := url.Values{}
	for _, name := range names {
		known[name] = form[name]
	}
	f, _ := readFilter(known)
	return f
}

// query is the filter as it stands in an address, without ?; "" when nothing is narrowed.
func (f deskFilter) query() string {
	var b strings.Builder
	for _, name := range filterNames {
		if s := f.values.Get(name); s != "" {
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			b.WriteString(name + "=" + url.QueryEscape(s))
		}
	}
	return b.String()
}

// at is an address with the filter and more, such as after=….
func (f deskFilter) at(path string, more ...string) string {
	q := strings.Join(slices.DeleteFunc(append([]string{f.query()}, more...), func(s string) bool { return s == "" }), "&")
	if q == "" {
		return path
	}
	return path + "?" + q
}

func (f deskFilter) empty() bool { return len(f.values) == 0 }

// folded reports whether one of the fields behind 更多条件 is set.
func (f deskFilter) folded() bool {
	return slices.ContainsFunc([]string{"stage", "source", "unit", "from", "to"}, f.values.Has)
}

// words says the filter in a line, for the footer of a file and the audit log.
func (f deskFilter) words(v *visit) string {
	l := v.lang
	var out []string
	for _, name := range filterNames {
		s := f.values.Get(name)
		if s == "" {
			continue
		}
		for _, o := range f.options(v, name) {
			if o.Value == s {
				s = o.Label
			}
		}
		out = append(out, f.label(v, name)+l.T("：", ": ")+s)
	}
	if out == nil {
		return l.T("全部", "all")
	}
	return strings.Join(out, l.T("；", "; "))
}

func (f deskFilter) label(v *visit, name string) string {
	l := v.lang
	switch name {
	case "procedure":
		return l.T("事项类型", "Procedure")
	case "q":
		return l.T("关键词", "Words")
	case "state":
		return l.T("状态", "State")
	case "light":
		return l.T("时限", "Light")
	case "matter":
		return l.T("事项", "Matter")
	case "area":
		return l.T("区域", "Area")
	case "stage":
		return l.T("环节", "Stage")
	case "source":
		return l.T("来源", "Source")
	case "unit":
		return l.T("承办单位", "Unit")
	case "from":
		return l.T("上报日期从", "Reported from")
	}
	return l.T("到", "to")
}

// field is one field of the filter bar, with what was typed and what was wrong with it.
func (f deskFilter) field(v *visit, name string, err error) ui.Field {
	in := ui.Input{Lang: v.lang, Values: f.values, Err: err}
	field := in.Field(name, f.label(v, name)).Opt()
	if o := f.options(v, name); o != nil {
		return field.From(append([]ui.Option{{Label: v.lang.T("全部", "All")}}, o...))
	}
	if name == "from" || name == "to" {
		return field.Typed("date", "", "off")
	}
	return field.Typed("search", "", "off").Upto(100)
}

func (f deskFilter) options(v *visit, name string) []ui.Option {
	l, proc := v.lang, v.zone.Procedure(f.Procedure) // the one procedure listed; nil for all
	switch name {
	case "state":
		return []ui.Option{{Value: "open", Label: l.T("在办", "Open")}, {Value: "closed", Label: l.T("已结案", "Closed")}}
	case "light":
		return []ui.Option{{Value: "red", Label: l.T("红灯：已超期", "Red: overdue")}, {Value: "yellow", Label: l.T("黄灯：预警", "Yellow: warned")},
			{Value: "green", Label: l.T("绿灯：正常", "Green: in time")}, {Value: "grey", Label: l.T("灰灯：不计时", "Grey: no clock")}}
	case "procedure":
		var out []ui.Option
		for _, p := range v.zone.Procedures() {
			out = append(out, ui.Option{Value: p.ID, Label: p.Name.In(l)})
		}
		return out
	case "matter":
		if proc != nil && proc.About != casework.AboutMatters {
			return categoryFilter(v, proc)
		}
		return v.matterFilter()
	case "area":
		return v.areaFilter()
	case "stage":
		return v.stageFilter(proc)
	case "source":
		if proc != nil && len(proc.Sources) > 0 {
			var out []ui.Option
			for _, x := range proc.Sources {
				out = append(out, ui.Option{Value: x.ID, Label: x.Label.In(l)})
			}
			return out
		}
		return v.sourceFilter()
	case "unit":
		return v.unitFilter()
	}
	return nil
}

// matterFilter offers each class of matters as a whole and the matters in it.
func (v *visit) matterFilter() []ui.Option {
	var out []ui.Option
	for _, c := range v.zone.Matters.Classes {
		name := c.Label.In(v.lang)
		out = append(out, ui.Option{Value: c.ID, Label: v.lang.Tf("%s（全部）", "%s (all)", name), Group: name})
		for _, m := range v.zone.Matters.List {
			if m.Class == c.ID {
				out = append(out, ui.Option{Value: m.Code, Label: m.Name.In(v.lang), Group: name})
			}
		}
	}
	return out
}

// areaFilter offers what lies in the viewer's areas: streets with their communities, and for those whose
// area is smaller than a street what lies in it.
func (v *visit) areaFilter() []ui.Option {
	tops := v.viewer.Areas()
	if len(tops) == 0 || v.viewer.Scope().All {
		tops = []string{strconv.Itoa(v.zone.Code)}
	}
	var out []ui.Option
	for _, top := range tops {
		out = append(out, v.areasBelow(top)...)
	}
	return out
}

func (v *visit) areasBelow(top string) []ui.Option {
	tree := v.zone.Tree
	a, ok := tree.Area(top)
	switch {
	case !ok:
		return nil
	case a.Level() == idcode.District:
		var out []ui.Option
		for _, street := range tree.Children(top) {
			out = append(out, v.areasBelow(street.Code)...)
		}
		return out
	}
	out := []ui.Option{{Value: top, Label: v.lang.Tf("%s（全部）", "%s (all)", a.Name), Group: a.Name}}
	for _, c := range tree.Children(top) {
		out = append(out, ui.Option{Value: c.Code, Label: c.Name, Group: a.Name})
	}
	return out
}

func (v *visit) stageFilter(p *casework.Procedure) []ui.Option {
	var out []ui.Option
	if p == nil {
		p = v.zone.Procedure(app.GridEvent)
	}
	if p != nil {
		for _, s := range p.Stages {
			out = append(out, ui.Option{Value: s.ID, Label: s.Name.In(v.lang), Group: p.Phase(s.Phase).In(v.lang)})
		}
	}
	return out
}

func (v *visit) sourceFilter() []ui.Option {
	l := v.lang
	return []ui.Option{{Value: "resident", Label: l.T("居民上报", "Resident")}, {Value: "patrol", Label: l.T("巡查上报", "Patrol")},
		{Value: "hotline", Label: l.T("热线电话", "Hotline")}, {Value: "superior", Label: l.T("上级交办", "From above")}, {Value: "media", Label: l.T("媒体曝光", "Media")}}
}

// unitFilter offers the units whose cases the viewer may see.
func (v *visit) unitFilter() []ui.Option {
	scope := v.viewer.Scope()
	var codes []string
	for code := range v.zone.Units {
		if scope.All || len(scope.Areas) > 0 || slices.Contains(scope.Units, code) {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	var own, below []ui.Option
	for _, code := range codes {
		u := v.zone.Units[code]
		o := ui.Option{Value: code, Label: u.Name.In(v.lang)}
		if len(u.Area) <= 6 {
			o.Group = v.lang.T("区级单位", "Of the district")
			own = append(own, o)
			continue
		}
		if !scope.All && !slices.ContainsFunc(scope.Areas, func(a string) bool { return strings.HasPrefix(u.Area, a) }) && !slices.Contains(scope.Units, code) {
			continue
		}
		o.Group = v.zone.Tree.Path(u.Area[:min(len(u.Area), 9)])
		below = append(below, o)
	}
	slices.SortStableFunc(below, func(a, b ui.Option) int { return strings.Compare(a.Group, b.Group) })
	return append(own, below...)
}
