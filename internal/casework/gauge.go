package casework

import (
	"reflect"
	"slices"
	"strconv"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/lang"
)

// Gauge is one rate, count or mean time that a procedure keeps of its own cases (rates in its file). A rate is the share
// of Part in Of, and Part is looked for among the cases of Of, so no rate is above 100 %.
type Gauge struct {
	ID     string
	Label  lang.Text
	Note   lang.Text // the formula, and where it comes from
	Of     Which
	Part   *Which // nil where cases are only counted
	Mean   string // clock whose mean time over Of it shows; "" for a count or a rate
	Better Better
	List   bool // reports name the cases: those of Part, or of Of where there is none
}

// Better says which way a gauge should go.
type Better string

// The ways a gauge may go.
const (
	BetterHigher Better = "higher"
	BetterLower  Better = "lower"
	BetterNone   Better = "none" // neither is better, such as how many complaints there were
)

// Which says which cases count; all it says must hold. Cases whose result is void count for nothing, unless Closed or
// Result names it.
type Which struct {
	Opened bool     // reported within the period
	Made   []string // one of these moves or starts was made within it
	Closed []string // it was closed within it, with one of these results
	Due    string   // the limit of this clock ended within it

	Did    []string       // by the end of the period one of these moves had been made
	Result []string       // … it stood closed with one of these results
	Stage  []string       // … it stood at one of these
	Open   bool           // … it was not closed
	Late   string         // … the limit of this clock had passed before it was done
	InTime string         // … this clock was done within its limit
	Counts map[string]int // … each counter had come so far

	Reasons []string            // the move of Made, or of Did, was made for one of these
	Sources []string            // it came from one of these
	When    map[string][]string // each of these fields has one of these values now; "" is no value
}

// ByOpening reports whether the cases are those reported within the period, from one source or, where source is "", any:
// what a list can be narrowed to.
func (w Which) ByOpening() (source string, ok bool) {
	if len(w.Sources) == 1 {
		source = w.Sources[0]
	}
	ok = w.Opened && len(w.Sources) <= 1
	w.Opened, w.Sources = false, nil
	return source, ok && reflect.ValueOf(w).IsZero()
}

// Step is a line of history as far as gauges look at it.
type Step struct {
	At       time.Time
	Move     string
	From, To string // stages
	Reason   string
	Signed   bool // one signature of several: nothing has come of the move yet
}

// Reading is what a gauge shows over some cases. Readings over different cases add up.
type Reading struct {
	Part int64 // cases; of a mean, the milliseconds of limit that the clocks used up
	Of   int64 // cases
}

// Add sums two readings.
func (r Reading) Add(o Reading) Reading { return Reading{r.Part + o.Part, r.Of + o.Of} }

// Words is the reading of a gauge: 93.75%, a number of cases, or a mean in hours with one decimal, rounded to the
// nearest. A share or a mean of nothing is —.
func (g Gauge) Words(r Reading) string {
	switch {
	case g.Mean != "" && r.Of == 0:
		return "—"
	case g.Mean != "":
		tenths := Mean(r)
		return strconv.FormatInt(tenths/10, 10) + "." + strconv.FormatInt(tenths%10, 10)
	case g.Part != nil:
		return Rate(r).String()
	}
	return strconv.FormatInt(r.Of, 10)
}

// Mean is the mean time of a reading in tenths of an hour, rounded to the nearest; there must be cases.
func Mean(r Reading) int64 { return (r.Part*20/(r.Of*3_600_000) + 1) / 2 }

// Rate reports whether a gauge shows a share.
func (g Gauge) Rate() bool { return g.Part != nil }

// WorkingTime reports whether the clock of a mean counts working time: a day is then as long as it is worked. Others
// count time as it passes.
func (p *Procedure) WorkingTime(g Gauge) bool {
	c, _ := p.Clock(g.Mean)
	return c.Limit.Unit == calendar.WorkHour || c.Limit.Unit == calendar.WorkDay
}

// Watched are the clocks that the rates look at.
func (p *Procedure) Watched() []string {
	var out []string
	for _, g := range p.Rates {
		ids := []string{g.Mean, g.Of.Due, g.Of.Late, g.Of.InTime}
		if g.Part != nil {
			ids = append(ids, g.Part.Due, g.Part.Late, g.Part.InTime)
		}
		for _, id := range ids {
			if id != "" && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// Gauging reads a procedure's gauges over one period, as of its end, or as of now when that comes first. Moves, stages
// and results are those of the histories, so the figures of a period that is over stay what they were. Deadlines and
// fields are those the case has now: a clock that was restarted counts in the period of its new deadline.
type Gauging struct {
	p    *Procedure
	in   Period
	asOf time.Time
	cal  *calendar.Calendar
	read []Reading
}

// NewGauging begins to read.
func (p *Procedure) NewGauging(in Period, now time.Time, cal *calendar.Calendar) *Gauging {
	g := &Gauging{p: p, in: in, asOf: in.To, cal: cal, read: make([]Reading, len(p.Rates))}
	if now.Before(g.asOf) {
		g.asOf = now
	}
	return g
}

// Read is what one case adds to each gauge, in the order of the procedure's Rates; it holds until the next call. ran is
// the version the case runs under, steps its history, oldest first.
func (g *Gauging) Read(ran *Procedure, c *Case, steps []Step) []Reading {
	clear(g.read)
	if !c.Opened.Before(g.in.To) {
		return g.read
	}
	s := seen{Gauging: g, ran: ran, c: c}
	s.live(steps)
	for i := range g.p.Rates {
		r := &g.p.Rates[i]
		if !s.is(&r.Of) {
			continue
		}
		switch {
		case r.Mean != "":
			if t, ok := c.Clocks[r.Mean]; ok && s.known(t.Done) {
				g.read[i] = Reading{t.Clock.Consumed, 1}
			}
		case r.Part != nil:
			g.read[i] = Reading{count(s.is(r.Part)), 1}
		default:
			g.read[i] = Reading{0, 1}
		}
	}
	return g.read
}

// Due is the deadline that a gauge looks at in a case: that of the clock it says is late or due. Zero for other gauges.
func (g *Gauging) Due(of Gauge, ran *Procedure, c *Case) time.Time {
	s := seen{Gauging: g, ran: ran, c: c}
	for _, clock := range []string{of.Of.Late, of.Of.Due} {
		if clock != "" {
			return s.due(clock)
		}
	}
	return time.Time{}
}

// seen is a case as it stood at the end of the period.
type seen struct {
	*Gauging
	ran    *Procedure
	c      *Case
	steps  []Step // up to then
	stage  string
	result string   // "" while open
	closed []string // the results it was closed with within the period
}

func (s *seen) known(t time.Time) bool { return !t.IsZero() && t.Before(s.in.To) }

// live follows the history up to the end of the period, as step.enter does.
func (s *seen) live(steps []Step) {
	for i := range steps {
		if !s.known(steps[i].At) {
			break
		}
		s.steps = steps[:i+1]
		e := &steps[i]
		if i > 0 && e.From == e.To {
			continue
		}
		s.stage = e.To
		at, ok := s.ran.table.stage[e.To]
		if !ok {
			continue
		}
		stage := &s.ran.Stages[at]
		switch {
		case stage.Result == "":
			s.result = ""
		case s.result == "":
			s.result = stage.Result
			if s.in.has(e.At) {
				s.closed = append(s.closed, stage.Result)
			}
		case stage.End:
			s.result = stage.Result
		}
	}
}

// is reports whether the case counts.
func (s *seen) is(w *Which) bool {
	if s.result != "" && !slices.Contains(w.Closed, s.result) && !slices.Contains(w.Result, s.result) {
		if r, _ := s.ran.Result(s.result); r.Void {
			return false
		}
	}
	return s.within(w) && s.atEnd(w) && (len(w.Sources) == 0 || slices.Contains(w.Sources, s.c.Source)) && s.has(w.When)
}

// within reports whether what must fall into the period does.
func (s *seen) within(w *Which) bool {
	switch {
	case w.Opened && !s.in.has(s.c.Opened),
		len(w.Made) > 0 && !s.made(w.Made, w.Reasons, s.in.From),
		len(w.Closed) > 0 && !slices.ContainsFunc(s.closed, func(r string) bool { return slices.Contains(w.Closed, r) }):
		return false
	}
	if w.Due == "" {
		return true
	}
	due := s.due(w.Due) // the end of a day, 24:00, belongs to the day
	return due.After(s.in.From) && !due.After(s.asOf)
}

// atEnd reports whether the case stands at the end of the period as it must.
func (s *seen) atEnd(w *Which) bool {
	reasons := w.Reasons
	if len(w.Made) > 0 {
		reasons = nil // they are those of Made
	}
	switch {
	case len(w.Did) > 0 && !s.made(w.Did, reasons, time.Time{}),
		len(w.Result) > 0 && !slices.Contains(w.Result, s.result),
		len(w.Stage) > 0 && !slices.Contains(w.Stage, s.stage),
		w.Open && s.result != "",
		w.Late != "" && !s.late(w.Late),
		w.InTime != "" && !s.inTime(w.InTime):
		return false
	}
	for id, n := range w.Counts {
		if s.counted(id) < n {
			return false
		}
	}
	return true
}

func (s *seen) made(moves, reasons []string, from time.Time) bool {
	for i := len(s.steps) - 1; i >= 0 && !s.steps[i].At.Before(from); i-- {
		e := &s.steps[i]
		if !e.Signed && slices.Contains(moves, e.Move) && (len(reasons) == 0 || slices.Contains(reasons, e.Reason)) {
			return true
		}
	}
	return false
}

func (s *seen) counted(id string) int {
	n := 0
	for i := range s.steps {
		e := &s.steps[i]
		if m, ok := s.ran.table.move[e.Move]; ok && !e.Signed && s.ran.Moves[m].Counts == id {
			n++
		} else if m, ok := s.ran.table.start[e.Move]; ok && s.ran.Starts[m].Counts == id {
			n++
		}
	}
	return n
}

func (s *seen) has(when map[string][]string) bool {
	for id, values := range when {
		if !slices.Contains(values, s.c.value(id)) {
			return false
		}
	}
	return true
}

// due is the deadline of a clock: the one it has, or had when it last stood still. One that has not begun yet and runs
// to a day that was agreed on is due when that day ends. Zero when there is none.
func (s *seen) due(clock string) time.Time {
	if t, ok := s.c.Clocks[clock]; ok {
		if due := deadline(t); !due.IsZero() {
			return due
		}
		return t.Clock.Deadline(s.cal)
	}
	spec, _ := s.ran.Clock(clock)
	day, err := time.ParseInLocation(time.DateOnly, s.c.Fields[spec.ByField], calendar.Zone())
	if spec.ByField == "" || err != nil {
		return time.Time{}
	}
	return day.AddDate(0, 0, 1)
}

func (s *seen) late(clock string) bool {
	due := s.due(clock)
	if t, begun := s.c.Clocks[clock]; begun {
		if !t.Done.IsZero() && !t.Late {
			return false
		}
		due = deadline(t) // a clock that stood still in time has none
	}
	return !due.IsZero() && !due.After(s.asOf)
}

func (s *seen) inTime(clock string) bool {
	t := s.c.Clocks[clock]
	return s.known(t.Done) && !t.Late
}
