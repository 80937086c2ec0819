package calendar

import (
	"strconv"
	"strings"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// Unit is what a time limit is counted in (DOMAIN: the four units of digital city management).
type Unit uint8

const (
	UrgentHour Unit = iota + 1 // 紧急工作时: hours that simply run on, day and night
	WorkHour                   // 工作时: hours within working hours of working days
	WorkDay                    // 工作日
	NaturalDay                 // 自然日
)

// MaxLimit is the greatest number of units in a limit: some forty years of working days,
// far beyond any rule and small enough that no sum of limits overflows.
const MaxLimit = 9999

var unitNames = [...]string{UrgentHour: "urgent_hour", WorkHour: "work_hour", WorkDay: "work_day", NaturalDay: "natural_day"}

// chineseUnits are the words an office writes in a spreadsheet.
func chineseUnit(s string) Unit {
	switch strings.TrimPrefix(s, "个") {
	case "紧急工作时", "小时":
		return UrgentHour
	case "工作时", "工作小时":
		return WorkHour
	case "工作日":
		return WorkDay
	case "自然日":
		return NaturalDay
	}
	return 0
}

// ParseUnit reads urgent_hour, work_hour, work_day or natural_day, or the Chinese word for one.
func ParseUnit(s string) (Unit, error) {
	for u, name := range unitNames {
		if name != "" && name == s {
			return Unit(u), nil
		}
	}
	if u := chineseUnit(s); u != 0 {
		return u, nil
	}
	return 0, fault.Field("limit",
		"时限单位“%s”无效，可用：urgent_hour（紧急工作时）、work_hour（工作时）、work_day（工作日）、natural_day（自然日）",
		"unknown unit %q; use urgent_hour, work_hour, work_day or natural_day", clip(s))
}

// String returns the text form, such as work_day.
func (u Unit) String() string {
	if u == 0 || int(u) >= len(unitNames) {
		return "unit(" + strconv.Itoa(int(u)) + ")"
	}
	return unitNames[u]
}

// MarshalText writes the text form; a unit that does not exist is refused.
func (u Unit) MarshalText() ([]byte, error) {
	if u < UrgentHour || u > NaturalDay {
		return nil, fault.Field("limit", "没有这种时限单位：%d", "no such unit: %d", u)
	}
	return []byte(u.String()), nil
}

// UnmarshalText reads what ParseUnit reads.
func (u *Unit) UnmarshalText(text []byte) (err error) {
	*u, err = ParseUnit(string(text))
	return err
}

// Limit is a time limit such as three working days. Its text form, in JSON and YAML too, is 3work_day.
type Limit struct {
	N    int // 1 to MaxLimit
	Unit Unit
	// NoRoll, for natural days, ends the limit on its last day even when that day is off
	// (民法典 203 would move it to the next working day). Text form 5natural_day!
	NoRoll bool
}

// ParseLimit reads a number and a unit: 3work_day, 5natural_day!, or 3个工作日. It reports an
// Invalid fault on the field "limit" when the unit is unknown or the number is not 1 to MaxLimit.
func ParseLimit(s string) (Limit, error) {
	s = strings.TrimSpace(s)
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i == 0 {
		return Limit{}, fault.Field("limit", "时限“%s”无效，应为数字加单位，例如 3work_day 或 3个工作日",
			"%q is not a time limit; write a number and a unit, such as 3work_day", clip(s))
	}
	name, noRoll := strings.CutSuffix(strings.TrimSpace(s[i:]), "!")
	unit, err := ParseUnit(name)
	if err != nil {
		return Limit{}, err
	}
	n, err := strconv.Atoi(s[:i])
	if err != nil {
		n = MaxLimit + 1 // only overflow is left: every character is a digit
	}
	l := Limit{N: n, Unit: unit, NoRoll: noRoll}
	if err := l.Check(); err != nil {
		return Limit{}, err
	}
	return l, nil
}

// Check reports an Invalid fault on the field "limit" when the limit means nothing.
func (l Limit) Check() error {
	switch {
	case l.Unit < UrgentHour || l.Unit > NaturalDay:
		return fault.Field("limit", "没有这种时限单位：%d", "no such unit: %d", l.Unit)
	case l.N < 1 || l.N > MaxLimit:
		return fault.Field("limit", "时限的数字应在 1 到 %d 之间", "the number of a time limit must be from 1 to %d", MaxLimit)
	case l.NoRoll && l.Unit != NaturalDay:
		return fault.Field("limit", "只有自然日可以用“!”（遇休息日不顺延）", "only natural_day may end in ! (not moved past days off)")
	}
	return nil
}

// IsZero is true for the zero Limit, which is no limit at all.
func (l Limit) IsZero() bool { return l == Limit{} }

// String returns the text form that ParseLimit reads.
func (l Limit) String() string {
	s := strconv.Itoa(l.N) + l.Unit.String()
	if l.NoRoll {
		s += "!"
	}
	return s
}

// Label is the limit as an official would write it: 3个工作日, 3 working days.
func (l Limit) Label(in lang.Lang) string {
	zh, en := "个紧急工作时", "hour"
	switch l.Unit {
	case WorkHour:
		zh, en = "个工作时", "working hour"
	case WorkDay:
		zh, en = "个工作日", "working day"
	case NaturalDay:
		zh, en = "个自然日", "calendar day"
	}
	if l.N != 1 {
		en += "s"
	}
	switch {
	case l.Unit == UrgentHour:
		en += " round the clock"
	case l.NoRoll:
		zh, en = zh+"（遇休息日不顺延）", en+" (days off included)"
	}
	n := strconv.Itoa(l.N)
	return in.T(n+zh, n+" "+en)
}

// MarshalText writes the text form. The zero Limit is the empty text.
func (l Limit) MarshalText() ([]byte, error) {
	if l.IsZero() {
		return nil, nil
	}
	if err := l.Check(); err != nil {
		return nil, err
	}
	return []byte(l.String()), nil
}

// UnmarshalText reads what ParseLimit reads; the empty text is the zero Limit.
func (l *Limit) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*l = Limit{}
		return nil
	}
	*l, err = ParseLimit(string(text))
	return err
}

// clip keeps a wrong input short enough to quote in a sentence.
func clip(s string) string {
	const most = 40
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most]) + "…"
}
