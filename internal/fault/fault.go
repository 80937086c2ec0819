// Package fault gives an error a kind and a sentence fit for the public, in both languages.
package fault

import (
	"errors"
	"fmt"
	"strings"

	"gezhi/internal/lang"
)

// Kind says whose problem an error is. The zero kind is Internal: what nobody
// classified is our own defect and shows the reader no detail.
type Kind uint8

const (
	Internal  Kind = iota
	Invalid        // the input is wrong; the sentence says what to change
	NotFound       // no such thing, or not within the viewer's scope
	Conflict       // the thing has moved on since it was read
	Forbidden      // the viewer may not do this
)

// Error is one sentence for the reader. Field, when set, is the name of the form
// field or column the sentence belongs beside.
type Error struct {
	Kind  Kind
	Field string
	ZH    string
	EN    string
}

// Error returns the English sentence, with the field it belongs to.
func (e *Error) Error() string {
	if e.Field != "" {
		return e.Field + ": " + e.EN
	}
	return e.EN
}

// In returns the sentence for the reader.
func (e *Error) In(l lang.Lang) string { return l.T(e.ZH, e.EN) }

// New returns an error of the kind. Both wordings are formatted with the same arguments;
// where the languages order them differently use indexed verbs such as %[2]s.
func New(k Kind, zh, en string, args ...any) *Error {
	if len(args) > 0 {
		zh, en = fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)
	}
	return &Error{Kind: k, ZH: zh, EN: en}
}

// Field returns an Invalid error that belongs beside the named field.
func Field(name, zh, en string, args ...any) *Error {
	e := New(Invalid, zh, en, args...)
	e.Field = name
	return e
}

// List is several Invalid errors found in one input. Add to it while checking, then return Err.
type List []*Error

// Add records what is wrong with a field.
func (l *List) Add(field, zh, en string, args ...any) {
	*l = append(*l, Field(field, zh, en, args...))
}

// Err is nil when nothing was added.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

func (l List) Error() string {
	lines := make([]string, len(l))
	for i, e := range l {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "; ")
}

// KindOf is the kind of the first fault in err's chain; Internal when there is none.
func KindOf(err error) Kind {
	var list List
	if errors.As(err, &list) {
		return Invalid
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Fields lists every fault in err, to be shown beside their fields. Errors of other types are left out.
func Fields(err error) []*Error {
	var list List
	if errors.As(err, &list) {
		return list
	}
	var e *Error
	if errors.As(err, &e) {
		return []*Error{e}
	}
	return nil
}

// Rename is err with its fields under the names that a form has for them. An err without faults stays as it is.
func Rename(err error, name func(field string) string) error {
	renamed := func(e *Error) *Error {
		f := *e
		f.Field = name(e.Field)
		return &f
	}
	var list List
	if errors.As(err, &list) {
		out := make(List, len(list))
		for i, e := range list {
			out[i] = renamed(e)
		}
		return out
	}
	var e *Error
	if errors.As(err, &e) {
		return renamed(e)
	}
	return err
}

// Under is err with all its faults beside one field.
func Under(err error, field string) error { return Rename(err, func(string) string { return field }) }

// Sentence is what a reader may see of err.
func Sentence(err error, l lang.Lang) string {
	fs := Fields(err)
	if len(fs) == 0 || (len(fs) == 1 && fs[0].Kind == Internal) {
		return l.T("系统出错，本次操作没有生效。请稍后再试，仍不行请联系管理员。",
			"Something went wrong and nothing was changed. Please try again; if it persists, contact the administrator.")
	}
	parts := make([]string, len(fs))
	for i, f := range fs {
		parts[i] = f.In(l)
	}
	return strings.Join(parts, l.T("；", " "))
}
