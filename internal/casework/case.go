// Package casework runs procedures that are data: who may move a case where, what a move
// requires, which clocks run, what follows. It takes values and returns values; it knows
// neither the database nor the page.
package casework

import (
	"strconv"
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/geo"
)

// ID identifies a case within its zone. IDs grow with time.
type ID int64

// Person identifies a person within a zone; 0 is the system itself.
type Person int64

// Duty is what a person does for a living here: a role, in a unit, over an area subtree.
// Empty Unit means the role belongs to no unit; empty Area means no area.
type Duty struct {
	Role string `json:"role"`           // grid_staff, acceptor, dispatcher, officer …
	Unit string `json:"unit,omitempty"` // code of the unit, for officers of a unit
	Area string `json:"area,omitempty"` // area code; the duty covers the whole subtree
}

// Holder says whose turn it is: anyone with a duty that covers it. The zero Holder is nobody.
type Holder Duty

// Key is the holder as one string, role/unit/area. Because the area comes last, every holder a
// duty covers has the duty's own key as its prefix.
func (h Holder) Key() string {
	if h == (Holder{}) {
		return ""
	}
	return h.Role + "/" + h.Unit + "/" + h.Area
}

// ParseHolder reads what Key wrote.
func ParseHolder(key string) Holder {
	p := strings.SplitN(key, "/", 3)
	if len(p) != 3 {
		return Holder{}
	}
	return Holder{Role: p[0], Unit: p[1], Area: p[2]}
}

// Covers reports whether somebody with the duty may act for the holder.
func (d Duty) Covers(h Holder) bool {
	return h != (Holder{}) && d.Role == h.Role && d.Unit == h.Unit && strings.HasPrefix(h.Area, d.Area)
}

// Over reports whether the duty's area subtree contains the area.
func (d Duty) Over(area string) bool { return d.Area != "" && strings.HasPrefix(area, d.Area) }

// Actor is a person with the duties held at the moment of acting.
type Actor struct {
	Person Person
	Duties []Duty
	For    Person // the absent person in whose name the duties are used; 0 for one's own
	Lent   []Lent // duties of absent people that the actor may use in their name
}

// Lent are the duties that an absent person lets somebody else act under.
type Lent struct {
	For    Person
	Duties []Duty
}

// capacity is the actor acting for oneself (0), or under what an absent person lent (1, 2, 3 … len(Lent)).
func (a Actor) capacity(i int) Actor {
	if i == 0 {
		return Actor{Person: a.Person, Duties: a.Duties, For: a.For}
	}
	return Actor{Person: a.Person, Duties: a.Lent[i-1].Duties, For: a.Lent[i-1].For}
}

// System is the actor behind timers.
var System = Actor{}

// RoleReporter is the role of a Holder that stands for the person who reported the case.
const RoleReporter = "reporter"

// ReporterHolder is the Holder that stands for one reporting person.
func ReporterHolder(p Person) Holder {
	if p == 0 {
		return Holder{}
	}
	return Holder{Role: RoleReporter, Unit: strconv.FormatInt(int64(p), 10)}
}

// Place is where a matter was found. Area is the deepest known area's code; Point is WGS-84.
type Place struct {
	Area     string    `json:"area"`
	Point    geo.Point `json:"point"`
	HasPoint bool      `json:"has_point"`
	Address  string    `json:"address,omitempty"`
}

// Case is the whole present state of one matter on its way through a procedure.
type Case struct {
	Zone      int
	ID        ID
	Number    string // shown to people, e.g. 330108-20261122-00017
	Procedure string // id; with Version it names the frozen text the case runs under
	Version   int
	Matter    string // code from the matter list
	Standard  string // which of the matter's standards was chosen when filed; "" before
	Source    string // resident, patrol, hotline, superior, media
	Title     string
	Text      string
	Place     Place
	Reporter  Person // 0 when nobody is named
	Stage     string
	Entered   time.Time // when the present stage was entered
	Holder    Holder
	Previous  Holder            // who held it before the present stage
	Opened    time.Time         // when reported
	Accepted  time.Time         // when the desk took it on (受理); zero before
	Filed     time.Time         // when the file was established (立案); zero before
	Handled   time.Time         // when the handler last reported it done; zero before
	Closed    time.Time         // zero while open
	Result    string            // id of the result it ended with; "" while open
	Rating    int               // 1 (very dissatisfied) to 5 (very satisfied); 0 not rated
	MergedTo  ID                // the case this one was merged into; 0 when not merged
	Parent    ID                // the case this one is part of; 0 for none
	Sealed    []string          // roles that may know who reported it; empty when that is no secret
	Parts     []SubCase         // its own sub-cases, in the order they were asked for
	Clocks    map[string]Timer  // by clock id
	Asks      []Ask             // requests that wait for approval
	Counts    map[string]int    // rework, returned, extended, suspended, reopened, escalated …
	Fields    map[string]string // what moves have filled in
	Did       map[string]Person // who last made each move, for the rule of the second person
	DidFor    map[string]Person // in whose name, where the last maker of a move stood in for somebody
	Held      map[string]Holder // who last held each stage, so that work returns to the same hands
	Level     int               // the highest rung of supervision it ever stood on: 0 none, then 1, 2, 3; see Standing
	Events    int               // how many events its history has
	Wake      time.Time         // when the system must next look at the case; zero when never
	Revision  int64             // grows by one with each change; the store compares it
}

// Open reports whether the case is still being worked on.
func (c Case) Open() bool { return c.Closed.IsZero() }

// Timer is one clock of a case.
type Timer struct {
	Clock calendar.Clock `json:"clock"`
	// Done is when the clock stopped for good; zero while it may run again.
	Done time.Time `json:"done"`
	// Warned is the highest rung of the supervision ladder already taken.
	Warned int `json:"warned"`
	// Due is the deadline it had when it stopped; zero while it may run, or when it stopped while paused.
	Due time.Time `json:"due,omitzero"`
	// Late says that the limit had passed when the clock stopped.
	Late bool `json:"late,omitempty"`
}

// Ask is a request that needs somebody's approval while the work goes on.
type Ask struct {
	Kind   string            `json:"kind"` // extension, suspension
	By     Person            `json:"by"`
	For    Person            `json:"for,omitempty"` // in whose name; 0 for By's own
	At     time.Time         `json:"at"`
	Holder Holder            `json:"holder"`         // who decides, or signs next
	Then   []Holder          `json:"then,omitempty"` // who signs after that, in their order
	Signed []Person          `json:"signed,omitempty"`
	Fields map[string]string `json:"fields,omitempty"`
	Note   string            `json:"note,omitempty"`
}

// Task is one entry in somebody's inbox: the case's own turn, or a request to decide.
type Task struct {
	Kind   string // "case", or the ask's kind
	Holder Holder
	Due    time.Time // the deadline shown; zero when none runs
}

// Event is one line of a case's history. Events are only ever added.
type Event struct {
	Seq    int // 1, 2, 3 … within the case
	At     time.Time
	Actor  Person
	Duty   Duty   // the duty the actor acted under; zero for the reporter and the system
	For    Person // the absent person whose duty that is; 0 for the actor's own
	Move   string // move or start id, or a system word: supervised, reprojected, merged_in, part_opened, part, linked, unlinked
	From   string // stage before
	To     string // stage after; equal to From when the stage stayed
	Holder Holder // holder after
	Reason string // id from a reason list
	Note   string
	Fields map[string]string
	Photos []string // ids of photos attached by this move
	Due    time.Time
}
