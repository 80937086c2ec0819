package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/pairing"
	"gezhi/internal/store"
)

// The procedures that pairing goes by (需求—资源—项目).
const (
	procNeed     = "need"
	procResource = "resource"
	procProject  = "copartnership"
)

// mostPaired is how many needs and resources are looked at together, the newest of each.
const mostPaired = 2000

// needOf reads what a need asks for.
func needOf(c casework.Case) pairing.Need { return needIn(c.ID, c.Matter, c.Place.Area, c.Fields) }

func needIn(id casework.ID, category, area string, f map[string]string) pairing.Need {
	n := pairing.Need{ID: int64(id), Category: category, Area: area, Quantity: max(1, number(f["quantity"])), From: f["from"], Until: f["until"]}
	switch f["urgency"] {
	case "urgent":
		n.Urgency = pairing.Urgent
	case "soon":
		n.Urgency = pairing.Soon
	}
	return n
}

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

func (z *Zone) resourceIn(id casework.ID, category, unit string, f map[string]string, taken int64) pairing.Resource {
	reach := f["reach"]
	if reach == "" {
		reach = zoneCode(z.Code)
	}
	return pairing.Resource{ID: int64(id), Category: category, Unit: unit, Reach: reach, Left: number(f["capacity"]) - taken, From: f["from"], Until: f["until"]}
}

// resource reads what a resource has left.
func (z *Zone) resource(r *store.Reader, c casework.Case) (pairing.Resource, error) {
	taken, err := r.Taken(casework.LinkUses, []casework.ID{c.ID}, z.voids())
	return z.resourceIn(c.ID, c.Matter, c.Holder.Unit, c.Fields, taken[c.ID]), err
}

// voids are the results after which a project gives back what it used.
func (z *Zone) voids() []string {
	if p := z.Procedure(procProject); p != nil {
		return p.Voids()
	}
	return nil
}

// ListedCase is a case on a board.
type ListedCase struct {
	store.CaseLine
	Left int64 // of a resource
	Mine bool  // the viewer's own unit or community has it
}

// Listed lists the needs or resources that stand on their board; area and category narrow the list. Whoever has signed in
// may read it.
func (a *App) Listed(ctx context.Context, v Viewer, procedure, area, category string, after int64, limit int) ([]ListedCase, error) {
	if !v.Known() {
		return nil, v.need(0)
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	var out []ListedCase
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = z.board(r, v, procedure, area, category, after, limit)
		return err
	})
	return out, err
}

func (z *Zone) board(r *store.Reader, v Viewer, procedure, area, category string, after int64, limit int) ([]ListedCase, error) {
	p := z.Procedure(procedure)
	if p == nil || len(p.Public) == 0 {
		return nil, fault.New(fault.NotFound, "没有这份清单。", "There is no such list.")
	}
	lines, err := r.PublicCases(procedure, p.Public, area, category, after, limit)
	if err != nil {
		return nil, err
	}
	ids := make([]casework.ID, len(lines))
	for i, l := range lines {
		ids[i] = l.ID
	}
	taken, err := r.Taken(casework.LinkUses, ids, z.voids())
	if err != nil {
		return nil, err
	}
	out := make([]ListedCase, len(lines))
	for i, l := range lines {
		out[i] = ListedCase{CaseLine: l, Left: number(l.Fields["capacity"]) - taken[l.ID], Mine: slices.ContainsFunc(v.Duties, func(d casework.Duty) bool {
			return (d.Unit != "" && d.Unit == l.Holder.Unit) || d.Covers(l.Holder)
		})}
	}
	return out, nil
}

// PairLine is a need with a resource that fits it.
type PairLine struct {
	Need, Resource ListedCase
	pairing.Proposal
	Choose bool // the viewer may choose the resource for the need
	Claim  bool // the viewer may claim the need with the resource
}

// PairingPage is what a desk sees of needs and resources: proposals that concern it, and figures.
type PairingPage struct {
	Lines   []PairLine
	Figures PairingFigures
}

// PairingFigures count needs, projects, resources and members of the viewer's area.
type PairingFigures struct {
	Published, Matched  int // needs: published, and matched of them (需求满足率)
	Signed, Accepted    int // projects: agreements signed, and accepted of them (项目完成率)
	Offered, Used       int // resources: on the board, and taken of at least once (资源利用率)
	Members, Registered int // party members who live here, and registered of them (报到率)
}

// PairingPage loads the proposals: for a community those for its own needs, for a unit those with its own resources, for
// the district all. They are worked out over the whole district, so that no resource is promised twice.
func (a *App) PairingPage(ctx context.Context, v Viewer) (PairingPage, error) {
	var p PairingPage
	err := a.onBoards(ctx, v, func(r *store.Reader, z *Zone, needs, resources []ListedCase) error {
		p = PairingPage{}
		for _, x := range pairing.Propose(z.both(needs, resources)) {
			line := pairLine(x, v, needs, resources)
			if line.Choose || line.Claim || v.Scope().All {
				p.Lines = append(p.Lines, line)
			}
		}
		var err error
		p.Figures, err = z.pairingFigures(r, v, resources)
		return err
	})
	return p, err
}

// Fitting lists every resource that fits one need on the board, the best first.
func (a *App) Fitting(ctx context.Context, v Viewer, need casework.ID) (ListedCase, []PairLine, error) {
	var one ListedCase
	var out []PairLine
	err := a.onBoards(ctx, v, func(r *store.Reader, z *Zone, needs, resources []ListedCase) error {
		i := slices.IndexFunc(needs, func(l ListedCase) bool { return l.ID == need })
		if i < 0 {
			return fault.New(fault.NotFound, "这项需求不在待认领清单上。", "That need is not open.")
		}
		one, out = needs[i], nil
		ns, rs := z.both(needs[i:i+1], resources)
		for _, x := range pairing.Fitting(ns[0], rs) {
			out = append(out, pairLine(x, v, needs, resources))
		}
		return nil
	})
	return one, out, err
}

// onBoards reads both boards for somebody at a desk.
func (a *App) onBoards(ctx context.Context, v Viewer, use func(r *store.Reader, z *Zone, needs, resources []ListedCase) error) error {
	if err := v.need(WorkDesk); err != nil {
		return err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	return a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		needs, err := z.board(r, v, procNeed, "", "", 0, mostPaired)
		if err != nil {
			return err
		}
		resources, err := z.board(r, v, procResource, "", "", 0, mostPaired)
		if err != nil {
			return err
		}
		return use(r, z, needs, resources)
	})
}

// both reads boards for matching.
func (z *Zone) both(needs, resources []ListedCase) ([]pairing.Need, []pairing.Resource) {
	ns, rs := make([]pairing.Need, len(needs)), make([]pairing.Resource, len(resources))
	for i, l := range needs {
		ns[i] = needIn(l.ID, l.Matter, l.Area, l.Fields)
	}
	for i, l := range resources {
		rs[i] = z.resourceIn(l.ID, l.Matter, l.Holder.Unit, l.Fields, number(l.Fields["capacity"])-l.Left)
	}
	return ns, rs
}

func pairLine(x pairing.Proposal, v Viewer, needs, resources []ListedCase) PairLine {
	find := func(list []ListedCase, id int64) ListedCase {
		return list[slices.IndexFunc(list, func(l ListedCase) bool { return int64(l.ID) == id })]
	}
	line := PairLine{Proposal: x, Need: find(needs, x.Need), Resource: find(resources, x.Resource)}
	line.Choose, line.Claim = line.Need.Mine, line.Resource.Mine && !line.Need.Mine
	return line
}

// Pair puts a resource to a need: the community's desk chooses it, the unit that offers it claims the need. Either way the
// other side still has to agree. The same key again does nothing.
func (a *App) Pair(ctx context.Context, v Viewer, need, resource casework.ID, key string) (casework.Case, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return casework.Case{}, err
	}
	var done casework.Case
	_, _, err = a.db.Once(ctx, v.Zone, "pair:"+key+":"+strconv.FormatInt(int64(v.Person), 10), func(tx *store.Tx) (string, error) {
		was, err := tx.Case(need, store.Everything)
		if err != nil {
			return "", err
		}
		with, err := tx.Case(resource, store.Everything)
		if err != nil {
			return "", err
		}
		p := z.Version(was.Procedure, was.Version)
		r, err := z.resource(&tx.Reader, with)
		if err != nil {
			return "", err
		}
		if was.Procedure != procNeed || with.Procedure != procResource || !p.IsPublic(was.Stage) {
			return "", fault.New(fault.Conflict, "这项需求已不在待认领清单上，请刷新。", "That need is open no more; please reload.")
		}
		if x, ok := pairing.Fit(needOf(was), r); !ok {
			return "", fault.New(fault.Conflict, "资源与需求对不上：%[1]s。", "The resource does not fit the need: %[2]s.", x.Reason.ZH, x.Reason.EN)
		}
		cmd := casework.Command{Move: "claim", Fields: map[string]string{"partner": r.Unit, "resource": strconv.FormatInt(r.ID, 10)}}
		if slices.ContainsFunc(v.Duties, func(d casework.Duty) bool { return d.Covers(was.Holder) }) {
			cmd.Move = "choose"
		} else if !slices.ContainsFunc(v.Duties, func(d casework.Duty) bool { return d.Unit != "" && d.Unit == r.Unit }) {
			return "", fault.New(fault.Forbidden, "只能由提出需求的社区选定，或由提供资源的单位认领。", "Only the community that has the need may choose, and only the unit that offers may claim.")
		}
		out, err := p.Do(was, v.Actor(), cmd, z.in(tx))
		if err != nil {
			return "", err
		}
		done = out.Case
		return "", a.save(tx, z, v, p, was, out)
	})
	return done, err
}

// The stages that figures count.
var (
	needPublished   = strings.Fields("open claimed engaged rating met unmet")
	needMatched     = strings.Fields("engaged rating met")
	projectSigned   = strings.Fields("running checking report appraisal publicity filed terminated")
	projectAccepted = strings.Fields("report appraisal publicity filed")
)

// pairingFigures counts over the viewer's areas; over the whole district for units.
func (z *Zone) pairingFigures(r *store.Reader, v Viewer, resources []ListedCase) (PairingFigures, error) {
	var f PairingFigures
	areas := v.Areas()
	if len(areas) == 0 {
		areas = []string{zoneCode(v.Zone)}
	}
	for _, area := range areas {
		needs, err := r.StageCounts(procNeed, area)
		if err != nil {
			return f, err
		}
		projects, err := r.StageCounts(procProject, area)
		if err != nil {
			return f, err
		}
		f.Published, f.Matched = f.Published+sum(needs, needPublished), f.Matched+sum(needs, needMatched)
		f.Signed, f.Accepted = f.Signed+sum(projects, projectSigned), f.Accepted+sum(projects, projectAccepted)
		if v.Can(SeeArea) {
			members, registered, err := r.MembersIn(area)
			if err != nil {
				return f, err
			}
			f.Members, f.Registered = f.Members+members, f.Registered+registered
		}
	}
	for _, l := range resources {
		f.Offered++
		if l.Left < number(l.Fields["capacity"]) {
			f.Used++
		}
	}
	return f, nil
}

func sum(counts map[string]int, stages []string) int {
	n := 0
	for _, s := range stages {
		n += counts[s]
	}
	return n
}
