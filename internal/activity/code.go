package activity

import (
	"crypto/subtle"
	"encoding/base32"
	"strconv"
	"strings"
	"time"
)

// Mac is a keyed hash of at least five bytes; the key never leaves the installation.
type Mac func(text string) []byte

// The code at the place changes every codeEvery and holds good for codeDrift before and after its own minute, so
// that clocks need not agree and nobody must hurry.
const (
	codeEvery = time.Minute
	codeDrift = 2
)

var codeLetters = base32.NewEncoding("23456789ABCDEFGHJKLMNPQRSTUVWXYZ").WithPadding(base32.NoPadding)

// Code is what the organiser's phone or poster shows at the moment: eight letters and digits. It says nothing
// about who reads it or where.
func (a Activity) Code(mac Mac, now time.Time) string {
	return a.code(mac, now.Unix()/int64(codeEvery/time.Second))
}

func (a Activity) code(mac Mac, minute int64) string {
	sum := mac(strconv.FormatInt(int64(a.ID), 10) + "/" + strconv.FormatInt(minute, 10))
	return codeLetters.EncodeToString(sum[:5])
}

// Shows reports whether the code was shown at the place at the moment, two minutes more or less. Spaces, hyphens
// and small letters do not matter.
func (a Activity) Shows(mac Mac, code string, now time.Time) bool {
	code = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "　", "").Replace(code))
	minute, ok := now.Unix()/int64(codeEvery/time.Second), 0
	for d := int64(-codeDrift); d <= codeDrift; d++ {
		ok |= subtle.ConstantTimeCompare([]byte(a.code(mac, minute+d)), []byte(code))
	}
	return ok == 1
}
