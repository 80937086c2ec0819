package casework

import (
	"slices"
	"strconv"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// Two cases may be tied to each other (关联案件). Both histories know.

// Tie says that a move ties its case to the one that a field names.
type Tie struct {
	Field string // of type case
	Kind  string
}

// LinkKind is a way in which one case is tied to another.
type LinkKind struct {
	ID     string
	Label  lang.Text // what the first case says of the second
	Back   lang.Text // what the second says of the first
	ByHand bool      // people may tie cases so; otherwise only procedures do
}

// LinkUses ties a case to one whose capacity it takes from, until its result is void.
const LinkUses = "uses"

var linkKinds = []LinkKind{
	{"related", lang.Text{ZH: "相关", EN: "Related"}, lang.Text{ZH: "相关", EN: "Related"}, true},
	{"follows", lang.Text{ZH: "后续于", EN: "Follows from"}, lang.Text{ZH: "引出", EN: "Led to"}, true},
	{"repeats", lang.Text{ZH: "重复反映", EN: "Repeats"}, lang.Text{ZH: "被重复反映", EN: "Repeated by"}, true},
	{LinkUses, lang.Text{ZH: "使用", EN: "Uses"}, lang.Text{ZH: "被使用于", EN: "Used by"}, false},
}

// LinkKinds lists the ways in which cases are tied.
func LinkKinds() []LinkKind { return slices.Clone(linkKinds) }

// LinkKindOf finds a way by its id.
func LinkKindOf(id string) (LinkKind, bool) {
	return indexOf(linkKinds, func(k LinkKind) bool { return k.ID == id })
}

// The words an Event's Move has when its case was tied to another or freed of it; the fields link and kind say which and how.
const (
	EventLinked   = "linked"
	EventUnlinked = "unlinked"
)

// Linked notes in a case that it was tied to another.
func (p *Procedure) Linked(c Case, other ID, kind string, by Actor, env Env) Outcome {
	return p.noteLink(c, EventLinked, other, kind, "", by, env)
}

// Unlinked notes in a case that it is tied to another no more, and why.
func (p *Procedure) Unlinked(c Case, other ID, kind, why string, by Actor, env Env) Outcome {
	return p.noteLink(c, EventUnlinked, other, kind, why, by, env)
}

func (p *Procedure) noteLink(c Case, what string, other ID, kind, why string, by Actor, env Env) Outcome {
	c.Events++
	c.Revision++
	e := Event{Seq: c.Events, At: env.Now, Actor: by.Person, Move: what, From: c.Stage, To: c.Stage, Holder: c.Holder, Note: why,
		Fields: map[string]string{"link": strconv.FormatInt(int64(other), 10), "kind": kind}, Due: c.Due()}
	return Outcome{Case: c, Events: []Event{e}}
}

// CheckLink says why two cases cannot be tied by hand.
func CheckLink(a, b Case, kind string) error {
	k, ok := LinkKindOf(kind)
	switch {
	case !ok || !k.ByHand:
		return fault.Field("kind", "请选择关联方式。", "Choose how the cases are related.")
	case a.ID == b.ID:
		return fault.Field("number", "不能关联案件自身。", "A case cannot be related to itself.")
	}
	return nil
}

// links ties the case to those its fields name.
func (s *step) links() {
	if s.signed {
		return
	}
	for _, t := range s.m.Links {
		n, _ := strconv.ParseInt(s.fields[t.Field], 10, 64)
		if n != 0 {
			id := strconv.FormatInt(int64(s.next.ID), 10)
			s.out.Effects = append(s.out.Effects, Effect{Kind: EffectLink, Key: "link/" + id + "/" + strconv.Itoa(s.next.Events) + "/" + t.Field, Into: ID(n), Rule: t.Kind})
		}
	}
}

// IsPublic reports whether a case in the stage stands on a board.
func (p *Procedure) IsPublic(stage string) bool { return slices.Contains(p.Public, stage) }

// Voids lists the results after which a case counts as never having needed handling. It gives back what it used.
func (p *Procedure) Voids() []string {
	var out []string
	for _, r := range p.Results {
		if r.Void {
			out = append(out, r.ID)
		}
	}
	return out
}

// Lottery says how cases of a procedure are drawn by lot (摇号).
type Lottery struct {
	Stage string // where those wait that take part
	Group string // field of type select: places are given out within each of its groups
	Won   string // move the system makes for whoever is drawn
	Next  string // move it makes for everybody else, who gets a place on the waiting list
	Place string // field of type number with the place in the order drawn
}

// IsZero reports that cases are not drawn by lot.
func (l Lottery) IsZero() bool { return l == Lottery{} }
