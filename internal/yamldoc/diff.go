package yamldoc

import (
	"slices"
	"strings"
)

// LineState says where a line of a comparison stands.
type LineState uint8

const (
	InBoth  LineState = iota
	Gone              // in the old text only
	Come              // in the new text only
	LeftOut           // a stretch of lines in both, which nobody needs to read
)

// Line is one line of a comparison; Was and Now are its numbers in the two texts, 0 where it is not there.
type Line struct {
	State    LineState
	Was, Now int
	Text     string
}

// mostEdits bounds the search for the fewest changed lines; texts further apart are shown one after the other.
const mostEdits = 500

// Diff compares two texts line by line with the fewest lines changed, and leaves out what is farther than around
// lines from any change. It is empty when the texts are the same.
func Diff(was, now string, around int) []Line {
	a, b := strings.Split(was, "\n"), strings.Split(now, "\n")
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var all []Line
	i, j := 0, 0
	put := func(state LineState, n int) {
		for range n {
			l := Line{State: state}
			if state != Come {
				i++
				l.Was, l.Text = i, a[i-1]
			}
			if state != Gone {
				j++
				l.Now, l.Text = j, b[j-1]
			}
			all = append(all, l)
		}
	}
	put(InBoth, head)
	for _, s := range shortest(a[head:len(a)-tail], b[head:len(b)-tail]) {
		put(s, 1)
	}
	put(InBoth, tail)
	return near(all, around)
}

// shortest is the least number of lines taken out and put in that makes b of a (Myers, An O(ND) Difference Algorithm).
func shortest(a, b []string) []LineState {
	reach := map[int]int{1: 0} // by diagonal: how far into a
	var trace []map[int]int
	for d := 0; d <= min(len(a)+len(b), mostEdits); d++ {
		here := map[int]int{}
		for k := -d; k <= d; k += 2 {
			x := reach[k-1] + 1
			if k == -d || k != d && reach[k-1] < reach[k+1] {
				x = reach[k+1]
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			if here[k] = x; x >= len(a) && x-k >= len(b) {
				return back(append(trace, here), len(a), len(b))
			}
		}
		trace = append(trace, here)
		reach = here
	}
	return slices.Concat(slices.Repeat([]LineState{Gone}, len(a)), slices.Repeat([]LineState{Come}, len(b)))
}

// back follows the search from its end to its beginning.
func back(trace []map[int]int, x, y int) []LineState {
	var out []LineState
	for d := len(trace) - 1; d > 0; d-- {
		k, reach := x-y, trace[d-1]
		left, hasLeft := reach[k-1]
		up, hasUp := reach[k+1]
		from, state := left, Gone
		if !hasLeft || hasUp && left < up {
			from, state = up, Come
		}
		start := from
		if state == Gone {
			start++
		}
		for ; x > start; x, y = x-1, y-1 {
			out = append(out, InBoth)
		}
		out = append(out, state)
		if state == Gone {
			x--
		} else {
			y--
		}
	}
	for ; x > 0; x-- {
		out = append(out, InBoth)
	}
	slices.Reverse(out)
	return out
}

// near keeps what is close to a change.
func near(all []Line, around int) []Line {
	var out []Line
	for i, l := range all {
		switch {
		case slices.ContainsFunc(all[max(0, i-around):min(len(all), i+around+1)], func(l Line) bool { return l.State != InBoth }):
			out = append(out, l)
		case len(out) > 0 && out[len(out)-1].State != LeftOut:
			out = append(out, Line{State: LeftOut})
		}
	}
	if len(out) > 0 && out[len(out)-1].State == LeftOut {
		out = out[:len(out)-1]
	}
	return out
}
