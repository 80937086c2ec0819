package simulate

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/store"
)

// template is a played case ready to be cloned.
type template struct {
	c      casework.Case
	due    time.Time
	tasks  []casework.Task
	units  []string
	events []casework.Event
	state  []piece // of the state's JSON
}

// piece is a stretch of JSON that every clone shares, followed by something that is its own.
type piece struct {
	text   string
	kind   byte            // t an instant, m one in milliseconds, a an area code, p a person; 0 nothing
	when   time.Time       // of t and m
	digits int             // of a
	person casework.Person // of p
}

// own finds what differs from clone to clone in a state: persons, instants in milliseconds or, in requests, as
// text, and codes of areas below the district.
func own(zone int) *regexp.Regexp {
	return regexp.MustCompile(`91000000000000000\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)|` +
		`\b` + strconv.Itoa(zone) + `\d{3,11}\b|\b1[5-9]\d{11}\b`)
}

func newTemplate(p *play, own *regexp.Regexp) (*template, error) {
	state, err := store.CaseState(p.c)
	if err != nil {
		return nil, err
	}
	t := &template{c: p.c, due: p.c.Due(), tasks: p.proc.Tasks(p.c), events: p.events, units: p.units}
	at := 0
	for _, m := range own.FindAllStringIndex(state, -1) {
		found := state[m[0]:m[1]]
		x := piece{text: state[at:m[0]]}
		switch {
		case len(found) == 13 && found[0] == '1':
			ms, err := strconv.ParseInt(found, 10, 64)
			if err != nil {
				return nil, err
			}
			x.kind, x.when = 'm', time.UnixMilli(ms)
		case strings.HasPrefix(found, "9100000000000000"):
			n, err := strconv.ParseInt(found, 10, 64)
			if err != nil {
				return nil, err
			}
			x.kind, x.person = 'p', casework.Person(n)
		case strings.Contains(found, "T"):
			if x.when, err = time.Parse(time.RFC3339Nano, found); err != nil {
				return nil, err
			}
			x.kind = 't'
		default:
			x.kind, x.digits = 'a', len(found)
		}
		t.state = append(t.state, x)
		at = m[1]
	}
	t.state = append(t.state, piece{text: state[at:]})
	return t, nil
}

// clone is what one clone has of its own.
type clone struct {
	later  time.Duration
	area   string // micro-grid
	person func(p casework.Person) casework.Person
}

func (x *clone) at(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(x.later)
}

func (x *clone) code(area string) string {
	if len(area) <= 6 || len(area) > len(x.area) {
		return area
	}
	return x.area[:len(area)]
}

// unitOf moves a unit that serves one street or community to the clone's: office.330108001.
func (x *clone) unitOf(unit string) string {
	name, code, ok := strings.Cut(unit, ".")
	if !ok || len(code) > len(x.area) {
		return unit
	}
	return name + "." + x.area[:len(code)]
}

func (x *clone) holder(h casework.Holder) casework.Holder {
	if h.Role == casework.RoleReporter {
		return casework.ReporterHolder(x.person(someReporter))
	}
	return casework.Holder{Role: h.Role, Unit: x.unitOf(h.Unit), Area: x.code(h.Area)}
}

// render writes the state of the clone.
func (t *template) render(x *clone) string {
	b := make([]byte, 0, 2048)
	for i := range t.state {
		p := &t.state[i]
		b = append(b, p.text...)
		switch p.kind {
		case 't':
			b = x.at(p.when).AppendFormat(b, time.RFC3339Nano)
		case 'm':
			b = strconv.AppendInt(b, x.at(p.when).UnixMilli(), 10)
		case 'a':
			b = append(b, x.area[:p.digits]...)
		case 'p':
			b = strconv.AppendInt(b, int64(x.person(p.person)), 10)
		}
	}
	return string(b)
}

// copy makes the clone's case. Words, point, id and number are still the template's.
func (t *template) copy(x *clone) store.BulkCase {
	c := t.c
	c.Place.Area = x.code(c.Place.Area)
	c.Reporter = x.person(c.Reporter)
	c.Holder = x.holder(c.Holder)
	for _, when := range []*time.Time{&c.Opened, &c.Filed, &c.Handled, &c.Closed, &c.Wake, &c.Entered} {
		*when = x.at(*when)
	}
	out := store.BulkCase{Case: c, State: t.render(x), Due: x.at(t.due),
		Events: make([]casework.Event, len(t.events)), Tasks: make([]casework.Task, len(t.tasks))}
	for i, e := range t.events {
		e.At, e.Due = x.at(e.At), x.at(e.Due)
		e.Holder, e.Duty = x.holder(e.Holder), casework.Duty(x.holder(casework.Holder(e.Duty)))
		e.Actor = x.person(e.Actor)
		out.Events[i] = e
	}
	for i, k := range t.tasks {
		out.Tasks[i] = casework.Task{Kind: k.Kind, Holder: x.holder(k.Holder), Due: x.at(k.Due)}
	}
	for _, u := range t.units {
		if u = x.unitOf(u); !slices.Contains(out.Units, u) { // offices of two streets become the one of the clone's
			out.Units = append(out.Units, u)
		}
	}
	return out
}
