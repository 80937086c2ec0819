package sheet

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	scientific = regexp.MustCompile(`^(\d)(?:\.(\d+))?[eE]\+?(\d{1,3})$`)
	wholeFloat = regexp.MustCompile(`^(\d+)\.0+$`)
)

// exactDigits gives back the digits of a code that a program stored as a number: 3.30108001001E+11 holds all twelve,
// 330108001001.0 too. What has lost digits, and what is no number, comes back unchanged.
func exactDigits(s string) string {
	if m := wholeFloat.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	m := scientific.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	exponent, err := strconv.Atoi(m[3])
	if err != nil || len(m[2]) != exponent {
		return s
	}
	return m[1] + m[2]
}

// lostDigits reports a code in scientific notation: spreadsheets show long numbers so, keep 15 digits at most, and
// a CSV saved from one holds what was shown.
func lostDigits(s string) bool { return scientific.MatchString(strings.TrimSpace(s)) }
