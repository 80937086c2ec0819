package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/lang"
	"gezhi/internal/store"
)

// Supervision is the open cases that are warned or overdue, by the rung of the ladder they stand on.
type Supervision struct {
	Rungs   []Rung // the highest first
	Holders []HolderLoad
}

// Rung is one rung of the supervision ladder with the cases that stand on it, of all procedures that have it.
type Rung struct {
	At    int // percent of the limit: 80, 100, 150
	Label lang.Text
	Count int
	Cases []Warned // the longest overdue first, at most rungRows
}

// Warned is a case under supervision and the clock that put it there.
type Warned struct {
	ID        casework.ID
	Number    string
	Title     string
	Procedure string
	Version   int
	Matter    string
	Area      string
	Stage     string
	Holder    lang.Text
	Clock     lang.Text
	Rung      lang.Text // what its own procedure calls the rung it stands on
	Due       time.Time
	Urged     int // how often somebody urged it by hand
}

// HolderLoad is how many cases under supervision one post or unit has, by rung.
type HolderLoad struct {
	Holder lang.Text
	ByRung map[int]int
	Sum    int
}

// rungRows is how many cases of a rung are listed; the filter narrows to the rest.
const rungRows = 50

// Supervision lists the open cases the viewer's duties show that are warned or overdue. A case stands on
// the rung of the clock that runs now; what an earlier stage was warned for is past.
func (a *App) Supervision(ctx context.Context, v Viewer, f store.CaseFilter) (Supervision, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return Supervision{}, err
	}
	var s *supervision
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		s = newSupervision(z, f.Procedure)
		counts, err := r.WarnedCounts(v.workScope(), f)
		if err != nil {
			return err
		}
		levels := map[int]bool{}
		for _, n := range counts {
			if s.count(z, n) {
				levels[n.Level] = true
			}
		}
		for _, level := range slices.Sorted(maps.Keys(levels)) {
			list, err := r.Warned(v.workScope(), f, level, rungRows)
			if err != nil {
				return err
			}
			for _, c := range list {
				s.add(z, c)
			}
		}
		return nil
	})
	if err != nil {
		return Supervision{}, err
	}
	return s.done(), nil
}

type supervision struct {
	rungs   map[int]*Rung
	holders map[casework.Holder]*HolderLoad
}

// newSupervision has the rungs of a procedure under its own words; of all procedures, "" for that, under general ones.
func newSupervision(z *Zone, procedure string) *supervision {
	s := &supervision{rungs: map[int]*Rung{}, holders: map[casework.Holder]*HolderLoad{}}
	for id := range z.procedures {
		if procedure != "" && id != procedure {
			continue
		}
		for _, w := range z.Procedure(id).Supervision {
			label := w.Label
			if procedure == "" {
				label = generalRung(w.At)
			}
			s.rungs[w.At] = &Rung{At: w.At, Label: label}
		}
	}
	return s
}

// generalRung names a rung on which cases of several procedures stand, each of which may have a word of its own.
func generalRung(percent int) lang.Text {
	switch {
	case percent < 100:
		return lang.Text{ZH: "预警", EN: "Early warning"}
	case percent == 100:
		return lang.Text{ZH: "到期督办", EN: "Overdue"}
	}
	return lang.Text{ZH: "升级督办", EN: "Long overdue"}
}

// count adds up cases that are alike; false when they stand on no rung.
func (s *supervision) count(z *Zone, n store.WarnedCount) bool {
	p := z.Version(n.Procedure, n.Version)
	if p == nil {
		return false
	}
	on, _ := p.Rung(n.Level)
	rung := s.rungs[on.At]
	if rung == nil {
		return false
	}
	rung.Count += n.Cases
	h := s.holders[n.Holder]
	if h == nil {
		h = &HolderLoad{ByRung: map[int]int{}}
		h.Holder.ZH, h.Holder.EN = z.HolderName(n.Holder)
		s.holders[n.Holder] = h
	}
	h.ByRung[on.At] += n.Cases
	h.Sum += n.Cases
	return true
}

// add lists a case on its rung.
func (s *supervision) add(z *Zone, c casework.Case) {
	p := z.Version(c.Procedure, c.Version)
	if p == nil {
		return
	}
	clock, on := standing(p, c)
	rung := s.rungs[on.At]
	if rung == nil || len(rung.Cases) == rungRows {
		return
	}
	w := Warned{ID: c.ID, Number: c.Number, Title: c.Title, Procedure: c.Procedure, Version: c.Version, Matter: c.Matter, Area: c.Place.Area, Due: c.Due(),
		Stage: c.Stage, Urged: c.Counts["urged"], Clock: clock, Rung: on.Label}
	w.Holder.ZH, w.Holder.EN = z.HolderName(c.Holder)
	rung.Cases = append(rung.Cases, w)
}

// standing is the clock that runs now and has gone furthest, with the rung it has reached; none when none is reached.
func standing(p *casework.Procedure, c casework.Case) (clock lang.Text, on casework.Warning) {
	for _, t := range p.Clocks {
		timer, ok := c.Clocks[t.ID]
		if !ok || !timer.Done.IsZero() || !timer.Clock.Running() {
			continue
		}
		if rung, reached := p.Rung(timer.Warned); reached && rung.At > on.At {
			clock, on = t.Label, rung
		}
	}
	return clock, on
}

func (s *supervision) done() Supervision {
	var out Supervision
	for _, r := range s.rungs {
		out.Rungs = append(out.Rungs, *r)
	}
	for _, r := range out.Rungs { // those of several levels
		slices.SortStableFunc(r.Cases, func(a, b Warned) int { return a.Due.Compare(b.Due) })
	}
	slices.SortFunc(out.Rungs, func(a, b Rung) int { return b.At - a.At })
	for _, h := range s.holders {
		out.Holders = append(out.Holders, *h)
	}
	// By name, not by number: this says where help is needed, it is no table of the worst.
	slices.SortFunc(out.Holders, func(a, b HolderLoad) int { return cmp.Compare(a.Holder.ZH, b.Holder.ZH) })
	return out
}
