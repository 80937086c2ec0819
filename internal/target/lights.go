// Package target says how far goals are from being met: a project's light under a published rule set.
// It counts in integers throughout; percentages are compared by multiplying, never by dividing.
package target

import (
	"gezhi/internal/lang"
)

// Light is how something stands against its plan.
type Light string

// The lights. Grey means that nothing is measured: work is suspended, or nothing was planned.
const (
	Green  Light = "green"
	Yellow Light = "yellow"
	Red    Light = "red"
	Grey   Light = "grey"
)

// Lights are all of them, the most pressing first.
func Lights() []Light { return []Light{Red, Yellow, Green, Grey} }

// Name is a light in words.
func (l Light) Name() lang.Text {
	switch l {
	case Green:
		return lang.Text{ZH: "绿灯", EN: "Green"}
	case Yellow:
		return lang.Text{ZH: "黄灯", EN: "Yellow"}
	case Red:
		return lang.Text{ZH: "红灯", EN: "Red"}
	}
	return lang.Text{ZH: "灰（不计）", EN: "Grey"}
}

// Figure is something about a project that rules compare with a number.
type Figure string

// The figures. Those in percent have no value when what they are a share of is zero; no condition on them holds then.
const (
	Reached    Figure = "reached"      // actual to date in percent of plan to date
	Short      Figure = "short"        // what is lacking of plan to date, in percent of it; negative when ahead
	Lag        Figure = "lag"          // what is lacking of plan to date, in percent of the year's plan: percentage points; negative when ahead
	Behind     Figure = "behind"       // months in a row, up to this one, that missed what was planned for them
	NotStarted Figure = "not_started"  // months since work was to begin, this one included, without it having begun
	NotEntered Figure = "not_entered"  // months since work began without being entered in the statistics
	LackFunds  Figure = "lacks_funds"  // 1 when less was paid than required, or 0
	NotAsked   Figure = "not_reported" // months in a row, up to this one, that were not reported
)

// Op is how a figure is compared.
type Op string

// The comparisons.
const (
	Below   Op = "below"
	AtMost  Op = "at_most"
	AtLeast Op = "at_least"
	Above   Op = "above"
)

// Condition compares a figure with a number: percent, or months.
type Condition struct {
	Figure Figure
	Op     Op
	N      int64
}

// Rule gives a light when all its conditions hold.
type Rule struct {
	Light Light
	Why   lang.Text
	When  []Condition
	line  int
}

// RuleSet is an ordered list of rules: the first whose conditions hold decides, Otherwise when none does.
type RuleSet struct {
	ID        string
	Name      lang.Text
	Source    string              // where it was published
	Actions   map[Light]lang.Text // what is done about each light; may lack some
	Rules     []Rule
	Otherwise lang.Text // why it is green when no rule holds
}

// Sets are the rule sets there are, and which of them is used.
type Sets struct {
	Use    string
	Notice lang.Text
	List   []RuleSet
}

// InUse is the rule set used.
func (s Sets) InUse() RuleSet {
	set, _ := s.Find(s.Use)
	return set
}

// Find finds a rule set by its id.
func (s Sets) Find(id string) (RuleSet, bool) {
	for _, x := range s.List {
		if x.ID == id {
			return x, true
		}
	}
	return RuleSet{}, false
}
