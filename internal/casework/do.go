package casework

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// Do makes a move. The case given is not changed; what changes is in the outcome. Faults: Conflict
// when the case has moved on or does not allow the move, Forbidden when the actor may not make it,
// Invalid with field names when something is missing. Other errors are our own.
func (p *Procedure) Do(c Case, by Actor, cmd Command, env Env) (Outcome, error) {
	if cmd.Revision != 0 && cmd.Revision != c.Revision {
		stage := p.stageName(c.Stage)
		return Outcome{}, fault.New(fault.Conflict, "案件刚刚由他人处理，现处于“%[1]s”。请刷新后再操作。",
			"Somebody else has just worked on this case; it is now at “%[2]s”. Please reload it.", stage.ZH, stage.EN)
	}
	mi, ok := p.table.move[cmd.Move]
	if !ok {
		return Outcome{}, fault.Field("move", "没有“%s”这项操作。", "There is no move “%s”.", cmd.Move)
	}
	si, ok := p.table.stage[c.Stage]
	if !ok {
		return Outcome{}, fmt.Errorf("case %d: stage %q is not in %s version %d", c.ID, c.Stage, p.ID, p.Version)
	}
	m := &p.Moves[mi]
	to := p.cell(si, mi)
	if !to.legal {
		stage := p.Stages[si].Name
		return Outcome{}, fault.New(fault.Conflict, "案件已进入“%[1]s”阶段，不能再“%[2]s”。",
			"The case is at “%[3]s” now; “%[4]s” is no longer possible.", stage.ZH, m.Label.ZH, stage.EN, m.Label.EN)
	}
	by, duty, refusal := p.may(&c, m, by, env.Now)
	if refusal != nil {
		return Outcome{}, refusal
	}
	fields, err := p.input(&c, m, &cmd, &env)
	if err != nil {
		return Outcome{}, err
	}
	s := step{p: p, env: &env, m: m, by: by, duty: duty, cmd: &cmd, fields: fields, before: &c, next: c}
	return s.take(to.to)
}

// step is one move being made: before is the case as it was, next as it becomes. Maps in next are
// shared with before until written; put copies them.
type step struct {
	p      *Procedure
	env    *Env
	m      *Move
	by     Actor
	duty   Duty
	cmd    *Command
	fields map[string]string
	before *Case
	next   Case
	out    Outcome
	signed bool // the move only adds a signature
}

// put sets a key in a copy of the map.
func put[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = map[K]V{k: v}
		return
	}
	*m = maps.Clone(*m)
	(*m)[k] = v
}

// did remembers who made a move last, and in whose name.
func (c *Case) did(move string, by Actor) {
	if by.Person == 0 {
		return
	}
	put(&c.Did, move, by.Person)
	switch {
	case by.For != 0:
		put(&c.DidFor, move, by.For)
	case c.DidFor[move] != 0:
		c.DidFor = maps.Clone(c.DidFor)
		delete(c.DidFor, move)
	}
}

// take applies the move, which leads to the stage with the index.
func (s *step) take(to int) (Outcome, error) {
	now := s.env.Now
	s.seal()
	if s.signs() {
		to = s.p.table.stage[s.before.Stage]
	} else {
		s.sets()
		s.count()
		if err := s.requests(); err != nil {
			return Outcome{}, err
		}
	}
	if !s.signed {
		to = s.p.admit(&s.next, to)
	}
	stage := &s.p.Stages[to]
	entered := stage.ID != s.before.Stage
	holder, err := s.holder(stage)
	if err != nil {
		return Outcome{}, err
	}
	if entered {
		s.enter(stage)
	}
	s.next.Holder = holder
	if holder != (Holder{}) && s.next.Held[stage.ID] != holder {
		put(&s.next.Held, stage.ID, holder)
	}
	s.next.did(s.m.ID, s.by)
	s.restart()
	if entered {
		if err := s.p.turnClocks(&s.next, to, s.env); err != nil {
			return Outcome{}, err
		}
	}
	s.next.Wake = s.p.wakeAt(&s.next, s.env.Calendar)
	s.next.Revision++
	s.event(now)
	s.tell()
	s.effects()
	if err := s.opens(); err != nil {
		return Outcome{}, err
	}
	s.parties()
	s.links()
	s.record()
	s.out.Case = s.next
	return s.out, nil
}

// restart forgets the clocks that begin anew.
func (s *step) restart() {
	if s.signed {
		return
	}
	for _, id := range s.m.Restart {
		s.next.Clocks = maps.Clone(s.next.Clocks)
		delete(s.next.Clocks, id)
	}
}

// count makes the move's counter grow.
func (s *step) count() {
	if s.m.Counts != "" {
		put(&s.next.Counts, s.m.Counts, s.next.Counts[s.m.Counts]+1)
	}
}

// admit resolves stages that are not for every case to the one entered instead.
func (p *Procedure) admit(c *Case, stage int) int {
	s := &p.Stages[stage]
	if s.Else == "" {
		return stage
	}
	fits := (!s.Only.Reporter || c.Reporter != 0) && (len(s.Only.Sources) == 0 || slices.Contains(s.Only.Sources, c.Source))
	for id, values := range s.Only.When {
		fits = fits && slices.Contains(values, c.value(id))
	}
	if !fits {
		return p.table.stage[s.Else]
	}
	return stage
}

func (s *step) enter(stage *Stage) {
	s.next.Previous = s.before.Holder
	s.next.Stage, s.next.Entered = stage.ID, s.env.Now
	s.next.Asks = nil // a request is about the stage it was made in
	switch {
	case stage.Result == "":
		s.next.Closed, s.next.Result = time.Time{}, ""
	case s.next.Closed.IsZero():
		s.next.Closed, s.next.Result = s.env.Now, stage.Result
	case stage.End:
		s.next.Result = stage.Result
	}
}

// sets writes the fields and facts the move establishes.
func (s *step) sets() {
	if len(s.fields) > 0 && s.m.Ask == "" {
		fresh := make(map[string]string, len(s.next.Fields)+len(s.fields))
		maps.Copy(fresh, s.next.Fields)
		maps.Copy(fresh, s.fields)
		s.next.Fields = fresh
	}
	for _, what := range s.m.Sets {
		switch what {
		case "accepted":
			s.next.Accepted = s.env.Now
		case "filed":
			s.next.Filed = s.env.Now
		case "handled":
			s.next.Handled = s.env.Now
		case "unhandled":
			s.next.Handled = time.Time{}
		case "rating":
			s.next.Rating, _ = strconv.Atoi(s.fields["rating"])
		case "standard":
			s.next.Standard = s.valueOf(FieldStandard)
		case "matter":
			s.next.Matter, s.next.Standard = s.valueOf(FieldMatter), ""
		case "merged":
			n, _ := strconv.ParseInt(s.valueOf(FieldCase), 10, 64)
			s.next.MergedTo = ID(n)
		}
	}
}

// valueOf is the value of the move's first field of a type.
func (s *step) valueOf(typ string) string {
	for _, w := range s.m.Fields {
		if w.Field.Type == typ {
			return s.fields[w.Field.ID]
		}
	}
	return ""
}

// signs reports whether the move is a signature that is not the last of its chain: the request goes on to whoever
// signs next, and nothing else comes of it yet.
func (s *step) signs() bool {
	if s.m.Grant == "" {
		return false
	}
	i := s.next.ask(s.m.Grant)
	ask := s.next.Asks[i]
	if len(ask.Then) == 0 {
		return false
	}
	ask.Holder, ask.Then, ask.Signed = ask.Then[0], ask.Then[1:], append(slices.Clip(ask.Signed), s.by.Person)
	if s.by.For != 0 {
		ask.Signed = append(ask.Signed, s.by.For)
	}
	s.next.Asks = slices.Clone(s.next.Asks)
	s.next.Asks[i] = ask
	s.signed = true
	fields := map[string]string{FieldSigned: strconv.Itoa(len(ask.Signed))}
	maps.Copy(fields, s.fields)
	s.fields = fields
	return true
}

// FieldSigned is the field of an event by which one signature of several was given: how many there are now. A grant
// without it is the last.
const FieldSigned = "signed"

// requests makes, grants or refuses a request.
func (s *step) requests() error {
	if s.m.Ask != "" {
		var chain []Holder
		for _, t := range s.m.Decides {
			h, err := s.p.resolve(t, &s.next, s.next.Stage, s.env)
			if err != nil {
				return err
			}
			chain = append(chain, h)
		}
		ask := Ask{Kind: s.m.Ask, By: s.by.Person, For: s.by.For, At: s.env.Now, Holder: chain[0], Then: chain[1:], Fields: s.fields, Note: s.cmd.Note}
		s.next.Asks = append(slices.Clip(s.next.Asks), ask)
	}
	decided := s.m.Grant + s.m.Refuse
	if decided == "" {
		return nil
	}
	i := s.next.ask(decided)
	ask := s.next.Asks[i]
	s.next.Asks = slices.Concat(s.next.Asks[:i], s.next.Asks[i+1:])
	if s.m.Extend == "" {
		return nil
	}
	return s.extend(ask)
}

// extend gives a clock the time a request asked for. Rungs of supervision above the new percentage
// may be taken again, for they were taken against the shorter limit.
func (s *step) extend(ask Ask) error {
	t, ok := s.next.Clocks[s.m.Extend]
	if !ok || !t.Done.IsZero() {
		return s.p.refused(s.m, "要延长的时限没有在计时", "the limit to be extended is not running")
	}
	extra, err := calendar.ParseLimit(ask.Fields[s.m.Extra])
	if err != nil {
		return fmt.Errorf("case %d: extension: %w", s.next.ID, err)
	}
	if t.Clock, err = t.Clock.Extend(s.env.Calendar, s.env.Now, extra); err != nil {
		return err
	}
	t.Warned = min(t.Warned, s.p.rungs(t.Clock.Percent(s.env.Calendar, s.env.Now)))
	put(&s.next.Clocks, s.m.Extend, t)
	return nil
}

// holder says who has the case next.
func (s *step) holder(stage *Stage) (Holder, error) {
	if stage.End {
		return Holder{}, nil
	}
	t := s.m.Holder
	switch {
	case s.signed:
		return s.before.Holder, nil
	case t.Kind == ToChoose && s.cmd.Holder != (Holder{}):
		return s.cmd.Holder, nil
	case t.Kind == ToSelf && s.duty != (Duty{}):
		return Holder(s.duty), nil
	}
	return s.p.resolve(t, &s.next, stage.ID, s.env)
}

// resolve turns a target into a holder. The case's Holder is still the one before the move.
func (p *Procedure) resolve(t Target, c *Case, stage string, env *Env) (Holder, error) {
	switch t.Kind {
	case ToKeep:
		return c.Holder, nil
	case ToNone:
		return Holder{}, nil
	case ToReporter:
		return ReporterHolder(c.Reporter), nil
	case ToPrevious:
		return c.Previous, nil
	case ToUp:
		h, _ := p.above(c.Holder)
		return h, nil
	case ToRole:
		h, ok := p.at(t.Role, t.Level, c.Place.Area)
		if !ok {
			return Holder{}, fault.New(fault.Invalid, "案发位置所属区域不明，找不到承办人。", "The area of the place is not known, so nobody answers for it.")
		}
		return h, nil
	case ToField:
		u := c.Fields[t.Field]
		if t.Field == ByHolder {
			u = c.Holder.Unit
		}
		if u == "" {
			return Holder{}, fault.New(fault.Conflict, "还没有确定由哪个单位承办。", "It has not been said which unit is to have it.")
		}
		return Holder{Role: t.Role, Unit: u}, nil
	case ToHeld:
		if h, ok := c.Held[t.Stage]; ok {
			return h, nil
		}
	}
	if env.Route == nil {
		return Holder{}, fmt.Errorf("case %d: nothing routes %s in %s", c.ID, c.Matter, c.Place.Area)
	}
	h, err := env.Route(c.Matter, c.Place.Area, stage)
	if err != nil {
		return Holder{}, err
	}
	if h == (Holder{}) {
		return Holder{}, fault.New(fault.Conflict, "没有单位负责这一区域的这类事项，请联系管理员补充职责分工。",
			"Nobody answers for this kind of matter here; please ask the administrator to complete the routing table.")
	}
	return h, nil
}

func (s *step) event(now time.Time) {
	s.next.Events++
	e := Event{
		Seq: s.next.Events, At: now, Actor: s.by.Person, Duty: s.duty, For: s.by.For, Move: s.m.ID,
		From: s.before.Stage, To: s.next.Stage, Holder: s.next.Holder, Reason: s.cmd.Reason, Note: s.cmd.Note,
		Fields: s.fields, Photos: slices.Clone(s.cmd.Photos), Due: s.next.Due(),
	}
	s.say(&e)
	s.out.Events = append(s.out.Events, e)
}

func (s *step) tell() {
	if s.signed {
		return
	}
	for _, t := range s.m.Tell {
		n := Notice{Kind: s.m.ID, Case: s.next.ID, Text: s.m.Message, Due: s.next.Due()}
		if s.p.address(&n, t, &s.next) {
			if t.Kind == ToReporter {
				n.Text = s.announced(n.Text)
			}
			s.out.Notices = append(s.out.Notices, n)
		}
	}
}

// address fills in whom a notice is for; false when that is nobody.
func (p *Procedure) address(n *Notice, t Target, c *Case) bool {
	switch t.Kind {
	case ToReporter:
		n.Person = c.Reporter
	case ByHolder:
		n.Holder = c.Holder
	case ToPrevious:
		n.Holder = c.Previous
	case ToUp:
		n.Holder, _ = p.above(c.Holder)
	case ToRole:
		n.Holder, _ = p.at(t.Role, t.Level, c.Place.Area)
	case ToField:
		if u := c.Fields[t.Field]; u != "" {
			n.Holder = Holder{Role: t.Role, Unit: u}
		}
	}
	if n.Holder.Role == RoleReporter {
		n.Holder, n.Person = Holder{}, c.Reporter
	}
	return n.Person != 0 || n.Holder != (Holder{})
}

func (s *step) effects() {
	if s.signed {
		return
	}
	id := strconv.FormatInt(int64(s.next.ID), 10)
	if s.m.Award != "" && s.next.Reporter != 0 && (len(s.m.Paid) == 0 || slices.Contains(s.m.Paid, s.next.Source)) {
		s.out.Effects = append(s.out.Effects, Effect{
			Kind: EffectAward, Rule: s.m.Award, Person: s.next.Reporter, Key: "award/" + s.m.Award + "/" + id,
		})
	}
	if slices.Contains(s.m.Sets, "merged") {
		s.out.Effects = append(s.out.Effects, Effect{Kind: EffectMerge, Into: s.next.MergedTo, Key: "merge/" + id})
	}
}

func (p *Procedure) stageName(id string) lang.Text {
	if i, ok := p.table.stage[id]; ok {
		return p.Stages[i].Name
	}
	return lang.Text{ZH: id, EN: id}
}
