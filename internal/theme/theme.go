// Package theme has the things people come for (一件事一次办, 一业一证): which permits one is made of, the questions that
// tell which of them somebody needs, the exact materials for the answers, and what is saved against going from door to door.
package theme

import (
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// Catalog is one version of a zone's themes, as a YAML file says it. It is read by Parse, never changed afterwards, and
// safe for use by many goroutines.
type Catalog struct {
	Version   int
	Notice    lang.Text // how far the list can be trusted
	Procedure string    // by which an application is handled
	Themes    []Theme
}

// Theme is one thing, as whoever comes for it sees it.
type Theme struct {
	ID        string
	Name      lang.Text
	Lead      lang.Text
	For       Group
	Kind      Kind
	Licence   lang.Text // what is handed out at the end: one licence, or a set of documents
	Questions []Question
	Items     []Item
	Materials []Material
	Now       Effort // what is left for the applicant to do
	Line      int
}

// Group says whom a theme is for.
type Group string

// A theme is for businesses or for people.
const (
	Business Group = "business"
	Personal Group = "person"
)

// Kind says how the results come out.
type Kind string

// Under OneThing each permit is handed out, all at once; under OneLicence one licence stands for all of them.
const (
	OneThing   Kind = "one_thing"
	OneLicence Kind = "one_licence"
)

// Question is asked before anything else; what somebody needs depends on the answers.
type Question struct {
	ID      string
	Ask     lang.Text
	Answers []Answer
}

// Answer is one of those to choose from.
type Answer struct {
	ID    string
	Label lang.Text
}

// Item is one permit or service within a theme, decided by one unit.
type Item struct {
	ID        string
	Name      lang.Text
	Unit      string         // code of the unit that decides
	Statutory calendar.Limit // working days the law gives
	Promised  calendar.Limit // working days promised; at most Statutory
	After     []string       // items that must have been granted before
	Result    lang.Text      // the document that comes of it
	Fields    []string       // fields of the application it needs
	When      Condition
	Before    Effort // what it took by itself
	Line      int
}

// Effort is what something takes an applicant: forms and counters to pass, and ways to go.
type Effort struct {
	Steps  int
	Visits int
}

// Source says where a material comes from.
type Source string

// The sources: the applicant brings it, the office has it already (电子证照), an item of the same theme makes it.
const (
	Brought Source = "brought"
	Held    Source = "held"
	Made    Source = "made"
)

// Material is a document that items need; it is asked for once, however many need it.
type Material struct {
	ID     string
	Name   lang.Text
	For    []string // ids of items
	When   Condition
	Source Source
	Hint   lang.Text
	Line   int
}

// Condition holds when one of its cases does; the empty one always holds.
type Condition []Case

// Case holds when each question named has one of the answers given.
type Case map[string][]string

// Answers are what somebody answered: question → answer.
type Answers map[string]string

// Holds reports whether the condition is met.
func (c Condition) Holds(a Answers) bool {
	return len(c) == 0 || slices.ContainsFunc(c, func(x Case) bool {
		for q, of := range x {
			if !slices.Contains(of, a[q]) {
				return false
			}
		}
		return true
	})
}

// Find finds a theme by its id.
func (c *Catalog) Find(id string) (*Theme, bool) {
	for i := range c.Themes {
		if c.Themes[i].ID == id {
			return &c.Themes[i], true
		}
	}
	return nil, false
}

// Ref names a theme of this version of the catalog: catering/1.
func (c *Catalog) Ref(t *Theme) string { return t.ID + "/" + strconv.Itoa(c.Version) }

// SplitRef reads what Ref writes; version 0 when it says none.
func SplitRef(ref string) (id string, version int) {
	id, v, _ := strings.Cut(ref, "/")
	version, _ = strconv.Atoi(v)
	return id, version
}

// String writes answers in the order of no particular theme: a=b;c=d, by question.
func (a Answers) String() string {
	var out []string
	for q, v := range a {
		out = append(out, q+"="+v)
	}
	slices.Sort(out)
	return strings.Join(out, ";")
}

// ParseAnswers reads what String writes; whatever is not of that form is left out.
func ParseAnswers(s string) Answers {
	out := Answers{}
	for _, pair := range strings.Split(s, ";") {
		if q, v, ok := strings.Cut(pair, "="); ok {
			out[q] = v
		}
	}
	return out
}

// Check reports the questions without one of their answers, each under its id, and answers to questions that there are not.
func (t *Theme) Check(a Answers) error {
	var bad fault.List
	for _, q := range t.Questions {
		if !slices.ContainsFunc(q.Answers, func(x Answer) bool { return x.ID == a[q.ID] }) {
			bad.Add(q.ID, "请回答“%[1]s”", "Please answer “%[2]s”", q.Ask.ZH, q.Ask.EN)
		}
	}
	for id := range a {
		if !slices.ContainsFunc(t.Questions, func(q Question) bool { return q.ID == id }) {
			bad.Add(id, "没有这个问题。", "There is no such question.")
		}
	}
	return bad.Err()
}

// Item finds an item by its id.
func (t *Theme) Item(id string) (Item, bool) {
	i := slices.IndexFunc(t.Items, func(x Item) bool { return x.ID == id })
	if i < 0 {
		return Item{}, false
	}
	return t.Items[i], true
}

// Material finds a material by its id.
func (t *Theme) Material(id string) (Material, bool) {
	i := slices.IndexFunc(t.Materials, func(x Material) bool { return x.ID == id })
	if i < 0 {
		return Material{}, false
	}
	return t.Materials[i], true
}
