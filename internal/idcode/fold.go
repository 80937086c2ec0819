// Package idcode reads, checks and masks the codes that identify people, enterprises and places:
// unified social credit codes (GB 32100-2015), resident identity numbers (GB 11643), mainland
// mobile numbers, and area codes of 6, 9, 12, 15 and 17 digits.
package idcode

import (
	"strings"
	"unicode"
)

// fold undoes what typing and pasting do to a code: full-width characters become ASCII,
// letters upper case; spaces, separators and invisible marks disappear. Pasting a number out of
// a Windows contact card brings U+202D along, which nobody can see and no pattern matches.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		r = narrow(r)
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Cc, r):
			return -1
		case unicode.Is(unicode.Pd, r), r == '−', r == '(', r == ')', r == '.':
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

// narrow turns a full-width ASCII variant or the ideographic space into ASCII.
func narrow(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '　':
		return ' '
	}
	return r
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
