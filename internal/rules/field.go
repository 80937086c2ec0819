package rules

import (
	"slices"

	"gezhi/internal/lang"
)

// Kind is what a field's values are.
type Kind uint8

// The kinds. Every value but a code and a set is one whole number.
const (
	Count  Kind = iota + 1 // of people, months, patents …
	Money                  // 分
	Rate                   // ten-thousandths: 5.5% is 550
	Day                    // days since 1970-01-01
	Flag                   // 1 yes, 0 no
	Choice                 // place among Choices
	Set                    // bit i: the i-th of Choices, at most 63
	Code                   // text compared by its beginning: industries, areas
)

var kindNames = []string{"count", "money", "rate", "day", "flag", "choice", "set", "code"}

func (k Kind) String() string {
	if k == 0 || int(k) > len(kindNames) {
		return "?" // what a file says wrongly
	}
	return kindNames[k-1]
}

// Term is a value of a choice or a set.
type Term struct {
	ID   string
	Name lang.Text
}

// Field is something a profile says of an enterprise.
type Field struct {
	ID      string
	Name    lang.Text
	Kind    Kind
	Choices []Term
}

func (f Field) place(id string) int {
	return slices.IndexFunc(f.Choices, func(t Term) bool { return t.ID == id })
}

// Value is a field's value. The zero Value is unknown, which is a value like any other.
type Value struct {
	Known bool
	N     int64
	Code  string // of a field of kind Code, whose N is 0
}

// Known is a value that is a number.
func Known(n int64) Value { return Value{Known: true, N: n} }

// Coded is a value that is a code.
func Coded(code string) Value { return Value{Known: true, Code: code} }

// Profile is what is known of one enterprise, in the order of a book's fields.
type Profile struct {
	ID     string
	Values []Value
}

// Truth is what a condition comes to.
type Truth int8

// The three values of Kleene's logic.
const (
	False   Truth = -1
	Unknown Truth = 0
	True    Truth = 1
)
