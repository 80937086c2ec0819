package app

import (
	"context"
	"slices"
	"strings"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/store"
)

// words puts into words what a letter names and only the district knows, as it is when the letter is given.
func (z *Zone) words(c casework.Case, e casework.Event, name string) lang.Text {
	p := z.Version(c.Procedure, c.Version)
	path := z.Tree.Path(c.Place.Area)
	switch name {
	case "zone":
		return z.Name
	case "category":
		return z.Kind(c)
	case "area":
		return lang.Text{ZH: path, EN: path}
	case "place":
		if !p.Confidential() { // where somebody complains from tells who it is
			path = strings.TrimSpace(path + " " + c.Place.Address)
		}
		return lang.Text{ZH: path, EN: path}
	case "unit":
		zh, en := z.HolderName(e.Holder)
		return lang.Text{ZH: zh, EN: en}
	case "office":
		return z.officeOf(e)
	}
	f, _ := p.Field(strings.TrimPrefix(name, "field."))
	return z.valueWords(p, c, f, c.Fields[f.ID])
}

// officeOf is the office that a letter comes from: the unit of whoever made the move, or the district's own office. What the
// reporter or the system did is answered for by the district.
func (z *Zone) officeOf(e casework.Event) lang.Text {
	from := casework.Holder(e.Duty)
	if from == (casework.Holder{}) || from.Role == casework.RoleReporter {
		return z.Name
	}
	zh, en := z.HolderName(from)
	if _, unit := z.Units[from.Unit]; unit || len(from.Area) > len(zoneCode(z.Code)) {
		return lang.Text{ZH: zh, EN: en}
	}
	return lang.Text{ZH: z.Name.ZH + zh, EN: en + ", " + z.Name.EN}
}

// Letter fills in a letter that an event of a case gave, in one language, for somebody who may have it. It says the same
// whenever it is asked for; only the reporter's name is masked for those who may not know it. NotFound for anybody else.
func (a *App) Letter(ctx context.Context, v Viewer, id casework.ID, seq int, letter string, in lang.Lang) (casework.Paper, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return casework.Paper{}, err
	}
	var out casework.Paper
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		c, events, err := r.History(id, v.Scope())
		if err != nil {
			return err
		}
		p := z.Version(c.Procedure, c.Version)
		list := letters(v, p, c, events)
		i := slices.IndexFunc(list, func(g casework.Given) bool { return g.ID == letter && g.Event.Seq == seq })
		if i < 0 {
			return fault.New(fault.NotFound, "没有这份文书。", "There is no such letter.")
		}
		reporter, err := a.reporterName(r, v, c)
		if err != nil {
			return err
		}
		out = p.Write(c, list[i], reporter, in)
		return nil
	})
	return out, err
}

// theReporter is a reporter without a name.
var theReporter = lang.Text{ZH: "反映人", EN: "the reporter"}

// reporterName is what a letter calls the reporter. Who reported a confidential case is in no letter but the reporter's own.
func (a *App) reporterName(r *store.Reader, v Viewer, c casework.Case) (lang.Text, error) {
	if c.Reporter != 0 && (c.Reporter == v.Person || len(c.Sealed) == 0) {
		names, err := a.names(r, v, []casework.Person{c.Reporter})
		if name := names[c.Reporter]; err != nil || name != "" {
			return lang.Text{ZH: name, EN: name}, err
		}
	}
	return theReporter, nil
}

// letters lists those of a case that the viewer may have. The case and its history are as the viewer may see them: without
// the reporter for those who may not know.
func letters(v Viewer, p *casework.Procedure, c casework.Case, events []casework.Event) []casework.Given {
	return slices.DeleteFunc(p.Given(events), func(g casework.Given) bool { return !v.mayHave(p, c, g) })
}

// mayHave reports whether a letter is for the viewer: whoever it is to, whoever gave it, and whoever oversees the place. A
// unit gets what is to it and what it gave itself; a letter to the reporter of a confidential case is for those who may know.
func (v Viewer) mayHave(p *casework.Procedure, c casework.Case, g casework.Given) bool {
	toReporter := g.To == casework.ToReporter
	switch {
	case toReporter && c.Reporter != 0 && c.Reporter == v.Person:
		return true
	case toReporter && p.Confidential() && c.Reporter == 0:
		return false // concealed
	case v.CanIn(SeeArea, c.Place.Area):
		return true
	}
	from := casework.Holder(g.Event.Duty)
	if from == (casework.Holder{}) {
		from = g.Event.Holder // the system made the move for whoever has the case
	}
	return slices.ContainsFunc(v.Duties, func(d casework.Duty) bool {
		is := func(h casework.Holder) bool { return d.Covers(h) || (d.Unit != "" && d.Unit == h.Unit) }
		return is(from) || (g.To == casework.ByHolder && is(g.Event.Holder)) || (d.Unit != "" && slices.Contains(g.ToUnits(g.Event), d.Unit))
	})
}
