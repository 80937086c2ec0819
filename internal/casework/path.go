package casework

import (
	"slices"
	"time"

	"gezhi/internal/calendar"
)

// Path is how a round of sub-cases is expected to go: those that wait for others begin when the others end.
type Path struct {
	Ends     map[string]time.Time // by key: when it ended, or when its limit will have passed; missing for one without a limit
	Critical []string             // keys of the chain that ends last, first to last: the critical path (关键路径)
	Due      time.Time            // when that chain ends; zero when there is none
}

// Path reckons the sub-cases of a kind from their limits. A sub-case that has ended counts as it was, an open one from
// when it was opened, any other from when the last of those before it ends.
func (c Case) Path(kind string, cal *calendar.Calendar, now time.Time) Path {
	round := c.Round(kind)
	p := Path{Ends: map[string]time.Time{}}
	from := map[string]string{} // the one before that decided when it begins
	var reckon func(x SubCase, seen []string)
	reckon = func(x SubCase, seen []string) {
		if _, done := p.Ends[x.Key]; done || slices.Contains(seen, x.Key) {
			return
		}
		begin := x.Opened
		if begin.IsZero() {
			begin = now
		}
		for _, key := range x.After {
			before, ok := indexOf(round, func(y SubCase) bool { return y.Key == key })
			if !ok {
				continue
			}
			reckon(before, append(seen, x.Key))
			if end, known := p.Ends[key]; known && (from[x.Key] == "" || end.After(p.Ends[from[x.Key]])) {
				from[x.Key] = key
				if x.Opened.IsZero() && end.After(begin) {
					begin = end
				}
			}
		}
		limit, err := calendar.ParseLimit(x.Limit)
		switch {
		case !x.Closed.IsZero():
			p.Ends[x.Key] = x.Closed
		case err == nil:
			p.Ends[x.Key] = calendar.Start(cal, begin, limit).Due
		}
	}
	last := ""
	for _, x := range round {
		reckon(x, nil)
		if end, ok := p.Ends[x.Key]; ok && (last == "" || end.After(p.Due)) {
			last, p.Due = x.Key, end
		}
	}
	for key := last; key != ""; key = from[key] {
		p.Critical = append(p.Critical, key)
	}
	slices.Reverse(p.Critical)
	return p
}
