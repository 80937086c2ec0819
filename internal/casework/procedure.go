package casework

import (
	"gezhi/internal/calendar"
	"gezhi/internal/lang"
)

// Procedure is one version of one way of working, as a YAML file says it. It is read by
// ParseProcedure, never changed afterwards, and safe for use by many goroutines.
type Procedure struct {
	ID      string
	Version int
	Name    lang.Text
	Basis   []string       // rules and documents it rests on
	Total   calendar.Limit // the longest the whole may take; zero when no rule says
	About   About          // what Case.Matter is a code of
	Placed  Need           // whether a case lies somewhere within the zone; Unwanted for those of the whole zone
	List    []string       // fields that lists show as columns
	Title   lang.Text      // what forms call a case's title
	Text    lang.Text      // what forms call a case's text
	Sealed  []string       // roles that may know who reported a case; empty when that is no secret
	Public  []string       // stages in which a case stands on a board that everybody who has signed in may read
	Draw    Lottery        // how cases are drawn by lot; zero when they are not
	Monthly bool           // cases report plan and actual amounts by month, see MonthOf, and stand under a light
	Funnel  string         // field of type money whose amounts are added up along the phases; "" when cases are no pipeline
	Once    []string       // fields, or FieldTitle: no two cases may have the same values in all of them
	Modes   []string       // of reform, whose licences can be applied for by it: file, commit, improve; empty for all of them

	Phases      []lang.Text // in the order of the work; a stage belongs to one
	Sources     []Term      // where a case may come from; empty for those of grid events
	Categories  []Category
	Roles       []Term
	Ladder      []Rung // escalation, lowest first
	Reasons     []ReasonList
	Fields      []Field
	Parts       []PartKind
	Sent        []string // moves that the case this one is part of may make
	Stages      []Stage
	Starts      []Move // the ways a case begins; From is empty
	Moves       []Move
	Clocks      []Timing
	Supervision []Warning
	Results     []Result
	Letters     []Letter
	Rates       []Gauge // in the order reports show them

	file  string         // name of the YAML file, for messages
	lines map[string]int // "stages.reported" → line
	table table
}

// Term is an id with its name: a role, a reason, a choice in a list.
type Term struct {
	ID    string
	Label lang.Text
}

// About says what a case's Matter is a code of.
type About uint8

const (
	AboutMatters    About = iota // the zone's matter list
	AboutCategories              // the procedure's own Categories
	AboutNothing                 // there are no kinds
)

// Category is one kind of case of a procedure that does not use the zone's matter list. Its code is what
// the routing table goes by.
type Category struct {
	Code  string // 1 to 8 capital letters and digits
	Name  lang.Text
	Group lang.Text // under which lists show it; zero for none
}

// Category finds a kind of case by its code.
func (p *Procedure) Category(code string) (Category, bool) {
	for _, c := range p.Categories {
		if c.Code == code {
			return c, true
		}
	}
	return Category{}, false
}

// ReasonList is a list one reason is picked from.
type ReasonList struct {
	ID    string
	Label lang.Text
	Items []Term
}

// The types a field may have, beside those of document.go. The value is always a string.
const (
	FieldText     = "text"     // one line
	FieldLongText = "longtext" // several lines
	FieldSelect   = "select"   // the id of one of Choices
	FieldNumber   = "number"   // a decimal integer
	FieldDate     = "date"     // 2026-11-22
	FieldLimit    = "limit"    // what calendar.ParseLimit reads, such as 3work_day
	FieldPerson   = "person"   // a Person's number
	FieldCase     = "case"     // an ID
	FieldHolder   = "holder"   // a Holder's key
	FieldUnit     = "unit"     // the code of a unit
	FieldUnits    = "units"    // codes of units, each once, joined by commas
	FieldMoney    = "money"    // an amount in 分, a decimal integer
	FieldUSCC     = "uscc"     // 统一社会信用代码, GB 32100-2015, whose check character is right
	FieldMatter   = "matter"   // code of a matter
	FieldMonth    = "month"    // 2026-11
	FieldOverlay  = "overlay"  // id of an overlay area: a park, a 片区
	FieldTheme    = "theme"    // a theme of which version: catering/1
	FieldAnswers  = "answers"  // question=answer, joined by semicolons
	FieldHanded   = "handed"   // ids of materials that have been handed in, joined by commas
	FieldLicence  = "licence"  // an item of the catalogue as of which edition: SL-0001/3
	FieldStandard = "standard" // id of one of the matter's standards; Options fills in Choices
)

// What conditions and Once may name besides fields.
const (
	FieldCategory = "category" // the case's category
	FieldTitle    = "title"    // the case's title
)

// Field is one thing a move may ask for.
type Field struct {
	ID      string
	Label   lang.Text
	Hint    lang.Text
	Type    string
	Choices []Term  // of a select, a checklist or a standard
	Min     int64   // of a number, when Max > 0
	Max     int64   // of a number, the most characters of a text (0 means no bound), or the most documents (0 means one)
	Sealed  Sealing // "" for what everybody may read who may read the case
}

// Phase is the place of a stage's phase in Procedure.Phases, from 1. A timeline groups the stages by it.
type Phase uint8

// Stage is where a case can be.
type Stage struct {
	ID     string
	Name   lang.Text
	Phase  Phase
	Result string // the result that entering the stage gives the case and closes it with; "" leaves it open
	End    bool   // no move leads on
	Else   string // the stage entered instead when Only does not hold; "" when the stage is for every case
	Only   Only
}

// Only limits a stage to some cases.
type Only struct {
	Reporter bool                // the reporter must be known
	Sources  []string            // the case must come from one of these; empty means any
	When     map[string][]string // each of these fields must have one of these values
}

// The words a move's By may hold besides a role.
const (
	ByHolder   = "holder"   // anyone who covers the present holder
	ByReporter = "reporter" // the person who reported the case
	ByApprover = "approver" // anyone who covers the holder of the request being decided
	BySystem   = "system"   // timers only
	ByAnyone   = "anyone"   // any known person; for starts
)

// The words a Target's Kind may hold.
const (
	ToKeep     = "keep"     // as it is
	ToRoute    = "route"    // what Env.Route says for matter, area and the stage entered
	ToChoose   = "choose"   // Command.Holder; Route when none is chosen
	ToRole     = "role"     // Role over the case area's ancestor of Level
	ToReporter = "reporter" // the person who reported the case
	ToPrevious = "previous" // who held it before the present stage
	ToHeld     = "held"     // who last held Stage; Route when nobody did
	ToUp       = "up"       // the next rung of the ladder above the present holder
	ToNone     = "none"     // nobody
	ToSelf     = "self"     // the duty the actor acted under
	ToField    = "field"    // Role in the unit that Field names
)

// Target says who holds a case after a move, decides a request, or is told.
type Target struct {
	Kind  string
	Role  string
	Level string
	Stage string
	Field string
}

// Stay is the To of a move that leaves the stage alone.
const Stay = "stay"

// Need says whether something must come with a move.
type Need uint8

const (
	Optional Need = iota
	Required
	Unwanted
)

// Move is one row of a procedure: who may take a case from where to where, and what it takes.
type Move struct {
	ID      string
	Label   lang.Text
	From    []string
	To      string // a stage or Stay
	By      []string
	NotBy   []string // moves whose last maker may not make this one
	Sources []string // the case must come from one of these; empty means any
	Fields  []Want
	Photos  int    // the least number of photos
	Reason  string // list a reason must be picked from; "" when none is needed
	Note    Need
	Holder  Target
	Counts  string              // counter that grows by one
	When    map[string][]string // the move is legal while each of these fields has one of these values; "" is no value
	Has     []string            // the move is legal once each of these fields is filled in
	Max     map[string]int      // the move is legal while each counter is below its number
	Min     map[string]int      // the move is legal once each counter has reached its number
	Ask     string              // kind of request it makes
	Grant   string              // kind of request it grants
	Refuse  string              // kind of request it refuses
	Decides []Target            // who decides what it asks, one after the other
	Extend  string              // clock given more time …
	Extra   string              // … as much as this field of the request says
	Restart []string            // clocks that begin anew with a full budget
	Sets    []string            // accepted, filed, handled, unhandled, rating, standard, matter, merged
	Award   string              // points rule under which the reporter is paid
	Paid    []string            // sources whose reporters are paid; empty means any
	Links   []Tie               // cases named in its fields that it ties this one to
	Opens   string              // kind of sub-case it opens
	Waits   string              // kind of sub-case none of which may be open
	Says    string              // word it tells the case that this one is part of
	Sends   []Send              // moves it makes in its sub-cases
	Clean   []string            // subjects that must have no bad record: fields, several joined by +; one with an empty field does not count
	Records []string            // subjects that get a bad record by it
	Repairs bool                // the bad records the case made are repaired (信用修复)
	Tell    []Target            // who gets Message
	Message lang.Text
	Style   string // primary, plain, danger
	Confirm lang.Text
	Line    int // line of the YAML it stands on
}

// Send is a move that a case makes in each of its open sub-cases of a kind that can make it.
type Send struct {
	Kind string
	Move string
}

// Want is a field with whether a move needs it.
type Want struct {
	Field    Field
	Required bool
}

// Timing is one clock of a procedure.
type Timing struct {
	ID         string
	Label      lang.Text
	Limit      calendar.Limit
	ByMatter   bool     // the limit is the chosen standard's; Limit stands in until one is chosen
	ByField    string   // the limit is this field's, or lasts until the end of the day it names; Limit stands in while it is empty
	Runs       []string // stages
	Pauses     []string // stages
	Restart    bool     // entering Runs again begins a new budget
	Supervised bool
	Auto       string // move the system makes when the limit is reached; "" for none
	Measures   string // which duty it measures in the evaluation: verify, accept, file, dispatch, sign, handle, review, check, close; "" none
}

// Warning is one rung of the supervision ladder.
type Warning struct {
	At    int // percent of a clock's limit
	Label lang.Text
	Tell  []Target
}

// Rung is one step of the escalation ladder.
type Rung struct {
	Level string // micro, grid, community, street, district
	Role  string
}

// Result is a way a case can end.
type Result struct {
	ID    string
	Label lang.Text
	Keep  int  // years the file is kept; 0 means for good
	Void  bool // the case counts as never having needed handling: withdrawn, merged
}
