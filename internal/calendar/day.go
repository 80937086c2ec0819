package calendar

import (
	"time"

	"gezhi/internal/fault"
)

// Day is a civil date in Asia/Shanghai, counted in days since 1970-01-01. Its text form is 2026-02-13.
type Day int32

const (
	dayMillis  = 24 * 60 * 60 * 1000
	zoneMillis = 8 * 60 * 60 * 1000
)

// shanghai is UTC+8 the year round: China has had no daylight saving since 1992, and a fixed
// zone needs no time-zone database on the machine.
var shanghai = time.FixedZone("CST", zoneMillis/1000)

// Zone is the location that every time returned by this package is in.
func Zone() *time.Location { return shanghai }

// DayOf is the date in Asia/Shanghai at the instant t.
func DayOf(t time.Time) Day { return dayOf(t.UnixMilli()) }

// Date is the day of a year, month and day of the month; out-of-range values carry over as in time.Date.
func Date(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDay reads 2026-02-13.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fault.Field("date", "日期“%s”无效，应写成 2026-02-13", "%q is not a date; write 2026-02-13", s)
	}
	return Day(t.Unix() / 86400), nil
}

func (d Day) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Start is the instant at which the day begins, 00:00 in Asia/Shanghai.
func (d Day) Start() time.Time { return instant(d.millis()) }

// Year is the calendar year the day lies in.
func (d Day) Year() int { return d.utc().Year() }

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday {
	// 1970-01-01 was a Thursday; Go's remainder may be negative.
	return time.Weekday(((int64(d)+4)%7 + 7) % 7)
}

// String returns the date as 2026-02-13.
func (d Day) String() string { return d.utc().Format(time.DateOnly) }

// MarshalText writes the date as 2026-02-13.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Day) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDay(string(text))
	return err
}

// The engine reckons in unix milliseconds, the resolution times are stored in.

func (d Day) millis() int64 { return int64(d)*dayMillis - zoneMillis }

func dayOf(ms int64) Day {
	local := ms + zoneMillis
	d := local / dayMillis
	if local%dayMillis < 0 {
		d--
	}
	return Day(d)
}

func instant(ms int64) time.Time { return time.UnixMilli(ms).In(shanghai) }
