package idcode

import (
	"strings"

	"gezhi/internal/fault"
)

// usccAlphabet leaves out I, O, S, V and Z (GB 32100-2015, table 4).
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// usccWeights are 3^i mod 31 for the first 17 characters.
var usccWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// ValidUSCC reports whether code, exactly as written, is a unified social credit code of
// GB 32100-2015: 18 upper-case characters whose last one is the right check character.
func ValidUSCC(code string) bool {
	want, ok := usccCheck(code)
	return ok && code[17] == want
}

// ParseUSCC folds what was typed (full width, lower case, spaces, hyphens) and returns the
// 18 characters, or an Invalid fault on field "uscc" when they do not pass ValidUSCC.
func ParseUSCC(s string) (string, error) {
	code, warning, err := ReviewUSCC(s)
	if err != nil {
		return "", err
	}
	if warning != nil {
		return "", warning
	}
	return code, nil
}

// ReviewUSCC is ParseUSCC for a form a person can override: some codes that registries really
// issued carry a wrong check character. A wrong shape is an error; a right shape with a wrong
// check character comes back with a warning to show beside the field.
func ReviewUSCC(s string) (code string, warning *fault.Error, err error) {
	code = fold(s)
	if len(code) != 18 {
		return "", nil, fault.Field("uscc", "统一社会信用代码应为 18 位，现有 %d 位。",
			"A unified social credit code has 18 characters; this has %d.", len([]rune(code)))
	}
	want, ok := usccCheck(code)
	if !ok {
		return "", nil, fault.Field("uscc",
			"统一社会信用代码由数字和大写字母组成，不使用 I、O、S、V、Z，第 3 至 8 位为登记地区划数字，请核对。",
			"A unified social credit code uses digits and letters except I, O, S, V and Z, with digits in places 3 to 8. Please check it.")
	}
	if code[17] != want {
		return code, fault.Field("uscc",
			"统一社会信用代码的校验位不符（按前 17 位推算应为 %c），请对照营业执照核对；执照确为此码的，可由经办人确认后保存。",
			"The check character does not match (the first 17 characters call for %c). Compare with the licence; if the licence really shows this code, the officer may confirm it.",
			want), nil
	}
	return code, nil, nil
}

// CompleteUSCC puts the check character behind the first 17 characters of a code; "" when they have no such shape.
func CompleteUSCC(stem string) string {
	want, ok := usccCheck(stem + "0")
	if !ok {
		return ""
	}
	return stem + string(want)
}

// USCCRegion is the six digits of the registering region, "" when code is not 18 characters long.
func USCCRegion(code string) string {
	if len(code) != 18 {
		return ""
	}
	return code[2:8]
}

// usccCheck returns the check character the first 17 call for; ok is false when the shape is wrong.
func usccCheck(code string) (want byte, ok bool) {
	if len(code) != 18 || !allDigits(code[2:8]) || strings.IndexByte(usccAlphabet, code[17]) < 0 {
		return 0, false
	}
	sum := 0
	for i, w := range usccWeights {
		v := strings.IndexByte(usccAlphabet, code[i])
		if v < 0 {
			return 0, false
		}
		sum += v * w
	}
	return usccAlphabet[(31-sum%31)%31], true
}
