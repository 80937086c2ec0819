package casework

import (
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/lang"
)

// Draft is what somebody reports, before it is a case.
type Draft struct {
	Zone     int
	ID       ID
	Number   string
	Start    string // id of one of the procedure's starts; "" means its first one
	Matter   string
	Source   string
	Title    string
	Text     string
	Place    Place
	Reporter Person // 0 when nobody is named
	Fields   map[string]string
	Photos   []string
	Reason   string
	Note     string
	Holder   Holder // for a start that lets the reporter choose
	Parent   ID     // the case this one is part of; 0 for none
}

// Command is one attempt to move a case.
type Command struct {
	Move     string
	Reason   string
	Note     string
	Fields   map[string]string
	Photos   []string
	Holder   Holder // when the move lets the actor choose; zero for the routed one
	Revision int64  // of the case the actor saw; 0 is not compared
}

// Env is the world a decision is made in. Route and Matter may be nil for procedures that need neither.
type Env struct {
	Now      time.Time
	Calendar *calendar.Calendar
	// Route says who answers for a matter in an area at a stage.
	Route func(matter, area, stage string) (Holder, error)
	// Matter looks a matter up by its code.
	Matter func(code string) (Matter, bool)
	// Unit says whether there is such a unit now; nil when nobody knows.
	Unit func(code string) bool
	// Overlay says whether there is such an overlay area now; nil when nobody knows.
	Overlay func(id string) bool
	// Parts says what sub-cases of a kind a case has that does not list them in a field of its own; nil when there are none.
	Parts func(c Case, k PartKind) ([]PartSpec, error)
	// Theme says whether there is such a theme; nil when nobody knows.
	Theme func(ref string) bool
	// Licence says why an item of the catalogue cannot be applied for under one of the modes, as a fault; nil when it can.
	// It is nil itself when nobody knows.
	Licence func(ref string, modes []string) error
	// Record finds the number of the case that gave a subject a bad record not repaired since; nil when nobody keeps any.
	Record func(subject string) (number string, found bool, err error)
	// Words puts into words what a letter names and the zone knows: category, area, place, unit, office, zone, or the value of
	// field.id in the case; nil when nobody does.
	Words func(c Case, e Event, name string) lang.Text
	// NewID makes the id of a sub-case; nil where none can be opened.
	NewID func() ID
}

// Outcome is what a decision changes. The caller saves all of it in one transaction.
type Outcome struct {
	Case    Case
	Events  []Event
	Effects []Effect
	Notices []Notice
	Secrets map[string]string // what came with the move and is kept apart, sealed: fields, text, note
}

// The kinds of effect.
const (
	EffectAward  = "award"  // pay Person under Rule
	EffectMerge  = "merge"  // note in case Into that this one was merged into it (see MergedIn)
	EffectOpen   = "open"   // begin Draft under Procedure (see OpenPart)
	EffectPart   = "part"   // tell case Into what became of this one (see PartMoved)
	EffectRecord = "record" // Subject has a bad record
	EffectRepair = "repair" // the bad records this case made are repaired
	EffectSend   = "send"   // make Move in case Into as the system, if it is possible there
	EffectLink   = "link"   // tie this case to case Into in the way that Rule names
)

// Effect is something the move causes outside its case. Key is the same whenever the same effect
// is asked for again, so that carrying it out twice is carrying it out once.
type Effect struct {
	Kind   string
	Key    string
	Rule   string
	Person Person
	Into   ID

	Procedure string // of EffectOpen
	Draft     *Draft
	Said      string // of EffectPart
	Move      string // of EffectSend
	Subject   string // of EffectRecord
}

// Notice is a message for whoever covers Holder, or for Person when it is not 0.
type Notice struct {
	Kind   string // move id, or supervised
	Case   ID
	Holder Holder
	Person Person
	Text   lang.Text
	Due    time.Time // deadline to show; zero for none
}

// Option is one thing the actor may do now: a button, and the form behind it.
type Option struct {
	Move    string
	Label   lang.Text
	Style   string // primary, plain, danger
	Confirm lang.Text
	To      string // the stage it leads to; the present one when it stays
	Fields  []Want // with choices filled in
	Photos  int    // the least number of photos
	Reasons *ReasonList
	Note    Need
	Choose  bool   // the actor may choose who holds the case next
	Holder  Holder // who holds it next unless chosen otherwise; zero when not known yet
}
