package calendar

import (
	"fmt"
	"slices"
	"strings"

	"gezhi/internal/fault"
)

// Span is a stretch of a working day in minutes from midnight: [Start, End).
type Span struct{ Start, End int }

// Hours are the working hours of a working day: spans in order that do not overlap.
// The zero value has none; New takes it to mean DefaultHours.
type Hours struct {
	spans   []Span
	minutes int // sum over spans
}

// defaultHours are the hours the command line and the demo assume; a zone sets its own.
const defaultHours = "09:00-12:00,13:30-17:30"

// DefaultHours are 09:00-12:00,13:30-17:30.
func DefaultHours() Hours {
	h, err := ParseHours(defaultHours)
	if err != nil {
		panic(err) // the constant above is wrong
	}
	return h
}

// ParseHours reads spans such as 09:00-12:00,13:30-17:30; 24:00 may end the last. It reports an
// Invalid fault on the field "hours" when there are none, or when one is empty, runs backwards,
// overlaps another or comes before it. Full-width Chinese punctuation is read too.
func ParseHours(s string) (Hours, error) {
	var h Hours
	s = strings.NewReplacer("：", ":", "，", ",", "、", ",", "－", "-", "–", "-", "—", "-", "～", "-", "~", "-").Replace(s)
	if strings.TrimSpace(s) == "" {
		return h, fault.Field("hours", "未填写工作时间，例如 %s", "no working hours given; for example %s", defaultHours)
	}
	for part := range strings.SplitSeq(s, ",") {
		from, to, ok := strings.Cut(strings.TrimSpace(part), "-")
		start, ok1 := parseMinute(from)
		end, ok2 := parseMinute(to)
		switch {
		case !ok || !ok1 || !ok2:
			return Hours{}, fault.Field("hours", "工作时间“%s”无效，应写成 09:00-12:00", "%q is not a span of hours; write 09:00-12:00", clip(part))
		case start == end:
			return Hours{}, fault.Field("hours", "工作时间“%s”是空的", "the span %q is empty", clip(part))
		case start > end:
			return Hours{}, fault.Field("hours", "工作时间“%s”的结束早于开始", "the span %q ends before it starts", clip(part))
		case len(h.spans) > 0 && start < h.spans[len(h.spans)-1].End:
			return Hours{}, fault.Field("hours", "工作时间“%s”与前一段重叠或次序颠倒", "the span %q overlaps the one before it, or is out of order", clip(part))
		}
		h.spans = append(h.spans, Span{start, end})
		h.minutes += end - start
	}
	return h, nil
}

// parseMinute reads 9:05 or 09:05 as minutes from midnight, up to 24:00.
func parseMinute(s string) (int, bool) {
	hour, minute, ok := strings.Cut(strings.TrimSpace(s), ":")
	h, ok1 := digits(hour, 1, 2)
	m, ok2 := digits(minute, 2, 2)
	if !ok || !ok1 || !ok2 || h > 24 || m > 59 || (h == 24 && m > 0) {
		return 0, false
	}
	return h*60 + m, true
}

// digits reads least to most decimal digits and nothing else.
func digits(s string, least, most int) (n int, ok bool) {
	if len(s) < least || len(s) > most {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// Minutes is the length of a working day.
func (h Hours) Minutes() int { return h.minutes }

// Spans returns the spans, which the caller may keep and change.
func (h Hours) Spans() []Span { return slices.Clone(h.spans) }

// IsZero is true when there are no hours.
func (h Hours) IsZero() bool { return len(h.spans) == 0 }

// String returns the text form that ParseHours reads.
func (h Hours) String() string {
	parts := make([]string, len(h.spans))
	for i, s := range h.spans {
		parts[i] = fmt.Sprintf("%02d:%02d-%02d:%02d", s.Start/60, s.Start%60, s.End/60, s.End%60)
	}
	return strings.Join(parts, ",")
}

// MarshalText writes the text form; no hours are the empty text.
func (h Hours) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what ParseHours reads; the empty text is no hours.
func (h *Hours) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*h = Hours{}
		return nil
	}
	*h, err = ParseHours(string(text))
	return err
}
