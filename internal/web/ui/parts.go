package ui

import (
	"time"

	"github.com/a-h/templ"

	"gezhi/internal/lang"
)

// Tone is what a colour says. A text always says the same beside it.
type Tone string

const (
	Grey   Tone = "grey"   // nothing runs, or it is over
	Green  Tone = "green"  // in order, done
	Yellow Tone = "yellow" // soon due, needs attention
	Red    Tone = "red"    // overdue, refused, failed
	Blue   Tone = "blue"   // information, under way
)

func (t Tone) alertIcon() string {
	switch t {
	case Green:
		return "circle-check"
	case Yellow:
		return "alert-triangle"
	case Red:
		return "alert-circle"
	default:
		return "info-circle"
	}
}

// alertRole interrupts a screen reader for errors only.
func (t Tone) alertRole() string {
	if t == Red {
		return "alert"
	}
	return "status"
}

// Style is the weight of a button. A page has one Primary button at most.
type Style string

const (
	Primary   Style = "btn btn-primary"
	Secondary Style = "btn btn-outline-secondary gz-btn-2"
	Danger    Style = "btn btn-danger"
	Plain     Style = "btn btn-link gz-btn-plain"
)

// Heading is the top of a page.
type Heading struct {
	Title string
	Lead  string // one or two sentences under the title
	Above string // small words over the title, such as a case number
	Trail []Link // where the page stands, from the top; without the page itself
}

// StatCard is one number worth a look.
type StatCard struct {
	Label string
	Value string // formatted, "—" when there is none
	Unit  string
	Note  string // formula, period or comparison
	Tone  Tone   // of the value; Grey or empty is the colour of text
	URL   string // where the number comes from; no link when empty
}

// EmptyState says why there is nothing and what to do.
type EmptyState struct {
	Icon   string
	Title  string
	Text   string
	Action Link // none when its URL is empty
}

// Tab is one view of the same thing. Tabs are links, each with its own address.
type Tab struct {
	Label   string
	URL     string
	Count   int // shown when above zero
	Current bool
}

// Fact is one line of a description list.
type Fact struct {
	Label string
	Value templ.Component
}

// TextFact is a Fact whose value is a text; "—" when the text is empty.
func TextFact(label, text string) Fact {
	if text == "" {
		text = "—"
	}
	return Fact{Label: label, Value: Text(text)}
}

// Ask is a step that must be confirmed: a closed fold that opens to a form.
type Ask struct {
	Label   string // of the button that opens it
	Text    string // what will happen
	Danger  bool
	Primary bool // the step most readers come for
}

// Happening is one entry of a case's history, newest first or last as the page orders them.
type Happening struct {
	At     time.Time
	What   string
	Who    string // person and duty, as the reader may see them
	Note   string
	Tone   Tone
	Icon   string          // a dot when empty
	Detail templ.Component // photos, fields; nil when none
}

// StepState is where a phase stands.
type StepState uint8

const (
	Ahead StepState = iota
	Done
	Now
)

func (s StepState) class() string {
	switch s {
	case Done:
		return "done"
	case Now:
		return "now"
	default:
		return "ahead"
	}
}

func (s StepState) word(l lang.Lang) string {
	switch s {
	case Done:
		return l.T("已完成", "done")
	case Now:
		return l.T("进行中", "under way")
	default:
		return l.T("未开始", "not begun")
	}
}

// Phase is one step of a procedure.
type Phase struct {
	Label string
	State StepState
	Note  string // when it ended, or when it is due
}

// present is the one-based place of the phase under way, or of the last done one.
func present(steps []Phase) int {
	last := 0
	for i, s := range steps {
		switch s.State {
		case Now:
			return i + 1
		case Done:
			last = i + 1
		}
	}
	return last
}

// Picture is a stored photo.
type Picture struct {
	Thumb string // address of the small picture
	Full  string
	Alt   string // what it shows; the time and the step are good words
}

func toneOr(t, otherwise Tone) Tone {
	if t == "" {
		return otherwise
	}
	return t
}

// Work is long work under way.
type Work struct {
	Label  string
	Made   int64
	Total  int64 // 0 when it is not known
	Source string
	Done   bool
	Next   string // where the result is
}
