package casework

import (
	"gezhi/internal/calendar"
	"gezhi/internal/lang"
)

// Matters is a matter list in the order of its file.
type Matters struct {
	Notice  lang.Text // what to tell the reader about where the limits come from
	Classes []Term
	List    []Matter

	byCode map[string]int
}

// Matter is one kind of thing that can be reported.
type Matter struct {
	Code      string // E0102
	Class     string // id of a class
	Name      lang.Text
	Urgent    bool
	Keywords  []string  // for search and suggestion, Chinese and English
	Photo     lang.Text // what a photo should show
	Standards []Standard
}

// Standard is one filing condition with its limit and closing condition.
type Standard struct {
	ID      string // unique within its matter
	File    lang.Text
	Limit   calendar.Limit
	Close   lang.Text
	Source  string // where the limit comes from
	Example bool   // the limit is an example the operator replaces
}

// Standard returns the standard with the id.
func (m Matter) Standard(id string) (Standard, bool) {
	for _, s := range m.Standards {
		if s.ID == id {
			return s, true
		}
	}
	return Standard{}, false
}
