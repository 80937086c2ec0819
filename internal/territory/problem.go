package territory

import (
	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// Problem is one thing wrong, or worth a look, in areas that are to be used together.
type Problem struct {
	Row     int    // of the input, counted from 1; 0 when the areas came from no file
	Code    string // of the area concerned, as written
	Warning bool   // the areas can be used all the same
	fault.Error
}

// Problems are what one check found, in the order of the input.
type Problems []Problem

// Err is the problems that are not warnings as one fault.List, nil when there are none.
func (ps Problems) Err() error {
	var list fault.List
	for i := range ps {
		if !ps[i].Warning {
			list = append(list, &ps[i].Error)
		}
	}
	return list.Err()
}

func (ps *Problems) add(row int, code, field, zh, en string, args ...any) {
	*ps = append(*ps, Problem{Row: row, Code: code, Error: *fault.Field(field, zh, en, args...)})
}

func (ps *Problems) warn(row int, code, field, zh, en string, args ...any) {
	*ps = append(*ps, Problem{Row: row, Code: code, Warning: true, Error: *fault.Field(field, zh, en, args...)})
}

// Sentence is the problem in the reader's language.
func (p Problem) Sentence(l lang.Lang) string { return p.In(l) }
