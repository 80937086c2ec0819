package web

import (
	"strconv"

	"github.com/a-h/templ"

	"gezhi/internal/app"
	"gezhi/internal/idcode"
	"gezhi/internal/territory"
	"gezhi/internal/web/ui"
)

func rosterStats(p rosterPage) []ui.StatCard {
	l := p.V.lang
	vacant := len(p.Vacant) + p.More
	tone := ui.Tone("")
	if vacant > 0 {
		tone = ui.Yellow
	}
	out := []ui.StatCard{}
	if p.Grids.Of > 0 {
		out = append(out, ui.StatCard{Label: l.T("网格配齐率", "Grids fully staffed"), Value: rate(p.Grids), Note: rateNote(p.V, p.Grids)})
	}
	if p.Micro.Of > 0 {
		out = append(out, ui.StatCard{Label: l.T("微网格配齐率", "Micro-grids fully staffed"), Value: rate(p.Micro), Note: rateNote(p.V, p.Micro)})
	}
	return append(out, ui.StatCard{Label: l.T("缺岗", "Vacant posts"), Value: strconv.Itoa(vacant), Tone: tone})
}

func rosterParts(p rosterPage) ui.Sheet[app.RosterPart] {
	l := p.V.lang
	share := func(r territory.Rate) string {
		if r.Of == 0 {
			return "—"
		}
		return rate(r) + l.Tf("（%d/%d）", " (%d/%d)", r.Full, r.Of)
	}
	return ui.Sheet[app.RosterPart]{Caption: l.T("各部分", "By part"), Columns: []ui.Column[app.RosterPart]{
		ui.LinkColumn(l.T("区域", "Area"), ui.Main, func(x app.RosterPart) ui.Link { return ui.Link{Label: x.Area.Name, URL: "?area=" + x.Area.Code} }),
		ui.TextColumn(l.T("网格配齐率", "Grids"), ui.Figures, func(x app.RosterPart) string { return share(x.Grids) }),
		ui.TextColumn(l.T("微网格配齐率", "Micro-grids"), ui.Figures, func(x app.RosterPart) string { return share(x.Micro) }),
		{Head: l.T("缺岗", "Vacant"), Kind: ui.Figures, Cell: func(x app.RosterPart) templ.Component {
			if x.Vacant == 0 {
				return ui.Text("0")
			}
			return ui.Badge(ui.Yellow, strconv.Itoa(x.Vacant))
		}},
	}}
}

// rosterAt is the area whose roster shows an area's posts: micro-grids stand under their grid.
func rosterAt(code string) string {
	if idcode.LevelOf(code) == idcode.Micro {
		return idcode.Parent(code)
	}
	return code
}

func postName(v *visit, id string) string {
	if k, ok := territory.Kind(v.zone.Kinds, id); ok {
		return k.Name.In(v.lang)
	}
	return id
}
