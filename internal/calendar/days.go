package calendar

import (
	"maps"
	"slices"
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// Kind is what the State Council's notice says of a day.
type Kind uint8

const (
	Holiday  Kind = iota + 1 // 放假: off, also when it is a weekday
	MakeUp                   // 调休上班: worked, although it is a Saturday or Sunday
	Ordinary                 // takes back what an earlier import said of the day
)

var kindNames = [...]string{Holiday: "holiday", MakeUp: "workday", Ordinary: "ordinary"}

// String returns the text form: holiday, workday or ordinary.
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return ""
	}
	return kindNames[k]
}

// MarshalText writes the text form.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what ParseKind reads.
func (k *Kind) UnmarshalText(text []byte) (err error) {
	*k, err = ParseKind(string(text))
	return err
}

// ParseKind reads holiday, workday or ordinary, or the words offices use. Plain 调休 is refused:
// it is said of the day off as well as of the day worked for it.
func ParseKind(s string) (Kind, error) {
	switch s {
	case "holiday", "放假", "休", "休息", "节假日", "法定节假日", "调休放假":
		return Holiday, nil
	case "workday", "makeup", "上班", "班", "补班", "调休上班", "调休上班日":
		return MakeUp, nil
	case "ordinary", "正常", "取消":
		return Ordinary, nil
	case "调休":
		return 0, fault.Field("kind", "“调休”有两种意思，请写明“放假”或“上班”", "调休 may mean a day off or a day worked; write holiday or workday")
	}
	return 0, fault.Field("kind", "类型“%s”无效，应为“放假”或“上班”", "unknown kind %q; write holiday or workday", clip(s))
}

// Listed is a day that a notice names.
type Listed struct {
	Day    Day       `json:"date"`
	Kind   Kind      `json:"kind"`
	Name   lang.Text `json:"name"`             // the festival: 春节, Spring Festival
	InLieu bool      `json:"in_lieu,omitzero"` // a day off that a make-up day pays for
}

// Days is published working-calendar data: an immutable list of the days that notices name, in order.
type Days struct{ list []Listed }

// Years a date may lie in. Before 1949 there is nothing to publish; a later year is a slip of the hand.
const (
	firstYear = 1949
	lastYear  = 2199
)

// NewDays returns the days in order. It reports Invalid faults, one for each day that is listed
// twice, lies outside 1949–2199, has no kind, or is a make-up day though Monday to Friday.
func NewDays(list []Listed) (Days, error) {
	var faults fault.List
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b Listed) int { return int(a.Day) - int(b.Day) })
	for i, d := range sorted {
		if err := d.check(); err != nil {
			faults = append(faults, err)
		}
		if i > 0 && d.Day == sorted[i-1].Day {
			faults = append(faults, fault.Field(d.Day.String(), "%s 重复", "%s is listed twice", d.Day))
		}
	}
	if err := faults.Err(); err != nil {
		return Days{}, err
	}
	return Days{sorted}, nil
}

func (d Listed) check() *fault.Error {
	field := d.Day.String()
	switch y := d.Day.Year(); {
	case y < firstYear || y > lastYear:
		return fault.Field(field, "%s 不在 %d–%d 年之间", "%s is not in the years %d to %d", d.Day, firstYear, lastYear)
	case d.Kind < Holiday || d.Kind > Ordinary:
		return fault.Field(field, "%s 没有类型", "%s has no kind", d.Day)
	case d.Kind == MakeUp && !weekend(d.Day):
		return fault.Field(field, "%s 是%s，本来就上班，不会是调休上班日", "%[1]s is a %[3]s, a working day already, not a make-up day",
			d.Day, zhWeekdays[d.Day.Weekday()], d.Day.Weekday())
	}
	return nil
}

// Len is how many days are listed.
func (d Days) Len() int { return len(d.list) }

// All returns the listed days in order; the caller may keep and change them.
func (d Days) All() []Listed { return slices.Clone(d.list) }

// With is these days amended by newer ones, day by day: what newer says of a day replaces what stood
// there, and Ordinary takes it back. A notice may be amended in the middle of a year (2020-01-31 was).
func (d Days) With(newer Days) Days {
	byDay := make(map[Day]Listed, len(d.list)+len(newer.list))
	for _, list := range [][]Listed{d.list, newer.list} {
		for _, l := range list {
			byDay[l.Day] = l
			if l.Kind == Ordinary {
				delete(byDay, l.Day)
			}
		}
	}
	merged := Days{make([]Listed, 0, len(byDay))}
	for _, day := range slices.Sorted(maps.Keys(byDay)) {
		merged.list = append(merged.list, byDay[day])
	}
	return merged
}

// Published lists the years the notice is known for, in order: those with a holiday before
// 25 December. A holiday in the last week of a year may belong to the New Year's Day of the next
// (2022-12-31 did), so by itself it does not publish its year.
func (d Days) Published() []int {
	var years []int
	for _, l := range d.list {
		y := l.Day.Year()
		if l.Kind == Holiday && l.Day < Date(y, time.December, 25) && (len(years) == 0 || years[len(years)-1] != y) {
			years = append(years, y)
		}
	}
	return years
}
