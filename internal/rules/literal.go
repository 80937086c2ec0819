package rules

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/fault"
)

// units are the words that amounts of money and rates are written with, and how many 分 or ten-thousandths one is.
var units = []struct {
	word string
	kind Kind
	size int64
}{{"亿元", Money, 1e10}, {"万元", Money, 1e6}, {"元", Money, 100}, {"%", Rate, 100}, {"‰", Rate, 10}}

// parting reports what stands between the values of a list that people type.
func parting(r rune) bool { return strings.ContainsRune(" 、;；,，", r) }

// none is a set that is known to be empty.
const none = "none"

// ParseValue reads a value as people write it: 500万元, 5.5%, 2019-04-01, 30, yes, a choice's id, ids of a set parted by spaces
// or 、, a code. unit is what a bare number is counted in, "" when nothing says so: then money and rates are refused, for
// nobody knows whether 500 is 元 or 万元. What is not exactly a value is refused, never guessed at. Empty text is unknown.
func (f Field) ParseValue(text, unit string) (Value, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Value{}, nil
	}
	switch f.Kind {
	case Count, Money, Rate:
		n, err := parseNumber(text, unit, f.Kind)
		return Known(n), err
	case Day:
		n, err := ParseDay(text)
		return Known(n), err
	case Flag:
		switch text {
		case "yes", "是", "1", "true":
			return Known(1), nil
		case "no", "否", "0", "false":
			return Known(0), nil
		}
		return Value{}, fault.New(fault.Invalid, "“%s”不是“是”或“否”。", "“%s” is neither yes nor no.", text)
	case Choice:
		n, err := f.choice(text)
		return Known(int64(n)), err
	case Set:
		mask := int64(0)
		if text != none && text != "无" {
			for _, word := range strings.FieldsFunc(text, parting) {
				n, err := f.choice(word)
				if err != nil {
					return Value{}, err
				}
				mask |= 1 << n
			}
		}
		return Known(mask), nil
	}
	if !isCode(text) {
		return Value{}, fault.New(fault.Invalid, "“%s”不是代码：只能有字母和数字。", "“%s” is not a code of letters and digits.", text)
	}
	return Coded(text), nil
}

// FormatText is a value as ParseValue reads it, the same in every language; empty when it is unknown.
func (f Field) FormatText(v Value) string {
	if !v.Known {
		return ""
	}
	switch f.Kind {
	case Flag:
		if v.N == 1 {
			return "yes"
		}
		return "no"
	case Choice:
		return f.Choices[v.N].ID
	case Set:
		if ids := f.ids(uint64(v.N)); len(ids) > 0 {
			return strings.Join(ids, " ")
		}
		return none
	case Code:
		return v.Code
	}
	return numberText(f.Kind, v.N)
}

// ids are the choices of a mask.
func (f Field) ids(mask uint64) []string {
	var out []string
	for i, t := range f.Choices {
		if mask>>i&1 == 1 {
			out = append(out, t.ID)
		}
	}
	return out
}

// numberText is a number of a kind with its unit, as parseNumber and ParseDay read it.
func numberText(kind Kind, n int64) string {
	switch kind {
	case Money:
		return moneyText(n, "")
	case Rate:
		return formatRate(n)
	case Day:
		return FormatDay(n)
	}
	return strconv.FormatInt(n, 10)
}

// moneyText is an amount of 分 exactly, with a gap before the largest unit in which it has two digits behind the point at most.
func moneyText(fen int64, gap string) string {
	for _, u := range units {
		if u.kind == Money && size(fen) >= uint64(u.size) && fen%(u.size/100) == 0 {
			return strings.TrimSuffix(formatRate(fen/(u.size/100)), "%") + gap + u.word
		}
	}
	return FormatMoney(fen) + gap + "元"
}

func (f Field) choice(word string) (int, error) {
	for i, t := range f.Choices {
		if t.ID == word || t.Name.ZH == word {
			return i, nil
		}
	}
	return 0, fault.New(fault.Invalid, "“%[1]s”不是“%[2]s”的可选值。", "“%[1]s” is not one of the values of “%[3]s”.", word, f.Name.ZH, f.Name.EN)
}

func isCode(s string) bool {
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return s != ""
}

// parseNumber reads a number exactly: no exponent, no more digits than its unit can hold, no words around it.
func parseNumber(text, unit string, kind Kind) (int64, error) {
	number, size := text, int64(1)
	if kind != Count {
		size = 0
		for _, u := range units {
			if u.kind != kind {
				continue
			}
			if n, ok := strings.CutSuffix(text, u.word); ok && size == 0 {
				number, size = strings.TrimSpace(n), u.size
			}
		}
		if size == 0 {
			for _, u := range units {
				if u.kind == kind && u.word == unit {
					size = u.size
				}
			}
		}
		if plain(text) && size == 0 {
			if kind == Money {
				return 0, fault.New(fault.Invalid, "“%s”没有写单位，请写明元、万元还是亿元。", "“%s” has no unit: write 元, 万元 or 亿元.", text)
			}
			return 0, fault.New(fault.Invalid, "“%s”没有写单位，请写明 %% 还是 ‰。", "“%s” has no unit: write %% or ‰.", text)
		}
	}
	if !plain(number) || size == 0 {
		if kind == Count {
			return 0, fault.New(fault.Invalid, "“%s”不是整数。", "“%s” is not a whole number.", text)
		}
		return 0, fault.New(fault.Invalid, "“%s”不是准确的数字，请写成“500万元”“5.5%%”这样，不写“约”“左右”。", "“%s” is not an exact number; write it like 500万元 or 5.5%%, without “about”.", text)
	}
	exact, _ := new(big.Rat).SetString(strings.ReplaceAll(number, ",", ""))
	exact.Mul(exact, new(big.Rat).SetInt64(size))
	switch {
	case !exact.IsInt() && kind == Count:
		return 0, fault.New(fault.Invalid, "“%s”不是整数。", "“%s” is not a whole number.", text)
	case !exact.IsInt():
		return 0, fault.New(fault.Invalid, "“%s”的小数位太多：金额精确到分，比率精确到万分之一。", "“%s” has too many digits: money goes to the 分, rates to a ten-thousandth.", text)
	case !exact.Num().IsInt64() || exact.Num().Int64() > math.MaxInt64/4 || exact.Num().Int64() < -math.MaxInt64/4:
		return 0, fault.New(fault.Invalid, "“%s”太大。", "“%s” is too large.", text)
	}
	return exact.Num().Int64(), nil
}

// plain reports digits with at most one point, commas between thousands, and a minus before.
func plain(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, part, point := strings.Cut(s, ".")
	groups := strings.Split(whole, ",")
	for i, g := range groups {
		if !digits(g) || len(groups) > 1 && (i > 0 && len(g) != 3 || len(g) > 3) {
			return false
		}
	}
	return !point || digits(part)
}

func digits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// ParseDay reads a date, 2019-04-01, as a Day.
func ParseDay(text string) (int64, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fault.New(fault.Invalid, "“%s”不是日期，请写成 2019-04-01 这样。", "“%s” is not a date; write it like 2019-04-01.", text)
	}
	return t.Unix() / 86400, nil
}

// FormatDay is a Day as ParseDay reads it.
func FormatDay(day int64) string { return time.Unix(day*86400, 0).UTC().Format(time.DateOnly) }

// monthsBefore is the last day from which a number of months has passed by a day. A period ends on the day of the same number,
// in a month without one on its last day (民法典第 202 条).
func monthsBefore(day int64, months int64) int64 {
	t := time.Unix(day*86400, 0).UTC()
	y, m := t.Year(), int(t.Month())-1-int(months)
	first := time.Date(y, time.Month(m+1), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1)
	d := min(t.Day(), last.Day())
	if t.AddDate(0, 0, 1).Day() == 1 { // the last of its month ends every period that began later in its month
		d = last.Day()
	}
	return first.Unix()/86400 + int64(d) - 1
}
