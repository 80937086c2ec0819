package rules

import (
	"slices"

	"gezhi/internal/lang"
)

// Book is the fields, parameters and items of one file.
type Book struct {
	File   string
	Notice lang.Text
	Fields []Field
	Params []Param
	Items  []*Item

	Derived []Derived
}

// Derived is a field whose value follows from others where nobody has said it.
type Derived struct {
	Field int
	Cases []DerivedCase // the first that holds gives the value; one that cannot be said leaves it unknown
}

// DerivedCase is a value and when it is that.
type DerivedCase struct {
	When  *Cond
	Value Value
}

// Field finds a field's place; -1 when there is none.
func (b *Book) Field(id string) int {
	return slices.IndexFunc(b.Fields, func(f Field) bool { return f.ID == id })
}

// Param is a number that changes with the day.
type Param struct {
	ID     string
	Kind   Kind
	Values []ParamValue // in the order of From
}

// ParamValue is a parameter's value from a day on.
type ParamValue struct {
	From  int64 // Day
	Value int64
}

// at is the value on a day; false before the first.
func (p Param) at(day int64) (int64, bool) {
	for _, v := range slices.Backward(p.Values) {
		if v.From <= day {
			return v.Value, true
		}
	}
	return 0, false
}

// Way is how an item helps.
type Way string

// The ways of 12.1: 奖、补、减、免、缓、贴息、退, and certifying a standing that other items ask for.
var ways = []string{"award", "grant", "reduce", "exempt", "defer", "interest", "refund", "standing"}

// Item is one thing a policy gives. Several versions of an item may follow one another; no two are in force on one day.
type Item struct {
	ID       string
	Name     lang.Text
	Basis    []string // the texts it rests on
	Note     lang.Text
	Way      Way
	From, To int64 // Day, both included; To is LastDay while nobody knows the end
	When     *Cond
	Amount   *Expr    // nil when the item gives nothing that is counted in money
	YieldsTo []string // items of which an enterprise that may have one may not have this (不重复享受); those of Group among them
	Group    string   // of one exclusion group an enterprise has one item, the first in the book that it may have; "" for none
	Examples []Example
	Line     int

	Delivery  string      // Auto, Apply or Elsewhere
	Once      string      // Ever, Yearly or Monthly
	Trigger   int         // place of the day that makes an enterprise eligible, which is then listed by itself; -1 for none. Auto only
	Promised  int         // working days an application is decided in, 1 to 250; 0: not said. Apply only
	Materials []lang.Text // what an application brings; Apply only
	Publicity int         // working days a list is public before it is ordered, 0 to 60
	Confirm   int         // natural days an enterprise has to confirm or waive, to 365; 0: no limit
	Budget    int64       // 分 that it may cost in a year; 0: no budget

	Department, Phone string    // who pays and whom to call; may be empty
	Kind              lang.Text // 险种 or 税种 that figures are counted by; may be empty
}

// LastDay stands for no end: 9999-12-31.
const LastDay = 2932896

// Example is a worked example beside the rule: a test that is run before the rule is used.
type Example struct {
	Name    string
	AsOf    int64
	Values  []Value
	Verdict State
	Amount  *int64 // nil: not said
	line    int
}

// CondKind is how a condition is made up.
type CondKind uint8

// The kinds of condition.
const (
	All CondKind = iota + 1
	Any
	AtLeast // N of Kids
	Not     // of the only one of Kids
	Test
)

// Cond is a condition: a tree whose leaves are tests of fields.
type Cond struct {
	Kind CondKind
	N    int
	Kids []*Cond

	Test Predicate
	Say  lang.Text // what to tell an enterprise that does not meet it; "" for words made from the test
	Cite string    // the article
	Line int
}

// Verb is what a test asks.
type Verb uint8

// What a test may ask.
const (
	Between     Verb = iota + 1 // Low ≤ field ≤ High, either of which may be open
	Share                       // the same of field ÷ Of, in ten-thousandths; cannot be said while Of is not above 0
	MonthsAgo                   // the day is at least Low months past
	WithinMonth                 // the day is not more than High months past, and not to come
	OneOf                       // the choice is among Mask, or the set has one of Mask
	HasAll                      // the set has all of Mask
	Under                       // the code begins with one of Codes
)

// Predicate is one test of a field.
type Predicate struct {
	Verb      Verb
	Field, Of int // places among the book's fields; Of of Share only
	Low, High *Operand
	Mask      uint64
	Codes     []string
}

// Operand is a number, or a parameter, of which a step may be added: above 30 is at least 31.
type Operand struct {
	N     int64
	Param int // place among the book's parameters; -1 for none
}

// ExprKind is how an amount is worked out.
type ExprKind uint8

// The kinds of expression. All are whole numbers; of a division the remainder is dropped, or rounded half up.
const (
	Const ExprKind = iota + 1
	FieldValue
	Sum   // of Args
	Less  // the first of Args without the others, not below 0
	Least // of Args: a cap
	Most  // of Args: a floor
	Part  // Args[0] × Num ÷ Den
	Times // Args[0] × Field
	Cases // the first of Args whose condition holds; otherwise the last, which has none
)

// Expr is a formula for an amount in 分.
type Expr struct {
	Kind   ExprKind
	N      *Operand // of Const
	Field  int      // of FieldValue and Times
	Args   []*Expr
	Num    *Operand // of Part; nil when a field says the rate
	Rate   int      // of Part, where Num is nil: a field in ten-thousandths
	Den    int64
	HalfUp bool
	When   []*Cond // of Cases, as many as Args but one
	Line   int
}

// State is what an item comes to for an enterprise.
type State string

// The states of a verdict.
const (
	Eligible   State = "eligible"
	NotFor     State = "not_eligible"
	CannotSay  State = "cannot_say"
	NotInForce State = "not_in_force"
)
