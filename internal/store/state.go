package store

import (
	"encoding/json"
	"fmt"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
)

// caseState is the part of a case no list ever filters by, kept as JSON in cases.state. Every move
// reads and writes it, so it is short: instants are unix milliseconds and holders are their keys. A
// row that fits its page is read in one piece; spelt out, the clocks alone would not.
type caseState struct {
	Entered  int64                      `json:"entered"`
	Previous string                     `json:"previous,omitempty"`
	Clocks   map[string]timerState      `json:"clocks,omitempty"`
	Asks     []casework.Ask             `json:"asks,omitempty"`
	Counts   map[string]int             `json:"counts,omitempty"`
	Fields   map[string]string          `json:"fields,omitempty"`
	Did      map[string]casework.Person `json:"did,omitempty"`
	DidFor   map[string]casework.Person `json:"did_for,omitempty"`
	Held     map[string]string          `json:"held,omitempty"`
	Accepted int64                      `json:"accepted,omitempty"`
	Events   int                        `json:"events,omitempty"`
	Parts    []casework.SubCase         `json:"parts,omitempty"`
	Level    int                        `json:"level,omitempty"` // the highest ever; cases.level is the rung it stands on now
}

// timerState is a casework.Timer. What most clocks have alike is left out: one starts when it first
// runs, and its last event is when it last began or ceased to run.
type timerState struct {
	Limit       string  `json:"l"`
	Extra       string  `json:"x,omitempty"`
	ExtendedAt  int64   `json:"xa,omitempty"`
	Started     int64   `json:"s,omitempty"` // when not the first of Runs
	Runs        []int64 `json:"r"`           // from, to, from, to …; the last to is missing while the clock runs
	StoppedAt   int64   `json:"sa,omitempty"`
	Due         int64   `json:"d,omitempty"`
	Provisional bool    `json:"p,omitempty"`
	Consumed    int64   `json:"c,omitempty"`
	At          int64   `json:"a,omitempty"` // when not the last of Runs
	Done        int64   `json:"dn,omitempty"`
	Warned      int     `json:"w,omitempty"`
	DoneDue     int64   `json:"dd,omitempty"`
	Late        bool    `json:"lt,omitempty"`
}

func encodeState(c casework.Case) (string, error) {
	s := caseState{Entered: at(c.Entered), Previous: c.Previous.Key(), Asks: c.Asks, Counts: c.Counts, Fields: c.Fields,
		Did: c.Did, DidFor: c.DidFor, Accepted: at(c.Accepted), Events: c.Events, Level: c.Level, Parts: c.Parts}
	if len(c.Clocks) > 0 {
		s.Clocks = make(map[string]timerState, len(c.Clocks))
		for id, t := range c.Clocks {
			s.Clocks[id] = packTimer(t)
		}
	}
	if len(c.Held) > 0 {
		s.Held = make(map[string]string, len(c.Held))
		for stage, h := range c.Held {
			s.Held[stage] = h.Key()
		}
	}
	b, err := json.Marshal(s)
	return string(b), err
}

func decodeState(text string, c *casework.Case) error {
	var s caseState
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return err
	}
	c.Previous, c.Entered, c.Accepted, c.Events, c.Level = casework.ParseHolder(s.Previous), ms(s.Entered), ms(s.Accepted), s.Events, s.Level
	c.Asks, c.Counts, c.Fields, c.Did, c.DidFor, c.Parts = s.Asks, s.Counts, s.Fields, s.Did, s.DidFor, s.Parts
	var err error
	if c.Clocks, err = timers(s.Clocks); err != nil {
		return err
	}
	if len(s.Held) > 0 {
		c.Held = make(map[string]casework.Holder, len(s.Held))
		for stage, key := range s.Held {
			c.Held[stage] = casework.ParseHolder(key)
		}
	}
	return nil
}

// timers are a case's clocks; nil when it has none.
func timers(stored map[string]timerState) (map[string]casework.Timer, error) {
	if len(stored) == 0 {
		return nil, nil
	}
	all := make(map[string]casework.Timer, len(stored))
	for id, s := range stored {
		t, err := s.timer()
		if err != nil {
			return nil, fmt.Errorf("clock %s: %w", id, err)
		}
		all[id] = t
	}
	return all, nil
}

func packTimer(t casework.Timer) timerState {
	k := t.Clock
	s := timerState{Limit: k.Limit.String(), ExtendedAt: at(k.ExtendedAt), Started: at(k.Started), StoppedAt: at(k.StoppedAt), Due: at(k.Due),
		Provisional: k.Provisional, Consumed: k.Consumed, At: at(k.At), Done: at(t.Done), Warned: t.Warned, DoneDue: at(t.Due), Late: t.Late}
	if k.Extra != nil {
		s.Extra = k.Extra.String()
	}
	s.Runs = make([]int64, 0, 2*len(k.Runs))
	for _, r := range k.Runs {
		s.Runs = append(s.Runs, at(r.From))
		if !r.To.IsZero() {
			s.Runs = append(s.Runs, at(r.To))
		}
	}
	if n := len(s.Runs); n > 0 && s.Started == s.Runs[0] && s.At == s.Runs[n-1] {
		s.Started, s.At = 0, 0
	}
	return s
}

func (s timerState) timer() (casework.Timer, error) {
	limit, err := calendar.ParseLimit(s.Limit)
	if err != nil {
		return casework.Timer{}, err
	}
	if n := len(s.Runs); n > 0 && s.Started == 0 && s.At == 0 {
		s.Started, s.At = s.Runs[0], s.Runs[n-1]
	}
	k := calendar.Clock{Limit: limit, ExtendedAt: ms(s.ExtendedAt), Started: ms(s.Started), StoppedAt: ms(s.StoppedAt), Due: ms(s.Due),
		Provisional: s.Provisional, Consumed: s.Consumed, At: ms(s.At), Runs: make([]calendar.Run, 0, (len(s.Runs)+1)/2)}
	if s.Extra != "" {
		extra, err := calendar.ParseLimit(s.Extra)
		if err != nil {
			return casework.Timer{}, err
		}
		k.Extra = &extra
	}
	for i := 0; i < len(s.Runs); i += 2 {
		r := calendar.Run{From: ms(s.Runs[i])}
		if i+1 < len(s.Runs) {
			r.To = ms(s.Runs[i+1])
		}
		k.Runs = append(k.Runs, r)
	}
	return casework.Timer{Clock: k, Done: ms(s.Done), Warned: s.Warned, Due: ms(s.DoneDue), Late: s.Late}, nil
}

// CaseState is the part of a case that is kept as JSON, for Bulk.
func CaseState(c casework.Case) (string, error) { return encodeState(c) }
