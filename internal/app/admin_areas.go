package app

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/store"
	"gezhi/internal/territory"
)

// AreaPage is one area with what stands around it.
type AreaPage struct {
	Area     territory.Area
	Path     string
	Trail    []territory.Area
	Children []AreaPart
	Counts   [idcode.Micro + 1]int // of the subtree, by level
	Homes    int                   // households known in the subtree
	Spans    []territory.Area      // the code's whole history, oldest first; Shape is not filled in
	Overlays []territory.Overlay
	Routes   []territory.Route // that name the area, one above it or one below
	Siblings []territory.Area  // the area can be merged into
	Open     int               // open cases in it
	Draws    bool              // its outline or one below is illustrative
}

// AreaPart is a child of an area.
type AreaPart struct {
	territory.Area
	Below int // areas in its subtree without itself
	Homes int
}

// AreaPage loads one area; "" is the district.
func (a *App) AreaPage(ctx context.Context, v Viewer, code string) (AreaPage, error) {
	var p AreaPage
	if err := v.need(EditAreas); err != nil {
		return p, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return p, err
	}
	if code == "" {
		code = zoneCode(v.Zone)
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		spans, err := r.AreaSpans(code)
		if err != nil {
			return err
		}
		for _, s := range spans {
			p.Spans = append(p.Spans, s.Area)
		}
		p.Open, err = r.OpenCount(store.Everything, code)
		return err
	})
	if err != nil {
		return p, err
	}
	x, ok := z.Tree.Area(code)
	if !ok {
		if len(p.Spans) == 0 {
			return p, noArea
		}
		p.Area, p.Path = p.Spans[len(p.Spans)-1], p.Spans[len(p.Spans)-1].Name
		return p, nil
	}
	p.Area, p.Path, p.Trail = x, z.Tree.Path(code), z.Tree.Ancestors(code)
	p.surround(z)
	return p, nil
}

var noArea = fault.New(fault.NotFound, "没有这个区域。", "There is no such area.")

func (p *AreaPage) surround(z *Zone) {
	code := p.Area.Code
	for _, s := range z.Tree.Subtree(code) {
		p.Counts[s.Level()]++
		p.Draws = p.Draws || s.Illustrative
	}
	p.Homes = homes(z, code)
	for _, c := range z.Tree.Children(code) {
		p.Children = append(p.Children, AreaPart{Area: c, Below: len(z.Tree.Subtree(c.Code)) - 1, Homes: homes(z, c.Code)})
	}
	p.Overlays = z.Tree.OverlaysOver(code)
	p.Routes = z.routesTouching(code)
	if up := idcode.Parent(code); up != "" {
		p.Siblings = slices.DeleteFunc(z.Tree.Children(up), func(s territory.Area) bool { return s.Code == code })
	}
}

// homes is an area's households: its own number where one is known, else the sum of its parts'.
func homes(z *Zone, code string) int {
	if x, ok := z.Tree.Area(code); ok && x.Households > 0 {
		return x.Households
	}
	n := 0
	for _, c := range z.Tree.Children(code) {
		n += homes(z, c.Code)
	}
	return n
}

// routesTouching lists the routes that name an area, one above it or one below.
func (z *Zone) routesTouching(code string) []territory.Route {
	var out []territory.Route
	for _, r := range z.Routes {
		if r.Area != "" && (strings.HasPrefix(code, r.Area) || strings.HasPrefix(r.Area, code)) {
			out = append(out, r)
		}
	}
	return out
}

// FindAreas lists areas whose name or code holds the words, at most n.
func (a *App) FindAreas(ctx context.Context, v Viewer, text string, n int) ([]territory.Area, error) {
	if err := v.need(EditAreas | EditPosts | EditRoutes | EditUsers); err != nil {
		return nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	text = strings.TrimSpace(text)
	var out []territory.Area
	for _, x := range z.Tree.All() {
		if text != "" && (strings.Contains(x.Name, text) || strings.HasPrefix(x.Code, idcode.Short(text))) {
			if out = append(out, x); len(out) == n {
				break
			}
		}
	}
	return out, nil
}

// RenameArea gives an area another name from a day on. Cases from before keep the old one in their history.
func (a *App) RenameArea(ctx context.Context, v Viewer, code, name, day, key string) error {
	name, err := words("name", name, 2, 40)
	when, err2 := a.ParseDay("from", day)
	if err := both(err, err2); err != nil {
		return err
	}
	return a.change(ctx, v, EditAreas, key, func(e *edit) error {
		x, ok := e.was.Tree.Area(code)
		if !ok {
			return noArea
		}
		if x.Name == name {
			return fault.Field("name", "新名称与现名相同。", "That is its present name.")
		}
		for _, s := range e.was.Tree.Children(idcode.Parent(code)) {
			if s.Name == name && s.Code != code {
				return fault.Field("name", "同一上级下已有“%s”（%s）。", "%q exists under the same parent already (%s).", name, s.Code)
			}
		}
		if err := e.begin(x, when, func(n *territory.Area) { n.Name = name }); err != nil {
			return err
		}
		e.record("area.rename", "area:"+code, "", x.Name+" → "+name)
		return nil
	}, nil)
}

// begin ends an area's present span at the moment and begins another one there, changed.
func (e *edit) begin(x territory.Area, when time.Time, change func(*territory.Area)) error {
	if when.Before(x.From) {
		return fault.Field("from", "日期早于该区域的生效日期 %s。", "That is before the area began, %s.", x.From.In(calendar.Zone()).Format(time.DateOnly))
	}
	if !x.To.IsZero() {
		return fault.Field("from", "该区域已定于 %s 失效，不能再改。", "The area is to end on %s and cannot be changed.", x.To.In(calendar.Zone()).Format(time.DateOnly))
	}
	next := x
	change(&next)
	if when.After(x.From) {
		next.From = when
		x.To = when
		if err := e.tx.SaveArea(areaRow(x)); err != nil {
			return err
		}
	}
	e.at = append(e.at, when)
	return e.tx.SaveArea(areaRow(next))
}

// SetHouseholds corrects an area's number of households.
func (a *App) SetHouseholds(ctx context.Context, v Viewer, code, households, key string) error {
	n, err := strconv.Atoi(strings.TrimSpace(households))
	if err != nil || n < 0 || n > 10_000_000 {
		return fault.Field("households", "户数应为 0 以上的整数。", "Households: a whole number from 0.")
	}
	return a.change(ctx, v, EditAreas, key, func(e *edit) error {
		x, ok := e.was.Tree.Area(code)
		if !ok {
			return noArea
		}
		e.record("area.households", "area:"+code, "", strconv.Itoa(x.Households)+" → "+strconv.Itoa(n))
		x.Households = n
		return e.tx.SaveArea(areaRow(x))
	}, nil)
}

// EndArea ends an area and everything below it on a day, merged into another area of its level when into is given.
// It is refused while a route still names it: the route has to be changed first.
func (a *App) EndArea(ctx context.Context, v Viewer, code, into, day, reason, key string) error {
	reason, err := words("reason", reason, 2, 200)
	when, err2 := a.ParseDay("until", day)
	if err := both(err, err2); err != nil {
		return err
	}
	return a.change(ctx, v, EditAreas, key, func(e *edit) error {
		x, ok := e.was.Tree.Area(code)
		if !ok {
			return noArea
		}
		if x.Level() == idcode.District {
			return fault.Field("until", "区县本身不能停用。", "The district itself cannot end.")
		}
		action, detail := "area.end", x.Name
		if into != "" {
			to, ok := e.was.Tree.Area(into)
			if !ok || to.Level() != x.Level() || into == code {
				return fault.Field("into", "请选择同一层级的另一个区域。", "Choose another area of the same level.")
			}
			action, detail = "area.merge", x.Name+" → "+to.Name
		}
		for _, r := range e.was.Routes {
			if r.Area != "" && strings.HasPrefix(r.Area, code) {
				return fault.Field("until", "派遣规则第 %d 条还在使用 %s，请先修改派遣规则。", "Route %d still names %s; change it first.", r.Line, r.Area)
			}
		}
		for _, s := range e.was.Tree.Subtree(code) {
			if err := e.end(s, when, into); err != nil {
				return err
			}
		}
		e.at = append(e.at, when)
		e.record(action, "area:"+code, reason, detail)
		return nil
	}, nil)
}

func (e *edit) end(x territory.Area, when time.Time, into string) error {
	if !x.To.IsZero() && x.To.Before(when) {
		return nil
	}
	if !when.After(x.From) {
		return fault.Field("until", "失效日期须晚于 %s（%s）的生效日期。", "The end must be after %s (%s) began.", x.Name, x.Code)
	}
	x.To, x.MergedInto = when, into
	return e.tx.SaveArea(areaRow(x))
}

// Overlays lists every overlay area, ended ones too.
func (a *App) Overlays(ctx context.Context, v Viewer) ([]territory.Overlay, error) {
	if err := v.need(EditAreas); err != nil {
		return nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	return z.Overlays, nil
}

// NewOverlay is an overlay area as the form holds it.
type NewOverlay struct {
	ID, Kind, Name, NameEN, Note string
	Areas                        string // codes, separated by spaces, commas or lines
	From                         string // day; "" is today
}

// AddOverlay begins an overlay area over areas of the tree.
func (a *App) AddOverlay(ctx context.Context, v Viewer, n NewOverlay, key string) error {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	o, err := a.overlay(z, n)
	if err != nil {
		return err
	}
	return a.change(ctx, v, EditAreas, key, func(e *edit) error {
		e.record("overlay.add", "overlay:"+o.ID, "", o.Name.ZH+"："+strings.Join(o.Areas, " "))
		e.at = append(e.at, o.From)
		return e.tx.AddOverlay(o, "")
	}, nil)
}

func (a *App) overlay(z *Zone, n NewOverlay) (territory.Overlay, error) {
	var bad fault.List
	check := func(err error) { bad = append(bad, fault.Fields(err)...) }
	var o territory.Overlay
	var err error
	o.ID = strings.TrimSpace(n.ID)
	if o.ID == "" || len(o.ID) > 40 || strings.Trim(o.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		bad.Add("id", "标识只用小写字母、数字和连字符，不超过 40 个字符。", "The id: small letters, digits and hyphens, at most 40.")
	}
	for _, x := range z.Overlays {
		if x.ID == o.ID {
			bad.Add("id", "标识“%s”已被“%s”使用。", "The id %q is taken by %q.", o.ID, x.Name.ZH)
			break
		}
	}
	o.Kind, err = words("kind", n.Kind, 2, 40)
	check(err)
	o.Name.ZH, err = words("name", n.Name, 2, 40)
	check(err)
	o.Name.EN, o.Note = strings.TrimSpace(n.NameEN), lang.Text{ZH: strings.TrimSpace(n.Note)}
	o.From, err = a.ParseDay("from", n.From)
	check(err)
	for _, code := range strings.FieldsFunc(n.Areas, func(r rune) bool { return strings.ContainsRune(" ,，、;；\r\n\t", r) }) {
		short, err := idcode.ParseArea(code)
		if _, ok := z.Tree.Area(short); err != nil || !ok {
			bad.Add("areas", "没有区域“%s”。", "There is no area %q.", code)
			continue
		}
		o.Areas = append(o.Areas, short)
	}
	if len(o.Areas) == 0 {
		bad.Add("areas", "请至少写一个区域代码。", "Write at least one area code.")
	}
	return o, bad.Err()
}

// EndOverlay ends an overlay area today. It is refused while a route names it.
func (a *App) EndOverlay(ctx context.Context, v Viewer, id, key string) error {
	return a.change(ctx, v, EditAreas, key, func(e *edit) error {
		for _, r := range e.was.Routes {
			if r.Area == "@"+id {
				return fault.New(fault.Conflict, "派遣规则第 %d 条还在使用这个叠加区域，请先修改派遣规则。", "Route %d still names this overlay; change it first.", r.Line)
			}
		}
		e.record("overlay.end", "overlay:"+id, "", "")
		return e.tx.EndOverlay(id, e.tx.Now)
	}, nil)
}

// both joins what two checks found.
func both(errs ...error) error {
	var list fault.List
	for _, err := range errs {
		if err != nil && len(fault.Fields(err)) == 0 {
			return err
		}
		list = append(list, fault.Fields(err)...)
	}
	return list.Err()
}
