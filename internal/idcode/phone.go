package idcode

import (
	"strings"

	"gezhi/internal/fault"
)

// ParsePhone folds what was typed (+86, 0086, spaces, hyphens, full-width digits) and returns
// the 11 digits of a mainland mobile number, or an Invalid fault on field "phone".
// Number ranges change often, so only 1 and then 3–9 are required of the first two digits.
func ParsePhone(s string) (string, error) {
	p := fold(s)
	for _, prefix := range []string{"+86", "0086", "86"} {
		if rest, cut := strings.CutPrefix(p, prefix); cut && len(rest) == 11 {
			p = rest
			break
		}
	}
	if len(p) != 11 || !allDigits(p) || p[0] != '1' || p[1] < '3' {
		return "", fault.Field("phone", "请填写 11 位的中国大陆手机号码。", "Please give a mainland mobile number of 11 digits.")
	}
	return p, nil
}
