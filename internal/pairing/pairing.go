// Package pairing matches what communities need with what units and partners offer: a pure function, the same
// answer for the same lists, and a reason for each answer.
package pairing

import (
	"cmp"
	"slices"
	"strings"

	"gezhi/internal/lang"
)

// Urgency of a need.
type Urgency uint8

// The urgencies, the least first.
const (
	Usual Urgency = iota
	Soon
	Urgent
)

// Need is something a community looks for. Days are written 2026-03-01; "" is no bound.
type Need struct {
	ID       int64
	Category string
	Area     string // code of the place
	Urgency  Urgency
	Quantity int64 // at least 1
	From     string
	Until    string
}

// Resource is something offered.
type Resource struct {
	ID       int64
	Category string
	Unit     string
	Reach    string // code of the area it is for; its own subtree
	Left     int64  // what is not taken yet
	From     string
	Until    string
}

// Proposal is a resource that fits a need.
type Proposal struct {
	Need, Resource int64
	Near           Near
	Begins, Ends   string // the days both allow; "" is no bound
	Left           int64  // of the resource, once the need is met
	Reason         lang.Text
}

// Near says how closely a resource's area surrounds the need.
type Near uint8

// The nearnesses, the widest first.
const (
	District Near = iota
	Street
	Community
)

// Digits of the codes of areas.
const (
	streetDigits    = 9
	communityDigits = 12
)

// Fit says whether a resource fits a need, and why or why not.
func Fit(n Need, r Resource) (Proposal, bool) {
	p := Proposal{Need: n.ID, Resource: r.ID, Begins: max(n.From, r.From), Ends: earlier(n.Until, r.Until), Left: r.Left - n.Quantity}
	switch {
	case n.Category != r.Category:
		p.Reason = lang.Text{ZH: "类别不同", EN: "another category"}
	case !strings.HasPrefix(n.Area, r.Reach):
		p.Reason = lang.Text{ZH: "不在服务范围内", EN: "outside the area it is for"}
	case p.Ends != "" && p.Begins > p.Ends:
		p.Reason = lang.Text{ZH: "时间对不上", EN: "the times do not meet"}
	case p.Left < 0:
		p.Reason = lang.Text{ZH: "剩余数量不足", EN: "not enough is left"}
	default:
		switch {
		case len(r.Reach) >= communityDigits:
			p.Near = Community
		case len(r.Reach) >= streetDigits:
			p.Near = Street
		}
		p.Reason = why(n, p)
		return p, true
	}
	return p, false
}

// earlier is the earlier of two days, of which "" is none.
func earlier(a, b string) string {
	if a == "" || (b != "" && b < a) {
		return b
	}
	return a
}

var (
	urgencies = [...]lang.Text{{ZH: "一般需求", EN: "usual need"}, {ZH: "较急需求", EN: "need soon"}, {ZH: "紧急需求", EN: "urgent need"}}
	nearness  = [...]lang.Text{{ZH: "面向全区", EN: "for the whole district"}, {ZH: "面向本街道（镇）", EN: "for this street"}, {ZH: "面向本社区（村）", EN: "for this community"}}
)

// why says in words what speaks for a pair.
func why(n Need, p Proposal) lang.Text {
	u, a := urgencies[n.Urgency], nearness[p.Near]
	t := lang.Text{ZH: u.ZH + "；类别相同；" + a.ZH, EN: u.EN + "; same category; " + a.EN}
	if p.Ends != "" {
		t.ZH, t.EN = t.ZH+"；"+p.Ends+" 前可安排", t.EN+"; possible until "+p.Ends
	}
	if p.Left == 0 {
		return lang.Text{ZH: t.ZH + "；数量正好", EN: t.EN + "; exactly enough"}
	}
	return lang.Text{ZH: t.ZH + "；数量足够", EN: t.EN + "; enough is left"}
}

// better orders what fits one need: what is for the smallest area first, then what leaves least over, then what ends
// first, then by id.
func better(a, b candidate) int {
	return cmp.Or(int(b.Near)-int(a.Near), cmp.Compare(a.Left, b.Left), compareEnds(a.until, b.until), cmp.Compare(a.Resource, b.Resource))
}

type candidate struct {
	Proposal
	until string
}

// compareEnds puts what never ends last.
func compareEnds(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	return cmp.Compare(a, b)
}

// Fitting lists every resource that fits a need, the best first.
func Fitting(n Need, resources []Resource) []Proposal {
	var found []candidate
	for _, r := range resources {
		if p, ok := Fit(n, r); ok {
			found = append(found, candidate{p, r.Until})
		}
	}
	slices.SortFunc(found, better)
	out := make([]Proposal, len(found))
	for i, c := range found {
		out[i] = c.Proposal
	}
	return out
}

// Order is the order in which needs are served: the most urgent first, then what is needed first, then by id.
func Order(a, b Need) int {
	return cmp.Or(int(b.Urgency)-int(a.Urgency), compareEnds(a.Until, b.Until), cmp.Compare(a.ID, b.ID))
}

// Propose gives each need in its order the best of what is left after those before it. The order of the lists does not
// matter. Of all ways to serve the needs it is the one that is best for the first need, then for the second, and so on.
func Propose(needs []Need, resources []Resource) []Proposal {
	needs, left := slices.Clone(needs), slices.Clone(resources)
	slices.SortFunc(needs, Order)
	var out []Proposal
	for _, n := range needs {
		fit := Fitting(n, left)
		if len(fit) == 0 {
			continue
		}
		out = append(out, fit[0])
		i := slices.IndexFunc(left, func(r Resource) bool { return r.ID == fit[0].Resource })
		left[i].Left = fit[0].Left
	}
	return out
}
