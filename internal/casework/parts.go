package casework

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/lang"
)

// PartKind is one kind of sub-case (子件) that a case opens: departments that decide in parallel (并联), units that
// lend a hand (会办), matters that come up on the way.
type PartKind struct {
	ID        string
	Label     lang.Text
	Procedure string   // that the sub-cases follow
	Start     string   // by which they begin
	Each      string   // field of type unit or units: one sub-case for each; "" when Env.Parts says which
	Role      string   // who holds each of them, in its unit
	Shares    []string // fields that a sub-case takes over from the case
	Join      Join
	N         int      // of JoinSome: how many
	Counts    []string // results that count as done; empty: every result
	Done      string   // move the system makes once the join is met; "" for none
	Failed    string   // move the system makes once nothing is open and the join is not met; "" for none
	Asks      string   // word by which sub-cases ask for something
	Ready     string   // word by which they say that they need nothing
	From      string   // field in which a sub-case writes what it asks for …
	Into      string   // … and the field of the case that gathers it; "" for none
	Asked     string   // move the system makes once every open sub-case has said one of the two, and one of them asks
}

// Join says what a case waits for.
type Join string

// The joins. Under JoinLead whoever leads goes on by hand, once nothing is open; under JoinNone nobody waits.
const (
	JoinAll  Join = "all"
	JoinAny  Join = "any"
	JoinSome Join = "some"
	JoinLead Join = "lead"
	JoinNone Join = "none"
)

// SubCase is one sub-case as its case knows it.
type SubCase struct {
	Kind   string            `json:"kind"`
	Key    string            `json:"key"` // unit or item, unique within its round
	Round  int               `json:"round"`
	Case   ID                `json:"case,omitempty"` // 0 until it is opened
	Number string            `json:"number"`
	Title  lang.Text         `json:"title,omitzero"`
	Holder Holder            `json:"holder"`
	Limit  string            `json:"limit,omitempty"` // what calendar.ParseLimit reads; "" for none of its own
	After  []string          `json:"after,omitempty"` // keys of those that must have ended well before it is opened
	Fields map[string]string `json:"fields,omitempty"`
	Opened time.Time         `json:"opened,omitzero"`
	Closed time.Time         `json:"closed,omitzero"`
	Result string            `json:"result,omitempty"`
	Said   string            `json:"said,omitempty"`
	Asked  string            `json:"asked,omitempty"` // what it asks for, in its own words
	Late   bool              `json:"late,omitempty"`
}

// NotOpened is the Result of a sub-case that is not opened any more because one before it ended badly.
const NotOpened = "not_opened"

// PartSpec is a sub-case to be opened.
type PartSpec struct {
	Key    string
	Title  lang.Text
	Holder Holder
	Limit  calendar.Limit // zero for none of its own
	After  []string
	Fields map[string]string
}

// The words an Event's Move has for what becomes of sub-cases.
const (
	EventPartOpened = "part_opened"
	EventPart       = "part"
)

// PartKind returns the kind of sub-case with the id.
func (p *Procedure) PartKind(id string) (PartKind, bool) {
	return indexOf(p.Parts, func(k PartKind) bool { return k.ID == id })
}

// Round is the sub-cases of a kind that were opened last, together.
func (c Case) Round(kind string) []SubCase {
	n := 0
	for _, x := range c.Parts {
		if x.Kind == kind {
			n = max(n, x.Round)
		}
	}
	return slices.DeleteFunc(slices.Clone(c.Parts), func(x SubCase) bool { return x.Kind != kind || x.Round != n })
}

// good reports whether the sub-case ended as its kind wants it.
func (k *PartKind) good(x SubCase) bool {
	return !x.Closed.IsZero() && x.Result != NotOpened && (len(k.Counts) == 0 || slices.Contains(k.Counts, x.Result))
}

// standing says of a round whether the join is met, and whether nothing is open any more.
func (k *PartKind) standing(round []SubCase) (met, over bool) {
	good, open := 0, 0
	for _, x := range round {
		if k.good(x) {
			good++
		}
		if x.Closed.IsZero() {
			open++
		}
	}
	switch k.Join {
	case JoinAll:
		met = good == len(round)
	case JoinAny:
		met = good > 0
	case JoinSome:
		met = good >= k.N
	}
	return met && len(round) > 0, open == 0
}

// opens begins the sub-cases a move opens.
func (s *step) opens() error {
	if s.m.Opens == "" || s.signed {
		return nil
	}
	k, _ := s.p.PartKind(s.m.Opens)
	specs, err := s.p.specs(&s.next, &k, s.env)
	if err != nil {
		return err
	}
	round := 1
	for _, x := range s.next.Parts {
		if x.Kind == k.ID {
			round = max(round, x.Round+1)
		}
	}
	s.next.Parts = slices.Clip(s.next.Parts)
	for _, spec := range specs {
		x := SubCase{Kind: k.ID, Key: spec.Key, Round: round, Title: spec.Title, Holder: spec.Holder, After: spec.After, Fields: spec.Fields,
			Number: s.next.Number + "-" + strconv.Itoa(len(s.next.Parts)+1)}
		if !spec.Limit.IsZero() {
			x.Limit = spec.Limit.String()
		}
		s.next.Parts = append(s.next.Parts, x)
	}
	return s.p.openParts(&s.next, &k, s.env, &s.out)
}

// What a sub-case, and an application for an item of the catalogue, is given in fields of these names when its procedure has them.
const (
	FieldPromised   = "promised"   // the limit promised
	FieldStatutory  = "statutory"  // the limit of the law
	FieldDepartment = "department" // the unit that decides
)

// specs are the sub-cases a kind asks for: one for each unit of its field, or what Env.Parts says.
func (p *Procedure) specs(c *Case, k *PartKind, env *Env) ([]PartSpec, error) {
	if k.Each == "" {
		if env.Parts == nil {
			return nil, fmt.Errorf("case %d: nothing says what %s consists of", c.ID, k.ID)
		}
		return env.Parts(*c, *k)
	}
	var out []PartSpec
	for _, unit := range split(c.Fields[k.Each]) {
		out = append(out, PartSpec{Key: unit, Holder: Holder{Role: k.Role, Unit: unit}})
	}
	if out == nil {
		f, _ := p.Field(k.Each)
		return nil, Missing(f)
	}
	return out, nil
}

// openParts opens what waits for nothing any more, and gives up what waits for something that ended badly.
func (p *Procedure) openParts(c *Case, k *PartKind, env *Env, out *Outcome) error {
	c.Parts = slices.Clone(c.Parts)
	for changed := true; changed; {
		changed = false
		round := c.Round(k.ID)
		for i := range c.Parts {
			x := &c.Parts[i]
			if x.Kind != k.ID || x.Round != round[0].Round || x.Case != 0 || !x.Closed.IsZero() {
				continue
			}
			switch ready, dead := k.ready(*x, round); {
			case dead:
				x.Closed, x.Result, changed = env.Now, NotOpened, true
			case ready:
				if env.NewID == nil {
					return fmt.Errorf("case %d: no ids for its sub-cases", c.ID)
				}
				x.Case, x.Opened = env.NewID(), env.Now
				c.Events++
				out.Events = append(out.Events, Event{Seq: c.Events, At: env.Now, Move: EventPartOpened, From: c.Stage, To: c.Stage, Holder: c.Holder,
					Fields: map[string]string{"part": x.Number, "kind": k.ID, "key": x.Key}, Due: c.Due()})
				out.Effects = append(out.Effects, p.opening(c, k, x))
			}
		}
	}
	return nil
}

// ready says whether the sub-cases that come before one have all ended well, and whether one of them ended badly.
func (k *PartKind) ready(x SubCase, round []SubCase) (ready, dead bool) {
	ready = true
	for _, key := range x.After {
		before, _ := indexOf(round, func(y SubCase) bool { return y.Key == key })
		ready = ready && k.good(before)
		dead = dead || (!before.Closed.IsZero() && !k.good(before))
	}
	return ready, dead
}

// opening is the effect that opens a sub-case.
func (p *Procedure) opening(c *Case, k *PartKind, x *SubCase) Effect {
	fields := map[string]string{}
	for _, id := range k.Shares {
		fields[id] = c.Fields[id]
	}
	for id, v := range x.Fields {
		fields[id] = v
	}
	if x.Limit != "" {
		fields[FieldPromised] = x.Limit
	}
	title := c.Title
	if x.Title.ZH != "" {
		title += "：" + x.Title.ZH
	}
	return Effect{Kind: EffectOpen, Key: "part/" + x.Number, Procedure: k.Procedure, Draft: &Draft{
		Zone: c.Zone, ID: x.Case, Number: x.Number, Start: k.Start, Matter: c.Matter, Source: c.Source, Title: clip(title, MaxTitle), Text: c.Text,
		Place: c.Place, Fields: fields, Holder: x.Holder, Parent: c.ID}}
}

// OpenPart begins a sub-case as its case asks for it. What the case gives and the procedure does not ask for is left out.
func (p *Procedure) OpenPart(d Draft, env Env) (Outcome, error) {
	m, ok := p.Move(d.Start)
	if !ok {
		return Outcome{}, fmt.Errorf("procedure %s has no start %s", p.ID, d.Start)
	}
	if p.About == AboutNothing {
		d.Matter = ""
	}
	wanted := map[string]string{}
	for _, w := range m.Fields {
		wanted[w.Field.ID] = d.Fields[w.Field.ID]
	}
	d.Fields = wanted
	return p.Open(d, System, env)
}

// PartMoved tells a case what became of one of its sub-cases: that it has ended or is open again, or what it said. What
// waited for it is opened, and the case goes on by itself when its join is met, or cannot be met any more.
func (p *Procedure) PartMoved(c Case, part Case, said string, env Env) (Outcome, error) {
	i := slices.IndexFunc(c.Parts, func(x SubCase) bool { return x.Case == part.ID })
	if i < 0 {
		return Outcome{}, fmt.Errorf("case %d has no part %d", c.ID, part.ID)
	}
	out := Outcome{Case: c}
	next := &out.Case
	next.Parts = slices.Clone(c.Parts)
	x := &next.Parts[i]
	x.Closed, x.Result, x.Late = part.Closed, part.Result, late(part, env.Now)
	fields := map[string]string{"part": x.Number, "result": x.Result}
	if said != "" {
		x.Said = said
		if k, ok := p.PartKind(x.Kind); ok && said == k.Asks {
			x.Asked = part.Fields[k.From]
		}
		fields["said"] = said
	}
	next.Events++
	next.Revision++
	out.Events = append(out.Events, Event{Seq: next.Events, At: env.Now, Move: EventPart, From: c.Stage, To: c.Stage, Holder: c.Holder, Fields: fields, Due: c.Due()})
	k, ok := p.PartKind(x.Kind)
	if !ok || x.Round != next.Round(k.ID)[0].Round {
		return out, nil // an earlier round decides nothing any more
	}
	if err := p.openParts(next, &k, &env, &out); err != nil {
		return Outcome{}, err
	}
	return p.join(out, &k, env)
}

// join makes the move that the state of a round calls for, when the stage the case is at allows it.
func (p *Procedure) join(out Outcome, k *PartKind, env Env) (Outcome, error) {
	round := out.Case.Round(k.ID)
	move := ""
	switch met, over := k.standing(round); {
	case met:
		move = k.Done
	case over:
		move = k.Failed
	case k.asked(round):
		move = k.Asked
	}
	if _, legal := p.Next(out.Case.Stage, move); !legal {
		return out, nil
	}
	if move == k.Asked {
		k.answer(&out.Case, round)
	}
	made, err := p.Do(out.Case, System, Command{Move: move}, env)
	if err != nil {
		return Outcome{}, err
	}
	made.Events = append(out.Events, made.Events...)
	made.Effects = append(out.Effects, made.Effects...)
	made.Notices = append(out.Notices, made.Notices...)
	return made, nil
}

// asked reports whether every open sub-case has said whether it needs something, and one does.
func (k *PartKind) asked(round []SubCase) bool {
	asks := false
	for _, x := range round {
		if x.Closed.IsZero() && x.Case != 0 {
			if x.Said != k.Asks && x.Said != k.Ready {
				return false
			}
			asks = asks || x.Said == k.Asks
		}
	}
	return asks && k.Asks != ""
}

// answer takes note that what the sub-cases asked for is being asked for: they are not heard twice.
// What they ask for is gathered in one field of the case.
func (k *PartKind) answer(c *Case, round []SubCase) {
	var all []string
	for i := range c.Parts {
		if x := &c.Parts[i]; x.Kind == k.ID && x.Round == round[0].Round && x.Said == k.Asks {
			x.Said = ""
			line := x.Asked
			if x.Title.ZH != "" {
				line = x.Title.ZH + "：" + line
			}
			all = append(all, line)
		}
	}
	if k.Into != "" {
		put(&c.Fields, k.Into, clip(strings.Join(all, "\n"), maxLong))
	}
}

// late reports whether some limit of a case has passed before it was kept.
func late(c Case, now time.Time) bool {
	for _, t := range c.Clocks {
		if t.Late || (t.Done.IsZero() && t.Clock.Overdue(now)) {
			return true
		}
	}
	return false
}

// parties tells the case it is part of what has become of this one, and its own sub-cases what they are to do.
func (s *step) parties() {
	if s.signed {
		return
	}
	id := strconv.FormatInt(int64(s.next.ID), 10)
	turned := s.before.Open() != s.next.Open() || s.before.Result != s.next.Result
	if s.next.Parent != 0 && s.before.Revision != 0 && (turned || s.m.Says != "") {
		s.out.Effects = append(s.out.Effects, Effect{Kind: EffectPart, Key: "moved/" + id + "/" + strconv.Itoa(s.next.Events), Into: s.next.Parent, Said: s.m.Says})
	}
	for _, send := range s.m.Sends {
		for _, x := range s.next.Round(send.Kind) {
			if x.Case != 0 && x.Closed.IsZero() {
				s.out.Effects = append(s.out.Effects, Effect{Kind: EffectSend, Key: "send/" + id + "/" + strconv.Itoa(s.next.Events), Into: x.Case, Move: send.Move})
			}
		}
	}
}

// split reads a list joined by commas; nil for an empty one.
func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// clip cuts a text to at most n characters.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// waiting says how many sub-cases of a kind are still open.
func (c *Case) waiting(kind string) int {
	n := 0
	for _, x := range c.Round(kind) {
		if x.Closed.IsZero() {
			n++
		}
	}
	return n
}
