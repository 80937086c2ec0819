package calendar

import (
	_ "embed"
	"fmt"
	"sync"
)

// The notices of the State Council for 2004–2026 as the npm package chinese-days 1.5.7 (MIT, licence
// beside the file) gives them; 2022–2026 were compared with the notices themselves.
//
//go:embed data/chinese-days-1.5.7.json
var embedded []byte

var builtinDays = sync.OnceValue(func() Days {
	days, err := ReadJSON(embedded)
	if err != nil {
		panic(fmt.Errorf("embedded working calendar: %w", err))
	}
	return days
})

// BuiltinDays is the published data that ships with the program, 2004–2026.
func BuiltinDays() Days { return builtinDays() }

// Builtin is a calendar of BuiltinDays.
func Builtin(hours Hours) *Calendar { return New(BuiltinDays(), hours) }
