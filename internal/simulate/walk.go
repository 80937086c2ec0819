package simulate

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// mostSteps is how many moves a walk makes: a project may report months without end.
const mostSteps = 14

// mostTries is how often a case is played again that came to no end by itself.
const mostTries = 40

// errParts says that a case opened sub-cases by itself. It is played again, another way: a clone is one case.
var errParts = errors.New("the case has sub-cases")

// walk takes a case of any procedure through it: now one, now another of those who may act does one of the things
// they can do, until the present, until the case has ended, or until nothing is left that can be done. Moves that
// open sub-cases are left out.
func (p *play) walk(category, area string) error {
	p.alone = true
	if !p.begin(category, area) {
		return p.err
	}
	for step := 0; step < mostSteps && !p.ended(); step++ {
		if p.in(time.Hour, 90*time.Hour); !p.step() {
			break
		}
	}
	p.wake(p.end)
	return p.err
}

// begun reports whether somebody can begin a case of the procedure; others are always part of a case.
func begun(p *casework.Procedure) bool {
	return slices.ContainsFunc(p.Starts, func(m casework.Move) bool { return !slices.Contains(m.By, casework.BySystem) })
}

// begin opens the case by one of the procedure's starts; false when nobody could.
func (p *play) begin(category, area string) bool {
	d := casework.Draft{Zone: p.zone.Code, ID: 1, Number: "0", Matter: category, Title: "示例案件", Text: "示例案件", Reporter: someReporter, Photos: []string{"1"}}
	if d.Place.Area = area; p.proc.Placed == casework.Unwanted {
		d.Place.Area = strconv.Itoa(p.zone.Code)
	}
	p.c.Place.Area = d.Place.Area // whose desks may act
	for _, start := range p.shuffled(p.proc.Starts) {
		d.Start, d.Source, d.Note = start.ID, "", "示例"
		if len(start.Sources) > 0 {
			d.Source = p.pick(start.Sources...)
		}
		if l, ok := p.proc.Reason(start.Reason); ok {
			d.Reason = l.Items[p.rng.IntN(len(l.Items))].ID
		}
		d.Fields = p.fill(start.Fields)
		for _, by := range p.actors() {
			if p.attempt(&d.Fields, func() (casework.Outcome, error) { return p.proc.Open(d, by, p.env()) }) {
				return true
			}
		}
	}
	p.err = cmp.Or(p.err, errors.New("simulate: nobody can begin a case of "+p.proc.ID))
	return false
}

// step makes one move; false when there is none to make.
func (p *play) step() bool {
	p.wake(minTime(p.now, p.end))
	if p.ended() {
		return false
	}
	for _, by := range p.actors() {
		for _, o := range p.proc.Options(p.c, by, p.env()) {
			m, _ := p.proc.Move(o.Move)
			if m.Opens != "" || m.Style == "danger" && !p.chance(10) || p.chance(30) {
				continue
			}
			cmd := casework.Command{Move: o.Move, Note: "示例", Photos: []string{"1"}, Fields: p.fill(o.Fields)}
			if o.Reasons != nil {
				cmd.Reason = o.Reasons.Items[p.rng.IntN(len(o.Reasons.Items))].ID
			}
			if p.attempt(&cmd.Fields, func() (casework.Outcome, error) { return p.proc.Do(p.c, by, cmd, p.env()) }) {
				return true
			}
		}
	}
	return false
}

// attempt decides, fills in what was found missing, and decides again; false when it is refused all the same.
func (p *play) attempt(fields *map[string]string, decide func() (casework.Outcome, error)) bool {
	for range 3 {
		out, err := decide()
		if err == nil {
			return p.keep(out, nil)
		}
		again := false
		for _, e := range fault.Fields(err) {
			if f, ok := p.proc.Field(e.Field); ok && (*fields)[f.ID] == "" {
				(*fields)[f.ID] = p.value(f)
				again = again || (*fields)[f.ID] != ""
			}
		}
		if !again {
			return false
		}
	}
	return false
}

// actors are those who may have a say, in any order: the reporter, whoever the case waits for, and the procedure's
// roles at every level of the place.
func (p *play) actors() []casework.Actor {
	out := []casework.Actor{{Person: someReporter, Duties: []casework.Duty{casework.Duty(casework.ReporterHolder(someReporter))}}}
	for _, t := range p.proc.Tasks(p.c) {
		out = append(out, p.actor(t.Holder))
	}
	area := p.c.Place.Area
	for _, role := range p.proc.Roles {
		for _, digits := range []int{6, 9, 12, 15, 17} {
			if digits <= len(area) {
				out = append(out, p.actor(casework.Holder{Role: role.ID, Area: area[:digits]}))
			}
		}
		if h := p.c.Holder; h.Unit != "" && h.Role != casework.RoleReporter {
			out = append(out, p.actor(casework.Holder{Role: role.ID, Unit: h.Unit}))
		}
	}
	p.rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func (p *play) shuffled(list []casework.Move) []casework.Move {
	out := slices.Clone(list)
	p.rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// fill writes what a form asks for.
func (p *play) fill(wants []casework.Want) map[string]string {
	out := map[string]string{}
	for _, w := range wants {
		if w.Required || p.chance(50) {
			if v := p.value(w.Field); v != "" {
				out[w.Field.ID] = v
			}
		}
	}
	return out
}

// value is something that a field takes; "" for what a walk cannot make up: another case, a document, a theme's answers.
func (p *play) value(f casework.Field) string {
	switch f.Type {
	case casework.FieldText, casework.FieldLongText:
		return "示例" + p.pick("甲", "乙", "丙", "丁")
	case casework.FieldSelect:
		return f.Choices[p.rng.IntN(len(f.Choices))].ID
	case casework.FieldChecklist:
		var all []string
		for _, c := range f.Choices {
			all = append(all, c.ID)
		}
		return strings.Join(all, ",")
	case casework.FieldStandard:
		if len(f.Choices) > 0 {
			return f.Choices[p.rng.IntN(len(f.Choices))].ID
		}
	case casework.FieldNumber:
		return strconv.FormatInt(f.Min+p.rng.Int64N(max(1, min(1000, f.Max-f.Min+1))), 10)
	case casework.FieldMoney:
		return strconv.Itoa(1 + p.rng.IntN(1e9))
	case casework.FieldDate:
		return p.now.AddDate(0, 0, 1+p.rng.IntN(90)).Format(time.DateOnly)
	case casework.FieldMonth:
		return p.now.Format("2006-01")
	case casework.FieldLimit:
		return p.pick("5work_day", "5natural_day")
	case casework.FieldUSCC:
		return "91330108MA2TEXT001"
	case casework.FieldUnit, casework.FieldUnits:
		return p.pick(slices.Sorted(maps.Keys(p.zone.Units))...)
	case casework.FieldMatter:
		return p.zone.Matters.List[0].Code
	case casework.FieldLicence:
		for _, x := range p.zone.Licences.Items {
			if p.zone.MayApply(x.Code, p.proc.Modes) == nil {
				return x.Ref()
			}
		}
	case casework.FieldTheme:
		all := p.zone.Themes()
		return all.Ref(&all.Themes[p.rng.IntN(len(all.Themes))])
	}
	return ""
}
