package target

import (
	"math/bits"

	"gezhi/internal/lang"
)

// Verdict is a light with the reason for it.
type Verdict struct {
	Light Light
	Why   lang.Text
}

// Evaluate gives the light of the figures. Without a plan to date there is nothing to measure, and the light is grey.
func (s RuleSet) Evaluate(f Figures) Verdict {
	if f.Plan <= 0 {
		return Verdict{Grey, lang.Text{ZH: "到本月还没有计划，不计灯", EN: "nothing was planned up to this month, so there is no light"}}
	}
	for _, r := range s.Rules {
		if r.holds(f) {
			return Verdict{r.Light, r.Why}
		}
	}
	return Verdict{Green, s.Otherwise}
}

func (r Rule) holds(f Figures) bool {
	for _, c := range r.When {
		if !c.holds(f) {
			return false
		}
	}
	return true
}

func (c Condition) holds(f Figures) bool {
	part, whole := int64(0), int64(1)
	switch c.Figure {
	case Reached:
		part, whole = f.Actual, f.Plan
	case Short:
		part, whole = f.Plan-f.Actual, f.Plan
	case Lag:
		part, whole = f.Plan-f.Actual, f.Year
	case Behind:
		return c.compare(sign(f.Behind - c.N))
	case NotStarted:
		return c.compare(sign(f.NotStarted - c.N))
	case NotEntered:
		return c.compare(sign(f.NotEntered - c.N))
	case LackFunds:
		return c.compare(sign(f.LackFunds - c.N))
	case NotAsked:
		return c.compare(sign(f.NotAsked - c.N))
	default:
		return false
	}
	return whole > 0 && c.compare(percent(part, whole, c.N))
}

// compare says whether the comparison holds when the figure is below (-1), at (0) or above (1) the number.
func (c Condition) compare(order int) bool {
	switch c.Op {
	case Below:
		return order < 0
	case AtMost:
		return order <= 0
	case AtLeast:
		return order >= 0
	case Above:
		return order > 0
	}
	return false
}

func sign(n int64) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// percent compares part ÷ whole with n percent: the sign of 100·part − n·whole, worked out in 128 bits. whole and n are
// not negative.
func percent(part, whole, n int64) int {
	if part < 0 {
		if n == 0 && part == 0 {
			return 0
		}
		return -1
	}
	h1, l1 := bits.Mul64(uint64(part), 100)
	h2, l2 := bits.Mul64(uint64(whole), uint64(n))
	switch {
	case h1 < h2 || h1 == h2 && l1 < l2:
		return -1
	case h1 > h2 || l1 > l2:
		return 1
	}
	return 0
}

// Deviation is actual ÷ plan − 1 in tenths of a percent, rounded towards zero, so that it never shows a bound that was not reached; false when
// nothing was planned.
func (f Figures) Deviation() (int64, bool) { return tenths(f.Actual-f.Plan, f.Plan, 0) }

// Share is part ÷ whole in tenths of a percent, half rounded up in size; false when whole is not above zero or the share
// is beyond all measure.
func Share(part, whole int64) (int64, bool) { return tenths(part, whole, whole-whole/2) }

// tenths is a share rounded up in size from a rest of so much of the whole on; 0 is never.
func tenths(part, whole, from int64) (int64, bool) {
	if whole <= 0 {
		return 0, false
	}
	size := uint64(part)
	if part < 0 {
		size = -size
	}
	h, l := bits.Mul64(size, 1000)
	if h >= uint64(whole) {
		return 0, false
	}
	q, rest := bits.Div64(h, l, uint64(whole))
	if q > 1<<62 {
		return 0, false
	}
	if from > 0 && rest >= uint64(from) {
		q++
	}
	if part < 0 {
		return -int64(q), true
	}
	return int64(q), true
}
