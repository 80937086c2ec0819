package casework

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"gezhi/packs"
)

// counter works rates out from histories alone, minute by minute, from the YAML as generic maps. It shares no code with
// Gauging, the interpreter or the calendar, and knows the working hours of testCalendar only.
type counter struct {
	stages, moves, starts, clocks, results, rates map[string]map[string]any
	order                                         []string // of the rates
}

func newCounter(t testing.TB, id string) *counter {
	src, err := packs.FS.ReadFile("common/procedures/" + id + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Stages, Moves, Starts, Clocks, Results map[string]map[string]any
		Rates                                  yaml.Node
	}
	if err := yaml.Unmarshal(src, &doc); err != nil {
		t.Fatal(err)
	}
	k := &counter{stages: doc.Stages, moves: doc.Moves, starts: doc.Starts, clocks: doc.Clocks, results: doc.Results}
	if err := doc.Rates.Decode(&k.rates); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(doc.Rates.Content); i += 2 {
		k.order = append(k.order, doc.Rates.Content[i].Value)
	}
	return k
}

func (k *counter) step(id string) map[string]any {
	if m, ok := k.moves[id]; ok {
		return m
	}
	return k.starts[id]
}

// told is a case as its history tells it.
type told struct {
	*counter
	source, category string
	opened           time.Time
	history          []Event
	from, to, now    time.Time
	fields           map[string]string // now
	clocks           map[string]*ticking
}

// reads is a rate's part and whole, in milliseconds and cases for a mean.
func (t told) reads(rate string) (part, of int64) {
	r := t.rates[rate]
	if !t.meets(asMap(r["of"])) {
		return 0, 0
	}
	if clock, ok := r["mean"].(string); ok {
		if c := t.clocks[clock]; c != nil && c.done.Before(t.to) && !c.done.IsZero() {
			return int64(c.used) * 60_000, 1
		}
		return 0, 0
	}
	if r["part"] != nil && t.meets(asMap(r["part"])) {
		part = 1
	}
	return part, 1
}

func (t told) meets(w map[string]any) bool {
	stage, result, closings := t.atEnd()
	asOf := t.to
	if t.now.Before(asOf) {
		asOf = t.now
	}
	if !t.opened.Before(t.to) {
		return false
	}
	if result != "" && t.results[result]["void"] == true && !slices.Contains(append(words(w["closed"]), words(w["result"])...), result) {
		return false
	}
	for key, v := range w {
		ok := false
		switch key {
		case "opened":
			ok = !t.opened.Before(t.from)
		case "made":
			ok = t.happened(words(v), words(w["reasons"]), t.from)
		case "did":
			ok = t.happened(words(v), words(w["reasons"]), time.Time{})
		case "closed":
			ok = slices.ContainsFunc(closings, func(r string) bool { return slices.Contains(words(v), r) })
		case "result":
			ok = slices.Contains(words(v), result)
		case "stage":
			ok = slices.Contains(words(v), stage)
		case "open":
			ok = result == ""
		case "reasons":
			ok = true
		case "sources":
			ok = slices.Contains(words(v), t.source)
		case "when":
			ok = true
			for f, values := range asMap(v) {
				have := t.fields[f]
				if f == "category" {
					have = t.category
				}
				ok = ok && slices.Contains(words(values), have)
			}
		case "counts":
			ok = true
			for id, n := range asMap(v) {
				ok = ok && t.count(id) >= n.(int)
			}
		case "due":
			due := t.due(v.(string))
			ok = due.After(t.from) && !due.After(asOf)
		case "late":
			c, due := t.clocks[v.(string)], t.due(v.(string))
			ok = !due.IsZero() && !due.After(asOf)
			if c != nil && !c.past { // it never ran past its limit, so it is not late, whenever it stood still
				ok = false
			}
		case "in_time":
			c := t.clocks[v.(string)]
			ok = c != nil && !c.done.IsZero() && c.done.Before(t.to) && !c.past
		default:
			panic("the oracle does not know " + key)
		}
		if !ok {
			return false
		}
	}
	return true
}

func (t told) happened(moves, reasons []string, from time.Time) bool {
	for _, e := range t.history {
		if slices.Contains(moves, e.Move) && e.Fields["signed"] == "" && !e.At.Before(from) && e.At.Before(t.to) &&
			(len(reasons) == 0 || slices.Contains(reasons, e.Reason)) {
			return true
		}
	}
	return false
}

func (t told) count(id string) (n int) {
	for _, e := range t.history {
		if t.step(e.Move)["counts"] == id && e.Fields["signed"] == "" && e.At.Before(t.to) {
			n++
		}
	}
	return n
}

// atEnd is where the case stood at the end of the period, and the results it was closed with within it.
func (t told) atEnd() (stage, result string, closings []string) {
	for _, e := range t.history {
		if !e.At.Before(t.to) {
			break
		}
		if stage == e.To {
			continue
		}
		stage = e.To
		s := t.stages[stage]
		end, _ := s["end"].(string)
		closes, _ := s["closes"].(string)
		switch {
		case end == "" && closes == "":
			result = ""
		case result == "":
			result = end + closes
			if !e.At.Before(t.from) {
				closings = append(closings, result)
			}
		case end != "":
			result = end
		}
	}
	return stage, result, closings
}

func (t told) due(clock string) time.Time {
	if c := t.clocks[clock]; c != nil {
		return c.due
	}
	field, _ := strings.CutPrefix(t.counter.clocks[clock]["limit"].(string), "field:")
	day, err := time.ParseInLocation(time.DateOnly, t.fields[field], beijing("2026-01-01 00:00").Location())
	if err != nil {
		return time.Time{}
	}
	return day.AddDate(0, 0, 1)
}

// ticking is a clock that is followed minute by minute.
type ticking struct {
	free   time.Time // until then nothing is used up: a limit in days begins on the next day
	unit   string
	budget int // minutes
	used   int
	done   time.Time
	due    time.Time // of the last run, were it to go on
	past   bool      // it ran beyond its limit
	spans  [][2]time.Time
}

func newTicking(at time.Time, budget int, unit string) *ticking {
	c := &ticking{budget: budget, unit: unit}
	if unit != "work_hour" {
		c.free = time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, at.Location())
	}
	return c
}

// uses reports whether the minute that begins at an instant uses the limit up, of which so much is left.
func (c *ticking) uses(at time.Time, left int) bool {
	day := at.Weekday() != time.Saturday && at.Weekday() != time.Sunday
	switch {
	case at.Before(c.free):
		return false
	case c.unit == "natural_day!":
		return true
	case c.unit == "natural_day": // the last day is one on which work is done
		return day || left > 24*60 || left <= 0
	}
	m := at.Hour()*60 + at.Minute()
	return day && (m >= 9*60 && m < 12*60 || m >= 13*60+30 && m < 17*60+30)
}

// extend gives it more minutes, as if it had had them from the beginning.
func (c *ticking) extend(more int) {
	was := c.spans
	c.budget, c.used, c.past, c.spans = c.budget+more, 0, false, nil
	for _, s := range was {
		c.run(s[0], s[1])
	}
}

// run lets the clock run from one instant to another, both at whole minutes.
func (c *ticking) run(from, to time.Time) {
	c.spans = append(c.spans, [2]time.Time{from, to})
	c.project(from)
	for ; from.Before(to); from = from.Add(time.Minute) {
		if c.past = c.past || c.used >= c.budget; c.uses(from, c.budget-c.used) {
			c.used++
		}
	}
}

// project says when the limit is used up if the clock runs on from an instant; a deadline that has passed stays.
func (c *ticking) project(from time.Time) {
	left := c.budget - c.used
	if left <= 0 {
		return
	}
	for ; left > 0; from = from.Add(time.Minute) {
		if c.uses(from, left) {
			left--
		}
	}
	c.due = from
}

// lengths of a limit in minutes.
func minutes(limit string) (int, string) {
	i := strings.IndexFunc(limit, func(r rune) bool { return r < '0' || r > '9' })
	n, _ := strconv.Atoi(limit[:i])
	return n * map[string]int{"work_hour": 60, "work_day": 7 * 60, "natural_day": 24 * 60, "natural_day!": 24 * 60}[limit[i:]], limit[i:]
}

// follow runs the clocks that rates look at through the history up to now.
func (k *counter) follow(history []Event, source, category string, from, to, now time.Time) told {
	t := told{counter: k, source: source, category: category, opened: history[0].At, history: history, from: from, to: to, now: now,
		fields: map[string]string{}, clocks: map[string]*ticking{}}
	asked := map[string]string{} // what was asked for, by kind of request
	for i, e := range history {
		m := k.step(e.Move)
		until := now
		if i+1 < len(history) {
			until = history[i+1].At
		}
		if kind, ok := m["ask"].(string); ok {
			asked[kind] = e.Fields["extra"]
		} else {
			maps.Copy(t.fields, e.Fields)
		}
		if e.Fields["signed"] == "" {
			for _, id := range words(m["restart"]) {
				delete(t.clocks, id)
			}
			if x := asMap(m["extend"]); x != nil {
				c := t.clocks[x["clock"].(string)]
				more, _ := minutes(asked[m["grant"].(string)])
				c.extend(more)
			}
		}
		for id := range k.watched() {
			t.turn(id, e, until, i == 0 || history[i-1].To != e.To)
		}
	}
	return t
}

// watched are the clocks that rates look at.
func (k *counter) watched() map[string]bool {
	out := map[string]bool{}
	for _, r := range k.rates {
		for _, w := range []map[string]any{asMap(r["of"]), asMap(r["part"]), {"mean": r["mean"]}} {
			for _, key := range []string{"due", "late", "in_time", "mean"} {
				if id, ok := w[key].(string); ok {
					out[id] = true
				}
			}
		}
	}
	return out
}

func (t *told) turn(id string, e Event, until time.Time, entered bool) {
	spec, c := t.counter.clocks[id], t.clocks[id]
	runs, pauses := slices.Contains(words(spec["runs"]), e.To), slices.Contains(words(spec["pauses"]), e.To)
	if runs && entered && (c == nil || !c.done.IsZero() && spec["restart"] == true) {
		c = t.begin(spec, e.At)
		t.clocks[id] = c
	}
	if c == nil {
		return
	}
	if runs {
		c.done = time.Time{}
		c.run(e.At, until)
		return
	}
	if !pauses && c.done.IsZero() {
		c.done = e.At
	}
}

func (t *told) begin(spec map[string]any, at time.Time) *ticking {
	limit := spec["limit"].(string)
	if field, ok := strings.CutPrefix(limit, "field:"); ok {
		limit = spec["otherwise"].(string)
		if v := t.fields[field]; len(v) == len(time.DateOnly) {
			day := beijing(v + " 00:00")
			if days := int(day.Sub(beijing(at.Format(time.DateOnly)+" 00:00")).Hours() / 24); days >= 1 {
				return newTicking(at, days*24*60, "natural_day!")
			}
			c := newTicking(day.AddDate(0, 0, -1), 24*60, "natural_day!")
			c.run(day, at)
			return c
		}
	}
	budget, unit := minutes(limit)
	return newTicking(at, budget, unit)
}
