package app

import (
	"context"
	"slices"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/store"
	"gezhi/internal/territory"
)

// GridHome is what somebody who works in a grid starts from: the place, its state, what is open there and
// what waits. It holds nothing about how much anybody worked: no punch-in, no time online, no ranking
// (国办函〔2026〕12 号).
type GridHome struct {
	Tops    []territory.Area // where the viewer works; more than one for some
	Area    territory.Area   // the one looked at
	Path    string
	Mode    territory.Mode
	Switch  territory.Switch // that put the area in emergency mode; zero in ordinary times
	Duties  []DutyLine       // of the posts of the area, the viewer's own first
	Open    []store.CaseLine // open cases in the area with a place on the map, at most openShown
	Count   int              // open cases in the area, with or without a place
	Waiting int              // tasks for the viewer
	Overdue int              // of them past their deadline
}

// DutyLine is what a post has to do under the mode that holds.
type DutyLine struct {
	Post   lang.Text
	Text   lang.Text
	Source lang.Text
	Mine   bool // the viewer holds the post there
}

const openShown = 500

// GridHome loads the page for one of the viewer's areas; "" is the first of them.
func (a *App) GridHome(ctx context.Context, v Viewer, area string) (GridHome, error) {
	var h GridHome
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return h, err
	}
	if h.Tops, h.Area, err = z.workplace(v, area); err != nil {
		return h, err
	}
	now := a.now()
	h.Path = z.Tree.Path(h.Area.Code)
	h.Mode, h.Switch = territory.ModeAt(z.Switches, h.Area.Code, now)
	h.Duties = z.dutiesOf(v, h.Area.Code, now)
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		in := store.CaseFilter{Area: h.Area.Code, State: "open", Limit: openShown}
		if h.Open, err = r.OpenPoints(v.Scope(), in); err != nil {
			return err
		}
		if h.Count, err = r.OpenCount(v.Scope(), h.Area.Code); err != nil {
			return err
		}
		h.Waiting, h.Overdue, err = r.InboxCount(v.Duties)
		return err
	})
	return h, err
}

// workplace is where the viewer works and the place chosen among it.
func (z *Zone) workplace(v Viewer, chosen string) (tops []territory.Area, at territory.Area, err error) {
	if err := v.need(WorkGrid); err != nil {
		return nil, at, err
	}
	for _, d := range v.Duties {
		if x, ok := z.Tree.Area(d.Area); ok && powers(d.Role)&WorkGrid != 0 && !slices.ContainsFunc(tops, func(t territory.Area) bool { return t.Code == x.Code }) {
			tops = append(tops, x)
		}
	}
	if len(tops) == 0 {
		return nil, at, fault.New(fault.NotFound, "您的网格已调整或撤销，请联系社区重新任职。", "Your grid has been changed or closed; ask the community to appoint you anew.")
	}
	if chosen == "" {
		return tops, tops[0], nil
	}
	at, ok := z.Tree.Area(chosen)
	if !ok || !v.CanIn(WorkGrid, chosen) {
		return nil, at, fault.New(fault.NotFound, "没有这个网格，或不在您的职责范围内。", "There is no such grid, or it lies outside your duty.")
	}
	return tops, at, nil
}

// dutiesOf lists the duties of an area's posts, the viewer's own first.
func (z *Zone) dutiesOf(v Viewer, area string, now time.Time) []DutyLine {
	var mine, others []DutyLine
	for _, d := range territory.DutiesAt(z.Kinds, z.Switches, area, now) {
		k, _ := territory.Kind(z.Kinds, d.Post)
		l := DutyLine{Post: k.Name, Text: d.Text, Source: d.Source}
		l.Mine = slices.ContainsFunc(v.Duties, func(x casework.Duty) bool { return x.Role == d.Post && x.Area == area })
		if l.Mine {
			mine = append(mine, l)
		} else {
			others = append(others, l)
		}
	}
	return append(mine, others...)
}

// Roster is who holds the posts of an area: one by one for a grid and its micro-grids, summed up by part above.
type Roster struct {
	Area   territory.Area
	Path   string
	Up     string        // the area above, "" when the viewer may not go there
	Posts  []RosterPost  // of the area itself
	Micros []RosterPlace // with their posts, when the area is a grid
	Parts  []RosterPart  // with their sums, when the area lies above grids
	Grids  territory.Rate
	Micro  territory.Rate
	Vacant []RosterPost // every vacancy below, at most vacantShown
	More   int          // vacancies left out
	Double []RosterPost // posts with more holders than allowed
	// Undeclared are people with several posts of which more than one is not marked 兼任.
	Undeclared []Holding
}

const vacantShown = 200

// RosterPost is one post of one area and who holds it.
type RosterPost struct {
	Area    string
	Path    string
	Kind    territory.PostKind
	Short   int // holders missing
	Over    int // holders above the limit
	Holders []Holding
}

// Holding is one person in a post.
type Holding struct {
	Tenure store.Tenure
	Name   string
}

// RosterPlace is one area with its posts.
type RosterPlace struct {
	Area  territory.Area
	Posts []RosterPost
}

// RosterPart is the sum over one area's subtree.
type RosterPart struct {
	Area   territory.Area
	Grids  territory.Rate
	Micro  territory.Rate
	Vacant int // posts with too few holders
}

// Roster loads the roster of an area the viewer may read; "" is the viewer's own.
func (a *App) Roster(ctx context.Context, v Viewer, area string) (Roster, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return Roster{}, err
	}
	if area == "" {
		area = rosterTop(v)
	}
	at, ok := z.Tree.Area(area)
	if !ok || !v.mayRoster(area) {
		return Roster{}, fault.New(fault.NotFound, "没有这个区域，或不在您的职责范围内。", "There is no such area, or it lies outside your duty.")
	}
	var out Roster
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := r.TenuresUnder(area, r.Now)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(t store.Tenure) bool { return !t.Post })
		names, err := a.names(r, v, holdersShown(z, at, list))
		out = z.roster(at, list, names, r.Now)
		return err
	})
	if up := idcode.Parent(area); up != "" && v.mayRoster(up) {
		out.Up = up
	}
	return out, err
}

// mayRoster: whoever reads an area may see who works there, and so may those who work in one of a grid's
// micro-grids, because the grid's posts are whom they turn to.
func (v Viewer) mayRoster(area string) bool {
	if v.CanIn(SeeArea, area) || v.Can(EditPosts) {
		return true
	}
	return idcode.LevelOf(area) == idcode.Grid && slices.ContainsFunc(v.Duties, func(d casework.Duty) bool {
		return powers(d.Role)&WorkGrid != 0 && idcode.Parent(d.Area) == area
	})
}

// rosterTop is the area a viewer's roster begins with.
func rosterTop(v Viewer) string {
	for _, d := range v.Duties {
		if powers(d.Role)&(SeeArea|EditPosts) == 0 || d.Area == "" {
			continue
		}
		if idcode.LevelOf(d.Area) == idcode.Micro {
			return idcode.Parent(d.Area)
		}
		return d.Area
	}
	return zoneCode(v.Zone)
}

// holdersShown are the people whose names the page needs: everybody of a grid, above grids those in doubt only.
func holdersShown(z *Zone, at territory.Area, list []store.Tenure) []casework.Person {
	var ids []casework.Person
	var suspects map[casework.Person]bool
	if at.Level() < idcode.Grid {
		suspects = map[casework.Person]bool{}
		e := z.establishment(list, time.Time{}).In(at.Code)
		for _, u := range e.Undeclared {
			suspects[casework.Person(u.Person)] = true
		}
		doubled := map[string]bool{}
		for _, d := range e.Doubled() {
			doubled[d.Area+"/"+d.Post] = true
		}
		for _, t := range list {
			if doubled[t.Duty.Area+"/"+t.Duty.Role] {
				suspects[t.Person] = true
			}
		}
	}
	for _, t := range list {
		if suspects == nil || suspects[t.Person] {
			ids = append(ids, t.Person)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// establishment counts tenures that are in force; the zero time means that they are known to be.
func (z *Zone) establishment(list []store.Tenure, now time.Time) territory.Establishment {
	posts := make([]territory.Appointment, len(list))
	for i, t := range list {
		posts[i] = territory.Appointment{Person: territory.Person(t.Person), Post: t.Duty.Role, Area: t.Duty.Area, Document: t.Document, Concurrent: t.Concurrent}
		if !now.IsZero() {
			posts[i].Span = territory.Span{From: t.From, To: t.To}
		}
	}
	return territory.Staff(z.Tree, z.Kinds, posts, now)
}

func (z *Zone) roster(at territory.Area, list []store.Tenure, names map[casework.Person]string, now time.Time) Roster {
	out := Roster{Area: at, Path: z.Tree.Path(at.Code)}
	held := map[string][]Holding{}
	for _, t := range list {
		key := t.Duty.Area + "/" + t.Duty.Role
		held[key] = append(held[key], Holding{t, names[t.Person]})
	}
	e := z.establishment(list, now).In(at.Code)
	out.Grids, out.Micro = e.Complement(idcode.Grid), e.Complement(idcode.Micro)
	line := func(s territory.Staffing) RosterPost {
		k, _ := territory.Kind(z.Kinds, s.Post)
		return RosterPost{Area: s.Area, Path: z.Tree.Path(s.Area), Kind: k, Short: s.Short(), Over: s.Over(), Holders: held[s.Area+"/"+s.Post]}
	}
	for _, s := range e.Vacancies() {
		if len(out.Vacant) == vacantShown {
			out.More++
			continue
		}
		out.Vacant = append(out.Vacant, line(s))
	}
	for _, s := range e.Doubled() {
		out.Double = append(out.Double, line(s))
	}
	for _, u := range e.Undeclared {
		for _, h := range held[u.Area+"/"+u.Post] {
			if h.Tenure.Person == casework.Person(u.Person) {
				out.Undeclared = append(out.Undeclared, h)
			}
		}
	}
	places := map[string][]RosterPost{}
	if at.Level() >= idcode.Grid {
		for _, s := range e.Posts {
			places[s.Area] = append(places[s.Area], line(s))
		}
	}
	out.Posts = places[at.Code]
	for _, c := range z.Tree.Children(at.Code) {
		if at.Level() == idcode.Grid {
			out.Micros = append(out.Micros, RosterPlace{c, places[c.Code]})
			continue
		}
		sub := e.In(c.Code)
		out.Parts = append(out.Parts, RosterPart{Area: c, Grids: sub.Complement(idcode.Grid), Micro: sub.Complement(idcode.Micro), Vacant: len(sub.Vacancies())})
	}
	return out
}

// Trail is the areas above one, as far as the viewer may read them.
func (z *Zone) Trail(v Viewer, code string) []territory.Area {
	var out []territory.Area
	for _, up := range z.Tree.Ancestors(code) {
		if v.mayRoster(up.Code) || v.Can(EditAreas|EditRoutes) {
			out = append(out, up)
		}
	}
	return out
}
