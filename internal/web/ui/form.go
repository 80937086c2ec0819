package ui

import (
	"crypto/rand"
	"net/url"
	"slices"
	"strconv"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// NewKey is a fresh idempotency key for a Form: 26 characters nobody can guess.
func NewKey() string { return rand.Text() }

// KeyName is the hidden field that carries the idempotency key of a Form.
const KeyName = "_key"

// Form is how a form is sent.
type Form struct {
	Action string
	Get    bool   // a search; everything else is sent by POST
	Upload bool   // carries files
	Key    string // idempotency key: the one that came back with wrong input, or NewKey
	// Draft keeps what is typed on this device under the name, until a page with the same
	// Page.DraftDone says it has arrived. Files, passwords and Private fields are not kept.
	Draft string
}

func (f Form) method() string {
	if f.Get {
		return "get"
	}
	return "post"
}

func (f Form) encoding() string {
	if f.Upload {
		return "multipart/form-data"
	}
	return "application/x-www-form-urlencoded"
}

// Input is what a reader typed and what was wrong with it. The zero Values are an untouched form.
type Input struct {
	Lang   lang.Lang
	Values url.Values
	Err    error
}

// Field starts a Field: value and message come from the input.
func (in Input) Field(name, label string) Field {
	return Field{Name: name, Label: label, Value: in.Values.Get(name), Values: in.Values[name], Error: in.message(name)}
}

// Key is the idempotency key that was sent, or a fresh one.
func (in Input) Key() string {
	if key := in.Values.Get(KeyName); key != "" {
		return key
	}
	return NewKey()
}

func (in Input) message(name string) string {
	for _, f := range fault.Fields(in.Err) {
		if f.Field == name {
			return f.In(in.Lang)
		}
	}
	return ""
}

// Field is what every form control shares. A field is required unless Optional.
type Field struct {
	Name     string
	Label    string
	Hint     string
	Error    string
	Value    string
	Values   []string // of Checkboxes
	Optional bool
	Private  bool   // kept out of drafts: phone, identity number
	Type     string // of the input element; text when empty
	Mode     string // inputmode: numeric, decimal, tel
	Fill     string // autocomplete token
	Max      int    // most characters, shown and enforced when above zero
	Short    bool   // a narrow box, for what has few characters
	Suffix   string // unit after the box
	Rows     int    // of a TextArea; 4 when zero
	Options  []Option
}

// Option is one choice of a Select, Radios or Checkboxes.
type Option struct {
	Value string
	Label string
	Hint  string // not shown in a Select
	Group string // neighbours of one group stand under its name in a Select
}

// Hinted returns the field with a hint.
func (f Field) Hinted(hint string) Field { f.Hint = hint; return f }

// Opt returns the field marked as optional.
func (f Field) Opt() Field { f.Optional = true; return f }

// Secret returns the field kept out of drafts.
func (f Field) Secret() Field { f.Private = true; return f }

// Typed returns the field with an input type, inputmode and autocomplete token.
func (f Field) Typed(kind, mode, fill string) Field {
	f.Type, f.Mode, f.Fill = kind, mode, fill
	return f
}

// Upto returns the field with a limit of characters.
func (f Field) Upto(characters int) Field { f.Max = characters; return f }

// From returns the field with its choices.
func (f Field) From(options []Option) Field { f.Options = options; return f }

// Or returns the field with a value where nothing was typed.
func (f Field) Or(value string) Field {
	if f.Value == "" && len(f.Values) == 0 && value != "" {
		f.Value, f.Values = value, []string{value}
	}
	return f
}

func (f Field) id() string          { return "f-" + f.Name }
func (f Field) option(i int) string { return f.id() + "-" + strconv.Itoa(i) }

// first is the id an error leads to: the control, or the first choice.
func (f Field) choiceID(i int) string {
	if i == 0 {
		return f.id()
	}
	return f.option(i)
}

// describedBy names the hint and the message.
func (f Field) describedBy() string {
	ids := ""
	if f.Hint != "" {
		ids = f.id() + "-hint"
	}
	if f.Error != "" {
		if ids != "" {
			ids += " "
		}
		ids += f.id() + "-error"
	}
	return ids
}

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) rows() string {
	if f.Rows == 0 {
		return "4"
	}
	return strconv.Itoa(f.Rows)
}

func (f Field) max() string { return strconv.Itoa(f.Max) }

func (f Field) picked(value string) bool { return slices.Contains(f.Values, value) || f.Value == value }

// optionGroup is a run of neighbouring options with one group name.
type optionGroup struct {
	name    string
	options []Option
}

func (f Field) groups() []optionGroup {
	var groups []optionGroup
	for _, o := range f.Options {
		if n := len(groups); n > 0 && groups[n-1].name == o.Group {
			groups[n-1].options = append(groups[n-1].options, o)
			continue
		}
		groups = append(groups, optionGroup{name: o.Group, options: []Option{o}})
	}
	return groups
}

// FilterSpec is the bar above a list. Its fields are the children of FilterBar.
type FilterSpec struct {
	Action string
	Clear  string // address without filters; empty when none is set
	Saved  []Tab  // filters saved by name
	Export string // address of the Excel file of what is filtered; empty when there is none
}

// Files is what a FilesInput takes, and what came with the form before.
type Files struct {
	Accept string // as in HTML, e.g. ".pdf,.docx"
	Most   int
	MaxMB  int    // of one file
	Keep   string // name of the form's field that carries those that came before
	Kept   []Kept
}

// Kept is a file that came with the form before: its reader may leave it out by taking the tick away.
type Kept struct {
	ID   string
	Name string
	Size int64 // bytes
}

func (f Field) kept(i int) string { return f.id() + "-kept-" + strconv.Itoa(i) }

// Photos limits a PhotoInput.
type Photos struct {
	Most  int // pictures
	MaxMB int // of one picture
	Least int // 0 when optional
}
